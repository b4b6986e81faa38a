"""Worker × course, painted: a shape and a character for what each has, names and titles that stay in sight.

A row is a picture made when it first comes into sight, so that 5,500 cells scroll like a plain list.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QSizePolicy, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.courses import Course, Matrix, Need, Validity
from commandcenter.ui.core import theme
from commandcenter.ui.core.copying import copying_menu, put_on_clipboard
from commandcenter.ui.core.rowpaint import paint_state, paint_text
from commandcenter.ui.core.viewstate import FILTERED, LOADING, Empty, ViewState
from commandcenter.ui.courses.standings import paint_standing, paint_title, validity_words
from commandcenter.ui.courses.store import title_of

_EMPTY = Empty("courses.matrix.empty", "courses.matrix.empty.hint", "people")
ROW, CELL, WIDEST, HEAD = 30, 42, 64, 132
NAME, PLACE = 84, 128
KEPT = 160
"""Pictures of rows that are kept: some screens full."""


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One worker, in the order of villages and grids."""

    id: str
    name: str
    place: str
    village: str


class MatrixView(QAbstractScrollArea):
    """Signals: ``moved()`` when the cursor is on another cell or cells were chosen; ``opened()`` on Enter."""

    moved = Signal()
    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[MatrixRow, ...] = ()
        self._courses: tuple[Course, ...] = ()
        self._needs: dict[str, Need] = {}
        self._matrix: Matrix | None = None
        self._is_filtered = False
        self._state: ViewState = LOADING
        self._pictures: dict[Any, QPixmap] = {}
        self._strips: OrderedDict[str, QPixmap] = OrderedDict()
        self._heads: QPixmap | None = None
        self._cell = theme.current().px(CELL)
        """Width of a column, in px: wider where there is room."""
        self.at = QPoint(0, 0)
        """The cursor: column and row."""
        self.chosen: frozenset[str] = frozenset()
        """Workers chosen in the column of :attr:`chosen_course`."""
        self.chosen_course: str | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(say("courses.matrix.title"))
        self.verticalScrollBar().setSingleStep(12)
        self.horizontalScrollBar().setSingleStep(12)

    # --- what it shows --------------------------------------------------------------------------------------------

    def show_matrix(self, rows: Sequence[MatrixRow], courses: Sequence[Course], found: Matrix, needs: dict[str, Need],
                    *, is_filtered: bool) -> None:  # fmt: skip
        """Show these; cursor and what is chosen stay while they are there."""
        cursor = self.cell
        self._rows, self._courses, self._matrix, self._needs = tuple(rows), tuple(courses), found, needs
        self._is_filtered = is_filtered
        self._heads = None
        self._strips.clear()
        ids = {row.id: at for at, row in enumerate(self._rows)}
        places = {course.id: at for at, course in enumerate(self._courses)}
        self.chosen &= ids.keys()
        if self.chosen_course not in places:
            self.chosen, self.chosen_course = frozenset(), None
        if cursor is not None:
            self.at = QPoint(places.get(cursor[1], self.at.x()), ids.get(cursor[0], self.at.y()))
        self.at = QPoint(min(self.at.x(), max(len(courses) - 1, 0)), min(self.at.y(), max(len(rows) - 1, 0)))
        self._measure()
        self.viewport().update()
        self.moved.emit()

    def set_state(self, state: ViewState) -> None:
        """Being read, old or unreadable."""
        self._state = state
        self.viewport().update()

    @property
    def cell(self) -> tuple[str, str] | None:
        """Worker and course under the cursor."""
        if not self._rows or not self._courses:
            return None
        column, row = min(self.at.x(), len(self._courses) - 1), min(self.at.y(), len(self._rows) - 1)
        return self._rows[row].id, self._courses[column].id

    @property
    def course(self) -> str | None:
        """The course of the cursor's column."""
        cell = self.cell
        return cell[1] if cell else None

    def shown(self) -> list[str]:
        """The workers in sight of the filter, in their order."""
        return [row.id for row in self._rows]

    # --- choosing -------------------------------------------------------------------------------------------------

    def choose(self, course: str, workers: Sequence[str]) -> None:
        """Choose these workers' cells in the column of a course."""
        before = self.chosen
        moves = course != self.chosen_course
        self.chosen_course, self.chosen = course, frozenset(workers)
        for worker in before | self.chosen if moves else before ^ self.chosen:
            self._strips.pop(worker, None)
        self.viewport().update()
        self.moved.emit()

    def turn(self) -> None:
        """Choose the cell under the cursor, or not any more; one column at a time, and gaps alone."""
        cell = self.cell
        if cell is None or self._matrix is None or not self._matrix.of(*cell).is_gap:
            return
        worker, course = cell
        kept = self.chosen if self.chosen_course == course else frozenset()
        self.choose(course, [*(kept ^ {worker})])

    def choose_gaps(self) -> None:
        """Choose every open gap of the column; press again to let go."""
        course = self.course
        if course is None or self._matrix is None:
            return
        wanted = [row.id for row in self._rows if self._matrix.of(row.id, course).is_open]
        self.choose(course, [] if self.chosen_course == course and self.chosen == set(wanted) else wanted)

    def move_to(self, column: int, row: int) -> None:
        """Put the cursor on a cell, and bring it into sight."""
        if not self._rows or not self._courses:
            return
        before = self._rect_of(self.at)
        self.at = QPoint(min(max(column, 0), len(self._courses) - 1), min(max(row, 0), len(self._rows) - 1))
        look = theme.current()
        vertical, horizontal = self.verticalScrollBar(), self.horizontalScrollBar()
        top, room = self.at.y() * look.px(ROW), self.viewport().height() - look.px(HEAD)
        if top < vertical.value():
            vertical.setValue(top)
        elif top + look.px(ROW) > vertical.value() + room:
            vertical.setValue(top + look.px(ROW) - room)
        left, wide = self.at.x() * self._cell, self.viewport().width() - self._left()
        if left < horizontal.value():
            horizontal.setValue(left)
        elif left + self._cell > horizontal.value() + wide:
            horizontal.setValue(left + self._cell - wide)
        self.viewport().update(before)
        self.viewport().update(self._rect_of(self.at))
        self.moved.emit()

    def copy(self) -> None:
        """Put the rows in sight of the filter (the chosen workers, where some are) on the clipboard, in words."""
        matrix = self._matrix
        if matrix is None or not self._rows:
            return
        titles = [say("courses.matrix.name"), say("courses.matrix.place"), *map(title_of, self._courses)]
        lines = [
            [row.name, row.place, *(validity_words(matrix.of(row.id, each.id)) for each in self._courses)]
            for row in self._rows if not self.chosen or row.id in self.chosen
        ]  # fmt: skip
        put_on_clipboard(titles, lines)

    # --- Qt -------------------------------------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt: copying by the mouse."""
        copying_menu(self, self.copy).popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: arrows and pages move the cursor, Space chooses, Enter opens, Ctrl+C copies."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        page = max((self.viewport().height() - theme.current().px(HEAD)) // theme.current().px(ROW) - 1, 1)
        steps = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
            Qt.Key.Key_PageUp: (0, -page), Qt.Key.Key_PageDown: (0, page), Qt.Key.Key_Home: (0, -len(self._rows)),
            Qt.Key.Key_End: (0, len(self._rows)),
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            self.move_to(self.at.x() + step[0], self.at.y() + step[1])
        elif event.key() == Qt.Key.Key_Space:
            self.turn()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Escape and self.chosen:
            self.choose(self.chosen_course or "", [])
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: a cell takes the cursor and is chosen; a title chooses the gaps of its column."""
        at = event.position().toPoint()
        found = self._cell_at(at)
        self.setFocus()
        if found is None:
            return
        column, row = found
        if row < 0:
            self.move_to(column, self.at.y())
            self.choose_gaps()
        else:
            self.move_to(column, row)
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier or self.chosen:
                self.turn()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt: open the worker."""
        found = self._cell_at(event.position().toPoint())
        if found is not None and found[1] >= 0:
            self.opened.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: another part is in sight."""
        super().resizeEvent(event)
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        """Qt: another look or language."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange, QEvent.Type.LanguageChange):
            self._pictures.clear()
            self._strips.clear()
            self._heads = None
            self._measure()
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: cells, names, titles."""
        look, viewport = theme.current(), self.viewport()
        painter = QPainter(viewport)
        painter.fillRect(event.rect(), look.colour("surface"))
        empty = None
        if not self._rows or not self._courses:
            empty = FILTERED if self._is_filtered else _EMPTY
        else:
            self._paint_rows(painter, event.rect())
            self._paint_heads(painter)
        paint_state(viewport, painter, viewport.rect(), self._state, empty)
        painter.end()

    # --- painting -------------------------------------------------------------------------------------------------

    def _left(self) -> int:
        return theme.current().px(NAME + PLACE)

    def _measure(self) -> None:
        look = theme.current()
        room = (self.viewport().width() - self._left()) // max(len(self._courses), 1)
        cell = max(look.px(CELL), min(room, look.px(WIDEST)))
        if cell != self._cell:
            self._cell = cell
            self._pictures.clear()
            self._strips.clear()
            self._heads = None
        high = len(self._rows) * look.px(ROW) - (self.viewport().height() - look.px(HEAD))
        wide = len(self._courses) * self._cell - (self.viewport().width() - self._left())
        for bar, size in ((self.verticalScrollBar(), high), (self.horizontalScrollBar(), wide)):
            bar.setRange(0, max(size, 0))
        self.verticalScrollBar().setPageStep(max(self.viewport().height() - look.px(HEAD), 1))
        self.horizontalScrollBar().setPageStep(max(self.viewport().width() - self._left(), 1))

    def _rect_of(self, at: QPoint) -> QRect:
        """The whole row of the cursor and its column's head."""
        look = theme.current()
        top = look.px(HEAD) + at.y() * look.px(ROW) - self.verticalScrollBar().value()
        return QRect(0, top - 1, self.viewport().width(), look.px(ROW) + 2)

    def _cell_at(self, at: QPoint) -> tuple[int, int] | None:
        look = theme.current()
        column = (at.x() - self._left() + self.horizontalScrollBar().value()) // self._cell
        row = (at.y() - look.px(HEAD) + self.verticalScrollBar().value()) // look.px(ROW)
        if at.y() < look.px(HEAD):
            row = -1
        if at.x() < self._left():
            column = self.at.x()
        return (column, row) if 0 <= column < len(self._courses) and row < len(self._rows) else None

    def _paint_rows(self, painter: QPainter, dirty: QRect) -> None:
        look = theme.current()
        height, left, head = look.px(ROW), self._left(), look.px(HEAD)
        scroll, across = self.verticalScrollBar().value(), self.horizontalScrollBar().value()
        width, ratio = self.viewport().width(), self.devicePixelRatioF()
        wide, line = self._cell * len(self._courses), look.colour("line")
        first = max((max(dirty.top(), head) - head + scroll) // height, 0)
        last = min((dirty.bottom() - head + scroll) // height, len(self._rows) - 1)
        for at in range(first, last + 1):
            top = head + at * height - scroll
            if at == self.at.y():
                painter.fillRect(0, top, width, height, look.colour("hover"))
            strip = self._strip(at, ratio)
            # The names stand, the cells move under them.
            painter.drawPixmap(QRect(0, top, left, height), strip, QRect(0, 0, round(left * ratio), strip.height()))
            shown = min(width - left, wide - across)
            cells = QRect(round((left + across) * ratio), 0, round(shown * ratio), strip.height())
            painter.drawPixmap(QRect(left, top, shown, height), strip, cells)
            painter.fillRect(left + shown, top, width - left - shown, 1, line)
        self._paint_cursor(painter, head, left, across, scroll)

    def _paint_cursor(self, painter: QPainter, head: int, left: int, across: int, scroll: int) -> None:
        look = theme.current()
        cell, height = self._cell, look.px(ROW)
        rect = QRect(left + self.at.x() * cell - across, head + self.at.y() * height - scroll, cell, height)
        if rect.left() < left:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.colour("accent" if self.hasFocus() else "control"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(rect).adjusted(2, 2, -2, -1), look.px(4), look.px(4))

    def _strip(self, at: int, ratio: float) -> QPixmap:
        """The picture of a row: name, place, cells."""
        row = self._rows[at]
        found = self._strips.get(row.id)
        look = theme.current()
        left, cell, height = self._left(), self._cell, look.px(ROW)
        wide = left + cell * len(self._courses)
        if found is not None and found.width() == round(wide * ratio):
            self._strips.move_to_end(row.id)
            return found
        made = QPixmap(round(wide * ratio), round(height * ratio))
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        for column, course in enumerate(self._courses):
            self._paint_cell(painter, QRect(left + column * cell, 0, cell, height), row.id, course.id)
        is_new_village = bool(at) and self._rows[at - 1].village != row.village
        painter.fillRect(0, 0, wide, 1, look.colour("control" if is_new_village else "line"))
        self._paint_name(painter, row, 0, height)
        painter.end()
        self._strips[row.id] = made
        while len(self._strips) > KEPT:
            self._strips.popitem(last=False)
        return made

    def _paint_name(self, painter: QPainter, row: MatrixRow, top: int, height: int) -> None:
        look = theme.current()
        name = QRect(look.space(3), top, look.px(NAME) - look.space(3), height)
        place = QRect(look.px(NAME) + look.space(1), top, look.px(PLACE) - look.space(2), height)
        paint_text(painter, name, row.name)
        paint_text(painter, place, row.place, token="muted", pixels=look.sizes.caption)

    def _paint_cell(self, painter: QPainter, rect: QRect, worker: str, course: str) -> None:
        assert self._matrix is not None
        found = self._matrix.of(worker, course)
        is_chosen = course == self.chosen_course and worker in self.chosen
        is_booked = found.booked is not None and found.is_gap
        painter.drawPixmap(rect.topLeft(), self._picture(found.validity, is_booked, is_chosen))

    def _picture(self, state: Validity, is_booked: bool, is_chosen: bool) -> QPixmap:
        ratio = self.devicePixelRatioF()
        key = (state, is_booked, is_chosen, ratio)
        if key not in self._pictures:
            look = theme.current()
            size = (self._cell, look.px(ROW))
            made = QPixmap(round(size[0] * ratio), round(size[1] * ratio))
            made.setDevicePixelRatio(ratio)
            made.fill(look.colour("accent_soft") if is_chosen else Qt.GlobalColor.transparent)
            painter = QPainter(made)
            paint_standing(painter, QRect(0, 0, *size), state, is_booked=is_booked)
            painter.end()
            self._pictures[key] = made
        return self._pictures[key]

    def _paint_heads(self, painter: QPainter) -> None:
        """Titles over their columns, and under each how many lack it; they scroll across and stay at the top."""
        look = theme.current()
        head, left, cell = look.px(HEAD), self._left(), self._cell
        ratio = self.devicePixelRatioF()
        if self._heads is None or self._heads.devicePixelRatioF() != ratio:
            self._heads = self._draw_heads(ratio)
        painter.fillRect(0, 0, self.viewport().width(), head, look.colour("surface_2"))
        painter.save()
        painter.setClipRect(QRect(left, 0, self.viewport().width() - left, head))
        across = self.horizontalScrollBar().value()
        painter.fillRect(left + self.at.x() * cell - across, 0, cell, head, look.colour("hover"))
        painter.drawPixmap(left - across, 0, self._heads)
        painter.restore()
        painter.fillRect(0, head - 1, self.viewport().width(), 1, look.colour("control"))
        foot = QRect(look.space(3), head - look.px(24), left - look.space(3), look.px(22))
        paint_text(painter, foot, say("courses.matrix.people", count=len(self._rows)), token="muted",
                   pixels=look.sizes.caption)  # fmt: skip

    def _draw_heads(self, ratio: float) -> QPixmap:
        look = theme.current()
        cell, head = self._cell, look.px(HEAD)
        made = QPixmap(max(round(cell * len(self._courses) * ratio), 1), round(head * ratio))
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        for at, course in enumerate(self._courses):
            rect = QRect(at * cell, 0, cell, head)
            title = QRect(rect.left() + 1, look.px(6), cell - 2, head - look.px(32))
            paint_title(painter, title, title_of(course))
            need = self._needs.get(course.id)
            foot = QRect(rect.left(), head - look.px(24), cell, look.px(22))
            lacking = need.open if need else 0
            paint_text(painter, foot, str(lacking or "–"), is_strong=bool(lacking),
                       token="text" if lacking else "muted", align=Qt.AlignmentFlag.AlignHCenter)  # fmt: skip
            painter.fillRect(rect.left(), 0, 1, head, look.colour("line"))
        painter.end()
        return made
