"""The pieces of a round: what waits, what nobody saw, what was settled; with the card of one of them."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from commandcenter.base.texts import choose, say
from commandcenter.rules.finding import Index
from commandcenter.rules.ordering import natural_key
from commandcenter.services.round_reading import PieceRow, RoundState, holder_words, reason_words
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Facts, Flow, words
from commandcenter.ui.core.listing import MOST_HITS, CardHands, Found, ListWords, Tab
from commandcenter.ui.core.listroom import ListRoom
from commandcenter.ui.core.rereading import Rereading
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty, ViewState
from commandcenter.ui.core.widgets import Chip
from commandcenter.ui.rounds.forms import SettleSheet
from commandcenter.ui.rounds.rows import COLUMNS, article_words, grid_words, order, seen_words, village_words

ENTITY = "round_count"
_EMPTY = Empty("rounds.empty", "rounds.empty.hint", "ph.barcode")
_TABS = (Tab("all", "rounds.tab.all"), Tab("differs", "rounds.tab.differs"), Tab("unseen", "rounds.tab.unseen"),
         Tab("settled", "rounds.tab.settled"))  # fmt: skip
WAITING = 1
"""The tab of what waits."""


class PiecesList(ListRoom[PieceRow]):
    """Left villages, in the middle pieces, right the card of the chosen one or the form that settles."""

    words = ListWords("rounds", "rounds.search", _EMPTY, "rounds.villages.all", "rounds.count", "rounds.count_of",
                      "rounds.card.empty", "rounds.card.gone")  # fmt: skip
    scope = "rounds"
    entities = (ENTITY,)

    def __init__(self, tools: Tools, reading: Rereading) -> None:
        self._index = Index()
        self.state: RoundState | None = None
        super().__init__(tools, COLUMNS, order=order, tabs=_TABS)
        self.reading = reading
        reading.troubled.connect(self.tell_state)
        self.view.selectionModel().selectionChanged.connect(self._selection_changed)
        self.view.opened.connect(self._opened)

    # --- what the list is -------------------------------------------------------------------------------------------

    @property
    def is_ready(self) -> bool:
        """Whether the round has been read."""
        return self.state is not None

    def _state(self) -> ViewState:
        trouble = self.reading.trouble if self.reading is not None else None
        return trouble or super()._state()

    def take(self, state: RoundState, index: Index) -> None:
        """The round as it is now."""
        if self.state is not None and self.state.round.id != state.round.id:
            self.table.reset(())
            self._rows = {}
        self.state, self._index = state, index
        self.show_rows({row.id: row for row in state.rows})
        for place, name in ((1, "differs"), (2, "unseen"), (3, "settled")):
            count = sum(row.standing == name for row in state.rows)
            self.tabs.setTabText(place, f"{say(_TABS[place].title_code)} {count:,}")

    def key_of(self, entity: str, id: str) -> str:
        """Of a count its piece."""
        found = (row.id for row in self._rows.values() if row.count is not None and row.count.id == id)
        return next(found, id)

    def village_of(self, row: PieceRow) -> str | None:
        """Where it should be."""
        return row.village.id if row.village else None

    def side_lines(self) -> Any:
        """The villages that have anything."""
        there = self.state.by_village if self.state else {}
        villages = sorted(self._desk.live.villages.values(), key=lambda each: natural_key(each.code))
        return [(each.id, choose(each.name, each.name_en)) for each in villages if each.id in there]

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """What is still to be done: differences, and what nobody saw."""
        far = self.state.by_village if self.state else {}
        counts = {id: each.open + each.expected - each.counted for id, each in far.items()}
        return counts, sum(counts.values())

    def is_on_tab(self, row: PieceRow, tab: str) -> bool:
        """By how it stands."""
        return tab in ("all", row.standing)

    def matching(self, query: str) -> Found:
        """By codes, names and pinyin."""
        return frozenset(hit.entry.id for hit in self._index.search(query, MOST_HITS))

    def header(self, row: PieceRow) -> QWidget:
        """The piece, what was seen of it, and what can be done."""
        is_open = self.state is not None and self.state.round.closed_on is None
        return PieceHeader(self._tools, row, is_open)

    def pick(self, id: str) -> None:
        """By hand. Of several that are marked the last stands on the card, and all stay marked."""
        if len(self.view.keeper.chosen) > 1:
            self._chosen = id
            self._refresh_card()
            self.show_card_or_sheet(None)
        else:
            super().pick(id)

    # --- settling ---------------------------------------------------------------------------------------------------

    @property
    def selected(self) -> list[PieceRow]:
        """The pieces that are marked and can be settled: of one round that is under way."""
        if self.state is None or self.state.round.closed_on is not None:
            return []
        places = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        rows = [self.table.row(self.table.id_at(place)) for place in places]
        return [row for row in rows if row is not None and row.standing in ("differs", "unseen")]

    @Slot()
    def _selection_changed(self) -> None:
        self._tools.actions.refresh()

    @Slot(str)
    def _opened(self, _id: str) -> None:
        self.settle()

    def settle(self) -> None:
        """The form that settles what is marked."""
        chosen = self.selected
        if chosen and self.state is not None:
            key = "settle:" + chosen[0].id if len(chosen) == 1 else f"settle:{len(chosen)}:{chosen[0].id}"
            self.open_sheet(key, partial(SettleSheet, self.post, self.state.round.id, chosen))


class PieceHeader(QWidget):
    """What it is, where it should be, what is believed and what was seen."""

    def __init__(self, tools: Tools, row: PieceRow, is_open: bool) -> None:
        super().__init__()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.current().space(1))
        lines.addWidget(words(f"{row.piece.code}  {article_words(row)}", "title"))
        where = [village_words(row), grid_words(row), holder_words(row), row.kit.code if row.kit else ""]
        lines.addWidget(words(" · ".join(each for each in where if each not in ("", "–")), "muted"))
        tone: Any = {"differs": "near", "same": "ok"}.get(row.standing, "neutral")
        lines.addWidget(Flow([Chip(say(f"rounds.standing.{row.standing}"), tone)]))
        facts = Facts()
        facts.add("rounds.column.believed", say(f"rounds.state.{row.piece.state}"))
        facts.add("rounds.column.seen", seen_words(row) if row.count else say("rounds.card.unseen"))
        if row.count is not None:
            at = row.count.counted_at.astimezone(zone_of(tools.desk.live.town))
            facts.add("rounds.card.counted", f"{row.by}  {at:%m-%d %H:%M}  {say(f'rounds.source.{row.count.source}')}")
            if row.count.note:
                facts.add("rounds.column.note", row.count.note)
            if row.count.settled:
                facts.add("rounds.column.reason", row.count.settled)
        if reason := reason_words(row.piece):
            facts.add("rounds.card.before", reason)
        lines.addWidget(facts)
        if is_open and row.standing in ("differs", "unseen"):
            lines.addWidget(CardHands(tools, ["rounds.settle"]))
        lines.addStretch(1)
        lines.setAlignment(Qt.AlignmentFlag.AlignTop)
