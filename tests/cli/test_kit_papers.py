"""Kits and stores from the command line: tables out and in, and paper."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.conftest import Commander


@pytest.fixture
def town_file(town_url: Any) -> str:
    return str(town_url("sqlite"))


def test_tables_go_out_and_come_in_again(commander: Commander, town_file: str, tmp_path: Path) -> None:
    at = ("--database", town_file, "--as", "quartermaster", "--json")
    for what in ("kit_register", "stock_ledger"):
        path = tmp_path / f"{what}.xlsx"
        out = commander("export", what, path, *at)
        assert out.code == 0 and out.json["rows"] > 0
        answer = commander("import", what, path, *at).json
        assert (answer["new"], answer["changed"], answer["refused"], answer["differences"]) == (0, 0, 0, [])
        assert answer["same"] == out.json["rows"] and not answer["written"]
    book = openpyxl.load_workbook(tmp_path / "stock_ledger.xlsx")
    sheet = book.worksheets[0]
    column = [cell.value for cell in sheet[1]].index("数量") + 1
    sheet.cell(2, column).value = int(sheet.cell(2, column).value) + 7
    book.save(tmp_path / "stock_ledger.xlsx")
    answer = commander("import", "stock_ledger", tmp_path / "stock_ledger.xlsx", *at).json
    assert (answer["changed"], answer["written"]) == (1, True)
    (move,) = [each for each in commander("list", "stock_move", "--where", "kind=counted", *at).json
               if each["reason"] == "stock_ledger.xlsx"]  # fmt: skip
    assert move["change"] == 7


def test_papers_are_printed(commander: Commander, town_file: str, tmp_path: Path) -> None:
    at = ("--database", town_file, "--as", "quartermaster", "--json")
    issue = commander("list", "kit_issue", *at).json[0]
    depot = commander("list", "depot", *at).json[0]["name"]
    kit = commander("list", "kit", "--limit", "1", *at).json[0]["code"]
    wanted = (
        ("kit_issue", issue["number"]), ("pick_list", "all"), ("pick_list", depot), ("stock_list", "all"),
        ("stock_list", depot), ("labels", issue["village_name"]), ("labels", issue["number"]), ("labels", kit),
    )  # fmt: skip
    for number, (what, id) in enumerate(wanted):
        path = tmp_path / f"{number}.pdf"
        made = commander("print", what, id, "--to", path, *at)
        assert made.code == 0 and path.read_bytes().startswith(b"%PDF"), (what, id, made.err)
    small = commander("print", "labels", kit, "--layout", "5x13", "--start", "9", "--to", tmp_path / "l.pdf", *at)
    assert small.code == 0
    for bad in (("labels", kit, "--layout", "2x2:1x1"), ("labels", "nowhere"), ("kit_issue", "all")):
        assert commander("print", *bad, "--to", tmp_path / "x.pdf", *at).code == 2
    assert not (tmp_path / "x.pdf").exists()
