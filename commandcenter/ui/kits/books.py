"""Books in the room of the kits: printing handbooks and contact books, which edition somebody's book is, and on a kit's
card what has changed since."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Slot

from commandcenter.base.texts import say
from commandcenter.rules.editions import BookKind, Standing
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.services import book_holders
from commandcenter.services.editions import PrintBooks, SetEdition
from commandcenter.services.kit_board import Board
from commandcenter.services.papers import PrintPaper
from commandcenter.services.sessions import Session
from commandcenter.ui.core.editing import EditField, FieldsSheet
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.longprint import LongPrintSheet, PrintWords, PrintWork
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Label
from commandcenter.ui.kits.rows import Item, Line, village_name
from commandcenter.ui.kits.sections import _Read, show_books

FOLDER_SETTING = "kits.books.folder"
"""The desk's setting: where the last books of several villages went."""
GRID, VILLAGE, ALL = "grid", "village", "all"
WHOLE, HANDED, CHANGED, COPY = "whole", "handed", "changed", "copy"


@dataclass(frozen=True, slots=True)
class Scope:
    """What there is to choose from: the grid and the village that are looked at, by id and name, and all villages."""

    grid: tuple[str, str] | None
    village: tuple[str, str] | None
    grids: dict[str, tuple[str, ...]]
    """Grids by village, in their order."""

    def subjects(self, kind: BookKind, of: str) -> tuple[str, ...]:
        """The ids of what a choice means."""
        if of == GRID and self.grid is not None and kind == "handbook":
            return (self.grid[0],)
        if of == ALL or self.village is None:
            if kind == "contact_book":
                return tuple(self.grids)
            return tuple(id for each in self.grids.values() for id in each)
        return (self.village[0],) if kind == "contact_book" else self.grids.get(self.village[0], ())


class PrintBooksSheet(LongPrintSheet):
    """Which books, for whom, on which sheets."""

    TEXTS = PrintWords(
        title="kits.books.title", save="kits.books.save", progress="kits.books.progress",
        stopped="kits.books.stopped", where="kits.books.where", folder="kits.books.folder", setting=FOLDER_SETTING,
    )  # fmt: skip

    keeps_draft = False

    def __init__(self, tools: Tools, sender: Sender, board: Board, scope: Scope, stale: str = "") -> None:
        """``stale``: the kind of the stale book that is looked at, whose changed pages are what is wanted most."""
        self._scope, self.board = scope, board
        self.may_print = tools.desk.officer.role in KEEPERS_OF_LISTS
        self.kind = ChoiceStrip(tuple(Choice(each, title_code=f"books.{each}.title")
                                      for each in ("handbook", "contact_book")))  # fmt: skip
        self.of = ChoiceStrip()
        whats = (WHOLE, HANDED, CHANGED) if self.may_print else (COPY,)
        self.what = ChoiceStrip(tuple(Choice(each, title_code=f"kits.books.what.{each}") for each in whats))
        self.imposed = ChoiceStrip(tuple(Choice(each, title_code=f"kits.books.imposed.{each}")
                                         for each in ("a5", "a6", "none")))  # fmt: skip
        fields = [
            EditField("book", "kits.field.book", self.kind), EditField("of", "kits.field.books_of", self.of),
            EditField("what", "kits.field.books_what", self.what,
                      hint_code="kits.books.what.hint" if self.may_print else "kits.books.copy.hint"),
            EditField("imposed", "kits.field.imposed", self.imposed, hint_code="kits.books.imposed.hint"),
        ]  # fmt: skip
        for each in fields:
            each.widget.setObjectName(f"kits.form.{each.name}")
        super().__init__(tools, sender, fields)
        self.told = Label()
        self.told.setWordWrap(True)
        self.add_below_fields(self.told)
        self.kind.choose(stale or "handbook")
        self.what.choose(CHANGED if stale and self.may_print else whats[0])
        self._kind_chosen()
        for strip in (self.of, self.what):
            strip.chosen.connect(self._tell)
        self.kind.chosen.connect(self._kind_chosen)

    def choose(self, *, kind: BookKind = "handbook", of: str = "", what: str = "") -> None:
        """Stand on these choices."""
        self.kind.choose(kind)
        self._kind_chosen()
        if of:
            self.of.choose(of)
        if what and self.may_print:
            self.what.choose(what)
        self._tell()

    @Slot()
    def _kind_chosen(self) -> None:
        """A contact book is a village's; each kind has its usual sheets."""
        from commandcenter.services.book_printing import USUAL

        kind, scope = self._kind(), self._scope
        offered = []
        if kind == "handbook" and scope.grid is not None:
            offered.append(Choice(GRID, scope.grid[1]))
        if scope.village is not None and (self.may_print or kind == "contact_book"):
            offered.append(Choice(VILLAGE, scope.village[1]))
        if self.may_print:
            offered.append(Choice(ALL, title_code="kits.books.all"))
        self.of.set_choices(offered)
        if self.of.value is None and offered:
            self.of.choose(offered[0].value)
        self.imposed.choose(USUAL[kind])
        self._tell()

    def _kind(self) -> BookKind:
        return "contact_book" if self.kind.value == "contact_book" else "handbook"

    @property
    def subjects(self) -> tuple[str, ...]:
        """The grids or villages that are chosen."""
        return self._scope.subjects(self._kind(), self.of.value or ALL)

    def follow_board(self, board: Board) -> None:
        """What others did meanwhile."""
        self.board = board
        self._tell()

    @property
    def _holders(self) -> list[Standing]:
        """Whoever has one of the books that are chosen."""
        wanted, kind = set(self.subjects), self._kind()
        return [each for each in self.board.books.values()
                if each.holder.kind == kind and each.holder.subject in wanted]  # fmt: skip

    @Slot()
    def _tell(self) -> None:
        """How many have such a book, and how many of these are stale."""
        mine = self._holders
        counts = Counter(each.state for each in mine)
        self.told.setText(say("kits.books.told", books=f"{len(set(self.subjects)):,}", holders=f"{len(mine):,}",
                              stale=f"{counts['stale']:,}", unknown=f"{counts['unknown']:,}"))  # fmt: skip
        self.save_button.setEnabled(not self.is_printing and self.may_begin())

    # --- sending ----------------------------------------------------------------------------------------------------

    def may_begin(self) -> bool:
        """Some books; of changed pages, somebody who has an old one."""
        is_stale = self.what.value != CHANGED or any(each.state == "stale" for each in self._holders)
        return bool(self.subjects) and is_stale

    def makes_several(self) -> bool:
        """Of several villages."""
        return self.of.value == ALL and len(self._scope.grids) > 1

    def command(self) -> Any | None:
        """The editions; for who may make none, that a copy was printed."""
        found = self.values()
        subjects = self.subjects
        if found is None or not subjects:
            return None
        if not self.may_print:
            return PrintPaper(sheet=self._kind(), subjects=subjects[:1])
        return PrintBooks(kind=self._kind(), subjects=subjects, changed_only=found["what"] == CHANGED,
                          handed=found["what"] == HANDED)  # fmt: skip

    def words(self) -> str:
        """What it does."""
        return say(f"kits.done.books.{self.what.value}", book=say(f"books.{self._kind()}.title"),
                   count=len(self.subjects))  # fmt: skip

    def work(self, outcome: Any) -> PrintWork:
        """The books of the editions that were made."""
        from commandcenter.services import book_printing

        session = self._tools.desk.session
        what = self.what.value or COPY
        return PrintWork(
            ready=partial(_ready, session, self._kind(), outcome.value, self.imposed.value, what),
            single=partial(book_printing.single, session), write=partial(book_printing.write, session),
        )  # fmt: skip

    def after_stop(self) -> None:
        """The editions are made: the form closes as if they were printed."""
        self.saved.emit()


