"""A stock round as the storekeeper lives it: sheets out, back in disorder, one of last quarter; stopped, gone on with
by somebody else, settled, ended."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from commandcenter.app import Program
from commandcenter.services import sample
from commandcenter.storage.database import Database

PATIENCE = 60_000
Key = Qt.Key
HEADS = 4


def room_of(program: Program, qtbot: Any) -> Any:
    page: Any = program.window.open_workspace("rounds")
    qtbot.waitUntil(lambda: page.reading.is_read, timeout=PATIENCE)
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow, timeout=PATIENCE)
    return page


def begin(page: Any, name: str, qtbot: Any) -> None:
    """By keys, from wherever the room is."""
    if page.stack.currentWidget() is not page.begin_page:
        page.show_list()
        qtbot.keyClick(page.list.view, Key.Key_N)
    field = page.begin_page.name
    field.selectAll()
    field.setText(name)
    qtbot.keyClick(field, Key.Key_Return)
    qtbot.waitUntil(lambda: page.state is not None and page.state.round.name == name, timeout=PATIENCE)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.sheets_page, timeout=PATIENCE)


def write(page: Any, folder: Path, qtbot: Any) -> list[Path]:
    page.sheets_page.on_paper.setChecked(False)
    page.sheets_page.write_into([str(folder)])
    qtbot.waitUntil(lambda: page.sheets_page.write_button.isEnabled(), timeout=PATIENCE)
    return sorted(folder.glob("*.xlsx"))


def end(page: Any, qtbot: Any) -> None:
    page.show_list()
    qtbot.keyClick(page.list.view, Key.Key_H)
    sheet = page.list.right.currentWidget()
    sheet.put("leave_uncounted", True)
    sheet.put("reason", "下次补盘")
    sheet.submit()
    qtbot.waitUntil(lambda: page.state.round.closed_on is not None, timeout=PATIENCE)


def read(page: Any, paths: list[Path], count: int, qtbot: Any) -> Any:
    page.sheets_page.read_paths([str(each) for each in paths])
    qtbot.waitUntil(lambda: page.sheets_page.reading is not None and len(page.sheets_page.reading.files) == count,
                    timeout=PATIENCE)  # fmt: skip
    return page.sheets_page


def disorder(path: Path) -> None:
    """Sort a sheet the other way round, add columns, and lose a whistle."""
    book = openpyxl.load_workbook(path)
    page: Any = book.active
    heads, *lines = [[cell.value for cell in row] for row in page.iter_rows(min_row=HEADS)]
    at = next(number for number, line in enumerate(lines) if line[heads.index("口哨")] == "在")
    lines[at][heads.index("口哨")], lines[at][heads.index("备注")] = "丢了", "巡河掉了"
    page.delete_rows(HEADS, page.max_row)
    for number, row in enumerate([["序号", *heads, "联系人"], *([1, *line, "张三"] for line in reversed(lines))]):
        for column, value in enumerate(row, start=1):
            page.cell(HEADS + number, column, value)
    book.save(path)


def play(url: str, open_program: Callable[..., Program], qtbot: Any, folder: Path) -> int:
    """The whole round; how many sheets there were."""
    clerk = open_program(url, "quartermaster")
    page = room_of(clerk, qtbot)
    begin(page, "第1季度盘点", qtbot)
    old = write(page, folder / "old", qtbot)
    end(page, qtbot)
    begin(page, "第2季度盘点", qtbot)
    files = write(page, folder / "new", qtbot)
    disorder(files[0])
    late = folder / "late.xlsx"
    shutil.move(files[-1], late)
    stray = folder / "new" / "上季度的.xlsx"
    shutil.copy(old[-1], stray)
    sheets = read(page, [folder / "new"], len(files), qtbot)
    (refused,) = [each for each in sheets.reading.files if each.status == "refused"]
    assert refused.path == stray and refused.error.facts["name"] == "第1季度盘点"
    assert [each.differing for each in sheets.reading.ready if each.path == files[0]] == [1]
    assert len(sheets.to_record) == len(files) - 1 and len(sheets.reading.missing) == 1
    qtbot.keyClick(sheets, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not sheets.to_record, timeout=PATIENCE)
    clerk.window.close()
    other = open_program(url, "duty1" if "tiny" in str(folder) else _another(clerk))
    page = room_of(other, qtbot)
    qtbot.waitUntil(lambda: page.state is not None, timeout=PATIENCE)
    assert 0 < page.state.far.counted < page.state.far.expected, "it goes on where it stopped"
    page.sheets()
    sheets = read(page, [late], 1, qtbot)
    sheets.record()
    qtbot.waitUntil(lambda: page.state.far.counted == page.state.far.expected, timeout=PATIENCE)
    page.show_list()
    assert page.state.far.open == page.list.table.rowCount() == 1
    page.list.view.selectAll()
    qtbot.keyClick(page.list.view, Key.Key_D)
    sheet = page.list.right.currentWidget()
    QTest.keyClicks(sheet.fields["reason"].widget, "lost in the river")
    qtbot.keyClick(sheet.fields["reason"].widget, Key.Key_Return)
    qtbot.waitUntil(lambda: page.state.far.open == 0, timeout=PATIENCE)
    end(page, qtbot)
    settled = [row for row in page.state.rows if row.standing == "settled"]
    assert [row.piece.state for row in settled] == ["missing"] and settled[0].count.note == "巡河掉了"
    return len(files)


def _another(program: Program) -> str:
    officers = program.tools.desk.live.officers.values()
    return next(each.account for each in officers if each.role == "duty_officer" and each.active)


@pytest.fixture(autouse=True)
def no_other_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is not shown by the desktop."""
    monkeypatch.setattr("commandcenter.ui.rounds.sheetspage.launch", lambda _path: True)


