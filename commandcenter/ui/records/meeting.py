"""Lines of a record that two desks wrote otherwise at once: what each side says of one, in words."""

from collections.abc import Mapping
from typing import Any

from commandcenter.base.texts import say
from commandcenter.services.drill_words import points
from commandcenter.services.wording import shown

PARTS = ("grids", "marks")
"""Parts of the record whose lines can meet; the name of a conflict is the part and the id of the line."""


def line_of(name: str) -> tuple[str, str]:
    """Part and id of a line in the name of a conflict; an empty part for a field of the record itself."""
    part, dot, id = name.partition(".")
    return (part, id) if dot and part in PARTS else ("", name)


def grid_words(name: str, side: Mapping[str, Any]) -> str:
    """Whether a grid came, as one side has it."""
    if side["took_part"] is None:
        return say("records.met.grid.open", grid=name)
    if side["took_part"]:
        return say("records.met.grid.came", grid=name)
    return say("records.met.grid.away", grid=name, reason=shown(side["reason"]) or say("records.no_reason"))


def mark_words(side: Mapping[str, Any]) -> str:
    """What an expectation came to, as one side has it."""
    value, mark = side["value"], side["mark"]
    if value is None and mark is None:
        told = say("records.met.mark.none")
    elif mark is None:
        told = say("records.met.mark.share", value=points(value))
    else:
        told = say("records.met.mark.points", mark=points(mark))
    more = [shown(side[name]) for name in ("evaluator", "reason") if side[name]]
    return " · ".join([told, *more])
