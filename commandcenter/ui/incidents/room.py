"""What the panels of this feature share: the selected incident, the work on it, the alarms, and the actions' keys."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication
from shiboken6 import isValid

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.rules.incidents import CallResult, is_open
from commandcenter.rules.permissions import DUTY, EVERYBODY, STAFF, SUPERVISORS
from commandcenter.ui.core.actions import Action
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.incidents.alarms import Alarms
from commandcenter.ui.incidents.call_rows import RESULT_KEYS
from commandcenter.ui.incidents.detail import DetailPanel
from commandcenter.ui.incidents.moves import exits
from commandcenter.ui.incidents.queue import SCOPE, QueuePanel
from commandcenter.ui.incidents.reminders import Reminders
from commandcenter.ui.incidents.subject import Subject
from commandcenter.ui.incidents.work import Work

if TYPE_CHECKING:
    from commandcenter.ui.incidents.figures import FiguresCard
    from commandcenter.ui.incidents.printing import Printing

GROUP = "incidents"


class Room(QObject):
    """One per window. Panels are made anew when the language changes; what they share stays."""

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools.desk)
        self._tools = tools
        self.post = Sender(tools, self)
        self.subject = Subject(tools, self)
        self.work = Work(tools, self.subject, self.post, self)
        self.alarms = Alarms(tools.desk, self, is_looked_at=self._is_chosen)
        self.reminders = Reminders(tools, self)
        self._queue: QueuePanel | None = None
        self._detail: DetailPanel | None = None
        self._figures: FiguresCard | None = None
        self._sounding: set[str] = set()
        self.alarms.rang.connect(self._rang)
        self.alarms.changed.connect(self._alarms_changed)
        self.alarms.heard.connect(self._heard)
        self.reminders.changed.connect(self.subject.changed)
        tools.selection.navigated.connect(self._navigated)

    @cached_property
    def printing(self) -> "Printing":
        """What prints records, made when the first is wanted."""
        from commandcenter.ui.incidents.printing import Printing

        return Printing(self._tools, self.subject, self)

    # --- panels --------------------------------------------------------------------------------------------------

    def make_queue(self, _tools: Tools) -> QueuePanel:
        """The queue panel."""
        self._queue = QueuePanel(self._tools, self.alarms, reminders=self.reminders)
        return self._queue

    def make_detail(self, _tools: Tools) -> DetailPanel:
        """The detail panel."""
        self._detail = DetailPanel(self._tools, self.subject, self.work)
        return self._detail

    @property
    def detail(self) -> DetailPanel | None:
        """The detail panel while there is one."""
        return self._detail if self._detail is not None and isValid(self._detail) else None

    @property
    def queue(self) -> QueuePanel | None:
        """The queue panel while there is one."""
        return self._queue if self._queue is not None and isValid(self._queue) else None

    @Slot(str, str)
    def _navigated(self, entity: str, _id: str) -> None:
        """Somebody went to an incident: the keys go there with him."""
        if entity == "incident" and self.detail is not None and self.detail.is_free:
            self.detail.body.calls.setFocus()

    # --- sound ---------------------------------------------------------------------------------------------------

    @Slot(str, str)
    def _rang(self, _id: str, urgency: str) -> None:
        """A critical report repeats until it is acknowledged, an urgent one is one tone."""
        if urgency == "urgent":
            self._tools.sound.play("urgent")

    @Slot()
    def _alarms_changed(self) -> None:
        wanted = set(self.alarms.unacknowledged)
        for id in self._sounding - wanted:
            self._tools.sound.acknowledge(_reason(id))
        for id in wanted - self._sounding:
            self._tools.sound.alarm(_reason(id), "critical")
        self._sounding = wanted

    def _is_chosen(self, id: str) -> bool:
        return self._tools.selection.chosen("incident") == id

    @Slot(str)
    def _heard(self, id: str) -> None:
        """It ends on the other desks too, and the timeline says who; without the right or the database only here."""
        from commandcenter.services.incidents import AcknowledgeIncident

        desk = self._tools.desk
        if desk.officer.role in DUTY and not desk.is_stale:
            desk.send(AcknowledgeIncident(incident=id), owner=self, failed=self._not_told)

    def _not_told(self, error: BaseException) -> None:
        """The other desks go on sounding until somebody there hears it; here it is silent already."""
        if not isinstance(error, CommandCenterError):
            raise error

    def acknowledge(self) -> None:
        """Acknowledge the oldest alarm by going to it: seeing what it is silences it. Reports before call-outs."""
        id = self.alarms.acknowledge() or self.reminders.silence()
        if id is not None:
            self._tools.selection.navigate("incident", id)

    # --- actions -------------------------------------------------------------------------------------------------

    def actions(self) -> list[Action]:
        """Everything that can be done here, once; menus, keys sheet and quick find read this list."""
        return [*self._main_actions(), *self._exit_actions(), *self._result_actions()]

    def _main_actions(self) -> list[Action]:
        shown, acting = self._has_incident, self._is_free
        return [
            self._action("call.open", "incidents.action.call", self._to_detail("call"), "phone", ("F4",), acting),
            self._action("incident.note", "incidents.action.note", self._to_detail("begin_note"), "note", ("F6",),
                         acting),
            self._action("incident.next_step", "incidents.action.next_step", self._to_detail("next_step"), "next",
                         ("Enter",), acting, scope=SCOPE),
            self._action("incident.edit", "incidents.action.edit", self._to_detail("edit"), "edit", ("E",),
                         self._is_open, scope=SCOPE),
            Action("incident.erase", "privacy.action.caller", self._to_detail("erase"), icon="ph.eraser",
                   keys=("Shift+Del",), roles=SUPERVISORS, enabled=self._is_free, scope=SCOPE, group=GROUP),
            Action("edit.undo", "incidents.action.undo", self.post.undo, icon="undo", keys=("Ctrl+Z",), roles=STAFF,
                   group=GROUP),
            Action("edit.redo", "incidents.action.redo", self.post.redo, icon="redo", keys=("Ctrl+Shift+Z",),
                   roles=STAFF, group=GROUP),
            Action("incident.copy_briefing", "incidents.action.briefing", self.copy_briefing, icon="briefing",
                   keys=("F8",), enabled=shown, group=GROUP),
            Action("incident.print", "paper.action.print", self._print, icon="print", keys=("Ctrl+P",),
                   enabled=shown, group=GROUP),
            Action("incident.save_record", "paper.action.save", self._save_record, icon="document", enabled=shown,
                   group=GROUP),
            Action("figures.show", "incidents.action.figures", self.show_figures, icon="figures", keys=("F9",),
                   group=GROUP),
            Action("detail.widen", "incidents.action.widen", self._widen, icon="columns", keys=("Tab",), scope=SCOPE,
                   group=GROUP, in_finder=False),
            Action("alarm.acknowledge", "incidents.action.acknowledge", self.acknowledge, icon="sound", group=GROUP,
                   enabled=self._has_alarm, roles=EVERYBODY),
        ]  # fmt: skip

    def _exit_actions(self) -> list[Action]:
        exits = ("take", "park", "unpark", "return", "merge", "cancel", "reopen")
        return [
            self._action(f"incident.{exit}", f"incidents.exit.{exit}", partial(self._leave_by, exit), "incident", (),
                         partial(self._may_exit, exit))
            for exit in exits
        ]  # fmt: skip

    def _result_actions(self) -> list[Action]:
        return [
            self._action(f"call.result.{result}", f"incidents.result.{result}", partial(self._record, result), "phone",
                         (key,), self._may_record, scope=SCOPE, in_finder=False)
            for key, result in RESULT_KEYS.items()
        ]  # fmt: skip

    def _action(self, id: str, title: str, run: Callable[[], None], icon: str, keys: tuple[str, ...],
                enabled: Callable[[], bool], *, scope: str = "", in_finder: bool = True) -> Action:  # fmt: skip
        return Action(
            id, title, run, icon=icon, keys=keys, roles=DUTY, enabled=enabled, scope=scope, group=GROUP,
            in_finder=in_finder,
        )  # fmt: skip

    def _to_detail(self, method: str) -> Callable[[], None]:
        def run() -> None:
            if self.detail is not None:
                getattr(self.detail, method)()

        return run

    def _has_incident(self) -> bool:
        return self.subject.incident is not None and self.detail is not None

    def _is_free(self) -> bool:
        """Whether an incident stands there and no form that was begun hides what is to be worked on."""
        return self.detail is not None and self.detail.is_free

    def _is_open(self) -> bool:
        incident = self.subject.incident
        return incident is not None and is_open(incident.state) and self._is_free()

    def _may_record(self) -> bool:
        return self._is_open() and self.detail is not None and self.detail.body.calls.target() is not None

    def _has_alarm(self) -> bool:
        return bool(self.alarms.unacknowledged or self.reminders.sounding)

    def _may_exit(self, exit: str) -> bool:
        incident = self.subject.incident
        if incident is None or self.detail is None:
            return False
        others = len(self._tools.desk.live.incidents) - 1
        return any(move.id == exit and move.enabled for move in exits(incident, self._tools.desk.officer, others))

    def _leave_by(self, exit: str) -> None:
        if self.detail is not None:
            self.detail.leave_by(exit)

    def _record(self, result: CallResult) -> None:
        if self.detail is not None:
            self.detail.record(result)

    def _widen(self) -> None:
        if self.detail is not None:
            self.detail.widen_requested.emit()

    def copy_briefing(self) -> None:
        """Put the briefing of the selected incident on the clipboard."""
        text = self.detail.briefing() if self.detail is not None else ""
        if text:
            QGuiApplication.clipboard().setText(text)
            self._tools.notices.done(say("incidents.briefing.copied"))

    def _print(self) -> None:
        self.printing.print()

    def _save_record(self) -> None:
        if self.detail is not None:
            self.printing.save(self.detail.window())

    def show_figures(self) -> None:
        """The figures of the moment, and away again."""
        anchor = self.queue
        if anchor is None:
            return
        if self._figures is None or not isValid(self._figures) or self._figures.parentWidget() is not anchor.window():
            from commandcenter.ui.incidents.figures import FiguresCard

            self._figures = FiguresCard(self._tools, anchor.window())
        if self._figures.is_open:
            self._figures.dismiss()
        else:
            self._figures.open()


def _reason(id: str) -> str:
    """How the sound port names the alarm of an incident."""
    return f"incident:{id}"
