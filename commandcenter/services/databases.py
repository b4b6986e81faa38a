"""Looking after a database: what it is, checking, backing up, upgrading."""

import dataclasses
import shutil
import tempfile
from pathlib import Path
from typing import Any

from commandcenter.base.clock import Clock, iso
from commandcenter.base.errors import BadInput
from commandcenter.rules.entity import DRILLS, ENTITIES, REAL
from commandcenter.rules.visibility import SYSTEM, Viewer
from commandcenter.storage import backup as copies
from commandcenter.storage import forgetting, machinery, schema, seals
from commandcenter.storage.backup import Progress
from commandcenter.storage.database import Database
from commandcenter.storage.reads import Reader


def info(database: Database) -> dict[str, Any]:
    """What a database holds: town, mark, version, counts per entity, last sequence, desks that are present, since when
    an erasure waits to be cleaned up."""
    schema.require_current(database)
    with database.read() as connection:
        reader = Reader(connection, SYSTEM, REAL)
        # As somebody counts who must not learn of a no-notice drill: anyone may ask what a database holds.
        of_drills = Reader(connection, Viewer("", "duty_officer"), DRILLS)
        towns = reader.find("township")
        return {
            "database": database.name,
            "engine": "postgresql" if database.is_postgres else "sqlite",
            "schema": schema.HEAD,
            "town": towns[0].name if towns else None,
            "mark": towns[0].mark if towns else None,
            "last_seq": reader.last_seq(),
            "counts": {
                name: (of_drills if kind.of_drills else reader).count(name) for name, kind in ENTITIES.items()
            },
            "desks": [dataclasses.asdict(each) for each in machinery.present_desks(connection)],
            "clock": _clock(connection),
            "clean_up_since": iso(since) if (since := forgetting.open_since(connection)) else None,
        }


def version(database: Database) -> dict[str, Any]:
    """Which schema a database has and which this program wants; answers for older, newer and missing ones too.

    ``last_seq`` and ``desks`` (how many are open) are None where the schema is another.
    """
    facts: dict[str, Any] = {
        "database": database.name,
        "engine": "postgresql" if database.is_postgres else "sqlite",
        "schema": None,
        "program": schema.HEAD,
        "last_seq": None,
        "desks": None,
    }
    if database.exists():
        with database.read() as connection:
            facts["schema"] = schema.version_of(connection)
            if facts["schema"] == schema.HEAD:
                facts["last_seq"] = Reader(connection, SYSTEM, REAL).last_seq()
                facts["desks"] = len(machinery.present_desks(connection))
    return facts


def _clock(connection: Any) -> dict[str, Any] | None:
    mapping = machinery.read_clock(connection)
    return None if mapping is None else {
        "real": mapping.real.isoformat(), "simulated": mapping.simulated.isoformat(), "rate": mapping.rate
    }  # fmt: skip


def check(database: Database, progress: Progress | None = None) -> seals.Report:
    """Verify the whole database (see :func:`commandcenter.storage.seals.check`)."""
    schema.require_current(database)
    return seals.check(database, progress)


def backup(database: Database, target: Path, progress: Progress | None = None) -> Path:
    """One consistent snapshot as a SQLite file; BadInput when the target exists."""
    if target.exists():
        raise BadInput("backup.exists", path=str(target))
    return copies.backup(database, target, progress)


def copies_beside(database: Database) -> list[str]:
    """The names of the copies that the program made by itself and that still lie beside the database's file."""
    return copies.automatic(database)


def restore(source: Path, database: Database, progress: Progress | None = None) -> None:
    """Load a backup into an empty database; one of an older version is brought up to date on the way."""
    if not source.is_file():
        raise BadInput("backup.no_file", path=str(source))
    with tempfile.TemporaryDirectory(prefix="commandcenter-restore-") as folder:
        # Opening a SQLite file already writes to it, and the backup may lie on a medium that cannot be written.
        copy = Path(folder) / source.name
        shutil.copyfile(source, copy)
        _bring_up_to_date(copy)
        copies.restore(copy, database, progress)


def _bring_up_to_date(path: Path) -> None:
    older = Database(path)
    try:
        with older.read() as connection:
            version = schema.version_of(connection)
        if version is not None and version < schema.HEAD:
            from commandcenter.storage import migrations

            migrations.run(older, version)
    finally:
        older.close()


def set_aside(database: Database, target: Path, progress: Progress | None = None) -> Path:
    """Snapshot, then empty the database, so that a copy of another version can be restored into it."""
    if target.exists():
        raise BadInput("backup.exists", path=str(target))
    schema.require_current(database)
    return copies.set_aside(database, target, progress)


def upgrade(database: Database, progress: Progress | None = None) -> tuple[str | None, str, Path | None]:
    """Bring an older database to this version after an automatic backup; (from, to, backup)."""
    from commandcenter.storage import migrations

    return migrations.upgrade(database, progress)


def seal(database: Database, holder: str) -> int:
    """Seal what is not sealed yet, if this desk gets the lease."""
    return seals.seal_up(database, holder)


def clock_offset(reader: Reader) -> float:
    """By how many seconds this machine's clock is ahead of the server's (negative: behind); 0 on SQLite, where they are
    the same. The way there and back counts half."""
    machine = Clock()
    asked = machine.now()
    server = machinery.server_time(reader.connection)
    return ((asked + (machine.now() - asked) / 2) - server).total_seconds()


def desk_count(reader: Reader) -> int:
    """How many desks are there now."""
    return len(machinery.present_desks(reader.connection))
