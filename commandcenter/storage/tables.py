"""Tables: derived from the entities' marks, plus the machinery's own."""

import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

from commandcenter.rules.entity import ENTITIES, Apart, EntityKind, Field, Indexed, Named, Unique
from commandcenter.storage.types import JsonText, UtcDateTime

ID = String(36)
_metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_TYPES: dict[Any, Any] = {
    str: Text,
    int: BigInteger,
    float: Float(53),
    bool: Boolean,
    datetime: UtcDateTime,
    bytes: LargeBinary,
    dict: JsonText,
}


def _column(field: Field) -> "Column[Any]":
    if field.personal is not None:
        return Column(field.name, Integer, nullable=True)
    nullable = field.optional
    if field.name == "id":
        return Column("id", ID, primary_key=True)
    if field.ref is not None:
        keys = () if field.ref.weak else (ForeignKey(f"{field.ref.kind}.id"),)
        return Column(field.name, ID, *keys, nullable=nullable, index=field.has(Indexed))
    if field.choices is not None:
        return Column(field.name, String(32), nullable=nullable, index=field.has(Indexed))
    plain = getattr(field.type, "__origin__", field.type)
    return Column(
        field.name, _TYPES[plain], nullable=nullable, index=field.has(Indexed), unique=field.has(Unique) or None
    )


def _checks(kind: EntityKind) -> list[CheckConstraint]:
    checks = []
    for field in kind.fields:
        if field.choices is not None:
            listed = ", ".join(f"'{choice}'" for choice in field.choices)
            checks.append(CheckConstraint(f"{field.name} IN ({listed})", name=field.name))
    return checks


def _named(field: Field) -> list["Column[Any]"]:
    return [Column(f"{field.name}_pinyin", Text, nullable=False, index=True), Column(f"{field.name}_initials", Text)]


def _table(kind: EntityKind) -> Table:
    columns = [_column(field) for field in kind.fields]
    keys = [column for field in kind.fields if field.has(Named) for column in _named(field)]
    return Table(kind.name, _metadata, *columns, *keys, *_checks(kind))


@cache
def in_order() -> tuple[str, ...]:
    """Entity names so that a row's references come before it."""
    ordered: list[EntityKind] = []
    waiting = sorted(ENTITIES.values(), key=lambda kind: kind.name)
    while waiting:
        known = {kind.name for kind in ordered}
        ready = [
            kind for kind in waiting if all(f.ref is None or f.ref.weak or f.ref.kind in known for f in kind.fields)
        ]
        if not ready:
            raise TypeError("entities refer to each other in a circle")
        ordered += ready
        waiting = [kind for kind in waiting if kind not in ready]
    return tuple(kind.name for kind in ordered)


class _EntityTables(Mapping[str, Table]):
    """The table of each entity, made when it is first asked for: a desk that opens needs few of them at once."""

    def __init__(self) -> None:
        self._made: dict[str, Table] = {}
        self._lock = threading.Lock()

    def __getitem__(self, name: str) -> Table:
        found = self._made.get(name)
        if found is None:
            kind = ENTITIES[name]
            with self._lock:
                found = self._made.get(name)
                if found is None:
                    found = self._made[name] = _table(kind)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(in_order())

    def __len__(self) -> int:
        return len(ENTITIES)


entity_tables: Mapping[str, Table] = _EntityTables()


def listed_columns(kind: str) -> "list[Column[Any]]":
    """The columns of an entity's table that lists and checks read: all but the bytes that are read apart."""
    apart = {field.name for field in ENTITIES[kind].fields if field.has(Apart)}
    return [column for column in entity_tables[kind].c if column.name not in apart]


command = Table(
    "command",
    _metadata,
    Column("id", ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("payload", JsonText, nullable=False),
    Column("actor", Text, nullable=False),
    Column("desk", Text, nullable=False),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("occurred_source", Text, nullable=False),
    Column("recorded_at", UtcDateTime),
    Column("world", ID, nullable=False),
    Column("group_id", ID, index=True),
    Column("cause", Text),
    Column("undoes", JsonText),
    Column("undoable", Boolean, nullable=False, server_default=false()),
    Column("outcome", JsonText),
    Column("first_seq", BigInteger),
    Column("last_seq", BigInteger, index=True),
)

change_log = Table(
    "change_log",
    _metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("command_id", ID, nullable=False, index=True),
    Column("entity", Text, nullable=False),
    Column("entity_id", ID, nullable=False),
    Column("op", String(6), nullable=False),
    Column("before", JsonText),
    Column("after", JsonText),
    Column("world", ID, nullable=False),
    Column("incident", ID, index=True),
    Column("grid", ID, index=True),
    Column("worker", ID, index=True),
    Index("ix_change_log_entity", "entity", "entity_id", "seq"),
)

personal_value = Table(
    "personal_value",
    _metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("subject", ID, nullable=False),
    Column("field", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("entity", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", Text),
    Column("search_key", Text),
    Column("initials", Text),
    Column("grams", Text),
    Column("current", Boolean, nullable=False, server_default=true()),
    Column("world", ID, nullable=False),
    Column("command_id", ID, nullable=False, index=True),
    Column("erased_at", UtcDateTime),
    UniqueConstraint("subject", "field", "version"),
)

seal = Table(
    "seal",
    _metadata,
    Column("from_seq", BigInteger, nullable=False),
    Column("to_seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
counter = Table(
    "counter",
    _metadata,
    Column("series", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("value", Integer, nullable=False),
)
presence = Table(
    "presence",
    _metadata,
    Column("desk", ID, primary_key=True),
    Column("officer", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)
lease = Table(
    "lease",
    _metadata,
    Column("name", Text, primary_key=True),
    Column("holder", ID, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)
clock_row = Table(
    "clock",
    _metadata,
    Column("only", Integer, primary_key=True),
    Column("real", UtcDateTime, nullable=False),
    Column("simulated", UtcDateTime, nullable=False),
    Column("rate", Float(53), nullable=False),
)
schema_row = Table("schema_version", _metadata, Column("version", Text, primary_key=True))

MACHINERY: tuple[Table, ...] = (presence, lease, schema_row, clock_row, counter, seal)
"""Written only by storage, without facts of the town."""


def kept() -> tuple[Table, ...]:
    """What a backup carries, in an order that satisfies the references."""
    return (*entity_tables.values(), personal_value, command, change_log, seal, counter, clock_row)


def whole_metadata() -> MetaData:
    """Every table there is: to make a database, or to take it away."""
    tuple(entity_tables.values())  # made by being asked for
    return _metadata
