"""What is owed 应演未演: every shipped rule on a frozen clock over five years; any drills against a daily account."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commandcenter.rules.debts import Debt, DebtRule, Payment, Place, add_months, owed
from commandcenter.services import shipped

BEGIN = date(2025, 1, 1)
END = date(2030, 1, 1)
DAY = timedelta(days=1)
RULES = [
    DebtRule(
        id=row["key"], key=row["key"], level=row["level"], scenario=row["scenario"],
        every_months=int(row["every_months"]), before_month=int(row["before_month"] or 0), title={}, since="2025-01-01",
    )  # type: ignore[arg-type]
    for row in shipped.read().rules
]  # fmt: skip


def place_of(rule: DebtRule, since: date | None = None) -> Place:
    return Place(rule.level, "" if rule.level == "town" else "here", since=since)


def held(rule: DebtRule, day: date, number: int = 0, *, is_held: bool = True) -> Payment:
    place = place_of(rule).id
    return Payment(f"{day}-{number}", day, rule.level, rule.scenario or "landslide", frozenset((place,)), is_held)


def debts(rule: DebtRule, payments: Iterable[Payment], today: date, since: date | None = None) -> list[Debt]:
    return owed([rule], [place_of(rule, since)], payments, today, add_months(today, 96))


# --- a plain account, day by day ------------------------------------------------------------------------------------


def eves(rule: DebtRule, begin: date) -> Iterator[date]:
    """The fixed deadlines: the eves of the rule's month, every so many months from the first one on."""
    step = min(rule.every_months, 12)
    month = date(begin.year - 1, rule.before_month, 1)
    while month - DAY < begin:
        month = add_months(month, step)
    while True:
        yield month - DAY
        month = add_months(month, rule.every_months)


class Account:
    """Walks through the days with the drills that were held: the deadline that stands, whether it is missed or paid."""

    def __init__(self, rule: DebtRule, begin: date) -> None:
        self.rule = rule
        self._eves = eves(rule, begin) if rule.before_month else None
        self.due = next(self._eves) if self._eves else add_months(begin, rule.every_months) - DAY
        self.missed: date | None = None
        self.is_paid = False

    def drill(self, day: date) -> None:
        if self.missed is not None:
            self.missed, self.is_paid = None, False
            if self._eves is None:
                self.due = add_months(day + DAY, self.rule.every_months) - DAY
            while self._eves is not None and self.due < day:
                self.due = next(self._eves)
        else:
            self.is_paid = True

    def evening(self, day: date) -> None:
        if day < self.due or (self.missed is not None and self._eves is None):
            return
        if day == self.due and not self.is_paid:
            self.missed = self.missed or self.due
        if self._eves is not None:
            self.due = next(self._eves)
        elif self.is_paid:
            self.due = add_months(self.due + DAY, self.rule.every_months) - DAY
        self.is_paid = False

    @classmethod
    def until(cls, rule: DebtRule, begin: date, drills: Iterable[date], today: date) -> "Account":
        """As it stands on the morning of ``today``, that day's drill included."""
        account, wanted, day = cls(rule, begin), set(drills), begin
        while day <= today:
            if day in wanted:
                account.drill(day)
            if day < today:
                account.evening(day)
            day += DAY
        return account


# --- the shipped rules over five years ------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.key)
def test_what_nobody_drills_stays_owed_and_only_grows_older(rule: DebtRule) -> None:
    today, first = BEGIN, None
    while today < END:
        found = debts(rule, [], today)
        late = [each for each in found if each.state == "overdue"]
        assert len(late) <= 1 and {each.state for each in found} <= {"overdue", "owed"}
        assert [each for each in found if each.state == "owed" and each.due < today] == []
        if late:
            first = first or late[0].due
            assert late[0].due == first and late[0].late(today) == (today - first).days > 0
        else:
            assert first is None and found and found[0].due >= today
        today += timedelta(days=13)
    assert first is not None


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.key)
def test_a_drill_on_each_deadline_leaves_nothing_late(rule: DebtRule) -> None:
    drills: list[Payment] = []
    today = BEGIN
    while today < END:
        nearest = next((each for each in debts(rule, drills, today) if each.state == "owed"), None)
        assert nearest is not None
        if nearest.due == today:
            drills.append(held(rule, today))
        states = {each.state for each in debts(rule, drills, today)}
        assert "overdue" not in states
        today += DAY if (nearest.due - today).days < 2 else min(nearest.due - today - DAY, timedelta(days=30))
    expected = []
    for due in eves(rule, BEGIN) if rule.before_month else _every(rule):
        if due >= END:
            break
        expected.append(due)
    assert [each.day for each in drills] == expected


def _every(rule: DebtRule) -> Iterator[date]:
    due = add_months(BEGIN, rule.every_months) - DAY
    while True:
        yield due
        due = add_months(due + DAY, rule.every_months) - DAY


def test_the_shipped_rules_ask_for_60_to_120_drills_a_year_of_a_town_like_the_sample() -> None:
    places = [Place("town", ""), *(Place("village", f"v{n}") for n in range(19)),
              *(Place("emergency_grid", f"y{n}") for n in range(14)),
              *(Place("dedicated_grid", f"z{n}") for n in range(14))]  # fmt: skip
    found = owed(RULES, places, [], BEGIN, date(2029, 12, 31))
    by_year = [sum(1 for each in found if each.due.year == year) for year in range(2025, 2030)]
    assert all(60 <= count <= 120 for count in by_year), by_year


