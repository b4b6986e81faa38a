"""The detail panel: the selected incident with its steps, whom to call, its timeline, and the next step on one key."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.incidents import CallResult, Direction, Incident, is_open
from commandcenter.ui.core import theme
from commandcenter.ui.core.captions import caption
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty, ViewState
from commandcenter.ui.core.widgets import Button
from commandcenter.ui.incidents import moves, words
from commandcenter.ui.incidents.action_bar import ActionBar
from commandcenter.ui.incidents.body import Body
from commandcenter.ui.incidents.call_rows import MORE, CallRow, arrived_next, call_rows, next_climb
from commandcenter.ui.incidents.cells import cells
from commandcenter.ui.incidents.entries import EntryRow, entry_rows
from commandcenter.ui.incidents.extras import Extras
from commandcenter.ui.incidents.header import Header
from commandcenter.ui.incidents.message import Message
from commandcenter.ui.incidents.queue_list import QueueList
from commandcenter.ui.incidents.rows import queue_row
from commandcenter.ui.incidents.steps import StepBar
from commandcenter.ui.incidents.subject import Subject
from commandcenter.ui.incidents.work import Work

if TYPE_CHECKING:
    from commandcenter.ui.core.sheet import Make, Sheet
    from commandcenter.ui.incidents.side import MergeSheet

_NOTHING = Empty("incidents.detail.nothing", "incidents.detail.nothing.hint", "incident")
_GONE = Empty("incidents.detail.gone", "incidents.detail.gone.hint", "search")
_TAKEN = Empty("incidents.detail.taken", "incidents.detail.taken.hint", "undo")


class DetailPanel(QWidget):
    """Follows the selection.

    Signals: ``widen_requested()`` when the officer wants it over the map, or back.
    """

    widen_requested = Signal()

    def __init__(self, tools: Tools, subject: Subject, work: Work, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools, self._desk = tools, tools.desk
        self._subject, self._work = subject, work
        self._sheets: dict[str, Sheet] = {}
        self._aside: dict[tuple[str, str], Sheet] = {}
        """Forms that were left with something in them, by incident and what they are for."""
        self._makes: dict[tuple[str, str], Make] = {}
        """What makes each form that stands or was put aside."""
        self._shown: str | None = None
        self._entries: list[EntryRow] = []
        self._calls: list[CallRow] = []
        self.setProperty("panel", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._build()
        self._connect()
        self.refresh()

    def _build(self) -> None:
        self.redo = Button("incidents.detail.redo", icon="redo")
        self.redo.setObjectName("incidents.redo")
        self.message = Message(_NOTHING, self.redo)
        self.header, self.steps = Header(), StepBar()
        self.body = Body(self._desk.now, Extras(self._tools))
        self.bar = ActionBar()
        steps = QVBoxLayout()
        steps.setContentsMargins(12, 0, 12, 8)
        steps.addWidget(self.steps)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.body)
        whole = QWidget()
        inside = QVBoxLayout(whole)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self.header)
        inside.addLayout(steps)
        inside.addWidget(self.pages, 1)
        inside.addWidget(self.bar)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.message)
        self.stack.addWidget(whole)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stack)
        self.setFocusProxy(self.body.calls)

    def _connect(self) -> None:
        self._subject.changed.connect(self.refresh)
        self._desk.officer_changed.connect(self.refresh)
        self._tools.ticker.listen(self.tick)
        self.redo.clicked.connect(self._take_up_again)
        self.header.set_grid.clicked.connect(self._set_grid)
        self.bar.primary.clicked.connect(self.next_step)
        self.bar.call.clicked.connect(self.call)
        self.bar.note.clicked.connect(self.begin_note)
        self.bar.edit.clicked.connect(self.edit)
        self.bar.more.clicked.connect(self._show_exits)
        self.body.keys.chosen.connect(self.record)
        self.body.direction.chosen.connect(self._direction_chosen)
        self.body.calls.menu_wanted.connect(self._show_results)
        self.body.timeline.undo_wanted.connect(self._undo_entry)
        self.body.note.submitted.connect(self._save_note)
        for view in (self.body.calls, self.body.timeline):
            self._tools.actions.attach(view, "incidents")

    # --- showing -------------------------------------------------------------------------------------------------

    @property
    def is_free(self) -> bool:
        """Whether an incident is shown and no form stands before it."""
        return self._subject.incident is not None and self.pages.currentWidget() is self.body

    @Slot()
    def refresh(self) -> None:
        """Show the subject as it is now."""
        incident = self._subject.incident
        if incident is None:
            self._show_message()
            return
        self.stack.setCurrentIndex(1)
        now, live = self._desk.now(), self._desk.live
        acts = moves.may_act(self._desk.officer)
        self.header.show_incident(incident, live, self._desk.directory, now, may_act=acts)
        self.steps.show_cells(cells(incident, live), now)
        self._show_calls(incident, now)
        self.body.extras.show_incident(incident, self)
        self._entries = entry_rows(self._subject.history, live, now)
        self.body.show_entries(incident, self._entries, moves.may_act(self._desk.officer), self._subject.state)
        self._show_bar(incident)
        self._show_sheet(incident)
        self._shown = incident.id

    def _show_message(self) -> None:
        state, taken = self._subject.state, self._subject.taken
        gone = self._subject.id is not None and state.kind == "ready"
        if gone and taken is not None:
            live = self._desk.live
            when = words.time_of_day(taken.at, words.zone_of(live), self._desk.now())
            hint = say("incidents.detail.taken.by", who=words.actor_name(taken.actor, live), when=when)
            self.message.show_state(_TAKEN, state, hint=hint, can_act=moves.may_act(self._desk.officer))
        else:
            self.message.show_state(_GONE if gone else _NOTHING, state if self._subject.id else ViewState())
        self.stack.setCurrentIndex(0)

    @Slot()
    def _take_up_again(self) -> None:
        """The report that was taken back is there again; whatever else was undone stays so."""
        taken = self._subject.taken
        if taken is not None:
            self._work.post.redo(taken.command)

    def _show_calls(self, incident: Incident, now: datetime) -> None:
        calls, limits = self._subject.calls, self._desk.limits
        self._calls = call_rows(incident, calls, self._desk.directory, now, limits)
        acting = moves.may_act(self._desk.officer) and is_open(incident.state)
        self.body.show_calls(incident, calls, self._calls, next_climb(incident, calls, limits), acting, now)

    def _show_bar(self, incident: Incident) -> None:
        step = moves.primary(incident, self._subject.calls)
        on_way = arrived_next(self._subject.calls)
        name = words.person_name(self._desk.directory, on_way) if on_way else ""
        self.bar.show_moves(step, name, moves.why_not(self._desk.officer), is_open(incident.state))

    def _show_sheet(self, incident: Incident) -> None:
        """The form that was begun for this incident, if any; forms of others wait unseen."""
        sheet = self._sheets.get(incident.id)
        if sheet is not None:
            sheet.follow(incident)
        self.pages.setCurrentWidget(sheet or self.body)
        self.bar.setVisible(sheet is None)
        brief = sheet is not None and self.body.is_short
        self.steps.setVisible(not brief)
        self.header.set_brief(brief)

    def tick(self, now: datetime) -> None:
        """A second has passed."""
        incident = self._subject.incident
        if incident is None or not self.isVisible():
            return
        self.steps.tick(now)
        self.body.tick(now)
        following = next((row.id for row in self._calls if row.is_next), None)
        fresh = call_rows(incident, self._subject.calls, self._desk.directory, now, self._desk.limits)
        if following != next((row.id for row in fresh if row.is_next), None):
            self._show_calls(incident, now)

    # --- acting --------------------------------------------------------------------------------------------------

    @Slot()
    def next_step(self) -> None:
        """What the one button says."""
        incident = self._subject.incident
        if incident is None or not self.is_free or not self._work.can_act:
            return
        step = moves.primary(incident, self._subject.calls)
        if step == "call":
            self.call()
        elif step == "record":
            self.follow_next()
        elif step == "arrive":
            self._arrive()
        elif step == "resolve":
            self._work.step("resolved")
        elif step == "close":
            from commandcenter.ui.incidents.closing import ClosingSheet

            self._open("close", partial(ClosingSheet, incident, self._desk.directory, self._work.post))

    def _arrive(self) -> None:
        """Confirm the arrival of whoever answered first; without anybody the incident simply takes the step."""
        call = arrived_next(self._subject.calls)
        if call is None:
            self._work.step("on_scene")
        else:
            self._work.record(call, "arrived", self.follow_next)

    @Slot()
    def call(self) -> None:
        """Propose whom to call in the chosen direction, and put the cursor on the next person."""
        if self._work.can_act:
            self._work.call_out(self.body.chosen_direction(), self.follow_next)

    @Slot()
    def follow_next(self) -> None:
        """The cursor and the keys on whoever is next."""
        self.body.show_part("calls")
        self.body.calls.follow()
        if self.isVisible():
            self.body.calls.setFocus()

    @Slot(str)
    def _direction_chosen(self, _direction: Direction) -> None:
        """The other list is proposed when it is asked for; nothing is listed by a look."""
        self.body.calls.setFocus()

    @Slot(str)
    def record(self, result: CallResult) -> None:
        """The result of calling the person under the cursor, else whoever is next."""
        row = self.body.calls.target()
        if row is None or not self.is_free or not self._work.can_act:
            return
        self._work.record(row.call, result, self.body.calls.follow)

    @Slot()
    def begin_note(self) -> None:
        """The cursor into the note line."""
        if self.is_free and self._work.can_act:
            self.body.show_part("timeline")
            self.body.note.setFocus()

    @Slot()
    def _save_note(self) -> None:
        text = self.body.note.text().strip()
        if text:
            id = self.body.note_id.of((self._subject.id, text))
            self._work.note(text, id, self._note_saved, self._work.post.explain)

    def _note_saved(self) -> None:
        self.body.note.clear()
        self.body.calls.setFocus()

    @Slot(str)
    def _undo_entry(self, command: str) -> None:
        self._work.post.undo(command)

    @Slot()
    def edit(self) -> None:
        """The edit form."""
        incident = self._subject.incident
        if incident is not None and self.is_free and self._work.can_act and is_open(incident.state):
            from commandcenter.ui.incidents.editing import EditSheet

            self._open("edit", partial(EditSheet, incident, self._desk.live, self._work.post))

    @Slot()
    def _set_grid(self) -> None:
        """The edit form with the keys in the field of the grid."""
        self.edit()
        sheet: Any = self.pages.currentWidget()
        if sheet is not self.body:
            sheet.grid.setFocus()

    def erase(self) -> None:
        """The sheet that erases who called, for good."""
        incident = self._subject.incident
        if incident is not None and self.is_free:
            from commandcenter.ui.core.erasing import Erasable, ErasureSheet

            who = Erasable("incident", incident.id, incident.number)
            self._open("erase", partial(ErasureSheet, (who,), self._tools, self._work.post))

    def briefing(self) -> str:
        """The briefing of the incident shown, empty when there is none."""
        incident = self._subject.incident
        if incident is None:
            return ""
        from commandcenter.ui.incidents.briefing import briefing

        desk = self._desk
        return briefing(incident, self._subject.calls, self._calls, self._entries, desk.live, desk.now())

    # --- side exits and forms ------------------------------------------------------------------------------------

    @Slot()
    def _show_exits(self) -> None:
        incident = self._subject.incident
        if incident is None:
            return
        others = len(self._desk.live.incidents) - (incident.id in self._desk.live.incidents)
        menu = self._menu(self._exit_chosen)
        for move in moves.exits(incident, self._desk.officer, others):
            action = menu.addAction(caption(move.title))
            action.setData(move.id)
            action.setEnabled(move.enabled)
            action.setToolTip(tip(move.why))
        menu.addSeparator()
        for id in self._papers():
            made = menu.addAction(self._tools.actions.get(id).title)
            made.setData(id)
            made.setEnabled(self._tools.actions.can_run(id))
        menu.popup(self.bar.more.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _papers(self) -> tuple[str, ...]:
        """What stands below the exits, of it only what the role permits."""
        offered = ("incident.print", "incident.save_record", "incident.erase")
        return tuple(each for each in offered if self._tools.actions.is_allowed(each))

    @Slot(str, QPoint)
    def _show_results(self, call: str, at: QPoint) -> None:
        if not (self.is_free and self._work.can_act):
            return
        self.body.calls.choose(call)
        menu = self._menu(self._result_chosen)
        for result in MORE:
            menu.addAction(words.result_name(result)).setData(result)
        menu.popup(at)

    def _menu(self, chosen: Any) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.triggered.connect(chosen)
        return menu

    @Slot(QAction)
    def _result_chosen(self, action: QAction) -> None:
        self.record(action.data())

    @Slot(QAction)
    def _exit_chosen(self, action: QAction) -> None:
        chosen = str(action.data())
        if chosen in self._papers():
            self._tools.actions.trigger(chosen)
        else:
            self.leave_by(chosen)

    def leave_by(self, exit: str) -> None:
        """Take a side exit: at once, or by a form that asks for the words it needs."""
        incident = self._subject.incident
        if incident is None or not self._work.can_act:
            return
        if exit in ("park", "unpark"):
            self._work.park(exit == "park")
        elif exit == "take":
            self._work.take()
        elif exit == "merge":
            self._open("merge", partial(self._merge_sheet, incident))
        else:
            from commandcenter.ui.incidents.side import ReasonSheet

            self._open(exit, partial(ReasonSheet, incident, exit, self._work.post))  # type: ignore[arg-type]

    def _merge_sheet(self, incident: Incident) -> "MergeSheet":
        from commandcenter.ui.incidents.side import MergeSheet, merge_order

        desk = self._desk
        others = merge_order(incident, desk.live.incidents.values())
        made = [queue_row(each, desk.live, desk.directory, desk.officer.id) for each in others]
        rows = [replace(row, order=(False, place, 0.0)) for place, row in enumerate(made)]
        return MergeSheet(incident, rows, QueueList(lambda: (desk.now(), desk.limits)), self._work.post)

    def _open(self, kind: str, make: "Make") -> None:
        """One that was left with something in it comes back as it was, made anew where the incident has changed."""
        from commandcenter.ui.core.sheet import is_outdated, renewed

        id = self._subject.id or ""
        made_by, self._makes[id, kind] = self._makes.get((id, kind)), make
        kept = self._aside.pop((id, kind), None)
        if kept is None:
            self._begin(id, kind)
        elif is_outdated(kept, made_by, make):
            self._drop(kept)
            renewed(kept, self._begin(id, kind))
        else:
            self._sheets[id] = kept
            kept.tell_kept()
            self.refresh()
            kept.setFocus()

    def _begin(self, id: str, kind: str) -> "Sheet":
        sheet = self._sheets[id] = self._makes[id, kind]()
        sheet.subject_id = id
        sheet.setProperty("kind", kind)
        self.pages.addWidget(sheet)
        sheet.saved.connect(self._sheet_saved)
        sheet.left.connect(self._sheet_left)
        sheet.afresh.connect(self._begin_afresh)
        self.refresh()
        sheet.setFocus()
        sheet.mark_blank()
        return sheet

    @Slot()
    def _sheet_left(self) -> None:
        sender: Any = self.sender()
        sheet = self._sheets.get(sender.subject_id) if sender is not None else None
        if sheet is None or sheet is not sender:
            return
        del self._sheets[sheet.subject_id]
        if sheet.keeps_draft and sheet.is_begun:
            self._aside[sheet.subject_id, str(sheet.property("kind"))] = sheet
        else:
            self._drop(sheet)
        self.refresh()
        self.body.calls.setFocus()

    @Slot()
    def _sheet_saved(self) -> None:
        sheet: Any = self.sender()
        if sheet is None:
            return
        self._aside.pop((sheet.subject_id, str(sheet.property("kind"))), None)
        was_open = self._sheets.get(sheet.subject_id) is sheet
        if was_open:
            del self._sheets[sheet.subject_id]
        self._drop(sheet)
        if was_open:
            self.refresh()
            self.body.calls.setFocus()

    @Slot()
    def _begin_afresh(self) -> None:
        """Of the incident as it was when the form was opened this time."""
        sender: Any = self.sender()
        sheet = self._sheets.get(sender.subject_id) if sender is not None else None
        if sheet is not None and sheet is sender:
            self._drop(sheet)
            self._begin(sheet.subject_id, str(sheet.property("kind")))

    def _drop(self, sheet: "Sheet") -> None:
        self.pages.removeWidget(sheet)
        sheet.deleteLater()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: side by side when there is room, in tabs when there is hardly any."""
        super().resizeEvent(event)
        scale = theme.current().scale
        self.body.fit(round(self.width() / scale), round(self.height() / scale))

