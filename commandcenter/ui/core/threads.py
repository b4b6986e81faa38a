"""Which thread is this? Storage must stay off the GUI thread, and widgets on it; slips are found, not waited out."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication

_here = threading.local()


class WrongThread(AssertionError):
    """A bug: work was done on a thread that must not do it."""


def on_gui_thread() -> bool:
    """Whether this is the GUI thread of a running Qt program (without one there is none)."""
    if getattr(_here, "posing", 0):
        return False
    return QCoreApplication.instance() is not None and threading.current_thread() is threading.main_thread()


def assert_gui_thread() -> None:
    """Raise WrongThread unless this is the thread that may touch widgets."""
    if threading.current_thread() is not threading.main_thread():
        raise WrongThread(f"GUI work on {threading.current_thread().name}")


def assert_not_gui_thread() -> None:
    """Raise WrongThread on the GUI thread. Storage calls this before every statement while a desk is open."""
    if on_gui_thread():
        raise WrongThread("a statement on the GUI thread")


@contextmanager
def posing_as_worker() -> Iterator[None]:
    """Inside, the GUI thread may do a worker's work: before the first window shows, and in inline tests."""
    _here.posing = getattr(_here, "posing", 0) + 1
    try:
        yield
    finally:
        _here.posing -= 1
