"""Every form of every room, found through the one list of actions: what was typed is not lost by leaving it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from commandcenter.app import Program, settle
from commandcenter.services.calls import CallOut
from commandcenter.services.drills import PlanDrill
from commandcenter.services.incidents import OpenIncident
from commandcenter.services.people import AddContact
from commandcenter.ui.core.actions import EVERYWHERE
from commandcenter.ui.core.fields import LineEdit, TextBox
from commandcenter.ui.core.sheet import Sheet
from commandcenter.ui.core.tableview import TableView

GRID = "999101100201001"
VILLAGE = "999101100201"
NEW = (
    {"PlanSheet", "LotsSheet", "AddScenarioSheet", "AddLineSheet"}, {"AddArticleSheet", "AddDepotSheet", "StockSheet"},
    {"AddPerson", "AddHouseholdSheet", "AddAttentionSheet"},
    {"AddGridSheet", "AddDeputySheet", "AddNameSheet", "AddCourseSheet", "PlanSessionSheet"},
)  # fmt: skip
"""Forms for something new that must have been met on the way, by part."""
READ_ONLY_OR_AT_ONCE = {"ErasureSheet", "PickSheet", "PrintBooksSheet"}
NOTHING_TYPED = {"ChooseDouble", "SettleSheet"}
"""Somebody is chosen, a list is pasted."""
TYPED = "7"
"""A character that every field takes."""


def keys_of(sheet: Sheet) -> Iterator[Any]:
    """The fields that are typed in, in the order of the form."""
    for each in sheet.findChildren(QWidget):
        typed_in = isinstance(each, (LineEdit, TextBox)) and not isinstance(each.parent(), QComboBox)
        if typed_in and each.isVisibleTo(sheet) and each.isEnabled() and not each.isReadOnly():  # type: ignore[attr-defined]
            yield each


def sheet_in(page: QWidget) -> Sheet | None:
    """The form that stands open in a room."""
    return next((each for each in page.findChildren(Sheet) if each.isVisible()), None)


def text_of(field: Any) -> str:
    return str(field.text() if isinstance(field, LineEdit) else field.toPlainText())


def prepare(program: Program) -> str:
    """Something of every kind for the forms to be about; the id of an incident."""
    runner = program.tools.desk.session.runner
    told = OpenIncident(category="emergency", urgency="critical", text="冒烟", grid=GRID)
    incident = str(runner.execute(told).value["incident"])
    runner.execute(CallOut(incident=incident, direction="down"))
    runner.execute(PlanDrill(scenario="landslide", village=VILLAGE, starts_at=program.tools.desk.now()))
    return incident


class Walk:
    """Opens every form that there is, types, leaves and comes back."""

    def __init__(self, program: Program) -> None:
        self.program, self.window = program, program.window
        self.page: QWidget | None = None
        self.met: set[str] = set()
        self.empty: set[str] = set()
        self.lost: list[str] = []

    def stand(self, workspace: str) -> QWidget:
        """In a room, on the first of its rows."""
        if self.window.workspace == workspace and self.page is not None and sheet_in(self.page) is None:
            return self.page
        page: Any = self.window.open_workspace(workspace)
        self.page = page
        settle(self.program)
        view = next((each for each in page.findChildren(TableView) if each.isVisible()), None)
        if view is not None and view.model().rowCount():
            view.setFocus()
            QTest.keyClick(view, Qt.Key.Key_Home)
            QTest.keyClick(view, Qt.Key.Key_Down)
            settle(self.program)
        return page  # type: ignore[no-any-return]

    def open(self, action: str, page: QWidget) -> Sheet | None:
        """The form that an action opens, if it does."""
        self.program.tools.actions.ask(action)
        settle(self.program)
        return sheet_in(page)

    def leave(self, sheet: Sheet) -> None:
        field = next(keys_of(sheet), sheet)
        QTest.keyClick(field, Qt.Key.Key_Escape)
        settle(self.program)

    def visit(self, action: str, workspace: str) -> None:
        """Type, Escape, open again, Escape; then afresh, Escape."""
        page = self.stand(workspace)
        sheet = self.open(action, page)
        if sheet is None or type(sheet).__name__ in self.met:
            if sheet is not None:
                self.leave(sheet)
            return
        kind, told = type(sheet).__name__, f"{action}: {type(sheet).__name__}"
        self.leave(sheet)
        if sheet_in(page) is not None:
            self.lost.append(f"{told} stays though nothing was typed")
        sheet = self.open(action, page)
        if sheet is None:
            self.lost.append(f"{told} does not open again")
            return
        self.met.add(kind)
        field = next(keys_of(sheet), None)
        if field is None or kind in READ_ONLY_OR_AT_ONCE:
            self.empty.add(kind)
            self.leave(sheet)
            return
        if sheet.kept.isVisibleTo(sheet):
            self.lost.append(f"{told} was kept though nothing was typed")
        field.setFocus()
        before = text_of(field)
        QTest.keyClick(field, Qt.Key.Key_End)
        QTest.keyClicks(field, TYPED)
        typed = text_of(field)
        assert typed != before, told
        self.leave(sheet)
        if sheet_in(page) is not None:
            self.lost.append(f"{told} cannot be left")
        again = self.open(action, page)
        found = next(keys_of(again), None) if again is not None else None
        if again is None or found is None or text_of(found) != typed or not again.kept.isVisibleTo(again):
            self.lost.append(f"{told} lost what was typed")
            return
        again.kept.pressed.emit()
        settle(self.program)
        fresh = sheet_in(page)
        if fresh is None or type(fresh).__name__ != kind or text_of(next(keys_of(fresh))) == typed:
            self.lost.append(f"{told} does not begin afresh")
            return
        self.leave(fresh)


ROOMS = (("drills", "scenarios", "season"), ("kits", "stores", "rounds"), ("people", "households", "attention"))


@pytest.mark.parametrize("part", [*(pytest.param(each, marks=pytest.mark.soak) for each in (0, 1, 2)), 3])
def test_what_was_typed_is_there_again_in_every_form(
    town_url: Callable[[str], str], open_program: Callable[..., Program], qtbot: Any, part: int,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: True)
    monkeypatch.setenv("HOME", str(tmp_path))
    program = open_program(town_url("sqlite"), "administrator")
    made: list[str] = []
    program.tasks.submit("write", lambda: prepare(program), done=made.append, owner=program.window)
    settle(program)
    program.tools.selection.choose("incident", made[0])
    settle(program)
    assert QTest.qWaitForWindowActive(program.window)
    walk = Walk(program)
    places = {each.id for each in program.tools.plugs.workspaces}
    heads = {each.action: each.workspace for each in program.tools.plugs.head_actions}
    for action in program.tools.actions:
        where = (heads.get(action.id), action.scope, action.group, "situation")
        workspace = next(each for each in where if each in places)
        mine = next((at for at, rooms in enumerate(ROOMS) if workspace in rooms), len(ROOMS))
        if mine == part and program.tools.desk.officer.role in action.roles and action.scope != EVERYWHERE:
            walk.visit(action.id, workspace)
            for top in QApplication.topLevelWidgets():
                if top is not program.window and top.isVisible():
                    top.close()
    assert walk.lost == []
    assert walk.met >= NEW[part], (NEW[part] - walk.met, walk.met)
    assert walk.empty <= READ_ONLY_OR_AT_ONCE | NOTHING_TYPED, walk.empty


def test_another_look_tells_how_many_forms_it_drops(
    town_url: Callable[[str], str], open_program: Callable[..., Program]
) -> None:
    program = open_program(town_url("sqlite"), "administrator")
    page = program.window.open_workspace("people")
    settle(program)
    program.tools.actions.ask("person.add")
    settle(program)
    sheet: Any = sheet_in(page)
    QTest.keyClicks(next(keys_of(sheet)), TYPED)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet_in(page) is None
    told: list[str] = []
    program.tools.notices.posted.connect(lambda each: told.append(each.text))
    program.window.wear()
    settle(program)
    assert [each for each in told if "1张没填完" in each]
    told.clear()
    program.window.wear()
    assert told == []


def test_where_nothing_was_typed_ctrl_z_takes_back_what_the_desk_did(
    town_url: Callable[[str], str], open_program: Callable[..., Program], qtbot: Any
) -> None:
    program = open_program(town_url("sqlite"), "administrator")
    page: Any = program.window.open_workspace("people")
    settle(program)
    assert QTest.qWaitForWindowActive(program.window)
    page.post.carry_out(AddContact(name="何三", kind="clinic", phone="15400991055"), "加了何三")
    settle(program)
    page.search.setFocus()
    QTest.keyClick(page.search, Qt.Key.Key_7)
    QTest.keyClick(page.search, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(program)
    assert page.search.text() == "" and program.tools.desk.directory.people[contact_of(program)].active
    QTest.keyClick(page.search, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(program)
    assert not any(each.name == "何三" and each.active for each in program.tools.desk.directory.people.values())


def contact_of(program: Program) -> Any:
    return next(key for key, each in program.tools.desk.directory.people.items() if each.name == "何三")
