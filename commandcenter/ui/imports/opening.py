"""What stands on the screen at once while the parts of the import window are loaded and made: half a second, and some
seconds on a slow disk that was just switched on."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import theme
from commandcenter.ui.core.rowpaint import paint_message

WIDTH, HEIGHT = 1280, 760


def fit_to_screen(window: QWidget) -> None:
    """The usual size of the import window, with the frame that the desktop puts around it: the button at the bottom
    must not hang below the screen."""
    look = theme.current()
    room = window.screen().availableSize() - QSize(look.px(16), look.px(48))
    window.resize(QSize(look.px(WIDTH), look.px(HEIGHT)).boundedTo(room))


class Opening(QWidget):
    """Says that the window is on its way; closing it means that it is not wanted."""

    def __init__(self) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setWindowTitle(say("imports.title"))
        self.is_wanted = True
        fit_to_screen(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: one sentence."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.current().colour("background"))
        hint = say("imports.opening.hint")
        paint_message(self, painter, self.rect(), "loading", say("imports.opening"), hint)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Esc closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt: it is not wanted after all."""
        self.is_wanted = False
        super().closeEvent(event)
