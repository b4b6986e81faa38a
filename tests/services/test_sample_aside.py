"""The program's own sample after an update."""

import contextlib
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from commandcenter.base.clock import Clock
from commandcenter.base.errors import BadInput, EnvironmentTrouble
from commandcenter.base.ids import new_id
from commandcenter.rules.entity import REAL
from commandcenter.rules.visibility import SYSTEM
from commandcenter.services import databases, sample, sample_making
from commandcenter.services.imports import ImportRows
from commandcenter.services.runner import SYSTEM_ACTOR, CommandRunner
from commandcenter.services.sessions import create_database, open_session
from commandcenter.services.towns import AddOfficer
from commandcenter.storage import machinery, schema
from commandcenter.storage.database import Database
from commandcenter.storage.reads import Reader

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


def test_a_sample_of_an_older_version_is_put_aside_whole(tmp_path: Path) -> None:
    path = tmp_path / "sample.sqlite"
    shutil.copyfile(GOLDEN / "0002.sqlite", path)
    moved = sample.put_older_aside(Database(path))
    assert moved == tmp_path / "sample-0002.sqlite" and not path.exists()
    with Database(moved).read() as connection:
        assert schema.version_of(connection) == "0002"


def test_a_sample_of_this_version_and_none_at_all_stay(tmp_path: Path) -> None:
    assert sample.put_older_aside(Database(tmp_path / "none.sqlite")) is None
    path = tmp_path / "sample.sqlite"
    shutil.copyfile(GOLDEN / f"{schema.HEAD}.sqlite", path)
    database = Database(path)
    assert sample.put_older_aside(database) is None and path.exists()
    database.close()


def test_a_sample_that_a_desk_of_an_older_version_shows_stays(tmp_path: Path) -> None:
    path = tmp_path / "sample.sqlite"
    shutil.copyfile(GOLDEN / "0002.sqlite", path)
    database, desk = Database(path), new_id()
    with database.write() as connection:
        machinery.report_presence(connection, desk, new_id(), "陈勇")
    with pytest.raises(EnvironmentTrouble, match=r"database\.in_use"):
        sample.put_older_aside(database)
    assert [each.name for each in tmp_path.glob("*.sqlite")] == [path.name]
    with database.write() as connection:
        machinery.leave(connection, desk)
    assert sample.put_older_aside(database) == tmp_path / "sample-0002.sqlite" and not path.exists()
    database.close()


