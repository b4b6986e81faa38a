"""The roster's own work: numbers verified with one key, absences, filters, the five priorities, the leaving form."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from commandcenter.base import texts
from commandcenter.rules.settings import FIVE_PRIORITIES, VERIFY_MONTHS
from commandcenter.services.absences import AddWorkerAbsence
from commandcenter.services.attention import AddAttention
from commandcenter.services.calls import CallOut
from commandcenter.services.people import AddDutyHolder, AddWorker, EditWorker, VerifyPhone
from commandcenter.services.settings import SetSetting
from commandcenter.services.units import NamePost
from commandcenter.ui import grids as grids_feature
from commandcenter.ui import people as feature
from commandcenter.ui.core.cards import Link
from commandcenter.ui.core.widgets import Button
from commandcenter.ui.grids.forms import AddDeputySheet
from commandcenter.ui.grids.index import GridIndex
from commandcenter.ui.incidents.call_rows import call_rows
from commandcenter.ui.people.awayforms import AwaySheet, EditAwaySheet
from commandcenter.ui.people.forms import AddPerson, EditPerson, PrioritiesSheet
from commandcenter.ui.people.index import PeopleIndex
from commandcenter.ui.people.keylist import KeyList
from commandcenter.ui.people.leaveform import LeaveSheet
from commandcenter.ui.people.mergeform import ChooseDouble, MergeSheet
from commandcenter.ui.people.rows import row_id
from tests.services.stores_made import YUNLING, depot
from tests.ui.rooms import Room, room_at
from tests.ui.test_people import GRID, keeper, said, workspace_of

Key = Qt.Key
OTHER = "999101100201002"


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A supervisor's desk with the feature plugged in."""
    with room_at(town_url("sqlite"), open_desk, tmp_path, "supervisor") as made:
        feature.install(made.tools)
        yield made


def rebuilt(room: Room) -> None:
    """The rows as they are after the last change, without waiting for calm."""
    next(each for each in room.tools.desk.children() if isinstance(each, PeopleIndex)).build_now()
    room.settle()


def opened(room: Room) -> Any:
    """The room with the keeper's card open and the keys in the list."""
    page = workspace_of(room)
    room.tools.selection.navigate("worker", keeper(room).id)
    room.settle()
    page.view.setFocus()
    return page


def form(page: Any, kind: Any) -> Any:
    sheet = page.findChild(kind)
    assert sheet is not None and page.right.currentWidget() is sheet
    return sheet


def other(room: Room) -> Any:
    return room.tools.desk.directory.keepers(room.grid(OTHER).id)[0]


def narrowed(page: Any, wanted: str) -> set[str]:
    page.narrowing.put(wanted)
    page.narrow_down()
    return set(page.table.ids())


# --- what is known -------------------------------------------------------------------------------------------------


def test_a_form_begins_with_what_the_desk_knows_although_the_list_is_not_made_anew_yet(room: Room, qtbot: Any) -> None:
    page = opened(room)
    person = keeper(room)
    room.elsewhere(EditWorker(worker=person.id, changed={"phone": "15400991009"}, was={"phone": person.phone}))
    assert keeper(room).phone == "15400991009" and page._shown.person.phone == person.phone
    qtbot.keyClick(page.view, Key.Key_E)
    assert form(page, EditPerson).value("phone") == "15400991009" and not form(page, EditPerson).is_begun


# --- numbers --------------------------------------------------------------------------------------------------------


def test_one_key_says_that_the_number_was_verified_and_undo_takes_it_back(room: Room, qtbot: Any) -> None:
    page = opened(room)
    before = keeper(room).verified_on
    qtbot.keyClick(page.view, Key.Key_V)
    room.settle()
    rebuilt(room)
    assert keeper(room).verified_on == "2025-06-30"
    assert texts.say("people.verified.today") in said(page.card)
    assert texts.say("people.done.verify", name="解放") in room.told()
    page.post.undo()
    room.settle()
    assert keeper(room).verified_on == before


