"""Makers for stores, kits, pieces and rounds, as :mod:`tests.storage.stream` has them for the rest."""

from collections.abc import Callable
from typing import Any

from commandcenter.rules.kits import AWAY
from commandcenter.rules.rounds import differs
from commandcenter.rules.stores import is_loan, out_of, sizes_of
from commandcenter.services.articles import AddArticle, AddDepot, EditArticle, EditDepot, RetireArticle, RetireDepot
from commandcenter.services.editions import PrintBooks, SetEdition
from commandcenter.services.kit_book_apply import ApplyKitBook
from commandcenter.services.kits import Found, HandOutKit, IssueKits, NewKit, ReceiveKits, TakeBackKit
from commandcenter.services.pieces import IssuePieces, MarkPiece, PutInKit, ReturnPieces, ShelvePiece, WriteOffPiece
from commandcenter.services.rounds import CloseRound, Count, OpenRound, RecordCounts, SettleCounts
from commandcenter.services.stock import Line
from commandcenter.services.stores import (
    CountStock,
    IssueStock,
    LoseStock,
    MoveStock,
    ReceiveStock,
    ReturnStock,
    WriteOffStock,
)
from commandcenter.storage.stores import balances

STATES = ("issued", "missing", "damaged")


def _article(now: Any) -> Any:
    return now.any("article", active=True)


def _depot(now: Any) -> Any:
    return now.any("depot", active=True)


def _line(now: Any, most: int = 12) -> Line:
    article = _article(now)
    sizes = sizes_of(article)
    return Line(article.code, now.dice.randint(1, most), now.dice.choice(sizes) if sizes else "")


def _held(now: Any) -> tuple[str, Line] | None:
    """Something that a depot holds: the depot's id, and some of it."""
    known = {each.id: each for each in now.reader.find("article", active=True)}
    depots = {each.id for each in now.reader.find("depot", active=True)}
    held = [(depot, article, size, amount)
            for (depot, article, size), amount in sorted(balances(now.reader.connection, ("real",)).items())
            if amount > 0 and article in known and depot in depots]  # fmt: skip
    if not held:
        return None
    depot, article, size, amount = now.dice.choice(held)
    return depot, Line(known[article].code, now.dice.randint(1, min(amount, 5)), size)


def _add_article(now: Any) -> Any:
    return AddArticle(
        code=f"A{now.dice.randrange(10**6)}", name=now.words(), category="flood", unit="个",
        minimum=now.dice.choice((None, 5)), sizes=now.dice.choice(("", "s / m")),
        kit_place=now.dice.choice((None,) * 5 + (now.dice.randint(8, 20),)),
    )  # fmt: skip


def _edit_article(now: Any) -> Any:
    row = _article(now)
    changed = {"name": now.words(), "minimum": now.dice.randint(0, 40), "spec": now.words()}
    return EditArticle(article=row.id, changed=changed, was={name: getattr(row, name) for name in changed})


def _retire_article(now: Any) -> Any:
    """One that no depot holds and no kit needs."""
    held = {article for _, article, _ in balances(now.reader.connection, ("real",))}
    free = [each for each in now.reader.find("article") if each.id not in held and each.kit_place is None]
    row = now.dice.choice(free) if free else None
    return row and RetireArticle(article=row.id, retired=row.active)


def _add_depot(now: Any) -> Any:
    return AddDepot(name=f"库{now.words()}", village=now.any("village").code, phone=now.phone(), keeper="蒲国富")


def _edit_depot(now: Any) -> Any:
    row = now.any("depot")
    changed = {"address": now.words(), "phone": now.phone()}
    return EditDepot(depot=row.id, changed=changed, was={name: getattr(row, name) for name in changed})


def _retire_depot(now: Any) -> Any:
    held = {depot for depot, _, _ in balances(now.reader.connection, ("real",))}
    free = [each for each in now.reader.find("depot") if each.id not in held]
    row = now.dice.choice(free) if free else None
    return row and RetireDepot(depot=row.id, retired=row.active)


def _receive(now: Any) -> Any:
    return ReceiveStock(depot=_depot(now).id, lines=(_line(now, 60),), source=now.words())


def _issue_stock(now: Any) -> Any:
    held, incident = _held(now), now.incident()
    to: dict[str, Any] = {"incident": incident.id} if incident else {"other": now.words()}
    return held and IssueStock(depot=held[0], lines=(held[1],), taken_by="蒲国富", **to)


