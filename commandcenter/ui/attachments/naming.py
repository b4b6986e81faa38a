"""The little form in which a file gets its name and a note."""

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base import texts
from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.services.attachments import ChangeAttachment
from commandcenter.ui.attachments.rows import FileRow
from commandcenter.ui.core import theme
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Form
from commandcenter.ui.core.sent import sent_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, StateBanner


class NamingSheet(QWidget):
    """Takes the list's place. What was typed stays until it was saved or left.

    Signals: ``left()`` when it is done.
    """

    left = Signal()

    def __init__(self, tools: Tools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._row: FileRow | None = None
        look = theme.current()
        self.trouble = StateBanner()
        self.form = Form()
        self.name, self.note = LineEdit(), LineEdit(say("attachments.note.hint"))
        self.form.add("name", "attachments.field.name", self.name)
        self.form.add("note", "attachments.field.note", self.note)
        self.save_button = Button("attachments.save_name", kind="primary", key="Enter")
        self.leave_button = Button("attachments.leave", kind="quiet", key="Esc")
        foot = QHBoxLayout()
        foot.addWidget(self.save_button)
        foot.addWidget(self.leave_button)
        foot.addStretch(1)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(look.px(12), look.px(6), look.px(12), 0)
        lines.addWidget(self.trouble)
        lines.addWidget(self.form)
        lines.addLayout(foot)
        lines.addStretch(1)
        self.save_button.clicked.connect(self.submit)
        self.leave_button.clicked.connect(self.left)
        self.name.submitted.connect(self.submit)
        self.note.submitted.connect(self.submit)
        self.setFocusProxy(self.name)

    def begin(self, row: FileRow) -> None:
        """Edit this file."""
        self._row = row
        self.trouble.hide()
        self.name.setText(row.own_name)
        self.note.setText(row.note)
        self.name.setFocus()
        stem = row.own_name.rpartition(".")[0]
        self.name.setSelection(0, len(stem))

    @Slot()
    def submit(self) -> None:
        """Save; what is refused is said above the fields."""
        row = self._row
        if row is None:
            return
        was = {"name": row.own_name, "note": row.note or None}
        typed = {"name": self.name.text().strip(), "note": self.note.text().strip() or None}
        changed = {field: value for field, value in typed.items() if value != was[field]}
        if not changed:
            self.left.emit()
            return
        self.save_button.setEnabled(False)
        command = ChangeAttachment(attachment=row.id, changed=changed, was={field: was[field] for field in changed})
        self._tools.desk.send(command, owner=self, done=self._saved, failed=self._failed)

    def _saved(self, outcome: Any) -> None:
        self.save_button.setEnabled(True)
        sent_of(self._tools.desk).remember(outcome, say("attachments.done.named", name=self.name.text().strip()))
        self.left.emit()

    def _failed(self, error: BaseException) -> None:
        self.save_button.setEnabled(True)
        if not isinstance(error, CommandCenterError):
            raise error
        self.trouble.say("attachments.trouble", tone="overdue", icon="refused", what=texts.current().error(error))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
