"""All measurements in one go, as a Markdown table: python -m tests.bench [--quick]

The full run takes some twenty minutes, most of it the 1,000 changes at 5 a second; ``--quick`` four.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.bench import bench_books, bench_drills, bench_live, bench_map, bench_memory, bench_start, bench_storage
from tests.bench.measuring import Ratio, machine, percentile, table

Part = Callable[[Path, bool], list[Ratio]]


def start(folder: Path, quick: bool) -> list[Ratio]:
    """Cold start."""
    return bench_start.measure(folder, 3 if quick else bench_start.RUNS)


def memory(folder: Path, quick: bool) -> list[Ratio]:
    """Resident memory."""
    return bench_memory.measure(folder, 1 if quick else bench_memory.RUNS)


def live(folder: Path, quick: bool) -> list[Ratio]:
    """From commit to paint on the other desks."""
    return bench_live.measure(folder, 40 if quick else bench_live.CHANGES, (2,) if quick else (2, 5))


def map_canvas(folder: Path, quick: bool) -> list[Ratio]:
    """Pan and recolour of a town of the sample's size."""
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    bare, grids = bench_map.Bare(), bench_map.town(318)
    canvas = bench_map.canvas_of(grids)
    bare.show()
    found = (bench_map.pan(canvas, bare, 100 if quick else 300), bench_map.recolour(canvas, bare, grids))
    canvas.deleteLater()
    bare.deleteLater()
    app.processEvents()
    return [_of_the_map(each, len(grids)) for each in found]


def _of_the_map(measured: bench_map.Measured, grids: int) -> Ratio:
    half, least = percentile(measured.ours, 0.5), percentile(measured.baseline, 0.5)
    note = f"p95 {percentile(measured.ours, 0.95):.1f} ms"
    return Ratio(f"map, {measured.name}, {grids} grids", half, least, "ms", "≤ 2, p95 ≤ 16 ms", note)


def training(_folder: Path, quick: bool) -> list[Ratio]:
    """Who has which course, 306 × 18."""
    from tests.bench import bench_training

    return [
        Ratio(each.name, percentile(each.ours, 0.5), percentile(each.baseline, 0.5), "ms", "p95 ≤ 16 ms")
        for each in bench_training.measure(40 if quick else bench_training.ROUNDS)
    ]  # fmt: skip


PARTS: tuple[Part, ...] = (
    start, memory, map_canvas, bench_drills.measure, bench_storage.measure, live, training, bench_books.measure,
)  # fmt: skip


def main() -> None:
    """Measure everything and print the table."""
    quick = "--quick" in sys.argv
    lines: list[Ratio] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, part in enumerate(PARTS):
            own = Path(folder) / str(number)  # parts name their files alike
            own.mkdir()
            lines += part(own, quick)
    print(machine(), table(lines), sep="\n\n")


if __name__ == "__main__":
    main()
