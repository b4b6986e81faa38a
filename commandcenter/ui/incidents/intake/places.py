"""Finding where it is and who calls: grids, villages, names of places and people under all that they are known by."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from commandcenter.base.texts import choose
from commandcenter.rules.finding import Entry, Hit, Index
from commandcenter.rules.grids import Grid, GridKind, Village
from commandcenter.rules.masks import is_masked
from commandcenter.rules.phones import normalise, same_number
from commandcenter.rules.pinyin import PinyinKeys, keys
from commandcenter.services.directory import Directory, PersonKey
from commandcenter.services.live import LiveSet

PLACES = ("grid", "village", "place")
PERSON = "person"
_ENDING = re.compile("(?:行政)?(?:村|社区)(?:委会|居委会)?$")
_KIND_LETTER: dict[GridKind, str] = {"general": "", "dedicated": "z", "emergency": "y"}
_PHONE_DIGITS = 7
_LINES = ("worker", "duty_holder", "contact", "officer")
"""Of several people with one number, in this order."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody known who may be calling, and where that person belongs."""

    kind: str
    id: str
    name: str
    phone: str
    grid: str
    village: str


@lru_cache(maxsize=16_384)
def _keys(name: str, person: bool = False) -> PinyinKeys:
    return keys(name, person=person)


def entries(live: LiveSet, directory: Directory) -> list[Entry]:
    """Everything that the fields of the intake can find. Costs about a second for 20,000 names: not for the GUI thread.

    Ids carry the kind (``grid:…``), because one index holds them all.
    """
    found = list(_places(live))
    found += _named(live, directory)
    found += (_person(live, kind, each) for (kind, _), each in list(directory.people.items()) if each.active)
    return found


def _places(live: LiveSet) -> Iterator[Entry]:
    for village in list(live.villages.values()):
        yield Entry(
            "village", f"village:{village.id}", choose(village.name, village.name_en), "", _village_keys(village)
        )
    for grid in list(live.grids.values()):
        village_name = _village_name(live, grid.village)
        detail = "" if grid.name.startswith(village_name) else village_name
        yield Entry("grid", f"grid:{grid.id}", grid.name, detail, _grid_keys(live, grid))


def _named(live: LiveSet, directory: Directory) -> Iterator[Entry]:
    for each in list(directory.names.values()):
        if grid := live.grids.get(each.grid):
            made = _keys(each.name)
            yield Entry("place", f"place:{each.id}", each.name, grid.name, (made.pinyin, made.initials))


def _village_keys(village: Village) -> tuple[str, ...]:
    made, short = _keys(village.name), _keys(short_name(village.name))
    return (village.name_en, village.code, made.pinyin, made.initials, short.initials)


def _grid_keys(live: LiveSet, grid: Grid) -> tuple[str, ...]:
    """Among them the short way to say it: ``hsh3`` is grid 3 of 黑水浩, ``hshy3`` its emergency grid 3."""
    made, village = _keys(grid.name), live.villages.get(grid.village)
    if village is None:
        return (grid.code, made.pinyin, made.initials)
    serial = f"{_KIND_LETTER[grid.kind]}{grid.serial}" if grid.serial else ""
    short = short_name(village.name)
    spoken = [f"{reading}{serial}" for reading in _keys(short).initials.split()] if serial else []
    written = f"{short}{serial}" if serial.isdigit() else ""
    return (grid.code, made.pinyin, made.initials, *spoken, *([written] if written else []), village.name_en)


def _person(live: LiveSet, kind: str, person: Any) -> Entry:
    made = _keys(person.name, True)
    return Entry(PERSON, f"{kind}:{person.id}", person.name, where_of(live, person), (made.pinyin, made.initials))


def short_name(name: str) -> str:
    """A village's name as people say it: without 村 or 社区."""
    return _ENDING.sub("", name).strip() or name


def _village_name(live: LiveSet, id: str) -> str:
    village = live.villages.get(id)
    return choose(village.name, village.name_en) if village else ""


def where_of(live: LiveSet, person: Any) -> str:
    """The grid or the village to which a person belongs, empty for the whole town."""
    grid = live.grids.get(getattr(person, "grid", None) or "")
    return grid.name if grid else _village_name(live, getattr(person, "village", None) or "")


def _digits(phone: str) -> str:
    """The last digits of a number, under which it is kept; empty for what is too short to be one."""
    digits = "".join(character for character in normalise(phone).partition("-")[0] if character.isdigit())
    return digits[-_PHONE_DIGITS:] if len(digits) >= _PHONE_DIGITS else ""


def caller_of(directory: Directory, kind: str, id: str) -> Caller | None:
    """A known person as a caller; a number that this officer may not read stays empty."""
    person = directory.people.get((kind, id))
    if person is None:
        return None
    phone = person.phone or ""
    return Caller(
        kind, id, person.name, "" if is_masked(phone) else phone,
        getattr(person, "grid", None) or "", getattr(person, "village", None) or "",
    )  # fmt: skip


class PlaceIndex:
    """The index behind the fields; empty until the first entries have arrived."""

    def __init__(self, found: Iterable[Entry] = (), directory: Directory | None = None) -> None:
        """``directory``: whose numbers are known."""
        self._index = Index(found)
        self._numbers: dict[str, list[PersonKey]] = defaultdict(list)
        for key, person in list(directory.people.items()) if directory else ():
            if person.active and (digits := _digits(person.phone or "")):
                self._numbers[digits].append(key)

    def __len__(self) -> int:
        return len(self._index)

    def places(self, typed: str, limit: int = 7) -> list[Hit]:
        """Grids, villages and names of places."""
        return self._index.search(typed, limit, PLACES)

    def people(self, typed: str, limit: int = 5) -> list[Hit]:
        """People by name, pinyin or initials."""
        return self._index.search(typed, limit, (PERSON,))

    def callers(self, directory: Directory, typed: str) -> list[Caller]:
        """The active people whose number was typed, the likeliest first; none before the number is whole."""
        found = (
            caller_of(directory, kind, id)
            for kind, id in self._numbers.get(_digits(typed), ())
            if (person := directory.people.get((kind, id))) and same_number(person.phone or "", typed)
        )
        callers = [caller for caller in found if caller is not None]
        return sorted(callers, key=lambda caller: (_LINES.index(caller.kind), not caller.grid, caller.name))

    def knows_place(self, name: str) -> bool:
        """Whether a place has exactly this name."""
        wanted = name.strip()
        return any(hit.entry.title == wanted for hit in self._index.search(wanted, 20, PLACES))


def target(hit: Hit) -> tuple[str, str]:
    """(kind, id) of what was found."""
    kind, _, id = hit.entry.id.partition(":")
    return kind, id