def test_the_list_says_how_old_a_verification_is_and_finds_what_is_due(room: Room) -> None:
    page = opened(room)
    phones = {"甲": "15400991001", "乙": "15400991002", "丙": "15400991003", "丁": None}
    ids = {name: str(room.elsewhere(AddWorker(name=name, village=YUNLING, phone=phone))["worker"])
           for name, phone in phones.items()}  # fmt: skip
    for name, day in (("甲", "2025-06-13"), ("乙", "2024-11-02")):
        room.elsewhere(VerifyPhone(worker=ids[name], on=day))
    rebuilt(room)
    cell = next(each for each in page.table.columns if each.id == "verified")
    shown = {name: cell.text(page.row(row_id("worker", id)), None) for name, id in ids.items()}
    assert shown == {"甲": "17 天前核实", "乙": "7 个月前核实", "丙": "从未核实", "丁": ""}
    due = narrowed(page, "unverified")
    assert {row_id("worker", ids[name]) for name in ("乙", "丙", "丁")} <= due
    assert row_id("worker", ids["甲"]) not in due
    room.elsewhere(SetSetting(key=VERIFY_MONTHS, value={"value": 9}))
    rebuilt(room)
    assert row_id("worker", ids["乙"]) not in narrowed(page, "unverified")
    assert row_id("worker", ids["丁"]) in narrowed(page, "no_phone") and row_id("worker", ids["甲"]) not in narrowed(
        page, "no_phone"
    )


# --- filters --------------------------------------------------------------------------------------------------------


def test_the_roster_is_narrowed_down_by_what_workers_really_are_and_have(room: Room) -> None:
    page = opened(room)
    made = room.elsewhere(AddWorker(name="新农", village=YUNLING, standing="reserve", source="新农人", channel="自荐",
                                    skills="无人机、养蜂"))["worker"]  # fmt: skip
    rebuilt(room)
    mine = row_id("worker", made)
    for wanted in ("reserve", "channel:self", "skills:drone", "skills:养蜂", "source:farmer", "volunteer"):
        assert mine in narrowed(page, wanted), wanted
    assert narrowed(page, "skills:养蜂") == {mine} and mine not in narrowed(page, "paid")
    room.tools.selection.navigate("worker", keeper(room).id)  # whoever is asked for is shown whatever is narrowed down
    assert page.view.chosen() == row_id("worker", keeper(room).id)
    narrowed(page, "")
    page.search.setText("无人机")
    assert mine in page.table.ids()


def test_what_a_worker_is_and_can_is_typed_or_picked_and_stands_on_the_card(room: Room, qtbot: Any) -> None:
    page = opened(room)
    qtbot.keyClick(page.view, Key.Key_E)
    sheet = form(page, EditPerson)
    skills = sheet.fields["skills"].widget
    assert isinstance(skills, KeyList)
    skills.line.setText("养蜂")
    skills.more.setCurrentIndex(skills.more.findData("first_aid"))
    assert skills.line.text() == "养蜂、急救救护" and skills.more.currentData() is None
    sheet.put("channel", "public")
    sheet.submit()
    room.settle()
    rebuilt(room)
    assert (keeper(room).skills, keeper(room).channel) == ("养蜂,first_aid", "public")
    assert {"养蜂、急救救护", "群众推荐"} <= set(said(page.card))


def test_the_town_names_its_five_priorities(room: Room) -> None:
    page = opened(room)
    assert room.tools.actions.trigger("person.priorities")
    sheet = form(page, PrioritiesSheet)
    sheet.put("third", "子女就学优先")
    sheet.submit()
    room.settle()
    assert room.tools.desk.live.settings[FIVE_PRIORITIES] == {"third": "子女就学优先"}
    worker = keeper(room)
    was = {"priorities": worker.priorities}
    room.elsewhere(EditWorker(worker=worker.id, changed={"priorities": "stars,third"}, was=was))
    rebuilt(room)
    assert "评优评先优先、子女就学优先" in said(page.card)


