"""A village's paper record of 12 June is typed in: by keys alone, in three minutes, its grids credited, the Word file
in the town's form."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import docx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from commandcenter.app import Program
from commandcenter.base.clock import ManualClock
from commandcenter.base.ids import new_id
from commandcenter.rules.entity import DRILLS
from commandcenter.services import drill_papers, drill_reading, seasons
from commandcenter.services.drills import PlanDrill
from commandcenter.services.grids import AddGrid
from commandcenter.services.records import RecordDrill
from commandcenter.services.runner import CommandRunner
from commandcenter.services.sessions import open_session
from commandcenter.ui.records.record_page import RecordPage

VILLAGE = "999101100201"
PATIENCE = 20_000
SECONDS_A_KEY = 0.45
"""A clerk who types with two fingers from a paper: 130 keystrokes a minute."""
MINUTES = 3


def aside(work: Callable[[], Any]) -> Any:
    """Off the GUI thread, where no statement may run."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


class Keys:
    """Types into whatever has the focus, and counts."""

    def __init__(self, qtbot: Any) -> None:
        self.qtbot, self.count = qtbot, 0

    def _target(self) -> QWidget:
        found = QApplication.focusWidget()
        assert found is not None
        return found

    def type(self, text: str) -> "Keys":
        """Characters, one by one."""
        self.qtbot.keyClicks(self._target(), text)
        self.count += len(text)
        return self

    def press(self, key: Qt.Key, times: int = 1) -> "Keys":
        """One key, some times."""
        for _ in range(times):
            self.qtbot.keyClick(self._target(), key)
            self.count += 1
        return self

    def tab(self, times: int = 1) -> "Keys":
        """On to the next field."""
        return self.press(Qt.Key.Key_Tab, times)


def fifteen_grids(url: str) -> None:
    """The village gets as many grids as the one of the story has."""
    session = open_session(url, actor="administrator")
    with session.read("real") as reader:
        village = reader.find("village", code=VILLAGE)[0]
        there = reader.count("grid", village=village.id, kind="general")
    for number in range(there + 1, 16):
        session.runner.execute(AddGrid(village=VILLAGE, name=f"{village.name}第{number}微网格", serial=number))
    session.close()


@pytest.fixture
def url(town_url: Callable[[str], str]) -> str:
    made = town_url("sqlite")
    fifteen_grids(made)
    return made


def read(session: Any, drill: str, today: Any) -> tuple[Any, Any, bytes]:
    """The record, the season, and the Word file of the record."""
    with session.read(DRILLS) as reader:
        made = drill_papers.make(reader, drill, session.clock.now(), papers=("record",))
        return drill_reading.load(reader, drill), seasons.load(reader, today), made[0].content


