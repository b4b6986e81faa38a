"""What depots hold, as one command sees and changes it, and the rules that no command and no undo may break."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from commandcenter.base.clock import iso
from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules.entity import REAL
from commandcenter.rules.numbers import local_day
from commandcenter.rules.stores import SETTLING, Article, Depot, Key, MoveKind, StockMove, sizes_of
from commandcenter.services.commands import Context
from commandcenter.services.undo import GUARDS, Coming
from commandcenter.services.wording import listed
from commandcenter.storage import history
from commandcenter.storage.stores import balances

MOST = 1_000_000
"""Things in one move; more is a slip of the keyboard."""
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Line:
    """So many of an article (id or code), in a size where it comes in several. ``due_on``: best before."""

    article: str
    amount: int
    size: str = ""
    due_on: str | None = None


def worlds_of(world: str) -> tuple[str, ...]:
    """The worlds whose moves make the balance: a drill takes from what is really there, and nothing real sees it."""
    return (REAL,) if world == REAL else (REAL, world)


class Stock:
    """The balances of some articles, locked until commit, as this command sees and changes them."""

    def __init__(self, ctx: Context, articles: Iterable[str]) -> None:
        self._ctx = ctx
        self.articles: dict[str, Article] = {each.id: each for each in ctx.uow.lock("article", articles)}
        self._there = balances(ctx.uow.connection, worlds_of(ctx.world), self.articles)

    def there(self, depot: str, article: str, size: str = "") -> int:
        """How many a depot holds now, this command's own moves included."""
        return self._there.get((depot, article, size), 0)

    def holds(self, depot: str, article: str) -> bool:
        """Whether a depot holds any of an article, in whatever size."""
        return any(amount for (at, of, _), amount in self._there.items() if (at, of) == (depot, article))

    def move(
        self, kind: MoveKind, depot: Depot, article: str, size: str, amount: int, change: int, *, override: str = "",
        at: datetime | None = None, **how: Any,
    ) -> StockMove:  # fmt: skip
        """Write one line, of now or of an earlier moment (``at``). RuleError ``stock.short`` where the balance would
        fall below zero without a named reason."""
        key: Key = depot.id, article, size
        before = self._there.get(key, 0)
        if change < 0 and before + change < 0 and not override:
            raise _short(self.articles[article], depot, size, before, -change)
        self._there[key] = before + change
        is_below = change < 0 and before + change < 0
        ctx = self._ctx
        made = StockMove(
            id=ctx.new_id(), world=ctx.world, occurred_at=at or ctx.now, kind=kind, depot=depot.id, article=article,
            size=size, amount=amount, change=change, by=officer_of(ctx), override=override if is_below else "", **how,
        )  # fmt: skip
        ctx.uow.add(made)
        return made


def _short(article: Article, depot: Depot, size: str, there: int, wanted: int) -> RuleError:
    return RuleError("stock.short", article=named(article, size), depot=depot.name, there=there, wanted=wanted,
                     unit=article.unit, field="amount")  # fmt: skip


def named(article: Article, size: str = "") -> str:
    """An article with its size, as people say it."""
    return f"{article.name} {size}" if size else article.name


def officer_of(ctx: Context) -> str | None:
    """Who acts, where that is somebody."""
    return ctx.actor.id if ctx.actor.id != "system" else None


def today(ctx: Context) -> date:
    """The town's day on which the command was meant."""
    return local_day(ctx.now, ctx.zone)


def real_only(ctx: Context) -> None:
    """Kits and what belongs to lists are never part of a drill."""
    if ctx.world != REAL:
        raise BadInput("stock.real_only")


# --- what is meant ------------------------------------------------------------------------------------------------


def find_article(ctx: Context, given: str) -> Article:
    """An article in use by id or code; BadInput otherwise."""
    found = ctx.uow.get("article", given) or next(iter(ctx.uow.find("article", code=given)), None)
    if found is None:
        raise BadInput("stock.article_unknown", field="article", article=given)
    if not found.active:
        raise RuleError("article.retired", article=found.name)
    return found  # type: ignore[no-any-return]


def find_depot(ctx: Context, given: str, field: str = "depot") -> Depot:
    """A depot in use by id or name; BadInput otherwise."""
    found = ctx.uow.get("depot", given) or next(iter(ctx.uow.find("depot", name=given, active=True)), None)
    if found is None:
        raise BadInput("stock.depot_unknown", field=field, depot=given)
    if not found.active:
        raise RuleError("depot.retired", depot=found.name)
    return found  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Meant:
    """A line checked."""

    article: Article
    size: str
    amount: int
    due_on: str | None


