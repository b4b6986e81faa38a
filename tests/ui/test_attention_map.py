"""The attention list on the map: counts under grids, overdue reviews, the pointer's lines by role, live."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from commandcenter.services.attention import AddAttention
from commandcenter.ui import attention, grids
from commandcenter.ui.core.map.model import MapColours
from commandcenter.ui.core.map.teeth import SUM, WHOLE, tally_plate, tally_width
from tests.ui.rooms import Room, room_at

GRID, NAME = "999101100201001", "慕容翠翠"


def installed(room: Room) -> Room:
    for feature in (grids, attention):
        feature.install(room.tools)
    return room


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    with room_at(town_url("sqlite"), open_desk, tmp_path) as made:
        yield installed(made)


@pytest.fixture
def viewer(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    with room_at(town_url("sqlite"), open_desk, tmp_path, "viewer") as made:
        yield installed(made)


def panel_of(room: Room) -> Any:
    return room.show(room.tools.plugs.panels.get("map").make(room.tools))


def enter(room: Room, **more: Any) -> None:
    given = {"kind": "person", "grid": GRID, "name": NAME, "ground": "consent", **more}
    if given["kind"] != "person":
        del given["name"], given["ground"]
    room.elsewhere(AddAttention(**given))


def test_counts_come_up_when_switched_on_and_follow_the_list(room: Room, qtbot: Any) -> None:
    panel = panel_of(room)
    assert "attention" not in panel.layers and not panel.bar.chips["attention"].isChecked()
    qtbot.mouseClick(panel.bar.chips["attention"], Qt.MouseButton.LeftButton)
    room.settle()
    layer, grid = panel.layers["attention"], room.grid(GRID).id
    before = layer.plates.rows.get(grid, (0, 0, 0, False))
    enter(room)
    enter(room, kind="place", title="油坊巷老木房")
    enter(room, kind="matter", matter="石桥护栏松动")
    after = layer.plates.rows[grid]
    assert after[:3] == tuple(each + 1 for each in before[:3])
    told = " ".join(panel._hover(grid))
    assert NAME in told
    assert {"tally", "overdue_tally"} <= {each.symbol for each in panel.canvas.legend.entries}
    panel.canvas.grab()
    panel.canvas.zoom(3.0)
    panel.canvas.grab()
    assert room.tools.settings.get("map.shown") == ["attention"]
    qtbot.mouseClick(panel.bar.chips["attention"], Qt.MouseButton.LeftButton)
    assert NAME not in " ".join(panel._hover(grid)), "a layer that is off tells nothing"


def test_an_overdue_review_is_marked(room: Room) -> None:
    panel = panel_of(room)
    panel.show_layer("attention", True)
    room.settle()
    layer, grid = panel.layers["attention"], room.grid("999101100201003").id
    assert not layer.plates.rows.get(grid, (0, 0, 0, False))[3]
    enter(room, grid="999101100201003", review_on=room.tools.desk.now().date().isoformat())
    assert not layer.plates.rows[grid][3]
    room.clock.advance(days=3)
    layer._tick(room.tools.desk.now())
    room.settle()
    assert layer.plates.rows[grid][3] and any("过期" in each or "overdue" in each for each in layer.hover(grid))


def test_whoever_sees_masks_is_told_counts_and_no_name(viewer: Room) -> None:
    enter(viewer)
    panel = panel_of(viewer)
    panel.show_layer("attention", True)
    viewer.settle()
    grid = viewer.grid(GRID).id
    assert panel.layers["attention"].plates.rows[grid][0] >= 1
    lines = panel.layers["attention"].hover(grid)
    assert lines and NAME not in " ".join(lines) and "慕容" not in " ".join(lines) and "*" not in " ".join(lines)
    assert panel.layers["attention"]._found[grid].names == ()


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_plate_is_as_wide_as_its_counts(ratio: float, qapp: Any) -> None:
    few, many = (1, 0, 0, False), (12, 3, 4, True)
    assert tally_width(few) < tally_width(many) and tally_width(many, SUM) < tally_width(many, WHOLE)
    for tally in (few, many):
        for step in (WHOLE, SUM):
            image = tally_plate(tally, MapColours.dark(), ratio, step)
            assert image.width() == round(tally_width(tally, step) * ratio)
    plain, late = (tally_plate((1, 0, 0, each), MapColours.dark(), 1.0) for each in (False, True))
    assert plain.pixelColor(4, 12) != late.pixelColor(4, 12)