def test_the_paper_record_of_twelve_june(
    url: str, open_program: Callable[..., Program], qtbot: Any
) -> None:
    program = open_program(url, "duty1")
    desk = program.tools.desk
    page: Any = program.window.open_workspace("drill_records")
    qtbot.waitUntil(lambda: page.list.is_ready, timeout=PATIENCE)
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow, timeout=PATIENCE)
    page.list.view.setFocus()
    keys = Keys(qtbot)
    keys.press(Qt.Key.Key_N)
    qtbot.waitUntil(lambda: isinstance(page.stack.currentWidget(), RecordPage), timeout=PATIENCE)
    sheet: RecordPage = page.stack.currentWidget()
    today = desk.now().astimezone(sheet.zone).date()
    day = datetime(today.year if (today.month, today.day) >= (6, 12) else today.year - 1, 6, 12, tzinfo=sheet.zone)

    def pick(widget: Any, text: str) -> None:
        """The offscreen platform does not give the keys back when the list under a field closes."""
        program.window.activateWindow()
        qtbot.waitUntil(program.window.isActiveWindow, timeout=PATIENCE)
        widget.setFocus()
        keys.type(text)
        qtbot.keyClick(widget.lineEdit(), Qt.Key.Key_Tab)
        keys.count += 1
        widget.settle()

    pick(sheet.scenario, "landslide")
    assert sheet.scenario.currentData() is not None
    pick(sheet.places.village, VILLAGE[-3:])
    assert len(sheet.grids.boxes) == 15
    program.window.activateWindow()
    sheet.places.grid.setFocus()
    keys.tab().type("0612").tab().type("0905").tab()
    assert QApplication.focusWidget() is sheet.widgets["title"]
    keys.tab().tab().tab()  # title, place and unit stand there already
    keys.type("He Dashan").tab().type("village, clinic, militia").tab().type("86").tab().type("45").tab().tab()
    assert QApplication.focusWidget() is sheet.widgets["at.warned"]
    for text in ("0906", "0913", "0917", "0934", "", "", "", "0955"):
        keys.type(text).tab()
    keys.type("called out, moved, counted").tab().type("loudspeaker too quiet").tab()
    keys.type("two more loudspeakers").tab()
    keys.type("He Dashan").tab().type("1231").tab().type("Li").press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.list.chosen_row is not None, timeout=PATIENCE)
    assert keys.count * SECONDS_A_KEY <= MINUTES * 60, keys.count
    print(f"{keys.count} keystrokes")

    id = page.list.chosen_row.id
    record, season, content = aside(partial(read, desk.session, id, today))
    assert record is not None and record.drill.late and record.drill.origin == "recorded"
    assert record.drill.held_at == day.replace(hour=9, minute=5)
    assert (record.drill.took_part, record.drill.evacuated, record.minutes) == (86, 45, 50)
    assert sum(1 for each in record.grids if each.took_part) == 15
    assert [(each.text, each.owner) for each in record.improvements] == [("two more loudspeakers", "He Dashan")]
    paid = {debt.place for debt in season.debts if debt.state == "paid" and debt.drill == id and
            debt.level == "general_grid"}  # fmt: skip
    grids = {each.grid for each in record.grids}
    rules = [each for each in season.rules if each.level == "general_grid"]
    begins = min((each.since for each in rules), default="9999")
    if rules and begins <= f"{day:%Y-%m-%d}":
        assert paid == grids

    document = docx.Document(io.BytesIO(content))
    told = [cell.text for row in document.tables[0].rows for cell in row.cells]
    assert {"86", "45", "50", "09:06", "09:34", "two more loudspeakers"} <= set(told)
    page.list.view.setFocus()
    qtbot.keyClick(program.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.list.table.rowCount() == 0, timeout=PATIENCE)


@pytest.mark.soak
def test_two_desks_see_a_record_as_it_is_written(
    town: str, open_program: Callable[..., Program], qtbot: Any
) -> None:
    one, other = open_program(town, "duty1"), open_program(town, "trainer")
    pages: list[Any] = [each.window.open_workspace("drill_records") for each in (one, other)]
    for page in pages:
        qtbot.waitUntil(lambda page=page: page.list.is_ready, timeout=PATIENCE)
    trainer = next(each for each in other.tools.desk.live.officers.values() if each.account == "trainer")
    runner = CommandRunner(other.tools.desk.session.database, ManualClock(datetime.now(UTC)), actor=trainer.id,
                           desk=new_id())  # fmt: skip
    at = datetime.now(UTC) - timedelta(days=1)
    plan = PlanDrill(scenario="landslide", village=VILLAGE, starts_at=at)
    drill = aside(partial(runner.execute, plan)).value["drill"]
    for page in pages:
        qtbot.waitUntil(lambda page=page: page.list.table.ids() == [drill], timeout=PATIENCE)
    pages[0].list.pick(drill)
    pages[0].write()
    qtbot.waitUntil(lambda: isinstance(pages[0].stack.currentWidget(), RecordPage), timeout=PATIENCE)
    sheet = pages[0].stack.currentWidget()
    sheet.widgets["took_part"].setText("90")
    written = RecordDrill(drill=drill, changed={"commander": "He"}, was={"commander": ""}, moments={}, moments_was={})
    aside(partial(runner.execute, written))
    qtbot.waitUntil(lambda: sheet.widgets["commander"].text() == "He", timeout=PATIENCE)
    assert sheet.widgets["took_part"].text() == "90"
    sheet.submit()
    qtbot.waitUntil(lambda: pages[1].list.row(drill).record.drill.took_part == 90, timeout=PATIENCE)
    assert pages[1].list.row(drill).record.drill.commander == "He"
