"""Drills: planned, held, written up. Every row of a drill bears the drill's id as its world, so that no reader of real
events ever meets one (``DOMAIN.md`` §6, ``DESIGN.md`` §4).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from commandcenter.rules.entity import REAL, Indexed, Personal, Ref, Unit, entity
from commandcenter.rules.people import PersonKind
from commandcenter.rules.scenarios import Form

DrillState = Literal["planned", "running", "held", "reviewed", "cancelled"]
Origin = Literal["planned", "copied", "drawn", "solved", "recorded", "retest"]
Audience = Literal["residents", "police", "county", "school", "other"]
HELD: frozenset[DrillState] = frozenset(("held", "reviewed"))
"""States of a drill that took place: these pay what is owed."""
AHEAD: frozenset[DrillState] = frozenset(("planned",))
AUDIENCES: tuple[Audience, ...] = ("residents", "police", "county", "school", "other")

Door = Literal["statistic", "report", "award", "gateway", "export", "drill_paper", "drill_export", "calendar"]
DOORS: dict[Door, bool] = {
    "statistic": False, "report": False, "award": False, "gateway": False, "export": False,
    "drill_paper": True, "drill_export": True, "calendar": True,
}  # fmt: skip
"""The outward doors; True: this one is for drills and says on everything it lets out that it is one."""


def paper_door(world: str) -> Door:
    """The door for words about one matter, printed or copied: a drill's bear the word 演练."""
    return "report" if world == REAL else "drill_paper"


def may_leave(door: Door, world: str) -> bool:
    """Whether rows of a world may leave through a door: real ones through all but those for drills, a drill's only
    through those. A door that is not listed is a KeyError: it has to be declared first."""
    return DOORS[door] if world != REAL else not DOORS[door]


@entity("drill", of_drills=True)
@dataclass(frozen=True, kw_only=True, slots=True)
class Drill:
    """One drill from plan to summary. ``world`` is its own id. ``hidden``: no-notice, and not begun; those who may
    take part must not learn of it. Days and times are aware UTC; ``starts_at`` is None while it has no date.

    The last eight fields are the written record (演练记录表), empty until it was held; times stand in ``drill_moment``.
    """

    id: str
    world: Annotated[str, Indexed]
    scenario: Annotated[str | None, Ref("scenario"), Indexed] = None
    title: str
    form: Form = "field"
    state: DrillState = "planned"
    hidden: bool = False
    locked: bool = False
    origin: Origin = "planned"
    level: str = ""
    rule: str = ""
    seed: str = ""
    plan: str = ""
    village: Annotated[str | None, Ref("village"), Indexed] = None
    grid: Annotated[str | None, Ref("grid"), Indexed] = None
    place: str = ""
    starts_at: Annotated[datetime | None, Indexed] = None
    minutes: Annotated[int, Unit("min")] = 60
    people: Annotated[int | None, Unit("persons")] = None
    units: str = ""
    commander: Annotated[str, Personal("record")] = ""
    owner_unit: str = ""
    owner: Annotated[str, Personal("record")] = ""
    phone: Annotated[str | None, Personal("phone")] = None
    trainer: Annotated[str | None, Ref("officer"), Indexed] = None
    pass_mark: Annotated[int, Unit("points")] = 80
    reason: Annotated[str, Personal("record")] = ""
    edition: int = 0
    """Counts changes of date, place or state, so that calendars take the newest."""
    retest_of: Annotated[str | None, Ref("drill", weak=True)] = None
    late: bool = False
    """Written up afterwards 补录."""
    took_part: Annotated[int | None, Unit("persons")] = None
    evacuated: Annotated[int | None, Unit("persons")] = None
    subjects: Annotated[str, Personal("record")] = ""
    process: Annotated[str, Personal("record")] = ""
    problems: Annotated[str, Personal("record")] = ""
    measures: Annotated[str, Personal("record")] = ""
    recorder: Annotated[str, Personal("record")] = ""
    held_at: Annotated[datetime | None, Indexed] = None


