"""``import grids FILE`` with map files: every kind the same grids, whole or not at all, and one sentence each."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Answer, Commander
from tests.formats.made_maps import (
    dbf_bytes,
    kml,
    placemark,
    polygon_record,
    shp_bytes,
    square,
    town_fields,
    town_shapefile,
    write_shapefile,
    zipped,
)

COUNT = 3
Import = Callable[..., Answer]
DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "geo" / "sample_township"


@pytest.fixture
def importing(commander: Commander, empty_database_url: Callable[[str], str]) -> Import:
    """``importing(path, …)`` into a fresh town, as its administrator."""
    url = empty_database_url("sqlite")
    assert commander("db", "init", "--town", "金华镇", "--code", "510981103", "--database", url).code == 0

    def run(path: Path | None, *more: Any, **how: Any) -> Answer:
        verb = ("list", "grid") if path is None else ("import", "grids", path)
        return commander(*verb, *more, "--database", url, "--json", **how)

    return run


def counts(answer: Answer) -> tuple[int, int, int, int]:
    found = answer.json
    return found["new"], found["changed"], found["same"], found["refused"]


def codes(answer: Answer) -> list[str]:
    return [problem["code"] for problem in answer.json["problems"]]


def town(folder: Path, geometry: Callable[[int], Any], **members: Any) -> Path:
    """The grids of ``town_shapefile`` as GeoJSON."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "网格编码": f"51098110300100{n + 1}", "网格名称": f"凯旋社区第{n + 1}微网格", "所属村社": "凯旋社区",
            },
            "geometry": geometry(n),
        }
        for n in range(COUNT)
    ]  # fmt: skip
    path = folder / "town.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **members}), encoding="utf-8")
    return path


def area(ring: list[Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring]}


def first(folder: Path) -> Path:
    return town(folder, lambda n: area(square(105.3 + 0.02 * n)))


def test_the_same_town_from_other_kinds_changes_nothing(importing: Import, tmp_path: Path) -> None:
    assert counts(importing(first(tmp_path))) == (3, 0, 0, 0)
    shapefile = importing(write_shapefile(tmp_path, town_shapefile()))
    assert counts(shapefile) == (0, 0, 3, 0) and "text.encoding_guessed" in codes(shapefile)
    archive = tmp_path / "town.zip"
    archive.write_bytes(zipped({f"a/{suffix[1:]}{suffix}": b"" for suffix in (".txt",)} | {
        f"a/grids{suffix}": content for suffix, content in town_shapefile().items()
    }))  # fmt: skip
    assert counts(importing(archive)) == (0, 0, 3, 0)
    folders = "".join(
        placemark(
            f"<name>凯旋社区第{n + 1}微网格</name><ExtendedData><Data name='网格编码'>"
            f"<value>51098110300100{n + 1}</value></Data></ExtendedData>",
            square(105.3 + 0.02 * n),
        )
        for n in range(COUNT)
    )
    (tmp_path / "town.kml").write_bytes(kml(f"<Folder><name>凯旋社区</name>{folders}</Folder>"))
    assert counts(importing(tmp_path / "town.kml")) == (0, 0, 3, 0)


def test_metres_are_believed_once_the_town_is_known(importing: Import, tmp_path: Path) -> None:
    def metres(n: int) -> dict[str, Any]:
        east = 528_700.0 + 1900.0 * n
        return area([[east, 3_431_000], [east + 900, 3_431_000], [east + 900, 3_432_000], [east, 3_431_000]])

    path = town(tmp_path, metres)
    unknown = importing(path)
    assert unknown.code == 2 and "EPSG:4544 (105.3" in unknown.err and len(unknown.err.splitlines()) == 1
    assert counts(importing(path, "--crs", "EPSG:4544")) == (3, 0, 0, 0)
    known = importing(path)
    assert counts(known) == (0, 0, 3, 0) and "coordinates.crs_guessed" in codes(known)


