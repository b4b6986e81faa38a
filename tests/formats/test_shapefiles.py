"""Shapefiles as they come: text in whatever encoding, torn, deleted, miscounted, incomplete."""

import os
import struct
from pathlib import Path
from typing import Any

import pytest
import shapely

from commandcenter.base.errors import BadInput
from commandcenter.formats.columns import SPECS, map_columns, rows_of
from commandcenter.formats.mapfiles import MapFile, read_map
from tests.formats.made_maps import (
    GAUSS,
    NULL,
    dbf_bytes,
    point_record,
    polygon_record,
    shp_bytes,
    square,
    town_fields,
    town_rows,
    town_shapefile,
    write_shapefile,
    zipped,
)


def codes(file: MapFile) -> list[tuple[int | None, str, str]]:
    return [(problem.row, problem.code, problem.severity) for problem in file.problems]


def refusal(path: Path, **options: Any) -> BadInput:
    with pytest.raises(BadInput) as caught:
        read_map(path, **options)
    return caught.value


def names(file: MapFile) -> list[object]:
    return [feature.properties["网格名称"] for feature in file.features]


def made(folder: Path, records: list[bytes], rows: list[list[bytes]] | None = None, **options: Any) -> Path:
    shp, shx = shp_bytes(records)
    dbf = dbf_bytes(town_fields(), town_rows(len(records)) if rows is None else rows, **options)
    return write_shapefile(folder, {".shp": shp, ".shx": shx, ".dbf": dbf})


def test_gbk_without_a_word_about_it_is_read_and_mentioned(tmp_path: Path) -> None:
    file = read_map(write_shapefile(tmp_path, town_shapefile()))
    assert (file.driver, file.encoding, file.crs) == ("Shapefile", "gb18030", "EPSG:4326")
    assert names(file) == [f"凯旋社区第{number}微网格" for number in (1, 2, 3)]
    assert codes(file) == [(None, "text.encoding_guessed", "note")]


@pytest.mark.parametrize(("label", "encoding"), [("UTF-8", "utf-8"), ("65001", "utf-8"), ("ANSI 936", "gbk")])
def test_a_named_encoding_is_used(tmp_path: Path, label: str, encoding: str) -> None:
    dbf = dbf_bytes(town_fields(encoding), town_rows(3, encoding))
    file = read_map(write_shapefile(tmp_path, {**town_shapefile(dbf=dbf), ".cpg": label.encode()}))
    assert names(file)[0] == "凯旋社区第1微网格" and file.encoding in ("utf-8", "gb18030")
    assert {problem.code for problem in file.problems} <= {"column.name_cut"}


@pytest.mark.parametrize("label", ["UTF-8", "ISO-8859-1", "1252"])
def test_a_wrong_label_is_put_right_and_listed(tmp_path: Path, label: str) -> None:
    file = read_map(write_shapefile(tmp_path, {**town_shapefile(), ".cpg": label.encode()}))
    assert names(file)[0] == "凯旋社区第1微网格"
    assert codes(file) == [(None, "text.encoding_wrong", "repaired")]


def test_western_text_stays_western(tmp_path: Path) -> None:
    fields = [(b"code", "C", 20), (b"name", "C", 20)]
    dbf = dbf_bytes(fields, [[b"1", "Málaga".encode("latin-1")]] * 3)
    file = read_map(write_shapefile(tmp_path, {**town_shapefile(dbf=dbf), ".cpg": b"ISO-8859-1"}))
    assert file.features[0].properties["name"] == "Málaga" and codes(file) == []


