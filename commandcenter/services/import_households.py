"""Households and who lives in them, from one file: each row is a household, or one of its members with the
household's columns beside it.
"""

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.rules.households import Household, Resident
from commandcenter.services.import_plan import Judged, Part, Plan, Row

_OF_HOUSEHOLD = {
    "code": "code", "head": "head", "household_phone": "phone", "address": "address", "people": "people",
    "people_at_home": "people_at_home", "note": "note",
}  # fmt: skip
"""Fields of a row that speak of the household, and the household's own names for them."""
_OF_RESIDENT = ("name", "relation", "gender", "birth_month", "phone", "care", "needs", "away")


def read(plan: Plan, number: int, row: Row) -> list[Part]:
    """The household of a row, and the member that it names."""
    grid = plan.grid(number, row)
    village = grid.village if grid else plan.village(number, row, required=True)
    assert village is not None
    words = {own: row[name] for name, own in _OF_HOUSEHOLD.items() if row.get(name) is not None}
    name = row.get("name")
    if not name and row.get("phone") and "phone" not in words:
        words["phone"] = row["phone"]
    if "head" not in words:
        words["head"] = _head(number, row, has_code="code" in words)
    home = Household(
        id=plan.new_id(), village=village, grid=grid.id if grid else None,
        **{field: value for field, value in words.items() if value is not None},
    )  # fmt: skip
    named = {field for field, value in words.items() if value is not None} | {"village"}
    parts = [Part("household", number, home, frozenset(named | ({"grid"} if grid else set())))]
    if name:
        said = {field: row[field] for field in _OF_RESIDENT if row.get(field) is not None}
        resident = Resident(id=plan.new_id(), household=home.id, **said)
        parts.append(Part("resident", number, resident, frozenset((*said, "household"))))
    return parts


def _head(number: int, row: Row, *, has_code: bool) -> str | None:
    """Who stands for the household where the file does not say: the member himself, unless he is somebody's child."""
    name = row.get("name")
    if name and row.get("relation") in (None, "", "head"):
        return str(name)
    if not has_code:
        raise BadInput("import.value_missing", row=number, column="head")
    return None


def key(home: Any) -> Hashable:
    """By what a household is known: its number in the village, else the name of its head in the grid."""
    return (home.village, home.code) if home.code else (home.village, home.grid, home.head)


def finish(plan: Plan, judged: list[Judged]) -> None:
    """Rows of one household become one: the first carries it, the others add what it lacks and must not contradict."""
    homes: dict[Hashable, Part] = {}
    for each in judged:
        if each.error is not None or not each.parts:
            continue
        part = each.parts[0]
        first = homes.setdefault(key(part.made), part)
        if first is part:
            continue
        try:
            _join(first, part)
        except BadInput as error:
            each.verdict, each.error, each.parts = "refused", error, []
            continue
        each.parts = [
            replace(other, made=replace(other.made, household=first.made.id)) for other in each.parts[1:]
        ]
        if not each.parts:
            each.verdict, each.error = "refused", _twice(part, first)


def _join(first: Part, other: Part) -> None:
    changes = {}
    for field in other.named - {"village"}:
        mine, theirs = getattr(first.made, field), getattr(other.made, field)
        if mine in (None, ""):
            changes[field] = theirs
        elif mine != theirs:
            raise BadInput(
                "import.household_differs", row=other.number, column=field, value=str(theirs), other=first.number,
                there=str(mine),
            )  # fmt: skip
    first.made = replace(first.made, **changes)
    first.named |= frozenset(changes)


def _twice(part: Part, first: Part) -> BadInput:
    value = part.made.head or part.made.code
    return BadInput("import.twice", row=part.number, other=first.number, value=value)
