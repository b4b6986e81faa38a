"""GeoPackage read as what it is, an SQLite file with WKB behind a short header: sqlite3, read-only, no GDAL.

The connection may only select from plain tables: views, virtual tables, attached files and pragmas of a
hostile file are refused, by us and by SQLite's own authorizer, and its schema may call only harmless
functions. Runs in the child process.
"""

import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import shapely

from commandcenter.base.errors import BadInput
from commandcenter.formats.layers import Layer, RawFeature, Step, too_many
from commandcenter.formats.outlines import usable
from commandcenter.formats.problems import Problem

_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
_USABLE = {
    "GEOMETRY",
    "POLYGON",
    "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
    "SURFACE",
    "MULTISURFACE",
    "POINT",
    "MULTIPOINT",
}


class _Table(NamedTuple):
    name: str
    geometry: str
    srs: int
    kind: str


def read_geopackage(path: Path, layer_name: str | None, step: Step) -> Layer:
    """The features of one layer. BadInput when the file is damaged, in use, or has no layer or several."""
    wal = path.with_name(path.name + "-wal")
    if wal.exists() and wal.stat().st_size:
        raise BadInput("file.open_elsewhere")
    damaged: list[int] = []
    try:
        connection = _open(path, damaged)
        try:
            return _read(connection, layer_name, step, damaged)
        finally:
            connection.close()
    except (sqlite3.Error, OverflowError):
        raise BadInput("file.broken_database") from None


def _open(path: Path, damaged: list[int]) -> sqlite3.Connection:
    # immutable: no lock, journal or shared memory file is made beside a file that is not ours.
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)

    def text(raw: bytes) -> str:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            damaged.append(1)
            return raw.decode("gb18030", errors="replace")

    connection.text_factory = text
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.set_authorizer(_authorize)
    return connection


def _authorize(action: int, first: str | None, *_rest: str | None) -> int:
    if action in _ALLOWED:
        return sqlite3.SQLITE_OK
    return (
        sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and _rest[0] == "count"
        else sqlite3.SQLITE_DENY
    )


def _read(connection: sqlite3.Connection, wanted: str | None, step: Step, damaged: list[int]) -> Layer:
    layer = Layer(driver="GPKG")
    table = _choose(connection, wanted, layer)
    total = int(connection.execute(f"SELECT count(*) FROM {_quoted(table.name)}").fetchone()[0])
    too_many(total)
    layer.crs = _crs(connection, table.srs)
    for feature in _features(connection, table):
        layer.features.append(feature)
        step(len(layer.features), total)
    if damaged:
        layer.problems.append(Problem(None, None, None, "text.not_utf8", "repaired", {"count": len(damaged)}))
    return layer


def _choose(connection: sqlite3.Connection, wanted: str | None, layer: Layer) -> _Table:
    tables = {table.name: table for table in _tables(connection) if table.kind in _USABLE}
    if not tables:
        raise BadInput("file.no_layer")
    return tables[layer.choose(wanted, tuple(tables))]


def _tables(connection: sqlite3.Connection) -> Iterator[_Table]:
    """Layers that are plain tables; a view could hide any query."""
    plain = {
        name
        for name, sql in connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        if not str(sql).lstrip().upper().startswith("CREATE VIRTUAL")
    }
    rows = connection.execute(
        "SELECT table_name, column_name, srs_id, geometry_type_name FROM gpkg_geometry_columns"
    )
    for name, column, srs, kind in rows:
        if name in plain:
            yield _Table(name, column, int(srs), str(kind).upper())


def _crs(connection: sqlite3.Connection, srs: int) -> str | None:
    """What the file says of its coordinates; None when it leaves them undefined."""
    if srs in (-1, 0):
        return None
    row = connection.execute(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys"
        " WHERE srs_id = ?",
        (srs,),
    ).fetchone()
    if row is None:
        return f"EPSG:{srs}"
    organization, number, definition = row
    return f"EPSG:{number}" if str(organization).upper() == "EPSG" else str(definition)


def _features(connection: sqlite3.Connection, table: _Table) -> Iterator[RawFeature]:
    cursor = connection.execute(f"SELECT * FROM {_quoted(table.name)}")
    names = [column[0] for column in cursor.description]
    if table.geometry not in names:
        raise BadInput("file.no_layer")
    key = _key_column(names)
    for row, values in enumerate(cursor, start=1):
        properties = dict(zip(names, values, strict=True))
        blob = properties.pop(table.geometry)
        properties.pop(key, None)
        plain = {name: None if isinstance(value, bytes) else value for name, value in properties.items()}
        feature = RawFeature(row, plain, None)
        feature.geometry = _geometry(blob, feature)
        yield feature


def _key_column(names: list[str]) -> str:
    """The row key that GeoPackage asks for; it says nothing about the town."""
    return next((name for name in names if name.lower() in ("fid", "ogc_fid")), "")


def _geometry(blob: Any, feature: RawFeature) -> Any:
    if blob is None:
        return None
    try:
        wkb = _wkb(blob)
        return None if wkb is None else usable(shapely.from_wkb(wkb), feature)
    except (ValueError, TypeError, IndexError, struct.error, shapely.errors.ShapelyError):
        feature.refuse("geometry.bad")
        return None


def _wkb(blob: Any) -> bytes | None:
    """The WKB behind the GeoPackage header; None for a geometry marked as empty."""
    if not isinstance(blob, bytes) or blob[:2] != b"GP" or len(blob) < 8:
        raise ValueError("no GeoPackage geometry")
    flags = blob[3]
    if flags & 0b100000:
        raise ValueError("a geometry type of its own")
    if flags & 0b10000:
        return None
    return blob[8 + _ENVELOPE_BYTES[flags >> 1 & 0b111] :]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
