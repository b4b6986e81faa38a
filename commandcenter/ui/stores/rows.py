"""The rows of the room's tables: articles with what is there, depots, lines of the ledger, what to order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Literal

from commandcenter.base.texts import choose, say
from commandcenter.rules import pinyin
from commandcenter.rules.finding import Entry, Index
from commandcenter.rules.stores import DUE_SOON, Article, Depot, Order, StockMove, sizes_of
from commandcenter.services.catalogues import term
from commandcenter.services.store_reading import LedgerRow, Loan, StockRow
from commandcenter.services.wording import shown
from commandcenter.ui.core.columns import Column, Tone

Due = Literal["", "near", "over"]
_MARKS = {"low": "▼", "none": "✕", "over": "■", "near": "◆"}
"""A shape before each warning: colour never speaks alone."""


def article_name(article: Article) -> str:
    """In the language of the desk."""
    return choose(article.name, article.name_en)


def sized(article: Article, size: str) -> str:
    """With its size."""
    return f"{article_name(article)} {size}" if size else article_name(article)


def category_name(key: str) -> str:
    """A category of articles."""
    return term("article_categories", key)


@lru_cache(maxsize=4_096)
def _spelt(name: str) -> tuple[str, str]:
    keys = pinyin.keys(name)
    return keys.pinyin, keys.initials


# --- articles -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StockLine:
    """An article with its balances; ``out``: what incidents still have of it. The table is told for which depot."""

    row: StockRow
    depots: tuple[Depot, ...]
    loans: tuple[Loan, ...]
    today: date
    place: int

    @property
    def id(self) -> str:
        """The article's id."""
        return self.row.article.id

    @property
    def article(self) -> Article:
        """The article."""
        return self.row.article

    @property
    def out(self) -> int:
        """What incidents still have."""
        return sum(each.out for each in self.loans)

    @property
    def due(self) -> Due:
        """Whether a date of what is there is near or over."""
        if self.row.due is None:
            return ""
        if self.row.due <= self.today.isoformat():
            return "over"
        return "near" if self.row.due <= (self.today + timedelta(days=DUE_SOON)).isoformat() else ""

    @property
    def needs_care(self) -> bool:
        """Below its minimum, or with a date that is near or over."""
        return self.article.active and (self.row.is_low or bool(self.due))

    def there(self, depot: str) -> int:
        """In a depot, or in all of them (empty)."""
        return self.row.at(depot) if depot else self.row.total

    def spread(self, depot: str) -> str:
        """Size by size where there are several; else depot by depot."""
        if sizes_of(self.article):
            counts = dict.fromkeys(sizes_of(self.article), 0)
            for (at, size), amount in self.row.held.items():
                if not depot or at == depot:
                    counts[size] = counts.get(size, 0) + amount
            return " · ".join(f"{size} {amount:,}" for size, amount in counts.items())
        told = [f"{each.name} {self.row.at(each.id):,}" for each in self.depots if self.row.at(each.id)]
        return "" if depot else " · ".join(told)


def _balance(line: StockLine, depot: Any) -> str:
    there = line.there(depot or "")
    mark = _MARKS["none"] if there <= 0 and line.article.minimum else _MARKS["low"] if line.row.is_low else ""
    return f"{mark} {there:,}" if mark and line.article.active else f"{there:,}"


def _balance_tone(line: StockLine, depot: Any) -> Tone:
    if not line.article.active:
        return "disabled"
    if line.there(depot or "") < 0 or line.row.is_low:
        return "overdue"
    return "text" if line.there(depot or "") else "muted"


def due_words(line: StockLine) -> str:
    """The first date, with its shape when it is near or over."""
    if line.row.due is None:
        return ""
    return f"{_MARKS[line.due]} {line.row.due}" if line.due else line.row.due


def _due_tone(line: StockLine, _ctx: Any) -> Tone:
    return {"over": "overdue", "near": "near", "": "muted"}[line.due]  # type: ignore[return-value]


