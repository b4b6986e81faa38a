"""While you looked away: what changed meanwhile waits as sentences in the status line, one by one on Space."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QWidget

from commandcenter.base.clock import monotonic
from commandcenter.base.texts import say
from commandcenter.rules.incidents import Incident
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, KeyCap, Label
from commandcenter.ui.incidents.changes import Picture, Sentence, left, what_changed
from commandcenter.ui.incidents.room import Room

AWAY = 120.0
"""Seconds without the window before it counts as having looked away."""


class AwayStrip(QWidget):
    """Empty until the officer comes back after two minutes; an alarm that still sounds comes first. A call-out that
    waits for a finger stays here when it is silenced."""

    def __init__(self, tools: Tools, room: Room, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools, self._room = tools, room
        self._before: Picture | None = None
        self._since = 0.0
        self._sentences: list[Sentence] = []
        self._at = 0
        self.title = Label("incidents.away.title", "strong")
        self.words = Label("")
        self.count = Label("", "muted")
        self.cap = KeyCap("Space")
        self.close_button = Button("", kind="quiet", icon="close")
        self.close_button.setAccessibleName(say("core.close"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        layout.setSpacing(8)
        for each in (self.title, self.words, self.cap, self.count, self.close_button):
            layout.addWidget(each)
        layout.addStretch(1)
        self._shortcut = QShortcut(QKeySequence(Qt.Key.Key_Space), self, context=Qt.ShortcutContext.WindowShortcut)
        self._shortcut.activated.connect(self.next)
        self.close_button.clicked.connect(self.clear)
        room.alarms.changed.connect(self._arrange)
        room.reminders.changed.connect(self._arrange)
        tools.desk.officer_changed.connect(self.clear)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._state_changed)
        self._arrange()

    @property
    def sentences(self) -> Sequence[Sentence]:
        """What is told, the most urgent first."""
        return tuple(self._sentences)

    # --- leaving and coming back ---------------------------------------------------------------------------------

    @Slot(Qt.ApplicationState)
    def _state_changed(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self.come_back(monotonic())
        else:
            self.look_away(monotonic())

    def look_away(self, at: float) -> None:
        """The window lost the officer's eyes at ``at`` (monotonic seconds); the picture of that moment is kept."""
        if self._before is None:
            self._before, self._since = Picture.of(self._tools.desk.live), at

    def come_back(self, at: float) -> None:
        """The officer is back; after more than two minutes what changed is told."""
        before, self._before = self._before, None
        if before is None or at - self._since < AWAY:
            return
        gone = left(before, self._tools.desk.live)
        self._tools.desk.read(
            lambda reader: (before, reader.many("incident", gone)), done=self._tell, failed=self._not_read, owner=self,
            key="away",
        )  # fmt: skip

    def _tell(self, answer: tuple[Picture, list[Incident]]) -> None:
        before, ended = answer
        desk = self._tools.desk
        self.show_sentences(what_changed(before, desk.live, desk.directory, {each.id: each for each in ended}))

    def _not_read(self, _error: BaseException) -> None:
        """How the ended ones ended cannot be read now; the status line already says that the database is away."""

    # --- telling -------------------------------------------------------------------------------------------------

    def show_sentences(self, sentences: Sequence[Sentence]) -> None:
        """Tell these."""
        self._sentences, self._at = list(sentences), 0
        self._arrange()

    @Slot()
    def next(self) -> None:
        """Acknowledge the alarm that sounds; otherwise go to what the sentence is about, and to the next one."""
        if self._room.alarms.unacknowledged or self._room.reminders.sounding:
            self._room.acknowledge()
            return
        if self._at < len(self._sentences):
            told = self._sentences[self._at]
            self._at += 1
            if told.incident:
                self._tools.selection.navigate("incident", told.incident)
            self._arrange()

    @Slot()
    def clear(self) -> None:
        """Nothing to tell any more."""
        self._sentences, self._at = [], 0
        self._arrange()

    @Slot()
    def _arrange(self) -> None:
        alarms, calls = self._room.alarms.unacknowledged, self._room.reminders
        waiting = self._sentences[self._at :]
        if alarms:
            self.title.say("incidents.alarm.title", count=len(alarms))
            self.words.say("incidents.alarm.hint")
            self.count.show_text("")
        elif calls.waiting and (calls.sounding or not waiting):
            self.title.say("incidents.due.title", count=len(calls.waiting))
            self.words.say("incidents.alarm.hint" if calls.sounding else "incidents.due.silenced")
            self.count.show_text("")
        elif waiting:
            self.title.say("incidents.away.title")
            self.words.show_text(waiting[0].text)
            self.count.show_text(f"{self._at + 1}/{len(self._sentences)}")
        has_next = bool(alarms or calls.sounding or waiting)
        for each in (self.title, self.words, self.count):
            each.setVisible(has_next or bool(calls.waiting))
        self.cap.setVisible(has_next)
        self.close_button.setVisible(bool(waiting) and not alarms and not calls.sounding)
        self._shortcut.setEnabled(has_next)

    def changeEvent(self, event: QEvent) -> None:
        """Qt: the language changed; sentences already made stay as they were told."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._arrange()
