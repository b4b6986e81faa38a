"""What calamine does not tell of a workbook's sheets: hidden rows and columns, filters, formulas without a value.

Read by scanning, not by parsing: tags of the sheet parts in .xlsx and .ods, records of the stream in .xls and .et.
Rows and columns count from 0. A workbook of another build simply has no marks.
"""

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from html import unescape
from typing import Any

from commandcenter.formats import ole

Marks = dict[str, Any]
MAX_MARKS = 200_000
_CHUNK = 4 * 1024 * 1024
_OVERLAP = 64 * 1024
_ATTRIBUTE = re.compile(rb'([\w:.-]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*?)/?>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*?)/?>")
_ROW = re.compile(rb"<(?:\w+:)?row\s([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]*)>")
_FILTER = re.compile(rb"<(?:\w+:)?filterColumn\b|<(?:\w+:)?sheetPr\s[^>]*filterMode=[\"'](?:1|true)")
_UNSET = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_PLACE = re.compile(rb"([A-Z]{1,3})(\d{1,7})")
_TRUE = (b"1", b"true")
_ODS = re.compile(rb"<table:(table-row|table-column|table)(?=[\s/>])([^>]*)>")


def marks_of(data: bytes) -> dict[str, Marks]:
    """Per sheet name: ``rows`` and ``columns`` that are hidden, whether a filter hides (``filtered``), and the cells
    (``unset``: [row, column]) whose formula has no value."""
    try:
        if data.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                names = set(archive.namelist())
                if "content.xml" in names:
                    return _of_ods(archive)
                return _of_xlsx(archive, names) if "xl/workbook.xml" in names else {}
        return _of_xls(ole.stream(data, ("Workbook", "Book")))
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, struct.error, OSError, NotImplementedError):
        return {}


_MAX_PROPERTIES = 1024 * 1024
"""Bytes of the part that holds them."""
_CUSTOM = re.compile(
    rb"<(?:\w+:)?(?:property|user-defined)\s([^>]*)>(.*?)</(?:\w+:)?(?:property|user-defined)>", re.DOTALL
)
_TAG = re.compile(rb"<[^>]*>")


def properties_of(data: bytes) -> list[list[str]]:
    """Names and values of the properties that somebody gave an .xlsx or .ods; none of any other file."""
    if not data.startswith(b"PK"):
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [each for each in archive.infolist() if each.filename in ("docProps/custom.xml", "meta.xml")]
            texts = [archive.read(each) for each in parts if each.file_size <= _MAX_PROPERTIES]
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError):
        return []
    found = []
    for text in texts:
        for attributes, value in _CUSTOM.findall(text):
            name = _attributes(attributes).get(b"name", b"")
            found.append([unescape(each.decode("utf-8", "replace")).strip() for each in (name, _TAG.sub(b"", value))])
    return found


def _attributes(text: bytes) -> dict[bytes, bytes]:
    return {name.rpartition(b":")[2]: one or other for name, one, other in _ATTRIBUTE.findall(text)}


# --- .xlsx -------------------------------------------------------------------------------------------------------


