"""The sample township's drills: what was owed was mostly held, a few are late, the season ahead is planned.

They follow from the rules the town owes by, so the calendar, the debts and the records of the sample fit together.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from commandcenter.base.clock import iso
from commandcenter.base.ids import derived_id
from commandcenter.rules.debts import DRILL_LEVELS, Debt
from commandcenter.rules.entity import DRILLS, REAL
from commandcenter.rules.people import Officer
from commandcenter.rules.scenarios import ROLES, words
from commandcenter.rules.visibility import SYSTEM
from commandcenter.services import seasons, units
from commandcenter.services.day_marks import AddDayMark
from commandcenter.services.drills import CancelDrill, PlanDrill
from commandcenter.services.improvements import FinishImprovement, Mend
from commandcenter.services.records import Mark, RecordDrill, RecordLate
from commandcenter.services.runner import CommandRunner
from commandcenter.services.sessions import ReadDoor
from commandcenter.services.units import NamePost

_LEAD = timedelta(days=21)
"""How long before its day a drill is entered."""
_LATE = timedelta(days=3)
"""How long after its day the paper of a village's own drill arrives."""
_LACKING = (0.03, 0.2)
"""How often a role of an emergency unit of the sample is held by nobody, and how often nobody stands in."""


@dataclass(frozen=True, slots=True)
class Event:
    """A drill of the sample: when, where, after what, and what becomes of it."""

    key: str
    day: date
    hour: int
    debt: Debt
    scenario: str
    trainer: Officer
    missed: bool


