"""Depots and their ledger: what comes, goes and returns; what is refused, and that two desks never take one piece."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import BadInput, NotAllowed, Refused, RuleError
from commandcenter.base.ids import new_id
from commandcenter.rules.masks import HIDDEN
from commandcenter.services import databases, export_stores, exporting, store_reading
from commandcenter.services.articles import AddArticle, AddDepot, EditArticle, EditDepot, RetireArticle, RetireDepot
from commandcenter.services.drills import PlanDrill
from commandcenter.services.households import AddHousehold
from commandcenter.services.incidents import OpenIncident
from commandcenter.services.privacy import ErasePerson
from commandcenter.services.stock import Line
from commandcenter.services.stores import (
    CountStock,
    IssueStock,
    LoseStock,
    MoveStock,
    ReceiveStock,
    ReturnStock,
    WriteOffStock,
)
from commandcenter.services.undo import Undo
from commandcenter.storage.tables import change_log, command
from tests.services.stores_made import TODAY, article, check_books, depot, do, one, some, stock
from tests.storage import stream


@pytest.fixture
def keeper(town: str, open_desk: Callable[..., Any]) -> Any:
    """The storekeeper's session, on each engine in turn."""
    return open_desk(town, "quartermaster", ManualClock(stream.EVENING))


def sacks(session: Any, amount: int = 100) -> str:
    """A depot with so many sacks."""
    at = depot(session)
    do(session, ReceiveStock(depot=at, lines=(Line("F01", amount),), source="县水利局"))
    return at


def incident(session: Any, url: str, open_desk: Callable[..., Any]) -> str:
    made = do(open_desk(url), OpenIncident(category="hazard", urgency="urgent", text="水漫过路"))
    return str(made["incident"])


def test_what_goes_to_an_incident_is_out_until_it_is_accounted_for(
    town: str, keeper: Any, open_desk: Callable[..., Any]
) -> None:
    at, to = sacks(keeper), incident(keeper, town, open_desk)
    issue = do(keeper, IssueStock(depot=at, lines=(Line("F01", 80),), incident=to, taken_by="蒲国富"))["moves"][0]
    assert stock(keeper, at, "F01") == 20
    told = do(keeper, ReturnStock(move=issue, good=30, damaged=5, used=40, reason="划破"))
    assert told["out"] == 5 and stock(keeper, at, "F01") == 50
    with keeper.read("real") as reader:
        assert [each.out for each in store_reading.loans(reader, incident=to)] == [5]
    with pytest.raises(RuleError) as caught:
        do(keeper, ReturnStock(move=issue, good=6))
    assert caught.value.code == "stock.more_than_out" and caught.value.facts["out"] == 5
    do(keeper, ReturnStock(move=issue, lost=5, reason="被冲走"))
    with keeper.read("real") as reader:
        assert store_reading.loans(reader, incident=to) == []
        lines = store_reading.ledger(reader, depot=at)
    assert [(each.move.kind, each.left) for each in reversed(lines) if each.move.change] == [
        ("received", 100), ("issued", 20), ("returned", 50)
    ]  # fmt: skip
    check_books(keeper)


def test_never_below_zero_without_a_named_reason(keeper: Any) -> None:
    at = sacks(keeper, 10)
    more = IssueStock(depot=at, lines=(Line("F01", 11),), other="供电所")
    with pytest.raises(RuleError) as caught:
        do(keeper, more)
    assert caught.value.code == "stock.short" and caught.value.facts["there"] == 10
    named = IssueStock(depot=at, lines=(Line("F01", 11),), other="供电所", override_reason="入库单未到")
    id = do(keeper, named)["moves"][0]
    assert one(keeper, "stock_move", id).override == "入库单未到" and stock(keeper, at, "F01") == -1
    do(keeper, ReceiveStock(depot=at, lines=(Line("F01", 5),)))
    assert stock(keeper, at, "F01") == 4


def test_counting_sets_the_balance_and_asks_for_a_reason(keeper: Any) -> None:
    at = sacks(keeper, 10)
    with pytest.raises(BadInput) as caught:
        do(keeper, CountStock(depot=at, lines=(Line("F01", 7),)))
    assert caught.value.code == "stock.reason_needed"
    assert do(keeper, CountStock(depot=at, lines=(Line("F01", 7),), reason="少三条"))["differences"] == 1
    assert do(keeper, CountStock(depot=at, lines=(Line("F01", 7),)))["differences"] == 0
    assert stock(keeper, at, "F01") == 7
    do(keeper, LoseStock(depot=at, lines=(Line("F01", 2),), reason="被盗"))
    do(keeper, WriteOffStock(depot=at, lines=(Line("F01", 1),), reason="发脆", damaged=True))
    assert stock(keeper, at, "F01") == 4
    check_books(keeper)


