"""The overview sheet 治理信息全览图 of a village in words: map, grids with their keepers, attention list; and the one
for the notice board, which tells counts and nothing of anybody.

Each printing is an edition of the village's sheet: send :class:`commandcenter.services.editions.PrintBooks` first, or,
who sees masks, :class:`commandcenter.services.papers.PrintPaper` for a copy to look at (:func:`note` says which),
and not on the GUI thread. The notice board's is an extract of the same edition and bears its number: when the sheet in
the village's office is old, so is what hangs outside. What the reader may not see is masked as it is everywhere else;
of the attention list stands there what :func:`commandcenter.rules.attention.may_print` lets through.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from commandcenter.base import texts
from commandcenter.base.errors import BadInput
from commandcenter.base.files import write_whole
from commandcenter.base.texts import say
from commandcenter.formats.paper import fonts
from commandcenter.formats.paper import overview as setting
from commandcenter.formats.paper.overview import Map, Overview, Table, format_of
from commandcenter.rules.attention import KINDS, AttentionKind, is_overdue
from commandcenter.rules.editions import WALL, Edition
from commandcenter.rules.entity import REAL
from commandcenter.rules.grids import Grid, Village
from commandcenter.rules.overviews import SIZES, Count, PaperSize, public, public_sum
from commandcenter.rules.people import Officer, Role
from commandcenter.services import attention_reading, catalogues
from commandcenter.services.attention_reading import Listed
from commandcenter.services.book_content import Books
from commandcenter.services.book_parts import Content
from commandcenter.services.book_words import role_words
from commandcenter.services.editions import PrintBooks, prints_walls
from commandcenter.services.overview_maps import Maps, Spot
from commandcenter.services.paper_words import Imprint, phone, short_name, village_name
from commandcenter.services.papers import Printed, PrintPaper, let_out
from commandcenter.services.sessions import Session
from commandcenter.services.wording import listed, shown
from commandcenter.storage.reads import Reader

Progress = Callable[[int, int], None]
"""Told after each sheet: how many of how many; whoever wants no more raises."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Which sheet: on what paper, and whether it is for the notice board."""

    size: PaperSize = "a3"
    notice_board: bool = False

    @property
    def variant(self) -> str:
        """As the log names it."""
        return f"{'board' if self.notice_board else 'full'}_{self.size}"


@dataclass(frozen=True, slots=True)
class Ready:
    """A sheet in words, ready to be set: the village by its id, the file by its name."""

    village: str
    name: str
    sheet: Overview


def size_of(given: str | None) -> PaperSize:
    """A size of paper by its name, A3 by default. BadInput ``overview.size``."""
    for each in SIZES:
        if each == (given or "a3").casefold():
            return each
    raise BadInput("overview.size", field="size", given=given, known=", ".join(SIZES))


def note(
    role: Role, villages: Sequence[str], kind: Kind, *, changed_only: bool = False, copy: bool = False
) -> PrintPaper | PrintBooks:
    """The command by which somebody prints the sheets of villages (ids): as editions, or, with ``copy`` and whoever
    may make none, as copies to look at. ``changed_only``: of those whose sheet is stale. BadInput
    ``print.copy_only``."""
    if prints_walls(role) and not copy:
        return PrintBooks(kind=WALL, subjects=tuple(villages), variant=kind.variant, changed_only=changed_only)
    if changed_only:
        raise BadInput("print.copy_only")
    return PrintPaper(sheet="overview", subjects=tuple(villages), variant=kind.variant)


def printed(value: Mapping[str, Any], villages: Sequence[str]) -> dict[str, str]:
    """What came of :func:`note` (its answer): which villages to print, each with the id of its edition, "" for a
    copy."""
    if "editions" not in value:
        return dict.fromkeys(villages, "")
    return {each["subject"]: each["edition"] for each in value["editions"]}


class _Town:
    """One reading of the town, of which any number of sheets is told."""

    def __init__(self, reader: Reader, now: datetime, officer: Officer) -> None:
        let_out("report", reader.world)
        self.reader = reader
        self.books = Books(reader)
        self.imprint = Imprint(self.books.town, now, officer)
        self.today = self.imprint.today
        self.maps = Maps(reader, self.books.villages, self.books.grids)
        self.names = {id: village_name(each) for id, each in self.books.villages.items()}

    @cached_property
    def listed(self) -> dict[str, list[Listed]]:
        """The open entries of the attention list by village."""
        found: dict[str, list[Listed]] = {}
        for each in attention_reading.listed(self.reader):
            found.setdefault(each.village, []).append(each)
        return found


