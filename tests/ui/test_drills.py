"""The calendar on screen, by keys and by mouse: what is owed, planning, moving, clashes, lots, matrix, small lists."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from commandcenter.base import texts
from commandcenter.base.clock import iso
from commandcenter.rules.clashes import day_of
from commandcenter.rules.entity import DRILLS
from commandcenter.services.articles import AddDepot
from commandcenter.services.course_sessions import CancelSession
from commandcenter.services.day_marks import AddAbsence, AddDayMark
from commandcenter.services.drills import BeginDrill, CancelDrill, EditDrill, LockDrill, MoveDrill, PlanDrill
from commandcenter.services.plan_apply import ApplyPlan
from commandcenter.services.stock import Line
from commandcenter.services.stores import ReceiveStock
from commandcenter.ui import drills
from commandcenter.ui.core.cards import Link
from commandcenter.ui.core.editing import ConflictView
from commandcenter.ui.core.widgets import Button
from commandcenter.ui.drills.board import DEBT, DRILL
from commandcenter.ui.drills.forms import CancelSheet, EditDrillSheet, MoveSheet, PlanSheet
from commandcenter.ui.drills.lots import LotsSheet
from commandcenter.ui.drills.marks import AbsenceSheet, AddMarkSheet, EditMarkSheet
from commandcenter.ui.drills.rules import EditRuleSheet
from commandcenter.ui.drills.sections import TellLine
from commandcenter.ui.drills.words import clash_short, clash_words, late_words
from tests.ui.rooms import Room, room_at

VILLAGE, OTHER, GRID = "999101100201", "999101100202", "999101100201Y01"
STARTS = datetime(2025, 7, 10, 7, 0, tzinfo=UTC)
"""09:00 in the tiny township."""
TODAY = date(2025, 6, 30)
Key = Qt.Key
MakeRoom = Callable[[str], Room]


@pytest.fixture
def make_room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[MakeRoom]:
    rooms = []

    def make(account: str) -> Room:
        manager = room_at(town_url("sqlite"), open_desk, tmp_path, account)
        rooms.append(manager)
        room = manager.__enter__()
        drills.install(room.tools)
        return room

    yield make
    for manager in reversed(rooms):
        manager.__exit__(None, None, None)


@pytest.fixture
def room(make_room: MakeRoom) -> Room:
    """A trainer's desk."""
    return make_room("trainer")


def page_of(room: Room) -> Any:
    return room.show(room.tools.plugs.workspaces.get("drills").make(room.tools))


def plan(room: Room, **more: Any) -> str:
    facts: dict[str, Any] = {"scenario": "landslide", "village": VILLAGE, "starts_at": STARTS} | more
    return str(room.elsewhere(PlanDrill(**facts))["drill"])


def row(room: Room, id: str) -> Any:
    with room.tools.desk.session.read(DRILLS) as reader:
        return reader.get("drill", id)


def every(room: Room, kind: str = "drill", **where: Any) -> list[Any]:
    with room.tools.desk.session.read(DRILLS if kind != "day_mark" else "real") as reader:
        return list(reader.find(kind, **where))


def said(widget: QWidget) -> list[str]:
    return [each.text() for each in widget.findChildren(QLabel) if each.isVisibleTo(widget)]


def press(room: Room, widget: QWidget, *keys: Key) -> None:
    widget.window().activateWindow()
    assert QTest.qWaitForWindowActive(widget.window(), 5000)
    widget.setFocus()
    for key in keys:
        QTest.keyClick(widget, key)
    room.settle()


def sheet_of(page: Any, kind: Any) -> Any:
    sheet = page.right.currentWidget()
    assert isinstance(sheet, kind)
    return sheet