def _ready(session: Session, kind: BookKind, value: Any, imposed: Any, what: str) -> Any:
    """On the io lane: the books in words."""
    from commandcenter.services import book_printing

    if what == COPY:
        return book_printing.job(session, [book_printing.copy_of(kind, value["subject"])], imposed)
    return book_printing.after(session, value, imposed, changed_only=what == CHANGED)


# --- which edition ------------------------------------------------------------------------------------------------


class EditionSheet(FieldsSheet):
    """The edition of one book, scanned from its cover or typed; empty: nobody knows."""

    def __init__(self, sender: Sender, item: Item) -> None:
        assert item.piece is not None
        self.piece = item.piece
        self.code = LineEdit()
        field = EditField("edition", "kits.field.edition", self.code, "", hint_code="kits.edition.hint")
        self.code.setObjectName("kits.form.edition")
        super().__init__("kits.edition.title", "kits.edition.save", sender, [field])
        self.put("edition", self.piece.edition)
        self.code.selectAll()

    def command(self) -> SetEdition | None:
        """However it was typed (``12``, ``e12``, ``E-000012``)."""
        found = self.values()
        if found is None:
            return None
        digits = found["edition"].strip().upper().removeprefix("E").lstrip("-－—")
        code = f"E-{int(digits):06d}" if digits.isdecimal() and len(digits) <= 6 else found["edition"].strip()
        return SetEdition(piece=self.piece.id, edition=code)

    def words(self) -> str:
        """What it does."""
        return say("kits.done.edition", mark=self.piece.code)


# --- on the card of a kit -----------------------------------------------------------------------------------------


class BooksSection(_Read):
    """Book by book which edition it is, and page by page what has changed since."""

    def __init__(self, tools: Tools, line: Line) -> None:
        super().__init__(tools)
        self._pieces = tuple(each.piece.id for each in line.items if each.piece is not None and each.article.printed)
        self.refresh()

    def question(self) -> Any:
        """How they stand."""
        return partial(_ask_books, self._pieces)

    def show_answer(self, found: Any) -> None:
        """A line for each, and one for each page that is not as it was printed."""
        show_books(self, found)
        if not found:
            self.quiet(say("kits.books.none"))


def _ask_books(pieces: tuple[str, ...], reader: Any) -> Any:
    """On the read lane."""
    return book_holders.of_pieces(reader, pieces)


def scope_of(board: Board, grids: Sequence[Any], row: Line | None, village: str) -> Scope:
    """What is looked at: the grid of the chosen kit, else the village."""
    grid = row.kit.grid if row is not None and row.kit is not None else None
    place = board.villages.get(village)
    by_village: dict[str, list[str]] = {}
    for each in grids:
        by_village.setdefault(each.village, []).append(each.id)
    return Scope(
        (grid.id, grid.name) if grid is not None else None,
        (place.id, village_name(place)) if place is not None else None,
        {id: tuple(by_village.get(id, ())) for id in board.villages},
    )
