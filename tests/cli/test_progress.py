"""Long work on a terminal says how far it is; into a file or a pipe it says nothing of it."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import PROJECT

pty: Any = pytest.importorskip("pty")
GOLDEN = PROJECT / "tests" / "golden"
LATER = ("upgrade", "print")
"""Told through the same bar; only the slow runs look."""


def on_a_terminal(*arguments: str | Path) -> tuple[int, str]:
    """The program's exit code and what its error stream showed on a terminal."""
    try:
        leader, follower = pty.openpty()
    except OSError as error:
        pytest.skip(f"no terminal can be opened here: {error}")
    told: list[bytes] = []

    def read() -> None:
        try:
            while chunk := os.read(leader, 65536):
                told.append(chunk)
        except OSError:
            pass  # the terminal's other end is closed

    reader = threading.Thread(target=read)
    reader.start()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-m", "commandcenter", *map(str, arguments), "--lang", "en"], cwd=PROJECT, stderr=follower,
        stdout=subprocess.PIPE, env=environment, timeout=120,
    )  # fmt: skip
    os.close(follower)
    reader.join(10)
    os.close(leader)
    return done.returncode, b"".join(told).decode("utf-8", "replace")


@pytest.mark.parametrize("what", ["check", *(pytest.param(each, marks=pytest.mark.soak) for each in LATER)])
def test_long_work_shows_how_far_it_is(what: str, town_url: Callable[[str], str], tmp_path: Path) -> None:
    if what == "upgrade":
        path = tmp_path / "old.sqlite"
        shutil.copyfile(GOLDEN / "0004.sqlite", path)
        code, told = on_a_terminal("db", "upgrade", "--database", path)
        assert code == 0 and "Upgrading" in told and "100%" in told, told
        return
    at = ("--database", town_url("sqlite"))
    if what == "check":
        code, told = on_a_terminal("db", "check", *at)
        assert code == 0 and "Checking" in told and "100%" in told, told
    else:
        code, told = on_a_terminal("print", "stock_list", "all", "--to", tmp_path / "a.pdf", "--as", "supervisor", *at)
        assert code == 0 and "Printing" in told and "100%" in told, told
        assert (tmp_path / "a.pdf").exists()
