"""The forms of the calendar: planning a drill, changing it, moving it, calling it off."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from commandcenter.base.clock import from_iso
from commandcenter.base.errors import BadInput, Conflict
from commandcenter.base.texts import current, say
from commandcenter.rules.clashes import day_of
from commandcenter.rules.days import free_days, working_days
from commandcenter.rules.debts import DRILL_LEVELS, Debt
from commandcenter.rules.drills import Drill, Origin
from commandcenter.rules.scenarios import FORMS, FULL_MARK, split
from commandcenter.services.drills import MOST_MINUTES, CancelDrill, EditDrill, MoveDrill, PlanDrill
from commandcenter.services.seasons import Season
from commandcenter.ui.core.editing import EditField, EditSheet, FieldsSheet
from commandcenter.ui.core.fields import LineEdit, TextBox
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import CountEdit, Option, PickBox
from commandcenter.ui.core.places import PlacePair
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.drills.picture import Picture, fitting_scenario
from commandcenter.ui.drills.whenfield import MORNING, WhenField
from commandcenter.ui.drills.words import day_words, newest, scenario_words

AHEAD = timedelta(days=365)
"""How far ahead a free day is looked for."""
_USUAL = 60
"""Minutes of a drill that nobody has said the length of yet."""
EDITED = (
    "title", "form", "village", "grid", "place", "trainer", "commander", "minutes", "people", "units", "plan",
    "owner_unit", "owner", "phone", "level", "pass_mark",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Start:
    """What a planning form begins with: from a debt, another drill, a day, a scenario of the library."""

    scenario: str = ""
    village: str | None = None
    grid: str | None = None
    day: date | None = None
    at: time = MORNING
    level: str = ""
    rule: str = ""
    origin: Origin = "planned"
    like: Drill | None = None
    after: date | None = None
    """Without a day of its own it begins on the next free day after this one."""

    @classmethod
    def of_debt(cls, debt: Debt, season: Season, day: date | None, places: Any) -> "Start":
        """What pays a debt: a grid that owes taking part is paid by a drill of its village."""
        at = day or season.today
        key = fitting_scenario(season, debt, at)
        grid = debt.place if debt.level in ("emergency_grid", "dedicated_grid") else None
        if debt.level == "worker":
            worker = places.people.get(("worker", debt.place))
            return cls(key, worker.village if worker else debt.village, None, day, level="village")
        level = "village" if debt.level == "general_grid" else debt.level
        rule = debt.rule if level == debt.level else ""
        return cls(key, debt.village, grid, day, level=level, rule=rule)

    @classmethod
    def of_drill(cls, drill: Drill, season: Season) -> "Start":
        """The same again on another day."""
        moment = drill.held_at or drill.starts_at
        at = moment.astimezone(season.zone).time().replace(second=0, microsecond=0) if moment else MORNING
        return cls(
            season.key_of(drill), drill.village, drill.grid, None, at, drill.level, drill.rule, "copied", drill,
            day_of(drill, season.zone),
        )  # fmt: skip


def forms_strip() -> ChoiceStrip:
    """The three forms of a drill."""
    return ChoiceStrip(tuple(Choice(each, title_code=f"drills.form.{each}") for each in FORMS))


def scenario_box(season: Season) -> PickBox:
    """The scenarios in use, found by either language, pinyin and key."""
    made = PickBox(
        Option(key, scenario_words(season, key), (key, *(str(each) for each in scenario.title.values())))
        for key, scenario in newest(season).items()
    )
    return narrow(made)


def narrow(box: PickBox) -> PickBox:
    """As narrow as the form, however long the names in it are."""
    box.setSizeAdjustPolicy(PickBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(8)
    return box


def trainer_box(season: Season) -> PickBox:
    """Who may lead a drill."""
    return PickBox((Option(id, name) for id, name in season.trainers.items()), none_code="drills.no_trainer")


def minutes_edit() -> CountEdit:
    """How long a drill takes."""
    return CountEdit(least=1, most=MOST_MINUTES)


class Dates:
    """What speaks against a drill on a day, and which day is free, from the season as it was read last."""

    def __init__(self, picture: Callable[[], Picture], words: Callable[[Any], str]) -> None:
        self._picture, self._words = picture, words

    def against(self, draft: Callable[[], Drill], starts: datetime) -> list[str]:
        """In words."""
        season = self._picture().season
        found = season.clashes(replace(draft(), starts_at=starts))
        past = [say("drills.when.past")] if starts.date() < season.today else []
        return past + list(dict.fromkeys(self._words(each) for each in found))

    def free(self, draft: Callable[[], Drill], after: date, at: time) -> datetime | None:
        """The next working day after a day on which nothing speaks against the drill."""
        season = self._picture().season
        first = max(after, season.today) + timedelta(days=1)
        days = working_days(first, first + AHEAD, season.marks)
        found = free_days(
            wanted := draft(), at, days, season.drills.values(), season.absences, season.marks, season.habits,
            season.zone, season.supplies,
        )  # fmt: skip
        return next((each for each in found if season.suits(replace(wanted, starts_at=each))), None)


class PlanSheet(FieldsSheet):
    """A new drill, half filled in from its scenario. Signals: ``made(id)``."""

    made = Signal(str)

    def __init__(self, tools: Tools, sender: Sender, picture: Callable[[], Picture], dates: Dates,
                 start: Start) -> None:  # fmt: skip
        self._tools, self._picture, self._start = tools, picture, start
        season = picture().season
        self.places = PlacePair(tools.desk.live, none_code="core.place.any_grid")
        self.when = WhenField(
            season.zone, season.today, against=partial(dates.against, self.draft), free=partial(dates.free, self.draft)
        )
        widgets: list[tuple[str, QWidget, Any]] = [
            ("scenario", scenario_box(season), None), ("village", self.places.village, None),
            ("grid", self.places.grid, None), ("when", self.when, None), ("form", forms_strip(), None),
            ("trainer", trainer_box(season), None), ("minutes", minutes_edit(), None), ("people", CountEdit(), None),
            ("title", LineEdit(), ""), ("commander", LineEdit(), ""), ("place", LineEdit(), ""),
            ("units", TextBox(least=1, most=4, submits=True), ""),
        ]  # fmt: skip
        fields = [
            EditField(name, f"drills.field.{name}", widget, empty, hint_code=_HINTS.get(name, ""))
            for name, widget, empty in widgets
        ]
        self._filled: dict[str, Any] = {}
        super().__init__("drills.plan.title", "drills.plan.save", sender, fields)
        self._fill(start)
        self._box("scenario").chosen.connect(self._scenario_chosen)
        for name in ("village", "grid", "trainer"):
            self._box(name).chosen.connect(self.recheck)
        for name in ("minutes", "commander"):
            self.fields[name].widget.edited.connect(self.recheck)  # type: ignore[attr-defined]

    def _box(self, name: str) -> PickBox:
        widget = self.fields[name].widget
        assert isinstance(widget, PickBox)
        return widget

    def _fill(self, start: Start) -> None:
        season = self._picture().season
        self.put("scenario", start.scenario or None)
        self.put("village", start.village)
        self.put("grid", start.grid)
        self._take_template()
        like = start.like
        if like is not None:
            for name in ("form", "trainer", "minutes", "people", "commander", "place", "units"):
                self.put(name, getattr(like, name))
        elif self._tools.desk.officer.id in season.trainers:
            self.put("trainer", self._tools.desk.officer.id)
        if start.day is not None:
            self.when.put(datetime.combine(start.day, start.at, season.zone))
        else:
            after = max(start.after or season.today, season.today)
            self.when.put(datetime.combine(after, start.at, season.zone))
            self.when.take_free()
        self.when.check()

    def _take_template(self) -> None:
        """Form, minutes and people of the scenario, wherever nobody has typed something else."""
        scenario = newest(self._picture().season).get(str(self._box("scenario").currentData() or ""))
        if scenario is None:
            return
        template = {
            "form": next(iter(split(scenario.forms)), "field"), "minutes": scenario.minutes, "people": scenario.people,
        }  # fmt: skip
        for name, value in template.items():
            standing = self.fields[name].read()
            if standing in (None, self._filled.get(name)):
                self.put(name, value)
                self._filled[name] = value

    @Slot()
    def _scenario_chosen(self) -> None:
        self._take_template()
        self.recheck()

    @Slot()
    def recheck(self) -> None:
        """Another place or trainer: other things speak against the day."""
        self.when.check()

    def draft(self) -> Drill:
        """The drill as the form stands, for what would speak against it."""
        fields = getattr(self, "fields", {})
        if not fields:
            return Drill(id="", world="", title="")
        grid = self._tools.desk.live.grids.get(self._box("grid").currentData() or "")
        village = self._box("village").currentData() or (grid.village if grid else None)
        return Drill(
            id="", world="", title="", village=village, grid=grid.id if grid else None,
            trainer=self._box("trainer").currentData(), commander=fields["commander"].widget.text().strip(),
            minutes=self._minutes(),
        )  # fmt: skip

    def _minutes(self) -> int:
        try:
            return self.fields["minutes"].read() or _USUAL
        except BadInput:
            return _USUAL

    def command(self) -> PlanDrill | None:
        """The plan; level and rule as the debt asked, while the place is still the debt's."""
        found = self.values()
        if found is None:
            return None
        start = self._start
        same = (found["village"], found["grid"]) == (start.village, start.grid)
        starts = found.pop("when")
        return PlanDrill(
            **found, starts_at=starts, language=current().language, origin=start.origin,
            level=start.level if same else "", rule=start.rule if same else "",
        )  # fmt: skip

    def words(self) -> str:
        """For the undo list."""
        return say("drills.done.plan")

    def carried_out(self, outcome: Any) -> None:
        """Say it, with a word on a day that is past, and go to the drill."""
        starts = self.when.asked()
        is_past = starts is not None and starts.date() < self._picture().season.today
        self._sender.tell_done(say("drills.done.plan_past" if is_past else "drills.done.plan"), outcome)
        self.made.emit(outcome.value["drill"])


