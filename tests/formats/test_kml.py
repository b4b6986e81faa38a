"""KML and KMZ: what the usual programs write, and what must not be followed."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
import shapely

from commandcenter.base.errors import BadInput
from commandcenter.formats.mapfiles import MapFile, read_map
from tests.formats.made_maps import kml, kml_polygon, placemark, square, town_shapefile, zipped


def written(folder: Path, content: bytes, name: str = "map.kml") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def refusal(path: Path, **options: Any) -> BadInput:
    with pytest.raises(BadInput) as caught:
        read_map(path, **options)
    return caught.value


def codes(file: MapFile) -> list[tuple[int | None, str, str]]:
    return [(problem.row, problem.code, problem.severity) for problem in file.problems]


def test_data_simple_data_and_names_become_columns(tmp_path: Path) -> None:
    inside = (
        "<name>第1微网格</name><ExtendedData>"
        "<Data name='网格编码'><displayName>x</displayName><value>510</value></Data>"
        "<SchemaData schemaUrl='#s'><SimpleData name='户数'>40</SimpleData><SimpleData name='空'/></SchemaData>"
        "</ExtendedData>"
    )
    file = read_map(written(tmp_path, kml(placemark(inside, square()))))
    assert (file.driver, file.crs) == ("KML", "EPSG:4326") and codes(file) == []
    assert dict(file.features[0].properties) == {"网格编码": "510", "户数": "40", "空": "", "name": "第1微网格"}
    assert file.features[0].area == pytest.approx(1_058_796, abs=1)


def test_a_table_in_the_description_is_read(tmp_path: Path) -> None:
    html = (
        "<html><head></head><body><table><tr><td>微网格</td></tr><tr><td><table>"
        "<tr><td>网格编码</td><td>510981103001001</td></tr>"
        "<tr bgcolor='#D4E4F3'><td>名称:</td><td>甲 &amp; 乙</td></tr>"
        "<tr><td>网格员</td><td>&lt;Null&gt;</td></tr></table></td></tr></table></body></html>"
    )
    inside = f"<description><![CDATA[{html}]]></description>"
    file = read_map(written(tmp_path, kml(placemark(inside, square()), placemark("<description>平地</description>"))))
    assert dict(file.features[0].properties) == {"网格编码": "510981103001001", "名称": "甲 & 乙", "网格员": ""}
    assert dict(file.features[1].properties) == {"description": "平地"}


def test_folders_named_like_villages_name_the_village(tmp_path: Path) -> None:
    folders = [
        f"<Folder><name>{village}</name>{placemark('<name>一</name>', square(west))}</Folder>"
        for village, west in (("黑水浩村", 105.3), ("凯旋社区", 105.4))
    ]
    file = read_map(written(tmp_path, kml(f"<Folder><name>金华镇</name>{''.join(folders)}</Folder>")))
    assert [each.properties["村(社区)"] for each in file.features] == ["黑水浩村", "凯旋社区"]
    others = [
        f"<Folder><name>{name}</name>{placemark('', square(west))}</Folder>" for name, west in (("A", 105), ("B", 106))
    ]
    assert read_map(written(tmp_path, kml(*others))).columns == ("folder",)
    own = "<ExtendedData><Data name='所属村社'><value>王爷庙村</value></Data></ExtendedData>"
    folder = f"<Folder><name>黑水浩村</name>{placemark(own, square())}</Folder>"
    assert read_map(written(tmp_path, kml(folder))).columns == ("所属村社",)


def test_holes_parts_points_and_closed_lines(tmp_path: Path) -> None:
    outer, hole = square(size=0.03), square(105.31, 31.01)
    label = "<Point><coordinates>105.3,31,0</coordinates></Point>"
    line = f"<LineString><coordinates>{' '.join(f'{x},{y}' for x, y in square(105.6))}</coordinates></LineString>"
    several = f"<MultiGeometry>{kml_polygon(square(105.4))}{kml_polygon(square(105.5))}{label}</MultiGeometry>"
    track = "<gx:Track xmlns:gx='x'><gx:coord>105 31 0</gx:coord></gx:Track>"
    file = read_map(
        written(
            tmp_path,
            kml(
                placemark("", outer, [hole]), placemark(several), placemark(label), placemark(line), placemark(track),
                placemark("<LineString><coordinates>105,31 105.1,31</coordinates></LineString>"), placemark(""),
            ),
        )
    )  # fmt: skip
    shapes = [None if each.wkb is None else shapely.from_wkb(each.wkb) for each in file.features]
    kinds = [None if shape is None else shape.geom_type for shape in shapes]
    assert kinds == ["Polygon", "MultiPolygon", "Point", "Polygon", None, None, None]
    assert len(shapes[0].interiors) == 1
    assert set(codes(file)) >= {
        (2, "geometry.parts_dropped", "repaired"),
        (4, "geometry.line_closed", "repaired"),
        (5, "geometry.not_area", "refused"),
        (6, "geometry.not_area", "refused"),
        (7, "geometry.none", "note"),
    }


def test_an_inner_boundary_before_the_outer_one_and_spaces_about_commas(tmp_path: Path) -> None:
    ring = " ".join(f"{x} , {y}, 0" for x, y in square(size=0.03))
    hole = " ".join(f"{x},{y}" for x, y in square(105.31, 31.01))
    polygon = (
        f"<Polygon><innerBoundaryIs><LinearRing><coordinates>{hole}</coordinates></LinearRing></innerBoundaryIs>"
        f"<outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
    )
    file = read_map(written(tmp_path, kml(placemark(polygon))))
    assert shapely.from_wkb(file.features[0].wkb).area == pytest.approx(0.03**2 - 0.01**2)


@pytest.mark.parametrize(
    "coordinates", ["105,x 106,31 106,32", "105,31", "nan,31 105,32 106,31 105,31", "1e999,2 3,4 5,6"]
)
def test_a_bad_placemark_refuses_itself_alone(tmp_path: Path, coordinates: str) -> None:
    bad = kml_polygon([]).replace("<coordinates>\n\n</coordinates>", f"<coordinates>{coordinates}</coordinates>")
    assert coordinates in bad
    file = read_map(written(tmp_path, kml(placemark(bad), placemark("", square()))))
    assert codes(file) == [(1, "geometry.bad", "refused")] and file.features[1].is_area


@pytest.mark.parametrize("encoding", ["UTF-8", "GB2312", "GBK", "UTF-16"])
def test_declared_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    file = read_map(written(tmp_path, kml(placemark("<name>黑水浩村</name>", square()), encoding=encoding)))
    assert file.features[0].properties["name"] == "黑水浩村"


def test_a_wrongly_declared_encoding_is_put_right_and_listed(tmp_path: Path) -> None:
    content = kml(placemark("<name>黑水浩村第三微网格</name>", square())).decode().encode("gbk")
    file = read_map(written(tmp_path, content))
    assert file.features[0].properties["name"] == "黑水浩村第三微网格"
    assert (None, "text.encoding_wrong", "repaired") in codes(file)


LAUGHS = "<!DOCTYPE kml [<!ENTITY a '0123456789'>" + "".join(
    f"<!ENTITY {name} '{f'&{inner};' * 10}'>" for inner, name in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip
DOCTYPES = [
    LAUGHS,
    '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE kml [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>',
    '<!DOCTYPE kml SYSTEM "http://127.0.0.1:9/kml.dtd">',
]


@pytest.mark.parametrize("doctype", DOCTYPES)
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16"])
def test_entities_are_refused_before_anything_is_expanded(tmp_path: Path, doctype: str, encoding: str) -> None:
    content = kml(placemark("<name>&i;</name>", square()), before=doctype, encoding=encoding)
    assert refusal(written(tmp_path, content)).code == "file.xml_entities"


def test_links_are_not_followed(tmp_path: Path) -> None:
    link = "<NetworkLink><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink>"
    assert refusal(written(tmp_path, kml(link))).code == "file.only_links"
    assert len(read_map(written(tmp_path, kml(link, placemark("", square())))).features) == 1


def test_a_bottomless_file_is_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, b"<kml>" + b"<a>" * 100_000)).code == "file.broken_xml"


@pytest.mark.parametrize("place", ["doc.kml", "files/other.kml"])
def test_a_kmz_is_read_without_unpacking(tmp_path: Path, place: str) -> None:
    members = {"images/a.png": b"\x89PNG", place: kml(placemark("<name>一</name>", square()))}
    file = read_map(written(tmp_path, zipped(members), "map.kmz"))
    assert file.driver == "KML" and file.features[0].properties["name"] == "一"
    assert [each.name for each in tmp_path.iterdir()] == ["map.kmz"]


def test_the_document_of_a_kmz_is_the_one_at_its_top(tmp_path: Path) -> None:
    inner, outer = kml(placemark("<name>内</name>", square())), kml(placemark("<name>外</name>", square()))
    path = written(tmp_path, zipped({"files/a.kml": inner, "doc.kml": outer}), "map.kmz")
    assert read_map(path).features[0].properties["name"] == "外"


OUTSIDE = ["../x.kml", "a/../../x.kml", "/etc/x.kml", "C:\\x.kml", "..\\x.kml", "\\\\server\\x.kml"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_an_archive_that_leads_out_of_itself_is_refused(tmp_path: Path, name: str) -> None:
    members = {"doc.kml": kml(placemark("", square())), name: b"x"}
    error = refusal(written(tmp_path, zipped(members), "map.kmz"))
    assert error.code == "file.archive_path" and error.facts["name"] == name.replace("\\", "/" if "/" in name else "\\")
    assert [each.name for each in tmp_path.iterdir()] == ["map.kmz"]


def test_links_within_an_archive_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "map.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for suffix, content in town_shapefile(dbf=None).items():
            archive.writestr(f"a{suffix}", content)
        link = zipfile.ZipInfo("a.dbf")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refusal(path).code == "file.archive_path"


def test_bombs_are_refused_by_what_they_would_unpack_to(tmp_path: Path) -> None:
    path = tmp_path / "bomb.kmz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("doc.kml", "w") as member:
        for _ in range(300):
            member.write(b" " * 1024 * 1024)
    assert path.stat().st_size < 400_000 and refusal(path).code == "file.bomb"
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    assert refusal(path).code in ("file.broken_archive", "file.kind_unknown", "file.bomb", "file.truncated")


def test_other_archives_are_told_apart(tmp_path: Path) -> None:
    documents = {"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}
    assert refusal(written(tmp_path, zipped(documents), "a.zip")).facts == {"found": "XLSX/DOCX"}
    assert refusal(written(tmp_path, zipped({"说明.txt": b"x"}), "b.zip")).code == "file.archive_no_map"
    nested = zipped({"map.kmz": zipped({"doc.kml": kml(placemark("", square()))})})
    assert refusal(written(tmp_path, nested, "c.zip")).code == "file.archive_no_map"
    assert refusal(written(tmp_path, zipped({"doc.kml": b"x" * 99})[:-40], "d.zip")).code == "file.broken_archive"
    locked = bytearray(zipped({"doc.kml": kml(placemark("", square()))}))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(sign) + offset] |= 1
    assert refusal(written(tmp_path, bytes(locked), "e.zip")).code == "file.archive_password"
