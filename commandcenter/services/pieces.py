"""Single pieces: sent to a village's spare shelf or into a kit, swapped, lost, found, broken, brought back, written
off."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules.entity import Personal
from commandcenter.rules.kits import AWAY, Kit, Piece
from commandcenter.rules.people import Worker
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.services import edits
from commandcenter.services.commands import Context, command, handles
from commandcenter.services.edition_holding import handed
from commandcenter.services.kits import locked_kit, put_back, sending
from commandcenter.services.stock import Line, find_depot, lines_meant, named, real_only, reason_meant
from commandcenter.services.undo import GUARDS, Coming

Old = Literal["", "shelf", "missing", "damaged", "expired", "written_off"]
"""What becomes of the piece that filled a place before: "" leaves it as it is recorded."""
MOST_PIECES = 2_000


@command("issue_pieces", roles=KEEPERS_OF_LISTS, writes=("kit_issue", "piece", "stock_move"))
@dataclass(frozen=True, kw_only=True, slots=True)
class IssuePieces:
    """Pieces leave a depot on a receipt sheet for the spare shelf of a ``village``, or one of them for a ``kit`` (id or
    code); ``old``: what becomes of the piece that it replaces there."""

    depot: str
    lines: tuple[Line, ...]
    village: str | None = None
    kit: str | None = None
    old: Old = ""
    received_by: Annotated[str, Personal("ledger")] = ""
    reason: Annotated[str, Personal("ledger")] = ""


@handles(IssuePieces)
def issue_pieces(cmd: IssuePieces, ctx: Context) -> Any:
    """Exactly one of a village and a kit; never more than the depot holds."""
    if bool(cmd.village) == bool(cmd.kit):
        raise BadInput("piece.where_to", field="village")
    lines = lines_meant(ctx, cmd.lines)
    count = sum(each.amount for each in lines)
    if count > MOST_PIECES or (cmd.kit and count != 1):
        raise BadInput("piece.how_many", field="lines", most=1 if cmd.kit else MOST_PIECES)
    kit = locked_kit(ctx, cmd.kit) if cmd.kit else None
    received_by = reason_meant(cmd.received_by, needed=False, field="received_by")
    going = sending(ctx, kit.village if kit else cmd.village or "", cmd.depot, {each.article.id for each in lines},
                    received_by)  # fmt: skip
    if kit is not None:
        make_room(ctx, kit, lines[0].article.id, cmd.old, cmd.reason)
    for each in lines:
        for taken in range(each.amount):
            if not going.take(each.article, each.size, kit.id if kit else None):
                raise RuleError("stock.short", field="lines", article=named(each.article, each.size), there=taken,
                                depot=going.depot.name, wanted=each.amount, unit=each.article.unit)  # fmt: skip
    going.pieces = handed(ctx, going.pieces, _wearers(ctx, kit))
    sheet = going.finish(received_by, reason_meant(cmd.reason, needed=False))
    return {"kit_issue": sheet.id, "number": sheet.number, "pieces": [each.code for each in going.pieces]}


@command("put_in_kit", roles=KEEPERS_OF_LISTS, writes=("piece",))
@dataclass(frozen=True, kw_only=True, slots=True)
class PutInKit:
    """A piece (id or code) of the village's spare shelf goes into a kit; ``old``: what becomes of the one it
    replaces."""

    kit: str
    piece: str
    old: Old = ""
    reason: Annotated[str, Personal("ledger")] = ""


@handles(PutInKit)
def put_in_kit(cmd: PutInKit, ctx: Context) -> Any:
    """The piece must lie on the shelf of the kit's village, in good order."""
    kit = locked_kit(ctx, cmd.kit)
    (piece,) = locked_pieces(ctx, [cmd.piece])
    if piece.state != "issued" or piece.kit is not None or piece.village != kit.village:
        raise RuleError("piece.not_on_shelf", piece=piece.code, kit=kit.code)
    replaced = make_room(ctx, kit, piece.article, cmd.old, cmd.reason)
    put = replace(piece, kit=kit.id, reason=reason_meant(cmd.reason, needed=False))
    ctx.uow.put(handed(ctx, [put], _wearers(ctx, kit))[0])
    return {"kit": kit.id, "piece": piece.id, "replaced": [each.id for each in replaced]}


