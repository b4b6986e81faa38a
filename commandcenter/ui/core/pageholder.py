"""The page of a workspace, as the actions know it that are declared before there is one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from commandcenter.rules.people import Role
from commandcenter.ui.core.actions import Action


class PageHolder:
    """The page of a workspace while there is one: actions are declared before it is made, and outlive it."""

    def __init__(self) -> None:
        self._page: Any = None

    def hold(self, page: QWidget) -> Any:
        """This is the page now."""
        self._page = page
        return page

    @property
    def page(self) -> Any | None:
        """The page, if it is there and can be seen."""
        there = self._page is not None and isValid(self._page) and self._page.isVisible()
        return self._page if there else None

    def run(self, method: str) -> Callable[[], None]:
        """What an action does: the page's method, or that of a part of it ("part.method")."""

        def act() -> None:
            if self.page is not None:
                attrgetter(method)(self.page)()

        return act

    def can(self, attribute: str) -> Callable[[], bool]:
        """Whether an action has something to act on: the attribute of that name, of the page or a part of it."""
        return lambda: self.page is not None and bool(attrgetter(attribute)(self.page))


@dataclass(frozen=True, slots=True)
class PageActions:
    """Makes the actions of one page: ``entity.id``, called ``feature.action.id``, for ``roles`` unless others are
    named; each runs a method of the page (``run``) while an attribute of it (``can``) is true."""

    holder: PageHolder
    entity: str
    feature: str
    scope: str
    group: str
    roles: frozenset[Role]

    def __call__(
        self, id: str, run: str, icon: str, keys: tuple[str, ...], can: str, roles: frozenset[Role] | None = None, *,
        in_finder: bool = True,
    ) -> Action:  # fmt: skip
        """One of them."""
        return Action(
            f"{self.entity}.{id}", f"{self.feature}.action.{id}", self.holder.run(run), icon=icon, keys=keys,
            roles=self.roles if roles is None else roles, enabled=self.holder.can(can), scope=self.scope,
            group=self.group, in_finder=in_finder,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PartActions:
    """Makes the actions of one part of a page that shows its parts one at a time (``part`` empty: of the page itself):
    the part is opened, then its method runs."""

    holder: PageHolder
    part: str
    feature: str
    scope: str
    roles: frozenset[Role]

    def _target(self) -> Any:
        return getattr(self.holder.page, self.part) if self.part else self.holder.page

    def _run(self, method: str) -> None:
        page = self.holder.page
        if page is not None:
            if self.part:
                page.open_page(self.part)
            getattr(self._target(), method)()

    def _can(self, attribute: str) -> bool:
        return self.holder.page is not None and bool(getattr(self._target(), attribute))

    def __call__(
        self, id: str, method: str, icon: str, keys: tuple[str, ...] = (), needs: str = "isEnabled", *,
        in_finder: bool = True,
    ) -> Action:  # fmt: skip
        """One of them: ``id`` whole, called ``feature.action.id``; ``needs``: an attribute that must be true."""
        return Action(
            id, f"{self.feature}.action.{id}", partial(self._run, method), icon=icon, keys=keys, roles=self.roles,
            enabled=partial(self._can, needs), scope=self.scope, group=self.feature, in_finder=in_finder,
        )  # fmt: skip