# --- absences -------------------------------------------------------------------------------------------------------


def test_an_absence_is_noted_changed_and_ended_by_keys(room: Room, qtbot: Any) -> None:
    page = opened(room)
    qtbot.keyClick(page.view, Key.Key_A)
    sheet = form(page, AwaySheet)
    assert sheet.fields["from_on"].widget.text() == "2025-06-30"
    sheet.put("until_on", "2025-07-03")
    sheet.put("stand_in", other(room).id)
    sheet.put("reason", "住院")
    qtbot.keyClick(sheet.fields["reason"].widget, Key.Key_Return)
    room.settle()
    rebuilt(room)
    (absence,) = room.tools.desk.directory.absences.values()
    assert (absence.until_on, absence.stand_in, absence.reason) == ("2025-07-03", other(room).id, "住院")
    told = texts.say("people.away.until_by", day="7月3日", name=other(room).name)
    assert told in said(page.card) and "住院" in said(page.card)
    assert narrowed(page, "away") == {row_id("worker", keeper(room).id)}
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_A)
    again = form(page, EditAwaySheet)
    again.put("until_on", "2025-07-09")
    again.submit()
    room.settle()
    rebuilt(room)
    assert room.tools.desk.directory.absence(keeper(room).id, room.clock.now()).until_on == "2025-07-09"
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_B)
    room.settle()
    rebuilt(room)
    assert room.tools.desk.directory.absence(keeper(room).id, room.clock.now()) is None
    assert texts.say("people.away.none") in said(page.card)


@pytest.mark.soak
def test_an_absence_to_come_is_changed_by_key_and_each_by_its_button(room: Room, qtbot: Any) -> None:
    page = opened(room)
    for first, last in (("2025-07-20", "2025-07-25"), ("2025-08-03", "2025-08-04")):
        room.elsewhere(AddWorkerAbsence(worker=keeper(room).id, from_on=first, until_on=last))
    rebuilt(room)
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_C)
    sheet = form(page, EditAwaySheet)
    assert sheet.absence.from_on == "2025-07-20"
    sheet.put("from_on", "2025-07-21")
    sheet.submit()
    room.settle()
    rebuilt(room)
    first, second = sorted(room.tools.desk.directory.absences.values(), key=lambda each: each.from_on)
    assert (first.from_on, second.from_on) == ("2025-07-21", "2025-08-03")
    buttons = [each for each in page.card.findChildren(Button) if each.objectName() == "people.away.change"]
    qtbot.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
    sheet = form(page, EditAwaySheet)
    assert sheet.absence.id == second.id
    sheet.put("until_on", "2025-08-09")
    sheet.submit()
    room.settle()
    rebuilt(room)
    assert room.tools.desk.directory.absences[second.id].until_on == "2025-08-09"
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_C)
    assert form(page, EditAwaySheet).absence.id == first.id, "what was pressed before is forgotten"


def test_overlapping_absences_are_refused_under_their_field(room: Room) -> None:
    page = opened(room)
    room.elsewhere(AddWorkerAbsence(worker=keeper(room).id, from_on="2025-07-02", until_on="2025-07-04"))
    rebuilt(room)
    page.send_away()
    sheet = form(page, AwaySheet)
    sheet.put("until_on", "2025-07-02")
    sheet.submit()
    room.settle()
    assert sheet.form.field("from_on").has_error


