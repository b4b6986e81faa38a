"""Open incidents that may be the same matter as the report being typed, as rows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from commandcenter.base.texts import say
from commandcenter.rules.duplicates import DraftFacts, similar
from commandcenter.rules.incidents import Urgency
from commandcenter.services.live import LiveSet
from commandcenter.ui.incidents import words
from commandcenter.ui.incidents.intake.draft import Draft, category_of

SHOWN = 2
"""More would hide the form; the queue shows the rest."""


@dataclass(frozen=True, slots=True)
class DuplicateRow:
    """One open incident that may be meant."""

    id: str
    number: str
    urgency: Urgency
    what: str
    where: str
    opened_at: datetime
    why: str

    def age(self, now: datetime) -> str:
        """How long ago it was reported."""
        return words.age(now - self.opened_at)


def duplicates(
    draft: Draft, live: LiveSet, now: datetime, near: Collection[str] = frozenset()
) -> tuple[DuplicateRow, ...]:
    """The likeliest first; none while nothing is known of the report. ``near``: the grids around the report's."""
    if draft.is_blank:
        return ()
    grid = live.grids.get(draft.grid)
    facts = DraftFacts(
        grid=draft.grid or None, village=draft.village or (grid.village if grid else None), category=category_of(draft),
        text=draft.text, caller_phone=draft.caller_phone or None, now=now, near=near,
    )  # fmt: skip
    rows = []
    for found in similar(facts, live.incidents.values(), limit=SHOWN):
        incident = live.incidents[found.incident]
        why = say("intake.list_separator").join(say(f"intake.why.{reason}") for reason in found.reasons)
        rows.append(
            DuplicateRow(
                incident.id,
                incident.number,
                incident.urgency,
                words.what_of(incident),
                words.where_of(incident, live),
                incident.opened_at,
                why,
            )
        )
    return tuple(rows)
