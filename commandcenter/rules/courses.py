"""Training: 18 courses in 5 categories, their sessions, and who has which of them still valid (``DOMAIN.md`` §6)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from commandcenter.rules.entity import Indexed, Ref, Unit, entity

Method = Literal["written", "practice", "oral", "none"]
SessionState = Literal["planned", "held", "cancelled"]


@entity("course")
@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """One course. ``valid_months``: how long a pass counts, None for ever; ``pass_mark`` of 100, by ``method``."""

    id: str
    key: Annotated[str, Indexed]
    category: Annotated[str, Indexed]
    title: dict[str, Any]
    hours: Annotated[float, Unit("h")] = 2.0
    valid_months: Annotated[int | None, Unit("months")] = None
    method: Method = "none"
    pass_mark: Annotated[int, Unit("points")] = 60
    required: bool = True
    origin: Literal["shipped", "own"] = "own"
    active: bool = True


@entity("session")
@dataclass(frozen=True, kw_only=True, slots=True)
class CourseSession:
    """A course held (or to be held) once, somewhere, by somebody."""

    id: str
    course: Annotated[str, Ref("course"), Indexed]
    starts_at: Annotated[datetime | None, Indexed] = None
    hours: Annotated[float, Unit("h")] = 2.0
    place: str = ""
    village: Annotated[str | None, Ref("village"), Indexed] = None
    teacher: str = ""
    trainer: Annotated[str | None, Ref("officer")] = None
    state: SessionState = "planned"
    reason: str = ""
    note: str = ""


@entity("attendance")
@dataclass(frozen=True, kw_only=True, slots=True)
class Attendance:
    """Somebody expected at or signed in to a session. ``present`` None: not known yet; ``passed`` None: not tested."""

    id: str
    session: Annotated[str, Ref("session"), Indexed]
    worker: Annotated[str, Ref("worker"), Indexed]
    present: bool | None = None
    reason: str = ""
    signed_at: datetime | None = None
    mark: Annotated[float | None, Unit("points")] = None
    passed: bool | None = None
