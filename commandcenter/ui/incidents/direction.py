"""The direction of a call-out: upward to who can solve it (格呼村应), downward to who must be reached (叫应)."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.incidents import Direction
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.tips import tip
from commandcenter.ui.incidents import painting

_DIRECTIONS: tuple[Direction, ...] = ("up", "down")
_ARROWS: dict[Direction, str] = {"up": "↑", "down": "↓"}


class DirectionSwitch(QWidget):
    """Two quiet segments; the accent is left to the next step.

    Signals: ``chosen(direction)`` when the officer switched.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.direction: Direction = "up"
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def choose(self, direction: Direction) -> None:
        """Choose without ``chosen``."""
        self.direction = direction
        self.setAccessibleName(say(f"incidents.direction.{direction}.hint"))
        self.update()

    def _words(self, direction: Direction) -> str:
        return f"{_ARROWS[direction]} {say(f'incidents.direction.{direction}')}"

    def _widths(self) -> list[int]:
        how = painting.ink(theme.current(), weight=fonts.SEMIBOLD)
        return [round(how.width(self._words(each))) + theme.current().px(16) for each in _DIRECTIONS]

    def sizeHint(self) -> QSize:
        """Qt: both segments."""
        return QSize(sum(self._widths()), theme.current().px(26))

    def _segments(self) -> list[QRectF]:
        first, second = self._widths()
        return [QRectF(0, 0, first, self.height()), QRectF(first, 0, second, self.height())]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the segments."""
        shown = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(shown.colour("accent" if self.hasFocus() else "line"), 2 if self.hasFocus() else 1))
        painter.setBrush(shown.colour("surface"))
        painter.drawRoundedRect(frame, shown.px(5), shown.px(5))
        for direction, rect in zip(_DIRECTIONS, self._segments(), strict=True):
            is_chosen = direction == self.direction
            if is_chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(shown.colour("line"))
                painter.drawRoundedRect(rect.adjusted(2, 2, -2, -2), shown.px(4), shown.px(4))
            token = "disabled" if not self.isEnabled() else "text" if is_chosen else "muted"
            weight = fonts.SEMIBOLD if is_chosen else fonts.NORMAL
            how = painting.ink(shown, token, 13, weight)
            painting.write(painter, rect, self._words(direction), how, painting.CENTRE)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt: the segment under the mouse."""
        direction = self._at(event.position().toPoint())
        if direction is not None and event.button() == Qt.MouseButton.LeftButton:
            self._switch(direction)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: the arrows."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._switch("up" if self.direction == "down" else "down")
        else:
            super().keyPressEvent(event)

    def helpEvent(self, event: QHelpEvent) -> None:
        """What the segment under the mouse means."""
        direction = self._at(event.pos())
        if direction is not None:
            QToolTip.showText(event.globalPos(), tip(say(f"incidents.direction.{direction}.hint")), self)

    def event(self, event: object) -> bool:
        """Qt: tool tips differ by segment."""
        if isinstance(event, QHelpEvent) and event.type() == event.Type.ToolTip:
            self.helpEvent(event)
            return True
        return super().event(event)  # type: ignore[arg-type]

    def _at(self, place: QPoint) -> Direction | None:
        pairs = zip(_DIRECTIONS, self._segments(), strict=True)
        return next((direction for direction, rect in pairs if rect.contains(place)), None)

    def _switch(self, direction: Direction) -> None:
        if direction != self.direction:
            self.choose(direction)
            self.chosen.emit(direction)
