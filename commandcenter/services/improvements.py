"""What a drill showed that has to be mended: by whom, until when, and the drill that shows whether it was."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from commandcenter.base.clock import iso
from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules.drills import Drill, Improvement
from commandcenter.rules.entity import Personal
from commandcenter.rules.permissions import PLANNERS, RECORDERS
from commandcenter.services import edits
from commandcenter.services.commands import Context, FieldsOf, command, handles
from commandcenter.services.drills import PLANNED, PlanDrill, held, known, make_drill, scenario_of

IMPROVED = ("text", "owner", "due")


@dataclass(frozen=True, slots=True)
class Mend:
    """Something to mend, by whom, until which day (``YYYY-MM-DD``)."""

    text: Annotated[str, Personal("record")]
    owner: Annotated[str, Personal("record")] = ""
    due: str = ""


def add_all(ctx: Context, drill: Drill, given: Iterable[Mend]) -> None:
    """What a record says has to be mended."""
    for each in given:
        if not each.text.strip():
            raise BadInput("improvement.empty", field="measures")
        ctx.uow.add(
            Improvement(id=ctx.new_id(), world=drill.id, drill=drill.id, text=each.text.strip(),
                        owner=each.owner.strip(), due=_day("due", each.due))
        )  # fmt: skip


def _day(name: str, text: str) -> str:
    if not text.strip():
        return ""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise BadInput("edit.day", field=name, text=text) from None


@command("add_improvement", roles=RECORDERS, writes=("improvement",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddImprovement:
    """Something that a drill showed and that has to be mended, by whom, until which day (``YYYY-MM-DD``)."""

    drill: str
    text: Annotated[str, Personal("record")]
    owner: Annotated[str, Personal("record")] = ""
    due: str = ""


@handles(AddImprovement)
def add_improvement(cmd: AddImprovement, ctx: Context) -> Any:
    """Of a drill that was held."""
    drill = held(ctx, cmd.drill)
    if not cmd.text.strip():
        raise BadInput("improvement.empty", field="text")
    made = Improvement(id=ctx.new_id(), world=drill.id, drill=drill.id, text=cmd.text.strip(), owner=cmd.owner.strip(),
                       due=_day("due", cmd.due))  # fmt: skip
    ctx.uow.add(made)
    return {"improvement": made.id, "drill": drill.id}


@command("edit_improvement", roles=RECORDERS, writes=("improvement",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditImprovement:
    """Change text, owner or due day. ``was`` tells the values the editor saw."""

    improvement: str
    changed: Annotated[dict[str, Any], FieldsOf("improvement")]
    was: Annotated[dict[str, Any], FieldsOf("improvement")]


@handles(EditImprovement)
def edit_improvement(cmd: EditImprovement, ctx: Context) -> Any:
    """Fields changed apart merge silently."""
    wanted = edits.asked("improvement", cmd, IMPROVED)
    row = edits.locked(ctx, "improvement", cmd.improvement)
    known(ctx, row.drill)
    edits.require_words(wanted, ("text",), "improvement.empty")
    if "due" in wanted:
        wanted["due"] = _day("due", wanted["due"])
    edited, names = edits.merged("improvement", row, wanted, cmd.was, "improvement.conflict", improvement=row.id)
    if names:
        ctx.uow.put(edited)
    return {"improvement": row.id, "drill": row.drill, "changed": names}


@command("finish_improvement", roles=RECORDERS, writes=("improvement",))
@dataclass(frozen=True, kw_only=True, slots=True)
class FinishImprovement:
    """Something was mended; ``done`` False: it was not after all."""

    improvement: str
    done: bool = True


@handles(FinishImprovement)
def finish_improvement(cmd: FinishImprovement, ctx: Context) -> Any:
    """When, is kept."""
    row = edits.locked(ctx, "improvement", cmd.improvement)
    known(ctx, row.drill)
    if (row.done_at is not None) == cmd.done:
        raise RuleError("improvement.already_done" if cmd.done else "improvement.not_done", improvement=row.id)
    ctx.uow.put(replace(row, done_at=ctx.now if cmd.done else None))
    return {"improvement": row.id, "drill": row.drill, "done": cmd.done}


@command("retest_improvement", roles=PLANNERS, writes=(*PLANNED, "improvement"))
@dataclass(frozen=True, kw_only=True, slots=True)
class RetestImprovement:
    """Plan the 复演 that shows whether something was mended: the same drill again, on the day by which it had to be
    (``day``: another one, ``YYYY-MM-DD``), at the same time of day."""

    improvement: str
    day: str = ""


@handles(RetestImprovement)
def retest_improvement(cmd: RetestImprovement, ctx: Context) -> Any:
    """A copy of the drill, of the scenario's newest edition; it can be moved like any other. After a no-notice drill it
    is an announced one: what was to be mended is known to those who mended it, and says when it is looked at again."""
    row = edits.locked(ctx, "improvement", cmd.improvement)
    drill = held(ctx, row.drill)
    planned = ctx.uow.get("drill", row.retest) if row.retest else None
    if planned is not None and planned.state != "cancelled":
        raise RuleError("improvement.retest_planned", improvement=row.id, title=planned.title)
    if drill.scenario is None:
        raise RuleError("drill.no_scenario", drill=drill.id, title=drill.title)
    day = _day("day", cmd.day) or row.due
    made = make_drill(
        PlanDrill(
            scenario=scenario_of(ctx, drill.scenario).key, title=drill.title,
            form="field" if drill.form == "no_notice" else drill.form, level=drill.level,
            rule=drill.rule, origin="retest", village=drill.village, grid=drill.grid, place=drill.place,
            starts_at=_same_time(ctx, drill, day), minutes=drill.minutes, people=drill.people, plan=drill.plan,
            units=drill.units, commander=drill.commander, owner_unit=drill.owner_unit, owner=drill.owner,
            trainer=drill.trainer, retest_of=drill.id,
            grids=tuple(each.grid for each in ctx.uow.find("drill_grid", drill=drill.id)),
        ),
        ctx,
    )  # fmt: skip
    ctx.uow.put(replace(row, retest=made.id))
    starts = iso(made.starts_at) if made.starts_at else None
    return {"drill": made.id, "title": made.title, "starts_at": starts, "improvement": row.id}


def _same_time(ctx: Context, drill: Drill, day: str) -> datetime | None:
    """On that day at the time of day of the first drill; none without a day."""
    if not day:
        return None
    zone = ZoneInfo(ctx.zone)
    begun = drill.starts_at or drill.held_at
    at = begun.astimezone(zone).time() if begun else time(9)
    return datetime.combine(date.fromisoformat(day), at, zone).astimezone(ctx.now.tzinfo)
