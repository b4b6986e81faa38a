"""A proposal as the steps of :class:`commandcenter.services.plan_apply.ApplyPlan` that make it true."""

from collections.abc import Iterable, Mapping
from typing import Any

from commandcenter.base.clock import iso
from commandcenter.base.texts import current
from commandcenter.rules.planning import Change, Placed, Slot, Task
from commandcenter.services import season_training
from commandcenter.services.season_plan import Away, Basis, Fix, fixed_slot, moment_of


def plan_steps(
    basis: Basis, tasks: Mapping[str, Task], chosen: Iterable[Placed], origin: str
) -> list[dict[str, Any]]:
    """The steps of ``ApplyPlan`` that make a proposal true: new drills are planned, undated ones get their date."""
    found: list[dict[str, Any]] = []
    for each in chosen:
        task = tasks[each.task]
        if task.kind == "session":
            assert basis.lessons is not None
            found += season_training.steps(basis.lessons, task, each.slot, moment_of(basis, each.slot))
        else:
            found.append(_plan_step(basis, task, each.slot, origin))
    return found


def _plan_step(basis: Basis, task: Task, slot: Slot, origin: str) -> dict[str, Any]:
    if task.id.startswith("drill:"):
        return _move_step(basis, task.id.partition(":")[2], slot)
    beside = [
        drill.id for drill in basis.season.drills.values()
        if (drill.rule, drill.village, drill.grid) == (task.rule, task.village, task.grid)
        and basis.season.key_of(drill) == task.scenario
    ]  # fmt: skip
    return {
        "command": "plan_drill", "scenario": task.scenario, "title": task.title, "language": current().language,
        "level": task.level, "rule": task.rule, "origin": origin, "village": task.village, "grid": task.grid,
        "minutes": task.minutes, "starts_at": iso(moment_of(basis, slot)), "trainer": slot.trainer or None,
        "form": "no_notice" if task.is_no_notice else None, "beside": sorted(beside),
    }  # fmt: skip


def _move_step(basis: Basis, drill: str, slot: Slot) -> dict[str, Any]:
    row = basis.season.drills[drill]
    return {
        "command": "move_drill", "drill": drill, "starts_at": iso(moment_of(basis, slot)),
        "was": iso(row.starts_at) if row.starts_at else None, "trainer": slot.trainer or None,
        "trainer_was": row.trainer,
    }  # fmt: skip


def replan_steps(
    basis: Basis, moves: Iterable[Change], aways: Iterable[Away], fixes: Iterable[Fix]
) -> list[dict[str, Any]]:
    """The steps that make a re-planning true: the absences, the fixed dates (held from now on), the moves."""
    steps: list[dict[str, Any]] = [
        {"command": "add_absence", "officer": each.trainer, "first_day": each.first.isoformat(),
         "last_day": each.last.isoformat(), "reason": each.reason}
        for each in aways
    ]  # fmt: skip
    for fix in fixes:
        slot = fixed_slot(basis, fix)
        if fix.drill not in basis.season.drills and basis.lessons is not None:
            id = fix.drill.partition(":")[2]
            steps += season_training.move_steps(basis.lessons, id, slot, moment_of(basis, slot))
            continue
        steps.append(_move_step(basis, fix.drill, slot))
        steps.append({"command": "lock_drill", "drill": fix.drill, "locked": True})
    for move in moves:
        kind, _, id = move.task.partition(":")
        if move.after is not None and kind == "session" and basis.lessons is not None:
            steps += season_training.move_steps(basis.lessons, id, move.after, moment_of(basis, move.after))
        elif move.after is not None:
            steps.append(_move_step(basis, id, move.after))
    return steps
