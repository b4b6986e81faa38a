"""The room of the kits by keys and by mouse: issuing, handing out, taking back, single pieces, and what others do."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLabel, QWidget

from commandcenter.base import texts
from commandcenter.base.errors import BadInput, RuleError
from commandcenter.base.texts import say
from commandcenter.rules.stores import Article
from commandcenter.services.articles import AddArticle
from commandcenter.services.kits import Found, HandOutKit, IssueKits, NewKit, TakeBackKit
from commandcenter.services.people import AddWorker
from commandcenter.services.pieces import IssuePieces, MarkPiece
from commandcenter.services.stock import Line
from commandcenter.services.stores import ReceiveStock
from commandcenter.ui import exports, grids, kits, people
from commandcenter.ui.core import handout, theme
from commandcenter.ui.core.cards import Link
from commandcenter.ui.core.widgets import ActionButton
from commandcenter.ui.kits.forms import HandOutSheet, IssueSheet, ReceiveSheet, TakeBackSheet
from commandcenter.ui.kits.picklist import PickSheet
from commandcenter.ui.kits.pieceforms import (
    MarkSheet,
    ReplaceSheet,
    ReturnSheet,
    ShelveSheet,
    StockShelfSheet,
    WriteOffSheet,
)
from commandcenter.ui.kits.printing import LabelsSheet
from commandcenter.ui.kits.sections import PLACE
from commandcenter.ui.kits.whom import sizes_meant, sizes_words
from commandcenter.ui.kits.workspace import KitsRoom
from tests.services.stores_made import YUNLING
from tests.ui.rooms import Room, room_at

Key = Qt.Key


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A storekeeper's desk."""
    with room_at(town_url("sqlite"), open_desk, tmp_path, "quartermaster") as made:
        yield installed(made)


