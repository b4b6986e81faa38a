"""The index behind the fields, made anew off the GUI thread when places or people have changed."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from commandcenter.services.live import LiveChange
from commandcenter.ui.core.desk import Desk
from commandcenter.ui.incidents.intake.places import Caller, PlaceIndex, entries

_TOGETHER = 300
"""ms in which changes are gathered: an import touches hundreds of rows."""


class Lookup(QObject):
    """Signals: ``changed()`` when the index was made anew."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self.index = PlaceIndex()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TOGETHER)
        self._timer.timeout.connect(self._build)
        desk.directory_changed.connect(self._changed)
        desk.live_changed.connect(self._live_changed)
        if desk.directory.loaded:
            self._build()

    def callers(self, typed: str) -> list[Caller]:
        """The known people whose number was typed, the likeliest first."""
        return self.index.callers(self._desk.directory, typed)

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.places or change.people or change.everything:
            self._changed()

    @Slot()
    def _changed(self) -> None:
        if not len(self.index):
            self._build()
        else:
            self._timer.start()

    @Slot()
    def _build(self) -> None:
        live, directory = self._desk.live, self._desk.directory

        def build() -> PlaceIndex:
            return PlaceIndex(entries(live, directory), directory)

        self._desk.tasks.submit("read", build, done=self._take, owner=self, key="index")

    def _take(self, index: PlaceIndex) -> None:
        self.index = index
        self.changed.emit()
