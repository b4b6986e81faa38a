"""The sound of new reports: a critical one repeats until acknowledged by name, an urgent one is one tone."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from commandcenter.services.live import LiveChange, LiveSet
from commandcenter.ui.core.desk import Desk

_UNTOUCHED = ("reported", "reopened")


class Alarms(QObject):
    """Watches for reports that nobody has seen yet.

    Signals: ``rang(id, urgency)`` for every new critical or urgent one; ``changed()`` when the unacknowledged ones
    did; ``heard(id)`` when one was acknowledged at this desk. A routine one is silent.
    """

    rang = Signal(str, str)
    changed = Signal()
    heard = Signal(str)

    def __init__(self, desk: Desk, parent: QObject | None = None, *, is_looked_at: Callable[[str], bool]) -> None:
        """``is_looked_at(id)``: whether this incident is the one in front of the officer already."""
        super().__init__(parent)
        self._desk = desk
        self._is_looked_at = is_looked_at
        self._known: set[str] = set(desk.live.incidents)
        self._open: dict[str, None] = {}
        self._own: set[str] = set()
        desk.live_changed.connect(self._live_changed)

    @property
    def unacknowledged(self) -> tuple[str, ...]:
        """Critical incidents that still sound here, oldest first."""
        return tuple(self._open)

    def acknowledge(self, id: str | None = None) -> str | None:
        """Silence one (the oldest when none is named); returns its id, None when nothing sounded."""
        chosen = id if id is not None else next(iter(self._open), None)
        if chosen is None or chosen not in self._open:
            return None
        del self._open[chosen]
        self.changed.emit()
        self.heard.emit(chosen)
        return chosen

    def taken_here(self, id: str) -> None:
        """Whoever took a report has it before his eyes: it is silent here, whether its news comes before the answer
        to the one who saved it or after. He is not the one who is to hear of it, so the other desks go on sounding."""
        if id not in self._known:
            self._own.add(id)
        elif id in self._open:
            del self._open[id]
            self.changed.emit()

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        live = self._desk.live
        fresh = [id for id in live.incidents if id not in self._known] if change.everything else [
            id for id in change.incidents if id in live.incidents and id not in self._known
        ]  # fmt: skip
        self._known |= set(fresh)
        before = tuple(self._open)
        self._drop_touched(live, change.timeline)
        for id in sorted(fresh, key=lambda each: live.incidents[each].opened_at):
            self._ring(id, live)
        if tuple(self._open) != before:
            self.changed.emit()

    def _ring(self, id: str, live: LiveSet) -> None:
        incident = live.incidents[id]
        is_own = id in self._own
        self._own.discard(id)
        if incident.state not in _UNTOUCHED or is_own or self._is_looked_at(id):
            return
        if incident.urgency == "critical":
            self._open[id] = None
        if incident.urgency != "routine":
            self.rang.emit(id, incident.urgency)

    def _drop_touched(self, live: LiveSet, told: frozenset[str]) -> None:
        """Somebody acknowledged it, wrote a note or calls already, or it ended: the alarm has been heard."""
        for id in list(self._open):
            incident = live.incidents.get(id)
            if incident is None or incident.state not in _UNTOUCHED or id in told:
                del self._open[id]
