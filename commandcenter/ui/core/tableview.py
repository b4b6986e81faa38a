"""The table of the desk: rows of 32 px or of two lines, columns by choice, copied as text, honest when it has nothing
to show."""

from collections.abc import Callable, Collection, Iterable
from heapq import nlargest
from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from commandcenter.base.texts import say
from commandcenter.formats import clipboard
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.copying import COPY_KEY, put_on_clipboard
from commandcenter.ui.core.header import Header
from commandcenter.ui.core.rowkeeper import RowKeeper, id_of
from commandcenter.ui.core.rowpaint import LINE, RowDelegate, StripRoom, paint_state
from commandcenter.ui.core.rowtable import Index, RowTable
from commandcenter.ui.core.viewstate import FILTERED, READY, Empty, ViewState

_MEASURED = 24
"""So many of the longest values of a column are measured, to find the widest."""
_SAVE_DELAY = 400  # ms after the last move of a header, so that a drag is saved once


class TableView(QTableView):
    """Shows a RowTable.

    Signals: ``picked(id or None)`` when a person selects; ``opened(id)`` on Enter or a double click.
    """

    picked = Signal(object)
    opened = Signal(str)

    def __init__(self, table: RowTable[Any], *, empty: Empty = Empty(), parent: QWidget | None = None,  # noqa: B008
                 on_state: Callable[[dict[str, Any]], None] | None = None, row_lines: int = 1) -> None:  # fmt: skip
        """``on_state`` is given the columns' widths, order, choice and sorting whenever a person changed them.
        ``row_lines``: so many lines of text have room in a row."""
        super().__init__(parent)
        self.row_lines = row_lines
        self.table = table
        self.hovered_row = -1
        self._empty = empty
        self._state = READY
        self._on_state = on_state
        self._offer: QWidget | None = None
        self._aside: dict[int, int] = {}  # how wide each was
        self._fitted: dict[int, int] = {}  # how wide each was made
        self._save_timer = QTimer(self)
        self._save_timer.setSingleShot(True)
        self._save_timer.setInterval(_SAVE_DELAY)
        self._save_timer.timeout.connect(self._save)
        self._prepare()
        self.keeper = RowKeeper(self, table)
        self.keeper.picked.connect(self.picked)
        self._room = StripRoom(self, self._content_height)
        self.doubleClicked.connect(self._open)
        self._prepare_header()

    # --- what it shows -------------------------------------------------------------------------------------------

    @property
    def first_column(self) -> int:
        """The leftmost column that is not hidden."""
        header = self.horizontalHeader()
        ordered = (header.logicalIndex(place) for place in range(header.count()))
        return next((column for column in ordered if not header.isSectionHidden(column)), 0)

    @property
    def row_height(self) -> int:
        """How high a row is, in px."""
        look = theme.current()
        return look.px(look.sizes.row + (self.row_lines - 1) * LINE)

    def set_state(self, state: ViewState) -> None:
        """Say that the rows are being read, old or unreadable."""
        if state != self._state:
            self._state = state
            self._room.set_open(state.has_strip)
            self._place_offer()
            self.viewport().update()

    def set_empty(self, empty: Empty) -> None:
        """What to say when there are no rows."""
        self._empty = empty
        self.viewport().update()

    def offer(self, way_out: QWidget) -> None:
        """Show this below the words of an empty table: what can be done about it."""
        self._offer = way_out
        way_out.setParent(self.viewport())
        for moved in (self.table.rowsInserted, self.table.rowsRemoved, self.table.modelReset):
            moved.connect(self._place_offer)
        self._place_offer()

    def choose(self, id: str | None, *, show: bool = True) -> None:
        """Select a row without ``picked``."""
        self.keeper.choose(id, show=show)

    def chosen(self) -> str | None:
        """The id of the selected row, or None."""
        return self.keeper.chosen[-1] if self.keeper.chosen else None

    def tick(self, _now: object = None) -> None:
        """A second has passed: paint what depends on the time in the rows in sight."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        if self.isVisible() and first >= 0:
            self.table.touch(first, None if last < 0 else last)

    # --- columns -------------------------------------------------------------------------------------------------

    def column_state(self) -> dict[str, Any]:
        """Columns (id, width at 100 %, visible) in their order, and the sorting; plain values for a settings file."""
        header, scale = self.horizontalHeader(), theme.current().scale
        ordered = [header.logicalIndex(place) for place in range(header.count())]
        columns = [
            {
                "id": self.table.columns[each].id,
                "width": self._width(each, scale),
                "visible": self._is_chosen(each),
            }
            for each in ordered
        ]
        sorting = self.table.sorting
        return {"columns": columns, "sort": list(sorting) if sorting else None}

    def restore_column_state(self, state: dict[str, Any]) -> None:
        """Take up what :meth:`column_state` gave; columns that are unknown or new are left as declared."""
        header, places = self.horizontalHeader(), {each.id: place for place, each in enumerate(self.table.columns)}
        known = [each for each in state.get("columns", []) if each["id"] in places]
        for visual, each in enumerate(known):
            column = places[each["id"]]
            header.moveSection(header.visualIndex(column), visual)
            header.resizeSection(column, theme.current().px(each["width"]))
            header.setSectionHidden(column, not each["visible"] and not self.table.columns[column].fixed)
            self._aside.pop(column, None)
            self._fitted.pop(column, None)
        sort = state.get("sort")
        if sort and sort[0] in places:
            self._sort(places[sort[0]], bool(sort[1]))
        self._save_timer.stop()

    def show_column(self, id: str, is_visible: bool) -> None:
        """Show or hide a column; KeyError for an unknown id, and a fixed one stays."""
        places = {each.id: place for place, each in enumerate(self.table.columns)}
        if not self.table.columns[places[id]].fixed:
            self._aside.pop(places[id], None)
            self.horizontalHeader().setSectionHidden(places[id], not is_visible)
            self._save_timer.start()

    def set_aside(self, ids: Collection[str]) -> None:
        """These columns have nothing to say of the rows that are shown now and take no room; every other column is
        there or not as a person chose."""
        header = self.horizontalHeader()
        wanted = {place for place, each in enumerate(self.table.columns) if each.id in ids and self._is_chosen(place)}
        moved = self._aside.keys() ^ wanted
        self._aside = {place: self._aside.get(place, header.sectionSize(place)) for place in wanted}
        for place in moved:
            header.setSectionHidden(place, place in wanted)

    def fit(self, id: str, texts: Iterable[str]) -> None:
        """Make a column wide enough for the longest of these texts, and no narrower than it was declared. One that a
        person drew, now or before it was restored, stays as it is."""
        column = next(place for place, each in enumerate(self.table.columns) if each.id == id)
        look = theme.current()
        metrics = QFontMetrics(fonts.font(look.px(look.sizes.body)))
        longest = nlargest(_MEASURED, set(texts), key=lambda text: len(text.encode()))
        needed = max((metrics.horizontalAdvance(each) for each in longest), default=0) + 2 * look.space(2) + 1
        header = self.horizontalHeader()
        declared = look.px(self.table.columns[column].width)
        if header.sectionSize(column) == self._fitted.get(column, declared):
            header.resizeSection(column, max(declared, needed))
            self._fitted[column] = header.sectionSize(column)

    def column_menu(self) -> QMenu:
        """The column chooser."""
        menu = QMenu(self)
        for place, column in enumerate(self.table.columns):
            entry = menu.addAction(column.title)
            entry.setData(column.id)
            entry.setCheckable(True)
            entry.setChecked(self._is_chosen(place))
            entry.setEnabled(not column.fixed and place not in self._aside)
        menu.addSeparator()
        menu.addAction(say("core.columns.natural")).setData("")
        menu.triggered.connect(self._column_chosen)
        return menu

    def as_tsv(self, *, selected_only: bool = True) -> str:
        """Rows as text with tabs, visible columns in their order, titles first; pastes into a spreadsheet."""
        columns = self._copied_columns()
        return clipboard.as_tsv([[each.title for each in columns], *self._copied_lines(columns, selected_only)])

    def copy(self, *, selected_only: bool = True) -> None:
        """Put the selected rows, or all that are shown, on the clipboard: as text and as a table, with their titles."""
        columns = self._copied_columns()
        put_on_clipboard(
            [each.title for each in columns], self._copied_lines(columns, selected_only),
            numeric=[each.numeric for each in columns],
        )  # fmt: skip

    def row_menu(self) -> QMenu:
        """What can be done with rows by the mouse."""
        menu = QMenu(self)
        chosen = menu.addAction(f"{say('core.copy.rows')}\t{COPY_KEY}")
        chosen.setEnabled(bool(self.keeper.chosen))
        chosen.triggered.connect(self._copy_chosen)
        every = menu.addAction(say("core.copy.all"))
        every.setEnabled(self.table.rowCount() > 0)
        every.triggered.connect(self._copy_all)
        return menu

    def has_keys(self) -> bool:
        """Whether the selection is painted as the one that the keys move."""
        return self.hasFocus()

    # --- Qt ------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the rows, then what must be said of them."""
        super().paintEvent(event)
        empty = None
        if self.table.rowCount() == 0:
            empty = FILTERED if self.table.is_filtered and len(self.table) else self._empty
        painter = QPainter(self.viewport())
        paint_state(self, painter, self.viewport().rect(), self._state, empty)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: what is offered stays in the middle."""
        super().resizeEvent(event)
        self._place_offer()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter opens, Ctrl+C copies the selected rows, or all where none is selected."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy(selected_only=bool(self.keeper.chosen))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt: copying by the mouse."""
        menu = self.row_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: the row under the mouse."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Qt: none any more."""
        super().leaveEvent(event)
        self._hover(-1)

    def changeEvent(self, event: QEvent) -> None:
        """Qt: the language or the look changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.horizontalHeader().viewport().update()
            self.viewport().update()
        elif event.type() == QEvent.Type.StyleChange:
            self._size_rows()

    # --- inside --------------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        delegate = RowDelegate(self)
        delegate.lines = self.row_lines
        self.setItemDelegate(delegate)
        self.setHorizontalHeader(Header(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)

    def _prepare_header(self) -> None:
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        for place, column in enumerate(self.table.columns):
            header.resizeSection(place, theme.current().px(column.width))
            header.setSectionHidden(place, not column.visible)
            if column.stretch:
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        self._size_rows()
        header.sectionClicked.connect(self._header_clicked)
        header.sectionMoved.connect(self._header_changed)
        header.sectionResized.connect(self._header_changed)
        header.customContextMenuRequested.connect(self._header_menu)

    def _size_rows(self) -> None:
        look = theme.current()
        self.verticalHeader().setMinimumSectionSize(self.row_height)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.row_height)
        self.horizontalHeader().setFixedHeight(look.px(look.sizes.row))

    def _is_chosen(self, column: int) -> bool:
        """Whether a person wants to see it, though it may have nothing to say just now."""
        return column in self._aside or not self.horizontalHeader().isSectionHidden(column)

    def _width(self, column: int, scale: float) -> int:
        """A column that is stretched, fitted or hidden by choice has the width it was declared with; one that has
        nothing to say just now keeps its own."""
        header, declared = self.horizontalHeader(), self.table.columns[column]
        size = self._aside.get(column) or header.sectionSize(column)
        is_hidden = header.isSectionHidden(column) and column not in self._aside
        if declared.stretch or is_hidden or size == self._fitted.get(column):
            return declared.width
        return round(size / scale)

    def _content_height(self) -> int:
        return self.table.rowCount() * self.row_height

    def _hover(self, row: int) -> None:
        if row != self.hovered_row:
            self.hovered_row = row
            self.viewport().update()

    def _sort(self, column: int, descending: bool) -> None:
        header = self.horizontalHeader()
        self.keeper.holds_scroll = False
        self.table.set_sorting(self.table.columns[column].id if column >= 0 else None, descending)
        self.keeper.holds_scroll = True
        header.setSortIndicatorShown(column >= 0)
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(column, order)
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())
        else:
            self.scrollToTop()

    @Slot(int)
    def _header_clicked(self, column: int) -> None:
        """Ascending, descending, natural order."""
        before = self.table.sorting
        if before is None or before[0] != self.table.columns[column].id:
            self._sort(column, False)
        elif not before[1]:
            self._sort(column, True)
        else:
            self._sort(-1, False)
        self._save_timer.start()

    @Slot()
    def _header_changed(self) -> None:
        if self.isVisible():  # not while the first layout stretches columns
            self._save_timer.start()

    @Slot(QPoint)
    def _header_menu(self, at: QPoint) -> None:
        menu = self.column_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.horizontalHeader().mapToGlobal(at))

    @Slot(object)
    def _column_chosen(self, entry: Any) -> None:
        if entry.data():
            self.show_column(entry.data(), entry.isChecked())
        else:
            self._sort(-1, False)
            self._save_timer.start()

    def _copied_columns(self) -> list[Column[Any]]:
        """The visible columns in their order."""
        header = self.horizontalHeader()
        places = [header.logicalIndex(visual) for visual in range(header.count())]
        return [self.table.columns[place] for place in places if not header.isSectionHidden(place)]

    def _copied_lines(self, columns: list[Column[Any]], selected_only: bool) -> list[list[str]]:
        chosen = set(self.keeper.chosen)
        rows = [self.table.row(id) for id in self.table.ids() if not selected_only or id in chosen]
        return [[column.text(row, self.table.ctx) for column in columns] for row in rows]

    @Slot()
    def _copy_chosen(self) -> None:
        self.copy()

    @Slot()
    def _copy_all(self) -> None:
        self.copy(selected_only=False)

    @Slot()
    def _save(self) -> None:
        if self._on_state is not None:
            self._on_state(self.column_state())

    @Slot()
    def _place_offer(self) -> None:
        if self._offer is None:
            return
        is_filtered = self.table.is_filtered and len(self.table) > 0
        self._offer.setVisible(self.table.rowCount() == 0 and self._state.kind == "ready" and not is_filtered)
        size, room = self._offer.sizeHint(), self.viewport().rect()
        top = room.center().y() + theme.current().px(60)
        self._offer.setGeometry(room.center().x() - size.width() // 2, top, size.width(), size.height())

    def _open(self, index: Index) -> None:
        id = id_of(index)
        if id is not None:
            self.opened.emit(id)
