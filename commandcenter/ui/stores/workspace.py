"""The workspace 物资: articles, depots, the ledger and what to order, one key apart."""

from typing import Any

from PySide6.QtCore import QEvent, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.services.store_reading import Loan
from commandcenter.ui.core import theme
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.stores.articles import ArticlesPage
from commandcenter.ui.stores.depots import DepotsPage
from commandcenter.ui.stores.ledger import LedgerPage
from commandcenter.ui.stores.orders import OrdersPage

PAGES = ("articles", "depots", "ledger", "orders")
_PAGE_OF = {"article": "articles", "depot": "depots", "stock_move": "ledger", "order": "orders"}


class StoresWorkspace(QWidget):
    """Four pages, each with its own list."""

    scope = "storesroom"

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools = tools
        # From the outside inwards: whatever gets a parent is polished with all in it.
        self.pages = QStackedWidget(self)
        self.articles = ArticlesPage(tools, self.pages)
        self.depots = DepotsPage(tools, self.pages)
        self.ledger = LedgerPage(tools, self.pages)
        self.orders = OrdersPage(tools, self.pages)
        self._all: tuple[QWidget, ...] = (self.articles, self.depots, self.ledger, self.orders)
        self.strip = ChoiceStrip(_choices())
        self.strip.setObjectName("stores.pages")
        look = theme.current()
        bar = QWidget()
        bar.setProperty("panel", "surface")
        row = QHBoxLayout(bar)
        row.setContentsMargins(look.space(3), look.space(2), look.space(3), look.space(1))
        row.addWidget(self.strip)
        row.addStretch(1)
        for page in self._all:
            self.pages.addWidget(page)
        self.strip.choose(PAGES[0])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(bar)
        whole.addWidget(self.pages, 1)
        self.strip.chosen.connect(self._turned)
        tools.selection.navigated.connect(self._navigated)
        tools.actions.attach(self, self.scope)

    # --- pages --------------------------------------------------------------------------------------------------

    def open_page(self, name: str) -> Any:
        """Show a page by its name."""
        if name != self.page:
            self.strip.choose(name)
            self.pages.setCurrentIndex(PAGES.index(name))
            self._all[self.pages.currentIndex()].setFocus()
            self._tools.actions.refresh()
        return self._all[self.pages.currentIndex()]

    @property
    def page(self) -> str:
        """The page that is shown."""
        return PAGES[self.pages.currentIndex()]

    @Slot(str)
    def _turned(self, name: str) -> None:
        self.open_page(name).setFocus()

    @Slot(str, str)
    def _navigated(self, entity: str, _id: str) -> None:
        if entity in _PAGE_OF:
            self.open_page(_PAGE_OF[entity])

    def to_articles(self) -> None:
        """The first page."""
        self.open_page("articles")

    def to_depots(self) -> None:
        """The second."""
        self.open_page("depots")

    def to_ledger(self) -> None:
        """The third."""
        self.open_page("ledger")

    def to_orders(self) -> None:
        """The fourth."""
        self.open_page("orders")

    # --- from the card of an incident ---------------------------------------------------------------------------

    def give_back(self, loan: Loan) -> None:
        """The form for what an incident still has."""
        self.open_page("articles").open_return((loan,))

    def issue_to(self, incident: str) -> None:
        """The form for what an incident is to get."""
        self.open_page("articles").open_move("issue", ("incident", incident))

    # --- Qt -----------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: what was asked for before this room was made."""
        super().showEvent(event)
        self._tools.actions.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Qt: another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "pages"):
            self.strip.set_choices(_choices())


def _choices() -> list[Choice]:
    """The pages by name; the strip draws the digit that opens each."""
    return [Choice(page, say(f"stores.page.{page}")) for page in PAGES]
