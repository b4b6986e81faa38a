"""Classes of figures with round limits, and the shades in which the map shows them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from commandcenter.base.texts import say

MOST_BANDS = 4
FAINT, FULL = 0.22, 0.74
"""How much of the full colour the first and the last of several classes take."""
ALONE = 0.46
"""The same where there is only one class."""


@dataclass(frozen=True, slots=True)
class Band:
    """Whole numbers ``low`` to ``high``, both included; ``high`` None: and more."""

    low: int
    high: int | None

    @property
    def label(self) -> str:
        """As the legend says it."""
        if self.high is None:
            return say("grids.band.from", low=f"{self.low:,}")
        if self.low == self.high:
            return f"{self.low:,}"
        return say("grids.band.range", low=f"{self.low:,}", high=f"{self.high:,}")


def bands(values: Iterable[int], most: int = MOST_BANDS) -> tuple[Band, ...]:
    """At most ``most`` classes for the positive ``values``, about equally full, with round limits.

    The last one is open, so that a figure that grows needs no new legend.
    """
    counted = sorted(value for value in values if value > 0)
    if not counted:
        return ()
    cuts = _cuts(counted, most)
    lows = [1, *(cut + 1 for cut in cuts)]
    return tuple(Band(low, high) for low, high in zip(lows, [*cuts, None], strict=True))


def _cuts(counted: Sequence[int], most: int) -> list[int]:
    """Where one class ends and the next begins: at each figure while they are few, else at round quantiles."""
    if counted[-1] <= most:
        return list(range(1, counted[-1]))
    low, high = _share(counted, 0.05), _share(counted, 0.95)  # a school must not make the steps coarse
    step = _round_step((high - low) / 8)
    quantiles = (_share(counted, n / most) for n in range(1, most))
    cuts = (max(step, round(value / step) * step) for value in quantiles)
    return [cut for cut in dict.fromkeys(cuts) if cut < counted[-1]]


def _share(counted: Sequence[int], share: float) -> int:
    """The figure below which so many of the sorted ones lie."""
    return counted[min(math.floor(len(counted) * share), len(counted) - 1)]


def shares(count: int) -> tuple[float, ...]:
    """How much of the full colour each of ``count`` classes takes, from few to many."""
    if count == 1:
        return (ALONE,)
    return tuple(FAINT + (FULL - FAINT) * n / (count - 1) for n in range(count))


def _round_step(wanted: float) -> int:
    """The largest of 1, 2, 5, 10, 20 … that is not above ``wanted``."""
    if wanted < 1:
        return 1
    power = 10 ** math.floor(math.log10(wanted))
    return int(max(factor * power for factor in (1, 2, 5) if factor * power <= wanted))


def band_of(value: int, among: Sequence[Band]) -> int | None:
    """The number of the class of ``value``; None when it is in none (zero)."""
    for number, band in enumerate(among):
        if value >= band.low and (band.high is None or value <= band.high):
            return number
    return None
