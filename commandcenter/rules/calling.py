"""Whom to call, in either direction, in which order, and what follows from the answers.

Upward (格呼村应) asks who can solve the matter, by its category; downward (叫应) reaches the people of the
grid first. The finder is reached already and gets the answer back, so he is never on the list. Nothing here
dials: an order changes, and a finger does the rest.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import cos, hypot, radians
from typing import TypeVar

from commandcenter.base.errors import RuleError
from commandcenter.rules.grids import Grid
from commandcenter.rules.incidents import (
    ANSWERS,
    ARRIVALS,
    SETTLED,
    STEPS,
    Call,
    CallResult,
    Direction,
    Incident,
    Limits,
    State,
    is_open,
    may_step,
)
from commandcenter.rules.masks import is_erased, is_masked
from commandcenter.rules.people import Contact, DutyHolder, PersonKind, Worker
from commandcenter.rules.phones import normalise, same_number

KEEPER, NEIGHBOUR, HEAD, DEPUTY = "keeper", "neighbour", "grid_head", "grid_deputy"
SECRETARY, VILLAGE_DUTY, LEADER = "village_secretary", "village_duty", "leader_on_duty"
NO_PHONE = "call.no_phone"
"""The note of somebody whose number is not known: he stays on the list, behind those of his wave who can be dialled."""
ABSENT, STANDS_IN = "call.absent", "call.stands_in"
"""Notes of a worker who is away today and stays on the list, last of his wave; and of who is called in his place."""

Wave = tuple[str, ...]
"""Roles that are called together, in order."""
UPWARD_FALLBACK: Wave = (SECRETARY, VILLAGE_DUTY)
"""Who is asked where the catalogue names nobody for a category."""
NEAREST = 4
"""How many neighbouring grids a call-out reaches."""


@dataclass(frozen=True, slots=True)
class Callee:
    """Somebody to call. ``reason``: the role that puts him on the list; ``rank`` and ``wave`` start at 1."""

    person_kind: PersonKind
    person: str
    rank: int
    reason: str
    wave: int
    note: str = ""
    stands_for: str = ""
    """The id of the absent worker in whose place he is called."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Who and what is around an incident.

    ``downward``: the waves of a call-out, from the catalogue of roles; ``order``: roles and contact kinds for its
    category, most useful first; ``neighbours``: grid ids, nearest first. ``away``: workers (ids) who are absent
    today, each with the id of who stands in, None for nobody; ``stand_ins``: the rows of those who are not among the
    workers.
    """

    grid: Grid | None
    village: str | None
    workers: Sequence[Worker] = ()
    duty_holders: Sequence[DutyHolder] = ()
    contacts: Sequence[Contact] = ()
    neighbours: Sequence[str] = ()
    order: Wave = ()
    downward: tuple[Wave, ...] = ()
    nearest: int = NEAREST
    away: Mapping[str, str | None] = field(default_factory=dict)
    stand_ins: Sequence[Worker] = ()


Person = Worker | DutyHolder | Contact
Local = TypeVar("Local", DutyHolder, Contact)
_KINDS: dict[type, PersonKind] = {Worker: "worker", DutyHolder: "duty_holder", Contact: "contact"}


def callees(incident: Incident, direction: Direction, facts: Surroundings) -> tuple[Callee, ...]:
    """Whom to call for ``incident``, in order: active people, nobody twice, never the finder.

    A worker who is absent today gives his place to who stands in and goes last of his wave: he may answer all the
    same, and whoever could be reached without his absence can be reached with it.
    """
    waves = _upward(incident, facts) if direction == "up" else facts.downward
    if facts.grid is not None and facts.grid.kind == "dedicated":
        waves = ((HEAD,), *(tuple(role for role in wave if role != HEAD) for wave in waves))
    chosen: list[Callee] = []
    seen = _Seen(incident, facts)
    filled = 0
    for wave in waves:
        places = [place for role in wave for place in _places(role, facts)]
        found = [place for place in places if seen.is_new(place.person)]
        found.sort(key=lambda place: (place.is_away, not has_phone(place.person)))
        filled += bool(found)
        chosen += [
            Callee(_KINDS[type(place.person)], place.person.id, len(chosen) + rank, place.role, filled, place.note,
                   place.stands_for)
            for rank, place in enumerate(found, start=1)
        ]  # fmt: skip
    return tuple(chosen)


@dataclass(frozen=True, slots=True)
class _Place:
    """Somebody who fills a role here, or is called in place of who does."""

    role: str
    person: Person
    is_away: bool = False
    stands_for: str = ""

    @property
    def note(self) -> str:
        if self.is_away:
            return ABSENT
        if not has_phone(self.person):
            return NO_PHONE
        return STANDS_IN if self.stands_for else ""


def _places(role: str, facts: Surroundings) -> Iterator[_Place]:
    """Who fills a role, before everybody who is away whoever stands in for him."""
    for person in _holders(role, facts):
        if not person.active or person.id not in facts.away:
            yield _Place(role, person)
            continue
        found = _stand_in(person.id, facts)
        if found is not None:
            yield _Place(role, found, stands_for=person.id)
        yield _Place(role, person, is_away=True)


def _stand_in(worker: str, facts: Surroundings) -> Worker | None:
    """Who is called in a worker's place: of one who is absent himself, whoever stands in for that one."""
    known = {each.id: each for each in (*facts.stand_ins, *facts.workers)}
    passed = {worker}
    at = facts.away.get(worker)
    while at is not None and at not in passed:
        if at not in facts.away:
            found = known.get(at)
            return found if found is not None and found.active else None
        passed.add(at)
        at = facts.away[at]
    return None