def _return_stock(now: Any) -> Any:
    moves = now.reader.find("stock_move")
    out = [(each, left) for each in moves if is_loan(each) and (left := out_of(each, moves)) > 0]
    if not out:
        return None
    issue, left = now.dice.choice(out)
    good = now.dice.randint(0, left)
    return ReturnStock(move=issue.id, good=good, lost=left - good, reason=now.words())


def _move_stock(now: Any) -> Any:
    held = _held(now)
    others = [each for each in now.reader.find("depot", active=True) if held and each.id != held[0]]
    return held and others and MoveStock(depot=held[0], to=now.dice.choice(others).id, lines=(held[1],))


def _less(cls: Any) -> Callable[[Any], Any]:
    def make(now: Any) -> Any:
        held = _held(now)
        return held and cls(depot=held[0], lines=(held[1],), reason=now.words())

    return make


def _kits(now: Any) -> Any:
    """For a worker without one where there is such, short or not."""
    held = {each.worker for each in now.reader.find("kit", active=True)}
    free = [each for each in now.reader.find("worker", active=True) if each.id not in held and each.village]
    worker = now.dice.choice((*free, None))
    village = worker.village if worker else now.any("village").id
    return IssueKits(village=village, depot=_depot(now).id, kits=(NewKit(worker.id if worker else None, "S"),),
                     short_ok=True)  # fmt: skip


def _receive_kits(now: Any) -> Any:
    row = now.any("kit_issue", received_on=None)
    return row and ReceiveKits(issue=row.id, by="蒲国富")


def _hand_out(now: Any) -> Any:
    kit = now.any("kit", worker=None, active=True)
    if kit is None:
        return None
    held = {each.worker for each in now.reader.find("kit", active=True)}
    free = [each for each in now.reader.find("worker", active=True, village=kit.village) if each.id not in held]
    return free and HandOutKit(kit=kit.id, worker=now.dice.choice(free).id)


def _take_back(now: Any) -> Any:
    kit = now.any("kit", active=True)
    pieces = now.reader.find("piece", kit=kit.id, state=sorted(AWAY)) if kit else ()
    found = tuple(Found(each.id, now.dice.choice(STATES)) for each in pieces if now.dice.random() < 0.7)
    to = "village" if kit and kit.worker and now.dice.random() < 0.5 else "depot"
    return found and TakeBackKit(kit=kit.id, found=found, to=to, depot=_depot(now).id, reason=now.words())


def _of_kits(now: Any) -> Any:
    """An article of the kit, of which a depot holds some: (depot, line of one)."""
    held = _held(now)
    article = held and now.reader.find("article", code=held[1].article)[0]
    return held and article.kit_place and (held[0], Line(article.code, 1, held[1].size))


def _issue_pieces(now: Any) -> Any:
    held, kit = _of_kits(now), now.any("kit", active=True)
    if not held:
        return None
    if kit and now.dice.random() < 0.5:
        article = now.reader.find("article", code=held[1].article)[0]
        there = now.reader.find("piece", kit=kit.id, article=article.id, state=sorted(AWAY))
        old = now.dice.choice(("shelf", "missing", "written_off")) if there else ""
        return IssuePieces(depot=held[0], lines=(held[1],), kit=kit.id, old=old, reason=now.words())
    return IssuePieces(depot=held[0], lines=(held[1],), village=now.any("village").id)


def _on_shelf(now: Any) -> Any:
    rows = [each for each in now.reader.find("piece", state="issued", kit=None) if each.village]
    return now.dice.choice(rows) if rows else None


def _put_in_kit(now: Any) -> Any:
    piece = _on_shelf(now)
    kit = piece and now.any("kit", village=piece.village, active=True)
    if not kit:
        return None
    there = now.reader.find("piece", kit=kit.id, article=piece.article, state=sorted(AWAY))
    return PutInKit(kit=kit.id, piece=piece.id, old="damaged" if there else "", reason=now.words())


def _shelve(now: Any) -> Any:
    piece = now.any("piece", state="issued")
    return piece and piece.kit and ShelvePiece(piece=piece.id)


def _return_pieces(now: Any) -> Any:
    piece = now.any("piece", state="issued")
    return piece and ReturnPieces(pieces=(piece.code,), depot=_depot(now).id)


def _mark(now: Any) -> Any:
    piece = now.any("piece", state=sorted(AWAY))
    if piece is None:
        return None
    state: Any = now.dice.choice([each for each in (*STATES, "expired") if each != piece.state])
    return MarkPiece(piece=piece.id, state=state, reason=now.words())


def _write_off(now: Any) -> Any:
    piece = now.any("piece", state=sorted(AWAY))
    return piece and WriteOffPiece(piece=piece.id, reason=now.words())


