"""The real program as another process, fed and read line by line; or in this one, where no other is needed."""

import contextlib
import io
import json
import logging
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from commandcenter.base import texts
from tests import warm

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds after which a test gives up; nothing that works waits nearly as long."""


def _start(arguments: list[str]) -> Any:
    if warm.IS_POSSIBLE:
        return warm.processes.open("commandcenter.cli", arguments, errors=True)
    command = [sys.executable, "-m", "commandcenter", *arguments]
    return subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


class Program:
    """``commandcenter ARGUMENTS`` running in another process (tests/warm.py). A context manager: no process is left."""

    def __init__(self, *arguments: str | Path) -> None:
        self.process = _start([str(each) for each in arguments])
        self._input, self._output, self._complaints = (
            io.TextIOWrapper(each, encoding="utf-8", write_through=True)
            for each in (self.process.stdin, self.process.stdout, self.process.stderr)
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._errors: list[str] = []
        self._readers = [threading.Thread(target=each, daemon=True) for each in (self._read_answers, self._read_errors)]
        for reader in self._readers:
            reader.start()

    def _read_answers(self) -> None:
        for line in self._output:
            self._lines.put(line)
        self._lines.put(None)

    def _read_errors(self) -> None:
        self._errors.extend(self._complaints)

    def send(self, *lines: Any) -> None:
        """Write lines to its standard input: text as it is, anything else as JSON."""
        for line in lines:
            self._input.write((line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n")
        self._input.flush()

    def next_answer(self, timeout: float = PATIENCE) -> Any:
        """The next line it prints, as JSON; fails when none comes, or it ended."""
        line = self._lines.get(timeout=timeout)
        assert line is not None, f"the program ended: {self.errors}"
        return json.loads(line)

    def rest(self, timeout: float = PATIENCE) -> list[Any]:
        """Close its input and read until it ends; a line cut short by a kill is left out."""
        self._input.close()
        found = []
        while (line := self._lines.get(timeout=timeout)) is not None:
            if line.endswith("\n"):
                found.append(json.loads(line))
        self.process.wait(timeout)
        return found

    @property
    def errors(self) -> str:
        """What it wrote to standard error."""
        return "".join(self._errors)

    def kill(self) -> None:
        """End it without a goodbye."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()
        for reader in self._readers:
            reader.join(PATIENCE)
        for stream in (self._input, self._output, self._complaints):
            # What was still to be written to a process that is gone cannot be.
            with contextlib.suppress(OSError):
                stream.close()


def run_here(*arguments: str | Path, given: str = "") -> tuple[int, str, str]:
    """A verb in this process, in a twentieth of the time; its exit code, its output, its errors."""
    from commandcenter import cli

    log = logging.getLogger("commandcenter")
    handlers, spoken = list(log.handlers), texts.current().language
    out, err, kept = io.StringIO(), io.StringIO(), sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(given.encode()), encoding="utf-8")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cli.main([str(each) for each in arguments])
    finally:
        sys.stdin = kept
        texts.use(spoken)
        for handler in [each for each in log.handlers if each not in handlers]:
            log.removeHandler(handler)
            handler.close()
    return code, out.getvalue(), err.getvalue()


def do_here(url: str, actor: str, lines: Iterable[Any]) -> tuple[list[Any], int]:
    """As :func:`do`, in this process."""
    given = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    code, out, _ = run_here("do", "--database", url, "--as", actor, given=given)
    return [json.loads(line) for line in out.splitlines()], code


def do(url: str, actor: str, lines: Iterable[Any]) -> tuple[list[Any], int]:
    """Send every line to one ``do`` process; its answers and its exit code."""
    with Program("do", "--database", url, "--as", actor) as program:
        feeder = threading.Thread(target=program.send, args=tuple(lines), daemon=True)
        feeder.start()
        feeder.join(PATIENCE * 5)
        answers = program.rest(PATIENCE * 5)
        return answers, program.process.returncode
