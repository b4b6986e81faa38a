"""Counts: with their thousands apart in lists and sentences, and read again so."""

import pytest

from commandcenter.base import texts
from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.ui.core.inputs import CountEdit


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,308", 1308), ("12，400", 12400), ("1,000,000", 1_000_000), ("1308", 1308), ("7", 7), ("０７", 7), ("", None)],
)
def test_a_number_is_read_as_it_is_shown(qtbot: object, text: str, number: int | None) -> None:
    field = CountEdit()
    field.setText(text)
    assert field.number() == number


@pytest.mark.parametrize("text", ["1,3", "1,30", ",308", "1,,308", "1,3080", "一千", "1.5", "-1"])
def test_what_is_no_number_is_refused(qtbot: object, text: str) -> None:
    field = CountEdit()
    field.setText(text)
    with pytest.raises(BadInput):
        field.number()


def test_a_count_in_a_sentence_has_its_thousands_apart() -> None:
    texts.use("en")
    assert "1,200" in say("rounds.done.settle", count=1200) and say("rounds.done.settle", count=1) != say(
        "rounds.done.settle", count=2
    )
