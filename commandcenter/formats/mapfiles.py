"""Map files as features in WGS84: GeoJSON, TopoJSON, GeoPackage, Shapefile, KML and KMZ, also zipped.

All are read with our own readers on the standard library (json, sqlite3, expat, zipfile), numpy and shapely, in a
child process; GDAL takes no part. That is the safest choice, because nothing that could follow a link, open a second
file or use the network is loaded at all: a file named ``.geojson`` that holds a VRT, GML or URL is just text that is
not GeoJSON. The content decides the kind, never the name. Only the files of a Shapefile that bear its name are looked
for beside it.

:func:`read_map` gives every feature repaired and checked. :func:`commandcenter.formats.previews.preview` takes a quick
look at a file before that, to choose the coordinate system and the columns.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from commandcenter.formats.cut_names import restored
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
    """A map file as read.

    ``crs`` is the system its coordinates were taken to be in, ``declared`` what the file says itself (None: nothing).
    ``layers`` are the layers to choose from, ``layer`` the one that was read; both empty where the kind knows none.
    """

    driver: str
    crs: str
    encoding: str
    columns: tuple[str, ...]
    features: tuple[Feature, ...]
    problems: tuple[Problem, ...]
    declared: str | None = None
    layers: tuple[str, ...] = ()
    layer: str = ""

    @property
    def bbox(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of all features in degrees; None when none has a place."""
        found = [feature.bbox for feature in self.features if feature.bbox is not None]
        if not found:
            return None
        west, south, east, north = zip(*found, strict=True)
        return min(west), min(south), max(east), max(north)


def read_map(
    path: Path,
    *,
    crs: str | None = None,
    encoding: str | None = None,
    layer: str | None = None,
    near: tuple[float, float] | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> MapFile:
    """Read ``path`` in a child process. ``crs`` (EPSG:n, gcj02, bd09) and ``encoding`` overrule what the file
    says, ``layer`` names one of a file with several. ``near`` is a known point of the town (longitude, latitude):
    with it, metres without a coordinate system are believed where only one Gauss-Krüger zone lies near it.

    Rows that cannot be taken are among ``problems`` as ``refused``; overlaps and gaps are ``note``. BadInput when the
    file as a whole cannot be read, Refused ``file.cancelled`` when ``cancelled`` answered True.
    """
    rows: list[Any] = []
    options = {"crs": crs, "encoding": encoding, "layer": layer, "near": near}
    head = read_in_child("map", path, options, rows.extend, progress=progress, cancelled=cancelled)
    problems = [Problem(**each) for each in head["problems"]]
    problems += [Problem(**each) for row in rows for each in row[5]]
    names = restored(head["columns"], head["cut"], head["encoding"])
    problems = [replace(each, column=names.get(each.column or "", each.column)) for each in problems]
    problems += [
        Problem(None, name, None, "column.name_cut", "repaired", {"whole": whole}) for name, whole in names.items()
    ]
    return MapFile(
        driver=head["driver"],
        crs=head["crs"],
        encoding=head["encoding"],
        columns=tuple(names.get(name, name) for name in head["columns"]),
        features=tuple(_feature(row, names) for row in rows),
        problems=tuple(problems),
        declared=head["declared"],
        layers=tuple(head["layers"]),
        layer=head["layer"],
    )


def _feature(row: list[Any], names: Mapping[str, str]) -> Feature:
    number, properties, wkb, area, bbox, _problems = row
    west_south_east_north = None if bbox is None else (bbox[0], bbox[1], bbox[2], bbox[3])
    if names:
        properties = {names.get(name, name): value for name, value in properties.items()}
    return Feature(number, properties, None if wkb is None else base64.b64decode(wkb), area, west_south_east_north)
