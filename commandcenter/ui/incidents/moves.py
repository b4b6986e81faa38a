"""What may be done with an incident now: the next sensible step, the side exits, and whether this officer may."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from commandcenter.base.texts import say
from commandcenter.rules.incidents import (
    STEPS,
    Call,
    Direction,
    Incident,
    State,
    is_open,
    may_step,
)
from commandcenter.rules.people import Officer
from commandcenter.rules.permissions import DUTY

Primary = Literal["call", "record", "arrive", "resolve", "close"]
Exit = Literal["return", "merge", "cancel", "reopen", "park", "unpark", "take"]
_PRIMARY: dict[State, Primary] = {
    "reported": "call",
    "reopened": "call",
    "calling": "record",
    "responding": "arrive",
    "on_scene": "resolve",
    "resolved": "close",
}


@dataclass(frozen=True, slots=True)
class Move:
    """One thing to do: its words and whether it can be done now (otherwise ``why`` says why not)."""

    id: str
    title: str
    enabled: bool = True
    why: str = ""


def may_act(officer: Officer) -> bool:
    """Whether this officer acts on incidents at all."""
    return officer.role in DUTY


def why_not(officer: Officer) -> str:
    """The sentence for somebody who may only look; empty for those who act."""
    return "" if may_act(officer) else say("incidents.no_permission", role=say(f"role.{officer.role}"))


def primary(incident: Incident, calls: Sequence[Call]) -> Primary | None:
    """The step that fits the state; None when the loop is closed. An empty call list is begun before it is recorded."""
    found = _PRIMARY.get(incident.state)
    return "call" if found == "record" and not calls else found


def primary_words(step: Primary, name: str = "") -> tuple[str, dict[str, str]]:
    """What the one button says, as code and facts; ``name`` is whose arrival is confirmed, if somebody is coming."""
    if step == "arrive" and name:
        return "incidents.primary.arrive_name", {"name": name}
    return f"incidents.primary.{step}", {}


def exits(incident: Incident, officer: Officer, others: int) -> list[Move]:
    """The side exits of this state in the order of the menu; ``others``: open incidents it could go on under."""
    allowed = may_act(officer)
    why = why_not(officer)

    def move(id: Exit, enabled: bool = True, reason: str = "") -> Move:
        return Move(id, say(f"incidents.exit.{id}"), allowed and enabled, why or ("" if enabled else reason))

    if not is_open(incident.state):
        return [move("reopen")]
    found = []
    if incident.handler != officer.id:
        found.append(move("take"))
    found.append(move("unpark" if incident.parked else "park"))
    if may_step(incident.state, "merged"):
        found.append(move("merge", others > 0, say("incidents.merge.none")))
    if may_step(incident.state, "returned"):
        found.append(move("return"))
    if may_step(incident.state, "cancelled"):
        found.append(move("cancel"))
    return found


def first_direction(calls: Sequence[Call]) -> Direction:
    """The direction in which the call-out goes on: as it began, upward for a fresh report."""
    return calls[-1].direction if calls else "up"


def is_ended(state: State) -> bool:
    """Whether the six cells stand still."""
    return not is_open(state)


def step_index(state: State) -> int:
    """The cell in which a state stands, 0 to 5; every end stands in the last."""
    if state == "reopened":
        return 0
    return STEPS.index(state) if state in STEPS else len(STEPS) - 1
