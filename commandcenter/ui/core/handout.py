"""Files for another program: opened from a private folder, or saved where the officer says."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from commandcenter.base import files
from commandcenter.base.texts import say
from commandcenter.ui.core.tools import Tools

Fetch = Callable[[], tuple[str, bytes]]
"""The file's name and bytes; runs on the io lane."""


class HandOut(QObject):
    """Fetches, writes and opens off the GUI thread; what goes wrong is told by the notices."""

    def __init__(self, tools: Tools, parent: QObject) -> None:
        super().__init__(parent)
        self._tools = tools

    def open(self, fetch: Fetch) -> None:
        """Show a file with the desktop's own program for its kind."""

        def work() -> Path:
            return files.for_opening(*fetch())

        self._tools.desk.tasks.submit("io", work, done=self._launch, failed=self._tools.notices.show_error, owner=self)

    def _launch(self, path: Path) -> None:
        if launch(path):
            self._tools.notices.info(say("core.handout.opened", name=path.name))
        else:
            self._tools.notices.trouble(say("core.handout.no_program", name=path.name))

    def save(self, name: str, fetch: Fetch, beside: QWidget) -> None:
        """Ask where (with ``name`` proposed), then write; a file that is there is replaced only after asking."""
        dialog = QFileDialog(beside, say("core.handout.save"), str(documents() / name))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        name_parts(dialog)
        dialog.fileSelected.connect(partial(self._save_to, fetch))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _save_to(self, fetch: Fetch, chosen: str) -> None:
        self.write(Path(chosen), fetch)

    def write(self, path: Path, fetch: Fetch) -> None:
        """Write to a chosen place."""

        def work() -> Path:
            return files.write_whole(path, fetch()[1])

        self._tools.desk.tasks.submit("io", work, done=self._saved, failed=self._tools.notices.show_error, owner=self)

    def _saved(self, path: Path) -> None:
        self._tools.notices.done(say("core.handout.saved", path=str(path)))


def launch(path: Path) -> bool:
    """Let the desktop open a file; whether it knows a program for it."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def documents() -> Path:
    """Where this user's papers are: a folder that is there."""
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(found) if found and Path(found).is_dir() else Path.home()


def name_parts(dialog: QFileDialog) -> None:
    """Name the parts of a file dialog that Qt's own Chinese leaves in English."""
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, say("core.files.where"))
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, say("core.files.kind"))
