"""A duty officer takes reports by keys alone, on a real database: counted, doubled, parked, crashed, refused."""

import gc
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLineEdit, QMainWindow, QWidget

from commandcenter.base import texts
from commandcenter.base.errors import ServerAway
from commandcenter.base.options import DeskSettings
from commandcenter.rules.incidents import Incident
from commandcenter.services import catalogues
from commandcenter.services.calls import CallOut
from commandcenter.services.incidents import OpenIncident
from commandcenter.services.live import LiveSet
from commandcenter.services.sessions import Session
from commandcenter.ui.core import theme
from commandcenter.ui.core.actions import ActionRegistry
from commandcenter.ui.core.desk import Desk
from commandcenter.ui.core.map import MapCanvas
from commandcenter.ui.core.notices import Notices
from commandcenter.ui.core.runner import Runner
from commandcenter.ui.core.selection import Selection
from commandcenter.ui.core.sound import RecordingSound
from commandcenter.ui.core.ticker import Ticker
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.incidents import intake
from commandcenter.ui.incidents.intake.panel import IntakePanel
from commandcenter.ui.incidents.intake.waiting import WaitingReports

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
Key = Qt.Key
KEEPER_PHONE = "15400999005"
"""仇东, keeper of 云岭村第3微网格 in the tiny township."""


class Keyboard:
    """Presses keys where the focus is, and counts them. The words of a report are typed without being counted."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self.strokes = 0

    def press(self, *keys: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            self.strokes += 1
            QTest.keyClick(QApplication.focusWidget() or self._window, key, modifier)  # type: ignore[call-overload]

    def type(self, text: str) -> None:
        self.press(*text)

    def say(self, words: str) -> None:
        """The words of the report, however they come in: an input method settles them."""
        event = QInputMethodEvent()
        event.setCommitString(words)
        QApplication.sendEvent(QApplication.focusWidget(), event)


@dataclass
class Seat:
    """One officer's window with the intake in it, on a real session."""

    session: Session
    tasks: Runner
    tools: Tools
    window: QMainWindow
    elsewhere: QLineEdit
    panel: IntakePanel
    waiting: WaitingReports
    keys: Keyboard
    notices: list[Any]

    def incidents(self) -> list[Incident]:
        assert self.tasks.drain()
        with self.session.read("real") as reader:
            return list(reader.find("incident", order=("opened_at",)))

    def incident(self) -> Incident:
        (found,) = self.incidents()
        return found

    @property
    def draft(self) -> Any:
        return self.panel.intakes.current

    def grid(self, code: str) -> Any:
        return next(each for each in self.tools.desk.live.grids.values() if each.code == code)

    def leave(self) -> None:
        """The program ends in an orderly way."""
        self.panel.intakes.close()
        self.crash()

    def crash(self) -> None:
        """It ends without a word: only its lock is gone, as the system sees to."""
        self.panel.intakes._timer.stop()
        self.panel.intakes._keeper._lock.release()
        self.tools.desk.close()
        self.tasks.shutdown()
        # On this thread and now: what Python's collector finds later it may find on a worker's thread.
        for each in (self.window, self.tools.desk, self.tasks):
            shiboken6.delete(each)


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("COMMANDCENTER_DATA", str(tmp_path / "data"))
    texts.use("zh_CN")
    theme.apply(qapp, theme.load("light"))
    yield
    texts.use("zh_CN")


@pytest.fixture
def sit_down(qtbot: Any, open_desk: Callable[..., Session], tmp_path: Path) -> Iterator[Callable[..., Seat]]:
    """Opens seats on a database and clears them away."""
    seats: list[Seat] = []

    def make(url: str, account: str = "duty1") -> Seat:
        seat = _seat(qtbot, open_desk(url, account), tmp_path)
        seats.append(seat)
        return seat

    yield make
    for seat in seats:
        if shiboken6.isValid(seat.window):
            seat.leave()


def _seat(qtbot: Any, session: Session, folder: Path) -> Seat:
    with session.read("real") as reader:
        live = LiveSet.load(reader)
    tasks = Runner()
    desk = Desk(session, tasks, live)
    tools = Tools(
        desk=desk, actions=ActionRegistry(lambda: desk.officer.role, desk), selection=Selection(desk),
        notices=Notices(desk), ticker=Ticker(session.clock, desk), sound=RecordingSound(desk),
        settings=DeskSettings(folder / "settings.json"), appearance_changed=lambda: None,
    )  # fmt: skip
    intake.install(tools, lambda _id: None)
    told: list[Any] = []
    tools.notices.posted.connect(told.append)
    window, elsewhere = QMainWindow(), QLineEdit()
    panel, waiting = (tools.plugs.panels.get(name).make(tools) for name in ("intake", "waiting"))
    assert isinstance(panel, IntakePanel) and isinstance(waiting, WaitingReports)
    middle = QWidget()
    row = QHBoxLayout(middle)
    for widget in (elsewhere, panel, waiting):
        row.addWidget(widget)
    window.setCentralWidget(middle)
    window.resize(1200, 720)
    tools.actions.attach(window)
    window.show()
    window.activateWindow()
    elsewhere.setFocus()
    desk.listen()
    qtbot.waitUntil(lambda: len(panel.intakes.lookup.index) > 0, timeout=5000)
    assert tasks.drain()
    return Seat(session, tasks, tools, window, elsewhere, panel, waiting, Keyboard(window), told)


