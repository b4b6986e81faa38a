"""Parts of cards: the households of a grid, how to reach a household, and its members with what they need."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import current, say
from commandcenter.rules.grids import Grid
from commandcenter.rules.households import Resident, is_weak
from commandcenter.services import households
from commandcenter.services.catalogues import care_name
from commandcenter.services.households import Home
from commandcenter.services.live import LiveChange
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Facts, Flow, Link, clear, figures, words
from commandcenter.ui.core.listing import CardHands
from commandcenter.ui.core.reveal import Personal, phone_words
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Chip, Label
from commandcenter.ui.households.rows import HomeRow, figure, rows

LISTED = 12
"""How many households a grid's card lists; all of them stand in the register."""


def relation_name(relation: str) -> str:
    """What a member is to the head; an unknown word shows itself."""
    code = f"households.relation.{relation}"
    return say(code) if relation and current().has(code) else relation


class HouseholdHeader(QWidget):
    """The head, where it is, and what can be done."""

    def __init__(self, tools: Tools, row: HomeRow) -> None:
        super().__init__()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.current().space(1))
        lines.addWidget(words(say("households.title", head=row.head), "title"))
        lines.addWidget(words(row.place, "muted"))
        people, at_home = row.people
        lines.addWidget(figures((
            (figure(people), "households.figure.people"), (figure(at_home), "households.figure.at_home"),
            (str(row.weak), "households.figure.weak"),
        )))  # fmt: skip
        lines.addWidget(CardHands(tools, ("household.edit", "resident.add", "household.retire", "household.erase")))


class ReachSection(QWidget):
    """Number, address, house number and note, masked by role."""

    def __init__(self, tools: Tools, row: HomeRow) -> None:
        super().__init__()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        facts, household = Facts(), row.home.household
        if household.phone:
            facts.add("households.fact.phone", Personal(tools, "household", household, "phone", role="figure"))
        else:
            facts.add("households.fact.phone", Label("households.no_phone", "muted"))
        for field in ("address", "note"):
            if getattr(household, field):
                facts.add(f"households.fact.{field}", Personal(tools, "household", household, field))
        if row.grid is not None:
            go = partial(tools.selection.navigate, "grid", row.grid.id)
            facts.add("households.fact.grid", Link(row.grid.name, go))
        if household.code:
            facts.add("households.fact.code", household.code)
        lines.addWidget(facts)


class MemberLine(QWidget):
    """Somebody of a household: who, what has to be done, how to reach. A press on the name opens the form."""

    def __init__(self, tools: Tools, member: Resident, *, can_edit: bool) -> None:
        super().__init__()
        self._tools, self._id = tools, member.id
        look = theme.current()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, look.px(2), 0, look.px(4))
        lines.setSpacing(look.px(3))
        row = QHBoxLayout()
        row.setSpacing(look.space(2))
        name = phone_words(member.name) or say("households.no_name")
        row.addWidget(Link(name, self._edit) if can_edit else words(name, "strong", wraps=False))
        row.addWidget(words(self._about(member), "muted"), 1)
        if member.phone:
            row.addWidget(Personal(tools, "resident", member, "phone"))
        lines.addLayout(row)
        if member.needs:
            lines.addWidget(Personal(tools, "resident", member, "needs", role="strong"))

    def _about(self, member: Resident) -> str:
        away = say("households.away") if member.away else ""
        care = care_name(member.care) if member.care else ""
        return " · ".join(part for part in (relation_name(member.relation), care, away) if part)

    def _edit(self) -> None:
        self._tools.selection.choose("resident", self._id)
        self._tools.actions.trigger("resident.edit")


class MembersSection(QWidget):
    """Everybody of the household: the head first, then who needs help."""

    def __init__(self, tools: Tools, row: HomeRow) -> None:
        super().__init__()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        can_edit = tools.actions.is_allowed("resident.edit")
        for member in row.home.members:
            lines.addWidget(MemberLine(tools, member, can_edit=can_edit))
        if not row.home.members:
            label = Label("households.members.none", "muted")
            label.setWordWrap(True)
            lines.addWidget(label)


