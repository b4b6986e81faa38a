"""The parts of a grid's card. Each keeps itself up to date while it is shown."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import current, say
from commandcenter.rules.grids import GazetteerName, Grid
from commandcenter.rules.incidents import Incident, is_open, is_overdue, queue_order
from commandcenter.services import figures
from commandcenter.services.catalogues import role_name, subkind_name
from commandcenter.services.live import LiveChange
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Flow, Link, clear, words
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import ActionButton, Label
from commandcenter.ui.grids import words as naming
from commandcenter.ui.grids.facts import NOBODY, Keepers, keepers_by_grid
from commandcenter.ui.grids.picture import age_words
from commandcenter.ui.grids.rows import spaced

_LEFT = Qt.AlignmentFlag.AlignLeft
LAST = 8
"""How many of a grid's latest incidents its card lists."""


class Section(QWidget):
    """Lines one below the other, made anew when what they tell of has changed."""

    def __init__(self, tools: Tools, grid: Grid) -> None:
        super().__init__()
        self._tools, self._desk, self._grid = tools, tools.desk, grid.id
        self.lines = QVBoxLayout(self)
        self.lines.setContentsMargins(0, 0, 0, 0)
        self.lines.setSpacing(theme.current().space(1))

    def quiet(self, code: str, **facts: Any) -> None:
        """A sentence where there is nothing to list."""
        label = Label(code, "muted", **facts)
        label.setWordWrap(True)
        self.lines.addWidget(label)


class PeopleSection(Section):
    """Keeper, head, deputies and everybody in a role on the grid, with their numbers."""

    def __init__(self, tools: Tools, grid: Grid) -> None:
        super().__init__(tools, grid)
        tools.desk.directory_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the directory again."""
        clear(self.lines)
        directory = self._desk.directory
        keepers = keepers_by_grid(directory).get(self._grid, NOBODY)
        if not directory.loaded:
            self.quiet("grids.people.unknown")
        elif keepers.first is None:
            self.quiet("grids.people.none")
        for kind, person, role in _everybody(keepers):
            self.lines.addWidget(self._person(kind, person, role))
        if self._tools.actions.is_allowed("grid.deputy"):
            self.lines.addWidget(ActionButton(self._tools.actions, "grid.deputy", kind="quiet"), 0, _LEFT)

    def _person(self, kind: str, person: Any, role: str) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space(2))
        row.addWidget(Link(person.name, partial(self._tools.selection.navigate, kind, person.id)))
        row.addWidget(words(role, "muted", wraps=False))
        if told := self._away(kind, person):
            row.addWidget(words(told, "strong", wraps=False))
        row.addStretch(1)
        if person.phone:
            row.addWidget(words(spaced(person.phone), "strong", wraps=False))
        else:
            row.addWidget(Label("grids.people.no_phone", "muted"))
        return line


    def _away(self, kind: str, person: Any) -> str:
        """That a keeper is away today, and who is called in his place."""
        absence = self._desk.directory.absence(person.id, self._desk.now()) if kind == "worker" else None
        if absence is None:
            return ""
        stand_in = self._desk.directory.name("worker", absence.stand_in)
        return say("grids.people.stand_in", name=stand_in) if stand_in else say("grids.people.away")


def _everybody(keepers: Keepers) -> Sequence[tuple[str, Any, str]]:
    """(kind, person, role) in the order in which they are called."""
    return [
        *(("duty_holder", each, role_name(each.role)) for each in keepers.heads),
        *(("worker", each, say("grids.role.keeper")) for each in keepers.workers),
        *(("duty_holder", each, role_name(each.role)) for each in keepers.others),
    ]


class NamesSection(Section):
    """What people call places in this grid."""

    def __init__(self, tools: Tools, grid: Grid) -> None:
        super().__init__(tools, grid)
        tools.desk.directory_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the gazetteer again."""
        clear(self.lines)
        found = [each for each in self._desk.directory.names.values() if each.grid == self._grid]
        known = sorted((each for each in found if not each.learned), key=_by_name)
        learned = sorted((each for each in found if each.learned), key=_by_name)
        may_edit = self._tools.actions.is_allowed("name.edit")
        if not found:
            self.quiet("grids.names.none")
        if known:
            self.lines.addWidget(self._names(known, may_edit))
        if learned:
            self.lines.addWidget(Label("grids.names.learned", "caption"))
            self.lines.addWidget(self._names(learned, may_edit))
        if may_edit:
            self.lines.addWidget(ActionButton(self._tools.actions, "name.add", kind="quiet"), 0, _LEFT)

    def _names(self, found: Sequence[GazetteerName], may_edit: bool) -> QWidget:
        """Names side by side; a press on one opens its form."""
        if not may_edit:
            return words(say("grids.names.join").join(each.name for each in found))
        return Flow([Link(each.name, partial(self._edit, each.id)) for each in found])

    def _edit(self, name: str) -> None:
        self._tools.selection.choose("gazetteer_name", name)
        self._tools.actions.trigger("name.edit")


