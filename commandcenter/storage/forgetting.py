"""After an erasure: making the engine itself forget the bytes."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, delete, select, text, update
from sqlalchemy.exc import DBAPIError

from commandcenter.rules.entity import ENTITIES, REAL
from commandcenter.storage.database import Database, is_transient
from commandcenter.storage.machinery import server_time, take_lease
from commandcenter.storage.tables import change_log, entity_tables, lease
from commandcenter.storage.upsert import insert_into

OPEN = "erasure"
"""The lease row that stands while erased bytes are still to be cleaned up: held by the last erasing command, since the
first."""
TURN = "erasure.clean_up"
"""The lease of whoever cleans up."""
LASTING = timedelta(minutes=2)
State = Literal["clean", "waiting", "not_allowed"]
"""Nothing is left to be cleaned up; somebody reads an old state or is at it, it is tried again; this role may not."""
_SWEPT = ("personal_value", "blob", "edition_lines")


def files_of(connection: Connection, subject: str) -> dict[str, str]:
    """The files ever put beside a subject, those taken away since included: attachment id to blob id."""
    rows = connection.execute(
        select(change_log.c.entity_id, change_log.c.after)
        .where(change_log.c.entity == "attachment", change_log.c.op == "insert")
        .order_by(change_log.c.seq)
    )
    return {id: after["blob"] for id, after in rows if after["subject"] == subject}


def receipts_of(connection: Connection, worker: str) -> list[str]:
    """The receipt sheets (ids) on which kits went that a worker has, or ever had, by the log."""
    kits = select(change_log.c.entity_id).where(change_log.c.entity == "kit", change_log.c.worker == worker)
    kit = entity_tables["kit"]
    query = select(kit.c.issue).where(kit.c.id.in_(kits), kit.c.issue.is_not(None)).distinct()
    return [str(id) for id in connection.execute(query.order_by(kit.c.issue)).scalars()]


def drill_of(connection: Connection, subject: str) -> str | None:
    """The drill to which somebody or something belongs, by the log; None for anything else."""
    query = select(change_log.c.world).where(change_log.c.entity_id == subject, change_log.c.entity.in_(_of_drills()))
    world = connection.execute(query.limit(1)).scalar()
    return None if world in (None, REAL) else str(world)


def _of_drills() -> tuple[str, ...]:
    """What belongs to a drill; an expectation may also be a scenario's."""
    return ("expectation", *(kind.name for kind in ENTITIES.values() if kind.of_drills))


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


def remember(connection: Connection, command: str) -> None:
    """In the erasing transaction: bytes are to be cleaned up, whatever happens to this process after the commit."""
    connection.execute(
        insert_into(connection.dialect.name, lease)
        .values(name=OPEN, holder=command, until=server_time(connection))
        .on_conflict_do_update(index_elements=["name"], set_={"holder": command})
    )


def open_since(connection: Connection) -> datetime | None:
    """Since when erased bytes wait to be cleaned up; None when there are none."""
    return connection.execute(select(lease.c.until).where(lease.c.name == OPEN)).scalar()


def clean_up(database: Database, holder: str) -> State:
    """Make the engine forget erased bytes, if any wait for it. Outside any transaction, off the GUI thread.

    SQLite: the log is carried over into the file and cut (``secure_delete`` has zeroed the pages, the text index was
    merged by the erasure itself). PostgreSQL: VACUUM FULL of the tables concerned. What cannot be done now stays
    remembered.
    """
    with database.read() as connection:
        asked = connection.execute(select(lease.c.holder).where(lease.c.name == OPEN)).scalar()
    if asked is None:
        return "clean"
    with database.write() as connection:
        if not take_lease(connection, TURN, holder, LASTING):
            return "waiting"
    state: State = "waiting"
    try:
        state = _vacuum(database) if database.is_postgres else "clean" if database.empty_log() else "waiting"
    finally:
        with database.write() as connection:
            if state == "clean":  # unless somebody else was erased meanwhile
                connection.execute(delete(lease).where(lease.c.name == OPEN, lease.c.holder == asked))
            connection.execute(delete(lease).where(lease.c.name == TURN, lease.c.holder == holder))
    return state


def _vacuum(database: Database) -> State:
    """The server tells of each table how many dead rows it still had to keep, and tells nothing of one that it skipped
    because the role may not (it only warns)."""
    kept: list[int] = []

    def listen(told: Any) -> None:
        if told.source_function == "copy_table_data" and told.message_detail:
            kept.append(_first_number(told.message_detail))

    with database.engine.connect() as raw:
        connection = raw.execution_options(isolation_level="AUTOCOMMIT")
        driver: Any = connection.connection.driver_connection
        driver.add_notice_handler(listen)
        try:
            connection.execute(text("SET lock_timeout = '2s'"))  # all others would queue behind a longer wait
            for table in _SWEPT:
                connection.execute(text(f"VACUUM (FULL, VERBOSE) {table}"))
        except DBAPIError as error:
            if not is_transient(error):
                raise
            return "waiting"
        finally:
            driver.remove_notice_handler(listen)
            if not driver.closed:
                connection.execute(text("RESET lock_timeout"))
    if len(kept) < len(_SWEPT):
        return "not_allowed"
    return "waiting" if any(kept) else "clean"


def _first_number(detail: str) -> int:
    """Of "3 dead row versions cannot be removed yet", whatever the server's language."""
    digits = "".join(each if each.isdecimal() else " " for each in detail).split()
    return int(digits[0]) if digits else 0
