"""Masks and redaction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.rules.masks import ERASED, HIDDEN, REDACTED, is_erased, is_masked, mask, redact
from commandcenter.rules.permissions import EVERYBODY, STAFF, reads_less


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("phone", "13812341234", "138****1234"),
        ("phone", "+86 138-1234-1234", "138****1234"),
        ("phone", "6881234", "****34"),
        ("phone", "0825-6881234-801", "082****1234"),
        ("phone", "不详", "****"),
        ("name", "张三丰", "张*"),
        ("name", "欧阳锋", "欧阳*"),
        ("name", "John Smith", "J*"),
        ("address", "凯旋社区3组27号", "凯旋社区***"),
        ("address", "金华镇黑水浩村3社12号", "金华镇黑水浩村***"),
        ("address", "村口小卖部楼上", "***"),
        ("address", "新村路3号", "***"),
        ("needs", "靠电吸氧", HIDDEN),
        ("text", "王五家后坡开裂", HIDDEN),
        ("id_number", "510922199001011234", "5****************4"),
        ("id_number", "123", "******************"),
    ],
)
def test_masks(kind: str, value: str, shown: str) -> None:
    assert mask(kind, value) == shown  # type: ignore[arg-type]
    assert is_masked(shown)


def test_public_numbers_stay_and_so_does_what_was_erased() -> None:
    assert mask("phone", "119") == "119"
    assert mask("text", ERASED) == ERASED
    assert mask("name", "") == ""
    assert is_erased(ERASED)
    assert not is_erased("13800001234")
    assert not is_masked("13800001234")
    assert not is_masked(None)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_masked_mobile_hides_its_middle(number: str) -> None:
    assert number[3:7] not in mask("phone", number).replace(number[:3], "", 1).replace(number[-4:], "")
    assert len(mask("phone", number)) == 11


@given(st.text(max_size=30), st.lists(st.text(min_size=1, max_size=4), max_size=5))
def test_no_word_survives_redaction(text: str, words: list[str]) -> None:
    words = [word for word in words if REDACTED[0] not in word]
    redacted = redact(text, words)
    assert not any(word in redacted for word in words)


def test_redaction_finds_grouped_and_wide_numbers_and_hides_the_length() -> None:
    text = "王小五 138 0000-1234，或１３８００００１２３４，找wang小五"
    assert (
        redact(text, ["13800001234", "小五", "王小五"])
        == f"{REDACTED} {REDACTED}，或{REDACTED}，找wang{REDACTED}"
    )
    assert redact("无关", []) == "无关"


def test_who_may_read_less_than_whom() -> None:
    """What one role leaves on a screen is not for another that sees any of it masked."""
    less = {(role, than) for role in EVERYBODY for than in EVERYBODY if reads_less(role, than)}
    assert {("viewer", than) for than in STAFF} < less and not any(than == "viewer" for _, than in less)
    assert not any((role, role) in less for role in EVERYBODY)
    assert ("duty_officer", "supervisor") in less and ("supervisor", "duty_officer") not in less
    assert {("trainer", "quartermaster"), ("quartermaster", "trainer")} < less  # each reads what the other does not