class Season:
    """All drills of a sample, told in two parts: those before the town's story begins, and the rest."""

    def __init__(self, runner: CommandRunner, folder: Path, root: str) -> None:
        self.facts = json.loads((folder / "season.json").read_text(encoding="utf-8"))
        self.runner, self.root = runner, root
        self.random = random.Random(self.facts["seed"])
        self.reads = ReadDoor(runner.database)
        with self.reads.open(SYSTEM, DRILLS) as reader:
            first = date.fromisoformat(self.facts["from"])
            self.season = seasons.load(reader, first, date.fromisoformat(self.facts["planned_until"]))
            self.grids = {each.id: each for each in reader.find("grid")}
            self.villages = {each.id: each for each in reader.find("village")}
            found = reader.find("officer", active=True, order=("account",))
            self.places = units.places(reader)
            self.people: dict[str, list[tuple[str, Any]]] = {}
            for kind in ("duty_holder", "worker"):
                for each in reader.find(kind, active=True):
                    for place in dict.fromkeys((each.grid, each.village)):
                        self.people.setdefault(place or "", []).append((kind, each))
        self.trainers = [each for each in found if each.role == "trainer"]
        self.events = sorted(self._events(), key=lambda each: (each.day, each.hour, each.key))

    # --- what is to happen --------------------------------------------------------------------------------------

    def _events(self) -> Iterator[Event]:
        busy: Counter[tuple[str, date]] = Counter()
        in_village: dict[str, list[date]] = {}
        for number, debt in enumerate(each for each in self.season.debts if each.level in DRILL_LEVELS):
            trainer = self.trainers[number % len(self.trainers)]
            day = self._day(debt, trainer, busy, in_village)
            if day is None:
                continue
            busy[trainer.id, day] += 1
            if debt.village:
                in_village.setdefault(debt.village, []).append(day)
            missed = self.random.random() < self.facts["missed"]
            hour = self.random.choice((9, 10, 15, 16))
            yield Event(f"drill-{number}", day, hour, debt, self._scenario(debt), trainer, missed)
        codes = {each.code: each for each in self.villages.values()}
        for number, each in enumerate(self.facts["more"]):
            village = codes[each["village"]].id
            day = date.fromisoformat(each["day"])
            debt = Debt("", "village", village, village, each["scenario"], day, "owed")
            trainer = self.trainers[number % len(self.trainers)]
            yield Event(f"more-{number}", day, each["hour"], debt, each["scenario"], trainer, False)

    def _day(
        self, debt: Debt, trainer: Officer, busy: Counter[tuple[str, date]], in_village: dict[str, list[date]]
    ) -> date | None:
        """A working day in the weeks before it is due on which nothing speaks against it."""
        for _ in range(40):
            day = debt.due - timedelta(days=self.random.randrange(4, 75))
            near = any(abs((day - each).days) < 7 for each in in_village.get(debt.village or "", ()))
            if day.weekday() < 5 and not near and busy[trainer.id, day] < 2:
                return max(day, date.fromisoformat(self.facts["from"]))
        return None

    def _scenario(self, debt: Debt) -> str:
        if debt.scenario:
            return debt.scenario
        grid = self.grids.get(debt.place)
        if grid is not None:
            return str(self.facts["scenario_of_mark"].get(grid.mark, "landslide"))
        village = self.villages[debt.place]
        if village.kind == "community":
            return str(self.facts["communities"])
        kinds = self.facts["scenarios_of_villages"]
        return str(kinds[int(village.code) % len(kinds)])

    # --- who is in the emergency units -------------------------------------------------------------------------

    def name_units(self, at: datetime) -> None:
        """Name the emergency units from the people of each place; here and there somebody is still lacking."""
        dice = random.Random(self.facts["seed"])
        for place in self.places:
            own = self.people.get(place.grid.id, ()) if place.grid else ()
            pool = [*own, *self.people.get(place.village.id, ())]
            chosen = iter(list(dict.fromkeys((kind, each.id) for kind, each in pool)))
            for role in ROLES:
                for rank in (0, 1):
                    if dice.random() < _LACKING[rank] or (found := next(chosen, None)) is None:
                        continue
                    kind, person = found
                    post = NamePost(
                        role=role, village=place.village.id, grid=place.grid.id if place.grid else None, rank=rank,
                        person_kind=kind, person=person,
                    )  # fmt: skip
                    self._do(post, f"unit-{place.id}-{role}-{rank}", at)

    def mark_days(self, at: datetime) -> None:
        """Enter the days to mind: holidays, markets, harvest."""
        codes = {each.code: each.id for each in self.villages.values()}
        for number, each in enumerate(self.facts.get("marks", ())):
            mark = AddDayMark(
                kind=each["kind"], village=codes[each["village"]] if "village" in each else None,
                first_day=each.get("first", ""), last_day=each.get("last", ""), days=each.get("days", ""),
                note=each["note"],
            )  # fmt: skip
            self._do(mark, f"mark-{number}", at)

    # --- telling it ---------------------------------------------------------------------------------------------

    def play(self, now: datetime, after: datetime | None = None) -> None:
        """Enter what was planned and held up to ``now``. With ``after``, only what begins later than that, and also
        what is planned for the days to come."""
        for event in self.events:
            start = self._start(event)
            if start <= after if after is not None else start > now:
                continue
            self._tell(event, start, now)
        if after is not None:
            self._hidden()

    def _start(self, event: Event) -> datetime:
        return datetime.combine(event.day, time(event.hour), self.season.zone).astimezone(UTC)

    def _tell(self, event: Event, start: datetime, now: datetime) -> None:
        debt = event.debt
        grid = debt.place if debt.level.endswith("_grid") else None
        if start <= now and self._is_late(event):
            made = self._do(self._late(event, start), f"{event.key}-late", min(start + _LATE, now))
            self._mend(made["drill"], event.key, now)
            return
        plan = PlanDrill(
            scenario=event.scenario, level=debt.level, rule=debt.rule, village=debt.village, grid=grid,
            place="镇政府广场" if debt.level == "town" else "", starts_at=start, plan=self.facts["plan"],
            units=self.facts["units"], commander=self.random.choice(self.facts["commanders"]),
            owner_unit=self._unit(debt), owner=event.trainer.name, phone=event.trainer.phone, trainer=event.trainer.id,
            origin="copied" if start > now else "planned",
        )  # fmt: skip
        made = self._do(plan, f"{event.key}-plan", min(start - _LEAD, now))
        if start > now:
            return
        if event.missed:
            reason = self.facts["cancelled"]["reason"]
            self._do(CancelDrill(drill=made["drill"], reason=reason), f"{event.key}-cancel", start)
            return
        self._do(self._record(made["drill"], start), f"{event.key}-record", min(start + timedelta(hours=5), now))
        self._mend(made["drill"], event.key, now)

    def _is_late(self, event: Event) -> bool:
        """Whether a village held it by itself and sent its paper afterwards 补录."""
        dice = random.Random(f"{self.facts['seed']} {event.key}")
        return event.debt.level == "village" and not event.missed and dice.random() < self.facts["recorded_late"]

    def _late(self, event: Event, start: datetime) -> RecordLate:
        with self.reads.open(SYSTEM, REAL) as reader:
            scenario = max(reader.find("scenario", key=event.scenario, active=True), key=lambda each: each.edition)
            expectations = reader.find("expectation", scenario=scenario.id)
        village = self.villages[event.debt.place]
        known = {
            "commander": self.random.choice(self.facts["commanders"]), "units": self.facts["units"],
            "owner_unit": self._unit(event.debt), "recorder": f"{village.name}文书",
        }  # fmt: skip
        title = words(scenario.title, "zh_CN")
        moments, marks, fields, improvements = self._results(start, expectations, scenario.people, title, village.name)
        return RecordLate(
            scenario=event.scenario, held_at=start, village=village.id, level="village", fields=known | fields,
            moments=moments, marks=marks, improvements=improvements,
        )  # fmt: skip

    def _mend(self, drill: str, key: str, now: datetime) -> None:
        """What had to be mended mostly was, some days before it was due."""
        with self.reads.open(SYSTEM, DRILLS) as reader:
            found = reader.find("improvement", drill=drill)
        for each in found:
            done = datetime.combine(date.fromisoformat(each.due), time(11), self.season.zone) - timedelta(days=3)
            if done < now and self.random.random() < 0.8:
                self._do(FinishImprovement(improvement=each.id), f"{key}-mended", done.astimezone(UTC))

    def _unit(self, debt: Debt) -> str:
        return self.villages[debt.village].name if debt.village else "镇应急办"

    def _do(self, command: Any, key: str, at: datetime) -> Any:
        return self.runner.execute(command, id=derived_id(self.root, key), occurred_at=at).value

    def _record(self, drill: str, start: datetime) -> RecordDrill:
        with self.reads.open(SYSTEM, DRILLS) as reader:
            (row,) = reader.find("drill", id=drill)
            expectations = reader.find("expectation", drill=drill)
        moments, marks, fields, improvements = self._results(start, expectations, row.people, row.title, row.owner)
        changed = fields | {"recorder": row.owner}
        return RecordDrill(
            drill=drill, held_at=start, changed=changed, was={name: getattr(row, name) for name in changed},
            moments=moments, moments_was={}, marks=marks, improvements=improvements,
        )  # fmt: skip

    def _results(
        self, start: datetime, expectations: list[Any], people: int | None, title: str, owner: str
    ) -> tuple[dict[str, str], tuple[Mark, ...], dict[str, Any], tuple[Mend, ...]]:
        """What came of a drill: times, marks, fields of the record, what has to be mended."""
        dice = self.random
        moments = {name: iso(start + timedelta(minutes=at)) for name, at in self._minutes(expectations).items()}
        marks = tuple(self._mark(each) for each in expectations if each.judged != "time")
        finding = dice.choice(self.facts["findings"])
        due = (start.astimezone(self.season.zone).date() + timedelta(days=finding["days"])).isoformat()
        fields = {
            "took_part": max(5, (people or 30) - dice.randrange(0, 9)),
            "evacuated": dice.randrange(12, 60) if "转移" in title or "撤离" in title else 0,
            "problems": finding["problem"], "measures": finding["measure"],
        }  # fmt: skip
        return moments, marks, fields, (Mend(text=finding["measure"], owner=owner, due=due),)

    def _minutes(self, expectations: list[Any]) -> dict[str, int]:
        """When each moment came, in minutes from the start: mostly within what is expected, not always."""
        dice = self.random
        at = {"started": 0, "warned": 1, "called": 5}
        timed = sorted((each for each in expectations if each.judged == "time"), key=lambda each: each.within_s)
        for each in timed:
            limit = at.get(each.after, at["called"]) + each.within_s / 60
            at[each.step] = max(2, round(limit * dice.choice((0.6, 0.7, 0.8, 0.9, 0.9, 1.15))))
        for name, after, more in (("assembled", "called", 8), ("controlled", "assembled", 12),
                                  ("evacuated", "assembled", 18), ("settled", "evacuated", 8),
                                  ("reported", "called", 11)):  # fmt: skip
            at.setdefault(name, at[after] + more)
        at["ended"] = max(at.values()) + 10
        return at

    def _mark(self, expectation: Any) -> Mark:
        if expectation.judged == "count":
            return Mark(expectation=expectation.id, value=float(self.random.choice((100, 100, 100, 97, 92))))
        share = self.random.choice((1.0, 1.0, 1.0, 0.8, 0.6))
        return Mark(
            expectation=expectation.id, mark=round(expectation.points * share, 1),
            reason="" if share == 1.0 else "个别人员不熟悉分工", evaluator="镇应急办评估员",
        )  # fmt: skip

    def _hidden(self) -> None:
        """One no-notice drill ahead, which only planners may know of."""
        facts = self.facts["hidden"]
        start = datetime.combine(date.fromisoformat(facts["day"]), time(facts["hour"]), self.season.zone)
        plan = PlanDrill(
            scenario=facts["scenario"], form="no_notice", grid=facts["grid"], starts_at=start.astimezone(UTC),
            trainer=self.trainers[0].id, level="emergency_grid", origin="drawn", seed=str(self.facts["seed"]),
        )  # fmt: skip
        self._do(plan, "drill-hidden", self.runner.clock.now())