@pytest.mark.soak
def test_sheets_come_back_and_a_round_is_stopped_and_gone_on_with(
    town: str, open_program: Callable[..., Program], qtbot: Any, tmp_path: Path
) -> None:
    assert play(town, open_program, qtbot, tmp_path / "tiny") > 1


@pytest.mark.soak
def test_nineteen_sheets_of_a_whole_town(
    empty_database_url: Callable[[str], str], engine: str, open_program: Callable[..., Program], qtbot: Any,
    tmp_path: Path,
) -> None:  # fmt: skip
    url = empty_database_url(engine)
    database = Database(url)
    sample.ensure(database, lambda _done, _total: None)
    database.close()
    assert play(url, open_program, qtbot, tmp_path / "whole") == 19


@pytest.mark.soak
def test_two_desks_scan_one_round(town: str, open_program: Callable[..., Program], qtbot: Any) -> None:
    mine = room_of(open_program(town, "quartermaster"), qtbot)
    begin(mine, "扫码盘点", qtbot)
    second = open_program(town, "duty1")
    theirs = room_of(second, qtbot)
    qtbot.waitUntil(lambda: theirs.state is not None and theirs.stack.currentWidget() is theirs.list, timeout=PATIENCE)
    for page in (mine, theirs):
        page.scan()
    codes = sorted(mine.state.by_code)
    half = len(codes) // 2
    for at in range(half + 3):
        for page, code in ((mine, codes[at]), (theirs, codes[-at - 1])):
            page.scan_page.field.setText(code)
            qtbot.keyClick(page.scan_page.field, Key.Key_Return)
    for page in (mine, theirs):
        qtbot.waitUntil(lambda: not page.scan_page.is_saving, timeout=PATIENCE)  # noqa: B023
        qtbot.waitUntil(lambda: page.state.far.counted == len(codes), timeout=PATIENCE)  # noqa: B023
        assert page.far.text().startswith(f"已盘 {len(codes)}/")
