"""What goes out of the year's plan and what comes back: the table, calendars, the notice of a drill."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QPoint, QStandardPaths
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from commandcenter.base.files import write_whole
from commandcenter.base.texts import say
from commandcenter.services.season_plan import Basis
from commandcenter.ui.core.captions import caption
from commandcenter.ui.core.sheets import Sheets
from commandcenter.ui.core.tools import Tools

FOLDER = "export.folder"
"""The desk's setting: where the last table went."""


class Doors(QObject):
    """Files are chosen here, and made off the GUI thread; that they leave stands in the log before."""

    def __init__(self, tools: Tools, parent: QObject, taken: Callable[[Any], None]) -> None:
        """``taken`` gets the survey of a table that was read back."""
        super().__init__(parent)
        self._tools, self._taken = tools, taken
        self._sheets = Sheets(tools, self)

    # --- the plan table -----------------------------------------------------------------------------------------

    def table_out(self, year: int) -> None:
        """Ask whether drills without notice go along, then where."""
        menu = self._menu()
        for code, with_hidden in (("season.table.usual", False), ("season.table.with_hidden", True)):
            menu.addAction(say(code), partial(self._ask_table, year, with_hidden))
        self._pop(menu)

    def _ask_table(self, year: int, with_hidden: bool) -> None:
        from commandcenter.services import exporting

        session = self._tools.desk.session
        self._tools.desk.tasks.submit(
            "io", partial(exporting.file_name, session, "drills"), owner=self, failed=self._failed,
            done=lambda name: self._save(name, "xlsx", partial(self.write_table, year, with_hidden)),
        )  # fmt: skip

    def write_table(self, year: int, with_hidden: bool, path: Path) -> None:
        """Write the plan table of a year."""
        from commandcenter.formats.workbooks import write_table
        from commandcenter.services import exporting

        session = self._tools.desk.session
        work = partial(exporting.prepare, session, "drills", year=year, with_hidden=with_hidden)

        def out(prepared: Any) -> Path:
            write_table(path, [prepared.sheet], prepared.about)
            return path

        self._prepare(work, out)

    def table_back(self) -> None:
        """Ask for the edited table."""
        dialog = QFileDialog(QApplication.activeWindow(), say("season.table.choose"), self._folder(),
                             f"{say('season.table.kinds')} (*.xlsx *.et *.xls *.ods *.csv)")  # fmt: skip
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda chosen: self.read_table(Path(chosen)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def read_table(self, path: Path) -> None:
        """Read it, and hold it against the database."""
        from commandcenter.services import filing

        session = self._tools.desk.session
        self._tools.desk.tasks.submit(
            "io", lambda: filing.survey(session, filing.read("drills", path)), done=self._taken, failed=self._failed,
            owner=self, key="back",
        )  # fmt: skip

    # --- calendars ----------------------------------------------------------------------------------------------

    def calendar_out(self, basis: Basis) -> None:
        """Whose calendar: everybody's, a trainer's, a village's, a worker's."""
        menu = self._menu()
        menu.addAction(say("season.calendar.all"), partial(self._ask_calendar, "all", "", ""))
        people = self._tools.desk.directory.people
        workers = {id: each for (kind, id), each in people.items() if kind == "worker" and each.active}
        for whose, named in (
            ("trainer", basis.season.trainers), ("village", basis.villages),
            ("worker", {id: each.name for id, each in workers.items()}),
        ):  # fmt: skip
            inner = menu.addMenu(say(f"season.calendar.of_{whose}"))
            by_village: dict[str, QMenu] = {}
            for id, name in sorted(named.items(), key=lambda each: each[1]):
                into = inner
                if whose == "worker":
                    village = basis.villages.get(workers[id].village or "", "–")
                    if village not in by_village:
                        by_village[village] = inner.addMenu(caption(village))
                    into = by_village[village]
                into.addAction(caption(name), partial(self._ask_calendar, whose, id, name))
        self._pop(menu)

    def _ask_calendar(self, whose: str, id: str, name: str) -> None:
        self._save(f"{say('season.calendar.file', whose=name)}.ics", "ics", partial(self.write_calendar, whose, id))

    def write_calendar(self, whose: Any, id: str, path: Path) -> None:
        """Write a calendar to the chosen file."""
        from commandcenter.services import drill_calendars

        session = self._tools.desk.session
        self._prepare(
            partial(drill_calendars.prepare, session, whose, id), lambda made: write_whole(path, made.content)
        )

    # --- the notice ---------------------------------------------------------------------------------------------

    def print_notice(self, drill: str) -> None:
        """Make the notice of a drill and show it with this computer's own program."""
        self._sheets.open("drill_notice", drill)

    # ------------------------------------------------------------------------------------------------------------

    def _prepare(self, work: Callable[[], Any], out: Callable[[Any], Path]) -> None:
        """Read; note that it leaves; write."""
        desk = self._tools.desk

        def let_out(prepared: Any, _outcome: Any) -> None:
            desk.tasks.submit("io", partial(out, prepared), done=self._written, failed=self._failed, owner=self)

        def noted(prepared: Any) -> None:
            desk.send(prepared.note, owner=self, failed=self._failed, done=partial(let_out, prepared))

        desk.tasks.submit("io", work, done=noted, failed=self._failed, owner=self)

    def _written(self, path: Path) -> None:
        self._tools.notices.done(say("core.handout.saved", path=str(path)))

    def _failed(self, error: BaseException) -> None:
        self._tools.notices.show_error(error)

    def _save(self, name: str, ending: str, write: Callable[[Path], None]) -> None:
        dialog = QFileDialog(QApplication.activeWindow(), say("core.handout.save"), str(Path(self._folder()) / name))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)

        def chosen(path: str) -> None:
            self._tools.settings.set(FOLDER, str(Path(path).parent))
            write(Path(path))

        dialog.fileSelected.connect(chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _folder(self) -> str:
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return str(self._tools.settings.get(FOLDER) or "") or documents or str(Path.home())

    def _menu(self) -> QMenu:
        menu = QMenu(QApplication.activeWindow())
        menu.setObjectName("season.menu")
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _pop(self, menu: QMenu) -> None:
        focus = QApplication.focusWidget()
        menu.popup(focus.mapToGlobal(QPoint(0, focus.height() // 4)) if focus is not None else QCursor.pos())


def notice(reader: Any, drill: str, **more: Any) -> Any:
    """The sheet that is plugged in."""
    from commandcenter.services import papers

    return papers.drill_notice(reader, drill, **more)
