"""Tables that go out show in a spreadsheet what they hold, and nothing in them is taken for a formula."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.base.errors import BadInput, EnvironmentTrouble
from commandcenter.formats.formulas import escaped, unescaped
from commandcenter.formats.workbooks import About, Column, SheetOut, write_table

ABOUT = About("说明", (("导出人", "钟敏"), ("导出时间", "2025-06-30 20:00")))
COLUMNS = (Column("姓名"), Column("网格编码"), Column("人数", "number"), Column("时间", "time"))
ROWS = [
    ["何永福", "510981103001027", 45, datetime(2025, 6, 30, 21, 40)],  # noqa: DTZ001 (a sheet shows local time)
    ["=HYPERLINK(\"http://x\")", "0017", 0, None],
    ["+86 154", None, None, None],
]


@given(st.text())
def test_an_escaped_text_is_no_formula_and_comes_back(text: str) -> None:
    assert not escaped(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert unescaped(escaped(text)) == text


def test_a_workbook_keeps_digits_times_and_formulas_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "微网格员.xlsx"
    seen: list[tuple[int, int]] = []
    write_table(path, [SheetOut("微网格员", COLUMNS, ROWS)], ABOUT, lambda done, total: seen.append((done, total)))
    book = openpyxl.load_workbook(path)
    sheet = book["微网格员"]
    assert [cell.value for cell in sheet[1]] == ["姓名", "网格编码", "人数", "时间"] and sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[2]] == ROWS[0]
    risky = sheet["A3"]
    assert (risky.value, risky.data_type, risky.quotePrefix) == (ROWS[1][0], "s", True)
    assert sheet["B3"].value == "0017" and sheet["B3"].number_format == "@"
    assert [[cell.value for cell in row] for row in book["说明"]] == [list(line) for line in ABOUT.lines]
    assert seen[-1] == (3, 3) and [each.name for each in tmp_path.iterdir()] == [path.name]


def test_nothing_is_cut_on_screen_or_on_paper(tmp_path: Path) -> None:
    columns = (*COLUMNS, Column("是否\"拿薪治村\"或其他"), Column("情况"))
    rows = [[*ROWS[0], "是", "长" * 60], [*ROWS[1], None, None]]
    write_table(tmp_path / "表.xlsx", [SheetOut("表&册", columns, rows)], ABOUT)
    sheet = openpyxl.load_workbook(tmp_path / "表.xlsx")["表&册"]
    widths = [sheet.column_dimensions[letter].width for letter in "ABCDEF"]
    assert widths[1] >= 15 and widths[3] >= 16, "a code and a time fit"
    assert widths[0] < 25 and widths[5] <= 45, "what is long takes a second line"
    assert sheet["F2"].alignment.wrap_text and not sheet["F3"].alignment.wrap_text
    assert sheet.row_dimensions[1].height > 18, "the heading of two lines shows both"
    assert sheet.row_dimensions[2].height > 40, "so do the three of a long text"
    assert sheet["C2"].alignment.indent == 1, "a number does not run into the next column's words"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.page_setup.paperSize) == (1, 0, 9)
    assert sheet.print_options.gridLines and sheet.print_title_rows == "$1:$1"
    assert sheet.oddHeader.center.text == "表&&册" and sheet.oddFooter.right.text == "&P / &N"
    assert "钟敏" in sheet.oddFooter.left.text


def test_a_sheet_of_many_long_columns_is_still_read_on_paper(tmp_path: Path) -> None:
    columns = tuple(Column(f"情况{number}") for number in range(20))
    write_table(tmp_path / "表.xlsx", [SheetOut("表", columns, [["长" * 30] * 20])], ABOUT)
    sheet = openpyxl.load_workbook(tmp_path / "表.xlsx")["表"]
    assert {each.width for each in sheet.column_dimensions.values()} == {22}
    assert sheet.row_dimensions[2].height > 45


def test_what_is_hidden_takes_no_room(tmp_path: Path) -> None:
    columns = (*COLUMNS, Column("标记", hidden=True))
    write_table(tmp_path / "表.xlsx", [SheetOut("表", columns, [[*ROWS[0], "0a1b2c" * 50]])], ABOUT)
    sheet = openpyxl.load_workbook(tmp_path / "表.xlsx")["表"]
    assert sheet.column_dimensions["E"].hidden and not sheet["E2"].alignment.wrap_text
    assert sheet.row_dimensions[2].height is None, "the row is as high as what is seen of it"


def test_a_text_table_is_read_by_excel_and_holds_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    write_table(path, [SheetOut("表", COLUMNS, ROWS)], ABOUT)
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = raw.decode("utf-8-sig").split("\r\n")
    assert lines[1] == "何永福,510981103001027,45,2025-06-30 21:40" and lines[3] == "'+86 154,,,"
    assert lines[2].startswith('"\'=HYPERLINK')


@pytest.mark.parametrize(("name", "code"), [("x.doc", "table.kind_unknown"), ("x", "table.kind_unknown")])
def test_other_endings_are_refused(tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        write_table(tmp_path / name, [SheetOut("表", COLUMNS, [])], ABOUT)
    assert refused.value.code == code and not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentTrouble) as met:
        write_table(tmp_path / "nowhere" / "x.xlsx", [SheetOut("表", COLUMNS, ROWS)], ABOUT)
    assert met.value.code == "export.cannot_write" and not list(tmp_path.iterdir())
