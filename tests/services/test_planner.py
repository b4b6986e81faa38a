"""The planner's proposals, held against the checker that knows nothing of how they are found."""

import random
import threading
import time
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commandcenter.base import children
from commandcenter.base.errors import Refused
from commandcenter.rules.clashes import Habits
from commandcenter.rules.plan_board import Board
from commandcenter.rules.plancheck import check
from commandcenter.rules.planning import Busy, Fixed, Placed, Problem, Proposal, Slot, Task, Trainer
from commandcenter.services import planner
from commandcenter.services.planner_first import first_plan
from tests.services.seasons_made import FIRST, near, season, standing, villages, with_sessions


def codes(problem: Problem, proposal: Proposal) -> set[str]:
    return {each.code for each in check(problem, proposal)}


def test_a_season_of_the_shipped_size_is_planned_within_its_limit() -> None:
    problem = season(60)
    proposal = planner.solve(problem, seconds=8)
    assert check(problem, proposal) == []
    assert len(proposal.placed) == 60 and proposal.unsolved == ()
    assert proposal.quality in ("best", "good")
    first = first_plan(problem)
    assert proposal.cost <= first.cost
    by_id = {task.id: task for task in problem.tasks}
    assert all(each.slot.day <= by_id[each.task].latest for each in proposal.placed)
    assert {reason.code for each in proposal.placed for reason in each.reasons} >= {"in_time", "in_season"}


def test_the_same_problem_gives_the_same_plan() -> None:
    problem = season(12, seed=4)
    assert [each.slot for each in planner.solve(problem, seconds=10).placed] == [
        each.slot for each in planner.solve(problem, seconds=10).placed
    ]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 4), st.integers(0, 20))
@pytest.mark.soak
def test_every_first_plan_holds(seed: int, count: int, trainers: int, gap: int) -> None:
    problem = season(count, trainers=trainers, gap=gap, seed=seed, towns=1 + seed % 7)
    proposal = first_plan(problem)
    assert check(problem, proposal) == []


# --- training sessions among the drills ------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.integers(0, 30), st.integers(1, 30), st.integers(1, 4), st.integers(0, 8))
@pytest.mark.soak
def test_every_first_plan_with_sessions_holds(seed: int, count: int, sessions: int, trainers: int, gap: int) -> None:
    problem = with_sessions(
        season(count, trainers=trainers, gap=gap, seed=seed, towns=2 + seed % 7), sessions, seed=seed
    )
    assert check(problem, first_plan(problem)) == []


@pytest.mark.parametrize("gap", [pytest.param(0, marks=pytest.mark.soak), 7])
def test_drills_and_sessions_are_planned_together(gap: int) -> None:
    problem = with_sessions(season(30, gap=gap), 40)
    proposal = planner.solve(problem, seconds=6)
    assert check(problem, proposal) == [] and len(proposal.placed) == 70
    assert proposal.cost <= first_plan(problem).cost
    by_id = {task.id: task for task in problem.tasks}
    sessions = [each for each in proposal.placed if by_id[each.task].kind == "session"]
    assert all(each.slot.minute + by_id[each.task].minutes <= 18 * 60 for each in sessions)
    assert all(each.slot.day <= by_id[each.task].latest for each in sessions)


def one_day(*tasks: Task, trainers: int = 2, hours: int = 2) -> Problem:
    """Everything on one day, far apart, each with a trainer of its own."""
    people = tuple(Trainer(f"p{at}", f"P{at}") for at in range(trainers))
    return Problem(ONE, ONE, tasks, people, habits=Habits(7, hours), villages={"v00": "甲村", "v05": "乙村"},
                   names={("worker", "w"): "刘芳", ("room", "hall@"): "会议室"})  # fmt: skip


ONE = date(2026, 6, 10)


