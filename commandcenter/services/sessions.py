"""Opening a database for one person at one desk: schema guard, clock, actor, and the doors to read and to act."""

import contextlib
import getpass
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commandcenter.base.clock import Clock
from commandcenter.base.errors import BadInput, EnvironmentTrouble
from commandcenter.base.ids import new_id
from commandcenter.rules.entity import REAL
from commandcenter.rules.grids import DatabaseMark
from commandcenter.rules.people import Officer
from commandcenter.rules.visibility import SYSTEM, Viewer
from commandcenter.services.runner import SYSTEM_ACTOR, CommandRunner
from commandcenter.storage import machinery, schema
from commandcenter.storage.database import Database
from commandcenter.storage.reads import Reader


class ReadDoor:
    """Short read transactions; every one names its viewer and world."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @contextlib.contextmanager
    def open(self, viewer: Viewer, world: str) -> Iterator[Reader]:
        """A reader for the length of the block."""
        with self.database.read() as connection:
            yield Reader(connection, viewer, world)


@dataclass(slots=True)
class Session:
    """One person at one desk of one database."""

    database: Database
    clock: Clock
    officer: Officer
    desk: str
    runner: CommandRunner
    reads: ReadDoor

    @property
    def viewer(self) -> Viewer:
        """The person as a reader."""
        return Viewer(self.officer.id, self.officer.role)

    @contextlib.contextmanager
    def read(self, world: str) -> Iterator[Reader]:
        """Read as this person."""
        with self.reads.open(self.viewer, world) as reader:
            yield reader

    def become(self, officer: Officer) -> None:
        """Somebody else takes the desk."""
        self.officer = officer
        self.runner = CommandRunner(self.database, self.clock, actor=officer.id, desk=self.desk)

    def close(self) -> None:
        """Say goodbye and give back the connections."""
        with contextlib.suppress(EnvironmentTrouble), self.database.write() as connection:
            machinery.leave(connection, self.desk)
        self.database.close()


def create_database(database: Database, *, clock: Clock | None = None, account: str | None = None) -> None:
    """Make the tables, adopt what is shipped for drills and training and, in a database without officers, enter the
    local administrator, named after the OS account; ``account``: who that is where the rows will go from here."""
    from commandcenter.services import shipped  # for a new database only
    from commandcenter.services.towns import AddOfficer

    schema.create(database)
    runner = CommandRunner(database, clock or Clock(), actor=SYSTEM_ACTOR.id, desk=new_id())
    with database.read() as connection:
        empty = not Reader(connection, SYSTEM, REAL).count("officer")
    if empty:
        account = account or default_account(database)
        runner.execute(AddOfficer(name=account_name(), role="administrator", account=account))
    shipped.adopt(runner)


def name_town(database: Database, name: str, *, mark: DatabaseMark = "real", clock: Clock | None = None, code: str = "",
              zone: str = "Asia/Shanghai", number_prefix: str = "SJ") -> None:  # fmt: skip
    """Say which town the database serves."""
    from commandcenter.services.towns import NameTown

    runner = CommandRunner(database, clock or Clock(), actor=SYSTEM_ACTOR.id, desk=new_id())
    runner.execute(NameTown(name=name, mark=mark, code=code, zone=zone, number_prefix=number_prefix))


def open_session(url: str | Path | Database, *, actor: str | None = None, clock: Clock | None = None,
                 desk: str | None = None) -> Session:  # fmt: skip
    """Open an existing database as ``actor`` (an officer's id, name or account; None: the default one).

    Raises EnvironmentTrouble (``schema.*``, ``database.*``) or BadInput ``actor.unknown``.
    """
    database = url if isinstance(url, Database) else Database(url)
    try:
        schema.require_current(database)
        with database.read() as connection:
            mapping = machinery.read_clock(connection)
            reader = Reader(connection, SYSTEM, REAL)
            officer = find_officer(reader, actor or default_account(database))
    except BaseException:
        database.close()
        raise
    clock = clock or Clock(mapping)
    desk = desk or new_id()
    runner = CommandRunner(database, clock, actor=officer.id, desk=desk)
    return Session(database, clock, officer, desk, runner, ReadDoor(database))


def default_account(database: Database) -> str:
    """On PostgreSQL the login role's officer; on SQLite the account of the machine."""
    return str(database.url.username or account_name()) if database.is_postgres else account_name()


def find_officer(reader: Reader, given: str) -> Officer:
    """An active officer by id, account or name.

    BadInput ``actor.unknown`` or ``actor.ambiguous``.
    """
    officers: list[Officer] = [each for each in reader.find("officer") if each.active]
    for field in ("id", "account", "name"):
        found = [each for each in officers if getattr(each, field) == given]
        if len(found) == 1:
            return found[0]
        if found:
            raise BadInput("actor.ambiguous", actor=given)
    raise BadInput("actor.unknown", actor=given)


def account_name() -> str:
    """The name of the operating system's account, which the first administrator bears."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "administrator"
