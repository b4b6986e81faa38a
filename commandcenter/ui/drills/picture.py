"""What the calendar shows, computed on the read lane: the season, clashes by drill, debts as rows, the matrix."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from commandcenter.rules import pinyin
from commandcenter.rules.clashes import Clash, day_of
from commandcenter.rules.debts import DRILL_LEVELS, Debt, Level
from commandcenter.rules.drills import Drill
from commandcenter.rules.finding import Entry, Index
from commandcenter.rules.scenarios import in_season, split
from commandcenter.services import seasons, training
from commandcenter.services.seasons import Season
from commandcenter.services.training import Lesson
from commandcenter.ui.drills.words import newest, usual_order

SOON = 90
"""Days before its deadline from which a debt stands before what was paid last."""
CellState = Literal["overdue", "planned", "soon", "paid", "owed"]
_RANK: dict[CellState, int] = {"overdue": 0, "planned": 1, "soon": 2, "paid": 3, "owed": 4}
Row = tuple[Level, str]
"""A row of the matrix: the level, and the id of the place."""


@dataclass(frozen=True, slots=True)
class DebtRow:
    """A debt that nobody has planned to pay, as the list at the left shows it."""

    debt: Debt
    days: int
    """Days late; 0 and less while there is time."""

    @property
    def id(self) -> str:
        """The debt's id."""
        return self.debt.id


@dataclass(frozen=True, slots=True)
class Cell:
    """How a place stands with a scenario: the debt that says most, and the day that matters."""

    state: CellState
    debt: Debt
    day: date
    days: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Made by :func:`ask`; never changed."""

    season: Season
    clashes: Mapping[str, tuple[Clash, ...]]
    by_day: Mapping[date, tuple[Drill, ...]]
    debts: Mapping[str, DebtRow]
    index: Index
    cells: Mapping[Row, Mapping[str, Cell]]
    lessons: Mapping[date, tuple[Lesson, ...]] = field(default_factory=dict)
    """Training sessions, by local day."""

    def on(self, day: date) -> tuple[Drill, ...]:
        """The drills of a local day, by time."""
        return self.by_day.get(day, ())


def ask(today: date, names: Mapping[tuple[str, str], tuple[str, ...]], reader: Any) -> Picture:
    """On the read lane, with a reader of all drills. ``names``: what places are found by, by kind and id."""
    usual_order()
    season = seasons.load(reader, today)
    owing = (each for each in season.debts if each.state in ("owed", "overdue"))
    open_debts = {each.id: DebtRow(each, each.late(today)) for each in owing}
    return Picture(
        season, {each.id: tuple(season.clashes(each)) for each in season.drills.values() if each.state == "planned"},
        _by_day(season), open_debts, _index(season, open_debts.values(), names), _cells(season),
        training.lessons_by_day(reader, season.presence, season.zone),
    )  # fmt: skip


def _by_day(season: Season) -> dict[date, tuple[Drill, ...]]:
    found: dict[date, list[Drill]] = {}
    for drill in season.drills.values():
        day = day_of(drill, season.zone)
        if day is not None:
            found.setdefault(day, []).append(drill)
    return {
        day: tuple(sorted(drills, key=lambda each: (each.held_at or each.starts_at, each.id)))
        for day, drills in found.items()
    }


def _index(season: Season, rows: Iterable[DebtRow], names: Mapping[tuple[str, str], tuple[str, ...]]) -> Index:
    """Debts are found by place, village, level and scenario, in either language, by pinyin and initials."""
    titles: dict[str, list[str]] = {}
    for each in season.scenarios.values():
        titles.setdefault(each.key, []).extend(str(text) for text in each.title.values())
    spelt: dict[str, tuple[str, ...]] = {}

    def keys(words: Iterable[str]) -> list[str]:
        found: list[str] = []
        for word in words:
            if word not in spelt:
                made = pinyin.keys(word)
                spelt[word] = (word, made.pinyin, made.initials)
            found += spelt[word]
        return found

    entries = []
    for row in rows:
        debt = row.debt
        kind = "grid" if debt.level.endswith("_grid") else debt.level
        known = [*names.get((kind, debt.place), ()), *names.get(("village", debt.village or ""), ())]
        known += [*titles.get(debt.scenario, ()), *names.get(("level", debt.level), ())]
        entries.append(Entry("debt", row.id, " ".join(known[:1]), "", tuple(key for key in keys(known) if key)))
    return Index(entries)


def _cells(season: Season) -> dict[Row, dict[str, Cell]]:
    found: dict[Row, dict[str, Cell]] = {(each.level, each.id): {} for each in season.places if each.level != "worker"}
    for debt in season.debts:
        row = found.get((debt.level, debt.place))
        if row is None:
            continue
        made = _cell(debt, season)
        before = row.get(debt.scenario)
        if before is None or (_RANK[made.state], _urgency(made)) < (_RANK[before.state], _urgency(before)):
            row[debt.scenario] = made
    return found


def _urgency(cell: Cell) -> int:
    """Among equals: the longest overdue, the next to come, the last that was paid."""
    return -cell.day.toordinal() if cell.state == "paid" else cell.debt.due.toordinal()


def _cell(debt: Debt, season: Season) -> Cell:
    drill = season.drills.get(debt.drill or "")
    day = (day_of(drill, season.zone) if drill else None) or debt.due
    days = debt.late(season.today)
    if debt.state == "paid":
        return Cell("paid", debt, day, 0)
    if debt.state == "planned":
        return Cell("planned", debt, day, days)
    state: CellState = "overdue" if days > 0 else "soon" if days >= -SOON else "owed"
    return Cell(state, debt, debt.due, days)


def owing_rows(picture: Picture) -> list[Row]:
    """The places that owe drills of their own, as the matrix opens on them."""
    return [row for level in DRILL_LEVELS for row in picture.cells if row[0] == level]


def fitting_scenario(season: Season, debt: Debt, day: date) -> str:
    """The key of the scenario to propose: the rule's, else one for such a place, in season, drilled longest ago."""
    if debt.scenario:
        return debt.scenario
    kind = debt.level.removesuffix("_grid") if debt.level.endswith("_grid") else ""
    last: dict[str, date] = {}
    for drill in season.drills.values():
        at, key = day_of(drill, season.zone), season.key_of(drill)
        if at is not None and drill.state != "cancelled" and at > last.get(key, date.min):
            last[key] = at
    ranked = sorted(
        newest(season).values(),
        key=lambda each: (
            bool(kind) and kind not in split(each.grid_kinds), not in_season(each, day.month),
            last.get(each.key, date.min), each.key,
        ),
    )  # fmt: skip
    return ranked[0].key if ranked else ""


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
