"""Words that every part of an incident's picture shares: names of states, people, places, spans and times of day."""

from datetime import timedelta, tzinfo
from typing import Any

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.rules.incidents import Call, Incident, Urgency
from commandcenter.services.directory import Directory
from commandcenter.services.live import LiveSet
from commandcenter.services.wording import (
    category_name,
    dialled,
    field_name,
    result_name,
    role_words,
    shown,
    state_name,
    urgency_name,
    what_of,
    where_words,
)
from commandcenter.ui.core import sending, times
from commandcenter.ui.core.times import time_of_day

__all__ = (
    "category_name", "dialled", "field_name", "result_name", "role_words", "shown", "state_name", "time_of_day",
    "urgency_name", "what_of",
)  # fmt: skip

_DAY = timedelta(days=1)


# --- closed sets ------------------------------------------------------------------------------------------------


def urgency_mark(urgency: Urgency) -> str:
    """The one character in the rounded square."""
    return say(f"incidents.mark.{urgency}")


# --- values -----------------------------------------------------------------------------------------------------


def where_of(incident: Incident, live: LiveSet) -> str:
    """Village first, then the grid; a sentence when the place is not known yet."""
    return where_words(live.villages.get(incident.village or ""), live.grids.get(incident.grid or ""))


def person_name(directory: Directory, call: Call) -> str:
    """Who is called; his role while the directory is still being read."""
    return directory.name(call.person_kind, call.person) or role_words(call, None)


def listed_role(call: Call, person: Any, directory: Directory) -> str:
    """Why somebody stands on the call list; of a worker also that he is away on the day he was listed, or for whom he
    stands in."""
    role = role_words(call, person)
    if call.person_kind != "worker":
        return role
    if directory.absence(call.person, call.listed_at) is not None:
        return say("incidents.call.away", role=role)
    instead = directory.stands_in_for(call.person, call.listed_at)
    return say("incidents.call.stands_in", role=role, name=instead[0]) if instead else role


def phone_of(directory: Directory, kind: str | None, id: str | None) -> str:
    """A person's number as this viewer may see it, in groups that are easy to dial."""
    person = directory.people.get((kind or "", id or ""))
    return dialled(shown(person.phone)) if person else ""


def actor_name(actor: str, live: LiveSet) -> str:
    """Who did something: an officer's name, or the program itself."""
    officer = live.officers.get(actor)
    return officer.name if officer else say("incidents.actor.system") if actor == "system" else ""


# --- times ------------------------------------------------------------------------------------------------------


def zone_of(live: LiveSet) -> tzinfo:
    """The town's zone."""
    return times.zone_of(live.town)


def span(length: timedelta) -> str:
    """A running time as ``7:42`` or ``1:07:42``; days are written out. Never negative."""
    seconds = max(0, int(length.total_seconds()))
    if length >= _DAY:
        return say("incidents.span.days", days=seconds // 86400, hours=seconds % 86400 // 3600)
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def age(length: timedelta) -> str:
    """The age of a row of the queue, always with its hours: ``0:07:42``."""
    seconds = max(0, int(length.total_seconds()))
    if length >= _DAY:
        return span(length)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def minutes_of(length: timedelta) -> str:
    """A finished time in words: ``15 分钟``."""
    minutes = round(length.total_seconds() / 60)
    if minutes < 60:
        return say("incidents.span.minutes", count=minutes)
    if minutes < 24 * 60:
        return say("incidents.span.hours", hours=minutes // 60, minutes=minutes % 60)
    return say("incidents.span.days", days=minutes // (24 * 60), hours=minutes % (24 * 60) // 60)


# --- errors -----------------------------------------------------------------------------------------------------


def refusal(error: CommandCenterError, live: LiveSet) -> str:
    """The sentence of an error, with states and times in the reader's words."""
    return sending.refusal(error, live.town)
