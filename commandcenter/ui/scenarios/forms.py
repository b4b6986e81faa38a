"""The forms of a scenario: written anew, copied, changed; and what the town calls the five."""

from functools import partial
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import current, say
from commandcenter.rules.scenarios import FIELDS, FIVE, FORMS, PLAIN, Scenario, flat
from commandcenter.services.scenarios import GRID_KINDS, AddScenario, EditScenario
from commandcenter.services.settings import SetSetting
from commandcenter.ui.core.captions import caption
from commandcenter.ui.core.editing import EditField, EditSheet, FieldsSheet
from commandcenter.ui.core.fields import LineEdit, TextBox
from commandcenter.ui.core.inputs import CountEdit, Option, PickBox
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.scenarios.fields import Several
from commandcenter.ui.scenarios.sections import field_name
from commandcenter.ui.scenarios.words import FIVE as FIVE_SETTING
from commandcenter.ui.scenarios.words import month_name

_COUNTS = ("minutes", "people", "pass_mark")
_MONTHS = ("season_from", "season_to")
_ORDER = (
    "title", *PLAIN, "purpose", "objectives", "places",
    *(name for name in FIELDS if name.startswith(("five_", "role_"))), "kit", "safety",
)  # fmt: skip
"""The order in which a form asks: what it is, when and where, then the long texts."""
NEW: dict[str, Any] = {
    "season_from": 1, "season_to": 12, "forms": "field", "minutes": 60, "people": 30, "pass_mark": 80,
}  # fmt: skip


def scenario_fields(tools: Tools) -> list[EditField]:
    """The fields of a form."""
    return [_field(name, tools.desk.live.settings) for name in _ORDER]


def _field(name: str, settings: Any) -> EditField:
    if name in _MONTHS:
        months = [Option(month, month_name(month), (str(month),)) for month in range(1, 13)]
        return EditField(name, f"scenarios.form.{name}", PickBox(months), shown=lambda value: month_name(int(value)))
    if name in _COUNTS:
        return EditField(name, f"scenarios.field.{name}", CountEdit())
    if name == "forms":
        forms = [(each, say(f"scenarios.form.{each}")) for each in FORMS]
        widget: QWidget = Several(forms, first_code="scenarios.form.usual")
        return EditField(name, "scenarios.field.forms", widget, "", partial(_keys_in_words, "form"),
                         hint_code="scenarios.form.forms_hint")  # fmt: skip
    if name == "grid_kinds":
        widget = Several([(each, say(f"scenarios.grid_kind.{each}")) for each in GRID_KINDS])
        return EditField(name, "scenarios.field.grid_kinds", widget, "", partial(_keys_in_words, "grid_kind"))
    title = "scenarios.form.named" if name.startswith(("five_", "role_")) else f"scenarios.field.{name}"
    widget = LineEdit() if name == "title" else TextBox(least=2, most=8)
    return EditField(name, title, widget, "", can_merge=name != "title")


def _keys_in_words(code: str, value: Any) -> str:
    return say("scenarios.join").join(say(f"scenarios.{code}.{each}") for each in str(value).split(",") if each)


def _name_fields(sheet: FieldsSheet, settings: Any) -> None:
    """The five bear the town's names, the roles the catalogue's."""
    for name in sheet.fields:
        if name.startswith(("five_", "role_")):
            field = sheet.form.field(name)
            group = say("scenarios.form.five" if name.startswith("five_") else "scenarios.form.role")
            title = say("scenarios.form.named", group=group, name=field_name(name, settings))
            field.title.show_text(caption(title))  # it has a buddy
            sheet.fields[name].widget.setAccessibleName(title)


class AddScenarioSheet(FieldsSheet):
    """A new scenario, from nothing or as a copy. Signals: ``added(id)``."""

    added = Signal(str)

    def __init__(self, tools: Tools, sender: Sender, source: Scenario | None = None) -> None:
        super().__init__("scenarios.copy.title" if source else "scenarios.add.title", "scenarios.form.save", sender,
                         scenario_fields(tools))  # fmt: skip
        self._source = source
        _name_fields(self, tools.desk.live.settings)
        start = flat(source, current().language) if source else NEW
        self._start = {name: start.get(name, "") for name in self.fields}
        if source is not None:
            self._start["title"] = say("scenarios.copy.of", title=self._start["title"])
        for name, value in self._start.items():
            self.put(name, value)

    def command(self) -> AddScenario | None:
        """The addition; of a copy only what was changed is written anew, so that the rest keeps its languages."""
        found = self.values()
        if found is None:
            return None
        changed = {
            name: value for name, value in found.items()
            if name != "title" and value is not None and (self._source is None or value != self._start[name])
        }  # fmt: skip
        return AddScenario(title=found["title"], language=current().language, fields=changed,
                           copy_of=self._source.id if self._source else None)  # fmt: skip

    def words(self) -> str:
        """What it does."""
        return say("scenarios.done.copy" if self._source else "scenarios.done.add")

    def carried_out(self, outcome: Any) -> None:
        """Say it, and go there."""
        self._sender.tell_done(self.words(), outcome)
        self.added.emit(outcome.value["scenario"])


class EditScenarioSheet(EditSheet):
    """Changes a scenario. Signals: ``edited(id)`` with the edition in which the change stands."""

    edited = Signal(str)

    def __init__(self, scenario: Scenario, tools: Tools, sender: Sender, *, makes_edition: bool) -> None:
        self._id, self._before = scenario.id, scenario.edition
        self._language = current().language
        super().__init__("scenarios.edit.title", "scenarios.form.save", sender, scenario_fields(tools),
                         SimpleNamespace(**flat(scenario, self._language)))  # fmt: skip
        _name_fields(self, tools.desk.live.settings)
        if makes_edition:
            self.trouble.say("scenarios.edit.makes_edition", icon="info", edition=scenario.edition + 1)

    def follow(self, scenario: Scenario) -> None:
        """Somebody changed it meanwhile, or made a new edition."""
        super().follow(SimpleNamespace(**flat(scenario, self._language)))

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> EditScenario:
        """The command."""
        return EditScenario(scenario=self._id, changed=changed, was=was, language=self._language)

    def words(self) -> str:
        """What it does."""
        return say("scenarios.done.edit")

    def carried_out(self, outcome: Any) -> None:
        """Say it, and which edition came of it."""
        tell_edition(self._sender, self._before, self.words(), outcome)
        self.edited.emit(outcome.value["scenario"])


def tell_edition(sender: Sender, before: int, done: str, outcome: Any) -> None:
    """Say what was done, and that a new edition was made of it."""
    edition = outcome.value["edition"]
    said = done if edition == before else say("scenarios.done.edition", done=done, edition=edition)
    sender.tell_done(said, outcome)


class FiveSheet(FieldsSheet):
    """What the town calls the five; an empty field is the usual name."""

    def __init__(self, tools: Tools, sender: Sender) -> None:
        fields = [
            EditField(key, f"scenarios.five.{key}", LineEdit(say(f"scenarios.five.{key}")), "") for key in FIVE
        ]
        super().__init__("scenarios.five.title", "scenarios.form.save", sender, fields)
        known = tools.desk.live.settings.get(FIVE_SETTING) or {}
        for key in FIVE:
            self.put(key, known.get(key, ""))

    def command(self) -> SetSetting | None:
        """The setting."""
        found = self.values()
        if found is None:
            return None
        named = {key: text for key, text in found.items() if text}
        return SetSetting(key=FIVE_SETTING, value={"value": named} if named else {})

    def words(self) -> str:
        """What it does."""
        return say("scenarios.done.five")
