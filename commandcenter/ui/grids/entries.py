"""What the finder knows of grids, villages and the names of places."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from commandcenter.base.texts import say
from commandcenter.rules import pinyin
from commandcenter.rules.finding import Entry
from commandcenter.rules.grids import GazetteerName, Grid, Village
from commandcenter.rules.ordering import natural_key
from commandcenter.ui.grids import words


@dataclass(frozen=True, slots=True)
class Places:
    """What entries are made of, copied on the GUI thread so that another one may read it."""

    grids: tuple[Grid, ...] = ()
    villages: tuple[Village, ...] = ()
    names: tuple[GazetteerName, ...] = ()


@lru_cache(maxsize=65_536)
def keys_of(name: str) -> tuple[str, str]:
    """Pinyin and initials of a name; kept, because making them is the dear part."""
    keys = pinyin.keys(name)
    return keys.pinyin, keys.initials


def entries(places: Places) -> list[Entry]:
    """Villages (kind village), grids (grid) and gazetteer names (place), each with what it is known by."""
    villages = {each.id: each for each in places.villages}
    grids = {each.id: each for each in places.grids}
    return [
        *_villages(places.villages, places.grids),
        *(_grid(each, villages.get(each.village)) for each in places.grids),
        *_names(places.names, grids),
    ]


def _villages(villages: Sequence[Village], grids: Iterable[Grid]) -> list[Entry]:
    counts: dict[str, int] = {}
    for grid in grids:
        counts[grid.village] = counts.get(grid.village, 0) + 1
    return [
        Entry("village", each.id, words.village_name(each), say("grids.found.village", count=counts.get(each.id, 0)),
              (*keys_of(each.name), each.name, each.name_en, each.code))
        for each in sorted(villages, key=lambda each: natural_key(each.code))
    ]  # fmt: skip


def _grid(grid: Grid, village: Village | None) -> Entry:
    kind = words.kind_name(grid.kind)
    subtitle = say("grids.found.grid", kind=kind, village=words.village_name(village))
    keys = (*keys_of(grid.name), grid.code, grid.code[-3:], words.short_name(grid))
    english = f"{village.name_en} {grid.serial}" if village is not None and village.name_en else ""
    return Entry("grid", grid.id, grid.name, subtitle, (*keys, english))


def _names(names: Iterable[GazetteerName], grids: Mapping[str, Grid]) -> list[Entry]:
    return [
        Entry("place", each.id, each.name, say("grids.found.place", grid=grids[each.grid].name), keys_of(each.name))
        for each in names
        if each.grid in grids
    ]
