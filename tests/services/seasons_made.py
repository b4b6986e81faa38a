"""Made seasons for the planner's tests: villages in a row, so that it is plain which are neighbours."""

import random
from dataclasses import replace
from datetime import date, timedelta

from commandcenter.rules.clashes import Habits
from commandcenter.rules.drills import DayMark
from commandcenter.rules.planning import Fixed, Problem, Slot, Task, Trainer

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
FLOOD_EVE = date(2026, 4, 30)


def villages(count: int) -> list[str]:
    return [f"v{at:02}" for at in range(count)]


def near(names: list[str]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (one, other) for at, one in enumerate(names) for to, other in enumerate(names) if abs(at - to) in (1, 2)
    )


def season(count: int, *, trainers: int = 3, gap: int = 7, seed: int = 1, towns: int = 19) -> Problem:
    """A season as a township has one: a third due before the flood season, markets, a harvest, holidays, absences."""
    rng = random.Random(seed)
    names = villages(towns)
    tasks = tuple(
        Task(
            id=f"t{at:05}", title=f"drill {at}", scenario=f"s{at % 12}", earliest=FIRST,
            latest=FLOOD_EVE if at % 3 == 0 else LAST, village=names[at % towns] if at % 25 else None,
            minutes=rng.choice((45, 60, 90)), months=frozenset(range(3, 10)) if at % 4 else frozenset(),
            is_no_notice=at % 10 == 9,
        )
        for at in range(count)
    )  # fmt: skip
    marks = [
        DayMark(id=f"m{at}", kind="market", village=name, days="1,4,7" if at % 2 else "2,5,8")
        for at, name in enumerate(names)
    ]
    marks += [
        DayMark(id="holiday", kind="holiday", first_day="2026-10-01", last_day="2026-10-07"),
        DayMark(id="closed", kind="closed", first_day="2026-02-10", last_day="2026-02-20"),
        DayMark(id="harvest", kind="harvest", first_day="2026-05-10", last_day="2026-06-10"),
    ]
    ill = date(2026, 3, 1)
    people = tuple(
        Trainer(f"p{at:02}", f"P{at}", ((ill + timedelta(20 * at), ill + timedelta(20 * at + 13)),))
        for at in range(trainers)
    )
    return Problem(
        FIRST, LAST, tasks, people, marks=tuple(marks), habits=Habits(gap, 2), near=near(names),
        villages={name: name for name in names},
    )  # fmt: skip


def with_sessions(problem: Problem, count: int, *, seed: int = 1, seats: int = 12) -> Problem:
    """The same season with training sessions: of one village or of it and its neighbour, some in the town's one room,
    workers of those villages expected; and a worker of each village plays in its drills."""
    rng = random.Random(seed)
    names = sorted(problem.villages)
    found = []
    for at in range(count):
        homes = names[at % len(names) : at % len(names) + 1 + at % 2]
        in_town = at % 9 == 8
        room = ("room", "hall@") if in_town else ("room", f"hall@{homes[0]}")
        people = frozenset(("worker", f"{home}-{rng.randrange(20):02}") for home in homes for _ in range(seats))
        found.append(Task(
            id=f"gap:{at:05}", title=f"session {at}", scenario="", earliest=FIRST,
            latest=FIRST + timedelta(days=rng.choice((90, 180, 300))), village=None if in_town else homes[0],
            minutes=rng.choice((120, 180, 240, 360)), kind="session", villages=frozenset(homes), course=f"c{at % 18}",
            people=people | {room}, place="hall",
        ))  # fmt: skip
    drills = tuple(
        replace(each, people=each.people | {("worker", f"{each.village}-00")}) if each.village else each
        for each in problem.tasks
    )
    return replace(problem, tasks=(*drills, *found))


def standing(id: str, village: str, day: date, trainer: str, *, is_locked: bool = True, minute: int = 540) -> Fixed:
    return Fixed(id, id, Slot(day, minute, trainer), village, 60, is_locked)
