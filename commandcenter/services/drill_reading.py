"""A drill with all that belongs to it, as one viewer may know it; read by a reader of ``DRILLS`` or of its world."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from commandcenter.rules import judging
from commandcenter.rules.drills import (
    HELD,
    Drill,
    DrillGrid,
    DrillMoment,
    DrillNotice,
    DrillPerson,
    Improvement,
)
from commandcenter.rules.entity import REAL
from commandcenter.rules.judging import Judgement, Score
from commandcenter.rules.scenarios import Expectation, Inject, Scenario
from commandcenter.services import seasons
from commandcenter.storage.reads import Reader


@dataclass(frozen=True)
class Record:
    """One drill: what was planned, what came, what it came to."""

    drill: Drill
    scenario: Scenario | None
    grids: tuple[DrillGrid, ...]
    persons: tuple[DrillPerson, ...]
    moments: tuple[DrillMoment, ...]
    injects: tuple[Inject, ...]
    expectations: tuple[Expectation, ...]
    improvements: tuple[Improvement, ...]
    notices: tuple[DrillNotice, ...]

    @property
    def id(self) -> str:
        """The drill's id."""
        return self.drill.id

    @cached_property
    def times(self) -> dict[str, datetime]:
        """The moments of the whole drill."""
        return judging.times_of(self.drill, self.moments)

    @cached_property
    def judgements(self) -> tuple[Judgement, ...]:
        """Every expectation judged, in the order of the sheet."""
        return judging.judge_all(self.expectations, self.times)

    @cached_property
    def score(self) -> Score:
        """What they come to."""
        return judging.score(self.judgements, self.drill.pass_mark)

    @property
    def minutes(self) -> int | None:
        """总用时 in whole minutes."""
        return judging.total_minutes(self.times)


_PARTS = ("drill_grid", "drill_person", "drill_moment", "inject", "expectation", "improvement", "drill_notice")


def load(reader: Reader, drill: str) -> Record | None:
    """One drill; None when there is none, or none that this viewer may know of."""
    found = reader.get("drill", drill)
    return None if found is None else load_all(reader, [found])[0]


def load_all(reader: Reader, drills: Iterable[Drill]) -> list[Record]:
    """Several drills, each part read once."""
    wanted = list(drills)
    ids = [each.id for each in wanted]
    parts: dict[str, dict[str, list[Any]]] = {kind: defaultdict(list) for kind in _PARTS}
    for kind in _PARTS:
        order = ("position", "id") if kind in ("inject", "expectation") else ("id",)
        for start in range(0, len(ids), 400):
            for row in reader.find(kind, drill=ids[start : start + 400], order=order):
                parts[kind][row.drill].append(row)
    scenarios = {each.id: each for each in reader.many("scenario", {each.scenario for each in wanted if each.scenario})}
    return [
        Record(each, scenarios.get(each.scenario or ""), *(tuple(parts[kind][each.id]) for kind in _PARTS))
        for each in wanted
    ]


def expectations_of(reader: Reader, scenario: str) -> list[Expectation]:
    """The expectations of a scenario of the library, in the order of the sheet. Those lie in the real world, which a
    reader of drills does not see: it is asked for as such."""
    real = Reader(reader.connection, reader.viewer, REAL)
    found: list[Expectation] = real.find("expectation", scenario=scenario, order=("position", "id"))
    return found


def records(reader: Reader) -> list[Record]:
    """Every drill that this viewer may know of, the latest first; what was cancelled has no record."""
    found = [each for each in reader.find("drill") if each.state != "cancelled"]
    found.sort(key=lambda each: (_when(each) is not None, _when(each), each.id), reverse=True)
    return load_all(reader, found)


def held(reader: Reader) -> list[Record]:
    """Those that took place, in the order in which they were held."""
    found = [each for each in reader.find("drill", state=sorted(HELD)) if each.world != REAL]
    return load_all(reader, sorted(found, key=lambda each: (_when(each) is not None, _when(each), each.id)))


def _when(drill: Drill) -> datetime | None:
    return drill.held_at or drill.starts_at


@dataclass(frozen=True, slots=True)
class Scored:
    """What one drill came to, in percent of what could be judged."""

    drill: str
    at: datetime
    percent: int
    passed: bool


def unit_of(record: Record) -> tuple[str, str]:
    """Whose score a drill's is: the key of its scenario and the unit – a grid, else a village, else the place. Never a
    person."""
    drill = record.drill
    return record.scenario.key if record.scenario else "", drill.grid or drill.village or drill.place


def scores_of_units(found: Iterable[Record]) -> dict[tuple[str, str], list[Scored]]:
    """Scores over time by scenario and unit (:func:`unit_of`), of drills that took place."""
    made: dict[tuple[str, str], list[Scored]] = defaultdict(list)
    for each in found:
        percent, at, is_passed = each.score.percent, each.drill.held_at, each.score.passed
        if percent is not None and at is not None and each.drill.state in HELD:
            made[unit_of(each)].append(Scored(each.id, at, percent, bool(is_passed)))
    return {key: sorted(marks, key=lambda mark: (mark.at, mark.drill)) for key, marks in made.items()}


def score_rows(reader: Reader) -> list[dict[str, Any]]:
    """Scores to list, a line a drill, those of one scenario and unit together in the order in which they were held;
    ``reader`` reads ``DRILLS``. ``change``: points against the time before, None for the first."""
    zone = seasons.zone_of(reader)
    by_id = {each.id: each for each in held(reader)}
    places = {each.id: each for kind in ("village", "grid") for each in reader.find(kind)}
    rows = []

    def by_place(item: tuple[tuple[str, str], list[Scored]]) -> tuple[str, str, str]:
        (scenario, unit), _ = item
        return scenario, places[unit].code if unit in places else "", unit

    for (scenario, unit), marks in sorted(scores_of_units(by_id.values()).items(), key=by_place):
        before: int | None = None
        for each in marks:
            record, place = by_id[each.drill], places.get(unit)
            rows.append({
                "drill": each.drill, "title": record.drill.title, "scenario": scenario, "unit": unit,
                "unit_code": place.code if place else "", "unit_name": place.name if place else unit,
                "day": each.at.astimezone(zone).date().isoformat(), "percent": each.percent, "passed": each.passed,
                "change": None if before is None else each.percent - before,
            })  # fmt: skip
            before = each.percent
    return rows
