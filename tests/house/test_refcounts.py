"""PySide6 6.12.0 on Python 3.11 loses a reference to True with each signal and ends the process after 500."""

import sys
from collections.abc import Callable

import pytest

EMITS = 1000


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="True and None cannot lose references any more")
def test_signals_and_void_calls_lose_no_references(qapp: object) -> None:
    from PySide6.QtCore import QObject, Signal

    class Sender(QObject):
        told = Signal(bool)

    sender = Sender()

    def moved(act: Callable[[], object]) -> int:
        before = sys.getrefcount(True), sys.getrefcount(None)
        for _ in range(EMITS):
            act()
        return max(abs(sys.getrefcount(True) - before[0]), abs(sys.getrefcount(None) - before[1]))

    assert moved(lambda: sender.told.emit(True)) < 50
    assert moved(lambda: sender.setObjectName("x")) < 50
