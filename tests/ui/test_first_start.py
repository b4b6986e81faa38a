"""The first start: what is missing is said, the cursor stands there, and nothing is made of a slip."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication

from commandcenter.services.first_steps import set_up
from commandcenter.services.sessions import open_session
from commandcenter.storage.database import Database
from commandcenter.ui.core.runner import Runner
from commandcenter.ui.shell.first_start import FirstStart


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Runner]:
    runner = Runner()
    yield runner
    runner.shutdown()


@pytest.fixture
def start(tasks: Runner, tmp_path: Path, qtbot: Any) -> FirstStart:
    window = FirstStart(partial(set_up, Database(tmp_path / "new.sqlite")), tasks)
    qtbot.addWidget(window)
    window.show()
    return window


def error(window: FirstStart) -> str:
    return window._error.text()


def test_only_what_is_missing_is_asked_for(start: FirstStart, qtbot: Any) -> None:
    qtbot.keyClick(start._town, Qt.Key.Key_Return)
    assert error(start) == "还没填乡镇名称。" and start.focusWidget() is start._town
    start._town.setText("云岭镇")
    qtbot.keyClick(start._town, Qt.Key.Key_Return)
    assert error(start) == "还没填值班人的姓名。" and start.focusWidget() is start._officer


def test_enter_belongs_to_the_input_method_while_it_composes(start: FirstStart, qtbot: Any) -> None:
    QApplication.sendEvent(start._town, QInputMethodEvent("云岭镇", []))
    qtbot.keyClick(start._town, Qt.Key.Key_Return)
    assert error(start) == ""
    start._go.click()
    assert "乡镇" not in error(start) and start.focusWidget() is start._officer, "what is being composed counts"


def test_a_name_typed_into_the_code_makes_no_town(start: FirstStart, tasks: Runner, tmp_path: Path, qtbot: Any) -> None:
    made: list[str] = []
    start.finished.connect(lambda officer, _: made.append(officer))
    for field, words in ((start._town, "云岭镇"), (start._code, "王小梅"), (start._officer, "王小梅")):
        field.setText(words)
    qtbot.keyClick(start._officer, Qt.Key.Key_Return)
    assert tasks.drain(30)
    assert "王小梅" in error(start) and "6 至 12 位" in error(start) and start.focusWidget() is start._code
    assert not (tmp_path / "new.sqlite").exists() and not made
    start._code.setText("999101100")
    qtbot.keyClick(start._code, Qt.Key.Key_Return)
    assert tasks.drain(30)
    (officer,) = made
    session = open_session(tmp_path / "new.sqlite", actor=officer)
    with session.read("real") as reader:
        (town,) = reader.find("township")
    session.close()
    assert (town.name, town.code) == ("云岭镇", "999101100")
