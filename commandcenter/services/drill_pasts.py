"""What the log says of drills in a calendar: which concern somebody now, which did so once, and how often that changed.

A calendar program takes an entry out only when it is told so. What a calendar does not hold any more is therefore found
in the log, which forgets nothing, and not in a list of files that were written.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from commandcenter.rules.entity import ENTITIES
from commandcenter.storage.reads import Logged, Reader
from commandcenter.storage.rows import Raw, unlogged

_WRITES = ("insert", "update", "delete")
_LINKS = ("drill_grid", "drill_person")


@dataclass(frozen=True, slots=True)
class State:
    """A drill as it stood at some time: its columns, the grids and people that take part, where the worker asked about
    kept a grid."""

    row: Raw
    links: Mapping[str, Raw]
    """Rows of grids and people, by id."""
    grid: str | None

    def has(self, worker: str) -> bool:
        """Whether a worker is invited, by name or with the grid."""
        for each in self.links.values():
            if "person" in each and (each["person_kind"], each["person"]) == ("worker", worker):
                return True
            if "person" not in each and self.grid is not None and each["grid"] == self.grid:
                return True
        return False


Concern = Callable[[State], bool]


@dataclass(slots=True)
class Past:
    """A drill in one calendar. ``edition`` counts up with every change of what the calendar says of it; ``stamp`` is
    when that was last; ``shown`` how it last stood there (None: it never did)."""

    drill: str
    stamp: datetime
    edition: int = -1
    row: Raw | None = None
    links: dict[str, Raw] = field(default_factory=dict)
    is_shown: bool = False
    shown: Raw | None = None
    may_leave: bool = True

    @property
    def is_gone(self) -> bool:
        """Whether it stood in the calendar and does so no more. One that is secret now is not told of at all."""
        return self.shown is not None and not self.is_shown and self.may_leave


def tell(reader: Reader, concerns: Concern, *, may_tell: bool, worker: str | None = None) -> dict[str, Past]:
    """Every drill that this viewer may know of, also one taken back, by id. ``reader`` reads ``DRILLS``; ``may_tell``:
    no-notice drills stand in the calendar before they begin. ``worker``: whose grids count."""
    log = reader.drill_log(("drill", *(_LINKS if worker else ())), worker)
    found: dict[str, Past] = {}
    grid: str | None = None
    for _, lines in groupby(log, key=lambda each: each.change.command):
        rows = [each for each in lines if each.change.op in _WRITES or each.change.entity == "drill"]
        if not rows:
            continue
        own = {each.change.world for each in rows if each.change.entity == "drill"}
        moved = [each for each in rows if each.change.entity == "worker"]
        for each in moved:
            grid = (each.after or {}).get("grid", grid)
        touched = found.keys() | own if moved else {each.change.world for each in rows}
        _apply(found, rows)
        for id in sorted(touched & found.keys()):
            _look(found[id], concerns, may_tell, grid, None if id in own else rows[-1].recorded_at)
    return found


def _apply(found: dict[str, Past], rows: Iterable[Logged]) -> None:
    for each in rows:
        change = each.change
        if change.entity == "worker":
            continue
        past = found.setdefault(change.world, Past(change.world, each.recorded_at))
        if change.entity == "drill":
            past.edition, past.stamp = past.edition + 1, each.recorded_at
            if change.op == "delete":
                past.row = None
            elif change.op in _WRITES:
                past.row = {**(past.row or {}), **_columns(each)}
        elif change.op == "delete":
            past.links.pop(change.id, None)
        else:
            past.links[change.id] = {**past.links.get(change.id, {}), **_columns(each)}


def _columns(line: Logged) -> Raw:
    return unlogged(ENTITIES[line.change.entity], line.after or {})


def _look(past: Past, concerns: Concern, may_tell: bool, grid: str | None, by_others: datetime | None) -> None:
    """Whether the drill stands in the calendar now. That it came or went without itself being written – by its grids,
    or a worker's – counts as a change too (``by_others``: when)."""
    row, is_shown = past.row, False
    if row is not None:
        past.may_leave = may_tell or not row["hidden"]
        is_dated = (row["held_at"] or row["starts_at"]) is not None
        is_shown = is_dated and past.may_leave and concerns(State(row, past.links, grid))
    if by_others is not None and is_shown != past.is_shown:
        past.edition, past.stamp = past.edition + 1, by_others
    past.is_shown = is_shown
    if is_shown:
        past.shown = row
