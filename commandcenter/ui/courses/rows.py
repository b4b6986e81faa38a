"""The rows of the room's tables: sessions, courses, and who is on the list of a session."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from commandcenter.base.texts import say
from commandcenter.rules.courses import Attendance, Course, CourseSession, Need, Tally, is_waived
from commandcenter.rules.people import Worker
from commandcenter.services.wording import shown
from commandcenter.ui.core.columns import Column, Tone
from commandcenter.ui.courses.store import category_name, title_of

_STATES = ("planned", "held", "cancelled")


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session with its course and figures; ``when`` is local."""

    session: CourseSession
    course: Course
    tally: Tally
    when: datetime | None
    village: str

    @property
    def id(self) -> str:
        """The session's id."""
        return self.session.id

    @property
    def figures(self) -> str:
        """How many came of how many; before that how many are expected."""
        if self.session.state == "planned" and not self.tally.present:
            return str(self.tally.expected or "–")
        return say("courses.of", done=self.tally.present, total=self.tally.expected)


def session_order(row: SessionRow) -> tuple[Any, ...]:
    """What comes next first, then what was held last; cancelled ones last."""
    moment = row.when.timestamp() if row.when else float("inf")
    state = row.session.state
    return _STATES.index(state), moment if state == "planned" else -moment, row.id


def _session_tone(row: SessionRow, _ctx: Any) -> Tone:
    return {"planned": "accent", "held": "text", "cancelled": "disabled"}[row.session.state]  # type: ignore[return-value]


SESSION_COLUMNS: tuple[Column[SessionRow], ...] = (
    Column("when", "courses.column.when", lambda row, _: f"{row.when:%Y-%m-%d %H:%M}" if row.when
           else say("courses.undated"), lambda row: row.when.timestamp() if row.when else None, 122, fixed=True),
    Column("course", "courses.column.course", lambda row, _: title_of(row.course), None, 200, stretch=True, fixed=True,
           tone=lambda row, _: "disabled" if row.session.state == "cancelled" else "text",
           tooltip=lambda row, _: title_of(row.course)),
    Column("state", "courses.column.state", lambda row, _: say(f"courses.state.{row.session.state}"), None, 68,
           tone=_session_tone),
    Column("figures", "courses.column.figures", lambda row, _: row.figures, lambda row: row.tally.expected, 76,
           numeric=True),
    Column("place", "courses.column.place", lambda row, _: row.session.place or row.village, None, 130, visible=False),
    Column("teacher", "courses.column.teacher", lambda row, _: shown(row.session.teacher), None, 110, visible=False),
    Column("passed", "courses.column.passed", lambda row, _: str(row.tally.passed or "–"), lambda row: row.tally.passed,
           64, numeric=True, visible=False),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course with what is lacking of it; ``place`` is its place in the list."""

    course: Course
    need: Need | None
    sessions: int
    place: int

    @property
    def id(self) -> str:
        """The course's id."""
        return self.course.id


def valid_words(months: int | None) -> str:
    """How long a pass counts."""
    return say("courses.valid.ever") if months is None else say("courses.valid.months", count=months)


def _gap(row: CourseRow, name: str) -> str:
    return "–" if row.need is None else str(getattr(row.need, name) or "–")


COURSE_COLUMNS: tuple[Column[CourseRow], ...] = (
    Column("title", "courses.column.course", lambda row, _: title_of(row.course), None, 220, stretch=True, fixed=True,
           tone=lambda row, _: "text" if row.course.active else "disabled",
           tooltip=lambda row, _: title_of(row.course)),
    Column("category", "courses.column.category", lambda row, _: category_name(row.course.category), None, 92,
           visible=False),
    Column("hours", "courses.column.hours", lambda row, _: f"{row.course.hours:g}", lambda row: row.course.hours, 54,
           numeric=True),
    Column("valid", "courses.column.valid", lambda row, _: valid_words(row.course.valid_months),
           lambda row: row.course.valid_months or 9999, 82),
    Column("method", "courses.column.method", lambda row, _: say(f"courses.method.{row.course.method}"), None, 72,
           visible=False),
    Column("missing", "courses.column.missing", lambda row, _: _gap(row, "missing"),
           lambda row: row.need.missing if row.need else None, 66, numeric=True),
    Column("expired", "courses.column.expired", lambda row, _: _gap(row, "expired"),
           lambda row: row.need.expired if row.need else None, 66, numeric=True),
    Column("expiring", "courses.column.expiring", lambda row, _: _gap(row, "expiring"),
           lambda row: row.need.expiring if row.need else None, 90, numeric=True),
    Column("open", "courses.column.open", lambda row, _: _gap(row, "open"),
           lambda row: row.need.open if row.need else None, 66, numeric=True,
           tone=lambda row, _: "text" if row.need and row.need.open else "muted"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """Somebody on the list of a session; ``place`` is his place in it."""

    row: Attendance
    worker: Worker | None
    where: str
    course: Course
    signed: str
    place: int

    @property
    def id(self) -> str:
        """The worker's id: one entry a worker."""
        return self.row.worker

    @property
    def name(self) -> str:
        """The worker's name."""
        return self.worker.name if self.worker else ""

    @property
    def presence(self) -> str:
        """There, away with the reason, or not known yet."""
        if is_waived(self.row):
            return say("courses.there.waived", reason=shown(self.row.reason))
        if self.row.present is None:
            return say("courses.there.unknown")
        if self.row.present:
            return say("courses.there.signed", time=self.signed) if self.signed else say("courses.there.yes")
        return say("courses.there.no", reason=shown(self.row.reason))

    @property
    def result(self) -> str:
        """Mark and pass in words."""
        if self.row.passed is None:
            return "–" if self.row.present is not True or self.course.method != "none" else say("courses.result.none")
        word = say("courses.result.passed" if self.row.passed else "courses.result.failed")
        return word if self.row.mark is None else f"{self.row.mark:g} {word}"


def _presence_tone(row: AttendanceRow, _ctx: Any) -> Tone:
    if row.row.present is None:
        return "muted"
    return "ok" if row.row.present else "near"


def _result_tone(row: AttendanceRow, _ctx: Any) -> Tone:
    if row.row.passed is None:
        return "muted"
    return "ok" if row.row.passed else "overdue"


ATTENDANCE_COLUMNS: tuple[Column[AttendanceRow], ...] = (
    Column("name", "courses.column.name", lambda row, _: row.name, None, 84, fixed=True),
    Column("where", "courses.column.grid", lambda row, _: row.where, lambda row: row.place, 120, stretch=True,
           tone=lambda row, _: "muted"),
    Column("presence", "courses.column.presence", lambda row, _: row.presence, None, 118, tone=_presence_tone,
           tooltip=lambda row, _: row.presence),
    Column("result", "courses.column.result", lambda row, _: row.result, lambda row: row.row.mark, 84,
           tone=_result_tone),
)  # fmt: skip
