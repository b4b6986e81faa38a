"""Which rows of a sheet are none of its table's: sums, headings of sections, notes, headings repeated on a new page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_TOTAL = re.compile(
    r"(?:.{0,12}(?:合计|总计|小计|共计|累计)|(?:sub)?total|sum)(?:[:：(（].*)?", re.IGNORECASE
)
_NOTES = re.compile(
    r"(?:填表|制表|填报|审核|审批|复核|经办|报送|单位负责|分管领导|主要领导|负责)(?:人|者|单位|时间|日期|说明|领导)?"
    r"(?:\(?(?:签字|签名|盖章)\)?)?[:：]|(?:注|备注|说明|附注|联系人|联系电话|日期|盖章)\d?[:：]"
)
_SECTION_DRESS = re.compile(
    r"^[【〔\[(（]?(?:第?[一二三四五六七八九十百\d]+[、.．)）]\s*|\([一二三四五六七八九十\d]+\)\s*)?|[】〕\])）:：]+$"
)
_COUNT = re.compile(r"[(（][共计\s]*\d+\s*[人户个名]?[)）]$")
_LOOKS_LIKE_SECTION = re.compile(
    r"[【〔\[].*[】〕\]]|(?:第?[一二三四五六七八九十百]+[、.．]|[(（][一二三四五六七八九十\d]+[)）]).*|.*[:：]"
    r"|.*(?:村|社区|居委会|村委会|小组|片区|网格)(?:[(（].*[)）])?"
)
EXAMPLES = ("示例（请删除本行）", "Example (delete this row)")
"""What the example row of a template says, in Chinese and English: whoever forgets to delete it imports nobody."""
_EXAMPLES = frozenset(EXAMPLES)
_DITTOS = frozenset(("同上", "同上。", "〃", "″", '"', "“", "”", "''", "〞", "ditto", "do.", "-\"-", "－〃－", "-〃-"))


@dataclass(frozen=True, slots=True)
class Layout:
    """What must be known of a sheet to tell its rows apart; merged ranges count from 0."""

    columns: tuple[str, ...]
    merged: list[list[int]]
    numbered: bool
    """Whether the first column numbers the rows."""


def left_out(layout: Layout, cells: Sequence[Any], number: int, *, is_first: bool) -> str | None:
    """The code of a row that is none of the table's; None for one that is."""
    filled = [index for index, cell in enumerate(cells) if cell is not None]
    first = cells[filled[0]] if filled else None
    if any(isinstance(cell, str) and cell.strip() in _EXAMPLES for cell in cells):
        return "row.example"
    if any(isinstance(cell, str) and _TOTAL.fullmatch(text_of(cell)) for cell in cells[:3]):
        return "row.total"
    if isinstance(first, str) and len(filled) * 2 <= max(len(layout.columns), 2) and _NOTES.match(text_of(first)):
        return "row.notes"
    if _repeats_headings(layout, cells, filled):
        return "row.heading_again"
    if is_first and _counts_columns(cells, filled):
        return "row.numbering"
    if len(filled) == 1 and len(layout.columns) >= 4:
        across = any(top == number - 1 and right - left >= 2 for top, left, _, right in layout.merged)
        if across or (filled[0] == 0 and _heads_section(layout, cells[0])):
            return "row.across"
    return None


def _heads_section(layout: Layout, cell: object) -> bool:
    if not is_word(cell):
        return False
    return layout.numbered or _LOOKS_LIKE_SECTION.fullmatch(text_of(cell)) is not None


def _repeats_headings(layout: Layout, cells: Sequence[Any], filled: Sequence[int]) -> bool:
    if len(filled) < 2:
        return False
    headed = [index for index in filled if index < len(layout.columns)]
    same = sum(text_of(cells[index]) == text_of(layout.columns[index]) for index in headed)
    return same * 5 >= len(filled) * 4


def _counts_columns(cells: Sequence[Any], filled: Sequence[int]) -> bool:
    """栏次: the row below the headings that numbers the columns."""
    texts = [text_of(cells[index]) for index in filled]
    return len(texts) >= 3 and texts == [str(number) for number in range(1, len(texts) + 1)]


def section_of(cells: Sequence[Any]) -> str:
    """The words of a row across the sheet without their dress: 一、凯旋社区(28人) is 凯旋社区."""
    text = text_of(next((cell for cell in cells if cell is not None), None))
    return _SECTION_DRESS.sub("", _COUNT.sub("", text)).strip()


def is_ditto(text: str) -> bool:
    """Whether a cell says that it holds what the one above holds."""
    return text.strip().casefold() in _DITTOS


def is_word(cell: object) -> bool:
    """Whether a cell is text and no number written as text."""
    return isinstance(cell, str) and not cell.strip().replace(".", "").replace("-", "").isdigit()


def text_of(cell: object) -> str:
    """A cell without any spaces."""
    return "" if cell is None else "".join(str(cell).split())
