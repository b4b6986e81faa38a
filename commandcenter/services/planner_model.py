"""The season as a model for OR-Tools CP-SAT. Runs in the planner's own process and is imported nowhere else.

An option is a day and a trainer for a task; the solver chooses at most one for each. The hour of the day follows,
because the limits know only how many drills a trainer leads on a day.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from ortools.sat.python import cp_model

from commandcenter.rules.plan_board import Board, claims
from commandcenter.rules.planning import LAST_END, VILLAGE, Problem, Proposal, Quality, Slot, Task
from commandcenter.rules.presence import Who
from commandcenter.services.planner_first import Costs, cost_of, greedy, proposal_of, with_hours, worth

Tell = Callable[[str, int, int, int | None], None]
"""Told on the way: stage, solutions found, cost, bound."""
OPTIONS_IN_ALL = 8_000
"""More options than this make the model slower than they make the plan better (measured on two cores)."""
FEWEST_OPTIONS, MOST_OPTIONS = 12, 120
"""For one task."""


@dataclass(slots=True)
class _Option:
    task: int
    day: date
    trainer: str
    cost: int
    var: Any = None


def solve(problem: Problem, seconds: float, tell: Tell) -> Proposal:
    """The best plan that is found in ``seconds``: there is always one, if only the first that comes to mind."""
    begun = time.monotonic()
    first = greedy(problem)
    tell("first", 1, cost_of(problem, first), None)
    model = _Model(problem, first)
    chosen, quality, bound = model.solve(begun + seconds, first, tell)
    placed = with_hours(problem, chosen)
    if worth(problem, placed) > worth(problem, first):
        placed, quality = first, "first"
    return proposal_of(problem, placed, quality, bound, begun, begun + seconds + 2)


# --- the model --------------------------------------------------------------------------------------------------------


class _Model:
    """Options, limits and the three things that are kept small, one after the other: tasks without a date, drills that
    move, points."""

    def __init__(self, problem: Problem, first: dict[int, Slot]) -> None:
        self.problem = problem
        self.board = Board(problem)
        self.model = cp_model.CpModel()
        self.options: list[_Option] = []
        self._by_task: list[list[_Option]] = [[] for _ in problem.tasks]
        self._make_options(first)
        self.without = [self.model.new_bool_var("") for _ in problem.tasks]
        for at, options in enumerate(self._by_task):
            self.model.add_exactly_one([*(each.var for each in options), self.without[at]])
        self._limit_villages()
        self._limit_days()
        self._limit_trainers()
        self._limit_people()
        self._uneven = self._evenness()

    def _make_options(self, first: dict[int, Slot]) -> None:
        problem = self.problem
        costs = Costs(problem, problem.days())
        most = min(MOST_OPTIONS, max(FEWEST_OPTIONS, OPTIONS_IN_ALL // max(1, len(problem.tasks))))
        for at, task in enumerate(problem.tasks):
            wanted = {(slot.day, slot.trainer) for slot in (first.get(at), task.current) if slot is not None}
            for day, trainer, cost in self._choice(at, task, costs, wanted, most):
                option = _Option(at, day, trainer, cost, self.model.new_bool_var(""))
                self.options.append(option)
                self._by_task[at].append(option)

    def _choice(
        self, at: int, task: Task, costs: Costs, wanted: set[tuple[date, str]], most: int
    ) -> Iterator[tuple[date, str, int]]:
        """The cheapest days that the standing drills leave free, with everybody who could come; always those wanted."""
        mine: list[tuple[int, date, bool]] = []
        for cost, day in costs.of(task):
            is_wanted = any(each == day for each, _ in wanted)
            if (len(mine) < most or is_wanted) and not self.board.beside(task, day):
                mine.append((cost, day, is_wanted))
        trainers = self.problem.trainers
        shift = at % max(1, len(trainers))
        taken = 0
        for cost, day, is_wanted in mine:
            for trainer in (*trainers[shift:], *trainers[:shift]):
                if taken >= most and not (is_wanted and (day, trainer.id) in wanted):
                    continue
                if self.board.minute_for(task, trainer.id, day) is not None:
                    taken += 1
                    yield day, trainer.id, cost

    def _limit_villages(self) -> None:
        """No two drills of one village within so many days; nor two sessions."""
        gap = self.problem.habits.gap_days
        by_village: dict[Who, dict[date, list[Any]]] = {}
        homes = [
            [(task.kind, id) for kind, id in sorted(claims(task)) if kind == VILLAGE] for task in self.problem.tasks
        ]
        for each in self.options:
            for village in homes[each.task] if gap >= 1 else ():
                by_village.setdefault(village, {}).setdefault(each.day, []).append(each.var)
        for days in by_village.values():
            for day in sorted(days):
                within = [var for away in range(gap) for var in days.get(day + timedelta(days=away), ())]
                self.model.add_at_most_one(within)

    def _limit_days(self) -> None:
        """A session has its day for itself: nobody who is expected has a drill or another session on it."""
        claimed = [claims(task) for task in self.problem.tasks]
        sessions = {
            who for mine, task in zip(claimed, self.problem.tasks, strict=True) if task.kind == "session"
            for who in mine
        }  # fmt: skip
        if not sessions:
            return
        by_day: dict[tuple[Who, date], tuple[list[Any], list[Any]]] = {}
        for each in self.options:
            is_drill = self.problem.tasks[each.task].kind == "drill"
            for who in claimed[each.task] & sessions:
                by_day.setdefault((who, each.day), ([], []))[is_drill].append(each.var)
        done = set[tuple[int, ...]]()
        for (_, _), (mine, drills) in sorted(by_day.items(), key=lambda item: (item[0][1], item[0][0])):
            for others in [[each] for each in drills] or [[]]:
                together = [*mine, *others]
                key = tuple(var.index for var in together)
                if mine and len(together) > 1 and key not in done:
                    done.add(key)
                    self.model.add_at_most_one(together)

    def _limit_trainers(self) -> None:
        """So many drills of a trainer on a day, and only where one gets to from one to the other."""
        by_day: dict[tuple[str, date], list[_Option]] = {}
        for each in self.options:
            by_day.setdefault((each.trainer, each.day), []).append(each)
        villages = sorted({task.village for task in self.problem.tasks if task.village})
        apart = _cliques(villages, self.problem)
        for (trainer, day), options in sorted(by_day.items(), key=lambda item: (item[0][1], item[0][0])):
            room = self.problem.habits.per_day - len(self.board.load(trainer, day))
            if len(options) > room:
                weights = [self._hours_taken(self.problem.tasks[each.task]) for each in options]
                self.model.add(sum(w * each.var for w, each in zip(weights, options, strict=True)) <= max(room, 1))
            if self.problem.habits.per_day > 1:
                self._limit_travel(options, apart)
                early = [each.var for each in options if self._is_early(self.problem.tasks[each.task])]
                if len(early) > 1:
                    self.model.add_at_most_one(early)

    def _is_early(self, task: Task) -> bool:
        """Whether only the first hour of a day will do."""
        return task.kind == "session" and self.problem.hours[1] + task.minutes > LAST_END

    def _limit_people(self) -> None:
        """Nobody at two places at one time: of the drills that want somebody on a day as many as it has hours. Which
        hours follows; dates that stay keep theirs."""
        shared = self._shared_people()
        by_day: dict[tuple[Who, date], list[_Option]] = {}
        for each in self.options:
            for who in shared & (_wanted(self.problem.tasks[each.task]) | {("officer", each.trainer)}):
                by_day.setdefault((who, each.day), []).append(each)
        for (who, day), options in sorted(by_day.items(), key=lambda item: (item[0][1], item[0][0])):
            if len({each.task for each in options}) < 2:
                continue
            weights = [self._hours_taken(self.problem.tasks[each.task]) for each in options]
            stays = [(each, weight) for each, weight in zip(options, weights, strict=True) if self._stays(each)]
            room = max(self.board.free_hours(who, day), sum(weight for _, weight in stays), max(weights))
            self.model.add(sum(w * each.var for w, each in zip(weights, options, strict=True)) <= room)
            for (one, _), (other, _) in combinations(stays, 2):
                if self._at_one_time(one, other):
                    self.model.add_at_most_one((one.var, other.var))

    def _shared_people(self) -> frozenset[Who]:
        """Who is wanted in two drills that could lie on one day: days between drills of one village keep those of one
        village apart already."""
        villages: dict[Who, set[Any]] = {}
        for at, task in enumerate(self.problem.tasks):
            for who in _wanted(task):
                apart = task.village if task.village and self.problem.habits.gap_days >= 1 else at
                villages.setdefault(who, set()).add(apart)
        trainers = {("officer", each.id) for each in self.problem.trainers}
        return frozenset(who for who, found in villages.items() if len(found) > 1 or who in trainers)

    def _stays(self, option: _Option) -> bool:
        current = self.problem.tasks[option.task].current
        return current is not None and (option.day, option.trainer) == (current.day, current.trainer)

    def _at_one_time(self, one: _Option, other: _Option) -> bool:
        first, second = self.problem.tasks[one.task], self.problem.tasks[other.task]
        if first.current is None or second.current is None or one.task == other.task:
            return False
        begin, later = first.current.minute, second.current.minute
        return begin < later + second.minutes and later < begin + first.minutes

    def _hours_taken(self, task: Task) -> int:
        """How many of a day's hours a drill fills: a long one more than one."""
        hours = self.problem.hours
        if len(hours) == 1:
            return 1
        return min(len(hours), -(-task.minutes // (hours[1] - hours[0])))

    def _limit_travel(self, options: list[_Option], apart: list[frozenset[str]]) -> None:
        by_village: dict[str, list[Any]] = {}
        for each in options:
            village = self.problem.tasks[each.task].village
            if village:
                by_village.setdefault(village, []).append(each.var)
        if self.problem.habits.gap_days < 1:
            # Several of one village are allowed on that day: what counts is whether the trainer goes there.
            there = {}
            for village, those in by_village.items():
                there[village] = self.model.new_bool_var("")
                for var in those:
                    self.model.add_implication(var, there[village])
            by_village = {village: [var] for village, var in there.items()}
        done: set[frozenset[str]] = set()
        for clique in apart:
            here = frozenset(village for village in clique if village in by_village)
            if len(here) > 1 and here not in done:
                done.add(here)
                self.model.add_at_most_one([var for village in sorted(here) for var in by_village[village]])

    def _evenness(self) -> list[Any]:
        """What each trainer leads beyond an even share."""
        if len(self.problem.trainers) < 2 or self.problem.mode == "replan":
            return []
        share = -(-len(self.problem.tasks) // len(self.problem.trainers)) + 1
        found = []
        for trainer in self.problem.trainers:
            mine = [each.var for each in self.options if each.trainer == trainer.id]
            over = self.model.new_int_var(0, len(self.problem.tasks), "")
            self.model.add(over >= sum(mine) - share)
            found.append(over)
        return found

    def solve(
        self, until: float, first: dict[int, Slot], tell: Tell
    ) -> tuple[dict[int, tuple[date, str]], Quality, int | None]:
        """Stage by stage: what a stage reached is held in the next."""
        chosen = {at: (slot.day, slot.trainer) for at, slot in first.items()}
        proven, bound = True, None
        self.model.add(sum(self.without) <= len(self.problem.tasks) - len(first))
        for name, objective, share in self._stages(len(first)):
            left = until - time.monotonic()
            if left <= 0.2:
                proven = False
                break
            self._hint(chosen)
            self.model.minimize(objective)
            solver = _solver(left * share, self.problem)
            callback = _Callback(name, tell)
            solver.best_bound_callback = callback.on_bound
            status = solver.solve(self.model, callback)
            if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                proven = False
                continue
            chosen = {each.task: (each.day, each.trainer) for each in self.options if solver.boolean_value(each.var)}
            proven = proven and status == cp_model.OPTIMAL
            if name == "points":
                bound = int(solver.best_objective_bound)
            self.model.add(objective <= int(solver.objective_value))
        return chosen, "best" if proven else "good", bound

    def _stages(self, dated: int) -> Iterator[tuple[str, Any, float]]:
        if dated < len(self.problem.tasks):
            yield "dates", sum(self.without), 0.4
        moved = self._moves()
        if moved is not None:
            yield "moves", moved, 0.6
        yield "points", self._points(), 1.0

    def _moves(self) -> Any | None:
        """Drills that do not stay; another day weighs more than another trainer."""
        terms = []
        for each in self.options:
            current = self.problem.tasks[each.task].current
            if current is not None and (each.day, each.trainer) != (current.day, current.trainer):
                terms.append((11 if each.day != current.day else 10) * each.var)
        return sum(terms) if self.problem.mode == "replan" else None

    def _points(self) -> Any:
        return sum(each.cost * each.var for each in self.options) + self.problem.weights.uneven * sum(self._uneven)

    def _hint(self, chosen: dict[int, tuple[date, str]]) -> None:
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for each in self.options:
            self.model.add_hint(each.var, chosen.get(each.task) == (each.day, each.trainer))
        for at, var in enumerate(self.without):
            self.model.add_hint(var, at not in chosen)


def _wanted(task: Task) -> frozenset[Who]:
    """Who has to be counted by the hour. Workers have a session's whole day for themselves (:meth:`_limit_days`)."""
    if task.kind == "drill":
        return task.people
    return frozenset(who for who in task.people if who[0] != "worker")


def _solver(seconds: float, problem: Problem) -> Any:
    """One worker, so that the same problem gives the same plan unless the clock stops it first. It is enough to be near
    the best by a tenth of a point for each drill. Presolving such a model takes longer than solving it (measured)."""
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.random_seed = problem.seed
    solver.parameters.num_workers = 1
    solver.parameters.cp_model_presolve = False
    solver.parameters.symmetry_level = 0
    solver.parameters.absolute_gap_limit = len(problem.tasks) / 10
    return solver


class _Callback(cp_model.CpSolverSolutionCallback):
    """Tells how far it is."""

    def __init__(self, stage: str, tell: Tell) -> None:
        super().__init__()
        self._stage, self._tell, self._found, self._cost = stage, tell, 0, 0

    def on_solution_callback(self) -> None:
        """A better plan."""
        self._found += 1
        self._cost = int(self.objective_value)
        self._tell(self._stage, self._found, self._cost, int(self.best_objective_bound))

    def on_bound(self, bound: float) -> None:
        """It cannot be better than this."""
        self._tell(self._stage, self._found, self._cost, int(bound))


def _cliques(villages: list[str], problem: Problem) -> list[frozenset[str]]:
    """Sets of villages of which one trainer can be in only one a day, covering every pair that is too far apart."""
    apart = {
        (one, other) for one in villages for other in villages if one < other and not problem.reachable(one, other)
    }
    found, left = [], set(apart)
    for pair in sorted(apart):
        if pair not in left:
            continue
        clique = list(pair)
        for each in villages:
            if each not in clique and all((min(each, one), max(each, one)) in apart for one in clique):
                clique.append(each)
        left -= {(min(one, other), max(one, other)) for one in clique for other in clique if one != other}
        found.append(frozenset(clique))
    return found
