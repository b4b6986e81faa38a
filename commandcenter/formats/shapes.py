"""Geometry from a file's coordinates to valid areas in WGS84: axes, systems, repair, area. Runs in the child
process.

Corners are rounded to 8 decimals of a degree (1 mm) and outlines put in one canonical order, so that the same
place read from two kinds of file has the same bytes.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from commandcenter.base.errors import BadInput
from commandcenter.formats.coordinates import (
    WGS84,
    area_of,
    area_of_use,
    areas_of,
    is_approximate,
    known_crs,
    numbered,
    to_wgs84,
)
from commandcenter.formats.guesses import Point, believed, distance, guesses, is_degrees, likely
from commandcenter.formats.layers import Layer, RawFeature
from commandcenter.formats.problems import Problem

_DECIMALS = 8
_MIN_AREA = 0.01
"""m²; less than this is no place."""
_MARGIN = 3.0
"""Degrees around a system's region of use within which its coordinates are still believed."""
Array = NDArray[np.float64]


class Placed:
    """The geometries of a layer in WGS84, in the order of its features; None where there is none."""

    def __init__(self, layer: Layer, crs: str | None, near: Point | None = None) -> None:
        """Transform, repair and measure; ``near`` (longitude, latitude) is a known point of the town.

        BadInput when the coordinates do not fit the system, or when they are in metres and nothing tells which.
        """
        self._layer = layer
        self._note_missing()
        found = np.array([feature.geometry for feature in layer.features] + [None], dtype=object)[:-1]
        self.crs = self._system(crs, found, near)
        self.geometries = self._valid(self._transformed(found))
        self.areas = areas_of(self.geometries)
        self._note_points()
        self._drop_slivers()
        self.bounds = shapely.bounds(self.geometries)
        self.wkb = shapely.to_wkb(self.geometries, byte_order=1, output_dimension=2)

    def _system(self, given: str | None, found: Any, near: Point | None) -> str:
        """The system asked for, else the declared one; metres that bear none (or degrees by mistake) are taken to be
        in the only Gauss-Krüger zone that lies near the town, or refused with proposals."""
        crs = numbered(known_crs(given or self._layer.crs or WGS84))
        middle = middle_of(found)
        if given is not None or crs != WGS84 or middle is None or is_degrees(middle):
            if is_approximate(crs):
                self._layer.problems.append(Problem(None, None, None, "coordinates.approximate", "note", {}))
            return crs
        proposals = guesses(middle, near)
        taken = believed(proposals, near)
        if taken is not None and near is not None:
            kilometres = round(distance((taken.lon, taken.lat), near) / 1000)
            facts = {"crs": taken.crs, "kilometres": kilometres}
            self._layer.problems.append(Problem(None, None, None, "coordinates.crs_guessed", "repaired", facts))
            return taken.crs
        if not proposals:
            return crs
        x, y = middle
        raise BadInput("file.crs_likely", x=f"{x:.1f}", y=f"{y:.1f}", likely=likely(proposals, near))

    def _note_missing(self) -> None:
        for feature in self._layer.features:
            if feature.geometry is None and not feature.refused:
                feature.note("geometry.none")

    def _transformed(self, found: Any) -> Any:
        if not len(shapely.get_coordinates(found)):
            return found
        placed = _in_wgs84(found, self.crs)
        swapped = _swapped_instead(found, placed, self.crs)
        if swapped.any():
            found[swapped] = shapely.transform(found[swapped], _exchange)
            placed[swapped] = _in_wgs84(found[swapped], self.crs)
            self._list_swapped(swapped)
        self._refuse_outside(found, placed)
        return placed

    def _list_swapped(self, swapped: NDArray[np.bool_]) -> None:
        """One line for a whole file in the wrong order, else one for each feature."""
        features = [
            each for each, is_swapped in zip(self._layer.features, swapped, strict=True) if is_swapped
        ]
        if len(features) == sum(each.geometry is not None for each in self._layer.features):
            facts = {"count": len(features)}
            self._layer.problems.append(Problem(None, None, None, "coordinates.swapped", "repaired", facts))
        else:
            for feature in features:
                feature.repaired("coordinates.swapped_here")

    def _refuse_outside(self, found: Any, placed: Any) -> None:
        """Coordinates that are no place: the whole file when most are, else the feature."""
        outside = ~_fits(placed, self.crs) & ~shapely.is_missing(found)
        if not outside.any():
            return
        if outside.sum() * 2 > (~shapely.is_missing(found)).sum():
            x, y = shapely.get_coordinates(found[outside][:1])[0]
            code = "file.crs_missing" if self.crs == WGS84 else "file.crs_wrong"
            raise BadInput(code, x=f"{x:.1f}", y=f"{y:.1f}", crs=self.crs[:80])
        for number in np.flatnonzero(outside):
            self._layer.features[number].refuse("geometry.outside")
            placed[number] = None

    def _valid(self, placed: Any) -> Any:
        result = placed.copy()
        for number in np.flatnonzero(~shapely.is_valid(placed) & ~shapely.is_missing(placed)):
            result[number] = _repaired(placed[number], self._layer.features[number])
        return shapely.normalize(_single(result))

    def _note_points(self) -> None:
        count = int((shapely.get_dimensions(self.geometries) == 0).sum())
        if count:
            self._layer.problems.append(Problem(None, None, None, "geometry.points", "note", {"count": count}))

    def _drop_slivers(self) -> None:
        kinds = shapely.get_dimensions(self.geometries)
        for number in np.flatnonzero((kinds == 2) & (self.areas < _MIN_AREA)):
            self._layer.features[number].refuse("geometry.no_area")
            self.geometries[number] = None