def test_points_are_kept_and_never_take_a_boundary_away(importing: Import, tmp_path: Path) -> None:
    def points(n: int) -> dict[str, Any]:
        return {"type": "Point", "coordinates": [105.3 + 0.02 * n, 31.0]}

    answer = importing(town(tmp_path, points))
    assert counts(answer) == (3, 0, 0, 0) and "geometry.points" in codes(answer)
    assert counts(importing(first(tmp_path))) == (0, 3, 0, 0)
    assert counts(importing(town(tmp_path, points))) == (0, 0, 3, 0)
    assert {grid["shape"] for grid in importing(None).json} == {2}


def test_one_bad_outline_refuses_the_whole_file(importing: Import, tmp_path: Path) -> None:
    path = town(tmp_path, lambda n: area(square()) if n else {"type": "Polygon", "coordinates": 7})
    answer = importing(path)
    assert answer.code == 2 and answer.json["refused"] == 1 and not answer.json["written"]
    assert importing(None).json == []


@pytest.mark.parametrize(("lang", "said"), [("en", "--layer"), ("zh_CN", "--layer")])
def test_layers_are_asked_for_and_chosen(importing: Import, tmp_path: Path, lang: str, said: str) -> None:
    parts = town_shapefile()
    members = {f"{name}{suffix}": content for name in ("网格", "旧网格") for suffix, content in parts.items()}
    path = tmp_path / "two.zip"
    path.write_bytes(zipped(members))
    asked = importing(path, lang=lang)
    assert asked.code == 2 and said in asked.err and "旧网格" in asked.err
    named = town(tmp_path, lambda n: None)
    importing(named)
    assert counts(importing(path, "--layer", "网格")) == (0, 3, 0, 0)


def test_sensitive_columns_of_a_map_are_not_kept(importing: Import, tmp_path: Path) -> None:
    fields = [*town_fields(), ("公民身份号码".encode("gbk"), "C", 20), ("备注".encode("gbk"), "C", 40)]
    row = ["510981103001001", "第1微网格", "51092219900101001X", "社区矫正人员"]
    shp, shx = shp_bytes([polygon_record(square())])
    parts = {".shp": shp, ".shx": shx, ".dbf": dbf_bytes(fields, [[value.encode("gbk") for value in row]])}
    importing(first(tmp_path))
    answer = importing(write_shapefile(tmp_path, parts))
    assert answer.code == 0 and {"column.sensitive", "value.denied", "column.name_cut"} <= set(codes(answer))
    assert "51092219900101001X" not in answer.out and "矫正" not in answer.out


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_help_names_the_systems_in_both_languages(commander: Commander, lang: str) -> None:
    said = commander("import", "--help", lang=lang).out
    assert all(word in said for word in ("--crs", "gcj02", "bd09", "EPSG:4544", "--encoding", "GB18030", "--layer"))


SAMPLE = [
    ("jinhua_SYNTHETIC.gpkg", ()),
    ("jinhua_SYNTHETIC.kml", ()),
    ("shp_gbk_nocpg/微网格.shp", ()),
    ("shp_utf8/weiwangge.shp", ()),
]


def test_the_sample_township_comes_in_alike_by_every_door(importing: Import) -> None:
    if not DATA.is_dir():
        pytest.skip("../shared/data is not beside this checkout")
    assert counts(importing(DATA / "jinhua_SYNTHETIC.geojson")) == (334, 0, 0, 0)
    for name, options in SAMPLE:
        assert counts(importing(DATA / name, *options)) == (0, 0, 334, 0), name
    for name, options in (
        ("jinhua_SYNTHETIC.topojson", ()),
        ("shp_cgcs2000_gk105/weiwangge.shp", ()),
        ("jinhua_SYNTHETIC_gcj02.geojson", ("--crs", "gcj02")),
    ):
        new, changed, same, refused = counts(importing(DATA / name, "--dry-run", *options))
        assert (new, refused, changed + same) == (0, 0, 334), name
