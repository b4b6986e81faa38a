"""People and grids changed by form: by keys, with both versions where two people changed one field."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from commandcenter.base import texts
from commandcenter.rules.lengths import LONGEST_TEXT
from commandcenter.services.grids import EditGrid, EditVillage
from commandcenter.services.people import EditWorker, RetirePerson
from commandcenter.ui import grids, people
from commandcenter.ui.core.editing import ConflictView
from commandcenter.ui.core.inputs import Option, PickBox
from commandcenter.ui.core.widgets import Button
from commandcenter.ui.grids.forms import AddGridSheet, AddNameSheet, EditGridSheet, EditNameSheet, EditVillageSheet
from commandcenter.ui.grids.index import GridIndex
from commandcenter.ui.people.forms import AddPerson, EditPerson
from commandcenter.ui.people.index import PeopleIndex
from commandcenter.ui.people.leaveform import LeaveSheet
from commandcenter.ui.people.rows import row_id
from tests.ui.rooms import Room, room_at

GRID, OTHER = "999101100201001", "999101100202001"
Key = Qt.Key


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A duty officer's desk with both features."""
    with room_at(town_url("sqlite"), open_desk, tmp_path) as made:
        yield installed(made)


def installed(room: Room) -> Room:
    grids.install(room.tools)
    people.install(room.tools)
    for kind in (GridIndex, PeopleIndex):
        next(each for each in room.tools.desk.children() if isinstance(each, kind)).build_now()
    return room


def page_of(room: Room, name: str) -> Any:
    return room.show(room.tools.plugs.workspaces.get(name).make(room.tools))


def rebuilt(room: Room) -> None:
    """The index is made anew a moment after the last change; tests do not wait for it."""
    room.settle()
    next(each for each in room.tools.desk.children() if isinstance(each, PeopleIndex)).build_now()
    room.settle()


def keeper(room: Room) -> Any:
    return room.tools.desk.directory.keepers(room.grid(GRID).id)[0]


def open_card(room: Room, page: Any) -> Any:
    room.tools.selection.navigate("worker", keeper(room).id)
    room.settle()
    page.view.setFocus()
    return page


def said(widget: QWidget) -> list[str]:
    return [each.text() for each in widget.findChildren(QLabel) if each.isVisibleTo(widget)]


def form(page: QWidget, kind: Any) -> Any:
    sheet = page.findChild(kind)
    assert sheet is not None and page.right.currentWidget() is sheet  # type: ignore[attr-defined]
    return sheet


# --- people -----------------------------------------------------------------------------------------------------


def test_a_worker_is_changed_by_keys_alone_and_taken_back(room: Room, qtbot: Any) -> None:
    page = open_card(room, page_of(room, "people"))
    qtbot.keyClick(page.view, Key.Key_E)
    sheet = form(page, EditPerson)
    phone = sheet.fields["phone"].widget
    phone.setFocus()
    phone.selectAll()
    qtbot.keyClicks(phone, "15400990042")
    qtbot.keyClick(phone, Key.Key_Return)
    room.settle()
    assert keeper(room).phone == "15400990042" and page.right.currentWidget() is page.card
    assert texts.say("people.done.edit", name="解放") in room.told()
    page.post.undo()
    room.settle()
    assert keeper(room).phone == "15400999003"


def test_undo_pressed_before_the_answer_means_what_was_just_saved(room: Room) -> None:
    page = page_of(room, "people")
    worker = keeper(room)
    for old, new in ((worker.phone, "15400990041"), ("15400990041", "15400990042")):
        page.post.send(EditWorker(worker=worker.id, changed={"phone": new}, was={"phone": old}), "phone")
        if new == "15400990041":
            room.settle()
    page.post.undo()
    room.settle()
    assert keeper(room).phone == "15400990041"
    page.post.undo()
    room.settle()
    assert keeper(room).phone == worker.phone


