"""The page 人员与角色: who may work at the desks, and as what."""

from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.rules.people import ROLES, Officer, Role
from commandcenter.rules.permissions import ADMINISTRATORS
from commandcenter.services.towns import AddOfficer, ChangeOfficer, EditOfficer
from commandcenter.ui.core import theme
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip, Form
from commandcenter.ui.core.rowtable import RowTable
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tableview import TableView
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Label, divider
from commandcenter.ui.settings.page import Page


def role_name(role: Role) -> str:
    """A role in words."""
    return say(f"role.{role}")


COLUMNS: tuple[Column[Officer], ...] = (
    Column("name", "settings.officer.name", lambda row, _: row.name, width=140, fixed=True),
    Column("role", "settings.officer.role", lambda row, _: role_name(row.role), lambda row: ROLES.index(row.role), 140),
    Column("account", "settings.officer.account", lambda row, _: row.account or "–", width=140, stretch=True),
    Column("active", "settings.officer.active", lambda row, _: say(f"settings.officer.{_state(row)}"), width=100,
           tone=lambda row, _: "text" if row.active else "muted"),
)  # fmt: skip
CORRECTED = ("name", "account", "phone")
ROLE_CHOICES = tuple(Choice(role, title_code=f"role.{role}") for role in ROLES)


def _state(officer: Officer) -> str:
    return "works" if officer.active else "left"


class OfficersPage(Page):
    """The list for everybody; adding and changing for administrators."""

    def __init__(self, tools: Tools) -> None:
        super().__init__("settings.page.officers", "settings.officers.about")
        self._tools = tools
        self.table: RowTable[Officer] = RowTable(COLUMNS, key=_id, order=_order, parent=self)
        self.view = TableView(self.table)
        self.view.setObjectName("settings.officers")
        self.view.setMinimumHeight(theme.current().px(260))
        self.body.addWidget(self.view)
        self.may_change = tools.desk.officer.role in ADMINISTRATORS
        if self.may_change:
            self.change = ChangeBox(tools)
            self.add = AddBox(tools)
            for part in (self.change, divider(), self.add):
                self.body.addWidget(part)
            self.view.picked.connect(self._picked)
        else:
            self.say("settings.only_administrators", "strong")
        self.body.addStretch(1)
        tools.desk.live_changed.connect(self._live_changed)
        self._fill()

    @Slot(object)
    def _live_changed(self, change: Any) -> None:
        if change.everything or change.people:
            self._fill()

    def _fill(self) -> None:
        officers = self._tools.desk.live.officers
        self.table.remove([id for id in self.table.ids() if id not in officers])
        self.table.upsert(officers.values())
        if self.may_change:
            self.change.show_officer(officers.get(self.view.chosen() or ""))

    @Slot(object)
    def _picked(self, id: str | None) -> None:
        self.change.show_officer(self._tools.desk.live.officers.get(id or ""))


def _id(officer: Officer) -> str:
    return officer.id


def _order(officer: Officer) -> Any:
    return not officer.active, -ROLES.index(officer.role), officer.name


