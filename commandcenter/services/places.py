"""What people call places, learned at the desk, and which grids lie around one."""

from dataclasses import dataclass
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.rules.calling import nearest_first
from commandcenter.rules.grids import GazetteerName, Grid
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.services.commands import Context, command, handles
from commandcenter.storage import places
from commandcenter.storage.reads import Reader

AROUND = 6
"""How many grids are taken to touch a grid: what most cells of a division of the plane have."""


def grids_around(reader: Reader, grid: str) -> frozenset[str]:
    """The ids of the grids of the same kind nearest to one, across village borders; none where it has no boundary."""
    own: Grid | None = reader.get("grid", grid)
    middles = places.middles(reader.connection)
    if own is None or own.id not in middles:
        return frozenset()
    others = [each for each in reader.find("grid", kind=own.kind) if each.id in middles]
    return frozenset(nearest_first(own, others, middles)[:AROUND])


@command("learn_name", roles=KEEPERS_OF_LISTS, writes=("gazetteer_name",))
@dataclass(frozen=True, kw_only=True, slots=True)
class LearnName:
    """Remember what people call a place, and the grid it lies in."""

    name: str
    grid: str
    kind: str = "landmark"


@handles(LearnName)
def learn_name(cmd: LearnName, ctx: Context) -> Any:
    """The same name for the same grid is kept once."""
    name = cmd.name.strip()
    if not name:
        raise BadInput("place.name_empty")
    grid = ctx.find_grid(cmd.grid)
    known = ctx.uow.find("gazetteer_name", name=name, grid=grid.id)
    if known:
        return {"gazetteer_name": known[0].id}
    made = GazetteerName(id=ctx.new_id(), name=name, grid=grid.id, kind=cmd.kind, learned=True)
    ctx.uow.add(made)
    return {"gazetteer_name": made.id}


def known_point(reader: Reader) -> tuple[float, float] | None:
    """Where the town lies (longitude, latitude): the middle of its grids that have a place; None while none has."""
    middles = places.middles(reader.connection).values()
    if not middles:
        return None
    longitudes, latitudes = (sorted(values) for values in zip(*middles, strict=True))
    return longitudes[len(longitudes) // 2], latitudes[len(latitudes) // 2]
