"""KML, read with expat as a stream: no document type, no entities, no links followed. Runs in the child process.

A placemark is a feature. Its properties come from ExtendedData (SchemaData and Data), from a table in its
description (as ArcGIS writes them), and its name; a folder that is named like a village names the village.
"""

import re
import xml.parsers.expat
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import shapely

from commandcenter.base.errors import BadInput
from commandcenter.formats import encodings
from commandcenter.formats.column_specs import GRID_COLUMNS
from commandcenter.formats.layers import Layer, RawFeature, Step, too_many
from commandcenter.formats.outlines import Array, gathered, polygon, positions
from commandcenter.formats.problems import Problem

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,400}\?>")
_SPACED_COMMA = re.compile(r"\s*,\s*")
_VILLAGE = re.compile(r".+(?:村|社区|居委会|村委会|居民委员会|村民委员会|嘎查|牧委会)")
_MAX_DEPTH = 100
_CHUNK = 1 << 20
_GEOMETRIES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Model", "Track", "MultiTrack")
_VILLAGE_COLUMN, _FOLDER_COLUMN = "村(社区)", "folder"
_VILLAGE_HEADINGS = {
    heading for spec in GRID_COLUMNS if spec.field in ("village", "village_code") for heading in spec.headings
}
_BAD = (ValueError, TypeError, OverflowError, IndexError, shapely.errors.ShapelyError)


def read_kml(data: bytes, encoding: str | None, step: Step) -> Layer:
    """The placemarks of a KML text.

    BadInput: ``file.xml_entities`` for a document type or entities, ``file.broken_xml`` with the line,
    ``file.only_links`` for a file that only points elsewhere.
    """
    layer = Layer(driver="KML", crs="EPSG:4326")
    text, layer.encoding = _decoded(data, encoding, layer)
    reader = _Reader(layer)
    reader.parse(text, step)
    if not layer.features and reader.links:
        raise BadInput("file.only_links")
    _name_villages(layer, reader.folders)
    return layer


def _decoded(data: bytes, asked: str | None, layer: Layer) -> tuple[str, str]:
    """The text by the encoding asked for, else the declared one where it fits, else what it looks like."""
    match = _DECLARED.search(data[:1000])
    declared = match[1].decode("ascii") if match else None
    if asked is None and declared is not None:
        try:
            text, used = encodings.decode(data, declared)
        except BadInput:
            text, used = "\ufffd", ""
        if not encodings.is_damaged(text) and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return text, used
        text, used = encodings.decode(data)
        if used.replace("-", "") != declared.lower().replace("-", ""):
            facts = {"used": used, "named": declared}
            layer.problems.append(Problem(None, None, None, "text.encoding_wrong", "repaired", facts))
        return text, used
    return encodings.decode(data, asked)


@dataclass(slots=True)
class _Placemark:
    properties: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    description: str = ""
    parts: list[Any] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    rings: list[Array] = field(default_factory=list)
    bad: bool = False
    problems: RawFeature = field(default_factory=lambda: RawFeature(0, {}, None))


