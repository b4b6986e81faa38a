"""The shell's own actions: finding, keys, who sits here, how it looks and sounds, and one per workspace."""

from collections.abc import Callable
from dataclasses import dataclass

from commandcenter.base import texts
from commandcenter.base.texts import say
from commandcenter.rules.permissions import EVERYBODY
from commandcenter.ui.core.actions import Action
from commandcenter.ui.core.theme import Themes
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.shell.window import MainWindow

WORKSPACE_KEYS = "1234567890QWERTYUIOP"
"""With Alt, in the order of the rail: the two upper rows of every keyboard."""


@dataclass
class ShellActions:
    """What the shell's actions do. Holds the window, which is made after they are declared."""

    tools: Tools
    themes: Themes
    window: MainWindow | None = None
    open_finder: Callable[[], None] = lambda: None
    show_keys: Callable[[], None] = lambda: None

    def declare(self) -> None:
        """Put them on the one list."""
        declare = self.tools.actions.add
        declare(
            Action("find.open", "shell.action.find", self._find, icon="search", keys=("F3", "/", "Ctrl+K"),
                   in_finder=False),
            Action("keys.show", "shell.action.keys", self._keys, icon="keys", keys=("?", "F1")),
            Action("officer.change", "shell.action.officer", self._officer, icon="officer", keys=("F12",)),
            Action("desk.theme", "shell.action.theme", self.toggle_theme, icon="dark"),
            Action("desk.language", "shell.action.language", self.toggle_language, icon="language"),
            Action("desk.large_type", "shell.action.large_type", self.toggle_large_type, icon="large_type"),
            Action("desk.mute", "shell.action.mute", self.toggle_mute, icon="muted"),
        )  # fmt: skip

    def declare_workspaces(self) -> None:
        """One action per place of the rail, by Alt and its key (the digits, then the letters below them), and one for
        what stands under such a place."""
        ordered = sorted(self.tools.plugs.workspaces, key=lambda each: (bool(each.under), each.order))
        for number, workspace in enumerate(ordered):
            keys = () if workspace.under else (f"Alt+{WORKSPACE_KEYS[number]}",)
            self.tools.actions.add(
                Action(
                    f"workspace.{workspace.id}", workspace.title_code, self._opener(workspace.id), icon=workspace.icon,
                    keys=keys, roles=frozenset(workspace.roles or EVERYBODY), group="workspaces",
                )
            )  # fmt: skip

    def tell_idle(self, id: str) -> None:
        """Somebody asked for what has nothing to act on: better a line than a dead key."""
        title = self.tools.actions.get(id).title
        self.tools.notices.info(say("shell.action.idle", title=title), key="action.idle")

    def _opener(self, id: str) -> Callable[[], None]:
        def run() -> None:
            if self.window is not None:
                self.window.open_workspace(id)

        return run

    def _find(self) -> None:
        self.open_finder()

    def _keys(self) -> None:
        self.show_keys()

    def _officer(self) -> None:
        if self.window is not None:
            self.window.change_officer()

    def toggle_theme(self) -> None:
        """Light becomes dark and dark light, from now on."""
        self.tools.settings.set("desk.theme", "light" if self.themes.theme.is_dark else "dark")
        self.tools.appearance_changed()

    def toggle_language(self) -> None:
        """The other language."""
        self.tools.settings.set("desk.language", "en" if texts.current().language == "zh_CN" else "zh_CN")
        self.tools.appearance_changed()

    def toggle_large_type(self) -> None:
        """125 % and back."""
        self.tools.settings.set("desk.large_type", not self.themes.is_large)
        self.tools.appearance_changed()

    def toggle_mute(self) -> None:
        """Sounds off, visibly, and on again."""
        self.tools.settings.set("desk.muted", not self.tools.settings.get("desk.muted", False))
        self.tools.appearance_changed()

    def wear(self) -> None:
        """Make the desk look and sound as its settings say."""
        settings = self.tools.settings
        texts.use(settings.get("desk.language") or texts.system_language())
        self.themes.choose(settings.get("desk.theme") or "system", large=bool(settings.get("desk.large_type", False)))
        self.tools.sound.set_muted(bool(settings.get("desk.muted", False)))
        # Names of roles and kinds stand in what was indexed from the directory.
        self.tools.desk.directory_changed.emit()
        if self.window is not None:
            self.window.wear()
