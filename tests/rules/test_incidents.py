"""The state machine, the strip and the queues of incidents."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.rules.incidents import (
    ANSWERS,
    ARRIVALS,
    DAILY,
    EXITS,
    NEXT_STEP,
    QUEUES,
    SETTLED,
    STEPS,
    TRANSITIONS,
    URGENCIES,
    CallResult,
    Category,
    Incident,
    Limits,
    State,
    is_open,
    is_overdue,
    limit_of,
    may_step,
    next_step,
    queue_order,
    queues_of,
    strip,
)

NOW = datetime(2025, 6, 30, 12, tzinfo=UTC)
LIMITS = Limits()
STATES: tuple[State, ...] = get_args(State)
CATEGORIES: tuple[Category, ...] = get_args(Category)
MINUTES = st.integers(0, 200).map(lambda minutes: timedelta(minutes=minutes))


def _incident(**fields: Any) -> Incident:
    given: dict[str, Any] = {"id": "i", "category": "emergency", "urgency": "critical", "opened_at": NOW}
    return Incident(**(given | fields))


INCIDENTS = st.builds(
    _incident,
    category=st.sampled_from(CATEGORIES),
    urgency=st.sampled_from(URGENCIES),
    state=st.sampled_from(STATES),
    handler=st.sampled_from([None, "o1", "o2"]),
    parked=st.booleans(),
    opened_at=MINUTES.map(lambda ago: NOW - ago),
)


def test_every_state_has_its_transitions_and_leads_only_to_states() -> None:
    assert set(TRANSITIONS) == set(NEXT_STEP) == set(STATES)
    assert {to for targets in TRANSITIONS.values() for to in targets} <= set(STATES)
    assert all(state not in targets for state, targets in TRANSITIONS.items())


def test_every_state_is_reached_from_a_report() -> None:
    reached: set[State] = {"reported"}
    while more := {to for state in reached for to in TRANSITIONS[state]} - reached:
        reached |= more
    assert reached == set(STATES)


def test_from_every_open_state_the_loop_can_be_closed_by_next_steps() -> None:
    for state in STATES:
        here: State | None = state
        while here is not None and (to := next_step(here)) is not None:
            assert may_step(here, to)
            here = to
        assert here in EXITS


def test_exits_lead_back_only_by_reopening() -> None:
    assert all(TRANSITIONS[state] == ("reopened",) for state in EXITS)
    assert all("reopened" not in TRANSITIONS[state] for state in STATES if is_open(state))


def test_only_what_was_checked_is_closed() -> None:
    assert [state for state in STATES if may_step(state, "closed")] == ["resolved"]


def test_results_of_calls_are_of_the_known_ones() -> None:
    assert ARRIVALS < ANSWERS < SETTLED < set(get_args(CallResult))
    assert "relayed" not in SETTLED


@given(INCIDENTS, st.sampled_from([None, "o1", "o2"]))
def test_open_incidents_stand_in_one_queue_and_perhaps_in_mine(
    incident: Incident, officer: str | None
) -> None:
    queues = queues_of(incident, officer)
    assert queues <= set(QUEUES)
    assert len(queues - {"mine"}) == (1 if is_open(incident.state) else 0)
    assert ("mine" in queues) == (
        is_open(incident.state) and officer is not None and incident.handler == officer
    )


@given(INCIDENTS)
def test_routine_never_stands_among_emergencies(incident: Incident) -> None:
    queues = queues_of(incident, None)
    if incident.urgency == "routine":
        assert "emergency" not in queues
    if incident.urgency == "critical" and is_open(incident.state) and incident.state != "resolved":
        assert queues == {"emergency"}


@given(st.lists(INCIDENTS, max_size=12))
def test_order_of_a_queue(incidents: list[Incident]) -> None:
    ordered = sorted(incidents, key=queue_order)
    for before, after in pairwise(ordered):
        assert before.parked <= after.parked
        if before.parked == after.parked:
            assert URGENCIES.index(before.urgency) <= URGENCIES.index(after.urgency)
            if before.urgency == after.urgency:
                assert before.opened_at <= after.opened_at


@given(MINUTES, MINUTES, st.lists(st.one_of(st.none(), MINUTES), min_size=3, max_size=3))
def test_the_strip_only_fills_as_time_goes_by(
    a: timedelta, b: timedelta, reached: list[timedelta | None]
) -> None:
    times = [NOW + each if each is not None else None for each in reached]
    incident = _incident(calling_at=times[0], responding_at=times[1], on_scene_at=times[2])
    early, late = strip(incident, NOW + min(a, b), LIMITS), strip(incident, NOW + max(a, b), LIMITS)
    assert early is not None
    assert late is not None
    rank = {"in_time": 0, "near": 1, "over": 2, "done": 3, "late": 3}
    for one, other in zip(early, late, strict=True):
        assert 0 <= one.filled <= other.filled <= 1
        assert rank[one.timer] <= rank[other.timer]


def test_the_strip_tells_in_time_near_over_done_and_late() -> None:
    def first(seconds: int, reached: int | None = None) -> str:
        calling = None if reached is None else NOW + timedelta(seconds=reached)
        segments = strip(_incident(calling_at=calling), NOW + timedelta(seconds=seconds), LIMITS)
        assert segments is not None
        return segments[0].timer

    assert [first(30), first(50), first(61)] == ["in_time", "near", "over"]
    assert [first(90, 60), first(90, 61)] == ["done", "late"]


@pytest.mark.parametrize("urgency", ["urgent", "routine"])
def test_the_strip_is_for_critical_incidents_only(urgency: str) -> None:
    assert strip(_incident(urgency=urgency), NOW, LIMITS) is None


@given(INCIDENTS, MINUTES)
def test_overdue_once_overdue_always(incident: Incident, later: timedelta) -> None:
    if is_overdue(incident, NOW, LIMITS):
        assert is_open(incident.state)
        assert is_overdue(incident, NOW + later, LIMITS)


def test_limits_grow_with_calm() -> None:
    assert limit_of("critical", LIMITS) < limit_of("urgent", LIMITS) < limit_of("routine", LIMITS)
    opened = _incident(opened_at=NOW - timedelta(hours=2))
    assert not is_overdue(opened, NOW, LIMITS)
    assert is_overdue(opened, NOW + timedelta(seconds=1), LIMITS)
    assert not is_overdue(replace(opened, state="closed"), NOW + timedelta(days=9), LIMITS)


def test_daily_categories_and_steps_are_of_the_known_ones() -> None:
    assert set(CATEGORIES) > DAILY
    assert set(STEPS) < set(STATES)
    assert {"hazard", "emergency", "order", "care"} == set(CATEGORIES) - DAILY
