"""What a command is: a frozen dataclass, registered with the roles that may send it and the tables it writes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from commandcenter.base.errors import BadInput
from commandcenter.base.ids import derived_id
from commandcenter.rules.entity import ENTITIES, Field, Mark, fields_of
from commandcenter.rules.people import Officer, Role
from commandcenter.rules.visibility import Viewer
from commandcenter.storage.database import Database
from commandcenter.storage.unit import UnitOfWork

T = TypeVar("T")
Bulk = Mark("Bulk")
"""A payload too large for the log, which keeps its digest and length."""


@dataclass(frozen=True, slots=True)
class FieldsOf:
    """The dict holds fields of an entity by name; its personal values go into the log by reference."""

    entity: str


@dataclass(slots=True)
class Context:
    """What a handler gets besides its command. ``now`` is when it happened (claimed), not when it was recorded."""

    uow: UnitOfWork
    now: datetime
    source: str
    actor: Officer
    desk: str
    world: str
    command_id: str
    zone: str
    cause: str | None = None
    prepared: Any = None
    """What was computed from the command before its transaction began (see :func:`prepares`)."""
    _made: int = 0

    def new_id(self) -> str:
        """The next id of this command: the same command replayed makes the same ids."""
        self._made += 1
        return derived_id(self.command_id, self._made)

    @property
    def viewer(self) -> Viewer:
        """The actor as a reader."""
        return Viewer(self.actor.id, self.actor.role)

    def find_grid(self, given: str) -> Any:
        """A grid by id or code; BadInput ``grid.unknown``."""
        found = self.uow.get("grid", given) or next(iter(self.uow.find("grid", code=given)), None)
        if found is None:
            raise BadInput("grid.unknown", grid=given)
        return found


Handler = Callable[[Any, Context], Any]


@dataclass(frozen=True, slots=True)
class Spec:
    """A registered command."""

    name: str
    cls: Any
    roles: frozenset[Role]
    writes: tuple[str, ...]
    undoable: bool
    handler: Handler | None = None
    prepare: "Callable[[Any], Any] | None" = None
    compare: Handler | None = None
    after: "Callable[[Database, str], Any] | None" = None

    @property
    def fields(self) -> tuple[Field, ...]:
        """The command's fields with their marks."""
        return fields_of(self.cls)


COMMANDS: dict[str, Spec] = {}
_BY_CLASS: dict[type, str] = {}


def command(
    name: str, *, roles: frozenset[Role], writes: tuple[str, ...], undoable: bool = True
) -> Callable[[type[T]], type[T]]:
    """Register a frozen dataclass as a command. ``writes`` names the entities whose rows its handler touches."""
    unknown = set(writes) - set(ENTITIES) - {"personal_value", "clock"}
    if unknown:
        raise ValueError(f"{name} writes unknown tables {unknown}")

    def register(cls: type[T]) -> type[T]:
        if name in COMMANDS:
            raise ValueError(f"command {name} is declared twice")
        COMMANDS[name] = Spec(name, cls, roles, writes, undoable)
        _BY_CLASS[cls] = name
        return cls

    return register


def handles(cls: type) -> Callable[[Handler], Handler]:
    """Make a function the handler of a command."""

    def register(handler: Handler) -> Handler:
        spec = COMMANDS[_BY_CLASS[cls]]
        COMMANDS[spec.name] = replace(spec, handler=handler)
        return handler

    return register


def prepares(cls: type) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Make a function compute what a command's handler needs, before and outside the write transaction.

    Its answer is ``Context.prepared``. Whoever has done it already, off the write lane, hands it to ``execute``.
    """

    def register(prepare: Callable[[Any], Any]) -> Callable[[Any], Any]:
        spec = COMMANDS[_BY_CLASS[cls]]
        COMMANDS[spec.name] = replace(spec, prepare=prepare)
        return prepare

    return register


def compares(cls: type) -> Callable[[Handler], Handler]:
    """Make a function hold a command against the database before its write transaction begins, on a unit of work that
    never writes.

    Its answer is ``Context.prepared``; it is asked again when the handler says that the database has moved meanwhile
    (:class:`commandcenter.storage.unit.Stale`).
    """

    def register(compare: Handler) -> Handler:
        spec = COMMANDS[_BY_CLASS[cls]]
        COMMANDS[spec.name] = replace(spec, compare=compare)
        return compare

    return register


def follows(cls: type) -> Callable[[Callable[[Database, str], Any]], Callable[[Database, str], Any]]:
    """Make a function (of the database and the desk) do what must follow a command once it is committed, outside its
    transaction. It must not fail: what it could not do is done later by whatever keeps the database. Its answer is
    ``Outcome.after``."""

    def register(after: Callable[[Database, str], Any]) -> Callable[[Database, str], Any]:
        spec = COMMANDS[_BY_CLASS[cls]]
        COMMANDS[spec.name] = replace(spec, after=after)
        return after

    return register


def spec_of(given: Any) -> Spec:
    """The registration of a command instance."""
    return COMMANDS[_BY_CLASS[type(given)]]
