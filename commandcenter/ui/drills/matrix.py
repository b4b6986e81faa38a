"""The matrix 矩阵: how every place stands with every scenario. It paints itself, and only what is in sight.

A state is a shape and a word or number: a tick with the day of the drill, a square with the day that is planned, a bar
with the days left, a full bar with the days overdue.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.debts import DRILL_LEVELS
from commandcenter.rules.ordering import natural_key
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.copying import copying_menu, put_on_clipboard
from commandcenter.ui.core.desk import Desk
from commandcenter.ui.core.rowpaint import paint_state, paint_strip
from commandcenter.ui.core.viewstate import LOADING, Empty, ViewState
from commandcenter.ui.drills.picture import Cell, CellState, Picture, Row, owing_rows
from commandcenter.ui.drills.words import (
    day_words,
    debt_words,
    late_words,
    newest,
    place_words,
    scenario_words,
)

HEAD, ROW, LABEL, LEAST, FACE = 96, 28, 158, 80, 96
"""In px at 100 %: the scenarios' names, a row, the places' names, the least width of a column, the most of it that a
state fills."""
_MOVES = {
    Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0),
}  # fmt: skip
_EMPTY = Empty("drills.matrix.empty", "drills.matrix.empty.hint", "village")


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is painted: words are looked up once, not with every repaint."""

    row: Row
    title: str
    cells: tuple[Cell | None, ...]
    words: tuple[str, ...]


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
        self._made_for: tuple[Any, ...] = ()
        self._made: dict[tuple[CellState, str], QPixmap] = {}
        self._cut: dict[tuple[str, float], str] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)

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
        self.lines = [self._line(row, picture) for row in self._rows(picture)]
        self.place = (min(self.place[0], max(len(self.lines) - 1, 0)), min(self.place[1], len(self.keys)))
        self._set_bars()
        self.viewport().update()

    def _line(self, row: Row, picture: Picture) -> Line:
        found = picture.cells[row]
        cells = tuple(found.get(key) for key in self.keys)
        said = tuple(cell_words(each, picture.season.today) for each in cells)
        return Line(row, place_words(self._desk, *row), cells, said)

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
            painter.fillRect(event.rect(), theme.current().colour("surface"))
            if not self.lines:
                paint_state(self, painter, view, self._state, _EMPTY)
                return
            self._paint_cells(painter, event.rect())
            self._paint_titles(painter, event.rect())
            self._paint_head(painter)
            if self._state.has_strip:
                paint_strip(painter, view, self._state, self)

    def _in_sight(self, rect: QRect) -> range:
        look = theme.current()
        top = self.verticalScrollBar().value() - look.px(HEAD)
        first = max((rect.top() + top) // look.px(ROW), 0)
        last = min((rect.bottom() + top) // look.px(ROW), len(self.lines) - 1)
        return range(first, last + 1)

    def _paint_cells(self, painter: QPainter, rect: QRect) -> None:
        look, wide = theme.current(), self._column()
        label, high = look.px(LABEL), look.px(ROW)
        shift = label - self.horizontalScrollBar().value()
        first = max((label - shift) // wide, 0)
        last = min((rect.right() - shift) // wide, len(self.keys) - 1)
        columns = [(column, shift + wide * column) for column in range(first, last + 1)]
        picture_of, hairline = self._pictures(min(wide, look.px(FACE)), high), look.colour("line")
        for row in self._in_sight(rect):
            line, top = self.lines[row], self.rect_of(row, 0).top()
            for column, left in columns:
                cell = line.cells[column]
                if cell is not None:
                    painter.drawPixmap(left, top, picture_of(cell.state, line.words[column]))
            painter.fillRect(0, top + high - 1, rect.right() + 1, 1, hairline)
        if self.place[1]:
            painter.setPen(QPen(look.colour("accent" if self.hasFocus() else "muted"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect_of(*self.place).adjusted(1, 1, -2, -2))

    def _pictures(self, wide: int, high: int) -> Callable[[CellState, str], QPixmap]:
        """What a cell looks like, painted once for all that say the same: text is dear, and few say something else."""
        look, ratio = theme.current(), self.devicePixelRatioF()
        made_for = (look.name, look.scale, wide, high, ratio)
        if made_for != self._made_for:
            self._made_for, self._made = made_for, {}
        made = self._made

        def picture(state: CellState, words: str) -> QPixmap:
            found = made.get((state, words))
            if found is None:
                found = made[state, words] = self._paint_cell(QRect(0, 0, wide, high), state, words, ratio)
            return found

        return picture

    def _paint_cell(self, at: QRect, state: CellState, words: str, ratio: float) -> QPixmap:
        """Shape and word of a state."""
        look = theme.current()
        made = QPixmap(at.size() * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(look.colour("surface"))
        token = {"overdue": "text", "planned": "accent", "soon": "text", "paid": "ok", "owed": "muted"}[state]
        colour, is_late = look.colour(token), state == "overdue"
        size, middle = look.px(10), at.center().y()
        box = QRect(look.px(6), middle - size // 2, size, size)
        with QPainter(made) as painter:
            painter.setPen(QPen(colour, 2))
            if is_late:
                painter.fillRect(at.adjusted(1, 1, -1, -1), look.colour("hover"))
                painter.fillRect(box, colour)
            elif state == "planned":
                painter.drawRect(box.adjusted(1, 1, -1, -1))
            elif state == "paid":
                low = QPoint(box.left() + size // 3, box.bottom())
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.drawPolyline([QPoint(box.left(), middle), low, QPoint(box.right(), box.top())])
            else:
                painter.fillRect(box.left(), middle - look.px(1), size, look.px(3), colour)
            painter.setFont(fonts.font(look.px(look.sizes.caption), fonts.SEMIBOLD if is_late else fonts.NORMAL))
            painter.setPen(look.colour("text") if state in ("planned", "paid") else colour)
            painter.drawText(at.adjusted(look.px(20), 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), words)
        return made

    def _paint_titles(self, painter: QPainter, rect: QRect) -> None:
        look, label, high = theme.current(), theme.current().px(LABEL), theme.current().px(ROW)
        painter.fillRect(QRect(0, rect.top(), label, rect.height()), look.colour("surface"))
        painter.setFont(fonts.font(look.px(look.sizes.body)))
        text, hairline, middle = look.colour("text"), look.colour("line"), int(Qt.AlignmentFlag.AlignVCenter)
        painter.setPen(text)
        for row in self._in_sight(rect):
            at = self.rect_of(row, 0)
            if row == self.place[0]:
                painter.fillRect(at, look.colour("accent_soft" if self.hasFocus() else "surface_2"))
            painter.fillRect(0, at.top() + high - 1, label, 1, hairline)
            painter.drawText(at.adjusted(look.px(10), 0, -look.px(6), 0), middle, self._short(self.lines[row].title))
        painter.fillRect(label - 1, rect.top(), 1, rect.height(), hairline)

    def _short(self, title: str) -> str:
        """A place's name as it fits; cut once."""
        look = theme.current()
        key = (title, look.scale)
        found = self._cut.get(key)
        if found is None:
            metrics = QFontMetrics(fonts.font(look.px(look.sizes.body)))
            room = look.px(LABEL) - look.px(16)
            found = self._cut[key] = metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, room)
        return found

    def _paint_head(self, painter: QPainter) -> None:
        look = theme.current()
        painter.fillRect(QRect(0, 0, self.viewport().width(), look.px(HEAD)), look.colour("surface_2"))
        painter.setFont(fonts.font(look.px(look.sizes.caption)))
        wrapped = int(Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
        painter.save()
        painter.setClipRect(QRect(look.px(LABEL), 0, self.viewport().width(), look.px(HEAD)))
        for column, key in enumerate(self.keys):
            at = self.rect_of(0, column + 1)
            box = QRect(at.left() + look.px(5), look.px(4), at.width() - look.px(7), look.px(HEAD - 6))
            painter.setPen(look.colour("accent" if self.place[1] == column + 1 else "muted"))
            title = scenario_words(self.picture.season, key) if self.picture else key
            painter.drawText(box, wrapped, _fitting(painter, box, wrapped, title))
        painter.restore()
        painter.fillRect(0, look.px(HEAD) - 1, self.viewport().width(), 1, look.colour("line"))

    # --- keys and mouse --------------------------------------------------------------------------------------------

    def copy(self) -> None:
        """Put all places that are shown on the clipboard, each cell in its words."""
        if self.picture is None or not self.lines:
            return
        season = self.picture.season
        titles = [say("drills.matrix.place"), *(scenario_words(season, key) for key in self.keys)]
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
            QToolTip.showText(event.globalPos(), self.tip(event.pos()), self.viewport())
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


def _fitting(painter: QPainter, box: QRect, flags: int, title: str) -> str:
    """As many whole words of a title as its box has lines for; the tool tip says the rest."""
    shown = title
    while painter.boundingRect(box, flags, shown).height() > box.height() and " " in shown:
        shown = shown.rstrip("…").rpartition(" ")[0] + "…"
    return shown


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
