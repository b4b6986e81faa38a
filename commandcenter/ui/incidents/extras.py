"""What other features show of an incident: the card sections plugged in for it, made anew for each incident."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.incidents import Incident
from commandcenter.ui.core.cards import clear
from commandcenter.ui.core.tools import CardSection, Tools
from commandcenter.ui.core.widgets import Label

ENTITY = "incident"


class Extras(QWidget):
    """One section under the other. With a single one its own headline names this part.

    Signals: ``headline(text)``; ``wanted()`` when a section wants to be seen.
    """

    headline = Signal(str)
    wanted = Signal()

    def __init__(self, tools: Tools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._incident: str | None = None
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)

    @property
    def plugged(self) -> list[CardSection]:
        """The sections there are, in their order."""
        found = [each for each in self._tools.plugs.card_sections if each.entity == ENTITY]
        return sorted(found, key=lambda each: each.order)

    def show_incident(self, incident: Incident, host: QWidget) -> None:
        """Show the sections of an incident; ``host`` is the panel on which things may be dropped."""
        if incident.id == self._incident:
            return
        self._incident = incident.id
        clear(self._lines)
        plugged = self.plugged
        for section in plugged:
            if len(plugged) > 1:
                self._lines.addWidget(Label(section.title_code, "heading"))
            self._place(section.make(self._tools, incident), host, is_only=len(plugged) == 1)
        if len(plugged) > 1:
            self.headline.emit(say("incidents.extras.title"))

    def _place(self, part: Any, host: QWidget, *, is_only: bool) -> None:
        self._lines.addWidget(part, 1)
        if is_only and hasattr(part, "headline"):
            part.headline.connect(self.headline)
        if hasattr(part, "wanted"):
            part.wanted.connect(self.wanted)
        if hasattr(part, "serve"):
            part.serve(host)
