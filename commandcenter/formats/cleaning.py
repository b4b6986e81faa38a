"""Cleaners: a cell as files write it to the value of a field, or :class:`BadValue`. Never a guess.

Every cleaner takes any plain cell (text, whole or broken number, bool, date) that is not empty.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from commandcenter.formats.encodings import is_damaged
from commandcenter.formats.formulas import unescaped
from commandcenter.rules import phones

Cleaned = str | int | bool
Cleaner = Callable[[object], Cleaned]

EXACT = 2**53
"""Whole numbers from here on have lost digits in a spreadsheet."""
_MAX_COUNT = 10_000_000
_WIDE = {0xFF10 + n: ord("0") + n for n in range(10)}
_WIDE |= {0xFF21 + n: ord("A") + n for n in range(26)} | {0xFF41 + n: ord("a") + n for n in range(26)}
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_\-]*")
_COUNT = re.compile(r"(\d{1,9})(?:\.0+)?\s*(?:人|户|口|个|名|位|户数)?")
_PHONE_FILL = re.compile(r"[\s\-\u2010-\u2015()（）.]+")
_PHONE = re.compile(r"\d{3,15}")
_MONTH = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*"
    r"(?:月份?|[-/.月]\s*(?P<day>\d{1,2})\s*日?)?(?:[ T]00:00(?::00)?)?"
)
_MONTH_TOGETHER = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})?")
_BETWEEN_NAMES = re.compile(r"\s*(?:[、，,;；/／|]|(?<=[\u4e00-\u9fff]{2})和(?=[\u4e00-\u9fff]{2,4}$))\s*")
_SURNAME_FIRST = re.compile(r"[A-Za-z'’.-]+, [A-Za-z'’. -]+")
_PADDED_CHINESE = re.compile("(?<=[\u3400-\u9fff\U00020000-\U0003ffff]) (?=[\u3400-\u9fff\U00020000-\U0003ffff])")
_CHINESE_NAME = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}")
_ID_NUMBER = re.compile(r"\d{17}[\dX]|\d{15}")
_FIRST_SERIAL, _LAST_SERIAL = 7_306, 73_050
"""1920-01-01 and 2099-12-31 as the days that a spreadsheet counts."""
_EPOCH = date(1899, 12, 30)
_YES = frozenset({"是", "有", "对", "y", "yes", "true", "1", "√", "✓", "✔", "☑"})
_NO = frozenset({"否", "无", "不", "不是", "没有", "n", "no", "false", "0", "×", "✗", "x", "☐"})


@dataclass(frozen=True, slots=True)
class Offer:
    """The words that a template offers for a cell: in Chinese and in English; ``is_closed``: no other is taken."""

    zh: tuple[str, ...]
    en: tuple[str, ...]
    is_closed: bool


def offering(cleaner: Cleaner, zh: tuple[str, ...], en: tuple[str, ...], *, is_closed: bool) -> Cleaner:
    """The cleaner, with the words that are usual in its column."""
    cleaner.offer = Offer(zh, en, is_closed)  # type: ignore[attr-defined]
    return cleaner


def offer_of(cleaner: Cleaner) -> Offer | None:
    """The words that are usual in a column; None where people write what they like."""
    found = getattr(cleaner, "offer", None)
    return found if isinstance(found, Offer) else None


class BadValue(ValueError):
    """A cell that cannot become the field's value; ``code`` as in ``formats.problem.<code>``."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def written(value: object) -> str:
    """A cell as a person sees it, for comparing and showing; "" for an empty one."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    return value.strip() if isinstance(value, str) else str(value)


def text_of(value: object) -> str:
    """A cell as tidy text: half-width digits and letters, single spaces, nothing invisible."""
    if isinstance(value, (date, datetime)):
        raise BadValue("text.is_date")
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise BadValue("value.not_plain")
    if isinstance(value, float) and not (value.is_integer() and abs(value) < EXACT):
        raise BadValue("number.digits_lost" if abs(value) >= EXACT else "text.is_fraction")
    return _tidied(written(value))


@lru_cache(maxsize=65_536)
def _tidied(text: str) -> str:
    """Remembered, because a file is cleaned again for every column that a person moves."""
    if is_damaged(text) or _SURROGATE.search(text):
        raise BadValue("text.damaged")
    return _SPACES.sub(" ", _INVISIBLE.sub("", unescaped(text)).translate(_WIDE)).strip()


def words(limit: int = 200) -> Cleaner:
    """Free words of at most ``limit`` characters."""

    def clean(value: object) -> str:
        return _within(text_of(value), limit)

    return clean


def name(limit: int = 60) -> Cleaner:
    """A name: spaces inside Chinese are padding and go."""
    padding = re.compile(
        "(?<=[\u3400-\u9fff\U00020000-\U0003ffff0-9]) (?=[\u3400-\u9fff\U00020000-\U0003ffff0-9])"
    )

    def clean(value: object) -> str:
        return _within(padding.sub("", text_of(value)), limit)

    return clean


def person(value: object) -> str:
    """The name of one person. Two names in a cell are refused, with the parts it could be cut into."""
    words = text_of(value).split(" ")
    if len(words) > 1 and all(_CHINESE_NAME.fullmatch(word) for word in words):
        raise _several([*words, "".join(words)])
    return party(value)


def party(value: object) -> str:
    """The name of a person or an office; two of them in a cell are refused like two persons.

    ``Lee, Sam`` is one person, as names are written outside China; ``119 接警台`` keeps its space.
    """
    text = text_of(value)
    parts = [part for part in _BETWEEN_NAMES.split(text) if part]
    if len(parts) > 1 and not _SURNAME_FIRST.fullmatch(text):
        raise _several(parts)
    return _within(_PADDED_CHINESE.sub("", text), 60)


def _several(parts: list[str]) -> BadValue:
    """``parts``: what the cell could be cut into, for a person to choose from."""
    return BadValue("name.several", parts=parts, listed=" / ".join(parts))


def id_number(value: object) -> str:
    """An identity number of 18 characters (15 of the old kind) as text. A number cell has lost its last digits."""
    text = text_of(value).replace(" ", "").upper()
    if _SCIENTIFIC.fullmatch(text) and "+" in text:
        raise BadValue("number.digits_lost")
    if not _ID_NUMBER.fullmatch(text):
        raise BadValue("id.unreadable")
    if not isinstance(value, str) and len(text) > 15:
        raise BadValue("number.digits_lost")
    return text


def code(value: object) -> str:
    """A code of letters and digits, kept as text."""
    text = text_of(value).replace(" ", "")
    if _SCIENTIFIC.fullmatch(text) and "+" in text:
        raise BadValue("number.digits_lost")
    if not _CODE.fullmatch(text):
        raise BadValue("code.unreadable")
    return _within(text, 40)


def count(value: object) -> int:
    """A number of people or households, also as 55人."""
    if isinstance(value, float) and not value.is_integer():
        raise BadValue("count.not_whole")
    found = _COUNT.fullmatch(text_of(value))
    if found is None or int(found[1]) > _MAX_COUNT:
        raise BadValue("count.unreadable")
    return int(found[1])


def month(value: object) -> str:
    """A month as ``YYYY-MM`` from a date, 2025.3, 2025年3月, 2025-03-01, 202503, 20250301 or the days that a
    spreadsheet counts (45717).

    The number 2025.1 is refused: it may be January, or an October that lost its zero.
    """
    if isinstance(value, (date, datetime)):
        return _month(value.year, value.month, value.day)
    if isinstance(value, float) and not value.is_integer():
        return _month_of_number(value)
    text = text_of(value)
    if is_serial(value):
        day = _EPOCH + timedelta(days=int(text))
        return _month(day.year, day.month, day.day)
    found = _MONTH.fullmatch(text) or _MONTH_TOGETHER.fullmatch(text)
    if found is None:
        raise BadValue("month.unreadable")
    return _month(int(found["year"]), int(found["month"]), int(found["day"] or 1))


_MOMENT = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[\sT]*(?:上午|早上|(?P<late>下午|晚上))?\s*(?P<hour>\d{1,2})\s*[:：时点]\s*(?P<minute>\d{1,2})?\s*分?(?::\d{2}(?:\.0+)?)?)?"
)


def moment(value: object) -> str:
    """A local time as ``YYYY-MM-DD HH:MM`` (or a day as ``YYYY-MM-DD``), from the usual ways of writing one."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")[:16]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool)):
        if not _FIRST_SERIAL <= value <= _LAST_SERIAL:
            raise BadValue("moment.unknown")
        days, minutes = divmod(round(value * 24 * 60), 24 * 60)
        told = (_EPOCH + timedelta(days=days)).isoformat()
        return f"{told} {minutes // 60:02}:{minutes % 60:02}" if minutes else told
    found = _MOMENT.fullmatch(text_of(value))
    if found is None:
        raise BadValue("moment.unknown")
    try:
        day = date(int(found["year"]), int(found["month"]), int(found["day"]))
        if found["hour"] is None:
            return day.isoformat()
        hour = int(found["hour"]) + (12 if found["late"] and int(found["hour"]) < 12 else 0)
        at = time(hour, int(found["minute"] or 0))
    except ValueError:
        raise BadValue("moment.unknown") from None
    return f"{day.isoformat()} {at:%H:%M}"


