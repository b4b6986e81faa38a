"""What a killed run leaves in memory goes with the next run; what a living one uses stays."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import memory
from tests.house.sources import PROJECT

pytestmark = pytest.mark.skipif(memory.fcntl is None, reason="without these locks nothing is swept")
HOLDING = "import sys, pathlib; from tests import memory; held = memory.hold(pathlib.Path(sys.argv[1])); "
Starter = Callable[..., subprocess.Popen[str]]
HEARING = "import signal, sys; signal.signal(signal.SIGQUIT, signal.SIG_DFL); "
"""As a server does; what a shell starts in the background ignores this signal."""
WAITING = "print('here', flush=True); sys.stdin.read()"


@pytest.fixture
def started() -> Iterator[Starter]:
    """Starts programs that wait, and ends them after the test."""
    running: list[subprocess.Popen[str]] = []

    def start(code: str, *words: Path, folder: Path | None = None) -> subprocess.Popen[str]:
        process = subprocess.Popen([sys.executable, "-c", code, *map(str, words)], cwd=folder or PROJECT, text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
        running.append(process)
        assert process.stdout is not None and process.stdout.readline() == "here\n"
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def old_folder(place: Path) -> Path:
    """A folder whose run began two minutes ago."""
    folder = memory.make(place)
    begun = (folder / memory.MARKER).stat().st_mtime - 2 * memory.YOUNG
    os.utime(folder / memory.MARKER, (begun, begun))
    return folder


def test_what_a_killed_run_left_goes_and_what_a_living_one_uses_stays(tmp_path: Path, started: Starter) -> None:
    used, left, young = old_folder(tmp_path), old_folder(tmp_path), memory.make(tmp_path)
    strange = tmp_path / f"{memory.PREFIX}of-somebody"
    strange.mkdir()
    started(HOLDING + WAITING, used)
    killed = started(HOLDING + WAITING, left)
    memory.sweep(tmp_path)
    assert used.exists() and left.exists()
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    memory.sweep(tmp_path)
    assert used.exists() and not left.exists()
    assert young.exists() and strange.exists()  # just being made; without the marker


def test_the_server_of_a_killed_run_ends_and_no_other_program(tmp_path: Path, started: Starter) -> None:
    with_server, with_number = old_folder(tmp_path), old_folder(tmp_path)
    servers = []
    for folder, runs_in in ((with_server, with_server / "data"), (with_number, tmp_path)):
        (folder / "data").mkdir()
        servers.append(started(HEARING + WAITING, folder=runs_in))
        (folder / "data" / "postmaster.pid").write_text(f"{servers[-1].pid}\n{folder / 'data'}\n")
    memory.sweep(tmp_path)
    assert not with_server.exists() and not with_number.exists()
    assert servers[0].wait(10) == -signal.SIGQUIT and servers[1].poll() is None
