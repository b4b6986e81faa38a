"""Whether a proposal for a season holds: every firm limit looked at once more, drill against drill, and training
sessions against both.

Written from the sentences of the limits and not from the planner's way of finding dates; it shares no code with it
but the values themselves.
"""

from dataclasses import dataclass
from datetime import date
from itertools import combinations

from commandcenter.rules.clashes import marks_day
from commandcenter.rules.planning import Fixed, Problem, Proposal, Slot, Task
from commandcenter.rules.presence import Who


@dataclass(frozen=True, slots=True)
class Violation:
    """A limit that a proposal breaks, and the drills concerned."""

    code: str
    drills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Drill:
    id: str
    village: str | None
    day: date
    begin: int
    end: int
    trainer: str
    is_new: bool
    people: frozenset[Who] = frozenset()
    is_session: bool = False
    villages: frozenset[str] = frozenset()
    """Whose people are wanted: that of the place, and from where others come."""


_EVENING = 18 * 60
"""When a training session has to be over."""


def check(problem: Problem, proposal: Proposal) -> list[Violation]:
    """All violations; none means that every drill either has a date that keeps all firm limits, or is listed as
    unsolved. What stands already is taken as it is: two drills that nobody asked the planner for are not judged."""
    found = _complete(problem, proposal)
    by_id = {task.id: task for task in problem.tasks}
    drills = [_drill(each, each.slot, is_new=False) for each in problem.fixed]
    for placed in proposal.placed:
        task = by_id.get(placed.task)
        if task is not None:
            slot = placed.slot
            found += _alone(problem, task.id, task.village, (task.earliest, task.until or problem.last), slot)
            drills.append(_drill(task, slot, is_new=True))
            if task.kind == "session" and slot.minute + task.minutes > _EVENING:
                found.append(Violation("too_long", (task.id,)))
    return found + _together(problem, drills) + _nobody_twice(problem, drills) + _one_thing_a_day(drills)


def _drill(item: Task | Fixed, slot: Slot, *, is_new: bool) -> _Drill:
    villages = item.villages | (frozenset((item.village,)) if item.village is not None else frozenset())
    return _Drill(item.id, item.village, slot.day, slot.minute, slot.minute + item.minutes, slot.trainer, is_new,
                  item.people, item.kind == "session", villages)  # fmt: skip


def _complete(problem: Problem, proposal: Proposal) -> list[Violation]:
    found = []
    asked = [task.id for task in problem.tasks]
    answered = [placed.task for placed in proposal.placed] + list(proposal.unsolved)
    for id in sorted(set(asked) - set(answered)):
        found.append(Violation("forgotten", (id,)))
    for id in sorted({each for each in answered if answered.count(each) > 1} if len(answered) != len(set(answered))
                     else ()):  # fmt: skip
        found.append(Violation("twice", (id,)))
    for id in sorted(set(answered) - set(asked)):
        found.append(Violation("not_asked", (id,)))
    return found


def _alone(
    problem: Problem, id: str, village: str | None, window: tuple[date, date], slot: Slot
) -> list[Violation]:
    """What a date breaks whatever else is planned."""
    found = []
    if slot.day < problem.first or slot.day > problem.last:
        found.append(Violation("outside", (id,)))
    if slot.day < window[0]:
        found.append(Violation("too_early", (id,)))
    if slot.day > window[1]:
        found.append(Violation("too_late", (id,)))
    if not 0 <= slot.minute < 24 * 60:
        found.append(Violation("no_time", (id,)))
    for mark in problem.marks:
        concerned = mark.village is None or mark.village == village
        if mark.kind == "closed" and concerned and marks_day(mark, slot.day):
            found.append(Violation("closed", (id,)))
    trainer = next((each for each in problem.trainers if each.id == slot.trainer), None)
    if trainer is None:
        found.append(Violation("no_trainer", (id,)))
    else:
        for first, last in trainer.away:
            if first <= slot.day and slot.day <= last:
                found.append(Violation("away", (id,)))
    return found


def _together(problem: Problem, drills: list[_Drill]) -> list[Violation]:
    """What dates break with one another."""
    found = []
    by_village: dict[tuple[bool, str], list[_Drill]] = {}
    by_day: dict[tuple[str, date], list[_Drill]] = {}
    for drill in drills:
        for village in drill.villages:
            by_village.setdefault((drill.is_session, village), []).append(drill)
        if drill.trainer:
            by_day.setdefault((drill.trainer, drill.day), []).append(drill)
    for those in by_village.values():
        for one, other in combinations(those, 2):
            if (one.is_new or other.is_new) and abs((one.day - other.day).days) < problem.habits.gap_days:
                found.append(Violation("session_gap" if one.is_session else "gap", (one.id, other.id)))
    for those in by_day.values():
        if len(those) > problem.habits.per_day and any(drill.is_new for drill in those):
            found.append(Violation("per_day", tuple(drill.id for drill in those)))
        for one, other in combinations(those, 2):
            if not (one.is_new or other.is_new):
                continue
            if one.begin < other.end and other.begin < one.end:
                found.append(Violation("same_time", (one.id, other.id)))
            places = (one.village, other.village)
            if None not in places and places[0] != places[1] and places not in problem.near:
                found.append(Violation("too_far", (one.id, other.id)))
    return found


def _nobody_twice(problem: Problem, drills: list[_Drill]) -> list[Violation]:
    """Whether somebody would have to be at two places at one time: at two drills, or at a drill and a training."""
    where: dict[Who, list[tuple[int, int, str, bool]]] = {}
    for drill in drills:
        everybody = set(drill.people)
        if drill.trainer:
            everybody.add(("officer", drill.trainer))
        start = drill.day.toordinal() * 1440
        for who in everybody:
            where.setdefault(who, []).append((start + drill.begin, start + drill.end, drill.id, drill.is_new))
    for session in problem.busy:
        start = session.day.toordinal() * 1440 + session.minute
        for who in session.people:
            where.setdefault(who, []).append((start, start + session.minutes, session.id, False))
    led = {drill.id: drill.trainer for drill in drills}
    found = set[tuple[str, str]]()
    for who, those in where.items():
        for one, other in combinations(those, 2):
            by_same = led.get(one[2]) == led.get(other[2]) == who[1] and who[0] == "officer"  # same_time says it
            if (one[3] or other[3]) and not by_same and one[0] < other[1] and other[0] < one[1]:
                found.add((one[2], other[2]))
    return [Violation("two_places", pair) for pair in sorted(found)]


def _one_thing_a_day(drills: list[_Drill]) -> list[Violation]:
    """Whether a village or a worker would have a training session and anything else on one day."""
    by_day: dict[date, list[_Drill]] = {}
    for drill in drills:
        by_day.setdefault(drill.day, []).append(drill)
    found = []
    for those in by_day.values():
        for one, other in combinations(those, 2):
            if not (one.is_session or other.is_session) or not (one.is_new or other.is_new):
                continue
            both = {who for who in one.people & other.people if who[0] == "worker"}
            if both or one.villages & other.villages:
                found.append(Violation("same_day", (one.id, other.id)))
    return found
