"""Taking a report and following it to its closed loop."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules.entity import REAL, Personal
from commandcenter.rules.incidents import (
    EXITS,
    CallBack,
    Category,
    Incident,
    State,
    TimelineEntry,
    Urgency,
    is_open,
    may_step,
)
from commandcenter.rules.numbers import drill_number, incident_number, local_day
from commandcenter.rules.people import PERSON_KINDS, PersonKind
from commandcenter.rules.permissions import DUTY
from commandcenter.services import edits
from commandcenter.services.commands import Context, FieldsOf, command, handles
from commandcenter.storage import personal

_WRITES = ("incident", "timeline_entry")
EDITABLE = (
    "grid", "village", "category", "subkind", "urgency", "text", "place", "caller_name", "caller_phone",
)  # fmt: skip
"""Fields that an officer edits by form."""


@command("open_incident", roles=DUTY, writes=_WRITES)
@dataclass(frozen=True, kw_only=True, slots=True)
class OpenIncident:
    """Take a report. ``grid`` is an id or a code; without it the known caller's grid is taken."""

    category: Category
    urgency: Urgency
    text: Annotated[str, Personal("text")]
    grid: str | None = None
    village: str | None = None
    subkind: str = ""
    place: Annotated[str | None, Personal("address")] = None
    caller_name: Annotated[str | None, Personal("name")] = None
    caller_phone: Annotated[str | None, Personal("phone")] = None
    finder_kind: PersonKind | None = None
    finder: str | None = None


@handles(OpenIncident)
def open_incident(cmd: OpenIncident, ctx: Context) -> Any:
    """Finds grid and finder, gives the number last."""
    if not cmd.text.strip():
        raise BadInput("incident.text_empty")
    finder_kind, finder = _finder(cmd, ctx)
    grid = ctx.find_grid(cmd.grid) if cmd.grid else _grid_of_finder(ctx, finder_kind, finder)
    village = grid.village if grid else _village(ctx, cmd.village)
    incident = Incident(
        id=ctx.new_id(), world=ctx.world, village=village, grid=grid.id if grid else None, category=cmd.category,
        subkind=cmd.subkind, urgency=cmd.urgency, text=cmd.text.strip(), place=cmd.place, caller_name=cmd.caller_name,
        caller_phone=cmd.caller_phone, finder_kind=finder_kind, finder=finder, handler=_handler(ctx),
        opened_at=ctx.now,
    )  # fmt: skip
    tell(ctx, incident.id, "opened", {"category": cmd.category, "urgency": cmd.urgency})
    incident = replace(incident, number=_number(ctx))
    ctx.uow.add(incident)
    return {"incident": incident.id, "number": incident.number}


def _finder(cmd: OpenIncident, ctx: Context) -> tuple[PersonKind | None, str | None]:
    """Who reported: as given, or the one person whose known number it is."""
    if cmd.finder_kind and cmd.finder:
        ctx.uow.require(cmd.finder_kind, cmd.finder)
        return cmd.finder_kind, cmd.finder
    people = personal.by_phone(ctx.uow.connection, cmd.caller_phone, PERSON_KINDS) if cmd.caller_phone else []
    people = [(kind, id) for kind, id in people if ctx.uow.require(kind, id).active]
    people.sort(key=lambda person: ("worker", "duty_holder", "contact", "officer").index(person[0]))
    return people[0] if people else (None, None)  # type: ignore[return-value]


def _grid_of_finder(ctx: Context, kind: PersonKind | None, id: str | None) -> Any | None:
    person = ctx.uow.require(kind, id) if kind and id else None
    grid = getattr(person, "grid", None)
    return ctx.uow.require("grid", grid) if grid else None


def _village(ctx: Context, given: str | None) -> str | None:
    if not given:
        return None
    found = ctx.uow.get("village", given) or next(iter(ctx.uow.find("village", code=given)), None)
    if found is None:
        raise BadInput("village.unknown", village=given)
    return str(found.id)


def _handler(ctx: Context) -> str | None:
    return ctx.actor.id if ctx.actor.id != "system" else None


