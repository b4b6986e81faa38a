"""The forms of the room: issue, receive, hand out, take back, and what is done with single pieces."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from commandcenter.base.errors import RuleError
from commandcenter.base.texts import say
from commandcenter.rules.kits import size_for, words_of
from commandcenter.rules.masks import is_masked
from commandcenter.rules.ordering import natural_key
from commandcenter.rules.stores import Article, sizes_of
from commandcenter.services.kit_board import Board, FreeWorker
from commandcenter.services.kits import HandOutKit, IssueKits, NewKit, ReceiveKits, TakeBackKit
from commandcenter.services.pieces import (
    IssuePieces,
    MarkPiece,
    PutInKit,
    ReturnPieces,
    ShelvePiece,
    WriteOffPiece,
)
from commandcenter.services.stock import Line as StockLine
from commandcenter.ui.core.editing import EditField, FieldsSheet
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import CountEdit, Option, PickBox
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.widgets import Button
from commandcenter.ui.kits.foundlist import FoundList
from commandcenter.ui.kits.marks import article_name, sized, state_words
from commandcenter.ui.kits.rows import Item, Line, village_name
from commandcenter.ui.kits.whom import Whom


def _field(name: str, widget: QWidget, empty: Any = "", hint: str = "") -> EditField:
    widget.setObjectName(f"kits.form.{name}")
    return EditField(name, f"kits.field.{name}", widget, empty, hint_code=hint)


def village_options(board: Board) -> list[Option]:
    """All villages by code."""
    found = sorted(board.villages.values(), key=lambda each: natural_key(each.code))
    return [Option(each.id, village_name(each), (each.code, each.name, each.name_en)) for each in found]


def depot_options(board: Board) -> list[Option]:
    """The depots, that of the town first."""
    return [Option(each.id, each.name) for each in board.depots]


def _worker_option(free: FreeWorker) -> Option:
    grid = free.grid.name if free.grid is not None else ""
    return Option(free.worker.id, " · ".join(part for part in (free.worker.name, grid) if part),
                  (free.worker.name, free.grid.code if free.grid is not None else ""))  # fmt: skip


class IssueSheet(FieldsSheet):
    """Kits leave a depot for a village. What the depot lacks is said by article and size; then they may go short."""

    issued = Signal(str, str)
    """The receipt sheet, and its village."""

    def __init__(self, board: Board, sender: Sender, village: str | None) -> None:
        self.village, self.depot, self.whom = PickBox(village_options(board)), PickBox(depot_options(board)), Whom()
        self._board, self._short = board, False
        fields = (
            _field("village", self.village), _field("depot", self.depot),
            _field("kits", self.whom, None, "kits.whom.hint"), _field("received_by", LineEdit()),
            _field("note", LineEdit()),
        )  # fmt: skip
        super().__init__("kits.issue.title", "kits.issue.save", sender, fields)
        self.short_button = Button("kits.issue.short", kind="secondary", icon="alert")
        self.short_button.setObjectName("kits.issue.short")
        self.short_button.clicked.connect(self._go_short)
        self.short_button.hide()
        layout = self.form.field("kits").layout()
        assert layout is not None
        layout.addWidget(self.short_button)
        if village:
            self.village.put(village)
        self.village.chosen.connect(self._village_chosen)
        self._village_chosen()

    def follow_board(self, board: Board) -> None:
        """Others issued, or handed out, meanwhile."""
        self._board = board
        self._village_chosen()

    @Slot()
    def _village_chosen(self) -> None:
        self.whom.offer(self._board.free.get(self.village.currentData() or "", ()))
        self.short_button.hide()

    def command(self) -> IssueKits | None:
        """The issue as it stands."""
        found = self.values()
        if found is None:
            return None
        kits: tuple[NewKit, ...] = found.pop("kits") or ()
        return IssueKits(**{**found, "village": found["village"] or "", "depot": found["depot"] or ""}, kits=kits,
                         short_ok=self._short)  # fmt: skip

    @Slot()
    def _go_short(self) -> None:
        self._short = True
        self.submit()
        self._short = False

    def say_trouble(self, error: BaseException) -> None:
        """What is lacking leaves a choice."""
        super().say_trouble(error)
        self.short_button.setVisible(isinstance(error, RuleError) and error.code == "kit.short")

    def words(self) -> str:
        """What it does."""
        village = self._board.villages.get(self.village.currentData() or "")
        return say("kits.done.issue", village=village_name(village))

    def carried_out(self, outcome: Any) -> None:
        """How many went, and what waits; then the sheet of it."""
        value = outcome.value
        waiting = sum(each["lacking"] for each in value["waiting"])
        told = say("kits.done.issued", number=value["number"], count=len(value["kits"]), pieces=value["pieces"])
        self._sender.tell_done(told + (say("kits.done.waiting", count=waiting) if waiting else ""), outcome)
        self.issued.emit(value["kit_issue"], self.village.currentData() or "")


class ReceiveSheet(FieldsSheet):
    """The village signed for a receipt sheet."""

    def __init__(self, line: Line, sender: Sender) -> None:
        assert line.sheet is not None
        self._issue = line.sheet.issue
        fields = (_field("by", LineEdit()), _field("on", LineEdit(say("kits.day.placeholder")), "", "kits.day.hint"))
        super().__init__("kits.receive.title", "kits.receive.save", sender, fields)
        if not is_masked(self._issue.received_by):
            self.put("by", self._issue.received_by)

    def command(self) -> ReceiveKits | None:
        """The receipt."""
        found = self.values()
        return None if found is None else ReceiveKits(issue=self._issue.id, **found)

    def words(self) -> str:
        """What it does."""
        return say("kits.done.receive", number=self._issue.number)


class HandOutSheet(FieldsSheet):
    """A kit that lies at the village goes to a worker, who is found by the initials of his name; the kit of his size
    is proposed."""

    handed = Signal(str, str)
    """The village, and the kit."""

    def __init__(self, board: Board, sender: Sender, village: str, kit: str | None) -> None:
        self._board, self._village, self._by_hand = board, village, False
        self.worker, self.kit = PickBox(none_code="kits.hand_out.nobody"), PickBox()
        fields = (
            _field("worker", self.worker), _field("kit", self.kit),
            _field("on", LineEdit(say("kits.day.placeholder")), "", "kits.day.hint"),
        )  # fmt: skip
        super().__init__("kits.hand_out.title", "kits.hand_out.save", sender, fields)
        self.follow_board(board)
        if kit is not None:
            self.kit.put(kit)
        self.worker.chosen.connect(self._worker_chosen)
        self.kit.chosen.connect(self._kit_chosen)

    def follow_board(self, board: Board) -> None:
        """Others handed out meanwhile: what is chosen stays while it is there; for a kit that has gone another that
        fits is proposed, never whichever stands first."""
        self._board = board
        had = self.kit.currentData()
        for box, options in ((self.worker, self._workers()), (self.kit, self._kits())):
            kept = box.currentData()
            box.offer(options)
            if any(each.value == kept for each in options):
                box.put(kept)
        if had is not None and self.kit.currentData() != had:
            self._by_hand = False
            self._worker_chosen()

    def _workers(self) -> list[Option]:
        return [_worker_option(each) for each in self._board.free.get(self._village, ())]

    def _lying(self) -> list[Any]:
        return [row for row in self._board.kits if row.worker is None and row.kit.village == self._village]

    def _kits(self) -> list[Option]:
        return [Option(row.kit.id, say("kits.hand_out.kit", mark=row.kit.code, sizes=row.kit.sizes or "–",
                                       good=len(row.slots) - len(row.gaps), all=len(row.slots)), (row.kit.code,))
                for row in self._lying()]  # fmt: skip

    @Slot()
    def _worker_chosen(self) -> None:
        """A kit that fits, unless one was chosen by hand; whole ones first."""
        worker = self._chosen_worker()
        if worker is not None and not self._by_hand:
            fits = [row for row in self._lying() if _fits(row.kit.sizes, worker.vest_size)]
            if fits:
                self.kit.put(min(fits, key=lambda row: (len(row.gaps), row.kit.code)).kit.id)
        self._doubt()

    def _chosen_worker(self) -> Any:
        wanted = self.worker.currentData()
        free = self._board.free.get(self._village, ())
        return next((each.worker for each in free if each.worker.id == wanted), None)

    @Slot()
    def _kit_chosen(self) -> None:
        self._by_hand = True
        self._doubt()

    def _doubt(self) -> None:
        """A vest that does not fit is said; it may go all the same."""
        worker = self._chosen_worker()
        row = next((each for each in self._lying() if each.kit.id == self.kit.currentData()), None)
        told = ""
        if worker is not None and row is not None and not _fits(row.kit.sizes, worker.vest_size):
            told = say("kits.hand_out.size", name=worker.name, size=worker.vest_size, kit=row.kit.sizes)
        self.form.field("kit").show_doubt(told)

    def command(self) -> HandOutKit | None:
        """Who gets which."""
        found = self.values()
        if found is None:
            return None
        if not found["worker"] or not found["kit"]:
            which = "worker" if not found["worker"] else "kit"
            self.form.field(which).show_error(f"kits.hand_out.no_{which}")
            return None
        return HandOutKit(**found)

    def words(self) -> str:
        """What it does."""
        worker = self._chosen_worker()
        return say("kits.done.hand_out", name=worker.name if worker is not None else "")

    def carried_out(self, outcome: Any) -> None:
        """Say it; the next one may be handed out."""
        super().carried_out(outcome)
        self.handed.emit(self._village, outcome.value["kit"])


def _fits(kit: str, worn: str) -> bool:
    return not worn or not kit or bool(words_of(kit) & words_of(worn))


class TakeBackSheet(FieldsSheet):
    """A kit comes back, piece by piece in the state in which it was found; some pieces may stay out."""

    def __init__(self, board: Board, sender: Sender, line: Line) -> None:
        assert line.kit is not None
        self._kit = line.kit.kit
        self.to = ChoiceStrip(tuple(Choice(each, title_code=f"kits.back.to.{each}") for each in ("village", "depot")))
        self.found, self.depot = FoundList(line.items), PickBox(depot_options(board))
        self.to.choose("village" if line.kit.worker is not None else "depot")
        fields = (
            _field("found", self.found, None, "kits.back.hint"), _field("to", self.to), _field("depot", self.depot),
            _field("reason", LineEdit()),
        )  # fmt: skip
        super().__init__("kits.back.title", "kits.back.save", sender, fields)
        self.to.chosen.connect(self._turned)
        self._turned()

    @Slot()
    def _turned(self, *_: Any) -> None:
        self.form.field("depot").setVisible(self.to.value == "depot")

    def command(self) -> TakeBackKit | None:
        """What came back, and where to."""
        found = self.values()
        if found is None:
            return None
        if found["to"] == "village":
            found["depot"] = None
        return TakeBackKit(**{**found, "found": found["found"] or ()}, kit=self._kit.id)

    def words(self) -> str:
        """What it does."""
        return say("kits.done.take_back", kit=self._kit.code)


OLD = ("expired", "damaged", "missing", "shelf", "written_off")


class ReplaceSheet(FieldsSheet):
    """Fills a place of a kit: from the village's shelf, or from a depot that has it."""

    def __init__(self, board: Board, sender: Sender, line: Line, item: Item) -> None:
        assert line.kit is not None
        self._row, self._item = line.kit, item
        self.old_there = item.piece is not None and item.piece.state == "issued"
        worn = (line.kit.worker.vest_size if line.kit.worker is not None else "") or line.kit.kit.sizes
        self._wanted = size_for(item.article, worn) or item.size
        self.source = PickBox(self._sources(board, line))
        self.old = ChoiceStrip(tuple(Choice(each, title_code=f"kits.old.{each}") for each in OLD))
        self.old.choose("expired" if item.state == "overdue" else "damaged")
        fields = [_field("source", self.source, "", "kits.replace.hint")]
        if self.old_there:
            fields.append(_field("old", self.old))
        fields.append(_field("reason", LineEdit()))
        super().__init__("kits.replace.title", "kits.replace.save", sender, fields)
        told = say("kits.replace.what", kit=line.kit.kit.code, place=line.title, article=article_name(item.article),
                   state=state_words(item.state))  # fmt: skip
        self.trouble.say("kits.sheet_about", tone="neutral", icon="kit", what=told)

    def _sources(self, board: Board, line: Line) -> list[Option]:
        """Pieces of the shelf, those of the right size first; then depots with how many they hold."""
        shelves = [row for row in board.shelves if row.village.id == line.village.id
                   and row.article.id == self._item.article.id]  # fmt: skip
        pieces = sorted(((each.size != self._wanted, each.code, each) for row in shelves for each in row.good),
                        key=lambda each: each[:2])  # fmt: skip
        found = [Option(("shelf", each.id, each.size),
                        say("kits.source.shelf", piece=f"{each.code} {each.size}".rstrip()), (each.code,))
                 for _, _, each in pieces]  # fmt: skip
        sizes = sizes_of(self._item.article) or ("",)
        ordered = sorted(sizes, key=lambda each: each != self._wanted)
        for size in ordered:
            for depot in board.depots:
                there = board.stock.get((depot.id, self._item.article.id, size), 0)
                if there > 0:
                    title = say("kits.source.depot", depot=depot.name, size=size, count=there).replace("  ", " ")
                    found.append(Option(("depot", depot.id, size), title, (depot.name, size)))
        return found

    def command(self) -> PutInKit | IssuePieces | None:
        """From where, and what becomes of the old one."""
        found = self.values()
        if found is None:
            return None
        if not found["source"]:
            self.form.field("source").show_error("kits.replace.nothing")
            return None
        kind, id, size = found["source"]
        old: Any = found.get("old") or ""
        kit = self._row.kit.id
        if kind == "shelf":
            return PutInKit(kit=kit, piece=id, old=old, reason=found["reason"])
        line = StockLine(self._item.article.id, 1, size)
        return IssuePieces(depot=id, lines=(line,), kit=kit, old=old, reason=found["reason"])

    def words(self) -> str:
        """What it does."""
        return say("kits.done.replace", kit=self._row.kit.code, article=article_name(self._item.article))


