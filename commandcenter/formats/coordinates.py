"""Coordinate systems: WGS84, the Chinese shifted ones (our own code), everything else by pyproj when it is
needed.

Positions are numpy arrays of shape (n, 2): longitude and latitude in degrees, or easting and northing in
metres. CGCS2000 (EPSG:4490) and WGS84 differ by centimetres and are taken as one.
"""

import re
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from commandcenter.base.errors import BadInput

Positions = NDArray[np.float64]

WGS84 = "EPSG:4326"
_SAME_AS_WGS84 = {"wgs84", "crs84", "4326", "epsg:4326", "4490", "epsg:4490", "cgcs2000", "ogc:crs84"}
_SHIFTED = {"gcj02": "gcj02", "gcj-02": "gcj02", "bd09": "bd09", "bd-09": "bd09", "bd09ll": "bd09"}
_EPSG = re.compile(r"(?:(?:urn:(?:ogc|x-ogc):def:crs:)?epsg:(?:[\d.]*:)?)?(\d{4,6})", re.IGNORECASE)
_CRS84 = re.compile(r"urn:(?:ogc|x-ogc):def:crs:ogc:[\d.]*:?crs84", re.IGNORECASE)
_FOREIGN_FILES = re.compile(r"PARAMETERFILE|EXTENSION|nadgrids|geoidgrids", re.IGNORECASE)
_ROOT_EPSG = re.compile(r"(?:AUTHORITY|ID)\s*\[\s*\"EPSG\"\s*,\s*\"?(\d{4,6})\"?\s*\]\s*\]\s*$", re.IGNORECASE)
_SAME_DATUMS = ("world geodetic system 1984", "wgs 84", "wgs_1984", "china 2000", "cgcs2000")
_PLAIN_DEGREES = re.compile(
    r"\s*GEOGCS\s*\[\s*\"[^\"]*\"\s*,\s*DATUM\s*\[\s*\"(?:D_)?(?:WGS_1984|China_2000)\"(?![\s\S]*TOWGS84)[\s\S]*"
    r"PRIMEM\s*\[\s*\"Greenwich\"[\s\S]*UNIT\s*\[\s*\"degree\"",
    re.IGNORECASE,
)
_WKT = re.compile(
    r"\s*(?:GEOGCS|PROJCS|GEOGCRS|PROJCRS|GEODCRS|COMPOUNDCRS|COMPD_CS|BOUNDCRS)\s*\[", re.IGNORECASE
)

# Krasovsky 1940, on which the shift is defined.
_SHIFT_AXIS = 6378245.0
_SHIFT_ECCENTRICITY = 0.00669342162296594323
_BD_TURN = np.pi * 3000.0 / 180.0

_AXIS = 6378137.0
_FLATTENING = 1 / 298.257223563


def known_crs(text: str) -> str:
    """The plain name of a coordinate system: ``EPSG:n``, ``gcj02``, ``bd09`` or a WKT definition.

    BadInput ``file.crs_unknown`` for anything else (paths, PROJ strings and URLs among it).
    """
    name = text.strip()
    lower = name.lower()
    if lower in _SAME_AS_WGS84 or _CRS84.fullmatch(name):
        return WGS84
    if lower in _SHIFTED:
        return _SHIFTED[lower]
    if match := _EPSG.fullmatch(name):
        return WGS84 if match[1] in ("4326", "4490") else f"EPSG:{match[1]}"
    if _WKT.match(name) and len(name) < 20_000:
        if not _FOREIGN_FILES.search(name):
            return name
        # A definition that names files of its own is only believed where it also bears a public number.
        if match := _ROOT_EPSG.search(name):
            return known_crs(match[1])
    raise BadInput("file.crs_unknown", crs=name[:80])


def numbered(crs: str) -> str:
    """The public number of a system given as WKT, where the two agree within a millimetre; else ``crs`` itself."""
    if not _WKT.match(crs):
        return crs
    if _PLAIN_DEGREES.match(crs):
        # What nearly every file says; told without the library, which takes a second to load.
        return WGS84
    described = _pyproj_crs(crs)
    found = described.to_epsg()
    if found is None:
        return crs
    name = known_crs(str(found))
    if described.is_geographic:
        return name
    import pyproj

    here = pyproj.CRS.from_epsg(found).area_of_use
    if here is None:
        return crs
    middle = [(here.west + here.east) / 2], [(here.south + here.north) / 2]
    one, other = (
        pyproj.Transformer.from_crs(each.geodetic_crs, each, always_xy=True).transform(*middle)
        for each in (described, pyproj.CRS.from_epsg(found))
    )
    return name if np.allclose(one, other, atol=1e-3, rtol=0.0) else crs


def is_approximate(crs: str) -> bool:
    """Whether no exact transformation of a system on an older datum (Xi'an 1980, Beijing 1954) is known here; its
    positions may then be off by about 100 m."""
    if crs in (WGS84, "gcj02", "bd09"):
        return False
    return not _is_like_wgs84(_pyproj_crs(crs)) and _transformer(crs).accuracy < 0.0


