"""What a desk imports until its first picture stands: every module more is waited for at each start, by everybody."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
CHILD = """
import sys
from commandcenter import cli
from commandcenter.cli import desk

show = desk._show

def watched(*arguments):
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    from commandcenter import app

    def tell(program, first):
        assert program.tasks.drain() and not program.window.grab().isNull()
        print(*sys.modules, flush=True)
        QTimer.singleShot(0, QApplication.quit)

    app._start_after_first_picture = tell
    return show(*arguments)

desk._show = watched
sys.exit(cli.main(sys.argv[1:]))
"""
NOT_YET = (
    "alembic", "openpyxl", "python_calamine", "pypinyin", "pyproj", "miniaudio", "psycopg", "rich", "typst",  # heavy
    "qtpy",  # makes every class of Qt
    "sqlalchemy.dialects.postgresql",  # on SQLite
    "filelock",  # for writers
    "html.parser",
    "commandcenter.rules.courses", "commandcenter.rules.drills", "commandcenter.rules.kits",
    "commandcenter.rules.rounds", "commandcenter.rules.scenarios", "commandcenter.rules.stores",  # other rooms
    "commandcenter.services.incidents", "commandcenter.services.towns", "commandcenter.services.undo",  # commands
    "commandcenter.ui.incidents.intake.intakes",
    "commandcenter.formats.cleaning", "commandcenter.formats.columns", "commandcenter.formats.tables",
    "commandcenter.services.registry", "commandcenter.services.due", "commandcenter.services.story",
    "commandcenter.services.sample_making", "commandcenter.services.readfiles", "commandcenter.services.papers",
    "commandcenter.ui.core.forms", "commandcenter.ui.core.tableview", "commandcenter.ui.core.listing",
    "commandcenter.ui.imports.window", "commandcenter.ui.incidents.intake.panel", "commandcenter.ui.incidents.editing",
    "commandcenter.ui.grids.workspace", "commandcenter.ui.grids.sections", "commandcenter.ui.people.workspace",
    "commandcenter.ui.people.sections", "commandcenter.ui.households.workspace",
    "commandcenter.ui.attachments.section", "commandcenter.ui.settings.workspace",
)  # fmt: skip
"""Nothing of this is seen in the first picture. Import it in the function that needs it, or plug it in with
``ui.core.tools.late``."""


def test_the_first_picture_waits_for_nothing_that_it_does_not_show(
    town_url: Callable[[str], str], tmp_path: Path
) -> None:
    folders = {f"COMMANDCENTER_{name}": str(tmp_path / name.lower()) for name in ("DATA", "CONFIG", "LOGS")}
    env = os.environ | folders | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(PROJECT)}
    found = subprocess.run(
        [sys.executable, "-c", CHILD, "--database", town_url("sqlite"), "--as", "duty1"], cwd=tmp_path, env=env,
        capture_output=True, text=True, encoding="utf-8", timeout=120,
    )  # fmt: skip
    if found.returncode:
        pytest.fail(found.stderr)
    imported = found.stdout.split()
    early = [name for name in imported if any(f"{name}.".startswith(f"{each}.") for each in NOT_YET)]
    assert "commandcenter.ui.grids.panel" in imported and early == []