class StockShelfSheet(FieldsSheet):
    """Pieces leave a depot for the spare shelf of a village."""

    def __init__(self, board: Board, sender: Sender, village: str | None, article: str | None) -> None:
        self._board = board
        self.village, self.depot = PickBox(village_options(board)), PickBox(depot_options(board))
        self.article = PickBox([Option(each.id, article_name(each), (each.code, each.name)) for each in board.articles])
        self.sizes = PickBox()
        fields = (
            _field("village", self.village), _field("article", self.article), _field("size", self.sizes),
            _field("amount", CountEdit(), 0), _field("depot", self.depot, "", ""), _field("received_by", LineEdit()),
            _field("reason", LineEdit()),
        )  # fmt: skip
        super().__init__("kits.shelf.title", "kits.shelf.save", sender, fields)
        self.village.put(village)
        self.article.put(article)
        self.put("amount", 1)
        for box in (self.article, self.depot, self.sizes):
            box.chosen.connect(self._look)
        self._look()

    def _article(self) -> Article | None:
        wanted = self.article.currentData()
        return next((each for each in self._board.articles if each.id == wanted), None)

    @Slot()
    def _look(self) -> None:
        """Sizes where there are any, and how many the depot holds."""
        article = self._article()
        sizes = sizes_of(article) if article is not None else ()
        kept = self.sizes.currentData()
        if [self.sizes.itemData(place) for place in range(self.sizes.count())] != list(sizes):
            self.sizes.offer(Option(each, each) for each in sizes)
            self.sizes.put(kept if kept in sizes else sizes[0] if sizes else None)
        self.form.field("size").setVisible(bool(sizes))
        key = (self.depot.currentData() or "", article.id if article else "", self.sizes.currentData() or "")
        there = self._board.stock.get(key, 0)
        self.form.field("depot").show_doubt(say("kits.shelf.there", count=there))

    def command(self) -> IssuePieces | None:
        """So many of it."""
        found = self.values(("village", "article", "amount", "depot", "received_by", "reason"))
        if found is None:
            return None
        line = StockLine(found["article"] or "", found["amount"] or 0, self.sizes.currentData() or "")
        return IssuePieces(depot=found["depot"] or "", lines=(line,), village=found["village"] or None,
                           received_by=found["received_by"], reason=found["reason"])  # fmt: skip

    def words(self) -> str:
        """What it does."""
        article = self._article()
        return say("kits.done.stock_shelf", article=article_name(article) if article else "")


