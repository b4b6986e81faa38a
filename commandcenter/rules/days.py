"""Days as people write them, and the days on which a drill can be held."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from commandcenter.rules.clashes import Habits, clashes, marks_day
from commandcenter.rules.drills import Absence, DayMark, Drill

_WHOLE = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?")
_SHORT = re.compile(r"(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?")
_SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})")
_STEP = re.compile(r"[+＋](\d{1,3})")
_DAY = re.compile(r"(\d{1,2})[日号]?")
_TIME = re.compile(r"(\d{1,2})\s*[:：.点时]\s*(\d{0,2})\s*分?|(\d{2})(\d{2})|(\d{1,2})")


def day_from(text: str, today: date) -> date | None:
    """A day from the usual ways of writing one: 2026-06-12, 2026.6.12, 2026年6月12日, 20260612; without a year the
    next such day; a number alone is a day of this month, or of the next once it is past; +7 is so many days from
    today. None for anything else.
    """
    text = text.strip()
    if found := _STEP.fullmatch(text):
        return today + timedelta(days=int(found[1]))
    if found := _WHOLE.fullmatch(text) or _SOLID.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _SHORT.fullmatch(text):
        return _coming(today, [(today.year + more, int(found[1])) for more in range(5)], int(found[2]))
    if found := _DAY.fullmatch(text):
        months = [divmod(today.year * 12 + today.month - 1 + more, 12) for more in range(13)]
        return _coming(today, [(year, month + 1) for year, month in months], int(found[1]))
    return None


def _coming(today: date, months: list[tuple[int, int]], day: int) -> date | None:
    found = (made for year, month in months if (made := _day(year, month, day)) is not None)
    return next((each for each in found if each >= today), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def time_from(text: str) -> time | None:
    """A time of day: 9:30, 09：30, 9点, 0930, 9. None for anything else."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        return None
    hour = int(found[1] or found[3] or found[5])
    minute = int(found[2] or found[4] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def working_days(first: date, last: date, marks: Iterable[DayMark]) -> Iterator[date]:
    """Monday to Friday from ``first`` to ``last`` (included), without the holidays of the whole town."""
    off = [each for each in marks if each.kind == "holiday" and each.village is None]
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        if day.weekday() < 5 and not any(marks_day(mark, day) for mark in off):
            yield day


def free_days(
    draft: Drill, at: time, days: Iterable[date], others: Iterable[Drill], absences: Iterable[Absence],
    marks: Iterable[DayMark], habits: Habits, zone: ZoneInfo,
) -> Iterator[datetime]:  # fmt: skip
    """Those of ``days``, as instants at ``at`` local time, on which nothing speaks against ``draft``."""
    others, absences, marks = tuple(others), tuple(absences), tuple(marks)
    for day in days:
        starts = datetime.combine(day, at, zone)
        if not clashes(replace(draft, starts_at=starts), others, absences, marks, habits, zone):
            yield starts
