"""Who is expected at a session, who signs in, and what each made of it, until the list is closed.

A list of names that was pasted is settled by a person first (:mod:`commandcenter.rules.attendance_matching`); what
reaches the database is settled, and names of nobody stand in the session's note.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from commandcenter.base.errors import BadInput, Conflict, RuleError
from commandcenter.rules import courses as rules
from commandcenter.rules.courses import FULL_MARK, Attendance, Course, CourseSession
from commandcenter.rules.entity import Personal
from commandcenter.rules.permissions import PLANNERS
from commandcenter.services import edits
from commandcenter.services.commands import Context, command, handles
from commandcenter.services.course_sessions import attendance_of, known_workers, open_session, planned_session


@command("expect_workers", roles=PLANNERS, writes=("attendance",))
@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectWorkers:
    """Ask more workers to come to a session; those who are on its list stay as they are."""

    session: str
    workers: tuple[str, ...]


@handles(ExpectWorkers)
def expect_workers(cmd: ExpectWorkers, ctx: Context) -> Any:
    """How many are new on the list."""
    row = open_session(ctx, cmd.session)
    known = attendance_of(ctx, row.id)
    new = [each for each in known_workers(ctx, cmd.workers) if each not in known]
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
    row = open_session(ctx, cmd.session)
    known = attendance_of(ctx, row.id)
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
    row = open_session(ctx, cmd.session)
    again = _sign(ctx, row, known_workers(ctx, cmd.workers))
    return {"session": row.id, "signed": len(set(cmd.workers)) - again, "again": again}


def _sign(ctx: Context, session: CourseSession, workers: Iterable[str]) -> int:
    known, again = attendance_of(ctx, session.id), 0
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
    row = open_session(ctx, cmd.session)
    both = set(cmd.present) & {each.worker for each in cmd.absent}
    if both:
        worker = ctx.uow.require("worker", min(both))
        raise BadInput("attendance.both", name=worker.name, worker=worker.id)
    again = _sign(ctx, row, known_workers(ctx, cmd.present))
    _excuse(ctx, row, cmd.absent)
    for each in cmd.guests:
        edits.not_denied("guests", each)
    note = rules.with_guests(row.note, cmd.guests)
    if note != row.note:
        ctx.uow.put(replace(row, note=note))
    return {"session": row.id, "signed": len(set(cmd.present)) - again, "again": again, "absent": len(cmd.absent),
            "guests": len(cmd.guests)}  # fmt: skip


def _excuse(ctx: Context, session: CourseSession, absent: Sequence[Away]) -> None:
    known = attendance_of(ctx, session.id)
    known_workers(ctx, (each.worker for each in absent))
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
    row = open_session(ctx, cmd.session)
    course = ctx.uow.require("course", row.course)
    known = attendance_of(ctx, row.id)
    known_workers(ctx, (each.worker for each in cmd.results))
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
    row = planned_session(ctx, cmd.session)
    zone = ZoneInfo(ctx.zone)
    if row.starts_at is not None and row.starts_at.astimezone(zone).date() > ctx.now.astimezone(zone).date():
        raise RuleError("session.not_yet", session=row.id, day=f"{row.starts_at.astimezone(zone):%Y-%m-%d}")
    known = attendance_of(ctx, row.id)
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