def _by_name(name: GazetteerName) -> tuple[str, str]:
    return name.name, name.id


class OpenSection(Section):
    """What is open in the grid now."""

    def __init__(self, tools: Tools, grid: Grid) -> None:
        super().__init__(tools, grid)
        tools.desk.live_changed.connect(self._live_changed)
        self.refresh()

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or self._grid in change.grids or change.incidents:
            self.refresh()

    def refresh(self) -> None:
        """Take it from the live set."""
        clear(self.lines)
        found = [each for each in self._desk.live.incidents.values() if each.grid == self._grid]
        if not found:
            self.quiet("grids.open.none")
        for each in sorted(found, key=queue_order):
            self.lines.addWidget(IncidentLine(self._tools, each))


class LastSection(Section):
    """The grid's latest incidents, ended ones too; read from the database."""

    def __init__(self, tools: Tools, grid: Grid) -> None:
        super().__init__(tools, grid)
        tools.desk.live_changed.connect(self._live_changed)
        self.quiet("grids.last.loading")
        self.refresh()

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or self._grid in change.grids:
            self.refresh()

    def refresh(self) -> None:
        """Ask the database."""
        ask = partial(_ask_last, self._grid)
        self._desk.read(ask, done=self._take, failed=self._failed, owner=self, key="last")

    def _take(self, found: list[Incident]) -> None:
        clear(self.lines)
        ended = [each for each in found if not is_open(each.state)]
        if not ended:
            self.quiet("grids.last.none")
        for each in ended:
            self.lines.addWidget(IncidentLine(self._tools, each))

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        clear(self.lines)
        self.quiet("grids.last.failed", reason=current().error(error))


def _ask_last(grid: str, reader: Any) -> list[Incident]:
    return figures.last_incidents(reader, grid, LAST)


class IncidentLine(QWidget):
    """Urgency, what it was, when or since when, and how it stands; a click opens it while it is open."""

    def __init__(self, tools: Tools, incident: Incident) -> None:
        super().__init__()
        look = theme.current()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, look.px(2), 0, look.px(2))
        row.setSpacing(look.space(2))
        row.addWidget(UrgencySquare(incident.urgency))
        row.addWidget(self._what(tools, incident), 1)
        row.addWidget(self._state(tools, incident))

    def _what(self, tools: Tools, incident: Incident) -> QWidget:
        kind = subkind_name(incident.category, incident.subkind)
        if not is_open(incident.state):
            return words(kind)
        return Link(kind, partial(tools.selection.navigate, "incident", incident.id))

    def _state(self, tools: Tools, incident: Incident) -> QLabel:
        state, now = say(f"grids.state.{incident.state}"), tools.desk.now()
        if is_open(incident.state):
            age = age_words((now - incident.opened_at).total_seconds())
            overdue = is_overdue(incident, now, tools.desk.limits)
            return words(f"{state} · {age}", "error" if overdue else "muted", wraps=False)
        day = local_day(incident.opened_at, tools)
        return words(f"{state} · {day}", "muted", wraps=False)


def local_day(instant: Any, tools: Tools) -> str:
    """The day in the town's zone; the year only where it is not this one."""
    zone = zone_of(tools.desk.live.town)
    there, today = instant.astimezone(zone), tools.desk.now().astimezone(zone)
    code = "grids.day.this_year" if there.year == today.year else "grids.day.other_year"
    return say(code, year=there.year, month=there.month, day=there.day, time=f"{there:%H:%M}")


class UrgencySquare(QLabel):
    """特, 急 or 般 in a neutral rounded square."""

    def __init__(self, urgency: Any) -> None:
        super().__init__(naming.urgency_sign(urgency))
        look = theme.current()
        self.setFixedSize(look.px(22), look.px(22))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setToolTip(tip(say(f"grids.urgency.{urgency}.name")))
        strong = urgency == "critical"
        ground, ink = (look.text, look.surface) if strong else (look.surface_2, look.text)
        self.setStyleSheet(
            f"background: {ground}; color: {ink}; border: 1px solid {look.control};"
            f" border-radius: {look.px(5)}px; font-weight: 600; font-size: {look.px(12)}px;"
        )