def test_what_moves_between_depots_is_one_matter(keeper: Any) -> None:
    at, to = sacks(keeper, 10), depot(keeper, "另一库")
    moved = keeper.runner.execute(MoveStock(depot=at, to=to, lines=(Line("F01", 4),)))
    assert (stock(keeper, at, "F01"), stock(keeper, to, "F01")) == (6, 4)
    do(keeper, Undo(target=moved.command))
    assert (stock(keeper, at, "F01"), stock(keeper, to, "F01")) == (10, 0)


def test_an_undo_strikes_lines_and_never_takes_a_depot_below_zero(keeper: Any) -> None:
    at = depot(keeper)
    came = keeper.runner.execute(ReceiveStock(depot=at, lines=(Line("F01", 10),)))
    left = keeper.runner.execute(IssueStock(depot=at, lines=(Line("F01", 8),), other="供电所"))
    with pytest.raises(RuleError) as caught:
        do(keeper, Undo(target=came.command))
    assert caught.value.code == "stock.undo_below_zero" and caught.value.facts["there"] == 2
    do(keeper, Undo(target=left.command))
    undone = keeper.runner.execute(Undo(target=came.command))
    assert stock(keeper, at, "F01") == 0 and all(each.struck for each in some(keeper, "stock_move", depot=at))
    with pytest.raises(RuleError):
        do(keeper, IssueStock(depot=at, lines=(Line("F01", 1),), other="供电所"))
    do(keeper, Undo(target=undone.command))
    assert stock(keeper, at, "F01") == 10


def test_an_issue_that_was_accounted_for_is_not_undone(
    town: str, keeper: Any, open_desk: Callable[..., Any]
) -> None:
    at, to = sacks(keeper), incident(keeper, town, open_desk)
    issue = keeper.runner.execute(IssueStock(depot=at, lines=(Line("F01", 8),), incident=to))
    back = keeper.runner.execute(ReturnStock(move=issue.value["moves"][0], good=8))
    with pytest.raises(RuleError) as caught:
        do(keeper, Undo(target=issue.command))
    assert caught.value.code == "stock.undo_settled" and caught.value.facts["who"]
    undone = keeper.runner.execute(Undo(target=back.command))
    do(keeper, ReturnStock(move=issue.value["moves"][0], good=8))
    with pytest.raises(RuleError):
        do(keeper, Undo(target=undone.command))
    check_books(keeper)


def test_a_drill_takes_from_what_is_there_and_nothing_real_sees_it(
    town: str, keeper: Any, open_desk: Callable[..., Any]
) -> None:
    at = sacks(keeper, 10)
    planner = open_desk(town, "administrator")
    drill = do(planner, PlanDrill(scenario="landslide", title="演练"))["drill"]
    lent = IssueStock(depot=at, lines=(Line("F01", 6),), drill=drill)
    with pytest.raises(BadInput):
        do(planner, lent)
    do(planner, lent, world=drill)
    assert stock(planner, at, "F01") == 10
    with planner.read(drill) as reader:
        row = next(each for each in store_reading.stores(reader, TODAY).rows if each.article.code == "F01")
        assert row.at(at) == 4 and [each.out for each in store_reading.loans(reader)] == [6]
    with pytest.raises(RuleError):
        do(planner, IssueStock(depot=at, lines=(Line("F01", 5),), drill=drill), world=drill)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"lines": ()}, "stock.no_lines"), ({"lines": (Line("F01", 0),)}, "stock.amount"),
        ({"lines": (Line("F01", 10**9),)}, "stock.amount"), ({"lines": (Line("NIX", 1),)}, "stock.article_unknown"),
        ({"lines": (Line("K02", 1),)}, "stock.size"), ({"lines": (Line("F01", 1, "L"),)}, "stock.size"),
        ({"lines": (Line("F01", 1), Line("F01", 2))}, "stock.line_twice"),
        ({"lines": (Line("F01", 1, "", "30 June"),)}, "stock.day"), ({"depot": "nowhere"}, "stock.depot_unknown"),
        ({"reason": "长" * 201}, "stock.reason_long"),
    ],
)  # fmt: skip
def test_what_cannot_be_received(keeper: Any, given: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as caught:
        do(keeper, ReceiveStock(**{"depot": depot(keeper), "lines": (Line("F01", 1),), **given}))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "stock.party"), ({"other": "甲", "village": "999101100201"}, "stock.party"),
        ({"incident": new_id()}, "unknown"), ({"village": "nowhere"}, "edit.village_unknown"),
        ({"drill": new_id()}, "stock.drill_world"),
    ],
)  # fmt: skip
def test_who_gets_it_is_one(keeper: Any, given: dict[str, Any], code: str) -> None:
    at = sacks(keeper)
    with pytest.raises(BadInput) as caught:
        do(keeper, IssueStock(depot=at, lines=(Line("F01", 1),), **given))
    assert caught.value.code == code


