"""A worker leaves 离任: one command hands over everything that hangs on him, and says before what that is.

The kit goes back as :mod:`commandcenter.services.kits` takes kits back, posts of units are named as
:mod:`commandcenter.services.units` names them: here is no second way of either.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from commandcenter.base.errors import BadInput, NotAllowed, RuleError
from commandcenter.rules import calling
from commandcenter.rules.attention import SOON
from commandcenter.rules.calling import Callee, Surroundings
from commandcenter.rules.drills import Improvement
from commandcenter.rules.entity import DRILLS, REAL, Personal
from commandcenter.rules.incidents import SETTLED, Call, Incident, is_open
from commandcenter.rules.kits import AWAY, Kit
from commandcenter.rules.numbers import local_day
from commandcenter.rules.people import DutyHolder, Worker, WorkerAbsence
from commandcenter.rules.permissions import DUTY, KEEPERS_OF_LISTS
from commandcenter.rules.stores import Depot
from commandcenter.rules.units import UnitPost
from commandcenter.services import attention_reading, calls, edits, kit_reading
from commandcenter.services.absences import ended
from commandcenter.services.attention_reading import Listed
from commandcenter.services.commands import Context, command, handles
from commandcenter.services.incidents import locked, tell
from commandcenter.services.kit_reading import KitRow
from commandcenter.services.kits import Found, HandOutKit, TakeBackKit, hand_out_kit, take_back_kit
from commandcenter.services.sessions import Session
from commandcenter.services.stock import day_not_ahead, real_only, reason_meant
from commandcenter.services.training import zone_of
from commandcenter.services.units import NamePost, name_post
from commandcenter.storage.reads import Reader


@command("leave_worker", roles=KEEPERS_OF_LISTS,
         writes=("worker", "kit", "piece", "stock_move", "unit_post", "call", "timeline_entry", "improvement",
                 "worker_absence", "attention_item"))  # fmt: skip
@dataclass(frozen=True, kw_only=True, slots=True)
class LeaveWorker:
    """A worker (id) leaves on a day (``YYYY-MM-DD``; empty: today). ``successor``: the worker (id), mostly of the
    reserve, who takes over; one who keeps no grid keeps this one from then on.

    ``found``: every piece of his kit as it was found; it goes ``kit_to`` the village, a ``depot`` or straight to the
    successor. ``posts``: who takes his posts in emergency units: the successor, whoever stands in there, or nobody for
    now. ``matters``: who is called in his place on open call lists and mends what he was to mend (``improvements``,
    ids). The attention list of his grid is looked after by whoever keeps the grid; ``attention``: its entries stay due
    as they are, or the next one is to ``visit`` all of them within a week.
    """

    worker: str
    on: str = ""
    reason: Annotated[str, Personal("record")] = ""
    successor: str | None = None
    found: tuple[Found, ...] = ()
    kit_to: Literal["village", "depot", "successor"] = "village"
    depot: str | None = None
    kit_reason: Annotated[str, Personal("ledger")] = ""
    posts: Literal["successor", "substitute", "gap"] = "gap"
    matters: Literal["successor", "secretary"] = "secretary"
    improvements: tuple[str, ...] = ()
    attention: Literal["as_due", "visit"] = "as_due"


@handles(LeaveWorker)
def leave_worker(cmd: LeaveWorker, ctx: Context) -> Any:
    """All of it or nothing; everything it decides on is locked first, and one undo brings all of it back."""
    real_only(ctx)
    worker, successor = _people(ctx, cmd)
    day = day_not_ahead(ctx, "on", cmd.on)
    reason = edits.not_denied("reason", reason_meant(cmd.reason, needed=False))
    done: dict[str, Any] = {"worker": worker.id, "successor": successor.id if successor else None}
    if successor is not None and worker.grid is not None and successor.grid is None:
        grid = ctx.uow.require("grid", worker.grid)
        successor = replace(successor, grid=grid.id, village=grid.village, standing="serving",
                            appointed=successor.appointed or day[:7])  # fmt: skip
        ctx.uow.put(successor)
        done["grid"] = grid.id
    done["kit"] = _hand_over_kit(cmd, ctx, worker, successor, day)
    done["posts"] = _hand_over_posts(cmd, ctx, worker, successor)
    done |= _hand_over_matters(cmd, ctx, worker, successor)
    done["attention"] = _hand_over_attention(cmd, ctx, worker, day)
    done["absences"] = _end_absences(ctx, worker, successor, day)
    ctx.uow.put(replace(ctx.uow.require("worker", worker.id), active=False, left_on=day, left_reason=reason or None))
    return done


def _people(ctx: Context, cmd: LeaveWorker) -> tuple[Worker, Worker | None]:
    """Who leaves and who takes over, locked together."""
    rows = {each.id: each for each in ctx.uow.lock("worker", [cmd.worker, *([cmd.successor] if cmd.successor else [])])}
    worker = rows.get(cmd.worker)
    if worker is None:
        raise BadInput("unknown", entity="worker", id=cmd.worker, field="worker")
    if not worker.active:
        raise RuleError("leave.left_already", name=worker.name)
    successor = rows.get(cmd.successor or "")
    if cmd.successor and (successor is None or not successor.active):
        raise BadInput("leave.successor", field="successor", name=successor.name if successor else cmd.successor)
    if cmd.successor == cmd.worker:
        raise BadInput("leave.himself", field="successor", name=worker.name)
    for field in ("kit_to", "posts", "matters"):
        if getattr(cmd, field) == "successor" and successor is None:
            raise BadInput("leave.nobody", field=field)
    return worker, successor


def _hand_over_kit(
    cmd: LeaveWorker, ctx: Context, worker: Worker, successor: Worker | None, day: str
) -> str | None:
    """The kit as it was found goes where it is wanted; its code, None where he has none."""
    ids = [each.id for each in ctx.uow.find("kit", worker=worker.id, active=True)]
    held = [each for each in ctx.uow.lock("kit", ids) if each.worker == worker.id and each.active]
    if not held:
        if cmd.found:
            raise BadInput("leave.no_kit", field="found", name=worker.name)
        return None
    (kit,) = held
    bring_kit_back(ctx, kit, cmd.found, "depot" if cmd.kit_to == "depot" else "village", cmd.depot, cmd.kit_reason)
    if cmd.kit_to == "successor" and successor is not None:
        hand_out_kit(HandOutKit(kit=kit.id, worker=successor.id, on=day), ctx)
    return str(kit.code)


def bring_kit_back(
    ctx: Context, kit: Kit, found: tuple[Found, ...], to: Literal["village", "depot"], depot: str | None, reason: str
) -> None:
    """A kit comes back with every one of its pieces named as it was found."""
    named = {each.piece for each in found}
    pieces = [each for each in ctx.uow.find("piece", kit=kit.id) if each.state in AWAY]
    if forgotten := next((each for each in pieces if not named & {each.id, each.code}), None):
        raise BadInput("leave.piece", field="found", piece=forgotten.code, kit=kit.code)
    back = TakeBackKit(kit=kit.id, found=found, to=to, depot=depot if to == "depot" else None, reason=reason)
    try:
        take_back_kit(back, ctx)
    except BadInput as error:
        if error.facts.get("field") != "reason":
            raise
        raise BadInput(error.code, **{**error.facts, "field": "kit_reason"}) from None


def _hand_over_posts(cmd: LeaveWorker, ctx: Context, worker: Worker, successor: Worker | None) -> int:
    """His posts end; who takes them is named as anybody is."""
    ids = [each.id for each in ctx.uow.find("unit_post", person_kind="worker", person=worker.id, active=True)]
    posts = [each for each in ctx.uow.lock("unit_post", ids) if each.active]
    for post in posts:
        there = [each for each in ctx.uow.find("unit_post", village=post.village, role=post.role, active=True)
                 if (each.grid, each.site) == (post.grid, post.site) and each.id != post.id]  # fmt: skip
        edits.set_active(ctx, "unit_post", post.id, False)
        if cmd.posts == "successor" and successor is not None:
            if all(each.person != successor.id for each in there):
                name_post(NamePost(role=post.role, grid=post.grid, village=None if post.grid else post.village,
                                   site=post.site, rank=post.rank, person=successor.id), ctx)  # fmt: skip
        elif cmd.posts == "substitute" and there and post.rank == 0 and all(each.rank for each in there):
            first = min(there, key=lambda each: (each.rank, each.id))
            (row,) = ctx.uow.lock("unit_post", [first.id])
            ctx.uow.put(replace(row, rank=0))
    return len(posts)


def _hand_over_matters(cmd: LeaveWorker, ctx: Context, worker: Worker, successor: Worker | None) -> dict[str, int]:
    """Open calls and things to mend go to the successor, or to the secretary of his village."""
    waiting = [each for each in ctx.uow.find("call", person_kind="worker", person=worker.id) if is_owed(each)]
    mine: dict[str, list[Call]] = {}
    for call in waiting:
        if call.world == ctx.world and is_open(ctx.uow.require("incident", call.incident).state):
            mine.setdefault(call.incident, []).append(call)
    if not mine and not cmd.improvements:
        return {"calls": 0, "improvements": 0}
    to: Worker | DutyHolder | None = successor if cmd.matters == "successor" else _secretary(ctx.uow, worker)
    if to is None:
        raise BadInput("leave.no_secretary", field="matters", name=worker.name)
    kind: Any = "worker" if cmd.matters == "successor" else "duty_holder"
    for incident in sorted(mine):
        locked(ctx, incident)
        listed = {(each.person_kind, each.person) for each in ctx.uow.find("call", incident=incident)}
        for call in ctx.uow.lock("call", [each.id for each in mine[incident]]):
            if not is_owed(call):
                continue  # answered a moment ago
            if (kind, to.id) in listed:
                ctx.uow.remove("call", call.id)
            else:
                ctx.uow.put(replace(call, person_kind=kind, person=to.id, result="waiting", attempts=0, called_at=None,
                                    result_at=None, note=None))  # fmt: skip
            tell(ctx, incident, "handed_over", {"name": worker.name, "to": to.name})
    mended = hand_improvements(ctx, cmd.improvements, worker.name, to.name)
    return {"calls": sum(map(len, mine.values())), "improvements": mended}


def hand_improvements(ctx: Context, improvements: tuple[str, ...], name: str, to: str) -> int:
    """What somebody of a name was to mend is another's from now on; how many those are."""
    rows = ctx.uow.lock("improvement", improvements)
    for row in rows:
        if row.done_at is not None or row.owner.strip() != name:
            raise RuleError("leave.improvement", field="matters", name=name)
        ctx.uow.put(replace(row, owner=to))
    return len(rows)


