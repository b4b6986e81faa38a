"""The names of the place, searchable: built aside whenever places change, asked by the finder and the table."""

from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from commandcenter.rules.finding import Entry, Hit, Index
from commandcenter.ui.core.finderbox import FinderHit
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.grids.entries import Places, entries

CALM = 250
"""Milliseconds without another change before the index is made again."""
_RANKS = ((0.95, 0), (0.8, 1), (0.6, 2), (0.5, 3))
_ICONS = {"place": "place"}


class GridIndex(QObject):
    """Signals: ``ready()`` after the names were indexed anew."""

    ready = Signal()

    def __init__(self, tools: Tools, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._index = Index()
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM)
        self._calm.timeout.connect(self._build)
        tools.desk.live_changed.connect(self._live_changed)
        tools.desk.directory_changed.connect(self._calm.start)

    def search(self, query: str, limit: int, kinds: frozenset[str] | None = None) -> list[Hit]:
        """The best hits among villages, grids and names of places."""
        return self._index.search(query, limit, kinds)

    def hits(self, query: str, limit: int) -> list[FinderHit]:
        """For quick find: each leads to its grid or village."""
        return [self._hit(each) for each in self.search(query, limit)] if query else []

    def build_now(self) -> None:
        """Index on this thread; for a snapshot and for tests."""
        self._take(_built(self._places()))

    def _hit(self, hit: Hit) -> FinderHit:
        entry = hit.entry
        icon = _ICONS.get(entry.kind, "")
        return FinderHit(
            entry.kind, entry.id, entry.title, entry.subtitle, partial(self._go, entry), icon, rank=rank_of(hit.score)
        )

    def _go(self, entry: Entry) -> None:
        if entry.kind != "place":
            self._tools.selection.navigate(entry.kind, entry.id)
            return
        name = self._tools.desk.directory.names.get(entry.id)
        if name is not None:
            self._tools.selection.navigate("grid", name.grid)

    @Slot(object)
    def _live_changed(self, change: Any) -> None:
        if change.everything or change.places:
            self._calm.start()

    def _places(self) -> Places:
        desk = self._tools.desk
        return Places(
            tuple(desk.live.grids.values()), tuple(desk.live.villages.values()), tuple(desk.directory.names.values())
        )

    @Slot()
    def _build(self) -> None:
        work = partial(_built, self._places())
        self._tools.desk.tasks.submit("read", work, done=self._take, owner=self, key="index")

    def _take(self, index: Index) -> None:
        self._index = index
        self.ready.emit()


def _built(places: Places) -> Index:
    return Index(entries(places))


def rank_of(score: float) -> int:
    """Quick find's rank of a score: 0 exact … 4 anywhere."""
    return next((rank for least, rank in _RANKS if score >= least), 4)