class GridSection(QWidget):
    """The households of a grid: how many, who is at home, those who must be helped first."""

    def __init__(self, tools: Tools, grid: Grid) -> None:
        super().__init__()
        self._tools, self._desk, self._grid = tools, tools.desk, grid
        self.open_first = False
        self._open: set[str] = set()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(theme.current().space(1))
        self._lines.addWidget(Label("households.loading", "muted"))
        tools.desk.live_changed.connect(self._live_changed)
        self.refresh()

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.households:
            self.refresh()

    def refresh(self) -> None:
        """Ask the database."""
        self._desk.read(
            partial(_ask, self._grid.id), done=self._take, failed=self._failed, owner=self, key="households"
        )

    def _take(self, found: list[Home]) -> None:
        clear(self._lines)
        live = self._desk.live
        made = rows(found, live.grids, live.villages)
        if not made:
            label = Label("households.none", "muted")
            label.setWordWrap(True)
            self._lines.addWidget(label)
            return
        if self.open_first:
            self._open.add(made[0].id)
        self._lines.addWidget(words(self._sum(made), "muted"))
        for row in made[:LISTED]:
            self._lines.addWidget(HomeLine(self._tools, row, self._open))
        if self._tools.actions.is_allowed("household.edit"):
            more = say("households.all", count=len(made))
            go = partial(self._tools.selection.navigate, "household", made[0].id)
            self._lines.addWidget(Link(more, go), 0, Qt.AlignmentFlag.AlignLeft)

    def _sum(self, made: Sequence[HomeRow]) -> str:
        at_home = sum(row.people[1] or 0 for row in made)
        return say("households.sum", count=len(made), at_home=at_home, weak=sum(row.weak for row in made))

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        clear(self._lines)
        label = Label("households.failed", "muted", reason=current().error(error))
        label.setWordWrap(True)
        self._lines.addWidget(label)


class HomeLine(QWidget):
    """One household in one line; a press opens its members under it."""

    def __init__(self, tools: Tools, row: HomeRow, opened: set[str]) -> None:
        super().__init__()
        self._tools, self._row, self._opened = tools, row, opened
        look = theme.current()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(look.px(2))
        head = QHBoxLayout()
        head.setSpacing(look.space(2))
        self.button = Button("", kind="quiet", icon="closed")
        self.button.setObjectName("households.open")
        self.button.setFixedWidth(look.px(28))
        self.button.setAccessibleName(say("households.open", head=row.head))
        self.button.clicked.connect(self._turn)
        head.addWidget(self.button)
        head.addWidget(Link(row.head, partial(tools.selection.navigate, "household", row.id)))
        head.addWidget(words(phone_words(row.home.household.phone), "muted", wraps=False))
        head.addStretch(1)
        people, at_home = row.people
        told = say("households.line", at_home=figure(at_home), people=figure(people))
        head.addWidget(words(told, "strong" if row.weak else "muted", wraps=False))
        self._lines.addLayout(head)
        needs = [need for need in row.needs.split(say("households.needs.join")) if need]
        if needs:
            flow = Flow([Chip(need, "near") for need in needs])
            flow.setContentsMargins(0, 0, 0, look.px(2))
            self._lines.addWidget(flow)
        self._members: QWidget | None = None
        if row.id in opened:
            self._show()

    @Slot()
    def _turn(self) -> None:
        if self._members is None:
            self._opened.add(self._row.id)
            self._show()
        else:
            self._opened.discard(self._row.id)
            self._members.hide()
            self._members.deleteLater()
            self._members = None
            self.button.show_icon("closed")

    def _show(self) -> None:
        self.button.show_icon("down")
        self._members = QWidget()
        lines = QVBoxLayout(self._members)
        lines.setContentsMargins(theme.current().px(36), 0, 0, theme.current().space(1))
        lines.setSpacing(0)
        ordered = sorted(self._row.home.members, key=lambda each: not is_weak(each))
        for member in ordered:
            lines.addWidget(MemberLine(self._tools, member, can_edit=False))
        if not ordered:
            lines.addWidget(Label("households.members.none", "muted"))
        self._lines.addWidget(self._members)


def _ask(grid: str, reader: Any) -> list[Home]:
    return households.homes(reader, "grid", grid)