class PieceSheet(FieldsSheet):
    """A form about one piece."""

    def __init__(self, title: str, save: str, sender: Sender, item: Item, fields: Sequence[EditField]) -> None:
        assert item.piece is not None
        self.piece, self._what = item.piece, sized(item.article, item.size)
        super().__init__(title, save, sender, fields)
        told = say("kits.piece.about", article=self._what, mark=self.piece.code, state=state_words(item.state))
        self.trouble.say("kits.sheet_about", tone="neutral", icon="kit", what=told)

    done = ""

    def words(self) -> str:
        """What it does."""
        return say(f"kits.done.{self.done}", article=self._what, mark=self.piece.code)


class MarkSheet(PieceSheet):
    """Lost, broken, past its life, or in good order again."""

    done = "mark"

    def __init__(self, sender: Sender, item: Item) -> None:
        state = item.piece.state if item.piece is not None else ""
        states = (each for each in ("missing", "damaged", "expired", "issued") if each != state)
        self.state = ChoiceStrip(tuple(Choice(each, title_code=f"kits.mark.{each}") for each in states))
        fields = (_field("state", self.state, ""), _field("reason", LineEdit(), "", "kits.mark.hint"))
        super().__init__("kits.mark.title", "kits.mark.save", sender, item, fields)
        self.state.chosen.connect(self._on)

    @Slot()
    def _on(self, *_: Any) -> None:
        """A digit chooses, and the reason can be typed."""
        self.fields["reason"].widget.setFocus()

    def command(self) -> MarkPiece | None:
        """The state."""
        found = self.values()
        if found is None:
            return None
        if not found["state"]:
            self.form.field("state").show_error("kits.mark.which")
            return None
        return MarkPiece(piece=self.piece.id, **found)


