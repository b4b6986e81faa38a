"""The card of a kit, of a shelf's article, of a receipt sheet; and the kit's part of the cards of workers and grids."""

from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import current, say
from commandcenter.rules.masks import is_masked
from commandcenter.rules.numbers import local_day
from commandcenter.services import book_holders, kit_board, kit_reading
from commandcenter.services.book_holders import Told
from commandcenter.services.kit_board import KitStep
from commandcenter.services.kit_reading import KitRow, Step
from commandcenter.services.live import LiveChange
from commandcenter.services.wording import shown
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Facts, Link, clear, words
from commandcenter.ui.core.listing import CardHands
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Label
from commandcenter.ui.kits.marks import article_name, characters, sized, state_words
from commandcenter.ui.kits.piecelist import PieceList
from commandcenter.ui.kits.rows import Line, village_name

PLACE = "kit_place"
"""Under this name the selection keeps which place of the kit, or piece of the shelf, is chosen."""
MOST_STEPS = 12


def today_of(tools: Tools) -> date:
    """The town's day."""
    return local_day(tools.desk.now(), zone_of(tools.desk.live.town))


def has_pieces(line: Line) -> bool:
    """Whether there are places or pieces to choose from."""
    return not line.is_paper


class LineHeader(QWidget):
    """What it is, where, and what can be done."""

    def __init__(self, tools: Tools, line: Line) -> None:
        super().__init__()
        self._tools, self._lines = tools, QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(theme.current().space(1))
        title = line.code if line.kit is not None else line.title
        if line.wall is not None:
            title = say("books.overview.title")
        if line.shelf is not None:
            title = say("kits.shelf_of", article=sized(line.shelf.article, line.shelf.size))
        self._lines.addWidget(words(title, "title"))
        if line.kit is not None:
            self._say_kit(line)
        elif line.shelf is not None:
            told = say("kits.shelf.told", village=village_name(line.village), good=len(line.shelf.good),
                       bad=len(line.shelf.bad))  # fmt: skip
            self._lines.addWidget(words(told, "muted"))
        else:
            if line.wall is not None:
                self._lines.addWidget(words(line.place, "muted"))
            self._lines.addWidget(words(line.told, "muted"))
        self._lines.addWidget(CardHands(tools, _hands(line)))

    def _say_kit(self, line: Line) -> None:
        assert line.kit is not None
        worker, kit = line.kit.worker, line.kit.kit
        good = len(line.items) - line.gaps
        if worker is not None:
            row = QHBoxLayout()
            row.addWidget(Link(worker.name, partial(self._tools.selection.navigate, "worker", worker.id)))
            row.addWidget(words(line.place, "muted"), 1)
            self._lines.addLayout(row)
            self._lines.addWidget(words(say("kits.handed", day=kit.handed_on or "–", good=good, all=len(line.items)),
                                        "muted"))  # fmt: skip
        else:
            told = say("kits.lies", village=village_name(line.village), sizes=kit.sizes or "–", good=good,
                       all=len(line.items))  # fmt: skip
            self._lines.addWidget(words(told, "muted"))


def _hands(line: Line) -> tuple[str, ...]:
    if line.sheet is not None:
        return ("kit.print", "kit.labels", "kit.issue" if line.sheet.issue.received_on else "kit.receive")
    if line.wall is not None:
        return ("kit.wall",)
    if line.shelf is not None:
        return ("kit.stock_shelf", "kit.shelve", "kit.return", "kit.mark", "kit.write_off")
    first = ("kit.hand_out",) if line.is_lying else ()
    return (*first, "kit.replace", "kit.mark", "kit.take_back", "kit.shelve", "kit.return", "kit.write_off",
            "kit.edition", "kit.books", "kit.labels")  # fmt: skip


class SlotsSection(QWidget):
    """The places one by one; the chosen one is what the keys work on."""

    def __init__(self, tools: Tools, line: Line) -> None:
        super().__init__()
        self._tools = tools
        self.list = PieceList(line.items, characters([each.article for each in line.items]),
                              tools.selection.chosen(PLACE))  # fmt: skip
        self.list.moved.connect(self._moved)
        self.list.opened.connect(self._opened)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.list)
        self.setFocusProxy(self.list)
        ids = [each.piece.id for each in line.items if each.piece is not None]
        tools.desk.read(partial(_ask_reasons, ids), done=self.list.tell_reasons, failed=_unread, owner=self, key="why")

    @Slot(str)
    def _moved(self, key: str) -> None:
        self._tools.selection.choose(PLACE, key)
        self._tools.actions.refresh()

    @Slot(str)
    def _opened(self, _key: str) -> None:
        """Enter: what is most often done next."""
        for id in ("kit.replace", "kit.mark"):
            if self._tools.actions.trigger(id):
                return


