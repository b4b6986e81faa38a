"""What a file is before anybody has said so: which list its headings belong to, and its columns as far as known.

The window shows a file also where required columns are not recognised yet, so that they can be pointed out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from commandcenter.base.errors import BadInput
from commandcenter.formats.problems import Problem
from commandcenter.services import readfiles
from commandcenter.services.readfiles import WHAT, Cancelled, Cell, Progress, ReadFile

_MAP_STARTS = (b"SQLite format 3\x00", b"\x00\x00\x27\x0a")
_MAP_SUFFIXES = frozenset({".geojson", ".json", ".topojson", ".gpkg", ".shp", ".kml", ".kmz"})
_MAP_COLUMNS = frozenset({"code", "name", "kind"})


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read; None leaves it to the file."""

    crs: str | None = None
    encoding: str | None = None
    layer: str | None = None
    sheets: tuple[str, ...] | None = None


def is_map(path: Path) -> bool:
    """Whether a file is one of outlines rather than a table: by its first bytes, else by its name."""
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError:
        return False
    if head.startswith(_MAP_STARTS) or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return True
    return path.suffix.lower() in _MAP_SUFFIXES


def recognise(columns: Sequence[str]) -> str | None:
    """What (a key of WHAT) a table with these headings holds; None when nothing fits.

    All required columns must be there; then the list of which most columns are known wins, the more special one where
    two are equal (a roster of workers names grids too, a list of grids no phones).
    """
    from commandcenter.formats.columns import SPECS, map_columns

    best: tuple[int, float] | None = None
    found = None
    for what, entity in WHAT.items():
        specs = SPECS.get(entity)
        if specs is None:
            continue
        try:
            mapping = map_columns(columns, specs, {})
        except BadInput:
            continue
        score = (len(mapping.fields), len(mapping.fields) / len(specs))
        if best is None or score > best:
            best, found = score, what
    return found


def open_file(source: Path | str, what: str | None, reading: Reading, *, progress: Progress | None = None,
              cancelled: Cancelled | None = None) -> ReadFile:  # fmt: skip
    """Read a file or pasted text as ``what``, or as what its headings say (BadInput ``import.what_unclear`` when they
    say nothing that is known). Required columns may be missing: then no row is taken and a problem says which.
    """
    wanted = what or ("grids" if isinstance(source, Path) and is_map(source) else "workers")
    blank = _taken(source, wanted, reading, progress, cancelled)
    if what is None and blank.map is None:
        headings = blank.tables[0].columns
        wanted = recognise(headings) or ""
        if not wanted:
            raise BadInput("import.what_unclear")
    return as_far_as_known(replace(blank, what=wanted))


def as_far_as_known(read: ReadFile, *, overrides: Mapping[str, str] | None = None, keep: frozenset[str] | None = None,
                    fixes: Mapping[Cell, str] | None = None) -> ReadFile:  # fmt: skip
    """:func:`readfiles.remap`, but missing required columns are a problem of the file instead of an error."""
    from commandcenter.formats import columns

    try:
        return readfiles.remap(read, overrides=overrides, keep=keep, fixes=fixes)
    except BadInput as error:
        if error.code != "column.required_missing":
            raise
        specs = [replace(spec, required=False) for spec in columns.SPECS[read.entity]]
        chosen = read.overrides if overrides is None else overrides
        sources = [each for each in read.tables or (read.map,) if each is not None]
        mappings = tuple(columns.map_columns(each.columns, specs, chosen) for each in sources)
        lacking = Problem(None, None, None, error.code, "refused", error.facts)
        return replace(
            read, mappings=mappings, overrides=dict(chosen), keep=read.keep if keep is None else keep,
            fixes=dict(read.fixes if fixes is None else fixes), rows=(), problems=(lacking,),
        )  # fmt: skip


def _taken(source: Path | str, what: str, reading: Reading, progress: Progress | None,
           cancelled: Cancelled | None) -> ReadFile:  # fmt: skip
    """The file as read, before its columns mean anything."""
    from commandcenter.formats import mapfiles, tables

    if isinstance(source, Path) and is_map(source):
        found = mapfiles.read_map(source, crs=reading.crs, encoding=reading.encoding, layer=reading.layer,
                                  progress=progress, cancelled=cancelled)  # fmt: skip
        return ReadFile(what, source.name, readfiles._dated(source), (), found, (), {}, frozenset(), {}, (), ())
    table = tables.read_table(source, encoding=reading.encoding, progress=progress, cancelled=cancelled)  # type: ignore[arg-type]
    name = source.name if isinstance(source, Path) else ""
    return ReadFile(what, name, readfiles._dated(source), (table,), None, (), {}, frozenset(), {}, (), ())
