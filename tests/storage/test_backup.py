"""Snapshot backups: whole, consistent under writers, the same on either engine."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from commandcenter.base.clock import Clock
from commandcenter.base.errors import BadInput, EnvironmentTrouble
from commandcenter.base.ids import new_id
from commandcenter.rules.entity import REAL
from commandcenter.rules.visibility import SYSTEM
from commandcenter.services import databases
from commandcenter.services.incidents import EditIncident, NoteIncident, OpenIncident
from commandcenter.services.privacy import ErasePerson
from commandcenter.services.runner import SYSTEM_ACTOR, CommandRunner
from commandcenter.services.sessions import create_database
from commandcenter.services.towns import AddOfficer
from commandcenter.services.undo import Undo
from commandcenter.storage import backup as copies
from commandcenter.storage.database import Database
from commandcenter.storage.reads import Reader
from commandcenter.storage.tables import kept

UrlMaker = Callable[[str], str]
OLDER = sorted((Path(__file__).resolve().parents[1] / "golden").glob("*.sqlite"))


@pytest.fixture
def opened() -> Iterator[Callable[[str | Path], Database]]:
    """Opens databases and closes them after the test."""
    made: list[Database] = []

    def open_one(url: str | Path) -> Database:
        made.append(Database(url))
        return made[-1]

    yield open_one
    for each in made:
        each.close()


def lived_in(desk: Any, supervisor: Any) -> None:
    """Edits, undone ones, an erased caller, seals."""
    runner = desk.runner
    kept = runner.execute(
        OpenIncident(
            category="care", urgency="urgent", text="老人摔倒", caller_name="慕容翠翠", caller_phone="15487654321"
        )
    ).value["incident"]
    runner.execute(NoteIncident(incident=kept, text="已派人"))
    edit = runner.execute(EditIncident(incident=kept, changed={"text": "老人走失"}, was={"text": "老人摔倒"}))
    runner.execute(Undo(target=edit.command))
    runner.execute(Undo(target=runner.execute(OpenIncident(category="other", urgency="routine", text="误报")).command))
    supervisor.runner.execute(ErasePerson(entity="incident", subject=kept, reason="本人要求"))
    databases.seal(desk.database, desk.desk)
    runner.execute(OpenIncident(category="other", urgency="routine", text="封存之后"))


def contents(database: Database) -> dict[str, list[Any]]:
    with database.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in kept()
        }


def test_a_backup_restored_into_the_other_engine_and_back_is_the_same(
    town: str, engine: str, open_desk: Callable[..., Any], empty_database_url: UrlMaker, tmp_path: Path,
    opened: Callable[[str | Path], Database],
) -> None:  # fmt: skip
    desk = open_desk(town)
    lived_in(desk, open_desk(town, "supervisor"))
    other = opened(empty_database_url("postgresql" if engine == "sqlite" else "sqlite"))
    databases.restore(databases.backup(desk.database, tmp_path / "there.sqlite"), other)
    back = opened(empty_database_url(engine))
    databases.restore(databases.backup(other, tmp_path / "back.sqlite"), back)
    reports = [databases.check(each) for each in (desk.database, other, back)]
    assert reports[0].sound and reports[0].sealed > 0
    assert reports[0] == reports[1] == reports[2]
    assert contents(desk.database) == contents(other) == contents(back)


@pytest.mark.one_engine
def test_a_restored_database_is_lived_in_further(
    town: str, engine: str, desk: Any, open_desk: Callable[..., Any], empty_database_url: UrlMaker, tmp_path: Path,
    opened: Callable[[str | Path], Database],
) -> None:  # fmt: skip
    desk.runner.execute(OpenIncident(category="other", urgency="urgent", text="路灯不亮", caller_phone="15400000001"))
    url = empty_database_url(engine)
    databases.restore(databases.backup(desk.database, tmp_path / "copy.sqlite"), opened(url))
    again = open_desk(url)
    last = databases.info(again.database)["last_seq"]
    outcome = again.runner.execute(
        OpenIncident(category="other", urgency="urgent", text="水管破裂", caller_name="李大爷")
    )
    assert outcome.changes.first_seq == last + 1 and outcome.value["number"].endswith("002")
    with again.read("real") as reader:
        assert len(reader.search_texts("水管")) == len(reader.search_texts("路灯")) == 1
    assert databases.check(again.database).sound


def test_restoring_into_what_is_not_empty_is_refused_and_changes_nothing(town: str, desk: Any, tmp_path: Path) -> None:
    file = databases.backup(desk.database, tmp_path / "copy.sqlite")
    before = databases.check(desk.database)
    with pytest.raises(BadInput) as caught:
        databases.restore(file, desk.database)
    assert caught.value.code == "backup.not_empty"
    assert databases.check(desk.database) == before


@pytest.mark.parametrize(("engine", "golden"), [
    # What is older is upgraded in a SQLite file before it is loaded: house/test_migrations does so in every run.
    pytest.param(engine, each, id=f"{engine}-{each.stem}", marks=pytest.mark.soak if each in OLDER[:-1] else ())
    for engine in ("sqlite", "postgresql") for each in OLDER
])  # fmt: skip
def test_a_backup_of_any_older_version_loads_and_stays_as_it_was(
    golden: Path, empty_database_url: UrlMaker, engine: str, opened: Callable[..., Database], tmp_path: Path
) -> None:
    source = tmp_path / "backup.sqlite"
    source.write_bytes(golden.read_bytes())
    target = opened(empty_database_url(engine))
    databases.restore(source, target)
    report = databases.check(target)
    assert report.sound and report.state_hash == golden.with_suffix(".hash").read_text().strip()
    assert source.read_bytes() == golden.read_bytes()


def test_restoring_what_is_no_backup_leaves_the_target_empty(
    engine: str, empty_database_url: UrlMaker, tmp_path: Path, opened: Callable[[str | Path], Database]
) -> None:
    target = opened(empty_database_url(engine))
    notes = tmp_path / "notes.txt"
    notes.write_text("不是备份" * 500, encoding="utf-8")
    for source in (tmp_path / "none.sqlite", notes):
        with pytest.raises((BadInput, EnvironmentTrouble)):
            databases.restore(source, target)
    with pytest.raises(EnvironmentTrouble) as caught:
        databases.info(target)
    assert caught.value.code == "schema.empty"


def test_a_restore_that_breaks_off_leaves_a_database_that_can_be_restored_into(
    engine: str, desk: Any, empty_database_url: UrlMaker, tmp_path: Path, opened: Callable[[str | Path], Database]
) -> None:
    def cut_off(done: int, total: int) -> None:
        raise KeyboardInterrupt

    file = databases.backup(desk.database, tmp_path / "copy.sqlite")
    target = opened(empty_database_url(engine))
    with pytest.raises(KeyboardInterrupt):
        databases.restore(file, target, cut_off)
    with pytest.raises(EnvironmentTrouble, match=r"schema\.empty"):
        databases.info(target)
    databases.restore(file, target)
    assert databases.check(target) == databases.check(desk.database)


def test_who_writes_while_rows_are_replaced_waits_and_loses_nothing(
    engine: str, desk: Any, empty_database_url: UrlMaker, tmp_path: Path, opened: Callable[[str | Path], Database]
) -> None:
    """Whether the old rows may go is asked when nobody can add to them any more."""
    target = opened(empty_database_url(engine))
    create_database(target)
    beside = opened(target.url.render_as_string(hide_password=False))
    runner = CommandRunner(beside, Clock(), actor=SYSTEM_ACTOR.id, desk=new_id())
    late = threading.Thread(target=runner.execute, args=(AddOfficer(name="后来人", role="viewer", account="late"),))

    def they_may_go(connection: Any) -> bool:
        late.start()
        late.join(0.3)
        assert late.is_alive(), "it must not be written into what goes"
        return True

    file = databases.backup(desk.database, tmp_path / "copy.sqlite")
    copies.restore(file, target, replaces=they_may_go)
    late.join(30)
    with target.read() as connection:
        officers = Reader(connection, SYSTEM, REAL).find("officer")
    assert {"duty1", "late"} <= {each.account for each in officers}
    assert databases.check(target).sound


def test_a_backup_that_breaks_off_leaves_no_file(desk: Any, tmp_path: Path) -> None:
    def cut_off(done: int, total: int) -> None:
        raise KeyboardInterrupt

    folder = tmp_path / "backups"
    folder.mkdir()
    with pytest.raises(KeyboardInterrupt):
        databases.backup(desk.database, folder / "copy.sqlite", cut_off)
    assert list(folder.iterdir()) == []


def test_a_backup_under_writers_is_one_instant(
    town: str, desk: Any, open_desk: Callable[..., Any], tmp_path: Path, opened: Callable[[str | Path], Database]
) -> None:
    stop, errors = threading.Event(), list[Exception]()

    def write(session: Any) -> None:
        try:
            while not stop.is_set():
                session.runner.execute(OpenIncident(category="other", urgency="routine", text="持续写入"))
        except Exception as error:
            errors.append(error)

    writers = [threading.Thread(target=write, args=(open_desk(town, name),)) for name in ("duty1", "duty2")]
    for writer in writers:
        writer.start()
    try:
        taken = [databases.backup(desk.database, tmp_path / f"{number}.sqlite") for number in range(3)]
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert errors == []
    reports = [databases.check(opened(file)) for file in taken]
    assert all(report.sound for report in reports)
    assert reports[0].changes < reports[-1].changes


def test_a_backup_lies_alone_beside_its_name(desk: Any, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    databases.backup(desk.database, folder / "copy.sqlite")
    assert [each.name for each in folder.iterdir()] == ["copy.sqlite"]
    with pytest.raises(BadInput) as caught:
        databases.backup(desk.database, folder / "copy.sqlite")
    assert caught.value.code == "backup.exists"


def test_a_backup_to_where_nothing_can_be_written_says_where(desk: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for target in (tmp_path / "file" / "copy.sqlite", tmp_path / "file" / "folder" / "copy.sqlite"):
        with pytest.raises(EnvironmentTrouble, match=r"backup\.cannot_write") as caught:
            databases.backup(desk.database, target)
        assert caught.value.facts["path"] == str(target)


def test_what_cannot_be_brought_to_rest_is_the_fault_of_its_place(tmp_path: Path) -> None:
    """A disk that fills up in the last step, or anything else that SQLite itself cannot do."""
    path = tmp_path / "no.sqlite"
    path.write_bytes(b"no database" * 1_000)
    with pytest.raises(EnvironmentTrouble, match=r"database\.damaged"):
        copies.settle(path)


@pytest.mark.parametrize("place", ["file/town.sqlite", "file/folder/town.sqlite"])
def test_a_place_below_a_file_is_no_place(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentTrouble, match=r"database\.unreachable"):
        Database(tmp_path / place)
