"""The room 七件套: villages with what is missing, their kits and spare shelves row by row, and right the card of a kit,
a form, or the list of what to bring."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from commandcenter.rules.finding import Index as Finding
from commandcenter.services import kit_board
from commandcenter.services.kit_board import Board
from commandcenter.services.live import LiveChange
from commandcenter.ui.core.listing import ListWords, Tab
from commandcenter.ui.core.listroom import ReadListRoom
from commandcenter.ui.core.rereading import Question
from commandcenter.ui.core.sheets import Sheets
from commandcenter.ui.core.sidelist import ALL
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.kits.books import EditionSheet, PrintBooksSheet, scope_of
from commandcenter.ui.kits.forms import HandOutSheet, IssueSheet, ReceiveSheet, TakeBackSheet
from commandcenter.ui.kits.picklist import PickSheet
from commandcenter.ui.kits.pieceforms import (
    MarkSheet,
    ReplaceSheet,
    ReturnSheet,
    ShelveSheet,
    StockShelfSheet,
    WriteOffSheet,
)
from commandcenter.ui.kits.printing import LabelsSheet
from commandcenter.ui.kits.rows import (
    COLUMNS,
    SHEET_TITLES,
    SHELF,
    SLOTS,
    WALL,
    Item,
    Line,
    counts_by_village,
    homes_of,
    index_of,
    lines_of,
    order,
    title_shown,
    village_name,
    wall_id,
)
from commandcenter.ui.kits.sections import PLACE, LineHeader, SlotsSection, today_of
from commandcenter.ui.kits.slotsdelegate import SlotsDelegate
from commandcenter.ui.kits.villageboard import VillageBoard

TABS = (Tab("all", "kits.tab.all"), Tab("gaps", "kits.tab.gaps"), Tab("lying", "kits.tab.lying"),
        Tab("shelf", "kits.tab.shelf"), Tab("sheets", "kits.tab.sheets"), Tab("stale", "kits.tab.stale"))  # fmt: skip
SHEETS_TAB = 4
"""The place of receipt sheets among the tabs."""
STALE_TAB = 5
PICK = "pick"
Answer = tuple[Board, list[Line], Finding]


class KitsRoom(ReadListRoom[Line]):
    """Everything that is done with kits, by keys and by mouse."""

    words = ListWords(
        "kits", "kits.search", Empty("kits.empty", "kits.empty.hint", "kit"), "kits.villages.all", "kits.count",
        "kits.count_of", "kits.card.empty", "kits.card.gone",
    )  # fmt: skip
    scope = "kits"
    entities = ("kit", SHELF, WALL, "piece", "edition", "kit_issue")
    side_width = 296

    def __init__(self, tools: Tools) -> None:
        self.board: Board | None = None
        self._homes: dict[str, str] = {}
        self._day: date = today_of(tools)
        super().__init__(tools, COLUMNS, order=order, tabs=TABS, add="kit.issue")
        self._sheets = Sheets(tools, self)
        place = next(place for place, each in enumerate(COLUMNS) if each.id == SLOTS)
        self.view.setItemDelegateForColumn(place, SlotsDelegate(self.view))
        self.view.opened.connect(self._opened)
        self.tabs.currentChanged.connect(self._entitle)
        self._entitle()
        tools.selection.changed.connect(self._place_changed)
        self.right.currentChanged.connect(tools.actions.refresh)
        tools.ticker.listen(self._tick)

    @Slot()
    def _entitle(self) -> None:
        self.table.entitle(SHEET_TITLES if self.tab == "sheets" else {})

    # --- what the list is -----------------------------------------------------------------------------------------

    def make_side(self) -> VillageBoard:
        """Villages with a column an article."""
        self.side = VillageBoard()
        return self.side

    def side_lines(self) -> list[tuple[str, str]]:
        """The worst first."""
        rows = self.board.matrix.rows if self.board is not None else ()
        return [(row.village.id, village_name(row.village)) for row in rows]

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """The gaps."""
        counts = counts_by_village(self.board) if self.board is not None else {}
        return counts, sum(counts.values())

    def village_of(self, row: Line) -> str:
        """Where it belongs."""
        return row.village.id

    def is_on_tab(self, row: Line, tab: str) -> bool:
        """Receipt sheets stand apart."""
        if row.sheet is not None or tab == "sheets":
            return row.sheet is not None and tab == "sheets"
        if tab == "gaps":
            return row.kit is not None and row.gaps > 0
        if tab == "lying":
            return row.is_lying
        if row.wall is not None:
            return tab == "stale" and row.wall.state == "stale"
        if tab == "stale":
            return row.kit is not None and any(each.state == "stale" for each in row.items)
        return tab == "all" or row.shelf is not None

    def shape_columns(self) -> None:
        """Receipt sheets have neither a code nor gaps, which leaves room for their villages; else the grid needs it."""
        is_sheets = self.tab == "sheets"
        self.view.set_aside({"code", "gaps"} if is_sheets else ())
        sheets = (row for row in self._rows.values() if is_sheets and row.sheet is not None)
        self.view.fit("title", map(title_shown, sheets))

    def question(self) -> Question:
        """Everything, as of the town's day."""
        self._day = today_of(self._tools)
        return partial(_ask, self._day)

    def concerns(self, change: LiveChange) -> bool:
        """Kits and stores, who has them, the names of their places, and whatever stands in printed books."""
        return change.kits or change.people or change.places or change.drills or change.settings or change.listed

    @Slot(object)
    def take(self, answer: Answer) -> None:
        """Rows, figures, and forms that stand open take what others did."""
        self.board, made, index = answer
        self._homes = homes_of(made)
        self._homes |= {each.edition.id: each.holder.kit for each in self.board.books.values() if each.edition}
        self._homes |= {each.edition.id: wall_id(each.holder.subject) for each in self.board.walls if each.edition}
        self.side.show_matrix(self.board.matrix)
        super().take((made, index))
        for _, sheet in self.right.sheets():
            if isinstance(sheet, (IssueSheet, HandOutSheet, PrintBooksSheet)):
                sheet.follow_board(self.board)
        self._tools.actions.refresh()

    def _tick(self, now: datetime) -> None:
        """A new day makes other pieces due."""
        if today_of(self._tools) != self._day:
            self.reading.read_again()

    # --- choosing -------------------------------------------------------------------------------------------------

    def key_of(self, entity: str, id: str) -> str:
        """A piece is found in the row of its kit or shelf, an edition in that of somebody who holds it."""
        return self._homes.get(id, id) if entity in ("piece", "edition") else id

    def subject_of(self, key: str) -> tuple[str, str]:
        """Kits, shelves and sheets stand in one list."""
        row = self.row(key)
        if row is not None and row.sheet is not None:
            return "kit_issue", key
        if row is not None and row.wall is not None:
            return WALL, key
        return (SHELF if key.startswith(f"{SHELF}:") else "kit"), key

    @Slot(str, str)
    def _navigated(self, entity: str, id: str) -> None:
        super()._navigated(entity, id)
        if entity == "piece":
            self._choose_piece(id)

    def _choose_piece(self, id: str) -> None:
        row = self.row(self._homes.get(id))
        items = row.items if row is not None else ()
        item = next((each for each in items if each.piece is not None and each.piece.id == id), None)
        if item is not None:
            self._tools.selection.choose(PLACE, item.key)
            self._renew_card()

    def bring_into_list(self, id: str) -> None:
        """Receipt sheets stand on a tab of their own, overview sheets on that of the stale."""
        row = self.row(id)
        if row is not None and row.wall is not None and self.tab != "stale":
            self.widen()
            self.tabs.setCurrentIndex(STALE_TAB)
        if row is not None and row.sheet is not None and self.tab != "sheets":
            self.widen()
            self.tabs.setCurrentIndex(SHEETS_TAB)
        elif row is not None and not row.is_paper and self.tab == "sheets":
            self.widen()
        super().bring_into_list(id)

    def _show(self, key: str | None) -> None:
        """Another row: no place of it is chosen yet."""
        if key != self._chosen:
            row, place = self.row(key), self._tools.selection.chosen(PLACE)
            if row is None or place not in {each.key for each in row.items}:
                self._tools.selection.choose(PLACE, None)
        super()._show(key)

    def header(self, row: Line) -> QWidget:
        """What it is, and what can be done."""
        return LineHeader(self._tools, row)

    def _refresh_card(self) -> None:
        """The keys stay where they were, among the pieces."""
        before = self.pieces
        had_keys = before is not None and before.hasFocus()
        super()._refresh_card()
        after = self.pieces
        if had_keys and after is not None:
            after.setFocus()

    def _renew_card(self) -> None:
        self._shown = None
        self._refresh_card()

    @property
    def pieces(self) -> Any | None:
        """The list of pieces on the card."""
        body = self.card.widget()
        section = body.findChild(SlotsSection) if body is not None else None
        return section.list if section is not None else None

    @Slot(str)
    def _opened(self, _id: str) -> None:
        """Enter on a row: its pieces have the keys."""
        self.to_pieces()

    def to_pieces(self) -> None:
        """The pieces on the card have the keys; Escape gives them back."""
        pieces = self.pieces
        if pieces is None:
            return
        self.right.setCurrentWidget(self.card)
        pieces.left.connect(self.view.setFocus)
        pieces.setFocus()

    @Slot(str, object)
    def _place_changed(self, entity: str, _id: object) -> None:
        if entity == PLACE:
            self._tools.actions.refresh()

    # --- what can be done -----------------------------------------------------------------------------------------

    @property
    def item(self) -> Item | None:
        """The chosen place or piece; without a choice the only one there is."""
        row = self._shown
        if row is None or not self.right.is_card:
            return None
        wanted = self._tools.selection.chosen(PLACE)
        found = next((each for each in row.items if each.key == wanted), None)
        return found or (row.items[0] if len(row.items) == 1 else None)

    @property
    def can_issue(self) -> bool:
        """As soon as the depots are known."""
        return self.board is not None

    @property
    def can_hand_out(self) -> bool:
        """Whether a kit lies in the village that is looked at."""
        return bool(self._lying())

    def _village(self) -> str:
        return self._shown.village.id if self._shown is not None else self.villages.chosen_line

    def _lying(self) -> list[Line]:
        village = self._village()
        return [each for each in self._rows.values() if each.is_lying and each.village.id == village]

    @property
    def can_take_back(self) -> bool:
        """Whether a kit is on the card."""
        return self._shown is not None and self._shown.kit is not None and self.right.is_card

    @property
    def can_receive(self) -> bool:
        """Whether a sheet waits to be signed for."""
        sheet = self._shown.sheet if self._shown is not None else None
        return sheet is not None and not sheet.issue.received_on and self.right.is_card

    @property
    def can_replace(self) -> bool:
        """Whether a place of a kit is chosen."""
        return self.can_take_back and self.item is not None

    @property
    def can_mark(self) -> bool:
        """Whether a piece is chosen that is out."""
        return self.item is not None and self.item.piece is not None

    @property
    def can_shelve(self) -> bool:
        """Whether the chosen piece is in good order."""
        return self.can_mark and self.item is not None and self.item.state in ("good", "overdue")

    @property
    def has_pieces(self) -> bool:
        """Whether there are pieces to choose from."""
        return self.right.is_card and self.pieces is not None

    @property
    def can_print(self) -> bool:
        """Whether a receipt sheet or the list of what to bring is looked at."""
        shown = self.right.currentWidget()
        return isinstance(shown, PickSheet) or (self.right.is_card and self._sheet_shown is not None)

    @property
    def can_label(self) -> bool:
        """Whether something is looked at that has pieces."""
        return self.board is not None and bool(self._label_subjects())

    @property
    def _sheet_shown(self) -> str | None:
        return self._shown.id if self._shown is not None and self._shown.sheet is not None else None

    # --- forms ----------------------------------------------------------------------------------------------------

    def issue(self) -> None:
        """The form by which kits leave a depot for the village that is looked at."""
        if self.board is not None:
            self.open_sheet(f"new:issue:{self._village()}", self._issue)

    def _issue(self) -> IssueSheet:
        assert self.board is not None
        sheet = IssueSheet(self.board, self.post, self._village() or None)
        sheet.issued.connect(self._issued)
        return sheet

    @Slot(str, str)
    def _issued(self, _issue: str, village: str) -> None:
        """The kits of the village are what is looked at next."""
        self.villages.choose(village)
        self.tabs.setCurrentIndex(0)
        self.narrow_down()

    def hand_out(self) -> None:
        """The form by which a kit gets its worker."""
        lying = self._lying()
        if self.board is None or not lying:
            return
        mine = self._shown.id if self._shown is not None and self._shown.is_lying else None
        self.open_sheet(f"hand:{lying[0].village.id}", partial(self._hand_out, lying[0].village.id, mine))

    def _hand_out(self, village: str, kit: str | None) -> HandOutSheet:
        assert self.board is not None
        sheet = HandOutSheet(self.board, self.post, village, kit)
        sheet.handed.connect(self._handed)
        return sheet

    @Slot(str, str)
    def _handed(self, village: str, kit: str) -> None:
        """The next one, while kits lie there: the form comes again when the list knows of this one."""
        self._tools.selection.choose("kit", kit)
        self.reading.read_again(partial(self._next_hand_out, village))

    def _next_hand_out(self, village: str) -> None:
        if self.right.is_card and self._village() == village and self._lying() and self.isVisible():
            self.open_sheet(f"hand:{village}", partial(self._hand_out, village, None))

    def receive(self) -> None:
        """The form in which a village signs."""
        if self._shown is not None and self._shown.sheet is not None:
            self.open_sheet(self._shown.id, partial(ReceiveSheet, self._shown, self.post))

    def take_back(self) -> None:
        """The form of a kit that comes back."""
        if self._shown is not None and self._shown.kit is not None and self.board is not None:
            self.open_sheet(self._shown.id, partial(TakeBackSheet, self.board, self.post, self._shown))

    def replace(self) -> None:
        """The form that fills the chosen place."""
        row, item = self._shown, self.item
        if row is not None and item is not None and self.board is not None and row.kit is not None:
            self.open_sheet(f"fill:{row.id}:{item.key}", partial(ReplaceSheet, self.board, self.post, row, item))

    def mark(self) -> None:
        """The form of what became of the chosen piece."""
        if self.item is not None:
            self._piece_sheet("mark", partial(MarkSheet, self.post, self.item))

    def write_off(self) -> None:
        """The form by which it goes for good."""
        if self.item is not None:
            self._piece_sheet("off", partial(WriteOffSheet, self.post, self.item))

    def shelve(self) -> None:
        """The form by which it goes to a shelf."""
        if self.item is not None and self.board is not None and self._shown is not None:
            make = partial(ShelveSheet, self.board, self.post, self.item, self._shown.village.id)
            self._piece_sheet("shelve", make)

    def give_back(self) -> None:
        """The form by which it goes back to a depot."""
        if self.item is not None and self.board is not None:
            self._piece_sheet("return", partial(ReturnSheet, self.board, self.post, self.item))

    def _piece_sheet(self, what: str, make: Any) -> None:
        if self.item is not None and self.item.piece is not None:
            self.open_sheet(f"{what}:{self.item.piece.id}", make)

    def stock_shelf(self) -> None:
        """The form by which pieces leave a depot for a village's shelf."""
        if self.board is None:
            return
        shelf = self._shown.shelf if self._shown is not None else None
        article = shelf.article.id if shelf is not None else self.item.article.id if self.item is not None else None
        make = partial(StockShelfSheet, self.board, self.post, self._village() or None, article)
        self.open_sheet("new:shelf", make)

    def pick_list(self) -> None:
        """What to bring, in the order of the way; once more takes it away."""
        shown = self.right.currentWidget()
        if isinstance(shown, PickSheet):
            shown.left.emit()
        elif self.board is not None:
            self.open_sheet(PICK, partial(PickSheet, self._tools, self.post, self.board.depots))

    # --- papers ---------------------------------------------------------------------------------------------------

    def print_shown(self) -> None:
        """The receipt sheet or the list of what to bring, as a PDF."""
        shown = self.right.currentWidget()
        if isinstance(shown, PickSheet):
            depot, town = shown.depot.currentData(), self._desk.live.town
            if depot or town is not None:
                self._sheets.open("pick_list", depot or town.id, depot=depot)  # type: ignore[union-attr]
        elif self._sheet_shown is not None:
            self._sheets.open("receipt_sheet", self._sheet_shown)

    def labels(self) -> None:
        """The form of labels for what is looked at."""
        subjects = self._label_subjects()
        if subjects:
            self.open_sheet(f"labels:{subjects[0][1]}", partial(LabelsSheet, self._sheets, self.post, subjects))

    def _label_subjects(self) -> list[tuple[str, str, str]]:
        """Kind, id and name: the chosen kit or receipt sheet, then the village."""
        row, found = self._shown, list[tuple[str, str, str]]()
        if row is not None and row.kit is not None:
            found.append(("kit", row.kit.kit.id, row.code))
        elif row is not None and row.sheet is not None:
            found.append(("kit_issue", row.sheet.issue.id, row.sheet.issue.number))
        village = self.board.villages.get(self._village()) if self.board is not None else None
        return [*found, ("village", village.id, village_name(village))] if village is not None else found

    @property
    def can_print_wall(self) -> bool:
        """Whether the overview sheet of a village is looked at."""
        return self.right.is_card and self._shown is not None and self._shown.wall is not None

    def print_wall(self) -> None:
        """The form that prints overview sheets, on this village."""
        if self._shown is not None and self._shown.wall is not None:
            self._tools.selection.navigate("overview", self._shown.village.id)

    # --- books ------------------------------------------------------------------------------------------------------

    @property
    def can_print_books(self) -> bool:
        """As soon as it is known who has one."""
        return self.board is not None

    def print_books(self) -> None:
        """The form that prints handbooks and contact books of what is looked at."""
        if self.board is not None:
            scope = scope_of(self.board, list(self._tools.desk.live.grids.values()), self._shown, self._village())
            make = partial(PrintBooksSheet, self._tools, self.post, self.board, scope, self._stale_book())
            self.open_sheet("books", make)

    def _stale_book(self) -> str:
        """The kind of the stale book that is looked at, the chosen one first."""
        items = [self.item] if self.item is not None else []
        items += list(self._shown.items) if self._shown is not None else []
        return next((each.article.printed for each in items if each is not None and each.state == "stale"), "")

    @property
    def can_set_edition(self) -> bool:
        """Whether a printed book is chosen."""
        return self.can_mark and self.item is not None and bool(self.item.article.printed)

    def set_edition(self) -> None:
        """The form of the edition that the chosen book is."""
        if self.item is not None and self.can_set_edition:
            self._piece_sheet("edition", partial(EditionSheet, self.post, self.item))

    def widen(self) -> None:
        """As ever; the villages are chosen by their line."""
        super().widen()
        self.villages.choose(ALL)


def _ask(today: date, reader: Any) -> Answer:
    """On the read lane."""
    found = kit_board.board(reader, today)
    made = lines_of(found)
    return found, made, index_of(made)


