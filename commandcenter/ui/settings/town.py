"""The page 本乡镇: which town this database serves."""

from functools import partial
from typing import Any
from zoneinfo import available_timezones

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout

from commandcenter.base.errors import BadInput, CommandCenterError
from commandcenter.base.texts import say
from commandcenter.rules.permissions import ADMINISTRATORS
from commandcenter.services.towns import NameTown
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Form
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button
from commandcenter.ui.settings.page import Page

FIELDS = ("name", "name_en", "code", "zone", "number_prefix")


class TownPage(Page):
    """Name, code, zone and the prefix of numbers; the mark cannot be changed."""

    def __init__(self, tools: Tools) -> None:
        super().__init__("settings.page.town", "settings.town.about")
        self._tools = tools
        self._post = Sender(tools, self)
        self._mark = self.say("settings.town.mark.real", "strong")
        self.form = Form()
        self.fields = {name: LineEdit() for name in FIELDS}
        for name, field in self.fields.items():
            field.setObjectName(f"settings.town.{name}")
            self.form.add(name, f"settings.town.{name}", field, hint_code=f"settings.town.{name}_hint")
            field.edited.connect(self._edited)
            field.submitted.connect(self._save)
        self.body.addWidget(self.form)
        self.save = Button("settings.save", kind="primary", key="Enter")
        self.save.setObjectName("settings.town.save")
        row = QHBoxLayout()
        row.addWidget(self.save)
        row.addStretch(1)
        self.body.addLayout(row)
        self.save.clicked.connect(self._save)
        self.may_change = tools.desk.officer.role in ADMINISTRATORS
        if not self.may_change:
            self.say("settings.only_administrators", "strong")
        for field in self.fields.values():
            field.setReadOnly(not self.may_change)
        self.save.setVisible(self.may_change)
        self.body.addStretch(1)
        tools.desk.live_changed.connect(self._live_changed)
        self._fill()

    @Slot(object)
    def _live_changed(self, change: Any) -> None:
        if (change.everything or change.places) and not self.save.isEnabled():
            self._fill()

    def _fill(self) -> None:
        town = self._tools.desk.live.town
        self._mark.say(f"settings.town.mark.{town.mark if town is not None else 'real'}")
        for name, field in self.fields.items():
            field.setText(str(getattr(town, name, "")) if town is not None else "")
        self._edited()

    @Slot()
    def _edited(self) -> None:
        town = self._tools.desk.live.town
        self.save.setEnabled(any(field.text() != getattr(town, name, "") for name, field in self.fields.items()))

    @Slot()
    def _save(self) -> None:
        if not self.may_change or not self.save.isEnabled():
            return
        words = {name: field.text_with_preedit().strip() for name, field in self.fields.items()}
        if words["zone"] not in available_timezones():
            self.form.show_errors({"zone": BadInput("settings.zone", zone=words["zone"])})
            return
        self.form.clear_errors()
        town = self._tools.desk.live.town
        command = NameTown(mark=town.mark if town is not None else "real", **words)
        told = say("settings.saved", title=say("settings.page.town"))
        self._post.send(command, told, done=partial(self._saved, told), failed=self._refused)

    def _saved(self, told: str, outcome: Any) -> None:
        self.save.setEnabled(False)
        self._post.tell_done(told, outcome)

    def _refused(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        self.form.show_errors({"name": error})
