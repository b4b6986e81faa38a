"""The room of stores by keys and clicks: every move of the ledger, what is refused, forms that two fill in, masks."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from commandcenter.base import texts
from commandcenter.base.texts import say
from commandcenter.rules.masks import HIDDEN
from commandcenter.services.articles import AddArticle, AddDepot, EditArticle
from commandcenter.services.stock import Line
from commandcenter.services.stores import IssueStock, ReceiveStock
from commandcenter.ui import stores
from commandcenter.ui.core.editing import ConflictView
from commandcenter.ui.stores.forms import AddArticleSheet, AddDepotSheet, EditArticleSheet, EditDepotSheet
from commandcenter.ui.stores.moving import ReturnSheet, StockSheet
from commandcenter.ui.stores.sections import LedgerSection, LoanSection
from tests.ui.rooms import Room, room_at

Key = Qt.Key


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A storekeeper's desk."""
    with room_at(town_url("sqlite"), open_desk, tmp_path, "quartermaster") as made:
        stores.install(made.tools)
        yield made


def find(room: Room, kind: str, **where: Any) -> list[Any]:
    with room.tools.desk.session.read("real") as reader:
        return list(reader.find(kind, **where))


def depot(room: Room, name: str = "测试库", **amounts: int) -> str:
    """A depot that holds so many of some articles."""
    id = str(room.elsewhere(AddDepot(name=name))["depot"])
    lines = tuple(Line(code, amount) for code, amount in amounts.items())
    if lines:
        room.elsewhere(ReceiveStock(depot=id, lines=lines, source="测试"))
    return id


def article(room: Room, code: str) -> Any:
    return find(room, "article", code=code)[0]


def open_room(room: Room, code: str = "", at: str = "") -> Any:
    page = room.show(room.tools.plugs.workspaces.get("stores").make(room.tools), 1366, 768)
    if at:
        page.articles.villages.choose(at)
        page.articles.narrow_down()
    if code:
        room.tools.selection.navigate("article", article(room, code).id)
    room.settle()
    return page


def press(page: Any, qtbot: Any, key: Any) -> Any:
    """A key in the list; the form that it opens."""
    page.view.setFocus()
    qtbot.keyClick(page.view, key)
    return page.right.currentWidget()


def fill(sheet: Any, qtbot: Any, **values: str) -> None:
    """By keys; Chinese as an input method hands it over, whole."""
    for name, text in values.items():
        widget = sheet.fields[name].widget
        widget.setFocus()
        widget.selectAll() if hasattr(widget, "selectAll") else None
        if text.isascii():
            qtbot.keyClicks(widget, text)
        else:
            widget.insert(text)


def save(room: Room, sheet: Any, qtbot: Any, field: str = "amount") -> None:
    qtbot.keyClick(sheet.fields[field].widget, Key.Key_Return)
    room.settle()


def there(page: Any, room: Room, code: str) -> int:
    return int(page.articles.table.row(article(room, code).id).row.total)


def said(widget: Any) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def test_things_come_in_by_keys_and_go_by_undo(room: Room, qtbot: Any) -> None:
    at = depot(room)
    page = open_room(room, "F01", at)
    before = there(page, room, "F01")
    sheet = press(page.articles, qtbot, Key.Key_R)
    assert isinstance(sheet, StockSheet) and sheet.fields["amount"].widget.hasFocus()
    sheet.fields["depot"].widget.setCurrentIndex(sheet.fields["depot"].widget.findData(at))
    assert any("测试库" in each and "0" in each for each in said(sheet))
    fill(sheet, qtbot, amount="120", due_on="2025-07-20", source="县水利局")
    save(room, sheet, qtbot)
    assert page.articles.right.is_card and there(page, room, "F01") == before + 120
    line = page.articles.table.row(article(room, "F01").id)
    assert line.row.due == "2025-07-20" and line.due == "near" and line.needs_care
    assert any(text.startswith("◆") for text in said(page.articles.card))
    page.articles.post.undo()
    room.settle()
    assert there(page, room, "F01") == before
    section = page.articles.card.findChild(LedgerSection)
    assert any(say("stores.kind.struck", kind=say("stores.kind.received")) in each.text()
               for each in section.findChildren(QLabel) + section.findChildren(Link()))  # fmt: skip


def Link() -> Any:
    from commandcenter.ui.core.cards import Link as made

    return made


