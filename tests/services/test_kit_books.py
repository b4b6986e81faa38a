"""Register of kits and ledger of stores: out to a workbook, edited there, back; nothing else changes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from commandcenter.base import texts
from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import BadInput, NotAllowed, Refused, RuleError
from commandcenter.services import exporting, filing, kit_book_apply, wire
from commandcenter.services.articles import AddArticle
from commandcenter.services.kit_book_apply import ApplyKitBook
from commandcenter.services.kits import IssueKits, NewKit
from commandcenter.services.people import AddWorker
from commandcenter.services.pieces import IssuePieces, MarkPiece
from commandcenter.services.stock import Line
from commandcenter.services.stores import CountStock, ReceiveStock
from commandcenter.services.surveys import explained
from commandcenter.services.undo import Undo
from tests.services.stores_made import YUNLING, check_books, depot, do, kits_at, pieces_of, some, stock, village
from tests.storage import stream

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "rosters"
REGISTER = ["序号", "村(社区)", "微网格", "网格员", "工作手册", "马甲", "通讯录", "应急手电", "警戒带", "口哨", "布袋",
            "发放日期", "签收人", "损坏/缺失", "补发日期"]  # fmt: skip
LEDGER = ["序号", "物资类别", "物资名称", "规格型号", "单位", "数量", "存放地点", "入库时间", "有效期", "领用人",
          "领用时间", "责任人", "联系电话", "状态", "备注"]  # fmt: skip


@pytest.fixture
def town(town_url: Callable[[str], str]) -> str:
    return town_url("sqlite")


@pytest.fixture
def keeper(town: str, open_desk: Callable[..., Any]) -> Any:
    return open_desk(town, "quartermaster", ManualClock(stream.EVENING))


@pytest.fixture
def issued(keeper: Any) -> dict[str, Any]:
    """Two kits handed out, one that lies there; a whistle is lost; a torch on the spare shelf."""
    at = depot(keeper, kits=3, K04=1)
    workers = [str(do(keeper, AddWorker(name=name, village=YUNLING, vest_size="L"))["worker"])
               for name in ("新员甲", "新员乙")]  # fmt: skip
    new = tuple(NewKit(each, "L") for each in (*workers, None))
    do(keeper, IssueKits(village=YUNLING, depot=at, kits=new))
    do(keeper, IssuePieces(depot=at, village=YUNLING, lines=(Line("K04", 1),)))
    kit = next(each for each in kits_at(keeper) if each.worker == workers[0])
    do(keeper, MarkPiece(piece=pieces_of(keeper, kit.id)["K06"].id, state="missing", reason="下乡时丢失"))
    return {"depot": at, "workers": workers, "kit": kit}


class Book:
    """A table as it went out, edited like in a spreadsheet program and read back."""

    def __init__(self, session: Any, what: str, folder: Path) -> None:
        self.session, self.what, self.path = session, what, folder / f"{what}.xlsx"
        exporting.export(session, what, self.path)
        self.book = openpyxl.load_workbook(self.path)
        self.sheet = self.book.worksheets[0]
        self.headings = [str(cell.value) for cell in self.sheet[1]]

    def row(self, **where: str) -> int:
        """The number of the row with these cells."""
        names = {"worker": "网格员", "article": "物资名称", "depot": "存放地点", "kit": "行标识"}
        for number in range(2, self.sheet.max_row + 1):
            if all(self.get(number, names[key]) == value for key, value in where.items()):
                return number
        raise AssertionError(where)

    def get(self, row: int, heading: str) -> Any:
        return self.sheet.cell(row, self.headings.index(heading) + 1).value

    def set(self, row: int, **cells: Any) -> None:
        for heading, value in cells.items():
            self.sheet.cell(row, self.headings.index(heading.replace("损坏缺失", "损坏/缺失")) + 1).value = value

    def back(self, **how: Any) -> Any:
        self.book.save(self.path)
        return filing.write(self.session, filing.read(self.what, self.path), **how)


def refusals(result: Any) -> list[tuple[int, str, str]]:
    return [(each.row, each.column, each.code) for each in result.problems if each.severity == "refused"]


# --- the register -------------------------------------------------------------------------------------------------


def test_the_register_has_its_usual_columns_and_comes_back_empty_of_differences(
    keeper: Any, issued: dict[str, Any], tmp_path: Path
) -> None:
    book = Book(keeper, "kit_register", tmp_path)
    assert book.headings[:15] == REGISTER and len(book.headings) == 17
    row = book.row(worker="新员甲")
    assert (book.get(row, "马甲"), book.get(row, "口哨"), book.get(row, "布袋")) == ("L", "缺失", "√")
    assert book.get(row, "损坏/缺失") == "口哨缺失(下乡时丢失)" and book.get(row, "发放日期") == "2025-06-30"
    result = book.back()
    assert (result.new, result.changed, result.refused, result.differences) == (0, 0, 0, ())
    assert not result.written and result.same == book.sheet.max_row - 1


def test_only_what_was_edited_changes(keeper: Any, issued: dict[str, Any], tmp_path: Path) -> None:
    book = Book(keeper, "kit_register", tmp_path)
    one, two = book.row(worker="新员甲"), book.row(worker="新员乙")
    book.set(one, 口哨="有")  # found again
    book.set(two, 应急手电="坏", 损坏缺失="进水了")
    before = {each.id: each for each in some(keeper, "piece")}
    result = book.back()
    assert (result.written, result.changed, result.refused) == (True, 2, 0)
    changed = {each.code: (before[each.id].state, each.state, each.reason) for each in some(keeper, "piece")
               if each != before[each.id]}  # fmt: skip
    first, second = issued["kit"].id, next(each for each in kits_at(keeper) if each.worker == issued["workers"][1]).id
    whistle, torch = pieces_of(keeper, first)["K06"].code, pieces_of(keeper, second)["K04"].code
    assert changed == {whistle: ("missing", "issued", "kit_register.xlsx"), torch: ("issued", "damaged", "进水了")}
    check_books(keeper)
    do(keeper, Undo(target=result.group, is_group=True))
    assert {each.id: each for each in some(keeper, "piece")} == before


def test_a_replaced_piece_comes_from_the_shelf_and_else_from_the_depot(
    keeper: Any, issued: dict[str, Any], tmp_path: Path
) -> None:
    two = next(each for each in kits_at(keeper) if each.worker == issued["workers"][1]).id
    do(keeper, MarkPiece(piece=pieces_of(keeper, two)["K04"].id, state="damaged", reason="摔坏"))
    do(keeper, ReceiveStock(depot=issued["depot"], lines=(Line("K03", 2),)))
    do(keeper, MarkPiece(piece=pieces_of(keeper, issued["kit"].id)["K03"].id, state="missing", reason="找不到"))
    spare = {each.id for each in some(keeper, "piece", kit=None) if each.village == village(keeper).id}
    book = Book(keeper, "kit_register", tmp_path)
    book.set(book.row(worker="新员乙"), 应急手电="√", 补发日期="2025-06-29")
    book.set(book.row(worker="新员甲"), 通讯录="√", 补发日期="2025-06-29")
    assert book.back().written
    assert pieces_of(keeper, two)["K04"].id in spare
    book_of_numbers = pieces_of(keeper, issued["kit"].id)["K03"]
    assert (book_of_numbers.state, book_of_numbers.issued_on) == ("issued", "2025-06-29")
    assert stock(keeper, issued["depot"], "K03") == 1
    check_books(keeper)
    again = Book(keeper, "kit_register", tmp_path)
    assert again.back().differences == ()


def test_a_kit_goes_to_somebody_else_and_is_handed_out(keeper: Any, issued: dict[str, Any], tmp_path: Path) -> None:
    new = do(keeper, AddWorker(name="新员丙", village=YUNLING))["worker"]
    kits = kits_at(keeper)
    lying = next(each for each in kits if each.worker is None)
    book = Book(keeper, "kit_register", tmp_path)
    book.set(book.row(kit=lying.code), 网格员="新员丙", 发放日期="2025-06-28")
    book.set(book.row(worker="新员乙"), 网格员=None, 发放日期=None)
    result = book.back()
    assert result.written, [explained(each) for each in result.problems]
    held = {each.code: (each.worker, each.handed_on) for each in kits_at(keeper)}
    other = next(each.code for each in kits if each.worker == issued["workers"][1])
    assert held[lying.code] == (new, "2025-06-28") and held[other] == (None, None)


def test_eight_articles_are_eight_columns(keeper: Any, issued: dict[str, Any], tmp_path: Path) -> None:
    do(keeper, AddArticle(code="K08", name="雨衣", category="kit", unit="件", kit_place=8))
    do(keeper, ReceiveStock(depot=issued["depot"], lines=(Line("K08", 1),)))
    book = Book(keeper, "kit_register", tmp_path)
    assert book.headings[4:12] == [*REGISTER[4:11], "雨衣"]
    row = book.row(worker="新员甲")
    assert book.get(row, "雨衣") is None
    book.set(row, 雨衣="√")
    assert book.back().written and stock(keeper, issued["depot"], "K08") == 0
    assert pieces_of(keeper, issued["kit"].id)["K08"].state == "issued"
    check_books(keeper)


def test_whatever_cannot_be_taken_names_its_cell_and_nothing_is_written(
    keeper: Any, issued: dict[str, Any], tmp_path: Path
) -> None:
    book = Book(keeper, "kit_register", tmp_path)
    one, two = book.row(worker="新员甲"), book.row(worker="新员乙")
    book.set(one, 口哨="√", 布袋="大概", 微网格="别处")
    book.set(two, 通讯录=None)
    before = some(keeper, "piece")
    result = book.back()
    found = refusals(result)
    assert (two, "通讯录", "kit_book.emptied") in found and {row for row, _, _ in found} == {one, two}
    assert not result.written and some(keeper, "piece") == before
    assert all("kit_" not in explained(each)["message"] for each in result.problems)


def test_a_cell_that_both_sides_changed_waits_for_a_choice(
    keeper: Any, issued: dict[str, Any], tmp_path: Path
) -> None:
    book = Book(keeper, "kit_register", tmp_path)
    torch = pieces_of(keeper, issued["kit"].id)["K04"]
    do(keeper, MarkPiece(piece=torch.id, state="missing", reason="找不到"))
    assert book.back().differences == ()  # older than the database, and not edited
    row = book.row(worker="新员甲")
    book.set(row, 应急手电="损坏")
    assert refusals(book.back()) == [(row, "应急手电", "kit_book.conflict")]
    assert not book.back(choices={"K04": "database"}).refused
    assert book.back(choices={"K04": "file"}).written
    assert pieces_of(keeper, issued["kit"].id)["K04"].state == "damaged"


def test_a_first_list_makes_kits_pieces_and_their_sheet(keeper: Any, tmp_path: Path) -> None:
    for name, size in (("新员甲", "M"), ("新员乙", "")):
        do(keeper, AddWorker(name=name, village=YUNLING, vest_size=size))
    place = village(keeper).name
    book = openpyxl.Workbook()
    rows = [
        [1, place, None, "新员甲", "√", "√", "有", "√", "√", "缺", "√", "2025年6月1日", "李联络", None, None],
        [2, place, None, "新员乙", "1", "XL", "√", "√", "-", "√", "√", "2025.6.1", "李联络", "手电坏", None],
    ]
    for row in (["七件套发放登记表"], REGISTER, *rows):
        book.active.append(row)
    path = tmp_path / "发放.xlsx"
    book.save(path)
    assert filing.read("kit_register", path).what == "kit_register"
    held = len(some(keeper, "kit"))
    result = filing.write(keeper, filing.read("kit_register", path))
    assert (result.written, result.new, result.refused) == (True, 2, 0), [explained(each) for each in result.problems]
    made = {kit.worker: kit for kit in some(keeper, "kit") if kit.handed_on == "2025-06-01"}
    assert len(some(keeper, "kit")) == held + 2 and len({each.issue for each in made.values()}) == 1
    by_name = {each.name: pieces_of(keeper, made[each.id].id) for each in some(keeper, "worker") if each.id in made}
    assert by_name["新员甲"]["K02"].size == "M" and by_name["新员甲"]["K06"].state == "missing"
    assert by_name["新员乙"]["K02"].size == "XL" and by_name["新员乙"]["K04"].state == "damaged"
    assert "K05" not in by_name["新员乙"]
    (sheet,) = some(keeper, "kit_issue", id=next(iter(made.values())).issue)
    assert (sheet.received_by, sheet.received_on) == ("李联络", "2025-06-01")
    check_books(keeper)
    again = filing.write(keeper, filing.read("kit_register", path))
    assert (again.new, again.changed, again.refused) == (0, 0, 0), again.differences
    do(keeper, Undo(target=result.group, is_group=True))
    assert len(some(keeper, "kit")) == held
    check_books(keeper)


def test_what_is_never_kept_is_not_read(keeper: Any, issued: dict[str, Any], tmp_path: Path) -> None:
    book = Book(keeper, "kit_register", tmp_path)
    row = book.row(worker="新员甲")
    book.sheet.cell(1, 18, "身份证号")
    book.sheet.cell(row, 18, "110101199003070000")
    book.book.save(book.path)
    read = filing.read("kit_register", book.path)
    assert not any("1101011990" in str(each.fields) for each in read.rows)
    assert [each.column for each in read.problems if each.code == "column.sensitive"] == ["身份证号"]


def test_formulas_stay_words(keeper: Any, issued: dict[str, Any], tmp_path: Path) -> None:
    torch = pieces_of(keeper, issued["kit"].id)["K04"]
    do(keeper, MarkPiece(piece=torch.id, state="missing", reason="=1+1"))
    book = Book(keeper, "kit_register", tmp_path)
    cells = [cell for line in book.sheet.iter_rows(min_row=2) for cell in line]
    assert not any(cell.data_type == "f" for cell in cells) and book.back().differences == ()


# --- the ledger ---------------------------------------------------------------------------------------------------


def test_the_ledger_has_its_usual_columns_and_comes_back_empty_of_differences(
    keeper: Any, issued: dict[str, Any], tmp_path: Path
) -> None:
    do(keeper, ReceiveStock(depot=issued["depot"], lines=(Line("K02", 4, "XL", "2027-01-01"),)))
    book = Book(keeper, "stock_ledger", tmp_path)
    assert book.headings[:15] == LEDGER and len(book.headings) == 17
    result = book.back()
    assert (result.new, result.changed, result.refused, result.differences) == (0, 0, 0, ()) and result.same


def test_a_counted_balance_is_a_count_with_the_file_as_its_reason(
    keeper: Any, issued: dict[str, Any], tmp_path: Path
) -> None:
    do(keeper, ReceiveStock(depot=issued["depot"], lines=(Line("K07", 5),)))
    book = Book(keeper, "stock_ledger", tmp_path)
    row = book.row(article="布袋", depot="测试库")
    book.set(row, 数量=3)
    book.set(row, 责任人="老李", 联系电话="15400000001")
    moves = len(some(keeper, "stock_move"))
    result = book.back()
    assert result.written and len(some(keeper, "stock_move")) == moves + 1
    (move,) = [each for each in some(keeper, "stock_move", depot=issued["depot"]) if each.kind == "counted"]
    assert (move.amount, move.change, move.reason) == (3, -2, "stock_ledger.xlsx")
    (at,) = some(keeper, "depot", id=issued["depot"])
    assert (at.keeper, at.phone) == ("老李", "15400000001")
    check_books(keeper)
    do(keeper, Undo(target=result.group, is_group=True))
    assert stock(keeper, issued["depot"], "K07") == 5


def test_a_new_line_opens_a_balance_on_its_day(keeper: Any, issued: dict[str, Any], tmp_path: Path) -> None:
    book = Book(keeper, "stock_ledger", tmp_path)
    book.sheet.append([None, "防汛防灾", "铁皮喇叭", "手持", "只", 12, "测试库", "2025-03-01", "2026-03-01"])
    rest = [None, None, None, None, "老王", "15400000002"]
    book.sheet.append([None, "其他", "铁皮喇叭", "手持", "只", 2, "村里新库", *rest])
    result = book.back()
    assert (result.written, result.new) == (True, 2), [explained(each) for each in result.problems]
    (made,) = some(keeper, "article", name="铁皮喇叭")
    assert (made.category, made.spec, made.unit) == ("flood", "手持", "只")
    (new,) = some(keeper, "depot", name="村里新库")
    assert new.keeper == "老王" and stock(keeper, new.id, made.code) == 2
    (move,) = some(keeper, "stock_move", article=made.id, depot=issued["depot"])
    assert (move.kind, move.amount, move.due_on, f"{move.occurred_at:%Y-%m-%d}") == (
        "received", 12, "2026-03-01", "2025-03-01")  # fmt: skip
    again = Book(keeper, "stock_ledger", tmp_path)
    row = again.row(article="铁皮喇叭", depot="测试库")
    assert (again.get(row, "入库时间"), again.get(row, "有效期")) == ("2025-03-01", "2026-03-01")
    assert again.back().differences == ()


def test_what_only_the_ledger_says_cannot_be_edited(keeper: Any, issued: dict[str, Any], tmp_path: Path) -> None:
    do(keeper, ReceiveStock(depot=issued["depot"], lines=(Line("K07", 5),)))
    for cells, column in (({"入库时间": "2020-01-01"}, "入库时间"), ({"存放地点": "别的库"}, "存放地点")):
        book = Book(keeper, "stock_ledger", tmp_path)
        row = book.row(article="布袋", depot="测试库")
        book.set(row, **cells)
        assert [each[:2] for each in refusals(book.back())] == [(row, column)]


def test_a_balance_that_moved_meanwhile_waits_for_a_choice(
    keeper: Any, issued: dict[str, Any], tmp_path: Path
) -> None:
    do(keeper, ReceiveStock(depot=issued["depot"], lines=(Line("K07", 5),)))
    book = Book(keeper, "stock_ledger", tmp_path)
    do(keeper, CountStock(depot=issued["depot"], lines=(Line("K07", 4),), reason="清点"))
    row = book.row(article="布袋", depot="测试库")
    assert book.back().differences == ()
    book.set(row, 数量=2)
    assert refusals(book.back()) == [(row, "数量", "kit_book.conflict")]
    assert book.back(choices={"amount": "file"}).written and stock(keeper, issued["depot"], "K07") == 2


def test_the_usual_list_of_supplies_is_read_right(keeper: Any) -> None:
    path = SHARED / "supplies.xlsx"
    if not path.exists():
        pytest.skip("../shared is not here")
    result = filing.write(keeper, filing.read("stock_ledger", path))
    assert result.written and not result.refused, [explained(each) for each in result.problems]
    (at,) = some(keeper, "depot", name="镇应急物资库")
    bags = next(each for each in some(keeper, "article", active=True) if each.name == "编织袋")
    assert stock(keeper, at.id, bags.code) == 5000 and stock(keeper, at.id, "K01") == 306
    assert [each.column for each in result.problems if each.code == "kit_book.sizes_unsaid"] == ["数量"]
    again = filing.write(keeper, filing.read("stock_ledger", path))
    assert (again.new, again.changed, again.refused) == (0, 0, 0), again.differences
    check_books(keeper)


def test_who_keeps_no_lists_brings_none_and_sees_masks(
    keeper: Any, issued: dict[str, Any], town: str, open_desk: Callable[..., Any], tmp_path: Path
) -> None:
    do(keeper, ReceiveStock(depot=issued["depot"], lines=(Line("K07", 5),)))
    book = Book(keeper, "stock_ledger", tmp_path)
    book.set(book.row(article="布袋", depot="测试库"), 联系电话="15400000001")
    book.back()
    viewer = open_desk(town, "viewer", ManualClock(stream.EVENING))
    seen = Book(viewer, "stock_ledger", tmp_path)
    assert seen.get(seen.row(article="布袋", depot="测试库"), "联系电话") != "15400000001"
    with pytest.raises(NotAllowed):
        seen.back()
    # A keeper who reads a viewer's file changes nothing by its masks.
    read = filing.write(keeper, filing.read("stock_ledger", seen.path))
    assert (read.changed, read.differences) == (0, ())


def test_headings_alone_say_which_table_it_is(keeper: Any, issued: dict[str, Any], tmp_path: Path) -> None:
    from commandcenter.services import readfiles

    for what in ("kit_register", "stock_ledger"):
        book = Book(keeper, what, tmp_path)
        assert readfiles.take(None, book.path).what == what


# --- steps by hand ------------------------------------------------------------------------------------------------


DEPOT = {"do": "new_depot", "name": "新库"}
WRONG: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"do": "stock", "depot": "测试库", "article": "x", "amount": "5", "was": 0}, "command.field_type", "amount"),
    ({"do": "stock", "depot": "测试库", "article": "x", "amount": 5, "was": 0}, "stock.article_unknown", "article"),
    ({"do": "mark", "kit": "k", "piece": "p", "was": "issued", "state": "gone"}, "command.field_choice", "state"),
    ({"do": "take_back", "kit": "k"}, "command.field_missing", "was"),
    ({"do": "receive", "issue": "i", "by": "b", "day": "2025-06-01"}, "command.field_unknown", "day"),
    ({"do": "edit_depot", "depot": "d", "changed": [], "was": {}}, "command.field_type", "changed"),
    ({"do": "sell", "kit": "k"}, "kit_book.step_unknown", ""),
    ({"do": ["stock"]}, "kit_book.step_unknown", ""),
)  # fmt: skip


@pytest.mark.parametrize(("step", "code", "field"), WRONG, ids=[f"{code}-{name}" for _, code, name in WRONG])
def test_a_step_that_is_wrong_is_named_and_nothing_is_written(
    keeper: Any, issued: dict[str, Any], step: dict[str, Any], code: str, field: str
) -> None:
    before = some(keeper, "depot")
    with pytest.raises(BadInput) as refused:
        do(keeper, ApplyKitBook(steps=(DEPOT, step)))
    assert (refused.value.code, refused.value.facts["step"]) == (code, 2)
    assert refused.value.facts.get("field", "") == field
    assert texts.spoken("zh_CN").error(refused.value).startswith("第 2 步：")
    assert texts.spoken("en").error(refused.value).startswith("Step 2: ")
    assert some(keeper, "depot") == before


@pytest.mark.parametrize("given", [{"pieces": [{"article": "x"}]}, {"depot": "没有的库"}, {"village": "没有的村"},
                                   {"handed_on": "昨天"}, {"worker": "nobody"}, {"pieces": "all"}])  # fmt: skip
def test_a_kit_that_only_the_file_knows_is_checked_like_the_rest(
    keeper: Any, issued: dict[str, Any], given: dict[str, Any]
) -> None:
    step = {"do": "new_kit", "village": village(keeper).id, "depot": issued["depot"], "pieces": [], "row": 7}
    line = wire.decode({"command": "apply_kit_book", "steps": [DEPOT, step | given]})
    with pytest.raises(BadInput) as refused:
        do(keeper, line)
    assert (refused.value.facts["step"], refused.value.facts["row"]) == (2, 7)
    assert texts.spoken("en").error(refused.value).startswith("Row 7: ")


def test_what_a_rule_refuses_while_kits_are_sent_names_its_step_too(keeper: Any, issued: dict[str, Any]) -> None:
    step = {"do": "new_kit", "village": village(keeper).id, "depot": issued["depot"], "pieces": []}
    with pytest.raises(RuleError, match=r"kit\.worker_has") as refused:
        do(keeper, ApplyKitBook(steps=(step, step | {"worker": issued["workers"][0]})))
    assert refused.value.facts["step"] == 2
    step["worker"] = do(keeper, AddWorker(name="新员丙", village=YUNLING))["worker"]
    for again in (step, step | {"handed_on": "2025-06-01"}):  # on the same receipt sheet, and on another one
        with pytest.raises(Refused, match=r"kit\.worker_") as refused:
            do(keeper, ApplyKitBook(steps=(step, again)))
        assert refused.value.facts["step"] == 2


@pytest.mark.parametrize("do_what", ["mark", "new_kit"])
def test_a_bug_in_a_step_stays_a_bug(
    keeper: Any, issued: dict[str, Any], monkeypatch: pytest.MonkeyPatch, do_what: str
) -> None:
    def fail(*_: Any) -> None:
        raise KeyError("a bug")

    steps = {
        "mark": {"do": "mark", "kit": "k", "piece": "p", "was": "issued", "state": "missing"},
        "new_kit": {"do": "new_kit", "village": village(keeper).id, "depot": issued["depot"], "pieces": []},
    }
    monkeypatch.setitem(kit_book_apply.STEPS, "mark", (kit_book_apply.STEPS["mark"][0], fail))
    monkeypatch.setattr(kit_book_apply._Work, "_kit", fail)
    with pytest.raises(KeyError, match="a bug"):
        do(keeper, ApplyKitBook(steps=(steps[do_what],)))
