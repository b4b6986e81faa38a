"""What this desk has sent and can take back, in the order in which it was sent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from commandcenter.base.changes import Outcome
from commandcenter.base.errors import Refused
from commandcenter.ui.core.desk import Desk

_MOST = 200
Undone = Callable[[str], None]
Failed = Callable[[BaseException], None]


@dataclass(frozen=True, slots=True)
class Sent:
    """A command that was carried out, or a whole group of them: its id, and what it did in words."""

    command: str
    words: str
    is_group: bool = False


class SentCommands(QObject):
    """The undo stack of one officer at one desk; it is emptied when somebody else takes the desk.

    Signals: ``changed()``; ``taken_back(command or group, the command that did it)`` after one was undone or, by
    undoing its undo, done again.
    """

    changed = Signal()
    taken_back = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._done: list[Sent] = []
        self._undone: list[Sent] = []
        self._under_way = 0
        self._waiting: list[Callable[[], None]] = []
        desk.officer_changed.connect(self._clear)

    @property
    def can_undo(self) -> bool:
        """Whether something was sent that can be taken back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether something was taken back."""
        return bool(self._undone)

    def begin(self) -> None:
        """A command was handed over and is not answered yet."""
        self._under_way += 1

    def answered(self) -> None:
        """The answer of a command that :meth:`begin` told of is here, and remembered."""
        self._under_way -= 1
        if not self._under_way:
            waiting, self._waiting = self._waiting, []
            for each in waiting:
                each()

    def waits(self, then: Callable[[], None]) -> bool:
        """Whether a command is still unanswered; ``then`` is called when none is: who undoes at once after saving
        means what he just saved, not what he did before."""
        if self._under_way:
            self._waiting.append(then)
        return bool(self._under_way)

    def remember(self, outcome: Outcome, words: str) -> None:
        """A command was carried out at this desk."""
        if outcome.undoable and not outcome.repeated:
            self._done = [*self._done, Sent(outcome.command, words)][-_MOST:]
            self._undone.clear()
            self.changed.emit()

    def remember_group(self, group: str, words: str) -> None:
        """A group of commands was carried out at this desk: it is taken back as one."""
        self._done = [*self._done, Sent(group, words, is_group=True)][-_MOST:]
        self._undone.clear()
        self.changed.emit()

    def undo(self, done: Undone, failed: Failed, command: str | None = None, *, is_group: bool = False) -> None:
        """Take back the last one, or the one named (a command or a group); ``done(words)`` afterwards.

        What is refused leaves the stack, what met a fault of the server stays and can be tried again.
        """
        last = self._pop(self._done, command, is_group)
        if last is not None:
            self._take_back(last, self._done, self._undone, done, failed)

    def redo(self, done: Undone, failed: Failed, undo: str | None = None) -> None:
        """Do the last one taken back again, or the one that the undo named took back, by undoing that undo."""
        last = self._pop(self._undone, undo)
        if last is not None:
            self._take_back(last, self._undone, self._done, done, failed)

    def _pop(self, stack: list[Sent], command: str | None, is_group: bool = False) -> Sent | None:
        if command is None:
            found = stack.pop() if stack else None
        else:
            found = next((each for each in stack if each.command == command), Sent(command, "", is_group))
            stack[:] = [each for each in stack if each.command != command]
        self.changed.emit()
        return found

    def _take_back(self, sent: Sent, source: list[Sent], onto: list[Sent], done: Undone, failed: Failed) -> None:
        def taken(outcome: Outcome) -> None:
            onto.append(Sent(outcome.command, sent.words))
            self.changed.emit()
            self.taken_back.emit(sent.command, outcome.command)
            done(sent.words)

        def not_taken(error: BaseException) -> None:
            if not isinstance(error, Refused):
                source.append(sent)
                self.changed.emit()
            failed(error)

        from commandcenter.services.undo import Undo  # no desk opens with one

        command = Undo(target=sent.command, is_group=sent.is_group)
        self._desk.send(command, owner=self, done=taken, failed=not_taken)

    @Slot()
    def _clear(self) -> None:
        self._done.clear()
        self._undone.clear()
        self._waiting.clear()
        self.changed.emit()


def sent_of(desk: Desk) -> SentCommands:
    """The one stack of a desk, made when first asked for."""
    found: Any = desk.findChild(SentCommands)
    return found if isinstance(found, SentCommands) else SentCommands(desk)
