"""How well a map file lies over what the town's map holds already: what tells coordinate systems apart that put it only
some hundred metres from each other. How far its middle lies from a known place does not: a town is wider than that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from commandcenter.formats.guesses import Point, distance
from commandcenter.formats.previews import Box, Candidate

AROUND = 2_000.0
"""Metres from the box of a file within which a place may well be in its town: more than GCJ-02 and BD-09 are from the
truth anywhere (some 500 to 1,200 m)."""
_LEAST, _APART, _TIMES = 0.5, 0.05, 2.0
"""The best system must cover the town's outlines by so much, the next less by so much, and its misfit be so many times
the best one's: the same boundaries drawn twice cover each other by 0.9 and more; moved by 500 m, grids of 1 km by 0.4.
"""


@dataclass(frozen=True, slots=True)
class Judgement:
    """``shares``: by system how well (0 to 1) the file's outlines cover those of the town that they lie upon; empty
    where there is nothing to compare. ``best``: the system that clearly fits best, None where none can be told from
    the next."""

    shares: Mapping[str, float] = field(default_factory=dict)
    best: str | None = None


def judge(candidates: Sequence[Candidate], town: Sequence[bytes]) -> Judgement:
    """Hold the file in each system over the town's outlines (WKB in WGS84)."""
    known = _areas(town)
    if not len(known):
        return Judgement()
    tree = shapely.STRtree(known)
    shares = {each.crs: _share(_areas(each.outlines), known, tree) for each in candidates}
    if not any(shares.values()):
        return Judgement()
    first, *rest = sorted(shares, key=lambda crs: -shares[crs])
    top, next_best = shares[first], max((shares[each] for each in rest), default=0.0)
    is_clear = top >= _LEAST and top - next_best >= _APART and (1 - next_best) >= _TIMES * (1 - top)
    return Judgement(shares, first if is_clear else None)


def beyond(box: Box | None, point: Point) -> float:
    """Metres from a place to the box of a file; 0 inside."""
    if box is None:
        return 0.0
    west, south, east, north = box
    return distance((min(max(point[0], west), east), min(max(point[1], south), north)), point)


def _areas(outlines: Sequence[bytes]) -> Any:
    shapes = shapely.make_valid(shapely.from_wkb(np.array(list(outlines), dtype=object)))
    return shapes[shapely.area(shapes) > 0]


def _share(file: Any, known: Any, tree: Any) -> float:
    """The mean over the file's outlines that lie at least half upon the town's of how well they cover the one they fit
    best: new grids beside those that are there neither help nor hinder."""
    mine, theirs = tree.query(file, predicate="intersects")
    if not len(mine):
        return 0.0
    areas = shapely.area(file)
    common = shapely.area(shapely.intersection(file[mine], known[theirs]))
    covered, best = np.zeros(len(file)), np.zeros(len(file))
    np.add.at(covered, mine, common)
    np.maximum.at(best, mine, common / (areas[mine] + shapely.area(known[theirs]) - common))
    upon = covered >= areas / 2
    return float(best[upon].mean()) if upon.any() else 0.0
