"""Tables through the public door: kinds, encodings, headings, rows that are none."""

import struct
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from commandcenter.base.errors import BadInput
from commandcenter.formats.tables import Table, letter, read_table

Make = Callable[..., Path]
ROSTER = (
    "村(社区),网格编码,姓名,联系电话\n"
    "凯旋社区,510981103001001,张三,19900000001\n"
    "高梧社区,510981103002001,李四,19900000002\n"
)


def refusal(path: Path, **options: Any) -> BadInput:
    with pytest.raises(BadInput) as caught:
        read_table(path, **options)
    return caught.value


def codes(table: Table) -> list[tuple[int | None, str]]:
    return [(problem.row, problem.code) for problem in table.problems]


def workbook(path: Path, *rows: list[Any], merge: tuple[str, ...] = (), title: str = "花名册") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for area in merge:
        sheet.merge_cells(area)
    book.save(path)
    return path


def test_the_clean_rosters_read_alike(trial_data: Path) -> None:
    book = read_table(trial_data / "rosters" / "roster_306_clean.xlsx")
    text = read_table(trial_data / "rosters" / "roster_gb18030.csv")
    assert (book.sheet, text.encoding) == ("花名册", "gb18030")
    assert book.columns == text.columns
    assert len(book.rows) == len(text.rows) == 306
    assert codes(book) == codes(text) == []
    name = book.columns.index("姓名")
    assert [row.cells[name] for row in book.rows] == [row.cells[name] for row in text.rows]
    assert [row.number for row in book.rows] == list(range(2, 308))


def test_the_messy_roster_keeps_every_person(trial_data: Path) -> None:
    table = read_table(trial_data / "rosters" / "roster_messy.xlsx")
    assert table.header_row == 3
    assert table.columns[2:5] == ("网格编号", "网格名称", "姓名")
    assert len(table.rows) == 120
    assert {code for _, code in codes(table)} == {"row.above", "row.across", "row.total", "row.notes"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_text_tables_of_every_kind(csv_file: Make, encoding: str, delimiter: str) -> None:
    table = read_table(csv_file(ROSTER.replace(",", delimiter), encoding))
    assert table.columns == ("村(社区)", "网格编码", "姓名", "联系电话")
    assert [row.cells for row in table.rows][1] == ("高梧社区", "510981103002001", "李四", "19900000002")


def test_quotes_line_breaks_and_short_rows(csv_file: Make) -> None:
    table = read_table(csv_file('姓名,备注,村\n张三,"一,二\n""三""",甲\n\n李四\n'))
    assert [(row.number, row.cells) for row in table.rows] == [
        (2, ("张三", '一,二\n"三"', "甲")),
        (4, ("李四", None, None)),
    ]


def test_an_open_quote_does_not_swallow_the_rest(csv_file: Make) -> None:
    error = refusal(csv_file('姓名,村\n张三,甲\n"李四,乙\n王五,丙\n'))
    assert error.code == "file.broken_csv" and error.facts["row"] == 3


def test_cells_keep_their_kind(tmp_path: Path) -> None:
    row = ["张三", date(2025, 3, 1), 19900000001, 2.5, True, "0017", 510981103001001]
    table = read_table(workbook(tmp_path / "a.xlsx", ["姓名", "任职", "电话", "分", "薪", "号", "编码"], row))
    assert table.rows[0].cells == tuple(row)
    assert type(table.rows[0].cells[2]) is int


def test_titles_sections_and_totals_are_left_out_and_listed(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        ["金华镇网格员花名册", None, None, None],
        [],
        ["村", "编码", "姓名", "户数"],
        ["【凯旋社区】", None, None, None],
        ["凯旋社区", "001", "张三", 40],
        ["小计", None, None, 40],
        [None, "合 计", None, 40],
        ["审核人:", None, None, None],
        merge=("A1:D1", "A4:D4"),
    )
    table = read_table(path)
    assert (table.header_row, [row.number for row in table.rows]) == (3, [5])
    assert codes(table) == [
        (1, "row.above"), (4, "row.across"), (6, "row.total"), (7, "row.total"), (8, "row.notes"),
    ]  # fmt: skip


def test_two_heading_rows_become_one(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        ["村", "网格", None, "姓名", "服务"],
        [None, "编号", "名称", None, "户"],
        ["甲村", "001", "甲村第1微网格", "张三", 40],
        merge=("A1:A2", "B1:C1", "D1:D2"),
    )
    assert read_table(path).columns == ("村", "网格编号", "网格名称", "姓名", "服务户")


def test_columns_without_or_with_the_same_heading(csv_file: Make) -> None:
    table = read_table(csv_file("姓名,电话,,电话\n张三,1,2,3\n"))
    assert table.columns == ("姓名", "电话", "C", "电话 (2)")
    assert [letter(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_the_sheet_with_rows_is_taken_and_others_are_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active["A1"] = "填表说明"
    hidden = book.create_sheet("旧")
    for row in (["姓名", "村"], ["旧人", "甲"]):
        hidden.append(row)
    hidden.sheet_state = "hidden"
    for title, person in (("甲村", "张三"), ("乙村", "李四")):
        sheet = book.create_sheet(title)
        sheet.append(["姓名", "村"])
        sheet.append([person, title])
    path = tmp_path / "a.xlsx"
    book.save(path)
    table = read_table(path)
    assert table.sheet == "甲村" and table.problems[0].facts == {"sheets": "乙村"}
    assert read_table(path, sheet="乙村").rows[0].cells == ("李四", "乙村")
    assert refusal(path, sheet="丙村").code == "file.sheet_unknown"


NO_TABLES = [
    (b"", "file.empty"),
    (b" \n\n", "file.no_rows"),
    ("姓名,村\n".encode(), "file.no_rows"),
    (b"PK\x03\x04broken", "file.broken_table"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "file.broken_table"),
    (b"<html><table></table></html>", "file.kind_not_read"),
    (b'{"a": 1}', "file.kind_not_read"),
    (b"%PDF-1.7", "file.kind_not_read"),
    (b"a\x00b\x01,\n", "file.kind_unknown"),
    (b"x," * 2_000 + b"\n1\n", "file.too_many_columns"),
    ("姓名,村\n".encode() + b"x" * 40_000 + b",1\n", "file.cell_too_long"),
    (b"a,b\n" + b"1,2\n" * 200_005, "file.too_many_rows"),
]


@pytest.mark.parametrize(("content", "code"), NO_TABLES)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "roster.xlsx"
    path.write_bytes(content)
    assert refusal(path).code == code


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<x/>" * 1000)
    content = bytearray(path.read_bytes())
    claimed = content.rindex(b"PK\x01\x02") + 24
    content[claimed : claimed + 4] = struct.pack("<I", 3 * 1024**3)
    path.write_bytes(content)
    assert refusal(path).code == "file.bomb"


def test_every_roster_of_the_trial_data_has_an_answer(trial_data: Path) -> None:
    for path in sorted((trial_data / "rosters").iterdir()):
        try:
            assert read_table(path).rows
        except BadInput as error:
            assert (path.name, error.code) == ("templates_headings_only.xlsx", "file.no_rows")
