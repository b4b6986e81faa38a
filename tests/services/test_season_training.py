"""Training in the year's plan: gaps become sessions beside the drills, written and taken back with them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import Conflict
from commandcenter.rules.courses import GAPS
from commandcenter.rules.entity import DRILLS
from commandcenter.rules.plancheck import check
from commandcenter.rules.planning import Problem
from commandcenter.services import plan_steps, planner, season_plan, season_training
from commandcenter.services.attendance import HoldSession, SignIn
from commandcenter.services.course_sessions import MoveSession, PlanSession
from commandcenter.services.courses import AddCourse
from commandcenter.services.drills import PlanDrill
from commandcenter.services.plan_apply import ApplyPlan
from commandcenter.services.planner_first import first_plan
from commandcenter.services.season_plan import Away, Basis, Fix
from commandcenter.services.settings import SetSetting
from commandcenter.services.towns import AddOfficer
from commandcenter.services.undo import Undo

NOW = datetime(2025, 6, 30, 4, 0, tzinfo=UTC)
TODAY = date(2025, 6, 30)


@pytest.fixture
def desk(town: str, open_desk: Callable[..., Any]) -> Any:
    """The administrator's session on the tiny township."""
    return open_desk(town, "administrator", ManualClock(NOW))


@pytest.fixture
def trainers(desk: Any) -> list[str]:
    """Two people who lead drills and sessions."""
    for name in ("张敏", "李强"):
        desk.runner.execute(AddOfficer(name=name, role="trainer", account=name))
    return list(basis(desk).season.trainers)


def basis(desk: Any, year: int = 2025) -> Basis:
    with desk.read(DRILLS) as reader:
        return season_plan.read(reader, TODAY, year, with_training=True)


def find(desk: Any, kind: str, world: str = "real", **where: Any) -> list[Any]:
    with desk.read(world) as reader:
        return list(reader.find(kind, **where))


def sessions_in(problem: Problem) -> list[Any]:
    return [each for each in problem.tasks if each.kind == "session"]


def workers_of(task: Any) -> set[str]:
    return {id for kind, id in task.people if kind == "worker"}


