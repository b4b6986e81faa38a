"""The room of drill records: writing up by keys, judged as one types, two desks, papers, roles."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from commandcenter.base import texts
from commandcenter.base.clock import iso
from commandcenter.rules.entity import DRILLS
from commandcenter.services import drill_reading
from commandcenter.services.drill_people import AddDrillPerson
from commandcenter.services.drills import PlanDrill
from commandcenter.services.improvements import AddImprovement
from commandcenter.services.records import Came, Mark, RecordDrill, RecordLate
from commandcenter.ui import attachments, records
from commandcenter.ui.core.editing import ConflictView
from commandcenter.ui.core.widgets import Button
from commandcenter.ui.records.forms import AbsentSheet, AddImprovementSheet, EditImprovementSheet, TellSheet
from commandcenter.ui.records.papers_page import PapersPage
from commandcenter.ui.records.picking import (
    FinishSheet,
    LeaveSheet,
    NoticeSheet,
    OwnTimeSheet,
    PresenceSheet,
    RetestSheet,
    ToldSheet,
)
from commandcenter.ui.records.record_page import RecordPage
from tests.ui.rooms import Room, room_at

VILLAGE = "999101100201"
HELD_AT = datetime(2025, 6, 12, 7, 5, tzinfo=UTC)
"""09:05 in the tiny township."""
Key = Qt.Key


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A trainer's desk."""
    with room_at(town_url("sqlite"), open_desk, tmp_path, "trainer") as made:
        records.install(made.tools)
        attachments.install(made.tools)
        yield made


def page_of(room: Room) -> Any:
    return room.show(room.tools.plugs.workspaces.get("drill_records").make(room.tools))


def said(widget: QWidget) -> list[str]:
    return [each.text() for each in widget.findChildren(QLabel) if each.isVisibleTo(widget)]


def plan(room: Room, **more: Any) -> str:
    facts: dict[str, Any] = {"scenario": "landslide", "village": VILLAGE, "starts_at": HELD_AT} | more
    return str(room.elsewhere(PlanDrill(**facts))["drill"])


def late(room: Room, **more: Any) -> str:
    facts: dict[str, Any] = {
        "scenario": "landslide", "village": VILLAGE, "held_at": HELD_AT, "fields": {"took_part": 86}, "moments": {},
    } | more  # fmt: skip
    return str(room.elsewhere(RecordLate(**facts))["drill"])


def stored(room: Room, drill: str) -> drill_reading.Record:
    with room.tools.desk.session.read(DRILLS) as reader:
        found = drill_reading.load(reader, drill)
    assert found is not None
    return found


def form(room: Room, page: Any) -> RecordPage:
    room.settle()
    found = page.stack.currentWidget()
    assert isinstance(found, RecordPage)
    return found


def put(sheet: RecordPage, name: str, text: str) -> Any:
    widget: Any = sheet.widgets[name]
    getattr(widget, "line", widget).setText(text)
    return widget


def test_nothing_yet_says_what_to_do(room: Room) -> None:
    page = page_of(room)
    assert page.list.table.rowCount() == 0 and page.list.is_ready
    assert not page.can_write and page.can_add


