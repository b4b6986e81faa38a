"""The forms of the attention list: an entry, a visit to a whole grid, closing, and taking residents of the register."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.rules.attention import KINDS
from commandcenter.rules.masks import is_erased, is_masked
from commandcenter.services import catalogues
from commandcenter.services.attention import (
    FIELDS,
    AddAttention,
    CloseAttention,
    ConfirmAttention,
    EditAttention,
    TakeAttention,
)
from commandcenter.services.attention_reading import Listed, Offered
from commandcenter.ui.core.editing import EditField, EditSheet, FieldsSheet
from commandcenter.ui.core.fields import LineEdit, TextBox
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import Asking, Option, PickBox
from commandcenter.ui.core.needs import NeedsField
from commandcenter.ui.core.places import PlacePair
from commandcenter.ui.core.reveal import phone_words
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Label

_OWN = frozenset(("name", "phone", "address", "care", "needs"))
_OF_KIND = {
    "person": frozenset(("resident", "name", "phone", "care", "needs")),
    "place": frozenset(("title", "latitude", "longitude")),
    "matter": frozenset(("matter",)),
}
_OF_ALL = frozenset(("village", "grid", "address", "ground", "source", "review_on"))
_ORDER = (
    "village", "grid", "resident", "name", "title", "matter", "care", "needs", "phone", "address", "ground", "source",
    "review_on", "latitude", "longitude",
)  # fmt: skip
assert set(_ORDER) == set(FIELDS) - {"household"}
_EMPTY: dict[str, Any] = dict.fromkeys(("title", "care", "ground", "review_on", "village"), "")
_HINTS = {
    "title": "attention.form.title_hint", "needs": "attention.form.needs_hint", "ground": "attention.form.ground_hint",
    "source": "attention.form.source_hint", "review_on": "attention.form.review_hint",
    "resident": "attention.form.resident_hint", "latitude": "attention.form.position_hint",
}  # fmt: skip


class DegreeField(Asking):
    """A latitude or longitude in degrees, or nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.line = LineEdit()
        self.line.submitted.connect(self.submitted)
        self.setFocusProxy(self.line)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(self.line)

    def asked(self) -> float | None:
        """The degrees; BadInput ``form.not_a_number``."""
        text = self.line.text_with_preedit().strip().removesuffix("°")
        try:
            return float(text) if text else None
        except ValueError:
            raise BadInput("form.not_a_number", text=text) from None

    def put(self, value: Any) -> None:
        """Show degrees."""
        self.line.setText("" if value is None else f"{value:g}" if abs(value) < 1 else str(value))


def ground_box() -> PickBox:
    """On what ground somebody is kept."""
    terms = catalogues.terms("attention_grounds").values()
    return PickBox((Option(each.key, each.name, (each.zh, each.en)) for each in terms),
                   none_code="attention.form.no_ground")  # fmt: skip


class AttentionFields(QObject):
    """The widgets of an entry: which of them stand there depends on its kind, and on what the register knows."""

    def __init__(self, tools: Tools, known: Listed | None = None) -> None:
        super().__init__()
        self._desk = tools.desk
        self.places = PlacePair(tools.desk.live)
        care = (Option(each.key, each.name, (each.zh, each.en)) for each in catalogues.care_kinds().values())
        self.resident = PickBox(none_code="attention.form.not_on_register")
        if known is not None and known.resident is not None:
            self.resident.offer([Option(known.resident.id, phone_words(known.resident.name))])
        self.care, self.needs = PickBox(care, none_code="attention.form.no_care"), NeedsField()
        self.widgets: dict[str, QWidget] = {
            "village": self.places.village, "grid": self.places.grid, "resident": self.resident, "name": LineEdit(),
            "title": LineEdit(), "matter": TextBox(least=2, most=5, submits=True), "care": self.care,
            "needs": self.needs, "phone": LineEdit(), "address": LineEdit(), "ground": ground_box(),
            "source": LineEdit(), "review_on": LineEdit(say("attention.form.day")), "latitude": DegreeField(),
            "longitude": DegreeField(),
        }  # fmt: skip
        self.care.chosen.connect(self.offer_needs)
        self.places.grid.chosen.connect(self.offer_residents)

    def fields(self) -> list[EditField]:
        """In the order in which they are asked for."""
        return [self._field(name) for name in _ORDER]

    def _field(self, name: str) -> EditField:
        shown: Callable[[Any], str] = partial(self._word, name)
        can_merge = name in ("name", "matter", "needs", "source", "address")
        return EditField(name, f"attention.field.{name}", self.widgets[name], _EMPTY.get(name), shown, can_merge,
                         _HINTS.get(name, ""))  # fmt: skip

    def _word(self, name: str, value: Any) -> str:
        """A value in the words of the conflict view."""
        if name in ("village", "grid"):
            return self.places.shown(name, value)
        if name == "care":
            return catalogues.care_name(value) if value else ""
        if name == "ground":
            return catalogues.term("attention_grounds", value) if value else ""
        if name == "resident":
            at = self.resident.findData(value)
            return self.resident.itemText(max(at, 0))
        return "" if value is None else str(value)

    def wanted(self, kind: str) -> list[str]:
        """The fields that an entry of a kind has; of somebody of the register none that stands there."""
        names = _OF_ALL | _OF_KIND[kind]
        if kind == "person" and self.resident.currentData():
            names -= _OWN
        return [name for name in _ORDER if name in names]

    @Slot()
    def offer_needs(self) -> None:
        """The actions that usually go with the kind of care."""
        term = catalogues.care_kinds().get(self.care.currentData() or "")
        self.needs.offer(term.needs if term else ())

    @Slot()
    def offer_residents(self) -> None:
        """Whom the register knows in the grid."""
        grid = self.places.grid.currentData()
        if grid:
            self._desk.read(partial(_residents, grid), done=self._take, owner=self, key="residents")

    def _take(self, found: Sequence[Option]) -> None:
        now = self.resident.currentData()
        known = [Option(now, self.resident.currentText())] if now and now not in {each.value for each in found} else []
        self.resident.offer([*known, *found])


