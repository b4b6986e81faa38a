"""Coordinate systems that a file does not name, overlaps and gaps, points, and the quick look before an import."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from commandcenter.base.errors import BadInput
from commandcenter.formats.coordinates import gcj02_to_bd09, wgs84_to_gcj02
from commandcenter.formats.guesses import distance, guesses
from commandcenter.formats.mapfiles import MapFile, read_map
from commandcenter.formats.previews import preview
from tests.formats.made_maps import dbf_bytes, polygon_record, shp_bytes, square, write_shapefile

TOWN = (105.33, 31.0)
Make = Callable[..., Path]


def codes(file: MapFile) -> list[tuple[int | None, str, str]]:
    return [(problem.row, problem.code, problem.severity) for problem in file.problems]


def area(ring: list[Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring]}


def metres(east: float, north: float, size: float = 1000.0) -> list[Any]:
    return [[east, north], [east + size, north], [east + size, north + size], [east, north + size], [east, north]]


UNNAMED = [
    (metres(530_000, 3_430_000), "EPSG:4544"),
    (metres(35_530_000, 3_430_000), "EPSG:4523"),
    (metres(18_530_000, 3_430_000), "EPSG:4496"),
    ([[north, east] for east, north in metres(530_000, 3_430_000)], "EPSG:4544"),
]


@pytest.mark.parametrize(("ring", "crs"), UNNAMED)
def test_metres_without_a_system_are_believed_near_the_town_alone(geojson: Make, ring: list[Any], crs: str) -> None:
    path = geojson(({}, area(ring)))
    file = read_map(path, near=TOWN)
    assert file.crs == crs and file.declared is None
    assert (None, "coordinates.crs_guessed", "repaired") in codes(file)
    assert file.features[0].bbox == pytest.approx((105.31, 31.0, 105.32, 31.01), abs=0.02)
    for elsewhere in (None, (116.4, 39.9)):
        with pytest.raises(BadInput) as caught:
            read_map(path, near=elsewhere)
        assert caught.value.code == "file.crs_likely"
        assert elsewhere is not None or crs in caught.value.facts["likely"]
    assert read_map(path, crs=crs).features[0].wkb == file.features[0].wkb


def test_numbers_that_are_no_place_in_china_get_no_proposal(geojson: Make) -> None:
    with pytest.raises(BadInput) as caught:
        read_map(geojson(({}, area(metres(900, 900)))), near=TOWN)
    assert caught.value.code == "file.crs_missing"


@settings(max_examples=25, deadline=None)
@given(st.floats(74.0, 134.5), st.floats(18.0, 53.0))
def test_a_true_place_is_always_among_the_guesses(lon: float, lat: float) -> None:
    pyproj = pytest.importorskip("pyproj")
    zone = round(lon / 3)
    number = 4534 + zone - 25
    east, north = pyproj.Transformer.from_crs(4490, number, always_xy=True).transform(lon, lat)
    for easting, crs in ((east, f"EPSG:{number}"), (zone * 1e6 + east, f"EPSG:{4513 + zone - 25}")):
        found = next(each for each in guesses((easting, north), (lon, lat)) if each.crs == crs)
        assert distance((found.lon, found.lat), (lon, lat)) < 0.01


@settings(deadline=None)
@given(st.floats(73.7, 134.7), st.floats(18.0, 53.0))
def test_shifted_systems_come_back_within_a_tenth_of_a_metre(lon: float, lat: float) -> None:
    from commandcenter.formats.coordinates import to_wgs84

    xy = np.array([[lon, lat]])
    for shifted, crs in ((wgs84_to_gcj02(xy), "gcj02"), (gcj02_to_bd09(wgs84_to_gcj02(xy)), "bd09")):
        back = to_wgs84(shifted, crs)[0]
        assert distance((back[0], back[1]), (lon, lat)) < 0.1


def test_older_datums_are_mentioned(geojson: Make) -> None:
    file = read_map(geojson(({}, area(metres(530_000, 3_430_000)))), crs="EPSG:2380")
    assert (None, "coordinates.approximate", "note") in codes(file)


def test_overlaps_between_grids_of_one_kind_are_listed_with_their_size(geojson: Make) -> None:
    first, half = square(), square(105.305)
    file = read_map(
        geojson(
            ({"网格编码": "510981103001001"}, area(first)),
            ({"网格编码": "510981103001002"}, area(half)),
            ({"网格编码": "510981103001Y01"}, area(square(size=0.002))),
            ({"网格编码": "510981103001003", "类型": "专属微网格"}, area(square(105.302, size=0.002))),
        )
    )
    listed = [problem for problem in file.problems if problem.code == "geometry.overlap"]
    assert [(each.row, each.facts["other"]) for each in listed] == [(1, 2)]
    assert listed[0].facts["area"] == pytest.approx(529_398, rel=1e-3) and listed[0].severity == "note"


def test_gaps_between_grids_are_listed_and_drawn_holes_are_not(geojson: Make) -> None:
    frame = [area(ring) for ring in (
        [[105.3, 31], [105.33, 31], [105.33, 31.01], [105.3, 31.01], [105.3, 31]],
        [[105.3, 31.01], [105.31, 31.01], [105.31, 31.02], [105.3, 31.02], [105.3, 31.01]],
        [[105.32, 31.01], [105.33, 31.01], [105.33, 31.02], [105.32, 31.02], [105.32, 31.01]],
        [[105.3, 31.02], [105.33, 31.02], [105.33, 31.03], [105.3, 31.03], [105.3, 31.02]],
    )]  # fmt: skip
    file = read_map(geojson(*[({}, each) for each in frame]))
    listed = [problem for problem in file.problems if problem.code == "geometry.gap"]
    assert [(each.row, each.facts["others"]) for each in listed] == [(1, "1, 2, 3, 4")]
    assert listed[0].facts["area"] == pytest.approx(1_058_600, rel=1e-3)
    holed = {"type": "Polygon", "coordinates": [square(size=0.03), square(105.31, 31.01)]}
    assert codes(read_map(geojson(({}, holed), ({}, area(square(105.5)))))) == []


def test_many_overlaps_are_summed_up(geojson: Make) -> None:
    file = read_map(geojson(*[({}, area(square()))] * 12))
    listed = [problem for problem in file.problems if problem.code == "geometry.overlap"]
    rest = next(problem for problem in file.problems if problem.code == "geometry.overlaps_more")
    assert len(listed) == 40 and rest.facts["count"] == 12 * 11 // 2 - 40


def test_points_are_places(geojson: Make) -> None:
    point = {"type": "Point", "coordinates": [105.3, 31.0]}
    only = {"type": "MultiPoint", "coordinates": [[105.4, 31.0]]}
    file = read_map(geojson(({}, point), ({}, only), ({}, None)))
    assert [each.bbox for each in file.features] == [(105.3, 31.0, 105.3, 31.0), (105.4, 31.0, 105.4, 31.0), None]
    assert not any(each.is_area for each in file.features)
    assert next(each.facts for each in file.problems if each.code == "geometry.points") == {"count": 2}
    assert file.bbox == (105.3, 31.0, 105.4, 31.0)


def test_a_preview_tells_what_a_file_is_before_any_choice(tmp_path: Path) -> None:
    fields = [(b"code", "C", 20), ("政治面貌".encode("gbk"), "C", 20), (b"note", "C", 20)]
    rows = [
        [f"51098110300100{n}".encode(), "党员".encode("gbk"), word.encode("gbk")]
        for n, word in enumerate(("好", "吸毒"))
    ]
    ring = [(530_000.0, 3_430_000.0), (530_000.0, 3_431_000.0), (531_000.0, 3_431_000.0), (530_000.0, 3_430_000.0)]
    shp, shx = shp_bytes([polygon_record(ring), polygon_record(ring)])
    path = write_shapefile(tmp_path, {".shp": shp, ".shx": shx, ".dbf": dbf_bytes(fields, rows)})
    alone, near = preview(path), preview(path, near=TOWN)
    assert (alone.driver, alone.encoding, alone.count, alone.declared, alone.crs) == (
        "Shapefile",
        "gb18030",
        2,
        None,
        None,
    )
    assert alone.bbox == (530_000.0, 3_430_000.0, 531_000.0, 3_431_000.0)
    assert {each.name: each.samples for each in alone.columns} == {
        "code": ("510981103001000", "510981103001001"), "政治面貌": (), "note": ("好",),
    }  # fmt: skip
    assert {f"EPSG:{4534 + zone}" for zone in range(21)} <= {each.crs for each in alone.candidates}
    assert near.crs == "EPSG:4544"
    best = near.candidates[0]
    assert (best.crs, best.code, best.facts) == ("EPSG:4544", "crs.gauss", {"meridian": 105, "number": 4544})
    assert best.metres is not None and best.metres < 10_000
    assert best.centre == pytest.approx((105.314, 31.0), abs=0.01)
    outlines = shapely.from_wkb(list(best.outlines))
    assert best.bbox == pytest.approx(tuple(shapely.total_bounds(outlines)))
    assert near.candidates[1].metres is not None and near.candidates[1].metres >= best.metres


def test_a_preview_of_degrees_offers_the_shifted_systems(geojson: Make) -> None:
    look = preview(geojson(({}, area(square()))), near=TOWN)
    assert [each.crs for each in look.candidates] == ["EPSG:4326", "gcj02", "bd09"] and look.crs == "EPSG:4326"
    asked = preview(geojson(({}, area(square()))), crs="bd09")
    assert asked.candidates[0].crs == asked.crs == "bd09"
    swapped = preview(geojson(({}, area([[y, x] for x, y in square()]))))
    assert swapped.candidates[0].swapped and swapped.candidates[0].centre == pytest.approx((105.3, 31.0), abs=0.02)


def test_a_preview_stays_light_and_shows_the_first_of_several_layers(tmp_path: Path) -> None:
    circle = shapely.Point(105.3, 31.0).buffer(0.05, quad_segs=20_000)
    dense = {"type": "Polygon", "arcs": [[0]]}
    path = tmp_path / "a.topojson"
    arcs = [list(map(list, circle.exterior.coords))]
    path.write_text(json.dumps({"type": "Topology", "objects": {"一": dense, "二": dense}, "arcs": arcs}))
    look = preview(path)
    assert (look.layers, look.layer) == (("一", "二"), "一")
    assert shapely.get_num_coordinates(shapely.from_wkb(look.candidates[0].outlines[0])) <= 20_000


def test_a_preview_refuses_what_is_no_map(tmp_path: Path, geojson: Make) -> None:
    path = tmp_path / "x.geojson"
    path.write_bytes(b"hello")
    with pytest.raises(BadInput):
        preview(path)
    empty = preview(geojson(({}, None)))
    assert (empty.count, empty.without_place, empty.bbox, empty.candidates) == (1, 1, None, ())
