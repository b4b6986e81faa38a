"""Printed books in words: the handbook 工作手册 of a grid, the contact book 通讯录 of a village, single pages of them.

One reading of the town is told (:class:`Teller`), then any number of books is set, on several threads, and laid on
sheets; nothing of that is done on the GUI thread or in a transaction. What the reader may not see is masked as it is
everywhere else. Editions and who holds them: :mod:`commandcenter.services.editions`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from commandcenter.base import texts
from commandcenter.base.errors import BadInput
from commandcenter.base.texts import choose, say
from commandcenter.formats.paper import books as setting
from commandcenter.formats.paper.books import Block, Book, Section, Slip, SlipLine
from commandcenter.formats.paper.imposing import Binder, Imposed, last_page
from commandcenter.rules.attention import KINDS
from commandcenter.rules.calling import KEEPER, NEIGHBOUR
from commandcenter.rules.editions import BookKind, Edition, PageChange
from commandcenter.rules.entity import DRILLS
from commandcenter.rules.grids import Grid
from commandcenter.rules.households import needs_of
from commandcenter.rules.incidents import URGENCIES
from commandcenter.rules.people import Officer
from commandcenter.rules.permissions import may_read
from commandcenter.rules.scenarios import words as in_language
from commandcenter.rules.visibility import Viewer
from commandcenter.services import catalogues, kit_reading, seasons, training
from commandcenter.services.attention_reading import Listed
from commandcenter.services.book_content import Books, spelling
from commandcenter.services.book_maps import Maps
from commandcenter.services.book_parts import PAGES, Content, Entry, Part
from commandcenter.services.book_words import how_long, role_words, what_changed
from commandcenter.services.catalogues import care_name
from commandcenter.services.kit_reading import KitRow
from commandcenter.services.paper_words import Imprint, grid_name, phone, short_name, village_name
from commandcenter.services.papers import Printed, let_out
from commandcenter.services.wording import category_name, listed, shown, urgency_name
from commandcenter.storage.reads import Reader

NOTES = 2
"""Ruled pages in a handbook; those that fill its last sheet come on top."""
_MOST_DUE = 12
_THREADS = 2
Progress = Callable[[int, int], None]
"""Told after each book: how many of how many; whoever wants no more raises."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Single pages of a book for somebody who has an older one: ``name`` who, ``then`` the edition that he has."""

    name: str
    then: Edition | None
    changes: tuple[PageChange, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """One book to be printed: of which grid or village (id), as which edition (None: a copy to look at), and for whom
    only its changed pages."""

    kind: BookKind
    subject: str
    edition: Edition | None = None
    pages: Pages | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """A book in words, ready to be set: ``village`` by name, for the file it goes into."""

    order: Order
    village: str
    place: str
    book: Book


class Teller:
    """Puts books into words, in the language of this process, from one reading of the town."""

    def __init__(self, reader: Reader, now: datetime, officer: Officer) -> None:
        let_out("report", reader.world)
        self.reader, self.now, self.officer = reader, now, officer
        self.books = Books(reader)
        self.imprint = Imprint(self.books.town, now, officer)
        self.today = self.imprint.today
        self.language = texts.current().language
        self._maps = Maps(reader, self.books.grids)

    def told(self, order: Order) -> Ready:
        """A book, or the pages of one. BadInput ``book.unknown`` for a grid or village that is not there."""
        if not self.books.knows(order.kind, order.subject):
            raise BadInput("book.unknown", subject=order.subject)
        content = self.books.content(order.kind, order.subject)
        place = grid_name(content.grid) if content.grid is not None else village_name(content.village)
        wanted = [each.page for each in order.pages.changes] if order.pages else PAGES[order.kind]
        sections = tuple(
            self._section(content, page, number)
            for number, page in enumerate(PAGES[order.kind]) if page in wanted and page != "cover"
        )  # fmt: skip
        edition = say("books.edition", number=order.edition.number) if order.edition else say("books.copy")
        day = order.edition.printed_on if order.edition else self.today.isoformat()
        book = Book(
            language=self.language, number=place, town=self.imprint.office, village=village_name(content.village),
            place=place,
            labels={name: say(f"books.{order.kind}.{name}") for name in ("title", "how")}
            | {"contents": say("books.contents")},
            facts=self._cover(content, edition, day), code=order.edition.code if order.edition else "",
            edition=edition, sections=sections, foot=say("books.foot", place=place, edition=edition, day=day),
            printed=self.imprint.printed, watermark=self.imprint.watermark,
            slip=self._slip(order, content) if order.pages else None,
        )  # fmt: skip
        return Ready(order, village_name(content.village), place, book)

    # --- covers and slips -------------------------------------------------------------------------------------------

    def _cover(self, content: Content, edition: str, day: str) -> tuple[tuple[str, str], ...]:
        facts = []
        if content.grid is not None:
            keepers = content.part("cover").group("keeper")
            told = (each.name if each.role == KEEPER else say("books.role_at", role=each.name, grid=self._role(each))
                    for each in keepers)  # fmt: skip
            facts.append(("keeper", listed(told) or say("books.nobody")))
            facts.append(("phone", listed(phone(each.phone) for each in keepers if each.phone) or "–"))
            facts.append(("code", content.grid.code))
        facts += [("edition", edition), ("day", day)]
        return tuple((say(f"books.cover.{name}"), value) for name, value in facts)

    def _slip(self, order: Order, content: Content) -> Slip:
        assert order.pages is not None
        pages = order.pages
        number = {page: str(at) for at, page in enumerate(PAGES[order.kind])}
        lines = tuple(
            SlipLine(number[each.page], say(f"books.page.{each.page}"), what_changed(each, self.books.name_of))
            for each in pages.changes if each.page in number
        )  # fmt: skip
        then = say("books.edition", number=pages.then.number) if pages.then else say("books.slip.unknown")
        now = say("books.edition", number=order.edition.number) if order.edition else ""
        facts = (("whom", pages.name), ("then", then), ("now", now), ("day", self.today.isoformat()))
        return Slip(
            say("books.slip.title"), say("books.slip.lead", book=say(f"books.{order.kind}.title")),
            tuple((say(f"books.slip.{name}"), value) for name, value in facts),
            tuple(say(f"books.slip.column.{name}") for name in ("number", "page", "what")), lines,
            tuple(say(f"books.slip.todo.{number}") for number in (1, 2, 3)),
        )  # fmt: skip

    # --- pages ------------------------------------------------------------------------------------------------------

    def _section(self, content: Content, page: str, number: int) -> Section:
        part = content.part(page)
        makers: Mapping[str, Callable[[], list[Block]]] = {
            "first": self._first, "scenes": lambda: self._scenes(content), "calls": lambda: self._calls(part),
            "unit": lambda: self._unit(part), "attention": lambda: self._attention(part),
            "neighbours": lambda: self._neighbours(part),
            "map": lambda: self._map(content), "due": lambda: self._due(content), "kit": lambda: self._kit(content),
            "notes": self._notes, "duty": lambda: self._people(part), "keepers": lambda: self._keepers(part),
            "contacts": lambda: self._people(part), "county": lambda: self._people(part),
            "index": lambda: self._index(part),
        }  # fmt: skip
        code = f"books.note.{page}"
        note = say(code, day=self.today.isoformat()) if texts.current().has(code) else ""
        return Section(str(number), say(f"books.page.{page}"), tuple(makers[page]()), note)

    def _table(self, title: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]], *, wide: int,
               figures: tuple[int, ...] = ()) -> Block:  # fmt: skip
        headings = tuple(say(f"books.column.{each}") for each in columns)
        return Block("table", title, headings=headings, rows=tuple(rows), wide=wide, figures=figures)

    def _nothing(self, code: str, **facts: Any) -> list[Block]:
        return [Block("words", lines=(say(code, **facts),))]

    def _first(self) -> list[Block]:
        limits, categories = self.books.limits, catalogues.categories()
        usual = {
            urgency: listed(each.name for each in categories.values() if each.default_urgency == urgency)
            for urgency in URGENCIES
        }
        rows = [(urgency_name(each), how_long(getattr(limits, each)), usual[each]) for each in URGENCIES]
        kinds = [(each.name, urgency_name(each.default_urgency), listed(sub.name for sub in each.subkinds))  # type: ignore[arg-type]
                 for each in categories.values()]  # fmt: skip
        told = say("books.first.strip", accept=how_long(limits.accept), control=how_long(limits.control),
                   reinforce=how_long(limits.reinforce))  # fmt: skip
        steps = (say("books.first.report"), told, say("books.first.call"),
                 say("books.first.no_answer", wait=how_long(limits.no_answer)), say("books.first.loop"))  # fmt: skip
        return [
            Block("list", lines=steps),
            self._table(say("books.first.limits"), ("urgency", "limit", "usual"), rows, wide=2),
            self._table(say("books.first.kinds"), ("category", "urgency", "subkinds"), kinds, wide=2),
        ]

    def _scenes(self, content: Content) -> list[Block]:
        assert content.grid is not None
        found = []
        for each in self.books.scenes_of(content.grid):
            lines = (line.strip() for line in in_language(each.objectives, self.language).splitlines())
            found.append(Block("list", in_language(each.title, self.language), tuple(filter(None, lines))))
        return found or self._nothing("books.scenes.none")

    def _calls(self, part: Part) -> list[Block]:
        down = [(str(number), each.name, self._role(each), phone(each.phone))
                for number, each in enumerate(part.group("down"), start=1)]  # fmt: skip
        up = []
        for key in catalogues.categories():
            for number, each in enumerate(part.group(f"up.{key}"), start=1):
                up.append((category_name(key) if number == 1 else "", each.name, self._role(each), phone(each.phone)))
        return [
            self._table(say("books.calls.down"), ("order", "name", "role", "phone"), down, wide=2, figures=(0, 3)),
            self._table(say("books.calls.up"), ("category", "name", "role", "phone"), up, wide=2, figures=(3,)),
        ]

    def _unit(self, part: Part) -> list[Block]:
        found = []
        for group in part.groups:
            whose, _, site = group.key.partition("|")
            title = site or say(f"books.unit.{whose}")
            rows = [(self._role(each), shown(each.name), phone(each.phone)) for each in group.entries]
            found.append(self._table(title, ("post", "name", "phone"), rows, wide=1, figures=(2,)))
        return found or self._nothing("books.unit.none")

    def _attention(self, part: Part) -> list[Block]:
        """Entries that may be printed today, kind by kind; the others are counted, never told."""
        if not part.listed:
            return self._nothing("books.attention.none")
        keepers = part.group("keeper")
        told = listed(say("books.attention.keeper", name=each.name, phone=phone(each.phone)) for each in keepers)
        blocks = [Block("words", lines=(say("books.attention.by", who=told or say("books.nobody")),))]
        fit = [each for each in part.listed if each.may_print(self.today)]
        for kind in KINDS:
            rows = [self._entry(each) for each in fit if each.item.kind == kind]
            if rows:
                columns = ("whom", "needs", "phone", "until") if kind == "person" else ("what", "where", "until")
                made = rows if kind == "person" else [(row[0], row[1], row[3]) for row in rows]
                blocks.append(self._table(say(f"books.attention.{kind}"), columns, made, wide=1,
                                          figures=(2, 3) if kind == "person" else (2,)))  # fmt: skip
        if waiting := len(part.listed) - len(fit):
            blocks += self._nothing("books.attention.waiting", count=waiting)
        return blocks

    def _entry(self, entry: Listed) -> tuple[str, str, str, str]:
        """Whom or what it is about, what has to be done and where, by which number, and until when that holds."""
        name = shown(entry.what or "")
        care = care_name(entry.care) if entry.care else ""
        needs = listed(map(shown, needs_of(entry.needs or "")))
        where = shown(entry.address or "")
        return (say("books.attention.who", name=name, care=care) if care else name,
                say("books.attention.and").join(filter(None, (needs, where))) or "–",
                phone(entry.phone), entry.item.review_on)  # fmt: skip

    def _neighbours(self, part: Part) -> list[Block]:
        rows = []
        for group in part.groups:
            grid = self.books.grids[group.key.partition("|")[2]]
            rows += [(grid_name(grid), each.name, phone(each.phone)) for each in group.entries] or [
                (grid_name(grid), say("books.nobody"), "–")
            ]
        if not rows:
            return self._nothing("books.neighbours.none")
        return [self._table("", ("grid", "name", "phone"), rows, wide=0, figures=(2,))]

    def _map(self, content: Content) -> list[Block]:
        grid = content.grid
        assert grid is not None
        near = [group.key.partition("|")[2] for group in content.part("neighbours").groups]
        names = {id: self._short(self.books.grids[id], grid) for id in (grid.id, *near)}
        found = self._maps.block(grid, near, names)
        return [found] if found is not None else self._nothing("books.map.none", grid=grid_name(grid))

    def _due(self, content: Content) -> list[Block]:
        grid = content.grid
        assert grid is not None
        debts = [each for id in (grid.id, grid.village) for each in self._debts.get(id, ())][:_MOST_DUE]
        blocks = []
        if debts:
            rows = [(title, due, state) for due, title, state in debts]
            blocks.append(self._table(say("books.due.drills"), ("drill", "due", "state"), rows, wide=0, figures=(1,)))
        for keeper in content.part("cover").group("keeper"):
            lacking = self._courses.get(keeper.id, [])
            if lacking:
                title = say("books.due.courses", name=keeper.name)
                blocks.append(self._table(title, ("course", "state"), lacking, wide=0))
        return blocks or self._nothing("books.due.none")

    def _kit(self, content: Content) -> list[Block]:
        blocks = []
        for keeper in content.part("cover").group("keeper"):
            row = self._kits.get(keeper.id)
            if row is None:
                continue
            rows = [
                (choose(slot.article.name, slot.article.name_en), slot.piece.size if slot.piece else "",
                 slot.piece.code if slot.piece else "–", (slot.piece.due_on or "–") if slot.piece else "–",
                 say(f"paper.slot.{slot.state}"))
                for slot in row.slots
            ]  # fmt: skip
            title = say("books.kit.of", name=keeper.name, kit=row.kit.code)
            blocks.append(self._table(title, ("article", "size", "piece", "until", "state"), rows, wide=0,
                                      figures=(1, 2, 3)))  # fmt: skip
        return blocks or self._nothing("books.kit.none")

    def _notes(self) -> list[Block]:
        return [Block("ruled") for _ in range(NOTES)]

    def _people(self, part: Part) -> list[Block]:
        """Duty holders or contacts in their groups, by role."""
        found = []
        for group in part.groups:
            if group.entries:
                rows = [(self._role(each), each.name, phone(each.phone)) for each in group.entries]
                title = say(f"books.{part.page}.{group.key}") if len(part.groups) > 1 else ""
                found.append(self._table(title, ("role", "name", "phone"), rows, wide=1, figures=(2,)))
        return found or self._nothing(f"books.{part.page}.none")

    def _keepers(self, part: Part) -> list[Block]:
        rows = []
        for group in part.groups:
            grid = self.books.grids[group.key.partition("|")[2]]
            village = self.books.villages[grid.village]
            name = short_name(grid, village)
            people = [(name if not at else "", self._role(each), each.name, phone(each.phone))
                      for at, each in enumerate(group.entries)]  # fmt: skip
            rows += people or [(name, "", say("books.nobody"), "–")]
        if not rows:
            return self._nothing("books.keepers.none")
        return [self._table("", ("grid", "role", "name", "phone"), rows, wide=2, figures=(3,))]

    def _index(self, part: Part) -> list[Block]:
        rows = [
            (letter if not at else "", each.name, self._place_and_role(each), phone(each.phone))
            for letter, people in groupby(part.group("all"), key=lambda each: initial(each.name))
            for at, each in enumerate(people)
        ]
        if not rows:
            return self._nothing("books.index.none")
        return [self._table("", ("letter", "name", "role", "phone"), rows, wide=2, figures=(0, 3))]

    # --- what stands on the day of printing ---------------------------------------------------------------------------

    @cached_property
    def _debts(self) -> dict[str, list[tuple[str, str, str]]]:
        """By grid or village the drills owed: due day, which, how it stands. Nothing for who may not see drills; and
        whoever prints, with the eyes of one who knows of no drill that is kept secret: a book goes to those it is
        kept from."""
        if self.reader.viewer.role == "viewer":
            return {}
        eyes = Viewer(self.officer.id, "duty_officer")
        season = seasons.load(Reader(self.reader.connection, eyes, DRILLS), self.today)
        titles = {each.key: in_language(each.title, self.language) for each in self.books.scenarios}
        rules = {each.key: in_language(each.title, self.language) for each in season.rules}
        found: dict[str, list[tuple[str, str, str]]] = {}
        for each in season.debts:
            if each.place and each.state in ("owed", "overdue"):
                title = titles.get(each.scenario) or rules.get(each.rule, each.rule)
                found.setdefault(each.place, []).append((each.due.isoformat(), title, say(f"books.due.{each.state}")))
        return found

    @cached_property
    def _courses(self) -> dict[str, list[tuple[str, str]]]:
        """By worker the courses that are lacking or end soon; nothing for who may not read results."""
        if not may_read(self.reader.viewer.role, "result"):
            return {}
        state = training.load(self.reader, self.now)
        found: dict[str, list[tuple[str, str]]] = {}
        for worker in state.workers:
            for course in state.in_use:
                cell = state.matrix.of(worker.id, course.id)
                if cell.is_gap:
                    told = say(f"export.matrix.{cell.validity}", until=cell.until or say("export.matrix.ever"))
                    found.setdefault(worker.id, []).append((in_language(course.title, self.language), told))
        return found

    @cached_property
    def _kits(self) -> dict[str, KitRow]:
        rows = kit_reading.kits_of(self.reader, None, self.today)
        return {row.worker.id: row for row in rows if row.worker is not None}

    # --- words ------------------------------------------------------------------------------------------------------

    def _role(self, entry: Entry) -> str:
        grid = self.books.grids.get(entry.place)
        told = role_words(entry.role)
        if grid is None or entry.role != NEIGHBOUR:
            return told
        return say("books.role_at", role=told, grid=grid_name(grid))

    def _place_and_role(self, entry: Entry) -> str:
        grid = self.books.grids.get(entry.place)
        told = role_words(entry.role)
        if grid is None:
            return told
        return say("books.role_at", role=told, grid=short_name(grid, self.books.villages[grid.village]))

    def _short(self, grid: Grid, beside: Grid) -> str:
        """A grid's name without its village's where both are of the same."""
        return short_name(grid, self.books.villages[grid.village]) if grid.village == beside.village else grid.name


