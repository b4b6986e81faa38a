"""The six cells of the step bar as pure facts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from commandcenter.base.texts import say
from commandcenter.rules.incidents import STEPS, Incident, State
from commandcenter.services.live import LiveSet
from commandcenter.ui.incidents import words
from commandcenter.ui.incidents.moves import is_ended, step_index

CellKind = Literal["done", "now", "todo", "skipped", "ended"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One step. ``time`` is the time of day it was reached; ``since`` is when the present step began."""

    state: State
    title: str
    kind: CellKind
    time: str
    since: datetime | None

    def second_line(self, now: datetime) -> str:
        """The time of a step that is done, how long the present one lasts (``已 5:41``), a dash when left out."""
        if self.kind == "now" and self.since is not None:
            return say("incidents.step.elapsed", elapsed=words.span(now - self.since))
        return "—" if self.kind == "skipped" else self.time


def cells(incident: Incident, live: LiveSet) -> tuple[Cell, ...]:
    """The cells of an incident in the order of :data:`STEPS`."""
    here = step_index(incident.state)
    ended = is_ended(incident.state)
    return tuple(_cell(incident, state, place, here, ended, live) for place, state in enumerate(STEPS))


def _cell(incident: Incident, state: State, place: int, here: int, ended: bool, live: LiveSet) -> Cell:
    reached = _reached(incident, state)
    last = place == len(STEPS) - 1
    kind: CellKind
    if ended and last:
        kind = "done" if incident.state == "closed" else "ended"
    elif place == here:
        kind = "now"
    elif place < here:
        kind = "done" if reached is not None else "skipped"
    else:
        kind = "todo"
    time = words.time_of_day(reached, words.zone_of(live)) if reached is not None and kind != "todo" else ""
    return Cell(state, _title(incident, state, kind), kind, time, reached if kind == "now" else None)


def _title(incident: Incident, state: State, kind: CellKind) -> str:
    """A noun for what is done or to come, the name of the state for what is going on or how it ended."""
    if kind == "ended":
        return say(f"incidents.ended.{incident.state}")
    if kind == "now":
        return words.state_name(incident.state)
    return say(f"incidents.step.{state}")


def _reached(incident: Incident, state: State) -> datetime | None:
    names: dict[State, datetime | None] = {
        "reported": incident.opened_at,
        "calling": incident.calling_at,
        "responding": incident.responding_at,
        "on_scene": incident.on_scene_at,
        "resolved": incident.resolved_at,
        "closed": incident.ended_at,
    }
    return names[state]


def total(incident: Incident) -> str:
    """``15 分钟办结`` for a closed incident, empty otherwise."""
    if incident.state != "closed" or incident.ended_at is None:
        return ""
    return say("incidents.total", length=words.minutes_of(incident.ended_at - incident.opened_at))
