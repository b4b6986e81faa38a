"""Stores as they are read: balances of every depot, what to order, the ledger line by line, and what is still out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from commandcenter.rules.stores import Article, Depot, Order, StockMove, first_due, is_loan, orders, out_of
from commandcenter.services.kit_reading import article_order, open_gaps
from commandcenter.services.stock import worlds_of
from commandcenter.storage.reads import Reader
from commandcenter.storage.stores import balances, batches


@dataclass(frozen=True, slots=True)
class StockRow:
    """An article with its balances: ``held`` by depot id and size, ``order`` what to buy of it by size, ``due`` the
    first date (YYYY-MM-DD) of what is still there."""

    article: Article
    held: Mapping[tuple[str, str], int]
    order: tuple[Order, ...]
    due: str | None = None

    @property
    def total(self) -> int:
        """In all depots and sizes."""
        return sum(self.held.values())

    def at(self, depot: str) -> int:
        """In one depot, all sizes together."""
        return sum(amount for (id, _), amount in self.held.items() if id == depot)

    @property
    def is_low(self) -> bool:
        """Whether less is there than the article's minimum."""
        return self.article.minimum is not None and self.total < self.article.minimum


@dataclass(frozen=True, slots=True)
class Stores:
    """Articles × depots; ``loans`` is what incidents (or the drill) still have."""

    depots: tuple[Depot, ...]
    rows: tuple[StockRow, ...]
    loans: tuple["Loan", ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A line of the ledger in words: ``party`` is who got it or gave it, ``left`` the balance of depot, article and
    size after it; None when it is struck."""

    move: StockMove
    depot: str
    article: Article | None
    party: str
    by: str
    left: int | None


@dataclass(frozen=True, slots=True)
class Loan:
    """What an incident or a drill (``party``) still has: ``out`` of the issue."""

    move: StockMove
    article: Article
    depot: str
    out: int
    party: str


def stores(reader: Reader, today: date) -> Stores:
    """Every article with its balances and what to order, out of use too; in the reader's world a drill sees the real
    stock and its own moves."""
    depots: list[Depot] = reader.find("depot", active=True)
    dated = batches(reader.connection, worlds_of(reader.world))
    articles: list[Article] = reader.find("article")
    held: dict[str, dict[tuple[str, str], int]] = {}
    stock: dict[tuple[str, str], int] = {}
    for (depot, article, size), amount in balances(reader.connection, worlds_of(reader.world)).items():
        held.setdefault(article, {})[depot, size] = amount
        stock[article, size] = stock.get((article, size), 0) + amount
    wanted: dict[str, list[Order]] = {}
    for order in orders(articles, stock, open_gaps(reader, today)):
        wanted.setdefault(order.article, []).append(order)
    rows = [
        StockRow(each, there := held.get(each.id, {}), tuple(wanted.get(each.id, ())),
                 first_due(sum(there.values()), dated.get(each.id, ())))
        for each in articles
    ]  # fmt: skip
    rows.sort(key=lambda row: article_order(row.article))
    depots.sort(key=lambda each: (each.village is not None, each.id))
    return Stores(tuple(depots), tuple(rows), tuple(loans(reader)))


def loan(reader: Reader, move: str) -> Loan | None:
    """What is still out of one issue; None when nothing is."""
    issue: StockMove | None = reader.get("stock_move", move)
    if issue is None or not is_loan(issue):
        return None
    out = out_of(issue, reader.find("stock_move", of=issue.id))
    names = _Names(reader, [issue])
    article, depot = names.articles.get(issue.article), names.depots.get(issue.depot, "")
    return Loan(issue, article, depot, out, names.party(issue)) if article is not None and out > 0 else None


def ledger(
    reader: Reader, *, depot: str | None = None, article: str | None = None, limit: int = 500
) -> list[LedgerRow]:
    """The lines of the ledger, newest first, struck ones too; of one depot or article when asked for."""
    where: dict[str, Any] = {name: value for name, value in (("depot", depot), ("article", article)) if value}
    order = ("occurred_at", "id")
    moves: list[StockMove] = reader.find("stock_move", order=order, descending=True, limit=limit, **where)
    seqs = reader.first_seqs("stock_move", [each.id for each in moves])
    moves.sort(key=lambda each: (each.occurred_at, seqs.get(each.id, 0)), reverse=True)
    names = _Names(reader, moves)
    left = dict(balances(reader.connection, worlds_of(reader.world), {each.article for each in moves}))
    rows = []
    for move in moves:
        key = move.depot, move.article, move.size
        balance = None if move.struck else left.get(key, 0)
        if not move.struck:
            left[key] = left.get(key, 0) - move.change
        rows.append(LedgerRow(move, names.depots.get(move.depot, ""), names.articles.get(move.article),
                              names.party(move), names.officers.get(move.by or "", ""), balance))  # fmt: skip
    return rows


class _Names:
    """What the references of some moves are called."""

    def __init__(self, reader: Reader, moves: Iterable[StockMove]) -> None:
        listed = list(moves)
        self.depots = {each.id: each.name for each in reader.find("depot")}
        self.articles: dict[str, Article] = {each.id: each for each in reader.find("article")}
        self.officers = {each.id: each.name for each in reader.find("officer")}
        self.villages = {each.id: each.name for each in reader.find("village")}
        self.issues = {
            each.id: each.number for each in reader.many("kit_issue", {m.kit_issue for m in listed if m.kit_issue})
        }
        self.incidents = {
            each.id: each.number for each in reader.many("incident", {m.incident for m in listed if m.incident})
        }
        self.drills = {each.id: each.title for each in reader.many("drill", {m.drill for m in listed if m.drill})}

    def party(self, move: StockMove) -> str:
        """Who got it, or gave it."""
        parts = (
            self.villages.get(move.village or ""), self.issues.get(move.kit_issue or ""),
            self.incidents.get(move.incident or ""), self.drills.get(move.drill or ""), move.other,
        )  # fmt: skip
        return " ".join(each for each in parts if each)


def loans(reader: Reader, *, incident: str | None = None, drill: str | None = None) -> list[Loan]:
    """What incidents (in a drill's world: the drill) still have, oldest first."""
    where: dict[str, Any] = {name: value for name, value in (("incident", incident), ("drill", drill)) if value}
    issues = [each for each in reader.find("stock_move", kind="issued", order=("occurred_at", "id"), **where)
              if is_loan(each)]  # fmt: skip
    settled: dict[str, list[StockMove]] = {}
    for move in reader.find("stock_move", of=[each.id for each in issues]) if issues else ():
        settled.setdefault(move.of or "", []).append(move)
    told = [(each, out) for each in issues if (out := out_of(each, settled.get(each.id, ()))) > 0]
    names = _Names(reader, [each for each, _ in told])
    return [
        Loan(each, names.articles[each.article], names.depots.get(each.depot, ""), out, names.party(each))
        for each, out in told
    ]
