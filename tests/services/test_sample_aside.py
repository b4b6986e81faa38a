"""The program's own sample after an update."""

import contextlib
import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from commandcenter.services import sample
from commandcenter.storage import schema
from commandcenter.storage.database import Database

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


def test_a_database_that_was_only_made_may_become_the_sample(tmp_path: Path) -> None:
    """What every database adopts when it is made is no content of a town."""
    from commandcenter.services.sessions import create_database

    database = Database(tmp_path / "made.sqlite")
    create_database(database)
    assert not sample._is_there(database, "jinhua")
    database.close()


def test_an_empty_file_in_its_place_becomes_the_sample(tmp_path: Path) -> None:
    path = tmp_path / "sample.sqlite"
    database = Database(path)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE gone (id)"))
        connection.execute(text("DROP TABLE gone"))
    assert path.stat().st_size
    assert sample.ensure(database, lambda done, total: None, "tiny")
    database.close()


def test_two_first_starts_at_once_make_one_sample(tmp_path: Path) -> None:
    """The second would put its own in the place of a file that the first has open."""
    together, files = threading.Barrier(2), list[int]()
    original = sample._is_there

    def asked(database: Database, name: str) -> bool:
        found = original(database, name)
        if not found and together.n_waiting + len(files) < 2 and not together.broken:
            with contextlib.suppress(threading.BrokenBarrierError):
                together.wait(1)
        return found

    def start() -> None:
        database = Database(tmp_path / "sample.sqlite")
        sample.ensure(database, lambda done, total: None, "tiny")
        files.append(database.path.stat().st_ino)  # type: ignore[union-attr]
        database.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sample, "_is_there", asked)
        starts = [threading.Thread(target=start) for _ in range(2)]
        for each in starts:
            each.start()
        for each in starts:
            each.join(60)
    assert len(files) == 2 and len(set(files)) == 1
