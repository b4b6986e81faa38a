"""The table of grids: one row a grid, and its columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from commandcenter.base.texts import say
from commandcenter.rules.grids import Grid, Village
from commandcenter.rules.maps import KIND_ORDER
from commandcenter.rules.ordering import natural_key
from commandcenter.rules.phones import normalise
from commandcenter.services.live import GridStatus
from commandcenter.ui.core.columns import Column, Tone
from commandcenter.ui.grids import words
from commandcenter.ui.grids.facts import NOBODY, Keepers, MapFacts


@dataclass(frozen=True, slots=True)
class GridRow:
    """A grid with its village, who answers for it, and what is open in it."""

    grid: Grid
    village: Village | None
    keepers: Keepers
    open_incidents: int
    overdue: int
    people_known: bool

    @property
    def id(self) -> str:
        """The grid's id."""
        return self.grid.id

    @property
    def keeper(self) -> str:
        """The name of who is called first, or that there is nobody."""
        first = self.keepers.first
        if first is None:
            return say("grids.nobody") if self.people_known else ""
        return first.name

    @property
    def phone(self) -> str:
        """The number of who is called first, as this officer may see it."""
        first = self.keepers.first
        return spaced(first.phone) if first is not None and first.phone else ""


def spaced(phone: str) -> str:
    """A mobile number in the groups in which it is read out; everything else as it is."""
    digits = normalise(phone)
    if len(digits) == 11 and digits.isdigit() and digits.startswith("1"):
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    return phone


def rows(
    grids: Iterable[Grid],
    villages: Mapping[str, Village],
    keepers: Mapping[str, Keepers],
    facts: MapFacts,
    *,
    people_known: bool,
) -> list[GridRow]:
    """Rows for these grids."""
    nothing = GridStatus()
    return [
        GridRow(
            grid, villages.get(grid.village), keepers.get(grid.id, NOBODY),
            facts.statuses.get(grid.id, nothing).open_incidents, facts.overdue.get(grid.id, 0), people_known,
        )
        for grid in grids
    ]  # fmt: skip


def order(row: GridRow) -> tuple[Any, ...]:
    """Village by village in the order of their codes; general grids first, then by number."""
    return (
        natural_key(row.village.code if row.village else ""),
        KIND_ORDER[row.grid.kind],
        natural_key(row.grid.code),
    )


def _keeper_tone(row: GridRow, _ctx: Any) -> Tone:
    return "muted" if row.keepers.first is None else "text"


def _open_tone(row: GridRow, _ctx: Any) -> Tone:
    return "overdue" if row.overdue else "text" if row.open_incidents else "disabled"


def _known(value: int | None) -> int:
    return -1 if value is None else value


COLUMNS: tuple[Column[GridRow], ...] = (
    Column("code", "grids.column.code", lambda row, _: row.grid.code, lambda row: natural_key(row.grid.code), 126,
           tone=lambda row, _: "muted"),
    Column("name", "grids.column.name", lambda row, _: row.grid.name, order, 180, stretch=True, fixed=True),
    Column("kind", "grids.column.kind", lambda row, _: words.kind_name(row.grid.kind),
           lambda row: KIND_ORDER[row.grid.kind], 84, visible=False),
    Column("village", "grids.column.village", lambda row, _: words.village_name(row.village), order, 108,
           visible=False),
    Column("keeper", "grids.column.keeper", lambda row, _: row.keeper, None, 74, tone=_keeper_tone),
    Column("phone", "grids.column.phone", lambda row, _: row.phone, lambda row: row.phone or None, 108),
    Column("households", "grids.column.households", lambda row, _: words.figure(row.grid.households),
           lambda row: _known(row.grid.households), 60, numeric=True),
    Column("people", "grids.column.people", lambda row, _: words.figure(row.grid.people),
           lambda row: _known(row.grid.people), 58, numeric=True),
    Column("at_home", "grids.column.at_home", lambda row, _: words.figure(row.grid.people_at_home),
           lambda row: _known(row.grid.people_at_home), 68, numeric=True),
    Column("open", "grids.column.open", lambda row, _: str(row.open_incidents or "–"),
           lambda row: row.open_incidents, 52, numeric=True, tone=_open_tone),
)  # fmt: skip
