"""The library of drill scenarios: what a drill of a type is for, its script, and what it is judged by (DOMAIN §6).

A text that exists in several languages is a mapping of language to text; what a town writes itself exists in the
language it was written in, and is shown to everybody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from commandcenter.rules.entity import REAL, Indexed, Personal, Ref, Unit, entity

Form = Literal["tabletop", "field", "no_notice"]
Judged = Literal["time", "count", "seen"]
FORMS: tuple[Form, ...] = ("tabletop", "field", "no_notice")
JUDGED: tuple[Judged, ...] = ("time", "count", "seen")
FIVE = ("forecast", "warning", "plan", "rehearsal", "prevention")
"""The keys of 五预. It has no public definition: what the five are called is a setting of the town."""
ROLES = ("leader", "lookout", "disposal", "evacuation")
"""The roles of the smallest emergency unit 最小应急单元 [I]."""
MOMENTS = (
    "started", "warned", "called", "assembled", "evacuated", "controlled", "settled", "reported", "ended",
)  # fmt: skip
"""The moments of a drill that are timed, in the order in which they are expected."""
WORDS = ("title", "purpose", "objectives", "places", "safety", "kit")
"""The texts of a scenario."""
FULL_MARK = 100
Words = dict[str, Any]


@entity("scenario")
@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """One edition of a drill scenario. ``key`` names the type; a new edition stands beside the old one, which drills
    that were planned from it keep."""

    id: str
    key: Annotated[str, Indexed]
    edition: int = 1
    origin: Literal["shipped", "own"] = "own"
    title: dict[str, Any]
    purpose: dict[str, Any]
    objectives: dict[str, Any]
    places: dict[str, Any]
    safety: dict[str, Any]
    kit: dict[str, Any]
    five: dict[str, Any]
    roles: dict[str, Any]
    season_from: int = 1
    season_to: int = 12
    grid_kinds: str = ""
    forms: str = ""
    minutes: Annotated[int, Unit("min")] = 60
    people: Annotated[int, Unit("persons")] = 30
    pass_mark: Annotated[int, Unit("points")] = 80
    active: bool = True


@entity("inject")
@dataclass(frozen=True, kw_only=True, slots=True)
class Inject:
    """One line of a script 导调信息: what is said or handed over, when, by whom. It belongs to a scenario (world
    ``real``) or, copied when a drill is planned, to that drill."""

    id: str
    world: Annotated[str, Indexed] = REAL
    scenario: Annotated[str | None, Ref("scenario"), Indexed] = None
    drill: Annotated[str | None, Ref("drill"), Indexed] = None
    position: int = 0
    offset_s: Annotated[int, Unit("s")] = 0
    channel: str = ""
    player: str = ""
    text: dict[str, Any]
    place: dict[str, Any]


@entity("expectation")
@dataclass(frozen=True, kw_only=True, slots=True)
class Expectation:
    """One point a drill is judged by 考核点. ``time``: the moment ``step`` comes within ``within_s`` of ``after``;
    ``count``: at least ``need`` percent of what ``unit_of`` names; ``seen``: an evaluator saw it.

    ``value``, ``mark`` and ``reason`` are filled in when the drill was held: what was counted, the points given by an
    evaluator (None: not judged), and why points were taken off.
    """

    id: str
    world: Annotated[str, Indexed] = REAL
    scenario: Annotated[str | None, Ref("scenario"), Indexed] = None
    drill: Annotated[str | None, Ref("drill"), Indexed] = None
    position: int = 0
    item: dict[str, Any]
    text: dict[str, Any]
    criterion: dict[str, Any]
    judged: Judged = "seen"
    after: str = ""
    step: str = ""
    within_s: Annotated[int | None, Unit("s")] = None
    unit_of: dict[str, Any]
    need: Annotated[int | None, Unit("%")] = None
    points: Annotated[int, Unit("points")] = 0
    value: float | None = None
    mark: float | None = None
    reason: Annotated[str, Personal("record")] = ""
    evaluator: Annotated[str, Personal("record")] = ""


def words(text: Mapping[str, str] | None, language: str) -> str:
    """A text in a language, else in whichever language it exists."""
    if not text:
        return ""
    return str(text.get(language) or next((each for each in text.values() if each), ""))


def rewritten(old: Mapping[str, str] | None, text: str, language: str) -> Words:
    """What stands after somebody who reads ``language`` has written ``text``: unchanged texts keep their other
    languages, a changed one exists in the language it was written in alone, so that no stale translation remains."""
    if words(old, language) == text:
        return dict(old or {})
    return {language: text} if text else {}


def in_season(scenario: Scenario, month: int) -> bool:
    """Whether a month lies in the scenario's season, which may run over the end of the year."""
    first, last = scenario.season_from, scenario.season_to
    return first <= month <= last if first <= last else month >= first or month <= last