STOCK_COLUMNS: tuple[Column[StockLine], ...] = (
    Column("code", "stores.column.code", lambda row, _: row.article.code, None, 50,
           tone=lambda row, _: "muted"),
    Column("name", "stores.column.name", lambda row, _: article_name(row.article),
           lambda row: _spelt(row.article.name), 150, fixed=True,
           tone=lambda row, _: "text" if row.article.active else "disabled",
           tooltip=lambda row, _: " ".join(each for each in (article_name(row.article), row.article.spec) if each)),
    Column("category", "stores.column.category", lambda row, _: category_name(row.article.category), None, 84,
           visible=False),
    Column("there", "stores.column.there", _balance, lambda row: row.row.total, 76, numeric=True, fixed=True,
           tone=_balance_tone),
    Column("unit", "stores.column.unit", lambda row, _: row.article.unit, None, 48, tone=lambda row, _: "muted"),
    Column("minimum", "stores.column.minimum",
           lambda row, _: "–" if row.article.minimum is None else f"{row.article.minimum:,}",
           lambda row: row.article.minimum, 64, numeric=True, tone=lambda row, _: "muted"),
    Column("out", "stores.column.out", lambda row, _: f"{row.out:,}" if row.out else "–", lambda row: row.out, 60,
           numeric=True, tone=lambda row, _: "accent" if row.out else "muted"),
    Column("due", "stores.column.due", lambda row, _: due_words(row), lambda row: row.row.due, 108, tone=_due_tone),
    Column("spread", "stores.column.spread", lambda row, depot: row.spread(depot or ""), None, 150, stretch=True,
           tone=lambda row, _: "muted"),
    Column("place", "stores.column.place", lambda row, _: str(row.article.kit_place or ""),
           lambda row: row.article.kit_place, 64, numeric=True, visible=False),
)  # fmt: skip


def stock_index(lines: Iterable[StockLine]) -> Index:
    """What a search knows of articles. Pinyin is the dear part: never on the GUI thread."""
    return Index(article_entry(line.article) for line in lines)


def article_entry(article: Article) -> Entry:
    """By name, pinyin, initials, code, English name and what it is like."""
    subtitle = " · ".join((article.code, category_name(article.category)))
    keys = (*_spelt(article.name), article.name, article.code, article.name_en, article.spec)
    return Entry("article", article.id, article_name(article), subtitle, tuple(each for each in keys if each))


# --- depots -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DepotRow:
    """A depot with how many articles it holds any of; ``village``: its name, empty for the town's."""

    depot: Depot
    village: str
    articles: int

    @property
    def id(self) -> str:
        """The depot's id."""
        return self.depot.id


DEPOT_COLUMNS: tuple[Column[DepotRow], ...] = (
    Column("name", "stores.column.depot", lambda row, _: row.depot.name, lambda row: _spelt(row.depot.name), 180,
           fixed=True, stretch=True, tone=lambda row, _: "text" if row.depot.active else "disabled"),
    Column("village", "stores.column.village", lambda row, _: row.village or say("core.place.whole_town"), None, 120),
    Column("address", "stores.column.address", lambda row, _: row.depot.address, None, 190),
    Column("keeper", "stores.column.keeper", lambda row, _: row.depot.keeper, None, 90),
    Column("articles", "stores.column.articles", lambda row, _: f"{row.articles:,}" if row.articles else "–",
           lambda row: row.articles, 76, numeric=True),
)  # fmt: skip


def depot_entry(depot: Depot, village: str) -> Entry:
    """By name, pinyin, initials and place."""
    keys = (*_spelt(depot.name), depot.address, depot.keeper, village)
    return Entry("depot", depot.id, depot.name, depot.address or village, tuple(each for each in keys if each))


# --- the ledger ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A line of the ledger; ``when`` is local, ``out`` what is still out of it, ``place`` its place from the top."""

    line: LedgerRow
    when: datetime
    out: int
    place: int

    @property
    def id(self) -> str:
        """The move's id."""
        return self.line.move.id

    @property
    def move(self) -> StockMove:
        """The move."""
        return self.line.move

    @property
    def article(self) -> str:
        """What moved, with its size."""
        return sized(self.line.article, self.move.size) if self.line.article else ""


def kind_words(move: StockMove) -> str:
    """What kind of move it is; struck ones say so."""
    kind = say(f"stores.kind.{move.kind}")
    return say("stores.kind.struck", kind=kind) if move.struck else kind


