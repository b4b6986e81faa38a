"""What stands in the cells of 七件套发放登记 and 物资台账: tolerant of what clerks write, one form for what goes out.

The register has a column for each article of the kit, however many there are; their headings are the articles' names,
and every sheet of a stock round bears the same words.
"""

import re
from dataclasses import dataclass

from commandcenter.formats import cleaning
from commandcenter.formats.cleaning import BadValue
from commandcenter.rules.kits import FoundState, SlotState

CellState = FoundState | SlotState
THERE = "√"
NOTHING = "waiting"
WORDS: dict[str, str] = {
    "good": THERE, "stale": "旧版", "overdue": "逾期", "expired": "过期", "damaged": "损坏", "missing": "缺失",
    "waiting": "",
}  # fmt: skip
"""The one form of each state in a cell; one in good order of an article with sizes is written as its size."""
_MEANINGS: dict[str, tuple[str, ...]] = {
    "good": ("√", "✓", "✔", "☑", "有", "是", "已发", "已领", "已配", "齐", "齐全", "完好", "正常", "好", "在用", "1",
             "1件", "1个", "y", "yes", "ok", "v"),
    "waiting": ("-", "--", "—", "——", "–", "/", "无", "否", "未发", "未领", "待发", "待补", "没有", "0", "×", "✗", "✘",
                "x", "n", "no"),
    "missing": ("缺", "缺失", "缺少", "丢", "丢失", "遗失", "丢了", "不见", "missing", "lost"),
    "damaged": ("坏", "坏了", "损坏", "破", "破损", "损", "不亮", "damaged", "broken"),
    "expired": ("过期", "到期", "失效", "过保", "expired"),
    "overdue": ("逾期", "超期", "overdue"),
    "stale": ("旧版", "版本旧", "outdated"),
}  # fmt: skip
_STATES = {word: state for state, words in _MEANINGS.items() for word in words}
BAD = ("missing", "damaged", "expired")
_APART = re.compile(r"[\s,，、;；:：()（）]+")
_SEGMENTS = re.compile(r"[、,，;；。\n]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says of a piece: ``state`` as of a place in a kit, ``size`` "" when none is named."""

    state: str
    size: str = ""


def written(state: str, size: str = "") -> str:
    """A cell as it goes out: ``√``, ``XL``, ``缺失``, ``XL 损坏``."""
    if state == "good" and size:
        return size
    return f"{size} {WORDS[state]}" if size and WORDS[state] else WORDS[state]


def read(text: str, sizes: tuple[str, ...]) -> Cell:
    """A cell as it came back; BadValue ``kit_cell.unclear`` for anything that names neither a state nor a size."""
    parts = [each for each in _APART.split(text.strip().casefold()) if each]
    if not parts:
        return Cell(_STATES.get(text.strip(), NOTHING))
    by_size = {each.casefold(): each for each in sizes}
    found_size, states = "", []
    for part in parts:
        bare = part.removesuffix("码").removesuffix("号")
        if bare in by_size and not found_size:
            found_size = by_size[bare]
        elif part in _STATES:
            states.append(_STATES[part])
        else:
            raise BadValue("kit_cell.unclear", known="√、" + "、".join(WORDS[each] for each in BAD))
    if len(set(states)) > 1:
        raise BadValue("kit_cell.unclear", known="√、" + "、".join(WORDS[each] for each in BAD))
    return Cell(states[0] if states else "good", found_size)


def mentions(text: str, articles: dict[str, str]) -> dict[str, str]:
    """What a remark such as ``手电坏、口哨丢失`` says, state by article id; ``articles``: names by id. A part that
    names no article, or no state, says nothing."""
    found = {}
    for part in filter(None, (each.strip() for each in _SEGMENTS.split(text))):
        states = [state for state in BAD for word in _MEANINGS[state] if word in part]
        named = [id for id, name in articles.items() if name in part or (len(name) > 2 and name[-2:] in part)]
        if len(set(named)) == 1 and states:
            found[named[0]] = states[0]
    return found


def amount(value: object) -> int:
    """How many lie there, also with a unit (306个); below zero where the ledger says so."""
    text = cleaning.text_of(value).strip()
    below = text.startswith(("-", "−"))
    found = re.fullmatch(r"(\d{1,7})(?:\.0+)?\s*\D{0,3}", text.lstrip("-−").replace(",", "").replace("，", ""))
    if found is None:
        raise BadValue("count.unreadable")
    return -int(found[1]) if below else int(found[1])


CATEGORIES = {
    **dict.fromkeys(("七件套", "履职七件套", "网格员七件套", "履职装备"), "kit"),
    **dict.fromkeys(("防汛抢险", "防汛防灾", "防汛", "防汛物资", "抢险物资"), "flood"),
    **dict.fromkeys(("消防灭火", "消防", "森林防灭火", "森林防火", "灭火"), "fire"),
    **dict.fromkeys(("应急救援", "救援", "救援装备"), "rescue"),
    **dict.fromkeys(("生活保障", "生活", "生活物资", "救灾物资", "安置物资"), "living"),
    **dict.fromkeys(("医疗防疫", "医疗", "防疫", "医疗物资"), "medical"),
    **dict.fromkeys(("照明供电", "照明", "供电"), "lighting"),
    **dict.fromkeys(("通信警示", "通信", "警示", "预警"), "signal"),
    **dict.fromkeys(("其他", "其它"), "other"),
}  # fmt: skip
"""The first word of a category is that of the catalogue."""
