"""One clock per process. Every ``now`` in the program comes from it and is handed on as a parameter."""

import threading
import time
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class ClockMapping:
    """A simulated clock of a sample or test database: at ``real`` it showed ``simulated``, running at ``rate``."""

    real: datetime
    simulated: datetime
    rate: float = 1.0

    def at(self, real_now: datetime) -> datetime:
        """The simulated instant that belongs to the real instant ``real_now``."""
        return self.simulated + (real_now - self.real) * self.rate


class Clock:
    """The process's clock: real time, or the mapping of a sample database. Thread-safe."""

    def __init__(self, mapping: ClockMapping | None = None) -> None:
        self.mapping = mapping

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        real = datetime.now(UTC)
        return real if self.mapping is None else self.mapping.at(real)

    @property
    def is_simulated(self) -> bool:
        """Whether times come from a mapping instead of the machine."""
        return self.mapping is not None


class ManualClock(Clock):
    """A clock that moves only when told: for building samples and for tests."""

    def __init__(self, start: datetime) -> None:
        super().__init__()
        self._now = start
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The instant last set."""
        with self._lock:
            return self._now

    @property
    def is_simulated(self) -> bool:
        """Always: it never follows the machine."""
        return True

    def set(self, instant: datetime) -> None:
        """Move the clock to ``instant``."""
        with self._lock:
            self._now = instant

    def advance(self, **delta: float) -> None:
        """Move the clock on by ``timedelta(**delta)``."""
        self.set(self.now() + timedelta(**delta))


def monotonic() -> float:
    """Seconds that only ever grow; for durations inside one process."""
    return time.monotonic()


def iso(instant: datetime) -> str:
    """``instant`` as text that sorts by time: UTC, microseconds, ``Z``."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def from_iso(text: str) -> datetime:
    """The aware instant written in ``text`` (ISO 8601 with a zone); ValueError otherwise."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("a time needs a zone")
    if not MINYEAR < instant.year < MAXYEAR:
        raise ValueError("a time at the calendar's end cannot be told in every zone")
    return instant.astimezone(UTC)
