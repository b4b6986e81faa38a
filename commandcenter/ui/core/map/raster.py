"""The id buffer: which grid each pixel shows and how far it lies from the nearest border. No Qt, any thread.

A pixel's **cell** is ``row * CLASSES + class``: the row says whose colours apply, the class says what of them: the
fill (eight combinations of three pattern bits), or the distance to a grid's or a village's border in twelve steps.
One lookup table indexed by cell then colours everything, smooth outlines included, in one ``np.take``; to recolour
is to change the table. Filling is a scan-line fill over all edges at once in numpy: it needs no painter, leaves the
interpreter lock alone most of the time, and costs 100,000 grids hardly more than 10,000.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from commandcenter.rules.maps import KIND_ORDER, Plan
from commandcenter.rules.rings import Rings, distinct

Ints = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.floating[Any]]
Mask = npt.NDArray[np.bool_]

CLASSES = 32
DOTS, DIAGONAL, COUNTER = 1, 2, 4
"""The pattern bits of the first eight classes."""
GRID_BORDER, VILLAGE_BORDER = 8, 20
"""First class of the twelve distance steps of either border."""
STEPS = np.array([0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 1.8, 2.2, 2.6, 3.0, 3.4], dtype=np.float32)
"""Bounds of the twelve distance steps, in pixels at 100 % scaling."""
REACH = float(STEPS[-1])
LINE_OUTSIDE = 1.2
"""How far (logical pixels) the border line of an emergency grid reaches beyond it."""
WIDE_CELLS = 6_000_000
"""Up to this many cells are kept in the processor's own index size: np.take is then a third faster than from 32 bits,
at twice the memory; pictures for a 4K screen stay narrow."""
DEDICATED_FROM = 26.0
"""Dedicated grids show their own shape from this width on (logical pixels); below, their square stands for them."""
LINE_CELLS = 7.0
"""Borders of grids are left out where grids are on average narrower than this many pixels: they would be all line."""


class Superseded(Exception):
    """The picture is no longer wanted."""


@dataclass(frozen=True, slots=True)
class Window:
    """What a picture shows: the device pixel raster laid over the plan.

    Pixel (column, row) covers x from ``(column + left) / scale`` to ``(column + 1 + left) / scale`` metres east and
    likewise y from ``-(row + top) / scale`` downwards. ``ratio`` is device pixels per logical pixel.
    """

    scale: float
    left: int
    top: int
    width: int
    height: int
    ratio: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Buffer:
    """The cells of a window. Rows 0…n are "no grid" and the plan's grids + 1; further rows are ``pairs``."""

    window: Window
    cells: Ints
    """(height, width)."""
    pairs: Ints
    """(P, 2): the row beneath and the row of the emergency or dedicated grid that lies over it."""


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Edges in device pixels, each running downwards (y0 ≤ y1), and the grid index that each bounds."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    grid: Ints

    def __len__(self) -> int:
        return len(self.grid)

    def __getitem__(self, key: Any) -> "Edges":
        return Edges(self.x0[key], self.y0[key], self.x1[key], self.y1[key], self.grid[key])


def edges_in(rings: Rings, wanted: Mask, window: Window) -> Edges:
    """The edges of the ``wanted`` grids (a mask by grid index) in the window's pixels."""
    keep = wanted[rings.grid]
    if keep.all():
        vertices, counts, grid = rings.vertices, np.diff(rings.starts), rings.grid
    else:
        counts = np.diff(rings.starts)
        vertices, counts, grid = rings.vertices[np.repeat(keep, counts)], counts[keep], rings.grid[keep]
    scale = np.float32(window.scale)
    x = vertices[:, 0] * scale - np.float32(window.left)
    y = vertices[:, 1] * -scale - np.float32(window.top)
    inner = np.ones(max(len(x) - 1, 0), dtype=bool)
    inner[np.cumsum(counts)[:-1] - 1] = False  # from the end of one ring to the start of the next
    first = np.flatnonzero(inner)
    down = y[first] <= y[first + 1]
    upper, lower = np.where(down, first, first + 1), np.where(down, first + 1, first)
    return Edges(x[upper], y[upper], x[lower], y[lower], np.repeat(grid, counts)[first])


def _rows_crossed(edges: Edges, height: int) -> tuple[Ints, Ints]:
    """First pixel row whose middle each edge crosses, and how many, cut to the window."""
    first = np.clip(np.ceil(edges.y0 - 0.5), 0, height).astype(np.int64)
    last = np.clip(np.ceil(edges.y1 - 0.5), 0, height).astype(np.int64)
    return first, last - first


