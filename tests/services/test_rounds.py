"""Stock rounds: counted by two at once and in several sittings, differences settled with reasons, closed."""

from collections.abc import Callable
from typing import Any

import pytest

from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import BadInput, Refused, RuleError
from commandcenter.services import round_reading
from commandcenter.services.pieces import WriteOffPiece
from commandcenter.services.rounds import CloseRound, Count, OpenRound, RecordCounts, SettleCounts
from commandcenter.services.undo import Undo
from tests.services.stores_made import check_books, do, kits_at, one, pieces_of, some
from tests.storage import stream


@pytest.fixture
def keeper(town: str, open_desk: Callable[..., Any]) -> Any:
    """The storekeeper's session, on each engine in turn."""
    return open_desk(town, "quartermaster", ManualClock(stream.EVENING))


def some_pieces(session: Any) -> list[Any]:
    return [each for each in pieces_of(session, kits_at(session)[0].id).values() if each.state == "issued"]


def left_of(session: Any, round: str) -> str:
    with session.read("real") as reader:
        return round_reading.state(reader, round).left


def test_a_round_is_counted_settled_and_closed(keeper: Any, town: str, open_desk: Callable[..., Any]) -> None:
    made = do(keeper, OpenRound(name="2025年第2季度盘点"))
    one_, two, three, *_ = some_pieces(keeper)
    told = do(keeper, RecordCounts(round=made["mark"], source="scan", counts=(
        Count(one_.code.lower()), Count(two.id, "missing"), Count("P-999999"), Count(two.code, "missing", "找遍了"),
    )))  # fmt: skip
    assert (told["counted"], told["unknown"], told["differences"]) == (2, ["P-999999"], [two.code])
    other = open_desk(town, "duty1")
    again = do(other, RecordCounts(round=made["number"], counts=(Count(one_.id), Count(three.id, "damaged"))))
    assert again["again"] == [one_.code] and again["changed"] == 1
    assert len(some(keeper, "round_count", round=made["stock_round"])) == 3
    with pytest.raises(RuleError) as caught:
        do(keeper, CloseRound(round=made["stock_round"]))
    assert caught.value.code == "round.differences"
    settle = keeper.runner.execute(SettleCounts(round=made["mark"], pieces=(two.code,), reason="确认遗失"))
    do(keeper, SettleCounts(round=made["mark"], pieces=(three.id,), reason="看错，完好", apply=False))
    assert [one(keeper, "piece", each.id).state for each in (two, three)] == ["missing", "issued"]
    with pytest.raises(RuleError) as left:
        do(keeper, CloseRound(round=made["stock_round"]))
    assert left.value.code == "round.uncounted"
    with pytest.raises(BadInput) as unsaid:
        do(keeper, CloseRound(round=made["stock_round"], leave_uncounted=True, reason=" "))
    assert (unsaid.value.code, unsaid.value.facts["field"]) == ("stock.reason_needed", "reason")
    assert left_of(keeper, made["stock_round"]) == ""
    closed = keeper.runner.execute(CloseRound(round=made["stock_round"], leave_uncounted=True, reason="山洪断路"))
    assert left_of(keeper, made["stock_round"]) == left_of(other, made["stock_round"]) == "山洪断路"
    viewer = open_desk(town, "viewer")
    assert left_of(viewer, made["stock_round"]) not in ("", "山洪断路")
    with pytest.raises(RuleError) as late:
        do(keeper, RecordCounts(round=made["mark"], counts=(Count(one_.id),)))
    assert late.value.code == "round.closed"
    do(keeper, Undo(target=closed.command))
    assert left_of(keeper, made["stock_round"]) == ""
    do(keeper, Undo(target=settle.command))
    assert one(keeper, "piece", two.id).state == "issued"
    check_books(keeper)


def test_what_a_round_refuses(keeper: Any) -> None:
    with pytest.raises(BadInput) as empty:
        do(keeper, OpenRound(name=" "))
    assert empty.value.code == "round.name_empty"
    made = do(keeper, OpenRound(name="盘点"))["stock_round"]
    here, gone, *_ = some_pieces(keeper)
    do(keeper, WriteOffPiece(piece=gone.id, reason="损毁"))
    do(keeper, RecordCounts(round=made, counts=(Count(here.id),)))
    tries: list[tuple[Any, str]] = [
        (OpenRound(name="盘点"), "round.name_taken"), (RecordCounts(round=made, counts=()), "round.how_many"),
        (RecordCounts(round=made, counts=(Count("x"),)), "round.piece_unknown"),
        (RecordCounts(round=made, counts=(Count(gone.code),)), "round.piece_unknown"),
        (RecordCounts(round="NIX", counts=(Count(here.id),)), "unknown"),
        (SettleCounts(round=made, pieces=(here.id,), reason="x"), "round.no_difference"),
        (SettleCounts(round=made, pieces=(here.id,), reason=""), "stock.reason_needed"),
    ]
    for command, code in tries:
        with pytest.raises(Refused) as caught:
            do(keeper, command)
        assert caught.value.code == code, command
    told = do(keeper, RecordCounts(round=made, counts=(Count(here.id, "missing"), Count(gone.id))))
    assert told["gone"] == [gone.code]
    do(keeper, SettleCounts(round=made, pieces=(here.id,), reason="借出", apply=False))
    with pytest.raises(RuleError) as twice:
        do(keeper, SettleCounts(round=made, pieces=(here.id,), reason="借出", apply=False))
    assert twice.value.code == "round.settled_already"
