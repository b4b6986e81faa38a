"""Small lists at the right of the calendar, each with its form: marked days, absences, the rules of what is owed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from commandcenter.base.texts import current, say
from commandcenter.rules.debts import LEVELS, DebtRule
from commandcenter.rules.drills import DAY_KINDS, Absence, DayMark
from commandcenter.rules.permissions import SUPERVISORS
from commandcenter.rules.scenarios import rewritten, words
from commandcenter.services.day_marks import (
    MARK_FIELDS,
    AddAbsence,
    AddDayMark,
    EditDayMark,
    RetireAbsence,
    RetireDayMark,
)
from commandcenter.services.debt_rules import RULE_FIELDS, AddDebtRule, EditDebtRule, RetireDebtRule
from commandcenter.services.seasons import Season
from commandcenter.services.wording import shown
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Column, Link, clear
from commandcenter.ui.core.cards import words as label
from commandcenter.ui.core.editing import EditField, EditSheet, FieldsSheet
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import CountEdit, Option, PickBox
from commandcenter.ui.core.places import PlacePair
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Label, divider
from commandcenter.ui.drills.forms import narrow
from commandcenter.ui.drills.picture import Picture
from commandcenter.ui.drills.words import (
    month,
    newest,
    officer_words,
    rule_words,
    scenario_words,
    short_day,
    village_words,
)

INFERRED = "I"
"""The source of a shipped rule that nothing published asks for."""
Open = Callable[[str, Callable[[], Any]], None]
"""Puts a form in this list's place: a key, and what makes it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what it says, below it more quietly, the form it opens, and the command that takes it away."""

    title: str
    more: str
    edit: Callable[[], None] | None
    retire: Callable[[], None] | None


class SmallList(QWidget):
    """Lines under headings. Signals: ``left()`` on Escape or its button."""

    left = Signal()

    def __init__(self, title_code: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "surface")
        look = theme.current()
        self.leave_button = Button("core.sheet.leave", kind="quiet", key="Esc")
        self.leave_button.clicked.connect(self.left)
        holder = Column()
        self._lines = QVBoxLayout(holder)
        self._lines.setContentsMargins(look.space(4), look.space(2), look.space(4), look.space(4))
        self._lines.setSpacing(look.space(2))
        scrolling = QScrollArea()
        scrolling.setWidget(holder)
        scrolling.setWidgetResizable(True)
        scrolling.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = QHBoxLayout()
        head.setContentsMargins(look.space(4), look.space(3), look.space(3), look.space(1))
        head.addWidget(Label(title_code, "heading"), 1)
        head.addWidget(self.leave_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(head)
        whole.addWidget(scrolling, 1)
        self.first: QWidget = self.leave_button

    def begin(self) -> None:
        """Take everything out."""
        clear(self._lines)
        self.first = self.leave_button

    def part(self, title_code: str, add_code: str, add: Callable[[], None] | None, none_code: str,
             entries: Sequence[Entry]) -> None:  # fmt: skip
        """A heading with its button and its lines; ``add`` None: the role may not."""
        row = QHBoxLayout()
        row.addWidget(Label(title_code, "strong"), 1)
        if add is not None:
            button = Button(add_code, kind="secondary", icon="add")
            button.clicked.connect(add)
            row.addWidget(button)
            if self.first is self.leave_button:
                self.first = button
        self._lines.addLayout(row)
        for entry in entries:
            self._lines.addWidget(self._line(entry))
        if not entries:
            quiet = Label(none_code, "muted")
            quiet.setWordWrap(True)
            self._lines.addWidget(quiet)
        self._lines.addWidget(divider())

    def end(self) -> None:
        """The rest stays empty."""
        self._lines.addStretch(1)

    def _line(self, entry: Entry) -> QWidget:
        line, look = QWidget(), theme.current()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.space(2))
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(Link(entry.title, entry.edit) if entry.edit else label(entry.title))
        if entry.more:
            column.addWidget(label(entry.more, "muted"))
        row.addLayout(column, 1)
        if entry.retire is not None:
            button = Button("drills.list.retire", kind="quiet", icon="remove")
            button.setAccessibleName(say("drills.list.retire_what", what=entry.title))
            button.clicked.connect(entry.retire)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return line

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