def _residents(grid: str, reader: Any) -> list[Option]:
    """The people of a grid, those with needs first."""
    homes = {each.id: each for each in reader.find("household", grid=grid, active=True)}
    found = reader.find("resident", household=sorted(homes), active=True) if homes else []
    found = [each for each in found if each.name and not is_masked(each.name) and not is_erased(each.name)]
    found.sort(key=lambda each: (not (each.care or each.needs), homes[each.household].code, each.id))
    return [
        Option(each.id, " · ".join(part for part in (each.name, catalogues.care_name(each.care) if each.care else "",
                                                     homes[each.household].address or "") if part), (each.name,))
        for each in found
    ]  # fmt: skip


class _Shifting:
    """A form whose fields come and go."""

    form: Any
    inside: AttentionFields

    def show_wanted(self, kind: str) -> None:
        """Only the fields of the kind."""
        wanted = self.inside.wanted(kind)
        for name in _ORDER:
            self.form.field(name).setVisible(name in wanted)


class AddAttentionSheet(_Shifting, FieldsSheet):
    """A new entry. Signals: ``added(id)``."""

    added = Signal(str)

    def __init__(self, tools: Tools, sender: Sender, kind: str, village: str | None, grid: str | None) -> None:
        self.inside = AttentionFields(tools)
        self.kind = ChoiceStrip([Choice(each, title_code=f"attention.kind.{each}") for each in KINDS])
        self.kind.setObjectName("attention.kind")
        first = EditField("kind", "attention.field.kind", self.kind)
        super().__init__("attention.add.title", "households.form.save", sender, [first, *self.inside.fields()])
        self.kind.choose(kind)
        self.put("village", village)
        self.put("grid", grid)
        self.kind.chosen.connect(self._shift)
        self.inside.resident.chosen.connect(self._shift)
        self.inside.offer_residents()
        self._shift()
        self.setFocusProxy(self.fields["resident" if kind == "person" else "grid"].widget)

    @Slot()
    def _shift(self) -> None:
        self.show_wanted(self.kind.value or KINDS[0])

    def command(self) -> AddAttention | None:
        """The addition."""
        found = self.values(("kind", *self.inside.wanted(self.kind.value or KINDS[0])))
        return None if found is None else AddAttention(**found)

    def words(self) -> str:
        """What it does; the undo list lives as long as the desk, so it holds no name."""
        return say("attention.done.add")

    def carried_out(self, outcome: Any) -> None:
        """Say it, and go to the entry."""
        self._sender.tell_done(self.words(), outcome)
        self.added.emit(outcome.value["attention_item"])


class EditAttentionSheet(_Shifting, EditSheet):
    """Changes an entry."""

    def __init__(self, listed: Listed, tools: Tools, sender: Sender) -> None:
        self._item = listed.item
        self.inside = AttentionFields(tools, listed)
        super().__init__(
            "attention.edit.title", "households.form.save", sender, self.inside.fields(), listed.item
        )  # fmt: skip
        self.inside.resident.chosen.connect(self._shift)
        self.inside.offer_needs()
        self.inside.offer_residents()
        if listed.item.household:
            for name in ("village", "grid"):
                self.fields[name].widget.setEnabled(False)
                self.form.field(name).set_hint("attention.form.place_of_household")
        self._shift()

    @Slot()
    def _shift(self) -> None:
        self.show_wanted(self._item.kind)

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> EditAttention:
        """The command."""
        return EditAttention(item=self._item.id, changed=changed, was=was)

    def words(self) -> str:
        """What it does."""
        return say("attention.done.edit")


