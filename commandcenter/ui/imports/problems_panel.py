"""The third step, first half: every finding with row, column, value and what to do; choosing one goes to its cell."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.formats.problems import Problem, Severity
from commandcenter.formats.tables import letter
from commandcenter.ui.core import theme
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.columns import Tone as CellTone
from commandcenter.ui.core.copying import put_on_clipboard
from commandcenter.ui.core.rowtable import RowTable
from commandcenter.ui.core.tableview import TableView
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.core.widgets import Button, Chip, Label, Tone
from commandcenter.ui.imports import words
from commandcenter.ui.imports.finding_card import FindingCard
from commandcenter.ui.imports.work import ImportWork

MOST, MOST_COPIED = 5_000, 20_000
"""Findings that are listed, and copied, at once; a person repairs what the first have in common and looks again."""
SEVERITIES: tuple[Severity, ...] = ("refused", "note", "repaired")
"""By how much they want of a person: to correct, to look at, nothing."""
_TONES: dict[Severity, Tone] = {"refused": "overdue", "note": "neutral", "repaired": "neutral"}
_TOKENS: dict[Severity, CellTone] = {"refused": "overdue", "note": "text", "repaired": "muted"}


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A finding in words."""

    id: str
    place: tuple[int, int]
    problem: Problem
    where: str
    column: str
    sentence: str


def _value(row: ProblemRow, _ctx: object) -> str:
    return row.problem.value or ""


COLUMNS: tuple[Column[ProblemRow], ...] = (
    Column("severity", "imports.problem.severity", lambda row, _: say(f"imports.severity.{row.problem.severity}"),
           width=68, fixed=True, tone=lambda row, _: _TOKENS[row.problem.severity],
           sort_key=lambda row: row.place),
    Column("row", "imports.problem.row", lambda row, _: row.where, width=56, sort_key=lambda row: row.problem.row or 0),
    Column("column", "imports.problem.column", lambda row, _: row.column, width=88),
    Column("value", "imports.problem.value", _value, width=108, tone=lambda row, _: "muted",
           tooltip=_value),
    Column("what", "imports.problem.what", lambda row, _: row.sentence, width=240, stretch=True, fixed=True,
           tooltip=lambda row, _: row.sentence),
)  # fmt: skip


