"""What an edited 七件套发放登记 or 物资台账 asks for, written at once: all of it or none, one undo."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from commandcenter.base.errors import BadInput, Conflict, Refused
from commandcenter.rules.debts import add_months
from commandcenter.rules.kits import Kit, KitIssue, Piece
from commandcenter.rules.numbers import sheet_number
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.rules.stores import Article, Depot
from commandcenter.services import articles, kits, pieces
from commandcenter.services.commands import Bulk, Context, command, handles
from commandcenter.services.stock import (
    Line,
    Stock,
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
    """Conflict ``kit_book.moved`` where somebody has changed meanwhile what a step speaks of."""
    real_only(ctx)
    work = _Work(ctx, reason_meant(cmd.source, needed=False, field="source"))
    counts: Counter[str] = Counter()
    for number, step in enumerate(cmd.steps, start=1):
        make = STEPS.get(str(step.get("do")))
        if make is None:
            raise BadInput("plan.step_unknown", number=number, command=str(step.get("do")))
        try:
            make(work, step)
        except Refused as refusal:
            if step.get("row") is not None:
                refusal.facts.setdefault("row", step["row"])
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as unreadable:
            # Steps are made by the reader of a file; whoever writes one by hand and leaves something out is told so.
            raise BadInput("plan.step_unknown", number=number, command=str(step["do"])) from unreadable
        counts[str(step["do"])] += 1
    work.send()
    return {"steps": len(cmd.steps), **counts}


class _Work:
    def __init__(self, ctx: Context, source: str) -> None:
        self.ctx, self.source = ctx, source
        self.made: dict[str, str] = {}
        """Articles of the file by the name that its steps give them."""
        self.new: list[Mapping[str, Any]] = []
        self.serial = len(ctx.uow.find("article"))

    # --- kits ---------------------------------------------------------------------------------------------------

    def new_kit(self, step: Mapping[str, Any]) -> None:
        """Kits that only the file knows are gathered: those of one day and one signature share a sheet."""
        self.new.append(step)

    def send(self) -> None:
        """Write the kits that were gathered, sheet by sheet."""
        sheets: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
        for step in self.new:
            key = (step["village"], step.get("handed_on") or "", step.get("received_by") or "", step["depot"])
            sheets.setdefault(key, []).append(step)
        for (village, day, by, depot), steps in sheets.items():
            self._sheet(village, day, by, depot, steps)

    def _sheet(self, village: str, day: str, by: str, depot: str, steps: list[Mapping[str, Any]]) -> None:
        ctx, at = self.ctx, find_depot(self.ctx, depot)
        on = date.fromisoformat(day) if day else today(ctx)
        (serial,), prefix = ctx.uow.next_numbers("kit-issue", on.isoformat(), 1)
        issue = KitIssue(
            id=ctx.new_id(), number=sheet_number(prefix or "SJ", kits.SHEET, on, serial), village=village, depot=at.id,
            issued_on=on.isoformat(), by=officer_of(ctx), received_by=by, received_on=on.isoformat() if by else None,
            note=self.source,
        )  # fmt: skip
        ctx.uow.add(issue)
        numbers, _ = ctx.uow.next_numbers("kit", "", len(steps))
        made: list[Piece] = []
        stock = Stock(ctx, {each["article"] for step in steps for each in step["pieces"]})
        for step, number in zip(steps, numbers, strict=True):
            try:
                made += self._kit(step, issue, kits.code_of(kits.KIT, number, 4), stock.articles, on)
            except Refused as refusal:
                refusal.facts.setdefault("row", step.get("row"))
                raise
        self._leave(stock, at, issue, made)
        codes, _ = ctx.uow.next_numbers("piece", "", len(made)) if made else ((), "")
        for piece, number in zip(made, codes, strict=True):
            ctx.uow.add(replace(piece, code=kits.code_of(kits.PIECE, number, 6)))

    def _kit(
        self, step: Mapping[str, Any], issue: KitIssue, code: str, known: Mapping[str, Article], on: date
    ) -> list[Piece]:
        ctx, worker = self.ctx, None
        if step.get("worker"):
            (worker,) = ctx.uow.lock("worker", [step["worker"]])
            kits.check_wearer(ctx, worker, issue.village)
        kit = Kit(
            id=ctx.new_id(), code=code, village=issue.village, worker=worker.id if worker else None, issue=issue.id,
            sizes=str(step.get("sizes") or ""), handed_on=step.get("handed_on") if worker else None,
        )  # fmt: skip
        ctx.uow.add(kit)
        found = []
        for each in step["pieces"]:
            article = known[each["article"]]
            due = add_months(on, article.life_months).isoformat() if article.life_months else None
            found.append(
                Piece(id=ctx.new_id(), code="", article=article.id, size=size_meant(article, each.get("size") or ""),
                      kit=kit.id, village=issue.village, issue=issue.id, state=each["state"],
                      issued_on=on.isoformat(), due_on=due, reason=reason_meant(each.get("reason") or "", needed=False))
            )  # fmt: skip
        return found

    def _leave(self, stock: Stock, depot: Depot, issue: KitIssue, made: list[Piece]) -> None:
        """What the depot does not have came in unseen: the file is the reason why it is in the ledger."""
        for (article, size), count in sorted(Counter((each.article, each.size) for each in made).items()):
            lacking = count - max(stock.there(depot.id, article, size), 0)
            if lacking > 0:
                stock.move("received", depot, article, size, lacking, lacking, reason=self.source)
            stock.move("issued", depot, article, size, count, -count, pieces=True, village=issue.village,
                       kit_issue=issue.id, taken_by=issue.received_by, reason=self.source)  # fmt: skip

    def mark(self, step: Mapping[str, Any]) -> None:
        """A piece of a kit is lost, broken, past its life, or there again."""
        piece = self.ctx.uow.get("piece", step["piece"])
        if piece is None or piece.state != step["was"] or piece.kit != step["kit"]:
            raise Conflict("kit_book.moved", what=piece.code if piece else str(step["piece"]), fields={})
        reason = str(step.get("reason") or self.source)
        pieces.mark_piece(pieces.MarkPiece(piece=piece.id, state=step["state"], reason=reason), self.ctx)

    def fill(self, step: Mapping[str, Any]) -> None:
        """A place of a kit is filled from the village's shelf, else from a depot."""
        ctx = self.ctx
        old: Any = step.get("old") or ""
        if step.get("piece"):
            pieces.put_in_kit(
                pieces.PutInKit(kit=step["kit"], piece=step["piece"], old=old, reason=self.source), ctx
            )  # fmt: skip
            return
        depot = find_depot(ctx, step["depot"])
        article, size = step["article"], str(step.get("size") or "")
        stock = Stock(ctx, [article])
        if stock.there(depot.id, article, size) < 1:
            stock.move("received", depot, article, size, 1, 1, reason=self.source)
        line = Line(article, 1, size)
        made = pieces.issue_pieces(
            pieces.IssuePieces(depot=depot.id, lines=(line,), kit=step["kit"], old=old, reason=self.source), ctx
        )  # fmt: skip
        if step.get("on"):
            (piece,) = ctx.uow.find("piece", code=made["pieces"])
            life, on = stock.articles[article].life_months, date.fromisoformat(step["on"])
            due = add_months(on, life).isoformat() if life else None
            ctx.uow.put(replace(piece, issued_on=step["on"], due_on=due))

    def take_back(self, step: Mapping[str, Any]) -> None:
        """A kit is no longer with its worker, and lies at the village."""
        kit = self._kit_as_seen(step)
        kits.take_back_kit(kits.TakeBackKit(kit=kit.id, found=()), self.ctx)

    def hand_out(self, step: Mapping[str, Any]) -> None:
        """A kit goes to a worker."""
        kits.hand_out_kit(
            kits.HandOutKit(kit=step["kit"], worker=step["worker"], on=step.get("on") or ""), self.ctx
        )  # fmt: skip

    def handed_on(self, step: Mapping[str, Any]) -> None:
        """The day on which a kit was handed out is another one."""
        kit = self._kit_as_seen(step)
        if step["on"] > today(self.ctx).isoformat():
            raise BadInput("kit.day_ahead", field="handed_on", day=step["on"])
        self.ctx.uow.put(replace(kit, handed_on=step["on"]))

    def _kit_as_seen(self, step: Mapping[str, Any]) -> Kit:
        kit = kits.locked_kit(self.ctx, step["kit"])
        if kit.worker != step["was"]:
            raise Conflict("kit_book.moved", what=kit.code, fields={})
        return kit

    def receive(self, step: Mapping[str, Any]) -> None:
        """A receipt sheet was signed."""
        kits.receive_kits(kits.ReceiveKits(issue=step["issue"], by=step["by"], on=step.get("on") or ""), self.ctx)

    # --- stores -------------------------------------------------------------------------------------------------

    def new_depot(self, step: Mapping[str, Any]) -> None:
        """A place of the file that nobody knew."""
        articles.add_depot(
            articles.AddDepot(name=step["name"], keeper=step.get("keeper") or "", phone=step.get("phone")), self.ctx
        )  # fmt: skip

    def edit_depot(self, step: Mapping[str, Any]) -> None:
        """Another keeper, or another number of his."""
        articles.edit_depot(
            articles.EditDepot(depot=step["depot"], changed=step["changed"], was=step["was"]), self.ctx
        )  # fmt: skip

    def new_article(self, step: Mapping[str, Any]) -> None:
        """Something that no depot held so far, under the next free code."""
        code = ""
        while not code or self.ctx.uow.find("article", code=code):
            self.serial += 1
            code = f"W{self.serial:03d}"
        made = articles.add_article(
            articles.AddArticle(code=code, name=step["name"], category=step.get("category") or "other",
                                unit=step.get("unit") or "个", spec=step.get("spec") or ""),
            self.ctx,
        )  # fmt: skip
        self.made[step["as"]] = made["article"]

    def edit_article(self, step: Mapping[str, Any]) -> None:
        """Another category, specification or unit."""
        articles.edit_article(
            articles.EditArticle(article=step["article"], changed=step["changed"], was=step["was"]), self.ctx
        )  # fmt: skip

    def stock(self, step: Mapping[str, Any]) -> None:
        """What lies in a depot: the first line of all is an opening balance, every later one a count."""
        ctx, depot = self.ctx, find_depot(self.ctx, step["depot"])
        id = self.made.get(step["article"], step["article"])
        stock = Stock(ctx, [id])
        size = size_meant(stock.articles[id], str(step.get("size") or ""))
        there, amount = stock.there(depot.id, id, size), int(step["amount"])
        if there != step["was"]:
            raise Conflict("kit_book.moved", what=stock.articles[id].name, fields={})
        reason = str(step.get("reason") or self.source)
        if not step.get("opening"):
            if amount < 0:
                raise BadInput("stock.amount", field="amount", article=stock.articles[id].name, text=str(amount),
                               least=0)  # fmt: skip
            stock.move("counted", depot, id, size, amount, amount - there, reason=reason)
        elif amount > 0:
            stock.move("received", depot, id, size, amount, amount, reason=reason, due_on=step.get("due_on"),
                       at=self._morning(step.get("on")))  # fmt: skip
        elif amount < 0:
            raise BadInput("stock.amount", field="amount", article=stock.articles[id].name, text=str(amount), least=0)

    def _morning(self, day: Any) -> datetime | None:
        if not day or str(day) > today(self.ctx).isoformat():
            return None
        return datetime.fromisoformat(str(day)).replace(hour=HOUR, tzinfo=ZoneInfo(str(self.ctx.zone)))


STEPS = {
    "new_kit": _Work.new_kit, "mark": _Work.mark, "fill": _Work.fill, "take_back": _Work.take_back,
    "hand_out": _Work.hand_out, "handed_on": _Work.handed_on, "receive": _Work.receive,
    "new_depot": _Work.new_depot, "edit_depot": _Work.edit_depot, "new_article": _Work.new_article,
    "edit_article": _Work.edit_article, "stock": _Work.stock,
}  # fmt: skip
"""What a step may do."""
