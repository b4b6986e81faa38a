"""From a file's columns to an entity's fields: which column means what, and each row as clean values.

One mechanism for every entity: :data:`SPECS` holds its columns, :func:`map_columns` recognises them by
heading, :func:`rows_of` cleans. What is not kept (sensitive columns, denied values) never leaves this module.
"""

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.formats.cleaning import BadValue, written
from commandcenter.formats.column_specs import SENSITIVE, SPECS, ColumnSpec
from commandcenter.formats.mapfiles import MapFile
from commandcenter.formats.problems import Problem
from commandcenter.formats.row_kinds import is_ditto
from commandcenter.formats.tables import Table, letter
from commandcenter.rules.denied import denied

__all__ = [
    "SENSITIVE", "SPECS", "UNCOUNTED", "ColumnMap", "ColumnSpec", "bare", "denied_cells", "left_out", "map_columns",
    "rows_of",
]  # fmt: skip

Fixes = Mapping[tuple[int, int], str]
"""Corrected cells by (row number, column from 0)."""
UNCOUNTED = frozenset(("序号", "no", "number"))
"""Headings, bare, of columns that only number the rows."""
_SHOWN = 60
_NOT_A_WORD = re.compile(r"[\W_]+")
_REPEATED = re.compile(r" \(\d+\)$")
_REMARK = re.compile(r"[(（\[【].*?[)）\]】]")
_LAST_REMARK = re.compile(r"[(（\[【][^(（\[【]*[)）\]】]\s*$")
_VILLAGE = re.compile(r".{1,20}(?:村|社区|居委会|村委会|village|community)", re.IGNORECASE)
_LEFT_OUT = {"number.digits_lost": "number.left_out", "choice.unknown": "choice.left_out"}
TICKABLE = frozenset(("id_number",))
"""Sensitive kinds for which an entity has a field; ethnicity, political status and WeChat names are never kept."""
_ALWAYS_SENSITIVE = ("身份证", "公民身份", "证件号", "政治面貌")
"""A heading that contains one of these is sensitive whatever else it says."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which column (counted from 0) is which field, and which are left out. ``keepable``: sensitive kinds that this
    entity could keep if they were ticked."""

    columns: tuple[str, ...]
    fields: tuple[tuple[ColumnSpec, int], ...]
    sensitive: tuple[int, ...]
    denied: tuple[int, ...]
    keepable: tuple[str, ...] = ()
    takes_village: bool = False
    rest: str = ""
    """The field that takes all columns which mean nothing else."""

    @property
    def unused(self) -> tuple[str, ...]:
        """Headings of columns that mean nothing here."""
        return () if self.rest else tuple(self.columns[index] for index in self.left)

    @property
    def left(self) -> tuple[int, ...]:
        """Columns that are no field of their own and may be read."""
        used = {index for _, index in self.fields} | {*self.sensitive, *self.denied}
        return tuple(index for index in range(len(self.columns)) if index not in used)

    def column_of(self, field: str) -> str | None:
        """The heading of the column that is ``field``, None when the file has none."""
        return next((self.columns[index] for spec, index in self.fields if spec.field == field), None)

    def kind_of(self, index: int) -> str | None:
        """The sensitive kind of a column that is left out as such."""
        return sensitive_kind(self.columns[index]) if index in self.sensitive else None


def map_columns(
    columns: Sequence[str], specs: Sequence[ColumnSpec], overrides: Mapping[str, str], keep: Collection[str] = ()
) -> ColumnMap:
    """Recognise ``columns`` by heading; ``overrides`` (field -> heading, "" for none) come first. ``keep``: sensitive
    kinds to be kept all the same.

    BadInput: ``column.field_unknown`` and ``column.unknown`` (listing what there is), ``column.not_kept`` for
    an override that points at a column which is never kept, ``column.keep_impossible`` for a kind that the entity has
    no field for, ``column.required_missing``.
    """
    keepable = tuple(spec.field for spec in specs if spec.restricted)
    impossible = next((kind for kind in keep if kind not in keepable), None)
    if impossible is not None:
        raise BadInput("column.keep_impossible", kind=impossible, kinds=", ".join(keepable) or "–")
    specs = [spec for spec in specs if not spec.restricted or spec.field in keep]
    refused = tuple(index for index, name in enumerate(columns) if denied(name))
    sensitive = tuple(
        index
        for index, name in enumerate(columns)
        if index not in refused and (kind := sensitive_kind(name)) is not None and kind not in keep
    )
    chosen = _overridden(columns, specs, overrides, {*sensitive, *refused})
    _recognise(columns, specs, chosen, {*chosen.values(), *sensitive, *refused})
    _check_required(columns, specs, chosen)
    fields = tuple(
        (spec, chosen[spec.field])
        for spec in specs
        if chosen.get(spec.field, -1) >= 0 and not (spec.unless and chosen.get(spec.unless, -1) >= 0)
    )
    takes_village = any(spec.field == "village" for spec in specs)
    rest = next((spec.field for spec in specs if spec.rest), "")
    return ColumnMap(tuple(columns), fields, sensitive, refused, keepable, takes_village, rest)


