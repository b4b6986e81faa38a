"""Days as people write them, free days, and lots that anybody can draw again."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.rules.clashes import Habits, clashes
from commandcenter.rules.days import day_from, free_days, time_from, working_days
from commandcenter.rules.drills import DayMark, Drill
from commandcenter.rules.lots import draw, drawn_in
from commandcenter.rules.stores import Article
from commandcenter.rules.supplies import Supplies

TODAY = date(2025, 6, 30)
NOTHING = Supplies({}, {}, {})
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-06-12", date(2026, 6, 12)), ("2026.6.12", date(2026, 6, 12)), ("2026年6月12日", date(2026, 6, 12)),
        ("20260612", date(2026, 6, 12)), ("7-3", date(2025, 7, 3)), ("6-12", date(2026, 6, 12)),
        ("6月30日", TODAY), ("0703", date(2025, 7, 3)), ("12", date(2025, 7, 12)), ("30", TODAY),
        ("+7", date(2025, 7, 7)), ("＋1", date(2025, 7, 1)), ("13-40", None), ("soon", None), ("", None),
    ],
)  # fmt: skip
def test_days_to_come_as_people_write_them(text: str, day: date | None) -> None:
    assert day_from(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "at"),
    [("9:30", time(9, 30)), ("09：30", time(9, 30)), ("0930", time(9, 30)), ("9", time(9)), ("14点", time(14)),
     ("24", None), ("9:75", None), ("noon", None)],
)  # fmt: skip
def test_times_as_people_write_them(text: str, at: time | None) -> None:
    assert time_from(text) == at


def drill(id: str, day: date | None, **more: object) -> Drill:
    starts = datetime.combine(day, time(9), ZONE).astimezone(UTC) if day else None
    return Drill(id=id, world=id, title=id, starts_at=starts, **more)  # type: ignore[arg-type]


def test_a_free_day_is_a_working_day_without_a_clash() -> None:
    marks = [
        DayMark(id="m", kind="market", days="1,4,7"),
        DayMark(id="h", kind="holiday", first_day="2025-07-02", last_day="2025-07-03"),
    ]
    others = [drill("other", date(2025, 7, 14), village="v", trainer="t")]
    days = working_days(date(2025, 7, 1), date(2025, 7, 31), marks)
    draft = drill("", None, village="v", trainer="t")
    found = [each.date() for each in free_days(draft, time(9), days, others, [], marks, Habits(), ZONE, NOTHING)]
    # 1, 4, 11, 14, 17 … are market days, 2 and 3 a holiday, from 8 to 20 another drill of the village is too near.
    assert found == [date(2025, 7, day) for day in (22, 23, 25, 28, 29, 30)]
    assert all(not clashes(replace(draft, starts_at=datetime.combine(day, time(9), ZONE)), others, [], marks,
                           Habits(), ZONE, NOTHING) for day in found)  # fmt: skip


def test_a_day_is_free_where_only_what_no_day_mends_speaks_against_it() -> None:
    jacket = Article(id="j", code="F03", name="救生衣", category="flood", unit="件")
    supplies = Supplies({"j": jacket}, {"j": 15}, {"islet": {("j",): 20}, "flood": {("j",): 10}})
    others = [drill("other", date(2025, 7, 1), scenario="flood")]
    days = [date(2025, 7, 1), date(2025, 7, 2)]

    def free(scenario: str) -> list[int]:
        draft = drill("", None, scenario=scenario)
        found = free_days(draft, time(9), days, others, [], [], Habits(), ZONE, supplies)
        return [each.day for each in found]

    assert free("flood") == [2] and free("islet") == [1, 2]


PLACES = st.lists(st.sampled_from([f"99910110020{n}" for n in range(10)]), max_size=12)
DAYS = st.lists(st.integers(0, 40).map(lambda step: TODAY + timedelta(days=step)), max_size=20)


@given(
    seed=st.text(max_size=12), places=PLACES, taken=PLACES, days=DAYS, bad=st.sets(st.integers(0, 6)),
    order=st.randoms(),
)  # fmt: skip
def test_the_same_seed_and_inputs_give_the_same_draw(
    seed: str, places: list[str], taken: list[str], days: list[date], bad: set[int], order: object
) -> None:
    def suits(place: str, day: date) -> bool:
        return day.weekday() not in bad

    lot = draw(seed, places, taken, days, suits)
    mixed, later = list(places), list(days)
    order.shuffle(mixed)  # type: ignore[attr-defined]
    order.shuffle(later)  # type: ignore[attr-defined]
    assert draw(seed, mixed, set(taken), later, suits) == lot
    fitting = [day for day in days if day.weekday() not in bad]
    if lot is None:
        assert not set(places) - set(taken) or not fitting
    else:
        assert lot.place in places and lot.place not in taken and lot.day in fitting


def test_every_place_is_drawn_by_some_seed() -> None:
    places = [f"p{n}" for n in range(14)]
    drawn = [draw(str(seed), places, (), [TODAY], lambda place, day: True) for seed in range(600)]
    counts = {place: sum(1 for each in drawn if each and each.place == place) for place in places}
    assert min(counts.values()) > 600 / 14 / 2 and max(counts.values()) < 600 / 14 * 2


def test_a_place_without_a_day_is_passed_over() -> None:
    for seed in range(20):
        lot = draw(str(seed), ["full", "free"], (), [TODAY], lambda place, day: place == "free")
        assert lot is not None and lot.place == "free"


def test_what_was_drawn_this_season_is_taken_unless_it_was_called_off() -> None:
    drills = [
        drill("a", date(2025, 7, 1), grid="g1", village="v1", origin="drawn"),
        drill("b", date(2025, 12, 31), village="v2", origin="drawn", state="held"),
        drill("c", date(2026, 1, 1), grid="g3", origin="drawn"),
        drill("d", date(2025, 7, 2), grid="g4", origin="drawn", state="cancelled"),
        drill("e", date(2025, 7, 2), grid="g5"),
    ]
    assert drawn_in(drills, 2025, ZONE) == {"g1", "v2"} and drawn_in(drills, 2026, ZONE) == {"g3"}
