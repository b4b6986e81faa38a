"""Queue, detail, alarms and undo on a real database of their own, by keys and clicks; only the clock is set by hand."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QTextDocument
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from commandcenter.base import texts
from commandcenter.base.changes import ChangeSet
from commandcenter.base.clock import ManualClock
from commandcenter.base.ids import derived_id, new_id
from commandcenter.base.options import DeskSettings
from commandcenter.base.texts import say
from commandcenter.rules.incidents import Incident
from commandcenter.services.calls import CallOut, RecordCall
from commandcenter.services.due import Keeper
from commandcenter.services.incidents import (
    AcknowledgeIncident,
    CloseIncident,
    EditIncident,
    OpenIncident,
    StepIncident,
)
from commandcenter.services.live import LiveSet
from commandcenter.services.runner import CommandRunner
from commandcenter.services.undo import Undo
from commandcenter.ui.core import desk as desks
from commandcenter.ui.core.actions import ActionRegistry
from commandcenter.ui.core.notices import Notices, NoticeStrip
from commandcenter.ui.core.runner import Runner
from commandcenter.ui.core.selection import Selection
from commandcenter.ui.core.sound import RecordingSound
from commandcenter.ui.core.ticker import Ticker
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.tools import Plugs, Tools
from commandcenter.ui.core.widgets import Button
from commandcenter.ui.incidents.action_bar import ActionBar
from commandcenter.ui.incidents.away import AWAY, AwayStrip
from commandcenter.ui.incidents.call_delegate import CallDelegate
from commandcenter.ui.incidents.closing import ClosingSheet
from commandcenter.ui.incidents.detail import DetailPanel
from commandcenter.ui.incidents.editing import EditSheet
from commandcenter.ui.incidents.queue import QueuePanel
from commandcenter.ui.incidents.room import Room
from commandcenter.ui.incidents.side import MergeSheet, ReasonSheet
from tests.ui.rooms import QUICK

BEGINNING = datetime(2025, 6, 30, 12, 0, tzinfo=UTC)
GRID = "999101100201001"


class Place:
    """One desk with its two panels, and a second pair of hands that works on the same database."""

    def __init__(self, tools: Tools, room: Room, window: QSplitter, clock: ManualClock) -> None:
        self.tools, self.room, self.window, self.clock = tools, room, window, clock
        queue, detail = room.queue, room.detail
        assert queue is not None and detail is not None
        self.queue: QueuePanel = queue
        self.detail: DetailPanel = detail
        self.sound: Any = tools.sound
        session = tools.desk.session
        other = next(each for each in tools.desk.live.officers.values() if each.account == "duty2")
        self._other = CommandRunner(session.database, clock, actor=other.id, desk=new_id())

    def settle(self) -> None:
        """Until everything that was asked for came home and what it changed was read."""
        rounds = 4
        while rounds:
            QGuiApplication.processEvents()
            assert self.tools.desk.tasks.drain(10)
            rounds = 4 if self.tools.desk.has_news else rounds - 1
            if rounds == 4:
                time.sleep(0.001)  # for the threads that read

    def send(self, command: Any) -> Any:
        """From this desk."""
        answers: list[Any] = []
        self.tools.desk.send(command, owner=self.tools.desk, done=answers.append, failed=answers.append)
        self.settle()
        return answers[0]

    def elsewhere(self, command: Any) -> Any:
        """From another desk."""
        outcomes: list[Any] = []
        desk = self.tools.desk

        def work() -> None:
            outcomes.append(self._other.execute(command))
            desk.hub.offer(outcomes[0].changes)

        desk.tasks.submit("write", work, owner=desk)
        self.settle()
        return outcomes[0].value

    def open(self, **more: Any) -> str:
        facts: dict[str, Any] = {"category": "emergency", "urgency": "urgent", "text": "冒烟", "grid": GRID} | more
        return str(self.elsewhere(OpenIncident(**facts))["incident"])

    def choose(self, id: str | None) -> None:
        self.tools.selection.choose("incident", id)
        self.settle()

    def incident(self, id: str) -> Incident:
        return self.tools.desk.live.incidents[id]

    def told(self) -> list[str]:
        return [notice.text for notice in self.tools.notices.waiting]


@pytest.fixture
def place(town_url: Callable[[str], str], open_desk: Callable[..., Any], qtbot: Any, tmp_path: Path) -> Iterator[Place]:
    """A duty officer's desk."""
    yield from _place("duty1", town_url, open_desk, qtbot, tmp_path)


@pytest.fixture
def looking(town_url: Callable[..., str], open_desk: Callable[..., Any], qtbot: Any, tmp_path: Path) -> Iterator[Place]:
    """A viewer's desk."""
    yield from _place("viewer", town_url, open_desk, qtbot, tmp_path)


