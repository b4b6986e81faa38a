"""Seals: a chain of hashes over the change log, and the check that finds a changed, removed or inserted row."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select

from commandcenter.base.clock import iso
from commandcenter.rules.entity import ENTITIES, Later
from commandcenter.storage.database import Database
from commandcenter.storage.machinery import take_lease
from commandcenter.storage.rows import logged
from commandcenter.storage.tables import change_log, command, entity_tables, listed_columns, personal_value, seal
from commandcenter.storage.types import RowLike, canonical

SEAL_ROWS = 5000
LEASE = timedelta(seconds=20)
_LOGGED = ("seq", "command_id", "entity", "entity_id", "op", "before", "after", "world", "incident", "grid", "worker")
_COMMAND = ("id", "name", "payload", "actor", "desk", "occurred_source", "world", "group_id", "cause", "undoes")


@dataclass(slots=True)
class Report:
    """What ``db check`` found: counts, the hash of the state, and the faults with their place."""

    commands: int = 0
    changes: int = 0
    sealed: int = 0
    entities: int = 0
    state_hash: str = ""
    faults: list[dict[str, Any]] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


def _log_line(row: RowLike) -> str:
    facts = {name: row[name] for name in _LOGGED}
    return canonical({**facts, "recorded_at": iso(row["recorded_at"])})


def _command_line(row: RowLike) -> str:
    facts = {name: row[name] for name in _COMMAND}
    times = {name: iso(row[name]) for name in ("occurred_at", "recorded_at")}
    return canonical({**facts, **times})


def _span_hash(connection: Connection, previous: str, first: int, last: int) -> str:
    """The hash over the log rows first…last and the commands that end there, chained to ``previous``."""
    total = hashlib.sha256(previous.encode())
    rows = connection.execute(
        select(change_log).where(change_log.c.seq.between(first, last)).order_by(change_log.c.seq)
    )
    for row in rows.mappings():
        total.update(_log_line(row).encode())
    heads = connection.execute(
        select(command).where(command.c.last_seq.between(first, last)).order_by(command.c.last_seq)
    )
    for head in heads.mappings():
        total.update(_command_line(head).encode())
    return total.hexdigest()


def seal_up(database: Database, holder: str) -> int:
    """Seal what is not yet sealed, if this desk gets the lease; returns how many rows."""
    with database.read() as connection:
        if not _unsealed(connection):
            return 0
    with database.write() as connection:
        if not take_lease(connection, "seal", holder, LEASE):
            return 0
        newest = connection.execute(select(seal).order_by(seal.c.to_seq.desc()).limit(1)).mappings().first()
        first = (newest["to_seq"] if newest else 0) + 1
        last = connection.execute(
            select(func.max(change_log.c.seq)).where(change_log.c.seq < first + SEAL_ROWS)
        ).scalar()
        if last is None or last < first:
            return 0
        previous = newest["hash"] if newest else ""
        made = _span_hash(connection, previous, first, last)
        connection.execute(insert(seal).values(from_seq=first, to_seq=last, previous=previous, hash=made))
        return int(last - first + 1)


def _unsealed(connection: Connection) -> int:
    newest = connection.execute(select(func.coalesce(func.max(change_log.c.seq), 0))).scalar_one()
    sealed = connection.execute(select(func.coalesce(func.max(seal.c.to_seq), 0))).scalar_one()
    return int(newest - sealed)


def check(database: Database, progress: Callable[[int, int], None] | None = None) -> Report:
    """Verify sequences, seals, that rows say what the log says, and that every personal reference leads somewhere.

    ``progress`` is told the steps: the chain, the seals, the log, each kind of rows, files and values.
    """
    report = Report()
    steps = iter(range(1, len(entity_tables) + 6))

    def done() -> None:
        if progress is not None:
            progress(next(steps), len(entity_tables) + 5)

    with database.snapshot() as connection:
        report.commands = int(connection.execute(select(func.count()).select_from(command)).scalar_one())
        _check_sequences(connection, report)
        done()
        _check_seals(connection, report)
        done()
        last_words = _last_words(connection)
        done()
        total = hashlib.sha256()
        for name, table in entity_tables.items():
            _check_rows(connection, name, table, last_words, report, total)
            done()
        for (name, id), after in last_words.items():
            if after is not None:
                report.faults.append({"code": "row_missing", "entity": name, "id": id})
        _check_blobs(connection, report)
        done()
        _hash_rest(connection, total)
        done()
        report.state_hash = total.hexdigest()
    return report


def _check_sequences(connection: Connection, report: Report) -> None:
    expected = 1
    for seq in connection.execute(select(change_log.c.seq).order_by(change_log.c.seq)).scalars():
        if seq != expected:
            report.faults.append({"code": "sequence_gap", "expected": expected, "found": seq})
        expected = seq + 1
        report.changes += 1


def _check_seals(connection: Connection, report: Report) -> None:
    previous, next_seq = "", 1
    for row in list(connection.execute(select(seal).order_by(seal.c.to_seq)).mappings()):
        right = row["from_seq"] == next_seq and row["previous"] == previous
        if not right or _span_hash(connection, previous, row["from_seq"], row["to_seq"]) != row["hash"]:
            report.faults.append({"code": "seal_broken", "from": row["from_seq"], "to": row["to_seq"]})
        previous, next_seq = row["hash"], row["to_seq"] + 1
    report.sealed = next_seq - 1
    _check_sums(connection, report)


def _check_sums(connection: Connection, report: Report) -> None:
    """Commands must cover the log without holes, sealed or not."""
    spans = connection.execute(
        select(command.c.id, command.c.first_seq, command.c.last_seq)
        .where(command.c.first_seq.is_not(None))
        .order_by(command.c.first_seq)
    )
    expected = 1
    for id, first, last in spans:
        if first != expected:
            report.faults.append({"code": "command_missing", "before": id, "expected": expected, "found": first})
        expected = last + 1
    if expected != report.changes + 1:
        report.faults.append({"code": "command_missing", "expected": expected, "found": report.changes + 1})


def _last_words(connection: Connection) -> dict[tuple[str, str], dict[str, Any] | None]:
    """For every entity what the log says it is now (None: taken away)."""
    words: dict[tuple[str, str], dict[str, Any] | None] = {}
    for row in connection.execute(select(change_log).order_by(change_log.c.seq)).mappings():
        key = (row["entity"], row["entity_id"])
        if row["op"] == "delete":
            words[key] = None
        elif row["op"] in ("insert", "update"):
            words[key] = {**(words.get(key) or {}), **(row["after"] or {})}
    return words


def _rows(connection: Connection, table: Any) -> Iterator[RowLike]:
    yield from connection.execute(select(*listed_columns(table.name)).order_by(table.c.id)).mappings()


def _check_rows(
    connection: Connection, name: str, table: Any, words: dict[Any, Any], report: Report, total: Any
) -> None:
    kind = ENTITIES[name]
    for row in _rows(connection, table):
        report.entities += 1
        now = logged(kind, row)
        unsaid = {field.name for field in kind.fields if field.has(Later) and now[field.name] == field.default}
        total.update(canonical([name, {key: now[key] for key in now if key not in unsaid}]).encode())
        said = words.pop((name, row["id"]), None)
        if said is not None:
            now = {key: now[key] for key in now if key in said or key not in unsaid}
        if said is None:
            report.faults.append({"code": "row_unlogged", "entity": name, "id": row["id"]})
        elif said != now:
            wrong = sorted(key for key in now if now[key] != said.get(key))
            report.faults.append({"code": "row_changed", "entity": name, "id": row["id"], "fields": wrong})


def _check_blobs(connection: Connection, report: Report) -> None:
    """Every file says what its digest says, one at a time; one without bytes was erased by a command."""
    table = entity_tables["blob"]
    erased = select(change_log.c.entity_id).where(change_log.c.entity == "blob", change_log.c.op == "erase")
    emptied = set(connection.execute(erased).scalars())
    for id, digest, size in connection.execute(select(table.c.id, table.c.digest, table.c.size)).all():
        content = connection.execute(select(table.c.content).where(table.c.id == id)).scalar()
        if content is None and id not in emptied:
            report.faults.append({"code": "blob_missing", "entity": "blob", "id": id})
        elif content is not None and (len(content) != size or hashlib.sha256(content).hexdigest() != digest):
            report.faults.append({"code": "blob_changed", "entity": "blob", "id": id})


def _hash_rest(connection: Connection, total: Any) -> None:
    columns = [c for c in personal_value.c if c.name in ("subject", "field", "version", "value", "current")]
    query = select(*columns).order_by(personal_value.c.subject, personal_value.c.field, personal_value.c.version)
    for values in connection.execute(query):
        total.update(canonical(list(values)).encode())
    for row in connection.execute(select(change_log).order_by(change_log.c.seq)).mappings():
        total.update(_log_line(row).encode())
    for head in connection.execute(select(command).order_by(command.c.id)).mappings():
        total.update(_command_line(head).encode())
