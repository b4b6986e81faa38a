"""The forms of people: one for somebody new, one that changes somebody."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import current, say
from commandcenter.rules.people import PRIORITIES, keys_in
from commandcenter.rules.phones import normalise, note
from commandcenter.rules.settings import FIVE_PRIORITIES
from commandcenter.services import catalogues
from commandcenter.services.people import (
    EDITABLE,
    AddContact,
    AddDutyHolder,
    AddWorker,
    EditContact,
    EditDutyHolder,
    EditWorker,
    KeptPerson,
)
from commandcenter.services.settings import SetSetting
from commandcenter.ui.core import inputs
from commandcenter.ui.core.editing import EditField, EditSheet, FieldsSheet
from commandcenter.ui.core.fields import LineEdit, TextBox
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import Option, PickBox, YesNo
from commandcenter.ui.core.places import PlacePair
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.people.keylist import KeyList

ADDS: dict[KeptPerson, Any] = {"worker": AddWorker, "contact": AddContact, "duty_holder": AddDutyHolder}
EDITS: dict[KeptPerson, Any] = {"worker": EditWorker, "contact": EditContact, "duty_holder": EditDutyHolder}
MERGED = ("name", "phone", "address", "note")
TEXTS = ("name", "phone", "address", "birth_month", "appointed")


class PersonFields:
    """The widgets for one kind of person, and what is doubtful about what stands in them."""

    def __init__(self, kind: KeptPerson, tools: Tools, own: str = "") -> None:
        """``own`` is the id of the person that the form is about, whose own number is no doubt."""
        self.kind, self._tools, self._own = kind, tools, own
        self._places = PlacePair(tools.desk.live)
        self.widgets: dict[str, QWidget] = {name: self._widget(name) for name in EDITABLE[kind]}

    def fields(self) -> list[EditField]:
        """In the order in which they are asked for."""
        return [self._field(name, widget) for name, widget in self.widgets.items()]

    def connect(self, sheet: FieldsSheet) -> None:
        """Let the fields know one another, once they stand in a form."""
        self._sheet = sheet
        for name in ("phone", "grid"):
            widget = self.widgets.get(name)
            if isinstance(widget, LineEdit):
                widget.edited.connect(self.doubt)
            elif isinstance(widget, PickBox):
                widget.chosen.connect(self.doubt)

    # --- widgets ------------------------------------------------------------------------------------------------

    def _widget(self, name: str) -> QWidget:
        if name in ("village", "grid"):
            return self._places.village if name == "village" else self._places.grid
        if name in ("kind", "role"):
            terms = [each for each in catalogues.roles().values() if each.person == self.kind]
            return PickBox(Option(each.key, each.name, (each.zh, each.en)) for each in terms)
        if name in ("source", "channel"):
            known = catalogues.terms(catalogues.OF_WORKERS[name]).values()
            return PickBox((Option(each.key, each.name, (each.zh, each.en)) for each in known),
                           none_code="people.form.no_source")  # fmt: skip
        if name == "priorities":
            return KeyList(priority_names(self._tools))
        if name in catalogues.OF_WORKERS:
            known = catalogues.terms(catalogues.OF_WORKERS[name]).values()
            return KeyList({each.key: each.name for each in known})
        if name == "standing":
            return ChoiceStrip([Choice(each, title_code=f"people.standing.{each}") for each in ("serving", "reserve")])
        if name == "gender":
            return ChoiceStrip([Choice(each, title_code=f"people.gender.{each}") for each in ("male", "female")])
        if name == "paid":
            return YesNo("people.paid", "people.unpaid")
        return TextBox(least=2, most=5, submits=True) if name == "note" else LineEdit()

    def _field(self, name: str, widget: QWidget) -> EditField:
        empty: Any = None if name in ("village", "grid", "phone", "address", "note") else ""
        empty = {"paid": False, "standing": "serving"}.get(name, empty)
        hint = {"birth_month": "people.form.month", "appointed": "people.form.month"}.get(name, "")
        return EditField(
            name, f"people.field.{name}", widget, empty, partial(self._shown, name), name in MERGED, hint
        )

    def _shown(self, name: str, value: Any) -> str:
        """A value in the words of the conflict view."""
        if name in ("village", "grid"):
            return self._places.shown(name, value)
        return value_words(self._tools, name, value)

    # --- doubts ---------------------------------------------------------------------------------------------------

    def doubt(self) -> None:
        """What is worth a second look before saving."""
        self._sheet.form.field("phone").show_doubt(self._phone_doubt())
        if "grid" in self.widgets and self.kind == "worker":
            self._sheet.form.field("grid").show_doubt(self._keeper_doubt())

    def _phone_doubt(self) -> str:
        number = normalise(inputs.raw_text(self.widgets["phone"]))
        if len(number) < 3 or not self.widgets["phone"].isEnabled():
            return ""
        people = self._tools.desk.directory.people.values()
        known = [each.name for each in people if each.active and each.id != self._own and each.phone
                 and normalise(each.phone) == number]  # fmt: skip
        if known:
            return say("people.doubt.phone_known", name=say("people.list").join(sorted(set(known))[:3]))
        return say("people.doubt.phone_unsure") if len(number) > 6 and note(number) == "unsure" else ""

    def _keeper_doubt(self) -> str:
        grid = self._places.grid.currentData()
        keepers = self._tools.desk.directory.keepers(grid) if grid else []
        others = [each.name for each in keepers if each.id != self._own]
        return say("people.doubt.second_keeper", name=say("people.list").join(others[:3])) if others else ""


def value_words(tools: Tools, name: str, value: Any) -> str:
    """A value of somebody's field in words; places are told by whoever knows both grid and village."""
    if name in ("kind", "role"):
        return catalogues.role_name(value)
    if name == "priorities":
        known = priority_names(tools)
        return say("people.list").join(known.get(key, key) for key in keys_in(value or ""))
    if name in catalogues.OF_WORKERS:
        return say("people.list").join(catalogues.worker_words(name, value or ""))
    if name == "standing":
        return say(f"people.standing.{value}")
    if name == "gender":
        return say(f"people.gender.{value}") if value else ""
    if name == "paid":
        return say("people.paid" if value else "people.unpaid")
    return str(value or "")


