"""What the calendar says: days, places, debts and clashes in the language of the moment."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from commandcenter.base.texts import choose, current, say
from commandcenter.rules.clashes import Clash
from commandcenter.rules.debts import Debt, DebtRule
from commandcenter.rules.drills import Drill
from commandcenter.rules.people import ROLES
from commandcenter.rules.scenarios import Scenario, words
from commandcenter.services import shipped
from commandcenter.services.seasons import Season
from commandcenter.services.training import Lesson
from commandcenter.services.wording import shown
from commandcenter.ui.core.desk import Desk
from commandcenter.ui.core.tools import Tools


def weekday(day: date) -> str:
    """The day of the week, short."""
    return say(f"drills.weekday.{day.weekday()}")


def month(number: int) -> str:
    """The name of a month, short."""
    return say(f"drills.month.{number}")


def day_words(day: date, today: date | None = None) -> str:
    """A day with its weekday; the year only where it is another one than today's."""
    facts = {"weekday": weekday(day), "month": month(day.month), "day": day.day, "year": day.year}
    if today is not None and day.year == today.year:
        return say("drills.day", **facts)
    return say("drills.day_full", **facts)


def short_day(day: date) -> str:
    """A day without its weekday."""
    return say("drills.day_short", month=month(day.month), day=day.day)


def span_words(starts: datetime, minutes: int, zone: ZoneInfo) -> str:
    """From when to when, local time."""
    ends = datetime.fromtimestamp(starts.timestamp() + minutes * 60, zone)
    return f"{starts.astimezone(zone):%H:%M}–{ends:%H:%M}"


def time_words(drill: Drill, zone: ZoneInfo) -> str:
    """When it begins or began, local time; nothing without a date."""
    moment = drill.held_at or drill.starts_at
    return f"{moment.astimezone(zone):%H:%M}" if moment else ""


# --- scenarios and places -------------------------------------------------------------------------------------------


def newest(season: Season) -> dict[str, Scenario]:
    """The edition in use of each scenario, by key: the shipped ones in their order, then the town's own."""
    found: dict[str, Scenario] = {}
    for each in sorted(season.scenarios.values(), key=lambda each: (each.key, each.edition)):
        if each.active:
            found[each.key] = each
    usual = usual_order()
    return dict(sorted(found.items(), key=lambda pair: (usual.get(pair[0], len(usual)), pair[0])))


@cache
def usual_order() -> dict[str, int]:
    """The place of each shipped scenario among them; read with the first picture, off the GUI thread."""
    return {row["key"]: place for place, row in enumerate(shipped.read().scenarios)}


def scenario_words(season: Season, key: str) -> str:
    """What a scenario is called; the words for any where the key is empty."""
    if not key:
        return say("drills.any_scenario")
    editions = [each for each in season.scenarios.values() if each.key == key]
    last = max(editions, key=lambda each: (each.active, each.edition), default=None)
    return words(last.title, current().language) if last else key


def rule_words(rule: DebtRule) -> str:
    """What a rule is called."""
    return words(rule.title, current().language) or rule.key


def place_words(desk: Desk, level: str, id: str) -> str:
    """What a place that owes is called: the town, a village, a grid, a worker."""
    live = desk.live
    if level == "town":
        return choose(live.town.name, live.town.name_en) if live.town else ""
    if level == "village":
        return village_words(desk, id)
    if level == "worker":
        found = desk.directory.people.get(("worker", id))
        return found.name if found else id
    grid = live.grids.get(id)
    return grid.name if grid else id


def village_words(desk: Desk, id: str | None) -> str:
    """What a village is called."""
    village = desk.live.villages.get(id or "")
    return choose(village.name, village.name_en) if village else ""


def where_words(desk: Desk, drill: Drill) -> str:
    """The place of a drill: its grid, its village, or what was written."""
    grid = desk.live.grids.get(drill.grid or "")
    if grid is not None:
        return grid.name
    return village_words(desk, drill.village) or drill.place


def named(desk: Desk, drill: Drill) -> set[str]:
    """What its grid or village is called, in whatever language: a place of these words says nothing more."""
    village = desk.live.villages.get(drill.village or "")
    return {where_words(desk, drill), *((village.name, village.name_en) if village else ())}


def officer_words(desk: Desk, id: str | None) -> str:
    """The name of an officer."""
    found = desk.live.officers.get(id or "")
    return found.name if found else ""


# --- training -------------------------------------------------------------------------------------------------------


def lesson_words(lesson: Lesson, day: date, season: Season) -> str:
    """A training session in one line."""
    span = span_words(lesson.begins, lesson.minutes, season.zone)
    return say("drills.training.tip", day=day_words(day, season.today), at=span, title=lesson.title)


def lesson_facts(desk: Desk, lesson: Lesson) -> list[str]:
    """Where it is held, by whom, and how many are expected."""
    where = " ".join(filter(None, (village_words(desk, lesson.village), shown(lesson.place))))
    who = shown(lesson.teacher) or officer_words(desk, lesson.trainer)
    people = say("drills.people", count=lesson.expected) if lesson.expected else ""
    return [each for each in (where, who, people) if each]


# --- debts and clashes ----------------------------------------------------------------------------------------------


def late_words(days: int) -> str:
    """Days past due, or days left."""
    if days > 0:
        return say("drills.late", count=days)
    return say("drills.left", count=-days) if days else say("drills.due_today")


def debt_words(desk: Desk, season: Season, debt: Debt) -> str:
    """A debt in one line: where and what."""
    place, what = place_words(desk, debt.level, debt.place), scenario_words(season, debt.scenario)
    return say("drills.debt.line", place=place, what=what)


def clash_words(desk: Desk, clash: Clash) -> str:
    """A clash as a sentence."""
    facts: dict[str, Any] = dict(clash.facts)
    if "officer" in facts:
        facts["officer"] = officer_words(desk, facts["officer"])
    if "village" in facts:
        facts["village"] = village_words(desk, facts["village"])
    if "article" in facts:
        facts["article"] = choose(facts["article"], facts["article_en"])
    if "names" in facts:
        facts["who"] = say("drills.join").join(facts.pop("names"))
    for name in ("day", "until"):
        if name in facts:
            facts[name] = short_day(date.fromisoformat(facts[name]))
    if clash.code.startswith("day_"):
        facts["note"] = say("drills.clash.note", note=facts["note"]) if facts.get("note") else ""
    return say(f"drills.clash.{clash.code}", **facts)


def clash_short(clashes: Iterable[Clash]) -> str:
    """Clashes in as few words as a day of the month has room for, each once."""
    found = dict.fromkeys(say(f"drills.clash.short.{each.code}") for each in clashes)
    return say("drills.join").join(found)


def look_only(tools: Tools) -> str:
    """For whoever may not plan drills: what he may do here, and who plans them; empty for planners."""
    actions = tools.actions
    if actions.is_allowed("drill.plan"):
        return ""
    planners = [say(f"role.{role}") for role in ROLES if role in actions.get("drill.plan").roles]
    code = "drills.read_only" if actions.is_allowed("drill.write") else "drills.look_only"
    return say(code, role=say(f"role.{tools.desk.officer.role}"), who=say("drills.join").join(planners))
