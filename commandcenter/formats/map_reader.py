"""The child's reader of map files: features in WGS84, repaired, with what was found on the way."""

import base64
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.formats.layers import RawFeature
from commandcenter.formats.map_formats import open_layer
from commandcenter.formats.overlaps import note_overlaps
from commandcenter.formats.sandbox import Channel
from commandcenter.formats.shapes import Placed


def read(path: str, options: Mapping[str, Any], channel: Channel) -> None:
    """Send the features of the file at ``path``; options: crs, encoding, layer, near (each may be None)."""
    layer = open_layer(Path(path), options, channel.progress)
    if not layer.features:
        raise BadInput("file.no_rows")
    columns = layer.columns()
    near = options.get("near")
    placed = Placed(layer, options.get("crs"), None if near is None else (near[0], near[1]))
    note_overlaps(layer, placed)
    for number, feature in enumerate(layer.features):
        channel.row(_wire(feature, placed, number))
    channel.end(
        {
            "driver": layer.driver,
            "crs": placed.crs,
            "declared": layer.crs,
            "encoding": layer.encoding,
            "layers": layer.names,
            "layer": layer.chosen,
            "columns": columns,
            "cut": layer.cut,
            "problems": [problem.as_dict() for problem in layer.problems],
        }
    )


def _wire(feature: RawFeature, placed: Placed, number: int) -> list[Any]:
    wkb = placed.wkb[number]
    return [
        feature.row,
        {name: plain(value) for name, value in feature.properties.items()},
        None if wkb is None else base64.b64encode(wkb).decode("ascii"),
        0.0 if wkb is None else float(placed.areas[number]),
        None if wkb is None else [float(edge) for edge in placed.bounds[number]],
        [problem.as_dict() for problem in feature.problems],
    ]


def plain(value: Any) -> Any:
    """A property as a plain value: nested ones as JSON text, numbers that are none as text."""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
