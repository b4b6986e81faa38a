"""Who has to be where and when: people of drills, and of training sessions. Nobody can be at two places at one time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from commandcenter.rules.clashes import Clash
from commandcenter.rules.drills import Drill
from commandcenter.rules.masks import is_erased, is_masked

Who = tuple[str, str]
"""Somebody: the kind and id of the register; or ``name`` and the name, for who stands nowhere on it."""
_OF_VILLAGES = ("村", "社区")
"""How the title of somebody begins who is there once in every village: 村党组织书记."""
_IN = "@"
NAMED = 3
"""So many of those who are wanted twice are named; the others are counted."""


def called(who: Who) -> str:
    """What somebody is called of whom only the name is known."""
    return who[1].partition(_IN)[0]


@dataclass(frozen=True, slots=True)
class Engagement:
    """A training session at which people have to be; ``people`` teach it or are expected at it."""

    id: str
    title: str
    begins: datetime
    minutes: int
    people: frozenset[Who]


@dataclass(frozen=True, slots=True)
class Presence:
    """Who plays a part in which drill (by its id), who has to be at which session, and what they are called."""

    players: Mapping[str, frozenset[Who]] = field(default_factory=dict)
    sessions: tuple[Engagement, ...] = ()
    names: Mapping[Who, str] = field(default_factory=dict)
    known: Mapping[str, Who] = field(default_factory=dict)
    """Who bears a name, where only one of the register does."""
    units: Mapping[tuple[str | None, str | None], frozenset[Who]] = field(default_factory=dict)
    """Who holds a role in the smallest emergency unit of a village or grid, and so is invited to a drill there."""

    def who(self, name: str, village: str | None = None) -> frozenset[Who]:
        """Somebody of whom only the name stands there; nobody where it is not readable. A village's secretary is
        another one in each village."""
        name = name.strip()
        if not name or is_erased(name) or is_masked(name):
            return frozenset()
        known = self.known.get(name)
        if known is None and village and name.startswith(_OF_VILLAGES):
            return frozenset((("name", f"{name}{_IN}{village}"),))
        return frozenset((known or ("name", name),))

    def called(self, drill: Drill) -> frozenset[Who]:
        """Who has to be at a drill besides whoever leads it: who commands it, who plays a part – or will be invited,
        where it is only a draft."""
        if drill.id:
            return self.players.get(drill.id, frozenset()) | self.who(drill.commander, drill.village)
        return self.units.get((drill.village, drill.grid), frozenset()) | self.who(drill.commander, drill.village)

    def of(self, drill: Drill) -> frozenset[Who]:
        """Everybody who has to be at a drill."""
        return self.called(drill) | (frozenset((("officer", drill.trainer),)) if drill.trainer else frozenset())

    def clashes(self, drill: Drill, others: Iterable[Drill]) -> Iterator[Clash]:
        """Who is wanted elsewhere while a drill is held; empty while it has no date or is cancelled. That one leads or
        commands both is said by :func:`commandcenter.rules.clashes.clashes` already."""
        span = _span(drill)
        if span is None or drill.state == "cancelled":
            return
        mine = self.of(drill)
        for other in others:
            if other.id == drill.id or other.state == "cancelled" or not _overlap(span, _span(other)):
                continue
            said = set[Who]()
            if drill.trainer and drill.trainer == other.trainer:
                said.add(("officer", drill.trainer))
            if drill.commander == other.commander:
                said |= self.who(drill.commander, drill.village)
            if both := (mine & self.of(other)) - said:
                yield Clash("people", {**self._named(both), "title": other.title}, other.id)
        for session in self.sessions:
            held = session.begins, session.begins + timedelta(minutes=session.minutes)
            if _overlap(span, held) and (both := mine & session.people):
                yield Clash("session", {**self._named(both), "title": session.title})

    def _named(self, people: Iterable[Who]) -> dict[str, object]:
        names = sorted(self.names.get(each) or called(each) for each in people)
        return {"names": names[:NAMED], "count": len(names)}


def _span(drill: Drill) -> tuple[datetime, datetime] | None:
    begins = drill.held_at or drill.starts_at
    return None if begins is None else (begins, begins + timedelta(minutes=drill.minutes))


def _overlap(one: tuple[datetime, datetime], other: tuple[datetime, datetime] | None) -> bool:
    return other is not None and one[0] < other[1] and other[0] < one[1]
