"""A file from outside as rows of an entity: read once, then mapped, cleaned and corrected as often as one likes.

Nothing here knows the database; :mod:`commandcenter.services.surveys` holds the rows against it.
"""

import contextlib
import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commandcenter.base.errors import BadInput, Refused
from commandcenter.formats.problems import Problem
from commandcenter.rules.denied import denied

if TYPE_CHECKING:
    from commandcenter.formats.columns import ColumnMap
    from commandcenter.formats.mapfiles import MapFile
    from commandcenter.formats.tables import Book, LeftRow, Table

WHAT: dict[str, str] = {
    "villages": "village", "grids": "grid", "workers": "worker", "contacts": "contact", "duty_holders": "duty_holder",
    "gazetteer": "gazetteer_name", "households": "household", "drills": "drill", "training_records": "attendance",
    "kit_register": "kit", "stock_ledger": "stock_move", "attention": "attention_item",
}  # fmt: skip
"""What can be imported, in the order in which a town brings it, with the entity its rows become. A file of
households may hold their members: then each row is a resident, with the columns of the household beside it."""
_NEARLY = 0.8
"""So much of a list is nearly the whole of it."""

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]
Cell = tuple[str | None, int, int]
"""Sheet (None in text tables and maps), row number as the file shows it, column from 0."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row as fields of the entity; places and people are still named as the file names them."""

    sheet: str | None
    number: int
    fields: Mapping[str, Any]

    @property
    def place(self) -> tuple[str | None, int]:
        """Where it stands in the file."""
        return self.sheet, self.number


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the workbook: whether it was taken, and if not why (``hidden``, ``empty``, ``shape``, ``chosen``)."""

    name: str
    taken: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as rows of an entity, with what was found on the way, and the raw tables (or the map) it came from.

    ``mappings`` stand beside ``tables`` (one for a map). ``dated`` is the date the file itself states, else its last
    change; None for pasted text.
    """

    what: str
    source: str
    dated: datetime | None
    tables: tuple["Table", ...]
    map: "MapFile | None"
    mappings: tuple["ColumnMap", ...]
    overrides: Mapping[str, str]
    keep: frozenset[str]
    fixes: Mapping[Cell, str]
    rows: tuple[FileRow, ...]
    problems: tuple[Problem, ...]
    sheets: tuple[Sheet, ...] = ()
    refused_cells: tuple[Mapping[int, frozenset[int]], ...] = ()
    """Per table what :func:`commandcenter.formats.columns.denied_cells` found: it does not depend on the columns."""
    fits: Mapping[str, int] = field(default_factory=dict)
    """By kind (a key of :data:`WHAT`) how many columns it knows by their headings, on the sheet where most are known;
    only kinds that lack none they require. Empty for maps."""

    @property
    def entity(self) -> str:
        """The entity that the rows become."""
        return WHAT[self.what]

    @property
    def mapping(self) -> "ColumnMap":
        """The mapping of the first table (or of the map)."""
        return self.mappings[0]

    @property
    def columns(self) -> tuple[str, ...]:
        """The headings of the first table, or the attributes of the map."""
        return self.mapping.columns

    @property
    def fingerprint(self) -> str:
        """What files of the same source have in common: their headings. Knows nothing of their rows."""
        from commandcenter.formats.columns import bare

        text = "\n".join([self.what, *(bare(each) for each in self.columns)])
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def column_of(self, sheet: str | None, field: str) -> str | None:
        """The heading of the column that is ``field`` on a sheet, None when there is none."""
        for table, mapping in zip(self.tables or (None,), self.mappings, strict=True):
            if table is None or table.sheet == sheet:
                return mapping.column_of(field)
        return None

    def mapping_of(self, sheet: str | None) -> "ColumnMap":
        """The mapping of a sheet, else of the first."""
        for table, mapping in zip(self.tables, self.mappings, strict=False):
            if table.sheet == sheet:
                return mapping
        return self.mapping

    def cell_of(self, problem: Problem) -> Cell | None:
        """The cell that a problem speaks of, None when it speaks of a whole row, column or file."""
        if problem.row is None or problem.column is None:
            return None
        for table, mapping in zip(self.tables or (None,), self.mappings, strict=True):
            if table is not None and table.sheet != problem.sheet:
                continue
            if problem.column in mapping.columns:
                return problem.sheet, problem.row, mapping.columns.index(problem.column)
            index = next((index for spec, index in mapping.fields if spec.field == problem.column), None)
            return None if index is None else (problem.sheet, problem.row, index)
        return None


