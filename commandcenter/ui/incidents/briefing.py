"""A briefing as plain text: what, where, since when, who is on it, what happened last. No numbers, no caller."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from commandcenter.base.texts import say
from commandcenter.rules.calling import call_status
from commandcenter.rules.drills import may_leave, paper_door
from commandcenter.rules.entity import REAL
from commandcenter.rules.incidents import Call, Incident
from commandcenter.rules.masks import is_masked
from commandcenter.services.live import LiveSet
from commandcenter.ui.incidents import words
from commandcenter.ui.incidents.call_rows import CallRow
from commandcenter.ui.incidents.cells import total
from commandcenter.ui.incidents.entries import EntryRow

LAST = 3
"""How many lines of the timeline a briefing ends with."""


def briefing(incident: Incident, calls: Sequence[Call], rows: Sequence[CallRow], entries: Sequence[EntryRow],
             live: LiveSet, now: datetime) -> str:  # fmt: skip
    """The text that F8 copies: it is read out on the phone or pasted into a message."""
    if not may_leave(paper_door(incident.world), incident.world):
        return ""
    lines = [*_head(incident, live, now), *_calls(calls, rows, live), *_last(entries)]
    if incident.world != REAL:
        lines.insert(0, say("incidents.briefing.drill"))
    return "\n".join(lines)


def _head(incident: Incident, live: LiveSet, now: datetime) -> list[str]:
    zone = words.zone_of(live)
    lines = [
        say("incidents.briefing.what", urgency=words.urgency_name(incident.urgency), what=words.what_of(incident)),
        say("incidents.briefing.number", number=incident.number, where=words.where_of(incident, live),
            place=_open_words(incident.place)).rstrip(" ·"),
        say("incidents.briefing.opened", time=words.time_of_day(incident.opened_at, zone, now)),
    ]  # fmt: skip
    ended = total(incident)
    spent = words.minutes_of(now - incident.opened_at)
    state = words.state_name(incident.state)
    told = ended or say("incidents.briefing.spent", length=spent)
    return [*lines, say("incidents.briefing.now", state=state, spent=told)]


def _calls(calls: Sequence[Call], rows: Sequence[CallRow], live: LiveSet) -> list[str]:
    if not calls:
        return [say("incidents.briefing.nobody")]
    status = call_status(calls)
    zone = words.zone_of(live)
    told = [_told(row, zone) for row in rows if row.dot == "answered"]
    head = say("incidents.briefing.calls", answered=status.answered, total=status.total)
    return [head + say("incidents.list.semicolon").join(told)]


def _told(row: CallRow, zone: tzinfo) -> str:
    at = row.call.arrived_at or row.call.answered_at
    time = words.time_of_day(at, zone) if at is not None else ""
    return " ".join(part for part in (row.role, row.name, row.words, time) if part)


def _last(entries: Sequence[EntryRow]) -> list[str]:
    standing = [entry for entry in entries if not entry.struck and (entry.sentence or _open_words(entry.note))][:LAST]
    return [
        " ".join(part for part in (entry.time, entry.sentence, _open_words(entry.note)) if part)
        for entry in reversed(standing)
    ]


def _open_words(value: str | None) -> str:
    """A personal value, unless it is masked: dots help nobody on the phone."""
    return "" if is_masked(value) else words.shown(value)
