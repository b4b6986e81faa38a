"""What the page of the year knows: read off the GUI thread, computed there, and sent back as one command."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.rules.copying import Copy
from commandcenter.rules.entity import DRILLS
from commandcenter.rules.planning import Change, Placed, Problem, Proposal
from commandcenter.services import plan_steps, planner, season_plan
from commandcenter.services.live import LiveChange
from commandcenter.services.plan_apply import ApplyPlan
from commandcenter.services.planner import Step
from commandcenter.services.season_plan import Away, Basis, Fix
from commandcenter.ui.core.runner import Report, Task
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import LOADING, READY, ViewState, failed
from commandcenter.ui.seasons.rows import PlanRow, clash_rows, copy_rows, left_out_rows, owed_rows


@dataclass(frozen=True)
class Year:
    """A year as read: with last year's offers, what is owed, and what clashes."""

    basis: Basis
    offers: list[Copy]
    problem: Problem
    copies: list[PlanRow]
    owed: list[PlanRow]
    clashes: list[PlanRow]


@dataclass
class Result:
    """A proposal with the problem it answers; of a re-planning also its moves, and what was asked."""

    basis: Basis
    problem: Problem
    proposal: Proposal
    moves: list[Change] = field(default_factory=list)
    aways: tuple[Away, ...] = ()
    fixes: tuple[Fix, ...] = ()


TRAINING_STEPS = ("fill", "replan")
"""Where training can be planned together with drills: sessions for gaps; planned ones that may move."""


def read_year(today: date, year: int, trained: frozenset[str], reader: Any) -> Year:
    """On the read lane. ``trained``: the steps at which training is planned too."""
    basis = season_plan.read(reader, today, year, with_training=bool(trained))
    offers = season_plan.offer_copies(basis)
    problem = season_plan.fill(basis, with_training="fill" in trained)
    owed = owed_rows(basis, problem) + (left_out_rows(basis) if "fill" in trained else [])
    return Year(basis, offers, problem, copy_rows(basis, offers), owed, clash_rows(basis))


