"""Who still has which course, on a clock that the test sets; gaps are ranked by course, never by person."""

import calendar
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.rules.courses import (
    SOON_DAYS,
    Attendance,
    Course,
    CourseSession,
    Credit,
    certificate_number,
    gaps_in,
    guests_of,
    is_credit,
    matrix,
    moment_in,
    needs,
    tally,
    valid_until,
    validity,
    with_guests,
)

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2025, 6, 30)
NOW = datetime(2025, 6, 30, 12, 0, tzinfo=UTC)


def course(id: str = "c", months: int | None = 12, **more: object) -> Course:
    facts: Any = {"key": id, "category": "emergency_skills", "title": {"zh_CN": id}, "valid_months": months, **more}
    return Course(id=id, **facts)


def session(id: str, day: date, state: str = "held", of: str = "c") -> CourseSession:
    starts = datetime(day.year, day.month, day.day, 9, tzinfo=ZONE).astimezone(UTC)
    return CourseSession(id=id, course=of, starts_at=starts, state=state)  # type: ignore[arg-type]


days = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@given(days, st.integers(1, 240))
def test_a_pass_counts_to_the_same_day_of_the_month(day: date, months: int) -> None:
    until = valid_until(day, months)
    assert until is not None
    assert (until.year * 12 + until.month) - (day.year * 12 + day.month) == months
    assert until.day == min(day.day, calendar.monthrange(until.year, until.month)[1])
    assert valid_until(day, None) is None


@given(days, st.one_of(st.none(), st.integers(1, 60)), st.integers(0, 4000))
def test_every_day_of_a_pass_is_valid_expiring_or_expired(day: date, months: int | None, later: int) -> None:
    try:
        today = day + timedelta(days=later)
    except OverflowError:
        return
    found = validity(course(months=months), [Credit("s", day)], today)
    if months is None:
        assert found.validity == "valid" and found.until is None
        return
    assert found.until is not None
    left = (found.until - today).days
    wanted = "expired" if left < 0 else "expiring" if left <= SOON_DAYS else "valid"
    assert found.validity == wanted and found.is_gap == (wanted != "valid") and found.held == day


@given(st.lists(days, min_size=1, max_size=6))
def test_of_several_passes_the_newest_counts(held: list[date]) -> None:
    credits = [Credit(str(at), day) for at, day in enumerate(held)]
    assert validity(course(), credits, TODAY).held == max(held)
    assert validity(course(), reversed(credits), TODAY) == validity(course(), credits, TODAY)


def test_who_never_came_lacks_a_required_course_and_no_other() -> None:
    assert validity(course(), [], TODAY).validity == "missing"
    free = course(required=False)
    assert validity(free, [], TODAY).validity == "optional" and not validity(free, [], TODAY).is_gap
    assert validity(free, [Credit("s", date(2019, 1, 1))], TODAY).validity == "optional"


def test_a_waiver_counts_as_a_pass_and_runs_out_like_one() -> None:
    assert validity(course(), [Credit("s", date(2025, 6, 1), waived=True)], TODAY).validity == "waived"
    assert validity(course(), [Credit("s", date(2023, 6, 1), waived=True)], TODAY).validity == "expired"


@pytest.mark.parametrize(("method", "present", "passed", "counts"), [
    ("none", True, None, True), ("written", True, None, False), ("written", True, True, True),
    ("written", True, False, False), ("none", False, None, False), ("none", None, None, False),
    ("oral", False, True, True),
])  # fmt: skip
def test_what_counts_as_having_passed(method: str, present: bool | None, passed: bool | None, counts: bool) -> None:
    row = Attendance(id="a", session="s", worker="w", present=present, passed=passed)
    assert is_credit(course(method=method), row) is counts


