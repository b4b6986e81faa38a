"""Sessions of courses: planned, edited, moved, called off."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from commandcenter.base.clock import iso
from commandcenter.base.errors import BadInput, Conflict, RuleError
from commandcenter.rules.courses import Attendance, Course, CourseSession
from commandcenter.rules.entity import Personal
from commandcenter.rules.permissions import PLANNERS
from commandcenter.services import edits
from commandcenter.services.commands import Context, FieldsOf, command, handles
from commandcenter.services.courses import check_hours

SESSION_FIELDS = ("place", "village", "teacher", "trainer", "hours", "note")


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
    for worker in known_workers(ctx, cmd.expected):
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
    row = planned_session(ctx, cmd.session)
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
    row = planned_session(ctx, cmd.session)
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


def planned_session(ctx: Context, id: str) -> CourseSession:
    """A session that is still ahead, locked until commit."""
    row: CourseSession = edits.locked(ctx, "session", id)
    if row.state != "planned":
        raise RuleError("session.not_planned", session=row.id, state=row.state)
    return row


def open_session(ctx: Context, id: str) -> CourseSession:
    """A session that takes entries: planned or held, locked so that two desks never enter the same worker twice."""
    row: CourseSession = edits.locked(ctx, "session", id)
    if row.state == "cancelled":
        raise RuleError("session.cancelled", session=row.id, reason=row.reason)
    return row


def known_workers(ctx: Context, given: Iterable[str]) -> list[str]:
    """Ids of workers, each once; BadInput names the first that there is not."""
    wanted = list(dict.fromkeys(given))
    known = {each.id for each in ctx.uow.find("worker", id=wanted)} if wanted else set()
    for each in wanted:
        if each not in known:
            raise BadInput("unknown", entity="worker", id=each)
    return wanted


def attendance_of(ctx: Context, session: str) -> dict[str, Attendance]:
    """The list of a session, by worker."""
    return {each.worker: each for each in ctx.uow.find("attendance", session=session)}
