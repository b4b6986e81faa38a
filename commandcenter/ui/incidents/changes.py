"""What changed while nobody looked, in a few sentences: two pictures of the desk are compared."""

from collections.abc import Mapping
from dataclasses import dataclass

from commandcenter.base.texts import say
from commandcenter.rules.calling import is_answered
from commandcenter.rules.incidents import URGENCIES, Call, Incident
from commandcenter.services.directory import Directory
from commandcenter.services.live import LiveSet
from commandcenter.ui.incidents import words

MOST = 9
"""So many sentences are read on coming back; the rest is a number."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The open incidents and their calls at one moment; rows are immutable, so this costs two dictionaries."""

    incidents: Mapping[str, Incident]
    calls: Mapping[str, tuple[Call, ...]]

    @classmethod
    def of(cls, live: LiveSet) -> "Picture":
        """The picture now."""
        return cls(dict(live.incidents), dict(live.calls))


@dataclass(frozen=True, slots=True)
class Sentence:
    """One change: its words, and the incident to which Space leads (empty for the closing count)."""

    text: str
    incident: str = ""


def left(before: Picture, live: LiveSet) -> set[str]:
    """Incidents that ended meanwhile; how is read from the database."""
    return set(before.incidents) - set(live.incidents)


def what_changed(
    before: Picture, live: LiveSet, directory: Directory, ended: Mapping[str, Incident]
) -> list[Sentence]:
    """At most :data:`MOST` sentences, the most urgent first; one incident makes one sentence."""
    found: list[tuple[tuple[int, int], Sentence]] = []
    for id, incident in live.incidents.items():
        told = _changed(incident, before, live, directory)
        if told is not None:
            found.append(((URGENCIES.index(incident.urgency), told[0]), Sentence(told[1], id)))
    for id in left(before, live):
        incident = ended.get(id, before.incidents[id])
        found.append(((URGENCIES.index(incident.urgency), 3), Sentence(_ended(incident, id in ended, live), id)))
    found.sort(key=lambda each: each[0])
    sentences = [sentence for _, sentence in found]
    if len(sentences) <= MOST:
        return sentences
    return [*sentences[: MOST - 1], Sentence(say("incidents.away.more", count=len(sentences) - MOST + 1))]


def _changed(incident: Incident, before: Picture, live: LiveSet, directory: Directory) -> tuple[int, str] | None:
    """(rank, words) of an open incident's change, None when it stands as it stood."""
    head = {"what": words.what_of(incident), "where": words.where_of(incident, live)}
    was = before.incidents.get(incident.id)
    if was is None:
        return 0, say("incidents.away.new", urgency=words.urgency_name(incident.urgency), **head)
    if was.state != incident.state:
        return 1, say("incidents.away.step", state=words.state_name(incident.state), **head)
    answered = _newly_answered(before.calls.get(incident.id, ()), live.calls.get(incident.id, ()))
    if answered is not None:
        name = words.person_name(directory, answered)
        return 2, say("incidents.away.call", name=name, result=words.result_name(answered.result), **head)
    return (4, say("incidents.away.edited", **head)) if was != incident else None


def _newly_answered(was: tuple[Call, ...], now: tuple[Call, ...]) -> Call | None:
    before = {call.id for call in was if is_answered(call)}
    return next((call for call in now if is_answered(call) and call.id not in before), None)


def _ended(incident: Incident, is_known: bool, live: LiveSet) -> str:
    head = {"what": words.what_of(incident), "where": words.where_of(incident, live)}
    if not is_known:
        return say("incidents.away.ended", **head)
    return say("incidents.away.step", state=words.state_name(incident.state), **head)
