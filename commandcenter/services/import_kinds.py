"""How a row of each kind of file becomes entities, and by what a row is the same as one of the database.

A later entity costs one reader here and its columns in :mod:`commandcenter.formats.column_specs`.
"""

import hashlib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.base.ids import derived_id
from commandcenter.rules import phones
from commandcenter.rules.grids import GazetteerName, Grid, Shape, Village
from commandcenter.rules.people import Contact, DutyHolder, Officer, Worker
from commandcenter.services import import_attention, import_households, import_trainings, people
from commandcenter.services.import_plan import Claim, Judged, Part, Plan, Row, part_of
from commandcenter.services.wording import listed


@dataclass(frozen=True, slots=True)
class Kind:
    """How the rows of a file become entities: one by one, then all together (``finish``); ``doubt`` notes what is
    worth a second look of those that are new or changed, and stops none."""

    read: Callable[[Plan, int, Row], list[Part]]
    finish: Callable[[Plan, list[Judged]], None] | None = None
    doubt: Callable[[Plan, list[Judged]], None] | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """By what two are the same: the usual key, then other evidence for those that found nobody."""

    key: Callable[[Any], Hashable]
    otherwise: tuple[Callable[[Any], Hashable | None], ...] = ()


def words(row: Row, *names: str) -> dict[str, Any]:
    """Those of the fields that the row holds."""
    return {name: row[name] for name in names if row.get(name) is not None}


def required(number: int, row: Row, name: str) -> str:
    """A field that must be there; BadInput ``import.value_missing``."""
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadInput("import.value_missing", row=number, column=name)
    return value.strip()


def _village(plan: Plan, number: int, row: Row) -> list[Part]:
    name = required(number, row, "name")
    guessed = {} if row.get("kind") else {"kind": village_kind(name)}
    made = Village(
        id=plan.new_id(), township=plan.township(), code=required(number, row, "code"), name=name,
        **guessed, **words(row, "name_en", "kind"),
    )  # fmt: skip
    return [part_of(number, row, made)]


def village_kind(name: str) -> Any:
    """Community or village, by its name."""
    return "community" if "社区" in name or "居委" in name else "village"


def _grid(plan: Plan, number: int, row: Row) -> list[Part]:
    code = required(number, row, "code")
    village = plan.village(number, _with_village(plan, row), required=False) or _village_by_prefix(plan, number, code)
    known = plan.grids.get(code)
    id = known.id if known else plan.new_id()
    brings_shape = row.get("wkb") and not _loses_area(plan, known, row)
    shape_hash = hashlib.sha256(row["wkb"]).hexdigest() if brings_shape else ""
    edition = None
    if shape_hash and (known is None or known.shape_hash != shape_hash) and "shape" not in plan.standing:
        edition = _next_edition(plan, id) if known else 1
        plan.writes.append(_shape(plan, id, edition, row, shape_hash))
    elif known is not None:
        shape_hash = known.shape_hash
    made = Grid(
        id=id, village=village, code=code, name=required(number, row, "name"), serial=_serial(code), shape=edition,
        shape_hash=shape_hash, **words(row, "kind", "mark", "households", "people", "people_at_home"),
    )  # fmt: skip
    return [part_of(number, row, made)]


def _with_village(plan: Plan, row: Row) -> Row:
    """The row; a village that it names with its code and that the town does not know yet is made on the way."""
    code, name = row.get("village_code") or (row.get("code") or "")[:12], row.get("village")
    known = {each.code for each in plan.villages} | {each.name for each in plan.villages}
    if code and name and code not in known and name not in known and len(code) == 12 and code.isdigit():
        made = Village(
            id=plan.new_id(), township=plan.township(), code=code, name=name, kind=village_kind(name)
        )  # fmt: skip
        plan.know_village(made)
        plan.writes.append(made)
    return row


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
    for village in plan.villages:
        if code.startswith(village.code):
            return str(village.id)
    raise BadInput("import.village_unknown", row=number, column="village", value=code)


def _serial(code: str) -> int:
    tail = code[-3:]
    digits = "".join(character for character in tail if character.isdigit())
    return int(digits) if digits else 0