def _place(account: str, town_url: Any, open_desk: Any, qtbot: Any, tmp_path: Path) -> Iterator[Place]:
    clock = ManualClock(BEGINNING)
    session = open_desk(town_url("sqlite"), account, clock)
    with session.read("real") as reader:
        live = LiveSet.load(reader)
    tasks = Runner()
    with patch.object(desks, "PACE", QUICK):
        desk = desks.Desk(session, tasks, live)
    tools = Tools(
        desk=desk, actions=ActionRegistry(lambda: desk.officer.role, desk), selection=Selection(desk),
        notices=Notices(desk), ticker=Ticker(clock, desk), sound=RecordingSound(desk),
        settings=DeskSettings(tmp_path / "desk.json"), appearance_changed=lambda: None, plugs=Plugs(),
    )  # fmt: skip
    room = Room(tools)
    tools.actions.add(*room.actions())
    window = QSplitter(Qt.Orientation.Vertical)
    qtbot.addWidget(window)
    window.addWidget(room.make_queue(tools))
    window.addWidget(room.make_detail(tools))
    tools.actions.attach(window)
    window.resize(430, 720)
    window.show()
    window.activateWindow()
    desk.listen()
    made = Place(tools, room, window, clock)
    made.settle()
    yield made
    tools.sound.close()
    desk.close()
    for panel in (made.queue, made.detail):
        tools.ticker.stop_listening(panel.tick)
    assert tasks.shutdown()


# --- the queue ----------------------------------------------------------------------------------------------------


def test_rows_come_and_go_by_themselves_and_the_tabs_count(place: Place) -> None:
    id = place.open()
    assert place.queue.list.table.ids() == [id]
    assert [place.queue.tabs.tabText(tab) for tab in range(4)] == ["应急 1", "日常 0", "待核查 0", "本席 0"]
    place.elsewhere(StepIncident(incident=id, to="resolved"))
    assert place.queue.list.table.ids() == [] and place.queue.tabs.tabText(2) == "待核查 1"
    place.elsewhere(CloseIncident(incident=id, closing_note="灭", confirmed_by="住户"))
    assert place.queue.tabs.tabText(2) == "待核查 0"


def test_urgency_then_age_orders_the_queue_and_routine_stands_apart(place: Place) -> None:
    first = place.open()
    place.clock.advance(minutes=1)
    second = place.open()
    place.clock.advance(minutes=1)
    critical = place.open(urgency="critical")
    place.open(urgency="routine", category="facility")
    assert place.queue.list.table.ids() == [critical, first, second]


def test_the_selected_row_stays_selected_while_others_arrive(place: Place) -> None:
    chosen = place.open()
    place.queue.list.choose(chosen)
    place.choose(chosen)
    for _ in range(5):
        place.open(urgency="critical")
    assert place.queue.list.chosen() == chosen == place.tools.selection.chosen("incident")
    assert place.queue.list.currentIndex().row() == 5


def test_an_incident_that_leaves_the_tab_stays_before_the_eye(place: Place) -> None:
    id, other = place.open(), place.open()
    place.choose(id)
    place.elsewhere(StepIncident(incident=id, to="resolved"))
    assert place.queue.list.table.ids() == [other]
    assert place.tools.selection.chosen("incident") == id
    assert place.detail.steps.lines()[4][0] == "待核查"


def test_going_to_an_incident_opens_the_tab_in_which_it_stands(place: Place) -> None:
    id = place.open(urgency="routine", category="facility")
    place.tools.selection.navigate("incident", id)
    assert place.queue.tabs.currentIndex() == 1 and place.queue.list.chosen() == id


@pytest.mark.parametrize("answer_first", [True, False])
def test_a_report_saved_here_is_brought_before_the_eye(place: Place, answer_first: bool) -> None:
    for number in range(14):
        place.open(text=f"smoke {number}")
    queue = place.queue.list
    for facts, tab in (({"urgency": "critical"}, 0), ({"urgency": "routine", "category": "facility"}, 1)):
        queue.verticalScrollBar().setValue(queue.verticalScrollBar().maximum())
        command, report = new_id(), OpenIncident(**({"category": "emergency", "text": "here", "grid": GRID} | facts))
        id = derived_id(command, 1)
        if answer_first:  # its news are on their way while whoever saved it goes there
            place.tools.selection.navigate("incident", id)
        place.tools.desk.send(report, id=command, owner=place.room)
        place.settle()
        place.tools.selection.navigate("incident", id)
        index = queue.table.index(queue.table.place_of(id) or 0, 0)
        assert (place.queue.tabs.currentIndex(), queue.chosen()) == (tab, id)
        assert queue.viewport().rect().contains(queue.visualRect(index))


def test_filter_and_rows_are_as_they_were_left(place: Place, qtbot: Any) -> None:
    place.queue.tabs.setCurrentIndex(1)
    place.queue.choose_display("is_compact", True)
    again = QueuePanel(place.tools, place.room.alarms)
    qtbot.addWidget(again)
    assert again.tabs.currentIndex() == 1 and again.list.look.display.is_compact
    place.tools.ticker.stop_listening(again.tick)


def test_a_filter_that_hides_everything_says_so(place: Place) -> None:
    place.open()
    place.queue.filter_button.setChecked(True)
    place.queue.filters.text.setText("没有这个词")
    assert place.queue.list.table.rowCount() == 0 and place.queue.list.table.is_filtered
    place.queue.filter_button.setChecked(False)
    assert place.queue.list.table.rowCount() == 1


def test_the_filter_matches_what_is_still_being_composed(place: Place) -> None:
    smoke, other = place.open(text="后山冒烟"), place.open(text="路面塌方")
    place.queue.filter_button.setChecked(True)
    QApplication.sendEvent(place.queue.filters.text, QInputMethodEvent("塌方", []))
    assert [row.id for row in place.queue.list.table.shown_rows()] == [other] and smoke
    assert place.queue.filters.text.text() == ""


