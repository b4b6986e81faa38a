"""Imposition: whoever prints on both sides, cuts and folds the sheets reads the pages in order."""

import io
import re
from typing import Any

import pypdf
import pytest

from commandcenter.formats.paper.imposing import Binder, Imposed, leaves, loose, padded, sides


def book(pages: int) -> bytes:
    """Pages of A5 that say their numbers."""
    from pypdf.generic import DictionaryObject, NameObject, StreamObject

    out = pypdf.PdfWriter()
    for number in range(pages):
        page = out.add_blank_page(148 * 72 / 25.4, 210 * 72 / 25.4)
        font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
                                 NameObject("/BaseFont"): NameObject("/Helvetica")})  # fmt: skip
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F"): font})}
        )
        stream = StreamObject()
        stream.set_data(f"BT /F 20 Tf 200 300 Td (page{number}.) Tj ET".encode())
        page[NameObject("/Contents")] = out._add_object(stream)
    made = io.BytesIO()
    out.write(made)
    return made.getvalue()


def bound(content: bytes, imposed: Imposed, **how: bool) -> list[pypdf.PageObject]:
    binder = Binder()
    binder.add(content, imposed, **how)
    return list(pypdf.PdfReader(io.BytesIO(binder.finish("book"))).pages)


Where = tuple[float, float, str]


def words_on(page: pypdf.PageObject) -> list[Where]:
    """(x, y, word) of every page number on a side: where its page lies on the sheet."""
    from pypdf.generic import ContentStream

    content: Any = ContentStream(page["/Contents"].get_object(), page.pdf)
    found: list[Where] = []
    at = (0.0, 0.0)
    for operands, operator in content.operations:
        if operator == b"cm":
            scale, at = float(operands[0]), (float(operands[4]), float(operands[5]))
        elif operator == b"Do":
            form: Any = page["/Resources"]["/XObject"][operands[0]].get_object()  # type: ignore[index]
            word = re.search(rb"\((.*?)\) Tj", form.get_data())
            if word is not None:
                found.append((at[0] + 200 * scale, at[1] + 300 * scale, word[1].decode()))
    return found


def folded(pages: list[pypdf.PageObject], imposed: Imposed, width: float, height: float) -> list[str]:
    """The words in the order in which somebody turns the pages after cutting and folding."""
    bands = 1 if imposed == "a5" else 2
    stacks: list[list[tuple[dict[bool, str], dict[bool, str]]]] = [[] for _ in range(bands)]
    for front, back in zip(pages[::2], pages[1::2], strict=True):
        for band in range(bands):
            both = []
            for side in (front, back):
                mine = [each for each in words_on(side) if bands == 1 or (each[1] > height / 2) == (band == 0)]
                both.append({x > width / 2: word for x, _, word in mine})
            stacks[band].append((both[0], both[1]))
    # The lower halves lie inside the upper ones.
    sheets = [leaf for stack in stacks for leaf in stack]
    order: list[str] = []
    for front, back in sheets:  # from outside in: the first half of the book
        order += [front.get(True, ""), back.get(False, "")]
    for front, back in reversed(sheets):  # and out again
        order += [back.get(True, ""), front.get(False, "")]
    return order


@pytest.mark.parametrize("imposed", ["a5", "a6"])
@pytest.mark.parametrize("pages", [1, 3, 4, 5, 8, 13, 16, 17])
def test_the_reading_order_comes_out_of_the_sheets(pages: int, imposed: Imposed) -> None:
    made = bound(book(pages), imposed)
    size = (297.0, 210.0) if imposed == "a5" else (210.0, 297.0)
    width, height = (each * 72 / 25.4 for each in size)
    assert all(abs(float(page.mediabox.width) - width) < 0.1 for page in made)
    assert len(made) == padded(pages, imposed) // (2 if imposed == "a5" else 4)
    order = folded(made, imposed, width, height)
    assert order[:pages] == [f"page{number}." for number in range(pages)]
    assert order[pages:] == [""] * (padded(pages, imposed) - pages)


@pytest.mark.parametrize("pages", [4, 8, 40])
def test_every_page_lies_on_one_leaf(pages: int) -> None:
    assert sorted(page for leaf in leaves(pages) for side in leaf for page in side) == list(range(pages))
    with pytest.raises(ValueError, match="leaves of four"):
        leaves(pages + 1)


@pytest.mark.parametrize("imposed", ["a5", "a6"])
def test_pages_keep_their_shape_and_stay_on_the_sheet(imposed: Imposed) -> None:
    for side in (*sides(16, imposed), *loose(7, imposed)):
        for _, (left, low, width, height) in side.places:
            assert left >= -0.01 and low >= -0.01
            assert left + width <= side.width + 0.01 and low + height <= side.height + 0.01
            assert abs(height / width - 2**0.5) < 0.01


@pytest.mark.parametrize(("imposed", "count"), [("a5", 4), ("a6", 2)])
def test_loose_pages_are_printed_on_one_side_in_their_order(imposed: Imposed, count: int) -> None:
    made = bound(book(7), imposed, single=True)
    assert len(made) == count
    order = [word for page in made for _, _, word in sorted(words_on(page), key=lambda each: (-each[1], each[0]))]
    assert order == [f"page{number}." for number in range(7)]


def test_pages_stay_as_they_are_where_nothing_is_imposed() -> None:
    made = bound(book(3), "none")
    assert [page.extract_text() for page in made] == ["page0.", "page1.", "page2."]


def test_a_page_to_write_on_fills_the_last_sheet() -> None:
    binder = Binder()
    binder.add(book(3), "a5", book(1))
    pages = pypdf.PdfReader(io.BytesIO(binder.finish("book"))).pages
    assert "page0.page0." in "".join("".join(page.extract_text().split()) for page in pages)


def test_books_lie_on_sheets_of_their_own() -> None:
    binder = Binder()
    for pages in (4, 5):
        binder.add(book(pages), "a5")
    assert len(pypdf.PdfReader(io.BytesIO(binder.finish("books"))).pages) == 2 + 4
