"""Copy last year and shift: every drill of the year before is offered in the same week, on the same weekday, moved to
the nearest day on which nothing speaks against it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from commandcenter.rules.plan_board import Board
from commandcenter.rules.planning import Problem, Reason, Slot, Task, day_cost, kinds_on

FARTHEST = 42
"""Days from last year's week beyond which a copy is no copy any more."""


@dataclass(frozen=True, slots=True)
class Past:
    """A drill of last year: the task that it makes this year (without dates), and when and by whom it was held."""

    task: Task
    slot: Slot


@dataclass(frozen=True, slots=True)
class Copy:
    """What is offered for a drill of last year; ``slot`` None: no day near it is free, and why."""

    task: Task
    past: Slot
    slot: Slot | None
    reasons: tuple[Reason, ...] = ()


def same_week(day: date, year: int) -> date:
    """The same weekday of the same week of another year (ISO); week 53 becomes the last there is."""
    _, week, weekday = day.isocalendar()
    last = date(year, 12, 28).isocalendar().week
    return date.fromisocalendar(year, min(week, last), weekday)


def copies(problem: Problem, past: Iterable[Past], year: int) -> list[Copy]:
    """An offer for each, in the order of last year's days. No-notice drills keep scenario and place alone: their day is
    for the solver to draw."""
    board = Board(problem)
    offers = []
    for each in sorted(past, key=lambda one: (one.slot.day, one.slot.minute, one.task.id)):
        wanted = same_week(each.slot.day, year)
        task = replace(each.task, wanted=wanted)
        slot = _nearest(problem, board, task, each.slot, wanted)
        if slot is None:
            reasons = tuple(board.against(task, Slot(wanted, each.slot.minute, each.slot.trainer)))
            offers.append(Copy(task, each.slot, None, reasons or (Reason("no_day_near", {"day": wanted.isoformat()}),)))
            continue
        board.put(task, slot)
        moved = () if slot.day == wanted else (_why(problem, board, task, each.slot, wanted),)
        offers.append(Copy(task, each.slot, slot, moved))
    return offers


def _nearest(problem: Problem, board: Board, task: Task, past: Slot, wanted: date) -> Slot | None:
    """The nearest day with nothing firm against it, and, where there is one as near as a week, nothing soft either."""
    around = sorted(
        (wanted + timedelta(days=away) for away in range(-FARTHEST, FARTHEST + 1)),
        key=lambda day: (abs((day - wanted).days), day < wanted, day),
    )
    known = {each.id for each in problem.trainers}
    trainers = [past.trainer] if past.trainer in known else []
    trainers += [each.id for each in problem.trainers if each.id != past.trainer]
    fallback: Slot | None = None
    for day in around:
        if day < problem.first or not board.day_is_free(task, day):
            continue
        for trainer in trainers:
            slot = _at(board, task, past, day, trainer)
            if slot is None:
                continue
            if day_cost(problem, task, day, kinds_on(problem, task.village, day)) <= abs((day - wanted).days):
                return slot
            fallback = fallback or slot
            break
    return fallback


def _at(board: Board, task: Task, past: Slot, day: date, trainer: str) -> Slot | None:
    """At last year's hour, else at one that the trainer has free."""
    slot = Slot(day, past.minute, trainer)
    if not board.against(task, slot):
        return slot
    minute = board.minute_for(task, trainer, day)
    return None if minute is None else Slot(day, minute, trainer)


def _why(problem: Problem, board: Board, task: Task, past: Slot, wanted: date) -> Reason:
    """What speaks against last year's day itself."""
    firm = board.against(task, Slot(wanted, past.minute, past.trainer))
    if firm:
        return firm[0]
    if wanted > task.latest:
        return Reason("late", {"days": (wanted - task.latest).days, "due": task.latest.isoformat()})
    if task.months and wanted.month not in task.months:
        return Reason("out_of_season", {})
    kinds = kinds_on(problem, task.village, wanted)
    if kinds:
        return Reason(f"on_{min(kinds)}", {})
    return Reason("weekend", {}) if wanted.weekday() >= 5 else Reason("beside_last_year", {"day": wanted.isoformat()})
