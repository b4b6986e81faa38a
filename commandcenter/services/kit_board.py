"""What the room of the kits shows, read in one go: villages in numbers, kits and shelves row by row, receipt sheets,
who has no kit yet, and what the depots hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from commandcenter.rules.editions import Standing, stale
from commandcenter.rules.entity import REAL
from commandcenter.rules.grids import Grid, Village
from commandcenter.rules.kits import KitIssue
from commandcenter.rules.ordering import natural_key
from commandcenter.rules.people import Worker
from commandcenter.rules.stores import Article, Depot
from commandcenter.services import edition_holding, kit_reading
from commandcenter.services.kit_reading import KitRow, Matrix, ShelfRow
from commandcenter.storage.reads import Reader
from commandcenter.storage.stores import balances


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A receipt sheet 签收单 with how many kits and pieces went on it."""

    issue: KitIssue
    depot: str
    kits: int
    pieces: int


@dataclass(frozen=True, slots=True)
class FreeWorker:
    """A worker in office who has no kit."""

    worker: Worker
    grid: Grid | None


@dataclass(frozen=True, slots=True)
class Board:
    """All of it. ``free`` by village id, in the order of the grids; ``stock`` by depot, article and size."""

    today: date
    matrix: Matrix
    villages: Mapping[str, Village]
    kits: tuple[KitRow, ...]
    shelves: tuple[ShelfRow, ...]
    sheets: tuple[SheetRow, ...]
    free: Mapping[str, tuple[FreeWorker, ...]]
    depots: tuple[Depot, ...]
    stock: Mapping[tuple[str, str, str], int]
    articles: tuple[Article, ...]
    """Those in use, the pieces of a kit first."""
    books: Mapping[str, Standing]
    """How the books in people's kits stand, by piece."""
    walls: tuple[Standing, ...] = ()
    """How the overview sheets of villages stand."""


def board(reader: Reader, today: date) -> Board:
    """The kits of the town as they are now."""
    articles: list[Article] = reader.find("article", active=True)
    books = {each.holder.piece: each for each in edition_holding.standings(reader)}
    old = stale(books.values())
    kits = kit_reading.kits_of(reader, None, today, old)
    depots: list[Depot] = reader.find("depot", active=True)
    return Board(
        today, kit_reading.matrix(reader, today, old), {each.id: each for each in reader.find("village")}, tuple(kits),
        tuple(kit_reading.shelf(reader, None, today)), _sheets(reader), _free(reader, kits),
        tuple(sorted(depots, key=lambda each: (each.village is not None, each.name))),
        balances(reader.connection, (REAL,)), tuple(sorted(articles, key=kit_reading.article_order)),
        books, tuple(edition_holding.walls(reader)),
    )  # fmt: skip


def _sheets(reader: Reader) -> tuple[SheetRow, ...]:
    depots = {each.id: each.name for each in reader.find("depot")}
    kits, pieces = reader.counted("kit", "issue"), reader.counted("piece", "issue")
    return tuple(
        SheetRow(each, depots.get(each.depot, ""), kits.get(each.id, 0), pieces.get(each.id, 0))
        for each in reader.find("kit_issue", order=("number",))
    )


def _free(reader: Reader, kits: list[KitRow]) -> dict[str, tuple[FreeWorker, ...]]:
    have = {row.kit.worker for row in kits}
    grids: dict[str, Grid] = {each.id: each for each in reader.find("grid")}
    found: dict[str, list[FreeWorker]] = {}
    for worker in reader.find("worker", active=True, standing="serving"):
        if worker.id not in have and worker.village:
            found.setdefault(worker.village, []).append(FreeWorker(worker, grids.get(worker.grid or "")))
    return {village: tuple(sorted(free, key=_by_grid)) for village, free in found.items()}


def _by_grid(free: FreeWorker) -> tuple[Any, ...]:
    return free.grid is None, natural_key(free.grid.code) if free.grid else ((2, 0, ""),), free.worker.name


@dataclass(frozen=True, slots=True)
class KitStep:
    """Something that happened to a kit as a whole: by which command, who, when; ``worker`` who had it afterwards."""

    at: datetime
    command: str
    by: str
    worker: str
    active: bool


def steps_of(reader: Reader, kit: str) -> list[KitStep]:
    """Everything that happened to a kit, newest first."""
    lines = [each for each in reader.history(entity="kit", id=kit) if each.change.op != "erase"]
    now: dict[str, Any] = {}
    told = []
    for line in reversed(lines):
        now = {**now, **(line.after or {})}
        told.append((line, now))
    workers = {each.id: each.name for each in reader.many("worker", {row["worker"] for _, row in told
                                                                   if row.get("worker")})}  # fmt: skip
    officers = {each.id: each.name for each in reader.many("officer", {line.actor for line, _ in told})}
    return [
        KitStep(line.recorded_at, line.name, officers.get(line.actor, line.actor),
                workers.get(row.get("worker") or "", ""), bool(row.get("active", True)))
        for line, row in reversed(told)
    ]  # fmt: skip


def kits_in_grid(reader: Reader, grid: str, today: date) -> list[tuple[Worker, KitRow | None]]:
    """The workers of a grid, each with the kit that he has."""
    workers: list[Worker] = reader.find("worker", grid=grid, active=True, order=("id",))
    return [(each, kit_with_books(reader, each.id, today)) for each in workers]


def kit_with_books(reader: Reader, worker: str, today: date) -> KitRow | None:
    """The kit that a worker has now, his books held against what would be printed."""
    row: Worker | None = reader.get("worker", worker)
    subjects = {id for id in (row.grid, row.village) if id} if row is not None else set()
    return kit_reading.kit_of_worker(reader, worker, today, stale(edition_holding.standings(reader, subjects)))


@dataclass(frozen=True, slots=True)
class CodeHit:
    """A kit, piece or receipt sheet found by its code; ``where`` in words: whose it is, else its village."""

    kind: str
    id: str
    code: str
    article: str
    where: str


def by_code(reader: Reader, codes: Mapping[str, str]) -> list[CodeHit]:
    """What bears these codes, by kind."""
    found: list[CodeHit] = []
    for kind, code in codes.items():
        named: dict[str, Any] = {"number" if kind == "kit_issue" else "code": code}
        for row in reader.find(kind, **named):
            article: Any = reader.get("article", row.article) if kind == "piece" else None
            name = article.name if article is not None else ""
            found.append(CodeHit(kind, row.id, code, name, _where(reader, kind, row)))
    return found


def _where(reader: Reader, kind: str, row: Any) -> str:
    if kind == "edition":
        place = reader.get("grid", row.grid) if row.grid else reader.get("village", row.village)
        return str(place.name) if place is not None else ""
    kit = reader.get("kit", row.kit) if kind == "piece" and row.kit else row if kind == "kit" else None
    worker = reader.get("worker", kit.worker) if kit is not None and kit.worker else None
    if worker is not None:
        return str(worker.name)
    village = reader.get("village", row.village) if row.village else None
    return str(village.name) if village is not None else ""
