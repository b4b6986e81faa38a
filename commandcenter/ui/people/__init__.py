"""People: the workspace with table and cards, and what quick find knows of everybody who answers."""

from functools import partial
from typing import TYPE_CHECKING

from commandcenter.ui.core.tools import Screen, Tools, Workspace

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from commandcenter.ui.people.index import PeopleIndex


def install(tools: Tools) -> None:
    """Plug in the workspace, the sections of a person's card, the finder's source and the pictures."""
    from commandcenter.ui.core.finderbox import FinderSource
    from commandcenter.ui.people.index import PeopleIndex
    from commandcenter.ui.people.sections import SECTIONS

    index = PeopleIndex(tools, tools.desk)
    plugs = tools.plugs
    plugs.workspaces.add(
        "people", Workspace("people", "workspace.people", "people", partial(_make_workspace, index), order=30)
    )
    for section in SECTIONS:
        plugs.card_sections.add(section.id, section)
    plugs.finder_sources.add("person", FinderSource("person", index.hits))
    plugs.screens.add("people", Screen("people", "people", _stage_table))
    plugs.screens.add("person-card", Screen("person-card", "people", _stage_card))


def _make_workspace(index: "PeopleIndex", tools: Tools) -> "QWidget":
    from commandcenter.ui.people.workspace import PeopleWorkspace

    return PeopleWorkspace(tools, index)


def _stage_table(tools: Tools, page: "QWidget") -> None:
    """Everybody, nobody chosen."""
    for kind in ("worker", "duty_holder", "contact", "officer"):
        tools.selection.choose(kind, None)


def _stage_card(tools: Tools, page: "QWidget") -> None:
    """The card of the worker who was called last on an open incident, or of the first worker."""
    called = [each for calls in tools.desk.live.calls.values() for each in calls if each.person_kind == "worker"]
    workers = [id for kind, id in tools.desk.directory.people if kind == "worker"]
    if called:
        tools.selection.navigate("worker", max(called, key=lambda each: each.listed_at).person)
    elif workers:
        tools.selection.navigate("worker", min(workers))
