"""Classes of figures with round limits, and the shades in which the map shows them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from commandcenter.base.texts import say

SHARES = (0.24, 0.44, 0.64, 0.84)
"""How much of the full colour each class takes, from few to many."""


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


def bands(values: Iterable[int], most: int = len(SHARES)) -> tuple[Band, ...]:
    """At most ``most`` classes for the positive ``values``, about equally full, with round limits.

    The last one is open, so that a figure that grows needs no new legend.
    """
    counted = sorted(value for value in values if value > 0)
    if not counted:
        return ()
    cuts = _cuts(counted, most)
    lows = [counted[0] if len(set(counted)) > most else 1, *(cut + 1 for cut in cuts)]
    lows[0] = min(lows[0], 1)
    return tuple(Band(low, high) for low, high in zip(lows, [*cuts, None], strict=True))


def _cuts(counted: Sequence[int], most: int) -> list[int]:
    """Where one class ends and the next begins: at each figure while they are few, else at round quantiles."""
    distinct = sorted(set(counted))
    if distinct[-1] <= most:
        return list(range(1, distinct[-1]))
    step = _round_step((distinct[-1] - distinct[0]) / 12)
    middle = counted[: math.ceil(len(counted) * 0.98)]
    quantiles = (middle[len(middle) * n // most] for n in range(1, most))
    cuts = (max(step, round(value / step) * step) for value in quantiles)
    return [cut for cut in dict.fromkeys(cuts) if cut < distinct[-1]]


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