def test_one_drill_of_a_village_pays_for_all_its_grids_and_workers() -> None:
    rules = [each for each in RULES if each.level in ("general_grid", "worker")]
    places = [Place("general_grid", f"g{n}") for n in range(15)] + [Place("worker", f"w{n}") for n in range(15)]
    day = date(2025, 6, 12)
    paid = [
        Payment("d", day, "general_grid", "landslide", frozenset(f"g{n}" for n in range(15)), True),
        Payment("d", day, "worker", "landslide", frozenset(f"w{n}" for n in range(14)), True),
    ]
    states = [each.state for each in owed(rules, places, paid, day + DAY, date(2025, 12, 31))]
    assert states.count("paid") == 29 and states.count("owed") == 1


def test_a_new_worker_owes_from_the_month_of_appointment_on() -> None:
    rule = next(each for each in RULES if each.level == "worker")
    (first, *_) = debts(rule, [], date(2025, 7, 1), since=date(2025, 6, 1))
    assert first.due == date(2026, 5, 31)


def test_a_drill_of_another_scenario_pays_only_rules_for_any() -> None:
    one, any_ = (next(each for each in RULES if each.key == key) for key in ("village_house_fire", "village_yearly"))
    paid = [Payment("d", date(2025, 2, 3), "village", "landslide", frozenset(("here",)), True)]
    assert "paid" not in {each.state for each in debts(one, paid, date(2025, 3, 1))}
    assert debts(any_, paid, date(2025, 3, 1))[0].state == "paid"


# --- any drills -----------------------------------------------------------------------------------------------------

ANY_RULE = st.builds(
    lambda every, month, since: DebtRule(
        id="r", key="r", level="village", scenario="", every_months=every, before_month=month, title={},
        since=since.isoformat(),
    ),
    st.sampled_from([1, 3, 6, 12, 24, 36]), st.integers(0, 12), st.dates(date(2024, 6, 1), date(2025, 12, 31)),
)  # fmt: skip
DRILLS = st.lists(st.dates(date(2024, 1, 1), date(2029, 12, 31)), max_size=9)
CLOCK = st.dates(date(2025, 1, 1), date(2029, 12, 31))


@given(rule=ANY_RULE, days=DRILLS, today=CLOCK)
@settings(max_examples=300, deadline=None)
def test_no_debt_is_lost_and_none_comes_back(rule: DebtRule, days: list[date], today: date) -> None:
    begin = date.fromisoformat(rule.since)
    past = sorted({day for day in days if begin <= day <= today})
    found = debts(rule, [held(rule, day) for day in past], today)
    account = Account.until(rule, begin, past, today)
    late = [each.due for each in found if each.state == "overdue"]
    assert late == ([account.missed] if account.missed is not None and account.missed < today else [])
    owing = [each.due for each in found if each.state == "owed"]
    if not late:
        coming = account.due
        if account.is_paid:
            ahead = eves(rule, begin) if rule.before_month else None
            following = (next(each for each in ahead if each > coming) if ahead
                         else add_months(coming + DAY, rule.every_months) - DAY)  # fmt: skip
            assert coming not in owing and (not owing or owing[0] == following)
        else:
            assert owing[:1] == [coming]
    assert len(set(owing)) == len(owing) and not set(owing) & set(late)


@given(rule=ANY_RULE, days=DRILLS, today=CLOCK, seed=st.integers(0, 99))
@settings(deadline=None)
def test_the_order_in_which_drills_are_given_does_not_matter(
    rule: DebtRule, days: list[date], today: date, seed: int
) -> None:
    payments = [held(rule, day, number, is_held=day <= today) for number, day in enumerate(days)]
    mixed = list(payments)
    random.Random(seed).shuffle(mixed)
    assert debts(rule, payments, today) == debts(rule, mixed, today)


@given(rule=ANY_RULE, days=DRILLS, today=CLOCK)
@settings(deadline=None)
def test_a_drill_more_never_makes_anything_later(rule: DebtRule, days: list[date], today: date) -> None:
    """Holding one more drill today leaves nothing overdue that is owed up to yesterday."""
    past = [held(rule, day, number) for number, day in enumerate(days) if day < today]
    begin = date.fromisoformat(rule.since)
    if today < begin:
        return
    after = debts(rule, [*past, held(rule, today, 99)], today)
    assert [each for each in after if each.state == "overdue"] == []


@given(rule=ANY_RULE, day=st.dates(date(2026, 1, 1), date(2029, 1, 1)), ahead=st.integers(0, 200))
@settings(deadline=None)
def test_a_planned_drill_is_named_by_its_debt_until_it_is_held(rule: DebtRule, day: date, ahead: int) -> None:
    today = day - timedelta(days=ahead)
    planned = held(rule, day, is_held=False)
    named = [each for each in debts(rule, [planned], today) if each.drill == planned.drill]
    assert [each.state for each in named] == ["planned"]
    done = [each for each in debts(rule, [replace(planned, is_held=True)], day) if each.drill == planned.drill]
    assert [(each.state, each.id) for each in done] == [("paid", named[0].id)]


def test_a_plan_for_autumn_leaves_the_spring_owed() -> None:
    """A half-yearly rule with one drill planned after its autumn deadline still owes the spring one."""
    half = DebtRule(id="h", key="half", level="emergency_grid", every_months=6, before_month=5, title={},
                    since="2025-11-01")  # fmt: skip
    place = Place("emergency_grid", "g", "v")
    plan = Payment("d", date(2026, 11, 5), "emergency_grid", "islet", frozenset({"g"}), is_held=False)
    found = owed([half], [place], [plan], date(2026, 1, 10), date(2026, 12, 31))
    assert [(each.due, each.state) for each in found] == [
        (date(2026, 4, 30), "owed"), (date(2026, 10, 31), "planned"),
    ]  # fmt: skip
