"""Incidents: their entities, the state machine and the limits on the desk's clock.

Life cycle and limits: ``DOMAIN.md`` §3. Every limit is a town setting; the values here are the shipped defaults.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from commandcenter.rules.entity import REAL, Derived, Indexed, Personal, Ref, entity
from commandcenter.rules.people import PersonKind

State = Literal[
    "reported", "calling", "responding", "on_scene", "resolved", "closed", "returned", "merged", "cancelled", "reopened"
]
Urgency = Literal["critical", "urgent", "routine"]
URGENCIES: tuple[Urgency, ...] = ("critical", "urgent", "routine")
Category = Literal[
    "hazard", "emergency", "dispute", "order", "environment", "facility", "livelihood", "care", "publicity", "other"
]
Direction = Literal["up", "down"]
TimeSource = Literal["desk", "opened", "paper", "offline"]
CallBack = Literal["solved", "partly", "not"]
CallResult = Literal[
    "waiting",
    "called",
    "reached",
    "answered",
    "arrived",
    "refused",
    "relayed",
    "no_answer",
    "switched_off",
    "suspended",
    "no_signal",
    "wrong_number",
    "on_scene",
]

STEPS: tuple[State, ...] = ("reported", "calling", "responding", "on_scene", "resolved", "closed")
"""The six cells of the step bar, in order."""
EXITS: frozenset[State] = frozenset(("closed", "returned", "merged", "cancelled"))
ANSWERS: frozenset[CallResult] = frozenset(("answered", "arrived", "on_scene"))
"""Results that count as an answer; a message passed on by family (``relayed``) does not."""
SETTLED: frozenset[CallResult] = ANSWERS | {"refused", "wrong_number"}
"""Results after which this person is not dialled again."""
ARRIVALS: frozenset[CallResult] = frozenset(("arrived", "on_scene"))

TRANSITIONS: dict[State, tuple[State, ...]] = {
    "reported": ("calling", "responding", "on_scene", "resolved", "returned", "merged", "cancelled"),
    "reopened": ("calling", "responding", "on_scene", "resolved", "returned", "merged", "cancelled"),
    "calling": ("responding", "on_scene", "resolved", "returned", "merged", "cancelled"),
    "responding": ("on_scene", "resolved", "calling", "returned", "merged", "cancelled"),
    "on_scene": ("resolved", "calling", "merged", "cancelled"),
    "resolved": ("closed", "on_scene", "calling", "merged", "cancelled"),
    "closed": ("reopened",),
    "returned": ("reopened",),
    "merged": ("reopened",),
    "cancelled": ("reopened",),
}
NEXT_STEP: dict[State, State | None] = {
    "reported": "calling",
    "reopened": "calling",
    "calling": "responding",
    "responding": "on_scene",
    "on_scene": "resolved",
    "resolved": "closed",
    "closed": None,
    "returned": None,
    "merged": None,
    "cancelled": None,
}


@entity("incident")
@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """One matter from the report to its closed loop. Times are occurred times, aware UTC."""

    id: str
    world: Annotated[str, Indexed] = REAL
    number: Annotated[str, Derived, Indexed] = ""
    village: Annotated[str | None, Ref("village"), Indexed] = None
    grid: Annotated[str | None, Ref("grid"), Indexed] = None
    category: Category
    subkind: str = ""
    urgency: Urgency
    state: Annotated[State, Indexed] = "reported"
    text: Annotated[str | None, Personal("text")] = None
    place: Annotated[str | None, Personal("address")] = None
    caller_name: Annotated[str | None, Personal("name")] = None
    caller_phone: Annotated[str | None, Personal("phone")] = None
    finder_kind: PersonKind | None = None
    finder: str | None = None
    handler: Annotated[str | None, Ref("officer")] = None
    parked: bool = False
    opened_at: Annotated[datetime, Derived, Indexed]
    calling_at: Annotated[datetime | None, Derived] = None
    responding_at: Annotated[datetime | None, Derived] = None
    on_scene_at: Annotated[datetime | None, Derived] = None
    resolved_at: Annotated[datetime | None, Derived] = None
    ended_at: Annotated[datetime | None, Derived, Indexed] = None
    reopened_at: Annotated[datetime | None, Derived] = None
    closing_note: Annotated[str | None, Personal("text")] = None
    confirmed_by: Annotated[str | None, Personal("name")] = None
    reason: Annotated[str | None, Personal("text")] = None
    merged_into: Annotated[str | None, Ref("incident", weak=True)] = None
    call_back: CallBack | None = None
    satisfaction: int | None = None


@entity("timeline_entry", timeline=True)
@dataclass(frozen=True, kw_only=True, slots=True)
class TimelineEntry:
    """One line of an incident's history: a code with facts, or a note somebody typed."""

    id: str
    world: str = REAL
    incident: Annotated[str, Ref("incident", weak=True), Indexed]
    at: datetime
    at_source: TimeSource = "desk"
    code: str
    facts: dict[str, Any]
    text: Annotated[str | None, Personal("text")] = None
    actor: str = ""
    command: str = ""
    struck: bool = False


