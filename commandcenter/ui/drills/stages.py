"""The pictures of the calendar. A database without any drill gets some first, so that there is something to see."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from commandcenter.base.changes import ChangeSet
from commandcenter.base.errors import Refused
from commandcenter.base.ids import new_id
from commandcenter.rules.debts import DRILL_LEVELS
from commandcenter.rules.permissions import PLANNERS
from commandcenter.services.day_marks import AddAbsence, AddDayMark
from commandcenter.services.drills import BeginDrill, LockDrill, PlanDrill
from commandcenter.services.runner import CommandRunner
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.drills.forms import Start
from commandcenter.ui.drills.picture import Picture

_DAYS = (0, 1, 3, 3, 5, 8, 8, 8, 10, 12, 15, 17, 22, 24, 30, 36, 41, 55, 63, 74)
"""Days from today of the drills that are made: some on the same day, some close together."""


def with_drills(tools: Tools, page: Any, then: Callable[[], None]) -> None:
    """Go on when there are drills to be seen."""

    def go() -> None:
        picture: Picture = page.picture
        planner = next((each.id for each in tools.desk.live.officers.values() if each.role in PLANNERS), None)
        if picture.season.drills or planner is None:
            then()
            return
        work = partial(_make, tools, picture, planner)
        tools.desk.tasks.submit("io", work, done=came, owner=page)

    def came(changes: ChangeSet) -> None:
        page.when_read_anew(then)
        tools.desk.hub.offer(changes)

    page.when_read(go)


def _make(tools: Tools, picture: Picture, planner: str) -> ChangeSet:
    """As a planner, whoever sits at the desk; on the io lane."""
    session, season = tools.desk.session, picture.season
    runner = CommandRunner(session.database, session.clock, actor=planner, desk=new_id())
    changes = ChangeSet()

    def send(command: Any) -> Any:
        nonlocal changes
        try:
            outcome = runner.execute(command)
        except Refused:
            return {}
        changes = changes + outcome.changes
        return outcome.value

    rows = [row.debt for row in picture.debts.values() if row.debt.level in DRILL_LEVELS]
    chosen = rows[:: max(len(rows) // len(_DAYS), 1)][: len(_DAYS)]
    trainer = next(iter(season.trainers), None)
    for place, (debt, days) in enumerate(zip(chosen, _DAYS, strict=False)):
        day = season.today + timedelta(days=days)
        start = Start.of_debt(debt, season, day, tools.desk.directory)
        at = datetime.combine(day, time(9 + 5 * (place % 2), 30 * (place % 3 > 0)), season.zone)
        made = send(PlanDrill(
            scenario=start.scenario, village=start.village, grid=start.grid, level=start.level, rule=start.rule,
            starts_at=at, trainer=trainer, form="no_notice" if place == 9 else None,
        ))  # fmt: skip
        if place == 0 and made:
            send(BeginDrill(drill=made["drill"]))
        if place == 4 and made:
            send(LockDrill(drill=made["drill"]))
    today = season.today.isoformat()
    village = next(iter(tools.desk.live.villages), None)
    send(AddDayMark(kind="market", days="1,4,7", note="", village=village))
    send(AddDayMark(kind="harvest", first_day=today, last_day=(season.today + timedelta(days=9)).isoformat()))
    send(AddDayMark(kind="school", first_day=f"{season.today.year}-03-01", last_day=f"{season.today.year}-07-05"))
    if trainer is not None:
        first = season.today + timedelta(days=8)
        send(AddAbsence(officer=trainer, first_day=first.isoformat(), last_day=(first + timedelta(days=3)).isoformat()))
    return changes


def stage(name: str, tools: Tools, page: Any) -> None:
    """Bring the page into the state of a picture."""
    tools.selection.choose("drill", None)
    page.calendar.go_to(page.calendar.today_is())
    with_drills(tools, page, partial(_STAGES[name], tools, page))


def _month(tools: Tools, page: Any) -> None:
    page.calendar.show_view("month")


def _clash(tools: Tools, page: Any) -> None:
    """The card of a drill against which something speaks."""
    page.calendar.show_view("month")
    clashes = page.picture.clashes
    found = next((id for id in clashes if clashes[id]), next(iter(clashes), None))
    if found is not None:
        tools.selection.navigate("drill", found)


def _week(tools: Tools, page: Any) -> None:
    page.calendar.show_view("week")


def _season(tools: Tools, page: Any) -> None:
    page.calendar.show_view("season")


def _matrix(tools: Tools, page: Any) -> None:
    page.calendar.show_view("matrix")
    lines = enumerate(page.calendar.matrix.lines)
    found = ((row, column) for row, line in lines for column, cell in enumerate(line.cells, 1) if cell is not None)
    page.calendar.matrix.go_to(*next(found, (0, 0)))


def _grids(tools: Tools, page: Any) -> None:
    page.calendar.show_view("matrix")
    page.calendar.show_scope("every")


def _form(tools: Tools, page: Any) -> None:
    """The form of the debt that is late longest, dropped on a day."""
    page.calendar.show_view("month")
    first = next(iter(page.debts.table.ids()), None)
    if first is not None and tools.actions.is_allowed("drill.plan"):
        page.debts.choose(first)
        page.planning.plan_debt(first, page.calendar.day + timedelta(days=8))


def _lots(tools: Tools, page: Any) -> None:
    page.calendar.show_view("month")
    if tools.actions.trigger("drill.draw"):
        sheet = page.sheet("lots")
        sheet.put("seed", "20250630")
        sheet.put("scenario", next(iter(page.picture.season.scenarios.values())).key)
        sheet.submit()


def _marks(tools: Tools, page: Any) -> None:
    page.calendar.show_view("month")
    tools.actions.trigger("drill.marks")


def _rules(tools: Tools, page: Any) -> None:
    page.calendar.show_view("season")
    tools.actions.trigger("drill.rules")


_STAGES: dict[str, Callable[[Tools, Any], None]] = {
    "month": _month, "card": _clash, "week": _week, "season": _season, "matrix": _matrix, "grids": _grids,
    "plan": _form, "lots": _lots, "marks": _marks, "rules": _rules,
}  # fmt: skip
