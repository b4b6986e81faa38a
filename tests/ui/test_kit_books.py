"""Printed books in the room of the kits, by keys: printing, changed pages, editions, and what others change."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from commandcenter.base.texts import say
from commandcenter.services.attention import AddAttention, EditAttention
from commandcenter.services.editions import PrintBooks
from commandcenter.services.people import EditWorker
from commandcenter.ui import overviews
from commandcenter.ui.core import longprint
from commandcenter.ui.kits.books import BooksSection, EditionSheet, PrintBooksSheet
from commandcenter.ui.kits.sections import PLACE, WallSection
from commandcenter.ui.kits.workspace import STALE_TAB
from commandcenter.ui.overviews.door import OverviewPanel
from tests.services.stores_made import YUNLING
from tests.ui.rooms import Room, room_at
from tests.ui.test_kits import installed, page_of, sheet_of, some, village

Key = Qt.Key


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A storekeeper's desk."""
    with room_at(town_url("sqlite"), open_desk, tmp_path, "quartermaster") as made:
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


def holder_row(room: Room, page: Any) -> Any:
    """The row of somebody with both books."""
    for row in page._rows.values():
        if row.kit is not None and row.kit.worker is not None and row.kit.grid is not None:
            there = {each.article.printed for each in row.items if each.piece is not None and each.state == "good"}
            if {"handbook", "contact_book"} <= there and row.village.code == YUNLING:
                return row
    raise AssertionError("nobody has both books")


def chosen(room: Room, page: Any) -> Any:
    row = holder_row(room, page)
    page.pick(row.id)
    page.view.choose(row.id)
    room.settle()
    return row


def change_phone(room: Room, worker: str) -> None:
    was = some(room, "worker", id=worker)[0].phone
    room.elsewhere(EditWorker(worker=worker, changed={"phone": "15412345678"}, was={"phone": was}))


def test_the_contact_book_of_a_village_is_printed_handed_out_and_taken_back(room: Room, opened: list[Path]) -> None:
    page = page_of(room)
    chosen(room, page)
    QTest.keyClick(page.view, Key.Key_V)
    sheet = sheet_of(page, PrintBooksSheet)
    sheet.choose(kind="contact_book", of="village", what="handed")
    sheet.save_button.click()
    room.settle()
    assert page.right.is_card and len(opened) == 1
    text = "".join("".join(each.extract_text().split()) for each in pypdf.PdfReader(opened[0]).pages)
    assert "通讯录" in text or "Contactbook" in text
    (edition,) = some(room, "edition")
    assert edition.village == village(room).id
    assert any(each.edition == edition.code for each in some(room, "piece"))
    page.post.undo()
    room.settle()
    assert some(room, "edition") == [] and not any(each.edition for each in some(room, "piece"))


@pytest.mark.soak
def test_what_others_change_shows_on_tab_card_and_board_and_pages_are_printed(room: Room, opened: list[Path]) -> None:
    page = page_of(room)
    row = chosen(room, page)
    room.elsewhere(PrintBooks(kind="contact_book", subjects=(row.village.code,), handed=True))
    before = page.side.figures(row.village.id)
    page.tabs.setCurrentIndex(5)
    room.settle()
    assert list(page.table.shown_rows()) == []
    change_phone(room, row.kit.worker.id)
    stale = list(page.table.shown_rows())
    assert row.id in {each.id for each in stale}
    after = page.side.figures(row.village.id)
    assert sum(after) == sum(before) + len(stale)
    section = page.card.findChild(BooksSection)
    told = " ".join(each.text() for each in section.findChildren(QLabel))
    assert say("books.page.keepers") in told and row.kit.worker.name in told
    QTest.keyClick(page.view, Key.Key_V)
    sheet = sheet_of(page, PrintBooksSheet)
    sheet.choose(kind="contact_book", of="village", what="changed")
    assert str(len(stale)) in sheet.told.text()
    sheet.save_button.click()
    room.settle()
    assert len(opened) == 1 and list(page.table.shown_rows()) == []