@pytest.fixture
def url(town_url: Callable[[str], str]) -> str:
    return town_url("sqlite")


@pytest.fixture
def seat(sit_down: Callable[..., Seat], url: str) -> Seat:
    return sit_down(url)


# --- by keys alone ------------------------------------------------------------------------------------------------


def test_a_grid_by_pinyin_initials_takes_at_most_twelve_keystrokes_besides_the_words(seat: Seat, qtbot: Any) -> None:
    keys = seat.keys
    with qtbot.waitSignal(seat.panel.finished, timeout=5000) as finished:
        keys.press(Key.Key_F2)
        keys.type("yl3")
        keys.press(Key.Key_Return)
        keys.say("王家房屋冒烟，两个老人在家")
        keys.press(Key.Key_Return)
    assert keys.strokes <= 12, keys.strokes
    made = seat.incident()
    assert (made.grid, made.text) == (seat.grid("999101100201003").id, "王家房屋冒烟，两个老人在家")
    assert (made.category, made.subkind, made.urgency) == ("emergency", "fire", "critical")
    assert finished.args == [made.id] and seat.tools.selection.chosen("incident") == made.id
    assert not seat.panel.is_open and made.number in seat.notices[-1].text


def test_a_report_without_any_input_method(seat: Seat) -> None:
    keys = seat.keys
    keys.press(Key.Key_F2)
    keys.type("syz")
    keys.press(Key.Key_Return)
    keys.type("fwmyqh")
    keys.press(Key.Key_Return, Key.Key_Return)
    made = seat.incident()
    assert made.text == "房屋冒烟起火" and made.place == "单家院子" and made.urgency == "critical"


def test_words_that_say_nothing_need_one_digit_more(seat: Seat) -> None:
    keys = seat.keys
    keys.press(Key.Key_F2)
    keys.type("yl3")
    keys.press(Key.Key_Return)
    keys.say("请来看看")
    keys.press(Key.Key_Return)
    assert seat.incidents() == [] and seat.panel.form._fields["category"].has_error
    keys.press("8", Key.Key_Return)
    made = seat.incident()
    assert made.category == "care" and made.urgency == "urgent" and keys.strokes <= 12


def test_the_tenth_category_has_the_key_0(seat: Seat) -> None:
    seat.keys.press(Key.Key_F2, Key.Key_Return)
    seat.keys.say("请来看看")
    seat.keys.press(Key.Key_Return, "0")
    assert seat.draft.category == "other"


def test_enter_begins_to_choose_a_category_as_an_arrow_does_and_then_goes_on(seat: Seat) -> None:
    keys, field = seat.keys, seat.panel.form._fields["category"]
    keys.press(Key.Key_F2)
    keys.type("yl3")
    keys.press(Key.Key_Return)
    keys.say("请来看看")
    keys.press(Key.Key_Return)
    assert field.has_error and seat.draft.category == ""
    keys.press(Key.Key_Return)
    first = next(iter(catalogues.categories().values()))
    assert seat.draft.category == first.key and seat.incidents() == [] and not field.has_error
    assert first.name in field._note.text() and field._note.isVisible()
    keys.press("8")
    assert seat.draft.category == "care" and not field._note.isVisible()
    keys.press(Key.Key_Return)
    assert seat.incident().category == "care"


def test_a_report_without_a_grid_says_what_that_means_until_it_has_one(seat: Seat) -> None:
    keys, field = seat.keys, seat.panel.form._fields["grid"]
    keys.press(Key.Key_F2)
    assert not field._note.isVisible()
    keys.press(Key.Key_Return)
    keys.say("路灯不亮")
    assert "网格员" in field._note.text() and field._note.isVisible()
    seat.panel.form.grid.line.setFocus()
    keys.type("yl3")
    keys.press(Key.Key_Return)
    assert seat.draft.grid and not field._note.isVisible()


def test_urgency_and_detail_are_changed_by_digits(seat: Seat) -> None:
    keys = seat.keys
    keys.press(Key.Key_F2, Key.Key_Return)
    keys.say("路灯不亮")
    keys.press(Key.Key_Tab, Key.Key_Tab, "1", Key.Key_Tab, "1", Key.Key_Return)
    made = seat.incident()
    assert (made.category, made.subkind, made.urgency) == ("facility", "road_damage", "critical")


