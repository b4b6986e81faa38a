"""The list under a field while it is typed in: it never takes the focus, the field's own keys move it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from commandcenter.rules.finding import Span
from commandcenter.ui.core import theme
from commandcenter.ui.core.fields import LineEdit, TextBox
from commandcenter.ui.core.rowpaint import paint_text
from commandcenter.ui.core.widgets import cap_width, paint_cap

_ROW, _GAP, _NARROW = 32, 2, 340
_RIGHT = Qt.AlignmentFlag.AlignRight
_MOVES = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.LayoutRequest)
_STEPS: dict[int, int] = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_TAKES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A row: what it is, what explains it, a key cap before it, and which parts of the title were matched."""

    title: str
    detail: str = ""
    mark: str = ""
    spans: tuple[Span, ...] = ()


class SuggestionList(QWidget):
    """Floats over the form below its field. Up and Down move the mark, Enter and Tab take the marked row; whether a
    row is marked from the start is said by :meth:`offer`.

    Signals: ``taken(place)`` when a row was chosen.
    """

    taken = Signal(int)

    def __init__(self, field: LineEdit | TextBox, host: QWidget) -> None:
        """``host`` is the widget over which the list floats; ``field`` lies in it."""
        super().__init__(host)
        self._host = host
        self.setObjectName("suggestions")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self._field = field
        self._rows: tuple[Suggestion, ...] = ()
        self._marked = -1
        self.hide()
        self._is_watching = False
        field.installEventFilter(self)
        host.installEventFilter(self)

    @property
    def rows(self) -> tuple[Suggestion, ...]:
        """What is offered; empty while the list is hidden."""
        return self._rows if self.isVisibleTo(self._host) else ()

    @property
    def marked(self) -> int:
        """The place of the marked row, -1 when none is."""
        return self._marked if self.rows else -1

    def offer(self, rows: Sequence[Suggestion], *, marked: int = 0) -> None:
        """Show these rows, or hide when there are none."""
        self._rows = tuple(rows)
        self._marked = min(marked, len(self._rows) - 1)
        if not self._rows or not self._field.hasFocus():
            self.hide()
            return
        self._watch()
        self._place()
        self.show()
        self.raise_()
        self.update()

    def move_mark(self, by: int) -> None:
        """Mark the row above or below, round and round."""
        if self.rows:
            start = self._marked if self._marked >= 0 or by > 0 else 0
            self._marked = (start + by) % len(self._rows)
            self.update()

    def take_marked(self) -> bool:
        """Choose the marked row; whether there was one."""
        if self.marked < 0:
            return False
        self._take(self._marked)
        return True

    def _key(self, event: QKeyEvent) -> bool:
        """Let the list answer a key of its field; whether it did."""
        if not self.rows:
            return False
        if event.key() in _STEPS:
            self.move_mark(_STEPS[event.key()])
            return True
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return event.key() in _TAKES and is_plain and self.take_marked()

    # --- drawing ------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Qt: as wide as the field, but never too narrow to read; as high as its rows."""
        look = theme.current()
        return QSize(max(self._field.width(), look.px(_NARROW)), look.px(_ROW) * len(self._rows) + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: the frame and the rows."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.colour("control"), 1))
        painter.setBrush(look.colour("surface"))
        frame = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, look.px(look.sizes.radius), look.px(look.sizes.radius))
        for place, row in enumerate(self._rows):
            self._paint_row(painter, self._rect_of(place), row, is_marked=place == self._marked)
        painter.end()

    def _paint_row(self, painter: QPainter, rect: QRect, row: Suggestion, *, is_marked: bool) -> None:
        look = theme.current()
        if is_marked:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("accent_soft"))
            painter.drawRoundedRect(rect.adjusted(3, 2, -3, -2), look.px(4), look.px(4))
        inside = rect.adjusted(look.px(12), 0, -look.px(12), 0)
        if is_marked:
            cap = QRect(inside.right() - cap_width("Enter"), inside.top(), cap_width("Enter"), inside.height())
            paint_cap(painter, cap, "Enter", look.colour("accent"), look.colour("accent"))
            inside.setRight(cap.left() - look.px(8))
        if row.mark:
            cap = QRect(inside.left(), inside.top(), cap_width(row.mark), inside.height())
            paint_cap(painter, cap, row.mark, look.colour("muted"), look.colour("line"))
            inside.setLeft(cap.right() + look.px(8))
        room = QRect(inside)
        room.setLeft(inside.left() + inside.width() // 2)
        width = paint_text(painter, room, row.detail, token="muted", pixels=look.sizes.caption, align=_RIGHT)
        inside.setRight(inside.right() - width - look.px(12) * bool(row.detail))
        _paint_title(painter, inside, row)

    def _rect_of(self, place: int) -> QRect:
        height = theme.current().px(_ROW)
        return QRect(0, 1 + place * height, self.width(), height)

    # --- place, mouse, focus -------------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Whatever lies between field and host may move them against each other: scrolling, a strip that unfolds."""
        between = None if self._is_watching else self._field.parentWidget()
        self._is_watching = True
        while between is not None and between is not self._host:
            between.installEventFilter(self)
            between = between.parentWidget()

    def _place(self) -> None:
        """Below the field, above it where the host ends, and never over its right edge."""
        size = self.sizeHint()
        at = self._field.mapTo(self._host, QPoint(0, self._field.height() + _GAP))
        if at.y() + size.height() > self._host.height():
            at.setY(max(0, at.y() - self._field.height() - size.height() - 2 * _GAP))
        right = self._field.mapTo(self._host, QPoint(self._field.width(), 0)).x()
        at.setX(max(0, min(at.x(), right - size.width())))
        self.setGeometry(QRect(at, size))

    def _take(self, place: int) -> None:
        self.hide()
        self.taken.emit(place)

    def _row_at(self, point: QPoint) -> int:
        return next((place for place in range(len(self._rows)) if self._rect_of(place).contains(point)), -1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: mark what would be chosen."""
        self._marked = self._row_at(event.position().toPoint())
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: choose."""
        if (place := self._row_at(event.position().toPoint())) >= 0:
            self._take(place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: the keys of the field while something is offered, and what moves or ends the list."""
        kind = event.type()
        if watched is self._field and kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return not self._field.is_composing and self._key(event)
        if watched is self._field and kind == QEvent.Type.FocusOut:
            self.hide()
        elif kind in _MOVES and self.isVisible():
            self._place()
        return False


def _paint_title(painter: QPainter, rect: QRect, row: Suggestion) -> None:
    """The title with its matched parts in the colour of the accent, cut off where it does not fit."""
    rest = QRect(rect)
    for text, is_match in _pieces(row):
        token = "accent" if is_match else "text"
        rest.setLeft(rest.left() + paint_text(painter, rest, text, token=token, is_strong=is_match))


def _pieces(row: Suggestion) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    end = 0
    for first, last in row.spans:
        pieces += [(row.title[end:first], False), (row.title[first:last], True)]
        end = last
    pieces.append((row.title[end:], False))
    return [piece for piece in pieces if piece[0]]
