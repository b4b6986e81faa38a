"""How a drill went: its expectations judged from the moments that were noted, and the score of scenario and unit.

The same times give the same score, whether an evaluator's paper sheet, the record or a desk told them. There is no
score of a person, and nothing here puts persons in an order: somebody sees his own times, that is all.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from commandcenter.rules.drills import Drill, DrillMoment, DrillPerson
from commandcenter.rules.scenarios import MOMENTS, Expectation

Verdict = Literal["met", "missed", "open"]
"""``open``: not judged, because something is missing."""
BEFORE = timedelta(hours=6)
"""How long before a drill's beginning a time on its paper may lie; later ones belong to the night after."""
_DIGITS = str.maketrans("０１２３４５６７８９：", "0123456789:")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One expectation judged. ``seconds`` were measured between the two moments of a time expectation; ``lacks`` names
    what is missing while the verdict is open: a moment, ``order`` (the later moment lies before the earlier one),
    ``value``, ``mark``."""

    expectation: str
    verdict: Verdict
    won: float
    points: int
    seconds: int | None = None
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """Points won of the points that could be judged. ``percent`` is None while nothing could be."""

    won: float
    judged: int
    points: int
    percent: int | None
    passed: bool | None
    missed: tuple[str, ...]
    """The expectations that were missed, by id, in the order of the sheet."""
    unjudged: tuple[str, ...]


def times_of(drill: Drill, moments: Iterable[DrillMoment]) -> dict[str, datetime]:
    """The moments of the whole drill by key. Where nobody noted the beginning, it is when the drill was held."""
    found = {each.moment: each.at for each in moments if each.person is None}
    if drill.held_at is not None:
        found.setdefault("started", drill.held_at)
    return found


def judge(expectation: Expectation, times: Mapping[str, datetime]) -> Judgement:
    """One expectation. A mark that an evaluator gave stands before what was measured or counted."""
    seconds, lacks = _measured(expectation, times) if expectation.judged == "time" else (None, "")
    points = expectation.points
    if expectation.mark is not None:
        won = min(max(expectation.mark, 0.0), float(points))
        return Judgement(expectation.id, "met" if won >= points else "missed", won, points, seconds)
    if expectation.judged == "seen":
        return Judgement(expectation.id, "open", 0.0, points, lacks="mark")
    if expectation.judged == "count":
        if expectation.value is None:
            return Judgement(expectation.id, "open", 0.0, points, lacks="value")
        is_met = expectation.value >= (expectation.need or 0)
    else:
        if lacks or seconds is None:
            return Judgement(expectation.id, "open", 0.0, points, seconds, lacks)
        is_met = expectation.within_s is None or seconds <= expectation.within_s
    return Judgement(expectation.id, "met" if is_met else "missed", float(points) if is_met else 0.0, points, seconds)


def _measured(expectation: Expectation, times: Mapping[str, datetime]) -> tuple[int | None, str]:
    after, step = expectation.after or MOMENTS[0], expectation.step
    for moment in (after, step):
        if moment not in times:
            return None, moment
    seconds = round((times[step] - times[after]).total_seconds())
    return seconds, "order" if seconds < 0 else ""


def judge_all(expectations: Iterable[Expectation], times: Mapping[str, datetime]) -> tuple[Judgement, ...]:
    """Every expectation, in the order of the sheet."""
    return tuple(judge(each, times) for each in sorted(expectations, key=lambda row: (row.position, row.id)))


def score(judgements: Iterable[Judgement], pass_mark: int) -> Score:
    """The score of a drill: of what could be judged, so that an unread clock lowers nobody's result."""
    made = tuple(judgements)
    judged = [each for each in made if each.verdict != "open"]
    points, won = sum(each.points for each in judged), sum(each.won for each in judged)
    percent = int(won * 100 / points + 0.5) if points else None
    return Score(
        won, points, sum(each.points for each in made), percent, None if percent is None else percent >= pass_mark,
        tuple(each.expectation for each in judged if each.verdict == "missed"),
        tuple(each.expectation for each in made if each.verdict == "open"),
    )  # fmt: skip


