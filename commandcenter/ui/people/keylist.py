"""A field that lists keys of a catalogue: their names in one line, and a box from which one more is taken."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QVBoxLayout

from commandcenter.base.texts import say
from commandcenter.rules.people import keys_in, listed
from commandcenter.services.people import PARTING
from commandcenter.ui.core import theme
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.inputs import Asking, Option, PickBox


class KeyList(Asking):
    """Names can be typed, parted as one likes, or picked; a word that no name knows is the town's own."""

    def __init__(self, names: Mapping[str, str], add_code: str = "people.keys.add") -> None:
        """``names``: what each key is called."""
        super().__init__()
        self._names = dict(names)
        self.line = LineEdit()
        self.more = PickBox((Option(key, name, (key,)) for key, name in names.items()), none_code=add_code)
        self.more.chosen.connect(self._take)
        self.line.submitted.connect(self.submitted)
        self.more.submitted.connect(self.submitted)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.current().space(1))
        for part in (self.line, self.more):
            lines.addWidget(part)
        self.setFocusProxy(self.line)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def asked(self) -> str | None:
        """The keys, parted by commas."""
        keys = {name: key for key, name in self._names.items()}
        parts = (" ".join(each.split()) for each in PARTING.split(self.line.text_with_preedit()))
        return listed(keys.get(part, part) for part in parts if part) or None

    def put(self, value: Any) -> None:
        """Their names."""
        self.line.setText(say("people.list").join(self._names.get(key, key) for key in keys_in(value or "")))

    @Slot()
    def _take(self) -> None:
        key = self.more.currentData()
        if key is not None:
            self.put(listed((*keys_in(self.asked() or ""), key)))
            self.more.put(None)
