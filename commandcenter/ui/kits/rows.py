"""The rows of the middle list: kits, what lies on spare shelves, receipt sheets."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from commandcenter.base.texts import choose, say
from commandcenter.rules import pinyin
from commandcenter.rules.editions import Standing
from commandcenter.rules.finding import Entry, Index
from commandcenter.rules.grids import Village
from commandcenter.rules.kits import AnyPiece, SlotState, piece_state
from commandcenter.rules.ordering import natural_key
from commandcenter.rules.stores import Article
from commandcenter.services.book_words import page_name
from commandcenter.services.kit_board import Board, SheetRow
from commandcenter.services.kit_reading import KitRow, ShelfRow
from commandcenter.services.wording import shown
from commandcenter.ui.core.columns import Column, Tone
from commandcenter.ui.kits.marks import article_name, sized, state_words

SHELF, WALL = "shelf", "wall"


@dataclass(frozen=True, slots=True)
class Item:
    """A place of a kit, or a piece on a shelf, as the card lists it."""

    key: str
    article: Article
    piece: AnyPiece | None
    state: SlotState

    @property
    def size(self) -> str:
        """The size of the piece that is there."""
        return self.piece.size if self.piece is not None else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row; exactly one of ``kit``, ``shelf``, ``sheet`` and ``wall`` (the overview sheet of a village) is there."""

    id: str
    village: Village
    items: tuple[Item, ...] = ()
    kit: KitRow | None = None
    shelf: ShelfRow | None = None
    sheet: SheetRow | None = None
    wall: Standing | None = None

    @property
    def is_paper(self) -> bool:
        """A sheet, of which no pieces can be chosen."""
        return self.sheet is not None or self.wall is not None

    @property
    def gaps(self) -> int:
        """How many places of the kit wait, or pieces of the shelf are not in order."""
        return sum(1 for each in self.items if each.state != "good")

    @property
    def is_lying(self) -> bool:
        """A kit that waits at the village to be handed out."""
        return self.kit is not None and self.kit.worker is None

    @property
    def title(self) -> str:
        """Whose kit it is, what lies on the shelf, the number of the sheet."""
        if self.kit is not None:
            return self.kit.worker.name if self.kit.worker is not None else say("kits.lying")
        if self.shelf is not None:
            return say("kits.shelf_row")
        if self.wall is not None:
            return say("kits.wall.row")
        assert self.sheet is not None
        return self.sheet.issue.number

    @property
    def place(self) -> str:
        """The grid; else the village, with what lies on its shelf."""
        if self.kit is not None and self.kit.grid is not None:
            return self.kit.grid.name
        if self.shelf is not None:
            what = sized(self.shelf.article, self.shelf.size)
            return say("kits.shelf_place", village=village_name(self.village), article=what)
        return village_name(self.village)

    @property
    def code(self) -> str:
        """The kit's code; how many lie on the shelf; the edition of the overview. A receipt sheet's number holds its
        day."""
        if self.kit is not None:
            return self.kit.kit.code
        if self.shelf is not None:
            return say("kits.spare_count", count=len(self.shelf.good))
        edition = self.wall.edition if self.wall is not None else None
        return say("kits.wall.code", number=edition.number) if edition is not None else ""

    @property
    def since(self) -> str:
        """On which day the kit was handed out, the overview printed; who signed the sheet."""
        if self.kit is not None:
            return self.kit.kit.handed_on or "–"
        if self.sheet is not None:
            signed = shown(self.sheet.issue.received_by) if self.sheet.issue.received_on else ""
            return signed or say("kits.sheet.waits")
        return self.wall.edition.printed_on if self.wall is not None and self.wall.edition is not None else "–"

    @property
    def told(self) -> str:
        """The states in words, for copying, for a screen reader and where no signs are drawn."""
        if self.sheet is not None:
            return say("kits.sheet.holds", kits=f"{self.sheet.kits:,}", pieces=f"{self.sheet.pieces:,}")
        if self.wall is not None:
            changed = say("kits.list").join(page_name(each.page) for each in self.wall.pages)
            return say("kits.wall.told", pages=changed) if changed else say("books.holder.current")
        if self.shelf is not None:
            bad = Counter(each.state for each in self.items if each.state != "good")
            told = [say("kits.shelf_bad", state=state_words(state), count=count) for state, count in bad.items()]
            return say("kits.join").join(told) or state_words("good")
        gaps = [f"{article_name(each.article)} {state_words(each.state)}" for each in self.items
                if each.state != "good"]  # fmt: skip
        return say("kits.join").join(gaps) or state_words("good")


def village_name(village: Village | None) -> str:
    """In the language of the moment."""
    return choose(village.name, village.name_en) if village is not None else ""


def shelf_id(village: str, article: str, size: str) -> str:
    """The key of a shelf's row."""
    return f"{SHELF}:{village}:{article}:{size}"


def wall_id(village: str) -> str:
    """The key of the row of a village's overview sheet."""
    return f"{WALL}:{village}"


