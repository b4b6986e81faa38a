"""The town brings its roster: imported by keys and clicks, seen at once on the other desk, taken back as one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from commandcenter.app import Program
from commandcenter.ui.core.finderbox import FinderBox
from commandcenter.ui.imports.door import Door
from commandcenter.ui.imports.window import ImportWindow

PATIENCE = 20_000
HEADINGS = ["序号", "村(社区)", "网格编码", "姓名", "性别", "联系电话"]


@pytest.fixture
def two(town: str, open_program: Callable[..., Program]) -> tuple[Program, Program]:
    """Duty officer one and duty officer two."""
    return open_program(town, "duty1"), open_program(town, "duty2")


def import_window(program: Program, qtbot: Any) -> ImportWindow:
    """The window, once it is in front."""
    door = next(each for each in program.tools.desk.children() if isinstance(each, Door))
    qtbot.waitUntil(lambda: door.window is not None, timeout=PATIENCE)
    assert door.window is not None
    door.window.activateWindow()
    qtbot.waitUntil(door.window.isActiveWindow, timeout=PATIENCE)
    return door.window


def roster(program: Program, path: Path, changes: dict[int, str]) -> Path:
    """A sheet per village with its grids, a keeper each; ``changes`` are phone numbers by number."""
    live = program.tools.desk.live
    book = openpyxl.Workbook()
    book.remove(book.active)
    number = 0
    for village in sorted(live.villages.values(), key=lambda each: each.code):
        grids = sorted((each for each in live.grids.values() if each.village == village.id), key=lambda each: each.code)
        if not grids:
            continue
        sheet: Any = book.create_sheet(village.name[:31])
        sheet.append([f"{village.name}微网格员花名册"])
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADINGS))
        sheet.append(HEADINGS)
        for place, grid in enumerate(grids):
            number += 1
            village_cell = village.name if place == 0 else "同上"
            phone = changes.get(number, f"1398{number:07}")
            name = f"章{'一二三四五六七八九十'[number % 10]}{number}"
            sheet.append([number, village_cell, grid.code, name, "男", phone])
        sheet.append(["合计", None, None, f"{len(grids)}人"])
    book.save(path)
    return path


def keepers(program: Program) -> dict[str, str]:
    people = program.tools.desk.directory.people
    return {each.name: each.phone or "" for (kind, _), each in people.items() if kind == "worker"}


def idle(window: ImportWindow) -> bool:
    return window.work.busy is None and window.work.survey is not None


def choose(window: ImportWindow, path: Path, qtbot: Any) -> None:
    """By the dialog, as a person does."""
    qtbot.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.findChild(QFileDialog) is not None, timeout=PATIENCE)
    dialog: Any = window.findChild(QFileDialog)
    dialog.selectFile(str(path))
    dialog.accept()
    qtbot.waitUntil(lambda: window.work.source == path and idle(window), timeout=PATIENCE)


def forward(window: ImportWindow, qtbot: Any) -> None:
    """A platform without a window manager leaves nobody in front when a dialog closes."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE)
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_a_roster_is_imported_changed_and_taken_back_on_both_desks(
    two: tuple[Program, Program], tmp_path: Path, qtbot: Any
) -> None:
    one, other = two
    before = keepers(other)
    one.window.activateWindow()
    qtbot.waitUntil(one.window.isActiveWindow, timeout=PATIENCE)
    qtbot.keyClick(one.window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    window = import_window(one, qtbot)
    choose(window, roster(one, tmp_path / "花名册.xlsx", {}), qtbot)
    assert window.work.what == "workers" and len(window.work.file.pages) > 1  # type: ignore[union-attr]
    survey = window.work.survey
    assert survey is not None and survey.new > 3 and survey.changed == 0 and not window.work.refused
    count = survey.new
    forward(window, qtbot)
    forward(window, qtbot)
    qtbot.waitUntil(lambda: window.step == "result", timeout=PATIENCE)
    qtbot.waitUntil(lambda: len(keepers(other)) == len(before) + count, timeout=PATIENCE)

    qtbot.mouseClick(window.result_page.another, Qt.MouseButton.LeftButton)
    changes = {1: "13911110001", 2: "13911110002", 3: "13911110003"}
    choose(window, roster(one, tmp_path / "花名册改.xlsx", changes), qtbot)
    assert window.bottom.tally.text == f"新增 0 · 变更 3 · 相同 {count - 3} · 拒绝 0"
    assert {each.file for each in window.work.differences} == set(changes.values())
    forward(window, qtbot)
    forward(window, qtbot)
    qtbot.waitUntil(lambda: window.step == "result", timeout=PATIENCE)
    qtbot.waitUntil(lambda: set(changes.values()) <= set(keepers(other).values()), timeout=PATIENCE)

    one.window.activateWindow()
    qtbot.waitUntil(one.window.isActiveWindow, timeout=PATIENCE)
    qtbot.keyClick(one.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.work.is_undone, timeout=PATIENCE)
    qtbot.waitUntil(lambda: not set(changes.values()) & set(keepers(other).values()), timeout=PATIENCE)
    qtbot.keyClick(one.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    for desk in (one, other):
        qtbot.waitUntil(lambda desk=desk: keepers(desk) == before, timeout=PATIENCE)


@pytest.mark.soak
def test_keys_of_the_desk_work_in_the_window_and_quick_find_opens_it(
    town_url: Callable[[str], str], open_program: Callable[..., Program], qtbot: Any
) -> None:
    program = open_program(town_url("sqlite"), "duty1")
    desk = program.window
    desk.activateWindow()
    qtbot.keyClick(desk, Qt.Key.Key_F3)
    box = desk.findChild(FinderBox)
    qtbot.waitUntil(lambda: box is not None and box.is_open, timeout=PATIENCE)
    qtbot.keyClicks(box.line, "daoru")  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: bool(box._hits.rowCount()), timeout=PATIENCE)  # type: ignore[union-attr]
    qtbot.keyClick(box.line, Qt.Key.Key_Return)  # type: ignore[union-attr]
    window = import_window(program, qtbot)
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_F2)
    qtbot.waitUntil(desk.isActiveWindow, timeout=PATIENCE)
    assert window.isVisible()
    desk.close()
    assert not window.isVisible()
