"""The room of stock rounds: begun by keys, sheets out and back, a scanner's field, differences settled, the end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from commandcenter.base import texts
from commandcenter.base.errors import EnvironmentTrouble
from commandcenter.services import round_reading
from commandcenter.services.pieces import MarkPiece, WriteOffPiece
from commandcenter.services.rounds import CloseRound, Count, OpenRound, RecordCounts
from commandcenter.ui import rounds
from commandcenter.ui.core.widgets import Button
from commandcenter.ui.rounds.forms import CloseSheet, SettleSheet
from commandcenter.ui.rounds.scanning import PAUSE
from tests.ui.rooms import Room, room_at

Key = Qt.Key


@pytest.fixture
def room(town_url: Any, open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """The storekeeper's desk."""
    with room_at(town_url("sqlite"), open_desk, tmp_path, "quartermaster") as made:
        rounds.install(made.tools)
        yield made


def page_of(room: Room) -> Any:
    return room.show(room.tools.plugs.workspaces.get("rounds").make(room.tools))


def open_round(room: Room, name: str = "盘点") -> str:
    return str(room.elsewhere(OpenRound(name=name))["stock_round"])


def state(room: Room, id: str) -> round_reading.RoundState:
    with room.tools.desk.session.read("real") as reader:
        return round_reading.state(reader, id)


def codes(found: round_reading.RoundState, *, village: bool = True) -> list[str]:
    """Pieces in good order, of the village with most of them or of others."""
    most = max(found.by_village, key=lambda id: found.by_village[id].expected)
    rows = [row for row in found.rows if row.piece.state == "issued" and row.village]
    return [row.piece.code for row in rows if (row.village is not None and row.village.id == most) == village]


def scan(room: Room, page: Any, *texts_: str) -> None:
    for text in texts_:
        QTest.keyClicks(page.scan_page.field, text)
        QTest.keyClick(page.scan_page.field, Key.Key_Return)
    room.settle()


def test_a_round_is_begun_by_keys_and_shows_its_sheets_first(room: Room) -> None:
    page = page_of(room)
    assert page.stack.currentWidget() is page.begin_page and not page.begin_page.leave.isVisible()
    assert page.begin_page.name.text() == "2025年第2季度盘点" and page.begin_page.name.hasFocus()
    QTest.keyClick(page.begin_page.name, Key.Key_Return)
    room.settle()
    assert page.stack.currentWidget() is page.sheets_page
    assert page.state is not None and page.state.round.mark in page.mark.text()
    assert page.strip.isVisible() and f"0/{page.state.far.expected}" in page.far.text()
    page.begin()
    QTest.keyClick(page.begin_page.name, Key.Key_Return)
    room.settle()
    assert page.begin_page.trouble.isVisible(), "a name that is taken is told here"
    QTest.keyClick(page.begin_page, Key.Key_Escape)
    assert page.stack.currentWidget() is page.list


def test_scans_are_judged_sounded_and_saved_at_once(room: Room) -> None:
    id = open_round(room)
    page = page_of(room)
    page.scan()
    found = state(room, id)
    mine, others = codes(found), codes(found, village=False)
    page.strip.picked.emit(max(found.by_village, key=lambda each: found.by_village[each].expected))
    heard: list[str] = room.tools.sound.heard  # type: ignore[attr-defined]
    lost, gone = mine[5], mine[6]
    room.elsewhere(MarkPiece(piece=lost, state="missing", reason="丢"))
    room.elsewhere(WriteOffPiece(piece=gone, reason="坏了"))
    scan(room, page, mine[0], mine[0], others[0], "K-0001", "6901028075831", "P-999999", gone, lost)
    kinds = [each.kind for each in reversed(page.scan_page.last.scans)]
    assert kinds == ["right", "again", "foreign", "kit", "other", "unknown", "gone", "found_again"]
    assert heard == ["scanned", *["mistaken"] * 6, "scanned"]
    assert page.scan_page.field.hasFocus() and not page.scan_page.is_saving
    counts = {row.piece.code: row.count for row in state(room, id).rows if row.count}
    assert set(counts) == {mine[0], others[0], lost}
    assert counts[others[0]].note and counts[mine[0]].source == "scan"
    assert page.far.text().startswith("已盘 3/")


