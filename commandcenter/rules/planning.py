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
from commandcenter.rules.masks import is_erased
from commandcenter.rules.presence import Who, called

HABITS = Habits()
FIRST_START, LAST_START = 9 * 60, 14 * 60 + 30
"""Minutes after midnight at which the first and the last drill of a trainer's day begin [I]."""
NO_NOTICE_LAST = 17 * 60
"""Until then a no-notice drill may begin, at any quarter of an hour."""
LAST_END = 18 * 60
"""Until then a training session is over: people go home by daylight [I]."""
VILLAGE = "village"
"""The kind of :data:`Who` under which a village's day is taken."""
_DAY = 24 * 60
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


class Board:
    """Drills and sessions with dates, asked quickly whether one more fits. Knows the firm limits only."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._gap = problem.habits.gap_days
        self._by_village: dict[tuple[Kind, str], dict[date, list[Any]]] = {}
        self._by_trainer: dict[tuple[str, date], list[tuple[Any, Slot]]] = {}
        self._by_person: dict[tuple[Who, date], list[tuple[int, int, Any]]] = {}
        self._by_day: dict[tuple[Who, date], list[Any]] = {}
        planned: list[Task | Fixed] = [*problem.tasks, *problem.fixed]
        self._has_sessions = any(each.kind == "session" for each in planned)
        self._closed = [mark for mark in problem.marks if mark.kind == "closed" and mark.active]
        self._trainers = {each.id: each for each in problem.trainers}
        for each in problem.fixed:
            self.put(each, each.slot)
        for busy in problem.busy:
            for key, span in _seats(busy, busy.day, busy.minute):
                self._by_person.setdefault(key, []).append(span)

    def put(self, item: Task | Fixed, slot: Slot) -> None:
        """From now on it lies there."""
        for claim in self._claims(item):
            self._by_day.setdefault((claim, slot.day), []).append(item)
        for home in _homes(item):
            self._by_village.setdefault((item.kind, home), {}).setdefault(slot.day, []).append(item)
        if slot.trainer:
            self._by_trainer.setdefault((slot.trainer, slot.day), []).append((item, slot))
        for key, span in _seats(item, slot.day, slot.minute):
            self._by_person.setdefault(key, []).append(span)

    def take(self, item: Task | Fixed, slot: Slot) -> None:
        """It no longer lies there."""
        for claim in self._claims(item):
            self._by_day[claim, slot.day].remove(item)
        for home in _homes(item):
            self._by_village[item.kind, home][slot.day].remove(item)
        if slot.trainer:
            self._by_trainer[slot.trainer, slot.day].remove((item, slot))
        for key, span in _seats(item, slot.day, slot.minute):
            self._by_person[key].remove(span)

    def day_is_free(self, task: Task, day: date) -> bool:
        """Whether place and day allow it, whoever leads it."""
        if not task.earliest <= day <= (task.until or self.problem.last) or day > self.problem.last:
            return False
        return not self.closed_by(task, day) and not self.beside(task, day)

    def closed_by(self, task: Task, day: date) -> DayMark | None:
        """The mark that closes the place on a day."""
        for mark in self._closed:
            if mark.village in (None, task.village) and marks_day(mark, day):
                return mark
        return None

    def _claims(self, item: Task | Fixed) -> frozenset[Who]:
        return claims(item) if self._has_sessions else frozenset()

    def beside(self, task: Task, day: date) -> Any | None:
        """What lies too near, whether on the day itself or beside it."""
        return self.on_day(task, day) or self.near(task, day)

    def on_day(self, task: Task, day: date) -> Any | None:
        """A drill on the day of a session that shares people with it, or the other way round; two sessions likewise."""
        for claim in self._claims(task):
            for each in self._by_day.get((claim, day), ()):
                if each.id != task.id and "session" in (each.kind, task.kind):
                    return each
        return None

    def near(self, task: Task, day: date) -> Any | None:
        """One of its own kind too few days away: a drill of the same village, or a session for people of one of its
        villages."""
        if self._gap < 1:
            return None
        for days in filter(None, (self._by_village.get((task.kind, home)) for home in _homes(task))):
            for away in range(self._gap):
                for around in (day - timedelta(days=away), day + timedelta(days=away)):
                    for each in days.get(around, ()):
                        if each.id != task.id:
                            return each
        return None

    def load(self, trainer: str, day: date) -> list[tuple[Any, Slot]]:
        """What a trainer leads on a day."""
        return self._by_trainer.get((trainer, day), [])

    def engaged(self, task: Task, trainer: str, day: date) -> list[tuple[int, int, Any, Who]]:
        """What people of a task, and who would lead it, are wanted for elsewhere on a day: from, until, at what, who.
        What the trainer leads himself is :meth:`load`."""
        if not (task.people or self._by_person):
            return []
        found = []
        for who in sorted({*task.people, ("officer", trainer)}):
            spans = list(self._by_person.get((who, day), ()))
            if who[0] == "officer" and who[1] != trainer:
                spans += [(at.minute, at.minute + each.minutes, each) for each, at in self.load(who[1], day)]
            found += [(begin, end, each, who) for begin, end, each in spans if each.id != task.id]
        return found

    def free_hours(self, who: Who, day: date) -> int:
        """How many of the hours of a day somebody is not wanted anywhere."""
        spans = [(begin, end) for begin, end, _ in self._by_person.get((who, day), ())]
        if who[0] == "officer":
            spans += [(at.minute, at.minute + each.minutes) for each, at in self.load(who[1], day)]
        return sum(1 for hour in self.problem.hours if not any(begin <= hour < end for begin, end in spans))

    def minute_for(self, task: Task, trainer: str, day: date, *, heeding_people: bool = True) -> int | None:
        """When the trainer could lead it on that day; None: not at all. ``heeding_people``: and nobody who has to be
        there is wanted elsewhere."""
        if self._trainers[trainer].is_away(day):
            return None
        led = self.load(trainer, day)
        if len(led) >= self.problem.habits.per_day:
            return None
        if any(not self.problem.reachable(task.village, each.village) for each, _ in led):
            return None
        taken = [(slot.minute, slot.minute + each.minutes) for each, slot in led]
        if heeding_people:
            taken += [(begin, end) for begin, end, _, _ in self.engaged(task, trainer, day)]
        for hour in self.problem.hours:
            for begin in starts(self.problem, task, hour, day):
                end = begin + task.minutes
                if all(end <= first or last <= begin for first, last in taken):
                    return begin
        return None

    def against(self, task: Task, slot: Slot) -> list[Reason]:
        """Every firm limit that a task would break there, in words; the task itself may lie on the board."""
        found: list[Reason] = []
        if not self.problem.first <= slot.day <= self.problem.last or slot.day < task.earliest:
            found.append(Reason("too_early", {"day": max(task.earliest, self.problem.first).isoformat()}))
        if task.until is not None and slot.day > task.until:
            found.append(Reason("too_late", {"day": task.until.isoformat()}))
        mark = self.closed_by(task, slot.day)
        if mark is not None:
            note = "" if is_erased(mark.note) else mark.note
            found.append(Reason("closed", {"day": slot.day.isoformat(), "note": note}))
        other = self.near(task, slot.day)
        if other is not None:
            found.append(self._gap_reason(task, other))
        other = self.on_day(task, slot.day)
        if other is not None and not (found and other.kind == task.kind):
            found.append(self._day_reason(task, other, slot.day))
        if task.kind == "session" and slot.minute + task.minutes > LAST_END:
            found.append(Reason("too_long", {"day": slot.day.isoformat()}))
        found += self._elsewhere(task, slot)
        trainer = self._trainers.get(slot.trainer)
        if trainer is None:
            return found
        for first, last in trainer.away:
            if first <= slot.day <= last:
                span = {"first": first.isoformat(), "last": last.isoformat()}
                found.append(Reason("trainer_away", {"trainer": trainer.name, **span}))
        led = [(each, at) for each, at in self.load(slot.trainer, slot.day) if each.id != task.id]
        if len(led) >= self.problem.habits.per_day:
            day = slot.day.isoformat()
            found.append(Reason("trainer_full", {"trainer": trainer.name, "count": len(led), "day": day}))
        for each, at in led:
            facts = {"trainer": trainer.name, "title": each.title, "day": slot.day.isoformat()}
            if not self.problem.reachable(task.village, each.village):
                found.append(Reason("too_far", facts))
            elif at.minute < slot.minute + task.minutes and slot.minute < at.minute + each.minutes:
                found.append(Reason("same_time", facts))
        return found

    def _elsewhere(self, task: Task, slot: Slot) -> list[Reason]:
        """Who has to be there and is wanted elsewhere at that time; one sentence for each of the others."""
        wanted: dict[str, tuple[Any, list[str]]] = {}
        rooms: dict[str, tuple[Any, Who]] = {}
        for begin, end, other, who in self.engaged(task, slot.trainer, slot.day):
            if begin < slot.minute + task.minutes and slot.minute < end:
                if who[0] == ROOM:
                    rooms[other.id] = (other, who)
                    continue
                names = wanted.setdefault(other.id, (other, []))[1]
                names.append(self.problem.names.get(who) or called(who))
        day = slot.day.isoformat()
        return [
            Reason("at_training" if isinstance(other, Busy) or other.kind == "session" else "elsewhere",
                   {"name": sorted(names)[0], "count": len(names), "title": other.title, "day": day})
            for other, names in wanted.values()
        ] + [
            Reason("room_taken", {"room": self.problem.names.get(who) or called(who), "title": other.title, "day": day})
            for other, who in rooms.values()
        ]  # fmt: skip

    def _day_reason(self, task: Task, other: Any, day: date) -> Reason:
        """Who would have two things on one day: a village, or else somebody."""
        shared = sorted(self._claims(task) & self._claims(other), key=lambda each: (each[0] != VILLAGE, each))
        names = [self.problem.villages.get(id, "") if kind == VILLAGE else self.problem.names.get((kind, id), "")
                 for kind, id in shared]  # fmt: skip
        who = next((each for each in sorted(names) if each), "")
        return Reason("same_day", {"name": who, "title": other.title, "day": day.isoformat()})

    def _gap_reason(self, task: Task, other: Any) -> Reason:
        home = next(each for each in _homes(task) if each in _homes(other))
        at = next(
            day for day, items in self._by_village[task.kind, home].items() for each in items if each.id == other.id
        )
        facts: dict[str, Any] = {
            "village": self.problem.villages.get(home, ""), "gap": self._gap, "title": other.title,
            "day": at.isoformat(),
        }  # fmt: skip
        if task.kind == "session":
            return Reason("session_gap", facts)
        return Reason("gap_locked" if getattr(other, "is_locked", False) else "gap", facts)


def claims(item: Task | Fixed) -> frozenset[Who]:
    """Whose day a drill or session takes. Nobody has a session and something else on one day: not the villages from
    which people come, and nobody of the register who is expected. Who leads may do both, at two hours."""
    return frozenset((VILLAGE, each) for each in _homes(item)) | {who for who in item.people if who[0] == "worker"}


def _homes(item: Task | Fixed) -> list[str]:
    """Of which villages somebody is wanted: where it is held, and from where people come."""
    return sorted(item.villages | ({item.village} if item.village else frozenset()))


def _seats(item: Task | Fixed | Busy, day: date, minute: int) -> list[tuple[tuple[Who, date], tuple[int, int, Any]]]:
    """Who has to be where: for each person and day that it touches, from and until in minutes of that day."""
    end = minute + item.minutes
    days = range(max(0, end - 1) // _DAY + 1)
    return [
        ((who, day + timedelta(days=away)), (minute - away * _DAY, end - away * _DAY, item))
        for who in sorted(item.people) for away in days
    ]  # fmt: skip
