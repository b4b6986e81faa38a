"""A stock round as it is read: piece by piece what was seen of it, how far each village is, and what came of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from commandcenter.base.errors import BadInput, RuleError
from commandcenter.base.texts import choose, say
from commandcenter.rules.grids import Grid, Village
from commandcenter.rules.kits import GONE, AnyPiece, Kit, Piece
from commandcenter.rules.ordering import natural_key
from commandcenter.rules.people import Worker
from commandcenter.rules.rounds import Progress, RoundCount, StockRound, is_open
from commandcenter.rules.stores import Article
from commandcenter.services.exports import NoteExport
from commandcenter.services.kit_reading import article_order
from commandcenter.services.papers import let_out
from commandcenter.services.wording import listed, readable, shown
from commandcenter.storage.reads import Reader
from commandcenter.storage.stores import held

Standing = Literal["unseen", "differs", "settled", "same"]
ORDER: tuple[Standing, ...] = ("differs", "unseen", "settled", "same")


@dataclass(frozen=True, slots=True)
class PieceRow:
    """A piece in a round. ``worker`` and ``grid`` None on the spare shelf; ``by``: the name of who counted it."""

    id: str
    piece: AnyPiece
    article: Article
    village: Village | None
    kit: Kit | None
    worker: Worker | None
    grid: Grid | None
    count: RoundCount | None
    by: str
    standing: Standing


@dataclass(frozen=True)
class RoundState:
    """A round with its pieces. ``gone``: pieces that are no longer out, by code, for whoever scans one; ``left``: why
    pieces were left out when it ended, "" while it has not, or none were."""

    round: StockRound
    rows: tuple[PieceRow, ...]
    gone: Mapping[str, AnyPiece]
    villages: tuple[Village, ...]
    left: str = ""

    @cached_property
    def by_code(self) -> Mapping[str, PieceRow]:
        """The pieces by their codes."""
        return {row.piece.code: row for row in self.rows}

    @cached_property
    def far(self) -> Progress:
        """How far the whole round is."""
        return far_of(self.rows)

    @cached_property
    def by_village(self) -> Mapping[str, Progress]:
        """How far each village is."""
        parts: dict[str, list[PieceRow]] = {}
        for row in self.rows:
            parts.setdefault(row.village.id if row.village else "", []).append(row)
        return {id: far_of(rows) for id, rows in parts.items()}


def far_of(rows: Iterable[PieceRow]) -> Progress:
    """How far some pieces are."""
    expected = counted = waiting = 0
    for row in rows:
        expected += 1
        counted += row.count is not None
        waiting += row.standing == "differs"
    return Progress(expected, counted, waiting)


def rounds(reader: Reader) -> list[StockRound]:
    """All rounds, those under way first, then the newest."""
    found = reader.find("stock_round")
    return sorted(found, key=lambda each: (each.closed_on is None, each.opened_on, each.number), reverse=True)


def find_round(reader: Reader, given: str = "") -> StockRound:
    """A round by id, number, mark or name; without any the one under way. BadInput when none is, or several are."""
    known = rounds(reader)
    if given:
        wanted = given.strip()
        for each in known:
            if wanted in (each.id, each.number, each.name) or wanted.upper() == each.mark:
                return each
        raise BadInput("unknown", entity="stock_round", id=given)
    under_way = [each for each in known if each.closed_on is None]
    if len(under_way) != 1:
        names = listed(each.name for each in under_way)
        raise BadInput("round.which" if under_way else "round.none_open", names=names)
    return under_way[0]


def find_open(reader: Reader, given: str = "") -> StockRound:
    """As :func:`find_round`, of those under way; RuleError ``round.closed``."""
    row = find_round(reader, given)
    if row.closed_on is not None:
        raise RuleError("round.closed", name=row.name, day=row.closed_on)
    return row


def state(reader: Reader, round: str) -> RoundState:
    """A round (by its id) with every piece that is out or was counted; one that is over with what was counted in it."""
    row = find_round(reader, round)
    counts: dict[str, RoundCount] = {each.piece: readable(each) for each in reader.find("round_count", round=row.id)}
    pieces: dict[str, AnyPiece] = {each.id: each for each in held(reader.connection)}
    # Of what is not in order the reason is told too; the many others are read without their words.
    pieces |= {each.id: each for each in reader.find("piece", state=["damaged", "missing"])}
    gone: list[AnyPiece] = reader.find("piece", state=sorted(GONE))
    pieces |= {each.id: each for each in gone if each.id in counts}
    left = ""
    if row.closed_on is not None:
        left = shown(reader.given_reason("stock_round", row.id, "close_round", "ledger"))
        pieces = {id: each for id, each in pieces.items() if id in counts}
    teller = _Teller(reader)
    rows = tuple(sorted((teller.row(each, counts.get(each.id)) for each in pieces.values()), key=_order))
    villages = sorted(teller.villages.values(), key=lambda each: natural_key(each.code))
    return RoundState(row, rows, {each.code: each for each in gone}, tuple(villages), left)


def fresh(reader: Reader, round: StockRound) -> RoundState:
    """A round of which nothing was counted yet, as it would begin now."""
    teller = _Teller(reader)
    rows = tuple(sorted((teller.row(each, None) for each in held(reader.connection)), key=_order))
    villages = sorted(teller.villages.values(), key=lambda each: natural_key(each.code))
    return RoundState(round, rows, {}, tuple(villages))


class _Teller:
    def __init__(self, reader: Reader) -> None:
        self.villages: dict[str, Village] = {each.id: each for each in reader.find("village")}
        self.articles: dict[str, Article] = {each.id: each for each in reader.find("article")}
        self.kits: dict[str, Kit] = {each.id: each for each in reader.find("kit")}
        self.grids: dict[str, Grid] = {each.id: each for each in reader.find("grid")}
        self.workers: dict[str, Worker] = {each.id: each for each in reader.find("worker")}
        self.officers = {each.id: each.name for each in reader.find("officer")}

    def row(self, piece: AnyPiece, count: RoundCount | None) -> PieceRow:
        kit = self.kits.get(piece.kit or "")
        worker = self.workers.get((kit.worker if kit else None) or "")
        grid = self.grids.get((worker.grid if worker else None) or "")
        village = self.villages.get(piece.village or "") or self.villages.get((count.village if count else "") or "")
        by = self.officers.get(count.by or "", "") if count else ""
        return PieceRow(piece.id, piece, self.articles[piece.article], village, kit, worker, grid, count, by,
                        standing_of(piece, count))  # fmt: skip


def standing_of(piece: AnyPiece, count: RoundCount | None) -> Standing:
    """How a piece stands in a round."""
    if count is None:
        return "unseen"
    if count.settled:
        return "settled"
    return "differs" if is_open(count, piece) else "same"  # type: ignore[arg-type]


def _order(row: PieceRow) -> tuple[Any, ...]:
    village = natural_key(row.village.code) if row.village else ()
    grid = natural_key(row.grid.code) if row.grid else ((2, 0, ""),)
    return village, row.kit is None, row.worker is None, grid, row.kit.code if row.kit else "", \
        article_order(row.article), row.piece.code  # fmt: skip


# --- what came of it, as a table ----------------------------------------------------------------------------------

_COLUMNS = ("village", "grid", "worker", "kit", "piece", "article", "size", "believed", "seen", "standing", "reason",
            "note", "source", "by", "at")  # fmt: skip


def export_result(session: Any, round: str, path: Path) -> dict[str, Any]:
    """The result of a round (see :func:`find_round`) as a table: a line for each village, and one for each piece that
    was not simply there. That it left is written down before."""
    from commandcenter.formats.workbooks import About, Column, SheetOut, check_ending, write_table
    from commandcenter.rules.entity import REAL

    check_ending(path)
    let_out("export", REAL)
    with session.read(REAL) as reader:
        found = state(reader, find_round(reader, round).id)
        town_zone = zone(reader)
    odd = [row for row in found.rows if row.standing != "same"]
    columns = tuple(Column(say(f"rounds.column.{name}")) for name in _COLUMNS)
    sheets = [SheetOut(say("rounds.result.pieces"), columns, [_cells(row, town_zone) for row in odd])]
    if path.suffix.lower() == ".xlsx":
        sheets.insert(0, _villages_sheet(found, Column, SheetOut))
    session.runner.execute(NoteExport(what="round_result", rows=len(odd)))
    told = [(say("export.about.table"), found.round.name), (say("export.about.by"), session.officer.name)]
    if found.left:
        told.append((say("rounds.result.left"), found.left))
    write_table(path, sheets, About(say("export.about"), tuple(told)))
    return {"stock_round": found.round.id, "file": str(path), "rows": len(odd)}


def _villages_sheet(found: RoundState, column: Any, sheet: Any) -> Any:
    names = ("village", "expected", "counted", "unseen", "open", "settled")
    columns = tuple(column(say(f"rounds.column.{name}"), "text" if name == "village" else "number") for name in names)
    settled: dict[str, int] = {}
    for row in found.rows:
        if row.standing == "settled" and row.village:
            settled[row.village.id] = settled.get(row.village.id, 0) + 1
    lines = [
        [choose(each.name, each.name_en), far.expected, far.counted, far.expected - far.counted, far.open,
         settled.get(each.id, 0)]
        for each in found.villages if (far := found.by_village.get(each.id)) is not None
    ]  # fmt: skip
    return sheet(say("rounds.result.villages"), columns, lines)


def zone(reader: Reader) -> Any:
    """The town's zone."""
    from commandcenter.services.seasons import zone_of

    return zone_of(reader)


def _cells(row: PieceRow, zone: Any) -> list[Any]:
    count = row.count
    at: datetime | None = count.counted_at.astimezone(zone).replace(tzinfo=None, microsecond=0) if count else None
    return [
        choose(row.village.name, row.village.name_en) if row.village else None, row.grid.name if row.grid else None,
        holder_words(row), row.kit.code if row.kit else None, row.piece.code,
        choose(row.article.name, row.article.name_en), row.piece.size or None, say(f"rounds.state.{row.piece.state}"),
        say(f"rounds.state.{count.found}") if count else None, say(f"rounds.standing.{row.standing}"),
        count.settled or None if count else None, count.note or None if count else None,
        say(f"rounds.source.{count.source}") if count else None, row.by or None, at,
    ]  # fmt: skip


def reason_words(piece: AnyPiece | None) -> str:
    """Why a piece is not in order, as far as that was read and may be told."""
    return shown(piece.reason) if isinstance(piece, Piece) else ""


def holder_words(row: PieceRow) -> str:
    """Who has a piece: a name, "at the village", or "spare shelf"."""
    if row.worker is not None:
        return row.worker.name
    return say("rounds.at_village" if row.kit is not None else "rounds.shelf")
