"""What stands on the cards: an article, a depot, a line of the ledger, a proposal to order."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.stores import sizes_of
from commandcenter.services.wording import listed, shown
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Facts, Link, figures, words
from commandcenter.ui.core.listing import CardHands
from commandcenter.ui.core.reveal import Personal
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Label
from commandcenter.ui.stores.rows import (
    DepotRow,
    LedgerLine,
    OrderRow,
    StockLine,
    article_name,
    category_name,
    change_words,
    due_words,
    kind_words,
    sized,
)

MOVES = ("stock.receive", "stock.issue", "stock.return", "stock.move", "stock.gone", "stock.count")


class ArticleHeader(QWidget):
    """An article: what is there, what can be done, what it is, and where how many are."""

    def __init__(self, tools: Tools, line: StockLine) -> None:
        super().__init__()
        article, look = line.article, theme.current()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(look.space(1))
        lines.addWidget(words(article_name(article), "title"))
        lines.addWidget(words(" · ".join((article.code, category_name(article.category))), "muted"))
        least = "–" if article.minimum is None else f"{article.minimum:,}"
        lines.addWidget(figures((
            (f"{line.row.total:,}", "stores.figure.there"), (least, "stores.figure.minimum"),
            (f"{line.out:,}", "stores.figure.out"),
        )))  # fmt: skip
        self._add_warnings(lines, line)
        if article.active:
            lines.addWidget(CardHands(tools, (*MOVES, "article.edit", "article.retire")))
        else:
            lines.addWidget(CardHands(tools, ("article.edit", "article.bring_back")))
        lines.addSpacing(look.space(2))
        lines.addWidget(_facts(line))
        lines.addSpacing(look.space(2))
        lines.addWidget(Label("stores.card.balances", "heading"))
        lines.addWidget(_balances(line))

    def _add_warnings(self, lines: QVBoxLayout, line: StockLine) -> None:
        article = line.article
        if line.row.is_low and article.active:
            lacking = (article.minimum or 0) - line.row.total
            text = say("stores.card.low", amount=f"{lacking:,}", unit=article.unit)
            lines.addWidget(words(f"▼ {text}", "error"))
        if line.due == "over":
            lines.addWidget(words(f"■ {say('stores.card.over', day=line.row.due)}", "error"))
        elif line.due == "near":
            lines.addWidget(words(f"◆ {say('stores.card.near', day=line.row.due)}", "doubt"))


def _facts(line: StockLine) -> QWidget:
    article, facts = line.article, Facts()
    if article.spec:
        facts.add("stores.field.spec", article.spec)
    facts.add("stores.field.unit", article.unit)
    if article.sizes:
        facts.add("stores.field.sizes", listed(sizes_of(article)))
    if article.life_months is not None:
        facts.add("stores.field.life_months", say("stores.months", count=article.life_months))
    if article.kit_place is not None:
        facts.add("stores.field.kit_place", say("stores.card.kit_place", place=article.kit_place))
    if article.printed:
        facts.add("stores.field.printed", say(f"stores.printed.{article.printed}"))
    if line.row.due is not None:
        facts.add("stores.column.due", due_words(line))
    for loan in line.loans:
        facts.add_words(say("stores.card.out_at"), say("stores.loan", party=shown(loan.party),
                        article=sized(article, loan.move.size), amount=f"{loan.out:,}", unit=article.unit))  # fmt: skip
    return facts


def _balances(line: StockLine) -> QWidget:
    """Depots down, sizes across."""
    box, look = QWidget(), theme.current()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(look.space(4))
    grid.setVerticalSpacing(look.space(1))
    grid.setColumnStretch(0, 1)
    sizes = sizes_of(line.article)
    right = Qt.AlignmentFlag.AlignRight
    for at, size in enumerate(sizes, start=1):
        grid.addWidget(words(size, "caption", wraps=False), 0, at, right)
    for at, depot in enumerate(line.depots, start=1):
        grid.addWidget(words(depot.name), at, 0)
        for place, size in enumerate(sizes or ("",), start=1):
            there = line.row.held.get((depot.id, size), 0)
            grid.addWidget(words(f"{there:,}", "" if there > 0 else "error" if there < 0 else "muted", wraps=False),
                           at, place, right)  # fmt: skip
    if not line.depots:
        grid.addWidget(Label("stores.no_depots", "muted"), 0, 0)
    return box


class DepotHeader(QWidget):
    """A depot: where it is, who keeps it, and what can be done."""

    def __init__(self, tools: Tools, row: DepotRow) -> None:
        super().__init__()
        depot = row.depot
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.current().space(1))
        lines.addWidget(words(depot.name, "title"))
        lines.addWidget(words(row.village or say("core.place.whole_town"), "muted"))
        lines.addWidget(figures(((f"{row.articles:,}", "stores.column.articles"),)))
        lines.addWidget(CardHands(tools, ("depot.edit", "depot.retire" if depot.active else "depot.bring_back")))
        facts = Facts()
        facts.add("stores.field.depot_address", depot.address or "–")
        facts.add("stores.field.depot_keeper", depot.keeper or "–")
        phone = Personal(tools, "depot", depot, "phone") if depot.phone else "–"
        facts.add("stores.field.depot_phone", phone)
        lines.addWidget(facts)


class MoveHeader(QWidget):
    """A line of the ledger: who, when, why, and what is still out of it."""

    def __init__(self, tools: Tools, row: LedgerLine) -> None:
        super().__init__()
        move, unit = row.move, row.line.article.unit if row.line.article else ""
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.current().space(1))
        lines.addWidget(words(f"{kind_words(move)} {row.article}", "title"))
        lines.addWidget(words(f"{row.when:%Y-%m-%d %H:%M} · {row.line.by}", "muted"))
        lines.addWidget(words(f"{change_words(move)} {unit}", "figure"))
        if row.out:
            told = say("stores.return.out", article=row.article, amount=f"{row.out:,}", unit=unit)
            lines.addWidget(words(told, "strong"))
            lines.addWidget(CardHands(tools, ("ledger.return",)))
        facts = Facts()
        go = tools.selection.navigate
        if row.line.article is not None:
            facts.add("stores.column.article", Link(row.article, partial(go, "article", move.article)))
        facts.add("stores.column.depot", Link(row.line.depot, partial(go, "depot", move.depot)))
        if row.line.left is not None:
            facts.add("stores.column.left", f"{row.line.left:,} {unit}")
        if move.incident:
            facts.add("stores.column.party", Link(row.line.party, partial(go, "incident", move.incident)))
        elif row.line.party:
            facts.add("stores.column.party", shown(row.line.party))
        for name in ("taken_by", "due_on", "reason", "override"):
            if value := getattr(move, name):
                facts.add(f"stores.column.{name}", shown(value))
        lines.addWidget(facts)


class OrderHeader(QWidget):
    """A proposal: how many, and why."""

    def __init__(self, tools: Tools, row: OrderRow) -> None:
        super().__init__()
        article, order = row.article, row.order
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.current().space(1))
        lines.addWidget(words(sized(article, order.size), "title"))
        lines.addWidget(words(article.spec or category_name(article.category), "muted"))
        told = [(order.amount, "amount"), (row.there, "there")]
        lines.addWidget(figures((f"{number:,}", f"stores.column.{name}") for number, name in told))
        if order.below:
            lines.addWidget(words(say("stores.order.below", amount=f"{order.below:,}",
                                      minimum=f"{article.minimum or 0:,}", unit=article.unit)))  # fmt: skip
        if order.gaps:
            lines.addWidget(words(say("stores.order.gaps", amount=f"{order.gaps:,}", unit=article.unit)))
        lines.addWidget(CardHands(tools, ("order.article",)))
