"""Tables out of the program: workbooks and text tables that Excel and WPS show as they were meant.

A cell that a spreadsheet would take for a formula is text and marked as quoted in a workbook, and escaped in a text
table (:mod:`commandcenter.formats.formulas`).
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from commandcenter.base.errors import BadInput
from commandcenter.base.files import write_whole
from commandcenter.formats.formulas import RISKY, escaped

Progress = Callable[[int, int], None]
Kind = Literal["text", "number", "time"]
T = TypeVar("T")
Styles = dict[tuple[str, bool], Any]
"""How cells look, by what is in them and whether the row has several lines."""
LARGEST = 1_000_000
"""Rows a sheet takes; Excel itself ends at 1,048,576."""
_EVERY = 500
_LOOKED_AT = 2_000
"""Rows by which the widths of a sheet are judged, spread over all of it."""
_WIDEST = range(40, 19, -4)
"""Characters, after which a text goes on in a second line: fewer, the more columns a sheet has beside it. A code (15)
and the name of a grid stay in one."""
_PAPER = 190
"""Characters across a sheet of paper that can be read without a glass."""
_LINE, _MOST_LINES = 16, 25
"""Points of a line; Excel's rows end at 409."""
_LONG_HEADING = 12
_TIME = 16
"""Characters of 2025-06-30 21:40."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet; a number column is summed and sorted as numbers. ``hidden``: the program's own, not to be
    seen."""

    heading: str
    kind: Kind = "text"
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class SheetOut:
    """One sheet: its name, its columns and its rows (None: an empty cell). Times are local and without zone."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class About:
    """What a workbook says of itself on a sheet of its own: lines of a word and what it says."""

    name: str
    lines: tuple[tuple[str, str], ...]


def check_ending(path: Path) -> str:
    """The file's ending; BadInput for one that no table is written in."""
    ending = path.suffix.lower()
    if ending not in (".xlsx", ".csv"):
        raise BadInput("table.kind_unknown", path=str(path))
    return ending


def write_table(path: Path, sheets: Sequence[SheetOut], about: About, progress: Progress | None = None) -> None:
    """Write ``path`` whole or not at all: ``.xlsx`` with all sheets, ``.csv`` (UTF-8 with mark) with the only one.

    BadInput as :func:`table_bytes`; EnvironmentTrouble ``export.cannot_write`` where the file cannot be written.
    """
    write_whole(path, table_bytes(path, sheets, about, progress))


def table_bytes(path: Path, sheets: Sequence[SheetOut], about: About, progress: Progress | None = None) -> bytes:
    """What ``path`` will hold. BadInput for another ending, a text table of several sheets and too many rows."""
    ending = check_ending(path)
    if ending == ".csv" and len(sheets) != 1:
        raise BadInput("table.one_sheet", number=len(sheets))
    if any(len(sheet.rows) > LARGEST for sheet in sheets):
        raise BadInput("table.too_many_rows", limit=LARGEST)
    make = _workbook if ending == ".xlsx" else _text_table
    return make(sheets, about, progress)


def _text_table(sheets: Sequence[SheetOut], about: About, progress: Progress | None) -> bytes:
    (sheet,) = sheets
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.heading for column in sheet.columns])
    for number, row in enumerate(sheet.rows, start=1):
        writer.writerow([_text_cell(value) for value in row])
        _tell(progress, number, len(sheet.rows))
    return out.getvalue().encode("utf-8-sig")


def _text_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return escaped(value) if isinstance(value, str) else str(value)


def _workbook(sheets: Sequence[SheetOut], about: About, progress: Progress | None) -> bytes:
    # Late: openpyxl costs a tenth of a second that no start should pay.
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    styles: Styles = {}
    total, done = sum(len(sheet.rows) for sheet in sheets), 0
    for sheet in sheets:
        page = book.create_sheet(_sheet_name(sheet.name))
        widths, most = _widths(sheet)
        _dress(page, sheet, widths)
        _lay_on_paper(page, sheet.name, about)
        page.append(_headings(page, sheet.columns))
        for number, row in enumerate(sheet.rows, start=2):
            lines = max((_lines(value, most) for value in _seen(sheet, row)), default=1)
            if lines > 1:  # neither Excel nor LibreOffice makes room by itself
                page.row_dimensions[number].height = _LINE * min(lines, _MOST_LINES) + 3
            page.append([
                _cell(page, column, value, styles, is_tall=lines > 1 and not column.hidden)
                for column, value in zip(sheet.columns, row, strict=True)
            ])
            done += 1
            _tell(progress, done, total)
    _tell_about(book, about, styles)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_name(name: str) -> str:
    """Excel allows 31 characters and none of these."""
    return "".join("-" if character in "[]:*?/\\" else character for character in name)[:31] or "1"


def _seen(sheet: SheetOut, values: Sequence[T]) -> list[T]:
    """Of one value a column, those of the columns that are seen: the program's own take no room on the paper."""
    return [value for column, value in zip(sheet.columns, values, strict=True) if not column.hidden]


