"""The log: what it holds of a command, what it says of a changed row, and both as they are read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from commandcenter.base.changes import Change, ChangeSet
from commandcenter.rules.entity import REAL, EntityKind
from commandcenter.storage.rows import Raw
from commandcenter.storage.tables import change_log, command
from commandcenter.storage.types import RowLike


@dataclass(frozen=True, slots=True)
class Header:
    """Everything the command record holds besides payload and outcome."""

    id: str
    name: str
    actor: str
    desk: str
    occurred_at: datetime
    occurred_source: str
    world: str
    group: str | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A command record as it stands in the database."""

    id: str
    name: str
    payload: dict[str, Any]
    actor: str
    outcome: Any
    undoable: bool
    changes: ChangeSet


def log_row(kind: EntityKind, row: Mapping[str, Any], op: str, before: Raw | None, after: Raw | None) -> Raw:
    """A log row without sequence, command and time, with what it concerns."""
    concerns = {name: row["id"] if kind.name == name else row.get(name) for name in ("incident", "grid", "worker")}
    if row.get("person_kind") == "worker":
        concerns["worker"] = row["person"]
    if row.get("subject_kind") in concerns:
        concerns[row["subject_kind"]] = row["subject"]
    return {
        "entity": kind.name,
        "entity_id": row["id"],
        "op": op,
        "before": before,
        "after": after,
        "world": row.get("world", REAL),
        **concerns,
    }


CHANGE_COLUMNS = ("seq", "command_id", "entity", "entity_id", "op", "world", "incident", "grid", "worker")


def change_of(row: RowLike) -> Change:
    """A log row as the change that views see."""
    return Change(
        seq=row["seq"],
        command=row["command_id"],
        entity=row["entity"],
        id=row["entity_id"],
        op=row["op"],
        world=row["world"],
        incident=row["incident"],
        grid=row["grid"],
        worker=row["worker"],
    )


def stored_command(connection: Connection, id: str) -> Stored | None:
    """A command record with the changes it made, or None."""
    row = connection.execute(select(command).where(command.c.id == id)).mappings().first()
    if row is None:
        return None
    entries = connection.execute(select(change_log).where(change_log.c.command_id == id).order_by(change_log.c.seq))
    return Stored(
        id=row["id"],
        name=row["name"],
        payload=row["payload"],
        actor=row["actor"],
        outcome=row["outcome"],
        undoable=row["undoable"],
        changes=ChangeSet(tuple(change_of(entry) for entry in entries.mappings())),
    )