def thing(id: str, village: str | None, *people: tuple[str, str], session: bool = False, minutes: int = 120) -> Task:
    homes = frozenset((village,)) if session and village else frozenset[str]()
    return Task(id=id, title=id, scenario="s", earliest=ONE, latest=ONE, until=ONE, village=village, minutes=minutes,
                people=frozenset(people), kind="session" if session else "drill", villages=homes)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        # A village has a session and a drill on different days, at whatever hours.
        (thing("a", "v00", session=True), thing("b", "v00"), "ask_day"),
        (thing("a", "v00", session=True), thing("b", "v00", session=True), "ask_session_gap"),
        # So has a worker, who plays in the drill of another village.
        (thing("a", "v00", ("worker", "w"), session=True), thing("b", "v05", ("worker", "w")), "ask_day"),
        # The room of the town is one, and four hours leave no room for others before the evening.
        (thing("a", None, ("room", "hall@"), session=True, minutes=400),
         thing("b", None, ("room", "hall@"), session=True, minutes=400), "ask_people"),
    ],
)  # fmt: skip
def test_a_session_has_its_day_and_its_room_for_itself(one: Task, other: Task, code: str) -> None:
    problem = one_day(one, other)
    proposal = planner.solve(problem, seconds=3)
    assert len(proposal.placed) == 1 and check(problem, proposal) == []
    (why,) = proposal.contradictions
    assert code in {each.code for each in why.asks}
    # The checker says so of a plan that puts both there.
    slots = (Slot(ONE, 540, "p0"), Slot(ONE, 540, "p1"))
    both = Proposal((Placed("a", slots[0]), Placed("b", slots[1])))
    told = {"ask_people": "two_places", "ask_day": "same_day", "ask_session_gap": "session_gap"}[code]
    assert told in codes(problem, both) <= {"two_places", "same_day", "session_gap"}


def test_sessions_of_other_villages_share_day_and_trainer() -> None:
    """A trainer leads one in the morning and one in the afternoon where the villages are near; not two long ones."""
    two = (thing("a", "v00", session=True), thing("b", "v05", session=True))
    near_by = replace(one_day(*two, trainers=1), near=near(["v00", "v05"]))
    proposal = planner.solve(near_by, seconds=3)
    assert len(proposal.placed) == 2 and check(near_by, proposal) == []
    long = replace(near_by, tasks=tuple(replace(each, minutes=240) for each in two))
    assert len(planner.solve(long, seconds=3).placed) == 1
    late = Proposal((Placed("a", Slot(ONE, 870, "p0")),), ("b",))
    assert codes(long, late) == {"too_long"}


def test_a_session_is_no_drill_of_its_village() -> None:
    """Seven days lie between two drills; a session may lie next to either."""
    later = ONE + timedelta(days=1)
    session = replace(thing("a", "v00", session=True), latest=later, until=later)
    problem = replace(one_day(session, trainers=1), last=later, fixed=(standing("x", "v00", ONE, "p0"),))
    proposal = planner.solve(problem, seconds=3)
    assert [each.slot.day for each in proposal.placed] == [later] and check(problem, proposal) == []
    assert codes(problem, Proposal((Placed("a", Slot(ONE, 870, "p0")),))) == {"same_day"}


def test_two_sessions_of_a_village_lie_as_far_apart_as_two_drills() -> None:
    """Whether it is held there or people of the village come to it; each gap names what it keeps away from."""
    week = ONE + timedelta(days=7)
    host = replace(thing("a", "v00", session=True), latest=week, until=week)
    guests = Fixed("x", "x", Slot(ONE, 540, "p1"), "v05", 120, kind="session", villages=frozenset(("v00", "v05")))
    problem = replace(one_day(host), last=week, fixed=(guests,))
    proposal = planner.solve(problem, seconds=3)
    assert [each.slot.day for each in proposal.placed] == [week] and check(problem, proposal) == []
    assert codes(problem, Proposal((Placed("a", Slot(ONE + timedelta(days=3), 540, "p0")),))) == {"session_gap"}
    (reason,) = Board(problem).against(host, Slot(ONE + timedelta(days=3), 540, "p0"))
    assert reason.code == "session_gap" and (reason.facts["village"], reason.facts["title"]) == ("甲村", "x")
    short = replace(problem, last=week - timedelta(days=1))
    (why,) = planner.solve(short, seconds=3).contradictions
    assert [each.code for each in why.asks] == ["ask_session_gap"]


