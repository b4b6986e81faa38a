"""The forms of an absence: a worker goes away, and what is known of it changes."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.rules.people import Worker, WorkerAbsence
from commandcenter.services.absences import AddWorkerAbsence, EditWorkerAbsence
from commandcenter.ui.core.editing import EditField, EditSheet, FieldsSheet
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.inputs import Option, PickBox
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.people.rows import PersonRow


def worker_options(tools: Tools, but: str, village: str | None) -> list[Option]:
    """Workers who can be called instead of somebody: those of his village first, each with his grid."""
    live = tools.desk.live
    workers: Iterable[Worker] = (each for (kind, _), each in tools.desk.directory.people.items() if kind == "worker")
    there = [each for each in workers if each.active and each.id != but]
    there.sort(key=lambda each: (each.village != village, each.standing != "reserve", each.name))
    return [Option(each.id, " · ".join((each.name, place_words(live, each))), (each.name,)) for each in there]


def place_words(live: Any, worker: Worker) -> str:
    """A worker's grid; of the reserve, that he is; else his village."""
    grid, village = live.grids.get(worker.grid or ""), live.villages.get(worker.village or "")
    if worker.standing == "reserve":
        return say("people.reserve_of", village=village.name if village is not None else "")
    return grid.name if grid is not None else village.name if village is not None else ""


def _fields(tools: Tools, worker: Worker) -> list[EditField]:
    options = worker_options(tools, worker.id, worker.village)
    names = {each.value: each.title for each in options}

    def field(name: str, widget: QWidget, empty: Any, hint: str = "") -> EditField:
        widget.setObjectName(f"people.away.{name}")
        shown = (lambda value: names.get(value, "")) if name == "stand_in" else (lambda value: value or "")
        return EditField(name, f"people.away.{name}", widget, empty, shown, hint_code=hint)

    return [
        field("from_on", LineEdit(say("people.day.placeholder")), "", "people.away.from_hint"),
        field("until_on", LineEdit(say("people.day.placeholder")), None, "people.away.until_hint"),
        field("stand_in", PickBox(options, none_code="people.away.nobody"), None, "people.away.stand_in_hint"),
        field("reason", LineEdit(), ""),
    ]  # fmt: skip


class AwaySheet(FieldsSheet):
    """A worker is away for some days."""

    def __init__(self, row: PersonRow, tools: Tools, sender: Sender) -> None:
        self._worker = row.person
        super().__init__("people.away.title", "people.away.save", sender, _fields(tools, row.person))
        self.put("from_on", row.today.isoformat())

    def command(self) -> AddWorkerAbsence | None:
        """The absence."""
        found = self.values()
        return None if found is None else AddWorkerAbsence(worker=self._worker.id, **found)

    def words(self) -> str:
        """What it does."""
        return say("people.done.away", name=self._worker.name)


class EditAwaySheet(EditSheet):
    """Days, stand-in or reason of an absence are others."""

    def __init__(self, row: PersonRow, absence: WorkerAbsence, tools: Tools, sender: Sender) -> None:
        self._worker, self.absence = row.person, absence
        super().__init__("people.away.edit", "people.form.save", sender, _fields(tools, row.person), absence)

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> Any:
        """The command."""
        return EditWorkerAbsence(worker_absence=self.absence.id, changed=changed, was=was)

    def words(self) -> str:
        """What it does."""
        return say("people.done.away_edit", name=self._worker.name)
