"""What this desk has sent and can take back, in the order in which it was sent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from commandcenter.base.changes import Outcome
from commandcenter.base.errors import Refused
from commandcenter.services.undo import Undo
from commandcenter.ui.core.desk import Desk

_MOST = 200
Undone = Callable[[str], None]
Failed = Callable[[BaseException], None]


@dataclass(frozen=True, slots=True)
class Sent:
    """A command that was carried out: its id, and what it did in words."""

    command: str
    words: str


class SentCommands(QObject):
    """The undo stack of one officer at one desk; it is emptied when somebody else takes the desk.

    Signals: ``changed()``.
    """

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._done: list[Sent] = []
        self._undone: list[Sent] = []
        desk.officer_changed.connect(self._clear)

    @property
    def can_undo(self) -> bool:
        """Whether something was sent that can be taken back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether something was taken back."""
        return bool(self._undone)

    def remember(self, outcome: Outcome, words: str) -> None:
        """A command was carried out at this desk."""
        if outcome.undoable and not outcome.repeated:
            self._done = [*self._done, Sent(outcome.command, words)][-_MOST:]
            self._undone.clear()
            self.changed.emit()

    def undo(self, done: Undone, failed: Failed, command: str | None = None) -> None:
        """Take back the last one, or the one named; ``done(words)`` afterwards.

        What is refused leaves the stack, what met a fault of the server stays and can be tried again.
        """
        last = self._pop(self._done, command)
        if last is not None:
            self._take_back(last, self._done, self._undone, done, failed)

    def redo(self, done: Undone, failed: Failed) -> None:
        """Do the last one taken back again, by undoing its undo."""
        last = self._pop(self._undone, None)
        if last is not None:
            self._take_back(last, self._undone, self._done, done, failed)

    def _pop(self, stack: list[Sent], command: str | None) -> Sent | None:
        if command is None:
            found = stack.pop() if stack else None
        else:
            found = next((each for each in stack if each.command == command), Sent(command, ""))
            stack[:] = [each for each in stack if each.command != command]
        self.changed.emit()
        return found

    def _take_back(self, sent: Sent, source: list[Sent], onto: list[Sent], done: Undone, failed: Failed) -> None:
        def taken(outcome: Outcome) -> None:
            onto.append(Sent(outcome.command, sent.words))
            self.changed.emit()
            done(sent.words)

        def not_taken(error: BaseException) -> None:
            if not isinstance(error, Refused):
                source.append(sent)
                self.changed.emit()
            failed(error)

        self._desk.send(Undo(target=sent.command), owner=self, done=taken, failed=not_taken)

    @Slot()
    def _clear(self) -> None:
        self._done.clear()
        self._undone.clear()
        self.changed.emit()


def sent_of(desk: Desk) -> SentCommands:
    """The one stack of a desk, made when first asked for."""
    found: Any = desk.findChild(SentCommands)
    return found if isinstance(found, SentCommands) else SentCommands(desk)
