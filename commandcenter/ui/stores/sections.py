"""Parts of cards that are read apart: the lines of the ledger of an article, and what an incident still has."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import current, say
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.services import store_reading
from commandcenter.services.live import LiveChange
from commandcenter.services.store_reading import LedgerRow, Loan
from commandcenter.services.wording import shown
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Link, clear, words
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Label
from commandcenter.ui.stores.rows import change_words, kind_words, sized

MOST_LINES = 12


class _Read(QWidget):
    """Lines that are read from the database, and read again whenever stores change."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools = tools
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(theme.current().space(1))
        self._lines.addWidget(Label("stores.section.loading", "muted"))
        tools.desk.live_changed.connect(self._live_changed)

    def ask(self, reader: Any) -> Any:
        """What to read, on the read lane."""
        raise NotImplementedError

    def show_found(self, found: Any) -> None:
        """Show it."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Ask the database."""
        self._tools.desk.read(self.ask, done=self._come, failed=self._failed, owner=self, key="stores")

    def _come(self, found: Any) -> None:
        clear(self._lines)
        self.show_found(found)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        clear(self._lines)
        self._lines.addWidget(Label("stores.section.failed", "muted", reason=current().error(error)))

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.kits:
            self.refresh()


class LedgerSection(_Read):
    """The newest lines of an article; struck ones stay, and say that they are."""

    def __init__(self, tools: Tools, row: Any) -> None:
        super().__init__(tools)
        self._article = row.article.id
        self.refresh()

    def ask(self, reader: Any) -> list[LedgerRow]:
        """Newest first."""
        return store_reading.ledger(reader, article=self._article, limit=MOST_LINES)

    def show_found(self, found: list[LedgerRow]) -> None:
        """One line each: when, what, how many; below it who and why."""
        if not found:
            self._lines.addWidget(Label("stores.no_moves", "muted"))
            return
        zone, look, grid = zone_of(self._tools.desk.live.town), theme.current(), QGridLayout()
        grid.setHorizontalSpacing(look.space(2))
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        for at, row in enumerate(found):
            move = row.move
            tone: Any = "muted" if move.struck else ""
            when = words(f"{move.occurred_at.astimezone(zone):%Y-%m-%d}", "muted", wraps=False)
            what = " ".join(each for each in (kind_words(move), move.size, row.depot) if each)
            go = partial(self._tools.selection.navigate, "stock_move", move.id)
            grid.addWidget(when, 2 * at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(Link(what, go), 2 * at, 1, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(words(change_words(move), tone or "strong", wraps=False), 2 * at, 2,
                           Qt.AlignmentFlag.AlignRight)  # fmt: skip
            told = [shown(row.party), shown(move.taken_by), row.by, shown(move.reason), shown(move.override)]
            grid.addWidget(words(" · ".join(each for each in told if each), "caption"), 2 * at + 1, 1, 1, 2)
        self._lines.addLayout(grid)


class LoanSection(_Read):
    """What was issued to an incident and is still out, with the way back. Signals: ``headline(text)``, empty while
    nothing is out."""

    headline = Signal(str)

    def __init__(self, give_back: Callable[[Loan], None], issue: Callable[[str], None], tools: Tools,
                 incident: Any) -> None:  # fmt: skip
        super().__init__(tools)
        self._incident, self._give_back, self._issue = str(incident.id), give_back, issue
        look = theme.current()
        self.setContentsMargins(look.px(12), 0, look.px(8), look.px(4))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)  # files have more use for room
        self.refresh()

    def ask(self, reader: Any) -> list[Loan]:
        """Oldest first."""
        return store_reading.loans(reader, incident=self._incident)

    def show_found(self, found: list[Loan]) -> None:
        """One line each."""
        may = self._tools.desk.officer.role in KEEPERS_OF_LISTS
        self.headline.emit(say("stores.section.headline", number=len(found)) if found else "")
        for loan in found:
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            told = say("stores.section.loan", article=sized(loan.article, loan.move.size), amount=f"{loan.out:,}",
                       unit=loan.article.unit, depot=loan.depot)  # fmt: skip
            row.addWidget(words(told), 1)
            if taken := shown(loan.move.taken_by):
                row.addWidget(words(taken, "muted", wraps=False))
            if may:
                button = Button("stores.action.stock.return", kind="quiet", icon="undo")
                button.setObjectName("stores.return")
                button.clicked.connect(partial(self._give_back, loan))
                row.addWidget(button)
            self._lines.addWidget(line)
        foot = QWidget()
        row = QHBoxLayout(foot)
        row.setContentsMargins(0, 0, 0, 0)
        if not found:
            row.addWidget(Label("stores.section.nothing", "muted"))
        row.addStretch(1)
        if may:
            button = Button("stores.action.stock.issue", kind="secondary", icon="export")
            button.setObjectName("stores.issue")
            button.clicked.connect(partial(self._issue, self._incident))
            row.addWidget(button)
        self._lines.addWidget(foot)
