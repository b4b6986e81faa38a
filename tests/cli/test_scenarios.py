"""``export scenario`` and ``import scenario``: one workbook out, edited, and in again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from tests.cli.conftest import Commander


def test_a_scenario_goes_out_and_comes_back(
    commander: Commander, town_url: Callable[[str], str], tmp_path: Path
) -> None:
    url, path = town_url("sqlite"), tmp_path / "s.xlsx"

    def run(*words: Any, code: int = 0) -> Any:
        answer = commander(*words, "--database", url, "--as", "trainer", "--json")
        assert answer.code == code, answer
        return answer.json

    key = run("list", "scenario", "--limit", "1")[0]["key"]
    assert run("export", "scenario", key, path)["key"] == key
    assert run("import", "scenario", path)["changed"] == []
    book = load_workbook(path)
    for sheet in ("五预", "Five steps"):
        if sheet in book.sheetnames:
            book[sheet]["B2"] = "看天"
    book.save(path)
    assert run("import", "scenario", path, "--dry-run")["read"] is True
    answer = run("import", "scenario", path)
    assert answer["changed"] == ["five_forecast"] and answer["edition"] == 2
    assert list(run("show", "scenario", answer["scenario"])["five"]["forecast"].values()) == ["看天"]


def test_what_is_missing_or_too_much_is_said(
    commander: Commander, town_url: Callable[[str], str], tmp_path: Path
) -> None:
    url, path = town_url("sqlite"), tmp_path / "s.xlsx"
    for words in (("scenario", path), ("grids", "key", path), ("scenario", "nosuch", path), ("scenario", "x", "s.csv")):
        answer = commander("export", *words, "--database", url, "--as", "trainer")
        assert answer.code != 0 and not path.exists(), words
    path.write_text("no workbook")
    assert commander("import", "scenario", path, "--database", url, "--as", "trainer").code != 0
