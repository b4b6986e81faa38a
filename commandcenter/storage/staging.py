"""Personal values of a large import, put down piece by piece before its transaction, so that no other writer waits.

A staged value is found by nothing until its command is carried out (:func:`commandcenter.storage.personal.is_told`):
no row refers to it, and search looks for the command. Whatever is left by an import that was cancelled, refused or cut
off is taken away, by itself or by the next one. (Measured for 10,000 workers with three values each, on SQLite: the
values alone take three quarters of the writing, for their text index.)
"""

import time
from collections.abc import Callable

from sqlalchemy import delete, select

from commandcenter.base.clock import monotonic
from commandcenter.base.errors import Refused
from commandcenter.storage import ddl
from commandcenter.storage.batch import Batch
from commandcenter.storage.database import Database
from commandcenter.storage.tables import command, personal_value

PAUSE = 0.01
"""Seconds at least between two pieces, in which another writer takes its turn."""
_PIECE = 1_000


def put(
    database: Database, batch: Batch, progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> None:  # fmt: skip
    """Put down the values of a batch. Refused ``file.cancelled``."""
    for done, piece in enumerate(batch.staged, start=1):
        if cancelled is not None and cancelled():
            raise Refused("file.cancelled")
        begun = monotonic()
        with database.write(many=True) as connection:
            piece.run(connection)
        if progress is not None:
            progress(done, len(batch.staged))
        # As long as it held the file, so that on a busy machine, too, whoever waits comes next.
        time.sleep(max(PAUSE, monotonic() - begun))


def clear(database: Database) -> int:
    """Take away what was put down for commands that were not carried out; how many values. Only while holding
    ``database.importing()``."""
    taken = 0
    orphans = select(personal_value.c.number).where(personal_value.c.command_id.not_in(select(command.c.id)))
    while True:
        with database.read() as connection:
            numbers = list(connection.execute(orphans.limit(_PIECE)).scalars())
        if not numbers:
            break
        with database.write() as connection:
            connection.execute(delete(personal_value).where(personal_value.c.number.in_(numbers)))
        taken += len(numbers)
        time.sleep(PAUSE)
    if taken:
        with database.write() as connection:
            ddl.forget_deleted(connection)
    return taken
