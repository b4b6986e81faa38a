"""The change log as undo reads it: what commands did, who touched a row last, which rows refer to another."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from commandcenter.rules.entity import ENTITIES
from commandcenter.storage.rows import Raw, unlogged
from commandcenter.storage.tables import change_log, command, entity_tables

Key = tuple[str, str]


@dataclass(slots=True)
class Effect:
    """What a set of commands did to one row, taken together; None: the row was not there."""

    before: Raw | None
    after: Raw | None


@dataclass(frozen=True, slots=True)
class Hand:
    """Who changed a row last, and when."""

    actor: str
    at: datetime


def records(connection: Connection, target: str, *, group: bool, but: str) -> list[Raw]:
    """The command records of a command or a group, in the order of their sequences, apart from ``but``."""
    column = command.c.group_id if group else command.c.id
    query = select(command).where(column == target, command.c.id != but).order_by(command.c.last_seq)
    return [dict(row) for row in connection.execute(query).mappings()]


def records_of(connection: Connection, commands: Iterable[str]) -> list[Raw]:
    """The command records with these ids, in the order of their sequences."""
    query = select(command).where(command.c.id.in_(list(commands))).order_by(command.c.last_seq)
    return [dict(row) for row in connection.execute(query).mappings()]


def net_effect(connection: Connection, commands: list[str]) -> dict[Key, Effect]:
    """Per row the values before the first of the commands and after the last."""
    query = select(change_log).where(change_log.c.command_id.in_(commands), change_log.c.op.in_(_WRITES))
    net: dict[Key, Effect] = {}
    for row in connection.execute(query.order_by(change_log.c.seq)).mappings():
        key = (row["entity"], row["entity_id"])
        kind = ENTITIES[key[0]]
        before = unlogged(kind, row["before"]) if row["before"] is not None else None
        after = unlogged(kind, row["after"]) if row["after"] is not None else None
        if key not in net:
            net[key] = Effect(before, after)
            continue
        effect = net[key]
        if effect.before is not None and before is not None:
            effect.before = {**before, **effect.before}
        effect.after = {**(effect.after or {}), **after} if after is not None else None
    return net


_WRITES = ("insert", "update", "delete")


def followers(connection: Connection, key: Key) -> Iterator[Key]:
    """Rows that refer to a row (values kept by version do not count)."""
    for name, kind in ENTITIES.items():
        for field in kind.fields:
            if field.ref is None or field.ref.kind != key[0] or kind.append_only:
                continue
            table = entity_tables[name]
            query = select(table.c.id).where(table.c[field.name] == key[1])
            for id in connection.execute(query).scalars().all():
                yield name, id


def last_hand(connection: Connection, key: Key, but: Iterable[str] = ()) -> Hand | None:
    """Who changed a row last, apart from the commands ``but``."""
    row = connection.execute(
        select(command.c.actor, change_log.c.recorded_at)
        .join(command, command.c.id == change_log.c.command_id)
        .where(
            change_log.c.entity == key[0], change_log.c.entity_id == key[1], change_log.c.command_id.not_in(list(but))
        )
        .order_by(change_log.c.seq.desc())
        .limit(1)
    ).first()
    return Hand(row.actor, row.recorded_at) if row else None


def last_hand_on(connection: Connection, kinds: Iterable[str], *, since: int) -> Hand | None:
    """Who changed a row of one of these kinds last, after the sequence ``since``."""
    row = connection.execute(
        select(command.c.actor, change_log.c.recorded_at)
        .join(command, command.c.id == change_log.c.command_id)
        .where(change_log.c.entity.in_(list(kinds)), change_log.c.seq > since, change_log.c.op.in_(_WRITES))
        .order_by(change_log.c.seq.desc())
        .limit(1)
    ).first()
    return Hand(row.actor, row.recorded_at) if row else None


def last_set(connection: Connection, ids: Iterable[str]) -> dict[tuple[str, str], datetime]:
    """When each field of these rows was last given its value, by (id, field)."""
    found: dict[tuple[str, str], datetime] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _BATCH):
        query = (
            select(change_log.c.entity_id, change_log.c.recorded_at, change_log.c.after)
            .where(change_log.c.entity_id.in_(wanted[start : start + _BATCH]), change_log.c.after.is_not(None))
            .order_by(change_log.c.seq)
        )
        for id, at, after in connection.execute(query):
            found.update(((id, name), at) for name in after)
    return found


_BATCH = 400


def commands_touching(connection: Connection, id: str) -> list[str]:
    """The commands that wrote a row."""
    query = select(change_log.c.command_id).where(change_log.c.entity_id == id).distinct()
    return list(connection.execute(query).scalars())
