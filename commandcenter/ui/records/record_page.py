"""The record of a drill on one screen, typed by keys alone: the 20 columns of 演练记录表 in the order of the paper,
the grids that took part, and the expectations judged beside it as they are typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from commandcenter.base.clock import iso
from commandcenter.base.errors import BadInput, CommandCenterError, Conflict
from commandcenter.base.texts import choose, current, say
from commandcenter.rules import judging
from commandcenter.rules.drills import Drill
from commandcenter.rules.judging import clock_time, moment_at
from commandcenter.rules.maps import natural_key
from commandcenter.rules.masks import is_erased
from commandcenter.rules.scenarios import MOMENTS, Expectation, Scenario
from commandcenter.services import drill_reading
from commandcenter.services.drill_reading import Record
from commandcenter.services.drill_words import in_own_words, moment_name
from commandcenter.services.records import Mend, RecordDrill, RecordLate
from commandcenter.ui.core import inputs, theme
from commandcenter.ui.core.cards import Column
from commandcenter.ui.core.editing import ConflictView
from commandcenter.ui.core.fields import LineEdit, TextBox
from commandcenter.ui.core.forms import Field
from commandcenter.ui.core.inputs import CountEdit, Option, PickBox
from commandcenter.ui.core.places import PlacePair
from commandcenter.ui.core.sending import FixedId, Sender
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Chip, Label, StateBanner
from commandcenter.ui.records.forms import DayField
from commandcenter.ui.records.inputs import GridTicks, JudgedPanel, TimeEdit
from commandcenter.ui.records.meeting import grid_words, line_of, mark_words

TEXTS = (
    "title", "place", "owner_unit", "commander", "units", "subjects", "process", "problems", "measures", "recorder",
)  # fmt: skip
COUNTS = ("took_part", "evacuated")
TIMES = MOMENTS[1:]
"""The beginning is when the drill was held."""
_USUAL = {"warned": "warned", "called": "called", "assembled": "assembled", "evacuated": "evacuated_at"}
"""Moments with a column of their own in 演练记录表."""


@dataclass(frozen=True)
class FormFacts:
    """What the form is made from, read in one go. ``last`` are the latest records by village, to suggest from."""

    record: Record | None
    scenarios: tuple[Scenario, ...] = ()
    expectations: Mapping[str, tuple[Expectation, ...]] = field(default_factory=dict)
    last: Mapping[str, Drill] = field(default_factory=dict)


def ask(drill: str | None, reader: Any) -> FormFacts:
    """On the read lane: the drill, or for one that was not planned here the library and what villages wrote last."""
    if drill is not None:
        return FormFacts(drill_reading.load(reader, drill))
    scenarios = tuple(reader.find("scenario", active=True, order=("key", "edition")))
    newest = {each.key: each for each in scenarios}
    expectations: dict[str, tuple[Expectation, ...]] = {}
    for each in newest.values():
        expectations[each.id] = tuple(_expectations(reader, each.id))
    held = sorted((each for each in reader.find("drill", state=["held", "reviewed"]) if each.held_at),
                  key=lambda row: row.held_at)  # fmt: skip
    return FormFacts(None, tuple(newest.values()), expectations, {each.village: each for each in held if each.village})


def _expectations(reader: Any, scenario: str) -> list[Expectation]:
    return drill_reading.expectations_of(reader, scenario)


class RecordPage(QWidget):
    """The form. Enter saves from every field, Escape leaves; what is refused is said under its field.

    Signals: ``saved(drill)``; ``left()``.
    """

    saved = Signal(str)
    left = Signal()

    def __init__(self, tools: Tools, post: Sender, facts: FormFacts, *, village: str | None = None) -> None:
        super().__init__()
        self._tools, self._desk, self._post, self._facts = tools, tools.desk, post, facts
        self.record = facts.record
        self.zone: Any = zone_of(tools.desk.live.town)
        self._fixed = FixedId()
        self._touched: set[str] = set()
        self._conflicts: dict[str, ConflictView] = {}
        self._was: dict[str, Any] = {}
        self._times_were: dict[str, str] = {}
        self._times_seen: dict[str, str] = {}
        self._stood: dict[str, tuple[bool | None, str]] = {}
        """Of each grid whether it came and why not, as this form has seen it last."""
        self._make_fields()
        self._lay_out()
        if self.record is not None:
            self._show_record(self.record)
        else:
            self._begin_late(village)
        self._connect()
        self._judge()

    @property
    def is_late(self) -> bool:
        """Whether this is a drill that nobody had planned here 补录."""
        return self.record is None

    # --- building ---------------------------------------------------------------------------------------------------

    def _make_fields(self) -> None:
        """In the order in which they are typed, which is that of the controller's sheet."""
        self.places = PlacePair(self._desk.live, none_code="core.place.any_grid")
        library = self._facts.scenarios
        self.scenario = PickBox((Option(each.id, in_own_words(each.title), (each.key,)) for each in library),
                                none_code="records.scenario.choose")  # fmt: skip
        self.day, self.time = DayField(self._tools, ahead=False), TimeEdit()
        self.widgets: dict[str, QWidget] = {
            "scenario": self.scenario, "village": self.places.village, "grid": self.places.grid, "day": self.day,
            "held_at": self.time, "title": LineEdit(), "place": LineEdit(), "owner_unit": LineEdit(),
            "commander": LineEdit(), "units": LineEdit(), "took_part": CountEdit(), "evacuated": CountEdit(),
            "subjects": LineEdit(), **{f"at.{moment}": TimeEdit() for moment in TIMES},
            "process": TextBox(least=3, most=5, submits=True), "problems": TextBox(least=2, most=4, submits=True),
            "measures": TextBox(least=2, most=4, submits=True), "mend_owner": LineEdit(),
            "mend_due": DayField(self._tools, ahead=True), "recorder": LineEdit(),
        }  # fmt: skip
        self.grids, self.judged = GridTicks(), JudgedPanel()
        self.fields = {name: self._field(name, widget) for name, widget in self.widgets.items()}
        self.total = Label("", "strong")

    def _field(self, name: str, widget: QWidget) -> Field:
        if not name.startswith("at."):
            own = name in ("day", "held_at", "scenario", "village", "grid")
            return Field(f"records.field.{name}" if own else f"drillpaper.{name}", widget)
        moment = name.removeprefix("at.")
        made = Field("", widget)
        title = say(f"drillpaper.{_USUAL[moment]}") if moment in _USUAL else moment_name(moment)
        made.title.show_text(title)
        widget.setAccessibleName(title)
        return made

    def _lay_out(self) -> None:
        look = theme.current()
        head = QHBoxLayout()
        head.setContentsMargins(look.space(4), look.space(3), look.space(4), look.space(2))
        head.setSpacing(look.space(3))
        code = "records.form.late" if self.is_late else "records.form.record"
        head.addWidget(Label(code, "title"))
        head.addWidget(Chip(say("drillpaper.mark")))
        if self.is_late or (self.record is not None and self.record.drill.late):
            head.addWidget(Chip(say("records.late")))
        head.addWidget(self.total, 1)
        self.save_button = Button("records.save.record", kind="primary", key="Enter")
        self.save_button.clicked.connect(self.submit)
        self.leave_button = Button("core.sheet.leave", kind="quiet", key="Esc")
        self.leave_button.clicked.connect(self.left)
        head.addWidget(self.leave_button)
        head.addWidget(self.save_button)
        self.trouble = StateBanner()
        body = Column()
        columns = QHBoxLayout(body)
        columns.setContentsMargins(look.space(4), look.space(2), look.space(4), look.space(4))
        columns.setSpacing(look.space(5))
        for part, share in ((self._what(), 10), (self._course(), 11), (self._result(), 11)):
            columns.addLayout(part, share)
        self.scrolling = QScrollArea()
        self.scrolling.setWidget(body)
        self.scrolling.setWidgetResizable(True)
        self.scrolling.setProperty("panel", "surface")
        self.scrolling.viewport().setProperty("panel", "surface")
        self.scrolling.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addLayout(head)
        lines.addWidget(self.trouble)
        lines.addWidget(self.scrolling, 1)
        self.setProperty("panel", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def _rows(self, *rows: tuple[str, ...]) -> QVBoxLayout:
        """Fields, some side by side."""
        look = theme.current()
        lines = QVBoxLayout()
        lines.setSpacing(look.space(2))
        for names in rows:
            line = QHBoxLayout()
            line.setSpacing(look.space(2))
            for name in names:
                line.addWidget(self.fields[name], 1, Qt.AlignmentFlag.AlignTop)
            lines.addLayout(line)
        return lines

    def _what(self) -> QVBoxLayout:
        first = (("scenario",), ("village", "grid")) if self.is_late else ()
        made = self._rows(
            *first, ("day", "held_at"), ("title",), ("place",), ("owner_unit", "commander"), ("units",),
            ("took_part", "evacuated"), ("subjects",),
        )  # fmt: skip
        made.addStretch(1)
        return made

    def _course(self) -> QVBoxLayout:
        look = theme.current()
        times = QGridLayout()
        times.setHorizontalSpacing(look.space(2))
        times.setVerticalSpacing(look.space(2))
        for at, moment in enumerate(TIMES):
            times.setColumnStretch(at % 4, 1)
            times.addWidget(self.fields[f"at.{moment}"], at // 4, at % 4, Qt.AlignmentFlag.AlignTop)
        made = self._rows(("process",), ("problems",), ("measures",), ("mend_owner", "mend_due", "recorder"))
        made.insertLayout(0, times)
        made.addStretch(1)
        return made

    def _result(self) -> QVBoxLayout:
        made = QVBoxLayout()
        made.setSpacing(theme.current().space(2))
        made.addWidget(Label("records.grids", "heading"))
        made.addWidget(self.grids)
        made.addWidget(Label("records.judged", "heading"))
        made.addWidget(self.judged)
        made.addStretch(1)
        return made

    def _connect(self) -> None:
        order = [each for name, each in self.widgets.items() if self.is_late or name not in _LATE_ONLY]
        order += [self.grids, self.judged]
        stops = [each.focusProxy() or each for each in order]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)
        inputs.chain(list(self.widgets.values()), self.submit)
        for part in (self.grids, self.judged):
            part.submitted.connect(self.submit)
        for name, widget in self.widgets.items():
            if isinstance(widget, LineEdit):
                widget.textEdited.connect(_remember(self._touched, name))
            if isinstance(widget, TimeEdit):
                widget.edited.connect(self._judge)
        self.day.line.edited.connect(self._judge)
        self.scenario.chosen.connect(self._scenario_chosen)
        self.places.village.chosen.connect(self._place_chosen)
        self.places.grid.chosen.connect(self._place_chosen)
        self.setFocusProxy(self.scenario if self.is_late else self.time)

    # --- a drill that was planned ---------------------------------------------------------------------------------

    def _show_record(self, record: Record) -> None:
        """What the plan or an earlier record says."""
        drill = record.drill
        held = drill.held_at or drill.starts_at
        self._was = {name: getattr(drill, name) for name in (*TEXTS, *COUNTS)}
        for name, value in self._was.items():
            inputs.fill(self.widgets[name], value)
        if not drill.recorder:
            inputs.fill(self.widgets["recorder"], self._desk.officer.name)
        if held is not None:
            local = held.astimezone(self.zone)
            self.day.put(f"{local:%Y-%m-%d}")
            self.time.setText(f"{local.hour}:{local:%M}" + (f":{local:%S}" if local.second else ""))
        self._times_were = {moment: self._shown(record.times.get(moment)) for moment in TIMES}
        self._times_seen = {moment: iso(at) for moment, at in record.times.items()}
        for moment, text in self._times_were.items():
            inputs.fill(self.widgets[f"at.{moment}"], text)
        if record.improvements:
            # They have a list of their own, with a form for each.
            inputs.fill(self.widgets["mend_owner"], record.improvements[0].owner)
            inputs.fill(self.widgets["mend_due"], record.improvements[0].due)
            for name in ("mend_owner", "mend_due"):
                self.widgets[name].setEnabled(False)
        self._stood = {each.grid: (each.took_part, each.reason) for each in record.grids}
        absent = {each.grid: each.reason for each in record.grids if each.took_part is False}
        self.grids.show_grids(self._named(each.grid for each in record.grids), absent)
        self.judged.show_expectations(record.expectations, drill.pass_mark)

    def _shown(self, at: datetime | None) -> str:
        if at is None:
            return ""
        local = at.astimezone(self.zone)
        return f"{local.hour}:{local:%M}" + (f":{local:%S}" if local.second else "")

    def _named(self, ids: Any) -> list[tuple[str, str, int]]:
        """Grids as (id, name without the village's, number), in their order."""
        live = self._desk.live
        grids = sorted((live.grids[id] for id in set(ids) if id in live.grids), key=lambda each: natural_key(each.code))
        return [(each.id, _short(each.name, live.villages.get(each.village)), each.serial or 0) for each in grids]

    def follow(self, record: Record) -> None:
        """Somebody wrote meanwhile: what was not touched here takes the new value, the rest meets on saving."""
        for name in (*TEXTS, *COUNTS):
            theirs = getattr(record.drill, name)
            if theirs != self._was[name] and self._value(name) == self._was[name]:
                inputs.fill(self.widgets[name], theirs)
                self._was[name] = theirs
        for moment in TIMES:
            theirs = self._shown(record.times.get(moment))
            widget: Any = self.widgets[f"at.{moment}"]
            if theirs != self._times_were[moment] and widget.text() == self._times_were[moment]:
                widget.setText(theirs)
                self._saw(moment, iso(record.times[moment]) if moment in record.times else "")
        self._follow_grids(record)
        self.judged.follow(record.expectations)
        self.record = record
        self._judge()

    def _follow_grids(self, record: Record) -> None:
        typed = {each.grid: (each.took_part, each.reason) for each in self.grids.came()}
        for each in record.grids:
            theirs, stood = (each.took_part, each.reason), self._stood.get(each.grid)
            if theirs != stood and each.grid in typed and typed[each.grid] in (stood, theirs):
                self._stood[each.grid] = theirs
                self.grids.put(each.grid, *theirs)

    def _saw(self, moment: str, at: str) -> None:
        """What stands in the database for a moment, as this form knows it (ISO 8601, empty: nothing)."""
        self._times_seen[moment] = at
        self._times_were[moment] = self._shown(datetime.fromisoformat(at)) if at else ""

    # --- a drill that was not -----------------------------------------------------------------------------------------

    def _begin_late(self, village: str | None) -> None:
        self._was, self._times_were, self._times_seen = {}, dict.fromkeys(TIMES, ""), {}
        today = self._desk.now().astimezone(self.zone)
        self.day.put(f"{today:%Y-%m-%d}")
        inputs.fill(self.widgets["recorder"], self._desk.officer.name)
        if village:
            inputs.fill(self.places.village, village)
        self._scenario_chosen()
        self._place_chosen()

    @Slot()
    def _scenario_chosen(self) -> None:
        scenario = self._chosen_scenario()
        rows = self._facts.expectations.get(scenario.id, ()) if scenario is not None else ()
        self.judged.show_expectations(rows, scenario.pass_mark if scenario is not None else 80,
                                      is_chosen=scenario is not None)  # fmt: skip
        if scenario is not None:
            self._suggest("subjects", in_own_words(scenario.title))
        self._suggest_title()
        self._judge()

    def _chosen_scenario(self) -> Scenario | None:
        id = self.scenario.currentData()
        return next((each for each in self._facts.scenarios if each.id == id), None)

    @Slot()
    def _place_chosen(self) -> None:
        """Which grids there are to tick, and what the village wrote last time."""
        live = self._desk.live
        village, grid = self.places.village.currentData(), self.places.grid.currentData()
        ids = [grid] if grid else [
            each.id for each in live.grids.values() if each.village == village and each.kind == "general"
        ]
        self.grids.show_grids(self._named(ids if village or grid else ()), {})
        found = live.villages.get(village or "")
        last = self._facts.last.get(village or "")
        self._suggest("place", self._grid_name(grid) or (choose(found.name, found.name_en) if found else ""))
        own = choose(found.name, found.name_en) if found else ""
        self._suggest("owner_unit", last.owner_unit if last and last.owner_unit else own)
        self._suggest("commander", last.commander if last else self._secretary(village))
        self._suggest("units", last.units if last else "")
        self._suggest_title()

    def _grid_name(self, grid: str | None) -> str:
        found = self._desk.live.grids.get(grid or "")
        return found.name if found else ""

    def _secretary(self, village: str | None) -> str:
        people = self._desk.directory.people.values()
        return next((each.name for each in people if getattr(each, "role", "") == "village_secretary"
                     and getattr(each, "village", None) == village and village), "")  # fmt: skip

    def _suggest_title(self) -> None:
        scenario, found = self._chosen_scenario(), self._desk.live.villages.get(self.places.village.currentData() or "")
        where = self._grid_name(self.places.grid.currentData()) or (choose(found.name, found.name_en) if found else "")
        what = in_own_words(scenario.title) if scenario is not None else ""
        self._suggest("title", say("records.title", where=where, what=what) if where and what else "")

    def _suggest(self, name: str, value: str) -> None:
        """Put a value where nobody has typed."""
        if name not in self._touched:
            inputs.fill(self.widgets[name], value)

    # --- judging as one types --------------------------------------------------------------------------------------

    def held_at(self) -> datetime | None:
        """When it was held, as typed; None while it is not."""
        try:
            day = self.day.asked()
        except BadInput:
            return None
        clock = clock_time(self.time.text_with_preedit())
        if day is None or clock is None:
            return None
        return datetime.combine(date.fromisoformat(day), clock, self.zone).astimezone(UTC)

    def times(self) -> dict[str, datetime]:
        """The moments as typed."""
        held = self.held_at()
        if held is None:
            return {}
        found = {"started": held}
        for moment in TIMES:
            widget: Any = self.widgets[f"at.{moment}"]
            at = moment_at(widget.text_with_preedit(), held, self.zone)
            if at is not None:
                found[moment] = at
        return found

    @Slot()
    def _judge(self) -> None:
        times = self.times()
        for moment in TIMES:
            field, widget = self.fields[f"at.{moment}"], self.widgets[f"at.{moment}"]
            early = moment in times and times[moment] < times["started"]
            field.show_doubt(say("records.time.early") if early else "")
            if field.has_error and isinstance(widget, TimeEdit) and not widget.is_wrong:
                field.show_error(None)
        minutes = judging.total_minutes(times)
        if minutes is None:
            self.total.say("records.total.none")
        else:
            self.total.say("records.total", count=minutes)
        self.judged.judge(times)

    # --- saving ------------------------------------------------------------------------------------------------------

    @Slot()
    def submit(self) -> None:
        """Save; everything typed stays until it is."""
        undecided = next((view for view in self._conflicts.values() if not view.is_decided), None)
        if undecided is not None:
            undecided.setFocus()
            return
        command = self.command()
        if command is None:
            return
        self.save_button.setEnabled(False)
        told = say("records.done.late" if self.is_late else "records.done.record")
        self._post.send(command, told, done=self._carried_out, failed=self._failed, id=self._fixed.of(command))

    def _value(self, name: str) -> Any:
        value = inputs.read(self.widgets[name])
        return ("" if name in TEXTS else None) if value is None else value

    def command(self) -> Any | None:
        """The command as the fields stand; None after saying under each what cannot be."""
        wrong: dict[str, CommandCenterError] = {}
        found: dict[str, Any] = {}
        for name in self.widgets:
            if name.startswith("at.") or name == "held_at" or (name in _LATE_ONLY and not self.is_late):
                continue
            try:
                found[name] = self._value(name)
            except BadInput as error:
                wrong[name] = error
        for name, widget in self.widgets.items():
            if isinstance(widget, TimeEdit) and widget.is_wrong:
                wrong[name] = BadInput("drill.moment_time", text=widget.text())
        held = self.held_at()
        if held is None and not {"day", "held_at"} & set(wrong):
            wrong["held_at"] = BadInput("drill.when")
        marks = self.judged.marks() if not self._show_wrong(wrong) else None
        if marks is None or held is None:
            return None
        return self._late(found, held, marks) if self.is_late else self._edit(found, held, marks)

    def _show_wrong(self, wrong: Mapping[str, CommandCenterError]) -> bool:
        """Say under each field what is wrong; whether anything is."""
        for name, each in self.fields.items():
            if name in wrong:
                each.show_refusal(wrong[name])
            else:
                each.show_error(None)
        first = next((name for name in self.fields if name in wrong), None)
        if first is not None:
            self.widgets[first].setFocus()
            self.scrolling.ensureWidgetVisible(self.fields[first])
        return first is not None

    def _mends(self, found: Mapping[str, Any]) -> tuple[Mend, ...]:
        """What has to be mended becomes an item with owner and day, where somebody or a day is named."""
        text, owner, due = found["measures"], found["mend_owner"] or "", found["mend_due"] or ""
        return (Mend(text or found["problems"], owner, due),) if (owner or due) and (text or found["problems"]) else ()

    def _late(self, found: dict[str, Any], held: datetime, marks: Any) -> RecordLate:
        times = {moment: iso(at) for moment, at in self.times().items() if moment != "started"}
        return RecordLate(
            scenario=found["scenario"] or "", held_at=held, village=found["village"], grid=found["grid"],
            language=current().language, title=found["title"],
            fields={name: found[name] for name in (*TEXTS[1:], *COUNTS) if found[name] not in ("", None)},
            moments=times, grids=self.grids.came(), marks=marks, improvements=self._mends(found),
        )  # fmt: skip

    def _edit(self, found: dict[str, Any], held: datetime, marks: Any) -> RecordDrill:
        assert self.record is not None
        drill = self.record.drill
        changed = {
            name: found[name] for name in (*TEXTS, *COUNTS)
            if found[name] != self._was[name] and (found[name] or not is_erased(self._was[name]))
        }  # fmt: skip
        times = self.times()
        altered = [
            moment for moment in TIMES
            if self._shown(times.get(moment)) != self._times_were[moment]
        ]  # fmt: skip
        moments = {moment: iso(times[moment]) if moment in times else "" for moment in altered}
        was = {moment: self._times_seen.get(moment, "") for moment in altered}
        shown = (drill.held_at or drill.starts_at)
        kept = shown if shown is not None and self._shown(shown) == self._shown(held) and (
            shown.astimezone(self.zone).date() == held.astimezone(self.zone).date()
        ) else held
        if any(each.moment == "started" for each in self.record.moments) and kept != shown:
            moments["started"] = iso(kept)
        return RecordDrill(
            drill=drill.id, held_at=None if kept == shown else kept, changed=changed,
            was={name: self._was[name] for name in changed}, moments=moments, moments_was=was,
            grids=self._grids_changed(), marks=marks,
            improvements=self._mends(found) if not self.record.improvements else (),
        )  # fmt: skip

    def _grids_changed(self) -> tuple[Any, ...]:
        made = []
        for each in self.grids.came():
            took_part, reason = self._stood.get(each.grid, (None, ""))
            if (each.took_part, each.reason) != (took_part, reason):
                made.append(replace(each, was_took_part=took_part, was_reason=reason))
        return tuple(made)

    def _carried_out(self, outcome: Any) -> None:
        self.save_button.setEnabled(True)
        told = say("records.done.late" if self.is_late else "records.done.record")
        self._post.tell_done(told, outcome)
        self.saved.emit(outcome.value["drill"])

    def _failed(self, error: BaseException) -> None:
        self.save_button.setEnabled(True)
        if isinstance(error, Conflict) and not self.is_late:
            self._conflict(error)
            return
        sentence = self._post.sentence(error)
        name = str(error.facts.get("field", "")) if isinstance(error, CommandCenterError) else ""
        name = f"at.{name}" if name in TIMES and f"at.{name}" in self.fields and name not in COUNTS else name
        if name in self.fields and isinstance(error, CommandCenterError):
            self.trouble.hide()
            self._show_wrong({name: error})
        else:
            self.trouble.say("core.sheet.trouble", tone="overdue", icon="refused", what=sentence)

    def _conflict(self, error: Conflict) -> None:
        """Both versions of every field that both wrote; nothing typed is lost."""
        fields: dict[str, dict[str, Any]] = error.facts["fields"]
        for name, versions in fields.items():
            if line_of(name)[0]:
                self._line_met(name, versions)
                continue
            is_time = name not in self._was or (name in TIMES and _is_instant(versions))
            key = f"at.{name}" if is_time else name
            mine, theirs = (self._in_words(versions[side], is_time) for side in ("mine", "theirs"))
            if is_time:
                self._saw(name, versions["theirs"])
            else:
                self._was[name] = versions["theirs"]
            self._show_both(key, self.fields[key], mine or say("core.edit.empty"), theirs or say("core.edit.empty"))
        self.trouble.say("core.conflict.banner", tone="near", icon="info", count=len(fields))

    def _show_both(self, key: str, place: QWidget, mine: str, theirs: str) -> None:
        old = self._conflicts.pop(key, None)
        if old is not None:
            old.deleteLater()
        view = ConflictView(key, mine, theirs, can_merge=False)
        view.decided.connect(self._decided)
        self._conflicts[key] = view
        layout = place.layout()
        if layout is not None:
            layout.addWidget(view)
        view.setFocus()
        self.scrolling.ensureWidgetVisible(place)

    def _line_met(self, name: str, versions: Mapping[str, Any]) -> None:
        """A grid or a mark that both wrote: what is typed stays, and what they wrote is what this form has seen now."""
        part, id = line_of(name)
        mine, theirs = versions["mine"], versions["theirs"]
        if part == "grids":
            self._stood[id] = (theirs["took_part"], theirs["reason"])
            told = [grid_words(self._grid_name(id), side) for side in (mine, theirs)]
            self._show_both(name, self.grids, *told)
            return
        row = next((each for each in self.judged.rows if each.row.id == id), None)
        if row is not None:
            row.row = replace(row.row, **theirs)
            self._show_both(name, row, mark_words(mine), mark_words(theirs))

    def _take_line(self, name: str) -> None:
        part, id = line_of(name)
        if part == "grids":
            self.grids.put(id, *self._stood[id])
        else:
            row = next(each for each in self.judged.rows if each.row.id == id)
            row.put(row.row)
            self._judge()

    def _in_words(self, value: Any, is_time: bool) -> str:
        if is_time:
            return self._shown(datetime.fromisoformat(value)) if value else ""
        return str(value) if value not in (None, "") else ""

    @Slot(str, str)
    def _decided(self, key: str, side: str) -> None:
        if side == "theirs" and line_of(key)[0]:
            self._take_line(key)
        elif side == "theirs":
            value: Any = self._times_were[key.removeprefix("at.")] if key.startswith("at.") else self._was[key]
            inputs.fill(self.widgets[key], value)
        if all(view.is_decided for view in self._conflicts.values()):
            self.trouble.hide()
            self.save_button.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape leaves, Enter saves from what has no use for it."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        else:
            super().keyPressEvent(event)


_LATE_ONLY = frozenset(("scenario", "village", "grid"))


def _is_instant(versions: Mapping[str, Any]) -> bool:
    """Whether a conflict is about a moment, not about a number of the same name."""
    return any(isinstance(each, str) and "T" in each for each in versions.values())


def _short(name: str, village: Any | None) -> str:
    return name.removeprefix(village.name).strip() or name if village is not None else name


def _remember(touched: set[str], name: str) -> Any:
    def edited(_text: str) -> None:
        touched.add(name)

    return edited
