"""The edit form of an incident."""

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.rules.incidents import URGENCIES, Incident
from commandcenter.services import catalogues
from commandcenter.services.incidents import EditIncident
from commandcenter.services.live import LiveSet
from commandcenter.ui.core import editing, inputs
from commandcenter.ui.core.editing import EditField
from commandcenter.ui.core.fields import LineEdit, TextBox
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import Option, PickBox
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.incidents import words

TYPED = ("text", "place", "caller_name", "caller_phone")
"""Fields in which both versions can stand together."""
FIELDS = ("urgency", "category", "subkind", "grid", *TYPED)


class EditSheet(editing.EditSheet):
    """Changes the fields of one incident."""

    def __init__(self, incident: Incident, live: LiveSet, sender: Sender) -> None:
        self._incident, self._live = incident, live
        self.urgency = ChoiceStrip([Choice(each, title_code=f"incidents.urgency.{each}") for each in URGENCIES])
        self.category = PickBox(Option(key, term.name) for key, term in catalogues.categories().items())
        self.subkind = PickBox(none_code="incidents.subkind.none")
        self.grid = PickBox(
            (Option(each.id, each.name, (each.code,)) for each in live.grids.values()),
            none_code="incidents.where.unknown",
        )
        self.text = TextBox(least=2, most=6, submits=True)
        self.place, self.caller_name, self.caller_phone = LineEdit(), LineEdit(), LineEdit()
        widgets: dict[str, QWidget] = {
            "urgency": self.urgency, "category": self.category, "subkind": self.subkind, "grid": self.grid,
            "text": self.text, "place": self.place, "caller_name": self.caller_name, "caller_phone": self.caller_phone,
        }  # fmt: skip
        super().__init__(
            "incidents.edit.title", "incidents.edit.save", sender, [self._field(*each) for each in widgets.items()],
            incident,
        )  # fmt: skip
        self.category.chosen.connect(self._offer_subkinds)
        self.setFocusProxy(self.text)

    def carried_out(self, outcome: Any) -> None:
        """The incident's timeline says it, in sight of this form."""

    def _field(self, name: str, widget: QWidget) -> EditField:
        shown = {"grid": self._grid_name, "urgency": words.urgency_name, "category": words.category_name,
                 "subkind": self._subkind_name}.get(name, words.shown)  # fmt: skip
        return EditField(
            name, f"incidents.field.{name}", widget, "" if name in ("text", "subkind") else None, shown, name in TYPED
        )

    def _grid_name(self, grid: str | None) -> str:
        found = self._live.grids.get(grid or "")
        return found.name if found else say("incidents.where.unknown")

    def _subkind_name(self, subkind: str | None) -> str:
        return catalogues.subkind_name(self.category.currentData(), subkind or "")

    def put(self, name: str, value: Any) -> None:
        """Show a value in a field; the subkinds are those of the category."""
        if name == "subkind":
            self._offer_subkinds()
        super().put(name, value)

    @Slot()
    def _offer_subkinds(self) -> None:
        term = catalogues.categories().get(inputs.read(self.category))
        self.subkind.offer(Option(each.key, each.name) for each in (term.subkinds if term else ()))

    def follow(self, incident: Incident) -> None:
        """Somebody changed the incident meanwhile."""
        super().follow(incident)
        self._incident = incident

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> EditIncident:
        """The command."""
        return EditIncident(incident=self._incident.id, changed=changed, was=was)

    def words(self) -> str:
        """What it does."""
        return say("incidents.done.edit", number=self._incident.number)
