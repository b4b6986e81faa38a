"""Outlines of many grids in one array, and what is quickly done with them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Rings:
    """Closed rings of many grids in one array: ring r is ``vertices[starts[r]:starts[r + 1]]``, of ``grid[r]``."""

    vertices: Floats
    starts: Ints
    grid: Ints

    def generalised(self, cell: float) -> "Rings":
        """The same rings on a raster of ``cell`` metres, without the vertices that then coincide.

        A vertex that two grids share falls on the same raster point in both, so neighbours keep touching: no gap
        and no overlap appears, which simplifying ring by ring would not promise.
        """
        snapped = np.rint(self.vertices * (1.0 / cell)).astype(np.int32)
        ring = np.repeat(np.arange(len(self.grid), dtype=np.int32), np.diff(self.starts))
        keep = np.ones(len(snapped), dtype=bool)
        keep[1:] = (snapped[1:] != snapped[:-1]).any(axis=1) | (ring[1:] != ring[:-1])
        counts = np.bincount(ring[keep], minlength=len(self.grid))
        whole = counts >= 4  # a triangle and its closing vertex
        keep &= whole[ring]
        starts = np.concatenate(([0], np.cumsum(counts[whole])))
        return Rings((snapped[keep] * cell).astype(np.float32), starts, self.grid[whole])


def distinct(keys: Ints) -> tuple[Ints, Ints]:
    """The different keys in order and how often each occurs.

    As np.unique, which however imports numpy.ma when first called: 55 ms, paid before the first picture.
    """
    ordered = np.sort(keys)
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    begins = np.flatnonzero(first)
    return ordered[begins], np.diff(begins, append=len(ordered))
