"""The place: township, villages, grids of three kinds, their shapes, and what people call places."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from commandcenter.rules.entity import Bytes, Indexed, Named, Ref, Unique, Unit, entity

GridKind = Literal["general", "dedicated", "emergency"]
VillageKind = Literal["village", "community"]
DatabaseMark = Literal["real", "sample", "test"]


@entity("township")
@dataclass(frozen=True, kw_only=True, slots=True)
class Township:
    """The town this database serves; there is one."""

    id: str
    code: Annotated[str, Unique]
    name: str
    name_en: str = ""
    zone: str = "Asia/Shanghai"
    number_prefix: str = "SJ"
    mark: DatabaseMark = "real"


@entity("village")
@dataclass(frozen=True, kw_only=True, slots=True)
class Village:
    """A village or community; ``code`` is the 12-digit statistical code as text."""

    id: str
    township: Annotated[str, Ref("township")]
    code: Annotated[str, Unique]
    name: Annotated[str, Named]
    name_en: str = ""
    kind: VillageKind = "village"


@entity("grid")
@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """A micro-grid. ``shape`` is the version of its present shape, None while it has no boundary."""

    id: str
    village: Annotated[str, Ref("village"), Indexed]
    code: Annotated[str, Unique]
    name: Annotated[str, Named]
    kind: GridKind = "general"
    serial: int = 0
    mark: str = ""
    households: int | None = None
    people: Annotated[int | None, Unit("persons")] = None
    people_at_home: Annotated[int | None, Unit("persons")] = None
    shape: int | None = None
    shape_hash: str = ""


@entity("shape", append_only=True)
@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """One version of a grid's boundary in WGS84 (longitude, latitude), never overwritten."""

    id: str
    grid: Annotated[str, Ref("grid", weak=True), Indexed]
    edition: int
    valid_from: datetime
    valid_to: datetime | None = None
    wkb: Annotated[bytes, Bytes]
    west: Annotated[float, Unit("°")]
    south: Annotated[float, Unit("°")]
    east: Annotated[float, Unit("°")]
    north: Annotated[float, Unit("°")]
    area: Annotated[float, Unit("m²")]
    hash: str


@entity("gazetteer_name")
@dataclass(frozen=True, kw_only=True, slots=True)
class GazetteerName:
    """What people call a place, and the grid it lies in."""

    id: str
    name: Annotated[str, Named]
    grid: Annotated[str, Ref("grid"), Indexed]
    kind: str = "landmark"
    learned: bool = False