# --- nobody at two places at one time ---------------------------------------------------------------------------------


def crowded(problem: Problem, seed: int, *, people: int, sessions: int) -> Problem:
    """The same season with few people for many drills, trainers among them, standing drills and sessions."""
    rng = random.Random(seed)
    names = [("worker", f"w{at}") for at in range(people)] + [("officer", each.id) for each in problem.trainers]
    names.append(("name", "王镇长"))

    def some(most: int) -> frozenset[tuple[str, str]]:
        return frozenset(rng.sample(names, rng.randint(0, min(most, len(names)))))

    def day() -> date:
        return FIRST + timedelta(days=rng.randrange(300))

    tasks = tuple(replace(each, people=some(3)) for each in problem.tasks)
    busy = tuple(
        Busy(f"s{at}", f"session {at}", day(), rng.choice((480, 540, 840, 1200)), rng.choice((60, 180, 480)), some(6))
        for at in range(sessions)
    )
    fixed = tuple(
        replace(standing(f"f{at}", "", day(), rng.choice(problem.trainers).id, minute=rng.choice((540, 870))),
                village=None, people=some(3))
        for at in range(sessions // 2)
    )  # fmt: skip
    return replace(problem, tasks=tasks, busy=busy, fixed=fixed, names={who: who[1] for who in names})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 4), st.integers(0, 8), st.integers(0, 60))
def test_a_first_plan_puts_nobody_at_two_places(
    seed: int, count: int, trainers: int, gap: int, sessions: int
) -> None:
    problem = crowded(season(count, trainers=trainers, gap=gap, seed=seed), seed, people=1 + seed % 5,
                      sessions=sessions)  # fmt: skip
    assert check(problem, first_plan(problem)) == []


@pytest.mark.parametrize("seed", [1, *(pytest.param(each, marks=pytest.mark.soak) for each in (2, 3))])
def test_the_solver_puts_nobody_at_two_places(seed: int) -> None:
    problem = crowded(season(50, gap=3, seed=seed), seed, people=4, sessions=60)
    proposal = planner.solve(problem, seconds=5)
    assert check(problem, proposal) == []
    assert len(proposal.placed) == 50


def test_commander_player_and_trainer_each_keep_drills_apart() -> None:
    """Two villages far from each other, one possible day, two trainers: free but for the one person in both."""
    day = date(2026, 6, 10)
    both = tuple(
        Task(id=id, title=id, scenario="s", earliest=day, latest=day, until=day, village=village)
        for id, village in (("a", "v00"), ("b", "v05"))
    )
    trainers = (Trainer("p", "张敏"), Trainer("q", "李强"))
    problem = Problem(day, day, both, trainers, habits=Habits(7, 1), names={("worker", "w"): "刘芳"})
    assert len(planner.solve(problem, seconds=3).placed) == 2
    shared = replace(problem, tasks=tuple(replace(each, people=frozenset((("worker", "w"),))) for each in both))
    proposal = planner.solve(shared, seconds=3)
    assert len(proposal.placed) == 1 and check(shared, proposal) == []
    (why,) = proposal.contradictions
    assert "ask_people" in {each.code for each in why.asks}
    # At two hours of the day it can be at both.
    assert len(planner.solve(replace(shared, habits=Habits(7, 2)), seconds=3).placed) == 2
    # Who leads one of them cannot play in the other.
    led = replace(problem, tasks=(both[0],), fixed=(replace(standing("x", "v05", day, "q"), minutes=480),),
                  trainers=trainers[1:])  # fmt: skip
    plays = replace(led, fixed=(replace(led.fixed[0], slot=Slot(day, 540, ""), people=frozenset((("officer", "q"),))),))
    for each in (led, plays):
        assert planner.solve(each, seconds=3).placed == ()


