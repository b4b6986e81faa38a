"""What a reader without the right sees of a personal value, and what is left of an erased one."""

import re
from collections.abc import Iterable

from commandcenter.rules.entity import PersonalKind
from commandcenter.rules.phones import SHORT, normalise

ERASED = "[erased]"
"""Stands where a value was erased for good; shown by the sentence of ``core.erased``."""
HIDDEN = "•••"
"""A text of which nothing is shown."""
REDACTED = "■■■"
"""Stands in a kept text for a word that was taken out; its length tells nothing."""

_DOUBLE_SURNAMES = frozenset(
    (
        "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "长孙", "宇文",
        "司徒", "令狐", "夏侯", "轩辕", "端木", "百里", "呼延", "澹台", "万俟", "闻人", "独孤",
        "南宫", "西门", "单于", "申屠",
    )
)  # fmt: skip
_VILLAGE = re.compile(
    r"^(?P<kept>(?:[^\W\d_]{1,8}?[省市县区])*(?:[^\W\d_]{1,6}?[镇乡])?[^\W\d_]{1,4}?(?:村|社区))"
    r"(?![口头尾道路边里内外前后东南西北])"
)


def mask(kind: PersonalKind, value: str) -> str:
    """``value`` as somebody sees it who may not read such values. An erased value stays :data:`ERASED`."""
    if value == ERASED or not value:
        return value
    return _MASKS[kind](value.strip())


def is_masked(value: str | None) -> bool:
    """Whether a value was masked on its way here, so that a form must not write it back."""
    return value is not None and (HIDDEN in value or "**" in value or value.endswith("*"))


def is_erased(value: str | None) -> bool:
    """Whether a value was erased for good."""
    return value == ERASED


def redact(text: str, words: Iterable[str]) -> str:
    """``text`` without any of ``words``; numbers also where they are written in groups or in full width."""
    for word in sorted({each for each in words if each}, key=len, reverse=True):
        text = _pattern(word).sub(REDACTED, text)
    return text


def _pattern(word: str) -> re.Pattern[str]:
    if word.isascii() and word.isdigit():
        digits = (f"[{digit}{chr(ord('０') + int(digit))}]" for digit in word)
        return re.compile(r"[ \-]?".join(digits))
    return re.compile(re.escape(word), re.IGNORECASE)


def _phone(value: str) -> str:
    if len(value) == 11 and value.isascii() and value.isdigit():
        return f"{value[:3]}****{value[-4:]}"  # nearly every number: lists of thousands are masked at once
    number = normalise(value)
    if number in SHORT:
        return number
    digits = re.sub(r"\D", "", number.partition("-")[0])
    if len(digits) >= 11:
        return f"{digits[:3]}****{digits[-4:]}"
    return f"****{digits[-2:]}" if len(digits) >= 7 else "****"


def _name(value: str) -> str:
    if len(value) > 2 and value[:2] in _DOUBLE_SURNAMES:
        return f"{value[:2]}*"
    return f"{value[:1]}*"


def _address(value: str) -> str:
    found = _VILLAGE.match(value)
    return f"{found['kept']}***" if found else "***"


def _id_number(value: str) -> str:
    return f"{value[0]}{'*' * 16}{value[-1]}" if len(value) >= 15 else "*" * 18


def _hidden(_: str) -> str:
    return HIDDEN


_MASKS = {
    "name": _name, "phone": _phone, "address": _address, "id_number": _id_number, "needs": _hidden,
    "text": _hidden, "record": _hidden, "ledger": _hidden,
}  # fmt: skip
