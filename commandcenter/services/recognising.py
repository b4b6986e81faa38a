"""A file whose columns are not known yet: read as far as it can be, so that the rest can be pointed out on screen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from commandcenter.base.errors import BadInput
from commandcenter.formats.problems import Problem
from commandcenter.services import readfiles
from commandcenter.services.readfiles import Cancelled, Cell, Progress, ReadFile

_LACKING = "column.required_missing"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read; None leaves it to the file."""

    crs: str | None = None
    encoding: str | None = None
    layer: str | None = None
    sheets: tuple[str, ...] | None = None


def is_map(path: Path) -> bool:
    """Whether a file is one of outlines rather than a table, by its content."""
    return path.is_file() and not readfiles.is_table(path)


def open_file(source: Path | str, what: str | None, reading: Reading, *, progress: Progress | None = None,
              cancelled: Cancelled | None = None) -> ReadFile:  # fmt: skip
    """Read a file or pasted text as ``what``, or as what its headings say (BadInput ``import.what_unclear``).

    Required columns may be missing: then no row is taken and a problem says which.
    """
    blank = readfiles.take(
        what, source, crs=reading.crs, encoding=reading.encoding, layer=reading.layer, sheets=reading.sheets,
        progress=progress, cancelled=cancelled,
    )  # fmt: skip
    return as_far_as_known(blank, overrides={}, keep=frozenset(), fixes={}, progress=progress, cancelled=cancelled)


def as_far_as_known(read: ReadFile, *, overrides: Mapping[str, str], keep: frozenset[str], fixes: Mapping[Cell, str],
                    progress: Progress | None = None, cancelled: Cancelled | None = None) -> ReadFile:  # fmt: skip
    """:func:`readfiles.remap`, but missing required columns are a problem of the file instead of an error."""
    from commandcenter.formats import columns

    try:
        return readfiles.remap(
            read, overrides=overrides, keep=keep, fixes=fixes, progress=progress, cancelled=cancelled
        )
    except BadInput as error:
        if error.code != _LACKING:
            raise
        specs = [replace(spec, required=False, one_of="") for spec in columns.SPECS[read.entity]]
        sources = [each for each in read.tables or (read.map,) if each is not None]
        mappings = tuple(columns.map_columns(each.columns, specs, overrides, keep) for each in sources)
        lacking = Problem(None, None, None, _LACKING, "refused", error.facts)
        return replace(
            read, mappings=mappings, overrides=dict(overrides), keep=keep, fixes=dict(fixes), rows=(),
            problems=(lacking,),
        )  # fmt: skip
