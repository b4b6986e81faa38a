"""The overview sheet of a village out of the window: a key, quick find, and a button where a village is looked at."""

from typing import TYPE_CHECKING

from commandcenter.ui.core.actions import Action
from commandcenter.ui.core.tools import HeadAction, Screen, Tools, late

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

ACTION, BUTTON = "overview.print", "overview.button"
OFFERED = ("grids", "households", "attention")
"""Workspaces that show a village, and whose head has room for the button."""


def install(tools: Tools) -> None:
    """Declare the action and plug in its buttons."""
    from commandcenter.ui.overviews.door import Door

    door = Door(tools)
    tools.actions.add(Action(ACTION, "overview.action", door.open, icon="print", keys=("Ctrl+M",), group="lists"))
    tools.actions.add(Action(BUTTON, "overview.button", door.open, icon="print", group="lists", in_finder=False))
    for workspace in OFFERED:
        id = f"{workspace}.overview"
        tools.plugs.head_actions.add(id, HeadAction(id, workspace, BUTTON, order=30))
    tools.plugs.screens.add(
        "overview-form", Screen("overview-form", "grids", late("overviews", "stage"), clear=door.dismiss)
    )


def stage(tools: Tools, page: "QWidget") -> None:
    """The form over the grids, for the village that most is known of."""
    grids = tools.desk.live.grids.values()
    emergency = [each for each in grids if each.kind == "emergency"] or list(grids)
    if emergency:
        tools.selection.choose("grid", max(emergency, key=lambda each: each.people_at_home or 0).id)
    page.window().activateWindow()
    tools.actions.trigger(ACTION)