def test_tab_back_and_forth_through_the_kind_falls_into_no_trap(seat: Seat) -> None:
    keys = seat.keys
    keys.press(Key.Key_F2, Key.Key_Return)
    keys.say("路灯不亮")
    keys.press(Key.Key_Tab, Key.Key_Tab, Key.Key_Tab)
    assert seat.panel.form.urgency.hasFocus()
    keys.press(*[Key.Key_Backtab] * 3, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert seat.panel.form.text.box.hasFocus()


def test_shift_enter_breaks_the_line_and_ctrl_enter_saves_from_anywhere(seat: Seat) -> None:
    keys = seat.keys
    keys.press(Key.Key_F2, Key.Key_Return)
    keys.say("路灯不亮")
    keys.press(Key.Key_Return, modifier=Qt.KeyboardModifier.ShiftModifier)
    keys.say("共三盏")
    seat.panel.form.urgency.setFocus()
    keys.press(Key.Key_Return, modifier=Qt.KeyboardModifier.ControlModifier)
    assert seat.incident().text == "路灯不亮\n共三盏"


def test_enter_while_composing_never_submits_and_letters_being_composed_are_searched(seat: Seat) -> None:
    seat.keys.press(Key.Key_F2)
    line = seat.panel.form.grid.line
    QApplication.sendEvent(line, QInputMethodEvent("yun'ling'3", []))
    assert seat.panel.form.grid.list.rows[0].title == "云岭村第3微网格"
    seat.keys.press(Key.Key_Return)
    assert seat.draft.grid == "" and line.hasFocus()
    QApplication.sendEvent(line, QInputMethodEvent())


def test_f2_does_not_disturb_what_is_typed_elsewhere_until_it_is_pressed(seat: Seat, qtbot: Any) -> None:
    seat.keys.type("abc")
    assert seat.elsewhere.text() == "abc" and not seat.panel.is_open
    with qtbot.waitSignal(seat.panel.opened, timeout=1000):
        seat.keys.press(Key.Key_F2)
    assert seat.panel.form.grid.line.hasFocus()


# --- where --------------------------------------------------------------------------------------------------------


def test_a_village_is_enough_when_the_grid_is_not_known(seat: Seat) -> None:
    seat.keys.press(Key.Key_F2)
    seat.keys.type("yl")
    seat.keys.press(Key.Key_Return)
    seat.keys.say("路灯不亮")
    seat.keys.press(Key.Key_Return)
    made = seat.incident()
    assert made.grid is None and made.village == seat.grid("999101100201003").village


def test_a_place_nobody_knows_is_kept_and_may_be_remembered(seat: Seat) -> None:
    keys = seat.keys
    keys.press(Key.Key_F2)
    keys.say("皂角树下")
    keys.press(Key.Key_Return)
    assert seat.draft.place == "皂角树下" and seat.panel.form.text.box.hasFocus()
    keys.say("路灯不亮")
    seat.panel.form.grid.line.setFocus()
    keys.type("yl3")
    keys.press(Key.Key_Return)
    assert seat.panel.form.learn.isVisible()
    seat.panel.form.learn.setFocus()
    keys.press(Key.Key_Space, Key.Key_Return)
    made = seat.incident()
    with seat.session.read("real") as reader:
        (learned,) = reader.find("gazetteer_name", name="皂角树下")
    assert made.place == "皂角树下" and learned.grid == made.grid and learned.learned


def test_letters_left_in_the_grid_field_are_not_lost_on_saving(seat: Seat) -> None:
    seat.keys.press(Key.Key_F2)
    seat.keys.say("老井")
    seat.panel.form.text.box.setFocus()
    seat.keys.say("路灯不亮")
    seat.keys.press(Key.Key_Return)
    assert seat.incident().place == "老井"


def test_a_click_on_the_map_names_the_grid_once(seat: Seat) -> None:
    one, two, three = (seat.grid(f"99910110020100{number}").id for number in (1, 2, 3))
    choose = seat.tools.selection.choose
    choose("grid", three)
    seat.keys.press(Key.Key_F2)
    choose("grid", one)
    assert seat.draft.grid == one
    seat.panel.form.text.box.setFocus()
    choose("grid", two)
    assert seat.draft.grid == one
    seat.panel.form.grid.line.setFocus()
    choose("grid", three)
    assert seat.draft.grid == three


def test_the_grid_already_selected_on_the_map_is_offered_but_not_taken_unasked(seat: Seat) -> None:
    grid = seat.grid("999101100201002")
    seat.tools.selection.choose("grid", grid.id)
    seat.keys.press(Key.Key_F2, Key.Key_Return)
    assert seat.draft.grid == ""
    seat.keys.press(Key.Key_Escape, Key.Key_F2, Key.Key_Down, Key.Key_Return)
    assert seat.draft.grid == grid.id


# --- who calls ----------------------------------------------------------------------------------------------------


def test_a_known_number_fills_name_and_grid_and_makes_the_caller_the_finder(seat: Seat) -> None:
    keys = seat.keys
    keys.press(Key.Key_F2)
    keys.type(KEEPER_PHONE)
    keys.press(Key.Key_Return)
    form = seat.panel.form
    assert form.caller.name.text() == "仇东" and "仇东" in form.caller.finder.text()
    keys.say("冒烟")
    keys.press(Key.Key_Return)
    made = seat.incident()
    assert made.grid == seat.grid("999101100201003").id and made.caller_phone == KEEPER_PHONE
    keeper = seat.tools.desk.directory.people["worker", made.finder or ""]
    assert made.finder_kind == "worker" and keeper.name == "仇东" == made.caller_name


def test_a_number_in_its_own_field_does_the_same_and_a_wrong_digit_takes_it_back(seat: Seat) -> None:
    keys = seat.keys
    keys.press(Key.Key_F2)
    seat.panel.form.caller.phone.setFocus()
    keys.type(KEEPER_PHONE)
    assert seat.draft.finder and seat.draft.grid == seat.grid("999101100201003").id
    keys.press(Key.Key_Backspace)
    assert not seat.draft.finder and not seat.draft.grid and not seat.draft.caller_name
    assert not seat.panel.form.caller.finder.isVisible()


def test_a_number_that_is_none_is_said_and_keeps_nobody_from_saving(seat: Seat) -> None:
    keys = seat.keys
    keys.press(Key.Key_F2)
    form = seat.panel.form
    form.caller.phone.setFocus()
    keys.type("1991100O012")
    assert form.caller.doubt.isVisible() and "1991100O012" in form.caller.doubt.text()
    form.caller.phone.clear()
    keys.type("19911000012")
    assert not form.caller.doubt.isVisible()



def test_a_caller_does_not_move_a_grid_that_the_officer_named(seat: Seat) -> None:
    keys = seat.keys
    keys.press(Key.Key_F2)
    keys.type("yl1")
    keys.press(Key.Key_Return)
    seat.panel.form.caller.phone.setFocus()
    keys.type(KEEPER_PHONE)
    assert seat.draft.grid == seat.grid("999101100201001").id and seat.draft.finder


def test_a_keeper_is_found_by_the_initials_of_the_name(seat: Seat) -> None:
    seat.keys.press(Key.Key_F2)
    seat.panel.form.caller.name.setFocus()
    seat.keys.type("qd")
    seat.keys.press(Key.Key_Return)
    assert seat.draft.caller_name == "仇东" and seat.draft.finder and seat.draft.caller_phone == KEEPER_PHONE


# --- the same matter ----------------------------------------------------------------------------------------------


def known(seat: Seat) -> str:
    """An open incident in 云岭村第3微网格 that somebody else took."""
    grid = seat.grid("999101100201003").id
    command = OpenIncident(category="emergency", subkind="fire", urgency="critical", text="王家房屋冒烟", grid=grid)
    return str(seat.session.runner.execute(command).value["incident"])


def same_again(seat: Seat, qtbot: Any) -> str:
    first = known(seat)
    qtbot.waitUntil(lambda: first in seat.tools.desk.live.incidents, timeout=5000)
    seat.keys.press(Key.Key_F2)
    seat.keys.type("yl3")
    seat.keys.press(Key.Key_Return)
    seat.keys.say("房屋冒烟，看见明火")
    qtbot.waitUntil(lambda: bool(seat.panel.duplicates.rows), timeout=2000)
    return first


def test_what_the_next_village_reported_may_be_the_same(seat: Seat, qtbot: Any) -> None:
    there = seat.grid("999101100202002").id
    command = OpenIncident(category="emergency", subkind="fire", urgency="critical", text="房屋冒烟", grid=there)
    seen = seat.session.runner.execute(command).value["incident"]
    qtbot.waitUntil(lambda: seen in seat.tools.desk.live.incidents, timeout=5000)
    seat.keys.press(Key.Key_F2)
    seat.keys.type("yl3")
    seat.keys.press(Key.Key_Return)
    seat.keys.say("房屋冒烟，看见明火")
    qtbot.waitUntil(lambda: [row.id for row in seat.panel.duplicates.rows] == [seen], timeout=5000)
    assert texts.current().say("intake.why.near_grid") in seat.panel.duplicates.rows[0].why


def test_possible_duplicates_appear_while_typing_and_the_open_one_is_used_instead(seat: Seat, qtbot: Any) -> None:
    first = same_again(seat, qtbot)
    assert [row.id for row in seat.panel.duplicates.rows] == [first]
    seat.panel.duplicates._cards[0].setFocus()
    with qtbot.waitSignal(seat.panel.finished, timeout=5000) as finished:
        seat.keys.press(Key.Key_Return)
    assert finished.args == [first] and len(seat.incidents()) == 1
    with seat.session.read("real") as reader:
        notes = reader.find("timeline_entry", incident=first, code="note")
    assert [note.text for note in notes] == ["房屋冒烟，看见明火"]


def test_a_report_is_merged_after_saving_when_the_officer_says_so(seat: Seat, qtbot: Any) -> None:
    first = same_again(seat, qtbot)
    seat.panel.duplicates._cards[0].setFocus()
    seat.keys.press("+")
    seat.panel.form.text.box.setFocus()
    with qtbot.waitSignal(seat.panel.finished, timeout=5000) as finished:
        seat.keys.press(Key.Key_Return)
    assert finished.args == [first]
    assert sorted(each.state for each in seat.incidents()) == ["merged", "reported"]


# --- several at once, parked, crashed -----------------------------------------------------------------------------


def test_a_second_call_parks_the_first_and_nothing_is_lost(seat: Seat) -> None:
    keys = seat.keys
    keys.press(Key.Key_F2)
    keys.type("yl3")
    keys.press(Key.Key_Return)
    keys.say("冒烟")
    keys.press(Key.Key_F2)
    assert seat.draft.is_blank and seat.panel.tabs.count() == 2
    keys.type("yl1")
    keys.press(Key.Key_Return)
    keys.press(Key.Key_Tab, modifier=Qt.KeyboardModifier.ControlModifier)
    assert seat.draft.text == "冒烟" and seat.panel.form.text.box.toPlainText() == "冒烟"
    keys.press(Key.Key_Return)
    assert seat.incident().text == "冒烟" and len(seat.panel.intakes.drafts) == 1


def test_esc_parks_and_the_report_waits_above_the_queue(seat: Seat, qtbot: Any) -> None:
    seat.keys.press(Key.Key_F2)
    seat.keys.type("yl3")
    seat.keys.press(Key.Key_Return)
    seat.keys.say("冒烟")
    with qtbot.waitSignal(seat.panel.closed, timeout=1000):
        seat.keys.press(Key.Key_Escape)
    assert seat.waiting.isVisible() and "冒烟" in seat.waiting.chips[0].text()
    seat.waiting.chips[0].click()
    assert seat.draft.text == "冒烟" and not seat.waiting.isVisible()


def test_the_grid_of_a_report_that_waits_or_was_saved_is_not_taken_for_one_chosen_on_the_map(seat: Seat) -> None:
    for leave in (Key.Key_Escape, Key.Key_Return):
        seat.keys.press(Key.Key_F2)
        assert seat.panel.form.grid.list.isHidden()  # nothing is offered that nobody pointed at
        seat.keys.type("yl3")
        seat.keys.press(Key.Key_Return)
        seat.keys.say("房屋冒烟")
        assert seat.tools.selection.chosen("grid") == seat.draft.grid
        seat.keys.press(leave)
        assert seat.tasks.drain()
        assert not seat.panel.is_open and seat.tools.selection.chosen("grid") is None


def test_one_report_alone_needs_no_tab(seat: Seat) -> None:
    seat.keys.press(Key.Key_F2)
    assert seat.panel.tabs.isHidden()
    seat.keys.press(Key.Key_Return)
    seat.keys.say("冒烟")
    assert seat.panel.tabs.isHidden()
    seat.keys.press(Key.Key_F2)
    assert not seat.panel.tabs.isHidden()


def test_a_blank_report_leaves_nothing_behind(seat: Seat) -> None:
    seat.keys.press(Key.Key_F2, Key.Key_F2, Key.Key_Escape)
    assert seat.panel.intakes.drafts == () and not seat.waiting.isVisible()


def test_f2_gives_the_keys_back_to_a_form_that_is_open(seat: Seat) -> None:
    seat.keys.press(Key.Key_F2, Key.Key_Return)
    seat.keys.say("冒烟")
    seat.elsewhere.setFocus()
    seat.keys.press(Key.Key_F2)
    assert seat.panel.has_keys() and len(seat.panel.intakes.drafts) == 1


def test_throwing_a_draft_away_is_asked_twice(seat: Seat) -> None:
    seat.keys.press(Key.Key_F2, Key.Key_Return)
    seat.keys.say("冒烟")
    seat.panel.discard.click()
    assert seat.draft is not None
    seat.panel.discard.click()
    assert seat.draft is None and seat.panel.intakes.drafts == ()


def test_a_draft_outlives_a_crash_and_is_gone_from_the_disk_once_saved(
    sit_down: Callable[..., Seat], url: str, qtbot: Any, tmp_path: Path
) -> None:
    first = sit_down(url)
    first.keys.press(Key.Key_F2)
    first.keys.type("yl3")
    first.keys.press(Key.Key_Return)
    first.keys.say("冒烟")
    kept = tmp_path / "data" / "drafts"
    qtbot.waitUntil(lambda: any("冒烟" in path.read_text() for path in kept.rglob("*.json")), timeout=1500)
    first.crash()
    second = sit_down(url, "duty2")
    assert [draft.text for draft in second.panel.intakes.drafts] == ["冒烟"] and second.waiting.isVisible()
    second.waiting.chips[0].click()
    second.keys.press(Key.Key_Return)
    assert second.incident().text == "冒烟"
    assert list(kept.rglob("*.json")) == [] and list(kept.rglob("*.part")) == []


def test_a_draft_of_another_database_is_not_offered_here(
    sit_down: Callable[..., Seat], town_url: Callable[[str], str], url: str
) -> None:
    first = sit_down(url)
    first.keys.press(Key.Key_F2, Key.Key_Return)
    first.keys.say("冒烟")
    first.leave()
    assert sit_down(town_url("sqlite")).panel.intakes.drafts == ()
    assert len(sit_down(url).panel.intakes.drafts) == 1


# --- when it is not saved -----------------------------------------------------------------------------------------


class Unplugged:
    """Stands before the runner of a session: the server is away, or its answer is lost."""

    def __init__(self, session: Session, *, loses_answers: bool = False) -> None:
        self._runner = session.runner
        self._session = session
        self._loses = loses_answers
        session.runner = self  # type: ignore[assignment]

    def execute(self, command: Any, **how: Any) -> Any:
        if self._loses:
            self._runner.execute(command, **how)
        raise ServerAway("database.away")

    def plug_in(self) -> None:
        self._session.runner = self._runner


def typed(seat: Seat) -> None:
    seat.keys.press(Key.Key_F2)
    seat.keys.type("yl3")
    seat.keys.press(Key.Key_Return)
    seat.keys.say("房屋冒烟")


def test_while_the_server_is_away_saving_says_so_and_the_second_press_saves_once(seat: Seat) -> None:
    away = Unplugged(seat.session)
    typed(seat)
    seat.keys.press(Key.Key_Return)
    assert seat.incidents() == []
    assert seat.panel.intakes.standing(seat.draft.id).kind == "away" and seat.panel.banner.isVisible()
    assert seat.panel.form.text.box.hasFocus() and seat.panel.form.text.box.toPlainText() == "房屋冒烟"
    away.plug_in()
    seat.keys.press(Key.Key_Return)
    assert seat.incident().text == "房屋冒烟"


def test_a_lost_answer_does_not_double_the_incident(seat: Seat) -> None:
    away = Unplugged(seat.session, loses_answers=True)
    typed(seat)
    seat.keys.press(Key.Key_Return)
    assert len(seat.incidents()) == 1 and seat.draft is not None
    away.plug_in()
    seat.keys.press(Key.Key_Return)
    assert len(seat.incidents()) == 1 and seat.draft is None


def test_what_was_typed_after_a_lost_answer_is_written_into_the_same_incident(seat: Seat) -> None:
    away = Unplugged(seat.session, loses_answers=True)
    typed(seat)
    seat.keys.press(Key.Key_Return)
    assert len(seat.incidents()) == 1
    away.plug_in()
    seat.keys.say("，有老人被困")
    seat.keys.press(Key.Key_Return)
    made = seat.incident()
    assert made.text == "房屋冒烟，有老人被困" and seat.draft is None


def test_the_command_id_on_the_disk_is_the_one_that_is_sent(seat: Seat, tmp_path: Path, qtbot: Any) -> None:
    away = Unplugged(seat.session)
    typed(seat)
    id = seat.draft.id
    seat.keys.press(Key.Key_Return)
    assert seat.tasks.drain()
    (path,) = (tmp_path / "data" / "drafts").rglob("*.json")
    assert json.loads(path.read_text(encoding="utf-8"))["id"] == id == path.stem
    away.plug_in()
    seat.keys.press(Key.Key_Return)
    assert seat.tasks.drain()
    with seat.session.read("real") as reader:
        assert [row["name"] for row in reader.records("command", {"id": id})] == ["open_incident"]


def test_a_refusal_is_said_beside_its_field_and_the_report_can_be_mended(seat: Seat) -> None:
    typed(seat)
    seat.panel.form._change(intake.draft.replace(seat.draft, grid="00000000-0000-7000-8000-000000000000"))
    seat.keys.press(Key.Key_Return)
    assert seat.incidents() == [] and seat.panel.form._fields["grid"].has_error
    seat.panel.form.grid.line.setFocus()
    seat.panel.form.grid.line.selectAll()
    seat.keys.type("yl3")
    seat.keys.press(Key.Key_Return, Key.Key_Return)
    assert seat.incident().grid == seat.grid("999101100201003").id


def test_the_time_of_the_report_is_when_the_form_was_opened_or_what_the_officer_says(seat: Seat) -> None:
    typed(seat)
    opened = seat.draft.opened_at
    seat.panel.form.reported_at.setFocus()
    seat.panel.form.reported_at.selectAll()
    meant = opened - timedelta(hours=1)
    seat.keys.type("2575")
    seat.keys.press(Key.Key_Return)
    assert seat.incidents() == [] and seat.panel.form._fields["reported_at"].has_error
    seat.panel.form.reported_at.selectAll()
    seat.keys.type(meant.astimezone(_zone(seat)).strftime("%H%M"))
    seat.keys.press(Key.Key_Return)
    assert abs(seat.incident().opened_at - meant) < timedelta(minutes=1, seconds=1)


def _zone(seat: Seat) -> Any:
    from zoneinfo import ZoneInfo

    assert seat.tools.desk.live.town is not None
    return ZoneInfo(seat.tools.desk.live.town.zone)


def test_who_may_not_take_reports_is_told_so_and_f2_stays_silent(sit_down: Callable[..., Seat], url: str) -> None:
    seat = sit_down(url, "viewer")
    seat.keys.press(Key.Key_F2)
    assert not seat.panel.is_open and not seat.tools.actions.can_run("intake.open")


def test_whoever_takes_over_without_the_right_sees_the_report_but_cannot_change_it(seat: Seat, qtbot: Any) -> None:
    typed(seat)
    viewer = next(each for each in seat.tools.desk.live.officers.values() if each.role == "viewer")
    seat.tools.desk.become(viewer)
    assert seat.tasks.drain()
    assert not seat.panel.form.isEnabled() and not seat.panel.save.isEnabled() and seat.panel.banner.isVisible()


def test_a_panel_made_anew_shows_the_report_that_was_in_the_form(seat: Seat, qtbot: Any) -> None:
    typed(seat)
    again = seat.tools.plugs.panels.get("intake").make(seat.tools)
    assert isinstance(again, IntakePanel)
    again.setParent(seat.window)
    with qtbot.waitSignal(again.opened, timeout=1000):
        again.show()
    assert again.form.text.box.toPlainText() == "房屋冒烟"


# --- in the whole program -----------------------------------------------------------------------------------------


@pytest.fixture
def cleared_away() -> Iterator[None]:
    """Named before ``open_program``: what a closed program leaves is collected here, not on a worker's thread."""
    yield
    gc.collect()


def _panel_of(program: Any, qtbot: Any) -> IntakePanel:
    panel = program.window.findChild(IntakePanel)
    assert isinstance(panel, IntakePanel)
    qtbot.waitUntil(lambda: len(panel.intakes.lookup.index) > 0, timeout=5000)
    return panel


@pytest.mark.parametrize("workspace", ["situation", "people", "grids", "settings"])
def test_from_every_workspace_a_report_takes_at_most_twelve_keystrokes(
    cleared_away: None, open_program: Callable[..., Any], url: str, qtbot: Any, workspace: str
) -> None:
    program = open_program(url)
    panel, keys = _panel_of(program, qtbot), Keyboard(program.window)
    program.window.activateWindow()
    program.window.open_workspace(workspace).setFocus()
    with qtbot.waitSignal(panel.finished, timeout=5000) as finished:
        keys.press(Key.Key_F2)
        keys.type("yl3")
        keys.press(Key.Key_Return)
        keys.say("王家房屋冒烟")
        keys.press(Key.Key_Return)
    assert keys.strokes <= 12 and program.window.workspace == "situation"
    desk, made = program.tools.desk, finished.args[0]
    qtbot.waitUntil(lambda: made in desk.live.incidents, timeout=5000)
    assert desk.live.grids[desk.live.incidents[made].grid].code == "999101100201003"
    assert program.tools.selection.chosen("incident") == made


def test_the_keeper_who_calls_is_the_finder_and_not_in_the_call_list(
    cleared_away: None, open_program: Callable[..., Any], url: str, qtbot: Any
) -> None:
    program = open_program(url)
    panel, keys = _panel_of(program, qtbot), Keyboard(program.window)
    program.window.activateWindow()
    with qtbot.waitSignal(panel.finished, timeout=5000) as finished:
        keys.press(Key.Key_F2)
        keys.type(KEEPER_PHONE)
        keys.press(Key.Key_Return)
        keys.say("王家房屋冒烟")
        keys.press(Key.Key_Return)
    live = program.tools.desk.live
    qtbot.waitUntil(lambda: finished.args[0] in live.incidents, timeout=5000)
    incident = live.incidents[finished.args[0]]
    assert incident.caller_name == "仇东" and incident.finder_kind == "worker"
    calling = CallOut(incident=incident.id, direction="up")
    with ThreadPoolExecutor(1) as aside:
        aside.submit(program.session.runner.execute, calling).result()
    desk = program.tools.desk
    qtbot.waitUntil(lambda: bool(desk.live.calls.get(incident.id)), timeout=5000)
    called = [desk.directory.name(call.person_kind, call.person) for call in desk.live.calls[incident.id]]
    assert "仇东" not in called and called[0] == "119 Fire Desk"


def _click(program: Any, code: str, qtbot: Any, *, twice: bool = False) -> str:
    """The middle of a grid, on the map, as a hand does it."""
    canvas = program.window.findChild(MapCanvas)
    grid = next(each for each in program.tools.desk.live.grids.values() if each.code == code)
    qtbot.waitUntil(lambda: canvas.screen_position(grid.id) is not None, timeout=5000)
    canvas.draw_now()
    at = canvas.screen_position(grid.id).toPoint()
    near = (QPoint(right, down) for right in range(-30, 31, 3) for down in range(-30, 31, 3))
    there = next(at + by for by in near if canvas.grids_at((at + by).toPointF())[:1] == [grid.id]
                 and canvas._arranged().spot_at(canvas.camera, (at + by).toPointF()) is None)  # fmt: skip
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=there)
    if twice:
        qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=there)
    return str(grid.id)


