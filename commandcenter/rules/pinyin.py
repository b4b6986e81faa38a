"""How Chinese is found from a Latin keyboard: pinyin keys, a folding that bears local accents, and bigrams.

Making keys needs pypinyin (0.3 s to import), so it is imported when the first Chinese name is keyed; folding,
normalising and bigrams need nothing.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product

HAN = "㐀-䶿一-鿿豈-﫿𠀀-𱍏〇"
"""Chinese characters, as the inside of a regular expression's brackets.

Patterns with it are kept as text, which ``re`` compiles when first used and remembers: each costs a start 5 ms.
"""

_RUN = rf"(?P<han>[{HAN}]+)|(?P<plain>[0-9a-z]+)"
_MARKS = re.compile("['’`·]")
_SURNAMES = {
    "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "澹台": "tan tai", "令狐": "ling hu",
    "单于": "chan yu", "单": "shan", "解": "xie", "谯": "qiao", "仇": "qiu", "曾": "zeng", "查": "zha",
    "任": "ren", "区": "ou", "朴": "piao", "盖": "ge", "员": "yun", "乐": "yue", "华": "hua", "纪": "ji",
    "洗": "xian", "覃": "qin", "黑": "he", "缪": "miao", "种": "chong", "秘": "bi", "翟": "zhai",
    "晁": "chao", "召": "shao", "过": "guo", "那": "na", "郗": "xi", "隗": "wei", "折": "she", "繁": "po",
    "瞿": "qu", "柏": "bai", "车": "che", "盛": "sheng", "石": "shi", "谌": "chen", "尹": "yin",
    "石抹": "shi mo", "薄": "bo", "牟": "mou", "贾": "jia", "宁": "ning", "卜": "bu", "冼": "xian",
    "逄": "pang", "佴": "nai", "殷": "yin", "褚": "chu", "都": "du", "祭": "zhai",
}  # fmt: skip
"""How a character is read as a surname where the usual reading differs or is in doubt."""
_ALSO = {
    "乐": ("le", "yue"), "朝": ("chao", "zhao"), "长": ("chang", "zhang"), "重": ("chong", "zhong"),
    "行": ("xing", "hang"), "堡": ("bao", "pu"), "埔": ("pu", "bu"), "巷": ("xiang", "hang"),
    "角": ("jiao", "jue"), "茜": ("qian", "xi"), "蔚": ("wei", "yu"), "谌": ("chen", "shen"),
    "覃": ("qin", "tan"), "厦": ("xia", "sha"), "盛": ("sheng", "cheng"), "曾": ("zeng", "ceng"),
    "翟": ("zhai", "di"), "柏": ("bai", "bo"), "莘": ("shen", "xin"), "单": ("dan", "shan"),
    "解": ("jie", "xie"), "仇": ("chou", "qiu"), "藏": ("zang", "cang"),
}  # fmt: skip
"""Characters of names that people read in two ways; both are kept."""
_CLANS = ("家", "氏")
"""A character before one of these is a surname in a place's name as well (曾家湾, 解家坝)."""
_MOST_READINGS = 4

_FOLDED_LETTERS = str.maketrans({"l": "n", "f": "h", "v": "u", "ü": "u"})
_FOLDED_PAIRS = re.compile("(?<=[zcs])h+|(?<=[ie]n)g+")


@dataclass(frozen=True, slots=True)
class PinyinKeys:
    """A name as typed in pinyin and in initials; readings stand apart by a space, the likeliest first."""

    pinyin: str
    initials: str