class _Teller:
    """Puts the sheet of one village into words, in the language of this process."""

    def __init__(self, town: _Town, village: str, kind: Kind, edition: Edition | None = None) -> None:
        if village not in town.books.villages:
            raise BadInput("unknown", entity="village", id=village)
        self.town, self.kind, self.edition = town, kind, edition
        self.village: Village = town.books.villages[village]
        self.name = town.names[village]
        self.grids = town.books.grids_of(village)
        self.marks = {each.id: _mark(each) for each in self.grids}
        entries = town.listed.get(village, [])
        self.shown = [each for each in entries if each.may_print(town.today)]
        self.waiting = sum(1 for each in entries if is_overdue(each.item, town.today) and not each.has_left)
        self.format = format_of(*SIZES[kind.size])

    def told(self) -> Ready:
        """The sheet. The order of places in the list is that of the numbers on the map."""
        variant = "board" if self.kind.notice_board else "full"
        title = say("overview.title")
        tables = self._board() if self.kind.notice_board else (self._grid_table(), *self._attention_tables())
        sheet = Overview(
            language=texts.current().language, number=self.name, town=self.town.imprint.place, village=self.name,
            labels={"title": title, "variant": say("overview.variant.board") if self.kind.notice_board else ""}
            | {name: say(f"overview.label.{name}") for name in ("legend", "north", "page", "scale", "continued")},
            dated=say("overview.dated", day=self.town.today.isoformat()), edition=self._edition(),
            facts=() if self.kind.notice_board else self._answering(), map=self._drawn,
            empty=say("overview.empty", village=self.name), legend=self._legend(), tables=tables,
            notes=self._notes(), format=self.format, frame=self.format.frame, writing=self._writing,
            scheme=say("overview.scheme"), printed=self._printed(), watermark=self.town.imprint.watermark,
        )  # fmt: skip
        size = self.kind.size.upper()
        name = say(f"overview.file.{variant}", title=title, village=self.name, size=size)
        return Ready(self.village.id, f"{name}.pdf", sheet)

    @property
    def _writing(self) -> float:
        """A notice board is read from further away; English words leave no room for it beside the counts."""
        return 1.2 if self.kind.notice_board and texts.current().language == "zh_CN" else 1.0

    def _edition(self) -> str:
        if self.edition is None:
            return say("overview.copy")
        return say("overview.edition", number=self.edition.number, mark=self.edition.code, day=self.edition.printed_on)

    # --- the head ---------------------------------------------------------------------------------------------------

    def _printed(self) -> str:
        """On the notice board nobody is named."""
        imprint = self.town.imprint
        return say("overview.printed", when=imprint.when) if self.kind.notice_board else imprint.printed

    @cached_property
    def _content(self) -> Content:
        """What its edition is made of."""
        return self.town.books.content(WALL, self.village.id)

    def _answering(self) -> tuple[tuple[str, str], ...]:
        people = self.town.books.answering(self.village)
        if not people:
            return ((say("overview.head"), say("books.nobody")),)
        return tuple((role_words(each.role), f"{shown(each.name)} {phone(each.phone)}") for each in people)

    # --- the map ----------------------------------------------------------------------------------------------------

    @cached_property
    def _places(self) -> list[Listed]:
        """The places of the list in the order in which they are numbered."""
        return self._of_kind("place")

    def _of_kind(self, kind: AttentionKind) -> list[Listed]:
        found = [each for each in self.shown if each.item.kind == kind]
        place = {each.id: at for at, each in enumerate(self.grids)}
        return sorted(found, key=lambda each: (place.get(each.grid or "", len(place)), each.item.title, each.id))

    def _spots(self) -> list[Spot]:
        """Places with a position; on the notice board none, for points can be counted."""
        if self.kind.notice_board:
            return []
        return [
            Spot(str(number), each.item.longitude, each.item.latitude)
            for number, each in enumerate(self._places, start=1)
            if each.item.longitude is not None and each.item.latitude is not None
        ]

    @cached_property
    def _drawn(self) -> Map | None:
        return self.town.maps.map(self.village, self.grids, self.marks, self.town.names, self._spots(),
                                  self.format.frame, self.format.zoom)  # fmt: skip

    def _legend(self) -> tuple[tuple[str, str], ...]:
        """Only what is on this map."""
        drawn = self._drawn
        if drawn is None:
            return ()
        kinds: list[str] = []
        if drawn.scale:
            kinds += ["outline"]
        there = {each.kind for each in self.grids}
        kinds += [kind for kind in ("general", "dedicated", "emergency") if kind in there]
        if any(each.kind == "place" for each in drawn.marks):
            kinds.append("place")
        if drawn.scale:
            kinds.append("neighbour")
        return tuple((kind, say(f"overview.legend.{kind}")) for kind in kinds)

    # --- tables -----------------------------------------------------------------------------------------------------

    def _table(self, title: str, columns: Sequence[str], rows: Iterable[tuple[str, ...]], **more: Any) -> Table:
        headings = tuple(say(f"overview.column.{each}") for each in columns)
        return Table(title, headings, tuple(rows), **more)

    def _grid_table(self) -> Table:
        keepers = {group.key.partition("|")[2]: group.entries for group in self._content.part("grids").groups}
        rows = []
        for grid in self.grids:
            people = keepers.get(grid.id, ())
            rows.append((
                self.marks[grid.id], short_name(grid, self.village), "\n".join(shown(each.name) for each in people) or
                say("books.nobody"), "\n".join(phone(each.phone) for each in people) or "–", _figure(grid.households),
                _figure(grid.people),
            ))  # fmt: skip
        general = [each for each in self.grids if each.kind == "general"]
        last: tuple[str, ...] = ()
        if general:
            last = ("", say("overview.sum"), "", "", _sum(each.households for each in general),
                    _sum(each.people for each in general))  # fmt: skip
        return self._table(
            say("overview.table.grids", count=len(self.grids)),
            ("mark", "grid", "keeper", "phone", "households", "people"), rows, wide=(1,), figures=(0, 3, 4, 5),
            right=(4, 5), last=last, empty=say("overview.no_grids"),
        )  # fmt: skip

    def _attention_tables(self) -> Iterator[Table]:
        people, places, matters = (self._of_kind(kind) for kind in ("person", "place", "matter"))
        yield self._table(
            say("overview.table.person", count=len(people)), ("mark", "who", "care", "needs", "where", "phone"),
            ((self._at(each), shown(each.what), catalogues.care_name(each.care) if each.care else "–",
              shown(each.needs) or "–", self._where(each), phone(each.phone))
             for each in people),
            wide=(3, 4), figures=(0, 5), empty=say("overview.none"),
        )  # fmt: skip
        yield self._table(
            say("overview.table.place", count=len(places)), ("number", "mark", "place", "where"),
            ((str(number), self._at(each), shown(each.what), self._where(each))
             for number, each in enumerate(places, start=1)),
            wide=(2, 3), figures=(0, 1), empty=say("overview.none"),
        )  # fmt: skip
        yield self._table(
            say("overview.table.matter", count=len(matters)), ("mark", "matter", "where"),
            ((self._at(each), shown(each.what), self._where(each)) for each in matters),
            wide=(1, 2), figures=(0,), empty=say("overview.none"),
            note=say("overview.waiting", count=self.waiting) if self.waiting else "",
        )  # fmt: skip

    def _at(self, entry: Listed) -> str:
        return self.marks.get(entry.grid or "", "–")

    def _where(self, entry: Listed) -> str:
        """Where exactly; the village need not be said on its own sheet."""
        told = shown(entry.address)
        return told.removeprefix(self.village.name).strip() or told or "–"

    # --- the notice board -------------------------------------------------------------------------------------------

    def _board(self) -> tuple[Table, ...]:
        """Counts by grid and their sums, such that nobody is found by taking one from the other."""
        by_grid = Counter((each.grid or "", each.item.kind) for each in self.shown)
        known: list[tuple[str, str, Grid | None]] = [
            (self.marks[each.id], short_name(each, self.village), each) for each in self.grids
        ]
        if any(grid not in self.marks for grid, _ in by_grid):
            known.append(("–", say("overview.no_grid"), None))
        columns: dict[str, list[int | None]] = {"households": [], "people": [], **{kind: [] for kind in KINDS}}
        for _, _, grid in known:
            columns["households"].append(grid.households if grid else None)
            columns["people"].append(grid.people if grid else None)
            for kind in KINDS:
                columns[kind].append(
                    by_grid[grid.id, kind] if grid
                    else sum(count for (id, what), count in by_grid.items() if what == kind and id not in self.marks)
                )  # fmt: skip
        rows = [
            (mark, name, *(_count(public(values[at])) if values[at] is not None else "–"  # type: ignore[arg-type]
                           for values in columns.values()))
            for at, (mark, name, _) in enumerate(known)
        ]  # fmt: skip
        general = [at for at, (_, _, grid) in enumerate(known) if grid is not None and grid.kind == "general"]
        sums = []
        for name, values in columns.items():
            here = general if name in ("households", "people") else range(len(values))
            counted = [value for at in here if (value := values[at]) is not None]
            sums.append(_count(public_sum(counted)) if counted else "–")
        table = self._table(
            say("overview.table.board", count=len(self.grids)),
            ("mark", "grid", "households", "people", "persons", "places", "matters"), rows, wide=(1,),
            figures=(0, 2, 3, 4, 5, 6), right=(2, 3, 4, 5, 6), last=("", say("overview.sum_all"), *sums),
            empty=say("overview.no_grids"),
        )  # fmt: skip
        return (table,)

    def _notes(self) -> tuple[str, ...]:
        found = []
        drawn = self._drawn
        if drawn is not None and drawn.scale:
            missing = self.town.maps.undrawn(self.grids)
            if missing:
                marks = listed(self.marks[each.id] for each in missing)
                found.append(say("overview.undrawn", marks=marks))
        if any(each.kind != "general" for each in self.grids):
            found.append(say("overview.overlap"))
        if self.kind.notice_board:
            found += [say("overview.board.counts"), say("overview.board.confirmed")]
        elif drawn is not None and drawn.scale and sum(m.kind == "place" for m in drawn.marks) < len(self._places):
            found.append(say("overview.without_position"))
        return tuple(found)


