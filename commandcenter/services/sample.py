"""The sample township: whether it is there, and its clock; :mod:`sample_making` makes it where it is not."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from commandcenter.base.clock import ClockMapping
from commandcenter.base.errors import BadInput, EnvironmentTrouble
from commandcenter.base.paths import resources
from commandcenter.rules.entity import REAL
from commandcenter.rules.visibility import SYSTEM
from commandcenter.storage import machinery, schema
from commandcenter.storage.database import Database, alone
from commandcenter.storage.reads import Reader

Progress = Callable[[int, int], None]
NAP = timedelta(minutes=10)
"""A sample in which nothing happened for so long goes on from where it stopped."""
MAKING_PATIENCE = 120.0
"""Seconds that a start waits for another desk that is just making the sample; it takes some 15."""


def folder(name: str = "jinhua") -> Path:
    """Where a sample's files lie."""
    return resources() / "sample" / name


def ensure(database: Database, progress: Progress, name: str = "jinhua") -> str:
    """Make sure that the database holds the sample; returns the id of its first duty officer.

    An empty database gets it; BadInput ``sample.other_content`` for one with other content.
    """
    if not _is_there(database, name):
        _make(database, progress, name)
    _wake(database)
    with database.read() as connection:
        officers = Reader(connection, SYSTEM, REAL).find(
            "officer", role="duty_officer", active=True, order=("account",)
        )
    return str(officers[0].id)


def put_older_aside(database: Database) -> Path | None:
    """Move a sample that an older version of the program made out of the way, so that this version makes its own: the
    file's new place, None where nothing had to move. Only for the program's own SQLite file.

    EnvironmentTrouble ``database.in_use`` while a desk of the older version is still open on it.
    """
    if database.path is None or _older_version(database) is None:
        return None
    from commandcenter.storage import backup as copies

    with _moving(database.path):
        database.close()  # asked again, of the file that lies there now: another desk may have come first
        version = _older_version(database)
        if version is None:
            return None
        with database.read() as connection:
            if machinery.present_desks(connection):
                raise EnvironmentTrouble("database.in_use", database=database.name)
        database.close()
        copies.settle(database.path)
        place = database.path.with_name(f"{database.path.stem}-{version}{database.path.suffix}")
        try:
            os.replace(database.path, place)
        except OSError:  # Windows, where a file that somebody has open stays
            raise EnvironmentTrouble("database.in_use", database=database.name) from None
        copies.remove_with_companions(database.path)
    return place


def _older_version(database: Database) -> str | None:
    if not database.exists():
        return None
    with database.read() as connection:
        version = schema.version_of(connection)
    return version if version is not None and version < schema.HEAD else None


def _moving(path: Path) -> AbstractContextManager[None]:
    """Files are moved to and from this place by one at a time."""
    return alone(path.with_name(f"{path.name}.making.lock"), MAKING_PATIENCE)


def _make(database: Database, progress: Progress, name: str) -> None:
    """Made beside its place and put there when whole: a sample that was interrupted is made again, and a desk that is
    opened meanwhile never sees half of one."""
    from commandcenter.services.sample_making import build  # for the one start in a hundred that needs it
    from commandcenter.services.sessions import default_account
    from commandcenter.storage import backup as copies

    progress(0, 1)
    with _place_beside(database) as part:
        database.close()  # asked again, of the file that lies there now: another desk may have made it meanwhile
        if _is_there(database, name):
            return
        copies.remove_with_companions(part)  # of a making that was cut off
        making = Database(part, careless=True)
        try:
            build(making, _share(progress, 0.0, 0.9), name, _administrator(database) or default_account(database))
            making.close()
            copies.settle(part)
            _put(part, database, _share(progress, 0.9, 1.0), name)
        finally:
            making.close()
            with suppress(OSError):  # what went wrong before says more
                copies.remove_with_companions(part)


@contextmanager
def _place_beside(database: Database) -> Iterator[Path]:
    """Where the sample is made: in the folder of its file, by one desk at a time, so that it can be moved; in a
    temporary folder for a server's."""
    if database.path is None:
        with tempfile.TemporaryDirectory(prefix="commandcenter-sample-") as folder:
            yield Path(folder) / "sample.sqlite"
    else:
        with _moving(database.path):
            yield database.path.with_name(f".{database.path.name}.making")


def _put(part: Path, database: Database, progress: Progress, name: str) -> None:
    """Where there is no file yet the sample becomes it, which takes no time. Into what others may have open it goes
    as one transaction: under an open file another must not be put."""
    from commandcenter.storage import backup as copies

    if database.path is not None and not database.path.exists():
        copies.remove_journals(database.path)
        os.replace(part, database.path)
        return
    try:
        copies.restore(part, database, progress, replaces=_is_untouched)
    except BadInput:
        if not _is_there(database, name):  # else another desk was first
            raise


def _share(progress: Progress, begin: float, end: float) -> Progress:
    """The part of the whole that one of its steps reports."""
    return lambda done, total: progress(round(1_000 * (begin + (end - begin) * done / max(total, 1))), 1_000)


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
        if _is_untouched(connection):
            if machinery.present_desks(connection):
                raise EnvironmentTrouble("database.in_use", database=database.name)
            return False
    raise BadInput("sample.other_content", database=database.name)


def _is_untouched(connection: Any) -> bool:
    """Whether a database was made and nothing more: its administrator and what is shipped are no town's."""
    lines, _ = Reader(connection, SYSTEM, REAL).commands_since(0)
    names = [each.name for each in lines]
    return set(names) <= {"add_officer", "adopt_shipped"} and names.count("add_officer") <= 1


def _administrator(database: Database) -> str | None:
    """The account of whoever made a database that is untouched."""
    if not database.exists():
        return None
    with database.read() as connection:
        if schema.version_of(connection) is None:
            return None
        officers = Reader(connection, SYSTEM, REAL).find("officer")
    return officers[0].account if officers else None


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