def test_an_encoding_asked_for_is_obeyed(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path, {**town_shapefile(), ".cpg": b"UTF-8"})
    assert names(read_map(path, encoding="GBK"))[0] == "凯旋社区第1微网格"
    assert refusal(path, encoding="klingon").code == "file.encoding_unknown"


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_values_torn_within_a_character_lose_only_that_and_say_so(tmp_path: Path, encoding: str) -> None:
    width = {"gbk": 16, "utf-8": 24}[encoding]
    dbf = dbf_bytes(town_fields(encoding, width), town_rows(3, encoding))
    file = read_map(write_shapefile(tmp_path, town_shapefile(dbf=dbf)))
    assert {str(name) for name in names(file)} <= {f"凯旋社区第{n}微网" for n in (1, 2, 3)}
    torn = [problem for problem in file.problems if problem.code == "text.cut"]
    assert [(each.row, each.column, each.severity) for each in torn] == [
        (row, "网格名称", "repaired") for row in (1, 2, 3)
    ]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_column_names_cut_in_mid_character_are_recognised(tmp_path: Path, encoding: str) -> None:
    fields = [
        ("网格编码".encode(encoding), "C", 20),
        ("网格名称".encode(encoding), "C", 60),
        ("统计用区划代码".encode(encoding), "C", 20),
        ("公民身份号码".encode(encoding), "C", 20),
    ]
    row = [b"510981103001001", "甲".encode(encoding), b"510981103001", b"51092219900101001X"]
    shp, shx = shp_bytes([polygon_record(square())])
    parts = {".shp": shp, ".shx": shx, ".dbf": dbf_bytes(fields, [row])}
    file = read_map(write_shapefile(tmp_path, parts))
    mapping = map_columns(file.columns, SPECS["grid"], {})
    rows = [row for _, row, _ in rows_of(file, mapping)]
    assert {key: rows[0].get(key) for key in ("code", "name", "village_code")} == {
        "code": "510981103001001", "name": "甲", "village_code": "510981103001",
    }  # fmt: skip
    assert [file.columns[index] for index in mapping.sensitive] == ["公民身份号码"]
    assert "51092219900101001X" not in str(rows)
    listed = [problem for problem in file.problems if problem.code == "column.name_cut"]
    assert listed and all(problem.severity == "repaired" for problem in listed)


def test_a_cut_name_of_two_meanings_is_left_to_people(tmp_path: Path) -> None:
    fields = [(b"code", "C", 20), ("微网格名称".encode(), "C", 60)]
    shp, shx = shp_bytes([polygon_record(square())])
    parts = {".shp": shp, ".shx": shx, ".dbf": dbf_bytes(fields, [[b"510981103001001", "甲".encode()]])}
    file = read_map(write_shapefile(tmp_path, parts))
    assert file.columns == ("code", "微网格")
    mapping = map_columns(file.columns, SPECS["grid"], {"name": "微网格"})
    assert next(iter(rows_of(file, mapping)))[1]["name"] == "甲"


def test_a_column_that_is_two_after_the_cut_keeps_both(tmp_path: Path) -> None:
    fields = [("网格名称甲乙丙".encode(), "C", 20), ("网格名称甲乙丁".encode(), "C", 20)]
    shp, shx = shp_bytes([polygon_record(square())])
    parts = {".shp": shp, ".shx": shx, ".dbf": dbf_bytes(fields, [[b"1", b"2"]])}
    file = read_map(write_shapefile(tmp_path, parts))
    assert len(set(file.columns)) == 2 and list(file.features[0].properties.values()) == ["1", "2"]


def test_records_marked_as_deleted_are_left_out_and_counted(tmp_path: Path) -> None:
    records = [polygon_record(square(105.3 + 0.02 * n)) for n in range(4)]
    kept = read_map(made(tmp_path, records, deleted=(1,)))
    assert [feature.row for feature in kept.features] == [1, 3, 4]
    assert [feature.bbox[0] for feature in kept.features if feature.bbox] == pytest.approx([105.3, 105.34, 105.36])
    packed = read_map(made(tmp_path, records[:3], town_rows(4), deleted=(1,)))
    assert names(packed) == [f"凯旋社区第{number}微网格" for number in (1, 3, 4)]
    for file in (kept, packed):
        assert (None, "feature.deleted", "note") in codes(file)