def middle_of(found: Any) -> Point | None:
    """A typical corner in the file's own numbers: a few that are lost do not move it. None without any corner."""
    xy = shapely.get_coordinates(found)
    xy = xy[np.isfinite(xy).all(axis=1)]
    if not len(xy):
        return None
    x, y = np.median(xy, axis=0)
    return float(x), float(y)


def _in_wgs84(found: Any, crs: str) -> Any:
    return shapely.transform(found, lambda xy: np.round(to_wgs84(xy, crs), _DECIMALS))


def _exchange(xy: Array) -> Array:
    return xy[:, ::-1]


def _swapped_instead(found: Any, placed: Any, crs: str) -> NDArray[np.bool_]:
    """Which geometries are no place as written and one when x and y are exchanged."""
    wrong = ~_fits(placed, crs) & ~shapely.is_missing(found)
    if crs == WGS84:
        wrong |= _like_china(shapely.transform(found, _exchange))
    if wrong.any():
        exchanged = _in_wgs84(shapely.transform(found[wrong], _exchange), crs)
        wrong[wrong] = _fits(exchanged, crs)
    return np.asarray(wrong, dtype=bool)


def _like_china(geometries: Any) -> NDArray[np.bool_]:
    """Whether all corners lie in China's rectangle. Its mirror image holds only sea, ice and the empty
    north."""
    west, south, east, north = shapely.bounds(geometries).T
    return np.asarray((west >= 73.0) & (east <= 136.0) & (south >= 3.0) & (north <= 54.0))


def _fits(placed: Any, crs: str) -> NDArray[np.bool_]:
    """Whether geometries in degrees are on the globe and near the region their system is made for."""
    west, south, east, north = shapely.bounds(placed).T
    fits = (west >= -180.0) & (east <= 180.0) & (south >= -90.0) & (north <= 90.0) & _finite(placed)
    used = area_of_use(crs)
    if used is not None:
        fits &= (west >= used[0] - _MARGIN) & (south >= used[1] - _MARGIN)
        fits &= (east <= used[2] + _MARGIN) & (north <= used[3] + _MARGIN)
    return np.asarray(fits)


def _finite(geometries: Any) -> NDArray[np.bool_]:
    """Per geometry: no corner is infinite or undefined (bounds leave such corners out)."""
    xy, index = shapely.get_coordinates(geometries, return_index=True)
    fine = np.ones(len(geometries), dtype=bool)
    fine[index[~np.isfinite(xy).all(axis=1)]] = False
    return fine


def _repaired(geometry: Any, feature: RawFeature) -> Any:
    """A valid area with the same land: outlines made simple, holes cut out, parts that overlap joined."""
    try:
        parts = [_one_area(part) for part in shapely.get_parts(geometry)]
        whole = _areas_only(shapely.union_all(parts))
    except (shapely.errors.ShapelyError, ValueError):
        feature.refuse("geometry.bad")
        return None
    if whole is None:
        feature.refuse("geometry.no_area")
        return None
    feature.repaired("geometry.made_valid", area=round(area_of(whole)))
    return whole


def _one_area(polygon: Any) -> Any:
    outline = shapely.make_valid(shapely.polygons(shapely.get_exterior_ring(polygon)), method="structure")
    holes = [shapely.make_valid(shapely.polygons(ring), method="structure") for ring in polygon.interiors]
    return shapely.difference(outline, shapely.union_all(holes)) if holes else outline


def _areas_only(geometry: Any) -> Any:
    """The polygons of a repaired geometry; None when it fell to lines and points."""
    parts = [
        part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon" and not part.is_empty
    ]
    return shapely.multipolygons(parts) if parts else None


def _single(geometries: Any) -> Any:
    """Multi-polygons of one part as polygons."""
    result = geometries.copy()
    alone = (shapely.get_type_id(result) == 6) & (shapely.get_num_geometries(result) == 1)
    result[alone] = shapely.get_geometry(result[alone], 0)
    return result
