"""The form by which a worker leaves: everything that hangs on him is listed first, then each is handed over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.attention import is_overdue
from commandcenter.rules.calling import Callee
from commandcenter.rules.kits import AnyPiece
from commandcenter.rules.masks import is_erased
from commandcenter.rules.numbers import local_day
from commandcenter.rules.people import Worker
from commandcenter.rules.permissions import DUTY
from commandcenter.rules.stores import Article
from commandcenter.services.leaving import Hanging, LeaveWorker
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import clear, words
from commandcenter.ui.core.editing import EditField, FieldsSheet
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.foundlist import FoundList
from commandcenter.ui.core.inputs import Asking, Option, PickBox
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.people.awayforms import worker_options
from commandcenter.ui.people.sections import post_words

FIRST = 4
"""So many names of a call list are shown."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the kit with the piece that is there."""

    article: Article
    piece: AnyPiece | None


class Told(Asking):
    """A part of a form that only tells something."""

    def __init__(self, lines: Sequence[str] = ()) -> None:
        super().__init__()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(theme.current().space(1))
        self.tell(lines)

    def tell(self, lines: Sequence[str]) -> None:
        """Other lines."""
        clear(self._lines)
        self.told = tuple(lines)
        for each in lines:
            self._lines.addWidget(words(each))

    def asked(self) -> None:
        """Nothing."""

    def put(self, value: Any) -> None:
        """Nothing is put in."""


def hanging_words(hangs: Hanging, tools: Tools, *, with_grid: bool = True) -> list[str]:
    """What hangs on a worker, a line each; his own absences are told by whoever knows what becomes of them."""
    live, told = tools.desk.live, []
    if with_grid and (grid := live.grids.get(hangs.worker.grid or "")) is not None:
        told.append(say("people.leave.has.grid", name=grid.name))
    if hangs.kit is not None:
        told.append(say("people.leave.has.kit", kit=hangs.kit.kit.code, good=len(hangs.kit.slots)
                        - len(hangs.kit.gaps), all=len(hangs.kit.slots)))  # fmt: skip
    told += [say("people.leave.has.post", post=post_words(each, live)) for each in hangs.posts]
    if hangs.calls:
        told.append(say("people.leave.has.calls", count=len(hangs.calls)))
    told += [say("people.leave.has.improvement", text=each.text) for each in hangs.improvements]
    if with_grid and hangs.attention:
        told.append(_attention_words(hangs, tools))
    names = [tools.desk.directory.name("worker", each.worker) for each in hangs.stands_in]
    return told + [say("people.leave.has.stands_in", name=name) for name in names]


def _attention_words(hangs: Hanging, tools: Tools) -> str:
    """The attention list of the grid: how many entries, how many of them overdue, and who leads it."""
    today = local_day(tools.desk.now(), tools.desk.directory.zone)
    overdue = sum(is_overdue(each.item, today) for each in hangs.attention)
    names = [say("people.erased") if is_erased(each.what) else each.what or "" for each in hangs.attention[:FIRST]]
    code = "people.leave.has.attention_overdue" if overdue else "people.leave.has.attention"
    more = say("people.leave.more") if len(hangs.attention) > FIRST else ""
    return say(code, count=len(hangs.attention), overdue=overdue, names=say("people.list").join(names) + more)