def _compare_keepers(plan: Plan, judged: list[Judged]) -> None:
    """The map names a keeper whom the roster does not have there: both are shown; where the file's side is chosen the
    person of that name in the village (somebody new, if there is none) keeps the grid, and the former no longer."""
    there: dict[str, list[Worker]] = {}
    for worker in plan.uow.find("worker"):
        if worker.active and worker.grid:
            there.setdefault(worker.grid, []).append(worker)
    moved = set[str]()
    for each in judged:
        for part in each.parts:
            keeper = plan.keepers.get(each.number) if part.kind == "grid" else None
            known = there.get(part.made.id, [])
            if not keeper or keeper in [one.name for one in known]:
                continue
            database = listed(one.name for one in known) or None
            plan.claims.append(Claim(
                each.number, "keeper", "grid", part.made.id, part.made.name, database, keeper,
                tuple((one.id, "grid") for one in known),
            ))  # fmt: skip
            if "keeper" in plan.taken:
                _appoint(plan, each.number, part.made, keeper, known, moved)


def _appoint(plan: Plan, number: int, grid: Grid, keeper: str, former: list[Worker], moved: set[str]) -> None:
    """``moved``: who was given a grid, or lost one, by a row before."""
    found = [each for each in plan.uow.find("worker", village=grid.village)
             if each.name == keeper and each.active]  # fmt: skip
    if len(found) == 1 and found[0].id in moved:
        plan.note(number, "import.keeper_twice", "keeper", keeper)
        return
    new = found[0] if len(found) == 1 else Worker(id=plan.new_id(), name=keeper, village=grid.village)
    moved.add(new.id)
    left = [replace(each, grid=None) for each in former if each.id not in moved]
    moved.update(each.id for each in left)
    plan.appointed[number] = [replace(new, grid=grid.id), *left]


def _grid_row(plan: Plan, number: int, row: Row) -> list[Part]:
    if row.get("keeper"):
        plan.keepers[number] = str(row["keeper"])
    return _grid(plan, number, row)


def _worker(plan: Plan, number: int, row: Row) -> list[Part]:
    grid = plan.grid(number, row)
    village = plan.village(number, row, required=True) if grid is None else grid.village
    told = words(row, "gender", "birth_month", "phone", "address", "id_number", "source", "channel", "paid",
                 "appointed", "standing", "duties", "skills", "vehicles", "vest_size", "verified_on",
                 "note")  # fmt: skip
    try:
        people.settle_keys(told)
    except BadInput as error:
        value = str(row[error.facts["field"]])
        raise BadInput("import.value_unfit", row=number, column=error.facts["field"], value=value) from None
    if grid is not None and told.get("standing") == "reserve":
        raise BadInput("import.value_unfit", row=number, column="standing", value=str(row["standing"]))
    made = Worker(
        id=plan.new_id(), name=required(number, row, "name"), grid=grid.id if grid else None, village=village, **told
    )
    return [part_of(number, row, made), *(_figures(plan, number, row, grid) if grid is not None else ())]


def _figures(plan: Plan, number: int, row: Row, grid: Grid) -> list[Part]:
    """What a roster says of its grid that the map knows otherwise; several keepers of a grid say it once."""
    told = {name: row.get(name) for name in ("households", "people")}
    differing = {
        name: mine for name, mine in told.items() if mine is not None and getattr(grid, name) not in (None, mine)
    }
    first = plan.figures.setdefault(grid.id, (number, told))
    if first[0] != number:
        for name, mine in differing.items():
            if mine != first[1][name]:
                plan.note(number, f"import.{name}_differ", name, str(mine), database=first[1][name])
        return []
    return [Part("grid", number, replace(grid, **differing), frozenset(differing))] if differing else []


def _contact(plan: Plan, number: int, row: Row) -> list[Part]:
    made = Contact(
        id=plan.new_id(), name=required(number, row, "name"), kind=required(number, row, "kind"),
        village=plan.village(number, row, required=False), **words(row, "phone", "address"),
    )  # fmt: skip
    return [part_of(number, row, made)]


def _duty_holder(plan: Plan, number: int, row: Row) -> list[Part]:
    grid = plan.grid(number, row)
    made = DutyHolder(
        id=plan.new_id(), name=required(number, row, "name"), role=required(number, row, "role"),
        grid=grid.id if grid else None,
        village=grid.village if grid else plan.village(number, row, required=False), **words(row, "phone"),
    )  # fmt: skip
    return [part_of(number, row, made)]


def _gazetteer_name(plan: Plan, number: int, row: Row) -> list[Part]:
    grid = plan.grid(number, row)
    if grid is None:
        raise BadInput("import.value_missing", row=number, column="grid_code")
    made = GazetteerName(id=plan.new_id(), name=required(number, row, "name"), grid=grid.id, **words(row, "kind"))
    return [part_of(number, row, made)]