def test_the_matrix_knows_held_and_planned_sessions_and_no_cancelled_ones() -> None:
    sessions = [
        session("old", date(2023, 5, 1)), session("new", date(2025, 3, 1)),
        session("off", date(2025, 6, 1), "cancelled"),
        session("soon", date(2025, 7, 20), "planned"), session("sooner", date(2025, 7, 10), "planned"),
    ]  # fmt: skip
    rows = [
        Attendance(id="1", session="old", worker="a", present=True, passed=True),
        Attendance(id="2", session="new", worker="b", present=True, passed=True),
        Attendance(id="3", session="off", worker="a", present=True, passed=True),
        Attendance(id="4", session="soon", worker="a"), Attendance(id="5", session="sooner", worker="a"),
        Attendance(id="6", session="new", worker="gone", present=True, passed=True),
    ]  # fmt: skip
    made = matrix([course(), course("d", months=None)], ["a", "b", "c"], sessions, rows, TODAY, ZONE)
    assert made.of("a", "c").validity == "expired" and made.of("a", "c").booked == "sooner"
    assert made.of("b", "c").validity == "valid" and made.of("b", "c").until == date(2026, 3, 1)
    assert made.of("c", "c").validity == "missing"
    assert gaps_in(made, "c") == ("c",) and gaps_in(made, "d") == ("a", "b", "c")
    assert gaps_in(made, "d", {"c", "b"}) == ("b", "c")
    first, second = needs(made)
    assert (first.course, first.open, first.booked) == ("d", 3, 0)
    assert (second.course, second.missing, second.expired, second.open) == ("c", 1, 1, 1)


def test_the_day_of_a_session_is_the_local_one() -> None:
    late = CourseSession(id="s", course="c", starts_at=datetime(2025, 6, 30, 17, 0, tzinfo=UTC), state="held")
    rows = [Attendance(id="1", session="s", worker="a", present=True, passed=True)]
    assert matrix([course()], ["a"], [late], rows, TODAY, ZONE).of("a", "c").held == date(2025, 7, 1)


def test_a_session_in_figures() -> None:
    rows = [
        Attendance(id="1", session="s", worker="a", present=True, passed=True),
        Attendance(id="2", session="s", worker="b", present=True, passed=False),
        Attendance(id="3", session="s", worker="c", present=False, passed=True, reason="有证"),
        Attendance(id="4", session="s", worker="d"),
    ]
    assert tally(course(method="written"), rows) == tally(course(method="written"), reversed(rows))
    found = tally(course(method="written"), rows)
    assert (found.expected, found.present, found.absent, found.unknown, found.passed) == (4, 2, 1, 1, 1)


_GUESTS = st.lists(st.text(alphabet="丁戊 己", min_size=1, max_size=5), max_size=6)


@given(st.text(alphabet="甲乙丙\n ", max_size=30), _GUESTS)
def test_names_of_nobody_stay_in_the_note_once_each(note: str, guests: list[str]) -> None:
    once = with_guests(note, guests)
    assert once.startswith(note) and with_guests(once, guests) == once
    wanted = list(dict.fromkeys(" ".join(each.split()) for each in guests if each.strip()))
    assert list(guests_of(once)) == wanted


def test_a_certificate_has_the_same_number_on_every_print() -> None:
    number = certificate_number("JH", TODAY, "0198-a")
    assert number == certificate_number("JH", TODAY, "0198-a") != certificate_number("JH", TODAY, "0198-b")
    assert number.startswith("JH-PX20250630-")


@pytest.mark.parametrize(("typed", "wanted"), [
    ("2025-07-12 09:30", "2025-07-12 09:30"), ("2025年7月12日下午2点半", "2025-07-12 14:30"),
    ("7-12", "2025-07-12 09:00"),
    ("７．１２　９：００", "2025-07-12 09:00"), ("3.5 14:00", "2026-03-05 14:00"), ("明天 8:15", "2025-07-01 08:15"),
    ("tomorrow 2:00 pm", "2025-07-01 14:00"), ("6-30 19:00", "2025-06-30 19:00"), ("", None), ("开会", None),
    ("2025-2-30", None), ("7-12 25:00", None),
])  # fmt: skip
def test_days_as_people_type_them(typed: str, wanted: str | None) -> None:
    found = moment_in(typed, NOW, ZONE)
    assert (f"{found.astimezone(ZONE):%Y-%m-%d %H:%M}" if found else None) == wanted
