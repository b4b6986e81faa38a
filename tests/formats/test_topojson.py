"""TopoJSON: shared arcs, steps, backwards, several objects, and arcs that are not there."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from commandcenter.base.errors import BadInput
from commandcenter.formats.mapfiles import MapFile, read_map

LEFT = {"type": "Polygon", "arcs": [[0, 1]], "properties": {"name": "左"}}
RIGHT = {"type": "Polygon", "arcs": [[-1, 2]], "properties": {"name": "右"}}
# The common border, then the rest of each square.
ARCS = [
    [[105.31, 31.0], [105.31, 31.01]],
    [[105.31, 31.01], [105.3, 31.01], [105.3, 31.0], [105.31, 31.0]],
    [[105.31, 31.0], [105.32, 31.0], [105.32, 31.01], [105.31, 31.01]],
]


def topology(folder: Path, objects: dict[str, Any], arcs: Any = ARCS, **members: Any) -> Path:
    path = folder / "map.topojson"
    path.write_text(json.dumps({"type": "Topology", "objects": objects, "arcs": arcs, **members}), encoding="utf-8")
    return path


def collection(*members: Any) -> dict[str, Any]:
    return {"type": "GeometryCollection", "geometries": list(members)}


def codes(file: MapFile) -> list[tuple[int | None, str, str]]:
    return [(problem.row, problem.code, problem.severity) for problem in file.problems]


def refusal(path: Path, **options: Any) -> BadInput:
    with pytest.raises(BadInput) as caught:
        read_map(path, **options)
    return caught.value


def test_shared_borders_are_used_in_both_directions(tmp_path: Path) -> None:
    file = read_map(topology(tmp_path, {"网格": collection(LEFT, RIGHT)}))
    assert (file.driver, file.layer, codes(file)) == ("TopoJSON", "网格", [])
    assert [each.bbox for each in file.features] == [(105.3, 31.0, 105.31, 31.01), (105.31, 31.0, 105.32, 31.01)]
    assert [each.properties["name"] for each in file.features] == ["左", "右"]


def test_quantised_steps_give_the_same_places(tmp_path: Path) -> None:
    scale, offset = [1e-5, 1e-5], [105.3, 31.0]
    steps = []
    for arc in ARCS:
        whole = [[round((x - offset[0]) / scale[0]), round((y - offset[1]) / scale[1])] for x, y in arc]
        steps.append([whole[0], *([b[0] - a[0], b[1] - a[1]] for a, b in itertools.pairwise(whole))])
    point = {"type": "Point", "coordinates": [1000, 500]}
    plain = read_map(topology(tmp_path, {"a": collection(LEFT, RIGHT)}))
    path = topology(
        tmp_path, {"a": collection(LEFT, RIGHT, point)}, steps, transform={"scale": scale, "translate": offset}
    )
    file = read_map(path)
    assert [each.wkb for each in file.features[:2]] == [each.wkb for each in plain.features]
    assert file.features[2].bbox == pytest.approx((105.31, 31.005, 105.31, 31.005))


def test_the_only_object_with_areas_is_meant_and_several_are_asked_for(tmp_path: Path) -> None:
    line = {"type": "LineString", "arcs": [0]}
    file = read_map(topology(tmp_path, {"路": line, "网格": collection(LEFT)}))
    assert (file.layer, file.layers) == ("网格", ("路", "网格"))
    assert codes(file) == [(None, "feature.other_layers", "note")]
    several = topology(tmp_path, {"村": LEFT, "网格": collection(LEFT, RIGHT)})
    assert refusal(several).facts == {"layers": "村, 网格"}
    assert len(read_map(several, layer="网格").features) == 2
    assert len(read_map(several, layer="村").features) == 1
    assert refusal(several, layer="x").code == "file.layer_unknown"


def test_multipolygons_holes_and_mixtures(tmp_path: Path) -> None:
    ring = [[105.302, 31.002], [105.302, 31.004], [105.304, 31.004], [105.304, 31.002], [105.302, 31.002]]
    hole = {"type": "Polygon", "arcs": [[0, 1], [3]]}
    multi = {"type": "MultiPolygon", "arcs": [[[0, 1]], [[-1, 2]]]}
    mixed = collection(LEFT, {"type": "Point", "coordinates": [105.3, 31]})
    file = read_map(topology(tmp_path, {"a": collection(hole, multi, mixed)}, [*ARCS, ring]))
    first, second, third = (shapely.from_wkb(each.wkb) for each in file.features)
    assert len(first.interiors) == 1 and second.area == pytest.approx(2e-4) and third.geom_type == "Polygon"
    assert (3, "geometry.parts_dropped", "repaired") in codes(file)


@pytest.mark.parametrize("arcs", [[[99]], [[-99]], [["x"]], [[True]], [[None]], 7, [[3, 0]], [[1.5]]])
def test_arcs_that_are_not_there_refuse_their_feature_alone(tmp_path: Path, arcs: Any) -> None:
    bad = {"type": "Polygon", "arcs": arcs}
    file = read_map(topology(tmp_path, {"a": collection(LEFT, bad, None, {"type": None})}, [*ARCS, [[1, "x"]]]))
    assert codes(file)[:1] == [(4, "geometry.none", "note")] or (4, "geometry.none", "note") in codes(file)
    assert (2, "geometry.bad", "refused") in codes(file) and (3, "feature.bad", "refused") in codes(file)
    assert file.features[0].is_area


def test_a_cut_off_file_is_refused(tmp_path: Path) -> None:
    path = topology(tmp_path, {"a": collection(LEFT, RIGHT)})
    content = path.read_bytes()
    for share in (0.3, 0.6, 0.95):
        path.write_bytes(content[: int(len(content) * share)])
        assert refusal(path).code in ("file.truncated", "file.broken_json")
