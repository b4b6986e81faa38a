"""Sheets that are printed: that one was is logged first, then it is made, then this computer's own program shows it.

Which sheets there are the features say (``SheetPlug``); without the line in the log nothing is made.
"""

from functools import partial
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from commandcenter.services.papers import PrintPaper
from commandcenter.ui.core.handout import Fetch, HandOut
from commandcenter.ui.core.tools import Tools


class Sheets(QObject):
    """Prints the sheets of one desk off the GUI thread; what is refused is told by the notices.

    ``given`` goes to the sheet's maker beside the subject.
    """

    def __init__(self, tools: Tools, parent: QObject) -> None:
        super().__init__(parent)
        self._tools = tools
        self._hands = HandOut(tools, self)

    def open(self, sheet: Any, subject: str, **given: Any) -> None:
        """Log, make, show."""
        self._log(sheet, subject, partial(self.show, sheet, subject, **given))

    def save(self, sheet: Any, subject: str, name: str, beside: QWidget) -> None:
        """Log, ask where it goes (with ``name`` proposed), make."""
        self._log(sheet, subject, partial(self._hands.save, name, self._fetch(sheet, subject, {}), beside))

    def show(self, sheet: str, subject: str, **given: Any) -> None:
        """Make one whose printing is logged, and show it."""
        self._hands.open(self._fetch(sheet, subject, given))

    def _log(self, sheet: Any, subject: str, then: Any) -> None:
        self._tools.desk.send(
            PrintPaper(sheet=sheet, subject=subject), owner=self, done=lambda _: then(),
            failed=self._tools.notices.show_error,
        )  # fmt: skip

    def _fetch(self, sheet: str, subject: str, given: dict[str, Any]) -> Fetch:
        """For the io lane."""
        plug, desk = self._tools.plugs.sheets.get(sheet), self._tools.desk

        def fetch() -> tuple[str, bytes]:
            with desk.session.read(plug.world or desk.world) as reader:
                made = plug.make(reader, subject, now=desk.now(), officer=desk.session.officer, **given)
            return made.name, made.content

        return fetch