def test_only_the_ages_in_sight_are_painted_anew(place: Place) -> None:
    for _ in range(30):
        place.open()
    rows = place.queue.list
    in_sight = rows.places_in_sight()
    assert 0 < len(in_sight) < 15
    assert all(rows.live_rect(each).width() < rows.viewport().width() / 2 for each in in_sight)


def test_away_from_the_database_the_last_truth_stays_and_is_marked(place: Place) -> None:
    id = place.open()
    place.tools.desk.hub.set_connection("away")
    place.settle()
    QGuiApplication.processEvents()
    assert place.queue.list._state.kind == "stale" and place.queue.list.table.ids() == [id]
    place.tools.desk.hub.set_connection("connected")
    QGuiApplication.processEvents()
    assert place.queue.list._state.kind == "ready"


# --- alarms -------------------------------------------------------------------------------------------------------


def test_a_critical_report_sounds_until_it_is_acknowledged_by_looking_at_it(place: Place) -> None:
    id = place.open(urgency="critical")
    assert place.sound.alarms == (f"incident:{id}",) and place.sound.heard == ["critical"]
    assert place.queue.list.look.unacknowledged == {id}
    place.choose(id)
    assert place.sound.alarms == () and place.queue.list.look.unacknowledged == frozenset()


def test_urgent_is_one_tone_and_routine_is_silent(place: Place) -> None:
    place.open(urgency="routine", category="facility")
    assert place.sound.heard == []
    place.open(urgency="urgent")
    assert place.sound.heard == ["urgent"] and place.sound.alarms == ()


def test_an_acknowledged_alarm_ends_everywhere_and_the_timeline_says_who(place: Place) -> None:
    here = place.open(urgency="critical")
    place.choose(here)
    place.settle()
    with place.tools.desk.session.read("real") as reader:
        heard = reader.find("timeline_entry", incident=here, code="acknowledged")
    assert [each.actor for each in heard] == [place.tools.desk.officer.id]
    there = place.open(urgency="critical")
    assert place.sound.alarms == (f"incident:{there}",)
    for _ in range(2):
        place.elsewhere(AcknowledgeIncident(incident=there))
    assert place.sound.alarms == ()
    with place.tools.desk.session.read("real") as reader:
        assert reader.count("timeline_entry", incident=there, code="acknowledged") == 1


@pytest.mark.parametrize("news_first", [True, False])
def test_a_report_taken_here_is_silent_here_and_sounds_on_everywhere_else(place: Place, news_first: bool) -> None:
    if news_first:
        id = place.open(urgency="critical")
        place.room.alarms.taken_here(id)
    else:
        command, report = new_id(), OpenIncident(category="emergency", urgency="critical", text="冒烟")
        id = derived_id(command, 1)
        place.room.alarms.taken_here(id)
        place.tools.desk.send(report, id=command, owner=place.room)
        place.settle()
    assert place.sound.alarms == () and place.room.alarms.unacknowledged == ()
    place.choose(id)
    place.settle()
    with place.tools.desk.session.read("real") as reader:
        assert reader.count("timeline_entry", incident=id, code="acknowledged") == 0, "nobody else has heard of it"
    assert place.sound.heard == (["critical"] if news_first else [])


def test_the_alarm_ends_everywhere_when_somebody_calls(place: Place) -> None:
    id = place.open(urgency="critical")
    place.elsewhere(CallOut(incident=id, direction="down"))
    assert place.sound.alarms == ()


def test_space_acknowledges_the_oldest_alarm_and_goes_to_it(place: Place, qtbot: Any) -> None:
    strip = AwayStrip(place.tools, place.room)
    place.window.addWidget(strip)
    strip.show()
    first, second = place.open(urgency="critical"), place.open(urgency="critical")
    qtbot.keyClick(place.queue.list, Qt.Key.Key_Space)
    assert place.room.alarms.unacknowledged == (second,)
    assert place.tools.selection.chosen("incident") == first


def _taken_here(place: Place, urgency: Any) -> str:
    """A report that this desk handles."""
    told = OpenIncident(category="emergency", urgency=urgency, text="冒烟", grid=GRID)
    return str(place.send(told).value["incident"])


def _keep(place: Place) -> None:
    """Some desk does what is due; what it changed arrives here."""
    keeper = Keeper(place.tools.desk.session)
    place.tools.desk.tasks.submit("io", keeper.once, owner=place.tools.desk)
    place.settle()
    place.tools.desk.hub.offer(ChangeSet.all())
    place.settle()


def _names(place: Place) -> list[str]:
    return [row.name for row in place.detail.body.calls.table.shown_rows()]


def test_whoever_closes_the_line_of_a_call_has_heard_it(place: Place) -> None:
    id = _taken_here(place, "critical")
    place.choose(id)
    place.send(CallOut(incident=id, direction="down"))
    place.clock.advance(minutes=5, seconds=1)
    _keep(place)
    assert place.sound.alarms == (f"call:{id}",)
    strip = NoticeStrip(place.tools.notices, place.detail)
    assert len(strip.texts) == 1
    next(each for each in strip.findChildren(Button) if each.accessibleName() == say("core.close")).click()
    assert strip.texts == [] and place.sound.alarms == () and place.room.reminders.waiting == (id,)


