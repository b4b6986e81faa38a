"""The town's zone for the dates beside values."""

from datetime import tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from commandcenter.ui.core.tools import Tools


def zone_of(tools: Tools) -> tzinfo:
    """The town's zone."""
    town = tools.desk.live.town
    return _zone(town.zone if town is not None else "Asia/Shanghai")


@cache
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Asia/Shanghai")
