"""Kits as they are read: villages held against articles, the kits of a village place by place, spare shelves, what to
bring where, and what became of a piece. Every state comes from :mod:`commandcenter.rules.kits`."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from commandcenter.rules.entity import REAL
from commandcenter.rules.grids import Grid, Village
from commandcenter.rules.kits import (
    AWAY,
    SLOT_STATES,
    AnyPiece,
    Kit,
    KitIssue,
    Piece,
    Slot,
    SlotState,
    needed,
    piece_state,
    size_for,
    slots,
)
from commandcenter.rules.ordering import natural_key
from commandcenter.rules.people import Worker
from commandcenter.rules.routes import Point, tour
from commandcenter.rules.stores import Article, Depot
from commandcenter.storage.reads import Reader
from commandcenter.storage.stores import balances, held


@dataclass(frozen=True, slots=True)
class VillageRow:
    """A village's kits in numbers; ``gaps``, ``spare`` and ``owed`` by article id.

    ``kits``: in use; ``handed``: of those with a worker; ``workers``: who could have one. ``gaps``: places for which
    something has to be brought, of kits handed out and of those that lie there; ``spare``: good pieces on the shelf.
    """

    village: Village
    workers: int
    kits: int
    handed: int
    gaps: Mapping[str, int]
    spare: Mapping[str, int]

    @property
    def missing(self) -> int:
        """All gaps together."""
        return sum(self.gaps.values())

    @property
    def lying(self) -> int:
        """Kits that wait at the village to be handed out."""
        return self.kits - self.handed


@dataclass(frozen=True, slots=True)
class Matrix:
    """Villages × articles, the village with most gaps first."""

    articles: tuple[Article, ...]
    rows: tuple[VillageRow, ...]


@dataclass(frozen=True, slots=True)
class KitRow:
    """A kit with its places; ``worker`` and ``grid`` None while it lies at the village. ``gaps`` of ``slots``."""

    kit: Kit
    worker: Worker | None
    grid: Grid | None
    slots: tuple[Slot, ...]

    @property
    def gaps(self) -> tuple[Slot, ...]:
        """The places for which something has to be brought."""
        return tuple(each for each in self.slots if each.is_gap)


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """What lies on a village's spare shelf of one article in one size: ``good`` pieces to give out, and ``bad`` ones,
    which the village answers for (missing, broken, past their life)."""

    village: Village
    article: Article
    size: str
    good: tuple[AnyPiece, ...]
    bad: tuple[AnyPiece, ...]


@dataclass(frozen=True, slots=True)
class PickLine:
    """One gap of a handed-out kit, and where its piece may come from: ``shelf`` a good piece of the village's own,
    else ``stock`` how many the depots hold for the town (before other lines take any)."""

    kit: Kit
    worker: Worker
    grid: Grid | None
    slot: Slot
    size: str
    shelf: AnyPiece | None
    stock: int

    @property
    def is_printed(self) -> bool:
        """Whether it comes from the printer: a book, or pages of one."""
        return self.slot.state == "stale"


@dataclass(frozen=True, slots=True)
class Stop:
    """A village on the way, in the order of the way (1, 2, …)."""

    order: int
    village: Village
    lines: tuple[PickLine, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """What to take along of an article in a size: gaps that the village's own shelf does not fill; ``lacking`` of
    these no depot has."""

    article: Article
    size: str
    wanted: int
    lacking: int


@dataclass(frozen=True, slots=True)
class PickList:
    """The list 补发清单: stops in the order of a short way from the depot and back, and what to load."""

    depot: Depot | None
    stops: tuple[Stop, ...]
    loads: tuple[Load, ...]

    @property
    def lines(self) -> int:
        """All gaps on the list."""
        return sum(len(each.lines) for each in self.stops)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a piece: by which command, who, when, and how it stood afterwards. ``kit`` is a code,
    ``village`` a name; both empty: it lay in a depot, or was gone."""

    at: datetime
    command: str
    by: str
    state: str
    kit: str
    village: str
    reason: str


@dataclass(frozen=True, slots=True)
class IssueSheet:
    """One receipt sheet 签收单: its kits with the pieces that went into them, and pieces for the shelf."""

    issue: KitIssue
    village: Village
    depot: Depot
    articles: tuple[Article, ...]
    kits: tuple[tuple[Kit, Worker | None, tuple[Piece, ...]], ...]
    shelf: tuple[Piece, ...]


# --- what is read once for several of them ------------------------------------------------------------------------


