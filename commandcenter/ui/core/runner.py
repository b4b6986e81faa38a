"""Work off the GUI thread: three lanes, answers through one long-lived relay on the GUI thread.

A task whose owner is gone is forgotten (a write is still carried out: it was ordered), an answer overtaken by a newer
request with the same owner and key is dropped, and an error keeps its traceback.
"""

import itertools
import logging
import queue
import sys
import threading
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any, Literal, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, Signal, Slot
from shiboken6 import isValid

from commandcenter.base.clock import monotonic
from commandcenter.ui.core.inbox import Inbox
from commandcenter.ui.core.threads import assert_gui_thread, posing_as_worker

T = TypeVar("T")
Lane = Literal["write", "read", "io"]
THREADS: dict[Lane, int] = {"write": 1, "read": 3, "io": 2}
"""One writer, because a database takes one at a time; a few readers; files and paper apart from both."""

_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Raised by work that found itself cancelled. Never shown to anybody."""


class Task:
    """One piece of work under way; made by :meth:`Runner.submit`."""

    def __init__(self, number: int, lane: Lane, owner: QObject, key: str | None) -> None:
        self.number = number
        self.lane: Lane = lane
        self.owner_token = id(owner)
        self.key = key
        self.is_cancelled = False
        self._is_wanted = True
        self._is_outdated = False
        self._owner = weakref.ref(owner)
        self._work: Callable[[], Any] | None = None
        self._done: Callable[[], Callable[[Any], None] | None] = _none
        self._failed: Callable[[], Callable[[BaseException], None] | None] = _none
        self._progress: Callable[[], Callable[[int, int], None] | None] = _none
        self.result: Any = None
        self.error: BaseException | None = None

    def cancel(self) -> None:
        """Its answer is no longer wanted. Not yet begun it never begins; begun, it may look at ``is_cancelled``."""
        self.is_cancelled = True

    @property
    def _may_be_skipped(self) -> bool:
        return self.is_cancelled or (self.lane == "read" and not self._is_wanted)

    def _run(self) -> None:
        """On the lane's thread."""
        if self._may_be_skipped or self._work is None:
            self.is_cancelled = True
            return
        try:
            self.result = self._work()
        except Cancelled:
            self.is_cancelled = True
        except BaseException as error:
            self.error = error

    def _forget(self) -> None:
        """Let go of everything, on the GUI thread: widgets must not die on a worker."""
        self._work = None
        self._done = self._failed = self._progress = _none
        self.result = self.error = None


class Report:
    """Handed to long work: tells how far it is and asks whether to go on. Thread-safe."""

    def __init__(self, task: Task, tell: Callable[[int, int], None]) -> None:
        self._task = task
        self._tell = tell

    def __call__(self, done: int, total: int) -> None:
        """So much of so much; raises Cancelled when the work is no longer wanted."""
        if self._task.is_cancelled:
            raise Cancelled
        self._tell(done, total)

    def is_cancelled(self) -> bool:
        """Whether the work is no longer wanted, for work that asks instead of reporting."""
        return self._task.is_cancelled


