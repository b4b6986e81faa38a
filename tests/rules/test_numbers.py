"""Incident numbers and local days."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.base.errors import BadInput
from commandcenter.rules.numbers import drill_number, incident_number, local_day, parse_number

DAY = date(2025, 6, 30)
PREFIXES = st.from_regex(r"[A-Z][A-Z0-9]{0,7}", fullmatch=True)


def test_number() -> None:
    assert incident_number("JH", DAY, 14) == "JH-20250630-014"
    assert incident_number("JH", DAY, 1234) == "JH-20250630-1234"
    assert drill_number("JH", DAY, 14) == "D-JH-20250630-014"


@given(PREFIXES, st.dates(date(1000, 1, 1)), st.integers(1, 999_999), st.booleans())
def test_reads_back(prefix: str, day: date, serial: int, drill: bool) -> None:
    written = (drill_number if drill else incident_number)(prefix, day, serial)
    number = parse_number(written)
    assert number is not None
    assert (number.prefix, number.day, number.serial, number.drill) == (prefix, day, serial, drill)
    assert str(number) == written


@given(PREFIXES, st.integers(1, 9999))
def test_a_drill_is_never_taken_for_the_real_thing(prefix: str, serial: int) -> None:
    assert drill_number(prefix, DAY, serial) != incident_number(prefix, DAY, serial)
    assert parse_number(incident_number(prefix, DAY, serial)).drill is False  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["jh-20250630-14", " JH-20250630-0014 "])
def test_typed_loosely(text: str) -> None:
    assert str(parse_number(text)) == "JH-20250630-014"


def test_drill_as_it_is_said() -> None:
    assert str(parse_number("演JH-20250630-014")) == "D-JH-20250630-014"
    assert str(parse_number("演-jh-20250630-14")) == "D-JH-20250630-014"


@pytest.mark.parametrize(
    "text", ["", "JH", "JH-20250231-001", "JH-20250630-000", "JH-20250630-", "-20250630-001"]
)
def test_what_is_no_number(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize("prefix", ["", "J-H", "1A", "ABCDEFGHIJ", "J H", "D-JH"])
def test_a_prefix_that_cannot_be_read_back_is_refused(prefix: str) -> None:
    with pytest.raises(BadInput):
        incident_number(prefix, DAY, 1)


def test_serials_begin_at_one() -> None:
    with pytest.raises(BadInput):
        incident_number("JH", DAY, 0)


def test_the_day_is_the_towns() -> None:
    late = datetime(2025, 6, 30, 16, 30, tzinfo=UTC)
    assert local_day(late, "Asia/Shanghai") == date(2025, 7, 1)
    assert local_day(late, ZoneInfo("UTC")) == DAY
    with pytest.raises(ValueError, match="naive"):
        local_day(datetime(2025, 6, 30), "Asia/Shanghai")  # noqa: DTZ001
