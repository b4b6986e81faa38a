"""Training as a trainer sees it: courses, sessions and who has what, read in one go; and what one worker has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from commandcenter.base.texts import current
from commandcenter.rules.attendance_matching import Candidate, Register
from commandcenter.rules.courses import (
    Attendance,
    Course,
    CourseSession,
    Matrix,
    Standing,
    Tally,
    matrix,
    tally,
)
from commandcenter.rules.drills import HELD, Drill, DrillMoment
from commandcenter.rules.entity import REAL
from commandcenter.rules.grids import Grid, Village
from commandcenter.rules.judging import own_times
from commandcenter.rules.ordering import natural_key
from commandcenter.rules.people import Worker
from commandcenter.rules.permissions import may_read
from commandcenter.rules.pinyin import keys
from commandcenter.rules.presence import Presence
from commandcenter.rules.scenarios import words
from commandcenter.services.catalogues import terms
from commandcenter.services.runner import DEFAULT_ZONE
from commandcenter.services.shipped import read
from commandcenter.storage.reads import Reader


@dataclass(frozen=True)
class Training:
    """Everything that the training room works on. ``workers`` are those in office, by place; ``people`` are all, so
    that records of those who left keep their names."""

    today: date
    zone: ZoneInfo
    courses: dict[str, Course]
    sessions: dict[str, CourseSession]
    attendance: dict[str, tuple[Attendance, ...]]
    """Lists by session, in the order of places."""
    workers: tuple[Worker, ...]
    people: dict[str, Worker]
    villages: dict[str, Village]
    grids: dict[str, Grid]

    @cached_property
    def matrix(self) -> Matrix:
        """Worker × course in use, both in the order in which people look for them."""
        rows = (row for listed in self.attendance.values() for row in listed)
        ids = [each.id for each in self.workers]
        return matrix(self.in_use, ids, self.sessions.values(), rows, self.today, self.zone)

    @property
    def in_use(self) -> list[Course]:
        """The courses in use, by category."""
        return [each for each in self.courses.values() if each.active]

    def tally(self, session: CourseSession) -> Tally:
        """A session in figures."""
        return tally(self.courses[session.course], self.attendance.get(session.id, ()))

    def register(self) -> Register:
        """What a pasted list of names is held against."""
        made = (candidate(each, self.grids.get(each.grid or "")) for each in self.workers)
        return Register(made, {each.id: each.name for each in self.villages.values()})


def candidate(worker: Worker, grid: Grid | None) -> Candidate:
    """A worker as names are matched."""
    return Candidate(
        worker.id, worker.name, worker.village, worker.grid, grid.code if grid else "", grid.serial if grid else 0,
        worker.phone,
    )  # fmt: skip


def load(reader: Reader, now: datetime) -> Training:
    """All of it, as this viewer may see it."""
    zone = zone_of(reader)
    villages = {each.id: each for each in reader.find("village")}
    grids = {each.id: each for each in reader.find("grid")}
    people = {each.id: each for each in reader.find("worker")}
    places = {id: _place(each, villages, grids) for id, each in people.items()}
    lists: dict[str, list[Attendance]] = {}
    for row in reader.find("attendance"):
        lists.setdefault(row.session, []).append(row)
    return Training(
        today=now.astimezone(zone).date(), zone=zone, courses=courses(reader),
        sessions={each.id: each for each in reader.find("session")},
        attendance={
            id: tuple(sorted(rows, key=lambda row: (places[row.worker], row.id))) for id, rows in lists.items()
        },
        workers=tuple(sorted((each for each in people.values() if each.active), key=lambda each: places[each.id])),
        people=people, villages=villages, grids=grids,
    )  # fmt: skip


def courses(reader: Reader) -> dict[str, Course]:
    """All courses, by category as the catalogue has them, shipped ones in their order first."""
    order = {key: at for at, key in enumerate(terms("course_categories"))}
    shipped = {row["key"]: at for at, row in enumerate(read().courses)}
    found = reader.find("course")
    found.sort(
        key=lambda each: (order.get(each.category, len(order)), shipped.get(each.key, len(shipped)), each.id)
    )
    return {each.id: each for each in found}


def zone_of(reader: Reader) -> ZoneInfo:
    """The town's zone."""
    town = next(iter(reader.find("township")), None)
    return ZoneInfo(town.zone if town else DEFAULT_ZONE)


