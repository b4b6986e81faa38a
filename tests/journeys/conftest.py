"""Whole desks in one process: real windows, real databases, real keys; only the loudspeaker is a recording."""

import gc
import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from commandcenter import app as program_root
from commandcenter.base import texts
from commandcenter.base.options import DeskSettings
from commandcenter.services.live import LiveSet
from commandcenter.services.sessions import Session, open_session
from commandcenter.ui.core.sound import RecordingSound


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """The program's name, as the program itself is started."""
    return ["commandcenter"]


THRESHOLDS = (700, 10, 10)
"""Python's own."""


@pytest.fixture(autouse=True)
def collected_before() -> None:
    """As often as in the program; each desk collects when it shuts down too. What outlived the tests before is not
    walked through again."""
    gc.set_threshold(*THRESHOLDS)
    gc.collect()
    gc.freeze()


def first_picture(url: str, account: str) -> tuple[Session, LiveSet]:
    """Opened and read aside, as the program does it: no SQL on the GUI thread."""
    session = open_session(url, actor=account)
    with session.read("real") as reader:
        return session, LiveSet.load(reader)


@pytest.fixture
def open_program(qapp: QApplication, qtbot: Any, tmp_path: Path) -> Iterator[Callable[..., program_root.Program]]:
    """Opens desks: ``open_program(url, "duty1")``. They are shut down after the test, and nothing may go on running."""
    opened: list[program_root.Program] = []
    numbers = itertools.count(1)

    def open_desk(url: str, account: str = "duty1", size: tuple[int, int] = (1366, 768)) -> program_root.Program:
        with ThreadPoolExecutor(1) as aside:
            session, live = aside.submit(first_picture, url, account).result()
        settings = DeskSettings(tmp_path / f"desk{next(numbers)}.json")
        program = program_root.build(qapp, session, live, settings, theme="light", sound=RecordingSound())
        opened.append(program)
        program.window.resize(*size)
        program.window.show()
        program.window.arrange()
        program.start()
        assert program.tasks.drain(20)
        return program

    texts.use("zh_CN")
    yield open_desk
    for program in reversed(opened):
        program.window.close()
        program.shut_down()
    texts.use("zh_CN")
