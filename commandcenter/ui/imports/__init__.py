"""Importing what the town brings: the window, its actions, and the buttons of other workspaces that open it."""

from commandcenter.rules.permissions import IMPORTERS, KEEPERS_OF_LISTS
from commandcenter.ui.core.actions import Action
from commandcenter.ui.core.tools import Tools


def install(tools: Tools) -> None:
    """Declare the actions, and plug in their buttons and the pictures."""
    from commandcenter.ui.core.tools import HeadAction
    from commandcenter.ui.imports.door import Door
    from commandcenter.ui.imports.screens import screens

    door = Door(tools)
    tools.actions.add(
        Action("import.open", "imports.action.open", door.open, icon="import", keys=("Ctrl+I",),
               roles=IMPORTERS, group="imports"),
        Action("import.grids", "imports.action.grids", door.open_grids, icon="import", roles=KEEPERS_OF_LISTS,
               group="imports"),
        Action("import.households", "imports.action.households", door.open_households, icon="import",
               roles=KEEPERS_OF_LISTS, group="imports"),
        Action("import.attention", "imports.action.attention", door.open_attention, icon="import",
               roles=KEEPERS_OF_LISTS, group="imports"),
        Action("import.training", "imports.action.training", door.open_training, icon="import", roles=IMPORTERS,
               group="imports"),
        Action("import.people", "imports.action.people", door.open_people, icon="import", roles=KEEPERS_OF_LISTS,
               group="imports"),
    )  # fmt: skip
    tools.plugs.head_actions.add("grids.import", HeadAction("grids.import", "grids", "import.grids", order=10))
    tools.plugs.head_actions.add("people.import", HeadAction("people.import", "people", "import.people", order=10))
    tools.plugs.head_actions.add("courses.import", HeadAction("courses.import", "courses", "import.training", order=10))
    household = HeadAction("households.import", "households", "import.households", order=10)
    tools.plugs.head_actions.add(household.id, household)
    listed = HeadAction("attention.import", "attention", "import.attention", order=10)
    tools.plugs.head_actions.add(listed.id, listed)
    for screen in screens(door):
        tools.plugs.screens.add(screen.id, screen)
