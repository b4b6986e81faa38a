"""Writing up a drill that was held: the record, what its expectations came to, who was there.

A drill that a village held by itself, without a plan, is written up the same way and marked 补录. Everything lies in
the drill's own world; :mod:`commandcenter.services.drill_reading` reads it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from commandcenter.base.clock import iso
from commandcenter.base.errors import BadInput, Conflict, RuleError
from commandcenter.rules.drills import HELD, Drill, DrillGrid, DrillPerson
from commandcenter.rules.entity import Personal
from commandcenter.rules.permissions import PLANNERS, RECORDERS
from commandcenter.rules.scenarios import Expectation, Form
from commandcenter.services import edits, improvements, moments
from commandcenter.services.commands import Context, FieldsOf, command, handles
from commandcenter.services.drills import PLANNED, PlanDrill, held, known, make_drill, of_drill, scenario_of
from commandcenter.services.improvements import Mend
from commandcenter.services.moments import MomentSource

RECORD = (
    "title", "place", "owner_unit", "commander", "units", "took_part", "evacuated", "subjects", "process", "problems",
    "measures", "recorder",
)  # fmt: skip
"""The fields of a drill that its record holds, besides when it was held."""
JUDGED_FIELDS = ("value", "mark", "reason", "evaluator")
AHEAD_OF_CLOCK = timedelta(minutes=10)
"""How far in the future a drill that was held may lie: clocks differ."""
OLDEST = timedelta(days=3650)
"""A record of a drill older than this has a mistyped year."""


@dataclass(frozen=True, slots=True)
class Came:
    """Whether a grid took part, and why not. ``grid`` is its id or code; ``was_…`` what the writer saw."""

    grid: str
    took_part: bool | None = True
    reason: Annotated[str, Personal("record")] = ""
    was_took_part: bool | None = None
    was_reason: Annotated[str, Personal("record")] = ""


@dataclass(frozen=True, slots=True)
class Present:
    """Whether somebody of the drill (a ``drill_person``) was there, and why not; ``was_…``: what the writer saw."""

    person: str
    present: bool | None = True
    reason: Annotated[str, Personal("record")] = ""
    was_present: bool | None = None
    was_reason: Annotated[str, Personal("record")] = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What an expectation came to: the value that was counted (%), or the points that an evaluator gave; ``reason``
    says why points were taken off. ``was_…``: what the writer saw."""

    expectation: str
    value: float | None = None
    mark: float | None = None
    reason: Annotated[str, Personal("record")] = ""
    evaluator: Annotated[str, Personal("record")] = ""
    was_value: float | None = None
    was_mark: float | None = None
    was_reason: Annotated[str, Personal("record")] = ""
    was_evaluator: Annotated[str, Personal("record")] = ""


_WRITTEN = ("drill", "drill_grid", "drill_person", "drill_moment", "expectation", "improvement")


@command("record_drill", roles=RECORDERS, writes=_WRITTEN)
@dataclass(frozen=True, kw_only=True, slots=True)
class RecordDrill:
    """Write up a drill that was held, or change its record.

    ``changed`` are fields of the record (:data:`RECORD`), ``moments`` times by moment (ISO 8601 in UTC, empty: none);
    ``was``, ``moments_was`` and the ``was_…`` of each line tell what the writer saw. ``held_at`` None: as it stands,
    else when it was planned.
    """

    drill: str
    held_at: datetime | None = None
    changed: Annotated[dict[str, Any], FieldsOf("drill")]
    was: Annotated[dict[str, Any], FieldsOf("drill")]
    moments: dict[str, Any]
    moments_was: dict[str, Any]
    grids: tuple[Came, ...] = ()
    persons: tuple[Present, ...] = ()
    marks: tuple[Mark, ...] = ()
    improvements: tuple[Mend, ...] = ()
    source: MomentSource = "record"