def to_wgs84(xy: Positions, crs: str) -> Positions:
    """Positions of ``crs`` as WGS84 longitude and latitude; what cannot be transformed becomes infinite."""
    if crs == WGS84:
        return xy
    if crs == "gcj02":
        return gcj02_to_wgs84(xy)
    if crs == "bd09":
        return gcj02_to_wgs84(bd09_to_gcj02(xy))
    return _by_pyproj(xy, crs)


def area_of_use(crs: str) -> tuple[float, float, float, float] | None:
    """West, south, east, north of the region a system is made for; None when it is not stated."""
    if crs == WGS84:
        return None
    if crs in ("gcj02", "bd09"):
        return (72.0, 0.8, 137.9, 55.9)
    used = _pyproj_crs(crs).area_of_use
    return None if used is None else (used.west, used.south, used.east, used.north)


@lru_cache(maxsize=64)
def _pyproj_crs(crs: str) -> Any:
    import pyproj

    try:
        return pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        raise BadInput("file.crs_unknown", crs=crs[:80]) from None


def _is_like_wgs84(crs: Any) -> bool:
    """Whether a system's datum is WGS84 or CGCS2000, which differ by centimetres."""
    geodetic = crs.geodetic_crs
    return geodetic is not None and geodetic.datum is not None and geodetic.datum.name.lower().startswith(_SAME_DATUMS)


@lru_cache(maxsize=64)
def _transformer(crs: str) -> Any:
    """To degrees: on the system's own datum where that is as good as WGS84 (a search for transformations between the
    two takes half a second), else to WGS84."""
    import pyproj

    source = _pyproj_crs(crs)
    target = source.geodetic_crs if _is_like_wgs84(source) else WGS84
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def _by_pyproj(xy: Positions, crs: str) -> Positions:
    x, y = _transformer(crs).transform(xy[:, 0], xy[:, 1])
    return np.column_stack((x, y))


def _waves(value: NDArray[np.float64], *terms: tuple[float, float]) -> NDArray[np.float64]:
    waves = [amplitude * np.sin(value * np.pi / divisor) for amplitude, divisor in terms]
    return np.asarray(np.sum(waves, axis=0))


def _shift(xy: Positions) -> Positions:
    """GCJ-02 minus WGS84, in degrees, at WGS84 positions; zero outside the region where maps are shifted."""
    longitude, latitude = xy[:, 0], xy[:, 1]
    x, y = longitude - 105.0, latitude - 35.0
    root = np.sqrt(np.abs(x))
    ripple = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (ripple + _waves(y, (20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0))) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (ripple + _waves(x, (20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0))) * 2.0 / 3.0
    radians = np.radians(latitude)
    squeeze = 1.0 - _SHIFT_ECCENTRICITY * np.sin(radians) ** 2
    meridian = _SHIFT_AXIS * (1.0 - _SHIFT_ECCENTRICITY) / squeeze**1.5
    parallel = _SHIFT_AXIS / np.sqrt(squeeze) * np.cos(radians)
    shift = np.degrees(np.column_stack((east / parallel, north / meridian)))
    shifted_region = (
        (longitude >= 72.004) & (longitude <= 137.8347) & (latitude >= 0.8293) & (latitude <= 55.8271)
    )
    return np.where(shifted_region[:, None], shift, 0.0)


def wgs84_to_gcj02(xy: Positions) -> Positions:
    """WGS84 positions as maps sold in China show them."""
    return xy + _shift(xy)


def gcj02_to_wgs84(xy: Positions) -> Positions:
    """The inverse of :func:`wgs84_to_gcj02` by iteration, to better than a millimetre."""
    guess: Positions = xy.copy()
    for _ in range(8):
        guess = xy - _shift(guess)
    return guess


def gcj02_to_bd09(xy: Positions) -> Positions:
    """GCJ-02 positions in Baidu's system."""
    x, y = xy[:, 0], xy[:, 1]
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD_TURN)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD_TURN)
    return np.column_stack((radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006))


def bd09_to_gcj02(xy: Positions) -> Positions:
    """The inverse of :func:`gcj02_to_bd09` by iteration, to better than a millimetre."""
    guess: Positions = xy - np.array([0.0065, 0.006])
    for _ in range(8):
        guess = guess + (xy - gcj02_to_bd09(guess))
    return guess


def areas_of(geometries: Any) -> Positions:
    """Areas in m² on the WGS84 ellipsoid of an array of shapely geometries in degrees (0 for points, NaN for
    None).

    The latitude is replaced by the area between it and the equator, so that plane area is true area.
    """
    import shapely

    return np.asarray(shapely.area(shapely.transform(geometries, _equal_area)), dtype=np.float64)


def area_of(geometry: Any) -> float:
    """The area in m² of one shapely geometry in WGS84 degrees."""
    return float(areas_of(np.array([geometry], dtype=object))[0])


def _equal_area(xy: Positions) -> Positions:
    sine = np.sin(np.radians(xy[:, 1]))
    eccentricity = np.sqrt(_FLATTENING * (2.0 - _FLATTENING))
    minor = _AXIS * (1.0 - _FLATTENING)
    zone = sine / (1.0 - (eccentricity * sine) ** 2) + np.arctanh(eccentricity * sine) / eccentricity
    return np.column_stack((np.radians(xy[:, 0]), zone * minor * minor / 2.0))
