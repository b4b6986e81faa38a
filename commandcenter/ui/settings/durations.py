"""Spans of time as people write and read them; kept in whole minutes."""

import re
import unicodedata

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say

_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z\u4e00-\u9fff]*)\s*")
_MINUTES = frozenset(("", "m", "min", "minute", "minutes", "分", "分钟"))
_HOURS = frozenset(("h", "hour", "hours", "时", "小时", "个小时", "钟头"))
_DAYS = frozenset(("d", "day", "days", "天", "日"))
_MONTHS = frozenset(("", "m", "month", "months", "月", "个月"))
_DRILLS = frozenset(("", "drill", "drills", "场", "次"))
_PEOPLE = frozenset(("", "people", "persons", "人"))
MOST = 60 * 24 * 31
"""The longest limit that makes sense to enter: a month."""


def minutes_in(text: str) -> int:
    """``90``, ``90 分``, ``1.5 小时``, ``1 h 30 min``, ``3天`` as minutes.

    BadInput ``settings.duration`` for anything else, nothing, or more than :data:`MOST`.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    total, at = 0.0, 0
    while at < len(plain):
        part = _PART.match(plain, at)
        if part is None:
            raise BadInput("settings.duration", given=text)
        total += float(part[1]) * _unit(part[2], text)
        at = part.end()
    if not total or total != int(total) or total > MOST:
        raise BadInput("settings.duration", given=text)
    return int(total)


def _unit(word: str, text: str) -> int:
    for words, minutes in ((_MINUTES, 1), (_HOURS, 60), (_DAYS, 1440)):
        if word in words:
            return minutes
    raise BadInput("settings.duration", given=text)


def in_words(minutes: int) -> str:
    """Minutes in the largest units that fit: 5 分钟, 2 小时, 1 小时 30 分钟, 3 天."""
    if minutes % 1440 == 0 and minutes > 1440:
        return say("settings.days", count=minutes // 1440)
    hours, left = divmod(minutes, 60)
    if not hours:
        return say("settings.minutes", count=left)
    return say("settings.hours", count=hours) + (" " + say("settings.minutes", count=left) if left else "")


def read(unit: str, text: str) -> int:
    """What was typed for a setting of a unit: minutes (``min``), days (``d``), months (``months``), or a number of
    drills (``drills``) or people (``people``).

    BadInput ``settings.duration`` or ``settings.number`` for what is none, or absurd.
    """
    if unit == "min":
        return minutes_in(text)
    part = _PART.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
    words = {"d": _DAYS | {""}, "months": _MONTHS, "people": _PEOPLE}.get(unit, _DRILLS)
    if part is None or part[2] not in words or "." in part[1] or not 1 <= int(part[1]) <= MOST_DAYS:
        raise BadInput("settings.number", given=text, most=MOST_DAYS)
    return int(part[1])


MOST_DAYS = 366
"""The most days or drills that make sense to enter."""


def told(unit: str, value: int) -> str:
    """A setting's value in words, as :func:`read` takes it."""
    if unit == "min":
        return in_words(value)
    code = {"d": "settings.days", "months": "settings.months", "people": "settings.people"}.get(unit, "settings.drills")
    return say(code, count=value)
