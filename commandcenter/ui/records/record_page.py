"""The record of a drill on one screen, typed by keys alone: the 20 columns of 演练记录表 in the order of the paper,
the grids that took part, and the expectations judged beside it as they are typed.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from commandcenter.base.clock import iso
from commandcenter.base.errors import BadInput, CommandCenterError, Conflict
from commandcenter.base.texts import current, say
from commandcenter.rules.masks import is_erased
from commandcenter.services.drill_reading import Record
from commandcenter.services.improvements import Mend
from commandcenter.services.records import RecordDrill, RecordLate
from commandcenter.ui.core import inputs
from commandcenter.ui.core.editing import ConflictView
from commandcenter.ui.core.sending import FixedId, Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.records.inputs import TimeEdit
from commandcenter.ui.records.meeting import grid_words, line_of, mark_words
from commandcenter.ui.records.record_form import COUNTS, LATE_ONLY, TEXTS, TIMES, FormFacts, RecordForm
from commandcenter.ui.records.suggestions import Suggestions


class RecordPage(RecordForm):
    """The form as it is filled and saved. Enter saves from every field, Escape leaves; what is refused is said under
    its field.

    Signals: ``saved(drill)``; ``left()``.
    """

    saved = Signal(str)

    def __init__(self, tools: Tools, post: Sender, facts: FormFacts, *, village: str | None = None) -> None:
        super().__init__(tools, facts)
        self._post = post
        self._fixed = FixedId()
        self._conflicts: dict[str, ConflictView] = {}
        self._was: dict[str, Any] = {}
        self._times_were: dict[str, str] = dict.fromkeys(TIMES, "")
        self._times_seen: dict[str, str] = {}
        self._stood: dict[str, tuple[bool | None, str]] = {}
        """Of each grid whether it came and why not, as this form has seen it last."""
        if self.record is not None:
            self._show_record(self.record)
        else:
            Suggestions(self, tools.desk, facts).begin(village)
        self.submitted.connect(self.submit)
        self.judge()
        self._blank = inputs.standing(self)

    @property
    def is_begun(self) -> bool:
        """Whether something would be lost without it."""
        return inputs.standing(self) != self._blank

    def tell_kept(self) -> None:
        """It is here again as it was left; nobody begins afresh while it is being saved."""
        if self.save_button.isEnabled():
            self.kept.say("core.sheet.kept", button="core.sheet.afresh")

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
        self._times_were = {moment: self.shown(record.times.get(moment)) for moment in TIMES}
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
        self.grids.show_grids(self.named(each.grid for each in record.grids), absent)
        self.judged.show_expectations(record.expectations, drill.pass_mark)

    def follow(self, record: Record) -> None:
        """Somebody wrote meanwhile: what was not touched here takes the new value, the rest meets on saving."""
        was_begun = self.is_begun
        self._take(record)
        if not was_begun:
            self._blank = inputs.standing(self)

    def _take(self, record: Record) -> None:
        for name in (*TEXTS, *COUNTS):
            theirs = getattr(record.drill, name)
            if theirs != self._was[name] and self._value(name) == self._was[name]:
                inputs.fill(self.widgets[name], theirs)
                self._was[name] = theirs
        for moment in TIMES:
            theirs = self.shown(record.times.get(moment))
            widget: Any = self.widgets[f"at.{moment}"]
            if theirs != self._times_were[moment] and widget.text() == self._times_were[moment]:
                widget.setText(theirs)
                self._saw(moment, iso(record.times[moment]) if moment in record.times else "")
        self._follow_grids(record)
        self.judged.follow(record.expectations)
        self.record = record
        self.judge()

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
        self._times_were[moment] = self.shown(datetime.fromisoformat(at)) if at else ""

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
        self.kept.hide()
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
            if name.startswith("at.") or name == "held_at" or (name in LATE_ONLY and not self.is_late):
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
            if self.shown(times.get(moment)) != self._times_were[moment]
        ]  # fmt: skip
        moments = {moment: iso(times[moment]) if moment in times else "" for moment in altered}
        was = {moment: self._times_seen.get(moment, "") for moment in altered}
        shown = (drill.held_at or drill.starts_at)
        kept = shown if shown is not None and self.shown(shown) == self.shown(held) and (
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
            told = [grid_words(self.grid_name(id), side) for side in (mine, theirs)]
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
            self.judge()

    def _in_words(self, value: Any, is_time: bool) -> str:
        if is_time:
            return self.shown(datetime.fromisoformat(value)) if value else ""
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


def _is_instant(versions: Mapping[str, Any]) -> bool:
    """Whether a conflict is about a moment, not about a number of the same name."""
    return any(isinstance(each, str) and "T" in each for each in versions.values())
