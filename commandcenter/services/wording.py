"""Words that screens and paper share: names of closed sets, the sentences of a timeline, times in the town's zone."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from commandcenter.base import texts
from commandcenter.base.texts import say
from commandcenter.rules.entity import kind_of
from commandcenter.rules.grids import Grid, Village
from commandcenter.rules.incidents import Call, CallResult, Incident, State, Urgency
from commandcenter.rules.masks import is_erased, is_masked
from commandcenter.services import catalogues

R = TypeVar("R")


def listed(parts: Iterable[str]) -> str:
    """Several in one line, as the language lists them."""
    return say("paper.list").join(parts)


# --- closed sets ------------------------------------------------------------------------------------------------


def state_name(state: State) -> str:
    """What a state is called."""
    return say(f"incidents.state.{state}")


def urgency_name(urgency: Urgency) -> str:
    """特急, 紧急 or 一般."""
    return say(f"incidents.urgency.{urgency}")


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


def shown(value: str | None) -> str:
    """A personal value as it is read: empty when there is none, a word when it was erased."""
    if value is None:
        return ""
    return say("incidents.erased") if is_erased(value) else value


def readable(row: R) -> R:
    """A row for the eye: a word stands where a personal value was erased. Never to be written back."""
    names = (field.name for field in kind_of(row).fields if field.personal is not None)
    erased = {name: shown(value) for name in names if is_erased(value := getattr(row, name))}
    return replace(row, **erased) if erased else row  # type: ignore[type-var]


def what_of(incident: Incident) -> str:
    """The first line of the report; what kind of matter it is when the text may not be read."""
    text = incident.text
    if not text or is_masked(text) or is_erased(text):
        return catalogues.subkind_name(incident.category, incident.subkind)
    return text.strip().splitlines()[0]


def where_words(village: Village | None, grid: Grid | None) -> str:
    """Village first, then the grid; a sentence when the place is not known yet."""
    own = grid.name if grid is not None else ""
    if village is None:
        return own or say("incidents.where.unknown")
    own = own.removeprefix(village.name).strip()
    return " ".join(name for name in (texts.choose(village.name, village.name_en), own) if name)


def dialled(phone: str) -> str:
    """A mobile number as 154 0099 9001; anything else as it is."""
    return f"{phone[:3]} {phone[3:7]} {phone[7:]}" if len(phone) == 11 and phone[0] == "1" else phone


# --- the timeline -----------------------------------------------------------------------------------------------


def sentence(code: str, facts: Mapping[str, Any]) -> str:
    """What happened, in words. A code without a text of its own shows itself."""
    if code == "note":
        return ""
    told = {**facts, **_in_words(facts)}
    kinds = [str(facts[name]) for name in ("result", "step") if name in facts]
    kinds += ["people"] if facts.get("people") else []
    codes = [f"incidents.entry.{code}", *(f"incidents.entry.{code}.{kind}" for kind in kinds)]
    known = next((each for each in reversed(codes) if texts.current().has(each)), None)
    return say(known, **told) if known else code


def _in_words(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts whose keys have names: category, urgency, result, fields."""
    found: dict[str, Any] = {}
    if "category" in facts:
        found["category"] = category_name(facts["category"])
    if "urgency" in facts:
        found["urgency"] = urgency_name(facts["urgency"])
    if "result" in facts:
        found["result"] = result_name(facts["result"])
    if "fields" in facts:
        found["fields"] = say("incidents.list.comma").join(map(field_name, facts["fields"]))
    return found


# --- times ------------------------------------------------------------------------------------------------------


@cache
def zone_named(name: str | None) -> tzinfo:
    """A zone by its name; that of the sample while a town has none, UTC for an unknown one."""
    try:
        return ZoneInfo(name or "Asia/Shanghai")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def local_time(instant: datetime, zone: str | None, now: datetime) -> str:
    """``14:02`` today, else with the day, else with the year too."""
    there, today = instant.astimezone(zone_named(zone)), now.astimezone(zone_named(zone))
    if there.date() == today.date():
        return f"{there:%H:%M}"
    return f"{there:%m-%d %H:%M}" if there.year == today.year else f"{there:%Y-%m-%d %H:%M}"


def stamp(now: datetime, zone: str | None) -> str:
    """The instant as part of a file's name: ``20250630-140215``."""
    return f"{now.astimezone(zone_named(zone)):%Y%m%d-%H%M%S}"
