"""The page 本机: how this desk speaks, looks and sounds. It follows the machine, not the person."""

from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Label, divider
from commandcenter.ui.settings.page import Page

CHOICES: dict[str, tuple[Choice, ...]] = {
    "desk.language": (
        Choice("", title_code="settings.follow_system"), Choice("zh_CN", title_code="settings.language.zh_CN"),
        Choice("en", title_code="settings.language.en"),
    ),
    "desk.theme": (
        Choice("", title_code="settings.follow_system"), Choice("light", title_code="settings.theme.light"),
        Choice("dark", title_code="settings.theme.dark"),
    ),
}  # fmt: skip
SWITCHES = ("desk.large_type", "desk.muted")


class DeskPage(Page):
    """Each change is seen or heard at once."""

    def __init__(self, tools: Tools) -> None:
        super().__init__("settings.page.desk", "settings.desk.about")
        self._tools = tools
        self.strips: dict[str, ChoiceStrip] = {}
        self.switches: dict[str, QCheckBox] = {}
        for key, choices in CHOICES.items():
            self._add(key, self._strip(key, choices))
        for key in SWITCHES:
            self._add(key, self._switch(key))
        self.body.addStretch(1)

    def show_option(self, key: str) -> None:
        """Bring one option to the eye."""
        widget: QWidget | None = self.strips.get(key) or self.switches.get(key)
        if widget is not None:
            self.ensureWidgetVisible(widget)
            widget.setFocus()

    def _add(self, key: str, widget: QWidget) -> None:
        widget.setObjectName(f"settings.{key}")
        widget.setAccessibleName(say(f"setting.{key}.title"))
        self.body.addWidget(divider())
        self.body.addWidget(Label(f"setting.{key}.title", "strong"))
        self.say(f"setting.{key}", "")
        self.body.addWidget(widget)
        self.say(f"settings.source.{key}", "caption")

    def _strip(self, key: str, choices: tuple[Choice, ...]) -> ChoiceStrip:
        strip = self.strips[key] = ChoiceStrip(choices)
        kept = self._tools.settings.get(key) or ""
        strip.choose(kept if kept in {each.value for each in choices} else "")
        strip.chosen.connect(partial(self._set, key))
        return strip

    def _switch(self, key: str) -> QCheckBox:
        box = self.switches[key] = QCheckBox(say(f"setting.{key}.on"))
        box.setChecked(bool(self._tools.settings.get(key, False)))
        box.toggled.connect(partial(self._set, key))
        return box

    @Slot()
    def _set(self, key: str, value: Any) -> None:
        if self._tools.settings.get(key, "" if isinstance(value, str) else False) != value:
            self._tools.settings.set(key, value)
            self._tools.appearance_changed()