def _number(ctx: Context) -> str:
    day = local_day(ctx.now, ctx.zone)
    series, make = ("incident", incident_number) if ctx.world == REAL else ("drill-incident", drill_number)
    serial, prefix = ctx.uow.next_number(series, day.isoformat())
    return make(prefix or "SJ", day, serial)


def tell(ctx: Context, incident: str, code: str, facts: dict[str, Any], text: str | None = None) -> TimelineEntry:
    """Write one line of an incident's timeline."""
    entry = TimelineEntry(
        id=ctx.new_id(), world=ctx.world, incident=incident, at=ctx.now, at_source=_source(ctx), code=code,
        facts=facts, text=text, actor=ctx.actor.id, command=ctx.command_id,
    )  # fmt: skip
    return ctx.uow.add(entry)


def _source(ctx: Context) -> Any:
    return ctx.source if ctx.source in ("desk", "opened", "paper", "offline") else "desk"


def locked(ctx: Context, id: str) -> Incident:
    """The incident, locked until commit, in this command's world; BadInput ``incident.unknown``."""
    found = ctx.uow.lock("incident", [id])
    if not found or found[0].world != ctx.world:
        raise BadInput("incident.unknown", incident=id)
    return found[0]  # type: ignore[no-any-return]


def stepped(incident: Incident, to: State, now: datetime) -> Incident:
    """The incident in state ``to`` with the instant of the step; the first time of each step is kept."""
    stamp = {
        "calling": "calling_at", "responding": "responding_at", "on_scene": "on_scene_at", "resolved": "resolved_at",
        "closed": "ended_at", "returned": "ended_at", "merged": "ended_at", "cancelled": "ended_at",
    }  # fmt: skip
    times: dict[str, Any] = {}
    if name := stamp.get(to):
        times[name] = getattr(incident, name) or now
    if to == "reopened":
        steps = ("calling_at", "responding_at", "on_scene_at", "resolved_at", "ended_at")
        times = {**dict.fromkeys(steps), "reopened_at": now}
    return replace(incident, state=to, **times)


def step(ctx: Context, incident: Incident, to: State, text: str | None = None, **facts: Any) -> Incident:
    """Take a step if the state machine allows it, and tell the timeline; RuleError ``incident.step`` otherwise."""
    if not may_step(incident.state, to):
        raise RuleError("incident.step", number=incident.number, state=incident.state, to=to)
    moved = ctx.uow.put(stepped(incident, to, ctx.now))
    tell(ctx, incident.id, f"step.{to}", {"from": incident.state, **facts}, text)
    return moved


@command("step_incident", roles=DUTY, writes=_WRITES)
@dataclass(frozen=True, kw_only=True, slots=True)
class StepIncident:
    """Take the next step of the life cycle: calling, responding, on_scene or resolved, with an optional note."""

    incident: str
    to: State
    note: Annotated[str | None, Personal("text")] = None


@handles(StepIncident)
def step_incident(cmd: StepIncident, ctx: Context) -> Any:
    """Exits have commands of their own because they need words."""
    if cmd.to in EXITS or cmd.to == "reopened":
        raise RuleError("incident.step_needs_words", to=cmd.to)
    moved = step(ctx, locked(ctx, cmd.incident), cmd.to, cmd.note)
    return {"incident": moved.id, "state": moved.state}


@command("close_incident", roles=DUTY, writes=_WRITES)
@dataclass(frozen=True, kw_only=True, slots=True)
class CloseIncident:
    """Close the loop: what was done and who confirmed it; for routine matters also the call-back."""

    incident: str
    closing_note: Annotated[str, Personal("text")]
    confirmed_by: Annotated[str, Personal("name")]
    call_back: CallBack | None = None
    satisfaction: int | None = None


