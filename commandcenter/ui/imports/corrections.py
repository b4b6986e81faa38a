"""What an officer corrected in a file before it is imported: cells, and rows that stay out. All of it can be undone."""

from dataclasses import dataclass, field

from commandcenter.services.filing import Cell

Place = tuple[str | None, int]
"""Sheet and row number."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One correction: the cell and what was corrected to before and after (None: the file's own); or a row that was
    left out or taken again, with ``row`` and the state after."""

    cell: Cell
    before: str | None = None
    after: str | None = None
    row: Place | None = None
    is_out: bool = False


@dataclass
class Corrections:
    """Cells by what they should say, rows by sheet and number, and the steps that led there."""

    cells: dict[Cell, str] = field(default_factory=dict)
    left_out: set[Place] = field(default_factory=set)
    _done: list[_Step] = field(default_factory=list)
    _undone: list[_Step] = field(default_factory=list)

    @property
    def can_undo(self) -> bool:
        """Whether something was corrected."""
        return bool(self._done)

    def fix(self, cell: Cell, text: str | None) -> bool:
        """A cell should say this (None: what the file says); whether that is new."""
        before = self.cells.get(cell)
        if before == text:
            return False
        self._do(_Step(cell, before, text))
        return True

    def leave_out(self, row: Place, is_out: bool) -> bool:
        """A row is not to be imported, or is after all; whether that is new."""
        if (row in self.left_out) == is_out:
            return False
        self._do(_Step((row[0], row[1], 0), row=row, is_out=is_out))
        return True

    def undo(self) -> Cell | None:
        """Take the last step back; where it was."""
        if not self._done:
            return None
        step = self._done.pop()
        self._undone.append(step)
        self._put(step, step.before, not step.is_out)
        return step.cell

    def redo(self) -> Cell | None:
        """Do again what was taken back last; where it was."""
        if not self._undone:
            return None
        step = self._undone.pop()
        self._done.append(step)
        self._put(step, step.after, step.is_out)
        return step.cell

    def _do(self, step: _Step) -> None:
        self._done.append(step)
        self._undone.clear()
        self._put(step, step.after, step.is_out)

    def _put(self, step: _Step, text: str | None, is_out: bool) -> None:
        if step.row is not None:
            (self.left_out.add if is_out else self.left_out.discard)(step.row)
        elif text is None:
            self.cells.pop(step.cell, None)
        else:
            self.cells[step.cell] = text
