"""Words that every part of an incident's picture shares: names of states, people, places, spans and times of day."""

from datetime import timedelta, tzinfo
from typing import Any

from commandcenter.base import texts
from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.rules.incidents import Call, CallResult, Incident, State, Urgency
from commandcenter.rules.masks import is_erased, is_masked
from commandcenter.services import catalogues
from commandcenter.services.directory import Directory
from commandcenter.services.live import LiveSet
from commandcenter.ui.core import sending, times
from commandcenter.ui.core.times import time_of_day as time_of_day

_DAY = timedelta(days=1)


# --- closed sets ------------------------------------------------------------------------------------------------


def state_name(state: State) -> str:
    """What a state is called."""
    return say(f"incidents.state.{state}")


def urgency_name(urgency: Urgency) -> str:
    """特急, 紧急 or 一般."""
    return say(f"incidents.urgency.{urgency}")


def urgency_mark(urgency: Urgency) -> str:
    """The one character in the rounded square."""
    return say(f"incidents.mark.{urgency}")


def result_name(result: CallResult) -> str:
    """What became of a call."""
    return say(f"incidents.result.{result}")


def category_name(category: str) -> str:
    """A category's name from the catalogue."""
    found = catalogues.categories().get(category)
    return found.name if found else category


def field_name(name: str) -> str:
    """What a field of an incident is called."""
    return say(f"incidents.field.{name}")


def role_words(call: Call, person: Any) -> str:
    """Why somebody stands on the call list: his role there; his own role when he was chosen or moved up."""
    reason = call.reason
    if reason in catalogues.roles():
        return catalogues.role_name(reason)
    own = getattr(person, "role", None) or getattr(person, "kind", None)
    if own in catalogues.roles():
        return catalogues.role_name(own)
    return say(f"incidents.person.{call.person_kind}")


# --- values -----------------------------------------------------------------------------------------------------


def shown(value: str | None) -> str:
    """A personal value as it is read: empty when there is none, a word when it was erased."""
    if value is None:
        return ""
    return say("incidents.erased") if is_erased(value) else value


def what_of(incident: Incident) -> str:
    """The first line of the report; what kind of matter it is when the text may not be read."""
    text = incident.text
    if not text or is_masked(text) or is_erased(text):
        return catalogues.subkind_name(incident.category, incident.subkind)
    return text.strip().splitlines()[0]


def where_of(incident: Incident, live: LiveSet) -> str:
    """Village first, then the grid; a sentence when the place is not known yet."""
    village = live.villages.get(incident.village or "")
    grid = live.grids.get(incident.grid or "")
    own = grid.name if grid is not None else ""
    if village is None:
        return own or say("incidents.where.unknown")
    own = own.removeprefix(village.name).strip()
    return " ".join(name for name in (texts.choose(village.name, village.name_en), own) if name)


def person_name(directory: Directory, call: Call) -> str:
    """Who is called; his role while the directory is still being read."""
    return directory.name(call.person_kind, call.person) or role_words(call, None)


def phone_of(directory: Directory, kind: str | None, id: str | None) -> str:
    """A person's number as this viewer may see it, in groups that are easy to dial."""
    person = directory.people.get((kind or "", id or ""))
    return dialled(shown(person.phone)) if person else ""


def dialled(phone: str) -> str:
    """A mobile number as 154 0099 9001; anything else as it is."""
    return f"{phone[:3]} {phone[3:7]} {phone[7:]}" if len(phone) == 11 and phone[0] == "1" else phone


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