def _ask_reasons(ids: list[str], reader: Any) -> dict[str, str]:
    """On the read lane: what was said last of each piece, masked by role."""
    return {each.id: _readable(each.reason) for each in reader.many("piece", ids) if each.reason}


def _unread(error: BaseException) -> None:
    """The list beside it says that the database is away; what is here stays without its reasons."""
    if not isinstance(error, CommandCenterError):
        raise error


class _Read(QWidget):
    """Lines read from the database, and read again when kits change."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools, self._desk = tools, tools.desk
        self.lines = QVBoxLayout(self)
        self.lines.setContentsMargins(0, 0, 0, 0)
        self.lines.setSpacing(theme.current().space(1))
        self.lines.addWidget(Label("kits.section.loading", "muted"))
        tools.desk.live_changed.connect(self._live_changed)

    def question(self) -> Any:
        """What to ask the reader; None: nothing."""
        raise NotImplementedError

    def show_answer(self, found: Any) -> None:
        """Fill :attr:`lines`, which are empty."""
        raise NotImplementedError

    @Slot()
    def refresh(self) -> None:
        """Ask."""
        asked = self.question()
        if asked is not None:
            self._desk.read(asked, done=self._take, failed=self._failed, owner=self, key="lines")

    def _take(self, found: Any) -> None:
        clear(self.lines)
        self.show_answer(found)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        clear(self.lines)
        self.lines.addWidget(Label("kits.section.failed", "muted", reason=current().error(error)))

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.kits or change.people or change.drills or change.listed:
            self.refresh()

    def quiet(self, text: str) -> None:
        """A sentence."""
        self.lines.addWidget(words(text, "muted"))


class HistorySection(_Read):
    """Who did what with the chosen piece, when and why; without one, with the kit."""

    def __init__(self, tools: Tools, line: Line) -> None:
        super().__init__(tools)
        self._line = line
        tools.selection.changed.connect(self._selected)
        self.refresh()

    @Slot(str, object)
    def _selected(self, entity: str, _id: object) -> None:
        if entity == PLACE:
            self.refresh()

    def _item(self) -> Any:
        wanted = self._tools.selection.chosen(PLACE)
        return next((each for each in self._line.items if each.key == wanted), None)

    def question(self) -> Any:
        """Of the piece, of the kit, or of the first piece of a shelf."""
        item = self._item()
        if item is None and self._line.kit is None and self._line.items:
            item = self._line.items[0]
        if item is not None and item.piece is not None:
            return partial(_ask_piece, item.piece.id)
        return partial(_ask_kit, self._line.kit.kit.id) if self._line.kit is not None else None

    def show_answer(self, found: "list[Step | KitStep]") -> None:
        """The newest first."""
        item, zone = self._item(), zone_of(self._desk.live.town)
        if item is not None and item.piece is not None:
            self.quiet(say("kits.history.of", what=f"{sized(item.article, item.size)} {item.piece.code}"))
        elif item is not None:
            self.quiet(say("kits.history.none", what=article_name(item.article)))
        for step in found[:MOST_STEPS]:
            self.lines.addWidget(words(_step_words(step, zone)))
        if len(found) > MOST_STEPS:
            self.quiet(say("kits.history.more", count=len(found) - MOST_STEPS))


def _step_words(step: "Step | KitStep", zone: Any) -> str:
    code = f"kits.step.{step.command}"
    what = say(code) if current().has(code) else step.command
    parts = [f"{step.at.astimezone(zone):%Y-%m-%d %H:%M}", step.by, what]
    if isinstance(step, Step):
        if step.state in ("missing", "damaged", "expired"):
            parts.append(state_words(step.state))  # type: ignore[arg-type]
        parts += [step.kit, "" if step.kit else step.village, _readable(step.reason)]
    else:
        parts.append(step.worker)
    return " · ".join(part for part in parts if part)


def _ask_piece(piece: str, reader: Any) -> list[Step]:
    return kit_reading.history_of(reader, piece)


def _ask_kit(kit: str, reader: Any) -> list[KitStep]:
    return kit_board.steps_of(reader, kit)


class SheetSection(_Read):
    """What a receipt sheet says: from where, for whom, who signed, and what went on it."""

    def __init__(self, tools: Tools, line: Line) -> None:
        super().__init__(tools)
        self._line = line
        self.refresh()

    def question(self) -> Any:
        """The sheet."""
        return partial(_ask_sheet, self._line.id)

    def show_answer(self, found: Any) -> None:
        """Its facts, then kit by kit."""
        if found is None:
            return
        issue, facts = found.issue, Facts()
        facts.add("kits.sheet.depot", found.depot.name)
        facts.add("kits.sheet.village", village_name(found.village))
        facts.add("kits.sheet.issued", issue.issued_on)
        signed = say("kits.sheet.signed", name=_readable(issue.received_by), day=issue.received_on or "")
        facts.add("kits.sheet.received", signed if issue.received_on else say("kits.sheet.waits"))
        if issue.note:
            facts.add("kits.sheet.note", _readable(issue.note))
        self.lines.addWidget(facts)
        for kit, worker, pieces in found.kits:
            row = QHBoxLayout()
            row.addWidget(Link(kit.code, partial(self._tools.selection.navigate, "kit", kit.id)))
            told = say("kits.sheet.line", name=worker.name if worker is not None else say("kits.lying"),
                       count=len(pieces), all=len(found.articles))  # fmt: skip
            row.addWidget(words(told, "muted"), 1)
            self.lines.addLayout(row)
        for piece in found.shelf:
            article = next((each for each in found.articles if each.id == piece.article), None)
            name = sized(article, piece.size) if article is not None else ""
            self.quiet(say("kits.sheet.shelf_line", mark=piece.code, article=name))


class WallSection(_Read):
    """Which edition of the overview sheet hangs in a village, and what has changed since."""

    def __init__(self, tools: Tools, line: Line) -> None:
        super().__init__(tools)
        self._village = line.village.id
        self.refresh()

    def question(self) -> Any:
        """How it stands."""
        return partial(_ask_wall, self._village)

    def show_answer(self, found: Told | None) -> None:
        """A line for it, and one for each part that is not as it was printed."""
        show_books(self, [found] if found is not None else [])


def _ask_wall(village: str, reader: Any) -> Told | None:
    return book_holders.of_wall(reader, village)


def _readable(text: str) -> str:
    return say("kits.masked") if is_masked(text) else shown(text)


def _ask_sheet(issue: str, reader: Any) -> Any:
    return kit_reading.issue_sheet(reader, issue)


# --- on the cards of others ---------------------------------------------------------------------------------------


class PersonSection(_Read):
    """A worker's kit in a line: what is there of it, and what is not."""

    def __init__(self, tools: Tools, row: Any) -> None:
        super().__init__(tools)
        self._worker = row.person.id
        self.refresh()

    def question(self) -> Any:
        """His kit."""
        return partial(_ask_worker, self._worker, today_of(self._tools))

    def show_answer(self, found: tuple[KitRow | None, list[Told]]) -> None:
        """One line, and the way to the kit; then how his books stand."""
        row, books = found
        if row is None:
            self.quiet(say("kits.person.none"))
        else:
            self.lines.addWidget(kit_line(self._tools, row))
        show_books(self, books)


