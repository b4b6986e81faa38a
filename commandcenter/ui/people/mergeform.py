"""The form by which two rows of one human become one: what differs stands side by side, one is chosen per field."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.rules.masks import is_erased
from commandcenter.rules.numbers import local_day
from commandcenter.rules.people import LISTED, Worker
from commandcenter.services.leaving import Hanging
from commandcenter.services.merging import MergeWorkers, Pair
from commandcenter.ui.core.editing import EditField, FieldsSheet
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.foundlist import FoundList
from commandcenter.ui.core.inputs import Option, PickBox
from commandcenter.ui.core.reveal import phone_words
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.people.awayforms import place_words, worker_options
from commandcenter.ui.people.forms import value_words
from commandcenter.ui.people.leaveform import Place, Told, hanging_words
from commandcenter.ui.people.rows import PersonRow, verified_words

TITLES = {"grid": "people.merge.place", "id_number": "people.fact.id_number"}
"""Of fields that no other form asks for in this way."""
BOTH = "both"
SHORT = 18
"""Characters of a value that stand on a button; the whole of it is its tip."""


class ChooseDouble(FieldsSheet):
    """Who is the same human: those with the same name or number first."""

    def __init__(self, row: PersonRow, tools: Tools, sender: Sender, go_on: Callable[[str], None]) -> None:
        self._go_on = go_on
        options = worker_options(tools, row.person.id, row.person.village)
        options.sort(key=lambda each: each.value not in row.doubles)
        offered = [Option(each.value, say("people.merge.likely", name=each.title) if each.value in row.doubles
                          else each.title, each.keys) for each in options]  # fmt: skip
        # Nobody unlikely is proposed: two people made one are hard to part in what they are told meanwhile.
        box = PickBox(offered, none_code="" if row.doubles else "people.merge.none")
        box.setObjectName("people.merge.double")
        field = EditField("double", "people.merge.double", box, None, hint_code="people.merge.double_hint")
        super().__init__("people.merge.choose", "people.merge.go_on", sender, [field])

    def command(self) -> None:
        """Nothing is sent: the form of both follows."""
        found = self.values()
        if found is None:
            return
        if found["double"]:
            self.left.emit()
            self._go_on(str(found["double"]))
        else:
            self.say_trouble(BadInput("merge.nobody", field="double"))

    def words(self) -> str:
        """Never asked for."""
        return say("people.merge.choose")


class MergeSheet(FieldsSheet):
    """One form, one command, one undo."""

    def __init__(self, pair: Pair, tools: Tools, sender: Sender) -> None:
        self._pair, self._tools = pair, tools
        self.sides: dict[str, ChoiceStrip] = {}
        self._kits = pair.keep.kit is not None and pair.double.kit is not None
        super().__init__("people.merge.title", "people.merge.save", sender, self._fields())
        for name, strip in self.sides.items():
            strip.choose(pair.proposed(name))
        if self._kits:
            for name, value in (("kit", "keep"), ("kit_to", "village")):
                strip = self._strip(name)
                strip.choose(value)
                strip.chosen.connect(self._kit_turned)
            self._kit_turned()
        first = next(iter(self.sides.values()), None)
        if first is not None:
            self.setFocusProxy(first)

    # --- fields -------------------------------------------------------------------------------------------------

    def _fields(self) -> list[EditField]:
        pair = self._pair
        fields = [self._field("told", Told(self._lines()), "people.merge.told")]
        for name in pair.differing:
            choices = [self._side(name, "keep"), self._side(name, "double")]
            if self._can_join(name):
                choices.append(Choice(BOTH, title_code="people.merge.side.both"))
            strip = self.sides[name] = ChoiceStrip(choices)
            strip.setToolTip(tip("\n".join(self._shown(name, each.worker) for each in (pair.keep, pair.double))))
            fields.append(self._field(name, strip, TITLES.get(name, f"people.field.{name}")))
        if pair.keep.kit is not None and pair.double.kit is not None:
            kits = {"keep": pair.keep.kit, "double": pair.double.kit}
            choices = [Choice(side, self._kit_words(side)) for side in kits]
            fields.append(self._field("kit", ChoiceStrip(choices), "people.merge.kit", "people.merge.kit_hint"))
            for side, kit in kits.items():
                items = [Place(each.article, each.piece) for each in kit.slots]
                fields.append(self._field(f"found_{side}", FoundList(items), "people.merge.found",
                                          "people.leave.found_hint"))  # fmt: skip
            turns = [Choice(each, title_code=f"people.leave.kit_to.{each}") for each in ("village", "depot")]
            depots = [Option(each.id, each.name) for each in pair.keep.depots]
            fields += [
                self._field("kit_to", ChoiceStrip(turns), "people.merge.kit_to"),
                self._field("depot", PickBox(depots), "people.leave.depot"),
                self._field("kit_reason", LineEdit(), "people.leave.kit_reason"),
            ]  # fmt: skip
        return fields

    def _field(self, name: str, widget: QWidget, title: str, hint: str = "") -> EditField:
        widget.setObjectName(f"people.merge.{name}")
        return EditField(name, title, widget, "" if name == "kit_reason" else None, hint_code=hint)

    def _can_join(self, name: str) -> bool:
        """Whether a field lists something on both sides, so that both can be kept."""
        return name in LISTED and all(getattr(each.worker, name) for each in (self._pair.keep, self._pair.double))

    def _side(self, name: str, side: str) -> Choice:
        told = self._shown(name, getattr(self._pair, side).worker)
        told = told if len(told) <= SHORT else told[: SHORT - 1] + "…"
        return Choice(side, say(f"people.merge.side.{side}", value=told))

    def _shown(self, name: str, worker: Worker) -> str:
        value = getattr(worker, name)
        nothing = say("people.merge.nothing")
        if name == "grid":
            return place_words(self._tools.desk.live, worker) or nothing
        if is_erased(value):
            return say("people.erased")
        if name == "phone" and value:
            today = local_day(self._tools.desk.now(), self._tools.desk.directory.zone)
            told = verified_words(worker.verified_on, today)
            return say("people.merge.phone", phone=phone_words(value), verified=told)
        return value_words(self._tools, name, value) or nothing

    def _kit_words(self, side: str) -> str:
        kit = getattr(self._pair, side).kit
        return say(f"people.merge.kit.{side}", kit=kit.kit.code, good=len(kit.slots) - len(kit.gaps),
                   all=len(kit.slots))  # fmt: skip

    def _lines(self) -> list[str]:
        """Who stays, who goes, and what moves from one to the other."""
        pair, tools = self._pair, self._tools
        live = tools.desk.live
        keep, double = ((each.worker.name, place_words(live, each.worker)) for each in (pair.keep, pair.double))
        told = [say("people.merge.keeps", name=keep[0], place=keep[1]),
                say("people.merge.goes", name=double[0], place=double[1])]  # fmt: skip
        moving = hanging_words(pair.double, tools, with_grid=False)
        if pair.sessions:
            moving.append(say("people.merge.has.sessions", count=pair.sessions))
        if pair.drills:
            moving.append(say("people.merge.has.drills", count=pair.drills))
        told += [say("people.merge.moves", what=each) for each in moving]
        return told if moving else [*told, say("people.merge.moves_nothing")]

    def _strip(self, name: str) -> ChoiceStrip:
        widget = self.fields[name].widget
        assert isinstance(widget, ChoiceStrip)
        return widget

    @Slot()
    def _kit_turned(self, *_: Any) -> None:
        """The pieces of the kit that goes back are counted; the depot is asked for where it goes to one."""
        stays = self._strip("kit").value
        for side in ("keep", "double"):
            self.form.field(f"found_{side}").setVisible(side != stays)
        self.form.field("depot").setVisible(self._strip("kit_to").value == "depot")

    # --- sending ------------------------------------------------------------------------------------------------

    def command(self) -> MergeWorkers | None:
        """All of it."""
        found = self.values()
        if found is None:
            return None
        pair = self._pair
        take = tuple(name for name in self.sides if found[name] == "double")
        both = tuple(name for name in self.sides if found[name] == BOTH)
        given: dict[str, Any] = {}
        if pair.keep.kit is not None and pair.double.kit is not None:
            stays, goes = ("keep", "double") if found["kit"] == "keep" else ("double", "keep")
            side: Hanging = getattr(pair, stays)
            given = {
                "kit": side.kit.kit.id if side.kit is not None else "", "found": found[f"found_{goes}"] or (),
                "kit_to": found["kit_to"], "depot": found["depot"] if found["kit_to"] == "depot" else None,
                "kit_reason": found["kit_reason"],
            }  # fmt: skip
        mend = tuple(each.id for each in pair.double.improvements) if self._renames(take) else ()
        return MergeWorkers(keep=pair.keep.worker.id, double=pair.double.worker.id, take=take, both=both,
                            improvements=mend, was_keep=pair.seen("keep"), was_double=pair.seen("double"),
                            **given)  # fmt: skip

    def _renames(self, take: tuple[str, ...]) -> bool:
        """Whether what the double was to mend names somebody else from then on."""
        return "name" not in take and self._pair.keep.worker.name != self._pair.double.worker.name

    def say_trouble(self, error: BaseException) -> None:
        """What is said of the pieces stands under the list that is seen."""
        facts = getattr(error, "facts", {})
        if self._kits and facts.get("field") == "found":
            facts["field"] = "found_double" if self._strip("kit").value == "keep" else "found_keep"
        super().say_trouble(error)

    def words(self) -> str:
        """What it does."""
        return say("people.done.merge", name=self._pair.double.worker.name, into=self._pair.keep.worker.name)
