"""Qt for the tests of the screens. A test that leaves a thread or a timer running fails, and is told where it began."""

import gc
import re
import sys
import threading
import traceback
import warnings
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from commandcenter.base import texts
from commandcenter.ui.core import theme
from commandcenter.ui.core.language import follow_language

_FOREIGN = re.compile(r"site-packages|[/\\]lib[/\\]python|<frozen")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform warns of what it cannot do to windows; every other Qt warning fails the test."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """The program's name, as the program itself is started."""
    return ["commandcenter"]


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    """Every test begins in the light theme and in Chinese."""
    follow_language()
    texts.use("zh_CN")
    if theme.current() is not theme.load("light") or not qapp.styleSheet():
        theme.apply(qapp, theme.load("light"))
    yield
    texts.use("zh_CN")


@pytest.fixture
def window(qtbot: Any) -> QWidget:
    """A shown window to put things in."""
    made = QWidget()
    made.resize(1000, 700)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    return made


Steps = list[tuple[str, int, str]]
"""File, line and function, the innermost last."""


def _where() -> Steps:
    """The last steps outside the libraries that led to the caller's caller. Every test starts dozens of timers, so
    their lines are read only of those that are told of."""
    frame, found = sys._getframe(2), []
    while frame is not None and len(found) < 3:
        if not _FOREIGN.search(frame.f_code.co_filename):
            found.append((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
        frame = frame.f_back
    return found[::-1]


def _told(steps: Steps) -> str:
    return "".join(traceback.StackSummary.from_list([(*step, None) for step in steps]).format()) or "unknown place\n"


@pytest.fixture(autouse=True)
def collected_on_the_gui_thread() -> Iterator[None]:
    """As in the program (``ui/core/garbage.py``): a collector that woke on a read thread would destroy widgets there
    and wait for the GUI thread for ever. What outlived the tests before is not walked through again."""
    gc.disable()
    gc.collect()
    gc.freeze()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def no_threads_left() -> Iterator[None]:
    """Threads that a test started have ended with it."""
    started: dict[int, Steps] = {}
    original = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        original(thread)
        started[id(thread)] = _where()

    before = set(threading.enumerate())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        yield
    left = [thread for thread in threading.enumerate() if thread not in before]
    for thread in left:
        thread.join(1.0)
    alive = [f"{thread.name}, started at\n{_told(started.get(id(thread), []))}" for thread in left if thread.is_alive()]
    assert not alive, "threads left running: " + "\n".join(alive)


@pytest.fixture(autouse=True)
def no_qthreads_left() -> Iterator[None]:
    """QThreads that a test made have ended with it."""
    made: list[tuple[weakref.ref[QThread], Steps]] = []
    original = QThread.start

    def start(thread: QThread, *given: Any) -> None:
        made.append((weakref.ref(thread), _where()))
        original(thread, *given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QThread, "start", start)
        yield
    alive = [_told(where) for ref, where in made if _still_runs(ref())]
    assert not alive, "QThreads left running, started at\n" + "\n".join(alive)


def _still_runs(thread: QThread | None) -> bool:
    return thread is not None and isValid(thread) and thread.isRunning()


@pytest.fixture(autouse=True)
def no_timers_left(qapp: QApplication, qtbot: Any) -> Iterator[None]:
    """Timers that a test started have stopped or gone with their owners."""
    made: list[tuple[weakref.ref[QTimer], Steps]] = []
    original = QTimer.start

    def start(timer: QTimer, *given: Any) -> None:
        made.append((weakref.ref(timer), _where()))
        original(timer, *given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QTimer, "start", start)
        yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        alive = [_told(where) for ref, where in made if _still_ticks(ref())]
    assert not alive, "timers left running, started at\n" + "\n".join(alive)


def _still_ticks(timer: QTimer | None) -> bool:
    """A timer inside a widget that the test hands to qtbot goes when qtbot closes it."""
    if timer is None or not isValid(timer) or not timer.isActive():
        return False
    owner = timer.parent()
    while owner is not None and not isinstance(owner, QWidget):
        owner = owner.parent()
    return owner is None
