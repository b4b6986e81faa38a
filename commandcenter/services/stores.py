"""What comes into the depots and leaves them: each command writes lines of the ledger 出入库, and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules.entity import Personal
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.rules.stores import MoveKind, StockMove, out_of
from commandcenter.services import edits
from commandcenter.services.commands import Context, command, handles
from commandcenter.services.stock import Line, Meant, Stock, find_depot, lines_meant, named, reason_meant

LEDGER = ("stock_move",)


def _stock(ctx: Context, lines: Iterable[Meant]) -> Stock:
    return Stock(ctx, [each.article.id for each in lines])


def _told(moves: Iterable[StockMove], **more: Any) -> dict[str, Any]:
    return {"moves": [each.id for each in moves], **more}


@command("receive_stock", roles=KEEPERS_OF_LISTS, writes=LEDGER)
@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiveStock:
    """Things come into a depot (id or name): bought, given, printed. ``source``: from whom."""

    depot: str
    lines: tuple[Line, ...]
    source: Annotated[str, Personal("ledger")] = ""
    reason: Annotated[str, Personal("ledger")] = ""


@handles(ReceiveStock)
def receive_stock(cmd: ReceiveStock, ctx: Context) -> Any:
    """One line of the ledger each."""
    depot, lines = find_depot(ctx, cmd.depot), lines_meant(ctx, cmd.lines)
    reason = reason_meant(cmd.reason, needed=False)
    stock, source = _stock(ctx, lines), reason_meant(cmd.source, needed=False, field="source")
    return _told(
        stock.move("received", depot, each.article.id, each.size, each.amount, each.amount, other=source,
                   due_on=each.due_on, reason=reason)
        for each in lines
    )  # fmt: skip


@command("issue_stock", roles=KEEPERS_OF_LISTS, writes=LEDGER)
@dataclass(frozen=True, kw_only=True, slots=True)
class IssueStock:
    """Things leave a depot for one of: an ``incident``, a ``drill``, a ``village`` or somebody ``other``; what an
    incident or a drill got is expected back. ``override_reason``: why more may be taken than the ledger knows of."""

    depot: str
    lines: tuple[Line, ...]
    incident: str | None = None
    drill: str | None = None
    village: str | None = None
    other: Annotated[str, Personal("ledger")] = ""
    taken_by: Annotated[str, Personal("ledger")] = ""
    reason: Annotated[str, Personal("ledger")] = ""
    override_reason: Annotated[str, Personal("ledger")] = ""


@handles(IssueStock)
def issue_stock(cmd: IssueStock, ctx: Context) -> Any:
    """Never below zero without a named reason."""
    depot, lines = find_depot(ctx, cmd.depot), lines_meant(ctx, cmd.lines)
    party = _party(ctx, cmd)
    reason = reason_meant(cmd.reason, needed=False)
    override = reason_meant(cmd.override_reason, needed=False, field="override_reason")
    stock = _stock(ctx, lines)
    return _told(
        stock.move("issued", depot, each.article.id, each.size, each.amount, -each.amount, reason=reason,
                   taken_by=reason_meant(cmd.taken_by, needed=False, field="taken_by"), override=override, **party)
        for each in lines
    )  # fmt: skip


def _party(ctx: Context, cmd: IssueStock) -> dict[str, Any]:
    """Who got it: exactly one."""
    given = {name: value for name in ("incident", "drill", "village") if (value := getattr(cmd, name))}
    if other := reason_meant(cmd.other, needed=False, field="other"):
        given["other"] = other
    if len(given) != 1:
        raise BadInput("stock.party", field=next(iter(given), "other"))
    if "village" in given:
        given["village"] = edits.find_village(ctx, "village", given["village"]).id
    if "incident" in given:
        incident = ctx.uow.get("incident", given["incident"]) or _numbered(ctx, given["incident"])
        if incident is None or incident.world != ctx.world:
            raise BadInput("unknown", entity="incident", id=given["incident"], field="incident")
        given["incident"] = incident.id
    if "drill" in given:
        drill = ctx.uow.get("drill", given["drill"])
        if drill is None or ctx.world != drill.id:
            raise BadInput("stock.drill_world", field="drill")
    return given


def _numbered(ctx: Context, number: str) -> Any | None:
    return next(iter(ctx.uow.find("incident", number=number)), None)


@command("return_stock", roles=KEEPERS_OF_LISTS, writes=LEDGER)
@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnStock:
    """What became of an issue (``move``), in part or whole: ``good`` goes back on the shelf (of ``depot``, or where it
    came from), the rest is accounted for as ``damaged``, ``lost`` or ``used`` up."""

    move: str
    good: int = 0
    damaged: int = 0
    lost: int = 0
    used: int = 0
    depot: str | None = None
    reason: Annotated[str, Personal("ledger")] = ""


@handles(ReturnStock)
def return_stock(cmd: ReturnStock, ctx: Context) -> Any:
    """Never more than is out; what does not come back needs its reason, what was used up needs none."""
    issue = ctx.uow.get("stock_move", cmd.move)
    if issue is None or issue.world != ctx.world or issue.kind != "issued" or issue.pieces or issue.struck:
        raise BadInput("stock.no_issue", field="move")
    depot = find_depot(ctx, cmd.depot or issue.depot)
    parts: tuple[tuple[MoveKind, int, int], ...] = (
        ("returned", cmd.good, 1), ("damaged", cmd.damaged, 0), ("lost", cmd.lost, 0), ("written_off", cmd.used, 0),
    )  # fmt: skip
    if any(amount < 0 for _, amount, _ in parts) or not any(amount for _, amount, _ in parts):
        raise BadInput("stock.nothing_back", field="good")
    reason = reason_meant(cmd.reason, needed=bool(cmd.damaged or cmd.lost))
    stock = Stock(ctx, [issue.article])
    out = out_of(issue, ctx.uow.find("stock_move", of=issue.id))
    if sum(amount for _, amount, _ in parts) > out:
        article = stock.articles[issue.article]
        raise RuleError("stock.more_than_out", article=named(article, issue.size), out=out, unit=article.unit,
                        field="good")  # fmt: skip
    party = {name: getattr(issue, name) for name in ("incident", "drill", "village", "other")}
    moves = [
        stock.move(kind, depot, issue.article, issue.size, amount, amount * way, of=issue.id, reason=reason, **party)
        for kind, amount, way in parts
        if amount
    ]
    return _told(moves, out=out - sum(each.amount for each in moves))


@command("move_stock", roles=KEEPERS_OF_LISTS, writes=LEDGER)
@dataclass(frozen=True, kw_only=True, slots=True)
class MoveStock:
    """Things go from one depot to another (``to``)."""

    depot: str
    to: str
    lines: tuple[Line, ...]
    taken_by: Annotated[str, Personal("ledger")] = ""
    reason: Annotated[str, Personal("ledger")] = ""
    override_reason: Annotated[str, Personal("ledger")] = ""


@handles(MoveStock)
def move_stock(cmd: MoveStock, ctx: Context) -> Any:
    """Two lines each, which belong together."""
    depot, to, lines = find_depot(ctx, cmd.depot), find_depot(ctx, cmd.to, "to"), lines_meant(ctx, cmd.lines)
    if depot.id == to.id:
        raise BadInput("stock.same_depot", field="to", depot=depot.name)
    reason, stock = reason_meant(cmd.reason, needed=False), _stock(ctx, lines)
    taken_by = reason_meant(cmd.taken_by, needed=False, field="taken_by")
    override = reason_meant(cmd.override_reason, needed=False, field="override_reason")
    moves = []
    for each in lines:
        left = stock.move("moved", depot, each.article.id, each.size, each.amount, -each.amount, other=to.name,
                          taken_by=taken_by, reason=reason, override=override)  # fmt: skip
        came = stock.move("moved", to, each.article.id, each.size, each.amount, each.amount, other=depot.name,
                          taken_by=taken_by, reason=reason, due_on=each.due_on, of=left.id)  # fmt: skip
        moves += [left, came]
    return _told(moves)


@command("lose_stock", roles=KEEPERS_OF_LISTS, writes=LEDGER)
@dataclass(frozen=True, kw_only=True, slots=True)
class LoseStock:
    """Things that ought to be on the shelf are not to be found."""

    depot: str
    lines: tuple[Line, ...]
    reason: Annotated[str, Personal("ledger")]
    override_reason: Annotated[str, Personal("ledger")] = ""


@handles(LoseStock)
def lose_stock(cmd: LoseStock, ctx: Context) -> Any:
    """With its reason."""
    return _gone(ctx, cmd, "lost")


@command("write_off_stock", roles=KEEPERS_OF_LISTS, writes=LEDGER)
@dataclass(frozen=True, kw_only=True, slots=True)
class WriteOffStock:
    """Things on the shelf are no good any more 报废; ``damaged``: broken, not worn out or past their date."""

    depot: str
    lines: tuple[Line, ...]
    reason: Annotated[str, Personal("ledger")]
    damaged: bool = False
    override_reason: Annotated[str, Personal("ledger")] = ""


@handles(WriteOffStock)
def write_off_stock(cmd: WriteOffStock, ctx: Context) -> Any:
    """With its reason."""
    return _gone(ctx, cmd, "damaged" if cmd.damaged else "written_off")


def _gone(ctx: Context, cmd: LoseStock | WriteOffStock, kind: MoveKind) -> Any:
    depot, lines = find_depot(ctx, cmd.depot), lines_meant(ctx, cmd.lines)
    reason, stock = reason_meant(cmd.reason, needed=True), _stock(ctx, lines)
    override = reason_meant(cmd.override_reason, needed=False, field="override_reason")
    return _told(
        stock.move(kind, depot, each.article.id, each.size, each.amount, -each.amount, reason=reason, override=override)
        for each in lines
    )


@command("count_stock", roles=KEEPERS_OF_LISTS, writes=LEDGER)
@dataclass(frozen=True, kw_only=True, slots=True)
class CountStock:
    """What somebody counted on the shelf: the amount of each line is how many are there, 0 for none."""

    depot: str
    lines: tuple[Line, ...]
    reason: Annotated[str, Personal("ledger")] = ""


@handles(CountStock)
def count_stock(cmd: CountStock, ctx: Context) -> Any:
    """The balance becomes what was counted; a difference needs its reason."""
    depot, lines = find_depot(ctx, cmd.depot), lines_meant(ctx, cmd.lines, least=0)
    stock = _stock(ctx, lines)
    found = {(each.article.id, each.size): each.amount - stock.there(depot.id, each.article.id, each.size)
             for each in lines}  # fmt: skip
    if len(found) < len(lines):
        twice = next(each for each in lines if each.due_on)
        raise BadInput("stock.line_twice", field="lines", article=named(twice.article, twice.size))
    reason = reason_meant(cmd.reason, needed=any(found.values()))
    moves = [
        stock.move("counted", depot, each.article.id, each.size, each.amount, found[each.article.id, each.size],
                   reason=reason)
        for each in lines
    ]  # fmt: skip
    return _told(moves, differences=sum(1 for change in found.values() if change))
