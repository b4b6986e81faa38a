"""The import window: four steps, one bottom line, one button. It blocks nothing; the desk goes on behind it."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from commandcenter.base.errors import EnvironmentTrouble
from commandcenter.base.texts import say
from commandcenter.ui.core import theme
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Label, StateBanner, divider, keep_place
from commandcenter.ui.imports import words
from commandcenter.ui.imports.drop_zone import file_in, table_in
from commandcenter.ui.imports.facts_panel import system_name
from commandcenter.ui.imports.file_page import FilePage
from commandcenter.ui.imports.opening import fit_to_screen
from commandcenter.ui.imports.result_page import ResultPage
from commandcenter.ui.imports.steps import StepBar
from commandcenter.ui.imports.tally import BottomBar
from commandcenter.ui.imports.times import zone_of
from commandcenter.ui.imports.work import ImportWork, Likeness
from commandcenter.ui.imports.work_page import WorkPage

if TYPE_CHECKING:
    from commandcenter.formats.previews import Candidate


class ImportWindow(QWidget):
    """Signals: ``look_asked(workspace)`` when somebody wants to see what was imported; ``desk_wanted()`` when a key of
    the desk was pressed here."""

    look_asked = Signal(str)

    def __init__(self, tools: Tools) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self._tools = tools
        self.setObjectName("window")
        # The desk decides when the program ends, not this window.
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setAcceptDrops(True)
        self.work = ImportWork(tools, self)
        self.steps = StepBar()
        self.about = Label("", "muted")
        self.banner = StateBanner()
        self._pages = QStackedWidget()
        keep_place(self._pages)
        self.file_page = FilePage(tools, self.work, self._pages)
        self.work_page = WorkPage(tools, self.work, self._pages)
        self.result_page = ResultPage(tools, self.work, self._pages)
        self.bottom = BottomBar(self.work)
        self._told = ""
        self._zone = zone_of(tools)
        self._lay_out()
        self._connect()
        self.setMinimumSize(960, 560)
        fit_to_screen(self)
        self.go("file")

    # --- building ------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        look = theme.current()
        head = QFrame()
        head.setProperty("panel", "surface")
        head.setFixedHeight(look.px(52))
        row = QHBoxLayout(head)
        row.setContentsMargins(look.space(4), 0, look.space(4), 0)
        row.setSpacing(look.space(6))
        row.addWidget(self.steps)
        row.addStretch(1)
        row.addWidget(self.about)
        for page in (self.file_page, self.work_page, self.result_page):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(divider())
        column.addWidget(self._pages, 1)
        # Below the pages: what is said must not push away what a hand is about to click.
        column.addWidget(self.banner)
        column.addWidget(divider())
        column.addWidget(self.bottom)

    def _connect(self) -> None:
        self.work.changed.connect(self.refresh)
        self.work.progressed.connect(self.bottom.show_state)
        self.work.loaded.connect(self._loaded)
        self.work.written.connect(self._written)
        self.steps.chosen.connect(self.go)
        self.bottom.primary_asked.connect(self.forward)
        self.bottom.back_asked.connect(self.back)
        self.bottom.cancel_asked.connect(self.work.cancel)
        self.banner.pressed.connect(self._banner_pressed)
        for page in (self.file_page, self.work_page):
            page.told.connect(self._tell)
        self.result_page.undo_asked.connect(self.work.undo)
        self.result_page.another_asked.connect(self._another)
        self.result_page.look_asked.connect(self.look_asked)
        for keys, run in (("Ctrl+Return", self.forward), ("Ctrl+Enter", self.forward), ("Ctrl+O", self._choose),
                          ("Ctrl+Z", self.undo), ("Ctrl+Shift+Z", self.redo), ("Alt+Left", self.back),
                          ("Alt+Down", self.next_problem), ("Alt+Up", self.previous_problem),
                          ("Ctrl+-", self.work_page.leave_out)):  # fmt: skip
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(run)

    # --- opening -------------------------------------------------------------------------------------------------

    def begin(self, what: str | None = None, path: Path | None = None) -> None:
        """Show the window. What is under way goes on, unless something else is asked for."""
        is_other = what is not None and what != self.work.what
        if self.work.result is not None or path is not None or (is_other and self.work.source is None):
            self.work.start_over(what)
            self.go("file")
        if path is not None:
            self.work.take_file(path, what)
        self.show()
        self.raise_()
        self.activateWindow()

    # --- steps ---------------------------------------------------------------------------------------------------

    @property
    def step(self) -> str:
        """Where one is."""
        return self.steps.current

    def _reachable(self) -> frozenset[str]:
        if self.work.result is not None:
            return frozenset({"problems", "result"}) if self.work.file else frozenset({"result"})
        has_file = self.work.file is not None
        return frozenset({"file", "columns", "problems"}) if has_file else frozenset({"file"})

    @Slot(str)
    def go(self, step: str) -> None:
        """Show a step."""
        page = {"file": self.file_page, "result": self.result_page}.get(step, self.work_page)
        self._pages.setCurrentWidget(page)
        self.steps.show_step(step, self._reachable())
        if page is self.work_page:
            self.work_page.show_step(step)
        self.refresh()
        self._give_focus()

    def _give_focus(self) -> None:
        wanted: dict[str, QWidget] = {
            "file": self.file_page.drop.choose, "columns": self.work_page.columns.view,
            "problems": self.work_page.problems.view, "result": self.result_page.another,
        }  # fmt: skip
        widget = wanted[self.step]
        if self.step == "file" and self.work.file is not None:
            widget = self.bottom.primary
        widget.setFocus()

    @Slot()
    def forward(self) -> None:
        """The next sensible step."""
        if self.work.busy is not None or not self.bottom.primary.isEnabled():
            return
        if self.step == "file" and self.work.file is not None:
            self.go("columns")
        elif self.step == "columns":
            self.go("problems")
        elif self.step == "problems" and self.work.result is None:
            self.work.write()
        elif self.step == "result":
            self.close()

    @Slot()
    def back(self) -> None:
        """The step before."""
        before = {"columns": "file", "problems": "columns"}.get(self.step)
        if before is not None and before in self._reachable():
            self.go(before)

    @Slot(bool)
    def _loaded(self, is_new: bool) -> None:
        """A new table goes on to its columns by itself, a map is first held over the town; what was chosen on the
        first step (a sheet, an encoding, what it is) leaves the officer there."""
        if self.step == "file" and is_new and self.work.look is None and self.isVisible():
            self.go("columns")
        elif self.step == "file" and is_new:
            self.file_page.facts.systems.setFocus()
        elif self.step in ("columns", "problems"):
            self.go(self.step)

    @Slot()
    def _written(self) -> None:
        self.go("result")

    @Slot()
    def _another(self) -> None:
        self.work.start_over()
        self.go("file")

    @Slot()
    def _choose(self) -> None:
        if self.work.busy is None:
            self.file_page.choose_file()

    @Slot()
    def undo(self) -> None:
        """Take the last correction back; once written, the whole import."""
        if self.work.result is not None:
            self.work.undo()
        else:
            self._show_cell(self.work.undo_fix())

    @Slot()
    def redo(self) -> None:
        """Correct again what was taken back."""
        self._show_cell(self.work.redo_fix())

    def _show_cell(self, cell: tuple[str | None, int, int] | None) -> None:
        if cell is not None:
            self.work_page.go_to(*cell)

    @Slot()
    def next_problem(self) -> None:
        """The next finding."""
        if self.step == "problems":
            self.work_page.step(1)

    @Slot()
    def previous_problem(self) -> None:
        """The finding before."""
        if self.step == "problems":
            self.work_page.step(-1)

    # --- showing -------------------------------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Show how things stand."""
        gone = self.work.file is None and self.step in ("columns", "problems") and self.work.busy is None
        if gone or (self.work.result is None and self.step == "result"):  # another file was chosen
            self.go("file")
            return
        self.steps.show_step(self.step, self._reachable())
        self.bottom.show_state()
        self._tell_about()
        self._tell_state()
        self._dress_button()
        self.setWindowTitle(say("imports.title"))

    def _tell_about(self) -> None:
        what = say(f"imports.what.{self.work.what}") if self.work.what else ""
        parts = [part for part in (self.work.name, what) if part and self.work.source is not None]
        self.about.show_text("  ·  ".join(parts))

    def _tell_state(self) -> None:
        """One sentence at most: who may, what went wrong, that the database is away, or what was just told."""
        work = self.work
        self._pages.setVisible(work.is_allowed)  # what a file says is not for everybody who takes the desk
        trouble = work.error or work.survey_error
        if not work.is_allowed:
            self.banner.say("imports.not_allowed", tone="near", icon="lock", button="imports.change_officer")
        elif isinstance(trouble, EnvironmentTrouble) or self._tools.desk.is_stale:
            code = "imports.away.written" if work.result is not None else "imports.away"
            self.banner.say(code, tone="near", icon="stale", button="core.retry" if work.file else "")
        elif trouble is not None:
            sentence = words.error_sentence(trouble, self._zone)
            self.banner.say("imports.said", tone="overdue", icon="refused", words=sentence)
        elif work.look is not None and work.file is None and work.busy is None:
            self.banner.say("imports.crs.ask", tone="near", icon="place")
        elif self._told:
            self.banner.say("imports.said", words=self._told)
        elif work.likeness is not None and work.busy is None:
            self._say_likeness(work.likeness)
        elif work.better_system is not None and work.busy is None:
            self._say_system(*work.better_system)
        else:
            self.banner.hide()

    def _say_likeness(self, found: Likeness) -> None:
        """What is chosen at left stands until an officer changes it; that the headings say otherwise is said."""
        taken, other = say(f"imports.what.{self.work.what}"), say(f"imports.what.{found.what}")
        self.banner.say(
            "imports.like", tone="near", icon="info", button="imports.like.take", what=taken, other=other,
            fits=f"{found.fits}", known=f"{found.known}", total=f"{found.total}",
        )  # fmt: skip

    def _say_system(self, other: "Candidate", fits: float, known: float) -> None:
        """What the file says of itself stands until an officer changes it; that it lies beside the grids is said."""
        self.banner.say(
            "imports.crs.beside", tone="near", icon="place", button="imports.crs.take", other=system_name(other),
            fits=f"{int(fits * 100)}", known=f"{int(known * 100)}",
        )  # fmt: skip

    @Slot(str)
    def _tell(self, sentence: str) -> None:
        self._told = sentence
        self._tell_state()
        self._told = ""

    def _dress_button(self) -> None:
        work, button = self.work, self.bottom.primary
        button.setVisible(self.step != "file" or work.file is not None)
        self.bottom.back.setVisible(self.step in ("columns", "problems") and work.result is None)
        if self.step == "problems":
            survey = work.survey
            count = survey.new + survey.changed if survey is not None else 0
            if work.survey is not None and not work.refused and not count:
                button.say("imports.nothing_to_write")
            elif work.refused:
                button.say("imports.refused_first", count=work.refused)
            else:
                button.say("imports.write", count=count)
            button.setEnabled(work.can_write and work.is_allowed)
        elif self.step == "result":
            button.say("core.close")
            button.setEnabled(True)
        else:
            button.say("imports.next")
            button.setEnabled(work.file is not None and work.busy is None and not
                              (self.step == "columns" and work.lacks_columns))  # fmt: skip

    @Slot()
    def _banner_pressed(self) -> None:
        likeness = self.work.likeness
        if not self.work.is_allowed:
            self._tools.actions.trigger("officer.change")
        elif self.banner.shown == "imports.like" and likeness is not None:
            self.work.set_what(likeness.what)
        elif self.banner.shown == "imports.crs.beside" and self.work.better_system is not None:
            self.work.set_reading(crs=self.work.better_system[0].crs)
        else:
            self.work.compare_again()

    # --- Qt ------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Esc stops what is going on, else closes; Ctrl+V takes what is on the clipboard; Enter presses the button
        that has the focus."""
        focus = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            if self.work.busy is not None:
                self.work.cancel()
            else:
                self.close()
        elif event.matches(QKeySequence.StandardKey.Paste) and self.step == "file":
            self.file_page.drop.paste()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focus, QPushButton):
            focus.click()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Qt: a file may be dropped on any step that has not written yet."""
        if file_in(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt: another file."""
        path, table = file_in(event.mimeData()), table_in(event.mimeData())
        event.acceptProposedAction()
        if path is not None or table:
            self.go("file")
        if path is not None:
            self.work.take_file(path)
        elif table:
            self.work.take_text(table)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt: what is being read is stopped, what is being written is not; everything else waits here."""
        if self.work.busy is not None and self.work.busy.doing in ("looking", "reading"):
            self.work.cancel()
        super().closeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: the keys go where the work is."""
        super().showEvent(event)
        self.refresh()
        self._give_focus()

    def changeEvent(self, event: QEvent) -> None:
        """Qt: another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_pages"):
            self.refresh()
            self.file_page.refresh()
            self.work_page.refresh()
            self.result_page.refresh()


