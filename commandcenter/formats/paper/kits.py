"""The papers of kits and stores: receipt sheet, pick list, labels. Every value is already in the words of its
reader."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from commandcenter.base.errors import BadInput
from commandcenter.formats import paper
from commandcenter.formats.paper.incident_record import Fact


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One kit: ``cells`` beside the articles of the sheet, ``short`` what it lacks, in words."""

    number: str
    grid: str
    name: str
    kit: str
    sizes: str
    cells: tuple[str, ...]
    short: str


@dataclass(frozen=True, slots=True)
class ReceiptSheet:
    """签收单. ``totals``: pieces under each article; ``shelf``: what went to the spare shelf, line by line."""

    language: str
    town: str
    number: str
    labels: Mapping[str, str]
    facts: tuple[Fact, ...]
    articles: tuple[str, ...]
    lines: tuple[ReceiptLine, ...]
    totals: tuple[str, ...]
    shelf: tuple[tuple[str, ...], ...]
    shelf_headings: tuple[str, ...]
    waiting: str
    printed: str
    watermark: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """A village of the pick list, with a line for each piece that goes there."""

    order: str
    village: str
    told: str
    lines: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class PickList:
    """补发清单. ``loads``: what to take along; every line of it and of the stops has a box to tick before it."""

    language: str
    town: str
    number: str
    labels: Mapping[str, str]
    facts: tuple[Fact, ...]
    load_headings: tuple[str, ...]
    loads: tuple[tuple[str, ...], ...]
    headings: tuple[str, ...]
    stops: tuple[Stop, ...]
    printed: str
    watermark: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How labels lie on a sheet of A4, in millimetres; ``left`` and ``top`` are the edges before the first one."""

    name: str
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    gap_x: float = 0.0
    gap_y: float = 0.0

    @property
    def count(self) -> int:
        """Labels on one sheet."""
        return self.columns * self.rows


LAYOUTS: dict[str, Layout] = {
    each.name: each
    for each in (
        Layout("3x8", 3, 8, 70.0, 36.0, 0.0, 4.5),
        Layout("5x13", 5, 13, 38.1, 21.2, 4.75, 10.7, 2.5),
        Layout("3x7", 3, 7, 63.5, 38.1, 7.2, 15.15, 2.5),
    )
}
"""Usual sheets as the makers of labels give their sizes."""
_OWN = re.compile(r"(\d{1,2})[x×](\d{1,2}):(\d{1,3}(?:\.\d+)?)[x×](\d{1,3}(?:\.\d+)?)")
_PAGE = (210.0, 297.0)
_LEAST = (30.0, 15.0)
"""Below this no code stays readable with words beside it."""


def layout_of(given: str) -> Layout:
    """A usual sheet by its name, or one's own as ``COLUMNSxROWS:WIDTHxHEIGHT`` (in mm, laid in the middle of the page).
    BadInput ``labels.layout``, ``labels.layout_size``."""
    if given in LAYOUTS:
        return LAYOUTS[given]
    found = _OWN.fullmatch(given.replace(" ", "").lower())
    if found is None:
        raise BadInput("labels.layout", field="layout", text=given, known=", ".join(LAYOUTS))
    columns, rows, width, height = int(found[1]), int(found[2]), float(found[3]), float(found[4])
    left, top = (_PAGE[0] - columns * width) / 2, (_PAGE[1] - rows * height) / 2
    if min(columns, rows) < 1 or width < _LEAST[0] or height < _LEAST[1] or min(left, top) < 0:
        raise BadInput("labels.layout_size", field="layout", text=given, width=f"{_LEAST[0]:g}",
                       height=f"{_LEAST[1]:g}")  # fmt: skip
    return Layout(given, columns, rows, width, height, left, top)


@dataclass(frozen=True, slots=True)
class Label:
    """One label: what the code says, and the lines beside it; ``code`` is drawn from its own text. All empty: the
    label was used before and stays blank."""

    code: str
    title: str
    village: str
    grid: str
    who: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Labels:
    """标签 on sheets."""

    language: str
    number: str
    labels: Mapping[str, str]
    layout: Layout
    items: tuple[Label, ...]
    printed: str
    watermark: str = ""


BLANK = Label("", "", "", "", "")


def drawn(text: str) -> str:
    """A text as a QR code with its quiet zone, as SVG. Written as data, for two thousand of them stand in one file."""
    import segno

    out = io.BytesIO()
    segno.make(text, error="q", micro=False, boost_error=False).save(
        out, kind="svg", border=4, xmldecl=False, svgns=True, nl=False
    )
    return out.getvalue().decode()


def render(template: str, sheet: ReceiptSheet | PickList | Labels, printed_at: datetime) -> bytes:
    """The sheet as PDF."""
    return paper.render(template, sheet, {}, printed_at)
