"""Articles: what every depot holds of each, what is short or falls due, and the card with its lines of the ledger."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.rules.numbers import local_day
from commandcenter.rules.stores import Article, Depot
from commandcenter.services import store_reading
from commandcenter.services.articles import RetireArticle
from commandcenter.services.live import LiveChange
from commandcenter.services.store_reading import Loan, Stores
from commandcenter.ui.core.catalogue import Catalogue
from commandcenter.ui.core.listing import ListWords, Tab
from commandcenter.ui.core.listroom import ReadListRoom
from commandcenter.ui.core.rereading import Question
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.stores.cards import ArticleHeader
from commandcenter.ui.stores.forms import AddArticleSheet, EditArticleSheet
from commandcenter.ui.stores.moving import Moving, ReturnSheet, StockSheet
from commandcenter.ui.stores.rows import STOCK_COLUMNS, StockLine, stock_index

_TABS = (Tab("", "stores.tab.in_use"), Tab("care", "stores.tab.care"), Tab("retired", "stores.tab.retired"))


class ArticlesPage(Catalogue[StockLine], ReadListRoom[StockLine]):
    """Left the depots, in the middle articles with what the chosen depot holds, right the card of one."""

    words = ListWords(
        "stores", "stores.search", Empty("stores.empty", "stores.empty.hint", "kit"), "stores.depots.all",
        "stores.count", "stores.count_of", "stores.card.empty", "stores.card.gone",
    )  # fmt: skip
    scope = "stores"
    entities = ("article",)

    def __init__(self, tools: Tools, parent: QWidget | None = None) -> None:
        self.stock: Stores | None = None
        super().__init__(
            tools, STOCK_COLUMNS, order=lambda row: row.place, tabs=_TABS, add="article.add", parent=parent
        )  # fmt: skip

    # --- what the list is ---------------------------------------------------------------------------------------

    @property
    def depots(self) -> tuple[Depot, ...]:
        """Those in use."""
        return self.stock.depots if self.stock is not None else ()

    def village_of(self, row: StockLine) -> str | None:
        """An article belongs to several depots."""
        return None

    def is_on_line(self, row: StockLine, line: str) -> bool:
        """What a depot holds any of, in whatever size."""
        return any(depot == line for depot, _ in row.row.held)

    def side_lines(self) -> Iterable[tuple[str, str]]:
        """Depots."""
        return [(each.id, each.name) for each in self.depots]

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """How many articles each holds."""
        counts = Counter(depot for row in self._rows.values() for depot in {at for at, _ in row.row.held})
        return counts, sum(1 for row in self._rows.values() if row.article.active)

    def is_on_tab(self, row: StockLine, tab: str) -> bool:
        """In use; of these what needs care; not in use any more."""
        return not row.article.active if tab == "retired" else row.article.active and (not tab or row.needs_care)

    def question(self) -> Question:
        """Everything at once: balances, loans, dates, what to order."""
        return partial(_ask, local_day(self._desk.now(), zone_of(self._desk.live.town)))

    def concerns(self, change: LiveChange) -> bool:
        """Stores, and kits, whose gaps are to be ordered."""
        return change.kits

    @Slot(object)
    def take(self, answer: Any) -> None:
        """The rows, as they are now."""
        self.stock, lines, index = answer
        super().take((lines, index))

    def narrow_down(self) -> None:
        """What is there is told of the chosen depot."""
        depot = self.villages.chosen_line
        if depot != self.table.ctx:
            self.table.ctx = depot
            self.table.refresh_keys()
        super().narrow_down()

    def header(self, row: StockLine) -> QWidget:
        """The article, what is there, and what can be done."""
        return ArticleHeader(self._tools, row)

    # --- the catalogue ------------------------------------------------------------------------------------------

    def subject(self, row: StockLine) -> Article:
        """The article."""
        return row.article

    def new_sheet(self) -> AddArticleSheet:
        """Something new."""
        return AddArticleSheet(self.post)

    def edit_sheet(self, row: StockLine) -> EditArticleSheet:
        """An article."""
        return EditArticleSheet(row.article, self.post)

    def retiring(self, row: StockLine, retired: bool) -> tuple[RetireArticle, str]:
        """What no depot is to hold any more, or again."""
        told = say("stores.done.retire" if retired else "stores.done.bring_back", name=row.article.name)
        return RetireArticle(article=row.id, retired=retired), told

    # --- the ledger ---------------------------------------------------------------------------------------------

    @property
    def can_move(self) -> bool:
        """Whether there is a depot, and something that could be in it."""
        return bool(self.depots) and any(row.article.active for row in self._rows.values())

    @property
    def can_return(self) -> bool:
        """Whether something of the article on the card, or of any when none is, is out."""
        return bool(self._loans())

    def receive(self) -> None:
        """Something came in."""
        self.open_move("receive")

    def issue(self) -> None:
        """Something goes out."""
        self.open_move("issue")

    def transfer(self) -> None:
        """To another depot."""
        self.open_move("move")

    def write_off(self) -> None:
        """Lost, broken or no good any more."""
        self.open_move("gone")

    def count_it(self) -> None:
        """What was counted on the shelf."""
        self.open_move("count")

    def open_move(self, kind: Moving, party: tuple[str, str] | None = None) -> None:
        """A form of the ledger; for the chosen article where one is on the card, and for the chosen depot."""
        if self.stock is None:
            self.reading.when_read(partial(self.open_move, kind, party))
            return
        article = self._shown.id if self._shown is not None and self._shown.article.active and not party else None
        key = f"{kind}:{party[1] if party else article or ''}"
        self.open_sheet(key, partial(self._moving, kind, article, party))

    def _moving(self, kind: Moving, article: str | None, party: tuple[str, str] | None) -> StockSheet:
        assert self.stock is not None
        sheet = StockSheet(kind, self._tools, self.post, self.stock, article=article,
                           depot=self.villages.chosen_line, party=party)  # fmt: skip
        sheet.moved.connect(self._moved)
        return sheet

    def give_back(self) -> None:
        """What became of something that is out."""
        loans = self._loans()
        if loans:
            self.open_return(loans)

    def _loans(self) -> tuple[Loan, ...]:
        if self._shown is not None and self.right.is_card:
            return self._shown.loans
        return self.stock.loans if self.stock is not None else ()

    def open_return(self, loans: Iterable[Loan]) -> None:
        """The form for some of what is out."""
        if self.stock is None:
            self.reading.when_read(partial(self.open_return, tuple(loans)))
            return
        told = tuple(loans)
        self.open_sheet("return:" + ",".join(each.move.id for each in told), partial(self._returning, told))

    def _returning(self, loans: tuple[Loan, ...]) -> ReturnSheet:
        sheet = ReturnSheet(loans, self.depots, self.post)
        sheet.moved.connect(self._moved)
        return sheet

    @Slot(str)
    def _moved(self, article: str) -> None:
        if self._shown is None or self._shown.id != article:
            self.go_to(article)


def _ask(today: Any, reader: Any) -> tuple[Stores, list[StockLine], Any]:
    found = store_reading.stores(reader, today)
    loans: dict[str, list[Loan]] = {}
    for each in found.loans:
        loans.setdefault(each.article.id, []).append(each)
    lines = [StockLine(row, found.depots, tuple(loans.get(row.article.id, ())), today, place)
             for place, row in enumerate(found.rows)]  # fmt: skip
    return found, lines, stock_index(lines)
