"""The incident record: opened by the desktop's PDF program, from which it is printed, or saved where one says."""

from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.services import papers
from commandcenter.ui.core.sheets import Sheets
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.incidents.subject import Subject

SHEET = "incident_record"


class Printing(QObject):
    """Prints the incident that is looked at."""

    def __init__(self, tools: Tools, subject: Subject, parent: QObject) -> None:
        super().__init__(parent)
        self._subject = subject
        self._sheets = Sheets(tools, self)

    def print(self) -> None:
        """Make the PDF and open it."""
        incident = self._subject.incident
        if incident is not None:
            self._sheets.open(SHEET, incident.id)

    def save(self, beside: QWidget) -> None:
        """Make the PDF and ask where it goes."""
        incident = self._subject.incident
        if incident is not None:
            name = say("paper.incident.file", number=incident.number or say("incidents.header.no_number"))
            self._sheets.save(SHEET, incident.id, f"{name}.pdf", beside)


def record(reader: Any, incident: str, **more: Any) -> papers.Printed:
    """The sheet that is plugged in."""
    return papers.incident_record(reader, incident, **more)
