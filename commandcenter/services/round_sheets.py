"""The sheets of a stock round: one a village, as a workbook and on paper, and read together when they come back.

Out: :func:`sheets`, :func:`write_folder`. Back: :func:`read_files` reads any number of files, says file by file what
it found, and leaves the writing to one :class:`RecordCounts` per file, so that reading stops and goes on at will.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from commandcenter.base import texts
from commandcenter.base.errors import BadInput, CommandCenterError, EnvironmentTrouble, Refused, RuleError
from commandcenter.base.files import write_whole
from commandcenter.base.texts import choose, say
from commandcenter.formats import paper, round_sheets
from commandcenter.formats.problems import Problem
from commandcenter.formats.round_sheets import RowIn, RowOut, SheetIn, SheetOut, plain
from commandcenter.rules.entity import REAL
from commandcenter.rules.grids import Village
from commandcenter.rules.kits import AnyPiece, needed
from commandcenter.rules.maps import natural_key
from commandcenter.rules.numbers import local_day
from commandcenter.rules.rounds import StockRound
from commandcenter.rules.stores import Article
from commandcenter.services import round_reading
from commandcenter.services.exports import NoteExport
from commandcenter.services.kit_reading import KitRow, article_order, kits_of
from commandcenter.services.papers import let_out
from commandcenter.services.rounds import Count, RecordCounts
from commandcenter.services.sessions import Session
from commandcenter.storage.reads import Reader
from commandcenter.storage.stores import held

ENDINGS = (".xlsx", ".xls", ".et", ".ods", ".csv", ".tsv", ".xlsm")
"""What is looked for in a folder of sheets that came back."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a sheet: a kit with the piece in each of its places, or one single piece."""

    code: str
    grid: str
    worker: str
    size: str
    pieces: Mapping[str, AnyPiece | None]


@dataclass(frozen=True, slots=True)
class _VillageLines:
    village: Village
    articles: tuple[Article, ...]
    lines: tuple[_Line, ...]


class _Books:
    """What stands on the sheets of all villages now, read once."""

    def __init__(self, reader: Reader, today: date) -> None:
        self.articles: dict[str, Article] = {each.id: each for each in reader.find("article")}
        self.villages: dict[str, Village] = {each.id: each for each in reader.find("village")}
        self.needed = needed(self.articles.values())
        pieces = held(reader.connection)
        self.village_of = {each.id: each.village or "" for each in pieces}
        self.parts: list[_VillageLines] = []
        kits: dict[str, list[KitRow]] = {}
        for row in kits_of(reader, None, today):
            kits.setdefault(row.kit.village, []).append(row)
        loose: dict[str, list[AnyPiece]] = {}
        placed = {slot.piece.id for rows in kits.values() for row in rows for slot in row.slots if slot.piece}
        for piece in pieces:
            if piece.id not in placed:
                loose.setdefault(piece.village or "", []).append(piece)
        by_kit = {row.kit.id: row for rows in kits.values() for row in rows}
        for village in sorted(self.villages.values(), key=lambda each: natural_key(each.code)):
            lines = [_kit_line(row) for row in kits.get(village.id, ())]
            rest = sorted(loose.get(village.id, ()), key=self._loose_order)
            lines += [_piece_line(each, by_kit.get(each.kit or "")) for each in rest]
            more = {each.article for each in rest} - {each.id for each in self.needed}
            others = sorted((self.articles[id] for id in more), key=article_order)
            if lines:
                self.parts.append(_VillageLines(village, (*self.needed, *others), tuple(lines)))

    def _loose_order(self, piece: AnyPiece) -> tuple[Any, ...]:
        return piece.kit is None, *article_order(self.articles[piece.article]), piece.code

    def headings(self) -> dict[str, str]:
        """Articles by every heading under which they may stand."""
        found = {}
        for each in sorted(self.articles.values(), key=lambda one: (one.active, one.kit_place is not None)):
            found.update({name: each.id for name in (each.code, each.name_en, each.name) if name})
        return found


def _kit_line(row: KitRow) -> _Line:
    worker = row.worker.name if row.worker else say("rounds.at_village")
    pieces = {slot.article.id: slot.piece for slot in row.slots}
    return _Line(row.kit.code, _grid_words(row), worker, row.kit.sizes, pieces)


def _piece_line(piece: AnyPiece, kit: KitRow | None) -> _Line:
    """On the shelf, or one more of something in a kit, such as the broken one beside the new."""
    if kit is None:
        return _Line(piece.code, "", say("rounds.shelf"), piece.size, {piece.article: piece})
    worker = kit.worker.name if kit.worker else say("rounds.at_village")
    return _Line(piece.code, _grid_words(kit), worker, piece.size, {piece.article: piece})


