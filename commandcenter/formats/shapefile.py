"""Shapefiles read as what they are: records of corners (.shp), beside them a table, an index, a coordinate system and
the name of an encoding. Runs in the child process.

Only files of the same name in the same folder or archive are looked at. Records are found by the index where it fits
them, else one after the other, so that a missing or stale .shx does not matter.
"""

import os
import stat
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from commandcenter.base.errors import BadInput
from commandcenter.formats.dbase import DbfTable, read_dbf
from commandcenter.formats.layers import Layer, RawFeature, Step, too_many
from commandcenter.formats.outlines import Array, by_direction, gathered
from commandcenter.formats.problems import Problem

SIGN = b"\x00\x00\x27\x0a"
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
MAX_PART_BYTES = 200 * 1024 * 1024
_HEADER = 100
_NAMES = {1: "Point", 3: "LineString", 5: "Polygon", 8: "MultiPoint"}
_MULTIPATCH = 31
_TYPES = {0, 1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28, 31}
Span = tuple[int, int]
"""Where a record's content begins, and its length in bytes."""


@dataclass(frozen=True, slots=True)
class ShapefileParts:
    """The contents of the files that make up one Shapefile; None for one that is missing."""

    shp: bytes
    shx: bytes | None = None
    dbf: bytes | None = None
    prj: bytes | None = None
    cpg: bytes | None = None


def parts_beside(path: Path) -> ShapefileParts:
    """The .shp at ``path`` with the files of the same name beside it.

    BadInput ``file.beside_not_a_file`` for one that is a device, a pipe or a link that leads elsewhere.
    """
    found = {".shp": path}
    with os.scandir(path.parent) as entries:
        for entry in entries:
            stem, suffix = os.path.splitext(entry.name)
            if stem == path.stem and suffix.lower() in PARTS[1:]:
                found.setdefault(suffix.lower(), Path(entry.path))
    return ShapefileParts(**{suffix[1:]: _content(each, path) for suffix, each in found.items()})


