"""The feed: every change of any desk, in order, once."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from commandcenter.base.changes import ChangeSet
from commandcenter.base.errors import ServerAway
from commandcenter.feeds import database as feed_module
from commandcenter.feeds.database import ChangeFeed
from commandcenter.rules.entity import REAL
from commandcenter.services.incidents import OpenIncident

PATIENCE = 20.0


class Received:
    """What a feed delivered, with a wait for a sequence."""

    def __init__(self) -> None:
        self.sequences: list[int] = []
        self.states: list[str] = []
        self._arrived = threading.Condition()

    def take(self, changes: ChangeSet) -> None:
        with self._arrived:
            self.sequences += [change.seq for change in changes]
            self._arrived.notify_all()

    def hear(self, state: str) -> None:
        with self._arrived:
            self.states.append(state)
            self._arrived.notify_all()

    def wait_for(self, done: Callable[[], bool]) -> None:
        with self._arrived:
            assert self._arrived.wait_for(done, PATIENCE), (self.sequences, self.states)


@pytest.fixture
def listen(town: str, open_desk: Callable[..., Any]) -> Iterator[Callable[..., tuple[Received, Any]]]:
    """Starts feeds of a desk of their own and stops them after the test."""
    started: list[ChangeFeed] = []

    def start(since: int) -> tuple[Received, Any]:
        received, session = Received(), open_desk(town, "duty2")
        feed = ChangeFeed(session.database, session.reads, session.viewer, REAL, since, received.take, received.hear)
        feed.start()
        started.append(feed)
        return received, session

    yield start
    for feed in started:
        feed.stop()
        assert not feed._thread.is_alive()


def newest(desk: Any) -> int:
    with desk.read("real") as reader:
        return int(reader.last_seq())


def report(desk: Any) -> int:
    outcome = desk.runner.execute(OpenIncident(category="other", urgency="routine", text="路灯不亮"))
    return int(outcome.changes.last_seq)


def test_it_catches_up_and_goes_on(desk: Any, listen: Callable[..., tuple[Received, Any]]) -> None:
    base = newest(desk)
    report(desk)
    received, _ = listen(base)
    received.wait_for(lambda: "connected" in received.states)
    last = [report(desk) for _ in range(5)][-1]
    received.wait_for(lambda: bool(received.sequences) and received.sequences[-1] == last)
    assert received.sequences == list(range(base + 1, last + 1))


def test_from_the_beginning_it_delivers_everything(desk: Any, listen: Callable[..., tuple[Received, Any]]) -> None:
    last = report(desk)
    received, _ = listen(0)
    received.wait_for(lambda: len(received.sequences) >= last)
    assert received.sequences == list(range(1, last + 1))


def test_after_the_server_was_away_nothing_is_missing(
    desk: Any, listen: Callable[..., tuple[Received, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    base = newest(desk)
    received, session = listen(base)
    received.wait_for(lambda: received.states == ["connected"])
    reads = session.reads.open

    def away(*_: Any) -> Any:
        raise ServerAway("database.away")

    monkeypatch.setattr(type(session.reads), "open", away)
    report(desk)
    received.wait_for(lambda: "away" in received.states)
    monkeypatch.undo()
    assert session.reads.open == reads
    last = report(desk)
    received.wait_for(lambda: bool(received.sequences) and received.sequences[-1] == last)
    assert received.sequences == list(range(base + 1, last + 1))
    received.wait_for(lambda: received.states[-1] == "connected")


def test_a_broken_connection_is_made_again(
    town: str, desk: Any, engine: str, listen: Callable[..., tuple[Received, Any]]
) -> None:
    if engine == "sqlite":
        pytest.skip("a file has no connection that a server could cut")
    base = newest(desk)
    received, _ = listen(base)
    received.wait_for(lambda: received.states == ["connected"])
    with desk.database.read() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )
    received.wait_for(lambda: received.states[-1:] == ["connected"] and "away" in received.states)
    last = report(desk)
    received.wait_for(lambda: bool(received.sequences) and received.sequences[-1] == last)
    assert received.sequences == list(range(base + 1, last + 1))


def test_stopping_is_prompt(desk: Any, listen: Callable[..., tuple[Received, Any]]) -> None:
    received, session = listen(newest(desk))
    received.wait_for(lambda: received.states == ["connected"])
    assert session.database.engine.pool.checkedout() <= 1


def test_more_than_is_read_at_once_comes_in_pieces(
    desk: Any, listen: Callable[..., tuple[Received, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    base = newest(desk)
    last = [report(desk) for _ in range(4)][-1]
    monkeypatch.setattr(feed_module, "MOST", 3)
    received, _ = listen(base)
    received.wait_for(lambda: bool(received.sequences) and received.sequences[-1] == last)
    assert received.sequences == list(range(base + 1, last + 1))
