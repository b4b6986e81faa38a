"""物资台账: a row for what lies of an article in a depot, out and back.

The ledger of moves is the truth: an edited amount is a count, with the file as its reason; what only lines of it can
say (when it came, who took it) is told and cannot be edited here.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from commandcenter.formats.column_specs import SPECS
from commandcenter.formats.kit_books import CATEGORIES
from commandcenter.formats.workbooks import Column, SheetOut
from commandcenter.rules.entity import REAL
from commandcenter.rules.stores import Article, Depot, StockMove, sizes_of
from commandcenter.services import kit_books, kit_reading, seasons
from commandcenter.services.catalogues import terms
from commandcenter.services.kit_books import Comparison, Unfit
from commandcenter.services.plan_table import canonical
from commandcenter.services.readfiles import FileRow
from commandcenter.services.wording import listed
from commandcenter.storage.reads import Reader
from commandcenter.storage.stores import balances

FIELDS = tuple(spec.field for spec in SPECS["stock_move"] if not spec.own)
OF_DEPOT = ("keeper", "phone")
DERIVED = ("came_on", "due_on", "taken_by", "taken_on", "state")
"""Columns that lines of the ledger say."""
IN_USE, SOUND, PAST = "在用", "完好", "过期"
Key = tuple[str, str, str]


class Teller:
    """What lies where as the rows of the ledger, as one reader may see it."""

    def __init__(self, reader: Reader, today: date) -> None:
        self.today, self.zone = today, seasons.zone_of(reader)
        self.articles: dict[str, Article] = {each.id: each for each in reader.find("article")}
        self.depots: dict[str, Depot] = {each.id: each for each in reader.find("depot")}
        found = balances(reader.connection, (REAL,))
        self.there: dict[Key, int] = {
            (depot, article, size): amount for (depot, article, size), amount in found.items()
            if depot in self.depots and article in self.articles
        }  # fmt: skip
        self.moves: dict[Key, list[StockMove]] = {}
        for move in reader.find("stock_move", order=("occurred_at", "id")):
            if not move.struck and move.world == REAL:
                self.moves.setdefault((move.depot, move.article, move.size), []).append(move)

    def keys(self) -> list[Key]:
        """What lies somewhere, or did, of the articles in use; depot by depot in the order of the catalogue."""
        found = [key for key in {*self.there, *self.moves}
                 if key[0] in self.depots and self.depots[key[0]].active and key[1] in self.articles
                 and (self.articles[key[1]].active or self.there.get(key))]  # fmt: skip
        return sorted(found, key=self._order)

    def _order(self, key: Key) -> tuple[Any, ...]:
        depot, article = self.depots[key[0]], self.articles[key[1]]
        sizes = sizes_of(article)
        place = sizes.index(key[2]) if key[2] in sizes else -1
        return (depot.village is not None, depot.name, *kit_reading.article_order(article), place)

    def cells(self, key: Key) -> dict[str, str]:
        """What stands in each column."""
        depot, article, moves = self.depots[key[0]], self.articles[key[1]], self.moves.get(key, [])
        came = [each for each in moves if each.kind == "received"]
        gone = [each for each in moves if each.kind == "issued"]
        due = min((each.due_on for each in came if each.due_on), default="")
        state = IN_USE if article.kit_place is not None else SOUND
        return {
            **self.of_article(article), "name": article.name,
            "spec": " ".join(each for each in (article.spec, key[2]) if each),
            "amount": str(self.there.get(key, 0)), "depot": depot.name, "came_on": self._day(came), "due_on": due,
            "taken_by": canonical(gone[-1].taken_by) if gone else "", "taken_on": self._day(gone),
            **self.of_depot(depot), "state": PAST if due and due <= self.today.isoformat() else state, "note": "",
        }  # fmt: skip

    @staticmethod
    def of_article(article: Article) -> dict[str, str]:
        """What all rows of an article say of it."""
        word = terms("article_categories").get(article.category)
        return {"category": word.zh if word else article.category, "unit": canonical(article.unit)}

    @staticmethod
    def of_depot(depot: Depot) -> dict[str, str]:
        """What all rows of a depot say of it."""
        return {"keeper": canonical(depot.keeper), "phone": canonical(depot.phone)}

    def _day(self, moves: list[StockMove]) -> str:
        return f"{moves[-1].occurred_at.astimezone(self.zone):%Y-%m-%d}" if moves else ""


def sheet(reader: Reader, today: date, name: str) -> SheetOut:
    """The ledger: depot by depot."""
    teller, seq = Teller(reader, today), reader.last_seq()
    rows: list[list[Any]] = []
    for number, key in enumerate(teller.keys(), start=1):
        cells = teller.cells(key)
        told: list[Any] = [int(cells[each]) if each == "amount" else cells[each] or None for each in FIELDS]
        rows.append([number, *told, "/".join(key), kit_books.mark(seq, cells)])
    columns = [Column("序号", "number")]
    columns += [Column(spec.headings[0], "number" if spec.field == "amount" else "text", hidden=spec.own)
                for spec in SPECS["stock_move"]]  # fmt: skip
    return SheetOut(name, tuple(columns), rows)


class LedgerComparison(Comparison):
    """The ledger as it came back."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.teller = Teller(self.reader, self.today)
        self.lines: dict[tuple[str, str, str], int] = {}
        self.said: dict[tuple[str, str], tuple[str, int]] = {}
        self.new: dict[str, str] = {}

    def take(self, at: int, row: FileRow) -> list[dict[str, Any]]:
        """A line by its mark, else by article, size and depot."""
        code = str(row.fields.get("row_id") or "")
        parts = tuple(code.split("/"))
        if code and code not in self.seen:
            self.seen[code] = row.number
            if len(parts) != 3 or parts[0] not in self.teller.depots or parts[1] not in self.teller.articles:
                raise Unfit("kit_book.row_unknown", "row_id", str(row.fields.get("name") or ""))
            key: Key = (parts[0], parts[1], parts[2])
            self._once(row, key)
            return self._known(row, key)
        return self._told(row)

    def _once(self, row: FileRow, key: Key) -> None:
        first = self.lines.setdefault(key, row.number)
        if first != row.number:
            raise Unfit("import.twice", "name", other=first)

    def _given(self, row: FileRow) -> dict[str, str]:
        mapping = self.read.mapping_of(row.sheet)
        given = {spec.field: canonical(row.fields.get(spec.field)) for spec, _ in mapping.fields if not spec.own}
        if given.get("category"):  # told as the word that is written, whichever was read
            word = terms("article_categories").get(given["category"])
            given["category"] = word.zh if word else given["category"]
        return given

    # --- a line that is known -----------------------------------------------------------------------------------

    def _known(self, row: FileRow, key: Key) -> list[dict[str, Any]]:
        depot, article = self.teller.depots[key[0]], self.teller.articles[key[1]]
        known, given = self.teller.cells(key), self._given(row)
        if kit_books.base_of(row) is None:
            given = {name: text for name, text in given.items() if name not in (*DERIVED, "name", "depot", "note")}
            if "spec" in given and key[2] and key[2] in given["spec"].upper().split():
                given["spec"] = known["spec"] if given["spec"].upper() == key[2] else given["spec"]
        wanted = self.edited(row, ("article", article.id, f"{article.name} {depot.name}"), known, given)
        if fixed := next((each for each in DERIVED if each in wanted), None):
            raise Unfit("kit_book.derived", fixed, wanted[fixed], article=article.name)
        if "depot" in wanted:
            raise Unfit("kit_book.moved_by_hand", "depot", wanted["depot"], article=article.name)
        note = wanted.get("note", "")
        if note and "amount" not in wanted:
            self.note(row, "note", "kit_book.note_unkept", article=article.name)
        steps = self._of_article(row, article, key[2], wanted)
        steps += self._of_depot(row, depot, wanted)
        if "amount" in wanted:
            steps.append({"do": "stock", "depot": depot.id, "article": article.id, "size": key[2], "reason": note,
                          "amount": int(wanted["amount"]), "was": self.teller.there.get(key, 0)})  # fmt: skip
        return steps

    def _of_article(self, row: FileRow, article: Article, size: str, wanted: Mapping[str, str]) -> list[dict[str, Any]]:
        changed: dict[str, Any] = {name: wanted[name] for name in ("name", "unit") if wanted.get(name)}
        if "category" in wanted:
            changed["category"] = self._category(wanted["category"])
        if "spec" in wanted:
            changed["spec"] = _without(wanted["spec"], size)
        changed = {name: value for name, value in changed.items() if value != getattr(article, name)}
        for name, value in dict(changed).items():
            if not self._first_to_say(row, (article.id, name), str(value)):
                del changed[name]
        if not changed:
            return []
        was = {name: getattr(article, name) for name in changed}
        return [{"do": "edit_article", "article": article.id, "changed": changed, "was": was}]

    def _of_depot(self, row: FileRow, depot: Depot, wanted: Mapping[str, str]) -> list[dict[str, Any]]:
        changed: dict[str, Any] = {
            name: wanted[name] or (None if name == "phone" else "") for name in OF_DEPOT
            if name in wanted and self._first_to_say(row, (depot.id, name), wanted[name])
        }  # fmt: skip
        if not changed:
            return []
        was = {name: getattr(depot, name) for name in changed}
        return [{"do": "edit_depot", "depot": depot.id, "changed": changed, "was": was}]

    def _first_to_say(self, row: FileRow, what: tuple[str, str], text: str) -> bool:
        """Whether this row is the first that changes it; Unfit where an earlier one says otherwise."""
        before = self.said.setdefault(what, (text, row.number))
        if before[0] != text:
            raise Unfit("kit_book.rows_differ", what[1], text, other=before[1], there=before[0] or "–")
        return before[1] == row.number

    @staticmethod
    def _category(word: str) -> str:
        return CATEGORIES.get(word, "other")

    # --- a line that only the file knows ------------------------------------------------------------------------

    def _told(self, row: FileRow) -> list[dict[str, Any]]:
        given = self._given(row)
        if not given.get("depot"):
            raise Unfit("import.value_missing", "depot")
        article, size = self._article(row, given)
        if article is not None and sizes_of(article) and not size:
            return self._sizes_unsaid(row, article, given)
        known = next((each for each in self.depots if each.name == given["depot"]), None)
        depot = self._open(given)
        key: Key = (depot, article.id if article else given["name"] + "\n" + given.get("spec", ""), size)
        self._once(row, key)
        if article is not None and known is not None and key in self.teller.moves:
            return self._known(row, key)
        steps = []
        if article is None:
            name = self._new_article(given)
            if name is not None:
                steps.append(name)
            id = key[1]
        else:
            id = article.id
            whose = ("article", article.id, article.name)
            said = {name: given.get(name, "") for name in ("category", "unit")}
            wanted = self.edited(row, whose, self.teller.of_article(article), said)
            steps += self._of_article(row, article, size, wanted)
        if known is not None:
            said = {name: given.get(name, "") for name in OF_DEPOT}
            steps += self._of_depot(row, known, self.edited(row, ("depot", known.id, known.name),
                                                            self.teller.of_depot(known), said))  # fmt: skip
        amount = int(given["amount"])
        if amount < 0:
            raise Unfit("kit_book.below_zero", "amount", str(amount))
        if amount or article is None:
            steps.append({"do": "stock", "depot": depot, "article": id, "size": size, "amount": amount, "was": 0,
                          "opening": True, "on": given.get("came_on") or None, "due_on": given.get("due_on") or None,
                          "reason": given.get("note", "")})  # fmt: skip
        return steps

    def _article(self, row: FileRow, given: Mapping[str, str]) -> tuple[Article | None, str]:
        """The article that a row means and its size; by name, and by specification where several bear it."""
        named = [each for each in self.teller.articles.values() if each.active and canonical(each.name)
                 == given["name"]]  # fmt: skip
        spec = given.get("spec", "")
        if len(named) > 1:
            exact = [each for each in named if canonical(each.spec) in (spec, _without_size(spec, each))]
            if len(exact) != 1:
                raise Unfit("kit_book.article_several", "name", given["name"], count=len(named))
            named = exact
        if not named:
            return None, ""
        return named[0], _size_in(spec, named[0])

    def _sizes_unsaid(self, row: FileRow, article: Article, given: Mapping[str, str]) -> list[dict[str, Any]]:
        """A sum over all sizes says nothing when it is right, and cannot be taken when it is not: a note tells so."""
        there = sum(amount for (depot, id, _), amount in self.teller.there.items()
                    if id == article.id and self.teller.depots[depot].name == given["depot"])  # fmt: skip
        if there != int(given["amount"]):
            self.note(row, "amount", "kit_book.sizes_unsaid", article=article.name, there=there,
                      known=listed(sizes_of(article)))  # fmt: skip
        return []

    def _open(self, given: Mapping[str, str]) -> str:
        """The depot of a row; a new one is opened with the keeper that the row names."""
        name = given["depot"]
        known = next((each for each in self.depots if each.name == name), None)
        if known is not None:
            return known.id
        if name not in self.opened:
            self.opened.add(name)
            self.result.steps.append({"do": "new_depot", "name": name, "keeper": given.get("keeper", ""),
                                      "phone": given.get("phone") or None})  # fmt: skip
        return name

    def _new_article(self, given: Mapping[str, str]) -> dict[str, Any] | None:
        """An article that no depot held so far; once, also where several rows name it."""
        key = given["name"] + "\n" + given.get("spec", "")
        if key in self.new:
            return None
        self.new[key] = given["name"]
        return {"do": "new_article", "alias": key, "name": given["name"], "spec": given.get("spec", ""),
                "unit": given.get("unit", ""), "category": self._category(given.get("category", ""))}  # fmt: skip


def _size_in(spec: str, article: Article) -> str:
    known = {each.upper(): each for each in sizes_of(article)}
    return next((known[each] for each in reversed(spec.upper().split()) if each in known), "")


def _without(spec: str, size: str) -> str:
    """A specification without the size that stands at its end."""
    return " ".join(spec.split()[:-1]) if size and spec.upper().split()[-1:] == [size.upper()] else spec


def _without_size(spec: str, article: Article) -> str:
    return _without(spec, _size_in(spec, article))
