"""Two desks on one database: what one does the other sees, without a touch, selection and scroll unmoved."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from commandcenter.app import Program
from commandcenter.services.calls import CallOut, RecordCall
from commandcenter.services.incidents import CloseIncident, EditIncident, OpenIncident
from commandcenter.ui.incidents.intake.panel import IntakePanel
from commandcenter.ui.incidents.queue import QueuePanel

PATIENCE = 10_000


@pytest.fixture
def two(town: str, open_program: Callable[..., Program]) -> tuple[Program, Program]:
    """Duty officer one and duty officer two."""
    return open_program(town, "duty1"), open_program(town, "duty2")


def queue_of(program: Program) -> QueuePanel:
    found = program.window.findChild(QueuePanel)
    assert isinstance(found, QueuePanel)
    return found


def send(program: Program, qtbot: Any, command: Any) -> Any:
    answers: list[Any] = []
    desk = program.tools.desk
    desk.send(command, owner=desk, done=answers.append, failed=answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=PATIENCE)
    return answers[0]


def opened(program: Program, qtbot: Any, **more: Any) -> str:
    facts: dict[str, Any] = {"category": "emergency", "urgency": "critical", "text": "房屋冒烟"} | more
    return str(send(program, qtbot, OpenIncident(**facts)).value["incident"])


def test_each_step_of_one_desk_appears_on_the_other(two: tuple[Program, Program], qtbot: Any) -> None:
    one, other = two
    grid = next(each for each in one.tools.desk.live.grids.values() if each.kind == "general")
    id = opened(one, qtbot, grid=grid.code)
    seen = other.tools.desk.live
    qtbot.waitUntil(lambda: id in seen.incidents, timeout=PATIENCE)
    qtbot.waitUntil(lambda: id in queue_of(other).list.model().ids(), timeout=PATIENCE)
    send(one, qtbot, CallOut(incident=id, direction="down"))
    qtbot.waitUntil(lambda: bool(seen.calls.get(id)), timeout=PATIENCE)
    call = seen.calls[id][0].id
    for result, state in (("answered", "responding"), ("arrived", "on_scene")):
        send(one, qtbot, RecordCall(call=call, result=result))
        qtbot.waitUntil(lambda state=state: seen.incidents[id].state == state, timeout=PATIENCE)
    send(one, qtbot, CloseIncident(incident=id, closing_note="已扑灭", confirmed_by="住户"))
    qtbot.waitUntil(lambda: id not in seen.incidents, timeout=PATIENCE)
    qtbot.waitUntil(lambda: id not in queue_of(other).list.model().ids(), timeout=PATIENCE)


def test_selection_and_scroll_of_the_other_desk_do_not_move(two: tuple[Program, Program], qtbot: Any) -> None:
    one, other = two
    for number in range(12):
        opened(one, qtbot, text=f"第{number}起")
    queue = queue_of(other).list
    qtbot.waitUntil(lambda: len(queue.model().ids()) == 12, timeout=PATIENCE)
    chosen = queue.model().ids()[8]
    other.tools.selection.choose("incident", chosen)
    qtbot.waitUntil(lambda: queue.chosen() == chosen, timeout=PATIENCE)
    scrolled = queue.verticalScrollBar().value()
    opened(one, qtbot, text="又一起")
    qtbot.waitUntil(lambda: len(queue.model().ids()) == 13, timeout=PATIENCE)
    assert other.tools.selection.chosen("incident") == chosen and queue.chosen() == chosen
    assert queue.verticalScrollBar().value() == scrolled


def test_a_field_edited_by_both_shows_both_versions(two: tuple[Program, Program], qtbot: Any) -> None:
    one, other = two
    id = opened(one, qtbot, place="老桥头")
    qtbot.waitUntil(lambda: id in other.tools.desk.live.incidents, timeout=PATIENCE)
    send(one, qtbot, EditIncident(incident=id, changed={"place": "新桥头"}, was={"place": "老桥头"}))
    answer = send(other, qtbot, EditIncident(incident=id, changed={"place": "桥西"}, was={"place": "老桥头"}))
    assert answer.facts["fields"]["place"]["theirs"] == "新桥头" and answer.facts["fields"]["place"]["mine"] == "桥西"


def begin_report(program: Program, qtbot: Any) -> str:
    """F2, a grid by its code, the cursor in the words; the grid's id."""
    window = program.window
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE)
    qtbot.keyClick(window, Qt.Key.Key_F2)
    panel = window.findChild(IntakePanel)
    assert isinstance(panel, IntakePanel)
    qtbot.waitUntil(panel.isVisible, timeout=PATIENCE)
    grid = next(each for each in program.tools.desk.live.grids.values() if each.kind == "general")
    qtbot.keyClicks(QApplication.focusWidget(), grid.code)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    return str(grid.id)


def test_a_report_by_keys_alone_reaches_the_other_desk(two: tuple[Program, Program], qtbot: Any) -> None:
    one, other = two
    grid = begin_report(one, qtbot)
    qtbot.keyClicks(QApplication.focusWidget(), "please come and look")
    for key in (Qt.Key.Key_Return, Qt.Key.Key_8, Qt.Key.Key_Return):
        qtbot.keyClick(QApplication.focusWidget(), key)
    qtbot.waitUntil(lambda: len(other.tools.desk.live.incidents) == 1, timeout=PATIENCE)
    (incident,) = other.tools.desk.live.incidents.values()
    assert incident.grid == grid and incident.text == "please come and look"


def test_a_critical_report_sounds_at_the_other_desk_until_somebody_there_hears_it(
    two: tuple[Program, Program], qtbot: Any
) -> None:
    one, other = two
    begin_report(one, qtbot)
    qtbot.keyClicks(QApplication.focusWidget(), "fwmyqh")
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Return):
        qtbot.keyClick(QApplication.focusWidget(), key)
    qtbot.waitUntil(lambda: len(other.tools.sound.alarms) == 1, timeout=PATIENCE)
    # The desk that took it has it before its eyes.
    qtbot.waitUntil(lambda: len(one.tools.desk.live.incidents) == 1, timeout=PATIENCE)
    (incident,) = one.tools.desk.live.incidents.values()
    assert one.tools.selection.chosen("incident") == incident.id and one.tools.sound.alarms == ()
    other.window.activateWindow()
    qtbot.waitUntil(other.window.isActiveWindow, timeout=PATIENCE)
    qtbot.keyClick(queue_of(other).list, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: other.tools.sound.alarms == (), timeout=PATIENCE)