def test_who_teaches_or_is_expected_at_a_training_is_not_planned_for_then() -> None:
    day = date(2026, 6, 10)
    task = Task(id="t", title="t", scenario="s", earliest=day, latest=day, until=day, village="v00",
                people=frozenset((("worker", "w"),)), current=Slot(day, 540, "p"))  # fmt: skip
    names = {("worker", "w"): "刘芳", ("officer", "p"): "张敏"}
    problem = Problem(day, day, (task,), (Trainer("p", "张敏"),), names=names, mode="replan")
    for who, name in ((("worker", "w"), "刘芳"), (("officer", "p"), "张敏")):
        taught = replace(problem, busy=(Busy("s", "灭火器实操", day, 540, 120, frozenset((who,))),))
        proposal = planner.solve(taught, seconds=3)
        assert check(taught, proposal) == [] and [each.slot.minute for each in proposal.placed] == [870]
        (move,) = planner.changes(taught, proposal)
        (reason,) = move.reasons
        assert reason.code == "at_training" and reason.facts["name"] == name
        whole = replace(taught, busy=(replace(taught.busy[0], minute=480, minutes=600),))
        assert planner.solve(whole, seconds=3).placed == ()
    night = Busy("n", "值夜", day - timedelta(days=1), 22 * 60, 12 * 60, frozenset((("worker", "w"),)))
    proposal = planner.solve(replace(problem, busy=(night,)), seconds=3)
    assert [each.slot.minute for each in proposal.placed] == [870]


def test_the_checker_finds_who_would_be_at_two_places() -> None:
    day, who = date(2026, 6, 10), frozenset((("name", "王镇长"),))
    tasks = tuple(Task(id=f"t{at}", title="", scenario="", earliest=day, latest=day, people=who) for at in range(2))
    problem = Problem(day, day, tasks, (Trainer("p", "P"), Trainer("q", "Q")))

    def found(one: Slot, other: Slot, **more: Any) -> set[str]:
        return codes(replace(problem, **more), Proposal((Placed("t0", one), Placed("t1", other))))

    assert found(Slot(day, 540, "p"), Slot(day, 570, "q")) == {"two_places"}
    assert found(Slot(day, 540, "p"), Slot(day, 600, "q")) == set()
    apart = (tasks[0], replace(tasks[1], people=frozenset((("officer", "p"),))))
    assert found(Slot(day, 540, "p"), Slot(day, 570, "q"), tasks=apart) == {"two_places"}
    session = Busy("s", "", day - timedelta(days=1), 23 * 60, 11 * 60, who)
    assert found(Slot(day, 540, "p"), Slot(day, 840, "q"), busy=(session,)) == {"two_places"}


def test_no_notice_drills_follow_no_pattern() -> None:
    problem = season(40)
    hidden = tuple(replace(task, is_no_notice=True, latest=problem.last, months=frozenset()) for task in problem.tasks)
    found = first_plan(replace(problem, tasks=hidden))
    assert len({each.slot.day.weekday() for each in found.placed}) >= 5
    assert len({each.slot.minute for each in found.placed}) >= 8


def replanned() -> tuple[Problem, Problem]:
    """Eight dated drills in June, one of them in 凉水井 (v00): as they were, and after the leader has fixed 5 June
    there and the trainer p00 has fallen ill for two weeks."""
    names = villages(6)
    ill = (date(2026, 6, 3), date(2026, 6, 16))
    people = (Trainer("p00", "张敏"), Trainer("p01", "李强"))
    june = {"a": ("v00", 9), "b": ("v01", 4), "c": ("v02", 11), "d": ("v03", 18), "e": ("v04", 24), "f": ("v05", 30)}
    days = {id: (village, date(2026, 6, day)) for id, (village, day) in june.items()}
    tasks = tuple(
        Task(id=id, title=id, scenario="landslide", earliest=date(2026, 6, 1), latest=date(2026, 7, 31),
             village=village, current=Slot(day, 540, "p00" if at % 2 == 0 else "p01"))
        for at, (id, (village, day)) in enumerate(days.items())
    )  # fmt: skip
    before = Problem(
        date(2026, 6, 1), date(2026, 7, 31), tasks, people, near=near(names), mode="replan",
        villages={"v00": "凉水井村"} | {name: name for name in names[1:]},
    )  # fmt: skip
    after = replace(
        before, trainers=(replace(people[0], away=(ill,)), people[1]),
        fixed=(standing("leader", "v00", date(2026, 6, 5), "p01"),),
    )  # fmt: skip
    return before, after


