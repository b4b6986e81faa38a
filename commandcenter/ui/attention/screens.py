"""The pictures of the attention list."""

from typing import Any

from commandcenter.ui.core.tools import Tools


def table(tools: Tools, page: Any) -> None:
    """The list, nothing chosen."""
    tools.selection.choose("attention_item", None)


def card(tools: Tools, page: Any) -> None:
    """The first person, whose review is overdue."""
    found = [row for row in page.table.ids() if page.row(row).listed.item.kind == "person"]
    if found:
        page.pick(found[0])
        page.view.choose(found[0])


def form(tools: Tools, page: Any) -> None:
    """A new person in that grid, not on the register."""
    card(tools, page)
    if page.chosen_row is not None and page.chosen_row.listed.grid:
        tools.selection.choose("grid", page.chosen_row.listed.grid)
    tools.actions.trigger("attention.add")


def take(tools: Tools, page: Any) -> None:
    """Residents with needs are taken onto the list."""
    table(tools, page)
    tools.actions.trigger("attention.take")


def visit(tools: Tools, page: Any) -> None:
    """A grid was visited."""
    card(tools, page)
    tools.actions.trigger("attention.visit")


def grid(tools: Tools, page: Any) -> None:
    """The list of the emergency grid with most people at home, on its card."""
    grids = [each for each in tools.desk.live.grids.values() if each.kind == "emergency"]
    if grids:
        tools.selection.navigate("grid", max(grids, key=lambda each: each.people_at_home or 0).id)


def on_map(tools: Tools, page: Any) -> None:
    """The map with the counts of every grid."""
    panel = page.findChild(type(page), "grids.map") or page.findChild(object, "grids.map")
    if panel is not None:
        panel.show_layer("attention", True)


def clear_map(tools: Tools) -> None:
    """Off again."""
    tools.settings.set("map.shown", [])
