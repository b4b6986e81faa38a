"""Planning drills: from a scenario of the library to a day, moved, copied, locked, cancelled, begun.

Nothing here may tell a player of a no-notice drill: its rows and their log lie in the drill's own world, which only
planners may read before it begins (:class:`commandcenter.storage.reads.Reader`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from commandcenter.base.clock import iso
from commandcenter.base.errors import BadInput, Conflict, RuleError
from commandcenter.base.texts import LANGUAGES, spoken
from commandcenter.rules.clashes import day_of
from commandcenter.rules.drills import (
    AUDIENCES,
    HELD,
    Audience,
    Drill,
    DrillGrid,
    DrillMoment,
    DrillNotice,
    DrillPerson,
    Origin,
    is_hidden,
)
from commandcenter.rules.entity import Personal
from commandcenter.rules.lots import drawn_in
from commandcenter.rules.permissions import PLANNERS
from commandcenter.rules.scenarios import Form, words
from commandcenter.services import edits
from commandcenter.services.commands import Context, FieldsOf, command, handles
from commandcenter.services.undo import GUARDS, Coming

PLANNED = ("drill", "drill_grid", "drill_person", "drill_notice", "inject", "expectation")
"""The entities that planning a drill writes."""
MOST_MINUTES = 24 * 60
"""A drill is over within a day."""
SCHOOL: Audience = "school"
"""A kind of those to tell, and the mark of a dedicated grid that is one."""
EDITABLE = (
    "title", "form", "plan", "village", "grid", "place", "minutes", "people", "units", "commander", "owner_unit",
    "owner", "phone", "trainer", "level", "rule", "pass_mark",
)  # fmt: skip


@command("plan_drill", roles=PLANNERS, writes=PLANNED)
@dataclass(frozen=True, kw_only=True, slots=True)
class PlanDrill:
    """Plan a drill from a scenario (id or key), whose script and expectations it takes along.

    ``village`` and ``grid`` are ids or codes; ``grids`` name who takes part, else it is the grid, or all general grids
    of the village. ``title`` empty: the scenario's and the place's name in ``language``. ``level`` and ``rule`` say
    which debt it pays; level empty: what the place suggests.
    """

    scenario: str
    title: str = ""
    language: str = "zh_CN"
    form: Form | None = None
    level: str = ""
    rule: str = ""
    origin: Origin = "planned"
    seed: str = ""
    village: str | None = None
    grid: str | None = None
    place: str = ""
    starts_at: datetime | None = None
    minutes: int | None = None
    people: int | None = None
    plan: str = ""
    units: str = ""
    commander: Annotated[str, Personal("record")] = ""
    owner_unit: str = ""
    owner: Annotated[str, Personal("record")] = ""
    phone: Annotated[str | None, Personal("phone")] = None
    trainer: str | None = None
    locked: bool = False
    retest_of: str | None = None
    grids: tuple[str, ...] = ()


@handles(PlanDrill)
def plan_drill(cmd: PlanDrill, ctx: Context) -> Any:
    """The drill keeps the edition of the scenario it was planned from."""
    drill = make_drill(cmd, ctx)
    return {"drill": drill.id, "title": drill.title}


def make_drill(cmd: PlanDrill, ctx: Context, **more: Any) -> Drill:
    """The drill with all that belongs to it, added; ``more`` are fields of the drill that planning does not give."""
    scenario = scenario_of(ctx, cmd.scenario)
    place: dict[str, Any] = {"village": cmd.village, "grid": cmd.grid}
    edits.settle_place(ctx, place)
    village = ctx.uow.get("village", place["village"]) if place["village"] else None
    grid = ctx.uow.get("grid", place["grid"]) if place["grid"] else None
    form = cmd.form or (scenario.forms.partition(",")[0] or "field")
    _check_known(ctx, "officer", cmd.trainer, "trainer")
    _check_known(ctx, "drill", cmd.retest_of, "retest_of")
    minutes, people = cmd.minutes or scenario.minutes, cmd.people if cmd.people is not None else scenario.people
    check_size(minutes, people)
    id = ctx.new_id()
    where = grid.name if grid else village.name if village else cmd.place
    drill = Drill(
        id=id, world=id, scenario=scenario.id,
        title=cmd.title.strip() or _own_title(cmd, grid, village, words(scenario.title, cmd.language)), form=form,
        hidden=is_hidden(form, "planned"), locked=cmd.locked, origin=cmd.origin,
        level=cmd.level or level_of(grid, village), rule=cmd.rule, seed=cmd.seed,
        plan=cmd.plan.strip(), village=village.id if village else None, grid=grid.id if grid else None,
        place=cmd.place.strip() or where, starts_at=cmd.starts_at, minutes=minutes, people=people,
        units=cmd.units.strip(), commander=cmd.commander.strip(), owner_unit=cmd.owner_unit.strip(),
        owner=cmd.owner.strip(), phone=edits.phone("phone", cmd.phone), trainer=cmd.trainer or None,
        pass_mark=scenario.pass_mark, retest_of=cmd.retest_of or None,
    )  # fmt: skip
    drill = replace(drill, **more) if more else drill
    _check_drawn_once(ctx, drill)
    ctx.uow.add(drill)
    _copy_script(ctx, scenario.id, drill)
    _invite(ctx, drill, cmd.grids)
    for audience, whom in [(each, "") for each in AUDIENCES[:3]] + _sites(ctx, drill):
        ctx.uow.add(DrillNotice(id=ctx.new_id(), world=id, drill=id, audience=audience, whom=whom))
    return drill


def _sites(ctx: Context, drill: Drill) -> list[tuple[Audience, str]]:
    """Who has to be told besides because of the place 告知清单: of a dedicated grid the site itself, elsewhere in a
    village its schools, which hear the siren as well. A site whose kind nobody wrote down is taken for a school."""
    grid = ctx.uow.get("grid", drill.grid) if drill.grid else None
    if grid is not None and grid.kind == "dedicated":
        return [("school" if grid.mark in ("", SCHOOL) else "other", grid.name)]
    if drill.level == "dedicated_grid":
        return [(SCHOOL, "")]
    if not drill.village:
        return []
    schools = ctx.uow.find("grid", village=drill.village, kind="dedicated", mark=SCHOOL)
    return [(SCHOOL, each.name) for each in sorted(schools, key=lambda each: each.code)]


def _own_title(cmd: PlanDrill, grid: Any | None, village: Any | None, what: str) -> str:
    """The place and the scenario in the language of whoever plans; the scenario alone for the whole town."""
    texts = spoken(cmd.language if cmd.language in LANGUAGES else LANGUAGES[0])
    if grid is not None:
        where = str(grid.name)
    elif village is not None:
        where = str((village.name_en if cmd.language == "en" else "") or village.name)
    else:
        where = cmd.place.strip()
    return texts.say("season.drill", where=where, what=what) if where else what


def _check_known(ctx: Context, kind: str, id: str | None, field: str) -> None:
    """BadInput ``unknown`` for an id that nothing bears; none at all is fine."""
    if id and ctx.uow.get(kind, id) is None:
        raise BadInput("unknown", entity=kind, id=id, field=field)


def scenario_of(ctx: Context, given: str) -> Any:
    """The scenario named by id, or the newest edition in use of a key; BadInput ``scenario.unknown``."""
    found = ctx.uow.get("scenario", given)
    if found is None:
        editions = ctx.uow.find("scenario", key=given, active=True)
        found = max(editions, key=lambda each: each.edition, default=None)
    if found is None:
        raise BadInput("scenario.unknown", scenario=given, field="scenario")
    return found


def level_of(grid: Any | None, village: Any | None) -> str:
    """The level whose debts a drill at such a place usually pays."""
    if grid is not None:
        return {"emergency": "emergency_grid", "dedicated": "dedicated_grid"}.get(grid.kind, "village")
    return "village" if village is not None else "town"


def check_size(minutes: int, people: int | None) -> None:
    """BadInput for a drill of no length, of days, or of more people than a town has."""
    if not 1 <= minutes <= MOST_MINUTES:
        raise BadInput("drill.minutes", field="minutes", text=str(minutes))
    edits.count("people", people)


def _check_drawn_once(ctx: Context, drill: Drill, coming: Mapping[str, Drill | None] | None = None) -> None:
    """RuleError ``drill.drawn_already`` for a place whose lot was drawn in the same season 抽点拉练 before; one
    that was called off has not visited it. ``coming``: drills as an undo would leave them."""
    zone = ZoneInfo(ctx.zone)
    day = day_of(drill, zone)
    if drill.origin != "drawn" or drill.state == "cancelled" or drill.village is None or day is None:
        return
    coming = coming or {}
    ctx.uow.lock("village", [drill.village])  # two who draw at once: the second waits and finds the first one's drill
    beside = [each for each in coming.values() if each and (each.village, each.grid) == (drill.village, drill.grid)]
    for each in ctx.uow.find("drill", origin="drawn", village=drill.village, grid=drill.grid):
        if each.id not in coming:
            beside.append(each)
    for other in beside:
        if other.id != drill.id and drawn_in([other], day.year, zone):
            at = day_of(other, zone)
            raise RuleError("drill.drawn_already", drill=other.id, title=other.title, day=at.isoformat() if at else "",
                            year=day.year, field="grid" if drill.grid else "village")  # fmt: skip


def _drawn_once(ctx: Context, coming: Coming) -> None:
    """An undo draws no place twice: a drill that was called off stays so when its place was drawn anew."""
    names = [each.name for each in fields(Drill)]
    drills = {id: None if row is None else Drill(**{name: row[name] for name in names}) for id, row in coming.items()}
    for drill in drills.values():
        if drill is not None:
            _check_drawn_once(ctx, drill, drills)


GUARDS["drill"] = _drawn_once


def _copy_script(ctx: Context, scenario: str, drill: Drill) -> None:
    for kind in ("inject", "expectation"):
        for each in sorted(ctx.uow.find(kind, scenario=scenario), key=lambda row: row.position):
            ctx.uow.add(replace(each, id=ctx.new_id(), world=drill.id, scenario=None, drill=drill.id))


def _invite(ctx: Context, drill: Drill, given: Iterable[str]) -> None:
    """The grids that take part, and from the smallest emergency unit of the place those who hold a role."""
    grids = [ctx.find_grid(each).id for each in dict.fromkeys(given)]
    if not grids and drill.grid:
        grids = [drill.grid]
    elif not grids and drill.village:
        grids = sorted(each.id for each in ctx.uow.find("grid", village=drill.village, kind="general"))
    for grid in grids:
        ctx.uow.add(DrillGrid(id=ctx.new_id(), world=drill.id, drill=drill.id, grid=grid))
    if not drill.village:
        return
    posts = ctx.uow.find("unit_post", village=drill.village, grid=drill.grid, active=True)
    for post in sorted(posts, key=lambda each: (each.role, each.rank, each.id)):
        if post.rank == 0:
            ctx.uow.add(
                DrillPerson(
                    id=ctx.new_id(), world=drill.id, drill=drill.id, person_kind=post.person_kind, person=post.person,
                    name=post.name, role=post.role,
                )
            )  # fmt: skip


@command("edit_drill", roles=PLANNERS, writes=("drill", "drill_grid", "drill_person", "drill_notice"))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditDrill:
    """Change fields of a drill. ``was`` tells the values the editor saw."""

    drill: str
    changed: Annotated[dict[str, Any], FieldsOf("drill")]
    was: Annotated[dict[str, Any], FieldsOf("drill")]


@handles(EditDrill)
def edit_drill(cmd: EditDrill, ctx: Context) -> Any:
    """Fields changed apart merge silently; a field changed by both raises Conflict with both versions. At another place
    the grids and people of that place are invited instead, and its sites are told."""
    wanted = edits.asked("drill", cmd, EDITABLE)
    edits.check_readable(ctx, "drill", cmd.changed)
    row = edits.locked(ctx, "drill", cmd.drill)
    edits.require_words(wanted, ("title",), "drill.title_empty")
    edits.settle_place(ctx, wanted, row)
    if "phone" in wanted:
        wanted["phone"] = edits.phone("phone", wanted["phone"])
    _check_known(ctx, "officer", wanted.get("trainer"), "trainer")
    check_size(wanted.get("minutes", row.minutes), wanted.get("people", row.people))
    if "form" in wanted and row.state != "planned":
        raise RuleError("drill.begun", drill=row.id, state=row.state)
    edited, names = edits.merged("drill", row, wanted, cmd.was, "drill.conflict", drill=row.id)
    if {"village", "grid"} & set(names) and row.state == "planned":
        edited = _moved_to(ctx, row, edited)
    if {"village", "grid"} & set(names):
        _check_drawn_once(ctx, edited)
    if names:
        ctx.uow.put(replace(edited, hidden=is_hidden(edited.form, edited.state)))
    return {"drill": row.id, "changed": names}


def _moved_to(ctx: Context, row: Drill, edited: Drill) -> Drill:
    """The drill at its new place: whoever was invited at the old one is not expected any more, nor is a site of the old
    one to be told, and it pays what the new one owes, if it paid what the old one did."""
    for kind, answer in (("drill_grid", "took_part"), ("drill_person", "present")):
        for each in ctx.uow.find(kind, drill=row.id):
            if getattr(each, answer) is None:
                ctx.uow.remove(kind, each.id)
    _invite(ctx, edited, ())

    def usual(drill: Drill) -> str:
        grid = ctx.uow.get("grid", drill.grid) if drill.grid else None
        return level_of(grid, ctx.uow.get("village", drill.village) if drill.village else None)

    edited = replace(edited, level=usual(edited)) if edited.level == usual(row) else edited
    _tell_sites(ctx, row, edited)
    return edited


def _tell_sites(ctx: Context, row: Drill, edited: Drill) -> None:
    """The lines of 告知清单 that came from the place follow it; what somebody was told already stays."""
    left, due = _sites(ctx, row), _sites(ctx, edited)
    there = ctx.uow.find("drill_notice", drill=row.id)
    for each in there:
        if each.told_at is None and (each.audience, each.whom) in left and (each.audience, each.whom) not in due:
            ctx.uow.remove("drill_notice", each.id)
    for audience, whom in due:
        if (audience, whom) not in {(each.audience, each.whom) for each in there}:
            ctx.uow.add(DrillNotice(id=ctx.new_id(), world=row.id, drill=row.id, audience=audience, whom=whom))


@command("move_drill", roles=PLANNERS, writes=("drill",))
@dataclass(frozen=True, kw_only=True, slots=True)
class MoveDrill:
    """Give a planned drill another date (None: none), and another trainer if one is named. ``was`` is the date the
    mover saw; ``reason``, where one is given, stands on the drill until it is moved again or called off."""

    drill: str
    starts_at: datetime | None
    was: datetime | None
    trainer: str | None = None
    reason: Annotated[str, Personal("record")] = ""


@handles(MoveDrill)
def move_drill(cmd: MoveDrill, ctx: Context) -> Any:
    """Refused for a locked drill, and for one that somebody else has moved meanwhile (Conflict)."""
    row = planned(ctx, cmd.drill)
    if row.locked:
        raise RuleError("drill.locked", drill=row.id, title=row.title)
    if row.starts_at not in (cmd.was, cmd.starts_at):
        fields = {"starts_at": {"mine": _text(cmd.starts_at), "theirs": _text(row.starts_at), "was": _text(cmd.was)}}
        raise Conflict("drill.moved_meanwhile", fields=fields, drill=row.id)
    trainer = cmd.trainer or row.trainer
    _check_known(ctx, "officer", cmd.trainer, "trainer")
    moved = replace(
        row, starts_at=cmd.starts_at, trainer=trainer, reason=cmd.reason.strip(), edition=row.edition + 1
    )
    _check_drawn_once(ctx, moved)
    ctx.uow.put(moved)
    return {"drill": row.id, "starts_at": _text(cmd.starts_at)}


def _text(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None


def planned(ctx: Context, id: str) -> Drill:
    """A drill that is still ahead, locked for change; RuleError ``drill.not_planned`` names its state."""
    row: Drill = edits.locked(ctx, "drill", id)
    if row.state != "planned":
        raise RuleError("drill.not_planned", drill=row.id, title=row.title, state=row.state)
    return row


def known(ctx: Context, id: str) -> Drill:
    """A drill, locked until commit. To who must not know of a no-notice drill there is none."""
    row: Drill = edits.locked(ctx, "drill", id)
    if row.hidden and ctx.actor.role not in PLANNERS and ctx.actor.id != "system":
        raise BadInput("unknown", entity="drill", id=id)
    return row


def held(ctx: Context, id: str) -> Drill:
    """A drill that took place; RuleError ``drill.not_held``."""
    row = known(ctx, id)
    if row.state not in HELD:
        raise RuleError("drill.not_held", drill=row.id, title=row.title, state=row.state)
    return row


def of_drill(ctx: Context, kind: str, id: str, drill: Drill) -> Any:
    """A row that belongs to a drill, locked until commit."""
    row = edits.locked(ctx, kind, id)
    if row.drill != drill.id:
        raise BadInput("unknown", entity=kind, id=id)
    return row


@command("lock_drill", roles=PLANNERS, writes=("drill",))
@dataclass(frozen=True, kw_only=True, slots=True)
class LockDrill:
    """Hold a drill's date against the planner and against moving, or let go of it."""

    drill: str
    locked: bool = True


