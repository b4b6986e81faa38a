"""Whom to call, in which order, and what follows from the answers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.base.errors import RuleError
from commandcenter.rules.calling import (
    ABSENT,
    NO_PHONE,
    STANDS_IN,
    Callee,
    Surroundings,
    after_result,
    call_status,
    callees,
    escalated,
    escalation,
    incident_effect,
    is_answered,
    may_fall_due,
    nearest_first,
    next_to_call,
    ready_at,
    recalls,
    waiting_for_a_finger,
)
from commandcenter.rules.grids import Grid
from commandcenter.rules.incidents import ANSWERS, STEPS, Call, CallResult, Incident, Limits, State, may_step
from commandcenter.rules.people import Contact, DutyHolder, Worker
from commandcenter.services import catalogues

NOW = datetime(2025, 6, 30, 12, tzinfo=UTC)
LIMITS = Limits()
RESULTS = st.sampled_from(get_args(CallResult))
DOWNWARD = catalogues.downward_waves()
FIRE = ("fire", "village_secretary", "village_duty", "leader_on_duty")


def _minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


def _grid(id: str, serial: int = 1, village: str = "v1", **fields: Any) -> Grid:
    return Grid(id=id, village=village, code=id, name=id, serial=serial, **fields)


def _worker(id: str, grid: str | None, **fields: Any) -> Worker:
    return Worker(
        **({"id": id, "name": f"name {id}", "village": "v1", "grid": grid, "phone": f"1{id}"} | fields)
    )


def _holder(id: str, role: str, village: str | None = "v1", **fields: Any) -> DutyHolder:
    return DutyHolder(
        **({"id": id, "name": id, "role": role, "village": village, "phone": f"2{id}"} | fields)
    )


def _contact(id: str, kind: str, village: str | None = None, **fields: Any) -> Contact:
    return Contact(**({"id": id, "name": id, "kind": kind, "village": village, "phone": f"3{id}"} | fields))


def _incident(**fields: Any) -> Incident:
    given: dict[str, Any] = {
        "id": "i",
        "village": "v1",
        "grid": "g27",
        "category": "emergency",
        "urgency": "critical",
        "opened_at": NOW,
    }
    return Incident(**(given | fields))


def _around(**fields: Any) -> Surroundings:
    given: dict[str, Any] = {
        "grid": _grid("g27", 27),
        "village": "v1",
        "workers": [_worker(f"w{n}", f"g{n}") for n in (25, 26, 27, 28)],
        "duty_holders": [
            _holder("sec", "village_secretary"),
            _holder("duty", "village_duty"),
            _holder("dep", "grid_deputy", grid="g27"),
            _holder("dep28", "grid_deputy", grid="g28"),
            _holder("sec2", "village_secretary", "v2"),
            _holder("lead", "leader_on_duty", None),
        ],
        "contacts": [_contact("c119", "fire"), _contact("clinic", "clinic", "v1")],
        "neighbours": ["g26", "g28", "g25"],
        "order": FIRE,
        "downward": DOWNWARD,
    }
    return Surroundings(**(given | fields))


def _who(found: tuple[Callee, ...]) -> list[str]:
    return [each.person for each in found]


def _calls(found: tuple[Callee, ...]) -> list[Call]:
    return [
        Call(
            id=f"c-{each.person}",
            incident="i",
            person_kind=each.person_kind,
            person=each.person,
            rank=each.rank,
            reason=each.reason,
            listed_at=NOW,
        )
        for each in found
    ]


def test_a_keeper_reports_a_fire() -> None:
    found = callees(_incident(finder_kind="worker", finder="w27"), "up", _around())
    assert _who(found) == ["c119", "sec", "duty", "lead", "dep"]
    assert [each.rank for each in found] == [1, 2, 3, 4, 5]
    assert [each.wave for each in found] == [1, 1, 1, 1, 2]
    assert [each.reason for each in found][:2] == ["fire", "village_secretary"]


def test_a_resident_reports_a_fire_and_the_keeper_is_near() -> None:
    assert _who(callees(_incident(), "up", _around())) == ["c119", "sec", "duty", "lead", "w27", "dep"]


def test_a_routine_matter_asks_only_who_can_solve_it() -> None:
    routine = _incident(category="livelihood", urgency="routine")
    assert _who(callees(routine, "up", _around(order=("village_duty", "clinic")))) == ["duty", "clinic"]


def test_nobody_named_for_the_category_asks_the_village() -> None:
    assert _who(callees(_incident(urgency="urgent"), "up", _around(order=()))) == ["sec", "duty"]


def test_downward_the_keeper_then_deputy_village_neighbours_leader() -> None:
    found = callees(_incident(), "down", _around())
    assert _who(found) == ["w27", "dep", "sec", "duty", "w26", "w28", "w25", "lead"]
    assert [each.wave for each in found] == [1, 2, 3, 3, 4, 4, 4, 5]


def test_the_nearest_neighbours_only() -> None:
    assert "w25" not in _who(callees(_incident(), "down", _around(nearest=2)))


@pytest.mark.parametrize("direction", ["up", "down"])
def test_the_head_of_a_dedicated_grid_is_first(direction: Any) -> None:
    head = _holder("head", "grid_head", grid="g27")
    around = _around(grid=_grid("g27", kind="dedicated"), duty_holders=[*_around().duty_holders, head])
    found = callees(_incident(), direction, around)
    assert found[0].person == "head"
    assert found[0].wave == 1
    assert found[1].wave == 2


@pytest.mark.parametrize("direction", ["up", "down"])
def test_the_finder_is_never_called(direction: Any) -> None:
    for finder in ("w27", "dep", "sec", "c119", "lead"):
        assert finder not in _who(callees(_incident(finder=finder), direction, _around()))


def test_the_finder_is_known_by_number_and_in_both_tables() -> None:
    both = _holder("w27-as-group-leader", "group_leader", grid="g27", name="name w27", phone="13800001234")
    keeper = _worker("w27", "g27", phone="138 0000 1234")
    around = _around(workers=[keeper], duty_holders=[both], contacts=[])
    assert callees(_incident(caller_phone="+86 13800001234"), "down", around) == ()
    assert callees(_incident(finder="w27"), "down", around) == ()
    assert _who(callees(_incident(), "down", around)) == ["w27"]


def test_the_inactive_are_left_out() -> None:
    around = _around(workers=[_worker("w27", "g27", active=False)])
    assert "w27" not in _who(callees(_incident(), "down", around))


def test_without_a_number_last_of_the_wave_with_a_note() -> None:
    holders = [_holder("sec", "village_secretary", phone=None), _holder("duty", "village_duty")]
    found = callees(_incident(urgency="urgent"), "up", _around(order=(), duty_holders=holders))
    assert [(each.person, each.note) for each in found] == [("duty", ""), ("sec", NO_PHONE)]


def test_helpers_of_other_villages_only_when_there_is_no_other() -> None:
    boats = [_contact("far", "boat_owner", "v2"), _contact("here", "boat_owner", "v1")]
    assert _who(
        callees(_incident(urgency="urgent"), "up", _around(order=("boat_owner",), contacts=boats))
    ) == ["here"]
    far = _around(order=("boat_owner",), contacts=boats[:1])
    assert _who(callees(_incident(urgency="urgent"), "up", far)) == ["far"]


def test_an_incident_without_a_grid_or_place() -> None:
    nowhere = _around(grid=None, village=None, neighbours=())
    assert _who(callees(_incident(grid=None, village=None), "down", nowhere)) == ["lead"]
    village = _around(grid=None, neighbours=())
    assert _who(callees(_incident(grid=None), "down", village)) == ["sec", "duty", "lead"]


PEOPLE = st.builds(
    lambda n, role, village, grid, phone, active: _holder(
        f"p{n}", role, village, grid=grid, phone=phone, active=active, name=f"n{n % 3}"
    ),
    st.integers(0, 9),
    st.sampled_from(["village_secretary", "village_duty", "grid_deputy", "leader_on_duty", "group_leader"]),
    st.sampled_from([None, "v1", "v2"]),
    st.sampled_from([None, "g27", "g28"]),
    st.sampled_from([None, "13800001234", "13900001234"]),
    st.booleans(),
)


@given(st.lists(PEOPLE, max_size=12), st.sampled_from(["up", "down"]), st.sampled_from([None, "p1", "w27"]))
def test_a_list_is_in_order_without_doubles(
    people: list[DutyHolder], direction: Any, finder: str | None
) -> None:
    found = callees(_incident(finder=finder), direction, _around(duty_holders=people))
    assert [each.rank for each in found] == list(range(1, len(found) + 1))
    assert len(set(_who(found))) == len(found)
    assert finder not in _who(found)
    assert [each.wave for each in found] == sorted(each.wave for each in found)
    by_wave = [(each.wave, bool(each.note)) for each in found]
    assert by_wave == sorted(by_wave)
    inactive = {each.id for each in people if not each.active} - {each.id for each in people if each.active}
    assert not inactive & set(_who(found))


# --- who is away ------------------------------------------------------------------


def _told(found: tuple[Callee, ...]) -> list[tuple[str, str, str]]:
    return [(each.person, each.note, each.stands_for) for each in found]


def test_a_stand_in_takes_the_place_and_the_absent_one_goes_last_of_his_wave() -> None:
    around = _around(away={"w27": "r1"}, stand_ins=[_worker("r1", None)], duty_holders=[], neighbours=["g26"])
    found = callees(_incident(), "down", around)
    assert _told(found) == [("r1", STANDS_IN, "w27"), ("w27", ABSENT, ""), ("w26", "", "")]
    assert [each.reason for each in found[:2]] == ["keeper", "keeper"] and found[0].wave == found[1].wave


def test_who_is_absent_without_a_stand_in_is_called_last_of_his_wave_all_the_same() -> None:
    both = [_worker("w1", "g27"), _worker("w2", "g27"), _worker("w3", "g27", phone=None)]
    found = callees(_incident(), "down", _around(workers=both, away={"w1": None}, duty_holders=[], neighbours=[]))
    assert _told(found) == [("w2", "", ""), ("w3", NO_PHONE, ""), ("w1", ABSENT, "")]


def test_a_stand_in_who_is_absent_himself_hands_on_and_a_circle_ends() -> None:
    rows = [_worker("r1", None), _worker("r2", None)]
    away = {"w27": "r1", "r1": "r2"}
    assert _who(callees(_incident(), "down", _around(away=away, stand_ins=rows)))[:2] == ["r2", "w27"]
    circle = {"w27": "r1", "r1": "w27"}
    assert _who(callees(_incident(), "down", _around(away=circle, stand_ins=rows)))[0] == "w27"


def test_a_neighbour_who_stands_in_is_called_once_in_the_better_place() -> None:
    around = _around(away={"w27": "w26"})
    found = callees(_incident(), "down", around)
    assert _who(found)[:2] == ["w26", "w27"] and _who(found).count("w26") == 1


WORKERS = st.builds(
    lambda n, grid, phone, active: _worker(f"w{n}", grid, phone=phone, active=active, name=f"n{n % 3}"),
    st.integers(0, 7),
    st.sampled_from([None, "g26", "g27", "g28"]),
    st.sampled_from([None, "13800001234", "13900001234", "13700001234"]),
    st.booleans(),
)
AWAY = st.dictionaries(
    st.integers(0, 9).map(lambda n: f"w{n}"),
    st.one_of(st.none(), st.integers(0, 9).map(lambda n: f"w{n}")),
    max_size=8,
)


def _humans(found: tuple[Callee, ...], around: Surroundings) -> set[Any]:
    """Whoever is reached by a list: somebody with a number is the same human wherever he stands."""
    rows = {each.id: each for each in (*around.stand_ins, *around.contacts, *around.duty_holders, *around.workers)}
    people = [rows[each.person] for each in found]
    return {(each.name, each.phone) if each.phone else each.id for each in people}


@given(
    st.lists(WORKERS, max_size=8, unique_by=lambda each: each.id), st.lists(PEOPLE, max_size=5),
    st.lists(WORKERS, max_size=4, unique_by=lambda each: each.id), AWAY, st.sampled_from(["up", "down"]),
    st.sampled_from([None, "w1", "p1"]), st.sampled_from(["general", "dedicated"]),
    st.sampled_from(["critical", "urgent"]),
)  # fmt: skip
def test_nobody_who_can_be_reached_is_lost_because_somebody_is_away(
    workers: list[Worker], people: list[DutyHolder], others: list[Worker], away: dict[str, str | None],
    direction: Any, finder: str | None, kind: Any, urgency: Any,
) -> None:  # fmt: skip
    known = {each.id: each for each in workers}
    stand_ins = [each for each in others if each.id not in known]
    there = _around(workers=workers, duty_holders=people, grid=_grid("g27", 27, kind=kind))
    gone = replace(there, away=away, stand_ins=stand_ins)
    incident = _incident(finder=finder, urgency=urgency)
    before, after = callees(incident, direction, there), callees(incident, direction, gone)
    # Only whoever stands in brings it to light that the finder is somebody on the list, who is not called.
    reporter = {(each.name, each.phone) for each in stand_ins if each.id == finder}
    assert _humans(before, gone) - reporter <= _humans(after, gone)
    assert len(set(_who(after))) == len(after) and finder not in _who(after)
    assert [each.rank for each in after] == list(range(1, len(after) + 1))
    assert [each.wave for each in after] == sorted(each.wave for each in after)
    rows = {each.id: each for each in (*stand_ins, *workers)}
    for each in after:
        assert each.person_kind != "worker" or rows[each.person].active
        if each.note == ABSENT:  # behind everybody of his wave who is here
            assert each.person in away
            assert all(other.note == ABSENT for other in after if other.wave == each.wave and other.rank > each.rank)
        if each.stands_for:
            assert each.stands_for in away and each.person not in away


@given(st.lists(WORKERS, max_size=8, unique_by=lambda each: each.id), st.sampled_from(["up", "down"]))
def test_a_list_without_absences_is_as_it_always_was(workers: list[Worker], direction: Any) -> None:
    around = _around(workers=workers)
    elsewhere = replace(around, away={"somebody": "w1"}, stand_ins=[_worker("w9", None)])
    assert callees(_incident(), direction, around) == callees(_incident(), direction, elsewhere)


def test_nearest_first_by_shape_then_by_number() -> None:
    here, others = _grid("g5", 5), [_grid(f"g{n}", n) for n in (1, 2, 6, 9)]
    middles = {"g5": (105.0, 30.9), "g1": (105.01, 30.9), "g9": (105.002, 30.9), "g2": None}
    assert nearest_first(here, others, middles) == ["g9", "g1", "g6", "g2"]
    assert nearest_first(here, [*others, here], {}) == ["g6", "g2", "g1", "g9"]


# --- results -----------------------------------------------------------------------


def _call(**fields: Any) -> Call:
    given: dict[str, Any] = {
        "id": "c",
        "incident": "i",
        "person_kind": "worker",
        "person": "w",
        "rank": 1,
        "listed_at": NOW,
    }
    return Call(**(given | fields))


def test_an_attempt_and_its_outcome() -> None:
    call = after_result(after_result(_call(), "called", _minutes(1)), "no_answer", _minutes(2))
    assert (call.attempts, call.called_at, call.answered_at) == (1, _minutes(1), None)
    call = after_result(call, "answered", _minutes(3))
    assert (call.attempts, call.called_at, call.answered_at) == (2, _minutes(1), _minutes(3))
    call = after_result(call, "arrived", _minutes(9))
    assert (call.attempts, call.answered_at, call.arrived_at, call.result_at) == (
        2,
        _minutes(3),
        _minutes(9),
        _minutes(9),
    )


def test_arriving_is_answering_and_being_there_needs_no_call() -> None:
    there = after_result(_call(), "on_scene", _minutes(1))
    assert is_answered(there)
    assert (there.attempts, there.called_at, there.answered_at, there.arrived_at) == (
        0,
        None,
        _minutes(1),
        _minutes(1),
    )


def test_a_message_passed_on_is_no_answer() -> None:
    assert not is_answered(after_result(_call(), "relayed", _minutes(1)))


def test_a_slip_is_corrected_and_a_second_call_keeps_the_answer() -> None:
    answered = after_result(_call(), "answered", _minutes(1))
    slip = after_result(answered, "no_answer", _minutes(1))
    assert (slip.answered_at, slip.attempts) == (None, 1)
    again = after_result(after_result(answered, "called", _minutes(8)), "no_answer", _minutes(9))
    assert (again.answered_at, again.attempts) == (_minutes(1), 2)


def test_a_wrong_number_is_not_dialled_again() -> None:
    wrong = after_result(_call(), "wrong_number", NOW)
    with pytest.raises(RuleError) as refused:
        after_result(wrong, "called", NOW)
    assert refused.value.code == "call.wrong_number"
    assert next_to_call([wrong], _minutes(600), LIMITS) is None
    assert next_to_call([after_result(wrong, "waiting", _minutes(1))], _minutes(2), LIMITS) is not None


@given(st.lists(RESULTS, max_size=8))
def test_stamps_agree_with_results(results: list[CallResult]) -> None:
    call = _call()
    for minute, result in enumerate(results, start=1):
        if result == "called" and call.result == "wrong_number":
            continue
        before, call = call, after_result(call, result, _minutes(minute))
        assert call.attempts - before.attempts in (0, 1)
        assert call.result == result
        assert call.result_at == _minutes(minute)
        assert before.called_at in (None, call.called_at)
        if result in ANSWERS:
            assert call.answered_at is not None
        if call.arrived_at is not None:
            assert call.answered_at is not None
            assert call.answered_at <= call.arrived_at
        if call.attempts:
            assert call.called_at is not None


@pytest.mark.parametrize(
    ("state", "result", "to"),
    [
        ("reported", "called", "calling"),
        ("reported", "answered", "responding"),
        ("reported", "on_scene", "on_scene"),
        ("calling", "no_answer", None),
        ("calling", "relayed", None),
        ("calling", "answered", "responding"),
        ("responding", "answered", None),
        ("responding", "arrived", "on_scene"),
        ("on_scene", "answered", None),
        ("resolved", "arrived", None),
        ("closed", "arrived", None),
        ("reopened", "called", "calling"),
        ("reported", "waiting", None),
    ],
)
def test_the_step_that_a_result_proposes(state: State, result: CallResult, to: State | None) -> None:
    assert incident_effect(_incident(state=state), [after_result(_call(), result, NOW)], result) == to


def test_after_reopening_old_answers_do_not_count() -> None:
    old = [_call(result="arrived", answered_at=NOW, arrived_at=NOW)]
    assert incident_effect(_incident(state="reopened"), old, "called") == "calling"


@given(st.sampled_from(get_args(State)), st.lists(RESULTS, max_size=4), RESULTS)
def test_a_result_never_moves_an_incident_back(
    state: State, others: list[CallResult], result: CallResult
) -> None:
    calls = [_call(id=str(n), result=each) for n, each in enumerate(others)]
    to = incident_effect(_incident(state=state), calls, result)
    if to is not None:
        assert may_step(state, to)
        assert state == "reopened" or STEPS.index(to) > STEPS.index(state)


# --- whose turn, and climbing ------------------------------------------------------


def test_in_order_then_again_after_the_pause() -> None:
    a, b = _call(id="a", rank=1), _call(id="b", rank=2)
    assert next_to_call([b, a], NOW, LIMITS) == a
    a = after_result(a, "no_answer", _minutes(0))
    assert next_to_call([a, b], _minutes(1), LIMITS) == b
    b = after_result(b, "switched_off", _minutes(1))
    assert next_to_call([a, b], _minutes(2), LIMITS) is None
    assert next_to_call([a, b], _minutes(5), LIMITS) == a
    assert next_to_call([a, b], _minutes(5), LIMITS, without_phone=frozenset({"w"})) is None


def test_a_passed_on_message_is_recalled_in_five_minutes_before_others() -> None:
    told = after_result(_call(id="t", rank=9), "relayed", _minutes(0))
    other = _call(id="o", rank=1)
    assert ready_at(told, LIMITS) == _minutes(5)
    assert recalls([told, other], _minutes(4.9), LIMITS) == ()
    (step,) = recalls([told, other], _minutes(5), LIMITS)
    assert (step.name, step.due, step.first) == ("recall.t", _minutes(5), ("t",))
    assert next_to_call([told, other], _minutes(4), LIMITS) == other
    assert next_to_call([told, other], _minutes(5), LIMITS) == told


def test_what_waits_for_a_finger_ends_with_the_next_result() -> None:
    calls = _calls(callees(_incident(), "down", _around()))
    calling = _incident(state="calling")
    assert waiting_for_a_finger(calling, calls, _minutes(4.9), LIMITS) == ()
    assert may_fall_due(calling, calls) and not may_fall_due(calling, ())
    (step,) = waiting_for_a_finger(calling, calls, _minutes(6), LIMITS)
    assert (step.name, step.due) == ("no_answer", _minutes(5))
    raised = [replace(call, reason=escalated("no_answer")) if call.id in step.first else call for call in calls]
    assert waiting_for_a_finger(calling, raised, _minutes(6), LIMITS) != (), "that the list climbed is no call yet"
    early = [after_result(raised[0], "no_answer", _minutes(4)), *raised[1:]]
    assert waiting_for_a_finger(calling, early, _minutes(6), LIMITS) != ()
    acted = [after_result(raised[0], "no_answer", _minutes(6)), *raised[1:]]
    assert waiting_for_a_finger(calling, acted, _minutes(7), LIMITS) == ()
    assert [each.name for each in waiting_for_a_finger(calling, acted, _minutes(10), LIMITS)] == ["to_leader"]
    relayed = [after_result(raised[0], "relayed", _minutes(6)), *raised[1:]]
    (recall,) = waiting_for_a_finger(_incident(state="responding"), relayed, _minutes(11), LIMITS)[-1:]
    assert recall.first == (raised[0].id,)
    assert waiting_for_a_finger(_incident(state="on_scene"), relayed, _minutes(11), LIMITS) == ()
    assert not may_fall_due(_incident(state="on_scene"), relayed)


def test_status() -> None:
    calls = [
        _call(id="1", rank=3),
        _call(id="2", rank=1, result="relayed"),
        _call(id="3", result="answered"),
        _call(id="4", result="refused"),
        _call(id="5", result="wrong_number"),
    ]
    status = call_status(calls)
    assert (status.answered, status.total, [call.id for call in status.waiting_for]) == (1, 5, ["2", "1"])


def test_climbing_after_five_and_ten_minutes() -> None:
    calls = _calls(callees(_incident(), "down", _around()))
    calling = _incident(state="calling")
    assert escalation(calling, calls, _minutes(4.9), LIMITS) == ()
    (step,) = escalation(calling, calls, _minutes(5), LIMITS)
    assert (step.name, step.due, step.reasons) == (
        "no_answer",
        _minutes(5),
        ("grid_deputy", "village_secretary"),
    )
    assert step.first == ("c-dep", "c-sec")
    both = escalation(calling, calls, _minutes(30), LIMITS)
    assert [(each.name, each.due) for each in both] == [
        ("no_answer", _minutes(5)),
        ("to_leader", _minutes(10)),
    ]


def test_a_step_done_is_not_due_again() -> None:
    calls = _calls(callees(_incident(), "down", _around()))
    done = [replace(each, reason=escalated("no_answer")) if each.person == "dep" else each for each in calls]
    assert [step.name for step in escalation(_incident(state="calling"), done, _minutes(11), LIMITS)] == [
        "to_leader"
    ]


@pytest.mark.parametrize("result", sorted(ANSWERS))
def test_an_answer_stops_climbing(result: CallResult) -> None:
    calls = _calls(callees(_incident(), "down", _around()))
    answered = [after_result(calls[0], result, _minutes(2)), *calls[1:]]
    assert escalation(_incident(state="calling"), answered, _minutes(30), LIMITS) == ()


def test_a_refusal_or_a_passed_on_message_does_not_stop_climbing() -> None:
    calls = _calls(callees(_incident(), "down", _around()))
    for result in ("relayed", "refused", "no_answer"):
        tried = [after_result(calls[0], result, _minutes(2)), *calls[1:]]
        assert escalation(_incident(state="calling"), tried, _minutes(6), LIMITS)


@pytest.mark.parametrize(
    "fields",
    [
        {"urgency": "urgent"},
        {"urgency": "routine"},
        {"state": "responding"},
        {"state": "on_scene"},
        {"state": "closed"},
    ],
)
def test_only_critical_incidents_that_wait_climb(fields: dict[str, Any]) -> None:
    calls = _calls(callees(_incident(), "down", _around()))
    assert escalation(_incident(**({"state": "calling"} | fields)), calls, _minutes(60), LIMITS) == ()
    assert escalation(_incident(), [], _minutes(60), LIMITS) == ()


@given(st.lists(st.tuples(st.integers(0, 7), RESULTS), max_size=10), st.integers(0, 60), st.integers(0, 60))
def test_every_desk_computes_the_same_steps_at_any_time(
    results: list[tuple[int, CallResult]], a: int, b: int
) -> None:
    calls = _calls(callees(_incident(), "down", _around()))
    for place, result in results:
        if result != "called" or calls[place].result != "wrong_number":
            calls[place] = after_result(calls[place], result, _minutes(1))
    early, late = (escalation(_incident(), calls, _minutes(when), LIMITS) for when in sorted((a, b)))
    assert late[: len(early)] == early
    turn = next_to_call(calls, _minutes(a), LIMITS)
    assert turn is None or turn.result not in (*ANSWERS, "refused", "wrong_number")
