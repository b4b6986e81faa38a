"""What people call places: names learned at the desk."""

from dataclasses import dataclass
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.rules.grids import GazetteerName
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.services.commands import Context, command, handles


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
