"""The import contracts hold, and each of them bites."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from commandcenter.storage import database as storage_database

PROJECT = Path(__file__).resolve().parents[2]
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
VIOLATIONS = {
    "floors": ("rules/zz_upward.py", "import commandcenter.services.commands"),
    "rooms": ("ui/grids/zz_sideways.py", "import commandcenter.ui.people"),
    "no-storage-in-ui": ("ui/core/zz_storage.py", "import commandcenter.storage.database"),
    "no-sql-above-storage": ("services/zz_sql.py", "import sqlalchemy"),
    "no-qt-below-ui": ("rules/zz_qt.py", "from PySide6.QtCore import QObject"),
}
"""By contract: a module that breaks this one."""


def contracts() -> dict[str, str]:
    """The names of the contracts by id."""
    with (PROJECT / "pyproject.toml").open("rb") as file:
        declared = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return {each["id"]: each["name"] for each in declared}


def lint(folder: Path) -> tuple[int, str]:
    """The verdict on the package in a folder."""
    done = subprocess.run(
        [sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(folder), "NO_COLOR": "1", "COLUMNS": "400", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_every_contract_is_kept() -> None:
    code, said = lint(PROJECT)
    assert code == 0, said


def test_every_contract_has_a_violation_here() -> None:
    assert set(VIOLATIONS) == set(contracts())


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of a copy in which each contract is broken once."""
    folder = tmp_path_factory.mktemp("broken")
    shutil.copy(PROJECT / "pyproject.toml", folder)
    python_only = shutil.ignore_patterns("*.pyc", "__pycache__")
    shutil.copytree(PROJECT / "commandcenter", folder / "commandcenter", ignore=python_only)
    for path, line in VIOLATIONS.values():
        (folder / "commandcenter" / path).write_text(f"{line}\n", encoding="utf-8")
    code, said = lint(folder)
    assert code == 1, said
    return said


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_every_contract_bites(verdict: str, contract: str) -> None:
    name = contracts()[contract]
    assert f"{name} BROKEN" in verdict
    path, _ = VIOLATIONS[contract]
    module = "commandcenter." + path.removesuffix(".py").replace("/", ".")
    assert module in verdict.partition("Broken contracts")[2]


def test_sql_on_the_gui_thread_is_caught(qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from commandcenter.ui.core.threads import WrongThread, assert_not_gui_thread, posing_as_worker

    monkeypatch.setattr(storage_database, "guard", [assert_not_gui_thread])
    database = storage_database.Database(tmp_path / "town.sqlite")
    for door in (database.read, database.write, database.snapshot):
        with pytest.raises(WrongThread), door():
            pass
        with posing_as_worker(), door():
            pass
    database.close()


def test_the_desk_sets_the_guard() -> None:
    from tests.house.sources import calls_and_targets

    assert "storage_database.guard" in calls_and_targets(PROJECT / "commandcenter" / "app.py")
