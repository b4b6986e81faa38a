"""A fresh database and an upgraded one are the same, object by object; old databases keep every fact."""

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, Text, inspect, text

from commandcenter.base.errors import EnvironmentTrouble
from commandcenter.services import databases
from commandcenter.storage import migrations, schema
from commandcenter.storage.database import Database
from commandcenter.storage.tables import whole_metadata

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
RELEASED = schema.HEAD
NEXT = "9000"
"""A migration made up by these tests."""


def objects(connection: Connection) -> dict[str, Any]:
    """Everything that a schema consists of, in a form that compares."""
    look = inspect(connection)
    found: dict[str, Any] = {}
    for table in look.get_table_names():
        found[table] = {
            "columns": sorted(
                str((c["name"], str(c["type"]), c["nullable"], c["default"])) for c in look.get_columns(table)
            ),
            "key": look.get_pk_constraint(table)["constrained_columns"],
            "references": sorted(
                (f["constrained_columns"], f["referred_table"], f["referred_columns"])
                for f in look.get_foreign_keys(table)
            ),
            "unique": sorted(map(str, (u["column_names"] for u in look.get_unique_constraints(table)))),
            "checks": sorted(c["sqltext"] for c in look.get_check_constraints(table)),
            "indexes": sorted(str((i["name"], i["column_names"], i["unique"])) for i in look.get_indexes(table)),
        }
    if connection.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' OR sql LIKE 'CREATE VIRTUAL%'"
        found["*"] = sorted(map(str, connection.execute(text(query))))
    return found


def test_the_guard_knows_the_newest_migration() -> None:
    assert migrations.scripts()[-1].revision == schema.HEAD


def test_every_migration_has_a_golden_database() -> None:
    assert {script.revision for script in migrations.scripts()} == {path.stem for path in GOLDEN.glob("*.sqlite")}


def test_migrated_from_nothing_equals_made_at_once(empty_database_url: Callable[[str], str], engine: str) -> None:
    fresh, migrated = Database(empty_database_url(engine)), Database(empty_database_url(engine))
    schema.create(fresh)
    migrations.run(migrated, "")
    with fresh.read() as one, migrated.read() as other:
        assert objects(one) == objects(other)
        assert set(inspect(one).get_table_names()) >= set(whole_metadata().tables)
        assert schema.version_of(other) == schema.HEAD
    fresh.close()
    migrated.close()


KEPT = sorted(GOLDEN.glob("*.sqlite"))


@pytest.mark.parametrize("path", [
    # The oldest goes through every step.
    pytest.param(each, id=each.stem, marks=pytest.mark.soak if each in KEPT[1:-2] else ()) for each in KEPT
])  # fmt: skip
def test_a_golden_database_keeps_every_fact_through_the_upgrade(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    shutil.copyfile(path, copy)
    database = Database(copy)
    databases.upgrade(database)
    report = databases.check(database)
    assert report.sound and report.state_hash == path.with_suffix(".hash").read_text().strip()
    fresh = Database(tmp_path / "fresh.sqlite")
    schema.create(fresh)
    with database.read() as one, fresh.read() as other:
        assert objects(one) == objects(other)
    database.close()
    fresh.close()


def test_an_older_database_is_upgraded_after_a_copy(
    town_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A next migration, made up here, that gives a table one more column."""
    from alembic import op
    from sqlalchemy import Column

    def upgrade() -> None:
        with op.batch_alter_table("contact") as table:
            table.add_column(Column("extra", Text))

    database = Database(town_url("sqlite"))
    step = SimpleNamespace(revision=NEXT, module=SimpleNamespace(upgrade=upgrade))
    monkeypatch.setattr(migrations, "scripts", lambda: [step])
    monkeypatch.setattr(schema, "HEAD", NEXT)
    with pytest.raises(EnvironmentTrouble) as caught:
        schema.require_current(database)
    assert caught.value.code == "schema.older"
    before, after, copy = migrations.upgrade(database)
    assert (before, after) == (RELEASED, NEXT) and copy is not None and copy.stat().st_size > 0
    with database.read() as connection:
        assert "extra" in {column["name"] for column in inspect(connection).get_columns("contact")}
        assert connection.execute(text("SELECT count(*) FROM contact")).scalar_one() > 0
    database.close()


def test_a_migration_that_breaks_leaves_everything_as_it_was(town: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import op
    from sqlalchemy import Column

    def upgrade() -> None:
        op.add_column("contact", Column("extra", Text))
        op.execute("UPDATE contact SET extra = 'half'")
        raise ZeroDivisionError

    database = Database(town)
    before = databases.check(database)
    with database.read() as connection:
        was = objects(connection)
    with monkeypatch.context() as patch:
        patch.setattr(
            migrations, "scripts", lambda: [SimpleNamespace(revision=NEXT, module=SimpleNamespace(upgrade=upgrade))]
        )
        patch.setattr(schema, "HEAD", NEXT)
        with pytest.raises(ZeroDivisionError):
            migrations.run(database, RELEASED)
    with database.read() as connection:
        assert objects(connection) == was and schema.version_of(connection) == RELEASED
        if not database.is_postgres:
            assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    assert databases.check(database) == before
    database.close()


def test_a_database_brought_on_meanwhile_is_left_alone(town: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import op
    from sqlalchemy import Column

    runs: list[int] = []

    def upgrade() -> None:
        runs.append(1)
        op.add_column("contact", Column("extra", Text))

    one, other = Database(town), Database(town)
    monkeypatch.setattr(
        migrations, "scripts", lambda: [SimpleNamespace(revision=NEXT, module=SimpleNamespace(upgrade=upgrade))]
    )
    monkeypatch.setattr(schema, "HEAD", NEXT)
    migrations.run(one, RELEASED)
    migrations.run(other, RELEASED)
    assert runs == [1]
    for database in (one, other):
        schema.require_current(database)
        database.close()


def test_a_newer_database_is_refused(town: str) -> None:
    database = Database(town)
    with database.write() as connection:
        schema.stamp(connection, "9999")
    for act in (schema.require_current, migrations.upgrade):
        with pytest.raises(EnvironmentTrouble) as caught:
            act(database)
        assert caught.value.code == "schema.newer"
    database.close()
