"""The fields of a drill's record in the order of the paper, and the expectations judged beside them as one types."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.rules import judging
from commandcenter.rules.drills import Drill
from commandcenter.rules.judging import clock_time, moment_at
from commandcenter.rules.ordering import natural_key
from commandcenter.rules.scenarios import MOMENTS, Expectation, Scenario
from commandcenter.services import drill_reading
from commandcenter.services.drill_reading import Record
from commandcenter.services.drill_words import in_own_words, moment_name
from commandcenter.ui.core import inputs, theme
from commandcenter.ui.core.cards import Column
from commandcenter.ui.core.fields import LineEdit, TextBox
from commandcenter.ui.core.forms import Field
from commandcenter.ui.core.inputs import CountEdit, Option, PickBox
from commandcenter.ui.core.places import PlacePair
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Chip, Label, StateBanner
from commandcenter.ui.records.forms import DayField
from commandcenter.ui.records.inputs import GridTicks, JudgedPanel, TimeEdit

TEXTS = (
    "title", "place", "owner_unit", "commander", "units", "subjects", "process", "problems", "measures", "recorder",
)  # fmt: skip
COUNTS = ("took_part", "evacuated")
TIMES = MOMENTS[1:]
"""The beginning is when the drill was held."""
_USUAL = {"warned": "warned", "called": "called", "assembled": "assembled", "evacuated": "evacuated_at"}
"""Moments with a column of their own in 演练记录表."""
LATE_ONLY = frozenset(("scenario", "village", "grid"))
"""Asked only of a drill that was not planned here."""


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


class RecordForm(QWidget):
    """The fields, empty. Signals: ``left()``; ``submitted()`` by the button, or by Enter from any field; ``afresh()``
    when what was left in it is not wanted any more."""

    left = Signal()
    afresh = Signal()
    submitted = Signal()

    def __init__(self, tools: Tools, facts: FormFacts) -> None:
        super().__init__()
        self._tools, self._desk, self._facts = tools, tools.desk, facts
        self.record = facts.record
        self.zone: Any = zone_of(tools.desk.live.town)
        self.touched: set[str] = set()
        """Fields in which somebody has typed."""
        self._make_fields()
        self._lay_out()
        self._chain()

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
        self.save_button.clicked.connect(self.submitted)
        self.leave_button = Button("core.sheet.leave", kind="quiet", key="Esc")
        self.leave_button.clicked.connect(self.left)
        head.addWidget(self.leave_button)
        head.addWidget(self.save_button)
        self.kept, self.trouble = StateBanner(), StateBanner()
        self.kept.pressed.connect(self.afresh)
        body = Column()
        columns = QHBoxLayout(body)
        columns.setContentsMargins(look.space(4), look.space(2), look.space(4), look.space(4))
        columns.setSpacing(look.space(5))
        for part, share in ((self._what(), 10), (self._course(), 11), (self._result(), 11)):
            columns.addLayout(part, share)
        self.scrolling = QScrollArea()
        self.scrolling.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scrolling.setWidget(body)
        self.scrolling.setWidgetResizable(True)
        self.scrolling.setProperty("panel", "surface")
        self.scrolling.viewport().setProperty("panel", "surface")
        self.scrolling.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addLayout(head)
        lines.addWidget(self.kept)
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

    def _chain(self) -> None:
        order = [each for name, each in self.widgets.items() if self.is_late or name not in LATE_ONLY]
        order += [self.grids, self.judged]
        stops = [each.focusProxy() or each for each in order]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)
        inputs.chain(list(self.widgets.values()), self.submitted.emit)
        for part in (self.grids, self.judged):
            part.submitted.connect(self.submitted)
        for name, widget in self.widgets.items():
            if isinstance(widget, LineEdit):
                widget.textEdited.connect(_remember(self.touched, name))
            if isinstance(widget, TimeEdit):
                widget.edited.connect(self.judge)
        self.day.line.edited.connect(self.judge)
        self.setFocusProxy(self.scenario if self.is_late else self.time)

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
    def judge(self) -> None:
        """How the expectations stand, and whether a moment can be."""
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

    # --- words ------------------------------------------------------------------------------------------------------

    def grid_name(self, grid: str | None) -> str:
        """A grid by id; empty for none."""
        found = self._desk.live.grids.get(grid or "")
        return found.name if found else ""

    def shown(self, at: datetime | None) -> str:
        """A moment as it is typed."""
        if at is None:
            return ""
        local = at.astimezone(self.zone)
        return f"{local.hour}:{local:%M}" + (f":{local:%S}" if local.second else "")

    def named(self, ids: Any) -> list[tuple[str, str, int]]:
        """Grids as (id, name without the village's, number), in their order."""
        live = self._desk.live
        grids = sorted((live.grids[id] for id in set(ids) if id in live.grids), key=lambda each: natural_key(each.code))
        return [(each.id, _short(each.name, live.villages.get(each.village)), each.serial or 0) for each in grids]


def _short(name: str, village: Any | None) -> str:
    return name.removeprefix(village.name).strip() or name if village is not None else name


def _remember(touched: set[str], name: str) -> Any:
    def edited(_text: str) -> None:
        touched.add(name)

    return edited
