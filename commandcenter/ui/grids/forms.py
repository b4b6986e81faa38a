"""The forms of the place: a new grid, a grid, a village, and what people call places."""

from functools import partial
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.rules.calling import DEPUTY
from commandcenter.rules.grids import GazetteerName, Grid, GridKind, Village
from commandcenter.services.grids import (
    GRID_FIELDS,
    MARKS,
    NAME_FIELDS,
    VILLAGE_FIELDS,
    AddGrid,
    EditGrid,
    EditName,
    EditVillage,
    RemoveName,
)
from commandcenter.services.people import AddDutyHolder
from commandcenter.services.places import LearnName
from commandcenter.ui.core import inputs
from commandcenter.ui.core.editing import EditField, EditSheet, FieldsSheet
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import CountEdit, Option, PickBox
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button
from commandcenter.ui.grids import words as naming

KINDS: tuple[GridKind, ...] = ("general", "dedicated", "emergency")
VILLAGE_KINDS = ("village", "community")
PLACES = ("landmark", "yard", "group", "road", "bridge", "pond", "merged_village", "other")
_HINTS = {"serial": "grids.form.serial_hint", "code": "grids.form.code_hint"}
_EMPTY: dict[str, Any] = {"serial": 0, "households": None, "people": None, "people_at_home": None}


class GridFields:
    """The widgets of a grid; the mark is one of its kind's."""

    def __init__(self) -> None:
        self.kind = ChoiceStrip([Choice(each, title_code=f"grids.kind.{each}") for each in KINDS])
        self.mark = PickBox(none_code="grids.form.no_mark")
        self.widgets: dict[str, QWidget] = {
            "kind": self.kind, "serial": CountEdit(), "name": LineEdit(), "code": LineEdit(), "mark": self.mark,
            "households": CountEdit(), "people": CountEdit(), "people_at_home": CountEdit(),
        }  # fmt: skip
        assert set(self.widgets) == set(GRID_FIELDS)
        self.kind.chosen.connect(self.offer_marks)

    def fields(self, hints: dict[str, str]) -> list[EditField]:
        """In the order in which they are asked for."""
        return [
            EditField(name, f"grids.field.{name}", widget, _EMPTY.get(name, ""), partial(_shown, name), name == "name",
                      hints.get(name, ""))
            for name, widget in self.widgets.items()
        ]  # fmt: skip

    @Slot()
    def offer_marks(self) -> None:
        """School, hospital … for dedicated grids; islet, slope, forest for emergency ones."""
        kind: Any = self.kind.value or "general"
        self.mark.offer(Option(each, naming.mark_name(each)) for each in MARKS[kind])
        self.mark.setEnabled(bool(MARKS[kind]))


def _shown(name: str, value: Any) -> str:
    """A value in the words of the conflict view."""
    if name == "kind":
        return naming.kind_name(value)
    if name == "mark":
        return naming.mark_name(value) if value else ""
    return "" if value is None else str(value)


class EditGridSheet(EditSheet):
    """Changes a grid."""

    def __init__(self, grid: Grid, tools: Tools, sender: Sender) -> None:
        self._grid, self._tools = grid, tools
        self.inside = GridFields()
        super().__init__("grids.edit.title", "grids.form.save", sender, self.inside.fields({}), grid)
        self.setFocusProxy(self.fields["name"].widget)

    def put(self, name: str, value: Any) -> None:
        """Show a value in a field; the marks are those of the kind."""
        super().put(name, value)
        if name == "kind":
            self.inside.offer_marks()

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> EditGrid:
        """The command."""
        return EditGrid(grid=self._grid.id, changed=changed, was=was)

    def words(self) -> str:
        """What it does."""
        return say("grids.done.edit", name=self._grid.name)


class AddGridSheet(FieldsSheet):
    """A new grid; number, code and name are proposed. Signals: ``added(id)``."""

    added = Signal(str)

    def __init__(self, tools: Tools, sender: Sender, village: str | None) -> None:
        self._tools, self._proposed = tools, ""
        live = tools.desk.live
        villages = sorted(live.villages.values(), key=lambda each: each.code)
        self.village = PickBox(
            Option(each.id, naming.village_name(each), (each.code, each.name)) for each in villages
        )
        self.inside = GridFields()
        first = EditField("village", "grids.field.village", self.village)
        super().__init__("grids.add.title", "grids.form.save", sender, [first, *self.inside.fields(_HINTS)])
        self.put("kind", "general")
        self.village.put(village)
        self.inside.offer_marks()
        self.village.chosen.connect(self._propose)
        self.inside.kind.chosen.connect(self._propose)
        serial = self.fields["serial"].widget
        if isinstance(serial, CountEdit):
            serial.edited.connect(self._propose)
        self._propose()

    @Slot()
    def _propose(self) -> None:
        """The name that goes with village, kind and number, while nobody has typed another."""
        live = self._tools.desk.live
        village, kind = live.villages.get(self.village.currentData() or ""), self.inside.kind.value
        name, serial = self.fields["name"].widget, self.fields["serial"].widget
        if village is None or kind is None or not isinstance(name, LineEdit) or not isinstance(serial, CountEdit):
            return
        grids = [each for each in live.grids.values() if each.village == village.id and each.kind == kind]
        following = 1 + max((each.serial for each in grids), default=0)
        serial.setPlaceholderText(str(following))
        number = int(serial.text()) if serial.text().isdecimal() else following
        if name.text() == self._proposed:
            self._proposed = say(f"grids.form.name.{kind}", village=village.name, serial=number)
            name.setText(self._proposed)

    def command(self) -> AddGrid | None:
        """The addition."""
        found = self.values()
        if found is None:
            return None
        return AddGrid(**{**found, "serial": found["serial"] or None})

    def words(self) -> str:
        """What it does."""
        return say("grids.done.add", name=inputs.raw_text(self.fields["name"].widget))

    def carried_out(self, outcome: Any) -> None:
        """Say it, and go to the grid."""
        self._sender.tell_done(self.words(), outcome)
        self.added.emit(outcome.value["grid"])


