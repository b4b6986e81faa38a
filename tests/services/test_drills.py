"""Planning drills: what is copied, what is refused, what two planners do at once, and that nothing tells of a no-notice
one.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import BadInput, Conflict, NotAllowed, RuleError
from commandcenter.rules.entity import DRILLS
from commandcenter.services import debts, seasons
from commandcenter.services.course_sessions import CancelSession, PlanSession
from commandcenter.services.day_marks import (
    AddAbsence,
    AddDayMark,
    EditDayMark,
    RetireAbsence,
    RetireDayMark,
)
from commandcenter.services.debt_rules import AddDebtRule, EditDebtRule, RetireDebtRule
from commandcenter.services.drill_people import AddDrillPerson, EditDrillPerson
from commandcenter.services.drills import (
    AddDrillNotice,
    BeginDrill,
    CancelDrill,
    EditDrill,
    LockDrill,
    MoveDrill,
    PlanDrill,
    TellOfDrill,
)
from commandcenter.services.grids import AddGrid
from commandcenter.services.stock import Line
from commandcenter.services.stores import LoseStock, ReceiveStock
from commandcenter.services.undo import Undo
from tests.conftest import BEGINNING
from tests.services import stores_made

VILLAGE, OTHER, GRID = "999101100201", "999101100202", "999101100201Y01"
STARTS = datetime(2025, 7, 10, 7, 0, tzinfo=UTC)
"""09:00 in the township."""
TODAY = date(2025, 6, 30)


@pytest.fixture
def trainer(town: str, open_desk: Callable[..., Any]) -> Any:
    return open_desk(town, "trainer", ManualClock(BEGINNING))


@pytest.fixture
def supervisor(town: str, trainer: Any, open_desk: Callable[..., Any]) -> Any:
    return open_desk(town, "supervisor", ManualClock(BEGINNING))


@pytest.fixture
def duty(town: str, trainer: Any, open_desk: Callable[..., Any]) -> Any:
    return open_desk(town, "duty1", ManualClock(BEGINNING))


def plan(desk: Any, **more: Any) -> str:
    facts: dict[str, Any] = {"scenario": "landslide", "village": VILLAGE, "starts_at": STARTS} | more
    return str(desk.runner.execute(PlanDrill(**facts)).value["drill"])


def rows(desk: Any, kind: str, **where: Any) -> list[Any]:
    with desk.read(DRILLS) as reader:
        return list(reader.find(kind, **where))


def row(desk: Any, id: str) -> Any:
    (found,) = rows(desk, "drill", id=id)
    return found


def season(desk: Any, today: date = TODAY) -> seasons.Season:
    with desk.read(DRILLS) as reader:
        return seasons.load(reader, today)


def owed(desk: Any, **where: str) -> list[dict[str, Any]]:
    with desk.read(DRILLS) as reader:
        return debts.rows(reader, TODAY, where, None)


def codes(desk: Any, drill: str) -> set[str]:
    found = season(desk)
    return {each.code for each in found.clashes(found.drills[drill])}


# --- planning -------------------------------------------------------------------------------------------------------


def test_a_drill_takes_the_script_along_and_invites_the_villages_grids(trainer: Any) -> None:
    id = plan(trainer)
    found = row(trainer, id)
    assert (found.world, found.state, found.level, found.hidden) == (id, "planned", "village", False)
    with trainer.read("real") as reader:
        scenario = reader.get("scenario", found.scenario)
        (village,) = reader.find("village", code=VILLAGE)
        script = reader.count("inject", scenario=scenario.id)
        grids = {each.id for each in reader.find("grid", village=village.id, kind="general")}
        assert reader.find("drill") == [] and reader.count("inject", drill=id) == 0
    assert (found.minutes, found.people) == (scenario.minutes, scenario.people)
    assert found.title == f"{village.name}{scenario.title['zh_CN']}"
    english = row(trainer, plan(trainer, language="en", starts_at=None))
    assert english.title == f"{village.name_en or village.name}: {scenario.title['en']}"
    assert len(rows(trainer, "inject", drill=id)) == script > 0
    assert rows(trainer, "expectation", drill=id) and {each.grid for each in rows(trainer, "drill_grid")} == grids
    assert {each.audience for each in rows(trainer, "drill_notice")} == {"residents", "police", "county"}


def test_planning_pays_the_debt_and_taking_it_back_owes_it_again(trainer: Any) -> None:
    (before,) = owed(trainer, rule="village_yearly", village=VILLAGE, state="overdue")
    assert before["days_late"] > 0
    outcome = trainer.runner.execute(
        PlanDrill(scenario="landslide", village=VILLAGE, starts_at=STARTS, rule="village_yearly")
    )
    assert owed(trainer, rule="village_yearly", village=VILLAGE, state="overdue") == []
    (now,) = owed(trainer, rule="village_yearly", village=VILLAGE, state="planned")
    assert now["drill"] == outcome.value["drill"] and now["id"] == before["id"]
    trainer.runner.execute(Undo(target=outcome.command))
    assert owed(trainer, rule="village_yearly", village=VILLAGE, state="overdue") == [before]
    assert rows(trainer, "drill") == rows(trainer, "inject") == rows(trainer, "drill_notice") == []


def test_a_planned_drill_whose_day_went_by_pays_nothing(trainer: Any) -> None:
    plan(trainer)
    assert [each.state for each in season(trainer, date(2025, 7, 10)).debts if each.drill] != []
    assert [each for each in season(trainer, date(2025, 7, 11)).debts if each.drill] == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"scenario": "dragon"}, "scenario.unknown"), ({"minutes": 2000}, "drill.minutes"),
        ({"people": -1}, "edit.count"), ({"village": "nowhere"}, "edit.village_unknown"),
        ({"village": OTHER, "grid": GRID}, "edit.village_of_grid"), ({"trainer": "nobody"}, "unknown"),
        ({"grid": "999"}, "grid.unknown"), ({"phone": "call me"}, "edit.phone"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_says_which_field(trainer: Any, more: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        plan(trainer, **more)
    assert refused.value.code == code and refused.value.facts["field"] in {*more, "minutes"}
    assert rows(trainer, "drill") == []


def test_only_planners_plan(duty: Any) -> None:
    with pytest.raises(NotAllowed):
        plan(duty)


# --- changing -------------------------------------------------------------------------------------------------------


def test_fields_changed_apart_merge_and_a_field_changed_by_both_conflicts(trainer: Any, supervisor: Any) -> None:
    id = plan(trainer)
    was = {"commander": "", "units": ""}
    trainer.runner.execute(EditDrill(drill=id, changed={"commander": "周镇长"}, was=was))
    supervisor.runner.execute(EditDrill(drill=id, changed={"units": "消防队"}, was=was))
    assert (row(trainer, id).commander, row(trainer, id).units) == ("周镇长", "消防队")
    with pytest.raises(Conflict) as both:
        supervisor.runner.execute(EditDrill(drill=id, changed={"commander": "吴镇长"}, was=was))
    assert both.value.facts["fields"] == {"commander": {"mine": "吴镇长", "theirs": "周镇长", "was": ""}}
    with pytest.raises(BadInput, match="title_empty"):
        trainer.runner.execute(EditDrill(drill=id, changed={"title": " "}, was={"title": row(trainer, id).title}))
    with pytest.raises(BadInput, match="not_editable"):
        trainer.runner.execute(EditDrill(drill=id, changed={"state": "held"}, was={"state": "planned"}))


def test_becoming_no_notice_hides_it_and_back_again(trainer: Any, duty: Any) -> None:
    id = plan(trainer)
    assert [each.id for each in rows(duty, "drill")] == [id]
    trainer.runner.execute(EditDrill(drill=id, changed={"form": "no_notice"}, was={"form": row(trainer, id).form}))
    assert row(trainer, id).hidden and rows(duty, "drill") == [] and rows(duty, "drill_grid") == []
    trainer.runner.execute(EditDrill(drill=id, changed={"form": "field"}, was={"form": "no_notice"}))
    assert [each.id for each in rows(duty, "drill")] == [id]


def test_moving_is_refused_when_locked_and_when_somebody_else_has_moved_it(trainer: Any, supervisor: Any) -> None:
    id = plan(trainer)
    week, fortnight = STARTS + timedelta(days=7), STARTS + timedelta(days=14)
    supervisor.runner.execute(MoveDrill(drill=id, starts_at=week, was=STARTS))
    with pytest.raises(Conflict) as moved:
        trainer.runner.execute(MoveDrill(drill=id, starts_at=fortnight, was=STARTS))
    assert moved.value.code == "drill.moved_meanwhile" and row(trainer, id).starts_at == week
    trainer.runner.execute(MoveDrill(drill=id, starts_at=week, was=STARTS))  # to where it is already: nothing to argue
    supervisor.runner.execute(LockDrill(drill=id))
    with pytest.raises(RuleError, match=r"drill\.locked"):
        trainer.runner.execute(MoveDrill(drill=id, starts_at=fortnight, was=week))
    supervisor.runner.execute(LockDrill(drill=id, locked=False))
    done = trainer.runner.execute(MoveDrill(drill=id, starts_at=fortnight, was=week))
    assert row(trainer, id).starts_at == fortnight and row(trainer, id).edition == 3
    trainer.runner.execute(Undo(target=done.command))
    assert row(trainer, id).starts_at == week
    loose = plan(trainer, starts_at=None)
    with pytest.raises(RuleError, match=r"drill\.no_date"):
        trainer.runner.execute(LockDrill(drill=loose))


def test_calling_off_needs_a_reason_and_what_it_would_have_paid_is_owed_again(trainer: Any) -> None:
    id = plan(trainer)
    with pytest.raises(BadInput, match="reason_needed"):
        trainer.runner.execute(CancelDrill(drill=id, reason="  "))
    done = trainer.runner.execute(CancelDrill(drill=id, reason="暴雨预警"))
    assert (row(trainer, id).state, row(trainer, id).reason) == ("cancelled", "暴雨预警")
    assert [each for each in season(trainer).debts if each.drill == id] == []
    for command in (
        MoveDrill(drill=id, starts_at=STARTS, was=STARTS), LockDrill(drill=id), BeginDrill(drill=id),
        CancelDrill(drill=id, reason="x"),
    ):  # fmt: skip
        with pytest.raises(RuleError, match=r"drill\.not_planned"):
            trainer.runner.execute(command)
    trainer.runner.execute(Undo(target=done.command))
    assert row(trainer, id).state == "planned"
    assert [each.state for each in season(trainer).debts if each.drill == id and each.level == "village"] == ["planned"]


def test_beginning_notes_the_moment_and_ends_the_secret(trainer: Any, duty: Any) -> None:
    id = plan(trainer, form="no_notice")
    assert rows(duty, "drill") == []
    trainer.runner.execute(BeginDrill(drill=id))
    (found,) = rows(duty, "drill")
    assert (found.state, found.hidden, found.held_at) == ("running", False, BEGINNING)
    (moment,) = rows(duty, "drill_moment")
    assert (moment.moment, moment.at) == ("started", BEGINNING)
    with pytest.raises(RuleError, match=r"drill\.begun"):
        trainer.runner.execute(EditDrill(drill=id, changed={"form": "field"}, was={"form": "no_notice"}))


def test_who_was_told_and_by_whom(trainer: Any) -> None:
    plan(trainer)
    first = rows(trainer, "drill_notice", audience="police")[0]
    trainer.runner.execute(TellOfDrill(notice=first.id, whom="所长"))
    told = rows(trainer, "drill_notice", id=first.id)[0]
    assert (told.whom, told.told_at, told.told_by) == ("所长", BEGINNING, trainer.officer.name)
    trainer.runner.execute(TellOfDrill(notice=first.id, told=False))
    told = rows(trainer, "drill_notice", id=first.id)[0]
    assert (told.whom, told.told_at) == ("所长", None)


# --- what speaks against a day --------------------------------------------------------------------------------------


def test_two_planners_on_one_day_both_see_the_clash_and_both_drills_stay(trainer: Any, supervisor: Any) -> None:
    leader = trainer.officer.id
    one = plan(trainer, trainer=leader, commander="周镇长", place="打谷场")
    two = plan(supervisor, trainer=leader, commander="周镇长", place="打谷场")
    for desk in (trainer, supervisor):
        assert {each.id for each in rows(desk, "drill")} == {one, two}
        for drill in (one, two):
            assert codes(desk, drill) == {"trainer", "commander", "place", "village_again"}
    three = plan(trainer, trainer=leader, village=OTHER, starts_at=STARTS + timedelta(hours=4))
    assert "trainer_full" in codes(supervisor, three) and "trainer_full" in codes(trainer, one)


def told_of(desk: Any, drill: str, code: str) -> list[Any]:
    found = season(desk)
    return [each for each in found.clashes(found.drills[drill]) if each.code == code]


def test_nobody_can_be_at_two_drills_or_at_a_training_at_the_same_hour(trainer: Any) -> None:
    with trainer.read("real") as reader:
        workers = reader.find("worker", active=True)
        course = reader.find("course")[0]
    worker, second = workers[0], workers[1]
    one, two = plan(trainer), plan(trainer, village=OTHER)
    assert codes(trainer, one) == codes(trainer, two) == set()
    parts = [
        trainer.runner.execute(AddDrillPerson(drill=drill, person=worker.id)).value["drill_person"]
        for drill in (one, two)
    ]
    trainer.runner.execute(AddDrillPerson(drill=one, name="何不凡"))
    trainer.runner.execute(EditDrill(drill=two, changed={"commander": "何不凡"}, was={"commander": ""}))
    for drill, other in ((one, two), (two, one)):
        (found,) = told_of(trainer, drill, "people")
        assert found.drill == other and found.facts["count"] == 2
        assert set(found.facts["names"]) == {worker.name, "何不凡"}
        assert found.facts["title"] == row(trainer, other).title
    away = EditDrillPerson(drill_person=parts[1], changed={"present": False, "reason": "外出"},
                           was={"present": None, "reason": ""})  # fmt: skip
    trainer.runner.execute(away)
    assert [each.facts["names"] for each in told_of(trainer, one, "people")] == [["何不凡"]]
    trainer.runner.execute(MoveDrill(drill=two, starts_at=STARTS + timedelta(days=1), was=STARTS))
    assert codes(trainer, one) == codes(trainer, two) == set()

    plan_session = PlanSession(course=course.id, starts_at=STARTS + timedelta(minutes=30), hours=2.0, place="会议室",
                               trainer=trainer.officer.id, expected=(worker.id, second.id))  # fmt: skip
    session = trainer.runner.execute(plan_session).value["session"]
    (found,) = told_of(trainer, one, "session")
    assert found.facts["names"] == [worker.name] and found.facts["title"] == course.title["zh_CN"]
    leads = trainer.runner.execute(EditDrill(drill=one, changed={"trainer": trainer.officer.id}, was={"trainer": None}))
    (found,) = told_of(trainer, one, "session")
    assert set(found.facts["names"]) == {worker.name, trainer.officer.name}
    trainer.runner.execute(Undo(target=leads.command))
    trainer.runner.execute(CancelSession(session=session, reason="改期"))
    assert codes(trainer, one) == set()


def test_why_a_drill_was_moved_stands_on_it_until_it_is_moved_again(trainer: Any) -> None:
    id = plan(trainer)
    later, last = STARTS + timedelta(days=1), STARTS + timedelta(days=2)
    moved = trainer.runner.execute(MoveDrill(drill=id, starts_at=later, was=STARTS, reason=" 何支书住院 "))
    assert (row(trainer, id).starts_at, row(trainer, id).reason) == (later, "何支书住院")
    trainer.runner.execute(Undo(target=moved.command))
    assert (row(trainer, id).starts_at, row(trainer, id).reason) == (STARTS, "")
    trainer.runner.execute(MoveDrill(drill=id, starts_at=later, was=STARTS, reason="何支书住院"))
    trainer.runner.execute(MoveDrill(drill=id, starts_at=last, was=later))
    assert row(trainer, id).reason == ""
    with trainer.read(DRILLS) as reader:
        kept = str(reader.records("command", {})) + str(reader.records("change_log", {}))
    assert "何支书" not in kept


def test_whoever_else_has_to_know_comes_onto_the_list_of_those_to_tell(trainer: Any, duty: Any) -> None:
    id = plan(trainer)
    with pytest.raises(NotAllowed):
        duty.runner.execute(AddDrillNotice(drill=id, audience="school", whom="中心小学"))
    added = trainer.runner.execute(AddDrillNotice(drill=id, audience="school", whom=" 中心小学 "))
    trainer.runner.execute(AddDrillNotice(drill=id, audience="school", whom="第二小学"))
    assert {each.whom for each in rows(trainer, "drill_notice", audience="school")} == {"中心小学", "第二小学"}
    with pytest.raises(RuleError, match=r"drill\.notice_twice"):
        trainer.runner.execute(AddDrillNotice(drill=id, audience="school", whom="中心小学"))
    with pytest.raises(BadInput, match=r"drill\.notice_whom"):
        trainer.runner.execute(AddDrillNotice(drill=id, audience="other"))
    trainer.runner.execute(TellOfDrill(notice=added.value["drill_notice"]))
    told = [each for each in rows(trainer, "drill_notice") if each.told_at is not None]
    assert [(each.whom, each.told_by) for each in told] == [("中心小学", trainer.officer.name)]
    trainer.runner.execute(CancelDrill(drill=id, reason="暴雨"))
    with pytest.raises(RuleError, match=r"drill\.not_planned"):
        trainer.runner.execute(AddDrillNotice(drill=id, audience="police", whom="派出所"))


def sites(desk: Any, id: str) -> list[tuple[str, str]]:
    usual = {"residents", "police", "county"}
    found = rows(desk, "drill_notice", drill=id)
    assert {each.audience for each in found} >= usual
    return sorted((each.audience, each.whom) for each in found if each.audience not in usual)


def test_schools_and_sites_of_the_place_are_to_be_told_and_follow_the_drill(
    trainer: Any, town: str, open_desk: Callable[..., Any]
) -> None:
    admin = open_desk(town, "administrator", ManualClock(BEGINNING))
    made = {
        name: admin.runner.execute(AddGrid(village=OTHER, name=name, kind="dedicated", mark=mark)).value["grid"]
        for name, mark in (("中心小学", "school"), ("镇卫生院", "hospital"), ("青瓦园", ""))
    }
    assert sites(trainer, plan(trainer, village=None, grid=made["中心小学"])) == [("school", "中心小学")]
    assert sites(trainer, plan(trainer, village=None, grid=made["镇卫生院"])) == [("other", "镇卫生院")]
    assert sites(trainer, plan(trainer, village=None, grid=made["青瓦园"])) == [("school", "青瓦园")]
    assert sites(trainer, plan(trainer, village=None, place="全镇")) == []
    here = plan(trainer)
    assert sites(trainer, here) == []
    with trainer.read("real") as reader:
        (village,) = (each.id for each in reader.find("village", code=OTHER))
    was = row(trainer, here)
    moved = trainer.runner.execute(
        EditDrill(drill=here, changed={"village": village}, was={"village": was.village})
    )
    assert sites(trainer, here) == [("school", "中心小学")]  # the school hears the siren of the village
    trainer.runner.execute(Undo(target=moved.command))
    assert sites(trainer, here) == []
    there = plan(trainer, village=OTHER)
    back = EditDrill(drill=there, changed={"village": was.village}, was={"village": village})
    trainer.runner.execute(back)
    assert sites(trainer, there) == []
    told = plan(trainer, village=OTHER)
    (school,) = rows(trainer, "drill_notice", drill=told, audience="school")
    trainer.runner.execute(TellOfDrill(notice=school.id, whom="何校长"))
    trainer.runner.execute(EditDrill(drill=told, changed={"village": was.village}, was={"village": village}))
    assert sites(trainer, told) == [("school", "何校长")]  # who was told has to hear that it is elsewhere


def test_a_place_is_drawn_once_in_a_season(trainer: Any) -> None:
    drawn = {"origin": "drawn", "seed": "7", "village": None, "grid": GRID}
    first = plan(trainer, **drawn)
    plan(trainer, village=None, grid=GRID)  # drilled by plan: as often as one likes
    with pytest.raises(RuleError, match=r"drill\.drawn_already") as refused:
        plan(trainer, **drawn, starts_at=STARTS + timedelta(days=90))
    assert refused.value.facts["title"] == row(trainer, first).title and refused.value.facts["day"] == "2025-07-10"
    next_year = plan(trainer, **drawn, starts_at=STARTS + timedelta(days=300))
    with pytest.raises(RuleError, match=r"drill\.drawn_already"):
        back = MoveDrill(drill=next_year, starts_at=STARTS + timedelta(days=9), was=STARTS + timedelta(days=300))
        trainer.runner.execute(back)
    other = plan(trainer, **drawn | {"grid": None, "village": VILLAGE})
    with pytest.raises(RuleError, match=r"drill\.drawn_already"):
        trainer.runner.execute(
            EditDrill(drill=other, changed={"grid": row(trainer, first).grid}, was={"grid": None})
        )
    called_off = trainer.runner.execute(CancelDrill(drill=first, reason="暴雨"))
    again = plan(trainer, **drawn, starts_at=STARTS + timedelta(days=90))
    with pytest.raises(RuleError, match=r"drill\.drawn_already") as refused:
        trainer.runner.execute(Undo(target=called_off.command))
    assert refused.value.facts["drill"] == again and refused.value.facts["title"] == row(trainer, again).title
    assert row(trainer, first).state == "cancelled"


def test_an_undo_brings_back_a_drawn_drill_where_none_was_drawn_since(trainer: Any) -> None:
    drawn = {"origin": "drawn", "seed": "7", "village": None, "grid": GRID}
    first = plan(trainer, **drawn)
    called_off = trainer.runner.execute(CancelDrill(drill=first, reason="暴雨"))
    again = plan(trainer, **drawn, starts_at=STARTS + timedelta(days=90))
    away = trainer.runner.execute(CancelDrill(drill=again, reason="路断"))
    trainer.runner.execute(Undo(target=called_off.command))
    assert row(trainer, first).state == "planned"
    with pytest.raises(RuleError, match=r"drill\.drawn_already"):
        trainer.runner.execute(Undo(target=away.command))
    moved = trainer.runner.execute(MoveDrill(drill=first, starts_at=STARTS + timedelta(days=300), was=STARTS))
    trainer.runner.execute(Undo(target=away.command))
    with pytest.raises(RuleError, match=r"drill\.drawn_already"):
        trainer.runner.execute(Undo(target=moved.command))


def test_marked_days_and_absences_speak_until_they_are_taken_out(trainer: Any) -> None:
    id = plan(trainer, trainer=trainer.officer.id, starts_at=STARTS + timedelta(days=1))  # the 11th
    assert codes(trainer, id) == set()
    market = trainer.runner.execute(AddDayMark(kind="market", village=VILLAGE, days="7、1，4")).value["day_mark"]
    with trainer.read("real") as reader:
        assert reader.get("day_mark", market).days == "1,4,7"
    term = AddDayMark(kind="harvest", first_day="2025-7-1", last_day="7月20日")
    harvest = trainer.runner.execute(term).value["day_mark"]
    away = trainer.runner.execute(AddAbsence(officer="trainer", first_day="20250710", last_day="12")).value["absence"]
    assert codes(trainer, id) == {"day_market", "day_harvest", "trainer_absent"}
    trainer.runner.execute(EditDayMark(day_mark=market, changed={"days": "2"}, was={"days": "1,4,7"}))
    trainer.runner.execute(RetireDayMark(day_mark=harvest))
    gone = trainer.runner.execute(RetireAbsence(absence=away))
    assert codes(trainer, id) == set()
    trainer.runner.execute(Undo(target=gone.command))
    assert codes(trainer, id) == {"trainer_absent"}
    with pytest.raises(Conflict, match=r"day_mark\.conflict"):
        trainer.runner.execute(EditDayMark(day_mark=market, changed={"days": "9"}, was={"days": "1,4,7"}))


def test_what_depots_cannot_supply_to_all_drills_of_a_day_speaks_against_them(
    town: str, trainer: Any, open_desk: Callable[..., Any]
) -> None:
    keeper = open_desk(town, "quartermaster", ManualClock(BEGINNING))
    at = stores_made.depot(keeper)
    there = season(trainer).supplies.held((stores_made.article(keeper, "F03").id,))
    lines = (Line("F03", 20 - there),)
    keeper.runner.execute(ReceiveStock(depot=at, lines=lines))
    one = plan(trainer, scenario="drowning")  # 15 life jackets
    assert codes(trainer, one) == set()
    two = plan(trainer, scenario="waterlogging", village=OTHER, starts_at=STARTS + timedelta(hours=4))  # 10 of them
    for drill, other in ((one, two), (two, one)):
        found = season(trainer)
        (clash,) = found.clashes(found.drills[drill])
        assert (clash.code, clash.drill, clash.facts["article"]) == ("kit", other, "救生衣")
        assert (clash.facts["wanted"], clash.facts["there"], clash.facts["count"]) == (25, 20, 2)
        assert not found.suits(found.drills[drill])
    taken = keeper.runner.execute(LoseStock(depot=at, lines=(Line("F03", 6),), reason="水毁"))
    assert codes(trainer, one) == {"kit_short"} and codes(trainer, two) == {"kit"}
    keeper.runner.execute(Undo(target=taken.command))
    trainer.runner.execute(MoveDrill(drill=two, starts_at=STARTS + timedelta(days=1), was=STARTS + timedelta(hours=4)))
    assert codes(trainer, one) == codes(trainer, two) == set()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (AddDayMark(kind="market"), "drill.no_days"), (AddDayMark(kind="market", days="1,x"), "drill.day_endings"),
        (AddDayMark(kind="harvest", first_day="soon"), "drill.day"),
        (AddDayMark(kind="harvest", first_day="2025-07-09", last_day="2025-07-01"), "drill.days_order"),
        (AddDayMark(kind="market", days="1", village="nowhere"), "edit.village_unknown"),
        (AddAbsence(officer="ghost", first_day="2025-07-01"), "unknown"),
        (AddAbsence(officer="trainer", first_day="2025-07-09", last_day="2025-07-01"), "drill.days_order"),
    ],
)  # fmt: skip
def test_days_that_are_none_are_refused(trainer: Any, command: Any, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        trainer.runner.execute(command)
    assert refused.value.code == code and "field" in refused.value.facts


# --- rules of what is owed ------------------------------------------------------------------------------------------


def test_a_supervisors_rule_is_owed_at_once_by_every_place_of_its_level(trainer: Any, supervisor: Any) -> None:
    rule = AddDebtRule(title="每季度一次疏散", level="dedicated_grid", every_months=3, since="2025-01-01")
    with pytest.raises(NotAllowed):
        trainer.runner.execute(rule)
    id = supervisor.runner.execute(rule).value["debt_rule"]
    found = owed(trainer, rule=id)
    with trainer.read("real") as reader:
        sites = reader.count("grid", kind="dedicated")
    assert len({each["place"] for each in found}) == sites and {each["due"] for each in found} == {"2025-03-31"}
    supervisor.runner.execute(EditDebtRule(debt_rule=id, changed={"every_months": 12}, was={"every_months": 3}))
    assert {each["due"] for each in owed(trainer, rule=id)} == {"2025-12-31"}
    title = {"title": {"zh_CN": "改"}}
    supervisor.runner.execute(EditDebtRule(debt_rule=id, changed=title, was={"title": {"zh_CN": "每季度一次疏散"}}))
    gone = supervisor.runner.execute(RetireDebtRule(debt_rule=id))
    assert owed(trainer, rule=id) == []
    supervisor.runner.execute(Undo(target=gone.command))
    assert owed(trainer, rule=id)
    for changed, code in (
        ({"every_months": 0}, "debt_rule.months"), ({"before_month": 13}, "debt_rule.month"),
        ({"scenario": "dragon"}, "scenario.unknown"), ({"title": {}}, "debt_rule.title_empty"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as refused:
            was = {"every_months": 12, "before_month": 0, "scenario": "", "title": title["title"]}
            seen = {name: was[name] for name in changed}
            supervisor.runner.execute(EditDebtRule(debt_rule=id, changed=changed, was=seen))
        assert refused.value.code == code


# --- no-notice ------------------------------------------------------------------------------------------------------


def test_debts_do_not_tell_of_a_no_notice_drill(trainer: Any, duty: Any) -> None:
    before = owed(duty)
    id = plan(trainer, form="no_notice", rule="village_yearly")
    assert owed(duty) == before
    assert id in {each["drill"] for each in owed(trainer, state="planned")}
    assert season(duty).drills == {} and id in season(trainer).drills
    trainer.runner.execute(BeginDrill(drill=id))
    assert id in {each["drill"] for each in owed(duty)} and id in season(duty).drills


def test_debts_are_listed_by_any_column_and_refuse_an_unknown_one(trainer: Any) -> None:
    everything = owed(trainer)
    assert everything == sorted(everything, key=lambda each: (each["due"], each["rule"], each["place"]))
    assert {each["level"] for each in owed(trainer, level="village")} == {"village"}
    named = owed(trainer, village=VILLAGE)
    assert named and {each["village_code"] for each in named} == {VILLAGE}
    assert owed(trainer, village=named[0]["village_name"]) == owed(trainer, village=named[0]["village"]) == named
    assert all(each["scenario"] == "house_fire" for each in owed(trainer, scenario="house_fire", state="owed"))
    with pytest.raises(BadInput, match="where_field"):
        owed(trainer, colour="red")


# --- nothing tells of a no-notice drill ---------------------------------------------------------------------------


def test_steps_that_changed_nothing_and_steps_taken_back_tell_nothing(trainer: Any, duty: Any) -> None:
    id = plan(trainer, form="no_notice", title="秘密双盲")
    trainer.runner.execute(EditDrill(drill=id, changed={"title": "秘密双盲"}, was={"title": "秘密双盲"}))
    trainer.runner.execute(LockDrill(drill=id))
    trainer.runner.execute(LockDrill(drill=id))
    gone = trainer.runner.execute(PlanDrill(scenario="landslide", village=OTHER, form="no_notice", title="秘密二"))
    trainer.runner.execute(Undo(target=gone.command))
    for world in ("real", DRILLS, id, gone.value["drill"]):
        with duty.read(world) as reader:
            told = f"{reader.records('command', {})}{reader.records('change_log', {})}{reader.history(entity='drill')}"
            lines, _ = reader.commands_since(0)
        assert "秘密" not in told and id not in told
        assert not any(each.name in ("plan_drill", "edit_drill", "lock_drill", "undo") for each in lines)
    with trainer.read("real") as reader:
        assert "秘密双盲" in str(reader.records("command", {}))


def test_what_only_planners_may_do_only_they_may_do_again(trainer: Any, duty: Any) -> None:
    planned = trainer.runner.execute(PlanDrill(scenario="landslide", village=VILLAGE))
    undone = trainer.runner.execute(Undo(target=planned.command))
    with pytest.raises(RuleError, match=r"undo\.role"):
        duty.runner.execute(Undo(target=undone.command))
    trainer.runner.execute(Undo(target=undone.command))
    assert row(trainer, planned.value["drill"]).state == "planned"


def test_at_another_place_its_people_are_invited_instead(trainer: Any) -> None:
    id = plan(trainer)
    before = {each.grid for each in rows(trainer, "drill_grid", drill=id)}
    was = row(trainer, id).village
    moved = trainer.runner.execute(EditDrill(drill=id, changed={"village": OTHER}, was={"village": was}))
    after = {each.grid for each in rows(trainer, "drill_grid", drill=id)}
    with trainer.read("real") as reader:
        there = reader.find("village", code=OTHER)[0].id
        grids = {each.id for each in reader.find("grid", village=there, kind="general")}
    assert before and after == grids and not before & after and row(trainer, id).village == there
    trainer.runner.execute(Undo(target=moved.command))
    assert {each.grid for each in rows(trainer, "drill_grid", drill=id)} == before