def _officer(plan: Plan, number: int, row: Row) -> list[Part]:
    role: Any = required(number, row, "role")
    made = Officer(id=plan.new_id(), name=required(number, row, "name"), role=role, **words(row, "account", "phone"))
    return [part_of(number, row, made)]


def _changes(part: Part, name: str) -> bool:
    """Whether a row gives a field another value than it has, or its first."""
    value = getattr(part.merged, name)
    return bool(value) and (part.old is None or getattr(part.old, name) != value)


def _doubt_phones(plan: Plan, judged: list[Judged]) -> None:
    """Numbers that are neither a mobile nor a landline, as the form doubts them."""
    for each in judged:
        for part in each.parts:
            is_new = part.kind == plan.entity and part.merged is not None and _changes(part, "phone")
            if is_new and phones.note(part.merged.phone) == "unsure":
                plan.note(each.number, "import.phone_unsure", "phone", part.merged.phone)


def _doubt_keepers(plan: Plan, judged: list[Judged]) -> None:
    """Numbers, and a grid that comes to a keeper while another one keeps it: of the database, unless this file takes
    him away, or of a row before."""
    _doubt_phones(plan, judged)
    parts = [(each, part) for each in judged for part in each.parts if part.kind == "worker" and part.merged]
    spoken = {part.merged.id for _, part in parts}
    keepers: dict[str, list[str]] = {}
    for worker in plan.uow.find("worker", active=True):
        if worker.grid and worker.id not in spoken:
            keepers.setdefault(worker.grid, []).append(worker.name)
    staying = [part for _, part in parts if part.merged.active and part.merged.grid and not _changes(part, "grid")]
    for part in staying:
        keepers.setdefault(part.merged.grid, []).append(part.merged.name)
    for each, part in parts:
        if _changes(part, "grid") and part.merged.active:
            others = keepers.setdefault(part.merged.grid, [])
            if others:
                plan.note(each.number, "import.second_keeper", "grid_code", part.merged.name,
                          others=listed(others[:_NAMED]))  # fmt: skip
            others.append(part.merged.name)


_NAMED = 3
"""So many of the other keepers of a grid are named."""


KINDS: Mapping[str, Kind] = {
    "village": Kind(_village),
    "grid": Kind(_grid_row, _compare_keepers),
    "worker": Kind(_worker, doubt=_doubt_keepers),
    "contact": Kind(_contact, doubt=_doubt_phones),
    "duty_holder": Kind(_duty_holder, doubt=_doubt_phones),
    "gazetteer_name": Kind(_gazetteer_name),
    "officer": Kind(_officer, doubt=_doubt_phones),
    "household": Kind(import_households.read, import_households.finish),
    "attendance": Kind(import_trainings.read, import_trainings.finish),
    "attention_item": Kind(import_attention.read),
}


def _both(*values: Any) -> Hashable | None:
    """Evidence is only what is there on every count."""
    return tuple(values) if all(values) else None


IDENTITIES: Mapping[str, Identity] = {
    "village": Identity(lambda row: row.code),
    "grid": Identity(lambda row: row.code),
    # A name that was mistyped: same grid, same number. (Somebody with another number is somebody else.)
    "worker": Identity(
        lambda row: (row.name, row.grid or row.village),
        (lambda row: _both(row.grid, row.phone), lambda row: _both(row.name, row.phone)),
    ),
    "contact": Identity(
        lambda row: (row.kind, row.name, row.village), (lambda row: _both(row.name, row.phone),)
    ),
    "duty_holder": Identity(lambda row: (row.role, row.name, row.village, row.grid)),
    "gazetteer_name": Identity(lambda row: (row.name, row.grid)),
    "officer": Identity(lambda row: (row.name, row.role)),
    "household": Identity(
        import_households.key,
        (
            lambda row: _both(row.village, row.head, row.phone),
            lambda row: _both(row.village, row.head, row.address),
        ),
    ),
    "resident": Identity(lambda row: (row.household, row.name)),
    "session": Identity(import_trainings.key, (import_trainings.day_key,)),
    "attendance": Identity(lambda row: (row.session, row.worker)),
    "attention_item": Identity(import_attention.key),
}  # fmt: skip
"""In the order in which they are matched: a household before those who live in it, a session before who came."""
