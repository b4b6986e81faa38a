"""What of an erased person could still be read off the disk."""

import time
from pathlib import Path
from typing import Any

from sqlalchemy import text

from commandcenter.services import privacy
from commandcenter.storage.database import Database


def cleaned(session: Any) -> None:
    """What was in the way at first is done at the next try, as the keeper does it: a server that serves several
    databases keeps dead rows while somebody connects to it and another database writes."""
    for _ in range(100):
        if privacy.clean_up(session.database, session.desk) == "clean":
            return
        time.sleep(0.2)
    raise AssertionError("erased bytes still wait")


def bytes_of(database: Database) -> bytes:
    """The files of a database, or of its tables and indexes on the server."""
    if database.path is not None:
        paths = [Path(f"{database.path}{end}") for end in ("", "-wal", "-shm")]
    else:
        with database.engine.connect() as raw:  # what memory holds might be written into the files at any time
            raw.execution_options(isolation_level="AUTOCOMMIT").execute(text("CHECKPOINT"))
        with database.read() as connection:
            folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
            paths = [folder / path for path in connection.execute(text(
                "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r','t','i')"
                " AND pg_relation_filepath(oid) IS NOT NULL")).scalars()]  # fmt: skip
    return b"".join(path.read_bytes() for path in paths if path.exists())
