"""A town's year: what is owed becomes drills with dates, whole or not at all; changes are worked in with few moves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from commandcenter.base import texts
from commandcenter.base.errors import BadInput, Conflict
from commandcenter.rules.entity import DRILLS
from commandcenter.rules.plancheck import check
from commandcenter.rules.planning import Placed, Proposal
from commandcenter.services import plan_steps, planner, season_plan
from commandcenter.services.course_sessions import PlanSession
from commandcenter.services.drill_people import AddDrillPerson
from commandcenter.services.drills import CancelDrill, LockDrill, MoveDrill, PlanDrill
from commandcenter.services.plan_apply import ApplyPlan
from commandcenter.services.planner_first import first_plan
from commandcenter.services.season_plan import Away, Basis, Fix
from commandcenter.services.towns import AddOfficer
from commandcenter.services.undo import Undo
from commandcenter.services.units import NamePost

TODAY = date(2025, 1, 6)
NOON = datetime(2025, 1, 6, 4, 0, tzinfo=UTC)


@pytest.fixture
def desk(town: str, open_desk: Callable[..., Any]) -> Any:
    """The administrator's session on the tiny township."""
    return open_desk(town, "administrator")


@pytest.fixture
def trainers(desk: Any) -> list[str]:
    """Two people who lead drills."""
    for name in ("张敏", "李强"):
        desk.runner.execute(AddOfficer(name=name, role="trainer", account=name))
    return list(basis(desk).season.trainers)


def basis(desk: Any, year: int = 2025, today: date = TODAY) -> Basis:
    with desk.read(DRILLS) as reader:
        return season_plan.read(reader, today, year)


def drills(desk: Any, **where: Any) -> list[Any]:
    with desk.read(DRILLS) as reader:
        return reader.find("drill", **where)


def planned(desk: Any, trainer: str, days: dict[str, datetime]) -> dict[str, str]:
    """Drills in villages by name, id by name."""
    found = {}
    for at, (village, moment) in enumerate(days.items()):
        command = PlanDrill(scenario="landslide", village=village, starts_at=moment, trainer=trainer, title=f"d{at}")
        found[village] = desk.runner.execute(command).value["drill"]
    return found


def villages(desk: Any) -> list[str]:
    return sorted(basis(desk).villages)


def apply(desk: Any, found: Basis, placed: tuple[Placed, ...], problem: Any, origin: str = "solved") -> Any:
    tasks = {each.id: each for each in problem.tasks}
    steps = plan_steps.plan_steps(found, tasks, placed, origin)
    return desk.runner.execute(ApplyPlan(steps=tuple(steps)))


def test_what_is_owed_is_planned_once_and_taken_back_at_once(desk: Any, trainers: list[str]) -> None:
    found = basis(desk)
    problem = season_plan.fill(found)
    proposal = first_plan(problem)
    assert problem.tasks and check(problem, proposal) == []
    outcome = apply(desk, found, proposal.placed, problem)
    made = drills(desk)
    assert len(made) == len(proposal.placed) == len(outcome.value["drills"])
    assert {each.origin for each in made} == {"solved"} and all(each.starts_at and each.trainer for each in made)
    # Nothing is owed any more but what found no day.
    again = season_plan.fill(basis(desk))
    assert {each.id for each in again.tasks} <= set(proposal.unsolved)
    desk.runner.execute(Undo(target=outcome.command))
    assert drills(desk) == []


def test_a_plan_is_refused_whole_when_somebody_planned_the_same(desk: Any, trainers: list[str]) -> None:
    found = basis(desk)
    problem = season_plan.fill(found)
    proposal = first_plan(problem)
    tasks = {each.id: each for each in problem.tasks}
    (other, *_) = [each for each in proposal.placed if tasks[each.task].village]
    apply(desk, found, (other,), problem)
    with pytest.raises(Conflict, match=r"plan\.planned_meanwhile") as refused:
        apply(desk, found, proposal.placed, problem)
    assert refused.value.facts["title"] == tasks[other.task].title
    assert len(drills(desk)) == 1


