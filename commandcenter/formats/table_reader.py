"""The child's reader of tables: workbooks by calamine, text tables by csv. It sends every row as the file
holds it; what a heading, a total or a date is, is decided in :mod:`commandcenter.formats.tables`.
"""

import csv
import io
import math
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.formats.encodings import decode
from commandcenter.formats.sandbox import Channel

MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
MAX_CELL = 32_767
"""Characters; what Excel itself allows."""
_MAX_UNPACKED = 1024**3
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_FOREIGN = ((b"%PDF", "PDF"), (b"SQLite format 3\x00", "SQLite/GPKG"), (b"\x00\x00\x27\x0a", "Shapefile"),
            (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7z"))  # fmt: skip
_DELIMITERS = (",", "\t", ";", "|")
_SAMPLE_LINES = 50


def read(path: str, options: Mapping[str, Any], channel: Channel) -> None:
    """Send the rows of the table at ``path``; options: sheet, encoding (each may be None)."""
    with open(path, "rb") as file:
        data = file.read()
    for sign, name in _FOREIGN:
        if data.startswith(sign):
            raise BadInput("file.kind_not_read", found=name)
    if data.startswith(_WORKBOOKS):
        _workbook(data, options.get("sheet"), channel)
    else:
        _text_table(data, options.get("encoding"), channel)


def _workbook(data: bytes, wanted: str | None, channel: Channel) -> None:
    import python_calamine

    if data.startswith(b"PK"):
        _check_unpacked_size(data)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        name, others = _choose_sheet(book, wanted)
        sheet = book.get_sheet_by_name(name)
    except python_calamine.PasswordError:
        raise BadInput("file.password") from None
    except (python_calamine.CalamineError, OSError, ValueError):
        raise BadInput("file.broken_table") from None
    _check_size(sheet.total_height, sheet.total_width)
    # Leading empty rows are not among those that iter_rows gives, and row numbers must match what Excel
    # shows.
    first = sheet.start[0] if sheet.start else 0
    rows = ([_cell(value) for value in row] for row in sheet.iter_rows())
    _send(rows, first + 1, sheet.total_height, channel)
    channel.end({"sheet": name, "encoding": None, "others": others, "merged": _merged(sheet)})


def _check_unpacked_size(data: bytes) -> None:
    """A few kilobytes may unpack to many gigabytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):
        raise BadInput("file.broken_table") from None
    if unpacked > _MAX_UNPACKED:
        raise BadInput("file.bomb", megabytes=unpacked // 1024**2)


def _choose_sheet(book: Any, wanted: str | None) -> tuple[str, list[str]]:
    """The sheet asked for, else the first visible one with more than one row, and the names of others with
    rows."""
    if wanted is not None:
        if wanted not in book.sheet_names:
            raise BadInput("file.sheet_unknown", sheet=wanted, sheets=", ".join(book.sheet_names))
        return wanted, []
    visible = [each.name for each in book.sheets_metadata if str(each.visible).endswith(".Visible")]
    heights = {name: book.get_sheet_by_name(name).height for name in visible}
    filled = [name for name in visible if heights[name] > 1] or [name for name in visible if heights[name]]
    if not filled:
        raise BadInput("file.no_rows")
    return filled[0], [name for name in visible if heights[name] and name != filled[0]]


def _merged(sheet: Any) -> list[list[int]]:
    """Merged ranges as [first row, first column, last row, last column], counted from 0."""
    return [[*start, *end] for start, end in (sheet.merged_cell_ranges or [])]


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return (
            int(value)
            if value.is_integer() and abs(value) < 2**53
            else value
            if math.isfinite(value)
            else None
        )
    if isinstance(value, str):
        return value if len(value) <= MAX_CELL else value[: MAX_CELL + 1]
    if isinstance(value, (datetime, date)):
        return {"date": value.isoformat()}
    if value is None or isinstance(value, (bool, int)):
        return value
    return str(value)


def _text_table(data: bytes, encoding: str | None, channel: Channel) -> None:
    text, used = decode(data, encoding)
    start = text[:4096].lstrip()
    if not start.strip("\x00") and not text.strip("\x00 \t\r\n"):
        raise BadInput("file.no_rows")
    if "\x00" in start:
        raise BadInput("file.kind_unknown")
    if start.startswith(("<", "{")):
        raise BadInput("file.kind_not_read", found="XML/HTML" if start.startswith("<") else "JSON")
    csv.field_size_limit(4 * MAX_CELL)
    delimiter = _delimiter(text)
    _send(_records(text, delimiter), 1, text.count("\n") + 1, channel)
    channel.end({"sheet": None, "encoding": used, "others": [], "merged": []})


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


def _send(rows: Iterable[list[Any]], first: int, total: int, channel: Channel) -> None:
    """Rows with their numbers; empty ones are left out."""
    for number, row in enumerate(rows, start=first):
        if number > MAX_ROWS + 1:
            raise BadInput("file.too_many_rows", limit=MAX_ROWS)
        _check_size(number, len(row))
        if any(isinstance(value, str) and len(value) > MAX_CELL for value in row):
            raise BadInput("file.cell_too_long", row=number, limit=MAX_CELL)
        if any(value not in ("", None) for value in row):
            channel.row([number, row])
        channel.progress(number, total)


def _check_size(rows: int, columns: int) -> None:
    if rows > MAX_ROWS + 1:
        raise BadInput("file.too_many_rows", limit=MAX_ROWS)
    if columns > MAX_COLUMNS:
        raise BadInput("file.too_many_columns", limit=MAX_COLUMNS)
