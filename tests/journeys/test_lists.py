"""Two desks that keep the same lists: what one saves the other sees, and what both changed shows both versions."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from commandcenter.app import Program
from commandcenter.ui.core.editing import ConflictView
from commandcenter.ui.people.forms import EditPerson
from commandcenter.ui.people.workspace import PeopleWorkspace

PATIENCE = 10_000


@pytest.fixture
def two(town: str, open_program: Callable[..., Program]) -> tuple[Program, Program]:
    """Duty officer one and duty officer two."""
    return open_program(town, "duty1"), open_program(town, "duty2")


def people_of(program: Program, qtbot: Any) -> PeopleWorkspace:
    page = program.window.open_workspace("people")
    assert isinstance(page, PeopleWorkspace)
    qtbot.waitUntil(lambda: page.table.rowCount() > 0, timeout=PATIENCE)
    return page


def form(program: Program, qtbot: Any, person: str) -> EditPerson:
    """The form of somebody, opened by keys."""
    page = people_of(program, qtbot)
    program.tools.selection.navigate("worker", person)
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow, timeout=PATIENCE)
    page.view.setFocus()
    qtbot.keyClick(page.view, Qt.Key.Key_E)
    # Not any that is found: one that was saved a moment ago may still be on its way out.
    qtbot.waitUntil(lambda: isinstance(page.right.currentWidget(), EditPerson), timeout=PATIENCE)
    sheet = page.right.currentWidget()
    assert isinstance(sheet, EditPerson)
    return sheet


def retype(qtbot: Any, sheet: EditPerson, name: str, text: str) -> None:
    widget: Any = sheet.fields[name].widget
    widget.setFocus()
    widget.selectAll()
    qtbot.keyClicks(widget, text)


def person(program: Program, id: str) -> Any:
    return program.tools.desk.directory.people["worker", id]


@pytest.mark.soak
def test_two_forms_of_one_person(two: tuple[Program, Program], qtbot: Any) -> None:
    one, other = two
    id = min(id for kind, id in one.tools.desk.directory.people if kind == "worker")
    mine, theirs = form(one, qtbot, id), form(other, qtbot, id)
    retype(qtbot, theirs, "phone", "15400990001")
    retype(qtbot, theirs, "address", "North Yard 1")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: person(one, id).phone == "15400990001", timeout=PATIENCE)
    qtbot.waitUntil(lambda: mine.value("phone") == "15400990001", timeout=PATIENCE)

    page = people_of(other, qtbot)
    qtbot.waitUntil(lambda: page.right.currentWidget() is page.card, timeout=PATIENCE)
    # The card tells what was saved as soon as it is read again; a form that is opened sooner begins with what was.
    qtbot.waitUntil(lambda: person(other, id).address == "North Yard 1", timeout=PATIENCE)
    theirs = form(other, qtbot, id)
    retype(qtbot, mine, "address", "North Yard 2")
    retype(qtbot, theirs, "address", "North Yard 3")
    retype(qtbot, theirs, "appointed", "2026.4")
    theirs.submit()
    qtbot.waitUntil(lambda: person(one, id).address == "North Yard 3", timeout=PATIENCE)
    mine.submit()
    qtbot.waitUntil(lambda: mine.findChild(ConflictView) is not None, timeout=PATIENCE)
    view = mine.findChild(ConflictView)
    assert isinstance(view, ConflictView) and mine.value("address") == "North Yard 2"
    view.decide("mine")
    mine.submit()
    qtbot.waitUntil(lambda: person(other, id).address == "North Yard 2", timeout=PATIENCE)
    assert (person(other, id).phone, person(other, id).appointed) == ("15400990001", "2026-04")


def test_undo_by_key_reaches_the_other_desk(two: tuple[Program, Program], qtbot: Any) -> None:
    one, other = two
    id = min(id for kind, id in one.tools.desk.directory.people if kind == "worker")
    was = person(other, id).phone
    sheet = form(one, qtbot, id)
    retype(qtbot, sheet, "phone", "15400990002")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: person(other, id).phone == "15400990002", timeout=PATIENCE)
    people_of(one, qtbot).view.setFocus()
    qtbot.keyClick(one.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: person(other, id).phone == was, timeout=PATIENCE)
