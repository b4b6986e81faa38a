"""Training in the year's plan: gaps as sessions to be dated, sessions that stand already, and the steps that make a
proposal for them true.

How many sit in one session is a setting of the town; who comes together is decided here by place, never by person.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from commandcenter.base.clock import iso
from commandcenter.base.texts import current, say
from commandcenter.rules.courses import SOON_DAYS, Course, CourseSession, Matrix, matrix
from commandcenter.rules.planning import FIRST_START, LAST_END, ROOM, Fixed, Reason, Slot, Task
from commandcenter.rules.presence import Who
from commandcenter.rules.scenarios import words
from commandcenter.services.training import Training

CLOSE_DAYS = 180
"""A course that somebody lacks, or of which a pass has run out, is to be held within so many days: of 18 courses that
is three a month [I]."""
TOGETHER_DAYS = 90
"""Whose pass runs out within so many days comes along with those who lack the course now [I]."""
FEWEST = 8
"""Fewer do not make a session of their own: they join others, or all of their kind come to the town [I]."""
ALONE = 3
"""Fewer than these in the whole town and year are no session at all: they sit in where it is held next [I]."""

ROUNDS = "training"
"""All courses are spread over the year as one rule: each goes round the villages, one after the other, so that nobody
has them all at once."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What one worker lacks, or will lack before the year is over. ``due``: by when a session should close it."""

    worker: str
    village: str | None
    due: date
    kind: str
    """``missing``, ``expired`` (before the first day that can be planned) or ``expiring``."""


@dataclass(frozen=True, slots=True)
class Group:
    """Who comes to one session; ``village`` None: it is held in the town."""

    village: str | None
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Lessons:
    """Training as the planner needs it, for the days from ``first`` to ``last``. Without slots: what it keeps once
    worked out lies beside its fields."""

    training: Training
    first: date
    last: date
    seats: int
    near: frozenset[tuple[str, str]]
    villages: Mapping[str, str]
    zone: ZoneInfo

    @property
    def standings(self) -> Matrix:
        """What everybody will have on the last day, if nothing more is held."""
        state = self.training
        rows = (row for listed in state.attendance.values() for row in listed)
        ids = [each.id for each in state.workers]
        return matrix(state.in_use, ids, state.sessions.values(), rows, self.last, state.zone)

    @cached_property
    def gaps(self) -> Mapping[str, Sequence[Gap]]:
        """By course, in their order: what lacks on the last day and no planned session closes, whether dated or not.
        Worked out once, by whoever asks first: every worker is held against every course."""
        return _gaps(self)

    def title(self, course: str) -> str:
        """What a course is called."""
        found = self.training.courses.get(course)
        return words(found.title, current().language) if found else ""

    def slot(self, session: CourseSession) -> Slot | None:
        """When a session begins, local; None while it has no date."""
        if session.starts_at is None:
            return None
        local = session.starts_at.astimezone(self.zone)
        return Slot(local.date(), local.hour * 60 + local.minute, session.trainer or "")

    def expected(self, session: str) -> frozenset[str]:
        """The workers who are to come."""
        return frozenset(row.worker for row in self.training.attendance.get(session, ()) if row.present is not False)

    def homes(self, workers: Iterable[str]) -> frozenset[str]:
        """From which villages they come."""
        people = self.training.people
        return frozenset(home for each in workers if each in people and (home := people[each].village))


def too_long(course: Course) -> bool:
    """Whether a course does not fit into one day: which days, somebody has to decide."""
    return FIRST_START + round(course.hours * 60) > LAST_END


# --- gaps -------------------------------------------------------------------------------------------------------------


def _gaps(lessons: Lessons) -> dict[str, list[Gap]]:
    found, standings = dict[str, list[Gap]](), lessons.standings
    waiting = {
        (worker, each.course) for each in lessons.training.sessions.values()
        if each.state == "planned" and each.starts_at is None for worker in lessons.expected(each.id)
    }  # fmt: skip
    by_hand = min(lessons.first + timedelta(days=CLOSE_DAYS - 1), lessons.last)
    for course in standings.courses:
        for worker in lessons.training.workers:
            cell = standings.of(worker.id, course)
            if cell.validity not in ("missing", "expired") or cell.booked or (worker.id, course) in waiting:
                continue
            if cell.until is not None and cell.until >= lessons.first:
                gap = Gap(worker.id, worker.village, cell.until, "expiring")
            else:
                gap = Gap(worker.id, worker.village, by_hand, cell.validity)
            found.setdefault(course, []).append(gap)
    return found


