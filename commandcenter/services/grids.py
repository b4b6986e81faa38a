"""Keeping the place by hand: villages and grids are edited, grids added and taken away, names of places kept right."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Annotated, Any

from commandcenter.base.errors import BadInput, RuleError
from commandcenter.base.ids import derived_id
from commandcenter.rules.grids import Grid, GridKind, Shape
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.services import edits
from commandcenter.services.commands import Context, FieldsOf, command, handles
from commandcenter.storage import history

VILLAGE_FIELDS = ("name", "name_en", "kind")
GRID_FIELDS = ("name", "kind", "serial", "code", "mark", "households", "people", "people_at_home")
"""A grid's village is not among them: it is part of its number. A grid that goes elsewhere is another grid."""
NAME_FIELDS = ("name", "grid", "kind")
MARKS: dict[GridKind, tuple[str, ...]] = {
    "general": (),
    "dedicated": ("school", "hospital", "nursing_home", "construction"),
    "emergency": ("islet", "landslide", "forest"),
}
LETTERS: dict[GridKind, str] = {"general": "", "dedicated": "Z", "emergency": "Y"}
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_\-]{2,39}")


# --- villages ---------------------------------------------------------------------------------------------------


@command("edit_village", roles=KEEPERS_OF_LISTS, writes=("village",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditVillage:
    """Change the names or the kind of a village. ``was`` tells the values the editor saw."""

    village: str
    changed: Annotated[dict[str, Any], FieldsOf("village")]
    was: Annotated[dict[str, Any], FieldsOf("village")]


@handles(EditVillage)
def edit_village(cmd: EditVillage, ctx: Context) -> Any:
    """The statistical code is not ours to change."""
    wanted = edits.asked("village", cmd, VILLAGE_FIELDS)
    village = edits.locked(ctx, "village", cmd.village)
    edits.require_words(wanted, ("name",), "village.name_empty")
    if "name" in wanted and any(each.id != village.id for each in ctx.uow.find("village", name=wanted["name"])):
        raise BadInput("village.name_taken", field="name", name=wanted["name"])
    edited, names = edits.merged("village", village, wanted, cmd.was, "grid.conflict", name=village.name)
    if names:
        ctx.uow.put(edited)
    return {"village": village.id, "changed": names}


# --- grids ------------------------------------------------------------------------------------------------------


@command("add_grid", roles=KEEPERS_OF_LISTS, writes=("grid",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddGrid:
    """Add a grid to a village (id, code or name). Without a number it gets the next one of its kind there; without a
    code the village's code with that number."""

    village: str
    name: str
    kind: GridKind = "general"
    serial: int | None = None
    code: str = ""
    mark: str = ""
    households: int | None = None
    people: int | None = None
    people_at_home: int | None = None


@handles(AddGrid)
def add_grid(cmd: AddGrid, ctx: Context) -> Any:
    """Number and code are each borne by one grid only."""
    village = edits.find_village(ctx, "village", cmd.village)
    serial = cmd.serial or next_serial(ctx, village.id, cmd.kind)
    given = {
        "name": cmd.name, "kind": cmd.kind, "serial": serial, "mark": cmd.mark,
        "code": cmd.code or code_for(village.code, cmd.kind, serial),
        "households": cmd.households, "people": cmd.people, "people_at_home": cmd.people_at_home,
    }  # fmt: skip
    wanted = _checked(ctx, edits.tidy("grid", given), None, village.id)
    grid = Grid(id=ctx.new_id(), village=village.id, **wanted)
    ctx.uow.add(grid)
    return {"grid": grid.id, "code": grid.code}


def code_for(village_code: str, kind: GridKind, serial: int) -> str:
    """The code of a grid: village code and serial, ``Z`` for dedicated and ``Y`` for emergency grids (DOMAIN §1)."""
    letter = LETTERS[kind]
    return f"{village_code}{letter}{serial:0{3 - len(letter)}d}"


def next_serial(ctx: Context, village: str, kind: GridKind) -> int:
    """One more than the highest number of that kind in the village."""
    return 1 + max((each.serial for each in ctx.uow.find("grid", village=village, kind=kind)), default=0)


@command("edit_grid", roles=KEEPERS_OF_LISTS, writes=("grid",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditGrid:
    """Change fields of a grid. ``was`` tells the values the editor saw."""

    grid: str
    changed: Annotated[dict[str, Any], FieldsOf("grid")]
    was: Annotated[dict[str, Any], FieldsOf("grid")]


@handles(EditGrid)
def edit_grid(cmd: EditGrid, ctx: Context) -> Any:
    """Fields changed apart merge silently; a field changed by both raises Conflict with both versions."""
    asked = edits.asked("grid", cmd, GRID_FIELDS)
    grid = edits.locked(ctx, "grid", cmd.grid)
    wanted = _checked(ctx, asked, grid, grid.village)
    edited, names = edits.merged("grid", grid, wanted, cmd.was, "grid.conflict", name=grid.name)
    if names:
        ctx.uow.put(edited)
    return {"grid": grid.id, "changed": names}


def _checked(ctx: Context, wanted: dict[str, Any], grid: Grid | None, village: str) -> dict[str, Any]:
    edits.require_words(wanted, ("name", "code"), "grid.word_empty")
    for name in ("households", "people", "people_at_home"):
        edits.count(name, wanted.get(name))
    after = {**({name: getattr(grid, name) for name in GRID_FIELDS} if grid else {}), **wanted}
    others = [each for each in ctx.uow.find("grid", village=village) if grid is None or each.id != grid.id]
    _check_figures(after, wanted)
    if "code" in wanted:
        _check_code(ctx, wanted["code"], grid)
    if set(wanted) & {"serial", "kind"}:
        _check_serial(after, others)
    if "name" in wanted and any(each.name == wanted["name"] for each in others):
        raise BadInput("grid.name_taken", field="name", name=wanted["name"])
    if set(wanted) & {"kind", "mark"} and after["mark"] and after["mark"] not in MARKS[after["kind"]]:
        raise BadInput("grid.mark_unfit", field="mark")
    return wanted


def _check_figures(after: dict[str, Any], wanted: dict[str, Any]) -> None:
    people, at_home = after["people"], after["people_at_home"]
    if set(wanted) & {"people", "people_at_home"} and people is not None and at_home is not None and at_home > people:
        raise BadInput("grid.more_at_home", field="people_at_home", at_home=at_home, people=people)


def _check_code(ctx: Context, code: str, grid: Grid | None) -> None:
    if not _CODE.fullmatch(code):
        raise BadInput("grid.code_unfit", field="code", text=code)
    taken = [each for each in ctx.uow.find("grid", code=code) if grid is None or each.id != grid.id]
    if taken:
        raise BadInput("grid.code_taken", field="code", text=code, name=taken[0].name)


def _check_serial(after: dict[str, Any], others: list[Grid]) -> None:
    if not 0 <= after["serial"] <= 999:
        raise BadInput("grid.serial_unfit", field="serial")
    taken = [each for each in others if each.kind == after["kind"] and each.serial == after["serial"] and each.serial]
    if taken:
        raise BadInput("grid.serial_taken", field="serial", serial=after["serial"], name=taken[0].name)


@command("remove_grid", roles=KEEPERS_OF_LISTS, writes=("grid",))
@dataclass(frozen=True, kw_only=True, slots=True)
class RemoveGrid:
    """Take away a grid on which nothing hangs; undo brings it back."""

    grid: str


@handles(RemoveGrid)
def remove_grid(cmd: RemoveGrid, ctx: Context) -> Any:
    """Refused with what hangs on it, so that no history loses its place."""
    grid = edits.locked(ctx, "grid", ctx.find_grid(cmd.grid).id)
    counts = Counter(kind for kind, _ in history.followers(ctx.uow.connection, ("grid", grid.id)))
    if counts:
        raise RuleError(
            "grid.in_use", name=grid.name, people=counts["worker"] + counts["duty_holder"],
            incidents=counts["incident"], households=counts["household"], names=counts["gazetteer_name"],
            books=counts["edition"],
        )  # fmt: skip
    ctx.uow.remove("grid", grid.id)
    return {"grid": grid.id}


# --- boundaries -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Corner:
    """A place in WGS84 degrees."""

    lon: float
    lat: float


@command("set_boundary", roles=KEEPERS_OF_LISTS, writes=("grid", "shape"))
@dataclass(frozen=True, kw_only=True, slots=True)
class SetBoundary:
    """Give a grid the boundary with these corners, in order, the last joined to the first; a single one is a point."""

    grid: str
    corners: tuple[Corner, ...]


@handles(SetBoundary)
def set_boundary(cmd: SetBoundary, ctx: Context) -> Any:
    """A boundary is a new edition beside the earlier ones; undo goes back to the one before."""
    outline = _outline(cmd.corners)
    grid = edits.locked(ctx, "grid", ctx.find_grid(cmd.grid).id)
    shape = _edition(ctx, grid.id, outline)
    if shape.hash == grid.shape_hash:
        return {"grid": grid.id, "edition": grid.shape, "area": shape.area}
    ctx.uow.put(shape)
    ctx.uow.put(replace(grid, shape=shape.edition, shape_hash=shape.hash))
    return {"grid": grid.id, "edition": shape.edition, "area": shape.area}


def _outline(corners: tuple[Corner, ...]) -> Any:
    import shapely

    from commandcenter.formats.coordinates import area_of
    from commandcenter.rules.drawing import LEAST_AREA

    if not all(-180 <= each.lon <= 180 and -90 <= each.lat <= 90 for each in corners):
        raise BadInput("boundary.outside")
    places = [(round(each.lon, 8), round(each.lat, 8)) for each in corners]
    if len(places) == 1:
        return shapely.Point(places[0])
    if len(set(places)) < 3:
        raise BadInput("boundary.too_few")
    outline = shapely.Polygon(places)
    if not outline.is_valid:
        raise BadInput("boundary.crossing", why=shapely.is_valid_reason(outline))
    if area_of(outline) < LEAST_AREA:
        raise BadInput("boundary.too_small")
    return shapely.normalize(outline)


def _edition(ctx: Context, grid: str, outline: Any) -> Shape:
    """The outline as the next edition; an undone one stays in the table, so that its number is never given again."""
    import shapely

    from commandcenter.formats.coordinates import area_of

    wkb = shapely.to_wkb(outline, byte_order=1, output_dimension=2)
    edition = 1 + max((each.edition for each in ctx.uow.find("shape", grid=grid)), default=0)
    west, south, east, north = (float(each) for each in outline.bounds)
    return Shape(
        id=derived_id(grid, f"shape-{edition}"), grid=grid, edition=edition, valid_from=ctx.now, wkb=wkb, west=west,
        south=south, east=east, north=north, area=area_of(outline), hash=hashlib.sha256(wkb).hexdigest(),
    )  # fmt: skip


# --- names of places ----------------------------------------------------------------------------------------------


@command("edit_name", roles=KEEPERS_OF_LISTS, writes=("gazetteer_name",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditName:
    """Correct what people call a place, or the grid it lies in. ``was`` tells the values the editor saw."""

    gazetteer_name: str
    changed: Annotated[dict[str, Any], FieldsOf("gazetteer_name")]
    was: Annotated[dict[str, Any], FieldsOf("gazetteer_name")]


@handles(EditName)
def edit_name(cmd: EditName, ctx: Context) -> Any:
    """The same name for the same grid is kept once."""
    wanted = edits.asked("gazetteer_name", cmd, NAME_FIELDS)
    row = edits.locked(ctx, "gazetteer_name", cmd.gazetteer_name)
    edits.require_words(wanted, ("name", "grid"), "place.word_empty")
    if "grid" in wanted:
        wanted["grid"] = ctx.find_grid(wanted["grid"]).id
    edited, names = edits.merged("gazetteer_name", row, wanted, cmd.was, "grid.conflict", name=row.name)
    known = ctx.uow.find("gazetteer_name", name=edited.name, grid=edited.grid)
    if any(each.id != row.id for each in known):
        raise BadInput("place.name_known", field="name", name=edited.name)
    if names:
        ctx.uow.put(edited)
    return {"gazetteer_name": row.id, "changed": names}


@command("remove_name", roles=KEEPERS_OF_LISTS, writes=("gazetteer_name",))
@dataclass(frozen=True, kw_only=True, slots=True)
class RemoveName:
    """Forget what people call a place; undo brings it back."""

    gazetteer_name: str


@handles(RemoveName)
def remove_name(cmd: RemoveName, ctx: Context) -> Any:
    """Nothing hangs on a name."""
    row = edits.locked(ctx, "gazetteer_name", cmd.gazetteer_name)
    ctx.uow.remove("gazetteer_name", row.id)
    return {"gazetteer_name": row.id}