def test_a_drill_that_was_moved_meanwhile_is_named(desk: Any, trainers: list[str]) -> None:
    first, second, *_ = villages(desk)
    ids = planned(desk, trainers[0], {first: datetime(2025, 6, 3, 1, tzinfo=UTC)})
    ids |= planned(desk, trainers[0], {second: datetime(2025, 6, 20, 1, tzinfo=UTC)})
    found = basis(desk)
    problem = season_plan.replan(found, [Away(trainers[0], date(2025, 6, 1), date(2025, 6, 30))])
    moves = planner.changes(problem, first_plan(problem))
    assert len(moves) == 2
    moved = MoveDrill(drill=ids[first], starts_at=datetime(2025, 6, 4, 1, tzinfo=UTC),
                      was=datetime(2025, 6, 3, 1, tzinfo=UTC))  # fmt: skip
    desk.runner.execute(moved)
    with pytest.raises(Conflict, match=r"plan\.moved_meanwhile") as refused:
        desk.runner.execute(ApplyPlan(steps=tuple(plan_steps.replan_steps(found, moves, [], []))))
    assert refused.value.facts["title"] == "d0"
    assert {each.trainer for each in drills(desk)} == {trainers[0]}


def test_leader_fixes_5_june_and_the_trainer_is_ill(desk: Any, trainers: list[str]) -> None:
    first, second, third, *_ = villages(desk)
    names = basis(desk).villages
    ids = planned(desk, trainers[0], {first: datetime(2025, 6, 9, 1, tzinfo=UTC)})
    ids |= planned(desk, trainers[0], {second: datetime(2025, 6, 11, 1, tzinfo=UTC)})
    ids |= planned(desk, trainers[1], {third: datetime(2025, 6, 11, 1, tzinfo=UTC)})
    other = desk.runner.execute(PlanDrill(scenario="islet", village=first, title="leader")).value["drill"]
    found = basis(desk)
    aways, fixes = [Away(trainers[0], date(2025, 6, 3), date(2025, 6, 16), "生病")], [Fix(other, date(2025, 6, 5))]
    problem = season_plan.replan(found, aways, fixes)
    proposal = planner.solve(problem, seconds=10)
    assert check(problem, proposal) == []
    moves = planner.changes(problem, proposal)
    assert {each.task for each in moves} == {f"drill:{ids[first]}", f"drill:{ids[second]}"}
    told = next(each for each in moves if each.task == f"drill:{ids[first]}")
    assert {each.code for each in told.reasons} == {"gap_locked", "trainer_away"}
    assert next(each for each in told.reasons if each.code == "gap_locked").facts["village"] == names[first]
    outcome = desk.runner.execute(ApplyPlan(steps=tuple(plan_steps.replan_steps(found, moves, aways, fixes))))
    after = basis(desk)
    leader = after.season.drills[other]
    assert leader.locked and season_plan.slot_of(after, leader).day == date(2025, 6, 5)  # type: ignore[union-attr]
    assert [each.last_day for each in after.season.absences] == ["2025-06-16"]
    assert planner.changes(season_plan.replan(after), first_plan(season_plan.replan(after))) == []
    desk.runner.execute(Undo(target=outcome.command))
    back = basis(desk)
    assert not back.season.absences and back.season.drills[other].starts_at is None


def test_last_year_is_offered_in_the_same_week(desk: Any, trainers: list[str]) -> None:
    first, second, *_ = villages(desk)
    ids = planned(desk, trainers[0], {first: datetime(2025, 4, 9, 1, tzinfo=UTC)})
    ids |= planned(desk, trainers[0], {second: datetime(2025, 4, 10, 6, 30, tzinfo=UTC)})
    found = basis(desk, 2026)
    held = {id: replace(drill, state="held", held_at=drill.starts_at) for id, drill in found.season.drills.items()}
    found = replace(found, season=replace(found.season, drills=held))
    offers = season_plan.offer_copies(found)
    assert [(each.slot.day, each.slot.minute) for each in offers if each.slot] == [
        (date(2026, 4, 8), 3 * 60), (date(2026, 4, 9), 8 * 60 + 30)
    ]  # fmt: skip
    assert all(each.slot.day.isocalendar()[1:] == each.past.day.isocalendar()[1:] for each in offers if each.slot)
    problem = season_plan.fill(found)
    placed = tuple(Placed(each.task.id, each.slot) for each in offers if each.slot)
    whole = replace(problem, tasks=tuple(each.task for each in offers))
    assert check(whole, Proposal(placed)) == []
    apply(desk, found, placed, whole, "copied")
    assert sorted(each.origin for each in drills(desk)) == ["copied", "copied", "planned", "planned"]