def _recognise(
    columns: Sequence[str], specs: Sequence[ColumnSpec], chosen: dict[str, int], taken: set[int]
) -> None:
    """Add to ``chosen`` what the headings say; a heading as it is before one without its remark in brackets."""
    for key_of in (bare, _without_last_remark, _without_remark):
        by_heading: dict[str, int] = {}
        for index, name in enumerate(columns):
            by_heading.setdefault(key_of(name), index)
        for spec in specs:
            found = [
                by_heading[key] for key in map(bare, spec.headings) if by_heading.get(key) not in (None, *taken)
            ]
            if spec.field not in chosen and found:
                chosen[spec.field] = found[0]
                taken.add(found[0])


def _overridden(
    columns: Sequence[str], specs: Sequence[ColumnSpec], overrides: Mapping[str, str], kept_out: set[int]
) -> dict[str, int]:
    known = [spec.field for spec in specs]
    chosen: dict[str, int] = {}
    for field, heading in overrides.items():
        if field not in known:
            raise BadInput("column.field_unknown", field=field, fields=", ".join(known))
        if not heading:
            chosen[field] = -1
            continue
        found = [index for index, name in enumerate(columns) if name == heading] or [
            index for index, name in enumerate(columns) if bare(name) == bare(heading)
        ]
        if not found:
            raise BadInput("column.unknown", column=heading, columns=_listed(columns))
        if found[0] in kept_out:
            raise BadInput("column.not_kept", letter=letter(found[0]))
        chosen[field] = found[0]
    return chosen


def _check_required(columns: Sequence[str], specs: Sequence[ColumnSpec], chosen: Mapping[str, int]) -> None:
    found = {field for field, index in chosen.items() if index >= 0}
    missing = [spec for spec in specs if spec.required and spec.field not in found]
    for group in dict.fromkeys(spec.one_of for spec in specs if spec.one_of):
        members = [spec for spec in specs if spec.one_of == group]
        if not found & {spec.field for spec in members}:
            missing.append(members[0])
    if missing:
        raise BadInput(
            "column.required_missing",
            fields=", ".join(spec.field for spec in missing),
            headings="、".join(spec.headings[0] for spec in missing),
            columns=_listed(columns),
        )


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(name for name in columns if not denied(name))


def denied_cells(source: Table | MapFile) -> Mapping[int, frozenset[int]]:
    """Columns whose value is denied, by row number; whatever the columns mean. Rows without any are not listed."""
    found: dict[int, frozenset[int]] = {}
    for number, cells, _, _ in _rows(source, {}):
        here = frozenset(index for index, cell in enumerate(cells) if isinstance(cell, str) and denied(cell))
        if here:
            found[number] = here
    return found


def rows_of(
    source: Table | MapFile,
    mapping: ColumnMap,
    *,
    fixes: Fixes | None = None,
    village: str | None = None,
    refused_cells: Mapping[int, frozenset[int]] | None = None,
) -> Iterator[tuple[int, dict[str, object], list[Problem]]]:
    """Each row as (number, fields, problems). Empty cells are not among the fields: the file is silent about
    them.

    ``fixes`` stand in place of what the file says; ``village`` where neither a row nor the words above it name one;
    ``refused_cells`` as :func:`denied_cells` gave them, to save looking again. Features of a map file with an outline
    or a point add ``wkb`` (WGS84), ``area`` (m², 0 for a point) and ``bbox``. A row with a ``refused`` problem must
    not be taken. Denied values are left out with a problem that does not repeat them.
    """
    refused = denied_cells(source) if refused_cells is None else refused_cells
    yield from _Cleaning(source, mapping, fixes or {}, village, refused).rows()


