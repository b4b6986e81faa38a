"""Captions of menus, tabs and buttons show an ``&`` as it stands.

Qt takes the character after it for a key: it would hide the ``&`` of a village, a heading or a sheet, and Alt with that
character would press what nobody reached for.
"""

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton


def caption(text: str) -> str:
    """What to give to Qt, where Qt paints the words itself, so that it shows ``text``."""
    return text.replace("&", "&&")


def write(button: QAbstractButton, text: str) -> None:
    """Give words to a button that paints them itself, without the key; a screen reader reads them whole."""
    button.setText(text)
    button.setAccessibleName(text)
    if "&" in text:
        button.setShortcut(QKeySequence())
