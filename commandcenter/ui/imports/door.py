"""The one import window of a desk: made when first asked for, gone with the desk's window."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QMainWindow
from shiboken6 import isValid

from commandcenter.ui.core.appearance import Appearance
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.imports.opening import Opening

if TYPE_CHECKING:
    from commandcenter.ui.imports.window import ImportWindow


_REPAINT, _PATIENCE = 20, 1_000
"""ms for the first picture to come on screen once it is due, and after which a desktop that shows nothing is waited for
no longer."""


class Door(QObject):
    """Opens the window from wherever it is asked for."""

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools.desk)
        self._tools = tools
        self._window: ImportWindow | None = None
        self._opening: Opening | None = None
        self._asked: tuple[str | None, Path | None] = (None, None)
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
        self._begin()

    def open_grids(self) -> None:
        """Show the window for grids."""
        self._begin("grids")

    def open_households(self) -> None:
        """Show the window for households."""
        self._begin("households")

    def open_attention(self) -> None:
        """Show the window for the attention list."""
        self.made().begin("attention")

    def open_training(self) -> None:
        """Show the window for old training records."""
        self._begin("training_records")

    def open_people(self) -> None:
        """Show the window for workers."""
        self._begin("workers")

    def open_file(self, path: Path, what: str | None = None) -> None:
        """Show the window with a file."""
        self._begin(what, path)

    def _begin(self, what: str | None = None, path: Path | None = None) -> None:
        """The first time something stands on the screen at once, and the window takes its place as soon as it is made.
        """
        if self.window is not None:
            self.window.begin(what, path)
            return
        self._asked = (what, path)
        if self._opening is not None:
            self._opening.is_wanted = True
            self._opening.show()
            self._opening.raise_()
            return
        self._opening = Opening()
        self._opening.show()
        self._opening.activateWindow()
        Appearance(self._opening.windowHandle(), self._opening, patience=_PATIENCE).due.connect(self._appeared)

    @Slot()
    def _appeared(self) -> None:
        QTimer.singleShot(_REPAINT, self, self._take_its_place)

    @Slot()
    def _take_its_place(self) -> None:
        opening, self._opening = self._opening, None
        if opening is None:
            return
        if opening.is_wanted:
            window = self.made()
            window.setGeometry(opening.geometry())
            window.begin(*self._asked)
        opening.close()
        opening.deleteLater()

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
        if self._opening is not None and isValid(self._opening):
            self._opening.deleteLater()
        if self._window is not None and isValid(self._window):
            self._window.deleteLater()
