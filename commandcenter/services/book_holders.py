"""Who holds which book, as rows to list and to export: derived each time from kits, editions and what would be printed
now, never stored."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.rules.editions import Edition, Standing
from commandcenter.rules.ordering import natural_key
from commandcenter.services.book_words import page_name, what_changed
from commandcenter.services.edition_holding import standings, walls
from commandcenter.storage.reads import Reader

COLUMNS = (
    "id", "kind", "worker", "name", "village", "village_code", "village_name", "grid", "grid_code", "grid_name",
    "kit_code", "piece_code", "edition", "number", "printed_on", "state", "pages",
)  # fmt: skip
_BY_VILLAGE = ("village", "village_code", "village_name")


def rows(reader: Reader, where: Mapping[str, str], limit: int | None) -> list[dict[str, Any]]:
    """Holders grid by grid, handbooks first, before them what hangs in the village; ``where`` compares columns as text,
    a village may be given by id, code or name. ``pages`` names what is not as it would be printed now. BadInput
    ``cli.where_field``."""
    unknown = [name for name in where if name not in COLUMNS]
    if unknown:
        raise BadInput("cli.where_field", field=unknown[0], known=", ".join(COLUMNS))
    found = [row for row in told(reader) if all(_says(row, name, value) for name, value in where.items())]
    return found if limit is None else found[:limit]


def _says(row: Mapping[str, Any], name: str, value: str) -> bool:
    if name == "village":
        return value in [row[each] or "" for each in _BY_VILLAGE]
    return str("" if row[name] is None else row[name]) == value


def told(reader: Reader) -> list[dict[str, Any]]:
    """All holders; of an overview sheet the village, on whose wall it hangs."""
    found = [*standings(reader), *walls(reader)]
    workers = {each.id: each for each in reader.many("worker", {each.holder.worker for each in found
                                                                   if each.holder.worker})}  # fmt: skip
    grids = {each.id: each for each in reader.many("grid", {each.grid for each in workers.values() if each.grid})}
    villages = {each.id: each for each in reader.find("village")}
    kits = reader.pairs("kit", "id", "code")
    pieces = reader.pairs("piece", "id", "code")
    made = []
    for each in found:
        worker, edition = workers.get(each.holder.worker), each.edition
        grid = grids.get(worker.grid or "") if worker else None
        village = villages.get((worker.village if worker else each.holder.subject) or "")
        row = {
            "id": each.holder.piece or each.holder.subject, "kind": each.holder.kind,
            "worker": worker.id if worker else None, "name": worker.name if worker else None,
            "village": village.id if village else None, "village_code": village.code if village else None,
            "village_name": village.name if village else None, "grid": grid.id if grid else None,
            "grid_code": grid.code if grid else None, "grid_name": grid.name if grid else None,
            "kit_code": kits.get(each.holder.kit, ""), "piece_code": pieces.get(each.holder.piece, ""),
            "edition": each.holder.code, "number": edition.number if edition else None,
            "printed_on": edition.printed_on if edition else None, "state": each.state, "pages": pages_of(each),
        }  # fmt: skip
        order = (natural_key(village.code) if village else (), natural_key(grid.code) if grid else (),
                 each.holder.kind != "handbook", worker.name if worker else "", each.holder.piece)  # fmt: skip
        made.append((order, row))
    return [row for _, row in sorted(made, key=lambda each: each[0])]


def pages_of(standing: Standing) -> str:
    """The keys of the pages that are not as they would be printed now; ``*``: all, for it is the book of others."""
    return "*" if standing.other else ",".join(each.page for each in standing.pages)


@dataclass(frozen=True, slots=True)
class Told:
    """A book in words: which edition, and a line for each page that is not as it would be printed now."""

    piece: str
    title: str
    pages: tuple[str, ...]
    is_stale: bool


def of_pieces(reader: Reader, pieces: Collection[str]) -> list[Told]:
    """How these books (pieces) stand, in the words of this process."""
    made = [_told(reader, each) for each in standings(reader) if each.holder.piece in pieces]
    return sorted(made, key=lambda each: each.title)


def of_wall(reader: Reader, village: str) -> Told | None:
    """How the overview sheet of a village stands; None where none was ever printed."""
    found = walls(reader, [village])
    return _told(reader, found[0]) if found else None


def _told(reader: Reader, standing: Standing) -> Told:
    book, edition = say(f"books.{standing.holder.kind}.title"), standing.edition
    state = say(f"books.holder.{standing.state}")
    if standing.state == "stale":
        state = say("books.other") if standing.other else say("books.pages_changed", count=len(standing.pages))
    number = say("books.edition", number=edition.number) if edition else ""
    title = say("books.held" if edition else "books.held_unknown", book=book, edition=number,
                day=edition.printed_on if edition else "", state=state)  # fmt: skip
    name_of = partial(_name, reader)
    lines = tuple(say("books.page_told", page=page_name(page.page), what=what_changed(page, name_of))
                  for page in standing.pages)  # fmt: skip
    return Told(standing.holder.piece, title, lines, standing.state == "stale")


def _name(reader: Reader, kind: str, id: str) -> str:
    if kind not in ("worker", "duty_holder", "contact", "grid", "village"):
        return ""
    found = reader.get(kind, id)
    return str(found.name) if found is not None else ""


def editions(reader: Reader) -> list[tuple[Edition, int, int]]:
    """All editions, newest first, with how many hold them and how many of these are stale."""
    having: dict[str, list[bool]] = {}
    for each in (*standings(reader), *walls(reader)):
        having.setdefault(each.holder.code, []).append(each.state == "stale")
    found: list[Edition] = reader.find("edition", order=("code",), descending=True)
    return [(each, len(having.get(each.code, ())), sum(having.get(each.code, ()))) for each in found]
