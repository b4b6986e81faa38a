"""Numbers people read aloud: ``JH-20250630-014``, counted per local day; drills are counted apart."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from commandcenter.base.errors import BadInput

DRILL = "D"
"""Leads the number of a drill's incident, so that it is never read as a real one."""

_DIGITS = 3
_NUMBER = re.compile(
    r"(?P<drill>D-|演-?)?(?P<prefix>[^\W\d_]\w{0,7})-(?P<day>[0-9]{8})-(?P<serial>[0-9]{1,6})", re.IGNORECASE
)
_PREFIX = re.compile(r"[^\W\d_]\w{0,7}")


@dataclass(frozen=True, slots=True)
class Number:
    """A number taken apart; ``serial`` starts at 1 each local day."""

    prefix: str
    day: date
    serial: int
    drill: bool = False

    def __str__(self) -> str:
        lead = f"{DRILL}-" if self.drill else ""
        return f"{lead}{self.prefix}-{self.day:%Y%m%d}-{self.serial:0{_DIGITS}d}"


def incident_number(prefix: str, day: date, serial: int) -> str:
    """The number of a real incident; BadInput ``number.prefix`` when the prefix cannot be read back."""
    return str(Number(checked_prefix(prefix), day, _counted(serial)))


def drill_number(prefix: str, day: date, serial: int) -> str:
    """The number of an incident inside a drill (``D-JH-20250630-014``)."""
    return str(Number(checked_prefix(prefix), day, _counted(serial), drill=True))


def sheet_number(prefix: str, letter: str, day: date, serial: int) -> str:
    """The number of a paper that is counted by the day, apart from incidents (``JH-Q20250630-002``)."""
    return f"{checked_prefix(prefix)}-{letter}{day:%Y%m%d}-{_counted(serial):0{_DIGITS}d}"


def checked_prefix(prefix: str) -> str:
    """``prefix`` itself; BadInput ``number.prefix`` when numbers that begin with it could not be read back."""
    if not _PREFIX.fullmatch(prefix):
        raise BadInput("number.prefix", prefix=prefix)
    return prefix


def _counted(serial: int) -> int:
    if serial < 1:
        raise BadInput("number.serial", serial=serial)
    return serial


def parse_number(text: str) -> Number | None:
    """A number as typed or read back (any case, ``演`` for ``D``, serial without zeros), or None."""
    found = _NUMBER.fullmatch(text.strip().replace("－", "-"))
    if found is None:
        return None
    try:
        day = datetime.strptime(found["day"], "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None
    serial = int(found["serial"])
    return Number(found["prefix"].upper(), day, serial, drill=bool(found["drill"])) if serial else None


def local_day(instant: datetime, zone: str | tzinfo) -> date:
    """The calendar day of an aware instant in the town's zone; ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("naive time")
    return instant.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone).date()
