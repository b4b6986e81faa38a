"""The library and the register of emergency units on screen, by keys: written, edited line by line, out and back."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from commandcenter.base import texts
from commandcenter.base.texts import say
from commandcenter.rules import pinyin
from commandcenter.rules.scenarios import words
from commandcenter.services import scenario_files, units
from commandcenter.services.catalogues import terms
from commandcenter.services.scenarios import AddScenario, EditScenario, library
from commandcenter.services.units import NamePost
from commandcenter.ui import drills, grids, scenarios
from commandcenter.ui.core.editing import ConflictView
from commandcenter.ui.core.widgets import Chip
from commandcenter.ui.drills.forms import PlanSheet
from commandcenter.ui.scenarios.forms import AddScenarioSheet, EditScenarioSheet, FiveSheet
from commandcenter.ui.scenarios.lineforms import AddLineSheet, EditLineSheet
from commandcenter.ui.scenarios.lines import EvaluationSection, ScriptSection
from commandcenter.ui.scenarios.unitcards import GridUnitSection
from commandcenter.ui.scenarios.unitforms import NamePostSheet
from tests.ui.rooms import Room, room_at

GRID = "999101100201Y01"
Key = Qt.Key


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A trainer's desk."""
    with room_at(town_url("sqlite"), open_desk, tmp_path, "trainer") as made:
        yield installed(made)


def installed(room: Room) -> Room:
    grids.install(room.tools)
    scenarios.install(room.tools)
    return room


def page_of(room: Room, name: str = "scenarios") -> Any:
    return room.show(room.tools.plugs.workspaces.get(name).make(room.tools))


def said(widget: QWidget) -> list[str]:
    return [each.text() for each in widget.findChildren(QLabel) if each.isVisibleTo(widget)]


def form(side: Any, kind: Any) -> Any:
    sheet = side.right.currentWidget()
    assert isinstance(sheet, kind)
    return sheet


def awake(widget: Any) -> Any:
    """The offscreen platform does not give the keys back by itself when a list over a field closes."""
    widget.window().activateWindow()
    assert QTest.qWaitForWindowActive(widget.window(), 5000)
    widget.setFocus()
    return widget


def entries(room: Room) -> list[Any]:
    with room.tools.desk.session.read("real") as reader:
        return library(reader)


def first(room: Room) -> Any:
    return entries(room)[0].kept


def choose_first(room: Room, page: Any, qtbot: Any) -> Any:
    qtbot.keyClick(page.library.search, Key.Key_Return)
    room.settle()
    assert page.library.chosen_row is not None
    return page.library


# --- the library ------------------------------------------------------------------------------------------------


def test_the_library_stands_in_its_order_and_the_card_tells_all(room: Room, qtbot: Any) -> None:
    page = page_of(room)
    kept = [each.kept.scenario for each in entries(room)]
    assert [page.library.row(id).title for id in page.library.table.ids()] == [
        words(each.title, texts.current().language) for each in kept
    ]
    side = choose_first(room, page, qtbot)
    shown = said(side.card)
    assert words(kept[0].purpose, "zh_CN") in shown and say("scenarios.points.sum", points=100) in shown
    for row in first(room).injects:
        assert words(row.text, "zh_CN") in shown


def test_a_search_finds_by_initials_and_by_either_language(room: Room, qtbot: Any) -> None:
    page = page_of(room)
    title = words(first(room).scenario.title, "en")
    qtbot.keyClicks(page.library.search, title.split()[0].lower())
    assert page.library.row(page.library.table.ids()[0]).id == first(room).scenario.key
    source = room.tools.plugs.finder_sources.get("scenario")
    hits = source.search("ctpgbnz", 5) + source.search(title, 5)
    assert hits and hits[-1].title == words(first(room).scenario.title, "zh_CN")
    hits[-1].run()
    assert room.walked[-1] == ("scenario", first(room).scenario.id)