def _grid_words(row: KitRow) -> str:
    return (row.grid.name or row.grid.code) if row.grid else ""


# --- out --------------------------------------------------------------------------------------------------------


def believed(piece: AnyPiece | None) -> str:
    """What a cell says of a piece before anybody looked."""
    if piece is None:
        return say("rounds.cell.waiting")
    return say(f"rounds.cell.{'issued' if piece.state == 'expired' else piece.state}")


@dataclass(frozen=True, slots=True)
class MadeSheet:
    """A village's sheet, ready to be written: ``village`` by name."""

    village: str
    sheet: SheetOut


def sheets(reader: Reader, round: StockRound, today: date) -> list[MadeSheet]:
    """The sheets of all villages that have anything, in the language of this process."""
    books = _Books(reader, today)
    town: Any = next(iter(reader.find("township")), None)
    office = choose(town.name, town.name_en) if town else ""
    return [_sheet(part, round, office) for part in books.parts]


def _sheet(part: _VillageLines, round: StockRound, office: str) -> MadeSheet:
    name = choose(part.village.name, part.village.name_en)
    shown = {each.id for each in part.articles}
    rows = []
    for line in part.lines:
        cells = {id: believed(piece) for id, piece in line.pieces.items() if id in shown}
        rows.append(RowOut(line.code, line.grid, line.worker, line.size, cells))
    headings = {each: say(f"rounds.sheet.{each}") for each in (*round_sheets.FIXED, "note")}
    sheet = SheetOut(
        title=say("rounds.sheet.title", town=office, round=round.name, village=name),
        mark_line=say("rounds.sheet.mark_line", mark=round.mark, number=round.number, village=name),
        hint=say("rounds.sheet.hint"), headings={**headings, "sheet": name}, mark=round.mark,
        articles=tuple((each.id, choose(each.name, each.name_en or each.name)) for each in part.articles),
        rows=tuple(rows),
        words=tuple(say(f"rounds.cell.{each}") for each in ("issued", "missing", "damaged", "waiting")),
    )  # fmt: skip
    return MadeSheet(name, sheet)


def file_name(round: StockRound, village: str, ending: str) -> str:
    """The name of a village's file: round and village can be told by it."""
    name = say("rounds.sheet.file", round=round.name, village=village)
    return "".join("_" if sign in '\\/:*?"<>|\n' else sign for sign in name)[:100] + ending


def write_folder(
    session: Session, round: str, folder: Path, *, on_paper: bool = True, progress: Any = None,
) -> list[Path]:  # fmt: skip
    """Write every village's sheet to ``folder``, as a workbook and (``on_paper``) as PDF; those of an earlier writing
    of the same round are replaced. That they left is written down before. RuleError ``round.closed``; BadInput
    ``round.no_kits`` when no village has anything; EnvironmentTrouble where the folder cannot be made."""
    now = session.clock.now()
    let_out("export", REAL)
    with session.read(REAL) as reader:
        row = _open(reader, round)
        made = sheets(reader, row, local_day(now, _zone(reader)))
        marks = _paper_marks(session, reader, now)
    if not made:
        raise BadInput("round.no_kits")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentTrouble("export.cannot_write", path=str(folder), reason=error.strerror or "") from error
    session.runner.execute(NoteExport(what="round_sheets", rows=sum(len(each.sheet.rows) for each in made)))
    written = []
    for number, each in enumerate(made, start=1):
        written.append(round_sheets.write(folder / file_name(row, each.village, ".xlsx"), each.sheet))
        if on_paper:
            content = paper.render("round_sheet", _on_paper(each.sheet, marks), {}, now)
            written.append(write_whole(folder / file_name(row, each.village, ".pdf"), content))
        if progress is not None:
            progress(number, len(made))
    return written


@dataclass(frozen=True, slots=True)
class PaperSheet:
    """盘点表 on paper: what :class:`SheetOut` says, with what every paper has."""

    language: str
    number: str
    labels: Mapping[str, str]
    title: str
    mark_line: str
    hint: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    good: str
    articles: int
    printed: str
    watermark: str


def _paper_marks(session: Session, reader: Reader, now: Any) -> tuple[str, str]:
    town: Any = next(iter(reader.find("township")), None)
    when = f"{now.astimezone(_zone(reader)):%Y-%m-%d %H:%M}"
    mark = town.mark if town else "real"
    watermark = "" if mark == "real" else say(f"paper.watermark.{mark}")
    return say("paper.printed", who=session.officer.name, when=when), watermark


