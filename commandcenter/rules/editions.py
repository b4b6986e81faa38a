"""Editions of printed books: the handbook 工作手册 of a grid and the contact book 通讯录 of a village, and of the sheet
治理信息全览图 that hangs in a village; who holds which, and what has changed since.

An edition remembers of what it was made, line by line: of whom or what a page says something, what it says (``phone``),
and a short digest of the value, never the value itself. What differs now is found by making the same digests of what
would be printed now, so that a change which was taken back leaves everybody with a current book.
"""

import hashlib
import json
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

from commandcenter.rules.entity import Apart, Bytes, Indexed, Ref, Unique, entity
from commandcenter.rules.masks import is_masked

BookKind = Literal["handbook", "contact_book"]
BOOK_KINDS: tuple[BookKind, ...] = ("handbook", "contact_book")
"""What is bound and lies in people's kits."""
EditionKind = Literal["handbook", "contact_book", "overview"]
WALL: EditionKind = "overview"
"""The sheet of a village: nobody's piece. It hangs there in its newest edition, for whoever prints one takes the old
one down; the one for the notice board is an extract of the same edition."""
OF: Mapping[EditionKind, Literal["grid", "village"]] = {
    "handbook": "grid", "contact_book": "village", "overview": "village",
}  # fmt: skip
"""What each is of: its subject."""


@entity("edition")
@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """One printing of a book or sheet: of a ``grid`` (handbook), or of a ``village`` (contact book, overview sheet;
    ``grid`` None). ``number`` counts up for each of them; ``code`` stands on the cover, as a QR code too, and in the
    pieces of those who hold it. A grid of which there is one stays on record.
    """

    id: str
    kind: Annotated[EditionKind, Indexed]
    village: Annotated[str, Ref("village", weak=True), Indexed]
    grid: Annotated[str | None, Ref("grid", weak=True), Indexed] = None
    number: int
    code: Annotated[str, Unique]
    printed_on: Annotated[str, Indexed]
    by: Annotated[str | None, Ref("officer")] = None

    @property
    def subject(self) -> str:
        """The grid, or the village."""
        return self.grid or self.village


@entity("edition_lines", append_only=True)
@dataclass(frozen=True, kw_only=True, slots=True)
class EditionLines:
    """The lines of the edition that bears the same id (see :func:`pack`). Apart from it and out of the log, because
    whoever knows all numbers of a town could guess one from its digest: erasing a person blanks the digests."""

    id: str
    content: Annotated[bytes | None, Bytes, Apart] = None


# --- lines --------------------------------------------------------------------------------------------------------


class Fact(NamedTuple):
    """What a page says of somebody or something: ``value`` is told plainly here, and nowhere kept."""

    page: str
    kind: str
    id: str
    what: str
    value: str


class Key(NamedTuple):
    """What a line speaks of: a page, an entity, and what of it (``name``, ``phone``, ``role``, ``order`` …)."""

    page: str
    kind: str
    id: str
    what: str


Lines = Mapping[Key, str]
"""Digests by what they are of; "" is one that says nothing any more, and counts as changed."""
_DIGEST = 6
"""Bytes of a digest: two values that differ look alike once in 2⁴⁸ times."""


def lines_of(subject: str, facts: Iterable[Fact]) -> dict[Key, str]:
    """The lines of a book of ``subject`` (id). What a page says several times is told as one line; a value that was
    masked for whoever asked has no digest, for nobody has seen it."""
    values: dict[Key, list[str]] = {}
    for page, kind, id, what, value in facts:
        values.setdefault(Key(page, kind, id, what), []).append(value)
    return {key: _digest(subject, found) for key, found in values.items()}


def _digest(subject: str, values: Sequence[str]) -> str:
    if any(is_masked(each) for each in values):
        return ""
    told = "\0".join(sorted(set(values)) if len(values) > 1 else values).encode()
    return hashlib.blake2b(told, digest_size=_DIGEST, key=subject.encode()[:64]).hexdigest()


def pack(lines: Lines) -> bytes:
    """Lines as they are kept."""
    rows = sorted([*key, digest] for key, digest in lines.items())
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def unpack(content: bytes | None) -> dict[Key, str]:
    """Lines as they were kept; none where there is nothing."""
    if content is None:
        return {}
    return {Key(*row[:4]): row[4] for row in json.loads(zlib.decompress(content))}


