"""Sessions: the list by category, and the card on which people sign in and results are typed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.rules.courses import CourseSession
from commandcenter.services.attendance import HoldSession, SignIn, UnlistWorkers
from commandcenter.services.training import Training
from commandcenter.ui.core import theme
from commandcenter.ui.core.listing import Found, ListWords, Tab
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.courses.body import SessionBody
from commandcenter.ui.courses.expecting import ExpectSheet
from commandcenter.ui.courses.forms import (
    EditSessionSheet,
    MoveSessionSheet,
    PlanSessionSheet,
    cancel_sheet,
    hold_sheet,
)
from commandcenter.ui.courses.rows import SESSION_COLUMNS, SessionRow, session_order
from commandcenter.ui.courses.settling import SettleSheet
from commandcenter.ui.courses.store import TrainingStore, title_of
from commandcenter.ui.courses.traininglist import TrainingList

_TABS = tuple(Tab(each, f"courses.tab.{each or 'all'}") for each in ("", "planned", "held", "cancelled"))
CARD = 500


class SessionsPage(TrainingList[SessionRow]):
    """Left the categories, in the middle the sessions, right the one that is chosen."""

    words = ListWords(
        "courses", "courses.search", Empty("courses.sessions.empty", "courses.sessions.empty.hint", "course"),
        "courses.categories.all", "courses.count", "courses.count_of", "courses.card.empty", "courses.card.gone",
    )  # fmt: skip
    scope = "sessions"
    entities = ("session",)

    def __init__(self, tools: Tools, store: TrainingStore, parent: QWidget | None = None) -> None:
        self.body: SessionBody | None = None
        super().__init__(
            tools, store, SESSION_COLUMNS, order=session_order, tabs=_TABS, add="session.plan", parent=parent
        )  # fmt: skip
        self.right.setMinimumWidth(theme.current().px(CARD))
        self.search.setMinimumWidth(theme.current().px(140))
        self.count.hide()  # the categories at the left count, and the room is needed
        self.view.opened.connect(self._opened)

    # --- what the list is ---------------------------------------------------------------------------------------

    def is_on_tab(self, row: SessionRow, tab: str) -> bool:
        """By state."""
        return tab in ("", row.session.state)

    def matching(self, query: str) -> Found:
        """By course, place, teacher, day and note."""
        wanted = query.casefold()
        return frozenset(row.id for row in self._rows.values() if wanted in _haystack(row, self.store))

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """Sessions of each category."""
        return Counter(row.course.category for row in self._rows.values()), len(self._rows)

    def rows_of(self, state: Training) -> Iterable[SessionRow]:
        """Sessions with who was there."""
        return [self._row(each, state) for each in state.sessions.values()]

    def follow(self, row: SessionRow) -> None:
        """The session's form."""
        sheet = self.sheet(row.id)
        if isinstance(sheet, (EditSessionSheet, MoveSessionSheet)):
            sheet.follow(row.session)

    def _row(self, session: CourseSession, state: Training) -> SessionRow:
        when = session.starts_at.astimezone(state.zone).replace(tzinfo=None) if session.starts_at else None
        course = state.courses[session.course]
        return SessionRow(session, course, state.tally(session), when, self.store.village_name(session.village))

    # --- choosing -----------------------------------------------------------------------------------------------

    @Slot(str)
    def _opened(self, id: str) -> None:
        """Enter: on to signing in."""
        self.pick(id)
        self.focus_sign()

    def _refresh_card(self) -> None:
        """The sign-in box keeps what was typed while its list changes: this card is not made anew."""
        row = self.row(self._chosen)
        if row is None:
            self._shown, self.body = None, None
            self.card.show_nothing(self.words.gone if self.is_gone else self.words.nothing)
        else:
            self._shown = row
            if self.body is None:
                self.body = SessionBody(self._tools, self.store)
                self.body.signed.connect(self.sign_in)
                self.body.typed.connect(self._result_typed)
                self.card.setWidget(self.body)
            self.body.show_session(row)
        self._tools.actions.refresh()

    # --- signing in and results -----------------------------------------------------------------------------------

    @Slot(str)
    def sign_in(self, worker: str) -> None:
        """Somebody is there."""
        if self._shown is None:
            return
        person = self.store.worker(worker)
        told = say("courses.done.sign", name=person.name if person else "")
        session = self._shown.id
        self.post.send(SignIn(session=session, workers=(worker,)), told, done=partial(self._signed, session, worker),
                       failed=self._not_signed)  # fmt: skip

    def _signed(self, session: str, worker: str, _outcome: Any) -> None:
        if self.body is None or self._shown is None or self._shown.id != session:
            return
        tally = self._shown.tally
        is_counted = any(row.worker == worker and row.present for row in self._list(session))
        there = tally.present + (0 if is_counted else 1)
        self.body.sign.tell_signed(worker, there, max(tally.expected, there))

    def _list(self, session: str) -> Sequence[Any]:
        return self.store.state.attendance.get(session, ()) if self.store.state else ()

    def _not_signed(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        if self.body is not None:
            self.body.sign.tell_trouble(self.post.sentence(error))

    @Slot(object)
    def _result_typed(self, command: Any) -> None:
        self.post.send(command, say("courses.done.result"), done=self._result_taken, failed=self._result_refused)

    def _result_taken(self, _outcome: Any) -> None:
        if self.body is not None:
            self.body.result_taken()

    def _result_refused(self, error: BaseException) -> None:
        sentence = self.post.sentence(error)
        if self.body is not None:
            self.body.results.tell_trouble(error, sentence)

    # --- what can be done -----------------------------------------------------------------------------------------

    @property
    def can_edit(self) -> bool:
        """Whether a session that takes entries is on the card."""
        return super().can_edit and self._shown is not None and self._shown.session.state != "cancelled"

    @property
    def can_plan_on(self) -> bool:
        """Whether a planned session is on the card."""
        return self.can_edit and self._shown is not None and self._shown.session.state == "planned"

    @property
    def can_certify(self) -> bool:
        """Whether somebody passed in a session that was held."""
        return self.can_edit and self._shown is not None and self._shown.session.state == "held" \
            and self._shown.tally.passed > 0  # fmt: skip

    @property
    def can_results(self) -> bool:
        """Whether there is anybody on the list."""
        return self.can_edit and self.body is not None and self.body.table.rowCount() > 0

    @property
    def can_unlist(self) -> bool:
        """Whether somebody is chosen of whom nothing is recorded."""
        chosen = self.body.chosen if self.body is not None and self.can_edit else None
        return chosen is not None and chosen.row.present is None and chosen.row.passed is None

    def plan(self) -> None:
        """The form for a session to come."""
        self.plan_for(None, ())

    def plan_for(self, course: str | None, expected: Sequence[str]) -> None:
        """The form for a session of a course, for those who lack it."""
        key = f"new:session:{course}:{len(expected)}" if expected else "new:session"
        self.open_sheet(key, partial(self._new, course, tuple(expected)))

    def _new(self, course: str | None, expected: tuple[str, ...]) -> PlanSessionSheet:
        sheet = PlanSessionSheet(self._tools, self.store, self.post, course, expected)
        sheet.planned.connect(self._planned)
        return sheet

    @Slot(str)
    def _planned(self, id: str) -> None:
        self._tools.selection.navigate("session", id)

    def edit(self) -> None:
        """The form of the chosen session."""
        if self._shown is not None:
            session = self._shown.session
            self.open_sheet(session.id, partial(EditSessionSheet, session, self._tools, self.store, self.post))

    def change_date(self) -> None:
        """Another date."""
        if self._shown is not None:
            session = self._shown.session
            self.open_sheet(f"move:{session.id}", partial(MoveSessionSheet, session, self._tools, self.post))

    def cancel(self) -> None:
        """Call it off, with the reason."""
        if self._shown is not None:
            session = self._shown.session
            self.open_sheet(f"cancel:{session.id}", partial(cancel_sheet, session, self.post))

    def hold(self) -> None:
        """Close the list; who has not signed in is away with a reason."""
        if self._shown is None:
            return
        session, missing = self._shown.session, self._shown.tally.unknown
        if missing:
            self.open_sheet(f"hold:{session.id}", partial(hold_sheet, session, missing, self.post))
        else:
            told = say("courses.done.hold")
            self.post.carry_out(HoldSession(session=session.id), told)

    def paste_list(self) -> None:
        """Settle a list of names; what lies on the clipboard is taken at once."""
        if self._shown is None:
            return
        session = self._shown.id
        signed = frozenset(row.worker for row in self._list(session) if row.present)
        make = partial(SettleSheet, self._tools, self.store, self.post, session, signed)
        is_new = self.sheet(f"list:{session}") is None
        self.open_sheet(f"list:{session}", make)
        sheet = self.sheet(f"list:{session}")
        if is_new and isinstance(sheet, SettleSheet):
            sheet.paste()

    def expect(self) -> None:
        """Ask more workers to come."""
        state = self.store.state
        if self._shown is not None and state is not None:
            session = self._shown.session
            listed = len(state.attendance.get(session.id, ()))
            self.open_sheet(f"expect:{session.id}:{listed}", partial(ExpectSheet, session, state, self.post))

    def results(self) -> None:
        """Type results down the list."""
        if self.body is not None:
            self.body.begin_results()

    def unlist(self) -> None:
        """Take the chosen one off the list, who was expected by mistake."""
        chosen = self.body.chosen if self.body is not None else None
        if chosen is not None and self._shown is not None:
            told = say("courses.done.unlist", name=chosen.name)
            self.post.carry_out(UnlistWorkers(session=self._shown.id, workers=(chosen.id,)), told)

    def focus_sign(self) -> None:
        """The sign-in box."""
        if self.body is not None:
            self.body.focus_sign()


def _haystack(row: SessionRow, store: TrainingStore) -> str:
    session = row.session
    parts = (
        *row.course.title.values(), title_of(row.course), session.place, session.teacher, session.note, row.village,
        store.local(session, "%Y-%m-%d"),
    )  # fmt: skip
    return "\n".join(map(str, parts)).casefold()