@pytest.fixture
def viewer(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A viewer's desk."""
    with room_at(town_url("sqlite"), open_desk, tmp_path, "viewer") as made:
        yield installed(made)


def installed(room: Room) -> Room:
    for feature in (grids, people, kits, exports):
        feature.install(room.tools)
    return room


def page_of(room: Room) -> KitsRoom:
    page: KitsRoom = room.show(room.tools.plugs.workspaces.get("kits").make(room.tools))
    assert page.board is not None
    return page


def some(room: Room, kind: str, **where: Any) -> list[Any]:
    with room.tools.desk.session.read("real") as reader:
        return list(reader.find(kind, **where))


def village(room: Room, code: str = YUNLING) -> Any:
    return some(room, "village", code=code)[0]


def depot(room: Room, count: int = 5, size: str = "L") -> Any:
    """The town's depot, with so many of each piece more."""
    at = next(each for each in some(room, "depot") if each.village is None)
    lines = tuple(Line(f"K0{place}", count, size if place == 2 else "") for place in range(1, 8))
    room.elsewhere(ReceiveStock(depot=at.id, lines=lines, source="测试"))
    return at


def worker(room: Room, name: str, size: str = "L") -> str:
    return str(room.elsewhere(AddWorker(name=name, village=YUNLING, vest_size=size))["worker"])


def kit(room: Room, name: str = "沈一心", *, handed: bool = True) -> Any:
    """A new kit in somebody's hands."""
    at = depot(room)
    made = room.elsewhere(IssueKits(village=YUNLING, depot=at.id, kits=(NewKit(worker(room, name) if handed else None,
                                                                               "L"),)))  # fmt: skip
    return some(room, "kit", code=made["kits"][0])[0]


def sheet_of(page: KitsRoom, kind: Any) -> Any:
    sheet = page.right.currentWidget()
    assert isinstance(sheet, kind), sheet
    return sheet


def said(widget: QWidget) -> str:
    return "\n".join(each.text() for each in widget.findChildren(QLabel) if each.isVisibleTo(widget))


def save(room: Room, sheet: Any, qtbot: Any) -> None:
    qtbot.keyClick(sheet.form, Key.Key_Return)
    room.settle()


def choose(page: KitsRoom, room: Room, id: str, qtbot: Any, place: int = 0) -> None:
    """A row, then by Enter and a digit one of its places."""
    page.pick(id)
    page.view.choose(id)
    page.view.setFocus()
    room.settle()
    qtbot.keyClick(page.view, Key.Key_Return)
    assert page.pieces.hasFocus()
    qtbot.keyClicks(page.pieces, str(place + 1))
    room.settle()


def state(room: Room, code: str) -> str:
    return str(some(room, "piece", code=code)[0].state)


# --- looking --------------------------------------------------------------------------------------------------------


def test_villages_stand_with_a_column_an_article_the_worst_first(room: Room) -> None:
    page = page_of(room)
    assert page.board is not None
    matrix = page.board.matrix
    assert page.side.articles == matrix.articles
    lines = page.villages.lines.ids()[1:]
    assert lines == [row.village.id for row in matrix.rows]
    assert [page.side.figures(id) for id in lines] == [
        tuple(row.gaps.get(each.id, 0) for each in matrix.articles) for row in matrix.rows
    ]
    room.elsewhere(AddArticle(code="K08", name="雨衣", category="kit", unit="件", kit_place=8))
    assert len(page.side.articles) == len(matrix.articles) + 1
    assert all(len(line.items) == len(page.side.articles) for line in page.table.shown_rows() if line.kit is not None)


def test_a_row_is_found_by_name_pinyin_code_and_state(room: Room, qtbot: Any) -> None:
    made = kit(room)
    page = page_of(room)
    piece = some(room, "piece", kit=made.id)[3]
    room.elsewhere(MarkPiece(piece=piece.id, state="damaged", reason="进水"))
    for typed in ("沈一心", "syx", "shenyixin", made.code, piece.code, "损坏 syx", "sunhuai syx"):
        page.search.setText(typed)
        assert made.id in page.table.ids(), typed
    page.search.setText("")
    qtbot.keyClicks(page.search, "syx")
    assert page.table.ids() == [made.id]


def test_the_card_says_piece_by_piece_what_happened_and_who_did_it(room: Room, qtbot: Any) -> None:
    made = kit(room)
    page = page_of(room)
    piece = next(each for each in some(room, "piece", kit=made.id) if each.article == page.side.articles[3].id)
    room.elsewhere(MarkPiece(piece=piece.id, state="damaged", reason="进水不亮"))
    choose(page, room, made.id, qtbot, 3)
    assert room.tools.selection.chosen(PLACE) == piece.article
    told = said(page.card)
    assert say("kits.step.mark_piece") in told and "进水不亮" in told and say("kits.step.issue_kits") in told
    assert page.pieces.reasons == {piece.id: "进水不亮"}
    qtbot.keyClick(page.pieces, Key.Key_Escape)
    assert page.view.hasFocus()


def test_tabs_part_gaps_kits_that_lie_there_shelves_and_sheets(room: Room) -> None:
    page = page_of(room)
    lying = kit(room, handed=False)
    seen = {}
    for place, tab in enumerate(("all", "gaps", "lying", "shelf", "sheets")):
        page.tabs.setCurrentIndex(place)
        seen[tab] = list(page.table.shown_rows())
        over = [page.table.headerData(at, Qt.Orientation.Horizontal) for at in range(2)]
        assert over == (["村（社区）", "单号"] if tab == "sheets" else ["姓名", "网格"])
        aside = {each.id for at, each in enumerate(page.table.columns) if page.view.isColumnHidden(at)}
        assert aside == ({"code", "gaps"} if tab == "sheets" else set())
        assert tab == "sheets" or page.view.columnWidth(0) == theme.current().px(84)  # the grid needs the room
    assert all(each.sheet is None for each in seen["all"]) and all(each.gaps for each in seen["gaps"])
    assert lying.id in {each.id for each in seen["lying"]} and all(each.shelf for each in seen["shelf"])
    assert seen["sheets"] and all(each.sheet for each in seen["sheets"])


# --- issuing --------------------------------------------------------------------------------------------------------


VEST = Article(id="v", code="K02", name="马甲", category="kit", unit="件", kit_place=2, sizes="S,M,L,XL,XXL")
SHOES = Article(id="s", code="K09", name="胶鞋", category="kit", unit="双", kit_place=9, sizes="41,42,43")
TORCH = Article(id="t", code="K04", name="手电", category="kit", unit="支", kit_place=4)


def test_sizes_are_read_as_they_are_written() -> None:
    def meant(text: str) -> list[str]:
        return sizes_meant(text, (VEST, TORCH))

    assert meant("L×2，XL*1;M") == ["L", "L", "XL", "M"] and meant("XLx2") == ["XL", "XL"] and meant(" ") == []
    six = ["M"] * 6 + ["L"] * 6 + ["XL"] * 3
    for text in ("M*6 L*6 XL*3", "M*6, L*6, XL*3", "M × 6　L x 6 XL X 3", "6M 6L 3XL", "6*M，6×L、3xXL",
                 "Ｍ＊６ ＬX6 XLx3", "MX6 LX6 XLX3"):  # fmt: skip
        assert meant(text) == six, text
    assert meant("3XXL 3xxl") == ["XXL"] * 3 + ["xxl"] * 3
    assert meant("M L") == ["M", "L"] and meant("m l*2") == ["m", "l", "l"]
    assert meant(sizes_words(["L", "XL", "L"])) == ["L", "L", "XL"]


def test_sizes_of_different_articles_stay_together() -> None:
    both = (VEST, SHOES)
    assert sizes_meant("XL 42×2", both) == ["XL 42"] * 2
    assert sizes_meant("XL-42×2", both) == ["XL-42"] * 2
    assert sizes_meant("XL 42 M 41*2", both) == ["XL 42", "M 41", "M 41"]
    with pytest.raises(BadInput):
        sizes_meant("42", both)


def test_where_nothing_comes_in_sizes_a_number_is_enough_and_any_word_is_a_size() -> None:
    assert sizes_meant("3", (TORCH,)) == ["", "", ""] and sizes_meant("大×2 小", (TORCH,)) == ["大", "大", "小"]


@pytest.mark.parametrize("text", ["L×100000", "Q×2", "M*6 Q*2", "6M 6Q", "XL 42", "M 6", "6 M", "15", "L×", "×3", "！"])
def test_what_is_no_size_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(BadInput):
        sizes_meant(text, (VEST, TORCH))


def test_wrong_sizes_are_answered_with_those_there_are_and_the_answer_goes_once_they_are_right(
    room: Room, qtbot: Any
) -> None:
    depot(room, 20)
    page = page_of(room)
    page.villages.choose(village(room).id)
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_N)
    sheet = sheet_of(page, IssueSheet)
    line, before = sheet.whom.sizes, len(some(room, "kit"))

    def enter(text: str) -> str:
        line.selectAll()
        qtbot.keyClicks(line, text)
        qtbot.keyClick(line, Key.Key_Return)
        room.settle()
        return said(sheet.form.field("kits"))

    told = enter("15")
    assert "S×15" in told and "XXL" in told and "“—”" not in told
    assert "“Q×2”" in enter("M*1 Q*2") and "S、M、L、XL、XXL" in said(sheet.form.field("kits"))
    assert len(some(room, "kit")) == before
    line.selectAll()
    qtbot.keyClicks(line, "L*1 L*2")
    assert not sheet.form.field("kits").has_error and "3" in sheet.whom.told.text()
    qtbot.keyClick(line, Key.Key_Return)
    room.settle()
    made = some(room, "kit")
    assert len(made) == before + 3 and not any(" " in each.sizes for each in made)


