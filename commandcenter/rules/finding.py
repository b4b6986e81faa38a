"""The finder behind 快速查找 and the grid field: thousands of names searched while a key is going down.

Every key of every entry lies in one long row of code points. A part of the query is looked up in that row
as a whole, so the cost depends on the length of the row and not on how often the part occurs (20,000 names:
a few milliseconds). Not thread-safe: one index belongs to one thread.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest

import numpy as np

from commandcenter.rules.matching import Row, spans_in, words_of

Span = tuple[int, int]
"""First and one past the last character of ``Entry.title``."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be found. ``id`` is unique over all kinds.

    ``keys``: whatever it is known by besides its title: pinyin, initials, code, number, English name, what
    people call it. A key may hold several words or readings, apart by spaces.
    """

    kind: str
    id: str
    title: str
    subtitle: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry found, how well (0…1), and which parts of its title to mark."""

    entry: Entry
    score: float
    spans: tuple[Span, ...]


class _Segment:
    """Entries that were indexed together; an entry that leaves is only marked."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self.row = Row([(entry.title, *entry.keys) for entry in entries])
        self.alive = np.ones(len(entries), dtype=bool)
        kinds = np.array([entry.kind for entry in entries])
        self.of_kind = {str(kind): kinds == kind for kind in np.unique(kinds)}
        order = sorted(range(len(entries)), key=lambda place: _natural(entries[place]))
        self.places = np.empty(len(entries), dtype=np.int64)
        self.places[order] = np.arange(len(entries))

    def best(self, query: str, limit: int, kinds: Collection[str] | None) -> list[tuple[float, Entry]]:
        """The best ``limit`` entries with their scores, best first."""
        allowed = self.alive
        if kinds is not None:
            wanted = [self.of_kind[kind] for kind in kinds if kind in self.of_kind]
            allowed = allowed & np.logical_or.reduce(wanted) if wanted else np.zeros_like(allowed)
        scores = self.row.scores(query, allowed)
        found = np.flatnonzero(scores)
        found = found[np.lexsort((self.places[found], -scores[found]))][:limit]
        return [(float(scores[place]), self.entries[place]) for place in found.tolist()]


def _natural(entry: Entry) -> tuple[int, str, str]:
    """Shorter titles first, so that 第2 stands before 第10."""
    return len(entry.title), entry.title, entry.id


_RECENT = 512
"""So many changed entries are kept apart before everything is indexed anew."""


class Index:
    """A searchable set of entries that changes while it is used."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries: dict[str, Entry] = {}
        self._where: dict[str, tuple[_Segment, int]] = {}
        self._segments: list[_Segment] = []
        self.upsert(entries)

    def __len__(self) -> int:
        return len(self._entries)

    def upsert(self, entries: Iterable[Entry]) -> None:
        """Add entries, or replace those with the same id."""
        fresh = {entry.id: entry for entry in entries if self._entries.get(entry.id) != entry}
        if fresh:
            self.remove(fresh)
            self._entries.update(fresh)
            self._index(list(fresh.values()))

    def remove(self, ids: Iterable[str]) -> None:
        """Take entries out; unknown ids are no fault."""
        for id in list(ids):
            if self._entries.pop(id, None) is not None:
                segment, place = self._where.pop(id)
                segment.alive[place] = False

    def search(self, query: str, limit: int = 20, kinds: Collection[str] | None = None) -> list[Hit]:
        """The best matches of ``query``, best first: exact before prefix before infix; every part must match.

        A part is a run of Chinese, of Latin letters or of digits: ``kx27``, ``凯旋27``, ``hsh y3``. Pinyin
        is also compared folded (n/l, zh/z, in/ing …), and a part may skip characters (黑水浩应急 in
        黑水浩村应急) when it stands nowhere as a whole.
        """
        if not words_of(query):
            return []
        found = [each for segment in self._segments for each in segment.best(query, limit, kinds)]
        found = nsmallest(limit, found, key=lambda each: (-each[0], *_natural(each[1])))
        return [Hit(entry, score, spans_in(query, entry.title, entry.keys)) for score, entry in found]

    def _index(self, fresh: list[Entry]) -> None:
        """A segment for what is new; small ones are joined, and all of them once too much has gathered."""
        recent = sum(len(segment.entries) for segment in self._segments[1:]) + len(fresh)
        if not self._segments or recent > max(_RECENT, len(self._entries) // 8):
            self._segments, fresh = [], list(self._entries.values())
        elif len(self._segments) > 1:
            fresh = [entry for entry in self._entries.values() if self._is_recent(entry.id)] + fresh
            del self._segments[1:]
        segment = _Segment(list({entry.id: entry for entry in fresh}.values()))
        self._segments.append(segment)
        self._where.update({entry.id: (segment, place) for place, entry in enumerate(segment.entries)})

    def _is_recent(self, id: str) -> bool:
        where = self._where.get(id)
        return where is not None and where[0] is not self._segments[0]
