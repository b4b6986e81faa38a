"""Times on the cards of people, in the town's zone."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from commandcenter.base.texts import say
from commandcenter.ui.core.tools import Tools


def zone_of(tools: Tools) -> tzinfo:
    """The town's zone; UTC while it is unknown."""
    town = tools.desk.live.town
    try:
        return ZoneInfo(town.zone) if town is not None else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def local_time(instant: datetime, tools: Tools) -> str:
    """The time of day today, else day and time; the year only where it is another one."""
    zone = zone_of(tools)
    there, today = instant.astimezone(zone), tools.desk.now().astimezone(zone)
    if there.date() == today.date():
        return f"{there:%H:%M}"
    code = "people.day.this_year" if there.year == today.year else "people.day.other_year"
    return say(code, year=there.year, month=there.month, day=there.day, time=f"{there:%H:%M}")
