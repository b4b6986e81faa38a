"""Cells of the register of kits: whatever a clerk writes is understood or refused, and one form goes out."""

import pytest

from commandcenter.formats import kit_books
from commandcenter.formats.cleaning import BadValue
from commandcenter.formats.kit_books import Cell
from commandcenter.rules.kits import SLOT_STATES

SIZES = ("S", "M", "L", "XL", "XXL")


@pytest.mark.parametrize(("text", "state", "size"), [
    ("√", "good", ""), ("有", "good", ""), (" ✔ ", "good", ""), ("1", "good", ""), ("XL", "good", "XL"),
    ("xl码", "good", "XL"), ("", "waiting", ""), ("-", "waiting", ""), ("/", "waiting", ""), ("×", "waiting", ""),
    ("未发", "waiting", ""), ("缺", "missing", ""), ("丢失", "missing", ""), ("坏", "damaged", ""),
    ("XL 损坏", "damaged", "XL"), ("缺失（L）", "missing", "L"), ("过期", "expired", ""), ("逾期", "overdue", ""),
])  # fmt: skip
def test_what_clerks_write_is_understood(text: str, state: str, size: str) -> None:
    assert kit_books.read(text, SIZES) == Cell(state, size)


@pytest.mark.parametrize("text", ["大概有", "5", "XXXL", "√ 损坏", "缺失 损坏"])
def test_what_says_nothing_clear_is_refused(text: str) -> None:
    with pytest.raises(BadValue) as refused:
        kit_books.read(text, SIZES)
    assert refused.value.code == "kit_cell.unclear"


@pytest.mark.parametrize("state", SLOT_STATES)
@pytest.mark.parametrize("size", ["", "XL"])
def test_what_goes_out_comes_back_the_same(state: str, size: str) -> None:
    size = "" if state == "waiting" else size
    assert kit_books.read(kit_books.written(state, size), SIZES) == Cell(state, size)


def test_a_remark_names_pieces_and_what_is_wrong_with_them() -> None:
    articles = {"a": "应急手电", "b": "口哨", "c": "警戒带"}
    assert kit_books.mentions("手电坏了，口哨丢失；天气好", articles) == {"a": "damaged", "b": "missing"}
    assert kit_books.mentions("都好", articles) == {} and kit_books.mentions("手电、口哨", articles) == {}


@pytest.mark.parametrize(("cell", "amount"), [(306, 306), ("306个", 306), (12.0, 12), ("1,200", 1200), ("-3", -3)])
def test_amounts_come_with_units_and_below_zero(cell: object, amount: int) -> None:
    assert kit_books.amount(cell) == amount


@pytest.mark.parametrize("cell", ["若干", 1.5, "3箱零5个"])
def test_amounts_that_are_no_number_are_refused(cell: object) -> None:
    with pytest.raises(BadValue):
        kit_books.amount(cell)