@entity("call")
@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One person on an incident's call list and what became of calling them."""

    id: str
    world: str = REAL
    incident: Annotated[str, Ref("incident"), Indexed]
    direction: Direction = "down"
    person_kind: PersonKind
    person: Annotated[str, Indexed]
    rank: int
    reason: str = ""
    channel: str = "phone"
    result: CallResult = "waiting"
    attempts: int = 0
    listed_at: datetime
    called_at: datetime | None = None
    answered_at: datetime | None = None
    arrived_at: datetime | None = None
    result_at: datetime | None = None
    note: Annotated[str | None, Personal("text")] = None


def is_open(state: State) -> bool:
    """Whether the incident still waits for somebody."""
    return state not in EXITS


def may_step(state: State, to: State) -> bool:
    """Whether the state machine allows ``state`` → ``to``."""
    return to in TRANSITIONS[state]


def next_step(state: State) -> State | None:
    """The next sensible step, or None when the loop is closed."""
    return NEXT_STEP[state]


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits of the desk; the strip's three apply to ``critical`` only (受理·处置·增援)."""

    critical: timedelta = timedelta(hours=2)
    urgent: timedelta = timedelta(hours=24)
    routine: timedelta = timedelta(hours=72)
    accept: timedelta = timedelta(minutes=1)
    control: timedelta = timedelta(minutes=5)
    reinforce: timedelta = timedelta(minutes=30)
    no_answer: timedelta = timedelta(minutes=5)
    to_leader: timedelta = timedelta(minutes=10)
    recall: timedelta = timedelta(minutes=5)


def limit_of(urgency: Urgency, limits: Limits) -> timedelta:
    """How long an incident of this urgency may stay open."""
    return {"critical": limits.critical, "urgent": limits.urgent, "routine": limits.routine}[urgency]


def begun_at(incident: Incident) -> datetime:
    """From when its limits run: the report, or the reopening."""
    return incident.reopened_at or incident.opened_at


def is_overdue(incident: Incident, now: datetime, limits: Limits) -> bool:
    """Whether an open incident has outlived its limit."""
    return is_open(incident.state) and now - begun_at(incident) > limit_of(incident.urgency, limits)


Timer = Literal["in_time", "near", "over", "done", "late"]


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of the three-segment strip: ``filled`` 0…1 of its limit, and how it stands."""

    filled: float
    timer: Timer


def _segment(opened: datetime, reached: datetime | None, limit: timedelta, now: datetime) -> Segment:
    spent = (reached or now) - opened
    filled = max(0.0, min(1.0, spent / limit)) if limit else 1.0
    if reached is not None:
        return Segment(1.0, "done" if spent <= limit else "late")
    if spent > limit:
        return Segment(1.0, "over")
    return Segment(filled, "near" if filled > 0.75 else "in_time")


def strip(incident: Incident, now: datetime, limits: Limits) -> tuple[Segment, Segment, Segment] | None:
    """The three limits of a critical incident: accept (somebody called), control (on the way), reinforce (on scene).

    None for any other urgency.
    """
    if incident.urgency != "critical":
        return None
    on_scene = incident.on_scene_at or incident.resolved_at or incident.ended_at
    controlled = incident.responding_at or on_scene
    accepted = incident.calling_at or controlled
    begun = begun_at(incident)
    return (
        _segment(begun, accepted, limits.accept, now),
        _segment(begun, controlled, limits.control, now),
        _segment(begun, on_scene, limits.reinforce, now),
    )


Queue = Literal["emergency", "daily", "to_check", "mine"]
QUEUES: tuple[Queue, ...] = ("emergency", "daily", "to_check", "mine")
DAILY: frozenset[Category] = frozenset(("dispute", "environment", "facility", "livelihood", "publicity", "other"))
"""Categories that stand in 日常 unless they are critical; urgent order and care stand among emergencies."""


def queues_of(incident: Incident, officer: str | None) -> frozenset[Queue]:
    """The queues in which an open incident stands. Routine never stands among emergencies."""
    if not is_open(incident.state):
        return frozenset()
    found: set[Queue] = set()
    if incident.state == "resolved":
        found.add("to_check")
    elif incident.urgency == "critical" or (incident.urgency == "urgent" and incident.category not in DAILY):
        found.add("emergency")
    else:
        found.add("daily")
    if officer is not None and incident.handler == officer:
        found.add("mine")
    return frozenset(found)


def queue_order(incident: Incident) -> tuple[bool, int, float]:
    """Sort key: parked last, then urgency, then the oldest first."""
    return incident.parked, URGENCIES.index(incident.urgency), incident.opened_at.timestamp()
