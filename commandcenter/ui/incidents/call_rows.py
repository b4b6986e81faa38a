"""Rows of a call-out as pure facts: who is next, who answered, how long it took, when it climbs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from commandcenter.base.texts import say
from commandcenter.rules import calling
from commandcenter.rules.incidents import ANSWERS, SETTLED, Call, CallResult, Incident, Limits, State
from commandcenter.services.directory import Directory
from commandcenter.ui.incidents import words

_RINGING: frozenset[CallResult] = frozenset(("called", "reached"))
Dot = Literal["answered", "ringing", "waiting", "failed", "out"]

RESULT_KEYS: dict[str, CallResult] = {
    "1": "answered",
    "2": "no_answer",
    "3": "arrived",
    "4": "switched_off",
    "5": "relayed",
    "6": "refused",
    "7": "no_signal",
    "8": "wrong_number",
    "9": "on_scene",
}
"""One digit per result, the same everywhere and always."""
MORE: tuple[CallResult, ...] = ("suspended", "called", "reached")
"""Results without a digit, from the row's menu."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """One person on the list. The time shown begins at ``started`` and runs while ``ended`` is None."""

    id: str
    place: int
    call: Call
    name: str
    role: str
    phone: str
    dot: Dot
    words: str
    started: datetime
    ended: datetime | None
    is_next: bool

    def elapsed(self, now: datetime) -> str:
        """The time until the answer, or how long it has been waited for."""
        return words.span((self.ended or now) - self.started)

    def sentence(self, now: datetime) -> str:
        """The row read aloud."""
        elapsed = self.elapsed(now)
        return say("incidents.call.spoken", name=self.name, role=self.role, result=self.words, elapsed=elapsed)


_CALLING: frozenset[State] = frozenset(("reported", "reopened", "calling", "responding"))
"""States in which somebody is still looked for; later nobody's turn it is, though anybody may be called."""


def call_rows(
    incident: Incident, calls: Sequence[Call], directory: Directory, now: datetime, limits: Limits
) -> list[CallRow]:
    """The list with those who still owe an answer first, in the order in which they are called; due recalls before
    all others."""
    following = next_call(calls, directory, now, limits) if incident.state in _CALLING else None
    due = {id for step in calling.recalls(calls, now, limits) for id in step.first} if following else set()
    ordered = sorted(calls, key=lambda call: (_is_done(call), call.id not in due, call.rank, call.id))
    return [_row(call, place, incident, directory, following) for place, call in enumerate(ordered)]


def next_call(calls: Sequence[Call], directory: Directory, now: datetime, limits: Limits) -> Call | None:
    """Whose turn it is: whoever was dialled just now and whose result is awaited, else the next by the rules; people
    without a number are passed over."""
    ringing = [call for call in calls if call.result in _RINGING and (calling.ready_at(call, limits) or now) > now]
    if ringing:
        return max(ringing, key=lambda call: (call.result_at or call.listed_at, call.id))
    return calling.next_to_call(calls, now, limits, without_phone=without_phone(calls, directory))


def without_phone(calls: Sequence[Call], directory: Directory) -> frozenset[str]:
    """Ids of the listed people whose number is not known."""
    return frozenset(
        call.person
        for call in calls
        if (person := directory.people.get((call.person_kind, call.person))) and not calling.has_phone(person)
    )


def _is_done(call: Call) -> bool:
    return calling.is_answered(call) or call.result in SETTLED


def _row(
    call: Call, place: int, incident: Incident, directory: Directory, following: Call | None
) -> CallRow:
    person = directory.people.get((call.person_kind, call.person))
    return CallRow(
        id=call.id, place=place, call=call, name=words.person_name(directory, call),
        role=words.listed_role(call, person, directory), dot=_dot(call), words=_result_words(call),
        phone=words.phone_of(directory, call.person_kind, call.person) or say("incidents.call.no_phone"),
        started=call.listed_at, ended=_ended(call) or incident.ended_at,
        is_next=following is not None and following.id == call.id,
    )  # fmt: skip


def _ended(call: Call) -> datetime | None:
    if call.arrived_at is not None:
        return call.arrived_at
    return call.answered_at if calling.is_answered(call) else call.result_at if call.result in SETTLED else None


def _dot(call: Call) -> Dot:
    if calling.is_answered(call):
        return "answered"
    if call.result in _RINGING:
        return "ringing"
    if call.result in ("refused", "wrong_number"):
        return "out"
    return "waiting" if call.result == "waiting" else "failed"


def _result_words(call: Call) -> str:
    name = words.result_name(call.result)
    if call.attempts > 1 and call.result not in ANSWERS:
        return say("incidents.call.attempts", result=name, count=call.attempts)
    return name


def arrived_next(calls: Sequence[Call]) -> Call | None:
    """Who answered and has not arrived: the one whose arrival is confirmed next."""
    on_way = [call for call in calls if call.answered_at is not None and call.arrived_at is None]
    return min(on_way, key=lambda call: (call.answered_at, call.rank), default=None)


# --- climbing ---------------------------------------------------------------------------------------------------

_FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Climb:
    """The next escalation: when, and who takes first place."""

    due: datetime
    step: str

    def sentence(self, now: datetime) -> str:
        """``再过 3:08 升级到带班领导``; says so when it is due now."""
        to = say(f"incidents.escalation.{self.step}")
        if self.due <= now:
            return say("incidents.escalation.due", to=to)
        return say("incidents.escalation.left", left=words.span(self.due - now + timedelta(milliseconds=999)), to=to)


def next_climb(incident: Incident, calls: Sequence[Call], limits: Limits) -> Climb | None:
    """The escalation ahead, asked of the rule that carries it out; None when nothing will climb."""
    ahead = calling.escalation(incident, calls, _FAR, limits)
    return Climb(ahead[0].due, ahead[0].name) if ahead else None
