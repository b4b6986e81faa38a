"""What this desk has sent and can take back, in the order in which it was sent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from commandcenter.base.changes import Outcome
from commandcenter.services.undo import Undo
from commandcenter.ui.core.desk import Desk

_MOST = 200
Undone = Callable[[str], None]
Refused = Callable[[BaseException], None]


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

    def undo(self, owner: QObject, done: Undone, failed: Refused, command: str | None = None) -> None:
        """Take back the last one, or the one named; ``done(words)`` afterwards."""
        last = self._pop(self._done, command)
        if last is not None:
            self._take_back(last, self._undone, owner, done, failed)

    def redo(self, owner: QObject, done: Undone, failed: Refused) -> None:
        """Do the last one taken back again, by undoing its undo."""
        last = self._pop(self._undone, None)
        if last is not None:
            self._take_back(last, self._done, owner, done, failed)

    def _pop(self, stack: list[Sent], command: str | None) -> Sent | None:
        if command is None:
            found = stack.pop() if stack else None
        else:
            found = next((each for each in stack if each.command == command), Sent(command, ""))
            stack[:] = [each for each in stack if each.command != command]
        self.changed.emit()
        return found

    def _take_back(self, sent: Sent, onto: list[Sent], owner: QObject, done: Undone, failed: Refused) -> None:
        def taken(outcome: Outcome) -> None:
            onto.append(Sent(outcome.command, sent.words))
            self.changed.emit()
            done(sent.words)

        self._desk.send(Undo(target=sent.command), owner=owner, done=taken, failed=failed)

    @Slot()
    def _clear(self) -> None:
        self._done.clear()
        self._undone.clear()
        self.changed.emit()


def sent_of(desk: Desk) -> SentCommands:
    """The one stack of a desk, made when first asked for."""
    found: Any = desk.findChild(SentCommands)
    return found if isinstance(found, SentCommands) else SentCommands(desk)