class GridSection(_Read):
    """The kits of a grid's workers."""

    def __init__(self, tools: Tools, grid: Any) -> None:
        super().__init__(tools)
        self._grid = grid.id
        self.refresh()

    def question(self) -> Any:
        """All of them."""
        return partial(_ask_grid, self._grid, today_of(self._tools))

    def show_answer(self, found: Any) -> None:
        """A line for each."""
        if not found:
            self.quiet(say("kits.grid.nobody"))
        for worker, row in found:
            if row is None:
                self.quiet(say("kits.grid.none", name=worker.name))
            else:
                self.lines.addWidget(kit_line(self._tools, row, worker.name))


def kit_line(tools: Tools, row: KitRow, name: str = "") -> QWidget:
    """``K-0012 · 6 of 7, flashlight missing``."""
    line = QWidget()
    parts = QHBoxLayout(line)
    parts.setContentsMargins(0, 0, 0, 0)
    parts.setSpacing(theme.current().space(2))
    if name:
        parts.addWidget(words(name, wraps=False))
    parts.addWidget(Link(row.kit.code, partial(tools.selection.navigate, "kit", row.kit.id)))
    parts.addWidget(words(kit_words(row), "muted" if not row.gaps else ""), 1)
    return line


def kit_words(row: KitRow) -> str:
    """How much of a kit is in order, and what is not."""
    gaps = [f"{article_name(each.article)} {state_words(each.state)}" for each in row.gaps]
    told = say("kits.of", good=len(row.slots) - len(gaps), all=len(row.slots))
    return say("kits.list").join((told, *gaps))


def show_books(section: _Read, found: list[Told]) -> None:
    """A line for each book, and one for each page that is not as it was printed."""
    for each in found:
        section.lines.addWidget(words(each.title, "" if each.is_stale else "muted"))
        for line in each.pages:
            section.quiet(line)


def _ask_worker(worker: str, today: Any, reader: Any) -> tuple[KitRow | None, list[Told]]:
    row = kit_board.kit_with_books(reader, worker, today)
    pieces = [each.piece.id for each in row.slots if each.piece and each.article.printed] if row else []
    return row, book_holders.of_pieces(reader, pieces) if pieces else []


def _ask_grid(grid: str, today: Any, reader: Any) -> Any:
    return kit_board.kits_in_grid(reader, grid, today)
