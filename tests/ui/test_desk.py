"""The desk takes in what others changed: the first at once, what comes close behind it together, nothing lost."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject

from commandcenter.base.changes import ChangeSet
from commandcenter.base.clock import monotonic
from commandcenter.base.errors import ServerAway
from commandcenter.services import live
from commandcenter.services.directory import Directory
from commandcenter.services.incidents import EditIncident
from commandcenter.services.live import LiveChange
from commandcenter.ui.core.desk import PACE
from tests.ui.rooms import Room, room_at


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A desk without any feature."""
    with room_at(town_url("sqlite"), open_desk, tmp_path, pace=PACE) as made:
        yield made


class Seen(QObject):
    """Notes when the live set moved."""

    def __init__(self, room: Room) -> None:
        super().__init__()
        self.at: list[float] = []
        room.tools.desk.live_changed.connect(self.take)

    def take(self, _change: LiveChange) -> None:
        self.at.append(monotonic())


def edit(room: Room, id: str, place: str) -> Any:
    """From another desk, told but not yet taken in."""
    was = room.tools.desk.live.incidents[id].place
    command = EditIncident(incident=id, changed={"place": place}, was={"place": was})
    return room._other.execute(command).changes


def test_a_storm_of_changes_is_taken_in_at_the_pace_and_none_is_lost(room: Room, qtbot: Any) -> None:
    ids = [room.open() for _ in range(8)]
    qtbot.waitUntil(lambda: not room.tools.desk.has_news)
    qtbot.wait(PACE)
    seen, began = Seen(room), monotonic()
    for number, id in enumerate(ids):
        room.tools.desk.hub.offer(edit(room, id, f"{number}号"))
        qtbot.wait(5)
    qtbot.waitUntil(lambda: not room.tools.desk.has_news)
    took = monotonic() - began
    assert [room.tools.desk.live.incidents[id].place for id in ids] == [f"{number}号" for number in range(8)]
    assert 2 <= len(seen.at) <= 2 + took * 1000 / PACE


def test_a_single_change_does_not_wait(room: Room, qtbot: Any) -> None:
    id = room.open()
    qtbot.wait(PACE * 2)
    room.tools.desk.hub.offer(edit(room, id, "校门"))
    room.settle()
    assert not room.tools.desk._waiting and room.tools.desk.live.incidents[id].place == "校门"


def test_what_could_not_be_read_is_not_asked_for_again_until_the_server_is_back(
    room: Room, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, asked = room.tools.desk, list[float]()
    id = room.open()

    def away(_world: str) -> Any:
        asked.append(monotonic())
        raise ServerAway("database.away")

    with monkeypatch.context() as patch:
        patch.setattr(type(desk.session), "read", lambda _self, world: away(world))
        desk.hub.set_connection("away")
        desk.hub.offer(edit(room, id, "桥头"))
        qtbot.wait(PACE * 4)
    assert len(asked) == 1
    desk.hub.set_connection("connected")
    qtbot.waitUntil(lambda: desk.live.incidents[id].place == "桥头")


@pytest.mark.parametrize("where", ["news", "people"])
def test_what_was_read_for_the_officer_before_is_not_shown_to_who_took_the_desk_over(
    room: Room, qtbot: Any, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    desk, phone = room.tools.desk, "15400997777"
    id = room.open(caller_phone=phone)
    numbers = {phone, *(each.phone for each in desk.directory.people.values())} - {None, ""}
    holder, name = (live, "fetch") if where == "news" else (Directory, "load")
    real, asked, go_on = getattr(holder, name), list[Any](), threading.Event()

    def held(*given: Any) -> Any:
        found = real(*given)
        asked.append(found)
        assert len(asked) > 1 or go_on.wait(10)
        return found

    told: list[str] = []

    def look(_change: object = None) -> None:
        shown = (desk.live.incidents[id].caller_phone, *(each.phone for each in desk.directory.people.values()))
        told.extend(each for each in shown if each in numbers)

    monkeypatch.setattr(holder, name, held)
    qtbot.wait(PACE * 2)
    desk.hub.offer(ChangeSet.all()) if where == "news" else desk.listen()
    qtbot.waitUntil(lambda: len(asked) == 1)
    desk.live_changed.connect(look)
    desk.directory_changed.connect(look)
    look()
    assert len(told) > 3
    told.clear()
    desk.become(next(each for each in desk.live.officers.values() if each.role == "viewer"))
    go_on.set()
    qtbot.waitUntil(lambda: len(asked) > 1)
    room.settle()
    assert told == [] and desk.live.incidents[id].caller_phone and desk.directory.people


def test_what_a_page_was_reading_is_read_again_for_who_took_the_desk_over(room: Room, qtbot: Any) -> None:
    desk, phone = room.tools.desk, "15400997777"
    id = room.open(caller_phone=phone)
    page, told, asked, go_on = QObject(), list[str](), list[str](), threading.Event()

    def ask(reader: Any) -> str:
        asked.append(reader.get("incident", id).caller_phone)
        assert go_on.wait(10)
        return asked[-1]

    desk.read(ask, done=told.append, owner=page, key="page")
    qtbot.waitUntil(lambda: asked == [phone])
    desk.become(next(each for each in desk.live.officers.values() if each.role == "viewer"))
    go_on.set()
    qtbot.waitUntil(lambda: bool(told))
    assert len(told) == 1 and told[0] and phone not in told
