"""Word and Excel templates of the town, filled: ``{{ placeholder }}`` in either kind of file.

A Word template is filled by docxtpl (Jinja2, sandboxed, nothing undefined passes). In a workbook a cell holds
placeholders as text; a row with ``{{ list.field }}`` is repeated for every item of that list. Whatever a template says
or does not say, each page of what comes out bears the given mark.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.formats.formulas import RISKY

Values = Mapping[str, Any]
"""Texts by placeholder; a list of mappings for what is repeated."""
LARGEST = 20 * 1024 * 1024
"""Bytes of a template, packed or not: what a township's form never reaches."""
_PLACEHOLDER = re.compile(r"\{\{\s*([^{}\s.]+)(?:\.([^{}\s]+))?\s*\}\}")
_NAMED = re.compile(r"'([^']+)'")


def fill(name: str, template: bytes, values: Values, mark: str) -> bytes:
    """The filled file of a template called ``name``, which ends in ``.docx`` or ``.xlsx``.

    BadInput ``template.unreadable``, ``template.placeholder`` (which one), ``template.syntax`` (what) name the file.
    """
    _check(name, template)
    make = _fill_document if name.lower().endswith(".docx") else _fill_book
    return make(name, template, _readable(values), mark)


def _readable(value: Any) -> Any:
    """Without the control characters that XML cannot hold."""
    if isinstance(value, str):
        return "".join(each for each in value if each >= " " or each in "\t\n")
    if isinstance(value, Mapping):
        return {key: _readable(each) for key, each in value.items()}
    return [_readable(each) for each in value] if isinstance(value, (list, tuple)) else value


def _check(name: str, template: bytes) -> None:
    wanted = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml"}.get(name[-5:].lower())
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as packed:
            size = sum(each.file_size for each in packed.infolist())
            is_right = wanted in packed.namelist() and size <= LARGEST and len(template) <= LARGEST
    except (zipfile.BadZipFile, OSError):
        is_right = False
    if not is_right:
        raise BadInput("template.unreadable", file=name)


# --- Word -----------------------------------------------------------------------------------------------------------


def _fill_document(name: str, template: bytes, values: Values, mark: str) -> bytes:
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import SandboxedEnvironment

    try:
        document = DocxTemplate(io.BytesIO(template))
        document.render(dict(values), SandboxedEnvironment(undefined=StrictUndefined), autoescape=True)
    except UndefinedError as error:
        raise BadInput("template.placeholder", file=name, placeholder=_named(error)) from error
    except (TemplateSyntaxError, SecurityError) as error:
        raise BadInput("template.syntax", file=name, detail=str(error.message)) from error
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BadInput("template.unreadable", file=name) from error
    _mark_document(document.docx, mark)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _named(error: Exception) -> str:
    """The placeholder that an undefined-error of Jinja speaks of."""
    found = _NAMED.findall(str(error))
    return found[-1] if found else str(error)


def _mark_document(document: Any, mark: str) -> None:
    """Every kind of page header says it: of all pages, of first pages, of even ones."""
    for section in document.sections:
        headers = [section.header]
        if section.different_first_page_header_footer:
            headers.append(section.first_page_header)
        if document.settings.odd_and_even_pages_header_footer:
            headers.append(section.even_page_header)
        for header in headers:
            if mark not in "".join(each.text for each in header.paragraphs):
                header.is_linked_to_previous = False
                header.add_paragraph(mark).alignment = 2


# --- Excel ----------------------------------------------------------------------------------------------------------


def _fill_book(name: str, template: bytes, values: Values, mark: str) -> bytes:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(template))
    except (InvalidFileException, KeyError, ValueError, TypeError) as error:
        raise BadInput("template.unreadable", file=name) from error
    for sheet in book.worksheets:
        _fill_sheet(name, sheet, values)
        if mark not in (sheet.oddHeader.center.text or ""):
            sheet.oddHeader.center.text = mark
            sheet.evenHeader.center.text = sheet.firstHeader.center.text = mark
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill_sheet(name: str, sheet: Any, values: Values) -> None:
    row = 1
    while row <= sheet.max_row:
        repeated = _repeated(name, sheet, row, values)
        if repeated is None:
            for cell in sheet[row]:
                _fill_cell(name, cell, values)
            row += 1
        else:
            _repeat(name, sheet, row, *repeated, values)
            row += max(len(repeated[1]), 1)


def _repeated(name: str, sheet: Any, row: int, values: Values) -> tuple[str, Sequence[Values]] | None:
    """The list whose items fill a row, and its items."""
    for cell in sheet[row]:
        for first, second in _PLACEHOLDER.findall(cell.value) if isinstance(cell.value, str) else ():
            if second:
                items = values.get(first)
                if not isinstance(items, (list, tuple)):
                    raise BadInput("template.placeholder", file=name, placeholder=f"{first}.{second}")
                return first, items
    return None


def _repeat(name: str, sheet: Any, row: int, key: str, items: Sequence[Values], values: Values) -> None:
    """Copies of a row, each with one item; what stands below moves down, merged cells included."""
    patterns = [(cell.value, cell._style) for cell in sheet[row]]
    height = sheet.row_dimensions[row].height
    extra = len(items) - 1
    if extra > 0:
        below = [each for each in sheet.merged_cells.ranges if each.min_row > row]
        heights = {at: sheet.row_dimensions[at].height for at in range(row + 1, sheet.max_row + 1)}
        sheet.insert_rows(row + 1, extra)
        for each in below:
            each.shift(0, extra)
        for at, high in heights.items():
            sheet.row_dimensions[at + extra].height = high
    for number, item in enumerate(items or ({},)):
        sheet.row_dimensions[row + number].height = height
        for column, (pattern, style) in enumerate(patterns, start=1):
            cell = sheet.cell(row + number, column)
            if type(cell).__name__ == "MergedCell":
                continue
            cell._style = copy(style)
            cell.value = pattern
            if items:
                _fill_cell(name, cell, values, (key, item))
            elif isinstance(pattern, str) and _PLACEHOLDER.search(pattern):
                cell.value = None


def _fill_cell(name: str, cell: Any, values: Values, item: tuple[str, Values] | None = None) -> None:
    if not isinstance(cell.value, str) or not _PLACEHOLDER.search(cell.value):
        return

    def value(first: str, second: str) -> Any:
        source = item[1] if item is not None and second and first == item[0] else values
        key = second or first
        if key not in source or (second and (item is None or first != item[0])):
            raise BadInput("template.placeholder", file=name, placeholder=f"{first}.{second}" if second else first)
        return source[key]

    whole = _PLACEHOLDER.fullmatch(cell.value.strip())
    if whole is not None:
        found = value(whole[1], whole[2] or "")
        cell.value = found if isinstance(found, (int, float)) else str(found)
    else:
        cell.value = _PLACEHOLDER.sub(lambda match: str(value(match[1], match[2] or "")), cell.value)
    if isinstance(cell.value, str) and cell.value.startswith(RISKY):
        cell.data_type = "s"
        cell.quotePrefix = True