def test_a_database_that_was_only_made_becomes_the_sample(
    empty_database_url: Callable[[str], str], engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What every database adopts when it is made is no content of a town; who looks at it is not left without it."""
    database = Database(empty_database_url(engine))
    create_database(database)
    desk, before = new_id(), databases.check(database).state_hash
    with database.write() as connection:
        machinery.report_presence(connection, desk, new_id(), "陈勇")
    with monkeypatch.context() as patch, pytest.raises(EnvironmentTrouble, match=r"database\.in_use"):
        patch.setattr(sample_making, "build", lambda *given: pytest.fail("asked after a quarter of a minute"))
        sample.ensure(database, quiet, "tiny")
    assert databases.check(database).state_hash == before
    with database.write() as connection:
        machinery.leave(connection, desk)
    assert sample.ensure(database, quiet, "tiny")
    assert databases.check(database).sound and officers(database) == officers_of_the_sample()
    database.close()
    with contextlib.closing(open_session(database.url.render_as_string(hide_password=False))) as session:
        assert session.officer.role == "administrator", "who opens it next without saying who"


@pytest.mark.parametrize("entered", [
    ImportRows(entity="contact", rows=({"name": "县应急局", "phone": "08312345678", "kind": "other"},)),
    AddOfficer(name="周正", role="duty_officer", account="zhou"),
], ids=["contact", "officer"])  # fmt: skip
def test_what_somebody_entered_is_never_replaced(
    empty_database_url: Callable[[str], str], engine: str, entered: Any
) -> None:
    database = Database(empty_database_url(engine))
    create_database(database)
    runner = CommandRunner(database, Clock(), actor=SYSTEM_ACTOR.id, desk=new_id())
    runner.execute(entered)
    before = databases.check(database).state_hash
    with pytest.raises(BadInput, match=r"sample\.other_content"):
        sample.ensure(database, quiet, "tiny")
    assert databases.check(database).state_hash == before
    database.close()


def test_a_desk_that_is_open_on_it_is_asked_for_before_and_after_the_making(
    empty_database_url: Callable[[str], str], engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(empty_database_url(engine))
    create_database(database)
    original = sample_making.build

    def open_meanwhile(*given: Any) -> None:
        original(*given)
        with database.write() as connection:
            machinery.report_presence(connection, new_id(), new_id(), "陈勇")

    monkeypatch.setattr(sample_making, "build", open_meanwhile)
    before = databases.check(database).state_hash
    with pytest.raises(EnvironmentTrouble, match=r"database\.in_use"):
        sample.ensure(database, quiet, "tiny")
    assert databases.check(database).state_hash == before
    database.close()


def test_what_a_crash_left_of_a_file_that_was_removed_is_not_read_into_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "sample.sqlite"
    database = Database(path)
    create_database(database)
    left = path.with_name("sample.sqlite-wal").read_bytes()
    database.close()
    path.unlink()
    path.with_name("sample.sqlite-wal").write_bytes(left)
    assert sample.ensure(database, quiet, "tiny")
    assert databases.check(database).sound and officers(database) == officers_of_the_sample()
    with database.read() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    database.close()


def test_a_making_that_is_cut_off_leaves_nothing_and_the_next_makes_it(
    empty_database_url: Callable[[str], str], engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(empty_database_url(engine))
    with monkeypatch.context() as patch:
        patch.setattr("commandcenter.services.sample_books.enter", lambda *given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sample.ensure(database, quiet, "tiny")
    with pytest.raises(EnvironmentTrouble, match=r"schema\.empty"):
        schema.require_current(database)
    if database.path:
        assert [each.name for each in database.path.parent.iterdir()] == [f"{database.path.name}.making.lock"]
    assert sample.ensure(database, quiet, "tiny")
    database.close()


def test_an_empty_file_in_its_place_becomes_the_sample(tmp_path: Path) -> None:
    path = tmp_path / "sample.sqlite"
    database = Database(path)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE gone (id)"))
        connection.execute(text("DROP TABLE gone"))
    assert path.stat().st_size
    assert sample.ensure(database, quiet, "tiny")
    database.close()


def test_two_first_starts_at_once_make_one_sample(empty_database_url: Callable[[str], str], engine: str) -> None:
    """On SQLite the second would put its own in the place of a file that the first has open."""
    url, together = empty_database_url(engine), threading.Barrier(2)
    original, found = sample._is_there, list[tuple[int, str]]()
    asked = threading.local()

    def both_find_none(database: Database, name: str) -> bool:
        is_there = original(database, name)
        if not getattr(asked, "before", False):
            asked.before = True
            together.wait(30)
        return is_there

    def start() -> None:
        database = Database(url)
        sample.ensure(database, quiet, "tiny")
        file = database.path.stat().st_ino if database.path else 0
        found.append((file, databases.check(database).state_hash))
        database.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sample, "_is_there", both_find_none)
        starts = [threading.Thread(target=start) for _ in range(2)]
        for each in starts:
            each.start()
        for each in starts:
            each.join(60)
    assert len(found) == 2 and len(set(found)) == 1
    database = Database(url)
    assert officers(database) == officers_of_the_sample()
    database.close()


def quiet(done: int, total: int) -> None:
    """Nobody watches the progress."""


def officers(database: Database) -> int:
    """How many there are, with the administrator who is entered when a database is made."""
    with database.read() as connection:
        return Reader(connection, SYSTEM, REAL).count("officer")


def officers_of_the_sample() -> int:
    """One a line, and that administrator."""
    return len((sample.folder("tiny") / "officers.csv").read_text(encoding="utf-8").splitlines())
