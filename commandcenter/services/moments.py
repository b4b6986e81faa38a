"""When the moments of a drill came, for the drill as a whole or for one of its people."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from commandcenter.base.clock import from_iso, iso
from commandcenter.base.errors import BadInput, Conflict
from commandcenter.rules.drills import Drill, DrillMoment
from commandcenter.rules.permissions import RECORDERS
from commandcenter.rules.scenarios import MOMENTS
from commandcenter.services.commands import Context, command, handles
from commandcenter.services.drills import known, of_drill

MomentSource = Literal["desk", "paper", "record"]


@command("note_moment", roles=RECORDERS, writes=("drill_moment",))
@dataclass(frozen=True, kw_only=True, slots=True)
class NoteMoment:
    """When a moment of a drill came, for the drill or for one of its people; ``at`` None takes it away."""

    drill: str
    moment: str
    at: datetime | None
    person: str | None = None
    source: MomentSource = "paper"


@handles(NoteMoment)
def note_moment(cmd: NoteMoment, ctx: Context) -> Any:
    """One time for each moment: a later note replaces it."""
    drill = known(ctx, cmd.drill)
    if cmd.person is not None:
        of_drill(ctx, "drill_person", cmd.person, drill)
    at = _instant(drill, cmd.moment, iso(cmd.at) if cmd.at else "")
    rows = [each for each in ctx.uow.find("drill_moment", drill=drill.id, moment=cmd.moment)
            if each.person == cmd.person]  # fmt: skip
    _set_moment(ctx, drill, cmd.moment, cmd.person, rows[0] if rows else None, at, cmd.source)
    return {"drill": drill.id, "moment": cmd.moment, "at": iso(at) if at else None}


def note_all(
    ctx: Context, drill: Drill, given: Mapping[str, Any], was: Mapping[str, Any], source: MomentSource
) -> None:
    """The moments of the drill as a whole. One that somebody else noted otherwise meanwhile is a Conflict."""
    rows = {each.moment: each for each in ctx.uow.find("drill_moment", drill=drill.id) if each.person is None}
    wanted = {moment: _instant(drill, moment, value) for moment, value in given.items()}
    seen = {moment: _instant(drill, moment, value) for moment, value in was.items()}
    theirs = {moment: rows[moment].at if moment in rows else None for moment in wanted}
    fields = {
        moment: {name: iso(at) if at else "" for name, at in
                 (("mine", at), ("theirs", theirs[moment]), ("was", seen.get(moment)))}
        for moment, at in wanted.items()
        if moment in was and theirs[moment] not in (at, seen.get(moment))
    }  # fmt: skip
    if fields:
        raise Conflict("drill.record_conflict", fields=fields, drill=drill.id)
    for moment, at in wanted.items():
        _set_moment(ctx, drill, moment, None, rows.get(moment), at, source)


def _instant(drill: Drill, moment: str, value: Any) -> datetime | None:
    if moment not in MOMENTS:
        raise BadInput("drill.moment_unknown", field=moment, moment=moment, known=", ".join(MOMENTS))
    if value in (None, ""):
        return None
    try:
        at = from_iso(value)
    except (TypeError, ValueError):
        raise BadInput("drill.moment_time", field=moment, text=str(value)) from None
    if drill.held_at is not None and abs(at - drill.held_at) > timedelta(hours=24):
        raise BadInput("drill.moment_far", field=moment, text=str(value))
    return at


def _set_moment(
    ctx: Context, drill: Drill, moment: str, person: str | None, row: DrillMoment | None, at: datetime | None,
    source: MomentSource,
) -> None:  # fmt: skip
    if at is None:
        if row is not None:
            ctx.uow.remove("drill_moment", row.id)
    elif row is None:
        made = DrillMoment(id=ctx.new_id(), world=drill.id, drill=drill.id, moment=moment, person=person, at=at,
                           source=source)  # fmt: skip
        ctx.uow.add(made)
    elif row.at != at:
        ctx.uow.put(replace(row, at=at, source=source))
