"""Drawing lots 抽点拉练: a place and a day for a drill that nobody could expect, and that anybody can draw again.

The same seed with the same places and days gives the same draw on every machine; the seed is kept with the drill.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from commandcenter.rules.clashes import day_of
from commandcenter.rules.drills import Drill


@dataclass(frozen=True, slots=True)
class Lot:
    """What was drawn: a place (its code) and a day."""

    place: str
    day: date


def draw(
    seed: str, places: Iterable[str], taken: Iterable[str], days: Iterable[date], suits: Callable[[str, date], bool]
) -> Lot | None:
    """One of ``places`` (codes) that is not ``taken``, and one of ``days`` that suits it; None when there is none.

    Every place is equally likely whatever the order in which they are given. A place without any day that suits is
    passed over for the next one drawn.
    """
    dice = random.Random(seed)
    left = sorted(set(places) - set(taken))
    dice.shuffle(left)
    ordered = sorted(set(days))
    for place in left:
        chosen = list(ordered)
        dice.shuffle(chosen)
        for day in chosen:
            if suits(place, day):
                return Lot(place, day)
    return None


def drawn_in(drills: Iterable[Drill], year: int, zone: ZoneInfo) -> frozenset[str]:
    """The places (ids of grids, or of villages where there is no grid) that were drawn in a season, which is a year.

    A drill that was called off has not visited its place, which may be drawn again.
    """
    found = set()
    for drill in drills:
        day = day_of(drill, zone)
        if drill.origin == "drawn" and drill.state != "cancelled" and day is not None and day.year == year:
            found.add(drill.grid or drill.village or "")
    return frozenset(found)
