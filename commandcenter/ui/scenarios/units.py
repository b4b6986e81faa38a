"""The register of emergency units: every place that ought to have one, what it lacks, and who is named."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import choose, say
from commandcenter.rules import pinyin
from commandcenter.rules.finding import Entry, Index
from commandcenter.rules.scenarios import ROLES
from commandcenter.rules.units import UnitPost
from commandcenter.services import units as service
from commandcenter.services.catalogues import term
from commandcenter.services.live import LiveChange
from commandcenter.services.units import RetirePost, UnitPlace
from commandcenter.ui.core.columns import Column, Tone
from commandcenter.ui.core.listing import ListWords, Tab
from commandcenter.ui.core.listroom import ReadListRoom
from commandcenter.ui.core.rereading import Question
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.scenarios.unitcards import UnitHeader
from commandcenter.ui.scenarios.unitforms import NamePostSheet

Answer = tuple[list["UnitRow"], Index]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """The unit of one place."""

    place: UnitPlace

    @property
    def id(self) -> str:
        """The place's id."""
        return self.place.id

    @property
    def title(self) -> str:
        """The place: its site, its grid, or the village."""
        return place_name(self.place)

    @property
    def gaps(self) -> int:
        """How many things it lacks."""
        return len(self.place.lacks)


def village_name(place: UnitPlace) -> str:
    """The village in the language of the desk."""
    return choose(place.village.name, place.village.name_en)


def place_name(place: UnitPlace) -> str:
    """What the place is called."""
    where = place.grid.name if place.grid is not None else village_name(place)
    return say("units.site", site=place.site, place=where) if place.site else where


def _held(role: str, row: UnitRow, _ctx: Any) -> str:
    """Who holds a role, and how many stand in."""
    held = row.place.held(role)
    first = [each.name for each in held if each.rank == 0]
    others = sum(1 for each in held if each.rank > 0)
    names = say("units.join").join(first) or say("units.nobody")
    return say("units.held", names=names, count=others) if others else names


def _held_tone(role: str, row: UnitRow, _ctx: Any) -> Tone:
    held = row.place.held(role)
    return "text" if any(each.rank == 0 for each in held) else "near"


def _gaps_tone(row: UnitRow, _ctx: Any) -> Tone:
    return "near" if row.gaps else "ok"


class RoleColumn(Column[UnitRow]):
    """A role of the catalogue, under its name there."""

    @property
    def title(self) -> str:
        """The role in the language of the moment."""
        return term("unit_roles", self.id)


COLUMNS: tuple[Column[UnitRow], ...] = (
    Column("place", "units.column.place", lambda row, _: row.title, lambda row: service.order(row.place), 200,
           stretch=True, fixed=True),
    Column("village", "units.column.village", lambda row, _: village_name(row.place),
           lambda row: service.order(row.place), 100, visible=False),
    *(
        RoleColumn(role, "", partial(_held, role), None, 116, tone=partial(_held_tone, role))
        for role in ROLES
    ),
    Column("gaps", "units.column.gaps", lambda row, _: str(row.gaps or say("units.full")), lambda row: -row.gaps, 64,
           numeric=True, tone=_gaps_tone),
)  # fmt: skip

_TABS = (Tab("all", "units.tab.all"), Tab("gaps", "units.tab.gaps"))


