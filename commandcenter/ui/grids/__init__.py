"""Grids: the map of the situation, the workspace with table and cards, and what quick find knows of places."""

from functools import partial
from typing import TYPE_CHECKING, Any

from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.ui.core.tools import CardSection, MeasurePlug, Panel, Screen, Tools, Workspace, late

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from commandcenter.ui.core.actions import Action
    from commandcenter.ui.core.pageholder import PageHolder
    from commandcenter.ui.grids.index import GridIndex

MEASURES = ("none", "open", "overdue", "recent", "at_home", "households", "gaps")
"""Our own measures of the map, the one without any fill first."""


def install(tools: Tools) -> None:
    """Plug in the map with its measures, the workspace, the sections of a card, finder's source and pictures."""
    from commandcenter.ui.core.finderbox import FinderSource
    from commandcenter.ui.core.pageholder import PageHolder
    from commandcenter.ui.grids.index import GridIndex

    index, holder = GridIndex(tools, tools.desk), PageHolder()
    plugs = tools.plugs
    plugs.panels.add("map", Panel("map", "map", _make_map))
    for place, name in enumerate(MEASURES):
        make = partial(late("grids.measures", "measure"), name)
        plugs.fill_measures.add(name, MeasurePlug(name, f"grids.measure.{name}", make, order=10 + place))
    plugs.workspaces.add(
        "grids", Workspace("grids", "workspace.grids", "grid", partial(_make_workspace, index, holder), order=20)
    )
    tools.actions.add(*_actions(holder))
    for name, made_by, order in (
        ("people", "PeopleSection", 10), ("open", "OpenSection", 20), ("names", "NamesSection", 30),
        ("last", "LastSection", 40),
    ):  # fmt: skip
        section = CardSection(f"grid.{name}", "grid", f"grids.section.{name}", late("grids.sections", made_by), order)
        plugs.card_sections.add(section.id, section)
    plugs.finder_sources.add("grid", FinderSource("grid", index.hits))
    plugs.screens.add("grids", Screen("grids", "grids", _stage_table))
    plugs.screens.add("grid-card", Screen("grid-card", "grids", _stage_card))
    drawing = Screen("grid-drawing", "situation", _stage_drawing, partial(_clear_drawing, tools))
    plugs.screens.add("grid-drawing", drawing)
    plugs.screens.add("grid-form", Screen("grid-form", "grids", _stage_form))
    plugs.screens.add("grid-new", Screen("grid-new", "grids", _stage_new))


def _make_map(tools: Tools) -> "QWidget":
    from commandcenter.ui.grids.panel import MapPanel

    return MapPanel(tools)


def _actions(holder: "PageHolder") -> "list[Action]":
    """What keepers of the lists do here; each works on the page that is open."""
    from commandcenter.ui.core.actions import Action

    def action(id: str, run: str, icon: str, keys: tuple[str, ...], can: str, *, in_finder: bool = True) -> Action:
        return Action(
            id, f"grids.action.{run}", holder.run(run), icon=icon, keys=keys, roles=KEEPERS_OF_LISTS,
            enabled=holder.can(can), scope="grids", group="lists", in_finder=in_finder,
        )  # fmt: skip

    return [
        action("grid.add", "add", "add", ("N",), "can_add"),
        action("grid.edit", "edit", "edit", ("E",), "can_edit"),
        action("grid.draw", "draw", "draw", ("B",), "can_edit"),
        action("grid.remove", "remove", "delete", ("Del",), "can_edit"),
        action("village.edit", "edit_village", "village", ("V",), "village"),
        action("grid.deputy", "add_deputy", "team", ("D",), "can_edit"),
        action("name.add", "add_name", "place", ("A",), "can_edit"),
        action("name.edit", "edit_name", "place", (), "name", in_finder=False),
    ]


def _make_workspace(index: "GridIndex", holder: "PageHolder", tools: Tools) -> "QWidget":
    from commandcenter.ui.grids.workspace import GridsWorkspace

    return holder.hold(GridsWorkspace(tools, index))  # type: ignore[no-any-return]


def _stage_table(tools: Tools, page: "QWidget") -> None:
    """The table of the whole town, nothing chosen."""
    tools.selection.choose("grid", None)


def _stage_card(tools: Tools, page: "QWidget") -> None:
    """The card of the emergency grid with most people at home: the one with the fullest card."""
    grids = [each for each in tools.desk.live.grids.values() if each.kind == "emergency"]
    grids = grids or list(tools.desk.live.grids.values())
    if grids:
        tools.selection.navigate("grid", max(grids, key=lambda each: each.people_at_home or 0).id)


def _stage_form(tools: Tools, page: "QWidget") -> None:
    """The form of that grid."""
    _stage_card(tools, page)
    tools.actions.trigger("grid.edit")


def _stage_new(tools: Tools, page: "QWidget") -> None:
    """The form for a new grid beside that one."""
    _stage_card(tools, page)
    tools.actions.trigger("grid.add")


def _stage_drawing(tools: Tools, page: "QWidget") -> None:
    """A boundary being drawn anew: three sides along the old one, the fourth over a neighbour."""
    from commandcenter.ui.grids.header import DRAW
    from commandcenter.ui.grids.panel import MapPanel

    panel = page.findChild(MapPanel)
    grids = tools.desk.live.grids.values()
    drawn = sorted((each for each in grids if each.kind == "general" and each.shape), key=_code)
    if panel is None or not drawn:
        return
    tools.selection.navigate(DRAW, drawn[len(drawn) // 2].id)
    sketch = panel.drawing
    plan = panel.canvas.plan
    west, south, east, north = (float(each) for each in plan.boxes[plan.index[sketch.grid.id]])
    if len(sketch.points) > 3:
        outmost = max(range(len(sketch.points)), key=lambda place: sum(sketch.points[place]))
        sketch.points[outmost] = (east + (east - west) / 3, north + (north - south) / 4)
        sketch.changed.emit()
    panel.canvas.draw_now()


def _clear_drawing(tools: Tools) -> None:
    """The map is for looking again; the window is made anew for the next picture."""
    tools.selection.choose("draw", None)


def _code(grid: Any) -> str:
    return str(grid.code)
