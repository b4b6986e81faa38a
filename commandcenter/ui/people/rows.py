"""Everybody who can be called or works at a desk, as rows of one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from commandcenter.base.texts import choose, current, say
from commandcenter.rules import pinyin
from commandcenter.rules.finding import Entry
from commandcenter.rules.grids import Grid, Village
from commandcenter.rules.masks import is_erased
from commandcenter.rules.people import PERSON_KINDS, PersonKind
from commandcenter.rules.phones import normalise
from commandcenter.services.catalogues import role_name
from commandcenter.ui.core.columns import Column, Tone
from commandcenter.ui.core.reveal import phone_words

INSTITUTIONS: frozenset[str] = frozenset(("contact",))
"""Kinds whose names are mostly no personal names, so that their first character is no surname."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person in one function. ``person`` is a worker, duty holder, contact or officer, masked by role."""

    kind: PersonKind
    person: Any
    role: str
    grid: Grid | None
    village: Village | None
    spelling: tuple[str, str]
    """Pinyin and initials."""

    @property
    def id(self) -> str:
        """Unique over all kinds."""
        return row_id(self.kind, self.person.id)

    @property
    def place(self) -> str:
        """Where the person belongs: the grid, the village, or the town."""
        if self.grid is not None:
            return self.grid.name
        return village_name(self.village) or say("people.place.town")

    @property
    def phone(self) -> str:
        """The number as this officer may see it, in groups to be read out."""
        return phone_words(self.person.phone)

    @property
    def sort_name(self) -> tuple[str, str]:
        """By pinyin, whatever the engine of the database thinks of Chinese."""
        return self.spelling[0].partition(" ")[0], self.person.name


def row_id(kind: str, id: str) -> str:
    """How the table and the finder name a person."""
    return f"{kind}:{id}"


def parted(row: str) -> tuple[str, str]:
    """Kind and id from what :func:`row_id` made."""
    kind, _, id = row.partition(":")
    return kind, id


def village_name(village: Village | None) -> str:
    """In the language of the desk; empty when unknown."""
    return choose(village.name, village.name_en) if village is not None else ""


def role_of(kind: PersonKind, person: Any) -> str:
    """What somebody is: keeper, village secretary, fire team, duty officer."""
    if kind == "officer":
        return say(f"role.{person.role}")
    return role_name({"worker": "keeper"}.get(kind) or (person.kind if kind == "contact" else person.role))


@lru_cache(maxsize=65_536)
def spelling(name: str, *, person: bool) -> tuple[str, str]:
    """Pinyin and initials of a name; kept, because making them is the dear part."""
    keys = pinyin.keys(name, person=person)
    return keys.pinyin, keys.initials


@dataclass(frozen=True, slots=True)
class Roster:
    """What rows are made of, copied on the GUI thread so that another one may read it."""

    people: tuple[tuple[PersonKind, Any], ...]
    grids: Mapping[str, Grid]
    villages: Mapping[str, Village]


def rows(roster: Roster) -> list[PersonRow]:
    """Everybody, also those who have left, but for officers, who are looked after in the settings.

    Takes a second for 20,000 new names, so never on the GUI thread.
    """
    return [_row(kind, person, roster) for kind, person in roster.people if person.active or kind != "officer"]


def _row(kind: PersonKind, person: Any, roster: Roster) -> PersonRow:
    grid = roster.grids.get(getattr(person, "grid", None) or "")
    village = roster.villages.get(getattr(person, "village", None) or (grid.village if grid else ""))
    spelt = spelling(person.name, person=kind not in INSTITUTIONS)
    return PersonRow(kind, person, role_of(kind, person), grid, village, spelt)


def entry(row: PersonRow) -> Entry:
    """What the finder knows of a person: name, pinyin, initials, role, number."""
    subtitle = say("people.found", role=row.role, place=row.place)
    phone = normalise(row.person.phone) if row.person.phone and not is_erased(row.person.phone) else ""
    return Entry("person" if row.person.active else "left", row.id, row.person.name, subtitle, (*row.spelling, phone))


def order(row: PersonRow) -> tuple[Any, ...]:
    """Kind by kind, then by pinyin; who has left comes last."""
    return not row.person.active, PERSON_KINDS.index(row.kind), row.sort_name


def _name_tone(row: PersonRow, _ctx: Any) -> Tone:
    return "text" if row.person.active else "muted"


def _phone_tone(row: PersonRow, _ctx: Any) -> Tone:
    return "text" if row.phone else "muted"


def _paid(row: PersonRow, _ctx: Any) -> str:
    if row.kind != "worker":
        return ""
    return say("people.paid" if row.person.paid else "people.unpaid")


def source_name(source: str) -> str:
    """Where a worker comes from; an unknown source shows itself."""
    code = f"people.source.{source}"
    return say(code) if current().has(code) else source


def _source(row: PersonRow, _ctx: Any) -> str:
    return source_name(row.person.source) if row.kind == "worker" else ""


COLUMNS: tuple[Column[PersonRow], ...] = (
    Column("name", "people.column.name", lambda row, _: row.person.name, lambda row: row.sort_name, 100, fixed=True,
           tone=_name_tone),
    Column("role", "people.column.role", lambda row, _: row.role, None, 128),
    Column("grid", "people.column.place", lambda row, _: row.place, None, 170, stretch=True),
    Column("village", "people.column.village", lambda row, _: village_name(row.village),
           lambda row: row.village.code if row.village else None, 108, visible=False),
    Column("phone", "people.column.phone", lambda row, _: row.phone or say("people.no_phone"),
           lambda row: row.phone or None, 132, tone=_phone_tone),
    Column("source", "people.column.source", _source, None, 116),
    Column("paid", "people.column.paid", _paid, None, 76),
)  # fmt: skip
