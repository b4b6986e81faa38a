"""A table out of the desk: choose the file, write down that it leaves, write it; nothing of it on the GUI thread."""

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QFileDialog

from commandcenter.base.texts import say
from commandcenter.ui.core.tools import Tools

FOLDER = "export.folder"
"""The desk's setting: where the last table went."""


class Door(QObject):
    """Where tables leave the window of one desk."""

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools.desk)
        self._tools = tools

    def offer(self, tables: tuple[str, ...]) -> None:
        """Let one of several tables be chosen, where the hand is: under the button, or at the mouse."""
        window, focus = QApplication.activeWindow(), QApplication.focusWidget()
        if window is None:
            return
        menu = self._tools.actions.menu([f"export.{table}" for table in tables], window)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(focus.mapToGlobal(QPoint(0, focus.height())) if focus is not None else QCursor.pos())

    def begin(self, what: str) -> None:
        """Ask where the table goes, with a name proposed."""
        from commandcenter.services import exporting

        self._tools.desk.tasks.submit(
            "io", partial(exporting.file_name, self._tools.desk.session, what), done=partial(self._ask, what),
            failed=self._failed, owner=self,
        )  # fmt: skip

    def _ask(self, what: str, name: str) -> None:
        from commandcenter.ui.core.handout import documents, name_parts

        folder = Path(str(self._tools.settings.get(FOLDER) or documents()))
        kinds = f"{say('export.kind.xlsx')} (*.xlsx);;{say('export.kind.csv')} (*.csv)"
        proposed = str((folder if folder.is_dir() else documents()) / name)
        dialog = QFileDialog(QApplication.activeWindow(), say("export.choose"), proposed, kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        name_parts(dialog)
        dialog.fileSelected.connect(partial(self.write, what))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write(self, what: str, chosen: str) -> None:
        """Write the table to the chosen file."""
        from commandcenter.services import exporting

        path = Path(chosen)
        self._tools.settings.set(FOLDER, str(path.parent))
        self._tools.desk.tasks.submit(
            "io", partial(exporting.prepare, self._tools.desk.session, what), done=partial(self._write_down, path),
            failed=self._failed, owner=self,
        )  # fmt: skip

    def _write_down(self, path: Path, prepared: Any) -> None:
        """It must stand in the log before it is in the file."""
        self._tools.desk.send(
            prepared.note, owner=self, done=lambda _: self._write_out(path, prepared), failed=self._failed
        )

    def _write_out(self, path: Path, prepared: Any) -> None:
        from commandcenter.formats.workbooks import write_table

        self._tools.desk.tasks.submit(
            "io", partial(write_table, path, [prepared.sheet], prepared.about),
            done=lambda _: self._written(path, len(prepared.sheet.rows)), failed=self._failed, owner=self,
        )  # fmt: skip

    def _written(self, path: Path, rows: int) -> None:
        self._tools.notices.done(say("export.done", count=rows, file=str(path)))

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self._tools.notices.show_error(error)
