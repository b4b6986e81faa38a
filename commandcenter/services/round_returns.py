"""The sheets of a stock round as they come back, read together.

:func:`read_files` reads any number of files, says file by file what it found, and leaves the writing to one
:class:`RecordCounts` per file, so that reading stops and goes on at will.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from commandcenter.base.errors import BadInput, CommandCenterError, Refused, RuleError
from commandcenter.base.texts import choose, say
from commandcenter.formats import round_sheets
from commandcenter.formats.problems import Problem
from commandcenter.formats.round_sheets import RowIn, SheetIn, plain
from commandcenter.rules.entity import REAL
from commandcenter.rules.grids import Village
from commandcenter.rules.numbers import local_day
from commandcenter.rules.rounds import StockRound
from commandcenter.services import round_reading
from commandcenter.services.round_lines import Books, Line
from commandcenter.services.rounds import Count, RecordCounts
from commandcenter.services.sessions import Session

ENDINGS = (".xlsx", ".xls", ".et", ".ods", ".csv", ".tsv", ".xlsm")
"""What is looked for in a folder of sheets that came back."""
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
        row = round_reading.find_open(reader, round)
        known = round_reading.rounds(reader)
        books = Books(reader, local_day(session.clock.now(), round_reading.zone(reader)))
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

    def __init__(self, round: StockRound, known: Sequence[StockRound], books: Books, counted: Collection[str],
                 believe: frozenset[str]) -> None:  # fmt: skip
        self.round, self.books, self.counted, self.believe = round, books, counted, believe
        self.rounds = {each.mark: each for each in known}
        self.headings = books.headings()
        self.by_code: dict[str, tuple[Line, Village]] = {}
        self.by_place: dict[tuple[str, str], list[tuple[Line, Village]]] = {}
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

    def _find(self, row: RowIn) -> tuple[Line, Village] | str:
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

    def _take_row(self, sheet: SheetIn, row: RowIn, line: Line, taken: _Taken) -> None:
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
