"""The rail: one place per workspace that works and that the role uses."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout

from commandcenter.base.texts import say
from commandcenter.ui.core import icons, theme
from commandcenter.ui.core.tools import Tools, Workspace

_AT_THE_FOOT = frozenset(("settings",))


class Rail(QFrame):
    """Signals: ``chosen(workspace id)`` when a place was clicked."""

    chosen = Signal(str)

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self.setProperty("panel", "surface")
        self._tools = tools
        self._buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 8, 0, 8)
        self._layout.setSpacing(4)
        self.rebuild()

    def rebuild(self) -> None:
        """After a change of role, language or theme: the places this person uses."""
        now = self.current
        for button in self._buttons.values():
            self._group.removeButton(button)
            button.hide()
            button.deleteLater()
        self._buttons.clear()
        while self._layout.count():
            self._layout.takeAt(0)
        role = self._tools.desk.officer.role
        places = sorted(self._tools.plugs.workspaces, key=lambda each: each.order)
        for workspace in places:
            if role in workspace.roles and not workspace.under:
                if workspace.id in _AT_THE_FOOT:
                    self._layout.addStretch(1)
                self._layout.addWidget(self._button(workspace))
        if not _AT_THE_FOOT & set(self._buttons):
            self._layout.addStretch(1)
        self.show_current(now or "situation")

    def _button(self, workspace: Workspace) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("railButton")
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setText(say(workspace.title_code))
        button.setIcon(icons.icon(workspace.icon, active="accent"))
        size = theme.current().px(20)
        button.setIconSize(QSize(size, size))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setFixedSize(theme.current().px(68), theme.current().px(56))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("workspace", workspace.id)
        button.clicked.connect(self._clicked)
        self._group.addButton(button)
        self._buttons[workspace.id] = button
        return button

    @property
    def current(self) -> str:
        """The workspace that is shown, or nothing before the first."""
        return next((id for id, button in self._buttons.items() if button.isChecked()), "")

    def show_current(self, id: str) -> None:
        """Mark the workspace that is shown, or the one under which it stands."""
        places = self._tools.plugs.workspaces
        id = (places.get(id).under or id) if id in places else id
        if id in self._buttons:
            self._buttons[id].setChecked(True)

    @Slot()
    def _clicked(self) -> None:
        button = self.sender()
        if button is not None:
            self.chosen.emit(str(button.property("workspace")))
