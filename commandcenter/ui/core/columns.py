"""Columns are data: header, sorter, painter, copier and column chooser all read the same list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from commandcenter.base.texts import say

R = TypeVar("R")
Align = Literal["left", "right", "center"]
Tone = Literal["text", "muted", "accent", "ok", "near", "overdue", "disabled"]
"""How a value is meant; each is a token of the theme. Overdue is also painted bold: colour never speaks alone."""


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column over rows ``R``. ``ctx`` is whatever the table was given: a desk, names by id, the present time."""

    id: str
    title_code: str
    text: Callable[[R, Any], str]
    sort_key: Callable[[R], Any] | None = None
    width: int = 120
    """px at 100 %."""
    align: Align = "left"
    tooltip: Callable[[R, Any], str] | None = None
    tone: Callable[[R, Any], Tone] | None = None
    visible: bool = True
    numeric: bool = False
    """Figures of equal width, aligned right."""
    live: bool = False
    """The text depends on the present time and is painted anew every second."""
    stretch: bool = False
    """Takes the room that is left."""
    fixed: bool = False
    """Cannot be hidden: without it nobody knows what a row is."""

    @property
    def title(self) -> str:
        """The header in the language of the moment."""
        return say(self.title_code)

    def key_of(self, row: R, ctx: Any) -> tuple[bool, Any]:
        """What the column sorts by; rows without a value come last."""
        value = self.text(row, ctx).casefold() if self.sort_key is None else self.sort_key(row)
        return (True, "") if value is None else (False, value)