def test_kits_are_issued_to_a_village_in_the_sizes_of_those_who_have_none(room: Room, qtbot: Any) -> None:
    at = depot(room, 4)
    for name in ("沈一心", "沈二心"):
        worker(room, name)
    page = page_of(room)
    page.villages.choose(village(room).id)
    page.narrow_down()
    before = {each.id for each in page.table.shown_rows() if each.is_lying}
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_N)
    sheet = sheet_of(page, IssueSheet)
    assert sheet.village.currentData() == village(room).id and "L×" in sheet.whom.sizes.text()
    sheet.depot.put(at.id)
    sheet.whom.sizes.setText("L×2")
    sheet.put("received_by", "何远明")
    save(room, sheet, qtbot)
    assert page.right.is_card and any("2" in each for each in room.told())
    assert len({each.id for each in page.table.shown_rows() if each.is_lying} - before) == 2
    page.post.undo()
    room.settle()
    assert {each.id for each in page.table.shown_rows() if each.is_lying} == before


def test_what_the_depot_lacks_is_said_and_may_be_issued_short(room: Room, qtbot: Any) -> None:
    depot(room, 3, "L")
    page = page_of(room)
    page.villages.choose(village(room).id)
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_N)
    sheet = sheet_of(page, IssueSheet)
    sheet.whom.sizes.setText("XXL×40")
    save(room, sheet, qtbot)
    assert "XXL" in said(sheet.form.field("kits")) and sheet.short_button.isVisible()
    sheet.short_button.setFocus()
    qtbot.keyClick(sheet.short_button, Key.Key_Space)
    room.settle()
    waiting = [each for each in page._rows.values() if each.is_lying and each.kit.kit.sizes == "XXL"]
    assert len(waiting) == 40 and any(item.state == "waiting" for line in waiting for item in line.items)


def test_by_name_each_gets_his_own_and_space_leaves_one_out(room: Room, qtbot: Any) -> None:
    depot(room, 6)
    ids = [worker(room, name) for name in ("沈一心", "沈二心")]
    page = page_of(room)
    page.villages.choose(village(room).id)
    page.issue()
    sheet = sheet_of(page, IssueSheet)
    qtbot.keyClicks(sheet.whom.mode, "2")
    ticks = sheet.whom.ticks
    for row in list(ticks.rows.shown_rows()):
        if row.worker.id != ids[1]:
            ticks.choose(row.worker.id)
            qtbot.keyClick(ticks, Key.Key_Space)
    save(room, sheet, qtbot)
    holders = {each.worker for each in some(room, "kit", active=True)}
    assert ids[1] in holders and ids[0] not in holders


