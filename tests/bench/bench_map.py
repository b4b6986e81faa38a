"""How the map canvas compares with the least a widget can do. Run: python -m tests.bench.bench_map

Pan: one repaint after a step of the view, against a bare QWidget that draws one full-HD image. Recolour: new fills
for every grid, painted, against that widget plus one ``np.take`` through the lookup table. Each is measured in turns
with its baseline, so that a busy machine slows both.
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import shapely
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from commandcenter.rules.maps import MapGrid
from commandcenter.ui.core.map import Fill, LayerView, LegendEntry, MapCanvas, Marker, Pattern
from commandcenter.ui.core.map.raster import CLASSES
from commandcenter.ui.core.map.teeth import Plates, Tallies, Teeth

WIDTH, HEIGHT = 1920, 1080
FRAME = 1 / 60
"""A hand moves the map once a frame, not as fast as a loop can."""
WEST, SOUTH, EAST, NORTH = 105.2, 30.9, 105.4, 31.02


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of the canvas and of its baseline."""

    name: str
    ours: Sequence[float]
    baseline: Sequence[float]

    @property
    def ratio(self) -> float:
        """Median to median."""
        return float(np.median(self.ours) / np.median(self.baseline))

    def __str__(self) -> str:
        half, most = np.percentile(self.ours, (50, 95))
        return (
            f"{self.name:<24} p50 {half:7.2f} ms  p95 {most:7.2f} ms   "
            f"baseline p50 {np.median(self.baseline):5.2f} ms   ratio {self.ratio:.2f}"
        )


class Bare(QWidget):
    """Draws one full-HD image and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        # written to, because untouched zeros all lie in one page that never leaves the cache
        self.pixels = np.full((HEIGHT, WIDTH), 0xFF22303B, dtype=np.uint32)
        self._image = QImage(self.pixels.data, WIDTH, HEIGHT, WIDTH * 4, QImage.Format.Format_RGB32)
        self.resize(WIDTH, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The image, at the origin."""
        painter = QPainter(self)
        painter.drawImage(0, 0, self._image)
        painter.end()