class EditPerson(EditSheet):
    """Changes somebody."""

    def __init__(self, kind: KeptPerson, person: Any, tools: Tools, sender: Sender) -> None:
        self._kind, self._person, self._tools = kind, person, tools
        self.inside = PersonFields(kind, tools, person.id)
        super().__init__("people.edit.title", "people.form.save", sender, self.inside.fields(), person)
        self.inside.connect(self)

    def follow(self, person: Any) -> None:
        """Somebody changed the person meanwhile."""
        super().follow(person)
        self._person = person

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> Any:
        """The command."""
        return EDITS[self._kind](**{self._kind: self._person.id}, changed=changed, was=was)

    def words(self) -> str:
        """What it does."""
        return say("people.done.edit", name=self._person.name)

    def carried_out(self, outcome: Any) -> None:
        """Say what was done, and what is doubtful about it."""
        self._sender.tell_done(self.words(), outcome)
        tell_doubts(self._tools, outcome.value["warnings"])


class AddPerson(FieldsSheet):
    """Somebody new. Signals: ``added(kind, id)``."""

    added = Signal(str, str)

    def __init__(self, kind: KeptPerson, tools: Tools, sender: Sender, village: str | None,
                 given: Mapping[str, Any] | None = None) -> None:  # fmt: skip
        """``given``: what stands in the form from the start."""
        self._kind, self._tools = kind, tools
        self.inside = PersonFields(kind, tools)
        super().__init__(_TITLES[kind], "people.form.save", sender, self.inside.fields())
        self.inside.connect(self)
        if "paid" in self.fields:
            self.put("paid", False)
            self.put("standing", "serving")
        self.put("village", village)
        for name, value in (given or {}).items():
            self.put(name, value)

    def command(self) -> Any | None:
        """The addition."""
        found = self.values()
        return None if found is None else ADDS[self._kind](**found)

    def words(self) -> str:
        """What it does."""
        return say("people.done.add", name=inputs.raw_text(self.fields["name"].widget))

    def carried_out(self, outcome: Any) -> None:
        """Say what was done, and go to the person."""
        self._sender.tell_done(self.words(), outcome)
        tell_doubts(self._tools, outcome.value["warnings"])
        self.added.emit(self._kind, outcome.value[self._kind])


NAMED = ("stars", "training")
"""Of the five those that have a name until the town gives them others."""


def priority_names(tools: Tools) -> dict[str, str]:
    """What the town calls 五优先, by key; those that have no name are left out."""
    own = tools.desk.live.settings.get(FIVE_PRIORITIES) or {}
    names = {key: str(own.get(key) or (say(f"people.priority.{key}") if key in NAMED else "")) for key in PRIORITIES}
    return {key: name for key, name in names.items() if name}


class PrioritiesSheet(FieldsSheet):
    """What the town calls the five; the first two have a usual name, an empty one of the others is not offered."""

    def __init__(self, tools: Tools, sender: Sender) -> None:
        fields = [
            EditField(key, f"people.priority_field.{key}",
                      LineEdit(say(f"people.priority.{key}") if key in NAMED else ""), "")
            for key in PRIORITIES
        ]  # fmt: skip
        super().__init__("people.priorities.title", "people.form.save", sender, fields)
        known = tools.desk.live.settings.get(FIVE_PRIORITIES) or {}
        for key in PRIORITIES:
            self.put(key, known.get(key, ""))

    def command(self) -> SetSetting | None:
        """The setting."""
        found = self.values()
        if found is None:
            return None
        named = {key: text for key, text in found.items() if text}
        return SetSetting(key=FIVE_PRIORITIES, value={"value": named} if named else {})

    def words(self) -> str:
        """What it does."""
        return say("people.done.priorities")


_TITLES: dict[KeptPerson, str] = {
    "worker": "people.add.worker", "contact": "people.add.contact", "duty_holder": "people.add.duty_holder",
}  # fmt: skip


def tell_doubts(tools: Tools, doubts: Iterable[dict[str, Any]]) -> None:
    """What a command found worth a second look; nothing was hindered by it."""
    by_code: dict[str, list[str]] = {}
    for each in doubts:
        by_code.setdefault(each["code"], []).append(str(each.get("name", "")))
    for code, names in by_code.items():
        tools.notices.info(_doubt(code, names))


def _doubt(code: str, names: Sequence[str]) -> str:
    sentence = f"people.doubt.{code}"
    return current().say(sentence, name=say("people.list").join(dict.fromkeys(name for name in names if name)))