def test_what_cannot_be_returned(keeper: Any) -> None:
    at = sacks(keeper)
    came = some(keeper, "stock_move", depot=at)[0]
    issue = do(keeper, IssueStock(depot=at, lines=(Line("F01", 9),), village="999101100201"))["moves"][0]
    for given, code in (
        ({"move": came.id, "good": 1}, "stock.no_issue"), ({"move": issue}, "stock.nothing_back"),
        ({"move": issue, "good": -1}, "stock.nothing_back"), ({"move": issue, "lost": 1}, "stock.reason_needed"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as caught:
            do(keeper, ReturnStock(**given))
        assert caught.value.code == code
    with pytest.raises(BadInput) as same:
        do(keeper, MoveStock(depot=at, to=at, lines=(Line("F01", 1),)))
    assert same.value.code == "stock.same_depot"


# --- the catalogue ----------------------------------------------------------------------------------------------------


def test_articles_are_kept_and_checked(keeper: Any) -> None:
    made = do(keeper, AddArticle(code="B01", name="雨衣", category="flood", unit="件", sizes=" s、M / l "))["article"]
    assert one(keeper, "article", made).sizes == "S,M,L"
    new: dict[str, Any] = {"code": "B02", "name": "雨靴", "category": "flood", "unit": "双"}
    for given, code in (
        ({"code": "B01"}, "article.code_taken"), ({"code": "B 2"}, "article.code"),
        ({"name": " "}, "article.name_empty"),
        ({"unit": ""}, "article.unit_empty"), ({"category": "x"}, "article.category"),
        ({"minimum": -1}, "article.number"), ({"life_months": 0}, "article.number"),
        ({"kit_place": 4}, "article.place_taken"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as caught:
            do(keeper, AddArticle(**{**new, **given}))
        assert caught.value.code == code
    do(keeper, EditArticle(article=made, changed={"minimum": 5}, was={"minimum": None}))
    with pytest.raises(Refused) as conflict:
        do(keeper, EditArticle(article=made, changed={"minimum": 9}, was={"minimum": 4}))
    assert conflict.value.code == "article.conflict"
    at = depot(keeper)
    do(keeper, ReceiveStock(depot=at, lines=(Line("B01", 2, "M"),)))
    with pytest.raises(RuleError) as held:
        do(keeper, RetireArticle(article=made))
    assert held.value.code == "article.has_stock"
    do(keeper, WriteOffStock(depot=at, lines=(Line("B01", 2, "M"),), reason="发霉"))
    do(keeper, RetireArticle(article=made))
    with pytest.raises(RuleError):
        do(keeper, ReceiveStock(depot=at, lines=(Line("B01", 2, "M"),)))


def test_depots_are_kept_and_closed_when_they_are_empty(keeper: Any, town: str, open_desk: Callable[..., Any]) -> None:
    at = sacks(keeper)
    with pytest.raises(BadInput) as caught:
        do(keeper, AddDepot(name="测试库"))
    assert caught.value.code == "depot.name_taken"
    do(keeper, EditDepot(depot=at, changed={"phone": "154 0000 0001"}, was={"phone": None}))
    assert one(open_desk(town), "depot", at).phone == "15400000001"
    assert one(open_desk(town, "viewer"), "depot", at).phone not in (None, "15400000001")
    with pytest.raises(RuleError) as held:
        do(keeper, RetireDepot(depot=at))
    assert held.value.code == "depot.has_stock"
    do(keeper, CountStock(depot=at, lines=(Line("F01", 0),), reason="清库"))
    do(keeper, RetireDepot(depot=at))
    with pytest.raises(RuleError):
        do(keeper, ReceiveStock(depot=at, lines=(Line("F01", 1),)))
    with pytest.raises(NotAllowed):
        do(open_desk(town, "viewer"), AddDepot(name="别库"))


def test_orders_cover_minimum_and_gaps(keeper: Any) -> None:
    at = depot(keeper)
    do(keeper, AddArticle(code="B03", name="绳", category="rescue", unit="根", minimum=10))
    do(keeper, ReceiveStock(depot=at, lines=(Line("B03", 4),)))
    with keeper.read("real") as reader:
        row = next(each for each in store_reading.stores(reader, TODAY).rows if each.article.code == "B03")
    assert row.is_low and [(each.below, each.gaps) for each in row.order] == [(6, 0)]


# --- two writers --------------------------------------------------------------------------------------------------


def test_two_desks_never_take_the_last_piece_both(town: str, keeper: Any, open_desk: Callable[..., Any]) -> None:
    at = depot(keeper)
    do(keeper, ReceiveStock(depot=at, lines=(Line("F01", 20),)))
    taken: list[str] = []

    def take(account: str) -> None:
        session = open_desk(town, account)
        for _ in range(15):
            try:
                taken.extend(do(session, IssueStock(depot=at, lines=(Line("F01", 1),), other=account))["moves"])
            except RuleError as refused:
                assert refused.code == "stock.short"

    threads = [threading.Thread(target=take, args=(account,)) for account in ("duty1", "duty2")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(taken) == 20 and stock(keeper, at, "F01") == 0
    assert article(keeper, "F01").active


@pytest.mark.parametrize("what", ["articles", "stock_moves", "pieces"])
def test_the_lists_go_out_as_tables(keeper: Any, tmp_path: Path, what: str) -> None:
    at = sacks(keeper, 7)
    do(keeper, Undo(target=keeper.runner.execute(LoseStock(depot=at, lines=(Line("F01", 1),), reason="错")).command))
    made = exporting.export(keeper, what, tmp_path / "表.xlsx")
    rows = list(load_workbook(tmp_path / "表.xlsx").worksheets[0].iter_rows(values_only=True))
    assert len(rows) == made.rows + 1 and rows[1][0] == 1
    if what == "stock_moves":
        assert rows[-1][2:8] == ("入库", "测试库", "编织袋", None, 7, 7)
    elif what == "pieces":
        assert {row[8] for row in rows[1:]} <= set(export_stores.STATES.values()) and rows[1][4].startswith("K-")


def test_what_somebody_wrote_is_masked_erased_and_still_counts(
    town: str, keeper: Any, open_desk: Callable[..., Any]
) -> None:
    """Reasons may name a resident; the ledger's numbers do not depend on them."""
    at = sacks(keeper, 10)
    do(keeper, LoseStock(depot=at, lines=(Line("F01", 2),), reason="借给岳德海未还"))
    (lost,) = some(keeper, "stock_move", depot=at, kind="lost")
    assert lost.reason == "借给岳德海未还"
    assert one(open_desk(town, "viewer"), "stock_move", lost.id).reason == HIDDEN
    assert one(open_desk(town, "trainer"), "stock_move", lost.id).reason == HIDDEN
    admin = open_desk(town, "administrator")
    home = do(admin, AddHousehold(head="岳德海", grid="999101100201001"))["household"]
    with pytest.raises(RuleError) as undecided:
        do(admin, ErasePerson(entity="household", subject=home, reason="去世"))
    keys = tuple(undecided.value.facts["texts"])
    do(admin, ErasePerson(entity="household", subject=home, reason="去世", redact=keys))
    assert "岳德海" not in one(keeper, "stock_move", lost.id).reason and stock(keeper, at, "F01") == 8
    with admin.database.read() as connection:
        log = [str(row) for row in connection.execute(select(change_log.c.after))]
        said = [str(row) for row in connection.execute(select(command.c.payload))]
    assert not any("岳德海" in each for each in (*log, *said))
    assert databases.check(admin.database).sound


def test_dates_follow_what_is_left_and_an_issue_is_out_until_accounted_for(
    town: str, keeper: Any, open_desk: Callable[..., Any]
) -> None:
    at, to = depot(keeper), incident(keeper, town, open_desk)
    made = do(keeper, AddArticle(code="X7", name="饮用水", category="living", unit="箱"))["article"]
    do(keeper, ReceiveStock(depot=at, lines=(Line("X7", 10, due_on="2025-07-01"), Line("X7", 20, due_on="2026-07-01"))))

    def due() -> str | None:
        with keeper.read("real") as reader:
            return next(each.due for each in store_reading.stores(reader, TODAY).rows if each.article.id == made)

    assert due() == "2025-07-01"
    issue = do(keeper, IssueStock(depot=at, lines=(Line("X7", 12),), incident=to))
    assert due() == "2026-07-01"
    with keeper.read("real") as reader:
        loan = store_reading.loan(reader, issue["moves"][0])
        assert loan is not None and loan.out == 12 and loan.party == one(keeper, "incident", to).number
    do(keeper, ReturnStock(move=issue["moves"][0], used=12))
    with keeper.read("real") as reader:
        assert store_reading.loan(reader, issue["moves"][0]) is None and store_reading.loan(reader, "no") is None
