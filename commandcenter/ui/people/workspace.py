"""The workspace 人员: villages, everybody in a table with a search, and the card or the form of one person."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.rules import calling
from commandcenter.rules.masks import is_erased
from commandcenter.rules.people import PERSON_KINDS, WorkerAbsence
from commandcenter.services.absences import EndWorkerAbsence
from commandcenter.services.leaving import Hanging, hanging
from commandcenter.services.live import LiveChange
from commandcenter.services.merging import Pair, pair
from commandcenter.services.people import EDITABLE, RetirePerson, VerifyPhone
from commandcenter.ui.core import theme
from commandcenter.ui.core.inputs import Option, PickBox
from commandcenter.ui.core.listing import MOST_HITS, Found, ListWords, Tab
from commandcenter.ui.core.listroom import ListRoom
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.people import rows as people_rows
from commandcenter.ui.people.awayforms import AwaySheet, EditAwaySheet
from commandcenter.ui.people.forms import AddPerson, EditPerson, PrioritiesSheet, tell_doubts
from commandcenter.ui.people.index import PeopleIndex
from commandcenter.ui.people.leaveform import LeaveSheet
from commandcenter.ui.people.mergeform import ChooseDouble, MergeSheet
from commandcenter.ui.people.rows import ABSENCE, COLUMNS, PersonRow, parted, row_id
from commandcenter.ui.people.sections import PersonHeader

RETIRED = "retired"
TABS = tuple(Tab(kind, f"people.kind.{kind or 'all'}") for kind in ("", *PERSON_KINDS, RETIRED))
"""Everybody, then kind by kind, then those who have left."""
SCOPE = "people"
FILTER, OFFERED = 156, 280
"""Widths of the filter, and of the list that it opens, in px at 100 %."""


def _belongs(row: PersonRow, tab: str) -> bool:
    return not row.person.active if tab == RETIRED else row.person.active and tab in ("", row.kind)


class PeopleWorkspace(ListRoom[PersonRow]):
    """Left villages, in the middle everybody, right the card of the chosen person."""

    words = ListWords(
        "people", "people.search", Empty("people.empty", "people.empty.hint"), "people.villages.all", "people.count",
        "people.count_of", "people.card.empty", "people.card.gone",
    )  # fmt: skip
    scope = SCOPE
    entities = PERSON_KINDS

    def __init__(self, tools: Tools, index: PeopleIndex) -> None:
        self._index = index
        self._added_last: str | None = None
        super().__init__(
            tools, COLUMNS, order=people_rows.order, card="person", tabs=TABS, add="person.add"
        )  # fmt: skip
        self._offered: list[tuple[str, str]] = []
        index.ready.connect(self._take_rows)
        tools.desk.live_changed.connect(self._live_changed)
        self._take_rows()
        index.build_soon()

    # --- what the list is ---------------------------------------------------------------------------------------

    @property
    def is_ready(self) -> bool:
        """Whether the rows have been made."""
        return self._index.is_ready

    def village_of(self, row: PersonRow) -> str | None:
        """Where somebody belongs."""
        return row.village.id if row.village is not None else None

    def make_filter(self) -> QWidget:
        """Found by typing: states, sources, skills and what else workers have."""
        self.narrowing = PickBox(none_code="people.filter.none")
        self.narrowing.setObjectName("people.filter")
        self.narrowing.setAccessibleName(say("people.filter.none"))
        self.narrowing.setFixedWidth(theme.current().px(FILTER))
        self.narrowing.view().setMinimumWidth(theme.current().px(OFFERED))
        self.narrowing.chosen.connect(self.narrow_down)
        return self.narrowing

    def widen(self) -> None:
        """Take back whatever the list was narrowed down by."""
        self.narrowing.put(None)
        super().widen()

    def is_on_tab(self, row: PersonRow, tab: str) -> bool:
        """Who has left stands apart; the filter narrows every tab down."""
        return people_rows.passes(row, self.narrowing.currentData() or "") and _belongs(row, tab)

    def shape_columns(self) -> None:
        """Names are whole, also those of contacts; of what only keepers have nothing is shown where there are none, nor
        whether they are paid where all kinds stand together and the names need the room."""
        rows = [row for row in self._rows.values() if _belongs(row, self.tab)]
        silent = people_rows.silent(rows)
        self.view.set_aside(silent | {"paid"} if self.tab == "" else silent)
        self.view.fit("name", (row.person.name for row in rows))

    def matching(self, query: str) -> Found:
        """By name, pinyin, initials, number and place."""
        return frozenset(hit.entry.id for hit in self._index.search(query, MOST_HITS))

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """Those who can be called."""
        active = [row for row in self._index.rows.values() if row.person.active]
        return Counter(row.village.id for row in active if row.village is not None), len(active)

    def key_of(self, entity: str, id: str) -> str:
        """People of all kinds stand in one list."""
        return row_id(entity, id)

    def subject_of(self, key: str) -> tuple[str, str]:
        """Kind and id."""
        return parted(key)

    def header(self, row: PersonRow) -> QWidget:
        """Who it is, and what can be done."""
        return PersonHeader(self._tools, row)

    def follow(self, row: PersonRow) -> None:
        """The person's forms."""
        sheet = self.sheet(row.id)
        if isinstance(sheet, EditPerson):
            sheet.follow(row.person)
        for absence in row.absences:
            away = self.sheet(f"away:{absence.id}")
            if isinstance(away, EditAwaySheet):
                away.follow(absence)

    @property
    def is_gone(self) -> bool:
        """Who was just added is still to come."""
        return super().is_gone and self._chosen != self._added_last

    @Slot()
    def _take_rows(self) -> None:
        """The index was made anew."""
        offered = people_rows.filters(self._index.rows)
        if offered != self._offered:
            self._offered = offered
            self.narrowing.offer(Option(key, title) for key, title in offered)
        self.show_rows(self._index.rows)

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.places:
            self.count_villages()

    def arrive_at_chosen(self) -> None:
        """Only a list on which nobody stands yet turns to whoever was chosen elsewhere."""
        if self._chosen is None:
            super().arrive_at_chosen()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: rows of yesterday are made anew."""
        super().showEvent(event)
        self._index.build_soon()

    # --- numbers and absences -----------------------------------------------------------------------------------

    def _worker(self) -> PersonRow | None:
        """The worker on the card who is on the lists."""
        row = self._shown if self.can_edit else None
        return row if row is not None and row.kind == "worker" and row.person.active else None

    @property
    def can_verify(self) -> bool:
        """Whether there is a number that somebody can make sure of."""
        row = self._worker()
        return row is not None and bool(row.phone) and not is_erased(row.person.phone)

    @property
    def can_send_away(self) -> bool:
        """Whether a worker's card is open."""
        return self._worker() is not None

    @property
    def can_end_absence(self) -> bool:
        """Whether the worker on the card is away, or will be."""
        row = self._worker()
        return row is not None and bool(row.absences)

    @property
    def can_add_deputy(self) -> bool:
        """Whether the worker on the card keeps a grid."""
        row = self._worker()
        return row is not None and row.grid is not None

    def verify(self) -> None:
        """The number on the card is right."""
        row = self._worker()
        if row is not None:
            told = say("people.done.verify", name=row.person.name)
            self.post.send(VerifyPhone(worker=row.person.id), told, done=partial(self.post.tell_done, told))

    def send_away(self) -> None:
        """The form of the absence that is there, else of a new one."""
        row = self._worker()
        if row is None:
            return
        if row.away is not None:
            self._edit_absence(row, row.away)
        else:
            self.open_sheet(f"away:{row.person.id}", partial(AwaySheet, row, self._tools, self.post))

    def _edit_absence(self, row: PersonRow, absence: WorkerAbsence) -> None:
        self.open_sheet(f"away:{absence.id}", partial(EditAwaySheet, row, absence, self._tools, self.post))

    def change_absence(self) -> None:
        """The form of the absence that was pressed on the card; else of today's, else of the next one."""
        row = self._worker()
        if row is not None and row.absences:
            pressed = self._tools.selection.chosen(ABSENCE)
            self._tools.selection.choose(ABSENCE, None)
            usual = row.away or row.absences[0]
            self._edit_absence(row, next((each for each in row.absences if each.id == pressed), usual))

    def end_absence(self) -> None:
        """Back again: the absence of today, else the next one."""
        row = self._worker()
        if row is not None and row.absences:
            told = say("people.done.back", name=row.person.name)
            absence = row.away or row.absences[0]
            command = EndWorkerAbsence(worker_absence=absence.id)
            self.post.send(command, told, done=partial(self.post.tell_done, told))

    def add_deputy(self) -> None:
        """The form for a deputy of the grid of the worker on the card: a duty holder like all others."""
        row = self._worker()
        if row is not None and row.grid is not None:
            given = {"role": calling.DEPUTY, "grid": row.grid.id}
            self.open_sheet(f"deputy:{row.grid.id}", partial(self._new, "duty_holder", row.grid.village, given))

    @property
    def can_name(self) -> bool:
        """Whether no other form stands open."""
        return self.right.is_card

    def name_priorities(self) -> None:
        """What the town calls the five."""
        self.open_sheet("priorities", partial(PrioritiesSheet, self._tools, self.post))

    # --- forms --------------------------------------------------------------------------------------------------

    @property
    def can_add(self) -> bool:
        """Officers are added in the settings."""
        return self.tab != "officer"

    @property
    def can_edit(self) -> bool:
        """Whether a card of somebody who is kept here is open."""
        return super().can_edit and self._shown is not None and self._shown.kind in EDITABLE

    @property
    def can_retire(self) -> bool:
        """Whether there is somebody to take off the lists."""
        return self.can_edit and self._shown is not None and self._shown.person.active

    @property
    def can_bring_back(self) -> bool:
        """Whether there is somebody to bring back; who was merged comes back by undo, with all that was his."""
        row = self._shown if self.can_edit else None
        return row is not None and not row.person.active and not row.merged_into

    def add(self) -> None:
        """The form for somebody new, of the kind whose tab is open."""
        kind: Any = self.tab if self.tab in EDITABLE else "worker"
        village = self.villages.chosen_line or None
        self.open_sheet(f"new:{kind}", partial(self._new, kind, village))

    def _new(self, kind: Any, village: str | None, given: Mapping[str, Any] | None = None) -> AddPerson:
        sheet = AddPerson(kind, self._tools, self.post, village, given)
        sheet.added.connect(self._added)
        return sheet

    def edit(self) -> None:
        """The form of the chosen person, who may have been changed a moment before the list is made anew."""
        row = self._shown
        if row is not None and row.kind != "officer":
            person = self._desk.directory.people.get((row.kind, row.person.id), row.person)
            self.open_sheet(row.id, partial(EditPerson, row.kind, person, self._tools, self.post))

    def retire(self) -> None:
        """Off the lists that are called from; for a worker the form that hands over what hangs on him."""
        row = self._shown
        if row is None or row.kind != "worker":
            self._set_retired(True)
            return
        desk = self._tools.desk
        work = partial(hanging, desk.session, row.person.id, desk.now())
        desk.tasks.submit("read", work, done=self._leave, failed=self._not_read, owner=self, key="leave")

    def _leave(self, hangs: Hanging | None) -> None:
        """The form, unless another card was opened meanwhile."""
        row = self._worker()
        if hangs is not None and row is not None and row.person.id == hangs.worker.id:
            self.open_sheet(f"leave:{row.person.id}", partial(LeaveSheet, hangs, self._tools, self.post))

    @property
    def can_merge(self) -> bool:
        """Whether a worker's card is open."""
        return self._worker() is not None

    def merge(self) -> None:
        """Two rows are one human: the form of both, after a question who the other is where that is not plain."""
        row = self._worker()
        if row is None:
            return
        go_on = partial(self.read_pair, row.person.id)
        if len(row.doubles) == 1:
            go_on(row.doubles[0])
        else:
            self.open_sheet(f"double:{row.person.id}", partial(ChooseDouble, row, self._tools, self.post, go_on))

    def read_pair(self, keep: str, double: str) -> None:
        """The form of these two, as soon as both are read."""
        desk = self._tools.desk
        work = partial(pair, desk.session, keep, double, desk.now())
        desk.tasks.submit("read", work, done=self._merge, failed=self._not_read, owner=self, key="merge")

    def _merge(self, found: Pair | None) -> None:
        """The form, unless another card was opened meanwhile."""
        row = self._worker()
        if found is not None and row is not None and row.person.id == found.keep.worker.id:
            key = f"merge:{row.person.id}:{found.double.worker.id}"
            self.open_sheet(key, partial(MergeSheet, found, self._tools, self.post))

    def _not_read(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        self._tools.notices.show_error(error)

    def bring_back(self) -> None:
        """On the lists again."""
        self._set_retired(False)

    def _set_retired(self, retired: bool) -> None:
        row = self._shown
        if row is None:
            return
        told = say("people.done.retire" if retired else "people.done.bring_back", name=row.person.name)
        command = RetirePerson(kind=row.kind, person=row.person.id, retired=retired)  # type: ignore[arg-type]
        self.post.send(command, told, done=partial(self._retired, told))

    def _retired(self, told: str, outcome: Any) -> None:
        self.post.tell_done(told, outcome)
        tell_doubts(self._tools, outcome.value["warnings"])

    @property
    def can_erase(self) -> bool:
        """Whether there is somebody whose values are kept here."""
        return self._shown is not None and self._shown.kind in EDITABLE

    def erase(self) -> None:
        """The sheet that erases the chosen person's values for good."""
        row = self._shown
        if row is not None and self.can_erase:
            from commandcenter.ui.core.erasing import Erasable, ErasureSheet

            who = Erasable(row.kind, row.person.id, row.person.name)
            self.open_sheet(f"erase:{row.id}", partial(ErasureSheet, (who,), self._tools, self.post))

    @Slot(str, str)
    def _added(self, kind: str, id: str) -> None:
        """Who was added is chosen as soon as the list knows the person."""
        self._added_last = row_id(kind, id)
        self._tools.selection.choose(kind, id)
        self.arrive(self._added_last)
