"""Days as people write them, and the days on which a drill can be held."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from commandcenter.rules.clashes import ALWAYS, Habits, clashes, marks_day
from commandcenter.rules.drills import Absence, DayMark, Drill
from commandcenter.rules.judging import clock_time, day_written
from commandcenter.rules.supplies import Supplies

_STEP = re.compile(r"[+＋](\d{1,3})")
_HOUR = re.compile(r"(\d{1,2})[点时]?")


def day_from(text: str, today: date) -> date | None:
    """A day to come, as it is written on paper (2026-06-12, 6月12日, 12); +7 is so many days from today. None for
    anything else."""
    if found := _STEP.fullmatch(text.strip()):
        return today + timedelta(days=int(found[1]))
    return day_written(text, today, ahead=True)


def time_from(text: str) -> time | None:
    """A time of day: 9:30, 09：30, 0930; 9 is nine o'clock. None for anything else."""
    if found := _HOUR.fullmatch(text.strip()):
        return time(int(found[1])) if int(found[1]) < 24 else None
    return clock_time(text)


def working_days(first: date, last: date, marks: Iterable[DayMark]) -> Iterator[date]:
    """Monday to Friday from ``first`` to ``last`` (included), without the holidays of the whole town."""
    off = [each for each in marks if each.kind == "holiday" and each.village is None]
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        if day.weekday() < 5 and not any(marks_day(mark, day) for mark in off):
            yield day


def free_days(
    draft: Drill, at: time, days: Iterable[date], others: Iterable[Drill], absences: Iterable[Absence],
    marks: Iterable[DayMark], habits: Habits, zone: ZoneInfo, supplies: Supplies,
) -> Iterator[datetime]:  # fmt: skip
    """Those of ``days``, as instants at ``at`` local time, on which nothing speaks against ``draft`` that another day
    would mend."""
    others, absences, marks = tuple(others), tuple(absences), tuple(marks)
    for day in days:
        starts = datetime.combine(day, at, zone)
        against = clashes(replace(draft, starts_at=starts), others, absences, marks, habits, zone, supplies)
        if all(each.code in ALWAYS for each in against):
            yield starts
