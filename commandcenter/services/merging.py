"""One human who was entered twice becomes one worker again: everything that refers to the double refers to the kept row
afterwards, and one undo parts them again.

Nobody ends up with two kits: where both have one, one stays and the other goes back as
:mod:`commandcenter.services.kits` takes kits back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Literal

from commandcenter.base.clock import iso
from commandcenter.base.errors import BadInput, Conflict, RuleError
from commandcenter.rules.courses import Attendance
from commandcenter.rules.drills import DrillPerson
from commandcenter.rules.entity import DRILLS, REAL, Personal
from commandcenter.rules.incidents import is_open
from commandcenter.rules.kits import Kit
from commandcenter.rules.masks import is_erased, is_masked
from commandcenter.rules.people import LISTED, Worker, WorkerAbsence, keys_in, listed, overlap
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.services import edits, leaving, people
from commandcenter.services.commands import Context, FieldsOf, command, handles
from commandcenter.services.incidents import tell
from commandcenter.services.kits import Found
from commandcenter.services.leaving import Hanging
from commandcenter.services.sessions import Session
from commandcenter.services.stock import real_only
from commandcenter.storage import history

FIELDS = (
    "name", "grid", "phone", "gender", "birth_month", "address", "id_number", "source", "channel", "paid", "appointed",
    *LISTED, "vest_size", "note",
)  # fmt: skip
"""The fields of which one side stands. The grid brings its village along, and whether somebody serves; a number the day
on which it was verified."""
_BROUGHT: Mapping[str, tuple[str, ...]] = {"grid": ("grid", "village", "standing")}
_SEEN = (*FIELDS, "village", "standing", "verified_on")


@command("merge_workers", roles=KEEPERS_OF_LISTS,
         writes=("worker", "kit", "piece", "stock_move", "unit_post", "call", "timeline_entry", "improvement",
                 "worker_absence", "attendance", "drill_person", "drill_moment"))  # fmt: skip
@dataclass(frozen=True, kw_only=True, slots=True)
class MergeWorkers:
    """Two rows of the roster (ids) are one human: ``keep`` stays, ``double`` is taken off the lists and points to it.

    ``take``: the fields of which the double's side stands (:data:`FIELDS`). ``both``: fields that list (:data:`LISTED`)
    of which both sides stand, what the kept row says first. ``was_keep``, ``was_double``: what whoever
    decided saw of each; a field that has changed since is a conflict. ``kit``: which kit (id or code) stays where both
    have one; every piece of the other as it was ``found``, to the village or a ``depot``. ``improvements``: what the
    double was to mend (ids), where the name changes by it.
    """

    keep: str
    double: str
    take: tuple[str, ...] = ()
    both: tuple[str, ...] = ()
    was_keep: Annotated[dict[str, Any], FieldsOf("worker")]
    was_double: Annotated[dict[str, Any], FieldsOf("worker")]
    kit: str = ""
    found: tuple[Found, ...] = ()
    kit_to: Literal["village", "depot"] = "village"
    depot: str | None = None
    kit_reason: Annotated[str, Personal("ledger")] = ""
    improvements: tuple[str, ...] = ()


@handles(MergeWorkers)
def merge_workers(cmd: MergeWorkers, ctx: Context) -> Any:
    """All of it or nothing; everything it decides on is locked first, and one undo brings all of it back."""
    real_only(ctx)
    keep, double = _both(cmd, ctx)
    for row, was in ((keep, cmd.was_keep), (double, cmd.was_double)):
        _check_unmoved(ctx, row, was)
    merged = _chosen(cmd, ctx, keep, double)
    done: dict[str, Any] = {"worker": keep.id, "double": double.id, "kit": _settle_kits(cmd, ctx, merged, double)}
    ctx.uow.put(merged)
    ctx.uow.put(replace(double, active=False, merged_into=keep.id))
    for row in ctx.uow.lock("worker", [each.id for each in ctx.uow.find("worker", merged_into=double.id)]):
        ctx.uow.put(replace(row, merged_into=keep.id))
    done["posts"] = _posts(ctx, merged, double)
    done["calls"] = _calls(ctx, merged, double)
    done["attendance"] = _attendance(ctx, merged, double)
    done["drills"] = _drills(ctx, merged, double)
    done["absences"] = _absences(ctx, merged, double)
    done["improvements"] = leaving.hand_improvements(ctx, cmd.improvements, double.name, merged.name)
    return done


def _both(cmd: MergeWorkers, ctx: Context) -> tuple[Worker, Worker]:
    """Who stays and who goes, locked together."""
    if cmd.keep == cmd.double:
        raise BadInput("merge.same", field="double")
    rows = {each.id: each for each in ctx.uow.lock("worker", [cmd.keep, cmd.double])}
    for field in ("keep", "double"):
        row = rows.get(getattr(cmd, field))
        if row is None:
            raise BadInput("unknown", entity="worker", id=getattr(cmd, field), field=field)
        if row.merged_into is not None:
            into = ctx.uow.get("worker", row.merged_into)
            raise RuleError("merge.already", field=field, name=row.name, into=into.name if into is not None else "")
        if not row.active:
            raise RuleError("merge.left", field=field, name=row.name)
    return rows[cmd.keep], rows[cmd.double]


def _check_unmoved(ctx: Context, row: Worker, was: dict[str, Any]) -> None:
    """Conflict ``merge.moved`` says who has changed meanwhile what somebody decided on, and when."""
    edits.check_given("worker", was, _SEEN, "merge_workers")
    known = edits.tidy("worker", was)
    moved = {name: {"mine": known[name], "theirs": getattr(row, name), "was": known[name]} for name in known
             if getattr(row, name) != known[name] and not _unseen(known[name])}  # fmt: skip
    if moved:
        hand = history.last_hand(ctx.uow.connection, ("worker", row.id), [ctx.command_id])
        who = ctx.uow.get("officer", hand.actor) if hand is not None else None
        raise Conflict("merge.moved", name=row.name, who=who.name if who else hand.actor if hand else "",
                       when=iso(hand.at) if hand else "", fields=moved)  # fmt: skip


def _unseen(value: Any) -> bool:
    """Whether a value was not seen by whoever tells it."""
    return isinstance(value, str) and (is_masked(value) or is_erased(value))


def _chosen(cmd: MergeWorkers, ctx: Context, keep: Worker, double: Worker) -> Worker:
    """The kept row with those fields of the double that were chosen, checked like any edit."""
    wanted: dict[str, Any] = {}
    for name in cmd.take:
        if name not in FIELDS:
            raise BadInput("edit.not_editable", entity="worker", field=name)
        for each in _BROUGHT.get(name, (name,)):
            value = getattr(double, each)
            if is_erased(value):
                raise BadInput("merge.erased", field=name, name=double.name)
            wanted[each] = value
    for name in cmd.both:
        if name not in LISTED or name in cmd.take:
            raise BadInput("merge.not_both", field=name)
        wanted[name] = listed(keys_in(f"{getattr(keep, name)},{getattr(double, name)}"))
    checked = people.checked_worker(ctx, wanted, keep)
    if "phone" in checked:
        checked["verified_on"] = double.verified_on
    return replace(keep, **checked)


# --- what hangs on them ---------------------------------------------------------------------------------------------


def _settle_kits(cmd: MergeWorkers, ctx: Context, keep: Worker, double: Worker) -> str | None:
    """The code of the kit that stays. Of two the one that nobody chose goes back; each of its pieces is named."""
    ids = [each.id for each in ctx.uow.find("kit", worker=[keep.id, double.id])]
    kits: list[Kit] = [each for each in ctx.uow.lock("kit", ids) if each.worker in (keep.id, double.id)]
    held = [each for each in kits if each.active]
    if len(held) > 1:
        stays = next((each for each in held if cmd.kit in (each.id, each.code)), None)
        if stays is None:
            codes = [each.code for each in sorted(held, key=lambda each: each.worker != keep.id)]
            raise RuleError("merge.two_kits", field="kit", name=keep.name, one=codes[0], other=codes[1])
        held = [stays]
        for each in kits:
            if each.active and each is not stays:
                leaving.bring_kit_back(ctx, each, cmd.found, cmd.kit_to, cmd.depot, cmd.kit_reason)
    elif cmd.found or (cmd.kit and cmd.kit not in [name for each in held for name in (each.id, each.code)]):
        raise BadInput("merge.one_kit", field="kit", name=keep.name)
    for each in held:
        if each.village != keep.village:
            raise RuleError("merge.kit_elsewhere", field="kit" if cmd.kit else "grid", kit=each.code, name=keep.name)
    for each in kits:
        now = ctx.uow.require("kit", each.id)
        if now.worker == double.id:
            ctx.uow.put(replace(now, worker=keep.id))
    return held[0].code if held else None


def _posts(ctx: Context, keep: Worker, double: Worker) -> int:
    """His posts in emergency units; of two in one role of one place the higher one stays."""
    found = ctx.uow.find("unit_post", person_kind="worker", person=[keep.id, double.id])
    rows = ctx.uow.lock("unit_post", [each.id for each in found])
    held = {_place(each): each for each in rows if each.person == keep.id and each.active}
    mine = [each for each in rows if each.person == double.id]
    for row in mine:
        moved = replace(row, person=keep.id, name=keep.name if row.name else row.name)
        other = held.get(_place(row)) if row.active else None
        if other is not None and row.rank < other.rank:
            ctx.uow.put(replace(other, active=False))
        elif other is not None:
            moved = replace(moved, active=False)
        if moved.active:
            held[_place(row)] = moved
        ctx.uow.put(moved)
    return len(mine)


def _place(post: Any) -> tuple[Any, ...]:
    return post.village, post.grid, post.site, post.role


def _calls(ctx: Context, keep: Worker, double: Worker) -> int:
    """Whoever stands on one call list twice stands there once, with the answer where there is one."""
    found = ctx.uow.find("call", person_kind="worker", person=[keep.id, double.id])
    matters = {each.id: each for each in ctx.uow.lock("incident", {each.incident for each in found})}
    rows = ctx.uow.lock("call", [each.id for each in found])
    listed = {(each.incident, each.direction): each for each in rows if each.person == keep.id}
    mine = [each for each in rows if each.person == double.id]
    for call in mine:
        other = listed.get((call.incident, call.direction))
        if other is not None and leaving.is_owed(call):
            ctx.uow.remove("call", call.id)
        else:
            if other is not None and leaving.is_owed(other):
                ctx.uow.remove("call", other.id)
            ctx.uow.put(replace(call, person=keep.id))
        matter = matters.get(call.incident)
        if matter is not None and matter.world == ctx.world and is_open(matter.state) and double.name != keep.name:
            tell(ctx, matter.id, "handed_over", {"name": double.name, "to": keep.name})
    return len(mine)


def _attendance(ctx: Context, keep: Worker, double: Worker) -> int:
    """One line a session: the better result of the two."""
    found = ctx.uow.find("attendance", worker=[keep.id, double.id])
    rows: list[Attendance] = ctx.uow.lock("attendance", [each.id for each in found])
    listed = {each.session: each for each in rows if each.worker == keep.id}
    mine = [each for each in rows if each.worker == double.id]
    for row in mine:
        other = listed.get(row.session)
        if other is None:
            ctx.uow.put(replace(row, worker=keep.id))
            continue
        if _worth(row) > _worth(other):
            ctx.uow.put(replace(row, id=other.id, worker=keep.id))
        ctx.uow.remove("attendance", row.id)
    return len(mine)


def _worth(row: Attendance) -> tuple[bool, bool, float, bool]:
    return row.passed is True, row.present is True, row.mark or 0.0, row.present is not None


def _drills(ctx: Context, keep: Worker, double: Worker) -> int:
    """His parts in drills with their times; a part that both rows were given is one."""
    found = ctx.uow.find("drill_person", person_kind="worker", person=[keep.id, double.id])
    rows: list[DrillPerson] = ctx.uow.lock("drill_person", [each.id for each in found])
    played = {(each.drill, each.part, each.role): each for each in rows if each.person == keep.id}
    mine = [each for each in rows if each.person == double.id]
    for row in mine:
        other = played.get((row.drill, row.part, row.role))
        if other is None:
            ctx.uow.put(replace(row, person=keep.id))
            continue
        if row.present and not other.present:
            ctx.uow.put(replace(other, present=True, reason=row.reason))
        known = {each.moment for each in ctx.uow.find("drill_moment", person=other.id)}
        for moment in ctx.uow.lock("drill_moment", [each.id for each in ctx.uow.find("drill_moment", person=row.id)]):
            if moment.moment in known:
                ctx.uow.remove("drill_moment", moment.id)
            else:
                ctx.uow.put(replace(moment, person=other.id))
        ctx.uow.remove("drill_person", row.id)
    return len(mine)


def _absences(ctx: Context, keep: Worker, double: Worker) -> int:
    """His own days away, never two on one day; where he was to stand in he still does, but never for himself."""
    own = ctx.uow.find("worker_absence", worker=[keep.id, double.id])
    others = ctx.uow.find("worker_absence", stand_in=double.id)
    rows: list[WorkerAbsence] = ctx.uow.lock("worker_absence", [each.id for each in (*own, *others)])
    count = sum(double.id in (each.worker, each.stand_in) for each in rows)
    settled: list[WorkerAbsence] = []
    for row in sorted(rows, key=lambda each: (each.worker != keep.id, each.from_on)):
        who = keep.id if row.worker == double.id else row.worker
        instead = keep.id if row.stand_in == double.id else row.stand_in
        now = replace(row, worker=who, stand_in=None if instead == who else instead)
        if who == keep.id and not now.ended:
            for other in [each for each in settled if overlap(each, now)]:
                settled.remove(other)
                ctx.uow.put(replace(other, ended=True))
                ends = [each.until_on for each in (other, now) if each.until_on is not None]
                until = max(ends) if len(ends) > 1 else None
                now = replace(now, from_on=min(other.from_on, now.from_on), until_on=until,
                              reason=now.reason or other.reason, stand_in=now.stand_in or other.stand_in)  # fmt: skip
            settled.append(now)
        if now != row:
            ctx.uow.put(now)
    return count


# --- what the form lists ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows of one human with all that hangs on each, as this viewer may see it."""

    keep: Hanging
    double: Hanging
    sessions: int
    """Training sessions at which the double is expected or was."""
    drills: int

    @property
    def differing(self) -> tuple[str, ...]:
        """The fields in which the two differ and of which one side has to be chosen; what only one side knows
        included."""
        one, other = self.keep.worker, self.double.worker
        found = []
        for name in FIELDS:
            brought = _BROUGHT.get(name, (name,))
            mine, theirs = ([getattr(row, each) for each in brought] for row in (one, other))
            if mine != theirs and not is_erased(theirs[0]):
                found.append(name)
        return tuple(found)

    def proposed(self, name: str) -> Literal["keep", "double"]:
        """The side that is proposed: the double's where the kept row says nothing."""
        mine, theirs = getattr(self.keep.worker, name), getattr(self.double.worker, name)
        return "double" if mine in (None, "") and theirs not in (None, "") else "keep"

    def seen(self, side: Literal["keep", "double"]) -> dict[str, Any]:
        """What was seen of a side, for the command to hold against what is there."""
        row = getattr(self, side).worker
        return {name: value for name in _SEEN if not _unseen(value := getattr(row, name))}


def pair(session: Session, keep: str, double: str, now: datetime) -> Pair | None:
    """Read two workers and what hangs on them; None where one is not there. Never on the GUI thread."""
    one, other = leaving.hanging(session, keep, now), leaving.hanging(session, double, now)
    if one is None or other is None:
        return None
    with session.read(REAL) as reader:
        sessions = reader.count("attendance", worker=double)
    with session.read(DRILLS) as reader:
        drills = reader.count("drill_person", person_kind="worker", person=double)
    return Pair(one, other, sessions, drills)
