"""The card at the right of a workspace: a header, then the sections that features have plugged in for its entity."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from commandcenter.ui.core import theme
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Label, TextRole, divider


class Card(QScrollArea):
    """Shows one thing at a time. Sections keep themselves up to date; the card makes them anew for another thing."""

    def __init__(self, tools: Tools, entity: str, parent: QWidget | None = None) -> None:
        """``entity`` says whose sections are shown (grid, person, incident)."""
        super().__init__(parent)
        self._tools, self._entity = tools, entity
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty("panel", "surface")
        self.viewport().setProperty("panel", "surface")

    def show_nothing(self, code: str) -> None:
        """Say why there is no card."""
        look = theme.current()
        body, layout = self._fresh()
        words = Label(code, "muted")
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(1)
        layout.addWidget(words)
        layout.addStretch(2)
        layout.setContentsMargins(look.space(6), 0, look.space(6), 0)
        self.setWidget(body)

    def show_subject(self, subject: Any, header: QWidget) -> None:
        """Show ``header`` and the sections for ``subject``."""
        look = theme.current()
        body, layout = self._fresh()
        layout.setContentsMargins(look.space(4), look.space(4), look.space(4), look.space(6))
        layout.setSpacing(look.space(2))
        layout.addWidget(header)
        sections = [each for each in self._tools.plugs.card_sections if each.entity == self._entity]
        for section in sorted(sections, key=lambda each: each.order):
            part = section.make(self._tools, subject)
            layout.addSpacing(look.space(2))
            layout.addWidget(divider())
            layout.addWidget(Label(section.title_code, "heading"))
            layout.addWidget(part)
        layout.addStretch(1)
        self.setWidget(body)

    def _fresh(self) -> tuple[QWidget, QVBoxLayout]:
        body = QWidget()
        body.setProperty("panel", "surface")
        return body, QVBoxLayout(body)


class Facts(QWidget):
    """Pairs of a quiet word and a value, one below the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look = theme.current()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look.space(3))
        self._grid.setVerticalSpacing(look.space(1))
        self._grid.setColumnStretch(1, 1)

    def add(self, code: str, value: str | QWidget) -> None:
        """One more pair; the value is data, or a widget that shows it."""
        row = self._grid.rowCount()
        quiet = Label(code, "muted")
        quiet.setMinimumWidth(theme.current().px(64))
        shown = value if isinstance(value, QWidget) else words(value)
        self._grid.addWidget(quiet, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(shown, row, 1)


def words(text: str, role: TextRole = "", *, wraps: bool = True) -> QLabel:
    """Data as text that can be marked and copied."""
    label = QLabel(text)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wraps)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    if wraps:
        label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
    return label


def figures(pairs: Iterable[tuple[str, str]]) -> QWidget:
    """Large numbers side by side, each over the code of what it counts."""
    look = theme.current()
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, look.space(1), 0, 0)
    row.setSpacing(look.space(6))
    for number, code in pairs:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(words(number, "figure", wraps=False))
        column.addWidget(Label(code, "caption"))
        row.addLayout(column)
    row.addStretch(1)
    return box


def clear(layout: Any) -> None:
    """Take everything out of a layout and let it go."""
    while layout.count():
        item = layout.takeAt(0)
        if item.widget() is not None:
            item.widget().hide()
            item.widget().deleteLater()
        elif item.layout() is not None:
            clear(item.layout())
