"""The attention list on screen: its room beside the households by keys and mouse, its part of cards, and its masks."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from commandcenter.base import texts
from commandcenter.services import attention_reading
from commandcenter.services.attention import AddAttention, EditAttention
from commandcenter.services.households import AddResident, RetireHousehold, RetireResident
from commandcenter.services.people import AddWorker
from commandcenter.ui import attention, grids, households, people
from commandcenter.ui.attention.forms import (
    AddAttentionSheet,
    CloseSheet,
    EditAttentionSheet,
    TakeSheet,
    VisitSheet,
)
from commandcenter.ui.attention.sections import GridSection, HouseholdSection, ItemLine, PersonSection
from commandcenter.ui.core.besides import RoomStrip
from commandcenter.ui.core.cards import Link
from commandcenter.ui.core.editing import ConflictView
from commandcenter.ui.core.widgets import Button, Chip
from commandcenter.ui.shell.rail import Rail
from tests.ui.rooms import Room, room_at

GRID, EMERGENCY = "999101100201003", "999101100201Y01"
Key = Qt.Key
SECRETS = ("单玉", "15400998091", "听不见广播", "单家院子", "网格员走访", "岳平安")
"""What the sample's list says of people."""


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A duty officer's desk."""
    with room_at(town_url("sqlite"), open_desk, tmp_path) as made:
        yield installed(made)


def installed(room: Room) -> Room:
    for feature in (grids, people, households, attention):
        feature.install(room.tools)
    return room


def page_of(room: Room, name: str = "attention") -> Any:
    return room.show(room.tools.plugs.workspaces.get(name).make(room.tools))


def said(widget: QWidget) -> list[str]:
    found = [each for kind in (QLabel, Chip, Link) for each in widget.findChildren(kind)]
    return [each.text() for each in found if each.isVisibleTo(widget)]


def form(page: Any, kind: Any) -> Any:
    sheet = page.findChild(kind)
    assert sheet is not None and page.right.currentWidget() is sheet
    return sheet


def awake(widget: Any) -> Any:
    widget.window().activateWindow()
    assert QTest.qWaitForWindowActive(widget.window(), 5000)
    widget.setFocus()
    return widget


def listed(room: Room, **where: Any) -> list[attention_reading.Listed]:
    with room.tools.desk.session.read("real") as reader:
        return attention_reading.listed(reader, **where)


def entry(room: Room, what: str) -> attention_reading.Listed:
    return next(each for each in listed(room, active=None) if each.what == what)


def choose(room: Room, page: Any, what: str) -> str:
    id = entry(room, what).id
    room.tools.selection.navigate("attention_item", id)
    room.settle()
    assert page.chosen_row.id == id
    return id


def test_the_list_shows_what_is_due_first_and_closed_entries_apart(room: Room) -> None:
    page = page_of(room)
    assert page.table.rowCount() == 4 and texts.say("attention.count", count=4) in said(page)
    matter = entry(room, "石板桥护栏松动，等修")
    room.clock.advance(days=12)
    room.elsewhere(EditAttention(item=matter.id, changed={"source": "村民"}, was={"source": matter.item.source}))
    assert page.table.ids()[0] == matter.id and page.row(matter.id).state == "overdue"
    page.tabs.setCurrentIndex(1)
    assert list(page.table.ids()) == [matter.id]
    for place, count in ((2, 2), (3, 1), (4, 1), (5, 0)):
        page.tabs.setCurrentIndex(place)
        assert page.table.rowCount() == count, place


@pytest.mark.parametrize(("query", "what"), [("danyu", "单玉"), ("15400998091", "单玉"), ("lyzyx", "老鹰嘴崖下"),
                                             ("护栏", "石板桥护栏松动，等修"), ("ypa", "岳平安")])  # fmt: skip
def test_a_search_finds_names_places_matters_and_numbers(room: Room, query: str, what: str) -> None:
    page = page_of(room)
    page.search.setText(query)
    page._search(query)
    assert [page.row(id).what for id in page.table.ids()] == [what]


def test_a_person_is_entered_by_keys_alone_and_needs_a_ground(room: Room, qtbot: Any) -> None:
    page = page_of(room)
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_N)
    sheet = form(page, AddAttentionSheet)
    grid = awake(sheet.fields["grid"].widget)
    qtbot.keyClicks(grid.lineEdit(), GRID)
    qtbot.keyClick(grid.lineEdit(), Key.Key_Return)
    name = awake(sheet.fields["name"].widget)
    qtbot.keyClicks(name, "Old Ann")
    qtbot.keyClick(name, Key.Key_Return)
    room.settle()
    assert sheet.form.field("ground").has_error and page.right.currentWidget() is sheet
    ground = awake(sheet.fields["ground"].widget)
    qtbot.keyClicks(ground.lineEdit(), "brty")
    qtbot.keyClick(ground.lineEdit(), Key.Key_Return)
    qtbot.keyClick(ground.lineEdit(), Key.Key_Return)
    room.settle()
    made = entry(room, "Old Ann")
    assert made.item.ground == "consent" and page.chosen_row.id == made.id
    page.post.undo()
    room.settle()
    assert not [each for each in listed(room) if each.what == "Old Ann"]


