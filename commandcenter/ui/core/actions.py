"""Every action is declared once; menus, buttons, shortcuts, quick find and the keys sheet come from the list.

Keys are Qt's names ("F2", "Enter", "/", "3", "Ctrl+Z"). The full-width signs that a Chinese input method gives for a
key count as that key.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget
from shiboken6 import isValid

from commandcenter.base.texts import say
from commandcenter.rules.people import ROLES, Role
from commandcenter.ui.core import icons

ALIASES: dict[str, tuple[str, ...]] = {
    "/": ("/", "、", "／"),
    "?": ("?", "？"),
    "Enter": ("Return", "Enter"),
    "+": ("+", "＋"),
    "-": ("-", "－"),
    **{str(digit): (str(digit), chr(ord("０") + digit)) for digit in range(10)},
}
"""What else arrives when a person presses that key."""

EVERYWHERE = ""
"""The scope of actions whose keys work in the whole window."""


def is_key(key: str) -> bool:
    """Whether Qt knows this name as one press of a key. It takes any text, and an unknown name is heard by nobody."""
    sequence: Any = QKeySequence(key)
    return sequence.count() == 1 and sequence[0].key() not in (Qt.Key.Key_unknown, Qt.Key(0))


def always() -> bool:
    """The action is never switched off."""
    return True


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do. ``scope`` names the part of the window in which its keys work."""

    id: str
    title_code: str
    run: Callable[[], None]
    icon: str = "action"
    keys: tuple[str, ...] = ()
    roles: frozenset[Role] = frozenset(ROLES)
    enabled: Callable[[], bool] = always
    scope: str = EVERYWHERE
    group: str = "general"
    in_finder: bool = True

    @property
    def title(self) -> str:
        """Its name in the language of the moment."""
        return say(self.title_code)

    @property
    def key(self) -> str:
        """The key to show beside it, or nothing."""
        return self.keys[0] if self.keys else ""

    @property
    def sequences(self) -> list[QKeySequence]:
        """All key sequences that trigger it, those of input methods included."""
        spelled = [alias for key in self.keys for alias in ALIASES.get(key, (key,))]
        return [QKeySequence(each) for each in spelled]


