"""The child process: limits, cancelling, and what it may not do."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commandcenter.base.errors import BadInput, CommandCenterError, Refused
from commandcenter.formats import isolation
from commandcenter.formats.tables import read_table

Make = Callable[..., Path]
pytestmark = pytest.mark.usefixtures("cold_start")
needs_limits = pytest.mark.skipif(sys.platform == "win32", reason="no resource module on Windows")


@pytest.fixture
def huge(csv_file: Make) -> Path:
    """A table of 60,000 rows, seconds of work."""
    row = "凯旋社区,510981103001001,张三,男,19900000001,一,二,三,四,五,六,七\n"
    return csv_file("村,编码,姓名,性别,电话,a,b,c,d,e,f,g\n" + row * 60_000)


def test_cancelling_takes_effect_at_once(huge: Path) -> None:
    begun = time.monotonic()
    asked: list[float] = []

    def cancelled() -> bool:
        if time.monotonic() - begun > 0.3:
            asked.append(time.monotonic())
        return bool(asked)

    with pytest.raises(Refused) as caught:
        read_table(huge, cancelled=cancelled)
    assert caught.value.code == "file.cancelled"
    print(f"cancelled after {time.monotonic() - asked[0]:.3f} s")


def test_progress_comes_through_and_only_grows(huge: Path) -> None:
    steps: list[tuple[int, int]] = []
    table = read_table(huge, progress=lambda done, total: steps.append((done, total)))
    assert len(table.rows) == 60_000
    assert len(steps) >= 2 and steps == sorted(steps)
    assert all(0 < done <= total for done, total in steps)


def test_time_is_bounded(huge: Path) -> None:
    with pytest.raises(BadInput) as caught:
        isolation.read_in_child("table", huge, {}, lambda rows: None, seconds=0)
    assert caught.value.code == "file.time"


@needs_limits
def test_memory_is_bounded(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"] = "村"
    book.active["XFD1048576"] = "角"
    book.save(tmp_path / "wide.xlsx")
    with pytest.raises(BadInput) as caught:
        read_table(tmp_path / "wide.xlsx")
    assert caught.value.code == "file.memory"


def test_a_caller_that_fails_leaves_no_child_behind(huge: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def note(*given: Any, **more: Any) -> subprocess.Popen[bytes]:
        started.append(start(*given, **more))
        return started[-1]

    def fail(rows: list[object]) -> None:
        raise RuntimeError("the caller's own fault")

    monkeypatch.setattr(subprocess, "Popen", note)
    with pytest.raises(RuntimeError):
        isolation.read_in_child("table", huge, {}, fail)
    (child,) = started
    assert child.returncode is not None
    if hasattr(os, "waitpid"):
        with pytest.raises(ChildProcessError):
            os.waitpid(child.pid, os.WNOHANG)


FORBIDDEN = [
    "import socket; socket.create_connection(('127.0.0.1', 9))",
    "import subprocess; subprocess.run(['true'])",
    "import os; os.system('true')",
    "open('made', 'w')",
    "import os; os.open('made', os.O_CREAT | os.O_WRONLY)",
    "import os; os.remove('kept')",
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')",
]


@pytest.mark.parametrize("deed", FORBIDDEN)
def test_a_reader_may_not_reach_out(tmp_path: Path, deed: str) -> None:
    (tmp_path / "kept").write_text("x")
    code = f"import sys\nfrom commandcenter.formats.sandbox import guard\nsys.addaudithook(guard)\n{deed}"
    root = Path(isolation.__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, check=False
    )
    assert done.returncode and b"PermissionError" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_fault_of_the_reader_tells_places_but_no_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A reader of the test's own, found by a name that the child knows."""
    from commandcenter.formats import sandbox

    (tmp_path / "faulty.py").write_text("def read(path, options, channel):\n    raise KeyError('张三')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sandbox.READERS, "faulty", "faulty")
    monkeypatch.setattr(sys, "addaudithook", lambda hook: None)
    lines: list[bytes] = []

    class Sink:
        def write(self, line: bytes) -> None:
            lines.append(line)

        def flush(self) -> None:
            """Nothing is kept back."""

    sandbox.serve({"reader": "faulty", "path": "x", "options": {}}, sandbox.Channel(Sink()))  # type: ignore[arg-type]
    kind, frames = json.loads(lines[0])
    assert kind == "bug" and frames[0] == "KeyError" and "faulty.py:2" in frames
    assert "张三".encode() not in lines[0] and "\\u5f20" not in lines[0].decode()


def test_the_child_starts_with_little(csv_file: Make) -> None:
    path = csv_file("姓名,村\n张三,凯旋社区\n")
    begun = time.monotonic()
    read_table(path)
    print(f"smallest table in {time.monotonic() - begun:.3f} s")
    code = "import sys, commandcenter.formats.sandbox; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(Path(isolation.__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert not {"numpy", "shapely", "pyproj", "python_calamine", "subprocess", "logging"} & set(
        done.stdout.split()
    )


def test_errors_are_sentences_not_traces(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(os.urandom(3000))
    with pytest.raises(CommandCenterError):
        read_table(tmp_path / "x.csv")
