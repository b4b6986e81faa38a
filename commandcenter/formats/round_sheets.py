"""A village's sheet of a stock round 盘点表 as a workbook: written prefilled, and read back as it came home.

Rows are known by what stands in them and columns by their headings, so that sorting, added columns and deleted rows do
no harm. The round's mark stands in the title and, unseen, in a property of the file.
"""

import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from commandcenter.base.errors import BadInput
from commandcenter.base.files import write_whole
from commandcenter.base.texts import LANGUAGES, spoken
from commandcenter.formats.problems import Problem

FIXED = ("code", "grid", "worker", "size")
"""The columns before the articles; ``note`` comes behind them."""
PROPERTY = "commandcenter-round"
Seen = Literal["issued", "missing", "damaged"]
_MARK = re.compile(r"(?:盘点标识|标识|MARK)\W{0,4}([A-Z0-9]{6})(?![A-Z0-9])")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ISSUED = _words("在 有 好 完好 正常 良好 到位 齐 齐全 √ ✓ ✔ 对 是 1 V Y YES OK IN TRUE "
                 "过期 到期 超期 已到期 EXPIRED OVERDUE")  # fmt: skip
_MISSING = _words("缺 缺失 缺少 无 没有 没 没了 丢 丢了 丢失 已丢 遗失 已遗失 未见 没见到 不见 不见了 找不到 不在 "
                  "× ✗ ✘ 否 0 X N NO FALSE MISSING LOST")  # fmt: skip
_DAMAGED = _words("坏 坏了 损 损坏 破损 破了 已坏 已损坏 不能用 用不了 DAMAGED BROKEN")
NOTHING = _words("待补 未发 未配发 未配 / — – - －") | {"NOT ISSUED", "WAITING"}
"""What says that nothing was ever there."""
_TAIL = re.compile(r"^(.*?)\s*[(（,，;；:：](.*?)[)）]?$")
LONGEST_NOTE = 200
_LINE = 18  # points


@dataclass(frozen=True, slots=True)
class RowOut:
    """A kit, or a single piece: its ``code``, where and whose, and a word for each article (by id; "" blank)."""

    code: str
    grid: str
    worker: str
    size: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SheetOut:
    """A village's sheet in the words of its reader. ``articles``: id and heading, in their order; ``words``: what may
    be chosen in a cell, what is in good order first."""

    title: str
    mark_line: str
    hint: str
    headings: Mapping[str, str]
    articles: tuple[tuple[str, str], ...]
    rows: tuple[RowOut, ...]
    words: tuple[str, ...]
    mark: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says of an article: ``found`` None where it says that nothing was ever there."""

    column: str
    text: str
    found: Seen | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class RowIn:
    """A row as it came back. ``cells`` by article; blank ones and unreadable ones are left out."""

    number: int
    code: str
    grid: str
    worker: str
    note: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class SheetIn:
    """A sheet as it came back: its marks (none: nobody knows of which round it is), rows, and what is wrong in it."""

    sheet: str | None
    marks: tuple[str, ...]
    rows: tuple[RowIn, ...]
    problems: tuple[Problem, ...]
    columns: Mapping[str, str]
    """The headings that were understood, by what they are: a name of :data:`FIXED`, ``note``, or an article's id."""


def plain(text: object) -> str:
    """A text as it is compared: without width, spaces and case."""
    return "".join(unicodedata.normalize("NFKC", str(text)).split()).upper()


def seen_of(value: object) -> tuple[Seen | None, str] | None:
    """What a cell says, and what is said behind it (``坏(不亮)``); None when nobody can tell. ``(None, "")``: nothing
    was ever there."""
    if isinstance(value, bool):
        return ("issued" if value else "missing"), ""
    whole = str(value).strip()
    for text, note in ((whole, ""), *([(match[1], match[2].strip())] if (match := _TAIL.match(whole)) else [])):
        word = plain(text)
        if word in _ISSUED:
            return "issued", note
        if word in _MISSING:
            return "missing", note
        if word in _DAMAGED:
            return "damaged", note
        if word in NOTHING or " ".join(text.upper().split()) in NOTHING:
            return None, note
    return None