def lines_meant(ctx: Context, lines: Iterable[Line], least: int = 1) -> list[Meant]:
    """Lines checked: known articles, sizes they come in, sensible amounts; nothing twice."""
    found = [_meant(ctx, each, least) for each in lines]
    if not found:
        raise BadInput("stock.no_lines", field="lines")
    seen: set[tuple[str, str, str | None]] = set()
    for each in found:
        key = each.article.id, each.size, each.due_on
        if key in seen:
            raise BadInput("stock.line_twice", field="lines", article=named(each.article, each.size))
        seen.add(key)
    return found


def _meant(ctx: Context, line: Line, least: int) -> Meant:
    article = find_article(ctx, line.article)
    if not least <= line.amount <= MOST:
        raise BadInput("stock.amount", field="amount", article=article.name, text=str(line.amount), least=least)
    return Meant(article, size_meant(article, line.size), line.amount, day_meant("due_on", line.due_on))


def size_meant(article: Article, given: str) -> str:
    """A size in its one form; BadInput for one in which the article does not come."""
    size, known = given.strip().upper(), sizes_of(article)
    if not known and not size:
        return ""
    if size not in known:
        raise BadInput("stock.size", field="size", article=article.name, text=size, known=listed(known) or "—")
    return size


def day_meant(field: str, given: str | None) -> str | None:
    """A day as ``YYYY-MM-DD``, or None; BadInput for anything else."""
    if not given:
        return None
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError:
        raise BadInput("stock.day", field=field, text=given) from None


def day_not_ahead(ctx: Context, field: str, given: str) -> str:
    """A day as ``YYYY-MM-DD``, today where none is given; BadInput for one that is still to come."""
    day, now = day_meant(field, given.strip()), today(ctx).isoformat()
    if day and day > now:
        raise BadInput("kit.day_ahead", field=field, day=day)
    return day or now


def reason_meant(given: str, *, needed: bool, field: str = "reason") -> str:
    """A reason without spaces around it; BadInput when one is needed, or it is a description."""
    reason = " ".join(given.split())
    if needed and not reason:
        raise BadInput("stock.reason_needed", field=field)
    if len(reason) > LONGEST_REASON:
        raise BadInput("stock.reason_long", field=field, most=LONGEST_REASON)
    return reason


# --- what an undo must not break ----------------------------------------------------------------------------------


def _ledger_stays_true(ctx: Context, coming: Coming) -> None:
    """Striking lines, or taking that back, leaves no depot below zero and no issue accounted for twice."""
    rows: list[StockMove] = [row for id in coming if (row := ctx.uow.get("stock_move", id)) is not None]
    stock = Stock(ctx, {each.article for each in rows})
    after = {each.id: (line := coming[each.id]) is not None and not line["struck"] for each in rows}
    delta: dict[Key, int] = {}
    for row in rows:
        key = row.depot, row.article, row.size
        delta[key] = delta.get(key, 0) + row.change * (after[row.id] - (not row.struck))
    for (depot, article, size), change in sorted(delta.items()):
        there = stock.there(depot, article, size)
        if change < 0 and there + change < 0:
            known, held = stock.articles.get(article), ctx.uow.get("depot", depot)
            raise RuleError(
                "stock.undo_below_zero", article=named(known, size) if known else article,
                depot=held.name if held else depot, there=there, wanted=-change, **_who(ctx, rows[0].id),
            )  # fmt: skip
    _check_loans(ctx, rows, after)


def _check_loans(ctx: Context, rows: list[StockMove], after: dict[str, bool]) -> None:
    """An issue that has been accounted for stays; what is accounted for again must still be out."""
    for id in {each.id for each in rows if each.kind == "issued"} | {each.of for each in rows if each.of}:
        issue: StockMove = ctx.uow.require("stock_move", id)
        others = ctx.uow.find("stock_move", of=id)
        living = [each for each in others if after.get(each.id, not each.struck) and each.kind in SETTLING]
        left = issue.amount - sum(each.amount for each in living)
        if left < 0 or (living and not after.get(id, not issue.struck)):
            other = next((each.id for each in living if each.id not in after), issue.id)
            raise RuleError("stock.undo_settled", **_who(ctx, other))


def _who(ctx: Context, id: str) -> dict[str, str]:
    """Who touched a line last, and when."""
    hand = history.last_hand(ctx.uow.connection, ("stock_move", id))
    officer = ctx.uow.get("officer", hand.actor) if hand else None
    who = officer.name if officer else (hand.actor if hand else "")
    return {"who": who, "when": iso(hand.at) if hand else ""}


GUARDS["stock_move"] = _ledger_stays_true

