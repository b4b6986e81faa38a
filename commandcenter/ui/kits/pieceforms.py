"""Forms about single pieces: a place filled, a shelf stocked, lost, broken, shelved, brought back, written off."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Slot

from commandcenter.base.texts import say
from commandcenter.rules.kits import size_for
from commandcenter.rules.stores import Article, sizes_of
from commandcenter.services.kit_board import Board
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
from commandcenter.ui.kits.formfields import depot_options, form_field, village_options
from commandcenter.ui.kits.marks import article_name, sized, state_words
from commandcenter.ui.kits.rows import Item, Line

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
        fields = [form_field("source", self.source, "", "kits.replace.hint")]
        if self.old_there:
            fields.append(form_field("old", self.old))
        fields.append(form_field("reason", LineEdit()))
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
            form_field("village", self.village), form_field("article", self.article), form_field("size", self.sizes),
            form_field("amount", CountEdit(), 0), form_field("depot", self.depot),
            form_field("received_by", LineEdit()), form_field("reason", LineEdit()),
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
        fields = (form_field("state", self.state, ""), form_field("reason", LineEdit(), "", "kits.mark.hint"))
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
        fields = (form_field("reason", LineEdit(), "", "kits.write_off.hint"),)
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
        fields = (form_field("village", self.village), form_field("reason", LineEdit()))
        super().__init__("kits.shelve.title", "kits.shelve.save", sender, item, fields)

    def command(self) -> ShelvePiece | None:
        """To which."""
        found = self.values()
        return None if found is None else ShelvePiece(piece=self.piece.id, **found)


class ReturnSheet(PieceSheet):
    """Back on the shelf of a depot."""

    done = "return"

    def __init__(self, board: Board, sender: Sender, item: Item) -> None:
        fields = (form_field("depot", PickBox(depot_options(board))), form_field("reason", LineEdit()))
        super().__init__("kits.return.title", "kits.return.save", sender, item, fields)

    def command(self) -> ReturnPieces | None:
        """To which depot."""
        found = self.values()
        if found is None:
            return None
        return ReturnPieces(pieces=(self.piece.id,), depot=found["depot"] or "", reason=found["reason"])
