"""Random mess in map files: nothing is taken by half, nothing is changed in silence, nothing breaks a reader."""

import base64
import contextlib
import json
import struct
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commandcenter.base.errors import BadInput
from commandcenter.formats import map_reader
from commandcenter.formats.geojson import read_json_map
from commandcenter.formats.kml import read_kml
from commandcenter.formats.layers import Layer
from commandcenter.formats.map_formats import open_layer
from commandcenter.formats.outlines import by_direction
from commandcenter.formats.sandbox import Channel
from commandcenter.formats.shapefile import ShapefileParts, read_shapefile
from commandcenter.formats.shapes import Placed
from tests.formats.made_maps import (
    dbf_bytes,
    kml,
    placemark,
    polygon_record,
    shp_bytes,
    square,
    town_fields,
    town_rows,
    town_shapefile,
    zipped,
)

in_process = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
numbers = st.one_of(
    st.floats(allow_nan=True), st.integers(-(10**30), 10**30), st.floats(105.0, 106.0), st.none(), st.text(max_size=2)
)
near = st.tuples(st.floats(105.2, 105.6), st.floats(30.8, 31.2)).map(lambda xy: [round(xy[0], 5), round(xy[1], 5)])
rings = st.lists(near, min_size=0, max_size=9).map(lambda ring: [*ring, *ring[:1]])
wild = st.recursive(
    st.one_of(numbers, st.lists(numbers, max_size=3)), lambda inner: st.lists(inner, max_size=3), max_leaves=6
)
geometries = st.one_of(
    st.none(),
    st.builds(lambda parts: {"type": "Polygon", "coordinates": parts}, st.lists(rings, max_size=3)),
    st.builds(
        lambda parts: {"type": "MultiPolygon", "coordinates": parts}, st.lists(st.lists(rings, max_size=2), max_size=3)
    ),
    st.builds(lambda xy: {"type": "Point", "coordinates": xy}, near),
    st.builds(lambda line: {"type": "LineString", "coordinates": line}, st.lists(near, max_size=5)),
    st.builds(
        lambda kind, found: {"type": kind, "coordinates": found},
        st.sampled_from(["Point", "Polygon", "MultiPolygon", "LineString", "MultiPoint", "Blob"]),
        wild,
    ),
    st.builds(
        lambda parts: {"type": "GeometryCollection", "geometries": parts},
        st.lists(st.builds(lambda ring: {"type": "Polygon", "coordinates": [ring]}, rings), max_size=2),
    ),
)


