"""A sample town's year and a half of training: courses held village by village, people who were missing, passes that
have run out, and sessions still to come. Believable, invented, and the same every time.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from commandcenter.base.ids import derived_id
from commandcenter.rules.courses import Course, gaps_in, needs
from commandcenter.rules.entity import REAL
from commandcenter.rules.people import Worker
from commandcenter.rules.visibility import SYSTEM
from commandcenter.services import training
from commandcenter.services.attendance import SignIn
from commandcenter.services.course_sessions import PlanSession
from commandcenter.services.imports import ImportRows
from commandcenter.services.runner import CommandRunner
from commandcenter.storage.database import Database
from commandcenter.storage.reads import Reader

MONTHS = 18
LONGEST = 24
"""Months; the first passes of courses that count longer are not told to have run out."""
_MONTH = 30
SMALL = 40
"""A town with fewer workers comes together at once: one session was held, and today's is still open."""
TEACHERS = ("镇应急办 蒲建明", "消防站 何勇", "镇卫生院 谢医生", "司法所 曾庆", "派出所 任警官", "县应急局 税老师")
REASONS = ("外出务工未回", "病假", "家中农忙", "照看老人", "值班走不开", "外地就医", "事假")
NEWCOMERS = ("resident", "farmer", "volunteer")
PLACES = ("镇政府三楼会议室", "镇文化站", "镇卫生院培训室", "消防站操场")


@dataclass(frozen=True, slots=True)
class _Held:
    """A session to be told: a course, a day before today, and the workers of these villages."""

    course: Course
    day: datetime
    villages: frozenset[str]
    place: str
    teacher: str


def enter(database: Database, runner: CommandRunner, now: datetime, root: str) -> None:
    """Put the history and the coming sessions into a sample whose workers and courses are there."""
    state = _state(database, now)
    if not state.workers or not state.in_use:
        return
    rows = _rows(state, now, random.Random(f"training {len(state.workers)}"))
    command = ImportRows(entity="attendance", rows=tuple(rows), source="sample")
    runner.execute(command, id=derived_id(root, "training"))
    for number, planned in enumerate(_planned(_state(database, now), now)):
        made = runner.execute(planned, id=derived_id(root, f"session-{number}"))
        if planned.starts_at is not None and planned.starts_at <= now:
            there = SignIn(session=made.value["session"], workers=planned.expected[: len(planned.expected) // 3])
            runner.execute(there, id=derived_id(root, f"signed-{number}"))


def _state(database: Database, now: datetime) -> training.Training:
    with database.read() as connection:
        return training.load(Reader(connection, SYSTEM, REAL), now)


def _rows(state: training.Training, now: datetime, dice: random.Random) -> list[dict[str, Any]]:
    """Rows as a town's own records would have them."""
    rows = []
    diligence = {each.id: dice.choice((0.8, 0.92, 0.95, 0.97, 0.99)) for each in state.workers}
    for held in _sessions(state, now, dice):
        for worker in state.workers:
            if worker.village not in held.villages or (_is_new(worker, held.day) and len(state.workers) >= SMALL):
                continue
            grid = state.grids.get(worker.grid or "")
            row = {"name": worker.name, "course": held.course.key, "held_on": f"{held.day:%Y-%m-%d}",
                   "place": held.place, "teacher": held.teacher, "hours": held.course.hours}  # fmt: skip
            rows.append(row | ({"grid": grid.code} if grid else {}) | _result(held.course, diligence[worker.id], dice))
    return rows


def _is_new(worker: Worker, day: datetime) -> bool:
    """Whether somebody had no task in the village yet on a day. Cadres, group leaders and their kin had one before they
    were appointed to a grid."""
    return worker.source in NEWCOMERS and worker.appointed > f"{day:%Y-%m}"


def _result(course: Course, diligence: float, dice: random.Random) -> dict[str, Any]:
    """Who was there and what came of it."""
    if dice.random() > diligence:
        return {"presence": "absent", "reason": dice.choice(REASONS)}
    if course.method == "none":
        return {"presence": "present"}
    if course.method == "written":
        mark = float(min(100, max(38, round(dice.gauss((course.pass_mark + 100) / 2, 7)))))
        return {"presence": "present", "mark": mark}
    return {"presence": "present", "result": "passed" if dice.random() < 0.94 else "failed"}


def _sessions(state: training.Training, now: datetime, dice: random.Random) -> list[_Held]:
    """A round of every course for each quarter of the villages."""
    villages = [each.id for each in sorted(state.villages.values(), key=lambda village: village.code)]
    if len(state.workers) < SMALL:
        day = _morning(now - timedelta(days=40), state.zone)
        return [_Held(state.in_use[0], day, frozenset(villages), PLACES[0], TEACHERS[0])]
    made = []
    for place, course in enumerate(state.in_use):
        for quarter in range(4):
            part = frozenset(villages[quarter::4])
            day = now - timedelta(days=_age(course, 4 * place + quarter) + dice.randrange(6))
            made.append(_Held(course, _morning(day, state.zone), part, PLACES[place % len(PLACES)],
                              TEACHERS[place % len(TEACHERS)]))  # fmt: skip
    return sorted(made, key=lambda each: (each.day, each.course.id, sorted(each.villages)))


def _age(course: Course, place: int) -> int:
    """How many days ago a round was held: most passes still count, some run out in the next weeks, some have."""
    most = MONTHS * _MONTH
    if course.valid_months is None or course.valid_months > LONGEST:
        return 20 + 29 * place % (most - 30)
    months = course.valid_months * _MONTH
    if place % 11 in (3, 7):
        return months + (30 if place % 2 else 75)
    if place % 11 in (1, 9):
        return months - 35
    return min(months - 90, most) - 23 * place % (min(months - 90, most) - 15)


def _morning(day: datetime, zone: ZoneInfo) -> datetime:
    """A weekday near a day: nobody trains on Sundays."""
    local = day.astimezone(zone)
    return local - timedelta(days=1) if local.weekday() == 6 else local


def _planned(state: training.Training, now: datetime) -> list[PlanSession]:
    """The sessions to come: the courses with most gaps, each for those who lack it; in a small town today's."""
    local = now.astimezone(state.zone)
    worst = needs(state.matrix)[:3]
    if len(state.workers) < SMALL:
        start = local.replace(hour=9, minute=0, second=0, microsecond=0)
        wanted = gaps_in(state.matrix, worst[0].course)[:7]
        return [PlanSession(course=worst[0].course, starts_at=start, place=PLACES[0], teacher=TEACHERS[0],
                            expected=wanted)]  # fmt: skip
    made = []
    for number, (days, hour, count) in enumerate(((2, 9, 40), (9, 14, 60), (16, 9, 36))):
        start = (local + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
        wanted = gaps_in(state.matrix, worst[number].course)[:count]
        made.append(PlanSession(course=worst[number].course, starts_at=start, place=PLACES[number % len(PLACES)],
                                teacher=TEACHERS[(number * 2) % len(TEACHERS)], expected=wanted))  # fmt: skip
    return made
