"""What an edited 七件套发放登记 or 物资台账 asks for, written at once: all of it or none, one undo."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from commandcenter.base.errors import BadInput, Conflict, Refused
from commandcenter.rules.kits import Kit, KitIssue, Piece
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.rules.stores import Article, Depot
from commandcenter.services import articles, edits, kits, pieces, wire
from commandcenter.services import kit_book_steps as steps
from commandcenter.services.commands import Bulk, Context, command, handles
from commandcenter.services.stock import (
    Line,
    Stock,
    day_meant,
    find_depot,
    officer_of,
    real_only,
    reason_meant,
    size_meant,
    today,
)

HOUR = 9
"""When something came in of which only the day is known."""


@command(
    "apply_kit_book", roles=KEEPERS_OF_LISTS,
    writes=("article", "depot", "stock_move", "kit_issue", "kit", "piece"),
)  # fmt: skip
@dataclass(frozen=True, kw_only=True, slots=True)
class ApplyKitBook:
    """Carry out what the rows of a register of kits or a ledger of stores ask for, whole or not at all. Each step
    names what to ``do`` (see ``STEPS``), what the reader of the file saw (``was``), and its ``row``, which a refusal
    then names. ``source``: the file, which is the reason of what only it knows."""

    steps: Annotated[tuple[dict[str, Any], ...], Bulk]
    source: str = ""


@handles(ApplyKitBook)
def apply_kit_book(cmd: ApplyKitBook, ctx: Context) -> Any:
    """Conflict ``kit_book.moved`` where somebody has changed meanwhile what a step speaks of. Whatever is refused
    names its ``step`` (1, 2, …)."""
    real_only(ctx)
    work = _Work(ctx, reason_meant(cmd.source, needed=False, field="source"))
    counts: Counter[str] = Counter()
    for number, given in enumerate(cmd.steps, start=1):
        with _named(number, given.get("row")):
            do = str(given.get("do"))
            if do not in STEPS:
                raise BadInput("kit_book.step_unknown", command=do)
            kind, carry_out = STEPS[do]
            step = wire.decode_as(kind, do, {name: value for name, value in given.items() if name != "do"})
            wire.check_lengths(step)
            carry_out(work, number, step)
        counts[do] += 1
    work.send()
    return {"steps": len(cmd.steps), **counts}


@contextmanager
def _named(number: int, row: int | None) -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        refusal.facts.setdefault("step", number)
        if row is not None:
            refusal.facts.setdefault("row", row)
        raise


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What kits must share to go out on one receipt sheet."""

    village: str
    on: date
    received_by: str
    depot: str


