"""The live set: open incidents, their calls and the grids, read once per desk and kept up to date by changes.

Views take from it; closed matters are paged from SQL. What a grid looks like is derived here by one rule, never stored.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from commandcenter.base.changes import ChangeSet
from commandcenter.rules.grids import Grid, Township, Village
from commandcenter.rules.incidents import EXITS, URGENCIES, Call, Incident, State, Urgency, is_open
from commandcenter.rules.people import PERSON_KINDS, Officer
from commandcenter.storage.reads import Reader

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
    timeline: frozenset[str] = frozenset()
    everything: bool = False


@dataclass(slots=True)
class LiveSet:
    """The desk's picture of the moment. Read and refreshed off the GUI thread, then handed over whole."""

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
        live = cls(seq=reader.last_seq())
        towns = reader.find("township")
        live.town = towns[0] if towns else None
        live.villages = {each.id: each for each in reader.find("village", order=("code",))}
        live.grids = {each.id: each for each in reader.find("grid", order=("code",))}
        live.officers = {each.id: each for each in reader.find("officer")}
        live.settings = _settings(reader)
        live.incidents = {each.id: each for each in reader.find("incident", state=list(_OPEN_STATES))}
        live._take_calls(reader, live.incidents)
        return live

    def status(self, grid: str) -> GridStatus:
        """The status of one grid, derived from the open incidents."""
        urgencies = [each.urgency for each in self.incidents.values() if each.grid == grid]
        return GridStatus(len(urgencies), min(urgencies, key=URGENCIES.index) if urgencies else None)

    def statuses(self) -> dict[str, GridStatus]:
        """The status of every grid that has an open incident."""
        return {grid: self.status(grid) for grid in {each.grid for each in self.incidents.values()} if grid}

    def refresh(self, reader: Reader, changes: ChangeSet) -> LiveChange:
        """Read each touched row once and take it in."""
        if changes.everything:
            fresh = LiveSet.load(reader)
            for name in ("town", "seq", "villages", "grids", "incidents", "calls", "officers", "settings"):
                setattr(self, name, getattr(fresh, name))
            return LiveChange(everything=True)
        touched, gone, grids = self._take_incidents(reader, changes)
        grids |= self._take_places(reader, changes)
        self._take_officers(reader, changes)
        if changes.touches("setting"):
            self.settings = _settings(reader)
        self.seq = max(self.seq, changes.last_seq or 0)
        return LiveChange(
            incidents=frozenset(touched), gone=frozenset(gone), grids=frozenset(grids),
            people=changes.touches(*PERSON_KINDS), settings=changes.touches("setting"),
            places=changes.touches("gazetteer_name", "village", "grid", "township"),
            timeline=frozenset(each.incident for each in changes if each.incident),
        )  # fmt: skip

    def _take_incidents(self, reader: Reader, changes: ChangeSet) -> tuple[set[str], set[str], set[str]]:
        wanted = changes.ids("incident")
        called = {each.incident for each in changes if each.entity == "call" and each.incident}
        before = {id: self.incidents[id] for id in wanted if id in self.incidents}
        fresh = {each.id: each for each in reader.many("incident", wanted)} if wanted else {}
        touched, gone = set(called & set(self.incidents)), set()
        for id in wanted:
            found = fresh.get(id)
            if found is not None and is_open(found.state):
                self.incidents[id] = found
                touched.add(id)
            elif self.incidents.pop(id, None) is not None:
                gone.add(id)
                self.calls.pop(id, None)
        self._take_calls(reader, (touched | called) & set(self.incidents))
        both = [*before.values(), *fresh.values()]
        return touched - gone, gone, {each.grid for each in both if each.grid}

    def _take_calls(self, reader: Reader, incidents: Iterable[str]) -> None:
        wanted = sorted(incidents)
        found: dict[str, list[Call]] = {id: [] for id in wanted}
        for start in range(0, len(wanted), 400):
            for call in reader.find("call", incident=wanted[start : start + 400], order=("rank", "id")):
                found[call.incident].append(call)
        self.calls.update({id: tuple(calls) for id, calls in found.items()})

    def _take_places(self, reader: Reader, changes: ChangeSet) -> set[str]:
        for kind, store in (("village", self.villages), ("grid", self.grids)):
            wanted = changes.ids(kind)
            if not wanted:
                continue
            fresh = {each.id: each for each in reader.many(kind, wanted)}
            for id in wanted:
                if id in fresh:
                    store[id] = fresh[id]  # type: ignore[index]
                else:
                    store.pop(id, None)  # type: ignore[attr-defined]
        if changes.touches("township"):
            towns = reader.find("township")
            self.town = towns[0] if towns else None
        return changes.ids("grid")

    def _take_officers(self, reader: Reader, changes: ChangeSet) -> None:
        wanted = changes.ids("officer")
        if wanted:
            self.officers.update({each.id: each for each in reader.many("officer", wanted)})


def _settings(reader: Reader) -> dict[str, Any]:
    return {each.key: each.value["value"] for each in reader.find("setting", scope="town")}
