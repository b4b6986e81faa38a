"""Times on the cards of people, in the town's zone."""

from datetime import datetime

from commandcenter.base.texts import say
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools


def local_time(instant: datetime, tools: Tools) -> str:
    """The time of day today, else day and time; the year only where it is another one."""
    zone = zone_of(tools.desk.live.town)
    there, today = instant.astimezone(zone), tools.desk.now().astimezone(zone)
    if there.date() == today.date():
        return f"{there:%H:%M}"
    code = "people.day.this_year" if there.year == today.year else "people.day.other_year"
    return say(code, year=there.year, month=there.month, day=there.day, time=f"{there:%H:%M}")
