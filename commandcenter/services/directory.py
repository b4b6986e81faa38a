"""The directory: people and place names by id, for names on screen, call lists, cards and the finder."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from commandcenter.base.changes import ChangeSet
from commandcenter.rules.grids import GazetteerName
from commandcenter.rules.numbers import local_day
from commandcenter.rules.people import PERSON_KINDS, WorkerAbsence, is_away
from commandcenter.rules.visibility import Viewer
from commandcenter.services.runner import DEFAULT_ZONE
from commandcenter.storage.reads import Reader
from commandcenter.storage.rows import as_seen

PersonKey = tuple[str, str]
"""Kind and id of a person."""


@dataclass(frozen=True, slots=True)
class DirectoryUpdate:
    """Rows read for an update, off the GUI thread."""

    people: dict[PersonKey, Any]
    names: dict[str, GazetteerName]
    absences: dict[str, WorkerAbsence]
    touched: frozenset[tuple[str, str]]


@dataclass(slots=True)
class Directory:
    """People as this viewer may see them (masked by role), and the gazetteer."""

    people: dict[PersonKey, Any] = field(default_factory=dict)
    names: dict[str, GazetteerName] = field(default_factory=dict)
    absences: dict[str, WorkerAbsence] = field(default_factory=dict)
    zone: str = DEFAULT_ZONE
    """The town's, for its days."""
    loaded: bool = False

    @classmethod
    def load(cls, reader: Reader) -> "Directory":
        """Everybody and every name."""
        people: dict[PersonKey, Any] = {(kind, each.id): each for kind in PERSON_KINDS for each in reader.find(kind)}
        names = {each.id: each for each in reader.find("gazetteer_name")}
        absences = {each.id: each for each in reader.find("worker_absence")}
        zone = next((each.zone for each in reader.find("township")), DEFAULT_ZONE)
        return cls(people, names, absences, zone, loaded=True)

    def hide_from(self, viewer: Viewer) -> None:
        """Somebody else looks now who may read less: mask what is held until it is read anew."""
        self.people = {key: as_seen(each, viewer) for key, each in self.people.items()}
        self.absences = {id: as_seen(each, viewer) for id, each in self.absences.items()}

    def name(self, kind: str | None, id: str | None) -> str:
        """A person's name, empty when unknown."""
        found = self.people.get((kind or "", id or ""))
        return str(found.name) if found else ""

    def keepers(self, grid: str) -> list[Any]:
        """The active workers of a grid."""
        return [
            each for (kind, _), each in self.people.items() if kind == "worker" and each.grid == grid and each.active
        ]

    def holders(self, *, grid: str | None = None, village: str | None = None) -> list[Any]:
        """The active duty holders on a grid, or on a village as a whole."""
        holders = (each for (kind, _), each in self.people.items() if kind == "duty_holder" and each.active)
        if grid is not None:
            return [each for each in holders if each.grid == grid]
        return [each for each in holders if each.village == village and each.grid is None]

    def absence(self, worker: str, at: datetime) -> WorkerAbsence | None:
        """The absence of a worker that holds on the day of an instant."""
        day = local_day(at, self.zone)
        return next((each for each in self.absences.values() if each.worker == worker and is_away(each, day)), None)

    def stands_in_for(self, worker: str, at: datetime) -> list[str]:
        """Names of those in whose place a worker is called on the day of an instant."""
        day = local_day(at, self.zone)
        found = [each.worker for each in self.absences.values() if each.stand_in == worker and is_away(each, day)]
        return sorted(name for id in found if (name := self.name("worker", id)))

    def apply(self, update: DirectoryUpdate) -> None:
        """Take fresh rows in; those that were touched and are gone leave."""
        for kind, id in update.touched:
            if kind == "gazetteer_name":
                self.names.pop(id, None)
            elif kind == "worker_absence":
                self.absences.pop(id, None)
            else:
                self.people.pop((kind, id), None)
        self.people.update(update.people)
        self.names.update(update.names)
        self.absences.update(update.absences)


def fetch(reader: Reader, changes: ChangeSet) -> DirectoryUpdate | None:
    """Read the touched people, names and absences; None when there are none."""
    kinds = (*PERSON_KINDS, "gazetteer_name", "worker_absence")
    touched = frozenset((kind, id) for kind in kinds for id in changes.ids(kind))
    if not touched:
        return None
    people: dict[PersonKey, Any] = {
        (kind, row.id): row for kind in PERSON_KINDS for row in reader.many(kind, changes.ids(kind))
    }
    names = {row.id: row for row in reader.many("gazetteer_name", changes.ids("gazetteer_name"))}
    absences = {row.id: row for row in reader.many("worker_absence", changes.ids("worker_absence"))}
    return DirectoryUpdate(people, names, absences, touched)
