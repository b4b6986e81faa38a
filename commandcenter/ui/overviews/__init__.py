"""The overview sheet of a village out of the window: a key, quick find, and a button where a village is looked at."""

from typing import TYPE_CHECKING

from commandcenter.ui.core.actions import Action
from commandcenter.ui.core.tools import HeadAction, Screen, Tools, late

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from commandcenter.ui.overviews.door import Door

ACTION, BUTTON = "overview.print", "overview.button"
SHEET = "overview"
"""Navigating to this, by the id of a village, opens the form."""
OFFERED = ("grids", "households", "attention")
"""Workspaces that show a village, and whose head has room for the button."""


def install(tools: Tools) -> None:
    """Declare the action and plug in its buttons; the form is made when somebody wants it."""
    doors: list[Door] = []

    def door() -> "Door":
        from commandcenter.ui.overviews.door import Door

        if not doors:
            doors.append(Door(tools))
        return doors[0]

    def begin() -> None:
        door().open()

    def navigated(entity: str, id: str) -> None:
        if entity == SHEET:
            door().open(id)

    def clear() -> None:
        door().dismiss()

    tools.actions.add(
        Action(ACTION, "overview.action", begin, icon="print", keys=("Ctrl+M",), group="lists"),
        Action(BUTTON, "overview.button", begin, icon="print", group="lists", in_finder=False),
    )
    tools.selection.navigated.connect(navigated)
    for workspace in OFFERED:
        id = f"{workspace}.overview"
        tools.plugs.head_actions.add(id, HeadAction(id, workspace, BUTTON, order=30))
    tools.plugs.screens.add("overview-form", Screen("overview-form", "grids", late("overviews", "stage"), clear=clear))


def stage(tools: Tools, page: "QWidget") -> None:
    """The form over the grids, for the village that most is known of."""
    grids = tools.desk.live.grids.values()
    emergency = [each for each in grids if each.kind == "emergency"] or list(grids)
    if emergency:
        tools.selection.choose("grid", max(emergency, key=lambda each: each.people_at_home or 0).id)
    page.window().activateWindow()
    tools.actions.trigger(ACTION)
