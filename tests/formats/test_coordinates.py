"""Coordinate systems: the shifted ones invert, names are understood, areas are true."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.base.errors import BadInput
from commandcenter.formats.coordinates import (
    WGS84,
    area_of,
    bd09_to_gcj02,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    known_crs,
    to_wgs84,
    wgs84_to_gcj02,
)

HALF_METRE = 0.5 / 111_320
positions = st.tuples(st.floats(73.5, 135.0), st.floats(4.0, 53.5)).map(lambda each: np.array([each]))


@given(positions)
def test_gcj02_comes_back(xy: np.ndarray) -> None:
    assert np.abs(gcj02_to_wgs84(wgs84_to_gcj02(xy)) - xy).max() < HALF_METRE / 100


@given(positions)
def test_bd09_comes_back(xy: np.ndarray) -> None:
    assert np.abs(bd09_to_gcj02(gcj02_to_bd09(xy)) - xy).max() < HALF_METRE / 100
    assert np.allclose(to_wgs84(gcj02_to_bd09(wgs84_to_gcj02(xy)), "bd09"), xy, atol=HALF_METRE / 100)


def test_the_shift_is_some_hundred_metres_in_china_and_none_elsewhere() -> None:
    inside = np.array([[105.3, 31.0]])
    moved = np.hypot(*(wgs84_to_gcj02(inside) - inside)[0]) * 111_320
    assert 200 < moved < 800
    outside = np.array([[2.35, 48.85], [-74.0, 40.7]])
    assert np.array_equal(wgs84_to_gcj02(outside), outside)


@pytest.mark.parametrize("name", ["WGS84", "EPSG:4326", "4490", "urn:ogc:def:crs:OGC:1.3:CRS84", "CGCS2000"])
def test_names_of_plain_degrees(name: str) -> None:
    assert known_crs(name) == WGS84


def test_other_names() -> None:
    assert (
        known_crs("urn:ogc:def:crs:EPSG::4544")
        == known_crs(" epsg:4544 ")
        == known_crs("4544")
        == "EPSG:4544"
    )
    assert known_crs("GCJ-02") == "gcj02"
    for hostile in (
        "file:///etc/passwd",
        "http://127.0.0.1/x",
        "+proj=longlat +nadgrids=@x",
        "",
        "EPSG:",
        "x" * 9999,
    ):
        with pytest.raises(BadInput):
            known_crs(hostile)


def test_gauss_krueger_agrees_with_the_official_transformation() -> None:
    found = to_wgs84(np.array([[528658.9, 3430980.0]]), "EPSG:4544")
    assert np.allclose(found, [[105.3000782, 30.9997026]], atol=1e-6)
    with pytest.raises(BadInput):
        to_wgs84(np.zeros((1, 2)), "EPSG:999999")


@given(st.floats(-170, 170), st.floats(-80, 80), st.floats(0.001, 0.05))
def test_areas_of_small_boxes_are_true(west: float, south: float, size: float) -> None:
    import shapely

    box = shapely.box(west, south, west + size, south + size)
    middle = np.radians(south + size / 2)
    e2 = 0.00669437999014
    meridian = 6378137 * (1 - e2) / (1 - e2 * np.sin(middle) ** 2) ** 1.5
    parallel = 6378137 * np.cos(middle) / np.sqrt(1 - e2 * np.sin(middle) ** 2)
    assert area_of(box) == pytest.approx(meridian * parallel * np.radians(size) ** 2, rel=1e-5)


@pytest.mark.parametrize("name", ["EPSG:32648", "32648", "urn:ogc:def:crs:EPSG::32648", "urn:ogc:def:crs:EPSG:8:32648"])
def test_a_code_of_five_digits_keeps_them_all(name: str) -> None:
    assert known_crs(name) == "EPSG:32648"
