"""The map panel, the workspace of grids, their card and what quick find knows of places."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtWidgets import QLabel

from commandcenter.base import texts
from commandcenter.rules.finding import Index
from commandcenter.rules.grids import GazetteerName, Grid, Township, Village
from commandcenter.rules.incidents import Incident
from commandcenter.rules.people import Worker
from commandcenter.services import figures
from commandcenter.services.directory import Directory
from commandcenter.services.incidents import CancelIncident
from commandcenter.services.live import LiveSet
from commandcenter.services.places import LearnName
from commandcenter.ui import grids as feature
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Link
from commandcenter.ui.core.map import Fill, LegendEntry, Pattern
from commandcenter.ui.core.tools import MeasurePlug
from commandcenter.ui.grids import backdrop, picture, ramps
from commandcenter.ui.grids.entries import Places, entries
from commandcenter.ui.grids.facts import keepers_by_grid
from commandcenter.ui.grids.index import GridIndex
from commandcenter.ui.grids.panel import MapPanel
from commandcenter.ui.grids.picture import Shown
from commandcenter.ui.grids.workspace import GridsWorkspace
from tests.ui.rooms import BEGINNING, Room, room_at

GRID = "999101100201001"
OTHER = "999101100202001"
EMERGENCY = "999101100201Y01"


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A duty officer's desk with the feature plugged in."""
    with room_at(town_url("sqlite"), open_desk, tmp_path) as made:
        feature.install(made.tools)
        yield made


def panel_of(room: Room) -> MapPanel:
    return room.show(room.tools.plugs.panels.get("map").make(room.tools), 900, 700)  # type: ignore[no-any-return]


def workspace_of(room: Room) -> GridsWorkspace:
    index = index_of(room)
    index.build_now()
    return room.show(room.tools.plugs.workspaces.get("grids").make(room.tools))  # type: ignore[no-any-return]


def index_of(room: Room) -> GridIndex:
    return next(each for each in room.tools.desk.children() if isinstance(each, GridIndex))


def said(widget: Any) -> list[str]:
    return [each.text() for each in widget.findChildren(QLabel) if each.isVisibleTo(widget)]


# --- figures ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((), []),
        ((0, 0), []),
        ((1, 1, 0), [(1, None)]),
        ((1, 2, 2, 4), [(1, 1), (2, 2), (3, 3), (4, None)]),
        ((5, 60, 120, 180, 240), [(1, 60), (61, 120), (121, 180), (181, None)]),
    ],
)
def test_classes_have_round_limits_and_leave_nobody_out(values: tuple[int, ...], expected: list[Any]) -> None:
    found = ramps.bands(values)
    assert [(band.low, band.high) for band in found] == expected
    assert all(ramps.band_of(value, found) is not None for value in values if value)


def test_one_large_school_does_not_make_all_steps_coarse() -> None:
    found = ramps.bands([*range(40, 240), 1186])
    assert len(found) == 4 and found[-1].high is None and found[0].high is not None and found[0].high < 120


def test_incidents_are_counted_where_and_when_they_were(room: Room) -> None:
    kept, cancelled = room.open(grid=GRID), room.open(grid=GRID)
    room.open(grid=OTHER)
    room.elsewhere(CancelIncident(incident=cancelled, reason="误报"))
    with room.tools.desk.session.read("real") as reader:
        now = figures.incidents_per_grid(reader, BEGINNING - timedelta(days=1))
        later = figures.incidents_per_grid(reader, BEGINNING + timedelta(days=1))
        last = figures.last_incidents(reader, room.grid(GRID).id)
    assert now == {room.grid(GRID).id: 1, room.grid(OTHER).id: 1} and later == {}
    assert {each.id for each in last} == {kept, cancelled}


def test_who_answers_for_a_grid_and_what_is_missing() -> None:
    people: dict[Any, Any] = {
        ("worker", "w1"): Worker(id="w1", name="甲", grid="a", phone="15400000001"),
        ("worker", "w2"): Worker(id="w2", name="乙", grid="b"),
        ("worker", "w3"): Worker(id="w3", name="丙", grid="c", phone="[erased]"),
        ("worker", "w4"): Worker(id="w4", name="丁", grid="d", phone="15400000004", active=False),
    }
    found = keepers_by_grid(Directory(people, {}, loaded=True))
    assert {grid: keepers.gap for grid, keepers in found.items()} == {"a": None, "b": "no_phone", "c": "no_phone"}