def test_the_fields_are_those_of_the_kind_and_of_what_the_register_knows(room: Room, qtbot: Any) -> None:
    page = page_of(room)
    page.add()
    sheet = form(page, AddAttentionSheet)

    def shown() -> set[str]:
        return {name for name in sheet.fields if sheet.form.field(name).isVisibleTo(sheet)}

    assert {"name", "needs", "resident"} <= shown() and not {"title", "matter", "latitude"} & shown()
    awake(sheet.kind)
    qtbot.keyClick(sheet.kind, Key.Key_2)
    assert {"title", "latitude"} <= shown() and not {"name", "needs", "matter"} & shown()
    qtbot.keyClick(sheet.kind, Key.Key_3)
    assert "matter" in shown() and not {"name", "title"} & shown()
    qtbot.keyClick(sheet.kind, Key.Key_1)
    sheet.put("grid", room.grid(EMERGENCY).id)
    sheet.inside.offer_residents()
    room.settle()
    box = sheet.fields["resident"].widget
    place = next(each for each in range(box.count()) if box.itemText(each).startswith("解川"))
    box.setCurrentIndex(place)
    assert not {"name", "phone", "needs", "care", "address"} & shown() and "ground" in shown()
    sheet.put("ground", "consent")
    sheet.submit()
    room.settle()
    made = entry(room, "解川")
    assert made.resident is not None and made.item.name is None and made.needs == "要人扶、坐车转移"
    assert texts.say("attention.from_register") in said(page.card)


def test_one_key_confirms_and_another_a_whole_grid_with_one_undo(room: Room, qtbot: Any) -> None:
    page = page_of(room)
    choose(room, page, "单玉")
    qtbot.keyClick(awake(page.view), Key.Key_C)
    room.settle()
    assert entry(room, "单玉").item.reviewed_on is not None
    choose(room, page, "老鹰嘴崖下")
    room.clock.advance(days=3)
    qtbot.keyClick(awake(page.view), Key.Key_V)
    sheet = form(page, VisitSheet)
    assert texts.say("attention.visit.count", count=2) in said(sheet)
    before = {each.id: each.item.reviewed_on for each in listed(room)}
    qtbot.keyClick(sheet.fields["on"].widget, Key.Key_Return)
    room.settle()
    after = {each.id: each.item.reviewed_on for each in listed(room)}
    assert sum(after[id] != before[id] for id in after) == 2
    page.post.undo()
    room.settle()
    assert {each.id: each.item.reviewed_on for each in listed(room)} == before


def test_an_entry_leaves_with_a_reason_and_comes_back(room: Room, qtbot: Any) -> None:
    page = page_of(room)
    id = choose(room, page, "单玉")
    qtbot.keyClick(awake(page.view), Key.Key_Delete)
    sheet = form(page, CloseSheet)
    qtbot.keyClick(sheet.fields["reason"].widget, Key.Key_Return)
    room.settle()
    assert sheet.form.field("reason").has_error
    qtbot.keyClicks(sheet.fields["reason"].widget, "moved away")
    qtbot.keyClick(sheet.fields["reason"].widget, Key.Key_Return)
    room.settle()
    assert page.table.place_of(id) is None
    page.tabs.setCurrentIndex(5)
    page.pick(id)
    assert "moved away" in said(page.card) and texts.say("attention.review.closed") in said(page.card)
    qtbot.keyClick(awake(page.view), Key.Key_B)
    room.settle()
    assert entry(room, "单玉").item.active


def test_residents_with_needs_are_offered_and_taken_at_one_press(room: Room, qtbot: Any) -> None:
    page = page_of(room)
    offered = len(page.offered())
    assert offered and texts.say("attention.offer", count=offered) in said(page.offer)
    qtbot.mouseClick(page.offer.findChild(Button), Qt.MouseButton.LeftButton)
    sheet = form(page, TakeSheet)
    assert any("要人抬、要轮椅" in each for each in said(sheet))
    sheet.submit()
    room.settle()
    assert sheet.form.field("ground").has_error
    sheet.put("ground", "public_duty")
    sheet.submit()
    room.settle()
    assert page.offered() == [] and not page.offer.isVisibleTo(page)
    assert len(listed(room)) == 4 + offered
    page.post.undo()
    room.settle()
    assert len(page.offered()) == offered and page.offer.isVisibleTo(page)


def test_a_field_edited_by_both_shows_both_versions(room: Room) -> None:
    page = page_of(room)
    id = choose(room, page, "单玉")
    page.edit()
    sheet = form(page, EditAttentionSheet)
    sheet.put("source", "甲说的")
    room.elsewhere(EditAttention(item=id, changed={"source": "乙说的"}, was={"source": "网格员走访"}))
    sheet.submit()
    room.settle()
    assert "甲说的" in str(said(sheet.findChild(ConflictView))) and "乙说的" in str(said(sheet.findChild(ConflictView)))