@handles(RecordDrill)
def record_drill(cmd: RecordDrill, ctx: Context) -> Any:
    """The first record makes a planned drill a held one, which pays what is owed; a no-notice drill is no secret any
    more. Fields that others changed meanwhile stay; one that both changed is a Conflict."""
    row = known(ctx, cmd.drill)
    if row.state == "cancelled":
        raise RuleError("drill.cancelled", drill=row.id, title=row.title)
    asked = edits.asked("drill", cmd, RECORD)
    wanted = _checked(asked)
    edited, names = edits.merged("drill", row, wanted, cmd.was, "drill.record_conflict", drill=row.id)
    held_at = cmd.held_at or row.held_at or row.starts_at
    if held_at is None:
        raise BadInput("drill.when", field="held_at")
    _check_held(ctx, held_at)
    begins = row.state not in HELD
    edited = replace(
        edited, held_at=held_at, hidden=False, state="held" if begins else row.state,
        edition=row.edition + (1 if begins or held_at != row.held_at else 0),
    )  # fmt: skip
    if edited != row:
        ctx.uow.put(edited)
    moments.note_all(ctx, edited, cmd.moments, cmd.moments_was, cmd.source)
    met = Met()
    _note_grids(ctx, edited, cmd.grids, met, all_came=begins)
    _note_persons(ctx, edited, cmd.persons, met)
    _note_marks(ctx, edited, cmd.marks, met)
    met.refuse(edited)
    improvements.add_all(ctx, edited, cmd.improvements)
    return {"drill": row.id, "state": edited.state, "changed": names}


@command("record_late", roles=RECORDERS, writes=(*PLANNED, "drill_moment", "improvement"))
@dataclass(frozen=True, kw_only=True, slots=True)
class RecordLate:
    """Write up afterwards 补录 a drill that nobody had planned here: a village's own. The same as ``record_drill``,
    and where and after which scenario (id or key) it was held. ``grids`` are those that took part; without any, all
    general grids of the village, or the grid."""

    scenario: str
    held_at: datetime
    village: str | None = None
    grid: str | None = None
    title: str = ""
    language: str = "zh_CN"
    form: Form | None = None
    level: str = ""
    minutes: int | None = None
    fields: Annotated[dict[str, Any], FieldsOf("drill")]
    moments: dict[str, Any]
    grids: tuple[Came, ...] = ()
    people: Annotated[tuple[str, ...], Personal("record")] = ()
    """Names of who took part, where the paper tells."""
    marks: tuple[Mark, ...] = ()
    """By the scenario's own expectations, of which the drill gets copies."""
    improvements: tuple[Mend, ...] = ()


@handles(RecordLate)
def record_late(cmd: RecordLate, ctx: Context) -> Any:
    """It is held at once, pays what is owed, and says for good that it was written up afterwards. Refused where the
    same village has a drill of that scenario on that day already: it would be counted twice."""
    edits.check_given("drill", cmd.fields, RECORD, "record_late")
    fields = _checked(edits.tidy("drill", cmd.fields))
    _check_held(ctx, cmd.held_at)
    if not (cmd.village or cmd.grid or fields.get("place")):
        raise BadInput("drill.where", field="village")
    plan = PlanDrill(
        scenario=cmd.scenario, title=cmd.title or fields.pop("title", ""), language=cmd.language, form=cmd.form,
        level=cmd.level, origin="recorded", village=cmd.village, grid=cmd.grid, place=fields.pop("place", "") or "",
        starts_at=cmd.held_at, minutes=cmd.minutes, people=fields.get("took_part"),
        grids=tuple(each.grid for each in cmd.grids if each.took_part is not False),
    )  # fmt: skip
    _refuse_twin(ctx, cmd)
    drill = make_drill(plan, ctx, state="held", hidden=False, late=True, held_at=cmd.held_at, **fields)
    moments.note_all(ctx, drill, cmd.moments, {}, "record")
    met = Met()
    _note_grids(ctx, drill, cmd.grids, met, all_came=True)
    for name in dict.fromkeys(each.strip() for each in cmd.people if each.strip()):
        ctx.uow.add(DrillPerson(id=ctx.new_id(), world=drill.id, drill=drill.id, name=name, present=True))
    _note_marks(ctx, drill, _of_copies(ctx, drill, cmd.marks), met)
    met.refuse(drill)
    improvements.add_all(ctx, drill, cmd.improvements)
    return {"drill": drill.id, "title": drill.title, "state": "held"}