class _Workers:
    """The threads of one lane, started when there is work for them."""

    def __init__(self, lane: Lane, finished: Callable[[Task], None]) -> None:
        self._lane = lane
        self._finished = finished
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    def put(self, task: Task, open_tasks: int) -> None:
        if len(self._threads) < min(THREADS[self._lane], open_tasks):
            name = f"{self._lane}-{len(self._threads) + 1}"
            thread = threading.Thread(target=self._serve, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()
        self._tasks.put(task)

    def _serve(self) -> None:
        while (task := self._tasks.get()) is not None:
            task._run()
            self._finished(task)
            del task

    def stop(self, deadline: float) -> bool:
        """Ask the threads to end after what is queued; whether all have by ``deadline`` (monotonic seconds)."""
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join(max(0.0, deadline - monotonic()))
        return not any(thread.is_alive() for thread in self._threads)


class Runner(QObject):
    """Runs work on lanes and brings the answers home.

    Signals: ``unhandled(BaseException)`` for errors whose caller gave no ``failed``; ``idle()`` when nothing is left.
    """

    unhandled = Signal(object)
    idle = Signal()

    def __init__(self, parent: QObject | None = None, *, inline: bool = False) -> None:
        """``inline`` runs everything at once on the calling thread, for unit tests."""
        super().__init__(parent)
        self._inline = inline
        self._numbers = itertools.count(1)
        self._open: dict[int, Task] = {}
        self._newest: dict[tuple[int, str], int] = {}
        self._watched: set[int] = set()
        self._finished: Inbox[Callable[[], None]] = Inbox(self)
        self._lanes = {lane: _Workers(lane, self._bring) for lane in THREADS}
        self._closed = False
        self._finished.bell.rung.connect(self._drain_finished)

    def submit(self, lane: Lane, fn: Callable[[], T], *, done: Callable[[T], None] | None = None,
               failed: Callable[[BaseException], None] | None = None, owner: QObject,
               key: str | None = None) -> Task:  # fmt: skip
        """Run ``fn`` on ``lane``; on the GUI thread then ``done(result)`` or ``failed(error)``.

        Nothing is called when ``owner`` is gone by then. With a ``key`` a newer request of the same owner overtakes
        this one. RuntimeError after :meth:`shutdown`.
        """
        return self._start(self._task(lane, owner, key, done, failed), fn)

    def submit_long(self, lane: Lane, fn: Callable[[Report], T], *, progress: Callable[[int, int], None],
                    done: Callable[[T], None] | None = None, failed: Callable[[BaseException], None] | None = None,
                    owner: QObject, key: str | None = None) -> Task:  # fmt: skip
        """As :meth:`submit`, for work that reports ``progress(done, total)`` and can be cancelled midway."""
        task = self._task(lane, owner, key, done, failed)
        task._progress = _weakly(progress, owner)
        return self._start(task, partial(fn, Report(task, partial(self._report, task))))

    def do_again(self, lane: Lane) -> None:
        """What is under way on a lane, or comes home just now, is done once more before it is answered: what it
        depends on has changed."""
        for task in self._open.values():
            task._is_outdated = task._is_outdated or task.lane == lane

    @property
    def open_tasks(self) -> int:
        """How many tasks have not come home yet."""
        return len(self._open)

    def drain(self, timeout: float = 10.0) -> bool:
        """Serve events until nothing is left to do, where the program's own loop does not run: for tests and pictures.
        Whether that was reached within ``timeout`` seconds."""
        # Outside that loop Qt keeps for ever what is to be deleted later.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        deadline = monotonic() + timeout
        while self._open or self._finished:
            if monotonic() > deadline:
                return False
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
            self._drain_finished()
            threading.Event().wait(0.001)
        return True

    def shutdown(self, timeout: float = 5.0) -> bool:
        """Finish what was ordered to be written, skip waiting reads, end the threads; whether all ended in time."""
        self._closed = True
        for task in self._open.values():
            if task.lane != "write":
                task.cancel()
        deadline = monotonic() + timeout
        ended = [workers.stop(deadline) for workers in self._lanes.values()]
        self._drain_finished()
        return all(ended)

    # --- setting out ---------------------------------------------------------------------------------------------

    def _task(self, lane: Lane, owner: QObject, key: str | None, done: Any, failed: Any) -> Task:
        assert_gui_thread()
        if self._closed:
            raise RuntimeError("the runner has been shut down")
        task = Task(next(self._numbers), lane, owner, key)
        task._done = _weakly(done, owner)
        task._failed = _weakly(failed, owner)
        self._watch(owner)
        if key is not None:
            self._overtake(task, key)
        return task

    def _start(self, task: Task, fn: Callable[[], Any]) -> Task:
        task._work = fn
        self._open[task.number] = task
        if self._inline:
            with posing_as_worker():
                task._run()
            self._come_home(task)
        else:
            self._set_out(task)
        return task

    def _set_out(self, task: Task) -> None:
        on_lane = sum(1 for each in self._open.values() if each.lane == task.lane)
        self._lanes[task.lane].put(task, on_lane)

    def _overtake(self, task: Task, key: str) -> None:
        before = self._newest.get((task.owner_token, key))
        if before in self._open:
            self._open[before]._is_wanted = False
        self._newest[task.owner_token, key] = task.number

    def _watch(self, owner: QObject) -> None:
        token = id(owner)
        if token not in self._watched:
            self._watched.add(token)
            # The partial lives and dies with the owner, and holds the runner only weakly.
            owner.destroyed.connect(partial(_owner_gone, weakref.ref(self), token))

    def _forget_owner(self, token: int) -> None:
        self._watched.discard(token)
        for task in self._open.values():
            if task.owner_token == token:
                task._is_wanted = False
                task.owner_token = 0  # the next object may get the same id
        for pair in [pair for pair in self._newest if pair[0] == token]:
            del self._newest[pair]

    # --- coming home ---------------------------------------------------------------------------------------------

    def _bring(self, task: Task) -> None:
        """On the lane's thread."""
        self._finished.put(partial(self._come_home, task))

    def _report(self, task: Task, done: int, total: int) -> None:
        """On the lane's thread."""
        self._finished.put(partial(self._show_progress, task, done, total))

    @Slot()
    def _drain_finished(self) -> None:
        for call in self._finished.taken():
            try:
                call()
            except Exception:  # one broken answer must not swallow the others
                sys.excepthook(*sys.exc_info())
        if not self._open:
            self.idle.emit()

    def _show_progress(self, task: Task, done: int, total: int) -> None:
        if self._is_awaited(task) and (progress := task._progress()) is not None:
            progress(done, total)

    def _come_home(self, task: Task) -> None:
        if task._is_outdated and not self._closed:
            task._is_outdated, task.result, task.error = False, None, None
            self._set_out(task)
            return
        self._open.pop(task.number, None)
        try:
            self._deliver(task)
        finally:
            task._forget()

    def _deliver(self, task: Task) -> None:
        is_wanted = self._is_awaited(task)
        if task.error is not None:
            self._tell_error(task, task.error, is_wanted)
        elif is_wanted and not task._is_outdated and (done := task._done()) is not None:
            done(task.result)

    def _is_awaited(self, task: Task) -> bool:
        owner = task._owner()
        return task._is_wanted and not task.is_cancelled and owner is not None and isValid(owner)

    def _tell_error(self, task: Task, error: BaseException, is_wanted: bool) -> None:
        failed = task._failed()
        if is_wanted and failed is not None:
            failed(error)
        elif is_wanted or task.lane == "write":  # an order that failed is told even when nobody waits for it
            _log.warning("task %s on lane %s failed: %s", task.number, task.lane, type(error).__name__)
            self.unhandled.emit(error)


def _none() -> None:
    return None


def _weakly(callback: Any, owner: QObject) -> Callable[[], Any]:
    """A way to get the callback that does not keep the owner alive."""
    if callback is None:
        return _none
    if getattr(callback, "__self__", None) is owner and hasattr(callback, "__func__"):
        return weakref.WeakMethod(callback)
    return lambda: callback


def _owner_gone(runner: "weakref.ref[Runner]", token: int, _owner: object = None) -> None:
    alive = runner()
    if alive is not None and isValid(alive):
        alive._forget_owner(token)
