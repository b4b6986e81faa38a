"""The list of drills to be written up and written up, with the card of one of them."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.rules.entity import DRILLS
from commandcenter.rules.finding import Index
from commandcenter.services import drill_reading
from commandcenter.services.live import LiveChange
from commandcenter.services.records import ReviewDrill
from commandcenter.ui.core.listing import MOST_HITS, Found, ListWords, ListWorkspace, Tab
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty, ViewState, failed
from commandcenter.ui.records.forms import (
    AbsentSheet,
    AddImprovementSheet,
    AddPersonSheet,
    EditImprovementSheet,
    TellSheet,
)
from commandcenter.ui.records.rows import COLUMNS, RecordRow, index_of, order, rows
from commandcenter.ui.records.sections import RecordHeader

ENTITY = "drill_record"
_EMPTY = Empty("records.empty", "records.empty.hint", "briefing")
_TABS = (Tab("all", "records.tab.all"), Tab("due", "records.tab.due"), Tab("held", "records.tab.held"),
         Tab("mending", "records.tab.mending"), Tab("ahead", "records.tab.ahead"))  # fmt: skip
Answer = tuple[list[RecordRow], Index]


class RecordsList(ListWorkspace[RecordRow]):
    """Left villages, in the middle drills, right the card of the chosen one."""

    words = ListWords(
        "drill_records", "records.search", _EMPTY, "records.villages.all", "records.count", "records.count_of",
        "records.card.empty", "records.card.gone",
    )  # fmt: skip
    scope = "drill_records"

    def __init__(self, tools: Tools) -> None:
        self._index = Index()
        self._is_read = False
        self._trouble: ViewState | None = None
        self._chosen: str | None = None
        self._shown: RecordRow | None = None
        super().__init__(tools, COLUMNS, key=lambda row: row.id, order=order, card=ENTITY, tabs=_TABS,
                         add="drill_record.late")  # fmt: skip
        self.post = Sender(tools, self)
        tools.desk.live_changed.connect(self._live_changed)
        tools.desk.officer_changed.connect(self.read)
        tools.selection.changed.connect(self._selected)
        tools.selection.navigated.connect(self._navigated)
        self.card.show_nothing(self.words.nothing)
        self.read()

    # --- what the list is -------------------------------------------------------------------------------------------

    @property
    def is_ready(self) -> bool:
        """Whether the drills have been read."""
        return self._is_read

    def village_of(self, row: RecordRow) -> str | None:
        """Where it was held."""
        return row.record.drill.village

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """Drills of each village, without those to come."""
        counts: dict[str, int] = {}
        past = [row for row in self._rows.values() if row.stage != "ahead"]
        for row in past:
            village = row.record.drill.village or ""
            counts[village] = counts.get(village, 0) + 1
        return counts, len(past)

    def is_on_tab(self, row: RecordRow, tab: str) -> bool:
        """To be written up, written up, with something to mend; those to come stand apart, they are the calendar's."""
        if tab == "ahead" or row.stage == "ahead":
            return tab == row.stage
        if tab == "due":
            return row.stage in ("due", "running")
        if tab == "held":
            return row.stage in ("held", "reviewed")
        return tab == "all" or row.open_mends > 0

    def matching(self, query: str) -> Found:
        """By title, place, commander, units and day."""
        return frozenset(hit.entry.id for hit in self._index.search(query, MOST_HITS))

    def _state(self) -> ViewState:
        return self._trouble or super()._state()

    # --- reading ----------------------------------------------------------------------------------------------------

    @Slot()
    def read(self) -> None:
        """Ask for all drills that this officer may know of."""
        live, now = self._desk.live, self._desk.now()
        ask = partial(_ask, dict(live.villages), now, zone_of(live.town))
        self._desk.read(ask, done=self._take, failed=self._failed, owner=self, key="records", world=DRILLS)

    def _take(self, answer: Answer) -> None:
        made, self._index = answer
        self._is_read, self._trouble = True, None
        self.show_rows({row.id: row for row in made})
        for row in made:
            for mend in row.record.improvements:
                sheet = self.sheet(mend.id)
                if isinstance(sheet, EditImprovementSheet):
                    sheet.follow(mend)
        self._refresh_card()

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        self._trouble = failed(error)
        self.tell_state()

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.drills or change.places:
            self.read()

    # --- choosing ---------------------------------------------------------------------------------------------------

    @property
    def chosen_row(self) -> RecordRow | None:
        """The drill on the card."""
        return self._shown

    def pick(self, id: str) -> None:
        """By hand."""
        self._tools.selection.choose(ENTITY, id)
        self._show(id)

    @Slot(str, object)
    def _selected(self, entity: str, id: str | None) -> None:
        if entity == ENTITY:
            self._show(id)

    @Slot(str, str)
    def _navigated(self, entity: str, id: str) -> None:
        if entity == ENTITY:
            self._show(id)
            self.bring_into_list(id)

    def bring_into_list(self, id: str) -> None:
        """One that is still to come stands on a tab of its own."""
        row = self.row(id)
        if row is not None and row.stage == "ahead" and self.tab != "ahead":
            self.widen()
            self.tabs.setCurrentIndex(len(_TABS) - 1)
        super().bring_into_list(id)

    def _show(self, id: str | None) -> None:
        self._chosen = id
        self.view.choose(id, show=False)
        self._refresh_card()
        self.show_card_or_sheet(id)

    def _refresh_card(self) -> None:
        row = self.row(self._chosen)
        if row is not None and row == self._shown:
            return
        self._shown = row
        self._tools.actions.refresh()
        if row is not None:
            self.card.show_subject(row, RecordHeader(self._tools, row))
        else:
            gone = self._chosen is not None and self._is_read
            self.card.show_nothing(self.words.gone if gone else self.words.nothing)

    # --- what can be done -------------------------------------------------------------------------------------------

    @property
    def can_review(self) -> bool:
        """Whether the chosen record may be found right."""
        return self._shown is not None and self._shown.stage in ("held", "reviewed")

    def review(self) -> None:
        """The record was read and found right; once more opens it again."""
        if self._shown is not None:
            reviewed = self._shown.stage != "reviewed"
            told = say("records.done.reviewed" if reviewed else "records.done.reopened",
                       title=self._shown.record.drill.title)  # fmt: skip
            command = ReviewDrill(drill=self._shown.id, reviewed=reviewed)
            self.post.send(command, told, done=partial(self.post.tell_done, told))

    def improve(self) -> None:
        """The form for something to mend."""
        if self._shown is not None:
            id = self._shown.id
            self.open_sheet(f"mend:{id}", partial(AddImprovementSheet, self._tools, self.post, id))

    def edit_improvement(self, id: str) -> None:
        """The form of something to mend."""
        mends = self._shown.record.improvements if self._shown is not None else ()
        mend = next((each for each in mends if each.id == id), None)
        if mend is not None:
            self.open_sheet(mend.id, partial(EditImprovementSheet, self._tools, self.post, mend))

    def person(self) -> None:
        """The form for somebody who plays a part."""
        if self._shown is not None:
            id = self._shown.id
            self.open_sheet(f"person:{id}", partial(AddPersonSheet, self._tools, self.post, id))

    def absent(self, id: str) -> None:
        """The form for why somebody was not there."""
        persons = self._shown.record.persons if self._shown is not None else ()
        person = next((each for each in persons if each.id == id), None)
        if person is not None:
            self.open_sheet(person.id, partial(AbsentSheet, self.post, person))

    def tell(self, id: str) -> None:
        """The form for somebody who was told."""
        notices = self._shown.record.notices if self._shown is not None else ()
        notice = next((each for each in notices if each.id == id), None)
        if notice is not None:
            self.open_sheet(notice.id, partial(TellSheet, self.post, notice))

    def showEvent(self, event: QShowEvent) -> None:
        """A drill that was asked for elsewhere comes into sight."""
        chosen = self._tools.selection.chosen(ENTITY)
        if chosen is not None and chosen != self._chosen:
            self._show(chosen)
        super().showEvent(event)


def _ask(villages: Mapping[str, Any], now: Any, zone: Any, reader: Any) -> Answer:
    """On the read lane."""
    made = rows(drill_reading.records(reader), villages, now, zone)
    return made, index_of(made)