class EditVillageSheet(EditSheet):
    """Changes a village."""

    def __init__(self, village: Village, tools: Tools, sender: Sender) -> None:
        self._village, self._tools = village, tools
        widgets: dict[str, QWidget] = {
            "name": LineEdit(), "name_en": LineEdit(),
            "kind": ChoiceStrip([Choice(each, title_code=f"grids.village.{each}") for each in VILLAGE_KINDS]),
        }  # fmt: skip
        fields = [
            EditField(name, f"grids.village.field.{name}", widgets[name], "", partial(_village_shown, name),
                      name != "kind")
            for name in VILLAGE_FIELDS
        ]  # fmt: skip
        super().__init__("grids.village.title", "grids.form.save", sender, fields, village)

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> EditVillage:
        """The command."""
        return EditVillage(village=self._village.id, changed=changed, was=was)

    def words(self) -> str:
        """What it does."""
        return say("grids.done.edit", name=self._village.name)


def _village_shown(name: str, value: Any) -> str:
    return say(f"grids.village.{value}") if name == "kind" else value or ""


def _name_fields(tools: Tools) -> list[EditField]:
    grids = tools.desk.live.grids
    ordered = sorted(grids.values(), key=lambda each: each.code)
    widgets: dict[str, QWidget] = {
        "name": LineEdit(), "grid": PickBox(Option(each.id, each.name, (each.code,)) for each in ordered),
        "kind": PickBox(Option(each, say(f"grids.place.{each}")) for each in PLACES),
    }  # fmt: skip

    def shown(name: str, value: Any) -> str:
        if name == "grid":
            return grids[value].name if value in grids else ""
        return say(f"grids.place.{value}") if name == "kind" and value in PLACES else value or ""

    return [
        EditField(name, f"grids.name.field.{name}", widgets[name], "", partial(shown, name), name == "name")
        for name in NAME_FIELDS
    ]


class AddNameSheet(FieldsSheet):
    """One more thing that people call a place in a grid."""

    def __init__(self, grid: Grid, tools: Tools, sender: Sender) -> None:
        super().__init__("grids.name.add", "grids.form.save", sender, _name_fields(tools))
        self.put("grid", grid.id)
        self.put("kind", "landmark")

    def command(self) -> LearnName | None:
        """The addition."""
        found = self.values()
        return None if found is None else LearnName(**found)

    def words(self) -> str:
        """What it does."""
        return say("grids.done.name_added", name=inputs.raw_text(self.fields["name"].widget))


class AddDeputySheet(FieldsSheet):
    """Somebody who is called behind the keeper of a grid: a duty holder like all others."""

    def __init__(self, grid: Grid, sender: Sender) -> None:
        self._grid = grid
        names = ("name", "phone")
        fields = [EditField(each, f"grids.deputy.{each}", LineEdit()) for each in names]
        super().__init__("grids.deputy.add", "grids.form.save", sender, fields)

    def command(self) -> AddDutyHolder | None:
        """The addition."""
        found = self.values()
        if found is None:
            return None
        return AddDutyHolder(name=found["name"] or "", phone=found["phone"], role=DEPUTY, grid=self._grid.id)

    def words(self) -> str:
        """What it does."""
        return say("grids.done.deputy_added", name=inputs.raw_text(self.fields["name"].widget))


class EditNameSheet(EditSheet):
    """Corrects a name, or forgets it."""

    def __init__(self, name: GazetteerName, tools: Tools, sender: Sender) -> None:
        self._name = name
        super().__init__("grids.name.edit", "grids.form.save", sender, _name_fields(tools), name)
        self.forget = Button("grids.name.remove", kind="danger", icon="delete")
        self.forget.setObjectName("grids.name.remove")
        self.forget.clicked.connect(self._remove)
        layout = self.form.layout()
        if layout is not None:
            layout.addWidget(self.forget)

    @Slot()
    def _remove(self) -> None:
        told = say("grids.done.name_removed", name=self._name.name)
        self._sender.send(RemoveName(gazetteer_name=self._name.id), told, done=partial(self._removed, told),
                          failed=self.say_trouble)  # fmt: skip

    def _removed(self, told: str, outcome: Any) -> None:
        self._sender.tell_done(told, outcome)
        self.saved.emit()

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> EditName:
        """The command."""
        return EditName(gazetteer_name=self._name.id, changed=changed, was=was)

    def words(self) -> str:
        """What it does."""
        return say("grids.done.edit", name=self._name.name)
