"""The first start asks three things: our town, whether to import now, who is on duty. Nothing typed is lost."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFormLayout, QPushButton, QVBoxLayout, QWidget

from commandcenter.base import texts
from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.services.first_steps import Answers
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.runner import Runner
from commandcenter.ui.shell.labels import labelled


class FirstStart(QWidget):
    """Signals: ``finished(officer id, whether the import window is to be opened)``."""

    finished = Signal(str, bool)

    def __init__(self, set_up: Callable[[Answers], str], tasks: Runner) -> None:
        """``set_up`` makes the database of the answers, off the GUI thread."""
        super().__init__()
        self._set_up = set_up
        self._tasks = tasks
        self._town, self._code, self._officer = LineEdit(), LineEdit(), LineEdit()
        self._import = QCheckBox(say("first.import_now"))
        self._import.setChecked(True)
        self._error = labelled("error")
        self._error.setWordWrap(True)
        self._go = QPushButton(say("first.go"))
        self._go.setProperty("kind", "primary")
        self._go.clicked.connect(self._begin)
        self.setWindowTitle(say("shell.program"))
        self.setObjectName("window")
        self._lay_out()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.addRow(labelled("heading", say("first.town_question")))
        form.addRow(say("first.town"), self._town)
        form.addRow(say("first.code"), self._code)
        form.addRow(labelled("heading", say("first.import_question")))
        form.addRow(self._import)
        form.addRow(labelled("muted", say("first.import_about")))
        form.addRow(labelled("heading", say("first.officer_question")))
        form.addRow(say("first.officer"), self._officer)
        for edit, hint in ((self._town, "first.town_hint"), (self._code, "first.code_hint")):
            edit.setPlaceholderText(say(hint))
        for edit in (self._town, self._code, self._officer):
            edit.submitted.connect(self._begin)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(40, 32, 40, 32)
        layout.setSpacing(16)
        layout.addWidget(labelled("title", say("first.title")))
        layout.addWidget(labelled("muted", say("first.note")))
        layout.addLayout(form)
        layout.addWidget(self._error)
        layout.addWidget(self._go, alignment=Qt.AlignmentFlag.AlignRight)
        layout.addStretch(1)
        self.resize(640, 520)

    @Slot()
    def _begin(self) -> None:
        answers = self._answers()
        if not answers.town or not answers.officer:
            self._error.setText(say("first.missing_officer" if answers.town else "first.missing_town"))
            (self._officer if answers.town else self._town).setFocus()
            return
        self._error.setText(say("first.working"))
        self._go.setEnabled(False)
        self._tasks.submit("io", partial(self._set_up, answers), done=self._done, failed=self._failed, owner=self)

    def _answers(self) -> Answers:
        return Answers(*(each.text_with_preedit().strip() for each in (self._town, self._code, self._officer)))

    @Slot(object)
    def _done(self, officer: str) -> None:
        self.finished.emit(officer, self._import.isChecked())

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self._go.setEnabled(True)
        if not isinstance(error, CommandCenterError):
            raise error
        self._error.setText(texts.current().error(error))
        if error.code == "town.code":
            self._code.setFocus()
            self._code.selectAll()
