"""The strip over a list that leads to the lists beside it, which share one place in the rail."""

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import theme
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.tools import Tools, Workspace


def beside(tools: Tools, id: str) -> list[Workspace]:
    """The workspaces that share a place in the rail with this one, itself among them, for the role at the desk."""
    places = tools.plugs.workspaces
    if id not in places:
        return []
    root = places.get(id).under or id
    role = tools.desk.officer.role
    found = [each for each in places if root in (each.id, each.under) and role in each.roles]
    return sorted(found, key=lambda each: (bool(each.under), each.order))


class RoomStrip(QWidget):
    """The lists of one place, this one chosen."""

    def __init__(self, tools: Tools, id: str) -> None:
        super().__init__()
        self._tools, self._id = tools, id
        self.setProperty("panel", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.strip = ChoiceStrip(self._choices())
        self.strip.setObjectName(f"{id}.rooms")
        look = theme.current()
        row = QHBoxLayout(self)
        row.setContentsMargins(look.space(3), look.space(2), look.space(3), look.space(1))
        row.addWidget(self.strip)
        row.addStretch(1)
        self.strip.choose(id)
        self.strip.chosen.connect(self._turned)

    def _choices(self) -> list[Choice]:
        return [Choice(each.id, say(each.title_code)) for each in beside(self._tools, self._id)]

    @Slot(str)
    def _turned(self, id: str) -> None:
        if id != self._id:
            self._tools.selection.navigate(id, "")

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: back again, whatever was chosen when this list was left."""
        super().showEvent(event)
        self.strip.choose(self._id)

    def changeEvent(self, event: QEvent) -> None:
        """Qt: another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "strip"):
            self.strip.set_choices(self._choices())
            self.strip.choose(self._id)