@pytest.mark.soak
def test_an_elders_number_makes_the_handbook_of_the_grid_old_on_this_desk(room: Room) -> None:
    page = page_of(room)
    row = chosen(room, page)
    given = {"kind": "person", "name": "慕容翠翠", "phone": "15487654321", "ground": "consent"}
    item = room.elsewhere(AddAttention(grid=row.kit.grid.code, **given))["attention_item"]
    room.elsewhere(PrintBooks(kind="handbook", subjects=(row.kit.grid.code,), handed=True))
    page.tabs.setCurrentIndex(5)
    room.settle()
    assert list(page.table.shown_rows()) == []
    room.elsewhere(EditAttention(item=item, changed={"phone": "15411112222"}, was={"phone": "15487654321"}))
    stale = list(page.table.shown_rows())
    assert {each.kit.grid.code for each in stale} == {row.kit.grid.code} and row.id in {each.id for each in stale}
    told = " ".join(each.text() for each in page.card.findChild(BooksSection).findChildren(QLabel))
    assert say("books.page.attention") in told and "慕容翠翠" not in told and "15411112222" not in told


def test_nothing_changed_cannot_be_printed(room: Room) -> None:
    page = page_of(room)
    chosen(room, page)
    page.print_books()
    sheet = sheet_of(page, PrintBooksSheet)
    sheet.choose(kind="contact_book", of="village", what="changed")
    assert not sheet.save_button.isEnabled()
    sheet.choose(kind="contact_book", of="village", what="whole")
    assert sheet.save_button.isEnabled()


@pytest.mark.soak
def test_the_whole_town_goes_into_a_folder_of_its_own(room: Room, opened: list[Path], tmp_path: Path) -> None:
    page = page_of(room)
    page.print_books()
    sheet = sheet_of(page, PrintBooksSheet)
    sheet.choose(kind="contact_book", of="all")
    sheet.print_into([str(tmp_path)])
    room.settle()
    (folder,) = [each for each in tmp_path.iterdir() if each.is_dir()]
    assert opened == [folder] and len(list(folder.glob("*.pdf"))) == len(some(room, "village"))
    assert len(some(room, "edition")) == len(some(room, "village"))


@pytest.mark.soak
def test_it_can_be_stopped_midway(room: Room, opened: list[Path], tmp_path: Path) -> None:
    page = page_of(room)
    page.print_books()
    sheet = sheet_of(page, PrintBooksSheet)
    sheet.choose(kind="handbook", of="all")
    sheet.print_into([str(tmp_path)])
    for _ in range(2000):
        QTest.qWait(5)
        if sheet._task is not None:
            break
    assert sheet.printing.stop.isVisible()
    QTest.keyClick(sheet, Key.Key_Escape)
    room.settle()
    assert opened == [] and page.right.is_card
    assert some(room, "edition") == [], "nothing was printed, so nothing counts as printed"
    assert any(say("core.print.nothing") in each for each in room.told())
    page.print_books()
    again = sheet_of(page, PrintBooksSheet)
    again.choose(kind="contact_book", of="all")
    again.print_into([str(tmp_path)])
    room.settle()
    assert len(some(room, "edition")) == len(some(room, "village"))


@pytest.mark.soak
def test_an_edition_is_set_by_its_number(room: Room) -> None:
    page = page_of(room)
    row = chosen(room, page)
    made = room.elsewhere(PrintBooks(kind="handbook", subjects=(row.kit.grid.code,)))["editions"][0]
    item = next(each for each in row.items if each.article.printed == "handbook")
    room.tools.selection.choose(PLACE, item.key)
    page._renew_card()
    assert page.can_set_edition
    QTest.keyClick(page.view, Key.Key_E)
    sheet = sheet_of(page, EditionSheet)
    sheet.code.setText("999")
    sheet.submit()
    room.settle()
    assert page.right.currentWidget() is sheet, "refused, and what was typed stays"
    sheet.code.setText(made["code"].removeprefix("E-").lstrip("0"))
    sheet.submit()
    room.settle()
    assert some(room, "piece", id=item.piece.id)[0].edition == made["code"]