_HINTS = {"title": "drills.plan.title_hint", "grid": "drills.plan.grid_hint"}


class EditDrillSheet(EditSheet):
    """Changes a drill; its date has a form of its own."""

    def __init__(self, drill: Drill, tools: Tools, sender: Sender, picture: Callable[[], Picture]) -> None:
        self._drill = drill
        self.places = PlacePair(tools.desk.live, none_code="core.place.any_grid")
        season = picture().season
        levels = PickBox(Option(each, say(f"drills.level.{each}")) for each in DRILL_LEVELS)
        widgets: dict[str, QWidget] = {
            "title": LineEdit(), "form": forms_strip(), "village": self.places.village, "grid": self.places.grid,
            "place": LineEdit(), "trainer": trainer_box(season), "commander": LineEdit(), "minutes": minutes_edit(),
            "people": CountEdit(), "units": TextBox(least=1, most=4, submits=True), "plan": LineEdit(),
            "owner_unit": LineEdit(), "owner": LineEdit(), "phone": LineEdit(), "level": levels,
            "pass_mark": CountEdit(most=FULL_MARK),
        }  # fmt: skip
        super().__init__("drills.edit.title", "drills.edit.save", sender,
                         [self._field(name, widgets[name], season) for name in EDITED], drill)  # fmt: skip

    def _field(self, name: str, widget: QWidget, season: Season) -> EditField:
        optional = ("village", "grid", "trainer", "people", "phone")
        empty: Any = None if name in optional else 0 if name in ("minutes", "pass_mark") else ""
        shown: dict[str, Callable[[Any], str]] = {
            "village": partial(self.places.shown, "village"), "grid": partial(self.places.shown, "grid"),
            "trainer": lambda id: season.trainers.get(id or "", ""),
            "form": lambda form: say(f"drills.form.{form}"), "level": lambda each: say(f"drills.level.{each}"),
        }  # fmt: skip
        can_merge = name in ("title", "place", "commander", "units", "plan")
        return EditField(name, f"drills.field.{name}", widget, empty, shown.get(name, _as_text), can_merge)

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> EditDrill:
        """The command."""
        return EditDrill(drill=self._drill.id, changed=changed, was=was)

    def words(self) -> str:
        """For the undo list."""
        return say("drills.done.edit", title=self._drill.title)


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)


