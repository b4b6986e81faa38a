"""The closing form: what was done, who confirmed it; for routine matters also the call-back."""

from commandcenter.base.texts import say
from commandcenter.rules.incidents import CallBack, Incident
from commandcenter.rules.masks import is_erased, is_masked
from commandcenter.services.directory import Directory
from commandcenter.services.incidents import CloseIncident
from commandcenter.ui.core.fields import LineEdit, TextBox
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.sheet import Sheet

_CALL_BACKS: tuple[CallBack, ...] = ("solved", "partly", "not")
_SATISFACTION = ("1", "2", "3")


def confirmer(incident: Incident, directory: Directory) -> str:
    """Who is asked first whether it is settled: whoever reported it."""
    known = directory.name(incident.finder_kind, incident.finder)
    told = incident.caller_name or ""
    return known or ("" if is_masked(told) or is_erased(told) else told)


class ClosingSheet(Sheet):
    """Closes one incident."""

    def __init__(self, incident: Incident, directory: Directory, sender: Sender) -> None:
        super().__init__("incidents.closing.title", "incidents.primary.close", sender)
        self._incident = incident
        self.note = TextBox(say("incidents.closing.note.hint"), least=2, most=5, submits=True)
        self.confirmed_by = LineEdit()
        self.confirmed_by.setText(confirmer(incident, directory))
        self.call_back = ChoiceStrip([Choice(each, title_code=f"incidents.call_back.{each}") for each in _CALL_BACKS])
        self.satisfaction = ChoiceStrip(
            [Choice(each, title_code=f"incidents.satisfaction.{each}") for each in _SATISFACTION]
        )
        self.form.add("closing_note", "incidents.field.closing_note", self.note)
        self.form.add("confirmed_by", "incidents.field.confirmed_by", self.confirmed_by)
        if incident.urgency == "routine":
            self.form.add("call_back", "incidents.field.call_back", self.call_back)
            self.form.add("satisfaction", "incidents.field.satisfaction", self.satisfaction)
        self.note.submitted.connect(self._note_done)
        self.confirmed_by.submitted.connect(self.submit)
        self.setFocusProxy(self.note)

    def _note_done(self) -> None:
        """Enter in the note saves when the rest is there, else it goes to what is missing."""
        if self.confirmed_by.text().strip():
            self.submit()
        else:
            self.confirmed_by.setFocus()

    def command(self) -> CloseIncident | None:
        """The closing, or None after saying what is missing."""
        note, confirmed = self.note.toPlainText().strip(), self.confirmed_by.text().strip()
        missing = {"closing_note": not note, "confirmed_by": not confirmed}
        for name, is_missing in missing.items():
            self.form.field(name).show_error("incidents.closing.missing" if is_missing else None)
        first = next((name for name, is_missing in missing.items() if is_missing), None)
        if first is not None:
            self.form.field(first).widget.setFocus()
            return None
        call_back: CallBack | None = self.call_back.value  # type: ignore[assignment]
        satisfaction = int(self.satisfaction.value) if self.satisfaction.value else None
        return CloseIncident(
            incident=self._incident.id, closing_note=note, confirmed_by=confirmed, call_back=call_back,
            satisfaction=satisfaction,
        )  # fmt: skip

    def words(self) -> str:
        """What it does."""
        return say("incidents.done.close", number=self._incident.number)
