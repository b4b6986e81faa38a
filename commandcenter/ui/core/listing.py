"""The frame of a workspace that keeps a list: villages, a table with a search, and a card or a form of what is chosen.

A feature says which rows there are, which of them a search finds, and what stands on the card; everything else is here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Generic, TypeVar

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QTabBar, QVBoxLayout, QWidget

from commandcenter.base.texts import choose, say
from commandcenter.rules.ordering import natural_key
from commandcenter.ui.core import theme
from commandcenter.ui.core.besides import RoomStrip, beside
from commandcenter.ui.core.cards import Card, Flow
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.headactions import add_head_actions
from commandcenter.ui.core.rowtable import RowTable
from commandcenter.ui.core.sheet import Sheet
from commandcenter.ui.core.sheetstack import SheetStack
from commandcenter.ui.core.sidelist import ALL, SideList
from commandcenter.ui.core.splitters import keep_sizes
from commandcenter.ui.core.tableview import TableView
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import LOADING, READY, Empty, ViewState, stale
from commandcenter.ui.core.widgets import ActionButton, Label

R = TypeVar("R")
SIDE, CARD = 204, 372
MOST_HITS = 1000
Found = frozenset[str]
_SEARCH = 130
"""px at 100 %: a name and a grid's number are seen while they are typed."""


@dataclass(frozen=True, slots=True)
class ListWords:
    """What this list calls its things: the codes of its texts, and the name under which the desk remembers it."""

    name: str
    search: str
    empty: Empty
    all_villages: str
    count: str
    count_of: str
    nothing: str
    """On the card, while nothing is chosen."""
    gone: str
    """On the card, when what was chosen is no longer there."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One way to narrow the list down by kind; the first tab of a list is the widest."""

    id: str
    title_code: str


