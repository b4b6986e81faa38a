"""Sheets that are printed: told with the masks of whoever prints; that it was printed stays in the log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from commandcenter.base.errors import BadInput
from commandcenter.rules.people import Officer
from commandcenter.rules.permissions import EVERYBODY
from commandcenter.services.commands import Context, command, handles
from commandcenter.storage.reads import Reader

Sheet = Literal["incident_record"]


@command("print_paper", roles=EVERYBODY, writes=(), undoable=False)
@dataclass(frozen=True, kw_only=True, slots=True)
class PrintPaper:
    """Print a sheet about something (``subject`` by its id); that it was printed stays in the log."""

    sheet: Sheet
    subject: str


@handles(PrintPaper)
def print_paper(cmd: PrintPaper, ctx: Context) -> Any:
    """The sheet is made afterwards with :func:`incident_record`, never stored in the answer."""
    found = ctx.uow.get("incident", cmd.subject)
    if found is None or found.world != ctx.world:
        raise BadInput("incident.unknown", incident=cmd.subject)
    ctx.uow.note("incident", cmd.subject, "print")
    return {"sheet": cmd.sheet, "subject": cmd.subject}


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
