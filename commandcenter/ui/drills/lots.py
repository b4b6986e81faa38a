"""Drawing lots 抽点拉练: a set of places, some weeks, a seed; what was drawn is shown before it is planned."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from secrets import token_hex
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import current, say
from commandcenter.rules.days import day_from, time_from, working_days
from commandcenter.rules.drills import Drill
from commandcenter.rules.lots import Lot, draw, drawn_in
from commandcenter.services.drills import PlanDrill
from commandcenter.ui.core.editing import EditField, FieldsSheet
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button
from commandcenter.ui.drills.forms import forms_strip, scenario_box, trainer_box
from commandcenter.ui.drills.picture import Picture
from commandcenter.ui.drills.whenfield import MORNING
from commandcenter.ui.drills.words import day_words

SETS: dict[str, str] = {
    "emergency": "grids.kind.emergency", "dedicated": "grids.kind.dedicated", "village": "drills.lots.villages",
    "islet": "grids.mark.islet", "landslide": "grids.mark.landslide", "forest": "grids.mark.forest",
}  # fmt: skip
"""What can be drawn from: grids of a kind, villages, or emergency grids of one hazard."""
WEEKS = 6


class LotsSheet(FieldsSheet):
    """Enter draws; a second Enter plans what was drawn. Whatever is changed in between asks for another draw.

    Signals: ``made(id)``.
    """

    made = Signal(str)

    def __init__(self, tools: Tools, sender: Sender, picture: Callable[[], Picture]) -> None:
        self._desk, self._picture = tools.desk, picture
        self.lot: Lot | None = None
        season = picture().season
        self._set = ChoiceStrip(tuple(Choice(each, title_code=code) for each, code in SETS.items()))
        widgets: list[tuple[str, QWidget]] = [
            ("set", self._set), ("scenario", scenario_box(season)), ("first", LineEdit()), ("last", LineEdit()),
            ("at", LineEdit()), ("form", forms_strip()), ("trainer", trainer_box(season)), ("seed", LineEdit()),
        ]  # fmt: skip
        fields = [
            EditField(name, f"drills.lots.{name}", widget, hint_code="drills.lots.seed_hint" if name == "seed" else "")
            for name, widget in widgets
        ]
        super().__init__("drills.lots.title", "drills.lots.draw", sender, fields)
        self.again_button = Button("drills.lots.again", kind="secondary", icon="retry")
        self.again_button.clicked.connect(self.again)
        self.again_button.hide()
        layout = self.form.layout()
        if layout is not None:
            layout.addWidget(self.again_button)
        first = season.today + timedelta(days=1)
        start = {
            "set": "emergency", "first": first.isoformat(), "last": (first + timedelta(weeks=WEEKS)).isoformat(),
            "at": f"{MORNING:%H:%M}", "form": "no_notice", "seed": token_hex(4),
        }  # fmt: skip
        for name, value in start.items():
            self.put(name, value)
        if tools.desk.officer.id in season.trainers:
            self.put("trainer", tools.desk.officer.id)
        self._set.chosen.connect(self.forget)
        for name in ("first", "last", "at", "seed"):
            self.fields[name].widget.edited.connect(self.forget)  # type: ignore[attr-defined]
        for name in ("scenario", "trainer"):
            self.fields[name].widget.chosen.connect(self.forget)  # type: ignore[attr-defined]

    # --- drawing ---------------------------------------------------------------------------------------------------

    @Slot()
    def forget(self) -> None:
        """What was drawn does not fit any more."""
        if self.lot is not None:
            self.lot = None
            self.trouble.hide()
            self.again_button.hide()
            self.save_button.say("drills.lots.draw")

    @Slot()
    def again(self) -> None:
        """Draw anew, with another seed."""
        self.put("seed", token_hex(4))
        self.forget()
        self.submit()

    def places(self, chosen: str) -> dict[str, Any]:
        """The places of a set by code: grids, or villages."""
        live = self._desk.live
        if chosen == "village":
            return {each.code: each for each in live.villages.values()}
        return {each.code: each for each in live.grids.values() if chosen in (each.kind, each.mark)}

    def command(self) -> PlanDrill | None:
        """The first time the draw, then the plan."""
        found = self.values()
        if found is None:
            return None
        if self.lot is None:
            try:
                self._draw(found)
            except BadInput as error:
                self.say_trouble(error)
            return None
        return self._plan(found, self.lot)

    def _draw(self, found: dict[str, Any]) -> None:
        season = self._picture().season
        first, last = (self._day(found[name], name) for name in ("first", "last"))
        if last < first:
            raise BadInput("drill.days_order", field="last", first=first.isoformat(), last=last.isoformat())
        if not found["scenario"]:
            raise BadInput("scenario.unknown", scenario="", field="scenario")
        at = time_from(found["at"] or f"{MORNING:%H:%M}")
        if at is None:
            raise BadInput("drill.time", text=found["at"], field="at")
        places = self.places(found["set"])
        years = range(first.year, last.year + 1)
        gone = {id for year in years for id in drawn_in(season.drills.values(), year, season.zone)}
        taken = [code for code, place in places.items() if place.id in gone]

        def suits(code: str, day: date) -> bool:
            starts = datetime.combine(day, at, season.zone)
            return season.suits(self._drill(places[code], found, starts))

        days = working_days(max(first, season.today), last, season.marks)
        self.lot = draw(found["seed"] or "", places, taken, days, suits)
        if self.lot is None:
            self.trouble.say("drills.lots.none", tone="near", icon="info", count=len(places), taken=len(taken))
            return
        place = places[self.lot.place]
        self.trouble.say(
            "drills.lots.drawn", tone="accent", icon="target", place=place.name, seed=found["seed"] or "",
            day=day_words(self.lot.day, season.today), count=len(places) - len(taken),
        )  # fmt: skip
        self.save_button.say("drills.lots.accept")
        self.again_button.show()

    def _day(self, text: str | None, name: str) -> date:
        day = day_from(text or "", self._picture().season.today)
        if day is None:
            raise BadInput("drill.day", text=text or "", field=name)
        return day

    def _drill(self, place: Any, found: dict[str, Any], starts: datetime) -> Drill:
        village = getattr(place, "village", place.id)
        return Drill(
            id="", world="", title="", village=village, grid=place.id if village != place.id else None,
            starts_at=starts, trainer=found["trainer"],
        )  # fmt: skip

    # --- planning --------------------------------------------------------------------------------------------------

    def _plan(self, found: dict[str, Any], lot: Lot) -> PlanDrill:
        season, place = self._picture().season, self.places(found["set"])[lot.place]
        at = time_from(found["at"] or "") or MORNING
        starts = datetime.combine(lot.day, at, season.zone)
        drill = self._drill(place, found, starts)
        return PlanDrill(
            scenario=found["scenario"], form=found["form"], village=drill.village, grid=drill.grid, starts_at=starts,
            trainer=found["trainer"], origin="drawn", seed=found["seed"] or "", language=current().language,
        )  # fmt: skip

    def words(self) -> str:
        """For the undo list."""
        return say("drills.done.drawn")

    def carried_out(self, outcome: Any) -> None:
        """Say it, and go to the drill."""
        self._sender.tell_done(self.words(), outcome)
        self.made.emit(outcome.value["drill"])