def test_locked_and_cancelled_drills_are_left_alone(desk: Any, trainers: list[str]) -> None:
    first, second, *_ = villages(desk)
    ids = planned(desk, trainers[0], {first: datetime(2025, 6, 3, 1, tzinfo=UTC)})
    ids |= planned(desk, trainers[0], {second: datetime(2025, 6, 4, 1, tzinfo=UTC)})
    desk.runner.execute(LockDrill(drill=ids[first]))
    desk.runner.execute(CancelDrill(drill=ids[second], reason="停"))
    problem = season_plan.replan(basis(desk), [Away(trainers[0], date(2025, 6, 1), date(2025, 6, 30))])
    assert problem.tasks == () and [each.id for each in problem.fixed] == [ids[first]]


def test_only_steps_for_drills_are_taken(desk: Any) -> None:
    with pytest.raises(BadInput, match=r"plan\.step_unknown"):
        desk.runner.execute(ApplyPlan(steps=({"command": "set_setting", "key": "x"},)))


def test_places_are_called_in_the_language_of_the_desk(desk: Any, trainers: list[str]) -> None:
    with desk.read(DRILLS) as reader:
        own = {each.id: (each.name, each.name_en) for each in reader.find("village")}
    assert any(english for _, english in own.values())
    before = texts.current().language
    for at, language in enumerate(("zh_CN", "en")):
        texts.use(language)
        try:
            found = basis(desk)
            assert found.villages == {id: names[at] or names[0] for id, names in own.items()}
            titles = {each.title for each in season_plan.fill(found).tasks if each.level == "village"}
            assert titles and all(any(title.startswith(name) for name in found.villages.values()) for title in titles)
        finally:
            texts.use(before)


def test_the_year_knows_who_plays_who_commands_and_who_is_at_a_training(desk: Any, trainers: list[str]) -> None:
    first, second, *_ = villages(desk)
    with desk.read("real") as reader:
        holder, player = (each.id for each in reader.find("worker", village=first)[:2])
        course = reader.find("course")[0]
    desk.runner.execute(NamePost(village=first, role="leader", person=holder))
    undated = PlanDrill(scenario="landslide", village=second, starts_at=None, commander="何不凡", title="待定")
    drill = desk.runner.execute(undated).value["drill"]
    desk.runner.execute(AddDrillPerson(drill=drill, person=player))
    begins = datetime(2025, 3, 4, 1, tzinfo=UTC)
    for away in range(120):  # every morning until July
        desk.runner.execute(PlanSession(course=course.id, starts_at=begins + timedelta(days=away), hours=4.0,
                                        trainer=trainers[0], expected=(holder,)))  # fmt: skip
    problem = season_plan.fill(basis(desk))
    tasks = {each.id: each for each in problem.tasks}
    assert tasks[f"drill:{drill}"].people == {("worker", player), ("name", "何不凡")}
    owed = [each for each in problem.tasks if each.village == first and each.grid is None and each.level == "village"]
    assert owed and all(each.people == {("worker", holder)} for each in owed)
    busy = [each for each in problem.busy if ("officer", trainers[0]) in each.people]
    assert len(busy) == 120 and busy[0].minutes == 240 and problem.names["worker", holder]
    assert busy[0].day == date(2025, 3, 4) and busy[0].people == {("officer", trainers[0]), ("worker", holder)}
    for proposal in (first_plan(problem), planner.solve(problem, seconds=4)):
        assert check(problem, proposal) == [] and not proposal.unsolved
