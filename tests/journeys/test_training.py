"""Two desks at one training session: who signs in on one appears on the other, and both lists are kept."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from commandcenter.app import Program
from commandcenter.rules.courses import guests_of
from commandcenter.ui.courses.settling import SettleSheet
from commandcenter.ui.courses.workspace import CoursesWorkspace

PATIENCE = 15_000
Key = Qt.Key


@pytest.fixture
def two(town: str, open_program: Callable[..., Program]) -> tuple[Program, Program]:
    """A trainer, and somebody who helps at the door."""
    return open_program(town, "trainer"), open_program(town, "supervisor")


def room_of(program: Program, qtbot: Any) -> CoursesWorkspace:
    page = program.window.open_workspace("courses")
    assert isinstance(page, CoursesWorkspace)
    qtbot.waitUntil(lambda: page.sessions.table.rowCount() > 0, timeout=PATIENCE)
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow, timeout=PATIENCE)
    return page


def plan(page: CoursesWorkspace, qtbot: Any) -> str:
    """A session of tomorrow, by keys; its id."""
    page.sessions.view.setFocus()
    qtbot.keyClick(page.sessions.view, Key.Key_N)
    sheet: Any = page.sessions.right.currentWidget()
    line = sheet.fields["starts_at"].widget.line
    qtbot.keyClicks(line, "tomorrow 9:00")
    qtbot.keyClick(line, Key.Key_Return)
    qtbot.waitUntil(lambda: page.sessions.chosen_row is not None, timeout=PATIENCE)
    row = page.sessions.chosen_row
    assert row is not None
    return row.id


def names(page: CoursesWorkspace) -> dict[str, bool | None]:
    """Who is on the list of the session on the card."""
    table = page.sessions.body.table if page.sessions.body is not None else None
    return {} if table is None else {row.name: row.row.present for row in table.shown_rows()}


@pytest.mark.soak
def test_what_one_desk_signs_the_other_sees(two: tuple[Program, Program], qtbot: Any) -> None:
    mine, theirs = (room_of(program, qtbot) for program in two)
    two[0].window.activateWindow()
    qtbot.waitUntil(two[0].window.isActiveWindow, timeout=PATIENCE)
    session = plan(mine, qtbot)
    qtbot.waitUntil(lambda: session in theirs.sessions.table.ids(), timeout=PATIENCE)
    two[1].tools.selection.navigate("session", session)
    assert mine.sessions.body is not None
    box = mine.sessions.body.sign.line
    box.setFocus()
    for typed in ("sxy", "xief"):
        qtbot.keyClicks(box, typed)
        qtbot.keyClick(box, Key.Key_Return)
    qtbot.waitUntil(lambda: names(theirs) == {"单晓云": True, "解放": True}, timeout=PATIENCE)

    # Meanwhile the other pastes a list that holds one of them, a doubtful name and one that nobody bears.
    QGuiApplication.clipboard().setText("单晓云、谯云\n赵不识\n曾海（病假）\n")
    two[1].window.activateWindow()
    qtbot.waitUntil(two[1].window.isActiveWindow, timeout=PATIENCE)
    theirs.sessions.view.setFocus()
    qtbot.keyClick(theirs.sessions.view, Key.Key_L)
    sheet = theirs.findChild(SettleSheet)
    assert isinstance(sheet, SettleSheet)
    qtbot.waitUntil(lambda: len(sheet.table.ids()) == 4, timeout=PATIENCE)
    qtbot.keyClick(sheet.view, Key.Key_1)
    qtbot.keyClick(sheet.view, Key.Key_G)
    assert sheet.save_button.isEnabled()
    qtbot.waitUntil(sheet.save_button.hasFocus, timeout=PATIENCE)
    qtbot.keyClick(sheet.save_button, Key.Key_Return)
    wanted = {"单晓云": True, "解放": True, "谯芸": True, "曾海": False}
    qtbot.waitUntil(lambda: names(mine) == wanted and names(theirs) == wanted, timeout=PATIENCE)
    row = mine.sessions.chosen_row
    assert row is not None and guests_of(row.session.note) == ("赵不识",)

    # The first takes back what he did last: the other's list stays.
    mine.sessions.post.undo()
    wanted.pop("解放")
    qtbot.waitUntil(lambda: names(mine) == wanted and names(theirs) == wanted, timeout=PATIENCE)