@pytest.mark.soak
def test_a_scanner_without_enter_with_wide_digits_and_stuck_together(room: Room) -> None:
    id = open_round(room)
    page = page_of(room)
    page.scan()
    one, two, three, four, five, *_ = codes(state(room, id))
    field = page.scan_page.field
    QTest.keyClicks(field, one + two)
    QTest.qWait(PAUSE + 80)
    field.insert("".join(chr(ord(each) + 0xFEE0) for each in three))
    scan(room, page, "", four.replace("P-", ""))
    assert not field.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    page.scan_page.villages.setFocus()
    QTest.keyClick(page.scan_page, five[0])
    assert field.hasFocus(), "what is typed elsewhere on the page goes to the field"
    QTest.keyClicks(field, five[1:])
    scan(room, page, "")
    assert {row.piece.code for row in state(room, id).rows if row.count} == {one, two, three, four, five}


def test_what_another_desk_counted_is_known_here(room: Room) -> None:
    id = open_round(room)
    page = page_of(room)
    page.scan()
    one, *_ = codes(state(room, id))
    room.elsewhere(RecordCounts(round=id, counts=(Count(one),), source="scan"))
    scan(room, page, one)
    last = page.scan_page.last.scans[0]
    assert last.kind == "again" and "已经盘过" in last.sentence
    assert len([row for row in state(room, id).rows if row.count]) == 1


