"""The buttons that features put at the head of a workspace's list."""

from PySide6.QtWidgets import QBoxLayout

from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import ActionButton


def add_head_actions(tools: Tools, workspace: str, row: QBoxLayout) -> list[ActionButton]:
    """Add the buttons of a workspace to the end of ``row``; those the role at the desk may not use are hidden."""
    wanted = [each for each in tools.plugs.head_actions if each.workspace == workspace]
    buttons = [ActionButton(tools.actions, each.action) for each in sorted(wanted, key=lambda each: each.order)]
    for button in buttons:
        row.addWidget(button)
    return buttons
