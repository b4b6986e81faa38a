"""The form of one report: fields in the order of a call, each saying beside itself what is wrong with it."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.rules.incidents import URGENCIES
from commandcenter.ui.core import theme
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip, Field
from commandcenter.ui.incidents import words
from commandcenter.ui.incidents.intake import draft as drafting
from commandcenter.ui.incidents.intake import guess as guessing
from commandcenter.ui.incidents.intake.caller_field import CallerField
from commandcenter.ui.incidents.intake.draft import Draft
from commandcenter.ui.incidents.intake.grid_field import GridField
from commandcenter.ui.incidents.intake.intakes import Intakes
from commandcenter.ui.incidents.intake.kind_field import KindField
from commandcenter.ui.incidents.intake.places import caller_of
from commandcenter.ui.incidents.intake.text_field import TextField
from commandcenter.ui.incidents.intake.times import time_typed

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MISSING = {
    "text": "intake.text.missing", "category": "intake.category.missing", "urgency": "intake.urgency.missing",
}  # fmt: skip
_FIELD_OF_ERROR = {
    "grid.unknown": "grid", "village.unknown": "grid", "incident.text_empty": "text", "place.name_empty": "place",
}  # fmt: skip
"""Where a refusal is said when its code names no field itself."""


class IntakeForm(QWidget):
    """Shows one draft at a time and makes the next one of every keystroke.

    Signals: ``changed(Draft)``; ``save_wanted()`` – Enter in a report in which nothing is missing.
    """

    changed = Signal(object)
    save_wanted = Signal()

    def __init__(self, intakes: Intakes, host: QWidget, parent: QWidget | None = None) -> None:
        """``host`` is the widget over which the lists of the fields float."""
        super().__init__(parent)
        self._intakes = intakes
        self._desk = intakes.desk
        self._draft: Draft | None = None
        self.grid = GridField(intakes, host)
        self.text = TextField(host)
        self.kind = KindField()
        self.urgency = ChoiceStrip([Choice(each, words.urgency_name(each)) for each in URGENCIES])
        self.place = LineEdit(say("intake.place.placeholder"))
        self.learn = QCheckBox(say("intake.learn"))
        self.caller = CallerField(intakes, host)
        self.reported_at = LineEdit()
        self._fields = self._make_fields()
        self.setProperty("panel", "clear")
        self._lay_out()
        self._connect()

    def _make_fields(self) -> dict[str, Field]:
        widgets: dict[str, QWidget] = {
            "grid": self.grid, "text": self.text, "category": self.kind, "urgency": self.urgency, "place": self.place,
            "reported_at": self.reported_at, "caller_phone": self.caller,
        }  # fmt: skip
        return {name: Field(f"intake.field.{name}", widget) for name, widget in widgets.items()}

    def _lay_out(self) -> None:
        look = theme.current()
        column = QVBoxLayout(self)
        column.setContentsMargins(look.space(3), look.space(2), look.space(3), look.space(2))
        column.setSpacing(look.space(2))
        where = QHBoxLayout()
        where.setSpacing(look.space(2))
        where.addWidget(self._fields["place"], 4)
        where.addWidget(self._fields["reported_at"], 1)
        for name in ("grid", "text", "category", "urgency"):
            column.addWidget(self._fields[name])
        column.addLayout(where)
        column.addWidget(self.learn)
        column.addWidget(self._fields["caller_phone"])
        column.addStretch(1)
        stops = (self.grid.line, self.text.box, *self.kind.stops, self.urgency, self.place, self.learn,
                 self.caller.phone, self.caller.name, self.reported_at)  # fmt: skip
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        self.grid.grid_named.connect(self._grid_named)
        self.grid.village_named.connect(self._village_named)
        self.grid.place_named.connect(self._place_named)
        self.grid.typed.connect(self._grid_typed)
        self.grid.caller_named.connect(self._caller_in_grid)
        self.text.edited.connect(self._text_edited)
        self.kind.category_chosen.connect(self._category_chosen)
        self.kind.category_begun.connect(self._category_begun)
        self.kind.subkind_chosen.connect(self._subkind_chosen)
        self.urgency.chosen.connect(self._urgency_chosen)
        self.place.textEdited.connect(self._place_edited)
        self.learn.toggled.connect(self._learn_toggled)
        self.caller.phone_edited.connect(self._phone_edited)
        self.caller.name_edited.connect(self._name_edited)
        self.caller.caller_named.connect(self._caller_named)
        self.caller.caller_lost.connect(self._caller_lost)
        self.reported_at.editingFinished.connect(self._time_edited)
        self.reported_at.submitted.connect(self._time_edited)
        for passing in (self.grid.passed, self.text.passed, self.caller.passed, self.place.submitted,
                        self.reported_at.submitted):  # fmt: skip
            passing.connect(self.pass_on)

    # --- showing ------------------------------------------------------------------------------------------------

    def show_draft(self, draft: Draft) -> None:
        """Show a report as it is."""
        is_other = self._draft is None or self._draft.id != draft.id
        self._draft = draft
        self.grid.show_draft(draft)
        self.text.show_text(draft.text)
        if self.place.text() != draft.place:
            self.place.setText(draft.place)
        self.caller.show_draft(draft)
        if not self.reported_at.hasFocus() or is_other:
            self.reported_at.setText(words.time_of_day(draft.reported_at, words.zone_of(self._desk.live)))
        self._show_kind(draft)
        self._show_learn(draft)
        if is_other:
            self._fields["category"].show_doubt("")
            self.clear_errors()
        self._show_nowhere(draft)

    def start(self) -> None:
        """Put the cursor where this report goes on: the first field for a new one, else the first that is missing."""
        draft = self._draft
        if draft is None or not (draft.grid or draft.village or draft.text):
            self.grid.line.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.text.box.moveCursor(QTextCursor.MoveOperation.End)
            self._widget_of(next(iter(draft.missing()), "text")).setFocus(Qt.FocusReason.OtherFocusReason)

    def show_refusal(self, error: CommandCenterError) -> None:
        """Say why it was not saved, beside the field concerned, and go there."""
        name = str(error.facts.get("field", "")) or _FIELD_OF_ERROR.get(error.code, "text")
        name = {"caller_name": "caller_phone", "village": "grid"}.get(name, name)
        field = self._fields.get(name, self._fields["text"])
        field.show_refusal(error)
        field.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear_errors(self) -> None:
        """Nothing is wrong any more."""
        for field in self._fields.values():
            if field.has_error:
                field.show_error(None)

    def _show_kind(self, draft: Draft) -> None:
        self.kind.show_draft(draft)
        self.urgency.choose(draft.urgency or None)
        is_guessed = bool(draft.category) and "category" not in draft.chosen
        self._fields["category"].title.say("intake.field.category_guessed" if is_guessed else "intake.field.category")

    def _show_learn(self, draft: Draft) -> None:
        place = draft.place.strip()
        may_learn = bool(place and draft.grid) and not self._intakes.lookup.index.knows_place(place)
        self.learn.setVisible(may_learn)
        self.learn.setChecked(draft.learn and may_learn)

    def _show_nowhere(self, draft: Draft) -> None:
        """Without a grid nobody knows whose it is: said once there are words, never while where it is is typed."""
        is_nowhere = bool(draft.text.strip()) and not draft.grid and not draft.typed.strip()
        self._fields["grid"].show_doubt(say("intake.grid.without") if is_nowhere else "")

    # --- Enter --------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter in a strip or a box that leaves it to the form."""
        if event.key() in _ENTER:
            self.pass_on()
        else:
            super().keyPressEvent(event)

    @Slot()
    def pass_on(self) -> None:
        """Enter with nothing to choose: save when nothing is missing, else go to what is."""
        if self._draft is None or self._fields["reported_at"].has_error:
            return
        missing = self._draft.missing()
        if not missing:
            self.save_wanted.emit()
        elif self.grid.line.hasFocus() and missing[0] == "text":
            self.text.box.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.show_missing()

    def show_missing(self) -> bool:
        """Say what is missing and go to the first of it; whether anything was."""
        missing = self._draft.missing() if self._draft else ()
        self.clear_errors()
        if missing:
            # One at a time: a category brings its urgency, words bring both.
            self._fields[missing[0]].show_error(_MISSING[missing[0]])
            self._widget_of(missing[0]).setFocus(Qt.FocusReason.TabFocusReason)
        return bool(missing)

    def merge_into(self, incident: str) -> None:
        """Have the report merged into that incident once it is saved; empty: not after all."""
        if self._draft is not None:
            self._change(replace(self._draft, merge_into=incident))

    def settle(self) -> None:
        """What stands in the grid field and names no grid is where it happened: it must not be lost on saving."""
        if self._draft is not None and (typed := self._draft.typed.strip()):
            place = f"{typed} {self._draft.place}".strip()
            self._change(replace(self._draft, typed="", place=place))

    def _widget_of(self, name: str) -> QWidget:
        return self._fields[name].widget

    # --- changes by hand ----------------------------------------------------------------------------------------

    def _change(self, draft: Draft, *, is_shown: bool = True) -> None:
        if draft == self._draft:
            return
        if is_shown:
            self.show_draft(draft)
        else:
            self._draft = draft
            self._show_learn(draft)
            self._show_nowhere(draft)
        for name in _satisfied(draft):
            if self._fields[name].has_error:
                self._fields[name].show_error(None)
        self.changed.emit(draft)

    @Slot(str, str)
    def _grid_named(self, grid: str, place: str) -> None:
        """The officer is sure of where; the words come next."""
        if self._draft is not None:
            self.name_grid(grid, place)
            self.text.box.setFocus(Qt.FocusReason.TabFocusReason)

    def name_grid(self, grid: str, place: str = "") -> None:
        """The report is about this grid; ``place`` is what people call it."""
        if self._draft is not None and (found := self._desk.live.grids.get(grid)):
            draft = drafting.at_grid(self._draft, found.id, found.village)
            self._change(replace(draft, place=draft.place or place))

    def say_not_taken(self, grid: str) -> None:
        """A grid was clicked on the map that this report does not take: which, and how it would."""
        if found := self._desk.live.grids.get(grid):
            self._fields["grid"].show_doubt(say("intake.grid.not_taken", name=found.name))

    @Slot(str)
    def _village_named(self, village: str) -> None:
        if self._draft is not None:
            self._change(drafting.in_village(self._draft, village))
            self.text.box.setFocus(Qt.FocusReason.TabFocusReason)

    @Slot(str)
    def _place_named(self, text: str) -> None:
        if self._draft is not None:
            self._change(replace(self._draft, typed="", place=f"{text} {self._draft.place}".strip()))
            self.text.box.setFocus(Qt.FocusReason.TabFocusReason)

    @Slot(str)
    def _grid_typed(self, text: str) -> None:
        if self._draft is not None:
            self._change(drafting.nowhere(self._draft, text), is_shown=False)

    @Slot(str)
    def _text_edited(self, text: str) -> None:
        if self._draft is not None:
            found = guessing.guess(text)
            values = (found.category, found.subkind, found.urgency) if found else ("", "", "")
            draft = drafting.take_guess(replace(self._draft, text=text), *values)
            self._change(draft, is_shown=False)
            self._show_kind(draft)

    @Slot(str)
    def _category_chosen(self, category: str) -> None:
        if self._draft is not None:
            self._change(drafting.choose_category(self._draft, category))
            self._fields["category"].show_doubt("")

    @Slot(str)
    def _category_begun(self, name: str) -> None:
        """Enter took the first category: another Enter would save it, so it is said."""
        self._fields["category"].show_doubt(say("intake.category.first", name=name))

    @Slot(str)
    def _subkind_chosen(self, subkind: str) -> None:
        if self._draft is not None:
            self._change(drafting.choose(self._draft, subkind=subkind, category=self._draft.category))

    @Slot(str)
    def _urgency_chosen(self, urgency: str) -> None:
        if self._draft is not None:
            self._change(drafting.choose(self._draft, urgency=urgency))

    @Slot(str)
    def _place_edited(self, text: str) -> None:
        if self._draft is not None:
            self._change(replace(self._draft, place=text), is_shown=False)

    @Slot(bool)
    def _learn_toggled(self, is_on: bool) -> None:
        if self._draft is not None and self.learn.isVisibleTo(self):
            self._change(replace(self._draft, learn=is_on), is_shown=False)

    @Slot()
    def _time_edited(self) -> None:
        if self._draft is None:
            return
        zone = words.zone_of(self._desk.live)
        shown = words.time_of_day(self._draft.reported_at, zone)
        if self.reported_at.text().strip() == shown:
            return
        meant = time_typed(self.reported_at.text(), self._desk.now(), zone)
        self._fields["reported_at"].show_error(None if meant else "intake.time.wrong")
        if meant is not None:
            self._change(replace(self._draft, reported_at=meant))

    # --- who calls ----------------------------------------------------------------------------------------------

    @Slot(str)
    def _phone_edited(self, text: str) -> None:
        if self._draft is not None:
            self._change(replace(self._draft, caller_phone=text), is_shown=False)

    @Slot(str)
    def _name_edited(self, text: str) -> None:
        """Another name with a number that does not belong to the finder: it is somebody else."""
        if self._draft is None:
            return
        draft = drafting.choose(self._draft, caller_name=text)
        owners = {(each.kind, each.id) for each in self._intakes.lookup.callers(draft.caller_phone)}
        if draft.finder and (draft.finder_kind, draft.finder) not in owners:
            draft = drafting.without_caller(draft)
        self._change(draft)

    @Slot(str, str)
    def _caller_named(self, kind: str, id: str) -> None:
        caller = caller_of(self._desk.directory, kind, id)
        if self._draft is not None and caller is not None:
            draft = replace(self._draft, chosen=self._draft.chosen - {"caller_name"})
            self._change(drafting.with_caller(draft, caller))

    @Slot(str, str)
    def _caller_in_grid(self, kind: str, id: str) -> None:
        """The number was typed where the grid belongs: it is the caller's, and says where."""
        if self._draft is not None:
            number = self._draft.typed.strip()
            self._change(replace(self._draft, typed="", caller_phone=number or self._draft.caller_phone))
            self._caller_named(kind, id)
            self.text.box.setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _caller_lost(self) -> None:
        if self._draft is not None and self._draft.finder:
            self._change(drafting.without_caller(self._draft))


def _satisfied(draft: Draft) -> Iterator[str]:
    """Fields with nothing missing in them."""
    missing = draft.missing()
    return (name for name in _MISSING if name not in missing)
