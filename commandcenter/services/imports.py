"""One import mechanism: rows are read, repaired and compared outside any transaction, then written in one.

A row is a dict of an entity's fields in which places and people are named as files name them (a grid by its code, a
village by code or name). :mod:`commandcenter.services.import_plan` answers what would happen; ``ImportRows`` writes
what was prepared, whole, if nobody has moved meanwhile what was compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from commandcenter.base.errors import BadInput, NotAllowed
from commandcenter.rules.entity import fields_of
from commandcenter.rules.people import Role
from commandcenter.rules.permissions import IMPORTERS, may_import
from commandcenter.services.commands import Bulk, Context, command, compares, handles
from commandcenter.services.import_plan import ACROSS, Plan
from commandcenter.storage.batch import Batch

Importable = Literal[
    "village", "grid", "worker", "contact", "duty_holder", "gazetteer_name", "officer", "household",
    "attendance", "attention_item",
]  # fmt: skip
READS = ("township", "village", "grid")
"""What every comparison looks at, besides the kinds that it writes."""
WRITES: Mapping[str, tuple[str, ...]] = {
    "grid": ("village", "grid", "shape"), "household": ("household", "resident"),
    "attendance": ("session", "attendance"),
}  # fmt: skip
LOOKS_AT: Mapping[str, tuple[str, ...]] = {
    "attendance": ("worker", "course"), "attention_item": ("household", "resident", "setting"),
    "grid": ("worker",),
}  # fmt: skip
"""What else a comparison depends on."""


def kinds_of(entity: str) -> tuple[str, ...]:
    """The kinds of rows that an import of ``entity`` compares with, or may write."""
    return tuple(dict.fromkeys((*READS, *LOOKS_AT.get(entity, ()), *WRITES.get(entity, (entity,)))))


@command(
    "import_rows",
    roles=IMPORTERS,
    writes=(
        "village", "grid", "shape", "worker", "contact", "duty_holder", "gazetteer_name", "officer", "household",
        "resident", "session", "attendance", "attention_item",
    ),
)  # fmt: skip
@dataclass(frozen=True, kw_only=True, slots=True)
class ImportRows:
    """Write the rows of a file: new ones are added, known ones changed, nothing is taken away.

    ``choices``: fields (``"file"`` or ``"database"``) whose value stands where both know one; if unsaid the file's, of
    :data:`commandcenter.services.import_plan.ACROSS` the database's.
    """

    entity: Importable
    rows: Annotated[tuple[dict[str, Any], ...], Bulk]
    source: str = ""
    choices: dict[str, Any] = field(default_factory=dict)


@compares(ImportRows)
def compare(cmd: ImportRows, ctx: Context) -> Batch:
    """Compare and make ready every row to be written, before the write transaction begins.

    Whole or not at all: the first row that does not fit raises BadInput.
    """
    check_role(ctx.actor.role, cmd.entity)
    check_choices(cmd.entity, cmd.choices)
    plan = Plan(ctx.uow, cmd.entity, ctx.new_id, ctx.now, choices=cmd.choices)
    plan.actor = ctx.actor.id if ctx.actor.id != "system" else None
    plan.judge(list(enumerate(cmd.rows, start=1)), strict=True)
    for entity in plan.writes:
        ctx.uow.put(entity)
    counts = {name: plan.counts[name] for name in ("new", "changed", "same")}
    return ctx.uow.batch(kinds_of(cmd.entity), counts)


@handles(ImportRows)
def import_rows(cmd: ImportRows, ctx: Context) -> Any:
    """Writes what was prepared; it is prepared anew when somebody has changed meanwhile what was compared."""
    ctx.uow.adopt(ctx.prepared)
    return ctx.prepared.value


def check_role(role: Role, entity: str) -> None:
    """NotAllowed for who does not bring such lists."""
    if not may_import(role, entity):
        raise NotAllowed("actor.role", command="import_rows", role=role)


def check_choices(entity: str, choices: Mapping[str, Any]) -> None:
    """BadInput unless every choice names a field of what is imported and a side."""
    from commandcenter.rules.entity import ENTITIES

    known = {each.name for kind in WRITES.get(entity, (entity,)) for each in fields_of(ENTITIES[kind].cls)} - {"id"}
    known |= ACROSS.get(entity, frozenset())
    for name, side in choices.items():
        if name not in known:
            raise BadInput("column.field_unknown", field=name, fields=", ".join(sorted(known)))
        if side not in ("file", "database"):
            raise BadInput("import.side", given=str(side))