@handles(CloseIncident)
def close_incident(cmd: CloseIncident, ctx: Context) -> Any:
    """Closing needs the closing note and who confirmed it (DOMAIN §3)."""
    if not cmd.closing_note.strip() or not cmd.confirmed_by.strip():
        raise BadInput("incident.closing_incomplete")
    if cmd.satisfaction is not None and not 1 <= cmd.satisfaction <= 3:
        raise BadInput("incident.satisfaction", satisfaction=cmd.satisfaction)
    incident = locked(ctx, cmd.incident)
    if incident.state != "resolved" and may_step(incident.state, "resolved"):
        incident = stepped(incident, "resolved", ctx.now)
    closing = replace(
        incident, closing_note=cmd.closing_note.strip(), confirmed_by=cmd.confirmed_by.strip(),
        call_back=cmd.call_back, satisfaction=cmd.satisfaction,
    )  # fmt: skip
    minutes = round((ctx.now - incident.opened_at).total_seconds() / 60)
    moved = step(ctx, closing, "closed", cmd.closing_note.strip(), minutes=minutes)
    return {"incident": moved.id, "state": moved.state, "minutes": minutes}


@command("return_incident", roles=DUTY, writes=_WRITES)
@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnIncident:
    """Send a report back with the reason why it is not ours."""

    incident: str
    reason: Annotated[str, Personal("text")]


@command("cancel_incident", roles=DUTY, writes=_WRITES)
@dataclass(frozen=True, kw_only=True, slots=True)
class CancelIncident:
    """A false alarm, with the reason."""

    incident: str
    reason: Annotated[str, Personal("text")]


@command("reopen_incident", roles=DUTY, writes=_WRITES)
@dataclass(frozen=True, kw_only=True, slots=True)
class ReopenIncident:
    """Take an ended incident up again, with the reason."""

    incident: str
    reason: Annotated[str, Personal("text")]


def _with_reason(to: State) -> Any:
    def handler(cmd: Any, ctx: Context) -> Any:
        if not cmd.reason.strip():
            raise BadInput("incident.reason_empty")
        incident = replace(locked(ctx, cmd.incident), reason=cmd.reason.strip())
        moved = step(ctx, incident, to, cmd.reason.strip())
        return {"incident": moved.id, "state": moved.state}

    return handler


for _cls, _to in ((ReturnIncident, "returned"), (CancelIncident, "cancelled"), (ReopenIncident, "reopened")):
    handles(_cls)(_with_reason(_to))  # type: ignore[arg-type]


@command("merge_incident", roles=DUTY, writes=_WRITES)
@dataclass(frozen=True, kw_only=True, slots=True)
class MergeIncident:
    """Two reports of one matter: this one goes on under ``into``."""

    incident: str
    into: str


@handles(MergeIncident)
def merge_incident(cmd: MergeIncident, ctx: Context) -> Any:
    """The other incident must be open and not this one."""
    if cmd.incident == cmd.into:
        raise RuleError("incident.merge_self")
    both = {each.id: each for each in ctx.uow.lock("incident", [cmd.incident, cmd.into])}
    if cmd.incident not in both or cmd.into not in both:
        raise BadInput("incident.unknown", incident=cmd.into if cmd.incident in both else cmd.incident)
    into = both[cmd.into]
    if not is_open(into.state):
        raise RuleError("incident.merge_ended", number=into.number)
    incident = replace(both[cmd.incident], merged_into=into.id)
    moved = step(ctx, incident, "merged", into=into.number)
    tell(ctx, into.id, "merged_here", {"number": incident.number})
    return {"incident": moved.id, "into": into.id}


@command("note_incident", roles=DUTY, writes=("timeline_entry",))
@dataclass(frozen=True, kw_only=True, slots=True)
class NoteIncident:
    """Write a note on an incident's timeline."""

    incident: str
    text: Annotated[str, Personal("text")]


@handles(NoteIncident)
def note_incident(cmd: NoteIncident, ctx: Context) -> Any:
    """Notes touch their own row only, so that they never meet an edit."""
    if not cmd.text.strip():
        raise BadInput("incident.text_empty")
    incident = ctx.uow.get("incident", cmd.incident)
    if incident is None or incident.world != ctx.world:
        raise BadInput("incident.unknown", incident=cmd.incident)
    entry = tell(ctx, incident.id, "note", {}, cmd.text.strip())
    return {"incident": incident.id, "entry": entry.id}


