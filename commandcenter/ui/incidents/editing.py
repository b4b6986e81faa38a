"""The edit form: only what was changed is sent, with the value it had; what both changed is shown side by side."""

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.errors import Conflict
from commandcenter.base.texts import say
from commandcenter.rules.incidents import URGENCIES, Incident
from commandcenter.services import catalogues
from commandcenter.services.incidents import EditIncident
from commandcenter.services.live import LiveSet
from commandcenter.ui.core.fields import LineEdit, TextBox
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.widgets import Button, Label
from commandcenter.ui.incidents import words
from commandcenter.ui.incidents.sending import Sender
from commandcenter.ui.incidents.sheet import Sheet

TYPED = ("text", "place", "caller_name", "caller_phone")
"""Fields in which both versions can stand together."""
FIELDS = ("urgency", "category", "subkind", "grid", *TYPED)


class EditSheet(Sheet):
    """Changes the fields of one incident. ``was`` holds the values that this form has seen last."""

    def __init__(self, incident: Incident, live: LiveSet, sender: Sender) -> None:
        super().__init__("incidents.edit.title", "incidents.edit.save", sender)
        self._incident, self._live = incident, live
        self._was: dict[str, Any] = {name: getattr(incident, name) for name in FIELDS}
        self._conflicts: dict[str, ConflictView] = {}
        self._make_fields()
        for name in FIELDS:
            self.form.add(name, f"incidents.field.{name}", self._widgets[name])
            self._put(name, self._was[name])
        self.category.currentIndexChanged.connect(self._category_changed)
        self.setFocusProxy(self.text)

    def _make_fields(self) -> None:
        self.urgency = ChoiceStrip([Choice(each, title_code=f"incidents.urgency.{each}") for each in URGENCIES])
        self.category, self.subkind = QComboBox(), QComboBox()
        for key, term in catalogues.categories().items():
            self.category.addItem(term.name, key)
        self.grid = _grid_box(self._live)
        self.text = TextBox(least=2, most=6, submits=True)
        self.place, self.caller_name, self.caller_phone = LineEdit(), LineEdit(), LineEdit()
        self.text.submitted.connect(self.submit)
        for line in (self.place, self.caller_name, self.caller_phone):
            line.submitted.connect(self.submit)
        self._widgets: dict[str, QWidget] = {
            "urgency": self.urgency, "category": self.category, "subkind": self.subkind, "grid": self.grid,
            "text": self.text, "place": self.place, "caller_name": self.caller_name, "caller_phone": self.caller_phone,
        }  # fmt: skip

    # --- values --------------------------------------------------------------------------------------------------

    def value(self, name: str) -> Any:
        """A field as it stands in the form, in the shape the command wants."""
        widget = self._widgets[name]
        if isinstance(widget, ChoiceStrip):
            return widget.value
        if isinstance(widget, QComboBox):
            return widget.currentData()
        text = widget.toPlainText() if isinstance(widget, TextBox) else widget.text()  # type: ignore[attr-defined]
        return text.strip() or (None if name != "text" else "")

    def _put(self, name: str, value: Any) -> None:
        widget = self._widgets[name]
        if isinstance(widget, ChoiceStrip):
            widget.choose(value)
        elif isinstance(widget, QComboBox):
            if name == "subkind":
                self._offer_subkinds()
            widget.setCurrentIndex(max(widget.findData(value), 0))
        elif isinstance(widget, TextBox):
            widget.setPlainText(value or "")
        elif isinstance(widget, LineEdit):
            widget.setText(value or "")

    def _offer_subkinds(self) -> None:
        term = catalogues.categories().get(self.category.currentData())
        self.subkind.clear()
        self.subkind.addItem(say("incidents.subkind.none"), "")
        for each in term.subkinds if term else ():
            self.subkind.addItem(each.name, each.key)

    @Slot()
    def _category_changed(self) -> None:
        self._offer_subkinds()

    def changed(self) -> dict[str, Any]:
        """The fields that this form changed."""
        return {name: value for name in FIELDS if (value := self.value(name)) != self._was[name]}

    @property
    def is_touched(self) -> bool:
        """Whether something would be lost by leaving."""
        return bool(self.changed())

    def follow(self, incident: Incident) -> None:
        """Somebody changed the incident meanwhile: fields untouched here take the new value silently, and the
        others are left to the conflict view when both versions meet on saving."""
        mine = self.changed()
        for name in FIELDS:
            theirs = getattr(incident, name)
            if name not in mine and theirs != self._was[name]:
                self._was[name] = theirs
                self._put(name, theirs)
        self._incident = incident

    # --- saving --------------------------------------------------------------------------------------------------

    def command(self) -> EditIncident | None:
        """The edit, or None when a conflict is undecided; without changes the form is simply left."""
        undecided = next((view for view in self._conflicts.values() if not view.is_decided), None)
        if undecided is not None:
            undecided.setFocus()
            return None
        changed = self.changed()
        if not changed:
            self.left.emit()
            return None
        was = {name: self._was[name] for name in changed}
        return EditIncident(incident=self._incident.id, changed=changed, was=was)

    def words(self) -> str:
        """What it does."""
        return say("incidents.done.edit", number=self._incident.number)

    def conflict(self, error: Conflict) -> None:
        """Show both versions of every field that both changed; nothing typed is lost."""
        fields: dict[str, dict[str, Any]] = error.facts["fields"]
        for name, versions in fields.items():
            self._was[name] = versions["theirs"]
            self._show_conflict(name, versions)
        count = len(fields)
        self.trouble.say("incidents.conflict.banner", tone="near", icon="info", count=count)

    def _show_conflict(self, name: str, versions: dict[str, Any]) -> None:
        old = self._conflicts.pop(name, None)
        if old is not None:
            old.deleteLater()
        shown = {side: self._in_words(name, versions[side]) for side in ("mine", "theirs")}
        view = ConflictView(name, shown["mine"], shown["theirs"], can_merge=name in TYPED)
        view.decided.connect(self._decided)
        self._conflicts[name] = view
        layout = self.form.field(name).layout()
        if layout is not None:
            layout.addWidget(view)
        view.setFocus()
        self.scrolling.ensureWidgetVisible(self.form.field(name))

    def _in_words(self, name: str, value: Any) -> str:
        if name == "grid":
            found = self._live.grids.get(value or "")
            return found.name if found else say("incidents.where.unknown")
        if name == "urgency":
            return words.urgency_name(value)
        if name == "category":
            return words.category_name(value)
        if name == "subkind":
            return catalogues.subkind_name(self.category.currentData(), value or "")
        return words.shown(value) or say("incidents.edit.empty")

    @Slot(str, str)
    def _decided(self, name: str, choice: str) -> None:
        theirs = self._was[name]
        if choice == "theirs":
            self._put(name, theirs)
        elif choice == "merge":
            self._put(name, merged(self.value(name) or "", theirs or ""))
        if all(view.is_decided for view in self._conflicts.values()):
            self.trouble.hide()
            self.save_button.setFocus()
        self._widgets[name].setFocus() if choice == "merge" else None


def merged(mine: str, theirs: str) -> str:
    """Both versions in one text, each said once; the officer goes over it before saving."""
    if mine in theirs or not mine:
        return theirs
    if theirs in mine or not theirs:
        return mine
    return say("incidents.list.semicolon").join((theirs, mine))


def _grid_box(live: LiveSet) -> QComboBox:
    """All grids, found by typing any part of the name or number."""
    box = QComboBox()
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.addItem(say("incidents.where.unknown"), None)
    for grid in live.grids.values():
        box.addItem(grid.name, grid.id)
    completer = QCompleter(box.model(), box)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
    box.setCompleter(completer)
    return box


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
            line.show_text(say(f"incidents.conflict.{side}", text=text))
            line.setWordWrap(True)
            layout.addWidget(line)
        row = QHBoxLayout()
        for side in ("mine", "theirs", *(("merge",) if can_merge else ())):
            button = self._buttons[side] = Button(f"incidents.conflict.keep.{side}", kind="secondary")
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