@pytest.mark.parametrize("said", [0, 1, 2_000_000_000])
def test_a_wrong_number_of_records_is_put_right_and_listed(tmp_path: Path, said: int) -> None:
    file = read_map(write_shapefile(tmp_path, town_shapefile(dbf=dbf_bytes(town_fields(), town_rows(3), said=said))))
    assert names(file)[2] == "凯旋社区第3微网格"
    assert (None, "feature.count_wrong", "repaired") in codes(file)


def test_shapes_and_records_that_cannot_be_paired_are_refused(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path, town_shapefile(dbf=dbf_bytes(town_fields(), town_rows(2))))
    error = refusal(path)
    assert error.code == "file.counts_differ" and error.facts == {"shapes": 3, "records": 2}


def test_without_an_index_or_with_a_stale_one_the_shapes_are_read(tmp_path: Path) -> None:
    whole = read_map(write_shapefile(tmp_path, town_shapefile()))
    missing = read_map(write_shapefile(tmp_path, town_shapefile(shx=None), "无索引"))
    stale = read_map(write_shapefile(tmp_path, town_shapefile(shx=shp_bytes([polygon_record(square())])[1]), "旧索引"))
    broken = read_map(write_shapefile(tmp_path, town_shapefile(shx=b"\xff" * 300), "坏索引"))
    for file in (missing, stale, broken):
        assert [feature.wkb for feature in file.features] == [feature.wkb for feature in whole.features]
    assert (None, "feature.index_ignored", "repaired") in codes(stale)
    assert (None, "feature.index_ignored", "repaired") in codes(broken)
    assert (None, "feature.index_ignored", "repaired") not in codes(missing)


def test_the_index_decides_where_old_shapes_were_left_in_the_file(tmp_path: Path) -> None:
    shp, shx = shp_bytes([polygon_record(square(105.3 + 0.02 * n)) for n in range(4)])
    shx = shx[:100] + shx[108:]
    file = read_map(write_shapefile(tmp_path, town_shapefile(shp=shp, shx=shx)))
    assert [feature.bbox[0] for feature in file.features if feature.bbox] == pytest.approx([105.32, 105.34, 105.36])


def test_without_a_table_there_are_only_outlines(tmp_path: Path) -> None:
    file = read_map(write_shapefile(tmp_path, town_shapefile(dbf=None)))
    assert file.columns == () and len(file.features) == 3
    assert codes(file) == [(None, "column.table_missing", "note")]
    with pytest.raises(BadInput) as caught:
        map_columns(file.columns, SPECS["grid"], {})
    assert caught.value.code == "column.required_missing"


def test_null_shapes_points_heights_and_measures(tmp_path: Path) -> None:
    records = [
        NULL, point_record(105.3, 31.0), polygon_record(square(105.4), kind=15), polygon_record(square(105.5), kind=25),
        polygon_record(square(105.6), kind=13), polygon_record(square(105.7)[:3], kind=3),
    ]  # fmt: skip
    file = read_map(made(tmp_path, records))
    kinds = [None if each.wkb is None else shapely.from_wkb(each.wkb).geom_type for each in file.features]
    assert kinds == [None, "Point", "Polygon", "Polygon", "Polygon", None]
    found = codes(file)
    assert (1, "geometry.none", "note") in found and (None, "geometry.points", "note") in found
    assert (5, "geometry.line_closed", "repaired") in found and (6, "geometry.not_area", "refused") in found


def test_holes_and_islands_by_direction_and_without(tmp_path: Path) -> None:
    outer, hole = square(105.3, 31.0, 0.05), square(105.31, 31.01, 0.03, clockwise=False)
    island = square(105.32, 31.02, 0.01)
    right = polygon_record(outer, hole, island)
    all_alike = polygon_record(outer, hole[::-1], island)
    turned = polygon_record(outer[::-1], hole[::-1], island[::-1])
    file = read_map(made(tmp_path, [right, all_alike, turned]))
    assert len({feature.wkb for feature in file.features}) == 1
    shape = shapely.from_wkb(file.features[0].wkb)
    assert shape.geom_type == "MultiPolygon" and shape.area == pytest.approx(0.05**2 - 0.03**2 + 0.01**2)
    assert [row for row, code, _ in codes(file) if code == "geometry.ring_turned"] == [2, 3]


