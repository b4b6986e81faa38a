"""A scenario out of the window as a workbook, and back into it; nothing of it on the GUI thread."""

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools

FOLDER = "export.folder"
"""The desk's setting: where the last table went."""


class ScenarioFiles(QObject):
    """The door for workbooks of the library. Signals: ``taken(scenario id)`` after one was taken in."""

    taken = Signal(str)

    def __init__(self, tools: Tools, sender: Sender, parent: QWidget) -> None:
        super().__init__(parent)
        self._tools, self._sender, self._page = tools, sender, parent

    # --- out ----------------------------------------------------------------------------------------------------

    def begin_export(self, scenario: str) -> None:
        """Read it, ask where it goes with a name proposed, write down that it leaves, write it."""
        from commandcenter.services import scenario_files

        self._tools.desk.tasks.submit(
            "io", partial(scenario_files.prepare, self._tools.desk.session, scenario), done=self._ask,
            failed=self._failed, owner=self,
        )  # fmt: skip

    def _ask(self, prepared: Any) -> None:
        from commandcenter.services import scenario_files

        proposed = str(Path(self._folder()) / scenario_files.file_name(prepared.content))
        kinds = f"{say('export.kind.xlsx')} (*.xlsx)"
        dialog = QFileDialog(self._page, say("scenarios.export.choose"), proposed, kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.fileSelected.connect(partial(self.write, prepared))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write(self, prepared: Any, chosen: str) -> None:
        """It must stand in the log before it is in the file."""
        path = Path(chosen)
        self._tools.settings.set(FOLDER, str(path.parent))
        self._tools.desk.send(
            prepared.note, owner=self, done=lambda _: self._write_out(prepared, path), failed=self._failed
        )

    def _write_out(self, prepared: Any, path: Path) -> None:
        self._tools.desk.tasks.submit(
            "io", partial(prepared.write, path), done=self._written, failed=self._failed, owner=self
        )

    def _written(self, path: Path) -> None:
        self._tools.notices.done(say("scenarios.export.done", file=str(path)))

    # --- back ---------------------------------------------------------------------------------------------------

    def begin_import(self) -> None:
        """Ask which workbook."""
        dialog = QFileDialog(self._page, say("scenarios.import.choose"), self._folder(),
                             f"{say('export.kind.xlsx')} (*.xlsx *.et *.xls *.ods)")  # fmt: skip
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def take(self, chosen: str) -> None:
        """Read it in a child process, then take it in as one command."""
        from commandcenter.services import scenario_files

        self._tools.desk.tasks.submit(
            "io", partial(scenario_files.read, self._tools.desk.session, Path(chosen)), done=self._send,
            failed=self._failed, owner=self,
        )  # fmt: skip

    def _send(self, command: Any) -> None:
        self._sender.send(command, say("scenarios.done.import"), done=self._taken)

    def _taken(self, outcome: Any) -> None:
        value = outcome.value
        lines = [value["injects"], value["expectations"]]
        changed = len(value["changed"]) + sum(sum(each.values()) for each in lines)
        if not changed:
            self._tools.notices.info(say("scenarios.import.same"))
        else:
            self._sender.tell_done(say("scenarios.import.done", count=changed, edition=value["edition"]), outcome)
        self.taken.emit(value["scenario"])

    def _folder(self) -> str:
        known = str(self._tools.settings.get(FOLDER) or "")
        return known or QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self._tools.notices.show_error(error)
