"""The sheet on screen, as it looks in Excel: letters, row numbers, recognised columns tinted, problems marked."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.copying import put_on_clipboard
from commandcenter.ui.imports.sheet_cells import SheetCells
from commandcenter.ui.imports.sheet_headers import Meaning, RowNumbers, SheetHead
from commandcenter.ui.imports.sheet_model import SheetModel

ROW, HEAD = 26, 48
"""px at 100 %: sheets are denser than lists; the header holds the field's chip over the letter."""
WIDEST, NARROWEST, DEFAULT = 260, 56, 92
_MEASURED = 60
"""Rows whose texts decide how wide a column begins."""
_MOST_SPANS = 200
"""Title and section rows that are shown as one wide cell; spans cost the view time."""


class SheetView(QTableView):
    """Signals: ``meaning_asked(column, global place)`` when a person wants to change what a column means;
    ``cell_chosen(row number, column)`` when the current cell moves."""

    meaning_asked = Signal(int, QPoint)
    cell_chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = SheetModel(self)
        self.meanings: Mapping[int, Meaning] = {}
        self.setModel(self.sheet)
        self.setItemDelegate(SheetCells(self))
        self._prepare()
        self.head.sectionClicked.connect(self._head_clicked)
        self.head.customContextMenuRequested.connect(self._head_menu)
        self.selectionModel().currentChanged.connect(self._moved)

    def _prepare(self) -> None:
        self.head = SheetHead(self)
        self.setHorizontalHeader(self.head)
        self.setVerticalHeader(RowNumbers(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setProperty("sheet", True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.AnyKeyPressed)
        self.setAccessibleName(say("imports.sheet"))
        self._size()

    # --- what it shows -------------------------------------------------------------------------------------------

    def arrange(self) -> None:
        """A new sheet: begin at its top, columns as wide as what stands in their first rows."""
        self.clearSpans()
        metrics = QFontMetrics(self.cell_font())
        pad = theme.current().space(5)
        for column in range(self.sheet.columnCount()):
            texts = [self.sheet.text_at(row, column) for row in self._usual_rows()]
            widest = max((metrics.horizontalAdvance(text[:60]) for text in texts), default=0) + pad
            head = self.head.wanted_width(column)
            look = theme.current()
            self.setColumnWidth(column, min(max(widest, head, look.px(NARROWEST)), look.px(WIDEST)))
        self._span_titles()
        self.scrollToTop()

    def show_meanings(self, meanings: Mapping[int, Meaning]) -> None:
        """What each column means."""
        self.meanings = meanings
        for column in range(self.sheet.columnCount()):
            wanted = self.head.wanted_width(column)
            if self.columnWidth(column) < wanted:
                self.setColumnWidth(column, wanted)
        self.head.viewport().update()
        self.viewport().update()

    def go_to(self, number: int, column: int) -> bool:
        """Bring a cell of the file into sight and choose it; False when the sheet has no such row."""
        row = self.sheet.row_of(number)
        if row is None or self.sheet.columnCount() == 0:
            return False
        index = self.sheet.index(row, max(0, min(column, self.sheet.columnCount() - 1)))
        self.setCurrentIndex(index)
        self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
        return True

    def cell_font(self) -> Any:
        """The font of the cells."""
        look = theme.current()
        return fonts.font(look.px(look.sizes.caption))

    def has_keys(self) -> bool:
        """Whether the current cell is the one that keys move."""
        return self.hasFocus()

    def _usual_rows(self) -> list[int]:
        rows = range(min(self.sheet.rowCount(), _MEASURED))
        return [row for row in rows if row not in self.sheet.page.titles]

    def _span_titles(self) -> None:
        width = self.sheet.columnCount()
        for row in self.sheet.page.titles[:_MOST_SPANS] if width > 1 else ():
            self.setSpan(row, 0, 1, width)

    # --- Qt ------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter edits, Delete empties, Ctrl+C copies the selected cells; Esc goes to whoever wants it."""
        index = self.currentIndex()
        if self.state() == QAbstractItemView.State.EditingState:
            return  # the editor lets Enter through to here, and commits behind it
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid() and not event.modifiers():
            if index.flags() & Qt.ItemFlag.ItemIsEditable:
                self.edit(index)
        elif event.key() == Qt.Key.Key_Delete and index.isValid():
            if index.flags() & Qt.ItemFlag.ItemIsEditable:
                self.sheet.setData(index, "")
        elif event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the selected cells on the clipboard, as text and as a table."""
        parts = self.selectionModel().selection().toList()
        if not parts:
            return
        part = parts[0]
        columns = range(part.left(), part.right() + 1)
        lines = [[self.sheet.text_at(row, each) for each in columns] for row in range(part.top(), part.bottom() + 1)]
        titles = [self.sheet.page.columns[each] for each in columns]
        put_on_clipboard(titles, lines, titles_in_text=False)

    def changeEvent(self, event: QEvent) -> None:
        """Qt: the look changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._size()

    def _size(self) -> None:
        look = theme.current()
        side = self.verticalHeader()
        side.setMinimumSectionSize(look.px(ROW))
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(look.px(ROW))
        self.head.setFixedHeight(look.px(HEAD))
        self.head.setDefaultSectionSize(look.px(DEFAULT))
        self.head.setMinimumSectionSize(look.px(NARROWEST // 2))

    @Slot(int)
    def _head_clicked(self, column: int) -> None:
        left = self.head.sectionViewportPosition(column)
        self.meaning_asked.emit(column, self.head.mapToGlobal(QPoint(left, self.head.height())))

    @Slot(QPoint)
    def _head_menu(self, at: QPoint) -> None:
        column = self.head.logicalIndexAt(at)
        if column >= 0:
            self.meaning_asked.emit(column, self.head.mapToGlobal(at))

    @Slot()
    def _moved(self) -> None:
        current = self.currentIndex()
        if current.isValid():
            self.cell_chosen.emit(self.sheet.number_at(current.row()), current.column())