def test_the_village_signs_for_a_sheet(room: Room, qtbot: Any) -> None:
    kit(room)
    page = page_of(room)
    page.tabs.setCurrentIndex(4)
    line = next(each for each in page.table.shown_rows() if not each.sheet.issue.received_on)
    page.pick(line.id)
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_Q)
    sheet = sheet_of(page, ReceiveSheet)
    sheet.put("by", "何远明")
    save(room, sheet, qtbot)
    row = page.row(line.id)
    assert row is not None and row.sheet is not None and row.sheet.issue.received_on == "2025-06-30"
    assert not page.can_receive


# --- handing out, taking back -------------------------------------------------------------------------------------


def test_kits_are_handed_out_one_after_the_other_by_initials(room: Room, qtbot: Any) -> None:
    at = depot(room, 4)
    room.elsewhere(ReceiveStock(depot=at.id, lines=(Line("K02", 2, "M"),), source="测试"))
    one, two = worker(room, "沈一心", "M"), worker(room, "沈二心", "L")
    room.elsewhere(IssueKits(village=YUNLING, depot=at.id, kits=(NewKit(None, "L"), NewKit(None, "M"))))
    page = page_of(room)
    page.villages.choose(village(room).id)
    page.narrow_down()
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_H)
    sheet = sheet_of(page, HandOutSheet)
    line = sheet.worker.lineEdit()
    QTest.qWaitForWindowActive(page.window(), 5000)
    sheet.worker.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "syx")
    qtbot.keyClick(line, Key.Key_Return)
    assert sheet.worker.currentData() == one
    qtbot.keyClick(line, Key.Key_Return)
    room.settle()
    held = some(room, "kit", worker=one, active=True)
    assert len(held) == 1 and held[0].sizes == "M"
    again = sheet_of(page, HandOutSheet)
    assert again is not sheet and one not in {again.worker.itemData(place) for place in range(again.worker.count())}
    again.worker.put(two)
    again._worker_chosen()
    save(room, again, qtbot)
    assert len(some(room, "kit", worker=two, active=True)) == 1


def test_a_kit_that_somebody_else_handed_out_meanwhile_is_refused_in_a_sentence(room: Room, qtbot: Any) -> None:
    made = kit(room, handed=False)
    one, two = worker(room, "沈一心"), worker(room, "沈二心")
    page = page_of(room)
    page.pick(made.id)
    page.hand_out()
    sheet = sheet_of(page, HandOutSheet)
    sheet.worker.put(one)
    sheet.kit.put(made.id)
    sheet.follow_board = lambda board: None  # before the news is there
    room.elsewhere(HandOutKit(kit=made.id, worker=two))
    save(room, sheet, qtbot)
    assert page.right.currentWidget() is sheet and "沈二心" in said(sheet)


def test_before_it_was_read_nothing_is_said_to_be_missing(room: Room) -> None:
    page: Any = room.tools.plugs.workspaces.get("kits").make(room.tools)
    page.show()
    assert (page.view._state.kind, page.villages._state.kind) == ("loading", "loading")
    room.settle()
    assert (page.view._state.kind, page.villages._state.kind) == ("ready", "ready")
    page.deleteLater()


def test_a_form_left_for_one_kit_stands_on_the_kit_that_is_looked_at_now(room: Room, qtbot: Any) -> None:
    first, second = kit(room, handed=False), kit(room, handed=False)
    one = worker(room, "沈一心")
    page = page_of(room)
    page.pick(first.id)
    page.hand_out()
    sheet = sheet_of(page, HandOutSheet)
    assert sheet.kit.currentData() == first.id
    sheet.worker.put(one)
    qtbot.keyClick(sheet, Key.Key_Escape)
    page.pick(second.id)
    page.hand_out()
    again = sheet_of(page, HandOutSheet)
    assert again.kit.currentData() == second.id and again.worker.currentData() == one and again.kept.isVisible()
    qtbot.keyClick(again, Key.Key_Escape)
    page.hand_out()
    assert sheet_of(page, HandOutSheet) is again