class ChangeBox(QWidget):
    """The chosen officer: name, account and number corrected, another role, or off the desks and back. What was typed
    stays when it is refused or when another desk changes this officer meanwhile."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools = tools
        self._post = Sender(tools, self)
        self._officer: Officer | None = None
        self._shown: dict[str, str] = {}
        self.title = Label("settings.officer.choose", "muted")
        self.form = Form()
        self.fields = {name: LineEdit() for name in CORRECTED}
        for name, field in self.fields.items():
            field.setObjectName(f"settings.officer.edit.{name}")
            self.form.add(name, f"settings.officer.{name}", field)
            field.submitted.connect(self._save)
        self.roles = ChoiceStrip(ROLE_CHOICES)
        self.roles.setObjectName("settings.officer.role")
        self.save = Button("settings.save", kind="primary", key="Enter")
        self.save.setObjectName("settings.officer.save")
        self.leave = Button("settings.officer.take_off", kind="secondary")
        self.leave.setObjectName("settings.officer.leave")
        self._lay_out()
        self.roles.chosen.connect(self._set_role)
        self.save.clicked.connect(self._save)
        self.leave.clicked.connect(self._switch_active)
        self.show_officer(None)

    def _lay_out(self) -> None:
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.addWidget(self.save)
        row.addWidget(self.leave)
        row.addStretch(1)
        for part in (self.title, self.form, self.roles):
            lines.addWidget(part)
        lines.addLayout(row)

    def show_officer(self, officer: Officer | None) -> None:
        """Offer changes of this one; None offers nothing."""
        is_another = (officer.id if officer else None) != (self._officer.id if self._officer else None)
        self._officer = officer
        for part in (self.form, self.roles, self.save, self.leave):
            part.setVisible(officer is not None)
        if officer is None:
            self.title.say("settings.officer.choose")
            return
        self.title.say("settings.officer.change", name=officer.name)
        for name, field in self.fields.items():
            now = getattr(officer, name) or ""
            if is_another or field.text() == self._shown.get(name, ""):
                field.setText(now)
                self._shown[name] = now
        if is_another:
            self.form.clear_errors()
        self.roles.choose(officer.role)
        self.leave.say("settings.officer.take_off" if officer.active else "settings.officer.take_back")

    @Slot(str)
    def _set_role(self, role: Any) -> None:
        officer = self._officer
        if officer is not None and officer.role != role:
            self._send(EditOfficer(officer=officer.id, changed={"role": role}, was={"role": officer.role}))

    @Slot()
    def _switch_active(self) -> None:
        if self._officer is not None:
            self._send(ChangeOfficer(officer=self._officer.id, active=not self._officer.active))

    @Slot()
    def _save(self) -> None:
        if self._officer is None:
            return
        typed = {name: field.text_with_preedit().strip() for name, field in self.fields.items()}
        changed: dict[str, Any] = {name: text for name, text in typed.items() if text != self._shown[name]}
        self.form.clear_errors()
        if changed:
            was = {name: self._shown[name] or None if name == "phone" else self._shown[name] for name in changed}
            self._send(EditOfficer(officer=self._officer.id, changed=changed, was=was), typed)

    def _send(self, command: Any, typed: dict[str, str] | None = None) -> None:
        told = say("settings.officer.changed", name=self._officer.name if self._officer else "")
        self.save.setEnabled(False)
        self._post.send(command, told, done=partial(self._done, told, typed or {}), failed=self._refused)

    def _done(self, told: str, typed: dict[str, str], outcome: Any) -> None:
        self.save.setEnabled(True)
        self._shown |= typed
        self.show_officer(self._tools.desk.live.officers.get(self._officer.id if self._officer else ""))
        self._post.tell_done(told, outcome)

    def _refused(self, error: BaseException) -> None:
        """Under the field that it is about; what was typed stays."""
        self.save.setEnabled(True)
        sentence = self._post.sentence(error)
        self.show_officer(self._officer)
        if isinstance(error, CommandCenterError) and (name := _field_of(error)) in self.fields:
            self.form.show_errors({name: error})
        else:
            self._tools.notices.refused(sentence)


def _field_of(error: CommandCenterError) -> str:
    if error.code == "officer.account_taken":
        return "account"
    conflict = next(iter(error.facts.get("fields", ())), "")
    return str(error.facts.get("field") or conflict)


class AddBox(QWidget):
    """Name, role, account and number of somebody new."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._post = Sender(tools, self)
        self.form = Form()
        self.name, self.account, self.phone = LineEdit(), LineEdit(), LineEdit()
        self.roles = ChoiceStrip(ROLE_CHOICES)
        self.roles.choose("duty_officer")
        self.button = Button("settings.officer.add", kind="primary", icon="add")
        self.button.setObjectName("settings.officer.add")
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(Label("settings.officer.new", "heading"))
        self.form.add("name", "settings.officer.name", self.name)
        self.form.add("role", "settings.officer.role", self.roles)
        self.form.add("account", "settings.officer.account", self.account, hint_code="settings.officer.account_hint")
        self.form.add("phone", "settings.officer.phone", self.phone)
        lines.addWidget(self.form)
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        lines.addLayout(row)
        self.button.clicked.connect(self._add)
        for field in (self.name, self.account, self.phone):
            field.submitted.connect(self._add)

    @Slot()
    def _add(self) -> None:
        role: Any = self.roles.value or "duty_officer"
        command = AddOfficer(
            name=self.name.text_with_preedit(), role=role, account=self.account.text().strip(),
            phone=self.phone.text().strip() or None,
        )  # fmt: skip
        self.form.clear_errors()
        self.button.setEnabled(False)
        told = say("settings.officer.added", name=self.name.text_with_preedit())
        done = partial(self._added, told)
        self._post.send(command, told, done=done, failed=self._refused)

    def _added(self, told: str, outcome: Any) -> None:
        self.button.setEnabled(True)
        for field in (self.name, self.account, self.phone):
            field.clear()
        self._post.tell_done(told, outcome)

    def _refused(self, error: BaseException) -> None:
        self.button.setEnabled(True)
        if not isinstance(error, CommandCenterError):
            raise error
        field = "account" if error.code == "officer.account_taken" else "name"
        self.form.show_errors({field: error})
