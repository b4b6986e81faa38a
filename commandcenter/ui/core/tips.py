"""Tool tips show every character as it stands."""

from html import escape

from PySide6.QtGui import Qt


def tip(text: str) -> str:
    """What to give to Qt so that it shows ``text``. It takes a tool tip in which tags stand for a page, would show
    other words than were written, and would fetch the pictures that the page names, over the network too: what a
    caller, a gateway or a foreign workbook wrote must not become one."""
    if not Qt.mightBeRichText(text):
        return text
    return f'<qt><span style="white-space: pre-wrap">{escape(text)}</span></qt>'