@pytest.mark.soak
def test_a_kit_comes_back_in_part(room: Room, qtbot: Any) -> None:
    made = kit(room)
    pieces = {each.article: each for each in some(room, "piece", kit=made.id)}
    page = page_of(room)
    choose(page, room, made.id, qtbot)
    qtbot.keyClick(page.view, Key.Key_B)
    sheet = sheet_of(page, TakeBackSheet)
    sheet.found.setFocus()
    qtbot.keyClicks(sheet.found, "124")
    sheet.put("reason", "离岗，丢了马甲")
    save(room, sheet, qtbot)
    first, second, third = (pieces[item.article.id] for item in sheet.found.items[:3])
    assert [state(room, each.code) for each in (first, second, third)] == ["issued", "missing", "issued"]
    assert some(room, "kit", code=made.code)[0].worker is None
    page.pick(made.id)
    page.take_back()
    sheet = sheet_of(page, TakeBackSheet)
    assert sheet.to.value == "depot"
    save(room, sheet, qtbot)
    assert state(room, first.code) == "issued" and sheet.isVisible()  # what is missing needs its reason
    sheet.put("reason", "仍未找到")
    save(room, sheet, qtbot)
    assert state(room, first.code) == "returned"


# --- single pieces --------------------------------------------------------------------------------------------------


@pytest.mark.soak
def test_a_place_is_filled_from_the_shelf_first_then_from_a_depot(room: Room, qtbot: Any) -> None:
    made = kit(room)
    at = depot(room)
    torch = next(each for each in some(room, "article") if each.code == "K04")
    old = some(room, "piece", kit=made.id, article=torch.id)[0]
    spare = room.elsewhere(IssuePieces(depot=at.id, village=YUNLING, lines=(Line("K04", 1),)))["pieces"][0]
    page = page_of(room)
    choose(page, room, made.id, qtbot, 3)
    qtbot.keyClick(page.pieces, Key.Key_Return)
    sheet = sheet_of(page, ReplaceSheet)
    assert sheet.source.currentData()[0] == "shelf"
    sheet.source.put(next(sheet.source.itemData(place) for place in range(sheet.source.count())
                          if spare in sheet.source.itemText(place)))  # fmt: skip
    sheet.put("old", "damaged")
    sheet.put("reason", "进水不亮")
    save(room, sheet, qtbot)
    assert some(room, "piece", code=spare)[0].kit == made.id and state(room, old.code) == "damaged"
    room.elsewhere(MarkPiece(piece=spare, state="missing", reason="丢了"))
    choose(page, room, made.id, qtbot, 3)
    qtbot.keyClick(page.view, Key.Key_R)
    sheet = sheet_of(page, ReplaceSheet)
    sheet.source.put(next(sheet.source.itemData(place) for place in range(sheet.source.count())
                          if sheet.source.itemData(place)[0] == "depot"))  # fmt: skip
    save(room, sheet, qtbot)
    line = page.row(made.id)
    assert line is not None and line.items[3].state == "good" and line.items[3].piece.code not in (old.code, spare)


@pytest.mark.soak
def test_a_piece_is_lost_found_shelved_returned_and_written_off(room: Room, qtbot: Any) -> None:
    made = kit(room)
    page = page_of(room)
    choose(page, room, made.id, qtbot, 5)
    code = page.item.piece.code
    qtbot.keyClick(page.pieces, Key.Key_M)
    sheet = sheet_of(page, MarkSheet)
    qtbot.keyClicks(sheet.state, "1")
    save(room, sheet, qtbot)
    assert sheet.form.field("reason").has_error and state(room, code) == "issued"
    sheet.put("reason", "过河丢了")
    save(room, sheet, qtbot)
    assert state(room, code) == "missing"
    page.mark()
    sheet = sheet_of(page, MarkSheet)
    sheet.put("state", "issued")
    save(room, sheet, qtbot)
    assert state(room, code) == "issued"
    page.shelve()
    save(room, sheet_of(page, ShelveSheet), qtbot)
    assert some(room, "piece", code=code)[0].kit is None
    room.tools.selection.navigate("piece", some(room, "piece", code=code)[0].id)
    room.settle()
    assert page.chosen_row is not None and page.chosen_row.shelf is not None and page.item.piece.code == code
    page.give_back()
    save(room, sheet_of(page, ReturnSheet), qtbot)
    assert state(room, code) == "returned"
    page.post.undo()
    room.settle()
    assert state(room, code) == "issued"
    room.tools.selection.navigate("piece", some(room, "piece", code=code)[0].id)
    room.settle()
    qtbot.keyClick(page.view, Key.Key_Delete)
    sheet = sheet_of(page, WriteOffSheet)
    sheet.put("reason", "哨片断裂")
    save(room, sheet, qtbot)
    assert state(room, code) == "written_off"


