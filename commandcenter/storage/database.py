"""Opening a database of either engine and holding its transactions.

SQLite: WAL, ``synchronous=FULL``, foreign keys, ``BEGIN IMMEDIATE``; writers of all processes queue on a lock file
beside the database because SQLite's own busy handler is unfair. PostgreSQL: psycopg 3, READ COMMITTED.
"""

import contextlib
import os
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from commandcenter.base.clock import monotonic
from commandcenter.base.errors import BadInput, CommandCenterError, EnvironmentTrouble, ServerAway

if TYPE_CHECKING:
    import filelock

PATIENCE = 30.0
"""Seconds a writer waits for its turn on SQLite."""
POLL = 0.002
"""Seconds between two looks whether the lock file is free."""
_NETWORK_FILESYSTEMS = {"nfs", "nfs4", "cifs", "smbfs", "smb3", "9p", "fuse.sshfs", "afpfs", "davfs"}

guard: list[Callable[[], None]] = []
"""Called before each transaction; the desk puts its check here that the GUI thread runs no SQL."""


def parse_url(url: str | Path) -> URL:
    """A database URL or a plain file path as an SQLAlchemy URL; BadInput when it is neither."""
    given = str(url)
    if "://" not in given:
        return URL.create("sqlite", database=str(Path(given).expanduser().absolute()))
    try:
        parsed = make_url(given)
    except ArgumentError:
        raise BadInput("database.bad_url", url=_without_password(given)) from None
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        return parsed.update_query_dict({"target_session_attrs": "read-write"} if "target_session_attrs" not in
                                        parsed.query else {})  # fmt: skip
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed.set(database=str(Path(parsed.database).expanduser().absolute()))
    raise BadInput("database.bad_url", url=_without_password(given))


def _without_password(url: str) -> str:
    return re.sub(r"//([^:/@]*):[^@]*@", r"//\1:***@", url)


def on_network_share(path: Path) -> bool:
    """Whether ``path`` lies on a network file system, where SQLite's locks cannot be trusted."""
    if str(path).startswith("\\\\"):
        return True
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    best, kind = "", ""
    for line in mounts:
        _, folder, filesystem, *_ = line.split(" ")
        folder = folder.replace("\\040", " ")
        inside = folder == "/" or str(path) == folder or str(path).startswith(folder + "/")
        if inside and len(folder) >= len(best):
            best, kind = folder, filesystem
    return kind in _NETWORK_FILESYSTEMS


def trouble(error: BaseException) -> CommandCenterError | None:
    """The environment's fault behind a driver error, or None when it is a bug."""
    original = getattr(error, "orig", error)
    message = str(original).lower()
    if isinstance(error, PoolTimeout):
        return EnvironmentTrouble("database.busy")
    if isinstance(original, sqlite3.Error):
        if "locked" in message or "busy" in message:
            return EnvironmentTrouble("database.busy")
        if "full" in message:
            return EnvironmentTrouble("database.disk_full")
        if "readonly" in message:
            return EnvironmentTrouble("database.read_only")
        if "malformed" in message or "not a database" in message:
            return EnvironmentTrouble("database.damaged")
        if "unable to open" in message or "disk i/o" in message:
            return EnvironmentTrouble("database.unreachable")
        return None
    state = getattr(original, "sqlstate", None) or ""
    if state.startswith(("08", "57P")) or getattr(error, "connection_invalidated", False):
        return ServerAway("database.away")
    if state.startswith("53"):
        return EnvironmentTrouble("database.disk_full")
    if state.startswith("28"):
        return EnvironmentTrouble("database.login_refused")
    if isinstance(error, OperationalError) and not state:
        return ServerAway("database.away")
    return None


class Collision(Exception):
    """Two writers met; the same command may simply be tried again."""


def is_transient(error: BaseException) -> bool:
    """Whether the same command may simply be tried again: deadlock, serialization, lost race for a key."""
    return getattr(getattr(error, "orig", error), "sqlstate", None) in ("40001", "40P01", "23505", "55P03")


