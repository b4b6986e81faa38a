"""``export WHAT FILE``: a table as the acting officer may see it, in the columns in which it comes in again."""

import argparse

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.cli.opening import progress_bar, session, tell
from commandcenter.services import exporting


def run(options: argparse.Namespace) -> int:
    """An existing file is replaced only with ``--force``."""
    if options.file.exists() and not options.force:
        raise BadInput("table.exists", path=str(options.file))
    with session(options) as opened, progress_bar(say("cli.progress.export")) as progress:
        made = exporting.export(opened, options.what, options.file, progress)
    tell({"what": made.what, "file": str(made.path), "rows": made.rows}, as_json=options.json,
         sentence=say("cli.exported", file=made.path, count=made.rows))  # fmt: skip
    return 0
