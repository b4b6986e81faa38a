"""Figures for the screens that need more than what is open now, counted where the rows are."""

from dataclasses import dataclass
from datetime import datetime

from commandcenter.rules.incidents import Call, Incident
from commandcenter.storage import figures
from commandcenter.storage.reads import Reader


@dataclass(frozen=True, slots=True)
class PersonCall:
    """One calling of a person, with the incident it was for (None: not for this viewer)."""

    call: Call
    incident: Incident | None


def incidents_per_grid(reader: Reader, since: datetime) -> dict[str, int]:
    """Incidents opened since ``since`` by grid, as this viewer may see them; mergings and false alarms left out."""
    from commandcenter.rules.drills import may_leave  # a desk that opens counts nothing yet

    counted = [world for world in reader.worlds if may_leave("statistic", world)]
    return figures.incidents_per_grid(reader.connection, counted, since)


def last_incidents(reader: Reader, grid: str, limit: int = 8) -> list[Incident]:
    """The latest incidents of a grid, open and ended, newest first."""
    found: list[Incident] = reader.find("incident", grid=grid, order=("opened_at", "id"), descending=True, limit=limit)
    return found


def recent_calls(reader: Reader, kind: str, person: str, limit: int = 12) -> list[PersonCall]:
    """How somebody was called lately, newest first."""
    calls: list[Call] = reader.find(
        "call", person_kind=kind, person=person, order=("listed_at", "id"), descending=True, limit=limit
    )
    incidents = {each.id: each for each in reader.many("incident", {call.incident for call in calls})}
    return [PersonCall(call, incidents.get(call.incident)) for call in calls]