class SeasonModel(QObject):
    """Signals: ``changed()`` when the year was read anew; ``solved(Result)``; ``progressed()``; ``applied()``."""

    changed = Signal()
    solved = Signal(object)
    progressed = Signal()
    applied = Signal()

    def __init__(self, tools: Tools, parent: QObject) -> None:
        super().__init__(parent)
        self._tools, self._desk = tools, tools.desk
        self.post = Sender(tools, self)
        self.year: Year | None = None
        self.wanted = self.today.year
        self.state: ViewState = LOADING
        self.step: Step | None = None
        self.limit = planner.SEASON_SECONDS
        self._task: Task | None = None
        self.is_sending = False
        self.trained = frozenset[str]()
        tools.desk.live_changed.connect(self._live_changed)

    @property
    def today(self) -> date:
        """The local day."""
        return self._desk.now().astimezone(zone_of(self._desk.live.town)).date()

    @property
    def basis(self) -> Basis | None:
        """The year as it was read last."""
        return self.year.basis if self.year else None

    # --- reading ------------------------------------------------------------------------------------------------

    def choose(self, year: int) -> None:
        """Another year."""
        self.stop()
        self.wanted, self.year, self.state = year, None, LOADING
        self.changed.emit()
        self.read()

    def train(self, step: str, wanted: bool) -> None:
        """Whether training is planned too, at a step."""
        self.stop()
        self.trained = self.trained | {step} if wanted else self.trained - {step}
        self.read()

    def read(self) -> None:
        """Ask for the year; a newer wish overtakes this one."""
        ask = partial(read_year, self.today, self.wanted, self.trained)
        self._desk.read(ask, done=self._take, failed=self._failed, owner=self,
                        key="year", world=DRILLS)  # fmt: skip

    def _take(self, year: Year) -> None:
        self.year, self.state = year, READY
        self.changed.emit()

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        self.state = failed(error)
        self.changed.emit()

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.drills or change.courses or change.places:
            self.read()

    # --- planning -----------------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Whether the planner is at work."""
        return self._task is not None

    def fill(self) -> None:
        """Find dates for what is owed."""
        if self.year is not None and self.year.problem.tasks:
            self._solve(Result(self.year.basis, self.year.problem, Proposal(())))

    def replan(self, aways: Iterable[Away], fixes: Iterable[Fix]) -> None:
        """Work changes in with as few moves as can be."""
        if self.basis is None:
            return
        asked = tuple(aways), tuple(fixes)
        problem = season_plan.replan(self.basis, *asked, with_sessions="replan" in self.trained)
        self._solve(Result(self.basis, problem, Proposal(()), [], *asked))

    def _solve(self, asked: Result) -> None:
        self.stop()
        self.limit, self.step = planner.limit_for(asked.problem), None

        def work(report: Report) -> Result:
            def tell(step: Step) -> None:
                self.step = step
                report(int(step.seconds * 10), self.limit * 10)

            found = planner.solve(asked.problem, progress=tell, cancelled=report.is_cancelled)
            moves = planner.changes(asked.problem, found) if asked.problem.mode == "replan" else []
            return replace(asked, proposal=found, moves=moves)

        self._task = self._desk.tasks.submit_long(
            "io", work, progress=self._tell, done=self._solved, failed=self._not_solved, owner=self, key="solve"
        )
        self.progressed.emit()

    def _tell(self, _done: int, _total: int) -> None:
        self.progressed.emit()

    def _solved(self, result: Result) -> None:
        self._task = None
        self.progressed.emit()
        self.solved.emit(result)

    def _not_solved(self, error: BaseException) -> None:
        self._task = None
        self.progressed.emit()
        self.post.explain(error)

    def stop(self) -> None:
        """No longer wanted: its process ends at once."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self.progressed.emit()

    # --- making it true -----------------------------------------------------------------------------------------

    def accept_copies(self, ids: set[str]) -> None:
        """Plan these of last year's drills."""
        assert self.year is not None
        tasks = {each.task.id: each.task for each in self.year.offers}
        placed = [Placed(each.task.id, each.slot) for each in self.year.offers if each.slot and each.task.id in ids]
        self.apply(plan_steps.plan_steps(self.year.basis, tasks, placed, "copied"), len(placed))

    def accept(self, result: Result, ids: set[str]) -> None:
        """Plan these of the planner's dates."""
        tasks = {each.id: each for each in result.problem.tasks}
        placed = [each for each in result.proposal.placed if each.task in ids]
        sessions = sum(1 for each in placed if tasks[each.task].kind == "session")
        steps = plan_steps.plan_steps(result.basis, tasks, placed, "solved")
        self.apply(steps, len(placed) - sessions, sessions)

    def accept_moves(self, result: Result) -> None:
        """The absences, the fixed dates and the moves, together."""
        steps = plan_steps.replan_steps(result.basis, result.moves, result.aways, result.fixes)
        moved = [each for each in result.moves if each.after]
        sessions = sum(1 for each in moved if each.task.startswith("session:"))
        self.apply(steps, len(moved) - sessions, sessions)

    def apply(self, steps: list[dict[str, Any]], count: int, sessions: int = 0) -> None:
        """Send the steps as one command; so many drills and training sessions are dated by it."""
        if not steps or self.is_sending:
            return
        self.is_sending = True
        told = say("season.done.applied", count=count)
        if sessions:
            trained = say("season.done.trained", count=sessions)
            told = say("season.done.both", drills=told, sessions=trained) if count else trained
        self.post.send(ApplyPlan(steps=tuple(steps)), told, done=partial(self._applied, told), failed=self._refused)

    def _applied(self, told: str, outcome: Any) -> None:
        self.is_sending = False
        self.post.tell_done(told, outcome)
        self.applied.emit()

    def _refused(self, error: BaseException) -> None:
        self.is_sending = False
        self.post.explain(error)
        self.read()

