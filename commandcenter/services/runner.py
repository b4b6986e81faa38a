"""The one door through which anything changes: one command, one unit of work, one commit."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from commandcenter.base.changes import Outcome
from commandcenter.base.clock import Clock
from commandcenter.base.errors import BadInput, EnvironmentTrouble, NotAllowed
from commandcenter.base.ids import new_id, parse_id
from commandcenter.rules.entity import REAL
from commandcenter.rules.people import Officer
from commandcenter.services import wire
from commandcenter.services.commands import Context, Spec, spec_of
from commandcenter.storage import machinery, personal, staging
from commandcenter.storage.batch import Batch
from commandcenter.storage.database import Collision, Database
from commandcenter.storage.log import Header, Stored, stored_command
from commandcenter.storage.unit import Stale, UnitOfWork

ATTEMPTS = 8
DEFAULT_ZONE = "Asia/Shanghai"
SYSTEM_ACTOR = Officer(id="system", name="system", role="administrator")
"""The machinery itself: rules that become due, the making of a database."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How a command is sent, beyond what it says."""

    id: str
    occurred_at: datetime | None = None
    source: str = "desk"
    group: str | None = None
    world: str = REAL
    cause: str | None = None
    prepared: Any = None


class CommandRunner:
    """Carries out commands for one officer at one desk. Safe to use from one thread at a time (the write lane)."""

    def __init__(self, database: Database, clock: Clock, *, actor: str, desk: str) -> None:
        self.database = database
        self.clock = clock
        self.actor = actor
        self.desk = desk
        self._zone: str | None = None

    def execute(
        self,
        command: Any,
        *,
        id: str | None = None,
        occurred_at: datetime | None = None,
        source: str = "desk",
        group: str | None = None,
        world: str = REAL,
        cause: str | None = None,
        prepared: Any = None,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Outcome:
        """Carry out a command once, however often it is sent with the same ``id``. ``prepared``: what its
        preparation gave, where that was done before, off the write lane. ``progress`` and ``cancelled`` belong to
        what a large one puts down ahead of its transaction.

        Raises Refused (nothing changed), EnvironmentTrouble (nothing changed, may be tried again with the same id).
        """
        if id is not None and parse_id(id) is None:
            raise BadInput("command.bad_id", id=id)
        prepare = spec_of(command).prepare
        if prepared is None and prepare is not None:
            prepared = prepare(command)
        sending = Sending(parse_id(id or "") or new_id(), occurred_at, source, group, world, cause, prepared=prepared)
        collision: Collision | None = None
        for attempt in range(ATTEMPTS):
            try:
                return self._followed(command, self._once(command, sending, progress, cancelled))
            except Collision as met:
                collision = met
                time.sleep(random.uniform(0, 0.02 * 2**attempt))
            except Stale:
                continue
        raise EnvironmentTrouble("database.busy" if collision else "import.moved_again") from collision

    def _followed(self, command: Any, outcome: Outcome) -> Outcome:
        after = spec_of(command).after
        return outcome if after is None else replace(outcome, after=after(self.database, self.desk))

    def _once(
        self, command: Any, sending: Sending, progress: Callable[[int, int], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> Outcome:  # fmt: skip
        spec = spec_of(command)
        now = self.clock.now()
        header = Header(
            id=sending.id, name=spec.name, actor=self.actor, desk=self.desk,
            occurred_at=sending.occurred_at or now, occurred_source=sending.source, world=sending.world,
            group=sending.group, cause=sending.cause,
        )  # fmt: skip
        digests = wire.digests(command)
        prepared = sending.prepared if spec.compare is None else self._compared(command, spec, header, sending)
        is_many = isinstance(prepared, Batch)
        with self._staged(prepared, progress, cancelled), self.database.write(many=is_many) as connection:
            uow = UnitOfWork(connection, header, self.clock)
            stored = uow.begin()
            if stored is not None:
                return self._repeated(uow, command, stored)
            wire.check_lengths(command)
            context = self._context(uow, spec, header, sending)
            context.prepared = prepared
            assert spec.handler is not None, spec.name
            value = spec.handler(command, context)
            uow.finish(lambda: _payload(uow, command, digests), value, undoable=spec.undoable)
            self.database.note_wait(uow.waited)
        changes = uow.changes
        return Outcome(sending.id, value, changes, spec.undoable and bool(changes))

    def _compared(self, command: Any, spec: Spec, header: Header, sending: Sending) -> Any:
        """What can be read and computed before the write transaction; None for a command that was carried out."""
        with self.database.read() as connection:
            if stored_command(connection, sending.id) is not None:
                return None
            wire.check_lengths(command)
            uow = UnitOfWork(connection, header, self.clock)
            uow.look_from()
            assert spec.compare is not None
            return spec.compare(command, self._context(uow, spec, header, sending))

    @contextmanager
    def _staged(
        self, prepared: Any, progress: Callable[[int, int], None] | None, cancelled: Callable[[], bool] | None
    ) -> Iterator[None]:
        """Put down beforehand what a large batch asks for; taken away again unless the block ends well."""
        if not isinstance(prepared, Batch) or not prepared.staged:
            yield
            return
        with self.database.importing():
            staging.clear(self.database)
            try:
                staging.put(self.database, prepared, progress, cancelled)
                yield
            except BaseException:
                staging.clear(self.database)
                raise

    def _context(self, uow: UnitOfWork, spec: Spec, header: Header, sending: Sending) -> Context:
        return Context(
            uow, header.occurred_at, sending.source, self._officer(uow, spec), self.desk, sending.world, sending.id,
            self._zone_of(uow), sending.cause, sending.prepared,
        )  # fmt: skip

    def _officer(self, uow: UnitOfWork, spec: Spec) -> Officer:
        """The actor, if the role may send this command; NotAllowed otherwise."""
        if self.actor == SYSTEM_ACTOR.id:
            return SYSTEM_ACTOR
        officer = uow.actor(self.actor)
        if officer is None or not officer.active:
            raise NotAllowed("actor.unknown", actor=self.actor)
        if officer.role not in spec.roles:
            raise NotAllowed("actor.role", command=spec.name, role=officer.role)
        return officer  # type: ignore[no-any-return]

    def _zone_of(self, uow: UnitOfWork) -> str:
        if self._zone is None:
            self._zone = machinery.town_zone(uow.connection)
        return self._zone or DEFAULT_ZONE

    def _repeated(self, uow: UnitOfWork, command: Any, stored: Stored) -> Outcome:
        """The first answer again; BadInput ``command.id_reused`` when the content or the actor differs."""
        same = stored.actor == self.actor and stored.name == spec_of(command).name
        if not same or not _same_payload(uow, command, stored.payload):
            raise BadInput("command.id_reused", id=stored.id)
        return Outcome(stored.id, stored.outcome, stored.changes, stored.undoable, repeated=True)


def _payload(uow: UnitOfWork, command: Any, digests: Mapping[str, Any]) -> dict[str, Any]:
    """The payload for the log; a personal value refers to where this command (or an earlier one) put it."""

    def refer(field: str, kind: str, value: str, entity: str | None) -> list[Any]:
        matching = [each.reference for each in uow.written if each.value == value]
        matching.sort(key=lambda reference: reference[1] != field)
        found = matching[0] if matching else entity and uow.reference(entity, field, value)
        return list(found or uow.keep_personal(uow.header.id, f"{field}.{len(uow.written)}", kind, value))

    def refer_and_remember(field: str, kind: str, value: str, entity: str | None) -> list[Any]:
        reference = refer(field, kind, value, entity)
        uow.written.append(personal.Written((reference[0], reference[1], reference[2]), value))
        return reference

    return wire.payload(command, refer_and_remember, digests)


def _same_payload(uow: UnitOfWork, command: Any, stored: dict[str, Any]) -> bool:
    """Whether a command says what the log holds; erased values are taken as equal."""
    given = wire.payload(command, lambda field, kind, value, entity: [value])
    values = personal.resolve(uow.connection, personal.references_in(stored))

    def same(mine: Any, kept: Any) -> bool:
        if isinstance(kept, dict) and "$personal" in kept:
            value = values.get(tuple(kept["$personal"]))
            return value is None or (isinstance(mine, dict) and mine.get("$personal") == [value])
        if isinstance(kept, dict) and isinstance(mine, dict):
            return set(kept) == set(mine) and all(same(mine[key], kept[key]) for key in kept)
        if isinstance(kept, list) and isinstance(mine, list):
            return len(kept) == len(mine) and all(map(same, mine, kept))
        return bool(mine == kept)

    return same(given, stored)
