"""Training: 18 courses in 5 categories, their sessions, and who has which of them still valid (``DOMAIN.md`` §6)."""

import calendar
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Annotated, Any, Literal

from commandcenter.rules.entity import Indexed, Personal, Ref, Result, Unit, entity

Method = Literal["written", "practice", "oral", "none"]
SessionState = Literal["planned", "held", "cancelled"]


@entity("course")
@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """One course. ``valid_months``: how long a pass counts, None for ever; ``pass_mark`` of 100, by ``method``."""

    id: str
    key: Annotated[str, Indexed]
    category: Annotated[str, Indexed]
    title: dict[str, Any]
    hours: Annotated[float, Unit("h")] = 2.0
    valid_months: Annotated[int | None, Unit("months")] = None
    method: Method = "none"
    pass_mark: Annotated[int, Unit("points")] = 60
    required: bool = True
    origin: Literal["shipped", "own"] = "own"
    active: bool = True


@entity("session")
@dataclass(frozen=True, kw_only=True, slots=True)
class CourseSession:
    """A course held (or to be held) once, somewhere, by somebody."""

    id: str
    course: Annotated[str, Ref("course"), Indexed]
    starts_at: Annotated[datetime | None, Indexed] = None
    hours: Annotated[float, Unit("h")] = 2.0
    place: str = ""
    village: Annotated[str | None, Ref("village"), Indexed] = None
    teacher: Annotated[str, Personal("record")] = ""
    trainer: Annotated[str | None, Ref("officer")] = None
    state: SessionState = "planned"
    reason: Annotated[str, Personal("record")] = ""
    note: Annotated[str, Personal("record")] = ""


@entity("attendance")
@dataclass(frozen=True, kw_only=True, slots=True)
class Attendance:
    """Somebody expected at or signed in to a session. ``present`` None: not known yet; ``passed`` None: not tested."""

    id: str
    session: Annotated[str, Ref("session"), Indexed]
    worker: Annotated[str, Ref("worker"), Indexed]
    present: bool | None = None
    reason: Annotated[str, Personal("record")] = ""
    signed_at: datetime | None = None
    mark: Annotated[float | None, Unit("points"), Result] = None
    passed: Annotated[bool | None, Result] = None


# --- who still has which course -----------------------------------------------------------------------------------

Validity = Literal["valid", "expiring", "expired", "missing", "waived", "optional"]
VALIDITIES: tuple[Validity, ...] = ("valid", "expiring", "expired", "missing", "waived", "optional")
GAPS: frozenset[Validity] = frozenset(("missing", "expired", "expiring"))
"""What a session is planned for; an expiring pass is one that a coming session can still renew in time."""
SOON_DAYS = 60
"""A pass that runs out within so many days is expiring: two monthly sessions are left to renew it [I]."""
METHODS: tuple[Method, ...] = ("written", "practice", "oral", "none")
FULL_MARK = 100


@dataclass(frozen=True, slots=True)
class Credit:
    """A course passed (or waived) on a day, in a session."""

    session: str
    day: date
    waived: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What one worker has of one course. ``held``: the day of the pass that counts; ``until``: its last day, None for
    ever; ``booked``: a planned session at which the worker is expected."""

    validity: Validity
    held: date | None = None
    until: date | None = None
    session: str | None = None
    booked: str | None = None

    @property
    def is_gap(self) -> bool:
        """Whether the worker should come to a session."""
        return self.validity in GAPS

    @property
    def is_open(self) -> bool:
        """Whether the gap is one that no planned session closes yet."""
        return self.is_gap and self.booked is None


def valid_until(day: date, months: int | None) -> date | None:
    """The last day on which a pass of ``day`` counts: the same day of the month ``months`` later, or the last of a
    shorter month; None for ever."""
    if months is None:
        return None
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def validity(course: Course, credits: Iterable[Credit], today: date, booked: str | None = None) -> Standing:
    """What ``credits`` are worth today: of several the one that counts longest."""
    best = max(credits, key=lambda each: (each.day, not each.waived, each.session), default=None)
    if best is None:
        return Standing("missing" if course.required else "optional", booked=booked)
    until = valid_until(best.day, course.valid_months)
    state: Validity = "waived" if best.waived else "valid"
    if until is not None and today > until:
        state = "expired" if course.required else "optional"
    elif until is not None and (until - today).days <= SOON_DAYS and course.required:
        state = "expiring"
    return Standing(state, best.day, until, best.session, booked)


def is_waived(row: Attendance) -> bool:
    """Whether the course is credited without the worker having been there 免修; the reason stands beside it."""
    return row.present is False and row.passed is True


def is_credit(course: Course, row: Attendance) -> bool:
    """Whether an attendance counts: passed; or was there, where nothing is tested."""
    if row.passed is not None:
        return row.passed
    return course.method == "none" and row.present is True


def passes(course: Course, mark: float | None) -> bool | None:
    """Whether a mark is a pass; None without one."""
    return None if mark is None else mark >= course.pass_mark


Key = tuple[str, str]
"""Worker and course."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Standing of every worker in every course; both are ids, in the order they were given."""

    workers: tuple[str, ...]
    courses: tuple[str, ...]
    cells: dict[Key, Standing]

    def of(self, worker: str, course: str) -> Standing:
        """One cell; KeyError for somebody or something not in it."""
        return self.cells[worker, course]