def _of_copies(ctx: Context, drill: Drill, marks: Iterable[Mark]) -> Iterable[Mark]:
    """Marks of a scenario's expectations as marks of the drill's copies, which stand in the same places."""
    given = {each.expectation: each for each in marks}
    if not given:
        return
    copies = {each.position: each.id for each in ctx.uow.find("expectation", drill=drill.id)}
    for each in ctx.uow.find("expectation", scenario=drill.scenario):
        mark = given.pop(each.id, None)
        if mark is not None and each.position in copies:
            yield replace(mark, expectation=copies[each.position])
    for id in given:
        raise BadInput("unknown", entity="expectation", id=id)


def _refuse_twin(ctx: Context, cmd: RecordLate) -> None:
    place: dict[str, Any] = {"village": cmd.village, "grid": cmd.grid}
    edits.settle_place(ctx, place)
    if not place["village"]:
        return
    ctx.uow.lock("village", [place["village"]])  # two desks with one paper: the second waits and finds the twin
    key = scenario_of(ctx, cmd.scenario).key
    zone = ZoneInfo(ctx.zone)
    day = cmd.held_at.astimezone(zone).date()
    for other in ctx.uow.find("drill", village=place["village"], state=sorted(HELD)):
        scenario = ctx.uow.get("scenario", other.scenario) if other.scenario else None
        same = scenario is not None and scenario.key == key and other.grid == place["grid"]
        if same and other.held_at and other.held_at.astimezone(zone).date() == day:
            raise RuleError("drill.recorded_already", drill=other.id, title=other.title, day=day.isoformat())


def _checked(wanted: dict[str, Any]) -> dict[str, Any]:
    edits.require_words(wanted, ("title",), "drill.title_empty")
    for name in ("took_part", "evacuated"):
        if name in wanted:
            edits.count(name, wanted[name])
    return wanted


def _check_held(ctx: Context, held_at: datetime) -> None:
    if held_at > ctx.now + AHEAD_OF_CLOCK:
        raise BadInput("drill.held_ahead", field="held_at", when=iso(held_at))
    if held_at < ctx.now - OLDEST:
        raise BadInput("drill.held_long_ago", field="held_at", when=iso(held_at))


# --- parts of the record --------------------------------------------------------------------------------------------


