"""The incident record: opened by the desktop's PDF program, from which it is printed, or saved where one says."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.services import papers
from commandcenter.services.papers import PrintPaper
from commandcenter.ui.core.handout import Fetch, HandOut
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.incidents.subject import Subject


class Printing(QObject):
    """Prints the incident that is looked at. That it was printed is logged first; without that nothing is."""

    def __init__(self, tools: Tools, subject: Subject, parent: QObject) -> None:
        super().__init__(parent)
        self._tools, self._desk, self._subject = tools, tools.desk, subject
        self._hands = HandOut(tools, self)

    def print(self) -> None:
        """Make the PDF and open it."""
        self._logged(self._hands.open)

    def save(self, beside: QWidget) -> None:
        """Make the PDF and ask where it goes."""
        incident = self._subject.incident
        if incident is not None:
            name = say("paper.incident.file", number=incident.number or say("incidents.header.no_number"))
            self._logged(partial(self._save, f"{name}.pdf", beside))

    def _save(self, name: str, beside: QWidget, fetch: Fetch) -> None:
        self._hands.save(name, fetch, beside)

    def _logged(self, then: Callable[[Fetch], None]) -> None:
        incident = self._subject.incident
        if incident is None:
            return
        fetch = partial(self._fetch, incident.id)
        self._desk.send(
            PrintPaper(sheet="incident_record", subject=incident.id), owner=self, done=lambda _: then(fetch),
            failed=self._tools.notices.show_error,
        )  # fmt: skip

    def _fetch(self, incident: str) -> tuple[str, bytes]:
        """On the io lane."""
        session, desk = self._desk.session, self._desk
        with session.read(desk.world) as reader:
            made = papers.incident_record(reader, incident, now=desk.now(), officer=session.officer)
        return made.name, made.content
