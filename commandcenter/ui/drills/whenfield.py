"""The date and time of a drill in a form: typed or stepped with the arrows, what speaks against it said below."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.rules.days import day_from, time_from
from commandcenter.ui.core import theme
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.inputs import Asking
from commandcenter.ui.core.widgets import Button, Label
from commandcenter.ui.drills.words import day_words

MORNING = time(9, 0)
"""When a drill begins that nobody has given a time."""
_STEPS = {
    Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -7, Qt.Key.Key_PageDown: 7,
}  # fmt: skip
Against = Callable[[datetime], list[str]]
Free = Callable[[date, time], datetime | None]


class DayEdit(LineEdit):
    """A day; up and down step by a day, the page keys by a week. Signals: ``stepped(days)``."""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: steps."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(step)


class WhenField(Asking):
    """Day and time of a drill, or none. Whoever is sent to it arrives at the one that is wrong."""

    def __init__(self, zone: ZoneInfo, today: date, *, against: Against, free: Free) -> None:
        """``against`` says what speaks against an instant; ``free`` finds the next one after a day."""
        super().__init__()
        self._zone, self._today, self._against, self._free = zone, today, against, free
        look = theme.current()
        self.day, self.at = DayEdit(say("drills.when.day")), LineEdit(say("drills.when.time"))
        self.day.setAccessibleName(say("drills.when.day"))
        self.at.setAccessibleName(say("drills.when.time"))
        self.day.setMinimumWidth(look.px(96))
        self.at.setFixedWidth(look.px(68))
        self.free_button = Button("drills.when.free", kind="quiet", icon="next")
        self.free_button.clicked.connect(self.take_free)
        self.note = Label("", "caption")
        self.note.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(look.space(2))
        row.addWidget(self.day, 1)
        row.addWidget(self.at)
        row.addWidget(self.free_button)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(look.space(1))
        lines.addLayout(row)
        lines.addWidget(self.note)
        self.setFocusProxy(self.day)
        for each in (self.day, self.at):
            each.submitted.connect(self.submitted)
            each.edited.connect(self._edited)
        self.day.stepped.connect(self._step)
        self.check()

    def asked(self) -> datetime | None:
        """The instant; None without a day. BadInput for what is no day or no time."""
        text, clock = self.day.text_with_preedit().strip(), self.at.text_with_preedit().strip()
        if not text:
            return None
        day, at = day_from(text, self._today), time_from(clock) if clock else MORNING
        if day is None:
            raise BadInput("drill.day", field="when", text=text)
        if at is None:
            raise BadInput("drill.time", field="when", text=clock)
        return datetime.combine(day, at, self._zone)

    def put(self, value: Any) -> None:
        """Show an instant, or none."""
        local = value.astimezone(self._zone) if value is not None else None
        self.day.setText(local.date().isoformat() if local else "")
        self.at.setText(f"{local:%H:%M}" if local else f"{MORNING:%H:%M}")

    @Slot()
    def take_free(self) -> None:
        """The next working day after the one that stands there on which nothing speaks against it."""
        now = self._instant()
        after = now.date() if now is not None else self._today
        found = self._free(after, now.timetz().replace(tzinfo=None) if now is not None else MORNING)
        if found is not None:
            self.put(found)
        else:
            self.note.say("drills.when.none_free")

    def _instant(self) -> datetime | None:
        try:
            return self.asked()
        except BadInput:
            return None

    @Slot(int)
    def _step(self, days: int) -> None:
        now = self._instant() or datetime.combine(self._today, MORNING, self._zone)
        self.put(now + timedelta(days=days))

    @Slot(str)
    def _edited(self, _text: str) -> None:
        self.check()
        self.changed.emit()

    def check(self) -> None:
        """Say which day that is and what speaks against it."""
        now = self._instant()
        is_day = now is not None or day_from(self.day.text_with_preedit(), self._today) is not None
        self.setFocusProxy(self.at if now is None and is_day else self.day)
        if now is None:
            self._tell("caption", "drills.when.nothing" if not self.day.text().strip() else "drills.when.unread")
            return
        against = self._against(now)
        told = day_words(now.date(), self._today)
        if against:
            self._tell("doubt", "drills.when.against", day=told, what=say("drills.semicolon").join(against))
        else:
            self._tell("caption", "drills.when.clear", day=told)

    def _tell(self, role: str, code: str, **facts: Any) -> None:
        self.note.setProperty("role", role)
        self.note.style().unpolish(self.note)
        self.note.style().polish(self.note)
        self.note.say(code, **facts)
