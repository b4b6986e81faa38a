"""Stock rounds 盘点: opened, counted by several at once and in several sittings, settled with reasons, closed."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules.entity import Personal
from commandcenter.rules.kits import AWAY, FoundState, Piece
from commandcenter.rules.numbers import sheet_number
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.rules.rounds import RoundCount, Source, StockRound, count_id, differs, is_open, mark_of, progress
from commandcenter.services import edits
from commandcenter.services.commands import Context, command, handles
from commandcenter.services.kits import as_found
from commandcenter.services.stock import officer_of, real_only, reason_meant, today

ROUND = "P"
"""The letter of the numbers of rounds."""
MOST_COUNTS = 5_000


@command("open_round", roles=KEEPERS_OF_LISTS, writes=("stock_round",))
@dataclass(frozen=True, kw_only=True, slots=True)
class OpenRound:
    """Begin a round through all villages; its mark goes on every sheet."""

    name: str


@handles(OpenRound)
def open_round(cmd: OpenRound, ctx: Context) -> Any:
    """Several may be under way, as a round of the quarter and a look at one village: their marks tell them apart."""
    real_only(ctx)
    name = reason_meant(cmd.name, needed=False, field="name")
    if not name:
        raise BadInput("round.name_empty", field="name")
    edits.not_denied("name", name)
    ctx.uow.lock("township", [each.id for each in ctx.uow.find("township")])
    if ctx.uow.find("stock_round", closed_on=None, name=name):
        raise BadInput("round.name_taken", field="name", name=name)
    id, day = ctx.new_id(), today(ctx)
    serial, prefix = ctx.uow.next_number("stock-round", day.isoformat())
    row = StockRound(
        id=id, number=sheet_number(prefix or "SJ", ROUND, day, serial), name=name, mark=mark_of(id),
        opened_on=day.isoformat(), by=officer_of(ctx),
    )  # fmt: skip
    ctx.uow.add(row)
    return {"stock_round": id, "number": row.number, "mark": row.mark}


@dataclass(frozen=True, slots=True)
class Count:
    """A piece (id or code) as somebody saw it."""

    piece: str
    found: FoundState = "issued"
    note: Annotated[str, Personal("ledger")] = ""


@command("record_counts", roles=KEEPERS_OF_LISTS, writes=("round_count",))
@dataclass(frozen=True, kw_only=True, slots=True)
class RecordCounts:
    """What was seen of pieces in a round, by sheet, scanner or hand; any number at once, in any number of sittings."""

    round: str
    counts: tuple[Count, ...]
    source: Source = "hand"


@handles(RecordCounts)
def record_counts(cmd: RecordCounts, ctx: Context) -> Any:
    """Two people who count one piece meet in one row, and the later one stands. The answer tells what was ``again``
    counted, what is ``unknown``, and what is ``gone`` from the lists though it was seen; refused only when nothing was
    a piece that is out."""
    row = _open_round(ctx, cmd.round)
    if not 1 <= len(cmd.counts) <= MOST_COUNTS:
        raise BadInput("round.how_many", field="counts", most=MOST_COUNTS)
    found, unknown, gone = _pieces(ctx, cmd.counts)
    if not found:
        raise BadInput("round.piece_unknown", field="counts", piece=(unknown or gone)[0])
    before = {each.id: each for each in ctx.uow.lock("round_count", [count_id(row.id, id) for id in found])}
    again, changed = [], 0
    for id, (piece, count) in found.items():
        was = before.get(count_id(row.id, id))
        note = reason_meant(count.note, needed=False, field="counts")
        if was is not None:
            again.append(piece.code)
            if was.found == count.found and note in ("", was.note):
                continue
        changed += 1
        made = RoundCount(
            id=count_id(row.id, id), round=row.id, piece=id, village=piece.village, found=count.found,
            source=cmd.source, by=officer_of(ctx), counted_at=ctx.now, note=note,
        )  # fmt: skip
        ctx.uow.put(made)
    differences = [piece.code for piece, count in found.values() if _differs(piece, count.found)]
    return {"stock_round": row.id, "counted": len(found), "changed": changed, "again": again, "unknown": unknown,
            "gone": gone, "differences": differences}  # fmt: skip


def _pieces(ctx: Context, counts: tuple[Count, ...]) -> tuple[dict[str, tuple[Piece, Count]], list[str], list[str]]:
    """Pieces that were counted (of one counted twice the last word), what is no piece, and what is no longer out."""
    by_code = {each.code: each for each in ctx.uow.find("piece", code=[each.piece.upper() for each in counts])}
    by_id = {each.id: each for each in ctx.uow.find("piece", id=[each.piece for each in counts])}
    found: dict[str, tuple[Piece, Count]] = {}
    unknown, gone = [], []
    for each in counts:
        piece = by_id.get(each.piece) or by_code.get(each.piece.upper())
        if piece is None:
            unknown.append(each.piece)
        elif piece.state not in AWAY:
            gone.append(piece.code)
        else:
            found[piece.id] = piece, each
    return found, unknown, gone


def _differs(piece: Piece, found: FoundState) -> bool:
    return found != ("issued" if piece.state == "expired" else piece.state)


@command("settle_counts", roles=KEEPERS_OF_LISTS, writes=("round_count", "piece"))
@dataclass(frozen=True, kw_only=True, slots=True)
class SettleCounts:
    """Differences of a round are settled with one reason; ``apply``: the pieces (ids or codes) become what was seen,
    otherwise what the program believed stands.

    ``found``: what the pieces truly are, where that is not what was counted; those that nobody counted are counted so.
    Nobody counted and nothing found: without ``apply`` they are counted as believed.
    """

    round: str
    pieces: tuple[str, ...]
    reason: Annotated[str, Personal("ledger")]
    apply: bool = True
    found: FoundState | None = None


@handles(SettleCounts)
def settle_counts(cmd: SettleCounts, ctx: Context) -> Any:
    """Each once; refused whole when something has no difference, or nobody counted it and nobody says how it is."""
    row = _open_round(ctx, cmd.round)
    reason = reason_meant(cmd.reason, needed=True)
    given = tuple(Count(each) for each in cmd.pieces)
    found, unknown, gone = _pieces(ctx, given)
    if unknown or gone or not found:
        raise BadInput("round.piece_unknown", field="pieces", piece=(unknown or gone or ["—"])[0])
    counts = {each.piece: each for each in ctx.uow.lock("round_count", [count_id(row.id, id) for id in found])}
    pieces: list[Piece] = ctx.uow.lock("piece", found)
    for piece in pieces:
        count = counts.get(piece.id)
        if count is not None and count.settled:
            raise RuleError("round.settled_already", piece=piece.code)
        count = _as_told(ctx, row, piece, count, cmd)
        if count is None or not (differs(count, piece) or cmd.found or piece.id not in counts):
            raise RuleError("round.no_difference", piece=piece.code)
        is_applied = cmd.apply and differs(count, piece)
        ctx.uow.put(replace(count, settled=reason, applied=is_applied))
        if is_applied:
            ctx.uow.put(as_found(piece, count.found, reason))
    return {"stock_round": row.id, "settled": len(pieces), "applied": cmd.apply}


def _as_told(
    ctx: Context, row: StockRound, piece: Piece, count: RoundCount | None, cmd: SettleCounts
) -> RoundCount | None:
    """The count that is settled: as it is, as whoever settles knows better, or made now; None: there is nothing."""
    if count is not None:
        if cmd.found in (None, count.found):
            return count
        return replace(count, found=cmd.found, source="hand", by=officer_of(ctx), counted_at=ctx.now)
    found: FoundState | None = cmd.found
    if found is None and not cmd.apply:
        found = piece.state if piece.state in ("missing", "damaged") else "issued"
    if found is None:
        return None
    return RoundCount(
        id=count_id(row.id, piece.id), round=row.id, piece=piece.id, village=piece.village, found=found,
        source="hand", by=officer_of(ctx), counted_at=ctx.now,
    )  # fmt: skip


@command("close_round", roles=KEEPERS_OF_LISTS, writes=("stock_round",))
@dataclass(frozen=True, kw_only=True, slots=True)
class CloseRound:
    """End a round. ``leave_uncounted``: some pieces were not looked at, and that is known; ``reason``: why they were
    not, which the log keeps with this command."""

    round: str
    leave_uncounted: bool = False
    reason: Annotated[str, Personal("ledger")] = ""


@handles(CloseRound)
def close_round(cmd: CloseRound, ctx: Context) -> Any:
    """Refused while a difference waits for its reason, or pieces are left out without one."""
    row = _open_round(ctx, cmd.round)
    counts = {each.piece: each for each in ctx.uow.find("round_count", round=row.id)}
    pieces = ctx.uow.find("piece")
    far = progress(pieces, counts)
    if far.open:
        waiting = next(each for each in pieces if each.id in counts and is_open(counts[each.id], each))
        raise RuleError("round.differences", count=far.open, piece=waiting.code)
    uncounted = far.expected - far.counted
    if uncounted and not cmd.leave_uncounted:
        raise RuleError("round.uncounted", count=uncounted, field="leave_uncounted")
    reason_meant(cmd.reason, needed=bool(uncounted))
    ctx.uow.put(replace(row, closed_on=today(ctx).isoformat()))
    return {"stock_round": row.id, "counted": far.counted, "uncounted": uncounted}


def _open_round(ctx: Context, given: str) -> StockRound:
    """A round under way by id, number or mark, locked until commit."""
    real_only(ctx)
    for where in ({"id": given}, {"number": given}, {"mark": given.upper()}):
        if found := ctx.uow.find("stock_round", **where):
            row: StockRound = edits.locked(ctx, "stock_round", found[0].id)
            if row.closed_on:
                raise RuleError("round.closed", name=row.name, day=row.closed_on)
            return row
    raise BadInput("unknown", entity="stock_round", id=given)
