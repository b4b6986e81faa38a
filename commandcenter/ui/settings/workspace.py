"""The workspace 设置: a search first, the pages at the left, the chosen page at the right."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import theme
from commandcenter.ui.core.cardlist import CardList
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.rowpaint import CardDelegate, paint_text
from commandcenter.ui.core.rowtable import RowTable
from commandcenter.ui.core.tools import SettingsPage, Tools
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.settings.finding import index_of, target_of
from commandcenter.ui.settings.page import ShowsOptions

SIDE = 260
LAST_PAGE = "settings.page"
"""The key of the desk's settings under which the page that was open is kept."""
MOST_HITS = 30


@dataclass(frozen=True, slots=True)
class _Line:
    """A page, or something the search found: what the list at the left shows."""

    id: str
    title: str
    subtitle: str
    place: int


def _place(line: _Line) -> int:
    return line.place


_COLUMNS: tuple[Column[_Line], ...] = (Column("title", "settings.search", lambda line, _: line.title),)


class _LineDelegate(CardDelegate):
    """Title, and below it the page on which it stands."""

    height = 44

    def paint_card(self, painter: QPainter, rect: Any, row: Any, is_selected: bool) -> None:
        """One line."""
        if not row.subtitle:
            paint_text(painter, rect, row.title, is_strong=is_selected)
            return
        half = rect.height() // 2
        paint_text(painter, rect.adjusted(0, theme.current().px(4), 0, -half), row.title, is_strong=is_selected)
        paint_text(painter, rect.adjusted(0, half, 0, -theme.current().px(4)), row.subtitle, token="muted", pixels=12)


class SettingsWorkspace(QWidget):
    """Pages are made when first opened."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools = tools
        self._index = index_of(tools.plugs)
        self._made: dict[str, QWidget] = {}
        self.search = LineEdit(say("settings.search"))
        self.search.setObjectName("settings.search")
        self.search.setAccessibleName(say("settings.search"))
        self.search.setClearButtonEnabled(True)
        self.lines: RowTable[_Line] = RowTable(_COLUMNS, key=lambda line: line.id, order=_place, parent=self)
        nothing = Empty("settings.nothing_found", "settings.nothing_found.hint", "search")
        self.list = CardList(self.lines, _LineDelegate(), empty=nothing)
        self.list.setObjectName("settings.pages")
        self._stack = QStackedWidget()
        self._lay_out()
        self.search.edited.connect(self._search)
        self.search.submitted.connect(self._take_first)
        self.list.picked.connect(self._picked)
        tools.desk.officer_changed.connect(self._officer_changed)
        self._search("")
        self.open_page(str(tools.settings.get(LAST_PAGE, "")))

    @property
    def page(self) -> QWidget | None:
        """The page that is shown."""
        return self._stack.currentWidget()

    def open_page(self, id: str, option: str = "") -> QWidget:
        """Show a page (the first one when it is unknown), and an option on it."""
        pages = {each.id: each for each in self._pages()}
        found = pages.get(id) or next(iter(pages.values()))
        if found.id not in self._made:
            self._made[found.id] = found.make(self._tools)
            self._stack.addWidget(self._made[found.id])
        page = self._made[found.id]
        self._stack.setCurrentWidget(page)
        if self._tools.settings.get(LAST_PAGE) != found.id:
            self._tools.settings.set(LAST_PAGE, found.id)
        if not self.search.text():
            self.list.choose(found.id)
        if option and isinstance(page, ShowsOptions):
            page.show_option(option)
        return page

    def _pages(self) -> list[SettingsPage]:
        return sorted(self._tools.plugs.settings_pages, key=lambda each: each.order)

    def _lay_out(self) -> None:
        look = theme.current()
        side = QFrame()
        side.setProperty("panel", "surface")
        side.setFixedWidth(look.px(SIDE))
        column = QVBoxLayout(side)
        column.setContentsMargins(0, look.space(2), 0, 0)
        column.setSpacing(look.space(2))
        head = QHBoxLayout()
        head.setContentsMargins(look.space(2), 0, look.space(2), 0)
        head.addWidget(self.search)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        line = QFrame()
        line.setProperty("panel", "line")
        line.setFixedWidth(1)
        self._stack.setProperty("panel", "surface")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for part, stretch in ((side, 0), (line, 0), (self._stack, 1)):
            row.addWidget(part, stretch)

    @Slot(str)
    def _search(self, query: str) -> None:
        """Without a query the pages, else whatever it finds."""
        if query.strip():
            hits = self._index.search(query, MOST_HITS)
            found = [(hit.entry.id, hit.entry.title, hit.entry.subtitle) for hit in hits]
        else:
            found = [(page.id, say(page.title_code), "") for page in self._pages()]
        self.lines.reset(_Line(*each, place) for place, each in enumerate(found))

    @Slot(object)
    def _picked(self, id: str | None) -> None:
        if id is not None:
            target = target_of(id)
            self.open_page(target.page, target.option)

    @Slot()
    def _take_first(self) -> None:
        first = next(iter(self.lines.ids()), None)
        if first is not None:
            self.list.choose(first)
            self._picked(first)

    @Slot()
    def _officer_changed(self) -> None:
        """Somebody else may change other things: pages are made anew."""
        current = next((id for id, page in self._made.items() if page is self._stack.currentWidget()), "")
        for page in self._made.values():
            self._stack.removeWidget(page)
            page.deleteLater()
        self._made.clear()
        self.open_page(current)

    def showEvent(self, event: QShowEvent) -> None:
        """The search has the focus."""
        super().showEvent(event)
        self.search.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down goes into the list, Escape clears the search."""
        if event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self.list.setFocus()
        elif event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._index = index_of(self._tools.plugs)
            self.search.setPlaceholderText(say("settings.search"))
            self._search(self.search.text())
