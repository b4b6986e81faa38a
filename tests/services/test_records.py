"""Writing up drills: a planned one, a village's own, however its times come; two writers, undo, both engines."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from commandcenter.base.clock import ManualClock, iso
from commandcenter.base.errors import BadInput, Conflict, NotAllowed, RuleError
from commandcenter.base.texts import say
from commandcenter.rules.entity import DRILLS
from commandcenter.services import drill_reading, exporting, logbook, seasons
from commandcenter.services.drill_people import AddDrillPerson, EditDrillPerson, RemoveDrillPerson
from commandcenter.services.drills import CancelDrill, PlanDrill
from commandcenter.services.improvements import (
    AddImprovement,
    EditImprovement,
    FinishImprovement,
    Mend,
    RetestImprovement,
)
from commandcenter.services.moments import NoteMoment
from commandcenter.services.records import Came, JudgeExpectation, Mark, Present, RecordDrill, RecordLate, ReviewDrill
from commandcenter.services.undo import Undo
from tests.conftest import BEGINNING

VILLAGE = "999101100201"
HELD_AT = datetime(2025, 6, 12, 1, 5, tzinfo=UTC)
"""09:05 in the township."""


@pytest.fixture
def desks(town: str, open_desk: Callable[..., Any]) -> tuple[Any, Any]:
    """A duty officer's and a trainer's."""
    return open_desk(town, "duty1", ManualClock(BEGINNING)), open_desk(town, "trainer", ManualClock(BEGINNING))


def plan(desk: Any, **more: Any) -> str:
    facts: dict[str, Any] = {"scenario": "landslide", "village": VILLAGE, "starts_at": HELD_AT} | more
    return str(desk.runner.execute(PlanDrill(**facts)).value["drill"])


def record_of(desk: Any, drill: str) -> drill_reading.Record:
    with desk.read(DRILLS) as reader:
        found = drill_reading.load(reader, drill)
    assert found is not None
    return found


def write(desk: Any, drill: str, **more: Any) -> Any:
    facts: dict[str, Any] = {"changed": {}, "was": {}, "moments": {}, "moments_was": {}} | more
    return desk.runner.execute(RecordDrill(drill=drill, **facts))


def late(desk: Any, **more: Any) -> Any:
    facts: dict[str, Any] = {
        "scenario": "landslide", "held_at": HELD_AT, "village": VILLAGE, "fields": {"took_part": 86}, "moments": {},
    } | more  # fmt: skip
    return desk.runner.execute(RecordLate(**facts))


def after(minutes: int) -> str:
    return iso(HELD_AT + timedelta(minutes=minutes))


def general_grids(desk: Any) -> set[str]:
    with desk.read("real") as reader:
        village = reader.find("village", code=VILLAGE)[0]
        return {each.id for each in reader.find("grid", village=village.id, kind="general")}


def paid_for(desk: Any, level: str, drill: str) -> set[str]:
    """The places of a level whose debts a drill pays."""
    with desk.read(DRILLS) as reader:
        season = seasons.load(reader, BEGINNING.date())
    return {each.place for each in season.debts if (each.level, each.state, each.drill) == (level, "paid", drill)}


def test_the_first_record_makes_a_planned_drill_a_held_one(desks: tuple[Any, Any]) -> None:
    duty, trainer = desks
    id = plan(trainer)
    made = write(
        duty, id, changed={"took_part": 86, "evacuated": 45, "process": "按脚本进行"}, was={"process": ""},
        moments={"warned": after(1), "called": after(4), "evacuated": after(28), "ended": after(50)},
    )  # fmt: skip
    found = record_of(duty, id)
    assert (found.drill.state, found.drill.held_at, found.drill.late) == ("held", HELD_AT, False)
    assert (found.drill.took_part, found.minutes, found.drill.edition) == (86, 50, 1)
    assert {each.grid for each in found.grids if each.took_part} == general_grids(duty)
    duty.runner.execute(Undo(target=made.command))
    found = record_of(duty, id)
    assert (found.drill.state, found.drill.took_part, found.moments) == ("planned", None, ())
    assert {each.took_part for each in found.grids} == {None}


def test_a_villages_own_drill_pays_for_its_grids(desks: tuple[Any, Any]) -> None:
    duty, _ = desks
    grids = sorted(general_grids(duty))
    value = late(
        duty, grids=tuple(Came(each, each != grids[0], "" if each != grids[0] else "全部外出") for each in grids),
        fields={"took_part": 86, "evacuated": 45, "commander": "何大山", "recorder": "李会计", "title": "滑坡演练"},
        moments={"warned": after(1), "called": after(9)},
        improvements=(Mend("补两只喇叭", "何大山", "2025-07-20"),),
    ).value  # fmt: skip
    found = record_of(duty, value["drill"])
    assert (found.drill.late, found.drill.origin, found.drill.state, found.drill.title) == (
        True, "recorded", "held", "滑坡演练",
    )  # fmt: skip
    assert {each.grid: (each.took_part, each.reason) for each in found.grids}.get(grids[0]) in (
        None, (False, "全部外出"),
    )  # fmt: skip
    assert {each.grid for each in found.grids if each.took_part} == set(grids[1:])
    assert paid_for(duty, "general_grid", value["drill"]) == set(grids[1:])
    assert len(paid_for(duty, "village", value["drill"])) == 1
    with pytest.raises(RuleError) as caught:
        late(duty)
    assert caught.value.code == "drill.recorded_already"
    assert [(each.text, each.owner, each.due) for each in found.improvements] == [
        ("补两只喇叭", "何大山", "2025-07-20")
    ]


def test_paper_and_hand_give_the_same_score(desks: tuple[Any, Any]) -> None:
    """The same times typed from the evaluators' sheets one by one, and by hand in the record."""
    duty, trainer = desks
    by_paper, by_hand = plan(trainer), plan(trainer, grid="999101100201Y01")
    times = {"warned": 2, "called": 9, "assembled": 14, "evacuated": 31, "ended": 55}
    write(duty, by_paper)
    for moment, minutes in times.items():
        at = HELD_AT + timedelta(minutes=minutes)
        duty.runner.execute(NoteMoment(drill=by_paper, moment=moment, at=at, source="paper"))
    for each in record_of(duty, by_paper).expectations:
        change = {"value": 100.0} if each.judged == "count" else {"mark": each.points - 5}
        if each.judged != "time":
            duty.runner.execute(JudgeExpectation(expectation=each.id, changed=change, was=dict.fromkeys(change)))
    marks = tuple(
        Mark(each.id, value=100.0) if each.judged == "count" else Mark(each.id, mark=each.points - 5.0)
        for each in record_of(duty, by_hand).expectations if each.judged != "time"
    )  # fmt: skip
    write(duty, by_hand, moments={key: after(value) for key, value in times.items()}, marks=marks)
    one, other = record_of(duty, by_paper), record_of(duty, by_hand)
    position = {each.id: each.position for found in (one, other) for each in found.expectations}
    assert one.score.percent == other.score.percent is not None
    assert [position[id] for id in one.score.missed] == [position[id] for id in other.score.missed] != []
    assert (one.score.won, one.minutes) == (other.score.won, other.minutes)
    assert {each.source for each in one.moments} == {"paper"} and {each.source for each in other.moments} == {"record"}


