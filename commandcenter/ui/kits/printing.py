"""The papers of the room: receipt sheet, pick list and labels as PDF, opened by this computer's own program. That one
was printed is logged first."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.services.papers import Printed, PrintPaper
from commandcenter.ui.core.editing import EditField, FieldsSheet
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.handout import HandOut
from commandcenter.ui.core.inputs import CountEdit
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools

Make = Callable[..., Printed]
"""Makes a paper of a reader, the time and the officer, on the io lane."""


class Printing(QObject):
    """Makes the papers off the GUI thread; what is refused is told by the notices."""

    def __init__(self, tools: Tools, parent: QObject) -> None:
        super().__init__(parent)
        self._tools, self._desk = tools, tools.desk
        self._hands = HandOut(tools, self)

    def receipt(self, issue: str) -> None:
        """The sheet that a village signs."""
        self._print("receipt_sheet", issue, partial(_receipt, issue))

    def pick_list(self, depot: str | None) -> None:
        """What to bring from a depot; None: from all."""
        town = self._desk.live.town
        subject = depot or (town.id if town is not None else None)
        if subject is not None:
            self._print("pick_list", subject, partial(_pick_list, depot))

    def open(self, make: Make) -> None:
        """Make a paper whose printing is logged, and show it."""
        self._hands.open(partial(self._fetch, make))

    def _print(self, sheet: Any, subject: str, make: Make) -> None:
        self._desk.send(
            PrintPaper(sheet=sheet, subject=subject), owner=self, done=lambda _: self.open(make),
            failed=self._tools.notices.show_error,
        )  # fmt: skip

    def _fetch(self, make: Make) -> tuple[str, bytes]:
        """On the io lane."""
        session = self._desk.session
        with session.read(self._desk.world) as reader:
            made = make(reader, now=self._desk.now(), officer=session.officer)
        return made.name, made.content


# What makes paper is imported when paper is made.


def _receipt(issue: str, reader: Any, **more: Any) -> Printed:
    from commandcenter.services import kit_papers

    return kit_papers.receipt_sheet(reader, issue, **more)


def _pick_list(depot: str | None, reader: Any, **more: Any) -> Printed:
    from commandcenter.services import kit_papers

    return kit_papers.pick_list(reader, depot=depot, **more)


def _labels(which: dict[str, str], layout: str, start: int, reader: Any, **more: Any) -> Printed:
    from commandcenter.services import kit_papers

    return kit_papers.labels(reader, layout=layout, start=start, **which, **more)  # type: ignore[arg-type]


class LabelsSheet(FieldsSheet):
    """Labels for the pieces of a kit, of a receipt sheet or of a village: on which sheets, and which label is the first
    that is still there."""

    def __init__(self, printing: Printing, sender: Sender, subjects: Sequence[tuple[str, str, str]]) -> None:
        """``subjects``: kind (``kit``, ``kit_issue``, ``village``), id and name of what there is to choose from."""
        from commandcenter.services.kit_papers import LAYOUTS

        self._printing, self._layouts = printing, LAYOUTS
        self._make: Make | None = None
        self._ids = {kind: id for kind, id, _ in subjects}
        self._names = {kind: name for kind, _, name in subjects}
        self.of = ChoiceStrip(tuple(Choice(kind, name) for kind, _, name in subjects))
        self.layouts = ChoiceStrip(tuple(Choice(each, each.replace("x", "×")) for each in LAYOUTS))
        self.of.choose(subjects[0][0])
        self.layouts.choose(next(iter(LAYOUTS)))
        fields = [
            EditField(name, f"kits.field.{name}", widget, empty, hint_code=hint)
            for name, widget, empty, hint in (
                ("labels_of", self.of, "", ""), ("layout", self.layouts, "", "kits.labels.layout.hint"),
                ("start", CountEdit("1"), 1, "kits.labels.start.hint"),
            )
        ]  # fmt: skip
        for each in fields:
            each.widget.setObjectName(f"kits.form.{each.name}")
        super().__init__("kits.labels.title", "kits.labels.save", sender, fields)

    def command(self) -> PrintPaper | None:
        """What is logged; None after saying that no such label is on the sheet."""
        found = self.values()
        if found is None:
            return None
        most = self._layouts[found["layout"]].count
        if not 1 <= found["start"] <= most:
            self.form.show_errors({"start": BadInput("labels.start", field="start", text=str(found["start"]),
                                                     most=most)})  # fmt: skip
            return None
        kind = found["labels_of"]
        which = {"issue" if kind == "kit_issue" else kind: self._ids[kind]}
        self._make = partial(_labels, which, found["layout"], found["start"])
        return PrintPaper(sheet="labels", subject=self._ids[kind])

    def words(self) -> str:
        """What it does."""
        return say("kits.done.labels", of=self._names[self.of.value or ""])

    def carried_out(self, outcome: Any) -> None:
        """Logged: now it is made; that it was opened is said then."""
        if self._make is not None:
            self._printing.open(self._make)
