"""The parent's side of :mod:`commandcenter.formats.sandbox`: start, listen, cancel, kill."""

import base64
import json
import logging
import os
import queue
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from commandcenter.base import children
from commandcenter.base.errors import BadInput, Refused

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]

MAX_FILE_BYTES = 200 * 1024 * 1024
MEMORY_LIMIT = 2 * 1024**3
TIME_LIMIT = 300
"""Seconds a reader may take."""
_MAX_ANSWER = 1024**3
_MAX_LINE = 256 * 1024**2
_LISTEN = 0.05
# Nothing of the user's environment but what an interpreter needs to start.
_PASSED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "TEMP", "TMP",
              "TMPDIR", "LANG", "LC_ALL")  # fmt: skip

log = logging.getLogger(__name__)


def read_in_child(
    reader: str,
    path: Path,
    options: Mapping[str, Any],
    take: Callable[[list[Any]], None],
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    seconds: int = TIME_LIMIT,
    memory: int = MEMORY_LIMIT,
) -> dict[str, Any]:
    """Let ``reader`` (a key of ``sandbox.READERS``) read ``path`` in a fresh child process.

    ``take`` gets the rows batch by batch, ``progress`` (done, total) in the reader's own unit; ``cancelled``
    is asked every 50 ms and ends the child at once. Returns the head of the file. BadInput for a file that
    cannot be read, Refused ``file.cancelled`` after a cancellation.
    """
    check_file(path)
    request = {"reader": reader, "path": str(path.resolve()), "options": dict(options)}
    return _serve(request, take, progress, cancelled, seconds, memory)


def parse_in_child(
    reader: str,
    content: bytes,
    *,
    cancelled: Cancelled | None = None,
    seconds: int = TIME_LIMIT,
    memory: int = MEMORY_LIMIT,
) -> dict[str, Any]:
    """As :func:`read_in_child`, for bytes that lie in no file; the reader finds them as base64 in its options.

    Nothing of them touches the disk.
    """
    options = {"content": base64.b64encode(content).decode("ascii")}
    request = {"reader": reader, "path": "", "options": options}
    return _serve(request, _no_rows, None, cancelled, seconds, memory)


def _no_rows(_rows: list[Any]) -> None:
    """Such a reader answers in one piece."""


def _serve(
    request: Mapping[str, Any],
    take: Callable[[list[Any]], None],
    progress: Progress | None,
    cancelled: Cancelled | None,
    seconds: int,
    memory: int,
) -> dict[str, Any]:
    child = _Child(request, seconds, memory)
    try:
        return _listen(child, take, progress, cancelled, time.monotonic() + seconds)
    finally:
        child.end()


def check_file(path: Path) -> None:
    """BadInput unless ``path`` is an ordinary file of bearable size on this machine.

    A path on a server (``\\\\server\\share``) is not even looked at: that alone would send the officer's credentials.
    """
    shown = "".join(each if each.isprintable() else "?" for each in str(path))
    if str(path).startswith("\\\\"):
        raise BadInput("file.remote_path", path=shown)
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise BadInput("file.not_found", path=shown) from None
    except (OSError, ValueError):
        raise BadInput("file.unreadable", path=shown) from None
    if not stat.S_ISREG(found.st_mode):
        raise BadInput("file.not_a_file", path=shown)
    if found.st_size == 0:
        raise BadInput("file.empty", path=str(path))
    if found.st_size > MAX_FILE_BYTES:
        raise BadInput("file.too_big", megabytes=found.st_size // 1024**2, limit=MAX_FILE_BYTES // 1024**2)


class _Child:
    """The running child and the thread that collects its lines."""

    def __init__(self, request: Mapping[str, Any], seconds: int, memory: int) -> None:
        self.lines: queue.Queue[bytes | None] = queue.Queue(maxsize=64)
        self._wanted = True
        self.process = children.start("commandcenter.formats.sandbox", _environment())
        assert self.process.stdin is not None and self.process.stdout is not None
        self._listener = threading.Thread(target=self._collect, args=(self.process.stdout,), daemon=True)
        self._listener.start()
        line = json.dumps({**request, "seconds": seconds, "memory": memory}) + "\n"
        try:
            self.process.stdin.write(line.encode("ascii"))
            self.process.stdin.close()
        except OSError:
            # The child is gone already; its exit status tells why.
            log.warning("reader ended before its request")

    def _collect(self, stream: IO[bytes]) -> None:
        total = 0
        while line := stream.readline(_MAX_LINE):
            total += len(line)
            if not self._put(line) or total > _MAX_ANSWER:
                break
        self._put(None)

    def _put(self, line: bytes | None) -> bool:
        while self._wanted:
            try:
                self.lines.put(line, timeout=_LISTEN)
                return True
            except queue.Full:
                continue
        return False

    def end(self) -> None:
        """Kill the child if it still runs and let go of everything."""
        self._wanted = False
        children.end(self.process, self._listener)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return kept | {
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PROJ_NETWORK": "OFF",
    }


def _listen(
    child: _Child,
    take: Callable[[list[Any]], None],
    progress: Progress | None,
    cancelled: Cancelled | None,
    deadline: float,
) -> dict[str, Any]:
    while True:
        if cancelled is not None and cancelled():
            raise Refused("file.cancelled")
        if time.monotonic() > deadline:
            raise BadInput("file.time")
        try:
            line = child.lines.get(timeout=_LISTEN)
        except queue.Empty:
            continue
        kind, content = _message(child, line)
        if kind == "rows":
            take(content)
        elif kind == "progress":
            if progress is not None:
                progress(int(content[0]), int(content[1]))
        else:
            return _conclusion(kind, content)


def _message(child: _Child, line: bytes | None) -> tuple[str, Any]:
    if line is None:
        raise _why_it_died(child)
    try:
        kind, content = json.loads(line)
    except ValueError:
        raise BadInput("file.unreadable") from None
    return str(kind), content


def _conclusion(kind: str, content: Any) -> dict[str, Any]:
    if kind == "end":
        return dict(content)
    if kind == "error":
        code, facts = content
        raise BadInput(str(code), **{str(name): value for name, value in facts.items()})
    log.error("a reader failed: %s", content)
    raise BadInput("file.unreadable")


def _why_it_died(child: _Child) -> BadInput:
    """Out of memory ends a parser with abort or kill, endless work with the processor limit, the rest is
    damage."""
    try:
        status = child.process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        return BadInput("file.memory")
    if status in (-getattr(signal, "SIGXCPU", 24),):
        return BadInput("file.time")
    if status in (-getattr(signal, "SIGABRT", 6), -getattr(signal, "SIGKILL", 9), 0xC0000409):
        return BadInput("file.memory")
    log.error("a reader ended with status %s", status)
    return BadInput("file.unreadable")