def test_a_scenario_is_written_and_filled_by_keys_alone(room: Room, qtbot: Any) -> None:
    page = page_of(room)
    side = page.library
    side.view.setFocus()
    qtbot.keyClick(side.view, Key.Key_N)
    sheet = form(side, AddScenarioSheet)
    qtbot.keyClicks(sheet.fields["title"].widget, "Culvert")
    qtbot.keyClick(sheet.fields["title"].widget, Key.Key_Return)
    room.settle()
    assert side.chosen_row.title == "Culvert" and say("scenarios.points.none") in said(side.card)
    qtbot.keyClick(awake(side.view), Key.Key_S)
    sheet = form(side, AddLineSheet)
    qtbot.keyClicks(sheet.fields["text"].widget, "Water at the knee")
    sheet.fields["offset_s"].widget.selectAll()
    qtbot.keyClicks(sheet.fields["offset_s"].widget, "2:30")
    qtbot.keyClick(sheet.fields["offset_s"].widget, Key.Key_Return)
    room.settle()
    qtbot.keyClick(awake(side.view), Key.Key_K)
    sheet = form(side, AddLineSheet)
    qtbot.keyClicks(sheet.fields["item"].widget, "Call")
    qtbot.keyClicks(sheet.fields["text"].widget, "Called in time")
    qtbot.keyClick(awake(sheet.fields["judged"].widget), Key.Key_1)
    assert sheet.form.field("after").isVisible() and not sheet.form.field("need").isVisible()
    qtbot.keyClick(sheet.fields["item"].widget, Key.Key_Return)
    room.settle()
    assert sheet.form.field("after").has_error
    for name, typed in (("after", "warned"), ("step", "called")):
        box = awake(sheet.fields[name].widget)
        box.lineEdit().selectAll()
        qtbot.keyClicks(box.lineEdit(), terms("drill_moments")[typed].en)
        qtbot.keyClick(box.lineEdit(), Key.Key_Tab)
    qtbot.keyClicks(sheet.fields["within_s"].widget, "5:00")
    qtbot.keyClick(sheet.fields["within_s"].widget, Key.Key_Return)
    room.settle()
    kept = next(each.kept for each in entries(room) if words(each.kept.scenario.title, "zh_CN") == "Culvert")
    assert [each.offset_s for each in kept.injects] == [150] and kept.scenario.edition == 1
    point = kept.expectations[0]
    assert (point.judged, point.after, point.step, point.within_s) == ("time", "warned", "called", 300)
    assert any("10" in each and "100" in each for each in said(side.card)), "the sum is not a hundred, and says so"


