"""The map canvas through its public doors: what is drawn where, what a hand finds, and who may move the view."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
import shapely
import shiboken6
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from commandcenter.base import texts
from commandcenter.rules.maps import Kind, Plan
from commandcenter.rules.rings import Rings
from commandcenter.ui.core.map import (
    Fill,
    LegendEntry,
    MapCanvas,
    MapColours,
    MapGrid,
    Marker,
    Pattern,
    pictures,
)
from commandcenter.ui.core.map.aside import Aside
from commandcenter.ui.core.map.raster import Buffer, Window

SIDE = 0.01
RED = Fill("#aa0000")


def square(column: int, row: int) -> shapely.Geometry:
    return shapely.box(105 + column * SIDE, 31 + row * SIDE, 105 + (column + 1) * SIDE, 31 + (row + 1) * SIDE)


def grid(
    name: str, shape: shapely.Geometry | None, kind: Kind = "general", village: str = "甲", mark: str = ""
) -> MapGrid:
    wkb = shapely.to_wkb(shape) if shape is not None else None
    return MapGrid(name, name, name, village, f"{village}村", kind, mark, wkb)


def board(columns: int = 4, rows: int = 4) -> list[MapGrid]:
    """General grids a0…, two villages side by side."""
    places = [(x, y) for y in range(rows) for x in range(columns)]
    return [grid(f"a{n}", square(x, y), village="甲" if x < columns / 2 else "乙") for n, (x, y) in enumerate(places)]


def disc(column: float, row: float, radius: float = 0.3) -> shapely.Geometry:
    return shapely.Point(105 + column * SIDE, 31 + row * SIDE).buffer(radius * SIDE)


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    before = texts.current().language
    texts.use("zh_CN")
    yield
    texts.use(before)


@pytest.fixture
def canvas(qtbot: QtBot) -> MapCanvas:
    widget = MapCanvas()
    qtbot.addWidget(widget)
    widget.resize(800, 600)
    widget.show()
    assert QTest.qWaitForWindowExposed(widget)
    widget.setFocus()
    return widget


def show(canvas: MapCanvas, grids: Sequence[MapGrid]) -> None:
    canvas.set_grids(grids)
    canvas.draw_now()


def middle(canvas: MapCanvas, name: str) -> QPoint:
    point = canvas.screen_position(name)
    assert point is not None
    return point.toPoint()


def colour_at(canvas: MapCanvas, name: str, right: int = 0, down: int = 30) -> str:
    """The colour a little off a grid's middle, where no mark stands."""
    image = canvas.grab().toImage()
    point = middle(canvas, name) + QPoint(right, down)
    return QColor(image.pixel(point)).name()


def click(qtbot: QtBot, canvas: MapCanvas, point: QPoint) -> None:
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=point)


def drag(qtbot: QtBot, canvas: MapCanvas, start: QPoint, end: QPoint) -> None:
    view = canvas
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(view, start + (end - start) / 2)
    qtbot.mouseMove(view, end)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)