def test_a_planned_drill_is_written_up_and_judged_as_one_types(room: Room, qtbot: Any) -> None:
    id = plan(room)
    page = page_of(room)
    ahead = plan(room, starts_at=HELD_AT + timedelta(days=90))
    page.list.tabs.setCurrentIndex(1)
    assert page.list.table.ids() == [id]
    room.tools.selection.navigate("drill_record", ahead)
    assert page.list.table.ids() == [ahead] and page.list.chosen_row.id == ahead
    page.list.tabs.setCurrentIndex(0)
    assert page.list.table.ids() == [id]
    page.list.pick(id)
    room.settle()
    page.list.view.setFocus()
    qtbot.keyClick(page.list.view, Key.Key_E)
    sheet = form(room, page)
    assert sheet.time.text() == "9:05" and sheet.widgets["title"].text() == stored(room, id).drill.title
    rows = {each.row.step: each for each in sheet.judged.rows if each.row.judged == "time"}
    step = "called" if "called" in rows else next(iter(rows))
    before = rows[step].chip.text()
    put(sheet, "at.warned", "0906")
    put(sheet, f"at.{step}", "0909")
    assert rows[step].chip.text() == texts.say("records.verdict.met") != before
    put(sheet, f"at.{step}", "1159")
    assert rows[step].chip.text() == texts.say("records.verdict.missed")
    assert sheet.judged.figure.text() == "0"
    put(sheet, "at.ended", "0010")
    assert texts.say("records.total", count=15 * 60 + 5) in said(sheet)
    put(sheet, "at.ended", "0955")
    put(sheet, "took_part", "86")
    sheet.grids.absent.setText("2")
    sheet.grids.reason.setText("全部外出")
    widget = put(sheet, "at.assembled", "25:99")
    qtbot.keyClick(widget, Key.Key_Return)
    assert texts.Texts("zh_CN").say("error.drill.moment_time", text="25:99") in said(sheet)
    put(sheet, "at.assembled", "0912")
    qtbot.keyClick(widget, Key.Key_Return)
    room.settle()
    found = stored(room, id)
    assert (found.drill.state, found.drill.took_part, found.minutes) == ("held", 86, 50)
    assert [each.reason for each in found.grids if each.took_part is False] == ["全部外出"]
    assert page.list.chosen_row.id == id and page.stack.currentWidget() is page.list
    page.list.post.undo()
    room.settle()
    assert stored(room, id).drill.state == "planned"


def test_the_form_keeps_what_was_begun(room: Room) -> None:
    id = plan(room)
    page = page_of(room)
    page.list.pick(id)
    page.write()
    sheet = form(room, page)
    put(sheet, "commander", "何大山")
    page.stack.setCurrentWidget(page.list)
    page.write()
    assert form(room, page) is sheet and sheet.widgets["commander"].text() == "何大山"  # type: ignore[attr-defined]
    QTest.keyClick(sheet, Key.Key_Escape)
    assert page.stack.currentWidget() is page.list
    page.write()
    assert form(room, page) is sheet and sheet.widgets["commander"].text() == "何大山"  # type: ignore[attr-defined]
    assert sheet.kept.isVisible()
    sheet.kept.pressed.emit()
    fresh = form(room, page)
    assert fresh is not sheet and fresh.widgets["commander"].text() != "何大山"  # type: ignore[attr-defined]
    QTest.keyClick(fresh, Key.Key_Escape)
    assert page.stack.currentWidget() is page.list and list(page._pages) == [], "nothing was typed in this one"


@pytest.mark.soak
def test_what_is_saved_after_it_was_left_takes_nobody_off_another_page(room: Room) -> None:
    id = plan(room)
    page = page_of(room)
    page.list.pick(id)
    page.write()
    sheet: Any = form(room, page)
    put(sheet, "commander", "何大山")
    put(sheet, "took_part", "12")
    sheet.submit()
    QTest.keyClick(sheet, Key.Key_Escape)
    page.papers()
    other = page.stack.currentWidget()
    assert other is not page.list and other is not sheet
    room.settle()
    assert page.stack.currentWidget() is other and stored(room, id).drill.commander == "何大山"
    assert f"papers:{id}" in page._pages and len(page._pages) == 1


def test_two_write_one_record(room: Room) -> None:
    id = plan(room)
    page = page_of(room)
    page.list.pick(id)
    page.write()
    sheet = form(room, page)
    put(sheet, "took_part", "90")
    put(sheet, "at.called", "0912")
    room.elsewhere(RecordDrill(
        drill=id, changed={"took_part": 80, "commander": "李会计"}, was={"took_part": None, "commander": ""},
        moments={"called": iso(HELD_AT + timedelta(minutes=3))}, moments_was={},
    ))  # fmt: skip
    assert sheet.widgets["commander"].text() == "李会计" and sheet.widgets["took_part"].text() == "90"  # type: ignore[attr-defined]
    sheet.submit()
    room.settle()
    (view,) = sheet.findChildren(ConflictView)
    view.decide("mine")
    sheet.submit()
    room.settle()
    view = next(each for each in sheet.findChildren(ConflictView) if not each.is_decided)
    sides = (("theirs", "9:08"), ("mine", "9:12"))
    assert {texts.say(f"core.conflict.{side}", text=text) for side, text in sides} <= set(said(view))
    view.decide("theirs")
    sheet.submit()
    room.settle()
    found = stored(room, id)
    assert (found.drill.took_part, found.drill.commander) == (90, "李会计")
    assert found.times["called"] == HELD_AT + timedelta(minutes=3)