def test_what_is_wrong_stands_under_its_field_and_nothing_typed_is_lost(room: Room, qtbot: Any) -> None:
    page = open_card(room, page_of(room, "people"))
    page.edit()
    sheet = form(page, EditPerson)
    sheet.put("phone", "十三")
    sheet.put("address", "云岭一社")
    sheet.submit()
    room.settle()
    assert sheet.form.field("phone").has_error and sheet.fields["phone"].widget.hasFocus()
    assert sheet.value("phone") == "十三" and sheet.value("address") == "云岭一社"
    sheet.put("phone", "15400990043")
    sheet.submit()
    room.settle()
    assert (keeper(room).phone, keeper(room).address) == ("15400990043", "云岭一社")


def test_fields_apart_merge_silently_and_one_changed_by_both_shows_both(room: Room) -> None:
    page = open_card(room, page_of(room, "people"))
    page.edit()
    sheet = form(page, EditPerson)
    sheet.put("address", "mine")
    was = keeper(room)
    changed = {"phone": "15400990044", "address": "theirs"}
    room.elsewhere(EditWorker(worker=was.id, changed=changed, was={"phone": was.phone, "address": was.address}))
    rebuilt(room)
    assert sheet.value("phone") == "15400990044" and sheet.value("address") == "mine"
    sheet.submit()
    room.settle()
    view = sheet.findChild(ConflictView)
    assert [each for each in said(view) if "mine" in each] and [each for each in said(view) if "theirs" in each]
    sheet.submit()
    room.settle()
    assert keeper(room).address == "theirs", "an undecided conflict is not saved"
    view.decide("merge")
    sheet.submit()
    room.settle()
    assert keeper(room).address == "theirs；mine"


def test_a_form_waits_while_another_card_is_looked_at(room: Room) -> None:
    page = open_card(room, page_of(room, "people"))
    page.edit()
    sheet = form(page, EditPerson)
    sheet.put("address", "half a sentence")
    other = room.tools.desk.directory.keepers(room.grid(OTHER).id)[0]
    room.tools.selection.navigate("worker", other.id)
    assert page.right.currentWidget() is page.card
    room.tools.selection.navigate("worker", keeper(room).id)
    assert page.right.currentWidget() is sheet and sheet.value("address") == "half a sentence"


def test_escape_leaves_and_the_database_away_keeps_the_form(room: Room, qtbot: Any, monkeypatch: Any) -> None:
    from commandcenter.base.errors import ServerAway

    page = open_card(room, page_of(room, "people"))
    page.edit()
    sheet = form(page, EditPerson)
    sheet.put("address", "x")
    runner = room.tools.desk.session.runner
    with monkeypatch.context() as patch:
        patch.setattr(runner, "_once", lambda *_: (_ for _ in ()).throw(ServerAway("database.away")))
        sheet.submit()
        room.settle()
    assert sheet.trouble.isVisible() and sheet.value("address") == "x" and sheet.save_button.isEnabled()
    qtbot.keyClick(sheet.fields["name"].widget, Key.Key_Escape)
    assert page.right.currentWidget() is page.card and keeper(room).address is None


def test_what_was_changed_waits_after_escape_until_it_is_opened_again(room: Room, qtbot: Any) -> None:
    page = open_card(room, page_of(room, "people"))
    page.edit()
    sheet = form(page, EditPerson)
    sheet.put("address", "half a sentence")
    qtbot.keyClick(sheet.fields["name"].widget, Key.Key_Escape)
    other = room.tools.desk.directory.keepers(room.grid(OTHER).id)[0]
    for each in (other, keeper(room)):
        room.tools.selection.navigate("worker", each.id)
        assert page.right.currentWidget() is page.card, "who left a form is not led back into it"
    page.edit()
    assert page.right.currentWidget() is sheet and sheet.value("address") == "half a sentence"
    assert sheet.kept.isVisible()
    sheet.submit()
    room.settle()
    assert keeper(room).address == "half a sentence" and page.right.is_card
    page.edit()
    assert not form(page, EditPerson).kept.isVisible()


