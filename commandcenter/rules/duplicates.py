"""Whether a report being typed is already known: found while typing, so it must cost almost nothing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

from commandcenter.rules.incidents import Category, Incident
from commandcenter.rules.masks import is_masked
from commandcenter.rules.phones import normalise as number
from commandcenter.rules.pinyin import normalise

Reason = Literal[
    "same_caller", "same_grid", "near_grid", "same_village", "same_category", "same_words", "recent"
]  # fmt: skip
"""Why an incident may be the same; in this order on screen."""

WITHIN = timedelta(hours=6)
"""Older reports count only when the caller or the words are the same; four times older ones never."""
_POINTS: dict[Reason, float] = {
    "same_caller": 3.0, "same_grid": 2.0, "near_grid": 1.2, "same_village": 0.8, "same_category": 1.0,
    "recent": 0.5,
}  # fmt: skip
_WORDS_POINTS = 2.5
_ENOUGH = 3.0
_WORDS_ALIKE = 0.34
"""From this share of common bigrams on, two texts speak of the same thing."""


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """What is known of a report while it is being typed. ``near``: ids of the grids around ``grid``."""

    grid: str | None
    village: str | None
    category: Category | None
    text: str
    caller_phone: str | None
    now: datetime
    near: Collection[str] = frozenset()


class Similar(NamedTuple):
    """An open incident that may be the same matter; a ``score`` of 3 is a hint, 6 a near certainty."""

    incident: str
    score: float
    reasons: tuple[Reason, ...]


def similar(draft: DraftFacts, open_incidents: Iterable[Incident], *, limit: int = 5) -> list[Similar]:
    """Possible duplicates of ``draft``, likeliest first.

    A place or a caller must agree; category, words and nearness in time decide. Texts masked for this
    reader take no part.
    """
    wanted = frozenset(a + b for a, b in pairwise(normalise(draft.text)) if a.isalnum() and b.isalnum())
    phone = number(draft.caller_phone) if draft.caller_phone else ""
    found = [match for each in open_incidents if (match := _compared(draft, wanted, phone, each))]
    return sorted(found, key=lambda match: (-match.score, match.incident))[:limit]


def _compared(draft: DraftFacts, wanted: frozenset[str], phone: str, incident: Incident) -> Similar | None:
    age = abs(draft.now - incident.opened_at)
    reasons: list[Reason] = []
    if phone and incident.caller_phone and _is_number(incident.caller_phone, phone):
        reasons.append("same_caller")
    if place := _place(draft, incident):
        reasons.append(place)
    if not reasons or age > 4 * WITHIN:
        return None
    if draft.category is not None and incident.category == draft.category:
        reasons.append("same_category")
    alike = _alike(wanted, incident.text)
    if alike >= _WORDS_ALIKE:
        reasons.append("same_words")
    if age <= WITHIN:
        reasons.append("recent")
    elif "same_caller" not in reasons and "same_words" not in reasons:
        return None
    score = sum(_POINTS.get(reason, 0.0) for reason in reasons) + _WORDS_POINTS * alike
    return Similar(incident.id, round(score, 2), tuple(reasons)) if score >= _ENOUGH else None


def _is_number(written: str, phone: str) -> bool:
    """Whether ``written`` is the normal number ``phone``; plain digits are compared without ado."""
    plain = written.isascii() and written.isdigit()
    return written == phone or (not plain and number(written) == phone)


def _place(draft: DraftFacts, incident: Incident) -> Reason | None:
    if draft.grid is not None and incident.grid == draft.grid:
        return "same_grid"
    if incident.grid is not None and incident.grid in draft.near:
        return "near_grid"
    return "same_village" if draft.village is not None and incident.village == draft.village else None


def _alike(wanted: frozenset[str], text: str | None) -> float:
    """The share of the draft's bigrams that ``text`` holds, 0…1."""
    if not wanted or text is None or is_masked(text):
        return 0.0
    known = text.lower()
    return len([gram for gram in wanted if gram in known]) / len(wanted)
