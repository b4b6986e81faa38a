"""The scan of a signed 签收单 on the card of its receipt sheet, by keys and by mouse, live, and taken back."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from commandcenter.services.attachments import Attach
from commandcenter.services.kits import IssueKits, NewKit
from commandcenter.ui import attachments
from commandcenter.ui.attachments.section import AttachmentSection
from commandcenter.ui.core import handout
from commandcenter.ui.kits.workspace import SHEETS_TAB, KitsRoom
from tests.services.test_attachments import photo
from tests.ui.rooms import Room, room_at
from tests.ui.test_kits import depot, installed, page_of, village

Key = Qt.Key


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A storekeeper's desk."""
    with room_at(town_url("sqlite"), open_desk, tmp_path, "quartermaster") as found:
        attachments.install(found.tools)
        yield installed(found)


@pytest.fixture
def viewer(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    with room_at(town_url("sqlite"), open_desk, tmp_path, "viewer") as found:
        attachments.install(found.tools)
        yield installed(found)


def sheet_on_card(room: Room, page: KitsRoom) -> str:
    """Issue two kits, look at their receipt sheet; its id."""
    issue = room.elsewhere(IssueKits(village=village(room).id, depot=depot(room).id,
                                     kits=(NewKit(sizes="L"), NewKit(sizes="L"))))["kit_issue"]  # fmt: skip
    return looked_at(room, page, issue)


def looked_at(room: Room, page: KitsRoom, issue: str) -> str:
    page.tabs.setCurrentIndex(SHEETS_TAB)
    page.pick(issue)
    page.view.choose(issue)
    room.settle()
    return issue


def section_of(page: KitsRoom) -> AttachmentSection:
    found = page.card.findChild(AttachmentSection)
    assert isinstance(found, AttachmentSection)
    return found


def rows(page: KitsRoom) -> list[Any]:
    return list(section_of(page).list.table.shown_rows())


def wait_for(room: Room, page: KitsRoom, count: int) -> None:
    for _ in range(500):
        room.settle()
        if len(rows(page)) == count and all(each.state == "kept" for each in rows(page)):
            return
        QTest.qWait(10)
    raise AssertionError(rows(page))


def test_f7_puts_the_scan_beside_the_sheet_and_undo_takes_it_away(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(room)
    issue = sheet_on_card(room, page)
    path = tmp_path / "签收单.jpg"
    path.write_bytes(photo())
    section = section_of(page)
    assert section.subject == ("kit_issue", issue) and section.may_add
    monkeypatch.setattr(AttachmentSection, "choose_files", lambda self: self._files_chosen([str(path)]))
    room.tools.actions.attach(page.window())
    QTest.keyClick(page.view, Key.Key_F7)
    wait_for(room, page, 1)
    (row,) = rows(page)
    assert row.name == "签收单.jpg" and section_of(page)._found.pictures, "with a thumbnail"
    page.post.undo()
    room.settle()
    assert rows(page) == []


def test_what_another_desk_scanned_comes_up_and_is_opened_and_removed_by_keys(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(handout, "launch", lambda path: opened.append(path) or True)
    page = page_of(room)
    issue = sheet_on_card(room, page)
    assert rows(page) == []
    room.elsewhere(Attach(subject_kind="kit_issue", subject=issue, name="签收单.jpg", content=photo()))
    wait_for(room, page, 1)
    section = section_of(page)
    section.list.setFocus()
    section.list.choose(rows(page)[0].id)
    QTest.keyClick(section.list, Key.Key_Return)
    for _ in range(300):
        room.settle()
        if opened:
            break
        QTest.qWait(10)
    assert len(opened) == 1
    QTest.keyClick(section.list, Key.Key_Delete)
    room.settle()
    assert rows(page) == []
    page.post.undo()
    wait_for(room, page, 1)


def test_a_kit_has_no_scans_and_a_viewer_sees_that_there_is_one(viewer: Room) -> None:
    page = page_of(viewer)
    kit = next(row for row in page._rows.values() if row.kit is not None)
    page.pick(kit.id)
    viewer.settle()
    assert page.card.findChild(AttachmentSection) is None
    issue = next(row.id for row in page._rows.values() if row.sheet is not None)
    looked_at(viewer, page, issue)
    section = section_of(page)
    assert not section.may_add and not section.hidden_note.isHidden()