class Database:
    """One database and its connections. Transactions are context managers; nothing stays open between them."""

    def __init__(self, url: str | Path, *, patience: float = PATIENCE, careless: bool = False) -> None:
        """Prepare, without connecting. BadInput for a URL that cannot be used, EnvironmentTrouble for a share.

        ``careless``: do not wait for the disk at each commit (a file that is thrown away when its making fails).
        """
        self._careless = careless
        self.url = parse_url(url)
        self.is_postgres = self.url.get_backend_name() == "postgresql"
        self.path = None if self.is_postgres else Path(str(self.url.database))
        if self.path is not None and on_network_share(self.path):
            raise EnvironmentTrouble("database.network_share", path=str(self.path))
        self.patience = patience
        self.longest_wait = 0.0
        """Seconds that the unluckiest write so far waited for its turn."""
        self._lock: filelock.BaseFileLock | None = None
        self._turn = threading.Lock()
        self._yields_until = 0.0
        self.engine = self._make_engine()

    @property
    def name(self) -> str:
        """The URL as it may be shown: without the password."""
        return str(self.path) if self.path else self.url.render_as_string(hide_password=True)

    @property
    def conninfo(self) -> str:
        """The libpq URL for a connection of psycopg's own (LISTEN)."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def _make_engine(self) -> Engine:
        if self.is_postgres:
            return create_engine(
                self.url, pool_size=6, max_overflow=4, pool_timeout=10, pool_pre_ping=True,
                hide_parameters=True,
                connect_args={"connect_timeout": 5, "options": "-c timezone=UTC", "application_name": "commandcenter"},
            )  # fmt: skip
        assert self.path is not None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            raise EnvironmentTrouble("database.unreachable") from None
        engine = create_engine(
            self.url, pool_size=6, max_overflow=4, hide_parameters=True, connect_args={"timeout": self.patience}
        )
        event.listen(engine, "connect", _prepare_careless if self._careless else _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def exists(self) -> bool:
        """Whether there is anything to open (a PostgreSQL database is taken to exist)."""
        try:
            return self.path is None or (self.path.exists() and self.path.stat().st_size > 0)
        except OSError:
            raise EnvironmentTrouble("database.unreachable") from None

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A short read transaction: one snapshot on SQLite, statement by statement on PostgreSQL."""
        with self._guarded(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A read transaction that sees one instant of the database however long it takes."""
        options: dict[str, Any] = {"isolation_level": "REPEATABLE READ"} if self.is_postgres else {}
        with self._guarded(), self.engine.connect().execution_options(**options) as connection, connection.begin():
            if self.is_postgres:
                connection.execute(text("SET TRANSACTION READ ONLY"))
            yield connection

    @contextlib.contextmanager
    def write(self, *, many: bool = False) -> Iterator[Connection]:
        """A write transaction: commits at the end of the block, rolls back when the block raises.

        ``many``: so many rows that SQLite would carry its log over into the file at once, while the next writer waits
        for it; that is done here when the turn is over (and costs a third of the time of a large commit).
        """
        carries_over = many and self.path is not None
        with self._guarded():
            with self._my_turn(), self.engine.connect() as connection:
                if carries_over:
                    _carry_over_at(connection, 0)
                try:
                    connection = connection.execution_options(immediate=True)
                    with connection.begin():
                        yield connection
                finally:
                    if carries_over:
                        _carry_over_at(connection, _PAGES)
            if carries_over:
                self._carry_over()

    def _carry_over(self) -> None:
        """Move the log into the file as far as no reader needs it; others read and write meanwhile."""
        with contextlib.closing(self.engine.raw_connection()) as raw, contextlib.suppress(sqlite3.OperationalError):
            raw.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def empty_log(self) -> bool:
        """SQLite: carry the whole log over into the file and cut it to nothing; False while somebody still reads an
        older state, for which nobody else is kept waiting."""
        with self._guarded(), self._my_turn(), contextlib.closing(self.engine.raw_connection()) as raw:
            cursor = raw.cursor()
            cursor.execute(f"PRAGMA busy_timeout={_MOMENT}")
            try:
                is_busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0]
            except sqlite3.OperationalError:
                return False
            finally:
                cursor.execute(f"PRAGMA busy_timeout={int(self.patience * 1000)}")
            return not is_busy

    @contextlib.contextmanager
    def _my_turn(self) -> Iterator[None]:
        if self.path is None:
            yield
            return
        import filelock  # for writers only: a desk's first picture is read

        asked = monotonic()
        with self._turn:
            if self._lock is None:
                self._lock = filelock.FileLock(f"{self.path}.lock", poll_interval=POLL)
            time.sleep(max(0.0, self._yields_until - monotonic()))
            queued = monotonic()
            try:
                self._lock.acquire(timeout=self.patience)
            except filelock.Timeout:
                raise EnvironmentTrouble("database.busy") from None
            except OSError:
                raise EnvironmentTrouble("database.read_only") from None
            is_alone = monotonic() - queued < POLL
            self.note_wait(monotonic() - asked)
            try:
                yield
            finally:
                self._lock.release()
                # Whoever asks again at once beats all who look only now and then: who had to wait lets them go first.
                self._yields_until = 0.0 if is_alone else monotonic() + 2 * POLL

    @contextlib.contextmanager
    def importing(self) -> Iterator[None]:
        """The only import of this SQLite file that puts values down ahead of its transaction."""
        if self.path is None:
            yield
        else:
            with alone(self.path.with_name(f"{self.path.name}.importing"), self.patience):
                yield

    def note_wait(self, seconds: float) -> None:
        """Remember how long a write waited for its turn, if no other waited longer."""
        self.longest_wait = max(self.longest_wait, seconds)

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        for check in guard:
            check()
        try:
            yield
        except (DBAPIError, PoolTimeout, sqlite3.Error) as error:
            if is_transient(error):
                raise Collision from error
            known = trouble(error)
            if known is None:
                raise
            raise known from error

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()
        if self._lock is not None and os.name != "nt":
            self._lock.release(force=True)


@contextlib.contextmanager
def alone(lock: Path, patience: float) -> Iterator[None]:
    """Of all processes that ask for this lock file one at a time is inside.

    EnvironmentTrouble ``database.busy`` after ``patience`` seconds, ``database.read_only`` where no file can be made.
    """
    import filelock

    held = filelock.FileLock(lock, poll_interval=0.05)
    try:
        held.acquire(timeout=patience)
    except filelock.Timeout:
        raise EnvironmentTrouble("database.busy") from None
    except OSError:
        raise EnvironmentTrouble("database.read_only") from None
    try:
        yield
    finally:
        held.release()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "cache_size=-16000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


_MOMENT = 200
"""Milliseconds for which the log waits for readers when it is to be emptied; writers wait as long."""
_PAGES = 1_000
"""Pages of SQLite's log after which a commit carries it over: SQLite's own default."""


def _carry_over_at(connection: Connection, pages: int) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA wal_autocheckpoint={pages}")


def _prepare_careless(connection: Any, record: Any) -> None:
    _prepare_sqlite(connection, record)
    connection.execute("PRAGMA synchronous=OFF")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
