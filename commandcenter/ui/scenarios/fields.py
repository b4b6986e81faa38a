"""What the forms of the library ask with besides the usual fields: a time of a script, and several of a few."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.rules.scenarios import clock_words, seconds_of, split
from commandcenter.ui.core import inputs
from commandcenter.ui.core.cards import Flow
from commandcenter.ui.core.editing import EditField
from commandcenter.ui.core.inputs import Asking
from commandcenter.ui.core.widgets import Chip


class ClockField(EditField):
    """A time as ``mm:ss`` in a line of text, in seconds."""

    def read(self) -> Any:
        """The seconds; BadInput ``scenario.time``."""
        text = inputs.read(self.widget)
        if text is None:
            return self.empty
        try:
            return seconds_of(text)
        except ValueError:
            raise BadInput("scenario.time", text=text) from None


def shown_clock(value: Any) -> str:
    """A time as its field shows it."""
    return "" if value is None else clock_words(int(value))


class Several(Asking):
    """Some of a few, each a word to press (Tab and Space); as keys with commas between, in the order of choosing."""

    def __init__(self, choices: Sequence[tuple[str, str]], *, first_code: str = "") -> None:
        """``choices``: keys with their words; ``first_code`` says what the first that was chosen is."""
        super().__init__()
        self._keys: list[str] = []
        self._titles, self._first_code = dict(choices), first_code
        self._chips: dict[str, Chip] = {}
        for key, title in choices:
            chip = self._chips[key] = Chip(title, clickable=True)
            chip.setCheckable(True)
            chip.setObjectName(key)
            chip.clicked.connect(self._chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._flow = Flow(list[QWidget](self._chips.values()))
        layout.addWidget(self._flow)
        self.setFocusProxy(next(iter(self._chips.values())))

    def asked(self) -> str:
        """The keys."""
        return ",".join(self._keys)

    def put(self, value: Any) -> None:
        """Show these keys as chosen."""
        self._keys = [key for key in split(value or "") if key in self._chips]
        for key, chip in self._chips.items():
            chip.setChecked(key in self._keys)
        self._name_first()

    def _name_first(self) -> None:
        if not self._first_code:
            return
        for key, chip in self._chips.items():
            title = self._titles[key]
            is_first = self._keys[:1] == [key]
            chip.show_state(say(self._first_code, title=title) if is_first else title)
        self._flow.arrange()

    @Slot()
    def _chosen(self) -> None:
        key = self.sender().objectName()
        self._keys = [each for each in self._keys if each != key]
        if self._chips[key].isChecked():
            self._keys.append(key)
        self._name_first()
