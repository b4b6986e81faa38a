"""Map files through the public door: what is read, what is repaired, what is refused."""

import contextlib
import http.server
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from commandcenter.base.errors import BadInput
from commandcenter.formats.columns import SPECS, map_columns, rows_of
from commandcenter.formats.coordinates import area_of
from commandcenter.formats.mapfiles import MapFile, read_map

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[105.3, 31], [105.31, 31], [105.31, 31.01], [105.3, 31.01], [105.3, 31]]],
}
SQUARE_AREA = 1_058_796
Make = Callable[..., Path]


def told(file: MapFile) -> list[tuple[int | None, str, str]]:
    return [(problem.row, problem.code, problem.severity) for problem in file.problems]


def codes(file: MapFile) -> list[tuple[int | None, str, str]]:
    """What was told, overlaps aside: many files here hold the same square twice."""
    return [each for each in told(file) if each[1] != "geometry.overlap"]


def refusal(path: Path, **options: Any) -> BadInput:
    with pytest.raises(BadInput) as caught:
        read_map(path, **options)
    return caught.value


def test_the_sample_reads_alike_from_geojson_and_geopackage(trial_data: Path) -> None:
    folder = trial_data / "geo" / "sample_township"
    first = read_map(folder / "jinhua_SYNTHETIC.geojson")
    second = read_map(folder / "jinhua_SYNTHETIC.gpkg")
    assert (first.driver, second.driver) == ("GeoJSON", "GPKG")
    assert len(first.features) == len(second.features) == 334
    assert first.columns == second.columns
    assert told(first) == told(second) == []
    by_code = {feature.properties["网格编码"]: feature for feature in second.features}
    for feature in first.features:
        other = by_code[feature.properties["网格编码"]]
        assert other.wkb == feature.wkb
        assert other.properties == feature.properties
        assert feature.area == pytest.approx(other.area)


ALIKE = [
    ("jinhua_SYNTHETIC.kml", "KML", {}),
    ("jinhua_SYNTHETIC.topojson", "TopoJSON", {}),
    ("jinhua_SYNTHETIC_gcj02.geojson", "GeoJSON", {"crs": "gcj02"}),
    ("shp_gbk_nocpg/微网格.shp", "Shapefile", {}),
    ("shp_gbk_nocpg/微网格.shp", "Shapefile", {"encoding": "GBK"}),
    ("shp_utf8/weiwangge.shp", "Shapefile", {}),
    ("shp_cgcs2000_gk105/weiwangge.shp", "Shapefile", {}),
]


@pytest.mark.parametrize(("name", "driver", "options"), ALIKE)
def test_every_file_of_the_sample_gives_the_same_grids(
    trial_data: Path, name: str, driver: str, options: dict[str, str]
) -> None:
    """Codes, names and kinds alike, areas within 0.1 %, corners within 1 m (5 m from the shifted copy)."""
    folder = trial_data / "geo" / "sample_township"
    true = _grids(read_map(folder / "jinhua_SYNTHETIC.geojson"))
    file = read_map(folder / name, **options)
    grids = _grids(file)
    assert file.driver == driver and set(grids) == set(true) and len(grids) == 334
    tolerance = 5.0 if "crs" in options else 1.0
    for code, (row, area, outline) in grids.items():
        expected, true_area, true_outline = true[code]
        assert {key: row.get(key) for key in ("name", "kind", "village", "households", "people")} == {
            key: expected.get(key) for key in ("name", "kind", "village", "households", "people")
        }
        assert area == pytest.approx(true_area, rel=1e-3)
        assert shapely.hausdorff_distance(outline, true_outline) * 111_320 < tolerance
    severities = {problem.severity for problem in file.problems}
    assert severities <= {"note"}


def _grids(file: MapFile) -> dict[str, tuple[dict[str, Any], float, Any]]:
    mapping = map_columns(file.columns, SPECS["grid"], {})
    rows = [row for _, row, _ in rows_of(file, mapping)]
    return {str(row["code"]): (row, row["area"], shapely.from_wkb(row["wkb"])) for row in rows}  # type: ignore[dict-item,arg-type,misc]


