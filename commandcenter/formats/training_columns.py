"""The columns of a town's old training records: one row says that somebody took a course on a day, and with what
result.
"""

import re
from datetime import date, datetime, timedelta
from typing import Any

from commandcenter.formats import cleaning
from commandcenter.formats.cleaning import BadValue, Cleaner

RESULTS: dict[str, str] = {
    "合格": "passed", "通过": "passed", "及格": "passed", "优秀": "passed", "良好": "passed", "已合格": "passed",
    "达标": "passed", "pass": "passed",
    "不合格": "failed", "未通过": "failed", "不及格": "failed", "未合格": "failed", "不达标": "failed",
    "fail": "failed",
    "免修": "waived", "免考": "waived", "免训": "waived",
    "未考核": "untested", "未考": "untested", "缺考": "untested", "待考": "untested", "不考核": "untested",
}  # fmt: skip
"""What became of it; the first word of a key is the one that is written."""
PRESENCE: dict[str, str] = {
    "到场": "present", "到": "present", "已到": "present", "签到": "present", "已签到": "present", "实到": "present",
    "出席": "present", "是": "present", "√": "present", "yes": "present",
    "缺席": "absent", "未到": "absent", "请假": "absent", "缺勤": "absent", "否": "absent", "×": "absent",
    "no": "absent",
}  # fmt: skip
_EPOCH = date(1899, 12, 30)
_DAY = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
    r"(?:[ T]*(?:上午|下午)?\d{1,2}[:：时点]\d{0,2}(?:[:：]\d{2})?分?.*)?"
)
_TOGETHER = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")


def day(value: object) -> str:
    """A day as ``YYYY-MM-DD`` from a date, 2025-6-12, 2025.6.12, 2025年6月12日, 20250612 or the days that a spreadsheet
    counts; a time behind it falls away."""
    if isinstance(value, (date, datetime)):
        return _in_reach(date(value.year, value.month, value.day))
    text = cleaning.text_of(value)
    if cleaning.is_serial(value):
        return _in_reach(_EPOCH + timedelta(days=int(text)))
    found = _DAY.fullmatch(text) or _TOGETHER.fullmatch(text)
    if found is None:
        raise BadValue("day.unreadable")
    try:
        return _in_reach(date(int(found["year"]), int(found["month"]), int(found["day"])))
    except ValueError:
        raise BadValue("day.unreadable") from None


def _in_reach(found: date) -> str:
    """No training of a living roster lies outside these years."""
    if not 1990 <= found.year <= 2100:
        raise BadValue("day.unreadable")
    return found.isoformat()


def number(most: float) -> Cleaner:
    """A number from 0 to ``most``, also as 85分 or 2学时."""

    def clean(value: object) -> Any:
        text = str(value) if isinstance(value, float) else cleaning.text_of(value)
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(?:分|学时|课时|小时|h)?", text.strip())
        if found is None or float(found[1]) > most:
            raise BadValue("points.unreadable", most=f"{most:g}")
        return float(found[1])

    return clean
