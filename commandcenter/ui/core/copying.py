"""Putting a table on the clipboard so that it pastes into Excel, WPS and a letter alike."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from commandcenter.base.texts import say
from commandcenter.formats import clipboard

COPY_KEY = "Ctrl+C"


def copying_menu(parent: QWidget, copy: Callable[[], None]) -> QMenu:
    """The menu of a table that is copied as a whole, by the mouse; it goes when it is closed."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.addAction(f"{say('core.copy.all')}\t{COPY_KEY}").triggered.connect(lambda _: copy())
    return menu


def put_on_clipboard(titles: Sequence[str], lines: Sequence[Sequence[str]], *, numeric: Sequence[bool] | None = None,
                     titles_in_text: bool = True) -> None:  # fmt: skip
    """As tab-separated text and as an HTML table. ``numeric`` says which columns are numbers, by default none;
    ``titles_in_text`` False: the text holds the cells alone, as a spreadsheet copies them."""
    data = QMimeData()
    data.setText(clipboard.as_tsv([titles, *lines] if titles_in_text else lines))
    data.setHtml(clipboard.as_html(titles, lines, numeric or [False] * len(titles)))
    QGuiApplication.clipboard().setMimeData(data)
