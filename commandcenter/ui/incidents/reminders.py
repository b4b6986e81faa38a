"""Somebody must be called now: a call-out that nobody answered has climbed, or a recall fell due. Nothing has rung by
itself; it sounds and is told until a finger acts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from commandcenter.base.texts import say
from commandcenter.rules import calling
from commandcenter.rules.calling import Step
from commandcenter.rules.entity import REAL
from commandcenter.rules.incidents import Call, Incident
from commandcenter.rules.permissions import DUTY
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.incidents import words
from commandcenter.ui.incidents.call_rows import without_phone

OTHERS_AFTER = timedelta(minutes=1)
"""So long the desk of whoever handles it is alone with it; when nothing happened until then, the others join in."""
LONG_AGO = timedelta(minutes=30)
"""What fell due that long before this desk was opened is shown by it, not sounded."""
_EVERY = 1_000


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What waits of one incident; ``marks`` name it, so that what falls due later sounds anew."""

    incident: Incident
    steps: tuple[Step, ...]

    @property
    def marks(self) -> frozenset[str]:
        return frozenset(f"{step.name}:{step.due.isoformat()}" for step in self.steps)


class Reminders(QObject):
    """Looks every second whether somebody must be called, as long as that can come.

    Signals: ``changed()`` when something else waits or sounds.
    """

    changed = Signal()

    def __init__(self, tools: Tools, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._began = tools.desk.now()
        self._waiting: dict[str, _Waiting] = {}
        self._silenced: dict[str, frozenset[str]] = {}
        self._told: dict[str, str] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self.look)
        desk = tools.desk
        desk.live_changed.connect(self.look)
        desk.directory_changed.connect(self.look)
        desk.officer_changed.connect(self.look)
        desk.closed.connect(self._timer.stop)
        tools.selection.changed.connect(self._selection_changed)
        self._watch()

    @property
    def waiting(self) -> tuple[str, ...]:
        """Incidents in which somebody must be called now, silenced or not; longest due first."""
        return tuple(self._waiting)

    @property
    def sounding(self) -> tuple[str, ...]:
        """Those that sound here; a routine matter and a drill never do."""
        return tuple(id for id, each in self._waiting.items() if self._sounds(each))

    def silence(self, id: str | None = None) -> str | None:
        """Silence one (the longest due when none is named); it stays marked. Its id, None when nothing sounded."""
        chosen = id if id is not None else next(iter(self.sounding), None)
        if chosen is None or chosen not in self.sounding:
            return None
        self._silenced[chosen] = self._waiting[chosen].marks
        self._sound()
        self.changed.emit()
        return chosen

    @Slot()
    def look(self) -> None:
        """See what waits now."""
        before = (self._waiting, self.sounding)
        self._waiting = self._due(self._tools.desk.now())
        self._silenced = {id: marks for id, marks in self._silenced.items() if id in self._waiting}
        self._sound()
        self._tell()
        self._watch()
        if (self._waiting, self.sounding) != before:
            self.changed.emit()

    # -------------------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        live = self._tools.desk.live
        may_come = any(calling.may_fall_due(each, live.calls.get(each.id, ())) for each in live.incidents.values())
        if may_come and not self._timer.isActive():
            self._timer.start()
        elif not may_come:
            self._timer.stop()

    def _due(self, now: datetime) -> dict[str, _Waiting]:
        desk = self._tools.desk
        if desk.officer.role not in DUTY:
            return {}
        found = []
        for incident in desk.live.incidents.values():
            at = now if incident.handler in (None, desk.officer.id) else now - OTHERS_AFTER
            steps = calling.waiting_for_a_finger(incident, desk.live.calls.get(incident.id, ()), at, desk.limits)
            if steps:
                found.append(_Waiting(incident, steps))
        found.sort(key=lambda each: min(step.due for step in each.steps))
        return {each.incident.id: each for each in found}

    def _sounds(self, each: _Waiting) -> bool:
        incident = each.incident
        fresh = any(step.due > self._began - LONG_AGO for step in each.steps)
        audible = incident.urgency != "routine" and incident.world == REAL
        return audible and fresh and not each.marks <= self._silenced.get(incident.id, frozenset())

    def _sound(self) -> None:
        sound = self._tools.sound
        wanted = {_reason(id) for id in self.sounding}
        for reason in [each for each in sound.alarms if each.startswith(_reason("")) and each not in wanted]:
            sound.acknowledge(reason)
        for reason in wanted:
            sound.alarm(reason, "call")

    def _tell(self) -> None:
        """One line for each incident at the edge; told anew when other words are right."""
        notices = self._tools.notices
        for id in [each for each in self._told if each not in self._waiting]:
            del self._told[id]
            notices.withdraw(_reason(id))
        for id, each in self._waiting.items():
            sentence = self._sentence(each)
            if self._told.get(id) != sentence:
                self._told[id] = sentence
                notices.waits(sentence, "incidents.due.go", partial(self._go, id), key=_reason(id),
                              closed=partial(self.silence, id))  # fmt: skip

    def _sentence(self, each: _Waiting) -> str:
        desk, incident = self._tools.desk, each.incident
        mark = say("incidents.briefing.drill") if incident.world != REAL else ""
        step = each.steps[0]
        kind = "recall" if step.name.startswith("recall.") else "climb"
        call = self._to_call(each)
        facts = {"mark": mark, "what": words.what_of(incident), "where": words.where_of(incident, desk.live)}
        if call is None:
            return say("incidents.due.nobody", **facts)
        person = desk.directory.people.get((call.person_kind, call.person))
        name, role = words.person_name(desk.directory, call), words.role_words(call, person)
        return say(f"incidents.due.{kind}", name=name, role=role, **facts)

    def _to_call(self, each: _Waiting) -> Call | None:
        """Who stands first: whom the rules would have dialled next, whoever was dialled before it fell due."""
        desk = self._tools.desk
        calls = desk.live.calls.get(each.incident.id, ())
        step = each.steps[0]
        if step.name.startswith("recall."):
            return next((call for call in calls if call.id in step.first), None)
        silent = without_phone(calls, desk.directory)
        return calling.next_to_call(calls, desk.now(), desk.limits, without_phone=silent)

    def _go(self, id: str) -> None:
        self.silence(id)
        self._tools.selection.navigate("incident", id)

    @Slot(str, object)
    def _selection_changed(self, entity: str, id: str | None) -> None:
        if entity == "incident" and id is not None:
            self.silence(id)


def _reason(id: str) -> str:
    """How the sound port and the notices name what waits of an incident."""
    return f"call:{id}"
