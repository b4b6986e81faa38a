"""A list of things that are added, edited, taken out of use and taken back: articles, depots, courses."""

from typing import Any, TypeVar

from PySide6.QtCore import Slot

from commandcenter.ui.core.editing import EditSheet
from commandcenter.ui.core.listroom import ListRoom
from commandcenter.ui.core.sheet import Sheet

R = TypeVar("R")


class Catalogue(ListRoom[R]):
    """What a list of them does besides showing them; a page says which forms and which command."""

    def subject(self, row: R) -> Any:
        """The thing of a row (``active`` while it is in use), as its form shows it."""
        raise NotImplementedError

    def new_sheet(self) -> Any:
        """The form for a new one; it tells ``added(id)``."""
        raise NotImplementedError

    def edit_sheet(self, row: R) -> Sheet:
        """The form of one."""
        raise NotImplementedError

    def retiring(self, row: R, retired: bool) -> tuple[Any, str]:
        """The command that takes one out of use, or back, and what is said of it."""
        raise NotImplementedError

    def follow(self, row: R) -> None:
        """The form that stands open takes what others changed."""
        thing = self.subject(row)
        sheet = self.sheet(thing.id)
        if isinstance(sheet, EditSheet):
            sheet.follow(thing)

    @property
    def can_retire(self) -> bool:
        """Whether there is one to take out of use."""
        return self.can_edit and self._shown is not None and bool(self.subject(self._shown).active)

    @property
    def can_bring_back(self) -> bool:
        """Whether there is one to take back."""
        return self.can_edit and self._shown is not None and not self.subject(self._shown).active

    def add(self) -> None:
        """The form for a new one."""
        self.open_sheet(f"new:{self.entities[0]}", self._make_new)

    def _make_new(self) -> Sheet:
        sheet = self.new_sheet()
        sheet.added.connect(self.go_to)
        return sheet  # type: ignore[no-any-return]

    @Slot(str)
    def go_to(self, id: str) -> None:
        """Choose one, here or wherever it is asked for."""
        self._tools.selection.navigate(self.entities[0], id)

    def edit(self) -> None:
        """The form of the chosen one."""
        row = self._shown
        if row is not None:
            self.open_sheet(self.subject(row).id, lambda: self.edit_sheet(row))

    def retire(self) -> None:
        """Out of use."""
        self._set_retired(True)

    def bring_back(self) -> None:
        """In use again."""
        self._set_retired(False)

    def _set_retired(self, retired: bool) -> None:
        if self._shown is not None:
            self.post.carry_out(*self.retiring(self._shown, retired))
