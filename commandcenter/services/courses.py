"""Training: the town's courses, their sessions, who signs in, and what each made of it.

A list of names that was pasted is settled by a person first (:mod:`commandcenter.rules.attendance_matching`); what
reaches the database is settled, and names of nobody stand in the session's note.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from commandcenter.base.clock import iso
from commandcenter.base.errors import BadInput, Conflict, RuleError
from commandcenter.rules import courses as rules
from commandcenter.rules.courses import FULL_MARK, Attendance, Course, CourseSession, Method
from commandcenter.rules.entity import Personal
from commandcenter.rules.permissions import PLANNERS
from commandcenter.rules.scenarios import rewritten, words
from commandcenter.services import edits
from commandcenter.services.commands import Context, FieldsOf, command, handles
from commandcenter.services.shipped import terms

COURSE_FIELDS = ("category", "hours", "valid_months", "method", "pass_mark", "required")
SESSION_FIELDS = ("place", "village", "teacher", "trainer", "hours", "note")
MOST_HOURS = 200.0


# --- courses ------------------------------------------------------------------------------------------------------


@command("add_course", roles=PLANNERS, writes=("course",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddCourse:
    """A course of the town's own. ``title`` is written in ``language``; ``valid_months`` None: it counts for ever."""

    title: str
    category: str
    language: str = "zh_CN"
    hours: float = 2.0
    valid_months: int | None = None
    method: Method = "none"
    pass_mark: int = 60
    required: bool = True


@handles(AddCourse)
def add_course(cmd: AddCourse, ctx: Context) -> Any:
    """No two courses in use bear the same title."""
    wanted = {name: getattr(cmd, name) for name in COURSE_FIELDS}
    _check_course(wanted)
    id = ctx.new_id()
    title = _title(ctx, cmd.title, cmd.language, None)
    ctx.uow.add(Course(id=id, key=f"own-{id[:8]}", title={cmd.language: title}, origin="own", **wanted))
    return {"course": id, "title": title}


