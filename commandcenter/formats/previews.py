"""A quick look at a map file before it is imported: enough to choose its coordinate system and its columns.

The window draws the outlines of a candidate over a point it knows of the town; the right system is the one in which
they lie there.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commandcenter.formats.cut_names import is_kept_out, restored
from commandcenter.formats.guesses import distance
from commandcenter.formats.isolation import Cancelled, Progress, read_in_child
from commandcenter.rules.denied import denied

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A coordinate system that a file may be in.

    ``crs`` is what ``read_map`` and ``--crs`` take; the text ``formats.<code>`` with ``facts`` names it for people.
    ``centre`` (longitude, latitude) is where the middle of the file would land, ``metres`` how far that is from the
    known point (None without one), ``bbox`` west, south, east, north. ``swapped``: x and y are exchanged first.
    ``outlines``: features as WKB in WGS84, thinned for drawing (at most 2,000, some 20,000 corners).
    """

    crs: str
    code: str
    facts: Mapping[str, Any]
    centre: tuple[float, float]
    metres: float | None
    bbox: Box | None
    swapped: bool
    outlines: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class PreviewColumn:
    """A column with its first different values; none are given of a column or value that is not kept."""

    name: str
    samples: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a map file is. ``declared`` is what it says of its coordinates, ``crs`` what ``read_map`` would take them
    for (None: it would ask), ``bbox`` their range in the file's own numbers. ``candidates``: what was asked for or
    declared first, then what else the numbers allow, the nearest to the known point first. ``layers`` to choose from
    and the ``layer`` looked at. ``count`` features, of which ``without_place`` have no usable geometry.
    """

    driver: str
    encoding: str
    declared: str | None
    crs: str | None
    layers: tuple[str, ...]
    layer: str
    count: int
    without_place: int
    bbox: Box | None
    columns: tuple[PreviewColumn, ...]
    candidates: tuple[Candidate, ...]


def preview(
    path: Path,
    *,
    crs: str | None = None,
    encoding: str | None = None,
    layer: str | None = None,
    near: tuple[float, float] | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Preview:
    """Look at ``path`` in a child process; ``near`` (longitude, latitude) is a known point of the town.

    BadInput when it is no map file, or for an unknown ``crs``, ``encoding`` or ``layer``; a file with several layers
    and no choice shows the first. Refused ``file.cancelled`` when ``cancelled`` answered True.
    """
    rows: list[Any] = []
    options = {"crs": crs, "encoding": encoding, "layer": layer, "near": near}
    head = read_in_child("map_preview", path, options, rows.extend, progress=progress, cancelled=cancelled)
    names = restored([name for name, _ in head["columns"]], head["cut"], head["encoding"])
    return Preview(
        driver=head["driver"],
        encoding=head["encoding"],
        declared=head["declared"],
        crs=head["crs"],
        layers=tuple(head["layers"]),
        layer=head["layer"],
        count=head["count"],
        without_place=head["without_place"],
        bbox=_box(head["bbox"]),
        columns=tuple(_column(names.get(name, name), samples) for name, samples in head["columns"]),
        candidates=tuple(_candidate(row, near) for row in rows),
    )


def _box(found: list[float] | None) -> Box | None:
    return None if found is None else (found[0], found[1], found[2], found[3])


def _column(name: str, samples: list[Any]) -> PreviewColumn:
    if is_kept_out(name):
        return PreviewColumn(name, ())
    return PreviewColumn(name, tuple(each for each in samples if not (isinstance(each, str) and denied(each))))


def _candidate(row: list[Any], near: tuple[float, float] | None) -> Candidate:
    crs, code, facts, (lon, lat), bbox, swapped, outlines = row
    return Candidate(
        crs=crs,
        code=code,
        facts=facts,
        centre=(lon, lat),
        metres=None if near is None else distance((lon, lat), near),
        bbox=_box(bbox),
        swapped=swapped,
        outlines=tuple(base64.b64decode(each) for each in outlines),
    )
