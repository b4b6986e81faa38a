"""The lookup table that turns cells into colours: 32 colours a row, rebuilt only for the rows that change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from commandcenter.rules.maps import Plan
from commandcenter.ui.core.map.model import Fill, MapColours, Pattern
from commandcenter.ui.core.map.raster import (
    CLASSES,
    COUNTER,
    DIAGONAL,
    DOTS,
    GRID_BORDER,
    STEPS,
    VILLAGE_BORDER,
)

Table = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.floating[Any]]
PATTERN_BITS = {
    Pattern.NONE: 0,
    Pattern.DOTS: DOTS,
    Pattern.DIAGONAL: DIAGONAL,
    Pattern.CROSS_HATCH: DIAGONAL | COUNTER,
}
LINE_HALF, VILLAGE_HALF, EDGE_WIDTH = 0.5, 0.8, 1.5
"""Half the width of a grid's and a village's line; a fill's edge is its half of the line and EDGE_WIDTH: 2 px."""


@dataclass(frozen=True, slots=True)
class Style:
    """How one row of the table looks."""

    colour: str
    line: str
    village_line: str
    ink: str
    edge: str | None = None
    bits: int = 0

    def block(self) -> Table:
        """The 32 colours of this style."""
        base, ink, line = rgb(self.colour), rgb(self.ink), rgb(self.line)
        colours = np.repeat(base[None], CLASSES, axis=0)
        for bits in range(GRID_BORDER):
            if bits & self.bits:
                colours[bits] = ink
        steps = (STEPS[:-1] + STEPS[1:])[:, None] / 2
        rim = np.repeat(base[None], len(steps), axis=0)
        if self.edge is not None:
            rim = _mix(rim, rgb(self.edge), np.clip(LINE_HALF + EDGE_WIDTH + 0.5 - steps, 0, 1))
            line = rgb(self.edge)
        colours[GRID_BORDER:VILLAGE_BORDER] = _mix(rim, line, np.clip(LINE_HALF + 0.5 - steps, 0, 1))
        village = line if self.edge is not None else rgb(self.village_line)
        colours[VILLAGE_BORDER:] = _mix(rim, village, np.clip(VILLAGE_HALF + 0.5 - steps, 0, 1))
        parts = np.rint(colours).astype(np.uint32)
        return np.asarray(0xFF000000 | parts[:, 0] << 16 | parts[:, 1] << 8 | parts[:, 2], dtype=np.uint32)


def rgb(colour: str) -> Floats:
    """``#rrggbb`` as three numbers 0…255."""
    return np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)], dtype=np.float64)


def blend(under: str, over: str, share: float) -> str:
    """``over`` laid on ``under`` with opacity ``share``."""
    return "#" + "".join(f"{round(value):02x}" for value in _mix(rgb(under), rgb(over), share))


def _mix(under: Floats, over: Floats, share: Any) -> Floats:
    return np.asarray(under + (over - under) * share)


def plain_style(colour: str, colours: MapColours) -> Style:
    """A colour without edge or pattern."""
    return Style(colour, colours.grid_line, colours.village_line, colour)


def fill_style(fill: Fill, colours: MapColours) -> Style:
    """A fill as its caller wants it."""
    ink = blend(fill.colour, fill.edge or colours.text, 0.75 if fill.edge else 0.3)
    bits = PATTERN_BITS[fill.pattern]
    return Style(fill.colour, colours.grid_line, colours.village_line, ink, fill.edge, bits)


def emergency_style(beneath: str, colours: MapColours, edge: str | None = None) -> Style:
    """The hatch of emergency grids over a colour."""
    line = colours.emergency_ink
    return Style(beneath, line, line, blend(beneath, line, 0.55), edge, COUNTER)


