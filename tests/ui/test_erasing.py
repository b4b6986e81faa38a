"""The sheet that erases a person: what goes, every text decided on, the typed confirmation, and who may not."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from commandcenter.base import texts
from commandcenter.services.incidents import NoteIncident
from commandcenter.ui import households, people
from commandcenter.ui.core.erasing import ErasureSheet
from commandcenter.ui.core.widgets import ActionButton
from commandcenter.ui.people.index import PeopleIndex
from tests.ui.rooms import Room, room_at

Key = Qt.Key
HEAD = "慕容翠翠"


@pytest.fixture
def rooms(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Callable[[str], Room]]:
    """Desks of a role on one database."""
    import contextlib

    url = town_url("sqlite")
    with contextlib.ExitStack() as stack:

        def make(account: str) -> Room:
            made = stack.enter_context(room_at(url, open_desk, tmp_path, account))
            households.install(made.tools)
            people.install(made.tools)
            return made

        yield make


@pytest.fixture
def room(rooms: Callable[[str], Room]) -> Room:
    return rooms("supervisor")


def said(widget: Any) -> str:
    return "\n".join(each.text() for each in widget.findChildren(QLabel) if each.isVisibleTo(widget))


def household_of(room: Room) -> str:
    """A household with a head of her own, mentioned in a note."""
    from commandcenter.services.households import AddHousehold, AddResident

    made = room.elsewhere(AddHousehold(head=HEAD, phone="15487654321", grid="999101100201Y01"))
    room.elsewhere(AddResident(household=made["household"], name="慕容石头", relation="son"))
    incident = room.open()
    room.elsewhere(NoteIncident(incident=incident, text=f"{HEAD}家来电询问"))
    return str(made["household"])


def sheet_of(room: Room, id: str, qtbot: Any) -> Any:
    page = room.show(room.tools.plugs.workspaces.get("households").make(room.tools))
    room.tools.selection.navigate("household", id)
    room.settle()
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    room.settle()
    sheet = page.right.currentWidget()
    assert isinstance(sheet, ErasureSheet)
    return sheet


def stored(room: Room, id: str) -> Any:
    with room.tools.desk.session.read("real") as reader:
        return reader.get("household", id)


def test_a_head_is_erased_by_keys_and_every_text_is_decided_on(room: Room, qtbot: Any) -> None:
    id = household_of(room)
    sheet = sheet_of(room, id, qtbot)
    shown = said(sheet)
    phone = texts.say("privacy.kind.phone")
    assert texts.say("privacy.goes.field", field=phone, count=1) in shown
    assert f"{HEAD}家来电询问" in shown and texts.say("privacy.stays.about") in shown
    (decision,) = sheet.decisions
    # Nothing is sent while a text is undecided, the reason unsaid or the name not typed.
    sheet.typed.setFocus()
    qtbot.keyClick(sheet.typed, Key.Key_Return)
    assert texts.say("privacy.undecided") in said(sheet) and texts.say("privacy.reason.missing") in said(sheet)
    assert texts.say("privacy.typed.wrong", name=HEAD) in said(sheet) and stored(room, id).head == HEAD
    decision.choice.setFocus()
    qtbot.keyClick(decision.choice, Key.Key_2)
    qtbot.keyClick(sheet.typed, Key.Key_Return)
    assert texts.say("privacy.keep.missing") in said(sheet)
    decision.choice.setFocus()
    qtbot.keyClick(decision.choice, Key.Key_1)
    sheet.reason.setText("本人要求")
    sheet.typed.setText(HEAD)
    qtbot.keyClick(sheet.typed, Key.Key_Return)
    room.settle()
    assert texts.say("privacy.done", erased=2, redacted=1, kept=0) in said(sheet), said(sheet)
    assert texts.say("after.erase_person.clean") in said(sheet)
    left = stored(room, id)
    assert left.head == "[erased]" and left.phone == "[erased]"
    with room.tools.desk.session.read("real") as reader:
        notes = [each.text for each in reader.find("timeline_entry") if each.text]
    assert any(note == "■■■家来电询问" for note in notes)
    qtbot.keyClick(sheet, Key.Key_Escape)
    room.settle()


def test_a_member_is_chosen_and_a_text_that_came_meanwhile_is_shown(room: Room, qtbot: Any) -> None:
    id = household_of(room)
    sheet = sheet_of(room, id, qtbot)
    sheet.whom.setFocus()
    qtbot.keyClick(sheet.whom, Key.Key_2)
    room.settle()
    assert sheet.wanted == "慕容石头" and not sheet.decisions
    sheet.reason.setText("本人要求")
    sheet.typed.setText("慕容石头")
    incident = room.open()
    room.elsewhere(NoteIncident(incident=incident, text="慕容石头已到家"))
    sheet.submit()
    room.settle()
    assert [each.key.partition(":")[2] for each in sheet.decisions] == ["text:1"]
    assert "慕容石头已到家" in said(sheet) and sheet.reason.text() == "本人要求"
    sheet.decisions[0].choice.setFocus()
    qtbot.keyClick(sheet.decisions[0].choice, Key.Key_2)
    sheet.decisions[0].reason.setText("办理需要")
    sheet.submit()
    room.settle()
    assert texts.say("privacy.done", erased=1, redacted=0, kept=1) in said(sheet), said(sheet)


def test_who_may_not_erase_has_no_button_and_a_sheet_that_says_so(rooms: Callable[[str], Room], qtbot: Any) -> None:
    room = rooms("duty1")
    id = household_of(room)
    assert not room.tools.actions.is_allowed("household.erase") and not room.tools.actions.is_allowed("person.erase")
    page = room.show(room.tools.plugs.workspaces.get("households").make(room.tools))
    room.tools.selection.navigate("household", id)
    room.settle()
    buttons = {each._id: each.isVisibleTo(page) for each in page.findChildren(ActionButton)}
    assert not buttons.get("household.erase") and buttons["household.edit"]
    page.erase()  # as it stands when another officer took the desk while it was open
    room.settle()
    sheet = page.right.currentWidget()
    assert isinstance(sheet, ErasureSheet) and not sheet.save_button.isEnabled()
    assert texts.say("role.duty_officer") in said(sheet) or sheet.trouble.isVisibleTo(sheet)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_place_that_may_speak_of_a_person_has_its_name(language: str) -> None:
    from commandcenter.rules.entity import ENTITIES

    told = texts.Texts(language)
    named = [kind for kind, each in ENTITIES.items() if any(field.personal for field in each.fields)]
    kinds = {field.personal.kind for each in ENTITIES.values() for field in each.fields if field.personal}
    assert [kind for kind in named if not told.has(f"privacy.in.{kind}")] == []
    assert [kind for kind in kinds if not told.has(f"privacy.kind.{kind}")] == []


def test_a_workers_values_go_and_the_name_stays(room: Room, qtbot: Any) -> None:
    index = next(each for each in room.tools.desk.children() if isinstance(each, PeopleIndex))
    index.build_now()
    page = room.show(room.tools.plugs.workspaces.get("people").make(room.tools))
    worker = next(each for (kind, _), each in room.tools.desk.directory.people.items() if kind == "worker")
    room.tools.selection.navigate("worker", worker.id)
    room.settle()
    assert room.tools.actions.trigger("person.erase")
    room.settle()
    sheet = page.right.currentWidget()
    assert isinstance(sheet, ErasureSheet) and not sheet.whom.isVisibleTo(sheet)
    for each in sheet.decisions:
        each.choice.setFocus()
        qtbot.keyClick(each.choice, Key.Key_1)
    sheet.reason.setText("离任")
    sheet.typed.setText(worker.name)
    qtbot.mouseClick(sheet.save_button, Qt.MouseButton.LeftButton)
    room.settle()
    assert texts.say("after.erase_person.clean") in said(sheet)
    with room.tools.desk.session.read("real") as reader:
        left = reader.get("worker", worker.id)
    assert left.name == worker.name and left.phone == "[erased]"
