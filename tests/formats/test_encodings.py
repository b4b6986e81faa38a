"""Text reads right without being told its encoding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.base.errors import BadInput
from commandcenter.formats.encodings import decode, is_damaged

HAN = st.sampled_from(
    [bytes([lead, trail]).decode("gb2312") for lead in range(0xB0, 0xD7) for trail in range(0xA1, 0xFE)]
)
TEXT = st.lists(HAN | st.sampled_from("0123456789,\n"), min_size=1, max_size=60).map("".join)


@given(TEXT, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_unicode_is_recognised(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding))[0] == text


@given(TEXT)
def test_gb18030_is_recognised(text: str) -> None:
    assert decode(text.encode("gb18030"))[0] == text


@pytest.mark.parametrize("text", ["姓名,村\n张三,凯旋社区", "𬭊䶮㛃买买提𠮷野", "一", "乙,一", "x"])
def test_both_encodings_of_hard_texts(text: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        assert decode(text.encode(encoding))[0] == text, encoding


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_text_without_a_mark(encoding: str) -> None:
    text = "姓名,村\n张三,凯旋社区\n"
    assert decode(text.encode(encoding)) == (text, encoding)


@pytest.mark.parametrize("text", ["Café Zoë", "Привет, мир", "Καλημέρα"])
def test_other_scripts_in_utf8_stay(text: str) -> None:
    assert decode(text.encode("utf-8")) == (text, "utf-8")


def test_a_cut_or_damaged_utf8_text_is_not_taken_for_gb18030() -> None:
    data = ("姓名,村\n" + "张三,凯旋社区\n" * 20).encode()
    for broken in (data[:-2], data[:40] + b"\xff" + data[41:]):
        text, encoding = decode(broken)
        assert encoding == "utf-8" and is_damaged(text) and "张三,凯旋社区" in text


def test_a_given_encoding_is_obeyed() -> None:
    assert decode("張三".encode("big5"), "big5")[0] == "張三"
    for name in ("klingon", "zlib", "../x", "\0"):
        with pytest.raises(BadInput) as caught:
            decode(b"x", name)
        assert caught.value.code == "file.encoding_unknown"
