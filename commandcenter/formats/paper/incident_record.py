"""The incident record (突发事件处置记录): what stands on it. Every value is already in the words of its reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from commandcenter.formats import paper


@dataclass(frozen=True, slots=True)
class Fact:
    """A quiet word and its value."""

    label: str
    value: str
    wide: bool = False
    """Takes the whole width."""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the six cells: its name, and when it was reached (empty: not)."""

    name: str
    time: str


@dataclass(frozen=True, slots=True)
class CallLine:
    """Somebody who was called, and what became of it."""

    who: str
    role: str
    phone: str
    result: str
    time: str
    note: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline, oldest first."""

    time: str
    what: str
    note: str
    who: str
    struck: str
    """Who took it back, in words; empty while it stands."""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment; ``picture`` names its thumbnail among the pictures, empty for a document or a hidden picture."""

    name: str
    facts: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """The sheet. ``labels`` are the words that stand on it whatever it tells (see the template)."""

    language: str
    town: str
    number: str
    labels: Mapping[str, str]
    facts: tuple[Fact, ...]
    steps: tuple[Step, ...]
    calls: tuple[CallLine, ...]
    entries: tuple[Entry, ...]
    closing: tuple[Fact, ...]
    files: tuple[File, ...]
    uncalled: str
    """How many more stood on the call list, in words; empty when none."""
    printed: str
    """By whom and when."""
    watermark: str = ""
    """``样例数据`` on a sample, ``演练`` in a drill; empty for the real thing."""


def render(record: IncidentRecord, pictures: Mapping[str, bytes], printed_at: datetime) -> bytes:
    """The record as PDF; ``pictures`` are the thumbnails by the names that its files give."""
    return paper.render("incident_record", record, pictures, printed_at)
