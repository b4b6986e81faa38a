"""The child process in which files from outside are opened and parsed.

``python -m commandcenter.formats.sandbox`` reads one request (a JSON line) from standard input, runs one
reader and answers in JSON lines on standard output: ``["rows", [...]]``, ``["progress", [done, total]]`` and
at last ``["end", {...}]``, ``["error", [code, facts]]`` or ``["bug", frames]``. No pickle: whoever took over
the child can only send plain values. The child has a memory and a processor limit where the system offers
them, and may neither open sockets, nor start programs, nor write files.
"""

import importlib
import json
import os
import sys
import time
from collections.abc import Mapping
from typing import Any, BinaryIO

from commandcenter.base.errors import CommandCenterError

READERS = {
    "map": "commandcenter.formats.map_reader",
    "map_preview": "commandcenter.formats.preview_reader",
    "table": "commandcenter.formats.table_reader",
    "attachment": "commandcenter.formats.attachment_reader",
}
BATCH = 250
"""Rows in one line of the answer."""
_PROGRESS_EVERY = 0.1
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_FORBIDDEN = (
    "socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.startfile", "os.fork",
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod", "os.chown",
    "shutil.", "urllib.", "ftplib.", "smtplib.", "webbrowser.", "winreg.",
)  # fmt: skip


class Channel:
    """The road to the parent."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._rows: list[Any] = []
        self._last_progress = 0.0

    def row(self, content: Any) -> None:
        """Hand on one row; rows travel in batches."""
        self._rows.append(content)
        if len(self._rows) >= BATCH:
            self._send_rows()

    def progress(self, done: int, total: int) -> None:
        """Say how far the reading is; too frequent calls are dropped."""
        now = time.monotonic()
        if now - self._last_progress >= _PROGRESS_EVERY:
            self._last_progress = now
            self._send("progress", [done, total])

    def end(self, head: Mapping[str, Any]) -> None:
        """All rows were sent; ``head`` tells what belongs to the whole file."""
        self._send_rows()
        self._send("end", head)

    def error(self, code: str, facts: Mapping[str, Any]) -> None:
        """The file cannot be read."""
        self._send("error", [code, facts])

    def bug(self, frames: list[str]) -> None:
        """The reader itself failed; only places in the code travel, no values of the file."""
        self._send("bug", frames)

    def _send_rows(self) -> None:
        if self._rows:
            self._send("rows", self._rows)
            self._rows = []

    def _send(self, kind: str, content: Any) -> None:
        self._stream.write(json.dumps([kind, content], separators=(",", ":")).encode("ascii") + b"\n")
        self._stream.flush()


def limit_resources(memory: int, seconds: int) -> None:
    """Bound this process's memory (bytes) and processor time; the parent's clock does it alone on Windows."""
    try:
        import resource
    except ImportError:
        return
    # The hard processor limit kills without a reason, so it comes after the soft one.
    limits = (
        (resource.RLIMIT_AS, memory, 0),
        (resource.RLIMIT_CPU, seconds, 5),
        (resource.RLIMIT_CORE, 0, 0),
    )
    for kind, value, grace in limits:
        try:
            resource.setrlimit(kind, (value, value + grace))
        except (ValueError, OSError):
            # A lower limit of the system stays in force.
            continue


def guard(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook that forbids what no reader has to do."""
    if event == "open":
        flags = arguments[2]
        if isinstance(flags, int) and flags & _WRITING:
            raise PermissionError("a reader may not write")
    elif event.startswith(_FORBIDDEN):
        raise PermissionError(event)


def serve(request: Mapping[str, Any], channel: Channel) -> None:
    """Run the reader the request names and answer; errors travel as code and facts."""
    try:
        reader = importlib.import_module(READERS[request["reader"]])
        sys.addaudithook(guard)
        reader.read(request["path"], request["options"], channel)
    except CommandCenterError as error:
        channel.error(error.code, error.facts)
    except MemoryError:
        channel.error("file.memory", {})
    except OSError as error:
        channel.error("file.no_permission" if isinstance(error, PermissionError) else "file.unreadable", {})
    except Exception as error:
        channel.bug(_frames(error))


def _frames(error: BaseException) -> list[str]:
    """Kind of error and places in the code, without the message, which may quote the file."""
    frames, step = [type(error).__name__], error.__traceback__
    while step is not None:
        frames.append(f"{os.path.basename(step.tb_frame.f_code.co_filename)}:{step.tb_lineno}")
        step = step.tb_next
    return frames


def main() -> None:
    """One request, one answer; ends without tidying memory, which would only cost time."""
    request = json.loads(sys.stdin.buffer.readline())
    limit_resources(request["memory"], request["seconds"])
    channel = Channel(sys.stdout.buffer)
    # Whatever a library prints must not reach the answers.
    sys.stdout = sys.stderr
    serve(request, channel)
    os._exit(0)


if __name__ == "__main__":
    main()