class _Standing:
    """Kits in use and the pieces that are out, read at once."""

    def __init__(self, reader: Reader, village: str | None = None, stale: Collection[str] = ()) -> None:
        self.stale = stale
        only: dict[str, Any] = {"village": village} if village else {}
        self.articles = {each.id: each for each in reader.find("article")}
        self.needed = needed(self.articles.values())
        self.kits: list[Kit] = reader.find("kit", active=True, order=("code",), **only)
        self.of_kit: dict[str, list[AnyPiece]] = {}
        self.on_shelf: dict[str, list[AnyPiece]] = {}
        for piece in held(reader.connection, village):
            if piece.kit is not None:
                self.of_kit.setdefault(piece.kit, []).append(piece)
            elif piece.village is not None:
                self.on_shelf.setdefault(piece.village, []).append(piece)

    def slots(self, kit: Kit, today: date) -> tuple[Slot, ...]:
        return slots(self.of_kit.get(kit.id, ()), self.needed, today, self.stale)


def articles_needed(reader: Reader) -> tuple[Article, ...]:
    """The articles of which a kit consists now, by their place."""
    return needed(reader.find("article", active=True))


def matrix(reader: Reader, today: date, stale: Collection[str] = ()) -> Matrix:
    """Villages × articles of the kit with what is missing, worst first; villages without kits too. ``stale``: books of
    an old edition (:func:`commandcenter.rules.editions.stale`), gaps like others."""
    standing, villages = _Standing(reader, stale=stale), reader.find("village")
    kits, handed, gaps = Counter[str](), Counter[str](), dict[str, Counter[str]]()
    for kit in standing.kits:
        kits[kit.village] += 1
        handed[kit.village] += kit.worker is not None
        counts = gaps.setdefault(kit.village, Counter())
        counts.update(each.article.id for each in standing.slots(kit, today) if each.is_gap)
    workers = reader.counted("worker", "village", active=True)
    rows = [
        VillageRow(each, workers.get(each.id, 0), kits[each.id], handed[each.id], gaps.get(each.id, {}),
                   _spare(standing, each.id, today))
        for each in villages
    ]  # fmt: skip
    rows.sort(key=lambda row: (-row.missing, natural_key(row.village.code)))
    return Matrix(standing.needed, tuple(rows))


def _spare(standing: _Standing, village: str, today: date) -> Counter[str]:
    pieces = standing.on_shelf.get(village, ())
    return Counter(each.article for each in pieces if piece_state(each, today) == "good")


def kits_of(reader: Reader, village: str | None, today: date, stale: Collection[str] = ()) -> list[KitRow]:
    """The kits in use of a village (None: of the town), place by place; by grid, those that lie there last."""
    standing = _Standing(reader, village, stale)
    return _rows_of(reader, [(kit, standing.slots(kit, today)) for kit in standing.kits])


def _rows_of(reader: Reader, kits: Sequence[tuple[Kit, tuple[Slot, ...]]]) -> list[KitRow]:
    """Kits with those who have them, in the order of their grids."""
    workers = {each.id: each for each in reader.many("worker", {kit.worker for kit, _ in kits if kit.worker})}
    grids = {each.id: each for each in reader.many("grid", {each.grid for each in workers.values() if each.grid})}
    rows = []
    for kit, places in kits:
        worker = workers.get(kit.worker or "")
        rows.append(KitRow(kit, worker, grids.get((worker.grid if worker else None) or ""), places))
    return sorted(rows, key=_kit_order)


def _kit_order(row: KitRow) -> tuple[Any, ...]:
    return row.kit.worker is None, natural_key(row.grid.code) if row.grid else ((2, 0, ""),), row.kit.code


def kit_of(reader: Reader, kit: str, today: date, stale: Collection[str] = ()) -> KitRow | None:
    """One kit, in use or not, with its places."""
    row: Kit | None = reader.get("kit", kit)
    if row is None:
        return None
    worker = reader.get("worker", row.worker) if row.worker else None
    grid = reader.get("grid", worker.grid) if worker and worker.grid else None
    pieces = [each for each in reader.find("piece", kit=row.id) if each.state in AWAY]
    return KitRow(row, worker, grid, slots(pieces, articles_needed(reader), today, stale))


def kit_of_worker(reader: Reader, worker: str, today: date, stale: Collection[str] = ()) -> KitRow | None:
    """The kit that a worker has now."""
    found = reader.find("kit", worker=worker, active=True, limit=1)
    return kit_of(reader, found[0].id, today, stale) if found else None


def teeth(reader: Reader, today: date) -> dict[str, tuple[SlotState, ...]]:
    """By grid the states of the places of its keeper's kit, in the order of the places: the teeth on the map. Grids
    whose keepers have no kit are left out; of two keepers the place that is worse counts."""
    standing, found = _Standing(reader), dict[str, tuple[SlotState, ...]]()
    grid_of = reader.pairs("worker", "id", "grid", active=True)
    for kit in standing.kits:
        grid = grid_of.get(kit.worker or "")
        if grid is None:
            continue
        states = tuple(each.state for each in standing.slots(kit, today))
        other = found.get(grid)
        found[grid] = states if other is None else tuple(map(_worse, other, states))
    return found


