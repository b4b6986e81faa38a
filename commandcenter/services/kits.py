"""Kits leave a depot for a village, are handed out there by name, and come back, whole or in part.

A kit never dissolves: it stays in the list when nothing is left in it. What happens to single pieces is
:mod:`commandcenter.services.pieces`; every piece that crosses between a depot and a village writes both sides at once.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules.debts import add_months
from commandcenter.rules.entity import Personal
from commandcenter.rules.kits import AWAY, FoundState, Kit, KitIssue, Piece, needed, odd_size, size_for, sizes_known
from commandcenter.rules.numbers import sheet_number
from commandcenter.rules.people import Worker
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.rules.stores import Article, Depot, sizes_of
from commandcenter.services import edits
from commandcenter.services.commands import Context, command, handles
from commandcenter.services.edition_holding import hand_over, handed
from commandcenter.services.stock import (
    Stock,
    day_not_ahead,
    find_depot,
    named,
    officer_of,
    real_only,
    reason_meant,
    today,
)
from commandcenter.services.undo import GUARDS, Coming
from commandcenter.services.wording import listed

MOST_KITS = 500
SHEET = "Q"
"""The letter of the numbers of receipt sheets."""
Coded = TypeVar("Coded", Kit, Piece)


@dataclass(frozen=True, slots=True)
class NewKit:
    """A kit to go out: for a ``worker`` (id), or to lie at the village. ``sizes``: what the wearer needs (``XL 42``);
    empty: the vest size of the worker."""

    worker: str | None = None
    sizes: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A piece (id or code) as it was found when a kit came back."""

    piece: str
    state: FoundState = "issued"


@dataclass(slots=True)
class Sending:
    """What leaves a depot on one receipt sheet: pieces are gathered first, numbers are given out last."""

    ctx: Context
    depot: Depot
    village: str
    stock: Stock
    taken_by: str
    pieces: list[Piece]
    kits: list[Kit]
    issue: str

    def take(self, article: Article, size: str, kit: str | None) -> bool:
        """Put one piece on the sheet; False when the depot has none left of it."""
        waiting = sum(1 for each in self.pieces if (each.article, each.size) == (article.id, size))
        if self.stock.there(self.depot.id, article.id, size) <= waiting:
            return False
        day = today(self.ctx)
        self.pieces.append(
            Piece(id=self.ctx.new_id(), code="", article=article.id, size=size, kit=kit, village=self.village,
                  issue=self.issue, issued_on=day.isoformat(), due_on=due_on(article, day))
        )  # fmt: skip
        return True

    def finish(self, received_by: str, note: str) -> KitIssue:
        """Write the lines of the ledger, the sheet, the kits and the pieces."""
        ctx, day = self.ctx, today(self.ctx)
        for (article, size), amount in sorted(Counter((each.article, each.size) for each in self.pieces).items()):
            self.stock.move("issued", self.depot, article, size, amount, -amount, pieces=True, village=self.village,
                            kit_issue=self.issue, taken_by=self.taken_by)  # fmt: skip
        sheet = KitIssue(
            id=self.issue, village=self.village, depot=self.depot.id, issued_on=day.isoformat(), by=officer_of(ctx),
            received_by=received_by, note=note,
        )  # fmt: skip
        sheet, self.kits, self.pieces = add_numbered(ctx, sheet, self.kits, self.pieces)
        return sheet


def due_on(article: Article, day: date) -> str | None:
    """The day from which a piece that was issued on ``day`` is to be replaced."""
    return add_months(day, article.life_months).isoformat() if article.life_months else None


def add_numbered(
    ctx: Context, sheet: KitIssue, kits: Sequence[Kit], pieces: Sequence[Piece]
) -> tuple[KitIssue, list[Kit], list[Piece]]:
    """Write a receipt sheet of its day with its kits and pieces, each under the next number of its series; as they
    were written."""
    day = date.fromisoformat(sheet.issued_on)
    (serial,), prefix = ctx.uow.next_numbers("kit-issue", sheet.issued_on, 1)
    numbered = replace(sheet, number=sheet_number(prefix or "SJ", SHEET, day, serial))
    coded_kits, coded_pieces = _coded(ctx, "kit", "K-{:04d}", kits), _coded(ctx, "piece", "P-{:06d}", pieces)
    for each in (numbered, *coded_kits, *coded_pieces):
        ctx.uow.add(each)
    return numbered, coded_kits, coded_pieces


def _coded(ctx: Context, series: str, form: str, rows: Sequence[Coded]) -> list[Coded]:
    if not rows:
        return []
    numbers, _ = ctx.uow.next_numbers(series, "", len(rows))
    return [replace(each, code=form.format(number)) for number, each in zip(numbers, rows, strict=True)]


