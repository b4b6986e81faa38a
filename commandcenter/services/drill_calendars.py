"""Drills as calendars: a trainer's, a village's, a worker's, or all – as the reader may know them."""

from dataclasses import dataclass
from typing import Any, Literal

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import current, say
from commandcenter.formats.calendars import Appointment, write_calendar
from commandcenter.rules.drills import Drill, may_leave
from commandcenter.rules.entity import DRILLS
from commandcenter.rules.masks import HIDDEN
from commandcenter.rules.scenarios import words
from commandcenter.services import drill_pasts, seasons
from commandcenter.services.drill_pasts import Concern, Past
from commandcenter.services.exports import NoteExport
from commandcenter.services.sessions import Session
from commandcenter.services.wording import readable
from commandcenter.storage.reads import Reader

Whose = Literal["all", "trainer", "village", "worker"]
MARK = "演练"
"""Stands before every entry, in every language: nobody may take it for the real thing."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar ready to be written."""

    name: str
    content: bytes
    entries: int

    @property
    def note(self) -> NoteExport:
        """The command that must have been carried out before the file is written."""
        return NoteExport(what="drill_calendar", rows=self.entries)


def prepare(
    session: Session, whose: Whose = "all", given: str = "", *, with_hidden: bool = False
) -> Calendar:
    """The drills with a date that concern ``given`` (an id, name or code). Cancelled ones are included, so that they
    vanish where they were entered, and as cancelled those that concerned ``given`` once and do so no more: handed to
    somebody else, moved to another village, without a date, taken back. BadInput ``calendar.unknown``. No-notice drills
    that have not begun go into a planner's calendar alone (of all drills, or a trainer's), and only ``with_hidden``:
    the others are made to be handed out and do not tell of them even as cancelled."""
    may_tell = with_hidden and whose in ("all", "trainer")
    with session.read(DRILLS) as reader:
        zone = seasons.zone_of(reader)
        town = next(iter(reader.find("township")), None)
        place = (town.code or town.id) if town else "town"
        concerns, called, worker = _concern(reader, whose, given)
        past = drill_pasts.tell(reader, concerns, may_tell=may_tell, worker=worker)
        found = [
            each for each in reader.find("drill")
            if may_leave("calendar", each.world) and each.id in past and past[each.id].is_shown
        ]  # fmt: skip
        entries = [_appointment(reader, readable(each), place, past[each.id]) for each in found]
        entries += [_gone(each, place) for each in past.values() if each.is_gone and may_leave("calendar", each.drill)]
    name = say("season.calendar.name", whose=called, town=town.name if town else "")
    return Calendar(name, write_calendar(name, zone, entries), len(entries))


def _concern(reader: Reader, whose: Whose, given: str) -> tuple[Concern, str, str | None]:
    """Whom a drill concerns, at any time; what that person or place is called; the worker, if it is one."""
    if whose == "all":
        return lambda _state: True, "", None
    if whose == "trainer":
        officer = _find(reader, "officer", given, "account")
        return lambda state: state.row["trainer"] == officer.id, officer.name, None
    if whose == "village":
        village = _find(reader, "village", given, "code")
        return lambda state: state.row["village"] == village.id, village.name, None
    worker = _find(reader, "worker", given, "id")
    return lambda state: state.has(worker.id), worker.name, worker.id


def _find(reader: Reader, kind: str, given: str, second: str) -> Any:
    for name in ("id", second, "name"):
        where: dict[str, Any] = {name: given}
        found = [each for each in reader.find(kind, **where) if getattr(each, "active", True)]
        if len(found) == 1:
            return found[0]
        if found:
            raise BadInput("calendar.ambiguous", given=given)
    raise BadInput("calendar.unknown", given=given)


def _appointment(reader: Reader, drill: Drill, place: str, past: Past) -> Appointment:
    """The entry of a drill. Its edition in the calendar counts what was written of it: that counts up with
    ``Drill.edition`` and, unlike it, never falls back when a move is undone – which programs would ignore."""
    begin = drill.held_at or drill.starts_at
    assert begin is not None
    scenario = reader.get("scenario", drill.scenario) if drill.scenario else None
    facts = [
        (say("season.calendar.scenario"), words(scenario.title, current().language) if scenario else ""),
        (say("season.calendar.form"), say(f"season.form.{drill.form}")),
        (say("season.calendar.units"), drill.units),
        (say("season.calendar.commander"), drill.commander),
        (say("season.calendar.reason" if drill.state == "cancelled" else "season.calendar.moved"), drill.reason),
    ]
    told = (f"{word}{_COLON}{value}" for word, value in facts if value and value != HIDDEN)
    lines = [say("season.calendar.is_drill"), *told]
    return Appointment(
        uid=_uid(drill.id, place), edition=max(drill.edition, past.edition), summary=_marked(drill.title),
        starts_at=begin, minutes=drill.minutes, changed_at=past.stamp, place=drill.place,
        text="\n".join(lines), is_cancelled=drill.state == "cancelled",
    )  # fmt: skip


def _gone(past: Past, place: str) -> Appointment:
    """The entry of a drill that stood in this calendar once and belongs there no more: as it last stood, cancelled."""
    row = past.shown or {}
    return Appointment(
        uid=_uid(past.drill, place), edition=max(row["edition"], past.edition), summary=_marked(row["title"]),
        starts_at=row["held_at"] or row["starts_at"], minutes=row["minutes"], changed_at=past.stamp,
        place=row["place"], text="\n".join((say("season.calendar.is_drill"), say("season.calendar.gone"))),
        is_cancelled=True,
    )  # fmt: skip


def _uid(drill: str, place: str) -> str:
    return f"{drill}@{place}.commandcenter"


def _marked(title: str) -> str:
    return title if MARK in title else f"【{MARK}】{title}"


_COLON = "："
