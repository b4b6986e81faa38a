"""A table out of the desk: choose the file, write down that it leaves, write it; nothing of it on the GUI thread."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QFileDialog

from commandcenter.base.texts import say
from commandcenter.ui.core.longwork import LongWork
from commandcenter.ui.core.runner import Report
from commandcenter.ui.core.tools import Tools

FOLDER = "export.folder"
"""The desk's setting: where the last table went."""


class Door(QObject):
    """Where tables leave the window of one desk, one at a time.

    Signals: ``moved(done, total)`` while a table is made (0 of 0: begun); ``over()`` when it is, or was given up.
    """

    moved = Signal(int, int)
    over = Signal()

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools.desk)
        self._tools = tools
        self._cancel: Callable[[], None] | None = None

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
        """Write the table to the chosen file; another that is being made goes on first."""
        if self._cancel is not None:
            self._tools.notices.refused(say("export.one_at_a_time"))
            return
        path = Path(chosen)
        self._tools.settings.set(FOLDER, str(path.parent))
        task = self._tools.desk.tasks.submit_long(
            "io", partial(_make, self._tools.desk.session, what, path), progress=self._progress,
            done=partial(self._write_down, path), failed=self._failed, owner=self,
        )  # fmt: skip
        self._cancel = task.cancel
        self.moved.emit(0, 0)

    def _progress(self, done: int, total: int) -> None:
        self.moved.emit(done, total)

    @property
    def is_busy(self) -> bool:
        """Whether a table is being made, which can be given up."""
        return self._cancel is not None

    @Slot()
    def give_up(self) -> None:
        """Nothing is written, and nothing stands in the log: the table was still being made."""
        if self._cancel is not None:
            self._cancel()
            self._over()
            self._tools.notices.info(say("export.given_up"))

    def _over(self) -> None:
        self._cancel = None
        self.over.emit()

    def _write_down(self, path: Path, made: Any) -> None:
        """It must stand in the log before it is in the file; from here on it is a moment, and not given up."""
        prepared, content = made
        self._over()
        self._tools.desk.send(
            prepared.note, owner=self, done=lambda _: self._write_out(path, prepared, content), failed=self._failed
        )

    def _write_out(self, path: Path, prepared: Any, content: bytes) -> None:
        from commandcenter.base.files import write_whole

        self._tools.desk.tasks.submit(
            "io", partial(write_whole, path, content),
            done=lambda _: self._written(path, len(prepared.sheet.rows)), failed=self._failed, owner=self,
        )  # fmt: skip

    def _written(self, path: Path, rows: int) -> None:
        self._tools.notices.done(say("export.done", count=rows, file=str(path)))

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self._over()
        self._tools.notices.show_error(error)


class Working(LongWork):
    """The footer's item: how far the table is that goes out, and the way to give it up."""

    def __init__(self, door: Door, _tools: Tools) -> None:
        super().__init__()
        self._door = door
        door.moved.connect(self._moved)
        door.over.connect(self.end)
        self.given_up.connect(door.give_up)
        if door.is_busy:
            self.begin("export.working")

    @Slot(int, int)
    def _moved(self, done: int, total: int) -> None:
        if not total:
            self.begin("export.working")
        elif self._door.is_busy:
            self.show_progress(done, total)


def _make(session: Any, what: str, path: Path, report: Report) -> Any:
    """On the io lane: the table as read, and the bytes of its file."""
    from commandcenter.formats.workbooks import check_ending, table_bytes
    from commandcenter.services import exporting

    check_ending(path)
    prepared = exporting.prepare(session, what)
    rows = len(prepared.sheet.rows)
    report(0, rows)
    return prepared, table_bytes(path, [prepared.sheet], prepared.about, report)
