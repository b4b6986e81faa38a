"""Sheets that are printed: told with the masks of whoever prints; that it was printed stays in the log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from commandcenter.base.errors import BadInput, NotAllowed, RuleError
from commandcenter.rules.drills import Door, may_leave, paper_door
from commandcenter.rules.people import Officer
from commandcenter.rules.permissions import EVERYBODY, PLANNERS, RECORDERS
from commandcenter.services.commands import Context, command, handles
from commandcenter.services.drills import known
from commandcenter.storage.reads import Reader

Sheet = Literal[
    "incident_record", "drill_sheets", "drill_papers", "drill_notice", "sign_in_sheet", "certificates",
    "training_register", "receipt_sheet", "pick_list", "stock_list", "labels", "handbook", "contact_book",
    "overview",
]  # fmt: skip
ABOUT: dict[str, str] = {
    "incident_record": "incident", "drill_sheets": "drill", "drill_papers": "drill", "drill_notice": "drill",
    "sign_in_sheet": "session", "certificates": "session", "training_register": "township",
    "receipt_sheet": "kit_issue", "pick_list": "township", "stock_list": "township", "labels": "township",
    "handbook": "grid", "contact_book": "village", "overview": "village",
}  # fmt: skip
"""What each sheet is about; the register is the town's, and so is what is not about one thing."""
OR_ABOUT: dict[str, tuple[str, ...]] = {
    "pick_list": ("depot",), "stock_list": ("depot",), "labels": ("village", "kit_issue", "kit", "piece"),
}  # fmt: skip
"""What else a sheet may be about: a part of the whole."""
VARIANTS: dict[str, tuple[str, ...]] = {"overview": ("full_a3", "full_a2", "board_a3", "board_a2")}
"""Which sheet of several it was: the overview with everything or with counts for the notice board, by its paper."""
MOST_SUBJECTS = 5_000
OF_KITS = frozenset(("receipt_sheet", "pick_list", "stock_list", "labels", "handbook", "contact_book", "overview"))
"""Sheets that everybody may print who may look at kits, stores and lists: with his masks. Of a book it is a copy to
look at; editions are printed by :class:`commandcenter.services.editions.PrintBooks`."""


@command("print_paper", roles=EVERYBODY, writes=(), undoable=False)
@dataclass(frozen=True, kw_only=True, slots=True)
class PrintPaper:
    """Print a sheet about something (``subject`` by its id), or one about each of several (``subjects``); that it was
    printed stays in the log, and of which ``variant`` it was (see :data:`VARIANTS`)."""

    sheet: Sheet
    subject: str = ""
    subjects: tuple[str, ...] = ()
    variant: str = ""

    @property
    def every_subject(self) -> tuple[str, ...]:
        """All it is about, each once."""
        return tuple(dict.fromkeys((*((self.subject,) if self.subject else ()), *self.subjects)))


def check_variant(sheet: str, variant: str) -> None:
    """BadInput ``print.variant`` unless there is such a variant of a sheet; "" says nothing."""
    known = VARIANTS.get(sheet, ())
    if variant and variant not in known:
        raise BadInput("print.variant", field="variant", variant=variant, known=", ".join(known) or "–")


@handles(PrintPaper)
def print_paper(cmd: PrintPaper, ctx: Context) -> Any:
    """The sheets are made afterwards (with the function of its name here, or
    :mod:`commandcenter.services.drill_papers`), never stored in the answer. One that may not be printed stops all."""
    wanted = cmd.every_subject
    if not 1 <= len(wanted) <= MOST_SUBJECTS:
        raise BadInput("print.subjects", field="subjects", most=MOST_SUBJECTS)
    check_variant(cmd.sheet, cmd.variant)
    found = [_print_drill(cmd, each, ctx) if ABOUT[cmd.sheet] == "drill" else _print(cmd, each, ctx)
             for each in wanted]  # fmt: skip
    return {"sheet": cmd.sheet, "subject": found[0], **({"subjects": found} if len(found) > 1 else {})}


def _print(cmd: PrintPaper, subject: str, ctx: Context) -> str:
    kind = ABOUT[cmd.sheet]
    found = ctx.uow.get(kind, subject)
    for other in OR_ABOUT.get(cmd.sheet, ()) if found is None else ():
        found = ctx.uow.get(other, subject)
        if found is not None:
            kind = other
            break
    if kind == "incident" and (found is None or found.world != ctx.world):
        raise BadInput("incident.unknown", incident=subject)
    if found is None:
        raise BadInput("unknown", entity=kind, id=subject)
    if kind == "incident":
        let_out(paper_door(found.world), found.world)
    elif cmd.sheet not in OF_KITS and ctx.actor.role not in PLANNERS and ctx.actor.id != "system":
        # Training papers name people and what they made of it.
        raise NotAllowed("actor.role", command="print_paper", role=ctx.actor.role)
    ctx.uow.note(kind, subject, "print")
    return subject


def _print_drill(cmd: PrintPaper, subject: str, ctx: Context) -> str:
    """By those who write drills up; a no-notice drill's papers before it begins by planners alone."""
    if ctx.actor.role not in RECORDERS and ctx.actor.id != "system":
        raise NotAllowed("actor.role", command="print_paper", role=ctx.actor.role)
    drill = known(ctx, subject)
    let_out("drill_paper", drill.world)
    ctx.uow.note("drill", drill.id, "print")
    return str(drill.id)


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


def sign_in_sheet(reader: Reader, session: str, *, now: datetime, officer: Officer) -> Printed:
    """The list of a training session, to be signed or scanned; as :func:`incident_record`."""
    from commandcenter.services import training_papers

    return Printed(*training_papers.sign_in_sheet(reader, session, now, officer))


def certificates(
    reader: Reader, session: str, *, now: datetime, officer: Officer, workers: Iterable[str] | None = None
) -> Printed:
    """The certificates of those who passed in a session (of these ``workers``, or all); as :func:`incident_record`."""
    from commandcenter.services import training_papers

    return Printed(*training_papers.certificates(reader, session, workers, now, officer))


def training_register(reader: Reader, *, now: datetime, officer: Officer, year: int | None = None) -> Printed:
    """The training register of a year, of this one by default; as :func:`incident_record`."""
    from commandcenter.services import training_papers

    return Printed(*training_papers.register(reader, year, now, officer))