class ActionRegistry(QObject):
    """All actions of the program, and whether the person at the desk may and can do them now.

    Signals: ``refreshed()`` when permissions or enablement may have changed; ``done(id)`` after an action ran;
    ``idle(id)`` when a person asked for one that has nothing to act on now.
    """

    refreshed = Signal()
    done = Signal(str)
    idle = Signal(str)

    def __init__(self, role: Callable[[], Role], parent: QObject | None = None) -> None:
        """``role`` tells the role of the person at the desk."""
        super().__init__(parent)
        self._role = role
        self._known: dict[str, Action] = {}
        self._keys: dict[str, dict[str, str]] = {}
        self._attached: list[tuple[QAction, Action]] = []
        self._entries: list[tuple[QAction, Action]] = []
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.timeout.connect(self._tell)

    def add(self, *actions: Action) -> None:
        """Declare actions; ValueError when an id is taken, or a key in the same scope or everywhere, or when a key is
        none that a keyboard has."""
        for action in actions:
            if action.id in self._known:
                raise ValueError(f"action {action.id} is declared twice")
            for key in action.keys:
                if not is_key(key):
                    raise ValueError(f"{key} of {action.id} is no key")
            self._claim_keys(action)
            self._known[action.id] = action

    def get(self, id: str) -> Action:
        """The action of that id; KeyError when there is none."""
        return self._known[id]

    def __iter__(self) -> Iterator[Action]:
        return iter(tuple(self._known.values()))

    def __len__(self) -> int:
        return len(self._known)

    def is_allowed(self, id: str) -> bool:
        """Whether the role of the person at the desk permits it."""
        return self._role() in self._known[id].roles

    def can_run(self, id: str) -> bool:
        """Whether it is permitted and has something to act on now."""
        return self.is_allowed(id) and self._known[id].enabled()

    def trigger(self, id: str) -> bool:
        """Run an action if it can run now; whether it did."""
        if not self.can_run(id):
            return False
        self._known[id].run()
        self.done.emit(id)
        return True

    def ask(self, id: str) -> bool:
        """As a person asks for it, by key or menu: run it, or let it be said that it cannot be done now."""
        if self.trigger(id):
            return True
        if self.is_allowed(id):
            self.idle.emit(id)
        return False

    def attach(self, widget: QWidget, scope: str = EVERYWHERE, *, but: frozenset[str] = frozenset()) -> list[QAction]:
        """Give ``widget`` the keys of a scope: the window those of EVERYWHERE, a part its own.

        ``but`` names those whose keys mean something else there.
        """
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut if scope else Qt.ShortcutContext.WindowShortcut
        made = [self._make(action, widget, context) for action in self
                if action.scope == scope and action.keys and action.id not in but]  # fmt: skip
        widget.addActions(made)
        return made

    def menu(self, ids: Iterable[str], parent: QWidget) -> QMenu:
        """A menu of actions; what cannot be done now is grey, what the role forbids is not there."""
        menu = QMenu(parent)
        for id in ids:
            made = self._make(self._known[id], menu, None)
            menu.addAction(made)
        menu.aboutToShow.connect(self.refresh)
        return menu

    def refresh(self) -> None:
        """A selection changed: bring up to date what can be done now, and once more when what follows from it is done,
        such as a card that comes into sight.

        Only menus and buttons know that before; a key asks when it is pressed.
        """
        self._tell()
        self._settled.start()

    @Slot()
    def _tell(self) -> None:
        # Cards and menus come and go with every choice; what went with them is let go of too.
        self._attached = [pair for pair in self._attached if isValid(pair[0])]
        self._entries = [pair for pair in self._entries if isValid(pair[0])]
        for made, action in self._entries:
            made.setEnabled(self.can_run(action.id))
        self.refreshed.emit()

    def wear(self) -> None:
        """Language, theme or the person at the desk changed: everything made from the list is dressed anew."""
        for made, action in self._attached:
            if isValid(made):
                self._dress(made, action)
        self.refresh()

    # -------------------------------------------------------------------------------------------------------------

    def _claim_keys(self, action: Action) -> None:
        """By key its owners by scope: one that is for everywhere suffers no other, and is suffered by none."""
        for key in action.keys:
            owners = self._keys.get(key, {})
            rivals = owners if action.scope == EVERYWHERE else (action.scope, EVERYWHERE)
            owner = next((owners[scope] for scope in rivals if scope in owners), None)
            if owner is not None:
                raise ValueError(f"key {key} of {action.id} belongs to {owner}")
        for key in action.keys:
            self._keys.setdefault(key, {})[action.scope] = action.id

    def _make(self, action: Action, parent: QWidget, context: Qt.ShortcutContext | None) -> QAction:
        """``context`` None: for a menu, where keys are only shown, because the scope already listens to them."""
        made = QAction(parent)
        made.setData(action.id)
        made.setAutoRepeat(False)
        if context is not None:
            made.setShortcuts(action.sequences)
            made.setShortcutContext(context)
        made.triggered.connect(self._triggered)
        self._attached.append((made, action))
        if context is None:
            self._entries.append((made, action))
        self._dress(made, action)
        return made

    def _dress(self, made: QAction, action: Action) -> None:
        is_allowed = self.is_allowed(action.id)
        is_menu_entry = not made.shortcuts()
        made.setText(f"{action.title}\t{action.key}" if is_menu_entry and action.key else action.title)
        made.setIcon(icons.icon(action.icon))
        made.setVisible(is_allowed)
        made.setEnabled(self.can_run(action.id) if is_menu_entry else is_allowed)

    @Slot()
    def _triggered(self) -> None:
        made = self.sender()
        if isinstance(made, QAction):
            self.ask(str(made.data()))
