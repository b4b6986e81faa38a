"""Marked days and absences: the list at the right of the calendar, and its forms."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.rules.drills import DAY_KINDS, Absence, DayMark
from commandcenter.services.day_marks import (
    MARK_FIELDS,
    AddAbsence,
    AddDayMark,
    EditDayMark,
    RetireAbsence,
    RetireDayMark,
)
from commandcenter.services.seasons import Season
from commandcenter.services.wording import shown
from commandcenter.ui.core.editing import EditField, EditSheet, FieldsSheet
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import Option, PickBox
from commandcenter.ui.core.places import PlacePair
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.drills.picture import Picture
from commandcenter.ui.drills.smalllist import Entry, Open, SmallList, as_text
from commandcenter.ui.drills.words import (
    look_only,
    officer_words,
    short_day,
    village_words,
)


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
        if not may:
            self.tell(look_only(self._tools))
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
        self._sender.carry_out(command, told)


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
            shown.get(name, as_text), name == "note", hints.get(name, ""),
        )
        for name in MARK_FIELDS
    ]  # fmt: skip


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
