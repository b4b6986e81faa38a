"""Training from the command line: lists, commands as JSON, tables out and in, and paper."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Commander


def lines(*commands: dict[str, Any]) -> str:
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in commands)


@pytest.fixture
def town_file(town_url: Any) -> str:
    return str(town_url("sqlite"))


def test_a_session_by_commands_and_its_rows_by_list_and_show(commander: Commander, town_file: str) -> None:
    at = ("--database", town_file, "--as", "trainer", "--json")
    courses = commander("list", "course", *at).json
    assert len(courses) == 18 and {"title", "category", "valid_months"} <= set(courses[0])
    worker = commander("list", "worker", "--limit", "1", *at).json[0]["id"]
    planned = {"command": "plan_session", "course": courses[0]["key"], "place": "二楼", "expected": [worker]}
    (made,) = commander("do", *at, given=lines(planned)).lines
    session = made["value"]["session"]
    done = commander("do", *at, given=lines(
        {"command": "sign_in", "session": session, "workers": [worker]},
        {"command": "record_results", "session": session, "results": [{"worker": worker, "mark": 90}]},
        {"command": "hold_session", "session": session},
    ))  # fmt: skip
    assert done.code == 0
    shown = commander("show", "session", session, *at).json
    assert shown["state"] == "held"
    (row,) = commander("list", "attendance", "--where", f"session={session}", *at).json
    assert (row["worker"], row["present"], row["passed"], row["mark"]) == (worker, True, True, 90.0)
    refused = commander("do", *at, given=lines({"command": "sign_in", "session": "none", "workers": [worker]}))
    assert refused.code == 2


def test_its_tables_go_out_and_come_in_again(commander: Commander, town_file: str, tmp_path: Path) -> None:
    at = ("--database", town_file, "--as", "trainer", "--json")
    for what in ("trainings", "training_matrix", "training_records"):
        out = commander("export", what, tmp_path / f"{what}.xlsx", *at)
        assert out.code == 0 and out.json["rows"] > 0
    answer = commander("import", "training_records", tmp_path / "training_records.xlsx", "--dry-run", *at)
    assert (answer.json["new"], answer.json["changed"], answer.json["refused"]) == (0, 0, 0) and answer.json["same"] > 0
    assert commander("import", "workers", tmp_path / "training_records.xlsx", "--dry-run", *at).code == 2


def test_its_papers_are_printed(commander: Commander, town_file: str, tmp_path: Path) -> None:
    at = ("--database", town_file, "--as", "trainer", "--json")
    held = next(each for each in commander("list", "session", *at).json if each["state"] == "held")
    year = held["starts_at"][:4]
    for what, id in (("sign_in_sheet", held["id"]), ("certificates", held["id"]), ("training_register", year)):
        made = commander("print", what, id, "--to", tmp_path / f"{what}.pdf", *at)
        assert made.code == 0 and (tmp_path / f"{what}.pdf").read_bytes().startswith(b"%PDF")
    assert commander("print", "training_register", "soon", "--to", tmp_path / "x.pdf", *at).code == 2
