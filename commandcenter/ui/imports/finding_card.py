"""One finding in full below the list, and what can be done about it at once."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.formats.problems import Problem
from commandcenter.ui.core import theme
from commandcenter.ui.core.widgets import Button, Label
from commandcenter.ui.imports import words
from commandcenter.ui.imports.work import ImportWork


class FindingCard(QFrame):
    """Signals: ``edit_asked()``; ``leave_out_asked()``; ``restore_asked()``."""

    edit_asked = Signal()
    leave_out_asked = Signal()
    restore_asked = Signal()

    def __init__(self, work: ImportWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        look = theme.current()
        self.setProperty("panel", "raised")
        self.words = Label("", "")
        self.words.setWordWrap(True)
        self.words.setObjectName("imports.finding")
        self.edit = Button("imports.fix", icon="edit", key="Enter")
        self.edit.setObjectName("imports.fix")
        self.leave_out = Button("imports.leave_out", kind="quiet", icon="remove", key="Ctrl+-")
        self.leave_out.setObjectName("imports.leave_out")
        self.restore = Button("imports.restore", kind="quiet", icon="undo")
        self.restore.setObjectName("imports.restore")
        buttons = QHBoxLayout()
        buttons.setSpacing(look.space(2))
        for button in (self.edit, self.leave_out, self.restore):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(look.space(4), look.space(3), look.space(4), look.space(3))
        column.setSpacing(look.space(2))
        column.addWidget(self.words)
        column.addLayout(buttons)
        self.edit.clicked.connect(self.edit_asked)
        self.leave_out.clicked.connect(self.leave_out_asked)
        self.restore.clicked.connect(self.restore_asked)
        self.show_finding(None)

    @Slot(object)
    def show_finding(self, problem: Problem | None) -> None:
        """Show this one, or nothing."""
        self.setVisible(problem is not None)
        if problem is None:
            return
        read = self._work.read
        cell = read.cell_of(problem) if read is not None else None
        place = (problem.sheet, problem.row)
        is_out = place in self._work.corrections.left_out
        is_open = self._work.result is None
        self.words.show_text(words.sentence(problem))
        self.edit.setVisible(is_open and cell is not None and not is_out)
        self.leave_out.setVisible(is_open and problem.row is not None and (is_out or problem.severity != "note"))
        self.leave_out.say("imports.take_in" if is_out else "imports.leave_out")
        self.restore.setVisible(is_open and cell is not None and cell in self._work.corrections.cells)
