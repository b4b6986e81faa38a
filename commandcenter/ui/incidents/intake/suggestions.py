"""The list under a field while it is typed in: it never takes the focus, the field's own keys move it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from commandcenter.rules.finding import Span
from commandcenter.ui.core import theme

_ROW = 32
_EDGE = 6


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A row: what it is, what explains it, a key cap before it, and which parts of the title were matched."""

    title: str
    detail: str = ""
    mark: str = ""
    spans: tuple[Span, ...] = ()


class SuggestionList(QWidget):
    """Floats over the form below its field. ``take`` is called with the place of the row that was chosen.

    Up and Down move, Enter takes the marked row; whether a row is marked from the start is said by :meth:`offer`.
    """

    taken = Signal(int)

    def __init__(self, field: QWidget, host: QWidget) -> None:
        """``host`` is the widget over which the list floats; ``field`` lies in it."""
        super().__init__(host)
        self.setObjectName("suggestions")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self._field = field
        self._rows: tuple[Suggestion, ...] = ()
        self._marked = -1
        self.hide()
        field.installEventFilter(self)
        host.installEventFilter(self)

    @property
    def rows(self) -> tuple[Suggestion, ...]:
        """What is offered; empty while the list is hidden."""
        return self._rows if self.isVisibleTo(self.parentWidget()) else ()

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
        self._place()
        self.show()
        self.raise_()
        self.update()

    def move_mark(self, by: int) -> None:
        """Mark the row above or below, round and round."""
        if self.rows:
            self._marked = (self._marked + by) % len(self._rows) if self._marked >= 0 else (0 if by > 0 else -1)
            self._marked %= len(self._rows)
            self.update()

    def take_marked(self) -> bool:
        """Choose the marked row; whether there was one."""
        if self.marked < 0:
            return False
        self._take(self._marked)
        return True

    def key(self, event: QKeyEvent) -> bool:
        """Let the list answer a key of its field; whether it did."""
        if not self.rows:
            return False
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if event.key() in steps:
            self.move_mark(steps[Qt.Key(event.key())])
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return self.take_marked()
        return False

    # --- drawing ------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        look = theme.current()
        return QSize(self._field.width(), look.px(_ROW) * len(self._rows) + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.colour("control"), 1))
        painter.setBrush(look.colour("surface"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), look.px(_EDGE), look.px(_EDGE))
        for place, row in enumerate(self._rows):
            self._paint_row(painter, self._rect_of(place), row, place == self._marked)

    def _paint_row(self, painter: QPainter, rect: QRect, row: Suggestion, is_marked: bool) -> None:
        look = theme.current()
        if is_marked:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("accent_soft"))
            painter.drawRoundedRect(rect.adjusted(3, 2, -3, -2), look.px(4), look.px(4))
        inside = rect.adjusted(look.px(12), 0, -look.px(12), 0)
        if row.mark:
            inside.setLeft(inside.left() + self._paint_mark(painter, inside, row.mark) + look.px(8))
        right = self._paint_detail(painter, inside, row.detail)
        inside.setRight(inside.right() - right)
        _paint_title(painter, inside, row, self.font(), look.colour("text"), look.colour("accent"))

    def _paint_mark(self, painter: QPainter, rect: QRect, mark: str) -> int:
        look = theme.current()
        painter.setFont(_sized(self.font(), look.px(look.sizes.caption)))
        width = max(look.px(20), painter.fontMetrics().horizontalAdvance(mark) + look.px(8))
        box = QRect(rect.left(), rect.center().y() - look.px(10), width, look.px(20))
        painter.setPen(QPen(look.colour("line"), 1))
        painter.setBrush(look.colour("surface_2"))
        painter.drawRoundedRect(box, look.px(4), look.px(4))
        painter.setPen(look.colour("muted"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark)
        return width

    def _paint_detail(self, painter: QPainter, rect: QRect, detail: str) -> int:
        """Draw the explanation at the right; returns the width that it takes."""
        if not detail:
            return 0
        look = theme.current()
        painter.setFont(_sized(self.font(), look.px(look.sizes.caption)))
        painter.setPen(look.colour("muted"))
        room = rect.width() // 2
        text = painter.fontMetrics().elidedText(detail, Qt.TextElideMode.ElideRight, room)
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        return painter.fontMetrics().horizontalAdvance(text) + look.px(12)

    def _rect_of(self, place: int) -> QRect:
        height = theme.current().px(_ROW)
        return QRect(0, 1 + place * height, self.width(), height)

    # --- place, mouse, focus -------------------------------------------------------------------------------------

    def _place(self) -> None:
        host = self.parentWidget()
        below = self._field.mapTo(host, QPoint(0, self._field.height() + 2))
        self.setGeometry(QRect(below, self.sizeHint()))

    def _take(self, place: int) -> None:
        self.hide()
        self.taken.emit(place)

    def _row_at(self, point: QPoint) -> int:
        return next((place for place in range(len(self._rows)) if self._rect_of(place).contains(point)), -1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._marked = self._row_at(event.position().toPoint())
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (place := self._row_at(event.position().toPoint())) >= 0:
            self._take(place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and watched is self._field:
            self.hide()
        elif event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)


def _sized(font: QFont, pixels: int) -> QFont:
    made = QFont(font)
    made.setPixelSize(pixels)
    return made


def _paint_title(painter: QPainter, rect: QRect, row: Suggestion, font: QFont, ink: QColor, mark: QColor) -> None:
    """The title with its matched parts in the colour of the accent, cut off where it does not fit."""
    strong = QFont(font)
    strong.setWeight(QFont.Weight.DemiBold)
    left = rect.left()
    for text, is_match in _pieces(row):
        painter.setFont(strong if is_match else font)
        painter.setPen(mark if is_match else ink)
        metrics = QFontMetrics(painter.font())
        room = rect.right() - left
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(left, rect.top(), room, rect.height()), Qt.AlignmentFlag.AlignVCenter, shown)
        left += metrics.horizontalAdvance(shown)
        if shown != text:
            return


def _pieces(row: Suggestion) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    end = 0
    for first, last in row.spans:
        pieces += [(row.title[end:first], False), (row.title[first:last], True)]
        end = last
    pieces.append((row.title[end:], False))
    return [piece for piece in pieces if piece[0]]