def blanked(content: bytes, ids: Collection[str]) -> bytes | None:
    """Kept lines without the digests of what was said of ``ids``; None where nothing was said of them."""
    lines = unpack(content)
    mine = [key for key, digest in lines.items() if key.id in ids and digest]
    return pack({**lines, **dict.fromkeys(mine, "")}) if mine else None


# --- what has changed ---------------------------------------------------------------------------------------------

REVIEW = "review"
"""What a line is of that tells of the day of an entry's review."""
How = Literal["changed", "new", "gone"]


class Difference(NamedTuple):
    """One line that says something else now, was not there, or is not there any more."""

    kind: str
    id: str
    what: str
    how: How


@dataclass(frozen=True, slots=True)
class PageChange:
    """A page that is not as it was printed, and in what."""

    page: str
    differences: tuple[Difference, ...]


def changes(then: Lines, now: Lines, pages: Sequence[str] = ()) -> tuple[PageChange, ...]:
    """The pages that differ, in the order of ``pages`` (others behind them). A line without a digest on either side
    differs; one that is not there on the other side does too."""
    if then == now and "" not in then.values():
        return ()
    found: dict[str, list[Difference]] = {}
    for key in sorted({*then, *now}):
        before, after = then.get(key), now.get(key)
        if before == after and before:
            continue
        how: How = "new" if before is None else "gone" if after is None else "changed"
        found.setdefault(key.page, []).append(Difference(key.kind, key.id, key.what, how))
    order = {page: at for at, page in enumerate(pages)}
    return tuple(
        PageChange(page, tuple(found[page])) for page in sorted(found, key=lambda each: (order.get(each, 99), each))
    )


def as_on_wall(then: Lines, now: Lines) -> dict[Key, str]:
    """What would be printed now, as it is held against a sheet on a wall: reviews of entries that the sheet shows do
    not matter, for it does not tell of them, and no sheet is old merely because a day has passed."""
    return {key: digest for key, digest in now.items() if key.what != REVIEW or key in then}


def same_print(then: Lines, now: Lines) -> bool:
    """Whether printing ``now`` would give the same book as ``then``, so that no new edition is needed: what whoever
    prints may not see is as little seen as before."""
    return dict(then) == dict(now)


# --- who holds what -----------------------------------------------------------------------------------------------

HolderState = Literal["current", "stale", "unknown"]


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who has a book, or ought to: the piece in his kit, whose book it is to be (``subject``: grid or
    village), and which edition it is (``code``, "" where nobody knows). Of the sheet on its wall the holder is the
    village: no piece, kit or worker."""

    piece: str
    kit: str
    worker: str
    kind: EditionKind
    subject: str
    code: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody's book stands. ``pages``: what is not as it would be printed now; ``other``: the book is of another
    grid or village, so that nothing in it is right."""

    holder: Holder
    state: HolderState
    edition: Edition | None = None
    pages: tuple[PageChange, ...] = ()
    other: bool = False


def standing(
    holder: Holder, edition: Edition | None, then: Lines, now: Lines, pages: Sequence[str] = ()
) -> Standing:
    """The one function that says whether a book is stale: when any page of the edition that somebody holds differs
    from what would be printed now. ``then``: the lines of that edition, ``now``: those of his own book as it would be
    printed. A book of which nobody knows the edition is ``unknown``, never stale."""
    if edition is None:
        return Standing(holder, "unknown")
    if edition.subject != holder.subject or edition.kind != holder.kind:
        return Standing(holder, "stale", edition, other=True)
    found = changes(then, now, pages)
    return Standing(holder, "stale" if found else "current", edition, found)


def stale(standings: Iterable[Standing]) -> frozenset[str]:
    """The pieces whose books are stale, by id: for kits, village boards, pick lists and the map alike."""
    return frozenset(each.holder.piece for each in standings if each.state == "stale" and each.holder.piece)


def newest(editions: Iterable[Edition]) -> dict[tuple[EditionKind, str], Edition]:
    """The newest edition of each book, by kind and subject."""
    found: dict[tuple[EditionKind, str], Edition] = {}
    for each in editions:
        other = found.get((each.kind, each.subject))
        if other is None or other.number < each.number:
            found[each.kind, each.subject] = each
    return found
