"""From the draft to the incident: sent once however often it is tried, and what is to follow it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from commandcenter.base.changes import Outcome
from commandcenter.base.errors import CommandCenterError
from commandcenter.base.ids import derived_id
from commandcenter.base.texts import say
from commandcenter.services.incidents import EditIncident, MergeIncident, NoteIncident, OpenIncident
from commandcenter.services.places import LearnName
from commandcenter.ui.core.desk import Desk
from commandcenter.ui.core.sent import sent_of
from commandcenter.ui.incidents.intake.draft import Draft

Became = Literal["saved", "merged", "noted"]


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a draft: the incident under which it goes on, the number to tell, and in which way."""

    draft: str
    incident: str
    number: str
    became: Became = "saved"

    @property
    def words(self) -> str:
        """The code of the sentence that tells it."""
        return f"intake.{self.became}"


class Saver(QObject):
    """Signals: ``saved(Saved)``; ``failed(draft id, error)`` – the report was not saved and may be sent again;
    ``not_followed(error)`` – it was saved, but merging it or learning the name was not carried out."""

    saved = Signal(object)
    failed = Signal(str, object)
    not_followed = Signal(object)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk

    def send(self, draft: Draft) -> None:
        """Send a draft whose words are among its attempts."""
        _Sending(self, self._desk, draft).send()

    def add_to(self, draft: Draft, incident: str, number: str) -> None:
        """Instead of a new incident, write the words of a draft as a note on one that is open."""
        _Adding(self, self._desk, draft, incident, number).send()

    def tell_saved(self, saved: Saved) -> None:
        """It is in the database."""
        self.saved.emit(saved)

    def tell_failed(self, draft: str, error: BaseException) -> None:
        """It is not. What is no sentence for people is a bug and goes on its way."""
        self.failed.emit(draft, error)
        if not isinstance(error, CommandCenterError):
            raise error


class _Adding:
    """A report that turned out to be known."""

    def __init__(self, saver: Saver, desk: Desk, draft: Draft, incident: str, number: str) -> None:
        self._saver, self._desk, self._draft = saver, desk, draft
        self._saved = Saved(draft.id, incident, number, "noted")

    def send(self) -> None:
        words = [self._draft.text.strip(), self._draft.place.strip(), self._caller()]
        text = "\n".join(word for word in words if word)
        if not text:
            self._saver.tell_saved(self._saved)
            return
        note = NoteIncident(incident=self._saved.incident, text=text)
        self._desk.send(
            note, owner=self._saver, id=derived_id(self._draft.id, f"note {self._saved.incident}"), done=self._done,
            failed=self._failed, occurred_at=self._draft.reported_at,
        )  # fmt: skip

    def _caller(self) -> str:
        return f"{self._draft.caller_name} {self._draft.caller_phone}".strip()

    def _done(self, outcome: Outcome) -> None:
        sent_of(self._desk).remember(outcome, say(self._saved.words, number=self._saved.number))
        self._saver.tell_saved(self._saved)

    def _failed(self, error: BaseException) -> None:
        self._saver.tell_failed(self._draft.id, error)


class _Sending:
    """One press of the save key, through all that may follow.

    An earlier attempt whose answer was lost may have been carried out. Then the same id with other words is refused;
    the earlier words are sent again to be told their incident, and what has changed since is written as an edit.
    """

    def __init__(self, saver: Saver, desk: Desk, draft: Draft) -> None:
        self._saver, self._desk, self._draft = saver, desk, draft
        self._earlier = list(draft.attempts[:-1])
        self._asked: Mapping[str, Any] = draft.attempts[-1]
        self._reused: BaseException | None = None

    def send(self) -> None:
        self._send(OpenIncident(**self._asked), self._draft.id, self._opened, self._not_opened)

    def _send(self, command: Any, id: str, done: Any, failed: Any) -> None:
        group = self._draft.id if self._draft.merge_into else None
        self._desk.send(
            command, owner=self._saver, id=id, group=group, done=done, failed=failed,
            occurred_at=self._draft.reported_at,
        )  # fmt: skip

    def _not_opened(self, error: BaseException) -> None:
        is_reused = isinstance(error, CommandCenterError) and error.code == "command.id_reused"
        if is_reused and self._earlier:
            self._reused = self._reused or error
            self._asked = self._earlier.pop()
            self.send()
        else:
            self._saver.tell_failed(self._draft.id, self._reused or error)

    def _opened(self, outcome: Outcome) -> None:
        incident, number = outcome.value["incident"], outcome.value["number"]
        sent_of(self._desk).remember(outcome, say("intake.saved", number=number))
        self._saved = Saved(self._draft.id, incident, number)
        changed, was = self._draft.changed_since(self._asked)
        if not changed:
            self._follow_up()
            return
        edit = EditIncident(incident=incident, changed=changed, was=was)
        words = json.dumps(changed, sort_keys=True)
        self._send(edit, derived_id(self._draft.id, f"edit {words}"), self._edited, self._lost)

    def _edited(self, outcome: Outcome) -> None:
        sent_of(self._desk).remember(outcome, say("intake.corrected", number=self._saved.number))
        self._follow_up()

    def _lost(self, error: BaseException) -> None:
        self._saver.tell_failed(self._draft.id, error)

    def _follow_up(self) -> None:
        """Learn the name, merge; neither can undo that the report is saved."""
        draft = self._draft
        if draft.learn and draft.place.strip() and draft.grid:
            learn = LearnName(name=draft.place.strip(), grid=draft.grid)
            self._send(learn, derived_id(draft.id, "learn"), None, self._saver.not_followed.emit)
        if draft.merge_into:
            merge = MergeIncident(incident=self._saved.incident, into=draft.merge_into)
            self._send(merge, derived_id(draft.id, f"merge {draft.merge_into}"), self._merged, self._not_merged)
        else:
            self._saver.tell_saved(self._saved)

    def _merged(self, outcome: Outcome) -> None:
        sent_of(self._desk).remember(outcome, say("intake.merged", number=self._saved.number))
        self._saver.tell_saved(Saved(self._draft.id, self._draft.merge_into, self._saved.number, "merged"))

    def _not_merged(self, error: BaseException) -> None:
        self._saver.not_followed.emit(error)
        self._saver.tell_saved(self._saved)
