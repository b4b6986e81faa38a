"""The sheets of a stock round as they go out: one a village, as a workbook and on paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from commandcenter.base import texts
from commandcenter.base.errors import BadInput, EnvironmentTrouble
from commandcenter.base.files import write_whole
from commandcenter.base.texts import choose, say
from commandcenter.formats import paper, round_sheets
from commandcenter.formats.round_sheets import RowOut, SheetOut
from commandcenter.rules.entity import REAL
from commandcenter.rules.kits import AnyPiece
from commandcenter.rules.numbers import local_day
from commandcenter.rules.rounds import StockRound
from commandcenter.services import round_reading
from commandcenter.services.exports import NoteExport
from commandcenter.services.paper_words import Imprint
from commandcenter.services.papers import let_out
from commandcenter.services.round_lines import Books, VillageLines
from commandcenter.services.sessions import Session
from commandcenter.storage.reads import Reader


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
    books = Books(reader, today)
    town: Any = next(iter(reader.find("township")), None)
    office = choose(town.name, town.name_en) if town else ""
    return [_sheet(part, round, office) for part in books.parts]


def _sheet(part: VillageLines, round: StockRound, office: str) -> MadeSheet:
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
        row = round_reading.find_open(reader, round)
        made = sheets(reader, row, local_day(now, round_reading.zone(reader)))
        imprint = Imprint.read(reader, now, session.officer)
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
            content = paper.render("round_sheet", _on_paper(each.sheet, imprint), {}, now)
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


def _on_paper(sheet: SheetOut, imprint: Imprint) -> PaperSheet:
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
        (*heads, sheet.headings["note"]), rows, sheet.words[0], len(sheet.articles),
        imprint.printed, imprint.watermark,
    )  # fmt: skip
