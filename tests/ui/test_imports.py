"""The import window on real files that the test makes: keys and mouse, every step, and back again."""

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu, QSplitter

from commandcenter.base import texts
from commandcenter.services.imports import ImportRows
from commandcenter.ui import imports as feature
from commandcenter.ui.core.actions import Action
from commandcenter.ui.core.captions import caption
from commandcenter.ui.imports.door import Door
from commandcenter.ui.imports.opening import Opening
from commandcenter.ui.imports.sheet_model import SheetModel, SheetPage
from commandcenter.ui.imports.window import ImportWindow
from tests.ui.rooms import Room, room_at

HEADINGS = ["序号", "村(社区)", "网格编码", "姓名", "性别", "联系电话", "身份证号", "说明"]
GRIDS = ("999101100201001", "999101100201002")


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A duty officer's desk with the feature plugged in."""
    with room_at(town_url("sqlite"), open_desk, tmp_path) as made:
        feature.install(made.tools)
        yield made
        close(made)


def close(room: Room) -> None:
    window = door(room).window
    if window is not None:
        window.close()
        window.deleteLater()


def door(room: Room) -> Door:
    return next(each for each in room.tools.desk.children() if isinstance(each, Door))


def settle(room: Room) -> None:
    """A file is read by a process of its own, which a busy machine lets wait."""
    assert room.tools.desk.tasks.drain(90)
    room.settle()


def made(room: Room) -> ImportWindow:
    """The window, as soon as it has taken the place of what stood there first."""
    for _ in range(500):
        QTest.qWait(20)
        if (window := door(room).window) is not None:
            return window
    raise AssertionError("no window within ten seconds")


def opened(room: Room) -> ImportWindow:
    assert room.tools.actions.trigger("import.open")
    window = made(room)
    window.resize(1280, 760)  # the screen of a test is small
    settle(room)
    return window


def roster(folder: Path, *rows: list[Any], name: str = "花名册.xlsx", headings: list[str] = HEADINGS) -> Path:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["云岭镇微网格员花名册"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(headings))
    sheet.append(headings)
    for row in rows:
        sheet.append(row)
    path = folder / name
    book.save(path)
    return path


def good(number: int, grid: str, name: str, phone: str = "13980000001") -> list[Any]:
    return [number, "云岭村", grid, name, "女", phone, "510922198001010000", ""]


def take(room: Room, window: ImportWindow, path: Path) -> None:
    window.work.take_file(path)
    settle(room)


def workers(room: Room) -> dict[str, Any]:
    with room.tools.desk.session.read("real") as reader:
        return {each.name: each for each in reader.find("worker")}


def popup() -> QMenu:
    found = QApplication.activePopupWidget()
    assert isinstance(found, QMenu)
    return found


def pick(menu: QMenu, data: Any) -> None:
    next(each for each in menu.actions() if each.data() == data).trigger()
    menu.close()


def test_something_stands_on_the_screen_at_once_and_the_window_takes_its_place(room: Room, qtbot: Any) -> None:
    assert room.tools.actions.trigger("import.people") and room.tools.actions.trigger("import.grids")
    shown = [each for each in QApplication.topLevelWidgets() if isinstance(each, Opening) and each.isVisible()]
    assert len(shown) == 1 and door(room).window is None and shown[0].windowTitle() == "导入"
    place = shown[0].geometry()
    qtbot.waitUntil(lambda: door(room).window is not None, timeout=10_000)
    window = door(room).window
    assert window is not None and window.isVisible() and window.work.what == "grids"  # what was asked for last
    assert window.geometry().topLeft() == place.topLeft()
    qtbot.waitUntil(lambda: not any(isinstance(each, Opening) for each in QApplication.topLevelWidgets()), timeout=5000)


def test_whoever_closes_it_while_it_opens_does_not_want_it(room: Room, qtbot: Any) -> None:
    assert room.tools.actions.trigger("import.open")
    (shown,) = [each for each in QApplication.topLevelWidgets() if isinstance(each, Opening)]
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not any(isinstance(each, Opening) for each in QApplication.topLevelWidgets()), timeout=5000)
    assert door(room).window is None
    assert opened(room).isVisible()


# --- the file -------------------------------------------------------------------------------------------------


def test_a_table_is_recognised_and_goes_on_to_its_columns(room: Room, tmp_path: Path) -> None:
    window = opened(room)
    take(room, window, roster(tmp_path, good(1, GRIDS[0], "柳青青"), good(2, GRIDS[1], "何文")))
    assert window.work.what == "workers" and window.step == "columns"
    assert window.bottom.tally.text == "新增 2 · 变更 0 · 相同 0 · 拒绝 0"
    assert window.about.text() == "花名册.xlsx  ·  微网格员"


