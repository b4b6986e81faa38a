"""Grids: the map of the situation, the workspace with table and cards, and what quick find knows of places."""

from functools import partial
from typing import TYPE_CHECKING

from commandcenter.ui.core.tools import Panel, Screen, Tools, Workspace

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from commandcenter.ui.grids.index import GridIndex


def install(tools: Tools) -> None:
    """Plug in the map, the workspace, the sections of a grid's card, the finder's source and the pictures."""
    from commandcenter.ui.core.finderbox import FinderSource
    from commandcenter.ui.grids.index import GridIndex
    from commandcenter.ui.grids.sections import SECTIONS

    index = GridIndex(tools, tools.desk)
    plugs = tools.plugs
    plugs.panels.add("map", Panel("map", "map", _make_map))
    plugs.workspaces.add(
        "grids", Workspace("grids", "workspace.grids", "grid", partial(_make_workspace, index), order=20)
    )
    for section in SECTIONS:
        plugs.card_sections.add(section.id, section)
    plugs.finder_sources.add("grid", FinderSource("grid", index.hits))
    plugs.screens.add("grids", Screen("grids", "grids", _stage_table))
    plugs.screens.add("grid-card", Screen("grid-card", "grids", _stage_card))


def _make_map(tools: Tools) -> "QWidget":
    from commandcenter.ui.grids.panel import MapPanel

    return MapPanel(tools)


def _make_workspace(index: "GridIndex", tools: Tools) -> "QWidget":
    from commandcenter.ui.grids.workspace import GridsWorkspace

    return GridsWorkspace(tools, index)


def _stage_table(tools: Tools, page: "QWidget") -> None:
    """The table of the whole town, nothing chosen."""
    tools.selection.choose("grid", None)


def _stage_card(tools: Tools, page: "QWidget") -> None:
    """The card of the emergency grid with most people at home: the one with the fullest card."""
    grids = [each for each in tools.desk.live.grids.values() if each.kind == "emergency"]
    grids = grids or list(tools.desk.live.grids.values())
    if grids:
        tools.selection.navigate("grid", max(grids, key=lambda each: each.people_at_home or 0).id)
