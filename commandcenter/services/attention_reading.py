"""The attention list as a viewer may see it: entries with the household and the resident of whom they speak, what is
due for review, and who of the register is not on the list though needs are known.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from commandcenter.rules import attention as rules
from commandcenter.rules.attention import AttentionItem
from commandcenter.rules.entity import REAL
from commandcenter.rules.households import Household, Resident
from commandcenter.rules.masks import is_erased, is_masked
from commandcenter.storage import registers
from commandcenter.storage.reads import Reader


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry with what the household register knows of it; every value as this viewer may see it."""

    item: AttentionItem
    household: Household | None = None
    resident: Resident | None = None

    @property
    def id(self) -> str:
        """The entry's id."""
        return self.item.id

    @property
    def village(self) -> str:
        """Where it is: as the household stands on the register now."""
        return self.household.village if self.household is not None else self.item.village

    @property
    def grid(self) -> str | None:
        """Its grid, as the household stands on the register now."""
        return self.household.grid if self.household is not None else self.item.grid

    @property
    def what(self) -> str | None:
        """What it is about: a name, a place or a matter."""
        if self.resident is not None:
            return self.resident.name
        own = {"person": self.item.name, "place": self.item.title, "matter": self.item.matter}
        return own[self.item.kind]

    @property
    def phone(self) -> str | None:
        """A person's telephone, else that of the household."""
        if self.resident is None:
            return self.item.phone
        return self.resident.phone or (self.household.phone if self.household is not None else None)

    @property
    def needs(self) -> str | None:
        """What has to be done for a person."""
        return self.resident.needs if self.resident is not None else self.item.needs

    @property
    def care(self) -> str:
        """Why a person needs care, a key of the catalogue."""
        return self.resident.care if self.resident is not None else self.item.care

    @property
    def address(self) -> str | None:
        """Where exactly."""
        return self.item.address or (self.household.address if self.household is not None else None)

    @property
    def has_left(self) -> bool:
        """Whether the register no longer knows the person, or the household."""
        return any(each is not None and not each.active for each in (self.resident, self.household))

    def may_print(self, today: date) -> bool:
        """Whether it may stand on paper."""
        return rules.may_print(self.item, today) and not self.has_left


def listed(reader: Reader, *, active: bool | None = True, **where: Any) -> list[Listed]:
    """Entries whose columns equal ``where``, those whose review comes first leading; closed ones with ``active`` False,
    all with None. Of the real world alone."""
    if reader.world != REAL:
        return []
    if active is not None:
        where["active"] = active
    return _with_homes(reader, reader.find("attention_item", **where))


def of_grid(reader: Reader, grid: str) -> list[Listed]:
    """The list of a grid: entries of its households wherever they were entered, and those that stand there by
    themselves."""
    homes = sorted(reader.pairs("household", "id", "grid", grid=grid))
    found = {each.id: each for each in listed(reader, grid=grid)}
    for start in range(0, len(homes), 400):
        found |= {each.id: each for each in listed(reader, household=homes[start : start + 400])}
    return _in_order(each for each in found.values() if each.grid == grid)


def of_household(reader: Reader, household: str) -> list[Listed]:
    """The entries of a household."""
    return listed(reader, household=household)


def one(reader: Reader, id: str) -> Listed | None:
    """One entry, closed or not."""
    return next(iter(listed(reader, active=None, id=id)), None)


def due(reader: Reader, today: date) -> list[Listed]:
    """What has to be looked at again this week, and what should have been."""
    return [each for each in listed(reader) if rules.review_state(each.item, today) != "good"]


def per_village(reader: Reader) -> dict[str, int]:
    """How many open entries each village has."""
    return reader.counted("attention_item", "village", active=True) if reader.world == REAL else {}


MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Tally:
    """The open entries of a grid, counted; of how many the review is overdue; the first few people by name, none for a
    viewer who sees masks."""

    people: int = 0
    places: int = 0
    matters: int = 0
    overdue: int = 0
    names: tuple[str, ...] = ()


def tallies(reader: Reader, today: date) -> dict[str, Tally]:
    """By grid what the list has there; grids without any are left out."""
    found: dict[str, list[Listed]] = {}
    for each in listed(reader):
        if each.grid is not None and not each.has_left:
            found.setdefault(each.grid, []).append(each)
    return {grid: _tally(entries, today) for grid, entries in found.items()}


def _tally(entries: list[Listed], today: date) -> Tally:
    counts = Counter(each.item.kind for each in entries)
    names = [each.what for each in entries if each.item.kind == "person" and each.what]
    names = [each for each in names if not is_masked(each) and not is_erased(each)]
    late = sum(1 for each in entries if rules.is_overdue(each.item, today))
    return Tally(counts["person"], counts["place"], counts["matter"], late, tuple(names[:MOST_NAMED]))


@dataclass(frozen=True, slots=True)
class Offered:
    """Somebody of the register whose needs are known and who was never on the list."""

    resident: Resident
    household: Household


def offers(reader: Reader, village: str | None = None, most: int = 500) -> list[Offered]:
    """Residents at home with a kind of care or needs who are not on the list and were never taken off it."""
    if reader.world != REAL:
        return []
    ids = registers.never_listed(reader.connection, village, most)
    residents = reader.many("resident", ids)
    homes = {each.id: each for each in reader.many("household", (each.household for each in residents))}
    return [Offered(each, homes[each.household]) for each in residents if not is_erased(each.name)]


def _with_homes(reader: Reader, items: list[AttentionItem]) -> list[Listed]:
    residents = {each.id: each for each in reader.many("resident", _ids(each.resident for each in items))}
    homes = {each.id: each for each in reader.many("household", _ids(each.household for each in items))}
    return _in_order(
        Listed(each, homes.get(each.household or ""), residents.get(each.resident or "")) for each in items
    )


def _ids(given: Iterable[str | None]) -> set[str]:
    return {each for each in given if each is not None}


def _in_order(found: Iterable[Listed]) -> list[Listed]:
    return sorted(found, key=lambda each: rules.order(each.item))
