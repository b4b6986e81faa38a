"""Tables as rows under headings: xlsx, xls, et and ods by calamine, csv and tsv by our own reader, all in a child
process; pasted text in this one.

The heading row is found below merged titles, rows that are none of the table's are left out and listed, cells that
say "as above" are filled and told. Otherwise cells stay as the file holds them (text, number, bool, date); cleaning
belongs to the columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from commandcenter.base.errors import BadInput, Refused
from commandcenter.formats import table_reader
from commandcenter.formats.isolation import Cancelled, Progress, read_in_child
from commandcenter.formats.problems import Problem
from commandcenter.formats.row_kinds import Layout, is_ditto, is_word, left_out, section_of, text_of
from commandcenter.rules.denied import denied

_HEADING = "row.heading"
_LOOK_FOR_HEADINGS = 30
_ASK_EVERY = 1_000
"""Rows between two looks at whether somebody has cancelled."""
SHEETS_NOT_READ = {"shape": "sheet.others", "hidden": "sheet.hidden"}
"""Why a sheet was not read, and the code that says so."""
_MAX_PASTED = 20_000_000
"""Characters; a clipboard of more is a file."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``number`` is the one that Excel shows, ``cells`` are as many as there are columns. ``section`` is the
    number of the row of words that it stands under."""

    number: int
    cells: tuple[object, ...]
    section: int | None = None


@dataclass(frozen=True, slots=True)
class LeftRow:
    """A row that is none of the table's, with the reason as the code of its problem (``row.heading`` for headings)."""

    number: int
    cells: tuple[object, ...]
    code: str


@dataclass(frozen=True, slots=True)
class Fill:
    """Why a cell holds what the file shows elsewhere: ``merged`` or ``ditto``, and the row it comes from."""

    code: str
    origin: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table as read. ``columns`` are unique names; a column without heading bears its letter.

    ``rows`` hold the cells as they are meant; where the file shows something else (an empty cell under a merged
    one, 同上), ``filled`` says why, by (row number, column from 0). ``sections`` are the words of rows that stand
    across the sheet, by row number; ``unset`` are cells whose formula has no value.
    """

    sheet: str | None
    encoding: str | None
    header_row: int
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    left: tuple[LeftRow, ...] = ()
    filled: Mapping[tuple[int, int], Fill] = field(default_factory=dict)
    sections: Mapping[int, str] = field(default_factory=dict)
    hidden_columns: frozenset[int] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    unset: frozenset[tuple[int, int]] = frozenset()

    def shown(self) -> list[Row | LeftRow]:
        """Every row that is not empty, in the order of the file, to draw the sheet."""
        return sorted([*self.rows, *self.left], key=lambda row: row.number)


@dataclass(frozen=True, slots=True)
class SheetHead:
    """A sheet of the workbook: whether it can be seen, and whether it was read and holds a table."""

    name: str
    visible: bool
    was_read: bool
    has_rows: bool


@dataclass(frozen=True, slots=True)
class Book:
    """The tables of a file, one per sheet that holds one, and what sheets there are (none in a text table).
    ``properties``: names and values of the workbook's own properties, which no sheet shows."""

    tables: tuple[Table, ...]
    sheets: tuple[SheetHead, ...]
    properties: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Raw:
    """The rows of a sheet as the child sent them, with its marks; merged ranges and marks count from 0."""

    head: Mapping[str, Any]
    rows: list[tuple[int, list[Any]]]

    @property
    def merged(self) -> list[list[int]]:
        return list(self.head["merged"])

    @property
    def marks(self) -> Mapping[str, Any]:
        return self.head["marks"] or {}

    def width(self) -> int:
        """Columns up to the last filled cell."""
        return max((_filled_width(cells) for _, cells in self.rows), default=0)


