"""Tables as rows under headings: xlsx, xls and ods by calamine, csv and tsv by our own reader, all in a child
process.

The heading row is found below merged titles, rows that are sums or lines across the sheet are left out and
listed. Cells stay as the file holds them (text, number, bool, date); cleaning belongs to the columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.formats.isolation import Cancelled, Progress, read_in_child
from commandcenter.formats.problems import Problem
from commandcenter.rules.denied import denied

_LOOK_FOR_HEADINGS = 30
_TOTALS = {"合计", "总计", "小计", "共计", "累计", "总合计", "total", "subtotal", "sum"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``number`` is the one that Excel shows, ``cells`` are as many as there are columns."""

    number: int
    cells: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class LeftRow:
    """A row that is none of the table's, with the reason as the code of its problem (``row.heading`` for headings)."""

    number: int
    cells: tuple[object, ...]
    code: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table as read. ``columns`` are unique names; a column without heading bears its letter.

    ``rows`` hold the cells as they are meant; where the file shows something else (an empty cell under a merged
    one, 同上), ``filled`` says why, by (row number, column from 0).
    """

    sheet: str | None
    encoding: str | None
    header_row: int
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    left: tuple[LeftRow, ...] = ()
    filled: Mapping[tuple[int, int], str] = field(default_factory=dict)
    hidden_columns: frozenset[int] = frozenset()
    hidden_rows: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Raw:
    """The rows of a sheet as the child sent them, with the merged ranges counted from 0."""

    rows: list[tuple[int, list[Any]]] = field(default_factory=list)
    merged: list[list[int]] = field(default_factory=list)

    def take(self, batch: list[Any]) -> None:
        self.rows += [(number, [_value(cell) for cell in cells]) for number, cells in batch]

    def width(self) -> int:
        """Columns up to the last filled cell."""
        return max((_filled_width(cells) for _, cells in self.rows), default=0)


def read_table(
    path: Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Table:
    """Read ``path`` in a child process; the content decides the kind, never the name.

    ``sheet``: a name, default the first visible one that holds rows. BadInput when the file as a whole cannot
    be read, Refused ``file.cancelled`` when ``cancelled`` answered True.
    """
    raw = _Raw()
    options = {"sheet": sheet, "encoding": encoding}
    head = read_in_child("table", path, options, raw.take, progress=progress, cancelled=cancelled)
    raw.merged = head["merged"]
    if not raw.rows:
        raise BadInput("file.no_rows")
    return _table(raw, head)


def _table(raw: _Raw, head: dict[str, Any]) -> Table:
    at, depth = _find_headings(raw)
    columns = _columns([cells for _, cells in raw.rows[at : at + depth]], raw, raw.rows[at][0])
    problems = [
        Problem(number, None, _first_text(cells), "row.above", "note") for number, cells in raw.rows[:at]
    ]
    if head["others"]:
        problems.append(
            Problem(None, None, None, "sheet.others", "note", {"sheets": ", ".join(head["others"])})
        )
    rows: list[Row] = []
    for number, cells in raw.rows[at + depth :]:
        code = _left_out(cells, number, raw)
        if code:
            problems.append(Problem(number, None, _first_text(cells), code, "note"))
        else:
            rows.append(Row(number, _as_wide(cells, len(columns))))
    if not rows:
        raise BadInput("file.no_rows")
    return Table(head["sheet"], head["encoding"], raw.rows[at][0], columns, tuple(rows), tuple(problems))


def _value(cell: Any) -> object:
    """A cell as Python value: dates from their wire form, empty text as None."""
    if isinstance(cell, dict):
        written = str(cell["date"])
        return datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)
    return None if cell == "" else cell


def _find_headings(raw: _Raw) -> tuple[int, int]:
    """Where the heading rows begin and how many they are (1 or 2).

    A heading row is the first that fills most of the table's width with words alone; two rows when cells of
    the first are merged downwards.
    """
    near = raw.rows[:_LOOK_FOR_HEADINGS]
    usual = max(_filled(cells) for _, cells in near)
    for at, (number, cells) in enumerate(near):
        if _filled(cells) * 5 >= usual * 3 and all(_is_word(cell) for cell in cells if cell is not None):
            tall = any(first == number - 1 and last == number for first, _, last, _ in raw.merged)
            return at, 2 if tall and at + 1 < len(raw.rows) else 1
    return 0, 1


def _is_word(cell: object) -> bool:
    return isinstance(cell, str) and not cell.strip().replace(".", "").replace("-", "").isdigit()


def _columns(headings: Sequence[list[Any]], raw: _Raw, first_row: int) -> tuple[str, ...]:
    """Unique names from one or two heading rows; a heading merged across several columns stands before
    each."""
    upper = _spread(headings[0], raw, first_row)
    lower = headings[1] if len(headings) > 1 else []
    width = max(_filled_width(cells) for cells in (*headings, upper))
    width = max(width, raw.width())
    names: dict[str, None] = {}
    for index in range(width):
        parts = [_text(cells[index]) for cells in (upper, lower) if index < len(cells)]
        name = "".join(dict.fromkeys(part for part in parts if part)) or letter(index)
        names[_unused(name, names)] = None
    return tuple(names)


def _spread(cells: list[Any], raw: _Raw, number: int) -> list[Any]:
    filled = list(cells)
    for first_row, first, last_row, last in raw.merged:
        if first_row <= number - 1 <= last_row and first < len(filled):
            filled[first + 1 : last + 1] = [filled[first]] * (min(last + 1, len(filled)) - first - 1)
    return filled


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


def _left_out(cells: list[Any], number: int, raw: _Raw) -> str | None:
    """The code of a row that is none of the table's: a sum, or words across the sheet."""
    if any(isinstance(cell, str) and _text(cell).casefold().rstrip(":：") in _TOTALS for cell in cells[:3]):
        return "row.total"
    if _filled(cells) != 1 or len(cells) < 4:
        return None
    across = any(first == number - 1 and right - left >= 2 for first, left, _, right in raw.merged)
    return "row.across" if across or (isinstance(cells[0], str) and _is_word(cells[0])) else None


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


def _text(cell: object) -> str:
    return "" if cell is None else "".join(str(cell).split())
