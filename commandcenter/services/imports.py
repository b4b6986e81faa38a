"""One import mechanism: rows are read, repaired and compared outside any transaction, then written in one.

A row is a dict of an entity's fields in which places and people are named as files name them (a grid by its code, a
village by code or name). ``compare`` answers what would happen; ``ImportRows`` re-checks it and writes it whole.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from commandcenter.base.errors import BadInput
from commandcenter.base.ids import derived_id
from commandcenter.rules.entity import ENTITIES
from commandcenter.rules.grids import GazetteerName, Grid, Shape, Village
from commandcenter.rules.people import Contact, DutyHolder, Officer, Worker
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.services.commands import Bulk, Context, command, handles
from commandcenter.storage.unit import UnitOfWork

Importable = Literal["village", "grid", "worker", "contact", "duty_holder", "gazetteer_name", "officer"]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Counts:
    """How an import stands against the database."""

    new: int = 0
    changed: int = 0
    same: int = 0


@command("import_rows", roles=KEEPERS_OF_LISTS, writes=("village", "grid", "shape", "worker", "contact", "duty_holder",
                                                        "gazetteer_name", "officer"))  # fmt: skip
@dataclass(frozen=True, kw_only=True, slots=True)
class ImportRows:
    """Write the rows of a file: new ones are added, known ones changed, nothing is taken away."""

    entity: Importable
    rows: Annotated[tuple[dict[str, Any], ...], Bulk]
    source: str = ""


@handles(ImportRows)
def import_rows(cmd: ImportRows, ctx: Context) -> Any:
    """Whole or not at all: the first row that does not fit raises BadInput."""
    plan = Plan(ctx.uow, cmd.entity, ctx.new_id, ctx.now)
    for number, row in enumerate(cmd.rows, start=1):
        plan.take(number, row)
    for entity in plan.writes:
        ctx.uow.put(entity)
    return {"new": plan.counts["new"], "changed": plan.counts["changed"], "same": plan.counts["same"]}


class Plan:
    """Holds rows against the database, without writing."""

    def __init__(self, uow: UnitOfWork, entity: str, new_id: Callable[[], str], now: Any) -> None:
        self.uow = uow
        self.entity = entity
        self.new_id = new_id
        self.now = now
        self.writes: list[Any] = []
        self.counts = {"new": 0, "changed": 0, "same": 0}
        self._villages = uow.find("village")
        self._by_village = {key: v for v in self._villages for key in (v.code, v.name, v.id)}
        self._grids = {} if entity in ("village", "officer") else {g.code: g for g in uow.find("grid")}
        self._known = {_key(entity, each): each for each in uow.find(entity)}
        self._seen: dict[Any, int] = {}

    def take(self, number: int, row: Row) -> str:
        """Compare one row; answers ``new``, ``changed`` or ``same``. BadInput names row and field."""
        _check_fit(self.entity, number, row)
        made = _MAKERS[self.entity](self, number, row)
        key = _key(self.entity, made)
        if key in self._seen:
            raise BadInput("import.twice", row=number, other=self._seen[key], value=_readable(key))
        self._seen[key] = number
        old = self._known.get(key)
        if old is None:
            return self._count("new", made)
        merged = _merged(old, made, row)
        return self._count("same", None) if merged == old else self._count("changed", merged)

    def _count(self, verdict: str, entity: Any | None) -> str:
        self.counts[verdict] += 1
        if entity is not None:
            self.writes.append(entity)
        return verdict

    def village(self, number: int, row: Row, *, required: bool) -> str | None:
        """The id of the village a row names, by code or name."""
        given = row.get("village_code") or row.get("village")
        found = self._by_village.get(given) if given else None
        if found is None and (given or required):
            raise BadInput("import.village_unknown", row=number, column="village", value=str(given or ""))
        return found.id if found else None

    def grid(self, number: int, row: Row) -> Any | None:
        """The grid a row names by its code."""
        code = row.get("grid_code") or row.get("grid")
        found = self._grids.get(code) if code else None
        if code and found is None:
            raise BadInput("import.grid_unknown", row=number, column="grid_code", value=str(code))
        return found

    def township(self) -> str:
        """The id of the town."""
        towns = self.uow.find("township")
        if not towns:
            raise BadInput("town.not_named")
        return str(towns[0].id)


_FILE_FIELDS = {"village_code": str, "grid_code": str, "wkb": bytes, "bbox": tuple, "area": float}
"""What rows hold besides an entity's own fields."""