def is_serial(value: object) -> bool:
    """Whether a cell holds a date as the number of its day, its format lost."""
    text = written(value)
    return text.isascii() and text.isdigit() and len(text) <= 5 and _FIRST_SERIAL <= int(text) <= _LAST_SERIAL


def _month_of_number(value: float) -> str:
    text = repr(value)
    found = _MONTH.fullmatch(text)
    if found is None:
        raise BadValue("month.unreadable")
    if found["month"] == "1":
        raise BadValue("month.ambiguous", year=found["year"])
    return _month(int(found["year"]), int(found["month"]), 1)


def _month(year: int, month_number: int, day: int) -> str:
    try:
        date(year, month_number, day)
    except ValueError:
        raise BadValue("month.unreadable") from None
    if not 1900 <= year <= 2100:
        raise BadValue("month.unreadable")
    return f"{year:04}-{month_number:02}"


def phone(value: object) -> str:
    """A telephone number as digits alone. A number cell that must have lost its leading zero is refused."""
    text = text_of(value)
    if _SCIENTIFIC.fullmatch(text) and "+" in text:
        raise BadValue("number.digits_lost")
    digits = _PHONE_FILL.sub("", text)
    digits = re.sub(r"^(?:\+|00)86(?=1\d{10}$|0\d{9,11}$)", "", digits)
    if not _PHONE.fullmatch(digits):
        raise _no_phone(text)
    if not isinstance(value, str) and 9 <= len(digits) <= 11 and not re.fullmatch(r"1\d{10}", digits):
        raise BadValue("phone.zero_lost")
    if len(digits) > 12:
        raise _no_phone(text, long=len(digits) >= 14)
    return digits