def test_two_write_one_record(town: str, open_desk: Callable[..., Any]) -> None:
    one, other = (open_desk(town, name, ManualClock(BEGINNING)) for name in ("duty1", "trainer"))
    id = plan(other)
    write(one, id, changed={"took_part": 80}, was={"took_part": None})
    write(other, id, changed={"problems": "喇叭不够"}, was={"problems": ""}, moments={"called": after(4)},
          moments_was={"called": ""})  # fmt: skip
    with pytest.raises(Conflict) as caught:
        write(other, id, changed={"took_part": 90}, was={"took_part": None})
    assert caught.value.facts["fields"]["took_part"]["theirs"] == 80
    with pytest.raises(Conflict) as caught:
        write(one, id, moments={"called": after(6)}, moments_was={"called": ""})
    assert caught.value.facts["fields"]["called"]["theirs"] == after(4)
    found = record_of(one, id).drill
    assert (found.took_part, found.problems) == (80, "喇叭不够")


def test_two_desks_write_grids_people_and_marks(town: str, open_desk: Callable[..., Any]) -> None:
    """What was changed apart merges; what both changed is told line by line, and nothing of it is written."""
    one, other = (open_desk(town, name, ManualClock(BEGINNING)) for name in ("duty1", "trainer"))
    id = plan(other)
    person = one.runner.execute(AddDrillPerson(drill=id, name="赵守义")).value["drill_person"]
    grid = record_of(one, id).grids[0].grid
    point = next(each for each in record_of(one, id).expectations if each.judged == "seen")
    write(one, id, grids=(Came(grid, False, "停电"),), persons=(Present(person, False, "住院"),),
          marks=(Mark(point.id, mark=2.0, evaluator="甲"),))  # fmt: skip
    stale = {"grids": (Came(grid, True),), "persons": (Present(person, True),), "marks": (Mark(point.id, mark=1.0),)}
    with pytest.raises(Conflict) as caught:
        write(other, id, changed={"problems": "喇叭不够"}, was={"problems": ""}, **stale)
    fields = caught.value.facts["fields"]
    assert set(fields) == {f"grids.{grid}", f"persons.{person}", f"marks.{point.id}"}
    assert fields[f"grids.{grid}"]["theirs"] == {"took_part": False, "reason": "停电"}
    assert fields[f"marks.{point.id}"]["mine"]["mark"] == 1.0
    found = record_of(one, id)
    assert found.drill.problems == "" and found.grids[0].took_part is False
    write(other, id, grids=(Came(grid, True, was_took_part=False, was_reason="停电"),),
          marks=(Mark(point.id, mark=2.0, reason="慢", evaluator="甲", was_mark=2.0, was_evaluator="甲"),))  # fmt: skip
    write(one, id, marks=(Mark(point.id, mark=1.5, evaluator="甲", was_mark=2.0, was_evaluator="甲"),))
    found = record_of(one, id)
    (row,) = (each for each in found.expectations if each.id == point.id)
    assert (row.mark, row.reason, row.evaluator) == (1.5, "慢", "甲")
    assert next(each for each in found.grids if each.grid == grid).reason == ""


