"""The model of a season's plan: what is to be dated, by whom, within which limits, and what a proposal answers.

Everything is a plain frozen value, so that a problem can be handed to another process. How it is solved is
:mod:`commandcenter.services.planner`; whether an answer holds is :mod:`commandcenter.rules.plancheck`, which knows
nothing of the way it was found.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from commandcenter.rules.clashes import Habits, marks_day
from commandcenter.rules.drills import DayMark
from commandcenter.rules.presence import Who

HABITS = Habits()
FIRST_START, LAST_START = 9 * 60, 14 * 60 + 30
"""Minutes after midnight at which the first and the last drill of a trainer's day begin [I]."""
NO_NOTICE_LAST = 17 * 60
"""Until then a no-notice drill may begin, at any quarter of an hour."""
LAST_END = 18 * 60
"""Until then a training session is over: people go home by daylight [I]."""
VILLAGE = "village"
"""The kind of :data:`Who` under which a village's day is taken."""
Kind = Literal["drill", "session"]
"""What is planned: a drill, or a session of a course."""
ROOM = "room"
"""The kind of :data:`Who` under which a room is wanted: it, too, is only at one place at one time."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is as it is: a code (``season.reason.<code>``) with its facts; days as ISO texts."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slot:
    """When a drill begins (local day, minutes after midnight), and who leads it (an officer's id; "": nobody yet)."""

    day: date
    minute: int
    trainer: str


@dataclass(frozen=True, slots=True)
class Task:
    """A drill or a training session to be dated. ``earliest`` and ``until`` are firm, ``latest`` is the deadline: later
    can be, and costs.

    ``months`` is the scenario's season (empty: any). ``current``: the date it has, to be kept where that can be.
    ``wanted``: the day at which it would lie best (last year's week). ``target``: where it would lie if all were spread
    evenly, so that a year's drills do not crowd into its first weeks.
    """

    id: str
    title: str
    scenario: str
    earliest: date
    latest: date
    until: date | None = None
    village: str | None = None
    grid: str | None = None
    level: str = ""
    rule: str = ""
    minutes: int = 60
    months: frozenset[int] = frozenset()
    is_no_notice: bool = False
    wanted: date | None = None
    target: date | None = None
    current: Slot | None = None
    people: frozenset[Who] = frozenset()
    """Who has to be there besides whoever leads it, as far as it is known."""
    kind: Kind = "drill"
    villages: frozenset[str] = frozenset()
    """From where people come to a session; empty for a drill, which is its own village's."""
    course: str = ""
    place: str = ""
    about: tuple[Reason, ...] = ()
    """What is to be said of it whatever its date: how many are expected, and why."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A drill whose date stands: held, locked, or none of the planner's. ``is_locked``: somebody asked for it."""

    id: str
    title: str
    slot: Slot
    village: str | None = None
    minutes: int = 60
    is_locked: bool = False
    people: frozenset[Who] = frozenset()
    kind: Kind = "drill"
    villages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Busy:
    """A training session, at which people have to be: nothing is planned for them at that time."""

    id: str
    title: str
    day: date
    minute: int
    minutes: int
    people: frozenset[Who]


@dataclass(frozen=True, slots=True)
class Trainer:
    """Who leads drills; ``away``: first and last day of each absence."""

    id: str
    name: str
    away: tuple[tuple[date, date], ...] = ()

    def is_away(self, day: date) -> bool:
        """Whether the trainer cannot come."""
        return any(first <= day <= last for first, last in self.away)


@dataclass(frozen=True, slots=True)
class Weights:
    """What a day costs beside the others [I]: points per day late, and once for each thing that is avoided."""

    late: int = 20
    late_most: int = 2_000
    out_of_season: int = 150
    weekend: int = 40
    holiday: int = 400
    market: int = 30
    school: int = 25
    harvest: int = 60
    unlike_wanted: int = 1
    uneven: int = 4


@dataclass(frozen=True, slots=True)
class Problem:
    """A season to be planned, from ``first`` to ``last`` (local days, both included)."""

    first: date
    last: date
    tasks: tuple[Task, ...]
    trainers: tuple[Trainer, ...]
    fixed: tuple[Fixed, ...] = ()
    marks: tuple[DayMark, ...] = ()
    habits: Habits = HABITS
    near: frozenset[tuple[str, str]] = frozenset()
    """Pairs of neighbouring villages, each both ways round."""
    villages: Mapping[str, str] = field(default_factory=dict)
    """Names by id, for sentences."""
    busy: tuple[Busy, ...] = ()
    names: Mapping[Who, str] = field(default_factory=dict)
    """What people are called, for sentences."""
    weights: Weights = Weights()
    mode: Literal["fill", "replan"] = "fill"
    seed: int = 1

    @property
    def hours(self) -> tuple[int, ...]:
        """When the drills of one trainer's day begin."""
        count = max(1, self.habits.per_day)
        if count == 1:
            return (FIRST_START,)
        return tuple(FIRST_START + round((LAST_START - FIRST_START) * at / (count - 1)) for at in range(count))

    def days(self) -> list[date]:
        """Every day of the season."""
        return [self.first + timedelta(days=at) for at in range((self.last - self.first).days + 1)]

    def reachable(self, one: str | None, other: str | None) -> bool:
        """Whether one trainer can be in both villages on one day; the town itself is near everywhere."""
        return one is None or other is None or one == other or (one, other) in self.near


@dataclass(frozen=True, slots=True)
class Placed:
    """One task with its date, and what there is to say about it."""

    task: str
    slot: Slot
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Asks that cannot all be met: a minimal set for one task. Dropping any one of them would make room."""

    task: str
    asks: tuple[Reason, ...]


Quality = Literal["best", "good", "first"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the planner proposes. ``quality``: proven ``best``, ``good`` (time was up), or only the ``first`` answer.

    ``unsolved`` are tasks without a date; ``contradictions`` say why. ``cost`` is the sum of points, ``bound`` what no
    plan can go below (None where it is not known).
    """

    placed: tuple[Placed, ...]
    unsolved: tuple[str, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    quality: Quality = "first"
    cost: int = 0
    bound: int | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """A drill that a new plan moves: from where to where, and why it could not stay."""

    task: str
    title: str
    before: Slot
    after: Slot | None
    reasons: tuple[Reason, ...]


def day_cost(problem: Problem, task: Task, day: date, kinds: Iterable[str]) -> int:
    """What a day costs a task; ``kinds`` are the kinds of marks that lie on it (:func:`kinds_on`)."""
    weights = problem.weights
    cost = min(weights.late_most, max(0, (day - task.latest).days) * weights.late)
    if task.months and day.month not in task.months:
        cost += weights.out_of_season
    if task.is_no_notice:
        cost += _draw(problem.seed, task.id, day.toordinal()) % 60  # no day is likelier than another
    elif day.weekday() >= 5:
        cost += weights.weekend
    for kind in kinds:
        cost += getattr(weights, kind, 0)
    near = task.current.day if task.current else task.wanted or task.target
    if near is not None:
        cost += abs((day - near).days) * weights.unlike_wanted
    return cost


def kinds_for(problem: Problem, task: Task, day: date) -> frozenset[str]:
    """The kinds of marks that a day has for a task: those of the place, and the harvest of all who come to it."""
    kinds = kinds_on(problem, task.village, day)
    if any("harvest" in kinds_on(problem, village, day) for village in task.villages - {task.village}):
        return kinds | {"harvest"}
    return kinds


def kinds_on(problem: Problem, village: str | None, day: date) -> frozenset[str]:
    """The kinds of marks on a day, as a village meets them."""
    return frozenset(mark.kind for mark in problem.marks if mark.village in (None, village) and marks_day(mark, day))


def notes(problem: Problem, task: Task, slot: Slot) -> tuple[Reason, ...]:
    """What a date has for it and against it, for a person to read."""
    day, found = slot.day, list(task.about)
    if day > task.latest:
        found.append(Reason("late", {"days": (day - task.latest).days, "due": task.latest.isoformat()}))
    else:
        found.append(Reason("in_time", {"due": task.latest.isoformat()}))
    if task.months and day.month not in task.months:
        found.append(Reason("out_of_season", {}))
    elif task.months and len(task.months) < 12:
        found.append(Reason("in_season", {}))
    if task.is_no_notice:
        found.append(Reason("drawn", {}))
    elif day.weekday() >= 5:
        found.append(Reason("weekend", {}))
    found += [Reason(f"on_{kind}", {}) for kind in sorted(kinds_for(problem, task, day)) if kind != "closed"]
    if task.wanted is not None and day != task.wanted:
        found.append(Reason("beside_last_year", {"day": task.wanted.isoformat()}))
    return tuple(found)


def _draw(seed: int, id: str, number: int) -> int:
    """A number that looks drawn and is the same every time."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{id}:{number}".encode()).digest()[:4], "big")


def starts(problem: Problem, task: Task, hour: int, day: date) -> tuple[int, ...]:
    """When a drill may begin that got an hour of its trainer's day: a no-notice one somewhen before the next hour, so
    that nobody learns when to expect it."""
    if task.kind == "session" and hour + task.minutes > LAST_END:
        return ()
    if not task.is_no_notice:
        return (hour,)
    later = [each for each in problem.hours if each > hour]
    room = (later[0] if later else NO_NOTICE_LAST) - hour - (task.minutes if later else 0)
    drawn = hour + 15 * (_draw(problem.seed, task.id, day.toordinal()) % (max(0, room) // 15 + 1))
    return (drawn, hour)
