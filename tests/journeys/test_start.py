"""What the whole desk says of itself once it stands."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from commandcenter.app import Program
from commandcenter.base.texts import say
from commandcenter.ui.core import fonts
from commandcenter.ui.core.notices import NoticeStrip
from commandcenter.ui.core.widgets import Button
from commandcenter.ui.shell.situation import Situation


def told(program: Program) -> list[str]:
    strip = program.window.findChild(NoticeStrip)
    assert strip is not None
    return strip.texts


def test_a_machine_without_a_chinese_font_says_so(
    town_url: Callable[[str], str], open_program: Callable[..., Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "has_chinese", lambda: False)
    assert any("fonts-noto-cjk" in text for text in told(open_program(town_url("sqlite"))))


def test_the_whole_desk_tells_that_the_database_is_away_and_back(
    town_url: Callable[[str], str], open_program: Callable[..., Program], qtbot: Any
) -> None:
    program = open_program(town_url("sqlite"))
    assert not any("fonts-noto-cjk" in text for text in told(program)) and program.tools.sound.alarms == ()
    program.tools.desk.hub.set_connection("away")
    qtbot.waitUntil(lambda: program.tools.sound.alarms == ("connection",))
    assert any("数据库连不上" in text for text in told(program))
    strip = program.window.findChild(NoticeStrip)
    next(each for each in strip.findChildren(Button) if each.accessibleName() == say("core.close")).click()
    assert program.tools.sound.alarms == (), "whoever closes the line has heard the tone"
    program.tools.desk.hub.set_connection("connected")
    qtbot.waitUntil(lambda: any("数据库已恢复" in text for text in told(program)))


@pytest.mark.soak
def test_another_theme_leaves_the_situation_divided_as_it_was(
    town_url: Callable[[str], str], open_program: Callable[..., Program], qtbot: Any
) -> None:
    program = open_program(town_url("sqlite"))
    window, tools = program.window, program.tools
    room = window.findChild(Situation)
    assert QTest.qWaitForWindowActive(window)
    usual = room.sizes()
    handle = room._whole.handle(2)
    at, away = handle.rect().center(), QPoint(-60, 0)
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(handle, at + away)
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=at + away)
    left = room.sizes()
    assert left["whole"][2] > usual["whole"][2] + 30

    def change(**settings: Any) -> None:
        for name, value in settings.items():
            tools.settings.set(f"desk.{name}", value)
        tools.appearance_changed()
        QApplication.processEvents()
        QApplication.processEvents()

    def divided() -> dict[str, list[int]]:
        return next(each for each in window.findChildren(Situation) if each.isVisible()).sizes()

    for theme in ("light", "dark"):
        change(theme=theme)
        qtbot.waitUntil(lambda: divided() == left)
    window.open_workspace("grids")
    change(theme="light")
    window.remember()
    assert tools.settings.get("window.splitters") == left, "the situation is not made again yet"
    window.open_workspace("situation")
    qtbot.waitUntil(lambda: divided() == left)