def _place(worker: Worker, villages: Mapping[str, Village], grids: Mapping[str, Grid]) -> tuple[Any, ...]:
    """By place, then by name: never by what somebody has or lacks."""
    village, grid = villages.get(worker.village or ""), grids.get(worker.grid or "")
    return (
        (0, natural_key(village.code)) if village else (1, ()),
        (0, natural_key(grid.code)) if grid else (1, ()), keys(worker.name, person=True).pinyin, worker.id,
    )  # fmt: skip


# --- one worker ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taken:
    """A course, what a worker has of it, and the session that counts."""

    course: Course
    standing: Standing
    session: CourseSession | None


def taken_by(reader: Reader, worker: str, now: datetime) -> list[Taken] | None:
    """Every course in use and what this worker has of it, in the order of the courses; None for a viewer who may not
    read what others made of a training."""
    if not may_read(reader.viewer.role, "result"):
        return None
    zone = zone_of(reader)
    known = {id: each for id, each in courses(reader).items() if each.active}
    rows = reader.find("attendance", worker=worker)
    sessions = {each.id: each for each in reader.many("session", {row.session for row in rows})}
    found = matrix(known.values(), (worker,), sessions.values(), rows, now.astimezone(zone).date(), zone)
    cells = [(course, found.of(worker, course.id)) for course in known.values()]
    return [Taken(course, cell, sessions.get(cell.session or "")) for course, cell in cells]


@dataclass(frozen=True, slots=True)
class DrillPart:
    """A drill in which a worker took part: as what, and his own times."""

    drill: Drill
    role: str
    part: str
    moments: tuple[DrillMoment, ...]


def drills_of(reader: Reader, worker: str) -> list[DrillPart]:
    """The drills that this worker took part in, newest first, with no time but his own, and none for a viewer who may
    not know the times of others. ``reader`` reads ``DRILLS``: what this viewer must not know of is not there."""
    parts = [each for each in reader.find("drill_person", person_kind="worker", person=worker) if each.present]
    drills = {each.id: each for each in reader.many("drill", {each.drill for each in parts}) if each.state in HELD}
    moments = reader.find("drill_moment", person=[part.id for part in parts]) if parts else []
    made = [
        DrillPart(drills[each.drill], each.role, each.part, tuple(own_times(moments, [each], "worker", worker)))
        for each in parts if each.drill in drills
    ]  # fmt: skip
    return sorted(made, key=lambda each: _held(each.drill), reverse=True)


def _held(drill: Drill) -> tuple[float, str]:
    moment = drill.held_at or drill.starts_at
    return (moment.timestamp() if moment else 0.0), drill.id


def gap_figures(cells: Iterable[Standing]) -> tuple[int, int]:
    """How many courses count for long, and how many are gaps."""
    listed: Sequence[Standing] = list(cells)
    gaps = sum(1 for each in listed if each.is_gap)
    return sum(1 for each in listed if each.validity in ("valid", "waived")), gaps


# --- days ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lesson:
    """A session as a calendar shows it; ``expected``: how many are asked to come, 0 when it was held."""

    id: str
    title: str
    begins: datetime
    minutes: int
    village: str | None
    place: str
    trainer: str | None
    teacher: str
    state: str
    expected: int


def lessons_by_day(reader: Reader, presence: Presence, zone: ZoneInfo) -> dict[date, tuple[Lesson, ...]]:
    """The sessions with a date, by local day and time, those called off left out. ``presence`` knows who is expected
    where; ``reader`` may read drills."""
    real = Reader(reader.connection, reader.viewer, REAL)
    titles = {each.id: words(each.title, current().language) for each in real.find("course")}
    expected = {each.id: sum(1 for kind, _ in each.people if kind == "worker") for each in presence.sessions}
    found: dict[date, list[Lesson]] = {}
    for each in real.find("session", state=["planned", "held"]):
        if each.starts_at is not None:
            lesson = Lesson(each.id, titles.get(each.course, ""), each.starts_at, round(each.hours * 60), each.village,
                            each.place, each.trainer, each.teacher, each.state, expected.get(each.id, 0))  # fmt: skip
            found.setdefault(each.starts_at.astimezone(zone).date(), []).append(lesson)
    return {day: tuple(sorted(those, key=lambda each: (each.begins, each.id))) for day, those in found.items()}
