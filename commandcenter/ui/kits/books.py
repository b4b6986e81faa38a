"""Books in the room of the kits: printing handbooks and contact books, which edition somebody's book is, and on a kit's
card what has changed since."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QVBoxLayout

from commandcenter.base import files
from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.rules.editions import BookKind
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.services import book_holders
from commandcenter.services.editions import PrintBooks, SetEdition
from commandcenter.services.kit_board import Board
from commandcenter.services.papers import PrintPaper
from commandcenter.ui.core.editing import EditField, FieldsSheet
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.handout import documents, launch
from commandcenter.ui.core.runner import Cancelled, Report, Task
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Label
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


class PrintBooksSheet(FieldsSheet):
    """Which books, for whom, on which sheets; then how far it is, with a way to stop it."""

    def __init__(self, tools: Tools, sender: Sender, board: Board, scope: Scope, stale: str = "") -> None:
        """``stale``: the kind of the stale book that is looked at, whose changed pages are what is wanted most."""
        self._tools, self._scope = tools, scope
        self.board = board
        self.may_print = tools.desk.officer.role in KEEPERS_OF_LISTS
        self._folder: Path | None = None
        self._task: Task | None = None
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
        super().__init__("kits.books.title", "kits.books.save", sender, fields)
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.progress = Label("", "muted")
        self.stop_button = Button("kits.books.stop", kind="secondary", key="Esc")
        self.stop_button.setObjectName("kits.books.stop")
        self.stop_button.clicked.connect(self.stop)
        self.stop_button.hide()
        self._place_told()
        self.kind.choose(stale or "handbook")
        self.what.choose(CHANGED if stale and self.may_print else whats[0])
        self._kind_chosen()
        for strip in (self.of, self.what):
            strip.chosen.connect(self._tell)
        self.kind.chosen.connect(self._kind_chosen)

    def _place_told(self) -> None:
        holder = self.scrolling.widget()
        inner = holder.layout() if holder is not None else None
        if isinstance(inner, QVBoxLayout):
            for at, widget in enumerate((self.told, self.progress, self.stop_button), start=1):
                inner.insertWidget(at, widget)

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

    @Slot()
    def _tell(self) -> None:
        """How many have such a book, and how many of these are stale."""
        wanted, kind = set(self.subjects), self._kind()
        mine = [each for each in self.board.books.values()
                if each.holder.kind == kind and each.holder.subject in wanted]  # fmt: skip
        counts = {state: sum(1 for each in mine if each.state == state) for state in ("current", "stale", "unknown")}
        self.told.setText(say("kits.books.told", books=len(wanted), holders=len(mine), stale=counts["stale"],
                              unknown=counts["unknown"]))  # fmt: skip
        nothing = not wanted or (self.what.value == CHANGED and not counts["stale"])
        self.save_button.setEnabled(not nothing and self._task is None)

    # --- sending ----------------------------------------------------------------------------------------------------

    @Slot()
    def submit(self) -> None:
        """Several villages are several files: ask first where they go."""
        if self._task is not None or not self.save_button.isEnabled():
            return
        if self.of.value == ALL and len(self._scope.grids) > 1:
            dialog = QFileDialog(self.window(), say("kits.books.where"),
                                 str(self._tools.settings.get(FOLDER_SETTING) or documents()))  # fmt: skip
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
            dialog.filesSelected.connect(self.print_into)
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()
        else:
            self._folder = None
            super().submit()

    def print_into(self, chosen: Sequence[str]) -> None:
        """Print into a new folder under the chosen one."""
        from commandcenter.services.wording import stamp

        town = self._tools.desk.live.town
        self._tools.settings.set(FOLDER_SETTING, chosen[0])
        name = say("kits.books.folder", stamp=stamp(self._tools.desk.now(), town.zone if town else None))
        self._folder = Path(chosen[0]) / name
        super().submit()

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

    def _carried_out(self, outcome: Any) -> None:
        """The editions are made: now the paper. The form stays until it is."""
        work = partial(_set, self._tools.desk.session, self._kind(), outcome.value, self.imposed.value,
                       self.what.value or COPY, self._folder)  # fmt: skip
        self._say_progress(0, 0)
        self.stop_button.show()
        self.leave_button.hide()
        self._task = self._tools.desk.tasks.submit_long(
            "io", work, progress=self._say_progress, done=partial(self._printed, outcome), failed=self._not_printed,
            owner=self,
        )  # fmt: skip

    def _say_progress(self, done: int, total: int) -> None:
        if total:
            self.progress.say("kits.books.progress", done=done, total=total)
        else:
            self.progress.say("kits.books.begun")

    @Slot()
    def stop(self) -> None:
        """No more books; the editions stay, and so do the files that are finished."""
        if self._task is not None:
            self._task.cancel()
            self._over()
            self._tools.notices.info(say("kits.books.stopped"))
            self.saved.emit()

    def _over(self) -> None:
        self._task = None
        self.progress.show_text("")
        self.stop_button.hide()
        self.leave_button.show()
        self._tell()

    def _printed(self, outcome: Any, paths: list[Path]) -> None:
        self._over()
        self._sender.tell_done(self.words(), outcome)
        launch(self._folder if self._folder is not None else paths[0])
        self.saved.emit()

    def _not_printed(self, error: BaseException) -> None:
        self._over()
        if not isinstance(error, CommandCenterError):
            raise error
        self.say_trouble(error)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape stops what is being printed before it leaves."""
        if event.key() == Qt.Key.Key_Escape and self._task is not None:
            self.stop()
        else:
            super().keyPressEvent(event)


def _set(
    session: Any, kind: BookKind, value: Any, imposed: Any, what: str, folder: Path | None, report: Report
) -> list[Path]:
    """On the io lane: set the books and write them; a single file goes where it can be opened."""
    from commandcenter.services import book_printing

    if what == COPY:
        job = book_printing.job(session, [book_printing.copy_of(kind, value["subject"])], imposed)
    else:
        job = book_printing.after(session, value, imposed, changed_only=what == CHANGED)
    if report.is_cancelled():
        raise Cancelled
    if folder is not None:
        return book_printing.write(session, job, folder, report)
    made = book_printing.single(session, job, report)
    return [files.for_opening(made.name, made.content)]


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
