"""Parts of cards: what an entry says and until when it is kept; the list of a grid, of a household, of a keeper."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import current, say
from commandcenter.rules.households import needs_of
from commandcenter.rules.masks import is_erased
from commandcenter.services import attention_reading
from commandcenter.services.attention_reading import Listed
from commandcenter.services.catalogues import care_name, term
from commandcenter.services.live import LiveChange
from commandcenter.ui.attention.rows import AttentionRow, review_chip, rows
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Facts, Flow, Link, clear, words
from commandcenter.ui.core.listing import CardHands
from commandcenter.ui.core.reveal import Personal
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Chip, Label

LISTED = 8
"""How many entries a card lists; all of them stand in the room."""


def _lines(widget: QWidget, space: int = 0) -> QVBoxLayout:
    lines = QVBoxLayout(widget)
    lines.setContentsMargins(0, 0, 0, 0)
    lines.setSpacing(theme.current().space(space))
    return lines


class ItemHeader(QWidget):
    """What it is about, where, how its review stands, and what can be done."""

    def __init__(self, tools: Tools, row: AttentionRow) -> None:
        super().__init__()
        lines = _lines(self, 1)
        lines.addWidget(words(row.what, "title"))
        lines.addWidget(words(say("attention.header", kind=row.kind, place=row.place), "muted"))
        chips: list[QWidget] = [review_chip(row.listed, row.today)]
        if row.listed.item.active and not row.listed.may_print(row.today):
            chips.append(Chip(say("attention.not_printed"), icon="print"))
        if row.listed.has_left:
            chips.append(Chip(say("attention.has_left"), "overdue"))
        lines.addWidget(Flow(chips))
        active = ("attention.confirm", "attention.edit", "attention.visit", "attention.close")
        lines.addWidget(CardHands(tools, active if row.listed.item.active else ("attention.reopen",)))


class AboutSection(QWidget):
    """Needs, telephone and address, masked by role; where the register knows the person, as it stands there."""

    def __init__(self, tools: Tools, row: AttentionRow) -> None:
        super().__init__()
        lines, facts, listed = _lines(self, 1), Facts(), row.listed
        self._tools = tools
        kind, holder = ("resident", listed.resident) if listed.resident else ("attention_item", listed.item)
        for field in ("needs", "phone"):
            if getattr(holder, field, None):
                facts.add(f"attention.fact.{field}", Personal(tools, kind, holder, field, role="strong"))
        if listed.resident is not None and listed.household is not None and listed.household.phone:
            facts.add("attention.fact.household_phone", Personal(tools, "household", listed.household, "phone"))
        if listed.care:
            facts.add("attention.fact.care", care_name(listed.care))
        if listed.item.address:
            facts.add("attention.fact.address", Personal(tools, "attention_item", listed.item, "address"))
        elif listed.household is not None and listed.household.address:
            facts.add("attention.fact.address", Personal(tools, "household", listed.household, "address"))
        if row.grid is not None:
            facts.add("attention.fact.grid", Link(row.grid.name, self._to("grid", row.grid.id)))
        if listed.household is not None:
            facts.add("attention.fact.household", Link(say("attention.to_household"),
                                                       self._to("household", listed.household.id)))  # fmt: skip
        if listed.item.latitude is not None and listed.item.longitude is not None:
            facts.add("attention.fact.position", f"{listed.item.latitude:.5f}, {listed.item.longitude:.5f}")
        lines.addWidget(facts)
        if listed.resident is not None:
            lines.addWidget(words(say("attention.from_register"), "caption"))

    def _to(self, entity: str, id: str) -> Callable[[], None]:
        return partial(self._tools.selection.navigate, entity, id)


class KeptSection(QWidget):
    """On what ground it is kept, who told, who entered it, when somebody looked at it, and why it was closed."""

    def __init__(self, tools: Tools, row: AttentionRow) -> None:
        super().__init__()
        facts, item = Facts(), row.listed.item
        if item.ground or item.kind == "person":
            facts.add("attention.fact.ground", term("attention_grounds", item.ground) or say("attention.no_ground"))
        if item.source:
            facts.add("attention.fact.source", Personal(tools, "attention_item", item, "source"))
        officer = tools.desk.live.officers.get(item.entered_by or "")
        entered = say("attention.entered", who=officer.name, day=item.entered_on) if officer else item.entered_on
        facts.add("attention.fact.entered", entered)
        facts.add("attention.fact.reviewed", item.reviewed_on or say("attention.never_reviewed"))
        facts.add("attention.fact.review_on", item.review_on)
        if not item.active and item.closed_reason:
            facts.add("attention.fact.closed", self._reason(tools, item))
        _lines(self).addWidget(facts)

    def _reason(self, tools: Tools, item: Any) -> str | QWidget:
        code = f"attention.reason.{item.closed_reason}"
        return say(code) if current().has(code) else Personal(tools, "attention_item", item, "closed_reason")


class ItemLine(QWidget):
    """One entry in the card of something else: when it is due, what it is, what has to be done."""

    def __init__(self, tools: Tools, row: AttentionRow, *, is_link: bool) -> None:
        super().__init__()
        lines = _lines(self)
        head = QHBoxLayout()
        head.setSpacing(theme.current().space(2))
        go = partial(tools.selection.navigate, "attention_item", row.id)
        head.addWidget(Link(row.what, go) if is_link else words(row.what, "strong", wraps=False))
        about = " · ".join(part for part in (row.kind, care_name(row.listed.care)) if part)
        head.addWidget(words(about, "muted", wraps=False), 1)
        if row.state != "good":
            head.addWidget(review_chip(row.listed, row.today))
        lines.addLayout(head)
        told = row.listed.needs
        if told and not is_erased(told):
            lines.addWidget(Flow([Chip(need, "near") for need in needs_of(told)]))


class ListedSection(QWidget):
    """The entries of something, read from the database; those whose review comes first lead."""

    none = "attention.none.grid"

    def __init__(self, tools: Tools, id: str) -> None:
        super().__init__()
        self._tools, self._desk, self._of = tools, tools.desk, id
        self._inside = _lines(self, 1)
        self._inside.addWidget(Label("attention.loading", "muted"))
        tools.desk.live_changed.connect(self._live_changed)
        self.refresh()

    def question(self) -> Callable[[Any], list[Listed]]:
        """What to ask the reader."""
        raise NotImplementedError

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.attention or change.households:
            self.refresh()

    def refresh(self) -> None:
        """Ask the database."""
        self._desk.read(self.question(), done=self._take, failed=self._failed, owner=self, key="attention")

    def _take(self, found: list[Listed]) -> None:
        clear(self._inside)
        live, is_link = self._desk.live, self._tools.actions.is_allowed("attention.edit")
        today = self._desk.now().astimezone(zone_of(live.town)).date()
        made = rows(found, live.grids, live.villages, today)
        if not made:
            label = Label(self.none, "muted")
            label.setWordWrap(True)
            self._inside.addWidget(label)
        else:
            late = sum(1 for row in made if row.state == "overdue")
            told = say("attention.sum.late" if late else "attention.sum", count=len(made), late=late)
            self._inside.addWidget(words(told, "muted"))
        for row in made[:LISTED]:
            self._inside.addWidget(ItemLine(self._tools, row, is_link=is_link))
        self.finish(made)

    def finish(self, made: list[AttentionRow]) -> None:
        """What stands under the entries."""

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        clear(self._inside)
        label = Label("attention.failed", "muted", reason=current().error(error))
        label.setWordWrap(True)
        self._inside.addWidget(label)


class GridSection(ListedSection):
    """The attention list of a grid, and the way to confirm all of it after a visit."""

    def __init__(self, tools: Tools, grid: Any) -> None:
        super().__init__(tools, grid.id)

    def question(self) -> Callable[[Any], list[Listed]]:
        """The list of the grid."""
        return partial(_of_grid, self._of)

    def finish(self, made: list[AttentionRow]) -> None:
        """All of them, and the visit."""
        if not self._tools.actions.is_allowed("attention.visit"):
            return
        if len(made) > LISTED:
            go = partial(self._tools.selection.navigate, "attention_item", made[0].id)
            link = Link(say("attention.all", count=len(made)), go)
            self._inside.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        if made:
            button = Button("attention.action.visit", icon="list")
            button.setObjectName("attention.visit")
            button.clicked.connect(self._visit)
            self._inside.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    @Slot()
    def _visit(self) -> None:
        """The form stands in the room of the list."""
        self._tools.selection.choose("grid", self._of)
        self._tools.selection.navigate("attention", self._of)
        self._tools.actions.trigger("attention.visit")


class PersonSection(GridSection):
    """The attention list of the grid that somebody keeps."""

    def __init__(self, tools: Tools, row: Any) -> None:
        super().__init__(tools, row.grid)


class HouseholdSection(ListedSection):
    """The entries about a household and its people."""

    none = "attention.none.household"

    def __init__(self, tools: Tools, row: Any) -> None:
        super().__init__(tools, row.id)

    def question(self) -> Callable[[Any], list[Listed]]:
        """The entries of the household."""
        return partial(_of_household, self._of)


def _of_grid(grid: str, reader: Any) -> list[Listed]:
    return attention_reading.of_grid(reader, grid)


def _of_household(household: str, reader: Any) -> list[Listed]:
    return attention_reading.of_household(reader, household)
