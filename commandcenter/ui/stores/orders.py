"""What to order 采购建议: articles below their minimum, and gaps of kits that no stock covers."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from commandcenter.rules.finding import Entry, Index
from commandcenter.rules.numbers import local_day
from commandcenter.services import store_reading
from commandcenter.services.catalogues import terms
from commandcenter.services.live import LiveChange
from commandcenter.ui.core.listing import ListWords
from commandcenter.ui.core.listroom import ReadListRoom
from commandcenter.ui.core.rereading import Question
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.stores.cards import OrderHeader
from commandcenter.ui.stores.rows import ORDER_COLUMNS, OrderRow, article_entry


class OrdersPage(ReadListRoom[OrderRow]):
    """Left the categories, in the middle what to order, right why."""

    words = ListWords(
        "orders", "stores.search", Empty("stores.no_orders", "stores.no_orders.hint", "done"), "stores.categories.all",
        "stores.order_count", "stores.order_count_of", "stores.order_card.empty", "stores.order_card.gone",
    )  # fmt: skip
    scope = "orders"
    entities = ("order",)

    def __init__(self, tools: Tools, parent: QWidget | None = None) -> None:
        super().__init__(tools, ORDER_COLUMNS, order=lambda row: row.place, parent=parent)

    def village_of(self, row: OrderRow) -> str | None:
        """Its category."""
        return row.article.category

    def side_lines(self) -> Iterable[tuple[str, str]]:
        """Categories."""
        return [(key, each.name) for key, each in terms("article_categories").items()]

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """Proposals of each."""
        return Counter(row.article.category for row in self._rows.values()), len(self._rows)

    def question(self) -> Question:
        """As it is today."""
        return partial(_ask, local_day(self._desk.now(), zone_of(self._desk.live.town)))

    def concerns(self, change: LiveChange) -> bool:
        """Stores and kits."""
        return change.kits

    def header(self, row: OrderRow) -> QWidget:
        """Why it is proposed."""
        return OrderHeader(self._tools, row)

    @property
    def can_show(self) -> bool:
        """Whether a proposal is on the card."""
        return self.can_edit

    def show_article(self) -> None:
        """The article, on its own page."""
        if self._shown is not None:
            self._tools.selection.navigate("article", self._shown.article.id)


def _ask(today: Any, reader: Any) -> tuple[list[OrderRow], Index]:
    rows: list[OrderRow] = []
    for row in store_reading.stores(reader, today).rows:
        for order in row.order:
            there = sum(amount for (_, size), amount in row.held.items() if not order.size or size == order.size)
            rows.append(OrderRow(row.article, order, there, len(rows)))
    entries = []
    for each in rows:
        known = article_entry(each.article)
        entries.append(Entry("order", each.id, known.title, known.subtitle, known.keys))
    return rows, Index(entries)
