"""The program's own sample after an update."""

import shutil
from pathlib import Path

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