@pytest.fixture
def taking(
    cleared_away: None, open_program: Callable[..., Any], url: str, qtbot: Any
) -> tuple[Any, IntakePanel, Keyboard]:
    """The whole program with a blank report in the form."""
    program = open_program(url)
    panel, keys = _panel_of(program, qtbot), Keyboard(program.window)
    program.window.activateWindow()
    program.window.open_workspace("situation").setFocus()
    keys.press(Key.Key_F2)
    assert panel.form.grid.line.hasFocus()
    return program, panel, keys


def test_after_a_click_on_the_map_the_words_are_typed_and_enter_saves(taking: Any, qtbot: Any) -> None:
    program, panel, keys = taking
    grid = _click(program, "999101100201003", qtbot)
    assert panel.intakes.current.grid == grid and panel.form.text.box.hasFocus()
    keys.type("fire")
    assert panel.intakes.current.text == "fire"
    keys.press(Key.Key_Escape)
    assert panel.intakes.current is None
    keys.press(Key.Key_F2)
    _click(program, "999101100201003", qtbot)
    assert panel.intakes.current.grid == grid, "the grid that is selected already is clicked like any other"
    keys.say("王家房屋冒烟")
    with qtbot.waitSignal(panel.finished, timeout=5000):
        keys.press(Key.Key_Return)


