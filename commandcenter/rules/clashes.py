"""What speaks against a drill on its day, in words: nothing here forbids it, the trainer decides."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from commandcenter.rules.drills import Absence, DayMark, Drill
from commandcenter.rules.masks import is_erased
from commandcenter.rules.supplies import Supplies

ALWAYS = frozenset(("kit_short",))
"""Codes of what speaks against a drill on any day: another date mends nothing."""


@dataclass(frozen=True, slots=True)
class Clash:
    """One reason as a code (``drills.clash.<code>``) with its facts; ``drill``: the other one, where there is one."""

    code: str
    facts: dict[str, Any]
    drill: str | None = None


@dataclass(frozen=True, slots=True)
class Habits:
    """The town's own limits: days between two drills of one village, drills a trainer leads in a day."""

    gap_days: int = 7
    per_day: int = 2


def day_of(drill: Drill, zone: ZoneInfo) -> date | None:
    """The local day of a drill; None while it has no date."""
    moment = drill.held_at or drill.starts_at
    return moment.astimezone(zone).date() if moment else None


def clashes(
    drill: Drill, others: Iterable[Drill], absences: Iterable[Absence], marks: Iterable[DayMark], habits: Habits,
    zone: ZoneInfo, supplies: Supplies,
) -> list[Clash]:  # fmt: skip
    """All that speaks against ``drill`` as it is dated now; empty while it has no date or is cancelled."""
    day = day_of(drill, zone)
    if day is None or drill.state == "cancelled":
        return []
    beside = [each for each in others if each.id != drill.id and each.state != "cancelled"]
    found = [*_with_others(drill, day, beside, habits, zone)]
    for absence in absences:
        is_his = absence.active and absence.officer == drill.trainer
        if is_his and absence.first_day <= day.isoformat() <= absence.last_day:
            found.append(Clash("trainer_absent", {"officer": absence.officer, "until": absence.last_day}))
    for mark in marks:
        if marks_day(mark, day) and mark.village in (None, drill.village):
            found.append(Clash(f"day_{mark.kind}", {"note": "" if is_erased(mark.note) else mark.note}))
    return [*found, *_over_kit(drill, [each for each in beside if day_of(each, zone) == day], supplies)]


def _over_kit(drill: Drill, same_day: list[Drill], supplies: Supplies) -> Iterable[Clash]:
    """What depots do not hold for it, by itself or together with the other drills of its day."""
    for kind, amount in supplies.taken_by(drill).items():
        others = [each for each in same_day if kind in supplies.taken_by(each)]
        whole = amount + sum(supplies.taken_by(each)[kind] for each in others)
        there, article = supplies.held(kind), supplies.articles[kind[0]]
        facts = {"article": article.name, "article_en": article.name_en, "unit": article.unit, "there": there}
        if amount > there:
            yield Clash("kit_short", {**facts, "wanted": amount})
        elif whole > there:
            other = others[0].id if len(others) == 1 else None
            yield Clash("kit", {**facts, "wanted": whole, "count": len(others) + 1}, other)


def _with_others(
    drill: Drill, day: date, others: list[Drill], habits: Habits, zone: ZoneInfo
) -> Iterable[Clash]:
    same_day = [each for each in others if day_of(each, zone) == day]
    for other in same_day:
        if not _overlap(drill, other):
            continue
        if drill.trainer and other.trainer == drill.trainer:
            yield Clash("trainer", {"officer": drill.trainer, "title": other.title}, other.id)
        if drill.commander and other.commander == drill.commander and not is_erased(drill.commander):
            yield Clash("commander", {"name": drill.commander, "title": other.title}, other.id)
        if drill.place and other.place == drill.place and other.village == drill.village:
            yield Clash("place", {"place": drill.place, "title": other.title}, other.id)
    led = sum(1 for each in same_day if drill.trainer and each.trainer == drill.trainer) + 1
    if led > habits.per_day:
        yield Clash("trainer_full", {"officer": drill.trainer, "count": led})
    for other in others:
        at = day_of(other, zone)
        if drill.village and other.village == drill.village and at and abs((at - day).days) < habits.gap_days:
            facts = {"village": drill.village, "title": other.title, "day": at.isoformat()}
            yield Clash("village_again", facts, other.id)


def _overlap(one: Drill, other: Drill) -> bool:
    mine, theirs = _span(one), _span(other)
    return mine[0] < theirs[1] and theirs[0] < mine[1]


def _span(drill: Drill) -> tuple[datetime, datetime]:
    begin = drill.held_at or drill.starts_at
    assert begin is not None
    return begin, begin + timedelta(minutes=drill.minutes)


def marks_day(mark: DayMark, day: date) -> bool:
    """Whether a mark lies on a day."""
    if not mark.active:
        return False
    if mark.first_day and not mark.first_day <= day.isoformat() <= (mark.last_day or mark.first_day):
        return False
    endings = [int(each) for each in mark.days.split(",") if each.strip().isdigit()]
    if endings:
        return day.day % 10 in endings
    return bool(mark.first_day)


def days_of_month(year: int, month: int) -> list[date]:
    """The days that a month's sheet shows: whole weeks from Monday on, so that the grid is full."""
    return [day for week in calendar.Calendar().monthdatescalendar(year, month) for day in week]