class _Cleaning:
    """One walk over the rows of a source."""

    def __init__(
        self, source: Table | MapFile, mapping: ColumnMap, fixes: Fixes, village: str | None,
        refused: Mapping[int, frozenset[int]],
    ) -> None:  # fmt: skip
        self.table = source if isinstance(source, Table) else None
        self.source, self.mapping, self.fixes, self.village, self.refused = source, mapping, fixes, village, refused
        self.kept_out = frozenset((*mapping.sensitive, *mapping.denied))
        self.sections = _villages_of_sections(self.table.sections) if self.table else {}
        self.carried = _carried(source, mapping, fixes, refused)
        self.seen: dict[tuple[str, object], int] = {}
        self.told: set[tuple[str, int, int]] = set()

    def rows(self) -> Iterator[tuple[int, dict[str, object], list[Problem]]]:
        for number, cells, row, section in _rows(self.source, self.fixes):
            problems: list[Problem] = []
            denied_here = self._denied(number, cells, problems)
            for spec, index in self.mapping.fields:
                if index not in denied_here:
                    self._take(number, spec, index, cells[index], row, problems)
                elif spec.required:
                    problems.append(_problem(number, self.mapping.columns[index], None, "value.missing"))
            if self.mapping.rest:
                row[self.mapping.rest] = self._rest(cells, denied_here)
            if self.mapping.takes_village and "village" not in row and "village_code" not in row:
                self._place(number, row, section, problems)
            yield number, row, problems

    def _rest(self, cells: Sequence[object], denied_here: Collection[int]) -> dict[str, str]:
        """The filled cells of the columns that mean nothing else, by their headings."""
        found = ((self.mapping.columns[index], _shown(cells[index])) for index in self.mapping.left
                 if index not in denied_here and bare(self.mapping.columns[index]) not in UNCOUNTED)  # fmt: skip
        return {heading: text for heading, text in found if heading and text}

    def _denied(self, number: int, cells: Sequence[object], problems: list[Problem]) -> Collection[int]:
        """Columns of this row whose value is denied, mapped or not, with a note on each."""
        found = self.refused.get(number, frozenset())
        for index, cell in enumerate(cells) if self.fixes else ():
            if (number, index) in self.fixes:
                found = found | {index} if denied(str(cell)) else found - {index}
        for index in sorted(found - self.kept_out):
            problems.append(Problem(number, self.mapping.columns[index], None, "value.denied", "note"))
        return found

    def _take(
        self, number: int, spec: ColumnSpec, index: int, cell: object, row: dict[str, object], problems: list[Problem]
    ) -> None:
        """Clean one cell into ``row``, or say why not; and say where it comes from, if not from its place."""
        column = self.mapping.columns[index]
        shown = written(cell)
        place = (number, index)
        if place in self.carried:
            cell, origin = self.carried[place]
            shown = written(cell)
            self._tell_once("cell.carried", origin, index, number, column, shown, problems)
        elif self.table is not None and place not in self.fixes:
            if not shown and place in self.table.unset:
                problems.append(_left(number, column, None, "value.formula_empty", spec.required))
            fill = self.table.filled.get(place)
            if fill is not None and fill.code == "ditto":
                facts = {"new": _shown(cell), "other": fill.origin}
                problems.append(Problem(number, column, None, "cell.ditto", "repaired", facts))
            elif fill is not None:
                self._tell_once("cell.merged", fill.origin, index, number, column, shown, problems)
            elif isinstance(cell, str) and is_ditto(cell):
                problems.append(_problem(number, column, cell, "cell.ditto_first"))
                return
        value = self._cleaned(number, spec, column, cell, problems) if shown else ""
        if value == "":
            if spec.required and not any(each.column == column and each.severity == "refused" for each in problems):
                problems.append(_problem(number, column, None, "value.missing"))
            return
        if value is None:
            return
        row[spec.field] = value
        if spec.unique:
            self._check_unique(number, spec, column, value, problems)
        if (spec.as_written and str(value) != shown) or (spec.unusual is not None and spec.unusual(cell)):
            facts = {"new": str(value)}
            problems.append(Problem(number, column, _shown(cell), "value.tidied", "repaired", facts))
        elif value not in getattr(spec.clean, "known", (value,)):
            problems.append(Problem(number, column, _shown(cell), "choice.kept", "note"))

    def _cleaned(
        self, number: int, spec: ColumnSpec, column: str, cell: object, problems: list[Problem]
    ) -> object | None:
        """The value; None when there is none, and ``problems`` says why."""
        try:
            return spec.clean(cell)
        except BadValue as error:
            # A restricted value is not repeated in a list that more people read.
            shown = None if spec.restricted else cell
            facts = {} if spec.restricted else dict(error.facts)
            if spec.lenient:
                listed = None if shown is None else _shown(shown)
                code = _LEFT_OUT.get(error.code, "value.left_out")
                problems.append(Problem(number, column, listed, code, "note", facts))
            else:
                problems.append(_problem(number, column, shown, error.code, **facts))
            return None

    def _tell_once(
        self, code: str, origin: int, index: int, number: int, column: str, value: str, problems: list[Problem]
    ) -> None:
        """The first row that takes a value from above is listed for all that follow it."""
        if (code, origin, index) not in self.told:
            self.told.add((code, origin, index))
            facts = {"new": value[:_SHOWN], "other": origin}
            problems.append(Problem(number, column, None, code, "repaired", facts))

    def _place(self, number: int, row: dict[str, object], section: int | None, problems: list[Problem]) -> None:
        """The village from the words above the row, or from the sheet's name."""
        named = self.sections.get(section) if section is not None else None
        if named is not None:
            village, origin = named
            row["village"] = village
            if ("section", origin, 0) not in self.told:
                self.told.add(("section", origin, 0))
                facts = {"new": village, "other": origin}
                problems.append(Problem(number, None, None, "village.from_section", "repaired", facts))
        elif self.village:
            row["village"] = self.village
            if ("sheet", 0, 0) not in self.told:
                self.told.add(("sheet", 0, 0))
                problems.append(Problem(number, None, None, "village.from_sheet", "repaired", {"new": self.village}))

    def _check_unique(
        self, number: int, spec: ColumnSpec, column: str, value: object, problems: list[Problem]
    ) -> None:
        first = self.seen.setdefault((spec.field, value), number)
        if first != number:
            problems.append(_problem(number, column, value, "row.duplicate", other=first))


