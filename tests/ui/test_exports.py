"""A table out of the desk: how far it is stands in the footer, and it can be given up without a trace."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt

from commandcenter.base import texts
from commandcenter.services import exporting
from commandcenter.ui import exports
from commandcenter.ui.exports.door import Door, Working
from tests.ui.rooms import Room, room_at


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    with room_at(town_url("sqlite"), open_desk, tmp_path) as made:
        exports.install(made.tools)
        yield made


def parts(room: Room) -> tuple[Door, Working]:
    item = room.tools.plugs.status_items.get("export").make(room.tools)
    assert isinstance(item, Working)
    (door,) = [each for each in room.tools.desk.children() if isinstance(each, Door)]
    return door, room.show(item, 500, 40)


def logged(room: Room) -> int:
    with room.tools.desk.session.read("real") as reader:
        return len([line for line in reader.history(entity="township") if line.change.op == "export"])


class Held:
    """Reading that waits to be let go."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        real = exporting.prepare

        def prepare(*given: Any, **more: Any) -> Any:
            self.begun.set()
            assert self.go_on.wait(10)
            return real(*given, **more)

        patch.setattr(exporting, "prepare", prepare)


def test_it_is_given_up_from_the_footer(
    room: Room, tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, item = parts(room)
    item.hide()
    held, path = Held(monkeypatch), tmp_path / "out.xlsx"
    door.write("workers", str(path))
    assert item.isVisible() and held.begun.wait(10)
    door.write("grids", str(tmp_path / "other.xlsx"))
    assert texts.say("export.one_at_a_time") in room.told()
    qtbot.mouseClick(item.stop, Qt.MouseButton.LeftButton)
    held.go_on.set()
    room.settle()
    assert not item.isVisible() and texts.say("export.given_up") in room.told()
    assert not path.exists() and logged(room) == 0
    assert not (tmp_path / "other.xlsx").exists()


def test_it_tells_how_far_it_is_and_then_stands(room: Room, tmp_path: Path) -> None:
    door, item = parts(room)
    seen: list[tuple[int, int]] = []
    door.moved.connect(lambda done, total: seen.append((done, total)))
    path = tmp_path / "out.xlsx"
    door.write("workers", str(path))
    room.settle()
    rows = openpyxl.load_workbook(path).worksheets[0].max_row - 1
    assert seen[0] == (0, 0) and seen[-1] == (rows, rows) and not item.isVisible()
    assert logged(room) == 1 and any(str(path) in each for each in room.told())