def lines_of(board: Board) -> list[Line]:
    """All rows."""
    villages = board.villages
    made = [
        Line(row.kit.id, villages[row.kit.village], tuple(Item(each.article.id, each.article, each.piece, each.state)
                                                          for each in row.slots), kit=row)
        for row in board.kits
    ]  # fmt: skip
    for shelf in board.shelves:
        items = tuple(Item(each.id, shelf.article, each, piece_state(each, board.today))
                      for each in (*shelf.good, *shelf.bad))  # fmt: skip
        made.append(Line(shelf_id(shelf.village.id, shelf.article.id, shelf.size), shelf.village, items, shelf=shelf))
    made += [Line(row.issue.id, villages[row.issue.village], sheet=row) for row in board.sheets]
    made += [Line(wall_id(each.holder.subject), villages[each.holder.subject], wall=each) for each in board.walls
             if each.holder.subject in villages]  # fmt: skip
    return made


def homes_of(lines: Iterable[Line]) -> dict[str, str]:
    """In which row each piece that is out is found."""
    return {item.piece.id: line.id for line in lines for item in line.items if item.piece is not None}


def order(line: Line) -> tuple[Any, ...]:
    """Village by village: kits that were handed out by grid, those that lie there, the shelf; sheets, latest first."""
    if line.sheet is not None:
        issued = line.sheet.issue
        waits = issued.received_on is not None
        return 1, waits, tuple(-ord(each) for each in issued.number)
    village = natural_key(line.village.code)
    if line.wall is not None:
        return 0, village, -1
    if line.kit is not None:
        grid = line.kit.grid
        return 0, village, 0, line.is_lying, natural_key(grid.code) if grid else ((2, 0, ""),), line.code
    assert line.shelf is not None
    article = line.shelf.article
    return 0, village, 1, article.kit_place is None, ((article.kit_place or 0, 0, article.code),), line.shelf.size


def index_of(lines: Iterable[Line]) -> Index:
    """What a search knows: names with their pinyin, grids, villages, codes of kits and pieces, states in words."""
    return Index(_entry(line) for line in lines)


@lru_cache(maxsize=8192)
def _spelt(name: str, person: bool) -> tuple[str, str, str]:
    keys = pinyin.keys(name, person=person)
    return name, keys.pinyin, keys.initials


def _entry(line: Line) -> Entry:
    keys: list[str] = [*_spelt(village_name(line.village), False)]
    for item in line.items:
        keys.append(item.piece.code if item.piece is not None else "")
        if item.state != "good":
            keys += [*_spelt(state_words(item.state), False), *_spelt(article_name(item.article), False)]
    if line.kit is not None:
        keys += [line.code, line.kit.grid.code if line.kit.grid else "", line.kit.grid.name if line.kit.grid else ""]
        if line.kit.worker is not None:
            keys += _spelt(line.kit.worker.name, True)
    elif line.shelf is not None:
        keys += _spelt(article_name(line.shelf.article), False)
    elif line.sheet is not None:
        keys += [line.code, line.sheet.depot]
    elif line.wall is not None:
        keys += [line.wall.holder.code, *_spelt(line.title, False)]
    return Entry("kit", line.id, line.title, "", tuple(dict.fromkeys(key for key in keys if key)))


def _gaps_tone(line: Line, _ctx: Any) -> Tone:
    return "disabled" if line.is_paper or not line.gaps else "overdue"


def _gaps_words(line: Line, _ctx: Any) -> str:
    return "–" if line.is_paper or not line.gaps else str(line.gaps)


def _title_tone(line: Line, _ctx: Any) -> Tone:
    return "text" if (line.kit is not None and not line.is_lying) or line.is_paper else "muted"


def _since_tone(line: Line, _ctx: Any) -> Tone:
    return "near" if line.sheet is not None and not line.sheet.issue.received_on else "muted"


def title_shown(line: Line, _ctx: Any = None) -> str:
    """What a line is called: of a receipt sheet its village."""
    return village_name(line.village) if line.sheet is not None else line.title


def _place_shown(line: Line, _ctx: Any) -> str:
    """A sheet's number is long: it stands where there is room."""
    return line.title if line.sheet is not None else line.place


SLOTS = "slots"
COLUMNS: tuple[Column[Line], ...] = (
    Column("title", "kits.column.title", title_shown, None, 84, fixed=True, tone=_title_tone),
    Column("place", "kits.column.place", _place_shown, None, 130, stretch=True),
    Column("code", "kits.column.code", lambda line, _: line.code, None, 62),
    Column(SLOTS, "kits.column.slots", lambda line, _: line.told, lambda line: -line.gaps, 186, fixed=True,
           tooltip=lambda line, _: line.told),
    Column("gaps", "kits.column.gaps", _gaps_words, lambda line: line.gaps, 52, numeric=True, tone=_gaps_tone),
    Column("since", "kits.column.since", lambda line, _: line.since, None, 92, tone=_since_tone),
)  # fmt: skip
SHEET_TITLES = {name: f"kits.column.sheet.{name}" for name in ("title", "place", SLOTS, "since")}
"""What stands over the columns while receipt sheets are listed."""


def counts_by_village(board: Board) -> Mapping[str, int]:
    """The gaps of each village."""
    return {row.village.id: row.missing for row in board.matrix.rows}
