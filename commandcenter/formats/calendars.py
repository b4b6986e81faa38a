"""Appointments as iCalendar (RFC 5545), published so that calendar programs update and cancel them in place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

PRODUCT = "-//Command Center//Drills//ZH"


@dataclass(frozen=True, slots=True)
class Appointment:
    """One entry. ``uid`` never changes; ``edition`` counts up with every change of date, place or state. ``starts_at``
    is aware, ``changed_at`` when it was last changed (aware)."""

    uid: str
    edition: int
    summary: str
    starts_at: datetime
    minutes: int
    changed_at: datetime
    place: str = ""
    text: str = ""
    is_cancelled: bool = False


def write_calendar(name: str, zone: ZoneInfo, appointments: Iterable[Appointment]) -> bytes:
    """The calendar with the zone's definition; times stand in that zone, so that every program shows the wall clock."""
    from icalendar import Calendar, Event, Timezone

    entries = sorted(appointments, key=lambda each: (each.starts_at, each.uid))
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", zone.key)
    days = [each.starts_at.astimezone(zone).date() for each in entries]
    if days:
        span = {"first_date": min(days) - timedelta(days=370), "last_date": max(days) + timedelta(days=370)}
        calendar.add_component(Timezone.from_tzinfo(zone, zone.key, **span))
    for each in entries:
        event = Event()
        _fill(event, each, zone)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _fill(event: Any, each: Appointment, zone: ZoneInfo) -> None:
    begin = each.starts_at.astimezone(zone)
    # Minutes pass on the wall clock of the world, not of the zone: an hour's drill over a change of clocks stays one.
    end = (each.starts_at + timedelta(minutes=each.minutes)).astimezone(zone)
    event.add("uid", each.uid)
    event.add("sequence", each.edition)
    event.add("dtstamp", each.changed_at)
    event.add("last-modified", each.changed_at)
    event.add("dtstart", begin)
    event.add("dtend", end)
    event.add("summary", each.summary)
    event.add("location", each.place)
    event.add("description", each.text)
    event.add("status", "CANCELLED" if each.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if each.is_cancelled else "OPAQUE")
    event.add("categories", ["演练"])