def test_call_list_grid_card_and_stand_in_say_who_is_away(room: Room) -> None:
    page = opened(room)
    grids_feature.install(room.tools)
    room.elsewhere(AddWorkerAbsence(worker=keeper(room).id, stand_in=other(room).id))
    rebuilt(room)
    incident = room.open(grid=GRID, urgency="critical")
    room.elsewhere(CallOut(incident=incident, direction="down"))
    live, directory = room.tools.desk.live, room.tools.desk.directory
    now, limits = room.clock.now(), room.tools.desk.limits
    listed = call_rows(live.incidents[incident], live.calls[incident], directory, now, limits)
    assert [each.name for each in listed][:2] == [other(room).name, "解放"]
    assert "代 解放" in listed[0].role and "请假" in listed[1].role
    room.tools.selection.navigate("worker", other(room).id)
    room.settle()
    assert texts.say("people.away.stands_in", name="解放") in said(page.card)
    section = room.tools.plugs.card_sections.get("grid.people").make(room.tools, room.grid(GRID))
    assert texts.say("grids.people.stand_in", name=other(room).name) in said(room.show(section, 400, 300))


# --- deputies -------------------------------------------------------------------------------------------------------


def test_a_deputy_is_added_from_the_card_as_a_duty_holder(room: Room, qtbot: Any) -> None:
    page = opened(room)
    qtbot.keyClick(page.view, Key.Key_D)
    sheet = form(page, AddPerson)
    sheet.put("name", "副手")
    sheet.submit()
    room.settle()
    (made,) = [each for each in room.tools.desk.directory.holders(grid=room.grid(GRID).id) if each.name == "副手"]
    assert made.role == "grid_deputy"
    room.elsewhere(AddDutyHolder(name="网格长", role="grid_head", grid=GRID))
    room.tools.selection.navigate("worker", keeper(room).id)
    room.settle()
    assert {"副手", "网格长"} <= {each.text() for each in page.card.findChildren(QWidget) if hasattr(each, "text")}


def test_a_deputy_is_added_from_the_card_of_the_grid(room: Room, qtbot: Any) -> None:
    grids_feature.install(room.tools)
    next(each for each in room.tools.desk.children() if isinstance(each, GridIndex)).build_now()
    page = room.show(room.tools.plugs.workspaces.get("grids").make(room.tools))
    room.tools.selection.navigate("grid", room.grid(GRID).id)
    room.settle()
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_D)
    sheet = form(page, AddDeputySheet)
    sheet.put("name", "副手")
    sheet.put("phone", "15400991077")
    qtbot.keyClick(sheet.fields["phone"].widget, Key.Key_Return)
    room.settle()
    (made,) = [each for each in room.tools.desk.directory.holders(grid=room.grid(GRID).id) if each.name == "副手"]
    assert (made.role, made.phone) == ("grid_deputy", "15400991077")
    assert "副手" in {each.text() for each in page.card.findChildren(Link)}


# --- leaving --------------------------------------------------------------------------------------------------------


def test_one_form_hands_over_kit_post_and_grid_and_one_undo_brings_it_back(room: Room, qtbot: Any) -> None:
    from commandcenter.services.kits import IssueKits, NewKit

    page = opened(room)
    worker = keeper(room)
    made = room.elsewhere(AddWorker(name="后备一", village=YUNLING, standing="reserve", phone="15400991009"))["worker"]
    at = depot(room.tools.desk.session, kits=1)
    room.elsewhere(IssueKits(village=YUNLING, depot=at, kits=(NewKit(worker.id, "L"),)))
    room.elsewhere(NamePost(role="leader", grid=GRID, person=worker.id))
    item = room.elsewhere(AddAttention(kind="place", grid=GRID, title="老桥", source="走访"))["attention_item"]
    rebuilt(room)
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_Delete)
    room.settle()
    sheet = form(page, LeaveSheet)
    told = sheet.fields["hangs"].widget.told
    assert any("1 条关注" in each and "老桥" in each for each in told)
    assert sheet.fields["attention"].widget.value == "as_due"
    assert any("七件套" in each for each in told) and any("组长" in each for each in told)
    sheet.successor.setCurrentIndex(sheet.successor.findData(made))
    assert sheet.order.told[1].startswith("以后：后备一") and sheet.fields["posts"].widget.value == "successor"
    found = sheet.fields["found"].widget
    found.setFocus()
    qtbot.keyClicks(found, "111")
    qtbot.keyClicks(found, "2")
    sheet.fields["kit_to"].widget.choose("successor")
    sheet.submit()
    room.settle()
    assert sheet.form.field("kit_reason").has_error  # why one is missing has to be said
    sheet.put("kit_reason", "掉进水里")
    sheet.submit()
    room.settle()
    rebuilt(room)
    assert [each.id for each in room.tools.desk.directory.keepers(room.grid(GRID).id)] == [made]
    with room.tools.desk.session.read("real") as reader:
        assert reader.get("attention_item", item).review_on == "2025-07-07"  # the new keeper goes to see them all
        assert reader.find("kit", active=True, worker=made)
        assert reader.find("unit_post", person=made, active=True)
    page.post.undo()
    room.settle()
    assert [each.id for each in room.tools.desk.directory.keepers(room.grid(GRID).id)] == [worker.id]