def test_one_damaged_shape_refuses_its_row_alone(tmp_path: Path) -> None:
    good = polygon_record(square())
    greedy = good[:36] + struct.pack("<ii", 1, 2_000_000_000) + good[44:]
    nowhere = good[:48] + struct.pack("<dd", float("nan"), 31.0) + good[64:]
    disorder = good[:44] + struct.pack("<i", 99) + good[48:]
    file = read_map(made(tmp_path, [good, greedy, nowhere, disorder, struct.pack("<i", 5)]))
    assert [row for row, code, _ in codes(file) if code == "geometry.bad"] == [2, 3, 4, 5]
    assert file.features[0].is_area


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.95])
def test_a_cut_off_file_is_refused_whole(tmp_path: Path, share: float) -> None:
    parts = town_shapefile(shx=None)
    parts[".shp"] = parts[".shp"][: int(len(parts[".shp"]) * share)]
    assert refusal(write_shapefile(tmp_path, parts)).code == "file.truncated"
    parts = town_shapefile()
    parts[".dbf"] = parts[".dbf"][: int(len(parts[".dbf"]) * share)]
    error = refusal(write_shapefile(tmp_path, parts))
    assert error.code in ("file.broken_dbf", "file.counts_differ")


def test_a_header_that_counts_too_little_loses_nothing(tmp_path: Path) -> None:
    shp, _ = shp_bytes([polygon_record(square(105.3 + 0.02 * n)) for n in range(3)], length=250)
    file = read_map(write_shapefile(tmp_path, town_shapefile(shp=shp, shx=None)))
    assert len(file.features) == 3
    file = read_map(write_shapefile(tmp_path, town_shapefile(shp=shp_bytes([polygon_record(square(105.3 + 0.02 * n))
                                                             for n in range(3)])[0] + b"rest", shx=None)))  # fmt: skip
    assert len(file.features) == 3


def test_numbers_keep_their_digits(tmp_path: Path) -> None:
    fields = [(b"code", "N", 19), (b"\xbb\xa7\xca\xfd", "N", 10), (b"F", "N", 20), (b"D", "D", 8), (b"L", "L", 1)]
    rows = [
        [b"510981103001001", b"40", b"40.00000", b"20250301", b"T"],
        [b"510981103001002", b"***", b"1.25", b"", b"?"],
    ]
    shp, shx = shp_bytes([polygon_record(square()), polygon_record(square(105.4))])
    file = read_map(write_shapefile(tmp_path, {".shp": shp, ".shx": shx, ".dbf": dbf_bytes(fields, rows)}))
    first, second = (feature.properties for feature in file.features)
    assert dict(first) == {"code": 510981103001001, "户数": 40, "F": 40, "D": "2025-03-01", "L": True}
    assert dict(second) == {"code": 510981103001002, "户数": None, "F": 1.25, "D": None, "L": None}
    assert (2, "number.overflow", "note") in codes(file)


