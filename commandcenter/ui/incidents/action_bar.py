"""The foot of the detail: one primary button for the next step, the few others beside it, the rest in a menu."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core.widgets import Button, Label
from commandcenter.ui.incidents.moves import Primary, primary_words

_ICONS: dict[Primary, str] = {
    "call": "phone", "record": "phone", "arrive": "check", "resolve": "check", "close": "done"
}  # fmt: skip


class ActionBar(QWidget):
    """Buttons take no focus by mouse, so that the keys stay with the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.primary = Button("incidents.primary.call", kind="primary", key="Enter")
        self.call = Button("incidents.bar.call", icon="phone", key="F4")
        self.note = Button("incidents.bar.note", icon="note", key="F6")
        self.edit = Button("", kind="quiet", icon="edit")
        self.more = Button("", kind="quiet", icon="more")
        self.why = Label("", "muted")
        self.why.setWordWrap(True)
        for button, code in ((self.edit, "incidents.bar.edit"), (self.more, "incidents.bar.more")):
            button.setToolTip(say(code))
            button.setAccessibleName(say(code))
        row = QHBoxLayout()
        row.setSpacing(6)
        for button in (self.primary, self.call, self.note, self.edit, self.more):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button, 1 if button is self.primary else 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 10)
        layout.setSpacing(4)
        layout.addWidget(self.why)
        layout.addLayout(row)

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
                button.setToolTip(why_not)
        self.edit.setEnabled(allowed and is_open)