def test_small_files_of_others_are_read_or_refused_with_one_sentence(trial_data: Path) -> None:
    folder = trial_data / "geo" / "small"
    for name in ("nc_counties_100.geojson", "nc_counties_100.kml"):
        counties = read_map(folder / name)
        assert len(counties.features) == 100 and all(feature.is_area for feature in counties.features)
        with pytest.raises(BadInput) as caught:
            map_columns(counties.columns, SPECS["grid"], {})
        assert caught.value.code == "column.required_missing" and caught.value.facts["fields"] == "code"
        mapping = map_columns(counties.columns, SPECS["grid"], {"code": "FIPS"})
        assert len([row for _, row, found in rows_of(counties, mapping) if not found]) == 100
    holes = read_map(folder / "libpysal_Polygon_Holes" / "Polygon_Holes.shp")
    assert [feature.properties["Name"] for feature in holes.features] == ["Eyes", "Nose", "Mouth"]
    parts = shapely.get_parts(shapely.from_wkb([feature.wkb for feature in holes.features]))
    assert shapely.get_num_interior_rings(parts).sum() >= 1 and holes.problems == ()
    assert refusal(folder / "libpysal_georgia" / "G_utm.shp").code == "file.crs_missing"


def test_areas_agree_with_the_geodesic_ones(trial_data: Path) -> None:
    pyproj = pytest.importorskip("pyproj")
    globe = pyproj.Geod(ellps="WGS84")
    for feature in read_map(trial_data / "geo" / "sample_township" / "jinhua_SYNTHETIC.gpkg").features:
        geodesic = abs(globe.geometry_area_perimeter(shapely.from_wkb(feature.wkb))[0])
        assert feature.area == pytest.approx(geodesic, rel=1e-4)


def test_a_map_shifted_to_gcj02_comes_back(trial_data: Path) -> None:
    folder = trial_data / "geo" / "sample_township"
    true = read_map(folder / "jinhua_SYNTHETIC.geojson")
    shifted = read_map(folder / "jinhua_SYNTHETIC_gcj02.geojson", crs="gcj02")
    for one, other in zip(true.features, shifted.features, strict=True):
        assert np.allclose(one.bbox, other.bbox, atol=2e-8)
        assert one.area == pytest.approx(other.area, rel=1e-3)


READ = [
    ("bowtie_self_intersection", [(1, "geometry.made_valid", "repaired")], 1),
    ("crs_member_epsg4544", [], 1),
    ("duplicate_codes", [], 2),
    ("gb18030_encoded", [], 1),
    ("hole_outside_shell", [(1, "geometry.made_valid", "repaired")], 1),
    (
        "mixed_geometry_types",
        [
            (None, "geometry.points", "note"),
            (3, "geometry.overlap", "note"),
            (2, "geometry.not_area", "refused"),
            (4, "geometry.parts_dropped", "repaired"),
        ],
        4,
    ),
    ("multipolygon_500_parts_with_holes", [], 1),
    ("null_and_empty_geometry", [(row, "geometry.none", "note") for row in (1, 2, 3)], 4),
    ("overlapping_polygons", [(1, "geometry.overlap", "note")], 2),
    ("rare_characters", [], 1),
    ("swapped_lat_lon", [(None, "coordinates.swapped", "repaired")], 1),
    ("utf8_bom", [], 1),
]
REFUSED = [
    ("empty_collection.geojson", "file.no_rows"),
    ("projected_metres_no_crs.geojson", "file.crs_likely"),
    ("truncated.geojson", "file.truncated"),
    ("xxe.kml", "file.xml_entities"),
    ("zero_bytes.geojson", "file.empty"),
]


