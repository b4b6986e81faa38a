"""The forms of the register: a household, and somebody of it."""

from functools import partial
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.rules.households import Household, Resident
from commandcenter.services import catalogues
from commandcenter.services.households import (
    GENDERS,
    HOUSEHOLD_FIELDS,
    RELATIONS,
    RESIDENT_FIELDS,
    AddHousehold,
    AddResident,
    EditHousehold,
    EditResident,
    RetireResident,
)
from commandcenter.ui.core.editing import EditField, EditSheet, FieldsSheet
from commandcenter.ui.core.fields import LineEdit, TextBox
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import CountEdit, Option, PickBox, YesNo
from commandcenter.ui.core.needs import NeedsField
from commandcenter.ui.core.places import PlacePair
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button
from commandcenter.ui.households.sections import relation_name


class HouseholdFields:
    """The widgets of a household."""

    def __init__(self, tools: Tools) -> None:
        self.places = PlacePair(tools.desk.live)
        self.widgets: dict[str, QWidget] = {
            "head": LineEdit(), "village": self.places.village, "grid": self.places.grid, "code": LineEdit(),
            "phone": LineEdit(), "address": LineEdit(), "people": CountEdit(), "people_at_home": CountEdit(),
            "note": TextBox(least=2, most=5, submits=True),
        }  # fmt: skip

    def fields(self) -> list[EditField]:
        """In the order in which they are asked for."""
        return [self._field(name) for name in HOUSEHOLD_FIELDS]

    def _field(self, name: str) -> EditField:
        empty = "" if name in ("code", "village") else None
        hint = "households.form.count_hint" if name == "people" else ""
        can_merge = name in ("head", "phone", "address", "note")
        shown = partial(self.places.shown, name) if name in ("village", "grid") else _as_text
        return EditField(name, f"households.field.{name}", self.widgets[name], empty, shown, can_merge, hint)


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)


class AddHouseholdSheet(FieldsSheet):
    """A new household. Signals: ``added(id)``."""

    added = Signal(str)

    def __init__(self, tools: Tools, sender: Sender, village: str | None, grid: str | None) -> None:
        self.inside = HouseholdFields(tools)
        super().__init__("households.add.title", "households.form.save", sender, self.inside.fields())
        self.put("village", village)
        self.put("grid", grid)

    def command(self) -> AddHousehold | None:
        """The addition."""
        found = self.values()
        return None if found is None else AddHousehold(**{**found, "head": found["head"] or ""})

    def words(self) -> str:
        """What it does; the undo list lives as long as the desk, so it holds no name."""
        return say("households.done.add")

    def carried_out(self, outcome: Any) -> None:
        """Say it, and go to the household."""
        self._sender.tell_done(self.words(), outcome)
        self.added.emit(outcome.value["household"])


class EditHouseholdSheet(EditSheet):
    """Changes a household."""

    def __init__(self, household: Household, tools: Tools, sender: Sender) -> None:
        self._id = household.id
        self.inside = HouseholdFields(tools)
        super().__init__("households.edit.title", "households.form.save", sender, self.inside.fields(), household)

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> EditHousehold:
        """The command."""
        return EditHousehold(household=self._id, changed=changed, was=was)

    def words(self) -> str:
        """What it does."""
        return say("households.done.edit")


class ResidentFields:
    """The widgets of a resident; the needs offered are those of the kind of care."""

    def __init__(self) -> None:
        self.care = PickBox(
            (Option(each.key, each.name, (each.zh, each.en)) for each in catalogues.care_kinds().values()),
            none_code="households.form.no_care",
        )
        self.needs = NeedsField()
        self.widgets: dict[str, QWidget] = {
            "name": LineEdit(),
            "relation": PickBox((Option(each, relation_name(each)) for each in RELATIONS),
                                none_code="households.form.no_relation"),
            "gender": ChoiceStrip([Choice(each, title_code=f"households.gender.{each}") for each in GENDERS[1:]]),
            "birth_month": LineEdit(), "phone": LineEdit(), "care": self.care, "needs": self.needs,
            "away": YesNo("households.form.away", "households.form.here"),
        }  # fmt: skip
        self.care.chosen.connect(self.offer)

    def fields(self) -> list[EditField]:
        """In the order in which they are asked for."""
        return [self._field(name) for name in RESIDENT_FIELDS]

    def offer(self) -> None:
        """The actions that usually go with the kind of care."""
        term = catalogues.care_kinds().get(self.care.currentData() or "")
        self.needs.offer(term.needs if term else ())

    def _field(self, name: str) -> EditField:
        empty: Any = {"name": None, "phone": None, "needs": None, "away": False}.get(name, "")
        hints = {"birth_month": "households.form.month", "needs": "households.form.needs_hint"}
        return EditField(name, f"households.resident.{name}", self.widgets[name], empty, partial(_resident_word, name),
                         name in ("name", "phone", "needs"), hints.get(name, ""))  # fmt: skip


def _resident_word(name: str, value: Any) -> str:
    """A value in the words of the conflict view."""
    if name == "relation":
        return relation_name(value or "")
    if name == "care":
        return catalogues.care_name(value) if value else ""
    if name == "gender":
        return say(f"households.gender.{value}") if value else ""
    if name == "away":
        return say("households.form.away" if value else "households.form.here")
    return value or ""


class AddResidentSheet(FieldsSheet):
    """Somebody more in a household."""

    def __init__(self, household: Household, tools: Tools, sender: Sender) -> None:
        self._household = household.id
        self.inside = ResidentFields()
        super().__init__("households.resident.add", "households.form.save", sender, self.inside.fields())
        self.put("away", False)

    def command(self) -> AddResident | None:
        """The addition."""
        found = self.values()
        if found is None:
            return None
        return AddResident(**{**found, "household": self._household, "name": found["name"] or ""})

    def words(self) -> str:
        """What it does."""
        return say("households.done.resident_added")


class EditResidentSheet(EditSheet):
    """Changes somebody of a household, or takes the person off the register."""

    def __init__(self, resident: Resident, tools: Tools, sender: Sender) -> None:
        self._id = resident.id
        self.inside = ResidentFields()
        super().__init__(
            "households.resident.edit", "households.form.save", sender, self.inside.fields(), resident
        )
        self.inside.offer()
        self.off = Button("households.resident.retire", kind="danger", icon="remove")
        self.off.setObjectName("households.resident.retire")
        self.off.clicked.connect(self._retire)
        layout = self.form.layout()
        if layout is not None:
            layout.addWidget(self.off)

    @Slot()
    def _retire(self) -> None:
        told = say("households.done.resident_retired")
        done = partial(self._retired, told)
        self._sender.send(RetireResident(resident=self._id), told, done=done, failed=self.say_trouble)

    def _retired(self, told: str, outcome: Any) -> None:
        self._sender.tell_done(told, outcome)
        self.saved.emit()

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> EditResident:
        """The command."""
        return EditResident(resident=self._id, changed=changed, was=was)

    def words(self) -> str:
        """What it does."""
        return say("households.done.resident_edited")


