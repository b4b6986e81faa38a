"""Rows of the queue as pure facts: what is shown, in which order, and what the filters let through."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from commandcenter.base.texts import say
from commandcenter.rules.calling import call_status
from commandcenter.rules.incidents import (
    QUEUES,
    Call,
    Incident,
    Limits,
    Queue,
    Segment,
    is_overdue,
    queue_order,
    queues_of,
    strip,
)
from commandcenter.rules.pinyin import keys
from commandcenter.services.directory import Directory
from commandcenter.services.live import LiveSet
from commandcenter.ui.incidents import words


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One open incident as the queue shows it. Age and strip are computed when painted, from ``incident``."""

    id: str
    incident: Incident
    mark: str
    what: str
    where: str
    now: str
    queues: frozenset[Queue]
    order: tuple[bool, int, float]

    def age(self, now: datetime) -> str:
        """How long it has been open."""
        return words.age(now - self.incident.opened_at)

    def is_overdue(self, now: datetime, limits: Limits) -> bool:
        """Whether it outlived the limit of its urgency."""
        return is_overdue(self.incident, now, limits)

    def strip(self, now: datetime, limits: Limits) -> tuple[Segment, Segment, Segment] | None:
        """The three limits of a critical incident, None for the others."""
        return strip(self.incident, now, limits)

    def sentence(self, now: datetime) -> str:
        """The row read aloud."""
        facts = {"what": self.what, "where": self.where, "age": self.age(now), "now": self.now}
        return say("incidents.row.spoken", urgency=words.urgency_name(self.incident.urgency), **facts)


def queue_row(incident: Incident, live: LiveSet, directory: Directory, officer: str | None) -> QueueRow:
    """The row of one incident."""
    what, where = words.what_of(incident), words.where_of(incident, live)
    calls = live.calls.get(incident.id, ())
    return QueueRow(
        id=incident.id, incident=incident, mark=words.urgency_mark(incident.urgency), what=what, where=where,
        now=now_words(incident, calls, directory), queues=queues_of(incident, officer), order=queue_order(incident),
    )  # fmt: skip


def _haystack(row: QueueRow) -> str:
    """All that the text filter looks into."""
    incident = row.incident
    parts = (row.what, row.where, incident.number, words.shown(incident.place), words.shown(incident.text))
    return "\n".join((*parts, _pinyin(f"{row.what} {row.where}"))).lower()


@lru_cache(maxsize=4096)
def _pinyin(text: str) -> str:
    """Pinyin and initials, made when the first letter is typed: the first picture does not wait for them."""
    found = keys(text)
    return f"{found.pinyin}\n{found.initials}"


def now_words(incident: Incident, calls: Sequence[Call], directory: Directory) -> str:
    """Who has it now and what he does: ``呼叫中 2/3``, ``张三 · 到场``."""
    found = _doing(incident, calls, directory)
    return say("incidents.now.parked", now=found) if incident.parked else found


def _doing(incident: Incident, calls: Sequence[Call], directory: Directory) -> str:
    if incident.state == "calling":
        dialled = sum(call.attempts > 0 for call in calls)
        return say("incidents.now.calling", dialled=dialled, total=len(calls))
    if incident.state in ("responding", "on_scene"):
        leader = _leader(calls)
        if leader is not None:
            result = "arrived" if leader.arrived_at else "answered"
            return say(f"incidents.now.{result}", name=words.person_name(directory, leader))
    return words.state_name(incident.state)


def _leader(calls: Sequence[Call]) -> Call | None:
    """Who carries it: whoever arrived first, else whoever answered first."""
    arrived = [call for call in calls if call.arrived_at is not None]
    if arrived:
        return min(arrived, key=lambda call: (call.arrived_at, call.rank))
    answered = [call for call in calls if call.answered_at is not None]
    return min(answered, key=lambda call: (call.answered_at, call.rank), default=None)


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What the officer wants to see; empty parts let everything through."""

    queue: Queue = "emergency"
    village: str | None = None
    category: str | None = None
    text: str = ""

    @property
    def narrows(self) -> bool:
        """Whether something besides the tab hides rows."""
        return bool(self.village or self.category or self.text.strip())

    def lets(self, row: QueueRow) -> bool:
        """Whether a row is shown."""
        if self.queue not in row.queues:
            return False
        if self.village is not None and row.incident.village != self.village:
            return False
        if self.category is not None and row.incident.category != self.category:
            return False
        wanted = self.text.lower().split()
        haystack = _haystack(row) if wanted else ""
        return all(word in haystack for word in wanted)


def counts(rows: Iterable[QueueRow]) -> dict[Queue, int]:
    """How many open incidents stand in each queue."""
    found = dict.fromkeys(QUEUES, 0)
    for row in rows:
        for queue in row.queues:
            found[queue] += 1
    return found


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of the moment: open per queue, people still to be called, incidents past their limit."""

    open: Mapping[Queue, int]
    calls_waiting: int
    critical: int
    overdue: int


def figures(live: LiveSet, officer: str | None, now: datetime, limits: Limits) -> Figures:
    """Count what is really open at ``now``."""
    from commandcenter.rules.drills import may_leave  # after the first picture, which counts nothing

    queues = dict.fromkeys(QUEUES, 0)
    counted = [each for each in live.incidents.values() if may_leave("statistic", each.world)]
    for incident in counted:
        for queue in queues_of(incident, officer):
            queues[queue] += 1
    waiting = sum(len(call_status(live.calls.get(each.id, ())).waiting_for) for each in counted)
    critical = sum(each.urgency == "critical" for each in counted)
    overdue = sum(is_overdue(each, now, limits) for each in counted)
    return Figures(queues, waiting, critical, overdue)


def remembered(values: Any) -> QueueFilter:
    """The filter as it was left on this desk; the shipped one when nothing usable is remembered."""
    if not isinstance(values, dict) or values.get("queue") not in QUEUES:
        return QueueFilter()
    village, category = values.get("village"), values.get("category")
    return QueueFilter(
        values["queue"], village if isinstance(village, str) else None, category if isinstance(category, str) else None
    )
