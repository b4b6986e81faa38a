"""The pictures of this room: each step with something in it."""

from typing import Any

from commandcenter.services.planner_first import first_plan
from commandcenter.services.season_plan import Away
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.seasons.model import Result


def stage(name: str, tools: Tools, page: Any) -> None:
    """Bring the page into the wanted state."""
    page.model.wanted = page.model.today.year + (name in ("fill", "plan", "training"))
    page.model.trained = frozenset(("fill",) if name == "training" else ())
    page.model.read()
    tools.desk.tasks.drain(20)
    if name in ("copy", "fill", "clashes", "replan"):
        page._show_step(name)
    if name in ("plan", "training"):
        page._show_step("fill")
        year = page.model.year
        page._solved(Result(year.basis, year.problem, first_plan(year.problem)))
        _choose_first(page, is_training=name == "training")
    elif name == "replan":
        _stage_replan(page)
    elif name == "back":
        _stage_back(tools, page)
    else:
        _choose_first(page)


def _choose_first(page: Any, *, is_training: bool = False) -> None:
    first = next((each for each in page.table.table.ids() if page.table.table.row(each).is_training or not is_training),
                 None)  # fmt: skip
    page.table.choose(first)
    page._picked(first)


def _stage_replan(page: Any) -> None:
    from datetime import timedelta

    from commandcenter.services import planner, season_plan

    basis = page.model.basis
    led = [each for each in basis.season.drills.values() if each.state == "planned" and each.starts_at and each.trainer]
    led = [each for each in led if each.trainer in basis.season.trainers]
    if not led:
        return
    drill = min(led, key=lambda each: each.starts_at)
    slot = season_plan.slot_of(basis, drill)
    assert slot is not None
    away = Away(drill.trainer, max(basis.first, slot.day - timedelta(days=2)), slot.day + timedelta(days=11))
    page.changes.aways = [away]
    page.changes.offer(basis)
    problem = season_plan.replan(basis, [away])
    found = first_plan(problem)
    page._solved(Result(basis, problem, found, planner.changes(problem, found), (away,), ()))
    _choose_first(page)


def _stage_back(tools: Tools, page: Any) -> None:
    """A table out of the sample, with a cell changed and a row taken out."""
    session, year = tools.desk.session, page.model.wanted
    tools.desk.tasks.submit("io", lambda: _edited_table(session, year), done=page.take_back, owner=page)
    tools.desk.tasks.drain(20)


def _edited_table(session: Any, year: int) -> Any:
    import tempfile
    from pathlib import Path

    from openpyxl import load_workbook

    from commandcenter.formats.workbooks import write_table
    from commandcenter.services import exporting, filing

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.xlsx"
        prepared = exporting.prepare(session, "drills", year=year)
        write_table(path, [prepared.sheet], prepared.about)
        book = load_workbook(path)
        sheet = book.worksheets[0]
        if sheet.max_row > 3:
            sheet.cell(2, 11).value = "李书记"
            sheet.cell(2, 5).value = "防汛应急预案"
            sheet.delete_rows(sheet.max_row)
        book.save(path)
        return filing.survey(session, filing.read("drills", path))