def _worse(one: SlotState, other: SlotState) -> SlotState:
    return max(one, other, key=SLOT_STATES.index)


def shelf(reader: Reader, village: str | None, today: date) -> list[ShelfRow]:
    """The spare shelf of a village (None: all of them), article by article in the order of the kit."""
    standing = _Standing(reader, village)
    villages = {each.id: each for each in reader.many("village", standing.on_shelf)}
    found: dict[tuple[str, str, str], tuple[list[AnyPiece], list[AnyPiece]]] = {}
    for of, pieces in standing.on_shelf.items():
        for piece in pieces:
            good, bad = found.setdefault((of, piece.article, piece.size), ([], []))
            (good if piece_state(piece, today) == "good" else bad).append(piece)
    rows = [
        ShelfRow(villages[of], standing.articles[article], size, tuple(good), tuple(bad))
        for (of, article, size), (good, bad) in found.items()
    ]
    return sorted(rows, key=lambda row: (natural_key(row.village.code), *article_order(row.article), row.size))


def article_order(article: Article) -> tuple[Any, ...]:
    """The pieces of a kit by their place, then all others by code."""
    return article.kit_place is None, article.kit_place or 0, natural_key(article.code)


def open_gaps(reader: Reader, today: date) -> Counter[tuple[str, str]]:
    """How many places of kits in use wait for a piece, by article and size."""
    standing, found = _Standing(reader), Counter[tuple[str, str]]()
    for kit in standing.kits:
        for slot in standing.slots(kit, today):
            if slot.is_gap:
                found[slot.article.id, _wanted_size(slot, kit)] += 1
    return found


def _wanted_size(slot: Slot, kit: Kit, worker: Worker | None = None) -> str:
    """The size that a gap wants: the wearer's, else the one that was there before."""
    worn = (worker.vest_size if worker else "") or kit.sizes
    return size_for(slot.article, worn) or (slot.piece.size if slot.piece else "")


# --- the pick list ------------------------------------------------------------------------------------------------


def pick_list(
    reader: Reader, today: date, depot: str | None = None, stale: Collection[str] = ()
) -> PickList:
    """What to bring to the kits that are handed out, village by village in the order of a short way. ``depot``: where
    the way begins and whose stock counts; None: the stock of all, from the middle of the town. A ``stale`` book is
    printed anew, or some of its pages: no shelf and no depot has it."""
    standing = _Standing(reader, stale=stale)
    told = [(kit, standing.slots(kit, today)) for kit in standing.kits if kit.worker is not None]
    rows = _rows_of(reader, [(kit, places) for kit, places in told if any(each.is_gap for each in places)])
    stock = _stock_of(reader, depot)
    villages = {each.id: each for each in reader.find("village")}
    by_village: dict[str, list[PickLine]] = {}
    for village in sorted({row.kit.village for row in rows}, key=lambda id: natural_key(villages[id].code)):
        spare = [each for each in standing.on_shelf.get(village, ()) if piece_state(each, today) == "good"]
        mine = [row for row in rows if row.kit.village == village]
        by_village[village] = _lines(mine, spare, stock)
    start_row = reader.get("depot", depot) if depot else None
    places = _places(reader, villages)
    known = list(by_village)
    start = places.get(start_row.village or "") if start_row else None
    order = tour(start or _middle(places.values()), [places.get(id) for id in known])
    stops = tuple(
        Stop(number, villages[known[index]], tuple(by_village[known[index]])) for number, index in enumerate(order, 1)
    )
    return PickList(start_row, stops, _loads(stops, stock))


def _stock_of(reader: Reader, depot: str | None) -> Counter[tuple[str, str]]:
    found = Counter[tuple[str, str]]()
    for (at, article, size), amount in balances(reader.connection, (REAL,)).items():
        if depot is None or at == depot:
            found[article, size] += amount
    return found


def _lines(rows: Sequence[KitRow], spare: list[AnyPiece], stock: Mapping[tuple[str, str], int]) -> list[PickLine]:
    """Gap by gap; a piece of the shelf is promised once."""
    lines = []
    for row in rows:
        if row.worker is None:
            continue
        for slot in row.gaps:
            size = _wanted_size(slot, row.kit, row.worker)
            if slot.state == "stale":
                lines.append(PickLine(row.kit, row.worker, row.grid, slot, size, None, 0))
                continue
            fits = next((each for each in spare if (each.article, each.size) == (slot.article.id, size)), None)
            if fits is not None:
                spare.remove(fits)
            there = max(stock.get((slot.article.id, size), 0), 0)
            lines.append(PickLine(row.kit, row.worker, row.grid, slot, size, fits, there))
    return lines


