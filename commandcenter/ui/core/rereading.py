"""What a room reads from the database, and reads again whenever something changes."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from commandcenter.base.errors import CommandCenterError
from commandcenter.ui.core.desk import Desk
from commandcenter.ui.core.viewstate import ViewState, failed

Question = Callable[[Any], Any]
"""What is asked of a reader, on the read lane."""


class Rereading(QObject):
    """One question, one read at a time: the changes that come while it is under way share the next.

    A burst of changes costs two reads, not one each, and under a steady stream every answer is still shown.
    Signals: ``answered(object)``; ``troubled()`` when it could not be read (:attr:`trouble` says why).
    """

    answered = Signal(object)
    troubled = Signal()

    def __init__(self, desk: Desk, question: Callable[[], Question], parent: QObject, *,
                 world: str | None = None) -> None:  # fmt: skip
        """``question`` is asked on the GUI thread what to ask the reader now; ``world``: another than the desk's."""
        super().__init__(parent)
        self._desk, self._question, self._world = desk, question, world
        self.is_read = False
        """Whether there is an answer to show."""
        self.trouble: ViewState | None = None
        self._is_reading = self._is_wanted = False
        self._now: list[Callable[[], None]] = []
        self._next: list[Callable[[], None]] = []

    def read(self, then: Callable[[], None] | None = None) -> None:
        """Ask at once. What is under way is dropped: it may answer another question. ``then``: after the answer."""
        self._next += [*self._now, *([then] if then else [])]
        self._begin()

    def read_again(self, then: Callable[[], None] | None = None) -> None:
        """Something changed: ask as soon as nothing is under way. ``then``: after an answer that knows of it."""
        self._next += [then] if then else []
        if self._is_reading:
            self._is_wanted = True
        else:
            self._begin()

    def when_read(self, then: Callable[[], None]) -> None:
        """Do something after the answer that is under way, or after the next."""
        (self._now if self._is_reading else self._next).append(then)

    @property
    def is_under_way(self) -> bool:
        """Whether an answer is still to come."""
        return self._is_reading or self._is_wanted

    def forget(self) -> None:
        """What was read is not what is to be shown next."""
        self.is_read = False

    def _begin(self) -> None:
        self._is_reading, self._is_wanted = True, False
        self._now, self._next = self._next, []
        self._desk.read(self._question(), done=self._come, failed=self._not_come, owner=self, key="", world=self._world)

    @Slot(object)
    def _come(self, answer: Any) -> None:
        self._is_reading, self.is_read, self.trouble = False, True, None
        then, self._now = self._now, []
        self.answered.emit(answer)
        for each in then:
            each()
        self._go_on()

    @Slot(object)
    def _not_come(self, error: BaseException) -> None:
        self._is_reading = False
        self._next, self._now = [*self._now, *self._next], []
        self.tell_trouble(error)
        self._go_on()

    @Slot(object)
    def tell_trouble(self, error: BaseException) -> None:
        """This, or what belongs to it, could not be read; a bug is raised where it is reported."""
        if not isinstance(error, CommandCenterError):
            raise error
        self.trouble = failed(error)
        self.troubled.emit()

    def _go_on(self) -> None:
        if self._is_wanted and not self._is_reading:
            self._begin()
