"""Warm readers: files from outside are read by a process of their own here too, but one that need not start anew.

Most of a small file's reading is the child's start: Python, numpy, shapely. Here a process that has loaded all of it
forks for each file. The child then runs the reader's own ``main`` with its limits, its guard and its pipes.
``tests/formats/test_sandbox.py`` and every real ``python -m commandcenter`` start theirs as the program does.
"""

import contextlib
import os
import select
import signal
import socket
import subprocess
import threading
from typing import Any

STARTING = "from tests.readers import serve; serve()"
IS_POSSIBLE = hasattr(os, "fork") and hasattr(socket, "recv_fds")


def serve() -> None:
    """In the warm process: fork for each three ends of pipes that come through standard input, until that closes."""
    import importlib

    from commandcenter.formats import sandbox

    for module in sandbox.READERS.values():
        importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    door = socket.socket(fileno=os.dup(0))
    while True:
        _, ends, _, _ = socket.recv_fds(door, 1, 3)
        if not ends:
            return
        if os.fork() == 0:
            door.close()
            _keep(*ends)
        for end in ends:
            os.close(end)


def _keep(given: int, told: int, status: int) -> None:
    """Fork the reader, say its number, and at last how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    reader = os.fork()
    if reader == 0:
        os.close(status)
        _read(given, told)
    os.close(given)
    os.close(told)
    os.write(status, f"{reader}\n".encode())
    _, ended = os.waitpid(reader, 0)
    os.write(status, f"{os.waitstatus_to_exitcode(ended)}\n".encode())
    os._exit(0)


def _read(given: int, told: int) -> None:
    """As if just started."""
    from commandcenter.formats import sandbox

    signal.signal(signal.SIGINT, signal.default_int_handler)
    for end, place in ((given, 0), (told, 1)):
        os.dup2(end, place)
        os.close(end)
    try:
        sandbox.main()
    finally:
        os._exit(1)


class WarmReader:
    """What :mod:`commandcenter.formats.isolation` uses of a process."""

    def __init__(self, door: socket.socket, turn: threading.Lock) -> None:
        (given, write), (read, told), (self._status, status) = os.pipe(), os.pipe(), os.pipe()
        with turn:
            socket.send_fds(door, [b"!"], [given, told, status])
        for end in (given, told, status):
            os.close(end)
        self.stdin, self.stdout = os.fdopen(write, "wb"), os.fdopen(read, "rb")
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
                raise subprocess.TimeoutExpired("reader", timeout or 0)
            self.returncode = int(self._line())
            os.close(self._status)
        return self.returncode

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


class WarmReaders:
    """Takes the place of :mod:`subprocess` in the module that starts readers."""

    PIPE, DEVNULL, TimeoutExpired = subprocess.PIPE, subprocess.DEVNULL, subprocess.TimeoutExpired

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._door: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def Popen(self, command: list[str], *, env: dict[str, str], **_: Any) -> WarmReader:
        """A reader, from the warm process, which is started for the first one."""
        assert command[-1] == "commandcenter.formats.sandbox"
        with self._turn:
            if self._door is None:
                self._door, inside = socket.socketpair()
                self._process = subprocess.Popen([*command[:-2], "-c", STARTING], env=env, stdin=inside,
                                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
                inside.close()
        return WarmReader(self._door, self._turn)

    def close(self) -> None:
        """End the warm process."""
        if self._door is not None and self._process is not None:
            self._door.close()
            self._process.wait()