def _upward(incident: Incident, facts: Surroundings) -> tuple[Wave, ...]:
    """Those who can solve it; behind them, when lives are at stake, whoever is near and the leader."""
    solvers = facts.order or UPWARD_FALLBACK
    if incident.urgency != "critical":
        return (solvers,)
    return solvers, (KEEPER, DEPUTY), UPWARD_FALLBACK, (LEADER,)


def has_phone(person: Person) -> bool:
    """Whether a number is known (a masked one is)."""
    return bool(person.phone) and not is_erased(person.phone)


class _Seen:
    """Who is on the list already, the finder from the start; one human may stand in two tables."""

    def __init__(self, incident: Incident, facts: Surroundings) -> None:
        self._ids: set[str] = {incident.finder} if incident.finder else set()
        everybody: list[Person] = [*facts.workers, *facts.stand_ins, *facts.duty_holders, *facts.contacts]
        finders = [each for each in everybody if each.id == incident.finder or _is_caller(each, incident)]
        self._humans = {key for each in finders if (key := _human(each))}
        self._ids |= {each.id for each in finders}

    def is_new(self, person: Person) -> bool:
        """Whether this person is active and not seen before; from now on he is seen."""
        human = _human(person)
        if not person.active or person.id in self._ids or human in self._humans:
            return False
        self._ids.add(person.id)
        if human:
            self._humans.add(human)
        return True


def _human(person: Person) -> tuple[str, str] | None:
    """Name and number, which tell that two rows are one human; None without a number."""
    return (person.name, normalise(person.phone or "")) if has_phone(person) else None


def _is_caller(person: Person, incident: Incident) -> bool:
    phone = incident.caller_phone or ""
    return bool(phone) and not is_masked(phone) and has_phone(person) and same_number(phone, person.phone or "")


def _holders(role: str, facts: Surroundings) -> Iterator[Person]:
    """The people who fill a role here, nearest first."""
    grid = facts.grid.id if facts.grid else None
    if role == KEEPER:
        yield from (each for each in facts.workers if grid is not None and each.grid == grid)
    elif role == NEIGHBOUR:
        near = [each for each in facts.neighbours if each != grid][: facts.nearest]
        yield from (worker for id in near for worker in facts.workers if worker.grid == id)
    else:
        holders = [each for each in facts.duty_holders if each.role == role]
        yield from (each for each in holders if grid is not None and each.grid == grid)
        yield from _of_village([each for each in holders if each.grid is None], facts)
        helpers = [each for each in facts.contacts if each.kind == role]
        yield from list(_of_village(helpers, facts)) or helpers


def _of_village(people: Sequence[Local], facts: Surroundings) -> Iterator[Local]:
    """Those of this village, then those of the whole town; others are left out."""
    village = facts.grid.village if facts.grid else facts.village
    yield from (each for each in people if village is not None and each.village == village)
    yield from (each for each in people if each.village is None)


Middle = tuple[float, float]


