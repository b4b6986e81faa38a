"""What callers hand to the map: colours, fills, markers, legend entries. Plain values, no widget."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Emphasis = Literal["quiet", "normal", "strong"]
Symbol = Literal["fill", "dedicated", "emergency", "marker", "teeth", "gap", "tally", "overdue_tally"]


class Pattern(StrEnum):
    """What is drawn over a fill, so that it is told apart without its colour."""

    NONE = "none"
    DOTS = "dots"
    DIAGONAL = "diagonal"
    CROSS_HATCH = "cross_hatch"


@dataclass(frozen=True, slots=True)
class Fill:
    """How one grid is filled. Colours are ``#rrggbb``.

    ``edge`` is a 2-px border inside the grid; ``pattern`` is drawn in the edge's colour, else in the grid lines'.
    """

    colour: str
    edge: str | None = None
    pattern: Pattern = Pattern.NONE


@dataclass(frozen=True, slots=True)
class Marker:
    """Something that stands on the map: at ``lon_lat`` (degrees) or else at its grid's middle.

    Markers are neutral rounded squares with one character; later ones of equal emphasis give way when too many
    meet in one spot (then a number says how many).
    """

    id: str
    grid: str | None
    lon_lat: tuple[float, float] | None
    character: str
    emphasis: Emphasis = "normal"
    tooltip: str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of the legend; ``fill`` goes with the symbol "fill", ``character`` with the signs; "teeth" and "gap",
    "tally" and "overdue_tally" are drawn as their layers draw them."""

    label: str
    fill: Fill | None = None
    symbol: Symbol = "fill"
    character: str = ""


@dataclass(frozen=True, slots=True)
class MapColours:
    """Every colour of the map as ``#rrggbb``; a theme supplies them, :meth:`set_colours` switches live."""

    background: str
    surface: str
    line: str
    text: str
    muted: str
    accent: str
    overdue: str
    tones: tuple[str, str, str]
    grid_line: str
    village_line: str
    emergency_ink: str
    selection: str
    selection_gap: str

    @classmethod
    def dark(cls) -> "MapColours":
        """The dark theme's colours."""
        return cls(
            background="#0f1419", surface="#161d24", line="#2a3540", text="#e6edf3", muted="#93a1af",
            accent="#2dd4bf", overdue="#ff4d4f", tones=("#22303b", "#263643", "#2a3b49"),
            grid_line="#41525f", village_line="#6b8091", emergency_ink="#8b98a5",
            selection="#ffffff", selection_gap="#0f1419",
        )  # fmt: skip

    @classmethod
    def light(cls) -> "MapColours":
        """The light theme's colours."""
        return cls(
            background="#eef1f4", surface="#ffffff", line="#d5dce3", text="#16202a", muted="#5a6875",
            accent="#0f766e", overdue="#d4141c", tones=("#dfe8ee", "#d6e1e9", "#cddae4"),
            grid_line="#9fb1bf", village_line="#70869a", emergency_ink="#6d7b88",
            selection="#16202a", selection_gap="#ffffff",
        )  # fmt: skip