def test_a_shelf_is_stocked_from_a_depot(room: Room, qtbot: Any) -> None:
    at = depot(room)
    page = page_of(room)
    page.villages.choose(village(room).id)
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_A)
    sheet = sheet_of(page, StockShelfSheet)
    sheet.article.put(page.side.articles[1].id)
    sheet._look()
    assert not sheet.form.field("size").isHidden()
    sheet.sizes.put("L")
    sheet.depot.put(at.id)
    sheet.put("amount", 2)
    save(room, sheet, qtbot)
    shelf = next(each for each in page._rows.values() if each.shelf and each.village.code == YUNLING
                 and each.shelf.article.code == "K02" and each.shelf.size == "L")  # fmt: skip
    assert len(shelf.shelf.good) >= 2


# --- others, states, roles ------------------------------------------------------------------------------------------


def test_what_another_desk_does_moves_neither_choice_nor_scroll(room: Room, qtbot: Any) -> None:
    made = kit(room)
    page = page_of(room)
    QAbstractItemModelTester(page.table, QAbstractItemModelTester.FailureReportingMode.Fatal, page)
    choose(page, room, made.id, qtbot, 2)
    bar = page.view.verticalScrollBar()
    before = bar.value()
    code = page.item.piece.code
    room.elsewhere(MarkPiece(piece=code, state="missing", reason="丢了"))
    kit(room, "沈三心")
    assert page.view.chosen() == made.id and bar.value() == before
    assert page.item.state == "missing" and page.item.piece.code == code and page.pieces.hasFocus()


def test_a_new_day_makes_pieces_due(room: Room) -> None:
    made = kit(room)
    page = page_of(room)
    assert page.row(made.id).items[1].state == "good"
    room.clock.set(room.clock.now() + timedelta(days=40 * 31))
    page._tick(room.clock.now())
    room.settle()
    assert page.row(made.id).items[1].state == "overdue"


def test_a_viewer_looks_and_may_do_nothing(viewer: Room, qtbot: Any) -> None:
    page = page_of(viewer)
    kit_line = next(each for each in page.table.shown_rows() if each.kit is not None)
    page.pick(kit_line.id)
    page.view.setFocus()
    for key in (Key.Key_N, Key.Key_H, Key.Key_B, Key.Key_R, Key.Key_M, Key.Key_Delete, Key.Key_A):
        qtbot.keyClick(page.view, key)
        assert page.right.is_card
    assert say("core.list.read_only", role=say("role.viewer")) in said(page.card)
    qtbot.keyClick(page.view, Key.Key_P)
    viewer.settle()
    assert isinstance(page.right.currentWidget(), PickSheet)


def test_a_failed_read_is_said_and_never_shown_as_empty(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    from commandcenter.services import kit_board

    def fails(*_: Any) -> None:
        raise BadInput("unknown", entity="kit", id="1")

    monkeypatch.setattr(kit_board, "board", fails)
    page: KitsRoom = room.show(room.tools.plugs.workspaces.get("kits").make(room.tools))
    assert page._state().kind == "failed" and not page.is_ready
    monkeypatch.undo()
    kit(room)
    assert page._state().kind == "ready" and len(page.table)


# --- what to bring --------------------------------------------------------------------------------------------------


def test_the_pick_list_tells_stop_by_stop_and_follows(room: Room, qtbot: Any) -> None:
    made = kit(room)
    page = page_of(room)
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_P)
    room.settle()
    sheet = sheet_of(page, PickSheet)
    before = sheet.list.lines
    piece = some(room, "piece", kit=made.id)[0]
    room.elsewhere(MarkPiece(piece=piece.id, state="missing", reason="丢了"))
    assert sheet.list.lines == before + 1 and "沈一心" in {each.text() for each in sheet.findChildren(Link)}
    next(each for each in sheet.findChildren(Link) if each.text() == "沈一心").click()
    room.settle()
    assert page.chosen_row is not None and page.chosen_row.id == made.id and page.right.is_card
    page.pick_list()
    assert sheet_of(page, PickSheet) is sheet
    qtbot.keyClick(sheet, Key.Key_Escape)
    assert page.right.is_card


# --- papers ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that this computer's own programs were asked to open."""
    found: list[Path] = []

    def launch(path: Path) -> bool:
        found.append(path)
        return True

    monkeypatch.setattr(handout, "launch", launch)
    return found


def printed(room: Room, kind: str) -> list[str]:
    """What the log says was printed."""
    with room.tools.desk.session.read("real") as reader:
        return [line.change.id for line in reader.history(entity=kind) if line.change.op == "print"]


