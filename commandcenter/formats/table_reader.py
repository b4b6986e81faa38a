"""The child's reader of tables: workbooks by calamine, text tables by csv. It sends every row as the file
holds it; what a heading, a total or a date is, is decided in :mod:`commandcenter.formats.tables`.
"""

import csv
import io
import math
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.formats.encodings import decode
from commandcenter.formats.sandbox import Channel

MAX_ROWS = 200_000
"""Of all sheets together."""
MAX_COLUMNS = 1_000
MAX_CELL = 32_767
"""Characters; what Excel itself allows."""
_MAX_UNPACKED = 1024**3
_STEPS = 1_000
"""Progress of one sheet."""
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_FOREIGN = ((b"%PDF", "PDF"), (b"SQLite format 3\x00", "SQLite/GPKG"), (b"\x00\x00\x27\x0a", "Shapefile"),
            (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7z"))  # fmt: skip
_DELIMITERS = (",", "\t", ";", "|")
_SAMPLE_LINES = 50


def read(path: str, options: Mapping[str, Any], channel: Channel) -> None:
    """Send the rows of the tables at ``path`` as [sheet, row, cells]; options: sheets, encoding (each may be None)."""
    with open(path, "rb") as file:
        data = file.read()
    for sign, name in _FOREIGN:
        if data.startswith(sign):
            raise BadInput("file.kind_not_read", found=name)
    if data.startswith(_WORKBOOKS):
        _workbook(data, options.get("sheets"), channel)
    else:
        text, used = decode(data, options.get("encoding"))
        records, total = text_records(text)
        _send(0, records, 1, total, 1, channel)
        channel.end({"encoding": used, "sheets": [_plain_sheet()]})


def _plain_sheet() -> dict[str, Any]:
    return {"name": None, "read": True, "visible": True, "merged": [], "marks": {}}


def _workbook(data: bytes, wanted: Sequence[str] | None, channel: Channel) -> None:
    import python_calamine

    if data.startswith(b"PK"):
        _check_unpacked_size(data)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = _sheets(book, wanted)
        marks = _marks(data)
        _send_sheets(book, sheets, marks, channel)
    except python_calamine.PasswordError:
        raise BadInput("file.password") from None
    except (python_calamine.CalamineError, OSError, ValueError):
        raise BadInput("file.broken_table") from None
    channel.end({"encoding": None, "sheets": sheets, "properties": _properties(data)})


def _check_unpacked_size(data: bytes) -> None:
    """A few kilobytes may unpack to many gigabytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):
        raise BadInput("file.broken_table") from None
    if unpacked > _MAX_UNPACKED:
        raise BadInput("file.bomb", megabytes=unpacked // 1024**2)


def _sheets(book: Any, wanted: Sequence[str] | None) -> list[dict[str, Any]]:
    """Every sheet of the workbook; read are those asked for, else the visible ones."""
    unknown = next((name for name in wanted or () if name not in book.sheet_names), None)
    if unknown is not None:
        raise BadInput("file.sheet_unknown", sheet=unknown, sheets=", ".join(book.sheet_names))
    found = []
    for each in book.sheets_metadata:
        visible = str(each.visible).endswith(".Visible")
        is_read = each.name in wanted if wanted else visible and str(each.typ).endswith(".WorkSheet")
        found.append({"name": each.name, "read": is_read, "visible": visible, "merged": [], "marks": {}})
    return found


def _marks(data: bytes) -> dict[str, dict[str, Any]]:
    """What calamine does not tell of each sheet: hidden rows and columns, filters, formulas without a value."""
    from commandcenter.formats import workbook_marks

    return workbook_marks.marks_of(data)


def _properties(data: bytes) -> list[list[str]]:
    """What the program wrote into the file unseen."""
    from commandcenter.formats import workbook_marks

    return workbook_marks.properties_of(data)


def _send_sheets(
    book: Any, sheets: list[dict[str, Any]], marks: Mapping[str, dict[str, Any]], channel: Channel
) -> None:
    taken = [each for each in sheets if each["read"]]
    rows_before = 0
    for at, each in enumerate(taken):
        sheet = book.get_sheet_by_name(each["name"])
        rows_before += sheet.height
        _check_size(max(sheet.total_height, rows_before), sheet.total_width)
        each["merged"] = _merged(sheet)
        each["marks"] = marks.get(each["name"], {})
        # Leading empty rows are not among those that iter_rows gives, and row numbers must match what Excel shows.
        first = sheet.start[0] if sheet.start else 0
        rows = ([_cell(value) for value in row] for row in sheet.iter_rows())
        _send(sheets.index(each), rows, first + 1, sheet.total_height, len(taken), channel, at)


def _merged(sheet: Any) -> list[list[int]]:
    """Merged ranges as [first row, first column, last row, last column], counted from 0."""
    return [[*start, *end] for start, end in (sheet.merged_cell_ranges or [])]


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 2**53:
            return int(value)
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value if len(value) <= MAX_CELL else value[: MAX_CELL + 1]
    if isinstance(value, (datetime, date)):
        return {"date": value.isoformat()}
    if value is None or isinstance(value, (bool, int)):
        return value
    return str(value)


def text_records(text: str, delimiter: str | None = None) -> tuple[Iterator[list[str]], int]:
    """The records of a text table and about how many there are; the delimiter is found out unless it is given.

    BadInput for what is no table.
    """
    start = text[:4096].lstrip()
    if not start.strip("\x00") and not text.strip("\x00 \t\r\n"):
        raise BadInput("file.no_rows")
    if "\x00" in start:
        raise BadInput("file.kind_unknown")
    if start.startswith(("<", "{")):
        raise BadInput("file.kind_not_read", found="XML/HTML" if start.startswith("<") else "JSON")
    csv.field_size_limit(4 * MAX_CELL)
    if text[:4].casefold() == "sep=" and text[5:6] in ("\r", "\n"):
        # Excel's own hint, which it does not show as a row.
        return _records(text[5:].lstrip("\r\n"), text[4]), text.count("\n")
    return _records(text, delimiter or _delimiter(text)), text.count("\n") + 1


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    number = 0
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            number += 1
            yield record
    except csv.Error:
        raise BadInput("file.broken_csv", row=number + 1) from None


def _delimiter(text: str) -> str:
    """The character that cuts the first lines into the most columns, most evenly."""
    sample = text[:200_000].splitlines()[:_SAMPLE_LINES]

    def score(delimiter: str) -> float:
        widths = [len(record) for record in csv.reader(sample, delimiter=delimiter) if record]
        usual = max(set(widths), key=widths.count) if widths else 1
        return (usual - 1) * (widths.count(usual) / max(len(widths), 1)) ** 3

    return max(_DELIMITERS, key=score)


def _send(
    sheet: int, rows: Iterable[list[Any]], first: int, total: int, sheets: int, channel: Channel, at: int = 0
) -> None:
    """Rows with their sheet and number; empty ones are left out."""
    for number, row in enumerate(rows, start=first):
        check_row(number, row)
        if any(value not in ("", None) for value in row):
            channel.row([sheet, number, row])
        channel.progress(at * _STEPS + max(number * _STEPS // max(total, number), 1), sheets * _STEPS)


def check_row(number: int, row: Sequence[Any]) -> None:
    """BadInput when a row lies beyond what is read, is too wide or holds an endless cell."""
    _check_size(number, len(row))
    if any(isinstance(value, str) and len(value) > MAX_CELL for value in row):
        raise BadInput("file.cell_too_long", row=number, limit=MAX_CELL)


def _check_size(rows: int, columns: int) -> None:
    if rows > MAX_ROWS + 1:
        raise BadInput("file.too_many_rows", limit=MAX_ROWS)
    if columns > MAX_COLUMNS:
        raise BadInput("file.too_many_columns", limit=MAX_COLUMNS)