def test_a_text_that_is_too_long_is_told_under_its_field_and_stays(room: Room) -> None:
    page = open_card(room, page_of(room, "people"))
    page.edit()
    sheet = form(page, EditPerson)
    sheet.put("note", "注" * (LONGEST_TEXT + 3))
    sheet.submit()
    room.settle()
    assert sheet.form.field("note").has_error and len(sheet.value("note")) == LONGEST_TEXT + 3
    assert any("多了 3 个" in each for each in said(sheet))
    sheet.put("note", "注" * LONGEST_TEXT)
    sheet.submit()
    room.settle()
    assert len(keeper(room).note) == LONGEST_TEXT


def test_doubts_are_said_while_typing_and_hinder_nothing(room: Room) -> None:
    page = open_card(room, page_of(room, "people"))
    page.edit()
    sheet = form(page, EditPerson)
    other = room.tools.desk.directory.keepers(room.grid(OTHER).id)[0]
    sheet.put("phone", other.phone)
    sheet.fields["grid"].widget.setCurrentIndex(sheet.fields["grid"].widget.findData(room.grid(OTHER).id))
    words = said(sheet)
    assert texts.say("people.doubt.phone_known", name=other.name) in words
    assert texts.say("people.doubt.second_keeper", name=other.name) in words
    assert sheet.value("village") == room.grid(OTHER).village, "a grid brings its village along"
    sheet.submit()
    room.settle()
    assert len(room.tools.desk.directory.keepers(room.grid(OTHER).id)) == 2


def test_somebody_new_is_added_and_chosen(room: Room, qtbot: Any) -> None:
    page = page_of(room, "people")
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_N)
    sheet = form(page, AddPerson)
    qtbot.keyClicks(sheet.fields["name"].widget, "Nora New")
    grid = sheet.fields["grid"].widget
    grid.setFocus()
    qtbot.keyClicks(grid.lineEdit(), "yl1")
    qtbot.keyClick(grid.lineEdit(), Key.Key_Return)
    qtbot.keyClick(grid.lineEdit(), Key.Key_Return)
    room.settle()
    rebuilt(room)
    added = [each for each in room.tools.desk.directory.keepers(room.grid(GRID).id) if each.name == "Nora New"]
    assert added and page.view.chosen() == row_id("worker", added[0].id) and "Nora New" in said(page.card)


def test_off_the_lists_and_back(room: Room, qtbot: Any) -> None:
    page = open_card(room, page_of(room, "people"))
    person = keeper(room)
    qtbot.keyClick(page.view, Key.Key_Delete)
    room.settle()
    qtbot.keyClick(form(page, LeaveSheet).fields["reason"].widget, Key.Key_Return)
    room.settle()
    rebuilt(room)
    assert room.tools.desk.directory.keepers(room.grid(GRID).id) == []
    assert row_id("worker", person.id) not in page.table.ids()
    page.tabs.setCurrentIndex(page.tabs.count() - 1)
    assert page.table.ids() == [row_id("worker", person.id)]
    assert texts.say("people.left") in said(page.card)
    assert room.tools.actions.trigger("person.bring_back")
    room.settle()
    assert keeper(room).id == person.id


def test_who_left_is_no_longer_found_by_quick_find(room: Room) -> None:
    index = next(each for each in room.tools.desk.children() if isinstance(each, PeopleIndex))
    assert [hit.id for hit in index.hits("解放", 5)] == [keeper(room).id]
    person = keeper(room)
    room.elsewhere(RetirePerson(kind="worker", person=person.id))
    rebuilt(room)
    assert index.hits("解放", 5) == []


