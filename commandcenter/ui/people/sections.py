"""The card of a person: who it is, how to reach them, and how they were called lately."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import current, say
from commandcenter.rules import calling
from commandcenter.rules.masks import is_erased
from commandcenter.rules.people import WorkerAbsence, keys_in
from commandcenter.rules.units import UnitPost
from commandcenter.services import figures
from commandcenter.services.catalogues import subkind_name, term, worker_words
from commandcenter.services.figures import PersonCall
from commandcenter.services.live import LiveChange, LiveSet
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Facts, Flow, Link, clear, words
from commandcenter.ui.core.listing import CardHands
from commandcenter.ui.core.reveal import Personal
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import ActionButton, Button, Label
from commandcenter.ui.people.awayforms import place_words
from commandcenter.ui.people.forms import priority_names
from commandcenter.ui.people.rows import (
    ABSENCE,
    PersonRow,
    away_words,
    row_id,
    short_day,
    verified_words,
    village_name,
)
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
        if row.merged_into:
            told = say("people.merged", name=row.merged_into)
            lines.addWidget(link(tools, told, "worker", row.person.merged_into))
        elif not row.person.active:
            lines.addWidget(Label("people.left", "muted"))
            if told := _left_words(row):
                lines.addWidget(words(told, "muted"))
        elif row.away is not None:
            lines.addWidget(words(away_words(row.away, row.stand_in), "strong"))
        if row.doubles:
            lines.addWidget(words(likely_words(row, tools), "doubt"))
            if tools.actions.is_allowed("person.merge"):
                lines.addWidget(ActionButton(tools.actions, "person.merge"), 0, Qt.AlignmentFlag.AlignLeft)
        hands = ["person.edit", "person.retire" if row.person.active else "person.bring_back"]
        if row.kind == "worker" and row.person.active:
            hands = ["person.edit", "person.verify", "person.away", "person.retire"]
        why = say("people.officers_in_settings") if row.kind == "officer" else ""
        lines.addWidget(CardHands(tools, (*hands, "person.erase"), why))


def likely_words(row: PersonRow, tools: Tools) -> str:
    """Who may be the same human, by name and place."""
    found = [tools.desk.directory.people.get(("worker", id)) for id in row.doubles]
    names = [say("people.merge.named", name=each.name, place=place_words(tools.desk.live, each))
             for each in found if each is not None]  # fmt: skip
    return say("people.merge.may_be", name=say("people.list").join(names))


def _left_words(row: PersonRow) -> str:
    """When and why somebody left, where the form said so."""
    day, reason = getattr(row.person, "left_on", None), getattr(row.person, "left_reason", None)
    if day is None:
        return ""
    why = say("people.erased") if is_erased(reason) else reason
    return say("people.left_for", day=day, reason=why) if why else say("people.left_on", day=day)


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
        if row.kind == "worker" and person.phone:
            told = verified_words(person.verified_on, row.today)
            facts.add("people.fact.verified", words(told, "" if row.is_verified else "doubt"))
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
        if person.standing == "reserve":
            facts.add("people.fact.standing", say("people.standing.reserve"))
        if self._row.grid is not None:
            if heads := self._holders(calling.HEAD):
                facts.add("people.fact.head", self._links(heads))
            facts.add("people.fact.deputy", self._deputies())
        facts.add("people.fact.paid", say("people.paid" if person.paid else "people.unpaid"))
        if person.appointed:
            facts.add("people.fact.appointed", person.appointed)

    def _holders(self, role: str) -> list[Any]:
        grid = self._row.grid
        holders = self._tools.desk.directory.holders(grid=grid.id) if grid is not None else []
        return [each for each in holders if each.role == role]

    def _deputies(self) -> QWidget:
        """Who they are, and the way to one more."""
        box = QWidget()
        lines = QVBoxLayout(box)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.current().space(1))
        found = self._holders(calling.DEPUTY)
        lines.addWidget(self._links(found) if found else Label("people.no_deputy", "muted"))
        if self._tools.actions.is_allowed("person.deputy"):
            lines.addWidget(ActionButton(self._tools.actions, "person.deputy"), 0, Qt.AlignmentFlag.AlignLeft)
        return box

    def _links(self, holders: Sequence[Any]) -> QWidget:
        return Flow([self._link(each.name, "duty_holder", each.id) for each in holders])

    def _link(self, text: str, entity: str, id: str) -> QWidget:
        return link(self._tools, text, entity, id)


def link(tools: Tools, text: str, entity: str, id: str) -> QWidget:
    """A name that leads to its card."""
    return Link(text, partial(tools.selection.navigate, entity, id))


class AbleSection(QWidget):
    """How a worker came to the task, what he does and what he can do, what the town grants him first."""

    def __init__(self, tools: Tools, row: PersonRow) -> None:
        super().__init__()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        facts, person, told = Facts(), row.person, False
        for name in ("source", "channel", "duties", "skills", "vehicles"):
            if value := say("people.list").join(worker_words(name, getattr(person, name))):
                facts.add(f"people.fact.{name}", value)
                told = True
        if keys := keys_in(person.priorities):
            known = priority_names(tools)
            facts.add("people.fact.priorities", say("people.list").join(known.get(key, key) for key in keys))
            told = True
        lines.addWidget(facts if told else Label("people.able.none", "muted"))


class AwaySection(QWidget):
    """When a worker is away and who is called in his place; a press opens the form."""

    def __init__(self, tools: Tools, row: PersonRow) -> None:
        super().__init__()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.current().space(1))
        directory = tools.desk.directory
        for absence in row.absences:
            lines.addWidget(self._line(tools, absence, directory.name("worker", absence.stand_in)))
        instead = directory.stands_in_for(row.person.id, tools.desk.now())
        if instead:
            lines.addWidget(words(say("people.away.stands_in", name=say("people.list").join(instead)), "strong"))
        if not row.absences and not instead:
            lines.addWidget(Label("people.away.none", "muted"))
        if row.absences and tools.actions.is_allowed("person.back"):
            lines.addWidget(ActionButton(tools.actions, "person.back"), 0, Qt.AlignmentFlag.AlignLeft)

    def _line(self, tools: Tools, absence: WorkerAbsence, stand_in: str) -> QWidget:
        line = QWidget()
        column = QVBoxLayout(line)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        told = say("people.away.from", day=short_day(absence.from_on), what=away_words(absence, stand_in))
        if tools.actions.is_allowed("person.change_away"):
            row = QHBoxLayout()
            row.addWidget(words(told), 1)
            change = Button("people.away.change", kind="quiet", icon="edit")
            change.setObjectName("people.away.change")
            change.setAccessibleName(say("people.away.change_of", what=told))
            change.clicked.connect(partial(_change, tools, absence.id))
            row.addWidget(change)
            column.addLayout(row)
        else:
            column.addWidget(words(told))
        if reason := absence.reason:
            column.addWidget(words(say("people.erased") if is_erased(reason) else reason, "muted"))
        return line


def _change(tools: Tools, absence: str, _checked: bool = False) -> None:
    tools.selection.choose(ABSENCE, absence)
    tools.actions.trigger("person.change_away")


class UnitSection(QWidget):
    """The posts of the smallest emergency unit that a worker holds or stands in for; read from the database."""

    def __init__(self, tools: Tools, row: PersonRow) -> None:
        super().__init__()
        self._tools = tools
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(theme.current().space(1))
        self._lines.addWidget(Label("people.calls.loading", "muted"))
        ask = partial(_ask_posts, row.person.id)
        tools.desk.read(ask, done=self._take, failed=self._failed, owner=self, key="posts")

    def _take(self, found: list[UnitPost]) -> None:
        clear(self._lines)
        if not found:
            self._lines.addWidget(Label("people.unit.none", "muted"))
        for each in found:
            self._lines.addWidget(words(post_words(each, self._tools.desk.live)))

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        clear(self._lines)
        self._lines.addWidget(Label("people.calls.failed", "muted", reason=current().error(error)))


def post_words(post: UnitPost, live: LiveSet) -> str:
    """A post of a unit: where, what, and whether as a substitute."""
    grid, village = live.grids.get(post.grid or ""), live.villages.get(post.village)
    place = post.site or (grid.name if grid is not None else village_name(village))
    code = "people.unit.substitute" if post.rank else "people.unit.post"
    return say(code, place=place, role=term("unit_roles", post.role), rank=post.rank)


def _ask_posts(worker: str, reader: Any) -> list[UnitPost]:
    found: list[UnitPost] = reader.find("unit_post", person_kind="worker", person=worker, active=True)
    return found


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
