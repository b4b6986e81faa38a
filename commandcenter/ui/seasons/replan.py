"""What has changed: trainers who cannot come, dates that somebody has set. The planner works them in."""

from datetime import date

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.formats.cleaning import BadValue, moment
from commandcenter.rules import planning
from commandcenter.services import season_plan, season_training
from commandcenter.services.season_plan import Away, Basis, Fix
from commandcenter.ui.core import theme
from commandcenter.ui.core.actions import ActionRegistry
from commandcenter.ui.core.cards import clear, words
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Form
from commandcenter.ui.core.inputs import Option, PickBox, chain
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.widgets import ActionButton, Button, Label, divider
from commandcenter.ui.seasons.words import day_words, slot_words


class Changes(QWidget):
    """The list of what has changed, and two short forms to add to it. Signals: ``changed()``."""

    changed = Signal()

    def __init__(self, actions: ActionRegistry) -> None:
        super().__init__()
        self.aways: list[Away] = []
        self.fixes: list[Fix] = []
        self._basis: Basis | None = None
        self._titles: dict[str, str] = {}
        self.trainer, self.first, self.last = PickBox(), LineEdit(), LineEdit()
        self.drill, self.day = PickBox(), LineEdit()
        for field in (self.first, self.last, self.day):
            field.setPlaceholderText("06-05")
        self.day.setPlaceholderText("06-05 09:00")
        self.forms: dict[str, Form] = {}
        fields: dict[str, QWidget] = {
            "trainer": self.trainer, "first": self.first, "last": self.last, "drill": self.drill, "day": self.day,
        }  # fmt: skip
        for name, widget in fields.items():
            self.forms[name] = Form()
            self.forms[name].add(name, f"season.replan.{name}", widget)
            widget.setAccessibleName(say(f"season.replan.{name}"))
        chain([self.trainer, self.first, self.last], self.take_away)
        chain([self.drill, self.day], self.take_fix)
        self.listed = QVBoxLayout()
        self._lay_out(actions)

    def _lay_out(self, actions: ActionRegistry) -> None:
        look = theme.current()
        column = QVBoxLayout(self)
        column.setContentsMargins(look.space(4), look.space(3), look.space(4), look.space(3))
        column.setSpacing(look.space(2))
        for title, wide, narrow, action, take in (
            ("season.replan.away", "trainer", ("first", "last"), "season.away", self.take_away),
            ("season.replan.fixed", "drill", ("day",), "season.fix", self.take_fix),
        ):
            head = QHBoxLayout()
            head.addWidget(Label(title, "heading"), 1)
            head.addWidget(ActionButton(actions, action, kind="quiet"))
            column.addLayout(head)
            column.addWidget(self.forms[wide])
            row = QHBoxLayout()
            row.setSpacing(look.space(2))
            for name in narrow:
                row.addWidget(self.forms[name], 1)
            add = Button("season.replan.add", icon="add")
            add.clicked.connect(take)
            row.addWidget(add, 0, Qt.AlignmentFlag.AlignBottom)
            column.addLayout(row)
            column.addWidget(divider())
        column.addWidget(Label("season.replan.list", "heading"))
        self.listed.setSpacing(look.space(1))
        column.addLayout(self.listed)
        column.addStretch(1)
        self._show()

    # --- what may be chosen -------------------------------------------------------------------------------------

    def offer(self, basis: Basis, *, with_sessions: bool = False) -> None:
        """The trainers and planned drills of the year; ``with_sessions``: and its training sessions."""
        self._basis = basis
        self.trainer.offer(Option(id, name) for id, name in sorted(basis.season.trainers.items(), key=lambda it: it[1]))
        ahead = [each for each in basis.season.drills.values() if each.state == "planned"]
        ahead.sort(key=lambda each: (each.starts_at is None, each.starts_at, each.title))
        dated: list[tuple[str, str, planning.Slot | None]] = [
            (each.id, each.title, season_plan.slot_of(basis, each)) for each in ahead
        ]
        if with_sessions and basis.lessons is not None:
            dated += [
                (id, say("season.training.mark", title=title), slot)
                for id, title, slot in season_training.ahead(basis.lessons)
            ]
        self._titles = {id: title for id, title, _ in dated}
        self.drill.offer(Option(id, f"{title} · {slot_words(slot, basis.year)}") for id, title, slot in dated)
        line = self.drill.lineEdit()
        if line is not None:
            line.home(False)
        self.aways = [each for each in self.aways if each.trainer in basis.season.trainers]
        self.fixes = [each for each in self.fixes if each.drill in self._titles]
        self._show()

    def forget(self) -> None:
        """It has been worked in."""
        self.aways, self.fixes = [], []
        self._show()

    # --- adding -------------------------------------------------------------------------------------------------

    @Slot()
    def take_away(self) -> None:
        """Add the absence that stands in the form."""
        errors: dict[str, BadInput] = {}
        try:
            trainer = self.trainer.picked()
        except BadInput as error:
            errors["trainer"], trainer = error, None
        first, last = self._day(self.first, "first", errors), self._day(self.last, "last", errors)
        if first and last and last < first:
            errors["last"] = BadInput("season.days_order", field="last")
        if not trainer and "trainer" not in errors:
            errors["trainer"] = BadInput("form.unknown_choice", text="")
        if self._wrong(errors, "trainer", "first", "last") or first is None or last is None:
            return
        self.aways.append(Away(trainer, first, last))
        self.first.clear()
        self.last.clear()
        self._show()

    @Slot()
    def take_fix(self) -> None:
        """Add the date that stands in the form."""
        errors: dict[str, BadInput] = {}
        try:
            drill = self.drill.picked()
        except BadInput as error:
            errors["drill"], drill = error, None
        if not drill and "drill" not in errors:
            errors["drill"] = BadInput("form.unknown_choice", text="")
        day = self._day(self.day, "day", errors)
        if self._wrong(errors, "drill", "day") or day is None:
            return
        _, _, clock = self.day.text().strip().partition(" ")
        minute = int(clock[:2]) * 60 + int(clock[3:5]) if len(clock) == 5 else None
        self.fixes = [*(each for each in self.fixes if each.drill != drill), Fix(drill, day, minute)]
        self.day.clear()
        self._show()

    def _wrong(self, errors: dict[str, BadInput], *names: str) -> bool:
        """Say under each field what is the matter with it; whether anything is."""
        for name in names:
            self.forms[name].clear_errors()
            if name in errors:
                self.forms[name].show_errors({name: errors[name]})
        return bool(errors)

    def _day(self, field: LineEdit, name: str, errors: dict[str, BadInput]) -> date | None:
        """A day of the year looked at; the year may be left out."""
        text = field.text().strip()
        year = self._basis.year if self._basis else 0
        for attempt in (text, f"{year}-{text}", f"{year}年{text}"):
            try:
                found = date.fromisoformat(moment(attempt)[:10])
            except BadValue:
                continue
            if self._basis is not None and not self._basis.first <= found <= self._basis.last:
                errors[name] = BadInput("season.day_outside", field=name, first=day_words(self._basis.first))
            return found
        errors[name] = BadInput("season.day", field=name, text=text)
        return None

    # --- the list -----------------------------------------------------------------------------------------------

    def _show(self) -> None:
        clear(self.listed)
        basis = self._basis
        if basis is not None:
            for away in self.aways:
                told = say("season.replan.is_away", trainer=basis.season.trainers[away.trainer],
                           first=day_words(away.first), last=day_words(away.last))  # fmt: skip
                self._line(told, self.aways, away)
            for fix in self.fixes:
                slot = season_plan.fixed_slot(basis, fix)
                told = say("season.replan.is_fixed", title=self._titles[fix.drill], when=slot_words(slot))
                self._line(told, self.fixes, fix)
        if not self.aways and not self.fixes:
            quiet = Label("season.replan.none", "muted")
            quiet.setWordWrap(True)
            self.listed.addWidget(quiet)
        self.changed.emit()

    def _line(self, told: str, kept: list, one: object) -> None:  # type: ignore[type-arg]
        row = QHBoxLayout()
        row.addWidget(words(told), 1)
        remove = Button("", kind="quiet", icon="close")
        remove.setAccessibleName(say("season.replan.remove", what=told))
        remove.setToolTip(tip(say("season.replan.remove", what=told)))
        remove.clicked.connect(lambda: self._drop(kept, one))
        row.addWidget(remove)
        self.listed.addLayout(row)

    def _drop(self, kept: list, one: object) -> None:  # type: ignore[type-arg]
        kept.remove(one)
        self._show()
