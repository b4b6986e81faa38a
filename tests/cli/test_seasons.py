"""The plan table and calendars by command line: out, back in, and refused in a sentence."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from commandcenter.rules.entity import DRILLS
from commandcenter.services.drills import PlanDrill
from tests.cli.conftest import Commander


@pytest.fixture
def planned(at_town: Commander, open_desk: Any, town: str) -> Any:
    """A trainer's session with a drill and a no-notice drill of 2026."""
    session = open_desk(town, "trainer")
    with session.read("real") as reader:
        village = reader.find("village", order=("code",))[0].id
    for title, form in (("滑坡", "field"), ("拉练", "no_notice")):
        session.runner.execute(
            PlanDrill(scenario="landslide", village=village, title=title, form=form, trainer=session.officer.id,  # type: ignore[arg-type]
                      starts_at=datetime(2026, 6, 5 if form == "field" else 20, 1, tzinfo=UTC))
        )  # fmt: skip
    return session


def test_the_plan_table_goes_out_and_comes_back(at_town: Commander, planned: Any, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    out = at_town("export", "drills", path, "--year", "2026", "--json", actor="trainer")
    assert out.code == 0 and out.json["rows"] == 1
    both = tmp_path / "both.xlsx"
    asked = at_town("export", "drills", both, "--year", "2026", "--with-no-notice", "--json", actor="trainer")
    assert asked.json["rows"] == 2
    book = load_workbook(path)
    book.worksheets[0].cell(2, 11).value = "李书记"
    book.save(path)
    back = at_town("import", "drills", path, "--json", actor="trainer")
    assert back.code == 0 and (back.json["changed"], back.json["new"]) == (1, 0) and back.json["written"]
    with planned.read(DRILLS) as reader:
        assert {each.title: each.commander for each in reader.find("drill")} == {"滑坡": "李书记", "拉练": ""}
    again = at_town("import", "drills", both, "--json", "--dry-run", actor="trainer")
    assert again.code == 0 and again.json["changed"] == 0


def test_calendars_go_out(at_town: Commander, planned: Any, tmp_path: Path) -> None:
    path = tmp_path / "t.ics"
    made = at_town("export", "calendar", path, "--trainer", "trainer", "--json", actor="trainer")
    assert made.code == 0 and made.json["entries"] == 1 and path.read_bytes().startswith(b"BEGIN:VCALENDAR")
    own = at_town("export", "calendar", tmp_path / "o.ics", "--trainer", "trainer", "--with-no-notice", "--json",
                  actor="trainer")  # fmt: skip
    assert own.json["entries"] == 2
    duty = at_town("export", "calendar", tmp_path / "d.ics", "--with-no-notice", "--json")
    assert duty.json["entries"] == 1


def test_what_does_not_fit_is_refused(at_town: Commander, planned: Any, tmp_path: Path) -> None:
    for words in (
        ("calendar", tmp_path / "t.txt"), ("calendar", tmp_path / "t.ics", "--village", "无名村"),
        ("calendar", tmp_path / "t.ics", "--village", "a", "--trainer", "b"),
        ("workers", tmp_path / "w.csv", "--year", "2026"),
    ):  # fmt: skip
        assert at_town("export", *words).code == 2
    assert not list(tmp_path.glob("t.*")) and not list(tmp_path.glob("w.*"))
