"""The sample township: whether it is there, and its clock; :mod:`sample_making` makes it where it is not."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from commandcenter.base.clock import ClockMapping
from commandcenter.base.errors import BadInput
from commandcenter.base.paths import resources
from commandcenter.rules.entity import REAL
from commandcenter.rules.visibility import SYSTEM
from commandcenter.storage import machinery, schema
from commandcenter.storage.database import Database
from commandcenter.storage.reads import Reader

Progress = Callable[[int, int], None]
NAP = timedelta(minutes=10)
"""A sample in which nothing happened for so long goes on from where it stopped."""


def folder(name: str = "jinhua") -> Path:
    """Where a sample's files lie."""
    return resources() / "sample" / name


def ensure(database: Database, progress: Progress, name: str = "jinhua") -> str:
    """Make sure that the database holds the sample; returns the id of its first duty officer.

    An empty database gets it; BadInput ``sample.other_content`` for one with other content.
    """
    if not _is_there(database, name):
        _make_once(database, progress, name)
    _wake(database)
    with database.read() as connection:
        officers = Reader(connection, SYSTEM, REAL).find(
            "officer", role="duty_officer", active=True, order=("account",)
        )
    return str(officers[0].id)


def put_older_aside(database: Database) -> Path | None:
    """Move a sample that an older version of the program made out of the way, so that this version makes its own: the
    file's new place, None where nothing had to move. Only for the program's own SQLite file, which nobody else uses."""
    if database.path is None or not database.exists():
        return None
    with database.read() as connection:
        version = schema.version_of(connection)
    if version is None or version >= schema.HEAD:
        return None
    from commandcenter.storage import backup as copies

    database.close()
    copies.settle(database.path)
    place = database.path.with_name(f"{database.path.stem}-{version}{database.path.suffix}")
    os.replace(database.path, place)
    copies.remove_with_companions(database.path)
    return place


def _make_once(database: Database, progress: Progress, name: str) -> None:
    """Of two desks that are opened for the first time at once one makes the sample, and the other waits for it: a file
    put in the place of one that is in use would leave both with pages of the other."""
    if database.path is None:
        _make(database, progress, name)
        return
    import filelock  # for the one start in a hundred that needs it

    database.path.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(f"{database.path}.making"):
        database.close()  # what was asked before was asked of a file that may have been replaced meanwhile
        if not _is_there(database, name):
            _make(database, progress, name)


def _make(database: Database, progress: Progress, name: str) -> None:
    """On SQLite beside its place, moved there when whole: a sample that was interrupted is made again."""
    from commandcenter.services.sample_making import build  # for the one start in a hundred that needs it
    from commandcenter.storage import backup as copies

    if database.path is None:
        build(database, progress, name)
        return
    part = database.path.with_name(f".{database.path.name}.{os.getpid()}.making")
    making = Database(part, careless=True)
    try:
        build(making, progress, name)
        making.close()
        copies.settle(part)
        database.close()  # a connection to the empty file that may have lain there would go on reading that one
        os.replace(part, database.path)
    finally:
        making.close()
        copies.remove_with_companions(part)


def _is_there(database: Database, name: str) -> bool:
    if not database.exists():
        return False
    with database.read() as connection:
        if schema.version_of(connection) is None:
            return False
    schema.require_current(database)
    with database.read() as connection:
        reader = Reader(connection, SYSTEM, REAL)
        towns = reader.find("township")
        if towns and towns[0].mark == "sample" and towns[0].code == town_of(name)["code"] and reader.count("incident"):
            return True
        if not towns and reader.count("officer") <= 1 and not reader.count("village"):
            return False
    raise BadInput("sample.other_content", database=database.name)


def town_of(name: str) -> dict[str, Any]:
    """What the sample says of its town."""
    found: dict[str, Any] = json.loads((folder(name) / "township.json").read_text(encoding="utf-8"))
    return found


def _wake(database: Database) -> None:
    """The sample's clock rests while nobody is there: it goes on from the last change."""
    with database.read() as connection:
        if _woken(connection) is None:
            return
    with database.write() as connection:
        mapping = _woken(connection)  # asked again: another desk may have come first
        if mapping is not None:
            machinery.write_clock(connection, mapping)


def _woken(connection: Any) -> ClockMapping | None:
    """The clock of a sample that has slept, as it goes on; None when it is awake or has no clock of its own."""
    mapping = machinery.read_clock(connection)
    last = machinery.last_recorded(connection)
    if mapping is None or last is None or mapping.rate != 1.0 or machinery.present_desks(connection):
        return None
    now = datetime.now(UTC)
    return ClockMapping(now, last + timedelta(minutes=1)) if mapping.at(now) - last > NAP else None
