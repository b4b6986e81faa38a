"""Workbooks made on the spot: .xlsx by openpyxl, .xls (and .et) by a small writer of our own."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """A sheet to be written. Merged ranges, rows and columns count from 0."""

    name: str
    rows: Rows
    merged: Sequence[tuple[int, int, int, int]] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)


def write_xlsx(path: Path, *sheets: SheetPlan) -> Path:
    """An .xlsx as openpyxl writes it."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for plan in sheets:
        sheet = book.create_sheet(plan.name)
        for row in plan.rows:
            sheet.append(list(row))
        for top, left, bottom, right in plan.merged:
            sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
        for row in plan.hidden_rows:
            sheet.row_dimensions[row + 1].hidden = True
        for column in plan.hidden_columns:
            sheet.column_dimensions[openpyxl.utils.get_column_letter(column + 1)].hidden = True
        for (row, column), text in plan.formulas.items():
            sheet.cell(row + 1, column + 1, text)
    book.save(path)
    return path


def write_xls(path: Path, *sheets: SheetPlan) -> Path:
    """A BIFF8 workbook in a compound file: what Excel 97–2003 and WPS (.et) write, as far as tests need it."""
    path.write_bytes(_compound(_workbook(sheets)))
    return path


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _text(text: str, length: str) -> bytes:
    return struct.pack(f"<{length}B", len(text), 1) + text.encode("utf-16-le")


def _bof(kind: int) -> bytes:
    return _record(0x809, struct.pack("<HHHHII", 0x600, kind, 0x0DBB, 0x07CC, 0, 6))


def _workbook(sheets: Sequence[SheetPlan]) -> bytes:
    head = _bof(0x5) + _record(0x42, struct.pack("<H", 1200))
    bodies = [_sheet(plan) for plan in sheets]
    names = [_text(plan.name, "B") for plan in sheets]
    at = len(head) + sum(4 + 6 + len(name) for name in names) + 4
    bounds = b""
    for name, body in zip(names, bodies, strict=True):
        bounds += _record(0x85, struct.pack("<IBB", at, 0, 0) + name)
        at += len(body)
    return head + bounds + _record(0x0A) + b"".join(bodies)


def _sheet(plan: SheetPlan) -> bytes:
    width = max((len(row) for row in plan.rows), default=0)
    out = [_bof(0x10)]
    for column in sorted(plan.hidden_columns):
        out.append(_record(0x7D, struct.pack("<HHHHHH", column, column, 2048, 15, 1, 0)))
    out.append(_record(0x200, struct.pack("<IIHHH", 0, len(plan.rows), 0, width, 0)))
    for number, row in enumerate(plan.rows):
        options = 0x100 | (0x20 if number in plan.hidden_rows else 0)
        out.append(_record(0x208, struct.pack("<HHHHHHHH", number, 0, width, 255, 0, 0, options, 15)))
        for column, cell in enumerate(row):
            place = struct.pack("<HHH", number, column, 15)
            if isinstance(cell, (int, float)) and not isinstance(cell, bool):
                out.append(_record(0x203, place + struct.pack("<d", cell)))
            elif cell is not None:
                out.append(_record(0x204, place + _text(str(cell), "H")))
    if plan.merged:
        ranges = b"".join(struct.pack("<HHHH", area[0], area[2], area[1], area[3]) for area in plan.merged)
        out.append(_record(0xE5, struct.pack("<H", len(plan.merged)) + ranges))
    return b"".join([*out, _record(0x0A)])


_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def _compound(stream: bytes) -> bytes:
    """One stream named Workbook, large enough to need no mini stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\x00")
    parts = len(stream) // 512
    tables = 1
    while tables * 128 < parts + 1 + tables:
        tables += 1
    chain = [*range(1, parts), _END, _END, *([_TABLE] * tables)]
    chain += [_FREE] * (tables * 128 - len(chain))
    header = struct.pack(
        "<8s16sHHHHHHIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, tables,
        parts, 0, 4096, _END, 0, _END, 0,
    )  # fmt: skip
    difat = [parts + 1 + each for each in range(tables)] + [_FREE] * (109 - tables)
    entries = (_entry("Root Entry", 5, _END, 0, child=1), _entry("Workbook", 2, 0, len(stream)), _entry("", 0, 0, 0))
    directory = b"".join((*entries, entries[-1]))
    return header + struct.pack("<109I", *difat) + stream + directory + struct.pack(f"<{tables * 128}I", *chain)


def _entry(name: str, kind: int, first: int, size: int, *, child: int = _FREE) -> bytes:
    words = name.encode("utf-16-le")
    length = len(words) + 2 if name else 0
    head = words.ljust(64, b"\x00") + struct.pack("<HBBIII", length, kind, 1, _FREE, _FREE, child)
    return head + b"\x00" * 36 + struct.pack("<IQ", first, size)
