"""Sheets of a stock round: nineteen out, and back as people send them: sorted, widened, old, twice, half filled."""

import csv
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import BadInput, RuleError
from commandcenter.services import round_reading, round_returns, round_sheets
from commandcenter.services.rounds import CloseRound, OpenRound, SettleCounts
from commandcenter.services.undo import Undo
from tests.services.stores_made import check_books, do, kits_at, pieces_of, some
from tests.storage import stream

HEADS = 4


@pytest.fixture
def keeper(town: str, open_desk: Callable[..., Any]) -> Any:
    """The storekeeper's session, on each engine in turn."""
    return open_desk(town, "quartermaster", ManualClock(stream.EVENING))


@pytest.fixture
def folder(keeper: Any, tmp_path: Path) -> Iterator[Path]:
    """The sheets of a round that was just opened."""
    do(keeper, OpenRound(name="2025年第2季度盘点"))
    round_sheets.write_folder(keeper, "", tmp_path / "盘点", on_paper=False)
    yield tmp_path / "盘点"


def edit(path: Path, change: Callable[[Any], None]) -> Path:
    book = openpyxl.load_workbook(path)
    change(book.active)
    book.save(path)
    return path


def rows_of(page: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in page.iter_rows(min_row=HEADS)]


def put_rows(page: Any, rows: list[list[Any]]) -> None:
    page.delete_rows(HEADS, page.max_row)
    for number, row in enumerate(rows, start=HEADS):
        for column, value in enumerate(row, start=1):
            page.cell(number, column, value)


def put(page: Any, code: str, heading: str, value: Any) -> None:
    heads = [cell.value for cell in page[HEADS]]
    row = next(each for each in page.iter_rows(min_row=HEADS + 1) if each[heads.index("编号")].value == code)
    row[heads.index(heading)].value = value


def cut_title(page: Any) -> None:
    for each in list(page.merged_cells.ranges):
        page.unmerge_cells(str(each))
    page.delete_rows(1, 3)


def sheet_at(keeper: Any, folder: Path) -> tuple[Path, Any]:
    """A village's sheet, and a kit on it."""
    kit = kits_at(keeper)[0]
    name = next(each.name for each in some(keeper, "village", id=kit.village))
    return next(folder.glob(f"*{name}*.xlsx")), kit


def read(keeper: Any, *paths: Path, **how: Any) -> Any:
    return round_returns.read_files(keeper, "", paths, **how)


def test_a_sheet_goes_out_prefilled_and_marked(keeper: Any, folder: Path) -> None:
    (row,) = some(keeper, "stock_round", closed_on=None)
    path, kit = sheet_at(keeper, folder)
    page = openpyxl.load_workbook(path).active
    assert row.mark in page["A2"].value and page.title in page["A1"].value
    heads, *lines = rows_of(page)
    (mine,) = [dict(zip(heads, line, strict=True)) for line in lines if line[0] == kit.code]
    states = {code: each.state for code, each in pieces_of(keeper, kit.id).items()}
    assert mine["网格员"] and mine["口哨"] == ("在" if states["K06"] in ("issued", "expired") else "遗失")
    book = openpyxl.load_workbook(path)
    assert {each.name: each.value for each in book.custom_doc_props.props} == {"commandcenter-round": row.mark}


def test_sorted_widened_and_shortened_sheets_are_read(keeper: Any, folder: Path) -> None:
    path, kit = sheet_at(keeper, folder)
    pieces = pieces_of(keeper, kit.id)

    def mess(page: Any) -> None:
        put(page, kit.code, "口哨", "丢失（掉河里了）")
        put(page, kit.code, "备注", "已报告")
        heads, *lines = rows_of(page)
        shuffled = [*heads[3:], *heads[:3], "联系人"]
        put_rows(page, [shuffled, *([*line[3:], *line[:3], "张三"] for line in reversed(lines))])
        page.insert_rows(1)

    found = read(keeper, edit(path, mess))
    (mine,) = found.files
    assert mine.status == "ready" and mine.differing == 1, (mine.error, mine.problems)
    told = round_returns.record(keeper, found, mine)
    assert told["differences"] == [pieces["K06"].code]
    (count,) = some(keeper, "round_count", piece=pieces["K06"].id)
    assert (count.found, count.note, count.source) == ("missing", "掉河里了 已报告", "sheet")
    again = read(keeper, path)
    assert again.files[0].before == len(mine.counts)
    assert round_returns.record(keeper, again, again.files[0])["changed"] == 0


def test_a_row_is_known_by_worker_and_grid_where_its_code_is_gone(keeper: Any, folder: Path) -> None:
    path, _ = sheet_at(keeper, folder)
    held = next(each for each in kits_at(keeper) if each.worker)

    def forget(page: Any) -> None:
        put(page, held.code, "口哨", "坏")
        put(page, held.code, "编号", None)

    (mine,) = read(keeper, edit(path, forget)).files
    assert mine.status == "ready" and mine.differing == 1, mine.problems
    assert {each.piece: each.found for each in mine.counts}[pieces_of(keeper, held.id)["K06"].id] == "damaged"


