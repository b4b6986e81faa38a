"""Keys, folding and bigrams."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.rules.pinyin import PinyinKeys, fold, grams, keys, normalise, wanted_grams

LETTERS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", max_size=16)
TEXTS = st.text("凯旋社区网格火情abXY59 -，。ａ５", max_size=24)


def test_name_of_a_grid() -> None:
    assert keys("凉水井村第5微网格") == PinyinKeys("liangshuijingcundi5weiwangge", "lsjcd5wwg")
    assert keys("黑水浩村应急第３网格").initials == "hshcyjd3wg"


def test_latin_and_digits_are_kept_and_marks_fall_out() -> None:
    assert keys("A区-2号 （West）") == PinyinKeys("aqu2haowest", "aq2hwest")
    assert keys("") == PinyinKeys("", "")


@pytest.mark.parametrize(
    ("name", "first", "initials"),
    [
        ("单田芳", "shantianfang", "stf"),
        ("解小刚", "xiexiaogang", "xxg"),
        ("谯周", "qiaozhou", "qz"),
        ("仇英", "qiuying", "qy"),
        ("曾国藩", "zengguofan", "zgf"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("吕布", "lvbu", "lb"),
    ],
)
def test_surnames_are_read_as_surnames(name: str, first: str, initials: str) -> None:
    made = keys(name, person=True)
    assert made.pinyin.split()[0] == first
    assert made.initials.split()[0] == initials


def test_the_usual_reading_is_kept_beside_the_surname() -> None:
    assert keys("单田芳", person=True).pinyin.split() == ["shantianfang", "dantianfang"]
    assert len(keys("乐朝长重", person=True).pinyin.split()) <= 4


def test_a_surname_in_the_name_of_a_place() -> None:
    assert keys("曾家湾").pinyin.split()[0] == "zengjiawan"
    assert keys("解家坝").pinyin.split()[0] == "xiejiaba"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("niu", "liu"),
        ("huang", "fuang"),
        ("zhang", "zang"),
        ("chen", "cen"),
        ("cheng", "cen"),
        ("shan", "san"),
        ("xin", "xing"),
        ("en", "eng"),
        ("lv", "lu"),
        ("xingguo", "xinguo"),
        ("sf", "sh"),
    ],
)
def test_what_is_confused_folds_alike(a: str, b: str) -> None:
    assert fold(a) == fold(b)


def test_what_is_not_confused_stays_apart() -> None:
    assert (
        len({fold(each) for each in ("ba", "pa", "da", "ta", "ga", "ka", "ma", "wan", "wang", "yan")}) == 10
    )


@given(LETTERS)
def test_folding_a_prefix_gives_a_prefix(text: str) -> None:
    folded = fold(text)
    assert all(folded.startswith(fold(text[:end])) for end in range(len(text) + 1))
    assert fold(folded) == folded


@given(TEXTS, st.data())
def test_every_part_of_a_text_is_found_by_its_grams(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]
    stored = set(grams(text).split())
    assert set(grams(part).split()) <= stored
    assert set(wanted_grams(part).split()) <= stored


def test_one_character_and_the_end_of_a_number_are_found() -> None:
    stored = set(grams("王五 138 0000-1234 闻到烟味").split())
    for query in ("烟", "味", "1234", "00001234", "４", "闻到"):
        assert set(wanted_grams(query).split()) <= stored, query
    assert not set(wanted_grams("1243").split()) <= stored
    assert not set(wanted_grams("烟雾").split()) <= stored


def test_width_and_case_do_not_matter() -> None:
    assert grams("ＫＸ２７") == grams("kx27")
    assert normalise("Kǎi'Xuān LÜ")[-2:] == "lv"


def test_pypinyin_is_imported_only_when_a_name_is_keyed() -> None:
    code = (
        "import sys; from commandcenter.rules import pinyin, finding, duplicates;"
        "pinyin.fold('zhang'); pinyin.grams('凯旋'); assert 'pypinyin' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
