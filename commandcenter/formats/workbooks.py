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
from typing import Any, Literal

from commandcenter.base.errors import BadInput
from commandcenter.base.files import write_whole
from commandcenter.formats.formulas import RISKY, escaped

Progress = Callable[[int, int], None]
Kind = Literal["text", "number", "time"]
LARGEST = 1_000_000
"""Rows a sheet takes; Excel itself ends at 1,048,576."""
_EVERY = 500


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet. ``width`` in characters; a number column is summed and sorted as numbers; in one that
    ``wraps`` long texts stand in several lines. ``hidden``: the program's own, not to be seen."""

    heading: str
    kind: Kind = "text"
    width: int = 14
    wraps: bool = False
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

    BadInput for another ending, for a text table of several sheets and for too many rows; EnvironmentTrouble
    ``export.cannot_write`` where the file cannot be written.
    """
    ending = check_ending(path)
    if ending == ".csv" and len(sheets) != 1:
        raise BadInput("table.one_sheet", number=len(sheets))
    if any(len(sheet.rows) > LARGEST for sheet in sheets):
        raise BadInput("table.too_many_rows", limit=LARGEST)
    make = _workbook if ending == ".xlsx" else _text_table
    write_whole(path, make(sheets, about, progress))


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
    total, done = sum(len(sheet.rows) for sheet in sheets), 0
    for sheet in sheets:
        page = book.create_sheet(_sheet_name(sheet.name))
        _dress(page, sheet)
        page.append(_headings(page, sheet.columns))
        for row in sheet.rows:
            page.append([_cell(page, column, value) for column, value in zip(sheet.columns, row, strict=True)])
            done += 1
            _tell(progress, done, total)
    _tell_about(book, about)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_name(name: str) -> str:
    """Excel allows 31 characters and none of these."""
    return "".join("-" if character in "[]:*?/\\" else character for character in name)[:31] or "1"


def _dress(page: Any, sheet: SheetOut) -> None:
    """Widths, a heading row that stays while scrolling, filters, and paper that one can read."""
    from openpyxl.utils import get_column_letter

    for number, column in enumerate(sheet.columns, start=1):
        page.column_dimensions[get_column_letter(number)].width = column.width
        page.column_dimensions[get_column_letter(number)].hidden = column.hidden
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{len(sheet.rows) + 1}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"


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


def _cell(page: Any, column: Column, value: Any) -> Any:
    """A cell of its column's kind. Codes and telephone numbers are text, so that no digit of them is lost."""
    from openpyxl.cell import WriteOnlyCell

    if value is None or (isinstance(value, (int, float)) and column.kind == "number"):
        return value
    if isinstance(value, (date, datetime)):
        cell = WriteOnlyCell(page, value)
        cell.number_format = "yyyy-mm-dd hh:mm" if isinstance(value, datetime) else "yyyy-mm-dd"
        return cell
    text = _readable(str(value))
    cell = WriteOnlyCell(page, text)
    # openpyxl would take a text that begins with "=" for a formula.
    cell.data_type = "s"
    cell.number_format = "@"
    if text.startswith(RISKY):
        cell.quotePrefix = True
    if column.wraps:
        from openpyxl.styles import Alignment

        cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _readable(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(character for character in text if character >= " " or character in "\t\n")[:32_767]


def _tell_about(book: Any, about: About) -> None:
    page = book.create_sheet(_sheet_name(about.name))
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 16, 60
    for word, says in about.lines:
        page.append([_cell(page, Column(word), word), _cell(page, Column(word), says)])


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None and (done % _EVERY == 0 or done == total):
        progress(done, total)