def _check_fit(entity: str, number: int, row: Row) -> None:
    """BadInput ``import.value_unfit`` for a value that the field can never hold."""
    for field in ENTITIES[entity].fields:
        value = row.get(field.name)
        right = value in field.choices if field.choices else isinstance(value, field.type)
        if value is not None and not right:
            raise BadInput("import.value_unfit", row=number, column=field.name, value=str(value))
    for name, wanted in _FILE_FIELDS.items():
        if row.get(name) is not None and not isinstance(row[name], wanted):
            raise BadInput("import.value_unfit", row=number, column=name, value=str(row[name]))


def _readable(key: Any) -> str:
    return " ".join(str(part) for part in key if part) if isinstance(key, tuple) else str(key)


def _key(entity: str, row: Any) -> Any:
    """What makes a row of a file the same as one of the database."""
    if entity in ("village", "grid"):
        return row.code
    if entity == "worker":
        return (row.name, row.grid or row.village)
    if entity == "contact":
        return (row.kind, row.name, row.village)
    if entity == "duty_holder":
        return (row.role, row.name, row.village, row.grid)
    if entity == "gazetteer_name":
        return (row.name, row.grid)
    return (row.name, row.role)


def _merged(old: Any, made: Any, row: Row) -> Any:
    """The known row with the fields the file names; what the file is silent about stays."""
    named = {field.name for field in ENTITIES[_entity_name(old)].fields} & (set(row) | {"village", "grid"})
    changes = {name: getattr(made, name) for name in named if name in row or getattr(made, name) is not None}
    if isinstance(made, Grid) and made.shape_hash and made.shape_hash != old.shape_hash:
        changes |= {"shape": made.shape, "shape_hash": made.shape_hash}
    changes.pop("id", None)
    return replace(old, **changes)


def _entity_name(row: Any) -> str:
    return next(name for name, kind in ENTITIES.items() if kind.cls is type(row))


def _words(row: Row, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names if row.get(name) is not None}