@pytest.mark.soak
def test_lines_are_walked_opened_moved_and_taken_out_by_keys(room: Room, qtbot: Any) -> None:
    made = room.elsewhere(AddScenario(title="抄本", copy_of=first(room).scenario.key))["scenario"]
    page = page_of(room)
    room.tools.selection.navigate("scenario", made)
    room.settle()
    side, before = page.library, [words(each.text, "zh_CN") for each in first(room).injects]

    def texts_now() -> list[str]:
        kept = next(each.kept for each in entries(room) if each.kept.scenario.id == made)
        return [words(each.text, "zh_CN") for each in kept.injects]

    section = side.card.findChild(ScriptSection)
    awake(section.lines[0])
    qtbot.keyClick(section.lines[0], Key.Key_Down)
    assert section.lines[1].hasFocus()
    qtbot.keyClick(section.lines[1], Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    room.settle()
    assert texts_now()[:2] == before[1::-1]
    section = side.card.findChild(ScriptSection)
    qtbot.waitUntil(lambda: side.card.findChild(ScriptSection).lines[0].hasFocus())
    qtbot.keyClick(side.card.findChild(ScriptSection).lines[0], Key.Key_Return)
    sheet = form(side, EditLineSheet)
    qtbot.keyClicks(sheet.fields["place"].widget, "!")
    qtbot.keyClick(sheet.fields["place"].widget, Key.Key_Return)
    room.settle()
    line = awake(side.card.findChild(ScriptSection).lines[0])
    qtbot.keyClick(line, Key.Key_Delete)
    room.settle()
    assert texts_now() == [before[0], *before[2:]] and side.chosen_row.scenario.active
    side.post.undo()
    room.settle()
    assert len(texts_now()) == len(before)


@pytest.mark.soak
def test_editing_what_is_shipped_makes_an_edition_that_the_card_follows(room: Room, qtbot: Any) -> None:
    page = page_of(room)
    side = choose_first(room, page, qtbot)
    old = first(room).scenario
    qtbot.keyClick(awake(side.view), Key.Key_E)
    sheet = form(side, EditScenarioSheet)
    assert say("scenarios.edit.makes_edition", edition=2) in said(sheet)
    sheet.fields["minutes"].widget.selectAll()
    qtbot.keyClicks(sheet.fields["minutes"].widget, "75")
    qtbot.keyClick(sheet.fields["minutes"].widget, Key.Key_Return)
    room.settle()
    kept = first(room)
    assert (kept.scenario.minutes, kept.scenario.edition) == (75, 2)
    assert any(say("scenarios.edition", edition=2) in each for each in said(side.card))
    assert say("scenarios.field.minutes") in said(side.card), "what the edition changed"
    room.tools.selection.navigate("scenario", old.id)
    room.settle()
    assert say("scenarios.older", newest=2) in said(side.card) and not side.can_edit
    room.tools.selection.navigate("scenario", kept.scenario.id)
    room.settle()
    assert side.can_edit


def test_a_field_edited_by_both_shows_both_versions(room: Room, qtbot: Any) -> None:
    page = page_of(room)
    side = choose_first(room, page, qtbot)
    kept = first(room)
    room.tools.actions.trigger("scenario.edit")
    sheet = form(side, EditScenarioSheet)
    sheet.put("purpose", "我的写法")
    was = {"purpose": words(kept.scenario.purpose, "zh_CN"), "people": kept.scenario.people}
    room.elsewhere(EditScenario(scenario=kept.scenario.id, changed={"purpose": "别人的写法", "people": 77}, was=was))
    assert sheet.value("people") == 77, "what I did not touch follows, into the new edition too"
    sheet.submit()
    room.settle()
    view = sheet.findChild(ConflictView)
    assert view is not None
    view.decide("mine")
    sheet.submit()
    room.settle()
    assert words(first(room).scenario.purpose, "zh_CN") == "我的写法" and first(room).scenario.people == 77


@pytest.mark.soak
def test_a_copy_keeps_the_other_language(room: Room, qtbot: Any) -> None:
    page = page_of(room)
    side = choose_first(room, page, qtbot)
    qtbot.keyClick(awake(side.view), Key.Key_D)
    sheet = form(side, AddScenarioSheet)
    chips = {each.objectName(): each for each in sheet.fields["forms"].widget.findChildren(Chip)}
    usual = first(room).scenario.forms.partition(",")[0]
    assert chips[usual].text() == say("scenarios.form.usual", title=say(f"scenarios.form.{usual}"))
    sheet.submit()
    room.settle()
    made = side.chosen_row.scenario
    assert made.key != first(room).scenario.key and made.safety == first(room).scenario.safety
    assert list(made.title) == ["zh_CN"]


@pytest.mark.soak
def test_retired_ones_stand_behind_the_switch_and_come_back(room: Room, qtbot: Any) -> None:
    page = page_of(room)
    side = choose_first(room, page, qtbot)
    key, count = side.chosen_row.id, side.table.rowCount()
    qtbot.keyClick(awake(side.view), Key.Key_Delete)
    room.settle()
    assert side.table.rowCount() == count - 1 and say("scenarios.retired") in said(side.card)
    side.tabs.setCurrentIndex(1)
    assert side.table.ids() == [key]
    qtbot.keyClick(awake(side.view), Key.Key_B)
    room.settle()
    side.tabs.setCurrentIndex(0)
    assert key in side.table.ids()


@pytest.mark.soak
def test_a_workbook_goes_out_and_comes_back_through_the_window(room: Room, qtbot: Any, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    page = page_of(room)
    side, path = choose_first(room, page, qtbot), tmp_path / "s.xlsx"
    prepared = scenario_files.prepare(room.tools.desk.session, side.chosen_row.scenario.id)
    side.files.write(prepared, str(path))
    room.settle()
    assert path.exists() and say("scenarios.export.done", file=str(path)) in room.told()
    side.files.take(str(path))
    room.settle()
    assert say("scenarios.import.same") in room.told()
    book = load_workbook(path)
    book["五预"]["B2"] = "看天"
    book.save(path)
    side.files.take(str(path))
    room.settle()
    assert side.chosen_row.scenario.edition == 2 and "看天" in said(side.card)
    path.write_bytes(b"no workbook")
    side.files.take(str(path))
    room.settle()
    assert any("xlsx" in each or "表" in each for each in room.told()[-1:])


@pytest.mark.soak
def test_what_the_five_are_called_is_the_towns_own(
    town_url: Callable[[str], str], open_desk: Any, tmp_path: Path, qtbot: Any
) -> None:
    with room_at(town_url("sqlite"), open_desk, tmp_path, "administrator") as made:
        room = installed(made)
        page = page_of(room)
        side = choose_first(room, page, qtbot)
        qtbot.keyClick(awake(side.view), Key.Key_F)
        sheet = form(side, FiveSheet)
        qtbot.keyClicks(sheet.fields["forecast"].widget, "Look ahead")
        qtbot.keyClick(sheet.fields["forecast"].widget, Key.Key_Return)
        room.settle()
        assert room.tools.desk.live.settings["drills.five"] == {"forecast": "Look ahead"}
        assert "Look ahead" in said(side.card)


@pytest.mark.soak
def test_planning_is_offered_only_where_somebody_plans(room: Room, qtbot: Any) -> None:
    page = page_of(room)
    side = choose_first(room, page, qtbot)
    assert not room.tools.actions.can_run("scenario.plan")
    drills.install(room.tools)
    qtbot.keyClick(awake(side.view), Key.Key_P)
    assert room.walked[-1] == ("drill_plan", side.chosen_row.scenario.id)
    planning = page_of(room, "drills")
    room.settle()
    sheet = planning.right.currentWidget()
    assert isinstance(sheet, PlanSheet) and sheet.values()["scenario"] == side.chosen_row.id
    assert room.tools.selection.chosen("drill_plan") is None, "a wish is met once"


def test_others_of_the_staff_read(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path, qtbot: Any) -> None:
    with room_at(town_url("sqlite"), open_desk, tmp_path) as made:
        room = installed(made)
        page = page_of(room)
        side = choose_first(room, page, qtbot)
        assert say("scenarios.read_only") in said(side.card)
        qtbot.keyClick(awake(side.view), Key.Key_E)
        assert side.right.currentWidget() is side.card
        section = side.card.findChild(EvaluationSection)
        qtbot.keyClick(awake(section.lines[0]), Key.Key_Return)
        assert side.right.currentWidget() is side.card


def initials(name: str) -> str:
    return pinyin.keys(name).initials.partition(" ")[0]


# --- the units --------------------------------------------------------------------------------------------------


def unit(room: Room) -> Any:
    with room.tools.desk.session.read("real") as reader:
        return next(each for each in units.places(reader) if each.grid is not None and each.grid.code == GRID)


@pytest.mark.soak
def test_the_register_is_reached_by_a_key_and_gaps_are_filled_by_keys(room: Room, qtbot: Any) -> None:
    page = page_of(room)
    page.library.view.setFocus()
    qtbot.keyClick(page.library.view, Key.Key_U)
    side = page.units
    assert side.isVisible() and not page.library.isVisible()
    room.tools.selection.navigate("unit", unit(room).id)
    room.settle()
    before = unit(room)
    qtbot.keyClick(awake(side.view), Key.Key_N)
    sheet = form(side, NamePostSheet)
    gap = before.lacks[0]
    assert (sheet.values()["role"], sheet.values()["grid"]) == (gap.role, before.grid.id)
    qtbot.keyClicks(sheet.fields["name"].widget, "Nora")
    qtbot.keyClicks(sheet.fields["phone"].widget, "15400998881")
    qtbot.keyClick(sheet.fields["phone"].widget, Key.Key_Return)
    room.settle()
    after = unit(room)
    assert len(after.lacks) == len(before.lacks) - 1 and "Nora" in said(side.card)
    post = next(each for each in after.posts if each.name == "Nora")
    room.tools.selection.choose("unit_post", post.id)
    assert room.tools.actions.trigger("unit.retire")
    room.settle()
    assert len(unit(room).lacks) == len(before.lacks)
    side.post.undo()
    room.settle()
    assert len(unit(room).lacks) == len(before.lacks) - 1
    chosen = side.chosen_row.id
    qtbot.keyClick(awake(side.view), Key.Key_G)
    assert side.chosen_row.id != chosen and side.chosen_row.gaps


def test_somebody_of_the_register_is_found_by_initials(room: Room, qtbot: Any) -> None:
    page = page_of(room)
    page.show_side(1)
    side = page.units
    side.pick(unit(room).id)
    room.tools.actions.trigger("unit.name")
    sheet = form(side, NamePostSheet)
    worker = next(each for (kind, _), each in room.tools.desk.directory.people.items() if kind == "worker")
    box = awake(sheet.fields["person"].widget)
    box.lineEdit().selectAll()
    qtbot.keyClicks(box.lineEdit(), initials(worker.name))
    qtbot.keyClick(box.lineEdit(), Key.Key_Tab)
    sheet.submit()
    room.settle()
    assert any(each.person and initials(each.name) == initials(worker.name) for each in unit(room).posts)


def test_what_two_desks_named_at_once_both_stays_visible(room: Room) -> None:
    page = page_of(room)
    page.show_side(1)
    side = page.units
    for post in unit(room).posts:
        room.tools.selection.choose("unit_post", post.id)
    role = unit(room).lacks[0].role
    for name in ("岳新", "岳旧"):
        room.elsewhere(NamePost(role=role, grid=GRID, rank=0, name=name))
    side.pick(unit(room).id)
    room.settle()
    shown = said(side.card)
    assert "岳新" in shown and "岳旧" in shown and say("units.two") in shown


def test_a_grids_card_tells_of_its_unit(room: Room) -> None:
    page = page_of(room, "grids")
    room.tools.selection.navigate("grid", room.grid(GRID).id)
    room.settle()
    section = page.findChild(GridUnitSection)
    assert say("units.lacks", count=len(unit(room).lacks)) in said(section)
    room.elsewhere(NamePost(role="leader", grid=GRID, rank=0, name="岳新"))
    assert any("岳新" in each for each in said(section))
    general = next(each for each in room.tools.desk.live.grids.values() if each.kind == "general")
    room.tools.selection.navigate("grid", general.id)
    room.settle()
    assert say("units.grid.village") in said(page.findChild(GridUnitSection))