def test_nothing_moves_when_nothing_has_changed() -> None:
    before, _ = replanned()
    proposal = planner.solve(before, seconds=10)
    assert planner.changes(before, proposal) == []
    assert check(before, proposal) == []


def test_leader_fixes_a_day_and_a_trainer_falls_ill() -> None:
    _, after = replanned()
    proposal = planner.solve(after, seconds=10)
    assert check(after, proposal) == []
    moves = planner.changes(after, proposal)
    # "a" lies within a week of the locked day, and its trainer is ill; "c" is led by who is ill; all others stay.
    assert {each.task for each in moves} == {"a", "c"}
    reasons = {each.task: {reason.code for reason in each.reasons} for each in moves}
    assert reasons == {"a": {"gap_locked", "trainer_away"}, "c": {"trainer_away"}}
    facts = {reason.code: dict(reason.facts) for each in moves for reason in each.reasons}
    assert facts["trainer_away"] == {"trainer": "张敏", "first": "2026-06-03", "last": "2026-06-16"}
    assert facts["gap_locked"]["village"] == "凉水井村" and facts["gap_locked"]["day"] == "2026-06-05"
    # The day of "c" could stay: somebody else leads it.
    kept = next(each for each in moves if each.task == "c")
    assert kept.after is not None and kept.after.day == kept.before.day and kept.after.trainer == "p01"


def test_fewest_moves_is_proven_by_trying_fewer() -> None:
    """Every proper subset of the moves leaves a limit broken."""
    _, after = replanned()
    proposal = planner.solve(after, seconds=10)
    moves = planner.changes(after, proposal)
    new = {each.task: each.slot for each in proposal.placed}
    old = {task.id: task.current for task in after.tasks if task.current is not None}
    for left in moves:
        slots = new | {left.task: old[left.task]}
        tried = Proposal(tuple(Placed(id, slot) for id, slot in slots.items()))
        assert check(after, tried) != []


def test_what_cannot_be_met_names_the_asks_that_contradict() -> None:
    """One week, a locked drill in the village, the only other trainer away: each of the asks is needed."""
    task = Task(id="t", title="t", scenario="s", earliest=date(2026, 6, 1), latest=date(2026, 6, 7), village="v00")
    problem = Problem(
        date(2026, 6, 1), date(2026, 6, 14), (task,),
        (Trainer("p", "张敏", ((date(2026, 6, 12), date(2026, 6, 14)),)),),
        fixed=(standing("leader", "v00", date(2026, 6, 5), "q"),), villages={"v00": "凉水井村"},
    )  # fmt: skip
    proposal = planner.solve(problem, seconds=5)
    assert proposal.unsolved == ("t",) and check(problem, proposal) == []
    (why,) = proposal.contradictions
    assert [each.code for each in why.asks] == ["trainer_away", "ask_gap", "ask_locked"]
    assert dict(why.asks[2].facts)["day"] == "2026-06-05"


def test_cancelling_ends_it_within_half_a_second() -> None:
    asked, done = threading.Event(), []

    def work() -> None:
        with pytest.raises(Refused, match=r"season\.cancelled"):
            planner.solve(season(400), seconds=60, cancelled=asked.is_set)
        done.append(time.monotonic())

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(1.0)
    begun = time.monotonic()
    asked.set()
    thread.join(10)
    assert done and done[0] - begun < 0.5


@pytest.mark.usefixtures("cold_start")
def test_without_a_solver_there_is_still_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    real = children.subprocess.Popen
    monkeypatch.setattr(
        children.subprocess, "Popen",
        lambda command, **more: real([command[0], "-c", "import sys; sys.stdin.buffer.read(); sys.exit(3)"], **more),
    )  # fmt: skip
    problem = season(20)
    proposal = planner.solve(problem)
    assert proposal.quality == "first" and check(problem, proposal) == []


