"""The plan's rings generalised for a scale, each octave made once and kept."""

import math

from commandcenter.rules.maps import Plan
from commandcenter.rules.rings import Rings

WORTH_IT = 50_000
"""Below this many vertices generalising saves less than a millisecond."""


class Levels:
    """Rings on rasters of 2^k metres, at most half a device pixel wide."""

    def __init__(self, plan: Plan) -> None:
        self._rings = plan.rings
        self._made: dict[int, Rings] = {}

    def rings(self, scale: float) -> Rings:
        """The rings to draw at ``scale`` device pixels a metre."""
        if len(self._rings.vertices) < WORTH_IT:
            return self._rings
        octave = math.floor(math.log2(0.5 / scale))
        if octave < -2:  # finer than a quarter metre: as surveyed
            return self._rings
        if octave not in self._made:
            finer = [self._made[made] for made in self._made if made < octave]
            source = min(finer, key=lambda rings: len(rings.vertices), default=self._rings)
            self._made[octave] = source.generalised(2.0**octave)
        return self._made[octave]
