"""Migration 0004: names and words of a released database become personal values; nothing is lost, all can be erased."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from commandcenter.rules.entity import DRILLS, ENTITIES, REAL
from commandcenter.rules.visibility import SYSTEM
from commandcenter.services import databases, privacy
from commandcenter.services.privacy import ErasePerson
from commandcenter.services.sessions import open_session
from commandcenter.storage import migrations
from commandcenter.storage.database import Database
from commandcenter.storage.reads import Reader
from tests.services.stored import bytes_of, cleaned

FILLED = Path(__file__).resolve().parents[1] / "golden" / "filled" / "0003.sqlite"
NAME = "慕容翠翠"
FIELDS: dict[str, tuple[str, ...]] = {
    "absence": ("reason",), "attendance": ("reason",), "day_mark": ("note",),
    "drill": ("commander", "owner", "reason", "subjects", "process", "problems", "measures", "recorder"),
    "drill_grid": ("reason",), "drill_notice": ("whom",), "drill_person": ("name", "reason"),
    "expectation": ("reason", "evaluator"), "improvement": ("text", "owner"), "session": ("teacher", "reason", "note"),
    "unit_post": ("name",),
}  # fmt: skip


def filled(tmp_path: Path) -> Path:
    copy = tmp_path / "filled.sqlite"
    shutil.copyfile(FILLED, copy)
    return copy


def plain_texts(path: Path) -> dict[tuple[str, str, str], str]:
    """Every text of the old columns, empty ones too."""
    raw = sqlite3.connect(path)
    found = {
        (table, id, name): value
        for table, names in FIELDS.items()
        for name in names
        for id, value in raw.execute(f"SELECT id, {name} FROM {table}")
    }
    raw.close()
    return found


def onto(path: Path, target: Database) -> None:
    """The rows of an old file in a database of the other engine, which the released migrations have made."""
    migrations.run(target, "", "0003")
    source = sqlite3.connect(path)
    with target.write() as sink:
        sink.execute(text("SET session_replication_role = replica"))
        look = inspect(sink)
        for table in look.get_table_names():
            kinds = {each["name"]: str(each["type"]) for each in look.get_columns(table) if "computed" not in each}
            names = [row[1] for row in source.execute(f'PRAGMA table_info("{table}")')]
            sink.execute(text(f'DELETE FROM "{table}"'))
            listed = ", ".join(f'"{name}"' for name in names)
            statement = text(f'INSERT INTO "{table}" ({listed}) VALUES ({", ".join(f":{name}" for name in names)})')
            for row in source.execute(f'SELECT {listed} FROM "{table}"'):
                facts = dict(zip(names, row, strict=True))
                sink.execute(statement, {
                    name: bool(value) if kinds[name] == "BOOLEAN" and value is not None else value
                    for name, value in facts.items()
                })  # fmt: skip
        sink.execute(text("SELECT setval(pg_get_serial_sequence('personal_value','number'), 100000)"))
        sink.execute(text("SET session_replication_role = origin"))
    source.close()


@pytest.fixture
def released(tmp_path: Path, engine: str, empty_database_url: Callable[[str], str]) -> Database:
    """A full database of 0003 on each engine, not upgraded yet."""
    if engine == "sqlite":
        return Database(filled(tmp_path))
    database = Database(empty_database_url(engine))
    onto(FILLED, database)
    return database


def test_every_value_reads_as_before(released: Database) -> None:
    before = plain_texts(FILLED)
    assert sum(NAME in value for value in before.values()) >= 9
    databases.upgrade(released)
    report = databases.check(released)
    assert report.sound and report.sealed > 500
    after: dict[tuple[str, str, str], str] = {}
    with released.read() as connection:
        for table, names in FIELDS.items():
            worlds = (REAL, DRILLS) if ENTITIES[table].has_world else (REAL,)
            for row in (row for world in worlds for row in Reader(connection, SYSTEM, world).find(table)):
                after |= {(table, row.id, name): getattr(row, name) for name in names}
    assert after == before


@pytest.mark.soak
def test_log_and_commands_tell_by_reference_what_they_told(released: Database) -> None:
    databases.upgrade(released)
    with released.read() as connection:
        kept = "".join(str(row) for name in ("change_log", "command")
                       for row in connection.execute(text(f"SELECT * FROM {name}")))  # fmt: skip
        said = connection.execute(text("SELECT value FROM personal_value WHERE kind = 'record'")).scalars().all()
        current = connection.execute(
            text("SELECT count(*) FROM personal_value WHERE kind = 'record' AND \"current\"")
        ).scalar_one()
    for secret in (NAME, "上官文", "欧阳远", "皇甫仁", "已有证", "夏侯"):
        assert secret not in kept and any(secret in each for each in said), secret
    assert current == sum(1 for value in plain_texts(FILLED).values() if value)


@pytest.mark.soak
def test_undo_of_what_was_done_before_the_upgrade(released: Database) -> None:
    """The first record of the drill was changed, that undone: redo puts the later words back."""
    from commandcenter.services.undo import Undo

    databases.upgrade(released)
    with released.read() as connection:
        target = connection.execute(text("SELECT id FROM command WHERE name = 'undo'")).scalar_one()
        (drill,) = Reader(connection, SYSTEM, DRILLS).find("drill", origin="planned", state="held")
    session = open_session(released, actor="supervisor")
    assert drill.process == f"{NAME}走在前面"
    session.runner.execute(Undo(target=target))
    with session.read(DRILLS) as reader:
        assert reader.get("drill", drill.id).process == "全程顺利"
    assert databases.check(released).sound


def test_the_old_chain_is_verified_and_its_end_written_down(tmp_path: Path) -> None:
    path = filled(tmp_path)
    raw = sqlite3.connect(path)
    ends = dict(raw.execute("SELECT to_seq, hash FROM seal"))
    raw.close()
    database = Database(path)
    databases.upgrade(database)
    with database.read() as connection:
        (told,) = Reader(connection, SYSTEM, REAL).records("command", {"name": "upgrade_schema"})
    assert told["payload"]["hash"] == ends[told["payload"]["sealed_to"]] and told["actor"] == "system"


@pytest.mark.soak
def test_a_tampered_database_stays_tampered(tmp_path: Path) -> None:
    path = filled(tmp_path)
    raw = sqlite3.connect(path)
    raw.execute("UPDATE command SET actor = 'nobody' WHERE last_seq = 1")
    raw.commit()
    raw.close()
    database = Database(path)
    databases.upgrade(database)
    assert [each["code"] for each in databases.check(database).faults] == ["seal_broken"]


@pytest.mark.soak
def test_erasing_reaches_what_was_written_before_the_upgrade(released: Database) -> None:
    databases.upgrade(released)
    session = open_session(released, actor="supervisor")
    with session.read(DRILLS) as reader:
        person = next(each for each in reader.find("drill_person") if each.name == NAME)
    with released.read() as connection:
        keys = privacy.find_traces(connection, "drill_person", person.id).keys
    session.runner.execute(
        ErasePerson(entity="drill_person", subject=person.id, reason="本人要求", redact=tuple(keys))
    )
    with released.read() as connection:
        tables = inspect(connection).get_table_names()
        left = "\n".join(str(row) for name in tables for row in connection.execute(text(f'SELECT * FROM "{name}"')))
    assert NAME not in left and databases.check(released).sound
    cleaned(session)
    assert NAME.encode() not in bytes_of(released)
