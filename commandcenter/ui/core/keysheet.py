"""The keys sheet: every key there is, from the one list of actions."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from commandcenter.ui.core import theme
from commandcenter.ui.core.actions import Action, ActionRegistry
from commandcenter.ui.core.overlay import Overlay
from commandcenter.ui.core.widgets import KeyCap, Label, divider


class KeySheet(Overlay):
    """Lists the keys of all permitted actions by group; any of ``?``, Esc or Enter closes it."""

    def __init__(self, window: QWidget, actions: ActionRegistry) -> None:
        super().__init__(window, width=760, height=620)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._actions = actions
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head = QHBoxLayout()
        head.setContentsMargins(20, 14, 16, 14)
        head.addWidget(Label("core.keys.title", "title"), 1)
        head.addWidget(KeyCap("Esc"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 8)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(divider())
        layout.addWidget(self._area, 1)

    def open(self) -> None:
        """Appear with what can be done by the person at the desk."""
        page = self._page()
        self._area.setWidget(page)
        self.high = round(page.sizeHint().height() / theme.current().scale) + 72
        super().open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: closes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or event.text() in ("?", "？"):
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def groups(self) -> dict[str, list[Action]]:
        """Permitted actions that have keys, by group in the order of declaration."""
        found: dict[str, list[Action]] = {}
        for action in self._actions:
            if action.keys and self._actions.is_allowed(action.id):
                found.setdefault(action.group, []).append(action)
        return found

    def _page(self) -> QWidget:
        page = QWidget()
        page.setProperty("panel", "clear")
        columns = (QVBoxLayout(), QVBoxLayout())
        lengths = [0, 0]
        for group, actions in self.groups().items():
            shorter = lengths.index(min(lengths))
            columns[shorter].addLayout(_section(group, actions))
            lengths[shorter] += len(actions) + 2
        row = QHBoxLayout(page)
        row.setContentsMargins(20, 16, 20, 16)
        row.setSpacing(40)
        for column in columns:
            column.setSpacing(20)
            column.addStretch(1)
            row.addLayout(column, 1)
        return page


def _section(group: str, actions: Iterable[Action]) -> QLayout:
    grid = QGridLayout()
    grid.setVerticalSpacing(6)
    grid.setHorizontalSpacing(12)
    grid.setColumnStretch(0, 1)
    grid.addWidget(Label(f"core.actions.{group}", "caption"), 0, 0, 1, 2)
    for line, action in enumerate(actions, start=1):
        grid.addWidget(Label(action.title_code), line, 0)
        caps = QHBoxLayout()
        caps.setSpacing(4)
        caps.addStretch(1)
        for key in dict.fromkeys(each.replace("Return", "Enter") for each in action.keys):  # one key to a person
            caps.addWidget(KeyCap(key))
        grid.addLayout(caps, line, 1)
    return grid
