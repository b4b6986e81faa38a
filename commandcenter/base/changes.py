"""What a command changed: the small frozen facts that travel from the commit to every view."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the change log as views see it: which entity, and the matters it concerns."""

    seq: int
    command: str
    entity: str
    id: str
    op: str
    world: str
    incident: str | None = None
    grid: str | None = None
    worker: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Changes in the order of their sequence. ``everything`` asks views to read afresh."""

    changes: tuple[Change, ...] = ()
    everything: bool = False

    @classmethod
    def all(cls) -> "ChangeSet":
        """After a reconnect or a restore: anything may have changed."""
        return cls(everything=True)

    @property
    def first_seq(self) -> int | None:
        """The lowest sequence, or None when empty."""
        return self.changes[0].seq if self.changes else None

    @property
    def last_seq(self) -> int | None:
        """The highest sequence, or None when empty."""
        return self.changes[-1].seq if self.changes else None

    def ids(self, entity: str) -> set[str]:
        """Ids of the touched rows of one kind."""
        return {change.id for change in self.changes if change.entity == entity}

    def touches(self, *entities: str) -> bool:
        """Whether a row of one of these kinds is among the changes (or everything is)."""
        return self.everything or any(change.entity in entities for change in self.changes)

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def __bool__(self) -> bool:
        return self.everything or bool(self.changes)

    def __add__(self, other: "ChangeSet") -> "ChangeSet":
        return ChangeSet(self.changes + other.changes, self.everything or other.everything)

    @classmethod
    def joined(cls, sets: Iterable["ChangeSet"]) -> "ChangeSet":
        """Several sets as one."""
        total = cls()
        for each in sets:
            total = total + each
        return total


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a command: its value, what it changed, whether it can be undone, and whether it was a repeat."""

    command: str
    value: Any
    changes: ChangeSet = field(default_factory=ChangeSet)
    undoable: bool = False
    repeated: bool = False
    after: Any = None
    """What became of what follows the commit (an erasure's clean-up); None for most."""