def matrix(courses: Iterable[Course], workers: Iterable[str], sessions: Iterable[CourseSession],
           attendance: Iterable[Attendance], today: date, zone: tzinfo) -> Matrix:  # fmt: skip
    """Worker × course. Only sessions that were held give credit; their day is the local one."""
    by_id = {each.id: each for each in courses}
    held = {each.id: each for each in sessions}
    credits: dict[Key, list[Credit]] = {}
    booked: dict[Key, tuple[datetime, str]] = {}
    for row in attendance:
        session = held.get(row.session)
        course = by_id.get(session.course) if session else None
        if session is None or course is None or session.starts_at is None:
            continue
        key = (row.worker, course.id)
        if session.state == "held" and is_credit(course, row):
            day = session.starts_at.astimezone(zone).date()
            credits.setdefault(key, []).append(Credit(session.id, day, is_waived(row)))
        elif session.state == "planned" and row.present is not False:
            booked[key] = min(booked.get(key, (session.starts_at, session.id)), (session.starts_at, session.id))
    ids = tuple(workers)
    cells = {
        (worker, each.id): validity(each, credits.get((worker, each.id), ()), today,
                                    booked.get((worker, each.id), (None, None))[1])
        for worker in ids for each in by_id.values()
    }  # fmt: skip
    return Matrix(ids, tuple(by_id), cells)


@dataclass(frozen=True, slots=True)
class Need:
    """How many lack a course: the gaps by kind, and how many of them a planned session closes."""

    course: str
    missing: int
    expired: int
    expiring: int
    booked: int

    @property
    def open(self) -> int:
        """The gaps for which no session is planned."""
        return self.missing + self.expired + self.expiring - self.booked


def needs(found: Matrix, workers: Collection[str] | None = None) -> list[Need]:
    """The courses by what is lacking, worst first; of these ``workers``, or of all. Courses are ranked, never
    people."""
    chosen = found.workers if workers is None else [each for each in found.workers if each in workers]
    made = []
    for course in found.courses:
        cells = [found.of(worker, course) for worker in chosen]
        counts = Counter(cell.validity for cell in cells)
        booked = sum(1 for cell in cells if cell.is_gap and cell.booked is not None)
        made.append(Need(course, counts["missing"], counts["expired"], counts["expiring"], booked))
    place = {course: at for at, course in enumerate(found.courses)}
    return sorted(made, key=lambda each: (-each.open, -each.expired, -each.missing, place[each.course]))


def gaps_in(found: Matrix, course: str, workers: Collection[str] | None = None) -> tuple[str, ...]:
    """Who should come to a session of a course and is expected at none, in the order of the matrix (by place, never
    by person)."""
    chosen = found.workers if workers is None else [each for each in found.workers if each in workers]
    return tuple(worker for worker in chosen if found.of(worker, course).is_open)


# --- a session ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tally:
    """A session in figures: expected 应到, present 实到, absent, not known yet, passed 合格."""

    expected: int
    present: int
    absent: int
    unknown: int
    passed: int


def tally(course: Course, rows: Iterable[Attendance]) -> Tally:
    """The figures of a session; who is credited without having been there counts among those absent."""
    listed = list(rows)
    there = sum(1 for each in listed if each.present is True)
    away = sum(1 for each in listed if each.present is False)
    passed = sum(1 for each in listed if each.present is True and is_credit(course, each))
    return Tally(len(listed), there, away, len(listed) - there - away, passed)


def certificate_number(prefix: str, day: date, attendance: str) -> str:
    """The number of a certificate: town, day, and six figures of the entry it certifies, so that it is the same on
    every print and at every desk."""
    digest = hashlib.sha256(attendance.encode()).hexdigest()[:6].upper()
    return f"{prefix}-PX{day:%Y%m%d}-{digest}"


GUEST = "※"
"""Marks a line of a session's note as a name that was on the list and belongs to nobody of the register."""


def with_guests(note: str, guests: Iterable[str]) -> str:
    """A session's note with these names as lines of their own; who stands there already is not written twice."""
    lines = note.split("\n") if note else []
    for guest in guests:
        line = f"{GUEST}{' '.join(guest.split())}"
        if line != GUEST and line not in lines:
            lines.append(line)
    return "\n".join(lines)


def guests_of(note: str) -> tuple[str, ...]:
    """The names in a note that belong to nobody of the register."""
    return tuple(line.removeprefix(GUEST) for line in note.split("\n") if line.startswith(GUEST))


# --- when ---------------------------------------------------------------------------------------------------------

_DAY = r"(?:(?P<year>\d{4})[-/.年])?(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})[日号]?"
_TIME = r"(?P<hour>\d{1,2})[:：点时](?P<minute>\d{1,2}|半)?分?"
_HALF = {"上午": 0, "下午": 12, "晚上": 12, "am": 0, "pm": 12}
_RELATIVE = {"今天": 0, "明天": 1, "后天": 2, "today": 0, "tomorrow": 1}


def moment_in(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    """A day and a time of day as people type them (``6-12 9:00``, ``2025年6月12日下午2点半``, ``明天 9:30``), local,
    as aware UTC; None where there is no day. Without a year it is the next such day; without a time, nine o'clock."""
    given = unicodedata.normalize("NFKC", text).strip().lower()
    local = now.astimezone(zone)
    word = next((each for each in _RELATIVE if each in given), None)
    found = None if word else re.search(_DAY, given)
    if word is None and found is None:
        return None
    rest = given.replace(word, " ") if word else given.replace(found[0], " ", 1)  # type: ignore[index]
    time = re.search(_TIME, rest)
    hour, minute = (int(time["hour"]), 30 if time["minute"] == "半" else int(time["minute"] or 0)) if time else (9, 0)
    half = next((add for each, add in _HALF.items() if each in rest), 0)
    hour += half if half and hour < 12 else 0
    try:
        day = local.date() + timedelta(_RELATIVE[word]) if word else _day(found, local.date())  # type: ignore[arg-type]
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)
    except ValueError:
        return None


def _day(found: re.Match[str], today: date) -> date:
    month, day = int(found["month"]), int(found["day"])
    if found["year"]:
        return date(int(found["year"]), month, day)
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)