def test_a_file_is_chosen_by_its_dialog(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = opened(room)
    path = roster(tmp_path, good(1, GRIDS[0], "柳青青"))
    qtbot.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog) and dialog.isVisible()
    dialog.selectFile(str(path))
    dialog.accept()
    settle(room)
    assert window.work.name == path.name and window.step == "columns"


def test_a_file_is_dropped(room: Room, tmp_path: Path) -> None:
    window = opened(room)
    data = QMimeData()
    data.setUrls([roster(tmp_path, good(1, GRIDS[0], "柳青青")).as_uri()])
    drop = QDropEvent(QPointF(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                      Qt.KeyboardModifier.NoModifier)  # fmt: skip
    window.file_page.drop.dropEvent(drop)
    settle(room)
    assert window.work.what == "workers"


def test_a_table_is_pasted(room: Room, qtbot: Any) -> None:
    window = opened(room)
    QGuiApplication.clipboard().setText("姓名\t网格编码\t联系电话\n柳青青\t999101100201001\t13980000001\n")
    qtbot.keyClick(window.file_page.drop.choose, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    settle(room)
    assert window.work.name == "粘贴的表格" and window.bottom.tally.text.startswith("新增 1")


def test_nothing_on_the_clipboard_is_said(room: Room, qtbot: Any) -> None:
    window = opened(room)
    QGuiApplication.clipboard().clear()
    qtbot.mouseClick(window.file_page.drop.paste_button, Qt.MouseButton.LeftButton)
    assert window.banner.isVisible() and "剪贴板上没有表格" in said(window)


def said(window: ImportWindow) -> str:
    return window.banner._words.text() if window.banner.isVisible() else ""


def test_a_file_that_cannot_be_read_is_said_and_another_can_be_taken(room: Room, tmp_path: Path) -> None:
    window = opened(room)
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04 nothing")
    take(room, window, broken)
    assert "已损坏" in said(window) and window.step == "file"
    take(room, window, roster(tmp_path, good(1, GRIDS[0], "柳青青")))
    assert said(window) == "" and window.step == "columns"


def test_recent_files_are_offered(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = opened(room)
    path = roster(tmp_path, good(1, GRIDS[0], "柳青青"))
    take(room, window, path)
    window.work.start_over()
    settle(room)
    assert window.step == "file" and window.file_page.recent.count() == 1
    item = window.file_page.recent.item(0)
    assert item.text().startswith("花名册.xlsx") and "微网格员" in item.text()
    rect = window.file_page.recent.visualItemRect(item)
    qtbot.mouseClick(window.file_page.recent.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    settle(room)
    assert window.work.source == path


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_template_is_recognised_when_it_comes_back(room: Room, tmp_path: Path, language: str) -> None:
    texts.use(language)
    window = opened(room)
    window.work.set_what("workers")
    window.file_page.save_template()
    dialog = window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.selectFile(str(tmp_path / "模板.xlsx"))
    dialog.accept()
    settle(room)
    assert (tmp_path / "模板.xlsx").is_file() and str(tmp_path / "模板.xlsx") in said(window)
    window.work.start_over()
    book = openpyxl.load_workbook(tmp_path / "模板.xlsx")
    sheet: Any = book.active
    for at, words in enumerate(each.value for each in sheet[1]):
        if words in ("姓名（必填）", "name (required)"):
            sheet.cell(row=3, column=at + 1, value="柳青青")
    book.save(tmp_path / "模板.xlsx")
    take(room, window, tmp_path / "模板.xlsx")
    assert window.work.what == "workers" and not window.work.lacks_columns
    assert window.work.read is not None and [each.number for each in window.work.read.rows] == [3]
    assert "row.example" in {each.code for each in window.work.findings.shown}  # whoever left it in imports nobody


# --- columns --------------------------------------------------------------------------------------------------


@pytest.mark.soak
def test_the_sheet_and_its_panel_come_back_divided_as_they_were_left(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = opened(room)
    take(room, window, roster(tmp_path, good(1, GRIDS[0], "柳青青")))
    window.go("columns")
    settle(room)
    split = window.work_page.findChild(QSplitter)
    handle = split.handle(1)
    at = QPoint(0, handle.height() // 2)
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(handle, at - QPoint(60, 0))
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=at - QPoint(60, 0))
    left = split.sizes()
    qtbot.waitUntil(lambda: room.tools.settings.get("import.splitter") == left)
    window.close()
    again = ImportWindow(room.tools)  # as at the next start
    again.resize(1280, 760)
    again.show()
    take(room, again, roster(tmp_path, good(1, GRIDS[0], "柳青青")))
    again.go("columns")
    settle(room)
    assert again.work_page.findChild(QSplitter).sizes() == left
    again.close()
    again.deleteLater()


def test_a_columns_meaning_is_changed_by_a_menu(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = opened(room)
    headings = ["序号", "村(社区)", "网格编码", "人", "性别", "联系电话", "身份证号", "说明"]
    take(room, window, roster(tmp_path, good(1, GRIDS[0], "柳青青"), headings=headings))
    assert (window.work.lacks_columns and not window.bottom.primary.isEnabled()) or window.step == "file"
    window.work.set_what("workers")
    settle(room)
    window.go("columns")
    assert window.work.lacks_columns and not window.bottom.primary.isEnabled()
    assert "还缺必需的列" in window.work_page.columns._lacking.text()
    head = window.work_page.sheet.head
    spot = QPoint(head.sectionViewportPosition(3) + 5, 8)
    qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    pick(popup(), "name")
    settle(room)
    assert window.bottom.tally.text == "新增 1 · 变更 0 · 相同 0 · 拒绝 0"
    assert window.work_page.sheet.meanings[3].name == "姓名"


@pytest.mark.soak
def test_a_column_is_left_out_by_choice(room: Room, tmp_path: Path) -> None:
    window = opened(room)
    take(room, window, roster(tmp_path, good(1, GRIDS[0], "柳青青")))
    window.work.set_meaning("联系电话", None)
    settle(room)
    assert window.work_page.sheet.meanings[5].kind == "none"
    window.go("problems")
    window.forward()
    settle(room)
    assert workers(room)["柳青青"].phone is None


def test_the_line_of_a_field_chooses_its_column(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = opened(room)
    take(room, window, roster(tmp_path, good(1, GRIDS[0], "柳青青")))
    view = window.work_page.columns.view
    view.choose("note")
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Return)
    pick(popup(), 7)
    settle(room)
    assert window.work_page.sheet.meanings[7].name == "备注"


def test_sheets_and_columns_of_a_foreign_workbook_are_called_what_they_are(
    room: Room, tmp_path: Path, qtbot: Any
) -> None:
    headings = ["电话&手机" if each == "说明" else each for each in HEADINGS]
    path = roster(tmp_path, good(1, GRIDS[0], "柳青青"), headings=headings)
    book = openpyxl.load_workbook(path)
    book.worksheets[0].title = "一村&二村"
    book.save(path)
    window = opened(room)
    take(room, window, path)
    assert window.work_page.tabs.tabText(0) == caption("一村&二村")
    view = window.work_page.columns.view
    view.choose("note")
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Return)
    menu = popup()
    assert [each.text() for each in menu.actions() if "手机" in each.text()] == [caption("H   电话&手机")]
    menu.close()


@pytest.mark.soak
def test_what_was_chosen_is_remembered_for_the_next_file_of_its_kind(room: Room, tmp_path: Path) -> None:
    window = opened(room)
    take(room, window, roster(tmp_path, good(1, GRIDS[0], "柳青青")))
    window.work.set_meaning("说明", "note")
    settle(room)
    window.go("problems")
    window.forward()
    settle(room)
    take(room, window, roster(tmp_path, good(1, GRIDS[1], "何文"), name="下个月.xlsx"))
    assert window.work_page.sheet.meanings[7].name == "备注"


def test_sensitive_columns_are_left_out_unless_ticked(room: Room, tmp_path: Path) -> None:
    window = opened(room)
    take(room, window, roster(tmp_path, good(1, GRIDS[0], "柳青青")))
    assert window.work_page.sheet.meanings[6].kind == "sensitive"
    window.go("problems")
    window.forward()
    settle(room)
    assert not workers(room)["柳青青"].id_number


# --- problems -------------------------------------------------------------------------------------------------


def at_problems(room: Room, tmp_path: Path) -> ImportWindow:
    window = opened(room)
    path = roster(tmp_path, good(1, GRIDS[0], "柳青青"), good(2, "999101100201777", "何文"),
                  good(3, GRIDS[1], "罗 平", phone="139-O"))  # fmt: skip
    take(room, window, path)
    window.go("problems")
    settle(room)
    return window


def rows_of(window: ImportWindow) -> list[tuple[str, str, str]]:
    panel = window.work_page.problems
    return [(row.problem.severity, row.where, row.column[2:]) for row in panel.table.shown_rows()]


def test_every_problem_is_listed_and_choosing_one_goes_to_its_cell(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = at_problems(room, tmp_path)
    assert ("refused", "4", "网格编码") in rows_of(window) and ("refused", "5", "联系电话") in rows_of(window)
    assert ("repaired", "5", "姓名") in rows_of(window)
    assert not window.bottom.primary.isEnabled() and "2" in window.bottom.primary.text()
    qtbot.keyClick(window, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    current = window.work_page.sheet.currentIndex()
    first = window.work_page.problems.chosen
    assert first is not None and window.work_page.sheet.sheet.number_at(current.row()) == first.row
    assert window.work_page.problems.card.words.text()


def test_a_cell_is_corrected_in_place_and_checked_at_once(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = at_problems(room, tmp_path)
    panel, sheet = window.work_page.problems, window.work_page.sheet
    for column, text in (("网格编码", GRIDS[1]), ("联系电话", "13980000003")):
        refused = [row for row in panel.table.shown_rows() if row.problem.severity == "refused"]
        id = next(row.id for row in refused if row.column.endswith(column))
        panel.view.choose(id)
        panel.view.setFocus()
        qtbot.keyClick(panel.view, Qt.Key.Key_Return)
        editor = sheet.findChild(QLineEdit, "imports.cell")
        assert isinstance(editor, QLineEdit)
        editor.selectAll()
        qtbot.keyClicks(editor, text)
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        settle(room)
    assert window.bottom.tally.text == "新增 3 · 变更 0 · 相同 0 · 拒绝 0"
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(room)
    assert window.bottom.tally.text.endswith("拒绝 1")
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    settle(room)
    assert window.bottom.tally.text.endswith("拒绝 0") and window.bottom.primary.isEnabled()


@pytest.mark.soak
def test_a_row_is_left_out_and_taken_in_again(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = at_problems(room, tmp_path)
    for row in (4, 5):
        assert window.work_page.go_to("Sheet", row, 2)
        qtbot.keyClick(window, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
        settle(room)
    assert window.bottom.tally.text == "新增 1 · 变更 0 · 相同 0 · 拒绝 0"
    qtbot.keyClick(window, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    settle(room)
    assert window.bottom.tally.text.endswith("拒绝 1")


@pytest.mark.soak
def test_problems_are_filtered_and_copied(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = at_problems(room, tmp_path)
    panel = window.work_page.problems
    qtbot.mouseClick(panel.chips["repaired"], Qt.MouseButton.LeftButton)
    assert {severity for severity, _, _ in rows_of(window)} == {"repaired"}
    qtbot.mouseClick(panel.copy_button, Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t") == ["级别", "行", "列", "值", "问题与办法"] and len(lines) == 1 + len(rows_of(window))
    qtbot.mouseClick(panel.chips["repaired"], Qt.MouseButton.LeftButton)
    assert len({severity for severity, _, _ in rows_of(window)}) > 1


def test_what_must_be_corrected_comes_first_and_nothing_else_alarms(room: Room, tmp_path: Path) -> None:
    window = at_problems(room, tmp_path)
    panel, halves = window.work_page.problems, window.work_page.halves
    counts = window.work.findings.counts
    assert [chip.text() for chip in panel.chips.values()] == [
        f"拒绝 {counts['refused']}", f"留意 {counts['note']}", f"已修正 {counts['repaired']}"]  # fmt: skip
    assert [severity for severity, _, _ in rows_of(window)] == sorted(
        (severity for severity, _, _ in rows_of(window)), key=["refused", "note", "repaired"].index)  # fmt: skip
    assert halves.tabText(0) == "要改的 2" and panel.chips["refused"]._tone == "overdue"
    for row in (4, 5):
        window.work.leave_out("Sheet", row, True)
        settle(room)
    assert window.work.refused == 0 and halves.tabText(0) == f"核对说明 {sum(window.work.findings.counts.values())}"
    assert {chip._tone for chip in panel.chips.values()} == {"neutral"}


def test_a_finding_is_read_where_it_stands(room: Room, tmp_path: Path) -> None:
    from commandcenter.ui.core.rowpaint import broken

    window = at_problems(room, tmp_path)
    view, table = window.work_page.problems.view, window.work_page.problems.table
    what = next(place for place, column in enumerate(table.columns) if column.id == "what")
    assert view.rowHeight(0) == view.row_height and view.row_lines == 2
    for place, row in enumerate(table.shown_rows()):
        index = table.index(place, what)
        room_for = view.visualRect(index).width() - 16
        is_whole = len(broken(row.sentence, view.font(), room_for)) <= 2
        assert is_whole or index.data(Qt.ItemDataRole.ToolTipRole) == row.sentence, row.sentence
        assert index.data(Qt.ItemDataRole.ToolTipRole) == row.sentence


@pytest.mark.soak
def test_a_filter_hides_nothing_of_the_next_file(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = opened(room)
    take(room, window, roster(tmp_path, good(1, GRIDS[0], "罗 平"), name="甲.xlsx"))
    window.go("problems")
    panel = window.work_page.problems
    assert panel.ease.isVisible()
    qtbot.mouseClick(panel.chips["repaired"], Qt.MouseButton.LeftButton)
    take(room, window, roster(tmp_path, good(1, "999101100201777", "何文"), name="乙.xlsx"))
    window.go("problems")
    assert ("refused", "3", "网格编码") in rows_of(window) and not panel.ease.isVisible()


def test_what_is_said_moves_nothing_that_is_clicked(room: Room) -> None:
    window = opened(room)
    before = window.file_page.mapTo(window, QPoint(0, 0))
    window.file_page.told.emit("模板已保存")
    room.settle()
    assert window.banner.isVisible() and window.file_page.mapTo(window, QPoint(0, 0)) == before


def test_the_button_at_the_bottom_is_on_a_small_screen(room: Room) -> None:
    room.tools.actions.trigger("import.open")
    window = made(room)
    assert window.height() < window.screen().availableSize().height() - 20  # the frame of the desktop


# --- result ---------------------------------------------------------------------------------------------------


@pytest.mark.soak
def test_after_an_import_enter_begins_the_next_one(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = written(room, tmp_path)
    assert window.focusWidget() is window.result_page.another  # not the button that takes the import back
    qtbot.keyClick(window.result_page.another, Qt.Key.Key_Return)
    assert window.step == "file" and window.work.result is None


@pytest.mark.soak
def test_a_file_chosen_over_the_result_is_shown_from_its_first_step(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = written(room, tmp_path)
    qtbot.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.selectFile(str(roster(tmp_path, good(1, GRIDS[0], "罗平"), name="第二份.xlsx")))
    dialog.accept()
    settle(room)
    assert window.work.name == "第二份.xlsx" and window.step == "columns"


def written(room: Room, tmp_path: Path) -> ImportWindow:
    window = opened(room)
    take(room, window, roster(tmp_path, good(1, GRIDS[0], "柳青青")))
    window.go("problems")
    window.forward()
    settle(room)
    assert window.step == "result"
    return window


def test_it_is_written_whole_and_taken_back_as_one(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = opened(room)
    before = workers(room)
    take(room, window, roster(tmp_path, good(1, GRIDS[0], "柳青青"), good(2, GRIDS[1], "何文")))
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.step == "problems"
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle(room)
    assert window.step == "result" and set(workers(room)) - set(before) == {"柳青青", "何文"}
    assert "已导入" in window.result_page.title.text()
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(room)
    assert workers(room) == before and "已撤销" in window.result_page.title.text()


@pytest.mark.soak
def test_what_the_database_holds_otherwise_is_shown_with_both_values(room: Room, tmp_path: Path, qtbot: Any) -> None:
    known = {"name": "柳青青", "grid_code": GRIDS[0], "phone": "13911112222"}
    room.elsewhere(ImportRows(entity="worker", rows=(known,)))
    window = opened(room)
    take(room, window, roster(tmp_path, good(1, GRIDS[0], "柳青青")))
    assert "变更 1" in window.bottom.tally.text
    window.go("problems")
    panel = window.work_page.differences
    (row,) = [each for each in panel.table.shown_rows() if each.difference.field == "phone"]
    assert "13911112222" in row.difference.database and "13980000001" in row.difference.file
    strip = panel.strips["phone"]
    strip.setFocus()
    window.work_page.halves.setCurrentIndex(1)
    qtbot.keyClicks(strip, "2")
    settle(room)
    assert window.work.sides["phone"] == "database"
    window.forward()
    settle(room)
    assert workers(room)["柳青青"].phone == "13911112222"


def test_what_a_roster_says_of_its_grids_counts_only_where_it_is_chosen(
    room: Room, tmp_path: Path, qtbot: Any
) -> None:
    known = {"name": "柳青青", "grid_code": GRIDS[0], "phone": "13980000001", "gender": "female"}
    room.elsewhere(ImportRows(entity="worker", rows=(known,)))
    before = room.grid(GRIDS[0]).households
    headings = [*HEADINGS[:-1], "所辖户数"]
    window = opened(room)
    row = [*good(1, GRIDS[0], "柳青青")[:-1], str(before + 1)]
    take(room, window, roster(tmp_path, row, headings=headings))
    window.go("problems")
    panel = window.work_page.differences
    (shown,) = [each for each in panel.table.shown_rows() if each.difference.field == "households"]
    assert (shown.difference.database, shown.difference.file) == (before, before + 1) and shown.stands == "database"
    ease, total = window.work_page.problems.ease, str(len(window.work.differences))
    assert ease.isVisible() and ease.text() == texts.say("imports.problems.ease.kept", total=total)
    assert shown.difference.since is not None and "变更 0" in window.bottom.tally.text
    strip = panel.strips["households"]
    assert strip.value == "database"
    strip.setFocus()
    window.work_page.halves.setCurrentIndex(1)
    qtbot.keyClicks(strip, "1")
    settle(room)
    assert window.work.sides["households"] == "file" and "变更 1" in window.bottom.tally.text
    assert ease.text() == texts.say("imports.problems.ease.taken", total=total)
    window.forward()
    settle(room)
    with room.tools.desk.session.read("real") as reader:
        (grid,) = reader.find("grid", code=GRIDS[0])
    assert grid.households == before + 1


@pytest.mark.soak
def test_look_goes_to_the_room_of_what_was_imported(
    town_url: Callable[[str], str], open_desk: Any, tmp_path: Path, qtbot: Any
) -> None:
    import importlib

    from commandcenter.services import exporting
    from commandcenter.services.filing import WHAT
    from commandcenter.ui.imports.result_page import HOME

    with room_at(town_url("sqlite"), open_desk, tmp_path, "administrator") as room:
        for name in (
            "grids", "people", "households", "attention", "drills", "courses", "kits", "stores", "imports",
        ):  # fmt: skip
            importlib.import_module(f"commandcenter.ui.{name}").install(room.tools)
        rooms = {each.id for each in room.tools.plugs.workspaces}
        assert set(HOME) == set(WHAT) and set(HOME.values()) <= rooms
        path = tmp_path / "stock_ledger.xlsx"
        exporting.export(room.tools.desk.session, "stock_ledger", path)
        book = openpyxl.load_workbook(path)
        page = book.worksheets[0]
        column = [cell.value for cell in page[1]].index("数量") + 1
        page.cell(2, column).value = int(page.cell(2, column).value) + 7
        book.save(path)
        assert room.tools.actions.trigger("import.open")
        window = made(room)
        window.work.take_file(path, "stock_ledger")
        settle(room)
        window.go("problems")
        window.forward()
        settle(room)
        asked: list[str] = []
        room.tools.actions.add(Action("workspace.stores", "workspace.stores", lambda: asked.append("stores")))
        assert window.step == "result"
        qtbot.mouseClick(window.result_page.look, Qt.MouseButton.LeftButton)
        assert asked == ["stores"]
        close(room)


# --- who, and when it does not work -------------------------------------------------------------------------------


def test_who_may_not_import_is_told_who_may(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> None:
    with room_at(town_url("sqlite"), open_desk, tmp_path) as room:
        feature.install(room.tools)
        window = opened(room)
        take(room, window, roster(tmp_path, good(1, GRIDS[0], "柳青青")))
        viewer = next(each for each in room.tools.desk.live.officers.values() if each.role == "viewer")
        room.tools.desk.become(viewer)
        settle(room)
        assert not room.tools.actions.trigger("import.open")
        assert "换人值班" in said(window) and window.work.file is not None
        window.go("problems")
        assert not window.bottom.primary.isEnabled()
        duty = next(each for each in room.tools.desk.live.officers.values() if each.account == "duty1")
        room.tools.desk.become(duty)
        settle(room)
        assert said(window) == "" and window.bottom.primary.isEnabled()
        close(room)


def test_reading_is_stopped_at_once(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = opened(room)
    big = tmp_path / "大.csv"
    with big.open("w", encoding="utf-8") as file:
        file.write("姓名,网格编码,联系电话\n")
        file.writelines(f"某{n},{GRIDS[0]},139{n:08}\n" for n in range(120_000))
    window.work.take_file(big)
    qtbot.waitUntil(lambda: window.work.busy is not None and window.work.busy.done > 0, timeout=20_000)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.work.busy is None and window.isVisible()
    settle(room)
    assert window.work.file is None and window.step == "file"


def test_two_languages(room: Room, tmp_path: Path) -> None:
    window = opened(room)
    take(room, window, roster(tmp_path, good(1, GRIDS[0], "柳青青")))
    texts.use("en")
    settle(room)
    assert window.bottom.tally.text == "new 1 · changed 0 · same 0 · refused 0"
    assert window.work_page.sheet.meanings[3].name == "Name"


# --- the model ------------------------------------------------------------------------------------------------


def test_the_model_of_a_sheet_is_sound(qapp: QApplication) -> None:
    model = SheetModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    lines = [(1, ("题目",), "row.above"), (2, ("姓名", "电话"), "row.heading"), (4, ("柳青青", 13980000001), "")]
    model.show_page(SheetPage("表", ("姓名", "电话"), lines))
    assert [model.number_at(row) for row in range(3)] == [1, 2, 4] and model.row_of(3) is None
    assert model.text_at(0, 1) == "" and model.text_at(2, 1) == "13980000001"
    editable = [bool(model.flags(model.index(row, 0)) & Qt.ItemFlag.ItemIsEditable) for row in range(3)]
    assert editable == [False, False, True]
    told: list[Any] = []
    model.fixed.connect(lambda *given: told.append(given))
    assert model.setData(model.index(2, 1), "13980000002") and not model.setData(model.index(2, 0), "柳青青")
    assert told == [(4, 1, "13980000002")]
    model.show_findings({(4, 1): "13980000002"}, {})
    assert model.text_at(2, 1) == "13980000002"
    model.show_page(SheetPage(None, (), ()))
    assert model.rowCount() == 0


# --- maps -----------------------------------------------------------------------------------------------------


def outlines(room: Room, folder: Path, *, shifted: bool) -> Path:
    """The town's own grids as GeoJSON, carried to Sichuan (the tiny township lies elsewhere), in WGS84 or as maps sold
    in China show them."""
    import json

    import numpy as np
    import shapely

    from commandcenter.formats.coordinates import wgs84_to_gcj02

    features = []
    with room.tools.desk.session.read("real") as reader:
        shapes = {each.grid: each for each in reader.find("shape")}
        for grid in [each for each in reader.find("grid") if each.id in shapes]:
            shape = shapely.transform(shapely.from_wkb(shapes[grid.id].wkb), lambda xy: np.add(xy, (94.0, -15.6)))
            if shifted:
                shape = shapely.transform(shape, lambda xy: wgs84_to_gcj02(np.asarray(xy)))
            geometry = json.loads(shapely.to_geojson(shape))
            properties = {"网格编码": grid.code, "网格名称": grid.name}
            features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    path = folder / "网格.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), "utf-8")
    return path


def middle(path: Path) -> float:
    """The longitude halfway between the west and the east of a map file."""
    import json

    import shapely

    features = json.loads(path.read_text("utf-8"))["features"]
    whole = shapely.union_all([shapely.from_geojson(json.dumps(each["geometry"])) for each in features])
    west, _, east, _ = whole.bounds
    return float(west + east) / 2


def test_a_map_is_held_over_the_town_and_another_system_chosen(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = opened(room)
    take(room, window, outlines(room, tmp_path, shifted=True))
    assert window.work.what == "grids" and window.step == "file"
    page = window.file_page
    assert page.map.isVisible() and not page.map._file.isEmpty() and not page.map._town.isEmpty()
    systems = [str(page.facts.systems.item(row).data(Qt.ItemDataRole.UserRole)) for row in
               range(page.facts.systems.count())]  # fmt: skip
    assert {"EPSG:4326", "gcj02", "bd09"} <= set(systems) and page.facts.shown_crs() == "EPSG:4326"
    before = page.map._file.boundingRect().center()
    page.facts.systems.setFocus()
    page.facts.systems.setCurrentRow(systems.index("gcj02"))
    settle(room)
    assert window.work.reading.crs == "gcj02" and page.map._file.boundingRect().center() != before
    read = window.work.read
    assert read is not None and read.map is not None
    moved = read.map.bbox
    assert moved is not None
    there = middle(outlines(room, tmp_path, shifted=False))
    assert abs((moved[0] + moved[2]) / 2 - there) < 1e-5
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.step == "columns"


def test_many_systems_and_a_long_sentence_cover_nothing(room: Room, tmp_path: Path) -> None:
    """A file in metres may lie in a dozen systems; on a low window the facts scroll."""
    texts.use("en")
    window = opened(room)
    window.resize(1280, 680)
    path = tmp_path / "metres.geojson"
    ring = [[530_000, 3_410_000], [530_400, 3_410_000], [530_400, 3_410_300], [530_000, 3_410_000]]
    fact = {"type": "Feature", "properties": {"网格编码": "510981103001001", "网格名称": "凯旋社区第1微网格"},
            "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [fact]}), "utf-8")
    window.work.take_file(path)
    assert window.work.busy is not None and window.file_page.drop.isVisible()  # nothing is asked of it yet
    settle(room)
    facts = window.file_page.facts
    assert facts.isVisible() and facts.systems.count() > 3 and said(window)
    shown = [each for each in (facts.systems, facts.which_system, facts.other_system, facts.point, facts.other)
             if each.isVisibleTo(facts)]  # fmt: skip
    assert len(shown) == 5
    for above, below in itertools.pairwise(shown):
        assert above.geometry().bottom() < below.geometry().top()
    assert not facts.systems.horizontalScrollBar().isVisible()


@pytest.mark.soak
def test_a_known_point_is_taken_in_either_order_and_kept(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = opened(room)
    take(room, window, outlines(room, tmp_path, shifted=False))
    field = window.file_page.facts.point
    assert "距现有网格" in window.file_page.facts.systems.item(0).text()
    for typed, wrong in (("somewhere", True), ("30.9, 105.3", False)):
        field.clear()
        field.setFocus()
        qtbot.keyClicks(field, typed)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        settle(room)
        assert window.file_page.facts.wrong_point.isVisible() is wrong
    assert window.work.known_point == (105.3, 30.9) and window.work.memory.known_point() == (105.3, 30.9)
    assert "距已知位置" in window.file_page.facts.systems.item(0).text()


@pytest.mark.soak
def test_a_map_beside_the_present_grids_is_said_and_the_system_that_fits_is_offered(
    room: Room, tmp_path: Path, qtbot: Any
) -> None:
    first, second = tmp_path / "一", tmp_path / "二"
    for folder in (first, second):
        folder.mkdir()
    plain, shifted = outlines(room, first, shifted=False), outlines(room, second, shifted=True)
    window = opened(room)
    take(room, window, plain)
    for _ in range(3):
        qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        settle(room)
    assert window.step == "result"
    take(room, window, shifted)
    facts = window.file_page.facts
    assert facts.shown_crs() == "EPSG:4326"  # what such a file says of itself stands until somebody decides
    words = {str(facts.systems.item(row).data(Qt.ItemDataRole.UserRole)): facts.systems.item(row).text()
             for row in range(facts.systems.count())}  # fmt: skip
    assert all("与现有网格重合" in each and "距" not in each for each in words.values())
    assert "GCJ-02" in facts.which_system.text() and "明显最合" in facts.which_system.text()
    assert "GCJ-02" in said(window) and window.banner._button.isVisible()
    qtbot.mouseClick(window.banner._button, Qt.MouseButton.LeftButton)
    settle(room)
    assert window.step == "file" and facts.shown_crs() == "gcj02" and said(window) == ""


@pytest.mark.soak
def test_a_distance_within_the_town_speaks_for_no_system(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = opened(room)
    path = outlines(room, tmp_path, shifted=True)
    take(room, window, path)
    facts = window.file_page.facts
    box = window.work.look.preview.candidates[0].bbox if window.work.look else None
    assert box is not None
    window.work.set_known_point(((box[0] + box[2]) / 2, box[1] + (box[3] - box[1]) * 0.9))
    settle(room)
    told = [facts.systems.item(row).text().splitlines()[1].split(" · ")[1] for row in range(facts.systems.count())]
    assert told == ["已知位置就在这一带"] * len(told) and len(told) == 3
    assert "分不出对错" in facts.which_system.text() and said(window) == ""
    window.work.set_known_point((104.0, 30.6))
    settle(room)
    told = [facts.systems.item(row).text().splitlines()[1].split(" · ")[1] for row in range(facts.systems.count())]
    assert told[0].startswith("距已知位置") and len(set(told)) == 1  # 19 km is no better than 20


# --- the database away ----------------------------------------------------------------------------------------


def test_without_the_database_a_file_is_read_and_checked_and_nothing_is_lost(
    room: Room, tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from commandcenter.base.errors import ServerAway
    from commandcenter.services import filing

    window = opened(room)

    def away(*_: Any, **__: Any) -> Any:
        raise ServerAway("database.away")

    with monkeypatch.context() as patch:
        for name in ("survey", "remembered", "write"):
            patch.setattr(filing, name, away)
        room.tools.desk.hub.set_connection("away")
        take(room, window, roster(tmp_path, good(1, GRIDS[0], "柳青青"), good(2, GRIDS[1], "罗 平", phone="13O")))
        window.go("problems")
        settle(room)
        assert "数据库连不上" in said(window) and not window.bottom.primary.isEnabled()
        assert ("refused", "4", "联系电话") in rows_of(window)
        window.work.fix(("Sheet", 4, 5), "13980000002")
        settle(room)
        assert ("refused", "4", "联系电话") not in rows_of(window)
    room.tools.desk.hub.set_connection("connected")
    qtbot.waitUntil(lambda: window.work.survey is not None, timeout=10_000)
    settle(room)
    assert said(window) == "" and window.bottom.tally.text == "新增 2 · 变更 0 · 相同 0 · 拒绝 0"
    assert window.bottom.primary.isEnabled()


@pytest.mark.soak
def test_who_was_faster_is_named_and_the_file_is_compared_again(room: Room, tmp_path: Path) -> None:
    window = opened(room)
    take(room, window, roster(tmp_path, good(1, GRIDS[0], "柳青青")))
    window.go("problems")
    known = {"name": "柳青青", "grid_code": GRIDS[0], "phone": "13911112222"}
    room.elsewhere(ImportRows(entity="worker", rows=(known,)))
    window.forward()
    settle(room)
    assert window.work.result is None and "请重新核对" in said(window)
    assert "变更 1" in window.bottom.tally.text
    window.forward()
    settle(room)
    assert window.step == "result" and workers(room)["柳青青"].phone == "13980000001"
