"""Small forms beside a record: something to mend, somebody who was told, somebody who plays a part."""

from contextlib import suppress
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.rules.drills import DrillNotice, DrillPerson, Improvement
from commandcenter.rules.judging import day_written
from commandcenter.rules.people import PERSON_KINDS
from commandcenter.rules.scenarios import ROLES
from commandcenter.services.drill_people import AddDrillPerson, EditDrillPerson
from commandcenter.services.drill_words import role_name
from commandcenter.services.drills import TellOfDrill
from commandcenter.services.improvements import AddImprovement, EditImprovement
from commandcenter.ui.core.editing import EditField, EditSheet, FieldsSheet
from commandcenter.ui.core.fields import LineEdit, TextBox
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import Asking, Option, PickBox
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools

PARTS = ("player", "controller", "evaluator")


class DayField(Asking):
    """A day as people write it: 7.20, 0720, 2025-07-20. What it means stands in it once one goes on."""

    def __init__(self, tools: Tools, *, ahead: bool) -> None:
        super().__init__()
        from PySide6.QtWidgets import QVBoxLayout

        self._tools, self._ahead = tools, ahead
        self.line = LineEdit(say("records.day.placeholder"))
        self.line.submitted.connect(self.submitted)
        self.line.editingFinished.connect(self._settle)
        self.setFocusProxy(self.line)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(self.line)

    def asked(self) -> str | None:
        """``YYYY-MM-DD``; BadInput ``edit.day``."""
        text = self.line.text_with_preedit().strip()
        if not text:
            return None
        desk = self._tools.desk
        today = desk.now().astimezone(zone_of(desk.live.town)).date()
        day = day_written(text, today, ahead=self._ahead)
        if day is None:
            raise BadInput("edit.day", field="due", text=text)
        return day.isoformat()

    def put(self, value: Any) -> None:
        """Show a day."""
        self.line.setText(value or "")

    def _settle(self) -> None:
        with suppress(BadInput):  # it stays as typed, and saving says what is wrong
            self.line.setText(self.asked() or "")


def _mend_fields(tools: Tools) -> list[EditField]:
    return [
        EditField("text", "records.field.mend", TextBox(least=2, most=6, submits=True), empty="", can_merge=True),
        EditField("owner", "records.field.mend_owner", LineEdit(), empty=""),
        EditField("due", "records.field.mend_due", DayField(tools, ahead=True), empty=""),
    ]


class AddImprovementSheet(FieldsSheet):
    """Something that has to be mended."""

    def __init__(self, tools: Tools, post: Sender, drill: str) -> None:
        super().__init__("records.form.improve", "records.save.improve", post, _mend_fields(tools))
        self._drill, self._post = drill, post

    def command(self) -> Any | None:
        """With what, who and by when."""
        found = self.values()
        return None if found is None else AddImprovement(drill=self._drill, **found)

    def words(self) -> str:
        """For the undo list."""
        return say("records.done.improve")


class EditImprovementSheet(EditSheet):
    """Changes something that has to be mended."""

    def __init__(self, tools: Tools, post: Sender, row: Improvement) -> None:
        super().__init__("records.form.improvement", "records.save.improve", post, _mend_fields(tools), row)
        self._row = row

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> Any:
        """Only what was changed."""
        return EditImprovement(improvement=self._row.id, changed=changed, was=was)

    def words(self) -> str:
        """For the undo list."""
        return say("records.done.improvement")


class TellSheet(FieldsSheet):
    """Who was told that it is only a drill."""

    def __init__(self, post: Sender, notice: DrillNotice) -> None:
        whom = LineEdit(say("records.told.placeholder"))
        super().__init__(
            "records.form.tell", "records.save.tell", post, [EditField("whom", "records.field.whom", whom, empty="")]
        )
        self.put("whom", notice.whom)
        self._notice = notice

    def command(self) -> Any | None:
        """Told now, by whoever is at the desk."""
        found = self.values()
        return None if found is None else TellOfDrill(notice=self._notice.id, whom=found["whom"])

    def words(self) -> str:
        """For the undo list."""
        return say("records.done.tell", audience=say(f"drillpaper.audience.{self._notice.audience}"))


class AbsentSheet(FieldsSheet):
    """Somebody was not there, and why."""

    def __init__(self, post: Sender, person: DrillPerson) -> None:
        fields = [EditField("reason", "records.field.absent", LineEdit(), empty="")]
        super().__init__("records.form.absent", "records.save.absent", post, fields)
        self.put("reason", person.reason)
        self._person = person

    def command(self) -> Any | None:
        """Refused without a reason."""
        found = self.values()
        if found is None:
            return None
        was = {"present": self._person.present, "reason": self._person.reason}
        return EditDrillPerson(drill_person=self._person.id, changed={"present": False, **found}, was=was)

    def words(self) -> str:
        """For the undo list."""
        return say("records.done.absent")


class AddPersonSheet(FieldsSheet):
    """Somebody who plays a part: found in the register by name or pinyin, or only named."""

    def __init__(self, tools: Tools, post: Sender, drill: str) -> None:
        people = tools.desk.directory.people
        register = PickBox(
            (Option(key, each.name, (say(f"records.person.{key[0]}"),)) for key, each in people.items()
             if key[0] in PERSON_KINDS), none_code="records.person.only_named",
        )  # fmt: skip
        parts = ChoiceStrip(tuple(Choice(each, title_code=f"drillpaper.part.{each}") for each in PARTS))
        parts.choose("player")
        roles = PickBox((Option(each, role_name(each)) for each in ROLES), none_code="records.person.no_role")
        super().__init__("records.form.person", "records.save.person", post, [
            EditField("person", "records.field.person", register), EditField("name", "records.field.name", LineEdit(),
                                                                           empty=""),
            EditField("part", "records.field.part", parts, empty="player"),
            EditField("role", "records.field.role", roles, empty=""),
        ])  # fmt: skip
        self._drill = drill

    def command(self) -> Any | None:
        """With the register's id where there is one."""
        found = self.values()
        if found is None:
            return None
        chosen: tuple[Any, Any] = found.pop("person") or ("worker", None)
        kind, id = chosen
        return AddDrillPerson(drill=self._drill, person=id, person_kind=kind, **found)

    def words(self) -> str:
        """For the undo list."""
        return say("records.done.person")
