"""Printing the overview sheet from the window: by its key, with the choice of paper and of whom it is for; stopped
midway; with masks; as many files as there are villages."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.services import overviews as services
from commandcenter.ui import overviews
from commandcenter.ui.core import longprint
from commandcenter.ui.core.sidelist import ALL, SideList
from commandcenter.ui.overviews.door import OverviewPanel, OverviewSheet
from tests.ui.rooms import Room, room_at

VILLAGE, OTHER = "999101100201", "999101100202"
Key = Qt.Key


def installed(room: Room) -> Room:
    overviews.install(room.tools)
    room.page = room.show(QWidget(), 1366, 768)  # type: ignore[attr-defined]
    return room


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    with room_at(town_url("sqlite"), open_desk, tmp_path) as made:
        yield installed(made)


@pytest.fixture
def viewer(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    with room_at(town_url("sqlite"), open_desk, tmp_path, "viewer") as made:
        yield installed(made)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What the desktop was asked to open."""
    found: list[Path] = []
    monkeypatch.setattr(longprint, "launch", lambda path: found.append(path) or True)
    return found


def form_of(room: Room) -> OverviewSheet:
    """The form that was opened by its action."""
    room.tools.actions.trigger(overviews.ACTION)
    room.settle()
    (panel,) = room.page.findChildren(OverviewPanel)  # type: ignore[attr-defined]
    assert panel.is_open
    return panel.form  # type: ignore[no-any-return]


def said(path: Path) -> str:
    return "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(path).pages)


def printed(room: Room) -> int:
    with room.tools.desk.session.read("real") as reader:
        return len([line for line in reader.history(entity="edition") if line.change.op == "print"])


def village(room: Room, code: str) -> Any:
    return next(each for each in room.tools.desk.live.villages.values() if each.code == code)


def test_the_village_that_is_looked_at_is_printed_by_keys(room: Room, opened: list[Path]) -> None:
    room.tools.selection.choose("grid", room.grid(f"{OTHER}001").id)
    form = form_of(room)
    assert form.village.picked() == village(room, OTHER).id
    QTest.keyClick(form.variant, Key.Key_Return)
    room.settle()
    (path,) = opened
    assert "Millbrook村治理信息全览图" in said(path) and path.suffix == ".pdf" and printed(room) == 1
    assert not form.parentWidget().is_open  # type: ignore[union-attr]
    assert any(say("overview.done", count=1) in each for each in room.told())


def test_the_village_that_a_room_is_narrowed_down_to_comes_first(room: Room) -> None:
    room.tools.selection.choose("grid", room.grid(f"{OTHER}001").id)
    side = SideList(room.page)  # type: ignore[attr-defined]
    side.show_lines([(ALL, "all", 2), (village(room, VILLAGE).id, "one", 2)])
    side.show()
    assert form_of(room).village.picked() == village(room, OTHER).id
    side.choose(village(room, VILLAGE).id)
    assert form_of(room).village.picked() == village(room, VILLAGE).id


def test_paper_and_purpose_are_chosen(room: Room, opened: list[Path], qtbot: Any) -> None:
    form = form_of(room)
    form.village.put(village(room, VILLAGE).id)
    QTest.keyClick(form.size_strip, Key.Key_2)
    QTest.keyClick(form.variant, Key.Key_2)
    qtbot.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    room.settle()
    (path,) = opened
    text = said(path)
    assert round(float(pypdf.PdfReader(path).pages[0].mediabox[2]) * 25.4 / 72) == 594
    assert "公示版" in text and "微网格员" not in text


def test_all_villages_are_as_many_files(room: Room, opened: list[Path], tmp_path: Path) -> None:
    form = form_of(room)
    form.village.put(None)
    form.print_into([str(tmp_path)])
    room.settle()
    (folder,) = opened
    count = len(room.tools.desk.live.villages)
    assert len(list(folder.iterdir())) == count and printed(room) == count


def test_it_is_stopped_by_escape(
    room: Room, opened: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, real = threading.Event(), threading.Event(), services.job

    def held(*given: Any) -> Any:
        begun.set()
        assert go_on.wait(10)
        return real(*given)

    monkeypatch.setattr(services, "job", held)
    form = form_of(room)
    form.village.put(None)
    form.print_into([str(tmp_path / "all")])
    while not begun.wait(0.01):
        QTest.qWait(1)
    assert form.printing.stop.isVisible()
    QTest.keyClick(form, Key.Key_Escape)
    go_on.set()
    room.settle()
    assert not opened and not form.printing.stop.isVisible() and form.parentWidget().is_open  # type: ignore[union-attr]
    assert any(say("core.print.nothing") in each for each in room.told())
    with room.tools.desk.session.read("real") as reader:
        assert list(reader.find("edition")) == [], "nothing was printed, so nothing counts as printed"
    QTest.keyClick(form, Key.Key_Escape)
    assert not form.parentWidget().is_open  # type: ignore[union-attr]


def test_what_was_finished_before_a_stop_is_told_with_its_folder(
    room: Room, opened: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    go_on, real = threading.Event(), services.files

    def held(*given: Any) -> Iterator[Any]:
        for number, each in enumerate(real(*given)):
            assert number == 0 or go_on.wait(10)
            yield each

    monkeypatch.setattr(services, "files", held)
    form = form_of(room)
    form.village.put(None)
    form.print_into([str(tmp_path / "all")])
    told = say("overview.progress", done=1, total=len(room.tools.desk.live.villages))
    qtbot.waitUntil(lambda: form.printing.words.text() == told)
    asked, is_dir = list[Path](), Path.is_dir

    def noted(path: Path, *given: Any, **more: Any) -> bool:
        if threading.current_thread() is threading.main_thread():
            asked.append(path)
        return is_dir(path, *given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "is_dir", noted)
        form.printing.stop.click()
    assert asked == [], "the folder may lie on a share"
    go_on.set()
    room.settle()
    (folder,) = (tmp_path / "all").iterdir()
    assert not opened and 0 < len(list(folder.iterdir())) < len(room.tools.desk.live.villages)
    assert any(say("overview.stopped") in each and str(folder) in each for each in room.told())
    assert form.save_button.isEnabled() and not form.is_printing


def test_where_no_program_opens_the_paper_it_is_told_where_it_lies(
    room: Room, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made: list[Path] = []
    monkeypatch.setattr(longprint, "launch", made.append)
    form = form_of(room)
    form.village.put(village(room, VILLAGE).id)
    QTest.keyClick(form.variant, Key.Key_Return)
    room.settle()
    assert made and any(str(made[0]) in each for each in room.told())


def test_a_viewer_is_told_of_his_masks_and_gets_them(viewer: Room, opened: list[Path]) -> None:
    form = form_of(viewer)
    form.village.put(village(viewer, VILLAGE).id)
    QTest.keyClick(form.variant, Key.Key_Return)
    viewer.settle()
    assert "****" in said(opened[0])
