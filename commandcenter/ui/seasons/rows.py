"""The rows of the four steps, and their columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from commandcenter.base.texts import current, say
from commandcenter.rules.copying import Copy
from commandcenter.rules.planning import Change, Problem, Proposal, Slot, Task
from commandcenter.rules.scenarios import words
from commandcenter.services import season_training
from commandcenter.services.season_plan import Basis, debt_of, slot_of
from commandcenter.ui.core.columns import Column, Tone
from commandcenter.ui.seasons.words import (
    AGAINST,
    change_words,
    clash_words,
    day_words,
    reason_words,
    reasons_words,
    slot_words,
    week_words,
)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One line of a step. ``ticked`` None: there is nothing to take; ``drill`` or ``session``: the one it speaks of, if
    there is one already."""

    id: str
    title: str
    where: str
    day: date | None
    when: str
    week: str = ""
    who: str = ""
    before: str = ""
    why: tuple[str, ...] = ()
    ticked: bool | None = None
    is_doubtful: bool = False
    drill: str | None = None
    is_training: bool = False
    session: str | None = None


def _why(row: PlanRow, _ctx: Any) -> str:
    return say("season.listed").join(row.why)


def _tone(row: PlanRow, _ctx: Any) -> Tone:
    return "near" if row.is_doubtful else "muted"


def _tick(row: PlanRow, _ctx: Any) -> str:
    return "" if row.ticked is None else "☑" if row.ticked else "☐"


def _title(row: PlanRow, _ctx: Any) -> str:
    """A session bears its mark before its title."""
    return say("season.training.mark", title=row.title) if row.is_training else row.title


def _title_tone(row: PlanRow, _ctx: Any) -> Tone:
    return "accent" if row.is_training else "text"


def _order_day(row: PlanRow) -> Any:
    return row.day


_TICK: Column[PlanRow] = Column("tick", "season.column.tick", _tick, width=58, align="center", fixed=True)
_WEEK: Column[PlanRow] = Column("week", "season.column.week", lambda row, _: row.week, sort_key=_order_day, width=126)
_WHEN: Column[PlanRow] = Column("when", "season.column.when", lambda row, _: row.when, sort_key=_order_day, width=140)
_TITLE: Column[PlanRow] = Column("title", "season.column.title", _title, width=250, tone=_title_tone,
                                 stretch=True, fixed=True)  # fmt: skip
_WHERE: Column[PlanRow] = Column("where", "season.column.where", lambda row, _: row.where, width=148)
_WHO: Column[PlanRow] = Column("who", "season.column.who", lambda row, _: row.who, width=76)
_BEFORE: Column[PlanRow] = Column("before", "season.column.last_year", lambda row, _: row.before, width=140)
_WHY: Column[PlanRow] = Column("why", "season.column.why", _why, width=260, tone=_tone, stretch=True)
_DUE: Column[PlanRow] = Column("due", "season.column.due", lambda row, _: row.when, sort_key=_order_day, width=140)

COLUMNS: Mapping[str, tuple[Column[PlanRow], ...]] = {
    "copy": (_TICK, _TITLE, _BEFORE, _WHEN, _WHO, _WHY),
    "owed": (_DUE, _TITLE, _WHERE, _WHY),
    "fill": (_TICK, _WEEK, _WHEN, _TITLE, _WHO, _WHY),
    "clashes": (_WHEN, _TITLE, _WHO, _WHY),
    "replan": (_WHEN, _TITLE, _WHO, _WHY),
    "back": (_TICK, _WHEN, _TITLE, _WHERE, _WHY),
}


def order(row: PlanRow) -> Any:
    """By day; what has none comes last."""
    return row.day is None, row.day, row.when, row.title


def _where(basis: Basis, task: Task) -> str:
    return basis.villages.get(task.village or "", say("season.whole_town"))


def copy_rows(basis: Basis, offers: list[Copy]) -> list[PlanRow]:
    """Last year's drills with this year's day."""
    found = []
    for each in offers:
        slot = each.slot
        why = reasons_words(each.reasons, basis.year) if slot is None or each.reasons else [say("season.same_week")]
        task = each.task
        is_owed = debt_of(basis, task.level, task.village, task.grid, task.scenario) is not None
        if not is_owed:
            why.append(say("season.not_owed"))
        found.append(
            PlanRow(
                each.task.id, each.task.title, _where(basis, each.task), slot.day if slot else None, slot_words(slot),
                who=_name(basis, slot), before=slot_words(each.past), why=tuple(why),
                ticked=is_owed if slot is not None else None, is_doubtful=bool(each.reasons),
            )
        )  # fmt: skip
    return found


def _name(basis: Basis, slot: Slot | None) -> str:
    return basis.season.trainers.get(slot.trainer, "") if slot else ""