def test_a_grid_that_will_have_nobody_is_said(room: Room) -> None:
    page = opened(room)
    page.retire()
    room.settle()
    sheet = form(page, LeaveSheet)
    note = sheet.form.field("successor").findChildren(QWidget)
    assert any("会没有网格员" in str(getattr(each, "text", str)()) for each in note if hasattr(each, "text"))
    sheet.successor.setCurrentIndex(sheet.successor.findData(other(room).id))
    assert any("已有自己的网格" in str(each.text()) for each in note if hasattr(each, "text"))


# --- doubles --------------------------------------------------------------------------------------------------------


@pytest.mark.soak
def test_possible_doubles_are_found_and_one_form_merges_them(room: Room, qtbot: Any) -> None:
    page = opened(room)
    worker = keeper(room)
    again = AddWorker(name=worker.name, village=YUNLING, phone="15400991088", skills="boat")
    twin = str(room.elsewhere(again)["worker"])
    rebuilt(room)
    assert narrowed(page, "doubles") == {row_id("worker", worker.id), row_id("worker", twin)}
    room.tools.selection.navigate("worker", worker.id)
    room.settle()
    assert any("可能重复登记" in each for each in said(page.card))
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_M)
    room.settle()
    sheet = form(page, MergeSheet)
    assert {"phone", "skills", "grid"} <= set(sheet.sides) and sheet.sides["skills"].value == "double"
    assert sheet.sides["grid"].value == "keep"
    sheet.sides["phone"].setFocus()
    qtbot.keyClick(sheet.sides["phone"], Key.Key_2)
    qtbot.keyClick(sheet.sides["phone"], Key.Key_Return)
    room.settle()
    rebuilt(room)
    assert (keeper(room).phone, keeper(room).skills) == ("15400991088", "boat")
    assert texts.say("people.done.merge", name=worker.name, into=worker.name) in room.told()
    assert narrowed(page, "doubles") == set()
    narrowed(page, "")
    assert row_id("worker", twin) not in page.table.ids()
    index = next(each for each in room.tools.desk.children() if isinstance(each, PeopleIndex))
    assert twin not in {each.id for each in index.hits(worker.name, 20)}
    room.tools.selection.navigate("worker", twin)
    room.settle()
    assert texts.say("people.merged", name=worker.name) in {each.text() for each in page.card.findChildren(Link)}
    assert not page.can_bring_back  # taking the merging back does
    page.post.undo()
    room.settle()
    rebuilt(room)
    assert keeper(room).phone == worker.phone and narrowed(page, "doubles")


