"""Kits 七件套 of grid workers: pieces with a row each, and the kit that they belong to, which never dissolves.

How many pieces make a kit is nowhere written: as many as there are articles in use with a place in it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, NamedTuple

from commandcenter.rules.entity import Indexed, Personal, Ref, Unique, entity
from commandcenter.rules.stores import Article, sizes_of

PieceState = Literal["issued", "missing", "damaged", "expired", "returned", "written_off"]
FoundState = Literal["issued", "missing", "damaged"]
SlotState = Literal["good", "stale", "overdue", "expired", "damaged", "missing", "waiting"]
SLOT_STATES: tuple[SlotState, ...] = ("good", "stale", "overdue", "expired", "damaged", "missing", "waiting")
"""The states of a place in a kit, best first; all but the first are gaps. ``stale``: a printed book of which some page
is no longer as it would be printed now (:mod:`commandcenter.rules.editions`)."""
_RANKS = {state: rank for rank, state in enumerate(SLOT_STATES)}
AWAY: frozenset[PieceState] = frozenset(("issued", "missing", "damaged", "expired"))
"""States of a piece that has left the depot and is not accounted for otherwise."""
GONE: frozenset[PieceState] = frozenset(("returned", "written_off"))


@entity("kit_issue")
@dataclass(frozen=True, kw_only=True, slots=True)
class KitIssue:
    """What left a depot for a village at once, on one receipt sheet 签收单 that its liaison signs."""

    id: str
    number: Annotated[str, Indexed] = ""
    village: Annotated[str, Ref("village"), Indexed]
    depot: Annotated[str, Ref("depot"), Indexed]
    issued_on: Annotated[str, Indexed]
    by: Annotated[str | None, Ref("officer")] = None
    received_by: Annotated[str, Personal("ledger")] = ""
    received_on: str | None = None
    note: Annotated[str, Personal("ledger")] = ""


@entity("kit")
@dataclass(frozen=True, kw_only=True, slots=True)
class Kit:
    """The identity that pieces belong to. ``worker`` None: it lies at the village, not handed out."""

    id: str
    code: Annotated[str, Unique]
    village: Annotated[str, Ref("village"), Indexed]
    worker: Annotated[str | None, Ref("worker"), Indexed] = None
    issue: Annotated[str | None, Ref("kit_issue"), Indexed] = None
    sizes: str = ""
    handed_on: str | None = None
    active: bool = True


@entity("piece")
@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """One thing that a village answers for. ``kit`` None and ``village`` given: on the village's spare shelf 备用架;
    both None: it is back, or gone. ``due_on``: the day from which it is to be replaced."""

    id: str
    code: Annotated[str, Unique]
    article: Annotated[str, Ref("article"), Indexed]
    size: str = ""
    kit: Annotated[str | None, Ref("kit"), Indexed] = None
    village: Annotated[str | None, Ref("village"), Indexed] = None
    issue: Annotated[str | None, Ref("kit_issue"), Indexed] = None
    state: Annotated[PieceState, Indexed] = "issued"
    issued_on: str
    due_on: Annotated[str | None, Indexed] = None
    reason: Annotated[str, Personal("ledger")] = ""
    edition: str = ""


class Held(NamedTuple):
    """A piece as two thousand are read at once, which takes a tenth of the time: all of it but what somebody wrote."""

    id: str
    code: str
    article: str
    size: str
    kit: str | None
    village: str | None
    issue: str | None
    state: PieceState
    issued_on: str
    due_on: str | None
    edition: str


AnyPiece = Piece | Held


def needed(articles: Iterable[Article]) -> tuple[Article, ...]:
    """The articles of which a kit consists now, by their place in it."""
    found = [each for each in articles if each.active and each.kit_place is not None]
    return tuple(sorted(found, key=lambda each: (each.kit_place, each.code)))


def is_overdue(piece: AnyPiece, today: date) -> bool:
    """Whether a piece in good order has to be replaced all the same. Derived, never stored."""
    return piece.due_on is not None and piece.due_on <= today.isoformat()


def piece_state(piece: AnyPiece, today: date, stale: Collection[str] = ()) -> SlotState:
    """The state of the place that a piece fills; ``waiting`` for one that is no longer there. ``stale``: books of an
    old edition, as :func:`commandcenter.rules.editions.stale` gives them."""
    if piece.state == "issued":
        return "overdue" if is_overdue(piece, today) else "stale" if piece.id in stale else "good"
    return piece.state if piece.state in ("missing", "damaged", "expired") else "waiting"


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a kit: the article that belongs there, and the piece that fills it best, if there is any."""

    article: Article
    piece: AnyPiece | None
    state: SlotState

    @property
    def is_gap(self) -> bool:
        """Whether something has to be brought."""
        return self.state != "good"


def slots(
    pieces: Iterable[AnyPiece], articles: Sequence[Article], today: date, stale: Collection[str] = ()
) -> tuple[Slot, ...]:
    """The places of one kit. ``pieces``: its own; ``articles``: as :func:`needed` gives them; ``stale``: books of an
    old edition."""
    best: dict[str, tuple[int, str, SlotState, AnyPiece]] = {}
    for piece in pieces:
        state = piece_state(piece, today, stale)
        rank, other = _RANKS[state], best.get(piece.article)
        if state != "waiting" and (other is None or (rank, piece.code) < other[:2]):
            best[piece.article] = rank, piece.code, state, piece
    found = []
    for article in articles:
        held = best.get(article.id)
        found.append(Slot(article, held[3], held[2]) if held else Slot(article, None, "waiting"))
    return tuple(found)


def gaps(
    pieces: Iterable[AnyPiece], articles: Sequence[Article], today: date, stale: Collection[str] = ()
) -> tuple[Slot, ...]:
    """The places of a kit for which something has to be brought: the one function that says so."""
    return tuple(each for each in slots(pieces, articles, today, stale) if each.is_gap)


def size_for(article: Article, given: str) -> str | None:
    """The size of an article among those somebody wears (``XL 42``, parted by anything but letters, digits, ``/`` and
    dots); "" for an article without sizes, None when none of them fits."""
    if not article.sizes:
        return ""
    worn = words_of(given)
    return next((each for each in article.sizes.split(",") if each.upper() in worn), None)


def words_of(given: str) -> set[str]:
    """The sizes that somebody wears, taken apart."""
    return set(_words(given))


def _words(given: str) -> list[str]:
    return [each.upper() for each in "".join(c if c.isalnum() or c in "/." else " " for c in given).split()]


def sizes_known(articles: Iterable[Article]) -> tuple[str, ...]:
    """All sizes of these articles as they are written in the catalogue, each once, in its order."""
    return tuple(dict.fromkeys(size for article in articles for size in sizes_of(article)))


def odd_size(articles: Sequence[Article], given: str) -> str | None:
    """What of ``given`` (``XL 42``) cannot be the sizes of one kit of these articles: a word that is no size of any, or
    all of it where two are of the same article. Where no article comes in sizes, anything of one word will do. None:
    nothing is odd."""
    known = {size.upper() for size in sizes_known(articles)}
    if not known:
        return given if len(given.split()) > 1 else None
    words = _words(given)
    if not words and given.strip():
        return given
    if odd := next((each for each in words if each not in known), None):
        return odd
    taken = [sum(1 for size in sizes_of(article) if size.upper() in words) for article in articles]
    return given if max(taken, default=0) > 1 else None
