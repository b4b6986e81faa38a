"""Two desks that plan the same season, and a drill planned by keys alone."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from commandcenter.app import Program
from commandcenter.rules.clashes import day_of
from commandcenter.services.drills import PlanDrill
from commandcenter.ui.drills.forms import PlanSheet
from commandcenter.ui.drills.workspace import DrillsWorkspace

PATIENCE = 10_000
VILLAGE = "999101100201"
Key = Qt.Key


def calendar_of(program: Program, qtbot: Any) -> DrillsWorkspace:
    page = program.window.open_workspace("drills")
    assert isinstance(page, DrillsWorkspace)
    qtbot.waitUntil(lambda: page.picture is not None, timeout=PATIENCE)
    return page


def awake(program: Program, qtbot: Any) -> None:
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow, timeout=PATIENCE)


class Hands:
    """Presses keys into whatever has the focus, and counts them."""

    def __init__(self, qtbot: Any) -> None:
        self._qtbot, self.count = qtbot, 0

    def key(self, key: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self._qtbot.keyClick(QApplication.focusWidget(), key, modifier)
        self.count += 1

    def type(self, text: str) -> None:
        self._qtbot.keyClicks(QApplication.focusWidget(), text)
        self.count += len(text)


@pytest.fixture
def two(town: str, open_program: Callable[..., Program]) -> tuple[Program, Program]:
    """The trainer and the supervisor."""
    return open_program(town, "trainer"), open_program(town, "supervisor")


@pytest.mark.soak
def test_two_desks_plan_the_same_day_at_once(two: tuple[Program, Program], qtbot: Any) -> None:
    """Both forms stand open on the same village and day; both drills are kept, and each desk says what clashes."""
    pages = [calendar_of(program, qtbot) for program in two]
    trainer = two[0].tools.desk.officer.id
    day = pages[0].calendar.today_is() + timedelta(days=10)
    sheets = []
    for program, page in zip(two, pages, strict=True):
        village = next(each for each in program.tools.desk.live.villages.values() if each.code == VILLAGE)
        page.calendar.go_to(day)
        page.planning.plan()
        sheet = page.right.currentWidget()
        assert isinstance(sheet, PlanSheet)
        for name, value in (("village", village.id), ("trainer", trainer), ("commander", "周镇长")):
            sheet.put(name, value)
        sheets.append(sheet)
    for sheet in sheets:
        assert sheet.when.asked().date() == day
        sheet.submit()
    qtbot.waitUntil(lambda: all(len(page.picture.on(day)) == 2 for page in pages), timeout=PATIENCE)
    for page in pages:
        one, other = page.picture.on(day)
        assert one.commander == other.commander == "周镇长"
        for drill in (one, other):
            codes = {each.code for each in page.picture.clashes[drill.id]}
            assert codes >= {"trainer", "commander", "place", "village_again"}
        assert page.calendar.month_board.clashes_of(one)
    assert pages[0].drill.id != pages[1].drill.id  # each desk still looks at its own


@pytest.mark.soak
def test_what_one_desk_moves_the_other_sees_and_its_choice_stays(two: tuple[Program, Program], qtbot: Any) -> None:
    one, other = (calendar_of(program, qtbot) for program in two)
    day = one.calendar.today_is() + timedelta(days=10)
    made: list[Any] = []
    desk = two[0].tools.desk
    zone = one.picture.season.zone
    from datetime import datetime, time

    for village in (VILLAGE, "999101100202"):
        starts = datetime.combine(day, time(9), zone)
        desk.send(PlanDrill(scenario="landslide", village=village, starts_at=starts), owner=desk,
                  done=lambda outcome: made.append(outcome.value["drill"]))  # fmt: skip
    qtbot.waitUntil(lambda: all(len(page.picture.on(day)) == 2 for page in (one, other)), timeout=PATIENCE)
    two[1].tools.selection.navigate("drill", made[1])
    qtbot.waitUntil(lambda: other.drill is not None and other.drill.id == made[1], timeout=PATIENCE)
    one.planning.move_to(made[0], day + timedelta(days=3))
    qtbot.waitUntil(lambda: len(other.picture.on(day)) == 1, timeout=PATIENCE)
    assert other.drill.id == made[1] and other.calendar.month_board.chosen == made[1]
    one.calendar.focus_board()
    awake(two[0], qtbot)
    qtbot.keyClick(one.calendar.month_board, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(other.picture.on(day)) == 2, timeout=PATIENCE)


def test_a_landslide_drill_is_planned_by_keys_alone(
    town: str, open_program: Callable[..., Program], qtbot: Any
) -> None:
    """From the situation to the drill in the calendar: fewer than forty keys, one every three seconds at the slowest
    hand makes two minutes."""
    program = open_program(town, "trainer")
    awake(program, qtbot)
    hands = Hands(qtbot)
    program.window.setFocus()
    action = next(each for each in program.tools.actions if each.id == "workspace.drills")
    number = action.keys[0].removeprefix("Alt+")
    hands.key(Key(ord(number)), Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: program.window.workspace == "drills", timeout=PATIENCE)
    page = calendar_of(program, qtbot)
    qtbot.waitUntil(page.calendar.month_board.hasFocus, timeout=PATIENCE)
    hands.key(Key.Key_N)
    qtbot.waitUntil(lambda: isinstance(page.right.currentWidget(), PlanSheet), timeout=PATIENCE)
    sheet: Any = page.right.currentWidget()
    hands.type("huapo")
    hands.key(Key.Key_Return)
    assert page.drill is None and page.right.currentWidget() is sheet, "Enter takes what was found and plans nothing"
    hands.key(Key.Key_Tab)
    hands.type("yunling")
    hands.key(Key.Key_Return)
    hands.key(Key.Key_Return)
    qtbot.waitUntil(lambda: page.drill is not None, timeout=PATIENCE)
    drill = page.drill
    assert page.picture.season.key_of(drill) == "landslide"
    assert program.tools.desk.live.villages[drill.village].name == "云岭村"
    day = day_of(drill, page.picture.season.zone)
    qtbot.waitUntil(lambda: page.calendar.day == day, timeout=PATIENCE)
    assert day > page.calendar.today_is() and day.weekday() < 5 and page.picture.clashes[drill.id] == ()
    assert drill.minutes and drill.people and page.calendar.day == day and isinstance(day, date)
    assert page.right.currentWidget() is page.card and sheet is not page.card
    print(f"{hands.count} keys")
    assert hands.count < 40
