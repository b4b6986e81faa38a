"""What every page of the settings is built from: a title, sentences, and a column that is not too wide to read."""

from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Column, words
from commandcenter.ui.core.widgets import Label

WIDEST = 760
"""A line of settings is never longer than this (px at 100 %)."""


@runtime_checkable
class ShowsOptions(Protocol):
    """A page that can bring one of its options to the eye."""

    def show_option(self, key: str) -> None:
        """Scroll to it and give it the focus."""
        ...


class Page(QScrollArea):
    """A page: fill :attr:`body` from the top."""

    def __init__(self, title_code: str, about_code: str = "") -> None:
        super().__init__()
        look = theme.current()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inner.setProperty("panel", "surface")
        inner.setMaximumWidth(look.px(WIDEST))
        self.body = QVBoxLayout(inner)
        self.body.setContentsMargins(look.space(8), look.space(6), look.space(8), look.space(8))
        self.body.setSpacing(look.space(3))
        self.body.addWidget(Label(title_code, "title"))
        if about_code:
            self.say(about_code)
        holder = Column()
        outside = QVBoxLayout(holder)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(inner)
        outside.addStretch(1)
        self.setWidget(holder)

    def say(self, code: str, role: Any = "muted", **facts: Any) -> Label:
        """A sentence on the page."""
        label = Label(code, role, **facts)
        label.setWordWrap(True)
        self.body.addWidget(label)
        return label

    def tell(self, text: str, role: Any = "") -> QWidget:
        """Data on the page."""
        label = words(text, role)
        self.body.addWidget(label)
        return label
