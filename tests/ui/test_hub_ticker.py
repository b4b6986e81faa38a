"""The hub publishes each sequence once and gathers floods; the ticker keeps one timer and rests."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from commandcenter.base.changes import Change, ChangeSet
from commandcenter.base.clock import Clock, ClockMapping, ManualClock
from commandcenter.ui.core.hub import Hub
from commandcenter.ui.core.selection import Selection
from commandcenter.ui.core.ticker import Ticker


def _changes(*seqs: int) -> ChangeSet:
    return ChangeSet(tuple(Change(seq, "c", "incident", f"i{seq}", "insert", "real") for seq in seqs))


class Listener(QObject):
    """Writes down what was published."""

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self.sets: list[ChangeSet] = []
        hub.changed.connect(self.take)

    def take(self, changes: ChangeSet) -> None:
        self.sets.append(changes)

    @property
    def seqs(self) -> list[int]:
        return [change.seq for changes in self.sets for change in changes]


def test_each_sequence_once_whoever_brings_it(qapp: Any) -> None:
    hub = Hub()
    heard = Listener(hub)
    hub.start_after(10)
    hub.offer(_changes(13))  # this desk's own, before the feed brings those in between
    QApplication.processEvents()
    hub.offer(_changes(9, 10, 11, 12, 13, 14))
    QApplication.processEvents()
    hub.offer(_changes(12, 14))
    QApplication.processEvents()
    assert heard.seqs == [13, 11, 12, 14]


def test_floods_are_gathered(qapp: Any) -> None:
    hub = Hub()
    heard = Listener(hub)

    def pour(start: int) -> None:
        for seq in range(start, start + 500):
            hub.offer(_changes(seq))

    threads = [threading.Thread(target=pour, args=(start,)) for start in (1, 501, 1001)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    QApplication.processEvents()
    assert sorted(heard.seqs) == list(range(1, 1501))
    assert len(heard.sets) <= 3


def test_everything_is_published_without_rows(qapp: Any) -> None:
    hub = Hub()
    heard = Listener(hub)
    hub.offer(ChangeSet())
    hub.offer(ChangeSet.all())
    QApplication.processEvents()
    assert [changes.everything for changes in heard.sets] == [True]


def test_connection_keeps_the_age_of_the_trouble(qapp: Any) -> None:
    hub = Hub()
    states: list[Any] = []
    hub.connection_changed.connect(states.append)
    for kind in ("away", "reconnecting", "connected"):
        hub.set_connection(kind)
        QApplication.processEvents()
    hub.set_connection("connected")
    QApplication.processEvents()
    assert [(state.kind, state.is_stale) for state in states] == [
        ("away", True), ("reconnecting", True), ("connected", False),
    ]  # fmt: skip
    assert states[0].since == states[1].since and hub.connection_state.age() >= 0


NOON = datetime(2025, 6, 30, 4, 0, tzinfo=UTC)


class Face(QObject):
    """A clock on screen."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[datetime] = []

    def tick(self, now: datetime) -> None:
        self.seen.append(now)


def test_ticks_at_the_turn_of_the_second_of_a_fast_clock(qtbot: Any) -> None:
    clock = Clock(ClockMapping(datetime.now(UTC), NOON, rate=5.0))
    ticker, face = Ticker(clock), Face()
    ticker.listen(face.tick)
    qtbot.waitUntil(lambda: len(face.seen) >= 2, timeout=3000)
    assert face.seen[1] - face.seen[0] >= timedelta(seconds=0.9)
    ticker.stop_listening(face.tick)
    assert not ticker.is_running


def test_rests_when_nobody_listens_or_looks(qapp: Any) -> None:
    ticker, face = Ticker(ManualClock(NOON)), Face()
    assert not ticker.is_running
    ticker.listen(face.tick)
    assert ticker.is_running
    ticker.set_seen(False)
    assert not ticker.is_running
    ticker.set_seen(True)
    assert ticker.is_running and face.seen == [NOON]
    del face
    ticker.set_seen(False)
    ticker.set_seen(True)
    assert not ticker.is_running


def test_only_bound_methods_listen(qapp: Any) -> None:
    with pytest.raises(TypeError):
        Ticker(ManualClock(NOON)).listen(lambda now: None)


def test_selection_is_heard_once(qapp: Any) -> None:
    selection = Selection()
    heard: list[Any] = []
    selection.changed.connect(lambda *given: heard.append(given))
    selection.navigated.connect(lambda *given: heard.append(("go", *given)))
    selection.choose("grid", "g1")
    selection.choose("grid", "g1")
    selection.navigate("incident", "i1")
    selection.choose("grid", None)
    assert heard == [("grid", "g1"), ("incident", "i1"), ("go", "incident", "i1"), ("grid", None)]
    assert selection.chosen("grid") is None and selection.chosen("incident") == "i1"
    selection.choose("grid", "g2")
    del heard[:]
    selection.clear()
    assert heard == [("incident", None), ("grid", None)] and selection.chosen("grid") is None
