"""The one import window of a desk: made when first asked for, gone with the desk's window."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QApplication, QMainWindow
from shiboken6 import isValid

from commandcenter.ui.core.tools import Tools

if TYPE_CHECKING:
    from commandcenter.ui.imports.window import ImportWindow


class Door(QObject):
    """Opens the window from wherever it is asked for."""

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools.desk)
        self._tools = tools
        self._window: ImportWindow | None = None
        self._desk_window: QMainWindow | None = None
        tools.actions.done.connect(self._action_done)
        tools.desk.destroyed.connect(self._desk_gone)

    @property
    def window(self) -> "ImportWindow | None":
        """The window, None before it was first opened."""
        return self._window if self._window is not None and isValid(self._window) else None

    def made(self) -> "ImportWindow":
        """The window, made if there is none; the start of the desk does not wait for its parts."""
        if self.window is None:
            from commandcenter.ui.imports.window import ImportWindow

            self._window = ImportWindow(self._tools)
            self._window.look_asked.connect(self._look)
            self._tools.actions.attach(self._window, but=frozenset({"edit.undo", "edit.redo"}))
            self._watch_desk_window()
        assert self._window is not None
        return self._window

    def open(self) -> None:
        """Show the window as it was left."""
        self.made().begin()

    def open_grids(self) -> None:
        """Show the window for grids."""
        self.made().begin("grids")

    def open_households(self) -> None:
        """Show the window for households."""
        self.made().begin("households")

    def open_training(self) -> None:
        """Show the window for old training records."""
        self.made().begin("training_records")

    def open_people(self) -> None:
        """Show the window for workers."""
        self.made().begin("workers")

    def open_file(self, path: Path, what: str | None = None) -> None:
        """Show the window with a file."""
        self.made().begin(what, path)

    def _watch_desk_window(self) -> None:
        found = [each for each in QApplication.topLevelWidgets() if isinstance(each, QMainWindow)]
        self._desk_window = next((each for each in found if each.isVisible()), found[0] if found else None)
        if self._desk_window is not None:
            self._desk_window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: the desk is closed, and this window with it."""
        if event.type() == QEvent.Type.Close and watched is self._desk_window and self.window is not None:
            self.window.close()
        return False

    @Slot(str)
    def _action_done(self, id: str) -> None:
        """A key of the desk was pressed in this window: the desk comes forward, where its effect is seen."""
        window = self.window
        if window is not None and window.isActiveWindow() and not id.startswith("import."):
            self._desk_forward()

    def _desk_forward(self) -> None:
        if self._desk_window is not None and isValid(self._desk_window):
            self._desk_window.setWindowState(self._desk_window.windowState() & ~Qt.WindowState.WindowMinimized)
            self._desk_window.raise_()
            self._desk_window.activateWindow()

    @Slot(str)
    def _look(self, workspace: str) -> None:
        self._tools.actions.trigger(f"workspace.{workspace}")
        self._desk_forward()

    @Slot()
    def _desk_gone(self) -> None:
        if self._window is not None and isValid(self._window):
            self._window.deleteLater()