def words_of_pdf(path: Path) -> str:
    content = path.read_bytes()
    assert content.startswith(b"%PDF")
    return "".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def test_a_receipt_sheet_is_printed_logged_and_opened(room: Room, qtbot: Any, opened: list[Path]) -> None:
    made = kit(room)
    page = page_of(room)
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_T)  # a kit is no paper
    room.settle()
    assert not opened and not page.can_print
    room.tools.selection.navigate("kit_issue", made.issue)
    room.settle()
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_T)
    room.settle()
    number = some(room, "kit_issue", id=made.issue)[0].number
    assert len(opened) == 1 and number in opened[0].name and made.code in words_of_pdf(opened[0])
    assert printed(room, "kit_issue") == [made.issue]
    assert say("core.handout.opened", name=opened[0].name) in room.told()
    button = next(each for each in page.card.findChildren(ActionButton) if each.text() == say("kits.action.print"))
    button.click()
    room.settle()
    assert len(opened) == 2 and printed(room, "kit_issue") == [made.issue] * 2


@pytest.mark.soak
def test_the_pick_list_is_printed_from_its_depot(room: Room, qtbot: Any, opened: list[Path]) -> None:
    made = kit(room)
    room.elsewhere(MarkPiece(piece=some(room, "piece", kit=made.id)[0].id, state="missing", reason="丢了"))
    page = page_of(room)
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_P)
    room.settle()
    sheet = sheet_of(page, PickSheet)
    assert sheet.findChild(ActionButton).isEnabled()
    at = sheet.depot.currentData()
    assert sheet.scrolling.hasFocus()
    qtbot.keyClick(sheet.scrolling, Key.Key_T)
    room.settle()
    assert printed(room, "depot") == [at] and "沈一心" in words_of_pdf(opened[0])
    sheet.depot.setCurrentIndex(0)
    room.settle()
    sheet.findChild(ActionButton).click()
    room.settle()
    assert printed(room, "township") == [some(room, "township")[0].id] and len(opened) == 2
    assert sheet_of(page, PickSheet) is sheet


@pytest.mark.soak
def test_labels_of_a_kit_or_its_village_begin_where_the_sheet_does(
    room: Room, qtbot: Any, opened: list[Path]
) -> None:  # fmt: skip
    made = kit(room)
    page = page_of(room)
    room.tools.selection.navigate("kit", made.id)
    room.settle()
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_L)
    sheet = sheet_of(page, LabelsSheet)
    sheet.put("start", 25)
    save(room, sheet, qtbot)
    assert not opened and sheet_of(page, LabelsSheet) is sheet and printed(room, "kit") == []
    assert texts.current().error(BadInput("labels.start", field="start", text="25", most=24)) in said(sheet)
    sheet.layouts.choose("5x13")
    save(room, sheet, qtbot)
    told = words_of_pdf(opened[0])
    codes = [each.code for each in some(room, "piece", kit=made.id)]
    assert codes and all(code in told for code in codes)
    assert printed(room, "kit") == [made.id] and page.right.is_card
    qtbot.keyClick(page.view, Key.Key_L)
    sheet = sheet_of(page, LabelsSheet)
    sheet.of.choose("village")
    save(room, sheet, qtbot)
    assert printed(room, "village") == [village(room).id]
    assert all(code in words_of_pdf(opened[1]) for code in codes)


@pytest.mark.soak
def test_labels_of_a_kit_that_came_back_meanwhile_are_refused_in_a_sentence(room: Room, opened: list[Path]) -> None:
    made = kit(room)
    page = page_of(room)
    room.tools.selection.navigate("kit", made.id)
    room.settle()
    page.labels()
    sheet = sheet_of(page, LabelsSheet)
    pieces = [each.id for each in some(room, "piece", kit=made.id)]
    room.elsewhere(TakeBackKit(kit=made.id, to="depot", depot=depot(room).id,
                               found=tuple(Found(each) for each in pieces)))  # fmt: skip
    sheet.submit()
    room.settle()
    assert not opened and texts.current().error(RuleError("labels.none")) in room.told()


def test_a_viewer_prints_with_his_masks(viewer: Room, qtbot: Any, opened: list[Path]) -> None:
    page = page_of(viewer)
    page.tabs.setCurrentIndex(4)
    line = next(page.table.shown_rows())
    page.pick(line.id)
    page.view.setFocus()
    qtbot.keyClick(page.view, Key.Key_T)
    viewer.settle()
    assert printed(viewer, "kit_issue") == [line.id] and words_of_pdf(opened[0])


# --- elsewhere ------------------------------------------------------------------------------------------------------