def sending(ctx: Context, village: str, depot: str, articles: Iterable[str], taken_by: str) -> Sending:
    """Begin a sheet; the articles are locked until commit."""
    real_only(ctx)
    to, at = edits.find_village(ctx, "village", village), find_depot(ctx, depot)
    return Sending(ctx, at, to.id, Stock(ctx, articles), taken_by, [], [], ctx.new_id())


@command("issue_kits", roles=KEEPERS_OF_LISTS, writes=("kit_issue", "kit", "piece", "stock_move"))
@dataclass(frozen=True, kw_only=True, slots=True)
class IssueKits:
    """Kits leave a depot (id or name) for a village (id, code or name) on one receipt sheet. ``received_by``: who will
    sign for them. ``short_ok``: what the depot lacks leaves a gap that waits; the first kits are filled first."""

    village: str
    depot: str
    kits: tuple[NewKit, ...]
    received_by: Annotated[str, Personal("ledger")] = ""
    note: Annotated[str, Personal("ledger")] = ""
    short_ok: bool = False


@handles(IssueKits)
def issue_kits(cmd: IssueKits, ctx: Context) -> Any:
    """A kit has one piece of every article with a place in it; RuleError ``kit.short`` names what the depot lacks."""
    if not 1 <= len(cmd.kits) <= MOST_KITS:
        raise BadInput("kit.how_many", field="kits", most=MOST_KITS)
    articles = needed(ctx.uow.find("article", active=True))
    if not articles:
        raise RuleError("kit.no_articles")
    received_by = reason_meant(cmd.received_by, needed=False, field="received_by")
    going = sending(ctx, cmd.village, cmd.depot, [each.id for each in articles], received_by)
    workers = _workers(ctx, cmd.kits, going.village)
    lacking: Counter[tuple[str, str]] = Counter()
    wanted: Counter[tuple[str, str]] = Counter()
    day = today(ctx).isoformat()
    for sizes in dict.fromkeys(each.sizes for each in cmd.kits):
        check_sizes(articles, sizes)
    for new in cmd.kits:
        worker = workers.get(new.worker or "")
        worn = " ".join(new.sizes.split()) or (worker.vest_size if worker else "")
        kit = Kit(id=ctx.new_id(), code="", village=going.village, worker=worker.id if worker else None,
                  issue=going.issue, sizes=worn.upper(), handed_on=day if worker else None)  # fmt: skip
        going.kits.append(kit)
        for article in articles:
            size = size_needed(article, worn, worker)
            wanted[article.id, size] += 1
            lacking[article.id, size] += not going.take(article, size, kit.id)
    short = [
        {"article": named(going.stock.articles[id], size), "there": going.stock.there(going.depot.id, id, size),
         "wanted": wanted[id, size], "lacking": count}
        for (id, size), count in sorted(lacking.items()) if count
    ]  # fmt: skip
    if short and not cmd.short_ok:
        told = listed(f"{each['article']} {each['there']}/{each['wanted']}" for each in short)
        raise RuleError("kit.short", field="kits", depot=going.depot.name, what=told, lacking=short)
    going.pieces = handed(ctx, going.pieces, {kit.id: workers[kit.worker] for kit in going.kits if kit.worker})
    sheet = going.finish(received_by, reason_meant(cmd.note, needed=False, field="note"))
    return {"kit_issue": sheet.id, "number": sheet.number, "kits": [each.code for each in going.kits],
            "pieces": len(going.pieces), "waiting": short}  # fmt: skip


def size_needed(article: Article, worn: str, worker: Worker | None = None) -> str:
    """The size of an article for a kit of what is worn; BadInput that names those there are when none fits."""
    size = size_for(article, worn)
    if size is None:
        facts = {"field": "kits", "article": article.name, "known": listed(sizes_of(article))}
        if not worn and worker is not None:
            raise BadInput("kit.size_of_worker", name=worker.name, **facts)
        if not worn:
            raise BadInput("kit.size_unsaid", example=f"{sizes_of(article)[0]}×15", **facts)
        raise BadInput("kit.size_needed", text=worn, **facts)
    return size


def check_sizes(articles: Sequence[Article], given: str) -> None:
    """Refuse what cannot be the sizes of one kit of these articles; nothing at all is not refused here."""
    odd = odd_size(articles, given)
    if odd is None:
        return
    known = sizes_known(articles)
    if not known:
        raise BadInput("kit.size_one_word", field="kits", text=odd)
    raise BadInput("kit.size_unknown", field="kits", text=odd, known=listed(known))


