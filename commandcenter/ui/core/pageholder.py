"""The page of a workspace, as the actions know it that are declared before there is one."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid


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
        """What an action does: the page's method."""

        def act() -> None:
            if self.page is not None:
                getattr(self.page, method)()

        return act

    def can(self, attribute: str) -> Callable[[], bool]:
        """Whether an action has something to act on: the page's attribute of that name."""
        return lambda: self.page is not None and bool(getattr(self.page, attribute))
