"""What is wrong with a row of a file, as a code with facts; ``formats.po`` holds the sentences."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Severity = Literal["refused", "repaired", "note"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. ``refused``: the row cannot be taken as it is. ``repaired``: taken, but not as it was
    written. ``note``: taken or left out as it should be, worth knowing.

    ``row`` is the row number a person sees in the file (sheet row, or feature from 1), None for the whole
    file; ``sheet`` the sheet it is on, None in a text table or a map. The sentence is the text
    ``formats.problem.<code>``, filled with row, column, value and ``facts``.
    """

    row: int | None
    column: str | None
    value: str | None
    code: str
    severity: Severity
    facts: Mapping[str, Any] = field(default_factory=dict)
    sheet: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The plain fields, for the road between processes."""
        return asdict(self)
