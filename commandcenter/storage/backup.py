"""Snapshot backups: either engine into one SQLite file of the same schema, and back into either."""

import contextlib
import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, text

from commandcenter.base.errors import BadInput, EnvironmentTrouble
from commandcenter.storage import ddl, machinery, schema
from commandcenter.storage.database import Collision, Database, trouble
from commandcenter.storage.tables import change_log, command, kept, whole_metadata

Progress = Callable[[int, int], None]
_CHUNK = 500
_FEW = 4
"""Rows at a time where each may hold a whole file."""


def backup(database: Database, target: Path, progress: Progress | None = None) -> Path:
    """Write one consistent snapshot to ``target`` (which appears only when it is whole)."""
    schema.require_current(database)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = Database(part)
        try:
            schema.create(copy)
            with database.snapshot() as source, copy.write() as sink:
                _copy(source, sink, progress)
        finally:
            copy.close()
        settle(part)
        os.replace(part, target)
    except OSError as error:
        raise EnvironmentTrouble("backup.cannot_write", path=str(target), reason=error.strerror or "") from error
    finally:
        with contextlib.suppress(OSError):  # what went wrong before says more
            remove_with_companions(part)
    return target


def settle(path: Path) -> None:
    """Bring a closed SQLite file to rest: no journal beside it, every byte on the disk, so that it may be moved."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        known = trouble(error)
        if known is None:
            raise
        raise known from error
    finally:
        connection.close()
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def remove_with_companions(path: Path) -> None:
    """Remove a SQLite file with whatever lies beside it."""
    remove_journals(path)
    for end in ("", ".lock"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def remove_journals(path: Path) -> None:
    """Remove what a crash left of a SQLite file that is gone: the next file of this name would be given its pages."""
    for end in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def restore(source_file: Path, database: Database, progress: Progress | None = None, *,
            replaces: Callable[[Connection], bool] | None = None) -> None:  # fmt: skip
    """Load a backup into an empty database of either engine, in one transaction; of two at once the second finds it
    taken.

    ``replaces`` says whether the rows that the database holds may go instead. BadInput ``backup.not_empty`` otherwise;
    EnvironmentTrouble ``database.in_use`` when a desk is open on it, ``database.busy`` when others got in the way.
    """
    source_database = Database(source_file)
    try:
        schema.require_current(source_database)
        with source_database.read() as source, database.write() as sink:
            schema.make(sink)
            schema.keep_writers_out(sink)
            if sink.execute(select(func.count()).select_from(command)).scalar_one():
                if replaces is None or not replaces(sink):
                    raise BadInput("backup.not_empty", database=database.name)
                if machinery.present_desks(sink):
                    raise EnvironmentTrouble("database.in_use", database=database.name)
                for table in reversed(kept()):
                    sink.execute(delete(table))
            _copy(source, sink, progress)
            if database.is_postgres:
                sink.execute(
                    text("SELECT setval(pg_get_serial_sequence('personal_value','number'), "
                         "coalesce((SELECT max(number) FROM personal_value), 1))")
                )  # fmt: skip
    except Collision as met:
        raise EnvironmentTrouble("database.busy") from met
    finally:
        source_database.close()


def set_aside(database: Database, target: Path, progress: Progress | None = None) -> Path:
    """Empty the database once all of it stands in the snapshot ``target``; then another version may be restored.

    EnvironmentTrouble ``database.in_use`` when a desk is open, or wrote while the snapshot was made.
    """
    backup(database, target, progress)
    copy = Database(target)
    try:
        with copy.read() as connection:
            kept = _last_seq(connection)
    finally:
        copy.close()
        settle(target)
    with database.write() as connection:
        schema.one_at_a_time(connection)
        schema.keep_writers_out(connection)
        if machinery.present_desks(connection) or _last_seq(connection) != kept:
            raise EnvironmentTrouble("database.in_use", database=database.name)
        ddl.take_away(connection)
        whole_metadata().drop_all(connection)
    return target


def _last_seq(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(change_log.c.seq), 0))).scalar_one())


def _copy(source: Connection, sink: Connection, progress: Progress | None) -> None:
    totals = [source.execute(select(func.count()).select_from(table)).scalar_one() for table in kept()]
    done, total = 0, sum(totals)
    for table in kept():
        key = list(table.primary_key.columns)
        size = _FEW if table.name == "blob" else _CHUNK
        with source.execution_options(yield_per=size).execute(select(table).order_by(*key)) as rows:
            for chunk in rows.mappings().partitions(size):
                sink.execute(insert(table), [dict(row) for row in chunk])
                done += len(chunk)
                if progress:
                    progress(done, total)


def automatic_name(database: Database, reason: str) -> Path:
    """Where a backup made by itself goes: beside the database file, named by reason and instant."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    folder = database.path.parent if database.path else Path.cwd()
    stem = database.path.stem if database.path else str(database.url.database)
    return folder / f"{stem}.{reason}.{stamp}.sqlite"


def automatic(database: Database) -> list[str]:
    """The names of backups beside the database file that were made by themselves."""
    if database.path is None:
        return []
    return sorted(each.name for each in database.path.parent.glob(f"{database.path.stem}.*.*Z.sqlite"))
