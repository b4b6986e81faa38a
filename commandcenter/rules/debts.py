"""What drills are owed 应演未演: rules by level, and for every place the day by which its next drill is due.

The rules are rows, so a town may change them; the shipped ones name their source (``DOMAIN.md`` §6).
"""

import calendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from commandcenter.rules.entity import Indexed, Unit, entity

Level = Literal["town", "village", "emergency_grid", "dedicated_grid", "general_grid", "worker"]
LEVELS: tuple[Level, ...] = ("town", "village", "emergency_grid", "dedicated_grid", "general_grid", "worker")
DRILL_LEVELS: tuple[Level, ...] = ("town", "village", "emergency_grid", "dedicated_grid")
"""Levels that owe drills of their own; the others owe taking part in one."""


@entity("debt_rule")
@dataclass(frozen=True, kw_only=True, slots=True)
class DebtRule:
    """Every place of ``level`` owes a drill of ``scenario`` (a key; empty: of any) every ``every_months``, before the
    first day of month ``before_month`` (0: any time of the year)."""

    id: str
    key: Annotated[str, Indexed]
    level: Level
    scenario: str = ""
    every_months: Annotated[int, Unit("months")] = 12
    before_month: int = 0
    title: dict[str, Any]
    source: str = ""
    since: str = ""
    """The day (``YYYY-MM-DD``) from which it is owed: nobody owes what was before the program knew of it."""
    origin: Literal["shipped", "own"] = "own"
    active: bool = True


DebtState = Literal["owed", "overdue", "planned", "paid"]


@dataclass(frozen=True, slots=True)
class Place:
    """Who owes: the town (``id`` ""), a village, a grid or a worker. ``since``: the day from which, if later than the
    rule's."""

    level: Level
    id: str
    village: str | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """A drill that counts for places of a level, on its day; ``is_held`` False: only planned."""

    drill: str
    day: date
    level: Level
    scenario: str
    places: frozenset[str]
    is_held: bool


@dataclass(frozen=True, slots=True)
class Debt:
    """One drill owed by one place: due by ``due`` (included). ``drill`` pays it, or is planned to."""

    rule: str
    level: Level
    place: str
    village: str | None
    scenario: str
    due: date
    state: DebtState
    drill: str | None = None

    @property
    def id(self) -> str:
        """The same debt has the same id on every desk."""
        return f"{self.rule}:{self.place or 'town'}:{self.due.isoformat()}"

    def late(self, today: date) -> int:
        """Days past due; 0 or less while there is time, or when it is paid."""
        return (today - self.due).days if self.state != "paid" else 0


def owed(
    rules: Iterable[DebtRule], places: Iterable[Place], payments: Iterable[Payment], today: date, until: date
) -> list[Debt]:
    """What is due up to ``until``: all that was missed and is not made good, and each deadline to come, with the drill
    that pays it or is planned to.

    A late drill makes good everything missed before it, because the past cannot be rehearsed; a drill ahead of time
    pays the deadline of the period it lies in, and no other.
    """
    by_level: dict[Level, list[Place]] = {}
    for place in places:
        by_level.setdefault(place.level, []).append(place)
    by_place: dict[tuple[Level, str], list[Payment]] = {}
    for payment in sorted(payments, key=lambda each: (each.day, not each.is_held, each.drill)):
        for id in payment.places:
            by_place.setdefault((payment.level, id), []).append(payment)
    found: list[Debt] = []
    for rule in rules:
        if rule.active:
            for place in by_level.get(rule.level, ()):
                fitting = [
                    each for each in by_place.get((rule.level, place.id), ()) if rule.scenario in ("", each.scenario)
                ]
                found += _of_place(rule, place, fitting, today, until)
    return sorted(found, key=lambda each: (each.due, each.rule, each.place))


def _of_place(rule: DebtRule, place: Place, payments: list[Payment], today: date, until: date) -> Iterator[Debt]:
    begin = max(date.fromisoformat(rule.since), place.since or date.min)
    opened, due = begin, _first(rule, begin)
    for payment in payments:
        if payment.day < opened and payment.day < begin:
            continue
        while due < payment.day and _next(rule, due, due) < payment.day:
            # Missed more than once: one drill makes them good together. A deadline still ahead is not missed by a plan.
            if not payment.is_held and due >= today:
                yield _debt(rule, place, due, "owed", None)
            due = _next(rule, due, due)
        if payment.day <= opened and opened != begin:
            continue  # a second drill in a period that is paid
        if payment.is_held:
            if max(due, payment.day) >= today - KEPT:
                yield _debt(rule, place, due, "paid", payment.drill)
        else:
            yield _debt(rule, place, due, "planned", payment.drill)
        opened, due = (due if due >= payment.day else payment.day), _next(rule, due, payment.day)
    while due <= until:
        yield _debt(rule, place, due, "overdue" if due < today else "owed", None)
        if due < today:
            due = max(due, today)  # what was missed is one debt, however long ago
            due = _following(rule, due)
        else:
            due = _next(rule, due, due)


KEPT = timedelta(days=400)
"""How long a paid debt stays in the list, from its deadline or from the drill, whichever is later."""


def _debt(rule: DebtRule, place: Place, due: date, state: DebtState, drill: str | None) -> Debt:
    return Debt(rule.key, rule.level, place.id, place.village, rule.scenario, due, state, drill)


def _first(rule: DebtRule, begin: date) -> date:
    """The first deadline: the eve of the rule's month, else the end of the first period."""
    if not rule.before_month:
        return add_months(begin, rule.every_months) - timedelta(days=1)
    return _eve_from(rule, begin)


def _eve_from(rule: DebtRule, day: date) -> date:
    """The first eve of the rule's month on or after ``day``; a half-yearly rule has one every half year."""
    month = date(day.year - 1, rule.before_month, 1)
    while month - timedelta(days=1) < day:
        month = add_months(month, min(rule.every_months, 12))
    return month - timedelta(days=1)


def _next(rule: DebtRule, due: date, paid: date) -> date:
    """The deadline after ``due``, which was met on ``paid``: fixed for a rule with a month, else counted from the drill
    (from the deadline, where the drill came early, so that nobody is punished for being early)."""
    if rule.before_month:
        following = add_months(due + timedelta(days=1), rule.every_months) - timedelta(days=1)
        while following < paid:
            following = add_months(following + timedelta(days=1), rule.every_months) - timedelta(days=1)
        return following
    return add_months(max(due, paid) + timedelta(days=1), rule.every_months) - timedelta(days=1)


def _following(rule: DebtRule, today: date) -> date:
    """The next deadline to come after ``today`` for a place that is behind: only one of a fixed day is known, and only
    where it comes at least once a year; any other counts from the day on which what was missed is made good."""
    if not rule.before_month or rule.every_months > 12:
        return date.max
    return _eve_from(rule, today + timedelta(days=1))


def add_months(day: date, months: int) -> date:
    """The same day of another month, or its last day where that month is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