def _counting(counts: Ints) -> tuple[Ints, Ints]:
    """For counts (2, 3): which (0, 0, 1, 1, 1) and the running number within (0, 1, 0, 1, 2)."""
    which = np.repeat(np.arange(len(counts)), counts)
    begins = np.cumsum(counts) - counts
    return which, np.arange(len(which)) - begins[which]


def _spans(edges: Edges, window: Window) -> tuple[Ints, Ints, Ints]:
    """Begin (flat pixel), length and grid index of each run of pixels, by grid and row."""
    first, count = _rows_crossed(edges, window.height)
    crossing = np.flatnonzero(count > 0)
    edges, first, count = edges[crossing], first[crossing], count[crossing]
    slope = (edges.x1 - edges.x0) / (edges.y1 - edges.y0)
    which, step = _counting(count)
    row = first[which] + step
    x = edges.x0[which] + (row.astype(np.float32) + np.float32(0.5) - edges.y0[which]) * slope[which]
    column = np.clip(np.ceil(x - np.float32(0.5)), 0, window.width).astype(np.int64)
    keys = np.sort((edges.grid[which].astype(np.int64) << 32) | (row << 16) | column)
    begin, end = keys[0::2], keys[1::2]
    length = (end & 0xFFFF) - (begin & 0xFFFF)
    filled = length > 0
    begin, length = begin[filled], length[filled]
    return ((begin >> 16) & 0xFFFF) * window.width + (begin & 0xFFFF), length, begin >> 32


def fill(edges: Edges, window: Window) -> npt.NDArray[np.int32]:
    """Grid index + 1 at each pixel (0: none), flat. Where grids overlap, the later one is on top."""
    begin, length, grid = _spans(edges, window)
    value = (grid + 1).astype(np.int32)
    order = np.argsort(begin, kind="stable")
    begin, length, value = begin[order], length[order], value[order]
    end = begin + length
    size = window.width * window.height
    if not len(begin):
        return np.zeros(size, dtype=np.int32)
    if (begin[1:] < end[:-1]).any():
        return _fill_in_turn(begin, length, value, size)
    runs = np.empty(2 * len(begin) + 1, dtype=np.int64)  # gap, span, gap, span … gap: the whole picture in one go
    runs[0], runs[2:-1:2], runs[-1] = begin[0], begin[1:] - end[:-1], size - end[-1]
    runs[1::2] = length
    values = np.zeros(len(runs), dtype=np.int32)
    values[1::2] = value
    return np.repeat(values, runs)


def _fill_in_turn(begin: Ints, length: Ints, value: Ints, size: int) -> npt.NDArray[np.int32]:
    ids = np.zeros(size, dtype=np.int32)
    order = np.argsort(value, kind="stable")
    which, step = _counting(length[order])
    ids[begin[order][which] + step] = value[order][which]
    return ids


def _without_twins(edges: Edges) -> Edges:
    """Each border once: the edges that two neighbours share lie exactly on each other."""
    ends = np.stack((edges.x0, edges.y0, edges.x1, edges.y1)).view(np.int32).astype(np.int64)
    mixed = ((ends[0] * 73856093) ^ (ends[1] * 19349663)) + ((ends[2] * 83492791) ^ (ends[3] * 50331653))
    order = np.argsort(mixed)
    first = np.ones(len(order), dtype=bool)
    first[1:] = mixed[order[1:]] != mixed[order[:-1]]
    return edges[order[first]]


def distances(edges: Edges, window: Window) -> npt.NDArray[np.float32]:
    """Distance in logical pixels from each pixel's middle to the nearest edge, flat, infinite beyond REACH."""
    nearest = np.full(window.width * window.height, np.inf, dtype=np.float32)
    reach = REACH * window.ratio
    steep = np.abs(edges.y1 - edges.y0) >= np.abs(edges.x1 - edges.x0)
    _measure(edges[steep], reach, (window.height, window.width), (window.width, 1), nearest)
    _measure(_turned(edges[~steep]), reach, (window.width, window.height), (1, window.width), nearest)
    if window.ratio != 1.0:
        nearest /= np.float32(window.ratio)
    return nearest


def _turned(edges: Edges) -> Edges:
    """Edges with x and y exchanged, running downwards again."""
    swap = edges.x0 > edges.x1
    x0, x1 = np.where(swap, edges.x1, edges.x0), np.where(swap, edges.x0, edges.x1)
    y0, y1 = np.where(swap, edges.y1, edges.y0), np.where(swap, edges.y0, edges.y1)
    return Edges(y0, x0, y1, x1, edges.grid)