class UnitsList(ReadListRoom[UnitRow]):
    """Left villages, in the middle the places, right the unit of one of them."""

    words: ClassVar[ListWords] = ListWords(
        "units", "units.search", Empty("units.empty", "units.empty.hint", "team"), "units.villages.all", "units.count",
        "units.count_of", "units.card.empty", "units.card.gone",
    )  # fmt: skip
    scope = "units"
    entities = ("unit",)

    def __init__(self, tools: Tools, parent: QWidget | None = None) -> None:
        super().__init__(tools, COLUMNS, order=_order, tabs=_TABS, add="unit.name", parent=parent)

    # --- what the list is ---------------------------------------------------------------------------------------

    def village_of(self, row: UnitRow) -> str:
        """Where the unit is."""
        return row.place.village.id

    def is_on_tab(self, row: UnitRow, tab: str) -> bool:
        """All of them, or those that lack somebody."""
        return tab == "all" or row.gaps > 0

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """Gaps of each village: what is to be done."""
        counts: dict[str, int] = {}
        for row in self._rows.values():
            counts[row.place.village.id] = counts.get(row.place.village.id, 0) + row.gaps
        return counts, sum(counts.values())

    def question(self) -> Question:
        """All units, found by place, village, and who is named."""
        return _ask

    def concerns(self, change: LiveChange) -> bool:
        """Units, and the names of places and people."""
        return change.drills or change.places or change.people

    def header(self, row: UnitRow) -> QWidget:
        """The place, and what its unit lacks."""
        return UnitHeader(self._tools, row)

    # --- what can be done ---------------------------------------------------------------------------------------

    @property
    def has_gaps(self) -> bool:
        """Whether any place lacks somebody."""
        return any(row.gaps for row in self._rows.values())

    @property
    def post_chosen(self) -> UnitPost | None:
        """Who was chosen on the card."""
        wanted = self._tools.selection.chosen("unit_post")
        posts = self._shown.place.posts if self._shown is not None else ()
        return next((each for each in posts if each.id == wanted), None)

    def name_post(self) -> None:
        """The form that names somebody: at the chosen place, to the role that was asked for or the first lacking."""
        place = self._shown.place if self._shown is not None else None
        role, _, rank = (self._tools.selection.chosen("unit_role") or "").partition(":")
        self._tools.selection.choose("unit_role", None)
        if place is not None and role not in ROLES:
            gap = next(iter(place.lacks), None)
            role, rank = (gap.role, "0" if gap.lacks == "nobody" else "1") if gap is not None else (ROLES[0], "1")
        key = f"name:{place.id}:{role}:{rank}" if place is not None else "name:"
        self.open_sheet(key, partial(self._naming, place, role or ROLES[0], int(rank or 0)))

    def _naming(self, place: UnitPlace | None, role: str, rank: int) -> NamePostSheet:
        sheet = NamePostSheet(self._tools, self.post, place, role, rank)
        sheet.named.connect(self._named)
        return sheet

    @Slot(str)
    def _named(self, place: str) -> None:
        self._tools.selection.navigate("unit", place)

    def next_gap(self) -> None:
        """To the next place in the list that lacks somebody, from the chosen one on."""
        ids = self.table.ids()
        at = ids.index(self._chosen) + 1 if self._chosen in ids else 0
        for id in (*ids[at:], *ids[:at]):
            row = self.row(id)
            if row is not None and row.gaps:
                self.pick(id)
                self.view.choose(id)
                return

    def retire_post(self) -> None:
        """Take whoever was chosen off the role."""
        post = self.post_chosen
        if post is not None:
            told = say("units.done.retire", name=post.name, role=term("unit_roles", post.role))
            self.post.carry_out(RetirePost(post=post.id), told)


def _order(row: UnitRow) -> tuple[Any, ...]:
    """Village by village; within one the village itself, its grids, its sites."""
    return service.order(row.place)


def _ask(reader: Any) -> Answer:
    """On the read lane: the units, and what a search in them knows."""
    made = [UnitRow(each) for each in service.places(reader)]
    return made, Index(_entry(row) for row in made)


def _entry(row: UnitRow) -> Entry:
    keys = [row.place.village.name, row.place.village.name_en, row.place.grid.code if row.place.grid else ""]
    for name in (row.title, *dict.fromkeys(each.name for each in row.place.posts)):
        spelt = pinyin.keys(name)
        keys += [name, spelt.pinyin, spelt.initials]
    return Entry("unit", row.id, row.title, "", tuple(key for key in keys if key))