def test_progress_tells_plans_and_bound() -> None:
    steps: list[Any] = []
    planner.solve(season(20), seconds=5, progress=steps.append)
    assert steps[0].stage == "first" and steps[-1].stage == "points" and steps[-1].bound is not None


# --- the checker itself finds what is wrong ---------------------------------------------------------------------------


def test_the_checker_finds_each_violation() -> None:
    names = villages(8)
    tasks = tuple(
        Task(id=f"t{at}", title="", scenario="", earliest=FIRST, latest=FIRST, village=names[at]) for at in range(4)
    )
    problem = Problem(
        FIRST, FIRST + timedelta(60), tasks, (Trainer("p", "P", ((FIRST, FIRST),)), Trainer("q", "Q")),
        near=near(names), habits=Habits(7, 2),
    )  # fmt: skip

    def found(*slots: Slot, fixed: tuple[Any, ...] = ()) -> set[str]:
        placed = tuple(Placed(f"t{at}", slot) for at, slot in enumerate(slots))
        left = tuple(f"t{at}" for at in range(len(slots), 4))
        return codes(replace(problem, fixed=fixed), Proposal(placed, left))

    later = FIRST + timedelta(10)
    assert found(Slot(later, 540, "p")) == set()
    assert found(Slot(FIRST, 540, "p")) == {"away"}
    assert found(Slot(FIRST - timedelta(1), 540, "p")) == {"outside", "too_early"}
    assert found(Slot(later, 540, "nobody")) == {"no_trainer"}
    assert found(Slot(later, 540, "p"), Slot(later, 570, "p")) == {"same_time"}
    assert found(*(Slot(later, 540 + 120 * at, "p") for at in range(3))) == {"per_day"}
    first, last = Slot(later, 540, "p"), Slot(later, 700, "p")
    assert "too_far" in found(first, Slot(later, 700, "q"), Slot(later, 540, "q"), last)
    assert found(Slot(later, 540, "p"), fixed=(standing("x", "v00", later + timedelta(6), "q"),)) == {"gap"}
    assert found(Slot(later, 540, "p"), fixed=(standing("x", "v00", later + timedelta(7), "q"),)) == set()
    assert codes(problem, Proposal((), ("t0", "t1", "t2"))) == {"forgotten"}


@pytest.mark.soak
def test_the_stress_case_of_334_places_times_12_scenarios() -> None:
    problem = season(334 * 12, trainers=12, gap=1)
    begun = time.monotonic()
    proposal = planner.solve(problem)
    assert time.monotonic() - begun < planner.STRESS_SECONDS + 45
    assert check(problem, proposal) == []
    assert len(proposal.placed) + len(proposal.unsolved) == 4008
    assert len(proposal.placed) == 4008 and proposal.bound is not None and proposal.cost <= 1.2 * proposal.bound


@pytest.mark.soak
def test_a_hundred_and_twenty_drills_in_thirty_seconds() -> None:
    problem = season(120, trainers=2)
    begun = time.monotonic()
    proposal = planner.solve(problem)
    assert time.monotonic() - begun < 45
    assert check(problem, proposal) == [] and len(proposal.placed) == 120


@pytest.mark.soak
def test_the_stress_case_with_sessions() -> None:
    problem = with_sessions(season(334 * 12, trainers=12, gap=1), 180)
    begun = time.monotonic()
    proposal = planner.solve(problem)
    assert time.monotonic() - begun < planner.STRESS_SECONDS + 45
    assert check(problem, proposal) == []
    assert len(proposal.placed) + len(proposal.unsolved) == 4188


@pytest.mark.soak
def test_a_season_with_sessions_in_thirty_seconds() -> None:
    problem = with_sessions(season(120, trainers=3), 180)
    begun = time.monotonic()
    proposal = planner.solve(problem)
    assert time.monotonic() - begun < 45
    assert check(problem, proposal) == [] and len(proposal.placed) == 300