@pytest.mark.soak
def test_two_write_grids_and_marks_of_one_record(room: Room) -> None:
    """What I typed stays in the form beside theirs; what I did not touch takes theirs over."""
    id = plan(room)
    room.elsewhere(RecordDrill(drill=id, changed={}, was={}, moments={}, moments_was={}))
    page = page_of(room)
    page.list.pick(id)
    page.write()
    sheet = form(room, page)
    (mine, quiet, *_), record = [each.grid for each in stored(room, id).grids], stored(room, id)
    point = next(each for each in sheet.judged.rows if each.row.judged == "seen")
    sheet.grids.boxes[mine].setChecked(False)
    sheet.grids.reason.setText("外出")
    point.value.setText("1")
    room.elsewhere(RecordDrill(
        drill=id, changed={}, was={}, moments={}, moments_was={},
        marks=(Mark(point.row.id, mark=2.0, evaluator="甲"),),
        grids=(Came(mine, False, "停电", was_took_part=True), Came(quiet, False, "停电", was_took_part=True)),
    ))  # fmt: skip
    assert not sheet.grids.boxes[quiet].isChecked() and sheet.grids.reason.text() == "外出"
    sheet.submit()
    room.settle()
    views = sheet.findChildren(ConflictView)
    assert len(views) == 2 and point.value.text() == "1" and sheet.grids.reason.text() == "外出"
    told = " ".join(each.text() for view in views for each in view.findChildren(QLabel))
    assert "停电" in told and texts.say("records.met.mark.points", mark="2") in told
    views[0].decide("theirs")
    views[1].decide("mine")
    sheet.submit()
    room.settle()
    found = stored(room, id)
    (row,) = (each for each in found.expectations if each.id == point.row.id)
    by_grid = {each.grid: (each.took_part, each.reason) for each in found.grids}
    assert row.mark == 1.0 and by_grid[quiet][0] is False
    assert by_grid[mine] == (False, "停电") and record.drill.state == "held"


def test_a_grid_is_ticked_by_number_or_by_click(room: Room) -> None:
    page = page_of(room)
    page.late()
    sheet = form(room, page)
    village = next(each for each in room.tools.desk.live.villages.values() if each.code == VILLAGE)
    sheet.submit()
    room.settle()
    assert any("选" in each or "情景" in each for each in said(sheet.fields["scenario"]))
    assert page.stack.currentWidget() is sheet
    sheet.scenario.setCurrentIndex(1)
    sheet.places.village.put(village.id)
    sheet.places.village.chosen.emit()
    total = len(sheet.grids.boxes)
    assert total == sum(1 for each in room.tools.desk.live.grids.values()
                        if each.village == village.id and each.kind == "general")  # fmt: skip
    sheet.grids.absent.setText("1 3")
    assert [each.took_part for each in sheet.grids.came()].count(False) == 2
    next(box for box in sheet.grids.boxes.values() if not box.isChecked()).setChecked(True)
    assert sheet.grids.absent.text() == "3"
    assert sheet.widgets["place"].text() == village.name and village.name in sheet.widgets["title"].text()  # type: ignore[attr-defined]


