"""From a file's columns to an entity's fields: which column means what, and each row as clean values.

One mechanism for every entity: :data:`SPECS` holds its columns, :func:`map_columns` recognises them by
heading, :func:`rows_of` cleans. What is not kept (sensitive columns, denied values) never leaves this module.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.formats.cleaning import BadValue, written
from commandcenter.formats.column_specs import SENSITIVE, SPECS, ColumnSpec
from commandcenter.formats.mapfiles import MapFile
from commandcenter.formats.problems import Problem
from commandcenter.formats.tables import Table, letter
from commandcenter.rules.denied import denied

__all__ = ["SENSITIVE", "SPECS", "ColumnMap", "ColumnSpec", "left_out", "map_columns", "rows_of"]

_SHOWN = 60
_NOT_A_WORD = re.compile(r"[\W_]+")
_REPEATED = re.compile(r" \(\d+\)$")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which column (counted from 0) is which field, and which are left out."""

    columns: tuple[str, ...]
    fields: tuple[tuple[ColumnSpec, int], ...]
    sensitive: tuple[int, ...]
    denied: tuple[int, ...]

    @property
    def unused(self) -> tuple[str, ...]:
        """Headings of columns that mean nothing here."""
        used = {index for _, index in self.fields} | {*self.sensitive, *self.denied}
        return tuple(name for index, name in enumerate(self.columns) if index not in used)

    def column_of(self, field: str) -> str | None:
        """The heading of the column that is ``field``, None when the file has none."""
        return next((self.columns[index] for spec, index in self.fields if spec.field == field), None)


def map_columns(
    columns: Sequence[str], specs: Sequence[ColumnSpec], overrides: Mapping[str, str]
) -> ColumnMap:
    """Recognise ``columns`` by heading; ``overrides`` (field -> heading) come first.

    BadInput: ``column.field_unknown`` and ``column.unknown`` (listing what there is), ``column.not_kept`` for
    an override that points at a column which is never kept, ``column.required_missing``.
    """
    by_heading: dict[str, int] = {}
    for index, name in enumerate(columns):
        by_heading.setdefault(_bare(name), index)
    refused = tuple(index for index, name in enumerate(columns) if denied(name))
    sensitive = tuple(
        index for index, name in enumerate(columns) if _is_sensitive(name) and index not in refused
    )
    chosen = _overridden(columns, specs, overrides, {*sensitive, *refused})
    taken = {*chosen.values(), *sensitive, *refused}
    for spec in specs:
        found = [
            by_heading[key] for key in map(_bare, spec.headings) if by_heading.get(key) not in (None, *taken)
        ]
        if spec.field not in chosen and found:
            chosen[spec.field] = found[0]
            taken.add(found[0])
    _check_required(columns, specs, chosen)
    fields = tuple((spec, chosen[spec.field]) for spec in specs if spec.field in chosen)
    return ColumnMap(tuple(columns), fields, sensitive, refused)


def _overridden(
    columns: Sequence[str], specs: Sequence[ColumnSpec], overrides: Mapping[str, str], kept_out: set[int]
) -> dict[str, int]:
    known = [spec.field for spec in specs]
    chosen: dict[str, int] = {}
    for field, heading in overrides.items():
        if field not in known:
            raise BadInput("column.field_unknown", field=field, fields=", ".join(known))
        found = [
            index for index, name in enumerate(columns) if name == heading or _bare(name) == _bare(heading)
        ]
        if not found:
            raise BadInput("column.unknown", column=heading, columns=_listed(columns))
        if found[0] in kept_out:
            raise BadInput("column.not_kept", letter=letter(found[0]))
        chosen[field] = found[0]
    return chosen


def _check_required(columns: Sequence[str], specs: Sequence[ColumnSpec], chosen: Mapping[str, int]) -> None:
    missing = [spec for spec in specs if spec.required and spec.field not in chosen]
    if missing:
        raise BadInput(
            "column.required_missing",
            fields=", ".join(spec.field for spec in missing),
            headings="、".join(spec.headings[0] for spec in missing),
            columns=_listed(columns),
        )


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(name for name in columns if not denied(name))


