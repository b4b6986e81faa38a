"""The directory: people and place names by id, for names on screen, call lists, cards and the finder."""

from dataclasses import dataclass, field
from typing import Any

from commandcenter.base.changes import ChangeSet
from commandcenter.rules.grids import GazetteerName
from commandcenter.rules.people import PERSON_KINDS
from commandcenter.storage.reads import Reader

PersonKey = tuple[str, str]
"""Kind and id of a person."""


@dataclass(frozen=True, slots=True)
class DirectoryUpdate:
    """Rows read for an update, off the GUI thread."""

    people: dict[PersonKey, Any]
    names: dict[str, GazetteerName]
    touched: frozenset[tuple[str, str]]


@dataclass(slots=True)
class Directory:
    """People as this viewer may see them (masked by role), and the gazetteer."""

    people: dict[PersonKey, Any] = field(default_factory=dict)
    names: dict[str, GazetteerName] = field(default_factory=dict)
    loaded: bool = False

    @classmethod
    def load(cls, reader: Reader) -> "Directory":
        """Everybody and every name."""
        people: dict[PersonKey, Any] = {(kind, each.id): each for kind in PERSON_KINDS for each in reader.find(kind)}
        names = {each.id: each for each in reader.find("gazetteer_name")}
        return cls(people, names, loaded=True)

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

    def apply(self, update: DirectoryUpdate) -> None:
        """Take fresh rows in; those that were touched and are gone leave."""
        for kind, id in update.touched:
            if kind == "gazetteer_name":
                self.names.pop(id, None)
            else:
                self.people.pop((kind, id), None)
        self.people.update(update.people)
        self.names.update(update.names)


def fetch(reader: Reader, changes: ChangeSet) -> DirectoryUpdate | None:
    """Read the touched people and names; None when there are none."""
    touched = frozenset((kind, id) for kind in (*PERSON_KINDS, "gazetteer_name") for id in changes.ids(kind))
    if not touched:
        return None
    people: dict[PersonKey, Any] = {
        (kind, row.id): row for kind in PERSON_KINDS for row in reader.many(kind, changes.ids(kind))
    }
    names = {row.id: row for row in reader.many("gazetteer_name", changes.ids("gazetteer_name"))}
    return DirectoryUpdate(people, names, touched)
