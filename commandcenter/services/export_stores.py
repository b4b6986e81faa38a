"""The lists of stores and kits as tables: articles with what is there, the ledger, every piece that is out."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from commandcenter.base import texts
from commandcenter.formats.forms import Form
from commandcenter.formats.workbooks import Column, SheetOut
from commandcenter.rules.kits import AWAY, piece_state
from commandcenter.services import book_holders, kit_reading, store_reading
from commandcenter.services.catalogues import terms
from commandcenter.storage.reads import Reader

_NUMBERS = frozenset(("number", "minimum", "life_months", "kit_place", "total", "amount", "change", "holders", "stale"))
_ALL = 1_000_000
STATES = {
    "good": "完好", "stale": "旧版", "overdue": "逾期", "expired": "到期", "damaged": "损坏", "missing": "缺失",
    "waiting": "待补",
}  # fmt: skip
KINDS = {
    "received": "入库", "issued": "出库", "returned": "归还", "damaged": "损坏", "lost": "遗失", "written_off": "报废",
    "counted": "盘点", "moved": "调拨",
}  # fmt: skip
"""In the words of the usual tables, which are Chinese whatever the desk speaks."""
Rows = list[dict[str, Any]]


def sheet(reader: Reader, form: Form, today: date, zone: ZoneInfo) -> SheetOut:
    """One of these lists, as the viewer may see it."""
    rows = _ROWS[form.name](reader, today, zone)
    columns = tuple(Column(heading, "number" if fact in _NUMBERS else "text") for heading, fact in form.columns)
    cells = [[number if fact == "number" else row.get(fact) for _, fact in form.columns]
             for number, row in enumerate(rows, start=1)]  # fmt: skip
    return SheetOut(form.title, columns, cells)


def _articles(reader: Reader, today: date, zone: ZoneInfo) -> Rows:
    found = []
    for row in store_reading.stores(reader, today).rows:
        if not row.article.active and not row.held:
            continue
        it, category = row.article, terms("article_categories").get(row.article.category)
        found.append({
            "code": it.code, "name": it.name, "category": category.zh if category else it.category,
            "spec": it.spec or None, "unit": it.unit, "sizes": it.sizes.replace(",", "、") or None,
            "minimum": it.minimum, "life_months": it.life_months, "kit_place": it.kit_place, "total": row.total,
        })  # fmt: skip
    return found


def _moves(reader: Reader, today: date, zone: ZoneInfo) -> Rows:
    """Oldest first, as a ledger is read; what was struck is left out."""
    lines = [each for each in store_reading.ledger(reader, limit=_ALL) if not each.move.struck]
    return [
        {
            "occurred_at": line.move.occurred_at.astimezone(zone).replace(tzinfo=None, microsecond=0),
            "kind": KINDS[line.move.kind], "depot": line.depot, "article": line.article.name if line.article else None,
            "size": line.move.size or None, "amount": line.move.amount, "change": line.move.change,
            "party": line.party or None, "taken_by": line.move.taken_by or None, "reason": line.move.reason or None,
            "override": line.move.override or None, "by": line.by or None,
        }
        for line in reversed(lines)
    ]  # fmt: skip


def _pieces(reader: Reader, today: date, zone: ZoneInfo) -> Rows:
    """Kit by kit, then what lies on the shelves and in depots."""
    articles = {each.id: each for each in reader.find("article")}
    villages = {each.id: each.name for each in reader.find("village")}
    kits = {each.kit.id: (place, each) for place, each in enumerate(kit_reading.kits_of(reader, None, today))}
    last = len(kits)
    found = []
    for piece in reader.find("piece", state=sorted(AWAY)):
        place, row = kits.get(piece.kit or "", (last, None))
        order = (place, piece.village or "~", *kit_reading.article_order(articles[piece.article]), piece.code)
        found.append((order, {
            "village": villages.get(piece.village or ""), "grid": row.grid.name if row and row.grid else None,
            "worker": row.worker.name if row and row.worker else None, "kit": row.kit.code if row else None,
            "code": piece.code, "article": articles[piece.article].name, "size": piece.size or None,
            "state": STATES[piece_state(piece, today)], "issued_on": piece.issued_on, "due_on": piece.due_on,
            "reason": piece.reason or None, "edition": piece.edition or None,
        }))  # fmt: skip
    return [row for _, row in sorted(found, key=lambda each: each[0])]


BOOKS = {"handbook": "工作手册", "contact_book": "通讯录", "overview": "治理信息全览图"}
HOLDING = {"current": "最新", "stale": "旧版", "unknown": "版次不详"}


def _editions(reader: Reader, today: date, zone: ZoneInfo) -> Rows:
    """Newest first, with how many are in use."""
    villages, grids = reader.pairs("village", "id", "name"), reader.pairs("grid", "id", "name")
    officers = reader.pairs("officer", "id", "name")
    return [
        {"kind": BOOKS[each.kind], "village": villages.get(each.village), "grid": grids.get(each.grid or ""),
         "edition": f"第{each.number}版", "code": each.code, "printed_on": each.printed_on,
         "by": officers.get(each.by or ""), "holders": count, "stale": stale}
        for each, count, stale in book_holders.editions(reader)
    ]  # fmt: skip


def _book_holders(reader: Reader, today: date, zone: ZoneInfo) -> Rows:
    """Grid by grid who holds which edition, and what is not as it would be printed now."""
    chinese = texts.spoken("zh_CN")
    return [
        {"village": row["village_name"], "grid": row["grid_name"], "worker": row["name"], "kit": row["kit_code"],
         "kind": BOOKS[row["kind"]], "piece": row["piece_code"], "code": row["edition"] or None,
         "edition": f"第{row['number']}版" if row["number"] else None, "printed_on": row["printed_on"],
         "state": HOLDING[row["state"]],
         "pages": "、".join(chinese.say(f"books.page.{page}") if page != "*" else chinese.say("books.other")
                           for page in row["pages"].split(",") if page) or None}
        for row in book_holders.told(reader)
    ]  # fmt: skip


_ROWS: Mapping[str, Callable[[Reader, date, ZoneInfo], Rows]] = {
    "articles": _articles, "stock_moves": _moves, "pieces": _pieces, "editions": _editions,
    "book_holders": _book_holders,
}  # fmt: skip
STORE_TABLES = frozenset(_ROWS)
"""The tables that are made here."""
