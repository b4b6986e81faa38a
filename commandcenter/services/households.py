"""The household register: who lives where, who is at home, and what somebody must do who comes to help."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from commandcenter.base.errors import BadInput
from commandcenter.rules.entity import Personal
from commandcenter.rules.households import NEEDS_SEPARATOR, Household, Resident, is_weak, needs_of, weak_first
from commandcenter.rules.permissions import DUTY, may_read
from commandcenter.services import attention, catalogues, edits
from commandcenter.services.commands import Context, FieldsOf, command, handles
from commandcenter.storage import registers
from commandcenter.storage.reads import Reader

HOUSEHOLD_FIELDS = ("head", "village", "grid", "code", "phone", "address", "people", "people_at_home", "note")
RESIDENT_FIELDS = ("name", "relation", "gender", "birth_month", "phone", "care", "needs", "away")
GENDERS = ("", "male", "female")
RELATIONS = ("head", "spouse", "child", "parent", "grandchild", "grandparent", "in_law", "sibling", "other")
"""What a member is to the head, as the household booklet says it; a file may bring other words."""


# --- households -------------------------------------------------------------------------------------------------


@command("add_household", roles=DUTY, writes=("household",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddHousehold:
    """Enter a household. ``grid`` and ``village`` are ids or codes; a grid brings its village along."""

    head: Annotated[str, Personal("name")]
    village: str | None = None
    grid: str | None = None
    code: str = ""
    phone: Annotated[str | None, Personal("phone")] = None
    address: Annotated[str | None, Personal("address")] = None
    people: int | None = None
    people_at_home: int | None = None
    note: Annotated[str | None, Personal("text")] = None


@command("edit_household", roles=DUTY, writes=("household",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditHousehold:
    """Change fields of a household. ``was`` tells the values the editor saw."""

    household: str
    changed: Annotated[dict[str, Any], FieldsOf("household")]
    was: Annotated[dict[str, Any], FieldsOf("household")]


@handles(AddHousehold)
def add_household(cmd: AddHousehold, ctx: Context) -> Any:
    """A household belongs to a village; its own number is borne by no other there."""
    given = {name: getattr(cmd, name) for name in HOUSEHOLD_FIELDS}
    wanted = _household(ctx, edits.tidy("household", given), None)
    row = Household(id=ctx.new_id(), **wanted)
    ctx.uow.add(row)
    return {"household": row.id}


@handles(EditHousehold)
def edit_household(cmd: EditHousehold, ctx: Context) -> Any:
    """Fields changed apart merge silently; a field changed by both raises Conflict with both versions."""
    for given in (cmd.was, cmd.changed):
        edits.check_given("household", given, HOUSEHOLD_FIELDS, "edit_household")
    edits.check_readable(ctx, "household", cmd.changed)
    row = edits.locked(ctx, "household", cmd.household)
    wanted = _household(ctx, edits.tidy("household", cmd.changed), row)
    seen = {**cmd.was, **({"village": row.village} if "village" in wanted and "village" not in cmd.changed else {})}
    edited, names = edits.merged("household", row, wanted, seen, "household.conflict", household=row.id)
    if names:
        ctx.uow.put(edited)
    return {"household": row.id, "changed": names}


def _household(ctx: Context, wanted: dict[str, Any], row: Household | None) -> dict[str, Any]:
    edits.require_words(wanted, ("head",), "household.head_empty")
    edits.settle_place(ctx, wanted, row)
    after = {**({name: getattr(row, name) for name in HOUSEHOLD_FIELDS} if row else {}), **wanted}
    if not after["village"]:
        raise BadInput("household.place_needed", field="grid")
    if "phone" in wanted:
        wanted["phone"] = edits.phone("phone", wanted["phone"])
    for name in ("people", "people_at_home"):
        edits.count(name, wanted.get(name))
    people, at_home = after["people"], after["people_at_home"]
    if set(wanted) & {"people", "people_at_home"} and people is not None and at_home is not None and at_home > people:
        raise BadInput("grid.more_at_home", field="people_at_home", at_home=at_home, people=people)
    edits.not_denied("note", wanted.get("note"))
    if wanted.get("code"):
        twins = ctx.uow.find("household", code=wanted["code"], village=after["village"], active=True)
        if any(row is None or each.id != row.id for each in twins):
            raise BadInput("household.code_taken", field="code", text=wanted["code"])
    return wanted


# --- residents --------------------------------------------------------------------------------------------------


@command("add_resident", roles=DUTY, writes=("resident",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddResident:
    """Enter somebody of a household. ``care`` is a key of the catalogue of care, ``needs`` are actions."""

    household: str
    name: Annotated[str, Personal("name")]
    relation: str = ""
    gender: str = ""
    birth_month: str = ""
    phone: Annotated[str | None, Personal("phone")] = None
    care: str = ""
    needs: Annotated[str | None, Personal("needs")] = None
    away: bool = False


@command("edit_resident", roles=DUTY, writes=("resident",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditResident:
    """Change fields of a resident. ``was`` tells the values the editor saw."""

    resident: str
    changed: Annotated[dict[str, Any], FieldsOf("resident")]
    was: Annotated[dict[str, Any], FieldsOf("resident")]


@handles(AddResident)
def add_resident(cmd: AddResident, ctx: Context) -> Any:
    """The household must be there."""
    household = edits.locked(ctx, "household", cmd.household)
    given = {name: getattr(cmd, name) for name in RESIDENT_FIELDS}
    wanted = _resident(edits.tidy("resident", given), "")
    row = Resident(id=ctx.new_id(), household=household.id, **wanted)
    ctx.uow.add(row)
    return {"resident": row.id, "household": household.id}


@handles(EditResident)
def edit_resident(cmd: EditResident, ctx: Context) -> Any:
    """Fields changed apart merge silently; a field changed by both raises Conflict with both versions."""
    for given in (cmd.was, cmd.changed):
        edits.check_given("resident", given, RESIDENT_FIELDS, "edit_resident")
    edits.check_readable(ctx, "resident", cmd.changed)
    row = edits.locked(ctx, "resident", cmd.resident)
    wanted = _resident(edits.tidy("resident", cmd.changed), row.care)
    edited, names = edits.merged("resident", row, wanted, cmd.was, "household.conflict", household=row.household)
    if names:
        ctx.uow.put(edited)
    return {"resident": row.id, "changed": names}


def _resident(wanted: dict[str, Any], care: str) -> dict[str, Any]:
    """Needs are actions, one form of writing; what is never kept is refused. ``care`` is what is known so far."""
    edits.require_words(wanted, ("name",), "household.name_empty")
    if "birth_month" in wanted:
        wanted["birth_month"] = edits.month("birth_month", wanted["birth_month"])
    if "phone" in wanted:
        wanted["phone"] = edits.phone("phone", wanted["phone"])
    if wanted.get("gender", "") not in GENDERS:
        raise BadInput("person.gender", field="gender")
    if wanted.get("care") and wanted["care"] not in {*catalogues.care_kinds(), care}:
        edits.not_denied("care", wanted["care"])
        raise BadInput("household.care_unknown", field="care")
    for name in ("needs", "relation"):
        edits.not_denied(name, wanted.get(name))
    if wanted.get("needs"):
        wanted["needs"] = NEEDS_SEPARATOR.join(needs_of(wanted["needs"]))
    return wanted


# --- out and back -----------------------------------------------------------------------------------------------


@command("retire_household", roles=DUTY, writes=("household",))
@dataclass(frozen=True, kw_only=True, slots=True)
class RetireHousehold:
    """Take a household off the register (moved away, joined with another), or bring it back with its members."""

    household: str
    retired: bool = True


@handles(RetireHousehold)
def retire_household(cmd: RetireHousehold, ctx: Context) -> Any:
    """Its members stay with it as they are."""
    row = edits.set_active(ctx, "household", cmd.household, not cmd.retired)
    return {"household": row.id, "active": row.active}


@command("retire_resident", roles=DUTY, writes=("resident", "attention_item"))
@dataclass(frozen=True, kw_only=True, slots=True)
class RetireResident:
    """Take somebody off the register (moved away, died) and so off the attention list, or bring the person back."""

    resident: str
    retired: bool = True


@handles(RetireResident)
def retire_resident(cmd: RetireResident, ctx: Context) -> Any:
    """Refused for who is already where he should go."""
    row = edits.set_active(ctx, "resident", cmd.resident, not cmd.retired)
    if cmd.retired:
        attention.close_those_of(ctx, row.id)
    return {"resident": row.id, "household": row.household, "active": row.active}


# --- reading ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Home:
    """A household with its members, as this viewer may see them, those who need help first."""

    household: Household
    members: tuple[Resident, ...]


Place = Literal["grid", "village"]


def homes(reader: Reader, place: Place, id: str, *, retired: bool = False) -> list[Home]:
    """The households of a grid or a village with their members, weak first."""
    where: dict[str, Any] = {place: id, "active": not retired}
    found = reader.find("household", **where)
    return _with_members(reader, found)


def home(reader: Reader, id: str) -> Home | None:
    """One household with its members."""
    return next(iter(_with_members(reader, reader.find("household", id=id))), None)


def _with_members(reader: Reader, found: list[Household]) -> list[Home]:
    members: dict[str, list[Resident]] = {}
    ids = [each.id for each in found]
    for start in range(0, len(ids), 400):
        for each in reader.find("resident", household=ids[start : start + 400], active=True):
            members.setdefault(each.household, []).append(each)
    made = [Home(each, _in_order(members.get(each.id, ()))) for each in found]
    return sorted(made, key=lambda each: weak_first(each.household, each.members))


def _in_order(members: Any) -> tuple[Resident, ...]:
    """The head first, then those who need help, then as they were entered."""
    return tuple(sorted(members, key=lambda each: (each.relation != RELATIONS[0], not is_weak(each), each.id)))


def per_village(reader: Reader) -> dict[str, int]:
    """How many households each village has on its register."""
    return registers.households_per_village(reader.connection)


@dataclass(frozen=True, slots=True)
class Head:
    """A household found by its head."""

    household: str
    name: str
    grid: str | None
    village: str


def find_heads(reader: Reader, query: str, limit: int = 12) -> list[Head]:
    """Households whose head's name, pinyin or initials begin like ``query``; nothing for who sees names masked."""
    if not may_read(reader.viewer.role, "name"):
        return []
    return [Head(*row) for row in registers.heads_like(reader.connection, query, limit)]
