"""The child's reader of map files: the content decides the kind, whatever the file is called."""

import base64
import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.formats.geojson import read_geojson
from commandcenter.formats.geopackage import read_geopackage
from commandcenter.formats.layers import Layer, RawFeature
from commandcenter.formats.sandbox import Channel
from commandcenter.formats.shapes import Placed

_JSON_START = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\x00 \t\r\n]*[{\[]")
_XML_ROOT = re.compile(
    rb"<(?:[A-Za-z_]\w*:)?(OGRVRT\w*|VRTDataset|kml|gml|FeatureCollection|svg|html)", re.IGNORECASE
)
_SIGNS = (
    (b"PK\x03\x04", "ZIP/KMZ/XLSX"),
    (b"\x00\x00\x27\x0a", "Shapefile"),
    (b"\xd0\xcf\x11\xe0", "XLS"),
    (b"%PDF", "PDF"),
    (b"AC10", "DWG"),
)


def read(path: str, options: Mapping[str, Any], channel: Channel) -> None:
    """Send the features of the file at ``path``; options: crs, encoding, layer (each may be None)."""
    layer = _layer(Path(path), options, channel)
    if not layer.features:
        raise BadInput("file.no_rows")
    columns = layer.columns()
    placed = Placed(layer, options.get("crs"))
    for number, feature in enumerate(layer.features):
        channel.row(_wire(feature, placed, number))
    channel.end(
        {
            "driver": layer.driver,
            "crs": placed.crs,
            "encoding": layer.encoding,
            "columns": columns,
            "problems": [problem.as_dict() for problem in layer.problems],
        }
    )


def _layer(path: Path, options: Mapping[str, Any], channel: Channel) -> Layer:
    with path.open("rb") as file:
        head = file.read(4096)
        kind = sniff(head)
        if kind == "GPKG":
            return read_geopackage(path, options.get("layer"), channel.progress)
        data = head + file.read()
    return read_geojson(data, options.get("encoding"), channel.progress)


def sniff(head: bytes) -> str:
    """``GPKG`` or ``GeoJSON`` by the first bytes; BadInput names what else it is."""
    if head.startswith(b"SQLite format 3\x00"):
        return "GPKG"
    if _JSON_START.match(head):
        return "GeoJSON"
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise BadInput("file.empty")
    for sign, name in _SIGNS:
        if head.startswith(sign):
            raise BadInput("file.kind_not_read", found=name)
    if root := _XML_ROOT.search(head):
        name = root[1].decode("ascii").upper()
        raise BadInput("file.kind_not_read", found="VRT" if "VRT" in name else name)
    if head.lstrip().startswith(b"<"):
        raise BadInput("file.kind_not_read", found="XML")
    raise BadInput("file.kind_unknown")


def _wire(feature: RawFeature, placed: Placed, number: int) -> list[Any]:
    wkb = placed.wkb[number]
    return [
        feature.row,
        {name: _plain(value) for name, value in feature.properties.items()},
        None if wkb is None else base64.b64encode(wkb).decode("ascii"),
        0.0 if wkb is None else float(placed.areas[number]),
        None if wkb is None else [float(edge) for edge in placed.bounds[number]],
        [problem.as_dict() for problem in feature.problems],
    ]


def _plain(value: Any) -> Any:
    """A property as a plain value: nested ones as JSON text, numbers that are none as text."""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
