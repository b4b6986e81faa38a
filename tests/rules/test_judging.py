"""Judging a drill: from times, counts and marks to a score of scenario and unit; nobody is put in an order."""

import dataclasses
import inspect
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.rules import judging
from commandcenter.rules.drills import Drill, DrillMoment, DrillPerson
from commandcenter.rules.judging import clock_time, judge, judge_all, moment_at, score, times_of, total_minutes
from commandcenter.rules.scenarios import MOMENTS, Expectation

ZONE = ZoneInfo("Asia/Shanghai")
BEGUN = datetime(2025, 6, 12, 9, 5, tzinfo=ZONE)


def expectation(id: str = "e", **more: Any) -> Expectation:
    facts: dict[str, Any] = {"item": {}, "text": {}, "criterion": {}, "unit_of": {}, "points": 10}
    return Expectation(id=id, **facts | more)


def at(text: str) -> datetime:
    found = moment_at(text, BEGUN, ZONE)
    assert found is not None
    return found


def test_a_time_is_met_missed_or_open_with_what_was_measured() -> None:
    asked = expectation(judged="time", after="warned", step="called", within_s=300)
    for called, verdict, seconds, won in (
        ("0912", "met", 240, 10), ("0913", "met", 300, 10), ("0914", "missed", 360, 0),
    ):  # fmt: skip
        found = judge(asked, {"warned": at("0908"), "called": at(called)})
        assert (found.verdict, found.seconds, found.won) == (verdict, seconds, won)
    assert judge(asked, {"warned": at("0908")}).lacks == "called"
    swapped = judge(asked, {"warned": at("0908"), "called": at("0905")})
    assert (swapped.verdict, swapped.lacks, swapped.seconds) == ("open", "order", -180)


def test_counts_and_marks() -> None:
    count = expectation(judged="count", need=90)
    assert [judge(dataclasses.replace(count, value=value), {}).verdict for value in (None, 89.9, 90.0)] == [
        "open", "missed", "met",
    ]  # fmt: skip
    seen = expectation(judged="seen")
    assert judge(seen, {}).lacks == "mark"
    found = [judge(dataclasses.replace(seen, mark=mark), {}) for mark in (10.0, 7.5, 0.0, 99.0)]
    told = [(each.verdict, each.won) for each in found]
    assert told == [("met", 10), ("missed", 7.5), ("missed", 0), ("met", 10)]


def test_what_could_not_be_judged_lowers_no_score() -> None:
    asked = [
        expectation("a", position=1, judged="time", after="warned", step="called", within_s=300, points=30),
        expectation("b", position=2, judged="count", need=100, value=100.0, points=40),
        expectation("c", position=3, judged="seen", mark=20.0, points=30),
    ]
    found = score(judge_all(asked, {}), 80)
    assert (found.percent, found.passed, found.missed, found.unjudged) == (86, True, ("c",), ("a",))
    assert (found.won, found.judged, found.points) == (60, 70, 100)
    assert score((), 80).percent is None and score((), 80).passed is None


def test_a_drill_that_grows_late_ends_the_day_after() -> None:
    begun = datetime(2025, 12, 31, 23, 40, tzinfo=ZONE)
    end = moment_at("0020", begun, ZONE)
    assert end == datetime(2026, 1, 1, 0, 20, tzinfo=ZONE)
    assert moment_at("2335", begun, ZONE) == begun - timedelta(minutes=5)
    assert total_minutes({"started": begun, "ended": end}) == 40
    assert total_minutes({"started": begun, "evacuated": end}) == 40 and total_minutes({"started": begun}) is None


@pytest.mark.parametrize(
    "text", ["0905", "905", "9:05", "09:05", "9：05", "９：０５", "9.05", "9点05", "9时5分", "090500", " 905 "]
)
def test_a_clock_time_as_it_is_written(text: str) -> None:
    found = clock_time(text)
    assert found is not None and (found.hour, found.minute, found.second) == (9, 5, 0)


@pytest.mark.parametrize("text", ["", "9", "2460", "2401", "0961", "abc", "9:5:5:5", "1234567", "-905", "²²²²"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert clock_time(text) is None


@given(st.text(max_size=9))
def test_no_text_breaks_it(text: str) -> None:
    clock_time(text)


@given(st.integers(0, 1439), st.integers(-359, 1079))
def test_a_typed_moment_is_the_one_meant(start: int, later: int) -> None:
    """From six hours before to eighteen after, whichever side of midnight."""
    begun = datetime(2025, 6, 12, tzinfo=ZONE) + timedelta(minutes=start)
    meant = begun + timedelta(minutes=later)
    assert moment_at(f"{meant:%H%M}", begun, ZONE) == meant
    utc = moment_at(f"{meant:%H:%M}", begun.astimezone(UTC), ZONE)
    assert utc == meant and utc is not None and utc.tzinfo is UTC


def test_somebody_sees_his_own_times_and_nobody_elses() -> None:
    def person(id: str, of: str) -> DrillPerson:
        return DrillPerson(id=id, world="d", drill="d", person=of, name=of)

    def moment(id: str, of: str | None) -> DrillMoment:
        return DrillMoment(id=id, world="d", drill="d", moment="called", person=of, at=BEGUN)

    people = [person("p1", "w1"), person("p2", "w2")]
    moments = [moment("m1", "p1"), moment("m2", "p2"), moment("m3", None)]
    assert [each.id for each in judging.own_times(moments, people, "worker", "w1")] == ["m1"]
    assert judging.own_times(moments, people, "officer", "w1") == []
    assert list(times_of(Drill(id="d", world="d", title="", held_at=BEGUN), moments)) == ["called", "started"]


def test_no_function_scores_or_orders_persons() -> None:
    """A score knows expectations alone: no field of it, and no argument of what makes it, is a person."""
    assert not {field.name for field in dataclasses.fields(judging.Score)} & {"person", "persons", "name", "rank"}
    for name in ("judge", "judge_all", "score"):
        assert not [each for each in inspect.signature(getattr(judging, name)).parameters if "person" in each]
    assert set(MOMENTS) >= {"started", "ended"}
