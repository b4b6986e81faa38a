"""The papers of the room: receipt sheet, pick list and labels as PDF."""

from collections.abc import Sequence
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.services.papers import Printed, PrintPaper
from commandcenter.ui.core.editing import EditField, FieldsSheet
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import CountEdit
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.sheets import Sheets

# What makes paper is imported when paper is made.


def receipt(reader: Any, issue: str, **more: Any) -> Printed:
    """The sheet that a village signs."""
    from commandcenter.services import kit_papers

    return kit_papers.receipt_sheet(reader, issue, **more)


def pick_list(reader: Any, _subject: str, depot: str | None = None, **more: Any) -> Printed:
    """What to bring from a depot; None: from all."""
    from commandcenter.services import kit_papers

    return kit_papers.pick_list(reader, depot=depot, **more)


def labels(reader: Any, _subject: str, which: dict[str, str], layout: str, start: int, **more: Any) -> Printed:
    """Labels for the pieces of ``which``, the first one on the label ``start`` of a sheet."""
    from commandcenter.services import kit_papers

    return kit_papers.labels(reader, layout=layout, start=start, **which, **more)  # type: ignore[arg-type]


class LabelsSheet(FieldsSheet):
    """Labels for the pieces of a kit, of a receipt sheet or of a village: on which sheets, and which label is the first
    that is still there."""

    def __init__(self, sheets: Sheets, sender: Sender, subjects: Sequence[tuple[str, str, str]]) -> None:
        """``subjects``: kind (``kit``, ``kit_issue``, ``village``), id and name of what there is to choose from."""
        from commandcenter.services.kit_papers import LAYOUTS

        self._sheets, self._layouts = sheets, LAYOUTS
        self._wanted: dict[str, Any] = {}
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
        self._wanted = {"which": which, "layout": found["layout"], "start": found["start"]}
        return PrintPaper(sheet="labels", subject=self._ids[kind])

    def words(self) -> str:
        """What it does."""
        return say("kits.done.labels", of=self._names[self.of.value or ""])

    def carried_out(self, outcome: Any) -> None:
        """Logged: now it is made; that it was opened is said then."""
        self._sheets.show("labels", outcome.value["subject"], **self._wanted)