class MoveSheet(FieldsSheet):
    """Another date, and another trainer if need be. When somebody else has moved it meanwhile, the form says to where
    and waits for a second press."""

    def __init__(self, drill: Drill, sender: Sender, picture: Callable[[], Picture], dates: Dates,
                 day: date | None = None) -> None:  # fmt: skip
        """``day``: where it was dropped."""
        self._drill, self._was, self._picture = drill, drill.starts_at, picture
        season = picture().season
        draft = self.draft
        self.when = WhenField(
            season.zone, season.today, against=partial(dates.against, draft), free=partial(dates.free, draft)
        )
        self._trainer = trainer_box(season)
        self._trainer.put(drill.trainer)
        fields = [
            EditField("when", "drills.field.when", self.when, hint_code="drills.move.hint"),
            EditField("trainer", "drills.field.trainer", self._trainer),
            EditField("reason", "drills.field.move_reason", LineEdit(), ""),
        ]
        super().__init__("drills.move.title", "drills.move.save", sender, fields)
        self.when.put(drill.starts_at)
        if day is not None:
            self.drop_on(day)
        self.when.check()
        self._trainer.chosen.connect(self.when.check)

    def drop_on(self, day: date) -> None:
        """On this day, at its time of day."""
        zone, starts = self._picture().season.zone, self._drill.starts_at
        at = starts.astimezone(zone).time() if starts else MORNING
        self.when.put(datetime.combine(day, at, zone))

    def draft(self) -> Drill:
        """The drill with the trainer that stands in the form."""
        box = getattr(self, "_trainer", None)
        return replace(self._drill, trainer=box.currentData() if box is not None else self._drill.trainer)

    def follow(self, subject: Drill) -> None:
        """Only a conflict is told, when it is saved."""

    def command(self) -> MoveDrill | None:
        """The move; another trainer only where one was chosen."""
        found = self.values()
        if found is None:
            return None
        trainer = found["trainer"] if found["trainer"] != self._drill.trainer else None
        return MoveDrill(drill=self._drill.id, starts_at=found["when"], was=self._was, trainer=trainer,
                         reason=found["reason"])  # fmt: skip

    def conflict(self, error: Conflict) -> None:
        """Say where the other one has moved it to; saving again moves it from there."""
        theirs = error.facts["fields"]["starts_at"]["theirs"]
        self._was = from_iso(theirs) if theirs else None
        season = self._picture().season
        local = self._was.astimezone(season.zone) if self._was else None
        day = f"{day_words(local.date(), season.today)} {local:%H:%M}" if local else say("drills.no_date")
        self.trouble.say("drills.move.conflict", tone="near", icon="info", day=day)

    def words(self) -> str:
        """For the undo list."""
        return say("drills.done.move", title=self._drill.title)


class CancelSheet(FieldsSheet):
    """Why a drill is called off."""

    def __init__(self, drill: Drill, sender: Sender) -> None:
        self._drill = drill
        reason = EditField("reason", "drills.field.reason", TextBox(least=2, most=5, submits=True), "")
        super().__init__("drills.cancel.title", "drills.cancel.save", sender, [reason])

    def command(self) -> CancelDrill | None:
        """The command; a missing reason is refused under the field."""
        found = self.values()
        return None if found is None else CancelDrill(drill=self._drill.id, reason=found["reason"] or "")

    def words(self) -> str:
        """For the undo list."""
        return say("drills.done.cancel", title=self._drill.title)
