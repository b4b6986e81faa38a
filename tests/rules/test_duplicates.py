"""Possible duplicates of a report that is being typed."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from commandcenter.rules.duplicates import DraftFacts, similar
from commandcenter.rules.incidents import Incident

NOW = datetime(2025, 6, 30, 12, tzinfo=UTC)


def _incident(id: str, *, minutes: float = 10, **fields: Any) -> Incident:
    given: dict[str, Any] = {
        "village": "v1",
        "grid": "g1",
        "category": "emergency",
        "urgency": "critical",
        "text": "厨房冒烟有明火",
    }
    return Incident(id=id, opened_at=NOW - timedelta(minutes=minutes), **(given | fields))


def _draft(**fields: Any) -> DraftFacts:
    given: dict[str, Any] = {
        "grid": "g1",
        "village": "v1",
        "category": "emergency",
        "text": "厨房冒烟",
        "caller_phone": None,
        "now": NOW,
    }
    return DraftFacts(**(given | fields))


def test_same_place_kind_and_words() -> None:
    (match,) = similar(_draft(), [_incident("i1")])
    assert match.incident == "i1"
    assert match.reasons == ("same_grid", "same_category", "same_words", "recent")
    assert match.score >= 6


def test_another_village_is_no_duplicate() -> None:
    assert similar(_draft(), [_incident("i1", village="v2", grid="g9")]) == []


def test_a_near_grid_and_alike_words_are() -> None:
    (match,) = similar(_draft(near=("g2",)), [_incident("i1", grid="g2")])
    assert "near_grid" in match.reasons


def test_the_same_caller_from_anywhere() -> None:
    known = _incident(
        "i1", village="v2", grid="g9", category="dispute", text="邻里吵架", caller_phone="13800001234"
    )
    (match,) = similar(_draft(caller_phone="+86 138-0000-1234"), [known])
    assert match.reasons[0] == "same_caller"


def test_same_village_alone_is_not_enough() -> None:
    assert similar(_draft(text=""), [_incident("i1", grid="g5", category="dispute")]) == []


def test_old_reports_need_the_caller_or_the_words() -> None:
    old = _incident("i1", minutes=10 * 60)
    assert similar(_draft(text="井盖丢失"), [old]) == []
    assert similar(_draft(), [old])
    assert similar(_draft(), [_incident("i1", minutes=25 * 60)]) == []


def test_masked_texts_take_no_part() -> None:
    (match,) = similar(_draft(text="•••"), [_incident("i1", text="•••")])
    assert "same_words" not in match.reasons
    assert similar(_draft(), [_incident("i1", text=None)])


def test_likeliest_first_and_not_too_many() -> None:
    known = [_incident(f"i{n}", grid="g1" if n == 7 else "g2") for n in range(20)]
    found = similar(_draft(near=("g2",)), known)
    assert found[0].incident == "i7"
    assert len(found) == 5
    assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)


def test_before_anything_is_typed() -> None:
    nothing = DraftFacts(grid=None, village=None, category=None, text="", caller_phone=None, now=NOW)
    assert similar(nothing, [_incident("i1", grid=None, village=None)]) == []


def test_five_hundred_open_incidents(capsys: pytest.CaptureFixture[str]) -> None:
    """Prints the time; it fails only where something is wrong by an order of magnitude."""
    known = [_incident(str(n), text=f"{n}号厨房冒烟有明火，楼上有老人，需要帮助疏散群众") for n in range(500)]
    draft = _draft(text="厨房冒烟，有老人在楼上没有下来，旁边是煤气罐", caller_phone="13800001234")
    started = time.perf_counter()
    similar(draft, known)
    took = time.perf_counter() - started
    with capsys.disabled():
        print(f"\n500 incidents compared in {took * 1000:.1f} ms")
    assert took < 0.1
