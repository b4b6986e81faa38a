"""What the contracts of storage cost: masks, the command's door, the feed. Run: python -m tests.bench.bench_storage

Masked list: 1,000 incidents as a viewer reads them, against the same rows read without their personal values. Commands:
reports a second through the one door, against a bare driver that commits as many rows with a transaction each. Feed:
from the commit to the delivery on another desk, against a bare NOTIFY round trip (SQLite: a bare poll).
"""

import os
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import event, select

from commandcenter.base.changes import ChangeSet
from commandcenter.base.clock import Clock
from commandcenter.feeds.database import ChangeFeed
from commandcenter.rules.entity import REAL
from commandcenter.rules.visibility import Viewer
from commandcenter.services import sample_making
from commandcenter.services.incidents import OpenIncident
from commandcenter.services.sessions import Session, open_session
from commandcenter.storage.database import Database
from commandcenter.storage.personal import personal_fields
from commandcenter.storage.rows import to_entities
from commandcenter.storage.tables import entity_tables
from tests.bench.bench_live import bare_notify, bare_poll, server
from tests.bench.measuring import Ratio, machine, median, now, percentile, table

LISTED, COMMANDS, TOLD = 1_000, 500, 200
ROWS = 6
"""Rows that a report writes: record, incident, timeline entry, two lines of the log, and the record's end."""
VIEWER = Viewer("bench", "viewer")


def report(number: int) -> OpenIncident:
    """A report with everything personal in it."""
    return OpenIncident(
        category="care", urgency="routine", text=f"第{number}报：老人在院里摔倒", caller_name="李大爷",
        caller_phone=f"154{number:08d}", place="石榴巷九号",
    )  # fmt: skip


def tiny_town(url: str) -> str:
    """A database with the tests' township."""
    database = Database(url)
    sample_making.populate(database, Clock(), "tiny", mark="test")
    database.close()
    return url


# --- masks ------------------------------------------------------------------------------------------------------------


def masked_list(session: Session, count: int, runs: int = 15) -> tuple[float, float]:
    """Milliseconds (median) to list ``count`` incidents masked, and without their personal values."""
    for number in range(count):
        session.runner.execute(report(number))
    ours, baseline = [], []
    for _ in range(runs):
        ours.append(_milliseconds(lambda: _masked(session, count)))
        baseline.append(_milliseconds(lambda: _without_values(session, count)))
    return median(ours), median(baseline)


def _masked(session: Session, count: int) -> None:
    with session.reads.open(VIEWER, REAL) as reader:
        assert len(reader.find("incident", order=("opened_at", "id"), limit=count)) == count


def _without_values(session: Session, count: int) -> None:
    of = entity_tables["incident"]
    nothing = dict.fromkeys(field.name for field in personal_fields("incident"))
    with session.database.read() as connection:
        query = select(of).where(of.c.world.in_((REAL,))).order_by(of.c.opened_at, of.c.id).limit(count)
        rows = [{**row, **nothing} for row in connection.execute(query).mappings()]
        assert len(to_entities(connection, "incident", rows, VIEWER)) == count


def _milliseconds(act: Callable[[], None]) -> float:
    begin = time.perf_counter()
    act()
    return (time.perf_counter() - begin) * 1e3


# --- commands ---------------------------------------------------------------------------------------------------------


def commands(session: Session, count: int) -> float:
    """Milliseconds a report takes, one after the other."""
    return _milliseconds(lambda: [session.runner.execute(report(number)) for number in range(count)] and None) / count


def bare_inserts(url: str, folder: Path, count: int) -> float:
    """Milliseconds a transaction with as many rows takes, through the driver alone."""
    rows = [(f"{number}", "x" * 200) for number in range(ROWS)]
    if not url.startswith("postgresql"):
        return _bare_sqlite(folder / "inserts.sqlite", rows, count)
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bare (id text, payload text)")

        def insert() -> None:
            for _ in range(count):
                with connection.transaction():
                    for row in rows:
                        connection.execute("INSERT INTO bare VALUES (%s, %s)", row)

        took = _milliseconds(insert) / count
        connection.execute("DROP TABLE bare")
    return took


def _bare_sqlite(path: Path, rows: list[tuple[str, str]], count: int) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE bare (id TEXT, payload TEXT)")

    def insert() -> None:
        for _ in range(count):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO bare VALUES (?, ?)", rows)
            connection.execute("COMMIT")

    took = _milliseconds(insert) / count
    connection.close()
    return took


# --- the feed ---------------------------------------------------------------------------------------------------------


def delivery(session: Session, url: str, times: int) -> list[float]:
    """Milliseconds from handing a commit to the database until another desk's feed delivers it."""
    other = open_session(url, actor="duty2")
    with other.read("real") as reader:
        since = reader.last_seq()
    begun, found, arrived = [0.0], list[float](), threading.Event()

    def deliver(changes: ChangeSet) -> None:
        found.append((now() - begun[0]) * 1e3)
        arrived.set()

    def commits(_: object) -> None:
        begun[0] = now()

    feed = ChangeFeed(other.database, other.reads, other.viewer, REAL, since, deliver)
    event.listen(session.database.engine, "commit", commits)
    feed.start()
    time.sleep(0.5)
    for number in range(times):
        time.sleep(0.005 + (number * 7 % 20) / 1000)
        arrived.clear()
        session.runner.execute(report(number))
        arrived.wait(5)
    event.remove(session.database.engine, "commit", commits)
    feed.stop()
    other.close()
    return found


# --- the report -------------------------------------------------------------------------------------------------------


def measure(folder: Path, quick: bool = False) -> list[Ratio]:
    """Both engines."""
    lines = _engine("sqlite", tiny_town(str(folder / "storage.sqlite")), folder, quick)
    with server() as running:
        running.psql("CREATE DATABASE storage;")
        lines += _engine("postgresql", tiny_town(running.get_uri("storage")), folder, quick)
    return lines


def _engine(engine: str, url: str, folder: Path, quick: bool) -> list[Ratio]:
    session = open_session(url, actor="duty1")
    try:
        masked, plain = masked_list(session, LISTED)
        ours, bare = commands(session, COMMANDS // (5 if quick else 1)), bare_inserts(url, folder, COMMANDS)
        times = TOLD // (4 if quick else 1)
        told = delivery(session, url, times)
        round_trip = bare_notify(url, times) if engine == "postgresql" else bare_poll(folder, times)
    finally:
        session.close()
    note = f"p95 {percentile(told, 0.95):.1f} ms (baseline {percentile(round_trip, 0.95):.2g})"
    return [
        Ratio(f"list of {LISTED} masked incidents, {engine}", masked, plain, "ms", "≤ 2"),
        Ratio(f"one report, {engine}", ours, bare, "ms", "", f"{1000 / ours:.0f} commands/s, {1000 / bare:.0f} bare"),
        Ratio(f"commit to delivered, {engine}", median(told), median(round_trip), "ms", "", note),
    ]


def main() -> None:
    """Print the comparison."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        lines = measure(Path(folder), "--quick" in sys.argv)
    print(machine(), table(lines), sep="\n\n")


if __name__ == "__main__":
    main()
