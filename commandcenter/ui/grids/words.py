"""How grids, villages and their signs are named on screen; rows of the database in, words out."""

from commandcenter.base.texts import choose, current, say
from commandcenter.rules.grids import Grid, GridKind, Village
from commandcenter.rules.incidents import Urgency


def village_name(village: Village | None) -> str:
    """A village's name in the language of the desk; empty when it is unknown."""
    return choose(village.name, village.name_en) if village is not None else ""


def kind_name(kind: GridKind) -> str:
    """What kind of grid."""
    return say(f"grids.kind.{kind}")


def short_name(grid: Grid) -> str:
    """What a grid is called inside its village: 第5 on the map, where its village's name stands beside it."""
    if grid.kind == "dedicated" or not grid.serial:
        return grid.name
    return say(f"grids.short.{grid.kind}", serial=grid.serial)


def mark_sign(mark: str) -> str:
    """The one character of a dedicated or an emergency grid (校, 医, 洲 …); an unknown mark shows its first letter."""
    code = f"grids.mark.{mark}.sign"
    return say(code) if current().has(code) else mark[:1].upper()


def mark_name(mark: str) -> str:
    """What a mark stands for; an unknown one shows itself."""
    code = f"grids.mark.{mark}"
    return say(code) if current().has(code) else mark


def urgency_sign(urgency: Urgency) -> str:
    """特, 急 or 般, as it stands in the square of an incident."""
    return say(f"grids.urgency.{urgency}")


def figure(value: int | None) -> str:
    """A number of a grid; a dash where nobody has counted."""
    return "–" if value is None else f"{value:,}"