def _workers(ctx: Context, kits: Sequence[NewKit], village: str) -> dict[str, Worker]:
    """The workers who get a kit, locked; nobody twice, nobody of another village, nobody who has one."""
    wanted = [each.worker for each in kits if each.worker]
    if twice := next((id for id, count in Counter(wanted).items() if count > 1), None):
        raise BadInput("kit.worker_twice", field="kits", name=ctx.uow.require("worker", twice).name)
    found: dict[str, Worker] = {each.id: each for each in ctx.uow.lock("worker", wanted)}
    for id in wanted:
        if id not in found:
            raise BadInput("unknown", entity="worker", id=id, field="kits")
        check_wearer(ctx, found[id], village)
    return found


def check_wearer(ctx: Context, worker: Worker, village: str) -> None:
    """Whether a worker (locked) may get a kit of a village."""
    if not worker.active:
        raise RuleError("kit.worker_left", name=worker.name)
    if worker.village != village:
        raise RuleError("kit.other_village", name=worker.name)
    if held := ctx.uow.find("kit", worker=worker.id, active=True):
        raise RuleError("kit.worker_has", name=worker.name, kit=held[0].code)


@command("receive_kits", roles=KEEPERS_OF_LISTS, writes=("kit_issue",))
@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiveKits:
    """The village signed for a receipt sheet (id or number): who, and on which day (``YYYY-MM-DD``; empty: today)."""

    issue: str
    by: Annotated[str, Personal("ledger")]
    on: str = ""


@handles(ReceiveKits)
def receive_kits(cmd: ReceiveKits, ctx: Context) -> Any:
    """Once; undo it to correct it."""
    found = ctx.uow.get("kit_issue", cmd.issue) or next(iter(ctx.uow.find("kit_issue", number=cmd.issue)), None)
    if found is None:
        raise BadInput("unknown", entity="kit_issue", id=cmd.issue)
    row = edits.locked(ctx, "kit_issue", found.id)
    if row.received_on:
        raise RuleError("kit.received_already", number=row.number, name=row.received_by, day=row.received_on)
    by, day = reason_meant(cmd.by, needed=False, field="by"), day_not_ahead(ctx, "on", cmd.on)
    if not by:
        raise BadInput("kit.receiver_needed", field="by")
    if day < row.issued_on:
        raise BadInput("kit.before_issue", field="on", day=row.issued_on)
    ctx.uow.put(replace(row, received_by=by, received_on=day))
    return {"kit_issue": row.id, "received_on": day}


@command("hand_out_kit", roles=KEEPERS_OF_LISTS, writes=("kit", "piece"))
@dataclass(frozen=True, kw_only=True, slots=True)
class HandOutKit:
    """A kit (id or code) that lies at the village is handed to a worker of it, on a day (empty: today)."""

    kit: str
    worker: str
    on: str = ""


@handles(HandOutKit)
def hand_out_kit(cmd: HandOutKit, ctx: Context) -> Any:
    """Nobody gets a second one. Books in it of which nobody knows the edition are the newest printed for him."""
    kit = locked_kit(ctx, cmd.kit)
    if kit.worker is not None:
        raise RuleError("kit.handed_already", kit=kit.code, name=ctx.uow.require("worker", kit.worker).name)
    worker = edits.locked(ctx, "worker", cmd.worker)
    check_wearer(ctx, worker, kit.village)
    day = day_not_ahead(ctx, "on", cmd.on)
    ctx.uow.put(replace(kit, worker=worker.id, handed_on=day))
    hand_over(ctx, kit, worker)
    return {"kit": kit.id, "code": kit.code, "worker": worker.id, "handed_on": day}


def locked_kit(ctx: Context, given: str) -> Kit:
    """A kit in use by id or code, locked until commit."""
    real_only(ctx)
    found = ctx.uow.get("kit", given) or next(iter(ctx.uow.find("kit", code=given)), None)
    if found is None:
        raise BadInput("unknown", entity="kit", id=given)
    row: Kit = edits.locked(ctx, "kit", found.id)
    if not row.active:
        raise RuleError("kit.ended", kit=row.code)
    return row


@command("take_back_kit", roles=KEEPERS_OF_LISTS, writes=("kit", "piece", "stock_move"))
@dataclass(frozen=True, kw_only=True, slots=True)
class TakeBackKit:
    """A kit comes back, ``to`` its village or a ``depot``, each piece in the state in which it was ``found``; pieces
    that are not named stay as and where they are. What is missing or broken needs a ``reason``."""

    kit: str
    found: tuple[Found, ...]
    to: Literal["village", "depot"] = "village"
    depot: str | None = None
    reason: Annotated[str, Personal("ledger")] = ""


