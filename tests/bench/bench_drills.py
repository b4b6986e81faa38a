"""How the matrix of drills compares with the least a widget can do. Run: python -m tests.bench.bench_drills

334 places by 12 scenarios, every cell filled: all of it painted at once in a window high enough, and a scroll by one
row in a window of full HD, each in turns with a bare widget that draws one image of that size.
"""

import os
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from commandcenter.rules.clashes import Habits
from commandcenter.rules.debts import Debt, Level
from commandcenter.rules.finding import Index
from commandcenter.rules.grids import Grid
from commandcenter.rules.presence import Presence
from commandcenter.rules.scenarios import Scenario
from commandcenter.rules.supplies import Supplies
from commandcenter.services.seasons import Season
from commandcenter.ui.core import theme
from commandcenter.ui.drills.matrix import Matrix
from commandcenter.ui.drills.matrix_pictures import HEAD, ROW
from commandcenter.ui.drills.picture import Cell, CellState, Picture, Row
from tests.bench.measuring import Ratio, percentile, table

PLACES, SCENARIOS, WIDTH, HEIGHT = 334, 12, 1900, 1000
TODAY = date(2025, 6, 30)
STATES: tuple[CellState, ...] = ("overdue", "planned", "soon", "paid", "owed")


class Bare(QWidget):
    """Draws one image of its size and nothing else."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self._image = QImage(width, height, QImage.Format.Format_RGB32)
        self._image.fill(0xFF22303B)
        self.resize(width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the image."""
        painter = QPainter(self)
        painter.drawImage(0, 0, self._image)
        painter.end()


def town() -> tuple[Any, Picture]:
    """A desk that knows the grids' names, and a picture in which every cell says something."""
    from zoneinfo import ZoneInfo

    grids = {f"g{n}": Grid(id=f"g{n}", village="v", code=f"5109811030010{n:03}", name=f"凉水井村第{n}微网格")
             for n in range(PLACES)}  # fmt: skip
    blank: dict[str, Any] = {
        name: {} for name in ("purpose", "objectives", "places", "safety", "kit", "five", "roles")
    }
    scenarios = {f"s{n}": Scenario(id=f"s{n}", key=f"own{n:02}", title={"zh_CN": f"第{n}类险情避险转移演练"}, **blank)
                 for n in range(SCENARIOS)}  # fmt: skip
    level: Level = "general_grid"
    cells: dict[Row, dict[str, Cell]] = {}
    for number, id in enumerate(grids):
        row: dict[str, Cell] = {}
        for place, scenario in enumerate(scenarios.values()):
            state = STATES[(number + place) % len(STATES)]
            due = TODAY + timedelta(days=(number * 7 + place * 31) % 300 - 100)
            debt = Debt("r", level, id, "v", scenario.key, due, "owed")
            row[scenario.key] = Cell(state, debt, due, (TODAY - due).days)
        cells[level, id] = row
    season = Season(TODAY, ZoneInfo("Asia/Shanghai"), scenarios, (), (), {}, (), (), (), Habits(), Presence(), {},
                    Supplies({}, {}, {}))
    live = SimpleNamespace(grids=grids, villages={}, town=None)
    return SimpleNamespace(live=live), Picture(season, {}, {}, {}, Index(), cells)


def matrix_of(width: int, height: int) -> Matrix:
    """The matrix of all grids in a window of this size."""
    desk, picture = town()
    matrix = Matrix(desk)
    matrix.resize(width, height)
    matrix.show_picture(picture)
    matrix.show_places(every=True)
    return matrix


def _exposed(*widgets: QWidget) -> None:
    """On the screen: a window that is not there yet paints nothing."""
    for widget in widgets:
        widget.show()
    for _ in range(5):
        QApplication.processEvents()


def _in_turns(ours: Callable[[int], None], bare: Bare, runs: int) -> tuple[Sequence[float], Sequence[float]]:
    mine, least = [], []
    for run in range(runs):
        begin = time.perf_counter()
        ours(run)
        middle = time.perf_counter()
        bare.repaint()
        mine.append((middle - begin) * 1000)
        least.append((time.perf_counter() - middle) * 1000)
    return mine, least


def whole(runs: int) -> Ratio:
    """All 334 × 12 cells at once."""
    look = theme.current()
    high = look.px(HEAD) + look.px(ROW) * PLACES
    matrix, bare = matrix_of(WIDTH, high), Bare(WIDTH, high)
    _exposed(matrix, bare)
    ours, least = _in_turns(lambda _: matrix.viewport().repaint(), bare, runs)
    return _ratio(f"matrix of drills, all {PLACES} × {SCENARIOS} cells painted", ours, least, "≤ 100 ms", matrix, bare)


def scroll(runs: int) -> Ratio:
    """One row further, as a wheel does it."""
    matrix, bare = matrix_of(WIDTH, HEIGHT), Bare(WIDTH, HEIGHT)
    _exposed(matrix, bare)
    bar = matrix.verticalScrollBar()

    def step(run: int) -> None:
        bar.setValue((run * bar.singleStep()) % max(bar.maximum(), 1))
        matrix.viewport().repaint()

    ours, least = _in_turns(step, bare, runs)
    return _ratio("matrix of drills, a scroll by one row", ours, least, "p95 ≤ 16 ms", matrix, bare)


def _ratio(name: str, ours: Sequence[float], least: Sequence[float], goal: str, *widgets: QWidget) -> Ratio:
    for widget in widgets:
        widget.deleteLater()
    note = f"p95 {percentile(ours, 0.95):.1f} ms"
    return Ratio(name, percentile(ours, 0.5), percentile(least, 0.5), "ms", goal, note)


def measure(_folder: Any, quick: bool) -> list[Ratio]:
    """Both."""
    app = QApplication.instance() or QApplication([])
    found = [whole(10 if quick else 50), scroll(60 if quick else 300)]
    app.processEvents()
    return found


if __name__ == "__main__":
    print(table(measure(None, False)))
