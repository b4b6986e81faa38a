"""The measures by which the map can be filled: open incidents, people at home, gaps among the keepers …

Quantities go from the grids' own tone to one violet, which is neither a level's colour nor the accent; what is missing
is a neutral pattern, told apart without any colour.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from commandcenter.base.texts import say
from commandcenter.ui.core.map import Fill, FillMeasure, LegendEntry, Pattern
from commandcenter.ui.core.map.palette import blend
from commandcenter.ui.core.theme import Theme
from commandcenter.ui.grids.facts import MapFacts
from commandcenter.ui.grids.ramps import Band, band_of, bands, shares

Values = Mapping[str, int | None]
QUANTITY_COLOUR = 2
"""The place among the theme's chart colours of the one in which quantities are filled."""
NONE, GAPS = "none", "gaps"
DEFAULT = "open"


@dataclass(slots=True)
class Board:
    """What the measures read: the facts of the moment and the theme."""

    facts: MapFacts = field(default_factory=MapFacts)
    theme: Theme | None = None

    @property
    def tone(self) -> str:
        """The ground on which shades are mixed."""
        assert self.theme is not None
        return self.theme.tones[1]


@dataclass(slots=True)
class Quantity:
    """A number per grid; zero keeps the village's tone, None is shown as not counted."""

    board: Board
    name: str
    values_of: Callable[[MapFacts], Values]
    _facts: MapFacts | None = None
    _values: Values = field(default_factory=dict)
    _bands: tuple[Band, ...] = ()

    def fill(self, grid: str) -> Fill | None:
        """The fill of one grid."""
        self._refresh()
        if grid not in self._values:
            return None
        value = self._values[grid]
        if value is None:
            return _uncounted(self.board)
        number = band_of(value, self._bands)
        return None if number is None else self._shade(number)

    def legend(self) -> Sequence[LegendEntry]:
        """One line a class, the fewest first."""
        self._refresh()
        lines = [LegendEntry(self._label(band), self._shade(n)) for n, band in enumerate(self._bands)]
        if any(value is None for value in self._values.values()):
            lines.append(LegendEntry(say("grids.measure.uncounted"), _uncounted(self.board)))
        return lines

    def _refresh(self) -> None:
        if self._facts is not self.board.facts:
            self._facts = self.board.facts
            self._values = self.values_of(self._facts)
            self._bands = bands(value for value in self._values.values() if value is not None)

    def _label(self, band: Band) -> str:
        if len(self._bands) == 1:
            return say(f"grids.legend.{self.name}.any")
        return say(f"grids.legend.{self.name}", range=band.label)

    def _shade(self, number: int) -> Fill:
        assert self.board.theme is not None
        share = shares(len(self._bands))[number]
        return Fill(blend(self.board.tone, self.board.theme.chart[QUANTITY_COLOUR], share))


def _uncounted(board: Board) -> Fill:
    assert board.theme is not None
    return Fill(board.theme.background, pattern=Pattern.DOTS)


@dataclass(slots=True)
class Gaps:
    """Grids that nobody can be called for: no keeper, or one without a number."""

    board: Board

    def fill(self, grid: str) -> Fill | None:
        """The fill of one grid."""
        gap = self.board.facts.gaps.get(grid)
        return None if gap is None else self._fills()[gap]

    def legend(self) -> Sequence[LegendEntry]:
        """Both gaps with their number, also when there is none: that is the good news."""
        found = list(self.board.facts.gaps.values())
        return [
            LegendEntry(say(f"grids.gap.{gap}", count=found.count(gap)), fill)  # type: ignore[arg-type]
            for gap, fill in self._fills().items()
        ]

    def _fills(self) -> dict[str, Fill]:
        assert self.board.theme is not None
        ink = self.board.theme.muted
        return {
            "no_keeper": Fill(blend(self.board.tone, ink, 0.5), pattern=Pattern.DIAGONAL),
            "no_phone": Fill(blend(self.board.tone, ink, 0.25), pattern=Pattern.DOTS),
        }


def _open(facts: MapFacts) -> Values:
    return {grid: status.open_incidents for grid, status in facts.statuses.items()}


def _overdue(facts: MapFacts) -> Values:
    return facts.overdue


def _recent(facts: MapFacts) -> Values:
    return facts.recent or {}


def _at_home(facts: MapFacts) -> Values:
    return {grid.id: grid.people_at_home for grid in facts.grids.values()}


def _households(facts: MapFacts) -> Values:
    return {grid.id: grid.households for grid in facts.grids.values()}


_QUANTITIES: dict[str, Callable[[MapFacts], Values]] = {
    "open": _open, "overdue": _overdue, "recent": _recent, "at_home": _at_home, "households": _households,
}  # fmt: skip


@dataclass(slots=True)
class Nothing:
    """No fill at all."""

    def fill(self, grid: str) -> Fill | None:
        """None: every grid keeps its village's tone."""
        return None

    def legend(self) -> Sequence[LegendEntry]:
        """No line."""
        return ()


def measure(name: str, _tools: Any, panel: Any) -> FillMeasure:
    """One of our own measures, reading the board of the map."""
    if name == NONE:
        return Nothing()
    return Gaps(panel.board) if name == GAPS else Quantity(panel.board, name, _QUANTITIES[name])
