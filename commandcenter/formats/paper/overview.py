"""The overview sheet 治理信息全览图 of a village, on A3 or A2. Every value is already in the words of its reader.

The map is drawn in millimetres of paper: one unit of the picture is one millimetre on the sheet, which is what makes
its scale true. Tables run over the columns of the sheet and on to further sheets of the same size.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from commandcenter.formats import paper

COLUMNS = 3
"""Columns of a sheet; the map takes all but the last of them."""
MAP_COLUMNS = 2


@dataclass(frozen=True, slots=True)
class Format:
    """The sheet in millimetres: its edges, the head, the strip under the map, the gap between columns, and how much
    larger than on A3 everything is written."""

    width: float
    height: float
    margin: float
    head: float
    foot: float
    strip: float
    gap: float
    zoom: float

    @property
    def column(self) -> float:
        """Width of one column."""
        return (self.width - 2 * self.margin - (COLUMNS - 1) * self.gap) / COLUMNS

    @property
    def body(self) -> float:
        """Height between head and foot."""
        return self.height - self.head - self.foot

    @property
    def frame(self) -> tuple[float, float]:
        """Width and height of the map."""
        wide = MAP_COLUMNS * self.column + (MAP_COLUMNS - 1) * self.gap
        return wide, self.body - self.strip


def format_of(width: float, height: float) -> Format:
    """How a sheet of this size is divided."""
    zoom = 1 + (width / 420 - 1) * 0.6
    return Format(width, height, margin=11 * zoom, head=27 * zoom, foot=14 * zoom, strip=19 * zoom, gap=6 * zoom,
                  zoom=zoom)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """A word on the map, its middle in millimetres from the upper left; ``kind``: ``general``, ``dedicated``,
    ``emergency``, ``place`` or ``village`` (a neighbour); ``tied``: where the line goes that ties it to its place."""

    x: float
    y: float
    text: str
    kind: str
    tied: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Map:
    """The map: an SVG whose units are millimetres, the words on it, and its scale. ``scale``: in figures, "" for a
    scheme; ``bar``: length of the scale bar in millimetres, ``ticks`` the words at its beginning, middle and end."""

    picture: str
    width: float
    height: float
    marks: tuple[Mark, ...]
    scale: str = ""
    bar: float = 0.0
    ticks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table under a title: ``rows`` under ``headings``; ``figures``: columns of digits, ``right``: those of numbers;
    ``wide``: the columns that take the room that is left; ``last``: the sum, or nothing; ``empty``: a sentence
    instead of rows; ``note``: one below."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wide: tuple[int, ...] = ()
    figures: tuple[int, ...] = ()
    right: tuple[int, ...] = ()
    last: tuple[str, ...] = ()
    empty: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """One sheet and those that continue it. ``facts``: who answers for the village; ``legend``: what is on the map, by
    kind; ``empty``: a sentence where a map would be, ``scheme``: one under a map without a scale; ``writing``: how much
    larger than usual the tables are written."""

    language: str
    labels: Mapping[str, str]
    number: str
    town: str
    village: str
    dated: str
    edition: str
    facts: tuple[tuple[str, str], ...]
    map: Map | None
    empty: str
    legend: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    format: Format
    frame: tuple[float, float]
    writing: float
    scheme: str
    printed: str
    watermark: str = ""


def render(sheet: Overview, printed_at: datetime) -> bytes:
    """The sheet as PDF. Not on the GUI thread. EnvironmentTrouble ``paper.no_font``."""
    return paper.render("overview", sheet, {}, printed_at)