def phases(listed: Iterable[Gap], first: date) -> list[list[Gap]]:
    """Those who should come at the same time of the year: what is due soon, then what runs out within the same two
    months. Too few for a session come along with those before them, while their pass still counts."""
    by_phase: dict[int, list[Gap]] = {}
    for gap in listed:
        away = (gap.due - first).days
        is_now = gap.kind != "expiring" or away < TOGETHER_DAYS
        by_phase.setdefault(0 if is_now else 1 + (away - TOGETHER_DAYS) // SOON_DAYS, []).append(gap)
    found: list[list[Gap]] = []
    for _, those in sorted(by_phase.items()):
        if found and len(those) < FEWEST:
            found[-1] += those
        else:
            found.append(those)
    return found


def grouped(listed: Sequence[Gap], near: Collection[tuple[str, str]], seats: int) -> list[Group]:
    """Sessions of at most ``seats`` people: of one village, of it and its neighbours, and of the few that are left over
    in the town. The village with most people is the host."""
    by_village: dict[str | None, list[Gap]] = {}
    for gap in listed:
        by_village.setdefault(gap.village, []).append(gap)
    found, left = list[Group](), dict[str, list[Gap]]()
    loose = by_village.pop(None, [])
    for village, those in sorted(by_village.items(), key=lambda item: str(item[0])):
        if len(those) > seats:
            found += [Group(village, part) for part in _parts(those, seats)]
        else:
            left[str(village)] = those
    while left:
        host = max(sorted(left), key=lambda each: len(left[each]))
        mine = left.pop(host)
        for other in sorted((each for each in left if (host, each) in near), key=lambda each: (-len(left[each]), each)):
            if len(mine) + len(left[other]) <= seats:
                mine = mine + left.pop(other)
        if len(mine) < FEWEST:
            loose += mine
        else:
            found.append(Group(host, tuple(mine)))
    if len(loose) < FEWEST:
        roomy = [at for at, each in enumerate(found) if len(each.gaps) + len(loose) <= seats]
        if roomy:
            at = min(roomy, key=lambda each: len(found[each].gaps))
            found[at], loose = Group(found[at].village, (*found[at].gaps, *loose)), []
    return found + [Group(None, part) for part in _parts(loose, seats)]


def _parts(those: Sequence[Gap], seats: int) -> list[tuple[Gap, ...]]:
    """In as few parts as there must be, of even size, so that nobody sits alone."""
    count = -(-len(those) // max(1, seats))
    return [tuple(those[at * len(those) // count : (at + 1) * len(those) // count]) for at in range(count)]


# --- tasks and facts --------------------------------------------------------------------------------------------------


def tasks(lessons: Lessons) -> list[Task]:
    """Sessions to be dated: those that were planned without a date, and new ones that close the gaps."""
    found = [
        _task_of(lessons, each, lessons.last) for each in _planned(lessons)
        if each.starts_at is None and not too_long(lessons.training.courses[each.course])
    ]  # fmt: skip
    for id, listed in lessons.gaps.items():
        course = lessons.training.courses[id]
        if not too_long(course) and len(listed) >= ALONE:
            for those in phases(listed, lessons.first):
                found += [_task_for(lessons, course, each) for each in grouped(those, lessons.near, lessons.seats)]
    return found


def left_out(lessons: Lessons) -> list[tuple[Course, Reason]]:
    """Courses with gaps for which no session can be proposed, and why."""
    found = []
    for id, listed in lessons.gaps.items():
        course, count = lessons.training.courses[id], len(listed)
        if too_long(course):
            found.append((course, Reason("course_long", {"hours": f"{course.hours:g}", "count": count})))
        elif count < ALONE:
            found.append((course, Reason("course_few", {"count": count})))
    return found


def _task_for(lessons: Lessons, course: Course, group: Group) -> Task:
    workers = sorted(gap.worker for gap in group.gaps)
    due = min(gap.due for gap in group.gaps)
    earliest = lessons.first
    if all(gap.kind == "expiring" for gap in group.gaps):
        earliest = max(earliest, due - timedelta(days=SOON_DAYS))
    digest = hashlib.sha256("".join([course.id, *workers]).encode()).hexdigest()[:16]
    place = _place(lessons, group.village)
    return Task(
        id=f"gap:{digest}", title=_title(lessons, course.id, group.village, lessons.homes(workers)), scenario="",
        earliest=earliest, latest=due, village=group.village, rule=ROUNDS,
        minutes=round(course.hours * 60), people=_people(workers, place, group.village), kind="session",
        villages=lessons.homes(workers), course=course.id, place=place, about=tuple(_about(lessons, group.gaps)),
    )  # fmt: skip


def _task_of(lessons: Lessons, session: CourseSession, latest: date, now: Slot | None = None) -> Task:
    workers = lessons.expected(session.id)
    count = len(workers)
    return Task(
        id=f"session:{session.id}", title=_title(lessons, session.course, session.village, lessons.homes(workers)),
        scenario="", earliest=lessons.first, latest=latest, village=session.village,
        minutes=round(session.hours * 60), current=now, people=_people(workers, session.place, session.village),
        kind="session", villages=lessons.homes(workers), course=session.course, place=session.place,
        about=(Reason("session_planned", {"count": count}),),
    )  # fmt: skip


def _people(workers: Iterable[str], place: str, village: str | None) -> frozenset[Who]:
    """Who is expected, and the room."""
    room = [(ROOM, f"{place}@{village or ''}")] if place else []
    return frozenset([*(("worker", each) for each in workers), *room])


def _title(lessons: Lessons, course: str, village: str | None, homes: Collection[str]) -> str:
    what = lessons.title(course)
    where = lessons.villages.get(village or "", "")
    others = len(set(homes) - {village})
    if not where:
        return say("season.training.in_town", what=what)
    return say("season.training.with" if others else "season.drill", where=where, what=what, others=others)


def _about(lessons: Lessons, those: Sequence[Gap]) -> Iterator[Reason]:
    """How many come from where, and what they lack."""
    homes = Counter(gap.village for gap in those)
    told = [f"{lessons.villages.get(home or '', '') or say('season.whole_town')} {count}"
            for home, count in sorted(homes.items(), key=lambda item: (-item[1], str(item[0])))]  # fmt: skip
    yield Reason("session_from", {"count": len(those), "homes": say("season.training.homes").join(told)})
    for kind, count in sorted(Counter(gap.kind for gap in those).items()):
        yield Reason(f"session_{kind}", {"count": count})


def _place(lessons: Lessons, village: str | None) -> str:
    """Where sessions of a village, or of the town, were held last."""
    used = [each for each in lessons.training.sessions.values() if each.place and each.village == village]
    last = max((each for each in used if each.starts_at), key=lambda each: (each.starts_at, each.id), default=None)
    if last is not None:
        return last.place
    if village is None:
        return say("season.training.town_room")
    return say("season.training.village_room", where=lessons.villages.get(village, ""))


def _planned(lessons: Lessons) -> list[CourseSession]:
    found = [each for each in lessons.training.sessions.values() if each.state == "planned"]
    return sorted(found, key=lambda each: each.id)


def movable(lessons: Lessons, trainers: Collection[str]) -> list[Task]:
    """The planned sessions of the days looked at that one of the trainers leads, with the dates they have. Whoever
    comes from elsewhere to teach was asked for that day: it stays."""
    found, cells = list[Task](), lessons.training.matrix
    for each in _planned(lessons):
        slot = lessons.slot(each)
        if slot is None or not lessons.first <= slot.day <= lessons.last:
            continue
        if slot.trainer not in trainers or each.teacher:
            continue
        ends = [
            cell.until for worker in lessons.expected(each.id)
            if (cell := cells.cells.get((worker, each.course))) and cell.until and cell.until >= lessons.first
        ]  # fmt: skip
        found.append(_task_of(lessons, each, min(ends, default=lessons.last), slot))
    return found


def ahead(lessons: Lessons) -> list[tuple[str, str, Slot]]:
    """The sessions still to come whose date somebody may set: ``session:`` and the id, title, and when it is now."""
    found = []
    for each in _planned(lessons):
        slot = lessons.slot(each)
        if slot is not None and lessons.first <= slot.day <= lessons.last:
            title = _title(lessons, each.course, each.village, lessons.homes(lessons.expected(each.id)))
            found.append((f"session:{each.id}", title, slot))
    return sorted(found, key=lambda each: (each[2].day, each[2].minute, each[1]))


def standing(lessons: Lessons, people: Mapping[str, frozenset[Who]], *, but: Collection[str] = ()) -> list[Fixed]:
    """Every planned session with a date but those tasks; ``people``: who has to be at each, teachers included."""
    found = []
    for each in _planned(lessons):
        slot, task = lessons.slot(each), f"session:{each.id}"
        if slot is None or task in but:
            continue
        made = _task_of(lessons, each, lessons.last, slot)
        found.append(Fixed(
            task, made.title, slot, each.village, made.minutes,
            people=made.people | people.get(each.id, frozenset()), kind="session", villages=made.villages,
        ))  # fmt: skip
    return sorted(found, key=lambda each: (each.slot.day, each.slot.minute, each.id))


# --- commands ---------------------------------------------------------------------------------------------------------


def steps(lessons: Lessons, task: Task, slot: Slot, moment: datetime) -> list[dict[str, Any]]:
    """What ``ApplyPlan`` does for one session: plan it with those who are expected, or give it its date and trainer."""
    if task.id.startswith("session:"):
        return move_steps(lessons, task.id.partition(":")[2], slot, moment)
    beside = sorted(
        each.id for each in lessons.training.sessions.values()
        if each.course == task.course and each.state == "planned"
    )  # fmt: skip
    workers = sorted(id for kind, id in task.people if kind == "worker")
    return [{
        "command": "plan_session", "course": task.course, "starts_at": iso(moment), "place": task.place,
        "village": task.village, "trainer": slot.trainer or None, "expected": workers, "beside": beside,
    }]  # fmt: skip


def move_steps(lessons: Lessons, session: str, slot: Slot, moment: datetime) -> list[dict[str, Any]]:
    """Another date, and another trainer where it is one. A date that stays is said too: so that it is refused when
    somebody has moved the session meanwhile."""
    row = lessons.training.sessions[session]
    was = iso(row.starts_at) if row.starts_at else None
    found: list[dict[str, Any]] = [
        {"command": "move_session", "session": session, "starts_at": iso(moment), "was": was}
    ]
    if slot.trainer and slot.trainer != row.trainer:
        found.append({"command": "edit_session", "session": session, "changed": {"trainer": slot.trainer},
                      "was": {"trainer": row.trainer}})  # fmt: skip
    return found