def change_words(move: StockMove) -> str:
    """What it does to the balance, with its sign; what never reached the shelf in brackets."""
    return f"{move.change:+,}".replace("-", "−") if move.change or move.kind == "counted" else f"({move.amount:,})"


def ledger_lines(rows: Iterable[LedgerRow], loans: Iterable[Loan], zone: tzinfo) -> list[LedgerLine]:
    """As they were read, newest first."""
    out = {each.move.id: each.out for each in loans}
    return [
        LedgerLine(row, row.move.occurred_at.astimezone(zone), out.get(row.move.id, 0), place)
        for place, row in enumerate(rows)
    ]


def _struck(row: LedgerLine, otherwise: Tone) -> Tone:
    return "disabled" if row.move.struck else otherwise


LEDGER_COLUMNS: tuple[Column[LedgerLine], ...] = (
    Column("when", "stores.column.when", lambda row, _: f"{row.when:%Y-%m-%d %H:%M}", lambda row: -row.place, 122,
           fixed=True, tone=lambda row, _: _struck(row, "muted")),
    Column("kind", "stores.column.kind", lambda row, _: kind_words(row.move), None, 76,
           tone=lambda row, _: _struck(row, "text")),
    Column("article", "stores.column.article", lambda row, _: row.article, None, 120, fixed=True, stretch=True,
           tone=lambda row, _: _struck(row, "text")),
    Column("change", "stores.column.change", lambda row, _: change_words(row.move), lambda row: row.move.change, 60,
           numeric=True, tone=lambda row, _: _struck(row, "text")),
    Column("left", "stores.column.left", lambda row, _: "" if row.line.left is None else f"{row.line.left:,}",
           lambda row: row.line.left, 58, numeric=True,
           tone=lambda row, _: "overdue" if (row.line.left or 0) < 0 else "muted"),
    Column("depot", "stores.column.depot", lambda row, _: row.line.depot, None, 94,
           tone=lambda row, _: _struck(row, "muted")),
    Column("party", "stores.column.party", lambda row, _: shown(row.line.party), None, 122,
           tone=lambda row, _: _struck(row, "text")),
    Column("taken_by", "stores.column.taken_by", lambda row, _: shown(row.move.taken_by), None, 80, visible=False),
    Column("out", "stores.column.out", lambda row, _: f"{row.out:,}" if row.out else "", lambda row: row.out, 60,
           numeric=True, tone=lambda row, _: "accent", visible=False),
    Column("by", "stores.column.by", lambda row, _: row.line.by, None, 66),
    Column("reason", "stores.column.reason", lambda row, _: shown(row.move.reason), None, 130, visible=False),
)  # fmt: skip


# --- what to order ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A proposal to buy of an article, in a size where gaps of kits ask for one."""

    article: Article
    order: Order
    there: int
    place: int

    @property
    def id(self) -> str:
        """Article and size."""
        return f"{self.order.article}:{self.order.size}"


ORDER_COLUMNS: tuple[Column[OrderRow], ...] = (
    Column("code", "stores.column.code", lambda row, _: row.article.code, None, 56, tone=lambda row, _: "muted"),
    Column("name", "stores.column.article", lambda row, _: sized(row.article, row.order.size), None, 170, fixed=True,
           stretch=True),
    Column("spec", "stores.column.spec", lambda row, _: row.article.spec, None, 150, tone=lambda row, _: "muted"),
    Column("there", "stores.column.there", lambda row, _: f"{row.there:,}", lambda row: row.there, 76, numeric=True,
           tone=lambda row, _: "muted"),
    Column("below", "stores.column.below", lambda row, _: f"{row.order.below:,}" if row.order.below else "–",
           lambda row: row.order.below, 92, numeric=True),
    Column("gaps", "stores.column.gaps", lambda row, _: f"{row.order.gaps:,}" if row.order.gaps else "–",
           lambda row: row.order.gaps, 92, numeric=True),
    Column("amount", "stores.column.amount", lambda row, _: f"{row.order.amount:,}", lambda row: row.order.amount, 84,
           numeric=True, fixed=True, tone=lambda row, _: "accent"),
    Column("unit", "stores.column.unit", lambda row, _: row.article.unit, None, 48, tone=lambda row, _: "muted"),
)  # fmt: skip
