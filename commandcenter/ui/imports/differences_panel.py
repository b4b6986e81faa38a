"""The third step, second half: where the database holds something else, with both dates; one side chosen per column."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.formats.columns import SPECS
from commandcenter.services.filing import Difference
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import clear
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.rowtable import RowTable
from commandcenter.ui.core.tableview import TableView
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.core.widgets import Label
from commandcenter.ui.imports import words
from commandcenter.ui.imports.jobs import difference_column
from commandcenter.ui.imports.work import ImportWork

MOST = 5_000


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A difference in words; ``stands`` is whose value will stand: file or database."""

    id: str
    place: int
    difference: Difference
    field: str
    stands: str


@dataclass(slots=True)
class _Context:
    zone: tzinfo


def _database(row: DifferenceRow, _ctx: Any) -> str:
    return words.value_words(row.difference.field, row.difference.database) or say("imports.difference.empty")


def _file(row: DifferenceRow, _ctx: Any) -> str:
    return words.value_words(row.difference.field, row.difference.file) or say("imports.difference.empty")


def _since(row: DifferenceRow, ctx: Any) -> str:
    return words.moment(row.difference.since, ctx.zone)


def _dated(row: DifferenceRow, ctx: Any) -> str:
    return words.moment(row.difference.dated, ctx.zone)


COLUMNS: tuple[Column[DifferenceRow], ...] = (
    Column("row", "imports.problem.row", lambda row, _: str(row.difference.row), width=40, numeric=True,
           sort_key=lambda row: row.difference.row),
    Column("name", "imports.difference.name", lambda row, _: row.difference.name, width=62, fixed=True),
    Column("field", "imports.field", lambda row, _: row.field, width=92),
    Column("database", "imports.difference.database", _database, width=96, fixed=True, tooltip=_database,
           tone=lambda row, _: "accent" if row.stands == "database" else "muted"),
    Column("since", "imports.difference.since", _since, width=84, tone=lambda row, _: "muted"),
    Column("file", "imports.difference.file", _file, width=108, stretch=True, fixed=True, tooltip=_file,
           tone=lambda row, _: "accent" if row.stands == "file" else "muted"),
    Column("dated", "imports.difference.dated", _dated, width=84, tone=lambda row, _: "muted"),
)  # fmt: skip


class DifferencesPanel(QWidget):
    """Signals: ``cell_wanted(sheet or None, row number, column or -1)`` when a difference is chosen."""

    cell_wanted = Signal(object, int, int)

    def __init__(self, work: ImportWork, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._fields: tuple[tuple[str, int], ...] = ()
        self.strips: dict[str, ChoiceStrip] = {}
        look = theme.current()
        self._sides = QVBoxLayout()
        self._sides.setSpacing(look.space(1))
        self.table: RowTable[DifferenceRow] = RowTable(
            COLUMNS, key=lambda row: row.id, ctx=_Context(zone), order=lambda row: row.place, parent=self
        )
        nothing = Empty("imports.differences.none", "imports.differences.none.hint", "done")
        self.view = TableView(self.table, empty=nothing)
        self.view.setObjectName("imports.differences")
        hint = Label("imports.differences.hint", "muted")
        hint.setWordWrap(True)
        top = QVBoxLayout()
        top.setContentsMargins(look.space(4), 0, look.space(4), 0)
        top.addWidget(hint)
        top.addLayout(self._sides)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, look.space(2), 0, 0)
        column.setSpacing(look.space(2))
        column.addLayout(top)
        column.addWidget(self.view, 1)
        self.view.picked.connect(self._picked)

    def refresh(self) -> None:
        """Show how things stand; selection and scroll stay."""
        differences = self._work.differences
        names = self._names({each.field for each in differences} | set(self._work.sides))
        rows = [
            DifferenceRow(f"{each.sheet or ''}|{each.row}|{each.field}|{each.id}", place, each, names[each.field],
                          self._work.side(each.field))
            for place, each in enumerate(differences[:MOST])
        ]  # fmt: skip
        ids = {row.id for row in rows}
        self.table.remove([id for id in self.table.ids() if id not in ids])
        self.table.upsert(row for row in rows if self.table.row(row.id) != row)
        self._fill_sides(names)

    def _names(self, fields: Iterable[str]) -> dict[str, str]:
        read = self._work.read
        specs = SPECS[read.entity] if read is not None else ()
        headings = {each.field: each.column for each in self._work.differences if each.column}
        own = {spec.field for spec in specs}
        return {
            field: words.entity_field_name(field, specs) if field in own else
            headings.get(field) or words.entity_field_name(field, specs)
            for field in fields
        }  # fmt: skip

    def _fill_sides(self, names: dict[str, str]) -> None:
        """A line per field that differs; it stays while its values are chosen from the database."""
        counts: dict[str, int] = {}
        for each in self._work.differences:
            counts[each.field] = counts.get(each.field, 0) + 1
        for field in self._work.sides:
            counts.setdefault(field, 0)
        found = tuple(sorted(counts.items()))
        if found != self._fields:
            self._fields = found
            clear(self._sides)
            self.strips.clear()
            for field, count in found:
                self._add_side(field, names[field], count)
        for field, strip in self.strips.items():
            strip.choose(self._work.side(field))

    def _add_side(self, field: str, name: str, count: int) -> None:
        strip = ChoiceStrip((Choice("file", title_code="imports.side.file"),
                             Choice("database", title_code="imports.side.database")))  # fmt: skip
        strip.setObjectName(f"imports.side.{field}")
        strip.setProperty("field", field)
        strip.chosen.connect(self._side_chosen)
        row = QHBoxLayout()
        title = Label("imports.differences.field", "strong", name=name, count=count)
        row.addWidget(title, 1)
        row.addWidget(strip)
        self.strips[field] = strip
        self._sides.addLayout(row)

    @Slot(str)
    def _side_chosen(self, side: str) -> None:
        self._work.choose_side(str(self.sender().property("field")), "database" if side == "database" else "file")

    @Slot(object)
    def _picked(self, id: str | None) -> None:
        row, read = self.table.row(id or ""), self._work.read
        if row is not None and read is not None:
            each = row.difference
            column = difference_column(read, each)
            self.cell_wanted.emit(each.sheet, each.row, -1 if column is None else column)