def _mark(grid: Grid) -> str:
    """A grid's number as it stands on the map and in every table."""
    if not grid.serial:
        return grid.code[12:] or grid.code
    return say(f"overview.mark.{grid.kind}", serial=grid.serial)


def _figure(value: int | None) -> str:
    return "–" if value is None else str(value)


def _sum(values: Iterable[int | None]) -> str:
    known = [each for each in values if each is not None]
    return str(sum(known)) if known else "–"


def _count(count: Count) -> str:
    return str(count.value) if count.shown == "exact" else say(f"overview.count.{count.shown}", value=count.value)


# --- sheets and files ---------------------------------------------------------------------------------------------


def villages(reader: Reader) -> list[str]:
    """All villages (ids) in their order."""
    return [each.id for each in reader.find("village", order=("code",))]


def told(
    reader: Reader, wanted: Mapping[str, str], kind: Kind, *, now: datetime, officer: Officer
) -> list[Ready]:
    """The sheets of villages in words; ``wanted``: their ids, with those of the editions ("": a copy to look at).
    BadInput ``unknown``; RuleError ``drill.stays_in``."""
    town = _Town(reader, now, officer)
    editions = {each.id: each for each in reader.many("edition", {id for id in wanted.values() if id})}
    return [_Teller(town, village, kind, editions.get(edition)).told() for village, edition in wanted.items()]


