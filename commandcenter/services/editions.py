"""Editions of printed books and sheets: printing them, and which one somebody's book is. The paper itself is made
afterwards, by :mod:`commandcenter.services.books` and :mod:`commandcenter.services.overviews`; who holds what is read
by :mod:`commandcenter.services.edition_holding`."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from commandcenter.base.errors import BadInput, NotAllowed, RuleError
from commandcenter.rules.editions import (
    OF,
    BookKind,
    Edition,
    EditionKind,
    EditionLines,
    Holder,
    Key,
    as_on_wall,
    changes,
    newest,
    pack,
    same_print,
    standing,
)
from commandcenter.rules.entity import REAL
from commandcenter.rules.people import Role
from commandcenter.rules.permissions import KEEPERS_OF_LISTS, may_read
from commandcenter.services.book_content import Books
from commandcenter.services.book_parts import PAGES, SOURCES
from commandcenter.services.commands import Context, command, compares, handles
from commandcenter.services.edition_holding import editions_of, holders, subject_of
from commandcenter.services.papers import check_variant
from commandcenter.services.pieces import locked_pieces
from commandcenter.services.stock import officer_of, real_only, today
from commandcenter.services.undo import GUARDS, Coming
from commandcenter.storage import editions as kept
from commandcenter.storage import history
from commandcenter.storage.reads import Reader
from commandcenter.storage.unit import Stale

CODE = "E-{:06d}"
"""The code of an edition by its number."""
MOST_BOOKS = 5_000


def prints_walls(role: Role) -> bool:
    """Whether a role makes editions of overview sheets: one with masks on a wall would be of no use to anybody, and an
    old one from the first moment."""
    return role in KEEPERS_OF_LISTS and all(may_read(role, each) for each in ("name", "phone", "address", "needs"))


@command("print_books", roles=KEEPERS_OF_LISTS, writes=("edition", "edition_lines", "piece"))
@dataclass(frozen=True, kw_only=True, slots=True)
class PrintBooks:
    """Print handbooks of grids, contact books or overview sheets of villages (``subjects``: ids or codes). A book that
    would be the same as its newest edition is that edition once more, else a new one is made.

    ``handed``: those who have such a book now get the new one. ``changed_only``: only for those whose book is stale,
    and for them only the pages that differ; their books are of the new edition from then on. An overview sheet is
    nobody's piece: with ``changed_only`` those whose newest edition is stale are printed, whole. ``variant``: which
    sheet it was (see :data:`commandcenter.services.papers.VARIANTS`), for the log.
    """

    kind: EditionKind
    subjects: tuple[str, ...]
    changed_only: bool = False
    handed: bool = False
    variant: str = ""


@dataclass(frozen=True, slots=True)
class _Compared:
    """What was read before the transaction: the lines of each book, as of a sequence of the log."""

    seq: int
    lines: Mapping[str, dict[Key, str]]


@compares(PrintBooks)
def compare_books(cmd: PrintBooks, ctx: Context) -> _Compared:
    """Makes the contents of all books, as whoever prints may see them: what he may not see has no digest."""
    real_only(ctx)
    if not _KINDS[cmd.kind].may_print(ctx.actor.role) and ctx.actor.id != "system":
        raise NotAllowed("actor.role", command="print_books", role=ctx.actor.role)
    if not 1 <= len(cmd.subjects) <= MOST_BOOKS:
        raise BadInput("book.nothing_chosen", field="subjects")
    check_variant(cmd.kind, cmd.variant)
    books = Books(Reader(ctx.uow.connection, ctx.viewer, REAL))
    ids = {each.code: each.id for each in (books.grids if OF[cmd.kind] == "grid" else books.villages).values()}
    lines: dict[str, dict[Key, str]] = {}
    for given in cmd.subjects:
        subject = ids.get(given, given)
        if not books.knows(cmd.kind, subject):
            raise BadInput("book.unknown", field="subjects", subject=given)
        if subject not in lines:
            lines[subject] = dict(books.content(cmd.kind, subject, today(ctx)).lines)
    return _Compared(ctx.uow.seen_until, lines)


@handles(PrintBooks)
def print_books(cmd: PrintBooks, ctx: Context) -> Any:
    """That it was printed stands in the log beside each edition, a new one or not; codes are given out last."""
    found: _Compared = ctx.prepared
    if kept.last_touch(ctx.uow.connection, SOURCES, found.seq) > found.seq:
        raise Stale
    entity = OF[cmd.kind]
    rows: dict[str, Any] = {each.id: each for each in ctx.uow.lock(entity, list(found.lines))}
    latest = {each.subject: each for each in newest(editions_of(ctx.uow, [(cmd.kind, id) for id in rows])).values()}
    held_now: list[Holder] = []
    if cmd.changed_only:
        old = _KINDS[cmd.kind].old(ctx, cmd.kind, latest, {id: found.lines[id] for id in rows})
        rows = {id: row for id, row in rows.items() if id in old.subjects}
        held_now = list(old.held)
    elif cmd.handed:
        held_now = [each for each in holders(ctx.uow, cmd.kind) if each.subject in rows]
    then = kept.lines(ctx.uow.connection, [latest[id].id for id in rows if id in latest])
    made, day, by = list[Edition](), today(ctx).isoformat(), officer_of(ctx)
    current: dict[str, Edition] = {}
    for id, row in rows.items():
        last = latest.get(id)
        if last is not None and same_print(then.get(last.id, {}), found.lines[id]):
            current[id] = last
            continue
        place = {"village": row.village, "grid": id} if entity == "grid" else {"village": id, "grid": None}
        made.append(Edition(id=ctx.new_id(), kind=cmd.kind, number=last.number + 1 if last else 1, code="",
                            printed_on=day, by=by, **place))  # fmt: skip
    for edition in _coded(ctx, made):
        current[edition.subject] = edition
        ctx.uow.add(edition)
        ctx.uow.add(EditionLines(id=edition.id, content=pack(found.lines[edition.subject])))
    new = {each.id for each in made}
    changed = _hand(ctx, held_now, current)
    for id in rows:
        ctx.uow.note("edition", current[id].id, "print")
    return {
        "kind": cmd.kind,
        "editions": [{"subject": id, "edition": current[id].id, "code": current[id].code,
                      "number": current[id].number, "new": current[id].id in new} for id in rows],
        "holders": [{"piece": each.piece, "worker": each.worker, "subject": each.subject, "was": each.code}
                    for each in changed],
    }  # fmt: skip


def _coded(ctx: Context, editions: Sequence[Edition]) -> list[Edition]:
    if not editions:
        return []
    numbers, _ = ctx.uow.next_numbers("edition", "", len(editions))
    return [replace(each, code=CODE.format(number)) for number, each in zip(numbers, editions, strict=True)]


# --- what differs by kind -----------------------------------------------------------------------------------------

_Now = Mapping[str, dict[Key, str]]
"""By subject what would be printed."""


@dataclass(frozen=True, slots=True)
class _Old:
    """What is printed anew when only that is wanted which is old, and whose pages these are."""

    subjects: Collection[str]
    held: Sequence[Holder] = ()


@dataclass(frozen=True, slots=True)
class _Kind:
    """What differs by what is printed: who may, and what of it is old (a RuleError where nothing is)."""

    may_print: Callable[[Role], bool]
    old: Callable[[Context, EditionKind, Mapping[str, Edition], _Now], _Old]


def _old_books(ctx: Context, kind: EditionKind, _latest: Mapping[str, Edition], now: _Now) -> _Old:
    """Those of which somebody has an older edition."""
    held = _stale(ctx, [each for each in holders(ctx.uow, kind) if each.subject in now], now)
    if not held:
        raise RuleError("edition.nothing_changed")
    return _Old({each.subject for each in held}, held)


def _old_walls(ctx: Context, _kind: EditionKind, latest: Mapping[str, Edition], now: _Now) -> _Old:
    """Those that would not be printed as they hang there."""
    then = kept.lines(ctx.uow.connection, [each.id for each in latest.values()])
    printed = {id: then.get(edition.id, {}) for id, edition in latest.items()}
    old = {id for id, lines in printed.items() if changes(lines, as_on_wall(lines, now[id]))}
    if not old:
        raise RuleError("edition.walls_current")
    return _Old(old)


_BOOK = _Kind(KEEPERS_OF_LISTS.__contains__, _old_books)
_KINDS: Mapping[EditionKind, _Kind] = {
    "handbook": _BOOK, "contact_book": _BOOK, "overview": _Kind(prints_walls, _old_walls),
}  # fmt: skip


def _stale(ctx: Context, having: Iterable[Holder], now: _Now) -> list[Holder]:
    """Those who have an older edition of the right book: pages are of no use to anybody else."""
    having = [each for each in having if each.code]
    codes = sorted({each.code for each in having})
    editions = {each.code: each for each in ctx.uow.find("edition", code=codes)} if codes else {}
    then = kept.lines(ctx.uow.connection, [each.id for each in editions.values()])
    found = []
    for each in having:
        edition = editions.get(each.code)
        if edition is not None:
            how = standing(each, edition, then.get(edition.id, {}), now[each.subject], PAGES[each.kind])
            if how.state == "stale" and not how.other:
                found.append(each)
    return found


def _hand(ctx: Context, having: Iterable[Holder], current: Mapping[str, Edition]) -> list[Holder]:
    """Their books are of the edition that was printed; those for whom that is something new."""
    mine = {each.piece: each for each in having if current[each.subject].code != each.code}
    found = []
    for piece in ctx.uow.lock("piece", list(mine)):
        each = mine[piece.id]
        # Somebody may have taken the kit back while this waited for the piece.
        if piece.kit == each.kit and piece.edition == each.code:
            ctx.uow.put(replace(piece, edition=current[each.subject].code))
            found.append(each)
    return found


@command("set_edition", roles=KEEPERS_OF_LISTS, writes=("piece",))
@dataclass(frozen=True, kw_only=True, slots=True)
class SetEdition:
    """Which edition (id, or the code on the cover, scanned or typed) a printed piece (id or code) is; "" when nobody
    knows."""

    piece: str
    edition: str = ""


@handles(SetEdition)
def set_edition(cmd: SetEdition, ctx: Context) -> Any:
    """Only a book of the right kind, and of the holder's own grid or village."""
    (piece,) = locked_pieces(ctx, [cmd.piece])
    kind = ctx.uow.require("article", piece.article).printed
    if not kind:
        raise BadInput("edition.not_printed", field="piece", piece=piece.code)
    edition = find_edition(ctx, cmd.edition) if cmd.edition.strip() else None
    if edition is not None:
        _check_fits(ctx, piece, kind, edition)
    ctx.uow.put(replace(piece, edition=edition.code if edition else ""))
    return {"piece": piece.id, "edition": edition.code if edition else "", "was": piece.edition}


