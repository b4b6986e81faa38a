"""A fault of the program itself: caught wherever it happens, shown with a copy button, and the desk goes on."""

import platform
import traceback
import zlib
from dataclasses import dataclass
from types import TracebackType

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from commandcenter import __version__
from commandcenter.base.texts import say
from commandcenter.ui.core.widgets import Button, Label


@dataclass(frozen=True, slots=True)
class BugReport:
    """What a developer needs. ``place`` tells two faults apart, ``text`` may hold names that were on screen."""

    place: str
    summary: str
    text: str

    @classmethod
    def of(cls, error: BaseException, tb: TracebackType | None = None) -> "BugReport":
        """The report of an exception with its traceback."""
        frames = traceback.extract_tb(tb or error.__traceback__)
        steps = "|".join(f"{frame.filename}:{frame.lineno}" for frame in frames)
        place = f"{type(error).__name__} {zlib.crc32(steps.encode()):08x}"
        text = "".join(traceback.format_exception(type(error), error, tb or error.__traceback__))
        return cls(place, f"{type(error).__name__}: {error}"[:300], text)

    @property
    def full_text(self) -> str:
        """With the versions it happened on."""
        made_of = f"commandcenter {__version__} · PySide6 {pyside_version} · Python {platform.python_version()}"
        return f"{made_of} · {platform.platform()}\n\n{self.text}"


class BugWindow(QWidget):
    """Shows a report. It is no dialog: work goes on beside it."""

    def __init__(self, report: BugReport, times: int, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        self.setWindowTitle(say("core.bug.title"))
        self.resize(720, 460)
        self._text = report.full_text
        note = Label("core.bug.note", "muted")
        note.setWordWrap(True)
        box = QPlainTextEdit(self._text)
        box.setReadOnly(True)
        copy = Button("core.copy", kind="primary", icon="copy")
        copy.clicked.connect(self.copy)
        close = Button("core.close")
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addWidget(Label("core.bug.times", "caption", count=times), 1)
        foot.addWidget(close)
        foot.addWidget(copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(Label("core.bug.title", "title"))
        layout.addWidget(note)
        layout.addWidget(box, 1)
        layout.addLayout(foot)

    @Slot()
    def copy(self) -> None:
        """Put the report on the clipboard."""
        QGuiApplication.clipboard().setText(self._text)
