"""What cells of a returned stock sheet say, and files of many makes."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from commandcenter.base.errors import BadInput
from commandcenter.formats import round_sheets
from commandcenter.formats.round_sheets import RowOut, SheetOut
from tests.formats.workbooks import SheetPlan, write_xls

ARTICLES = {"口哨": "w", "马甲": "v"}
HEADS = ["编号", "网格", "网格员", "尺码", "马甲", "口哨", "备注"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("在", "issued"), ("√", "issued"), (1, "issued"), (True, "issued"), (" 完 好 ", "issued"), ("过期", "issued"),
        ("遗失", "missing"), ("Ｘ", "missing"), ("×", "missing"), (0, "missing"), ("Missing", "missing"),
        ("坏了（不亮）", "damaged"), ("损坏，带子断", "damaged"), ("待补", None), ("Not issued", None), ("/", None),
    ],
)  # fmt: skip
def test_what_a_cell_says(value: Any, said: str | None) -> None:
    found = round_sheets.seen_of(value)
    assert found is not None and found[0] == said


@pytest.mark.parametrize("value", ["可能", "?", "2", "在不在"])
def test_what_nobody_can_tell(value: str) -> None:
    assert round_sheets.seen_of(value) is None


def made(path: Path) -> Path:
    rows = (RowOut("K-0001", "一号", "=HYPERLINK(1)", "L", {"w": "在", "v": "遗失"}),
            RowOut("P-000009", "", "备用架", "", {"w": "在"}))  # fmt: skip
    headings = {"code": "编号", "grid": "网格", "worker": "网格员", "size": "尺码", "note": "备注", "sheet": "云/岭"}
    sheet = SheetOut("云岭村盘点表", "盘点标识：ABC234", "写明", headings, (("v", "马甲"), ("w", "口哨")), rows,
                     ("在", "遗失", "损坏", "待补"), "ABC234")  # fmt: skip
    return round_sheets.write(path, sheet)


def test_out_and_back(tmp_path: Path) -> None:
    path = made(tmp_path / "表.xlsx")
    (found,) = round_sheets.read(path, ARTICLES)
    assert found.marks == ("ABC234",) and not found.problems
    one, two = found.rows
    assert (one.code, one.worker, one.cells["v"].found) == ("K-0001", "=HYPERLINK(1)", "missing")
    assert (two.code, set(two.cells)) == ("P-000009", {"w"})
    assert openpyxl.load_workbook(path).active["C5"].data_type == "s"


def test_the_title_tells_before_the_unseen_mark(tmp_path: Path) -> None:
    path = made(tmp_path / "表.xlsx")
    book = openpyxl.load_workbook(path)
    book.active["A2"] = "盘点标识: ＸＹＺ234"
    book.save(path)
    assert round_sheets.read(path, ARTICLES)[0].marks == ("XYZ234",)
    book.active["A2"] = "请填"
    book.save(path)
    assert round_sheets.read(path, ARTICLES)[0].marks == ("ABC234",)


def test_old_excel_and_text_tables(tmp_path: Path) -> None:
    rows = [["盘点标识：ABC234", *[None] * 6], HEADS, ["K-0001", "一号", "甲", "L", "在", "坏", None],
            ["K-0002", "二号", "乙", "L", "在", "无", "借出"]]  # fmt: skip
    old = write_xls(tmp_path / "表.xls", SheetPlan("云岭", rows, merged=((0, 0, 0, 6),)))
    text = tmp_path / "表.csv"
    text.write_text("\n".join(",".join(cell or "" for cell in row) for row in rows), encoding="gb18030")
    for path in (old, text):
        (found,) = round_sheets.read(path, ARTICLES)
        assert found.marks == ("ABC234",), path
        assert [each.cells["w"].found for each in found.rows] == ["damaged", "missing"]
        assert found.rows[1].note == "借出"


def test_what_is_no_sheet_of_a_round(tmp_path: Path) -> None:
    path = tmp_path / "人.csv"
    path.write_text("姓名,电话\n张三,15400000000\n李四,15400000001\n", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        round_sheets.read(path, ARTICLES)
    assert caught.value.code == "round.sheet_strange"
