"""The forms of a line of a script, and of a point of an evaluation sheet, for new ones and for those that stand."""

from functools import partial
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import current, say
from commandcenter.rules.scenarios import JUDGED, LINE_FIELDS, MOMENTS, Expectation, Inject, flat
from commandcenter.services.catalogues import term, terms
from commandcenter.services.scripts import AddExpectation, AddInject, EditExpectation, EditInject
from commandcenter.ui.core.editing import EditField, EditSheet, FieldsSheet
from commandcenter.ui.core.fields import LineEdit, TextBox
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import CountEdit, Option, PickBox
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.scenarios.fields import ClockField, shown_clock
from commandcenter.ui.scenarios.forms import tell_edition

_CLOCKS = ("offset_s", "within_s")
_CATALOGUES = {
    "channel": "drill_channels", "player": "drill_players", "after": "drill_moments", "step": "drill_moments",
}  # fmt: skip
NEEDED = {"time": ("after", "step", "within_s"), "count": ("need", "unit_of"), "seen": ()}
"""What each way of judging asks for besides."""
NEW_POINT: dict[str, Any] = {"judged": "seen", "points": 10}


def line_fields(kind: str) -> list[EditField]:
    """The fields of a line in the order in which they are asked for."""
    return [_field(kind, name) for name in LINE_FIELDS[kind]]


def _field(kind: str, name: str) -> EditField:
    title = f"scenarios.{kind}.{name}"
    if name in _CLOCKS:
        empty = 0 if name == "offset_s" else None
        return ClockField(name, title, LineEdit("00:00"), empty, shown_clock, hint_code="scenarios.form.clock_hint")
    if name in _CATALOGUES:
        catalogue = _CATALOGUES[name]
        keys = MOMENTS if catalogue == "drill_moments" else tuple(terms(catalogue))
        box = PickBox((_option(catalogue, key) for key in keys), none_code="scenarios.form.none")
        return EditField(name, title, box, "", partial(_term, catalogue))
    if name == "judged":
        strip = ChoiceStrip([Choice(each, title_code=f"scenarios.judged.{each}") for each in JUDGED])
        return EditField(name, title, strip, "seen", _judged)
    if name in ("points", "need"):
        return EditField(name, title, CountEdit(), 0 if name == "points" else None)
    widget: QWidget = TextBox(least=2, most=8, submits=True) if name in ("text", "criterion") else LineEdit()
    return EditField(name, title, widget, "", can_merge=name in ("text", "criterion"))


def _option(catalogue: str, key: str) -> Option:
    found = terms(catalogue).get(key)
    return Option(key, term(catalogue, key), (found.zh, found.en) if found else ())


def _term(catalogue: str, value: Any) -> str:
    return term(catalogue, value) if value else ""


def _judged(value: Any) -> str:
    return say(f"scenarios.judged.{value}") if value in JUDGED else ""


class _LineFields:
    """What both kinds of forms about a line do alike: times as they are written, and only what the way of judging
    asks for."""

    fields: Any
    form: Any

    def watch_judging(self) -> None:
        """Ask for what the chosen way of judging needs."""
        if "judged" in self.fields:
            self.fields["judged"].widget.chosen.connect(self.ask_needed)
            self.ask_needed()

    @Slot()
    def ask_needed(self) -> None:
        """The others are not in the way."""
        chosen = self.fields["judged"].widget.value or "seen"
        for judged, names in NEEDED.items():
            for name in names:
                self.form.field(name).setVisible(judged == chosen)


def _clocked(fields: Any, name: str, value: Any) -> Any:
    return shown_clock(value) if isinstance(fields[name], ClockField) and not isinstance(value, str) else value


class AddLineSheet(FieldsSheet, _LineFields):
    """One more line. Signals: ``written(scenario, line)`` with the edition and the line's id."""

    written = Signal(str, str)

    def __init__(self, kind: str, scenario: str, edition: int, sender: Sender, start: dict[str, Any]) -> None:
        super().__init__(f"scenarios.{kind}.new", "scenarios.form.save", sender, line_fields(kind))
        self._kind, self._scenario, self._before = kind, scenario, edition
        for name, value in ({**NEW_POINT, **start} if kind == "expectation" else start).items():
            self.put(name, value)
        self.watch_judging()
        self.setFocusProxy(self.fields["text" if kind == "inject" else "item"].widget)

    def put(self, name: str, value: Any) -> None:
        """Times as they are written."""
        super().put(name, _clocked(self.fields, name, value))

    def command(self) -> Any | None:
        """The addition."""
        found = self.values()
        if found is None:
            return None
        language, text = current().language, found.pop("text")
        if self._kind == "inject":
            return AddInject(scenario=self._scenario, text=text, language=language, **found)
        return AddExpectation(scenario=self._scenario, text=text, language=language, fields=found)

    def words(self) -> str:
        """What it does."""
        return say(f"scenarios.done.{self._kind}.add")

    def carried_out(self, outcome: Any) -> None:
        """Say it, and show the line."""
        tell_edition(self._sender, self._before, self.words(), outcome)
        self.written.emit(outcome.value["scenario"], outcome.value[self._kind])


class EditLineSheet(EditSheet, _LineFields):
    """Changes a line. Signals: ``written(scenario, line)`` with the edition and the line's id there."""

    written = Signal(str, str)

    def __init__(self, row: Inject | Expectation, edition: int, sender: Sender) -> None:
        self._kind = "inject" if isinstance(row, Inject) else "expectation"
        self._id, self._before, self._language = row.id, edition, current().language
        super().__init__(f"scenarios.{self._kind}.edit", "scenarios.form.save", sender, line_fields(self._kind),
                         SimpleNamespace(**flat(row, self._language)))  # fmt: skip
        self.watch_judging()

    def put(self, name: str, value: Any) -> None:
        """Times as they are written."""
        super().put(name, _clocked(self.fields, name, value))
        if name == "judged":
            self.ask_needed()

    def follow(self, row: Any) -> None:
        """Somebody changed it meanwhile."""
        super().follow(SimpleNamespace(**flat(row, self._language)))

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> Any:
        """The command."""
        if self._kind == "inject":
            return EditInject(inject=self._id, changed=changed, was=was, language=self._language)
        return EditExpectation(expectation=self._id, changed=changed, was=was, language=self._language)

    def words(self) -> str:
        """What it does."""
        return say(f"scenarios.done.{self._kind}.edit")

    def carried_out(self, outcome: Any) -> None:
        """Say it, and show the line."""
        tell_edition(self._sender, self._before, self.words(), outcome)
        self.written.emit(outcome.value["scenario"], outcome.value[self._kind])
