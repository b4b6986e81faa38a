"""Tables on their way to the clipboard: as tab-separated text and as HTML that pastes into Excel and WPS."""

import html
from collections.abc import Iterable, Sequence

from commandcenter.formats.formulas import escaped

_AS_TEXT = " style=\"mso-number-format:'\\@'\""
"""Tells Excel and WPS that a cell is text: codes keep their length, phone numbers their zero."""


def as_tsv(lines: Iterable[Sequence[str]]) -> str:
    """Lines of cells as tab-separated text; tabs and line breaks inside cells become spaces."""
    return "\n".join("\t".join(escaped(_one_line(cell)) for cell in line) for line in lines)


def as_html(headings: Sequence[str], lines: Iterable[Sequence[str]], numeric: Sequence[bool]) -> str:
    """The same as an HTML table; ``numeric`` says which columns are numbers, all others stay text when pasted."""
    head = "".join(f"<th>{html.escape(escaped(each))}</th>" for each in headings)
    body = "".join(f"<tr>{_html_cells(line, numeric)}</tr>" for line in lines)
    return f'<meta charset="utf-8"><table><tr>{head}</tr>{body}</table>'


def _html_cells(line: Sequence[str], numeric: Sequence[bool]) -> str:
    return "".join(
        f"<td{'' if is_number else _AS_TEXT}>{html.escape(escaped(_one_line(cell)))}</td>"
        for cell, is_number in zip(line, numeric, strict=True)
    )


def _one_line(text: str) -> str:
    return text.replace("\t", " ").replace("\r", "").replace("\n", " ")
