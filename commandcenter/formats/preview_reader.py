"""The child's quick look at a map file: what it is, what its columns hold, and where it would lie in each coordinate
system that it may be in. Nothing is repaired and no row is refused.
"""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from commandcenter.base.errors import BadInput
from commandcenter.formats.coordinates import WGS84, known_crs, numbered, to_wgs84
from commandcenter.formats.guesses import Guess, Point, believed, guesses, is_degrees
from commandcenter.formats.layers import Layer
from commandcenter.formats.map_formats import open_layer
from commandcenter.formats.map_reader import plain
from commandcenter.formats.sandbox import Channel
from commandcenter.formats.shapes import middle_of

MOST_CANDIDATES = 8
"""With a known point; without one every zone is as likely as the next."""
MOST_WITHOUT_POINT = 24
MOST_OUTLINES = 2_000
MOST_CORNERS = 20_000
"""Corners that a preview draws, over all outlines."""
SAMPLES = 4
_SHOWN = 60


def read(path: str, options: Mapping[str, Any], channel: Channel) -> None:
    """Send the candidates as rows and the rest as the head; options: crs, encoding, layer, near."""
    layer, names = _opened(Path(path), options, channel)
    near = None if options.get("near") is None else (options["near"][0], options["near"][1])
    found = np.array([feature.geometry for feature in layer.features] + [None], dtype=object)[:-1]
    middle = middle_of(found)
    declared = _declared(layer.crs)
    candidates = [] if middle is None else _candidates(middle, options.get("crs") or declared, near)
    outlines = _thinned(found)
    for candidate in candidates:
        channel.row(_wire(candidate, outlines))
    channel.end(
        {
            "driver": layer.driver,
            "declared": layer.crs,
            "crs": _would_use(middle, options.get("crs"), declared, near),
            "encoding": layer.encoding,
            "layers": names,
            "layer": layer.chosen,
            "count": len(layer.features),
            "without_place": int(shapely.is_missing(found).sum()),
            "bbox": _bounds(found),
            "columns": [[name, _samples(layer, name)] for name in layer.columns()],
            "cut": layer.cut,
        }
    )


def _opened(path: Path, options: Mapping[str, Any], channel: Channel) -> tuple[Layer, Sequence[str]]:
    """The layer asked for, or the first of several."""
    try:
        layer = open_layer(path, options, channel.progress)
    except BadInput as error:
        if error.code != "file.several_layers":
            raise
        names = error.facts["layers"].split(", ")
        layer = open_layer(path, {**options, "layer": names[0]}, channel.progress)
    return layer, layer.names


def _declared(crs: str | None) -> str | None:
    """The declared system by its plain name; None when there is none or it means nothing here."""
    if crs is None:
        return None
    try:
        return numbered(known_crs(crs))
    except BadInput:
        return None


def _would_use(middle: Point | None, given: str | None, declared: str | None, near: Point | None) -> str | None:
    """The system that reading would take the file to be in; None when it would ask."""
    if given is not None:
        return numbered(known_crs(given))
    if declared not in (None, WGS84) or middle is None or is_degrees(middle):
        return declared or WGS84
    taken = believed(guesses(middle, near), near)
    return None if taken is None else taken.crs


def _candidates(middle: Point, first: str | None, near: Point | None) -> list[Guess]:
    """What was asked for or declared, then what else the numbers allow."""
    found = guesses(middle, near)
    limit = MOST_WITHOUT_POINT if near is None else MOST_CANDIDATES
    if first is None:
        return found[:limit]
    name = numbered(known_crs(first))
    known = next((each for each in found if each.crs == name), None) or _elsewhere(middle, name)
    rest = [each for each in found if each.crs != name][:limit]
    return rest if known is None else [known, *rest]


def _elsewhere(middle: Point, name: str) -> Guess | None:
    """A system outside the list or outside China; None when the numbers are no place in it."""
    lon, lat = (float(value) for value in to_wgs84(np.array([middle], dtype=np.float64), name)[0])
    if not (abs(lon) <= 180.0 and abs(lat) <= 90.0):
        return None
    code = {WGS84: "crs.wgs84", "gcj02": "crs.gcj02", "bd09": "crs.bd09"}.get(name, "crs.other")
    return Guess(name, code, {"name": name[:80]} if code == "crs.other" else {}, lon, lat)


def _thinned(found: Any) -> Any:
    """Outlines light enough to draw: evenly chosen features, without the corners that a small picture cannot show."""
    filled = np.flatnonzero(~shapely.is_missing(found))
    chosen = found[filled[:: max(1, -(-len(filled) // MOST_OUTLINES))]]
    bounds = _bounds(chosen)
    if bounds is None:
        return chosen
    tolerance = max(bounds[2] - bounds[0], bounds[3] - bounds[1]) / 2_000
    while shapely.get_num_coordinates(chosen).sum() > MOST_CORNERS and tolerance > 0:
        simpler = shapely.simplify(chosen, tolerance, preserve_topology=False)
        chosen = simpler[~shapely.is_empty(simpler)]
        tolerance *= 2
        if tolerance > 1e9:
            break
    return chosen


def _bounds(geometries: Any) -> list[float] | None:
    """Least and greatest x and y of the corners that are places; None without any."""
    xy = shapely.get_coordinates(geometries)
    xy = xy[np.isfinite(xy).all(axis=1)]
    return [*xy.min(axis=0).tolist(), *xy.max(axis=0).tolist()] if len(xy) else None


def _wire(candidate: Guess, outlines: Any) -> list[Any]:
    def placed(geometries: Any) -> Any:
        turned = shapely.transform(geometries, lambda xy: xy[:, ::-1]) if candidate.swapped else geometries
        return shapely.transform(turned, lambda xy: np.round(to_wgs84(xy, candidate.crs), 6))

    drawn = placed(outlines)
    return [
        candidate.crs,
        candidate.code,
        dict(candidate.facts),
        [candidate.lon, candidate.lat],
        _bounds(drawn),
        candidate.swapped,
        [base64.b64encode(wkb).decode("ascii") for wkb in shapely.to_wkb(drawn, byte_order=1, output_dimension=2)],
    ]


def _samples(layer: Layer, name: str) -> list[Any]:
    """The first different values of a column, short."""
    seen: dict[str, Any] = {}
    for feature in layer.features:
        value = plain(feature.properties.get(name))
        if value is not None and value != "":
            seen.setdefault(str(value)[:_SHOWN], value if not isinstance(value, str) else value[:_SHOWN])
        if len(seen) >= SAMPLES:
            break
    return list(seen.values())
