"""Acting on the selected incident: one method per thing an officer does, each a command.

The commands are imported when something is done, and not before a desk shows its first picture.
"""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from commandcenter.base.changes import Outcome
from commandcenter.base.texts import say
from commandcenter.rules.incidents import Call, CallResult, Direction, Incident, State
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.incidents import moves, words
from commandcenter.ui.incidents.subject import Subject

Then = Callable[[], None]


class Work(QObject):
    """What can be done with the subject. Methods do nothing without one; the database has the last word."""

    def __init__(self, tools: Tools, subject: Subject, sender: Sender, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._subject = subject
        self.post = sender

    @property
    def can_act(self) -> bool:
        """Whether there is an incident and this officer may act on it."""
        return self._subject.incident is not None and moves.may_act(self._tools.desk.officer)

    def call_out(self, direction: Direction, then: Then) -> None:
        """Propose the list in a direction, or go on with it; ``then`` puts the cursor on whoever is next."""
        from commandcenter.services.calls import CallOut

        incident = self._subject.incident
        if incident is None:
            return
        if any(call.direction == direction for call in self._subject.calls):
            then()
            return
        command = CallOut(incident=incident.id, direction=direction)
        self._send(command, incident, "call", lambda _: then())

    def record(self, call: Call, result: CallResult, then: Then, note: str | None = None) -> None:
        """What became of calling somebody."""
        from commandcenter.services.calls import RecordCall

        name = words.person_name(self._tools.desk.directory, call)
        told = say("incidents.done.record", name=name, result=words.result_name(result))
        self.post.send(RecordCall(call=call.id, result=result, note=note), told, done=_after(then))

    def step(self, to: State) -> None:
        """Take a step of the life cycle."""
        from commandcenter.services.incidents import StepIncident

        incident = self._subject.incident
        if incident is not None:
            told = say("incidents.done.step", number=incident.number, state=words.state_name(to))
            self.post.send(StepIncident(incident=incident.id, to=to), told)

    def note(self, text: str, id: str, then: Then, failed: Callable[[BaseException], None]) -> None:
        """Write a line on the timeline."""
        from commandcenter.services.incidents import NoteIncident

        incident = self._subject.incident
        if incident is not None:
            told = say("incidents.done.note", number=incident.number)
            command = NoteIncident(incident=incident.id, text=text)
            self.post.send(command, told, done=_after(then), failed=failed, id=id)

    def park(self, parked: bool) -> None:
        """Put it aside, or take it up again."""
        from commandcenter.services.incidents import ParkIncident

        incident = self._subject.incident
        if incident is not None:
            self._send(ParkIncident(incident=incident.id, parked=parked), incident, "park" if parked else "unpark")

    def take(self) -> None:
        """Take it to this desk."""
        from commandcenter.services.incidents import TakeIncident

        incident = self._subject.incident
        if incident is not None:
            self._send(TakeIncident(incident=incident.id), incident, "take")

    def _send(self, command: Any, incident: Incident, what: str, done: Callable[[Outcome], None] | None = None) -> None:
        self.post.send(command, say(f"incidents.done.{what}", number=incident.number), done=done)


def _after(then: Then) -> Callable[[Outcome], None]:
    def done(_outcome: Outcome) -> None:
        then()

    return done
