"""The fixtures that find what a test leaves running do find it, and say where it began."""

from pathlib import Path

import pytest

pytest_plugins = ("pytester",)

LEAKY = """
import threading
from PySide6.QtCore import QThread, QTimer

kept = []

def test_thread(qapp):
    threading.Thread(target=threading.Event().wait, args=(3,), daemon=True).start()

def test_timer(qapp):
    kept.append(QTimer())
    kept[-1].start(100_000)

def test_qthread(qapp):
    kept.append(QThread())
    kept[-1].start()

def test_after_them(qapp):
    kept[-1].quit()
    kept[-1].wait()
"""


def test_leaks_fail_and_name_their_place(pytester: pytest.Pytester) -> None:
    root = Path(__file__).parents[2]
    pytester.makeini(f"[pytest]\npythonpath = {root}\nqt_api = pyside6")
    pytester.makeconftest((Path(__file__).parent / "conftest.py").read_text("utf-8"))
    pytester.makepyfile(LEAKY)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=4, errors=3)
    for complaint, place in (("threads", "test_thread"), ("timers", "test_timer"), ("QThreads", "test_qthread")):
        result.stdout.fnmatch_lines([f"*{complaint} left running*", f"*place.py*in {place}"])
