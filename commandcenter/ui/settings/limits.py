"""The page 时限: each limit as a sentence with its span of time, who changed it last, and the shipped value."""

from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.errors import BadInput, CommandCenterError
from commandcenter.base.texts import current, say
from commandcenter.rules.permissions import SUPERVISORS
from commandcenter.rules.settings import OPTIONS, Option
from commandcenter.services.settings import SetSetting
from commandcenter.ui.core import theme
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Label, divider
from commandcenter.ui.settings import durations
from commandcenter.ui.settings.history import LastHand, hand_words, read_last_hands
from commandcenter.ui.settings.page import Page

FIELD = 140
"""Width of the field in px at 100 %."""


def limit_options() -> tuple[Option, ...]:
    """The limits of the town in their order: those of incidents, then those of drills."""
    return tuple(each for each in OPTIONS.values() if each.scope == "town" and each.unit)


class LimitsPage(Page):
    """All limits of the town. Who may not change them reads them."""

    def __init__(self, tools: Tools) -> None:
        super().__init__("settings.page.limits", "settings.limits.about")
        self._tools = tools
        may_change = tools.desk.officer.role in SUPERVISORS
        if not may_change:
            self.say("settings.only_supervisors", "strong")
        self.rows: dict[str, LimitRow] = {}
        for option in limit_options():
            self.body.addWidget(divider())
            row = self.rows[option.key] = LimitRow(tools, option, may_change=may_change)
            self.body.addWidget(row)
        self.body.addStretch(1)
        tools.desk.live_changed.connect(self._live_changed)
        self._read_hands()

    def show_option(self, key: str) -> None:
        """Bring one limit to the eye."""
        row = self.rows.get(key)
        if row is not None:
            self.ensureWidgetVisible(row)
            row.field.setFocus()

    @Slot(object)
    def _live_changed(self, change: Any) -> None:
        if change.everything or change.settings:
            for row in self.rows.values():
                row.refresh()
            self._read_hands()

    def _read_hands(self) -> None:
        self._tools.desk.read(
            read_last_hands, done=self._take_hands, failed=self._no_hands, owner=self, key="hands"
        )

    def _take_hands(self, hands: dict[str, LastHand]) -> None:
        for key, row in self.rows.items():
            row.show_hand(hand_words(hands.get(key), self._tools))

    def _no_hands(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        for row in self.rows.values():
            row.show_hand(say("settings.hand_unknown"))


class LimitRow(QWidget):
    """One limit. What was typed stays when it is refused or another desk changes the value meanwhile."""

    def __init__(self, tools: Tools, option: Option, *, may_change: bool) -> None:
        super().__init__()
        self._tools, self._option = tools, option
        self._post = Sender(tools, self)
        self._may_change = may_change
        self.setObjectName(f"settings.{option.key}")
        self.title = Label(f"{option.sentence}.title", "strong")
        self.sentence = Label("", "")
        self.sentence.setWordWrap(True)
        self.field = LineEdit()
        self.field.setObjectName(f"settings.{option.key}.field")
        self.field.setAccessibleName(self.title.text())
        self.field.setFixedWidth(theme.current().px(FIELD))
        self.field.setReadOnly(not may_change)
        self.save = Button("settings.save", kind="primary", key="Enter")
        self.shipped = Button("settings.take_shipped", kind="quiet")
        self.error = Label("", "error")
        self.note = Label("", "caption")
        self._hand = ""
        self._lay_out()
        self.field.edited.connect(self._edited)
        self.field.submitted.connect(self._save)
        self.save.clicked.connect(self._save)
        self.shipped.clicked.connect(self._take_shipped)
        self.refresh()

    @property
    def value(self) -> int:
        """The limit in force, in the unit of its option."""
        return int(self._tools.desk.live.settings.get(self._option.key, self._option.default))

    def _words(self, value: int) -> str:
        return durations.told(self._option.unit, value)

    def refresh(self) -> None:
        """Show the limit in force; what somebody is typing is left alone."""
        self.sentence.say(self._option.sentence, value=self._words(self.value))
        if not self._is_typing():
            self.field.setText(self._words(self.value))
        self._shown = self._words(self.value)
        self._edited()
        self._write_note()

    def show_hand(self, words: str) -> None:
        """Say who changed it last."""
        self._hand = words
        self._write_note()

    def _is_typing(self) -> bool:
        return bool(self.field.text()) and self.field.text() != getattr(self, "_shown", self.field.text())

    def _lay_out(self) -> None:
        look = theme.current()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(look.space(1))
        entry = QHBoxLayout()
        entry.setSpacing(look.space(2))
        for part in (self.field, self.save, self.shipped):
            entry.addWidget(part)
        entry.addStretch(1)
        lines.addWidget(self.title)
        lines.addWidget(self.sentence)
        lines.addLayout(entry)
        lines.addWidget(self.error)
        lines.addWidget(self.note)
        self.error.hide()

    def _write_note(self) -> None:
        shipped = say("settings.shipped", value=self._words(self._option.default))
        parts = [shipped, say(f"settings.source.{self._option.key}"), self._hand]
        self.note.show_text(" · ".join(part for part in parts if part))

    @Slot()
    def _edited(self) -> None:
        self.error.hide()
        self.save.setVisible(self._may_change and self._is_typing())
        self.shipped.setVisible(self._may_change and self.value != self._option.default and not self._is_typing())

    @Slot()
    def _save(self) -> None:
        if not self._may_change or not self._is_typing():
            return
        try:
            value = durations.read(self._option.unit, self.field.text_with_preedit())
        except BadInput as error:
            self._refuse(error)
            return
        self._send({"value": value})

    @Slot()
    def _take_shipped(self) -> None:
        self._send({})

    def _send(self, value: dict[str, int]) -> None:
        self.save.setEnabled(False)
        command = SetSetting(key=self._option.key, value=value)
        told = say("settings.saved", title=self.title.text())
        self._post.send(command, told, done=partial(self._saved, told), failed=self._refuse)

    def _saved(self, told: str, outcome: Any) -> None:
        self.save.setEnabled(True)
        self.field.setText(self._words(int(outcome.value["value"])))
        self._shown = self.field.text()
        self.refresh()
        self._post.tell_done(told, outcome)

    def _refuse(self, error: BaseException) -> None:
        self.save.setEnabled(True)
        if not isinstance(error, CommandCenterError):
            raise error
        self.error.show_text(current().error(error))
        self.error.show()