def test_more_than_there_is_asks_why_and_keeps_what_was_typed(room: Room, qtbot: Any) -> None:
    at = depot(room, F01=10)
    page = open_room(room, "F01", at)
    sheet = press(page.articles, qtbot, Key.Key_I)
    fill(sheet, qtbot, amount="12", taken_by="蒲国富")
    sheet.fields["party"].widget.strip.setFocus()
    qtbot.keyClick(sheet.fields["party"].widget.strip, Key.Key_3)
    sheet.fields["party"].widget.other.insert("巡逻队")
    assert not sheet.form.field("override_reason").isVisible()
    save(room, sheet, qtbot)
    override = sheet.form.field("override_reason")
    assert override.isVisible() and sheet.fields["override_reason"].widget.hasFocus()
    assert sheet.form.field("amount").has_error and sheet.fields["taken_by"].widget.text() == "蒲国富"
    fill(sheet, qtbot, override_reason="账没记全")
    save(room, sheet, qtbot, "override_reason")
    (move,) = (each for each in find(room, "stock_move", depot=at) if each.kind == "issued")
    assert (move.change, move.other, move.taken_by, move.override) == (-12, "巡逻队", "蒲国富", "账没记全")
    assert page.articles.table.row(article(room, "F01").id).there(at) == -2


@pytest.mark.soak
def test_what_an_incident_got_comes_back_in_part(room: Room, qtbot: Any) -> None:
    at, incident = depot(room, F01=100), room.open(text="水漫过路")
    number = find(room, "incident", id=incident)[0].number
    page = open_room(room, "F01", at)
    sheet = press(page.articles, qtbot, Key.Key_I)
    fill(sheet, qtbot, amount="80")
    box = sheet.fields["party"].widget.incident
    box.setFocus()
    box.lineEdit().selectAll()
    qtbot.keyClicks(box.lineEdit(), number)
    qtbot.keyClick(box.lineEdit(), Key.Key_Return)
    save(room, sheet, qtbot)
    line = page.articles.table.row(article(room, "F01").id)
    assert line.out - sum(each.out for each in line.loans if each.move.incident != incident) == 80
    page.articles.open_return([each for each in line.loans if each.move.incident == incident])
    back = page.articles.right.currentWidget()
    assert isinstance(back, ReturnSheet)
    fill(back, qtbot, good="60", damaged="5")
    save(room, back, qtbot, "damaged")
    assert back.form.field("reason").has_error  # what is damaged needs its reason
    fill(back, qtbot, reason="被水冲坏")
    save(room, back, qtbot, "reason")
    line = page.articles.table.row(article(room, "F01").id)
    assert [each.out for each in line.loans if each.move.incident == incident] == [15] and line.there(at) == 80


def test_moved_written_off_and_counted(room: Room, qtbot: Any) -> None:
    at, other = depot(room, F01=30), depot(room, "河边库")
    page = open_room(room, "F01", at)
    sheet = press(page.articles, qtbot, Key.Key_M)
    fill(sheet, qtbot, amount="10")
    sheet.fields["to"].widget.put(other)
    save(room, sheet, qtbot)
    line = page.articles.table.row(article(room, "F01").id)
    assert (line.there(at), line.there(other)) == (20, 10)
    sheet = press(page.articles, qtbot, Key.Key_W)
    fill(sheet, qtbot, amount="3")
    save(room, sheet, qtbot)
    assert sheet.form.field("reason").has_error
    fill(sheet, qtbot, reason="发霉")
    save(room, sheet, qtbot, "reason")
    sheet = press(page.articles, qtbot, Key.Key_C)
    save(room, sheet, qtbot)
    assert sheet.form.field("amount").has_error  # an empty count is no zero
    fill(sheet, qtbot, amount="16", reason="少一条")
    save(room, sheet, qtbot)
    assert page.articles.table.row(article(room, "F01").id).there(at) == 16


@pytest.mark.soak
def test_a_size_is_asked_only_where_there_are_several(room: Room, qtbot: Any) -> None:
    at = depot(room)
    page = open_room(room, "K02", at)
    sheet = press(page.articles, qtbot, Key.Key_R)
    assert sheet.form.field("size").isVisible()
    sheet.fields["size"].widget.put("XL")
    sheet.put("depot", at)
    fill(sheet, qtbot, amount="4")
    save(room, sheet, qtbot)
    assert page.articles.table.row(article(room, "K02").id).row.held[at, "XL"] == 4
    sheet = press(page.articles, qtbot, Key.Key_R)
    sheet.fields["article"].widget.setCurrentIndex(sheet.fields["article"].widget.findData(article(room, "F01").id))
    assert not sheet.form.field("size").isVisible()