@pytest.mark.soak
def test_improvements_retest_and_told(room: Room, qtbot: Any) -> None:
    id = late(room)
    page = page_of(room)
    page.list.pick(id)
    room.settle()
    page.improve()
    sheet = page.list.findChild(AddImprovementSheet)
    sheet.put("text", "补两只喇叭")
    sheet.put("owner", "何大山")
    sheet.fields["due"].widget.line.setText("7.20")
    sheet.submit()
    room.settle()
    mend = stored(room, id).improvements[0]
    assert (mend.text, mend.owner, mend.due) == ("补两只喇叭", "何大山", "2025-07-20")
    qtbot.mouseClick(page.list.card.findChild(Button, "records.retest"), Qt.MouseButton.LeftButton)
    room.settle()
    again = stored(room, stored(room, id).improvements[0].retest or "")
    assert again.drill.retest_of == id and f"{again.drill.starts_at:%m-%d}" == "07-20"
    page.list.edit_improvement(mend.id)
    edit = page.list.findChild(EditImprovementSheet)
    edit.put("owner", "李会计")
    edit.submit()
    room.settle()
    page.list.pick(id)
    room.settle()
    qtbot.mouseClick(page.list.card.findChild(Button, "records.finish"), Qt.MouseButton.LeftButton)
    room.settle()
    assert stored(room, id).improvements[0].done_at is not None
    qtbot.mouseClick(page.list.card.findChild(Button, "records.tell"), Qt.MouseButton.LeftButton)
    tell = page.list.findChild(TellSheet)
    tell.put("whom", "李支书")
    tell.submit()
    room.settle()
    assert [each.whom for each in stored(room, id).notices if each.told_at] == ["李支书"]


@pytest.mark.soak
def test_somebody_was_there_or_not_with_a_reason(room: Room, qtbot: Any) -> None:
    id = late(room)
    for name in ("甲", "乙"):
        room.elsewhere(AddDrillPerson(drill=id, name=name))
    page = page_of(room)
    page.list.pick(id)
    room.settle()
    qtbot.mouseClick(page.list.card.findChild(Button, "records.came"), Qt.MouseButton.LeftButton)
    room.settle()
    qtbot.mouseClick(page.list.card.findChild(Button, "records.away"), Qt.MouseButton.LeftButton)
    sheet = page.list.findChild(AbsentSheet)
    sheet.submit()
    room.settle()
    assert sheet.form.field("reason").has_error
    sheet.put("reason", "住院")
    sheet.submit()
    room.settle()
    found = {each.present: each.reason for each in stored(room, id).persons}
    assert found == {True: "", False: "住院"}


def press(room: Room, page: Any, qtbot: Any, key: Any, form: type[Any]) -> Any:
    """A key of the room on the list; the form that it opens."""
    room.settle()
    page.list.view.setFocus()
    qtbot.keyClick(page.list.view, key)
    found = page.list.findChild(form)
    assert found is not None
    return found


@pytest.mark.soak
def test_every_button_of_the_card_has_a_key(room: Room, qtbot: Any) -> None:
    id = plan(room)
    for name in ("甲", "乙"):
        room.elsewhere(AddDrillPerson(drill=id, name=name, role="leader"))
    page = page_of(room)
    page.list.pick(id)
    room.settle()
    told = press(room, page, qtbot, Key.Key_G, ToldSheet)
    told.submit()
    assert told.form.field("line").has_error
    police = next(each for each in stored(room, id).notices if each.audience == "police")
    told.put("line", police.id)
    told.put("whom", "派出所王警官")
    told.submit()
    room.settle()
    assert [each.whom for each in stored(room, id).notices if each.told_at] == ["派出所王警官"]
    school = press(room, page, qtbot, Key.Key_H, NoticeSheet)
    school.put("audience", "school")
    school.put("whom", "中心小学")
    school.submit()
    room.settle()
    assert ("school", "中心小学") in {(each.audience, each.whom) for each in stored(room, id).notices}
    one, two = sorted(stored(room, id).persons, key=lambda each: each.name)
    for person, came, reason in ((one, "came", ""), (two, "away", "住院")):
        sheet = press(room, page, qtbot, Key.Key_C, PresenceSheet)
        sheet.put("line", person.id)
        sheet.put("came", came)
        sheet.put("reason", reason)
        sheet.submit()
        room.settle()
    assert {each.id: (each.present, each.reason) for each in stored(room, id).persons} == {
        one.id: (True, ""), two.id: (False, "住院"),
    }  # fmt: skip
    leave = press(room, page, qtbot, Key.Key_Delete, LeaveSheet)
    leave.put("line", two.id)
    leave.submit()
    room.settle()
    assert [each.id for each in stored(room, id).persons] == [one.id]


