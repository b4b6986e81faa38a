"""A panel over the window: quick find, the keys sheet. It is no window of its own and blocks nothing."""

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QGraphicsDropShadowEffect, QWidget
from shiboken6 import isValid

from commandcenter.ui.core import theme


class Overlay(QFrame):
    """Opens over ``window`` and closes on Esc or a click beside it; the focus goes back to where it was.

    Signals: ``closed()``.
    """

    closed = Signal()

    def __init__(self, window: QWidget, *, width: int, height: int) -> None:
        """``width`` and ``height`` in px at 100 %, less where the window is smaller."""
        super().__init__(window)
        self._over = window
        self.wide, self.high = width, height
        self._came_from: QWidget | None = None
        self.setProperty("overlay", True)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(32)
        shadow.setOffset(0, 8)
        shadow.setColor(QColor(0, 0, 0, 90))
        self.setGraphicsEffect(shadow)
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether it can be seen."""
        return self.isVisible()

    def open(self) -> None:
        """Appear and take the keys."""
        if not self.isVisible():
            self._came_from = QApplication.focusWidget()
            self._over.installEventFilter(self)
            app = QApplication.instance()
            if app is not None:
                app.installEventFilter(self)
        self.place()
        self.show()
        self.raise_()
        self.first_focus().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def dismiss(self) -> None:
        """Go away and give the focus back."""
        if not self.isVisible():
            return
        had_focus = self.isAncestorOf(QApplication.focusWidget() or self)
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        self._over.removeEventFilter(self)
        self.hide()
        if had_focus and self._came_from is not None and _can_focus(self._came_from):
            self._came_from.setFocus()
        self._came_from = None
        self.closed.emit()

    def first_focus(self) -> QWidget:
        """The widget that gets the keys when it opens."""
        return self

    def place(self) -> None:
        """In the middle of the window's upper part."""
        look, room = theme.current(), self._over.rect()
        margin = look.space(8)
        width = min(look.px(self.wide), room.width() - 2 * margin)
        height = min(look.px(self.high), room.height() - 2 * margin)
        top = min(look.px(72), (room.height() - height) // 2)
        self.setGeometry(QRect((room.width() - width) // 2, top, width, height))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: follow the window's size; close on a click beside."""
        if event.type() == QEvent.Type.Resize and watched is self._over:
            self.place()
        elif event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            is_mine = watched is self or self.isAncestorOf(watched)
            if not is_mine and watched.window() is self.window():
                self.dismiss()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)


def _can_focus(widget: QWidget) -> bool:
    return isValid(widget) and widget.isVisible()