def test_masked_values_are_shown_and_cannot_be_touched(
    town_url: Callable[[str], str], open_desk: Any, tmp_path: Path
) -> None:
    with room_at(town_url("sqlite"), open_desk, tmp_path, "quartermaster") as room:
        installed(room)
        was = keeper(room)
        room.elsewhere(EditWorker(worker=was.id, changed={"address": "云岭一社 3 号"}, was={"address": None}))
        rebuilt(room)
        page = open_card(room, page_of(room, "people"))
        page.edit()
        sheet = form(page, EditPerson)
        address = sheet.fields["address"].widget
        assert "*" in address.text() and not address.isEnabled()
        assert texts.say("core.edit.masked") in said(sheet)
        sheet.put("name", "解方")
        sheet.submit()
        room.settle()
        with room.tools.desk.session.reads.open(_administrator(room), "real") as reader:
            stored = reader.get("worker", was.id)
        assert (stored.name, stored.address) == ("解方", "云岭一社 3 号")


def _administrator(room: Room) -> Any:
    from commandcenter.rules.visibility import Viewer

    officer = next(each for each in room.tools.desk.live.officers.values() if each.role == "administrator")
    return Viewer(officer.id, officer.role)


def test_who_may_only_look_reads_why(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> None:
    with room_at(town_url("sqlite"), open_desk, tmp_path, "viewer") as room:
        installed(room)
        page = open_card(room, page_of(room, "people"))
        assert not room.tools.actions.trigger("person.edit")
        assert texts.say("core.list.read_only", role=texts.say("role.viewer")) in said(page.card)
        assert page.add_button.isHidden()


def test_officers_are_looked_after_in_the_settings(room: Room) -> None:
    page = page_of(room, "people")
    officer = room.tools.desk.officer
    room.tools.selection.navigate("officer", officer.id)
    room.settle()
    assert not page.can_edit and texts.say("people.officers_in_settings") in said(page.card)


# --- the place --------------------------------------------------------------------------------------------------


def test_a_grid_is_changed_and_follows_the_other_desk(room: Room, qtbot: Any) -> None:
    page = page_of(room, "grids")
    room.tools.selection.navigate("grid", room.grid(GRID).id)
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_E)
    sheet = form(page, EditGridSheet)
    grid = room.grid(GRID)
    room.elsewhere(EditGrid(grid=grid.id, changed={"households": 77}, was={"households": grid.households}))
    assert sheet.fields["households"].widget.text() == "77"
    sheet.put("people", "many")
    sheet.submit()
    assert sheet.form.field("people").has_error
    sheet.put("people", 300)
    sheet.submit()
    room.settle()
    now = room.grid(GRID)
    assert (now.households, now.people) == (77, 300) and page.right.currentWidget() is page.card


def test_a_new_grid_gets_number_and_name_proposed(room: Room, qtbot: Any) -> None:
    page = page_of(room, "grids")
    room.tools.selection.navigate("grid", room.grid(GRID).id)
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_N)
    sheet = form(page, AddGridSheet)
    assert sheet.fields["name"].widget.text() == "云岭村第5微网格"
    qtbot.keyClicks(sheet.fields["kind"].widget, "3")
    assert sheet.fields["name"].widget.text() == "云岭村应急第2网格"
    qtbot.keyClick(sheet.fields["kind"].widget, Key.Key_Return)
    room.settle()
    made = room.grid("999101100201Y02")
    assert made.name == "云岭村应急第2网格" and page.view.chosen() == made.id
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_Delete)
    room.settle()
    assert made.id not in room.tools.desk.live.grids
    assert texts.say("grids.card.gone") in said(page.card)


def test_a_grid_in_use_says_what_hangs_on_it(room: Room) -> None:
    page = page_of(room, "grids")
    room.tools.selection.navigate("grid", room.grid(GRID).id)
    page.remove()
    room.settle()
    assert any("云岭村第1微网格" in each and "人员 1" in each for each in room.told())
    assert room.grid(GRID)


