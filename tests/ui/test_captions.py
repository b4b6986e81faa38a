"""An ``&`` in a name is a character: it is shown, and no key comes of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QTabBar, QVBoxLayout, QWidget

from commandcenter.base import texts
from commandcenter.ui import imports as feature
from commandcenter.ui.core.captions import caption
from commandcenter.ui.core.cards import Link
from commandcenter.ui.core.language import follow_language
from commandcenter.ui.core.widgets import Button, Chip
from tests.ui.rooms import Room, room_at
from tests.ui.test_imports import GRIDS, HEADINGS, close, good, opened, popup, roster, take

NAME = "东村&Bei"


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A duty officer's desk with the import in it."""
    with room_at(town_url("sqlite"), open_desk, tmp_path) as made:
        feature.install(made.tools)
        yield made
        close(made)


@pytest.mark.parametrize("kind", ["button", "facts", "link", "chip"])
def test_no_key_presses_a_name(window: QWidget, kind: str, qtbot: Any) -> None:
    pressed: list[bool] = []
    made: Any
    if kind == "button":
        made = Button("")
        made.show_text(NAME)
    elif kind == "facts":
        made = Button("core.conflict.mine", text=NAME)
    elif kind == "link":
        made = Link(NAME, lambda: None)
    else:
        made = Chip(clickable=True)
        made.show_state(NAME)
    made.clicked.connect(lambda: pressed.append(True))
    QVBoxLayout(window).addWidget(made)
    qtbot.waitUntil(made.isVisible)
    assert QTest.qWaitForWindowActive(window)
    qtbot.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier)
    assert NAME in made.text() and not made.isDown() and not pressed
    made.click()
    assert pressed


def test_a_name_on_a_button_outlasts_another_language(window: QWidget, qtbot: Any) -> None:
    named, close_it = Button(""), Button("", icon="close")
    named.show_text(NAME)
    close_it.setAccessibleName("关闭这一条")
    box = QVBoxLayout(window)
    for each in (named, close_it):
        box.addWidget(each)
    follow_language()
    texts.use("en")
    qtbot.wait(10)
    assert named.text() == named.accessibleName() == NAME and close_it.accessibleName() == "关闭这一条"


def test_what_qt_paints_shows_the_whole_name(window: QWidget) -> None:
    """Once, and wider than without it."""
    assert caption(NAME) == "东村&&Bei"
    bar, menu = QTabBar(window), QMenu(window)
    widths = []
    for name in (caption("东村&村"), "东村村"):
        at = bar.addTab(name)
        menu.clear()
        menu.addAction(name)
        widths.append((bar.tabRect(at).width(), menu.sizeHint().width()))
    assert widths[0][0] > widths[1][0] and widths[0][1] > widths[1][1]


def test_sheets_and_columns_of_a_foreign_workbook_are_called_what_they_are(
    room: Room, tmp_path: Path, qtbot: Any
) -> None:
    headings = ["电话&手机" if each == "说明" else each for each in HEADINGS]
    path = roster(tmp_path, good(1, GRIDS[0], "柳青青"), headings=headings)
    book = openpyxl.load_workbook(path)
    book.worksheets[0].title = "一村&二村"
    book.save(path)
    window = opened(room)
    take(room, window, path)
    assert window.work_page.tabs.tabText(0) == caption("一村&二村")
    view = window.work_page.columns.view
    view.choose("note")
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Return)
    menu = popup()
    assert [each.text() for each in menu.actions() if "手机" in each.text()] == [caption("H   电话&手机")]
    menu.close()
