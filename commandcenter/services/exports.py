"""That a table left the program. What is in it is :mod:`services.exporting`, which no start needs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from commandcenter.base.errors import BadInput, NotAllowed
from commandcenter.rules.permissions import EVERYBODY, PLANNERS
from commandcenter.services.commands import Context, command, handles

if TYPE_CHECKING:
    from commandcenter.rules.drills import Door

TABLES = (
    "villages", "grids", "workers", "contacts", "duty_holders", "gazetteer", "households", "drills",
    "training_records", "kit_register", "stock_ledger", "attention", "roster", "grid_ledger", "care_ledger",
    "incident_ledger", "drill_records", "drill_evaluations", "drill_scores", "unit_ledger", "trainings", "debts",
    "courses", "articles", "stock_moves", "pieces", "editions", "book_holders", "training_matrix",
)  # fmt: skip
"""What can be exported: everything that can be imported, and the usual tables, and who has which course."""
OTHERS = ("scenario", "drill_calendar", "round_sheets", "round_result")
"""What leaves as a file of its own form and is written down all the same."""
DRILL_TABLES = frozenset(("drills", "drill_records", "drill_evaluations", "drill_scores", "debts"))
"""Those that tell of drills, and of nothing else; all others tell of none."""


NAMED_TRAINING = frozenset(("training_records", "training_matrix"))
"""Tables that say what somebody by name made of a training: for planners, like its papers."""


def door_of(what: str) -> "Door":
    """The door through which a table leaves."""
    return "drill_export" if what in DRILL_TABLES else "export"


@command("note_export", roles=EVERYBODY, writes=(), undoable=False)
@dataclass(frozen=True, kw_only=True, slots=True)
class NoteExport:
    """Write down that a table left the program: which, and how many rows."""

    what: str
    rows: int


@handles(NoteExport)
def note_export(cmd: NoteExport, ctx: Context) -> Any:
    """It stands beside the town in the log, like a lifted mask beside its person."""
    if cmd.what in NAMED_TRAINING and ctx.actor.role not in PLANNERS and ctx.actor.id != "system":
        raise NotAllowed("actor.role", command="note_export", role=ctx.actor.role)
    if cmd.what not in (*TABLES, *OTHERS):
        raise BadInput("table.unknown", what=cmd.what, known=", ".join(TABLES))
    for town in ctx.uow.find("township"):
        ctx.uow.note("township", town.id, "export")
    return {"what": cmd.what, "rows": cmd.rows}
