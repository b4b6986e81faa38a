"""The page 人员与角色: who may work at the desks, and as what."""

from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.rules.people import ROLES, Officer, Role
from commandcenter.rules.permissions import ADMINISTRATORS
from commandcenter.services.towns import AddOfficer, ChangeOfficer
from commandcenter.ui.core import theme
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip, Form
from commandcenter.ui.core.rowtable import RowTable
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
    """Another role for the chosen officer, or off the desks and back."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools = tools
        self._officer: Officer | None = None
        self.title = Label("settings.officer.choose", "muted")
        self.roles = ChoiceStrip(ROLE_CHOICES)
        self.roles.setObjectName("settings.officer.role")
        self.leave = Button("settings.officer.take_off", kind="secondary")
        self.leave.setObjectName("settings.officer.leave")
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.addWidget(self.leave)
        row.addStretch(1)
        lines.addWidget(self.title)
        lines.addWidget(self.roles)
        lines.addLayout(row)
        self.roles.chosen.connect(self._set_role)
        self.leave.clicked.connect(self._switch_active)
        self.show_officer(None)

    def show_officer(self, officer: Officer | None) -> None:
        """Offer changes of this one; None offers nothing."""
        self._officer = officer
        for part in (self.roles, self.leave):
            part.setVisible(officer is not None)
        if officer is None:
            self.title.say("settings.officer.choose")
            return
        self.title.say("settings.officer.change", name=officer.name)
        self.roles.choose(officer.role)
        self.leave.say("settings.officer.take_off" if officer.active else "settings.officer.take_back")

    @Slot(str)
    def _set_role(self, role: Any) -> None:
        if self._officer is not None and self._officer.role != role:
            self._send(ChangeOfficer(officer=self._officer.id, role=role))

    @Slot()
    def _switch_active(self) -> None:
        if self._officer is not None:
            self._send(ChangeOfficer(officer=self._officer.id, active=not self._officer.active))

    def _send(self, command: ChangeOfficer) -> None:
        self._tools.desk.send(command, owner=self, done=self._done, failed=self._refused)

    def _done(self, _outcome: Any) -> None:
        self._tools.notices.done(say("settings.officer.changed"))

    def _refused(self, error: BaseException) -> None:
        self.show_officer(self._officer)
        self._tools.notices.show_error(error)


class AddBox(QWidget):
    """Name, role, account and number of somebody new."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools = tools
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
        done = partial(self._added, self.name.text())
        self._tools.desk.send(command, owner=self, done=done, failed=self._refused)

    def _added(self, name: str, _outcome: Any) -> None:
        self.button.setEnabled(True)
        for field in (self.name, self.account, self.phone):
            field.clear()
        self._tools.notices.done(say("settings.officer.added", name=name))

    def _refused(self, error: BaseException) -> None:
        self.button.setEnabled(True)
        if not isinstance(error, CommandCenterError):
            raise error
        field = "account" if error.code == "officer.account_taken" else "name"
        self.form.show_errors({field: error})