@pytest.mark.soak
def test_mended_and_retest_by_keys(room: Room, qtbot: Any) -> None:
    id = late(room)
    room.elsewhere(AddImprovement(drill=id, text="补两只喇叭", owner="何大山", due="2025-07-20"))
    page = page_of(room)
    page.list.pick(id)
    room.settle()
    retest = press(room, page, qtbot, Key.Key_F, RetestSheet)
    retest.submit()  # there is only one
    room.settle()
    assert stored(room, stored(room, id).improvements[0].retest or "").drill.retest_of == id
    page.list.pick(id)
    room.settle()
    finish = press(room, page, qtbot, Key.Key_D, FinishSheet)
    finish.submit()
    room.settle()
    assert stored(room, id).improvements[0].done_at is not None


@pytest.mark.soak
def test_times_of_a_roles_sheet_are_typed_in_and_stand_beside_whose_they_are(room: Room, qtbot: Any) -> None:
    id = late(room)
    room.elsewhere(AddDrillPerson(drill=id, name="甲", role="leader"))
    page = page_of(room)
    page.list.pick(id)
    room.settle()
    for typed, minutes in (("0911", 6), ("0012", 15 * 60 + 7)):
        sheet = press(room, page, qtbot, Key.Key_O, OwnTimeSheet)
        sheet.put("moment", "assembled")
        sheet.put("at", "25:99")
        sheet.submit()
        assert sheet.form.field("at").has_error
        sheet.put("at", typed)
        sheet.submit()
        room.settle()
        (moment,) = [each for each in stored(room, id).moments if each.person]
        assert (moment.moment, moment.at, moment.source) == ("assembled", HELD_AT + timedelta(minutes=minutes), "paper")
    room.settle()
    assert any("00:12" in each and texts.say("drillpaper.part.player") not in each for each in said(page.list.card))
    sheet = press(room, page, qtbot, Key.Key_O, OwnTimeSheet)
    sheet.put("moment", "assembled")
    sheet.submit()
    room.settle()
    assert [each for each in stored(room, id).moments if each.person] == []


def test_the_card_tells_what_the_place_came_to_in_this_scenario_before(room: Room) -> None:
    ids = []
    for days, called in ((0, 2), (-300, 45)):
        held = HELD_AT + timedelta(days=days)
        moments = {"warned": iso(held + timedelta(minutes=1)), "called": iso(held + timedelta(minutes=called))}
        ids.append(late(room, held_at=held, moments=moments))
    page = page_of(room)
    page.list.pick(ids[0])
    room.settle()
    percent = stored(room, ids[1]).score.percent
    once = texts.say("records.result.once", day="2024-08-16", percent=percent)
    assert texts.say("records.result.before", scores=once) in said(page.list.card)
    page.list.pick(ids[1])
    room.settle()
    assert not [each for each in said(page.list.card) if "2025-06-12 " in each and str(percent) in each]


