"""A report to its closed loop on two desks: the officer at one uses keys alone, the other watches it happen."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from commandcenter.app import Program
from commandcenter.services.incidents import EditIncident, OpenIncident
from commandcenter.ui.incidents.closing import ClosingSheet
from commandcenter.ui.incidents.detail import DetailPanel
from commandcenter.ui.incidents.editing import EditSheet
from commandcenter.ui.incidents.queue import QueuePanel

PATIENCE = 20_000
PLAIN = Qt.KeyboardModifier.NoModifier
KEEPER = "15400999003"
"""解放, keeper of 云岭村第1微网格 in the tiny township."""


@pytest.fixture
def two(town: str, open_program: Callable[..., Program]) -> tuple[Program, Program]:
    """Duty officer one and duty officer two."""
    return open_program(town, "duty1"), open_program(town, "duty2")


def queue_of(program: Program) -> QueuePanel:
    found = program.window.findChild(QueuePanel)
    assert isinstance(found, QueuePanel)
    return found


def detail_of(program: Program) -> DetailPanel:
    found = program.window.findChild(DetailPanel)
    assert isinstance(found, DetailPanel)
    return found


def send(program: Program, qtbot: Any, command: Any) -> Any:
    answers: list[Any] = []
    desk = program.tools.desk
    desk.send(command, owner=desk, done=answers.append, failed=answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=PATIENCE)
    return answers[0]


def report(program: Program, qtbot: Any, **more: Any) -> str:
    fire: dict[str, Any] = {"category": "emergency", "subkind": "fire", "urgency": "critical", "text": "房屋冒烟"}
    return str(send(program, qtbot, OpenIncident(**fire | more)).value["incident"])


def press(qtbot: Any, widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN) -> None:
    """With the window in front and, unless it is the window itself, the focus in the widget."""
    window = widget.window()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE)
    if widget is not window:
        widget.setFocus()
    qtbot.keyClick(widget, key, modifier)


def test_the_keepers_report_goes_to_its_closed_loop_by_keys(two: tuple[Program, Program], qtbot: Any) -> None:
    one, other = two
    id = report(one, qtbot, caller_phone=KEEPER)
    seen = other.tools.desk.live
    qtbot.waitUntil(lambda: id in seen.incidents, timeout=PATIENCE)
    qtbot.waitUntil(lambda: id in one.tools.desk.live.incidents, timeout=PATIENCE)
    assert other.tools.sound.alarms == (f"incident:{id}",) == one.tools.sound.alarms
    keeper = seen.incidents[id].finder
    assert keeper is not None and seen.grids[seen.incidents[id].grid or ""].code == "999101100201001"

    queue = queue_of(one).list
    press(qtbot, queue, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: one.tools.selection.chosen("incident") == id, timeout=PATIENCE)
    assert one.tools.sound.alarms == () and other.tools.sound.alarms == (f"incident:{id}",)

    detail = detail_of(one)
    press(qtbot, one.window, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: bool(seen.calls.get(id)), timeout=PATIENCE)
    assert other.tools.sound.alarms == (), "somebody calls: the alarm has been heard"
    listed = [one.tools.desk.directory.people[call.person_kind, call.person] for call in seen.calls[id]]
    assert keeper not in {call.person for call in seen.calls[id]}
    roles = [getattr(each, "kind", None) or getattr(each, "role", "") for each in listed]
    assert roles[:2] == ["fire", "village_secretary"]

    qtbot.waitUntil(lambda: detail.body.calls.target() is not None, timeout=PATIENCE)
    for key, state in ((Qt.Key.Key_1, "responding"), (Qt.Key.Key_Return, "on_scene"), (Qt.Key.Key_Return, "resolved")):
        press(qtbot, detail.body.calls, key)
        qtbot.waitUntil(lambda state=state: seen.incidents[id].state == state, timeout=PATIENCE)
        qtbot.waitUntil(lambda state=state: one.tools.desk.live.incidents[id].state == state, timeout=PATIENCE)

    press(qtbot, queue, Qt.Key.Key_Return)
    sheet = detail.pages.currentWidget()
    assert isinstance(sheet, ClosingSheet) and sheet.confirmed_by.text() == "解放", "the finder is asked first"
    qtbot.keyClicks(sheet.note, "fire out")
    press(qtbot, sheet.note, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: id not in seen.incidents, timeout=PATIENCE)
    qtbot.waitUntil(lambda: detail.header.total.text().endswith("办结"), timeout=PATIENCE)


def test_undo_at_one_desk_is_seen_at_the_other(two: tuple[Program, Program], qtbot: Any) -> None:
    one, other = two
    id = report(one, qtbot, urgency="urgent", text="路面塌陷")
    qtbot.waitUntil(lambda: id in other.tools.desk.live.incidents, timeout=PATIENCE)
    for program in two:
        program.tools.selection.choose("incident", id)
        assert program.tasks.drain(20)
    press(qtbot, one.window, Qt.Key.Key_F6)
    note = detail_of(one).body.note
    qtbot.keyClicks(note, "crew on the way")
    press(qtbot, note, Qt.Key.Key_Return)

    def lines() -> list[Any]:
        return list(detail_of(other).body.timeline.table.shown_rows())

    qtbot.waitUntil(lambda: any(row.note == "crew on the way" for row in lines()), timeout=PATIENCE)
    press(qtbot, one.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "覃值" in lines()[0].struck, timeout=PATIENCE)
    assert lines()[0].note == "crew on the way", "a struck line stays readable"


def test_the_form_shows_what_the_other_desk_changed_and_saves_both(two: tuple[Program, Program], qtbot: Any) -> None:
    one, other = two
    id = report(one, qtbot, place="old bridge")
    qtbot.waitUntil(lambda: id in other.tools.desk.live.incidents, timeout=PATIENCE)
    one.tools.selection.choose("incident", id)
    queue = queue_of(one).list
    press(qtbot, queue, Qt.Key.Key_E)
    sheet = detail_of(one).pages.currentWidget()
    assert isinstance(sheet, EditSheet)
    sheet.place.setText("my bridge")
    send(other, qtbot, EditIncident(incident=id, changed={"place": "their bridge"}, was={"place": "old bridge"}))
    sheet.submit()
    qtbot.waitUntil(lambda: "place" in sheet._conflicts, timeout=PATIENCE)
    assert sheet.place.text() == "my bridge"
    sheet._conflicts["place"].decide("mine")
    sheet.submit()
    qtbot.waitUntil(lambda: other.tools.desk.live.incidents[id].place == "my bridge", timeout=PATIENCE)
    qtbot.waitUntil(lambda: detail_of(one).is_free, timeout=PATIENCE)