def test_codes_are_found_however_they_are_typed(room: Room) -> None:
    made = kit(room)
    piece = some(room, "piece", kit=made.id)[0]
    source = room.tools.plugs.finder_sources.get("kit")
    number = int(made.code.partition("-")[2])
    for typed in (made.code, made.code.lower(), f"k{number}"):
        assert [(hit.kind, hit.id) for hit in source.search(typed, 12)] == [("kit", made.id)], typed
    assert [hit.id for hit in source.search(piece.code, 12)] == [piece.id]
    sheet = some(room, "kit_issue", id=made.issue)[0]
    assert [hit.id for hit in source.search(sheet.number.lower(), 12)] == [sheet.id]
    assert source.search("沈一心", 12) == [] and source.search("k99999", 12) == []


def test_cards_of_workers_and_grids_say_how_the_kit_stands(room: Room) -> None:
    code = "999101100201001"
    one = room.elsewhere(AddWorker(name="沈一心", grid=code, vest_size="L"))["worker"]
    at = depot(room)
    made = room.elsewhere(IssueKits(village=YUNLING, depot=at.id, kits=(NewKit(one),)))
    held = some(room, "kit", code=made["kits"][0])[0]
    torch = next(each for each in some(room, "article") if each.code == "K04")
    piece = some(room, "piece", kit=held.id, article=torch.id)[0]
    from commandcenter.ui.kits.sections import GridSection, PersonSection

    row = type("Row", (), {"kind": "worker", "person": type("P", (), {"id": one})()})()
    person = room.show(PersonSection(room.tools, row))
    grid = room.show(GridSection(room.tools, room.grid(code)))
    room.elsewhere(MarkPiece(piece=piece.id, state="missing", reason="丢了"))
    for widget in (person, grid):
        assert "7 件中 6 件完好" in said(widget) and f"{torch.name} 缺失" in said(widget)
    texts.use("en")
    person.refresh()
    room.settle()
    assert "6 of 7" in said(person)
    next(each for each in person.findChildren(Link)).click()
    assert room.walked[-1] == ("kit", held.id)


def test_teeth_are_off_at_first_and_show_gaps_when_switched_on(room: Room, qtbot: Any) -> None:
    code = "999101100201001"
    one = room.elsewhere(AddWorker(name="沈一心", grid=code, vest_size="L"))["worker"]
    at = depot(room)
    made = room.elsewhere(IssueKits(village=YUNLING, depot=at.id, kits=(NewKit(one),)))
    panel = room.show(room.tools.plugs.panels.get("map").make(room.tools))
    assert panel.layers == {} and not panel.bar.chips["kits"].isChecked()
    qtbot.mouseClick(panel.bar.chips["kits"], Qt.MouseButton.LeftButton)
    room.settle()
    layer = panel.layers["kits"]
    row = layer.teeth.rows[room.grid(code).id]
    assert len(row) == 7
    held = some(room, "kit", code=made["kits"][0])[0]
    torch = next(each for each in some(room, "article") if each.code == "K04")
    room.elsewhere(MarkPiece(piece=some(room, "piece", kit=held.id, article=torch.id)[0].id, state="missing",
                             reason="丢了"))  # fmt: skip
    assert layer.teeth.rows[room.grid(code).id][3] is False
    assert {"teeth", "gap"} <= {each.symbol for each in panel.canvas.legend.entries}
    room.elsewhere(AddArticle(code="K08", name="雨衣", category="kit", unit="件", kit_place=8))
    assert len(layer.teeth.rows[room.grid(code).id]) == 8
    panel.canvas.grab()
    assert room.tools.settings.get("map.shown") == ["kits"]
    qtbot.mouseClick(panel.bar.chips["kits"], Qt.MouseButton.LeftButton)
    assert room.tools.settings.get("map.shown") == [] and "gap" not in {
        each.symbol for each in panel.canvas.legend.entries
    }


def test_a_place_is_chosen_and_opened_with_the_mouse(room: Room, qtbot: Any) -> None:
    made = kit(room)
    page = page_of(room)
    page.pick(made.id)
    room.settle()
    pieces = page.pieces
    at = QPoint(40, pieces.high() * 2 + 10)
    qtbot.mouseClick(pieces, Qt.MouseButton.LeftButton, pos=at)
    assert page.item.key == page.side.articles[2].id
    qtbot.mouseDClick(page.pieces, Qt.MouseButton.LeftButton, pos=at)
    assert isinstance(page.right.currentWidget(), ReplaceSheet)


def test_how_a_kit_was_found_is_answered_with_the_mouse(room: Room, qtbot: Any) -> None:
    made = kit(room)
    page = page_of(room)
    page.pick(made.id)
    page.take_back()
    found = sheet_of(page, TakeBackSheet).found
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton, pos=found._cells(2)[3].center())
    assert found.answers[2] is None and len(found.asked()) == len(found.items) - 1