def nearest_first(grid: Grid, others: Sequence[Grid], middles: Mapping[str, Middle | None]) -> list[str]:
    """Ids of ``others``, nearest first by the middles of their shapes (longitude, latitude in degrees).

    Those without a shape follow, by how far their number lies from this grid's.
    """
    own = middles.get(grid.id)

    def distance(other: Grid) -> tuple[bool, float, int, str]:
        there = middles.get(other.id)
        by_number = abs(other.serial - grid.serial)
        if own is None or there is None:
            return True, 0.0, by_number, other.code
        east = (there[0] - own[0]) * cos(radians(own[1]))
        return False, hypot(east, there[1] - own[1]), by_number, other.code

    return [each.id for each in sorted(others, key=distance) if each.id != grid.id]


# --- results --------------------------------------------------------------------------------------------

_UNDIALLED: frozenset[CallResult] = frozenset(("waiting", "on_scene", "arrived"))
"""Results that somebody can have without having been dialled."""


def is_answered(call: Call) -> bool:
    """Whether this person himself answered, now or at an earlier attempt."""
    return call.result in ANSWERS or call.answered_at is not None


def after_result(call: Call, result: CallResult, now: datetime) -> Call:
    """The call after ``result`` at ``now``.

    ``called`` begins an attempt and its outcome belongs to it; an outcome without ``called`` before it is an
    attempt of its own. ``called_at`` and ``answered_at`` keep the first time, ``result_at`` the last. An
    outcome that contradicts an answer just recorded corrects it; one after a new ``called`` leaves the
    answer standing. RuleError ``call.wrong_number`` when a wrong number would be dialled again.
    """
    if result == "called" and call.result == "wrong_number":
        raise RuleError("call.wrong_number", person=call.person)
    if result == "waiting":
        return replace(call, result=result, result_at=now)
    dialled = result not in _UNDIALLED
    corrects = call.result in ANSWERS and result not in ANSWERS and result != "called"
    same_attempt = result != "called" and (call.result == "called" or call.result in ANSWERS)
    answered, arrived = (None, None) if corrects else (call.answered_at, call.arrived_at)
    return replace(
        call,
        result=result,
        attempts=call.attempts + (dialled and not same_attempt),
        called_at=call.called_at or (now if dialled else None),
        answered_at=answered or (now if result in ANSWERS else None),
        arrived_at=arrived or (now if result in ARRIVALS else None),
        result_at=now,
    )


def incident_effect(incident: Incident, calls: Sequence[Call], result: CallResult) -> State | None:
    """The step that ``result`` proposes: first call → calling, first answer → responding, arrival → on_scene.

    Results that ``calls`` hold already count too, except after reopening: those belong to the round before.
    None where the incident stands there or further, or has ended.
    """
    before = () if incident.state == "reopened" else tuple(call.result for call in calls)
    if not is_open(incident.state) or incident.state == "resolved":
        return None
    to = max((_proved(each) for each in (result, *before)), key=STEPS.index)
    here = "reported" if incident.state == "reopened" else incident.state
    return to if STEPS.index(to) > STEPS.index(here) and may_step(incident.state, to) else None


def _proved(result: CallResult) -> State:
    if result in ARRIVALS:
        return "on_scene"
    if result in ANSWERS:
        return "responding"
    return "reported" if result == "waiting" else "calling"


# --- whose turn it is -----------------------------------------------------------------------------------


def ready_at(call: Call, limits: Limits) -> datetime | None:
    """From when this person may be dialled (again); None when never."""
    if call.result in SETTLED:
        return None
    if call.result == "waiting":
        return call.listed_at
    pause = limits.recall if call.result == "relayed" else limits.no_answer
    return (call.result_at or call.called_at or call.listed_at) + pause


def next_to_call(
    calls: Sequence[Call], now: datetime, limits: Limits, *, without_phone: frozenset[str] = frozenset()
) -> Call | None:
    """Whose turn it is: a due recall first, then whoever was not dialled yet, then those who did not answer.

    ``without_phone``: ids of people who cannot be dialled. None when everybody is settled or just dialled.
    """

    def turn(call: Call) -> tuple[int, int, str]:
        place = {"relayed": 0, "waiting": 1, "suspended": 3}.get(call.result, 2)
        return place, call.rank, call.id

    ready = [
        call
        for call in calls
        if call.person not in without_phone and (at := ready_at(call, limits)) is not None and at <= now
    ]
    return min(ready, key=turn, default=None)


@dataclass(frozen=True, slots=True)
class CallStatus:
    """How a call-out stands: people who answered, people listed, calls that still owe an answer, in order."""

    answered: int
    total: int
    waiting_for: tuple[Call, ...]