@pytest.mark.soak
def test_cards_of_grids_households_and_keepers_show_their_list(room: Room, qtbot: Any) -> None:
    page = page_of(room, "grids")
    room.tools.selection.navigate("grid", room.grid(EMERGENCY).id)
    room.settle()
    section = page.findChild(GridSection)
    assert texts.say("attention.sum", count=2, late=0) in said(section)
    assert "老鹰嘴崖下" in said(section) and "要人叫" in said(section)
    room.elsewhere(AddAttention(kind="matter", grid=EMERGENCY, matter="水位标尺倒了"))
    assert "水位标尺倒了" in said(section)
    qtbot.mouseClick(section.findChild(Button, "attention.visit"), Qt.MouseButton.LeftButton)
    assert room.walked[-1] == ("attention", room.grid(EMERGENCY).id)
    home = entry(room, "岳平安").household
    assert home is not None
    page = page_of(room, "households")
    room.tools.selection.navigate("household", home.id)
    room.settle()
    section = page.findChild(HouseholdSection)
    assert "岳平安" in said(section)
    resident = entry(room, "岳平安").resident
    assert resident is not None
    room.elsewhere(RetireResident(resident=resident.id))
    assert texts.say("attention.none.household") in said(page.findChildren(HouseholdSection)[-1])
    worker = room.elsewhere(AddWorker(name="Wanda", grid=EMERGENCY))["worker"]
    page = page_of(room, "people")
    room.tools.selection.navigate("worker", worker)
    room.settle()
    # The list has to hear of the new worker before it can show him.
    qtbot.waitUntil(lambda: page.findChild(PersonSection) is not None, timeout=20_000)
    room.settle()
    assert "老鹰嘴崖下" in said(page.findChild(PersonSection))


def test_the_two_lists_stand_side_by_side_and_share_a_place_in_the_rail(room: Room, qtbot: Any) -> None:
    rail = Rail(room.tools)
    assert "attention" not in rail._buttons and "households" in rail._buttons
    rail.show_current("attention")
    assert rail.current == "households"
    rail.deleteLater()
    page = page_of(room)
    strip = page.findChild(RoomStrip).strip
    assert strip.value == "attention"
    qtbot.keyClick(awake(strip), Key.Key_1)
    assert room.walked[-1] == ("households", "")
    page.view.setFocus()
    qtbot.keyClick(awake(page.view), Key.Key_1)
    assert room.walked[-1] == ("households", "")
    other = page_of(room, "households")
    qtbot.keyClick(awake(other.view), Key.Key_2)
    assert room.walked[-1] == ("attention", "")


def test_who_may_not_use_the_list_sees_masks_on_cards_and_no_room(
    town_url: Callable[[str], str], open_desk: Any, tmp_path: Path
) -> None:
    with room_at(town_url("sqlite"), open_desk, tmp_path, "viewer") as made:
        room = installed(made)
        assert room.tools.desk.officer.role not in room.tools.plugs.workspaces.get("attention").roles
        page = page_of(room, "grids")
        for code in (GRID, EMERGENCY):
            room.tools.selection.navigate("grid", room.grid(code).id)
            room.settle()
            section = page.findChildren(GridSection)[-1]
            assert [each for each in SECRETS if each in str(said(section))] == []
            assert section.findChild(Button, "attention.visit") is None
        assert "老鹰嘴崖下" in said(section)  # a place is no person
        listed_page = page_of(room)
        assert [each for each in SECRETS if each in str(said(listed_page))] == []
        shown = [listed_page.table.index(row, column).data() for row in range(listed_page.table.rowCount())
                 for column in range(listed_page.table.columnCount())]  # fmt: skip
        assert shown and [each for each in SECRETS if each in str(shown)] == []


def test_who_left_the_register_without_leaving_the_list_is_said_so(room: Room) -> None:
    page = page_of(room)
    choose(room, page, "岳平安")
    home = entry(room, "岳平安").household
    assert home is not None
    room.elsewhere(AddResident(household=home.id, name="岳新", care="infant"))
    room.elsewhere(RetireHousehold(household=home.id))
    row = page.row(entry(room, "岳平安").id)
    assert row.listed.has_left and not row.listed.may_print(row.today)
    assert texts.say("attention.has_left") in said(page.card)


def test_every_line_leads_to_its_entry(room: Room, qtbot: Any) -> None:
    page = page_of(room, "grids")
    room.tools.selection.navigate("grid", room.grid(EMERGENCY).id)
    room.settle()
    line = page.findChild(GridSection).findChildren(ItemLine)[0]
    qtbot.mouseClick(line.findChild(Link), Qt.MouseButton.LeftButton)
    assert room.walked[-1][0] == "attention_item"


@pytest.mark.parametrize("screen", ["attention", "attention-card", "attention-form", "attention-take",
                                    "attention-visit"])  # fmt: skip
def test_the_pictures_can_be_staged(room: Room, screen: str) -> None:
    page = page_of(room)
    staged = room.tools.plugs.screens.get(screen)
    assert staged.stage is not None
    staged.stage(room.tools, page)
    room.settle()
    if screen not in ("attention", "attention-card"):
        assert not page.right.is_card
