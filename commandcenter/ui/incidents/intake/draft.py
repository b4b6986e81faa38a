"""A report while it is being taken: what is known so far, what is missing, and the command that it becomes.

A draft is a value; every keystroke makes the next one. Its id is the id of the command it will be sent as, fixed from
the first keystroke, so that pressing save twice cannot make two incidents.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, get_args

from commandcenter.base.clock import from_iso, iso
from commandcenter.base.ids import new_id, parse_id
from commandcenter.rules.incidents import URGENCIES, Category
from commandcenter.rules.people import PERSON_KINDS
from commandcenter.services import catalogues
from commandcenter.services.incidents import EDITABLE, OpenIncident
from commandcenter.ui.incidents.intake.places import Caller

REQUIRED = ("text", "category", "urgency")
"""What a report cannot do without; the place may follow later."""
CATEGORIES: tuple[Category, ...] = get_args(Category)
_TIMES = ("opened_at", "reported_at")


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """One report. Empty texts mean "not known". ``typed`` stands in the grid field and named no grid yet; ``chosen``
    names the fields that the officer set by hand, which no guess may change; ``attempts`` holds the words of every
    attempt to save whose fate is not known, oldest first."""

    id: str
    database: str
    world: str
    opened_at: datetime
    reported_at: datetime
    typed: str = ""
    grid: str = ""
    village: str = ""
    text: str = ""
    category: str = ""
    subkind: str = ""
    urgency: str = ""
    place: str = ""
    caller_name: str = ""
    caller_phone: str = ""
    finder_kind: str = ""
    finder: str = ""
    merge_into: str = ""
    learn: bool = False
    chosen: frozenset[str] = frozenset()
    attempts: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def fresh(cls, *, database: str, world: str, now: datetime) -> "Draft":
        """An empty report, taken now."""
        return cls(id=new_id(), database=database, world=world, opened_at=now, reported_at=now)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was entered yet, so that nothing can be lost."""
        entered = (self.typed, self.grid, self.village, self.text, self.place, self.caller_name, self.caller_phone)
        return not any(part.strip() for part in entered) and not self.chosen

    def missing(self) -> tuple[str, ...]:
        """Names of the required fields that are still empty, in the order in which they are filled."""
        return tuple(name for name in REQUIRED if not getattr(self, name).strip())

    def command(self) -> OpenIncident:
        """The command of a report in which nothing is missing."""
        return OpenIncident(**self._words())

    def attempted(self) -> "Draft":
        """The draft with the words that are being sent now as the last of its attempts."""
        words = self._words()
        return replace(self, attempts=(*(each for each in self.attempts if each != words), words))

    def changed_since(self, attempt: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """(new values, values sent) of the editable fields that differ from an earlier attempt."""
        now = self._words()
        names = [name for name in EDITABLE if attempt.get(name) != now.get(name)]
        return {name: now.get(name) for name in names}, {name: attempt.get(name) for name in names}

    def _words(self) -> dict[str, Any]:
        def known(name: str) -> str | None:
            return getattr(self, name).strip() or None

        finder = (self.finder_kind, self.finder) if self.finder_kind and self.finder else (None, None)
        return {
            "category": self.category, "urgency": self.urgency, "text": self.text.strip(), "subkind": self.subkind,
            "grid": known("grid"), "village": None if self.grid else known("village"), "place": known("place"),
            "caller_name": known("caller_name"), "caller_phone": known("caller_phone"),
            "finder_kind": finder[0], "finder": finder[1],
        }  # fmt: skip


def at_grid(draft: Draft, grid: str, village: str) -> Draft:
    """The officer named the grid."""
    return choose(replace(draft, village=village, typed=""), grid=grid)


def in_village(draft: Draft, village: str) -> Draft:
    """The officer named the village; which grid is not known yet."""
    return choose(replace(draft, village=village, typed=""), grid="")


def nowhere(draft: Draft, typed: str) -> Draft:
    """What stands in the grid field names nothing (any more)."""
    return replace(draft, grid="", village="", typed=typed, learn=False, chosen=draft.chosen - {"grid"})


def with_caller(draft: Draft, caller: Caller) -> Draft:
    """A known person calls: name and place are filled where the officer has not said otherwise, and the caller is the
    finder."""
    changed = replace(draft, finder_kind=caller.kind, finder=caller.id, caller_phone=draft.caller_phone or caller.phone)
    if "caller_name" not in draft.chosen:
        changed = replace(changed, caller_name=caller.name)
    if "grid" not in draft.chosen and (caller.grid or caller.village):
        changed = replace(changed, grid=caller.grid, village=caller.village, typed="")
    return changed


def without_caller(draft: Draft) -> Draft:
    """The caller is not known after all: what was filled for that person is taken back."""
    changed = replace(draft, finder_kind="", finder="")
    if draft.finder and "caller_name" not in draft.chosen:
        changed = replace(changed, caller_name="")
    if draft.finder and "grid" not in draft.chosen:
        changed = replace(changed, grid="", village="")
    return changed


def choose(draft: Draft, **values: Any) -> Draft:
    """The draft with fields set by the officer's hand."""
    return replace(draft, **values, chosen=draft.chosen | set(values))


def choose_category(draft: Draft, category: str) -> Draft:
    """Another category: its subkinds are others, and its usual urgency holds unless one was chosen."""
    if category == draft.category:
        return choose(draft, category=category)
    term = catalogues.categories()[category]
    changed = replace(choose(draft, category=category), subkind="", chosen=(draft.chosen | {"category"}) - {"subkind"})
    return changed if "urgency" in draft.chosen else replace(changed, urgency=term.default_urgency)


def take_guess(draft: Draft, category: str, subkind: str, urgency: str) -> Draft:
    """The draft as its text suggests, where the officer has not chosen; empty strings take an earlier guess back."""
    if "category" in draft.chosen and draft.category != category:
        return draft
    wanted: dict[str, Any] = {"category": category, "subkind": subkind, "urgency": urgency}
    return replace(draft, **{name: value for name, value in wanted.items() if name not in draft.chosen})


def to_json(draft: Draft) -> dict[str, Any]:
    """The draft as JSON can hold it."""
    found = asdict(draft)
    found |= {name: iso(getattr(draft, name)) for name in _TIMES}
    return found | {"chosen": sorted(draft.chosen)}


def from_json(found: Any) -> Draft:
    """The draft that was stored; ValueError when it is none. Fields of other editions are passed over."""
    if not isinstance(found, dict) or parse_id(found.get("id", "")) is None:
        raise ValueError("no draft")
    names = {each.name for each in fields(Draft)}
    values = {name: value for name, value in found.items() if name in names}
    try:
        values |= {name: from_iso(values[name]) for name in _TIMES}
        values |= {"chosen": frozenset(values.get("chosen", ())), "attempts": tuple(values.get("attempts", ()))}
        draft = Draft(**values)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no draft") from error
    return _checked(draft)


def _checked(draft: Draft) -> Draft:
    """ValueError unless every value is of its kind, so that no form meets a number where it expects a text."""
    texts = (each.name for each in fields(Draft) if each.type in ("str", str))
    if not all(isinstance(getattr(draft, name), str) for name in texts):
        raise ValueError("no draft")
    closed = (draft.category, CATEGORIES), (draft.urgency, URGENCIES), (draft.finder_kind, PERSON_KINDS)
    if any(value and value not in allowed for value, allowed in closed):
        raise ValueError("no draft")
    if not all(isinstance(attempt, Mapping) for attempt in draft.attempts):
        raise ValueError("no draft")
    return draft


def category_of(draft: Draft) -> Category | None:
    """The category as the rules name it, None while there is none."""
    return next((each for each in CATEGORIES if each == draft.category), None)
