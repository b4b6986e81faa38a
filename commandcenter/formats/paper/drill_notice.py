"""The notice of a drill (演练通知): what stands on it. Every value is already in the words of its reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from commandcenter.formats import paper


@dataclass(frozen=True, slots=True)
class Line:
    """A quiet word and its value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class DrillNotice:
    """The sheet. ``labels`` are the words that stand on it whatever it tells (see the template)."""

    language: str
    number: str
    """Nothing: a notice has none; the name of the drill stands in the document's title instead."""
    title: str
    to: str
    opening: str
    labels: Mapping[str, str]
    facts: tuple[Line, ...]
    points: tuple[str, ...]
    """What to mind and to bring, one sentence each."""
    signed: str
    dated: str
    printed: str
    """By whom and when."""
    watermark: str


def render(notice: DrillNotice, printed_at: datetime) -> bytes:
    """The notice as PDF."""
    return paper.render("drill_notice", notice, {}, printed_at)