@handles(TakeBackKit)
def take_back_kit(cmd: TakeBackKit, ctx: Context) -> Any:
    """To the village: the kit stays whole and waits for its next worker. To a depot: good pieces go back on the shelf,
    broken ones lie there until they are written off, missing ones stay in the kit, which ends when nothing good is
    left in it; until then it stays with its worker."""
    kit = locked_kit(ctx, cmd.kit)
    if cmd.to == "village" and kit.worker is None:
        raise RuleError("kit.not_handed", kit=kit.code)
    if cmd.to == "depot" and not cmd.depot:
        raise BadInput("kit.depot_needed", field="depot")
    ids = [each.id for each in ctx.uow.find("piece", kit=kit.id)]
    pieces: dict[str, Piece] = {each.id: each for each in ctx.uow.lock("piece", ids) if each.kit == kit.id}
    found = _found(pieces, cmd.found, kit)
    reason = reason_meant(cmd.reason, needed=any(state != "issued" for state in found.values()))
    if cmd.to == "village":
        for id, state in found.items():
            ctx.uow.put(as_found(pieces[id], state, reason))
        ctx.uow.put(replace(kit, worker=None, handed_on=None))
        return {"kit": kit.id, "code": kit.code, "to": cmd.to, "ended": False}
    depot = find_depot(ctx, cmd.depot or "")
    left = [each for each in pieces.values() if each.id not in found and each.state == "issued"]
    if left and not found:
        raise BadInput("kit.nothing_found", field="found", kit=kit.code)
    back = [replace(to_depot(pieces[id], state), reason=reason) for id, state in found.items()]
    put_back(ctx, depot, back, reason)
    if not left:
        ctx.uow.put(replace(kit, worker=None, handed_on=None, active=False))
    returned = sum(1 for each in back if each.state == "returned")
    return {"kit": kit.id, "code": kit.code, "to": cmd.to, "ended": not left, "returned": returned}


def _found(pieces: dict[str, Piece], given: Iterable[Found], kit: Kit) -> dict[str, FoundState]:
    """The states by piece; every piece must be of the kit, and named once."""
    by_code = {each.code: each.id for each in pieces.values()}
    found: dict[str, FoundState] = {}
    for each in given:
        id = by_code.get(each.piece, each.piece)
        if id not in pieces or pieces[id].state not in AWAY:
            raise BadInput("kit.not_in_it", field="found", piece=each.piece, kit=kit.code)
        if id in found:
            raise BadInput("kit.found_twice", field="found", piece=pieces[id].code)
        found[id] = each.state
    return found


def as_found(piece: Piece, state: FoundState, reason: str) -> Piece:
    """A piece in the state in which it was seen; one that is past its life does not get younger by being there."""
    if state == "issued" and piece.state == "expired":
        return piece
    return piece if piece.state == state else replace(piece, state=state, reason=reason)


def to_depot(piece: Piece, state: FoundState) -> Piece:
    """A piece that is brought to a depot: back on the shelf, or lying there because it is no good."""
    if state == "missing":
        return replace(piece, state="missing")
    if state == "damaged" or piece.state == "expired":
        return replace(piece, state="damaged" if state == "damaged" else "expired", kit=None, village=None)
    return replace(piece, state="returned", kit=None, village=None)


def put_back(ctx: Context, depot: Depot, pieces: Sequence[Piece], reason: str) -> None:
    """Write pieces that came to a depot, and the lines of the ledger of those that go on its shelf."""
    back = Counter((each.article, each.size) for each in pieces if each.state == "returned")
    stock = Stock(ctx, {article for article, _ in back})
    for (article, size), amount in sorted(back.items()):
        was = next(ctx.uow.require("piece", each.id) for each in pieces if (each.article, each.size) == (article, size))
        stock.move("returned", depot, article, size, amount, amount, pieces=True, village=was.village, reason=reason)
    for each in pieces:
        ctx.uow.put(each)


# --- what an undo must not break ----------------------------------------------------------------------------------


def _one_kit_each(ctx: Context, coming: Coming) -> None:
    """Nobody gets a second kit by an undo."""
    rows = [row for row in coming.values() if row is not None and row["worker"] and row["active"]]
    ctx.uow.lock("worker", [row["worker"] for row in rows])
    for row in rows:
        others = ctx.uow.find("kit", worker=row["worker"], active=True)
        if held := [each for each in others if each.id not in coming]:
            name = ctx.uow.require("worker", row["worker"]).name
            raise RuleError("kit.worker_has", name=name, kit=held[0].code)


GUARDS["kit"] = _one_kit_each
