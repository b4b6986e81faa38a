"""The forms of the room: a course, a session, another date, a reason."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from commandcenter.base.clock import from_iso
from commandcenter.base.errors import BadInput
from commandcenter.base.texts import current, say
from commandcenter.rules.courses import METHODS, Course, CourseSession, moment_in
from commandcenter.services.attendance import HoldSession
from commandcenter.services.catalogues import terms
from commandcenter.services.course_sessions import SESSION_FIELDS, CancelSession, EditSession, MoveSession, PlanSession
from commandcenter.services.courses import COURSE_FIELDS, AddCourse, EditCourse
from commandcenter.ui.core.editing import EditField, EditSheet, FieldsSheet
from commandcenter.ui.core.fields import LineEdit, TextBox
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import Asking, CountEdit, Option, PickBox, YesNo
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.courses.store import TrainingStore, title_of


class _LineAsking(Asking):
    """A line of text that means something else than text."""

    def __init__(self, placeholder: str = "") -> None:
        super().__init__()
        self.line = LineEdit(placeholder)
        self.line.submitted.connect(self.submitted)
        self.setFocusProxy(self.line)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(self.line)

    @property
    def text(self) -> str:
        """What stands there, what is being composed included."""
        return self.line.text_with_preedit().strip()


class HoursEdit(_LineAsking):
    """Hours: a number, also a half."""

    def asked(self) -> float | None:
        """The number; BadInput ``session.hours``."""
        if not self.text:
            return None
        try:
            return float(self.text.replace(",", "."))
        except ValueError:
            raise BadInput("session.hours", text=self.text) from None

    def put(self, value: Any) -> None:
        """Show a number."""
        self.line.setText("" if value is None else f"{value:g}")


class MomentEdit(_LineAsking):
    """A day and a time as people type them."""

    def __init__(self, tools: Tools) -> None:
        super().__init__(say("courses.form.when_hint"))
        self._tools = tools

    def asked(self) -> Any:
        """The moment, aware; BadInput ``session.when``."""
        if not self.text:
            return None
        found = moment_in(self.text, self._tools.desk.now(), zone_of(self._tools.desk.live.town))
        if found is None:
            raise BadInput("session.when", text=self.text)
        return found

    def put(self, value: Any) -> None:
        """Show a moment in the town's time."""
        zone = zone_of(self._tools.desk.live.town)
        self.line.setText(f"{value.astimezone(zone):%Y-%m-%d %H:%M}" if value else "")


# --- courses ------------------------------------------------------------------------------------------------------


def _course_widgets() -> dict[str, QWidget]:
    return {
        "title": LineEdit(),
        "category": ChoiceStrip([Choice(each.key, title=each.name) for each in terms("course_categories").values()]),
        "hours": HoursEdit(), "valid_months": CountEdit(say("courses.valid.ever")),
        "method": ChoiceStrip([Choice(each, title_code=f"courses.method.{each}") for each in METHODS]),
        "pass_mark": CountEdit(), "required": YesNo("courses.form.required", "courses.form.voluntary"),
    }  # fmt: skip


def _course_fields() -> list[EditField]:
    hints = {"valid_months": "courses.form.valid_hint", "pass_mark": "courses.form.pass_hint"}
    empties: dict[str, Any] = {"title": "", "required": False}
    return [
        EditField(name, f"courses.field.{name}", widget, empties.get(name), _shown, name == "title",
                  hints.get(name, ""))
        for name, widget in _course_widgets().items()
    ]  # fmt: skip


def _shown(value: Any) -> str:
    """A value of either form in the words of the conflict view."""
    if isinstance(value, bool):
        return say("courses.form.required" if value else "courses.form.voluntary")
    if isinstance(value, str) and current().has(f"courses.method.{value}"):
        return say(f"courses.method.{value}")
    known = terms("course_categories").get(value) if isinstance(value, str) else None
    if known is not None:
        return known.name
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


