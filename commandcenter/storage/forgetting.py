"""After an erasure: making the engine itself forget the bytes."""

from collections.abc import Iterable

from sqlalchemy import Connection, select, text, update

from commandcenter.rules.entity import ENTITIES, REAL
from commandcenter.storage.database import Database
from commandcenter.storage.tables import change_log, entity_tables


def files_of(connection: Connection, subject: str) -> dict[str, str]:
    """The files ever put beside a subject, those taken away since included: attachment id to blob id."""
    rows = connection.execute(
        select(change_log.c.entity_id, change_log.c.after)
        .where(change_log.c.entity == "attachment", change_log.c.op == "insert")
        .order_by(change_log.c.seq)
    )
    return {id: after["blob"] for id, after in rows if after["subject"] == subject}


def drill_of(connection: Connection, subject: str) -> str | None:
    """The drill to which somebody or something belongs, by the log; None for anything else."""
    query = select(change_log.c.world).where(change_log.c.entity_id == subject, change_log.c.entity.in_(_OF_DRILLS))
    world = connection.execute(query.limit(1)).scalar()
    return None if world in (None, REAL) else str(world)


_OF_DRILLS = ("expectation", *(kind.name for kind in ENTITIES.values() if kind.of_drills))
"""What belongs to a drill; an expectation may also be a scenario's."""


def held(connection: Connection, blobs: Iterable[str]) -> set[str]:
    """Those of the blobs whose bytes are still there."""
    table = entity_tables["blob"]
    query = select(table.c.id).where(table.c.id.in_(sorted(set(blobs))), table.c.content.is_not(None))
    return set(connection.execute(query).scalars())


def empty(connection: Connection, blobs: Iterable[str]) -> None:
    """Take the bytes of these blobs away for good; what was said of them stays."""
    table = entity_tables["blob"]
    wanted = sorted(set(blobs))
    connection.execute(update(table).where(table.c.id.in_(wanted)).values(content=None, thumbnail=None))


def clean_up(database: Database) -> None:
    """SQLite: empty the journal into the file (``secure_delete`` has zeroed the pages); PostgreSQL: VACUUM FULL.

    Needs no other writer for a moment on SQLite; readers that hold on to an old state keep the journal.
    """
    with database.engine.connect() as raw:
        connection = raw.execution_options(isolation_level="AUTOCOMMIT")
        if database.is_postgres:
            connection.execute(text("VACUUM (FULL) personal_value, blob"))
            connection.execute(text("CHECKPOINT"))
        else:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
