"""The side exits that need words: returned, cancelled, reopened with a reason, merged into another."""

from collections.abc import Iterable
from typing import Any, Literal

from commandcenter.base.texts import say
from commandcenter.rules.incidents import Incident
from commandcenter.services.incidents import CancelIncident, MergeIncident, ReopenIncident, ReturnIncident
from commandcenter.ui.core.cardlist import CardList
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.sheet import Sheet
from commandcenter.ui.incidents.queue_delegate import Display
from commandcenter.ui.incidents.queue_list import QueueList
from commandcenter.ui.incidents.rows import QueueRow

Reasoned = Literal["return", "cancel", "reopen"]
_COMMANDS: dict[Reasoned, Any] = {"return": ReturnIncident, "cancel": CancelIncident, "reopen": ReopenIncident}


class ReasonSheet(Sheet):
    """One line of reason, then the exit."""

    def __init__(self, incident: Incident, exit: Reasoned, sender: Sender) -> None:
        super().__init__(f"incidents.exit.{exit}", f"incidents.exit.{exit}", sender)
        self._incident, self._exit = incident, exit
        self.reason = LineEdit(say(f"incidents.reason_hint.{exit}"))
        self.form.add("reason", "incidents.field.reason", self.reason)
        self.reason.submitted.connect(self.submit)
        self.setFocusProxy(self.reason)

    def command(self) -> Any | None:
        """The exit, or None after asking for the reason."""
        reason = self.reason.text().strip()
        self.form.field("reason").show_error(None if reason else "incidents.reason.missing")
        return _COMMANDS[self._exit](incident=self._incident.id, reason=reason) if reason else None

    def words(self) -> str:
        """What it does."""
        return say(f"incidents.done.{self._exit}", number=self._incident.number)


def merge_order(incident: Incident, others: Iterable[Incident]) -> list[Incident]:
    """Open incidents this one may go on under: same grid, then same village, then the latest first."""

    def nearness(other: Incident) -> tuple[bool, bool, float]:
        same_grid = other.grid is not None and other.grid == incident.grid
        same_village = other.village is not None and other.village == incident.village
        return not same_grid, not same_village, -other.opened_at.timestamp()

    return sorted((each for each in others if each.id != incident.id), key=nearness)


class MergeSheet(Sheet):
    """Choose the incident that goes on."""

    def __init__(self, incident: Incident, rows: list[QueueRow], list_view: QueueList, sender: Sender) -> None:
        super().__init__("incidents.merge.title", "incidents.merge.save", sender)
        self._incident = incident
        self._others: CardList = list_view
        list_view.set_display(Display(shows_number=True))
        list_view.setMinimumHeight(220)
        list_view.table.reset(rows)
        if rows:
            list_view.choose(rows[0].id)
        self.form.add("into", "incidents.merge.into", list_view)
        list_view.opened.connect(self._chosen)
        self.setFocusProxy(list_view)

    def _chosen(self, _id: str) -> None:
        self.submit()

    def command(self) -> MergeIncident | None:
        """The merging, or None while nothing is chosen."""
        into = self._others.chosen()
        self.form.field("into").show_error(None if into else "incidents.merge.missing")
        return MergeIncident(incident=self._incident.id, into=into) if into else None

    def words(self) -> str:
        """What it does."""
        return say("incidents.done.merge", number=self._incident.number)