def _widths(sheet: SheetOut) -> tuple[list[int], int]:
    """Characters of each column, and after how many a text goes on in a second line. What stands in a column fits, so
    that no code and no time is cut; a long heading takes two lines rather than widen its column."""
    rows = sheet.rows[:: max(1, len(sheet.rows) // _LOOKED_AT)]
    needed = []
    for at, column in enumerate(sheet.columns):
        heading = _columns(column.heading)
        # The button of the filter hides what is behind it.
        least = 4 + (heading if heading <= _LONG_HEADING else -(-heading // 2))
        needed.append((least, max((_columns(row[at]) for row in rows), default=0)))
    for most in _WIDEST:
        widths = [max(least, min(widest, most) + 2) for least, widest in needed]
        if sum(_seen(sheet, widths)) <= _PAPER:
            break
    return widths, most


def _lines(value: Any, most: int) -> int:
    """How many lines a text takes in a column of the widest kind."""
    if not isinstance(value, str):
        return 1
    return sum(max(1, -(-_columns(line) // most)) for line in value.split("\n"))


def _columns(value: Any) -> int:
    """How many columns of a fixed-width font a value takes."""
    if isinstance(value, datetime):
        return _TIME
    text = "" if value is None else str(value)
    return len(text) if text.isascii() else sum(2 if ord(each) > 0x2E7F else 1 for each in text)


def _dress(page: Any, sheet: SheetOut, widths: Sequence[int]) -> None:
    """Widths, a heading row that stays while scrolling, filters."""
    from openpyxl.utils import get_column_letter

    is_long = any(_columns(column.heading) > _LONG_HEADING for column in sheet.columns)
    page.row_dimensions[1].height = 32 if is_long else 18  # points
    for number, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(number)].width = width
        page.column_dimensions[get_column_letter(number)].hidden = sheet.columns[number - 1].hidden
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{len(sheet.rows) + 1}"


def _lay_on_paper(page: Any, name: str, about: About) -> None:
    """A4 across, as wide as the paper; name, headings and page number on every sheet, and a line round each cell."""
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"
    page.print_options.gridLines = True
    page.print_options.horizontalCentered = True
    margins = page.page_margins
    margins.left = margins.right = 0.4  # inches
    margins.top = margins.bottom = 0.6
    margins.header = margins.footer = 0.25
    page.oddHeader.center.text = name.replace("&", "&&")
    page.oddFooter.left.text = "  ".join(says for _, says in about.lines).replace("&", "&&")[:200]
    page.oddFooter.right.text = "&P / &N"


def _headings(page: Any, columns: Iterable[Column]) -> list[Any]:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill

    cells = []
    for column in columns:
        cell = WriteOnlyCell(page, column.heading)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E8EEF2")
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        cells.append(cell)
    return cells


def _cell(page: Any, column: Column, value: Any, styles: Styles, *, is_tall: bool = False) -> Any:
    """A cell of its column's kind. Codes and telephone numbers are text, so that no digit of them is lost."""
    from openpyxl.cell import WriteOnlyCell

    if value is None:
        return None
    is_number = isinstance(value, (int, float)) and column.kind == "number"
    if is_number or isinstance(value, date):
        cell = WriteOnlyCell(page, value)
        looks = "number" if is_number else "time" if isinstance(value, datetime) else "day"
    else:
        text = _readable(str(value))
        cell = WriteOnlyCell(page, text)
        # openpyxl would take a text that begins with "=" for a formula.
        cell.data_type = "s"
        looks = "quoted" if text.startswith(RISKY) else "text"
    known = styles.get((looks, is_tall))
    if known is None:
        _style(cell, looks, is_tall)
        styles[looks, is_tall] = cell._style
    else:  # to set each part of it anew takes most of the time of writing
        cell._style = known
    return cell


def _style(cell: Any, looks: str, is_tall: bool) -> None:
    from openpyxl.styles import Alignment

    if looks in ("text", "quoted"):
        cell.number_format = "@"
        cell.quotePrefix = looks == "quoted"
        if is_tall:
            cell.alignment = Alignment(vertical="center", wrap_text=True)
        return
    # Off the edge, or it runs into the words of the next column.
    cell.alignment = Alignment(horizontal="right", indent=1, vertical="center" if is_tall else None)
    if looks != "number":
        cell.number_format = "yyyy-mm-dd hh:mm" if looks == "time" else "yyyy-mm-dd"


def _readable(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(character for character in text if character >= " " or character in "\t\n")[:32_767]


def _tell_about(book: Any, about: About, styles: Styles) -> None:
    page = book.create_sheet(_sheet_name(about.name))
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 16, 60
    page.page_setup.paperSize = 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    for word, says in about.lines:
        page.append([_cell(page, Column(word), text, styles) for text in (word, says)])


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None and (done % _EVERY == 0 or done == total):
        progress(done, total)
