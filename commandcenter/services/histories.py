"""An incident's timeline as it is read: its lines in the order of the log, and who struck which."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from commandcenter.rules.incidents import TimelineEntry
from commandcenter.storage.reads import Reader


@dataclass(frozen=True, slots=True)
class Striking:
    """Who undid a line, and when."""

    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """An incident's lines, newest first by sequence, with who struck which."""

    entries: tuple[TimelineEntry, ...] = ()
    struck: Mapping[str, Striking] | None = None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """An incident that is no longer there: the command that took it back, who sent it, when."""

    command: str
    actor: str
    at: datetime


def taken_back(reader: Reader, incident: str) -> TakenBack | None:
    """By what an incident went; None when it is there, was never known to this reader, or went in another way."""
    if reader.get("incident", incident) is not None:
        return None
    last = next(iter(reader.history(entity="incident", id=incident, limit=1)), None)
    if last is None or last.name != "undo":
        return None
    return TakenBack(last.change.command, last.actor, last.recorded_at)


def read_history(reader: Reader, incident: str) -> History:
    """Read an incident's timeline in the order of the log; runs on the read lane."""
    entries = {each.id: each for each in reader.find("timeline_entry", incident=incident)}
    order: dict[str, int] = {}
    struck: dict[str, Striking] = {}
    for line in reader.history(entity="timeline_entry", incident=incident, limit=5000):
        id = line.change.id
        order[id] = line.change.seq
        if line.name == "undo" and id in entries and entries[id].struck and id not in struck:
            struck[id] = Striking(line.actor, line.recorded_at)
    newest_first = sorted(entries.values(), key=lambda each: order.get(each.id, 0), reverse=True)
    return History(tuple(newest_first), struck)