def total_minutes(times: Mapping[str, datetime]) -> int | None:
    """总用时: whole minutes from the beginning to the end, or to the last moment that was noted; None without both."""
    begun, ended = times.get("started"), times.get("ended")
    last = ended or max((at for key, at in times.items() if key != "started"), default=None)
    if begun is None or last is None or last < begun:
        return None
    return round((last - begun).total_seconds() / 60)


def own_times(
    moments: Iterable[DrillMoment], persons: Iterable[DrillPerson], kind: str, person: str | None
) -> list[DrillMoment]:
    """The moments of one person, and of nobody else, oldest first: all that anybody may be shown of single people."""
    parts = {each.id for each in persons if each.person_kind == kind and each.person == person}
    return sorted((each for each in moments if each.person in parts), key=lambda each: (each.at, each.id))


# --- times as people write them -----------------------------------------------------------------------------------


def clock_time(text: str) -> time | None:
    """A time of day as it is written on paper or typed without looking: 0905, 905, 9:05, 9.05, 9点05, 9时5分, 090530;
    None when it is none."""
    plain = text.strip().translate(_DIGITS)
    for mark in ("点", "时", ".", "h", "H"):
        plain = plain.replace(mark, ":")
    parts = plain.rstrip("分秒:").replace("分", ":").split(":")
    if len(parts) == 1:
        digits = parts[0]
        if not digits.isascii() or not digits.isdigit() or len(digits) not in (1, 2, 3, 4, 5, 6):
            return None
        if len(digits) <= 2:
            parts = [digits, "0"] if "点" in text or "时" in text else []
        else:
            digits = digits.zfill(4 if len(digits) <= 4 else 6)
            parts = [digits[at : at + 2] for at in range(0, len(digits), 2)]
    if not 2 <= len(parts) <= 3 or not all(each.isascii() and each.isdigit() and len(each) <= 2 for each in parts):
        return None
    hour, minute, second = (*(int(each) for each in parts), 0)[:3]
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def day_written(text: str, today: date, *, ahead: bool = False) -> date | None:
    """A day as it is written on paper: 2025-06-12, 2025.6.12, 20250612, 6月12日, 6.12, 0612, 12. Without a year it is
    the latest such day up to ``today``, or with ``ahead`` the next one from today on; None when it is no day."""
    plain = re.sub("[年月./\\\\]", "-", text.strip().translate(_DIGITS)).rstrip("日号- ")
    if plain.isascii() and plain.isdigit() and len(plain) in (3, 4, 8):
        plain = f"{plain[:-4]}-{plain[-4:-2]}-{plain[-2:]}".lstrip("-")
    parts = plain.split("-")
    if not 1 <= len(parts) <= 3 or not all(each.isascii() and each.isdigit() and len(each) <= 4 for each in parts):
        return None
    *years, month, day = (0, 0, *(int(each) for each in parts))[-3:]
    step = -1 if not ahead else 1
    if len(parts) == 3:
        return _day(years[0], month, day)
    if len(parts) == 2:
        found = (_day(today.year + step * back, month, day) for back in range(9))
    else:
        months = (today.year * 12 + today.month - 1 + step * back for back in range(3))
        found = (_day(at // 12, at % 12 + 1, day) for at in months)
    return next((each for each in found if each and (each >= today if ahead else each <= today)), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def moment_at(text: str, begun: datetime, zone: ZoneInfo) -> datetime | None:
    """The instant that a clock time on a drill's paper means: the nearest at or after six hours before it began, so
    that what was noted after midnight belongs to the day after. None when it is no time."""
    clock = clock_time(text)
    if clock is None:
        return None
    earliest = begun.astimezone(zone) - BEFORE
    found = datetime.combine(earliest.date(), clock, zone)
    if found < earliest:
        found = datetime.combine(earliest.date() + timedelta(days=1), clock, zone)
    return found.astimezone(begun.tzinfo)
