"""The map's geometry: projection, schematic places, generalising, tones, labels."""

import itertools
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.rules.maps import POINT_RADIUS, WIDEST_POINT, Kind, MapGrid, Projection, lay_out, schematic
from commandcenter.rules.ordering import natural_key
from commandcenter.rules.placing import Clearance, cluster, fit, overlaps, place_labels, scale_bar

SAMPLE = Path(__file__).parents[3] / "shared/data/geo/sample_township/jinhua_SYNTHETIC.geojson"
KINDS: dict[str, Kind] = {"综合微网格": "general", "专属微网格": "dedicated", "应急微网格": "emergency"}


def grid(
    number: int, village: str = "v", kind: Kind = "general", shape: shapely.Geometry | None = None, mark: str = ""
) -> MapGrid:
    wkb = shapely.to_wkb(shape) if shape is not None else None
    return MapGrid(
        f"{village}-{kind}-{number}", str(number), f"第{number}网格", village, f"{village}村", kind, mark, wkb
    )


def square(column: int, row: int, side: float = 0.01) -> shapely.Geometry:
    return shapely.box(105 + column * side, 31 + row * side, 105 + (column + 1) * side, 31 + (row + 1) * side)


@pytest.fixture(scope="module")
def sample() -> list[MapGrid]:
    if not SAMPLE.exists():
        pytest.skip("the shared sample township is not here")
    features = json.loads(SAMPLE.read_text("utf-8"))["features"]
    return [
        MapGrid(
            of["网格编码"], of["网格编码"], of["网格名称"], of["村社代码"], of["所属村社"], KINDS[of["类型"]], "",
            shapely.to_wkb(shapely.geometry.shape(feature["geometry"])),
        )
        for feature in features
        for of in [feature["properties"]]
    ]  # fmt: skip


@given(st.floats(-179, 179), st.floats(-70, 70), st.floats(-0.2, 0.2), st.floats(-0.2, 0.2))
def test_projecting_there_and_back_changes_nothing(lon: float, lat: float, east: float, north: float) -> None:
    projection = Projection(lon, lat)
    point = np.array([[lon + east, lat + north]])
    assert np.allclose(projection.to_degrees(projection.to_metres(point)), point, atol=1e-9)


def test_a_degree_north_is_111_kilometres_and_east_shrinks_with_latitude() -> None:
    east, north = Projection(105, 60).to_metres(np.array([[106.0, 61.0]]))[0]
    assert north == pytest.approx(111_195, rel=1e-3)
    assert east == pytest.approx(north / 2, rel=1e-3)


def test_areas_of_the_sample_are_those_of_a_true_projection(sample: list[MapGrid]) -> None:
    pyproj = pytest.importorskip("pyproj")
    geod = pyproj.Geod(ellps="WGS84")
    plan = lay_out(sample)
    shape = shapely.from_wkb(sample[0].wkb)
    true, _ = geod.geometry_area_perimeter(shape)
    ours = shapely.area(shapely.transform(shape, plan.projection.to_metres))
    assert ours == pytest.approx(abs(true), rel=0.005)  # a sphere for an ellipsoid


def test_numbers_sort_as_numbers() -> None:
    assert sorted(["第10网格", "第2网格", "Y1", "2"], key=natural_key) == ["2", "Y1", "第2网格", "第10网格"]


def test_schematic_places_villages_as_blocks_in_order_of_number() -> None:
    grids = [grid(n, v) for v in ("a", "b") for n in range(1, 13)] + [grid(1, "a", "dedicated")]
    places = schematic(grids)
    assert len({(place.x, place.y) for place in places.values()}) == len(grids)
    first, second, tenth = (places[f"a-general-{n}"] for n in (1, 2, 10))
    assert (first.y, first.x) == (second.y, second.x - first.side)
    assert tenth.y < second.y
    last_general, dedicated = places["a-general-12"], places["a-dedicated-1"]
    assert (dedicated.y, -dedicated.x) <= (last_general.y, -last_general.x)
    boxes = [_block_box(places, v) for v in ("a", "b")]
    assert not overlaps(*boxes)


def _block_box(places: dict[str, object], village: str) -> tuple[float, float, float, float]:
    own = [place for name, place in places.items() if name.startswith(village)]
    xs, ys = [p.x for p in own], [p.y for p in own]  # type: ignore[attr-defined]
    half = own[0].side / 2  # type: ignore[attr-defined]
    return min(xs) - half, min(ys) - half, max(xs) + half, max(ys) + half


