"""The fourth step: what was written, in large figures, and the one button that takes all of it back."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from commandcenter.ui.core import icons, theme
from commandcenter.ui.core.cards import clear, figures
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Label
from commandcenter.ui.imports.times import zone_of
from commandcenter.ui.imports.work import ImportWork

HOME = {"villages": "grids", "grids": "grids", "gazetteer": "grids", "workers": "people", "contacts": "people",
        "duty_holders": "people", "households": "households", "training_records": "courses", "drills": "drills",
        "kit_register": "kits", "stock_ledger": "stores", "attention": "attention"}  # fmt: skip
"""The workspace in which what was imported is seen."""


class ResultPage(QWidget):
    """Signals: ``undo_asked()``; ``another_asked()``; ``look_asked(workspace)``."""

    undo_asked = Signal()
    another_asked = Signal()
    look_asked = Signal(str)

    def __init__(self, tools: Tools, work: ImportWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools, self._work = tools, work
        look = theme.current()
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = Label("", "title")
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.about = Label("", "muted")
        self.about.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.about.setWordWrap(True)
        self._figures = QHBoxLayout()
        self.notes = Label("", "muted")
        self.notes.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.undo = Button("imports.undo", icon="undo", key="Ctrl+Z")
        self.undo.setObjectName("imports.undo")
        self.another = Button("imports.another", kind="secondary", icon="import")
        self.another.setObjectName("imports.another")
        self.look = Button("imports.look", kind="quiet", icon="next")
        self.look.setObjectName("imports.look")
        self.undo.clicked.connect(self.undo_asked)
        self.another.clicked.connect(self.another_asked)
        self.look.clicked.connect(self._look)
        buttons = QHBoxLayout()
        buttons.setSpacing(look.space(2))
        buttons.addStretch(1)
        for button in (self.undo, self.another, self.look):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(look.space(4))
        column.addStretch(2)
        column.addWidget(self._picture)
        column.addWidget(self.title)
        column.addWidget(self.about)
        column.addLayout(self._figures)
        column.addWidget(self.notes)
        column.addLayout(buttons)
        column.addStretch(3)
        work.changed.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """Show how things stand."""
        result = self._work.result
        if result is None:
            return
        look, is_undone = theme.current(), self._work.is_undone
        name, token = ("undo", "muted") if is_undone else ("done", "ok")
        self._picture.setPixmap(icons.pixmap(name, look.px(48), token, self.devicePixelRatioF()))
        self.title.say("imports.result.undone" if is_undone else "imports.result.done", file=self._work.name)
        written = self._work.written_at or self._tools.desk.now()
        self.about.say("imports.result.undone.about" if is_undone else "imports.result.about",
                       when=f"{written.astimezone(zone_of(self._tools)):%H:%M}", who=self._work.written_by)  # fmt: skip
        clear(self._figures)
        self._figures.addStretch(1)
        self._figures.addWidget(figures((
            (f"{result.new:,}", "imports.count.new"), (f"{result.changed:,}", "imports.count.changed"),
            (f"{result.same:,}", "imports.count.same"), (f"{result.refused:,}", "imports.count.refused"),
        )))  # fmt: skip
        self._figures.addStretch(1)
        counts = self._work.findings.counts
        self.notes.setVisible(any(counts.values()) and not is_undone)
        self.notes.say("imports.result.notes", repaired=counts.get("repaired", 0), notes=counts.get("note", 0))
        self.undo.setEnabled(not is_undone and self._work.busy is None)
        self.look.setVisible(not is_undone)

    @Slot()
    def _look(self) -> None:
        self.look_asked.emit(HOME.get(self._work.what or "", "grids"))