class _Work:
    def __init__(self, ctx: Context, source: str) -> None:
        self.ctx, self.source = ctx, source
        self.made: dict[str, str] = {}
        """Articles of the file by the name that its steps give them."""
        self.new: dict[_Sheet, list[tuple[int, steps.NewKit]]] = {}
        """Kits that only the file knows, each with the number of its step, by sheet."""
        self.serial = len(ctx.uow.find("article"))

    def _stock(self, article: str) -> Stock:
        """The balances of one article (id); BadInput where there is none."""
        stock = Stock(self.ctx, [article])
        if article not in stock.articles:
            raise BadInput("stock.article_unknown", field="article", article=article)
        return stock

    # --- kits ---------------------------------------------------------------------------------------------------

    def new_kit(self, number: int, step: steps.NewKit) -> None:
        """Gathered: those of one day and one signature share a sheet."""
        day = day_meant("handed_on", step.handed_on)
        village = edits.find_village(self.ctx, "village", step.village).id
        depot = find_depot(self.ctx, step.depot).id
        sheet = _Sheet(village, date.fromisoformat(day) if day else today(self.ctx), step.received_by, depot)
        self.new.setdefault(sheet, []).append((number, step))

    def send(self) -> None:
        """Write the kits that were gathered, sheet by sheet."""
        for sheet, given in self.new.items():
            self._send(sheet, given)

    def _send(self, sheet: _Sheet, given: list[tuple[int, steps.NewKit]]) -> None:
        ctx, on = self.ctx, sheet.on.isoformat()
        issue = KitIssue(
            id=ctx.new_id(), village=sheet.village, depot=sheet.depot, issued_on=on, by=officer_of(ctx),
            received_by=sheet.received_by, received_on=on if sheet.received_by else None, note=self.source,
        )  # fmt: skip
        stock = Stock(ctx, {each.article for _, step in given for each in step.pieces})
        new: list[Kit] = []
        made: list[Piece] = []
        for number, step in given:
            with _named(number, step.row):
                kit = self._kit(step, issue, new)
                made += [self._piece(each, kit, issue, stock.articles) for each in step.pieces]
            new.append(kit)
        self._leave(stock, find_depot(ctx, sheet.depot), issue, made)
        kits.add_numbered(ctx, issue, new, made)

    def _kit(self, step: steps.NewKit, issue: KitIssue, before: list[Kit]) -> Kit:
        ctx = self.ctx
        worker = edits.locked(ctx, "worker", step.worker) if step.worker else None
        if worker is not None:
            kits.check_wearer(ctx, worker, issue.village)
            if any(each.worker == worker.id for each in before):
                raise BadInput("kit.worker_twice", field="worker", name=worker.name)
        return Kit(
            id=ctx.new_id(), code="", village=issue.village, worker=worker.id if worker else None, issue=issue.id,
            sizes=step.sizes, handed_on=day_meant("handed_on", step.handed_on) if worker else None,
        )  # fmt: skip

    def _piece(self, step: steps.NewPiece, kit: Kit, issue: KitIssue, known: Mapping[str, Article]) -> Piece:
        article = known.get(step.article)
        if article is None:
            raise BadInput("stock.article_unknown", field="article", article=step.article)
        due = kits.due_on(article, date.fromisoformat(issue.issued_on))
        return Piece(
            id=self.ctx.new_id(), code="", article=article.id, size=size_meant(article, step.size), kit=kit.id,
            village=issue.village, issue=issue.id, state=step.state, issued_on=issue.issued_on, due_on=due,
            reason=reason_meant(step.reason, needed=False),
        )  # fmt: skip

    def _leave(self, stock: Stock, depot: Depot, issue: KitIssue, made: list[Piece]) -> None:
        """What the depot does not have came in unseen: the file is the reason why it is in the ledger."""
        for (article, size), count in sorted(Counter((each.article, each.size) for each in made).items()):
            lacking = count - max(stock.there(depot.id, article, size), 0)
            if lacking > 0:
                stock.move("received", depot, article, size, lacking, lacking, reason=self.source)
            stock.move("issued", depot, article, size, count, -count, pieces=True, village=issue.village,
                       kit_issue=issue.id, taken_by=issue.received_by, reason=self.source)  # fmt: skip

    def mark(self, _: int, step: steps.Mark) -> None:
        piece = self.ctx.uow.get("piece", step.piece)
        if piece is None or piece.state != step.was or piece.kit != step.kit:
            raise Conflict("kit_book.moved", what=piece.code if piece else step.piece, fields={})
        reason = step.reason or self.source
        pieces.mark_piece(pieces.MarkPiece(piece=piece.id, state=step.state, reason=reason), self.ctx)

    def fill(self, _: int, step: steps.Fill) -> None:
        """From the village's shelf, else from a depot, into which what it does not have came in unseen."""
        ctx = self.ctx
        if step.piece:
            put = pieces.PutInKit(kit=step.kit, piece=step.piece, old=step.old, reason=self.source)
            pieces.put_in_kit(put, ctx)
            return
        on, depot, stock = day_meant("on", step.on), find_depot(ctx, step.depot), self._stock(step.article)
        if stock.there(depot.id, step.article, step.size) < 1:
            stock.move("received", depot, step.article, step.size, 1, 1, reason=self.source)
        line = Line(step.article, 1, step.size)
        made = pieces.issue_pieces(
            pieces.IssuePieces(depot=depot.id, lines=(line,), kit=step.kit, old=step.old, reason=self.source), ctx
        )  # fmt: skip
        if on:
            (piece,) = ctx.uow.find("piece", code=made["pieces"])
            due = kits.due_on(stock.articles[step.article], date.fromisoformat(on))
            ctx.uow.put(replace(piece, issued_on=on, due_on=due))

    def take_back(self, _: int, step: steps.TakeBack) -> None:
        kit = self._kit_as_seen(step.kit, step.was)
        kits.take_back_kit(kits.TakeBackKit(kit=kit.id, found=()), self.ctx)

    def hand_out(self, _: int, step: steps.HandOut) -> None:
        kits.hand_out_kit(kits.HandOutKit(kit=step.kit, worker=step.worker, on=step.on), self.ctx)

    def handed_on(self, _: int, step: steps.HandedOn) -> None:
        kit, day = self._kit_as_seen(step.kit, step.was), day_meant("handed_on", step.on)
        if day and day > today(self.ctx).isoformat():
            raise BadInput("kit.day_ahead", field="handed_on", day=day)
        self.ctx.uow.put(replace(kit, handed_on=day))

    def _kit_as_seen(self, given: str, worker: str | None) -> Kit:
        kit = kits.locked_kit(self.ctx, given)
        if kit.worker != worker:
            raise Conflict("kit_book.moved", what=kit.code, fields={})
        return kit

    def receive(self, _: int, step: steps.Receive) -> None:
        kits.receive_kits(kits.ReceiveKits(issue=step.issue, by=step.by, on=step.on), self.ctx)

    # --- stores -------------------------------------------------------------------------------------------------

    def new_depot(self, _: int, step: steps.NewDepot) -> None:
        articles.add_depot(articles.AddDepot(name=step.name, keeper=step.keeper, phone=step.phone), self.ctx)

    def edit_depot(self, _: int, step: steps.EditDepot) -> None:
        articles.edit_depot(articles.EditDepot(depot=step.depot, changed=step.changed, was=step.was), self.ctx)

    def new_article(self, _: int, step: steps.NewArticle) -> None:
        """Under the next free code."""
        code = ""
        while not code or self.ctx.uow.find("article", code=code):
            self.serial += 1
            code = f"W{self.serial:03d}"
        made = articles.add_article(
            articles.AddArticle(code=code, name=step.name, category=step.category or "other", unit=step.unit or "个",
                                spec=step.spec),
            self.ctx,
        )  # fmt: skip
        self.made[step.alias] = made["article"]

    def edit_article(self, _: int, step: steps.EditArticle) -> None:
        articles.edit_article(
            articles.EditArticle(article=step.article, changed=step.changed, was=step.was), self.ctx
        )  # fmt: skip

    def stock(self, _: int, step: steps.StockLine) -> None:
        """The first line of all is an opening balance, every later one a count."""
        depot, id = find_depot(self.ctx, step.depot), self.made.get(step.article, step.article)
        stock = self._stock(id)
        article, amount = stock.articles[id], step.amount
        size = size_meant(article, step.size)
        there = stock.there(depot.id, id, size)
        if there != step.was:
            raise Conflict("kit_book.moved", what=article.name, fields={})
        if amount < 0:
            raise BadInput("stock.amount", field="amount", article=article.name, text=str(amount), least=0)
        reason = step.reason or self.source
        if not step.opening:
            stock.move("counted", depot, id, size, amount, amount - there, reason=reason)
        elif amount:
            stock.move("received", depot, id, size, amount, amount, reason=reason,
                       due_on=day_meant("due_on", step.due_on), at=self._morning(step.on))  # fmt: skip

    def _morning(self, given: str | None) -> datetime | None:
        day = day_meant("on", given)
        if not day or day > today(self.ctx).isoformat():
            return None
        return datetime.fromisoformat(day).replace(hour=HOUR, tzinfo=ZoneInfo(self.ctx.zone))


STEPS: dict[str, tuple[type[steps.Step], Callable[[_Work, int, Any], None]]] = {
    "new_kit": (steps.NewKit, _Work.new_kit), "mark": (steps.Mark, _Work.mark), "fill": (steps.Fill, _Work.fill),
    "take_back": (steps.TakeBack, _Work.take_back), "hand_out": (steps.HandOut, _Work.hand_out),
    "handed_on": (steps.HandedOn, _Work.handed_on), "receive": (steps.Receive, _Work.receive),
    "new_depot": (steps.NewDepot, _Work.new_depot), "edit_depot": (steps.EditDepot, _Work.edit_depot),
    "new_article": (steps.NewArticle, _Work.new_article), "edit_article": (steps.EditArticle, _Work.edit_article),
    "stock": (steps.StockLine, _Work.stock),
}  # fmt: skip
"""What a step may do: the fields it has, and what carries it out."""
