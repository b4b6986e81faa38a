"""What is shipped for drills and training – scenarios, rules of what is owed, courses – and how a town adopts it.

Adopted, they are rows of the town, which it changes as it likes; adopting again adds what is new and touches nothing.
"""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from commandcenter.base.changes import Outcome
from commandcenter.base.ids import rule_id
from commandcenter.base.paths import resources
from commandcenter.rules.courses import Course
from commandcenter.rules.debts import DebtRule
from commandcenter.rules.permissions import PLANNERS
from commandcenter.rules.scenarios import WORDS, Expectation, Inject, Scenario
from commandcenter.rules.stores import Article
from commandcenter.services.commands import Context, command, handles, prepares

if TYPE_CHECKING:
    from commandcenter.services.runner import CommandRunner

EDITION = 2
"""Counts up when something is added to what is shipped; every database adopts each edition once."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """The files as rows, without ids."""

    scenarios: tuple[dict[str, Any], ...]
    rules: tuple[dict[str, str], ...]
    courses: tuple[dict[str, str], ...]
    articles: tuple[dict[str, str], ...]


@cache
def read() -> Shipped:
    """Everything that is shipped. Takes some milliseconds, so not within a transaction."""
    folder = resources() / "catalogues"
    scenarios = tuple(
        tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((folder / "scenarios").glob("*.toml"))
    )
    lists = (tuple(_rows(f"{name}.csv")) for name in ("debt_rules", "courses", "articles"))
    return Shipped(scenarios, *lists)


def _rows(name: str) -> list[dict[str, str]]:
    with (resources() / "catalogues" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def adopt(runner: "CommandRunner") -> Outcome:
    """Adopt what is shipped, once per edition and database, whoever comes first."""
    return runner.execute(AdoptShipped(), id=ADOPTION, cause="rule:shipped")


ADOPTION = rule_id("adopt_shipped", str(EDITION))
"""The command by which a database adopts this edition."""


@command("adopt_shipped", roles=PLANNERS, undoable=False,
         writes=("scenario", "inject", "expectation", "debt_rule", "course", "article"))  # fmt: skip
@dataclass(frozen=True, kw_only=True, slots=True)
class AdoptShipped:
    """Take over the shipped scenarios, rules, courses and articles of kits that the town has none of yet."""

    edition: int = EDITION


prepares(AdoptShipped)(lambda cmd: read())


@handles(AdoptShipped)
def adopt_shipped(cmd: AdoptShipped, ctx: Context) -> Any:
    """Whatever bears the same key, even one taken out of use, stays as it is."""
    shipped: Shipped = ctx.prepared
    known = {kind: {each.key for each in ctx.uow.find(kind)} for kind in ("scenario", "debt_rule", "course")}
    articles = ctx.uow.find("article")
    counts = {"scenario": 0, "debt_rule": 0, "course": 0, "article": 0}
    for row in shipped.scenarios:
        if row["key"] not in known["scenario"]:
            _adopt_scenario(ctx, row)
            counts["scenario"] += 1
    for each in shipped.rules:
        if each["key"] not in known["debt_rule"]:
            ctx.uow.add(_rule(ctx, each))
            counts["debt_rule"] += 1
    for each in shipped.courses:
        if each["key"] not in known["course"]:
            ctx.uow.add(_course(ctx, each))
            counts["course"] += 1
    for each in shipped.articles:
        if each["code"] not in {known.code for known in articles}:
            ctx.uow.add(_article(ctx, each, {known.kit_place for known in articles if known.active}))
            counts["article"] += 1
    return counts


def _rule(ctx: Context, row: Mapping[str, Any]) -> DebtRule:
    """It is owed from the first of this month on: nobody owes what was due before the town began."""
    since = ctx.now.astimezone(ZoneInfo(ctx.zone)).date().replace(day=1)
    return DebtRule(
        id=ctx.new_id(), key=row["key"], level=row["level"], scenario=row["scenario"],
        every_months=int(row["every_months"]), before_month=int(row["before_month"] or 0),
        title={"zh_CN": row["zh"], "en": row["en"]}, source=row["source"],
        since=since.isoformat(), origin="shipped",
    )  # fmt: skip


def _course(ctx: Context, row: Mapping[str, Any]) -> Course:
    return Course(
        id=ctx.new_id(), key=row["key"], category=row["category"], title={"zh_CN": row["zh"], "en": row["en"]},
        hours=float(row["hours"]), valid_months=int(row["valid_months"]) if row["valid_months"] else None,
        method=row["method"], pass_mark=int(row["pass_mark"] or 0), origin="shipped",
    )  # fmt: skip


def _article(ctx: Context, row: Mapping[str, str], taken: set[int | None]) -> Article:
    """A place in the kit that the town has given to something else stays given."""
    facts: dict[str, Any] = {name: row[name] for name in ("code", "category", "spec", "unit", "sizes", "printed")}
    facts |= {name: int(row[name]) if row[name] else None for name in ("minimum", "life_months", "kit_place")}
    if facts["kit_place"] in taken:
        facts["kit_place"] = None
    return Article(id=ctx.new_id(), name=row["zh"], name_en=row["en"], **facts)


def _adopt_scenario(ctx: Context, row: dict[str, Any]) -> None:
    first, last = row["season"]
    scenario = Scenario(
        id=ctx.new_id(), key=row["key"], origin="shipped", **{name: row[name] for name in WORDS}, five=row["five"],
        roles=row["roles"], season_from=first, season_to=last, grid_kinds=",".join(row["grid_kinds"]),
        forms=",".join(row["forms"]), minutes=row["minutes"], people=row["people"], pass_mark=row["pass_mark"],
    )  # fmt: skip
    ctx.uow.add(scenario)
    for position, each in enumerate(row["injects"], 1):
        ctx.uow.add(
            Inject(
                id=ctx.new_id(), scenario=scenario.id, position=position, offset_s=each["offset_s"],
                channel=each["channel"], player=each["player"], text=each["text"], place=each["place"],
            )
        )  # fmt: skip
    for position, each in enumerate(row["expectations"], 1):
        ctx.uow.add(
            Expectation(
                id=ctx.new_id(), scenario=scenario.id, position=position, item=each["item"], text=each["text"],
                criterion=each["criterion"], judged=each["judged"], after=each.get("after", ""),
                step=each.get("step", ""), within_s=each.get("within_s"), unit_of=each.get("unit_of", {}),
                need=each.get("need"), points=each["points"],
            )
        )  # fmt: skip