def _on_paper(sheet: SheetOut, marks: tuple[str, str]) -> PaperSheet:
    heads = [sheet.headings[name] for name in round_sheets.FIXED] + [name for _, name in sheet.articles]
    rows = tuple(
        (row.code, row.grid, row.worker, row.size, *(row.cells.get(id, "") for id, _ in sheet.articles), "")
        for row in sheet.rows
    )
    labels = {"title": sheet.title, "page": say("paper.page", page="{page}", pages="{pages}"),
              "counted_by": say("rounds.sheet.counted_by"), "signed": say("rounds.sheet.signed"),
              "date": say("rounds.sheet.date")}  # fmt: skip
    return PaperSheet(
        texts.current().language, sheet.mark, labels, sheet.title, sheet.mark_line, say("rounds.sheet.hint_paper"),
        (*heads, sheet.headings["note"]), rows, sheet.words[0], len(sheet.articles), *marks,
    )  # fmt: skip


def _zone(reader: Reader) -> Any:
    from commandcenter.services.seasons import zone_of

    return zone_of(reader)


def _open(reader: Reader, given: str) -> StockRound:
    row = round_reading.find_round(reader, given)
    if row.closed_on is not None:
        raise RuleError("round.closed", name=row.name, day=row.closed_on)
    return row


# --- back -------------------------------------------------------------------------------------------------------

Status = Literal["ready", "refused", "unmarked", "twice"]