@handles(LockDrill)
def lock_drill(cmd: LockDrill, ctx: Context) -> Any:
    """A date can be held only where there is one."""
    row = planned(ctx, cmd.drill)
    if cmd.locked and row.starts_at is None:
        raise RuleError("drill.no_date", drill=row.id, title=row.title)
    ctx.uow.put(replace(row, locked=cmd.locked))
    return {"drill": row.id, "locked": cmd.locked}


@command("cancel_drill", roles=PLANNERS, writes=("drill",))
@dataclass(frozen=True, kw_only=True, slots=True)
class CancelDrill:
    """Call a drill off, with the reason."""

    drill: str
    reason: Annotated[str, Personal("record")]


@handles(CancelDrill)
def cancel_drill(cmd: CancelDrill, ctx: Context) -> Any:
    """It stays in the calendar, struck through; what it would have paid is owed again."""
    row = planned(ctx, cmd.drill)
    if not cmd.reason.strip():
        raise BadInput("drill.reason_needed", field="reason")
    ctx.uow.put(replace(row, state="cancelled", reason=cmd.reason.strip(), edition=row.edition + 1))
    return {"drill": row.id, "state": "cancelled"}


@command("begin_drill", roles=PLANNERS, writes=("drill", "drill_moment"))
@dataclass(frozen=True, kw_only=True, slots=True)
class BeginDrill:
    """The drill begins now; from here on everybody may know of it."""

    drill: str