def local(hour: int, day: date) -> datetime:
    """An hour in the tiny township, which lies elsewhere, as UTC."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo("Europe/Rome")).astimezone(UTC)


def apply(desk: Any, found: Basis, problem: Problem, placed: Any) -> Any:
    tasks = {each.id: each for each in problem.tasks}
    return desk.runner.execute(ApplyPlan(steps=tuple(plan_steps.plan_steps(found, tasks, placed, "solved"))))


def own_course(desk: Any, hours: float = 2.0, months: int | None = 12) -> str:
    """A course that counts by having been there."""
    given = AddCourse(title=f"课程{hours}", category="emergency_skills", hours=hours, valid_months=months)
    return str(desk.runner.execute(given).value["course"])


def held(desk: Any, course: str, day: date, workers: list[str]) -> None:
    session = desk.runner.execute(PlanSession(course=course, starts_at=local(9, day))).value["session"]
    desk.runner.execute(SignIn(session=session, workers=tuple(workers)))
    desk.runner.execute(HoldSession(session=session))


def test_gaps_are_dated_with_the_drills_written_at_once_and_taken_back_at_once(
    desk: Any, trainers: list[str]
) -> None:
    found = basis(desk)
    problem = season_plan.fill(found, with_training=True)
    sessions = sessions_in(problem)
    assert sessions and len(sessions) < len(problem.tasks)
    # Everybody who lacks a required course is asked to exactly one session of it, and to none that is planned already.
    asked = [(each.course, worker) for each in sessions for worker in workers_of(each)]
    open_gaps = {(course, worker) for course, those in found.lessons.gaps.items()  # type: ignore[union-attr]
                 for worker in (gap.worker for gap in those)}  # fmt: skip
    assert len(asked) == len(set(asked)) and set(asked) == open_gaps
    assert all(len(workers_of(each)) <= 40 and each.place for each in sessions)
    proposal = planner.solve(problem, seconds=8)
    assert check(problem, proposal) == [] and not proposal.unsolved
    assert {each.code for one in proposal.placed for each in one.reasons} >= {"session_from", "session_missing"}
    before = {each.id for each in find(desk, "session")}
    outcome = apply(desk, found, problem, proposal.placed)
    made = [each for each in find(desk, "session") if each.id not in before]
    assert len(made) == len(sessions) == len(outcome.value["sessions"])
    assert all(each.starts_at and each.trainer in trainers and each.place for each in made)
    assert len(find(desk, "drill", DRILLS)) == len(outcome.value["drills"]) == len(problem.tasks) - len(sessions)
    # Nothing is left: every gap is booked.
    after = basis(desk)
    assert sessions_in(season_plan.fill(after, with_training=True)) == []
    matrix = after.lessons.training.matrix  # type: ignore[union-attr]
    assert not [each for each in matrix.cells.values() if each.validity in GAPS - {"expiring"} and each.is_open]
    desk.runner.execute(Undo(target=outcome.command))
    assert {each.id for each in find(desk, "session")} == before and find(desk, "drill", DRILLS) == []
    assert {each.session for each in find(desk, "attendance")} <= before


def test_without_the_wish_for_training_nothing_is_different(desk: Any, trainers: list[str]) -> None:
    with desk.read(DRILLS) as reader:
        plain = season_plan.read(reader, TODAY, 2025)
    assert plain.lessons is None
    assert season_plan.fill(plain) == season_plan.fill(basis(desk))
    assert season_plan.replan(plain) == season_plan.replan(basis(desk))


def test_a_renewal_lies_in_the_last_two_months_before_the_pass_runs_out(desk: Any, trainers: list[str]) -> None:
    course = own_course(desk)
    workers = [each.id for each in find(desk, "worker")]
    day = date(2024, 11, 20)
    held(desk, course, day, workers)
    problem = season_plan.fill(basis(desk), with_training=True)
    mine = [each for each in sessions_in(problem) if each.course == course]
    assert {each.latest for each in mine} == {date(2025, 11, 20)}
    assert {each.earliest for each in mine} == {date(2025, 9, 21)}
    assert set().union(*map(workers_of, mine)) == set(workers)
    placed = {each.task: each.slot.day for each in first_plan(problem).placed}
    assert all(date(2025, 9, 21) <= placed[each.id] <= date(2025, 11, 20) for each in mine)
    assert "session_expiring" in {reason.code for each in mine for reason in each.about}


def test_the_town_says_how_many_sit_in_one_session(desk: Any, trainers: list[str]) -> None:
    desk.runner.execute(SetSetting(key="training.seats", value={"value": 5}))
    sessions = sessions_in(season_plan.fill(basis(desk), with_training=True))
    assert max(len(workers_of(each)) for each in sessions) <= 5


def test_a_course_of_days_and_a_single_gap_are_named_instead(desk: Any, trainers: list[str]) -> None:
    long, small = own_course(desk, hours=16.0), own_course(desk, hours=1.0)
    workers = [each.id for each in find(desk, "worker")]
    held(desk, small, date(2025, 6, 2), workers[1:])
    found = basis(desk)
    assert {each.course for each in sessions_in(season_plan.fill(found, with_training=True))}.isdisjoint((long, small))
    left = {course.id: reason for course, reason in season_training.left_out(found.lessons)}  # type: ignore[arg-type]
    assert left[long].code == "course_long" and left[long].facts["count"] == len(workers)
    assert left[small].code == "course_few" and left[small].facts["count"] == 1


def test_the_gaps_of_a_plan_are_worked_out_once(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found, asked, real = basis(desk), [], season_training.matrix
    monkeypatch.setattr(season_training, "matrix", lambda *given: asked.append(1) or real(*given))
    season_plan.fill(found, with_training=True)
    season_training.left_out(found.lessons)  # type: ignore[arg-type]
    assert len(asked) == 1


def test_a_session_without_a_date_gets_one_and_its_people_are_not_asked_twice(desk: Any, trainers: list[str]) -> None:
    course = own_course(desk)
    workers = tuple(each.id for each in find(desk, "worker"))
    session = desk.runner.execute(PlanSession(course=course, expected=workers, place="大礼堂")).value["session"]
    found = basis(desk)
    problem = season_plan.fill(found, with_training=True)
    (mine,) = [each for each in sessions_in(problem) if each.course == course]
    assert mine.id == f"session:{session}" and workers_of(mine) == set(workers)
    placed = [each for each in first_plan(problem).placed if each.task == mine.id]
    apply(desk, found, problem, placed)
    (row,) = find(desk, "session", id=session)
    assert row.starts_at == season_plan.moment_of(found, placed[0].slot) and row.trainer == placed[0].slot.trainer


def test_a_plan_is_refused_whole_when_somebody_asked_the_same_people(desk: Any, trainers: list[str]) -> None:
    found = basis(desk)
    problem = season_plan.fill(found, with_training=True)
    proposal = first_plan(problem)
    one = sessions_in(problem)[0]
    other = sorted(workers_of(one))[:2]
    desk.runner.execute(PlanSession(course=one.course, starts_at=local(9, date(2025, 8, 1)), expected=tuple(other)))
    before = len(find(desk, "session"))
    with pytest.raises(Conflict, match=r"plan\.session_meanwhile") as refused:
        apply(desk, found, problem, proposal.placed)
    assert refused.value.facts["people"] == 2
    assert len(find(desk, "session")) == before and find(desk, "drill", DRILLS) == []


def test_sessions_move_only_when_they_may_and_each_says_why(desk: Any, trainers: list[str]) -> None:
    """A trainer is ill: his drill moves, his session only where the planner may move it; who teaches from elsewhere
    keeps the day; and no drill comes to lie on a day on which its village has a session."""
    courses = [own_course(desk, hours) for hours in (1.0, 2.0, 3.0)]
    first, second, *_ = sorted(basis(desk).villages)
    people = {village: tuple(each.id for each in find(desk, "worker", village=village)) for village in (first, second)}
    day = date(2025, 8, 6)
    his = desk.runner.execute(PlanSession(course=courses[0], starts_at=local(9, day), trainer=trainers[0],
                                          village=first, expected=people[first])).value["session"]  # fmt: skip
    guest = desk.runner.execute(PlanSession(course=courses[1], starts_at=local(9, day + timedelta(1)), teacher="谢医生",
                                            trainer=trainers[0], village=second, expected=people[second]))  # fmt: skip
    drill = desk.runner.execute(PlanDrill(scenario="landslide", village=second, starts_at=local(9, day + timedelta(2)),
                                          trainer=trainers[0], title="d")).value["drill"]  # fmt: skip
    ill = [Away(trainers[0], day - timedelta(2), day + timedelta(8))]
    found = basis(desk)
    kept = season_plan.replan(found, ill)
    assert [each.id for each in kept.tasks] == [f"drill:{drill}"]
    problem = season_plan.replan(found, ill, with_sessions=True)
    assert {each.id for each in problem.tasks} == {f"drill:{drill}", f"session:{his}"}
    assert f"session:{guest.value['session']}" in {each.id for each in problem.fixed}
    proposal = planner.solve(problem, seconds=6)
    assert check(problem, proposal) == [] and len(proposal.placed) == 2
    moves = {each.task: each for each in planner.changes(problem, proposal)}
    assert set(moves) == {f"drill:{drill}", f"session:{his}"}
    assert all("trainer_away" in {reason.code for reason in each.reasons} for each in moves.values())
    steps = plan_steps.replan_steps(found, moves.values(), ill, [])
    outcome = desk.runner.execute(ApplyPlan(steps=tuple(steps)))
    (moved,) = find(desk, "session", id=his)
    after = moves[f"session:{his}"].after
    assert after is not None and moved.trainer == after.trainer
    assert moved.starts_at == season_plan.moment_of(found, after)
    again = season_plan.replan(basis(desk), with_sessions=True)
    assert planner.changes(again, first_plan(again)) == []
    desk.runner.execute(Undo(target=outcome.command))
    (back,) = find(desk, "session", id=his)
    assert back.starts_at == local(9, day) and back.trainer == trainers[0] and find(desk, "absence") == []


def test_a_session_that_was_moved_meanwhile_is_named(desk: Any, trainers: list[str]) -> None:
    course, day = own_course(desk), date(2025, 8, 6)
    workers = tuple(each.id for each in find(desk, "worker"))[:4]
    session = desk.runner.execute(PlanSession(course=course, starts_at=local(9, day), trainer=trainers[0],
                                              expected=workers)).value["session"]  # fmt: skip
    found = basis(desk)
    ill = [Away(trainers[0], day, day)]
    problem = season_plan.replan(found, ill, with_sessions=True)
    moves = planner.changes(problem, first_plan(problem))
    assert [each.task for each in moves] == [f"session:{session}"]
    desk.runner.execute(MoveSession(session=session, starts_at=local(10, date(2025, 9, 9)), was=local(9, day)))
    with pytest.raises(Conflict, match=r"session\.moved_meanwhile"):
        desk.runner.execute(ApplyPlan(steps=tuple(plan_steps.replan_steps(found, moves, ill, []))))
    assert find(desk, "absence") == []


def test_a_session_whose_date_somebody_sets_stays_there_and_what_is_in_its_way_moves(
    desk: Any, trainers: list[str]
) -> None:
    first = sorted(basis(desk).villages)[0]
    expected = tuple(each.id for each in find(desk, "worker", village=first))
    ids = [
        desk.runner.execute(PlanSession(course=own_course(desk, hours), starts_at=local(9, day), village=first,
                                        trainer=trainers[0], expected=expected)).value["session"]
        for hours, day in ((1.0, date(2025, 8, 6)), (2.0, date(2025, 9, 3)))
    ]  # fmt: skip
    found = basis(desk)
    fixes = [Fix(f"session:{ids[1]}", date(2025, 8, 8))]
    problem = season_plan.replan(found, [], fixes, with_sessions=True)
    assert [each.id for each in problem.tasks] == [f"session:{ids[0]}"]
    proposal = planner.solve(problem, seconds=5)
    assert check(problem, proposal) == []
    (move,) = planner.changes(problem, proposal)
    assert [each.code for each in move.reasons] == ["session_gap"] and move.after is not None
    outcome = desk.runner.execute(ApplyPlan(steps=tuple(plan_steps.replan_steps(found, [move], [], fixes))))
    after = {each.id: each.starts_at for each in find(desk, "session", id=ids)}
    assert after == {ids[1]: local(9, date(2025, 8, 8)), ids[0]: season_plan.moment_of(found, move.after)}
    desk.runner.execute(Undo(target=outcome.command))
    assert {each.starts_at for each in find(desk, "session", id=ids)} == {
        local(9, date(2025, 8, 6)), local(9, date(2025, 9, 3))
    }  # fmt: skip


def test_a_drill_and_a_session_that_somebody_put_on_one_day_stay_there(desk: Any, trainers: list[str]) -> None:
    """That was decided before: letting sessions move is no reason to touch either."""
    first, day = sorted(basis(desk).villages)[0], date(2025, 8, 6)
    expected = tuple(each.id for each in find(desk, "worker", village=first))
    desk.runner.execute(PlanSession(course=own_course(desk), starts_at=local(9, day), village=first,
                                    trainer=trainers[0], expected=expected))  # fmt: skip
    desk.runner.execute(
        PlanDrill(scenario="landslide", village=first, starts_at=local(15, day), trainer=trainers[1], title="d")
    )
    problem = season_plan.replan(basis(desk), with_sessions=True)
    assert problem.tasks == () and len(problem.fixed) >= 2