def find_edition(ctx: Context, given: str) -> Edition:
    """An edition by id or code; BadInput ``edition.unknown``."""
    wanted = given.strip()
    found = ctx.uow.get("edition", wanted) or next(iter(ctx.uow.find("edition", code=wanted.upper())), None)
    if found is None:
        raise BadInput("edition.unknown", field="edition", edition=given)
    return found  # type: ignore[no-any-return]


def _check_fits(ctx: Context, piece: Any, kind: BookKind, edition: Edition) -> None:
    if edition.kind != kind:
        raise BadInput("edition.other_kind", field="edition", edition=edition.code, piece=piece.code)
    kit = ctx.uow.get("kit", piece.kit) if piece.kit else None
    worker = ctx.uow.get("worker", kit.worker) if kit is not None and kit.worker else None
    own = subject_of(kind, worker) if worker is not None else None
    if own is not None and own != edition.subject:
        entity = OF[kind]
        names = {id: getattr(ctx.uow.get(entity, id), "name", id) for id in (own, edition.subject)}
        raise RuleError("edition.other_subject", field="edition", edition=edition.code,
                        whose=names[edition.subject], own=names[own])  # fmt: skip


# --- what an undo must not break ----------------------------------------------------------------------------------


def _nobody_left_holding(ctx: Context, coming: Coming) -> None:
    """An edition that somebody holds by another command stays."""
    net = history.net_effect(ctx.uow.connection, ctx.uow.undoes or [])
    for id, row in coming.items():
        if row is not None:
            continue
        edition: Edition = ctx.uow.require("edition", id)
        for piece in ctx.uow.find("piece", edition=edition.code):
            if ("piece", piece.id) not in net:
                raise RuleError("edition.held", edition=edition.code, piece=piece.code)


GUARDS["edition"] = _nobody_left_holding