@pytest.mark.soak
def test_what_both_know_is_kept_of_both_by_a_key(room: Room, qtbot: Any) -> None:
    page = opened(room)
    worker = keeper(room)
    room.elsewhere(EditWorker(worker=worker.id, changed={"skills": "boat"}, was={"skills": worker.skills}))
    again = AddWorker(name=worker.name, village=YUNLING, phone="15400991088", skills="electrician")
    twin = room.elsewhere(again)["worker"]
    rebuilt(room)
    room.tools.selection.navigate("worker", worker.id)
    room.settle()
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_M)
    room.settle()
    sheet = form(page, MergeSheet)
    strip = sheet.sides["skills"]
    assert strip.value == "keep" and sheet.sides["phone"] is not None
    strip.setFocus()
    qtbot.keyClick(strip, Key.Key_3)
    qtbot.keyClick(sheet.sides["phone"], Key.Key_3)
    assert strip.value == "both" and sheet.sides["phone"].value == "keep", "of a number one side stands"
    qtbot.keyClick(strip, Key.Key_Return)
    room.settle()
    rebuilt(room)
    assert keeper(room).skills == "boat,electrician" and keeper(room).id != twin


@pytest.mark.soak
def test_who_the_other_is_is_asked_and_two_kits_are_never_silent(room: Room, qtbot: Any) -> None:
    from commandcenter.services.kits import IssueKits, NewKit

    page = opened(room)
    worker = keeper(room)
    twin = str(room.elsewhere(AddWorker(name="谢放", village=YUNLING, vest_size="L"))["worker"])
    at = depot(room.tools.desk.session, kits=2)
    room.elsewhere(IssueKits(village=YUNLING, depot=at, kits=(NewKit(worker.id, "L"), NewKit(twin, "L"))))
    rebuilt(room)
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_M)
    asked = form(page, ChooseDouble)
    box = asked.fields["double"].widget
    asked.submit()
    assert asked.form.field("double").has_error
    box.setCurrentIndex(box.findData(twin))
    asked.submit()
    room.settle()
    sheet = form(page, MergeSheet)
    assert sheet.form.field("found_double").isVisibleTo(sheet) and not sheet.form.field("found_keep").isVisibleTo(sheet)
    strip = sheet.fields["kit"].widget
    strip.setFocus()
    qtbot.keyClick(strip, Key.Key_2)
    assert sheet.form.field("found_keep").isVisibleTo(sheet) and not sheet.form.field("found_double").isVisibleTo(sheet)
    found = sheet.fields["found_keep"].widget
    found.setFocus()
    qtbot.keyClicks(found, "2")
    sheet.submit()
    room.settle()
    assert sheet.form.field("kit_reason").has_error
    sheet.put("kit_reason", "掉进水里")
    sheet.submit()
    room.settle()
    with room.tools.desk.session.read("real") as reader:
        assert len(reader.find("kit", active=True, worker=worker.id)) == 1
        assert reader.find("kit", active=True, worker=twin) == []


def test_who_was_changed_meanwhile_is_named_and_the_form_stays(room: Room) -> None:
    page = opened(room)
    worker = keeper(room)
    twin = str(room.elsewhere(AddWorker(name=worker.name, village=YUNLING))["worker"])
    rebuilt(room)
    page.merge()
    room.settle()
    sheet = form(page, MergeSheet)
    room.elsewhere(EditWorker(worker=twin, changed={"phone": "15400991099"}, was={"phone": None}))
    sheet.submit()
    room.settle()
    assert form(page, MergeSheet) is sheet and not sheet.trouble.isHidden()

def test_a_viewer_reads_and_changes_nothing(
    town_url: Callable[[str], str], open_desk: Any, tmp_path: Path
) -> None:
    with room_at(town_url("sqlite"), open_desk, tmp_path, "viewer") as room:
        feature.install(room.tools)
        room.elsewhere(AddWorkerAbsence(worker=keeper(room).id, reason="住院手术"))
        page = opened(room)
        rebuilt(room)
        shown = said(page.card)
        assert not any("住院" in each or "15400999003" in each for each in shown)
        for action in ("verify", "away", "back", "deputy", "retire", "merge", "priorities"):
            assert not room.tools.actions.is_allowed(f"person.{action}")
