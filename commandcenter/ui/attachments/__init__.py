"""Files beside incidents, grids, drills and signed receipt sheets: thumbnails, taking in by drop, paste or choice,
handing out."""

import weakref
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from commandcenter.rules.attachments import SUBJECT_ROLES
from commandcenter.rules.permissions import DUTY, KEEPERS_OF_LISTS
from commandcenter.ui.core.actions import Action
from commandcenter.ui.core.tools import CardSection, Screen, Tools

if TYPE_CHECKING:
    from commandcenter.ui.attachments.section import AttachmentSection

_CHANGING = frozenset().union(*SUBJECT_ROLES.values())
_OPENING = DUTY | KEEPERS_OF_LISTS
_SCOPE, _HOST_SCOPE = "attachments", "attachments.host"


def install(tools: Tools) -> None:
    """Register the section for each kind of subject, the actions, the pictures."""
    sections = Sections()
    tools.actions.add(*sections.actions())
    for kind, card, order, applies in (
        ("incident", "incident", 50, None), ("grid", "grid", 50, None), ("drill", "drill_record", 50, None),
        ("kit_issue", "kit", 15, _is_receipt),
    ):  # fmt: skip
        make = partial(sections.make, kind)
        id = f"{kind}.attachments"
        title = "attachments.title" if kind != "kit_issue" else "attachments.title.receipt"
        tools.plugs.card_sections.add(id, CardSection(id, card, title, make, order, applies))
    tools.plugs.screens.add("situation.attachments", Screen("situation.attachments", "situation", _stage))


def _is_receipt(line: Any) -> bool:
    """Whether a row of the kits is a receipt sheet."""
    return getattr(line, "sheet", None) is not None


def _stage(tools: Tools, page: QWidget) -> None:
    """The picture for ``snapshot``; what draws it is not needed at the desk's start."""
    from commandcenter.ui.attachments import screens

    screens.stage(tools, page)


class Sections:
    """The sections of one window; a key acts on the one that is looked at."""

    def __init__(self) -> None:
        self._made: list[weakref.ref[AttachmentSection]] = []

    def make(self, kind: str, tools: Tools, subject: Any) -> QWidget:
        """The section of a subject."""
        from commandcenter.ui.attachments.section import AttachmentSection

        made = AttachmentSection(tools, kind, subject)
        self._made = [*self._alive_refs(), weakref.ref(made)]
        return made

    def _alive_refs(self) -> "list[weakref.ref[AttachmentSection]]":
        return [ref for ref in self._made if (each := ref()) is not None and isValid(each)]

    def current(self) -> "AttachmentSection | None":
        """The section with the keys, else the latest whose card is in sight."""
        alive = [each for ref in self._alive_refs() if (each := ref()) is not None and each.is_at_hand]
        focus = QApplication.focusWidget()
        holding = [each for each in alive if focus is not None and each.isAncestorOf(focus)]
        found = holding or alive
        return found[-1] if found else None

    def actions(self) -> list[Action]:
        """Everything that can be done with files, once."""
        add, act = self._may_add, self._may_act
        return [
            self._action("attachment.add", "attachments.action.add", "choose_files", "ph.paperclip", ("F7",), "", add),
            self._action("attachment.paste", "attachments.action.paste", "paste", "ph.clipboard", ("Ctrl+V",),
                         _HOST_SCOPE, add),
            self._action("attachment.open", "attachments.action.open", "open", "eye", ("Enter",), _SCOPE,
                         partial(act, "open"), roles=_OPENING),
            self._action("attachment.save", "attachments.action.save", "save", "import", ("Ctrl+S",), _SCOPE,
                         partial(act, "save"), roles=_OPENING),
            self._action("attachment.edit", "attachments.action.edit", "edit", "edit", ("E",), _SCOPE,
                         partial(act, "edit")),
            self._action("attachment.remove", "attachments.action.remove", "remove", "delete", ("Delete",), _SCOPE,
                         partial(act, "remove")),
        ]  # fmt: skip

    def _action(self, id: str, title: str, method: str, icon: str, keys: tuple[str, ...], scope: str,
                enabled: Callable[[], bool], roles: frozenset[Any] = _CHANGING) -> Action:  # fmt: skip
        return Action(
            id, title, partial(self._run, method), icon=icon, keys=keys, roles=roles, enabled=enabled, scope=scope,
            group="attachments", in_finder=not scope,
        )  # fmt: skip

    def _run(self, method: str) -> None:
        section = self.current()
        if section is not None:
            getattr(section, method)()

    def _may_add(self) -> bool:
        section = self.current()
        return section is not None and section.may_add

    def _may_act(self, what: str) -> bool:
        section = self.current()
        return section is not None and section.row_allows(f"attachment.{what}")