# --- marked days and absences ---------------------------------------------------------------------------------------


def days_of(mark: DayMark) -> str:
    """When a mark lies: a span, or the endings of dates."""
    parts = []
    if mark.first_day:
        first = short_day(date.fromisoformat(mark.first_day))
        last = short_day(date.fromisoformat(mark.last_day)) if mark.last_day else ""
        parts.append(say("drills.marks.span", first=first, last=last) if last and last != first else first)
    if mark.days:
        parts.append(say("drills.marks.endings", days=mark.days.replace(",", say("drills.join"))))
    return say("drills.semicolon").join(parts)


class MarksList(SmallList):
    """Market days, school terms, harvest and the like; and when trainers cannot come."""

    def __init__(self, tools: Tools, sender: Sender, open_form: Open) -> None:
        super().__init__("drills.marks.title")
        self._tools, self._sender, self._open = tools, sender, open_form

    def show_picture(self, picture: Picture) -> None:
        """As they stand now."""
        season, may = picture.season, self._tools.actions.is_allowed("drill.plan")
        self.begin()
        marks = sorted(season.marks, key=lambda each: (DAY_KINDS.index(each.kind), each.first_day, each.id))
        self.part(
            "drills.marks.days", "drills.marks.add", self._add_mark if may else None, "drills.marks.none",
            [self._mark(each, may) for each in marks],
        )  # fmt: skip
        absences = sorted(season.absences, key=lambda each: (each.first_day, each.id))
        absences = [each for each in absences if each.last_day >= season.today.isoformat()]
        add = partial(self._open, "new:absence", partial(AbsenceSheet, season, self._sender)) if may else None
        self.part(
            "drills.absences.title", "drills.absences.add", add, "drills.absences.none",
            [self._absence(each, may) for each in absences],
        )  # fmt: skip
        self.end()

    def _add_mark(self) -> None:
        self._open("new:day_mark", partial(AddMarkSheet, self._tools, self._sender))

    def _mark(self, mark: DayMark, may: bool) -> Entry:
        kind = say(f"drills.mark.{mark.kind}")
        where = village_words(self._tools.desk, mark.village) or say("core.place.whole_town")
        edit = partial(self._open, mark.id, partial(EditMarkSheet, mark, self._tools, self._sender)) if may else None
        done = say("drills.done.mark_retired", what=kind)
        retire = partial(self._send, RetireDayMark(day_mark=mark.id), done) if may else None
        more = say("drills.dot").join(part for part in (where, shown(mark.note)) if part)
        return Entry(say("drills.marks.line", kind=kind, days=days_of(mark)), more, edit, retire)

    def _absence(self, absence: Absence, may: bool) -> Entry:
        name = officer_words(self._tools.desk, absence.officer)
        first, last = (short_day(date.fromisoformat(day)) for day in (absence.first_day, absence.last_day))
        span = say("drills.marks.span", first=first, last=last) if first != last else first
        done = say("drills.done.absence_retired", name=name)
        retire = partial(self._send, RetireAbsence(absence=absence.id), done) if may else None
        return Entry(say("drills.marks.line", kind=name, days=span), shown(absence.reason), None, retire)

    def _send(self, command: Any, told: str) -> None:
        self._sender.send(command, told, done=partial(self._sender.tell_done, told))


def _mark_fields(tools: Tools) -> tuple[PlacePair, list[EditField]]:
    places = PlacePair(tools.desk.live)
    kinds = ChoiceStrip(tuple(Choice(each, title_code=f"drills.mark.{each}") for each in DAY_KINDS))
    widgets: dict[str, QWidget] = {
        "kind": kinds, "village": places.village, "first_day": LineEdit(), "last_day": LineEdit(), "days": LineEdit(),
        "note": LineEdit(),
    }  # fmt: skip
    hints = {"first_day": "drills.marks.day_hint", "days": "drills.marks.endings_hint"}
    shown: dict[str, Callable[[Any], str]] = {
        "village": partial(places.shown, "village"), "kind": lambda each: say(f"drills.mark.{each}"),
    }  # fmt: skip
    return places, [
        EditField(
            name, f"drills.marks.field.{name}", widgets[name], None if name == "village" else "",
            shown.get(name, _as_text), name == "note", hints.get(name, ""),
        )
        for name in MARK_FIELDS
    ]  # fmt: skip


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)


