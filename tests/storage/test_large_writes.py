"""Large writes: who waits for one waits for nothing else, and one that fails leaves nothing behind."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from commandcenter.base.errors import ServerAway
from commandcenter.storage.batch import Statement
from commandcenter.storage.database import Collision, Database


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


COPY = ("COPY t (id) FROM STDIN", "id")


@pytest.fixture
def server(town_url: Callable[[str], str]) -> Iterator[Database]:
    made = Database(town_url("postgresql"))
    with made.write() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    yield made
    made.close()


def test_a_server_that_goes_away_in_the_middle_of_many_rows_is_told_as_such(server: Database) -> None:
    with pytest.raises(ServerAway), server.write(many=True) as connection:
        mine = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with server.write() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({mine})")
        Statement("", [{"id": number} for number in range(5_000)], COPY).run(connection)
    with server.read() as connection:
        assert not connection.exec_driver_sql("SELECT count(*) FROM t").scalar_one()


def test_many_rows_of_which_one_is_there_already_may_be_tried_again(server: Database) -> None:
    with pytest.raises(Collision), server.write(many=True) as connection:
        Statement("", [{"id": 1}, {"id": 1}], COPY).run(connection)
    with server.read() as connection:
        assert not connection.exec_driver_sql("SELECT count(*) FROM t").scalar_one()
