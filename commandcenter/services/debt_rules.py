"""The town's own rules of what drills are owed; the shipped ones may be changed and taken out of use like these."""

from dataclasses import dataclass
from typing import Annotated, Any

from commandcenter.base.errors import BadInput
from commandcenter.rules.debts import DebtRule, Level
from commandcenter.rules.permissions import SUPERVISORS
from commandcenter.services import edits
from commandcenter.services.commands import Context, FieldsOf, command, handles
from commandcenter.services.day_marks import a_day, today_of

RULE_FIELDS = ("title", "level", "scenario", "every_months", "before_month", "since", "source")
_LONGEST = 120
"""Months: nothing is rehearsed more seldom than every ten years."""


@command("add_debt_rule", roles=SUPERVISORS, writes=("debt_rule",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddDebtRule:
    """Every place of ``level`` owes a drill of ``scenario`` (a key; empty: of any) every so many months, before the
    first of ``before_month`` (0: at any time). ``since`` empty: from today on."""

    title: str
    level: Level
    scenario: str = ""
    every_months: int = 12
    before_month: int = 0
    since: str = ""
    source: str = ""
    language: str = "zh_CN"


@handles(AddDebtRule)
def add_debt_rule(cmd: AddDebtRule, ctx: Context) -> Any:
    """Nobody owes what lies before ``since``."""
    if not cmd.title.strip():
        raise BadInput("debt_rule.title_empty", field="title")
    id = ctx.new_id()
    row = DebtRule(
        id=id, key=id, level=cmd.level, scenario=cmd.scenario, every_months=cmd.every_months,
        before_month=cmd.before_month, title={cmd.language: cmd.title.strip()}, source=cmd.source.strip(),
        since=a_day(ctx, "since", cmd.since) if cmd.since else today_of(ctx).isoformat(),
    )  # fmt: skip
    ctx.uow.add(_checked(ctx, row))
    return {"debt_rule": row.id}


@command("edit_debt_rule", roles=SUPERVISORS, writes=("debt_rule",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditDebtRule:
    """Change fields of a rule. ``was`` tells the values the editor saw."""

    debt_rule: str
    changed: Annotated[dict[str, Any], FieldsOf("debt_rule")]
    was: Annotated[dict[str, Any], FieldsOf("debt_rule")]


@handles(EditDebtRule)
def edit_debt_rule(cmd: EditDebtRule, ctx: Context) -> Any:
    """Fields changed apart merge silently; a field changed by both raises Conflict with both versions."""
    wanted = edits.asked("debt_rule", cmd, RULE_FIELDS)
    row = edits.locked(ctx, "debt_rule", cmd.debt_rule)
    edits.require_words(wanted, ("title",), "debt_rule.title_empty")
    if "since" in wanted:
        wanted["since"] = a_day(ctx, "since", wanted["since"])
    edited, names = edits.merged("debt_rule", row, wanted, cmd.was, "debt_rule.conflict", debt_rule=row.id)
    if names:
        ctx.uow.put(_checked(ctx, edited))
    return {"debt_rule": row.id, "changed": names}


@command("retire_debt_rule", roles=SUPERVISORS, writes=("debt_rule",))
@dataclass(frozen=True, kw_only=True, slots=True)
class RetireDebtRule:
    """Nothing is owed by this rule any more; or, ``retired`` False, again."""

    debt_rule: str
    retired: bool = True


@handles(RetireDebtRule)
def retire_debt_rule(cmd: RetireDebtRule, ctx: Context) -> Any:
    """The row stays, so that it is not adopted anew with the shipped ones."""
    row = edits.set_active(ctx, "debt_rule", cmd.debt_rule, not cmd.retired)
    return {"debt_rule": row.id, "active": row.active}


def _checked(ctx: Context, rule: DebtRule) -> DebtRule:
    if not 1 <= rule.every_months <= _LONGEST:
        raise BadInput("debt_rule.months", field="every_months", text=str(rule.every_months), most=_LONGEST)
    if not 0 <= rule.before_month <= 12:
        raise BadInput("debt_rule.month", field="before_month", text=str(rule.before_month))
    if rule.scenario and not ctx.uow.find("scenario", key=rule.scenario):
        raise BadInput("scenario.unknown", scenario=rule.scenario, field="scenario")
    return rule
