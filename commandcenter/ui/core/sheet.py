"""A form that takes the place of what it changes: title, fields, what went wrong, save and leave."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from commandcenter.base.errors import BadInput, Conflict
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
        self._blank: tuple[Any, ...] | None = None
        self._blank_fields: dict[str, Any] = {}
        self.is_sending = False
        """Whether its command is on its way: nobody begins afresh while it may still be carried out."""
        self.kept, self.trouble = StateBanner(self), StateBanner(self)
        self.kept.pressed.connect(self.afresh)
        self.save_button = Button(save_code, kind="primary", key="Enter")
        self.leave_button = Button("core.sheet.leave", kind="quiet", key="Esc")
        self.save_button.clicked.connect(self.submit)
        self.leave_button.clicked.connect(self.left)
        self._arrange(title_code)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)

    def follow(self, subject: Any) -> None:
        """The subject was changed meanwhile; only a form that shows its fields has to know."""

    def mark_blank(self) -> None:
        """It has just been opened: what stands in it now nobody typed."""
        self._blank = inputs.standing(self)
        self._blank_fields = {name: inputs.content(each) for name, each in self.form.widgets().items()}

    @property
    def is_begun(self) -> bool:
        """Whether something would be lost without it."""
        return self._blank is not None and inputs.standing(self) != self._blank

    @property
    def follows(self) -> bool:
        """Whether it takes what others change; one that does not must be made anew to know of it."""
        return type(self).follow is not Sheet.follow

    def take_over(self, left: "Sheet") -> bool:
        """Take what was typed into one of its kind that was made of older facts, field by field; whether anything was
        taken. What is no longer offered, or was not yet anything, is not."""
        taken = False
        for name, widget in self.form.widgets().items():
            old = left.form.widgets().get(name)
            if old is None or not widget.isEnabled() or inputs.content(old) == left._blank_fields.get(name):
                continue
            with suppress(BadInput, ValueError):
                inputs.carry_over(old, widget)
                taken = True
        return taken

    def tell_kept(self) -> None:
        """It is here again as it was left: say so, with the way to begin afresh."""
        if not self.is_sending:
            self.trouble.hide()  # it was said of what stood here then
            self.kept.say("core.sheet.kept", button="core.sheet.afresh")

    def tell_renewed(self) -> None:
        """What it is about has changed, and what was left in it fits no more: say that it is a new one."""
        self.kept.say("core.sheet.renewed")

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

    @Slot(QWidget, QWidget)
    def _focus_moved(self, _old: QWidget | None, now: QWidget | None) -> None:
        """Wherever the keys went in the form can be seen; while it opens, only once it has its size."""
        if now is not None and self.form.isAncestorOf(now):
            QTimer.singleShot(0, self, self._show_field)

    @Slot()
    def _show_field(self) -> None:
        field = QApplication.focusWidget()
        if field is not None and self.form.isAncestorOf(field):
            self.scrolling.ensureWidgetVisible(field)

    @Slot()
    def submit(self) -> None:
        """Save; what is refused is said here and everything typed stays."""
        command = self.command()
        if command is None:
            return
        self.save_button.setEnabled(False)
        self.is_sending = True
        self.kept.hide()
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
        self._answered()
        self.carried_out(outcome)
        self.saved.emit()

    def _answered(self) -> None:
        self.is_sending = False
        self.save_button.setEnabled(True)

    def _failed(self, error: BaseException) -> None:
        self._answered()
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


Make = Callable[[], Sheet]
"""What makes a form, of the facts of the moment."""


def is_outdated(sheet: Sheet, made_by: Make | None, make: Make) -> bool:
    """Whether a form that was put aside would be another one if it were made now: of facts that others changed, or of
    another row. One that follows changes never is, nor one whose command is on its way."""
    return not (sheet.follows or sheet.is_sending or _is_same(made_by, make))


def _is_same(one: Make | None, other: Make) -> bool:
    if isinstance(one, partial) and isinstance(other, partial):
        return (one.func, one.args, one.keywords) == (other.func, other.args, other.keywords)
    return one == other


def renewed(left: Sheet, fresh: Sheet) -> None:
    """A form stands in the place of one made of older facts: it has what was typed there, and says so."""
    if fresh.take_over(left):
        fresh.tell_kept()
    else:
        fresh.tell_renewed()


def begun_in(page: QWidget) -> int:
    """How many forms of a page hold something that is not saved."""
    return sum(each.keeps_draft and each.is_begun for each in page.findChildren(Sheet))

