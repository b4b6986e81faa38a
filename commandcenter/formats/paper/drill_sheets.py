"""The sheets of a paper drill (演练记录用表): for the controller, each evaluator, each role. Every value is already in
the words of its reader; what is to be written or ticked by hand is an empty cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from commandcenter.formats import paper
from commandcenter.formats.paper.incident_record import Fact

TICK = "□"
"""A box to be ticked."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading; ``widths`` are shares of the page, a row's height (mm) leaves room for a pen."""

    heading: str
    columns: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    height: float = 8.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with text, or with room to write (``lines`` empty lines)."""

    heading: str
    text: str
    lines: int = 0


@dataclass(frozen=True, slots=True)
class OneSheet:
    """What one person holds in the hand."""

    title: str
    whose: str
    facts: tuple[Fact, ...]
    parts: tuple[Part, ...]
    tables: tuple[Table, ...]
    after: tuple[Part, ...]
    signs: tuple[str, ...]
    last: tuple[Table, ...] = ()
    """What is ticked after all has been written."""


@dataclass(frozen=True, slots=True)
class DrillSheets:
    """All sheets of one drill; ``labels`` are the words that stand on each."""

    language: str
    number: str
    labels: Mapping[str, str]
    sheets: tuple[OneSheet, ...]
    printed: str
    watermark: str


def render(sheets: DrillSheets, printed_at: datetime) -> bytes:
    """The sheets as one PDF, each beginning on a page of its own."""
    return paper.render("drill_sheets", sheets, {}, printed_at)