class WriteOffSheet(PieceSheet):
    """Gone for good."""

    done = "write_off"

    def __init__(self, sender: Sender, item: Item) -> None:
        fields = (_field("reason", LineEdit(), "", "kits.write_off.hint"),)
        super().__init__("kits.write_off.title", "kits.write_off.save", sender, item, fields)

    def command(self) -> WriteOffPiece | None:
        """With its reason."""
        found = self.values()
        return None if found is None else WriteOffPiece(piece=self.piece.id, **found)


class ShelveSheet(PieceSheet):
    """To the spare shelf of its village, or of another."""

    done = "shelve"

    def __init__(self, board: Board, sender: Sender, item: Item, village: str) -> None:
        self.village = PickBox(village_options(board))
        self.village.put(village)
        fields = (_field("village", self.village), _field("reason", LineEdit()))
        super().__init__("kits.shelve.title", "kits.shelve.save", sender, item, fields)

    def command(self) -> ShelvePiece | None:
        """To which."""
        found = self.values()
        return None if found is None else ShelvePiece(piece=self.piece.id, **found)


class ReturnSheet(PieceSheet):
    """Back on the shelf of a depot."""

    done = "return"

    def __init__(self, board: Board, sender: Sender, item: Item) -> None:
        fields = (_field("depot", PickBox(depot_options(board))), _field("reason", LineEdit()))
        super().__init__("kits.return.title", "kits.return.save", sender, item, fields)

    def command(self) -> ReturnPieces | None:
        """To which depot."""
        found = self.values()
        if found is None:
            return None
        return ReturnPieces(pieces=(self.piece.id,), depot=found["depot"] or "", reason=found["reason"])
