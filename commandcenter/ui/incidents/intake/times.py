"""When a report came in, as an officer types it: 1402, 14:02, 9：5."""

import re
from datetime import datetime, timedelta, tzinfo

_WRITTEN = re.compile(r"(?P<hour>\d{1,2})\s*[:：.]\s*(?P<minute>\d{1,2})|(?P<bare>\d{3,4})")


def time_typed(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The last instant with that local time of day that is not after ``now``; None when it is no time of day."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute = (found["hour"], found["minute"]) if found["hour"] else (found["bare"][:-2], found["bare"][-2:])
    if int(hour) > 23 or int(minute) > 59:
        return None
    local = now.astimezone(zone)
    meant = local.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    return (meant if meant <= local else meant - timedelta(days=1)).astimezone(now.tzinfo)