def test_a_village_is_changed(room: Room, qtbot: Any) -> None:
    page = page_of(room, "grids")
    village = room.grid(GRID).village
    page.villages.choose(village)
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_V)
    sheet = form(page, EditVillageSheet)
    sheet.put("name", "新岭村")
    known = room.tools.desk.live.villages[village]
    room.elsewhere(EditVillage(village=village, changed={"name": "老岭村"}, was={"name": known.name}))
    sheet.submit()
    room.settle()
    sheet.findChild(ConflictView).decide("mine")
    sheet.submit()
    room.settle()
    assert room.tools.desk.live.villages[village].name == "新岭村"


def test_names_of_places_are_added_corrected_and_forgotten(room: Room, qtbot: Any) -> None:
    page = page_of(room, "grids")
    grid = room.grid(GRID).id
    room.tools.selection.navigate("grid", grid)
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_A)
    sheet = form(page, AddNameSheet)
    sheet.put("name", "老井边")
    sheet.submit()
    room.settle()
    name = next(each for each in room.tools.desk.directory.names.values() if each.name == "老井边")
    assert name.grid == grid
    room.tools.selection.choose("gazetteer_name", name.id)
    assert room.tools.actions.trigger("name.edit")
    sheet = form(page, EditNameSheet)
    sheet.put("name", "老井湾")
    sheet.submit()
    room.settle()
    assert room.tools.desk.directory.names[name.id].name == "老井湾"
    room.tools.actions.trigger("name.edit")
    sheet = form(page, EditNameSheet)
    button = sheet.findChild(Button, "grids.name.remove")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    room.settle()
    assert name.id not in room.tools.desk.directory.names
    page.post.undo()
    room.settle()
    assert room.tools.desk.directory.names[name.id].name == "老井湾"


# --- picking ----------------------------------------------------------------------------------------------------


def test_one_of_many_is_found_by_pinyin_and_a_stranger_is_refused(window: QWidget, qtbot: Any) -> None:
    from commandcenter.base.errors import BadInput

    box = PickBox([Option("a", "黑水浩村", ("103211",)), Option("b", "凯旋社区")], none_code="core.place.no_grid",
                  parent=window)  # fmt: skip
    box.show()
    box.setFocus()
    for typed, value in (("hsh", "a"), ("kaixuan", "b"), ("103211", "a"), ("", None)):
        box.lineEdit().selectAll()
        qtbot.keyClick(box.lineEdit(), Key.Key_Delete)
        qtbot.keyClicks(box.lineEdit(), typed)
        assert box.picked() == value, typed
    box.lineEdit().selectAll()
    qtbot.keyClicks(box.lineEdit(), "hsh")
    popup = QApplication.activePopupWidget()
    assert popup is not None and popup.width() == box.width()  # what is found stands below the whole box
    assert popup.mapToGlobal(popup.rect().topLeft()).x() == box.mapToGlobal(box.rect().topLeft()).x()
    popup.hide()
    box.lineEdit().setText("nowhere")
    with pytest.raises(BadInput, match="unknown_choice"):
        box.picked()
    box.put("unlisted")
    assert box.picked() == "unlisted"


class Shown(QObject):
    """Every window that appears, however short."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.append(type(watched).__name__)
        return False


@pytest.mark.soak
def test_cards_and_forms_never_flash_up_as_windows_of_their_own(room: Room, qapp: QApplication) -> None:
    places, everybody = page_of(room, "grids"), page_of(room, "people")
    watch = Shown()
    qapp.installEventFilter(watch)
    try:
        room.tools.selection.navigate("grid", room.grid(GRID).id)
        open_card(room, everybody)
        for page, methods in ((places, ("edit", "add", "edit_village", "add_name")), (everybody, ("edit", "add"))):
            page.activateWindow()
            for method in methods:
                getattr(page, method)()
                room.settle()
    finally:
        qapp.removeEventFilter(watch)
    assert watch.windows == []
