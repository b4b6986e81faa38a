"""``export WHAT FILE``: a table as the acting officer may see it, in the columns in which it comes in again; and
``export scenario KEY FILE``: one scenario of the library as its workbook; ``export calendar FILE.ics``: the drills of a
trainer, a village or a worker.
"""

import argparse
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.base.files import write_whole
from commandcenter.base.texts import say
from commandcenter.cli.opening import progress_bar, session, tell
from commandcenter.services import exporting


def run(options: argparse.Namespace) -> int:
    """An existing file is replaced only with ``--force``."""
    if options.file.exists() and not options.force:
        raise BadInput("table.exists", path=str(options.file))
    if options.what == "scenario":
        return _scenario(options)
    if options.key is not None:
        raise BadInput("cli.key_unused", what=options.what, given=options.key)
    if options.what == "calendar" and not options.year:
        return _calendar(options)
    if (options.year or options.with_no_notice) and options.what != "drills":
        raise BadInput("export.only_drills")
    with session(options) as opened, progress_bar(say("cli.progress.export")) as progress:
        made = exporting.export(
            opened, options.what, options.file, progress, year=options.year, with_hidden=options.with_no_notice
        )
    tell({"what": made.what, "file": str(made.path), "rows": made.rows}, as_json=options.json,
         sentence=say("cli.exported", file=made.path, count=made.rows))  # fmt: skip
    return 0


def _scenario(options: argparse.Namespace) -> int:
    """The newest edition of a type, or the edition of an id."""
    from commandcenter.services import scenario_files

    if options.key is None:
        raise BadInput("cli.key_needed")
    with session(options) as opened:
        content = scenario_files.export(opened, options.key, options.file)
    rows = len(content["injects"]) + len(content["expectations"])
    tell({"what": "scenario", "key": content["key"], "edition": content["edition"], "file": str(options.file),
          "rows": rows}, as_json=options.json,
         sentence=say("cli.exported", file=options.file, count=rows))  # fmt: skip
    return 0


def _calendar(options: argparse.Namespace) -> int:
    from commandcenter.services import drill_calendars

    chosen: list[tuple[Any, str]] = [
        (whose, getattr(options, whose)) for whose in ("trainer", "village", "worker") if getattr(options, whose)
    ]
    if len(chosen) > 1:
        raise BadInput("calendar.one_of")
    if options.file.suffix.lower() != ".ics":
        raise BadInput("calendar.ending", path=str(options.file))
    with session(options) as opened:
        made = drill_calendars.prepare(
            opened, *(chosen[0] if chosen else ("all", "")), with_hidden=options.with_no_notice
        )
        opened.runner.execute(made.note)
        write_whole(options.file, made.content)
    tell({"what": "calendar", "file": str(options.file), "entries": made.entries}, as_json=options.json,
         sentence=say("cli.exported", file=options.file, count=made.entries))  # fmt: skip
    return 0
