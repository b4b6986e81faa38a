"""Who plays a part in a drill, controls or evaluates it."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules.drills import DrillPerson
from commandcenter.rules.entity import Personal
from commandcenter.rules.people import PersonKind
from commandcenter.rules.permissions import RECORDERS
from commandcenter.services import edits
from commandcenter.services.commands import Context, FieldsOf, command, handles
from commandcenter.services.drills import known

PERSON_FIELDS = ("name", "part", "role", "present", "reason")


@command("add_drill_person", roles=RECORDERS, writes=("drill_person",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddDrillPerson:
    """Somebody who plays a part, controls or evaluates: of the register (``person``), or only named."""

    drill: str
    name: Annotated[str, Personal("record")] = ""
    person_kind: PersonKind = "worker"
    person: str | None = None
    part: Literal["player", "controller", "evaluator"] = "player"
    role: str = ""
    present: bool | None = None


@handles(AddDrillPerson)
def add_drill_person(cmd: AddDrillPerson, ctx: Context) -> Any:
    """Nobody twice in the same part."""
    drill = known(ctx, cmd.drill)
    name = cmd.name.strip()
    if cmd.person is not None:
        found = ctx.uow.require(cmd.person_kind, cmd.person)
        name = name or found.name
    if not name:
        raise BadInput("drill.person_empty", field="name")
    for each in ctx.uow.find("drill_person", drill=drill.id, part=cmd.part):
        if each.role == cmd.role and (each.person, each.name) == (cmd.person, name):
            raise RuleError("drill.person_twice", name=name)
    made = DrillPerson(
        id=ctx.new_id(), world=drill.id, drill=drill.id, person_kind=cmd.person_kind, person=cmd.person, name=name,
        part=cmd.part, role=cmd.role.strip(), present=cmd.present,
    )  # fmt: skip
    ctx.uow.add(made)
    return {"drill_person": made.id, "drill": drill.id}


@command("edit_drill_person", roles=RECORDERS, writes=("drill_person",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditDrillPerson:
    """Change somebody's part, or whether he was there; an absence needs its reason. ``was``: what the editor saw."""

    drill_person: str
    changed: Annotated[dict[str, Any], FieldsOf("drill_person")]
    was: Annotated[dict[str, Any], FieldsOf("drill_person")]


@handles(EditDrillPerson)
def edit_drill_person(cmd: EditDrillPerson, ctx: Context) -> Any:
    """Fields changed apart merge silently."""
    wanted = edits.asked("drill_person", cmd, PERSON_FIELDS)
    row = edits.locked(ctx, "drill_person", cmd.drill_person)
    known(ctx, row.drill)
    edits.require_words(wanted, ("name",), "drill.person_empty")
    edited, names = edits.merged("drill_person", row, wanted, cmd.was, "drill_person.conflict", drill_person=row.id)
    if edited.present is False and not edited.reason:
        raise BadInput("drill.absence_reason", field="reason", name=edited.name)
    if names:
        ctx.uow.put(edited)
    return {"drill_person": row.id, "drill": row.drill, "changed": names}


@command("remove_drill_person", roles=RECORDERS, writes=("drill_person",))
@dataclass(frozen=True, kw_only=True, slots=True)
class RemoveDrillPerson:
    """Somebody plays no part after all."""

    drill_person: str


@handles(RemoveDrillPerson)
def remove_drill_person(cmd: RemoveDrillPerson, ctx: Context) -> Any:
    """Refused for somebody whose times were noted."""
    row = edits.locked(ctx, "drill_person", cmd.drill_person)
    known(ctx, row.drill)
    if ctx.uow.find("drill_moment", person=row.id):
        raise RuleError("drill.person_timed", name=row.name)
    ctx.uow.remove("drill_person", row.id)
    return {"drill_person": row.id, "drill": row.drill}
