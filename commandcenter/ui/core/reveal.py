"""A personal value that may be masked, and the button that shows it and leaves a trace in the log."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.rules.masks import is_erased, is_masked
from commandcenter.rules.permissions import may_reveal
from commandcenter.rules.phones import normalise
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import words
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Label, TextRole


def phone_words(phone: str | None) -> str:
    """A number in the groups in which it is read out, "erased" in words, nothing when there is none."""
    if not phone:
        return ""
    if is_erased(phone):
        return say("core.erased")
    digits = normalise(phone)
    if len(digits) == 11 and digits.isdigit() and digits.startswith("1"):
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    return phone


class Personal(QWidget):
    """Shows the value as this officer may see it; one press reveals it until the card is left."""

    def __init__(self, tools: Tools, kind: str, person: Any, field: str, *, role: TextRole = "") -> None:
        super().__init__()
        self._tools, self._kind, self._id, self._field = tools, kind, person.id, field
        value = getattr(person, field)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.current().space(1))
        self.shown = words(self._words(value), role, wraps=field == "address")
        self.note = Label("core.revealed", "caption")
        self.note.hide()
        self.button = Button("core.reveal", icon="eye")
        self.button.setObjectName(f"core.reveal.{field}")
        self.button.clicked.connect(self._reveal)
        lines.addWidget(self.shown)
        lines.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        lines.addWidget(self.note)
        # Shown before it has a parent it would be a window of its own for a moment, and take the keys.
        hidden = is_masked(value) and not is_erased(value)
        self.button.setVisible(hidden and may_reveal(tools.desk.officer.role))

    def _words(self, value: str | None) -> str:
        if self._field in ("phone", "id_number") or is_erased(value):
            return phone_words(value)
        return value or ""

    @Slot()
    def _reveal(self) -> None:
        """The log is written first; without it nothing is shown."""
        from commandcenter.services.privacy import RevealPersonal

        self.button.setEnabled(False)
        command = RevealPersonal(entity=self._kind, subject=self._id, field=self._field)  # type: ignore[arg-type]
        self._tools.desk.send(command, owner=self, done=self._logged, failed=self._refused)

    def _logged(self, _outcome: Any) -> None:
        ask = partial(_ask, self._kind, self._id, self._field, self._tools.desk.officer.role)
        self._tools.desk.read(ask, owner=self, done=self._show, failed=self._refused)

    def _show(self, value: str | None) -> None:
        self.shown.setText(self._words(value))
        self.button.hide()
        self.note.show()

    def _refused(self, error: BaseException) -> None:
        self.button.setEnabled(True)
        if not isinstance(error, CommandCenterError):
            raise error
        self._tools.notices.show_error(error)


def _ask(kind: str, id: str, field: str, role: str, reader: Any) -> str | None:
    from commandcenter.services.privacy import revealed

    return revealed(reader.connection, kind, id, field, role)
