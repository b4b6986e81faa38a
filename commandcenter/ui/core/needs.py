"""Needs in a form: written as actions, or chosen from those that usually go with a kind of care."""

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.households import NEEDS_SEPARATOR, needs_of
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Flow
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.inputs import Asking
from commandcenter.ui.core.widgets import Chip


class NeedsField(Asking):
    """Needs as actions: typed, or chosen from those that usually go with a kind of care (Tab and Space)."""

    def __init__(self) -> None:
        super().__init__()
        self.line = LineEdit(say("households.needs.placeholder"))
        self.line.submitted.connect(self.submitted)
        self.line.edited.connect(self._typed)
        self.setFocusProxy(self.line)
        self._offered: tuple[str, ...] = ()
        self._chips: QWidget | None = None
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(theme.current().space(1))
        self._lines.addWidget(self.line)

    def asked(self) -> str | None:
        """The actions in one form of writing."""
        return NEEDS_SEPARATOR.join(needs_of(self.line.text_with_preedit())) or None

    def put(self, value: Any) -> None:
        """Show needs."""
        self.line.setText(value or "")

    def offer(self, needs: tuple[str, ...]) -> None:
        """Offer these actions."""
        self._offered = needs
        if self._chips is not None:
            self._lines.removeWidget(self._chips)
            self._chips.hide()
            self._chips.deleteLater()
            self._chips = None
        if not needs:
            return
        made = []
        for need in needs:
            chip = Chip(need, clickable=True)
            chip.setCheckable(True)
            chip.clicked.connect(self._chosen)
            made.append(chip)
        self._chips = Flow(made)
        self._lines.addWidget(self._chips)
        self._typed(self.line.text())

    @Slot(str)
    def _typed(self, text: str) -> None:
        present = needs_of(text)
        for chip in self.findChildren(Chip):
            chip.setChecked(chip.text() in present)

    @Slot()
    def _chosen(self) -> None:
        """A press adds an action or takes it away; what was typed besides stays."""
        chip: Any = self.sender()
        present = [each for each in needs_of(self.line.text()) if each != chip.text()]
        if chip.isChecked():
            present.append(chip.text())
        self.line.setText(NEEDS_SEPARATOR.join(present))