def test_scans_wait_while_the_database_is_away_and_a_closed_round_is_told(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = open_round(room)
    page = page_of(room)
    page.scan()
    one, two, three, *_ = codes(state(room, id))
    with monkeypatch.context() as patch:
        def away(*_given: Any, **_more: Any) -> Any:
            raise EnvironmentTrouble("database.away")

        patch.setattr(room.tools.desk.session.runner, "execute", away)
        scan(room, page, one, two)
        assert page.scan_page.is_saving and page.scan_page.trouble.isVisible()
    page.scan_page._retry.stop()
    page.scan_page._send()
    room.settle()
    assert not page.scan_page.is_saving and not page.scan_page.trouble.isVisible()
    assert len([row for row in state(room, id).rows if row.count]) == 2
    room.elsewhere(CloseRound(round=id, leave_uncounted=True, reason="以后再盘"))
    assert page.scan_page.trouble.isVisible() and not page.scan_page.field.isEnabled()
    page.scan_page.scan(three)
    room.settle()
    assert not page.scan_page.is_saving and len([row for row in state(room, id).rows if row.count]) == 2


def test_differences_are_settled_many_at_once_and_taken_back(room: Room) -> None:
    id = open_round(room)
    one, two, three, *_ = codes(state(room, id))
    room.elsewhere(RecordCounts(round=id, counts=tuple(Count(each, "missing") for each in (one, two, three))))
    page = page_of(room)
    assert page.list.table.rowCount() == 3 and "待处理 3" in page.list.tabs.tabText(1)
    page.list.view.setFocus()
    page.list.view.selectAll()
    QTest.keyClick(page.list.view, Key.Key_D)
    sheet = page.list.right.currentWidget()
    assert isinstance(sheet, SettleSheet) and sheet.values()["kind"] == "missing"  # type: ignore[index]
    sheet.submit()
    room.settle()
    assert "reason" in sheet.form and sheet.form.field("reason").has_error
    QTest.keyClicks(sheet.fields["reason"].widget, "quan diu le")
    QTest.keyClick(sheet.fields["reason"].widget, Key.Key_Return)
    room.settle()
    after = state(room, id)
    assert {after.by_code[each].piece.state for each in (one, two, three)} == {"missing"}
    assert page.list.table.rowCount() == 0 and page.state.far.open == 0
    page.post.undo()
    room.settle()
    assert {state(room, id).by_code[each].piece.state for each in (one, two, three)} == {"issued"}
    assert page.list.table.rowCount() == 3


@pytest.mark.soak
def test_what_nobody_saw_is_settled_too_and_counted_wrong_changes_nothing(room: Room) -> None:
    id = open_round(room)
    one, two, *_ = codes(state(room, id))
    room.elsewhere(RecordCounts(round=id, counts=(Count(one, "damaged"),)))
    page = page_of(room)
    for tab, code, kind in ((1, one, "wrong"), (2, two, "missing")):
        page.list.tabs.setCurrentIndex(tab)
        row = state(room, id).by_code[code]
        page.list.pick(row.id)
        page.list.view.choose(row.id)
        page.list.settle()
        sheet: Any = page.list.right.currentWidget()
        sheet.put("kind", kind)
        sheet.put("reason", "说明")
        sheet.submit()
        room.settle()
    after = state(room, id)
    assert [after.by_code[each].piece.state for each in (one, two)] == ["issued", "missing"]
    assert [after.by_code[each].standing for each in (one, two)] == ["settled", "settled"]


def test_sheets_go_out_come_back_and_are_recorded(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commandcenter.ui.rounds.sheetspage.launch", lambda _path: True)
    id = open_round(room)
    page = page_of(room)
    page.sheets()
    sheets = page.sheets_page
    sheets.on_paper.setChecked(False)
    folder = tmp_path / "表"
    sheets.write_into([str(folder)])
    room.settle()
    files = sorted(folder.glob("*.xlsx"))
    assert len(files) == len(page.state.by_village)
    book = openpyxl.load_workbook(files[0])
    book.active["E5"] = "也许"
    book.save(files[0])
    sheets.read_paths([str(folder)])
    room.settle()
    assert len(sheets.to_record) == len(files) - 1 and sheets.record_button.isEnabled()
    QTest.keyClick(sheets, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    room.settle()
    counted = {row.village.id for row in state(room, id).rows if row.count and row.village}
    assert len(counted) == len(files) - 1 and not sheets.to_record
    book.active["E5"] = "坏"
    book.save(files[0])
    sheets.read_paths([str(folder)])
    room.settle()
    assert len(sheets.to_record) == 1
    sheets.record()
    room.settle()
    far = state(room, id).far
    assert far.counted == far.expected and far.open == 1


@pytest.mark.soak
def test_a_file_without_a_mark_is_believed_by_hand(room: Room, tmp_path: Path) -> None:
    from commandcenter.services import round_sheets

    id = open_round(room)
    page = page_of(room)
    page.sheets()
    path, *_ = round_sheets.write_folder(room.tools.desk.session, id, tmp_path, on_paper=False)
    text = tmp_path / "x.csv"
    rows = openpyxl.load_workbook(path).active.iter_rows(min_row=4, values_only=True)
    text.write_text("\n".join(",".join(str(cell or "") for cell in row) for row in rows), encoding="utf-8")
    page.sheets_page.read_paths([str(text)])
    room.settle()
    assert not page.sheets_page.to_record
    button = page.sheets_page.findChild(Button, "believe:x.csv")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    room.settle()
    assert len(page.sheets_page.to_record) == 1


@pytest.mark.soak
def test_it_ends_when_nothing_waits_and_can_be_looked_at(room: Room, tmp_path: Path) -> None:
    id = open_round(room)
    page = page_of(room)
    page.list.view.setFocus()
    QTest.keyClick(page.list.view, Key.Key_H)
    sheet: Any = page.list.right.currentWidget()
    assert isinstance(sheet, CloseSheet)
    sheet.submit()
    room.settle()
    assert sheet.form.field("leave_uncounted").has_error and state(room, id).round.closed_on is None
    sheet.put("leave_uncounted", True)
    sheet.submit()
    room.settle()
    assert sheet.form.field("reason").has_error and state(room, id).round.closed_on is None
    sheet.put("reason", "两个村断路")
    sheet.submit()
    room.settle()
    assert "两个村断路" in page.far.text()
    assert state(room, id).round.closed_on is not None and not page.can_count and page.can_export
    page.export_to(str(tmp_path / "结果"))
    room.settle()
    about = openpyxl.load_workbook(tmp_path / "结果.xlsx").worksheets[-1]
    assert "两个村断路" in [cell.value for row in about.iter_rows() for cell in row]
    other = open_round(room, "再盘")
    page.chooser.setCurrentIndex(page.chooser.findData(other))
    page.chooser.activated.emit(page.chooser.currentIndex())
    room.settle()
    assert page.state.round.id == other and page.can_count


def test_rounds_are_found_by_name_number_and_mark(room: Room) -> None:
    id = open_round(room, "汛前盘点")
    row = state(room, id).round
    search = room.tools.plugs.finder_sources.get("rounds").search
    for typed in ("汛前", "xqpd", "xunqian", row.number, row.mark.lower()):
        assert [each.id for each in search(typed, 5)] == [id], typed
    (hit,) = search("汛前", 5)
    assert row.number in hit.subtitle and search("没有", 5) == [] and search("x", 5) == []
    hit.run()
    assert room.walked[-1] == ("stock_round", id)


def test_both_languages(room: Room) -> None:
    open_round(room)
    page = page_of(room)
    texts.use("en")
    room.settle()
    assert "counted" in page.far.text() and page.strip.words(page.state.villages[0]).count("{") == 0