def owed_rows(basis: Basis, problem: Problem) -> list[PlanRow]:
    """What the planner would date: due until when, for which rule."""
    titles = {each.key: each.title for each in basis.season.rules}
    found = []
    for task in problem.tasks:
        late = (basis.season.today - task.latest).days
        rule = words(titles.get(task.rule, {}), current().language)
        why = [say("season.owed.late", count=late)] if late > 0 else []
        if task.kind == "session":
            found.append(_session_row(basis, task))
            continue
        found.append(
            PlanRow(
                task.id, task.title, _where(basis, task), task.latest,
                say("season.until", day=day_words(task.latest, basis.year)),
                why=(*why, *((rule,) if rule else (say("season.owed.undated"),))), is_doubtful=late > 0,
                drill=_drill_of(task),
            )
        )  # fmt: skip
    return found


def _session_row(basis: Basis, task: Task) -> PlanRow:
    """A session that the planner would date: until when, and how many from where lack what."""
    until = say("season.until", day=day_words(task.latest, basis.year))
    return PlanRow(task.id, task.title, _where(basis, task), task.latest, until,
                   why=tuple(reasons_words(task.about, basis.year)), is_training=True,
                   session=_session_of(task))  # fmt: skip


def left_out_rows(basis: Basis) -> list[PlanRow]:
    """Courses for whose gaps no session can be proposed, with the reason."""
    if basis.lessons is None:
        return []
    return [
        PlanRow(f"left:{course.id}", basis.lessons.title(course.id), say("season.whole_town"), None,
                say("season.no_date"), why=(reason_words(reason, basis.year),), is_doubtful=True, is_training=True)
        for course, reason in season_training.left_out(basis.lessons)
    ]  # fmt: skip


def _drill_of(task: Task) -> str | None:
    kind, _, id = task.id.partition(":")
    return id if kind == "drill" else None


def _session_of(task: Task) -> str | None:
    kind, _, id = task.id.partition(":")
    return id if kind == "session" else None


def fill_rows(basis: Basis, problem: Problem, proposal: Proposal, ticked: Mapping[str, bool]) -> list[PlanRow]:
    """The planner's dates, week by week, then what found none with the asks that contradict."""
    by_id = {task.id: task for task in problem.tasks}
    found = []
    for each in proposal.placed:
        task = by_id[each.task]
        found.append(
            PlanRow(
                task.id, task.title, _where(basis, task), each.slot.day, slot_words(each.slot),
                week_words(each.slot.day), _name(basis, each.slot), why=tuple(reasons_words(each.reasons, basis.year)),
                ticked=ticked.get(task.id, True), is_doubtful=any(one.code in AGAINST for one in each.reasons),
                drill=_drill_of(task), is_training=task.kind == "session", session=_session_of(task),
            )
        )  # fmt: skip
    return found + unsolved_rows(basis, problem, proposal)


def unsolved_rows(basis: Basis, problem: Problem, proposal: Proposal) -> list[PlanRow]:
    """What found no date."""
    by_id = {task.id: task for task in problem.tasks}
    why = {each.task: each.asks for each in proposal.contradictions}
    found = []
    for id in proposal.unsolved:
        asks = [reason_words(each, basis.year) for each in why.get(id, ())]
        told = say("season.contradict", asks=say("season.listed").join(asks)) if asks else say("season.no_day_found")
        found.append(
            PlanRow(f"unsolved:{id}", by_id[id].title, _where(basis, by_id[id]), None, say("season.no_date"),
                    why=(told, *reasons_words(by_id[id].about, basis.year)), is_doubtful=True,
                    drill=_drill_of(by_id[id]), is_training=by_id[id].kind == "session",
                    session=_session_of(by_id[id]))
        )  # fmt: skip
    return found


def clash_rows(basis: Basis) -> list[PlanRow]:
    """Every drill of the year against whose date something speaks."""
    found = []
    for drill in basis.season.drills.values():
        slot = slot_of(basis, drill)
        if slot is None or slot.day.year != basis.year or drill.state != "planned":
            continue
        clashes = basis.season.clashes(drill)
        if clashes:
            found.append(
                PlanRow(
                    drill.id, drill.title, basis.villages.get(drill.village or "", ""), slot.day, slot_words(slot),
                    who=_name(basis, slot), why=tuple(clash_words(basis, each) for each in clashes), is_doubtful=True,
                    drill=drill.id,
                )
            )  # fmt: skip
    return found


def move_rows(basis: Basis, moves: list[Change]) -> list[PlanRow]:
    """What a re-planning moves, each with where to and why."""
    found = []
    for each in moves:
        slot, (kind, _, id) = each.after, each.task.partition(":")
        why = (change_words(basis, each), *(reason_words(one, basis.year) for one in each.reasons))
        found.append(
            PlanRow(
                each.task, each.title, "", slot.day if slot else None, slot_words(slot), who=_name(basis, slot),
                why=why, is_doubtful=slot is None, drill=id if kind == "drill" else None,
                is_training=kind == "session", session=id if kind == "session" else None,
            )
        )  # fmt: skip
    return found