class AddCourseSheet(FieldsSheet):
    """A course of the town's own. Signals: ``added(id)``."""

    added = Signal(str)

    def __init__(self, sender: Sender, category: str) -> None:
        super().__init__("courses.add.title", "courses.form.save", sender, _course_fields())
        for name, value in (("category", category or next(iter(terms("course_categories")))), ("hours", 2.0),
                            ("method", "none"), ("pass_mark", 60), ("required", True)):  # fmt: skip
            self.put(name, value)

    def command(self) -> AddCourse | None:
        """The addition."""
        found = self.values()
        if found is None:
            return None
        numbers: dict[str, Any] = {"hours": found["hours"] or 0.0, "pass_mark": found["pass_mark"] or 0}
        return AddCourse(**{**found, **numbers}, language=current().language)

    def words(self) -> str:
        """What it does."""
        return say("courses.done.add_course")

    def carried_out(self, outcome: Any) -> None:
        """Say it, and go there."""
        self._sender.tell_done(self.words(), outcome)
        self.added.emit(outcome.value["course"])


class _CourseView:
    """A course whose title is that of a language: what the form compares."""

    def __init__(self, course: Course) -> None:
        self.title = title_of(course)
        for name in COURSE_FIELDS:
            setattr(self, name, getattr(course, name))


class EditCourseSheet(EditSheet):
    """Changes a course."""

    def __init__(self, course: Course, sender: Sender) -> None:
        self._id = course.id
        super().__init__("courses.edit.title", "courses.form.save", sender, _course_fields(), _CourseView(course))

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> EditCourse:
        """The command."""
        return EditCourse(course=self._id, changed=changed, was=was, language=current().language)

    def follow(self, row: Any) -> None:
        """Somebody changed the course meanwhile."""
        super().follow(_CourseView(row))

    def words(self) -> str:
        """What it does."""
        return say("courses.done.edit_course")


# --- sessions -----------------------------------------------------------------------------------------------------


def _session_widgets(tools: Tools, store: TrainingStore) -> dict[str, QWidget]:
    villages = store.state.villages.values() if store.state else ()
    leading = ("trainer", "supervisor")
    officers = [each for each in tools.desk.live.officers.values() if each.active and each.role in leading]
    return {
        "place": LineEdit(),
        "village": PickBox((Option(each.id, store.village_name(each.id), (each.code, each.name)) for each in villages),
                           none_code="courses.form.whole_town"),
        "teacher": LineEdit(),
        "trainer": PickBox((Option(each.id, each.name) for each in officers), none_code="courses.form.no_trainer"),
        "hours": HoursEdit(), "note": TextBox(least=2, most=4, submits=True),
    }  # fmt: skip


def _session_fields(tools: Tools, store: TrainingStore) -> list[EditField]:
    empties: dict[str, Any] = dict.fromkeys(("place", "teacher", "note"), "")

    def shown(name: str, value: Any) -> str:
        if name == "village":
            return store.village_name(value) or say("courses.form.whole_town")
        officer = tools.desk.live.officers.get(str(value or "")) if name == "trainer" else None
        return officer.name if officer else _shown(value)

    return [
        EditField(name, f"courses.field.{name}", widget, empties.get(name), partial(shown, name),
                  name in ("place", "teacher", "note"))
        for name, widget in _session_widgets(tools, store).items()
    ]  # fmt: skip


class PlanSessionSheet(FieldsSheet):
    """A session to come, for those who are expected. Signals: ``planned(id)``."""

    planned = Signal(str)

    def __init__(self, tools: Tools, store: TrainingStore, sender: Sender, course: str | None,
                 expected: Sequence[str] = ()) -> None:  # fmt: skip
        self._expected = tuple(expected)
        courses = store.state.in_use if store.state else []
        self._courses = {each.id: each for each in courses}
        self.course = PickBox(Option(each.id, title_of(each), tuple(map(str, each.title.values()))) for each in courses)
        self.course.chosen.connect(self._course_chosen)
        fields = [
            EditField("course", "courses.field.course", self.course),
            EditField("starts_at", "courses.field.starts_at", MomentEdit(tools)),
            *_session_fields(tools, store),
        ]
        super().__init__("courses.plan.title", "courses.form.plan", sender, fields)
        if course is not None:
            self.course.put(course)
            self.setFocusProxy(fields[1].widget)
        self._course_chosen()
        count = len(self._expected)
        if count:
            self.trouble.say("courses.plan.expected", icon="team", count=count)

    def _course_chosen(self) -> None:
        known = self._courses.get(self.course.currentData() or "")
        if known is not None and "hours" in getattr(self, "fields", {}):
            self.put("hours", known.hours)

    def command(self) -> PlanSession | None:
        """The plan."""
        found = self.values()
        return None if found is None else PlanSession(**found, expected=self._expected)

    def words(self) -> str:
        """What it does."""
        return say("courses.done.plan")

    def carried_out(self, outcome: Any) -> None:
        """Say it, and go there."""
        self._sender.tell_done(self.words(), outcome)
        self.planned.emit(outcome.value["session"])