@command("acknowledge_incident", roles=DUTY, writes=("timeline_entry",), undoable=False)
@dataclass(frozen=True, kw_only=True, slots=True)
class AcknowledgeIncident:
    """Acknowledge the alarm of a report: it ends on every desk, and the timeline says who heard it."""

    incident: str


@handles(AcknowledgeIncident)
def acknowledge_incident(cmd: AcknowledgeIncident, ctx: Context) -> Any:
    """The first one counts; having been heard cannot be taken back."""
    incident = locked(ctx, cmd.incident)
    heard = ctx.uow.find("timeline_entry", incident=incident.id, code="acknowledged")
    if not heard:
        tell(ctx, incident.id, "acknowledged", {"officer": ctx.actor.name})
    return {"incident": incident.id, "by": heard[0].actor if heard else ctx.actor.id}


@command("park_incident", roles=DUTY, writes=_WRITES)
@dataclass(frozen=True, kw_only=True, slots=True)
class ParkIncident:
    """Put an open incident aside, or take it up again."""

    incident: str
    parked: bool = True


@handles(ParkIncident)
def park_incident(cmd: ParkIncident, ctx: Context) -> Any:
    """Only an open incident can wait."""
    incident = locked(ctx, cmd.incident)
    if not is_open(incident.state):
        raise RuleError("incident.ended", number=incident.number)
    if incident.parked != cmd.parked:
        ctx.uow.put(replace(incident, parked=cmd.parked))
        tell(ctx, incident.id, "parked" if cmd.parked else "unparked", {})
    return {"incident": incident.id, "parked": cmd.parked}


@command("take_incident", roles=DUTY, writes=_WRITES)
@dataclass(frozen=True, kw_only=True, slots=True)
class TakeIncident:
    """Take an incident to one's own desk."""

    incident: str


@handles(TakeIncident)
def take_incident(cmd: TakeIncident, ctx: Context) -> Any:
    """The handler is whoever took it last."""
    incident = locked(ctx, cmd.incident)
    if incident.handler != ctx.actor.id:
        ctx.uow.put(replace(incident, handler=ctx.actor.id))
        tell(ctx, incident.id, "taken", {"officer": ctx.actor.name})
    return {"incident": incident.id, "handler": ctx.actor.id}


@command("edit_incident", roles=DUTY, writes=_WRITES)
@dataclass(frozen=True, kw_only=True, slots=True)
class EditIncident:
    """Change fields. ``was`` tells the values the editor saw, so that only a field changed by both is a conflict."""

    incident: str
    changed: Annotated[dict[str, Any], FieldsOf("incident")]
    was: Annotated[dict[str, Any], FieldsOf("incident")]


@handles(EditIncident)
def edit_incident(cmd: EditIncident, ctx: Context) -> Any:
    """Fields changed apart merge silently; a field changed by both raises Conflict with both versions."""
    for given in (cmd.was, cmd.changed):
        edits.check_given("incident", given, EDITABLE, "edit_incident")
    incident = locked(ctx, cmd.incident)
    wanted = {name: _checked(ctx, name, value) for name, value in edits.tidy("incident", cmd.changed).items()}
    edited, changed = edits.merged(
        "incident", incident, wanted, cmd.was, "incident.conflict", incident=incident.id, number=incident.number
    )
    if wanted.get("grid") and "grid" in changed:
        edited = replace(edited, village=ctx.uow.require("grid", wanted["grid"]).village)
        changed = sorted({*changed, "village"})
    if changed:
        ctx.uow.put(edited)
        tell(ctx, incident.id, "edited", {"fields": changed})
    return {"incident": incident.id, "changed": changed}


def _checked(ctx: Context, name: str, value: Any) -> Any:
    """A field's new value; BadInput when it does not fit."""
    if name == "text" and not value:
        raise BadInput("incident.text_empty")
    if name == "grid" and value:
        return ctx.find_grid(value).id
    if name == "village" and value:
        return _village(ctx, value)
    return value
