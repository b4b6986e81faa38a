"""What the depots 物资库 hold: articles, and a ledger of moves 出入库 from which every balance is derived.

Nothing here knows how many articles belong to a kit: one does when it has a place in it (``kit_place``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from commandcenter.rules.entity import REAL, Indexed, Named, Personal, Ref, Unique, entity

Printed = Literal["", "handbook", "contact_book"]
MoveKind = Literal["received", "issued", "returned", "damaged", "lost", "written_off", "counted", "moved"]
MOVE_KINDS: tuple[MoveKind, ...] = (
    "received", "issued", "returned", "damaged", "lost", "written_off", "counted", "moved",
)  # fmt: skip
SETTLING: frozenset[MoveKind] = frozenset(("returned", "damaged", "lost", "written_off"))
"""Kinds of a move ``of`` an issue that say what became of what was out."""


@entity("article")
@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """Anything that a depot holds. ``kit_place``: its place in the kit of a worker, None when it belongs to none.
    ``sizes``: those it comes in, as ``S,M,L``. ``life_months``: after so many months a piece is due to be replaced."""

    id: str
    code: Annotated[str, Unique]
    name: Annotated[str, Named]
    name_en: str = ""
    category: Annotated[str, Indexed]
    spec: str = ""
    unit: str
    minimum: int | None = None
    life_months: int | None = None
    kit_place: int | None = None
    sizes: str = ""
    printed: Printed = ""
    active: bool = True


@entity("depot")
@dataclass(frozen=True, kw_only=True, slots=True)
class Depot:
    """A public store of the town, or of a village; its keeper is an official, named like one."""

    id: str
    name: Annotated[str, Named]
    village: Annotated[str | None, Ref("village"), Indexed] = None
    address: str = ""
    keeper: str = ""
    phone: Annotated[str | None, Personal("phone")] = None
    active: bool = True


@entity("stock_move", timeline=True)
@dataclass(frozen=True, kw_only=True, slots=True)
class StockMove:
    """One line of the ledger. ``amount`` says of how many things it speaks, ``change`` what it does to the balance of
    its depot; they differ where something never reached the shelf: what was lost or broken of an issue (``of``), or
    found as many as expected. Undo strikes a line through, so it may outlive all that it names.

    ``pieces``: what moved has a row each (:class:`commandcenter.rules.kits.Piece`). ``override``: the named reason why
    the balance may be below zero from here on.
    """

    id: str
    world: Annotated[str, Indexed] = REAL
    occurred_at: Annotated[datetime, Indexed]
    kind: MoveKind
    depot: Annotated[str, Ref("depot", weak=True), Indexed]
    article: Annotated[str, Ref("article", weak=True), Indexed]
    size: str = ""
    amount: int
    change: int
    pieces: bool = False
    incident: Annotated[str | None, Ref("incident", weak=True), Indexed] = None
    drill: Annotated[str | None, Ref("drill", weak=True), Indexed] = None
    village: Annotated[str | None, Ref("village", weak=True), Indexed] = None
    kit_issue: Annotated[str | None, Ref("kit_issue", weak=True), Indexed] = None
    other: Annotated[str, Personal("ledger")] = ""
    taken_by: Annotated[str, Personal("ledger")] = ""
    of: Annotated[str | None, Ref("stock_move", weak=True), Indexed] = None
    due_on: str | None = None
    reason: Annotated[str, Personal("ledger")] = ""
    override: Annotated[str, Personal("ledger")] = ""
    by: Annotated[str | None, Ref("officer", weak=True)] = None
    struck: bool = False


def sizes_of(article: Article) -> tuple[str, ...]:
    """The sizes in which an article comes; empty when it has none."""
    return tuple(each for each in article.sizes.split(",") if each)


Key = tuple[str, str, str]
"""Depot, article, size: what a balance is of."""


def balances(moves: Iterable[StockMove]) -> dict[Key, int]:
    """The balance of each depot, article and size, of the moves that are not struck."""
    found: dict[Key, int] = {}
    for move in moves:
        if not move.struck:
            key = move.depot, move.article, move.size
            found[key] = found.get(key, 0) + move.change
    return found


def is_loan(move: StockMove) -> bool:
    """Whether a move took things out that are expected back, or to be accounted for: pieces have rows of their own,
    and what a village or somebody else got is theirs."""
    return move.kind == "issued" and not move.pieces and not move.struck and bool(move.incident or move.drill)


def out_of(issue: StockMove, moves: Iterable[StockMove]) -> int:
    """How much of an issue has not been accounted for. ``moves`` may hold any others as well."""
    settled = sum(each.amount for each in moves if each.of == issue.id and each.kind in SETTLING and not each.struck)
    return issue.amount - settled


DUE_SOON = 60
"""Days before a date from which it is told: what a township orders takes about two months to arrive."""


def first_due(balance: int, batches: Iterable[tuple[str, int]]) -> str | None:
    """The earliest date among what is still there of dated ``batches`` (day, amount): what falls due first is taken
    first. None when nothing dated can be left."""
    left, found = balance, None
    for day, amount in sorted(batches, reverse=True):
        if left <= 0:
            break
        left, found = left - amount, day
    return found


@dataclass(frozen=True, slots=True)
class Order:
    """A proposal to buy: ``below`` the minimum of the article, and ``gaps`` of kits that no stock covers."""

    article: str
    size: str
    below: int
    gaps: int

    @property
    def amount(self) -> int:
        """How many to order."""
        return self.below + self.gaps


def orders(
    articles: Iterable[Article], stock: Mapping[tuple[str, str], int], wanted: Mapping[tuple[str, str], int]
) -> tuple[Order, ...]:
    """What to order, article by article and size by size: ``stock`` and ``wanted`` (open gaps) by article and size.

    Gaps are filled first; what is left then is held against the minimum, which belongs to the article as a whole and
    is ordered without a size where there are several: which ones are needed, a person says.
    """
    found = []
    for article in articles:
        if not article.active:
            continue
        sizes = sorted({size for id, size in (*stock, *wanted) if id == article.id})
        left, open_gaps = 0, {}
        for size in sizes:
            there, need = max(stock.get((article.id, size), 0), 0), wanted.get((article.id, size), 0)
            left += max(there - need, 0)
            open_gaps[size] = max(need - there, 0)
        below = {"": max((article.minimum or 0) - left, 0)}
        found += [
            Order(article.id, size, below.get(size, 0), open_gaps.get(size, 0))
            for size in sorted({*below, *open_gaps})
            if below.get(size, 0) + open_gaps.get(size, 0)
        ]
    return tuple(found)
