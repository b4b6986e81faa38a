"""Erasing a person for good: what goes, what is to be decided on, a typed confirmation, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError, NotAllowed
from commandcenter.base.texts import say
from commandcenter.rules.permissions import SUPERVISORS
from commandcenter.services import databases, privacy
from commandcenter.services.privacy import ErasePerson, Prospect, Subject
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import clear, words
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.sheet import Sheet
from commandcenter.ui.core.times import time_of_day, zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Label


@dataclass(frozen=True, slots=True)
class Erasable:
    """Somebody who may be erased: whose row it is, how the person is called, and what has to be typed."""

    entity: Subject
    id: str
    name: str
    title: str = ""
    """What tells it from the others of its card; the name where that is enough."""


class Decision(QWidget):
    """One text or file: what it says, and whether it is blacked out or kept with a reason."""

    def __init__(self, key: str, place: str, text: str, *, is_file: bool = False) -> None:
        super().__init__()
        self.key = key
        taken = "privacy.take_file" if is_file else "privacy.redact"
        self.choice = ChoiceStrip([Choice("redact", title_code=taken), Choice("keep", title_code="privacy.keep")])
        self.reason = LineEdit(say("privacy.keep.reason"))
        self.reason.setAccessibleName(say("privacy.keep.reason"))
        self.reason.hide()
        self.wrong = Label("", "error")
        self.wrong.hide()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, theme.current().space(2))
        lines.setSpacing(theme.current().space(1))
        for each in (words(place, "caption"), words(text), self.choice, self.reason, self.wrong):
            lines.addWidget(each)
        self.choice.chosen.connect(self._chosen)

    def take(self, choice: str | None, reason: str) -> None:
        """What was decided before the texts were read anew."""
        self.choice.choose(choice)
        self.reason.setText(reason)
        self.reason.setVisible(choice == "keep")

    @Slot(str)
    def _chosen(self, value: str) -> None:
        self.reason.setVisible(value == "keep")
        self.wrong.hide()
        if value == "keep":
            self.reason.setFocus()

    def is_decided(self) -> bool:
        """Whether it is; says under it what is missing."""
        lacking = None
        if self.choice.value is None:
            lacking = "privacy.undecided"
        elif self.choice.value == "keep" and not self.reason.text().strip():
            lacking = "privacy.keep.missing"
        self.wrong.setVisible(lacking is not None)
        if lacking is not None:
            self.wrong.say(lacking)
        return lacking is None


class ErasureSheet(Sheet):
    """Stands in the place of a card. What was decided stays until it was carried out or left."""

    keeps_draft = False

    def __init__(self, who: Sequence[Erasable], tools: Tools, sender: Sender, first: str = "") -> None:
        """``who``: the persons of this card; ``first``: the id of the one to begin with."""
        super().__init__("privacy.title", "privacy.erase", sender)
        self._tools, self._desk = tools, tools.desk
        self._who = tuple(who)
        self._prospect: Prospect | None = None
        self._is_done = False
        self.decisions: list[Decision] = []
        self.save_button.set_kind("danger")
        self.save_button.show_key("")
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        titles = [(each.id, each.title or each.name or say("privacy.no_name")) for each in self._who]
        self.whom = ChoiceStrip([Choice(*each) for each in titles])
        self.whom.choose(first if first in {each.id for each in self._who} else self._who[0].id)
        self.goes, self.open = _box(), _box()
        self.reason, self.typed = LineEdit(say("privacy.reason.hint")), LineEdit()
        self._build()
        self.whom.chosen.connect(self._turn)
        self.reason.submitted.connect(self.typed.setFocus)
        self.typed.submitted.connect(self.submit)
        self._desk.officer_changed.connect(self.look)
        self.setFocusProxy(self.reason)
        self.look()

    def _build(self) -> None:
        layout, inside = self.layout(), self.form.parentWidget()
        holder = inside.layout() if inside is not None else None
        assert isinstance(layout, QVBoxLayout) and isinstance(holder, QVBoxLayout)
        self._holder = holder
        layout.insertWidget(2, self.bar)
        self.form.add("whom", "privacy.whom", self.whom)
        self.form.field("whom").setVisible(len(self._who) > 1)
        self.form.add("goes", "privacy.goes", self.goes)
        self.form.add("open", "privacy.open", self.open)
        self.form.add("stays", "privacy.stays", _wrapped("privacy.stays.about"))
        self.form.add("reason", "privacy.reason", self.reason)
        self.form.add("typed", "privacy.typed", self.typed)

    @property
    def subject(self) -> Erasable:
        """Who is to be erased."""
        return next(each for each in self._who if each.id == self.whom.value)

    @property
    def wanted(self) -> str:
        """What has to be typed."""
        return self.subject.name or say("privacy.word")

    # --- looking -------------------------------------------------------------------------------------------------

    @Slot()
    def _turn(self) -> None:
        self.decisions = []
        self.typed.clear()
        self.look()

    @Slot()
    def look(self) -> None:
        """Ask what there is; what was decided stays decided."""
        if self._is_done:
            return
        self._prospect = None
        self.save_button.setEnabled(False)
        self.bar.show()
        self.typed.setPlaceholderText(say("privacy.typed.hint", name=self.wanted))
        role, subject = self._desk.officer.role, self.subject
        if role not in SUPERVISORS:
            self._not_read(NotAllowed("actor.role", command="erase_person", role=role))
            return
        self._desk.read(
            partial(_ask, subject, role), done=self._take, failed=self._not_read, owner=self, key="prospect"
        )

    def _take(self, found: Prospect) -> None:
        self._prospect = found
        self.bar.hide()
        self.trouble.hide()
        before = {each.key: (each.choice.value, each.reason.text()) for each in self.decisions}
        self._show_what_goes(found)
        clear(self.open.layout())
        self.decisions = [Decision(m.key, say(f"privacy.in.{m.entity}"), m.text) for m in found.mentions]
        self.decisions += [
            Decision(file.key, say("privacy.in.file"), name, is_file=True) for file, name in found.files
        ]
        for each in self.decisions:
            each.take(*before.get(each.key, (None, "")))
            self.open.layout().addWidget(each)
        if not self.decisions:
            self.open.layout().addWidget(Label("privacy.open.none", "muted"))
        self.save_button.setEnabled(bool(found.goes or found.elsewhere or self.decisions))

    def _show_what_goes(self, found: Prospect) -> None:
        clear(self.goes.layout())
        told = [say("privacy.goes.field", field=say(f"privacy.kind.{kind}"), count=count) for kind, count in found.goes]
        told += [say("privacy.goes.elsewhere", place=say(f"privacy.in.{entity}"), count=count)
                 for entity, count in found.elsewhere]  # fmt: skip
        for each in told or [say("privacy.goes.none")]:
            self.goes.layout().addWidget(words(each, "" if told else "muted"))

    def _not_read(self, error: BaseException) -> None:
        self.bar.hide()
        self.say_trouble(error)

    # --- sending -------------------------------------------------------------------------------------------------

    @Slot()
    def submit(self) -> None:
        """Send; the bar moves until it is answered."""
        if self._is_done:
            self.saved.emit()
            return
        if not self.save_button.isEnabled():
            return
        super().submit()
        if not self.save_button.isEnabled():
            self.trouble.say("privacy.working")
            self.bar.show()

    def command(self) -> ErasePerson | None:
        """The erasure; None after saying what is undecided, unsaid or wrongly typed."""
        if self._prospect is None:
            return None
        lacking = [each for each in self.decisions if not each.is_decided()]
        reason, typed = self.reason.text().strip(), self.typed.text().strip()
        self.form.field("reason").show_error(None if reason else "privacy.reason.missing")
        if typed == self.wanted:
            self.form.field("typed").show_error(None)
        else:
            self.form.field("typed").show_error("privacy.typed.wrong", name=self.wanted)
        wrong = [*(each.choice for each in lacking), *([] if reason else [self.reason]),
                 *([] if typed == self.wanted else [self.typed])]  # fmt: skip
        if wrong:
            self.scrolling.ensureWidgetVisible(wrong[0])
            wrong[0].setFocus()
            return None
        kept = {each.key: each.reason.text().strip() for each in self.decisions if each.choice.value == "keep"}
        redact = tuple(each.key for each in self.decisions if each.choice.value == "redact")
        subject = self.subject
        return ErasePerson(entity=subject.entity, subject=subject.id, reason=reason, redact=redact, keep=kept)

    def words(self) -> str:
        """What it does; it cannot be taken back."""
        return say("privacy.title")

    def _failed(self, error: BaseException) -> None:
        """A text that came meanwhile is shown with the others; what was decided stays."""
        self.bar.hide()
        super()._failed(error)
        if isinstance(error, CommandCenterError) and error.code == "erase.undecided":
            self.look()

    def _carried_out(self, outcome: Any) -> None:
        """The answer stays to be read until the sheet is left."""
        self._is_done = True
        self.bar.hide()
        self.trouble.hide()
        self.save_button.hide()
        self.leave_button.say("privacy.close")
        self.form.hide()
        result = _box()
        told = outcome.value
        now = self._desk.now()
        stamp = time_of_day(now, zone_of(self._desk.live.town))
        lines = [
            words(say("privacy.done", erased=told["erased"], redacted=told["redacted"], kept=told["kept"]), "strong"),
            words(say(f"after.erase_person.{outcome.after}")),
            words(say("privacy.backups", time=stamp)),
        ]
        for each in lines:
            result.layout().addWidget(each)
        self._holder.insertWidget(0, result)
        self.leave_button.setFocus()
        self._desk.tasks.submit(
            "io", partial(databases.copies_beside, self._desk.session.database), owner=self,
            done=partial(self._name_copies, result),
        )  # fmt: skip

    def _name_copies(self, result: Any, names: list[str]) -> None:
        for name in names:
            result.layout().addWidget(words(name, "muted"))


def _box() -> Any:
    box: Any = QWidget()
    lines = QVBoxLayout(box)
    lines.setContentsMargins(0, 0, 0, 0)
    lines.setSpacing(theme.current().space(1))
    return box


def _wrapped(code: str) -> Label:
    label = Label(code, "muted")
    label.setWordWrap(True)
    return label


def _ask(subject: Erasable, role: str, reader: Any) -> Prospect:
    return privacy.prospect(reader.connection, subject.entity, subject.id, role)