def _hand_over_attention(cmd: LeaveWorker, ctx: Context, worker: Worker, day: str) -> int:
    """How many entries of the attention list go with the grid; where they are to be visited, all are due soon."""
    if cmd.attention == "visit" and ctx.actor.role not in DUTY:
        raise NotAllowed("leave.attention", field="attention", role=ctx.actor.role)
    if worker.grid is None:
        return 0
    homes = [each.id for each in ctx.uow.find("household", grid=worker.grid)]
    found = {each.id for each in ctx.uow.find("attention_item", grid=worker.grid, active=True) if not each.household}
    found |= {each.id for each in ctx.uow.find("attention_item", household=homes, active=True)} if homes else set()
    rows = [each for each in ctx.uow.lock("attention_item", found) if each.active]
    until = visited_by(day)
    for row in rows if cmd.attention == "visit" else ():
        if row.review_on > until:
            ctx.uow.put(replace(row, review_on=until))
    return len(rows)


def visited_by(day: str) -> str:
    """Until when whoever takes over on a day has been to see everybody on the attention list."""
    return (date.fromisoformat(day) + timedelta(days=SOON)).isoformat()


def is_owed(call: Call) -> bool:
    """Whether somebody on a call list still owes an answer."""
    return call.result not in SETTLED and not calling.is_answered(call)


