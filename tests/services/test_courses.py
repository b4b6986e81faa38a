"""Training: courses that a town changes, sessions, who signs in, results, and two desks at once."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import BadInput, CommandCenterError, Conflict, NotAllowed, RuleError
from commandcenter.rules.attendance_matching import Settled, outcome, proposed
from commandcenter.rules.courses import guests_of
from commandcenter.rules.entity import DRILLS
from commandcenter.services import exporting, filing, training, wire
from commandcenter.services.attendance import (
    Away,
    ExpectWorkers,
    HoldSession,
    RecordResults,
    Result,
    SettleAttendance,
    SignIn,
    UnlistWorkers,
)
from commandcenter.services.course_sessions import CancelSession, EditSession, MoveSession, PlanSession
from commandcenter.services.courses import AddCourse, EditCourse, RetireCourse
from commandcenter.services.imports import ImportRows
from commandcenter.services.undo import Undo
from tests.formats.workbooks import SheetPlan, write_xlsx

NOW = datetime(2025, 6, 30, 12, 0, tzinfo=UTC)
TODAY = date(2025, 6, 30)


@pytest.fixture
def trainer(town: str, open_desk: Callable[..., Any]) -> Any:
    """A trainer's session, on each engine."""
    return open_desk(town, "trainer", ManualClock(NOW))


def run(desk: Any, command: Any, **how: Any) -> Any:
    return desk.runner.execute(command, **how).value


def find(desk: Any, kind: str, **where: Any) -> list[Any]:
    with desk.read("real") as reader:
        return list(reader.find(kind, **where))


def state(desk: Any) -> training.Training:
    with desk.read("real") as reader:
        return training.load(reader, desk.clock.now())


def names(desk: Any) -> dict[str, str]:
    return {each.name: each.id for each in find(desk, "worker")}


def course_of(desk: Any, method: str = "written", months: int | None = 12) -> str:
    facts: dict[str, Any] = {"category": "emergency_skills", "method": method, "valid_months": months, "hours": 3}
    return str(run(desk, AddCourse(title=f"课程{method}{months}", **facts))["course"])


def plan(desk: Any, course: str, *expected: str, days: int = -1, **more: Any) -> str:
    when = NOW + timedelta(days=days)
    command = PlanSession(course=course, starts_at=when, place="会议室", expected=expected, **more)
    return str(run(desk, command)["session"])


def rows(desk: Any, session: str) -> dict[str, Any]:
    return {each.worker: each for each in find(desk, "attendance", session=session)}


def test_eighteen_courses_in_five_categories_are_there_and_may_be_changed(trainer: Any) -> None:
    shipped = [each for each in state(trainer).in_use if each.origin == "shipped"]
    assert len(shipped) == 18 and len({each.category for each in shipped}) == 5
    one = shipped[0]
    title = one.title["zh_CN"]
    changed = {"hours": 5, "title": "改过的课"}
    run(trainer, EditCourse(course=one.id, changed=changed, was={"hours": one.hours, "title": title}))
    (now,) = find(trainer, "course", id=one.id)
    assert now.hours == 5.0 and now.title == {"zh_CN": "改过的课"} and now.origin == "shipped"
    with pytest.raises(Conflict) as refused:
        run(trainer, EditCourse(course=one.id, changed={"title": "别的"}, was={"title": title}))
    assert refused.value.facts["fields"]["title"]["theirs"] == "改过的课"
    with pytest.raises(BadInput):
        run(trainer, AddCourse(title="改过的课", category="emergency_skills"))
    run(trainer, RetireCourse(course=one.id))
    assert one.id not in [each.id for each in state(trainer).in_use]


