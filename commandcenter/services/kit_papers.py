"""Papers of kits and stores in words: receipt sheet 签收单, pick list 补发清单, stock list 库存清单 and labels.

Each is made by one function for windows and the command line alike. Send
:class:`commandcenter.services.papers.PrintPaper` first, and not on the GUI thread. What the reader may not see is
masked as it is everywhere else.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from commandcenter.base import texts
from commandcenter.base.errors import BadInput, RuleError
from commandcenter.base.texts import say
from commandcenter.formats.paper import listing
from commandcenter.formats.paper.incident_record import Fact
from commandcenter.formats.paper.kits import (
    BLANK,
    LAYOUTS,
    Label,
    Labels,
    PickList,
    ReceiptLine,
    ReceiptSheet,
    Stop,
    drawn,
    layout_of,
    render,
)
from commandcenter.formats.paper.listing import Listing
from commandcenter.rules.editions import stale
from commandcenter.rules.grids import Grid
from commandcenter.rules.kits import AWAY, AnyPiece, Kit, Piece, size_for
from commandcenter.rules.people import Officer, Worker
from commandcenter.rules.stores import Article, Depot, sizes_of
from commandcenter.services import edition_holding, kit_reading, store_reading
from commandcenter.services.catalogues import term
from commandcenter.services.paper_words import Imprint, village_name
from commandcenter.services.papers import Printed
from commandcenter.services.wording import listed, readable, shown
from commandcenter.storage.reads import Reader

__all__ = ["LAYOUTS", "labels", "pick_list", "receipt_sheet", "stock_list"]

THERE = "√"
"""A piece that went out, as it stands on paper and in tables."""
FEW_DEPOTS = 6
"""So many depots have a column of their own on the stock list."""


def receipt_sheet(reader: Reader, issue: str, *, now: datetime, officer: Officer) -> Printed:
    """The receipt sheet of a ``kit_issue`` (its id), ready to be signed: each kit with the pieces that left the depot
    for it then. BadInput ``unknown``."""
    return _Teller(reader, now, officer).receipt(issue)


def pick_list(reader: Reader, *, now: datetime, officer: Officer, depot: str | None = None) -> Printed:
    """What to bring to the kits that are handed out, village by village in the order of a short way; ``depot`` (id):
    where it begins and whose stock counts, None: the stock of all."""
    return _Teller(reader, now, officer).pick_list(depot)


def stock_list(reader: Reader, *, now: datetime, officer: Officer, depot: str | None = None) -> Printed:
    """What the depots hold, or one of them (id)."""
    return _Teller(reader, now, officer).stock_list(depot)


def labels(
    reader: Reader, *, now: datetime, officer: Officer, village: str | None = None, issue: str | None = None,
    kit: str | None = None, pieces: Iterable[str] | None = None, layout: str = "3x8", start: int = 1,
) -> Printed:  # fmt: skip
    """Labels of the pieces that are out: of a ``village``, a receipt sheet, a ``kit`` (ids), of single ``pieces`` (ids)
    or, when nothing is said, of all; by village and grid. ``layout``: a key of ``LAYOUTS`` or one's own (see
    :func:`commandcenter.formats.paper.kits.layout_of`); ``start``: the first label of the sheet that is still there,
    from 1. BadInput ``labels.layout``, ``labels.layout_size``, ``labels.start``; RuleError ``labels.none``."""
    return _Teller(reader, now, officer).labels(village, issue, kit, pieces, layout, start)


class _Teller:
    def __init__(self, reader: Reader, now: datetime, officer: Officer) -> None:
        self.reader, self.now = reader, now
        self.imprint = Imprint.read(reader, now, officer)
        self.today = self.imprint.today
        self.language = texts.current().language

    # --- the receipt sheet --------------------------------------------------------------------------------------

    def receipt(self, issue: str) -> Printed:
        found = kit_reading.issue_sheet(self.reader, issue)
        if found is None:
            raise BadInput("unknown", entity="kit_issue", id=issue)
        row = readable(found.issue)
        grids = self._grids(worker for _, worker, _ in found.kits)
        kits = sorted(found.kits, key=lambda each: _place_of(each[0], each[1], grids))
        articles = [each for each in found.articles if found.kits or not each.kit_place]
        lacking: Counter[tuple[str, str]] = Counter()
        lines = tuple(
            self._receipt_line(number, kit, worker, pieces, articles, grids, lacking)
            for number, (kit, worker, pieces) in enumerate(kits, start=1)
        )
        totals = Counter(piece.article for _, _, pieces in kits for piece in pieces)
        shelf = self._singly(found.shelf)
        by_id = {each.id: each for each in found.articles}
        count = sum(len(pieces) for _, _, pieces in kits) + len(found.shelf)
        waiting = listed(f"{_named(by_id[id], size)} ×{count}" for (id, size), count
                               in lacking.items())  # fmt: skip
        facts = (
            ("village", village_name(found.village)), ("depot", found.depot.name), ("day", row.issued_on),
            ("kits", str(len(kits))), ("pieces", str(count)), ("liaison", shown(row.received_by) or "–"),
        )  # fmt: skip
        sheet = ReceiptSheet(
            language=self.language, town=self.imprint.office, number=row.number,
            labels=self._labels("receipt", (
                "title", "number", "line", "grid", "name", "kit", "sizes", "short", "signature", "total", "shelf",
                "words", "sign_out", "sign_in", "sign_check", "sign_date",
            )),
            facts=tuple(Fact(say(f"paper.receipt.fact.{name}"), value) for name, value in facts),
            articles=tuple(_named(each) for each in articles) if lines else (), lines=lines,
            totals=tuple(str(totals[each.id]) for each in articles) if lines else (),
            shelf=tuple(
                (by_id[id].code, _named(by_id[id]), size or "–", f"{count} {by_id[id].unit}", where)
                for (id, size, where), count
                in sorted(shelf.items(), key=lambda each: (_order(by_id[each[0][0]], each[0][1]), each[0][2]))
            ),
            shelf_headings=tuple(say(f"paper.receipt.shelf.{each}")
                                 for each in ("code", "article", "size", "amount", "where")),
            waiting=say("paper.receipt.waiting", what=waiting) if waiting else "",
            printed=self.imprint.printed, watermark=self.imprint.watermark,
        )  # fmt: skip
        name = say("paper.receipt.file", village=village_name(found.village), number=row.number)
        return Printed(f"{name}.pdf", render("kit_receipt", sheet, self.now))

    def _receipt_line(
        self, number: int, kit: Kit, worker: Worker | None, pieces: Sequence[Piece], articles: Sequence[Article],
        grids: Mapping[str, Grid], lacking: Counter[tuple[str, str]],
    ) -> ReceiptLine:  # fmt: skip
        there = {each.article: each for each in pieces}
        short = []
        for article in articles:
            if article.id not in there and article.kit_place is not None:
                size = size_for(article, kit.sizes or (worker.vest_size if worker else "")) or ""
                lacking[article.id, size] += 1
                short.append(_named(article, size))
        cells = tuple((there[each.id].size or THERE) if each.id in there else "" for each in articles)
        grid = grids.get(worker.grid or "") if worker else None
        return ReceiptLine(str(number), grid.name if grid else "", worker.name if worker else "", kit.code,
                           kit.sizes, cells, listed(short))  # fmt: skip

    def _singly(self, pieces: Sequence[Piece]) -> Counter[tuple[str, str, str]]:
        """Pieces that came without a kit of their own, by article, size and where they went: the spare shelf, or a
        kit that lacked them."""
        went = kit_reading.first_kits(self.reader, pieces)
        kits = {each.id: each for each in self.reader.many("kit", {id for id in went.values() if id})}
        workers = {each.id: each for each in self.reader.many("worker", {k.worker for k in kits.values() if k.worker})}
        grids, found = self._grids(workers.values()), Counter[tuple[str, str, str]]()
        for piece in pieces:
            kit = kits.get(went.get(piece.id) or "")
            worker = workers.get(kit.worker or "") if kit else None
            grid = grids.get(worker.grid or "") if worker else None
            parts = (grid.name if grid else "", worker.name if worker else "", kit.code if kit else "")
            told = " ".join(each for each in parts if each) or say("paper.receipt.spare")
            found[piece.article, piece.size, told] += 1
        return found

    def _grids(self, workers: Iterable[Worker | None]) -> dict[str, Grid]:
        return {each.id: each for each in self.reader.many("grid", {one.grid for one in workers if one and one.grid})}

    # --- the pick list ------------------------------------------------------------------------------------------

    def pick_list(self, depot: str | None) -> Printed:
        if depot is not None and self.reader.get("depot", depot) is None:
            raise BadInput("unknown", entity="depot", id=depot)
        old = stale(edition_holding.standings(self.reader))
        found = kit_reading.pick_list(self.reader, self.today, depot, old)
        from_depot = found.depot.name if found.depot else say("paper.pick.all_depots")
        stops = tuple(
            Stop(str(stop.order), village_name(stop.village), say("paper.pick.lines", count=len(stop.lines)),
                 tuple(self._pick_line(each, found.depot) for each in stop.lines))
            for stop in found.stops
        )  # fmt: skip
        loads = tuple(
            (_named(each.article), each.size or "–", f"{each.wanted} {each.article.unit}",
             say("paper.pick.lacking", count=each.lacking) if each.lacking else "")
            for each in found.loads
        )  # fmt: skip
        facts = (
            ("depot", from_depot), ("day", self.today.isoformat()),
            ("stops", str(len(stops))), ("lines", str(found.lines)),
        )  # fmt: skip
        sheet = PickList(
            language=self.language, town=self.imprint.office, number=self.today.isoformat(),
            labels=self._labels("pick", ("title", "load", "nothing")),
            facts=tuple(Fact(say(f"paper.pick.fact.{name}"), value) for name, value in facts),
            load_headings=tuple(say(f"paper.pick.column.{each}") for each in ("article", "size", "wanted", "note")),
            loads=loads, stops=stops, printed=self.imprint.printed, watermark=self.imprint.watermark,
            headings=tuple(say(f"paper.pick.column.{each}")
                           for each in ("grid", "name", "article", "size", "why", "from", "signature")),
        )  # fmt: skip
        return Printed(f"{say('paper.pick.file', day=self.today.isoformat())}.pdf",
                       render("pick_list", sheet, self.now))  # fmt: skip

    def _pick_line(self, line: kit_reading.PickLine, depot: Depot | None) -> tuple[str, ...]:
        if line.is_printed:
            return (line.grid.name if line.grid else "", line.worker.name, _named(line.slot.article), line.size or "–",
                    say(f"paper.slot.{line.slot.state}"), say("paper.pick.printed"))  # fmt: skip
        taken = (depot.name if depot else say("paper.pick.a_depot")) if line.stock else say("paper.pick.from_nowhere")
        if line.shelf is not None:
            taken = say("paper.pick.from_shelf", piece=line.shelf.code)
        return (line.grid.name if line.grid else "", line.worker.name, _named(line.slot.article),
                line.size or "–", say(f"paper.slot.{line.slot.state}"), taken)  # fmt: skip

    # --- the stock list -----------------------------------------------------------------------------------------

    def stock_list(self, depot: str | None) -> Printed:
        found = store_reading.stores(self.reader, self.today)
        depots = [each for each in found.depots if depot in (None, each.id)]
        if depot is not None and not depots:
            raise BadInput("unknown", entity="depot", id=depot)
        split = depots if 1 < len(depots) <= FEW_DEPOTS else []
        rows: list[tuple[str, ...]] = []
        for row in found.rows:
            held: Counter[str] = Counter()
            amounts: Counter[str] = Counter()
            for (at, size), amount in row.held.items():
                if depot in (None, at):
                    held[size] += amount
                    amounts[at] += amount
            if depot is not None and not any(held.values()):
                continue
            it, sizes = row.article, listed(
                f"{size} {held[size]}" for size in sorted(held, key=lambda each: _order(row.article, each)) if size
            )
            order = sum(each.amount for each in row.order)
            more = ("" if it.minimum is None else str(it.minimum), str(order) if order else "") if depot is None else ()
            rows.append((
                str(len(rows) + 1), self._category(it), _named(it),
                listed(each for each in (it.spec, sizes) if each), it.unit,
                *(str(amounts[each.id]) for each in split), str(sum(held.values())), *more,
            ))  # fmt: skip
        names = ("number", "category", "article", "spec", "unit")
        last = ("total", "minimum", "order") if depot is None else ("total",)
        headings = (*(say(f"paper.stock.column.{each}") for each in names), *(each.name for each in split),
                    *(say(f"paper.stock.column.{each}") for each in last))  # fmt: skip
        told = listed(each.name for each in depots)
        sheet = Listing(
            language=self.language, town=self.imprint.office, number=f"{told} · {self.today.isoformat()}",
            labels=self._labels("stock", ("title", "nothing", "sign_keeper", "sign_check", "sign_date")),
            headings=headings, rows=tuple(rows), amounts=len(split) + len(last),
            sum=say("paper.stock.sum", count=len(rows)), printed=self.imprint.printed, watermark=self.imprint.watermark,
        )  # fmt: skip
        where = depots[0].name if depot is not None else say("paper.pick.all_depots")
        name = say("paper.stock.file", depot=where, day=self.today.isoformat())
        return Printed(f"{name}.pdf", listing.render("stock_list", sheet, self.now))

    # --- labels -------------------------------------------------------------------------------------------------

    def labels(
        self, village: str | None, issue: str | None, kit: str | None, pieces: Iterable[str] | None, layout: str,
        start: int,
    ) -> Printed:  # fmt: skip
        lay = layout_of(layout)
        if not 1 <= start <= lay.count:
            raise BadInput("labels.start", field="start", text=str(start), most=lay.count)
        where: dict[str, Any] = {name: value for name, value in (("village", village), ("issue", issue), ("kit", kit))
                                 if value}  # fmt: skip
        wanted = None if pieces is None else set(pieces)
        found: list[Piece] = [
            each for each in self.reader.find("piece", order=("code",), **where)
            if each.state in AWAY and (wanted is None or each.id in wanted)
        ]  # fmt: skip
        if not found:
            raise RuleError("labels.none")
        items = (*(BLANK for _ in range(start - 1)), *self._items(found))
        sheet = Labels(
            language=self.language, number=self.today.isoformat(), layout=lay, items=items,
            labels=self._labels("labels", ("title",)), printed=self.imprint.printed, watermark=self.imprint.watermark,
        )  # fmt: skip
        name = say("paper.labels.file", count=len(found), day=self.today.isoformat())
        return Printed(f"{name}.pdf", render("labels", sheet, self.now))

    def _items(self, pieces: Sequence[AnyPiece]) -> list[Label]:
        """By village, grid and place in the kit, so that the labels of one kit lie side by side."""
        articles = {each.id: each for each in self.reader.find("article")}
        villages = {each.id: each for each in self.reader.find("village")}
        kits = {each.id: each for each in self.reader.many("kit", {each.kit for each in pieces if each.kit})}
        workers = {each.id: each for each in self.reader.many("worker", {k.worker for k in kits.values() if k.worker})}
        grids = self._grids(workers.values())
        told = []
        for piece in pieces:
            kit, village = kits.get(piece.kit or ""), villages.get(piece.village or "")
            worker = workers.get(kit.worker or "") if kit else None
            grid = grids.get(worker.grid or "") if worker else None
            article = articles[piece.article]
            place = _place_of(kit, worker, grids) if kit else (2, "", "")
            who = worker.name if worker else kit.code if kit else say("paper.labels.shelf")
            label = Label(
                piece.code, _named(article, piece.size), village_name(village) if village else "",
                grid.name.removeprefix(village.name if village else "").strip() if grid else "", who, drawn(piece.code),
            )  # fmt: skip
            told.append(((village.code if village else "~", *place, *_order(article, piece.size), piece.code), label))
        return [label for _, label in sorted(told, key=lambda each: each[0])]

    # --- words --------------------------------------------------------------------------------------------------

    def _labels(self, sheet: str, names: Iterable[str]) -> dict[str, str]:
        found = {name: say(f"paper.{sheet}.{name}") for name in names}
        return {**found, "page": say("paper.page", page="{page}", pages="{pages}")}

    def _category(self, article: Article) -> str:
        return term("article_categories", article.category)


def _named(article: Article, size: str = "") -> str:
    """What an article is called in the language of the sheet, with its size."""
    name = texts.choose(article.name, article.name_en)
    return f"{name} {size}" if size else name


def _order(article: Article, size: str) -> tuple[Any, ...]:
    sizes = sizes_of(article)
    return (*kit_reading.article_order(article), sizes.index(size) if size in sizes else 0, size)


def _place_of(kit: Kit, worker: Worker | None, grids: Mapping[str, Grid]) -> tuple[int, str, str]:
    """Kits in the order of their grids, those that lie at the village last."""
    grid = grids.get(worker.grid or "") if worker else None
    return (0, grid.code, kit.code) if grid else (1, "", kit.code)
