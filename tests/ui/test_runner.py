"""The runner: lanes, answers on the GUI thread, owners that go, answers that are overtaken, errors that stay whole."""

import threading
import traceback
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from commandcenter.ui.core.runner import Cancelled, Report, Runner
from commandcenter.ui.core.threads import WrongThread, assert_gui_thread, assert_not_gui_thread, posing_as_worker


@pytest.fixture
def tasks(qapp: Any) -> Iterator[Runner]:
    """A runner that is shut down after the test."""
    made = Runner()
    yield made
    assert made.shutdown()


class Screen(QObject):
    """Takes answers as a screen does."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Any] = []
        self.errors: list[BaseException] = []
        self.threads: set[str] = set()

    def take(self, answer: Any) -> None:
        self.answers.append(answer)
        self.threads.add(threading.current_thread().name)

    def fail(self, error: BaseException) -> None:
        self.errors.append(error)


def _boom() -> None:
    raise ValueError("boom")


def test_work_runs_off_and_answers_come_home(tasks: Runner) -> None:
    screen = Screen()
    names: list[str] = []
    tasks.submit("read", lambda: names.append(threading.current_thread().name), done=screen.take, owner=screen)
    assert tasks.drain()
    assert names[0].startswith("read") and screen.threads == {"MainThread"}


def test_writes_keep_their_order(tasks: Runner) -> None:
    screen = Screen()
    order: list[int] = []
    for number in range(50):
        tasks.submit("write", partial(order.append, number), owner=screen)
    assert tasks.drain()
    assert order == list(range(50))


def test_reads_run_beside_one_another(tasks: Runner) -> None:
    screen = Screen()
    meeting = threading.Barrier(3, timeout=5)
    for _ in range(3):
        tasks.submit("read", meeting.wait, done=screen.take, owner=screen)
    assert tasks.drain()
    assert sorted(screen.answers) == [0, 1, 2]


def test_a_newer_request_overtakes(tasks: Runner) -> None:
    screen = Screen()
    gate = threading.Event()
    tasks.submit("read", lambda: gate.wait(5) and "old", done=screen.take, owner=screen, key="find")
    tasks.submit("read", lambda: "new", done=screen.take, owner=screen, key="find")
    tasks.submit("read", lambda: "other", done=screen.take, owner=screen, key="other")
    gate.set()
    assert tasks.drain()
    assert sorted(screen.answers) == ["new", "other"]


def test_the_answer_is_dropped_when_the_owner_is_gone(tasks: Runner) -> None:
    screen, other = Screen(), Screen()
    gate = threading.Event()
    answers = screen.answers
    tasks.submit("read", lambda: gate.wait(5), done=screen.take, owner=screen)
    tasks.submit("read", lambda: gate.wait(5), done=answers.append, owner=other)
    del screen
    other.deleteLater()
    del other
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gate.set()
    assert tasks.drain()
    assert answers == []


def test_a_write_is_carried_out_and_its_failure_told_without_its_owner(tasks: Runner) -> None:
    screen = Screen()
    gate = threading.Event()
    written: list[int] = []
    untold: list[BaseException] = []
    tasks.unhandled.connect(untold.append)
    tasks.submit("write", lambda: gate.wait(5), owner=screen)
    tasks.submit("write", lambda: written.append(1), done=screen.take, owner=screen)
    tasks.submit("write", _boom, failed=screen.fail, owner=screen)
    del screen
    gate.set()
    assert tasks.drain()
    assert written == [1] and [str(error) for error in untold] == ["boom"]


def test_errors_keep_their_traceback(tasks: Runner) -> None:
    screen = Screen()
    untold: list[BaseException] = []
    tasks.unhandled.connect(untold.append)
    tasks.submit("read", _boom, failed=screen.fail, owner=screen)
    tasks.submit("read", _boom, owner=screen)
    assert tasks.drain()
    assert "_boom" in "".join(traceback.format_exception(screen.errors[0]))
    assert len(screen.errors) == len(untold) == 1


def test_a_broken_answer_swallows_no_other(tasks: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    caught: list[Any] = []
    monkeypatch.setattr("sys.excepthook", lambda *given: caught.append(given[1]))
    screen = Screen()
    tasks.submit("write", lambda: 1, done=lambda _: _boom(), owner=screen)
    tasks.submit("write", lambda: 2, done=screen.take, owner=screen)
    assert tasks.drain()
    assert screen.answers == [2] and str(caught[0]) == "boom"


def test_cancelled_work_is_never_an_error(tasks: Runner) -> None:
    screen = Screen()
    gate = threading.Event()
    ran: list[int] = []

    def stop() -> None:
        raise Cancelled

    first = tasks.submit("write", lambda: gate.wait(5), done=screen.take, owner=screen)
    second = tasks.submit("write", lambda: ran.append(1), done=screen.take, owner=screen)
    tasks.submit("write", stop, done=screen.take, failed=screen.fail, owner=screen)
    first.cancel()
    second.cancel()
    gate.set()
    assert tasks.drain()
    assert (ran, screen.answers, screen.errors) == ([], [], [])


def test_long_work_reports_and_stops(tasks: Runner) -> None:
    screen = Screen()
    seen: list[tuple[int, int]] = []

    def count(report: Report) -> str:
        for number in range(4):
            report(number, 4)
        return "counted"

    tasks.submit_long("io", count, progress=lambda *step: seen.append(step), done=screen.take, owner=screen)
    assert tasks.drain()
    assert seen == [(0, 4), (1, 4), (2, 4), (3, 4)] and screen.answers == ["counted"]

    begun, gate = threading.Event(), threading.Event()

    def wait(report: Report) -> None:
        begun.set()
        gate.wait(5)
        report(1, 2)

    task = tasks.submit_long("io", wait, progress=lambda *step: seen.append(step), done=screen.take, owner=screen)
    assert begun.wait(5)
    task.cancel()
    gate.set()
    assert tasks.drain()
    assert len(seen) == 4 and screen.answers == ["counted"]


def test_inline_runs_at_once_and_may_do_a_workers_work(qapp: Any) -> None:
    def worker() -> int:
        assert_not_gui_thread()
        return 7

    screen = Screen()
    tasks = Runner(inline=True)
    tasks.submit("read", worker, done=screen.take, owner=screen)
    assert screen.answers == [7]


def test_shutdown_finishes_what_was_ordered(qapp: Any) -> None:
    screen = Screen()
    tasks = Runner()
    written: list[int] = []
    for number in range(20):
        tasks.submit("write", partial(written.append, number), owner=screen)
    assert tasks.shutdown()
    assert len(written) == 20
    with pytest.raises(RuntimeError):
        tasks.submit("read", _boom, owner=screen)


def test_hundreds_of_threads_worth_of_answers_lose_none(tasks: Runner) -> None:
    screen = Screen()
    for number in range(600):
        lane: Any = ("read", "io", "write")[number % 3]
        tasks.submit(lane, partial(abs, number), done=screen.take, owner=screen)
    assert tasks.drain()
    assert sorted(screen.answers) == list(range(600))


def test_thread_checks(qapp: Any) -> None:
    assert_gui_thread()
    with pytest.raises(WrongThread):
        assert_not_gui_thread()
    with posing_as_worker():
        assert_not_gui_thread()
    found: list[type] = []

    def elsewhere() -> None:
        assert_not_gui_thread()
        try:
            assert_gui_thread()
        except WrongThread as error:
            found.append(type(error))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert found == [WrongThread]


def test_what_is_under_way_is_done_again_when_what_it_depends_on_changes(tasks: Runner) -> None:
    screen, other = Screen(), Screen()
    facts, begun, go_on = ["before"], threading.Event(), threading.Event()

    def look() -> str:
        found = facts[0]
        begun.set()
        assert go_on.wait(10)
        return found

    tasks.submit("read", look, done=screen.take, owner=screen)
    tasks.submit("io", look, done=other.take, owner=other)
    assert begun.wait(10)
    facts[0] = "after"
    tasks.do_again("read")
    go_on.set()
    assert tasks.drain()
    assert screen.answers == ["after"] and len(other.answers) == 1
    tasks.submit("read", look, done=screen.take, owner=screen)
    assert tasks.drain()
    assert screen.answers == ["after", "after"]


def test_what_failed_before_is_done_again_and_what_was_overtaken_is_not(tasks: Runner) -> None:
    screen, tries, begun, go_on = Screen(), list[int](), threading.Event(), threading.Event()

    def fail_once() -> str:
        tries.append(1)
        begun.set()
        assert go_on.wait(10)
        if len(tries) == 1:
            raise ValueError("first")
        return "second"

    tasks.submit("read", fail_once, done=screen.take, failed=screen.fail, owner=screen, key="one")
    assert begun.wait(10)
    tasks.do_again("read")
    go_on.set()
    assert tasks.drain()
    assert (screen.answers, screen.errors, len(tries)) == (["second"], [], 2)
    begun.clear()
    go_on.clear()
    tasks.submit("read", fail_once, done=screen.take, owner=screen, key="one")
    assert begun.wait(10)
    tasks.submit("read", lambda: "newer", done=screen.take, owner=screen, key="one")
    tasks.do_again("read")
    go_on.set()
    assert tasks.drain()
    assert screen.answers == ["second", "newer"] and len(tries) == 3
