"""What the benchmarks share: the machine's name, child processes that tell when they are ready, tables of ratios."""

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""Seconds after which a child that said nothing is given up."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """One line of the report: what was measured, what the least would be, and what is aimed at."""

    name: str
    ours: float
    baseline: float
    unit: str
    aim: str = ""
    note: str = ""

    @property
    def ratio(self) -> float:
        """Ours to the baseline."""
        return self.ours / self.baseline


def table(lines: Iterable[Ratio]) -> str:
    """The report as a Markdown table."""
    head = "| measured | ours | baseline | ratio | aim | |\n|---|--:|--:|--:|---|---|\n"
    return head + "\n".join(_line(each) for each in lines)


def _line(line: Ratio) -> str:
    ours, baseline = f"{_rounded(line.ours)} {line.unit}", f"{_rounded(line.baseline)} {line.unit}"
    return f"| {line.name} | {ours} | {baseline} | {line.ratio:.2f} | {line.aim} | {line.note} |"


def _rounded(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def machine() -> str:
    """Processor, cores, Python and Qt of this run, in one line."""
    from PySide6.QtCore import qVersion

    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        f"Qt {qVersion()}, load {os.getloadavg()[0]:.1f}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` (0…1) of them lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Iterable[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def environment(folder: Path) -> dict[str, str]:
    """For children: no display, folders of their own, compiled modules kept (an installed program has them)."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    own = {f"COMMANDCENTER_{name}": str(folder / name.lower()) for name in ("DATA", "CONFIG", "LOGS")}
    return kept | own | {
        "QT_QPA_PLATFORM": f"offscreen:configfile={_screen(folder)}",
        "LC_ALL": "C.UTF-8",
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        "PYTHONPATH": str(PROJECT),
    }  # fmt: skip


def _screen(folder: Path) -> Path:
    """A full-HD screen: Qt's own offscreen one is 800 px square, smaller than the desk's least size."""
    screen = {"name": "bench", "x": 0, "y": 0, "width": 1920, "height": 1080, "logicalDpi": 96, "logicalBaseDpi": 96,
              "dpr": 1}  # fmt: skip
    path = folder / "screen.json"
    path.write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
    return path


@contextmanager
def child(module: str, *arguments: str, env: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """``python -m module ARGUMENTS`` with pipes to talk through; it is gone after the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments], cwd=PROJECT, env=dict(env), text=True, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def hear(stream: IO[str] | None, word: str) -> str:
    """Read lines until one begins with ``word``; what follows it. RuntimeError when the child ends before."""
    assert stream is not None
    for line in stream:
        if line.startswith(word):
            return line[len(word) :].strip()
    raise RuntimeError(f"the child ended without saying {word!r}")


def now() -> float:
    """Seconds on the clock that all processes of this machine share."""
    return time.clock_gettime(time.CLOCK_MONOTONIC) if hasattr(time, "clock_gettime") else time.perf_counter()