class ListWorkspace(QWidget, Generic[R]):
    """Left villages, in the middle the list, right the card of what is chosen or the form that stands before it."""

    words: ClassVar[ListWords]
    scope: ClassVar[str]
    """The scope in which this list's keys work."""
    side_width: ClassVar[int] = SIDE
    """Of the list at the left, in px at 100 %."""

    def __init__(self, tools: Tools, columns: Sequence[Column[R]], *, key: Callable[[R], str],
                 order: Callable[[R], Any], card: str, tabs: Sequence[Tab] = (), add: str = "",
                 parent: QWidget | None = None) -> None:  # fmt: skip
        """``card`` says whose sections the card shows; ``add`` is the action that adds to the list."""
        super().__init__(parent)
        self._tools, self._desk = tools, tools.desk
        self._query = ""
        self._rows: dict[str, R] = {}
        self._tabs = tuple(tabs)
        self.search = LineEdit(say(self.words.search))
        self.search.setObjectName(f"{self.words.name}.search")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(theme.current().px(_SEARCH))
        self.search.setAccessibleName(say(self.words.search))
        self.count = Label("", "muted")
        self.add_button = ActionButton(tools.actions, add, kind="secondary") if add else None
        self.tabs = QTabBar()
        self.tabs.setObjectName(f"{self.words.name}.kinds")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.villages = self.make_side()
        self.villages.setObjectName(f"{self.words.name}.villages")
        self.table: RowTable[R] = RowTable(columns, key=key, order=order, parent=self)
        self.view = TableView(self.table, empty=self.words.empty, on_state=self._keep_columns)
        self.view.setObjectName(f"{self.words.name}.table")
        self.card = Card(tools, card)
        self.right = SheetStack(self.card)
        self._lay_out()
        self._connect()
        self._key = key

    # --- what a feature says ------------------------------------------------------------------------------------

    def village_of(self, row: R) -> str | None:
        """The id of the village a row belongs to, or of another line at the left."""
        raise NotImplementedError

    def is_on_line(self, row: R, line: str) -> bool:
        """Whether a row belongs to a line at the left; of a list whose rows belong to several, more than one."""
        return self.village_of(row) == line

    def make_side(self) -> SideList:
        """The list at the left; a list that has more to say of each line than a count makes its own."""
        return SideList()

    def make_filter(self) -> QWidget | None:
        """What else the list is narrowed down by, at the end of the tabs; none unless a list says otherwise."""
        return None

    def side_lines(self) -> Iterable[tuple[str, str]]:
        """Id and name of what the left list narrows down to: the villages, unless a list says otherwise."""
        villages = sorted(self._desk.live.villages.values(), key=lambda each: natural_key(each.code))
        return [(each.id, choose(each.name, each.name_en)) for each in villages]

    def is_on_tab(self, row: R, tab: str) -> bool:
        """Whether a row stands on a tab."""
        return True

    def matching(self, query: str) -> Found:
        """The ids of the rows that a search finds."""
        raise NotImplementedError

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """How many rows each line at the left has, and all of them."""
        raise NotImplementedError

    def pick(self, id: str) -> None:
        """Somebody chose a row by hand."""
        raise NotImplementedError

    def shape_columns(self) -> None:
        """Other rows, or another tab: a list whose columns do not suit all its kinds alike says here which have nothing
        to say, and which must be whole."""

    @property
    def is_ready(self) -> bool:
        """Whether the rows have been read."""
        return True

    # --- building -----------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        # From the outside inwards, as whatever gets a parent is polished with all in it; in the order of the Tab key.
        look = theme.current()
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        middle = QWidget()
        middle.setProperty("panel", "surface")
        split.addWidget(self.villages)
        split.addWidget(middle)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        if len(beside(self._tools, self.words.name)) > 1:
            whole.addWidget(RoomStrip(self._tools, self.words.name))
        whole.addWidget(split, 1)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        if self._tabs:
            row = QHBoxLayout()
            row.setContentsMargins(look.space(3), 0, look.space(3), 0)
            for tab in self._tabs:
                self.tabs.addTab(say(tab.title_code))
            row.addWidget(self.tabs)
            row.addStretch(1)
            if (narrowing := self.make_filter()) is not None:
                row.addWidget(narrowing)
            column.addLayout(row)
        column.addWidget(self.view, 1)
        split.addWidget(self.right)
        split.setStretchFactor(1, 1)
        split.setSizes([look.px(self.side_width), look.px(640), look.px(CARD)])
        keep_sizes(split, self._tools.settings, self.words.name)
        kept = self._tools.settings.get(f"{self.words.name}.columns")
        if isinstance(kept, dict):
            self.view.restore_column_state(kept)
        left = self._tools.settings.get(f"{self.words.name}.filter")
        self._left: dict[str, Any] = left if isinstance(left, dict) else {}
        places = [tab.id for tab in self._tabs]
        if self._left.get("tab") in places:
            self.tabs.setCurrentIndex(places.index(self._left["tab"]))

    def _head(self) -> QHBoxLayout:
        look = theme.current()
        head = QHBoxLayout()
        head.setContentsMargins(look.space(3), look.space(2), look.space(3), look.space(1 if self._tabs else 2))
        head.setSpacing(look.space(3))
        head.addWidget(self.search, 1)
        head.addWidget(self.count)
        if self.add_button is not None:
            head.addWidget(self.add_button)
        add_head_actions(self._tools, self.words.name, head, self.view)
        return head

    def _connect(self) -> None:
        self._desk.connection_changed.connect(self.tell_state)
        self.search.edited.connect(self._search)
        self.search.submitted.connect(self._choose_first)
        self.tabs.currentChanged.connect(self._tab_changed)
        self.villages.picked.connect(self._village_picked)
        self.view.picked.connect(self._picked)
        self.right.closed.connect(self._sheet_closed)
        self._tools.actions.attach(self, self.scope)

    def _keep_columns(self, state: dict[str, Any]) -> None:
        self._tools.settings.set(f"{self.words.name}.columns", state)

    # --- keeping up ---------------------------------------------------------------------------------------------

    def show_rows(self, rows: Mapping[str, R]) -> None:
        """Show these rows; selection and scroll stay, and only what changed is painted anew."""
        before, self._rows = self._rows, dict(rows)
        if before:
            self.table.remove(before.keys() - rows.keys())
            self.table.upsert(row for id, row in rows.items() if before.get(id) != row)
        else:
            self.table.reset(rows.values())
        self.shape_columns()
        self.tell_state()
        self.count_villages()
        self.narrow_down()

    def update_rows(self, rows: Iterable[R]) -> None:
        """Some of the rows are others now; none came or went."""
        fresh = {self._key(row): row for row in rows}
        self._rows |= fresh
        self.table.upsert(fresh.values())

    def row(self, id: str | None) -> R | None:
        """A row by its id."""
        return self._rows.get(id or "")

    def count_villages(self) -> None:
        """The list at the left."""
        counts, total = self.village_counts()
        lines = [(id, name, counts.get(id, 0)) for id, name in self.side_lines()]
        self.villages.show_lines([(ALL, say(self.words.all_villages), total), *lines])
        if (line := self._left.pop("line", None)) in [id for id, _, _ in lines]:
            self.villages.choose(line)

    @Slot()
    def tell_state(self) -> None:
        """Being read; or the last truth, marked with its time while the database is away."""
        self.view.set_state(self._state())
        self.villages.set_state(READY if self.is_ready else LOADING)

    def _state(self) -> ViewState:
        connection = self._desk.hub.connection_state
        if not self.is_ready:
            return LOADING
        if not connection.is_stale:
            return READY
        since = self._desk.now() - timedelta(seconds=connection.age())
        return stale(f"{since.astimezone(zone_of(self._desk.live.town)):%H:%M}")

    # --- narrowing down -----------------------------------------------------------------------------------------

    @property
    def tab(self) -> str:
        """The tab that is open; empty without tabs."""
        return self._tabs[self.tabs.currentIndex()].id if self._tabs else ""

    @Slot(str)
    def _search(self, query: str) -> None:
        self._query = query.strip()
        self.narrow_down()

    @Slot()
    def narrow_down(self) -> None:
        """Show what village, tab and search leave over."""
        village, tab = self.villages.chosen_line, self.tab
        found = self.matching(self._query) if self._query else None
        if village == ALL and not self._tabs and found is None:
            self.table.set_filter(None)
        else:
            self.table.set_filter(lambda row: self._passes(row, village, tab, found))
        shown, total = self.table.rowCount(), len(self.table)
        if shown == total:
            self.count.say(self.words.count, count=total)
        else:
            self.count.say(self.words.count_of, shown=f"{shown:,}", total=f"{total:,}")

    def _passes(self, row: R, village: str, tab: str, found: Found | None) -> bool:
        return (
            (village == ALL or self.is_on_line(row, village))
            and self.is_on_tab(row, tab)
            and (found is None or self._key(row) in found)
        )

    @Slot(object)
    def _village_picked(self, _id: str | None) -> None:
        self.narrow_down()
        self._keep_filter()

    @Slot()
    def _tab_changed(self) -> None:
        self.shape_columns()
        self.narrow_down()
        self._keep_filter()

    def _keep_filter(self) -> None:
        """Tab and line come back as they were left; a search is done with when its room is."""
        kept = {"tab": self.tab, "line": self.villages.chosen_line}
        if self._tools.settings.get(f"{self.words.name}.filter") != kept:
            self._tools.settings.set(f"{self.words.name}.filter", kept)

    def widen(self) -> None:
        """Take back whatever the list was narrowed down by."""
        self.search.clear()
        if self._tabs:
            self.tabs.setCurrentIndex(0)
        self.villages.choose(ALL)
        self.narrow_down()
        self._keep_filter()

    # --- choosing -----------------------------------------------------------------------------------------------

    @Slot(object)
    def _picked(self, id: str | None) -> None:
        if id is not None:
            self.pick(id)

    @Slot()
    def _choose_first(self) -> None:
        first = next(iter(self.table.ids()), None)
        if first is not None:
            self.pick(first)
            self.view.choose(first)
            self.view.setFocus()

    def bring_into_list(self, id: str) -> None:
        """What somebody asked for must be seen, whatever the list was narrowed down to."""
        if id in self._rows and self.table.place_of(id) is None:
            self.widen()
        self.view.choose(id)

    # --- forms --------------------------------------------------------------------------------------------------

    def open_sheet(self, key: str, make: Callable[[], Sheet]) -> None:
        """Put a form in the card's place; one that was begun for the same subject comes back as it was left."""
        self.right.open(key, make)

    def sheet(self, key: str) -> Sheet | None:
        """The form that was begun for a subject, if any."""
        return self.right.sheet(key)

    def show_card_or_sheet(self, key: str | None) -> None:
        """What stands at the right for a subject: its form if one was begun, else its card."""
        self.right.show_card_or_sheet(key)

    @Slot(QWidget)
    def _sheet_closed(self, _after: QWidget) -> None:
        self.view.setFocus()

    # --- Qt -----------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """The search has the focus, unless a form stands open. Before its rows were read it does not say that there are
        none."""
        super().showEvent(event)
        self.tell_state()
        if self.right.is_card:
            self.search.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down from the search goes into the table, onto the first row where none is chosen; Escape clears the
        search."""
        if event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self.view.setFocus()
            if self.view.chosen() not in self.table.ids():
                self.view.selectRow(0)
        elif event.key() == Qt.Key.Key_Escape and self._query:
            self.search.clear()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_key"):
            self.search.setPlaceholderText(say(self.words.search))
            for place, tab in enumerate(self._tabs):
                self.tabs.setTabText(place, say(tab.title_code))
            self.table.refresh_keys()
            self.count_villages()
            self.narrow_down()


class CardHands(QWidget):
    """What can be done with the thing on a card: its actions as buttons, or one sentence why nothing can be done."""

    def __init__(self, tools: Tools, actions: Sequence[str], why_not: str = "") -> None:
        """``why_not``: the words of the reason that holds for everybody; a role's reason is found here."""
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, theme.current().space(1), 0, 0)
        row.setSpacing(theme.current().space(2))
        role = tools.desk.officer.role
        if not why_not and actions and not tools.actions.is_allowed(actions[0]):
            why_not = say("core.list.read_only", role=say(f"role.{role}"))
        if why_not:
            label = Label("", "caption")
            label.show_text(why_not)
            label.setWordWrap(True)
            row.addWidget(label, 1)
            return
        row.addWidget(Flow([ActionButton(tools.actions, id) for id in actions]), 1)
