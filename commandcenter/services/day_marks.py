"""Days to mind when drills are dated: market days, school terms, harvest, holidays; and days without a trainer."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from commandcenter.base.errors import BadInput
from commandcenter.rules.days import day_from
from commandcenter.rules.drills import Absence, DayKind, DayMark
from commandcenter.rules.entity import Personal
from commandcenter.rules.permissions import PLANNERS
from commandcenter.services import edits
from commandcenter.services.commands import Context, FieldsOf, command, handles

MARK_FIELDS = ("kind", "village", "first_day", "last_day", "days", "note")


@command("add_day_mark", roles=PLANNERS, writes=("day_mark",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddDayMark:
    """Mark days: from ``first_day`` to ``last_day``, or the days of every month whose date ends as ``days`` says
    ("1,4,7"). Without a village (id, code or name) it is for the whole town."""

    kind: DayKind
    village: str | None = None
    first_day: str = ""
    last_day: str = ""
    days: str = ""
    note: Annotated[str, Personal("record")] = ""


@handles(AddDayMark)
def add_day_mark(cmd: AddDayMark, ctx: Context) -> Any:
    """Refused without any day."""
    wanted = _settled(ctx, edits.tidy("day_mark", {name: getattr(cmd, name) for name in MARK_FIELDS}))
    row = ctx.uow.add(_checked(DayMark(id=ctx.new_id(), **wanted)))
    return {"day_mark": row.id}


@command("edit_day_mark", roles=PLANNERS, writes=("day_mark",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditDayMark:
    """Change fields of a mark. ``was`` tells the values the editor saw."""

    day_mark: str
    changed: Annotated[dict[str, Any], FieldsOf("day_mark")]
    was: Annotated[dict[str, Any], FieldsOf("day_mark")]


@handles(EditDayMark)
def edit_day_mark(cmd: EditDayMark, ctx: Context) -> Any:
    """Fields changed apart merge silently; a field changed by both raises Conflict with both versions."""
    asked = edits.asked("day_mark", cmd, MARK_FIELDS)
    row = edits.locked(ctx, "day_mark", cmd.day_mark)
    wanted = _settled(ctx, asked)
    edited, names = edits.merged("day_mark", row, wanted, cmd.was, "day_mark.conflict", day_mark=row.id)
    if names:
        ctx.uow.put(_checked(edited))
    return {"day_mark": row.id, "changed": names}


@command("retire_day_mark", roles=PLANNERS, writes=("day_mark",))
@dataclass(frozen=True, kw_only=True, slots=True)
class RetireDayMark:
    """Take a mark out of the calendar, or put it back."""

    day_mark: str
    retired: bool = True


@handles(RetireDayMark)
def retire_day_mark(cmd: RetireDayMark, ctx: Context) -> Any:
    """The row stays, so that past clashes can be told."""
    row = edits.set_active(ctx, "day_mark", cmd.day_mark, not cmd.retired)
    return {"day_mark": row.id, "active": row.active}


@command("add_absence", roles=PLANNERS, writes=("absence",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddAbsence:
    """A trainer cannot come from ``first_day`` to ``last_day`` (empty: that day alone)."""

    officer: str
    first_day: str
    last_day: str = ""
    reason: Annotated[str, Personal("record")] = ""


@handles(AddAbsence)
def add_absence(cmd: AddAbsence, ctx: Context) -> Any:
    """His drills on these days show it; nothing is moved by this."""
    officer = ctx.uow.get("officer", cmd.officer)
    officer = officer or next(iter(ctx.uow.find("officer", account=cmd.officer)), None)
    if officer is None:
        raise BadInput("unknown", entity="officer", id=cmd.officer, field="officer")
    first = a_day(ctx, "first_day", cmd.first_day)
    last = a_day(ctx, "last_day", cmd.last_day) if cmd.last_day else first
    if last < first:
        raise BadInput("drill.days_order", field="last_day", first=first, last=last)
    row = Absence(id=ctx.new_id(), officer=officer.id, first_day=first, last_day=last, reason=cmd.reason.strip())
    ctx.uow.add(row)
    return {"absence": row.id}


@command("retire_absence", roles=PLANNERS, writes=("absence",))
@dataclass(frozen=True, kw_only=True, slots=True)
class RetireAbsence:
    """The trainer can come after all; or, ``retired`` False, cannot again."""

    absence: str
    retired: bool = True


@handles(RetireAbsence)
def retire_absence(cmd: RetireAbsence, ctx: Context) -> Any:
    """The row stays."""
    row = edits.set_active(ctx, "absence", cmd.absence, not cmd.retired)
    return {"absence": row.id, "active": row.active}


def today_of(ctx: Context) -> date:
    """The local day of the command."""
    return ctx.now.astimezone(ZoneInfo(ctx.zone)).date()


def a_day(ctx: Context, name: str, text: str) -> str:
    """A day as ``YYYY-MM-DD`` from the usual ways of writing one; BadInput ``drill.day``."""
    found = day_from(text, today_of(ctx))
    if found is None:
        raise BadInput("drill.day", field=name, text=text)
    return found.isoformat()


def _settled(ctx: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Villages as ids, days in their one form."""
    wanted = dict(given)
    if wanted.get("village"):
        wanted["village"] = edits.find_village(ctx, "village", wanted["village"]).id
    for name in ("first_day", "last_day"):
        if wanted.get(name):
            wanted[name] = a_day(ctx, name, wanted[name])
    if wanted.get("days"):
        wanted["days"] = _endings(wanted["days"])
    if "note" in wanted:
        wanted["note"] = (wanted["note"] or "").strip()
    return wanted


def _endings(text: str) -> str:
    """"1、4、7" as "1,4,7"; BadInput ``drill.day_endings``."""
    parts = text.translate(str.maketrans("、，;； ", ",,,,,")).split(",")
    endings = [each.strip() for each in parts if each.strip()]
    if not all(each.isascii() and each.isdigit() and int(each) <= 9 for each in endings):
        raise BadInput("drill.day_endings", field="days", text=text)
    return ",".join(sorted(set(endings), key=int))


def _checked(mark: DayMark) -> DayMark:
    if not mark.first_day and not mark.days:
        raise BadInput("drill.no_days", field="first_day")
    if mark.last_day and mark.last_day < mark.first_day:
        raise BadInput("drill.days_order", field="last_day", first=mark.first_day, last=mark.last_day)
    return mark