def drop(room: Room, board: Any, kind: str, id: str, day: date) -> None:
    data = QMimeData()
    data.setData(kind, id.encode())
    at = QPointF(board.cell(day).center()) if hasattr(board, "cell") else QPointF(board._x(day), 60)
    event = QDropEvent(at, Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    board.dropEvent(event)
    room.settle()


# --- looking --------------------------------------------------------------------------------------------------------


def test_the_keys_move_the_day_the_month_and_the_view(room: Room) -> None:
    page = page_of(room)
    board = page.calendar.month_board
    assert page.calendar.day == TODAY and page.calendar.board is board and board.days()[0] == date(2025, 5, 26)
    press(room, board, Key.Key_Right, Key.Key_Down)
    assert page.calendar.day == date(2025, 7, 8)
    assert page.calendar.title.text() == texts.say("drills.title.month", year=2025, month="7月")
    press(room, board, Key.Key_PageDown)
    assert page.calendar.day == date(2025, 8, 8)
    press(room, board, Key.Key_PageUp, Key.Key_Left, Key.Key_Up)
    assert page.calendar.day == TODAY
    press(room, board, Key.Key_2)
    assert page.calendar.board is page.calendar.week_board
    assert page.calendar.week_board.days() == [TODAY + timedelta(days=n) for n in range(7)]
    press(room, page.calendar.week_board, Key.Key_PageDown)
    assert page.calendar.day == date(2025, 7, 7)
    press(room, page.calendar.week_board, Key.Key_3)
    assert page.calendar.board is page.calendar.season_board
    by = page.calendar.season_board.by
    press(room, page.calendar.season_board, Key.Key_V)
    assert page.calendar.season_board.by != by
    press(room, page.calendar.season_board, Key.Key_4)
    assert page.calendar.board is page.calendar.matrix
    press(room, page.calendar.matrix, Key.Key_1, Key.Key_T)
    assert page.calendar.board is board and page.calendar.day == TODAY
    assert room.tools.settings.get("drills.view") == "month"


@pytest.mark.soak
def test_a_drill_elsewhere_appears_on_its_day_with_its_clashes(room: Room, qtbot: Any) -> None:
    page = page_of(room)
    leader = room.tools.desk.officer.id
    one = plan(room, trainer=leader)
    page.calendar.go_to(date(2025, 7, 10))
    two = plan(room, trainer=leader, village=OTHER)
    chips = {each.drill.id: each for each in page.calendar.month_board.chips()}
    assert set(chips) == {one, two}
    assert {each.code for each in page.calendar.month_board.clashes_of(chips[one].drill)} == {"trainer"}
    qtbot.mouseClick(page.calendar.month_board, Qt.MouseButton.LeftButton, pos=chips[two].rect.center())
    room.settle()
    assert page.drill.id == two and row(room, two).title in said(page.card)
    told = texts.say("drills.clash.trainer", officer=room.tools.desk.officer.name, title=row(room, one).title)
    assert any(each.text() == told for each in page.card.findChildren(Link))
    assert told in page.calendar.month_board.tip(chips[two].rect.center())
    room.elsewhere(MoveDrill(drill=one, starts_at=STARTS + timedelta(days=20), was=STARTS))
    assert page.drill.id == two and texts.say("drills.clash.none") in said(page.card)


@pytest.mark.soak
def test_what_the_depots_lack_for_the_drills_of_a_day_is_told_on_it(room: Room) -> None:
    page = page_of(room)
    page.calendar.go_to(date(2025, 7, 10))
    one = plan(room, scenario="islet")
    (clash,) = page.picture.clashes[one]
    told = texts.say("drills.clash.kit_short", **{**clash.facts, "article": "救生衣"})
    assert "救生衣" in told and clash_short([clash]) == texts.say("drills.clash.short.kit_short")
    (chip,) = page.calendar.month_board.chips()
    assert told in page.calendar.month_board.tip(chip.rect.center())
    page.pick(one)
    room.settle()
    assert told in said(page.card)
    at = room.elsewhere(AddDepot(name="演练库"))["depot"]
    room.elsewhere(ReceiveStock(depot=at, lines=(Line("F03", 20 - clash.facts["there"]),)))
    assert page.picture.clashes[one] == ()
    two = plan(room, scenario="drowning", village=OTHER, starts_at=STARTS + timedelta(hours=4))
    assert [(each.code, each.drill) for each in page.picture.clashes[one]] == [("kit", two)]
    texts.use("en")
    assert clash_words(room.tools.desk, page.picture.clashes[one][0]) == (
        "2 drills of the day need 35 件 of Life jackets, the depots hold 20"
    )


@pytest.mark.soak
def test_enter_goes_from_drill_to_drill_of_the_day(room: Room) -> None:
    early, late = plan(room), plan(room, village=OTHER, starts_at=STARTS + timedelta(hours=5))
    page = page_of(room)
    page.calendar.go_to(date(2025, 7, 10))
    seen = []
    for _ in range(3):
        press(room, page.calendar.month_board, Key.Key_Return)
        seen.append(page.drill.id)
    assert seen == [early, late, early]
    press(room, page.calendar.month_board, Key.Key_Escape)
    assert page.drill is None and texts.say("drills.card.empty") in said(page.card)


@pytest.mark.parametrize("view", [
    "week", pytest.param("month", marks=pytest.mark.soak), pytest.param("season", marks=pytest.mark.soak),
])  # fmt: skip
def test_training_stands_on_its_day_and_opens_in_its_own_room(room: Room, qtbot: Any, view: str) -> None:
    page = page_of(room)
    with room.tools.desk.session.read("real") as reader:
        course, workers = reader.find("course")[0], reader.find("worker")[:3]
    begins = datetime(2025, 7, 9, 7, tzinfo=UTC)
    step = {"command": "plan_session", "course": course.id, "starts_at": iso(begins), "village": workers[0].village,
            "place": "大礼堂", "expected": [each.id for each in workers], "beside": []}  # fmt: skip
    (session,) = room.elsewhere(ApplyPlan(steps=(step,)))["sessions"]
    page.calendar.show_view(view)
    page.calendar.go_to(date(2025, 7, 9))
    room.settle()
    board = page.calendar.board
    assert list(board.chips()) == []
    (chip,) = [each for each in board.lesson_chips() if each.day == date(2025, 7, 9)]
    tip = board.tip(chip.rect.center())
    assert chip.lesson.title in tip and "大礼堂" in tip and "3" in tip
    assert "培训" in page.calendar.count.text()
    before = board.grab().toImage()
    qtbot.mouseDClick(board, Qt.MouseButton.LeftButton, pos=chip.rect.center())
    assert room.walked[-1] == ("session", session)
    room.walked.clear()
    board.setFocus()
    press(room, board, Key.Key_Return)
    assert room.walked[-1] == ("session", session)
    room.elsewhere(CancelSession(session=session, reason="停电"))
    assert not [each for each in board.lesson_chips() if each.day == date(2025, 7, 9)]
    assert board.grab().toImage() != before


def test_the_card_shows_script_expectations_people_and_whom_to_tell(room: Room, qtbot: Any) -> None:
    id = plan(room, commander="周镇长")
    page = page_of(room)
    room.tools.selection.navigate("drill", id)
    room.settle()
    words = said(page.card)
    inject = every(room, "inject", drill=id)[0]
    assert inject.text["zh_CN"] in words and "周镇长" in words and page.calendar.day == date(2025, 7, 10)
    assert any(every(room, "expectation", drill=id)[0].item["zh_CN"] in each for each in words)
    line = page.card.findChildren(TellLine)[0]
    line.whom.setText("网格群")
    qtbot.mouseClick(line.tick, Qt.MouseButton.LeftButton)
    room.settle()
    told = [each for each in every(room, "drill_notice", drill=id) if each.told_at is not None]
    assert [each.whom for each in told] == ["网格群"]
    assert any(each.tick.text() == texts.say("drills.tell.done") for each in page.card.findChildren(TellLine))
    page.post.undo()
    room.settle()
    assert [each for each in every(room, "drill_notice", drill=id) if each.told_at is not None] == []


# --- what is owed ---------------------------------------------------------------------------------------------------


def test_debts_stand_longest_overdue_first_and_are_found_by_typing(room: Room) -> None:
    page = page_of(room)
    rows = list(page.debts.table.shown_rows())
    assert rows and [each.days for each in rows] == sorted((each.days for each in rows), reverse=True)
    assert late_words(rows[0].days) == texts.say("drills.late", count=rows[0].days)
    press(room, page.calendar.month_board, Key.Key_F)
    assert page.debts.search.hasFocus()
    QTest.keyClicks(page.debts.search, "fangwu")  # 房屋火灾, by pinyin
    found = list(page.debts.table.shown_rows())
    assert found and {each.debt.scenario for each in found} == {"house_fire"}
    page.debts.search.setText(VILLAGE)
    room.settle()
    villages = room.tools.desk.live.villages
    assert {villages[each.debt.village].code for each in page.debts.table.shown_rows()} == {VILLAGE}
    press(room, page.debts.search, Key.Key_Escape)
    assert page.debts.table.rowCount() == len(rows)
    page.debts.tabs.setCurrentIndex(1)
    assert {each.debt.level for each in page.debts.table.shown_rows()} == {"general_grid"}


def test_a_debt_is_planned_by_keys_with_the_form_half_filled(room: Room) -> None:
    page = page_of(room)
    press(room, page.calendar.month_board, Key.Key_F)
    page.debts.search.setText(OTHER)
    press(room, page.debts.search, Key.Key_Return)
    debt = page.debts.table.row(page.debts.chosen).debt
    press(room, page.debts.cards, Key.Key_Return)
    sheet = sheet_of(page, PlanSheet)
    starts = sheet.when.asked()
    assert starts.date() > TODAY and starts.weekday() < 5 and sheet.fields["minutes"].read()
    assert sheet.fields["village"].read() == debt.village
    press(room, sheet.fields["scenario"].widget.lineEdit(), Key.Key_Return)
    (made,) = every(room)
    leader = room.tools.desk.officer.id
    assert (made.village, made.rule, made.origin, made.trainer) == (debt.village, debt.rule, "planned", leader)
    assert page.drill.id == made.id and page.calendar.day == starts.date() and debt.id not in page.picture.debts
    page.post.undo()
    room.settle()
    assert every(room) == [] and debt.id in page.picture.debts


def test_a_debt_dropped_on_a_day_opens_the_form_with_that_day(room: Room) -> None:
    page = page_of(room)
    id = page.debts.table.ids()[0]
    drop(room, page.calendar.month_board, DEBT, id, date(2025, 7, 2))
    sheet = sheet_of(page, PlanSheet)
    assert sheet.when.asked().date() == date(2025, 7, 2)
    sheet.fields["commander"].widget.setText("周镇长")
    page.calendar.turn(1)
    drop(room, page.calendar.month_board, DEBT, id, date(2025, 7, 23))
    assert sheet_of(page, PlanSheet) is sheet and sheet.fields["commander"].read() == "周镇长"
    assert sheet.when.asked().date() == date(2025, 7, 23)
    drop(room, page.calendar.season_board, DEBT, id, date(2025, 11, 20))
    assert sheet.when.asked().date().month == 11


@pytest.mark.soak
def test_the_form_says_what_speaks_against_the_day_and_finds_a_free_one(room: Room) -> None:
    leader = room.tools.desk.officer.id
    plan(room, trainer=leader)
    room.elsewhere(AddDayMark(kind="market", days="1", note="大集"))
    room.elsewhere(AddAbsence(officer=leader, first_day="2025-07-14", last_day="2025-07-25"))
    page = page_of(room)
    page.calendar.go_to(date(2025, 7, 10))
    press(room, page.calendar.month_board, Key.Key_N)
    sheet = sheet_of(page, PlanSheet)
    sheet.put("village", next(id for id, each in room.tools.desk.live.villages.items() if each.code == OTHER))
    sheet.recheck()
    assert room.tools.desk.officer.name in sheet.when.note.text() and sheet.when.note.property("role") == "doubt"
    sheet.when.take_free()
    # 11 is a market day, 12 and 13 a weekend, 14 to 25 the trainer is away, 26 and 27 a weekend.
    assert sheet.when.asked().date() == date(2025, 7, 28) and sheet.when.note.property("role") == "caption"
    press(room, sheet.when.day, Key.Key_Down, Key.Key_PageUp)
    assert sheet.when.asked().date() == date(2025, 7, 22)
    sheet.when.day.setText("someday")
    sheet.submit()
    room.settle()
    assert sheet.form.field("when").has_error and len(every(room)) == 1
    sheet.when.day.setText("7-31")
    sheet.when.at.setText("1430")
    sheet.submit()
    room.settle()
    made = next(each for each in every(room) if each.starts_at != STARTS)
    assert made.starts_at == datetime(2025, 7, 31, 12, 30, tzinfo=UTC)


def retype(room: Room, line: Any, text: str, *, enter: bool = False) -> None:
    """What a hand does in a line: all marked, typed over."""
    line.window().activateWindow()
    assert QTest.qWaitForWindowActive(line.window(), 5000)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    if enter:
        QTest.keyClick(line, Key.Key_Return)
    room.settle()


@pytest.mark.soak
def test_a_wrong_time_leads_to_the_time_and_what_was_said_goes_when_it_is_right(room: Room) -> None:
    page = page_of(room)
    press(room, page.calendar.month_board, Key.Key_N)
    sheet = sheet_of(page, PlanSheet)
    day, at, field = sheet.when.day, sheet.when.at, sheet.form.field("when")
    retype(room, day, "2025-12-31")
    retype(room, at, "25:99", enter=True)
    assert texts.say("error.drill.time", text="25:99") in said(field) and sheet.window().focusWidget() is at
    retype(room, sheet.window().focusWidget(), "0900")
    assert not field.has_error and field._note.isHidden() and day.text() == "2025-12-31"
    assert sheet.when.note.text() == texts.say("drills.when.clear", day="12月31日 周三")
    retype(room, at, "25:99")
    retype(room, day, "never", enter=True)
    assert sheet.window().focusWidget() is day and texts.say("error.drill.day", text="never") in said(field)
    retype(room, day, "2025-12-31")
    assert texts.say("error.drill.time", text="25:99") in said(field)  # the day is right, the time is not yet
    retype(room, at, "9")
    assert not field.has_error and every(room) == []
    QTest.keyClick(at, Key.Key_Return)
    room.settle()
    assert [each.starts_at for each in every(room)] == [datetime(2025, 12, 31, 8, 0, tzinfo=UTC)]  # winter


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_day_that_is_past_is_said_in_the_form_after_it_and_on_the_card(room: Room, language: str) -> None:
    texts.use(language)
    page = page_of(room)
    press(room, page.calendar.month_board, Key.Key_N)
    sheet = sheet_of(page, PlanSheet)
    retype(room, sheet.when.day, "2020-01-01")
    past = texts.say("drills.when.past")
    assert past in sheet.when.note.text() and sheet.when.note.property("role") == "doubt"
    assert texts.say("workspace.drill_records").casefold() in past.casefold()
    QTest.keyClick(sheet.when.day, Key.Key_Return)
    room.settle()
    (made,) = every(room)
    assert made.starts_at.year == 2020 and any(texts.say("drills.done.plan_past") in each for each in room.told())
    assert page.drill.id == made.id and texts.say("drills.card.past") in said(page.card)
    assert texts.say("drills.clash.none") not in said(page.card)


@pytest.mark.soak
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_number_that_cannot_be_is_answered_with_what_may_stand_there(room: Room, language: str) -> None:
    texts.use(language)
    page = page_of(room)
    press(room, page.calendar.month_board, Key.Key_N)
    sheet = sheet_of(page, PlanSheet)
    minutes, people = sheet.fields["minutes"].widget, sheet.fields["people"].widget
    for text in ("99999999", "-5", "0", "9" * 400):
        retype(room, minutes, text, enter=True)
        told = texts.say("error.form.number_range", text=text, least="1", most="1,440")
        assert told in said(sheet.form.field("minutes")) and sheet.window().focusWidget() is minutes
    retype(room, minutes, "soon", enter=True)
    told = texts.say("error.form.no_count", text="soon", least="1", most="1,440")
    assert told in said(sheet.form.field("minutes"))
    retype(room, minutes, "1440")
    assert not sheet.form.field("minutes").has_error
    retype(room, people, "-5", enter=True)
    told = texts.say("error.form.number_range", text="-5", least="0", most="1,000,000")
    assert told in said(sheet.form.field("people")) and every(room) == []
    retype(room, people, "20", enter=True)
    assert [(each.minutes, each.people) for each in every(room)] == [(1440, 20)]


def test_another_scenario_fills_the_template_in_where_nobody_typed(room: Room) -> None:
    page = page_of(room)
    press(room, page.calendar.month_board, Key.Key_N)
    sheet = sheet_of(page, PlanSheet)
    scenarios = {each.key: each for each in page.picture.season.scenarios.values()}
    sheet.put("scenario", "landslide")
    sheet._scenario_chosen()
    sheet.put("people", 12)
    sheet.put("scenario", "house_fire")
    sheet._scenario_chosen()
    assert sheet.fields["minutes"].read() == scenarios["house_fire"].minutes and sheet.fields["people"].read() == 12


# --- moving and the rest --------------------------------------------------------------------------------------------


@pytest.mark.soak
def test_a_drill_dropped_on_another_day_keeps_its_time_and_is_undone(room: Room) -> None:
    id = plan(room)
    page = page_of(room)
    page.calendar.go_to(date(2025, 7, 10))
    drop(room, page.calendar.month_board, DRILL, id, date(2025, 7, 22))
    assert row(room, id).starts_at == STARTS + timedelta(days=12) and page.drill.id == id
    page.post.undo()
    room.settle()
    assert row(room, id).starts_at == STARTS and page.drill.id == id
    room.elsewhere(LockDrill(drill=id))
    assert not page.calendar.month_board.may_drag(page.drill)
    drop(room, page.calendar.month_board, DRILL, id, date(2025, 7, 23))
    assert row(room, id).starts_at == STARTS and any("锁定" in each for each in room.told())


def test_a_move_that_was_left_stands_on_the_day_on_which_the_drill_is_dropped(room: Room) -> None:
    id = plan(room, starts_at=None)
    page = page_of(room)
    room.tools.selection.navigate("drill", id)
    room.settle()
    page.planning.move_chosen()
    sheet = sheet_of(page, MoveSheet)
    sheet.put("reason", "何支书住院")
    sheet.left.emit()
    page.planning.move_to(id, date(2025, 7, 23))
    again = sheet_of(page, MoveSheet)
    assert again.when.day.text().endswith("7-23") and again.fields["reason"].widget.text() == "何支书住院"


def test_moving_by_keys_and_a_move_by_somebody_else_meanwhile(room: Room) -> None:
    id = plan(room)
    page = page_of(room)
    room.tools.selection.navigate("drill", id)
    room.settle()
    press(room, page.calendar.month_board, Key.Key_M)
    sheet = sheet_of(page, MoveSheet)
    sheet.when.day.setText("7-24")
    room.elsewhere(MoveDrill(drill=id, starts_at=STARTS + timedelta(days=4), was=STARTS))
    press(room, sheet.when.day, Key.Key_Return)
    assert sheet_of(page, MoveSheet) is sheet and row(room, id).starts_at == STARTS + timedelta(days=4)
    assert "7月14日" in " ".join(said(sheet)) and sheet.when.day.text() == "7-24"
    sheet.put("reason", "何支书住院")
    press(room, sheet.when.day, Key.Key_Return)
    assert row(room, id).reason == "何支书住院"
    assert {texts.say("drills.fact.move_reason"), "何支书住院"} <= set(said(page.card))
    assert row(room, id).starts_at == STARTS + timedelta(days=14) and page.right.currentWidget() is page.card


@pytest.mark.soak
def test_who_was_told_is_noted_by_keys(room: Room) -> None:
    id = plan(room)
    page = page_of(room)
    room.tools.selection.navigate("drill", id)
    room.settle()
    for name in ("李支书", "王警官"):
        press(room, page.calendar.month_board, Key.Key_G)
        line = next(each.whom for each in page.card.findChildren(TellLine) if each.whom.hasFocus())
        assert line.text() == ""
        line.setText(name)
        press(room, line, Key.Key_Return)
        room.settle()
    with room.tools.desk.session.read(DRILLS) as reader:
        told = {each.whom for each in reader.find("drill_notice", drill=id) if each.told_at}
    assert told == {"李支书", "王警官"}


def test_lock_copy_cancel_begin_and_write_up_by_keys(room: Room) -> None:
    id = plan(room, commander="周镇长", people=33)
    page = page_of(room)
    room.tools.selection.navigate("drill", id)
    room.settle()
    press(room, page.calendar.month_board, Key.Key_L)
    assert row(room, id).locked and not room.tools.actions.can_run("drill.move")
    press(room, page.calendar.month_board, Key.Key_L)
    assert not row(room, id).locked
    press(room, page.calendar.month_board, Key.Key_C)
    sheet = sheet_of(page, PlanSheet)
    assert (sheet.fields["commander"].read(), sheet.fields["people"].read()) == ("周镇长", 33)
    sheet.submit()
    room.settle()
    copy = next(each for each in every(room) if each.id != id)
    assert copy.origin == "copied" and copy.starts_at > STARTS + timedelta(days=6) and page.drill.id == copy.id
    press(room, page.calendar.month_board, Key.Key_Delete)
    reason = sheet_of(page, CancelSheet)
    reason.submit()
    room.settle()
    assert reason.form.field("reason").has_error and row(room, copy.id).state == "planned"
    reason.fields["reason"].widget.setPlainText("防汛任务重")
    reason.submit()
    room.settle()
    assert (row(room, copy.id).state, row(room, copy.id).reason) == ("cancelled", "防汛任务重")
    assert not any(room.tools.actions.can_run(f"drill.{each}") for each in ("move", "lock", "cancel", "begin", "write"))
    room.tools.selection.navigate("drill", id)
    room.settle()
    assert room.tools.actions.trigger("drill.begin")
    room.settle()
    assert row(room, id).state == "running"
    press(room, page.calendar.month_board, Key.Key_W)
    assert ("drill_record", id) in room.walked


def test_a_field_changed_by_both_shows_both_versions(room: Room) -> None:
    id = plan(room)
    page = page_of(room)
    room.tools.selection.navigate("drill", id)
    room.settle()
    press(room, page.calendar.month_board, Key.Key_E)
    sheet = sheet_of(page, EditDrillSheet)
    sheet.put("commander", "吴镇长")
    sheet.put("people", 44)
    theirs = {"commander": "周镇长", "units": "消防队"}
    room.elsewhere(EditDrill(drill=id, changed=theirs, was=dict.fromkeys(theirs, "")))
    assert sheet.fields["units"].read() == "消防队" and sheet.value("commander") == "吴镇长"
    sheet.submit()
    room.settle()
    view = sheet.findChild(ConflictView)
    assert view is not None and any("周镇长" in each for each in said(view))
    view.decide("mine")
    sheet.submit()
    room.settle()
    assert (row(room, id).commander, row(room, id).people, row(room, id).units) == ("吴镇长", 44, "消防队")


# --- lots -----------------------------------------------------------------------------------------------------------


@pytest.mark.soak
def test_lots_are_drawn_shown_and_planned_and_no_place_twice(room: Room) -> None:
    page = page_of(room)
    grids = [each for each in room.tools.desk.live.grids.values() if each.kind == "emergency"]
    for number in range(len(grids)):
        press(room, page.calendar.month_board, Key.Key_D)
        sheet = sheet_of(page, LotsSheet)
        sheet.put("seed", f"seed{number}")
        sheet.submit()
        lot = sheet.lot
        assert lot is not None and f"seed{number}" in " ".join(said(sheet)) and every(room, origin="drawn") == [
            each for each in every(room) if each.origin == "drawn"]  # fmt: skip
        sheet.put("seed", "other")
        assert sheet.lot is None  # whatever is changed asks for another draw
        sheet.put("seed", f"seed{number}")
        sheet.submit()
        assert sheet.lot == lot
        sheet.submit()
        room.settle()
        made = next(each for each in every(room) if each.seed == f"seed{number}")
        assert (made.form, made.hidden, day_of(made, page.picture.season.zone)) == ("no_notice", True, lot.day)
        assert page.picture.clashes[made.id] == ()
    drawn = [each.grid for each in every(room)]
    assert len(set(drawn)) == len(grids)
    press(room, page.calendar.month_board, Key.Key_D)
    sheet = sheet_of(page, LotsSheet)
    sheet.submit()
    room.settle()
    assert sheet.lot is None and len(every(room)) == len(grids)
    assert texts.say("drills.lots.none", count=len(grids), taken=len(grids)) in said(sheet)


# --- the matrix -----------------------------------------------------------------------------------------------------


def test_the_matrix_opens_on_who_owes_and_goes_down_to_the_grids(room: Room) -> None:
    page = page_of(room)
    press(room, page.calendar.month_board, Key.Key_4)
    matrix, live = page.calendar.matrix, room.tools.desk.live
    matrix.setFocus()
    QTest.keyClick(matrix, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    head, *lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert head[0] == texts.say("drills.matrix.place") and len(head) == len(matrix.keys) + 1
    assert [line[0] for line in lines] == [line.title for line in matrix.lines] and any(any(line[1:]) for line in lines)
    levels = [line.row[0] for line in matrix.lines]
    assert levels[0] == "town" and set(levels) == {"town", "village", "emergency_grid", "dedicated_grid"}
    press(room, matrix, Key.Key_Down, Key.Key_Return)
    village = matrix.village
    assert village and {live.grids[line.row[1]].village for line in matrix.lines} == {village}
    press(room, matrix, Key.Key_Escape)
    assert [line.row[0] for line in matrix.lines] == levels
    press(room, matrix, Key.Key_V)
    assert len(matrix.lines) == len(live.grids)
    press(room, matrix, Key.Key_V)
    place = next((row, column) for row, line in enumerate(matrix.lines)
                 for column, cell in enumerate(line.cells, 1) if cell and cell.state == "overdue")  # fmt: skip
    matrix.go_to(*place)
    debt = matrix.cell.debt
    press(room, matrix, Key.Key_Return)
    sheet = sheet_of(page, PlanSheet)
    sheet.submit()
    room.settle()
    assert matrix.cell.state == "planned" and matrix.cell.debt.id == debt.id
    press(room, matrix, Key.Key_Return)
    assert page.drill.id == matrix.cell.debt.drill


# --- marks, absences, rules -----------------------------------------------------------------------------------------


@pytest.mark.soak
def test_days_are_marked_changed_and_taken_out_from_the_list(room: Room, qtbot: Any) -> None:
    page = page_of(room)
    press(room, page.calendar.month_board, Key.Key_K)
    assert page.right.currentWidget() is page.marks and page.marks.first.hasFocus()
    press(room, page.marks.first, Key.Key_Space)
    sheet = sheet_of(page, AddMarkSheet)
    sheet.put("days", "1、4、7")
    sheet.submit()
    room.settle()
    (mark,) = every(room, "day_mark")
    assert mark.days == "1,4,7" and page.right.currentWidget() is page.marks
    assert page.calendar.month_board.mark_words(date(2025, 7, 4)) == texts.say("drills.mark.market")
    link = page.marks.findChildren(Link)[0]
    link.click()
    sheet = sheet_of(page, EditMarkSheet)
    sheet.put("note", "大集")
    sheet.submit()
    room.settle()
    assert every(room, "day_mark")[0].note == "大集"
    retire = next(each for each in page.marks.findChildren(Button) if each.text() == texts.say("drills.list.retire"))
    qtbot.mouseClick(retire, Qt.MouseButton.LeftButton)
    room.settle()
    assert not every(room, "day_mark")[0].active and page.calendar.month_board.mark_words(date(2025, 7, 4)) == ""
    page.post.undo()
    room.settle()
    assert page.calendar.month_board.mark_words(date(2025, 7, 4)) == texts.say("drills.mark.market")
    press(room, page.marks.first, Key.Key_Escape)
    assert page.right.currentWidget() is page.card


def test_an_absence_is_noted(room: Room) -> None:
    page = page_of(room)
    id = plan(room, trainer=room.tools.desk.officer.id)
    press(room, page.calendar.month_board, Key.Key_K)
    page._open_from_list("new:absence", lambda: AbsenceSheet(page.picture.season, page.post))
    sheet = sheet_of(page, AbsenceSheet)
    for name, value in (("officer", room.tools.desk.officer.id), ("first_day", "7-9"), ("last_day", "7-11")):
        sheet.put(name, value)
    sheet.submit()
    room.settle()
    assert {each.code for each in page.picture.clashes[id]} == {"trainer_absent"}


@pytest.mark.soak
def test_rules_are_read_by_planners_and_changed_by_supervisors(make_room: MakeRoom) -> None:
    room = make_room("supervisor")
    page = page_of(room)
    press(room, page.calendar.month_board, Key.Key_R)
    assert page.right.currentWidget() is page.rules
    before = dict(page.picture.debts)
    rule = next(each for each in page.picture.season.rules if each.key == "village_yearly")
    link = next(each for each in page.rules.findChildren(Link) if each.text() == rule.title["zh_CN"])
    link.click()
    sheet = sheet_of(page, EditRuleSheet)
    sheet.put("title", "村级汛前演练")
    sheet.put("before_month", 4)
    sheet.submit()
    room.settle()
    with room.tools.desk.session.read("real") as reader:
        now = reader.get("debt_rule", rule.id)
    assert (now.title, now.before_month) == ({"zh_CN": "村级汛前演练"}, 4) and dict(page.picture.debts) != before
    room.settle()
    reading = make_room("trainer")
    page = page_of(reading)
    press(reading, page.calendar.month_board, Key.Key_R)
    assert page.rules.findChildren(Link) == [] and texts.say("drills.rules.supervisors") in said(page.rules)


# --- who may know ---------------------------------------------------------------------------------------------------


def test_a_duty_officer_looks_and_learns_nothing_of_a_no_notice_drill(make_room: MakeRoom) -> None:
    room = make_room("duty1")
    page = page_of(room)
    owed = dict(page.picture.debts)
    secret = plan(room, form="no_notice")
    assert page.picture.season.drills == {} and dict(page.picture.debts) == owed
    room.tools.selection.navigate("drill", secret)
    room.settle()
    assert texts.say("drills.card.gone") in said(page.card)
    open_one = plan(room, village=OTHER)
    assert set(page.picture.season.drills) == {open_one}
    source = room.tools.plugs.finder_sources.get("drill")
    assert {each.id for each in source.search("huapo", 9)} <= {open_one}
    room.tools.selection.navigate("drill", open_one)
    room.settle()
    for action in ("plan", "edit", "move", "lock", "cancel", "begin", "draw", "copy", "plan_debt"):
        assert not room.tools.actions.can_run(f"drill.{action}")
    told = texts.say("drills.read_only", role="值班员", who="培训员、主管、管理员")
    assert told in said(page.card), "who plans is said by name"
    room.tools.selection.choose("drill", None)
    assert any(told in each for each in said(page.card)), said(page.card)
    page.show_marks()
    assert told in said(page.marks)
    room.tools.selection.navigate("drill", open_one)
    room.settle()
    assert room.tools.actions.can_run("drill.write")  # whoever is on duty may write it up
    drop(room, page.calendar.month_board, DRILL, open_one, date(2025, 6, 30))
    assert row(room, open_one).starts_at == STARTS
    room.elsewhere(BeginDrill(drill=secret))
    assert set(page.picture.season.drills) == {open_one, secret}


def test_while_the_calendar_is_open_what_is_called_off_stays_struck_through(room: Room) -> None:
    id = plan(room)
    page = page_of(room)
    page.calendar.go_to(date(2025, 7, 10))
    room.elsewhere(CancelDrill(drill=id, reason="暴雨"))
    assert [each.drill.state for each in page.calendar.month_board.chips()] == ["cancelled"]
    room.tools.selection.navigate("drill", id)
    room.settle()
    assert "暴雨" in said(page.card) and page.calendar.count.text() == texts.say("drills.count", count=0, against=0)


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("view", ["month", "week", "season", "matrix"])
def test_every_view_is_painted_in_both_languages(room: Room, language: str, view: str) -> None:
    texts.use(language)
    plan(room, trainer=room.tools.desk.officer.id, starts_at=datetime(2025, 6, 30, 2, 0, tzinfo=UTC))
    page = page_of(room)
    page.calendar.show_view(view)
    page.resize(1000, 600)
    room.settle()
    picture = page.calendar.board.grab().toImage()
    spots = ((x, y) for x in range(0, picture.width(), 3) for y in range(0, picture.height(), 3))
    assert len({picture.pixel(*spot) for spot in spots}) > 12
