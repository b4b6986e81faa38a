"""Where areas of one kind cover each other, and what lies between them and belongs to none. Runs in the child process.

Both are only mentioned: which of two grids is right, or whether a gap is a lake, is for people to say. Dedicated and
emergency grids lie within general ones, so only grids of the same kind are compared.
"""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from commandcenter.formats.cleaning import Cleaned, Cleaner
from commandcenter.formats.column_specs import GRID_COLUMNS, GRID_KINDS
from commandcenter.formats.coordinates import areas_of
from commandcenter.formats.layers import Layer, RawFeature
from commandcenter.formats.problems import Problem
from commandcenter.formats.shapes import Placed

LEAST_OVERLAP = 10.0
"""m²; less comes from rounding and from borders drawn twice."""
LEAST_GAP = 50.0
MOST_LISTED = 40
MOST_PAIRS = 100_000
"""Pairs of neighbours that are compared; no town has as many."""
MOST_UNITED = 20_000
"""Features up to which gaps are looked for; uniting more takes too long."""
_STEP = 40
_MARKED_CODE = re.compile(r"\d{6,}([ZY])\d{1,3}")
_MARKS = {"Z": "dedicated", "Y": "emergency"}
_KINDS = GRID_KINDS | {kind: kind for kind in GRID_KINDS.values()}


def note_overlaps(layer: Layer, placed: Placed) -> None:
    """Add notes on overlaps and gaps to the problems of the layer, the largest first."""
    telling = _telling_columns(layer)
    kinds = np.array([_kind_of(feature, telling) for feature in layer.features], dtype=object)
    filled = shapely.get_dimensions(placed.geometries) == 2
    for kind in dict.fromkeys(kinds[filled]):
        of_kind = np.flatnonzero(filled & (kinds == kind))
        _note_pairs(layer, placed.geometries, of_kind)
    general = np.flatnonzero(filled & (kinds == "general"))
    if 1 < len(general) <= MOST_UNITED:
        _note_gaps(layer, placed.geometries, general)


def _telling_columns(layer: Layer) -> list[tuple[str, Cleaner]]:
    """The columns that tell the kind of a grid, with how each is read: the one that says so, then the code."""
    columns = set(layer.columns())
    cleaners: dict[str, Cleaner] = {"kind": _said, "code": _marked}
    headings = {spec.field: spec.headings for spec in GRID_COLUMNS}
    return [
        (heading, cleaner)
        for field, cleaner in cleaners.items()
        for heading in headings.get(field, ())
        if heading in columns
    ]


def _kind_of(feature: RawFeature, telling: list[tuple[str, Cleaner]]) -> str:
    for column, cleaner in telling:
        kind = cleaner(feature.properties.get(column))
        if kind:
            return str(kind)
    return "general"


def _said(value: object) -> Cleaned:
    return _KINDS.get(value.strip(), "") if isinstance(value, str) else ""


def _marked(value: object) -> Cleaned:
    """By the letter before the number: Z for dedicated, Y for emergency grids."""
    match = _MARKED_CODE.fullmatch(value.strip()) if isinstance(value, str) else None
    return _MARKS[match[1]] if match else ""


def _note_pairs(layer: Layer, geometries: NDArray[Any], members: NDArray[np.int64]) -> None:
    found: list[tuple[float, int, int]] = []
    compared, complete = 0, True
    for one, other in _neighbours(geometries[members]):
        compared += len(one)
        if compared > MOST_PAIRS:
            complete = False
            break
        one, other = members[one], members[other]
        shared = areas_of(_intersections(geometries[one], geometries[other]))
        found += [
            (float(area), int(a), int(b))
            for area, a, b in zip(shared, one, other, strict=True)
            if area >= LEAST_OVERLAP
        ]
    found.sort(reverse=True)
    for area, a, b in found[:MOST_LISTED]:
        row, second = layer.features[a].row, layer.features[b].row
        facts = {"other": max(row, second), "area": round(area)}
        layer.problems.append(Problem(min(row, second), None, None, "geometry.overlap", "note", facts))
    if len(found) > MOST_LISTED:
        rest = found[MOST_LISTED:]
        facts = {"count": len(rest), "area": round(sum(area for area, _, _ in rest))}
        layer.problems.append(Problem(None, None, None, "geometry.overlaps_more", "note", facts))
    if not complete:
        layer.problems.append(Problem(None, None, None, "geometry.overlaps_unseen", "note", {"limit": MOST_PAIRS}))


def _neighbours(geometries: NDArray[Any]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Pairs whose boxes meet, each once, a few features at a time so that a heap of equal ones stays bounded."""
    tree = shapely.STRtree(geometries)
    for begin in range(0, len(geometries), _STEP):
        one, other = tree.query(geometries[begin : begin + _STEP])
        later = other > one + begin
        yield one[later] + begin, other[later]


def _intersections(one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """Where two areas share more than an edge their common land, else nothing."""
    result = np.full(len(one), None, dtype=object)
    meeting = shapely.relate_pattern(one, other, "T********")
    result[meeting] = shapely.intersection(one[meeting], other[meeting])
    return result


def _note_gaps(layer: Layer, geometries: NDArray[Any], members: NDArray[np.int64]) -> None:
    whole = shapely.union_all(geometries[members])
    holes = [
        shapely.polygons(ring) for part in shapely.get_parts(whole) for ring in part.interiors
    ]  # fmt: skip
    if not holes:
        return
    sizes = areas_of(np.array(holes, dtype=object))
    tree = shapely.STRtree(geometries[members])
    found: list[tuple[int, list[int]]] = []
    for number in np.argsort(-sizes, kind="stable"):
        if sizes[number] < LEAST_GAP or len(found) > 10 * MOST_LISTED:
            break
        around = sorted(layer.features[members[n]].row for n in tree.query(holes[number], predicate="intersects"))
        # A hole that one area alone surrounds was drawn on purpose.
        if len(around) > 1:
            found.append((round(float(sizes[number])), around))
    for area, around in found[:MOST_LISTED]:
        facts = {"area": area, "others": ", ".join(map(str, around[:6])) + (" …" if len(around) > 6 else "")}
        layer.problems.append(Problem(around[0], None, None, "geometry.gap", "note", facts))
    if len(found) > MOST_LISTED:
        rest = found[MOST_LISTED:]
        facts = {"count": len(rest), "area": sum(area for area, _ in rest)}
        layer.problems.append(Problem(None, None, None, "geometry.gaps_more", "note", facts))
