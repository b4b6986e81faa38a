"""Tables out of the desk: an action for each, and a button beside the lists they come from."""

from functools import partial

from commandcenter.services.exports import TABLES
from commandcenter.ui.core.actions import Action
from commandcenter.ui.core.tools import HeadAction, StatusItem, Tools
from commandcenter.ui.exports.door import Door, Working

OFFERED: dict[str, tuple[str, ...]] = {
    "grids": ("grids", "grid_ledger", "villages", "gazetteer", "incident_ledger"),
    "people": ("workers", "roster", "duty_holders", "contacts"),
    "households": ("households", "care_ledger"),
    "attention": ("attention", "care_ledger"),
    "units": ("unit_ledger",),
    "drill_records": ("drill_records", "drill_evaluations", "drill_scores", "debts"),
    "stores": ("articles", "stock_moves", "pieces"),
    "ledger": ("stock_moves", "articles"),
    "kits": ("pieces", "book_holders", "editions"),
    "courses": ("trainings", "training_matrix", "training_records", "courses"),
}
"""The tables that the button of a workspace offers, the usual one first."""


def install(tools: Tools) -> None:
    """Declare the actions and plug in the buttons."""
    door = Door(tools)
    tools.actions.add(
        *(
            Action(f"export.{each}", f"export.action.{each}", partial(door.begin, each), icon="export", group="exports")
            for each in TABLES
        )
    )
    tools.plugs.status_items.add("export", StatusItem("export", partial(Working, door), order=790))
    for workspace, tables in OFFERED.items():
        id = f"{workspace}.export"
        tools.actions.add(
            Action(id, "export.action", partial(door.offer, tables), icon="export", group="exports", in_finder=False)
        )
        tools.plugs.head_actions.add(id, HeadAction(id, workspace, id, order=20))