def call_status(calls: Sequence[Call]) -> CallStatus:
    """The summary of a call list. Who refused or has a wrong number is not waited for."""
    owed = [call for call in calls if not is_answered(call) and call.result not in SETTLED]
    owed.sort(key=lambda call: (call.rank, call.id))
    return CallStatus(sum(map(is_answered, calls)), len(calls), tuple(owed))


# --- climbing -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """Something that became due. ``name`` and ``due`` are the same on every desk and identify the command
    for it.

    ``reasons``: roles that take first place; people in them who are not listed yet are added. ``first``:
    ids of the listed calls that take first place, in order.
    """

    name: str
    due: datetime
    reasons: Wave
    first: tuple[str, ...]


_CLIMB: tuple[tuple[str, Callable[[Limits], timedelta], Wave], ...] = (
    ("no_answer", lambda limits: limits.no_answer, (DEPUTY, SECRETARY)),
    ("to_leader", lambda limits: limits.to_leader, (LEADER,)),
)


def escalated(step: str) -> str:
    """The reason that a call bears once ``step`` gave it first place, which tells that the step was done."""
    return f"escalated.{step}"


def escalation(incident: Incident, calls: Sequence[Call], now: datetime, limits: Limits) -> tuple[Step, ...]:
    """The steps that are due and not done, oldest first: a critical call-out that nobody has answered.

    Time runs from the beginning of the call list, not from the first dialling: a list nobody dials climbs
    too.
    """
    done = {call.reason for call in calls}
    return tuple(each for each in _climbs(incident, calls, now, limits) if escalated(each.name) not in done)


def _climbs(incident: Incident, calls: Sequence[Call], now: datetime, limits: Limits) -> tuple[Step, ...]:
    """Every step that is due, done or not, oldest first."""
    begun = min((call.listed_at for call in calls), default=None)
    waits = incident.state in ("reported", "reopened", "calling")
    if begun is None or incident.urgency != "critical" or not waits or any(map(is_answered, calls)):
        return ()
    return tuple(
        Step(name, begun + after(limits), reasons, _undialled(calls, reasons))
        for name, after, reasons in _CLIMB
        if begun + after(limits) <= now
    )


def recalls(calls: Sequence[Call], now: datetime, limits: Limits) -> tuple[Step, ...]:
    """The recalls that are due because only a message was passed on, oldest first, at any urgency.

    :func:`next_to_call` gives these people their turn by itself; a step is for the sound and the reminder.
    """
    relayed = [(at, call) for call in calls if call.result == "relayed" and (at := ready_at(call, limits))]
    relayed.sort(key=lambda each: (each[0], each[1].rank, each[1].id))
    return tuple(Step(f"recall.{call.id}", at, (), (call.id,)) for at, call in relayed if at <= now)


_SOUGHT: frozenset[State] = frozenset(("reported", "reopened", "calling", "responding"))
"""States in which somebody is still looked for."""


def waiting_for_a_finger(
    incident: Incident, calls: Sequence[Call], now: datetime, limits: Limits
) -> tuple[Step, ...]:
    """What fell due and what nobody has acted on since: the last climb, then the recalls, oldest first.

    Any result recorded since a climb fell due counts as acting on it; a recall ends with that person's next result.
    """
    if incident.state not in _SOUGHT:
        return ()
    climbs = _climbs(incident, calls, now, limits)[-1:]
    acted = max((call.result_at for call in calls if call.result_at is not None), default=None)
    unheeded = tuple(each for each in climbs if acted is None or acted < each.due)
    return (*unheeded, *recalls(calls, now, limits))


def may_fall_due(incident: Incident, calls: Sequence[Call]) -> bool:
    """Whether a climb or a recall is ahead or due: whether it is worth to look again in a moment."""
    relayed = any(call.result == "relayed" for call in calls)
    unanswered = incident.urgency == "critical" and bool(calls) and not any(map(is_answered, calls))
    return incident.state in _SOUGHT and (relayed or unanswered)


def _undialled(calls: Sequence[Call], reasons: Wave) -> tuple[str, ...]:
    waiting = [call for call in calls if call.result == "waiting" and call.attempts == 0]
    found = [call for call in waiting if call.reason in reasons]
    found.sort(key=lambda call: (reasons.index(call.reason), call.rank, call.id))
    return tuple(call.id for call in found)
