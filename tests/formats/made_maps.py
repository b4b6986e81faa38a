"""Map files made on the spot, byte by byte where no well-behaved program would write them so."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Ring = Sequence[tuple[float, float]]
WGS84 = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
GAUSS = (
    'PROJCS["{name}",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
    'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",{meridian}],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],'
    'UNIT["Meter",1.0]]'
)
"""As ESRI's programs write it."""


def square(west: float = 105.3, south: float = 31.0, size: float = 0.01, *, clockwise: bool = True) -> list[Any]:
    """A closed ring about a square."""
    east, north = round(west + size, 8), round(south + size, 8)
    ring = [(west, south), (west, north), (east, north), (east, south), (west, south)]
    return ring if clockwise else ring[::-1]


def polygon_record(*rings: Ring, kind: int = 5) -> bytes:
    """The content of a polygon (5), polyline (3), or one with heights (15, 13) or measures (25, 23)."""
    corners = [corner for ring in rings for corner in ring]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    content = struct.pack("<i4d", kind, min(xs), min(ys), max(xs), max(ys))
    content += struct.pack("<ii", len(rings), len(corners))
    start = 0
    for ring in rings:
        content += struct.pack("<i", start)
        start += len(ring)
    content += b"".join(struct.pack("<dd", *corner) for corner in corners)
    if 10 < kind < 20:
        content += struct.pack("<dd", 0.0, 300.0) + b"".join(struct.pack("<d", 300.0) for _ in corners)
    if kind > 10:
        content += struct.pack("<dd", 0.0, 0.0) + b"".join(struct.pack("<d", -1e39) for _ in corners)
    return content


def point_record(x: float, y: float) -> bytes:
    """The content of a point."""
    return struct.pack("<idd", 1, x, y)


NULL = struct.pack("<i", 0)


def shp_bytes(records: Sequence[bytes], *, length: int | None = None) -> tuple[bytes, bytes]:
    """A .shp and its .shx; ``length`` (bytes) overrules what the header says."""
    body, index = b"", b""
    for number, content in enumerate(records, start=1):
        index += struct.pack(">ii", (100 + len(body)) // 2, len(content) // 2)
        body += struct.pack(">ii", number, len(content) // 2) + content

    def header(size: int) -> bytes:
        return struct.pack(">i5ii", 9994, 0, 0, 0, 0, 0, size // 2) + struct.pack("<ii8d", 1000, 5, *[0.0] * 8)

    return header(100 + len(body) if length is None else length) + body, header(100 + len(index)) + index


def dbf_bytes(
    fields: Sequence[tuple[bytes, str, int]],
    rows: Sequence[Sequence[bytes]],
    *,
    deleted: Sequence[int] = (),
    said: int | None = None,
    language: int = 0,
) -> bytes:
    """A dBase table: fields as (name, kind, width); values are cut or filled up to their width."""
    width = 1 + sum(each[2] for each in fields)
    begin = 32 + 32 * len(fields) + 1
    data = struct.pack("<BBBBIHH", 3, 125, 6, 30, len(rows) if said is None else said, begin, width)
    data += bytes(17) + bytes([language]) + bytes(2)
    for name, kind, size in fields:
        data += name[:10].ljust(11, b"\x00") + kind.encode() + bytes(4) + bytes([size, 0]) + bytes(14)
    data += b"\r"
    for number, row in enumerate(rows):
        data += b"*" if number in deleted else b" "
        for value, (_, kind, size) in zip(row, fields, strict=True):
            data += value[:size].rjust(size) if kind == "N" else value[:size].ljust(size)
    return data + b"\x1a"


def town_rows(count: int, encoding: str = "gbk") -> list[list[bytes]]:
    """Codes and names of so many grids."""
    return [
        [f"510981103001{number:03}".encode(), f"凯旋社区第{number}微网格".encode(encoding)]
        for number in range(1, count + 1)
    ]


def town_fields(encoding: str = "gbk", width: int = 60) -> list[tuple[bytes, str, int]]:
    """The columns of :func:`town_rows`."""
    return [("网格编码".encode(encoding), "C", 20), ("网格名称".encode(encoding), "C", width)]


def write_shapefile(folder: Path, parts: Mapping[str, bytes], name: str = "微网格") -> Path:
    """Parts by suffix; the path of the .shp."""
    for suffix, content in parts.items():
        (folder / f"{name}{suffix}").write_bytes(content)
    return folder / f"{name}.shp"


def town_shapefile(count: int = 3, **changed: bytes | None) -> dict[str, bytes]:
    """The parts of a small right Shapefile in GBK without .cpg; keywords (shp, dbf …) replace or drop one."""
    shp, shx = shp_bytes([polygon_record(square(105.3 + 0.02 * number)) for number in range(count)])
    dbf = dbf_bytes(town_fields(), town_rows(count))
    parts: dict[str, bytes | None] = {"shp": shp, "shx": shx, "dbf": dbf, "prj": WGS84.encode(), **changed}
    return {f".{suffix}": content for suffix, content in parts.items() if content is not None}


class _UnmarkedName(zipfile.ZipInfo):
    """A member whose name stands in GBK and is not marked as anything, as many Chinese programs write it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def zipped(members: Mapping[str, bytes], *, unmarked: bool = False) -> bytes:
    """A zip archive; ``unmarked``: names in GBK."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            member = (_UnmarkedName if unmarked else zipfile.ZipInfo)(name)
            archive.writestr(member, content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def kml(*placemarks: str, before: str = "", encoding: str = "UTF-8") -> bytes:
    """A KML document."""
    head = f'<?xml version="1.0" encoding="{encoding}"?>{before}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    return (head + "".join(placemarks) + "</Document></kml>").encode(encoding)


def placemark(inside: str = "", ring: Ring | None = None, holes: Sequence[Ring] = ()) -> str:
    """A placemark with a polygon."""
    geometry = "" if ring is None else kml_polygon(ring, holes)
    return f"<Placemark>{inside}{geometry}</Placemark>"


def kml_polygon(ring: Ring, holes: Sequence[Ring] = ()) -> str:
    """A polygon with heights, as Google Earth writes it."""

    def linear(corners: Ring) -> str:
        listed = " ".join(f"{x},{y},0" for x, y in corners)
        return f"<LinearRing><coordinates>\n{listed}\n</coordinates></LinearRing>"

    inner = "".join(f"<innerBoundaryIs>{linear(hole)}</innerBoundaryIs>" for hole in holes)
    return f"<Polygon><outerBoundaryIs>{linear(ring)}</outerBoundaryIs>{inner}</Polygon>"