class EditSessionSheet(EditSheet):
    """Changes a session."""

    def __init__(self, session: CourseSession, tools: Tools, store: TrainingStore, sender: Sender) -> None:
        self._id = session.id
        fields = _session_fields(tools, store)
        assert {each.name for each in fields} == set(SESSION_FIELDS)
        super().__init__("courses.session.edit", "courses.form.save", sender, fields, session)

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> EditSession:
        """The command."""
        return EditSession(session=self._id, changed=changed, was=was)

    def words(self) -> str:
        """What it does."""
        return say("courses.done.edit_session")


class MoveSessionSheet(EditSheet):
    """Gives a session another date."""

    def __init__(self, session: CourseSession, tools: Tools, sender: Sender) -> None:
        self._session = session
        zone = zone_of(tools.desk.live.town)

        def shown(value: Any) -> str:
            return f"{value.astimezone(zone):%Y-%m-%d %H:%M}" if value else say("courses.undated")

        field = EditField("starts_at", "courses.field.starts_at", MomentEdit(tools), None, shown)
        super().__init__("courses.session.move", "courses.form.move", sender, [field], session)

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> MoveSession:
        """The command."""
        return MoveSession(session=self._session.id, starts_at=changed["starts_at"], was=was["starts_at"])

    def conflict(self, error: Any) -> None:
        """The other desk's date travels as text."""
        versions = error.facts["fields"]["starts_at"]
        told = {side: from_iso(value) if isinstance(value, str) else value for side, value in versions.items()}
        error.facts["fields"]["starts_at"] = told
        super().conflict(error)

    def words(self) -> str:
        """What it does."""
        return say("courses.done.move")


class ReasonSheet(FieldsSheet):
    """Asks for a reason, then does what needs one."""

    def __init__(self, title_code: str, save_code: str, field: str, told: str, sender: Sender,
                 make: Callable[[str], Any]) -> None:  # fmt: skip
        """``field`` names the reason in a refusal; ``told`` is said afterwards."""
        self._field, self._told, self._make = field, told, make
        reason = EditField(field, "courses.field.reason", LineEdit(say("courses.form.reason_hint")), "")
        super().__init__(title_code, save_code, sender, [reason])

    def command(self) -> Any | None:
        """What is done with the reason."""
        found = self.values()
        return None if found is None else self._make(found[self._field])

    def words(self) -> str:
        """What it does."""
        return self._told

    def carried_out(self, outcome: Any) -> None:
        """Say it."""
        self._sender.tell_done(self._told, outcome)


def cancel_sheet(session: CourseSession, sender: Sender) -> ReasonSheet:
    """Why a session is called off."""
    return ReasonSheet("courses.session.cancel", "courses.form.cancel", "reason", say("courses.done.cancel"), sender,
                       lambda reason: CancelSession(session=session.id, reason=reason))  # fmt: skip


def hold_sheet(session: CourseSession, missing: int, sender: Sender) -> ReasonSheet:
    """Why those are away who did not sign in."""
    sheet = ReasonSheet("courses.session.hold", "courses.form.hold", "absent_reason", say("courses.done.hold"), sender,
                        lambda reason: HoldSession(session=session.id, absent_reason=reason))  # fmt: skip
    sheet.trouble.say("courses.hold.missing", icon="info", count=missing)
    return sheet