def test_what_is_wrong_in_a_sheet_is_listed_and_nothing_of_it_taken(keeper: Any, folder: Path) -> None:
    path, kit = sheet_at(keeper, folder)

    def spoil(page: Any) -> None:
        put(page, kit.code, "口哨", "可能")
        heads, *lines = rows_of(page)
        strange = ["K-9876", *lines[0][1:]]
        put_rows(page, [heads, *lines, lines[0], strange])

    found = read(keeper, edit(path, spoil))
    (mine,) = found.files
    assert mine.status == "refused" and mine.error.code == "round.sheet_faults" and not found.ready
    told = {(each.code, each.row, each.column, each.value) for each in mine.refusals}
    assert {each[0] for each in told} == {"round.cell", "round.row_twice", "round.code_unknown"}
    assert any(each[2] == "口哨" and each[3] == "可能" and each[1] for each in told)
    assert all("{" not in round_returns.problem_words(each) for each in mine.problems)


def test_old_unknown_and_unmarked_files(keeper: Any, folder: Path, tmp_path: Path) -> None:
    (row,) = some(keeper, "stock_round", closed_on=None)
    path, _ = sheet_at(keeper, folder)
    old = tmp_path / "上季度.xlsx"
    shutil.copy(path, old)
    do(keeper, CloseRound(round=row.id, leave_uncounted=True, reason="以后再盘"))
    with pytest.raises(BadInput) as none:
        read(keeper, old)
    assert none.value.code == "round.none_open"
    new = do(keeper, OpenRound(name="2025年第3季度盘点"))
    round_sheets.write_folder(keeper, "", folder, on_paper=False)
    (mine,) = read(keeper, old).files
    assert mine.status == "refused" and mine.error.code == "round.sheet_old"
    assert (mine.error.facts["file"], mine.error.facts["name"]) == ("上季度.xlsx", row.name)
    text = tmp_path / "无标识.csv"
    current = next(each for each in folder.glob("*第3季度*.xlsx") if path.name.split("_")[1] in each.name)
    with text.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(rows_of(openpyxl.load_workbook(current).active))
    (plain,) = read(keeper, text).files
    assert plain.status == "unmarked" and plain.counts
    (believed,) = read(keeper, text, believe={text.name}).files
    assert believed.status == "ready"
    edit(current, cut_title)
    assert read(keeper, current).files[0].status == "ready", "the unseen property still tells"
    assert new["mark"] not in str(rows_of(openpyxl.load_workbook(current).active))


def test_a_village_handed_in_twice_is_said(keeper: Any, folder: Path) -> None:
    path, kit = sheet_at(keeper, folder)
    twin = path.with_name("再交一次.xlsx")
    shutil.copy(path, twin)
    found = read(keeper, path, twin)
    assert sorted(each.status for each in found.files) == ["ready", "twice"]
    edit(twin, lambda page: put(page, kit.code, "口哨", "无"))
    both = read(keeper, path, twin).files
    assert [each.status for each in both] == ["twice", "twice"] and both[0].other == twin.name
    assert both[0].error.code == "round.sheet_twice"


def test_it_stops_and_goes_on_and_is_taken_back(keeper: Any, folder: Path, open_desk: Any, town: str) -> None:
    files = sorted(folder.glob("*.xlsx"))
    found = read(keeper, files[0])
    done = keeper.runner.execute(found.command(found.files[0]))
    other = open_desk(town, "duty1")
    rest = read(other, folder)
    assert len(rest.files) == len(files) and not rest.missing
    for each in rest.ready:
        round_returns.record(other, rest, each)
    with keeper.read("real") as reader:
        state = round_reading.state(reader, rest.round.id)
    assert state.far.counted == state.far.expected and not state.far.open
    do(keeper, Undo(target=done.command))
    with keeper.read("real") as reader:
        assert round_reading.state(reader, rest.round.id).far.counted < state.far.expected


def test_settling_what_nobody_saw(keeper: Any) -> None:
    made = do(keeper, OpenRound(name="盘点"))["stock_round"]
    one, two, three, *_ = [each for each in pieces_of(keeper, kits_at(keeper)[0].id).values() if each.state == "issued"]
    do(keeper, SettleCounts(round=made, pieces=(one.id,), reason="找不到", found="missing"))
    do(keeper, SettleCounts(round=made, pieces=(two.id,), reason="在别处见到", apply=False))
    do(keeper, SettleCounts(round=made, pieces=(three.id,), reason="镜片裂", found="damaged"))
    with pytest.raises(RuleError):
        do(keeper, SettleCounts(round=made, pieces=(three.id,), reason="x"))
    with keeper.read("real") as reader:
        state = round_reading.state(reader, made)
    rows = {row.id: row for row in state.rows}
    assert [rows[each.id].standing for each in (one, two, three)] == ["settled"] * 3
    assert [rows[each.id].piece.state for each in (one, two, three)] == ["missing", "issued", "damaged"]
    check_books(keeper)


def test_the_result_leaves_as_a_table(keeper: Any, folder: Path, tmp_path: Path) -> None:
    path, kit = sheet_at(keeper, folder)
    edit(path, lambda page: put(page, kit.code, "口哨", "缺"))
    found = read(keeper, path)
    round_returns.record(keeper, found, found.files[0])
    made = round_reading.export_result(keeper, "", tmp_path / "结果.xlsx")
    book = openpyxl.load_workbook(made["file"])
    assert book.sheetnames[:2] == ["各村", "差异和未盘到"] and book["差异和未盘到"].max_row == made["rows"] + 1
