"""The workspace 年度计划: one page, four steps, the year on top; left the lines of a step, right what one means."""

from datetime import timedelta
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent

from commandcenter.base.texts import say
from commandcenter.services import plan_table
from commandcenter.ui.core.forms import Choice
from commandcenter.ui.core.times import time_of_day, zone_of
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import stale
from commandcenter.ui.seasons.backtable import back_rows
from commandcenter.ui.seasons.doors import Doors
from commandcenter.ui.seasons.frame import STEPS, SeasonFrame
from commandcenter.ui.seasons.model import TRAINING_STEPS, Result
from commandcenter.ui.seasons.panels import StepTable
from commandcenter.ui.seasons.rows import fill_rows, left_out_rows, move_rows, unsolved_rows


class SeasonWorkspace(SeasonFrame):
    """One page: choose the year, take over last year, fill the gaps, see what clashes, work changes in."""

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self.doors = Doors(tools, self, self.take_back)
        self.step = "copy"
        self.result: Result | None = None
        self.moved: Result | None = None
        self.back: plan_table.PlanSurvey | None = None
        self._untouched: set[str] = set()
        self._connect()
        self._show_step("copy")
        self.model.read()

    def _connect(self) -> None:
        actions = self._tools.actions
        actions.attach(self, "season")
        self.back_button.clicked.connect(self.previous_year)
        self.on_button.clicked.connect(self.next_year)
        self.steps.chosen.connect(self._show_step)
        self.model.changed.connect(self._year_read)
        self.model.solved.connect(self._solved)
        self.model.progressed.connect(self._say)
        self.model.applied.connect(self._applied)
        self.changes.changed.connect(actions.refresh)
        self.with_training.clicked.connect(self._training_ticked)
        self._desk.connection_changed.connect(self._tell_state)
        for table in self.tables.values():
            table.picked.connect(self._picked)
            table.opened.connect(self._opened)
            table.ticks_changed.connect(self._say)

    def _choices(self) -> list[Choice]:
        year = self.model.year
        counts = {"copy": len(year.copies), "fill": len(year.owed), "clashes": self._clash_count()} if year else {}
        return [
            Choice(step, say(f"season.step.{step}") + (f" · {counts[step]}" if counts.get(step) else ""))
            for step in STEPS
        ]

    def _clash_count(self) -> int:
        left = len(self.result.proposal.unsolved) if self.result else 0
        return (len(self.model.year.clashes) if self.model.year else 0) + left

    # --- steps --------------------------------------------------------------------------------------------------

    @property
    def table(self) -> StepTable:
        """The table in sight."""
        if self.step == "copy" and self.back is not None:
            return self.tables["back"]
        if self.step == "fill" and self.result is None:
            return self.tables["owed"]
        return self.tables[self.step]

    def show_copy(self) -> None:
        """Step 1."""
        self._show_step("copy")

    def show_fill(self) -> None:
        """Step 2."""
        self._show_step("fill")

    def show_clashes(self) -> None:
        """Step 3."""
        self._show_step("clashes")

    def show_replan(self) -> None:
        """Step 4."""
        self._show_step("replan")

    @Slot(str)
    def _show_step(self, step: str) -> None:
        if step != "copy":
            self.back = None
        self.step = step
        self.steps.choose(step)
        self.stack.setCurrentWidget(self.table)
        self.show_side(is_replan=step == "replan")
        self._picked(None)
        if self.isVisible():
            self.table.setFocus()

    def _say_training(self) -> None:
        """The tick stands where it says something, and says what it lets the planner do at this step."""
        self.with_training.setVisible(self.can_train)
        if self.can_train:
            action = self._tools.actions.get("season.training")
            self.with_training.setText(say("season.training.keyed", what=say(f"season.training.{self.step}"),
                                           key=action.keys[0]))  # fmt: skip
            self.with_training.setToolTip(tip(say(f"season.training.{self.step}.hint")))
            self.with_training.setChecked(self.step in self.model.trained)

    @Slot(bool)
    def _training_ticked(self, wanted: bool) -> None:
        """With another question the answer is gone."""
        if self.step == "fill":
            self.result = None
        elif self.step == "replan":
            self.moved = None
            self.tables["replan"].show_rows([])
        self.model.train(self.step, wanted)
        self.stack.setCurrentWidget(self.table)
        self._say()
        self.table.setFocus()

    @Slot()
    def _say(self) -> None:
        """Intro, counts and buttons fit the step."""
        if self.table.row is None:
            self.explanation.show_row(None, has_lines=bool(self.table.rows()))
        count = len(self.moved.moves) if self.step == "replan" and self.moved else len(self.table.ticked())
        if self.back is not None and self.step == "copy":
            self._say_back(self.back)
        elif self.step == "fill" and self.result is not None:
            found = self.result.proposal
            self.intro.say(f"season.intro.filled.{found.quality}", placed=len(found.placed), left=len(found.unsolved),
                           seconds=round(found.seconds))  # fmt: skip
        elif self.step == "replan" and self.moved is not None:
            moves = len(self.moved.moves)
            self.intro.say("season.intro.replanned" if moves else "season.intro.replanned_none", count=moves)
        elif self.step == "fill" and "fill" in self.model.trained:
            self.intro.say("season.intro.fill_training")
        else:
            self.intro.say(f"season.intro.{self.step}")
        self.start_button.setVisible(self.step in ("fill", "replan") and not self.model.is_busy)
        self.start_button.set_kind("secondary" if self._has_answer else "primary")
        self.accept_button.setVisible(self.step != "clashes" and (self.step == "copy" or self._has_answer))
        if count and self.table.kind != "back":
            self.accept_button.say("season.accept.count", count=count)
        else:
            self.accept_button.say("season.action.accept")
        self._say_training()
        self._tools.actions.refresh()

    def _say_back(self, back: plan_table.PlanSurvey) -> None:
        """How much of the table is new, changed, gone or refused; what there is none of is left out."""
        counts = {"new": back.new, "changed": back.changed, "missing": len(back.missing), "refused": back.refused,
                  "same": back.same}  # fmt: skip
        told = [say(f"season.back.count.{name}", number=count) for name, count in counts.items() if count]
        code = "back_refused" if back.refused else "back_gone" if back.missing else "back"
        self.intro.say(f"season.intro.{code}", counts=say("season.back.and").join(told))

    @property
    def _has_answer(self) -> bool:
        return (self.result if self.step == "fill" else self.moved) is not None and not self.model.is_busy

    # --- what came in -------------------------------------------------------------------------------------------

    @Slot()
    def _year_read(self) -> None:
        year, basis = self.model.year, self.model.basis
        self.year.show_text(say("season.year", year=self.model.wanted))
        if year is None or basis is None:
            self.result = self.moved = None
            for table in self.tables.values():
                table.show_rows([])
        else:
            self._show_year(year)
        self.steps.set_choices(self._choices())
        self.steps.choose(self.step)
        self._tell_state()
        self.stack.setCurrentWidget(self.table)
        self._say()

    def _show_year(self, year: Any) -> None:
        if self.result is not None and self.result.basis.seq != year.basis.seq:
            # Somebody has planned meanwhile: what is no longer owed is no longer offered.
            still = {task.id for task in year.problem.tasks}
            if not still & {task.id for task in self.result.problem.tasks}:
                self.result = None
        self.tables["copy"].show_rows(year.copies)
        self.tables["owed"].show_rows(year.owed)
        left = unsolved_rows(year.basis, self.result.problem, self.result.proposal) if self.result else []
        self.tables["clashes"].show_rows([*year.clashes, *left])
        self.changes.offer(year.basis, with_sessions="replan" in self.model.trained)
        season = year.basis.season
        planned = [each for each in season.drills.values() if each.state == "planned" and each.starts_at]
        self.tally.say("season.tally", planned=len(planned), owed=len(year.owed), clashes=len(year.clashes))

    @Slot()
    def _tell_state(self) -> None:
        state = self.model.state
        if self._desk.is_stale and state.kind == "ready":
            since = self._desk.now() - timedelta(seconds=self._desk.hub.connection_state.age())
            state = stale(time_of_day(since, zone_of(self._desk.live.town)))
        for table in self.tables.values():
            table.set_state(state)

    @Slot(object)
    def _solved(self, result: Result) -> None:
        basis = result.basis
        if result.problem.mode == "replan":
            self.moved = result
            rows = move_rows(basis, result.moves) + unsolved_rows(basis, result.problem, result.proposal)
            self.tables["replan"].show_rows(rows)
        else:
            self.result = result
            self.tables["fill"].show_rows([])
            left = left_out_rows(basis) if "fill" in self.model.trained else []
            self.tables["fill"].show_rows([*fill_rows(basis, result.problem, result.proposal, {}), *left])
            if self.model.year is not None:
                self._show_year(self.model.year)
        self.steps.set_choices(self._choices())
        self.steps.choose(self.step)
        self.stack.setCurrentWidget(self.table)
        self._say()

    @Slot()
    def _applied(self) -> None:
        if self.step == "replan":
            self.moved = None
            self.changes.forget()
            self.tables["replan"].show_rows([])
        if self.step == "fill":
            gone = self.tables["fill"].ticked() | self._untouched
            left = [row for row in self.tables["fill"].rows() if row.id not in gone]
            self.tables["fill"].show_rows(left)
            if not any(row.ticked is not None for row in left):
                self.result = None
        self.stack.setCurrentWidget(self.table)
        self._say()

    # --- choosing -----------------------------------------------------------------------------------------------

    @Slot(object)
    def _picked(self, _id: object) -> None:
        self.explanation.show_row(self.table.row)
        self._say()

    @Slot(str)
    def _opened(self, _id: str) -> None:
        if self.table.row is not None and (self.table.row.drill or self.table.row.session):
            self.open_drill()
        else:
            self.table.toggle()

    def open_drill(self) -> None:
        """Show the chosen drill in the calendar, or the chosen session in the room of training."""
        if self.table.row is not None and self.table.row.session:
            self._tools.selection.navigate("session", self.table.row.session)
        elif self.chosen_drill:
            self._tools.selection.navigate("drill", str(self.chosen_drill))

    # --- what can be done now -----------------------------------------------------------------------------------

    @property
    def is_read(self) -> bool:
        """Whether the year has been read."""
        return self.model.year is not None

    @property
    def is_busy(self) -> bool:
        """Whether the planner is at work."""
        return self.model.is_busy

    @property
    def can_start(self) -> bool:
        """Whether there is something to plan."""
        if self.model.year is None or self.model.is_busy:
            return False
        if self.step == "fill":
            return bool(self.model.year.problem.tasks)
        return self.step == "replan" and bool(self.changes.aways or self.changes.fixes)

    @property
    def can_accept(self) -> bool:
        """Whether something is ticked, or moves are proposed."""
        if self.model.is_busy or self.model.is_sending:
            return False
        if self.step == "replan":
            return self.moved is not None
        if self.back is not None and self.step == "copy":
            return not self.back.refused and bool(self.back.steps or self.table.ticked())
        return bool(self.table.ticked())

    @property
    def can_accept_one(self) -> bool:
        """Whether the chosen line can be planned alone."""
        row = self.table.row
        return row is not None and row.ticked is not None and self.back is None and not self.model.is_busy

    @property
    def can_tick(self) -> bool:
        """Whether the chosen line has a tick."""
        return self.table.row is not None and self.table.row.ticked is not None

    @property
    def can_tick_all(self) -> bool:
        """Whether any line has."""
        return any(row.ticked is not None for row in self.table.rows())

    @property
    def can_replan(self) -> bool:
        """Whether changes are being collected."""
        return self.step == "replan" and self.is_read

    @property
    def can_train(self) -> bool:
        """Whether training can be planned too at this step."""
        return self.step in TRAINING_STEPS and self.is_read

    @property
    def chosen_line(self) -> str | None:
        """The drill or session of the chosen line."""
        row = self.table.row
        return (row.drill or row.session) if row is not None else None

    @property
    def chosen_drill(self) -> str | None:
        """The drill of the chosen line, or the one chosen elsewhere."""
        row = self.table.row
        return row.drill if row is not None else None

    @property
    def dated_drill(self) -> str | None:
        """A drill whose notice can be printed."""
        basis, id = self.model.basis, self.chosen_drill or self._tools.selection.chosen("drill")
        drill = basis.season.drills.get(id or "") if basis else None
        return drill.id if drill is not None and drill.starts_at is not None else None

    # --- doing --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Let the planner work."""
        if self.step == "fill":
            self.model.fill()
        else:
            self.model.replan(self.changes.aways, self.changes.fixes)

    def stop(self) -> None:
        """End it."""
        self.model.stop()
        self._tools.notices.info(say("season.stopped"))

    def accept(self) -> None:
        """Make what is ticked, the moves, or the table read back, true."""
        self._take(self.table.ticked())

    def accept_one(self) -> None:
        """Only the chosen line."""
        if self.table.row is not None:
            self._take({self.table.row.id})

    def _take(self, ids: set[str]) -> None:
        self._untouched = ids
        if self.step == "replan" and self.moved is not None:
            self.model.accept_moves(self.moved)
        elif self.step == "copy" and self.back is not None:
            self._write_back(ids)
        elif self.step == "copy":
            self.model.accept_copies(ids)
        elif self.result is not None:
            self.model.accept(self.result, ids)

    def tick(self) -> None:
        """Tick the chosen line or take its tick away."""
        self.table.toggle()

    def tick_all(self) -> None:
        """All or none."""
        self.table.toggle_all()

    def toggle_training(self) -> None:
        """Plan training too, or no longer."""
        self.with_training.click()

    def add_away(self) -> None:
        """To the form for an absence."""
        self.changes.trainer.setFocus()

    def add_fix(self) -> None:
        """To the form for a fixed date."""
        self.changes.drill.setFocus()

    def previous_year(self) -> None:
        """The year before."""
        self.model.choose(self.model.wanted - 1)

    def next_year(self) -> None:
        """The year after."""
        self.model.choose(self.model.wanted + 1)

    def table_out(self) -> None:
        """The plan table into a file."""
        self.doors.table_out(self.model.wanted)

    def table_back(self) -> None:
        """An edited plan table from a file."""
        self.doors.table_back()

    def calendar_out(self) -> None:
        """A calendar into a file."""
        if self.model.basis is not None:
            self.doors.calendar_out(self.model.basis)

    def print_notice(self) -> None:
        """The notice of the chosen drill."""
        if self.dated_drill:
            self.doors.print_notice(self.dated_drill)

    # --- the table that was read back ---------------------------------------------------------------------------

    def take_back(self, found: plan_table.PlanSurvey) -> None:
        """Show what an edited table would do."""
        self.back = found
        self._show_step("copy")
        self.back = found
        self.tables["back"].show_rows([])
        self.tables["back"].show_rows(back_rows(found))
        self.stack.setCurrentWidget(self.table)
        self._say()

    def _write_back(self, cancel: set[str]) -> None:
        assert self.back is not None
        steps = plan_table.steps_with(self.back, cancel)
        self.model.apply(steps, len(steps))
        self.back = None

    # --- Qt -----------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: the keys work at once."""
        super().showEvent(event)
        self.table.setFocus()

