"""What each column of a file means: from the mapping to chips and lines, and the menu that changes it."""

from dataclasses import dataclass

from PySide6.QtWidgets import QMenu, QWidget

from commandcenter.base.texts import say
from commandcenter.formats.cleaning import written
from commandcenter.formats.columns import SPECS, UNCOUNTED, ColumnSpec, bare, sensitive_kind
from commandcenter.formats.tables import letter
from commandcenter.services.filing import ReadFile
from commandcenter.ui.core.captions import caption
from commandcenter.ui.imports import words
from commandcenter.ui.imports.jobs import Loaded
from commandcenter.ui.imports.sheet_headers import Meaning
from commandcenter.ui.imports.sheet_model import SheetPage

_SAMPLES = 200
"""Rows looked through for a first value of a column."""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field of the list that is imported, and the column it is taken from (None: the file has none)."""

    id: str
    name: str
    required: bool
    column: int | None
    heading: str
    letter: str
    sample: str
    place: int


@dataclass(frozen=True, slots=True)
class SensitiveColumn:
    """A column that is left out unless somebody ticks it. ``can_keep``: the list has a place for it."""

    index: int
    name: str
    heading: str
    letter: str
    filled: int
    is_kept: bool
    can_keep: bool


def meanings_of(read: ReadFile, columns: tuple[str, ...]) -> dict[int, Meaning]:
    """Per column of a sheet what its chip says."""
    mapping = next((each for each in read.mappings if each.columns == columns), read.mapping)
    found = {index: Meaning("none", say("imports.column.unused")) for index in range(len(columns))}
    for index in mapping.sensitive:
        found[index] = Meaning("sensitive", say("imports.column.sensitive"))
    for index in mapping.denied:
        found[index] = Meaning("denied", say("imports.column.denied"))
    for index in mapping.left if mapping.rest else ():
        if bare(columns[index]) not in UNCOUNTED:
            found[index] = Meaning("field", columns[index])
    for spec, index in mapping.fields:
        found[index] = Meaning("required" if spec.required else "field", words.field_name(spec))
    return found


def field_rows(file: Loaded) -> list[FieldRow]:
    """Every field that can be imported, in the order of its list."""
    read, page = file.read, file.pages[0]
    columns = {spec.field: index for spec, index in read.mapping.fields}
    rows = []
    for place, spec in enumerate(_offered(read)):
        at = columns.get(spec.field)
        rows.append(FieldRow(
            spec.field, words.field_name(spec), spec.required, at, "" if at is None else page.columns[at],
            "" if at is None or page.is_map else letter(at), "" if at is None else _sample(page, at), place,
        ))  # fmt: skip
    return rows


def sensitive_columns(file: Loaded) -> list[SensitiveColumn]:
    """The columns that are left out unless ticked, with how many values each holds."""
    read, page = file.read, file.pages[0]
    kept = {index for spec, index in read.mapping.fields if spec.field in read.keep}
    found = []
    for index in sorted({*read.mapping.sensitive, *kept}):
        name = sensitive_kind(page.columns[index]) or ""
        filled = file.filled.get(index, 0)
        found.append(SensitiveColumn(
            index, name, page.columns[index], letter(index), filled, name in read.keep,
            name in read.mapping.keepable,
        ))  # fmt: skip
    return found


def meaning_menu(file: Loaded, column: int, parent: QWidget) -> QMenu:
    """The fields that a column may mean; each entry's data is the field's name, "" for nothing."""
    read = file.read
    columns = file.pages[0].columns
    menu = QMenu(parent)
    title = menu.addAction(caption(say("imports.column.of", heading=columns[column])))
    title.setEnabled(False)
    menu.addSeparator()
    used = {spec.field: index for spec, index in read.mapping.fields}
    for spec in _offered(read):
        name = words.field_name(spec)
        at = used.get(spec.field)
        if at is not None and at != column:
            name = say("imports.column.taken", name=name, column=columns[at])
        entry = menu.addAction(caption(f"{name} *" if spec.required else name))
        entry.setData(spec.field)
        entry.setCheckable(True)
        entry.setChecked(at == column)
    menu.addSeparator()
    nothing = menu.addAction(say("imports.column.nothing"))
    nothing.setData("")
    nothing.setCheckable(True)
    nothing.setChecked(column not in used.values())
    return menu


def column_menu(file: Loaded, field: str, parent: QWidget) -> QMenu:
    """The columns that a field may be taken from; each entry's data is the column's place, -1 for none."""
    menu = QMenu(parent)
    mapping, page = file.read.mapping, file.pages[0]
    at = next((index for spec, index in mapping.fields if spec.field == field), None)
    for index, heading in enumerate(page.columns):
        if index in mapping.denied or index in mapping.sensitive:
            continue
        entry = menu.addAction(caption(heading if page.is_map else f"{letter(index)}   {heading}"))
        entry.setData(index)
        entry.setCheckable(True)
        entry.setChecked(index == at)
    menu.addSeparator()
    nothing = menu.addAction(say("imports.column.no_column"))
    nothing.setData(-1)
    nothing.setCheckable(True)
    nothing.setChecked(at is None)
    return menu


def _offered(read: ReadFile) -> list[ColumnSpec]:
    """The fields that columns may mean: restricted ones only where they were ticked to be kept."""
    mine = (spec for spec in SPECS[read.entity] if not spec.restricted or spec.field in read.keep)
    return [spec for spec in mine if not spec.rest and not spec.own]


def _sample(page: SheetPage, column: int) -> str:
    for _, cells, left in page.lines[:_SAMPLES]:
        if not left and column < len(cells) and written(cells[column]):
            return written(cells[column])[:24]
    return ""
