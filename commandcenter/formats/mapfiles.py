"""Map files as features in WGS84: GeoJSON and GeoPackage.

Both are read with the standard library (json, sqlite3) and shapely in a child process; GDAL takes no part.
That is the safest choice, because nothing that could follow a link, open a second file or use the network is
loaded at all, and the simplest, because both formats are short: a file named ``.geojson`` that holds a VRT,
GML or URL is just text that is not GeoJSON. The content decides the kind, never the name.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commandcenter.formats.isolation import Cancelled, Progress, read_in_child
from commandcenter.formats.problems import Problem


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature. ``row`` counts from 1. ``wkb`` is a valid Polygon, MultiPolygon or Point, or None without
    a place; ``area`` in m² on the ellipsoid; ``bbox`` west, south, east, north in degrees."""

    row: int
    properties: Mapping[str, object]
    wkb: bytes | None
    area: float
    bbox: tuple[float, float, float, float] | None

    @property
    def is_area(self) -> bool:
        """Whether the feature has an outline (and not only a point, or nothing)."""
        return self.wkb is not None and self.area > 0


@dataclass(frozen=True, slots=True)
class MapFile:
    """A map file as read; ``crs`` is the system its coordinates were taken to be in."""

    driver: str
    crs: str
    encoding: str
    columns: tuple[str, ...]
    features: tuple[Feature, ...]
    problems: tuple[Problem, ...]


def read_map(
    path: Path,
    *,
    crs: str | None = None,
    encoding: str | None = None,
    layer: str | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> MapFile:
    """Read ``path`` in a child process. ``crs`` (EPSG:n, gcj02, bd09) and ``encoding`` overrule what the file
    says, ``layer`` names one of a GeoPackage with several.

    Rows that cannot be taken are among ``problems`` as ``refused``. BadInput when the file as a whole cannot
    be read, Refused ``file.cancelled`` when ``cancelled`` answered True.
    """
    rows: list[Any] = []
    options = {"crs": crs, "encoding": encoding, "layer": layer}
    head = read_in_child("map", path, options, rows.extend, progress=progress, cancelled=cancelled)
    problems = [Problem(**each) for each in head["problems"]]
    problems += [Problem(**each) for row in rows for each in row[5]]
    return MapFile(
        driver=head["driver"],
        crs=head["crs"],
        encoding=head["encoding"],
        columns=tuple(head["columns"]),
        features=tuple(_feature(row) for row in rows),
        problems=tuple(problems),
    )


def _feature(row: list[Any]) -> Feature:
    number, properties, wkb, area, bbox, _problems = row
    west_south_east_north = None if bbox is None else (bbox[0], bbox[1], bbox[2], bbox[3])
    return Feature(
        number, properties, None if wkb is None else base64.b64decode(wkb), area, west_south_east_north
    )
