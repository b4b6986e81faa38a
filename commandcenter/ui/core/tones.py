"""The sounds of the desk, made of sine tones when first needed: nothing to ship, nothing to license.

Rising pairs mean people in need; two even tones and a higher one, that somebody must be called; the
low double tone means that the system itself is in trouble.
"""

import math
from array import array
from dataclasses import dataclass
from functools import cache
from typing import Literal

RATE = 22_050
"""Samples a second, mono, 16 bit."""
Pattern = Literal["critical", "call", "urgent", "soft", "trouble", "scanned", "mistaken"]
_EDGE = 0.012  # s of fading in and out, so that no tone clicks


@dataclass(frozen=True, slots=True)
class Tone:
    """``hertz`` for ``seconds`` at ``loud`` (0 to 1), then ``rest`` seconds of silence."""

    hertz: float
    seconds: float
    rest: float = 0.0
    loud: float = 0.6


PATTERNS: dict[Pattern, tuple[Tone, ...]] = {
    "critical": (Tone(880, 0.16, 0.05, 0.9), Tone(1175, 0.16, 0.05, 0.9)) * 3,
    "call": (Tone(698, 0.12, 0.09, 0.8), Tone(698, 0.12, 0.09, 0.8), Tone(932, 0.30, 0.0, 0.8)),
    "urgent": (Tone(784, 0.18, 0.06, 0.7), Tone(988, 0.26, 0.0, 0.7)),
    "soft": (Tone(660, 0.14, 0.0, 0.35),),
    "trouble": (Tone(262, 0.30, 0.12, 0.7), Tone(196, 0.45, 0.0, 0.7)),
    # For a hand that scans without looking: one short high, or two low that nobody takes for it.
    "scanned": (Tone(1568, 0.06, 0.0, 0.5),),
    "mistaken": (Tone(330, 0.09, 0.04, 0.7), Tone(262, 0.14, 0.0, 0.7)),
}
EVERY: dict[Pattern, float] = {"critical": 3.0, "call": 6.0, "urgent": 8.0, "soft": 20.0, "trouble": 120.0,
                            "scanned": 20.0, "mistaken": 20.0}  # fmt: skip
"""Seconds from one beginning to the next while a sound is repeated."""
ORDER: tuple[Pattern, ...] = ("critical", "call", "trouble", "urgent", "soft", "mistaken", "scanned")
"""Which one is heard when several are due."""


def seconds_of(pattern: Pattern) -> float:
    """How long a pattern sounds."""
    return sum(tone.seconds + tone.rest for tone in PATTERNS[pattern])


@cache
def samples(pattern: Pattern) -> bytes:
    """The pattern as 16-bit little-endian mono samples at RATE."""
    wave = array("h")
    for tone in PATTERNS[pattern]:
        wave.extend(_wave(tone))
    return wave.tobytes()


def _wave(tone: Tone) -> list[int]:
    count = round(tone.seconds * RATE)
    turn = 2 * math.pi * tone.hertz / RATE
    peak = 32_000 * tone.loud
    values = [round(peak * _envelope(at, count) * _timbre(turn * at)) for at in range(count)]
    return values + [0] * round(tone.rest * RATE)


def _envelope(at: int, count: int) -> float:
    edge = round(_EDGE * RATE)
    return min(1.0, at / edge, (count - at) / edge)


def _timbre(phase: float) -> float:
    """A little of the octave makes it carry through a room."""
    return (math.sin(phase) + 0.25 * math.sin(2 * phase)) / 1.25