def _secretary(source: Any, worker: Worker) -> DutyHolder | None:
    """The secretary of a worker's village; ``source`` is a unit of work or a reader."""
    found = source.find("duty_holder", village=worker.village, role=calling.SECRETARY, active=True)
    return min((each for each in found if each.grid is None), key=lambda each: each.id, default=None)


def _end_absences(ctx: Context, worker: Worker, successor: Worker | None, day: str) -> int:
    """His own end; where he was to stand in the successor does, or nobody."""
    own = ctx.uow.find("worker_absence", worker=worker.id, ended=False)
    others = ctx.uow.find("worker_absence", stand_in=worker.id, ended=False)
    rows = ctx.uow.lock("worker_absence", [each.id for each in (*own, *others)])
    for row in rows:
        if row.ended:
            continue
        if row.worker == worker.id:
            ctx.uow.put(ended(row, day))
        else:
            instead = successor.id if successor is not None and successor.id != row.worker else None
            ctx.uow.put(replace(row, stand_in=instead))
    return len(rows)


# --- what hangs on somebody -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hanging:
    """Everything that hangs on a worker, as this viewer may see it: what the form lists before it asks."""

    worker: Worker
    kit: KitRow | None
    posts: tuple[UnitPost, ...]
    calls: tuple[tuple[Incident, Call], ...]
    improvements: tuple[Improvement, ...]
    own_absences: tuple[WorkerAbsence, ...]
    stands_in: tuple[WorkerAbsence, ...]
    attention: tuple[Listed, ...]
    """The attention list of his grid, what has to be looked at first leading."""
    secretary: DutyHolder | None
    depots: tuple[Depot, ...]
    around: Surroundings | None
    """Who is called first in his grid; None where he keeps none."""
    incident: Incident | None
    """The matter by which that is told."""

    def order(self, successor: Worker | None = None, *, left: bool = False) -> Sequence[Callee]:
        """The call list of his grid as it is, or as it is once he ``left`` and somebody took over."""
        if self.around is None or self.incident is None:
            return ()
        around = self.around
        if left:
            workers = [each for each in around.workers if each.id != self.worker.id]
            if successor is not None and successor.grid is None:
                workers = [replace(successor, grid=self.worker.grid), *workers]
            away = {id: None if by == self.worker.id else by for id, by in around.away.items() if id != self.worker.id}
            around = replace(around, workers=workers, away=away)
        return calling.callees(self.incident, "down", around)


