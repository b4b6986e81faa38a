"""Everybody by name: rows and search index, made aside whenever the directory changes."""

from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from commandcenter.rules.finding import Hit, Index
from commandcenter.rules.numbers import local_day
from commandcenter.rules.settings import OPTIONS, VERIFY_MONTHS
from commandcenter.ui.core.finderbox import FinderHit
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.people.rows import PersonRow, Roster, entry, parted, rows

CALM = 250
"""Milliseconds without another change before everything is made again."""
_RANKS = ((0.95, 0), (0.8, 1), (0.6, 2), (0.5, 3))
_PRESENT = frozenset(("person",))
_ICONS = {"worker": "person", "duty_holder": "team", "contact": "phone", "officer": "officer"}


class PeopleIndex(QObject):
    """Signals: ``ready()`` after rows and index were made anew."""

    ready = Signal()

    def __init__(self, tools: Tools, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._index = Index()
        self.rows: dict[str, PersonRow] = {}
        self.is_ready = False
        self._day = date.min
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM)
        self._calm.timeout.connect(self._build)
        tools.desk.live_changed.connect(self._live_changed)
        tools.desk.directory_changed.connect(self._calm.start)
        tools.desk.officer_changed.connect(self._forget)

    def search(self, query: str, limit: int, kinds: frozenset[str] | None = None) -> list[Hit]:
        """The best hits; ids are those of the rows (``kind:id``)."""
        return self._index.search(query, limit, kinds)

    def hits(self, query: str, limit: int) -> list[FinderHit]:
        """For quick find: each leads to the person's card. Who has left is looked for in the list."""
        return [self._hit(each) for each in self.search(query, limit, _PRESENT)] if query else []

    def build_now(self) -> None:
        """Make everything on this thread; for tests."""
        self._take(_built(self._roster()))

    def build_soon(self) -> None:
        """Make everything aside, unless it is there and of today; the workspace asks whenever it comes into sight."""
        if (not self.is_ready or self._day != self._today()) and not self._calm.isActive():
            self._calm.start()

    def _hit(self, hit: Hit) -> FinderHit:
        kind, id = parted(hit.entry.id)
        run = partial(self._tools.selection.navigate, kind, id)
        rank = next((rank for least, rank in _RANKS if hit.score >= least), 4)
        return FinderHit(kind, id, hit.entry.title, hit.entry.subtitle, run, _ICONS[kind], rank=rank)

    @Slot(object)
    def _live_changed(self, change: Any) -> None:
        if change.everything or change.places or change.settings:
            self._calm.start()

    @Slot()
    def _forget(self) -> None:
        """What was made for the officer before may say more than this one may read; a number is no more found by it."""
        self.rows, self._index, self.is_ready = {}, Index(), False
        self.ready.emit()
        self._build()

    def _roster(self) -> Roster:
        live, people = self._tools.desk.live, self._tools.desk.directory.people
        listed: Any = tuple((kind, person) for (kind, _), person in people.items())
        self._day = self._today()
        return Roster(listed, dict(live.grids), dict(live.villages),
                      tuple(self._tools.desk.directory.absences.values()), self._day, self._months())  # fmt: skip

    def _today(self) -> date:
        return local_day(self._tools.desk.now(), self._tools.desk.directory.zone)

    def _months(self) -> int:
        return int(self._tools.desk.live.settings.get(VERIFY_MONTHS, OPTIONS[VERIFY_MONTHS].default))

    @Slot()
    def _build(self) -> None:
        if self._tools.desk.directory.loaded:
            work = partial(_built, self._roster())
            self._tools.desk.tasks.submit("read", work, done=self._take, owner=self, key="people")

    def _take(self, built: tuple[list[PersonRow], Index]) -> None:
        made, self._index = built
        self.rows = {row.id: row for row in made}
        self.is_ready = True
        self.ready.emit()


def _built(roster: Roster) -> tuple[list[PersonRow], Index]:
    made = rows(roster)
    return made, Index(entry(row) for row in made)