def read_book(
    source: Path | str,
    *,
    sheets: Sequence[str] | None = None,
    encoding: str | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Book:
    """Read the tables of a file (a path, in a child process; the content decides the kind, never the name) or of
    pasted text (a string).

    ``sheets``: names, default every visible one. BadInput when the file as a whole cannot be read or no sheet holds a
    row under headings, Refused ``file.cancelled`` when ``cancelled`` answered True.
    """
    by_sheet: dict[int, list[tuple[int, list[Any]]]] = {}

    def take(batch: Iterable[list[Any]]) -> None:
        for at, number, cells in batch:
            by_sheet.setdefault(at, []).append((number, [_value(cell) for cell in cells]))

    if isinstance(source, str):
        head = _paste(source, take)
    else:
        options = {"sheets": list(sheets) if sheets else None, "encoding": encoding}
        head = read_in_child("table", source, options, take, progress=progress, cancelled=cancelled)
    tables: list[Table] = []
    heads: list[SheetHead] = []
    for at, sheet in enumerate(head["sheets"]):
        raw = _Raw(sheet, by_sheet.pop(at, []))
        table = _table(raw, head["encoding"], cancelled) if raw.rows else None
        if sheet["name"] is not None:
            heads.append(SheetHead(sheet["name"], sheet["visible"], sheet["read"], table is not None))
        if table is not None:
            tables.append(table)
    if not tables:
        raise BadInput("file.no_rows")
    properties = tuple((str(name), str(value)) for name, value in head.get("properties", ()))
    return Book(tuple(tables), tuple(heads), properties)


def read_table(path: Path, *, sheet: str | None = None, **options: Any) -> Table:
    """The first table of a file, or that of ``sheet``; other sheets with rows are named among its problems."""
    book = read_book(path, sheets=None if sheet is None else (sheet,), **options)
    table = book.tables[0]
    others = ", ".join(each.name for each in book.sheets if each.has_rows and each.name != table.sheet)
    note = Problem(None, None, None, "sheet.others", "note", {"sheets": others}, table.sheet)
    return _with(table, note) if others else table


def _with(table: Table, note: Problem) -> Table:
    from dataclasses import replace

    return replace(table, problems=(note, *table.problems))


def _paste(text: str, take: Any) -> dict[str, Any]:
    """Text from the clipboard as the child would send a file."""
    if len(text) > _MAX_PASTED:
        raise BadInput("file.too_big", megabytes=len(text) // 1024**2, limit=_MAX_PASTED // 1024**2)
    # A clipboard's cells stand apart by tabs, however few its lines are.
    records, _ = table_reader.text_records(text, "\t" if "\t" in text else None)
    for number, cells in enumerate(records, start=1):
        table_reader.check_row(number, cells)
        if any(cells):
            take([[0, number, cells]])
    sheet: dict[str, Any] = {"name": None, "read": True, "visible": True, "merged": [], "marks": {}}
    return {"encoding": None, "sheets": [sheet]}


def _value(cell: Any) -> object:
    """A cell as Python value: dates from their wire form, empty text as None."""
    if isinstance(cell, dict):
        written = str(cell["date"])
        return datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)
    return None if cell == "" else cell


def _table(raw: _Raw, encoding: str | None, cancelled: Cancelled | None) -> Table | None:
    """The sheet as a table; None when nothing stands below its headings."""
    at, depth = _find_headings(raw)
    columns = _columns([cells for _, cells in raw.rows[at : at + depth]], raw, raw.rows[at][0])
    sheet = raw.head["name"]
    layout = Layout(columns, raw.merged, _counts_first_column(raw, at + depth))
    hidden = frozenset(number + 1 for number in raw.marks.get("rows", ()))
    left = [LeftRow(number, tuple(cells), "row.above") for number, cells in raw.rows[:at]]
    left += [LeftRow(number, tuple(cells), _HEADING) for number, cells in raw.rows[at : at + depth]]
    rows: list[Row] = []
    sections: dict[int, str] = {}
    section: int | None = None
    for count, (number, cells) in enumerate(raw.rows[at + depth :]):
        if cancelled is not None and count % _ASK_EVERY == 0 and cancelled():
            raise Refused("file.cancelled")
        code = left_out(layout, cells, number, is_first=not rows)
        if code is None:
            rows.append(Row(number, _as_wide(cells, len(columns)), section))
            continue
        left.append(LeftRow(number, tuple(cells), code))
        if code == "row.across" and (words := section_of(cells)):
            section, sections[number] = number, words
    if not rows:
        return None
    filled = _fill(rows, raw)
    problems = [
        Problem(each.number, None, _first_text(each.cells), each.code, "note", sheet=sheet)
        for each in left
        if each.code != _HEADING
    ]
    problems += _hidden_notes([row for row in rows if row.number in hidden], bool(raw.marks.get("filtered")), sheet)
    return Table(
        sheet, encoding, raw.rows[at][0], columns, tuple(rows), tuple(problems), tuple(left), filled, sections,
        frozenset(raw.marks.get("columns", ())), hidden,
        frozenset((row + 1, column) for row, column in raw.marks.get("unset", ())),
    )  # fmt: skip


def _hidden_notes(rows: Sequence[Row], is_filtered: bool, sheet: str | None) -> list[Problem]:
    """Hidden rows are read like all others, for hiding deletes nothing, and told: one by one, or those of a filter
    together."""
    if rows and is_filtered:
        return [Problem(None, None, None, "row.filtered", "note", {"count": len(rows)}, sheet)]
    return [Problem(row.number, None, _first_text(row.cells), "row.hidden", "note", sheet=sheet) for row in rows]


def _fill(rows: list[Row], raw: _Raw) -> dict[tuple[int, int], Fill]:
    """Put into empty cells under a merged one, and into those that say 同上, what they stand for."""
    filled: dict[tuple[int, int], Fill] = {}
    values = dict(raw.rows)
    place = {row.number: index for index, row in enumerate(rows)}
    changed: dict[int, list[object]] = {}

    def put(number: int, column: int, value: object, fill: Fill) -> None:
        cells = changed.setdefault(place[number], list(rows[place[number]].cells))
        cells[column] = value
        filled[number, column] = fill

    for first, left, last, _ in raw.merged:
        top = values.get(first + 1, [])
        value = top[left] if left < len(top) else None
        if last == first or value is None:
            continue
        for number in range(first + 2, last + 2):
            at = place.get(number)
            if at is not None and left < len(rows[at].cells) and rows[at].cells[left] is None:
                put(number, left, value, Fill("merged", first + 1))
    for at in range(1, len(rows)):
        number, above = rows[at].number, changed.get(at - 1, rows[at - 1].cells)
        for column, cell in enumerate(rows[at].cells):
            if _is_ditto(cell) and above[column] is not None and not _is_ditto(above[column]):
                earlier = filled.get((rows[at - 1].number, column))
                origin = rows[at - 1].number if earlier is None else earlier.origin
                put(number, column, above[column], Fill("ditto", origin))
    for at, cells in changed.items():
        rows[at] = Row(rows[at].number, tuple(cells), rows[at].section)
    return filled


def _is_ditto(cell: object) -> bool:
    return isinstance(cell, str) and is_ditto(cell)


# --- headings ----------------------------------------------------------------------------------------------------


def _find_headings(raw: _Raw) -> tuple[int, int]:
    """Where the heading rows begin and how many they are (1 or 2).

    A heading row is the first that fills most of the table's width with words alone; two rows when cells of
    the first are merged downwards, or when the second has words just where the first is empty.
    """
    near = raw.rows[:_LOOK_FOR_HEADINGS]
    usual = max(_filled(cells) for _, cells in near)
    for at, (number, cells) in enumerate(near):
        if _filled(cells) * 5 >= usual * 3 and all(is_word(cell) for cell in cells if cell is not None):
            tall = any(first == number - 1 and last == number for first, _, last, _ in raw.merged)
            is_double = at + 1 < len(raw.rows) and (tall or _completes(cells, raw.rows[at + 1][1]))
            return at, 2 if is_double else 1
    return 0, 1


def _completes(upper: Sequence[Any], lower: Sequence[Any]) -> bool:
    """Whether the row below heads the columns that the upper one leaves open, and no others but a group's first."""
    width = max(len(upper), len(lower))
    top, below = (_as_wide(list(cells), width) for cells in (upper, lower))
    if not any(below) or not all(is_word(cell) for cell in below if cell is not None):
        return False
    open_ones = [index for index in range(width) if top[index] is None and below[index] is not None]
    both = [index for index in range(width) if top[index] is not None and below[index] is not None]
    return bool(open_ones) and _filled(below) < _filled(top) and all(index + 1 in open_ones for index in both)


def _columns(headings: Sequence[list[Any]], raw: _Raw, first_row: int) -> tuple[str, ...]:
    """Unique names from one or two heading rows; a heading merged across several columns stands before
    each."""
    upper = _spread(headings[0], raw, first_row)
    lower = headings[1] if len(headings) > 1 else []
    if lower and upper == headings[0]:
        upper = _spread_over(upper, lower)
    width = max(_filled_width(cells) for cells in (*headings, upper))
    width = max(width, raw.width())
    names: dict[str, None] = {}
    for index in range(width):
        parts = [text_of(cells[index]) for cells in (upper, lower) if index < len(cells)]
        name = "".join(dict.fromkeys(part for part in parts if part)) or letter(index)
        names[_unused(name, names)] = None
    return tuple(names)


def _spread(cells: list[Any], raw: _Raw, number: int) -> list[Any]:
    filled = list(cells)
    for first_row, first, last_row, last in raw.merged:
        if first_row <= number - 1 <= last_row and first < len(filled):
            filled[first + 1 : last + 1] = [filled[first]] * (min(last + 1, len(filled)) - first - 1)
    return filled


def _spread_over(upper: Sequence[Any], lower: Sequence[Any]) -> list[Any]:
    """Without merged cells (text tables): a heading stands over the open columns to its right that are headed below."""
    spread = list(_as_wide(list(upper), max(len(upper), len(lower))))
    for index in range(1, len(lower)):
        if spread[index] is None and lower[index] is not None and lower[index - 1] is not None:
            spread[index] = spread[index - 1]
    return spread


def _unused(name: str, names: dict[str, None]) -> str:
    count, candidate = 1, name
    while candidate in names:
        count += 1
        candidate = f"{name} ({count})"
    return candidate


def letter(index: int) -> str:
    """The letters of a column as Excel shows them, from 0."""
    letters = ""
    index += 1
    while index:
        index, digit = divmod(index - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def _counts_first_column(raw: _Raw, start: int) -> bool:
    """Whether the first column numbers the rows, so that words in it are none of the table's."""
    cells = [cells[0] for _, cells in raw.rows[start : start + 200] if cells and cells[0] is not None]
    return len(cells) > 1 and sum(not is_word(cell) for cell in cells) * 3 >= len(cells) * 2


def _as_wide(cells: list[Any], width: int) -> tuple[object, ...]:
    return tuple(cells[:width]) + (None,) * (width - len(cells))


def _filled(cells: Sequence[Any]) -> int:
    return sum(cell is not None for cell in cells)


def _filled_width(cells: Sequence[Any]) -> int:
    return max((index + 1 for index, cell in enumerate(cells) if cell is not None), default=0)


def _first_text(cells: Sequence[Any]) -> str | None:
    """The first words of a row, to know it again; none when they are of a kind that is not repeated."""
    text = next((str(cell)[:60] for cell in cells if cell is not None), None)
    return None if text is None or denied(text) else text
