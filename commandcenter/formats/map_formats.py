"""Which kind of map file it is, by its content, and the reader for it. Runs in the child process.

Only what is named is opened: the file itself, and for a Shapefile the files of the same name beside it.
"""

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.formats.archives import Archive
from commandcenter.formats.geojson import read_json_map
from commandcenter.formats.geopackage import read_geopackage
from commandcenter.formats.kml import read_kml
from commandcenter.formats.layers import Layer, Step
from commandcenter.formats.shapefile import PARTS, SIGN, ShapefileParts, parts_beside, read_shapefile

_JSON_START = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\x00 \t\r\n]*[{\[]")
_XML_ROOT = re.compile(
    rb"<(?:[A-Za-z_]\w*:)?(OGRVRT\w*|VRTDataset|OGRWFS\w*|kml|gml|FeatureCollection|svg|html)\b", re.IGNORECASE
)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_ZIP = b"PK\x03\x04"
_SIGNS = (
    (b"PK\x05\x06", "ZIP"),
    (b"\xd0\xcf\x11\xe0", "XLS"),
    (b"%PDF", "PDF"),
    (b"AC10", "DWG"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
)
_DOCUMENTS = {"[Content_Types].xml": "XLSX/DOCX", "mimetype": "ODS/ODT"}
_JSON_NAMES = (".geojson", ".json", ".topojson")


def open_layer(path: Path, options: Mapping[str, Any], step: Step) -> Layer:
    """The features of one layer; options: encoding, layer (each may be None). BadInput says what the file is instead
    or what is wrong with it."""
    encoding, wanted = options.get("encoding"), options.get("layer")
    with path.open("rb") as file:
        head = file.read(4096)
        kind = sniff(head)
        if kind == "GPKG":
            return read_geopackage(path, wanted, step)
        data = head + file.read()
    if kind == "Shapefile":
        return _shapefile(path, wanted, encoding, step)
    if kind == "ZIP":
        return _from_archive(Archive(data), encoding, wanted, step)
    if kind == "KML":
        return _whole(read_kml(data, encoding, step), wanted)
    return read_json_map(data, encoding, wanted, step)


def sniff(head: bytes) -> str:
    """``GPKG``, ``JSON``, ``KML``, ``Shapefile`` or ``ZIP`` by the first bytes; BadInput names what else it is."""
    if head.startswith(b"SQLite format 3\x00"):
        return "GPKG"
    if head.startswith(SIGN):
        return "Shapefile"
    if head.startswith(_ZIP):
        return "ZIP"
    if _JSON_START.match(head):
        return "JSON"
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise BadInput("file.empty")
    for sign, name in _SIGNS:
        if head.startswith(sign):
            raise BadInput("file.kind_not_read", found=name)
    return _sniff_markup(head)


def _sniff_markup(head: bytes) -> str:
    # Letters of UTF-16 stand between zero bytes.
    plain = _COMMENT.sub(b"", head.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\x00", b""))
    root = _XML_ROOT.search(plain)
    if root and root[1].lower() == b"kml":
        return "KML"
    if root:
        name = root[1].decode("ascii").upper()
        raise BadInput("file.kind_not_read", found="VRT" if "VRT" in name else "WFS" if "WFS" in name else name)
    if plain.lstrip().startswith(b"<"):
        raise BadInput("file.kind_not_read", found="XML")
    raise BadInput("file.kind_unknown")


def _whole(layer: Layer, wanted: str | None) -> Layer:
    """A file that knows no layers: asking for one is an error."""
    layer.choose(wanted)
    return layer


def _shapefile(path: Path, wanted: str | None, encoding: str | None, step: Step) -> Layer:
    if path.suffix.lower() == ".shx":
        # An index begins like the file that it belongs to.
        raise BadInput("file.choose_shp", name=path.name)
    return _whole(read_shapefile(parts_beside(path), encoding, step), wanted)


def _from_archive(archive: Archive, encoding: str | None, wanted: str | None, step: Step) -> Layer:
    """The only map of an archive, or the one whose name was asked for."""
    for name, kind in _DOCUMENTS.items():
        if name in archive.names:
            raise BadInput("file.kind_not_read", found=kind)
    maps = _maps(archive.names)
    if not maps:
        raise BadInput("file.archive_no_map")
    choice = Layer(driver="ZIP").choose(wanted, tuple(maps)) if len(maps) > 1 else next(iter(maps))
    name = maps[choice]
    suffix = PurePosixPath(name).suffix.lower()
    inner = None if len(maps) > 1 else wanted
    if suffix == ".kml":
        layer = _whole(read_kml(archive.read(name), encoding, step), inner)
    elif suffix == ".shp":
        layer = _whole(read_shapefile(_parts_in(archive, name), encoding, step), inner)
    else:
        layer = read_json_map(archive.read(name), encoding, inner, step)
    if len(maps) > 1:
        layer.names, layer.chosen = tuple(maps), choice
    return layer


def _maps(names: tuple[str, ...]) -> dict[str, str]:
    """Layers of an archive to the members that hold them. The first KML of a KMZ is its document, others belong to
    it."""
    found = [name for name in names if PurePosixPath(name).suffix.lower() in (".shp", *_JSON_NAMES)]
    documents = [name for name in names if name.lower().endswith(".kml")]
    found += sorted(documents, key=lambda name: (name.count("/"), name != "doc.kml"))[:1]
    stems = [PurePosixPath(name).stem for name in found]
    return {stem if stems.count(stem) == 1 else name: name for stem, name in zip(stems, found, strict=True)}


def _parts_in(archive: Archive, shp: str) -> ShapefileParts:
    place = PurePosixPath(shp)
    parts = {
        PurePosixPath(name).suffix.lower(): name
        for name in archive.names
        if PurePosixPath(name).parent == place.parent and PurePosixPath(name).stem == place.stem
    }
    return ShapefileParts(**{suffix[1:]: archive.read(parts[suffix]) for suffix in PARTS if suffix in parts})