def job(session: Session, wanted: Mapping[str, str], kind: Kind) -> list[Ready]:
    """The sheets in words (``wanted`` as :func:`told`), read at once. EnvironmentTrouble ``paper.no_font`` where no
    font can write them."""
    fonts.chosen()
    with session.read(REAL) as reader:
        return told(reader, wanted, kind, now=session.clock.now(), officer=session.officer)


def files(ready: Sequence[Ready], now: datetime, progress: Progress | None = None) -> Iterator[Printed]:
    """The sheets as PDFs, one a village, as they are finished; ``progress`` may raise to stop."""
    for done, each in enumerate(ready, start=1):
        yield Printed(each.name, setting.render(each.sheet, now))
        if progress is not None:
            progress(done, len(ready))


def single(session: Session, ready: Sequence[Ready], progress: Progress | None = None) -> Printed:
    """The PDF of the one village that is asked for (the first, where there are several)."""
    return next(files(ready, session.clock.now(), progress))


def write(session: Session, ready: Sequence[Ready], target: Path, progress: Progress | None = None) -> list[Path]:
    """Write the sheets: several into the folder ``target``, a single one as that file, or into it where it is a folder.
    BadInput ``export.exists`` before anything is set for a file that is there; those that were finished stay when
    ``progress`` raises to stop."""
    is_folder = target.is_dir() or len(ready) > 1
    if is_folder and target.exists() and not target.is_dir():
        raise BadInput("print.folder", path=str(target))
    paths = [target / each.name for each in ready] if is_folder else [target]
    for path in paths:
        if path.exists():
            raise BadInput("export.exists", path=str(path))
    if is_folder:
        target.mkdir(parents=True, exist_ok=True)
    written = []
    for path, each in zip(paths, files(ready, session.clock.now(), progress), strict=True):
        written.append(write_whole(path, each.content))
    return written
