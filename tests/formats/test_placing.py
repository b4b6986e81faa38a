"""Which coordinate system a map file is in, told by the outlines that the town's map holds already, or not told."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.formats.coordinates import to_wgs84, wgs84_to_gcj02
from commandcenter.formats.placing import AROUND, beyond, judge
from commandcenter.formats.previews import Candidate

WEST, SOUTH, SIDE = 105.30, 31.00, 0.01
"""Grids of about a kilometre, in Sichuan."""


def grids(count: int = 5, *, side: float = SIDE) -> list[Any]:
    return [shapely.box(WEST + x * side, SOUTH + y * side, WEST + (x + 1) * side, SOUTH + (y + 1) * side)
            for x in range(count) for y in range(count)]  # fmt: skip


def candidate(crs: str, shapes: Sequence[Any]) -> Candidate:
    """The file's own numbers as if they were in ``crs``."""
    placed = [shapely.transform(each, lambda xy: to_wgs84(np.asarray(xy), crs)) for each in shapes]
    west, south, east, north = (float(each) for each in shapely.total_bounds(placed))
    outlines = tuple(shapely.to_wkb(placed))
    middle = ((west + east) / 2, (south + north) / 2)
    return Candidate(crs, f"crs.{crs}", {}, middle, None, (west, south, east, north), False, outlines)


def in_systems(shapes: Sequence[Any]) -> list[Candidate]:
    return [candidate(crs, shapes) for crs in ("EPSG:4326", "gcj02", "bd09")]


def as_gcj02(shapes: Sequence[Any]) -> list[Any]:
    return [shapely.transform(each, lambda xy: wgs84_to_gcj02(np.asarray(xy))) for each in shapes]


@pytest.mark.parametrize("is_shifted", [False, True])
def test_the_towns_own_outlines_tell_which_it_is(is_shifted: bool) -> None:
    town = shapely.to_wkb(grids())
    file = as_gcj02(grids()) if is_shifted else grids()
    found = judge(in_systems(file), town)
    assert found.best == ("gcj02" if is_shifted else "EPSG:4326")
    assert found.shares[found.best] > 0.98 and all(share < 0.6 for crs, share in found.shares.items()
                                                   if crs != found.best)  # fmt: skip


def test_a_part_of_the_town_is_enough_and_new_grids_do_not_disturb() -> None:
    town = shapely.to_wkb(grids()[:6])
    assert judge(in_systems(as_gcj02(grids())), town).best == "gcj02"
    assert judge(in_systems(as_gcj02(grids()[2:4])), shapely.to_wkb(grids())).best == "gcj02"


def test_what_cannot_be_told_is_not_told() -> None:
    candidates = in_systems(grids())
    assert judge(candidates, []) == judge(candidates, shapely.to_wkb([shapely.Point(WEST, SOUTH)]))
    assert judge(candidates, []).best is None and not judge(candidates, []).shares
    far = shapely.to_wkb([shapely.box(110, 30, 110.1, 30.1)])
    assert judge(candidates, far).best is None and not judge(candidates, far).shares
    other = shapely.to_wkb([shapely.box(WEST - 0.02, SOUTH - 0.02, WEST + 0.07, SOUTH + 0.07)])
    assert judge(candidates, other).best is None  # villages where the file has grids: none lies better than another
    huge = grids(1, side=0.5)
    assert judge(in_systems(huge), shapely.to_wkb(as_gcj02(huge))).best is None  # both fit by 98 % and more


def test_broken_outlines_are_borne() -> None:
    bow = shapely.Polygon([(WEST, SOUTH), (WEST + SIDE, SOUTH + SIDE), (WEST + SIDE, SOUTH), (WEST, SOUTH + SIDE)])
    found = judge(in_systems([bow, *grids()]), shapely.to_wkb([bow, *grids()]))
    assert found.best == "EPSG:4326"


@given(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2))
def test_a_place_inside_is_never_far(x: float, y: float) -> None:
    box = (WEST - 0.2, SOUTH - 0.2, WEST + 0.2, SOUTH + 0.2)
    assert beyond(box, (WEST + x, SOUTH + y)) == pytest.approx(0.0, abs=1e-3)
    assert beyond(box, (WEST + 0.2 + abs(x), SOUTH)) == pytest.approx(abs(x) * 95_300, rel=0.01, abs=1e-3)
    assert beyond(None, (0.0, 0.0)) == 0.0 and AROUND > 1_200
