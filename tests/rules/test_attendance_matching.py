"""Pasted lists of names: what is certain, what is left to a person, and that nothing of a list is lost."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.rules.attendance_matching import Candidate, Register, Settled, outcome, plain, proposed

VILLAGES = {"v1": "凉水井村", "v2": "黑水浩社区"}
WORKERS = [
    Candidate("qin", "李晓琴", "v1", "g1", "510981103001001", 1, "13800000001"),
    Candidate("fang1", "王芳", "v1", "g2", "510981103001002", 2, "13800000002"),
    Candidate("fang2", "王芳", "v2", "g3", "510981103002005", 5, "13800000003"),
    Candidate("san", "张三", "v2", "g4", "510981103002006", 6),
    Candidate("shan", "欧阳山", "v1", "g5", "510981103001003", 3),
    Candidate("anna", "Anna Li", "v1", "g6", "510981103001004", 4),
    Candidate("sam", "Lee, Sam", "v2", "g7", "510981103002007", 7),
    Candidate("owen", "Owen O'Hara", "v2", "g8", "510981103002008", 8),
]
REGISTER = Register(WORKERS, VILLAGES)


def found(text: str, signed: frozenset[str] = frozenset()) -> list[tuple[str, tuple[str, ...]]]:
    return [(line.found, line.candidates) for line in REGISTER.match(text, signed)]


@pytest.mark.parametrize(("text", "state", "candidates"), [
    ("李晓琴", "one", ("qin",)), ("  1. 李晓琴 ", "one", ("qin",)), ("①李晓琴", "one", ("qin",)),
    ("李 晓　琴", "one", ("qin",)), ("李晓琴（凉水井村）", "one", ("qin",)),
    ("凉水井 李晓琴 １３８００００００００１", "one", ("qin",)), ("网格员李晓琴", "one", ("qin",)),
    ("李晓琴同志", "one", ("qin",)), ("lxq", "one", ("qin",)), ("ＬＸＱ", "one", ("qin",)),
    ("li xiaoqin", "one", ("qin",)), ("13800000003", "one", ("fang2",)), ("510981103001003", "one", ("shan",)),
    ("签到表", "place", ()),
    ("王芳", "several", ("fang1", "fang2")), ("王芳 黑水浩", "one", ("fang2",)),
    ("王芳（凉水井村）", "one", ("fang1",)),
    ("王芳 138-0000-0003", "one", ("fang2",)), ("5组 王芳", "one", ("fang2",)), ("二组王芳", "one", ("fang1",)),
    ("wf", "several", ("fang1", "fang2")), ("Anna Li", "one", ("anna",)), ("ANNA  LI", "one", ("anna",)),
    ("Lee, Sam", "one", ("sam",)), ("Owen O'Hara", "one", ("owen",)),
    ("赵六", "nobody", ()), ("买买提·艾力", "nobody", ()), ("王建国", "nobody", ()), ("张三丰", "nobody", ()),
    ("小张三", "nobody", ()), ("李小芹", "several", ("qin",)), ("李晓勤", "several", ("qin",)),
    ("张三 凉水井村", "several", ("san",)), ("张三 13800000001", "several", ("san", "qin")),
    ("赵六 13800000001", "several", ("qin",)), ("昨天下雨很多人没有来", "nobody", ()),
])  # fmt: skip
def test_one_line(text: str, state: str, candidates: tuple[str, ...]) -> None:
    (line,) = REGISTER.match(text)
    assert (line.found, line.candidates) == (state, candidates)
    assert line.text == text.strip()


def test_many_names_in_a_line_keep_their_order_and_their_own_words() -> None:
    assert [line.text for line in REGISTER.match("李晓琴、张三（黑水浩）；赵六 王芳 13800000003")] == [
        "李晓琴", "张三（黑水浩）", "赵六", "王芳 13800000003"
    ]
    assert found("李晓琴张三欧阳山") == [("one", ("qin",)), ("one", ("san",)), ("one", ("shan",))]
    assert found("1李晓琴 2张三 3王芳") == [("one", ("qin",)), ("one", ("san",)), ("several", ("fang1", "fang2"))]
    assert found("凉水井村：王芳、李晓琴") == [("one", ("fang1",)), ("one", ("qin",))]
    assert found("凉水井村 王芳 黑水浩 王芳") == [("one", ("fang1",)), ("one", ("fang2",))]


def test_a_line_with_a_village_alone_says_where_the_next_are_from() -> None:
    assert found("凉水井村\n王芳\n黑水浩社区：\n王芳\n李晓琴") == [
        ("place", ()), ("one", ("fang1",)), ("place", ()), ("one", ("fang2",)), ("one", ("qin",))
    ]
    # A group that is another village's speaks against the heading.
    assert found("凉水井村\n5组 王芳")[1][0] == "several"


def test_who_signed_already_and_who_stands_twice_is_told_apart() -> None:
    assert found("李晓琴\n张三\n李晓琴", frozenset({"san"})) == [
        ("one", ("qin",)), ("signed", ("san",)), ("again", ("qin",))
    ]


def test_absence_is_read_with_its_reason() -> None:
    lines = REGISTER.match("张三（请假）\n李晓琴 病假\n王芳 外出")
    assert [(line.candidates[0], line.reason) for line in lines[:2]] == [("san", "请假"), ("qin", "病假")]
    settled = proposed(lines)
    assert [each.choice for each in settled] == ["absent", "absent", "open"]
    assert outcome(settled).absent == {"san": "请假", "qin": "病假"} and outcome(settled).open == [3]


_PIECES = st.sampled_from([
    "李晓琴", "王芳", "张三", "赵六", "欧 阳 山", "lxq", "wf", "凉水井村", "黑水浩", "13800000002", "５组",
    "（请假）", "1.",
    "、", "，", " ", "\t", "\n", "\r\n", "；", "网格员", "Anna Li", "买买提·艾力", "合计", "🙂",
    "℃", "㈠", "ﬁ", "O'Hara", "\u3000", "-", "..",
])  # fmt: skip
_LISTS = st.one_of(st.lists(_PIECES, max_size=30).map("".join), st.text(max_size=60))


def essence(text: str) -> str:
    """What must not be lost: letters and figures in their order."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text))


