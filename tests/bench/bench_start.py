"""Cold start: from the start of the process to map and queue painted on the sample.

Run: python -m tests.bench.bench_start. The baseline is a process that imports PySide6, pyqtgraph, qtawesome, SQLAlchemy
and shapely and shows an empty pyqtgraph view. Both run in turns, so that a busy machine slows both; the medians are
compared. Processor time is told beside the clock's, because a busy machine hardly touches it.
"""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.bench.measuring import PROJECT, Ratio, child, environment, hear, machine, median, now, table

RUNS = 7
CHILD = "tests.bench.first_picture"


def measure(folder: Path, runs: int = RUNS) -> list[Ratio]:
    """Milliseconds to the first picture, median of ``runs`` in turns; the files of the runs lie in ``folder``."""
    env = environment(folder)
    make_sample(env)
    for kind in ("desk", "baseline"):
        start(kind, env)  # compiles what an installation has compiled, and fills the file cache
    found: dict[str, list[tuple[float, float]]] = {"desk": [], "baseline": []}
    for _ in range(runs):
        for kind, times in found.items():
            times.append(start(kind, env))
    return [_compared(found, 0, "clock", "≤ 1.6"), _compared(found, 1, "processor time", "")]


def _compared(found: Mapping[str, list[tuple[float, float]]], which: int, name: str, aim: str) -> Ratio:
    ours, baseline = ([each[which] * 1e3 for each in found[kind]] for kind in ("desk", "baseline"))
    note = f"{len(ours)} runs, {min(ours):.0f}…{max(ours):.0f} ms"
    return Ratio(f"cold start to map and queue painted, {name}", median(ours), median(baseline), "ms", aim, note)


def make_sample(env: Mapping[str, str]) -> None:
    """The sample database of ``env``, made when it is not there."""
    command = [sys.executable, "-m", "commandcenter", "db", "info", "--demo"]
    subprocess.run(command, cwd=PROJECT, env=dict(env), check=True, stdout=subprocess.DEVNULL)


def start(kind: str, env: Mapping[str, str]) -> tuple[float, float]:
    """Seconds from the start of one process to its picture: by the clock, and of processor time."""
    begin = now()
    with child(CHILD, kind, env=env) as process:
        processor = float(hear(process.stdout, "painted"))
        taken = now() - begin
        process.wait(60)
    return taken, processor


def main() -> None:
    """Print the comparison."""
    with tempfile.TemporaryDirectory() as folder:
        lines = measure(Path(folder))
    print(machine(), table(lines), sep="\n\n")


if __name__ == "__main__":
    main()