class LeaveSheet(FieldsSheet):
    """One form, one command, one undo."""

    def __init__(self, hangs: Hanging, tools: Tools, sender: Sender) -> None:
        self._hangs, self._tools = hangs, tools
        self.successor = PickBox(worker_options(tools, hangs.worker.id, hangs.worker.village),
                                 none_code="people.leave.nobody")  # fmt: skip
        self.order = Told()
        super().__init__("people.leave.title", "people.leave.save", sender, self._fields())
        self.setFocusProxy(self.fields["reason"].widget)
        self.put("on", local_day(tools.desk.now(), tools.desk.directory.zone).isoformat())
        self.successor.chosen.connect(self._successor_chosen)
        if (strip := self._strip("kit_to")) is not None:
            strip.choose("village")
            strip.chosen.connect(self._kit_turned)
            self._kit_turned()
        self._successor_chosen()

    # --- fields -------------------------------------------------------------------------------------------------

    def _fields(self) -> list[EditField]:
        hangs = self._hangs
        fields = [
            self._field("hangs", Told(self._lines())), self._field("on", LineEdit(say("people.day.placeholder")), ""),
            self._field("reason", LineEdit(), ""),
            self._field("successor", self.successor, None, "people.leave.successor_hint"),
        ]  # fmt: skip
        if hangs.around is not None:
            fields.append(self._field("order", self.order))
        if hangs.kit is not None:
            items = [Place(each.article, each.piece) for each in hangs.kit.slots]
            depots = [Option(each.id, each.name) for each in hangs.depots]
            fields += [
                self._field("found", FoundList(items), None, "people.leave.found_hint"),
                self._field("kit_to", self._choices("kit_to", ("village", "depot", "successor")), "village"),
                self._field("depot", PickBox(depots), None), self._field("kit_reason", LineEdit(), ""),
            ]  # fmt: skip
        if hangs.posts:
            fields.append(self._field("posts", self._choices("posts", ("successor", "substitute", "gap")), "gap"))
        if hangs.attention and self._tools.desk.officer.role in DUTY:
            fields.append(self._field("attention", self._choices("attention", ("as_due", "visit")), "as_due",
                                      "people.leave.attention_hint"))  # fmt: skip
        if hangs.calls or hangs.improvements:
            fields.append(self._field("matters", self._choices("matters", ("successor", "secretary")), "secretary"))
        return fields

    def _field(self, name: str, widget: QWidget, empty: Any = None, hint: str = "") -> EditField:
        widget.setObjectName(f"people.leave.{name}")
        return EditField(name, f"people.leave.{name}", widget, empty, hint_code=hint)

    def _choices(self, name: str, values: Sequence[str]) -> ChoiceStrip:
        return ChoiceStrip([Choice(each, title_code=f"people.leave.{name}.{each}") for each in values])

    def _strip(self, name: str) -> ChoiceStrip | None:
        field = self.fields.get(name)
        return field.widget if field is not None and isinstance(field.widget, ChoiceStrip) else None

    def _lines(self) -> list[str]:
        """Everything that hangs on him."""
        told = hanging_words(self._hangs, self._tools)
        if self._hangs.own_absences:
            told.append(say("people.leave.has.absence"))
        return told or [say("people.leave.has.nothing")]

    # --- what is chosen -----------------------------------------------------------------------------------------

    def _chosen(self) -> Worker | None:
        found: Worker | None = self._tools.desk.directory.people.get(("worker", self.successor.currentData() or ""))
        return found

    @Slot()
    def _successor_chosen(self) -> None:
        """Whoever takes over takes over everything, unless something else is chosen."""
        there = self._chosen()
        for name, otherwise in (("posts", "substitute"), ("matters", "secretary")):
            if (strip := self._strip(name)) is not None:
                strip.choose("successor" if there is not None else otherwise)
        takes_grid = there is not None and there.grid is None
        if (strip := self._strip("attention")) is not None:
            strip.choose("visit" if takes_grid else "as_due")
        hangs = self._hangs
        doubt = ""
        if hangs.worker.grid is not None and (there is None or there.grid is not None):
            grid = self._tools.desk.live.grids.get(hangs.worker.grid)
            name = grid.name if grid is not None else ""
            doubt = say("people.leave.grid_free", grid=name)
            if there is not None:
                doubt = say("people.leave.grid_busy", name=there.name, grid=name)
            if hangs.attention:
                doubt += say("people.leave.attention_free", count=len(hangs.attention))
        self.form.field("successor").show_doubt(doubt)
        if hangs.around is not None:
            now, then = (self._names(each) for each in (hangs.order(), hangs.order(there, left=True)))
            self.order.tell([say("people.leave.order.now", names=now), say("people.leave.order.then", names=then)])

    def _names(self, order: Sequence[Callee]) -> str:
        directory = self._tools.desk.directory
        names = [directory.name(each.person_kind, each.person) for each in order[:FIRST]]
        return say("people.leave.order.then_who").join(names) or say("people.leave.order.nobody")

    @Slot()
    def _kit_turned(self, *_: Any) -> None:
        strip = self._strip("kit_to")
        self.form.field("depot").setVisible(strip is not None and strip.value == "depot")

    # --- sending ------------------------------------------------------------------------------------------------

    def command(self) -> LeaveWorker | None:
        """All of it."""
        found = self.values()
        if found is None:
            return None
        for name in ("hangs", "order"):
            found.pop(name, None)
        if "found" in found:
            found["found"] = found["found"] or ()
            if found["kit_to"] != "depot":
                found["depot"] = None
        if "matters" in found:
            found["improvements"] = tuple(each.id for each in self._hangs.improvements)
        return LeaveWorker(worker=self._hangs.worker.id, **found)

    def words(self) -> str:
        """What it does."""
        return say("people.done.leave", name=self._hangs.worker.name)
