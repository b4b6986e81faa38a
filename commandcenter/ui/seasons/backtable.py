"""An edited plan table as lines: what changes, what is new, what is refused, and rows that are gone – to be decided."""

from commandcenter.base.texts import say
from commandcenter.services.plan_table import PlanSurvey
from commandcenter.services.surveys import explained
from commandcenter.ui.seasons.rows import PlanRow


def back_rows(found: PlanSurvey) -> list[PlanRow]:
    """One line a change; rows that are gone can be ticked: then the drill is called off."""
    rows = []
    for number, problem in enumerate(found.problems):
        if problem.severity == "refused":
            told = explained(problem)["message"]
            rows.append(_row(f"problem:{number}", say("season.back.refused"), str(problem.row or ""), (told,), True))
    for number, each in enumerate(found.differences):
        told = say("season.back.differs", column=each.column or each.field, database=each.database or "–",
                   file=each.file or "–")  # fmt: skip
        rows.append(_row(f"difference:{number}", each.name, str(each.row), (told,), False, drill=each.id))
    for number, step in enumerate(found.steps):
        if step["command"] == "plan_drill":
            title = str(step.get("title") or step["scenario"])
            rows.append(_row(f"new:{number}", title, str(step["row"]), (say("season.back.new"),), False))
    for gone in found.missing:
        rows.append(
            PlanRow(gone.drill, gone.title, "", None, "–", why=(say("season.back.gone"),), ticked=False,
                    is_doubtful=True, drill=gone.drill)
        )  # fmt: skip
    return rows


def _row(id: str, title: str, number: str, why: tuple[str, ...], doubtful: bool, drill: str | None = None) -> PlanRow:
    when = say("season.back.row", row=number) if number else "–"
    return PlanRow(id, title, "", None, when, why=why, is_doubtful=doubtful, drill=drill)