class ProblemsPanel(QWidget):
    """Signals: ``cell_wanted(sheet or None, row number, column or -1)`` when a finding is chosen; ``edit_wanted(…)``
    with the same when it is opened."""

    cell_wanted = Signal(object, int, int)
    edit_wanted = Signal(object, int, int)

    def __init__(self, work: ImportWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._listed: object = None
        self._severity: Severity | None = None
        self.chips: dict[Severity, Chip] = {}
        self.table: RowTable[ProblemRow] = RowTable(
            COLUMNS, key=lambda row: row.id, order=lambda row: row.place, parent=self
        )
        nothing = Empty("imports.problems.none", "imports.problems.none.hint", "done")
        self.view = TableView(self.table, empty=nothing, row_lines=2)
        self.view.setObjectName("imports.problems")
        self.copy_button = Button("imports.problems.copy", kind="quiet", icon="copy")
        self.copy_button.setObjectName("imports.problems.copy")
        self.card = FindingCard(work)
        self.ease = Label("imports.problems.ease", "muted")
        self.ease.setWordWrap(True)
        self.ease.setContentsMargins(theme.current().space(4), 0, theme.current().space(4), 0)
        self._more = Label("", "caption")
        self._more.setWordWrap(True)
        self._lay_out()
        self.view.picked.connect(self._picked)
        self.view.opened.connect(self._opened)
        self.copy_button.clicked.connect(self.copy)
        self.card.edit_asked.connect(self.edit_chosen)
        self.card.leave_out_asked.connect(self._leave_out)
        self.card.restore_asked.connect(self._restore)

    def _lay_out(self) -> None:
        look = theme.current()
        row = QHBoxLayout()
        row.setContentsMargins(look.space(4), 0, look.space(2), 0)
        row.setSpacing(look.space(2))
        group = QButtonGroup(self)
        group.setExclusive(False)
        for severity in SEVERITIES:
            chip = Chip("", _TONES[severity], clickable=True)
            chip.setCheckable(True)
            chip.setObjectName(f"imports.filter.{severity}")
            chip.setProperty("severity", severity)
            chip.clicked.connect(self._filter_chosen)
            group.addButton(chip)
            self.chips[severity] = chip
            row.addWidget(chip)
        row.addStretch(1)
        row.addWidget(self.copy_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, look.space(2), 0, 0)
        column.setSpacing(look.space(2))
        column.addLayout(row)
        column.addWidget(self.ease)
        column.addWidget(self.view, 1)
        column.addWidget(self._more)
        column.addWidget(self.card)

    # --- showing -------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show how things stand; selection and scroll stay."""
        counts = self._work.findings.counts
        for severity, chip in self.chips.items():
            name, count = say(f"imports.severity.{severity}"), counts.get(severity, 0)
            is_lit = count and self._severity in (None, severity)
            chip.show_state(f"{name} {count:,}", _TONES[severity] if is_lit else "neutral")
            chip.setAccessibleName(chip.text())
        self.view.fit("severity", (say(f"imports.severity.{each}") for each in self.chips))
        self._tell_ease()
        self._list()
        self.card.show_finding(self.chosen)

    def _tell_ease(self) -> None:
        """That nothing has to be corrected, and what becomes of the values that the database holds otherwise."""
        work = self._work
        total, kept = len(work.differences), work.kept
        found = sum(work.findings.counts.values())
        self.ease.setVisible(bool(found or total) and not work.refused)
        if not total:
            self.ease.say("imports.problems.ease")
        else:
            case = "kept" if kept == total else "taken" if not kept else "both"
            self.ease.say(f"imports.problems.ease.{case}", total=f"{total:,}", taken=f"{total - kept:,}",
                          kept=f"{kept:,}")  # fmt: skip

    def show_all(self) -> None:
        """Every finding: what was asked for of another file must not hide what is refused in this one."""
        self._severity = None
        for chip in self.chips.values():
            chip.setChecked(False)

    @property
    def chosen(self) -> Problem | None:
        """The finding that is chosen."""
        row = self.table.row(self.view.chosen() or "")
        return row.problem if row is not None else None

    def _list(self) -> None:
        rows = list(self._rows(self._wanted()[:MOST]))
        ids = {row.id for row in rows}
        self.table.remove([id for id in self.table.ids() if id not in ids])
        self.table.upsert(row for row in rows if self.table.row(row.id) != row)
        counts = self._work.findings.counts
        total = sum(counts.values()) if self._severity is None else counts.get(self._severity, 0)
        self._more.setVisible(total > len(rows))
        if total > len(rows):
            self._more.say("imports.problems.more", shown=f"{len(rows):,}", total=f"{total:,}")

    def _wanted(self) -> list[Problem]:
        """The findings that are asked for, those that want most of a person first."""
        asked = [each for each in self._work.findings.shown if self._severity in (None, each.severity)]
        return sorted(asked, key=lambda each: SEVERITIES.index(each.severity))

    def _rows(self, problems: Iterable[Problem]) -> Iterable[ProblemRow]:
        read = self._work.read
        several = read is not None and len(read.tables) > 1
        seen: dict[str, int] = {}
        for place, each in enumerate(problems):
            where = f"{each.row}" if each.row is not None else ""
            if several and each.sheet:
                where = f"{each.sheet} {where}"
            key = "|".join((each.sheet or "", where, each.column or "", each.code, each.severity))
            seen[key] = seen.get(key, 0) + 1
            cell = read.cell_of(each) if read is not None else None
            column = each.column or ""
            if read is not None and cell is not None:
                name = read.mapping.columns[cell[2]] if cell[2] < len(read.mapping.columns) else column
                column = name if read.map is not None else f"{letter(cell[2])} {name}"
            order = (SEVERITIES.index(each.severity), place)
            yield ProblemRow(f"{key}|{seen[key]}", order, each, where.strip(), column, words.sentence(each))

    @Slot()
    def _filter_chosen(self) -> None:
        chip = self.sender()
        chosen = next((each for each, known in self.chips.items() if known is chip), None)
        self._severity = chosen if chip is not None and chosen and self.chips[chosen].isChecked() else None
        for each, known in self.chips.items():
            known.setChecked(each == self._severity)
        self.refresh()

    # --- choosing ------------------------------------------------------------------------------------------------

    def step(self, by: int) -> None:
        """Choose the next finding, or the one before."""
        ids = self.table.ids()
        chosen = self.view.chosen()
        at = ids.index(chosen) + by if chosen in ids else (0 if by > 0 else len(ids) - 1)
        if 0 <= at < len(ids):
            self.view.choose(ids[at])
            self._picked(ids[at])

    @Slot(object)
    def _picked(self, id: str | None) -> None:
        self.card.show_finding(self.chosen)
        place = self._cell(id)
        if place is not None:
            self.cell_wanted.emit(*place)

    @Slot()
    def edit_chosen(self) -> None:
        """Correct the cell of the chosen finding."""
        self._opened(self.view.chosen() or "")

    @Slot(str)
    def _opened(self, id: str) -> None:
        place = self._cell(id)
        if place is not None:
            self.edit_wanted.emit(*place)

    @Slot()
    def _leave_out(self) -> None:
        problem = self.chosen
        if problem is not None and problem.row is not None:
            place = (problem.sheet, problem.row)
            self._work.leave_out(*place, place not in self._work.corrections.left_out)

    @Slot()
    def _restore(self) -> None:
        problem, read = self.chosen, self._work.read
        cell = read.cell_of(problem) if problem is not None and read is not None else None
        if cell is not None:
            self._work.fix(cell, None)

    def _cell(self, id: str | None) -> tuple[str | None, int, int] | None:
        row, read = self.table.row(id or ""), self._work.read
        if row is None or read is None or row.problem.row is None:
            return None
        cell = read.cell_of(row.problem)
        return (row.problem.sheet, row.problem.row, -1 if cell is None else cell[2])

    @Slot()
    def copy(self) -> None:
        """Put all findings that are asked for on the clipboard, for whoever keeps the file."""
        titles = [say(each.title_code) for each in COLUMNS]
        lines = [[column.text(row, None) for column in COLUMNS] for row in self._rows(self._wanted()[:MOST_COPIED])]
        put_on_clipboard(titles, lines)