def left_out(source: Table | MapFile, mapping: ColumnMap) -> tuple[Problem, ...]:
    """Notes on columns that are not kept, with how many filled cells each has, on hidden ones that are read, and on
    columns without meaning here."""
    notes: list[Problem] = []
    for code, indexes in (("column.sensitive", mapping.sensitive), ("column.denied", mapping.denied)):
        for index in indexes:
            filled = sum(1 for _, cells, _, _ in _rows(source, {}) if written(cells[index]))
            # A denied heading is itself such a word; its letter says which column it is.
            column = letter(index) if code == "column.denied" else mapping.columns[index]
            notes.append(Problem(None, column, None, code, "note", {"count": filled}))
    never = [mapping.columns[index] for index in mapping.sensitive
             if sensitive_kind(mapping.columns[index]) not in TICKABLE]  # fmt: skip
    if never:
        notes.append(Problem(None, None, None, "column.never_kept", "note", {"columns": ", ".join(never)}))
    hidden = source.hidden_columns if isinstance(source, Table) else frozenset()
    for _, index in mapping.fields:
        if index in hidden:
            notes.append(Problem(None, mapping.columns[index], None, "column.hidden", "note"))
    if mapping.unused:
        listed = ", ".join(mapping.unused)
        notes.append(Problem(None, None, None, "column.unused", "note", {"columns": listed}))
    return tuple(notes)


def _rows(
    source: Table | MapFile, fixes: Fixes
) -> Iterator[tuple[int, Sequence[object], dict[str, object], int | None]]:
    """Number, cells, what a map adds, and the section; corrected cells in their place."""
    by_row: dict[int, dict[int, str]] = {}
    for (number, index), text in fixes.items():
        by_row.setdefault(number, {})[index] = text
    if isinstance(source, Table):
        if by_row:
            # What is filled from a corrected cell follows it.
            for (number, index), fill in source.filled.items():
                if index in by_row.get(fill.origin, ()):
                    by_row.setdefault(number, {}).setdefault(index, by_row[fill.origin][index])
        for row in source.rows:
            yield row.number, _overlaid(row.cells, by_row.get(row.number)), {}, row.section
        return
    for feature in source.features:
        cells = tuple(feature.properties.get(name) for name in source.columns)
        shape = {"wkb": feature.wkb, "area": feature.area, "bbox": feature.bbox} if feature.wkb is not None else {}
        yield feature.row, _overlaid(cells, by_row.get(feature.row)), dict(shape), None


