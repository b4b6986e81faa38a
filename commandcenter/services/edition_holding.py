"""Which edition the books in somebody's kit are: set when a kit or a piece is handed out, read for all at once."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakKeyDictionary

from commandcenter.rules.editions import (
    BOOK_KINDS,
    OF,
    WALL,
    BookKind,
    Edition,
    EditionKind,
    Holder,
    Key,
    Standing,
    as_on_wall,
    newest,
    standing,
)
from commandcenter.rules.entity import REAL
from commandcenter.rules.kits import AnyPiece, Kit, Piece
from commandcenter.rules.people import Worker
from commandcenter.rules.visibility import SYSTEM
from commandcenter.services.book_content import Books
from commandcenter.services.book_parts import PAGES, SOURCES
from commandcenter.services.commands import Context
from commandcenter.storage import editions as kept
from commandcenter.storage.reads import Reader
from commandcenter.storage.stores import held

THERE = frozenset(("issued", "expired"))
"""States of a book that its holder has in his hands."""


def subject_of(kind: str, worker: Worker) -> str | None:
    """Of which grid (handbook) or village (contact book) the book of a worker is; None while he has none."""
    return worker.grid if kind == "handbook" else worker.village


# --- handing out --------------------------------------------------------------------------------------------------


def handed(ctx: Context, pieces: Sequence[Piece], workers: Mapping[str, Worker]) -> list[Piece]:
    """Pieces as they are handed out; ``workers`` by kit (id). A printed book whose edition nobody knows is the newest
    one of its holder's grid or village; one that is known stays what it is, whoever gets it."""
    printed: dict[str, BookKind] = {each.id: each.printed for each in ctx.uow.find("article") if each.printed}
    wanted: dict[str, tuple[EditionKind, str]] = {}
    for piece in pieces:
        kind, worker = printed.get(piece.article), workers.get(piece.kit or "")
        if kind and worker is not None and not piece.edition and (subject := subject_of(kind, worker)):
            wanted[piece.id] = kind, subject
    if not wanted:
        return list(pieces)
    now: Mapping[Any, Edition] = newest(editions_of(ctx.uow, wanted.values()))
    codes = {id: now[key].code for id, key in wanted.items() if key in now}
    return [replace(each, edition=codes[each.id]) if each.id in codes else each for each in pieces]


def editions_of(source: Any, keys: Iterable[tuple[EditionKind, str]]) -> list[Edition]:
    """The editions of these books (kind, subject), by a reader or a unit of work."""
    by_kind: dict[EditionKind, set[str]] = {}
    for kind, subject in keys:
        by_kind.setdefault(kind, set()).add(subject)
    found: list[Edition] = []
    for kind, subjects in by_kind.items():
        found += source.find("edition", kind=kind, **{OF[kind]: sorted(subjects)})
    return found


def hand_over(ctx: Context, kit: Kit, worker: Worker) -> None:
    """The books in a kit go to somebody with it."""
    there = [each for each in ctx.uow.find("piece", kit=kit.id) if each.state in THERE]
    for before, after in zip(there, handed(ctx, there, {kit.id: worker}), strict=True):
        if after != before:
            ctx.uow.put(after)


# --- who holds what -----------------------------------------------------------------------------------------------


def holders(source: Any, kind: EditionKind, pieces: Iterable[AnyPiece] | None = None) -> list[Holder]:
    """Everybody in whose kit there is such a book, by a reader or a unit of work; ``pieces``: those that are out,
    where they were read already."""
    articles = {each.id for each in source.find("article", printed=kind)}
    if not articles:
        return []
    out = source.find("piece", article=sorted(articles), state=sorted(THERE)) if pieces is None else pieces
    mine = [each for each in out if each.article in articles and each.kit is not None and each.state in THERE]
    if not mine:
        return []
    kits = {each.id: each for each in source.find("kit", active=True) if each.worker is not None}
    workers = {each.id: each for each in source.find("worker", active=True)}
    found = []
    for piece in mine:
        kit = kits.get(piece.kit)
        worker = workers.get(kit.worker) if kit is not None else None
        subject = subject_of(kind, worker) if worker is not None else None
        if kit is not None and worker is not None and subject is not None:
            found.append(Holder(piece.id, kit.id, worker.id, kind, subject, piece.edition))
    return found


