"""Workers who are away for some days, and who is called in their place meanwhile (``rules/calling`` asks for it)."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules.entity import Personal
from commandcenter.rules.people import Worker, WorkerAbsence, overlap
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.services import edits
from commandcenter.services.commands import Context, FieldsOf, command, handles
from commandcenter.services.stock import day_meant, reason_meant, today
from commandcenter.services.undo import GUARDS, Coming

EDITABLE = ("from_on", "until_on", "reason", "stand_in")


@command("add_worker_absence", roles=KEEPERS_OF_LISTS, writes=("worker_absence",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddWorkerAbsence:
    """A worker (id) is away from a day (``YYYY-MM-DD``; empty: today) to a day, both included (empty: until it is
    ended); ``stand_in``: the worker (id) who is called in his place."""

    worker: str
    from_on: str = ""
    until_on: str | None = None
    reason: Annotated[str, Personal("record")] = ""
    stand_in: str | None = None


@handles(AddWorkerAbsence)
def add_worker_absence(cmd: AddWorkerAbsence, ctx: Context) -> Any:
    """Refused where it shares a day with another absence of the same worker."""
    given = {name: getattr(cmd, name) for name in EDITABLE}
    edits.check_readable(ctx, "worker_absence", {name: value for name, value in given.items() if value})
    given["from_on"] = given["from_on"].strip() or today(ctx).isoformat()
    worker = _lock(ctx, cmd.worker, cmd.stand_in)
    row = WorkerAbsence(id=ctx.new_id(), worker=worker.id, **_checked(given))
    _settled(ctx, row, worker)
    ctx.uow.add(row)
    return {"worker_absence": row.id, "worker": worker.id}


@command("edit_worker_absence", roles=KEEPERS_OF_LISTS, writes=("worker_absence",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditWorkerAbsence:
    """Change days, reason or stand-in of an absence. ``was`` tells the values the editor saw."""

    worker_absence: str
    changed: Annotated[dict[str, Any], FieldsOf("worker_absence")]
    was: Annotated[dict[str, Any], FieldsOf("worker_absence")]


@handles(EditWorkerAbsence)
def edit_worker_absence(cmd: EditWorkerAbsence, ctx: Context) -> Any:
    """Fields changed apart merge silently; a field changed by both raises Conflict with both versions."""
    for given in (cmd.was, cmd.changed):
        edits.check_given("worker_absence", given, EDITABLE, "edit_worker_absence")
    edits.check_readable(ctx, "worker_absence", cmd.changed)
    known = ctx.uow.require("worker_absence", cmd.worker_absence)
    worker = _lock(ctx, known.worker, cmd.changed.get("stand_in"))
    row = edits.locked(ctx, "worker_absence", cmd.worker_absence)
    if row.ended:
        raise RuleError("absence.ended", name=worker.name)
    wanted = _checked(edits.tidy("worker_absence", cmd.changed))
    edited, names = edits.merged(
        "worker_absence", row, wanted, cmd.was, "absence.conflict", worker_absence=row.id, name=worker.name
    )
    _settled(ctx, edited, worker)
    if names:
        ctx.uow.put(edited)
    return {"worker_absence": row.id, "changed": names}


@command("end_worker_absence", roles=KEEPERS_OF_LISTS, writes=("worker_absence",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EndWorkerAbsence:
    """A worker is back, before the day that was thought or because there was none; or never went."""

    worker_absence: str


@handles(EndWorkerAbsence)
def end_worker_absence(cmd: EndWorkerAbsence, ctx: Context) -> Any:
    """From now on he is called again; that he was away stays on record."""
    row = edits.locked(ctx, "worker_absence", cmd.worker_absence)
    if row.ended:
        raise RuleError("absence.ended", name=ctx.uow.require("worker", row.worker).name)
    ctx.uow.put(ended(row, today(ctx).isoformat()))
    return {"worker_absence": row.id, "worker": row.worker}


def ended(row: WorkerAbsence, day: str) -> WorkerAbsence:
    """An absence that is over; its last day is the one on which that was said, if it had begun."""
    last = row.until_on
    if row.from_on <= day and (last is None or day < last):
        last = day
    return replace(row, ended=True, until_on=last)


def _lock(ctx: Context, worker: str, stand_in: str | None) -> Worker:
    """The worker, locked together with who stands in, so that no two desks decide on the same days at once."""
    found = {each.id: each for each in ctx.uow.lock("worker", [worker, *([stand_in] if stand_in else [])])}
    if worker not in found:
        raise BadInput("unknown", entity="worker", id=worker, field="worker")
    if stand_in and stand_in not in found:
        raise BadInput("unknown", entity="worker", id=stand_in, field="stand_in")
    return found[worker]  # type: ignore[no-any-return]


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    """Days and words in their one form."""
    wanted = dict(given)
    for name in ("from_on", "until_on"):
        if name in wanted:
            wanted[name] = day_meant(name, (wanted[name] or "").strip())
    if "from_on" in wanted and wanted["from_on"] is None:
        raise BadInput("absence.from_needed", field="from_on")
    if "reason" in wanted:
        wanted["reason"] = edits.not_denied("reason", reason_meant(wanted["reason"] or "", needed=False))
    if "stand_in" in wanted:
        wanted["stand_in"] = wanted["stand_in"] or None
    return wanted


def _settled(ctx: Context, row: WorkerAbsence, worker: Worker) -> None:
    """What must be true of an absence and of those it is about."""
    if not worker.active:
        raise RuleError("person.left_already", name=worker.name)
    if row.until_on is not None and row.until_on < row.from_on:
        raise BadInput("absence.order", field="until_on", first=row.from_on, last=row.until_on)
    if row.stand_in == worker.id:
        raise BadInput("absence.himself", field="stand_in", name=worker.name)
    if row.stand_in is not None and not ctx.uow.require("worker", row.stand_in).active:
        name = ctx.uow.require("worker", row.stand_in).name
        raise BadInput("absence.stand_in_left", field="stand_in", name=name)
    others = ctx.uow.find("worker_absence", worker=worker.id, ended=False)
    if other := next((each for each in others if each.id != row.id and overlap(each, row)), None):
        raise RuleError("absence.overlaps", field="from_on", name=worker.name, first=other.from_on,
                        last=other.until_on or "…")  # fmt: skip


# --- what an undo must not break ----------------------------------------------------------------------------------


def _no_two_at_once(ctx: Context, coming: Coming) -> None:
    """Nobody is away twice on a day by an undo."""
    rows = {id: row for id, row in coming.items() if row is not None and not row["ended"]}
    ctx.uow.lock("worker", {row["worker"] for row in rows.values()})
    for id, row in rows.items():
        mine = WorkerAbsence(id=id, worker=row["worker"], from_on=row["from_on"], until_on=row["until_on"])
        others = ctx.uow.find("worker_absence", worker=row["worker"], ended=False)
        if other := next((each for each in others if each.id not in coming and overlap(each, mine)), None):
            raise RuleError("absence.overlaps", name=ctx.uow.require("worker", other.worker).name,
                            first=other.from_on, last=other.until_on or "…")  # fmt: skip


GUARDS["worker_absence"] = _no_two_at_once