def town(count: int) -> list[MapGrid]:
    """A synthetic town: ``count`` Voronoi cells in villages of about 18, one emergency and dedicated grid in 22."""
    points = np.random.default_rng(7).random((count, 2)) * (EAST - WEST, NORTH - SOUTH) + (WEST, SOUTH)
    frame = shapely.box(WEST, SOUTH, EAST, NORTH)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=frame))
    cells = shapely.intersection(cells, frame)
    side = max(1, round((count / 18) ** 0.5))
    middles = shapely.get_coordinates(shapely.centroid(cells))
    columns, rows = ((middles - (WEST, SOUTH)) / (EAST - WEST, NORTH - SOUTH) * side).astype(int).T
    grids = [
        MapGrid(f"g{n}", f"{n:06d}", f"第{n}网格", f"v{v}", f"{v}号村", "general", "", wkb)
        for n, (v, wkb) in enumerate(zip(rows * side + columns, shapely.to_wkb(cells), strict=True))
    ]
    extra = range(0, count, 22)
    discs = shapely.to_wkb(shapely.buffer(shapely.points(middles[extra]), (EAST - WEST) / side / 14))
    for n, disc in zip(extra, discs, strict=True):
        kind, mark = (("emergency", "灾"), ("dedicated", "校"))[n // 22 % 2]
        near = grids[n]
        grids.append(MapGrid(f"x{n}", f"x{n}", mark, near.village, near.village_label, kind, mark, disc))  # type: ignore[arg-type]
    return grids


def canvas_of(grids: Sequence[MapGrid]) -> MapCanvas:
    """A shown canvas with everything on it that an evening brings."""
    canvas = MapCanvas()
    canvas.resize(WIDTH, HEIGHT)
    canvas.set_legend([LegendEntry("橙色预警", Fill("#7a4a1d", "#ff8a1f", Pattern.DIAGONAL))])
    canvas.set_caption("样例数据 · 边界为虚构")
    canvas.set_grids(grids)
    canvas.set_markers([Marker(f"m{n}", grids[n * 7].id, None, "急") for n in range(12)])
    canvas.select_grid(grids[3].id)
    canvas.show()
    settle(canvas)
    return canvas


def settle(canvas: MapCanvas) -> None:
    """Wait until the picture of the present view is there."""
    app = QApplication.instance()
    assert app is not None
    app.processEvents()
    while canvas.is_drawing:
        app.processEvents()
        time.sleep(0.001)
    app.processEvents()


def rest(until: float) -> None:
    """Let the event loop run until the next frame is due."""
    app = QApplication.instance()
    assert app is not None
    app.processEvents()
    while time.perf_counter() < until:
        time.sleep(0.001)
        app.processEvents()


def milliseconds(work: Callable[[], object]) -> float:
    """How long ``work`` takes."""
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1e3


def pan(canvas: MapCanvas, bare: Bare, steps: int = 300) -> Measured:
    """Drag to and fro; what is made aside meanwhile is delivered between the steps."""
    ours, baseline = [], []

    def step(right: int) -> None:
        canvas.pan(right, right // 2)
        canvas.repaint()

    for n in range(steps):
        right = 9 if n // 50 % 2 else -9
        if n % 2:  # who comes first after a rest pays for the cold processor
            baseline.append(milliseconds(bare.repaint))
        ours.append(milliseconds(lambda right=right: step(right)))  # type: ignore[misc]
        if not n % 2:
            baseline.append(milliseconds(bare.repaint))
        rest(until=time.perf_counter() + FRAME)
    settle(canvas)
    return Measured("pan", ours, baseline)


def recolour(canvas: MapCanvas, bare: Bare, grids: Sequence[MapGrid], steps: int = 40) -> Measured:
    """Fill every grid anew and paint."""
    table = np.arange((len(grids) + 1) * CLASSES, dtype=np.uint32)
    picture = canvas._pictures.picture  # the same cells, so that the baseline touches the same memory
    assert picture is not None
    cells = np.ascontiguousarray(picture.buffer.cells[:HEIGHT, :WIDTH]).astype(np.intp)
    orange, blue = Fill("#7a4a1d", "#ff8a1f", Pattern.DIAGONAL), Fill("#2c4a66")
    fills = [dict.fromkeys((grid.id for grid in grids), fill) for fill in (orange, blue)]
    ours, baseline = [], []

    def ourselves(n: int) -> None:
        canvas.set_fills(fills[n % 2])
        canvas.repaint()

    def least() -> None:
        np.take(table, cells, out=bare.pixels, mode="clip")
        bare.repaint()

    for n in range(steps):
        ours.append(milliseconds(lambda n=n: ourselves(n)))  # type: ignore[misc]
        baseline.append(milliseconds(least))
    return Measured("recolour all", ours, baseline)


def recolour_few(canvas: MapCanvas, bare: Bare, grids: Sequence[MapGrid], steps: int = 40) -> Measured:
    """Fill one village's worth of grids anew and paint: what an alert or an incident does."""
    few = recolour(canvas, bare, [], 10)
    some = [{grid.id: Fill("#7a4a1d", "#ff8a1f") for grid in grids[n : n + 18]} for n in (0, 18)]
    ours = []

    def ourselves(n: int) -> None:
        canvas.set_fills(some[n % 2])
        canvas.repaint()

    for n in range(steps):
        ours.append(milliseconds(lambda n=n: ourselves(n)))  # type: ignore[misc]
    return Measured("recolour 18 grids", ours, few.baseline)


class PlateLayer:
    """Teeth under every general grid, one in nine with a gap, as the layer of the kits draws them; or tallies, as that
    of the attention list does, with 1,500 different ones."""

    title_code = "plates"

    def __init__(self, grids: Sequence[MapGrid], name: str, pieces: int = 7) -> None:
        self.name = name
        self.plates: Plates = Teeth() if name == "teeth" else Tallies()
        self.plates.show({
            grid.id: tuple(n % 9 or place != n % pieces for place in range(pieces)) if name == "teeth"
            else (n % 25, n % 6, n % 5, n % 11 == 0) for n, grid in enumerate(grids)
        })  # fmt: skip

    def markers(self) -> Sequence[Marker]:
        """None."""
        return ()

    def paint(self, painter: QPainter, view: LayerView) -> None:
        """The picture of them."""
        self.plates.paint(painter, view)


def with_plates(canvas: MapCanvas, bare: Bare, grids: Sequence[MapGrid], name: str) -> list[Measured]:
    """Pan with teeth or tallies switched on, at the scale of the whole town and where every row has room; and what it
    takes to make them anew, which happens once for each scale, against one blit."""
    layer = PlateLayer(grids, name)
    canvas.set_layers((), under=(layer,))
    found = [replace(pan(canvas, bare), name=f"pan with {name}")]
    canvas.zoom(max(1.0, 1.2 * (len(grids) / 306) ** 0.5))
    settle(canvas)
    found.append(replace(pan(canvas, bare), name=f"pan with {name}, near"))
    anew, baseline = [], []
    for _ in range(20):
        layer.plates.show(dict(layer.plates.rows))
        anew.append(milliseconds(canvas.repaint))
        baseline.append(milliseconds(bare.repaint))
    found.append(Measured(f"{name} made anew", anew, baseline))
    canvas.set_layers(())
    return found


def main() -> None:
    """Print everything for three sizes of town."""
    app = QApplication.instance() or QApplication([])
    bare = Bare()
    bare.show()
    for count in (306, 10_000, 100_000):
        grids = town(count)
        begin = time.perf_counter()
        canvas = canvas_of(grids)
        shown = time.perf_counter() - begin
        vertices = len(canvas.plan.rings.vertices)
        print(f"{len(grids)} grids, {vertices} vertices: on screen after {shown * 1e3:.0f} ms")
        for measured in (pan(canvas, bare), recolour(canvas, bare, grids), recolour_few(canvas, bare, grids)):
            print("  ", measured)
        for name in ("teeth", "tallies"):
            for measured in with_plates(canvas, bare, grids, name):
                print("  ", measured)
        canvas.zoom(1.3)
        print(f"   redrawn for a new scale  {milliseconds(lambda: settle(canvas)):7.0f} ms, aside")  # noqa: B023
        canvas.deleteLater()
        app.processEvents()


if __name__ == "__main__":
    main()