class AddMarkSheet(FieldsSheet):
    """A new mark."""

    def __init__(self, tools: Tools, sender: Sender) -> None:
        self.places, fields = _mark_fields(tools)
        super().__init__("drills.marks.add", "drills.marks.save", sender, fields)
        self.put("kind", "market")

    def command(self) -> AddDayMark | None:
        """The command."""
        found = self.values()
        return None if found is None else AddDayMark(**found)

    def words(self) -> str:
        """For the undo list."""
        return say("drills.done.mark_added")

    def carried_out(self, outcome: Any) -> None:
        """Say it."""
        self._sender.tell_done(self.words(), outcome)


class EditMarkSheet(EditSheet):
    """Changes a mark."""

    def __init__(self, mark: DayMark, tools: Tools, sender: Sender) -> None:
        self._mark = mark
        self.places, fields = _mark_fields(tools)
        super().__init__("drills.marks.edit", "drills.marks.save", sender, fields, mark)

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> EditDayMark:
        """The command."""
        return EditDayMark(day_mark=self._mark.id, changed=changed, was=was)

    def words(self) -> str:
        """For the undo list."""
        return say("drills.done.mark_edited")

    def carried_out(self, outcome: Any) -> None:
        """Say it."""
        self._sender.tell_done(self.words(), outcome)


class AbsenceSheet(FieldsSheet):
    """When a trainer cannot come."""

    def __init__(self, season: Season, sender: Sender) -> None:
        trainers = PickBox(Option(id, name) for id, name in season.trainers.items())
        fields = [
            EditField("officer", "drills.absences.officer", trainers),
            EditField("first_day", "drills.marks.field.first_day", LineEdit(), "", hint_code="drills.marks.day_hint"),
            EditField("last_day", "drills.marks.field.last_day", LineEdit(), ""),
            EditField("reason", "drills.absences.reason", LineEdit(), ""),
        ]
        super().__init__("drills.absences.add", "drills.absences.save", sender, fields)

    def command(self) -> AddAbsence | None:
        """The command."""
        found = self.values()
        return None if found is None else AddAbsence(**{**found, "officer": found["officer"] or ""})

    def words(self) -> str:
        """For the undo list."""
        return say("drills.done.absence_added")

    def carried_out(self, outcome: Any) -> None:
        """Say it."""
        self._sender.tell_done(self.words(), outcome)


# --- rules of what is owed ------------------------------------------------------------------------------------------


class RulesList(SmallList):
    """Who owes which drill how often; the town's supervisors change it."""

    def __init__(self, tools: Tools, sender: Sender, open_form: Open) -> None:
        super().__init__("drills.rules.title")
        self._tools, self._sender, self._open = tools, sender, open_form

    def show_picture(self, picture: Picture) -> None:
        """As they stand now, by level."""
        may = self._tools.desk.officer.role in SUPERVISORS
        season = picture.season
        self.begin()
        add = partial(self._open, "new:debt_rule", partial(AddRuleSheet, season, self._sender)) if may else None
        for level in LEVELS:
            found = [each for each in season.rules if each.level == level]
            if found or level == LEVELS[0]:
                self.part(f"drills.level.{level}", "drills.rules.add", add if level == LEVELS[0] else None,
                          "drills.rules.none", [self._rule(each, season, may) for each in found])  # fmt: skip
        if not may:
            told = Label("drills.rules.supervisors", "caption")
            told.setWordWrap(True)
            self._lines.addWidget(told)
        self.end()

    def _rule(self, rule: DebtRule, season: Season, may: bool) -> Entry:
        when = say("drills.rules.before", month=month(rule.before_month)) if rule.before_month else ""
        often = say("drills.rules.every", count=rule.every_months)
        source = say("drills.rules.inferred") if rule.source == INFERRED else rule.source
        parts = (scenario_words(season, rule.scenario), often, when, source)
        edit = partial(self._open, rule.id, partial(EditRuleSheet, rule, season, self._sender)) if may else None
        retire = partial(self._retire, rule) if may else None
        return Entry(rule_words(rule), say("drills.dot").join(part for part in parts if part), edit, retire)

    def _retire(self, rule: DebtRule) -> None:
        told = say("drills.done.rule_retired", title=rule_words(rule))
        self._sender.send(RetireDebtRule(debt_rule=rule.id), told, done=partial(self._sender.tell_done, told))


