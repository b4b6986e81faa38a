"""Forms over the fields of one row: only what was changed is sent, with the value it had; what two people changed is
shown side by side.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.errors import BadInput, CommandCenterError, Conflict
from commandcenter.base.texts import say
from commandcenter.rules.masks import is_erased, is_masked
from commandcenter.ui.core import inputs
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.sheet import Sheet
from commandcenter.ui.core.widgets import Button, Label


def _as_it_is(value: Any) -> str:
    return str(value) if value not in (None, "") else ""


@dataclass(frozen=True, slots=True)
class EditField:
    """One field of a form. ``empty`` is what the row holds where nothing is known; ``shown`` puts a value in words."""

    name: str
    title_code: str
    widget: QWidget
    empty: Any = None
    shown: Callable[[Any], str] = _as_it_is
    can_merge: bool = False
    """Both versions can stand together in one text."""
    hint_code: str = ""

    def read(self) -> Any:
        """What stands in it; BadInput where that cannot be."""
        value = inputs.read(self.widget)
        return self.empty if value is None else value


class FieldsSheet(Sheet):
    """A form of several fields. Enter in any of them saves; a refusal that names a field is said under it."""

    def __init__(self, title_code: str, save_code: str, sender: Sender, fields: Sequence[EditField]) -> None:
        super().__init__(title_code, save_code, sender)
        self.fields = {each.name: each for each in fields}
        for each in fields:
            self.form.add(each.name, each.title_code, each.widget, hint_code=each.hint_code)
        inputs.watch([each.widget for each in fields], self._look_again)
        inputs.chain([each.widget for each in fields], self.submit)
        if fields:
            self.setFocusProxy(fields[0].widget)

    def put(self, name: str, value: Any) -> None:
        """Show a value in a field."""
        field = self.fields[name]
        inputs.fill(field.widget, None if value == field.empty and field.empty in (None, "") else value)

    def values(self, names: Sequence[str] = ()) -> dict[str, Any] | None:
        """What stands in these fields (all by default); None after saying under each what cannot be."""
        found, wrong = {}, dict[str, CommandCenterError]()
        for name in names or tuple(self.fields):
            try:
                found[name] = self.fields[name].read()
            except BadInput as error:
                wrong[name] = error
        if wrong:
            self.form.show_errors(wrong)
            return None
        self.form.clear_errors()
        return found

    @Slot()
    def _look_again(self) -> None:
        """What was said to be wrong goes as soon as it is right; while it is not, what is said is of what stands there
        now."""
        field = next((each for each in self.fields.values() if each.widget is self.sender()), None)
        if field is None or not self.form.field(field.name).has_error:
            return
        shown = self.form.field(field.name)
        try:
            field.read()
        except BadInput as error:
            shown.show_refusal(error)
        else:
            shown.show_error(None)

    def carried_out(self, outcome: Any) -> None:
        """Say what was done, with the way to take it back."""
        self._sender.tell_done(self.words(), outcome)

    def say_trouble(self, error: BaseException) -> None:
        """Under the field it is about, else above them all."""
        field = str(error.facts.get("field", "")) if isinstance(error, CommandCenterError) else ""
        if field in self.form and isinstance(error, CommandCenterError):
            self.trouble.hide()
            self.form.show_errors({field: error})
            self.scrolling.ensureWidgetVisible(self.form.field(field))
        else:
            super().say_trouble(error)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter saves also from choices, which have no use for it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        else:
            super().keyPressEvent(event)


class EditSheet(FieldsSheet):
    """Changes fields of one row. ``was`` holds the values that this form has seen last.

    A masked value is shown and cannot be touched, so that it is never written back.
    """

    def __init__(self, title_code: str, save_code: str, sender: Sender, fields: Sequence[EditField], row: Any) -> None:
        super().__init__(title_code, save_code, sender, fields)
        self._was: dict[str, Any] = {name: getattr(row, name) for name in self.fields}
        self._conflicts: dict[str, ConflictView] = {}
        for name in self.fields:
            self._show(name, self._was[name])
        free = next((each.widget for each in fields if each.widget.isEnabled()), None)
        if free is not None:
            self.setFocusProxy(free)

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> Any:
        """The command that changes these fields."""
        raise NotImplementedError

    def _show(self, name: str, value: Any) -> None:
        masked = isinstance(value, str) and is_masked(value)
        self.fields[name].widget.setEnabled(not masked)
        if masked:
            self.form.field(name).set_hint("core.edit.masked")
        elif is_erased(value):
            self.form.field(name).set_hint("core.edit.erased")
        self.put(name, None if is_erased(value) else value)

    def _differs(self, name: str, value: Any) -> bool:
        was = self._was[name]
        return value != was and not (is_erased(was) and value == self.fields[name].empty)

    def _touchable(self) -> list[str]:
        return [name for name, field in self.fields.items() if field.widget.isEnabled()]

    def value(self, name: str) -> Any:
        """A field as it stands in the form; what cannot be read counts as the characters typed."""
        try:
            return self.fields[name].read()
        except BadInput:
            return inputs.raw_text(self.fields[name].widget)

    def changed(self) -> dict[str, Any]:
        """The fields that this form changed."""
        return {name: value for name in self._touchable() if self._differs(name, value := self.value(name))}

    @property
    def is_begun(self) -> bool:
        """Whether it holds changes: what others change in it meanwhile is none."""
        return bool(self.changed())

    def follow(self, row: Any) -> None:
        """Somebody changed the row meanwhile: fields untouched here take the new value silently, and the others are
        left to the conflict view when both versions meet on saving."""
        mine = self.changed()
        for name in self.fields:
            theirs = getattr(row, name)
            if name not in mine and theirs != self._was[name]:
                self._was[name] = theirs
                self._show(name, theirs)

    def command(self) -> Any | None:
        """The edit, or None when a conflict is undecided; without changes the form is simply left."""
        undecided = next((view for view in self._conflicts.values() if not view.is_decided), None)
        if undecided is not None:
            undecided.setFocus()
            return None
        found = self.values(self._touchable())
        if found is None:
            return None
        changed = {name: value for name, value in found.items() if self._differs(name, value)}
        if not changed:
            self.left.emit()
            return None
        return self.edit(changed, {name: self._was[name] for name in changed})

    def conflict(self, error: Conflict) -> None:
        """Show both versions of every field that both changed; nothing typed is lost."""
        fields: dict[str, dict[str, Any]] = error.facts["fields"]
        for name, versions in fields.items():
            self._was[name] = versions["theirs"]
            self._show_conflict(name, versions)
        self.trouble.say("core.conflict.banner", tone="near", icon="info", count=len(fields))

    def _show_conflict(self, name: str, versions: dict[str, Any]) -> None:
        old = self._conflicts.pop(name, None)
        if old is not None:
            old.deleteLater()
        field = self.fields[name]
        mine, theirs = (field.shown(versions[side]) or say("core.edit.empty") for side in ("mine", "theirs"))
        view = ConflictView(name, mine, theirs, can_merge=field.can_merge)
        view.decided.connect(self._decided)
        self._conflicts[name] = view
        layout = self.form.field(name).layout()
        if layout is not None:
            layout.addWidget(view)
        view.setFocus()
        self.scrolling.ensureWidgetVisible(self.form.field(name))

    @Slot(str, str)
    def _decided(self, name: str, choice: str) -> None:
        theirs = self._was[name]
        if choice == "theirs":
            self.put(name, theirs)
        elif choice == "merge":
            self.put(name, merged(self.value(name) or "", theirs or ""))
        if all(view.is_decided for view in self._conflicts.values()):
            self.trouble.hide()
            self.save_button.setFocus()
        self.fields[name].widget.setFocus() if choice == "merge" else None


def merged(mine: str, theirs: str) -> str:
    """Both versions in one text, each said once; whoever merges goes over it before saving."""
    if mine in theirs or not mine:
        return theirs
    if theirs in mine or not theirs:
        return mine
    return say("core.list.semicolon").join((theirs, mine))


class ConflictView(QWidget):
    """One field that both changed: my version, theirs, and what to keep.

    Signals: ``decided(field, "mine" | "theirs" | "merge")``.
    """

    decided = Signal(str, str)

    def __init__(self, name: str, mine: str, theirs: str, *, can_merge: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.is_decided = False
        self._buttons: dict[str, Button] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 0, 4)
        layout.setSpacing(4)
        for side, text in (("mine", mine), ("theirs", theirs)):
            line = Label("", "strong" if side == "mine" else "")
            line.show_text(say(f"core.conflict.{side}", text=text))
            line.setWordWrap(True)
            layout.addWidget(line)
        row = QHBoxLayout()
        for side in ("mine", "theirs", *(("merge",) if can_merge else ())):
            button = self._buttons[side] = Button(f"core.conflict.keep.{side}", kind="secondary")
            button.setCheckable(True)
            button.setProperty("side", side)
            button.clicked.connect(self._clicked)
            row.addWidget(button)
        row.addStretch(1)
        layout.addLayout(row)
        self.setFocusProxy(self._buttons["mine"])

    @Slot()
    def _clicked(self) -> None:
        self.decide(str(self.sender().property("side")))

    def decide(self, side: str) -> None:
        """Keep one version, or both."""
        self.is_decided = True
        for name, button in self._buttons.items():
            button.setChecked(name == side)
        self.decided.emit(self._name, side)