class _Reader:
    """The handlers of one parse. Names are taken without their prefix."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.links = 0
        self.folders: dict[int, str] = {}
        self._path: list[str] = []
        self._text: list[str] = []
        self._open: list[str] = []
        self._data = ""
        self._placemark: _Placemark | None = None

    def parse(self, text: str, step: Step) -> None:
        """Feed the text in pieces, so that progress shows."""
        parser = xml.parsers.expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_entities
        parser.EntityDeclHandler = _refuse_entities
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        text = _DECLARATION.sub("", text)
        try:
            for place in range(0, len(text), _CHUNK):
                parser.Parse(text[place : place + _CHUNK].encode("utf-8", errors="replace"), False)
                step(min(place + _CHUNK, len(text)), len(text))
        except xml.parsers.expat.ExpatError as error:
            raise BadInput("file.broken_xml", line=error.lineno) from None
        try:
            parser.Parse(b"", True)
        except xml.parsers.expat.ExpatError:
            raise BadInput("file.truncated", row=len(self.layer.features) + 1) from None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        self._path.append(name)
        if len(self._path) > _MAX_DEPTH:
            raise BadInput("file.broken_xml", line=0)
        self._text.clear()
        if name == "Folder":
            self._open.append("")
        elif name == "Placemark":
            self._placemark = _Placemark()
        elif name == "NetworkLink":
            self.links += 1
        elif name in ("Data", "SimpleData"):
            self._data = attributes.get("name", "")
        elif name == "Polygon" and self._placemark is not None:
            self._placemark.rings = []

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        self._path.pop()
        text, parent = "".join(self._text).strip(), self._path[-1] if self._path else ""
        self._text.clear()
        if name == "Placemark":
            self._finish()
        elif name == "Folder" and self._open:
            self._open.pop()
        elif name == "name" and parent == "Folder" and self._open:
            self._open[-1] = text
        elif self._placemark is not None:
            self._within(self._placemark, name, parent, text)

    def _within(self, placemark: _Placemark, name: str, parent: str, text: str) -> None:
        if name == "name" and parent == "Placemark":
            placemark.name = text
        elif name == "description" and parent == "Placemark":
            placemark.description = text
        elif (name == "value" and parent == "Data") or name == "SimpleData":
            placemark.properties.setdefault(self._data.strip() or name, text)
        elif name == "coordinates":
            self._corners(placemark, parent, text)
        elif name in _GEOMETRIES:
            self._geometry(placemark, name, parent)

    def _corners(self, placemark: _Placemark, parent: str, text: str) -> None:
        try:
            corners = _positions(text)
            if parent == "LinearRing" and "Polygon" in self._path:
                # The outer boundary leads, wherever it stands.
                place = 0 if "outerBoundaryIs" in self._path else len(placemark.rings)
                placemark.rings.insert(place, corners)
            elif parent == "Point":
                placemark.parts += list(shapely.points(corners))
            elif len(corners):
                placemark.parts.append(shapely.linestrings(corners))
        except _BAD:
            placemark.bad = True

    def _geometry(self, placemark: _Placemark, name: str, parent: str) -> None:
        if name == "Polygon":
            try:
                placemark.parts.append(polygon(placemark.rings, placemark.problems))
            except _BAD:
                placemark.bad = True
        if parent == "Placemark":
            placemark.kinds.append(name)

    def _finish(self) -> None:
        placemark, self._placemark = self._placemark, None
        if placemark is None:
            return
        row = len(self.layer.features) + 1
        too_many(row)
        feature = RawFeature(row, _properties(placemark), None)
        for repair in placemark.problems.problems:
            feature.repaired(repair.code, **repair.facts)
        if placemark.bad:
            feature.refuse("geometry.bad")
        elif any(kind not in _GEOMETRIES[:5] for kind in placemark.kinds) and not placemark.parts:
            feature.refuse("geometry.not_area", kind=placemark.kinds[0])
        else:
            feature.geometry = gathered(placemark.parts, feature, (placemark.kinds or ["Point"])[0])
        if folder := next((each for each in reversed(self._open) if each), ""):
            self.folders[row] = folder
        self.layer.features.append(feature)


def _refuse_entities(*_declared: Any) -> None:
    raise BadInput("file.xml_entities")


def _positions(text: str) -> Array:
    """Corners from "lon,lat[,height]" separated by spaces; some programs put spaces about the commas too."""
    tokens = text.split()
    if any(token.startswith(",") or token.endswith(",") for token in tokens):
        tokens = _SPACED_COMMA.sub(",", text).split()
    return positions([[float(number) for number in token.split(",")[:2]] for token in tokens])


def _properties(placemark: _Placemark) -> dict[str, Any]:
    found = placemark.properties
    if placemark.name:
        found.setdefault("name", placemark.name)
    if "<t" in placemark.description.lower():
        for name, value in _table(placemark.description).items():
            found.setdefault(name, value)
    elif placemark.description:
        found.setdefault("description", placemark.description)
    return found


def _name_villages(layer: Layer, folders: dict[int, str]) -> None:
    """Folders become a column where they tell features apart or bear a village's name."""
    names = set(folders.values())
    if any(name in _VILLAGE_HEADINGS for feature in layer.features for name in feature.properties):
        return
    villages = {name for name in names if _VILLAGE.fullmatch(name)}
    column = _VILLAGE_COLUMN if villages and len(villages) * 2 >= len(names) else _FOLDER_COLUMN
    if len(names) < 2 and not villages:
        return
    for feature in layer.features:
        folder = folders.get(feature.row)
        if folder is not None and (column == _FOLDER_COLUMN or folder in villages):
            feature.properties.setdefault(column, folder)


def _table(html: str) -> dict[str, str]:
    """Rows of two cells in a description, as names and values."""
    reader = _TableReader()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError, RecursionError):
        return {}
    return reader.found


class _TableReader(HTMLParser):
    """Collects the cells of the innermost rows."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, str] = {}
        self._cells: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A row or a cell begins."""
        if tag == "tr":
            self._cells = []
        elif tag in ("td", "th"):
            self._cells.append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        """A row or a cell ends."""
        if tag in ("td", "th"):
            self._inside = False
        elif tag == "tr" and len(self._cells) == 2:
            name, value = (cell.strip() for cell in self._cells)
            if name and len(name) <= 80:
                value = "" if value in ("<Null>", "&lt;Null&gt;") else value
                self.found.setdefault(name.rstrip(":："), value)
            self._cells = []

    def handle_data(self, data: str) -> None:
        """Text within a cell."""
        if self._inside:
            self._cells[-1] += data
