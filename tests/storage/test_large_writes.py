"""Large writes on SQLite: who waits for them does not wait for the log to be carried over as well."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from commandcenter.storage.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "a.sqlite")
    with made.write() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER PRIMARY KEY, words TEXT)")
    yield made
    made.close()


def pages(connection: Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar_one())


def fill(connection: Connection) -> None:
    connection.exec_driver_sql("INSERT INTO t (words) VALUES (?)", [("x" * 1_000,) for _ in range(5_000)])


def test_the_log_is_carried_over_when_the_turn_is_over(database: Database) -> None:
    assert database.path is not None
    before = database.path.stat().st_size
    with database.write(many=True) as connection:
        assert pages(connection) == 0
        fill(connection)
    assert database.path.stat().st_size > before + 4_000_000, "carried over, though not by the commit"
    with database.read() as connection:
        assert pages(connection) == 1_000 and connection.exec_driver_sql("SELECT count(*) FROM t").scalar_one() == 5_000


def test_a_large_write_that_fails_leaves_nothing_and_the_next_is_as_ever(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write(many=True) as connection:
        fill(connection)
        raise RuntimeError
    with database.write() as connection:
        assert pages(connection) == 1_000 and not connection.exec_driver_sql("SELECT count(*) FROM t").scalar_one()


def test_a_reader_of_the_past_stops_neither_the_write_nor_the_next(database: Database) -> None:
    with database.snapshot() as old:
        assert not old.exec_driver_sql("SELECT count(*) FROM t").scalar_one()
        with database.write(many=True) as connection:
            fill(connection)
        with database.write() as connection:
            connection.exec_driver_sql("INSERT INTO t (words) VALUES ('next')")
        assert not old.exec_driver_sql("SELECT count(*) FROM t").scalar_one()
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar_one() == 5_001
