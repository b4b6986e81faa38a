"""An ``&`` in a name is a character: it is shown, and no key comes of it."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QTabBar, QVBoxLayout, QWidget

from commandcenter.base import texts
from commandcenter.ui.core.captions import caption
from commandcenter.ui.core.cards import Link
from commandcenter.ui.core.language import follow_language
from commandcenter.ui.core.widgets import Button, Chip

NAME = "东村&Bei"


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
        made = Chip(NAME, clickable=True)
        made.show_state("西村")
        assert made.accessibleName() == "西村"
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
