"""Kits, stores and rounds as pure rules: places and gaps, balances, what to order, a short way round."""

import itertools
import random
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from commandcenter.base.ids import new_id
from commandcenter.rules import rounds
from commandcenter.rules.kits import Piece, gaps, needed, size_for, slots
from commandcenter.rules.routes import length, tour
from commandcenter.rules.stores import Article, StockMove, balances, first_due, is_loan, orders, out_of

TODAY = date(2025, 6, 30)
NOW = datetime(2025, 6, 30, tzinfo=UTC)


def article(code: str, place: int | None = None, **more: Any) -> Article:
    return Article(id=code, code=code, name=f"物{code}", category="kit", unit="件", kit_place=place, **more)


def piece(of: str, **more: Any) -> Piece:
    return Piece(**{"id": new_id(), "code": new_id(), "article": of, "kit": "k", "village": "v",
                    "issued_on": "2025-01-01", **more})  # fmt: skip


def move(kind: Any, amount: int, change: int, **more: Any) -> StockMove:
    given = {"id": new_id(), "occurred_at": NOW, "depot": "d", "article": "a", **more}
    return StockMove(kind=kind, amount=amount, change=change, **given)


# --- places and gaps ------------------------------------------------------------------------------------------------


def test_a_kit_has_as_many_places_as_articles_say_so() -> None:
    seven = [article(str(place), place) for place in range(7, 0, -1)]
    assert [each.code for each in needed(seven)] == list("1234567")
    eight = [*seven, article("8", 8), article("9"), replace(article("10", 10), active=False)]
    assert [each.code for each in needed(eight)] == list("12345678")


def test_a_place_without_a_good_piece_is_a_gap_and_says_why() -> None:
    articles = needed([article(str(place), place) for place in range(1, 7)])
    pieces = [
        piece("1"), piece("2", due_on="2025-06-30"), piece("3", state="expired"), piece("4", state="damaged"),
        piece("5", state="missing"), piece("6", state="written_off"),
    ]  # fmt: skip
    states = [each.state for each in slots(pieces, articles, TODAY)]
    assert states == ["good", "overdue", "expired", "damaged", "missing", "waiting"]
    assert [each.article.code for each in gaps(pieces, articles, TODAY)] == list("23456")
    assert gaps([*pieces, *(piece(code) for code in "23456")], articles, TODAY) == ()


def test_a_piece_is_overdue_from_its_day_on() -> None:
    articles = needed([article("1", 1)])
    assert slots([piece("1", due_on="2025-07-01")], articles, TODAY)[0].state == "good"
    assert slots([piece("1", due_on="2025-06-30")], articles, TODAY)[0].state == "overdue"
    assert slots([], articles, TODAY)[0].state == "waiting"


def test_the_size_is_found_among_what_somebody_wears() -> None:
    vest, boots = article("1", 1, sizes="S,M,L,XL"), article("2", 2, sizes="40,41,42")
    assert [size_for(each, "xl 42") for each in (vest, boots, article("3"))] == ["XL", "42", ""]
    assert size_for(vest, "XXL") is None and size_for(vest, "") is None and size_for(vest, "L/41") is None


# --- the ledger -------------------------------------------------------------------------------------------------------


def test_balances_count_what_is_not_struck() -> None:
    moves = [move("received", 10, 10), move("issued", 4, -4), move("returned", 4, 4, struck=True),
             move("received", 2, 2, size="L")]  # fmt: skip
    assert balances(moves) == {("d", "a", ""): 6, ("d", "a", "L"): 2}


def test_what_is_out_is_what_nobody_accounted_for() -> None:
    issue = move("issued", 10, -10, incident="i")
    back = [move("returned", 5, 5, of=issue.id), move("damaged", 2, 0, of=issue.id),
            move("lost", 1, 0, of=issue.id, struck=True)]  # fmt: skip
    assert is_loan(issue) and out_of(issue, [issue, *back, move("returned", 9, 9)]) == 3
    assert not is_loan(replace(issue, incident=None)) and not is_loan(replace(issue, pieces=True))


def test_orders_fill_gaps_first_and_then_the_minimum() -> None:
    vest, rope = article("v", 1, sizes="L,XL", minimum=5), article("r", minimum=10)
    found = orders([vest, rope, article("o")], {("v", "L"): 7, ("v", "XL"): 1, ("r", ""): 4},
                   {("v", "L"): 3, ("v", "XL"): 4})  # fmt: skip
    assert {(each.article, each.size): (each.below, each.gaps) for each in found} == {
        ("v", ""): (1, 0), ("v", "XL"): (0, 3), ("r", ""): (6, 0),
    }  # fmt: skip
    assert orders([rope], {("r", ""): 10}, {}) == ()


# --- rounds -----------------------------------------------------------------------------------------------------------


def count(found: Any, **more: Any) -> rounds.RoundCount:
    return rounds.RoundCount(id="c", round="r", piece="p", found=found, counted_at=NOW, **more)


def test_a_difference_waits_until_it_has_its_reason() -> None:
    there, worn = piece("1"), piece("1", state="expired")
    assert rounds.differs(count("missing"), there) and not rounds.differs(count("issued"), worn)
    assert rounds.is_open(count("missing"), there) and not rounds.is_open(count("missing", settled="丢了"), there)


def test_progress_counts_what_is_out() -> None:
    here, lost, gone = piece("1"), piece("1"), piece("1", state="written_off")
    counts = {here.id: count("issued"), lost.id: count("missing")}
    assert rounds.progress([here, lost, gone, piece("1")], counts) == rounds.Progress(3, 2, 1)


def test_marks_of_rounds_are_short_and_differ() -> None:
    marks = {rounds.mark_of(new_id()) for _ in range(200)}
    assert len(marks) == 200 and {len(each) for each in marks} == {6}
    assert rounds.count_id("a", "b") == rounds.count_id("a", "b") != rounds.count_id("b", "a")


# --- a short way ------------------------------------------------------------------------------------------------------

POINTS = st.lists(st.tuples(st.floats(105, 106), st.floats(30, 31)), max_size=8)


@given(places=POINTS)
def test_a_tour_visits_every_place_once_and_is_no_longer_than_as_they_stand(places: list[Any]) -> None:
    order = tour((105.5, 30.5), places)
    assert sorted(order) == list(range(len(places)))
    nearest_kept = length((105.5, 30.5), [places[each] for each in order])
    assert nearest_kept <= length((105.5, 30.5), places) * 1.3 + 1e-6


def test_a_tour_round_a_circle_has_no_crossing_and_unknown_places_come_last() -> None:
    import math

    circle = [(105 + math.cos(turn / 10 * math.tau) / 50, 30 + math.sin(turn / 10 * math.tau) / 50)
              for turn in range(10)]  # fmt: skip
    places: list[Any] = [*circle, None]
    random.Random(1).shuffle(places)
    order = tour((105.0, 30.0), places)
    assert places[order[-1]] is None
    turns = [circle.index(places[each]) for each in order[:-1]]
    assert all((one - other) % 10 in (1, 9) for one, other in itertools.pairwise(turns))


def test_what_falls_due_first_is_taken_first() -> None:
    batches = [("2025-01-01", 10), ("2026-01-01", 20), ("2027-01-01", 5)]
    found = [first_due(there, batches) for there in (40, 35, 26, 25, 6, 5, 1, 0, -3)]
    assert found == ["2025-01-01", "2025-01-01", "2025-01-01", "2026-01-01", "2026-01-01", "2027-01-01", "2027-01-01",
                     None, None]  # fmt: skip
    assert first_due(9, []) is None