@pytest.mark.soak
def test_an_eighth_piece_is_a_place_in_a_form(room: Room, qtbot: Any) -> None:
    page = open_room(room)
    sheet = press(page.articles, qtbot, Key.Key_N)
    assert isinstance(sheet, AddArticleSheet)
    fill(sheet, qtbot, code="K08", name="雨衣", kit_place="7")
    save(room, sheet, qtbot, "kit_place")
    assert sheet.form.field("kit_place").has_error  # the seventh place is taken
    fill(sheet, qtbot, kit_place="8")
    save(room, sheet, qtbot, "kit_place")
    made = article(room, "K08")
    assert made.kit_place == 8 and page.articles.chosen_row.id == made.id
    page.to_orders()
    room.settle()
    (order,) = [row for row in page.orders.table.shown_rows() if row.article.id == made.id]
    assert order.order.gaps == len(find(room, "kit", active=True)) > 0
    page.articles.post.undo()
    room.settle()
    assert find(room, "article", code="K08") == []


def test_two_who_change_one_article_see_both_versions(room: Room, qtbot: Any) -> None:
    page = open_room(room, "F01")
    sheet = press(page.articles, qtbot, Key.Key_E)
    assert isinstance(sheet, EditArticleSheet)
    it = article(room, "F01")
    fill(sheet, qtbot, minimum="900")
    room.elsewhere(EditArticle(article=it.id, changed={"minimum": 700, "spec": "60×90"},
                               was={"minimum": it.minimum, "spec": it.spec}))  # fmt: skip
    assert sheet.fields["spec"].widget.text() == "60×90"  # untouched here: taken silently
    save(room, sheet, qtbot, "minimum")
    view = sheet.findChild(ConflictView)
    assert view is not None and any("700" in each for each in said(view))
    view.decide("mine")
    save(room, sheet, qtbot, "minimum")
    assert article(room, "F01").minimum == 900


@pytest.mark.soak
def test_depots_open_change_and_close(room: Room, qtbot: Any) -> None:
    full = depot(room, F01=1)
    page = open_room(room)
    qtbot.keyClick(page, Key.Key_2)
    assert page.page == "depots"
    sheet = press(page.depots, qtbot, Key.Key_N)
    assert isinstance(sheet, AddDepotSheet)
    fill(sheet, qtbot, name="西坡库", keeper="周天秀", phone="15487654321")
    save(room, sheet, qtbot, "name")
    made = page.depots.chosen_row.depot
    assert made.name == "西坡库" and made.keeper == "周天秀"
    sheet = press(page.depots, qtbot, Key.Key_E)
    assert isinstance(sheet, EditDepotSheet)
    fill(sheet, qtbot, address="西坡路 3 号")
    save(room, sheet, qtbot, "address")
    press(page.depots, qtbot, Key.Key_Delete)
    room.settle()
    assert not find(room, "depot", id=made.id)[0].active
    room.tools.selection.navigate("depot", full)
    press(page.depots, qtbot, Key.Key_Delete)
    room.settle()
    assert find(room, "depot", id=full)[0].active and any("测试库" in each for each in room.told())


def test_the_ledger_says_who_when_and_why(room: Room, qtbot: Any) -> None:
    at, incident = depot(room, F01=100), room.open(text="水漫过路")
    room.elsewhere(IssueStock(depot=at, lines=(Line("F01", 40),), incident=incident, taken_by="蒲国富", reason="堵口"))
    page = open_room(room)
    qtbot.keyClick(page, Key.Key_3)
    page.ledger.tabs.setCurrentIndex(1)
    (row,) = [row for row in page.ledger.table.shown_rows() if row.move.incident == incident]
    page.ledger.pick(row.id)
    told = " ".join(said(page.ledger.card))
    assert "蒲国富" in told and "堵口" in told and "−40" in told
    sheet = press(page.ledger, qtbot, Key.Key_B)
    fill(sheet, qtbot, used="40")
    save(room, sheet, qtbot, "used")
    assert row.id not in page.ledger.table.ids()
    qtbot.keyClicks(page.ledger.search, "pugf")
    page.ledger.tabs.setCurrentIndex(0)