def _open_round(now: Any) -> Any:
    return OpenRound(name=f"盘点{now.words()}")


def _counts(now: Any) -> Any:
    round, piece = now.any("stock_round", closed_on=None), now.any("piece", state=sorted(AWAY))
    return round and piece and RecordCounts(
        round=round.id, counts=(Count(piece.id, now.dice.choice(STATES), now.words()),), source="scan"
    )  # fmt: skip


def _settle(now: Any) -> Any:
    rounds = {each.id for each in now.reader.find("stock_round", closed_on=None)}
    pieces = {each.id: each for each in now.reader.find("piece", state=sorted(AWAY))}
    counts = [each for each in now.reader.find("round_count", settled=None) if each.round in rounds]
    open_ones = [each for each in counts if each.piece in pieces and differs(each, pieces[each.piece])]
    if not open_ones:
        return None
    chosen = now.dice.choice(open_ones)
    return SettleCounts(round=chosen.round, pieces=(chosen.piece,), reason=now.words(),
                        apply=now.dice.choice((True, False)))  # fmt: skip


def _close_round(now: Any) -> Any:
    round = now.any("stock_round", closed_on=None)
    return round and CloseRound(round=round.id, leave_uncounted=True, reason=now.words())


def _apply_book(now: Any) -> Any:
    """A place and an article that only the file knew, with what lies there."""
    return ApplyKitBook(source=now.words(), steps=(
        {"do": "new_depot", "name": f"库{now.words()}", "keeper": "蒲国富", "row": 3},
        {"do": "new_article", "name": now.words(), "alias": "first", "row": 3},
        {"do": "stock", "depot": _depot(now).id, "article": "first", "amount": now.dice.randint(1, 9), "was": 0,
         "opening": True, "row": 3},
    ))  # fmt: skip


def _print_books(now: Any) -> Any:
    """Of villages, or of grids that somebody keeps."""
    kind: Any = now.dice.choice(("handbook", "contact_book"))
    places = [each.id for each in now.reader.find("village")]
    if kind == "handbook":
        places = sorted({each.grid for each in now.reader.find("worker", active=True) if each.grid})
    subjects = now.dice.sample(places, min(len(places), now.dice.randint(1, 3)))
    return PrintBooks(kind=kind, subjects=tuple(subjects), handed=now.dice.random() < 0.7)


def _set_edition(now: Any) -> Any:
    """A book is of another edition than was known: of its holder's grid or village, or of any while nobody has it."""
    printed = {each.id: each.printed for each in now.reader.find("article") if each.printed}
    workers = {each.id: each for each in now.reader.find("worker", active=True)}
    holders = {each.id: workers.get(each.worker or "") for each in now.reader.find("kit", active=True)}
    fits = []
    for piece in now.reader.find("piece", article=sorted(printed), state=sorted(AWAY)):
        kind, holder = printed[piece.article], holders.get(piece.kit or "")
        own = None if holder is None else holder.grid if kind == "handbook" else holder.village
        codes = {each.code for each in now.reader.find("edition", kind=kind) if own in (None, each.subject)}
        fits += [(piece.code, code) for code in sorted((codes | {""}) - {piece.edition})]
    return fits and SetEdition(**dict(zip(("piece", "edition"), now.dice.choice(fits), strict=True)))


MAKERS: dict[str, Callable[[Any], Any]] = {
    "apply_kit_book": _apply_book,
    "add_article": _add_article, "edit_article": _edit_article, "retire_article": _retire_article,
    "add_depot": _add_depot, "edit_depot": _edit_depot, "retire_depot": _retire_depot,
    "print_books": _print_books, "set_edition": _set_edition,
    "receive_stock": _receive, "issue_stock": _issue_stock, "return_stock": _return_stock, "move_stock": _move_stock,
    "lose_stock": _less(LoseStock), "write_off_stock": _less(WriteOffStock), "count_stock": _less(CountStock),
    "issue_kits": _kits, "receive_kits": _receive_kits, "hand_out_kit": _hand_out, "take_back_kit": _take_back,
    "issue_pieces": _issue_pieces, "put_in_kit": _put_in_kit, "shelve_piece": _shelve,
    "return_pieces": _return_pieces, "mark_piece": _mark, "write_off_piece": _write_off,
    "open_round": _open_round, "record_counts": _counts, "settle_counts": _settle, "close_round": _close_round,
}  # fmt: skip
LIVELY = ("receive_stock", "add_depot", "add_article", "issue_kits", "issue_stock", "mark_piece", "open_round",
          *("record_counts",) * 6, "open_round", "print_books")  # fmt: skip
"""What goes before, so that each of them finds something to be about."""
