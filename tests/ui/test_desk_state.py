"""What the desk says of itself: the database away and back, its clock, by the real port of sound and the notices."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication

from commandcenter.ui.core import tones
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
