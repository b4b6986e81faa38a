"""The training room: signing in by keys, pasted lists, results down a column, who has which course."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from commandcenter.base import texts
from commandcenter.base.clock import ManualClock
from commandcenter.base.ids import new_id
from commandcenter.rules.courses import guests_of
from commandcenter.rules.drills import DrillMoment, DrillPerson
from commandcenter.services.attendance import ExpectWorkers, RecordResults, Result, SignIn
from commandcenter.services.course_sessions import PlanSession
from commandcenter.services.courses import AddCourse
from commandcenter.services.drills import BeginDrill, PlanDrill
from commandcenter.storage import database as storage_database
from commandcenter.storage.log import Header
from commandcenter.storage.unit import UnitOfWork
from commandcenter.ui import courses, imports, people
from commandcenter.ui.core import handout
from commandcenter.ui.core.widgets import Button
from commandcenter.ui.courses.expecting import ExpectSheet
from commandcenter.ui.courses.forms import (
    AddCourseSheet,
    EditCourseSheet,
    MoveSessionSheet,
    PlanSessionSheet,
    ReasonSheet,
)
from commandcenter.ui.courses.section import TrainingSection
from commandcenter.ui.courses.settling import SettleSheet
from tests.ui.rooms import BEGINNING, Room, room_at

Key = Qt.Key


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A trainer's desk."""
    with room_at(town_url("sqlite"), open_desk, tmp_path, "trainer") as made:
        courses.install(made.tools)
        people.install(made.tools)
        imports.install(made.tools)
        yield made


def find(room: Room, kind: str, **where: Any) -> list[Any]:
    with room.tools.desk.session.read("real") as reader:
        return list(reader.find(kind, **where))


def worker(room: Room, name: str) -> str:
    return str(find(room, "worker", name=name)[0].id)


def planned(room: Room, *names: str, days: float = -0.2, method: str = "written") -> str:
    course = room.elsewhere(AddCourse(title=f"课{method}{days}", category="emergency_skills", method=method))["course"]
    expected = tuple(worker(room, name) for name in names)
    return str(room.elsewhere(PlanSession(course=course, starts_at=BEGINNING + timedelta(days=days), place="二楼",
                                          expected=expected))["session"])  # fmt: skip


def open_room(room: Room, session: str | None = None) -> Any:
    page = room.show(room.tools.plugs.workspaces.get("courses").make(room.tools), 1366, 768)
    if session is not None:
        room.tools.selection.navigate("session", session)
        room.settle()
    return page


def rows(room: Room, session: str) -> dict[str, Any]:
    names = {each.id: each.name for each in find(room, "worker")}
    return {names[each.worker]: each for each in find(room, "attendance", session=session)}


def typed(qtbot: Any, widget: Any, text: str) -> None:
    """By keys; Chinese as an input method hands it over, whole."""
    if text.isascii():
        qtbot.keyClicks(widget, text)
    else:
        widget.insert(text)


def sign(room: Room, page: Any, qtbot: Any, text: str) -> str:
    """Type it, press Enter; what the box says."""
    line = page.sessions.body.sign.line
    line.setFocus()
    typed(qtbot, line, text)
    qtbot.keyClick(line, Key.Key_Return)
    room.settle()
    return str(page.sessions.body.sign.told.text())


def test_initials_and_enter_sign_in_one_after_the_other(room: Room, qtbot: Any) -> None:
    session = planned(room, "单晓云", "解放")
    page = open_room(room, session)
    said = sign(room, page, qtbot, "sxy")
    assert "单晓云" in said and "1/2" in said
    assert page.sessions.body.sign.line.text() == "" and page.sessions.body.sign.line.hasFocus()
    sign(room, page, qtbot, "xief")
    sign(room, page, qtbot, "999101100202Y01")
    there = {name for name, row in rows(room, session).items() if row.present}
    assert there == {"单晓云", "解放", "曾海"}
    assert "已" in sign(room, page, qtbot, "sxy") or "already" in page.sessions.body.sign.told.text()
    assert page.sessions.body.table.row(worker(room, "曾海")).row.present
    page.sessions.post.undo()
    room.settle()
    assert {name for name, row in rows(room, session).items() if row.present} == {"单晓云", "解放"}


def test_a_scanner_types_the_code_of_a_worker(room: Room, qtbot: Any) -> None:
    session = planned(room)
    page = open_room(room, session)
    sign(room, page, qtbot, f"worker:{worker(room, '谯芸')}")
    assert rows(room, session)["谯芸"].present
    said = sign(room, page, qtbot, "worker:00000000-0000-0000-0000-000000000000")
    assert said == texts.say("courses.sign.unknown_code") and len(rows(room, session)) == 1


