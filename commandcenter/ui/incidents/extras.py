"""What other features show of an incident: the card sections plugged in for it, made anew for each incident."""

from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.incidents import Incident
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import clear
from commandcenter.ui.core.tools import CardSection, Tools
from commandcenter.ui.core.widgets import Label

ENTITY = "incident"


class Extras(QWidget):
    """One section under the other; what their headlines say names this part.

    Signals: ``headline(text)``; ``wanted()`` when a section wants to be seen.
    """

    headline = Signal(str)
    wanted = Signal()

    def __init__(self, tools: Tools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._incident: str | None = None
        self._heads: dict[str, str] = {}
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
        self._heads = {}
        plugged = self.plugged
        for section in plugged:
            if len(plugged) > 1:
                heading = Label(section.title_code, "heading")
                heading.setContentsMargins(theme.current().px(12), theme.current().px(4), 0, 0)
                self._lines.addWidget(heading)
            self._place(section.id, section.make(self._tools, incident), host)
        if len(plugged) > 1 and not any(self._heads.values()):
            self.headline.emit(say("incidents.extras.title"))

    def _place(self, id: str, part: Any, host: QWidget) -> None:
        self._lines.addWidget(part, 1)
        if hasattr(part, "headline"):
            part.headline.connect(partial(self._headed, self._incident, id))
        if hasattr(part, "wanted"):
            part.wanted.connect(self.wanted)
        if hasattr(part, "serve"):
            part.serve(host)

    def _headed(self, incident: str | None, id: str, text: str) -> None:
        """A section has something to say of itself; one that has nothing is left out."""
        if incident == self._incident:
            self._heads[id] = text
            told = [each for section in self.plugged if (each := self._heads.get(section.id))]
            self.headline.emit(say("incidents.extras.join").join(told) or say("incidents.extras.title"))