def split(text: str) -> tuple[str, ...]:
    """The keys in ``grid_kinds`` or ``forms``."""
    return tuple(each for each in text.split(",") if each)


# --- as it is written, in one language --------------------------------------------------------------------------

PLAIN = ("season_from", "season_to", "grid_kinds", "forms", "minutes", "people", "pass_mark")
FIVE_PREFIX, ROLE_PREFIX = "five_", "role_"
FIELDS = (*WORDS, *(f"{FIVE_PREFIX}{each}" for each in FIVE), *(f"{ROLE_PREFIX}{each}" for each in ROLES), *PLAIN)
"""What a scenario is written with: its texts, one field for each of the five and for each role, and its numbers."""
LINE_FIELDS: dict[str, tuple[str, ...]] = {
    "inject": ("offset_s", "channel", "player", "place", "text"),
    "expectation": (
        "item", "text", "points", "criterion", "judged", "after", "step", "within_s", "need", "unit_of",
    ),
}  # fmt: skip
"""What the lines of a script and of an evaluation sheet are written with."""


def flat(row: Scenario | Inject | Expectation, language: str) -> dict[str, Any]:
    """The fields of a scenario or of one of its lines by name, every text in one language."""
    if not isinstance(row, Scenario):
        names = LINE_FIELDS["inject" if isinstance(row, Inject) else "expectation"]
        return {name: _shown(getattr(row, name), language) for name in names}
    found = {name: _shown(getattr(row, name), language) for name in (*WORDS, *PLAIN)}
    found |= {f"{FIVE_PREFIX}{key}": words(row.five.get(key), language) for key in FIVE}
    found |= {f"{ROLE_PREFIX}{key}": words(row.roles.get(key), language) for key in ROLES}
    return {name: found[name] for name in FIELDS}


def _shown(value: Any, language: str) -> Any:
    return words(value, language) if isinstance(value, dict) else value


def written(row: Any, changed: Mapping[str, Any], language: str) -> Any:
    """The row with fields, named as in :func:`flat`, written by somebody who reads ``language``."""
    fields: dict[str, Any] = {}
    for name, value in changed.items():
        for prefix, field in ((FIVE_PREFIX, "five"), (ROLE_PREFIX, "roles")):
            if name.startswith(prefix):
                before = fields.get(field, getattr(row, field))
                key = name.removeprefix(prefix)
                fields[field] = {**before, key: rewritten(before.get(key), value, language)}
                break
        else:
            old = getattr(row, name)
            fields[name] = rewritten(old, value, language) if isinstance(old, dict) else value
    return replace(row, **fields)


def total(expectations: Iterable[Expectation]) -> int:
    """The points of an evaluation sheet, which ought to be :data:`FULL_MARK`."""
    return sum(each.points for each in expectations)


def clock_words(seconds: int) -> str:
    """A time since the beginning as a script writes it: ``mm:ss``, minutes beyond 99 included."""
    return f"{seconds // 60:02d}:{seconds % 60:02d}"


def seconds_of(text: str) -> int:
    """The seconds in ``mm:ss``, ``h:mm:ss`` or whole minutes, full-width signs included; ValueError for anything
    else."""
    parts = text.strip().replace("\uff1a", ":").split(":")
    if not 1 <= len(parts) <= 3 or not all(part.strip().isdecimal() for part in parts):
        raise ValueError(text)
    numbers = [int(part) for part in parts]
    if any(number > 59 for number in numbers[1:]):
        raise ValueError(text)
    if len(numbers) == 1:
        return numbers[0] * 60
    return sum(number * unit for number, unit in zip(reversed(numbers), (1, 60, 3600), strict=False))