@given(st.randoms(use_true_random=False), st.integers(1, 60))
def test_schematic_does_not_depend_on_the_order_of_grids(random: object, count: int) -> None:
    grids = [grid(n, f"v{n % 7}") for n in range(count)]
    mixed = list(grids)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert schematic(grids) == schematic(mixed)


def test_a_town_without_boundaries_is_schematic_and_whole() -> None:
    plan = lay_out([grid(n, f"v{n % 3}") for n in range(40)])
    assert plan.is_schematic
    assert set(plan.rings.grid.tolist()) == set(range(40))
    assert all(title.above for title in plan.titles)


def test_grids_without_a_shape_stand_beside_those_that_have_one() -> None:
    grids = [grid(n, "a", shape=square(n, 0)) for n in range(4)] + [grid(9, "a"), grid(10, "b")]
    plan = lay_out(grids)
    assert not plan.is_schematic
    surveyed_east = plan.boxes[:4, 2].max()
    assert (plan.boxes[4:, 0] > surveyed_east).all()


def test_dedicated_and_emergency_grids_without_a_shape_lie_in_their_village() -> None:
    grids = [grid(n, "a", shape=square(n % 2, n // 2)) for n in range(4)]
    grids += [grid(n, "a", "dedicated") for n in range(5)] + [grid(1, "a", "emergency")]
    plan = lay_out(grids)
    west, south = plan.boxes[:4, :2].min(axis=0)
    east, north = plan.boxes[:4, 2:].max(axis=0)
    x, y = plan.anchors[4:].T
    assert ((x > west) & (x < east) & (y > south) & (y < north)).all()
    assert len(np.unique(plan.anchors[4:], axis=0)) == 6


def test_points_become_discs_and_unreadable_shapes_count_as_missing() -> None:
    point = grid(1, shape=shapely.Point(105, 31))
    broken = replace(grid(2), wkb=b"\x01\x02\x03")
    empty = replace(grid(3), wkb=shapely.to_wkb(shapely.Polygon()))
    plan = lay_out([point, broken, empty])
    assert plan.drawn == 1
    assert plan.boxes[0, 2] - plan.boxes[0, 0] == pytest.approx(120, rel=0.01)
    assert set(plan.rings.grid.tolist()) == {0, 1, 2}


def test_no_grids_make_an_empty_plan() -> None:
    plan = lay_out([])
    assert plan.grids == () and plan.titles == () and len(plan.rings.vertices) == 0
    west, south, east, north = plan.bounds
    assert east > west and north > south


def test_anchors_lie_inside_even_of_crescents() -> None:
    ring = shapely.Point(105, 31).buffer(0.05).difference(shapely.Point(105.02, 31).buffer(0.05))
    plan = lay_out([grid(1, shape=ring)])
    shape = shapely.transform(ring, plan.projection.to_metres)
    assert shapely.contains_xy(shape, *plan.anchors[0])


def test_multipolygons_and_holes_are_rings_of_their_grid() -> None:
    holed = square(0, 0).difference(square(0, 0).buffer(-0.003))
    both = shapely.union_all([holed, square(5, 5)])
    assert lay_out([grid(1, shape=both)]).rings.grid.tolist() == [0, 0, 0]


@given(st.floats(1.0, 400.0))
def test_generalised_neighbours_keep_touching(cell: float) -> None:
    points = shapely.MultiPoint(np.random.default_rng(3).random((40, 2)) * 0.05 + (105, 31))
    cells = shapely.get_parts(shapely.voronoi_polygons(points))
    plan = lay_out([grid(n, shape=each) for n, each in enumerate(cells)])
    rings = plan.rings.generalised(cell)
    assert len(rings.vertices) <= len(plan.rings.vertices)
    starts = rings.starts
    assert all((rings.vertices[a] == rings.vertices[b - 1]).all() for a, b in itertools.pairwise(starts))
    before = {tuple(v) for v in np.rint(plan.rings.vertices / np.float32(cell)).tolist()}
    after = {tuple(v) for v in np.rint(rings.vertices / np.float32(cell)).tolist()}
    assert after <= before


def test_generalising_drops_rings_that_vanish_and_keeps_the_owners_of_others() -> None:
    plan = lay_out([grid(1, shape=square(0, 0, 1e-5)), grid(2, shape=square(0, 1))])
    assert plan.rings.generalised(50.0).grid.tolist() == [1]


def test_neighbouring_villages_differ_in_tone(sample: list[MapGrid]) -> None:
    plan = lay_out([grid(n, f"v{n}", shape=square(n % 4, n // 4)) for n in range(16)])
    tone = {(n % 4, n // 4): int(plan.tone_of[n]) for n in range(16)}
    for (x, y), own in tone.items():
        assert own != tone.get((x + 1, y), -1) and own != tone.get((x, y + 1), -1)
    assert set(lay_out(sample).tone_of.tolist()) == {0, 1, 2}


def test_fit_shows_all_of_a_box_in_the_middle() -> None:
    x, y, scale = fit((0, 0, 1000, 500), 800, 800)
    assert (x, y, scale) == (500, 250, 0.8)


def test_labels_give_way_and_the_later_ones_are_hidden() -> None:
    clearance = Clearance([(0, 0, 10, 10)])
    here, beside = (5.0, 5.0, 15.0, 15.0), (20.0, 5.0, 30.0, 15.0)
    assert place_labels([[here, beside], [beside], [(30.0, 5.0, 40.0, 15.0)]], clearance) == [1, None, 0]


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(-500, 500)), max_size=60))
def test_placed_labels_never_overlap(spots: list[tuple[float, float]]) -> None:
    boxes = [(x, y, x + 70, y + 20) for x, y in spots]
    chosen = place_labels([[box] for box in boxes], Clearance())
    placed = [box for box, found in zip(boxes, chosen, strict=True) if found is not None]
    assert not any(overlaps(a, b) for n, a in enumerate(placed) for b in placed[:n])


@given(st.lists(st.tuples(st.floats(-200, 200), st.floats(-200, 200)), max_size=80))
def test_clusters_hold_every_point_once_and_their_leaders_stand_apart(points: list[tuple[float, float]]) -> None:
    groups = cluster(points, 26)
    assert sorted(n for group in groups for n in group) == list(range(len(points)))
    leaders = [points[group[0]] for group in groups]
    for n, (x, y) in enumerate(leaders):
        assert all(abs(x - a) >= 26 or abs(y - b) >= 26 for a, b in leaders[:n])


@given(st.floats(0.001, 1000))
def test_the_scale_bar_is_round_and_not_too_long(metres_per_pixel: float) -> None:
    metres, pixels = scale_bar(metres_per_pixel, 140)
    assert 140 / 2.51 <= pixels <= 140 * (1 + 1e-6)
    first = metres / 10 ** math.floor(math.log10(metres) + 1e-9)
    assert round(first, 6) in (1, 2, 5)


def test_grids_known_only_as_points_are_discs_that_can_be_hit_and_do_not_touch() -> None:
    """Some hundred metres apart they are large, in a dense place small, and never smaller than the least."""
    places = [(0.0, 0.0), (0.01, 0.0), (0.02, 0.0), (0.05, 0.05), (0.0501, 0.05)]
    points = [grid(n, "a", shape=shapely.Point(place)) for n, place in enumerate(places)]
    plan = lay_out(points)
    radii = (plan.boxes[:, 2] - plan.boxes[:, 0]) / 2
    apart = np.hypot(*(plan.anchors[0] - plan.anchors[1]))
    assert POINT_RADIUS < radii[0] <= WIDEST_POINT and radii[0] + radii[1] < apart
    assert radii[3] == pytest.approx(POINT_RADIUS, rel=0.01)
    assert not plan.is_schematic


def test_a_scheme_beside_a_small_drawn_part_keeps_its_cells_large_enough_to_be_named() -> None:
    drawn = [grid(n, "a", shape=square(n % 4, n // 4)) for n in range(16)]
    plan = lay_out([*drawn, *(grid(n, f"v{n % 9}") for n in range(100, 220))])
    height = plan.boxes[:16, 3].max() - plan.boxes[:16, 1].min()
    cell = plan.boxes[16, 2] - plan.boxes[16, 0]
    assert cell >= height / 26 - 1e-6
    west, south, east, north = plan.bounds
    assert 0.4 < (east - west) / (north - south) < 4, "neither a single column nor a single row"
