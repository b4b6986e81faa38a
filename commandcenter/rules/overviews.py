"""The overview sheet 治理信息全览图 of a village: which scale fits, true metres, and counts that tell of nobody.

The scale is that of the paper: on a sheet of 1:5000 a centimetre is fifty metres, measured with a ruler.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

PaperSize = Literal["a3", "a2"]
SIZES: dict[PaperSize, tuple[float, float]] = {"a3": (420.0, 297.0), "a2": (594.0, 420.0)}
"""Width and height in millimetres (ISO 216), lying."""
FEWEST = 5
"""The smallest count that a public sheet writes as a figure (issue 5, build 6)."""
_ROUND = (1.0, 1.2, 1.5, 1.8, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0)
"""Round scales, times a power of ten."""
_BARS = (1, 2, 5)
_SEMI_MAJOR, _FLATTENING = 6_378_137.0, 1 / 298.257223563
"""The ellipsoid of WGS84, which that of CGCS2000 equals to a tenth of a millimetre."""


# --- the scale ----------------------------------------------------------------------------------------------------


def scale_for(width: float, height: float, frame_width: float, frame_height: float) -> int:
    """The largest round scale, as its denominator, at which ``width`` × ``height`` metres go into a frame in
    millimetres; never larger than 1:100."""
    needed = max(width / frame_width, height / frame_height) * 1000
    power = 100
    while True:
        for each in _ROUND:
            if each * power >= needed - 1e-9:
                return round(each * power)
        power *= 10


def bar_for(denominator: int, longest: float) -> int:
    """How many metres a scale bar is long: 1, 2 or 5 and noughts, at most ``longest`` millimetres on paper; at least a
    metre."""
    found, power = 1, 1
    while power * 1000 / denominator <= longest:
        for each in _BARS:
            if each * power * 1000 / denominator <= longest:
                found = each * power
        power *= 10
    return found


@dataclass(frozen=True, slots=True)
class Ground:
    """Metres east and north of a place in degrees, on the ellipsoid: over the few kilometres of a village true to some
    parts in ten thousand, which no ruler shows on paper."""

    lon: float
    lat: float

    @property
    def metres_per_degree(self) -> tuple[float, float]:
        """How long a degree is there, to the east and to the north."""
        squared = _FLATTENING * (2 - _FLATTENING)
        sine = math.sin(math.radians(self.lat))
        root = math.sqrt(1 - squared * sine * sine)
        east = _SEMI_MAJOR / root * math.cos(math.radians(self.lat))
        north = _SEMI_MAJOR * (1 - squared) / root**3
        return math.radians(1) * east, math.radians(1) * north


# --- counts that tell of nobody -----------------------------------------------------------------------------------

Shown = Literal["exact", "few", "least", "withheld"]


@dataclass(frozen=True, slots=True)
class Count:
    """A count as a public sheet writes it: ``exact`` its ``value``; ``few`` fewer than five; ``least`` the value or
    more; ``withheld`` nothing."""

    shown: Shown
    value: int = 0


def public(count: int) -> Count:
    """A count from five upward; nought is fewer than five like four."""
    return Count("exact", count) if count >= FEWEST else Count("few")


def public_sum(counts: Sequence[int]) -> Count:
    """The sum under a column of :func:`public` counts, such that nobody finds a hidden one by taking away.

    What is hidden may each be nought to four. A sum is told only while it leaves all of these open for each of them;
    else what can be seen anyway is told as ``least``, or nothing.
    """
    hidden = [each for each in counts if each < FEWEST]
    total, seen, rest = sum(counts), sum(counts) - sum(hidden), sum(hidden)
    if total < FEWEST:
        return Count("few")
    if not hidden or FEWEST - 1 <= rest <= (FEWEST - 1) * (len(hidden) - 1):
        return Count("exact", total)
    return Count("least", seen) if seen else Count("withheld")
