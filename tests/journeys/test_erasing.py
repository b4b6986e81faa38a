"""Who called is erased at one desk: the other sees it without a touch."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from commandcenter.app import Program
from commandcenter.base import texts
from commandcenter.services.incidents import NoteIncident
from commandcenter.ui.core.erasing import ErasureSheet
from commandcenter.ui.incidents.detail import DetailPanel
from tests.journeys.test_two_desks import PATIENCE, opened, send

NAME, PHONE = "慕容翠翠", "15487654321"
Key = Qt.Key


def detail_of(program: Program) -> Any:
    return program.window.findChild(DetailPanel)


def test_the_caller_is_erased_here_and_gone_there(
    town: str, open_program: Callable[..., Program], qtbot: Any
) -> None:
    head, duty = open_program(town, "supervisor"), open_program(town, "duty1")
    id = opened(duty, qtbot, caller_name=NAME, caller_phone=PHONE, place="石榴巷九十九号")
    send(duty, qtbot, NoteIncident(incident=id, text=f"已回访{NAME}"))
    for each in (head, duty):
        qtbot.waitUntil(lambda each=each: id in each.tools.desk.live.incidents, timeout=PATIENCE)
        each.tools.selection.navigate("incident", id)
        qtbot.waitUntil(lambda each=each: NAME in str(detail_of(each)._entries), timeout=PATIENCE)
    calls = detail_of(head).body.calls
    head.window.activateWindow()
    qtbot.waitUntil(head.window.isActiveWindow, timeout=PATIENCE)
    calls.setFocus()
    qtbot.keyClick(calls, Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    sheet = detail_of(head).pages.currentWidget()
    assert isinstance(sheet, ErasureSheet)
    qtbot.waitUntil(lambda: len(sheet.decisions) == 1, timeout=PATIENCE)
    sheet.decisions[0].choice.setFocus()
    qtbot.keyClick(sheet.decisions[0].choice, Key.Key_1)
    qtbot.keyClicks(sheet.reason, "asked for it")
    number = head.tools.desk.live.incidents[id].number
    qtbot.keyClicks(sheet.typed, number)
    qtbot.keyClick(sheet.typed, Key.Key_Return)
    qtbot.waitUntil(lambda: not sheet.save_button.isVisibleTo(sheet), timeout=PATIENCE)
    shown = "\n".join(each.text() for each in sheet.findChildren(QLabel))
    assert texts.say("after.erase_person.clean") in shown or texts.say("after.erase_person.waiting") in shown
    there = duty.tools.desk.live
    qtbot.waitUntil(lambda: there.incidents[id].caller_name == "[erased]", timeout=PATIENCE)
    qtbot.waitUntil(lambda: NAME not in str(detail_of(duty)._entries), timeout=PATIENCE)
    assert there.incidents[id].text == "房屋冒烟" and there.incidents[id].caller_phone == "[erased]"
