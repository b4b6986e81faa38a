"""Which coordinate system a map file may be in that does not say so: where it would land in each.

Only what Chinese town maps really come in is proposed: degrees (true, GCJ-02, BD-09), CGCS2000 Gauss-Krüger in
3-degree zones with and without the zone number in the easting, in 6-degree zones with it, UTM and Web Mercator.
Systems of other datums (Xi'an 1980, Beijing 1954) differ from these by some 100 m and cannot be told apart by numbers.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from commandcenter.formats.coordinates import WGS84, to_wgs84

NEAR = 100_000.0
"""Metres from the town's known point within which a guess is believed; the next zone is more than 200 km away."""
_EARTH = 6_371_008.8
_EASTINGS = (100_000.0, 900_000.0)
_NORTHINGS = (300_000.0, 6_200_000.0)
_CHINA = (73.0, 3.0, 136.0, 54.0)
_HALF_ZONE = {3: 2.0, 6: 3.6}
"""Degrees from the central meridian, with room for towns that lie across the border of their zone."""
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Guess:
    """A system, the sentence (``formats.<code>`` with ``facts``) that names it, and where the middle of the file would
    land. ``is_gauss``: CGCS2000 Gauss-Krüger. ``swapped``: when x and y are exchanged first."""

    crs: str
    code: str
    facts: Mapping[str, Any]
    lon: float
    lat: float
    is_gauss: bool = False
    swapped: bool = False

    @property
    def words(self) -> str:
        """The system and the place in figures that need no language."""
        return f"{self.crs} ({self.lon:.2f}°E {self.lat:.2f}°N)"


def is_degrees(xy: Point) -> bool:
    """Whether a position can be one in degrees, in either order."""
    return max(abs(xy[0]), abs(xy[1])) <= 180.0 and min(abs(xy[0]), abs(xy[1])) <= 90.0


def guesses(xy: Point, near: Point | None = None) -> list[Guess]:
    """The systems in which ``xy`` (the file's own numbers) lies in China, the nearest to ``near`` first, and among
    those at much the same place Gauss-Krüger first."""
    found = [guess for swapped in (False, True) for guess in _in_order(xy[::-1] if swapped else xy, swapped)]
    if near is not None:
        found.sort(key=lambda guess: (distance((guess.lon, guess.lat), near) // NEAR, not guess.is_gauss))
    return found


def believed(found: Sequence[Guess], near: Point | None) -> Guess | None:
    """The only Gauss-Krüger system among ``found`` that lands near the known point; None when there is none or no
    known point."""
    if near is None:
        return None
    fitting = [each for each in found if each.is_gauss and distance((each.lon, each.lat), near) <= NEAR]
    return fitting[0] if len(fitting) == 1 else None


def likely(found: Sequence[Guess], near: Point | None) -> str:
    """The proposals for a sentence: with a known point those around it, else the first, middle and last of a long
    row that differs only by the zone."""
    if near is not None:
        close = [each for each in found if distance((each.lon, each.lat), near) <= 4 * NEAR]
        return ", ".join(each.words for each in (close or found)[:4])
    gauss = [each for each in found if each.is_gauss] or list(found)
    if len(gauss) <= 4:
        return ", ".join(each.words for each in gauss)
    return " … ".join(gauss[n].words for n in (0, len(gauss) // 2, -1))


def distance(one: Point, other: Point) -> float:
    """Metres between two positions in degrees on the sphere."""
    lon1, lat1, lon2, lat2 = (math.radians(value) for value in (*one, *other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH * math.asin(math.sqrt(min(1.0, half)))


def _in_order(xy: Point, swapped: bool) -> Iterator[Guess]:
    for crs, code, facts, meridian, half in _systems(xy):
        position: NDArray[np.float64] = to_wgs84(np.array([xy], dtype=np.float64), crs)
        lon, lat = float(position[0, 0]), float(position[0, 1])
        inside = _CHINA[0] <= lon <= _CHINA[2] and _CHINA[1] <= lat <= _CHINA[3]
        if inside and (meridian is None or abs(lon - meridian) <= half):
            yield Guess(crs, code, facts, lon, lat, code.startswith("crs.gauss"), swapped)


def _systems(xy: Point) -> Iterator[tuple[str, str, dict[str, Any], float | None, float]]:
    """Systems by the size of the numbers: name, code, facts, central meridian (None: any) and half the zone."""
    x, y = xy
    if is_degrees(xy):
        for crs, code in ((WGS84, "crs.wgs84"), ("gcj02", "crs.gcj02"), ("bd09", "crs.bd09")):
            yield crs, code, {}, None, 0.0
        return
    if not _NORTHINGS[0] <= y <= _NORTHINGS[1]:
        return
    zone, easting = int(x // 1_000_000), x % 1_000_000
    if _EASTINGS[0] <= x <= _EASTINGS[1]:
        yield from _without_zone()
    elif _EASTINGS[0] <= easting <= _EASTINGS[1] and 25 <= zone <= 45:
        yield _gauss_zone(4488 + zone, zone, 3, zone * 3)
    elif _EASTINGS[0] <= easting <= _EASTINGS[1] and 13 <= zone <= 23:
        yield _gauss_zone(4478 + zone, zone, 6, zone * 6 - 3)
    if 8_000_000 <= x <= 15_200_000:
        yield "EPSG:3857", "crs.mercator", {}, None, 0.0


def _gauss_zone(number: int, zone: int, width: int, meridian: int) -> tuple[str, str, dict[str, Any], float, float]:
    facts = {"zone": zone, "width": width, "meridian": meridian, "number": number}
    return f"EPSG:{number}", "crs.gauss_zone", facts, meridian, _HALF_ZONE[width]


def _without_zone() -> Iterator[tuple[str, str, dict[str, Any], float, float]]:
    for zone in range(21):
        meridian = 75 + 3 * zone
        # Every other meridian is also that of a 6-degree zone, with the same numbers.
        width = 3 if zone % 2 else 6
        facts = {"meridian": meridian, "number": 4534 + zone}
        yield f"EPSG:{4534 + zone}", "crs.gauss", facts, meridian, _HALF_ZONE[width]
    for zone in range(43, 54):
        number = 32600 + zone
        yield f"EPSG:{number}", "crs.utm", {"zone": zone, "number": number}, zone * 6 - 183, _HALF_ZONE[6]
