"""Reasons, dates and moves in a planner's words."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from commandcenter.base.texts import choose, say
from commandcenter.rules.clashes import Clash
from commandcenter.rules.planning import Change, Reason, Slot
from commandcenter.services.season_plan import Basis, week_of

AGAINST = frozenset(("late", "out_of_season", "weekend", "on_market", "on_school", "on_harvest", "on_holiday"))
"""Reasons that speak against a date."""
_DAYS = ("day", "due", "first", "last", "until")


def day_words(day: date | str, year: int | None = None) -> str:
    """``6月5日 周五`` / ``Fri 5 Jun``; with its year where that is not the one looked at."""
    found = date.fromisoformat(day) if isinstance(day, str) else day
    return say(
        "season.day" if year in (None, found.year) else "season.day_year", year=found.year, day=found.day,
        month=say(f"season.month.{found.month}"), weekday=say(f"season.short_weekday.{found.weekday()}"),
    )  # fmt: skip


def slot_words(slot: Slot | None, year: int | None = None) -> str:
    """Day and hour."""
    if slot is None:
        return say("season.no_date")
    return f"{day_words(slot.day, year)} {slot.minute // 60:02}:{slot.minute % 60:02}"


def week_words(day: date) -> str:
    """The week by which results are grouped: its number and its Monday."""
    monday = week_of(day)
    return say("season.week", number=day.isocalendar().week, day=day_words(monday))


def reason_words(reason: Reason, year: int | None = None) -> str:
    """One sentence; days of another year than the one looked at name it."""
    facts = dict(reason.facts)
    for name in _DAYS:
        if facts.get(name):
            facts[name] = day_words(str(facts[name]), year)
    if facts.get("note") == "":
        facts["note"] = say("season.reason.no_note")
    count = facts.get("days") if isinstance(facts.get("days"), int) else facts.get("count")
    if isinstance(count, int):
        facts["count"] = count
    return say(f"season.reason.{reason.code}", **facts)


def reasons_words(reasons: Iterable[Reason], year: int | None = None) -> list[str]:
    """A sentence for each; what speaks against comes first."""
    ordered = sorted(reasons, key=lambda each: each.code not in AGAINST)
    return [reason_words(each, year) for each in ordered]


def change_words(basis: Basis, change: Change) -> str:
    """From where to where."""
    after = change.after
    if after is None:
        return say("season.move.no_day", before=slot_words(change.before))
    moved = say("season.move.day", before=slot_words(change.before), after=slot_words(after))
    names = basis.season.trainers
    led = say("season.move.trainer", before=names.get(change.before.trainer, "–"), after=names.get(after.trainer, "–"))
    if after.trainer == change.before.trainer:
        return moved
    return led if (after.day, after.minute) == (change.before.day, change.before.minute) else f"{moved} · {led}"


def clash_words(basis: Basis, clash: Clash) -> str:
    """What speaks against a drill as it is dated."""
    facts: dict[str, Any] = dict(clash.facts)
    if "officer" in facts:
        facts["officer"] = basis.season.trainers.get(facts["officer"], "–")
    if "village" in facts:
        facts["village"] = basis.villages.get(facts["village"], "")
    if "article" in facts:
        facts["article"] = choose(facts["article"], facts["article_en"])
    if "names" in facts:
        facts["who"] = say("drills.join").join(facts.pop("names"))
    for name in _DAYS:
        if facts.get(name):
            facts[name] = day_words(str(facts[name]))
    facts["note"] = f"({facts['note']})" if facts.get("note") else ""
    return say(f"season.clash.{clash.code}", **facts)