@dataclass(frozen=True, slots=True)
class SheetRead:
    """What one sheet of one file says. ``ready``: it can be recorded; ``unmarked``: it names no round, so somebody has
    to say that it is of this one; ``twice``: another file of the same village says something else; ``refused``: see
    ``error`` and ``problems``.

    ``differing``: how many pieces are not as the program believes; ``blanks``: cells left empty, which say nothing;
    ``before``: how many of the pieces were counted in this round already.
    """

    path: Path
    sheet: str | None
    status: Status
    village: Village | None = None
    counts: tuple[Count, ...] = ()
    differing: int = 0
    blanks: int = 0
    before: int = 0
    problems: tuple[Problem, ...] = ()
    error: CommandCenterError | None = None
    other: str = ""

    @property
    def name(self) -> str:
        """The file's name, with the sheet's where a workbook holds several."""
        return f"{self.path.name} [{self.sheet}]" if self.sheet else self.path.name

    @property
    def refusals(self) -> tuple[Problem, ...]:
        """What has to be mended in the file."""
        return tuple(each for each in self.problems if each.severity == "refused")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came back, file by file, for one round."""

    round: StockRound
    files: tuple[SheetRead, ...]
    missing: tuple[Village, ...] = ()
    """Villages of which there is no sheet here and nothing was counted yet."""

    @property
    def ready(self) -> tuple[SheetRead, ...]:
        """Those that can be recorded."""
        return tuple(each for each in self.files if each.status == "ready")

    def command(self, read: SheetRead) -> RecordCounts:
        """What records a sheet."""
        return RecordCounts(round=self.round.id, counts=read.counts, source="sheet")


@dataclass(slots=True)
class _Taken:
    """A sheet being read."""

    counts: dict[str, Count] = field(default_factory=dict)
    differing: int = 0
    blanks: int = 0
    villages: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The files meant: those named, and all tables in folders. BadInput ``file.not_found``, ``round.no_files``."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = [each for each in path.iterdir() if each.suffix.lower() in ENDINGS and each.is_file()]
            found |= dict.fromkeys(sorted(each for each in inside if not each.name.startswith((".", "~$"))))
        elif path.exists():
            found[path] = None
        else:
            raise BadInput("file.not_found", path=str(path))
    if not found:
        raise BadInput("round.no_files")
    return list(found)


def read_files(
    session: Session, round: str, paths: Iterable[Path], *, believe: Collection[str] = (), progress: Any = None,
    cancelled: Any = None,
) -> Reading:  # fmt: skip
    """Read sheets that came back, outside any transaction; nothing is written.

    ``believe``: names of files (as :attr:`SheetRead.name` or the file's) without a mark that are of this round all the
    same. BadInput ``round.no_files``; RuleError ``round.closed``; Refused ``file.cancelled``.
    """
    chosen = files_of(paths)
    with session.read(REAL) as reader:
        row = _open(reader, round)
        known = round_reading.rounds(reader)
        books = _Books(reader, local_day(session.clock.now(), _zone(reader)))
        counted = {each.piece for each in reader.find("round_count", round=row.id)}
    taker = _Taker(row, known, books, counted, frozenset(believe))
    found: list[SheetRead] = []
    for number, path in enumerate(chosen, start=1):
        found += taker.file(path, cancelled)
        if progress is not None:
            progress(number, len(chosen))
    found = _twice(found)
    there = {each.village.id for each in found if each.village} | {books.village_of.get(id, "") for id in counted}
    missing = tuple(part.village for part in books.parts if part.village.id not in there)
    return Reading(row, tuple(found), missing)


class _Taker:
    """Compares what came back with what the program knows."""

    def __init__(self, round: StockRound, known: Sequence[StockRound], books: _Books, counted: Collection[str],
                 believe: frozenset[str]) -> None:  # fmt: skip
        self.round, self.books, self.counted, self.believe = round, books, counted, believe
        self.rounds = {each.mark: each for each in known}
        self.headings = books.headings()
        self.by_code: dict[str, tuple[_Line, Village]] = {}
        self.by_place: dict[tuple[str, str], list[tuple[_Line, Village]]] = {}
        for part in books.parts:
            for line in part.lines:
                self.by_code[plain(line.code)] = line, part.village
                if line.code.startswith("K"):
                    self.by_place.setdefault((plain(line.worker), plain(line.grid)), []).append((line, part.village))

    def file(self, path: Path, cancelled: Any) -> list[SheetRead]:
        """A file: what each of its sheets says, or why it cannot be read."""
        try:
            sheets = round_sheets.read(path, self.headings, cancelled=cancelled)
        except CommandCenterError as error:
            if isinstance(error, Refused) and error.code == "file.cancelled":
                raise
            return [SheetRead(path, None, "refused", error=error)]
        return [self._judge(path, sheet, sheet.sheet if len(sheets) > 1 else None) for sheet in sheets]

    def _judge(self, path: Path, sheet: SheetIn, name: str | None) -> SheetRead:
        blank = SheetRead(path, name, "refused")
        for mark in sheet.marks:
            if mark != self.round.mark:
                return replace(blank, error=self._foreign(blank.name, mark))
        taken = self._take(sheet)
        village = self.books.villages.get(taken.villages.most_common(1)[0][0]) if taken.villages else None
        taken.problems += self._strays(sheet, village)
        counts = tuple(taken.counts.values())
        before = sum(each.piece in self.counted for each in counts)
        made = replace(blank, village=village, counts=counts, differing=taken.differing, blanks=taken.blanks,
                       before=before, problems=(*sheet.problems, *taken.problems))  # fmt: skip
        if made.refusals:
            error: CommandCenterError = BadInput("round.sheet_faults", file=made.name, count=len(made.refusals))
            return replace(made, error=error)
        if not counts:
            return replace(made, error=BadInput("round.sheet_empty", file=made.name))
        if not sheet.marks and not {made.name, path.name} & self.believe:
            return replace(made, status="unmarked", error=BadInput("round.sheet_unmarked", file=made.name))
        return replace(made, status="ready")

    def _foreign(self, name: str, mark: str) -> CommandCenterError:
        """Refused by the name of the file and of the round that it is of."""
        other = self.rounds.get(mark)
        if other is None:
            return RuleError("round.sheet_unknown", file=name, mark=mark)
        code = "round.sheet_old" if other.closed_on else "round.sheet_other"
        day = other.closed_on or other.opened_on
        return RuleError(code, file=name, name=other.name, day=day, wanted=self.round.name)

    def _take(self, sheet: SheetIn) -> _Taken:
        taken, rows = _Taken(), dict[str, int]()
        for row in sheet.rows:
            found = self._find(row)
            if isinstance(found, str):
                taken.problems.append(self._problem(sheet, row, found))
                continue
            line, village = found
            if line.code in rows:
                facts = {"other": rows[line.code], "label": line.code}
                taken.problems.append(self._problem(sheet, row, "round.row_twice", facts))
                continue
            rows[line.code] = row.number
            taken.villages[village.id] += 1
            self._take_row(sheet, row, line, taken)
        return taken

    def _find(self, row: RowIn) -> tuple[_Line, Village] | str:
        """The line that a row is of, or the code of what is wrong with it."""
        if row.code:
            code = re.sub(r"^([KP])[^0-9A-Z]*(?=\d)", r"\1-", row.code)
            return self.by_code.get(code) or "round.code_unknown"
        places = self.by_place.get((plain(row.worker), plain(row.grid)), [])
        if not places and not row.grid:
            places = [each for (worker, _), lines in self.by_place.items() if worker == plain(row.worker)
                      for each in lines]  # fmt: skip
        if len(places) != 1:
            return "round.worker_several" if places else "round.worker_unknown"
        return places[0]

    def _problem(self, sheet: SheetIn, row: RowIn, code: str, facts: Mapping[str, Any] | None = None) -> Problem:
        name = "code" if row.code else "worker"
        told = {"label": row.code, "worker": row.worker, "grid": row.grid, **(facts or {})}
        return Problem(row.number, sheet.columns.get(name), row.code or row.worker, code, "refused", told, sheet.sheet)

    def _take_row(self, sheet: SheetIn, row: RowIn, line: _Line, taken: _Taken) -> None:
        seen: list[tuple[Count, bool]] = []
        taken.blanks += sum(1 for id, piece in line.pieces.items()
                            if piece is not None and id in sheet.columns and id not in row.cells)  # fmt: skip
        for article, cell in row.cells.items():
            piece = line.pieces.get(article)
            if piece is None:
                if cell.found == "issued":
                    facts = {"label": line.code, "article": cell.column}
                    taken.problems.append(Problem(row.number, cell.column, cell.text, "round.piece_more", "note", facts,
                                                  sheet.sheet))  # fmt: skip
                continue
            if cell.found is None:
                facts = {"label": line.code, "piece": piece.code}
                taken.problems.append(Problem(row.number, cell.column, cell.text, "round.cell_waiting", "refused",
                                              facts, sheet.sheet))  # fmt: skip
                continue
            is_other = cell.found != ("issued" if piece.state == "expired" else piece.state)
            seen.append((Count(piece.id, cell.found, cell.note), is_other))
        self._note(row.note, seen, taken)

    def _note(self, note: str, seen: list[tuple[Count, bool]], taken: _Taken) -> None:
        """A row's remark goes with what is not as believed, else with what is not in order, else with the first."""
        wanted = [count for count, is_other in seen if is_other] or [c for c, _ in seen if c.found != "issued"]
        marked = {each.piece for each in wanted or [count for count, _ in seen[:1]]} if note else set()
        for count, is_other in seen:
            words = " ".join(part for part in (count.note, note if count.piece in marked else "") if part)
            taken.counts[count.piece] = replace(count, note=words[: round_sheets.LONGEST_NOTE])
            taken.differing += is_other

    def _strays(self, sheet: SheetIn, village: Village | None) -> list[Problem]:
        """Rows of another village than most: somebody pasted them, or lists a kit that moved."""
        found = []
        for row in sheet.rows:
            line = self._find(row)
            if not isinstance(line, str) and village is not None and line[1].id != village.id:
                facts = {"village": choose(line[1].name, line[1].name_en)}
                found.append(self._problem(sheet, row, "round.row_foreign", facts))
        return found


def _twice(found: list[SheetRead]) -> list[SheetRead]:
    """Of two files of a village that say the same the first is taken; that differ, neither: somebody has to choose."""
    by_village: dict[str, list[SheetRead]] = {}
    for each in found:
        if each.village is not None and each.status in ("ready", "unmarked"):
            by_village.setdefault(each.village.id, []).append(each)
    told: dict[int, SheetRead] = {}
    for same in by_village.values():
        if len(same) < 2:
            continue
        is_alike = all(set(each.counts) == set(same[0].counts) for each in same)
        for at, each in enumerate(same):
            if is_alike and at == 0:
                continue
            other = same[0 if at else 1]
            code = "round.sheet_same" if is_alike else "round.sheet_twice"
            village = choose(each.village.name, each.village.name_en) if each.village else ""
            error = RuleError(code, file=each.name, other=other.name, village=village)
            told[id(each)] = replace(each, status="twice", error=error, other=other.name)
    return [told.get(id(each), each) for each in found]


def problem_words(problem: Problem) -> str:
    """What is wrong in a cell and what to do, in a sentence."""
    facts = {**problem.facts, "value": problem.value or "", "column": problem.column or "", "row": problem.row or ""}
    return say(f"rounds.problem.{problem.code.removeprefix('round.')}", **facts)


def record(session: Session, reading: Reading, read: SheetRead) -> dict[str, Any]:
    """Record one sheet: one command, to be taken back as one."""
    value: dict[str, Any] = session.runner.execute(reading.command(read)).value
    return value