# --- out --------------------------------------------------------------------------------------------------------


def write(path: Path, sheet: SheetOut) -> Path:
    """Write a sheet to ``path`` (.xlsx), whole or not at all; EnvironmentTrouble ``export.cannot_write``."""
    if path.suffix.lower() != ".xlsx":
        raise BadInput("table.kind_unknown", path=str(path))
    return write_whole(path, _workbook(sheet))


def _workbook(sheet: SheetOut) -> bytes:
    # Late: openpyxl costs a tenth of a second that no start should pay.
    from openpyxl import Workbook
    from openpyxl.packaging.custom import StringProperty

    book = Workbook()
    page: Any = book.active
    page.title = "".join("-" if sign in "[]:*?/\\" else sign for sign in sheet.headings["sheet"])[:31]
    book.custom_doc_props.append(StringProperty(name=PROPERTY, value=sheet.mark))
    names = [sheet.headings[name] for name in FIXED]
    names += [heading for _, heading in sheet.articles] + [sheet.headings["note"]]
    for number, text in enumerate((sheet.title, sheet.mark_line, sheet.hint), start=1):
        _text(page, number, 1, text)
        page.merge_cells(start_row=number, start_column=1, end_row=number, end_column=len(names))
    for column, name in enumerate(names, start=1):
        _text(page, 4, column, name)
    for number, row in enumerate(sheet.rows, start=5):
        values = (row.code, row.grid, row.worker, row.size)
        cells = [row.cells.get(id, "") for id, _ in sheet.articles]
        for column, text in enumerate((*values, *cells, ""), start=1):
            _text(page, number, column, text)
    _dress(page, sheet, len(names))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(page: Any, row: int, column: int, text: str) -> None:
    """Always text: a code keeps its digits, and nothing anybody typed becomes a formula."""
    if not text:
        return
    cell = page.cell(row, column)
    cell.value = text
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))


