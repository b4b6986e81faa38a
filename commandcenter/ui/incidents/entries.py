"""The timeline as sentences: each line is a code with facts, said in the reader's language."""

from dataclasses import dataclass
from datetime import datetime

from commandcenter.base.texts import say
from commandcenter.rules.incidents import TimelineEntry
from commandcenter.services.histories import History, Striking, read_history
from commandcenter.services.live import LiveSet
from commandcenter.services.wording import sentence
from commandcenter.ui.incidents import words

__all__ = ("EntryRow", "History", "Striking", "entry_rows", "read_history", "sentence")


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One line as it is shown."""

    id: str
    order: int
    command: str
    at: datetime
    time: str
    sentence: str
    note: str
    who: str
    struck: str
    """Who undid it, in words; empty while it stands."""
    is_note: bool
    """Whether somebody typed it; such lines are not quieter than the rest."""
    may_undo: bool
    """Whether taking it back can be asked for; the answer may still be no."""

    @property
    def spoken(self) -> str:
        """The line read aloud."""
        return " · ".join(part for part in (self.time, self.sentence, self.note, self.who, self.struck) if part)


def entry_rows(history: History, live: LiveSet, now: datetime) -> list[EntryRow]:
    """The lines of a history, in its order."""
    struck = history.struck or {}
    oldest = len(history.entries)
    return [
        _row(entry, place - oldest, struck.get(entry.id), live, now) for place, entry in enumerate(history.entries)
    ]


def _row(entry: TimelineEntry, order: int, striking: Striking | None, live: LiveSet, now: datetime) -> EntryRow:
    zone = words.zone_of(live)
    return EntryRow(
        id=entry.id, order=order, command=entry.command, at=entry.at, time=words.time_of_day(entry.at, zone, now),
        sentence=sentence(entry.code, entry.facts), note=words.shown(entry.text), is_note=entry.code == "note",
        who=words.actor_name(entry.actor, live), struck=_struck(entry, striking, live),
        may_undo=bool(entry.command) and not entry.struck and entry.actor != "system",
    )  # fmt: skip


def _struck(entry: TimelineEntry, striking: Striking | None, live: LiveSet) -> str:
    if not entry.struck:
        return ""
    if striking is None:
        return say("incidents.entry.struck")
    when = words.time_of_day(striking.at, words.zone_of(live))
    return say("incidents.entry.struck_by", who=words.actor_name(striking.actor, live), when=when)
