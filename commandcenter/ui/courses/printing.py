"""The sheets of training: opened by the desktop's PDF program. That one was printed is logged first."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from commandcenter.services import papers
from commandcenter.services.papers import Printed, PrintPaper
from commandcenter.ui.core.handout import HandOut
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.courses.store import TrainingStore


class Printing(QObject):
    """Makes the sheets off the GUI thread."""

    def __init__(self, tools: Tools, store: TrainingStore, parent: QObject) -> None:
        super().__init__(parent)
        self._tools, self._desk, self._store = tools, tools.desk, store
        self._hands = HandOut(tools, self)

    def sign_in_sheet(self, session: str) -> None:
        """The list to be signed."""
        self._print("sign_in_sheet", session, partial(_sheet, session))

    def certificates(self, session: str, workers: tuple[str, ...] | None = None) -> None:
        """Of everybody who passed, or of some."""
        self._print("certificates", session, partial(_certificates, session, workers))

    def register(self) -> None:
        """Of this year."""
        town = self._desk.live.town
        if town is not None:
            self._print("training_register", town.id, _register)

    def _print(self, sheet: Any, subject: str, make: Callable[..., Printed]) -> None:
        desk = self._desk

        def fetch() -> tuple[str, bytes]:
            with desk.session.read(desk.world) as reader:
                made = make(reader, now=desk.now(), officer=desk.session.officer)
            return made.name, made.content

        desk.send(
            PrintPaper(sheet=sheet, subject=subject), owner=self, done=lambda _: self._hands.open(fetch),
            failed=self._tools.notices.show_error,
        )  # fmt: skip


def _sheet(session: str, reader: Any, **more: Any) -> Printed:
    return papers.sign_in_sheet(reader, session, **more)


def _certificates(session: str, workers: tuple[str, ...] | None, reader: Any, **more: Any) -> Printed:
    return papers.certificates(reader, session, workers=workers, **more)


def _register(reader: Any, **more: Any) -> Printed:
    return papers.training_register(reader, **more)