@handles(BeginDrill)
def begin_drill(cmd: BeginDrill, ctx: Context) -> Any:
    """Its first moment is noted."""
    row = planned(ctx, cmd.drill)
    ctx.uow.put(replace(row, state="running", hidden=False, held_at=ctx.now, edition=row.edition + 1))
    ctx.uow.add(DrillMoment(id=ctx.new_id(), world=row.id, drill=row.id, moment="started", at=ctx.now))
    return {"drill": row.id, "state": "running"}


@command("tell_of_drill", roles=PLANNERS, writes=("drill_notice",))
@dataclass(frozen=True, kw_only=True, slots=True)
class TellOfDrill:
    """Note that somebody was told that it is only a drill 告知清单; ``told`` False takes the mark away."""

    notice: str
    whom: Annotated[str, Personal("record")] = ""
    told: bool = True


@handles(TellOfDrill)
def tell_of_drill(cmd: TellOfDrill, ctx: Context) -> Any:
    """Who told, and when."""
    row = edits.locked(ctx, "drill_notice", cmd.notice)
    at, by = (ctx.now, ctx.actor.name) if cmd.told else (None, "")
    ctx.uow.put(replace(row, whom=cmd.whom.strip() or row.whom, told_at=at, told_by=by))
    return {"drill_notice": row.id, "drill": row.drill}


@command("add_drill_notice", roles=PLANNERS, writes=("drill_notice",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddDrillNotice:
    """Somebody more has to be told that it is only a drill: a school beside the place, a factory, a bus company."""

    drill: str
    audience: Audience
    whom: Annotated[str, Personal("record")] = ""


@handles(AddDrillNotice)
def add_drill_notice(cmd: AddDrillNotice, ctx: Context) -> Any:
    """Before the drill and while it runs. Of one kind several may be told, each by its name; none twice."""
    row: Drill = edits.locked(ctx, "drill", cmd.drill)
    if row.state not in ("planned", "running"):
        raise RuleError("drill.not_planned", drill=row.id, title=row.title, state=row.state)
    whom = cmd.whom.strip()
    if cmd.audience == "other" and not whom:
        raise BadInput("drill.notice_whom", field="whom")
    if any(each.whom == whom for each in ctx.uow.find("drill_notice", drill=row.id, audience=cmd.audience)):
        raise RuleError("drill.notice_twice", field="whom")
    made = DrillNotice(id=ctx.new_id(), world=row.id, drill=row.id, audience=cmd.audience, whom=whom)
    ctx.uow.add(made)
    return {"drill_notice": made.id, "drill": row.id}
