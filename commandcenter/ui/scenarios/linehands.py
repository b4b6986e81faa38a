"""What is done with the lines of the scenario on the card: of its script and of its evaluation sheet."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from commandcenter.base.texts import say
from commandcenter.services.scripts import MoveLine, RemoveLine
from commandcenter.ui.scenarios.forms import tell_edition
from commandcenter.ui.scenarios.lineforms import AddLineSheet, EditLineSheet

if TYPE_CHECKING:
    from commandcenter.ui.scenarios.workspace import ScenariosList

STEP = 60
"""Seconds after the last line at which a new one is proposed."""


class LineHands(QObject):
    """Adds, opens, moves and takes out lines; a line that was worked on has the keys afterwards."""

    def __init__(self, library: "ScenariosList") -> None:
        super().__init__(library)
        self._library = library

    @property
    def is_chosen(self) -> bool:
        """Whether a line was chosen on a card that can be changed."""
        return self._library.can_edit and self._line() is not None

    def _line(self) -> tuple[str, int, Any] | None:
        """Kind, place from 0 and the line that was chosen."""
        kind, _, id = self._library.line_chosen.partition(":")
        shown = self._library.shown
        if shown is None or not kind:
            return None
        lines: list[Any] = [*(shown.kept.injects if kind == "inject" else shown.kept.expectations)]
        return next(((kind, place, each) for place, each in enumerate(lines) if each.id == id), None)

    # --- forms --------------------------------------------------------------------------------------------------

    def add_inject(self) -> None:
        """The form for one more line of the script, some time after the last."""
        self._add("inject")

    def add_expectation(self) -> None:
        """The form for one more point."""
        self._add("expectation")

    def _add(self, kind: str) -> None:
        shown = self._library.shown
        if shown is None:
            return
        scenario, injects = shown.scenario, shown.kept.injects
        start = {"offset_s": injects[-1].offset_s + STEP if injects else 0} if kind == "inject" else {}
        make = partial(AddLineSheet, kind, scenario.id, scenario.edition, self._library.post, start)
        self._library.open_sheet(f"{kind}:{scenario.id}", partial(self._sheet, make))

    def edit(self) -> None:
        """The form of the chosen line."""
        found, shown = self._line(), self._library.shown
        if found is not None and shown is not None:
            kind, place, row = found
            self._library.place.take_up(kind, place)
            make = partial(EditLineSheet, row, shown.scenario.edition, self._library.post)
            self._library.open_sheet(row.id, partial(self._sheet, make))

    def _sheet(self, make: Callable[[], AddLineSheet | EditLineSheet]) -> AddLineSheet | EditLineSheet:
        sheet = make()
        sheet.written.connect(self._written)
        return sheet

    @Slot(str, str)
    def _written(self, scenario: str, line: str) -> None:
        self._library.go_to(scenario)

    # --- at once ------------------------------------------------------------------------------------------------

    def remove(self) -> None:
        """Take the chosen line out."""
        found = self._line()
        if found is not None:
            kind, place, row = found
            self._send(RemoveLine(kind=kind, line=row.id), f"scenarios.done.{kind}.remove", kind, place)  # type: ignore[arg-type]

    def up(self) -> None:
        """The chosen line before the one above."""
        self._move(True)

    def down(self) -> None:
        """The chosen line after the one below."""
        self._move(False)

    def _move(self, up: bool) -> None:
        found = self._line()
        if found is not None:
            kind, place, row = found
            to = place - 1 if up else place + 1
            self._send(MoveLine(kind=kind, line=row.id, up=up), "scenarios.done.line.move", kind, to)  # type: ignore[arg-type]

    def _send(self, command: Any, code: str, kind: str, position: int) -> None:
        library = self._library
        assert library.shown is not None
        told, before = say(code), library.shown.scenario.edition

        def done(outcome: Any) -> None:
            library.place.take_up(kind, position)
            tell_edition(library.post, before, told, outcome)
            library.go_to(outcome.value["scenario"])

        library.post.send(command, told, done=done)