# --- the map ----------------------------------------------------------------------------------------------------


def test_the_map_shows_the_towns_grids_by_their_shapes(room: Room) -> None:
    panel = panel_of(room)
    plan = panel.canvas.plan
    assert {grid.id for grid in plan.grids} == set(room.tools.desk.live.grids)
    assert plan.drawn == sum(1 for grid in room.tools.desk.live.grids.values() if grid.shape)
    assert not panel.hint.isVisible()


def test_an_incident_of_another_desk_appears_without_a_touch_and_leaves(room: Room) -> None:
    panel = panel_of(room)
    incident = room.open(grid=GRID, urgency="critical")
    (marker,) = panel.markers
    assert (marker.id, marker.grid, marker.character) == (incident, room.grid(GRID).id, "特")
    assert room.grid(GRID).id in panel.fills
    room.elsewhere(CancelIncident(incident=incident, reason="误报"))
    assert panel.markers == [] and not panel.fills


def test_a_map_that_was_hidden_catches_up(room: Room) -> None:
    panel = panel_of(room)
    panel.hide()
    incident = room.open(grid=GRID)
    assert panel.markers == []
    panel.show()
    room.settle()
    assert [marker.id for marker in panel.markers] == [incident]


def test_time_alone_makes_a_marker_overdue(room: Room) -> None:
    panel = panel_of(room)
    room.open(grid=GRID, urgency="critical")
    assert not panel.markers[0].overdue
    room.clock.set(BEGINNING + timedelta(hours=3))
    panel._tick(room.clock.now())
    assert panel.markers[0].overdue


def test_a_view_that_was_touched_is_not_moved_by_news_or_selection(room: Room, qtbot: Any) -> None:
    panel = panel_of(room)
    panel.canvas.pan(3000, 0)
    before = panel.canvas.camera
    incident = room.open(grid=GRID)
    room.tools.selection.choose("incident", incident)
    assert panel.canvas.camera == before
    assert panel.hint.isVisible() and panel.hint.button.isVisible()
    panel.hint.button.click()
    qtbot.waitUntil(lambda: panel.canvas.screen_position(room.grid(GRID).id) is not None)
    assert not panel.hint.isVisible()


def test_an_untouched_view_is_fitted_again_and_shows_what_is_selected(room: Room) -> None:
    panel = panel_of(room)
    fitted = panel.canvas.camera
    incident = room.open(grid=GRID)
    room.tools.selection.choose("incident", incident)
    assert panel.canvas.camera == fitted and not panel.canvas.touched
    assert panel.canvas._selected_marker == incident
    assert panel.canvas._selected_grid == room.grid(GRID).id


def test_an_incident_without_a_grid_is_said_not_to_be_on_the_map(room: Room) -> None:
    panel = panel_of(room)
    village = next(iter(room.tools.desk.live.villages))
    incident = room.open(village=village)
    room.tools.selection.choose("incident", incident)
    assert panel.hint.sentence.text() == texts.say("grids.map.no_place")


def test_a_click_chooses_a_grid_and_a_double_click_opens_its_card(room: Room, qtbot: Any) -> None:
    panel = panel_of(room)
    grid = room.grid(GRID).id
    at = panel.canvas.screen_position(grid)
    assert at is not None
    panel.canvas.pressed_at.emit(at)
    panel.canvas.double_pressed_at.emit(at)
    assert room.tools.selection.chosen("grid") == grid and room.walked == [("grid", grid)]


@pytest.mark.parametrize("measure", ["none", "open", "overdue", "recent", "at_home", "households", "gaps"])
def test_every_measure_fills_what_its_legend_says(room: Room, measure: str) -> None:
    panel = panel_of(room)
    room.open(grid=GRID, urgency="critical")
    room.clock.set(BEGINNING + timedelta(hours=3))
    panel.choose_measure(measure)
    room.settle()
    fills = set(panel.fills.values())
    told = {entry.fill for entry in panel.canvas.legend.entries if entry.fill is not None}
    assert fills <= told
    assert measure in ("none", "gaps") or fills
    assert measure != "gaps" or {fill.pattern for fill in told} == {Pattern.DIAGONAL, Pattern.DOTS}


