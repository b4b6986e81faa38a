"""``print``: a sheet as PDF."""

import argparse

from commandcenter.base.errors import BadInput
from commandcenter.base.files import write_whole
from commandcenter.base.texts import say
from commandcenter.cli.listing import find_row
from commandcenter.cli.opening import session, tell
from commandcenter.rules.entity import ENTITIES
from commandcenter.services import papers
from commandcenter.services.papers import PrintPaper


def run(options: argparse.Namespace) -> int:
    """Write the incident record; that it was printed is logged first."""
    if options.to.exists():
        raise BadInput("export.exists", path=str(options.to))
    with session(options) as opened:
        with opened.read(options.world) as reader:
            incident = find_row(reader, ENTITIES["incident"], options.id).id
        opened.runner.execute(PrintPaper(sheet="incident_record", subject=incident), world=options.world)
        with opened.read(options.world) as reader:
            made = papers.incident_record(reader, incident, now=opened.clock.now(), officer=opened.officer)
    write_whole(options.to, made.content)
    tell({"file": str(options.to), "bytes": len(made.content)}, as_json=options.json,
         sentence=say("cli.done.printed", file=options.to))  # fmt: skip
    return 0