class Palette:
    """Rows 0 (no grid), 1…n (the plan's grids), and for each picture its pairs of grid and emergency grid."""

    def __init__(self, plan: Plan, colours: MapColours) -> None:
        self._plan, self._colours = plan, colours
        self._fills: list[Fill | None] = [None] * len(plan.grids)
        self._filled: set[int] = set()
        self._blocks: dict[Style, Table] = {}
        self._over: dict[tuple[Fill | None, int, Fill | None, int], Table] = {}
        self._rows = np.empty((len(plan.grids) + 1, CLASSES), dtype=np.uint32)
        self._repaint_all()

    def set_colours(self, colours: MapColours) -> None:
        """Switch the theme."""
        self._colours = colours
        self._blocks.clear()
        self._over.clear()
        self._repaint_all()

    def fill_of(self, n: int) -> Fill | None:
        """The fill of a grid by its index, None where it has its village's tone."""
        return self._fills[n]

    def set_fills(self, fills: Mapping[str, Fill]) -> bool:
        """Fill these grids and no others; returns whether any changed."""
        index, known = self._plan.index, self._fills
        changed: list[int] = []
        filled: set[int] = set()
        for grid, fill in fills.items():
            n = index.get(grid)
            if n is None:
                continue
            filled.add(n)
            if known[n] is not fill and known[n] != fill:
                known[n] = fill
                changed.append(n)
        for n in self._filled - filled:
            known[n] = None
            changed.append(n)
        self._filled = filled
        self._repaint(changed)
        return bool(changed)

    def table(self, pairs: npt.NDArray[np.integer[Any]]) -> Table:
        """The flat table for a picture with these pairs; it stays the palette's and serves one picture at a time."""
        first = len(self._fills) + 1
        size = first + len(pairs)
        if size > len(self._rows):
            grown = np.empty((size, CLASSES), dtype=np.uint32)
            grown[:first] = self._rows[:first]
            self._rows = grown
        for n, (under, over) in enumerate(pairs.tolist()):
            self._rows[first + n] = self._block_over(under, over)
        return self._rows[:size].reshape(-1)

    def _repaint_all(self) -> None:
        self._rows[0] = self._block(plain_style(self._colours.background, self._colours))
        tones = np.stack([self._block(plain_style(tone, self._colours)) for tone in self._colours.tones])
        self._rows[1 : len(self._fills) + 1] = tones[self._plan.tone_of]
        self._repaint(sorted(self._filled))

    def _repaint(self, changed: list[int]) -> None:
        alike: dict[tuple[Fill | None, int], list[int]] = {}
        for n, tone in zip(changed, self._plan.tone_of[changed].tolist(), strict=True):
            fill = self._fills[n]
            alike.setdefault((fill, tone if fill is None else 0), []).append(n)
        for rows in alike.values():
            self._rows[np.add(rows, 1)] = self._block(self._style_of(rows[0]))

    def _block(self, style: Style) -> Table:
        block = self._blocks.get(style)
        if block is None:
            block = self._blocks[style] = style.block()
        return block

    def _block_over(self, under: int, over: int) -> Table:
        """The colours of a row of grid ``over`` above a row ``under``; looked up by what they depend on."""
        beneath = self._fills[under - 1] if under else None
        tone = int(self._plan.tone_of[under - 1]) if under else -1
        key = (beneath, tone, self._fills[over - 1], int(self._plan.kind_of[over - 1]))
        block = self._over.get(key)
        if block is None:
            block = self._over[key] = self._block(self._style_over(under, over))
        return block

    def _style_of(self, n: int) -> Style:
        fill = self._fills[n]
        if fill is None:
            return plain_style(self._colours.tones[self._plan.tone_of[n]], self._colours)
        return fill_style(fill, self._colours)

    def _style_over(self, under: int, over: int) -> Style:
        """A grid over what lies beneath: with its own fill or else the one beneath; emergency grids are hatched."""
        fill = self._fills[over - 1]
        dedicated = self._plan.grids[over - 1].kind == "dedicated"
        if dedicated and fill is not None:
            return fill_style(fill, self._colours)
        beneath = self._style_of(under - 1).colour if under else self._colours.background
        colour, edge = (fill.colour, fill.edge) if fill is not None else (beneath, None)
        style = emergency_style(colour, self._colours, edge)
        return replace(style, bits=0) if dedicated else style
