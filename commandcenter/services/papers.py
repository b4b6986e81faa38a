"""Sheets that are printed: told with the masks of whoever prints; that it was printed stays in the log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from commandcenter.base.errors import BadInput, NotAllowed, RuleError
from commandcenter.rules.drills import Door, may_leave, paper_door
from commandcenter.rules.people import Officer
from commandcenter.rules.permissions import EVERYBODY, RECORDERS
from commandcenter.services.commands import Context, command, handles
from commandcenter.services.records import known
from commandcenter.storage.reads import Reader

Sheet = Literal["incident_record", "drill_sheets", "drill_papers", "drill_notice"]


@command("print_paper", roles=EVERYBODY, writes=(), undoable=False)
@dataclass(frozen=True, kw_only=True, slots=True)
class PrintPaper:
    """Print a sheet about something (``subject`` by its id); that it was printed stays in the log."""

    sheet: Sheet
    subject: str


@handles(PrintPaper)
def print_paper(cmd: PrintPaper, ctx: Context) -> Any:
    """The sheet is made afterwards (:func:`incident_record`, :mod:`commandcenter.services.drill_papers`), never stored
    in the answer."""
    if cmd.sheet != "incident_record":
        return _print_drill(cmd, ctx)
    found = ctx.uow.get("incident", cmd.subject)
    if found is None or found.world != ctx.world:
        raise BadInput("incident.unknown", incident=cmd.subject)
    let_out(paper_door(found.world), found.world)
    ctx.uow.note("incident", cmd.subject, "print")
    return {"sheet": cmd.sheet, "subject": cmd.subject}


def _print_drill(cmd: PrintPaper, ctx: Context) -> Any:
    """By those who write drills up; a no-notice drill's papers before it begins by planners alone."""
    if ctx.actor.role not in RECORDERS and ctx.actor.id != "system":
        raise NotAllowed("actor.role", command="print_paper", role=ctx.actor.role)
    drill = known(ctx, cmd.subject)
    let_out("drill_paper", drill.world)
    ctx.uow.note("drill", drill.id, "print")
    return {"sheet": cmd.sheet, "subject": drill.id}


def let_out(door: Door, world: str) -> None:
    """RuleError ``drill.stays_in`` unless rows of this world may leave through this door."""
    if not may_leave(door, world):
        raise RuleError("drill.stays_in", door=door)


@dataclass(frozen=True, slots=True)
class Printed:
    """A sheet as a file."""

    name: str
    content: bytes


def incident_record(reader: Reader, incident: str, *, now: datetime, officer: Officer) -> Printed:
    """The incident record as PDF, in the language of this process and with this reader's masks.

    Send ``PrintPaper`` first. Takes a second the first time: not on the GUI thread. BadInput ``incident.unknown``,
    EnvironmentTrouble ``paper.no_font``.
    """
    # What makes paper is imported when paper is made.
    from commandcenter.services import incident_paper

    return Printed(*incident_paper.make(reader, incident, now, officer))


def drill_notice(reader: Reader, drill: str, *, now: datetime, officer: Officer) -> Printed:
    """The notice of a drill as PDF; ``reader`` reads ``DRILLS``. BadInput ``unknown``, RuleError ``drill.no_date``."""
    from commandcenter.services import drill_notices

    return Printed(*drill_notices.make(reader, drill, now, officer))