class Kept:
    """The rows and the end of an answer."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self.head: dict[str, Any] = {}

    def write(self, line: bytes) -> None:
        kind, content = json.loads(line)
        if kind == "rows":
            self.rows += content
        elif kind == "end":
            self.head = content

    def flush(self) -> None:
        """Nothing is held back."""


def without_empty_parts(geometry: Any) -> Any:
    """What the file draws: a part without any ring is nothing, and shapely cannot even read it."""
    if geometry["type"] == "GeometryCollection":
        return shapely.union_all([without_empty_parts(each) for each in geometry["geometries"]])
    parts = [part for part in geometry["coordinates"] if part]
    return shapely.geometry.shape({**geometry, "coordinates": parts})


@in_process
@given(st.lists(geometries, min_size=1, max_size=5))
def test_every_feature_has_its_row_and_every_change_its_line(tmp_path: Path, found: list[Any]) -> None:
    good = [{"type": "Polygon", "coordinates": [square(round(106.0 + 0.1 * n, 1))]} for n in range(8)]
    mixed = [*good[:4], *found, *good[4:]]
    features = [{"type": "Feature", "properties": {"n": n}, "geometry": each} for n, each in enumerate(mixed)]
    path = tmp_path / "mess.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    kept = Kept()
    map_reader.read(str(path), {}, Channel(kept))  # type: ignore[arg-type]
    assert [row[0] for row in kept.rows] == list(range(1, len(mixed) + 1))
    assert [row[1]["n"] for row in kept.rows] == list(range(len(mixed)))
    told = {problem["row"] for row in kept.rows for problem in row[5]} | {
        problem["row"] for problem in kept.head["problems"]
    }
    for row, geometry in zip(kept.rows, mixed, strict=True):
        shape = None if row[2] is None else shapely.from_wkb(base64.b64decode(row[2]))
        refused = any(problem["severity"] == "refused" for problem in row[5])
        assert shape is None or (shape.is_valid and shape.geom_type in ("Polygon", "MultiPolygon", "Point"))
        assert not (refused and shape is not None)
        if shape is None:
            assert row[0] in told
        elif row[0] not in told and shape.geom_type != "Point":
            assert shape.equals(without_empty_parts(geometry)), "changed without a line"
        if geometry in good:
            assert row[5] == [] and shape is not None and shape.equals(shapely.geometry.shape(geometry))


@in_process
@given(st.lists(st.lists(near, min_size=3, max_size=8).map(lambda ring: [*ring, ring[0]]), min_size=1, max_size=5))
def test_rings_in_any_direction_become_an_area_or_a_refusal(found: list[list[list[float]]]) -> None:
    import numpy as np

    from commandcenter.formats.layers import RawFeature

    layer = Layer("Shapefile")
    feature = RawFeature(1, {}, None)
    with contextlib.suppress(ValueError):
        feature.geometry = by_direction([np.array(ring) for ring in found], feature)
    layer.features.append(feature)
    placed = Placed(layer, None)
    shape = placed.geometries[0]
    assert shape is None or (shape.is_valid and shape.geom_type in ("Polygon", "MultiPolygon"))


def read(parts: ShapefileParts) -> Layer | None:
    try:
        return read_shapefile(parts, None, lambda done, total: None)
    except BadInput:
        return None


@in_process
@given(st.data())
def test_flipped_bytes_never_break_the_reader_of_shapefiles(data: st.DataObject) -> None:
    parts = {suffix[1:]: bytearray(content) for suffix, content in town_shapefile(4).items()}
    for _ in range(data.draw(st.integers(1, 6))):
        part = parts[data.draw(st.sampled_from(["shp", "shx", "dbf", "prj"]))]
        part[data.draw(st.integers(0, len(part) - 1))] = data.draw(st.integers(0, 255))
    name = data.draw(st.sampled_from(["shp", "shx", "dbf"]))
    cut = data.draw(st.one_of(st.none(), st.integers(0, len(parts[name]))))
    if cut is not None:
        parts[name] = parts[name][:cut]
    layer = read(ShapefileParts(**{suffix: bytes(content) for suffix, content in parts.items()}))
    if layer is not None and layer.features:
        with contextlib.suppress(BadInput):
            Placed(layer, None)


@in_process
@given(
    st.lists(st.text(max_size=12), min_size=1, max_size=6),
    st.sampled_from(["gbk", "gb18030", "utf-8"]),
    st.integers(1, 20),
)
def test_text_comes_back_or_what_was_torn_is_listed(words: list[str], encoding: str, width: int) -> None:
    written = [word.replace("\x00", "").strip(" ").encode(encoding, errors="ignore") for word in words]
    rows = [[f"{n}".encode(), word] for n, word in enumerate(written)]
    shp, _ = shp_bytes([polygon_record(square())] * len(rows))
    dbf = dbf_bytes(town_fields(encoding, width), rows)
    layer = read_shapefile(ShapefileParts(shp, dbf=dbf), encoding, lambda done, total: None)
    name = layer.columns()[1]
    for feature, raw in zip(layer.features, written, strict=True):
        got = feature.properties[name] or ""
        whole = raw[:width].strip(b" ").split(b"\x00")[0].decode(encoding, errors="replace")
        torn = any(problem.code == "text.cut" for problem in feature.problems)
        assert got == whole or (torn and whole.startswith(got))


@in_process
@given(st.data())
def test_flipped_bytes_never_break_the_readers_of_text_and_archives(tmp_path: Path, data: st.DataObject) -> None:
    ring = [[0, 0], [0, 9], [9, 9], [0, 0]]
    topology = {"type": "Topology", "objects": {"a": {"type": "Polygon", "arcs": [[0]]}}, "arcs": [ring]}
    originals = {
        "kml": kml(
            placemark("<name>一</name><ExtendedData><Data name='a'><value>1</value></Data></ExtendedData>", square())
        ),
        "topojson": json.dumps(topology).encode(),
        "zip": zipped({f"a{suffix}": content for suffix, content in town_shapefile(2).items()}),
    }
    kind = data.draw(st.sampled_from(sorted(originals)))
    content = bytearray(originals[kind])
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / f"map.{kind}"
    path.write_bytes(bytes(content))
    with contextlib.suppress(BadInput):
        open_layer(path, {}, lambda done, total: None)


@pytest.mark.parametrize(
    "reader", [lambda text: read_kml(text, None, print), lambda text: read_json_map(text, None, None, print)]
)
@given(text=st.binary(max_size=200))
@in_process
def test_any_bytes_are_a_map_or_a_refusal(reader: Any, text: bytes) -> None:
    with contextlib.suppress(BadInput):
        reader(text)


def test_a_shape_that_claims_many_parts_costs_no_memory() -> None:
    record = struct.pack("<i4dii", 5, 0, 0, 1, 1, 2**31 - 1, 2**31 - 1) + bytes(64)
    shp, _ = shp_bytes([record])
    layer = read_shapefile(
        ShapefileParts(shp, dbf=dbf_bytes(town_fields(), town_rows(1))), None, lambda done, total: None
    )
    assert [problem.code for problem in layer.features[0].problems] == ["geometry.bad"]