@entity("drill_grid", of_drills=True)
@dataclass(frozen=True, kw_only=True, slots=True)
class DrillGrid:
    """A grid that is to take part 涉及微网格; ``took_part`` is None until the record says so."""

    id: str
    world: Annotated[str, Indexed]
    drill: Annotated[str, Ref("drill"), Indexed]
    grid: Annotated[str, Ref("grid"), Indexed]
    took_part: bool | None = None
    reason: Annotated[str, Personal("record")] = ""


@entity("drill_person", of_drills=True)
@dataclass(frozen=True, kw_only=True, slots=True)
class DrillPerson:
    """Somebody who plays a part: of the register (``person``), or only named."""

    id: str
    world: Annotated[str, Indexed]
    drill: Annotated[str, Ref("drill"), Indexed]
    person_kind: PersonKind = "worker"
    person: Annotated[str | None, Indexed] = None
    name: Annotated[str, Personal("record")] = ""
    part: Literal["player", "controller", "evaluator"] = "player"
    role: str = ""
    present: bool | None = None
    reason: Annotated[str, Personal("record")] = ""


@entity("drill_moment", of_drills=True)
@dataclass(frozen=True, kw_only=True, slots=True)
class DrillMoment:
    """When a moment came (a key of ``MOMENTS``): for the drill, or for one person. How it is known: ``source``."""

    id: str
    world: Annotated[str, Indexed]
    drill: Annotated[str, Ref("drill"), Indexed]
    moment: str
    person: Annotated[str | None, Ref("drill_person"), Indexed] = None
    at: datetime
    source: Literal["desk", "paper", "record"] = "desk"


@entity("improvement", of_drills=True)
@dataclass(frozen=True, kw_only=True, slots=True)
class Improvement:
    """Something a drill showed that has to be mended, by whom, until when (a day, ``YYYY-MM-DD``)."""

    id: str
    world: Annotated[str, Indexed]
    drill: Annotated[str, Ref("drill"), Indexed]
    text: Annotated[str, Personal("record")]
    owner: Annotated[str, Personal("record")] = ""
    due: Annotated[str, Indexed] = ""
    retest: Annotated[str | None, Ref("drill", weak=True)] = None
    done_at: datetime | None = None


@entity("drill_notice", of_drills=True)
@dataclass(frozen=True, kw_only=True, slots=True)
class DrillNotice:
    """Who has to be told that it is only a drill 告知清单, and when that was done."""

    id: str
    world: Annotated[str, Indexed]
    drill: Annotated[str, Ref("drill"), Indexed]
    audience: Audience
    whom: Annotated[str, Personal("record")] = ""
    told_at: datetime | None = None
    told_by: str = ""


@entity("absence")
@dataclass(frozen=True, kw_only=True, slots=True)
class Absence:
    """Days (``YYYY-MM-DD``, both included) on which a trainer cannot come."""

    id: str
    officer: Annotated[str, Ref("officer"), Indexed]
    first_day: str
    last_day: str
    reason: Annotated[str, Personal("record")] = ""
    active: bool = True


DayKind = Literal["market", "school", "harvest", "holiday", "closed"]
DAY_KINDS: tuple[DayKind, ...] = ("market", "school", "harvest", "holiday", "closed")


@entity("day_mark")
@dataclass(frozen=True, kw_only=True, slots=True)
class DayMark:
    """Days to mind when a drill is dated: market day, school term, harvest, holidays, a place that is closed. From
    ``first_day`` to ``last_day`` (``YYYY-MM-DD``), or, for markets, on the days of every month that ``days`` names
    ("1,4,7": the days whose date ends so). Without a village it is for the whole town."""

    id: str
    kind: DayKind
    village: Annotated[str | None, Ref("village"), Indexed] = None
    first_day: str = ""
    last_day: str = ""
    days: str = ""
    note: Annotated[str, Personal("record")] = ""
    active: bool = True


def is_hidden(form: Form, state: DrillState) -> bool:
    """Whether a drill must not be seen by those who may take part: no-notice, and it has not begun."""
    return form == "no_notice" and state in ("planned", "cancelled")
