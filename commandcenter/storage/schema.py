"""Making a database, and the guard that refuses one of another version. Does not import Alembic."""

from sqlalchemy import Connection, delete, insert, inspect, select, text

from commandcenter.base.errors import EnvironmentTrouble
from commandcenter.storage import ddl
from commandcenter.storage.database import Database
from commandcenter.storage.tables import schema_row, whole_metadata

HEAD = "0009"
"""The newest migration; a test holds it against ``storage/migrations``."""


def version_of(connection: Connection) -> str | None:
    """The schema version of a database; None while it is empty."""
    if not inspect(connection).has_table(schema_row.name):
        return None
    return connection.execute(select(schema_row.c.version)).scalar()


def create(database: Database) -> None:
    """Make every table in an empty database; does nothing in one of this version."""
    with database.write() as connection:
        make(connection)


def make(connection: Connection) -> None:
    """:func:`create` within a transaction that does more."""
    one_at_a_time(connection)
    if version_of(connection) is None:
        whole_metadata().create_all(connection)
        ddl.apply(connection)
        connection.execute(insert(schema_row).values(version=HEAD))


def one_at_a_time(connection: Connection) -> None:
    """Let nobody else make or change tables until commit (on SQLite a write transaction does that by itself)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7331002)"))


def keep_writers_out(connection: Connection) -> None:
    """Wait until every command under way has ended, and let none begin until commit (on SQLite nobody else writes)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE command IN SHARE ROW EXCLUSIVE MODE"))


def stamp(connection: Connection, version: str) -> None:
    """Write the version that the tables have now."""
    connection.execute(delete(schema_row))
    connection.execute(insert(schema_row).values(version=version))


def require_current(database: Database) -> None:
    """Raise ``schema.empty``, ``schema.older`` or ``schema.newer`` unless the database has this version."""
    if not database.exists():
        raise EnvironmentTrouble("schema.empty", database=database.name)
    with database.read() as connection:
        version = version_of(connection)
    if version is None:
        raise EnvironmentTrouble("schema.empty", database=database.name)
    if version < HEAD:
        raise EnvironmentTrouble("schema.older", version=version, wanted=HEAD)
    if version > HEAD:
        raise EnvironmentTrouble("schema.newer", version=version, wanted=HEAD)
