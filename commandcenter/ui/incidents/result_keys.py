"""The legend of the result keys: nine caps with their words, each a button for the person whose turn it is."""

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import theme
from commandcenter.ui.core.widgets import cap_width, paint_cap
from commandcenter.ui.incidents import painting
from commandcenter.ui.incidents.call_rows import RESULT_KEYS

_CELL, _ROW = 76, 24


class ResultKeys(QWidget):
    """Shows which digit records what.

    Signals: ``chosen(result)`` on a click; the digits themselves are actions.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hovered = ""
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _columns(self, width: int) -> int:
        fitting = max(3, int(width // self._cell_width()))
        return 9 if fitting >= 9 else 5 if fitting >= 5 else 3

    def _cell_width(self) -> float:
        """As wide as the longest word with its cap."""
        shown = theme.current()
        how = painting.ink(shown, "text", shown.sizes.caption)
        longest = max(how.width(say(f"incidents.key.{result}")) for result in RESULT_KEYS.values())
        return cap_width("9") + shown.px(12) + longest

    def sizeHint(self) -> QSize:
        """Qt: two rows of five."""
        return QSize(theme.current().px(5 * _CELL), self.heightForWidth(theme.current().px(5 * _CELL)))

    def minimumSizeHint(self) -> QSize:
        """Qt: three columns."""
        return QSize(theme.current().px(3 * 60), theme.current().px(_ROW))

    def heightForWidth(self, width: int) -> int:
        """Qt: as many rows as nine need."""
        rows = -(-len(RESULT_KEYS) // self._columns(width))
        return rows * theme.current().px(_ROW)

    def _cells(self) -> dict[str, QRect]:
        columns, height = self._columns(self.width()), theme.current().px(_ROW)
        width = self.width() // columns
        return {
            key: QRect(place % columns * width, place // columns * height, width, height)
            for place, key in enumerate(RESULT_KEYS)
        }

    def _key_at(self, at: QPoint) -> str:
        return next((key for key, rect in self._cells().items() if rect.contains(at)), "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the caps and words."""
        shown = theme.current()
        painter = QPainter(self)
        for key, rect in self._cells().items():
            lit = key == self._hovered and self.isEnabled()
            if lit:
                painter.fillRect(rect.adjusted(0, 1, 0, -1), shown.colour("hover"))
            token = "text" if self.isEnabled() else "disabled"
            cap = QRect(rect.left() + 2, rect.top(), cap_width(key), rect.height())
            paint_cap(painter, cap, key, shown.colour("accent" if lit else token), shown.colour("control"))
            box = QRectF(cap.right() + shown.px(5), rect.top(), rect.right() - cap.right() - shown.px(6), rect.height())
            name = say(f"incidents.key.{RESULT_KEYS[key]}")
            painting.write(painter, box, name, painting.ink(shown, token, shown.sizes.caption))
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: light up what would be recorded."""
        key = self._key_at(event.position().toPoint())
        if key != self._hovered:
            self._hovered = key
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Qt: nothing any more."""
        super().leaveEvent(event)
        self._hovered = ""
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt: record it."""
        key = self._key_at(event.position().toPoint())
        if key and event.button() == Qt.MouseButton.LeftButton and self.isEnabled():
            self.chosen.emit(RESULT_KEYS[key])