def test_a_click_on_the_map_gives_the_keys_back_to_the_field_that_had_them(taking: Any, qtbot: Any) -> None:
    program, panel, keys = taking
    panel.form.place.setFocus()
    keys.say("老井")
    grid = _click(program, "999101100201003", qtbot)
    assert panel.intakes.current.grid == grid and panel.form.place.hasFocus()
    keys.say("东")
    assert panel.intakes.current.place == "老井东"


def test_another_grid_is_clicked_with_the_cursor_in_the_grid_field_and_the_report_takes_it(
    taking: Any, qtbot: Any
) -> None:
    program, panel, _ = taking
    _click(program, "999101100201003", qtbot)
    qtbot.mouseClick(panel.form.grid.line, Qt.MouseButton.LeftButton)
    other = _click(program, "999101100201002", qtbot)
    assert panel.intakes.current.grid == other and program.tools.selection.chosen("grid") == other
    assert panel.form.text.box.hasFocus()


def test_a_click_that_the_report_does_not_take_is_said_and_the_map_shows_the_grid_of_the_report(
    taking: Any, qtbot: Any
) -> None:
    program, panel, keys = taking
    mine = _click(program, "999101100201003", qtbot)
    other = _click(program, "999101100201002", qtbot)
    canvas = program.window.findChild(MapCanvas)
    qtbot.waitUntil(lambda: canvas._selected_grid == mine, timeout=2000)
    assert panel.intakes.current.grid == mine and program.tools.selection.chosen("grid") == mine
    name = program.tools.desk.live.grids[other].name
    told = panel.form._fields["grid"].findChildren(QLabel)
    assert any(name in each.text() for each in told if each.isVisible())
    assert panel.form.text.box.hasFocus()
    keys.say("路灯不亮")
    assert panel.intakes.current.text == "路灯不亮"
    assert not any(name in each.text() for each in told if each.isVisible())
    _click(program, "999101100201002", qtbot, twice=True)
    QTest.qWait(50)
    assert program.tools.selection.chosen("grid") == other, "a double click goes there all the same"
    assert panel.intakes.current.grid == mine
