"""The card of an emergency unit, and its part of a grid's card."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import current, say
from commandcenter.rules.grids import Grid
from commandcenter.rules.scenarios import ROLES
from commandcenter.rules.units import UnitPost
from commandcenter.services import units
from commandcenter.services.catalogues import term
from commandcenter.services.live import LiveChange
from commandcenter.services.units import UnitPlace
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Link, clear, words
from commandcenter.ui.core.listing import CardHands
from commandcenter.ui.core.reveal import Personal
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Label


class UnitHeader(QWidget):
    """The place, and how much is lacking."""

    def __init__(self, tools: Tools, row: Any) -> None:
        super().__init__()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.current().space(1))
        lines.addWidget(words(row.title, "title"))
        if row.place.grid is not None:
            go = partial(tools.selection.navigate, "grid", row.place.grid.id)
            lines.addWidget(Link(say("units.to_grid"), go), 0, Qt.AlignmentFlag.AlignLeft)
        said = say("units.lacks", count=row.gaps) if row.gaps else say("units.whole")
        lines.addWidget(words(said, "doubt" if row.gaps else "muted"))
        why_not = "" if tools.actions.is_allowed("unit.name") else say("scenarios.read_only")
        lines.addWidget(CardHands(tools, ("unit.name", "unit.next_gap"), why_not))


class UnitSection(QWidget):
    """The four roles: who holds each, who stands in, what is lacking."""

    def __init__(self, tools: Tools, row: Any) -> None:
        super().__init__()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.current().space(2))
        may_name = tools.actions.is_allowed("unit.name")
        for role in ROLES:
            lines.addWidget(RolePart(tools, row.place, role, may_name=may_name))


class RolePart(QWidget):
    """One role of a unit."""

    def __init__(self, tools: Tools, place: UnitPlace, role: str, *, may_name: bool) -> None:
        super().__init__()
        self._tools, self._role = tools, role
        look = theme.current()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(look.px(2))
        self._lines.addWidget(words(term("unit_roles", role), "strong", wraps=False))
        held = place.held(role)
        for post in held:
            self._lines.addWidget(self._person(post, may_name))
        if sum(1 for each in held if each.rank == 0) > 1:
            label = Label("units.two", "doubt")
            label.setWordWrap(True)
            self._lines.addWidget(label)
        for gap in place.lacks:
            if gap.role == role:
                self._lines.addWidget(self._gap(gap.lacks, may_name))

    def _person(self, post: UnitPost, may_name: bool) -> QWidget:
        look = theme.current()
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(look.space(3), 0, 0, 0)
        row.setSpacing(look.space(2))
        person = self._tools.desk.directory.people.get((post.person_kind, post.person or ""))
        if person is not None:
            go = partial(self._tools.selection.navigate, post.person_kind, person.id)
            row.addWidget(Link(person.name, go))
        else:
            row.addWidget(words(post.name, wraps=False))
        row.addWidget(words(say("units.holds") if post.rank == 0 else say("units.stands_in", rank=post.rank), "muted",
                            wraps=False))  # fmt: skip
        if person is not None and not person.active:
            row.addWidget(Label("units.left", "doubt"))
        row.addStretch(1)
        subject, kind = (person, post.person_kind) if person is not None else (post, "unit_post")
        if subject.phone:
            row.addWidget(Personal(self._tools, kind, subject, "phone"))
        else:
            row.addWidget(Label("units.no_phone", "muted"))
        if may_name:
            off = Button("", kind="quiet", icon="remove")
            off.setObjectName("units.off")
            off.setFixedWidth(look.px(28))
            off.setAccessibleName(say("units.off", name=post.name))
            off.setToolTip(tip(say("units.off", name=post.name)))
            off.clicked.connect(partial(self._take_off, post.id))
            row.addWidget(off)
        return line

    def _gap(self, lacks: str, may_name: bool) -> QWidget:
        look = theme.current()
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(look.space(3), 0, 0, 0)
        row.setSpacing(look.space(2))
        row.addWidget(Label(f"units.gap.{lacks}", "doubt"))
        if may_name:
            row.addWidget(Link(say("units.fill"), partial(self._fill, lacks)))
        row.addStretch(1)
        return line

    def _fill(self, lacks: str) -> None:
        self._tools.selection.choose("unit_role", f"{self._role}:{0 if lacks == 'nobody' else 1}")
        self._tools.actions.trigger("unit.name")

    def _take_off(self, post: str, _checked: bool = False) -> None:
        self._tools.selection.choose("unit_post", post)
        self._tools.actions.trigger("unit.retire")


class GridUnitSection(QWidget):
    """Who is in the unit of a grid, and what it lacks; a grid without one says whose unit comes."""

    def __init__(self, tools: Tools, grid: Grid) -> None:
        super().__init__()
        self._tools, self._grid = tools, grid
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(theme.current().space(1))
        self._lines.addWidget(Label("units.loading", "muted"))
        tools.desk.live_changed.connect(self._live_changed)
        self.refresh()

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.drills:
            self.refresh()

    def refresh(self) -> None:
        """Ask the database."""
        ask = partial(_ask, self._grid.id)
        self._tools.desk.read(ask, done=self._take, failed=self._failed, owner=self, key="unit")

    def _take(self, found: list[UnitPlace]) -> None:
        clear(self._lines)
        if not found:
            label = Label("units.grid.village", "muted")
            label.setWordWrap(True)
            self._lines.addWidget(label)
        for place in found:
            if place.site:
                self._lines.addWidget(words(place.site, "strong"))
            for role in ROLES:
                self._lines.addWidget(self._role(place, role))
            if place.lacks:
                self._lines.addWidget(words(say("units.lacks", count=len(place.lacks)), "doubt"))
            if "scenarios" in self._tools.plugs.workspaces and self._may_go:
                go = partial(self._tools.selection.navigate, "unit", place.id)
                self._lines.addWidget(Link(say("units.open"), go), 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def _may_go(self) -> bool:
        workspace = self._tools.plugs.workspaces.get("scenarios")
        return self._tools.desk.officer.role in workspace.roles

    def _role(self, place: UnitPlace, role: str) -> QWidget:
        held = place.held(role)
        names = say("units.join").join(
            each.name if each.rank == 0 else say("units.substitute", name=each.name) for each in held
        )
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space(2))
        quiet = words(term("unit_roles", role), "muted", wraps=False)
        quiet.setMinimumWidth(theme.current().px(104))
        row.addWidget(quiet)
        row.addWidget(words(names or say("units.nobody"), "" if names else "doubt"), 1)
        return line

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        clear(self._lines)
        label = Label("units.failed", "muted", reason=current().error(error))
        label.setWordWrap(True)
        self._lines.addWidget(label)


def _ask(grid: str, reader: Any) -> list[UnitPlace]:
    return units.of_grid(reader, grid)
