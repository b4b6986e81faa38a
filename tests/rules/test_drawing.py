"""Boundaries drawn by hand: crossings found where they are, repairs that keep the land, overlaps in m²."""

import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.rules.drawing import area, crossing, nearest, nearest_side, overlaps, repaired

SQUARE = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0)]
BOW = [(0.0, 0.0), (100.0, 100.0), (100.0, 0.0), (0.0, 60.0)]


def test_a_clean_line_crosses_nowhere() -> None:
    assert crossing(SQUARE, closed=True) is None and crossing(SQUARE[:3], closed=False) is None
    assert crossing([], closed=True) is None and crossing([(0.0, 0.0)], closed=True) is None
    assert area(SQUARE) == 10_000 and area(SQUARE[:2]) == 0


def test_a_crossing_is_found_where_it_is() -> None:
    x, y = crossing(BOW, closed=True) or (math.nan, math.nan)
    assert 0 < x < 100 and abs(x - y) < 1e-6
    closing = [(0.0, 0.0), (100.0, 0.0), (50.0, 50.0), (50.0, -50.0)]
    assert crossing(closing[:3], closed=False) is None
    assert crossing(closing, closed=False) == pytest.approx((50.0, 0.0))


def test_a_line_that_runs_back_over_itself_is_a_crossing() -> None:
    assert crossing([(0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (5.0, 0.0)], closed=False) is not None


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=3, max_size=14))
def test_crossings_agree_with_shapely_and_repairs_are_clean(places: list[tuple[int, int]]) -> None:
    points = [(float(x), float(y)) for x, y in places]
    simple = shapely.is_simple(shapely.LineString([*points, points[0]]))
    if crossing(points, closed=True) is not None:
        assert not simple
    made = repaired(points)
    if len(made) > 2 and made != points:
        assert shapely.is_valid(shapely.Polygon(made))


def test_repair_keeps_the_larger_part() -> None:
    made = repaired(BOW)
    assert crossing(made, closed=True) is None and area(made) > 2000
    assert repaired(SQUARE[:2]) == SQUARE[:2]
    assert repaired([(0.0, 0.0), (1.0, 0.0), (2.0, 0.0)]) == [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0)]


def test_the_hand_finds_corners_and_sides() -> None:
    assert nearest(SQUARE, (98.0, 3.0), 5) == 1 and nearest(SQUARE, (50.0, 50.0), 5) is None
    assert nearest([], (0.0, 0.0), 5) is None
    assert nearest_side(SQUARE, (50.0, 2.0), 5) == 0 and nearest_side(SQUARE, (2.0, 50.0), 5) == 3
    assert nearest_side(SQUARE, (50.0, 50.0), 5) is None and nearest_side(SQUARE[:2], (50.0, 0.0), 5) is None


def test_overlaps_are_said_in_square_metres_and_slivers_are_not() -> None:
    others = {
        "beside": shapely.box(100, 0, 200, 100), "over": shapely.box(90, 0, 190, 100), "point": shapely.Point(5, 5),
        "sliver": shapely.box(-50, 0, 0.005, 100), "far": shapely.box(900, 900, 901, 901),
    }  # fmt: skip
    assert overlaps(shapely.Polygon(SQUARE), others) == [("over", pytest.approx(1000))]
    assert overlaps(shapely.Point(1, 1), others) == [] and overlaps(None, others) == []
    assert overlaps(shapely.Polygon(SQUARE), {}) == []
