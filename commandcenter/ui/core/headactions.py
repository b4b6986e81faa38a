"""The buttons that features put at the head of a workspace's list, and in its middle while it is empty."""

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from commandcenter.ui.core.tableview import TableView
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import ActionButton


def add_head_actions(tools: Tools, workspace: str, row: QBoxLayout, view: TableView) -> list[ActionButton]:
    """Add the buttons of a workspace to the end of ``row``; those the role at the desk may not use are hidden.

    The first is offered in the middle of ``view`` as well while there is nothing to see.
    """
    wanted = [each for each in tools.plugs.head_actions if each.workspace == workspace]
    ordered = sorted(wanted, key=lambda each: each.order)
    buttons = [ActionButton(tools.actions, each.action) for each in ordered]
    for button in buttons:
        row.addWidget(button)
    if ordered:
        holder = QWidget()
        inner = QHBoxLayout(holder)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(ActionButton(tools.actions, ordered[0].action, kind="primary"))
        view.offer(holder)
    return buttons
