"""The planner as the rest of the program sees it: a problem in, a proposal out, found in a process of its own.

OR-Tools is loaded only there: a cancellation ends that process at once, a crash or a missing library costs nothing but
the solver's part, and the desk's memory stays what it was.
"""

import logging
import pickle
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from commandcenter.base import children
from commandcenter.base.errors import Refused
from commandcenter.rules.plan_board import Board
from commandcenter.rules.planning import Change, Problem, Proposal, Reason
from commandcenter.services.planner_first import first_plan

SEASON_SECONDS = 30
"""How long a season may take; it is done earlier when nothing better can be found."""
STRESS_SECONDS = 120
"""The limit for thousands of drills."""
_LARGE = 400
"""From so many drills on the longer limit holds."""
_GRACE = 45
"""Seconds beyond its limit after which the planner's process is given up: making the model takes some."""
_LISTEN = 0.05
_AROUND = 3
"""Seconds of a limit that go by before the solver is loaded and after it has answered; the solver gets the rest."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """How far the planner is: what it works at (``first``, ``dates``, ``moves``, ``points``), plans found, the points
    of the best one and what none can go below (None: not known)."""

    stage: str
    found: int
    cost: int
    bound: int | None
    seconds: float


def limit_for(problem: Problem) -> int:
    """The seconds that a problem of this size gets."""
    return STRESS_SECONDS if len(problem.tasks) > _LARGE else SEASON_SECONDS


def solve(
    problem: Problem, *, seconds: float | None = None, progress: Callable[[Step], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Proposal:  # fmt: skip
    """The best plan found in ``seconds``. Refused ``season.cancelled`` within a tenth of a second after ``cancelled``
    answered True. Without OR-Tools, or when its process dies, the first plan (``quality`` "first"). Never call it on
    the GUI thread.
    """
    if not problem.tasks or not problem.trainers:
        return first_plan(problem)
    limit = limit_for(problem) if seconds is None else seconds
    begun = time.monotonic()
    child = _Child(problem, limit - _AROUND if seconds is None else seconds)
    try:
        while True:
            if cancelled is not None and cancelled():
                raise Refused("season.cancelled")
            if time.monotonic() - begun > limit + _GRACE:
                log.warning("the planner's process did not answer in time")
                return first_plan(problem)
            try:
                said = child.said.get(timeout=_LISTEN)
            except queue.Empty:
                continue
            if said is None:
                log.warning("the planner's process ended with status %s", child.process.wait())
                return first_plan(problem)
            if isinstance(said, Proposal):
                return said
            if progress is not None:
                stage, found, cost, bound = said
                progress(Step(stage, found, cost, bound, round(time.monotonic() - begun, 1)))
    finally:
        child.end()


class _Child:
    """The running process and the thread that listens to it. It is our own program with our own data, so the values
    travel as they are."""

    def __init__(self, problem: Problem, seconds: float) -> None:
        self.said: queue.Queue[Any] = queue.Queue()
        self.process = children.start("commandcenter.services.planner_process")
        assert self.process.stdin is not None and self.process.stdout is not None
        self._listener = threading.Thread(target=self._listen, args=(self.process.stdout,), daemon=True)
        self._listener.start()
        try:
            pickle.dump((problem, seconds), self.process.stdin)
            self.process.stdin.close()
        except OSError:
            log.warning("the planner's process ended before its task")

    def _listen(self, stream: IO[bytes]) -> None:
        try:
            while True:
                self.said.put(pickle.load(stream))
        except (EOFError, pickle.UnpicklingError, OSError, ValueError):
            self.said.put(None)

    def end(self) -> None:
        """End the process if it still runs and let go of everything."""
        children.end(self.process, self._listener)


def changes(problem: Problem, proposal: Proposal) -> list[Change]:
    """What a re-planning moves, each with the reasons for which it could not stay, in the order of the days."""
    by_id = {task.id: task for task in problem.tasks}
    board = Board(problem)
    for placed in proposal.placed:
        board.put(by_id[placed.task], placed.slot)
    found = []
    after = {placed.task: placed.slot for placed in proposal.placed}
    for task in problem.tasks:
        new = after.get(task.id)
        if task.current is not None and new != task.current:
            reasons = tuple(board.against(task, task.current)) or (Reason("better_day"),)
            found.append(Change(task.id, task.title, task.current, new, reasons))
    return sorted(found, key=lambda each: (each.before.day, each.before.minute, each.task))