@pytest.mark.soak
def test_the_card_of_an_incident_shows_what_it_still_has(room: Room, qtbot: Any) -> None:
    at, incident = depot(room, F01=100), room.open(text="水漫过路")
    page = open_room(room, "F01", at)
    section = next(each for each in room.tools.plugs.card_sections if each.id == "incident.stores")
    part: LoanSection = room.show(section.make(room.tools, find(room, "incident", id=incident)[0]), 400, 200)
    assert say("stores.section.nothing") in said(part)
    room.elsewhere(IssueStock(depot=at, lines=(Line("F01", 40),), incident=incident, taken_by="蒲国富"))
    assert any("40" in each for each in said(part)) and "蒲国富" in said(part)
    qtbot.mouseClick(part.findChild(QPushButton, "stores.return"), Qt.MouseButton.LeftButton)
    sheet = page.articles.right.currentWidget()
    assert isinstance(sheet, ReturnSheet) and sheet.chosen.out == 40
    fill(sheet, qtbot, good="40")
    save(room, sheet, qtbot, "good")
    assert say("stores.section.nothing") in said(part)
    qtbot.mouseClick(part.findChild(QPushButton, "stores.issue"), Qt.MouseButton.LeftButton)
    sheet = page.articles.right.currentWidget()
    assert isinstance(sheet, StockSheet) and sheet.fields["party"].read() == ("incident", incident)


@pytest.mark.soak
def test_a_picture_of_what_comes_back_shows_its_form_whatever_was_drawn_before(room: Room) -> None:
    at, incident = depot(room, F01=100), room.open(text="水漫过路")
    room.elsewhere(IssueStock(depot=at, lines=(Line("F01", 40),), incident=incident, taken_by="蒲国富"))
    page = open_room(room)
    for screen in ("stores-low", "stores-return"):
        room.tools.plugs.screens.get(screen).stage(room.tools, page)
        room.settle()
    assert isinstance(page.articles.right.currentWidget(), ReturnSheet)


def test_a_depot_at_the_left_narrows_and_tells_its_own_balance(room: Room) -> None:
    at = depot(room, F01=1307)
    page = open_room(room).articles
    where = [each.id for each in page.table.columns].index("spread")
    assert "测试库 1,307" in page.table.index(page.table.ids().index(article(room, "F01").id), where).data()
    page.villages.choose(at)
    page.narrow_down()
    (row,) = page.table.shown_rows()
    column = [each.id for each in page.table.columns].index("there")
    assert row.article.code == "F01" and page.table.index(0, column).data().endswith("1,307")
    page.search.setText("zzzz")
    page._search("zzzz")
    assert page.table.rowCount() == 0
    page.widen()
    assert page.table.rowCount() > 1


def test_what_is_low_stands_on_a_tab_of_its_own(room: Room) -> None:
    made = room.elsewhere(AddArticle(code="X9", name="铁锹", category="flood", unit="把", minimum=5))["article"]
    page = open_room(room)
    page.articles.tabs.setCurrentIndex(1)
    assert made in page.articles.table.ids()
    page.articles.pick(made)
    assert any(each.startswith("▼") for each in said(page.articles.card))
    depot(room, X9=6)
    assert made not in page.articles.table.ids()


def test_articles_and_depots_are_found(room: Room) -> None:
    depot(room)
    search = next(each for each in room.tools.plugs.finder_sources if each.name == "stores").search
    assert "article" in {hit.kind for hit in search("bzd", 9)} and {hit.title for hit in search("csk", 9)} == {"测试库"}


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_viewer_looks_and_reads_no_words(
    language: str, town_url: Callable[[str], str], open_desk: Any, tmp_path: Path, qtbot: Any
) -> None:
    with room_at(town_url("sqlite"), open_desk, tmp_path, "viewer") as made:
        texts.use(language)
        stores.install(made.tools)
        at = depot(made, F01=9)
        made.elsewhere(IssueStock(depot=at, lines=(Line("F01", 2),), other="慕容翠翠", taken_by="慕容翠翠"))
        page = open_room(made, "F01", at)
        assert press(page.articles, qtbot, Key.Key_I) is page.articles.card
        told = " ".join(said(page.articles.card))
        assert HIDDEN in told and "慕容翠翠" not in told
        assert say("core.list.read_only", role=say("role.viewer")) in told
        texts.use("zh_CN")


def test_what_could_not_be_read_is_said(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    from commandcenter.base.errors import EnvironmentTrouble
    from commandcenter.ui.stores import articles

    def fails(*_: Any) -> Any:
        raise EnvironmentTrouble("database.unreachable", reason="x")

    page = open_room(room)
    monkeypatch.setattr(articles.store_reading, "stores", fails)
    depot(room)
    assert page.articles._state().kind == "failed" and page.articles.table.rowCount() > 0