def _overlaid(cells: Sequence[object], fixed: Mapping[int, str] | None) -> Sequence[object]:
    if not fixed:
        return cells
    return [fixed.get(index, cell) for index, cell in enumerate(cells)]


def _villages_of_sections(sections: Mapping[int, str]) -> dict[int, tuple[str, int]]:
    """Per section the village that it, or the nearest one above, names, and where."""
    found: dict[int, tuple[str, int]] = {}
    last = None
    for number, words in sorted(sections.items()):
        if _VILLAGE.fullmatch(words) and not denied(words):
            last = (words, number)
        if last is not None:
            found[number] = last
    return found


def _carried(
    source: Table | MapFile, mapping: ColumnMap, fixes: Fixes, refused: Mapping[int, frozenset[int]]
) -> dict[tuple[int, int], tuple[object, int]]:
    """Empty cells that stand for the one above, as pasted merged cells leave them, with that value and its row.

    Only in columns that group rows, and only where such a column looks like it: at least half of it empty, no value
    twice in a row. A group ends where one further left begins anew.
    """
    found: dict[tuple[int, int], tuple[object, int]] = {}
    groups = sorted(index for spec, index in mapping.fields if spec.carries)
    if not isinstance(source, Table) or not groups:
        return found
    borders: set[int] = set()
    for index in groups:
        cells = [(number, cells[index], section) for number, cells, _, section in _rows(source, fixes)]
        texts = [written(cell) for _, cell, _ in cells]
        filled = sum(map(bool, texts))
        repeats = any(one and one == other for one, other in itertools.pairwise(texts))
        is_group = filled and len(texts) >= 2 * filled and not repeats
        above: tuple[object, int] | None = None
        section_above: int | None = None
        for (number, cell, section), text in zip(cells, texts, strict=True):
            if text:
                above = None if index in refused.get(number, ()) else (cell, number)
                section_above = section
                borders.add(number)
            elif number in borders or section != section_above:
                above = None
            elif is_group and above is not None:
                found[number, index] = above
    return found


def _left(number: int, column: str, value: str | None, code: str, is_refused: bool) -> Problem:
    return Problem(number, column, value, code, "refused" if is_refused else "note")


def _problem(number: int, column: str, cell: object, code: str, **facts: Any) -> Problem:
    return Problem(number, column, None if cell is None else _shown(cell), code, "refused", facts)


def _shown(cell: object) -> str:
    """A cell short enough for a sentence, and writable in any encoding."""
    text = written(cell)
    text = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return text.encode("utf-8", errors="replace").decode("utf-8")


def is_sensitive(heading: str) -> bool:
    """Whether a heading names a sensitive column."""
    return sensitive_kind(heading) is not None


def sensitive_kind(heading: str) -> str | None:
    """The sensitive kind (a key of :data:`SENSITIVE`) that a heading names, None for none."""
    for key in (bare(_REPEATED.sub("", heading)), _without_remark(heading)):
        if key in _SENSITIVE_HEADINGS:
            return _SENSITIVE_HEADINGS[key]
    if any(word in bare(heading) for word in _ALWAYS_SENSITIVE):
        return "political_status" if "政治" in heading else "id_number"
    return None


def _without_last_remark(heading: str) -> str:
    """村(社区)（必填） is 村(社区)."""
    return bare(_LAST_REMARK.sub("", unicodedata.normalize("NFKC", _REPEATED.sub("", heading))))


def _without_remark(heading: str) -> str:
    """身份证号(18位) is 身份证号."""
    return bare(_REMARK.sub("", unicodedata.normalize("NFKC", _REPEATED.sub("", heading))))


@lru_cache(maxsize=4096)
def bare(heading: str) -> str:
    """A heading without spaces, punctuation, case and width."""
    return _NOT_A_WORD.sub("", unicodedata.normalize("NFKC", heading)).casefold()


_SENSITIVE_HEADINGS = {bare(heading): kind for kind, headings in SENSITIVE.items() for heading in headings}
