"""The finder: what an officer types, and what must come first."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commandcenter.rules.finding import Entry, Index
from commandcenter.rules.matching import pieces
from commandcenter.rules.pinyin import PinyinKeys, keys

VILLAGES = ("凯旋社区", "凉水井村", "西山坪村", "黑水浩村", "兴隆社区", "高桥村", "吉祥村")


def _grid(village: str, serial: int, *, emergency: bool = False, also: tuple[str, ...] = ()) -> Entry:
    title = f"{village}应急第{serial}网格" if emergency else f"{village}第{serial}微网格"
    code = f"51098110320{VILLAGES.index(village)}" + (f"Y{serial:02d}" if emergency else f"{serial:03d}")
    made = keys(title)
    spoken = tuple(key for name in also for key in (name, *_spoken(keys(name))))
    return Entry("grid", code, title, village, (made.pinyin, made.initials, code, *spoken))


def _spoken(made: PinyinKeys) -> tuple[str, str]:
    return made.pinyin, made.initials


def _worker(name: str, phone: str) -> Entry:
    made = keys(name, person=True)
    return Entry("worker", f"w-{phone}", name, "", (made.pinyin, made.initials, phone))


@pytest.fixture(scope="module")
def index() -> Index:
    entries = [_grid(village, serial) for village in VILLAGES for serial in range(1, 31)]
    entries += [_grid(village, serial, emergency=True) for village in VILLAGES for serial in (1, 2, 3)]
    entries += [_grid("吉祥村", 7, also=("黄坡",))]
    entries += [
        _worker("单田芳", "13800001234"),
        _worker("刘建国", "13900005678"),
        _worker("谯永红", "15000002727"),
    ]
    entries += [Entry("action", "intake", "接报", "F2", ("jiebao", "jb", "Take a report"))]
    return Index(entries)


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("凯旋27", "凯旋社区第27微网格"),
        ("kx27", "凯旋社区第27微网格"),
        ("KX 27", "凯旋社区第27微网格"),
        ("ｋｘ２７", "凯旋社区第27微网格"),
        ("kaixuan27", "凯旋社区第27微网格"),
        ("kai'xuan 27", "凯旋社区第27微网格"),
        ("凯旋社区第27微网格", "凯旋社区第27微网格"),
        ("lsj5", "凉水井村第5微网格"),
        ("niangsuijin5", "凉水井村第5微网格"),
        ("hsh y3", "黑水浩村应急第3网格"),
        ("hshy3", "黑水浩村应急第3网格"),
        ("黑水浩应急3", "黑水浩村应急第3网格"),
        ("heishuihaoyingji3", "黑水浩村应急第3网格"),
        ("3y03", "黑水浩村应急第3网格"),
        ("510981103203Y03", "黑水浩村应急第3网格"),
        ("203012", "黑水浩村第12微网格"),
        ("jx7 hp", "吉祥村第7微网格"),
        ("jx7 黄坡", "吉祥村第7微网格"),
        ("xinlong 4", "兴隆社区第4微网格"),
        ("stf", "单田芳"),
        ("dan tian", "单田芳"),
        ("santianhang", "单田芳"),
        ("1234", "单田芳"),
        ("qiao", "谯永红"),
        ("report", "接报"),
        ("take re", "接报"),
        ("jb", "接报"),
    ],
)
def test_what_is_typed_finds_what_is_meant(index: Index, query: str, title: str) -> None:
    assert index.search(query)[0].entry.title == title


def test_a_number_alone_finds_that_number_everywhere(index: Index) -> None:
    titles = [hit.entry.title for hit in index.search("27", limit=len(VILLAGES))]
    assert sorted(titles) == sorted(f"{village}第27微网格" for village in VILLAGES)


def test_while_the_number_is_typed_the_exact_one_stands_first(index: Index) -> None:
    titles = [hit.entry.title for hit in index.search("kx2")]
    assert titles[0] == "凯旋社区第2微网格"
    assert "凯旋社区第27微网格" in titles


def test_exact_before_prefix_before_infix() -> None:
    index = Index(Entry("place", name, name) for name in ("大石桥头", "石桥头", "石桥"))
    assert [hit.entry.title for hit in index.search("石桥")] == ["石桥", "石桥头", "大石桥头"]


def test_every_part_must_match(index: Index) -> None:
    assert index.search("kx27 hsh") == []
    assert index.search("凯旋 zzz") == []


@pytest.mark.parametrize("query", ["", "  ", "，。", "'", "\n", "\x00"])
def test_a_query_without_words_finds_nothing(index: Index, query: str) -> None:
    assert index.search(query) == []


def test_kinds_and_limit(index: Index) -> None:
    assert {hit.entry.kind for hit in index.search("2727", kinds=["worker"])} == {"worker"}
    assert index.search("27", kinds=["unknown"]) == []
    assert len(index.search("网格", limit=3)) == 3


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("凯旋27", "凯旋27"),
        ("kx27", "凯旋27"),
        ("kaixuan27", "凯旋27"),
        ("kaixuan", "凯旋"),
        ("kxsq", "凯旋社区"),
        ("niangsui", "凉水"),
        ("hshy3", "黑水浩应3"),
    ],
)
def test_spans_mark_what_matched(index: Index, query: str, marked: str) -> None:
    hit = index.search(query)[0]
    assert "".join(hit.entry.title[start:end] for start, end in hit.spans) == marked


def test_entries_come_change_and_go() -> None:
    index = Index()
    assert index.search("a") == []
    index.upsert([Entry("place", "1", "旧名"), Entry("place", "2", "别处")])
    index.upsert([Entry("place", "1", "新名")])
    assert index.search("旧名") == []
    assert [hit.entry.id for hit in index.search("新名")] == ["1"]
    index.remove(["1", "unknown"])
    assert index.search("新名") == []
    assert len(index) == 1


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 8), st.text("凯旋ab27", min_size=1, max_size=5)), max_size=25
    )
)
def test_changing_piecemeal_equals_indexing_at_once(steps: list[tuple[bool, int, str]]) -> None:
    index, model = Index(), {}
    for put, id, title in steps:
        if put:
            model[str(id)] = Entry("place", str(id), title)
            index.upsert([model[str(id)]])
        else:
            model.pop(str(id), None)
            index.remove([str(id)])
    fresh = Index(model.values())
    for query in ("凯", "a2", "27", "凯旋", "b"):
        assert index.search(query, limit=50) == fresh.search(query, limit=50)


@settings(max_examples=80, deadline=None)
@given(st.text("凯旋社区abzh27 ", min_size=1, max_size=10).filter(str.strip), st.data())
def test_any_part_of_a_title_finds_it_and_spans_lie_inside(title: str, data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(title.split()))
    index = Index([Entry("place", "1", title)])
    for end in range(1, len(word) + 1):
        hits = index.search(word[:end])
        if not word[:end].isascii():
            assert hits
        for hit in hits:
            assert 0 < hit.score <= 1
            assert all(0 <= start < stop <= len(title) for start, stop in hit.spans)


def test_pieces_skip_but_keep_the_order() -> None:
    assert pieces("黑水浩应急", "黑水浩村应急第3网格", shortest=1, anchored=False) == [(0, 3), (4, 6)]
    assert pieces("急应", "应急", shortest=1, anchored=False) is None
    assert pieces("shy", "hshcy", shortest=1, anchored=True) is None


def test_twenty_thousand_names_answer_while_a_key_goes_down(capsys: pytest.CaptureFixture[str]) -> None:
    """Prints the times; it fails only where something is wrong by an order of magnitude."""
    chance = random.Random(7)
    syllables = [
        "zhang",
        "wang",
        "li",
        "liu",
        "chen",
        "xian",
        "guang",
        "hui",
        "ming",
        "jun",
        "fang",
        "shui",
        "ge",
    ]
    entries = []
    for number in range(20_000):
        said = chance.choices(syllables, k=3)
        title = "".join(chance.choices("张王李刘陈先光辉明军芳水革桥村", k=3))
        initials = "".join(each[0] for each in said)
        entries.append(Entry("worker", str(number), title, "", ("".join(said), initials, f"138{number:08d}")))
    started = time.perf_counter()
    index = Index(entries)
    lines = [f"built in {time.perf_counter() - started:.3f} s"]
    slowest = 0.0
    for query in ("g", "zhang", "zhangwangli", "zw", "张王", "1234", "zjunhuiming", "xyz no", "张革 zh 3"):
        started = time.perf_counter()
        index.search(query)
        took = time.perf_counter() - started
        slowest = max(slowest, took)
        lines.append(f"{query}: {took * 1000:.1f} ms")
    with capsys.disabled():
        print("\n" + "; ".join(lines))
    assert slowest < 0.5
