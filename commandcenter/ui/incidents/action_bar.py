"""The foot of the detail: one primary button for the next step, the few others beside it, the rest in a menu."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.widgets import Button, Label, cap_width
from commandcenter.ui.incidents.moves import Primary, primary_words

_ICONS: dict[Primary, str] = {
    "call": "phone", "record": "phone", "arrive": "check", "resolve": "check", "close": "done"
}  # fmt: skip


_SPACING, _LEFT, _RIGHT = 6, 12, 8


class NextStep(Button):
    """The button of the next step: as wide as the widest of them whatever it says now, so that nothing around it moves.
    A long name takes the room of key and icon first; what still does not fit is whole in the tooltip."""

    def __init__(self) -> None:
        super().__init__("incidents.primary.call", kind="primary", key="Enter")

    def sizeHint(self) -> QSize:
        """Qt: the widest caption with its key, without anybody's name."""
        look = theme.current()
        widest = max(self._width_of(say(primary_words(step)[0])) for step in _ICONS)
        beside = look.px(16) + look.px(6) + cap_width("Enter") + look.space(2)
        return QSize(widest + beside + look.space(6), look.px(look.sizes.control))

    def _room(self) -> int:
        return self.width() - theme.current().space(4)

    def _parts(self) -> tuple[int, int, int]:
        icon, words, cap = super()._parts()
        if icon + words + cap > self._room():
            cap = 0
        if icon + words > self._room():
            icon, words = 0, self._width_of(self._shown())
        return icon, words, cap

    def _shown(self) -> str:
        look = theme.current()
        return fonts.fitted(self.text(), self._room(), look.px(look.sizes.body), self._weight())


class ActionBar(QWidget):
    """Buttons take no focus by mouse, so that the keys stay with the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.primary = NextStep()
        self.call = Button("incidents.bar.call", icon="phone", key="F4")
        self.note = Button("incidents.bar.note", icon="note", key="F6")
        self.edit = Button("", kind="quiet", icon="edit")
        self.more = Button("", kind="quiet", icon="more")
        self.why = Label("", "muted")
        self.why.setWordWrap(True)
        for button, code in ((self.edit, "incidents.bar.edit"), (self.more, "incidents.bar.more")):
            button.setToolTip(tip(say(code)))
            button.setAccessibleName(say(code))
        row = QHBoxLayout()
        row.setSpacing(_SPACING)
        for button in (self.primary, self.call, self.note, self.edit, self.more):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button, 1 if button is self.primary else 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_LEFT, 8, _RIGHT, 10)
        layout.setSpacing(4)
        layout.addWidget(self.why)
        layout.addLayout(row)

    def minimumSizeHint(self) -> QSize:
        """Qt: room for every button, also for those that are not offered at the moment."""
        buttons = (self.primary, self.call, self.note, self.edit, self.more)
        width = sum(each.sizeHint().width() for each in buttons) + _SPACING * (len(buttons) - 1)
        return QSize(width + _LEFT + _RIGHT, super().minimumSizeHint().height())

    def show_moves(self, step: Primary | None, name: str, why_not: str, is_open: bool) -> None:
        """Offer the next step (``name``: who is on the way); ``why_not`` says why this officer may only look."""
        allowed = not why_not
        self.why.show_text(why_not)
        self.why.setVisible(bool(why_not))
        self.primary.setVisible(step is not None)
        if step is not None:
            code, facts = primary_words(step, name)
            self.primary.say(code, **facts)
            self.primary.show_key("F4" if step == "call" else "Enter")
            self.primary.show_icon(_ICONS[step])
        self.call.setVisible(is_open and step != "call")
        for button in (self.primary, self.call, self.note, self.edit, self.more):
            button.setEnabled(allowed)
            if button in (self.primary, self.call, self.note):
                button.setToolTip(tip(why_not or (self.primary.text() if button is self.primary and name else "")))
        self.edit.setEnabled(allowed and is_open)
