"""The machinery's own small tables: presence of desks, leases on the server's clock, the simulated clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from commandcenter.base.clock import ClockMapping
from commandcenter.base.errors import RuleError
from commandcenter.storage.tables import change_log, clock_row, entity_tables, lease, presence
from commandcenter.storage.upsert import insert_into

PRESENT_FOR = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Present:
    """A desk that is there now."""

    desk: str
    officer: str
    name: str


def server_time(connection: Connection) -> datetime:
    """The database server's clock; on SQLite the machine's."""
    if connection.dialect.name == "postgresql":
        found: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return found.astimezone(UTC)
    return datetime.now(UTC)


def report_presence(connection: Connection, desk: str, officer: str, name: str) -> None:
    """This desk is there, with this officer."""
    values = {"officer": officer, "name": name, "seen_at": server_time(connection)}
    connection.execute(
        insert_into(connection.dialect.name, presence)
        .values(desk=desk, **values)
        .on_conflict_do_update(index_elements=["desk"], set_=values)
    )


def leave(connection: Connection, desk: str) -> None:
    """This desk has gone."""
    connection.execute(delete(presence).where(presence.c.desk == desk))


def present_desks(connection: Connection) -> list[Present]:
    """The desks seen lately, in a fixed order: a desk's place is its rank for due work."""
    since = server_time(connection) - PRESENT_FOR
    rows = connection.execute(select(presence).where(presence.c.seen_at >= since).order_by(presence.c.desk))
    return [Present(row.desk, row.officer, row.name) for row in rows]


def take_lease(connection: Connection, name: str, holder: str, lasting: timedelta) -> bool:
    """Whether ``holder`` holds the lease now (taken anew, or prolonged)."""
    now = server_time(connection)
    connection.execute(
        insert_into(connection.dialect.name, lease)
        .values(name=name, holder=holder, until=now + lasting)
        .on_conflict_do_nothing()
    )
    done = connection.execute(
        update(lease)
        .where(lease.c.name == name, (lease.c.holder == holder) | (lease.c.until < now))
        .values(holder=holder, until=now + lasting)
    )
    return done.rowcount == 1


def read_clock(connection: Connection) -> ClockMapping | None:
    """The simulated clock of a sample or test database, None where real time runs.

    Raises RuleError ``clock.not_allowed`` when a real database holds one.
    """
    row = connection.execute(select(clock_row)).first()
    if row is None:
        return None
    if database_mark(connection) == "real":
        raise RuleError("clock.not_allowed")
    return ClockMapping(row.real, row.simulated, row.rate)


def write_clock(connection: Connection, mapping: ClockMapping | None) -> None:
    """Set or take away the simulated clock; RuleError in a real database."""
    if database_mark(connection) not in ("sample", "test"):
        raise RuleError("clock.not_allowed")
    if mapping is None:
        connection.execute(delete(clock_row))
        return
    values = {"real": mapping.real, "simulated": mapping.simulated, "rate": mapping.rate}
    connection.execute(
        insert_into(connection.dialect.name, clock_row)
        .values(only=1, **values)
        .on_conflict_do_update(index_elements=["only"], set_=values)
    )


def database_mark(connection: Connection) -> str | None:
    """``real``, ``sample`` or ``test``; None before the town is named."""
    table = entity_tables["township"]
    return connection.execute(select(table.c.mark)).scalar()


def town_zone(connection: Connection) -> str | None:
    """The town's time zone; None before the town is named."""
    return connection.execute(select(entity_tables["township"].c.zone)).scalar()


def last_recorded(connection: Connection) -> datetime | None:
    """When the newest change was recorded."""
    query = select(change_log.c.recorded_at).order_by(change_log.c.seq.desc()).limit(1)
    return connection.execute(query).scalar()
