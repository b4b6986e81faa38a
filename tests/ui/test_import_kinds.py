"""What a table is taken for: said when its headings say otherwise, changed by one button; the books of the stores by
keys and clicks, a bad cell mended in place, taken back as one."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from commandcenter.base import texts
from commandcenter.services.people import AddWorker
from commandcenter.ui import imports as feature
from commandcenter.ui.imports.window import ImportWindow
from tests.services.stores_made import YUNLING, check_books, depot, do, pieces_of, some, stock, village
from tests.services.test_kit_books import LEDGER, REGISTER
from tests.ui.rooms import Room, room_at
from tests.ui.test_imports import GRIDS, close, good, opened, outlines, roster, rows_of, said, settle, take

Key = Qt.Key


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A duty officer's desk with the feature plugged in."""
    with room_at(town_url("sqlite"), open_desk, tmp_path) as made:
        feature.install(made.tools)
        yield made
        close(made)


@pytest.fixture
def stores(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A storekeeper's desk with the feature plugged in."""
    with room_at(town_url("sqlite"), open_desk, tmp_path, "quartermaster") as made:
        feature.install(made.tools)
        yield made
        close(made)


def book(path: Path, *sheets: list[list[Any]]) -> Path:
    """A workbook with these sheets, called 甲, 乙, 丙."""
    made = openpyxl.Workbook()
    made.remove(made.active)  # type: ignore[arg-type]
    for name, rows in zip("甲乙丙", sheets, strict=False):
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def choose_kind(window: ImportWindow, what: str, qtbot: Any) -> None:
    """A click on what is to be imported, at left."""
    kinds = window.file_page.what
    item = next(each for row in range(kinds.count())
                if (each := kinds.item(row)) and each.data(Qt.ItemDataRole.UserRole) == what)  # fmt: skip
    kinds.scrollToItem(item)
    qtbot.mouseClick(kinds.viewport(), Qt.MouseButton.LeftButton, pos=kinds.visualItemRect(item).center())


def choose_file(room: Room, window: ImportWindow, path: Path, qtbot: Any) -> None:
    """Ctrl+O, and the file in the dialog."""
    qtbot.keyClick(window, Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    dialog = next(each for each in window.findChildren(QFileDialog) if each.isVisible())
    dialog.selectFile(str(path))
    dialog.accept()
    settle(room)
    window.activateWindow()  # as a window manager does once the dialog is gone
    QTest.qWaitForWindowActive(window, 5000)


def onward(room: Room, window: ImportWindow, qtbot: Any) -> None:
    qtbot.keyClick(window, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle(room)


def mend(room: Room, window: ImportWindow, text: str, qtbot: Any) -> None:
    """The next refused cell, corrected by keys alone."""
    panel, sheet = window.work_page.problems, window.work_page.sheet
    row = next(each for each in panel.table.shown_rows() if each.problem.severity == "refused")
    rect = panel.view.visualRect(panel.table.index(panel.table.place_of(row.id) or 0, 1))
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    qtbot.keyClick(panel.view, Key.Key_Return)
    editor = sheet.findChild(QLineEdit, "imports.cell")
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    composed = QInputMethodEvent()
    composed.setCommitString(text)
    QApplication.sendEvent(editor, composed)
    qtbot.keyClick(editor, Key.Key_Return)
    settle(room)


# --- what it is taken for ---------------------------------------------------------------------------------------


def duty_list(folder: Path) -> Path:
    rows = [["姓名", "职务", "村(社区)", "联系电话", "网格编码"],
            ["赵建国", "村支书", "云岭村", "13980000001", ""], ["钱秀兰", "网格长", "云岭村", "13980000002", GRIDS[0]]]
    return book(folder / "责任人.xlsx", rows)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_table_of_another_kind_than_chosen_is_said_and_one_button_takes_it_as_that(
    room: Room, tmp_path: Path, language: str, qtbot: Any
) -> None:
    texts.use(language)
    window = opened(room)
    choose_kind(window, "contacts", qtbot)
    choose_file(room, window, duty_list(tmp_path), qtbot)
    assert window.work.what == "contacts" and window.work.likeness is not None
    found = window.work.likeness
    assert (found.what, found.fits, found.total) == ("duty_holders", 5, 5) and found.known < 5
    name = texts.say("imports.what.duty_holders")
    assert name in said(window) and "5" in said(window) and f"{found.known}" in said(window)
    button = window.banner._button
    assert button.isVisible() and name in button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(room)
    assert window.work.what == "duty_holders" and window.work.likeness is None and said(window) == ""
    assert window.step == "columns" and window.bottom.tally.text.split()[1] == "2"


def test_what_fits_as_well_as_anything_is_not_doubted(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = opened(room)
    take(room, window, roster(tmp_path, good(1, GRIDS[0], "柳青青")))
    assert window.work.what == "workers" and window.work.likeness is None and said(window) == ""
    window.work.start_over("duty_holders")
    take(room, window, duty_list(tmp_path))
    assert window.work.likeness is None and said(window) == ""


@pytest.mark.soak
def test_a_kind_chosen_by_hand_holds_for_its_file_only(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = opened(room)
    choose_kind(window, "contacts", qtbot)
    first = duty_list(tmp_path)
    choose_file(room, window, first, qtbot)
    assert window.work.what == "contacts"
    choose_file(room, window, first, qtbot)  # corrected meanwhile: what was said of this file still is
    assert window.work.what == "contacts"
    choose_file(room, window, roster(tmp_path, good(1, GRIDS[0], "柳青青")), qtbot)
    assert window.work.what == "workers" and window.work.likeness is None and said(window) == ""
    qtbot.keyClick(window, Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    choose_kind(window, "duty_holders", qtbot)
    settle(room)
    assert window.work.what == "duty_holders"
    choose_file(room, window, outlines(room, tmp_path, shifted=False), qtbot)
    assert window.work.what == "grids" and window.work.error is None and window.work.look is not None


# --- the first step is left by its button -------------------------------------------------------------------------


def test_ticking_a_sheet_leaves_the_officer_where_he_is(room: Room, tmp_path: Path, qtbot: Any) -> None:
    heads = ["姓名", "网格编码", "联系电话"]
    path = book(tmp_path / "两张.xlsx", [heads, ["柳青青", GRIDS[0], "13980000001"]],
                [["日期", "值班"], ["2025-06-01", "何文"]])  # fmt: skip
    window = opened(room)
    take(room, window, path)
    assert window.step == "columns"
    qtbot.keyClick(window, Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    sheets = window.file_page.facts.sheets
    assert window.step == "file" and sheets.isVisible() and sheets.count() == 2
    sheets.setFocus()
    sheets.setCurrentRow(1)
    qtbot.keyClick(sheets, Key.Key_Space)
    assert window.file_page.facts.isVisible()  # not the empty page, while it is read again
    settle(room)
    assert window.step == "file" and window.work.reading.sheets == ("甲", "乙")
    assert sheets.hasFocus() and sheets.currentRow() == 1
    qtbot.keyClick(sheets, Key.Key_Space)
    settle(room)
    assert window.step == "file" and window.work.reading.sheets == ("甲",)
    onward(room, window, qtbot)
    assert window.step == "columns" and window.bottom.tally.text.startswith("新增 1")


def test_another_kind_at_left_leaves_the_officer_where_he_is(room: Room, tmp_path: Path, qtbot: Any) -> None:
    window = opened(room)
    take(room, window, roster(tmp_path, good(1, GRIDS[0], "柳青青")))
    qtbot.keyClick(window, Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    for what in ("duty_holders", "workers"):
        choose_kind(window, what, qtbot)
        settle(room)
        assert window.step == "file" and window.work.what == what and window.work.read is not None


# --- the books of the stores -----------------------------------------------------------------------------------------


def workers_made(session: Any) -> dict[str, str]:
    return {name: str(do(session, AddWorker(name=name, village=YUNLING, vest_size="M"))["worker"])
            for name in ("新员甲", "新员乙")}  # fmt: skip


def register(session: Any, folder: Path, torch: str) -> Path:
    place = village(session).name
    rows = [
        ["七件套发放登记表"], REGISTER,
        [1, place, None, "新员甲", "√", "√", "有", "√", "√", "缺", "√", "2025年6月1日", "李联络", None, None],
        [2, place, None, "新员乙", "1", "XL", "√", torch, "√", "√", "√", "2025.6.1", "李联络", None, None],
    ]  # fmt: skip
    return book(folder / "发放登记.xlsx", rows)


def test_a_register_of_kits_is_driven_by_keys_and_clicks(stores: Room, tmp_path: Path, qtbot: Any) -> None:
    session = stores.tools.desk.session
    made, held = workers_made(session), len(some(session, "kit"))
    window = opened(stores)
    choose_kind(window, "kit_register", qtbot)
    choose_file(stores, window, register(session, tmp_path, "√"), qtbot)
    assert window.step == "columns" and window.work.what == "kit_register" and said(window) == ""
    assert window.bottom.tally.text == "新增 2 · 变更 0 · 相同 0 · 拒绝 0"
    onward(stores, window, qtbot)
    assert window.step == "problems" and window.bottom.primary.isEnabled()
    onward(stores, window, qtbot)
    assert window.step == "result" and len(some(session, "kit")) == held + 2
    kit = next(each for each in some(session, "kit") if each.worker == made["新员甲"])
    assert pieces_of(session, kit.id)["K06"].state == "missing"
    check_books(session)
    qtbot.keyClick(window, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(stores)
    assert window.work.is_undone and len(some(session, "kit")) == held
    check_books(session)


def test_a_bad_cell_of_a_register_is_mended_in_place(stores: Room, tmp_path: Path, qtbot: Any) -> None:
    session = stores.tools.desk.session
    made = workers_made(session)
    window = opened(stores)
    choose_file(stores, window, register(session, tmp_path, "不知道"), qtbot)
    assert window.work.what == "kit_register"  # by its headings
    onward(stores, window, qtbot)
    assert [row[:2] for row in rows_of(window) if row[0] == "refused"] == [("refused", "4")]
    assert not window.bottom.primary.isEnabled()
    onward(stores, window, qtbot)
    assert window.step == "problems" and not any(each.worker in made.values() for each in some(session, "kit"))
    mend(stores, window, "坏", qtbot)
    assert window.bottom.tally.text == "新增 2 · 变更 0 · 相同 0 · 拒绝 0"
    onward(stores, window, qtbot)
    kit = next(each for each in some(session, "kit") if each.worker == made["新员乙"])
    assert window.step == "result" and pieces_of(session, kit.id)["K04"].state == "damaged"
    assert pieces_of(session, kit.id)["K02"].size == "XL"


def ledger(folder: Path, amount: str) -> Path:
    rows = [
        LEDGER,
        [1, "防汛防灾", "铁皮喇叭", "手持", "只", 12, "测试库", "2025-03-01", "2026-03-01", None, None, "老李",
         "13980000001", None, None],
        [2, "七件套", "布袋", None, "个", amount, "测试库", None, None, None, None, "老李", "13980000001", None, None],
    ]  # fmt: skip
    return book(folder / "物资台账.xlsx", rows)


@pytest.mark.soak
def test_a_ledger_of_stores_is_driven_by_keys_and_clicks(stores: Room, tmp_path: Path, qtbot: Any) -> None:
    session = stores.tools.desk.session
    at = depot(session, K07=5)
    window = opened(stores)
    choose_kind(window, "stock_ledger", qtbot)
    choose_file(stores, window, ledger(tmp_path, "三十来个"), qtbot)
    assert window.step == "columns" and window.work.what == "stock_ledger" and said(window) == ""
    onward(stores, window, qtbot)
    assert ("refused", "3", "数量") in rows_of(window) and not window.bottom.primary.isEnabled()
    mend(stores, window, "3", qtbot)
    assert window.work.refused == 0 and window.bottom.primary.isEnabled()
    onward(stores, window, qtbot)
    assert window.step == "result" and stock(session, at, "K07") == 3
    (horn,) = some(session, "article", name="铁皮喇叭")
    assert stock(session, at, horn.code) == 12
    check_books(session)
    qtbot.mouseClick(window.result_page.undo, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    settle(stores)
    assert window.work.is_undone and stock(session, at, "K07") == 5
    assert some(session, "article", name="铁皮喇叭") == []
    check_books(session)


def test_a_good_ledger_says_what_changes_and_is_written(stores: Room, tmp_path: Path, qtbot: Any) -> None:
    session = stores.tools.desk.session
    at = depot(session, K07=5)
    window = opened(stores)
    choose_file(stores, window, ledger(tmp_path, "4"), qtbot)
    assert window.work.what == "stock_ledger" and window.bottom.tally.text == "新增 1 · 变更 1 · 相同 0 · 拒绝 0"
    onward(stores, window, qtbot)
    onward(stores, window, qtbot)
    assert window.step == "result" and stock(session, at, "K07") == 4