def _content(part: Path, shp: Path) -> bytes:
    status = part.lstat()
    if part != shp and not stat.S_ISREG(status.st_mode):
        raise BadInput("file.beside_not_a_file", name=part.name)
    if status.st_size > MAX_PART_BYTES:
        raise BadInput("file.too_big", megabytes=status.st_size // 1024**2, limit=MAX_PART_BYTES // 1024**2)
    return part.read_bytes()


def read_shapefile(parts: ShapefileParts, encoding: str | None, step: Step) -> Layer:
    """The features in the order of the file, without those marked as deleted.

    BadInput: ``file.truncated``, ``file.broken_shp``, ``file.broken_dbf``, ``file.counts_differ`` when shapes and
    records cannot be paired.
    """
    layer = Layer(driver="Shapefile", crs=_system(parts.prj))
    table = None if parts.dbf is None else read_dbf(parts.dbf, encoding, parts.cpg)
    spans = _spans(parts, table, layer)
    too_many(len(spans))
    if table is None:
        layer.problems.append(Problem(None, None, None, "column.table_missing", "note", {}))
        _features(layer, parts.shp, [(row, span, {}) for row, span in enumerate(spans, start=1)], step)
        return layer
    layer.encoding, layer.cut = table.encoding, table.cut
    numbers = _paired(table, len(spans), layer)
    rows = [
        (row, span, record)
        for row, (span, number) in enumerate(zip(spans, numbers, strict=True), start=1)
        if (record := table.records[number]) is not None
    ]
    _features(layer, parts.shp, rows, step)
    _hand_over(table, dict(zip(numbers, range(1, len(spans) + 1), strict=True)), layer)
    return layer


def _features(layer: Layer, shp: bytes, rows: Sequence[tuple[int, Span, dict[str, Any]]], step: Step) -> None:
    for row, span, record in rows:
        layer.features.append(_feature(row, shp, span, record))
        step(len(layer.features), len(rows))


def _system(prj: bytes | None) -> str | None:
    """What the .prj file says; an empty one, or one that says "unknown", says nothing."""
    text = (prj or b"").decode("utf-8-sig", errors="replace").strip("\x00 \t\r\n")
    return None if not text or text.upper().startswith(("LOCAL_CS", "ENGCRS", "ENGINEERINGCRS")) else text


def _spans(parts: ShapefileParts, table: DbfTable | None, layer: Layer) -> list[Span]:
    shp = parts.shp
    if len(shp) < _HEADER:
        raise BadInput("file.truncated", row=1)
    indexed = None if parts.shx is None else _by_index(shp, parts.shx)
    wanted = None if table is None else len(table.records)
    if indexed is not None and (wanted is None or len(indexed) == wanted):
        return indexed
    try:
        walked = list(_one_by_one(shp))
    except BadInput:
        if indexed is None:
            raise
        return indexed
    if parts.shx is not None and (indexed is None or len(indexed) != len(walked)):
        layer.problems.append(Problem(None, None, None, "feature.index_ignored", "repaired", {}))
    return walked


def _by_index(shp: bytes, shx: bytes) -> list[Span] | None:
    """The records that the index names; None unless each stands where it says, once."""
    entries = np.frombuffer(shx[_HEADER : _HEADER + (len(shx) - _HEADER) // 8 * 8], dtype=">i4").reshape(-1, 2)
    spans = [(2 * int(offset), 2 * int(length)) for offset, length in entries.tolist()]
    for offset, length in spans:
        if offset < _HEADER or length < 4 or offset + 8 + length > len(shp):
            return None
        if int.from_bytes(shp[offset + 4 : offset + 8], "big") * 2 != length:
            return None
    if len({offset for offset, _ in spans}) != len(spans) or not spans:
        return None
    return [(offset + 8, length) for offset, length in spans]


def _one_by_one(shp: bytes) -> Iterator[Span]:
    """Records as they follow each other. What stands behind the length that the header gives is left out unless it
    goes on as the next record; a file that ends within one is cut off."""
    end = max(_HEADER, 2 * int.from_bytes(shp[24:28], "big"))
    place, row = _HEADER, 1
    while place < len(shp):
        number, words = struct.unpack_from(">ii", shp, place) if place + 8 <= len(shp) else (row, 2)
        length = 2 * words
        known = length >= 4 and (
            place + 12 > len(shp) or int.from_bytes(shp[place + 8 : place + 12], "little") in _TYPES
        )
        fits = known and place + 8 + length <= len(shp)
        if place >= end and not (fits and number == row):
            return
        if not fits:
            raise BadInput("file.truncated" if known else "file.broken_shp", row=row)
        yield place + 8, length
        place, row = place + 8 + length, row + 1
    if place < end:
        raise BadInput("file.truncated", row=row)


def _paired(table: DbfTable, shapes: int, layer: Layer) -> Sequence[int]:
    """The number of the record of each shape. Deleted records keep their place in most files; some programs take
    their shape away and leave the record."""
    count = len(table.records)
    if shapes < count and table.said == shapes:
        # Left-overs of an earlier state stand behind the records that count.
        count = shapes
    alive = [number for number in range(count) if table.records[number] is not None]
    deleted = count - len(alive)
    if shapes not in (count, len(alive)):
        raise BadInput("file.counts_differ", shapes=shapes, records=count)
    if deleted:
        layer.problems.append(Problem(None, None, None, "feature.deleted", "note", {"count": deleted}))
    if table.said != len(table.records):
        facts = {"said": table.said, "count": shapes}
        layer.problems.append(Problem(None, None, None, "feature.count_wrong", "repaired", facts))
    return range(shapes) if shapes == count else alive


def _hand_over(table: DbfTable, rows: Mapping[int, int], layer: Layer) -> None:
    """Problems of the table's records to their features, ``rows`` by number of the record."""
    features = {feature.row: feature for feature in layer.features}
    for problem in table.problems:
        if problem.row is None:
            layer.problems.append(problem)
        elif (feature := features.get(rows.get(problem.row, 0))) is not None:
            feature.problems.append(Problem(**(problem.as_dict() | {"row": feature.row})))


def _feature(row: int, shp: bytes, span: Span, record: dict[str, Any]) -> RawFeature:
    feature = RawFeature(row, record, None)
    try:
        feature.geometry = _shape(memoryview(shp)[span[0] : span[0] + span[1]], feature)
    except (ValueError, TypeError, struct.error, IndexError, shapely.errors.ShapelyError):
        feature.refuse("geometry.bad")
    return feature


def _shape(content: memoryview, feature: RawFeature) -> Any:
    """The areas or the point of one record; heights (Z) and measures (M) stand behind the corners and are left out."""
    kind = int.from_bytes(content[:4], "little")
    if kind == 0:
        return None
    if kind == _MULTIPATCH:
        feature.refuse("geometry.not_area", kind="MultiPatch")
        return None
    # Types with heights are 10 more, those with measures 20 more.
    plain = kind % 10 if kind < 30 else -1
    if plain == 1:
        return shapely.points(_corners(content, 4, 1)[0])
    if plain == 8:
        points = _corners(content, 40, _count(content, 36))
        return gathered(list(shapely.points(points)), feature, _NAMES[plain])
    if plain not in (3, 5):
        raise ValueError("no type of shape")
    rings = _rings(content)
    if plain == 5:
        return by_direction(rings, feature) if rings else None
    return gathered([shapely.linestrings(ring) for ring in rings if len(ring) > 1], feature, _NAMES[plain])


def _count(content: memoryview, at: int) -> int:
    count = int.from_bytes(content[at : at + 4], "little", signed=True)
    if not 0 <= count <= len(content) // 4:
        raise ValueError("more corners than bytes")
    return count


def _corners(content: memoryview, at: int, count: int) -> Array:
    corners = np.frombuffer(content, dtype="<f8", count=2 * count, offset=at).reshape(-1, 2)
    if not np.isfinite(corners).all():
        raise ValueError("not a list of positions")
    return corners


def _rings(content: memoryview) -> list[Array]:
    parts, points = _count(content, 36), _count(content, 40)
    starts = np.frombuffer(content, dtype="<i4", count=parts, offset=44).tolist()
    corners = _corners(content, 44 + 4 * parts, points)
    if points and (not starts or starts[0] != 0 or starts != sorted(starts) or starts[-1] >= points):
        raise ValueError("parts in disorder")
    return [corners[begin:end] for begin, end in zip(starts, [*starts[1:], points], strict=True)]
