"""The ledger 出入库台账: every line of it, newest first, and what is still out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from commandcenter.rules.finding import Entry, Index
from commandcenter.rules.stores import Depot
from commandcenter.services import store_reading
from commandcenter.services.live import LiveChange
from commandcenter.services.store_reading import Loan
from commandcenter.ui.core.listing import ListWords, Tab
from commandcenter.ui.core.listroom import ReadListRoom
from commandcenter.ui.core.rereading import Question
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.stores.cards import MoveHeader
from commandcenter.ui.stores.moving import ReturnSheet
from commandcenter.ui.stores.rows import LEDGER_COLUMNS, LedgerLine, kind_words, ledger_lines

_TABS = (Tab("", "stores.tab.all"), Tab("out", "stores.tab.out"))
MOST = 2_000
"""Lines that are shown; all of them leave as a table."""


class LedgerPage(ReadListRoom[LedgerLine]):
    """Left the depots, in the middle the lines, right the one that is chosen."""

    words = ListWords(
        "ledger", "stores.search_ledger", Empty("stores.no_moves", "stores.no_moves.hint", "list"),
        "stores.depots.all", "stores.move_count", "stores.move_count_of", "stores.move_card.empty",
        "stores.move_card.gone",
    )  # fmt: skip
    scope = "ledger"
    entities = ("stock_move",)

    def __init__(self, tools: Tools, parent: QWidget | None = None) -> None:
        self.depots: tuple[Depot, ...] = ()
        self.loans: Mapping[str, Loan] = {}
        super().__init__(tools, LEDGER_COLUMNS, order=lambda row: row.place, tabs=_TABS, parent=parent)

    def village_of(self, row: LedgerLine) -> str | None:
        """Its depot."""
        return row.move.depot

    def side_lines(self) -> Iterable[tuple[str, str]]:
        """Depots."""
        return [(each.id, each.name) for each in self.depots]

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """Lines of each."""
        return Counter(row.move.depot for row in self._rows.values()), len(self._rows)

    def is_on_tab(self, row: LedgerLine, tab: str) -> bool:
        """All, or what is still out."""
        return not tab or row.out > 0

    def question(self) -> Question:
        """The newest lines."""
        return partial(_ask, zone_of(self._desk.live.town))

    def concerns(self, change: LiveChange) -> bool:
        """Stores."""
        return change.kits

    def take(self, answer: Any) -> None:
        """The rows, as they are now."""
        self.depots, self.loans, lines, index = answer
        super().take((lines, index))

    def header(self, row: LedgerLine) -> QWidget:
        """The line in full."""
        return MoveHeader(self._tools, row)

    @property
    def can_return(self) -> bool:
        """Whether something of the line on the card is still out."""
        return self.can_edit and self._shown is not None and self._shown.id in self.loans

    def give_back(self) -> None:
        """What became of it."""
        if self._shown is not None and (loan := self.loans.get(self._shown.id)) is not None:
            self.open_sheet(f"return:{loan.move.id}", partial(ReturnSheet, (loan,), self.depots, self.post))


def _ask(zone: Any, reader: Any) -> tuple[Any, ...]:
    depots = sorted(reader.find("depot"), key=lambda each: (not each.active, each.village is not None, each.id))
    loans = store_reading.loans(reader)
    lines = ledger_lines(store_reading.ledger(reader, limit=MOST), loans, zone)
    return tuple(depots), {each.move.id: each for each in loans}, lines, Index(_entry(each) for each in lines)


def _entry(line: LedgerLine) -> Entry:
    move = line.move
    told = (line.line.party, line.line.depot, move.taken_by, move.reason, line.line.by, kind_words(move),
            line.line.article.code if line.line.article else "", f"{line.when:%Y-%m-%d}")  # fmt: skip
    return Entry("stock_move", line.id, line.article, "", tuple(each for each in told if each))