class Met:
    """Lines of a record that two desks wrote otherwise at once, gathered so that all are told together."""

    def __init__(self) -> None:
        self.fields: dict[str, dict[str, Any]] = {}

    def merged(self, part: str, key: str, row: Any, mine: Mapping[str, Any], was: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of a row as both want them: what was changed apart merges silently, what both changed is kept for
        :meth:`refuse` as ``part.key`` with all that each side says of the line."""
        theirs = {name: getattr(row, name) for name in mine}
        wanted = {name: value for name, value in mine.items() if value != was[name]}
        if any(theirs[name] not in (was[name], value) for name, value in wanted.items()):
            self.fields[f"{part}.{key}"] = {"mine": dict(mine), "theirs": theirs, "was": dict(was)}
        return {**theirs, **wanted}

    def refuse(self, drill: Drill) -> None:
        """Conflict ``drill.record_conflict`` where there is any."""
        if self.fields:
            raise Conflict("drill.record_conflict", fields=self.fields, drill=drill.id)


def _note_grids(ctx: Context, drill: Drill, given: Iterable[Came], met: Met, *, all_came: bool) -> None:
    """``all_came``: with the first record those of whom nothing is said took part; a grid that was not invited is
    added when it came."""
    rows = {each.grid: each for each in ctx.uow.find("drill_grid", drill=drill.id)}
    said = {ctx.find_grid(each.grid).id: each for each in given}
    for grid, row in rows.items():
        came = said.get(grid)
        if came is None and all_came and row.took_part is None:
            ctx.uow.put(replace(row, took_part=True))
        elif came is not None:
            mine = {"took_part": came.took_part, "reason": "" if came.took_part else came.reason.strip()}
            was = {"took_part": came.was_took_part, "reason": came.was_reason.strip()}
            wanted = replace(row, **met.merged("grids", grid, row, mine, was))
            wanted = replace(wanted, reason="") if wanted.took_part else wanted
            if wanted != row:
                ctx.uow.put(wanted)
    for grid, came in said.items():
        if grid not in rows:
            ctx.uow.add(
                DrillGrid(id=ctx.new_id(), world=drill.id, drill=drill.id, grid=grid, took_part=came.took_part,
                          reason="" if came.took_part else came.reason.strip())
            )  # fmt: skip


def _note_persons(ctx: Context, drill: Drill, given: Iterable[Present], met: Met) -> None:
    for each in given:
        row = of_drill(ctx, "drill_person", each.person, drill)
        if each.present is False and not each.reason.strip():
            raise BadInput("drill.absence_reason", field="persons", name=row.name)
        mine = {"present": each.present, "reason": "" if each.present else each.reason.strip()}
        was = {"present": each.was_present, "reason": each.was_reason.strip()}
        wanted = replace(row, **met.merged("persons", row.id, row, mine, was))
        wanted = replace(wanted, reason="") if wanted.present else wanted
        if wanted != row:
            ctx.uow.put(wanted)


def _note_marks(ctx: Context, drill: Drill, given: Iterable[Mark], met: Met) -> None:
    own = {each.id: each for each in ctx.uow.find("expectation", drill=drill.id)}
    for each in given:
        if each.expectation not in own:
            raise BadInput("unknown", entity="expectation", id=each.expectation)
        row = own[each.expectation]
        mine = {"value": _share(row, each.value), "mark": _points(row, each.mark), "reason": each.reason.strip(),
                "evaluator": each.evaluator.strip()}  # fmt: skip
        was = {"value": each.was_value, "mark": each.was_mark, "reason": each.was_reason.strip(),
               "evaluator": each.was_evaluator.strip()}  # fmt: skip
        wanted = replace(row, **met.merged("marks", row.id, row, mine, was))
        if wanted != row:
            ctx.uow.put(wanted)


def _share(row: Expectation, value: float | None) -> float | None:
    if value is not None and not 0 <= value <= 1000:
        raise BadInput("drill.share", field="value", text=f"{value:g}", expectation=row.id)
    return value


def _points(row: Expectation, mark: float | None) -> float | None:
    if mark is not None and not 0 <= mark <= row.points:
        raise BadInput("drill.mark", field="mark", text=f"{mark:g}", points=row.points, expectation=row.id)
    return mark


# --- single things -------------------------------------------------------------------------------------------------


@command("judge_expectation", roles=RECORDERS, writes=("expectation",))
@dataclass(frozen=True, kw_only=True, slots=True)
class JudgeExpectation:
    """What one expectation of a drill came to: ``value``, ``mark``, ``reason``, ``evaluator``. ``was`` tells what the
    evaluator saw."""

    expectation: str
    changed: Annotated[dict[str, Any], FieldsOf("expectation")]
    was: Annotated[dict[str, Any], FieldsOf("expectation")]


@handles(JudgeExpectation)
def judge_expectation(cmd: JudgeExpectation, ctx: Context) -> Any:
    """Two evaluators who give one point different marks meet in a Conflict."""
    for given in (cmd.was, cmd.changed):
        edits.check_given("expectation", _floats(given), JUDGED_FIELDS, "judge_expectation")
    row = edits.locked(ctx, "expectation", cmd.expectation)
    if row.drill is None:
        raise BadInput("unknown", entity="expectation", id=cmd.expectation)
    known(ctx, row.drill)
    wanted = edits.tidy("expectation", _floats(cmd.changed))
    _share(row, wanted.get("value"))
    _points(row, wanted.get("mark"))
    edited, names = edits.merged(
        "expectation", row, wanted, _floats(cmd.was), "expectation.conflict", expectation=row.id
    )
    if names:
        ctx.uow.put(edited)
    return {"expectation": row.id, "drill": row.drill, "changed": names}


def _floats(given: dict[str, Any]) -> dict[str, Any]:
    """JSON knows one kind of number."""
    return {
        name: float(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in given.items()
    }


@command("review_drill", roles=PLANNERS, writes=("drill",))
@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewDrill:
    """The record was read and found right; ``reviewed`` False opens it again."""

    drill: str
    reviewed: bool = True


@handles(ReviewDrill)
def review_drill(cmd: ReviewDrill, ctx: Context) -> Any:
    """It pays what is owed before and after."""
    row = held(ctx, cmd.drill)
    state: Any = "reviewed" if cmd.reviewed else "held"
    if row.state == state:
        raise RuleError("drill.reviewed_already" if cmd.reviewed else "drill.not_reviewed", drill=row.id,
                        title=row.title)  # fmt: skip
    ctx.uow.put(replace(row, state=state, edition=row.edition + 1))
    return {"drill": row.id, "state": state}
