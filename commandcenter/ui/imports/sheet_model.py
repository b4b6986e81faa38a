"""The sheet as the file holds it: every row with its number, corrections over it, problems beside it.

A sheet may have 200,000 rows; nothing is copied: the model hands out what is asked for and keeps what differs.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal

from commandcenter.formats.cleaning import written
from commandcenter.formats.mapfiles import MapFile
from commandcenter.formats.problems import Problem, Severity
from commandcenter.formats.tables import Fill, LeftRow, Table, letter
from commandcenter.ui.core.rowtable import Index

Line = tuple[int, tuple[object, ...], str]
"""A row: its number in the file, its cells, and the code of why it is left out ("" for a row of the table)."""
LEFT_OUT = "row.left_out"
"""The code of a row that an officer left out."""
TITLE_ROWS = frozenset({"row.above", "row.across", "row.notes"})
"""Codes of rows that may be one sentence across the sheet."""
WORST: tuple[Severity, ...] = ("refused", "repaired", "note")


class SheetRole(IntEnum):
    """What the delegate asks of a cell besides Qt's own roles."""

    LEFT = int(Qt.ItemDataRole.UserRole) + 1
    """The code of why the row is left out, or ""."""
    MARK = LEFT + 1
    """The worst severity of what was found in the cell, or None."""
    IS_FIXED = LEFT + 2
    IS_FILLED = LEFT + 3
    """The cell is empty in the file and was filled from the one above it."""
    IS_CHANGED = LEFT + 4
    """The database holds something else."""


@dataclass(frozen=True)
class SheetPage:
    """One sheet, made off the GUI thread. ``lines`` are in the order of the file."""

    sheet: str | None
    columns: tuple[str, ...]
    lines: Sequence[Line]
    filled: Mapping[tuple[int, int], Fill] = field(default_factory=dict)
    titles: tuple[int, ...] = ()
    """Places in ``lines`` of rows that are one sentence across the sheet."""
    is_map: bool = False

    @property
    def numbers(self) -> list[int]:
        """The row numbers, ascending."""
        return [line[0] for line in self.lines]


def page_of_table(table: Table) -> SheetPage:
    """The rows of a table and those that are none of it, in the order of the file."""
    lines = [(row.number, row.cells, row.code if isinstance(row, LeftRow) else "") for row in table.shown()]
    titles = tuple(
        place for place, (_, cells, code) in enumerate(lines)
        if code in TITLE_ROWS and sum(1 for cell in cells if cell is not None) == 1 and cells[0] is not None
    )  # fmt: skip
    return SheetPage(table.sheet, table.columns, lines, table.filled, titles)


def page_of_map(file: MapFile) -> SheetPage:
    """The attributes of a map file's features."""
    names = file.columns
    lines = [(each.row, tuple(each.properties.get(name) for name in names), "") for each in file.features]
    return SheetPage(None, names, lines, is_map=True)


class SheetModel(QAbstractTableModel):
    """Shows one :class:`SheetPage`. Signals: ``fixed(row number, column, text)`` when a person corrected a cell."""

    fixed = Signal(int, int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._page = SheetPage(None, (), ())
        self._numbers: list[int] = []
        self._fixes: Mapping[tuple[int, int], str] = {}
        self._found: Mapping[tuple[int, int], Sequence[Problem]] = {}
        self._changed: frozenset[tuple[int, int]] = frozenset()
        self._verdicts: Mapping[int, str] = {}
        self._left_out: frozenset[int] = frozenset()
        self.is_editable = True

    @property
    def page(self) -> SheetPage:
        """What is shown."""
        return self._page

    def show_page(self, page: SheetPage) -> None:
        """Show another sheet."""
        self.beginResetModel()
        self._page, self._numbers = page, page.numbers
        self._fixes, self._found, self._changed, self._verdicts = {}, {}, frozenset(), {}
        self._left_out = frozenset()
        self.endResetModel()

    def show_findings(self, fixes: Mapping[tuple[int, int], str], found: Mapping[tuple[int, int], Sequence[Problem]],
                      changed: frozenset[tuple[int, int]] = frozenset(),
                      verdicts: Mapping[int, str] | None = None,
                      left_out: frozenset[int] = frozenset()) -> None:  # fmt: skip
        """Corrections, problems and differences by (row number, column), -1 for a whole row; verdicts and the rows that
        an officer left out by row number."""
        self._left_out = left_out
        self._fixes, self._found, self._changed = fixes, found, changed
        self._verdicts = verdicts or {}
        if self._numbers and self._page.columns:
            last = self.index(len(self._numbers) - 1, len(self._page.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last, [])
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(self._numbers) - 1)

    def number_at(self, row: int) -> int:
        """The number in the file of a row of the model."""
        return self._numbers[row]

    def row_of(self, number: int) -> int | None:
        """The row of the model that shows this row of the file."""
        place = bisect_left(self._numbers, number)
        return place if place < len(self._numbers) and self._numbers[place] == number else None

    def left_code(self, row: int) -> str:
        """Why a row is left out, or ""."""
        return LEFT_OUT if self._numbers[row] in self._left_out else self._page.lines[row][2]

    def is_row(self, row: int) -> bool:
        """Whether it is a row of the table, be it left out by an officer."""
        return not self._page.lines[row][2]

    def problems_at(self, row: int, column: int) -> Sequence[Problem]:
        """What was found in a cell; column -1 for the row as a whole."""
        return self._found.get((self._numbers[row], column), ())

    def verdict_at(self, row: int) -> str | None:
        """What an import would make of a row, as far as it is known."""
        return self._verdicts.get(self._numbers[row])

    def text_at(self, row: int, column: int) -> str:
        """What the cell shows: the correction, else what the file holds."""
        fixed = self._fixes.get((self._numbers[row], column))
        return self._written(row, column) if fixed is None else fixed

    def _written(self, row: int, column: int) -> str:
        cells = self._page.lines[row][1]
        return written(cells[column]) if column < len(cells) else ""

    # --- Qt ------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Qt: rows of the sheet."""
        return 0 if parent.isValid() else len(self._numbers)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Qt: columns of the sheet."""
        return 0 if parent.isValid() else len(self._page.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: what a cell says."""
        if not index.isValid() or index.row() >= len(self._numbers):
            return None
        row, column = index.row(), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text_at(row, column)
        if role == SheetRole.LEFT:
            return self.left_code(row)
        at = (self._numbers[row], column)
        if role == SheetRole.MARK:
            return _worst(self._found.get(at, ()))
        if role == SheetRole.IS_FIXED:
            return at in self._fixes
        if role == SheetRole.IS_FILLED:
            return at in self._page.filled
        if role == SheetRole.IS_CHANGED:
            return at in self._changed
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Qt: a person corrects a cell; whoever listens to ``fixed`` decides what becomes of it."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid() or not self.is_editable:
            return False
        text = str(value)
        if text == self.text_at(index.row(), index.column()):
            return False
        self.fixed.emit(self._numbers[index.row()], index.column(), text)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Qt: rows of the table can be corrected, those left out only looked at."""
        flags = super().flags(index)
        if index.isValid() and self.is_editable and not self.left_code(index.row()):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: letters above, as Excel shows them (attributes of a map by name), row numbers at the left."""
        if role != Qt.ItemDataRole.DisplayRole or section < 0:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(self._numbers[section]) if section < len(self._numbers) else None
        if section >= len(self._page.columns):
            return None
        return self._page.columns[section] if self._page.is_map else letter(section)


def _worst(found: Sequence[Problem]) -> Severity | None:
    present = {each.severity for each in found}
    return next((each for each in WORST if each in present), None)