class Wells(QObject):
    """A measure that another feature could bring: one grid is filled, until it is told of another."""

    changed = Signal()

    def __init__(self, _tools: Any, panel: Any) -> None:
        super().__init__(panel)
        self.dry = next(each.id for each in panel.board.facts.grids.values() if each.code == GRID)

    def fill(self, grid: str) -> Fill | None:
        return Fill(theme.current().muted) if grid == self.dry else None

    def legend(self) -> list[LegendEntry]:
        return [LegendEntry("枯井", Fill(theme.current().muted))]


def test_another_feature_brings_a_measure_that_says_when_it_changed(room: Room, qtbot: Any) -> None:
    plug = MeasurePlug("wells", "grids.measure.none", Wells, order=200)
    room.tools.plugs.fill_measures.add("wells", plug)
    with pytest.raises(ValueError, match="wells"):
        room.tools.plugs.fill_measures.add("wells", plug)
    panel = panel_of(room)
    assert panel.findChild(Wells) is None  # made when it is first chosen
    action = panel.bar._group.actions()[-1]
    action.trigger()
    room.settle()
    wells = panel.findChild(Wells)
    assert panel.measure == "wells" and set(panel.fills) == {room.grid(GRID).id}
    assert panel.canvas.legend.entries[0].label == "枯井"
    wells.dry = room.grid(OTHER).id
    wells.changed.emit()
    assert set(panel.fills) == {room.grid(OTHER).id}
    panel.choose_measure("none")
    assert panel.fills == {}


def test_the_measure_and_the_switches_come_back_as_they_were_left(room: Room, qtbot: Any) -> None:
    panel = panel_of(room)
    panel.bar.chips["names"].click()
    panel.choose_measure("households")
    again = panel_of(room)
    assert again.measure == "households" and not again.bar.chips["names"].isChecked()
    assert all(not grid.label for grid in again.canvas.plan.grids)


def test_where_the_map_is_narrow_the_switches_stand_in_the_menu(room: Room) -> None:
    panel = panel_of(room)
    assert panel.bar.chips["names"].isVisible()
    panel.resize(300, 600)
    room.settle()
    assert panel.bar.geometry().right() <= panel.width() and not panel.bar.chips["names"].isVisible()
    switch = next(each for each in panel.bar.chooser.menu().actions() if each.text() == panel.bar.chips["names"].text())
    assert switch.isVisible() and switch.isChecked()
    switch.trigger()
    assert not switch.isChecked() and all(not grid.label for grid in panel.canvas.plan.grids)
    panel.resize(1300, 600)
    room.settle()
    assert panel.bar.chips["names"].isVisible() and not panel.bar.chips["names"].isChecked()


def test_a_grid_with_something_open_is_drawn_even_when_its_kind_is_off(room: Room) -> None:
    panel = panel_of(room)
    panel.bar.chips["emergency"].click()
    assert "emergency" not in {grid.kind for grid in panel.canvas.plan.grids}
    room.open(grid=EMERGENCY)
    panel.bar.chips["emergency"].click()
    panel.bar.chips["emergency"].click()
    assert [grid.code for grid in panel.canvas.plan.grids if grid.kind == "emergency"] == [EMERGENCY]


def test_the_hover_card_says_who_and_how_many(room: Room) -> None:
    panel = panel_of(room)
    room.open(grid=GRID)
    lines = panel._hover(room.grid(GRID).id)
    assert lines[0] == "云岭村第1微网格" and "解放" in lines[2]
    assert lines[-1] == texts.say("grids.hover.open", count=1)


def test_both_languages_and_both_themes_reach_the_map(room: Room, qapp: Any) -> None:
    panel = panel_of(room)
    texts.use("en")
    room.settle()
    assert {grid.label for grid in panel.canvas.plan.grids if grid.code == GRID} == {"Grid 1"}
    theme.apply(qapp, theme.load("dark"))
    room.settle()
    assert panel.canvas.colours.background == theme.load("dark").background


def test_without_any_grid_the_map_says_what_to_do(room: Room) -> None:
    room.tools.desk.live.grids.clear()
    panel = panel_of(room)
    assert panel.hint.sentence.text() == texts.say("grids.map.empty")


def test_a_boundary_that_cannot_be_read_leaves_a_scheme_and_a_way_to_try_again(room: Room, monkeypatch: Any) -> None:
    from commandcenter.base.errors import ServerAway

    def away(*_: Any) -> Any:
        raise ServerAway("database.away")

    with monkeypatch.context() as patch:
        patch.setattr(picture, "read_shapes", away)
        patch.setattr("commandcenter.ui.grids.panel.read_shapes", away)
        panel = panel_of(room)
        assert panel.canvas.plan.is_schematic and panel.hint.button.text() == texts.say("grids.map.retry")
    panel.hint.button.click()
    room.settle()
    assert not panel.canvas.plan.is_schematic and not panel.hint.isVisible()