def _wearers(ctx: Context, kit: Kit | None) -> dict[str, Worker]:
    """Who has a kit, by its id."""
    worker = ctx.uow.get("worker", kit.worker) if kit is not None and kit.worker else None
    return {kit.id: worker} if kit is not None and worker is not None else {}


def make_room(ctx: Context, kit: Kit, article: str, old: Old, reason: str) -> list[Piece]:
    """Take what fills the place of an article out of a kit (locked); the pieces that left it. What is no longer there
    for good stays on the village's account."""
    if ctx.uow.require("article", article).kit_place is None:
        raise RuleError("piece.no_place", article=ctx.uow.require("article", article).name)
    ids = [each.id for each in ctx.uow.find("piece", kit=kit.id, article=article) if each.state in AWAY]
    there: list[Piece] = ctx.uow.lock("piece", ids)
    if not there:
        if old:
            raise BadInput("piece.nothing_old", field="old", kit=kit.code)
        return []
    if not old and any(each.state == "issued" for each in there):
        raise RuleError("piece.place_full", field="old", kit=kit.code, piece=there[0].code)
    why = reason_meant(reason, needed=old in ("missing", "damaged", "written_off"))
    left = [_left(each, old, why) for each in there]
    for each in left:
        ctx.uow.put(each)
    return left


def _left(piece: Piece, old: Old, reason: str) -> Piece:
    """A piece that made room, as it is from then on."""
    if not old or piece.state != "issued":
        return replace(piece, kit=None)
    if old == "shelf":
        return replace(piece, kit=None, reason=reason)
    if old == "written_off":
        return replace(piece, kit=None, village=None, state="written_off", reason=reason)
    return replace(piece, kit=None, state=old, reason=reason)


@command("shelve_piece", roles=KEEPERS_OF_LISTS, writes=("piece",))
@dataclass(frozen=True, kw_only=True, slots=True)
class ShelvePiece:
    """A piece goes to a spare shelf: of its own village, or of another ``village`` that is in greater need."""

    piece: str
    village: str | None = None
    reason: Annotated[str, Personal("ledger")] = ""


@handles(ShelvePiece)
def shelve_piece(cmd: ShelvePiece, ctx: Context) -> Any:
    """Only one in good order; its kit has a gap from then on."""
    (piece,) = locked_pieces(ctx, [cmd.piece])
    if piece.state != "issued":
        raise RuleError("piece.not_good", piece=piece.code)
    village = edits.find_village(ctx, "village", cmd.village).id if cmd.village else piece.village
    if village is None:
        raise BadInput("piece.village_needed", field="village", piece=piece.code)
    if piece.kit is None and piece.village == village:
        raise RuleError("piece.shelved_already", piece=piece.code)
    ctx.uow.put(replace(piece, kit=None, village=village, reason=reason_meant(cmd.reason, needed=False)))
    return {"piece": piece.id, "village": village}


@command("return_pieces", roles=KEEPERS_OF_LISTS, writes=("piece", "stock_move"))
@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnPieces:
    """Pieces in good order (ids or codes) go back on the shelf of a depot: out of a kit, from a spare shelf, or
    mended."""

    pieces: tuple[str, ...]
    depot: str
    reason: Annotated[str, Personal("ledger")] = ""


@handles(ReturnPieces)
def return_pieces(cmd: ReturnPieces, ctx: Context) -> Any:
    """Both sides at once: the piece and the ledger."""
    if not 1 <= len(cmd.pieces) <= MOST_PIECES:
        raise BadInput("piece.how_many", field="pieces", most=MOST_PIECES)
    depot, pieces = find_depot(ctx, cmd.depot), locked_pieces(ctx, cmd.pieces)
    if bad := next((each for each in pieces if each.state != "issued"), None):
        raise RuleError("piece.not_good", piece=bad.code)
    reason = reason_meant(cmd.reason, needed=False)
    put_back(ctx, depot, [replace(each, state="returned", kit=None, village=None, reason=reason) for each in pieces],
             reason)  # fmt: skip
    return {"pieces": [each.id for each in pieces], "depot": depot.id}