def test_down_takes_another_of_those_who_may_be_meant(room: Room, qtbot: Any) -> None:
    session = planned(room)
    page = open_room(room, session)
    box = page.sessions.body.sign
    box.line.setFocus()
    typed(qtbot, box.line, "x")
    offered = list(box.offered.ids)
    assert len(offered) > 1
    qtbot.keyClick(box.line, Key.Key_Down)
    qtbot.keyClick(box.line, Key.Key_Return)
    room.settle()
    assert [each.worker for each in find(room, "attendance", session=session)] == [offered[1]]


def test_nobody_by_that_name_is_said_and_what_was_typed_stays(room: Room, qtbot: Any) -> None:
    page = open_room(room, planned(room))
    said = sign(room, page, qtbot, "赵不识")
    assert "赵不识" in said and page.sessions.body.sign.line.text() == "赵不识"


def test_sign_in_elsewhere_appears_here(room: Room) -> None:
    session = planned(room, "单晓云")
    page = open_room(room, session)
    room.elsewhere(SignIn(session=session, workers=(worker(room, "单晓云"), worker(room, "曾海"))))
    table = page.sessions.body.table
    assert [table.row(id).row.present for id in table.ids()] == [True, True]


def test_a_pasted_list_is_sorted_out_with_the_clerk_by_keys(room: Room, qtbot: Any) -> None:
    session = planned(room, "解放")
    page = open_room(room, session)
    text = "签到名单\n1、单晓云\n解　放（请假）\n谯云\n赵不识\nLee, Sam\n今天下雨来得少呀呀\n"
    QGuiApplication.clipboard().setText(text)
    page.sessions.view.setFocus()
    qtbot.keyClick(page.sessions.view, Key.Key_L)
    room.settle()
    sheet = page.findChild(SettleSheet)
    assert sheet is not None and page.sessions.right.currentWidget() is sheet
    assert sheet.current.settled.line.text == "谯云" and not sheet.save_button.isEnabled()
    qtbot.keyClick(sheet.view, Key.Key_1)
    assert sheet.current.settled.line.text == "赵不识"
    qtbot.keyClick(sheet.view, Key.Key_G)
    assert sheet.current.settled.line.text.startswith("今天")
    qtbot.keyClick(sheet.view, Key.Key_X)
    assert sheet.save_button.isEnabled()
    qtbot.keyClick(sheet, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    room.settle()
    found = rows(room, session)
    assert {name for name, row in found.items() if row.present} == {"单晓云", "谯芸", "Lee, Sam"}
    assert found["解放"].reason == "请假" and guests_of(find(room, "session", id=session)[0].note) == ("赵不识",)
    assert page.sessions.right.currentWidget() is page.sessions.card
    assert "赵不识" in page.sessions.body.note.text()


def test_absence_in_a_list_asks_for_its_reason(room: Room, qtbot: Any) -> None:
    session = planned(room)
    page = open_room(room, session)
    page.sessions.paste_list()
    sheet = page.findChild(SettleSheet)
    sheet.text.setPlainText("单晓云")
    qtbot.keyClick(sheet.text, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    room.settle()
    sheet.view.choose("1")
    sheet.view.setFocus()
    qtbot.keyClick(sheet.view, Key.Key_Q)
    assert not sheet.save_button.isEnabled() or sheet.current.settled.choice == "absent"
    typed(qtbot, sheet.reason, "病假")
    qtbot.keyClick(sheet.reason, Key.Key_Return)
    sheet.submit()
    room.settle()
    row = rows(room, session)["单晓云"]
    assert (row.present, row.reason) == (False, "病假")


@pytest.mark.soak
def test_results_are_typed_down_the_column(room: Room, qtbot: Any) -> None:
    session = planned(room, "单晓云", "解放", "谯芸", "曾海")
    page = open_room(room, session)
    view = page.sessions.body.view
    view.choose(page.sessions.body.table.ids()[0])
    view.setFocus()
    typed(qtbot, view, "8")
    line = page.sessions.body.results.line
    typed(qtbot, line, "5")
    qtbot.keyClick(line, Key.Key_Return)
    room.settle()
    for text in ("f", "m 有证", "q 病假"):
        line.selectAll()
        typed(qtbot, line, text)
        qtbot.keyClick(line, Key.Key_Return)
        room.settle()
    made = [page.sessions.body.table.row(id).row for id in page.sessions.body.table.ids()]
    assert [(row.present, row.mark, row.passed, row.reason) for row in made] == [
        (True, 85.0, True, ""), (True, None, False, ""), (False, None, True, "有证"), (False, None, None, "病假"),
    ]  # fmt: skip
    line.selectAll()
    typed(qtbot, line, "101")
    qtbot.keyClick(line, Key.Key_Return)
    assert line.text() == "101" and page.sessions.body.results.told.property("role") == "error"
    line.selectAll()
    typed(qtbot, line, "q")
    qtbot.keyClick(line, Key.Key_Return)
    room.settle()
    assert "原因" in page.sessions.body.results.told.text() or "reason" in page.sessions.body.results.told.text()
    qtbot.keyClick(line, Key.Key_Escape)
    assert page.sessions.body.results.isHidden() and view.hasFocus()


def test_a_result_written_elsewhere_meanwhile_is_not_overwritten(room: Room, qtbot: Any) -> None:
    session = planned(room, "单晓云")
    page = open_room(room, session)
    page.sessions.results()
    row = page.sessions.body.table.row(worker(room, "单晓云"))
    # The news is on its way while the other is typed.
    room._other.execute(RecordResults(session=session, results=(Result(row.id, mark=60),)))
    line = page.sessions.body.results.line
    typed(qtbot, line, "90")
    qtbot.keyClick(line, Key.Key_Return)
    room.settle()
    assert rows(room, session)["单晓云"].mark == 60.0 and line.text() == "90"


def test_a_session_is_planned_moved_and_closed_by_keys(room: Room, qtbot: Any) -> None:
    page = open_room(room)
    page.sessions.view.setFocus()
    qtbot.keyClick(page.sessions.view, Key.Key_N)
    sheet = page.findChild(PlanSessionSheet)
    when = sheet.fields["starts_at"].widget.line
    typed(qtbot, when, "不知道")
    sheet.submit()
    assert sheet.form.field("starts_at").has_error
    when.clear()
    typed(qtbot, when, "7-12 14:30")
    qtbot.keyClick(when, Key.Key_Return)
    room.settle()
    made = page.sessions.chosen_row
    assert f"{made.when:%m-%d %H:%M}" == "07-12 14:30"
    qtbot.keyClick(page.sessions.view, Key.Key_D)
    sheet = page.findChild(MoveSessionSheet)
    line = sheet.fields["starts_at"].widget.line
    line.selectAll()
    typed(qtbot, line, "6-30 9:00")
    qtbot.keyClick(line, Key.Key_Return)
    room.settle()
    assert f"{page.sessions.chosen_row.when:%m-%d %H:%M}" == "06-30 09:00"
    one, two = worker(room, "单晓云"), worker(room, "解放")
    room.elsewhere(SignIn(session=made.id, workers=(one,)))
    room.elsewhere(ExpectWorkers(session=made.id, workers=(two,)))
    qtbot.keyClick(page.sessions.view, Key.Key_H)
    sheet = page.findChild(ReasonSheet)
    sheet.submit()
    room.settle()
    assert sheet.form.field("absent_reason").has_error
    typed(qtbot, sheet.fields["absent_reason"].widget, "无故缺席")
    sheet.submit()
    room.settle()
    assert page.sessions.chosen_row.session.state == "held" and rows(room, made.id)["解放"].reason == "无故缺席"


@pytest.mark.soak
def test_the_list_of_a_planned_session_is_made_longer_by_keys(room: Room, qtbot: Any) -> None:
    session = planned(room, "单晓云", days=3)
    page = open_room(room, session)

    def ask() -> ExpectSheet:
        page.sessions.view.setFocus()
        qtbot.keyClick(page.sessions.view, Key.Key_A)
        return page.findChild(ExpectSheet)  # type: ignore[no-any-return]

    sheet = ask()
    sheet.submit()
    assert sheet.form.field("who").has_error
    sheet.put("who", (worker(room, "解放"),))
    sheet.submit()
    room.settle()
    assert set(rows(room, session)) == {"单晓云", "解放"}
    sheet = ask()
    everybody = max((value for value in map(sheet.fields["who"].widget.itemData, range(3)) if value), key=len)
    assert not set(everybody) & {worker(room, "解放"), worker(room, "单晓云")}
    sheet.put("who", everybody)
    sheet.submit()
    room.settle()
    assert {each.id for each in find(room, "worker", active=True)} == {
        each.worker for each in find(room, "attendance", session=session)
    }


@pytest.mark.soak
def test_a_course_is_added_edited_and_taken_out_of_use(room: Room, qtbot: Any) -> None:
    page = open_room(room)
    qtbot.keyClick(page.sessions.view, Key.Key_2)
    assert page.page == "courses"
    page.courses.view.setFocus()
    qtbot.keyClick(page.courses.view, Key.Key_N)
    sheet = page.findChild(AddCourseSheet)
    typed(qtbot, sheet.fields["title"].widget, "Chainsaws")
    qtbot.keyClick(sheet.fields["title"].widget, Key.Key_Return)
    room.settle()
    assert len(page.courses.table.ids()) == 19
    page.courses.view.setFocus()
    qtbot.keyClick(page.courses.view, Key.Key_E)
    sheet = page.findChild(EditCourseSheet)
    sheet.put("valid_months", 12)
    sheet.submit()
    room.settle()
    (made,) = list(find(room, "course", origin="own"))
    assert made.valid_months == 12
    page.courses.view.setFocus()
    qtbot.keyClick(page.courses.view, Key.Key_Delete)
    room.settle()
    assert not find(room, "course", origin="own")[0].active and made.id not in page.courses.table.ids()


def test_pages_turn_by_their_digits_and_their_names_follow_the_language(room: Room, qtbot: Any) -> None:
    page = open_room(room)
    for key, name in ((Key.Key_2, "courses"), (Key.Key_3, "matrix"), (Key.Key_1, "sessions")):
        qtbot.keyClick(page.pages.currentWidget().focusProxy() or page.pages.currentWidget(), key)
        assert page.page == page.strip.value == name
    page.strip.setFocus()
    qtbot.keyClick(page.strip, Key.Key_2)
    assert page.page == "courses" and page.pages.currentWidget() is page.courses
    wide = page.strip.sizeHint().width()
    texts.use("en")
    page.changeEvent(QEvent(QEvent.Type.LanguageChange))
    assert page.strip.value == "courses" and page.strip.sizeHint().width() > wide


@pytest.mark.soak
def test_gaps_of_the_matrix_become_a_session(room: Room, qtbot: Any) -> None:
    page = open_room(room)
    page.to_matrix()
    room.settle()
    view = page.matrix.view
    state = page.store.state
    assert len(view.shown()) == len(state.workers) == 10
    view.setFocus()
    qtbot.keyClick(view, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    head, *lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert len(head) == len(state.in_use) + 2 and [line[0] for line in lines] == [each.name for each in state.workers]
    assert texts.say("export.matrix.missing") in {cell for line in lines for cell in line[2:]}
    view.move_to(0, 0)
    column = next(at for at, each in enumerate(state.in_use) if all(state.matrix.of(w.id, each.id).is_open
                                                                   for w in state.workers))  # fmt: skip
    view.move_to(column, 0)
    qtbot.keyClick(view, Key.Key_Space)
    qtbot.keyClick(view, Key.Key_Down)
    qtbot.keyClick(view, Key.Key_Space)
    assert view.chosen == set(view.shown()[:2])
    qtbot.keyClick(view, Key.Key_A)
    assert view.chosen == set(view.shown())
    qtbot.keyClick(view, Key.Key_P)
    sheet = page.findChild(PlanSessionSheet)
    assert page.page == "sessions" and sheet.course.currentData() == state.in_use[column].id
    sheet.fields["starts_at"].widget.line.setText("7-20 9:00")
    sheet.submit()
    room.settle()
    made = page.sessions.chosen_row
    assert made.tally.expected == 10
    after = page.store.state.matrix
    assert all(after.of(each, made.course.id).booked == made.id for each in after.workers)
    page.to_matrix()
    view.move_to(column, 0)
    qtbot.keyClick(view, Key.Key_A)
    assert not view.chosen
    assert "07-20" in page.matrix.told.text()


def test_the_matrix_narrows_to_gaps_and_a_village(room: Room, qtbot: Any) -> None:
    page = open_room(room)
    page.to_matrix()
    room.settle()
    village = page.store.state.workers[0].village
    page.matrix.villages.choose(village)
    page.matrix.villages.picked.emit(village)
    wanted = [each.id for each in page.store.state.workers if each.village == village]
    assert page.matrix.view.shown() == wanted
    qtbot.keyClick(page.matrix.view, Key.Key_G)
    assert page.matrix.only_gaps.isChecked() and set(page.matrix.view.shown()) <= set(wanted)
    assert not page.matrix.view.grab().isNull()


def test_a_click_on_a_title_chooses_its_gaps(room: Room, qtbot: Any) -> None:
    page = open_room(room)
    page.to_matrix()
    room.settle()
    view = page.matrix.view
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(view._left() + 60, 20))
    assert view.chosen_course == page.store.state.in_use[1].id


@pytest.mark.soak
def test_papers_are_noted_and_handed_to_the_desktop(room: Room, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[str, bytes]] = []
    monkeypatch.setattr(handout.HandOut, "open", lambda self, fetch: opened.append(fetch()))
    session = planned(room, "单晓云")
    page = open_room(room, session)
    with monkeypatch.context() as free:
        free.setattr(storage_database, "guard", [])
        qtbot.keyClick(page.sessions.view, Key.Key_T)
        room.settle()
        room.tools.actions.trigger("courses.register")
        room.settle()
    assert [content[:4] for _, content in opened] == [b"%PDF", b"%PDF"]
    with room.tools.desk.session.read("real") as reader:
        assert [line.change.id for line in reader.history(entity="session") if line.change.op == "print"] == [session]


@pytest.mark.soak
def test_a_workers_card_tells_courses_and_his_own_drills(room: Room, qtbot: Any) -> None:
    one, two = worker(room, "单晓云"), worker(room, "解放")
    scenario = find(room, "scenario", active=True)[0]
    drill = room.elsewhere(PlanDrill(scenario=scenario.id, village="999101100001"))["drill"]
    room.elsewhere(BeginDrill(drill=drill))
    _took_part(room, drill, one, two)
    page = room.show(room.tools.plugs.workspaces.get("people").make(room.tools))
    QTest.qWait(400)  # the list is made when nothing has changed for a moment
    room.settle()
    room.tools.selection.navigate("worker", one)
    room.settle()
    section = page.findChild(TrainingSection)
    words = [each.text() for each in section.findChildren(QLabel)]
    zone = ZoneInfo(room.tools.desk.live.town.zone)
    mine, theirs = (f"{(BEGINNING + timedelta(minutes=each)).astimezone(zone):%H:%M:%S}" for each in (5, 9))
    assert any(mine in each for each in words) and not any(theirs in each for each in words)
    before = len(section.findChildren(QLabel))
    qtbot.mouseClick(section.findChild(Button, "courses.section.all"), Qt.MouseButton.LeftButton)
    QTest.qWait(10)
    assert len(section.findChildren(QLabel)) != before
    contact = next(each for each in find(room, "contact") if each.active)
    room.tools.selection.navigate("contact", contact.id)
    room.settle()
    assert not [each for each in page.findChildren(TrainingSection) if each.isVisible()]


def _took_part(room: Room, drill: str, one: str, two: str) -> None:
    """As the written record puts it down."""
    database = room.tools.desk.session.database
    guard, storage_database.guard[:] = list(storage_database.guard), []
    try:
        with database.write() as connection:
            header = Header(id=new_id(), name="test", actor="system", desk=new_id(), occurred_at=BEGINNING,
                            occurred_source="desk", world=drill)  # fmt: skip
            uow = UnitOfWork(connection, header, ManualClock(BEGINNING))
            uow.begin()
            row = uow.require("drill", drill)
            uow.put(replace(row, state="held", held_at=BEGINNING))
            for who, minute in ((one, 5), (two, 9)):
                part = DrillPerson(id=new_id(), world=drill, drill=drill, person=who, present=True)
                uow.add(part)
                uow.add(DrillMoment(id=new_id(), world=drill, drill=drill, moment="assembled", person=part.id,
                                    at=BEGINNING + timedelta(minutes=minute)))  # fmt: skip
            uow.finish(dict, None, undoable=False)
    finally:
        storage_database.guard[:] = guard


def test_courses_are_found_by_initials_and_lead_to_their_card(room: Room) -> None:
    source = room.tools.plugs.finder_sources.get("course")
    first = next(each for each in find(room, "course", key="first_aid"))
    hits = source.search("xffs", 5)
    assert [hit.id for hit in hits][:1] == [first.id]


def test_what_a_duty_officer_may_not_is_not_offered(
    town_url: Callable[[str], str], open_desk: Any, tmp_path: Path
) -> None:
    with room_at(town_url("sqlite"), open_desk, tmp_path, "duty1") as made:
        courses.install(made.tools)
        assert made.tools.desk.officer.role not in made.tools.plugs.workspaces.get("courses").roles
        assert not made.tools.actions.is_allowed("session.plan")
        assert made.tools.plugs.finder_sources.get("course").search("xffs", 5) == []
