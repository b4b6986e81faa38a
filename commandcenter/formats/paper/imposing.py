"""Imposition: pages of a book laid on sheets of A4 so that, printed on both sides, cut and folded, they read in order.

``a5``: two pages of A5 on a side, folded once: a booklet. ``a6``: four of A6 on a side; the sheet is cut across the
middle, the lower halves are laid inside the upper ones, then folded: a booklet of half the size. Backs are turned over
the edge that stands upright on the side that is looked at (``a5``: the short edge of the sheet, ``a6``: the long one).
``none``: the pages as they are.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Imposed = Literal["a5", "a6", "none"]
IMPOSED: tuple[Imposed, ...] = ("a5", "a6", "none")
_MM = 72 / 25.4
_LONG, _SHORT = 297.0 * _MM, 210.0 * _MM


class Leaf(NamedTuple):
    """One folded leaf of a booklet: the pages (from 0) at the left and right of its front and of its back."""

    front: tuple[int, int]
    back: tuple[int, int]


def leaves(pages: int) -> list[Leaf]:
    """The leaves of a booklet, the outermost first. ``pages``: a multiple of 4."""
    if pages % 4:
        raise ValueError(f"{pages} pages do not fill leaves of four")
    return [
        Leaf((pages - 1 - 2 * at, 2 * at), (2 * at + 1, pages - 2 - 2 * at)) for at in range(pages // 4)
    ]


def padded(pages: int, imposed: Imposed) -> int:
    """How many pages a book has once blank ones fill its last sheet."""
    unit = {"a5": 4, "a6": 8, "none": 1}[imposed]
    return -(-pages // unit) * unit


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a sheet of A4: its size in points, and where each page (from 0) lies: left, bottom, width, height."""

    width: float
    height: float
    places: tuple[tuple[int, tuple[float, float, float, float]], ...]


def sides(pages: int, imposed: Imposed) -> list[Side]:
    """The sides of the sheets of a booklet in the order of printing: front, back, front, … ``pages`` as
    :func:`padded` gives them, ``imposed`` not ``none``."""
    found = leaves(pages)
    if imposed == "a5":
        whole = (0.0, _SHORT)
        return [Side(_LONG, _SHORT, _row(pair, _LONG, *whole)) for leaf in found for pair in leaf]
    half, made = len(found) // 2, list[Side]()
    for upper, lower in zip(found[:half], found[half:], strict=True):
        for above, below in zip(upper, lower, strict=True):
            made.append(Side(_SHORT, _LONG, (*_row(above, _SHORT, _LONG / 2, _LONG / 2),
                                             *_row(below, _SHORT, 0.0, _LONG / 2))))  # fmt: skip
    return made


def _row(pair: tuple[int, int], width: float, bottom: float, height: float) -> Any:
    return tuple((page, (at * width / 2, bottom, width / 2, height)) for at, page in enumerate(pair))


def loose(pages: int, imposed: Imposed) -> list[Side]:
    """Single pages side by side, printed on one side, to be cut out and pasted over others."""
    columns, rows = (2, 1) if imposed == "a5" else (2, 2)
    width, height = (_LONG, _SHORT) if imposed == "a5" else (_SHORT, _LONG)
    made, count = [], columns * rows
    for first in range(0, pages, count):
        places = []
        for page in range(first, min(first + count, pages)):
            row, column = divmod(page - first, columns)
            box = (column * width / columns, height - (row + 1) * height / rows, width / columns, height / rows)
            places.append((page, box))
        made.append(Side(width, height, tuple(places)))
    return made


_Form = tuple[Any, float, float]
"""A page that can be drawn anywhere, with its width and height in points."""


def last_page(content: bytes) -> bytes:
    """The last page of a PDF, by itself."""
    import pypdf

    out, made = pypdf.PdfWriter(), io.BytesIO()
    out.add_page(pypdf.PdfReader(io.BytesIO(content)).pages[-1])
    out.write(made)
    return made.getvalue()


class Binder:
    """Gathers imposed books in one PDF. Not thread-safe."""

    def __init__(self) -> None:
        import pypdf

        self._out = pypdf.PdfWriter()

    def add(self, content: bytes, imposed: Imposed, filler: bytes | None = None, *, single: bool = False) -> None:
        """Lay one book (a PDF) on sheets of its own. ``filler``: a page (a PDF) that fills its last sheet, blank by
        default; ``single``: loose pages on one side instead of a booklet."""
        import pypdf

        source = pypdf.PdfReader(io.BytesIO(content))
        pages = list(source.pages)
        if imposed == "none":
            for page in pages:
                self._out.add_page(page)
            return
        more = 0 if single else padded(len(pages), imposed) - len(pages)
        fill = self._form(pypdf.PdfReader(io.BytesIO(filler)).pages[0]) if filler and more else None
        forms: list[_Form | None] = [*map(self._form, pages), *[fill] * more]
        for side in loose(len(pages), imposed) if single else sides(len(forms), imposed):
            self._lay(side, forms)

    def _form(self, page: Any) -> _Form:
        """A page as something to be drawn anywhere, with its size; its content is not taken apart."""
        from pypdf.generic import ArrayObject, FloatObject, NameObject, StreamObject

        box = page.mediabox
        width, height = float(box.width), float(box.height)
        content: Any = page.get_contents()
        made: Any = StreamObject()
        made.set_data(content.get_data() if content is not None else b"")
        made = made.flate_encode()
        made[NameObject("/Type")] = NameObject("/XObject")
        made[NameObject("/Subtype")] = NameObject("/Form")
        made[NameObject("/BBox")] = ArrayObject([FloatObject(each) for each in (0, 0, width, height)])
        made[NameObject("/Resources")] = page["/Resources"].clone(self._out)
        return self._out._add_object(made), width, height

    def _lay(self, side: Side, forms: Sequence[_Form | None]) -> None:
        from pypdf.generic import DictionaryObject, NameObject, StreamObject

        page: Any = self._out.add_blank_page(side.width, side.height)
        drawn, words = DictionaryObject(), list[str]()
        for number, box in side.places:
            form = forms[number]
            if form is None:
                continue
            reference, width, height = form
            scale = min(box[2] / width, box[3] / height)
            left = box[0] + (box[2] - width * scale) / 2
            low = box[1] + (box[3] - height * scale) / 2
            name = f"/P{len(words)}"
            drawn[NameObject(name)] = reference
            words.append(f"q {scale:.5f} 0 0 {scale:.5f} {left:.3f} {low:.3f} cm {name} Do Q")
        stream: Any = StreamObject()
        stream.set_data("\n".join(words).encode())
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): drawn})
        page[NameObject("/Contents")] = self._out._add_object(stream)

    def finish(self, title: str) -> bytes:
        """The whole PDF."""
        self._out.add_metadata({"/Title": title})
        out = io.BytesIO()
        self._out.write(out)
        return out.getvalue()