@dataclass(slots=True)
class _Known:
    """What would be printed now, as of a sequence of the log."""

    seq: int = -1
    lines: dict[tuple[str, str], dict[Key, str]] = field(default_factory=dict)


_known: "WeakKeyDictionary[Any, _Known]" = WeakKeyDictionary()
"""By database: a book is made once, however many lists ask, until something changes that books are made of."""
_turn = threading.Lock()


def standings(reader: Reader, subjects: Iterable[str] | None = None) -> list[Standing]:
    """How everybody's books stand (of these grids and villages, or all), for lists, kits, boards and the map alike.
    Whoever asks learns what changed, never the value. Only books that somebody holds are made, and none again before
    something changed that they are made of: a tenth of a second, a few when all are new. Not on the GUI thread."""
    system = Reader(reader.connection, SYSTEM, REAL)
    out = held(reader.connection)
    found = [each for kind in BOOK_KINDS for each in holders(system, kind, out)]
    if subjects is not None:
        wanted = set(subjects)
        found = [each for each in found if each.subject in wanted]
    codes = sorted({each.code for each in found if each.code})
    editions = {each.code: each for each in _many(system, codes)}
    then = kept.lines(reader.connection, [each.id for each in editions.values()])
    needed = {
        (each.kind, each.subject) for each in found
        if each.code in editions and editions[each.code].subject == each.subject
    }  # fmt: skip
    now = now_lines(system, needed)
    made, alike = [], dict[tuple[str, str, str], Standing]()
    for each in found:
        key = each.code, each.kind, each.subject
        if key not in alike:  # a whole village holds one edition of one book
            edition = editions.get(each.code)
            alike[key] = standing(each, edition, then.get(edition.id, {}) if edition else {},
                                  now.get((each.kind, each.subject), {}), PAGES[each.kind])  # fmt: skip
        made.append(replace(alike[key], holder=each))
    return made


def walls(reader: Reader, villages: Iterable[str] | None = None) -> list[Standing]:
    """How the overview sheets on the walls of villages (of these, or all) stand: the newest edition of each against
    what would be printed now. A village of which none was ever printed is not among them."""
    where: dict[str, Any] = {} if villages is None else {"village": sorted(villages)}
    hanging = newest(reader.find("edition", kind=WALL, **where)).values()
    then = kept.lines(reader.connection, [each.id for each in hanging])
    now = now_lines(Reader(reader.connection, SYSTEM, REAL), {(WALL, each.village) for each in hanging})
    made = []
    for each in hanging:
        lines = then.get(each.id, {})
        fresh = as_on_wall(lines, now.get((WALL, each.village), {}))
        made.append(standing(Holder("", "", "", WALL, each.village, each.code), each, lines, fresh, PAGES[WALL]))
    return made


def _many(reader: Reader, codes: Sequence[str]) -> list[Edition]:
    if len(codes) > 400:
        return [each for each in reader.find("edition") if each.code in set(codes)]
    return reader.find("edition", code=list(codes)) if codes else []


def now_lines(system: Reader, needed: Iterable[tuple[str, str]]) -> dict[tuple[str, str], dict[Key, str]]:
    """What books would say now, by kind and subject; ``system`` sees plain values. A book that there can be none of
    any more says nothing."""
    wanted = set(needed)
    if not wanted:
        return {}
    engine = system.connection.engine
    with _turn:
        known = _known.setdefault(engine, _Known())
        # Asked for before anything is read: what is changed meanwhile makes the next one read again.
        seq = kept.last_touch(system.connection, SOURCES, max(known.seq, 0))
        if seq > known.seq:
            known.seq, known.lines = seq, {}
        missing = wanted - set(known.lines)
        if missing:
            books = Books(system)
            for kind, subject in missing:
                there = books.knows(kind, subject)  # type: ignore[arg-type]
                known.lines[kind, subject] = dict(books.content(kind, subject).lines) if there else {}  # type: ignore[arg-type]
        return {key: known.lines[key] for key in wanted}
