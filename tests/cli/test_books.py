"""Handbooks and contact books from the command line: printed, listed, changed pages alone."""

import io
import json
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


@pytest.mark.soak
def test_books_are_printed_of_a_grid_a_village_and_all(commander: Commander, town_file: str, tmp_path: Path) -> None:
    at = ("--database", town_file, "--as", "quartermaster", "--json")
    grid = commander("list", "grid", "--where", f"village={VILLAGE}", "--limit", "1", *at).json[0]
    one = commander("print", "handbook", grid["code"], "--to", tmp_path / "one.pdf", *at, lang="zh_CN")
    assert one.code == 0 and one.json["books"] == 1 and one.json["editions"][0]["number"] == 1, one.err
    text = said(tmp_path / "one.pdf")
    assert "工作手册" in text and "".join(grid["name"].split()) in text and one.json["editions"][0]["code"] in text
    contact = commander("print", "contact_book", VILLAGE, "--handed", "--to", tmp_path / "book.pdf", *at)
    assert contact.code == 0 and contact.json["holders"], contact.err
    everything = commander("print", "handbook", "all", "--imposed", "none", "--to", tmp_path / "all", *at)
    grids = commander("list", "grid", *at).json
    assert everything.json["books"] == len(grids)
    villages = {each["village"] for each in grids}
    assert len(everything.json["files"]) == len(villages) == len(list((tmp_path / "all").iterdir()))
    again = commander("print", "handbook", grid["code"], "--to", tmp_path / "two.pdf", *at)
    assert again.json["editions"][0] == {**one.json["editions"][0], "new": False}
    listed = commander("list", "edition", "--where", "kind=contact_book", *at).json
    assert [each["village_code"] for each in listed] == [VILLAGE]
    kept = commander("list", "edition_lines", *at)  # of what each is made is told to nobody, that it is there is
    assert kept.code == 0 and {"id": listed[0]["id"]} in kept.json
    assert commander("show", "edition_lines", listed[0]["id"], *at).json["id"] == listed[0]["id"]


@pytest.mark.soak
def test_only_changed_pages_go_to_those_who_lack_them(commander: Commander, town_file: str, tmp_path: Path) -> None:
    at = ("--database", town_file, "--as", "duty1", "--json")
    commander("print", "contact_book", VILLAGE, "--handed", "--to", tmp_path / "book.pdf", *at)
    nothing = commander("print", "contact_book", "all", "--changed", "--to", tmp_path / "x.pdf", *at)
    assert nothing.code == 2 and not (tmp_path / "x.pdf").exists()
    assert commander("list", "book_holder", "--where", "state=stale", *at).json == []
    village = commander("show", "village", VILLAGE, *at).json["id"]
    holder = next(each for each in commander("list", "duty_holder", *at).json if each["village"] == village)
    line = {"command": "edit_duty_holder", "duty_holder": holder["id"], "changed": {"phone": "15412345678"},
            "was": {"phone": holder["phone"]}}  # fmt: skip
    assert commander("do", *at[:-1], given=json.dumps(line)).code == 0
    rows = commander("list", "book_holder", "--where", "state=stale", *at).json
    assert rows and {each["village_code"] for each in rows} == {VILLAGE}
    assert all("duty" in each["pages"] for each in rows)
    made = commander("print", "contact_book", "all", "--changed", "--to", tmp_path / "pages.pdf", *at, lang="zh_CN")
    assert made.code == 0 and len(made.json["holders"]) == len(rows), made.err
    text = said(tmp_path / "pages.pdf")
    assert "换页说明" in text and "15412345678" in text and "".join(rows[0]["name"].split()) in text
    assert commander("list", "book_holder", "--where", "state=stale", *at).json == []


def test_a_viewer_prints_a_copy_with_masks(commander: Commander, town_file: str, tmp_path: Path) -> None:
    at = ("--database", town_file, "--as", "viewer", "--json")
    made = commander("print", "contact_book", VILLAGE, "--to", tmp_path / "copy.pdf", *at, lang="zh_CN")
    assert made.code == 0 and made.json["editions"] == [], made.err
    text = said(tmp_path / "copy.pdf")
    assert "****" in text and "查阅件" in text and "第1版" not in text
    assert commander("print", "contact_book", "all", "--changed", "--to", tmp_path / "no.pdf", *at).code == 2
    assert commander("list", "edition", *at).json == []


@pytest.mark.parametrize("bad", [
    ("handbook", "nowhere"), ("contact_book", "999101100201001"), ("handbook", "all", "--imposed", "a3"),
])  # fmt: skip
def test_what_cannot_be_printed_is_refused(
    commander: Commander, town_file: str, tmp_path: Path, bad: tuple[str, ...]
) -> None:
    at = ("--database", town_file, "--as", "duty1", "--json")
    assert commander("print", *bad, "--to", tmp_path / "x.pdf", *at).code == 2
    assert not (tmp_path / "x.pdf").exists()


def test_who_holds_what_goes_out_as_a_table(commander: Commander, town_file: str, tmp_path: Path) -> None:
    at = ("--database", town_file, "--as", "quartermaster", "--json")
    commander("print", "contact_book", "all", "--handed", "--to", tmp_path / "books", *at)
    editions = commander("export", "editions", tmp_path / "editions.csv", *at)
    holders = commander("export", "book_holders", tmp_path / "holders.csv", *at)
    assert editions.code == holders.code == 0 and editions.json["rows"] > 0 and holders.json["rows"] > 0
    text = (tmp_path / "holders.csv").read_text(encoding="utf-8-sig")
    assert "通讯录" in text and "第1版" in text and "最新" in text
