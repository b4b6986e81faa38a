"""Warm processes: what the program starts in a process of its own runs in one here too, that need not start anew.

Most of what a small file, plan, paper or verb costs in a process of its own is its start: Python, numpy, the solver,
the database. Here one process of each kind has loaded all of it and forks for every child that is wanted. The fork then
runs the module's own ``main``, with its limits, its guard and its pipes. The fixture ``cold_start`` gives a test
children that start as the program starts them; how the whole program starts is the matter of ``tests/house``.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from commandcenter.base import children
from tests import processors

IS_POSSIBLE = hasattr(os, "fork") and hasattr(socket, "recv_fds")
PROJECT = Path(__file__).resolve().parents[1]
COLD_START = children.start
"""As the program has it."""

_STARTING = "from tests.warm import serve; serve()"
_LONGEST = 1 << 17
"""Bytes of the longest request: arguments and environment."""
_NEEDS = {
    "commandcenter.formats.sandbox": (
        ".map_reader", ".preview_reader", ".table_reader", ".attachment_reader", ".workbook_marks", ".ole",
        "encodings.cp437", "numpy.ma", "python_calamine",
    ),
    "commandcenter.formats.paper.press_process": (".fonts", "typst"),
    "commandcenter.services.planner_process": (".planner_model",),
    "commandcenter.cli": (
        ".doing", ".watching", ".opening", ".listing", "commandcenter.services.registry", "psycopg",
        "sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite.pysqlite",
    ),
}  # fmt: skip
"""What each kind imports when it knows its task: neighbours of the module or, for a package, what lies in it; and what
those import late."""


def serve() -> None:
    """In the warm process: fork for each request that comes through standard input, until that closes."""
    kind = sys.argv[1]
    module = importlib.import_module(kind)
    for each in _NEEDS[kind]:
        importlib.import_module(each, module.__package__)
    # A child begins with all of this in its memory, and need neither look through it nor make copies of it.
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    door = socket.socket(fileno=os.dup(0))
    bell, ring = os.pipe()
    os.set_blocking(ring, False)
    signal.set_wakeup_fd(ring)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    running: dict[int, int] = {}
    while True:
        heard, _, _ = select.select([door, bell], [], [])
        if bell in heard:
            os.read(bell, 64)
            _tell_ended(running)
        if door in heard:
            wanted, ends, _, _ = socket.recv_fds(door, _LONGEST, 4)
            if not ends:
                return
            status, *given = ends
            child = os.fork()
            if child == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for end in (door.detach(), bell, ring, status, *running.values()):
                    os.close(end)
                _run(module, json.loads(wanted), given)
            for end in given:
                os.close(end)
            os.write(status, f"{child}\n".encode())
            running[child] = status


def _tell_ended(running: dict[int, int]) -> None:
    """Say of every child that has ended how it did."""
    for child, status in list(running.items()):
        found, ended = os.waitpid(child, os.WNOHANG)
        if found:
            with contextlib.suppress(BrokenPipeError):  # nobody waits for it
                os.write(status, f"{os.waitstatus_to_exitcode(ended)}\n".encode())
            os.close(running.pop(child))


def _run(module: Any, wanted: dict[str, Any], ends: Sequence[int]) -> None:
    """As if just started."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(wanted["environment"])
        sys.argv[1:] = wanted["arguments"]
        for place, end in enumerate(ends):
            os.dup2(end, place)
            os.close(end)
        # Those of the warm process believe what its own ends were.
        sys.stdin = sys.__stdin__ = os.fdopen(0, closefd=False)
        sys.stdout = sys.__stdout__ = os.fdopen(1, "w", closefd=False)
        sys.stderr = sys.__stderr__ = os.fdopen(2, "w", errors="backslashreplace", closefd=False)
        code = module.main() or 0
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


class WarmProcess:
    """What is used of a process that was started. ``errors``: it has a pipe for them too."""

    def __init__(self, ask: Any, errors: bool) -> None:
        (given, write), (read, told), (self._status, status) = os.pipe(), os.pipe(), os.pipe()
        ends = [status, given, told]
        self.stdin, self.stdout = os.fdopen(write, "wb"), os.fdopen(read, "rb")
        self.stderr: IO[bytes] | None = None
        if errors:
            read, complained = os.pipe()
            ends.append(complained)
            self.stderr = os.fdopen(read, "rb")
        ask(ends)
        for end in ends:
            os.close(end)
        self.pid = int(self._line())
        self.returncode: int | None = None

    def _line(self) -> str:
        found = b""
        while not found.endswith(b"\n"):
            piece = os.read(self._status, 1)
            if not piece:
                raise RuntimeError("the warm process has gone")
            found += piece
        return found.decode()

    def poll(self) -> int | None:
        """The exit status once it has ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; subprocess.TimeoutExpired when it takes longer."""
        if self.returncode is None:
            if not select.select([self._status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("warm", timeout or 0)
            self.returncode = int(self._line())
            os.close(self._status)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class WarmProcesses:
    """One warm process of each kind, started for the first child of that kind."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._doors: dict[str, tuple[socket.socket, subprocess.Popen[bytes]]] = {}

    def start(self, module: str, environment: Mapping[str, str] | None = None) -> WarmProcess:
        """In place of ``children.start``."""
        return self.open(module, environment=environment)

    def open(
        self, kind: str, arguments: Sequence[str] = (), *, environment: Mapping[str, str] | None = None,
        errors: bool = False,
    ) -> WarmProcess:  # fmt: skip
        """A child whose module sees these arguments and this environment (None: ours)."""
        given = dict(os.environ if environment is None else environment)
        wanted = json.dumps({"arguments": list(arguments), "environment": given}).encode()
        assert len(wanted) < _LONGEST
        with self._turn:
            if kind not in self._doors:
                self._doors[kind] = self._warm(kind)
            door, _ = self._doors[kind]
            return WarmProcess(lambda ends: socket.send_fds(door, [wanted], ends), errors)

    def _warm(self, kind: str) -> tuple[socket.socket, "subprocess.Popen[bytes]"]:
        # Each request is one packet: a stream might hand over two at once.
        door, inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for each in (door, inside):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _LONGEST)
        # Only a process without threads can be forked safely.
        alone = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PROJ_NETWORK": "OFF", "PYTHONPATH": str(PROJECT)}
        with processors.all_used():
            process = subprocess.Popen(
                [sys.executable, "-P", "-X", "utf8", "-c", _STARTING, kind], cwd=PROJECT, env={**os.environ, **alone},
                stdin=inside, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        inside.close()
        return door, process

    def close(self) -> None:
        """End the warm processes."""
        for door, process in self._doors.values():
            door.close()
            process.wait()


processes = WarmProcesses()
"""Those of this test process."""
