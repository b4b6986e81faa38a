"""The incident that is looked at: open ones from the live set, ended ones and every timeline from the database."""

from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from commandcenter.base.errors import CommandCenterError
from commandcenter.rules.incidents import Call, Incident
from commandcenter.services.histories import TakenBack, taken_back
from commandcenter.services.live import LiveChange
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import LOADING, READY, ViewState, failed
from commandcenter.ui.incidents.entries import History, read_history


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of an incident; ``taken``: by what it went, when it was taken back."""

    incident: Incident | None = None
    calls: tuple[Call, ...] = ()
    history: History = field(default_factory=History)
    taken: TakenBack | None = None


def read_subject(reader: Any, id: str) -> Found:
    """An incident, its calls in their order, its timeline; runs on the read lane."""
    calls = tuple(reader.find("call", incident=id, order=("rank", "id")))
    return Found(reader.get("incident", id), calls, read_history(reader, id), taken_back(reader, id))


class Subject(QObject):
    """What is known of the selected incident.

    Signals: ``changed()`` when any of it changed, also when another incident was selected.
    """

    changed = Signal()

    def __init__(self, tools: Tools, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._desk = tools.desk
        self._read = Found()
        self.id: str | None = tools.selection.chosen("incident")
        self.state: ViewState = READY
        tools.selection.changed.connect(self._selection_changed)
        self._desk.live_changed.connect(self._live_changed)
        self._desk.directory_changed.connect(self.changed)
        self._desk.connection_changed.connect(self._connection_changed)
        if self.id is not None:
            self._ask()

    @property
    def incident(self) -> Incident | None:
        """The incident: as it is live, else as it was read."""
        return self._desk.live.incidents.get(self.id or "") or self._read.incident

    @property
    def calls(self) -> tuple[Call, ...]:
        """Its call list."""
        live = self._desk.live
        return live.calls.get(self.id or "", ()) if self.id in live.incidents else self._read.calls

    @property
    def history(self) -> History:
        """Its timeline."""
        return self._read.history

    @property
    def taken(self) -> TakenBack | None:
        """By what it was taken back; None while it is there."""
        return self._read.taken if self.incident is None else None

    @Slot(str, object)
    def _selection_changed(self, entity: str, id: str | None) -> None:
        if entity != "incident" or id == self.id:
            return
        self.id = id
        self._read = Found()
        self.state = READY
        if id is not None:
            self._ask()
        self.changed.emit()

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if self.id is None:
            return
        mine = change.incidents | change.gone | change.timeline
        if change.everything or self.id in mine:
            self._ask()
        if change.everything or change.places or change.settings or self.id in mine:
            self.changed.emit()

    def _ask(self) -> None:
        id = self.id
        if self._read.incident is None:
            self.state = LOADING
        self._desk.read(
            lambda reader: (id, read_subject(reader, id or "")), done=self._take, failed=self._not_read, owner=self,
            key="subject",
        )  # fmt: skip

    def _take(self, answer: tuple[str, Found]) -> None:
        id, found = answer
        if id == self.id:
            self._read = found
            self.state = READY
            self.changed.emit()

    def _not_read(self, error: BaseException) -> None:
        """What is on screen stays; only what never came is said to be missing."""
        if not isinstance(error, CommandCenterError):
            raise error
        if self._read.incident is None:
            self.state = failed(error)
            self.changed.emit()

    @Slot()
    def _connection_changed(self) -> None:
        if self.id is not None and not self._desk.is_stale and self.state.kind == "failed":
            self._ask()