@pytest.mark.soak
def test_papers_start_as_sentences_and_land_in_one_folder(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commandcenter.ui.records.papers_page.launch", lambda path: True)
    id = late(room, moments={"warned": iso(HELD_AT + timedelta(minutes=1))})
    page = page_of(room)
    page.list.pick(id)
    page.papers()
    room.settle()
    papers = page.stack.currentWidget()
    assert isinstance(papers, PapersPage)
    assert "86" in papers.texts["summary"].toPlainText() and "9:06" in papers.texts["briefing"].toPlainText()
    papers.texts["briefing"].setPlainText("改过的简报")
    papers.make_into(str(tmp_path))
    room.settle()
    (folder,) = [each for each in tmp_path.iterdir() if each.is_dir()]
    assert len(list(folder.iterdir())) == 8 and folder.name.startswith("2025-06-12 ")
    import docx

    briefing = next(each for each in folder.iterdir() if "简报" in each.name)
    assert "改过的简报" in "\n".join(each.text for each in docx.Document(str(briefing)).paragraphs)
    assert page.stack.currentWidget() is page.list
    with room.tools.desk.session.read(DRILLS) as reader:
        assert reader.history(entity="drill", id=id)[0].change.op == "print"


def test_papers_that_are_being_made_can_be_given_up(
    room: Room, tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    from commandcenter.services import drill_papers

    id = late(room)
    page = page_of(room)
    page.list.pick(id)
    page.papers()
    room.settle()
    papers = page.stack.currentWidget()
    begun, go_on, real = threading.Event(), threading.Event(), drill_papers.make

    def make(*given: Any, **more: Any) -> Any:
        begun.set()
        assert go_on.wait(10)
        return real(*given, **more)

    monkeypatch.setattr(drill_papers, "make", make)
    papers.make_into(str(tmp_path / "out"))
    assert begun.wait(10) and papers.work.isVisibleTo(papers) and not papers.make_button.isEnabled()
    qtbot.mouseClick(papers.work.stop, Qt.MouseButton.LeftButton)
    go_on.set()
    room.settle()
    assert texts.say("records.papers.given_up") in said(papers) and papers.make_button.isEnabled()
    assert not (tmp_path / "out").exists()
    with room.tools.desk.session.read(DRILLS) as reader:
        assert all(each.change.op != "print" for each in reader.history(entity="drill", id=id))


@pytest.mark.soak
def test_a_broken_template_is_one_clear_sentence(room: Room, tmp_path: Path) -> None:
    import docx

    own = tmp_path / "own"
    own.mkdir()
    document = docx.Document()
    document.add_paragraph("{{ 演练明称 }}")
    document.save(str(own / "记录.docx"))
    id = late(room)
    page = page_of(room)
    page.list.pick(id)
    page.papers()
    room.settle()
    papers = page.stack.currentWidget()
    papers.use_templates(str(own))
    papers.make_into(str(tmp_path / "out"))
    room.settle()
    told = " ".join(said(papers))
    assert "记录.docx" in told and "演练明称" in told and not (tmp_path / "out").exists()
    papers.use_shipped()
    papers.export_to(str(tmp_path / "shipped"))
    room.settle()
    assert papers.templates == tmp_path / "shipped" and len(list((tmp_path / "shipped").iterdir())) == 9


def test_who_may_not_know_sees_nothing(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> None:
    with room_at(town_url("sqlite"), open_desk, tmp_path, "duty1") as room:
        records.install(room.tools)
        attachments.install(room.tools)
        page = page_of(room)
        plan(room, form="no_notice", title="双盲拉练")
        open_one = plan(room)
        assert page.list.table.ids() == [open_one]
        page.list.pick(open_one)
        room.settle()
        assert not room.tools.actions.is_allowed("drill_record.review")
        assert room.tools.actions.can_run("drill_record.write")


def test_files_lie_beside_a_drill(room: Room) -> None:
    from commandcenter.services.attachments import Attach
    from commandcenter.ui.attachments.section import AttachmentSection

    id = late(room)
    page = page_of(room)
    page.list.pick(id)
    room.settle()
    room.tools.desk.send(Attach(subject_kind="drill", subject=id, name="现场.txt", content=b"x"), owner=page)
    room.settle()
    section = page.list.card.findChild(AttachmentSection)
    assert section.list.table.rowCount() == 1 and section.may_add
    with room.tools.desk.session.read("real") as reader:
        assert reader.find("attachment") == []


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_form_of_the_card_stands_in_both_languages(room: Room, language: str) -> None:
    texts.use(language)
    id = late(room, grids=(Came("999101100201001"), Came("999101100201002", False, "x")))
    room.elsewhere(AddImprovement(drill=id, text="x", due="2025-06-01"))
    page = page_of(room)
    page.list.pick(id)
    room.settle()
    told = said(page.list.card)
    assert not [each for each in told if each.startswith(("records.", "drillpaper.", "drillsheet."))]
    page.write()
    sheet = form(room, page)
    assert not [each for each in said(sheet) if each.startswith(("records.", "drillpaper."))]