@pytest.mark.parametrize(("name", "problems", "count"), READ)
def test_awkward_files_are_read(trial_data: Path, name: str, problems: list[Any], count: int) -> None:
    file = read_map(trial_data / "geo" / "awkward" / f"{name}.geojson")
    assert told(file) == problems
    assert len(file.features) == count
    for feature in file.features:
        if feature.wkb is not None:
            shape = shapely.from_wkb(feature.wkb)
            assert shape.is_valid and shape.geom_type in ("Polygon", "MultiPolygon", "Point")
            assert 104 < feature.bbox[0] < 107 and 30 < feature.bbox[1] < 32


@pytest.mark.parametrize(("name", "code"), REFUSED)
def test_awkward_files_are_refused(trial_data: Path, name: str, code: str) -> None:
    assert refusal(trial_data / "geo" / "awkward" / name).code == code


def test_every_awkward_file_has_its_answer(trial_data: Path) -> None:
    known = {f"{name}.geojson" for name, _, _ in READ} | {name for name, _ in REFUSED}
    assert {path.name for path in (trial_data / "geo" / "awkward").iterdir()} == known


def test_texts_of_other_encodings_read_right(trial_data: Path) -> None:
    folder = trial_data / "geo" / "awkward"
    found = read_map(folder / "gb18030_encoded.geojson")
    assert found.encoding == "gb18030"
    expected = (folder / "gb18030_encoded.geojson").read_bytes().decode("gb18030")
    assert str(found.features[0].properties["name"]) in expected
    assert read_map(folder / "utf8_bom.geojson").features[0].properties == {"name": "带BOM"}


def test_the_declared_system_is_used_and_a_given_one_overrules_it(trial_data: Path) -> None:
    folder = trial_data / "geo" / "awkward"
    declared = read_map(folder / "crs_member_epsg4544.geojson")
    assert declared.crs == "EPSG:4544"
    assert np.allclose(declared.features[0].bbox, (105.3, 31.0, 105.31, 31.01), atol=1e-3)
    given = read_map(folder / "projected_metres_no_crs.geojson", crs="EPSG:4544")
    assert given.features[0].area == pytest.approx(1_100_000, rel=1e-3)
    assert refusal(folder / "utf8_bom.geojson", crs="EPSG:4544").code == "file.crs_wrong"
    assert refusal(folder / "utf8_bom.geojson", crs="/etc/passwd").code == "file.crs_unknown"


def test_metres_with_northing_first_are_put_right(geojson: Make) -> None:
    ring = [[3430980, 528658.9], [3430983, 529613.6], [3432092, 529610.4], [3430980, 528658.9]]
    file = read_map(geojson(({}, {"type": "Polygon", "coordinates": [ring]})), crs="EPSG:4544")
    assert codes(file) == [(None, "coordinates.swapped", "repaired")]
    assert file.features[0].bbox[0] == pytest.approx(105.3, abs=0.01)


def test_only_the_swapped_feature_is_exchanged(geojson: Make) -> None:
    swapped = {"type": "Polygon", "coordinates": [[position[::-1] for position in SQUARE["coordinates"][0]]]}
    file = read_map(geojson(({}, SQUARE), ({}, swapped)))
    assert codes(file) == [(2, "coordinates.swapped_here", "repaired")]
    assert file.features[0].wkb == file.features[1].wkb


def test_a_lost_feature_is_refused_without_the_others(geojson: Make) -> None:
    lost = {"type": "Polygon", "coordinates": [[[500, 500], [501, 500], [501, 501], [500, 500]]]}
    file = read_map(geojson(({}, SQUARE), ({}, SQUARE), ({}, lost)))
    assert codes(file) == [(3, "geometry.outside", "refused")]
    assert [feature.wkb is None for feature in file.features] == [False, False, True]


