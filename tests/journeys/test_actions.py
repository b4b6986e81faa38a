"""The one list of actions, walked: every key is a key and its own, every action has an effect or says why not."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from commandcenter.app import Program, settle
from commandcenter.base.texts import say
from commandcenter.services.calls import CallOut
from commandcenter.services.incidents import OpenIncident
from commandcenter.services.papers import Sheet
from commandcenter.ui.core.actions import EVERYWHERE, is_key
from commandcenter.ui.core.widgets import ActionButton
from commandcenter.ui.grids import MEASURES

BEFORE = {
    "drill.month": ("drill.week",), "courses.sessions": ("courses.courses",), "stores.articles": ("stores.depots",),
    "season.copy": ("season.fill",), "season.away": ("season.replan",), "season.fix": ("season.replan",),
}  # fmt: skip
"""What stands there already, or needs another step before it, is asked for from elsewhere."""
HOME = "situation"
GRID = "999101100201001"


def test_every_key_is_one_that_a_keyboard_has_and_means_one_thing_where_it_is_heard(
    town_url: Callable[[str], str], open_program: Callable[..., Program]
) -> None:
    actions = open_program(town_url("sqlite"), "administrator").tools.actions
    assert len(actions) > 200
    sequences = Counter((action.scope, made.toString()) for action in actions for made in action.sequences)
    assert [pair for pair, count in sequences.items() if count > 1] == []
    assert [pair for pair in sequences if not pair[1]] == []
    everywhere = {key for scope, key in sequences if scope == EVERYWHERE}
    assert [(scope, key) for scope, key in sequences if scope != EVERYWHERE and key in everywhere] == []
    assert [(action.id, key) for action in actions for key in action.keys if not is_key(key)] == []
    assert not is_key("Alt+10") and not is_key("") and is_key("Alt+0") and is_key("Ctrl+Shift+Z")


def test_every_place_of_the_rail_opens_by_its_key(
    town_url: Callable[[str], str], open_program: Callable[..., Program], qtbot: Any
) -> None:
    program = open_program(town_url("sqlite"), "administrator")
    window, plugs = program.window, program.tools.plugs
    assert QTest.qWaitForWindowActive(window)
    places = sorted(plugs.workspaces, key=lambda each: each.order)
    for place in places:
        if program.tools.desk.officer.role in place.roles and not place.under:
            (key,) = program.tools.actions.get(f"workspace.{place.id}").keys
            qtbot.keyClick(window, getattr(Qt.Key, f"Key_{key.rpartition('+')[2]}"), Qt.KeyboardModifier.AltModifier)
            assert window.workspace == place.id, key


@pytest.mark.soak
def test_buttons_show_what_can_be_done_when_a_place_is_opened_and_after_a_change_of_officer(
    town_url: Callable[[str], str], open_program: Callable[..., Program], qtbot: Any
) -> None:
    program = open_program(town_url("sqlite"), "administrator")
    actions, desk, seen = program.tools.actions, program.tools.desk, set[str]()
    officers = {each.account: each for each in desk.live.officers.values()}
    for account in ("duty1", "administrator"):
        desk.become(officers[account])
        for place in program.tools.plugs.workspaces:
            if desk.officer.role not in place.roles:
                continue
            page = program.window.open_workspace(place.id)
            settle(program)
            for by_hand in (False, True):
                if by_hand and getattr(page, "view", None) is not None and page.view.model().rowCount():
                    qtbot.keyClick(page.view, Qt.Key.Key_Down)
                    settle(program)
                shown = [each for each in page.findChildren(ActionButton) if each.isVisible()]
                wrong = [each.text() for each in shown if each.isEnabled() != actions.can_run(each._id)]
                assert wrong == [], (account, place.id, by_hand)
                seen |= {each._id for each in shown if each.isEnabled()}
    assert {"person.add", "person.edit", "grid.edit"} <= seen


def test_every_group_of_the_keys_sheet_has_a_name(
    town_url: Callable[[str], str], open_program: Callable[..., Program]
) -> None:
    groups = {f"core.actions.{action.group}" for action in open_program(town_url("sqlite"), "duty1").tools.actions}
    assert [each for each in sorted(groups) if say(each) == each] == []


class Walk:
    """Asks for every action as a person does, and sees what came of it."""

    def __init__(self, program: Program, opened: list[str]) -> None:
        self.program, self.window, self.opened = program, program.window, opened
        self.heard: Any = program.tools.sound
        self.posted: list[str] = []
        program.tools.notices.posted.connect(lambda notice: self.posted.append(notice.text))
        program.tools.ticker.set_seen(False)  # a clock that goes on would count as an effect

    def facts(self) -> tuple[Any, ...]:
        """What a person would notice, as far as it can be told without a picture."""
        app, desk = QApplication, self.program.tools.desk
        focus = app.focusWidget()
        tops = frozenset(type(each).__name__ for each in app.topLevelWidgets() if each.isVisible())
        return (
            self.window.workspace, id(focus), tops, desk.live.seq, len(self.posted), len(self.opened),
            len(self.heard.heard), QGuiApplication.clipboard().text(), desk.officer.id, self.window.isFullScreen(),
        )  # fmt: skip

    def picture(self) -> bytes:
        """The window as it is painted."""
        return bytes(self.window.grab().toImage().constBits())

    def ask(self, id: str) -> bool:
        """Whether asking for it had any effect."""
        if not self.program.tools.actions.can_run(id):
            self.program.tools.actions.ask(id)
            return self.program.tools.actions.get(id).title in self.posted[-1]
        facts, picture = self.facts(), self.picture()
        self.program.tools.actions.ask(id)
        settle(self.program)  # what is read first comes a moment later
        return self.facts() != facts or self.picture() != picture

    def back(self, workspace: str) -> None:
        """Close what was opened, and stand where the next action belongs."""
        for top in QApplication.topLevelWidgets():
            if top is not self.window and top.isVisible():
                top.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self.window.activateWindow()
        for _ in range(3):
            focus = QApplication.focusWidget()
            if focus is not None:
                QApplication.sendEvent(focus, _escape())
        if self.window.workspace != workspace:
            self.window.open_workspace(workspace)
        settle(self.program)


def _escape() -> QKeyEvent:
    return QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.soak)])
def test_every_action_has_an_effect_or_says_why_not(
    town_url: Callable[[str], str], open_program: Callable[..., Program], monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path, step: int,
) -> None:  # fmt: skip
    """Every run asks for each fifth action, which is some of nearly every room; the slow runs ask for all in turn."""
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(opened.append(url.toString())) or True)
    monkeypatch.setenv("HOME", str(tmp_path))
    program = open_program(town_url("sqlite"), "administrator", (1100, 640))
    session = program.tools.desk.session

    def prepare() -> str:
        told = OpenIncident(category="emergency", urgency="critical", text="冒烟", grid=GRID)
        incident = str(session.runner.execute(told).value["incident"])
        session.runner.execute(CallOut(incident=incident, direction="down"))
        return incident

    made: list[str] = []
    program.tasks.submit("write", prepare, done=made.append, owner=program.window)
    settle(program)
    program.tools.selection.choose("incident", made[0])
    settle(program)
    walk = Walk(program, opened)
    places = {each.id for each in program.tools.plugs.workspaces}
    heads = {each.action: each.workspace for each in program.tools.plugs.head_actions}
    mine = [each for each in program.tools.actions if program.tools.desk.officer.role in each.roles][::step]
    dead, ran = [], 0
    for action in mine:
        where = (heads.get(action.id), action.group, action.scope)
        walk.back(next((each for each in where if each in places), HOME))
        ran += program.tools.actions.can_run(action.id)
        for first in BEFORE.get(action.id, ()):
            program.tools.actions.ask(first)
            settle(program)
        if action.id == f"workspace.{program.window.workspace}":
            program.window.open_workspace("people" if program.window.workspace != "people" else "grids")
        if not walk.ask(action.id):
            dead.append(action.id)
    assert dead == [each.id for each in mine if each.id == "drill.today"], f"{dead}; and today stands there already"
    assert ran > len(mine) / 3
    assert not any("程序" in text and "错" in text for text in walk.posted)


def test_every_sheet_that_is_printed_and_every_measure_of_the_map_is_plugged_in(
    town_url: Callable[[str], str], open_program: Callable[..., Program]
) -> None:
    plugs = open_program(town_url("sqlite"), "administrator").tools.plugs
    # Books and overview sheets are printed into a folder, a drill's papers too; the stock list is for the command line.
    elsewhere = {"handbook", "contact_book", "overview", "drill_papers", "stock_list"}
    assert set(plugs.sheets.names()) == set(get_args(Sheet)) - elsewhere
    assert [each.id for each in plugs.fill_measures] == [*MEASURES]
    assert all(say(each.title_code) != each.title_code for each in plugs.fill_measures)