def _measure(edges: Edges, reach: float, size: tuple[int, int], stride: tuple[int, int], nearest: Floats) -> None:
    """Lower ``nearest`` to the distance from each of ``edges`` (steep: |dy| ≥ |dx|) to the pixels around it.

    ``size`` and ``stride`` are, along y and along x of these edges, the number of pixels and the step in ``nearest``.
    """
    first = np.clip(np.floor(edges.y0 - reach), 0, size[0]).astype(np.int64)
    last = np.clip(np.ceil(edges.y1 + reach), 0, size[0]).astype(np.int64)
    which, step = _counting(np.maximum(last - first, 0))
    along = first[which] + step
    x0, dx, dy = edges.x0[which], (edges.x1 - edges.x0)[which], (edges.y1 - edges.y0)[which]
    py = along.astype(np.float32) + np.float32(0.5) - edges.y0[which]
    square = np.maximum(dx * dx + dy * dy, np.float32(1e-12))
    middle = np.floor(x0 + dx * np.clip(py / np.maximum(dy, np.float32(1e-6)), 0, 1)).astype(np.int64)
    inside = np.abs(middle - size[1] // 2) <= size[1] // 2 + int(reach * 1.42) + 1
    if not inside.all():
        along, x0, dx, dy, py, square, middle = (each[inside] for each in (along, x0, dx, dy, py, square, middle))
    half = int(np.ceil(reach * 1.42))  # a steep edge leans at most 45 degrees
    for offset in range(-half, half + 1):
        across = middle + offset
        px = across.astype(np.float32) + np.float32(0.5) - x0
        t = np.clip((px * dx + py * dy) / square, 0, 1)
        far_x, far_y = px - t * dx, py - t * dy
        distance = np.sqrt(far_x * far_x + far_y * far_y)
        near = np.flatnonzero((distance < reach) & (across >= 0) & (across < size[1]))
        np.minimum.at(nearest, along[near] * stride[0] + across[near] * stride[1], distance[near])


def _parts_villages(edges: Edges, ids: Ints, village_of: Ints, window: Window) -> Mask:
    """Which edges have another village, or nothing, on one side: looked up in ``ids`` (flat) beside each."""
    dx, dy = edges.x1 - edges.x0, edges.y1 - edges.y0
    length = np.maximum(np.hypot(dx, dy), np.float32(1e-6))
    aside_x, aside_y = dy / length * 1.5, -dx / length * 1.5

    def beside(sign: int) -> Ints:
        column = np.floor((edges.x0 + edges.x1) / 2 + sign * aside_x).astype(np.int64)
        row = np.floor((edges.y0 + edges.y1) / 2 + sign * aside_y).astype(np.int64)
        column, row = np.clip(column, 0, window.width - 1), np.clip(row, 0, window.height - 1)
        return np.asarray(village_of[ids[row * window.width + column]])

    return np.asarray(beside(1) != beside(-1))


def pattern_bits(window: Window) -> npt.NDArray[np.int32]:
    """The pattern class 0…7 of each pixel, flat; anchored to the plan, so that panning does not make it crawl."""
    period, thick = max(round(8 * window.ratio), 4), max(round(2 * window.ratio), 1)
    x, y = np.meshgrid(np.arange(period), np.arange(period))
    dots = ((x < thick) & (y < thick)) | ((abs(x - period // 2) * 2 < thick) & (abs(y - period // 2) * 2 < thick))
    tile = dots * DOTS + ((x + y) % period < thick) * DIAGONAL + ((x - y) % period < thick) * COUNTER
    rows = (np.arange(window.height) + window.top) % period
    columns = (np.arange(window.width) + window.left) % period
    # one period of rows is laid out in full width first: whole rows are then copied, not single pixels
    bits: npt.NDArray[np.int32] = tile.astype(np.int32)[:, columns][rows]
    return bits.reshape(-1)


_STEP_OF = np.digitize(np.arange(0, REACH, 0.05) + 0.025, STEPS).astype(np.int32) - 1


def _step_of(distance: Floats) -> npt.NDArray[np.int32]:
    """The distance step 0…11 of distances below REACH."""
    return _STEP_OF[np.minimum((distance * 20).astype(np.int32), len(_STEP_OF) - 1)]


def _visible(plan: Plan, window: Window) -> Mask:
    """The grids whose box touches the window."""
    west, east = window.left / window.scale, (window.left + window.width) / window.scale
    north, south = -window.top / window.scale, -(window.top + window.height) / window.scale
    boxes = plan.boxes
    return np.asarray((boxes[:, 0] < east) & (boxes[:, 2] > west) & (boxes[:, 1] < north) & (boxes[:, 3] > south))


def _borders(edges: Edges, ids: Ints, plan: Plan, window: Window, classes: Ints) -> None:
    """Write the border classes of the general grids into ``classes``."""
    village_of = np.concatenate(([-1], plan.village_of))
    seen = int(np.count_nonzero(np.bincount(edges.grid)))
    if np.sqrt(np.count_nonzero(ids) / max(seen, 1)) < LINE_CELLS * window.ratio:
        picture = village_of[ids].reshape(window.height, window.width)
        edge = np.zeros(picture.shape, dtype=bool)
        edge[:, 1:] |= picture[:, 1:] != picture[:, :-1]
        edge[1:] |= picture[1:] != picture[:-1]
        classes[edge.ravel()] = VILLAGE_BORDER
        return
    edges = _without_twins(_near(edges, window))
    outer = _parts_villages(edges, ids, village_of, window)
    inner_distance, outer_distance = distances(edges[~outer], window), distances(edges[outer], window)
    near = np.flatnonzero(inner_distance < REACH)
    classes[near] = GRID_BORDER + _step_of(inner_distance[near])
    near = np.flatnonzero(outer_distance < REACH)
    near = near[outer_distance[near] <= np.maximum(inner_distance[near], 2.0)]
    classes[near] = VILLAGE_BORDER + _step_of(outer_distance[near])


def _near(edges: Edges, window: Window) -> Edges:
    """The edges that come near the window."""
    margin = REACH * window.ratio
    low, high = np.minimum(edges.x0, edges.x1), np.maximum(edges.x0, edges.x1)
    return edges[
        (edges.y1 > -margin) & (edges.y0 < window.height + margin) & (high > -margin) & (low < window.width + margin)
    ]


def draw(plan: Plan, rings: Rings, window: Window, wanted: Callable[[], bool] | None = None) -> Buffer:
    """The buffer of ``window``: general grids, over them emergency grids and such dedicated ones as are large enough.

    ``rings`` are the plan's, generalised as suits the scale. Raises :class:`Superseded` when ``wanted`` says no.
    """

    def check() -> None:
        if wanted is not None and not wanted():
            raise Superseded

    visible = _visible(plan, window)
    edges = edges_in(rings, visible & (plan.kind_of == KIND_ORDER["general"]), window)
    check()
    rows = fill(edges, window)
    check()
    patterns = pattern_bits(window)
    classes = patterns.copy()
    _borders(edges, rows, plan, window, classes)
    check()
    wide = (plan.boxes[:, 2] - plan.boxes[:, 0]) * window.scale >= DEDICATED_FROM * window.ratio
    over = visible & (plan.kind_of == KIND_ORDER["emergency"])
    over |= visible & wide & (plan.kind_of == KIND_ORDER["dedicated"])
    pairs: Ints = np.zeros((0, 2), dtype=np.int32)
    if over.any():
        pairs = _lay_over(edges_in(rings, over, window), plan, window, rows, classes, patterns)
    cells: Ints = rows * np.int32(CLASSES) + classes
    if len(cells) <= WIDE_CELLS:
        cells = cells.astype(np.intp)
    return Buffer(window, cells.reshape(window.height, window.width), pairs)


def _lay_over(edges: Edges, plan: Plan, window: Window, rows: Ints, classes: Ints, patterns: Ints) -> Ints:
    """Lay grids over ``rows`` and ``classes``; returns the pairs whose rows were appended."""
    grids = len(plan.grids)
    dedicated = plan.kind_of[edges.grid] == KIND_ORDER["dedicated"]
    over = fill(edges[~dedicated], window)
    if dedicated.any():
        above = fill(edges[dedicated], window)
        np.copyto(over, above, where=above > 0)
    distance = distances(_near(edges, window), window)
    _grow(over, np.flatnonzero(distance < LINE_OUTSIDE), window)
    covered = np.flatnonzero(over)
    keys = rows[covered].astype(np.int64) * (grids + 1) + over[covered]
    found, _ = distinct(keys)
    which = np.searchsorted(found, keys)
    rows[covered] = grids + 1 + which
    near = distance[covered] < REACH
    classes[covered] = np.where(near, GRID_BORDER + _step_of(np.where(near, distance[covered], 0)), patterns[covered])
    return np.column_stack((found // (grids + 1), found % (grids + 1))).astype(np.int32)


def _grow(ids: Ints, rim: Ints, window: Window) -> None:
    """Give the pixels of ``rim`` that have no id a neighbour's, so that a border line's outer half has an owner."""
    for _ in range(max(1, round(LINE_OUTSIDE * window.ratio))):
        bare = rim[ids[rim] == 0]
        around = [np.clip(bare + step, 0, len(ids) - 1) for step in (-1, 1, -window.width, window.width)]
        ids[bare] = np.maximum.reduce([ids[neighbours] for neighbours in around])