@pytest.mark.parametrize(
    ("name", "easting", "number"),
    [
        ("CGCS2000_3_Degree_GK_CM_105E", 500000.0, "EPSG:4544"),
        ("CGCS2000_3_Degree_GK_Zone_35", 35500000.0, "EPSG:4523"),
    ],
)
def test_esris_words_for_gauss_krueger_are_understood(tmp_path: Path, name: str, easting: float, number: str) -> None:
    ring = [(easting + 28_658.9, 3_430_980.0), (easting + 28_655.7, 3_432_089.0), (easting + 29_610.4, 3_432_092.0),
            (easting + 29_613.6, 3_430_983.0), (easting + 28_658.9, 3_430_980.0)]  # fmt: skip
    prj = GAUSS.format(name=name, easting=easting, meridian=105.0).encode()
    shp, shx = shp_bytes([polygon_record(ring)])
    parts = {".shp": shp, ".shx": shx, ".dbf": dbf_bytes(town_fields(), town_rows(1)), ".prj": prj}
    file = read_map(write_shapefile(tmp_path, parts))
    assert file.crs == number and file.features[0].bbox == pytest.approx((105.3, 31.0, 105.31, 31.01), abs=1e-3)
    # A false easting of one's own is no public system, and is still believed.
    own = GAUSS.format(name="Local", easting=easting + 1000, meridian=105.0).encode()
    moved = read_map(write_shapefile(tmp_path, {**parts, ".prj": own}))
    assert moved.crs.startswith("PROJCS")
    assert moved.features[0].bbox[0] == pytest.approx(105.3 - 0.01047, abs=1e-3)  # type: ignore[index]


def test_a_definition_that_names_files_is_not_used(tmp_path: Path) -> None:
    hostile = GAUSS.format(name="x", easting=5e5, meridian=105.0)[:-1] + ',EXTENSION["PROJ4","+nadgrids=/etc/passwd"]]'
    path = write_shapefile(tmp_path, town_shapefile(prj=hostile.encode()))
    assert refusal(path).code == "file.crs_unknown"
    assert read_map(path, crs="EPSG:4326").features[0].is_area
    unknown = write_shapefile(tmp_path, town_shapefile(prj=b'LOCAL_CS["Unknown"]'), "未知")
    assert read_map(unknown).crs == "EPSG:4326"


def test_only_true_files_of_the_same_name_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    secret = tmp_path / "elsewhere" / "secret.dbf"
    secret.write_bytes(dbf_bytes(town_fields(), town_rows(3)))
    path = write_shapefile(tmp_path, town_shapefile(dbf=None))
    try:
        path.with_suffix(".dbf").symlink_to(secret)
    except OSError:
        pytest.skip("this system makes no links")
    assert refusal(path).code == "file.beside_not_a_file"
    path.with_suffix(".dbf").unlink()
    if hasattr(os, "mkfifo"):
        os.mkfifo(path.with_suffix(".dbf"))
        assert refusal(path).code == "file.beside_not_a_file"
    assert refusal(path.with_suffix(".shx")).code == "file.choose_shp"


def test_names_in_capitals_belong_together(tmp_path: Path) -> None:
    for suffix, content in town_shapefile().items():
        (tmp_path / f"GRID{suffix.upper()}").write_bytes(content)
    assert names(read_map(tmp_path / "GRID.SHP"))[0] == "凯旋社区第1微网格"


@pytest.mark.parametrize("unmarked", [False, True])
def test_a_zipped_shapefile_is_read_without_unpacking(tmp_path: Path, unmarked: bool) -> None:
    members = {f"导出/微网格{suffix}": content for suffix, content in town_shapefile().items()}
    path = tmp_path / "微网格.zip"
    path.write_bytes(zipped(members, unmarked=unmarked))
    file = read_map(path)
    assert file.driver == "Shapefile" and names(file)[0] == "凯旋社区第1微网格"
    assert [each.name for each in tmp_path.iterdir()] == ["微网格.zip"]


def test_several_layers_in_an_archive_are_asked_for(tmp_path: Path) -> None:
    members = {f"{name}{suffix}": content for name in ("网格", "道路") for suffix, content in town_shapefile().items()}
    path = tmp_path / "all.zip"
    path.write_bytes(zipped(members))
    assert refusal(path).facts == {"layers": "网格, 道路"}
    chosen = read_map(path, layer="道路")
    assert (chosen.layer, chosen.layers) == ("道路", ("网格", "道路"))
    assert refusal(path, layer="河流").code == "file.layer_unknown"
