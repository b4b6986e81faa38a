"""A season's first plan without a solver: dates given one after the other; and why a drill found none.

It is the solver's hint, and the answer where there is no solver or no time.
"""

import time
from collections.abc import Iterator, Mapping
from datetime import date

from commandcenter.rules.plan_board import Board
from commandcenter.rules.planning import (
    Contradiction,
    Placed,
    Problem,
    Proposal,
    Quality,
    Reason,
    Slot,
    Task,
    day_cost,
    kinds_for,
    notes,
)

EXPLAINED = 30
"""Unsolved tasks whose contradictions are looked for."""


# --- a first answer ---------------------------------------------------------------------------------------------------


def greedy(problem: Problem) -> dict[int, Slot]:
    """Dates given one after the other, the task with the least room first, each on its cheapest free day; in a
    re-planning those that can stay stay."""
    board, found = Board(problem), {}
    days = problem.days()
    costs = Costs(problem, days)
    order = sorted(
        range(len(problem.tasks)), key=lambda at: (problem.tasks[at].latest, problem.tasks[at].earliest, at)
    )
    for at in order:
        task = problem.tasks[at]
        if task.current is not None and not board.against(task, task.current):
            board.put(task, task.current)
            found[at] = task.current
    led: dict[str, int] = {each.id: 0 for each in problem.trainers}
    for at in order:
        if at in found:
            continue
        task = problem.tasks[at]
        slot = _first_free(problem, board, task, costs, led)
        if slot is not None:
            board.put(task, slot)
            led[slot.trainer] += 1
            found[at] = slot
    return found


class Costs:
    """What each day costs each task, with the marks of each village looked up once."""

    def __init__(self, problem: Problem, days: list[date]) -> None:
        self.problem, self.days = problem, days
        self._kinds: dict[tuple[str | None, frozenset[str]], list[frozenset[str]]] = {}

    def of(self, task: Task) -> list[tuple[int, date]]:
        """(cost, day), the cheapest first."""
        places = task.village, task.villages
        if places not in self._kinds:
            self._kinds[places] = [kinds_for(self.problem, task, day) for day in self.days]
        kinds = self._kinds[places]
        return sorted(
            (day_cost(self.problem, task, day, those), day)
            for day, those in zip(self.days, kinds, strict=True)
            if task.earliest <= day <= (task.until or self.problem.last) and "closed" not in those
        )


def _first_free(
    problem: Problem, board: Board, task: Task, costs: Costs, led: dict[str, int]
) -> Slot | None:
    trainers = sorted(problem.trainers, key=lambda each: (led[each.id], each.id))
    if task.current is not None:
        trainers.sort(key=lambda each: each.id != task.current.trainer)  # type: ignore[union-attr]
    for _, day in costs.of(task):
        if board.beside(task, day):
            continue
        for trainer in trainers:
            minute = board.minute_for(task, trainer.id, day)
            if minute is not None:
                return Slot(day, minute, trainer.id)
    return None


def with_hours(problem: Problem, chosen: dict[int, tuple[date, str]]) -> dict[int, Slot]:
    """The hour of the day for each; who keeps day and trainer keeps the hour, unless it is taken by now."""
    board, found = Board(problem), {}
    stays = {
        at for at, (day, trainer) in chosen.items()
        if (current := problem.tasks[at].current) is not None and (current.day, current.trainer) == (day, trainer)
    }  # fmt: skip
    for at in [*sorted(stays), *sorted(set(chosen) - stays)]:
        task, (day, trainer) = problem.tasks[at], chosen[at]
        can_stay = at in stays and task.current is not None and not board.against(task, task.current)
        minute = task.current.minute if can_stay and task.current else board.minute_for(task, trainer, day)
        if minute is not None:
            slot = Slot(day, minute, trainer)
            board.put(task, slot)
            found[at] = slot
    _mend(problem, board, found, [at for at in sorted(chosen) if at not in found])
    return found


def _mend(problem: Problem, board: Board, found: dict[int, Slot], left: list[int]) -> None:
    """Another day for those to whom the day that was chosen has no hour left: the model counts the hours of people and
    trainers, but does not know which."""
    costs = Costs(problem, problem.days()) if left else None
    for at in left:
        led = {each.id: 0 for each in problem.trainers}
        slot = _first_free(problem, board, problem.tasks[at], costs, led) if costs else None
        if slot is not None:
            board.put(problem.tasks[at], slot)
            found[at] = slot


def cost_of(problem: Problem, placed: Mapping[int, Slot]) -> int:
    """The points of a plan, without those for uneven shares."""
    return sum(
        day_cost(problem, problem.tasks[at], slot.day, kinds_for(problem, problem.tasks[at], slot.day))
        for at, slot in placed.items()
    )


def worth(problem: Problem, placed: Mapping[int, Slot]) -> tuple[int, int, int]:
    """What is compared, in the order in which it counts."""
    moved = sum(
        1 for at, slot in placed.items()
        if (current := problem.tasks[at].current) is not None and current != slot
    )  # fmt: skip
    return -len(placed), moved if problem.mode == "replan" else 0, cost_of(problem, placed)


