"""A whole plan written at once: new drills and training sessions, moved ones, edited and cancelled ones – all of them
or none, one undo."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from commandcenter.base.clock import iso
from commandcenter.base.errors import BadInput, Conflict, Refused
from commandcenter.base.texts import current
from commandcenter.rules.drills import Absence, DrillGrid
from commandcenter.rules.permissions import PLANNERS
from commandcenter.rules.scenarios import words
from commandcenter.services import course_sessions, drills, wire
from commandcenter.services.commands import COMMANDS, Bulk, Context, command, handles

STEPS = frozenset(
    (
        "plan_drill", "move_drill", "edit_drill", "cancel_drill", "lock_drill", "add_absence", "invite_grids",
        "plan_session", "move_session", "edit_session",
    )
)  # fmt: skip
_OWN = ("beside", "trainer_was", "row")
"""What a step says besides the fields of its command."""


@command("apply_plan", roles=PLANNERS, writes=(*drills.PLANNED, "absence", "session", "attendance"))
@dataclass(frozen=True, kw_only=True, slots=True)
class ApplyPlan:
    """Carry out the steps of a plan, whole or not at all. Each is a command for drills or sessions as ``do`` takes it
    (``{"command": "move_drill", …}``), ``add_absence``, or ``invite_grids`` (``drill``, ``grids``, and ``was``: those
    that were).

    Besides its own fields, ``plan_drill`` may name ``beside``: the drills of that place and rule that the planner knew
    of; ``plan_session`` likewise the sessions of its course; ``move_drill``: ``trainer_was``; any step ``row``: where
    it stood in a file, which a refusal then names.
    """

    steps: Annotated[tuple[dict[str, Any], ...], Bulk]


@handles(ApplyPlan)
def apply_plan(cmd: ApplyPlan, ctx: Context) -> Any:
    """Conflict ``plan.moved_meanwhile``, ``plan.planned_meanwhile``, ``plan.session_meanwhile`` and
    ``session.moved_meanwhile`` name what somebody else has changed."""
    counts: dict[str, int] = {}
    made, sessions = list[str](), list[str]()
    for number, step in enumerate(cmd.steps, start=1):
        name = step.get("command")
        if name not in STEPS:
            raise BadInput("plan.step_unknown", number=number, command=str(name))
        try:
            value = _carry_out(str(name), step, made, ctx)
        except Refused as refusal:
            if step.get("row") is not None:
                refusal.facts.setdefault("row", step["row"])
            raise
        counts[str(name)] = counts.get(str(name), 0) + 1
        if name == "plan_drill":
            made.append(value["drill"])
        if name == "plan_session":
            sessions.append(value["session"])
    return {"steps": len(cmd.steps), **counts, "drills": made, "sessions": sessions}


def _carry_out(name: str, step: Mapping[str, Any], made: list[str], ctx: Context) -> Any:
    if name == "add_absence":
        return _add_absence(step, ctx)
    if name == "invite_grids":
        return _invite_grids(step, ctx)
    given = {key: value for key, value in step.items() if key not in _OWN}
    sub = wire.decode(given)
    wire.check_lengths(sub)
    if name == "plan_drill":
        if step.get("beside") is not None:
            _check_alone(sub, {*step["beside"], *made}, ctx)
    elif name == "plan_session":
        if step.get("beside") is not None:
            _check_open(sub, {*step["beside"]}, ctx)
    elif name == "move_drill":
        _check_unmoved(sub, step, ctx)
    handler = COMMANDS[name].handler
    assert handler is not None
    return handler(sub, ctx)


def _check_alone(sub: drills.PlanDrill, known: set[str], ctx: Context) -> None:
    """Nobody may have planned the same for the same place since the plan was made."""
    scenario = drills.scenario_of(ctx, sub.scenario)
    if sub.village:
        ctx.uow.lock("village", [sub.village])  # two planners at once: the second waits and finds the first one's drill
    for other in ctx.uow.find("drill", rule=sub.rule, village=sub.village, grid=sub.grid):
        if other.id in known or other.state == "cancelled" or not other.scenario or other.starts_at is None:
            continue
        if drills.scenario_of(ctx, other.scenario).key == scenario.key:
            raise Conflict("plan.planned_meanwhile", title=other.title, when=iso(other.starts_at), fields={})


def _check_open(sub: course_sessions.PlanSession, known: set[str], ctx: Context) -> None:
    """Nobody may have asked the same people to the same course since the plan was made."""
    course = course_sessions.course_of(ctx, sub.course)
    ctx.uow.lock("course", [course.id])  # two planners at once: the second waits and finds the first one's session
    for other in ctx.uow.find("session", course=course.id, state="planned"):
        if other.id in known:
            continue
        listed = course_sessions.attendance_of(ctx, other.id)
        both = sum(1 for id in sub.expected if id in listed and listed[id].present is not False)
        if both:
            title = words(course.title, current().language)
            raise Conflict("plan.session_meanwhile", title=title, people=both, when=_text(other.starts_at) or "",
                           fields={})  # fmt: skip


def _check_unmoved(sub: drills.MoveDrill, step: Mapping[str, Any], ctx: Context) -> None:
    row = ctx.uow.get("drill", sub.drill)
    if row is None:
        raise BadInput("unknown", entity="drill", id=sub.drill)
    is_moved = row.starts_at not in (sub.was, sub.starts_at)
    is_led_anew = "trainer_was" in step and row.trainer not in (step["trainer_was"], sub.trainer)
    if is_moved or is_led_anew or row.state != "planned":
        when = iso(row.starts_at) if row.starts_at else ""
        fields = {"starts_at": {"mine": _text(sub.starts_at), "theirs": _text(row.starts_at), "was": _text(sub.was)}}
        raise Conflict("plan.moved_meanwhile", title=row.title, when=when, state=row.state, fields=fields)


def _text(moment: Any) -> str | None:
    return iso(moment) if moment else None


def _add_absence(step: Mapping[str, Any], ctx: Context) -> Any:
    officer = ctx.uow.get("officer", str(step.get("officer")))
    if officer is None:
        raise BadInput("unknown", entity="officer", id=str(step.get("officer")), field="officer")
    reason = str(step.get("reason") or "")
    wire.check_length("reason", reason)
    absence = Absence(
        id=ctx.new_id(), officer=officer.id, first_day=str(step["first_day"]), last_day=str(step["last_day"]),
        reason=reason,
    )  # fmt: skip
    ctx.uow.add(absence)
    return {"absence": absence.id}


def _invite_grids(step: Mapping[str, Any], ctx: Context) -> Any:
    """Other grids take part in a drill that is still ahead."""
    drill = drills.planned(ctx, str(step.get("drill")))
    rows = {each.grid: each for each in ctx.uow.find("drill_grid", drill=drill.id)}
    if sorted(rows) != sorted(step.get("was") or ()):
        raise Conflict("plan.moved_meanwhile", title=drill.title, when=_text(drill.starts_at) or "", fields={})
    wanted = [ctx.find_grid(str(each)).id for each in step.get("grids") or ()]
    for grid in sorted(set(rows) - set(wanted)):
        ctx.uow.remove("drill_grid", rows[grid].id)
    for grid in wanted:
        if grid not in rows:
            ctx.uow.add(DrillGrid(id=ctx.new_id(), world=drill.id, drill=drill.id, grid=grid))
    return {"drill": drill.id, "grids": wanted}
