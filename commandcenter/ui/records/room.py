"""The workspace 演练记录: the list, and in its place while one works on them the record's form and the papers' page."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from commandcenter.rules.entity import DRILLS
from commandcenter.services.live import LiveChange
from commandcenter.ui.core.sheets import Sheets
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.records import record_form
from commandcenter.ui.records.papers_page import PapersPage
from commandcenter.ui.records.record_form import FormFacts
from commandcenter.ui.records.record_page import RecordPage
from commandcenter.ui.records.workspace import ENTITY, RecordsList


class RecordsRoom(QWidget):
    """One page at a time; a form that was begun is kept until it is saved, also when it is left."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools, self._desk = tools, tools.desk
        self.stack = QStackedWidget(self)
        self.list = RecordsList(tools, self.stack)
        self.stack.addWidget(self.list)
        self._pages: dict[str, Any] = {}
        self._sheets = Sheets(tools, self)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(self.stack)
        tools.desk.live_changed.connect(self._live_changed)
        tools.selection.navigated.connect(self._navigated)

    # --- what can be done -------------------------------------------------------------------------------------------

    @property
    def _is_listing(self) -> bool:
        return self.stack.currentWidget() is self.list

    @property
    def can_add(self) -> bool:
        """Whether the list is open."""
        return self._is_listing

    @property
    def can_write(self) -> bool:
        """Whether the chosen drill can be written up."""
        return self.can_print

    @property
    def can_print(self) -> bool:
        """Whether a drill is chosen."""
        return self._is_listing and self.list.chosen_row is not None

    @property
    def can_improve(self) -> bool:
        """Whether a drill is chosen that was held."""
        return self.can_review

    @property
    def can_review(self) -> bool:
        """Whether a drill is chosen that was held."""
        return self._is_listing and self.list.can_review

    def late(self) -> None:
        """The form for a drill that a village held by itself."""
        self._open("late", None)

    def write(self) -> None:
        """The form of the chosen drill's record."""
        row = self.list.chosen_row
        if row is not None:
            self._open(row.id, row.id)

    def review(self) -> None:
        """See the list."""
        self.list.review()

    def improve(self) -> None:
        """See the list."""
        self.list.improve()

    def person(self) -> None:
        """See the list."""
        self.list.person()

    @property
    def can_finish(self) -> bool:
        """Whether there is something to be mended."""
        return self._is_listing and bool(self.list.mends)

    @property
    def can_retest(self) -> bool:
        """Whether there is something for which no re-test is planned."""
        return self._is_listing and bool(self.list.retests)

    @property
    def can_tell(self) -> bool:
        """Whether somebody has still to be told."""
        return self._is_listing and bool(self.list.untold)

    @property
    def has_people(self) -> bool:
        """Whether somebody plays a part."""
        return self._is_listing and bool(self.list.people)

    def finish(self) -> None:
        """See the list."""
        self.list.finish()

    def retest(self) -> None:
        """See the list."""
        self.list.retest()

    def told(self) -> None:
        """See the list."""
        self.list.told()

    def notice(self) -> None:
        """See the list."""
        self.list.notice()

    def presence(self) -> None:
        """See the list."""
        self.list.presence()

    def leave(self) -> None:
        """See the list."""
        self.list.leave()

    def own_time(self) -> None:
        """See the list."""
        self.list.own_time()

    def papers(self) -> None:
        """The page that makes the papers of the chosen drill."""
        row = self.list.chosen_row
        if row is None:
            return
        page = self._pages.get(f"papers:{row.id}")
        if page is None:
            page = self._keep(f"papers:{row.id}", PapersPage(self._tools, row.record), self.papers)
        else:
            page.read_drafts()
            if page.is_begun:
                page.tell_kept()
        self._show(page)

    def sheets(self) -> None:
        """The sheets of a paper drill as a PDF, opened by this computer's own program; logged first."""
        row = self.list.chosen_row
        if row is not None:
            self._sheets.open("drill_sheets", row.id)

    # --- pages ------------------------------------------------------------------------------------------------------

    def _open(self, key: str, drill: str | None) -> None:
        page = self._pages.get(key)
        if page is not None:
            if page.is_begun:
                page.tell_kept()
            self._show(page)
            return
        ask = partial(record_form.ask, drill)
        self._desk.read(ask, done=partial(self._make, key), failed=self._tools.notices.show_error, owner=self,
                        key="form", world=DRILLS)  # fmt: skip

    def _make(self, key: str, facts: FormFacts) -> None:
        if key != "late" and facts.record is None:
            return  # it went meanwhile, or must not be known any more
        village = self.list.villages.chosen_line or None
        page = RecordPage(self._tools, self.list.post, facts, village=village if key == "late" else None)
        page.saved.connect(self._saved)
        drill = facts.record.drill.id if facts.record is not None else None
        self._show(self._keep(key, page, partial(self._open, key, drill)))

    def _keep(self, key: str, page: Any, again: Callable[[], None]) -> QWidget:
        """``again`` opens another one in its place."""
        page.setProperty("key", key)
        page.left.connect(self._left)
        page.afresh.connect(partial(self._afresh, key, again))
        self._pages[key] = page
        self.stack.addWidget(page)
        return page  # type: ignore[no-any-return]

    def _show(self, page: QWidget) -> None:
        self.stack.setCurrentWidget(page)
        page.setFocus()
        self._tools.actions.refresh()

    @Slot(str)
    def _saved(self, drill: str) -> None:
        page: Any = self.sender()
        is_shown = self.stack.currentWidget() is page
        self._close(page)
        if is_shown:
            self._tools.selection.navigate(ENTITY, drill)

    @Slot()
    def _left(self) -> None:
        """What has something in it waits until it is opened again."""
        page: Any = self.sender()
        if page is not None and page.is_begun:
            self._leave()
        else:
            self._close(page)

    def _afresh(self, key: str, again: Callable[[], None]) -> None:
        self._close(self._pages.get(key))
        again()

    def _leave(self) -> None:
        self.stack.setCurrentWidget(self.list)
        self.list.view.setFocus()
        self._tools.actions.refresh()

    def _close(self, page: QObject | None) -> None:
        """Whoever writes on another page meanwhile stays there."""
        if self.stack.currentWidget() is page:
            self.stack.setCurrentWidget(self.list)
            self.list.view.setFocus()
        if isinstance(page, QWidget) and self._pages.pop(str(page.property("key")), None) is not None:
            self.stack.removeWidget(page)
            page.deleteLater()
        self._tools.actions.refresh()

    @Slot(str, str)
    def _navigated(self, entity: str, _id: str) -> None:
        if entity == ENTITY:
            self.stack.setCurrentWidget(self.list)

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        """Forms that stand open take what others wrote."""
        if not (change.everything or change.drills):
            return
        for page in self._pages.values():
            if isinstance(page, RecordPage) and page.record is not None:
                self._desk.read(partial(record_form.ask, page.record.id), done=partial(_follow, page), owner=page,
                                key="follow", failed=_ignore, world=DRILLS)  # fmt: skip

    def complete(self) -> None:
        """Nothing waits here for the first picture."""


def _follow(page: RecordPage, facts: FormFacts) -> None:
    if facts.record is not None:
        page.follow(facts.record)


def _ignore(_error: BaseException) -> None:
    """The list beside it says that the database is away; the form keeps what it has."""