class CloseSheet(FieldsSheet):
    """Why an entry leaves the list."""

    def __init__(self, item: str, sender: Sender) -> None:
        self._item = item
        reason = EditField("reason", "attention.field.reason", LineEdit(), "", hint_code="attention.form.reason_hint")
        super().__init__("attention.close.title", "attention.close.save", sender, [reason])

    def command(self) -> CloseAttention | None:
        """The closing."""
        found = self.values()
        return None if found is None else CloseAttention(item=self._item, reason=found["reason"] or "")

    def words(self) -> str:
        """What it does."""
        return say("attention.done.close")


class VisitSheet(FieldsSheet):
    """Everything on a grid's list was found to be so on a day."""

    def __init__(self, tools: Tools, sender: Sender, grids: dict[str, tuple[str, ...]]) -> None:
        """``grids``: the open entries of each grid that has some."""
        self._grids = grids
        live = tools.desk.live.grids
        known = sorted((live[id] for id in grids if id in live), key=lambda each: each.code)
        self.grid = PickBox(Option(each.id, each.name, (each.code,)) for each in known)
        fields = (
            EditField("grid", "attention.field.grid", self.grid),
            EditField("on", "attention.field.on", LineEdit(say("attention.form.today")), "",
                      hint_code="attention.form.on_hint"),
        )  # fmt: skip
        super().__init__("attention.visit.title", "attention.visit.save", sender, fields)
        self.told = Label("", "muted")
        self.told.setWordWrap(True)
        layout = self.form.field("grid").layout()
        assert layout is not None
        layout.addWidget(self.told)
        self.grid.chosen.connect(self._tell)
        self._tell()

    def turn_to(self, grid: str | None) -> None:
        """This grid is meant, where it has entries."""
        if grid in self._grids:
            self.grid.put(grid)
            self._tell()
            self.mark_blank()

    def follow_grids(self, grids: dict[str, tuple[str, ...]]) -> None:
        """Entries came or went meanwhile."""
        self._grids = grids
        self._tell()

    @Slot()
    def _tell(self) -> None:
        self.told.say("attention.visit.count", count=len(self._grids.get(self.grid.currentData() or "", ())))

    def command(self) -> ConfirmAttention | None:
        """The confirmation of all of them."""
        found = self.values()
        if found is None:
            return None
        return ConfirmAttention(items=self._grids.get(found["grid"] or "", ()), on=found["on"] or "")

    def words(self) -> str:
        """What it does."""
        return say("attention.done.visit", grid=self.grid.currentText())

    def carried_out(self, outcome: Any) -> None:
        """How many were confirmed, as of which day."""
        value = outcome.value
        told = say("attention.done.visited", grid=self.grid.currentText(), count=value["confirmed"], on=value["on"])
        self._sender.tell_done(told, outcome)


NAMED = 12
"""How many of those who are offered are named; the rest is counted."""


class TakeSheet(FieldsSheet):
    """Residents whose needs are known come onto the list, on one ground."""

    def __init__(self, sender: Sender, offered: Sequence[Offered]) -> None:
        self._offered = tuple(offered)
        fields = (
            EditField("ground", "attention.field.ground", ground_box(), "", hint_code="attention.form.ground_hint"),
            EditField("source", "attention.field.source", LineEdit(), None, hint_code="attention.form.source_hint"),
            EditField("review_on", "attention.field.review_on", LineEdit(say("attention.form.day")), "",
                      hint_code="attention.form.review_hint"),
        )  # fmt: skip
        super().__init__("attention.take.title", "attention.take.save", sender, fields)
        told = Label("", "")
        told.setWordWrap(True)
        told.show_text(self._names())
        layout = self.form.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, told)

    def _names(self) -> str:
        """One in a line, with what has to be done."""
        named = [" ".join(part for part in (phone_words(each.resident.name), each.resident.needs or "") if part)
                 for each in self._offered[:NAMED]]  # fmt: skip
        left = len(self._offered) - len(named)
        return "\n".join([*named, *([say("attention.take.more", count=left)] if left else [])])

    def command(self) -> TakeAttention | None:
        """All of them."""
        found = self.values()
        if found is None:
            return None
        return TakeAttention(residents=tuple(each.resident.id for each in self._offered), **found)

    def words(self) -> str:
        """What it does."""
        return say("attention.done.take", count=len(self._offered))
