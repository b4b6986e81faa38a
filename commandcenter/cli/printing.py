"""``print``: a sheet as PDF."""

import argparse
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.base.files import write_whole
from commandcenter.base.texts import say
from commandcenter.cli.listing import find_row
from commandcenter.cli.opening import session, tell
from commandcenter.rules.entity import ENTITIES
from commandcenter.services import papers
from commandcenter.services.papers import ABOUT, Printed, PrintPaper

SHEETS = {
    "incident": "incident_record", "sign_in_sheet": "sign_in_sheet", "certificates": "certificates",
    "training_register": "training_register",
}  # fmt: skip
"""What can be printed, and as which sheet."""


def run(options: argparse.Namespace) -> int:
    """Write the sheet; that it was printed is logged first."""
    if options.to.exists():
        raise BadInput("export.exists", path=str(options.to))
    sheet: Any = SHEETS[options.what]
    with session(options) as opened:
        with opened.read(options.world) as reader:
            subject = _subject(reader, sheet, options.id)
        opened.runner.execute(PrintPaper(sheet=sheet, subject=subject), world=options.world)
        with opened.read(options.world) as reader:
            made = _made(opened, reader, sheet, subject, options.id)
    write_whole(options.to, made.content)
    tell({"file": str(options.to), "bytes": len(made.content)}, as_json=options.json,
         sentence=say("cli.done.printed", file=options.to))  # fmt: skip
    return 0


def _subject(reader: Any, sheet: str, given: str) -> str:
    """The id of what the sheet is about; of the register, which is called by its year, the town's."""
    if ABOUT[sheet] == "township":
        if not given.isdecimal() or len(given) != 4:
            raise BadInput("cli.year", given=given)
        return str(next(iter(reader.find("township"))).id)
    return str(find_row(reader, ENTITIES[ABOUT[sheet]], given).id)


def _made(opened: Any, reader: Any, sheet: str, subject: str, given: str) -> Printed:
    now, officer = opened.clock.now(), opened.officer
    if sheet == "training_register":
        return papers.training_register(reader, now=now, officer=officer, year=int(given))
    make = {"incident_record": papers.incident_record, "sign_in_sheet": papers.sign_in_sheet,
            "certificates": papers.certificates}[sheet]  # fmt: skip
    return make(reader, subject, now=now, officer=officer)
