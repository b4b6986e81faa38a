"""What the desk says of itself: the database away and back, its clock, by the real port of sound and the notices."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication

from commandcenter.services import databases
from commandcenter.storage import machinery
from commandcenter.ui.core import tones
from commandcenter.ui.shell import status
from commandcenter.ui.shell.connection import ConnectionWatch
from tests.ui.rooms import Room, room_at


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Callable[..., Any], tmp_path: Path) -> Iterator[Room]:
    """A duty officer's desk."""
    with room_at(town_url("sqlite"), open_desk, tmp_path) as made:
        yield made


def _move(room: Room, *kinds: Any) -> None:
    for kind in kinds:
        room.tools.desk.hub.set_connection(kind)
        QGuiApplication.processEvents()


def test_the_database_away_is_heard_at_long_intervals_until_acknowledged(
    room: Room, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    assert tones.EVERY["trouble"] >= 60, "a tone every few seconds is switched off with the alarms"
    monkeypatch.setattr(tones, "EVERY", dict.fromkeys(tones.PATTERNS, 0.02))
    sound: Any = room.tools.sound
    room.tools.actions.add(ConnectionWatch(room.tools).action())
    assert not room.tools.actions.can_run("trouble.acknowledge")
    _move(room, "away", "reconnecting", "away")
    assert sound.heard[0] == "trouble" and len([text for text in room.told() if "数据库连不上" in text]) == 1
    qtbot.waitUntil(lambda: sound.heard.count("trouble") >= 2)
    (line,) = [each for each in room.tools.notices.waiting if each.key == "connection"]
    assert line.act is not None
    line.act()
    heard = len(sound.heard)
    qtbot.wait(60)
    assert len(sound.heard) == heard and sound.alarms == () and not any("数据库连不上" in text for text in room.told())
    _move(room, "connected")
    assert "数据库已恢复" in room.told()[-1]


def test_the_tone_of_trouble_ends_when_the_database_is_back_and_the_palette_silences_it(room: Room) -> None:
    room.tools.actions.add(ConnectionWatch(room.tools).action())
    _move(room, "away")
    assert room.tools.sound.alarms == ("connection",)
    _move(room, "connected")
    assert room.tools.sound.alarms == () and not any("连不上" in text for text in room.told())
    _move(room, "away")
    assert room.tools.actions.trigger("trouble.acknowledge") and room.tools.sound.alarms == ()


@pytest.mark.parametrize(("seconds", "word"), [(7.0, "快"), (-7.0, "慢")])
def test_a_clock_more_than_five_seconds_off_says_so_until_it_is_right(
    room: Room, monkeypatch: pytest.MonkeyPatch, seconds: float, word: str
) -> None:
    ahead = [seconds]
    monkeypatch.setattr(machinery, "server_time", lambda _: datetime.now(UTC) - timedelta(seconds=ahead[0]))
    monkeypatch.setattr(status, "CLOCK_EVERY", 0.0)
    shown: Any = room.show(status.ClockState(room.tools), 300, 40)

    def look() -> list[str]:
        shown.tick(room.clock.now())
        room.settle()
        return [text for text in room.told() if "时钟" in text]

    (line,) = look()
    assert word in line and "7 秒" in line and "7" in shown.text() and shown.property("role") == "error"
    assert len(look()) == 1, "said once"
    ahead[0] = 4.0
    assert look() == [] and shown.property("role") == "caption"


def test_the_clock_of_a_server_is_held_against_the_machines(town_url: Callable[[str], str], open_desk: Any) -> None:
    with open_desk(town_url("postgresql"), "duty1").read("real") as reader:
        assert abs(databases.clock_offset(reader)) < 1
