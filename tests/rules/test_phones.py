"""Telephone numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.rules.phones import normalise, note, numbers_in, same_number


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("138 0000 1234", "13800001234"),
        ("138-0000-1234", "13800001234"),
        ("+86 13800001234", "13800001234"),
        ("0086-13800001234", "13800001234"),
        ("8613800001234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("（0825）688 1234", "08256881234"),
        ("0825—6881234", "08256881234"),
        ("+86 825 6881234", "08256881234"),
        ("0825-6881234转801", "08256881234-801"),
        ("0825-6881234 ext. 801", "08256881234-801"),
        ("0825-6881234-801", "08256881234-801"),
        ("119", "119"),
        (" 不详 ", "不详"),
        ("", ""),
        ("13800001234/13900001234", "13800001234/13900001234"),
    ],
)
def test_one_form(written: str, normal: str) -> None:
    assert normalise(written) == normal


@given(st.text(max_size=20))
def test_normal_form_is_stable(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["{}", "+86{}", " {} ", "86{}", "0086 {}"]),
)
def test_every_writing_of_a_mobile_is_the_same(number: str, writing: str) -> None:
    grouped = f"{number[:3]}-{number[3:7]} {number[7:]}"
    assert same_number(writing.format(number), grouped)


def test_same_line() -> None:
    assert same_number("6881234", "0825-6881234", area="0825")
    assert not same_number("6881234", "0825-6881234")
    assert same_number("0825-6881234", "08256881234转8")
    assert not same_number("08256881234转9", "08256881234转8")
    assert not same_number("", "")
    assert not same_number("不详", "不详")


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("13800001234", "mobile"),
        ("1380000123", "unsure"),
        ("138000012345", "unsure"),
        ("08256881234", "landline"),
        ("0825-6881234-8", "landline"),
        ("6881234", "local"),
        ("119", "short"),
        ("110", "short"),
        ("120", "short"),
        ("4001234567", "service"),
        ("95598", "service"),
        ("12", "unsure"),
        ("李四", "unsure"),
        ("02812345678", "unsure"),
    ],
)
def test_note(number: str, kind: str) -> None:
    assert note(number, area="0825") == kind


def test_several_numbers_in_a_cell() -> None:
    cell = "13800001234、139 0000 1234/0825-6881234转8；13800001234，无"
    assert numbers_in(cell) == ("13800001234", "13900001234", "08256881234-8")
    assert numbers_in("不详") == ()
