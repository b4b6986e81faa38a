"""The reports being taken, as tabs: the one in the form and those that wait, with how long they have waited."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QTabBar, QWidget

from commandcenter.base.texts import say
from commandcenter.services.live import LiveSet
from commandcenter.ui.core import icons
from commandcenter.ui.core.captions import caption
from commandcenter.ui.incidents import words
from commandcenter.ui.incidents.intake.draft import Draft
from commandcenter.ui.incidents.intake.intakes import Intakes, StandingKind

_TITLE = 9
"""Characters of a title; the rest is in the tool tip."""
MARKS: dict[StandingKind, str] = {"away": "stale", "refused": "refused"}
"""Icons of reports that could not be saved."""


def title_of(draft: Draft, live: LiveSet) -> str:
    """What a report is known by: its words, else where it is, else who calls."""
    village = live.villages.get(draft.village)
    grid = live.grids.get(draft.grid)
    known = (draft.text, grid.name if grid else "", village.name if village else "", draft.place, draft.caller_name,
             draft.caller_phone)  # fmt: skip
    return next((lines[0] for each in known if (lines := each.strip().splitlines())), say("intake.tab.new"))


def short(title: str) -> str:
    """A title as it fits a tab."""
    return title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…"


def tab_text(place: int, draft: Draft, live: LiveSet, now: datetime) -> str:
    """``2 房屋冒烟起火 · 3 分钟``: its digit, what it is about, how long it has waited."""
    return f"{place + 1} {short(title_of(draft, live))} · {words.minutes_of(now - draft.opened_at)}"


class DraftTabs(QTabBar):
    """Signals: ``wanted(id)`` when the officer picks a tab by click, arrow or digit."""

    wanted = Signal(str)

    def __init__(self, intakes: Intakes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._intakes = intakes
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tabBarClicked.connect(self._clicked)
        intakes.list_changed.connect(self.refresh)
        intakes.standing_changed.connect(self._stands)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Bring the tabs up to date with the drafts; nothing flickers when nothing changed."""
        drafts = self._intakes.drafts
        while self.count() > len(drafts):
            self.removeTab(self.count() - 1)
        while self.count() < len(drafts):
            self.addTab("")
        for place, draft in enumerate(drafts):
            self._dress(place, draft)
        ids = [draft.id for draft in drafts]
        current = self._intakes.current
        self.setCurrentIndex(ids.index(current.id) if current is not None else self.currentIndex())
        # With one they say nothing; a caller's words are not for everybody who takes the desk.
        self.setVisible(self._intakes.is_allowed and len(drafts) > 1)

    def tick(self, now: datetime) -> None:
        """Show how long each has waited, to the minute: a running second would draw the eye."""
        for place, draft in enumerate(self._intakes.drafts[: self.count()]):
            self._write(place, draft, now)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits and arrows pick a tab."""
        drafts = self._intakes.drafts
        digit = int(event.text()) - 1 if event.text().isdecimal() else -1
        if 0 <= digit < len(drafts):
            self.wanted.emit(drafts[digit].id)
            return
        super().keyPressEvent(event)

    def _dress(self, place: int, draft: Draft) -> None:
        title = title_of(draft, self._intakes.desk.live)
        self._write(place, draft, self._intakes.desk.now())
        self.setTabToolTip(place, title)
        self.setAccessibleTabName(place, say("intake.tab.spoken", number=place + 1, title=title))
        mark = MARKS.get(self._intakes.standing(draft.id).kind)
        self.setTabIcon(place, icons.icon(mark, "overdue") if mark else QIcon())

    def _write(self, place: int, draft: Draft, now: datetime) -> None:
        text = tab_text(place, draft, self._intakes.desk.live, now)
        self.setTabText(place, caption(text))

    @Slot(str)
    def _stands(self, _id: str) -> None:
        self.refresh()

    @Slot(int)
    def _clicked(self, place: int) -> None:
        if 0 <= place < len(self._intakes.drafts):
            self.wanted.emit(self._intakes.drafts[place].id)
