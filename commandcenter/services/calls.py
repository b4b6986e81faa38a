"""Calling people out, in either direction, and what became of each call. Facts and order: ``rules/calling``."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any

from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules import calling
from commandcenter.rules.calling import Callee
from commandcenter.rules.entity import Personal
from commandcenter.rules.incidents import Call, CallResult, Direction, Incident, State, is_open, may_step
from commandcenter.rules.numbers import local_day
from commandcenter.rules.people import PERSON_KINDS, DutyHolder, PersonKind, Worker, is_away
from commandcenter.rules.permissions import DUTY
from commandcenter.services import catalogues
from commandcenter.services.commands import Context, command, handles
from commandcenter.services.incidents import locked, stepped, tell
from commandcenter.services.settings import limits_from
from commandcenter.storage import places

_WRITES = ("incident", "call", "timeline_entry")


@dataclass(frozen=True, slots=True)
class Person:
    """One person to call, by kind and id."""

    kind: PersonKind
    id: str


@command("call_out", roles=DUTY, writes=_WRITES)
@dataclass(frozen=True, kw_only=True, slots=True)
class CallOut:
    """Put people on the call list and begin to call. Without ``people`` the rules propose who."""

    incident: str
    direction: Direction = "up"
    people: tuple[Person, ...] = ()


@handles(CallOut)
def call_out(cmd: CallOut, ctx: Context) -> Any:
    """People already on the list keep their place; nothing pretends to have rung."""
    incident = locked(ctx, cmd.incident)
    if not is_open(incident.state):
        raise RuleError("incident.ended", number=incident.number)
    listed = ctx.uow.find("call", incident=incident.id)
    chosen = _chosen(cmd, ctx) if cmd.people else propose(ctx, incident, cmd.direction)
    new = [each for each in chosen if (each.person_kind, each.person) not in _keys(listed)]
    if not new and not listed:
        raise RuleError("call.nobody")
    for callee in new:
        _list(ctx, incident, cmd.direction, callee, rank=len(listed) + callee.rank)
    if may_step(incident.state, "calling") and incident.state in ("reported", "reopened"):
        ctx.uow.put(stepped(incident, "calling", ctx.now))
        tell(ctx, incident.id, "step.calling", {"from": incident.state, "people": len(new)})
    elif new:
        tell(ctx, incident.id, "listed", {"people": len(new)})
    return {"incident": incident.id, "listed": len(new), "direction": cmd.direction}


def _keys(calls: list[Call]) -> set[tuple[str, str]]:
    return {(call.person_kind, call.person) for call in calls}


def _chosen(cmd: CallOut, ctx: Context) -> list[Callee]:
    chosen = []
    for rank, person in enumerate(cmd.people, start=1):
        if person.kind not in PERSON_KINDS:
            raise BadInput("command.field_choice", command="call_out", field="kind", choices=", ".join(PERSON_KINDS))
        found = ctx.uow.require(person.kind, person.id)
        chosen.append(
            Callee(person_kind=person.kind, person=person.id, rank=rank, reason=_role_of(person.kind, found), wave=1)
        )
    return chosen


def _role_of(kind: PersonKind, person: Any) -> str:
    """What puts a chosen person on the list: his role, the service he stands for, or that he keeps a grid."""
    if kind == "duty_holder":
        return str(person.role)
    if kind == "contact":
        return str(person.kind)
    return calling.KEEPER if kind == "worker" else "chosen"


def propose(ctx: Context, incident: Incident, direction: Direction) -> list[Callee]:
    """Whom the rules would call, from the people the database holds now."""
    day = local_day(ctx.now, ctx.zone)
    return list(calling.callees(incident, direction, surroundings(ctx.uow, incident, direction, day)))


def surroundings(source: Any, incident: Incident, direction: Direction, day: date) -> calling.Surroundings:
    """Who is around an incident on a day; ``source`` is a unit of work or a reader."""
    grid = source.get("grid", incident.grid) if incident.grid else None
    near = _neighbours(source, grid) if direction == "down" else []
    keepers = [*([grid.id] if grid else []), *near[: calling.NEAREST]]
    workers = tuple(source.find("worker", grid=keepers, active=True))
    away, stand_ins = absent(source, [each.id for each in workers], day)
    return calling.Surroundings(
        grid=grid,
        village=incident.village,
        workers=workers,
        duty_holders=tuple(_duty_holders(source, incident.village)),
        contacts=tuple(source.find("contact", active=True)),
        neighbours=tuple(near),
        order=catalogues.upward_order(incident.category, incident.subkind),
        downward=catalogues.downward_waves(),
        away=away,
        stand_ins=stand_ins,
    )


def absent(source: Any, workers: Iterable[str], day: date) -> tuple[dict[str, str | None], tuple[Worker, ...]]:
    """Those of ``workers`` who are away on a day, each with who stands in; and the rows of those not among them.
    Who stands in may be away himself and have somebody else stand in."""
    away: dict[str, str | None] = {}
    stand_ins: dict[str, Worker] = {}
    asked, wanted = set[str](), set(workers)
    while wanted:
        found = source.find("worker_absence", worker=sorted(wanted), ended=False)
        asked |= wanted
        wanted = set()
        for each in found:
            if is_away(each, day):
                away[each.worker] = each.stand_in
                wanted |= {each.stand_in} - asked if each.stand_in else set()
        for id in wanted:
            if (row := source.get("worker", id)) is not None:
                stand_ins[id] = row
    return away, tuple(stand_ins.values())


MOST_LEADERS = 2
"""So many leaders on duty are proposed while no rota says whose night it is."""


def _duty_holders(source: Any, village: str | None) -> list[DutyHolder]:
    """Those of the village and its grids, and those of the whole town."""
    here = source.find("duty_holder", village=village, active=True) if village else []
    holders = [*here, *source.find("duty_holder", village=None, active=True)]
    leaders = [each.id for each in holders if each.role == calling.LEADER]
    return [each for each in holders if each.id not in leaders[MOST_LEADERS:]]


def _neighbours(source: Any, grid: Any | None) -> list[str]:
    """The other general grids, nearest first, whichever village they belong to."""
    if grid is None:
        return []
    others = [each for each in source.find("grid", kind="general") if each.id != grid.id]
    return calling.nearest_first(grid, others, places.middles(source.connection))


def _list(ctx: Context, incident: Incident, direction: Direction, callee: Callee, *, rank: int) -> Call:
    call = Call(
        id=ctx.new_id(), world=ctx.world, incident=incident.id, direction=direction, person_kind=callee.person_kind,
        person=callee.person, rank=rank, reason=callee.reason, listed_at=ctx.now,
    )  # fmt: skip
    return ctx.uow.add(call)


@command("record_call", roles=DUTY, writes=_WRITES)
@dataclass(frozen=True, kw_only=True, slots=True)
class RecordCall:
    """What became of calling one person; the incident takes the step that follows from it."""

    call: str
    result: CallResult
    note: Annotated[str | None, Personal("text")] = None


@handles(RecordCall)
def record_call(cmd: RecordCall, ctx: Context) -> Any:
    """The first call, the first answer and the first arrival move the incident on, never back."""
    if cmd.result == "waiting":
        raise BadInput("call.not_waiting")
    found = ctx.uow.get("call", cmd.call)
    if found is None or found.world != ctx.world:
        raise BadInput("call.unknown", call=cmd.call)
    incident = locked(ctx, found.incident)
    (call,) = ctx.uow.lock("call", [cmd.call])
    updated = replace(calling.after_result(call, cmd.result, ctx.now), note=cmd.note or call.note)
    ctx.uow.put(updated)
    person = ctx.uow.require(call.person_kind, call.person)
    facts = {"result": cmd.result, "person_kind": call.person_kind, "person": call.person, "name": person.name}
    tell(ctx, incident.id, "call", facts, cmd.note)
    to = calling.incident_effect(incident, [updated], cmd.result)
    moved = _move(ctx, incident, to) if to else incident
    return {"call": call.id, "result": cmd.result, "incident": incident.id, "state": moved.state}


def _move(ctx: Context, incident: Incident, to: State) -> Incident:
    moved = ctx.uow.put(stepped(incident, to, ctx.now))
    tell(ctx, incident.id, f"step.{to}", {"from": incident.state})
    return moved


@command("escalate_calls", roles=DUTY, writes=_WRITES, undoable=False)
@dataclass(frozen=True, kw_only=True, slots=True)
class EscalateCalls:
    """Nobody answered in time: the next ones take first place. Sent by the rule that becomes due."""

    incident: str
    step: str
    due: datetime


@handles(EscalateCalls)
def escalate_calls(cmd: EscalateCalls, ctx: Context) -> Any:
    """Re-checks that it is still due, since somebody may have answered meanwhile."""
    incident = locked(ctx, cmd.incident)
    calls = tuple(ctx.uow.find("call", incident=incident.id))
    steps = {step.name: step for step in calling.escalation(incident, calls, ctx.now, limits_of(ctx))}
    step = steps.get(cmd.step)
    if step is None:
        return {"incident": incident.id, "raised": 0}
    wanted = [each for each in propose(ctx, incident, "down") if each.reason in step.reasons]
    first = min((call.rank for call in calls), default=1)
    known = {(call.person_kind, call.person): call for call in calls}
    raised = 0
    for offset, callee in enumerate(wanted):
        rank = first - len(wanted) + offset
        call = known.get((callee.person_kind, callee.person))
        if call is None:
            _list(ctx, incident, "down", replace(callee, reason=calling.escalated(step.name)), rank=rank)
            raised += 1
        elif call.result == "waiting" and call.attempts == 0:
            ctx.uow.put(replace(call, rank=rank, reason=calling.escalated(step.name)))
            raised += 1
    tell(ctx, incident.id, "escalated", {"step": step.name, "people": raised})
    return {"incident": incident.id, "raised": raised}


def limits_of(ctx: Context) -> Any:
    """The town's limits as this transaction sees them."""
    return limits_from({each.key: each.value["value"] for each in ctx.uow.find("setting", scope="town")})
