"""The matrix 矩阵: how every place stands with every scenario. It paints itself, and only what is in sight.

It is laid together from pictures (:mod:`matrix_pictures`), so that a scroll paints the rows that are new. A state is a
shape and a word or number: a tick with the day of the drill, a square with the day that is planned, a bar with the days
left, a full bar with the days overdue.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.debts import DRILL_LEVELS
from commandcenter.rules.ordering import natural_key
from commandcenter.ui.core import theme
from commandcenter.ui.core.copying import copying_menu, put_on_clipboard
from commandcenter.ui.core.desk import Desk
from commandcenter.ui.core.rowpaint import paint_state, paint_strip
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.viewstate import LOADING, Empty, ViewState
from commandcenter.ui.drills import matrix_pictures
from commandcenter.ui.drills.matrix_pictures import HEAD, LABEL, LEAST, ROW, Line, Pictures, Widths
from commandcenter.ui.drills.picture import Cell, Picture, Row, owing_rows
from commandcenter.ui.drills.words import (
    day_words,
    debt_words,
    late_words,
    newest,
    place_words,
    scenario_words,
)

_MOVES = {
    Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0),
}  # fmt: skip
_EMPTY = Empty("drills.matrix.empty", "drills.matrix.empty.hint", "village")


class Matrix(QAbstractScrollArea):
    """Places down, scenarios across; the first column is what is owed whatever the scenario.

    Signals: ``opened(Row, scenario)`` on Enter or a double click, scenario "" on the place itself; ``picked(Row,
    scenario)`` when the keys or the mouse moved.
    """

    opened = Signal(object, str)
    picked = Signal(object, str)
    left = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.picture: Picture | None = None
        self._state = LOADING
        self.lines: Sequence[Line] = ()
        self.keys: Sequence[str] = ()
        self.place = (0, 0)
        """Row and column that the keys are on; column 0 is the place's name."""
        self.village: str | None = None
        """Whose grids are shown; None: see ``every``."""
        self.every = False
        """All grids of the town instead of the places that owe drills."""
        self._pictures = Pictures()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        # All of it is painted here: a ground that Qt paints before would not be seen.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    # --- what it shows ---------------------------------------------------------------------------------------------

    def show_picture(self, picture: Picture) -> None:
        """How things stand now; the place that the keys are on stays."""
        self.picture = picture
        self._arrange()

    def set_state(self, state: ViewState) -> None:
        """Say that it is being read, old or unreadable."""
        if state != self._state:
            self._state = state
            self.viewport().update()

    def show_places(self, *, every: bool = False, village: str | None = None) -> None:
        """The places that owe drills; or all grids; or the grids of one village."""
        self.every, self.village, self.place = every, village, (0, 0)
        self.verticalScrollBar().setValue(0)
        self._arrange()

    @property
    def is_drilled_down(self) -> bool:
        """Whether grids are shown."""
        return self.every or self.village is not None

    @property
    def current(self) -> tuple[Row, str] | None:
        """The place and scenario that the keys are on."""
        if not self.lines:
            return None
        row, column = self.place
        return self.lines[row].row, self.keys[column - 1] if column else ""

    @property
    def cell(self) -> Cell | None:
        """The cell that the keys are on."""
        row, column = self.place
        return self.lines[row].cells[column - 1] if self.lines and column else None

    def _rows(self, picture: Picture) -> list[Row]:
        if not self.is_drilled_down:
            ordered = sorted(owing_rows(picture), key=lambda row: (DRILL_LEVELS.index(row[0]), self._code(row)))
            return ordered
        grids = self._desk.live.grids
        found = [
            row for row in picture.cells
            if row[0].endswith("_grid") and row[1] in grids and self.village in (None, grids[row[1]].village)
        ]  # fmt: skip
        return sorted(found, key=self._code)

    def _code(self, row: Row) -> Any:
        live = self._desk.live
        found = live.grids.get(row[1]) or live.villages.get(row[1])
        return natural_key(found.code if found else "")

    def _arrange(self) -> None:
        picture = self.picture
        if picture is None:
            return
        self.keys = ("", *newest(picture.season))
        said: dict[Any, str] = {}  # thousands of cells share some dozens of words
        self.lines = [self._line(row, picture, said) for row in self._rows(picture)]
        self._pictures.forget_rows()
        self.place = (min(self.place[0], max(len(self.lines) - 1, 0)), min(self.place[1], len(self.keys)))
        self._set_bars()
        self.viewport().update()

    def _line(self, row: Row, picture: Picture, said: dict[Any, str]) -> Line:
        found, today = picture.cells[row], picture.season.today
        cells = tuple(found.get(key) for key in self.keys)
        told = []
        for cell in cells:
            what = cell and (cell.state, cell.day, cell.days)
            if what not in said:
                said[what] = cell_words(cell, today)
            told.append(said[what])
        return Line(row, place_words(self._desk, *row), cells, tuple(told))

    # --- geometry --------------------------------------------------------------------------------------------------

    def _column(self) -> int:
        """The width of a column in px."""
        look = theme.current()
        room = self.viewport().width() - look.px(LABEL)
        return max(room // max(len(self.keys), 1), look.px(LEAST))

    def _set_bars(self) -> None:
        look = theme.current()
        high = look.px(HEAD) + look.px(ROW) * len(self.lines) + (look.px(ROW) if self._state.has_strip else 0)
        wide = look.px(LABEL) + self._column() * len(self.keys)
        self.verticalScrollBar().setRange(0, max(high - self.viewport().height(), 0))
        self.verticalScrollBar().setPageStep(self.viewport().height())
        self.verticalScrollBar().setSingleStep(look.px(ROW))
        self.horizontalScrollBar().setRange(0, max(wide - self.viewport().width(), 0))
        self.horizontalScrollBar().setPageStep(self.viewport().width())
        self.horizontalScrollBar().setSingleStep(look.px(LEAST))

    def rect_of(self, row: int, column: int) -> QRect:
        """Where a cell is in the viewport; column 0 is the place's name, which does not scroll sideways."""
        look, wide = theme.current(), self._column()
        top = look.px(HEAD) + look.px(ROW) * row - self.verticalScrollBar().value()
        if column == 0:
            return QRect(0, top, look.px(LABEL), look.px(ROW))
        left = look.px(LABEL) + wide * (column - 1) - self.horizontalScrollBar().value()
        return QRect(left, top, wide, look.px(ROW))

    def place_at(self, at: QPoint) -> tuple[int, int] | None:
        """Row and column under a point of the viewport."""
        look = theme.current()
        if at.y() < look.px(HEAD):
            return None
        row = (at.y() - look.px(HEAD) + self.verticalScrollBar().value()) // look.px(ROW)
        if at.x() < look.px(LABEL):
            column = 0
        else:
            column = (at.x() - look.px(LABEL) + self.horizontalScrollBar().value()) // self._column() + 1
        return (row, column) if row < len(self.lines) and column <= len(self.keys) else None

    # --- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the rows in sight."""
        view = self.viewport().rect()
        with QPainter(self.viewport()) as painter:
            if not self.lines:
                painter.fillRect(event.rect(), theme.current().colour("surface"))
                paint_state(self, painter, view, self._state, _EMPTY)
                return
            self._look_again()
            rows = self._in_sight(event.rect())
            self._paint_cells(painter, rows)
            self._paint_titles(painter, rows)
            self._paint_foot(painter, event.rect(), rows)
            self._paint_head(painter)
            if self._state.has_strip:
                paint_strip(painter, view, self._state, self)

    def _look_again(self) -> None:
        self._pictures.fit(Widths(self._column(), self._strip_width(), self.devicePixelRatioF()))

    def _in_sight(self, rect: QRect) -> Sequence[tuple[int, int]]:
        """Rows that a part of the viewport shows, each with where it begins."""
        high = theme.current().px(ROW)
        top = theme.current().px(HEAD) - self.verticalScrollBar().value()
        first = max((rect.top() - top) // high, 0)
        last = min((rect.bottom() - top) // high, len(self.lines) - 1)
        return [(row, top + high * row) for row in range(first, last + 1)]

    def _paint_cells(self, painter: QPainter, rows: Sequence[tuple[int, int]]) -> None:
        look = theme.current()
        left, wide = look.px(LABEL) - self.horizontalScrollBar().value(), self._strip_width()
        for row, top in rows:
            if len(rows) <= matrix_pictures.KEPT:
                painter.drawPixmap(left, top, self._pictures.strip(row, self.lines[row]))
            else:
                painter.fillRect(left, top, wide, look.px(ROW), look.colour("surface"))
                self._pictures.paint_line(painter, self.lines[row], left, top)
        if self.place[1]:
            painter.setPen(QPen(look.colour("accent" if self.hasFocus() else "muted"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect_of(*self.place).adjusted(1, 1, -2, -2))

    def _strip_width(self) -> int:
        """A row's width without its title: to the edge of the viewport at least."""
        return max(self._column() * len(self.keys), self.viewport().width() - theme.current().px(LABEL))

    def _paint_titles(self, painter: QPainter, rows: Sequence[tuple[int, int]]) -> None:
        current = "accent_soft" if self.hasFocus() else "surface_2"
        for row, top in rows:
            ground = current if row == self.place[0] else "surface"
            painter.drawPixmap(0, top, self._pictures.title(row, self.lines[row].title, ground))

    def _paint_foot(self, painter: QPainter, rect: QRect, rows: Sequence[tuple[int, int]]) -> None:
        """What is below the last row, and the line between names and cells, which goes all the way down."""
        look = theme.current()
        end = rows[-1][1] + look.px(ROW) if rows else rect.top()
        if end <= rect.bottom():
            painter.fillRect(QRect(QPoint(rect.left(), end), rect.bottomRight()), look.colour("surface"))
        painter.fillRect(look.px(LABEL) - 1, rect.top(), 1, rect.height(), look.colour("line"))

    def _paint_head(self, painter: QPainter) -> None:
        look = theme.current()
        label, high, width = look.px(LABEL), look.px(HEAD), self.viewport().width()
        head = self._pictures.head(self._scenario_names, self.place[1])
        painter.fillRect(QRect(0, 0, width, high), look.colour("surface_2"))
        painter.save()
        painter.setClipRect(QRect(label, 0, width, high))
        painter.drawPixmap(label - self.horizontalScrollBar().value(), 0, head)
        painter.restore()
        painter.fillRect(0, high - 1, width, 1, look.colour("line"))

    def _scenario_names(self) -> list[str]:
        """What the columns are called."""
        return [scenario_words(self.picture.season, key) for key in self.keys] if self.picture else list(self.keys)

    # --- keys and mouse --------------------------------------------------------------------------------------------

    def copy(self) -> None:
        """Put all places that are shown on the clipboard, each cell in its words."""
        if self.picture is None or not self.lines:
            return
        season = self.picture.season
        titles = [say("drills.matrix.place"), *self._scenario_names()]
        spoken = partial(_spoken, season.today)
        put_on_clipboard(titles, [[line.title, *map(spoken, line.cells)] for line in self.lines])

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt: copying by the mouse."""
        copying_menu(self, self.copy).popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: arrows and page keys move, Enter opens, Backspace and Escape go back up, Ctrl+C copies."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        key = Qt.Key(event.key())
        page = max(self.viewport().height() // theme.current().px(ROW) - 2, 1)
        moves = _MOVES | {Qt.Key.Key_PageUp: (-page, 0), Qt.Key.Key_PageDown: (page, 0)}
        if key in moves and self.lines:
            down, across = moves[key]
            self.go_to(self.place[0] + down, self.place[1] + across)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.lines:
            self.go_to(0 if key == Qt.Key.Key_Home else len(self.lines) - 1, self.place[1])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Escape) and self.is_drilled_down:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def go_to(self, row: int, column: int) -> None:
        """Move to a cell and bring it into sight."""
        self.place = (min(max(row, 0), len(self.lines) - 1), min(max(column, 0), len(self.keys)))
        look, at = theme.current(), self.rect_of(*self.place)
        for bar, low, first, last, size in (
            (self.verticalScrollBar(), look.px(HEAD), at.top(), at.bottom(), self.viewport().height()),
            (self.horizontalScrollBar(), look.px(LABEL), at.left(), at.right(), self.viewport().width()),
        ):
            if bar is self.horizontalScrollBar() and not self.place[1]:
                continue
            if first < low:
                bar.setValue(bar.value() + first - low)
            elif last > size:
                bar.setValue(bar.value() + last - size + 1)
        self.viewport().update()
        if self.current is not None:
            self.picked.emit(*self.current)

    def _open(self) -> None:
        if self.current is not None:
            self.opened.emit(*self.current)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: a cell is gone to."""
        place = self.place_at(event.position().toPoint())
        if place is not None:
            self.go_to(*place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt: a cell opens."""
        if self.place_at(event.position().toPoint()) is not None:
            self._open()

    def viewportEvent(self, event: QEvent) -> bool:
        """Qt: what is under the pointer, in words."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), tip(self.tip(event.pos())), self.viewport())
            return True
        return super().viewportEvent(event)

    def tip(self, at: QPoint) -> str:
        """The words of a tool tip: a scenario's whole name over the columns, place, scenario and state on a cell."""
        if self.picture is None:
            return ""
        season = self.picture.season
        if at.y() < theme.current().px(HEAD):
            column = (at.x() - theme.current().px(LABEL) + self.horizontalScrollBar().value()) // self._column()
            is_over = at.x() >= theme.current().px(LABEL) and column < len(self.keys)
            return scenario_words(season, self.keys[column]) if is_over else ""
        place = self.place_at(at)
        cell = self.lines[place[0]].cells[place[1] - 1] if place is not None and place[1] else None
        if place is None or cell is None:
            return self.lines[place[0]].title if place is not None else ""
        state = _spoken(season.today, cell)
        return say("drills.debt.spoken", what=debt_words(self._desk, season, cell.debt), late=state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: other widths."""
        super().resizeEvent(event)
        self._set_bars()


def _spoken(today: date, cell: Cell | None) -> str:
    """A cell in words, for those who do not see its shape."""
    if cell is None:
        return ""
    return say(f"drills.cell.{cell.state}", day=day_words(cell.day, today), late=late_words(cell.days))


def cell_words(cell: Cell | None, today: date) -> str:
    """The word or number of a cell; of another year it is the month."""
    if cell is None:
        return ""
    if cell.state in ("paid", "planned"):
        return f"{cell.day.month}-{cell.day.day}" if cell.day.year == today.year else f"{cell.day:%Y-%m}"
    return say("drills.matrix.late", count=cell.days) if cell.days > 0 else say("drills.matrix.left", count=-cell.days)
