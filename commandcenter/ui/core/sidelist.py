"""The list at the left of a workspace: what can be narrowed down to, each with how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.rowtable import RowTable
from commandcenter.ui.core.tableview import TableView

ALL = ""
"""The id of the first line, which narrows nothing down."""


@dataclass(frozen=True, slots=True)
class SideRow:
    """One line; ``place`` is its place from the top."""

    id: str
    title: str
    count: int
    place: int


_COLUMNS: tuple[Column[SideRow], ...] = (
    Column("title", "core.side.title", lambda row, _: row.title, stretch=True, fixed=True),
    Column("count", "core.side.count", lambda row, _: f"{row.count:,}", width=44, numeric=True, fixed=True,
           tone=lambda row, _: "muted" if row.count else "disabled"),
)  # fmt: skip


class SideList(TableView):
    """Signals: ``picked(id)`` when a person chose a line; :data:`ALL` for the first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.lines: RowTable[SideRow] = RowTable(_COLUMNS, key=lambda row: row.id, order=lambda row: row.place)
        super().__init__(self.lines, parent=parent)
        self.lines.setParent(self)
        self.horizontalHeader().hide()
        self.setSelectionMode(TableView.SelectionMode.SingleSelection)

    def show_lines(self, lines: Sequence[tuple[str, str, int]]) -> None:
        """Show these (id, title, count); what is chosen stays chosen while it is there."""
        rows = [SideRow(id, title, count, place) for place, (id, title, count) in enumerate(lines)]
        gone = set(self.lines.ids()) - {row.id for row in rows}
        self.lines.remove(gone)
        self.lines.upsert(rows)
        if self.chosen() is None or self.chosen() in gone:
            self.choose(ALL)

    @property
    def chosen_line(self) -> str:
        """The id of the chosen line."""
        return self.chosen() or ALL