@given(_LISTS, st.frozensets(st.sampled_from([each.id for each in WORKERS])))
def test_nothing_of_a_list_is_lost_and_its_order_is_kept(text: str, signed: frozenset[str]) -> None:
    lines = REGISTER.match(text, signed)
    assert essence("".join(line.text for line in lines)) == essence(text)
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    for line in lines:
        assert line.text and (line.worker is not None) == (line.found in ("one", "signed", "again"))
        assert line.found != "several" or line.candidates
        assert line.found not in ("nobody", "place") or not line.candidates
        assert line.found != "signed" or line.candidates[0] in signed


@given(_LISTS)
def test_every_line_ends_in_exactly_one_place(text: str) -> None:
    lines = REGISTER.match(text)
    offered = proposed(lines)
    settled = [each if each.choice != "open" else Settled(each.line, "guest") for each in offered]
    made = outcome(settled)
    assert made.open == [] and len(settled) == len(lines)
    assert len(made.guests) == sum(1 for each in offered if each.choice == "open")
    kept = sum(1 for each in settled if each.choice in ("present", "absent"))
    assert kept + len(made.guests) + len(made.dropped) == len(lines)
    named = {each.worker for each in settled if each.worker}
    assert named == {*made.present, *made.absent}


@given(st.sampled_from(WORKERS), st.booleans())
def test_a_worker_is_found_by_name_unless_another_bears_it(worker: Candidate, wide: bool) -> None:
    name = "".join(chr(ord(each) + 0xFEE0) if wide and "!" <= each <= "~" else each for each in worker.name)
    (line,) = REGISTER.match(name)
    twins = [each.id for each in WORKERS if plain(each.name) == plain(worker.name)]
    assert sorted(line.candidates) == sorted(twins) and line.found == ("one" if len(twins) == 1 else "several")


def test_two_thousand_lines_are_held_against_three_hundred_workers_at_once() -> None:
    names = [f"{'王李张刘陈'[at % 5]}{chr(0x4E00 + at)}{chr(0x5200 + at)}" for at in range(306)]
    many = [Candidate(f"w{at}", name, "v1") for at, name in enumerate(names)]
    register = Register(many, VILLAGES)
    text = "\n".join(f"{at}. {many[at % 306].name} 凉水井村" for at in range(2000))
    lines = register.match(text)
    assert len(lines) == 2000 and sum(1 for line in lines if line.found == "one") == 306