def test_after_midnight_and_too_far(desks: tuple[Any, Any]) -> None:
    duty, trainer = desks
    begun = datetime(2025, 6, 11, 15, 40, tzinfo=UTC)
    id = plan(trainer, starts_at=begun)
    write(duty, id, moments={"ended": iso(begun + timedelta(minutes=50))})
    assert record_of(duty, id).minutes == 50
    for moments, code in (
        ({"ended": after(60 * 60)}, "drill.moment_far"), ({"nosuch": after(1)}, "drill.moment_unknown"),
        ({"ended": "soon"}, "drill.moment_time"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as caught:
            write(duty, id, moments=moments)
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"held_at": BEGINNING + timedelta(days=1)}, "held_at"),
        ({"held_at": datetime(2005, 6, 12, tzinfo=UTC)}, "held_at"),
        ({"fields": {"took_part": -1}}, "took_part"), ({"village": None}, "village"),
        ({"village": "nosuch"}, "village"),
        ({"scenario": "nosuch"}, "scenario"), ({"improvements": (Mend("x", due="next week"),)}, "due"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_under_its_field(desks: tuple[Any, Any], more: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        late(desks[0], **more)
    assert caught.value.facts["field"] == field


def test_people_of_a_drill_and_absence_with_a_reason(desks: tuple[Any, Any]) -> None:
    duty, trainer = desks
    id = plan(trainer)
    with duty.read("real") as reader:
        worker = reader.find("worker", limit=1)[0]
    made = duty.runner.execute(AddDrillPerson(drill=id, person=worker.id)).value["drill_person"]
    with pytest.raises(RuleError):
        duty.runner.execute(AddDrillPerson(drill=id, person=worker.id))
    for name in ("", "赵守义"):
        with pytest.raises(BadInput) as caught:
            duty.runner.execute(AddDrillPerson(drill=id, person="x" * 300, name=name))
        assert caught.value.code == "unknown"
    evaluator = duty.runner.execute(AddDrillPerson(drill=id, name="周评估", part="evaluator")).value["drill_person"]
    for command in (EditDrillPerson(drill_person=made, changed={"present": False}, was={"present": None}),):
        with pytest.raises(BadInput) as caught:
            duty.runner.execute(command)
        assert caught.value.code == "drill.absence_reason"
    write(duty, id, persons=(Present(made, False, "住院"), Present(evaluator)))
    found = {each.id: each for each in record_of(duty, id).persons}
    assert (found[made].present, found[made].reason, found[evaluator].present) == (False, "住院", True)
    duty.runner.execute(NoteMoment(drill=id, moment="assembled", at=HELD_AT + timedelta(minutes=9), person=evaluator))
    with pytest.raises(RuleError):
        duty.runner.execute(RemoveDrillPerson(drill_person=evaluator))
    duty.runner.execute(RemoveDrillPerson(drill_person=made))
    assert {each.id for each in record_of(duty, id).persons} == {evaluator}


def test_an_improvement_plans_its_own_retest(desks: tuple[Any, Any]) -> None:
    duty, trainer = desks
    drill = late(duty).value["drill"]
    made = duty.runner.execute(AddImprovement(drill=drill, text="补喇叭", owner="何大山", due="2025-07-20")).value
    was = {"owner": "何大山"}
    duty.runner.execute(EditImprovement(improvement=made["improvement"], changed={"owner": "李会计"}, was=was))
    with pytest.raises(Conflict):
        duty.runner.execute(EditImprovement(improvement=made["improvement"], changed={"owner": "王"}, was=was))
    with pytest.raises(NotAllowed):
        duty.runner.execute(RetestImprovement(improvement=made["improvement"]))
    planned = trainer.runner.execute(RetestImprovement(improvement=made["improvement"])).value
    again = record_of(trainer, planned["drill"]).drill
    assert (again.retest_of, again.origin, again.state) == (drill, "retest", "planned")
    assert again.starts_at == datetime(2025, 7, 20, 1, 5, tzinfo=UTC)
    with pytest.raises(RuleError):
        trainer.runner.execute(RetestImprovement(improvement=made["improvement"]))
    trainer.runner.execute(CancelDrill(drill=again.id, reason="下雨"))
    trainer.runner.execute(RetestImprovement(improvement=made["improvement"], day="2025-08-01"))
    duty.runner.execute(FinishImprovement(improvement=made["improvement"]))
    assert record_of(duty, drill).improvements[0].done_at == BEGINNING


def test_reviewing_and_roles(town: str, open_desk: Callable[..., Any]) -> None:
    duty, trainer, viewer = (open_desk(town, name, ManualClock(BEGINNING)) for name in ("duty1", "trainer", "viewer"))
    id = plan(trainer)
    with pytest.raises(RuleError) as caught:
        trainer.runner.execute(ReviewDrill(drill=id))
    assert caught.value.code == "drill.not_held"
    write(duty, id)
    with pytest.raises(NotAllowed):
        duty.runner.execute(ReviewDrill(drill=id))
    trainer.runner.execute(ReviewDrill(drill=id))
    assert record_of(duty, id).drill.state == "reviewed"
    write(duty, id, changed={"problems": "无"}, was={"problems": ""})
    assert record_of(duty, id).drill.state == "reviewed"
    with pytest.raises(NotAllowed):
        write(viewer, id)


def test_nobody_learns_of_a_no_notice_drill_by_writing_it_up(desks: tuple[Any, Any]) -> None:
    duty, trainer = desks
    id = plan(trainer, form="no_notice")
    with duty.read(DRILLS) as reader:
        assert drill_reading.load(reader, id) is None and drill_reading.records(reader) == []
    for command in (
        RecordDrill(drill=id, changed={}, was={}, moments={}, moments_was={}),
        NoteMoment(drill=id, moment="called", at=HELD_AT), AddDrillPerson(drill=id, name="x"),
        AddImprovement(drill=id, text="x"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as caught:
            duty.runner.execute(command)
        assert caught.value.code == "unknown"
    write(trainer, id)
    assert record_of(duty, id).drill.hidden is False


def test_scores_belong_to_scenario_and_unit_and_stand_in_their_order(desks: tuple[Any, Any]) -> None:
    duty, trainer = desks
    met, missed = (1, 2), (1, 40)
    ids = []
    for away, (warned, called), village in ((0, met, VILLAGE), (-300, missed, VILLAGE), (-10, met, "999101100202")):
        held_at = HELD_AT + timedelta(days=away)
        moments = {
            "warned": iso(held_at + timedelta(minutes=warned)), "called": iso(held_at + timedelta(minutes=called)),
            "evacuated": iso(held_at + timedelta(minutes=50)),
        }  # fmt: skip
        ids.append(late(duty, held_at=held_at, village=village, moments=moments).value["drill"])
    plan(trainer, starts_at=HELD_AT + timedelta(days=60))
    with duty.read(DRILLS) as reader:
        rows = drill_reading.score_rows(reader)
        keyed = logbook.row(reader, "score", ids[0], BEGINNING)
        assert logbook.rows(reader, "score", {"scenario": "landslide", "unit_code": VILLAGE}, 1, BEGINNING) == rows[:1]
        with pytest.raises(BadInput, match=r"cli\.where_field"):
            logbook.rows(reader, "score", {"person": "x"}, None, BEGINNING)
    here = [each for each in rows if each["unit_code"] == VILLAGE]
    assert [each["drill"] for each in here] == [ids[1], ids[0]] and len(rows) == 3
    assert here[0]["change"] is None and here[1]["change"] == here[1]["percent"] - here[0]["percent"] > 0
    assert keyed == here[1] and keyed["day"] == "2025-06-12"
    percent = record_of(duty, ids[0]).score.percent
    assert here[1]["percent"] == percent and {each["scenario"] for each in rows} == {"landslide"}


def test_scores_go_out_as_a_table_unit_by_unit(desks: tuple[Any, Any], tmp_path: Path) -> None:
    duty, _trainer = desks
    for away, called in ((0, 2), (-300, 40)):
        held_at = HELD_AT + timedelta(days=away)
        moments = {"warned": iso(held_at + timedelta(minutes=1)), "called": iso(held_at + timedelta(minutes=called))}
        late(duty, held_at=held_at, village=VILLAGE, moments=moments)
    with duty.read(DRILLS) as reader:
        found = drill_reading.score_rows(reader)
    exporting.export(duty, "drill_scores", tmp_path / "scores.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "scores.xlsx").worksheets[0]
    head, first, second = sheet.iter_rows(values_only=True)
    assert head[:4] == ("序号", "场景类型", "单位", "单位编码")
    assert [each[3] for each in (first, second)] == [VILLAGE] * 2 and first[1] not in (None, "landslide")
    assert [each[6] for each in (first, second)] == [each["percent"] for each in found]
    assert first[8] is None and second[8] == found[1]["percent"] - found[0]["percent"]
    assert first[7] == say("export.score.passed" if found[0]["passed"] else "export.score.failed")
    with duty.read("real") as reader:
        assert [line.change.op for line in reader.history(entity="township")].count("export") == 1
