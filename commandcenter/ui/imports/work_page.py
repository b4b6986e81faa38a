"""The sheet with what is to be said of it: its columns in the second step, what was found in the third."""

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.formats.tables import letter
from commandcenter.ui.core import theme
from commandcenter.ui.core.captions import caption
from commandcenter.ui.core.splitters import keep_sizes
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Label
from commandcenter.ui.imports.columns_panel import ColumnsPanel
from commandcenter.ui.imports.differences_panel import DifferencesPanel
from commandcenter.ui.imports.jobs import NOTHING
from commandcenter.ui.imports.meanings import meaning_menu, meanings_of
from commandcenter.ui.imports.problems_panel import ProblemsPanel
from commandcenter.ui.imports.sheet_cells import cell_words
from commandcenter.ui.imports.sheet_model import SheetRole
from commandcenter.ui.imports.sheet_view import SheetView
from commandcenter.ui.imports.times import zone_of
from commandcenter.ui.imports.work import ImportWork

PANEL, PANEL_SHARE = 568, 0.36
"""Least width of the panel beside the sheet, in px at 100 %, and its share of a wide window."""


class WorkPage(QWidget):
    """Signals: ``told(sentence)`` when something is to be said at the window's edge."""

    told = Signal(str)

    def __init__(self, tools: Tools, work: ImportWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work, self._settings = work, tools.settings
        self._pages: object = None
        self._sheet_at = 0
        self._is_divided = False
        self.sheet = SheetView()
        self.sheet.setObjectName("imports.cells")
        self.place = Label("", "strong")
        self.said = Label("", "")
        self.tabs = QTabBar()
        self.tabs.setObjectName("imports.sheet_tabs")
        self.tabs.setShape(QTabBar.Shape.RoundedSouth)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.columns = ColumnsPanel(work)
        self.problems = ProblemsPanel(work)
        self.differences = DifferencesPanel(work, zone_of(tools))
        self.halves = QTabBar()
        self.halves.setObjectName("imports.halves")
        self.halves.setDrawBase(False)
        self.halves.setExpanding(False)
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._panel = QStackedWidget()
        self._lay_out()
        self._connect()

    # --- building ------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        # From the outside inwards: whatever gets a parent is polished with all in it.
        look, split = theme.current(), self._split
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        left = QWidget()
        left.setProperty("panel", "surface")
        split.addWidget(left)
        split.addWidget(self._panel)
        split.setStretchFactor(0, 1)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._cell_line())
        column.addWidget(self.sheet, 1)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(look.space(3), 0, look.space(3), 0)
        tabs.addWidget(self.tabs)
        tabs.addStretch(1)
        column.addLayout(tabs)
        self._panel.addWidget(self.columns)
        self._panel.addWidget(self._third())
        self._panel.setProperty("panel", "surface")
        self._panel.setMinimumWidth(look.px(320))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: divided for the size of the window, or as a person left it."""
        super().showEvent(event)
        if not self._is_divided:
            self._is_divided = True
            panel = max(theme.current().px(PANEL), int(self.width() * PANEL_SHARE))
            self._split.setSizes([max(self.width() - panel, 0), panel])
            keep_sizes(self._split, self._settings, "import")

    def _cell_line(self) -> QWidget:
        """As above every sheet: which cell it is, and what is to be said of it."""
        look = theme.current()
        line = QFrame()
        line.setProperty("panel", "raised")
        line.setFixedHeight(look.px(32))
        row = QHBoxLayout(line)
        row.setContentsMargins(look.space(3), 0, look.space(3), 0)
        row.setSpacing(look.space(3))
        self.place.setFixedWidth(look.px(96))
        row.addWidget(self.place)
        row.addWidget(self.said, 1)
        return line

    def _third(self) -> QWidget:
        look = theme.current()
        third = QWidget(self._panel)
        self._findings = QStackedWidget(third)
        column = QVBoxLayout(third)
        column.setContentsMargins(0, look.space(1), 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(look.space(4), 0, look.space(4), 0)
        row.addWidget(self.halves)
        row.addStretch(1)
        column.addLayout(row)
        self.halves.addTab("")
        self.halves.addTab("")
        self._findings.addWidget(self.problems)
        self._findings.addWidget(self.differences)
        column.addWidget(self._findings, 1)
        return third

    def _connect(self) -> None:
        self._work.changed.connect(self.refresh)
        self.sheet.meaning_asked.connect(self.ask_meaning)
        self.sheet.cell_chosen.connect(self._tell_cell)
        self.sheet.sheet.fixed.connect(self._fixed)
        self.sheet.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.sheet.customContextMenuRequested.connect(self._cell_menu)
        self.tabs.currentChanged.connect(self._sheet_chosen)
        self.halves.currentChanged.connect(self._findings.setCurrentIndex)
        for panel in (self.problems, self.differences):
            panel.cell_wanted.connect(self.go_to)
        self.problems.edit_wanted.connect(self._edit)

    # --- showing -------------------------------------------------------------------------------------------------

    def show_step(self, step: str) -> None:
        """The second or the third step."""
        self._panel.setCurrentIndex(0 if step == "columns" else 1)
        self.sheet.sheet.is_editable = step == "problems"
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show how things stand; while something is going on what was there stays."""
        file = self._work.file
        if file is None or not file.pages:
            self._pages = None
            return
        if self._pages is not file.pages:
            self._pages = file.pages
            self._fill_tabs()
            self._show_sheet(0)
            self.halves.setCurrentIndex(0)
            self.problems.show_all()
        if self._work.busy is None:
            self._show_findings()
            self.columns.refresh()
            self.problems.refresh()
            self.differences.refresh()
            self.halves.setTabText(0, self._findings_title())
            self.halves.setTabText(1, say("imports.differences.tab", number=f"{len(self._work.differences):,}"))
            self._tell_cell()

    def _findings_title(self) -> str:
        """How many must be corrected; without any nothing sounds like trouble."""
        counts = self._work.findings.counts
        if refused := counts.get("refused", 0):
            return say("imports.problems.tab.refused", number=f"{refused:,}")
        return say("imports.problems.tab", number=f"{sum(counts.values()):,}")

    def _fill_tabs(self) -> None:
        file = self._work.file
        assert file is not None
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        for page in file.pages:
            self.tabs.addTab(caption(page.sheet or ""))
        self.tabs.blockSignals(False)
        self.tabs.setVisible(len(file.pages) > 1 or bool(file.pages[0].sheet))

    def _show_sheet(self, at: int) -> None:
        file = self._work.file
        assert file is not None
        self._sheet_at = at
        self.tabs.blockSignals(True)
        self.tabs.setCurrentIndex(at)
        self.tabs.blockSignals(False)
        page = file.pages[at]
        self.sheet.sheet.show_page(page)
        self.sheet.show_meanings(meanings_of(file.read, page.columns))
        self.sheet.arrange()
        self._show_findings()
        first = next((number for number, _, left in page.lines if not left), None)
        if first is not None:
            self.sheet.setCurrentIndex(self.sheet.sheet.index(self.sheet.sheet.row_of(first) or 0, 0))

    def _show_findings(self) -> None:
        file = self._work.file
        if file is None:
            return
        page = file.pages[self._sheet_at]
        found = file.findings.by_sheet.get(page.sheet, NOTHING)
        fixes = {(row, column): text for (sheet, row, column), text in file.read.fixes.items() if sheet == page.sheet}
        out = frozenset(row for sheet, row in self._work.corrections.left_out if sheet == page.sheet)
        self.sheet.sheet.show_findings(fixes, found.found, found.changed, found.verdicts, out)
        self.sheet.show_meanings(meanings_of(file.read, page.columns))

    @Slot()
    def _tell_cell(self) -> None:
        index = self.sheet.currentIndex()
        if not index.isValid() or self._work.file is None:
            self.place.show_text("")
            self.said.show_text("")
            return
        sheet = self.sheet.sheet
        number = sheet.number_at(index.row())
        name = say("imports.cell.map", row=number) if sheet.page.is_map else f"{letter(index.column())}{number}"
        self.place.show_text(name)
        found = [*dict.fromkeys(line for line in cell_words(sheet, index.row(), index.column()) if line)]
        self.said.show_text("   ".join(found) if found else sheet.text_at(index.row(), index.column()))
        self.said.setToolTip(tip("\n".join(found)))

    # --- choosing ------------------------------------------------------------------------------------------------

    @Slot(int)
    def _sheet_chosen(self, at: int) -> None:
        if self._work.file is not None and 0 <= at < len(self._work.file.pages) and at != self._sheet_at:
            self._show_sheet(at)

    @Slot(object, int, int)
    def go_to(self, sheet: str | None, row: int, column: int) -> bool:
        """Bring a cell into sight, on whichever sheet it is."""
        file = self._work.file
        if file is None:
            return False
        at = next((place for place, page in enumerate(file.pages) if page.sheet == sheet), None)
        if at is None:
            return False
        if at != self._sheet_at:
            self._show_sheet(at)
        return self.sheet.go_to(row, column)

    @Slot(object, int, int)
    def _edit(self, sheet: str | None, row: int, column: int) -> None:
        """Go to a cell and begin to correct it."""
        if self.go_to(sheet, row, column):
            self.sheet.setFocus()
            index = self.sheet.currentIndex()
            if column >= 0 and index.flags() & Qt.ItemFlag.ItemIsEditable:
                self.sheet.edit(index)

    @Slot(int, int, str)
    def _fixed(self, row: int, column: int, text: str) -> None:
        file = self._work.file
        if file is not None:
            self._work.fix((file.pages[self._sheet_at].sheet, row, column), text)

    @Slot()
    def leave_out(self) -> None:
        """The row of the current cell is not to be imported, or is after all."""
        index, file = self.sheet.currentIndex(), self._work.file
        if file is not None and index.isValid() and self._may_leave_out(index.row()):
            sheet, number = file.pages[self._sheet_at].sheet, self.sheet.sheet.number_at(index.row())
            self._work.leave_out(sheet, number, (sheet, number) not in self._work.corrections.left_out)

    def _may_leave_out(self, row: int) -> bool:
        return self.sheet.sheet.is_editable and self.sheet.sheet.is_row(row) and self._work.result is None

    @Slot()
    def restore(self) -> None:
        """The current cell says again what the file says."""
        index, file = self.sheet.currentIndex(), self._work.file
        if index.isValid() and file is not None:
            number = self.sheet.sheet.number_at(index.row())
            self._work.fix((file.pages[self._sheet_at].sheet, number, index.column()), None)

    @Slot(QPoint)
    def _cell_menu(self, at: QPoint) -> None:
        """What the mouse can do with a cell."""
        index = self.sheet.indexAt(at)
        if not index.isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(say("core.copy")).triggered.connect(self.sheet.copy)
        if self._may_leave_out(index.row()):
            is_out = self.sheet.sheet.left_code(index.row()) != ""
            entry = menu.addAction(say("imports.take_in" if is_out else "imports.leave_out"))
            entry.triggered.connect(self.leave_out)
            if index.data(SheetRole.IS_FIXED):
                menu.addAction(say("imports.restore")).triggered.connect(self.restore)
        menu.popup(self.sheet.viewport().mapToGlobal(at))

    @Slot(int, QPoint)
    def ask_meaning(self, column: int, at: QPoint) -> None:
        """Ask what a column means."""
        file = self._work.file
        if file is None or self._work.result is not None:
            return
        kind = self.sheet.meanings[column].kind
        if kind in ("sensitive", "denied"):
            self.told.emit(say(f"imports.column.{kind}.why"))
            return
        menu = meaning_menu(file, column, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        heading = file.pages[self._sheet_at].columns[column]
        menu.triggered.connect(partial(self._meaning_chosen, heading))
        menu.popup(at)

    def _meaning_chosen(self, heading: str, entry: object) -> None:
        self._work.set_meaning(heading, str(entry.data()) or None)  # type: ignore[attr-defined]

    def step(self, by: int) -> None:
        """The next finding, or the one before."""
        self.halves.setCurrentIndex(0)
        self.problems.step(by)
