"""Memory of the whole desk with the sample on screen, three seconds after its first picture, and of the baseline.

Run: python -m tests.bench.bench_memory. The baseline is that of the cold start: the libraries and an empty view.
"""

import tempfile
from pathlib import Path

from tests.bench.bench_start import CHILD, make_sample
from tests.bench.measuring import Ratio, child, environment, hear, machine, median, table

RUNS = 3


def measure(folder: Path, runs: int = RUNS) -> list[Ratio]:
    """Resident MiB, median of ``runs``."""
    env = environment(folder)
    make_sample(env)
    found: dict[str, list[float]] = {"desk": [], "baseline": []}
    for _ in range(runs):
        for kind, sizes in found.items():
            with child(CHILD, kind, "--stay", env=env) as process:
                sizes.append(int(hear(process.stdout, "resident")) / 2**20)
                process.wait(60)
    return [Ratio("memory (resident)", median(found["desk"]), median(found["baseline"]), "MiB", "", f"{runs} runs")]


def main() -> None:
    """Print the comparison."""
    with tempfile.TemporaryDirectory() as folder:
        lines = measure(Path(folder))
    print(machine(), table(lines), sep="\n\n")


if __name__ == "__main__":
    main()
