"""The second step: which column is which field, and which sensitive ones are kept."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import theme
from commandcenter.ui.core.captions import caption
from commandcenter.ui.core.cards import clear
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.rowtable import RowTable
from commandcenter.ui.core.tableview import TableView
from commandcenter.ui.core.widgets import Label, divider
from commandcenter.ui.imports.meanings import FieldRow, SensitiveColumn, column_menu, field_rows, sensitive_columns
from commandcenter.ui.imports.work import ImportWork


def _name(row: FieldRow, _ctx: object) -> str:
    return f"{row.name} *" if row.required else row.name


def _from(row: FieldRow, _ctx: object) -> str:
    if row.column is None:
        return say("imports.field.missing") if row.required else say("imports.field.none")
    return f"{row.letter}  {row.heading}".strip()


COLUMNS: tuple[Column[FieldRow], ...] = (
    Column("name", "imports.field", _name, width=124, fixed=True,
           tone=lambda row, _: "text" if row.column is not None or row.required else "muted"),
    Column("from", "imports.field.from", _from, width=130, fixed=True,
           tone=lambda row, _: "overdue" if row.required and row.column is None
           else "muted" if row.column is None else "text"),
    Column("sample", "imports.field.sample", lambda row, _: row.sample, width=110, stretch=True,
           tone=lambda row, _: "muted"),
)  # fmt: skip


class ColumnsPanel(QWidget):
    """The fields of the list with their columns; Enter or a double click chooses another column."""

    def __init__(self, work: ImportWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._shown: tuple[SensitiveColumn, ...] = ()
        look = theme.current()
        self.table: RowTable[FieldRow] = RowTable(
            COLUMNS, key=lambda row: row.id, order=lambda row: row.place, parent=self
        )
        self.view = TableView(self.table)
        self.view.setObjectName("imports.fields")
        self._hint = Label("imports.columns.hint", "muted")
        self._hint.setWordWrap(True)
        self._lacking = Label("", "error")
        self._lacking.setWordWrap(True)
        self._sensitive = QVBoxLayout()
        self._sensitive.setSpacing(look.space(1))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, look.space(3), 0, look.space(2))
        column.setSpacing(look.space(2))
        top = QVBoxLayout()
        top.setContentsMargins(look.space(4), 0, look.space(4), 0)
        top.addWidget(Label("imports.columns.title", "heading"))
        top.addWidget(self._hint)
        top.addWidget(self._lacking)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        column.addWidget(divider())
        below = QVBoxLayout()
        below.setContentsMargins(look.space(4), 0, look.space(4), 0)
        below.addLayout(self._sensitive)
        column.addLayout(below)
        self.view.opened.connect(self.ask_column)

    def refresh(self) -> None:
        """Show how things stand."""
        file = self._work.file
        if file is None:
            return
        rows = field_rows(file)
        wanted = {row.id for row in rows}
        self.table.remove(id for id in self.table.ids() if id not in wanted)
        self.table.upsert(row for row in rows if self.table.row(row.id) != row)
        missing = [row.name for row in rows if row.required and row.column is None]
        self._lacking.setVisible(bool(missing))
        if missing:
            self._lacking.say("imports.columns.lacking", names=say("imports.join").join(missing))
        found = tuple(sensitive_columns(file))
        if found != self._shown or not self._sensitive.count():
            self._shown = found
            self._fill_sensitive(found)

    def _fill_sensitive(self, columns: Sequence[SensitiveColumn]) -> None:
        clear(self._sensitive)
        self._sensitive.addWidget(Label("imports.sensitive.title", "strong"))
        if not columns:
            self._sensitive.addWidget(Label("imports.sensitive.none", "muted"))
        for each in columns:
            if each.can_keep:
                box = QCheckBox(caption(say("imports.sensitive.keep", heading=each.heading, count=each.filled)))
                box.setObjectName(f"imports.keep.{each.name}")
                box.setChecked(each.is_kept)
                box.setProperty("sensitive", each.name)
                box.toggled.connect(self._kept)
                self._sensitive.addWidget(box)
            else:
                words = Label("imports.sensitive.left", "muted", heading=each.heading, count=each.filled)
                words.setWordWrap(True)
                self._sensitive.addWidget(words)
        if any(each.can_keep for each in columns):
            hint = Label("imports.sensitive.hint", "caption")
            hint.setWordWrap(True)
            self._sensitive.addWidget(hint)

    @Slot(bool)
    def _kept(self, is_kept: bool) -> None:
        self._work.set_keep(str(self.sender().property("sensitive")), is_kept)

    @Slot(str)
    def ask_column(self, field: str) -> None:
        """Ask from which column a field is taken."""
        file, place = self._work.file, self.table.place_of(field)
        if file is None or place is None:
            return
        menu = column_menu(file, field, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.triggered.connect(lambda entry: self._take(field, int(entry.data())))
        rect = self.view.visualRect(self.table.index(place, 1))
        menu.popup(self.view.viewport().mapToGlobal(rect.bottomLeft() + QPoint(0, 1)))

    def _take(self, field: str, column: int) -> None:
        file = self._work.file
        if file is None:
            return
        if column >= 0:
            self._work.set_meaning(file.pages[0].columns[column], field)
        else:
            at = next((index for spec, index in file.read.mapping.fields if spec.field == field), None)
            if at is not None:
                self._work.set_meaning(file.pages[0].columns[at], None)