def rows_of(
    source: Table | MapFile, mapping: ColumnMap
) -> Iterator[tuple[int, dict[str, object], list[Problem]]]:
    """Each row as (number, fields, problems). Empty cells are not among the fields: the file is silent about
    them.

    Features of a map file with an outline or a point add ``wkb`` (WGS84), ``area`` (m², 0 for a point) and ``bbox``.
    A row with a ``refused`` problem must not be taken. Denied values are left out with a problem that does not repeat
    them.
    """
    seen: dict[tuple[str, object], int] = {}
    for number, cells, row in _rows(source):
        kept_out, problems = _denied_cells(number, cells, mapping)
        for spec, index in mapping.fields:
            column = mapping.columns[index]
            _take(number, spec, column, None if index in kept_out else cells[index], row, problems)
            if spec.unique and spec.field in row:
                _check_unique(number, spec, column, row[spec.field], seen, problems)
        yield number, row, problems


def left_out(source: Table | MapFile, mapping: ColumnMap) -> tuple[Problem, ...]:
    """Notes on columns that are not kept, with how many filled cells each has, and on columns without meaning
    here."""
    notes: list[Problem] = []
    for code, indexes in (("column.sensitive", mapping.sensitive), ("column.denied", mapping.denied)):
        for index in indexes:
            filled = sum(1 for _, cells, _ in _rows(source) if written(cells[index]))
            # A denied heading is itself such a word; its letter says which column it is.
            column = letter(index) if code == "column.denied" else mapping.columns[index]
            notes.append(Problem(None, column, None, code, "note", {"count": filled}))
    if mapping.unused:
        listed = ", ".join(mapping.unused)
        notes.append(Problem(None, None, None, "column.unused", "note", {"columns": listed}))
    return tuple(notes)


def _rows(source: Table | MapFile) -> Iterator[tuple[int, tuple[object, ...], dict[str, object]]]:
    if isinstance(source, Table):
        for row in source.rows:
            yield row.number, row.cells, {}
        return
    for feature in source.features:
        cells = tuple(feature.properties.get(name) for name in source.columns)
        shape = {"wkb": feature.wkb, "area": feature.area, "bbox": feature.bbox} if feature.wkb is not None else {}
        yield feature.row, cells, dict(shape)


def _denied_cells(number: int, cells: Sequence[object], mapping: ColumnMap) -> tuple[set[int], list[Problem]]:
    """Columns of this row whose value is denied, mapped or not, and a note on each."""
    kept_out = {*mapping.sensitive, *mapping.denied}
    found = {
        index
        for index, cell in enumerate(cells)
        if isinstance(cell, str) and index not in kept_out and denied(cell)
    }  # fmt: skip
    notes = [Problem(number, mapping.columns[index], None, "value.denied", "note") for index in sorted(found)]
    return found, notes


def _take(
    number: int, spec: ColumnSpec, column: str, cell: object, row: dict[str, object], problems: list[Problem]
) -> None:
    """Clean one cell into ``row``, or say why not."""
    try:
        value = spec.clean(cell) if written(cell) else ""
    except BadValue as error:
        problems.append(_problem(number, column, cell, error.code, **error.facts))
        return
    if value == "":
        if spec.required:
            problems.append(_problem(number, column, None, "value.missing"))
        return
    row[spec.field] = value
    if spec.as_written and str(value) != written(cell):
        facts = {"new": str(value)}
        problems.append(Problem(number, column, _shown(cell), "value.tidied", "repaired", facts))


def _check_unique(
    number: int, spec: ColumnSpec, column: str, value: object, seen: dict[tuple[str, object], int],
    problems: list[Problem],
) -> None:  # fmt: skip
    first = seen.setdefault((spec.field, value), number)
    if first != number:
        problems.append(_problem(number, column, value, "row.duplicate", other=first))


def _problem(number: int, column: str, cell: object, code: str, **facts: Any) -> Problem:
    return Problem(number, column, None if cell is None else _shown(cell), code, "refused", facts)


def _shown(cell: object) -> str:
    """A cell short enough for a sentence, and writable in any encoding."""
    text = written(cell)
    text = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _is_sensitive(heading: str) -> bool:
    return _bare(_REPEATED.sub("", heading)) in _SENSITIVE_HEADINGS


def _bare(heading: str) -> str:
    """A heading without spaces, punctuation, case and width."""
    return _NOT_A_WORD.sub("", unicodedata.normalize("NFKC", heading)).casefold()


_SENSITIVE_HEADINGS = frozenset(_bare(heading) for headings in SENSITIVE.values() for heading in headings)
