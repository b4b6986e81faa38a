"""Upgrading an older database. Alembic is imported only here, when there is something to do."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from commandcenter.base.errors import EnvironmentTrouble
from commandcenter.storage import backup, ddl, schema
from commandcenter.storage.backup import Progress
from commandcenter.storage.database import Database

FOLDER = Path(__file__).parent


def upgrade(database: Database, progress: Progress | None = None) -> tuple[str | None, str, Path | None]:
    """Bring a database to :data:`schema.HEAD` after a copy of the old state; (from, to, copy). ``progress`` is told the
    steps: the copy, then each version."""
    with database.read() as connection:
        version = schema.version_of(connection)
    if version is None:
        schema.create(database)
        return None, schema.HEAD, None
    if version > schema.HEAD:
        raise EnvironmentTrouble("schema.newer", version=version, wanted=schema.HEAD)
    if version == schema.HEAD:
        with database.write() as connection:
            ddl.apply(connection)
        return version, version, None
    steps = len([each for each in scripts() if each.revision > version])
    if progress is not None:
        progress(0, steps + 1)
    copy = _copy_before(database, version)
    if progress is not None:
        progress(1, steps + 1)
    run(database, version, progress=None if progress is None else lambda done: progress(1 + done, steps + 1))
    return version, schema.HEAD, copy


def _copy_before(database: Database, version: str) -> Path | None:
    """SQLite: a copy of the file by its own backup; on PostgreSQL the server's tools make it (the README says how)."""
    if database.path is None:
        return None
    import sqlite3

    target = backup.automatic_name(database, f"before-upgrade-{version}")
    source = sqlite3.connect(database.path)
    sink = sqlite3.connect(target)
    try:
        source.backup(sink)
    finally:
        sink.close()
        source.close()
    return target


def run(
    database: Database, start: str, target: str | None = None, *, progress: Callable[[int], None] | None = None
) -> None:
    """Run the migrations after ``start`` up to ``target`` in one transaction, references checked at its end.

    Does nothing when another process has brought the database on from ``start`` meanwhile.
    """
    from alembic.runtime.migration import MigrationContext

    steps = [script for script in scripts() if start < script.revision <= (target or schema.HEAD)]
    with database.engine.connect() as raw:
        if not database.is_postgres:
            # Batch operations make tables anew; the switch works only outside a transaction.
            raw.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        connection = raw.execution_options(immediate=True)
        try:
            with connection.begin():
                schema.one_at_a_time(connection)
                if (schema.version_of(connection) or "") != start:
                    return
                context = MigrationContext.configure(connection, opts={"render_as_batch": True})
                _run_steps(connection, context, steps, progress)
        finally:
            if not database.is_postgres:
                raw.connection.cursor().execute("PRAGMA foreign_keys=ON")


def _run_steps(
    connection: Connection, context: Any, steps: list[Any], progress: Callable[[int], None] | None
) -> None:
    from alembic.operations import Operations

    with Operations.context(context):
        for done, step in enumerate(steps, start=1):
            step.module.upgrade()
            if progress is not None:
                progress(done)
    ddl.apply(connection)
    if steps:
        schema.stamp(connection, steps[-1].revision)
    if connection.dialect.name == "sqlite" and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
        raise EnvironmentTrouble("schema.references_broken", rows=len(broken))


def scripts() -> list[Any]:
    """The migration scripts in order, the first one first."""
    from alembic.script import ScriptDirectory

    found = ScriptDirectory(str(FOLDER)).walk_revisions()
    return list(reversed(list(found)))
