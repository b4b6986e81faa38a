"""What the card beside the pointer says of a grid."""

from commandcenter.base.texts import say
from commandcenter.rules.grids import Grid
from commandcenter.services.live import LiveSet
from commandcenter.ui.grids import words
from commandcenter.ui.grids.facts import NOBODY, Keepers


def hover_lines(grid: Grid, live: LiveSet, keepers: Keepers = NOBODY, *, people_known: bool = True) -> list[str]:
    """Name; kind and village; who answers for it; how many live there; what is open."""
    lines = [grid.name, _kind_line(grid, live)]
    if people_known:
        lines.append(keeper_line(keepers))
    if grid.households is not None or grid.people is not None:
        lines.append(_people_line(grid))
    status = live.status(grid.id)
    if status.open_incidents:
        lines.append(say("grids.hover.open", count=status.open_incidents))
    return lines


def _kind_line(grid: Grid, live: LiveSet) -> str:
    mark = words.mark_name(grid.mark) if grid.mark else ""
    parts = [words.kind_name(grid.kind), mark, words.village_name(live.villages.get(grid.village))]
    return " · ".join(part for part in parts if part)


def keeper_line(keepers: Keepers) -> str:
    """The keeper, or that there is none."""
    first = keepers.first
    if first is None:
        return say("grids.hover.no_keeper")
    code = "grids.hover.keeper" if keepers.gap is None else "grids.hover.keeper_without_phone"
    return say(code, name=first.name)


def _people_line(grid: Grid) -> str:
    return say(
        "grids.hover.people",
        households=words.figure(grid.households),
        people=words.figure(grid.people),
        at_home=words.figure(grid.people_at_home),
    )
