"""Who has to be at which drill and at which training session, read in one go."""

from collections.abc import Iterable

from commandcenter.base.texts import current
from commandcenter.rules.courses import CourseSession
from commandcenter.rules.entity import REAL
from commandcenter.rules.people import PERSON_KINDS
from commandcenter.rules.presence import Engagement, Presence, Who
from commandcenter.rules.scenarios import words
from commandcenter.storage.reads import Reader

_BATCH = 400


def load(reader: Reader) -> Presence:
    """As this viewer may know it. ``reader`` reads ``DRILLS``; who was away from a drill or a session is not wanted
    there."""
    names: dict[Who, str] = {}
    for kind in PERSON_KINDS:
        names |= {(kind, id): name for id, name in reader.pairs(kind, "id", "name", active=True).items()}
    nobody = Presence(known=_alone(names))
    players: dict[str, frozenset[Who]] = {}
    for row in reader.find("drill_person"):
        if row.present is not False:
            who = frozenset(((row.person_kind, row.person),)) if row.person else nobody.who(row.name)
            players[row.drill] = players.get(row.drill, frozenset()) | who
    units: dict[tuple[str | None, str | None], frozenset[Who]] = {}
    for post in reader.find("unit_post", rank=0, active=True):
        who = frozenset(((post.person_kind, post.person),)) if post.person else nobody.who(post.name)
        units[post.village, post.grid] = units.get((post.village, post.grid), frozenset()) | who
    return Presence(players, tuple(_sessions(reader, nobody)), names, nobody.known, units)


def _alone(names: dict[Who, str]) -> dict[str, Who]:
    """Names that only one of the register bears."""
    found: dict[str, Who | None] = {}
    for who, name in names.items():
        found[name] = None if name in found else who
    return {name: who for name, who in found.items() if who is not None}


def _sessions(reader: Reader, nobody: Presence) -> Iterable[Engagement]:
    """Sessions that are planned: those that were held bind nobody any more."""
    real = Reader(reader.connection, reader.viewer, REAL)
    planned: list[CourseSession] = [each for each in real.find("session", state="planned") if each.starts_at]
    titles = {each.id: words(each.title, current().language) for each in real.find("course")}
    expected: dict[str, set[Who]] = {}
    for start in range(0, len(planned), _BATCH):
        for row in real.find("attendance", session=[each.id for each in planned[start : start + _BATCH]]):
            if row.present is not False:
                expected.setdefault(row.session, set()).add(("worker", row.worker))
    for each in planned:
        assert each.starts_at is not None
        people = frozenset(expected.get(each.id, ())) | nobody.who(each.teacher)
        people |= frozenset((("officer", each.trainer),)) if each.trainer else frozenset()
        yield Engagement(each.id, titles.get(each.course, ""), each.starts_at, round(each.hours * 60), people)
