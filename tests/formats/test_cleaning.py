"""Cleaners: right on the many notations, idempotent, and never a guess or a crash."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commandcenter.formats import cleaning
from commandcenter.formats.cleaning import BadValue
from commandcenter.formats.column_specs import GENDERS, GRID_KINDS, SOURCES, SPECS

CELLS = (
    st.text(max_size=40)
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.text(alphabet="0123456789.-/年月日 户人eE+（）０１２９\u3000\u200b\ud800\ufffd", max_size=20)
)
EVERY_CLEANER = [
    pytest.param(spec.clean, id=f"{name}.{spec.field}") for name in SPECS for spec in SPECS[name]
]


@pytest.mark.parametrize("clean", EVERY_CLEANER)
@settings(max_examples=15)  # eighty columns share a dozen cleaners, and every run draws others
@given(cell=CELLS)
def test_a_cell_is_cleaned_or_refused_and_cleaning_again_changes_nothing(clean: Any, cell: object) -> None:
    if not cleaning.written(cell):
        return
    try:
        value = clean(cell)
    except BadValue:
        return
    assert isinstance(value, (str, int, float, bool))
    if value != "":
        assert clean(value) == value
        str(value).encode("utf-8")
        assert "\x00" not in str(value)


MONTHS = [
    (date(1987, 10, 12), "1987-10"),
    (datetime(2025, 3, 1), "2025-03"),  # noqa: DTZ001
    ("1987-10-12", "1987-10"),
    ("1995/4/28", "1995-04"),
    ("1968.12", "1968-12"),
    ("1968.1", "1968-01"),
    ("1976年4月", "1976-04"),
    ("２０２５年０３月１日", "2025-03"),
    ("2025年3月份", "2025-03"),
    ("2025-03-01 00:00:00", "2025-03"),
    ("202503", "2025-03"),
    (202503, "2025-03"),
    (197012.0, "1970-12"),
    (20250301, "2025-03"),
    (2025.3, "2025-03"),
    (2025.11, "2025-11"),
    (2025.03, "2025-03"),
]


@pytest.mark.parametrize(("cell", "month"), MONTHS)
def test_months(cell: object, month: str) -> None:
    assert cleaning.month(cell) == month


@given(
    st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m", "%Y年%m月", "%Y%m"]),
)
def test_months_of_all_dates(day: date, notation: str) -> None:
    text = day.strftime(notation.replace("年", "{y}").replace("月", "{m}")).format(y="年", m="月")
    assert cleaning.month(text) == f"{day.year:04}-{day.month:02}"


REFUSED = [
    (cleaning.month, 2025.1, "month.ambiguous"),
    (cleaning.month, 2025, "month.unreadable"),
    (cleaning.month, "2025-13", "month.unreadable"),
    (cleaning.month, "2025-02-30", "month.unreadable"),
    (cleaning.month, "去年", "month.unreadable"),
    (cleaning.month, 80000, "month.unreadable"),
    (cleaning.code, 5.109221987101251e17, "number.digits_lost"),
    (cleaning.code, "5.10922E+17", "number.digits_lost"),
    (cleaning.code, "一二三", "code.unreadable"),
    (cleaning.code, date(2025, 3, 2), "text.is_date"),
    (cleaning.code, 3.5, "text.is_fraction"),
    (cleaning.phone, "13800000000/13900000000", "phone.several"),
    (cleaning.phone, "1380000000013900000000", "phone.unreadable"),
    (cleaning.phone, 8256622333, "phone.zero_lost"),
    (cleaning.phone, "无", "phone.unreadable"),
    (cleaning.count, 3.5, "count.not_whole"),
    (cleaning.count, "-4", "count.unreadable"),
    (cleaning.count, "约50", "count.unreadable"),
    (cleaning.yes_no, "也许", "choice.unknown"),
    (cleaning.choice(GRID_KINDS), "河道", "choice.unknown"),
    (cleaning.name(), "张\ufffd", "text.damaged"),
    (cleaning.name(), "张" * 61, "text.too_long"),
    (cleaning.words(), True, "value.not_plain"),
]


@pytest.mark.parametrize(("clean", "cell", "code"), REFUSED)
def test_what_would_be_a_guess_is_refused(clean: Any, cell: object, code: str) -> None:
    with pytest.raises(BadValue) as caught:
        clean(cell)
    assert caught.value.code == code


def test_phones() -> None:
    written = (
        "199-0000-0001",
        "199 0000 0001",
        19900000001,
        19900000001.0,
        "+86 19900000001",
        "１９９００００００01",
    )
    assert {cleaning.phone(cell) for cell in written} == {"19900000001"}
    assert cleaning.phone("(0825) 6622333") == "08256622333"
    assert [cleaning.phone(short) for short in ("119", 119, "6622333", 6622333)] == [
        "119",
        "119",
        "6622333",
        "6622333",
    ]


def test_names_codes_and_counts() -> None:
    clean = cleaning.name()
    assert clean("张\u3000三") == clean(" 张 三\u200b") == "张三"
    assert clean("凯旋社区第 1微网格") == "凯旋社区第1微网格"
    assert clean("Mary Ann") == "Mary Ann"
    assert clean("𬭊䶮㛃·买买提·𠮷野​﻿") == "𬭊䶮㛃·买买提·𠮷野"
    assert cleaning.code(510981103001001.0) == cleaning.code("５１０981103001001") == "510981103001001"
    assert [cleaning.count(cell) for cell in (45.0, "４５", "45人", "45 户")] == [45] * 4


def test_words_of_the_field() -> None:
    kind = cleaning.choice(GRID_KINDS)
    assert [kind(word) for word in ("综合微网格", "一般", "general")] == ["general"] * 3
    assert (kind("专属微网格"), kind("应急")) == ("dedicated", "emergency")
    assert [cleaning.choice(GENDERS)(word) for word in ("男", "female")] == ["male", "female"]
    source = cleaning.choice(SOURCES, others=cleaning.name())
    assert (source('村"两委"干部'), source("返乡大学生")) == ("cadre", "返乡大学生")
    assert [cleaning.yes_no(cell) for cell in ("是", "√", True, 1, "否", "×", 0)] == [True] * 4 + [False] * 3