@pytest.mark.parametrize(("more", "code"), [
    ({"category": "magic"}, "course.category"), ({"hours": 0.0}, "course.hours"),
    ({"valid_months": 0}, "course.months"), ({"pass_mark": 101}, "course.pass_mark"),
    ({"title": "  "}, "course.title_empty"),
])  # fmt: skip
def test_a_course_that_cannot_be_is_refused_with_its_field(trainer: Any, more: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        run(trainer, AddCourse(**{"title": "课", "category": "emergency_skills", **more}))
    assert refused.value.code == code and refused.value.facts["field"] == next(iter(more))


def test_a_session_from_plan_to_certificate(trainer: Any) -> None:
    who = names(trainer)
    one, two, three, four = list(who.values())[:4]
    session = plan(trainer, course_of(trainer), one, two, three)
    made = run(trainer, SignIn(session=session, workers=(one, four)))
    assert (made["signed"], made["again"]) == (2, 0)
    assert run(trainer, SignIn(session=session, workers=(one,)))["again"] == 1
    with pytest.raises(BadInput) as refused:
        run(trainer, HoldSession(session=session))
    assert refused.value.code == "session.absence_reason" and refused.value.facts["count"] == 2
    run(trainer, SettleAttendance(session=session, absent=(Away(two, "病假"),)))
    run(trainer, HoldSession(session=session, absent_reason="无故缺席"))
    assert {each.worker: each.reason for each in rows(trainer, session).values() if each.reason} == {
        two: "病假", three: "无故缺席"
    }
    run(trainer, RecordResults(session=session, results=(Result(one, mark=85), Result(four, mark=59.5))))
    found = rows(trainer, session)
    assert (found[one].passed, found[four].passed, found[two].passed) == (True, False, None)
    now = state(trainer)
    (held,) = [each for each in now.sessions.values() if each.id == session]
    assert [now.matrix.of(each, held.course).validity for each in (one, four)] == ["valid", "missing"]
    tally = now.tally(held)
    assert (tally.expected, tally.present, tally.absent, tally.passed) == (4, 2, 2, 1)


def test_a_waiver_needs_a_reason_and_counts(trainer: Any) -> None:
    worker = next(iter(names(trainer).values()))
    session = plan(trainer, course_of(trainer), worker)
    with pytest.raises(BadInput) as refused:
        run(trainer, RecordResults(session=session, results=(Result(worker, waived=True),)))
    assert refused.value.code == "attendance.waiver_reason"
    run(trainer, RecordResults(session=session, results=(Result(worker, waived=True, reason="持红十字证"),)))
    row = rows(trainer, session)[worker]
    assert (row.present, row.passed, row.reason) == (False, True, "持红十字证")
    # Who turns up after all has to be examined like everybody.
    run(trainer, SignIn(session=session, workers=(worker,)))
    row = rows(trainer, session)[worker]
    assert (row.present, row.passed, row.reason) == (True, None, "")


def test_a_pasted_list_is_settled_and_nothing_of_it_is_lost(trainer: Any) -> None:
    who = names(trainer)
    now = state(trainer)
    session = plan(trainer, course_of(trainer))
    run(trainer, SignIn(session=session, workers=(who["曾海"],)))
    text = "签到名单\n1、单晓云\n2、解 放\n欧阳文静（请假）\n曾海\n赵不识\nLee, Sam\n谯云"
    lines = now.register().match(text, {who["曾海"]})
    settled = proposed(lines)
    assert [each.choice for each in settled] == [
        "drop", "present", "present", "absent", "present", "open", "present", "open"
    ]
    chosen = {6: ("guest", None), 8: ("present", who["谯芸"])}
    settled = [
        Settled(each.line, *chosen[each.line.number]) if each.line.number in chosen else each for each in settled
    ]
    said = outcome(settled)
    assert not said.open
    away = tuple(Away(worker, reason) for worker, reason in said.absent.items())
    made = run(trainer, SettleAttendance(session=session, present=tuple(said.present), absent=away,
                                         guests=tuple(said.guests)))  # fmt: skip
    assert (made["signed"], made["again"], made["absent"], made["guests"]) == (4, 1, 1, 1)
    found = rows(trainer, session)
    there = {each.worker for each in found.values() if each.present}
    assert there == {who[each] for each in ("单晓云", "解放", "曾海", "Lee, Sam", "谯芸")}
    assert found[who["欧阳文静"]].reason == "请假"
    assert guests_of(find(trainer, "session", id=session)[0].note) == ("赵不识",)


def test_nobody_is_there_and_away(trainer: Any) -> None:
    one = next(iter(names(trainer).values()))
    session = plan(trainer, course_of(trainer))
    with pytest.raises(BadInput) as refused:
        run(trainer, SettleAttendance(session=session, present=(one,), absent=(Away(one, "病假"),)))
    assert refused.value.code == "attendance.both"
    with pytest.raises(BadInput) as refused:
        run(trainer, SettleAttendance(session=session, absent=(Away(one, " "),)))
    assert refused.value.code == "attendance.reason_needed" and not rows(trainer, session)


def test_a_session_is_moved_by_one_desk_and_meanwhile_by_another(trainer: Any) -> None:
    session = plan(trainer, course_of(trainer), days=3)
    was = NOW + timedelta(days=3)
    run(trainer, MoveSession(session=session, starts_at=was + timedelta(days=1), was=was))
    with pytest.raises(Conflict) as refused:
        run(trainer, MoveSession(session=session, starts_at=was + timedelta(days=2), was=was))
    assert refused.value.code == "session.moved_meanwhile"
    changed, seen = {"place": "二楼", "hours": 4}, {"place": "会议室", "hours": 3}
    run(trainer, EditSession(session=session, changed=changed, was=seen))
    with pytest.raises(Conflict):
        run(trainer, EditSession(session=session, changed={"place": "三楼"}, was={"place": "会议室"}))
    with pytest.raises(RuleError) as early:
        run(trainer, HoldSession(session=session))
    assert early.value.code == "session.not_yet"
    with pytest.raises(BadInput):
        run(trainer, CancelSession(session=session, reason=" "))
    run(trainer, CancelSession(session=session, reason="暴雨"))
    with pytest.raises(RuleError) as refused_too:
        run(trainer, SignIn(session=session, workers=tuple(names(trainer).values())[:1]))
    assert refused_too.value.code == "session.cancelled"


def test_an_expected_worker_is_taken_off_again_but_no_record(trainer: Any) -> None:
    one, two = list(names(trainer).values())[:2]
    session = plan(trainer, course_of(trainer), one)
    assert run(trainer, ExpectWorkers(session=session, workers=(one, two)))["added"] == 1
    run(trainer, SignIn(session=session, workers=(two,)))
    run(trainer, UnlistWorkers(session=session, workers=(one,)))
    assert set(rows(trainer, session)) == {two}
    with pytest.raises(RuleError) as refused:
        run(trainer, UnlistWorkers(session=session, workers=(two,)))
    assert refused.value.code == "attendance.recorded"


def test_the_same_result_from_two_desks_is_one_and_another_is_a_conflict(trainer: Any) -> None:
    one = next(iter(names(trainer).values()))
    session = plan(trainer, course_of(trainer), one)
    run(trainer, RecordResults(session=session, results=(Result(one, mark=80),)))
    run(trainer, RecordResults(session=session, results=(Result(one, mark=80),)))
    with pytest.raises(Conflict) as refused:
        run(trainer, RecordResults(session=session, results=(Result(one, mark=70),)))
    assert refused.value.facts["fields"]["mark"] == {"mine": 70.0, "theirs": 80.0, "was": None}
    run(trainer, RecordResults(session=session, results=(Result(one, mark=70, was_mark=80.0, was_passed=True),)))
    run(trainer, RecordResults(session=session, results=(Result(one, was_mark=70.0, was_passed=True),)))
    row = rows(trainer, session)[one]
    assert (row.present, row.mark, row.passed) == (True, None, None)


def test_signing_in_is_undone_whole(trainer: Any) -> None:
    one, two = list(names(trainer).values())[:2]
    session = plan(trainer, course_of(trainer), one)
    done = trainer.runner.execute(SettleAttendance(session=session, present=(one, two), guests=("赵六",)))
    trainer.runner.execute(Undo(target=done.command))
    found = rows(trainer, session)
    assert set(found) == {one} and found[one].present is None
    assert find(trainer, "session", id=session)[0].note == ""


def test_two_desks_sign_the_same_worker_at_once(town: str, open_desk: Callable[..., Any]) -> None:
    desks = [open_desk(town, each, ManualClock(NOW)) for each in ("trainer", "administrator")]
    workers = tuple(names(desks[0]).values())[:6]
    session = plan(desks[0], course_of(desks[0]))
    start = threading.Barrier(2)
    troubles: list[BaseException] = []

    def sign(desk: Any) -> None:
        start.wait()
        try:
            for each in workers:
                run(desk, SignIn(session=session, workers=(each,)))
        except CommandCenterError as error:
            troubles.append(error)

    threads = [threading.Thread(target=sign, args=(desk,)) for desk in desks]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    listed = find(desks[0], "attendance", session=session)
    assert not troubles and sorted(each.worker for each in listed) == sorted(workers)


def test_only_planners_plan(town: str, open_desk: Callable[..., Any]) -> None:
    duty = open_desk(town, "duty1", ManualClock(NOW))
    with pytest.raises(NotAllowed):
        run(duty, AddCourse(title="课", category="emergency_skills"))


def test_commands_come_as_json_too(trainer: Any) -> None:
    one = next(iter(names(trainer).values()))
    session = plan(trainer, course_of(trainer), one)
    line = {"command": "record_results", "session": session, "results": [{"worker": one, "mark": 90}]}
    run(trainer, wire.decode(line))
    line = {"command": "settle_attendance", "session": session, "absent": [{"worker": one, "reason": "早退"}]}
    run(trainer, wire.decode(line))
    row = rows(trainer, session)[one]
    assert (row.present, row.mark, row.passed, row.reason) == (False, None, None, "早退")


def test_a_worker_sees_the_courses_and_drills_that_are_his(trainer: Any) -> None:
    one = next(iter(names(trainer).values()))
    session = plan(trainer, course_of(trainer, "none", 1), one)
    run(trainer, SignIn(session=session, workers=(one,)))
    run(trainer, HoldSession(session=session))
    with trainer.read("real") as reader:
        taken = training.taken_by(reader, one, NOW)
    (mine,) = [each for each in taken if each.session is not None and each.session.id == session]
    assert mine.standing.validity == "expiring" and len(taken) == len(state(trainer).in_use)
    with trainer.read(DRILLS) as reader:
        assert training.drills_of(reader, one) == []


HISTORY = [
    ["2024年度培训记录"],
    ["序号", "村(社区)", "姓名", "课程名称", "授课时间", "授课地点", "考核成绩", "考核结果", "备注"],
    [1, "金湖社区", "单晓云", "防电信诈骗", "2024年9月3日", "镇政府", 85, None, None],
    [2, None, "Anna Li", "同上", "同上", "镇政府", 55, None, None],
    [3, None, "解放", "防电信诈骗", "2024.9.3", "镇政府", None, "缺考", None],
    [4, None, "Lee, Sam", "防电信诈骗", date(2024, 9, 3), "镇政府", None, "免修", "有证"],
    [5, None, "仇东", "防电信诈骗", "2024-10-8", "村委会", None, "合格", None],
]


def test_a_town_brings_its_history(trainer: Any, tmp_path: Path) -> None:
    path = tmp_path / "历史.xlsx"
    write_xlsx(path, SheetPlan("培训", HISTORY))
    read = filing.read("training_records", path)
    assert not [each for each in read.problems if each.severity == "refused"]
    done = filing.write(trainer, read)
    assert (done.new, done.refused, done.written) == (5, 0, True)
    now = state(trainer)
    course = next(each for each in now.in_use if each.title["zh_CN"].endswith("诈骗"))
    held = sorted((each for each in now.sessions.values() if each.course == course.id and each.starts_at
                   and each.starts_at.year == 2024), key=lambda each: each.starts_at)  # fmt: skip
    assert [(each.place, len(now.attendance[each.id])) for each in held] == [("镇政府", 4), ("村委会", 1)]
    who = names(trainer)
    told = {each.worker: (each.present, each.passed, each.mark, each.reason) for each in now.attendance[held[0].id]}
    assert told == {
        who["单晓云"]: (True, True, 85.0, ""), who["Anna Li"]: (True, False, 55.0, ""),
        who["解放"]: (True, None, None, ""), who["Lee, Sam"]: (False, True, None, "有证"),
    }
    again = filing.survey(trainer, filing.read("training_records", path))
    assert (again.new, again.changed, again.same, again.refused) == (0, 0, 5, 0)
    trainer.runner.execute(Undo(target=str(done.group), is_group=True))
    assert not {each.id for each in held} & {each.id for each in find(trainer, "session")}


@pytest.mark.parametrize(("row", "code"), [
    (["王不在", "防电信诈骗", "2024-9-3", ""], "import.worker_unknown"),
    (["解放", "飞行驾驶", "2024-9-3", ""], "import.course_unknown"),
    (["解放", "防电信诈骗", "秋天", ""], "day.unreadable"),
    (["解放", "防电信诈骗", "2024-2-30", ""], "day.unreadable"),
])  # fmt: skip
def test_a_row_that_cannot_be_says_why_and_nothing_is_written(
    trainer: Any, tmp_path: Path, row: list[str], code: str
) -> None:
    path = tmp_path / "历史.xlsx"
    rows = [["姓名", "课程名称", "授课时间", "考核结果"], row, ["单晓云", "防电信诈骗", "2024-9-3", "合格"]]
    write_xlsx(path, SheetPlan("培训", rows))
    done = filing.write(trainer, filing.read("training_records", path))
    assert not done.written and code in [each.code for each in done.problems]


def test_a_trainer_brings_training_records_and_no_rosters(trainer: Any) -> None:
    with pytest.raises(NotAllowed):
        run(trainer, ImportRows(entity="village", rows=({"code": "999101100299", "name": "新村"},)))


def test_the_usual_register_and_the_matrix_go_out(trainer: Any, tmp_path: Path) -> None:
    who = names(trainer)
    session = plan(trainer, course_of(trainer), who["单晓云"], who["解放"], teacher="李老师")
    run(trainer, SettleAttendance(session=session, present=(who["单晓云"],), guests=("赵六",)))
    run(trainer, HoldSession(session=session, absent_reason="病假"))
    run(trainer, RecordResults(session=session, results=(Result(who["单晓云"], mark=90),)))
    exporting.export(trainer, "trainings", tmp_path / "a.xlsx")
    page = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    cells = [[cell.value for cell in row] for row in page.iter_rows()]
    wanted = "序号|课程类别|课程名称|授课时间|授课地点|授课人|学时|应到人数|实到人数|签到表|考核方式|合格人数|备注"
    assert cells[0] == wanted.split("|")
    assert [*cells[-1][1:3], *cells[-1][4:]] == [
        "应急技能", "课程written12", "会议室", "李老师", 3, 2, 1, "有", "笔试", 1, "※赵六"
    ]
    exporting.export(trainer, "training_matrix", tmp_path / "b.xlsx")
    page = openpyxl.load_workbook(tmp_path / "b.xlsx").worksheets[0]
    assert (page.max_row, page.max_column) == (1 + len(who), 3 + len(state(trainer).in_use) + 1)
