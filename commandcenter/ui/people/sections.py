"""The card of a person: who it is, how to reach them, and how they were called lately."""

from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import current, say
from commandcenter.services import figures
from commandcenter.services.catalogues import subkind_name
from commandcenter.services.figures import PersonCall
from commandcenter.services.live import LiveChange
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Facts, Link, clear, words
from commandcenter.ui.core.listing import CardHands
from commandcenter.ui.core.reveal import Personal
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Label
from commandcenter.ui.people.rows import PersonRow, row_id, source_name, village_name
from commandcenter.ui.people.times import local_time

ANSWERED = ("answered", "arrived", "on_scene", "relayed")


class PersonHeader(QWidget):
    """Name, role and place, and what can be done."""

    def __init__(self, tools: Tools, row: PersonRow) -> None:
        super().__init__()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.current().space(1))
        lines.addWidget(words(row.person.name, "title"))
        lines.addWidget(words(say("people.found", role=row.role, place=row.place), "muted"))
        if not row.person.active:
            lines.addWidget(Label("people.left", "muted"))
        back_or_off = "person.retire" if row.person.active else "person.bring_back"
        why = say("people.officers_in_settings") if row.kind == "officer" else ""
        lines.addWidget(CardHands(tools, ("person.edit", back_or_off), why))


class ReachSection(QWidget):
    """Telephone and address, masked by role."""

    def __init__(self, tools: Tools, row: PersonRow) -> None:
        super().__init__()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        facts = Facts()
        person = row.person
        if person.phone:
            facts.add("people.fact.phone", Personal(tools, row.kind, person, "phone", role="figure"))
        else:
            facts.add("people.fact.phone", Label("people.no_phone", "muted"))
        for field in ("address", "id_number"):
            if getattr(person, field, None):
                facts.add(f"people.fact.{field}", Personal(tools, row.kind, person, field))
        lines.addWidget(facts)


class PlaceSection(QWidget):
    """Grid, village, deputy, and how a worker came to the task."""

    def __init__(self, tools: Tools, row: PersonRow) -> None:
        super().__init__()
        self._tools, self._row = tools, row
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        tools.desk.directory_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Deputies may have changed."""
        clear(self._lines)
        row, facts = self._row, Facts()
        if row.grid is not None:
            facts.add("people.fact.grid", self._link(row.grid.name, "grid", row.grid.id))
        if row.village is not None:
            facts.add("people.fact.village", self._link(village_name(row.village), "village", row.village.id))
        if row.grid is None and row.village is None:
            facts.add("people.fact.area", say("people.place.town"))
        if row.kind == "worker":
            self._add_worker(facts)
        if row.kind == "officer" and row.person.account:
            facts.add("people.fact.account", row.person.account)
        self._lines.addWidget(facts)

    def _add_worker(self, facts: Facts) -> None:
        person = self._row.person
        deputies = self._deputies()
        facts.add("people.fact.deputy", deputies if deputies is not None else Label("people.no_deputy", "muted"))
        if person.source:
            facts.add("people.fact.source", source_name(person.source))
        facts.add("people.fact.paid", say("people.paid" if person.paid else "people.unpaid"))
        if person.appointed:
            facts.add("people.fact.appointed", person.appointed)

    def _deputies(self) -> QWidget | None:
        grid = self._row.grid
        holders = self._tools.desk.directory.holders(grid=grid.id) if grid is not None else []
        found = [each for each in holders if each.role == "grid_deputy"]
        if not found:
            return None
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        for each in found:
            row.addWidget(self._link(each.name, "duty_holder", each.id))
        row.addStretch(1)
        return box

    def _link(self, text: str, entity: str, id: str) -> QWidget:
        return link(self._tools, text, entity, id)


def link(tools: Tools, text: str, entity: str, id: str) -> QWidget:
    """A name that leads to its card."""
    return Link(text, partial(tools.selection.navigate, entity, id))


class CallsSection(QWidget):
    """The latest callings with their results; read from the database."""

    def __init__(self, tools: Tools, row: PersonRow) -> None:
        super().__init__()
        self._tools, self._row = tools, row
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(theme.current().space(1))
        self._lines.addWidget(Label("people.calls.loading", "muted"))
        tools.desk.live_changed.connect(self._live_changed)
        self.refresh()

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        calls = self._tools.desk.live.calls
        mine = (row_id(call.person_kind, call.person) for id in change.incidents for call in calls.get(id, ()))
        if change.everything or change.gone or self._row.id in set(mine):
            self.refresh()

    def refresh(self) -> None:
        """Ask the database."""
        ask = partial(_ask_calls, self._row.kind, self._row.person.id)
        self._tools.desk.read(ask, done=self._take, failed=self._failed, owner=self, key="calls")

    def _take(self, found: list[PersonCall]) -> None:
        clear(self._lines)
        if not found:
            self._lines.addWidget(Label("people.calls.none", "muted"))
        for each in found:
            self._lines.addWidget(self._line(each))

    def _line(self, found: PersonCall) -> QWidget:
        call, incident = found.call, found.incident
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space(2))
        row.addWidget(words(local_time(call.called_at or call.listed_at, self._tools), "muted", wraps=False))
        if incident is not None:
            kind = subkind_name(incident.category, incident.subkind)
            is_live = incident.id in self._tools.desk.live.incidents
            named = link(self._tools, kind, "incident", incident.id) if is_live else words(kind, wraps=False)
            row.addWidget(named)
        row.addStretch(1)
        row.addWidget(_result(call))
        return line

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        clear(self._lines)
        self._lines.addWidget(Label("people.calls.failed", "muted", reason=current().error(error)))


def _result(call: Any) -> QWidget:
    """What became of it; several attempts are counted."""
    text = say(f"people.result.{call.result}")
    if call.attempts > 1:
        text = say("people.result.attempts", result=text, count=call.attempts)
    return words(text, "strong" if call.result in ANSWERED else "muted", wraps=False)


def _ask_calls(kind: str, person: str, reader: Any) -> list[PersonCall]:
    return figures.recent_calls(reader, kind, person)