def _no_phone(text: str, *, long: bool = False) -> BadValue:
    """Why a cell is no number: it holds several (which ones, if that can be told), or none."""
    parts = [each for each in phones.numbers_in(text) if _PHONE.fullmatch(each) and len(each) >= 7]
    if len(parts) < 2:
        parts = re.findall(r"(?<!\d)\d{7,12}(?!\d)", text.replace("-", ""))
    if len(parts) > 1 or long:
        return BadValue("phone.several", parts=parts, listed=" / ".join(parts) or text)
    return BadValue("phone.unreadable")


def yes_no(value: object) -> bool:
    """是/否 and their many kin."""
    if isinstance(value, bool):
        return value
    text = text_of(value).casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise BadValue("choice.unknown", choices="是 / 否")


yes_no.offer = Offer(("是", "否"), ("yes", "no"), True)  # type: ignore[attr-defined]


def choice(meanings: Mapping[str, str], *, others: Cleaner | None = None) -> Cleaner:
    """A word from a closed list as its key; a word outside goes to ``others`` or is refused."""
    keys = {_bare(word): key for word, key in meanings.items()} | {
        _bare(key): key for key in meanings.values()
    }
    listed = " / ".join(dict.fromkeys(word for word in meanings))

    def clean(value: object) -> Cleaned:
        key = keys.get(_bare(text_of(value)))
        if key is not None:
            return key
        if others is not None:
            return others(value)
        raise BadValue("choice.unknown", choices=listed)

    clean.known = frozenset(meanings.values())  # type: ignore[attr-defined]
    first: dict[str, str] = {}
    for word, key in meanings.items():
        first.setdefault(key, word)
    return offering(clean, tuple(first.values()), tuple(first), is_closed=others is None)


def _bare(text: str) -> str:
    return re.sub(r"[\s\"'“”‘’「」（）()]+", "", text).casefold()


def _within(text: str, limit: int) -> str:
    if len(text) > limit:
        raise BadValue("text.too_long", limit=limit, length=len(text), over=len(text) - limit)
    return text
