"""A page that lies over a room while one piece of work is done on it, and then is left."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.ui.core import theme
from commandcenter.ui.core.handout import documents
from commandcenter.ui.core.sending import refusal
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Label, StateBanner


class WorkPage(QWidget):
    """Its title, what it is about, and one main thing to do. Signals: ``left()`` on Escape, its button, or when the
    work is done; ``afresh()`` when what was left in it is not wanted any more."""

    left = Signal()
    afresh = Signal()

    def __init__(self, tools: Tools, main_button: Button) -> None:
        super().__init__()
        self._tools, self._desk = tools, tools.desk
        self.kept, self.trouble = StateBanner(), StateBanner()
        self.kept.pressed.connect(self.afresh)
        self._main_button = main_button
        main_button.clicked.connect(self.do_main)
        self.setProperty("panel", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def do_main(self) -> None:
        """The main thing, by its button or Ctrl+Enter."""
        raise NotImplementedError

    def tell_kept(self) -> None:
        """It is here again as it was left; nobody begins afresh while its work is under way."""
        if self._main_button.isEnabled():
            self.kept.say("core.sheet.kept", button="core.sheet.afresh")

    def lay_out(self, title_code: str, beside: Sequence[QWidget], body: QWidget) -> None:
        """The head with the title and what stands beside it, the last of these as wide as there is room; below, the
        page's own body."""
        look = theme.current()
        head = QHBoxLayout()
        head.setContentsMargins(look.space(4), look.space(3), look.space(4), look.space(2))
        head.setSpacing(look.space(3))
        head.addWidget(Label(title_code, "title"))
        for each in beside:
            head.addWidget(each, int(each is beside[-1]))
        leave = Button("core.sheet.leave", kind="quiet", key="Esc")
        leave.clicked.connect(self.left)
        head.addWidget(leave)
        head.addWidget(self._main_button)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addLayout(head)
        lines.addWidget(self.kept)
        lines.addWidget(self.trouble)
        lines.addWidget(body, 1)

    @staticmethod
    def scrolled(body: QWidget) -> QScrollArea:
        """A part of the page that scrolls."""
        made = QScrollArea()
        made.setWidget(body)
        made.setWidgetResizable(True)
        made.setProperty("panel", "surface")
        made.viewport().setProperty("panel", "surface")
        return made

    def ask_folder(self, title_code: str, start: Any, then: Callable[[str], None]) -> None:
        """Ask for a folder; ``start``: the one that is shown first, else the officer's documents."""
        dialog = self._dialog(title_code, start)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(then)
        dialog.open()

    def ask_files(self, title_code: str, start: Any, kinds: str, then: Callable[[Sequence[str]], None]) -> None:
        """Ask for files of some ``kinds``, told as a file dialog wants them."""
        dialog = self._dialog(title_code, start)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(kinds)
        dialog.filesSelected.connect(then)
        dialog.open()

    def _dialog(self, title_code: str, start: Any) -> QFileDialog:
        made = QFileDialog(self.window(), say(title_code), str(start or documents()))
        made.finished.connect(made.deleteLater)
        return made

    def tell_trouble(self, error: BaseException) -> None:
        """One clear sentence; a bug is raised where it is reported."""
        if not isinstance(error, CommandCenterError):
            raise error
        sentence = refusal(error, self._desk.live.town)
        self.trouble.say("core.sheet.trouble", tone="overdue", icon="refused", what=sentence)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape leaves, Ctrl+Enter does the main thing if it can be done."""
        with_ctrl = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and with_ctrl:
            if self._main_button.isEnabled():
                self.do_main()
        else:
            super().keyPressEvent(event)
