"""What a panel says when it has nothing to show: painted like an empty list."""

from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import theme
from commandcenter.ui.core.rowpaint import paint_message, paint_state
from commandcenter.ui.core.viewstate import READY, Empty, ViewState


class Message(QWidget):
    """An icon, what is the matter, what to do next."""

    def __init__(self, empty: Empty, way_out: QWidget, parent: QWidget | None = None) -> None:
        """``way_out`` stands below the words when something can be done about it."""
        super().__init__(parent)
        self._empty, self._state = empty, READY
        self._hint = ""
        self._way_out = way_out
        way_out.setParent(self)
        way_out.hide()

    def show_state(self, empty: Empty, state: ViewState, *, hint: str = "", can_act: bool = False) -> None:
        """Say something else. ``hint``: a sentence instead of the usual one; ``can_act``: offer the way out."""
        self._empty, self._state, self._hint = empty, state, hint
        self._way_out.setVisible(can_act)
        self._place()
        self.update()

    @property
    def words(self) -> tuple[str, str]:
        """What is the matter, and what to do next."""
        if self._state.kind != "ready":
            return self._state.sentence, self._state.hint
        return say(self._empty.title_code), self._hint or say(self._empty.hint_code)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: the way out stays in the middle."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        size, room = self._way_out.sizeHint(), self.rect()
        top = min(room.center().y() + theme.current().px(60), room.bottom() - size.height() - theme.current().space(2))
        self._way_out.setGeometry(room.center().x() - size.width() // 2, top, size.width(), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the message."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._state.kind == "ready":
            paint_message(self, painter, self.rect(), self._empty.icon, *self.words)
        else:
            paint_state(self, painter, self.rect(), self._state, self._empty)
        painter.end()
