"""Drawing a boundary on the map with the hand: corners, catches, crossings, repair, saving."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from sqlalchemy import update

from commandcenter.base import texts
from commandcenter.rules import drawing as rules
from commandcenter.services.grids import Corner, SetBoundary
from commandcenter.storage.tables import entity_tables
from commandcenter.ui import grids
from commandcenter.ui.core.actions import Action
from commandcenter.ui.grids.drawing import area_words
from commandcenter.ui.grids.header import DRAW
from commandcenter.ui.grids.panel import MapPanel
from tests.ui.rooms import Room, room_at

GRID = "999101100201001"
Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A duty officer's desk."""
    with room_at(town_url("sqlite"), open_desk, tmp_path) as made:
        grids.install(made.tools)
        yield made


@pytest.fixture
def bare(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """The same in a town where no grid has a boundary."""
    url = town_url("sqlite")
    desk = open_desk(url)
    with desk.database.write() as connection:
        connection.execute(update(entity_tables["grid"]).values(shape=None, shape_hash=""))
    with room_at(url, open_desk, tmp_path) as made:
        grids.install(made.tools)
        yield made


def panel_of(room: Room) -> MapPanel:
    panel = room.show(room.tools.plugs.panels.get("map").make(room.tools), 1000, 800)
    room.settle()
    return panel  # type: ignore[no-any-return]


def begin(room: Room, *, empty: bool = True) -> MapPanel:
    panel = panel_of(room)
    room.tools.selection.navigate(DRAW, room.grid(GRID).id)
    panel.canvas.draw_now()
    room.settle()
    if empty:
        panel.drawing.clear()
    return panel


def click(panel: MapPanel, qtbot: Any, *spots: tuple[int, int]) -> None:
    for spot in spots:
        qtbot.mouseClick(panel.canvas, LEFT, pos=QPoint(*spot))


def free_spots(panel: MapPanel) -> list[tuple[int, int]]:
    """Corners of a square where no neighbour's corner catches."""
    return [(60, 60), (160, 60), (160, 160), (60, 160)]


def stored(room: Room) -> Any:
    grid = room.grid(GRID)
    with room.tools.desk.session.read("real") as reader:
        return next(iter(reader.find("shape", grid=grid.id, edition=grid.shape)), None)


def test_corners_by_click_area_shown_enter_saves_and_undo_takes_back(room: Room, qtbot: Any) -> None:
    panel = begin(room)
    before = room.grid(GRID).shape
    click(panel, qtbot, *free_spots(panel)[:3])
    assert len(panel.drawing.points) == 3
    assert area_words(panel.drawing.area) in panel.draw_bar.size_words.text()  # type: ignore[union-attr]
    click(panel, qtbot, free_spots(panel)[3])
    qtbot.keyClick(panel.canvas, Key.Key_Backspace)
    assert len(panel.drawing.points) == 3
    drawn = panel.drawing.area
    qtbot.keyClick(panel.canvas, Key.Key_Return)
    room.settle()
    assert panel.drawing is None and room.grid(GRID).shape == before + 1
    assert stored(room).area == pytest.approx(drawn, rel=0.01)
    assert texts.say("grids.draw.done", name=room.grid(GRID).name) in room.told()


def test_a_side_that_would_cross_is_refused_at_once_and_marked(room: Room, qtbot: Any) -> None:
    panel = begin(room)
    a, b, c, _ = free_spots(panel)
    click(panel, qtbot, a, c, b)
    click(panel, qtbot, (a[0] + 20, c[1] + 5))
    assert len(panel.drawing.points) == 3 and panel.drawing.crossing is not None
    assert panel.draw_bar.note.text() == texts.say("grids.draw.crossing")  # type: ignore[union-attr]
    click(panel, qtbot, (c[0] + 40, b[1] - 10))
    assert panel.drawing.crossing is None and len(panel.drawing.points) == 4


def test_a_boundary_that_crosses_when_closed_is_repaired(room: Room, qtbot: Any) -> None:
    panel = begin(room)
    click(panel, qtbot, (60, 60), (260, 60), (160, 160), (160, 20))
    before = room.grid(GRID).shape
    if len(panel.drawing.points) == 3:  # the last side was refused: close it by dragging instead
        panel.drawing.points.append(panel.drawing._place(QPointF(160, 20)))
    qtbot.keyClick(panel.canvas, Key.Key_Return)
    room.settle()
    assert room.grid(GRID).shape == before and panel.drawing.crossing is not None
    assert panel.draw_bar.repair.isVisible()  # type: ignore[union-attr]
    qtbot.mouseClick(panel.draw_bar.repair, LEFT)  # type: ignore[union-attr]
    assert rules.crossing(panel.drawing.points, closed=True) is None
    qtbot.keyClick(panel.canvas, Key.Key_Return)
    room.settle()
    assert room.grid(GRID).shape == before + 1


def test_a_corner_is_dragged_and_one_is_set_between_two(room: Room, qtbot: Any) -> None:
    panel = begin(room)
    click(panel, qtbot, *free_spots(panel))
    view = panel.canvas
    qtbot.mousePress(view, LEFT, pos=QPoint(160, 160))
    qtbot.mouseMove(view, QPoint(200, 200))
    panel.drawing.drag(QPointF(200, 200))
    qtbot.mouseRelease(view, LEFT, pos=QPoint(200, 200))
    where = panel.canvas.camera.to_screen(*panel.drawing.points[2])
    assert where == pytest.approx((200, 200), abs=1.5)
    click(panel, qtbot, (110, 60))
    assert len(panel.drawing.points) == 5
    assert panel.canvas.camera.to_screen(*panel.drawing.points[1]) == pytest.approx((110, 60), abs=1.5)


def test_a_neighbours_corner_catches_and_overlaps_are_said(room: Room, qtbot: Any) -> None:
    panel = begin(room)
    corners = panel.drawing._corners
    camera, rect = panel.canvas.camera, panel.canvas.rect().adjusted(40, 40, -40, -40)
    spots = [camera.to_screen(float(x), float(y)) for x, y in corners]
    x, y = next(spot for spot in spots if rect.contains(QPoint(round(spot[0]), round(spot[1]))))
    click(panel, qtbot, (round(x) + 4, round(y) - 3))
    assert camera.to_screen(*panel.drawing.points[0]) == pytest.approx((x, y), abs=1e-6)
    west, south, east, north = panel.canvas.plan.bounds
    panel.drawing.points = [(west, south), (east, south), (east, north), (west, north)]
    panel.drawing.changed.emit()
    found = panel.drawing.overlaps
    assert found and found[0][1] > 1000 and found == sorted(found, key=lambda each: -each[1])
    words = panel.draw_bar.note.text()  # type: ignore[union-attr]
    assert room.tools.desk.live.grids[found[0][0]].name in words and area_words(found[0][1]) in words


def test_the_present_boundary_is_gone_on_from_and_escape_leaves_it(room: Room, qtbot: Any) -> None:
    panel = begin(room, empty=False)
    assert len(panel.drawing.points) > 3 and panel.drawing.area == pytest.approx(stored(room).area, rel=0.01)
    before = room.grid(GRID).shape
    qtbot.keyClick(panel.canvas, Key.Key_Escape)
    assert panel.drawing is None and panel.draw_bar is None and room.grid(GRID).shape == before
    chosen: list[str] = []
    panel.canvas.grid_clicked.connect(chosen.append)
    middle = panel.canvas.screen_position(room.grid(GRID).id)
    assert middle is not None
    click(panel, qtbot, (round(middle.x()), round(middle.y())))
    assert chosen, "the hand is the map's again"


def test_a_single_place_is_a_point_and_two_are_refused(room: Room, qtbot: Any) -> None:
    panel = begin(room)
    click(panel, qtbot, *free_spots(panel)[:2])
    qtbot.keyClick(panel.canvas, Key.Key_Return)
    assert panel.drawing is not None and panel.drawing.trouble == "grids.draw.too_few"
    qtbot.keyClick(panel.canvas, Key.Key_Backspace)
    qtbot.keyClick(panel.canvas, Key.Key_Return)
    room.settle()
    assert panel.drawing is None and stored(room).area == 0


def test_in_a_town_without_boundaries_the_first_place_is_typed(bare: Room, qtbot: Any) -> None:
    panel = begin(bare)
    assert panel.canvas.plan.is_schematic
    click(panel, qtbot, (300, 300))
    assert panel.drawing.points == [] and panel.drawing.trouble == "grids.draw.no_reference"
    bar: Any = panel.draw_bar
    bar.position.setFocus()
    for typed in ("somewhere", "300, 20"):
        bar.position.setText(typed)
        bar.position.submitted.emit()
        assert panel.drawing.trouble == "grids.draw.not_a_position"
    for typed in ("105.38, 30.87", "105.39 30.87", "30.88，105.39"):
        bar.position.setText(typed)
        bar.position.submitted.emit()
    assert len(panel.drawing.points) == 3 and bar.position.text() == ""
    bar.position.submitted.emit()
    bare.settle()
    shape = stored(bare)
    assert (shape.west, shape.south, shape.east, shape.north) == pytest.approx((105.38, 30.87, 105.39, 30.88), abs=1e-6)
    assert not panel.canvas.plan.is_schematic


def test_what_another_desk_draws_meanwhile_appears_and_the_sketch_stays_in_place(room: Room, qtbot: Any) -> None:
    panel = begin(room)
    click(panel, qtbot, *free_spots(panel)[:3])
    before = panel.drawing._projection.to_degrees(np.array(panel.drawing.points))
    far = SetBoundary(grid=GRID, corners=(Corner(11.6, 46.9), Corner(11.61, 46.9), Corner(11.61, 46.91)))
    room.elsewhere(far)
    room.settle()
    panel.canvas.grab()
    after = panel.drawing._projection.to_degrees(np.array(panel.drawing.points))
    assert after == pytest.approx(before, abs=1e-7)


def test_drawing_begins_from_the_card_for_who_keeps_the_lists(
    town_url: Callable[[str], str], open_desk: Any, tmp_path: Path
) -> None:
    with room_at(town_url("sqlite"), open_desk, tmp_path, "viewer") as room:
        grids.install(room.tools)
        assert not room.tools.actions.is_allowed("grid.draw")
    with room_at(town_url("sqlite"), open_desk, tmp_path) as room:
        grids.install(room.tools)
        room.tools.actions.add(Action("workspace.situation", "shell.workspace.situation", lambda: None))
        page = room.show(room.tools.plugs.workspaces.get("grids").make(room.tools))
        room.tools.selection.navigate("grid", room.grid(GRID).id)
        assert room.tools.actions.trigger("grid.draw")
        assert (DRAW, room.grid(GRID).id) in room.walked and page is not None