def _dress(page: Any, sheet: SheetOut, width: int) -> None:
    """Widths, lines, a list to choose from, and what does not stand as it should marked; A4 across."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    thin = Side(style="thin", color="8B98A5")
    ground, odd = PatternFill("solid", fgColor="E8EEF2"), PatternFill("solid", fgColor="FCE4D6")
    last = 4 + max(len(sheet.rows), 1)
    first_article, past = len(FIXED) + 1, len(FIXED) + 1 + len(sheet.articles)
    for row in page.iter_rows(min_row=4, max_row=last, max_col=width):
        for cell in row:
            is_article = first_article <= cell.column < past
            cell.border = Border(thin, thin, thin, thin)
            cell.alignment = Alignment(horizontal="center" if is_article else None, vertical="center", wrap_text=True)
            if cell.row == 4:
                cell.fill, cell.font = ground, Font(bold=True)
            elif is_article and cell.value not in (None, "", sheet.words[0]):
                cell.fill = odd
    for number, size in ((1, 15), (2, 11), (3, 9)):
        page.cell(number, 1).font = Font(bold=number < 3, size=size)
        page.cell(number, 1).alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        page.row_dimensions[number].height = (26, 18, 30)[number - 1]
    page.row_dimensions[4].height = 32
    for number in range(5, last + 1):
        page.row_dimensions[number].height = _LINE
    widths = (11, 24, 12, 7, *(10 for _ in sheet.articles), 26)
    for column, wide in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(column)].width = wide
    if sheet.articles:
        choice = DataValidation(type="list", formula1=f'"{",".join(sheet.words)}"', allow_blank=True,
                                showErrorMessage=False)  # fmt: skip
        choice.add(f"{get_column_letter(first_article)}5:{get_column_letter(past - 1)}{last}")
        page.add_data_validation(choice)
    page.freeze_panes = "D5"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9  # A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:4"
    page.oddFooter.left.text = sheet.mark_line.replace("&", "&&")
    page.oddFooter.right.text = "&P / &N"


# --- back -------------------------------------------------------------------------------------------------------


def headings_known() -> dict[str, str]:
    """What the headings of :data:`FIXED` and the notes mean, in every language a sheet is written in."""
    found = {}
    for language in LANGUAGES:
        texts = spoken(language)
        for name in (*FIXED, "note"):
            found[plain(texts.say(f"rounds.sheet.{name}"))] = name
    others = {"七件套编号": "code", "套件编号": "code", "物件编号": "code", "所属网格": "grid", "网格名称": "grid",
              "姓名": "worker", "领用人": "worker", "说明": "note", "情况说明": "note"}  # fmt: skip
    return {**others, **found}


def read(path: Path, articles: Mapping[str, str], **options: Any) -> list[SheetIn]:
    """The sheets of a workbook or text table that came back. ``articles``: id by heading (as :func:`plain` makes it).

    BadInput when the file cannot be read, or ``round.sheet_strange`` when nothing in it looks like a sheet of a round.
    ``options``: ``progress``, ``cancelled`` as :func:`commandcenter.formats.tables.read_book` takes them.
    """
    from commandcenter.formats import tables

    book = tables.read_book(path, **options)
    hidden = tuple(value for name, value in book.properties if name == PROPERTY)
    known = {**{plain(heading): id for heading, id in articles.items()}, **headings_known()}
    found = [sheet for table in book.tables if (sheet := _sheet(table, known, hidden)) is not None]
    if not found:
        raise BadInput("round.sheet_strange", file=path.name)
    return found


def _sheet(table: Any, known: Mapping[str, str], hidden: tuple[str, ...]) -> SheetIn | None:
    columns: dict[str, int] = {}
    problems: list[Problem] = []
    for at, heading in enumerate(table.columns):
        meant = known.get(plain(heading))
        if meant is None:
            continue
        if meant in columns:
            problems.append(Problem(None, heading, None, "round.column_twice", "refused", sheet=table.sheet))
        else:
            columns[meant] = at
    is_told = "code" in columns or ("worker" in columns and "grid" in columns)
    articles = [name for name in columns if name not in (*FIXED, "note")]
    if not is_told or not articles:
        return None
    lines = []
    for row in table.rows:
        line, about = _row(row, columns, table)
        problems += about
        if line is not None:
            lines.append(line)
    told = {name: table.columns[at] for name, at in columns.items()}
    return SheetIn(table.sheet, _marks(table) or hidden, tuple(lines), tuple(problems), told)


def _row(row: Any, columns: Mapping[str, int], table: Any) -> tuple[RowIn | None, list[Problem]]:
    """One row; a row that says nothing of any article and has no code is none of the sheet's."""

    def text(name: str) -> str:
        value = row.cells[columns[name]] if name in columns else None
        return "" if value is None else str(value).strip()

    cells: dict[str, Cell] = {}
    problems: list[Problem] = []
    for name, at in columns.items():
        if name in FIXED or name == "note":
            continue
        value, heading = row.cells[at], table.columns[at]
        if value is None or not str(value).strip():
            continue
        seen = seen_of(value)
        if seen is None:
            about = Problem(row.number, heading, str(value)[:40], "round.cell", "refused", sheet=table.sheet)
            problems.append(about)
        else:
            cells[name] = Cell(heading, str(value), *seen)
    if not text("code") and not (text("worker") and (cells or problems)):
        return None, []
    note = " ".join(text("note").split())
    if len(note) > LONGEST_NOTE:
        problems.append(Problem(row.number, table.columns[columns["note"]], note[:40], "round.note_long", "refused",
                                {"most": LONGEST_NOTE}, table.sheet))  # fmt: skip
    return RowIn(row.number, plain(text("code")), text("grid"), text("worker"), note, cells), problems


def _marks(table: Any) -> tuple[str, ...]:
    """The marks that stand above the table, each once."""
    lines: Sequence[Any] = [each for each in table.left if each.number <= table.header_row]
    words = (unicodedata.normalize("NFKC", str(cell)).upper() for each in lines for cell in each.cells if cell)
    return tuple(dict.fromkeys(mark for each in words for mark in _MARK.findall(each)))