def _loads(stops: Iterable[Stop], stock: Mapping[tuple[str, str], int]) -> tuple[Load, ...]:
    wanted, articles = Counter[tuple[str, str]](), dict[str, Article]()
    for line in (each for stop in stops for each in stop.lines if each.shelf is None and not each.is_printed):
        articles[line.slot.article.id] = line.slot.article
        wanted[line.slot.article.id, line.size] += 1
    loads = [Load(articles[id], size, count, max(count - max(stock.get((id, size), 0), 0), 0))
             for (id, size), count in wanted.items()]  # fmt: skip
    return tuple(sorted(loads, key=lambda each: (*article_order(each.article), each.size)))


def _places(reader: Reader, villages: Iterable[str]) -> dict[str, Point]:
    """The middle of each village's grids that have an outline."""
    sums: dict[str, tuple[float, float, int]] = {}
    for village, lon, lat in reader.middles():
        x, y, count = sums.get(village, (0.0, 0.0, 0))
        sums[village] = x + lon, y + lat, count + 1
    return {id: (x / count, y / count) for id, (x, y, count) in sums.items() if id in set(villages)}


def _middle(points: Iterable[Point]) -> Point:
    known = list(points)
    if not known:
        return 0.0, 0.0
    return sum(each[0] for each in known) / len(known), sum(each[1] for each in known) / len(known)


# --- one piece, one sheet -----------------------------------------------------------------------------------------


def history_of(reader: Reader, piece: str) -> list[Step]:
    """Everything that happened to a piece, newest first: what explains where it is. Undone steps and their undoing are
    both there."""
    lines = [each for each in reader.history(entity="piece", id=piece) if each.change.op != "erase"]
    now: dict[str, Any] = {}
    told: list[tuple[Any, dict[str, Any]]] = []
    for line in reversed(lines):
        now = {**now, **(line.after or {})}
        told.append((line, now))
    kits = {each.id: each.code for each in reader.many("kit", {row["kit"] for _, row in told if row.get("kit")})}
    places = {row["village"] for _, row in told if row.get("village")}
    villages = {each.id: each.name for each in reader.many("village", places)}
    officers = {each.id: each.name for each in reader.many("officer", {line.actor for line, _ in told})}
    reasons = reader.told("piece", {(piece, "reason", row["reason"]) for _, row in told if row.get("reason")})
    steps = []
    for line, row in reversed(told):
        by, kit, village = line.actor, row.get("kit") or "", row.get("village") or ""
        reason = reasons.get((piece, "reason", row.get("reason") or 0), "")
        steps.append(Step(line.recorded_at, line.name, officers.get(by, by), str(row.get("state", "")),
                          kits.get(kit, ""), villages.get(village, ""), reason))  # fmt: skip
    return steps


def issue_sheet(reader: Reader, issue: str) -> IssueSheet | None:
    """What a receipt sheet says: what left the depot then, whatever became of it since."""
    row: KitIssue | None = reader.get("kit_issue", issue)
    if row is None:
        return None
    kits: list[Kit] = reader.find("kit", issue=row.id, order=("code",))
    pieces: list[Piece] = reader.find("piece", issue=row.id, order=("code",))
    workers = {each.id: each for each in reader.many("worker", {each.worker for each in kits if each.worker})}
    at_first = first_kits(reader, pieces)
    of_kit: dict[str | None, list[Piece]] = {}
    for piece in pieces:
        of_kit.setdefault(at_first.get(piece.id), []).append(piece)
    mine = tuple((each, workers.get(each.worker or ""), tuple(of_kit.pop(each.id, ()))) for each in kits)
    rest = [piece for left in of_kit.values() for piece in left]
    articles = {each.id: each for each in reader.many("article", {each.article for each in pieces})}
    return IssueSheet(
        row, reader.get("village", row.village), reader.get("depot", row.depot),  # type: ignore[arg-type]
        tuple(sorted({**articles, **{each.id: each for each in articles_needed(reader)}}.values(), key=article_order)),
        mine, tuple(sorted(rest, key=lambda each: each.code)),
    )  # fmt: skip


def first_kits(reader: Reader, pieces: Sequence[Piece]) -> dict[str, str | None]:
    """The kit into which each piece went when it left the depot."""
    return {
        id: (after or {}).get("kit") for id, after in reader.first_words("piece", [each.id for each in pieces]).items()
    }
