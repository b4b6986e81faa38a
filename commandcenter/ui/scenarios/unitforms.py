"""The form that names somebody to a role of an emergency unit: one of the register, or by name and number."""

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import Signal

from commandcenter.base.texts import say
from commandcenter.rules.people import PERSON_KINDS
from commandcenter.rules.scenarios import ROLES
from commandcenter.services.catalogues import role_name, term, terms
from commandcenter.services.units import NamePost, UnitPlace, place_id
from commandcenter.ui.core.editing import EditField, FieldsSheet
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import Option, PickBox
from commandcenter.ui.core.places import PlacePair
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools

RANKS = 4
"""The holder and three who stand in; more are named through the command line."""


class NamePostSheet(FieldsSheet):
    """Names somebody. Signals: ``named(place id)``."""

    named = Signal(str)

    def __init__(self, tools: Tools, sender: Sender, place: UnitPlace | None, role: str, rank: int) -> None:
        self._tools = tools
        self.places = PlacePair(tools.desk.live, none_code="core.place.any_grid")
        roles = [Option(each, term("unit_roles", each), _names(each)) for each in ROLES]
        ranks = [Choice(str(each), title=_rank_words(each)) for each in range(RANKS)]
        people = PickBox(_people(tools), none_code="units.form.nobody")
        # As wide as the form, not as its longest name with role and place.
        people.setSizeAdjustPolicy(PickBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        people.setMinimumContentsLength(12)
        fields = [
            EditField("person", "units.form.person", people, None, hint_code="units.form.person_hint"),
            EditField("name", "units.form.name", LineEdit(), ""),
            EditField("phone", "units.form.phone", LineEdit(), None),
            EditField("role", "units.form.role", PickBox(roles), ""),
            EditField("rank", "units.form.rank", ChoiceStrip(ranks), "0"),
            EditField("grid", "units.form.grid", self.places.grid, None),
            EditField("village", "units.form.village", self.places.village, None),
            EditField("site", "units.form.site", LineEdit(), "", hint_code="units.form.site_hint"),
        ]  # fmt: skip
        super().__init__("units.name.title", "units.form.save", sender, fields)
        self.put("role", role)
        self.put("rank", str(min(rank, RANKS - 1)))
        if place is not None:
            self.put("village", place.village.id)
            self.put("grid", place.grid.id if place.grid else None)
            self.put("site", place.site)

    def command(self) -> NamePost | None:
        """The naming."""
        found = self.values()
        if found is None:
            return None
        kind, _, person = (found["person"] or "").partition(":")
        return NamePost(
            role=found["role"], village=found["village"], grid=found["grid"], site=found["site"],
            rank=int(found["rank"]), person_kind=kind or "worker", person=person or None,  # type: ignore[arg-type]
            name="" if person else found["name"], phone=None if person else found["phone"],
        )  # fmt: skip

    def words(self) -> str:
        """What it does."""
        return say("units.done.name")

    def carried_out(self, outcome: Any) -> None:
        """Say it, and show the unit."""
        self._sender.tell_done(self.words(), outcome)
        found = self.values() or {}
        grid = self._tools.desk.live.grids.get(found.get("grid") or "")
        village = grid.village if grid is not None else found.get("village") or ""
        site = " ".join(str(found.get("site") or "").split())
        self.named.emit(place_id(village, grid.id if grid else None, site))


def _names(role: str) -> tuple[str, ...]:
    found = terms("unit_roles").get(role)
    return (found.zh, found.en) if found else ()


def _rank_words(rank: int) -> str:
    return say("units.holds") if rank == 0 else say("units.stands_in", rank=rank)


def _people(tools: Tools) -> Iterator[Option]:
    """Everybody of the register who is there, by name, with what they are and where."""
    live = tools.desk.live
    people = tools.desk.directory.people.items()
    for (kind, id), each in sorted(people, key=lambda item: (PERSON_KINDS.index(item[0][0]), item[1].name, item[0][1])):
        if not each.active or kind == "officer":
            continue
        grid = live.grids.get(getattr(each, "grid", None) or "")
        village = live.villages.get(getattr(each, "village", None) or "")
        place = grid.name if grid else village.name if village else ""
        role = {"worker": "keeper"}.get(kind) or (each.kind if kind == "contact" else each.role)
        title = say("units.form.option", name=each.name, role=role_name(role), place=place)
        yield Option(f"{kind}:{id}", title, (each.name,))