def _of_xlsx(archive: zipfile.ZipFile, names: set[str]) -> dict[str, Marks]:
    targets = {}
    for found in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        each = _attributes(found)
        targets[each.get(b"Id", b"")] = each.get(b"Target", b"").decode("utf-8", "replace")
    marks = {}
    for found in _SHEET.findall(archive.read("xl/workbook.xml")):
        each = _attributes(found)
        target = targets.get(each.get(b"id", b""), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in names:
            name = unescape(each.get(b"name", b"").decode("utf-8", "replace"))
            marks[name] = _of_part(archive, part)
    return marks


def _of_part(archive: zipfile.ZipFile, part: str) -> Marks:
    rows: set[int] = set()
    columns: set[int] = set()
    unset: set[tuple[int, int]] = set()
    filtered = False
    for chunk in _chunks(archive, part):
        for found in _ROW.findall(chunk):
            if b"hidden" in found and _attributes(found).get(b"hidden") in _TRUE:
                rows.add(int(_attributes(found)[b"r"]) - 1)
        for found in _COLUMN.findall(chunk):
            each = _attributes(found)
            if each.get(b"hidden") in _TRUE:
                columns.update(range(int(each[b"min"]) - 1, min(int(each[b"max"]), 1_000)))
        unset.update(_places(_UNSET.findall(chunk)) if b"<f" in chunk or b":f" in chunk else ())
        filtered = filtered or _FILTER.search(chunk) is not None
        if len(rows) > MAX_MARKS or len(unset) > MAX_MARKS:
            break
    return _made(rows, columns, filtered, unset)


def _made(rows: set[int], columns: set[int], filtered: bool, unset: set[tuple[int, int]]) -> Marks:
    return {
        "rows": sorted(rows), "columns": sorted(columns), "filtered": filtered,
        "unset": sorted(list(each) for each in unset),
    }  # fmt: skip


def _chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part piece by piece; pieces overlap, so that no tag is cut in two in all of them."""
    tail = b""
    with archive.open(part) as stream:
        while piece := stream.read(_CHUNK):
            yield tail + piece
            tail = piece[-_OVERLAP:]


def _places(cells: list[bytes]) -> Iterator[tuple[int, int]]:
    for found in cells:
        each = _attributes(found)
        place = _PLACE.fullmatch(each.get(b"r", b""))
        if place is not None and each.get(b"t") != b"str":
            column = 0
            for letter in place[1]:
                column = column * 26 + letter - 64
            yield int(place[2]) - 1, column - 1


# --- .ods --------------------------------------------------------------------------------------------------------


def _of_ods(archive: zipfile.ZipFile) -> dict[str, Marks]:
    """Rows and columns may stand for many by a repetition count."""
    marks: dict[str, Marks] = {}
    rows: set[int] = set()
    columns: set[int] = set()
    row = column = 0
    for kind, text in _ODS.findall(archive.read("content.xml")):
        each = _attributes(text)
        visibility = each.get(b"visibility", b"visible")
        if kind == b"table":
            rows, columns, row, column = set(), set(), 0, 0
            name = unescape(each.get(b"name", b"").decode("utf-8", "replace"))
            marks[name] = {"rows": rows, "columns": columns, "filtered": False, "unset": []}
        elif kind == b"table-row":
            many = int(each.get(b"number-rows-repeated", b"1"))
            if visibility != b"visible" and marks:
                rows.update(range(row, row + min(many, MAX_MARKS)))
                marks[name]["filtered"] = marks[name]["filtered"] or visibility == b"filter"
            row += many
        else:
            many = int(each.get(b"number-columns-repeated", b"1"))
            if visibility != b"visible":
                columns.update(range(column, column + min(many, 1_000)))
            column += many
    return {
        name: {**each, "rows": sorted(each["rows"]), "columns": sorted(each["columns"])} for name, each in marks.items()
    }


# --- .xls, .et ---------------------------------------------------------------------------------------------------

_BOUNDSHEET, _ROW_RECORD, _COLINFO, _FILTERMODE, _BOF, _EOF = 0x85, 0x208, 0x7D, 0x9B, 0x809, 0x0A


def _of_xls(stream: bytes) -> dict[str, Marks]:
    marks: dict[str, Marks] = {}
    for kind, body in _records(stream, 0):
        if kind == _BOUNDSHEET:
            (offset,) = struct.unpack_from("<I", body)
            marks[_short_text(body, 6)] = _of_substream(stream, offset)
        elif kind == _EOF:
            break
    return marks


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _short_text(body: bytes, at: int) -> str:
    """A BIFF8 string with a one-byte length: compressed Latin-1 or UTF-16."""
    length, wide = body[at], body[at + 1] & 1
    text = body[at + 2 : at + 2 + length * (1 + wide)]
    return text.decode("utf-16-le" if wide else "latin-1", "replace")


def _of_substream(stream: bytes, offset: int) -> Marks:
    rows: set[int] = set()
    columns: set[int] = set()
    filtered = False
    depth = 0
    for kind, body in _records(stream, offset):
        depth += (kind == _BOF) - (kind == _EOF)
        if kind == _ROW_RECORD and body[12] & 0x20:
            rows.add(struct.unpack_from("<H", body)[0])
        elif kind == _COLINFO and body[8] & 1:
            first, last = struct.unpack_from("<HH", body)
            columns.update(range(first, min(last + 1, 256)))
        filtered = filtered or kind == _FILTERMODE
        if depth == 0:
            break
    return _made(rows, columns, filtered, set())