def _rule_fields(season: Season) -> list[EditField]:
    levels = PickBox(Option(each, say(f"drills.level.{each}")) for each in LEVELS)
    scenarios = narrow(PickBox(
        (Option(key, scenario_words(season, key), (key,)) for key in newest(season)), none_code="drills.any_scenario"
    ))  # fmt: skip
    months = PickBox((Option(number, month(number)) for number in range(1, 13)), none_code="drills.rules.any_time")
    widgets: dict[str, tuple[QWidget, Any]] = {
        "title": (LineEdit(), ""), "level": (levels, None), "scenario": (scenarios, ""),
        "every_months": (CountEdit(), 0), "before_month": (months, 0), "since": (LineEdit(), ""),
        "source": (LineEdit(), ""),
    }  # fmt: skip
    shown: dict[str, Callable[[Any], str]] = {
        "level": lambda each: say(f"drills.level.{each}"), "scenario": lambda key: scenario_words(season, key),
        "before_month": lambda number: month(number) if number else say("drills.rules.any_time"),
        "title": lambda text: words(text, current().language) if isinstance(text, dict) else str(text),
    }  # fmt: skip
    return [
        EditField(name, f"drills.rules.field.{name}", *widgets[name], shown.get(name, _as_text)) for name in RULE_FIELDS
    ]


class AddRuleSheet(FieldsSheet):
    """A new rule."""

    def __init__(self, season: Season, sender: Sender) -> None:
        super().__init__("drills.rules.add", "drills.rules.save", sender, _rule_fields(season))
        self.put("level", "village")
        self.put("every_months", 12)

    def command(self) -> AddDebtRule | None:
        """The command."""
        found = self.values()
        return None if found is None else AddDebtRule(**found, language=current().language)

    def words(self) -> str:
        """For the undo list."""
        return say("drills.done.rule_added")

    def carried_out(self, outcome: Any) -> None:
        """Say it."""
        self._sender.tell_done(self.words(), outcome)


class EditRuleSheet(EditSheet):
    """Changes a rule. Its title is written in the language that is spoken."""

    def __init__(self, rule: DebtRule, season: Season, sender: Sender) -> None:
        self._rule = rule
        super().__init__("drills.rules.edit", "drills.rules.save", sender, _rule_fields(season), rule)

    def put(self, name: str, value: Any) -> None:
        """Show a value; a title in the language that is spoken."""
        super().put(name, words(value, current().language) if name == "title" and isinstance(value, dict) else value)

    def value(self, name: str) -> Any:
        """As the row holds it."""
        found = super().value(name)
        return rewritten(self._was["title"], found or "", current().language) if name == "title" else found

    def values(self, names: Sequence[str] = ()) -> dict[str, Any] | None:
        """As the row holds them."""
        found = super().values(names)
        if found is not None and "title" in found:
            found["title"] = rewritten(self._was["title"], found["title"], current().language)
        return found

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> EditDebtRule:
        """The command."""
        return EditDebtRule(debt_rule=self._rule.id, changed=changed, was=was)

    def words(self) -> str:
        """For the undo list."""
        return say("drills.done.rule_edited", title=rule_words(self._rule))

    def carried_out(self, outcome: Any) -> None:
        """Say it."""
        self._sender.tell_done(self.words(), outcome)
