"""What the whole desk says of itself once it stands."""

from collections.abc import Callable
from typing import Any

import pytest

from commandcenter.app import Program
from commandcenter.ui.core import fonts


def told(program: Program) -> list[str]:
    from commandcenter.ui.core.notices import NoticeStrip

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
    program.tools.desk.hub.set_connection("connected")
    qtbot.waitUntil(lambda: program.tools.sound.alarms == ())
    assert any("数据库已恢复" in text for text in told(program))