def test_only_a_sample_has_a_backdrop(room: Room) -> None:
    town = room.tools.desk.live.town
    assert town is not None and town.mark == "test" and backdrop.file_for(town) is None
    sample = Township(id="t", code=town.code, name="x", mark="sample")
    file = backdrop.file_for(sample)
    assert file is not None and backdrop.read(file).paths
    assert backdrop.file_for(Township(id="t", code="1", name="x", mark="sample")) is None
    assert not panel_of(room).bar.chips["backdrop"].isVisible()


def test_the_backdrop_follows_the_map(room: Room) -> None:
    panel = panel_of(room)
    town = room.tools.desk.live.town
    assert town is not None
    found = backdrop.read(backdrop.file_for(Township(id="t", code=town.code, name="x", mark="sample")))  # type: ignore[arg-type]
    moved = backdrop.transform_of(found, panel.canvas.place_position)
    lon, lat = found.origin
    for east, north in ((0.0, 0.0), (0.01, 0.004)):
        wanted = panel.canvas.place_position(lon + east, lat + north)
        got = moved.map(QPointF(east / backdrop.UNIT, north / backdrop.UNIT))
        assert (got - wanted).manhattanLength() < 0.5


def test_markers_come_in_the_order_of_the_queue(room: Room) -> None:
    live = LiveSet()
    for number, urgency in enumerate(("routine", "critical", "urgent")):
        live.incidents[urgency] = Incident(
            id=urgency, category="other", urgency=urgency, grid="g", opened_at=BEGINNING + timedelta(minutes=number)  # type: ignore[arg-type]
        )
    found = picture.incident_markers(live, BEGINNING + timedelta(minutes=5), room.tools.desk.limits)
    assert [each.id for each in found] == ["critical", "urgent", "routine"]
    assert [each.emphasis for each in found] == ["strong", "normal", "quiet"]
    assert picture.map_grids(live, {}, Shown()) == []


# --- the workspace ----------------------------------------------------------------------------------------------


def test_the_table_lists_all_grids_and_villages_narrow_it_down(room: Room) -> None:
    page = workspace_of(room)
    total = len(room.tools.desk.live.grids)
    assert page.table.rowCount() == total == 12
    village = room.grid(GRID).village
    page.villages.choose(village)
    page.villages.picked.emit(village)
    assert page.table.rowCount() == 5
    assert page.count.text() == texts.say("grids.count_of", shown=5, total=12)


@pytest.mark.parametrize("query", ["yl1", "云岭1", "yunlingcundi1", "999101100201001", "云岭一社", "ylys"])
def test_a_grid_is_found_by_all_its_names(room: Room, query: str) -> None:
    page = workspace_of(room)
    page.search.setText(query)
    assert room.grid(GRID).id in page.table.ids()
    page.search.submitted.emit()
    assert room.tools.selection.chosen("grid") in page.table.ids()


def test_nothing_found_is_said_and_escape_brings_all_back(room: Room, qtbot: Any) -> None:
    page = workspace_of(room)
    page.search.setText("没有这个地方")
    assert page.table.rowCount() == 0 and page.table.is_filtered
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    assert page.table.rowCount() == 12


def test_the_card_tells_people_places_and_incidents(room: Room) -> None:
    page = workspace_of(room)
    ended = room.open(grid=GRID, category="facility", subkind="")
    room.elsewhere(CancelIncident(incident=ended, reason="误报"))
    room.open(grid=GRID)
    room.tools.selection.navigate("grid", room.grid(GRID).id)
    room.settle()
    words, links = said(page.card), [each.text() for each in page.card.findChildren(Link)]
    assert "云岭村第1微网格" in words and "解放" in links and "154 0099 9003" in words
    assert "云岭一社" in links
    assert any(texts.say("grids.state.cancelled") in each for each in words)