def test_a_viewer_prints_a_copy_of_what_is_looked_at(viewer: Room, opened: list[Path]) -> None:
    page = page_of(viewer)
    chosen(viewer, page)
    page.print_books()
    sheet = sheet_of(page, PrintBooksSheet)
    assert not sheet.may_print
    sheet.choose(kind="contact_book")
    sheet.save_button.click()
    viewer.settle()
    assert len(opened) == 1 and some(viewer, "edition") == []
    text = "".join(each.extract_text() for each in pypdf.PdfReader(opened[0]).pages)
    assert "****" in text


def test_an_edition_is_found_by_its_code(room: Room) -> None:
    from commandcenter.ui.kits import _hits

    page = page_of(room)
    row = chosen(room, page)
    made = room.elsewhere(PrintBooks(kind="contact_book", subjects=(row.village.code,), handed=True))["editions"][0]
    (hit,) = _hits(room.tools, f"e{int(made['code'][2:])}", 5)
    hit.run()
    room.settle()
    shown = page.row(page._chosen)
    assert shown is not None and shown.village.id == row.village.id


# --- the overview sheets of villages --------------------------------------------------------------------------------


@pytest.fixture
def duty_room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A duty officer's desk."""
    with room_at(town_url("sqlite"), open_desk, tmp_path) as made:
        yield installed(made)


@pytest.mark.soak
def test_a_stale_overview_sheet_stands_among_the_stale_until_it_is_printed_anew(
    duty_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has a row of its own with its edition, on the tab alone; O opens the form on that village."""
    room = duty_room
    monkeypatch.setattr(longprint, "launch", lambda path: True)
    overviews.install(room.tools)
    page = page_of(room)
    home = village(room)
    room.elsewhere(PrintBooks(kind="overview", subjects=(home.id,)))
    page.tabs.setCurrentIndex(STALE_TAB)
    room.settle()
    assert list(page.table.shown_rows()) == []
    room.elsewhere(AddAttention(grid=f"{YUNLING}001", kind="matter", matter="石桥护栏松动"))
    (row,) = page.table.shown_rows()
    (edition,) = some(room, "edition")
    assert (row.wall.state, row.code, row.since) == ("stale", say("kits.wall.code", number=1), edition.printed_on)
    page.pick(row.id)
    page.view.choose(row.id)
    room.settle()
    told = " ".join(each.text() for each in page.card.findChild(WallSection).findChildren(QLabel))
    assert say("books.page.attention") in told and say("books.edition", number=1) in told
    QTest.keyClick(page.view, Key.Key_O)
    room.settle()
    (panel,) = page.window().findChildren(OverviewPanel)
    assert panel.is_open and panel.form.village.picked() == home.id
    panel.form.save_button.click()
    room.settle()
    assert sorted(each.number for each in some(room, "edition")) == [1, 2]
    assert list(page.table.shown_rows()) == []
    page.post.undo()
    room.settle()
    assert [each.number for each in some(room, "edition")] == [1]
    assert [each.id for each in page.table.shown_rows()] == [row.id]


def test_the_edition_of_a_sheet_is_found_in_its_row(duty_room: Room) -> None:
    room = duty_room
    page = page_of(room)
    made = room.elsewhere(PrintBooks(kind="overview", subjects=(village(room).id,)))["editions"][0]
    page.reading.read_again()
    room.settle()
    room.tools.selection.navigate("edition", made["edition"])
    room.settle()
    assert page._shown is not None and page._shown.wall is not None
    tabs = []
    for at in range(page.tabs.count()):
        page.tabs.setCurrentIndex(at)
        tabs += [each for each in page.table.shown_rows() if each.wall is not None]
    assert tabs == [], "a current sheet stands in no list"