def initial(name: str) -> str:
    """The letter under which a name stands in the index; ``#`` for what begins with none."""
    first = spelling(name)[:1].upper()
    return first if first.isalpha() and first.isascii() else "#"


# --- files --------------------------------------------------------------------------------------------------------


def told(reader: Reader, orders: Sequence[Order], *, now: datetime, officer: Officer) -> list[Ready]:
    """All books in words. Takes some hundredths of a second a book."""
    teller = Teller(reader, now, officer)
    return [teller.told(each) for each in orders]


def files(
    ready: Sequence[Ready], imposed: Imposed, now: datetime, progress: Progress | None = None
) -> Iterator[Printed]:
    """The books as PDFs: one a village, each book on sheets of its own. Files come as they are finished, so that
    whoever stops keeps those before; ``progress`` is told book by book and may raise to stop."""
    done, total = 0, len(ready)
    filler: bytes | None = None
    with ThreadPoolExecutor(_THREADS) as pool:
        work: list[tuple[Ready, Future[bytes]]] = []
        try:
            work = [(each, pool.submit(setting.render, each.book, now)) for each in ready]
            for _, group in groupby(work, key=lambda each: _file_of(each[0])):
                mine, binder = list(group), Binder()
                for each, future in mine:
                    content = future.result()
                    if imposed != "none" and filler is None and each.order.pages is None:
                        filler = _ruled(each.book, now)
                    single = each.order.pages is not None
                    binder.add(content, imposed, None if single else filler, single=single)
                    done += 1
                    if progress is not None:
                        progress(done, total)
                name = file_name([each for each, _ in mine])
                yield Printed(name, binder.finish(name.removesuffix(".pdf")))
        finally:
            for _, future in work:
                future.cancel()


def _ruled(book: Book, now: datetime) -> bytes:
    """A page to write on, which fills the last sheet of a booklet."""
    section = Section("", "", (Block("ruled"),))
    return last_page(setting.render(replace(book, sections=(section,), foot="", code="", facts=()), now))


def _file_of(ready: Ready) -> tuple[str, BookKind]:
    """What goes into one file."""
    return ready.village, ready.order.kind


def file_names(ready: Sequence[Ready]) -> list[str]:
    """The files that :func:`files` makes of these books."""
    return [file_name(list(group)) for _, group in groupby(ready, key=_file_of)]


def file_name(ready: Sequence[Ready]) -> str:
    """What a file is called: after the one grid or village, else after the village of all."""
    first = ready[0]
    title = say(f"books.{first.order.kind}.title")
    where = first.place if len({each.place for each in ready}) == 1 else first.village
    if first.order.pages is not None:
        return say("books.file.pages", title=title, where=where) + ".pdf"
    if first.order.edition is not None and len(ready) == 1:
        return say("books.file.edition", title=title, where=where, number=first.order.edition.number) + ".pdf"
    return say("books.file.plain", title=title, where=where) + ".pdf"
