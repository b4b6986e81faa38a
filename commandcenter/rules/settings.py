"""Settings in three scopes: the town's and an officer's are rows; a desk's lie in its settings file."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from commandcenter.rules.entity import Indexed, Ref, entity

Scope = Literal["town", "officer", "desk"]


@entity("setting")
@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One option that differs from its shipped value; ``value`` is ``{"value": …}``."""

    id: str
    scope: Literal["town", "officer"] = "town"
    officer: Annotated[str | None, Ref("officer"), Indexed] = None
    key: Annotated[str, Indexed]
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Option:
    """A declared option: ``source`` says where the shipped value comes from (see ``DOMAIN`` marks)."""

    key: str
    scope: Scope
    type: type
    default: Any
    source: str
    unit: str = ""

    @property
    def sentence(self) -> str:
        """The code of the sentence that says what the option changes."""
        return f"setting.{self.key}"


VERIFY_MONTHS = "people.verify_months"
"""After so many months a telephone number is to be verified again."""
FIVE_PRIORITIES = "people.five"
"""What the town calls 五优先, by key."""
OPTIONS: dict[str, Option] = {
    option.key: option
    for option in (
        Option("limit.critical", "town", int, 120, "inference; town setting", "min"),
        Option("limit.urgent", "town", int, 24 * 60, "inference; town setting", "min"),
        Option("limit.routine", "town", int, 72 * 60, "inference; town setting", "min"),
        Option("limit.accept", "town", int, 1, "practice of another township (1530)", "min"),
        Option("limit.control", "town", int, 5, "practice of another township (1530)", "min"),
        Option("limit.reinforce", "town", int, 30, "practice of another township (1530)", "min"),
        Option("limit.no_answer", "town", int, 5, "published call-out practice", "min"),
        Option("limit.to_leader", "town", int, 10, "inference; town setting", "min"),
        Option("limit.recall", "town", int, 5, "published call-out practice", "min"),
        Option("drills.five", "town", dict, {}, "what the five of 五预 are called; no public definition"),
        Option("drills.gap_days", "town", int, 7, "inference; town setting", "d"),
        Option("drills.per_day", "town", int, 2, "inference; town setting", "drills"),
        Option("training.seats", "town", int, 40, "inference; town setting", "people"),
        Option(FIVE_PRIORITIES, "town", dict, {}, "what the five of 五优先 are called; two inferred, three blank"),
        Option(VERIFY_MONTHS, "town", int, 6, "inference; town setting", "months"),
        Option("attention.person_days", "town", int, 90, "inference; town setting", "d"),
        Option("attention.place_days", "town", int, 180, "inference; town setting", "d"),
        Option("attention.matter_days", "town", int, 30, "inference; town setting", "d"),
        Option("import.columns", "officer", dict, {}, "remembered from earlier imports"),
        Option("desk.language", "desk", str, "", "follows the system"),
        Option("desk.theme", "desk", str, "", "follows the system"),
        Option("desk.large_type", "desk", bool, False, "off"),
        Option("desk.muted", "desk", bool, False, "off"),
    )
}