@command("mark_piece", roles=KEEPERS_OF_LISTS, writes=("piece",))
@dataclass(frozen=True, kw_only=True, slots=True)
class MarkPiece:
    """A piece was lost, broke, is past its life, or is in good order again (``issued``); it stays where it belongs."""

    piece: str
    state: Literal["issued", "missing", "damaged", "expired"]
    reason: Annotated[str, Personal("ledger")] = ""


@handles(MarkPiece)
def mark_piece(cmd: MarkPiece, ctx: Context) -> Any:
    """A loss and a damage need their reason."""
    (piece,) = locked_pieces(ctx, [cmd.piece])
    if piece.state == cmd.state:
        raise RuleError("piece.so_already", piece=piece.code)
    reason = reason_meant(cmd.reason, needed=cmd.state in ("missing", "damaged"))
    marked = replace(piece, state=cmd.state, reason=reason)
    if cmd.state == "issued" and piece.kit is not None:
        check_place_free(ctx, piece.kit, piece)
    ctx.uow.put(marked)
    return {"piece": piece.id, "state": cmd.state}


def check_place_free(ctx: Context, kit: str, piece: Piece) -> None:
    """RuleError where another piece in good order fills the place."""
    ctx.uow.lock("kit", [kit])
    others = ctx.uow.find("piece", kit=kit, article=piece.article, state="issued")
    if other := next((each for each in others if each.id != piece.id), None):
        raise RuleError("piece.place_full", kit=ctx.uow.require("kit", kit).code, piece=other.code)


@command("write_off_piece", roles=KEEPERS_OF_LISTS, writes=("piece",))
@dataclass(frozen=True, kw_only=True, slots=True)
class WriteOffPiece:
    """A piece is gone for good 报废: lost and given up, or no longer of use."""

    piece: str
    reason: Annotated[str, Personal("ledger")]


@handles(WriteOffPiece)
def write_off_piece(cmd: WriteOffPiece, ctx: Context) -> Any:
    """With its reason; it leaves its kit, and the village no longer answers for it."""
    (piece,) = locked_pieces(ctx, [cmd.piece])
    reason = reason_meant(cmd.reason, needed=True)
    ctx.uow.put(replace(piece, state="written_off", kit=None, village=None, reason=reason))
    return {"piece": piece.id}


def locked_pieces(ctx: Context, given: Iterable[str]) -> list[Piece]:
    """Pieces by id or code, locked until commit; those that went back or are gone are refused."""
    real_only(ctx)
    ids = []
    for each in given:
        found = ctx.uow.get("piece", each) or next(iter(ctx.uow.find("piece", code=each.upper())), None)
        if found is None:
            raise BadInput("piece.unknown", piece=each)
        ids.append(found.id)
    if len(set(ids)) < len(ids):
        raise BadInput("piece.twice", field="pieces")
    rows: list[Piece] = ctx.uow.lock("piece", ids)
    for row in rows:
        if row.state not in AWAY:
            raise RuleError("piece.not_out", piece=row.code)
    return rows


# --- what an undo must not break ----------------------------------------------------------------------------------


def _one_piece_a_place(ctx: Context, coming: Coming) -> None:
    """No place of a kit is filled twice by an undo."""
    rows = {id: row for id, row in coming.items() if row is not None and row["kit"] and row["state"] == "issued"}
    ctx.uow.lock("kit", {row["kit"] for row in rows.values()})
    for row in rows.values():
        others = ctx.uow.find("piece", kit=row["kit"], article=row["article"], state="issued")
        if other := next((each for each in others if each.id not in coming), None):
            kit = ctx.uow.require("kit", row["kit"])
            raise RuleError("piece.place_full", kit=kit.code, piece=other.code)


GUARDS["piece"] = _one_piece_a_place
