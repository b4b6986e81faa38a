"""The table of households: one row a household, those where somebody must be helped first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from commandcenter.base.texts import choose, say
from commandcenter.rules import pinyin
from commandcenter.rules.finding import Entry, Index
from commandcenter.rules.grids import Grid, Village
from commandcenter.rules.households import counts, is_weak, needs_of, weak_first
from commandcenter.rules.masks import is_erased, is_masked
from commandcenter.rules.phones import normalise
from commandcenter.services.households import Home
from commandcenter.ui.core.columns import Column, Tone
from commandcenter.ui.core.reveal import phone_words


@dataclass(frozen=True, slots=True)
class HomeRow:
    """A household with its members, its grid and village."""

    home: Home
    grid: Grid | None
    village: Village | None

    @property
    def id(self) -> str:
        """The household's id."""
        return self.home.household.id

    @property
    def head(self) -> str:
        """The head's name as this officer may see it."""
        return phone_words(self.home.household.head) or say("households.no_head")

    @property
    def place(self) -> str:
        """The grid, else the village."""
        if self.grid is not None:
            return self.grid.name
        return choose(self.village.name, self.village.name_en) if self.village is not None else ""

    @property
    def weak(self) -> int:
        """How many of those at home must be helped."""
        return sum(1 for each in self.home.members if is_weak(each))

    @property
    def people(self) -> tuple[int | None, int | None]:
        """All of them, and those at home."""
        return counts(self.home.household, self.home.members)

    @property
    def needs(self) -> str:
        """What has to be done for them, each action once."""
        found = [need for each in self.home.members if is_weak(each) for need in needs_of(each.needs)]
        return say("households.needs.join").join(dict.fromkeys(found))


def rows(homes: Iterable[Home], grids: Mapping[str, Grid], villages: Mapping[str, Village]) -> list[HomeRow]:
    """Rows for these households."""
    return [HomeRow(each, grids.get(each.household.grid or ""), villages.get(each.household.village)) for each in homes]


def index_of(made: Iterable[HomeRow]) -> Index:
    """What a search in the list knows: heads and members by name, pinyin and initials, numbers, addresses, codes.

    Pinyin is the dear part (a second for 20,000 names): never on the GUI thread.
    """
    return Index(_entry(row) for row in made)


def _entry(row: HomeRow) -> Entry:
    household, members = row.home.household, row.home.members
    keys = [household.code, household.address or "", normalise(household.phone or "")]
    for name in (household.head, *(each.name for each in members)):
        if name and not is_masked(name) and not is_erased(name):
            spelt = pinyin.keys(name, person=True)
            keys += [name, spelt.pinyin, spelt.initials]
    keys += [normalise(each.phone or "") for each in members if each.phone]
    return Entry("household", row.id, row.head, "", tuple(key for key in keys if key))


def order(row: HomeRow) -> tuple[Any, ...]:
    """Weak first."""
    return weak_first(row.home.household, row.home.members)


def figure(value: int | None) -> str:
    """A number; a dash where nobody has counted."""
    return "–" if value is None else f"{value:,}"


def _weak_tone(row: HomeRow, _ctx: Any) -> Tone:
    return "near" if row.weak else "disabled"


COLUMNS: tuple[Column[HomeRow], ...] = (
    Column("head", "households.column.head", lambda row, _: row.head, None, 92, fixed=True),
    Column("grid", "households.column.grid", lambda row, _: row.place,
           lambda row: row.grid.code if row.grid else None, 150),
    Column("address", "households.column.address", lambda row, _: phone_words(row.home.household.address), None, 150,
           visible=False),
    Column("people", "households.column.people", lambda row, _: figure(row.people[0]),
           lambda row: row.people[0] or 0, 64, numeric=True),
    Column("at_home", "households.column.at_home", lambda row, _: figure(row.people[1]),
           lambda row: row.people[1] or 0, 64, numeric=True),
    Column("weak", "households.column.weak", lambda row, _: str(row.weak or "–"), lambda row: row.weak, 60,
           numeric=True, tone=_weak_tone),
    Column("needs", "households.column.needs", lambda row, _: row.needs, None, 200, stretch=True),
    Column("phone", "households.column.phone", lambda row, _: phone_words(row.home.household.phone), None, 124),
    Column("code", "households.column.code", lambda row, _: row.home.household.code, None, 72, visible=False),
)  # fmt: skip