def hanging(session: Session, worker: str, now: datetime) -> Hanging | None:
    """Read what hangs on a worker; None for one who is not there. Never on the GUI thread."""
    with session.read(REAL) as reader:
        found: Worker | None = reader.get("worker", worker)
        if found is None:
            return None
        today = local_day(now, zone_of(reader))
        absences = reader.find("worker_absence", worker=worker, ended=False)
        incident, around = _around(reader, found, now)
        made = Hanging(
            found, kit_reading.kit_of_worker(reader, worker, today),
            tuple(reader.find("unit_post", person_kind="worker", person=worker, active=True)),
            _open_calls(reader, worker), (), tuple(absences),
            tuple(reader.find("worker_absence", stand_in=worker, ended=False)),
            tuple(attention_reading.of_grid(reader, found.grid) if found.grid else ()), _secretary(reader, found),
            tuple(sorted(reader.find("depot", active=True), key=lambda each: (each.village is not None, each.name))),
            around, incident,
        )  # fmt: skip
    with session.read(DRILLS) as reader:
        mend = [each for each in reader.find("improvement", done_at=None) if each.owner.strip() == found.name]
    return replace(made, improvements=tuple(mend))


def _open_calls(reader: Reader, worker: str) -> tuple[tuple[Incident, Call], ...]:
    owed = [each for each in reader.find("call", person_kind="worker", person=worker) if is_owed(each)]
    matters = {each.id: each for each in reader.many("incident", {each.incident for each in owed})}
    return tuple((matters[each.incident], each) for each in owed
                 if each.incident in matters and is_open(matters[each.incident].state))  # fmt: skip


def _around(reader: Reader, worker: Worker, now: datetime) -> tuple[Incident | None, Surroundings | None]:
    if worker.grid is None:
        return None, None
    incident = Incident(id="", village=worker.village, grid=worker.grid, category="hazard", urgency="critical",
                        opened_at=now)  # fmt: skip
    return incident, calls.surroundings(reader, incident, "down", local_day(now, zone_of(reader)))
