"""Rules that forbid a second one of something, tried by two desks at once: the later one waits, and finds the first."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import Refused
from commandcenter.rules.entity import DRILLS
from commandcenter.services import attention_reading
from commandcenter.services.attention import AddAttention
from commandcenter.services.courses import AddCourse, EditCourse
from commandcenter.services.drills import PlanDrill
from commandcenter.services.plan_apply import ApplyPlan
from commandcenter.services.records import RecordLate
from commandcenter.services.scenarios import AddScenario
from commandcenter.services.towns import AddOfficer, EditOfficer
from tests.conftest import BEGINNING

VILLAGE = "999101100201"
HELD_AT = datetime(2025, 6, 12, 1, 5, tzinfo=UTC)
ROUNDS = 4


def both(desks: list[Any], commands: list[Any]) -> list[str]:
    """Sent in the same moment; what became of each: ``done``, or the code of the refusal."""
    start, told = threading.Barrier(len(desks)), list[str]()

    def send(desk: Any, command: Any) -> None:
        start.wait(10)
        try:
            desk.runner.execute(command)
            told.append("done")
        except Refused as refusal:
            told.append(refusal.code)
        except BaseException as error:
            told.append(repr(error))

    threads = [threading.Thread(target=send, args=pair) for pair in zip(desks, commands, strict=True)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return sorted(told)


def two(town: str, open_desk: Callable[..., Any]) -> list[Any]:
    return [open_desk(town, each, ManualClock(BEGINNING)) for each in ("trainer", "supervisor")]


def test_one_paper_typed_at_two_desks_is_one_record(town: str, open_desk: Callable[..., Any]) -> None:
    desks = two(town, open_desk)
    for day in range(ROUNDS):
        held = HELD_AT.replace(day=12 + day)
        command = RecordLate(scenario="landslide", held_at=held, village=VILLAGE, fields={}, moments={})
        assert both(desks, [command, command]) == ["done", "drill.recorded_already"]
    with desks[0].read(DRILLS) as reader:
        assert reader.count("drill") == ROUNDS


def test_two_planners_do_not_plan_the_same_twice(town: str, open_desk: Callable[..., Any]) -> None:
    desks = two(town, open_desk)
    with desks[0].read("real") as reader:
        village = reader.find("village", code=VILLAGE)[0].id
        rules = [each.key for each in reader.find("debt_rule")][:ROUNDS]
    for rule in rules:
        step = {
            "command": "plan_drill", "scenario": "landslide", "village": village, "rule": rule,
            "starts_at": "2025-08-01T01:00:00Z", "beside": [],
        }  # fmt: skip
        plans = [ApplyPlan(steps=(step,)), ApplyPlan(steps=(step,))]
        assert both(desks, plans) == ["done", "plan.planned_meanwhile"]
    with desks[0].read(DRILLS) as reader:
        assert reader.count("drill") == len(rules) == ROUNDS


def test_two_who_draw_lots_do_not_draw_one_place_twice(town: str, open_desk: Callable[..., Any]) -> None:
    desks = two(town, open_desk)
    with desks[0].read("real") as reader:
        grids = [each.code for each in reader.find("grid", kind="general")][:ROUNDS]
    for grid in grids:
        draws = [
            PlanDrill(scenario="landslide", grid=grid, origin="drawn", seed=seed, starts_at=starts)
            for seed, starts in (("1", HELD_AT + timedelta(days=60)), ("2", HELD_AT + timedelta(days=90)))
        ]
        assert both(desks, draws) == ["done", "drill.drawn_already"]
    with desks[0].read(DRILLS) as reader:
        assert reader.count("drill") == len(grids) == ROUNDS


def test_two_courses_never_bear_one_title(town: str, open_desk: Callable[..., Any]) -> None:
    desks = two(town, open_desk)
    with desks[0].read("real") as reader:
        shipped = reader.find("course")[:ROUNDS]
    for number, course in enumerate(shipped):
        title = f"夜间值守{number}"
        change = EditCourse(course=course.id, changed={"title": title}, was={"title": course.title["zh_CN"]})
        commands = [AddCourse(title=title, category=course.category), change]
        assert both(desks, commands) == ["course.title_taken", "done"]
    with desks[0].read("real") as reader:
        titles = [each.title.get("zh_CN") for each in reader.find("course", active=True)]
    assert sum(str(each).startswith("夜间值守") for each in titles) == ROUNDS


def test_two_scenarios_never_bear_one_key(town: str, open_desk: Callable[..., Any]) -> None:
    desks = two(town, open_desk)
    for turn in range(ROUNDS):
        commands = [AddScenario(title=title, key=f"night-{turn}") for title in ("夜间转移", "夜间演练")]
        assert both(desks, commands) == ["done", "scenario.key_taken"]
    with desks[0].read("real") as reader:
        made = [each for each in reader.find("scenario") if each.key.startswith("night-")]
    assert len(made) == ROUNDS


def test_nobody_is_put_on_the_attention_list_twice(town: str, open_desk: Callable[..., Any]) -> None:
    desks = [open_desk(town, each, ManualClock(BEGINNING)) for each in ("duty1", "supervisor")]
    with desks[0].read("real") as reader:
        offered = [each.resident.id for each in attention_reading.offers(reader)][:ROUNDS]
    for resident in offered:
        command = AddAttention(kind="person", resident=resident, ground="consent")
        assert both(desks, [command, command]) == ["attention.listed", "done"]
    assert len(offered) == ROUNDS


def test_an_account_belongs_to_one_officer(town: str, open_desk: Callable[..., Any]) -> None:
    desks = [open_desk(town, "administrator", ManualClock(BEGINNING)) for _ in range(2)]
    for turn in range(ROUNDS):
        commands = [AddOfficer(name=name, role="viewer", account=f"konto{turn}") for name in ("钟新", "钟旧")]
        assert both(desks, commands) == ["done", "officer.account_taken"]
    with desks[0].read("real") as reader:
        made = [each for each in reader.find("officer", active=True) if each.account.startswith("konto")]
    assert len(made) == ROUNDS
    edits = [EditOfficer(officer=each.id, changed={"account": "same"}, was={"account": each.account}) for each in made]
    assert both(desks, edits[:2]) == ["done", "officer.account_taken"]
