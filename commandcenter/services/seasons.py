"""The season as a planner sees it: drills, what is owed, and what speaks against each date. Read in one go."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from commandcenter.rules.clashes import ALWAYS, Clash, Habits, clashes, day_of
from commandcenter.rules.debts import Debt, DebtRule, Level, Payment, Place, owed
from commandcenter.rules.drills import HELD, Absence, DayMark, Drill
from commandcenter.rules.entity import REAL
from commandcenter.rules.presence import Presence
from commandcenter.rules.scenarios import Scenario, words
from commandcenter.rules.settings import OPTIONS
from commandcenter.rules.supplies import Supplies, needs_in
from commandcenter.services import presences
from commandcenter.services.runner import DEFAULT_ZONE
from commandcenter.storage.reads import Reader
from commandcenter.storage.stores import balances


@dataclass(frozen=True, slots=True)
class Season:
    """Everything the calendar, the matrix and the planner work on. Made by :func:`load` from a ``DRILLS`` reader."""

    today: date
    zone: ZoneInfo
    scenarios: dict[str, Scenario]
    rules: tuple[DebtRule, ...]
    places: tuple[Place, ...]
    drills: dict[str, Drill]
    debts: tuple[Debt, ...]
    absences: tuple[Absence, ...]
    marks: tuple[DayMark, ...]
    habits: Habits
    presence: Presence
    trainers: dict[str, str]
    """Names of the officers who lead drills, by id."""
    supplies: Supplies
    seats: int = OPTIONS["training.seats"].default
    """How many sit in one training session at the most."""

    def clashes(self, drill: Drill) -> list[Clash]:
        """What speaks against a drill as it is dated."""
        found = clashes(
            drill, self.drills.values(), self.absences, self.marks, self.habits, self.zone, self.supplies
        )  # fmt: skip
        return [*found, *self.presence.clashes(drill, self.drills.values())]

    def suits(self, drill: Drill) -> bool:
        """Whether nothing speaks against a drill as it is dated that another day would mend."""
        return all(each.code in ALWAYS for each in self.clashes(drill))

    def on(self, day: date) -> list[Drill]:
        """The drills of a local day, by time."""
        found = [each for each in self.drills.values() if day_of(each, self.zone) == day]
        return sorted(found, key=lambda each: (each.held_at or each.starts_at, each.id))

    def key_of(self, drill: Drill) -> str:
        """The scenario key of a drill, "" when it has none."""
        scenario = self.scenarios.get(drill.scenario or "")
        return scenario.key if scenario else ""


def load(reader: Reader, today: date, until: date | None = None) -> Season:
    """The season up to ``until`` (a year from ``today``), as this viewer may know it: to who must not know of a
    no-notice drill, its debt is still owed. ``reader`` reads ``DRILLS``."""
    zone = zone_of(reader)
    scenarios = {each.id: each for each in reader.find("scenario")}
    drills = {each.id: each for each in reader.find("drill")}
    rules = tuple(reader.find("debt_rule", active=True, order=("key",)))
    places = tuple(_places(reader))
    until = until or today + timedelta(days=365)
    debts = owed(rules, places, _payments(reader, drills, scenarios, zone, today), today, until)
    settings = {each.key: each.value["value"] for each in reader.find("setting", scope="town") if each.value}
    officers = reader.find("officer", active=True)
    return Season(
        today=today, zone=zone, scenarios=scenarios, rules=rules, places=places, drills=drills, debts=tuple(debts),
        absences=tuple(reader.find("absence", active=True)), marks=tuple(reader.find("day_mark", active=True)),
        habits=habits_from(settings), presence=presences.load(reader),
        trainers={each.id: each.name for each in officers if each.role in ("trainer", "supervisor")},
        supplies=_supplies(reader, scenarios.values()),
        seats=int(settings.get("training.seats", OPTIONS["training.seats"].default)),
    )  # fmt: skip


def _supplies(reader: Reader, scenarios: Iterable[Scenario]) -> Supplies:
    """What the depots really hold, and what the library asks of them."""
    articles = reader.find("article", active=True)
    there = Counter[str]()
    for (_, article, _), amount in balances(reader.connection, (REAL,)).items():
        there[article] += amount
    needs = {each.id: needs_in(words(each.kit, "zh_CN"), articles) for each in scenarios}
    return Supplies({each.id: each for each in articles}, there, needs)


def zone_of(reader: Reader) -> ZoneInfo:
    """The town's zone."""
    town = next(iter(reader.find("township")), None)
    return ZoneInfo(town.zone if town else DEFAULT_ZONE)


def habits_from(settings: Mapping[str, Any]) -> Habits:
    """The town's habits; shipped values for what it has not set."""

    def value(name: str) -> int:
        return int(settings.get(name, OPTIONS[name].default))

    return Habits(gap_days=value("drills.gap_days"), per_day=value("drills.per_day"))


_LEVEL_OF_KIND: dict[str, Level] = {
    "emergency": "emergency_grid", "dedicated": "dedicated_grid", "general": "general_grid",
}  # fmt: skip


def _places(reader: Reader) -> list[Place]:
    found = [Place("town", "")]
    found += [Place("village", each.id, each.id) for each in reader.find("village")]
    found += [Place(_LEVEL_OF_KIND[each.kind], each.id, each.village) for each in reader.find("grid")]
    for each in reader.find("worker", active=True, standing="serving"):
        found.append(Place("worker", each.id, each.village, _appointed(each.appointed)))
    return found


def _appointed(month: str) -> date | None:
    """A new worker owes from the month of appointment on."""
    year, dash, number = month.partition("-")
    return date(int(year), int(number), 1) if dash and year.isdigit() and number.isdigit() else None


def _payments(
    reader: Reader, drills: dict[str, Drill], scenarios: dict[str, Scenario], zone: ZoneInfo, today: date
) -> list[Payment]:
    """What drills pay. One whose day went by without it having begun pays nothing: what it was for is owed again."""
    ahead = {each.id for each in drills.values() if each.state not in HELD}
    grids: dict[str, set[str]] = {}
    for row in reader.find("drill_grid"):
        if row.took_part or (row.took_part is None and row.drill in ahead):
            grids.setdefault(row.drill, set()).add(row.grid)
    people: dict[str, set[str]] = {}
    for row in reader.find("drill_person", person_kind="worker"):
        if row.person and (row.present or (row.present is None and row.drill in ahead)):
            people.setdefault(row.drill, set()).add(row.person)
    found = []
    for drill in drills.values():
        day = day_of(drill, zone)
        if day is None or drill.state == "cancelled" or (drill.state == "planned" and day < today):
            continue
        scenario = scenarios.get(drill.scenario or "")
        key = scenario.key if scenario else ""
        is_held = drill.state in HELD
        place = {"town": "", "village": drill.village}.get(drill.level, drill.grid)
        if drill.level and place is not None:
            level: Any = drill.level
            found.append(Payment(drill.id, day, level, key, frozenset((place,)), is_held))
        found.append(Payment(drill.id, day, "general_grid", key, frozenset(grids.get(drill.id, ())), is_held))
        found.append(Payment(drill.id, day, "worker", key, frozenset(people.get(drill.id, ())), is_held))
    return found
