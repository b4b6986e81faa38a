"""A list across A4: title, table, last line. Every value is already in the words of its reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from commandcenter.formats import paper


@dataclass(frozen=True, slots=True)
class Listing:
    """库存清单, 培训登记表. ``number``: what it is about; ``amounts``: how many of the last columns are numbers;
    ``sum``: its last line."""

    language: str
    town: str
    number: str
    labels: Mapping[str, str]
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sum: str
    printed: str
    amounts: int = 0
    watermark: str = ""


def render(template: str, sheet: Listing, printed_at: datetime) -> bytes:
    """The list as PDF."""
    return paper.render(template, sheet, {}, printed_at)
