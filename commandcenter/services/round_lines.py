"""What stands on the sheets of a stock round, village by village and row by row: what goes out, and what that which
comes back is held against."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from commandcenter.base.texts import say
from commandcenter.rules.grids import Village
from commandcenter.rules.kits import AnyPiece, needed
from commandcenter.rules.ordering import natural_key
from commandcenter.rules.stores import Article
from commandcenter.services.kit_reading import KitRow, article_order, kits_of
from commandcenter.storage.reads import Reader
from commandcenter.storage.stores import held


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet: a kit with the piece in each of its places, or one single piece."""

    code: str
    grid: str
    worker: str
    size: str
    pieces: Mapping[str, AnyPiece | None]


@dataclass(frozen=True, slots=True)
class VillageLines:
    """The rows of a village's sheet, and the articles that have a column there."""

    village: Village
    articles: tuple[Article, ...]
    lines: tuple[Line, ...]


class Books:
    """What stands on the sheets of all villages now, read once."""

    def __init__(self, reader: Reader, today: date) -> None:
        self.articles: dict[str, Article] = {each.id: each for each in reader.find("article")}
        self.villages: dict[str, Village] = {each.id: each for each in reader.find("village")}
        self.needed = needed(self.articles.values())
        pieces = held(reader.connection)
        self.village_of = {each.id: each.village or "" for each in pieces}
        self.parts: list[VillageLines] = []
        kits: dict[str, list[KitRow]] = {}
        for row in kits_of(reader, None, today):
            kits.setdefault(row.kit.village, []).append(row)
        loose: dict[str, list[AnyPiece]] = {}
        placed = {slot.piece.id for rows in kits.values() for row in rows for slot in row.slots if slot.piece}
        for piece in pieces:
            if piece.id not in placed:
                loose.setdefault(piece.village or "", []).append(piece)
        by_kit = {row.kit.id: row for rows in kits.values() for row in rows}
        for village in sorted(self.villages.values(), key=lambda each: natural_key(each.code)):
            lines = [_kit_line(row) for row in kits.get(village.id, ())]
            rest = sorted(loose.get(village.id, ()), key=self._loose_order)
            lines += [_piece_line(each, by_kit.get(each.kit or "")) for each in rest]
            more = {each.article for each in rest} - {each.id for each in self.needed}
            others = sorted((self.articles[id] for id in more), key=article_order)
            if lines:
                self.parts.append(VillageLines(village, (*self.needed, *others), tuple(lines)))

    def _loose_order(self, piece: AnyPiece) -> tuple[Any, ...]:
        return piece.kit is None, *article_order(self.articles[piece.article]), piece.code

    def headings(self) -> dict[str, str]:
        """Articles by every heading under which they may stand."""
        found = {}
        for each in sorted(self.articles.values(), key=lambda one: (one.active, one.kit_place is not None)):
            found.update({name: each.id for name in (each.code, each.name_en, each.name) if name})
        return found


def _kit_line(row: KitRow) -> Line:
    worker = row.worker.name if row.worker else say("rounds.at_village")
    pieces = {slot.article.id: slot.piece for slot in row.slots}
    return Line(row.kit.code, _grid_words(row), worker, row.kit.sizes, pieces)


def _piece_line(piece: AnyPiece, kit: KitRow | None) -> Line:
    """On the shelf, or one more of something in a kit, such as the broken one beside the new."""
    if kit is None:
        return Line(piece.code, "", say("rounds.shelf"), piece.size, {piece.article: piece})
    worker = kit.worker.name if kit.worker else say("rounds.at_village")
    return Line(piece.code, _grid_words(kit), worker, piece.size, {piece.article: piece})


def _grid_words(row: KitRow) -> str:
    return (row.grid.name or row.grid.code) if row.grid else ""
