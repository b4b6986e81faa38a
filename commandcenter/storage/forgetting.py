"""After an erasure: making the engine itself forget the bytes."""

from sqlalchemy import text

from commandcenter.storage.database import Database


def clean_up(database: Database) -> None:
    """SQLite: empty the journal into the file (``secure_delete`` has zeroed the pages); PostgreSQL: VACUUM FULL.

    Needs no other writer for a moment on SQLite; readers that hold on to an old state keep the journal.
    """
    with database.engine.connect() as raw:
        connection = raw.execution_options(isolation_level="AUTOCOMMIT")
        if database.is_postgres:
            connection.execute(text("VACUUM (FULL) personal_value"))
            connection.execute(text("CHECKPOINT"))
        else:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
