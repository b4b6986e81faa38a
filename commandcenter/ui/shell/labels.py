"""Labels dressed by the role their words play."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


def labelled(role: str, text: str = "") -> QLabel:
    """A label of a role that the style sheet knows: title, heading, muted, caption, clock, error."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label