def wheel(canvas: MapCanvas, point: QPoint, turn: int) -> None:
    where = QPointF(point)
    event = QWheelEvent(
        where, QPointF(canvas.mapToGlobal(point)), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def test_an_empty_canvas_shows_its_background(canvas: MapCanvas) -> None:
    colours = MapColours.light()
    canvas.set_colours(colours)
    image = canvas.grab().toImage()
    assert QColor(image.pixel(400, 300)).name() == colours.background
    assert canvas.grids_at(QPointF(400, 300)) == []


def test_the_first_picture_is_made_once_for_the_size_that_the_window_gets(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows: list[Window] = []
    drawn = pictures.draw

    def noted(plan: Plan, rings: Rings, window: Window, wanted: Any) -> Buffer:
        windows.append(window)
        return drawn(plan, rings, window, wanted)

    monkeypatch.setattr(pictures, "draw", noted)
    canvas = MapCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(300, 200)
    canvas.show()
    canvas.set_grids(board())  # known before the window is on screen
    canvas.resize(800, 600)
    assert not windows
    qtbot.waitUntil(lambda: bool(windows))
    canvas.grab()
    assert [window.width >= 800 for window in windows] == [True] and not canvas.is_drawing
    assert canvas.grids_at(QPointF(400, 300))


def test_beyond_the_picture_the_ground_is_bare(canvas: MapCanvas, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hand that is faster than the next picture sees background, not what was there before."""
    show(canvas, board())
    monkeypatch.setattr(pictures.Pictures, "look", lambda self, camera, ratio: None)
    canvas.pan(-500, 300)
    seen = canvas.grab().toImage()
    ground = QColor(canvas.colours.background)
    assert seen.pixelColor(790, 300) == ground and seen.pixelColor(400, 5) == ground
    canvas.pan(500, -300)
    assert canvas.grab().toImage().pixelColor(450, 280) != ground


def test_each_grid_is_found_where_it_is_drawn(canvas: MapCanvas) -> None:
    show(canvas, board())
    for n in range(16):
        assert canvas.grids_at(QPointF(middle(canvas, f"a{n}"))) == [f"a{n}"]
    assert canvas.grids_at(QPointF(2, 300)) == []


def test_fills_colour_their_grid_and_no_other(canvas: MapCanvas) -> None:
    show(canvas, board())
    before = colour_at(canvas, "a6")
    canvas.set_fills({"a5": RED, "unknown": RED})
    assert colour_at(canvas, "a5") == RED.colour
    assert colour_at(canvas, "a6") == before
    canvas.set_fills({"a6": RED})
    assert colour_at(canvas, "a5") != RED.colour
    assert colour_at(canvas, "a6") == RED.colour


def test_fills_given_before_the_grids_hold(canvas: MapCanvas) -> None:
    canvas.set_fills({"a5": RED})
    show(canvas, board())
    assert colour_at(canvas, "a5") == RED.colour


def test_recolouring_needs_no_new_picture_of_the_shapes(canvas: MapCanvas, monkeypatch: pytest.MonkeyPatch) -> None:
    show(canvas, board())

    def never(*args: object) -> None:
        raise AssertionError("drawn anew")

    monkeypatch.setattr("commandcenter.ui.core.map.pictures.draw", never)
    canvas.set_fills({"a5": RED})
    canvas.set_colours(MapColours.light())
    assert colour_at(canvas, "a5") == RED.colour


@pytest.mark.parametrize("pattern", [Pattern.DOTS, Pattern.DIAGONAL, Pattern.CROSS_HATCH])
def test_patterns_and_edges_are_told_apart_without_colour(canvas: MapCanvas, pattern: Pattern) -> None:
    show(canvas, board())
    plain = _shades(canvas, Fill("#333333"))
    canvas.set_fills({})
    assert plain == {"#333333"}
    inked = _shades(canvas, Fill("#333333", "#ffffff", pattern))
    assert len(inked) == 2 and "#333333" in inked


def _shades(canvas: MapCanvas, fill: Fill) -> set[str]:
    canvas.set_fills({"a5": fill})
    image: QImage = canvas.grab().toImage()
    corner = middle(canvas, "a5") + QPoint(-20, 14)
    return {QColor(image.pixel(corner + QPoint(x, y))).name() for x in range(40) for y in range(24)}


def test_villages_side_by_side_have_different_tones(canvas: MapCanvas) -> None:
    show(canvas, board())
    assert colour_at(canvas, "a4") != colour_at(canvas, "a7")
    assert colour_at(canvas, "a4") == colour_at(canvas, "a5")


def test_picking_prefers_the_dedicated_then_the_emergency_then_the_general_grid(canvas: MapCanvas) -> None:
    grids = [
        *board(),
        grid("E", disc(1.5, 1.5, 0.45), "emergency", mark="洲"),
        grid("D", disc(1.5, 1.5, 0.2), "dedicated", mark="校"),
    ]
    show(canvas, grids)
    on_square = QPointF(middle(canvas, "D"))
    found = canvas.grids_at(on_square)
    assert found[0] == "D" and found[-1] == "a5"
    wide = canvas.camera.scale * SIDE * 95_000
    beside = on_square + QPointF(wide * 0.35, 0)
    assert canvas.grids_at(beside) == ["E", "a5"]


def test_emergency_grids_are_hatched_over_the_fill_beneath(canvas: MapCanvas) -> None:
    show(canvas, [*board(), grid("E", disc(1.5, 1.5, 0.45), "emergency", mark="洲")])
    canvas.set_fills({"a5": Fill("#333333")})
    image = canvas.grab().toImage()
    start = middle(canvas, "E") + QPoint(12, 8)
    shades = {QColor(image.pixel(start + QPoint(n, 0))).name() for n in range(16)}
    assert "#333333" in shades and len(shades) == 2


def test_clicks_name_the_grid_or_the_marker_on_it(canvas: MapCanvas, qtbot: QtBot) -> None:
    show(canvas, board())
    with qtbot.waitSignal(canvas.grid_clicked) as grids:
        click(qtbot, canvas, middle(canvas, "a9"))
    assert grids.args == ["a9"]
    canvas.set_markers([Marker("m", "a9", None, "特", "strong")])
    with qtbot.assertNotEmitted(canvas.grid_clicked), qtbot.waitSignal(canvas.marker_clicked) as markers:
        click(qtbot, canvas, middle(canvas, "a9"))
    assert markers.args == ["m"]
    with qtbot.waitSignal(canvas.grid_double_clicked) as twice:
        qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=middle(canvas, "a2"))
    assert twice.args == ["a2"]


def test_a_drag_is_no_click(canvas: MapCanvas, qtbot: QtBot) -> None:
    show(canvas, board())
    start = middle(canvas, "a9")
    with qtbot.assertNotEmitted(canvas.grid_clicked):
        drag(qtbot, canvas, start, start + QPoint(60, 40))
    assert middle(canvas, "a9") == start + QPoint(60, 40)
    assert canvas.grids_at(QPointF(start + QPoint(60, 40))) == ["a9"]


def test_a_marker_at_a_place_stands_there(canvas: MapCanvas, qtbot: QtBot) -> None:
    show(canvas, board())
    canvas.set_markers([Marker("m", None, (105 + 2.5 * SIDE, 31 + 0.5 * SIDE), "急")])
    with qtbot.waitSignal(canvas.marker_clicked):
        click(qtbot, canvas, middle(canvas, "a2"))
    canvas.set_markers([Marker("lost", "nowhere", None, "急")])
    assert not canvas.grab().isNull()


def test_markers_in_one_grid_are_one_and_clicks_go_round(canvas: MapCanvas, qtbot: QtBot) -> None:
    show(canvas, board())
    canvas.set_markers([Marker("quiet", "a5", None, "般", "quiet"), Marker("strong", "a5", None, "特", "strong")])
    seen = []
    canvas.marker_clicked.connect(seen.append)
    click(qtbot, canvas, middle(canvas, "a5"))
    canvas.select_marker("strong")
    click(qtbot, canvas, middle(canvas, "a5"))
    assert seen[0] == "strong"


def test_markers_that_meet_come_apart_on_a_click(canvas: MapCanvas, qtbot: QtBot) -> None:
    show(canvas, board(40, 30))
    canvas.set_markers([Marker("m1", "a500", None, "急"), Marker("m2", "a501", None, "急")])
    with qtbot.assertNotEmitted(canvas.marker_clicked):
        click(qtbot, canvas, middle(canvas, "a500"))
    qtbot.waitUntil(lambda: middle(canvas, "a501").x() - middle(canvas, "a500").x() > 150)
    with qtbot.waitSignal(canvas.marker_clicked) as clicked:
        click(qtbot, canvas, middle(canvas, "a501"))
    assert clicked.args == ["m2"]


def test_hovering_names_the_grid_and_shows_its_card(canvas: MapCanvas, qtbot: QtBot) -> None:
    show(canvas, board())
    canvas.set_hover_text(lambda name: [f"网格 {name}", "网格员 王"])
    card = canvas.findChild(object, "map.hover_card")
    with qtbot.waitSignal(canvas.hovered) as over:
        qtbot.mouseMove(canvas, middle(canvas, "a6"))
    assert over.args == ["a6"]
    qtbot.waitUntil(card.isVisible)
    assert card.lines == ("网格 a6", "网格员 王")
    with qtbot.waitSignal(canvas.hovered) as away:
        qtbot.mouseMove(canvas, QPoint(3, 300))
    assert away.args == [""]
    assert not card.isVisible()


def test_the_card_goes_when_the_map_moves_and_comes_again_for_what_is_under_the_pointer_then(
    canvas: MapCanvas, qtbot: QtBot
) -> None:
    show(canvas, board())
    canvas.set_hover_text(lambda name: [f"网格 {name}"])
    card = canvas.findChild(object, "map.hover_card")
    at = middle(canvas, "a6")
    qtbot.mouseMove(canvas, at)
    qtbot.waitUntil(card.isVisible)
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert not card.isVisible()
    canvas.draw_now()
    under = canvas.grids_at(at.toPointF())[0]
    assert under != "a6"
    qtbot.waitUntil(card.isVisible)
    assert card.lines == (f"网格 {under}",)
    canvas.fly_to("a0")
    qtbot.waitUntil(lambda: not card.isVisible(), timeout=1000)
    canvas.draw_now()
    qtbot.keyClick(canvas, Qt.Key.Key_0)
    canvas.draw_now()
    qtbot.waitUntil(card.isVisible)
    qtbot.mouseMove(canvas, at + QPoint(3, 3))
    assert card.isVisible() and card.lines == ("网格 a6",)


def test_the_view_refits_for_new_incidents_only_while_untouched(canvas: MapCanvas, qtbot: QtBot) -> None:
    show(canvas, board())
    fitted = canvas.camera
    canvas.incident_set_changed()
    assert canvas.camera == fitted and not canvas.touched
    with qtbot.waitSignal(canvas.view_touched):
        drag(qtbot, canvas, QPoint(300, 300), QPoint(350, 320))
    moved = canvas.camera
    canvas.incident_set_changed()
    canvas.set_markers([Marker("m", "a1", None, "急")])
    canvas.set_fills({"a1": RED})
    canvas.select_grid("a1")
    canvas.set_grids(board(5, 5))
    assert canvas.camera == moved and canvas.touched
    canvas.fit()
    assert not canvas.touched


def test_resizing_keeps_what_a_hand_has_chosen(canvas: MapCanvas, qtbot: QtBot) -> None:
    show(canvas, board())
    canvas.resize(1000, 700)
    assert canvas.screen_position("a15") is not None
    canvas.zoom(3)
    before = canvas.camera
    canvas.resize(700, 500)
    assert (canvas.camera.x, canvas.camera.y, canvas.camera.scale) == (before.x, before.y, before.scale)


def test_the_wheel_zooms_about_the_pointer(canvas: MapCanvas) -> None:
    show(canvas, board())
    point = middle(canvas, "a10")
    scale = canvas.camera.scale
    wheel(canvas, point, 240)
    assert canvas.camera.scale > scale
    assert (middle(canvas, "a10") - point).manhattanLength() <= 1
    for _ in range(60):
        wheel(canvas, point, -480)
    assert canvas.camera.scale > scale / 10


def test_keys_move_the_view(canvas: MapCanvas, qtbot: QtBot) -> None:
    show(canvas, board())
    fitted = canvas.camera
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.camera.x > fitted.x
    qtbot.keyClick(canvas, Qt.Key.Key_Up)
    assert canvas.camera.y > fitted.y
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.camera.scale > fitted.scale
    qtbot.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.camera.scale == pytest.approx(fitted.scale)
    qtbot.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.camera == fitted


def test_flying_brings_a_grid_to_the_middle_and_counts_as_touched(canvas: MapCanvas, qtbot: QtBot) -> None:
    show(canvas, board(10, 10))
    scale = canvas.camera.scale
    canvas.fly_to("a99")
    qtbot.waitUntil(lambda: (middle(canvas, "a99") - QPoint(400, 300)).manhattanLength() <= 1)
    assert canvas.camera.scale > scale and canvas.touched
    canvas.fly_to("nowhere")


def test_screen_positions_are_none_out_of_view(canvas: MapCanvas) -> None:
    show(canvas, board())
    assert canvas.screen_position("nowhere") is None
    canvas.pan(5000, 0)
    assert canvas.screen_position("a0") is None


def test_the_selected_grid_is_outlined(canvas: MapCanvas) -> None:
    show(canvas, board())
    colours = replace(MapColours.dark(), selection="#ff00ff")
    canvas.set_colours(colours)
    assert not _has(canvas, "#ff00ff")
    canvas.select_grid("a5")
    assert _has(canvas, "#ff00ff")
    canvas.select_grid(None)
    assert not _has(canvas, "#ff00ff")


def _has(canvas: MapCanvas, colour: str) -> bool:
    image = canvas.grab().toImage()
    wanted = QColor(colour).rgb()
    return any(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(0, image.height(), 3))


def test_a_town_without_boundaries_is_of_use(canvas: MapCanvas, qtbot: QtBot) -> None:
    show(canvas, [grid(f"s{n}", None, village="甲乙丙"[n % 3]) for n in range(30)])
    for n in range(30):
        assert canvas.grids_at(QPointF(middle(canvas, f"s{n}"))) == [f"s{n}"]
    with qtbot.waitSignal(canvas.grid_clicked) as clicked:
        click(qtbot, canvas, middle(canvas, "s7"))
    assert clicked.args == ["s7"]


def test_the_legend_lists_what_is_in_use_and_collapses(canvas: MapCanvas, qtbot: QtBot) -> None:
    assert not canvas.legend.isVisible()
    show(canvas, [*board(), grid("D", disc(1.5, 1.5), "dedicated", mark="校")])
    canvas.set_legend([LegendEntry("橙色", RED)])
    assert [entry.label for entry in canvas.legend.entries] == ["橙色", "专属网格"]
    tall = canvas.legend.height()
    qtbot.keyClick(canvas.legend, Qt.Key.Key_Space)
    assert canvas.legend.height() < tall / 2
    assert canvas.rect().contains(canvas.legend.geometry())
    canvas.set_caption("样例数据 · 边界为虚构")
    texts.use("en")
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.LanguageChange))
    assert canvas.legend.entries[-1].label == "Dedicated grid"
    assert not canvas.grab().isNull()


def test_the_legend_never_covers_the_town_when_fitted(canvas: MapCanvas) -> None:
    canvas.set_legend([LegendEntry(f"等级 {n}", RED) for n in range(6)])
    for size in ((800, 600), (1366, 500), (500, 900)):
        canvas.resize(*size)
        show(canvas, board(6, 3))
        legend = canvas.legend.geometry()
        for n in range(18):
            assert not legend.contains(middle(canvas, f"a{n}"))


def test_many_grids_are_drawn_aside_and_no_thread_stays(canvas: MapCanvas, qtbot: QtBot) -> None:
    canvas.set_grids(board(60, 50))
    assert canvas.is_drawing
    qtbot.waitUntil(lambda: not canvas.is_drawing and len(canvas.plan.grids) == 3000)
    assert canvas.grids_at(QPointF(middle(canvas, "a1234"))) == ["a1234"]
    canvas.zoom(2.5)
    canvas.grab()  # the old picture, scaled, serves meanwhile
    qtbot.waitUntil(lambda: not canvas.is_drawing)
    qtbot.waitUntil(lambda: _map_threads() == [])


def _map_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("map-")]


def test_closing_in_the_middle_of_drawing_leaves_nothing_behind(qtbot: QtBot) -> None:
    widget = MapCanvas()
    widget.resize(800, 600)
    widget.show()
    widget.set_grids(board(60, 50))
    assert widget.is_drawing
    widget.deleteLater()
    qtbot.waitUntil(lambda: not shiboken6.isValid(widget))
    assert _map_threads() == []
    QApplication.processEvents()


def test_a_job_that_is_no_longer_wanted_is_not_delivered(qtbot: QtBot) -> None:
    class Owner:
        def __init__(self) -> None:
            self.got: list[tuple[str, Any]] = []
            self.aside = Aside(self.take)

        def take(self, key: str, result: Any) -> None:
            self.got.append((key, result))

    owner = Owner()
    gate = threading.Event()
    owner.aside.ask("old", lambda wanted: gate.wait(5))
    owner.aside.drop()
    owner.aside.ask("new", lambda wanted: 1)
    owner.aside.ask("skipped", lambda wanted: 2)
    owner.aside.ask("newest", lambda wanted: 3)
    gate.set()
    qtbot.waitUntil(lambda: not owner.aside.busy)
    assert owner.got == [("new", 1), ("newest", 3)]


class Pins:
    """A layer with one marker and one dot."""

    name, title_code = "pins", "map.legend.title"

    def __init__(self) -> None:
        self.painted: QPointF | None = None

    def markers(self) -> Sequence[Marker]:
        return [Marker("pin", "a3", None, "针", "quiet")]

    def paint(self, painter: QPainter, view: Any) -> None:
        self.painted = view.screen_position("a3")


def test_layers_draw_and_place_markers(canvas: MapCanvas, qtbot: QtBot) -> None:
    show(canvas, board())
    layer = Pins()
    canvas.set_layers([layer])
    canvas.grab()
    assert layer.painted == canvas.screen_position("a3")
    with qtbot.waitSignal(canvas.marker_clicked) as clicked:
        click(qtbot, canvas, middle(canvas, "a3"))
    assert clicked.args == ["pin"]
    canvas.set_layers([])
    with qtbot.waitSignal(canvas.grid_clicked):
        click(qtbot, canvas, middle(canvas, "a3"))