def test_the_card_follows_what_happens_elsewhere(room: Room) -> None:
    page = workspace_of(room)
    room.tools.selection.navigate("grid", room.grid(GRID).id)
    room.settle()
    assert texts.say("grids.open.none") in said(page.card)
    room.open(grid=GRID, urgency="critical")
    assert texts.say("grids.open.none") not in said(page.card)
    room.elsewhere(LearnName(name="老井边", grid=room.grid(GRID).id))
    assert "老井边" in [each.text() for each in page.card.findChildren(Link)]
    assert page.table.row(room.grid(GRID).id).open_incidents == 1  # type: ignore[union-attr]


def test_a_grid_somebody_asks_for_is_shown_whatever_the_list_was_narrowed_to(room: Room) -> None:
    page = workspace_of(room)
    page.search.setText("Millbrook")
    room.tools.selection.navigate("grid", room.grid(GRID).id)
    assert page.view.chosen() == room.grid(GRID).id and page.search.text() == ""


def test_while_the_database_is_away_the_last_truth_is_marked(room: Room) -> None:
    page = workspace_of(room)
    room.tools.desk.hub.set_connection("away")
    room.settle()
    assert page.table.rowCount() == 12 and page.view._state.kind == "stale"
    room.tools.desk.hub.set_connection("connected")
    room.settle()
    assert page.view._state.kind == "ready"


def test_show_on_the_map_brings_it_to_the_middle_of_a_touched_view(room: Room, qtbot: Any) -> None:
    panel, page = panel_of(room), workspace_of(room)
    panel.canvas.pan(3000, 0)
    room.tools.selection.navigate("map", room.grid(GRID).id)
    qtbot.waitUntil(lambda: panel.canvas.screen_position(room.grid(GRID).id) is not None)
    room.tools.selection.navigate("grid", room.grid(GRID).id)
    room.settle()
    assert page.card.findChild(object, "grids.card.copy_code") is not None


def test_numbers_are_masked_for_who_may_not_read_them(
    town_url: Callable[[str], str], open_desk: Any, tmp_path: Path
) -> None:
    with room_at(town_url("sqlite"), open_desk, tmp_path, "viewer") as room:
        feature.install(room.tools)
        page = workspace_of(room)
        row = page.table.row(room.grid(GRID).id)
        assert row is not None and row.phone == "154****9003"


# --- finding ----------------------------------------------------------------------------------------------------


def test_quick_find_leads_to_grids_villages_and_places(room: Room) -> None:
    index_of(room).build_now()
    source = room.tools.plugs.finder_sources.get("grid")
    for query, expected in (("云岭一社", ("grid", room.grid(GRID).id)), ("ylc", ("village", room.grid(GRID).village))):
        hit = source.search(query, 5)[0]
        hit.run()
        assert room.walked[-1] == expected
    assert source.search("", 5) == []


def test_a_name_learned_at_the_desk_is_found(room: Room, qtbot: Any) -> None:
    index = index_of(room)
    index.build_now()
    room.elsewhere(LearnName(name="新修的桥头", grid=room.grid(OTHER).id))
    with qtbot.waitSignal(index.ready, timeout=5000):
        pass
    assert index.search("xxdqt", 3)[0].entry.title == "新修的桥头"


@pytest.mark.soak
def test_twenty_thousand_names_are_searched_at_once() -> None:
    """The bound is ten times what is measured, so that a busy machine does not fail the suite."""
    villages = tuple(Village(id=f"v{n}", township="t", code=f"{n:012d}", name=f"金山{n}村") for n in range(50))
    grids = tuple(
        Grid(id=f"g{n}", village=f"v{n % 50}", code=f"{n:015d}", name=f"金山{n % 50}村第{n // 50}微网格", serial=n)
        for n in range(4000)
    )
    names = tuple(GazetteerName(id=f"n{n}", name=f"老屋湾{n}号院", grid=f"g{n % 4000}") for n in range(16_000))
    index = Index(entries(Places(grids, villages, names)))
    started = time.perf_counter()
    found = index.search("jinshan7", 12)
    print(f"{(time.perf_counter() - started) * 1000:.1f} ms")
    assert found


def test_the_feature_plugs_in_where_it_says(room: Room) -> None:
    plugs = room.tools.plugs
    assert "map" in plugs.panels.names() and "grids" in plugs.workspaces.names()
    assert {each.id for each in plugs.card_sections if each.entity == "grid"} >= {"grid.people", "grid.last"}
    for screen in plugs.screens:
        page = workspace_of(room)
        assert screen.stage is not None
        screen.stage(room.tools, page)
        room.settle()
        assert not page.grab().isNull()
