"""The list of drills to be written up and written up, with the card of one of them."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.rules.entity import DRILLS
from commandcenter.rules.finding import Index
from commandcenter.services import drill_reading
from commandcenter.services.drill_reading import Record
from commandcenter.services.live import LiveChange
from commandcenter.services.records import ReviewDrill
from commandcenter.services.wording import shown
from commandcenter.ui.core.inputs import Option
from commandcenter.ui.core.listing import ListWords, Tab
from commandcenter.ui.core.listroom import ReadListRoom
from commandcenter.ui.core.rereading import Question
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.records import picking
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
_TABS = (Tab("past", "records.tab.past"), Tab("due", "records.tab.due"), Tab("held", "records.tab.held"),
         Tab("mending", "records.tab.mending"), Tab("ahead", "records.tab.ahead"))  # fmt: skip
Answer = tuple[list[RecordRow], Index]


class RecordsList(ReadListRoom[RecordRow]):
    """Left villages, in the middle drills, right the card of the chosen one."""

    words = ListWords(
        "drill_records", "records.search", _EMPTY, "records.villages.all", "records.count", "records.count_of",
        "records.card.empty", "records.card.gone",
    )  # fmt: skip
    scope = "drill_records"
    entities = (ENTITY,)
    world = DRILLS

    def __init__(self, tools: Tools, parent: QWidget | None = None) -> None:
        super().__init__(tools, COLUMNS, order=order, tabs=_TABS, add="drill_record.late", parent=parent)
        tools.desk.officer_changed.connect(self.reading.read)

    # --- what the list is -------------------------------------------------------------------------------------------

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
        return tab == "past" or row.open_mends > 0

    def question(self) -> Question:
        """All drills that this officer may know of, found by title, place, commander, units and day."""
        live = self._desk.live
        return partial(_ask, dict(live.villages), self._desk.now(), zone_of(live.town))

    def concerns(self, change: LiveChange) -> bool:
        """Drills, and the names of their places."""
        return change.drills or change.places

    def header(self, row: RecordRow) -> QWidget:
        """The drill, its figures, and what can be done."""
        return RecordHeader(self._tools, row)

    def follow(self, row: RecordRow) -> None:
        """Things to mend are edited here."""
        for mend in row.record.improvements:
            sheet = self.sheet(mend.id)
            if isinstance(sheet, EditImprovementSheet):
                sheet.follow(mend)

    def bring_into_list(self, id: str) -> None:
        """One that is still to come stands on a tab of its own."""
        row = self.row(id)
        if row is not None and row.stage == "ahead" and self.tab != "ahead":
            self.widen()
            self.tabs.setCurrentIndex(len(_TABS) - 1)
        super().bring_into_list(id)

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
            self.post.carry_out(ReviewDrill(drill=self._shown.id, reviewed=reviewed), told)

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

    # --- what the buttons on the card do, by keys -----------------------------------------------------------------

    def _record(self) -> Record | None:
        return self._shown.record if self._shown is not None else None

    @property
    def mends(self) -> list[Option]:
        """What is still to be mended."""
        record = self._record()
        open_ones = [each for each in record.improvements if each.done_at is None] if record else []
        return [Option(each.id, shown(each.text)) for each in open_ones]

    @property
    def retests(self) -> list[Option]:
        """Things to mend for which no re-test is planned."""
        record = self._record()
        if record is None or not record.drill.scenario:
            return []
        return [Option(each.id, shown(each.text)) for each in record.improvements if each.retest is None]

    @property
    def untold(self) -> list[Option]:
        """Who has still to be told."""
        record = self._record()
        return [
            Option(each.id, " ".join(part for part in (say(f"drillpaper.audience.{each.audience}"), shown(each.whom))
                                     if part))
            for each in (record.notices if record else ()) if each.told_at is None
        ]  # fmt: skip

    @property
    def people(self) -> list[Option]:
        """Who plays a part."""
        record = self._record()
        return picking.person_options(self._tools, record.persons) if record else []

    def finish(self) -> None:
        """Which of the things to mend is mended."""
        self._pick("finish", picking.FinishSheet, self.mends)

    def retest(self) -> None:
        """For which of the things to mend a re-test is planned."""
        self._pick("retest", picking.RetestSheet, self.retests)

    def told(self) -> None:
        """Who of those that have to know was told."""
        self._pick("told", picking.ToldSheet, self.untold)

    def presence(self) -> None:
        """Who was there, who was not."""
        record = self._record()
        self._pick("presence", picking.PresenceSheet, self.people, record.persons if record else ())

    def leave(self) -> None:
        """Who plays no part after all."""
        self._pick("leave", picking.LeaveSheet, self.people)

    def own_time(self) -> None:
        """A time from the sheet of a role."""
        self._pick("own_time", picking.OwnTimeSheet, self.people, self._record(), zone_of(self._desk.live.town))

    def notice(self) -> None:
        """The form for somebody more who has to be told."""
        if self._shown is not None:
            id = self._shown.id
            self.open_sheet(f"notice:{id}", partial(picking.NoticeSheet, self.post, id))

    def _pick(self, what: str, sheet: Any, options: list[Option], *more: Any) -> None:
        if self._shown is not None and options:
            offered = hash(tuple(each.value for each in options))  # a form that was left does not offer what is gone
            self.open_sheet(f"{what}:{self._shown.id}:{offered}", partial(sheet, self.post, options, *more))


def _ask(villages: Mapping[str, Any], now: Any, zone: Any, reader: Any) -> Answer:
    """On the read lane."""
    made = rows(drill_reading.records(reader), villages, now, zone)
    return made, index_of(made)