@command("edit_course", roles=PLANNERS, writes=("course",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditCourse:
    """Change fields of a course, shipped ones too. ``was`` tells the values the editor saw; ``title`` among them is
    the text in ``language``."""

    course: str
    changed: Annotated[dict[str, Any], FieldsOf("course")]
    was: Annotated[dict[str, Any], FieldsOf("course")]
    language: str = "zh_CN"


@handles(EditCourse)
def edit_course(cmd: EditCourse, ctx: Context) -> Any:
    """Fields changed apart merge silently; a field changed by both raises Conflict with both versions."""
    changed, was = dict(cmd.changed), dict(cmd.was)
    title, title_was = changed.pop("title", None), was.pop("title", None)
    for given in (was, changed):
        if isinstance(given.get("hours"), int) and not isinstance(given["hours"], bool):
            given["hours"] = float(given["hours"])
        edits.check_given("course", given, COURSE_FIELDS, "edit_course")
    row = edits.locked(ctx, "course", cmd.course)
    wanted = edits.tidy("course", changed)
    _check_course(wanted)
    before = words(row.title, cmd.language)
    if title is not None and before not in (str(title).strip(), title_was):
        fields = {"title": {"mine": title, "theirs": before, "was": title_was}}
        raise Conflict("course.conflict", fields=fields, course=row.id)
    edited, names = edits.merged("course", row, wanted, was, "course.conflict", course=row.id)
    if title is not None and str(title).strip() != before:
        written = rewritten(row.title, _title(ctx, title, cmd.language, row.id), cmd.language)
        edited, names = replace(edited, title=written), sorted([*names, "title"])
    if names:
        ctx.uow.put(edited)
    return {"course": row.id, "changed": names}


@command("retire_course", roles=PLANNERS, writes=("course",))
@dataclass(frozen=True, kw_only=True, slots=True)
class RetireCourse:
    """Take a course out of use, or back in. What was passed in it stays in the records."""

    course: str
    retired: bool = True


@handles(RetireCourse)
def retire_course(cmd: RetireCourse, ctx: Context) -> Any:
    """Refused while sessions of it are planned."""
    edits.locked(ctx, "course", cmd.course)
    if cmd.retired and ctx.uow.find("session", course=cmd.course, state="planned"):
        raise RuleError("course.has_sessions", course=cmd.course)
    row = edits.set_active(ctx, "course", cmd.course, not cmd.retired)
    return {"course": row.id, "active": row.active}


def _title(ctx: Context, given: Any, language: str, own: str | None) -> str:
    if not isinstance(given, str) or not given.strip():
        raise BadInput("course.title_empty", field="title")
    title = " ".join(given.split())
    edits.not_denied("title", title)
    ctx.uow.lock("township", [each.id for each in ctx.uow.find("township")])
    if any(title in each.title.values() for each in ctx.uow.find("course", active=True) if each.id != own):
        raise BadInput("course.title_taken", field="title", title=title)
    return title


def _check_course(wanted: dict[str, Any]) -> None:
    if "category" in wanted and wanted["category"] not in terms("course_categories"):
        raise BadInput("course.category", field="category", text=str(wanted["category"]))
    if "hours" in wanted:
        check_hours(wanted["hours"])
    months = wanted.get("valid_months")
    if months is not None and not 1 <= months <= 240:
        raise BadInput("course.months", field="valid_months", text=str(months))
    if "pass_mark" in wanted and not 0 <= wanted["pass_mark"] <= FULL_MARK:
        raise BadInput("course.pass_mark", field="pass_mark", text=str(wanted["pass_mark"]))


def check_hours(hours: float) -> None:
    """BadInput ``course.hours`` for none at all, or more than any course has."""
    if not 0 < hours <= MOST_HOURS:
        raise BadInput("course.hours", field="hours", text=f"{hours:g}")


# --- sessions -----------------------------------------------------------------------------------------------------


@command("plan_session", roles=PLANNERS, writes=("session", "attendance"))
@dataclass(frozen=True, kw_only=True, slots=True)
class PlanSession:
    """Plan a session of a course (id or key). ``expected`` are the workers who are asked to come; ``hours`` None: as
    the course has; ``starts_at`` None: not dated yet."""

    course: str
    starts_at: datetime | None = None
    hours: float | None = None
    place: str = ""
    village: str | None = None
    teacher: Annotated[str, Personal("record")] = ""
    trainer: str | None = None
    note: Annotated[str, Personal("record")] = ""
    expected: tuple[str, ...] = ()


@handles(PlanSession)
def plan_session(cmd: PlanSession, ctx: Context) -> Any:
    """The course must be in use."""
    course = edits.locked(ctx, "course", course_of(ctx, cmd.course).id)
    if not course.active:
        raise RuleError("course.retired", course=course.id)
    fields: dict[str, Any] = edits.tidy("session", {name: getattr(cmd, name) for name in SESSION_FIELDS})
    fields["hours"] = course.hours if cmd.hours is None else cmd.hours
    _check_session(ctx, fields)
    session = CourseSession(id=ctx.new_id(), course=course.id, starts_at=cmd.starts_at, **fields)
    ctx.uow.add(session)
    for worker in _workers(ctx, cmd.expected):
        ctx.uow.add(Attendance(id=ctx.new_id(), session=session.id, worker=worker))
    return {"session": session.id, "expected": len(set(cmd.expected))}


@command("edit_session", roles=PLANNERS, writes=("session",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditSession:
    """Change place, village, teacher, trainer, hours or note of a session. ``was`` tells the values the editor saw."""

    session: str
    changed: Annotated[dict[str, Any], FieldsOf("session")]
    was: Annotated[dict[str, Any], FieldsOf("session")]


@handles(EditSession)
def edit_session(cmd: EditSession, ctx: Context) -> Any:
    """Fields changed apart merge silently; a field changed by both raises Conflict with both versions."""
    changed, was = dict(cmd.changed), dict(cmd.was)
    for given in (was, changed):
        if isinstance(given.get("hours"), int) and not isinstance(given["hours"], bool):
            given["hours"] = float(given["hours"])
        edits.check_given("session", given, SESSION_FIELDS, "edit_session")
    row = edits.locked(ctx, "session", cmd.session)
    wanted = edits.tidy("session", changed)
    _check_session(ctx, wanted)
    edited, names = edits.merged("session", row, wanted, was, "session.conflict", session=row.id)
    if names:
        ctx.uow.put(edited)
    return {"session": row.id, "changed": names}


@command("move_session", roles=PLANNERS, writes=("session",))
@dataclass(frozen=True, kw_only=True, slots=True)
class MoveSession:
    """Give a planned session another date (None: none). ``was`` is the date the mover saw."""

    session: str
    starts_at: datetime | None
    was: datetime | None


@handles(MoveSession)
def move_session(cmd: MoveSession, ctx: Context) -> Any:
    """Conflict when somebody else has moved it meanwhile."""
    row = _planned(ctx, cmd.session)
    if row.starts_at not in (cmd.was, cmd.starts_at):
        versions = {"mine": _text(cmd.starts_at), "theirs": _text(row.starts_at), "was": _text(cmd.was)}
        raise Conflict("session.moved_meanwhile", fields={"starts_at": versions}, session=row.id)
    if row.starts_at != cmd.starts_at:
        ctx.uow.put(replace(row, starts_at=cmd.starts_at))
    return {"session": row.id, "starts_at": _text(cmd.starts_at)}


@command("cancel_session", roles=PLANNERS, writes=("session",))
@dataclass(frozen=True, kw_only=True, slots=True)
class CancelSession:
    """Call a session off, with the reason."""

    session: str
    reason: Annotated[str, Personal("record")]


@handles(CancelSession)
def cancel_session(cmd: CancelSession, ctx: Context) -> Any:
    """Who was expected is expected no more; the gaps are open again."""
    row = _planned(ctx, cmd.session)
    if not cmd.reason.strip():
        raise BadInput("session.reason_needed", field="reason")
    ctx.uow.put(replace(row, state="cancelled", reason=cmd.reason.strip()))
    return {"session": row.id, "state": "cancelled"}


def _text(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None


def course_of(ctx: Context, given: str) -> Course:
    """A course by id or key; BadInput ``course.unknown``."""
    found = ctx.uow.get("course", given) or next(iter(ctx.uow.find("course", key=given)), None)
    if found is None:
        raise BadInput("course.unknown", course=given, field="course")
    return found  # type: ignore[no-any-return]


def _check_session(ctx: Context, wanted: dict[str, Any]) -> None:
    if "hours" in wanted:
        check_hours(wanted["hours"])
    if wanted.get("village"):
        wanted["village"] = edits.find_village(ctx, "village", wanted["village"]).id
    if wanted.get("trainer") and ctx.uow.get("officer", wanted["trainer"]) is None:
        raise BadInput("unknown", entity="officer", id=wanted["trainer"], field="trainer")
    edits.not_denied("note", wanted.get("note"))


def _planned(ctx: Context, id: str) -> CourseSession:
    row: CourseSession = edits.locked(ctx, "session", id)
    if row.state != "planned":
        raise RuleError("session.not_planned", session=row.id, state=row.state)
    return row


def _open(ctx: Context, id: str) -> CourseSession:
    """A session that takes entries: planned or held, locked so that two desks never enter the same worker twice."""
    row: CourseSession = edits.locked(ctx, "session", id)
    if row.state == "cancelled":
        raise RuleError("session.cancelled", session=row.id, reason=row.reason)
    return row


def _workers(ctx: Context, given: Iterable[str]) -> list[str]:
    """Ids of workers, each once; BadInput names the first that there is not."""
    wanted = list(dict.fromkeys(given))
    known = {each.id for each in ctx.uow.find("worker", id=wanted)} if wanted else set()
    for each in wanted:
        if each not in known:
            raise BadInput("unknown", entity="worker", id=each)
    return wanted


def _rows(ctx: Context, session: str) -> dict[str, Attendance]:
    return {each.worker: each for each in ctx.uow.find("attendance", session=session)}


# --- who is there -------------------------------------------------------------------------------------------------


@command("expect_workers", roles=PLANNERS, writes=("attendance",))
@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectWorkers:
    """Ask more workers to come to a session; those who are on its list stay as they are."""

    session: str
    workers: tuple[str, ...]


@handles(ExpectWorkers)
def expect_workers(cmd: ExpectWorkers, ctx: Context) -> Any:
    """How many are new on the list."""
    row = _open(ctx, cmd.session)
    known = _rows(ctx, row.id)
    new = [each for each in _workers(ctx, cmd.workers) if each not in known]
    for worker in new:
        ctx.uow.add(Attendance(id=ctx.new_id(), session=row.id, worker=worker))
    return {"session": row.id, "added": len(new)}


@command("unlist_workers", roles=PLANNERS, writes=("attendance",))
@dataclass(frozen=True, kw_only=True, slots=True)
class UnlistWorkers:
    """Take workers off a session's list who were expected by mistake."""

    session: str
    workers: tuple[str, ...]


@handles(UnlistWorkers)
def unlist_workers(cmd: UnlistWorkers, ctx: Context) -> Any:
    """Refused for who has signed in or has a result: that is a record."""
    row = _open(ctx, cmd.session)
    known = _rows(ctx, row.id)
    for worker in dict.fromkeys(cmd.workers):
        found = known.get(worker)
        if found is not None and (found.present is not None or found.passed is not None):
            raise RuleError("attendance.recorded", worker=worker, name=ctx.uow.require("worker", worker).name)
        if found is not None:
            ctx.uow.remove("attendance", found.id)
    return {"session": row.id}


@command("sign_in", roles=PLANNERS, writes=("session", "attendance"))
@dataclass(frozen=True, kw_only=True, slots=True)
class SignIn:
    """Workers are there. Who was not expected is put on the list."""

    session: str
    workers: tuple[str, ...]


@handles(SignIn)
def sign_in(cmd: SignIn, ctx: Context) -> Any:
    """Who signed before keeps the time of the first; ``again`` counts them."""
    row = _open(ctx, cmd.session)
    again = _sign(ctx, row, _workers(ctx, cmd.workers))
    return {"session": row.id, "signed": len(set(cmd.workers)) - again, "again": again}


def _sign(ctx: Context, session: CourseSession, workers: Iterable[str]) -> int:
    known, again = _rows(ctx, session.id), 0
    for worker in workers:
        found = known.get(worker)
        if found is None:
            ctx.uow.add(Attendance(id=ctx.new_id(), session=session.id, worker=worker, present=True, signed_at=ctx.now))
        elif found.present is not True:
            passed = None if rules.is_waived(found) else found.passed
            ctx.uow.put(replace(found, present=True, reason="", signed_at=ctx.now, passed=passed))
        else:
            again += 1
    return again


@dataclass(frozen=True, slots=True)
class Away:
    """A worker who was not there, and why."""

    worker: str
    reason: Annotated[str, Personal("record")]


@command("settle_attendance", roles=PLANNERS, writes=("session", "attendance"))
@dataclass(frozen=True, kw_only=True, slots=True)
class SettleAttendance:
    """A whole list at once, as a person has settled it: who was there, who was not and why, and names on it that
    belong to nobody of the register, which the session's note keeps."""

    session: str
    present: tuple[str, ...] = ()
    absent: tuple[Away, ...] = ()
    guests: Annotated[tuple[str, ...], Personal("record")] = ()


@handles(SettleAttendance)
def settle_attendance(cmd: SettleAttendance, ctx: Context) -> Any:
    """Nobody is both; absence has a reason."""
    row = _open(ctx, cmd.session)
    both = set(cmd.present) & {each.worker for each in cmd.absent}
    if both:
        worker = ctx.uow.require("worker", min(both))
        raise BadInput("attendance.both", name=worker.name, worker=worker.id)
    again = _sign(ctx, row, _workers(ctx, cmd.present))
    _excuse(ctx, row, cmd.absent)
    for each in cmd.guests:
        edits.not_denied("guests", each)
    note = rules.with_guests(row.note, cmd.guests)
    if note != row.note:
        ctx.uow.put(replace(row, note=note))
    return {"session": row.id, "signed": len(set(cmd.present)) - again, "again": again, "absent": len(cmd.absent),
            "guests": len(cmd.guests)}  # fmt: skip


def _excuse(ctx: Context, session: CourseSession, absent: Sequence[Away]) -> None:
    known = _rows(ctx, session.id)
    _workers(ctx, (each.worker for each in absent))
    for each in absent:
        reason = each.reason.strip()
        if not reason:
            raise BadInput("attendance.reason_needed", field="reason", name=ctx.uow.require("worker", each.worker).name)
        found = known.get(each.worker) or Attendance(id=ctx.new_id(), session=session.id, worker=each.worker)
        passed = found.passed if rules.is_waived(found) else None
        ctx.uow.put(replace(found, present=False, reason=reason, signed_at=None, mark=None, passed=passed))


# --- what each made of it -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Result:
    """What a worker made of a session. ``mark`` of 100, or ``passed`` where none is given; ``waived`` with a
    ``reason``: credited without having been there 免修. ``was_mark`` and ``was_passed``: what whoever writes it saw."""

    worker: str
    mark: float | None = None
    passed: bool | None = None
    waived: bool = False
    reason: Annotated[str, Personal("record")] = ""
    was_mark: float | None = None
    was_passed: bool | None = None


@command("record_results", roles=PLANNERS, writes=("attendance",))
@dataclass(frozen=True, kw_only=True, slots=True)
class RecordResults:
    """Marks, passes and waivers of a session. A mark passes by the course's pass mark unless ``passed`` says else;
    whoever has a result was there. Neither mark nor pass takes a result back."""

    session: str
    results: tuple[Result, ...]


@handles(RecordResults)
def record_results(cmd: RecordResults, ctx: Context) -> Any:
    """A result that somebody else has written meanwhile otherwise raises Conflict with both versions."""
    row = _open(ctx, cmd.session)
    course = ctx.uow.require("course", row.course)
    known = _rows(ctx, row.id)
    _workers(ctx, (each.worker for each in cmd.results))
    for each in cmd.results:
        found = known.get(each.worker)
        wanted = _resulted(ctx, course, each, found or Attendance(id="", session=row.id, worker=each.worker))
        if found is not None:
            _check_result(ctx, each, found, wanted)
        ctx.uow.put(wanted if found is not None else replace(wanted, id=ctx.new_id()))
    return {"session": row.id, "results": len(cmd.results)}


def _resulted(ctx: Context, course: Course, given: Result, row: Attendance) -> Attendance:
    name = ctx.uow.require("worker", given.worker).name
    if given.waived:
        if not given.reason.strip():
            raise BadInput("attendance.waiver_reason", field="reason", name=name)
        return replace(row, present=False, passed=True, mark=None, reason=given.reason.strip(), signed_at=None)
    if given.mark is not None and not 0 <= given.mark <= FULL_MARK:
        raise BadInput("attendance.mark", field="mark", text=f"{given.mark:g}", name=name)
    mark = None if given.mark is None else float(given.mark)
    passed = rules.passes(course, mark) if given.passed is None else given.passed
    if mark is None and passed is None:
        # Taken back: a waiver goes with its absence's reason, being there stays.
        return replace(row, mark=None, passed=None)
    return replace(row, present=True, mark=mark, passed=passed, reason="", signed_at=row.signed_at or ctx.now)


def _check_result(ctx: Context, given: Result, row: Attendance, wanted: Attendance) -> None:
    fields = {}
    for name, was in (("mark", given.was_mark), ("passed", given.was_passed)):
        theirs, mine = getattr(row, name), getattr(wanted, name)
        if theirs not in (was, mine):
            fields[name] = {"mine": mine, "theirs": theirs, "was": was}
    if fields:
        raise Conflict("attendance.conflict", fields=fields, name=ctx.uow.require("worker", row.worker).name)


@command("hold_session", roles=PLANNERS, writes=("session", "attendance"))
@dataclass(frozen=True, kw_only=True, slots=True)
class HoldSession:
    """The session is over: its list is closed. ``absent_reason`` stands for everybody who did not sign in and of whom
    nothing else is known."""

    session: str
    absent_reason: Annotated[str, Personal("record")] = ""


@handles(HoldSession)
def hold_session(cmd: HoldSession, ctx: Context) -> Any:
    """Not before its day, not without anybody there, and not while somebody is missing without a reason."""
    row = _planned(ctx, cmd.session)
    zone = ZoneInfo(ctx.zone)
    if row.starts_at is not None and row.starts_at.astimezone(zone).date() > ctx.now.astimezone(zone).date():
        raise RuleError("session.not_yet", session=row.id, day=f"{row.starts_at.astimezone(zone):%Y-%m-%d}")
    known = _rows(ctx, row.id)
    if not any(each.present for each in known.values()):
        raise RuleError("session.nobody", session=row.id)
    missing = [each.worker for each in known.values() if each.present is None]
    reason = cmd.absent_reason.strip()
    if missing and not reason:
        name = ctx.uow.require("worker", missing[0]).name
        raise BadInput("session.absence_reason", field="absent_reason", count=len(missing), name=name)
    _excuse(ctx, row, [Away(worker, reason) for worker in missing])
    ctx.uow.put(replace(row, state="held", starts_at=row.starts_at or ctx.now))
    return {"session": row.id, "state": "held", "absent": len(missing)}