def _required(number: int, row: Row, name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadInput("import.value_missing", row=number, column=name)
    return value.strip()


def _village(plan: Plan, number: int, row: Row) -> Village:
    code = _required(number, row, "code")
    return Village(
        id=plan.new_id(), township=plan.township(), code=code, name=_required(number, row, "name"),
        **_words(row, "name_en", "kind"),
    )  # fmt: skip


def _grid(plan: Plan, number: int, row: Row) -> Grid:
    code = _required(number, row, "code")
    village = plan.village(number, row, required=False) or _village_by_prefix(plan, number, code)
    known = plan._known.get(code)
    id = known.id if known else plan.new_id()
    shape_hash = hashlib.sha256(row["wkb"]).hexdigest() if row.get("wkb") and not _loses_area(plan, known, row) else ""
    edition = None
    if shape_hash and (known is None or known.shape_hash != shape_hash):
        edition = _next_edition(plan, id) if known else 1
        plan.writes.append(_shape(plan, id, edition, row, shape_hash))
    return Grid(
        id=id, village=village, code=code, name=_required(number, row, "name"), serial=_serial(code), shape=edition,
        shape_hash=shape_hash, **_words(row, "kind", "mark", "households", "people", "people_at_home"),
    )  # fmt: skip


def _loses_area(plan: Plan, known: Grid | None, row: Row) -> bool:
    """Whether a row brings a mere point for a grid whose boundary is known: the boundary stays."""
    if known is None or known.shape is None or (row.get("area") or 0.0) > 0.0:
        return False
    return any(each.area > 0 for each in plan.uow.find("shape", grid=known.id, edition=known.shape))


def _next_edition(plan: Plan, grid: str) -> int:
    """An undone edition stays in the table, so that its number is never given again."""
    return 1 + max((shape.edition for shape in plan.uow.find("shape", grid=grid)), default=0)


def _shape(plan: Plan, grid: str, edition: int, row: Row, shape_hash: str) -> Shape:
    west, south, east, north = row["bbox"]
    return Shape(
        id=derived_id(grid, f"shape-{edition}"), grid=grid, edition=edition, valid_from=plan.now, wkb=row["wkb"],
        west=west, south=south, east=east, north=north, area=row["area"], hash=shape_hash,
    )  # fmt: skip


def _village_by_prefix(plan: Plan, number: int, code: str) -> str:
    for village in plan._villages:
        if code.startswith(village.code):
            return str(village.id)
    raise BadInput("import.village_unknown", row=number, column="village", value=code)


def _serial(code: str) -> int:
    tail = code[-3:]
    digits = "".join(character for character in tail if character.isdigit())
    return int(digits) if digits else 0


def _worker(plan: Plan, number: int, row: Row) -> Worker:
    grid = plan.grid(number, row)
    village = plan.village(number, row, required=grid is None)
    return Worker(
        id=plan.new_id(), name=_required(number, row, "name"), grid=grid.id if grid else None,
        village=grid.village if grid else village,
        **_words(row, "gender", "birth_month", "phone", "address", "id_number", "source", "paid", "appointed", "note"),
    )  # fmt: skip


def _contact(plan: Plan, number: int, row: Row) -> Contact:
    return Contact(
        id=plan.new_id(), name=_required(number, row, "name"), kind=_required(number, row, "kind"),
        village=plan.village(number, row, required=False), **_words(row, "phone", "address"),
    )  # fmt: skip


def _duty_holder(plan: Plan, number: int, row: Row) -> DutyHolder:
    grid = plan.grid(number, row)
    return DutyHolder(
        id=plan.new_id(), name=_required(number, row, "name"), role=_required(number, row, "role"),
        grid=grid.id if grid else None,
        village=grid.village if grid else plan.village(number, row, required=False), **_words(row, "phone"),
    )  # fmt: skip


def _gazetteer_name(plan: Plan, number: int, row: Row) -> GazetteerName:
    grid = plan.grid(number, row)
    if grid is None:
        raise BadInput("import.value_missing", row=number, column="grid_code")
    return GazetteerName(id=plan.new_id(), name=_required(number, row, "name"), grid=grid.id, **_words(row, "kind"))


def _officer(plan: Plan, number: int, row: Row) -> Officer:
    role = _required(number, row, "role")
    return Officer(
        id=plan.new_id(), name=_required(number, row, "name"), role=role, **_words(row, "account", "phone")  # type: ignore[arg-type]
    )  # fmt: skip


_MAKERS: Mapping[str, Callable[[Plan, int, Row], Any]] = {
    "village": _village,
    "grid": _grid,
    "worker": _worker,
    "contact": _contact,
    "duty_holder": _duty_holder,
    "gazetteer_name": _gazetteer_name,
    "officer": _officer,
}


def villages_in(rows: Sequence[Row]) -> Iterable[Row]:
    """The villages that the grid rows of a file name, for a town that has none yet."""
    found: dict[str, Row] = {}
    for row in rows:
        code = row.get("village_code") or (row.get("code") or "")[:12]
        name = row.get("village")
        if code and name and code not in found:
            kind = "community" if "社区" in name or "居委" in name else "village"
            found[code] = {"code": code, "name": name, "kind": kind}
    return found.values()
