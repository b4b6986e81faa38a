"""A file from outside as rows of an entity: read once, then mapped, cleaned and corrected as often as one likes.

Nothing here knows the database; :mod:`commandcenter.services.surveys` holds the rows against it.
"""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from commandcenter.base.errors import BadInput
from commandcenter.formats.problems import Problem

if TYPE_CHECKING:
    from commandcenter.formats.columns import ColumnMap
    from commandcenter.formats.mapfiles import MapFile
    from commandcenter.formats.tables import Table

WHAT: dict[str, str] = {
    "villages": "village", "grids": "grid", "workers": "worker", "contacts": "contact", "duty_holders": "duty_holder",
    "gazetteer": "gazetteer_name", "households": "household",
}  # fmt: skip
"""What can be imported, in the order in which a town brings it, with the entity its rows become. A file of
households may hold their members: then each row is a resident, with the columns of the household beside it."""

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]
Cell = tuple[str | None, int, int]
"""Sheet (None in text tables and maps), row number as the file shows it, column from 0."""
Verdict = Literal["new", "changed", "same", "refused"]


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
    sheets: tuple[str, ...] | None = None,
    keep: frozenset[str] = frozenset(),
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ReadFile:
    """Read a file (a path) or pasted text (a string) as rows of ``what``, a key of :data:`WHAT`.

    ``overrides``: field -> heading; ``sheets``: names, by default all visible ones of one shape; ``keep``: sensitive
    columns to be kept all the same (``id_number``, where the entity has it). BadInput when nothing in the file can be
    used, Refused ``file.cancelled`` when ``cancelled`` answered True. Never call it on the GUI thread.
    """
    from commandcenter.formats import mapfiles, tables

    if what not in WHAT:
        raise BadInput("import.what_unknown", what=what, known=", ".join(WHAT))
    if isinstance(source, Path) and not source.is_file():
        raise BadInput("import.no_file", path=str(source))
    name = source.name if isinstance(source, Path) else ""
    map_file: MapFile | None = None
    found: tuple[Table, ...] = ()
    if what == "grids" and isinstance(source, Path):
        map_file = mapfiles.read_map(
            source, crs=crs, encoding=encoding, layer=layer, progress=progress, cancelled=cancelled
        )
    else:
        found = (tables.read_table(source, encoding=encoding, progress=progress, cancelled=cancelled),)  # type: ignore[arg-type]
    blank = ReadFile(what, name, _dated(source), found, map_file, (), {}, frozenset(), {}, (), ())
    return remap(blank, overrides=overrides or {}, keep=keep, fixes={})


def remap(
    read: ReadFile,
    *,
    overrides: Mapping[str, str] | None = None,
    keep: frozenset[str] | None = None,
    fixes: Mapping[Cell, str] | None = None,
) -> ReadFile:
    """The same file with other columns, other sensitive columns kept, or cells corrected; None leaves as it is.

    Does not read the file again. BadInput as :func:`commandcenter.formats.columns.map_columns`.
    """
    from commandcenter.formats import columns

    overrides = read.overrides if overrides is None else overrides
    keep = read.keep if keep is None else keep
    fixes = read.fixes if fixes is None else fixes
    specs = columns.SPECS[read.entity]
    rows: list[FileRow] = []
    problems: list[Problem] = []
    mappings = []
    for source in read.tables or (read.map,):
        assert source is not None
        mapping = columns.map_columns(source.columns, specs, overrides)
        mappings.append(mapping)
        sheet = getattr(source, "sheet", None)
        problems += [*source.problems, *columns.left_out(source, mapping)]
        for number, fields, found in columns.rows_of(source, mapping):
            problems += [replace(each, sheet=sheet) for each in found]
            if not any(each.severity == "refused" for each in found):
                rows.append(FileRow(sheet, number, fields))
    return replace(
        read, mappings=tuple(mappings), overrides=dict(overrides), keep=keep, fixes=dict(fixes), rows=tuple(rows),
        problems=tuple(problems),
    )  # fmt: skip


def _dated(source: Path | str) -> datetime | None:
    return datetime.fromtimestamp(os.stat(source).st_mtime, UTC) if isinstance(source, Path) else None
