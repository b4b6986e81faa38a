"""七件套发放登记: a row for each kit, a column for each article of the kit, out and back.

A place that was empty and is ticked is filled from the village's spare shelf, else from the depot, as the pick list
promises; a piece that was missing and is ticked was found again, unless the row names a day on which it was replaced.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from commandcenter.formats import cleaning
from commandcenter.formats import kit_books as words
from commandcenter.formats.cleaning import BadValue
from commandcenter.formats.column_specs import SPECS, ColumnSpec
from commandcenter.formats.columns import UNCOUNTED, bare
from commandcenter.formats.kit_books import Cell
from commandcenter.formats.problems import Problem
from commandcenter.formats.workbooks import Column, SheetOut
from commandcenter.rules.kits import Slot, needed, size_for
from commandcenter.rules.people import Worker
from commandcenter.rules.stores import Article, sizes_of
from commandcenter.services import kit_books, kit_reading
from commandcenter.services.import_trainings import worker_of
from commandcenter.services.kit_books import Comparison, Unfit
from commandcenter.services.kit_reading import KitRow
from commandcenter.services.plan_table import canonical
from commandcenter.services.readfiles import FileRow
from commandcenter.services.wording import listed
from commandcenter.storage.reads import Reader

LISTED = "、"
_THERE = frozenset(("good", "overdue", "stale"))
"""Words for a piece that is there and works; whether a book is of the newest edition, this table does not decide."""
BEFORE = ("village", "grid_name", "name")
AFTER = ("handed_on", "received_by", "problem", "replaced_on")
HEADINGS = ("序号", "村(社区)", "微网格", "网格员")
AFTERWARDS = ("发放日期", "签收人", "损坏/缺失", "补发日期")


class Teller:
    """Kits as the rows of the register, as one reader may see them."""

    def __init__(self, reader: Reader, today: date) -> None:
        self.reader, self.today = reader, today
        self.articles = needed(reader.find("article", active=True))
        self.rows = kit_reading.kits_of(reader, None, today)
        self.villages = {each.id: each for each in reader.find("village")}
        self.grids = {each.id: each for each in reader.find("grid")}
        self.issues = {each.id: each for each in reader.find("kit_issue")}
        bad = {slot.piece.id for row in self.rows for slot in row.slots if slot.piece and slot.state in words.BAD}
        self.reasons = {each.id: each.reason for each in reader.many("piece", bad)}

    def cells(self, row: KitRow) -> dict[str, str]:
        """What stands in each column: fields of the file, and a cell for each article by its code."""
        issue = self.issues.get(row.kit.issue or "")
        later = [slot.piece.issued_on for slot in row.slots if slot.piece and slot.piece.issue != row.kit.issue]
        return {
            "village": self.villages[row.kit.village].name, "grid_name": row.grid.name if row.grid else "",
            "name": row.worker.name if row.worker else "",
            **{slot.article.code: self.cell(slot) for slot in row.slots},
            "handed_on": row.kit.handed_on or "", "received_by": canonical(issue.received_by if issue else ""),
            "problem": LISTED.join(self._problem(slot) for slot in row.slots if slot.state in words.BAD),
            "replaced_on": max(later, default=""),
        }  # fmt: skip

    def cell(self, slot: Slot) -> str:
        """A piece in one form."""
        return words.written(slot.state, slot.piece.size if slot.piece else "")

    def _problem(self, slot: Slot) -> str:
        reason = canonical(self.reasons.get(slot.piece.id if slot.piece else "", ""))
        return slot.article.name + words.WORDS[slot.state] + (f"({reason})" if reason else "")


def sheet(reader: Reader, today: date, name: str) -> SheetOut:
    """The register: kits village by village and grid by grid, then who has none."""
    teller, seq = Teller(reader, today), reader.last_seq()
    codes = [each.code for each in teller.articles]
    rows: list[tuple[tuple[Any, ...], list[Any]]] = []
    order: tuple[Any, ...]
    for place, row in enumerate(teller.rows):
        cells = teller.cells(row)
        told = [cells[each] or None for each in (*BEFORE, *codes, *AFTER)]
        order = (teller.villages[row.kit.village].code, 0, place)
        rows.append((order, [*told, row.kit.code, kit_books.mark(seq, cells)]))
    with_kit = {row.kit.worker for row in teller.rows}
    for worker in reader.find("worker", active=True, standing="serving"):
        if worker.id not in with_kit and worker.village in teller.villages:
            grid = teller.grids.get(worker.grid or "")
            told = [teller.villages[worker.village].name, grid.name if grid else None, worker.name]
            blank: list[Any] = [None] * (len(codes) + len(AFTER) + 2)
            order = (teller.villages[worker.village].code, 1, grid.code if grid else "~", worker.name)
            rows.append((order, [*told, *blank]))
    columns = (
        Column(HEADINGS[0], "number"), *(Column(each) for each in HEADINGS[1:]),
        *(Column(each.name) for each in teller.articles), *(Column(each) for each in AFTERWARDS),
        *kit_books.own_columns("kit"),
    )  # fmt: skip
    listed = [cells for _, cells in sorted(rows, key=lambda each: tuple(map(str, each[0][:2])) + each[0][2:])]
    return SheetOut(name, columns, [[number, *cells] for number, cells in enumerate(listed, start=1)])


def columns_of(reader: Reader) -> tuple[ColumnSpec, ...]:
    """The columns of a template: those of the register, with one for each article of the kit as it is now."""
    articles = needed(reader.find("article", active=True))
    mine = [ColumnSpec(each.code, (each.name, each.name_en or each.name), _offering(each)) for each in articles]
    found: list[ColumnSpec] = []
    for spec in SPECS["kit"]:
        found += mine if spec.rest else [spec]
    return tuple(found)


def _offering(article: Article) -> cleaning.Cleaner:
    """What is usual in the cells of an article: its sizes, else that it is there; then what is wrong with it."""
    bad = tuple(words.WORDS[each] for each in words.BAD)
    usual = (*(sizes_of(article) or (words.THERE,)), *bad)
    return cleaning.offering(cleaning.words(20), usual, usual, is_closed=False)


class RegisterComparison(Comparison):
    """The register as it came back."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.teller = Teller(self.reader, self.today)
        self.by_code = {row.kit.code: row for row in self.teller.rows}
        self.by_worker = {row.kit.worker: row for row in self.teller.rows if row.kit.worker}
        self.columns = self._article_columns()
        self.shelf = {
            (row.village.id, row.article.id, row.size): list(row.good)
            for row in kit_reading.shelf(self.reader, None, self.today)
        }  # fmt: skip
        self.signed: dict[str, str] = {}
        self.claimed: dict[str, int] = {}

    def _article_columns(self) -> dict[str | None, dict[str, str]]:
        """By sheet the heading of each article that has a column; the rest is told once."""
        names = {bare(name): each.code for each in self.teller.articles for name in (each.name, each.name_en, each.code)
                 if name}  # fmt: skip
        found: dict[str | None, dict[str, str]] = {}
        for table, mapping in zip(self.read.tables, self.read.mappings, strict=True):
            headings = [mapping.columns[index] for index in mapping.left]
            found[table.sheet] = {names[bare(each)]: each for each in headings if bare(each) in names}
            unused = [each for each in headings if each and bare(each) not in names and bare(each) not in UNCOUNTED]
            if unused:
                facts = {"columns": ", ".join(unused)}
                self.result.problems.append(Problem(None, None, None, "column.unused", "note", facts, table.sheet))
        return found

    # --- rows ---------------------------------------------------------------------------------------------------

    def take(self, at: int, row: FileRow) -> list[dict[str, Any]]:
        """A kit by its code, by its worker, or a new one."""
        code = str(row.fields.get("row_id") or "")
        if code and code not in self.seen:
            self.seen[code] = row.number
            if code not in self.by_code:
                raise Unfit("kit_book.row_unknown", "row_id", code)
            return self._known(row, self.by_code[code], at)
        worker = worker_of(self.plan, at, row.fields) if row.fields.get("name") else None
        if worker is not None and (worker.id in self.by_worker or self._has_cells(row)):
            self._claim(row, worker)
            if worker.id in self.by_worker:
                return self._known(row, self.by_worker[worker.id], at)
        return self._new(row, at, worker)

    def _has_cells(self, row: FileRow) -> bool:
        filled: Mapping[str, str] = row.fields.get("pieces") or {}
        return any(heading in filled for heading in self.columns[row.sheet].values())

    def _claim(self, row: FileRow, worker: Worker) -> None:
        first = self.claimed.setdefault(worker.id, row.number)
        if first != row.number:
            raise Unfit("import.twice", "name", other=first)

    def _given(self, row: FileRow) -> dict[str, str]:
        """The cells of the columns that the file has; those of articles by code."""
        mapping = self.read.mapping_of(row.sheet)
        given = {spec.field: canonical(row.fields.get(spec.field)) for spec, _ in mapping.fields if not spec.own}
        cells: Mapping[str, str] = row.fields.get("pieces") or {}
        return given | {code: cells.get(heading, "") for code, heading in self.columns[row.sheet].items()}

    def heading(self, row: FileRow, name: str) -> str:
        """Articles stand under their own names."""
        return self.columns[row.sheet].get(name) or super().heading(row, name)

    def _cell(self, row: FileRow, article: Article, text: str) -> Cell:
        try:
            return words.read(text, sizes_of(article))
        except BadValue as error:
            heading = self.columns[row.sheet][article.code]
            sizes = listed(sizes_of(article))
            raise Unfit(error.code, heading, text, **error.facts, sizes=sizes or "–") from None

    # --- a kit that is known ------------------------------------------------------------------------------------

    def _known(self, row: FileRow, kit: KitRow, at: int) -> list[dict[str, Any]]:
        known, given = self.teller.cells(kit), self._given(row)
        is_marked = kit_books.base_of(row) is not None
        if not is_marked:  # places told another way are the same; what is there is told in many words
            given = {name: text for name, text in given.items() if name not in ("village", "grid_name", "name")}
            said = words.mentions(given.get("problem", ""), {slot.article.id: slot.article.name for slot in kit.slots})
            for slot in kit.slots:
                text = given.get(slot.article.code)
                if text and (said.get(slot.article.id) == slot.state or self._says_the_same(row, slot, text)):
                    given[slot.article.code] = known[slot.article.code]
            if all(said.get(slot.article.id, slot.state) == slot.state for slot in kit.slots):
                given.pop("problem", None)
        wanted = self.edited(row, ("kit", kit.kit.id, kit.kit.code), known, given)
        if fixed := next((each for each in ("village", "grid_name") if each in wanted and "name" not in wanted), None):
            raise Unfit("kit_book.place_fixed", fixed, kit=kit.kit.code)
        steps = self._holder(row, kit, wanted, at)
        remarks = self._remarks(kit, wanted, given)
        for slot in kit.slots:
            text = wanted.get(slot.article.code)
            if text is not None or slot.article.id in remarks:
                cell = Cell(remarks[slot.article.id]) if text is None else self._cell(row, slot.article, text)
                steps += self._slot(row, kit, slot, cell, wanted, given)
        steps += self._signature(kit, wanted, given)
        if "replaced_on" in wanted and wanted["replaced_on"] and not any(each["do"] == "fill" for each in steps):
            self.note(row, "replaced_on", "kit_book.nothing_replaced", kit=kit.kit.code)
        return steps

    def _says_the_same(self, row: FileRow, slot: Slot, text: str) -> bool:
        cell = self._cell(row, slot.article, text)
        state = "good" if cell.state in _THERE else cell.state
        there = "good" if slot.state in _THERE else slot.state
        return state == there and cell.size in ("", slot.piece.size if slot.piece else "")

    def _holder(self, row: FileRow, kit: KitRow, wanted: Mapping[str, str], at: int) -> list[dict[str, Any]]:
        """Another worker, or another day."""
        steps: list[dict[str, Any]] = []
        on = wanted.get("handed_on", "")
        if "name" in wanted:
            if kit.worker is not None:
                steps.append({"do": "take_back", "kit": kit.kit.id, "was": kit.kit.worker})
            if wanted["name"]:
                worker = worker_of(self.plan, at, row.fields)
                self._claim(row, worker)
                if worker.village != kit.kit.village:
                    raise Unfit("kit.other_village", "name", name=worker.name)
                if worker.id in self.by_worker:
                    raise Unfit("kit.worker_has", "name", name=worker.name, kit=self.by_worker[worker.id].kit.code)
                steps.append({"do": "hand_out", "kit": kit.kit.id, "worker": worker.id, "on": on})
        elif on:
            if kit.worker is None:
                raise Unfit("kit_book.nobody", "handed_on", on, kit=kit.kit.code)
            steps.append({"do": "handed_on", "kit": kit.kit.id, "was": kit.kit.worker, "on": on})
        elif "handed_on" in wanted:
            raise Unfit("kit_book.day_emptied", "handed_on", kit=kit.kit.code)
        if on > self.today.isoformat():
            raise Unfit("kit.day_ahead", "handed_on", on, day=on)
        return steps

    def _remarks(self, kit: KitRow, wanted: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
        """What the remark says of pieces whose own cells are as they were."""
        if not wanted.get("problem"):
            return {}
        named = {slot.article.id: slot.article.name for slot in kit.slots if slot.article.code not in wanted}
        return words.mentions(wanted["problem"], named)

    def _slot(
        self, row: FileRow, kit: KitRow, slot: Slot, cell: Cell, wanted: Mapping[str, str], given: Mapping[str, str]
    ) -> list[dict[str, Any]]:
        """What an edited cell asks for."""
        heading, piece = self.columns[row.sheet].get(slot.article.code, "problem"), slot.piece
        what = {"kit": kit.kit.code, "article": slot.article.name}
        if cell.state == words.NOTHING:
            if piece is None:
                return []
            raise Unfit("kit_book.emptied", heading, "", **what)
        if cell.state in _THERE:
            is_replaced = cell.state == "good" and bool(wanted.get("replaced_on"))
            if piece is None or is_replaced:
                return [self._fill(kit, slot, cell, heading, wanted.get("replaced_on", ""))]
            if cell.size and cell.size != piece.size:
                raise Unfit("kit_book.size_fixed", heading, cell.size, **what)
            if slot.state == "overdue" and cell.state == "good":
                raise Unfit("kit_book.overdue", heading, words.THERE, **what)
            if piece.state == "issued":
                return []
            return [{"do": "mark", "kit": kit.kit.id, "piece": piece.id, "state": "issued", "was": piece.state}]
        if piece is None:
            raise Unfit("kit_book.never_issued", heading, words.WORDS[cell.state], **what)
        if piece.state == cell.state:
            return []
        reason = given.get("problem", "") if "problem" in wanted else ""
        return [{"do": "mark", "kit": kit.kit.id, "piece": piece.id, "state": cell.state, "was": piece.state,
                 "reason": reason}]  # fmt: skip

    def _fill(self, kit: KitRow, slot: Slot, cell: Cell, heading: str, on: str) -> dict[str, Any]:
        worn = kit.kit.sizes or (kit.worker.vest_size if kit.worker else "")
        size = cell.size or (slot.piece.size if slot.piece else "") or size_for(slot.article, worn)
        if size is None:
            raise Unfit("kit_book.size_needed", heading, words.THERE, article=slot.article.name,
                        known=listed(sizes_of(slot.article)))  # fmt: skip
        if on > self.today.isoformat():
            raise Unfit("kit.day_ahead", "replaced_on", on, day=on)
        old = "" if slot.piece is None or slot.piece.state != "issued" else "expired"
        step = {"do": "fill", "kit": kit.kit.id, "article": slot.article.id, "size": size, "old": old}
        if lying := self.shelf.get((kit.kit.village, slot.article.id, size)):
            return {**step, "piece": lying.pop(0).id}
        issue = self.teller.issues.get(kit.kit.issue or "")
        open_depots = {each.id for each in self.depots}
        depot = issue.depot if issue and issue.depot in open_depots else self.depot_id()
        return {**step, "depot": depot, "on": on}

    def _signature(self, kit: KitRow, wanted: Mapping[str, str], given: Mapping[str, str]) -> list[dict[str, Any]]:
        """Who signed belongs to the receipt sheet, which several kits share."""
        if "received_by" not in wanted:
            return []
        by, issue = wanted["received_by"], self.teller.issues.get(kit.kit.issue or "")
        if issue is None or issue.received_on or not by:
            raise Unfit("kit_book.signed", "received_by", by, number=issue.number if issue else "–")
        if issue.id in self.signed:
            if self.signed[issue.id] != by:
                raise Unfit("kit_book.signed_differs", "received_by", by, number=issue.number,
                            other=self.signed[issue.id])  # fmt: skip
            return []
        self.signed[issue.id] = by
        return [{"do": "receive", "issue": issue.id, "by": by, "on": ""}]

    # --- a kit that only the file knows -------------------------------------------------------------------------

    def _new(self, row: FileRow, at: int, worker: Worker | None) -> list[dict[str, Any]]:
        given = self._given(row)
        cells = {each: self._cell(row, each, given.get(each.code, "")) for each in self.teller.articles}
        cells = {article: cell for article, cell in cells.items() if cell.state != words.NOTHING}
        remarks = words.mentions(given.get("problem", ""), {each.id: each.name for each in cells})
        if not cells:
            return []
        village = worker.village if worker else self.plan.village(at, row.fields, required=True)
        if worker is None and any(each.worker is None and each.kit.village == village for each in self.teller.rows):
            raise Unfit("kit_book.nameless", "name")
        if village is None:
            raise Unfit("import.value_missing", "village")
        on = given.get("handed_on", "")
        if on > self.today.isoformat():
            raise Unfit("kit.day_ahead", "handed_on", on, day=on)
        pieces, sizes = [], []
        for article, cell in cells.items():
            size = cell.size or size_for(article, worker.vest_size if worker else "")
            if size is None:
                raise Unfit("kit_book.size_needed", self.columns[row.sheet][article.code], given[article.code],
                            article=article.name, known=listed(sizes_of(article)))  # fmt: skip
            state = remarks.get(article.id, "issued") if cell.state in _THERE else cell.state
            reason = given.get("problem", "") if state != "issued" else ""
            pieces.append({"article": article.id, "size": size, "state": state, "reason": reason})
            sizes += [size] if size else []
        return [{
            "do": "new_kit", "village": village, "worker": worker.id if worker else None,
            "sizes": " ".join(dict.fromkeys(sizes)), "handed_on": on or None, "pieces": pieces,
            "received_by": given.get("received_by", ""), "depot": self.depot_id(),
        }]  # fmt: skip