def test_a_call_out_that_climbs_sounds_names_who_is_next_and_ends_when_somebody_acts(place: Place, qtbot: Any) -> None:
    strip = AwayStrip(place.tools, place.room)
    place.window.addWidget(strip)
    strip.show()
    id = _taken_here(place, "critical")
    place.choose(id)
    place.send(CallOut(incident=id, direction="down"))
    place.clock.advance(minutes=4, seconds=59)
    place.room.reminders.look()
    assert place.sound.alarms == () and place.room.reminders.waiting == () and strip.cap.isHidden()
    place.clock.advance(seconds=2)
    _keep(place)
    assert place.sound.alarms == (f"call:{id}",) and place.sound.heard[-1] == "call"
    first = _names(place)[0]
    assert first in place.told()[-1] and "逐级叫应" in place.told()[-1]
    assert place.queue.list.look.unacknowledged == {id} and strip.title.text() == "1 件待拨打"
    qtbot.keyClick(place.queue.list, Qt.Key.Key_Space)
    assert place.sound.alarms == () and place.room.reminders.waiting == (id,), "silenced, and still marked"
    assert place.queue.list.look.unacknowledged == {id} and strip.words.text().startswith("已静音")
    place.clock.advance(minutes=5)
    _keep(place)
    assert place.sound.alarms == (f"call:{id}",), "the next step sounds anew"
    qtbot.keyClick(place.detail.body.calls, Qt.Key.Key_2)
    place.settle()
    assert place.sound.alarms == () and place.room.reminders.waiting == () and strip.title.isHidden()
    assert place.queue.list.look.unacknowledged == frozenset()
    assert not [each for each in place.tools.notices.waiting if each.key == f"call:{id}"]


def test_a_call_out_handled_elsewhere_sounds_here_only_when_nothing_happens_there(place: Place) -> None:
    id = place.open(urgency="critical")
    place.elsewhere(CallOut(incident=id, direction="down"))
    place.clock.advance(minutes=5, seconds=30)
    place.room.reminders.look()
    assert place.sound.alarms == ()
    place.clock.advance(seconds=31)
    place.room.reminders.look()
    assert place.sound.alarms == (f"call:{id}",)
    place.choose(id)
    assert place.sound.alarms == (), "going to it silences it"


def test_a_recall_falls_due_and_that_person_stands_first(place: Place) -> None:
    id = _taken_here(place, "urgent")
    place.send(CallOut(incident=id, direction="down"))
    place.choose(id)
    last = place.tools.desk.live.calls[id][-1]
    place.send(RecordCall(call=last.id, result="relayed"))
    place.clock.advance(minutes=5, seconds=1)
    place.room.reminders.look()
    assert place.sound.alarms == (f"call:{id}",)
    assert place.detail.body.calls.table.ids()[0] == last.id
    assert _names(place)[0] in place.told()[-1] and "转告" in place.told()[-1]
    place.send(RecordCall(call=last.id, result="answered"))
    assert place.sound.alarms == () and place.room.reminders.waiting == ()


def test_a_recall_of_a_routine_matter_is_shown_and_silent(place: Place) -> None:
    told = OpenIncident(category="facility", urgency="routine", text="路灯", grid=GRID)
    id = str(place.send(told).value["incident"])
    place.send(CallOut(incident=id, direction="down"))
    place.send(RecordCall(call=place.tools.desk.live.calls[id][0].id, result="relayed"))
    place.clock.advance(minutes=5, seconds=1)
    place.room.reminders.look()
    assert place.sound.alarms == () and place.sound.heard == [] and place.room.reminders.waiting == (id,)


def test_nobody_is_called_to_the_telephone_at_a_viewers_desk(looking: Place) -> None:
    id = looking.open(urgency="critical")
    looking.elsewhere(CallOut(incident=id, direction="down"))
    looking.clock.advance(minutes=20)
    looking.room.reminders.look()
    assert looking.room.reminders.waiting == () and f"call:{id}" not in looking.sound.alarms


def test_a_drills_call_out_is_told_as_a_drill_and_makes_no_sound(place: Place) -> None:
    id = _taken_here(place, "critical")
    place.send(CallOut(incident=id, direction="down"))
    live = place.tools.desk.live
    live.incidents[id] = replace(live.incidents[id], world="drill")
    place.clock.advance(minutes=6)
    place.room.reminders.look()
    assert place.room.reminders.waiting == (id,) and place.sound.alarms == ()
    assert place.told()[-1].startswith("【演练】")


# --- the detail ---------------------------------------------------------------------------------------------------


