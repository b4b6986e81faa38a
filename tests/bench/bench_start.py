"""Cold start: from the start of the process to map and queue painted on the sample. Run: python -m tests.bench.bench_start

The baseline is a process that imports PySide6, pyqtgraph, qtawesome, SQLAlchemy and shapely and shows an empty
pyqtgraph view. Both run in turns, so that a busy machine slows both; the medians are compared.
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
    found: dict[str, list[float]] = {"desk": [], "baseline": []}
    for _ in range(runs):
        for kind, times in found.items():
            times.append(start(kind, env) * 1e3)
    spread = "…".join(f"{each:.0f}" for each in (min(found["desk"]), max(found["desk"])))
    ours, baseline = median(found["desk"]), median(found["baseline"])
    return [Ratio("cold start to map and queue painted", ours, baseline, "ms", "≤ 1.6", f"{runs} runs, {spread} ms")]


def make_sample(env: Mapping[str, str]) -> None:
    """The sample database of ``env``, made when it is not there."""
    command = [sys.executable, "-m", "commandcenter", "db", "info", "--demo"]
    subprocess.run(command, cwd=PROJECT, env=dict(env), check=True, stdout=subprocess.DEVNULL)


def start(kind: str, env: Mapping[str, str]) -> float:
    """Seconds from the start of one process to its picture."""
    begin = now()
    with child(CHILD, kind, env=env) as process:
        hear(process.stdout, "painted")
        taken = now() - begin
        process.wait(60)
    return taken


def main() -> None:
    """Print the comparison."""
    with tempfile.TemporaryDirectory() as folder:
        lines = measure(Path(folder))
    print(machine(), table(lines), sep="\n\n")


if __name__ == "__main__":
    main()