def read(
    what: str,
    source: Path | str,
    *,
    overrides: Mapping[str, str] | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    layer: str | None = None,
    near: tuple[float, float] | None = None,
    sheets: Sequence[str] | None = None,
    keep: Collection[str] = (),
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ReadFile:
    """Read a file (a path) or pasted text (a string) as rows of ``what``, a key of :data:`WHAT`.

    ``overrides``: field -> heading ("" for none of them); ``sheets``: names, by default all visible ones whose
    headings mean the same; ``keep``: sensitive columns to be kept all the same (``id_number``, where the entity has
    it); ``near``: a known point of the town (longitude, latitude), by which a system that the file does not name is
    found. BadInput when nothing in the file can be used, Refused ``file.cancelled`` when ``cancelled`` answered True.
    Never call it on the GUI thread.
    """
    blank = take(what, source, overrides=overrides, crs=crs, encoding=encoding, layer=layer, near=near,
                 sheets=sheets, keep=keep, progress=_part_of(progress, 0, 2), cancelled=cancelled)  # fmt: skip
    return _mapped(blank, dict(overrides or {}), frozenset(keep), {}, _part_of(progress, 1, 2), cancelled)


def take(
    what: str | None,
    source: Path | str,
    *,
    overrides: Mapping[str, str] | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    layer: str | None = None,
    near: tuple[float, float] | None = None,
    sheets: Sequence[str] | None = None,
    keep: Collection[str] = (),
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ReadFile:
    """The file as :func:`read` takes it, before its columns mean anything: :func:`remap` goes on from here.

    ``what`` None: whatever its headings say, or BadInput ``import.what_unclear``.
    """
    if what is not None and what not in WHAT:
        raise BadInput("import.what_unknown", what=what, known=", ".join(WHAT))
    if isinstance(source, Path) and not source.is_file():
        raise BadInput("import.no_file", path=str(source))
    name = source.name if isinstance(source, Path) else ""
    blank = ReadFile(what or "grids", name, None, (), None, (), {}, frozenset(), {}, (), ())
    if what in (None, "grids") and isinstance(source, Path) and not is_table(source):
        from commandcenter.formats import mapfiles

        found = mapfiles.read_map(
            source, crs=crs, encoding=encoding, layer=layer, near=near, progress=progress, cancelled=cancelled
        )
        blank = replace(blank, map=found, dated=_changed_at(source))
    else:
        from commandcenter.formats import tables

        book = tables.read_book(source, sheets=sheets, encoding=encoding, progress=progress, cancelled=cancelled)
        blank = replace(blank, fits=fits(book))
        if what is None:
            blank = replace(blank, what=recognise(book))
        blank = _choose(blank, book, overrides or {}, keep, is_asked=bool(sheets))
        stated = stated_date([row for table in blank.tables for row in table.left])
        blank = replace(blank, dated=stated or (_changed_at(source) if isinstance(source, Path) else None))
    return blank


def recognise(book: "Book") -> str:
    """What (a key of WHAT) the sheet with the most to say holds; BadInput ``import.what_unclear`` when none fits.

    All required columns must be there; then most known columns win, then the list that is nearly whole, then what a
    town brings first: how many more columns a list could have says nothing.
    """
    from commandcenter.formats.columns import SPECS

    best, found = (0, False), ""
    for what, known in fits(book).items():
        score = (known, known >= _NEARLY * len(SPECS[WHAT[what]]))
        if score > best:
            best, found = score, what
    if not found:
        raise BadInput("import.what_unclear")
    return found


def fits(book: "Book") -> dict[str, int]:
    """By kind how many columns of the sheet with the most to say it knows; kinds that lack a required one are out."""
    known = {
        what: max((len(_fields_of(table, entity, {}, ())) for table in book.tables), default=0)
        for what, entity in WHAT.items()
    }
    return {what: count for what, count in known.items() if count}


def remap(
    read: ReadFile,
    *,
    overrides: Mapping[str, str] | None = None,
    keep: Collection[str] | None = None,
    fixes: Mapping[Cell, str] | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ReadFile:
    """The same file with other columns, other sensitive columns kept, or cells corrected; None leaves as it is.

    Does not read the file again. BadInput as :func:`commandcenter.formats.columns.map_columns`.
    """
    return _mapped(
        read,
        dict(read.overrides if overrides is None else overrides),
        read.keep if keep is None else frozenset(keep),
        dict(read.fixes if fixes is None else fixes),
        progress,
        cancelled,
    )


def is_table(path: Path) -> bool:
    """Whether a file for grids is a table and no map, by its content."""
    with path.open("rb") as file:
        head = file.read(4096)
        file.seek(max(path.stat().st_size - _TAIL, 0))
        tail = file.read(_TAIL)
    if head.startswith(b"PK"):
        named = path.suffix.lower() in _TABLE_SUFFIXES  # so that a broken workbook is told as one
        return named or any(name in part for name in _TABLE_PARTS for part in (head, tail))
    if head.startswith(_OLE):
        return True
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\x00 \t\r\n\xff\xfe")
    return not head.startswith(_MAP_SIGNS) and not start.startswith((b"{", b"[", b"<")) and not _is_binary(head)


_TAIL = 128 * 1024
_OLE = b"\xd0\xcf\x11\xe0"
_TABLE_PARTS = (b"xl/workbook", b"xl/worksheets", b"opendocument.spreadsheet")
_TABLE_SUFFIXES = frozenset((".xlsx", ".xlsm", ".ods", ".et"))
_MAP_SIGNS = (b"SQLite format 3\x00", b"\x00\x00\x27\x0a")


def _is_binary(head: bytes) -> bool:
    """Zero bytes that are not those of UTF-16."""
    return b"\x00\x00" in head


def _choose(
    blank: ReadFile, book: "Book", overrides: Mapping[str, str], keep: Collection[str], *, is_asked: bool
) -> ReadFile:
    """The sheets that are taken: those asked for, else the one whose headings say most and all that say the same."""
    mapped = {table.sheet: _fields_of(table, blank.entity, overrides, keep) for table in book.tables}
    best = max(book.tables, key=lambda table: len(mapped[table.sheet])) if not is_asked else book.tables[0]
    wanted = mapped[best.sheet]
    tables = [
        table
        for table in book.tables
        if table is best or is_asked or (wanted and _is_alike(wanted, mapped[table.sheet]))
    ]
    taken = {table.sheet for table in tables}
    sheets = []
    for each in book.sheets:
        reason = "" if each.name in taken else "empty" if each.was_read and not each.has_rows else "shape"
        if each.name not in taken and not each.was_read:
            reason = "chosen" if is_asked else "hidden"
        sheets.append(Sheet(each.name, each.name in taken, reason))
    return replace(blank, tables=tuple(tables), sheets=tuple(sheets))


def _fields_of(table: "Table", entity: str, overrides: Mapping[str, str], keep: Collection[str]) -> frozenset[str]:
    """The fields that a sheet's headings name; none when a required one is missing."""
    from commandcenter.formats import columns

    try:
        mapping = columns.map_columns(table.columns, columns.SPECS[entity], overrides, keep)
    except BadInput:
        return frozenset()
    return frozenset(spec.field for spec, _ in mapping.fields)


def _is_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Sheets of one table, apart from a column that one of them lacks."""
    return len(one & other) * 10 >= len(one | other) * 7


def _mapped(
    read: ReadFile, overrides: dict[str, str], keep: frozenset[str], fixes: dict[Cell, str],
    progress: Progress | None, cancelled: Cancelled | None,
) -> ReadFile:  # fmt: skip
    from commandcenter.formats import columns

    specs = columns.SPECS[read.entity]
    sources: Sequence[Any] = read.tables or (read.map,)
    refused = read.refused_cells or tuple(columns.denied_cells(source) for source in sources)
    mappings = tuple(columns.map_columns(source.columns, specs, overrides, keep) for source in sources)
    names = _villages_by_sheet(read)
    total = sum(len(source.rows) if read.tables else len(source.features) for source in sources)
    rows: list[FileRow] = []
    problems = _sheet_notes(read)
    for source, mapping, kept_out in zip(sources, mappings, refused, strict=True):
        sheet = source.sheet if read.tables else None
        here = {(row, column): text for (name, row, column), text in fixes.items() if name == sheet}
        found = [*source.problems, *columns.left_out(source, mapping)]
        walk = columns.rows_of(source, mapping, fixes=here, village=names.get(sheet), refused_cells=kept_out)
        for number, fields, about in walk:
            found += about
            if not any(each.severity == "refused" for each in about):
                rows.append(FileRow(sheet, number, fields))
            if len(rows) % _ASK_EVERY == 0:
                _look_up(progress, cancelled, len(rows), total)
        problems += [each if each.sheet == sheet else replace(each, sheet=sheet) for each in found]
    return replace(
        read, mappings=mappings, overrides=overrides, keep=keep, fixes=fixes, rows=tuple(rows),
        problems=tuple(problems), refused_cells=refused,
    )  # fmt: skip


_ASK_EVERY = 500
"""Rows between two looks at whether somebody has cancelled."""


def _look_up(progress: Progress | None, cancelled: Cancelled | None, done: int, total: int) -> None:
    if cancelled is not None and cancelled():
        raise Refused("file.cancelled")
    if progress is not None:
        progress(done, max(total, 1))


def _part_of(progress: Progress | None, part: int, parts: int) -> Progress | None:
    """Progress of one of several stretches, in thousandths of the whole."""
    if progress is None:
        return None

    def report(done: int, total: int) -> None:
        progress((part * 1000 + done * 1000 // max(total, 1)) // parts, 1000)

    return report


_NO_VILLAGE = re.compile(r"sheet\s*\d*|工作表\s*\d*|表\s*\d*|.*[表册单账录].*|[\d年月.\-() ]+", re.IGNORECASE)


def _villages_by_sheet(read: ReadFile) -> dict[str | None, str]:
    """Of several sheets each is a village's, and its name says which, unless it is no name at all."""
    if len(read.tables) < 2:
        return {}
    names = [table.sheet for table in read.tables if table.sheet]
    return {name: name.strip() for name in names if not _NO_VILLAGE.fullmatch(name.strip()) and not denied(name)}


def _sheet_notes(read: ReadFile) -> list[Problem]:
    """Sheets that were not read, by reason. A name that is not repeated elsewhere is not repeated here."""
    if not read.tables:
        return []
    from commandcenter.formats.tables import SHEETS_NOT_READ

    notes = []
    for reason, code in SHEETS_NOT_READ.items():
        names = [each.name for each in read.sheets if each.reason == reason and not denied(each.name)]
        if names:
            notes.append(Problem(None, None, None, code, "note", {"sheets": ", ".join(names)}))
    return notes


_STATED = re.compile(
    r"(?P<year>20\d\d)\s*[年.\-/]\s*(?:(?P<month>1[0-2]|0?[1-9])\s*[月.\-/]?\s*(?:(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)日?)?)?"
)


def stated_date(rows: Sequence["LeftRow"]) -> datetime | None:
    """The date that a title or a note states (填报时间:2025年6月), the latest of them."""
    found = []
    for row in rows:
        if row.code in ("row.above", "row.notes", "row.across"):
            for cell in row.cells:
                for each in _STATED.finditer(cell) if isinstance(cell, str) else ():
                    with contextlib.suppress(ValueError):
                        found.append(
                            datetime(int(each["year"]), int(each["month"] or 1), int(each["day"] or 1), tzinfo=UTC)
                        )
    return max(found, default=None)


def _changed_at(path: Path) -> datetime | None:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
