"""Overview sheets from the command line: one, all, both sizes, the notice board's, and what is refused."""

import io
from pathlib import Path
from typing import Any

import pypdf
import pytest

from tests.cli.conftest import Commander

VILLAGE = "999101100201"


@pytest.fixture
def town_file(town_url: Any) -> str:
    return str(town_url("sqlite"))


def said(path: Path) -> str:
    pages = pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def wide(path: Path) -> int:
    return round(float(pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages[0].mediabox[2]) * 25.4 / 72)


def test_a_village_and_all_of_them(commander: Commander, town_file: str, tmp_path: Path) -> None:
    at = ("--database", town_file, "--as", "duty1", "--json")
    one = commander("print", "overview", VILLAGE, "--to", tmp_path / "one.pdf", *at, lang="zh_CN")
    assert one.code == 0 and one.json == {"files": [str(tmp_path / "one.pdf")], "sheets": 1, "size": "a3",
                                          "notice_board": False, "editions": one.json["editions"]}, one.err  # fmt: skip
    keeper = next(each for each in commander("list", "worker", *at).json if each["grid"])
    assert wide(tmp_path / "one.pdf") == 420 and "云岭村治理信息全览图" in said(tmp_path / "one.pdf")
    named = commander("print", "overview", "云岭村", "--size", "A2", "--to", tmp_path / "two.pdf", *at, lang="en")
    assert named.code == 0 and wide(tmp_path / "two.pdf") == 594 and "overviewmap" in said(tmp_path / "two.pdf")
    everything = commander("print", "overview", "all", "--notice-board", "--to", tmp_path / "all", *at, lang="zh_CN")
    villages = commander("list", "village", *at).json
    assert everything.json["sheets"] == len(villages) == len(list((tmp_path / "all").iterdir())), everything.err
    for each in everything.json["files"]:
        text = said(Path(each))
        assert "公示版" in text and "".join(keeper["name"].split()) not in text
    printed = commander("list", "change_log", "--where", "op=print", *at).json
    assert len(printed) == 2 + len(villages) and {each["entity"] for each in printed} == {"edition"}
    editions = commander("list", "edition", "--where", "kind=overview", *at).json
    assert len(editions) == len(villages) and {each["number"] for each in editions} == {1}
    hanging = commander("list", "book_holder", "--where", "kind=overview", *at).json
    assert {each["state"] for each in hanging} == {"current"} and len(hanging) == len(villages)
    none = commander("print", "overview", "all", "--changed", "--to", tmp_path / "none", *at, lang="zh_CN")
    assert none.code == 2 and "都是最新版" in none.err and not (tmp_path / "none").exists()
    log = commander("list", "change_log", "--where", "op=print", "--where", f"entity_id={editions[0]['id']}", *at).json
    commands = [commander("show", "command", each["command_id"], *at).json for each in log]
    assert "board_a3" in str(commands)


def test_a_viewer_prints_with_masks(commander: Commander, town_file: str, tmp_path: Path) -> None:
    at = ("--database", town_file, "--as", "viewer")
    made = commander("print", "overview", VILLAGE, "--to", tmp_path / "sheet.pdf", *at, lang="zh_CN")
    assert made.code == 0 and "****" in said(tmp_path / "sheet.pdf"), made.err


@pytest.mark.parametrize("bad", [("nowhere",), (VILLAGE, "--size", "a4"), ("999101100201001",)])
def test_what_cannot_be_printed_is_refused(
    commander: Commander, town_file: str, tmp_path: Path, bad: tuple[str, ...]
) -> None:
    made = commander("print", "overview", *bad, "--to", tmp_path / "x.pdf", "--database", town_file)
    assert made.code == 2 and made.err.strip() and not (tmp_path / "x.pdf").exists()


def test_no_file_is_replaced(commander: Commander, town_file: str, tmp_path: Path) -> None:
    (tmp_path / "there.pdf").write_bytes(b"mine")
    made = commander("print", "overview", VILLAGE, "--to", tmp_path / "there.pdf", "--database", town_file)
    assert made.code == 2 and (tmp_path / "there.pdf").read_bytes() == b"mine"
