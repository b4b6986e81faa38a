"""What the map and the table of grids say of each grid, derived from the live set and the directory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from commandcenter.rules.grids import Grid
from commandcenter.rules.incidents import Incident, Limits, is_overdue
from commandcenter.rules.masks import is_erased
from commandcenter.rules.people import DutyHolder, Worker
from commandcenter.services.directory import Directory
from commandcenter.services.live import GridStatus, LiveSet

Gap = Literal["no_keeper", "no_phone"]
HEADS = ("grid_head",)
"""Roles of duty holders that answer for a grid as its keeper does."""


@dataclass(frozen=True, slots=True)
class Keepers:
    """Who answers for a grid: its workers, its head, and everybody else in a role on it."""

    workers: tuple[Worker, ...] = ()
    heads: tuple[DutyHolder, ...] = ()
    others: tuple[DutyHolder, ...] = ()

    @property
    def first(self) -> Worker | DutyHolder | None:
        """Who is called first."""
        people: tuple[Worker | DutyHolder, ...] = (*self.heads, *self.workers, *self.others)
        return people[0] if people else None

    @property
    def gap(self) -> Gap | None:
        """What is missing before anybody of this grid can be called."""
        people: tuple[Any, ...] = (*self.heads, *self.workers, *self.others)
        if not people:
            return "no_keeper"
        return None if any(has_phone(each) for each in people) else "no_phone"


NOBODY = Keepers()


def has_phone(person: Any) -> bool:
    """Whether a number is known, shown or masked."""
    return bool(person.phone) and not is_erased(person.phone)


def keepers_by_grid(directory: Directory) -> dict[str, Keepers]:
    """Who answers for each grid, in one pass over the directory."""
    workers: dict[str, list[Worker]] = {}
    holders: dict[str, list[DutyHolder]] = {}
    for (kind, _), person in directory.people.items():
        if kind not in ("worker", "duty_holder") or not person.active or not person.grid:
            continue
        (workers if kind == "worker" else holders).setdefault(person.grid, []).append(person)
    return {
        grid: Keepers(
            tuple(sorted(workers.get(grid, ()), key=_by_name)),
            tuple(sorted((each for each in holders.get(grid, ()) if each.role in HEADS), key=_by_name)),
            tuple(sorted((each for each in holders.get(grid, ()) if each.role not in HEADS), key=_by_role)),
        )
        for grid in workers.keys() | holders.keys()
    }


def _by_name(person: Any) -> tuple[str, str]:
    return person.name, person.id


def _by_role(person: DutyHolder) -> tuple[str, str, str]:
    return person.role, person.name, person.id


def overdue_by_grid(incidents: Iterable[Incident], now: datetime, limits: Limits) -> dict[str, int]:
    """How many open incidents of each grid have outlived their limit."""
    counts: dict[str, int] = {}
    for each in incidents:
        if each.grid and is_overdue(each, now, limits):
            counts[each.grid] = counts.get(each.grid, 0) + 1
    return counts


@dataclass(frozen=True, slots=True)
class MapFacts:
    """Everything the fills are made of; ``recent`` is None while it has not been read."""

    grids: Mapping[str, Grid] = field(default_factory=dict)
    statuses: Mapping[str, GridStatus] = field(default_factory=dict)
    overdue: Mapping[str, int] = field(default_factory=dict)
    gaps: Mapping[str, Gap] = field(default_factory=dict)
    recent: Mapping[str, int] | None = None


def gaps_of(grids: Iterable[str], keepers: Mapping[str, Keepers]) -> dict[str, Gap]:
    """The grids where nobody can be called, and why."""
    gaps = ((grid, keepers.get(grid, NOBODY).gap) for grid in grids)
    return {grid: gap for grid, gap in gaps if gap is not None}


def gather(
    live: LiveSet, gaps: Mapping[str, Gap], now: datetime, limits: Limits, recent: Mapping[str, int] | None = None
) -> MapFacts:
    """The facts of this moment; ``gaps`` is empty while the keepers are unknown, so that nobody is said to miss."""
    overdue = overdue_by_grid(live.incidents.values(), now, limits)
    return MapFacts(dict(live.grids), live.statuses(), overdue, gaps, recent)
