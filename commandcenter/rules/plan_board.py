"""The board on which drills and sessions lie: whether one more fits on a day and hour, who is wanted where, and which
firm limits it would break, in words."""

from datetime import date, timedelta
from typing import Any

from commandcenter.rules.clashes import marks_day
from commandcenter.rules.drills import DayMark
from commandcenter.rules.masks import is_erased
from commandcenter.rules.planning import LAST_END, ROOM, VILLAGE, Busy, Fixed, Kind, Problem, Reason, Slot, Task, starts
from commandcenter.rules.presence import Who, called

_DAY = 24 * 60


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