def test_keys_alone_lead_an_incident_to_its_closed_loop(place: Place, qtbot: Any) -> None:
    id = place.open(urgency="critical", caller_name="何家")
    place.choose(id)
    qtbot.keyClick(place.window, Qt.Key.Key_F4)
    place.settle()
    assert place.incident(id).state == "calling" and place.detail.body.calls.target() is not None
    calls = place.detail.body.calls
    steps = ((Qt.Key.Key_1, "responding"), (Qt.Key.Key_Return, "on_scene"), (Qt.Key.Key_Return, "resolved"))
    for key, state in steps:
        qtbot.keyClick(calls, key)
        place.settle()
        assert place.incident(id).state == state
    qtbot.keyClick(place.detail.body.timeline, Qt.Key.Key_Return)
    sheet = place.detail.pages.currentWidget()
    assert isinstance(sheet, ClosingSheet) and sheet.confirmed_by.text() == "何家"
    qtbot.keyClicks(sheet.note, "put out")
    place.clock.advance(minutes=15)
    qtbot.keyClick(sheet.note, Qt.Key.Key_Return)
    place.settle()
    assert id not in place.tools.desk.live.incidents
    assert place.detail.header.total.text() == "15 分钟办结"


def test_a_result_goes_to_the_person_under_the_cursor(place: Place, qtbot: Any) -> None:
    id = place.open(urgency="critical")
    place.choose(id)
    place.send(CallOut(incident=id, direction="down"))
    rows = place.detail.body.calls
    assert place.tools.desk.live.calls[id]
    third = rows.table.ids()[2]
    rows.choose(third)
    qtbot.keyClick(rows, Qt.Key.Key_2)
    place.settle()
    recorded = {call.id: call.result for call in place.tools.desk.live.calls[id]}
    assert recorded[third] == "no_answer" and list(recorded.values()).count("waiting") == len(recorded) - 1
    following = rows.target()
    assert following is not None and following.is_next


def test_no_result_takes_the_place_of_the_last_when_it_is_nobodys_turn_any_more(place: Place, qtbot: Any) -> None:
    id = place.open(urgency="critical", subkind="fire")
    place.choose(id)
    place.send(CallOut(incident=id, direction="down"))
    rows = place.detail.body.calls
    for key in (Qt.Key.Key_1, Qt.Key.Key_Return):
        qtbot.keyClick(rows, key)
        place.settle()
    assert place.incident(id).state == "on_scene" and not any(row.is_next for row in rows.table.shown_rows())
    for key in (Qt.Key.Key_2, Qt.Key.Key_4, Qt.Key.Key_2):
        qtbot.keyClick(rows, key)
        place.settle()
    results = sorted(call.result for call in place.tools.desk.live.calls[id])
    assert [each for each in results if each != "waiting"] == ["arrived", "no_answer", "no_answer", "switched_off"]


def test_the_finder_stands_in_the_head_and_not_in_the_list(place: Place) -> None:
    keeper = next(each for (kind, _), each in place.tools.desk.directory.people.items() if each.name == "解放")
    id = place.open(urgency="critical", caller_phone=keeper.phone, grid=None)
    place.choose(id)
    place.send(CallOut(incident=id, direction="down"))
    assert "解放" in place.detail.header.finder.text() and "已通" in place.detail.header.finder.text()
    assert keeper.id not in {call.person for call in place.tools.desk.live.calls[id]}


def test_a_note_is_written_and_ctrl_z_strikes_it_through(place: Place, qtbot: Any) -> None:
    id = place.open()
    place.choose(id)
    qtbot.keyClick(place.window, Qt.Key.Key_F6)
    note = place.detail.body.note
    assert note.hasFocus()
    qtbot.keyClicks(note, "water falls")
    qtbot.keyClick(note, Qt.Key.Key_Return)
    place.settle()
    first = next(iter(place.detail.body.timeline.table.shown_rows()))
    assert first.note == "water falls" and note.text() == ""
    place.room.post.undo()
    place.settle()
    struck = next(iter(place.detail.body.timeline.table.shown_rows()))
    assert struck.note == "water falls" and "覃值" in struck.struck
    place.room.post.redo()
    place.settle()
    assert not next(iter(place.detail.body.timeline.table.shown_rows())).struck