# --- why not ----------------------------------------------------------------------------------------------------------


def _explained(
    problem: Problem, placed: Mapping[int, Slot], unsolved: tuple[str, ...], until: float
) -> tuple[Contradiction, ...]:
    found = []
    by_id = {task.id: task for task in problem.tasks}
    for id in unsolved[:EXPLAINED]:
        if time.monotonic() > until:
            break
        found.append(Contradiction(id, tuple(_contradiction(problem, by_id[id], placed))))
    return tuple(found)


def _contradiction(problem: Problem, task: Task, placed: Mapping[int, Slot]) -> list[Reason]:
    """A minimal set of asks that leave a task no day: each ask is let go in turn, and stays out if there is still no
    day without it."""
    asks = dict(_asks(problem, task, placed))
    blocked = _blocked(problem, task, placed)
    if not blocked:
        last = task.until or problem.last
        return [Reason("no_day", {"first": task.earliest.isoformat(), "last": last.isoformat()})]
    kept = dict(asks)
    for key in asks:
        without = frozenset(kept) - {key}
        if all(any(together <= without for together in day) for day in blocked):
            del kept[key]
    return list(kept.values())


def _asks(problem: Problem, task: Task, placed: Mapping[int, Slot]) -> Iterator[tuple[str, Reason]]:
    """What may be asked less of, the easiest to give up first so that what is left at the end is the hard core."""
    village = problem.villages.get(task.village or "", "")
    yield "travel", Reason("ask_travel", {})
    yield "per_day", Reason("ask_per_day", {"count": problem.habits.per_day})
    yield "people", Reason("ask_people", {})
    yield "closed", Reason("ask_closed", {"village": village})
    for trainer in problem.trainers:
        for first, last in trainer.away:
            facts = {"trainer": trainer.name, "first": first.isoformat(), "last": last.isoformat()}
            yield f"away:{trainer.id}:{first}", Reason("trainer_away", facts)
    yield "day", Reason("ask_day", {})
    code = "ask_gap" if task.kind == "drill" else "ask_session_gap"
    yield "gap", Reason(code, {"village": village, "gap": problem.habits.gap_days})
    for each in problem.fixed:
        if each.is_locked and each.village == task.village and task.village:
            facts = {"title": each.title, "day": each.slot.day.isoformat()}
            yield f"locked:{each.id}", Reason("ask_locked", facts)


def _blocked(problem: Problem, task: Task, placed: Mapping[int, Slot]) -> list[list[frozenset[str]]]:
    """For every day and trainer, the sets of asks each of which, taken together, forbids it."""
    board = Board(problem)
    for at, slot in placed.items():
        board.put(problem.tasks[at], slot)
    found = []
    for day in problem.days():
        if not task.earliest <= day <= (task.until or problem.last):
            continue
        shared = [frozenset(("closed",))] if board.closed_by(task, day) else []
        other = board.near(task, day)
        if other is not None:
            is_locked = getattr(other, "is_locked", False)
            shared.append(frozenset(("gap", f"locked:{other.id}")) if is_locked else frozenset(("gap",)))
        other = board.on_day(task, day)
        if other is not None:
            shared.append(frozenset(("day",)))
        for trainer in problem.trainers:
            reasons = list(shared)
            for first, last in trainer.away:
                if first <= day <= last:
                    reasons.append(frozenset((f"away:{trainer.id}:{first}",)))
            led = board.load(trainer.id, day)
            if any(not problem.reachable(task.village, each.village) for each, _ in led):
                reasons.append(frozenset(("travel",)))
            if len(led) < problem.habits.per_day and board.minute_for(task, trainer.id, day) is None and (
                board.minute_for(task, trainer.id, day, heeding_people=False) is not None
            ):
                reasons.append(frozenset(("people",)))
            elif len(led) >= problem.habits.per_day or not reasons:
                reasons.append(frozenset(("per_day",)))  # its hours are taken
            found.append(reasons)
    return found


def proposal_of(
    problem: Problem, placed: Mapping[int, Slot], quality: Quality, bound: int | None, begun: float, until: float
) -> Proposal:
    """A plan as it is handed over, with what there is to say about every date and about those without one."""
    tasks = problem.tasks
    done = {tasks[at].id for at in placed}
    unsolved = tuple(task.id for task in tasks if task.id not in done)
    return Proposal(
        placed=tuple(
            Placed(tasks[at].id, slot, notes(problem, tasks[at], slot))
            for at, slot in sorted(placed.items(), key=lambda item: (item[1].day, item[1].minute, item[0]))
        ),
        unsolved=unsolved, contradictions=_explained(problem, placed, unsolved, until), quality=quality,
        cost=cost_of(problem, placed), bound=bound, seconds=round(time.monotonic() - begun, 3),
    )  # fmt: skip


def first_plan(problem: Problem) -> Proposal:
    """The plan without a solver."""
    begun = time.monotonic()
    return proposal_of(problem, greedy(problem), "first", None, begun, begun + 10)
