"""Drills as calendars: a trainer's, a village's, a worker's, or all – as the reader may know them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import current, say
from commandcenter.formats.calendars import Appointment, write_calendar
from commandcenter.rules.drills import Drill, may_leave
from commandcenter.rules.entity import DRILLS
from commandcenter.rules.masks import HIDDEN
from commandcenter.rules.scenarios import words
from commandcenter.services import seasons
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
    """The drills with a date that concern ``given`` (an id, name or code), cancelled ones included so that they vanish
    where they were entered. BadInput ``calendar.unknown``. No-notice drills that have not begun go into a planner's
    calendar alone (of all drills, or a trainer's), and only ``with_hidden``: the others are made to be handed out."""
    may_tell = with_hidden and whose in ("all", "trainer")
    with session.read(DRILLS) as reader:
        zone = seasons.zone_of(reader)
        town = next(iter(reader.find("township")), None)
        concerns, called = _concern(reader, whose, given)
        found = [
            each for each in reader.find("drill")
            if may_leave("calendar", each.world) and (may_tell or not each.hidden)
            and (each.starts_at or each.held_at) and concerns(each)
        ]  # fmt: skip
        entries = [_appointment(reader, readable(each), town) for each in found]
    name = say("season.calendar.name", whose=called, town=town.name if town else "")
    return Calendar(name, write_calendar(name, zone, entries), len(entries))


def _concern(reader: Reader, whose: Whose, given: str) -> tuple[Callable[[Drill], bool], str]:
    """Whom a drill concerns, and what that person or place is called."""
    if whose == "all":
        return lambda _drill: True, ""
    if whose == "trainer":
        officer = _find(reader, "officer", given, "account")
        return lambda drill: drill.trainer == officer.id, officer.name
    if whose == "village":
        village = _find(reader, "village", given, "code")
        return lambda drill: drill.village == village.id, village.name
    worker = _find(reader, "worker", given, "id")
    with_grid = {each.drill for each in reader.find("drill_grid", grid=worker.grid)} if worker.grid else set()
    by_name = {each.drill for each in reader.find("drill_person", person_kind="worker", person=worker.id)}
    mine = with_grid | by_name
    return lambda drill: drill.id in mine, worker.name


def _find(reader: Reader, kind: str, given: str, second: str) -> Any:
    for name in ("id", second, "name"):
        where: dict[str, Any] = {name: given}
        found = [each for each in reader.find(kind, **where) if getattr(each, "active", True)]
        if len(found) == 1:
            return found[0]
        if found:
            raise BadInput("calendar.ambiguous", given=given)
    raise BadInput("calendar.unknown", given=given)


def _appointment(reader: Reader, drill: Drill, town: Any) -> Appointment:
    """The entry of a drill. Its edition in the calendar is the number of times its row was written: that counts up
    with ``Drill.edition`` and, unlike it, never falls back when a move is undone – which programs would ignore."""
    begin = drill.held_at or drill.starts_at
    assert begin is not None
    changed = reader.history(entity="drill", id=drill.id)
    stamp: datetime = changed[0].recorded_at if changed else begin
    scenario = reader.get("scenario", drill.scenario) if drill.scenario else None
    facts = [
        (say("season.calendar.scenario"), words(scenario.title, current().language) if scenario else ""),
        (say("season.calendar.form"), say(f"season.form.{drill.form}")),
        (say("season.calendar.units"), drill.units),
        (say("season.calendar.commander"), drill.commander),
        (say("season.calendar.reason"), drill.reason if drill.state == "cancelled" else ""),
    ]
    told = (f"{word}{_COLON}{value}" for word, value in facts if value and value != HIDDEN)
    lines = [say("season.calendar.is_drill"), *told]
    title = drill.title if MARK in drill.title else f"【{MARK}】{drill.title}"
    return Appointment(
        uid=f"{drill.id}@{(town.code or town.id) if town else 'town'}.commandcenter",
        edition=max(drill.edition, len(changed) - 1),
        summary=title, starts_at=begin, minutes=drill.minutes, changed_at=stamp, place=drill.place,
        text="\n".join(lines), is_cancelled=drill.state == "cancelled",
    )  # fmt: skip


_COLON = "："

