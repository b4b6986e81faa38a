"""Printed books: the handbook 工作手册 of a grid and the contact book 通讯录 of a village, page by page, and the slip
that goes with single pages. Every value is already in the words of its reader.

Pages are numbered within their section (3–1, 3–2, 4–1), so that a section that grows moves no other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from commandcenter.formats import paper
from commandcenter.formats.paper.kits import drawn

BlockKind = Literal["words", "list", "table", "map", "ruled"]


@dataclass(frozen=True, slots=True)
class Tag:
    """A word on a map: where its middle is, in parts of the picture's width and height; ``main``: the grid's own."""

    x: float
    y: float
    text: str
    main: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a page. ``words`` and ``list``: its ``lines``; ``table``: ``rows`` under ``headings``, of which the
    columns named in ``figures`` hold numbers; ``map``: an SVG ``picture`` ``height`` as high as it is wide, with
    ``tags``; ``ruled``: lines to write on, down to the foot of the page."""

    kind: BlockKind
    title: str = ""
    lines: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    figures: tuple[int, ...] = ()
    wide: int = 1
    picture: str = ""
    height: float = 1.0
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the contents; it begins on a page of its own. ``number`` is the same in every edition."""

    number: str
    title: str
    blocks: tuple[Block, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A section that is replaced, and what is new in it."""

    number: str
    title: str
    what: str


@dataclass(frozen=True, slots=True)
class Slip:
    """What goes with single pages: for whom, instead of which, and why."""

    title: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    headings: tuple[str, ...]
    lines: tuple[SlipLine, ...]
    todo: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """A book, or (with ``slip``) some of its pages. ``code`` is drawn on the cover as well as written; ``foot`` stands
    under every page."""

    language: str
    labels: Mapping[str, str]
    number: str
    town: str
    village: str
    place: str
    facts: tuple[tuple[str, str], ...]
    code: str
    edition: str
    sections: tuple[Section, ...]
    foot: str
    printed: str
    watermark: str = ""
    slip: Slip | None = None
    picture: str = ""


def render(book: Book, printed_at: datetime) -> bytes:
    """The pages as a PDF of A5, one after the other. Not on the GUI thread. EnvironmentTrouble ``paper.no_font``."""
    return paper.render("book", replace(book, picture=drawn(book.code) if book.code else ""), {}, printed_at)
