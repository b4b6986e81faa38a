"""Sending commands from panels and forms: what was done goes on the undo stack, what was not is said in a sentence."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QObject
from shiboken6 import isValid

from commandcenter.base import texts
from commandcenter.base.changes import Outcome
from commandcenter.base.clock import from_iso
from commandcenter.base.errors import CommandCenterError, EnvironmentTrouble
from commandcenter.base.ids import new_id
from commandcenter.base.texts import say
from commandcenter.rules.grids import Township
from commandcenter.ui.core.sent import SentCommands, sent_of
from commandcenter.ui.core.times import time_of_day, zone_of
from commandcenter.ui.core.tools import Tools

Done = Callable[[Outcome], None]
Failed = Callable[[BaseException], None]


class FixedId:
    """The id under which a form sends: the same content keeps its id, so that pressing save again cannot double it."""

    def __init__(self) -> None:
        self._command: Any = None
        self._id = ""

    def of(self, command: Any) -> str:
        """The id of this command; a new one when its content differs from the last."""
        if command != self._command:
            self._command, self._id = command, new_id()
        return self._id


class Sender(QObject):
    """Sends commands for the panels, tells what came of it, and takes commands back."""

    def __init__(self, tools: Tools, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self.sent: SentCommands = sent_of(tools.desk)

    def send(self, command: Any, words_for_undo: str, *, done: Done | None = None, failed: Failed | None = None,
             id: str | None = None, occurred_at: datetime | None = None) -> None:  # fmt: skip
        """Carry out a command. ``failed`` hears of a refusal or a fault instead of the notices."""

        def carried_out(outcome: Outcome) -> None:
            self.sent.remember(outcome, words_for_undo)
            self.sent.answered()
            if done is not None and isValid(self):
                done(outcome)

        def not_carried_out(error: BaseException) -> None:
            self.sent.answered()
            if isValid(self):
                (failed or self.explain)(error)

        # The stack outlives this sender: what was sent can be taken back although its panel is gone.
        self.sent.begin()
        self._tools.desk.send(
            command, owner=self.sent, done=carried_out, failed=not_carried_out, id=id, occurred_at=occurred_at
        )

    def carry_out(self, command: Any, told: str) -> None:
        """Carry out a command, then say that it was done, with the way to take it back; ``told`` are the words."""
        self.send(command, told, done=partial(self.tell_done, told))

    def undo(self, command: str | None = None) -> None:
        """Take back the last command of this desk, or the one named."""
        if command is None and self.sent.waits(self.undo):
            return
        if command is None and not self.sent.can_undo:
            self._tools.notices.info(say("core.undo.nothing"))
            return
        self.sent.undo(self._undone, self.explain, command)

    def redo(self, undo: str | None = None) -> None:
        """Do again what was taken back last, or what the named undo took back, whoever sent it."""
        if undo is None and self.sent.waits(self.redo):
            return
        if undo is None and not self.sent.can_redo:
            self._tools.notices.info(say("core.redo.nothing"))
            return
        self.sent.redo(self._redone, self.explain, undo)

    def tell_done(self, words: str, outcome: Outcome) -> None:
        """Say what was done, with the way to take it back."""
        undo = partial(self.undo, outcome.command) if outcome.undoable else None
        self._tools.notices.done(words, undo=undo)

    def sentence(self, error: BaseException) -> str:
        """What went wrong, in one sentence; a bug is raised where it is reported."""
        if not isinstance(error, CommandCenterError):
            raise error
        return refusal(error, self._tools.desk.live.town)

    def explain(self, error: BaseException) -> None:
        """Tell the officer what was not done and why."""
        sentence = self.sentence(error)
        if isinstance(error, EnvironmentTrouble):
            self._tools.notices.trouble(sentence)
        else:
            self._tools.notices.refused(sentence)

    def _undone(self, what: str) -> None:
        self._tools.notices.done(say("core.undo.done", what=what or say("core.undo.entry")))

    def _redone(self, what: str) -> None:
        self._tools.notices.done(say("core.redo.done", what=what or say("core.undo.entry")))


def refusal(error: CommandCenterError, town: Township | None) -> str:
    """The sentence of an error, with states and times in the reader's words."""
    facts = dict(error.facts)
    for name in ("state", "to"):
        code = f"incidents.state.{facts.get(name)}"
        if texts.current().has(code):
            facts[name] = say(code)
    if facts.get("when"):
        facts["when"] = time_of_day(from_iso(facts["when"]), zone_of(town))
    return texts.current().error(type(error)(error.code, **facts))