BAD_GEOMETRIES = [
    ({"type": "Polygon", "coordinates": [[[105, 31], [105, "x"], [106, 31], [105, 31]]]}, "geometry.bad"),
    ({"type": "Polygon", "coordinates": [[[105, 31], [105]]]}, "geometry.bad"),
    ({"type": "Polygon", "coordinates": [[[105, 31], [105.1, 31]]]}, "geometry.bad"),
    ({"type": "Polygon", "coordinates": 7}, "geometry.bad"),
    ({"type": "Polygon", "coordinates": [[[float("nan"), 31], [105, 32], [106, 31]]]}, "geometry.bad"),
    ({"type": "Polygon", "coordinates": [[[10**400, 31], [105, 32], [106, 31]]]}, "geometry.bad"),
    ({"type": "Polygon"}, "geometry.bad"),
    ({"type": "Blob", "coordinates": []}, "geometry.bad"),
    ({}, "geometry.bad"),
    ([], "geometry.bad"),
    (
        {"type": "Polygon", "coordinates": [[[105, 31], [105.1, 31], [105.2, 31], [105, 31]]]},
        "geometry.no_area",
    ),
    ({"type": "MultiLineString", "coordinates": [[[105, 31], [106, 31]]]}, "geometry.not_area"),
    (
        {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [105, 31]}] * 2},
        "geometry.not_area",
    ),
    ({"type": "MultiPoint", "coordinates": [[105, 31], [105.1, 31]]}, "geometry.not_area"),
    ({"type": "GeometryCollection", "geometries": [{"type": "Blob"}]}, "geometry.bad"),
]


@pytest.mark.parametrize(("geometry", "code"), BAD_GEOMETRIES)
def test_a_bad_geometry_refuses_its_row_alone(geojson: Make, geometry: Any, code: str) -> None:
    file = read_map(geojson(({"code": "1"}, SQUARE), ({"code": "2"}, geometry)))
    assert codes(file) == [(2, code, "refused")]
    assert file.features[0].area == pytest.approx(SQUARE_AREA, abs=1)


def test_small_faults_are_repaired_and_listed(geojson: Make) -> None:
    outline = SQUARE["coordinates"][0]
    open_ring = {"type": "Polygon", "coordinates": [outline[:-1]]}
    no_hole = {"type": "Polygon", "coordinates": [outline, [[105.305, 31.005], [105.305, 31.005]]]}
    high = {"type": "Polygon", "coordinates": [[[*position, 300.0] for position in outline]]}
    file = read_map(geojson(({}, open_ring), ({}, no_hole), ({}, high)))
    repairs = [(row, code) for row, code, severity in codes(file) if severity == "repaired"]
    assert (1, "geometry.ring_closed") in repairs and (2, "geometry.hole_dropped") in repairs
    assert len({feature.wkb for feature in file.features}) == 1


def test_a_bare_feature_and_a_bare_geometry_are_files_too(tmp_path: Path) -> None:
    import json

    for content in ({"type": "Feature", "properties": {"name": "一"}, "geometry": SQUARE}, SQUARE):
        path = tmp_path / "one.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        assert read_map(path).features[0].area == pytest.approx(SQUARE_AREA, abs=1)


NO_MAPS = [
    (b"", "file.empty"),
    (b" \n\t ", "file.empty"),
    (b"\x00" * 50, "file.empty"),
    (b"{", "file.truncated"),
    (b'{"type": "FeatureCollection", "features": [', "file.truncated"),
    (b'{"type": "FeatureCollection", "features": [{"a": }]}', "file.broken_json"),
    (b'{"type": "FeatureCollection", "features": []} {}', "file.broken_json"),
    (b'{"a": 1}', "file.not_geojson"),
    (b"[1, 2]", "file.broken_json"),
    (
        b'{"type":"FeatureCollection","features":[' + b"[" * 200_000 + b"]" * 200_000 + b"]}",
        "file.broken_json",
    ),
    (b'{"type":"FeatureCollection","features":[' + b"9" * 5_000 + b"]}", "file.broken_json"),
    (b'{"type": "Topology", "objects": {}}', "file.not_geojson"),
    (b'{"type": "Topology", "objects": {"a": {"type": null}}, "transform": 7}', "file.not_geojson"),
    (b"<kml></kml>", "file.no_rows"),
    (b"<kml><Document><Placemark>", "file.truncated"),
    (b"<kml><Document></Placemark></kml>", "file.broken_xml"),
    (b"<gml></gml>", "file.kind_not_read"),
    (b"PK\x03\x04rest", "file.broken_archive"),
    (b"\x00\x00\x27\x0arest", "file.truncated"),
    (b"hello", "file.kind_unknown"),
    (b"SQLite format 3\x00" + b"\xff" * 5_000, "file.broken_database"),
]