def normalise(text: str) -> str:
    """``text`` in lower case and usual width, ``ü`` as ``v``, without the marks typed between syllables."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).lower()).replace("ü", "v")


def keys(name: str, *, person: bool = False) -> PinyinKeys:
    """The search keys of a name. ``person``: the first character is read as a surname (单 Shàn, 解 Xiè).

    Latin letters and digits are kept, everything else falls out: 凉水井村第5微网格 is
    ``liangshuijingcundi5weiwangge`` and ``lsjcd5wwg``.
    """
    parts: list[list[tuple[str, str]]] = []
    for run in re.finditer(_RUN, normalise(name)):
        if run["plain"]:
            parts.append([(run["plain"], run["plain"])])
        else:
            parts += _read(run["han"], surname=person and run.start() == 0)
    readings = [*_combined(parts)]
    pinyin = dict.fromkeys("".join(syllable for syllable, _ in reading) for reading in readings)
    initials = dict.fromkeys("".join(initial for _, initial in reading) for reading in readings)
    return PinyinKeys(" ".join(pinyin), " ".join(initials))


def _read(han: str, *, surname: bool) -> list[list[tuple[str, str]]]:
    """Each character of a Chinese run as its possible (syllable, initial), likeliest first."""
    from pypinyin import lazy_pinyin

    syllables = lazy_pinyin(list(han)) if len(han) == 1 else lazy_pinyin(han)
    if len(syllables) != len(han):
        syllables = [lazy_pinyin(character)[0] for character in han]
    choices = [[said, *_ALSO.get(character, ())] for character, said in zip(han, syllables, strict=True)]
    for place in range(len(han)):
        if (surname and place == 0) or han[place + 1 : place + 2] in _CLANS:
            _read_surname(han, place, choices)
    return [[(said, said[:1]) for said in dict.fromkeys(options) if said.isascii()] for options in choices]


def _read_surname(han: str, place: int, choices: list[list[str]]) -> None:
    """Put the surname reading of the one or two characters at ``place`` first."""
    for length in (2, 1):
        if spoken := _SURNAMES.get(han[place : place + length]):
            for offset, syllable in enumerate(spoken.split()):
                choices[place + offset].insert(0, syllable)
            return


def _combined(parts: list[list[tuple[str, str]]]) -> Iterator[tuple[tuple[str, str], ...]]:
    """Whole readings from the readings of the parts; at most :data:`_MOST_READINGS`, the likeliest first."""
    known = [options for options in parts if options]
    for count, reading in enumerate(product(*known)):
        if count == _MOST_READINGS:
            return
        yield reading


def fold(pinyin: str) -> str:
    """Pinyin as one class of what is easily confused: n/l, h/f, zh/z, ch/c, sh/s, in/ing, en/eng, v/u.

    Read from left to right without looking ahead, so the folding of a prefix is a prefix of the folding: a
    query keeps matching while it is being typed.
    """
    return _FOLDED_PAIRS.sub("", pinyin.translate(_FOLDED_LETTERS))


_GRAM_RUN = rf"[{HAN}]+|\d(?:[ \-]?\d)*|[^\W\d_{HAN}]+"
_SEPARATORS = re.compile(r"[ \-]")


def grams(text: str) -> str:
    """The tokens under which ``text`` is indexed: its distinct bigrams and single characters, by spaces
    apart.

    Every substring's grams are among the text's, so a search asks for all grams of the query. Digits written
    in groups (``138 0000-1234``) are joined. Punctuation falls out and parts the text.
    """
    found: dict[str, None] = {}
    for piece in _pieces(text):
        found.update(dict.fromkeys(a + b for a, b in pairwise(piece)))
        found.update(dict.fromkeys(piece))
    return " ".join(found)


def wanted_grams(query: str) -> str:
    """The fewest tokens of :func:`grams` that a text with ``query`` in it must have.

    Single characters are asked for only where there is no bigram.
    """
    found: dict[str, None] = {}
    for piece in _pieces(query):
        found.update(dict.fromkeys((a + b for a, b in pairwise(piece)) if len(piece) > 1 else piece))
    return " ".join(found)


def _pieces(text: str) -> Iterator[str]:
    """Runs of letters, Chinese or digits; neighbouring runs with nothing between them are one piece."""
    piece, end = "", -1
    for run in re.finditer(_GRAM_RUN, normalise(text)):
        if run.start() != end and piece:
            yield piece
            piece = ""
        piece, end = piece + _SEPARATORS.sub("", run[0]), run.end()
    if piece:
        yield piece
