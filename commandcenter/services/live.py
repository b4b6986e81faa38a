"""The live set: open incidents, their calls and the grids, read once per desk and kept up to date by changes.

Views take from it; closed matters are paged from SQL. What a grid looks like is derived here by one rule, never stored.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from commandcenter.base.changes import ChangeSet
from commandcenter.rules.entity import ENTITIES
from commandcenter.rules.grids import Grid, Township, Village
from commandcenter.rules.incidents import EXITS, URGENCIES, Call, Incident, State, Urgency, is_open
from commandcenter.rules.people import PERSON_KINDS, Officer
from commandcenter.rules.visibility import Viewer
from commandcenter.storage.reads import Reader
from commandcenter.storage.rows import as_seen

_OPEN_STATES: tuple[State, ...] = ("reported", "calling", "responding", "on_scene", "resolved", "reopened")
assert not EXITS & set(_OPEN_STATES)


@dataclass(frozen=True, slots=True)
class GridStatus:
    """What the map, the queue and the counters say of a grid now."""

    open_incidents: int = 0
    worst: Urgency | None = None


@dataclass(frozen=True, slots=True)
class LiveChange:
    """What an update touched: ids to redraw, and those that left."""

    incidents: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    grids: frozenset[str] = frozenset()
    people: bool = False
    places: bool = False
    settings: bool = False
    households: bool = False
    timeline: frozenset[str] = frozenset()
    attachments: bool = False
    drills: bool = False
    courses: bool = False
    kits: bool = False
    attention: bool = False
    everything: bool = False

    @property
    def listed(self) -> bool:
        """Whether the attention list may say something else, which stands in printed books: its entries, or what the
        register knows of those whom they are about."""
        return self.attention or self.households


@dataclass(slots=True)
class Fetched:
    """Rows read for an update, off the GUI thread; applied to the live set in one go."""

    changes: ChangeSet
    fresh: "LiveSet | None" = None
    incidents: dict[str, Incident] = field(default_factory=dict)
    calls: dict[str, tuple[Call, ...]] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    town: Township | None = None
    settings: dict[str, Any] | None = None


_PLACES = ("village", "grid", "officer")
@cache
def _of_drills() -> tuple[str, ...]:
    """What the library, the calendar and the debts are made of."""
    others = ("scenario", "inject", "expectation", "debt_rule", "absence", "day_mark", "unit_post")
    return (*others, *(name for name, kind in ENTITIES.items() if kind.of_drills))


_OF_KITS = ("article", "depot", "stock_move", "kit_issue", "kit", "piece", "stock_round", "round_count",
            "edition")  # fmt: skip
"""What kits, stores and rounds are made of."""


def fetch(reader: Reader, changes: ChangeSet) -> Fetched:
    """Read each touched row once."""
    if changes.everything:
        return Fetched(changes, fresh=LiveSet.load(reader))
    found = Fetched(changes)
    wanted = changes.ids("incident")
    called = {each.incident for each in changes if each.entity == "call" and each.incident}
    found.incidents = {each.id: each for each in reader.many("incident", wanted)}
    found.calls = calls_of(reader, called | wanted)
    for kind in _PLACES:
        ids = changes.ids(kind)
        if ids:
            found.rows[kind] = {each.id: each for each in reader.many(kind, ids)}
    if changes.touches("township"):
        found.town = next(iter(reader.find("township")), None)
    if changes.touches("setting"):
        found.settings = _settings(reader)
    return found


def calls_of(reader: Reader, incidents: Iterable[str]) -> dict[str, tuple[Call, ...]]:
    """The call lists of incidents, in the order of their ranks."""
    wanted = sorted(incidents)
    found: dict[str, list[Call]] = {id: [] for id in wanted}
    for start in range(0, len(wanted), 400):
        for call in reader.find("call", incident=wanted[start : start + 400], order=("rank", "id")):
            found[call.incident].append(call)
    return {id: tuple(calls) for id, calls in found.items()}


@dataclass(slots=True)
class LiveSet:
    """The desk's picture of the moment."""

    town: Township | None = None
    seq: int = 0
    villages: dict[str, Village] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    calls: dict[str, tuple[Call, ...]] = field(default_factory=dict)
    officers: dict[str, Officer] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, reader: Reader) -> "LiveSet":
        """Everything open, afresh; ``seq`` is read first so that nothing committed meanwhile is missed."""
        live = cls.load_open(reader)
        live.town = next(iter(reader.find("township")), None)
        live.villages = {each.id: each for each in reader.find("village", order=("code",))}
        live.grids = {each.id: each for each in reader.find("grid", order=("code",))}
        live.officers = {each.id: each for each in reader.find("officer")}
        return live

    @classmethod
    def load_open(cls, reader: Reader) -> "LiveSet":
        """Only what is open and the settings: enough to see what is due."""
        live = cls(seq=reader.last_seq(), settings=_settings(reader))
        live.incidents = {each.id: each for each in reader.find("incident", state=list(_OPEN_STATES))}
        live.calls = calls_of(reader, live.incidents)
        return live

    def hide_from(self, viewer: Viewer) -> None:
        """Somebody else looks now who may read less: mask what is held until it is read anew."""
        self.incidents = {id: as_seen(each, viewer) for id, each in self.incidents.items()}
        self.calls = {id: tuple(as_seen(each, viewer) for each in calls) for id, calls in self.calls.items()}
        self.officers = {id: as_seen(each, viewer) for id, each in self.officers.items()}

    def status(self, grid: str) -> GridStatus:
        """The status of one grid, derived from the open incidents."""
        urgencies = [each.urgency for each in self.incidents.values() if each.grid == grid]
        return GridStatus(len(urgencies), min(urgencies, key=URGENCIES.index) if urgencies else None)

    def statuses(self) -> dict[str, GridStatus]:
        """The status of every grid that has an open incident."""
        urgencies: dict[str, list[Urgency]] = {}
        for each in self.incidents.values():
            if each.grid:
                urgencies.setdefault(each.grid, []).append(each.urgency)
        return {grid: GridStatus(len(found), min(found, key=URGENCIES.index)) for grid, found in urgencies.items()}

    def apply(self, fetched: Fetched) -> LiveChange:
        """Take fetched rows in and say what that touched."""
        changes = fetched.changes
        if fetched.fresh is not None:
            for name in self.__slots__:
                setattr(self, name, getattr(fetched.fresh, name))
            return LiveChange(everything=True)
        touched, gone, grids = self._take_incidents(fetched)
        self._take_rows(fetched)
        if changes.touches("township"):
            self.town = fetched.town
        if fetched.settings is not None:
            self.settings = fetched.settings
        self.seq = max(self.seq, changes.last_seq or 0)
        return LiveChange(
            incidents=frozenset(touched), gone=frozenset(gone), grids=frozenset(grids | changes.ids("grid")),
            people=changes.touches(*PERSON_KINDS), settings=changes.touches("setting"),
            places=changes.touches("gazetteer_name", "village", "grid", "township"),
            households=changes.touches("household", "resident"),
            timeline=frozenset(each.incident for each in changes if each.incident),
            attachments=changes.touches("attachment", "blob"),
            drills=changes.touches(*_of_drills()), courses=changes.touches("course", "session", "attendance"),
            kits=changes.touches(*_OF_KITS), attention=changes.touches("attention_item"),
        )  # fmt: skip

    def _take_incidents(self, fetched: Fetched) -> tuple[set[str], set[str], set[str]]:
        touched, gone, grids = set(), set(), set()
        for id in fetched.changes.ids("incident"):
            before, found = self.incidents.get(id), fetched.incidents.get(id)
            grids |= {each.grid for each in (before, found) if each is not None and each.grid}
            if found is not None and is_open(found.state):
                self.incidents[id] = found
                touched.add(id)
            elif self.incidents.pop(id, None) is not None:
                gone.add(id)
                self.calls.pop(id, None)
        for id, calls in fetched.calls.items():
            if id in self.incidents:
                self.calls[id] = calls
                touched.add(id)
        return touched, gone, grids

    def _take_rows(self, fetched: Fetched) -> None:
        stores: dict[str, dict[str, Any]] = {"village": self.villages, "grid": self.grids, "officer": self.officers}
        for kind, rows in fetched.rows.items():
            for id in fetched.changes.ids(kind):
                if id in rows:
                    stores[kind][id] = rows[id]
                else:
                    stores[kind].pop(id, None)


def _settings(reader: Reader) -> dict[str, Any]:
    return {each.key: each.value["value"] for each in reader.find("setting", scope="town")}