@pytest.mark.parametrize(("content", "code"), NO_MAPS)
def test_what_is_no_map_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "map.geojson"
    path.write_bytes(content)
    assert refusal(path).code == code


def test_the_row_where_a_file_ends_is_named(geojson: Make) -> None:
    path = geojson(*[({"code": str(number)}, SQUARE) for number in range(20)])
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 3 // 4])
    error = refusal(path)
    assert error.code == "file.truncated" and error.facts["row"] in (15, 16)


def test_other_paths_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path).code == "file.not_a_file"
    assert refusal(tmp_path / "absent.gpkg").code == "file.not_found"
    assert refusal(Path("/vsicurl/http://127.0.0.1:1/x.geojson")).code == "file.not_found"
    assert refusal(Path("/vsizip/etc/passwd")).code == "file.not_found"
    assert refusal(Path("\\\\server\\share\\x.shp")).code == "file.remote_path"
    torn = refusal(tmp_path / "a\x00b.geojson")
    assert torn.code == "file.unreadable" and "\x00" not in torn.facts["path"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_pipes_and_devices_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.geojson")
    (tmp_path / "device.geojson").symlink_to("/dev/zero")
    for name in ("pipe.geojson", "device.geojson"):
        assert refusal(tmp_path / name).code == "file.not_a_file"


class _Trap(http.server.BaseHTTPRequestHandler):
    requests: list[str]

    def do_GET(self) -> None:
        self.requests.append(self.path)
        self.send_response(404)
        self.end_headers()

    do_HEAD = do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def trap() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine and the requests it got."""
    handler = type("Trap", (_Trap,), {"requests": []})
    server = http.server.HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", handler.requests
    server.shutdown()
    thread.join()
    server.server_close()


VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer>'
    "</OGRVRTDataSource>"
)
WITH_CRS = (
    '{{"type": "FeatureCollection", "crs": {{"type": "name", "properties": {{"%s": "{source}"}}}}, '
    '"features": [{{"type": "Feature", "properties": {{}}, '
    '"geometry": {{"type": "Point", "coordinates": [105, 31]}}}}]}}'
)
HOSTILE = [
    VRT,
    '<?xml version="1.0"?>\n<!-- {{ -->\n' + VRT,
    "<OGRWFSDataSource><URL>{source}</URL></OGRWFSDataSource>",
    '<!DOCTYPE kml [<!ENTITY x SYSTEM "{source}">]><kml><name>&x;</name></kml>',
    WITH_CRS % "href",
    WITH_CRS % "name",
    "{source}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_trap_reads_nothing_and_asks_nobody(tmp_path: Path, trap: tuple[str, list[str]], text: str) -> None:
    address, requests = trap
    secret = tmp_path / "secret.geojson"
    secret.write_text('{"type": "FeatureCollection", "features": [], "note": "TOP-SECRET"}', encoding="utf-8")
    sources = (str(secret), f"{address}/x.geojson", f"/vsicurl/{address}/x.geojson")
    for source, suffix in zip(sources, (".geojson", ".geojson", ".gpkg"), strict=True):
        path = tmp_path / f"map{suffix}"
        path.write_text(text.format(source=source), encoding="utf-8")
        error = refusal(path)
        assert "SECRET" not in str(error)
    assert requests == []


def _geopackage(path: Path, *statements: str) -> Path:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(
            "CREATE TABLE gpkg_geometry_columns (table_name, column_name, geometry_type_name, srs_id, z, m);"
            "CREATE TABLE gpkg_spatial_ref_sys"
            " (srs_name, srs_id, organization, organization_coordsys_id, definition);"
            "CREATE TABLE grids (fid INTEGER PRIMARY KEY, geom BLOB, code TEXT);" + ";".join(statements)
        )
    connection.close()
    return path


def _blob(geometry: Any, srs: int = 4326) -> str:
    return (b"GP\x00\x01" + srs.to_bytes(4, "little") + shapely.to_wkb(geometry)).hex()


def test_geopackages_of_others(tmp_path: Path) -> None:
    box = shapely.box(105.3, 31.0, 105.31, 31.01)
    path = _geopackage(
        tmp_path / "a.gpkg",
        "INSERT INTO gpkg_geometry_columns VALUES ('grids', 'geom', 'GEOMETRY', 0, 0, 0)",
        f"INSERT INTO grids VALUES (1, x'{_blob(box)}', '甲'), (2, NULL, '乙'), (3, x'00', '丙')",
        f"INSERT INTO grids VALUES (4, x'{_blob(shapely.LineString([(105, 31), (106, 31)]))}', '丁')",
        f"INSERT INTO grids VALUES (5, x'{_blob(shapely.MultiPolygon([box]))}', CAST(x'cfd6' AS TEXT))",
    )
    file = read_map(path)
    assert [feature.properties["code"] for feature in file.features] == ["甲", "乙", "丙", "丁", "现"]
    assert codes(file) == [
        (None, "text.not_utf8", "repaired"),
        (2, "geometry.none", "note"),
        (3, "geometry.bad", "refused"),
        (4, "geometry.not_area", "refused"),
    ]
    assert file.features[0].wkb == file.features[4].wkb
    assert file.features[0].area == pytest.approx(area_of(box))


def test_a_geopackage_whose_layer_is_a_query_or_missing_is_refused(tmp_path: Path) -> None:
    view = _geopackage(
        tmp_path / "view.gpkg",
        "CREATE VIEW hidden AS SELECT fid, geom, load_extension('/tmp/x') AS code FROM grids",
        "INSERT INTO gpkg_geometry_columns VALUES ('hidden', 'geom', 'POLYGON', 4326, 0, 0)",
    )
    assert refusal(view).code == "file.no_layer"
    two = _geopackage(
        tmp_path / "two.gpkg",
        "CREATE TABLE roads (geom, code)",
        "INSERT INTO gpkg_geometry_columns VALUES ('grids', 'geom', 'POLYGON', 4326, 0, 0)",
        "INSERT INTO gpkg_geometry_columns VALUES ('roads', 'geom', 'POLYGON', 4326, 0, 0)",
    )
    assert refusal(two).facts == {"layers": "grids, roads"}
    assert refusal(two, layer="paths").code == "file.layer_unknown"


def test_reading_leaves_nothing_beside_a_geopackage(tmp_path: Path, trial_data: Path) -> None:
    copy = tmp_path / "a.gpkg"
    copy.write_bytes((trial_data / "geo" / "sample_township" / "jinhua_SYNTHETIC.gpkg").read_bytes())
    before = copy.read_bytes()
    read_map(copy)
    assert [path.name for path in tmp_path.iterdir()] == ["a.gpkg"] and copy.read_bytes() == before
    (tmp_path / "a.gpkg-wal").write_bytes(b"pending")
    assert refusal(copy).code == "file.open_elsewhere"


CUT_OFF = ["jinhua_SYNTHETIC.gpkg", "jinhua_SYNTHETIC.geojson", "jinhua_SYNTHETIC.kml", "jinhua_SYNTHETIC.topojson"]


@pytest.mark.parametrize("name", CUT_OFF)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_cut_off_file_is_refused_whole(tmp_path: Path, trial_data: Path, name: str, share: float) -> None:
    content = (trial_data / "geo" / "sample_township" / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(content[: int(len(content) * share)])
    assert refusal(path).code in ("file.truncated", "file.broken_database")
