"""Last year's drills in this year's weeks."""

from datetime import date

import pytest

from commandcenter.rules.copying import Past, copies, same_week
from commandcenter.rules.drills import DayMark
from commandcenter.rules.planning import Fixed, Problem, Slot, Task, Trainer


def past(id: str, day: date, village: str = "v", trainer: str = "p", minute: int = 600, **more: object) -> Past:
    given = {"id": id, "title": id, "scenario": "s", "earliest": date(2026, 1, 1), "latest": date(2026, 12, 31)}
    return Past(Task(**{**given, "village": village, **more}), Slot(day, minute, trainer))  # type: ignore[arg-type]


def problem(*fixed: Fixed, marks: tuple[DayMark, ...] = (), trainers: tuple[str, ...] = ("p", "q")) -> Problem:
    people = tuple(Trainer(id, id) for id in trainers)
    return Problem(date(2026, 1, 1), date(2026, 12, 31), (), people, tuple(fixed), marks)


@pytest.mark.parametrize(
    ("day", "year", "wanted"),
    [
        (date(2025, 5, 14), 2026, date(2026, 5, 13)),
        (date(2024, 12, 30), 2026, date(2025, 12, 29)),
        (date(2020, 12, 31), 2026, date(2026, 12, 31)),
        (date(2020, 12, 31), 2025, date(2025, 12, 25)),  # week 53 becomes the last
    ],
)
def test_the_same_weekday_of_the_same_week(day: date, year: int, wanted: date) -> None:
    assert same_week(day, year) == wanted
    assert same_week(day, year).weekday() == day.weekday()


def test_a_free_day_keeps_hour_and_trainer() -> None:
    (offer,) = copies(problem(), [past("a", date(2025, 5, 14))], 2026)
    assert offer.slot == Slot(date(2026, 5, 13), 600, "p") and offer.reasons == ()


def test_what_clashes_moves_to_the_nearest_day_and_says_why() -> None:
    taken = Fixed("x", "x", Slot(date(2026, 5, 12), 600, "q"), "v", is_locked=True)
    (offer,) = copies(problem(taken), [past("a", date(2025, 5, 14))], 2026)
    assert offer.slot is not None and abs((offer.slot.day - date(2026, 5, 12)).days) >= 7
    assert [each.code for each in offer.reasons] == ["gap_locked"]


def test_market_days_are_stepped_over() -> None:
    market = DayMark(id="m", kind="market", days="3")
    (offer,) = copies(problem(marks=(market,)), [past("a", date(2025, 5, 14))], 2026)
    assert offer.slot is not None and offer.slot.day in (date(2026, 5, 12), date(2026, 5, 14))
    assert [each.code for each in offer.reasons] == ["on_market"]


def test_two_offers_do_not_clash_with_each_other() -> None:
    offers = copies(problem(), [past("a", date(2025, 5, 14)), past("b", date(2025, 5, 15))], 2026)
    days = [each.slot.day for each in offers if each.slot]
    assert len(days) == 2 and abs((days[0] - days[1]).days) >= 7


def test_a_trainer_who_left_is_replaced_and_nobody_at_all_is_said() -> None:
    (offer,) = copies(problem(trainers=("q",)), [past("a", date(2025, 5, 14))], 2026)
    assert offer.slot is not None and offer.slot.trainer == "q"
    (offer,) = copies(problem(trainers=()), [past("a", date(2025, 5, 14))], 2026)
    assert offer.slot is None and offer.reasons
