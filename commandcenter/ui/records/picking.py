"""What the buttons on a record's card do, by keys: one form each that asks which of its lines is meant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.rules.drills import AUDIENCES, DrillPerson
from commandcenter.rules.judging import moment_at
from commandcenter.rules.scenarios import MOMENTS
from commandcenter.services.drill_people import EditDrillPerson, RemoveDrillPerson
from commandcenter.services.drill_reading import Record
from commandcenter.services.drill_words import moment_name, role_name
from commandcenter.services.drills import AddDrillNotice, TellOfDrill
from commandcenter.services.improvements import FinishImprovement, RetestImprovement
from commandcenter.services.moments import NoteMoment
from commandcenter.services.wording import shown
from commandcenter.ui.core.editing import EditField, FieldsSheet
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import Option, PickBox
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools


class _LineSheet(FieldsSheet):
    """Asks which line, and what else there is to say of it; where there is only one, it stands there already."""

    kind = ""
    """Its texts: ``records.form.<kind>``, ``records.save.<kind>``, ``records.field.<kind>`` for the line."""

    def __init__(self, post: Sender, options: Sequence[Option], more: Sequence[EditField] = ()) -> None:
        self._titles = {each.value: each.title for each in options}
        line = EditField("line", f"records.field.{self.kind}", PickBox(options, none_code="records.choose"))
        super().__init__(f"records.form.{self.kind}", f"records.save.{self.kind}", post, [line, *more])
        if len(options) == 1:
            self.put("line", options[0].value)

    def chosen(self) -> dict[str, Any] | None:
        """What stands in the fields; None after saying that no line was chosen, or what else cannot be."""
        found = self.values()
        if found is not None and not found["line"]:
            self.form.show_errors({"line": BadInput("drill.line_needed", field="line")})
            return None
        return found


class FinishSheet(_LineSheet):
    """Something is mended."""

    kind = "finish"

    def command(self) -> Any | None:
        """Which."""
        found = self.chosen()
        return None if found is None else FinishImprovement(improvement=found["line"])

    def words(self) -> str:
        """For the undo list."""
        return say("records.done.finish")


class RetestSheet(_LineSheet):
    """A re-test 复演 of something to be mended."""

    kind = "retest"

    def command(self) -> Any | None:
        """Which; it is planned for the day by which it is to be mended."""
        found = self.chosen()
        return None if found is None else RetestImprovement(improvement=found["line"])

    def words(self) -> str:
        """For the undo list."""
        return say("records.action.retest")


class ToldSheet(_LineSheet):
    """Somebody was told that it is only a drill."""

    kind = "told"

    def __init__(self, post: Sender, options: Sequence[Option]) -> None:
        whom = LineEdit(say("records.told.placeholder"))
        super().__init__(post, options, [EditField("whom", "records.field.whom", whom, empty="")])

    def command(self) -> Any | None:
        """Told now, by whoever is at the desk."""
        found = self.chosen()
        return None if found is None else TellOfDrill(notice=found["line"], whom=found["whom"])

    def words(self) -> str:
        """For the undo list."""
        return say("records.done.tell", audience=self._titles.get(self.fields["line"].read(), ""))


class NoticeSheet(FieldsSheet):
    """Somebody more has to be told 告知清单."""

    def __init__(self, post: Sender, drill: str) -> None:
        audience = ChoiceStrip(
            tuple(Choice(each, title_code=f"drillpaper.audience.{each}") for each in reversed(AUDIENCES))
        )
        audience.choose("other")
        super().__init__("records.form.notice", "records.save.notice", post, [
            EditField("audience", "records.field.audience", audience, empty="other"),
            EditField("whom", "records.field.to_tell", LineEdit(), empty=""),
        ])  # fmt: skip
        self._drill = drill

    def command(self) -> Any | None:
        """Whom, and of which kind."""
        found = self.values()
        return None if found is None else AddDrillNotice(drill=self._drill, **found)

    def words(self) -> str:
        """For the undo list."""
        return say("records.done.notice")


class PresenceSheet(_LineSheet):
    """Somebody was there, or not and why."""

    kind = "presence"

    def __init__(self, post: Sender, options: Sequence[Option], persons: Sequence[DrillPerson]) -> None:
        came = ChoiceStrip((Choice("came", title_code="records.people.came"),
                            Choice("away", title_code="records.people.not_came")))  # fmt: skip
        came.choose("came")
        super().__init__(post, options, [
            EditField("came", "records.field.came", came, empty="came"),
            EditField("reason", "records.field.absent", LineEdit(), empty=""),
        ])  # fmt: skip
        self._persons = {each.id: each for each in persons}

    def command(self) -> Any | None:
        """An absence without a reason is refused."""
        found = self.chosen()
        if found is None:
            return None
        person, is_there = self._persons[found["line"]], found["came"] == "came"
        changed = {"present": is_there, "reason": "" if is_there else found["reason"]}
        was = {"present": person.present, "reason": person.reason}
        return EditDrillPerson(drill_person=person.id, changed=changed, was=was)

    def words(self) -> str:
        """For the undo list."""
        return say("records.done.came" if self.fields["came"].read() == "came" else "records.done.absent")


class LeaveSheet(_LineSheet):
    """Somebody plays no part after all."""

    kind = "leave"

    def command(self) -> Any | None:
        """Who."""
        found = self.chosen()
        return None if found is None else RemoveDrillPerson(drill_person=found["line"])

    def words(self) -> str:
        """For the undo list."""
        return say("records.done.leave")


class OwnTimeSheet(_LineSheet):
    """A time from the sheet of a role: whose, of which moment; an empty time takes it away."""

    kind = "own_time"

    def __init__(self, post: Sender, options: Sequence[Option], record: Record, zone: ZoneInfo) -> None:
        moments = PickBox((Option(each, moment_name(each)) for each in MOMENTS), none_code="records.choose")
        super().__init__(post, options, [
            EditField("moment", "records.field.moment", moments),
            EditField("at", "records.field.at", LineEdit(say("records.own_time.placeholder")), empty=""),
        ])  # fmt: skip
        self._record, self._zone = record, zone

    def command(self) -> Any | None:
        """The time as an instant: of the day of the drill, or of the night after."""
        found = self.chosen()
        if found is None:
            return None
        if not found["moment"]:
            self.form.show_errors({"moment": BadInput("drill.line_needed", field="moment")})
            return None
        at: datetime | None = None
        begun = self._record.drill.held_at or self._record.drill.starts_at
        if found["at"]:
            at = moment_at(found["at"], begun, self._zone) if begun is not None else None
            if at is None:
                self.form.show_errors({"at": BadInput("drill.time", text=found["at"], field="at")})
                return None
        return NoteMoment(drill=self._record.id, moment=found["moment"], at=at, person=found["line"], source="paper")

    def words(self) -> str:
        """For the undo list."""
        return say("records.done.own_time")


def person_options(tools: Tools, persons: Sequence[DrillPerson]) -> list[Option]:
    """People of a drill as choices, with the role they play."""
    directory = tools.desk.directory.people
    found = []
    for each in persons:
        known = directory.get((each.person_kind, each.person)) if each.person else None
        name = known.name if known is not None else shown(each.name)
        part = role_name(each.role) if each.role else say(f"drillpaper.part.{each.part}")
        found.append(Option(each.id, " · ".join(part for part in (name, part) if part), (name,)))
    return found
