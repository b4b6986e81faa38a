"""Where somebody is on the card of a scenario: how far down, and on which line; kept while the card is made anew."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from commandcenter.ui.core.cards import Card
from commandcenter.ui.scenarios.lines import EvaluationSection, ScriptSection


class CardPlace(QObject):
    """Brings the reader of a card back to where he was, as soon as the card stands."""

    def __init__(self, card: Card, may_settle: Callable[[], bool], is_seen: Callable[[], bool]) -> None:
        """``may_settle``: whether the card is whole; ``is_seen``: whether it is the card that shows."""
        super().__init__(card)
        self._card, self._may_settle, self._is_seen = card, may_settle, is_seen
        self._line: tuple[str, int] | None = None
        self._scroll: int | None = None

    def take_up(self, kind: str, position: int) -> None:
        """Give the keys to a line, counted from 0, when the card is made next."""
        self._line = (kind, position)

    def hold(self, *, is_same: bool) -> None:
        """The card is about to be made anew, for the same scenario or for another one."""
        if not is_same:
            self._scroll = 0
        elif self._scroll is None:
            self._scroll = self._card.verticalScrollBar().value()
        if is_same and self._line is None:
            self._line = self._held_line()

    def settle_soon(self) -> None:
        """As soon as the card has its size."""
        QTimer.singleShot(0, self._card, self._settle)

    @Slot()
    def _settle(self) -> None:
        scroll, self._scroll = self._scroll, None
        if scroll is not None:
            self._card.verticalScrollBar().setValue(scroll)
        if self._line is None or not self._may_settle() or not self._is_seen():
            return
        kind, position = self._line
        self._line = None
        section = self._card.findChild(ScriptSection if kind == "inject" else EvaluationSection)
        if section is not None:
            section.take_up(position)

    def _held_line(self) -> tuple[str, int] | None:
        """Kind and place of the line that has the keys."""
        for section in (self._card.findChild(ScriptSection), self._card.findChild(EvaluationSection)):
            for position, line in enumerate(section.lines if section is not None else ()):
                if line.hasFocus():
                    return line.kind, position
        return None
