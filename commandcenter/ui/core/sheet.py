"""A form that takes the place of what it changes: title, fields, what went wrong, save and leave."""

from typing import Any, ClassVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from commandcenter.base.errors import Conflict
from commandcenter.ui.core import inputs
from commandcenter.ui.core.forms import Form
from commandcenter.ui.core.sending import FixedId, Sender
from commandcenter.ui.core.widgets import Button, Label, StateBanner


class Sheet(QWidget):
    """One form about one subject. It keeps what was typed until it was saved, also when it is left.

    Signals: ``saved()`` after the command was carried out; ``left()`` on Escape or its button; ``afresh()`` when what
    was left in it is not wanted any more.
    """

    saved = Signal()
    left = Signal()
    afresh = Signal()
    keeps_draft: ClassVar[bool] = True
    """Whether it comes back as it was left; not what is read only, nor what must be decided in one go."""

    def __init__(self, title_code: str, save_code: str, sender: Sender, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sender = sender
        self.subject_id = ""
        self._fixed = FixedId()
        self.form = Form()
        self._blank: tuple[Any, ...] = ()
        self.kept, self.trouble = StateBanner(self), StateBanner(self)
        self.kept.pressed.connect(self.afresh)
        self.save_button = Button(save_code, kind="primary", key="Enter")
        self.leave_button = Button("core.sheet.leave", kind="quiet", key="Esc")
        self.save_button.clicked.connect(self.submit)
        self.leave_button.clicked.connect(self.left)
        self._arrange(title_code)

    def follow(self, subject: Any) -> None:
        """The subject was changed meanwhile; only a form that shows its fields has to know."""

    def mark_blank(self) -> None:
        """It has just been opened: what stands in it now nobody typed."""
        self._blank = inputs.standing(self)

    @property
    def is_begun(self) -> bool:
        """Whether something would be lost without it."""
        return inputs.standing(self) != self._blank

    def tell_kept(self) -> None:
        """It is here again as it was left: say so, with the way to begin afresh."""
        self.kept.say("core.sheet.kept", button="core.sheet.afresh")

    def _arrange(self, title_code: str) -> None:
        holder = QWidget()
        holder.setProperty("panel", "clear")
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(16, 8, 16, 8)
        inner.addWidget(self.form)
        inner.addStretch(1)
        self.scrolling = QScrollArea()
        self.scrolling.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a click beside the fields leaves the keys with them
        self.scrolling.setWidget(holder)
        self.scrolling.setWidgetResizable(True)
        self.scrolling.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 16, 4)
        head.addWidget(Label(title_code, "heading"), 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 8, 12, 10)
        foot.addWidget(self.save_button, 1)
        foot.addWidget(self.leave_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for each in (head, self.kept, self.trouble, self.scrolling, foot):
            if isinstance(each, QHBoxLayout):
                layout.addLayout(each)
            else:
                layout.addWidget(each, 1 if each is self.scrolling else 0)

    @Slot()
    def submit(self) -> None:
        """Save; what is refused is said here and everything typed stays."""
        command = self.command()
        if command is None:
            return
        self.save_button.setEnabled(False)
        self._sender.send(
            command, self.words(), done=self._carried_out, failed=self._failed, id=self._fixed.of(command)
        )

    def command(self) -> Any | None:
        """The command as the fields stand; None after saying what is missing."""
        raise NotImplementedError

    def words(self) -> str:
        """What it does, for the undo list."""
        raise NotImplementedError

    def conflict(self, error: Conflict) -> None:
        """Both changed the same field; only a form that edits can meet this."""
        self.say_trouble(error)

    def carried_out(self, outcome: Any) -> None:
        """The command was carried out: what is to be said or chosen then. The form closes afterwards."""

    def _carried_out(self, outcome: Any) -> None:
        self.save_button.setEnabled(True)
        self.carried_out(outcome)
        self.saved.emit()

    def _failed(self, error: BaseException) -> None:
        self.save_button.setEnabled(True)
        if isinstance(error, Conflict):
            self.conflict(error)
        else:
            self.say_trouble(error)

    def say_trouble(self, error: BaseException) -> None:
        """Say above the fields what went wrong; the form stays as it is."""
        self.trouble.say("core.sheet.trouble", tone="overdue", icon="refused", what=self._sender.sentence(error))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

