"""The list 应演未演 at the left: what is owed and not planned, the longest overdue first, narrowed down by typing."""

from typing import Any

from PySide6.QtCore import QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication, QTabBar, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.debts import DRILL_LEVELS
from commandcenter.ui.core import theme
from commandcenter.ui.core.cardlist import CardList
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.rowkeeper import id_of
from commandcenter.ui.core.rowpaint import CardDelegate, paint_text
from commandcenter.ui.core.rowtable import RowTable
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import LOADING, Empty, ViewState
from commandcenter.ui.core.widgets import Label
from commandcenter.ui.drills.board import DEBT, begin_drag
from commandcenter.ui.drills.picture import DebtRow, Picture
from commandcenter.ui.drills.words import debt_words, late_words, place_words, scenario_words, short_day

TABS = ("own", "part")
"""Levels that owe drills of their own; those that owe taking part in one."""
MOST = 2000
_EMPTY = Empty("drills.debts.empty", "drills.debts.empty.hint", "done")


class _Delegate(CardDelegate):
    """Place and how late; scenario, level and due day."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._desk = tools.desk
        self.picture: Picture | None = None

    def paint_card(self, painter: QPainter, rect: QRect, row: DebtRow, is_selected: bool) -> None:
        """One debt."""
        if self.picture is None:
            return
        look, debt = theme.current(), row.debt
        half = rect.height() // 2
        upper = QRect(rect.left(), rect.top() + look.px(5), rect.width(), half - look.px(4))
        lower = QRect(rect.left(), rect.top() + half, rect.width(), half - look.px(4))
        is_late = row.days > 0  # told by weight and words: red belongs to alerts and to limits that run
        wide = paint_text(
            painter, upper, late_words(row.days), token="text" if is_late else "muted", pixels=look.sizes.caption,
            is_strong=is_late, align=Qt.AlignmentFlag.AlignRight,
        )  # fmt: skip
        upper.setRight(upper.right() - min(wide, rect.width() // 2) - look.space(2))
        paint_text(painter, upper, place_words(self._desk, debt.level, debt.place), is_strong=True)
        due = say("drills.debt.due", day=short_day(debt.due))
        wide = paint_text(
            painter, lower, due, token="muted", pixels=look.sizes.caption, align=Qt.AlignmentFlag.AlignRight
        )
        lower.setRight(lower.right() - wide - look.space(2))
        what = scenario_words(self.picture.season, debt.scenario)
        paint_text(painter, lower, what, token="text", pixels=look.sizes.caption)


class _Cards(CardList):
    """Debts that can be dragged onto a day."""

    _from: tuple[QPoint, str] | None = None
    may_plan = True
    title_of: Any = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: chosen, and perhaps about to be dragged."""
        super().mousePressEvent(event)
        at = event.position().toPoint()
        id = id_of(self.indexAt(at))
        self._from = (at, id) if id is not None and self.may_plan else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: pulled far enough it is dragged."""
        if self._from is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            return
        start, id = self._from
        if (event.position().toPoint() - start).manhattanLength() >= QApplication.startDragDistance():
            self._from = None
            begin_drag(self, DEBT, id, self.title_of(id))


class DebtList(QWidget):
    """Signals: ``picked(debt)`` by id; ``planned(debt)`` on Enter or a double click; ``left()`` on Escape."""

    picked = Signal(str)
    planned = Signal(str)
    left = Signal()

    def __init__(self, tools: Tools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self.setProperty("panel", "surface")
        self._picture: Picture | None = None
        self._query = ""
        self.search = LineEdit(say("drills.debts.search"))
        self.search.setObjectName("drills.debts.search")
        self.search.setAccessibleName(say("drills.debts.search"))
        self.search.setClearButtonEnabled(True)
        self.count = Label("", "muted")
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for each in TABS:
            self.tabs.addTab(say(f"drills.debts.tab.{each}"))
        columns: tuple[Column[DebtRow], ...] = (Column("debt", "drills.debts.title", self._words),)
        self.table: RowTable[DebtRow] = RowTable(
            columns, key=lambda row: row.id, order=lambda row: (row.debt.due, row.id), parent=self
        )
        self._delegate = _Delegate(tools)
        self.cards = _Cards(self.table, self._delegate, empty=_EMPTY)
        self.cards.setObjectName("drills.debts.list")
        self.cards.keys_come_from = self.search
        self.cards.title_of = self._title
        self.cards.set_state(LOADING)
        self._lay_out()
        self.search.edited.connect(self._search)
        self.search.submitted.connect(self._take_first)
        self.tabs.currentChanged.connect(self.narrow_down)
        self.cards.picked.connect(self._picked)
        self.cards.opened.connect(self.planned)

    def _lay_out(self) -> None:
        look = theme.current()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, look.space(2), 0, 0)
        column.setSpacing(look.space(1))
        head = QVBoxLayout()
        head.setContentsMargins(look.space(3), 0, look.space(3), 0)
        head.setSpacing(look.space(1))
        head.addWidget(Label("drills.debts.title", "heading"))
        head.addWidget(self.count)
        head.addWidget(self.search)
        head.addWidget(self.tabs)
        column.addLayout(head)
        column.addWidget(self.cards, 1)

    def show_picture(self, picture: Picture) -> None:
        """Show what is owed now; selection and scroll stay."""
        self._picture = self._delegate.picture = picture
        before = {row.id: row for id in self.table.ids() if (row := self.table.row(id)) is not None}
        if len(self.table):
            self.table.remove(set(self._known) - set(picture.debts))
            self.table.upsert(row for id, row in picture.debts.items() if before.get(id) != row)
        else:
            self.table.reset(picture.debts.values())
        self._known = tuple(picture.debts)
        self.cards.may_plan = self._tools.actions.is_allowed("drill.plan")
        self.narrow_down()

    _known: tuple[str, ...] = ()

    def set_state(self, state: ViewState) -> None:
        """Say that it is being read, old or unreadable."""
        self.cards.set_state(state)

    @property
    def tab(self) -> str:
        """Which levels are shown."""
        return TABS[self.tabs.currentIndex()]

    @property
    def chosen(self) -> str | None:
        """The debt that was chosen, while it is shown."""
        id = self.cards.chosen()
        return id if id is not None and self.table.place_of(id) is not None else None

    def choose(self, id: str) -> None:
        """Choose a debt, whatever the list was narrowed down to."""
        row = self.table.row(id)
        if row is not None and self.table.place_of(id) is None:
            self.search.clear()
            self.tabs.setCurrentIndex(TABS.index("own" if row.debt.level in DRILL_LEVELS else "part"))
        self.cards.choose(id)

    @Slot(str)
    def _search(self, query: str) -> None:
        self._query = query.strip()
        self.narrow_down()

    @Slot()
    def narrow_down(self) -> None:
        """What tab and search leave over."""
        if self._picture is None:
            return
        found = None
        if self._query:
            found = frozenset(hit.entry.id for hit in self._picture.index.search(self._query, MOST))
        is_own = self.tab == "own"
        self.table.set_filter(
            lambda row: (row.debt.level in DRILL_LEVELS) == is_own and (found is None or row.id in found)
        )
        rows = list(self.table.shown_rows())
        late = sum(1 for row in rows if row.days > 0)
        self.count.say("drills.debts.count", count=len(rows), late=late)

    @Slot()
    def _take_first(self) -> None:
        """Enter in the search goes to the first that it found."""
        first = next(iter(self.table.ids()), None)
        if first is not None:
            self.cards.choose(first)
            self.cards.setFocus()
            self.picked.emit(first)

    @Slot(object)
    def _picked(self, id: str | None) -> None:
        if id is not None:
            self.picked.emit(id)

    def _title(self, id: str) -> str:
        row = self.table.row(id)
        return self._words(row, None) if row is not None else ""

    def _words(self, row: DebtRow, _ctx: Any) -> str:
        """One line for those who hear the list."""
        if self._picture is None:
            return ""
        return say("drills.debt.spoken", what=debt_words(self._tools.desk, self._picture.season, row.debt),
                   late=late_words(row.days))  # fmt: skip

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Down from the search goes into the list; Escape clears the search, then leaves."""
        if event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self._take_first()
        elif event.key() == Qt.Key.Key_Escape:
            if self._query:
                self.search.clear()
            else:
                self.left.emit()
        else:
            super().keyPressEvent(event)

    def retell(self) -> None:
        """Another language."""
        self.search.setPlaceholderText(say("drills.debts.search"))
        for place, each in enumerate(TABS):
            self.tabs.setTabText(place, say(f"drills.debts.tab.{each}"))
        self.table.refresh_keys()