def test_a_report_taken_back_says_so_and_is_brought_back_by_a_button(place: Place, qtbot: Any) -> None:
    outcome = place.send(OpenIncident(category="emergency", urgency="urgent", text="冒烟", grid=GRID))
    id = str(outcome.value["incident"])
    place.room.post.sent.remember(outcome, "已接报")
    place.choose(id)
    assert place.detail.stack.currentIndex() == 1
    qtbot.keyClick(place.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    place.settle()
    message, redo = place.detail.message, place.detail.redo
    assert id not in place.tools.desk.live.incidents and place.detail.stack.currentIndex() == 0
    title, hint = message.words
    assert title == "这件接报已撤回" and "14:00" in hint and place.tools.desk.officer.name in hint
    assert redo.isVisible() and message.rect().contains(redo.geometry())
    qtbot.mouseClick(redo, Qt.MouseButton.LeftButton)
    place.settle()
    assert id in place.tools.desk.live.incidents and place.detail.stack.currentIndex() == 1
    assert not redo.isVisible()
    place.room.post.undo()  # the stack knows what was done again
    place.settle()
    assert id not in place.tools.desk.live.incidents and redo.isVisible()


def test_a_report_that_another_desk_took_back_is_brought_back_here(place: Place, qtbot: Any) -> None:
    id = place.open()
    place.choose(id)
    with place.tools.desk.session.read("real") as reader:
        command = reader.history(entity="incident", id=id)[0].change.command
    place.elsewhere(Undo(target=command))
    assert place.detail.stack.currentIndex() == 0 and "Dana Noor" in place.detail.message.words[1]
    qtbot.mouseClick(place.detail.redo, Qt.MouseButton.LeftButton)
    place.settle()
    assert id in place.tools.desk.live.incidents


def test_who_may_only_look_is_told_and_offered_nothing(looking: Place) -> None:
    id = looking.open()
    looking.choose(id)
    with looking.tools.desk.session.read("real") as reader:
        command = reader.history(entity="incident", id=id)[0].change.command
    looking.elsewhere(Undo(target=command))
    assert looking.detail.message.words[0] == "这件接报已撤回" and not looking.detail.redo.isVisible()


def test_without_a_grid_it_is_said_what_that_means_and_one_button_goes_to_the_field(place: Place, qtbot: Any) -> None:
    id, other = place.open(grid=None), place.open()
    place.choose(other)
    header = place.detail.header
    assert not header.without.isVisible() and not header.set_grid.isVisible()
    place.choose(id)
    assert "网格员" in header.without.text() and header.without.isVisible() and header.set_grid.isVisible()
    qtbot.mouseClick(header.set_grid, Qt.MouseButton.LeftButton)
    sheet = place.detail.pages.currentWidget()
    assert isinstance(sheet, EditSheet)
    focus = place.window.focusWidget()
    assert focus is not None and (focus is sheet.grid or sheet.grid.isAncestorOf(focus))
    grid = next(each for each in place.tools.desk.live.grids.values() if each.code == GRID)
    place.elsewhere(EditIncident(incident=id, changed={"grid": grid.id}, was={"grid": None}))
    qtbot.mouseClick(sheet.leave_button, Qt.MouseButton.LeftButton)
    place.settle()
    assert not header.without.isVisible() and not header.set_grid.isVisible()


def test_a_long_way_there_leaves_the_room_to_the_people_to_call(place: Place) -> None:
    place.choose(place.open(place="老井边"))
    where = place.detail.header.where
    usual = where.height()
    place.choose(place.open(place="从老井边上去第二条路\n" * 60))
    assert where.text().endswith("…") and "\n" not in where.text() and where.height() <= 3 * usual
    assert where.toolTip().count("从老井边上去第二条路") == 60


def test_what_somebody_wrote_becomes_no_page_where_the_mouse_rests(place: Place) -> None:
    """Such a page would show other words, and fetch its picture from wherever it says."""
    said = '<img src="file:////elsewhere/share/a.png"> <b>水位</b> 3 米 & 还在涨\n<h1>全部撤离</h1>  村口'
    place.choose(place.open(text=said, place=said))
    for label in (place.detail.header.what, place.detail.header.where):
        shown = QTextDocument()
        shown.setHtml(label.toolTip())
        assert shown.toPlainText() == said
    assert tip("3 < 4") == "3 < 4"


def test_four_people_to_call_are_seen_on_a_small_screen(place: Place) -> None:
    id = place.open(urgency="critical", subkind="fire")
    place.window.resize(455, 662)
    place.window.setSizes([245, 415])
    place.choose(id)
    place.send(CallOut(incident=id, direction="down"))
    calls = place.detail.body.calls
    assert calls.table.rowCount() >= 4
    seen = [row for row in range(calls.table.rowCount())
            if calls.viewport().rect().contains(calls.visualRect(calls.table.index(row, 0)))]  # fmt: skip
    assert len(seen) >= 4
    look = CallDelegate(place.tools.desk.now)
    assert look.is_dense_at(455, 119, 4) and not look.is_dense_at(455, 4 * 44, 4)  # two lines where all fit
    assert not look.is_dense_at(380, 119, 4)  # and where one has no room


def test_undo_that_is_no_longer_true_says_who_changed_it(place: Place) -> None:
    id = place.open(place="old bridge")
    place.choose(id)
    place.send(EditIncident(incident=id, changed={"place": "new bridge"}, was={"place": "old bridge"}))
    command = next(row.command for row in place.detail.body.timeline.table.shown_rows())
    place.elsewhere(EditIncident(incident=id, changed={"place": "west"}, was={"place": "new bridge"}))
    place.detail.body.timeline.undo_wanted.emit(command)
    place.settle()
    assert any("Dana Noor" in text for text in place.told())


def test_where_the_keys_are_in_a_form_that_opens_can_be_seen(place: Place) -> None:
    place.window.resize(430, 560)
    place.choose(place.open(text="冒烟"))
    place.detail.edit()
    place.settle()
    sheet = place.detail.pages.currentWidget()
    assert isinstance(sheet, EditSheet) and QApplication.focusWidget() is sheet.text
    for field in (sheet.text, sheet.caller_phone, sheet.urgency):
        field.setFocus()
        place.settle()
        assert field.visibleRegion().boundingRect().height() == field.height()


def test_both_versions_of_a_field_are_shown_and_nothing_typed_is_lost(place: Place, qtbot: Any) -> None:
    id = place.open(place="old bridge")
    place.choose(id)
    place.detail.edit()
    sheet = place.detail.pages.currentWidget()
    assert isinstance(sheet, EditSheet)
    sheet.place.setText("my bridge")
    sheet.caller_name.setText("Rosa")
    place.elsewhere(EditIncident(incident=id, changed={"place": "their bridge"}, was={"place": "old bridge"}))
    place.elsewhere(EditIncident(incident=id, changed={"urgency": "critical"}, was={"urgency": "urgent"}))
    assert sheet.urgency.value == "critical", "a field changed only there is taken silently"
    sheet.submit()
    place.settle()
    view = sheet._conflicts["place"]
    assert sheet.place.text() == "my bridge" and sheet.caller_name.text() == "Rosa" and not view.is_decided
    view.decide("merge")
    assert sheet.place.text() == "their bridge；my bridge"
    sheet.submit()
    place.settle()
    found = place.incident(id)
    assert (found.place, found.caller_name, found.urgency) == ("their bridge；my bridge", "Rosa", "critical")
    assert place.detail.is_free


def test_closing_without_its_words_is_not_sent(place: Place) -> None:
    id = place.open(urgency="routine", category="facility")
    place.send(StepIncident(incident=id, to="resolved"))
    place.choose(id)
    place.detail.next_step()
    sheet = place.detail.pages.currentWidget()
    assert isinstance(sheet, ClosingSheet) and sheet.call_back.isVisible()
    sheet.submit()
    assert sheet.form.field("closing_note").has_error and sheet.form.field("confirmed_by").has_error
    sheet.note.setPlainText("lamp mended")
    sheet.confirmed_by.setText("Lou")
    sheet.call_back.choose("partly")
    sheet.satisfaction.choose("2")
    sheet.submit()
    place.settle()
    closed = place.detail._subject.incident
    assert closed is not None and (closed.call_back, closed.satisfaction) == ("partly", 2)


def test_a_closing_form_that_was_left_is_of_the_incident_as_it_is_now(place: Place, qtbot: Any) -> None:
    id = place.open(urgency="critical", category="facility")
    place.send(StepIncident(incident=id, to="resolved"))
    place.choose(id)
    place.detail.next_step()
    sheet: Any = place.detail.pages.currentWidget()
    assert isinstance(sheet, ClosingSheet) and not sheet.call_back.isVisible()
    sheet.note.setPlainText("lamp mended")
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert place.detail.is_free
    place.elsewhere(EditIncident(incident=id, changed={"urgency": "routine"}, was={"urgency": "critical"}))
    place.detail.next_step()
    again: Any = place.detail.pages.currentWidget()
    assert isinstance(again, ClosingSheet) and again is not sheet and again.call_back.isVisible()
    assert again.note.toPlainText() == "lamp mended" and again.kept.isVisible()
    again.kept.pressed.emit()
    fresh: Any = place.detail.pages.currentWidget()
    assert fresh is not again and fresh.note.toPlainText() == "" and fresh.call_back.isVisible()


def test_nobody_begins_afresh_while_the_closing_is_on_its_way(place: Place, qtbot: Any) -> None:
    id = place.open(urgency="critical")
    place.send(StepIncident(incident=id, to="resolved"))
    place.choose(id)
    place.detail.next_step()
    sheet: Any = place.detail.pages.currentWidget()
    sheet.note.setPlainText("put out")
    sheet.confirmed_by.setText("Lou")
    sheet.submit()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    place.detail.next_step()
    assert place.detail.pages.currentWidget() is sheet and not sheet.kept.isVisible()
    place.settle()
    assert id not in place.tools.desk.live.incidents and place.detail.is_free


def test_side_exits_by_their_forms(place: Place) -> None:
    kept, merged, cancelled = place.open(), place.open(), place.open()
    place.choose(cancelled)
    place.detail.leave_by("cancel")
    sheet = place.detail.pages.currentWidget()
    assert isinstance(sheet, ReasonSheet)
    sheet.submit()
    assert sheet.form.field("reason").has_error
    sheet.reason.setText("straw")
    sheet.submit()
    place.settle()
    place.choose(merged)
    place.detail.leave_by("merge")
    choice = place.detail.pages.currentWidget()
    assert isinstance(choice, MergeSheet)
    choice._others.choose(kept)
    choice.submit()
    place.settle()
    assert set(place.tools.desk.live.incidents) == {kept}
    place.choose(cancelled)
    place.detail.leave_by("reopen")
    again = place.detail.pages.currentWidget()
    assert isinstance(again, ReasonSheet)
    again.reason.setText("fire after all")
    again.submit()
    place.settle()
    assert place.incident(cancelled).state == "reopened"
    place.detail.leave_by("park")
    place.detail.leave_by("take")
    place.settle()
    found = place.incident(cancelled)
    assert found.parked and found.handler == place.tools.desk.officer.id


def test_a_form_waits_while_another_incident_is_looked_at(place: Place) -> None:
    first, second = place.open(), place.open()
    place.choose(first)
    place.detail.leave_by("return")
    sheet = place.detail.pages.currentWidget()
    assert isinstance(sheet, ReasonSheet)
    sheet.reason.setText("not ours")
    place.choose(second)
    assert place.detail.is_free
    place.choose(first)
    assert place.detail.pages.currentWidget() is sheet and sheet.reason.text() == "not ours"


def test_an_ended_incident_is_read_from_the_database(place: Place) -> None:
    id = place.open(text="long over")
    place.elsewhere(CloseIncident(incident=id, closing_note="灭", confirmed_by="住户"))
    place.choose(id)
    assert place.detail.header.what.text() == "long over"
    assert not place.detail.bar.primary.isVisible()
    place.choose("nowhere")
    assert place.detail.stack.currentIndex() == 0


def test_wide_the_list_shows_fourteen_people_at_a_small_screen(place: Place) -> None:
    id = place.open(urgency="critical")
    place.choose(id)
    place.send(CallOut(incident=id, direction="down"))
    place.detail.setParent(None)
    place.detail.resize(936, 690)
    place.detail.show()
    rows = place.detail.body.calls
    QGuiApplication.processEvents()
    first = rows.visualRect(rows.table.index(0, 0))
    assert rows.viewport().height() // first.height() >= 14
    place.window.addWidget(place.detail)


def test_tab_asks_to_widen_and_f8_copies_the_briefing(place: Place, qtbot: Any) -> None:
    id = place.open()
    place.choose(id)
    with qtbot.waitSignal(place.detail.widen_requested, timeout=1000):
        qtbot.keyClick(place.queue.list, Qt.Key.Key_Tab)
    qtbot.keyClick(place.window, Qt.Key.Key_F8)
    assert place.incident(id).number in QGuiApplication.clipboard().text()


def test_f9_shows_the_figures_and_hides_them(place: Place, qtbot: Any) -> None:
    place.open()
    qtbot.keyClick(place.window, Qt.Key.Key_F9)
    card = place.room._figures
    assert card is not None and card.is_open and card._numbers["emergency"].text() == "1"
    place.tools.actions.trigger("figures.show")
    assert not card.is_open


def test_a_viewer_sees_everything_masked_and_is_told_why_he_cannot_act(looking: Place, qtbot: Any) -> None:
    id = looking.open(urgency="critical", text="secret words", caller_name="Rosa", caller_phone="15400999042")
    looking.choose(id)
    assert "secret" not in looking.detail.header.what.text()
    assert "15400999042" not in looking.detail.header.finder.text().replace(" ", "")
    assert not looking.detail.bar.primary.isEnabled() and "只能查看" in looking.detail.bar.why.text()
    qtbot.keyClick(looking.window, Qt.Key.Key_F4)
    looking.settle()
    assert looking.incident(id).state == "reported"


# --- while you looked away ----------------------------------------------------------------------------------------


def test_what_changed_while_the_window_was_left_waits_on_space(place: Place, qtbot: Any) -> None:
    strip = AwayStrip(place.tools, place.room)
    place.window.addWidget(strip)
    strip.show()
    ended = place.open()
    strip.look_away(1000.0)
    place.elsewhere(CloseIncident(incident=ended, closing_note="灭", confirmed_by="住户"))
    fresh = place.open(text="new here")
    strip.come_back(1000.0 + AWAY + 1)
    place.settle()
    assert [each.incident for each in strip.sentences] == [fresh, ended]
    assert strip.words.isVisible() and "new here" in strip.words.text()
    qtbot.keyClick(place.queue.list, Qt.Key.Key_Space)
    place.settle()
    assert place.tools.selection.chosen("incident") == fresh and "已办结" in strip.words.text()
    qtbot.keyClick(place.queue.list, Qt.Key.Key_Space)
    place.settle()
    assert not strip.words.isVisible()


def test_a_short_absence_is_not_worth_a_word(place: Place) -> None:
    strip = AwayStrip(place.tools, place.room)
    place.window.addWidget(strip)
    strip.look_away(1000.0)
    place.open()
    strip.come_back(1000.0 + AWAY - 1)
    place.settle()
    assert strip.sentences == ()


def test_the_list_under_the_mouse_offers_results_without_a_key(place: Place) -> None:
    id = place.open(urgency="critical")
    place.choose(id)
    place.send(CallOut(incident=id, direction="down"))
    call = place.detail.body.calls.table.ids()[0]
    place.detail.body.calls.menu_wanted.emit(call, QPoint(1, 1))
    menu = place.detail.findChild(_menu_type())
    assert menu is not None
    menu.actions()[0].trigger()
    place.settle()
    assert {each.id: each.result for each in place.tools.desk.live.calls[id]}[call] == "suspended"
    menu.close()


def _menu_type() -> Any:
    from PySide6.QtWidgets import QMenu

    return QMenu


@pytest.mark.both_languages
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_bar_holds_its_width_whatever_the_next_step_is_called(window: QWidget, language: str) -> None:
    texts.use(language)
    bar = ActionBar()
    split = QSplitter(window)
    for part in (QWidget(), bar):
        split.addWidget(part)
    split.setStretchFactor(0, 1)
    split.resize(900, 200)
    split.show()
    widths = set()
    for step, name in (("call", ""), ("record", ""), ("arrive", ""), ("arrive", "罗应书"), ("arrive", "欧阳" * 20),
                       ("resolve", ""), ("close", ""), (None, "")):  # fmt: skip
        bar.show_moves(step, name, "", step is not None)  # type: ignore[arg-type]
        QApplication.processEvents()
        widths.add((bar.width(), bar.minimumSizeHint().width()))
        if step is not None:
            painted = bar.primary.grab()
            assert not painted.isNull() and sum(bar.primary._parts()) <= bar.primary.width()
        if name:
            assert name in bar.primary.toolTip() and name in bar.primary.accessibleName()
    assert len(widths) == 1, widths
