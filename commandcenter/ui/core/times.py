"""Instants as people at the desk read them: in the town's zone."""

from datetime import UTC, datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from commandcenter.rules.grids import Township


def zone_of(town: Township | None) -> tzinfo:
    """The town's time zone, UTC while the town is unknown or this machine does not know its zone."""
    return _zone(town.zone) if town is not None else UTC


@cache
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def time_of_day(instant: datetime, zone: tzinfo, now: datetime | None = None) -> str:
    """``14:02``; with the date in front when ``now`` is given and lies on another local day."""
    local = instant.astimezone(zone)
    if now is not None and now.astimezone(zone).date() != local.date():
        return f"{local:%m-%d %H:%M}"
    return f"{local:%H:%M}"
